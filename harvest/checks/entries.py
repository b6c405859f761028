"""Rules on entries: what a list says of a work, held against the rest of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.checks.base import Page, Problem, rule
from harvest.entries import Entry

_FEWEST = 4  # entries that a page needs before one of them can be unlike the others
_RELATIVE = re.compile(
    r"\bago\b|\byesterday\b|\b(?:last|this) (?:week|month|year)\b", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"(?:\.\.|\b(?:al|etc|vs|vol|no|ed|Jr|Inc|U\.S))\.$")


@rule("duplicate")
def duplicate(page: Page) -> Iterator[Problem]:
    """Listed twice.

    The same work stands in two entries of a list.
    Why: Counts are wrong, and a correction reaches only one of them.
    Example: `https://arxiv.org/abs/2301.00001` in lines 12 and 80
    Fix: Keep one entry.
    """
    first: dict[str, int] = {}
    for entry in page.works:
        for name in sorted({str(name) for _, name in entry.papers}):
            if name in first:
                yield Problem(entry.line, f"{name} stands in line {first[name]} already")
            first.setdefault(name, entry.line)


@rule("no-date", level="note")
def no_date(page: Page) -> Iterator[Problem]:
    """No date.

    An entry has no date in a list where most have one.
    Why: Readers cannot place it, and a wrong link cannot be told by its date.
    Example: `[Title](https://arxiv.org/abs/2112.13592) First Author, Second Author`
    Fix: Add the year.
    """
    for entry in _exceptions(page, "date"):
        yield Problem(entry.line, "no date, where most entries of the list have one")


@rule("no-authors", level="note")
def no_authors(page: Page) -> Iterator[Problem]:
    """No authors.

    An entry has no authors in a list where most have them.
    Why: Authors tell a retitled paper from a wrong link.
    Example: `[Title](https://arxiv.org/abs/2112.13592) (2021)`
    Fix: Add the authors.
    """
    for entry in _exceptions(page, "authors"):
        yield Problem(entry.line, "no authors, where most entries of the list have some")


def _exceptions(page: Page, field: str) -> list[Entry]:
    without = [
        entry
        for entry in page.papers
        if not any(getattr(mention, field) for mention in entry.mentions)
    ]
    return without if len(page.papers) >= _FEWEST and 2 * len(without) < len(page.papers) else []


@rule("relative-date")
def relative_date(page: Page) -> Iterator[Problem]:
    """Relative date.

    A date that depends on the day of reading.
    Why: It is wrong tomorrow.
    Example: `By Tabitha Oanda, a year ago.`
    Fix: Write the year.
    """
    for entry in page.works:
        if entry.first.date and _RELATIVE.search(entry.first.date):
            yield Problem(entry.line, f"{entry.first.date!r} depends on the day of reading")


@rule("authors-in-capitals", level="note")
def authors_in_capitals(page: Page) -> Iterator[Problem]:
    """Authors in capitals.

    The names of the authors are written in capitals.
    Why: Their own spelling (McDonald, de Boer) is lost.
    Example: `SEMA ATASEVER, NUH AZGINOGLU`
    Fix: `Sema Atasever, Nuh Azginoglu`
    """
    # Let initials and acronyms pass: most words, and four of them at least, have to be in capitals.
    for entry in page.works:
        words = re.findall(r"[^\W\d_]{3,}", entry.first.authors or "")
        capitals = [word for word in words if word.isupper()]
        if len(capitals) >= _FEWEST and len(capitals) > 0.8 * len(words):
            yield Problem(entry.line, f"authors in capitals: {entry.first.authors}")


@rule("title-full-stop", level="note")
def title_full_stop(page: Page) -> Iterator[Problem]:
    """Full stop in a title.

    The text of a title's link ends in a full stop.
    Why: It is taken for a part of the title, also by whoever copies it.
    Example: `[**GANs for Medical Image Synthesis: An Empirical Study.**](...)`
    Fix: Put it behind the link, or leave it out.
    """
    for entry in page.works:
        label = entry.papers[0][0].label
        if _bears_title(entry) and label.endswith(".") and not _ABBREVIATED.search(label):
            yield Problem(entry.line, f"the title ends in a full stop: {label}")


@rule("title-style", level="note")
def title_style(page: Page) -> Iterator[Problem]:
    """Title in another style.

    A title is not bold in a list where most are.
    Why: Tools that read lists by their shape miss it.
    Example: `[Title](...)` among `[**Title**](...)`
    Fix: `[**Title**](...)`
    """
    plain: list[Entry] = []
    bold: list[Entry] = []
    for entry in page.works if page.markdown else ():
        label, line = entry.papers[0][0].label, page.line(entry.papers[0][0].line)
        if _bears_title(entry) and not entry.first.columns and label in line:
            before = line[: line.index(label)]
            (
                bold
                if before.rstrip("[ ").endswith(("**", "__")) or before.endswith(("**", "__"))
                else plain
            ).append(entry)
    if len(bold) >= _FEWEST and len(bold) > 2 * len(plain):
        for entry in plain:
            yield Problem(entry.line, "the title is not bold, as the others are")


def _bears_title(entry: Entry) -> bool:
    """Tell whether the link of an entry's work is its title."""
    mention = entry.papers[0][0]
    return bool(
        mention.title
        and mention.label.rstrip(".")
        and mention.title.startswith(mention.label.rstrip("."))
    )
