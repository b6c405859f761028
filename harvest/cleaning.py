"""What comes from outside, made readable: titles, names, dates, lines for a terminal. Pure functions, one rule each."""

from __future__ import annotations

import calendar
import html
import re
from collections.abc import Iterable
from typing import Any, TypeGuard

from harvest.models import Author

# Tags that Crossref members deposit in titles: JATS, MathML, HTML. Inequalities (`a <b and c> d`) are no tags.
_TAG = re.compile(
    r"</?(?:(?:jats|mml|xhtml|xml):[a-z-]+|a|b|bold|br|em|emph|font|i|inline-formula|inf|italic|m[a-z]+|p|roman|sans-serif"
    r"|sc|scp|small|smallcap|span|strong|sub|sup|tex-math|title|tt|u|underline)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>",
    re.IGNORECASE,
)
# What a terminal obeys: C0 and C1 control characters, and Unicode's marks of direction (https://trojansource.codes/).
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def text(raw: str) -> str:
    """Strip markup, decode entities once, and fold white space.

    Entities are decoded once and not to a fixpoint, so that `&amp;lt;` stays the `&lt;` that an author wrote; tags
    that were deposited as entities (`&lt;i&gt;`) go too.
    """
    plain = _TAG.sub("", html.unescape(_TAG.sub("", raw)))
    return " ".join(plain.split())


def printable(raw: object) -> str:
    """Give text as one line with a blank for everything that a terminal would obey and not show."""
    return _CONTROL.sub(" ", str(raw))


def title(titles: Iterable[str], subtitles: Iterable[str] = ()) -> str | None:
    """Give the first title that is not blank, with the subtitle behind a colon unless the title already has it."""
    main = next(filter(None, map(text, titles)), None)
    sub = next(filter(None, map(text, subtitles)), None)
    if main is None or sub is None or sub.casefold() in main.casefold():
        return main
    return f"{main}{'' if main.endswith((':', '?', '!')) else ':'} {sub}"


def author(given: str | None, family: str | None, name: str | None = None, orcid: str | None = None) -> Author | None:
    """Build an author from what there is; None when there is no name at all. `name` is a consortium or a mononym."""
    given, family, name = (text(part) or None if part else None for part in (given, family, name))
    display = name or " ".join(filter(None, (given, family)))
    if not display:
        return None
    match = _ORCID.search(orcid.upper()) if orcid else None
    return Author(name=display, given=given, family=family, orcid=match[0] if match else None)


def date(parts: Any) -> str | None:
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


def spelled_date(raw: str) -> str | None:
    """Read the first date in what a list's author wrote (2023-09, 2 Sep 2023, 14th Dec., 2022, November 2023)."""
    match = _SPELLED.search(raw)
    if match is None:
        return None
    if match["month"] is None:
        return date({"date-parts": [[int(part) for part in (match["iso"] or match["only"]).split("-")]]})
    month = _MONTHS.index(match["month"].lower()) + 1
    day = int(match["day"] or match["day2"] or 0)
    return date({"date-parts": [[int(match["year"]), month, day]]})


def date_key(value: str) -> str:
    """Sort key under which a date precedes the less precise dates that contain it (2023-05 before 2023)."""
    return value + "-99-99"[len(value) - 4 :] if len(value) < 10 else value


def earliest(dates: Iterable[str | None]) -> str | None:
    """Give the earliest of some reduced-precision dates, the most precise one where they do not contradict."""
    return min(filter(None, dates), key=date_key, default=None)
