"""dataset.json, one record a line so that a diff shows only what changed, and the JSON Schema beside it."""

from __future__ import annotations

import msgspec

from harvest.models import SCHEMA_VERSION, Dataset

NAME = "json"
PUBLISHED = True


def write(dataset: Dataset) -> dict[str, bytes]:
    """Give dataset.json and dataset.schema.json."""
    return {"dataset.json": encode(dataset), "dataset.schema.json": schema()}


def encode(dataset: Dataset) -> bytes:
    """Give the dataset as JSON in UTF-8, one work or repository a line."""
    encoder = msgspec.json.Encoder()
    works = b",\n".join(map(encoder.encode, dataset.works))
    repositories = b",\n".join(map(encoder.encode, dataset.repositories))
    return (
        b'{"schema_version": "%s",\n"works": [\n' % SCHEMA_VERSION.encode()
        + works
        + b'\n],\n"repositories": [\n'
        + repositories
        + b"\n]}\n"
    )


def schema() -> bytes:
    """Give the JSON Schema (draft 2020-12) of dataset.json, generated from the models."""
    body = msgspec.json.schema(Dataset)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "harvest dataset",
        "description": f"Works and repositories of curated paper lists, schema_version {SCHEMA_VERSION}",
    }
    return msgspec.json.format(msgspec.json.encode({**head, **body}), indent=2) + b"\n"
