"""datapackage.json and croissant.json."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from harvest.errors import UsageError
from harvest.writers.base import Writer
from harvest.writers.croissant import CroissantWriter
from harvest.writers.datapackage import DataPackageWriter
from harvest.writers.packages import license_url
from tests.support.exports import library
from tests.support.works import make_publication

WRITERS = [DataPackageWriter(), CroissantWriter()]


@pytest.mark.parametrize("writer", WRITERS)
def test_without_a_licence_there_is_no_package(writer: Writer) -> None:
    with pytest.raises(UsageError, match="license"):
        writer.write(make_publication())


@pytest.mark.parametrize("writer", WRITERS)
def test_every_table_has_its_hash(writer: Writer) -> None:
    main, *tables = writer.write(library()).items()
    text = main[1].decode()
    assert len(tables) == 5
    for name, data in tables:
        assert f'"{name}"' in text
        assert sha256(data).hexdigest() in text


def test_every_column_has_a_type() -> None:
    package = json.loads(DataPackageWriter().write(library())["datapackage.json"])
    types = {
        field["name"]: field["type"]
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    }
    assert (types["year"], types["archived"], types["title"]) == ("integer", "boolean", "string")
    assert package["licenses"][0]["path"] == "https://spdx.org/licenses/CC-BY-4.0.html"


def test_croissant_conforms_to_the_version_whose_validator_accepts_it() -> None:
    content = json.loads(CroissantWriter().write(library())["croissant.json"])
    assert content["conformsTo"] == "http://mlcommons.org/croissant/1.0"


def test_an_expression_has_no_page() -> None:
    assert license_url("MIT OR Apache-2.0") is None
