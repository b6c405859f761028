"""One file of a list with everything known about it, as the rules see it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter

from harvest.dataset.facets import Vocabulary
from harvest.entries import Entry, group
from harvest.linking import listed_titles
from harvest.linking.listed_titles import TitleComparison
from harvest.models import Dataset, Heading, Identifier, ListFile, Mention, Repository, Work
from harvest.text import fold

_LINK = re.compile(r"\]\(|https?://|<a\b")
_ITEM = re.compile(r"\s*(?:[-+*]|\d+[.)])\s")
# What tells contributors how to write an entry: its heading, or the line above.
_INSTRUCTIONS = re.compile(
    r"\b(?:contribut(?:e|ing)|guidelines?|(?:markdown|entry) format)\b"
    r"|\b(?:instructions?|template)\W*$",
    re.IGNORECASE,
)
_MAX_ITEM_LINES = 6  # lines before its link


class RegistryIndex:
    """Works and repositories that registries have, by identifier; empty without a dataset.

    What only a list or the starter snapshot describes is not in it.
    """

    def __init__(self, dataset: Dataset | None = None) -> None:
        self._works: dict[str, Work] = {}
        self._repositories: dict[str, Repository] = {}
        for work in dataset.works if dataset else ():
            if work.status in {"resolved", "not_found"}:
                self._works.update(dict.fromkeys(work.curies, work))
        for repository in dataset.repositories if dataset else ():
            if repository.status != "unchecked":
                for name in (*repository.aliases, repository.id):
                    self._repositories[name.lower()] = repository

    def work(self, identifier: Identifier) -> Work | None:
        """Return the work that an identifier names."""
        return self._works.get(str(identifier))

    def repository(self, identifier: Identifier) -> Repository | None:
        """Return the repository that an identifier names, by its present name or an earlier one."""
        return self._repositories.get(str(identifier).lower())


class CheckedFile:
    """One file of a list, with the links on it and what registries say of them.

    `lines` are text, from line 1 on; `prose` are the lines of a Markdown file outside of code, with
    their numbers.
    """

    def __init__(
        self,
        file: ListFile,
        mentions: Iterable[Mention],
        vocabulary: Vocabulary,
        registries: RegistryIndex,
    ) -> None:
        self.lines = file.text.split("\n")
        self.is_markdown = file.markdown
        self.headings = file.headings
        self.mentions = list(mentions)
        self.entries = list(group(self.mentions))
        self.vocabulary = vocabulary
        self.registries = registries
        lines = enumerate(self.lines if file.markdown else (), 1)
        self.prose = [(number, line) for number, line in lines if number not in file.code]

    def line(self, number: int) -> str:
        """Return a line by its number, empty after the last one."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def _indents(self) -> list[int | None]:
        """The indentation of each line, from line 1 on; None for a blank one."""
        indents: list[int | None] = []
        for line in self.lines:
            text = line.lstrip()
            indents.append(len(line) - len(text) if text else None)
        return indents

    @cached_property
    def _parents(self) -> list[int]:
        """The line that each line stands under, by its indentation; 0 for none."""
        parents, above = [], [0]
        headings = {heading.line for heading in self.headings}
        for number, indent in enumerate(self._indents, 1):
            if number in headings:
                above = [0]
            while indent is not None and above[-1] and self._indent(above[-1]) >= indent:
                above.pop()
            parents.append(above[-1])
            if indent is not None and number not in headings:
                above.append(number)
        return parents

    def _indent(self, number: int) -> int:
        return self._indents[number - 1] or 0

    def parent(self, entry: Entry) -> int:
        """Return the line of the item that an entry is nested in, 0 for none."""
        return self._parents[entry.line - 1] if self.is_markdown else 0

    def is_within(self, entry: Entry, other: Entry) -> bool:
        """Return True if an entry is nested in another one."""
        number = self.parent(entry)
        while number > other.line:
            number = self._parents[number - 1]
        return number == other.line != entry.line

    def passage(self, entry: Entry) -> list[str]:
        """Return the lines that tell of an entry: its own, and those of the item around it.

        These are the lines without links directly above it, the items that it is nested in, and
        what is nested in it; or all below a heading that is its title.
        """
        first, last = entry.line, max(mention.line for mention in entry.mentions)
        if not self.is_markdown:
            return self.lines[self._start_of_item(first) - 1 : last]
        if heading := self._heading_of(entry):
            return self.lines[heading.line - 1 : heading.end - 1]
        indent = self._indent(first)
        end = last + 1
        while self._is_nested(end, indent):
            end += 1
        start = first
        while self._is_text_above(start - 1, indent):
            start -= 1
        above, number = [], self.parent(entry)
        while number:
            above.append(self.line(number))
            number = self._parents[number - 1]
        return [*above[::-1], *self.lines[start - 1 : end - 1]]

    def _heading_of(self, entry: Entry) -> Heading | None:
        """Return the heading that is the title of an entry, or None."""
        number = bisect_right(self.headings, entry.line, key=attrgetter("line"))
        heading = self.headings[number - 1] if number else None
        title = fold(entry.first.title or "")
        return heading if heading and title and fold(heading.text) == title else None

    def is_example(self, mention: Mention) -> bool:
        """Return True for a link that shows contributors how to write an entry."""
        above = self.line(mention.line - 1).rstrip()
        texts = mention.section if mention.entry is None else [above if above[-1:] == ":" else ""]
        return self.is_markdown and any(map(_INSTRUCTIONS.search, texts))

    def _start_of_item(self, number: int) -> int:
        """Return the line with the mark of the item that a line is in, or the line itself."""
        for above in range(number, max(number - _MAX_ITEM_LINES, 0), -1):
            if _ITEM.match(self.line(above)):
                return above
            if not self.line(above).strip():
                break
        return number

    def _is_nested(self, number: int, indent: int) -> bool:
        """Return True for a line that is blank or indented deeper; False after the last one."""
        if number > len(self.lines):
            return False
        return self._indents[number - 1] is None or self._indent(number) > indent

    def _is_text_above(self, number: int, indent: int) -> bool:
        """Return True for a line without links that is indented alike; False before line 1."""
        if number < 1 or self._indents[number - 1] != indent:
            return False
        return not _LINK.search(self.line(number))

    @cached_property
    def works(self) -> list[Entry]:
        """The entries that name a work."""
        return [entry for entry in self.entries if entry.papers and not entry.is_template]

    @cached_property
    def papers(self) -> list[Entry]:
        """The entries that name a work, without sections of mostly web pages.

        Such a section lists tools or data sets.
        """
        sizes = Counter(entry.first.section for entry in self.works)
        pages = Counter(entry.first.section for entry in self.works if entry.is_web_page)
        mostly_pages = {section for section, size in sizes.items() if 2 * pages[section] > size}
        return [entry for entry in self.works if entry.first.section not in mostly_pages]

    @cached_property
    def links(self) -> list[tuple[Mention, Identifier, Work]]:
        """The links of works that a registry knows, each with its work."""
        links = []
        for entry in self.works:
            for mention, identifier in entry.papers:
                if work := self.registries.work(identifier):
                    links.append((mention, identifier, work))
        return links

    @cached_property
    def titles(self) -> list[tuple[Mention, TitleComparison]]:
        """The links of works whose listed title can be compared, each with the comparison.

        A work that has but one title, and is listed under it without people, needs none.
        """
        titles = []
        for mention, identifier, work in self.links:
            origin = work.provenance.get("title")
            if mention.title == work.title and not mention.authors and origin and not origin.also:
                continue
            if comparison := listed_titles.compare_listed_title(mention, str(identifier), work):
                titles.append((mention, comparison))
        return titles

    def within(self, heading: Heading) -> list[Entry]:
        """Return the entries of a section and the sections below it."""
        line = attrgetter("line")
        first = bisect_right(self.entries, heading.line, key=line)
        last = bisect_right(self.entries, heading.end - 1, key=line)
        return self.entries[first:last]
