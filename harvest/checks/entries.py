"""Rules on entries: what a list says of a work, held against the rest of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.checks.base import Page, Problem, Rule, rule
from harvest.entries import Entry

_FEWEST = 4  # entries that a page needs before one of them can be unlike the others
_RELATIVE = re.compile(
    r"\bago\b|\byesterday\b|\b(?:last|this) (?:week|month|year)\b", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"(?:\.\.|\b(?:al|etc|vs|vol|no|ed|Jr|Inc|U\.S))\.$")


@rule(
    Rule(
        code="duplicate",
        name="Listed twice",
        what="The same work stands in two entries of a list.",
        why="Counts are wrong, and a correction reaches only one of them.",
        example="`https://arxiv.org/abs/2301.00001` in lines 12 and 80",
        fix="Keep one entry.",
    )
)
def duplicate(page: Page) -> Iterator[Problem]:
    """Report every entry but the first."""
    first: dict[str, int] = {}
    for entry in page.works:
        for name in sorted({str(name) for _, name in entry.papers}):
            if name in first:
                yield Problem(entry.line, f"{name} stands in line {first[name]} already")
            first.setdefault(name, entry.line)


@rule(
    Rule(
        code="no-date",
        name="No date",
        what="An entry has no date in a list where most have one.",
        why="Readers cannot place it, and a wrong link cannot be told by its date.",
        example="`[Title](https://arxiv.org/abs/2112.13592) First Author, Second Author`",
        fix="Add the year.",
        level="note",
    )
)
def no_date(page: Page) -> Iterator[Problem]:
    """Report the exceptions, unless they are the rule."""
    for entry in _exceptions(page, "date"):
        yield Problem(entry.line, "no date, where most entries of the list have one")


@rule(
    Rule(
        code="no-authors",
        name="No authors",
        what="An entry has no authors in a list where most have them.",
        why="Authors tell a retitled paper from a wrong link.",
        example="`[Title](https://arxiv.org/abs/2112.13592) (2021)`",
        fix="Add the authors.",
        level="note",
    )
)
def no_authors(page: Page) -> Iterator[Problem]:
    """Report the exceptions, unless they are the rule."""
    for entry in _exceptions(page, "authors"):
        yield Problem(entry.line, "no authors, where most entries of the list have some")


def _exceptions(page: Page, field: str) -> list[Entry]:
    without = [
        entry
        for entry in page.papers
        if not any(getattr(mention, field) for mention in entry.mentions)
    ]
    return without if len(page.papers) >= _FEWEST and 2 * len(without) < len(page.papers) else []


@rule(
    Rule(
        code="relative-date",
        name="Relative date",
        what="A date that depends on the day of reading.",
        why="It is wrong tomorrow.",
        example="`By Tabitha Oanda, a year ago.`",
        fix="Write the year.",
    )
)
def relative_date(page: Page) -> Iterator[Problem]:
    """Look at the dates that entries give."""
    for entry in page.works:
        if entry.first.date and _RELATIVE.search(entry.first.date):
            yield Problem(entry.line, f"{entry.first.date!r} depends on the day of reading")


@rule(
    Rule(
        code="authors-in-capitals",
        name="Authors in capitals",
        what="The names of the authors are written in capitals.",
        why="Their own spelling (McDonald, de Boer) is lost.",
        example="`SEMA ATASEVER, NUH AZGINOGLU`",
        fix="`Sema Atasever, Nuh Azginoglu`",
        level="note",
    )
)
def authors_in_capitals(page: Page) -> Iterator[Problem]:
    """Let initials and acronyms pass: most words, and four of them at least, have to be in capitals."""
    for entry in page.works:
        words = re.findall(r"[^\W\d_]{3,}", entry.first.authors or "")
        capitals = [word for word in words if word.isupper()]
        if len(capitals) >= _FEWEST and len(capitals) > 0.8 * len(words):
            yield Problem(entry.line, f"authors in capitals: {entry.first.authors}")


@rule(
    Rule(
        code="title-full-stop",
        name="Full stop in a title",
        what="The text of a title's link ends in a full stop.",
        why="It is taken for a part of the title, also by whoever copies it.",
        example="`[**GANs for Medical Image Synthesis: An Empirical Study.**](...)`",
        fix="Put it behind the link, or leave it out.",
        level="note",
    )
)
def title_full_stop(page: Page) -> Iterator[Problem]:
    """Look at links that bear the title."""
    for entry in page.works:
        label = entry.papers[0][0].label
        if _bears_title(entry) and label.endswith(".") and not _ABBREVIATED.search(label):
            yield Problem(entry.line, f"the title ends in a full stop: {label}")


@rule(
    Rule(
        code="title-style",
        name="Title in another style",
        what="A title is not bold in a list where most are.",
        why="Tools that read lists by their shape miss it.",
        example="`[Title](...)` among `[**Title**](...)`",
        fix="`[**Title**](...)`",
        level="note",
    )
)
def title_style(page: Page) -> Iterator[Problem]:
    """Compare the titles of items."""
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
