"""Titles with the name of one person before or behind them, as lists of books and talks have them.

A title by Jane Doe        Jane Doe: A title        A title - Jane Doe
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from harvest.readers import people

_SEPARATOR = re.compile(r"\s+by\s+|\s+[-\u2013\u2014|]\s+|:\s+")
_INITIAL = re.compile(r"\b[^\W\d_]\.")
_SHARE = 3  # of so many names one is sure, at least
_DISTANCE = 60  # characters of a name, at most


def split(text: str) -> tuple[str, str] | None:
    """Return the title and the name of a text that is no more, None for others."""
    separators = [*_SEPARATOR.finditer(text, 0, _DISTANCE)][:1]
    separators += [*_SEPARATOR.finditer(text, max(0, len(text) - _DISTANCE))][-1:]
    parts = [(text[it.end() :], text[: it.start()]) for it in separators if it[0].strip() != "by"]
    parts += [(text[: it.start()], text[it.end() :]) for it in separators]
    named = [part for part in parts if people.shape(part[1]) == "person"]
    return min(named, key=lambda part: len(part[1].split()), default=None)


def are_people(names: Sequence[str]) -> bool:
    """Return True if enough names of a list have initials or recur: words may look like names."""
    counts = Counter(names)
    sure = [name for name in names if counts[name] > 1 or _INITIAL.search(name)]
    return len(sure) * _SHARE >= len(names)
