"""Dates with a year of two digits, which all dates of a list together tell: 24-09-30, June 24.

Six digits are a day if those of the whole list are: 240930.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harvest import dates

_MONTH = rf"(?i:(?P<name>{'|'.join(dates.MONTHS)})[a-z]{{0,6}}\.?)"
_WHOLE = r"[1-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_FORM = re.compile(
    r"(?P<first>\d\d)(?P<sign>[-./])(?P<second>\d\d)(?:(?P=sign)(?P<third>\d\d))?"
    rf"|(?P<whole>{_WHOLE})"
    rf"|{_MONTH}(?P<mark>[- ]\s?)(?P<year>\d\d?)"
)
_LEAD = re.compile(rf"\s*((\d\d)([-./])\d\d\3\d\d|{_WHOLE})(?!\w)[\s,:|]*(?=\S)")
_LONGEST = 12  # characters
_FEWEST = 4  # dates that tell in which order their numbers stand
_FEWEST_NAMED = 6  # behind the name of a month, where the number may be a day
_MONTHS, _DAYS = 12, 31  # at most
_FIRST, _LAST = 10, 39  # years, since a day is below ten as well


def is_short(text: str) -> bool:
    """Return True for a date that has at most a year of two digits."""
    return may_be_short(text) and text[-2:].isdigit()


def may_be_short(text: str) -> bool:
    """Return True for such a date, or a day such as `Mar 5`, which tells what `Mar 24` is."""
    return len(text) <= _LONGEST and _FORM.fullmatch(text) is not None


def read(texts: Iterable[str]) -> dict[str, str]:
    """Return the dates of a list in ISO 8601 by what is written, as far as they are certain."""
    matches = ((text, _FORM.fullmatch(text)) for text in texts)
    parts = {text: match.groupdict() for text, match in matches if match}
    days = {text: it for text, it in parts.items() if it["third"]}
    months = {text: it for text, it in parts.items() if it["first"] and not it["third"]}
    named = {text: it for text, it in parts.items() if it["name"] and it["mark"] == " "}
    tied = {text: it for text, it in parts.items() if it["name"] and it["mark"] == "-"}
    whole = [text for text, it in parts.items() if it["whole"]]
    tight = {it: f"20{it[:2]}-{it[2:4]}-{it[4:]}" for it in whole if len(whole) >= _FEWEST}
    return tight | _days(days) | _months(months) | _named(named, _FEWEST_NAMED) | _named(tied, 1)


def lead(text: str) -> int:
    """Return where a text begins behind a day with numbers alone: `24/06/30, A title of it`."""
    day = _LEAD.match(text) if text[:1].isdigit() else None
    return day.end() if day else 0


_Parts = Mapping[str, Mapping[str, str]]  # by what is written


def _days(parts: _Parts) -> dict[str, str]:
    """Return days, whose year stands on the side that varies much less.

    With the year last, a day above 12 tells which of the others is the month; else years are sure.
    """
    firsts, seconds, thirds = (
        [int(it[side]) for it in parts.values()] for side in ("first", "second", "third")
    )
    if len(parts) < _FEWEST:
        return {}
    if 2 * len(set(firsts)) <= len(set(thirds)):
        years, months, days = firsts, seconds, thirds
    elif 2 * len(set(thirds)) <= len(set(firsts)) or 2 * len(set(thirds)) <= len(set(seconds)):
        years, months, days = thirds, seconds, firsts
        if max(seconds) > _MONTHS:  # as in America
            months, days = firsts, seconds
    else:
        return {}
    are_possible = max(months) <= _MONTHS and max(days) <= _DAYS
    if not (_are_years(years) and max(years) > _MONTHS and are_possible):
        return {}
    if years is thirds and max(days) <= _MONTHS:
        return {text: f"20{year}" for text, year in zip(parts, years, strict=True)}
    rows = zip(parts, years, months, days, strict=True)
    return {text: f"20{year}-{month:02}-{day:02}" for text, year, month, day in rows}


def _months(parts: _Parts) -> dict[str, str]:
    """Return months behind their years."""
    years = [int(it["first"]) for it in parts.values()]
    months = [int(it["second"]) for it in parts.values()]
    if len(parts) < _FEWEST or not _are_years(years) or max(months) > 12 or max(years) <= 12:
        return {}
    rows = zip(parts, years, months, strict=True)
    return {text: f"20{year}-{month:02}" for text, year, month in rows}


def _named(parts: _Parts, fewest: int) -> dict[str, str]:
    """Return months with a name, of which several are of a year: days would differ."""
    years = [int(it["year"]) for it in parts.values()]
    is_varied = fewest > 1 and len(set(years)) * 2 > len(years)
    if len(parts) < fewest or is_varied or not _are_years(years):
        return {}
    return {
        text: f"20{it['year']}-{dates.MONTHS.index(it['name'].lower()) + 1:02}"
        for text, it in parts.items()
    }


def _are_years(numbers: Iterable[int]) -> bool:
    return all(_FIRST <= number <= _LAST for number in numbers)
