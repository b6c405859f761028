"""The tables of data/titles.toml, which says what each of them means."""

from __future__ import annotations

from importlib.resources import files

import msgspec


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of data/titles.toml, which says what each table means."""

    small: str
    numbered: str
    cardinals: str
    ordinals: str
    tens: str
    multiples: dict[str, int]
    denials: str
    opposites: tuple[str, ...]
    confusable: tuple[str, ...]
    endings: tuple[str, ...]
    sequels: str
    qualifiers: str
    texts: str
    prefixes: tuple[str, ...]
    denying: str
    signs: tuple[tuple[str, str], ...]
    spelling: tuple[tuple[str, str], ...]
    variants: tuple[str, ...]
    abbreviations: tuple[str, ...]
    short_nouns: dict[str, str]
    omitted: str
    named_numbers: dict[str, str]
    inflections: str
    status: tuple[str, ...]
    status_in_brackets: tuple[str, ...]
    standing: str
    of: str
    serials: str
    notices: dict[str, str]
    types: dict[str, tuple[str, ...]]


TABLES = msgspec.toml.decode((files("harvest") / "data" / "titles.toml").read_bytes(), type=Tables)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


SMALL_WORDS = word_set(TABLES.small)
NUMBERED = word_set(TABLES.numbered)
DENIALS = word_set(TABLES.denials)
SEQUELS = word_set(TABLES.sequels)
TEXTS = word_set(TABLES.texts)
