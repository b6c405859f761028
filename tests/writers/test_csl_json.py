"""works.csl.json, against the schema of CSL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from harvest.writers import citations
from harvest.writers.csl_json import TYPES, CslJsonWriter, item
from tests.support.exports import NOTICE, hostile, library, preprint
from tests.support.works import make_publication, make_work

SCHEMA = Path(__file__).parents[1] / "data" / "csl-data.schema.json"


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    """The schema of CSL data (github.com/citation-style-language/schema, MIT)."""
    return Draft7Validator(json.loads(SCHEMA.read_bytes()))


def items(content: Any) -> list[dict[str, Any]]:
    return json.loads(CslJsonWriter().write(content)["works.csl.json"])


def test_every_item_obeys_the_schema(schema: Draft7Validator) -> None:
    for content in (library(), hostile(), make_publication()):
        assert [error.message for error in schema.iter_errors(items(content))] == []


@pytest.mark.parametrize("type_", [*citations.KINDS, None, "unheard-of"])
def test_every_type_is_one_of_the_schema(type_: str | None, schema: Draft7Validator) -> None:
    assert schema.is_valid([item(make_work(1, type=type_))])
    assert set(citations.KINDS.values()) < set(TYPES)


@pytest.mark.parametrize(
    "slip",
    [
        {"author": [{"literal": "A", "orcid": "0000-0002-1825-0097"}]},
        {"issued": {"date-parts": [[]]}},
        {"type": "journal-article"},
        {"retracted": True},
    ],
)
def test_the_schema_would_see_a_slip(slip: dict[str, Any], schema: Draft7Validator) -> None:
    assert not schema.is_valid([item(make_work(1)) | slip])


def test_a_preprint_has_no_container() -> None:
    it = item(preprint())
    assert (it["type"], it["genre"], it["publisher"]) == ("article", "preprint", "arXiv")
    assert it["number"] == "1406.2661"
    assert "container-title" not in it


def test_an_unknown_date_is_left_out() -> None:
    assert "issued" not in item(make_work(1, date=None, year=None))
    assert item(make_work(1, date="2023-01"))["issued"] == {"date-parts": [[2023, 1]]}


def test_a_retraction_and_a_doubtful_status_are_named() -> None:
    it = item(make_work(1, integrity=[NOTICE], status="provisional"))
    assert it["note"] == "Retracted (doi:10.1000/notice). Provisional record"
    assert it["custom"]["retracted"] == ["retraction"]
    assert it["custom"]["status"] == "provisional"
    assert "retracted" in it["keyword"]


def test_ids_are_keys() -> None:
    assert [it["id"] for it in items(library())] == [work.key for work in library().works]
    assert all(key == key.lower() for it in items(library()) for key in [it["id"]])
