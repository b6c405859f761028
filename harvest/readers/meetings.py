"""Meetings of reading groups and courses: the day, week or session above or before a work.

    ## 12 January          **Week 1 (Anna)**: Doe et al. (2017), "A title of it"

They are neither titles nor dates of works.
"""

from __future__ import annotations

import re

from harvest import dates
from harvest.readers.labels import WORDS

_UNITS = "|".join(map(re.escape, sorted(WORDS.items["meetings"], key=len, reverse=True)))
_DAYS = frozenset([*WORDS.items["days"], *WORDS.items["meetings"]])
_NUMBER = r"(?:\d{1,3}|[IVX]{1,5})\b"
_UNIT = (
    rf"(?i:(?:{_UNITS})\b\.?\s*(?:#|no\.?|nr\.?)?\s*{_NUMBER}"
    rf"|\d{{1,3}}(?:st|nd|rd|th|\.)? (?:{_UNITS})\b)"
)
_CHINESE = r"\u7b2c\s*[\d\u4e00-\u9fff]{1,3}\s*[\u5468\u6b21\u8bfe\u8b1b\u8bb2\u56de]"
_BRACKETS = r"(?:\s*[(\[][^()\[\]\n]{1,60}[)\]])?"
_LEAD = re.compile(
    rf"\W*(?:(?:{_UNIT}|{_CHINESE}){_BRACKETS}|(?=[^:|\n\u2013\u2014]{{0,29}}\d)"
    r"(?P<day>[^:|\n\u2013\u2014]{3,30}?))"
    r"\s*(?::\s|\uff1a|\s[-\u2013\u2014|]\s)\s*"
)
_WHOLE = re.compile(rf"(?:{_UNIT}|{_CHINESE})\W*")
# Begins with one sign of a set, so that the search skips all others.
_HAS_NUMBER = re.compile(r"[\d\u7b2cIVX](?:(?<=[\d\u7b2c])|(?<!\w.)[IVX]*\b)")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 60  # characters of a heading that is a day
_SUFFIXES = frozenset({"st", "nd", "rd", "th"})


def is_meeting(heading: str) -> bool:
    """Return True for a heading that is a day, week or session, and says nothing of its topic."""
    if not _HAS_NUMBER.search(heading):  # as most
        return False
    text = _IN_BRACKETS.sub(" ", heading[: 2 * _LONGEST]).strip(" \t\n,.:;-\u2013\u2014")
    if not text or len(text) > _LONGEST:
        return False
    if _WHOLE.fullmatch(text) or dates.is_day(text):
        return True
    words = {word.lower() for word in _WORD.findall(text)} - _SUFFIXES
    has_number = any(map(str.isdigit, text))
    if not words:
        return dates.parse_date(text) is not None and not text.isdigit()
    return has_number and words <= _DAYS


def lead(text: str) -> int:
    """Return where the text of an entry begins behind its week, session or day without a year."""
    if text.isascii() and not (":" in text or "-" in text or "|" in text):  # as many
        return 0
    match = _LEAD.match(text)
    if match is None or (match["day"] is not None and not dates.is_day(match["day"])):
        return 0
    return match.end()
