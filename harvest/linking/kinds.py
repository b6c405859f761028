"""The kind of a text: the paper itself, or what is about it, an excerpt of it, or holds it.

A correction has the title and the authors of its paper, and a book those of its first chapter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harvest.linking.words import STATUS, TABLES
from harvest.models import Record
from harvest.text import fold_title

NOTICES = {kind: re.compile("|".join(patterns)) for kind, patterns in TABLES.notices.items()}
TYPES = {name: kind for kind, names in TABLES.types.items() for name in names}
HOLDERS = frozenset({"book", "chapter"})  # kinds that a paper may have too


@lru_cache(maxsize=1 << 14)
def kind_of_title(title: str) -> str | None:
    """Return what a title says that its text is, or None for a paper."""
    folded = fold_title(STATUS.sub("", title))
    return next((kind for kind, pattern in NOTICES.items() if pattern.search(folded)), None)


def strip_notice(title: str) -> str:
    """Return a title without what says that it is a notice of another."""
    folded = fold_title(STATUS.sub("", title))
    for pattern in NOTICES.values():
        folded = pattern.sub("", folded, count=1)
    return folded


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

    Lists and preprint servers do not say that a paper is a chapter of proceedings, so only a book
    and a chapter differ.
    """
    if one == other:
        return False
    kinds = {one, other} - {None}
    return not kinds <= HOLDERS or len(kinds) > 1
