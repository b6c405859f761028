"""Rules on dates: the list against identifiers and, where it is known, the publication history.

Lists date a work by its preprint, its first online publication or its issue, and none of that is
wrong. So a date is fine anywhere between the first and the last date of a work, give or take a
month. A small lag is reported apart from a contradiction, so that it can be ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harvest.checks.base import Violations, rule
from harvest.checks.page import Page
from harvest.dates import parse_date
from harvest.models import Identifier, Work

_ARXIV = re.compile(r"(?:[a-z.-]+/)?(\d\d)(\d\d)")
_DOI_YEARS = (
    re.compile(r"\.((?:19|20)\d\d)\."),  # before an article's number: Elsevier, IEEE, Frontiers
    re.compile(r"s4\d{4}-(0\d\d)-"),  # Nature: -023- is 2023
    re.compile(r"^10\.1155/((?:19|20)\d\d)/"),  # Hindawi
)
_TOLERANCE = 1  # months
_LAG = 12  # months that a publication or its early access usually takes


class _Months(NamedTuple):
    """The first and the last month that a date may mean, counted from year 0."""

    first: int
    last: int

    @classmethod
    def of(cls, date: str) -> _Months:
        """Return the months of a reduced-precision date."""
        january = int(date[:4]) * 12
        if len(date) < 7:
            return cls(january, january + 11)
        month = january + int(date[5:7]) - 1
        return cls(month, month)


class _Difference(NamedTuple):
    """A listed date that differs by `months`, negative if it is too early."""

    line: int
    identifier: Identifier
    months: int
    message: str

    @property
    def is_lag(self) -> bool:
        """Return True if publication usually takes so long.

        A preprint cannot be cited before it is there, except for the time of its moderation.
        """
        earliest = -_TOLERANCE if self.identifier.scheme == "arxiv" else -_LAG
        return earliest <= self.months <= _LAG


@rule("date-mismatch", "Date that cannot be")
def date_mismatch(page: Page) -> Violations:
    """The date of an entry is before its preprint, or more than a year away from every known
    publication.

    Why: The link probably leads to another work, or the date was copied from another row.
    Example: `2103.00006` (March 2021) listed as `2023-06`
    Fix: Check the link, then the date.
    """
    for difference in _differences(page):
        if not difference.is_lag:
            yield difference.line, difference.message


@rule("date-lag", "Date off by a usual lag", level="note")
def date_lag(page: Page) -> Violations:
    """The date of an entry differs by what moderation, early access or publication usually takes.

    Why: It may be the date of another form of the work, or a slip.
    Example: `2310.03753` (October 2023) listed as `2023-09`
    Fix: Nothing, if another date is meant.
    """
    for difference in _differences(page):
        if difference.is_lag:
            yield difference.line, difference.message


def _differences(page: Page) -> Iterator[_Difference]:
    """Compare the listed date of every link of a work."""
    for entry in page.works:
        date = parse_date(entry.first.date or "")
        if date is None:
            continue
        for mention, identifier in entry.papers:
            work = page.registries.work(identifier)
            if difference := _compare(date, mention.line, identifier, work):
                yield difference


def _compare(date: str, line: int, identifier: Identifier, work: Work | None) -> _Difference | None:
    """Return by how much a date differs; None if it does not, or nothing is known."""
    published, implied = _published(work), _implied(identifier, work)
    spans = [_Months.of(other) for other in published + implied]
    if not spans:
        return None
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    start, end = _Months.of(date)
    tolerance = _TOLERANCE if start == end else _LAG  # a year alone is often that of the venue
    if end < first:
        months, bound, direction = end - first, first, "before"
    elif start > last + tolerance:
        months, bound, direction = start - last, last, "after"
    else:
        return None
    least = "" if start == end and (bound, bound) in spans else "at least "
    unit = "month" if abs(months) == 1 else "months"
    history = sorted({min(published), max(published)}) if published else implied[:1]
    distance = f"{least}{abs(months)} {unit} {direction} {identifier} ({' to '.join(history)})"
    return _Difference(line, identifier, months, f"the list says {date}, {distance}")


def _published(work: Work | None) -> list[str]:
    """Return the dates of the forms of a work."""
    return [form.date for form in work.manifestations if form.date] if work else []


def _implied(identifier: Identifier, work: Work | None) -> list[str]:
    """Return the dates that the identifiers of a work imply, sorted."""
    identifiers = {identifier}
    if work:
        identifiers.update(Identifier("doi", value) for value in work.identifiers["doi"])
        identifiers.update(Identifier("arxiv", value) for value in work.identifiers["arxiv"])
    return sorted(filter(None, map(_implied_date, identifiers)))


def _implied_date(identifier: Identifier) -> str | None:
    """Return the month of an arXiv id or the year within a DOI."""
    if identifier.scheme == "arxiv" and (match := _ARXIV.match(identifier.value)):
        year = int(match[1])
        return f"{2000 + year if year < 91 else 1900 + year}-{match[2]}"
    if identifier.scheme == "doi":
        for pattern in _DOI_YEARS:
            if match := pattern.search(identifier.value):
                return match[1] if len(match[1]) == 4 else f"2{match[1]}"
    return None
