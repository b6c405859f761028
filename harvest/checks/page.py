"""One file of a list with everything known about it, as the rules see it."""

from __future__ import annotations

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


class RegistryIndex:
    """What registries have answered, by identifier; empty without a dataset.

    Works and repositories that only a list or the starter snapshot describes are not in it.
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


class Page:
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
        self.entries = group(self.mentions)
        self.vocabulary = vocabulary
        self.registries = registries
        numbered = enumerate(self.lines if file.markdown else (), 1)
        self.prose = [(number, line) for number, line in numbered if number not in file.code]

    def line(self, number: int) -> str:
        """Return a line by its number, empty after the last one."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

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
        pages = Counter(entry.first.section for entry in self.works if entry.is_page)
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
        """The links of works whose listed title can be compared, each with the comparison."""
        titles = []
        for mention, identifier, work in self.links:
            if comparison := listed_titles.compare_listed_title(mention, str(identifier), work):
                titles.append((mention, comparison))
        return titles

    def within(self, heading: Heading) -> list[Entry]:
        """Return the entries of a section and the sections below it."""
        line = attrgetter("line")
        first = bisect_right(self.entries, heading.line, key=line)
        last = bisect_right(self.entries, heading.end - 1, key=line)
        return self.entries[first:last]
