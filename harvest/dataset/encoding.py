"""JSON for files that people read and compare."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


def rows(items: Iterable[object]) -> bytes:
    """Encode a list, one item a line, so that a diff shows only what changed."""
    return b"[\n" + b",\n".join(map(msgspec.json.encode, items)) + b"\n]"


def indented(value: object) -> bytes:
    """Encode a value over many lines."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
