"""JSON for files that people read and compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

import msgspec

from harvest.models import SCHEMA_VERSION


def rows(items: Iterable[object]) -> bytes:
    """Encode a list, one item a line, so that a diff shows only what changed."""
    return join(_lines(map(msgspec.json.encode, items)))


def join(pieces: Iterable[bytes]) -> bytes:
    """Return pieces as one, of which none is held longer than needed."""
    out = BytesIO()
    out.writelines(pieces)
    return out.getvalue()


def document(works: Iterable[bytes], repositories: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a dataset.json in pieces, of the JSON of its records in their order."""
    yield b'{"schema_version": "%s",\n"works": ' % SCHEMA_VERSION.encode()
    yield from _lines(works)
    yield b',\n"repositories": '
    yield from _lines(repositories)
    yield b"}\n"


def _lines(records: Iterable[bytes]) -> Iterator[bytes]:
    yield b"[\n"
    for place, record in enumerate(records):
        yield b",\n" + record if place else record
    yield b"\n]"


def indented(value: object) -> bytes:
    """Encode a value over many lines."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
