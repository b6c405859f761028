"""What a rule is, and the page that it looks at.

A rule is a function with its documentation in the docstring. It gets a `Page`, one file of a list
with everything known about it, and yields `Problem`s. It reads no file and makes no request. Rules
are found by discovery: a new one is a function in a module of this package.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from inspect import cleandoc
from typing import Literal, NamedTuple

import msgspec

from harvest.dataset.facets import Vocabulary
from harvest.entries import Entry, group
from harvest.linking import listed_titles
from harvest.linking.listed_titles import Judgement
from harvest.models import (
    Dataset,
    Finding,
    Heading,
    Identifier,
    ListFile,
    Mention,
    Repository,
    Work,
)

Level = Literal["error", "warning", "note"]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The documentation of a rule. `fixable` rules can be put right by `harvest lint --fix`."""

    name: str
    what: str
    why: str
    example: str
    fix: str
    level: Level = "warning"
    fixable: bool = False


class Problem(NamedTuple):
    """What a rule found at a line; `replace` is a text of it and what should stand there, where that is certain."""

    line: int
    message: str
    replace: tuple[str, str] | None = None


class Reported(NamedTuple):
    """A finding, and how it can be put right."""

    finding: Finding
    replace: tuple[str, str] | None = None


IGNORE = re.compile(r"<!--\s*harvest:\s*ignore\b(.*?)-->")
Check = Callable[["Page"], Iterator[Problem]]
RULES: dict[str, Rule] = {}
CHECKS: dict[str, Check] = {}
_SECTION = re.compile(r"\n(?:Why|Example|Fix): ")
_LINE_BREAK = re.compile(r"\n *")


def rule(code: str, *, level: Level = "warning", fixable: bool = False) -> Callable[[Check], Check]:
    """Register a function as a rule, with its docstring as documentation.

    The docstring has a name, what is wrong, and the sections Why, Example and Fix, in this order.
    """

    def register(check: Check) -> Check:
        name, text = cleandoc(check.__doc__ or "").split(".\n\n", 1)
        sections = [_LINE_BREAK.sub(" ", section) for section in _SECTION.split(text)]
        fields = dict(zip(("what", "why", "example", "fix"), sections, strict=True))
        RULES[code] = Rule(name=name, **fields, level=level, fixable=fixable)
        CHECKS[code] = check
        return check

    return register


class Known:
    """What registries have answered, by identifier: what only a list or the starter snapshot says is not known."""

    def __init__(self, dataset: Dataset) -> None:
        works = [work for work in dataset.works if work.status in {"resolved", "not_found"}]
        hosted = [
            repository for repository in dataset.repositories if repository.status != "unchecked"
        ]
        self._works = {name: work for work in works for name in work.curies}
        self._repositories = {
            name.lower(): found for found in hosted for name in (*found.aliases, found.id)
        }

    def work(self, identifier: Identifier | None) -> Work | None:
        """Give the work that an identifier names."""
        return self._works.get(str(identifier))

    def repository(self, identifier: Identifier | None) -> Repository | None:
        """Give the repository that an identifier names, by its present name or an earlier one."""
        return self._repositories.get(str(identifier).lower())


class Page:
    """One file of a list: its lines as text (from 1), the links on it, and what is known of what they name."""

    def __init__(
        self,
        seed: str,
        file: ListFile,
        mentions: Iterable[Mention],
        vocabulary: Vocabulary,
        known: Known | None = None,
    ) -> None:
        self.seed = seed
        self.lines = file.text.split("\n")
        self.markdown = file.markdown
        self.headings = file.headings
        self.code = file.code
        self.mentions = list(mentions)
        self.vocabulary = vocabulary
        self.known = known

    def line(self, number: int) -> str:
        """Give a line by its number, from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def entries(self) -> list[Entry]:
        """The rows and items with links, in the order of the page."""
        return group(self.mentions)

    @cached_property
    def works(self) -> list[Entry]:
        """The entries that name a work."""
        return [entry for entry in self.entries if entry.papers and not entry.is_template]

    @cached_property
    def papers(self) -> list[Entry]:
        """The entries that name a work, without sections of mostly web pages: lists of tools or data sets."""
        pages = Counter(entry.first.section for entry in self.works if entry.is_page)
        sizes = Counter(entry.first.section for entry in self.works)
        return [
            entry
            for entry in self.works
            if 2 * pages[entry.first.section] <= sizes[entry.first.section]
        ]

    @cached_property
    def titled(self) -> list[tuple[Mention, Judgement]]:
        """The links of works with what became of the title that the list gives them; what nobody knows is left out."""
        found = []
        for mention, name in (paper for entry in self.works for paper in entry.papers):
            work = self.known.work(name) if self.known else None
            judgement = listed_titles.judge(mention, str(name), work) if work else None
            found += [(mention, judgement)] if judgement else []
        return found

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """The lines of a Markdown page outside of code, with their numbers."""
        if not self.markdown:
            return []
        return [(n, line) for n, line in enumerate(self.lines, 1) if n not in self.code]

    def within(self, heading: Heading) -> list[Entry]:
        """Give the entries of a section and the sections below it."""
        first = bisect_right(self.entries, heading.line, key=lambda entry: entry.line)
        last = bisect_right(self.entries, heading.end - 1, key=lambda entry: entry.line)
        return self.entries[first:last]
