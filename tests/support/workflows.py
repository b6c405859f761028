"""GitHub workflows, read and judged without a network."""

from __future__ import annotations

import functools
from typing import Any

import jsonschema
from check_jsonschema.builtin_schemas import get_builtin_schema
from ruamel.yaml import YAML


def load(text: str) -> dict[str, Any]:
    """Return a workflow by YAML 1.2, in which `on` is no truth value."""
    loaded: dict[str, Any] = YAML(typ="safe").load(text)
    return loaded


@functools.cache
def validator() -> jsonschema.protocols.Validator:
    """Return the JSON Schema of workflows, as check-jsonschema ships it."""
    schema = get_builtin_schema("vendor.github-workflows")
    return jsonschema.validators.validator_for(schema)(schema)
