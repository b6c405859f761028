"""What stands in the label of a link before its title: `[ICLR 2020] A title`, `2020 - A title`.

A label may be a title that begins so (`2001: A Space Odyssey`), so most labels of a list have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from harvest.readers.labels import is_generic
from harvest.readers.looks import date_of, is_fact
from harvest.readers.signature import PRIOR_COUNT

_DIGIT = re.compile(r"\d")
_BRACKETS = re.compile(r"[\s*_]*(?:\([^()]{1,40}\)|\[[^\[\]]{1,40}\])")
_PHRASE = re.compile(r"[^()\[\]\n]{2,60}?(?=\s[-\u2013\u2014|]\s|[:\uff1a]\s|\s-\w)")
_YEAR = re.compile(r"(?:19|20)\d\d\b(?!-\d)")
_SEPARATORS = re.compile(r"[\s*_.,:|/\uff1a\u2013\u2014-]+")
_FEWEST_WORDS = 2  # of a title behind it
_SHORTEST = 4  # characters of one in a script without blanks
_LONGEST = 100  # characters in which it ends


@lru_cache(maxsize=4096)
def lead(label: str) -> int:
    """Return how many characters of a label stand before its title: a date, and what is with it."""
    head = label[:_LONGEST]
    if not _DIGIT.search(head):
        return 0
    phrase = _PHRASE.match(head)
    if phrase is None or not (is_fact(phrase[0]) and date_of(phrase[0])):
        phrase = _YEAR.match(head)
    end = phrase.end() if phrase else 0
    is_dated = phrase is not None
    while brackets := _BRACKETS.match(head, end):
        is_dated = is_dated or date_of(brackets[0].strip(" *_()[]")) is not None
        end = brackets.end()
    if separators := _SEPARATORS.match(head, end):
        end = separators.end()
    return end if is_dated and _names_work(label[end:]) else 0


def _names_work(title: str) -> bool:
    return len(title.split()) >= _FEWEST_WORDS or (not title.isascii() and len(title) >= _SHORTEST)


def have_leads(labels: Iterable[str]) -> bool:
    """Return True if most labels of a list that name a work begin with a date."""
    names = {label for label in labels if _names_work(label) and not is_generic(label)}
    return sum(map(bool, map(lead, names))) > max(PRIOR_COUNT, len(names) // 2)
