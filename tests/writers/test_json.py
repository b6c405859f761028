"""dataset.json and its schema."""

from __future__ import annotations

import jsonschema
import msgspec
import pytest

from harvest.writers import json
from tests.support.works import make_dataset


def test_the_dataset_obeys_its_schema() -> None:
    schema = msgspec.json.decode(json.schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(msgspec.json.decode(json.encode(make_dataset(2, 2))))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"schema_version": "1", "works": [{}], "repositories": []})


def test_one_record_a_line() -> None:
    lines = json.encode(make_dataset(3, 2)).decode().splitlines()
    assert sum(line.startswith('{"id":') for line in lines) == 5
    assert lines[0] == '{"schema_version": "1",'
    assert msgspec.json.decode(json.encode(make_dataset(0))) == {
        "schema_version": "1",
        "works": [],
        "repositories": [],
    }
