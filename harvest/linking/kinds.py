"""The kind of a text: the paper itself, or what is about it, an excerpt of it, or holds it.

A correction has the title and the authors of its paper, and a book those of its first chapter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from harvest.linking.tables import NUMBERED, TABLES
from harvest.linking.words import drop_status
from harvest.models import Record
from harvest.text import fold_title

PART_END = re.compile(r"[:.;]\s+|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|[()\[\]]")
HOLDERS = frozenset({"book", "chapter", "thesis"})  # kinds that a paper may have too


class Notice(NamedTuple):
    """What a title says that its text is: its kind, the words that say so, and the other ones."""

    kind: str
    words: frozenset[str]
    title: str


def _one_line(pattern: str) -> str:
    """Return a pattern that its table breaks into lines, with the letters of folded titles."""
    return unicodedata.normalize("NFKD", pattern.replace("\n", ""))


def _kinds_of_types() -> dict[str, str]:
    kinds = {}
    for kind, names in TABLES.types.items():
        kinds.update(dict.fromkeys(names, kind))
    return kinds


def _standing(titles: str) -> re.Pattern[str]:
    """Return the pattern of one or two such titles, numbered or not, and of a number alone."""
    noun, written = "|".join(sorted(NUMBERED)), "|".join(TABLES.cardinals.split())
    number = rf"(?:\d{{1,3}}|[ivxl]{{1,6}}|[a-z]|{written})"
    numbered = rf"(?:(?:(?:{noun}) )?(?:{number} ){{1,3}})?(?:{titles})(?: and (?:{titles}))?"
    return re.compile(rf"{numbered}|(?:{noun}) {number}")


TYPES = _kinds_of_types()
NOTICES = {kind: _one_line(pattern) for kind, pattern in TABLES.notices.items()}
OF = "|".join(TABLES.of.split())
STANDING = _standing(_one_line(TABLES.standing))
SERIALS = re.compile(rf"(?:{_one_line(TABLES.serials)})\b")


@cache
def _heads() -> dict[str, re.Pattern[str]]:
    """Return the patterns of titles such as `Correction to`; most runs compare none."""
    return {
        kind: re.compile(rf"(?:an? |the )?({pattern})(?: \w{{1,3}})? (?:{OF}) ")
        for kind, pattern in NOTICES.items()
    }


@cache
def _labels() -> dict[str, re.Pattern[str]]:
    """Return the patterns of what stands before or behind a title: `...: a comment`."""
    return {
        kind: re.compile(rf"(?:an? |the )?({pattern})(?: \w{{1,6}}| (?:{OF}|by)(?: .*)?)?")
        for kind, pattern in NOTICES.items()
    }


@lru_cache(maxsize=1 << 14)
def notice_of_title(title: str) -> Notice | None:
    """Return what a title says that its text is, or None for a paper."""
    title = drop_status(title)
    parts = [part for part in PART_END.split(title) if part.strip()]
    if len(parts) > 1:
        for label, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
            folded = fold_title(label)
            for kind, pattern in _labels().items():
                if match := pattern.fullmatch(folded):
                    return Notice(kind, frozenset(match[1].split()), fold_title(": ".join(rest)))
    folded = fold_title(title)
    for kind, pattern in _heads().items():
        if match := pattern.match(folded):
            return Notice(kind, frozenset(match[1].split()), folded[match.end() :])
    return None


def is_standing(title: str) -> bool:
    """Return True if many texts have a title: editorials, and what frames papers."""
    return STANDING.fullmatch(fold_title(title)) is not None


def is_serial(title: str) -> bool:
    """Return True if a title is that of a serial, of which each year has its own."""
    return SERIALS.match(fold_title(title)) is not None


def kind_of_record(record: Record) -> str | None:
    """Return what a registry says that a record is, or None if it does not tell.

    A correction names its paper in `update-to`
    (https://www.crossref.org/documentation/crossmark/version-control-corrections-and-retractions/).
    """
    if record.notices:
        return min(notice.kind for _, notice in record.notices)
    return TYPES.get(record.type or "")


def differ(one: str | None, other: str | None) -> bool:
    """Return True if texts of two kinds cannot be one work; None is a paper, or unknown.

    Lists and preprint servers do not say that a paper is a chapter of proceedings or a thesis, so
    these kinds differ from each other alone.
    """
    if one == other:
        return False
    kinds = {one, other} - {None}
    return not kinds <= HOLDERS or len(kinds) > 1
