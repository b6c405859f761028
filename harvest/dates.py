"""Dates in reduced-precision ISO 8601 (2023, 2023-01, 2023-01-19): parsing and comparison."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from typing import Any, TypeGuard


def from_parts(parts: Any) -> str | None:
    """Turn Crossref date parts (`{"date-parts": [[2023, 1, 19]]}`) into 2023-01-19, 2023-01 or 2023.

    Returns None for the empty forms that occur (`[[null]]`, `[[]]`, no key) and for a year that is none.
    Source: https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md, "Partial Date".
    """
    rows = parts.get("date-parts") if isinstance(parts, dict) else None
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    year, month, day, *_ = [*first, None, None, None]
    if not _within(year, 1000, 9999):
        return None
    if not _within(month, 1, 12):
        return f"{year:04}"
    if not _within(day, 1, calendar.monthrange(year, month)[1]):
        return f"{year:04}-{month:02}"
    return f"{year:04}-{month:02}-{day:02}"


def _within(number: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(number, int) and low <= number <= high


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SPELLED = re.compile(
    r"(?P<iso>(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?![-\d])"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?\b(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?,?\s+"
    r"(?:(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>(?:19|20)\d\d)\b"
    r"|\b(?P<only>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)


def parse_date(raw: str) -> str | None:
    """Read the first date in what a list's author wrote (2023-09, 2 Sep 2023, 14th Dec., 2022, November 2023)."""
    match = _SPELLED.search(raw)
    if match is None:
        return None
    if match["month"] is None:
        return from_parts(
            {"date-parts": [[int(part) for part in (match["iso"] or match["only"]).split("-")]]}
        )
    month = _MONTHS.index(match["month"].lower()) + 1
    day = int(match["day"] or match["day2"] or 0)
    return from_parts({"date-parts": [[int(match["year"]), month, day]]})


def sort_key(value: str) -> str:
    """Sort key under which a date precedes the less precise dates that contain it (2023-05 before 2023)."""
    return value + "-99-99"[len(value) - 4 :] if len(value) < 10 else value


def earliest(dates: Iterable[str | None]) -> str | None:
    """Give the earliest of some reduced-precision dates, the most precise one where they do not contradict."""
    return min(filter(None, dates), key=sort_key, default=None)
