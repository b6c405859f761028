"""Rules on dates: what a list says, held against identifiers and, where it is known, the publication history.

Lists date a work by its preprint, its first online publication or its issue, and none of that is wrong. So a date is
fine anywhere between the first and the last known date of a work, give or take a month; a small lag is told apart from
a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.checks.base import Page, Problem, rule
from harvest.dates import parse_date
from harvest.models import Identifier, Mention

Months = tuple[int, int]  # the first and last month that a date may mean, counted from year 0

_ARXIV = re.compile(r"(?:[a-z.-]+/)?(\d\d)(\d\d)")
# Years within DOIs: `.2023.` before an article's number (Elsevier, IEEE, Frontiers), Nature's -023-, Hindawi's path.
_DOI_YEARS = (
    re.compile(r"\.((?:19|20)\d\d)\."),
    re.compile(r"s4\d{4}-(0\d\d)-"),
    re.compile(r"^10\.1155/((?:19|20)\d\d)/"),
)
_TOLERANCE = 1  # months
_LAG = 12  # months that a publication or its early access usually takes


def _months(date: str) -> Months:
    """Give the span of months of a reduced-precision date."""
    year = int(date[:4]) * 12
    if len(date) < 7:
        return year, year + 11
    month = year + int(date[5:7]) - 1
    return month, month


def _said_by(identifier: Identifier) -> str | None:
    """Give the date that an identifier itself tells: the month of an arXiv id, the year within a DOI."""
    if identifier.scheme == "arxiv" and (match := _ARXIV.match(identifier.value)):
        year = int(match[1])
        return f"{2000 + year if year < 91 else 1900 + year}-{match[2]}"
    if identifier.scheme == "doi":
        found = next(
            (match for pattern in _DOI_YEARS if (match := pattern.search(identifier.value))), None
        )
        return (found[1] if len(found[1]) == 4 else f"2{found[1]}") if found else None
    return None


def _differences(page: Page) -> Iterator[tuple[Mention, Identifier, int, str]]:
    """Give each link of a work whose date differs, by how many months (negative: too early), and what to say of it."""
    for entry in page.works:
        listed = parse_date(entry.first.date) if entry.first.date else None
        for mention, identifier in entry.papers if listed else ():
            work = page.known.work(identifier) if page.known else None
            dates = [form.date for form in work.manifestations if form.date] if work else []
            names = {identifier}
            names |= (
                {
                    Identifier(scheme, v)
                    for scheme in ("doi", "arxiv")
                    for v in work.identifiers[scheme]
                }
                if work
                else set()
            )
            said = sorted(filter(None, map(_said_by, names)))
            if not (dates or said):
                continue
            spans = [_months(date) for date in (*dates, *said)]
            first, last = min(span[0] for span in spans), max(span[1] for span in spans)
            start, end = _months(listed or "")
            early, late = min(0, end - first), max(0, start - last)
            if early < 0 or late > (
                _LAG if start < end else _TOLERANCE
            ):  # a year alone is often that of the venue
                bound = first if early else last
                least = "" if start == end and (bound, bound) in spans else "at least "
                months = f"{abs(early or late)} month{'s'[: abs(early or late) > 1]} {'before' if early else 'after'}"
                known = " to ".join(dict.fromkeys((min(dates), max(dates)))) if dates else said[0]
                yield (
                    mention,
                    identifier,
                    early or late,
                    f"the list says {listed}, {least}{months} {identifier} ({known})",
                )


@rule("date-mismatch")
def date_mismatch(page: Page) -> Iterator[Problem]:
    """Date that cannot be.

    The date of an entry is before its preprint, or more than a year away from every known
    publication.
    Why: The link probably leads to another work, or the date was copied from another row.
    Example: `2103.00006` (March 2021) listed as `2023-06`
    Fix: Check the link, then the date.
    """
    for mention, name, months, message in _differences(page):
        if not _is_lag(name, months):
            yield Problem(mention.line, message)


@rule("date-lag", level="note")
def date_lag(page: Page) -> Iterator[Problem]:
    """Date off by a usual lag.

    The date of an entry differs by what moderation, early access or publication usually takes.
    Why: It may be the date of another form of the work, or a slip.
    Example: `2310.03753` (October 2023) listed as `2023-09`
    Fix: Nothing, if another date is meant.
    """
    # Report small differences apart, so that they can be ignored.
    for mention, name, months, message in _differences(page):
        if _is_lag(name, months):
            yield Problem(mention.line, message)


def _is_lag(identifier: Identifier | None, months: int) -> bool:
    """Tell what publication usually takes; a preprint cannot be cited before it is there, but for moderation."""
    earliest = -_TOLERANCE if identifier and identifier.scheme == "arxiv" else -_LAG
    return earliest <= months <= _LAG
