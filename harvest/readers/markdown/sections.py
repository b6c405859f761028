"""Works with a heading each, and under it badges, authors and a date."""

from __future__ import annotations

from collections.abc import Iterable

from harvest import dates
from harvest.identifiers import identify
from harvest.readers import labels
from harvest.readers.looks import look, plain
from harvest.readers.markdown.entry import role
from harvest.readers.markdown.inline import InlineLink, InlineText
from harvest.readers.meetings import is_meeting

_FEWEST = 4  # such headings that a list has
_PAPERS = 3  # of one work, at most: a preprint, a version of record
_SHORTEST = 2  # words of a title
_TITLE = 4  # words of a title with its links, more
_SENTENCE = 12  # words of a paragraph, more, that describes


class Section:
    """A heading, with the blocks below it that stand in no entry."""

    __slots__ = (
        "above",
        "blocks",
        "has_entries",
        "heading",
        "level",
        "linked",
        "path",
        "title",
    )

    def __init__(
        self, level: int, heading: InlineText, above: tuple[str, ...], path: tuple[str, ...]
    ) -> None:
        self.level = level
        self.heading = heading
        self.above = above  # the headings above
        self.path = path  # with its own
        self.blocks: list[InlineText] = []
        self.linked: list[InlineText] = []  # blocks that begin with the link to a work
        self.has_entries = False
        self.title = heading.text

    @property
    def is_meeting(self) -> bool:
        """True for a section of a day, week or session, asked where links stand below it."""
        return is_meeting(self.title)

    def is_work(self) -> bool:
        """Return True if it links to one work, and to no entry of a list."""
        if self.has_entries or self.is_meeting:
            return False
        if _words(self.heading.text) < _SHORTEST and not self.names_its_work():
            return False
        links = [*self.heading.links]
        for block in self.blocks:
            links += block.links
        papers = {link.url for link in links if role(link) == "paper"}
        return 0 < len(papers) <= _PAPERS

    def is_linked(self) -> bool:
        """Return True if its heading has words and links, and no entry stands below it."""
        is_named = len(self.heading.text.split()) > _TITLE and not self.has_entries
        return is_named and any(role(link) != "code" for link in self.heading.links)

    def facts(self) -> list[InlineText]:
        """Return the heading and the blocks below it, without sentences that describe.

        A paragraph with a longer title stands in place of the heading.
        """
        facts = [block for block in self.blocks if not _describes(block)]
        if not self.names_its_work():
            return [self.heading, *facts]
        return [self.linked[0], *(block for block in facts if block is not self.linked[0])]

    def names_its_work(self) -> bool:
        """Return True if a paragraph links to its work by a longer title than the heading."""
        if len(self.linked) != 1 or self.heading.links:
            return False
        words = _words(self.heading.text)
        return any(_words(link.label) > words for link in _labels(self.linked[0])[:1])


def works(sections: Iterable[Section]) -> list[Section]:
    """Return the sections of one work each: those of a level on which most are so."""
    by_level: dict[int, list[Section]] = {}
    for section in sections:
        if section.blocks or section.has_entries or section.heading.links:
            by_level.setdefault(section.level, []).append(section)
    result: list[Section] = []
    for members in by_level.values():
        papers = [section for section in members if section.is_work()]
        if len(papers) >= _FEWEST and len(papers) * 2 > len(members):
            result += (section for section in members if section.is_work() or section.is_linked())
    return result


def of_paragraphs(sections: Iterable[Section]) -> list[Section]:
    """Return the sections whose heading is a topic, and whose paragraphs name a work each.

    A topic has several such paragraphs, or one with a date and a longer title than the heading.
    If most paragraphs stand below topics, all sections with such paragraphs are topics.
    """
    holders = [section for section in sections if section.linked]
    topics = [section for section in holders if _has_several(section) or _cites(section)]
    several = sum(len(section.linked) for section in topics)
    return holders if several >= len(holders) - len(topics) else topics


def _has_several(section: Section) -> bool:
    """Return True if paragraphs link to several papers, or have none: then each is a reference."""
    papers = [next(filter(_is_paper, block.links), None) for block in section.linked]
    names = {str(identify(link.url).identifier or link.url) for link in papers if link}
    return len(papers) > 1 and (None in papers or len(names) > 1)


def _is_paper(link: InlineLink) -> bool:
    return role(link) == "paper"


def _cites(section: Section) -> bool:
    """Return True if a paragraph has a title that is longer than the heading, and a date."""
    block = section.linked[0]
    links = _labels(block)
    if not links:
        return False
    link = links[0]
    is_longer = _words(link.label) > _words(section.heading.text)
    return is_longer and dates.find(block.text[link.end :]) is not None


def _labels(block: InlineText) -> list[InlineLink]:
    """Return the links of a paragraph without its pictures."""
    return [link for link in block.links if not link.image]


def _words(text: str) -> int:
    return len(text.split())


def _describes(block: InlineText) -> bool:
    """Return True for a paragraph of prose: long, no names, and without the label of a link."""
    has_label = any(labels.is_generic(link.label) for link in block.links)
    if has_label or len(block.text.split()) <= _SENTENCE:
        return False
    return look(plain(block.text)) != "names"
