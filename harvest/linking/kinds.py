"""The kind of a text: the paper itself, or what is about it, an excerpt of it, or holds it.

A correction has the title and the authors of its paper, and a book those of its first chapter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from harvest.linking.words import STATUS, TABLES
from harvest.models import Record
from harvest.text import fold_title

ARTICLES = ("a ", "an ", "the ")
PART_END = re.compile(r"[:.;]\s+|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|[()\[\]]")
HOLDERS = frozenset({"book", "chapter"})  # kinds that a paper may have too


def _patterns(table: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(patterns)) for kind, patterns in table.items()}


def _kinds_of_types() -> dict[str, str]:
    kinds = {}
    for kind, names in TABLES.types.items():
        kinds.update(dict.fromkeys(names, kind))
    return kinds


NOTICES, LABELS = _patterns(TABLES.notices), _patterns(TABLES.labels)
TYPES = _kinds_of_types()


@lru_cache(maxsize=1 << 14)
def kind_of_title(title: str) -> str | None:
    """Return what a title says that its text is, or None for a paper."""
    title = STATUS.sub("", title)
    folded = fold_title(title)
    for kind, pattern in NOTICES.items():
        if pattern.search(folded):
            return kind
    _, label = _part_label(title)
    return next((kind for kind, pattern in LABELS.items() if pattern.fullmatch(label)), None)


def strip_notice(title: str) -> str:
    """Return a title without what says that it is a notice of another."""
    title = STATUS.sub("", title)
    rest, label = _part_label(title)
    folded = fold_title(rest if label else title)
    for pattern in NOTICES.values():
        folded = pattern.sub("", folded, count=1)
    return folded


def _part_label(title: str) -> tuple[str, str]:
    """Return a title without its first or last part, and that part, folded, if it is a label."""
    parts = [part for part in PART_END.split(title) if part.strip()]
    if len(parts) < 2:
        return title, ""
    for part, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        label = fold_title(part)
        for article in ARTICLES:
            label = label.removeprefix(article)
        if any(pattern.fullmatch(label) for pattern in LABELS.values()):
            return ": ".join(rest), label
    return title, ""


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
