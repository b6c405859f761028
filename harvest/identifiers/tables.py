"""The tables of data/identifiers.toml, which says what each of them means."""

from __future__ import annotations

from importlib.resources import files

import msgspec


class AddressRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule for the web addresses of some hosts."""

    hosts: tuple[str, ...]
    identifier: str
    pattern: str


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    github_pages: frozenset[str]
    file_names: frozenset[str]
    pages: dict[str, str]
    values: dict[str, str]
    parts: dict[str, str]
    mdpi: dict[str, tuple[str, int]]
    rules: tuple[AddressRow, ...]


_FILE = files("harvest") / "data" / "identifiers.toml"
TABLES = msgspec.toml.decode(_FILE.read_bytes(), type=Tables)
