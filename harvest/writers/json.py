"""dataset.json, one record a line so that a diff shows only what changed, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harvest.dataset import encoding
from harvest.dataset.publication import Publication
from harvest.models import SCHEMA_VERSION, Dataset
from harvest.writers.base import Writer

SCHEMA = "dataset.schema.json"
FILES = ("dataset.json", SCHEMA)


class JsonWriter(Writer):
    """dataset.json and dataset.schema.json."""

    name = "json"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return both files."""
        return dict(zip(FILES, (encode(publication.dataset), schema()), strict=True))


def encode(dataset: Dataset) -> bytes:
    """Encode the dataset in UTF-8, one work or repository a line."""
    return encoding.join(document(dataset))


def document(dataset: Dataset) -> Iterator[bytes]:
    """Yield dataset.json in pieces."""
    encode = msgspec.json.encode
    return encoding.document(map(encode, dataset.works), map(encode, dataset.repositories))


def schema() -> bytes:
    """Return the JSON Schema (draft 2020-12) of dataset.json, generated from the models."""
    title = "Works and repositories of curated paper lists"
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "harvest dataset",
        "description": f"{title}, schema_version {SCHEMA_VERSION}",
    }
    return encoding.indented(head | msgspec.json.schema(Dataset))
