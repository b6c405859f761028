"""Dates in reduced-precision ISO 8601 (2023, 2023-01, 2023-01-19): finding, parsing, comparison."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from typing import Any, TypeGuard

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What arXiv prints after a date: 30 Nov 2017 (v1), last revised 20 Aug 2018 (this version, v2)
_HISTORY = r"(?: \(v\d+\))?(?:, last revised \d\d? [a-z]{3} \d{4}(?: \(this version, v\d+\))?)?"


def _compile(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_DAYS = _compile(
    rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}(?!\d){_HISTORY}",
    rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}(?!\d){_HISTORY}",
    rf"\b{_YEAR}(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d){_HISTORY}",
)
_MONTHS_OF_YEARS = _compile(
    rf"\b{_MONTH},?\s+{_YEAR}(?!\d)",
    rf"\b{_YEAR}[-/.](?P<month>0[1-9]|1[0-2])(?!\d)",
)
# A month in a field of its own: dec, 12, dec~6
_MONTH_FIELD = re.compile(
    rf"\W*(?:(?P<number>\d\d?)\W*\Z|{_MONTH}\W*(?P<day>\d\d?)?)", re.IGNORECASE
)
# A field may be a venue with its year (CVPR2022), or a date without separators (20221130, 202211).
_FIELD = (
    *_DAYS,
    *_MONTHS_OF_YEARS,
    *_compile(rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])?(?!\d)"),
    *_compile(rf"(?<!\d){_YEAR}(?!\d)"),
)


def _years(before: str, behind: str) -> re.Pattern[str]:
    """Return a pattern that begins with a set of characters: a search skips all others."""
    return re.compile(rf"[12]{before}(?:(?<=1)9|(?<=2)0)\d\d{behind}")


# A day of any year, perhaps behind a day of the week.
_DAY_ALONE = _compile(
    rf"(?:[^\W\d_]{{2,12}}\.?,?\s+)?{_DAY}\.?\s+(?:of\s+|de\s+)?{_MONTH}",
    rf"(?:[^\W\d_]{{2,12}}\.?,?\s+)?{_MONTH}\s+{_DAY}",
    r"\d\d?(?:\.\d\d?\.|/\d\d?)",
)

# In running text a number is a year in brackets, before a closing bracket, or unless it is part of
# a number, a range or a page (but `Doe, 2014: A title`, `ICDE 2014: 1-12`). From the most precise
# form to the least.
_YEARS = (
    _years(r"(?<=[(\[]\d)", r"(?=[)\]])"),
    _years(r"(?<!\w\d)", r"(?=[)\]])"),
    _years(r"(?<![\d./:\u2013-]\d)", r"(?![\d/]|[.\u2013-]\d|:(?!\s|\Z))"),
    re.compile(r"[aA\d](?<!\w\w)(?i:(?<=a)n?|(?<=\d)\d*) (?i:(?:day|week|month|year)s? ago)\b"),
)

# Every date in running text has one of them, and every day or month one of the others; a search for
# them is many times as fast. Sets at their beginning, in place of IGNORECASE, make it so.
_DATES = re.compile(r"[12gG](?:(?<=[12])[90]\d\d|(?<=[aA][gG])[oO])")
_DAY_OR_MONTH = re.compile(
    r"[12JFMASONDjfmasond](?<!\w\w)(?:(?<=[12])[90]\d\d[-/.]\d|(?:(?<=[Jj])(?:[aA][nN]|[uU][nNlL])"
    r"|(?<=[Ff])[eE][bB]|(?<=[Mm])[aA][rRyY]|(?<=[Aa])(?:[pP][rR]|[uU][gG])|(?<=[Ss])[eE][pP]"
    r"|(?<=[Oo])[cC][tT]|(?<=[Nn])[oO][vV]|(?<=[Dd])[eE][cC])[a-zA-Z]{0,6}\.?,?\s+\d)"
)


def find(text: str) -> str | None:
    """Return the most precise date in running text, as it is written."""
    if not _DATES.search(text):
        return None
    match: re.Match[str] | None = None
    if _DAY_OR_MONTH.search(text):
        match = _first(_DAYS, text) or _first(_MONTHS_OF_YEARS, text)
    for form in _YEARS:
        match = match or form.search(text)
    return match[0] if match else None


def is_day(text: str) -> bool:
    """Return True for a day without a year (3 Mar, March 3rd, 12.01.), as of a weekly meeting."""
    return any(form.fullmatch(text.strip()) for form in _DAY_ALONE)


def parse_date(raw: str) -> str | None:
    """Parse the first date of a field (2023/09/02, 2 Sep 2023, 14th Dec., 2022, CVPR 2023)."""
    match = _first(_FIELD, raw)
    if match is None:
        return None
    groups = match.groupdict()
    month = _month(groups["month"]) if "month" in groups else None
    day = int(groups["day"]) if groups.get("day") else None
    return _join(int(groups["year"]), month, day)


def _month(text: str) -> int:
    """Return the number of a month, which is a number or an English name."""
    if text.isdecimal():
        return int(text)
    return MONTHS.index(text[:3].lower()) + 1


def from_month(year: str, month: str, day: str = "") -> str | None:
    """Return the date of a year with month and day in fields of their own (`dec`, `12`, `jun-jul`).

    Of several months the first one counts. Returns None for words that are no month.
    """
    parts = _MONTH_FIELD.match(month)
    if parts is None:
        return None
    number = parts["day"] or day
    return _join(
        int(year),
        _month(parts["number"] or parts["month"]),
        int(number) if number.isdecimal() else None,
    )


def _first(forms: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """Return the leftmost match, by the first form that has it."""
    first: re.Match[str] | None = None
    for form in forms:
        match = form.search(text)
        if match and (first is None or match.start() < first.start()):
            first = match
    return first


def from_parts(parts: Any) -> str | None:
    """Return a date from Crossref's date parts (`{"date-parts": [[2023, 1, 19]]}`).

    CSL-JSON allows digits as text, too (`[["2023", "1"]]`). Returns None for the empty forms that
    occur (`[[null]]`, `[[]]`, no key) and for an impossible year.
    Source: https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md, "Partial Date".
    """
    if not isinstance(parts, dict):
        return None
    match parts.get("date-parts"):
        case [[*first], *_]:
            year, month, day, *_ = [*map(_number, first), None, None, None]
            return _join(year, month, day)
    return None


def _number(part: object) -> object:
    return int(part) if isinstance(part, str) and re.fullmatch(r"\d{1,4}", part) else part


def _join(year: object, month: object, day: object) -> str | None:
    """Return a date as precise as its parts are possible."""
    if not _is_within(year, 1000, 9999):
        return None
    if not _is_within(month, 1, 12):
        return f"{year:04}"
    if not _is_within(day, 1, calendar.monthrange(year, month)[1]):
        return f"{year:04}-{month:02}"
    return f"{year:04}-{month:02}-{day:02}"


def _is_within(number: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(number, int) and low <= number <= high


def sort_key(value: str) -> str:
    """Return the key that sorts a date before the less precise ones that contain it (2023)."""
    return value + "-99-99"[len(value) - 4 :] if len(value) < 10 else value


def earliest(dates: Iterable[str | None]) -> str | None:
    """Return the earliest date, the most precise one where they do not contradict."""
    return min(filter(None, dates), key=sort_key, default=None)
