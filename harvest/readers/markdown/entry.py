"""A list item or a row of an HTML table, with the blocks and links in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from harvest import dates
from harvest.identifiers import identify
from harvest.models import Mention, Role
from harvest.readers import labels, meetings, people
from harvest.readers.label_parts import form_of_leads, title_span, without_site
from harvest.readers.looks import date_of, is_fact, is_prose, look, plain
from harvest.readers.markdown import line_breaks
from harvest.readers.markdown.inline import InlineLink, InlineText, Span, without_broken
from harvest.readers.markdown.own_names import is_among_names, repeated
from harvest.readers.markdown.tables import NO_HEADER
from harvest.readers.people import shape
from harvest.readers.runs import Link, Mark
from harvest.readers.segments import LONGEST_ENTRY, Segment, segments

Emphasis = Literal["strong", "emphasis", "code"]

_SEVERAL = 3  # links with a label, at least, that then names their kind
# What stands before a name in a list of names; the name before it begins with a capital.
_BEFORE_NAME = re.compile(r"[^\W\d_a-z][\w.'-]*[*_\u2020\u2021]{0,3}(?:,|,? and|,? &)$")
# What joins the titles of two works.
_AND = re.compile(r"[\s*_)\]\"\u201d]*(?:\((?:19|20)\d\d\))?,?\s*(?:and|&|\+)[\s*_(\[\"\u201c]*")
# Emoji and their names on GitHub (`:star:`), which are no text.
# The pattern begins with one sign of a set, so that the search skips all others.
PICTOGRAM = re.compile(
    r"[:\u2600-\u27bf\u2b50-\u2b55\ufe0f\U0001f300-\U0001faff]"
    r"(?:(?<=[^:])|(?<!\w:)[a-z][a-z\d_+]+:)"
)
_MAY_BE_OF_PAGE = re.compile(r"\A[\[(]| [|-] ")  # see `without_site`
_STOP = re.compile(r"(?<=[^\W_]{2})\.(?:\s|\Z)")
_SHORT = 3  # words of such a label, at most
_TOPIC = 6  # words of a work below a topic, at least
_SPANNING = 20  # columns, at most, whose cells stand in several rows


class Habits(NamedTuple):
    """What the entries of a list have in common, which tells what one of them means."""

    kinds: Collection[str]  # labels that name a kind of link, see `kinds_of_links`
    names: Collection[str]  # that are emphasised again and again
    leads: str | None  # the form of what stands before titles in labels, see `label_parts`
    has_lines: bool  # a line for each fact, see `line_breaks`


class HtmlTable:
    """An HTML table. Its first row without links is its head if it reads like one.

    A cell that stands in several rows is a cell of each of them.
    """

    def __init__(self) -> None:
        self.header = NO_HEADER
        self.works = 0  # rows of lines that link to a paper
        self.spans: dict[int, tuple[int, Item]] = {}  # by column: how many more rows, the first

    def open_cell(self, row: Item, rows: int) -> None:
        """Begin a cell of a row, behind the cells of rows above that reach down to it."""
        while len(row.cells) in self.spans:
            column = len(row.cells)
            rest, first = self.spans.pop(column)
            if rest > 1:
                self.spans[column] = rest - 1, first
            row.open_cell(first.cells[column])
        if rows > 1 and len(row.cells) < _SPANNING:
            self.spans[len(row.cells)] = rows - 1, row
        row.open_cell("")


class Item:
    """A list item, or a row of an HTML table. `html` is True if HTML opened it."""

    __slots__ = (
        "adopted", "blocks", "cells", "has_items", "html", "links", "mentions", "number", "parent",
        "position", "section", "starts", "table",
    )  # fmt: skip

    def __init__(
        self,
        number: int,
        position: int,
        *,
        html: bool = False,
        table: HtmlTable | None = None,
        section: tuple[str, ...] = (),
        parent: Item | None = None,
    ) -> None:
        self.number = number
        self.position = position  # in the bytes of the document
        self.html = html
        self.table = table
        self.section = section
        self.parent = parent
        self.has_items = False  # below it
        self.blocks: list[InlineText] = []
        self.links: list[InlineLink] = []
        self.adopted: Sequence[InlineLink] = ()  # of a list of labels under its title
        self.cells: list[str] = []
        self.starts: list[int] = []  # of each cell, how many blocks stand before it
        self.mentions: list[Mention] = []

    def add(self, block: InlineText) -> None:
        """Add a finished block."""
        self.blocks.append(block)
        self.links += block.links
        if self.cells:
            for link in block.links:
                link.column = len(self.cells) - 1
            text = without_broken(block.text).replace("\n", " ")
            self.cells[-1] = f"{self.cells[-1]} {text}".strip()

    def open_cell(self, text: str) -> None:
        """Begin a cell, with the text that it has from a row above."""
        self.cells.append(text)
        self.starts.append(len(self.blocks))

    def works_of_cells(self) -> list[list[InlineText]]:
        """Return the blocks of each cell of a grid of works; nothing if the row is of one work.

        Several cells of a grid name a paper each: one that the others do not link to.
        """
        bounds = pairwise([*self.starts, len(self.blocks)])
        cells = [self.blocks[start:end] for start, end in bounds if start < end]
        papers = {paper for blocks in cells for paper in _named_papers(blocks)}
        naming = [blocks for blocks in cells if _named_papers(blocks)]
        return cells if min(len(papers), len(naming)) > 1 else []

    def absorb(self, item: Item) -> None:
        """Add what an item below it says."""
        self.blocks += item.blocks
        self.links += item.links

    def has_text(self) -> bool:
        """Return True if anything stands in it."""
        return any(block.text.strip() for block in self.blocks)

    def has_paper(self) -> bool:
        """Return True if it links to a paper."""
        return any(not link.image and role(link) == "paper" for link in self.links)

    def may_be_bare(self) -> bool:
        """Return True for an item without links and items below it, in which a date stands."""
        if self.links or self.adopted or self.has_items:
            return False
        return any(dates.find(block.text) for block in self.blocks)

    def further_works(self, kinds: Collection[str]) -> list[InlineLink]:
        """Return the links to papers that `and` joins to one before: `[BPE](url) and [LM](url)`.

        Behind a label for all of them a comma may do so.
        """
        result: list[InlineLink] = []
        for block in self.blocks:
            links = [link for link in block.links if not link.image and role(link) == "paper"]
            for first, second in pairwise(links):
                are_titles = not (is_kind(first.label, kinds) or is_kind(second.label, kinds))
                between = block.text[first.end : second.start]
                if are_titles and (_AND.fullmatch(between) or _is_material(self)):
                    result.append(second)
        return result

    def arxiv_month(self, year: str | None) -> str | None:
        """Return the month that a year means behind the word arXiv, beside an id of that month.

        [A title of it](https://arxiv.org/abs/2010.00001), arXiv 2010
        """
        if year is None or not any(f"{year}." in link.url for link in self.links):
            return None
        ids = [str(identify(link.url).identifier) for link in self.links]
        if not any(name.startswith(f"arxiv:{year}.") for name in ids):
            return None
        behind_arxiv = re.compile(rf"(?i)\barxiv[\s:,]{{1,3}}{re.escape(year)}\b")
        has_month = any(behind_arxiv.search(block.text) for block in self.blocks)
        return f"20{year[:2]}-{year[2:]}" if has_month else None

    def own_text(self) -> str:
        """Return its text without links and images."""
        parts: list[str] = []
        for block in self.blocks:
            end = 0
            for link in block.links:
                parts.append(block.text[end : link.start])
                end = max(end, link.end)
            parts.append(block.text[end:])
        return " ".join(parts)

    def is_aside(self) -> bool:
        """Return True if all links are badges, licences and the like."""
        pictures = {(link.start, link.end) for link in self.links if link.image}
        for link in chain(self.links, self.adopted):
            if (link.start, link.end) not in pictures and not labels.is_household(link.url):
                return False
        return True

    def segments(self, habits: Habits) -> list[Segment]:
        """Take it apart, by the habits of its list."""
        text = ""
        links: list[Link] = []
        marks: list[Mark] = []
        for number, block in enumerate(self.blocks):
            if number and not block.links and is_prose(block.text):
                continue
            start = len(text)
            content = _without_pictograms(block.text)
            if habits.has_lines and block.ends:
                if len(content) > LONGEST_ENTRY:
                    return []
                content = line_breaks.with_ends(block, content)
            text += f"{content if number else _without_meeting(content)}\n"
            if len(text) > LONGEST_ENTRY:
                return []
            links += _links(block, start, habits)
            marks += _marks(block, start, habits.names)
        return segments(text, links, marks)


def _named_papers(blocks: Iterable[InlineText]) -> set[str]:
    """Return the papers that a cell links to if it has text that names more than a kind."""
    if all(labels.is_generic(block.text.strip(" [()]\n")) for block in blocks):
        return set()
    links = chain.from_iterable(block.links for block in blocks)
    urls = [link.url for link in links if not link.image and role(link) == "paper"]
    return {str(identify(url).identifier or url) for url in urls}


def _without_pictograms(text: str) -> str:
    """Return a text with blanks in place of emoji. Most texts have none, nor a colon."""
    return text if text.isascii() and ":" not in text else PICTOGRAM.sub(_blank, text)


def _without_meeting(text: str) -> str:
    """Return a text with blanks in place of the week, session or day that it begins with."""
    length = meetings.lead(text)
    return " " * length + text[length:] if length else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _links(block: InlineText, offset: int, habits: Habits) -> Iterator[Link]:
    end = 0
    pictures = {(link.start, link.end) for link in block.links if link.image}
    for link in block.links:
        if (link.start, link.end) not in pictures and end <= link.start < link.end:
            if _is_person(link, block.text):
                continue
            generic = is_kind(link.label, habits.kinds) or _is_tag(link, block)
            start, stop = offset + link.start, offset + link.end
            label = link.label
            if not generic and _MAY_BE_OF_PAGE.search(label):
                first, last = without_site(label, link.url if role(link) == "paper" else "")
                start, stop, label = start + first, start + last, label[first:last]
            if habits.leads is not None and not generic:
                first, last = title_span(label, habits.leads)
                start, stop, label = start + first, start + last, label[first:last]
            yield Link(start, stop, label, role(link), generic)
            end = link.end


def _names_person(link: InlineLink) -> bool:
    """Return True for what may be a name, with a link to a page of its own."""
    return role(link) == "other" and shape(link.label) == "person"


def _is_person(link: InlineLink, text: str) -> bool:
    """Return True for a name in a list of names that links to a page of its own."""
    if not _names_person(link):
        return False
    before, after = text[: link.start].rstrip(), text[link.end :].lstrip(" *_\u2020\u2021")
    return after[:1] in {",", "&"} or after[:4] == "and " or _BEFORE_NAME.search(before) is not None


def _is_tag(link: InlineLink, block: InlineText) -> bool:
    """Return True for a short label in brackets behind a phrase: `A title of it [[TMI]](url)`.

    In round ones it has a year: `A title of it ([TMI 2020](url))`. One of code may stand behind
    another label: `[[arXiv]](url) [[TF]](url)`. A journal needs no brackets.
    """
    text = block.text
    words = len(text[: link.start].split())
    if words > _SHORT and link is block.links[0] and is_fact(link.label):
        return "\n" not in text[: link.start]
    around = text[: link.start].rstrip(" ")[-1:] + text[link.end :].lstrip(" ")[:1]
    inside = around == "[]" or (around == "()" and date_of(link.label) is not None)
    if len(link.label.split()) > _SHORT or not (link.bracketed or inside):
        return False
    return words > _SHORT or (words > 0 and role(link) == "code")


def _marks(block: InlineText, offset: int, names: Collection[str]) -> Iterator[Mark]:
    code = [(part, part + 1) for part in block.code]
    spans: tuple[tuple[Emphasis, list[Span]], ...] = (
        ("emphasis", block.italic), ("strong", block.bold), ("code", code),
    )  # fmt: skip
    for kind, parts in spans:
        for start, end in block.characters(parts) if parts else ():
            if kind == "code" or not is_among_names(block.text, (start, end), names):
                yield Mark(offset + start, offset + end, kind)
    for link in block.links:
        if link.image:
            yield Mark(offset + link.start, offset + link.end, "image")


def is_kind(label: str, kinds: Collection[str]) -> bool:
    """Return True if a label names a kind of link in place of a work."""
    return labels.is_generic(label) or label.lower() in kinds


def works(entries: Iterable[Item], kinds: Collection[str]) -> list[Item]:
    """Return entries without the items that only say more of the item above them.

    An item stands before the one that it is in.
    """
    items = list(entries)
    topics = _topics(items)
    result: list[Item] = []
    for entry in items:
        if entry.parent and entry.parent.has_text() and entry.parent.number not in topics:
            is_material = _is_material(entry)
            if is_material and not entry.has_paper() and entry.parent.has_paper():
                for link in entry.links:
                    link.role = "other"
                entry.parent.absorb(entry)
                continue
            if not (is_material and entry.has_paper()) and _says_more(entry, kinds):
                entry.parent.absorb(entry)
                continue
        result.append(entry)
    return result


def _topics(entries: Iterable[Item]) -> set[int]:
    """Return the numbers of items without a link that hold several works of some words each."""
    counts: Counter[int] = Counter()
    for entry in entries:
        if entry.parent and not entry.parent.links:
            counts[entry.parent.number] += (
                entry.has_paper() and len(entry.own_text().split()) >= _TOPIC
            )
    return {number for number, count in counts.items() if count > 1}


def _is_material(entry: Item) -> bool:
    """Return True for an item of what a work uses: `Dataset: [MNIST](url), [COCO](url)`."""
    if len(entry.blocks) != 1 or not entry.links or entry.links[0].start == 0:
        return False
    name, colon, _ = entry.blocks[0].text[: entry.links[0].start].partition(":")
    label = labels.as_label(name.strip()) if colon and len(name.split()) <= _SHORT else None
    return label is not None and labels.role(label, "") == "other"


def _says_more(entry: Item, kinds: Collection[str]) -> bool:
    """Return True for an item without a work of its own: `- Jane Doe, John Roe`, `- [pdf](url)`."""
    names = [link.label for link in entry.links if not link.image]
    if not all(is_kind(name, kinds) for name in names):
        return any(map(_names_person, entry.links)) and _are_people(entry.blocks[0].text)
    text = entry.own_text().strip()
    if names and _has_bold_title(entry.blocks[0]):
        return False
    if not names or look(plain(text)) != "title" or text[-1:] in {":", "\uff1a"}:
        return True
    return all(look(plain(part)) in {"names", "fact", "none"} for part in _STOP.split(text))


def _are_people(text: str) -> bool:
    """Return True for several names and nothing else."""
    shapes = [part.shape for part in people.parts(text)]
    return len(shapes) > 1 and {"person", "others"}.issuperset(shapes)


def _has_bold_title(block: InlineText) -> bool:
    """Return True for a block with several words in bold that do not label what follows."""
    texts = ["".join(block.parts[start:end]).strip() for start, end in block.bold]
    return any(" " in text and text[-1] not in ":\uff1a" for text in texts)


def habits(entries: Sequence[Item], kinds: Collection[str], data: bytes) -> Habits:
    """Return the habits of the entries of a list; `data` is its document."""
    links = chain.from_iterable(entry.links for entry in entries)
    names = repeated(entry.blocks for entry in entries)
    leads = form_of_leads(link.label for link in links if not link.image)
    has_lines = line_breaks.are_facts(chain.from_iterable(entry.blocks for entry in entries), data)
    return Habits(kinds, names, leads, has_lines)


def kinds_of_links(entries: Iterable[Item]) -> set[str]:
    """Return short labels that stand behind other text again and again, such as `TMI`."""
    urls: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for entry in entries:
        under = entry.parent is not None and entry.parent.has_text()
        for block in entry.blocks:
            for link in block.links:
                label = link.label.lower()
                if link.image or len(label.split()) > _SHORT or labels.is_generic(link.label):
                    continue
                urls.setdefault(label, set()).add(link.url)
                behind = under or any(map(str.isalnum, block.text[: link.start][:200]))
                first[label] = first.get(label, 0) + (not behind)
    return {
        label
        for label, targets in urls.items()
        if len(targets) >= _SEVERAL and first[label] * 5 <= len(targets)
    }


def role(link: InlineLink) -> Role:
    """Return the role of a link outside of tables."""
    if link.role is None:
        name = labels.role_of_image(link.url) if link.image else labels.role(link.label, link.url)
        link.role = name
    return link.role
