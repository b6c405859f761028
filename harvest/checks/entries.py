"""Rules on entries: what a list says of a work, compared with the rest of the list."""

from __future__ import annotations

import re
from collections.abc import Callable

from harvest.checks.base import Violations, rule
from harvest.checks.page import Page
from harvest.entries import Entry
from harvest.models import Identifier, Mention

_FEWEST = 4  # entries that a page needs before one of them can be unlike the others
_RELATIVE = re.compile(
    r"\bago\b|\byesterday\b|\b(?:last|this) (?:week|month|year)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_FEWEST_CAPITALS = 4  # words: initials and acronyms are no names in capitals
_ABBREVIATED = re.compile(r"(?:\.\.|\b(?:al|etc|vs|vol|no|ed|Jr|Inc|U\.S))\.$")
_BOLD = ("**", "__")


@rule("duplicate", "Listed twice")
def duplicate(page: Page) -> Violations:
    """The same work stands in two entries of a list.

    Why: Counts are wrong, and a correction reaches only one of them.
    Example: `https://arxiv.org/abs/2301.00001` in lines 12 and 80
    Fix: Keep one entry.
    """
    first: dict[Identifier, Entry] = {}
    for entry in page.works:
        for _, identifier in entry.papers:
            other = first.setdefault(identifier, entry)
            if other is not entry:
                yield entry.line, f"{identifier} stands in line {other.line} already"


@rule("no-date", "No date", level="note")
def no_date(page: Page) -> Violations:
    """An entry has no date in a list where most have one.

    Why: Readers cannot place it, and a wrong link cannot be told by its date.
    Example: `[Title](https://arxiv.org/abs/2112.13592) First Author, Second Author`
    Fix: Add the year.
    """
    for entry in _exceptions(page, lambda mention: mention.date):
        yield entry.line, "no date, where most entries of the list have one"


@rule("no-authors", "No authors", level="note")
def no_authors(page: Page) -> Violations:
    """An entry has no authors in a list where most have them.

    Why: Authors tell a retitled paper from a wrong link.
    Example: `[Title](https://arxiv.org/abs/2112.13592) (2021)`
    Fix: Add the authors.
    """
    for entry in _exceptions(page, lambda mention: mention.authors):
        yield entry.line, "no authors, where most entries of the list have some"


def _exceptions(page: Page, value: Callable[[Mention], str | None]) -> list[Entry]:
    """Return the entries without a value if they are few enough to be exceptions, else none."""
    entries = [entry for entry in page.papers if not any(map(value, entry.mentions))]
    are_few = len(page.papers) >= _FEWEST and 2 * len(entries) < len(page.papers)
    return entries if are_few else []


@rule("relative-date", "Relative date")
def relative_date(page: Page) -> Violations:
    """A date that depends on the day of reading.

    Why: It is wrong tomorrow.
    Example: `By Tabitha Oanda, a year ago.`
    Fix: Write the year.
    """
    for entry in page.works:
        if entry.first.date and _RELATIVE.search(entry.first.date):
            yield entry.line, f"{entry.first.date!r} depends on the day of reading"


@rule("authors-in-capitals", "Authors in capitals", level="note")
def authors_in_capitals(page: Page) -> Violations:
    """The names of the authors are written in capitals.

    Why: Their own spelling (McDonald, de Boer) is lost.
    Example: `SEMA ATASEVER, NUH AZGINOGLU`
    Fix: `Sema Atasever, Nuh Azginoglu`
    """
    for entry in page.works:
        words = _WORD.findall(entry.first.authors or "")
        capitals = [word for word in words if word.isupper()]
        if len(capitals) >= _FEWEST_CAPITALS and len(capitals) > 0.8 * len(words):
            yield entry.line, f"authors in capitals: {entry.first.authors}"


@rule("title-full-stop", "Full stop in a title", level="note")
def title_full_stop(page: Page) -> Violations:
    """The text of a title's link ends in a full stop.

    Why: It is taken for a part of the title, also by whoever copies it.
    Example: `[**GANs for Medical Image Synthesis: An Empirical Study.**](...)`
    Fix: Put it behind the link, or leave it out.
    """
    for entry in page.works:
        label = entry.papers[0][0].label
        if _is_title(entry) and label.endswith(".") and not _ABBREVIATED.search(label):
            yield entry.line, f"the title ends in a full stop: {label}"


@rule("title-style", "Title in another style", level="note")
def title_style(page: Page) -> Violations:
    """A title is not bold in a list where most are.

    Why: Tools that read lists by their shape miss it.
    Example: `[Title](...)` among `[**Title**](...)`
    Fix: `[**Title**](...)`
    """
    bold, plain = 0, []
    for entry in page.works if page.is_markdown else ():
        if entry.first.columns or not _is_title(entry):
            continue
        mention = entry.papers[0][0]
        before, label, _ = page.line(mention.line).partition(mention.label)
        if not label:
            continue
        if before.endswith(_BOLD) or before.rstrip("[ ").endswith(_BOLD):
            bold += 1
        else:
            plain.append(entry.line)
    if bold >= _FEWEST and bold > 2 * len(plain):
        for line in plain:
            yield line, "the title is not bold, as the others are"


def _is_title(entry: Entry) -> bool:
    mention = entry.papers[0][0]
    label = mention.label.rstrip(".")
    return bool(mention.title and label and mention.title.startswith(label))
