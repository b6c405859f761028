"""Rules on dates: the list against identifiers and, where it is known, the publication history.

Lists date a work by its preprint, its first online publication or its issue, and none of that is
wrong. So a date is fine anywhere between the first and the last date of a work, give or take a
month. A small lag is reported apart from a contradiction, so that it can be ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.checks.entries import SUMMARY
from harvest.dates import parse_date
from harvest.entries import Entry
from harvest.models import Identifier, Mention, Work
from harvest.readers.labels import WORDS

_ARXIV = re.compile(r"(?:[a-z.-]+/)?(\d\d)(\d\d)")
_DOI_YEARS = (
    re.compile(r"\.((?:19|20)\d\d)\."),  # before an article's number: Elsevier, IEEE, Frontiers
    re.compile(r"s4\d{4}-(0\d\d)-"),  # Nature: -023- is 2023
    re.compile(r"^10\.1155/((?:19|20)\d\d)/"),  # Hindawi
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SHORT_YEAR = re.compile(r"['\u2019](\d\d)\b|\b[A-Z]{3,}[- ]?(\d\d)\b")
# Headers of columns that date the list itself.
_UPDATED = re.compile(r"updat|modif|added|crawl", re.IGNORECASE)
_TOLERANCE = 1  # months
_LAG = 12  # months that a publication or its early access usually takes
_JOURNAL = 24  # months that a journal may take
_MODERATION = 6  # months that a preprint may wait for its number
_LAST_OF_MONTH = 2000  # numbers that arXiv may give to papers of the last days of the month before
_SERVERS = re.compile(r"(?i).*rxiv|ssrn|osf|zenodo|corr|preprint|submitted on|nature")
_VENUES = [name for name in WORDS.items["venues"] if not _SERVERS.fullmatch(name)]
_VENUE = re.compile(rf"\b(?:{'|'.join(map(re.escape, _VENUES))})\b")
# A year of a name: a data set and its challenge, a report of that time.
_YEAR_OF_A_NAME = re.compile(
    r"\b(?:ACDC|BraTS|CASP|COCO|DAVIS|ILSVRC|ISIC|ImageNet|KITTI|KiTS|LiTS|MSCOCO|SemEval|TREC|VOC"
    r"|WMT)[- ]?(?:19|20)\d\d"
    r"|(?:19|20)\d\d\u5e74(?=[^\W\d])"  # of another work, in a sentence: 2020\u5e74\u63d0\u51fa
    r"|\b(?:Report|Index|Outlook|Bulletin)\s*\(?(?:[A-Z][a-z]+ )?(?:19|20)\d\d"
)
_MIN_MEETINGS = 3


class _Difference(NamedTuple):
    """A date that differs from those of a work by some months, negative if it is too early.

    `is_lag` is True for what publication usually takes.
    """

    line: int
    date: str
    months: int
    text: str
    is_lag: bool

    @property
    def violation(self) -> tuple[int, str]:
        """The line and the message of a finding."""
        return self.line, f"the list says {self.date}, {self.text}"


@rule("date-mismatch", "Date that cannot be")
def date_mismatch(file: CheckedFile) -> Violations:
    """The date of an entry is before its preprint, or more than a year away from every known
    publication. A year alone may be that of a journal years after a preprint, and another link of
    the entry may have it. Where most days of a list are years after the works, it tells when a
    group met.

    Why: The link probably leads to another work, or the date was copied from another row.
    Example: `2103.00006` (March 2021) listed as `2023-06`
    Fix: Check the link, then the date.
    """
    differences = [it for it in _differences(file) if not it.is_lag]
    meetings = [it for it in differences if it.months > 0 and _is_day(it.date)]
    days = sum(_is_day(parse_date(entry.first.date or "")) for entry in file.works)
    if len(meetings) >= _MIN_MEETINGS and 2 * len(meetings) > days:
        differences = [it for it in differences if it not in meetings]
    for line, message in (it.violation for it in differences):
        yield line, f"{message}; check the link, then the date"


def _is_day(date: str | None) -> bool:
    return date is not None and len(date) == len("2023-01-19")


@rule("date-lag", "Date off by a usual lag", level="note")
def date_lag(file: CheckedFile) -> Violations:
    """The date of an entry differs by what moderation, early access or publication usually takes.

    Why: It may be the date of another form of the work, or a slip.
    Example: `2310.03753` (October 2023) listed as `2023-09`
    Fix: Nothing, if another date is meant.
    """
    yield from (it.violation for it in _differences(file) if it.is_lag)


def _differences(file: CheckedFile) -> Iterator[_Difference]:
    """Yield the dates of entries that differ from those of their works."""
    for entry in file.works:
        date = parse_date(entry.first.date or "")
        if date is None or _is_of_the_list(entry.first) or not _is_of_the_work(date, file, entry):
            continue
        mentions: dict[Identifier, Mention] = {}
        for mention, identifier in entry.papers:
            mentions.setdefault(identifier, mention)
        for identifier, mention in mentions.items():
            work = file.registries.work(identifier)
            months, text = _compare(date, identifier, work)
            if not months or _is_explained(date, months, mention, entry, work):
                continue
            is_after_venue = months < 0 and len(date) == 4 and identifier.scheme == "arxiv"
            if (is_after_venue or 0 < months <= _JOURNAL) and _is_of_publication(file, entry):
                continue  # some papers are posted years after their conference
            earliest, latest = _usual_lag(date, identifier, work)
            is_lag = earliest <= months <= latest
            if is_lag and _is_of_version(date, identifier):
                continue
            yield _Difference(mention.line, date, months, text, is_lag)


def _is_of_publication(file: CheckedFile, entry: Entry) -> bool:
    """Return True for records of a bibliography, and where a list names the venue of a preprint."""
    return entry.first.is_record or any(map(_VENUE.search, file.passage(entry)))


def _usual_lag(date: str, identifier: Identifier, work: Work | None) -> tuple[int, int]:
    """Return by how many months a date may usually differ, from before to after.

    A preprint cannot be cited before it is there, except for the time of its moderation; a year
    alone may be that of a conference after which it was posted, a whole day that of its submission.
    A journal may print what was posted two years before.
    """
    earliest = -_LAG if identifier.scheme == "arxiv" else -_JOURNAL
    if identifier.scheme == "arxiv" and len(date) > 4:
        earliest = -_MODERATION if len(date) > 7 else -_TOLERANCE
    kinds = {form.kind for form in work.manifestations} if work else set()
    return earliest, _LAG if "version_of_record" in kinds else _JOURNAL


def _is_of_version(date: str, identifier: Identifier) -> bool:
    """Return True if a date that differs by a usual lag is that of a preprint all the same.

    A whole day was copied from one of its versions, a year is that of a conference, and what was
    submitted at the end of a month has one of the first numbers of the next.
    """
    if identifier.scheme != "arxiv":
        return False
    if len(date) != 7:
        return True
    match = _ARXIV.match(identifier.value)
    number = identifier.value.rpartition(".")[2]
    if match is None or not number.isdecimal() or int(number) >= _LAST_OF_MONTH:
        return False
    month, _ = _months(date)
    month_of_id, _ = _months(_month(match))
    return month + 1 == month_of_id


def _is_of_the_work(date: str, file: CheckedFile, entry: Entry) -> bool:
    """Return False if the year of an item is one of its title, a data set or its summary."""
    year = date[:4]
    if entry.first.columns or entry.first.is_record or not file.is_markdown:
        return True
    lines = file.passage(entry)
    rest = [_YEAR_OF_A_NAME.sub(" ", line) for line in lines if not SUMMARY.search(line)]
    text = "\n".join(rest).replace(entry.first.title or "\n", " ")
    return year in text or year not in "\n".join(lines)


def _is_of_the_list(mention: Mention) -> bool:
    """Return True if a date says when the list was changed."""
    headers = [name for name, text in mention.columns.items() if text.strip() == mention.date]
    return any(map(_UPDATED.search, headers))


def _is_explained(
    date: str, months: int, mention: Mention, entry: Entry, work: Work | None
) -> bool:
    """Return True if another link has the year, or the date may be of a version or a journal."""
    if months > 0 and mention.target.version not in {None, "v1"}:  # when that version was sent
        return True
    others = [other for other in entry.mentions if other.url != mention.url]
    if any(date[:4] in _years(other) for other in others):
        return True
    kinds = {form.kind for form in work.manifestations} if work else set()
    return len(date) == 4 and months > _LAG and "version_of_record" not in kinds


def _years(mention: Mention) -> set[str]:
    """Return the years that a link names in its address, label or arXiv id."""
    texts = f"{mention.url} {mention.label}"
    years = set(_YEAR.findall(texts))
    years.update(f"20{first or second}" for first, second in _SHORT_YEAR.findall(texts))
    date = _date_in_identifier(mention.identifier) if mention.identifier else None
    return years | ({date[:4]} if date else set())


def _compare(date: str, identifier: Identifier, work: Work | None) -> tuple[int, str]:
    """Return by how many months a date differs, negative if it is too early, and say so."""
    forms = work.manifestations if work else []
    days = [form.date for form in forms if form.date]
    hints = _dates_in_identifiers(identifier, work)
    allowance = _LAG if _has_year_of_acceptance(identifier) else 0
    spans = [_months(other) for other in days]
    spans += [(first, last + allowance) for first, last in map(_months, hints)]
    start, end = _months(date)
    months, bound = _distance(start, end, spans)
    if not months:
        return 0, ""
    least = "" if start == end and (bound, bound) in spans else "at least "
    unit = "month" if abs(months) == 1 else "months"
    direction = "before" if months < 0 else "after"
    history = sorted({min(days), max(days)}) if days else hints[:1]
    distance = f"{least}{abs(months)} {unit} {direction}"
    return months, f"{distance} {identifier} ({' to '.join(history)})"


def _distance(start: int, end: int, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the months from all spans to a date outside of them, and the nearest month of theirs.

    The date lies anywhere from `start` to `end`. The months are negative if it is too early, and 0
    if it may be right or there are no spans.
    """
    if not spans:
        return 0, 0
    first = min(first for first, _ in spans)
    last = max(last for _, last in spans)
    tolerance = _TOLERANCE if start == end else _LAG  # a year alone is often that of the venue
    if end < first:
        return end - first, first
    if start > last + tolerance:
        return start - last, last
    return 0, last


def _has_year_of_acceptance(identifier: Identifier) -> bool:
    """Return True if the year of a DOI may be before that of the issue; IEEE's is of access."""
    return identifier.scheme == "doi" and not identifier.value.startswith("10.1109/")


def _months(date: str) -> tuple[int, int]:
    """Return the first and the last month that a date may mean, counted from year 0."""
    january = int(date[:4]) * 12
    if len(date) < 7:
        return january, january + 11
    month = january + int(date[5:7]) - 1
    return month, month


def _dates_in_identifiers(identifier: Identifier, work: Work | None) -> list[str]:
    """Return the dates that arXiv ids and DOIs of a work tell, sorted."""
    identifiers = {identifier}
    for scheme, values in work.identifiers.items() if work else ():
        identifiers.update(Identifier(scheme, value) for value in values)
    return sorted(filter(None, map(_date_in_identifier, identifiers)))


def _month(match: re.Match[str]) -> str:
    """Return the month of an arXiv id."""
    year = int(match[1])
    return f"{2000 + year if year < 91 else 1900 + year}-{match[2]}"


def _date_in_identifier(identifier: Identifier) -> str | None:
    """Return the month of an arXiv id or the year within a DOI."""
    if identifier.scheme == "arxiv" and (match := _ARXIV.match(identifier.value)):
        return _month(match)
    if identifier.scheme == "doi":
        for pattern in _DOI_YEARS:
            if match := pattern.search(identifier.value):
                return match[1] if len(match[1]) == 4 else f"2{match[1]}"
    return None
