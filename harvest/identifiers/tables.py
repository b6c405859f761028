"""The tables of data/identifiers.toml, which says what each of them means."""

from __future__ import annotations

from importlib.resources import files

import msgspec


class AddressRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule for the web addresses of some hosts."""

    hosts: tuple[str, ...]
    identifier: str
    pattern: str


class DoiRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The DOI that identifiers of a scheme have by a rule of their publisher."""

    scheme: str
    pattern: str
    doi: str


class WithoutDoi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Publishers that register no DOIs: the schemes of their identifiers, and their hosts."""

    schemes: frozenset[str]
    hosts: frozenset[str]


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    github_pages: frozenset[str]
    file_names: frozenset[str]
    versions: tuple[str, ...]
    without_doi: WithoutDoi
    pages: dict[str, str | dict[str, str]]
    values: dict[str, str]
    dois: tuple[DoiRow, ...]
    parts: dict[str, str]
    mdpi: dict[str, tuple[str, int]]
    rules: tuple[AddressRow, ...]


_FILE = files("harvest") / "data" / "identifiers.toml"
TABLES = msgspec.toml.decode(_FILE.read_bytes(), type=Tables)
