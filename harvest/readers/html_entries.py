"""Entries of pages that are neither items nor rows: blocks with named parts, or of one form.

Generators of pages name the parts of a publication (`<div class="pub-title">`), each in words of
its own, so that only the words count which name fields anywhere. Where nothing is named, the
outermost block with the links of one work is an entry if others have its form, or if it has a line
of names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from harvest import dates
from harvest.identifiers import identify
from harvest.readers import labels
from harvest.readers.fields import Field, field_words, is_prose
from harvest.readers.looks import look, plain
from harvest.readers.markdown.html import Token
from harvest.readers.people import plain_names

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
)
_CLOSED_BY_NEXT = frozenset({"li", "dt", "dd", "p", "tr", "td", "th", "option"})
_BLOCKS = frozenset({
    "p", "div", "section", "article", "blockquote", "figure", "li", "dd", "td", "tr", "dl", "table",
    "tbody",
})  # fmt: skip
_HOLDERS = frozenset({"body", "html", "main", "ul", "ol", "table", "tbody", "form", "nav"})
_WHOLE = frozenset({"li", "article", "tr"})  # an entry is no more than one of them
_HEADING = re.compile(r"h[1-6]")
_BREAKS = frozenset({"br", "p", "div", "li", "dd", "dt", "td", "tr", "section", "article"})
_NEAR = 60  # elements in which a closing tag looks for its opening one
_MAX_LEVELS = 12  # elements between a title and its entry
# Classes of what is around works, and of the journals in which they appeared.
_NO_PART = re.compile(r"(?i)journal|book|conf|venue|site|page|section|sub-?title|nav|widget|footer")
_BY = re.compile(r"(?i)^(?:by|authors?)\b:?\s*")
_EDGES = " \t\n,;.|:\u00b7"
_MAX_AUTHORS = 500  # of a work that are marked
_PAPERS = 3  # of one work, at most: a preprint, a version of record, its PDF
_MIN_BLOCKS = 2  # blocks of one form
_MANY_BLOCKS = 4  # of which another one without the link to a paper is a work as well
_MANY_TOKENS = 200  # of a work, at most
_MIN_WORDS = 3  # of an entry beside its links


class Element:
    """An element with the places of its first token and of what follows its last one."""

    __slots__ = ("begin", "end", "marks", "name", "parent")

    def __init__(self, name: str, marks: str, begin: int, parent: Element | None) -> None:
        self.name = name
        self.marks = marks
        self.begin = begin
        self.end = begin + 1
        self.parent = parent

    def holds(self, place: int) -> bool:
        """Return True if a token stands in it."""
        return self.begin <= place < self.end


class Entries(NamedTuple):
    """The entries of a page: those with named parts, as fields, and blocks that are items."""

    records: list[tuple[Element, list[Field]]]
    items: list[Element]


def entries_of(tokens: Sequence[Token]) -> Entries:
    """Return the entries of a page that are neither items nor rows; none of them overlap."""
    elements = _elements(tokens)
    page = _Page(tokens, elements)
    records = list(page.records())
    return Entries(records, list(page.repeated([element for element, _ in records])))


def _elements(tokens: Sequence[Token]) -> list[Element]:
    """Return the elements of a page in their order. A tag that is never closed holds no more."""
    result: list[Element] = []
    open_elements: list[Element] = []
    for place, token in enumerate(tokens):
        name = token.name
        if not name or name == "!--" or name in _VOID:
            continue
        if name[0] == "/":
            near = open_elements[-_NEAR:]
            depth = next((n for n, it in enumerate(reversed(near), 1) if it.name == name[1:]), 0)
            for element in open_elements[len(open_elements) - depth :]:
                element.end = place + 1
            del open_elements[len(open_elements) - depth :]
            continue
        if name in _CLOSED_BY_NEXT and open_elements and open_elements[-1].name == name:
            open_elements.pop().end = place
        element = Element(name, token.marks, place, open_elements[-1] if open_elements else None)
        result.append(element)
        open_elements.append(element)
    return result


@lru_cache(maxsize=4096)
def _part(marks: str) -> labels.Meaning | None:
    """Return what the classes of an element say that it holds: title, authors or date."""
    for mark in marks.split():
        words = field_words(mark)
        meaning = None if _NO_PART.search(mark) else labels.meaning(words)
        if meaning in {"title", "authors", "date"}:
            return meaning
    return None


@lru_cache(maxsize=4096)
def _is_aside(marks: str) -> bool:
    """Return True for the classes of an abstract or a record in BibTeX."""
    return any(is_prose(mark) or "bib" in mark.lower() for mark in marks.split())


class _Page:
    """The elements of a page, with the places of titles, headings and links to papers."""

    def __init__(self, tokens: Sequence[Token], elements: list[Element]) -> None:
        self.tokens = tokens
        self.elements = elements
        self.parts = [it for it in elements if it.marks and _part(it.marks)]
        self.titles = [it for it in self.parts if _is_outer(it) and it.name not in {"td", "th"}]
        self.title_places = [it.begin for it in self.titles]
        self.headings = [it.begin for it in elements if _HEADING.fullmatch(it.name)]
        self.papers = [
            place
            for place, token in enumerate(tokens)
            if token.name == "a" and token.url and labels.role("", token.url) == "paper"
        ]

    def records(self) -> Iterator[tuple[Element, list[Field]]]:
        """Yield the entries with a named title, and authors or the link to a paper."""
        end = 0
        for title in self.titles:
            entry = self.entry_of(title)
            if entry.begin < end:
                continue
            fields = self.fields(entry, title)
            names_authors = any(field.name == "authors" for field in fields)
            if fields and (names_authors or _count(self.papers, entry)):
                end = entry.end
                yield entry, fields

    def entry_of(self, title: Element) -> Element:
        """Return the outermost element around a title that holds no other, and no heading."""
        entry = title
        for _ in range(_MAX_LEVELS):
            parent = entry.parent
            if parent is None or parent.name in _HOLDERS or entry.name in _WHOLE:
                break
            is_of_several = _count(self.title_places, parent) > 1
            if is_of_several or _count(self.headings, parent) > _count(self.headings, entry):
                break
            entry = parent
        return entry

    def fields(self, entry: Element, title: Element) -> list[Field]:
        """Return the parts of an entry and its links as fields."""
        text = "" if entry is title else self.text(title).rstrip(" .,")
        if not text:
            return []
        line = self.tokens[title.begin].line
        fields = [Field("title", text, line, "title")]
        inside = self.elements_in(entry)
        asides = [it for it in inside if it.marks and _is_aside(it.marks)]
        names = self.authors(entry, title, inside)
        rest = self.lines(entry, _places([title, *asides, *names]))
        authors = ", ".join(filter(None, map(self.text, names)))
        authors = authors or next((it for it in rest if look(plain(it)) == "names"), "")
        if authors:
            authors = plain_names(_BY.sub("", authors)).strip(_EDGES)
            fields.append(Field("authors", authors, line, "authors"))
        parts = [self.text(it) for it in inside if _part(it.marks) == "date"]
        date = next(filter(None, map(dates.find, [*parts, *rest])), None)
        if date:
            fields.append(Field("date", date, line, "date"))
        fields += self.links(entry, _places([*asides, *names]))
        return [*fields, Field("text", " ".join(rest), line, "text")]

    def elements_in(self, entry: Element) -> list[Element]:
        """Return the elements of an entry."""
        first = bisect_left(self.elements, entry.begin, key=lambda it: it.begin)
        last = bisect_left(self.elements, entry.end, key=lambda it: it.begin)
        return self.elements[first:last]

    def authors(self, entry: Element, title: Element, inside: list[Element]) -> list[Element]:
        """Return the elements of the authors: that of them all where a class marks one of them."""
        names = [it for it in inside if _part(it.marks) == "authors" and not title.holds(it.begin)]
        names = _outermost(names[:_MAX_AUTHORS])
        parent = names[0].parent if names else None
        if parent is None or parent is entry or parent.holds(title.begin):
            return names
        return [parent] if look(plain(self.text(parent))) == "names" else names

    def links(self, entry: Element, hidden: Collection[int]) -> Iterator[Field]:
        """Yield the links of an entry, without those of authors."""
        for element in self.elements_in(entry):
            token = self.tokens[element.begin]
            if element.name == "a" and token.url and element.begin not in hidden:
                yield Field("link", token.url, token.line, self.text(element))

    def lines(self, entry: Element, hidden: Collection[int] = ()) -> list[str]:
        """Return the lines of an entry, without what is hidden and the labels of links."""
        lines, in_link = [""], False
        for place in range(entry.begin, entry.end):
            token = self.tokens[place]
            name = token.name.removeprefix("/")
            if name == "a":
                in_link = token.name == "a"
            if name in _BREAKS:
                lines.append("")
            elif not (token.name or in_link or place in hidden):
                lines[-1] += token.text
        return [" ".join(line.split()) for line in lines if line.strip()]

    def text(self, element: Element) -> str:
        """Return the text of an element as one line."""
        tokens = self.tokens[element.begin : element.end]
        return " ".join(
            "".join(it.text if not it.name else " " * (it.name in _BREAKS) for it in tokens).split()
        )

    def repeated(self, records: Sequence[Element]) -> Iterator[Element]:
        """Yield the blocks of one work each that have the form of others.

        Items and rows are read as they are.
        """
        blocks = []
        end = 0
        hidden = _places(records)
        for place in self.papers:
            block = None if place < end or place in hidden else self.block_of(place)
            if block:
                blocks.append(block)
                end = block.end
        forms = Counter((it.name, it.marks) for it in blocks)
        blocks += self.alike({form for form in forms if forms[form] >= _MANY_BLOCKS}, blocks)
        for block in sorted(blocks, key=_begin):
            has_names = any(look(plain(line)) == "names" for line in self.lines(block))
            is_alone = forms[block.name, block.marks] < _MIN_BLOCKS
            if not is_alone or (has_names and not _count(self.headings, block)):
                yield block

    def alike(self, forms: Collection[tuple[str, str]], blocks: Sequence[Element]) -> list[Element]:
        """Return further blocks of forms that works have: with one link, whose label is a title."""
        ends = [block.end for block in blocks]
        result: list[Element] = []
        for element in self.elements if forms else ():
            is_long = element.end - element.begin > _MANY_TOKENS
            is_inside = bool(result) and element.begin < result[-1].end
            if is_long or is_inside or (element.name, element.marks) not in forms:
                continue
            index = bisect_left(ends, element.begin + 1)
            if index < len(blocks) and blocks[index].begin < element.end:
                continue
            links = [it for it in self.elements_in(element) if it.name == "a"]
            names_work = len(links) == 1 and len(self.text(links[0]).split()) >= _MIN_WORDS
            if names_work and any(map(dates.find, self.lines(element))):
                result.append(element)
        return result

    def block_of(self, place: int) -> Element | None:
        """Return the outermost block around a link that holds the links of one work, if any."""
        index = bisect_left(self.elements, place, key=lambda it: it.begin)
        element: Element | None = self.elements[index]
        block = None
        for _ in range(_MAX_LEVELS):
            element = element.parent if element else None
            if element is None or element.name in _HOLDERS:
                break
            if element.name in {"li", "td", "dd", "dt"} or _HEADING.fullmatch(element.name):
                return None
            if not (self.is_of_one_work(element) and self.is_titled(element)):
                break
            if block and self.is_above_several(element, block):
                break
            block = element if element.name in _BLOCKS else block
        return block if block and len(" ".join(self.lines(block)).split()) >= _MIN_WORDS else None

    def is_above_several(self, element: Element, block: Element) -> bool:
        """Return True if an element holds another block of the form of this one, with a paper."""
        places = self.papers[
            bisect_left(self.papers, element.begin) : bisect_left(self.papers, element.end)
        ]
        for place in places:
            if not block.holds(place):
                index = bisect_left(self.elements, place, key=lambda it: it.begin)
                child: Element | None = self.elements[index]
                while child and child.parent and child.parent.begin > element.begin:
                    child = child.parent
                if child and (child.name, child.marks) == (block.name, block.marks):
                    return True
        return False

    def is_titled(self, element: Element) -> bool:
        """Return True if an element holds no heading, or only that of its title."""
        first, last = (
            bisect_left(self.headings, element.begin),
            bisect_left(self.headings, element.end),
        )
        if last - first > 1:
            return False
        index = (
            bisect_left(self.elements, self.headings[first], key=lambda it: it.begin)
            if last > first
            else None
        )
        return index is None or _is_phrase(self.text(self.elements[index]))

    def is_of_one_work(self, element: Element) -> bool:
        """Return True if an element links to a few papers at most, none of a scheme twice."""
        first, last = bisect_left(self.papers, element.begin), bisect_left(self.papers, element.end)
        if last - first > _PAPERS:
            return False
        names = {identify(self.tokens[place].url).identifier for place in self.papers[first:last]}
        schemes = [name.scheme for name in names if name]
        return len(schemes) == len(set(schemes))


def _begin(element: Element) -> int:
    return element.begin


def _is_outer(part: Element) -> bool:
    """Return True for the element of a title that stands in no other one."""
    above, levels = part.parent, 3
    while above is not None and levels:
        if above.marks and _part(above.marks) == "title":
            return False
        above, levels = above.parent, levels - 1
    return _part(part.marks) == "title"


def _outermost(elements: Iterable[Element]) -> list[Element]:
    """Return the elements, in their order, that stand in no other one of them."""
    result: list[Element] = []
    for element in elements:
        if not result or element.begin >= result[-1].end:
            result.append(element)
    return result


def _is_phrase(text: str) -> bool:
    """Return True for words that may be a title, in place of a year or a kind of publication."""
    return len(text.split()) > 1 and look(plain(text)) in {"title", "word", "names"}


def _count(places: Sequence[int], element: Element) -> int:
    """Return how many of sorted places stand in an element."""
    return bisect_left(places, element.end) - bisect_left(places, element.begin)


def _places(elements: Iterable[Element]) -> set[int]:
    """Return the places of all tokens in elements, which may stand in one another."""
    places: set[int] = set()
    for element in elements:
        if element.begin not in places:
            places.update(range(element.begin, element.end))
    return places
