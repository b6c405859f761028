"""Entries of the lists: each row or item, the works that it names and their code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Literal

import msgspec

from harvest.models import Identifier, Mention

CodeRole = Literal["code", "original"]

MAIN_SCHEMES = ("doi", "arxiv")  # from the best identifier of a work on
CODE_SCHEMES = frozenset({"github", "gist"})
_PICTURE = re.compile(
    r"(?i)https?://(?:img\.)?(?:shields\.io|badgen\.net|badge\.fury\.io)/"
    r"|[^?#]+\.(?:svg|png|gif|jpe?g|webp)(?:[?#]|$)"
)
_MANY = 10  # entries: more may be written alike on purpose


class CodeLink(msgspec.Struct, frozen=True, order=True):
    """A work and a repository that stand in the same entry of a list."""

    work: Identifier
    repository: Identifier
    role: CodeRole


class Entry(msgspec.Struct, dict=True):
    """One row or item of a list with its mentions, in their order."""

    mentions: list[Mention]

    @property
    def first(self) -> Mention:
        """Its first link."""
        return self.mentions[0]

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return min(mention.line for mention in self.mentions)

    @property
    def is_web_page(self) -> bool:
        """Return True if nothing but a web address names its work."""
        return all(name.scheme == "url" for _, name in self.papers)

    @property
    def is_template(self) -> bool:
        """Return True if its paper was never filled in."""
        papers = [mention.target.kind for mention in self.mentions if mention.role == "paper"]
        return bool(papers) and all(kind == "placeholder" for kind in papers)

    @cached_property
    def papers(self) -> list[tuple[Mention, Identifier]]:
        """The links that name its works.

        These are its paper links; an entry without one stands for the first page that it links to
        (an encyclopedia article, a blog post). Code and pictures are never a work.
        """
        papers, others = [], []
        for mention in self.mentions:
            name = mention.identifier
            if name is None or name.scheme in CODE_SCHEMES:
                continue
            if mention.role == "paper":
                papers.append((mention, name))
            elif mention.role == "other" and not is_picture(mention.url):
                others.append((mention, name))
        return papers or others[:1]

    @property
    def twins(self) -> tuple[Identifier, ...]:
        """The identifiers that name one work: of a record all, in prose an arXiv id and a DOI.

        Both of these stand once, under one title. A field of a record with several identifiers of
        one scheme names several works. The main one comes first.
        """
        by_field: dict[tuple[str, str], set[Identifier]] = defaultdict(set)
        titles: dict[Identifier, set[str | None]] = defaultdict(set)
        for mention, name in self.papers:
            field = mention.label if mention.is_record else ""
            by_field[field, name.scheme].add(name)
            titles[name].add(mention.title)
        alone = [names for names in by_field.values() if len(names) == 1]
        twins = sorted(set().union(*alone), key=lambda name: (_main_rank(name), name))
        if not self.first.is_record:
            twins = [name for name in twins if name.scheme in MAIN_SCHEMES]
            texts = set().union(*(titles[name] for name in twins))
            if len(texts) != 1 or None in texts:
                return ()
        return tuple(twins) if len(twins) > 1 else ()

    @property
    def repositories(self) -> list[tuple[Mention, Identifier]]:
        """The links to the code of its works, or to the original method that they build on."""
        links = []
        for mention in self.mentions:
            name = mention.identifier
            if mention.role in {"code", "original"} and name and name.scheme == "github":
                links.append((mention, name))
        return links


class ListedWorks(msgspec.Struct):
    """All works and repositories that the lists name, with mentions, and which belong together.

    Repositories are keyed by their identifier in lower case, since GitHub ignores case; the value
    is the name to show, as some list spells it. `twins` are identifiers that one entry gives to one
    work, the main one first.
    """

    works: dict[Identifier, list[Mention]] = {}
    repositories: dict[Identifier, Identifier] = {}
    code_links: set[CodeLink] = set()
    twins: set[tuple[Identifier, ...]] = set()

    def mentions_of(self, identifiers: Iterable[Identifier]) -> list[Mention]:
        """Return the mentions of some works."""
        result: list[Mention] = []
        for identifier in identifiers:
            result += self.works.get(identifier, ())
        return result


def group(mentions: Iterable[Mention]) -> Iterator[Entry]:
    """Yield the entries of lists. Running prose has no entry and names no work."""
    members = (mention for mention in mentions if mention.entry is not None)
    for _, entry in groupby(members, key=lambda mention: (mention.seed, mention.entry)):
        yield Entry(list(entry))


def listed_works(entries: Iterable[Entry]) -> ListedWorks:
    """Collect the works and repositories of entries."""
    listing = ListedWorks()
    for entry in entries:
        papers = entry.papers
        for mention, work in papers:
            listing.works.setdefault(work, []).append(mention)
        if len(papers) > 1 and (twins := entry.twins):
            listing.twins.add(twins)
        for mention, repository in entry.repositories:
            key = fold_case(repository)
            listing.repositories[key] = min(listing.repositories.get(key, repository), repository)
            role: CodeRole = "original" if mention.role == "original" else "code"
            listing.code_links.update(CodeLink(work, key, role) for _, work in papers)
    return listing


def _main_rank(identifier: Identifier) -> int:
    schemes = MAIN_SCHEMES
    return schemes.index(identifier.scheme) if identifier.scheme in schemes else len(schemes)


def is_picture(url: str) -> bool:
    """Return True for the address of a badge or another picture."""
    return _PICTURE.match(url) is not None


def fold_case(identifier: Identifier) -> Identifier:
    """Return the form in which two spellings of a repository are equal."""
    return Identifier(identifier.scheme, identifier.value.lower())


def counted(places: list[tuple[int, str]], total: int, noun: str) -> list[tuple[int, str]]:
    """Return lines with their messages, or the first with their number if they are many.

    These are more than ten, and more than a tenth of the `total` of entries.
    """
    if len(places) <= max(_MANY, total / 10):
        return places
    line, message = min(places)
    return [(line, f"{message}; and so {len(places) - 1} other {noun}")]
