"""HTML pages: headings, items, paragraphs and tables, translated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter

from harvest.models import Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record
from harvest.readers.html_entries import entries_of
from harvest.readers.markdown.html import Token, tokens
from harvest.readers.translation import Outline, Translation, add_records, escaped

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*"}
_PARAGRAPHS = frozenset({
    "p", "div", "section", "article", "main", "blockquote", "header", "footer", "nav", "center",
    "dd", "figure", "body", "hr", "form", "aside", "address", "details",
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "dl"})
_ITEMS = frozenset({"li", "dt"})
_TABLE = frozenset({"tr", "td", "th", "thead", "tbody"})
_BREAKS = frozenset({"blockquote", "br", "div", "p"})  # in a cell
_HEADING = re.compile(r"h[1-6]")
_BREAK = "<br>"
# What says of which kind a work is, or where it appeared: `<span class="pub-label">Journal</span>`.
_BADGES = frozenset({"abbr", "kbd", "label", "mark", "small", "span"})
_BADGE = re.compile(r"(?i)(?:\b|_)(?:badge|chip|label|pill|tag)s?(?:\b|_)")
_WORDS_OF_BADGE = 3  # at most: what is longer is no badge, whatever its class
_DEEPEST = 6  # lists one within the other


class Html(Reader):
    """Pages; what stands in their head, in scripts and styles is passed over."""

    suffixes = (".html", ".htm", ".xhtml")

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins like a page."""
        start = r"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b"
        return re.match(start, text[:2000]) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read a translation, in which each text, link and image keeps its line."""
        head = re.search(r"(?i)<body\b|</head\s*>", text)
        start = head.start() if head else 0
        first = 1 + text.count("\n", 0, start)
        page = [token._replace(line=first + token.line) for token in tokens(text[start:])]
        entries = entries_of(page)
        writer = _Writer(name)
        records = {element.begin: (element, fields) for element, fields in entries.records}
        ends = {element.end for element in entries.items}
        begins = {element.begin for element in entries.items}
        behind = 0  # the record that was read last
        for place, token in enumerate(page):
            if place in ends:
                writer.end_item(token.line)
            if place in records:
                element, fields = records[place]
                writer.add_record(token.line, fields)
                behind = element.end
            if place in begins:
                writer.begin_item(token.line)
            if place >= behind:
                writer.write(token)
        writer.end_block(first)
        reading = writer.translation.read(name, templates)
        add_records(reading, writer.records)
        return reading


class _Writer:
    """Writes tokens down as Markdown; a table as HTML."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.translation = Translation()
        self.records = Reading()
        self.outline = Outline()
        self.mark = ""  # of the heading or item that is open
        self.parts: list[tuple[str, int]] = []  # of the block that is open, each with its line
        self.depth = 0  # of lists
        self.in_item = False  # a block that is read as one
        self.tables = 0
        self.link: tuple[str, int] | None = None  # the address and line of the link that is open
        self.label: list[str] = []
        self.emphasis = ""  # that is open
        self.stressed: list[tuple[str, int]] = []
        self.badge = ""  # the name of the one that is open

    def write(self, token: Token) -> None:
        """Write one token down."""
        line = token.line
        name, bare = token.name, token.name.removeprefix("/")
        if not name:
            self.add_text(token.text, line)
        elif name == "img":
            self.add_image(token, line)
        elif bare == "a":
            self.close_link()
            self.link = (token.url, line) if token.url and name == "a" else None
        elif bare in _MARKS:
            self.close_emphasis()
            self.emphasis = _MARKS.get(name, "")
        elif name in _BADGES and _BADGE.search(token.marks):
            self.badge = name
        elif self.badge and bare == self.badge:
            self.badge = ""
        elif bare == "table":
            self.begin_table(name, line)
        elif self.tables:
            self.add_table_tag(token, line)
        elif name == "br":
            self.parts.append((_BREAK if self.mark[:1] != "#" else " ", line))
        else:
            self.begin_block(name, bare, line)

    def begin_block(self, name: str, bare: str, line: int) -> None:
        """Begin or end a heading, an item or a paragraph; one in an item is part of it."""
        if self.in_item and (bare in _PARAGRAPHS or _HEADING.fullmatch(bare)):
            self.parts.append((_BREAK, line))
        elif _HEADING.fullmatch(bare):
            self.depth = 0
            self.end_block(line, gap=True)
            self.mark = "" if name[0] == "/" else "#" * int(bare[1]) + " "
        elif name in _ITEMS:
            self.end_block(line)
            self.mark = "  " * (min(max(self.depth, 1), _DEEPEST) - 1) + "- "
        elif bare in _LISTS:
            self.end_block(line, gap=self.depth < 2)
            self.depth = max(0, self.depth + (-1 if name[0] == "/" else 1))
        elif bare in _PARAGRAPHS and self.depth:
            self.parts.append((_BREAK, line))
        elif bare in _PARAGRAPHS:
            self.end_block(line, gap=True)

    def begin_item(self, line: int) -> None:
        """Begin a block that is read as an item."""
        self.end_block(line, gap=True)
        self.depth, self.mark, self.in_item = 1, "- ", True

    def end_item(self, line: int) -> None:
        self.end_block(line, gap=True)
        self.depth, self.in_item = 0, False

    def add_record(self, line: int, fields: Sequence[Field]) -> None:
        """Add an entry whose parts are named."""
        self.end_block(line, gap=True)
        add_record(self.records, self.name, line, fields, section=self.outline.path)

    def begin_table(self, name: str, line: int) -> None:
        self.end_block(line, gap=not self.tables)
        self.tables = max(0, self.tables + (1 if name == "table" else -1))
        self.translation.add(f"<{name}>", line)
        if not self.tables:
            self.translation.add("", line)

    def add_table_tag(self, token: Token, line: int) -> None:
        """Write a tag of a table; another one is a blank."""
        if token.name.removeprefix("/") in _TABLE:
            self.end_block(line)
            rows = f' rowspan="{token.rows}"' if token.rows > 1 else ""
            self.translation.add(f"<{token.name}{rows}>", line)
        else:
            self.parts.append(("<br>" if token.name in _BREAKS else " ", line))

    def add_text(self, text: str, line: int) -> None:
        """Add text where it belongs: to a label, to emphasis, or to the block."""
        for offset, content in enumerate(text.split("\n")):
            if self.link:
                self.label.append(content)
            elif self.emphasis:
                self.stressed.append((content, line + offset))
            elif self.badge and len(content.split()) <= _WORDS_OF_BADGE:
                venue = f"({content.strip()}) " if any(map(str.isdigit, content)) else " "
                self.parts.append((self.plain(venue), line + offset))
            else:
                self.parts.append((self.plain(content), line + offset))

    def add_image(self, token: Token, line: int) -> None:
        if self.link:
            self.label.append(token.text)
        elif token.url:
            url, text = _address(token.url), token.text
            html = f'<img src="{escape(url)}" alt="{escape(text)}">'
            self.parts.append((html if self.tables else f"![{escaped(text)}](<{url}>)", line))

    def close_link(self) -> None:
        """Write the link that is open, in the line of its address."""
        if not self.link:
            return
        (address, line), text = self.link, " ".join(" ".join(self.label).split())
        self.link, self.label = None, []
        url = _address(address)
        html = f'<a href="{escape(url)}">{escape(text)}</a>'
        self.parts.append((html if self.tables else f"[{escaped(text)}](<{url}>)", line))

    def close_emphasis(self) -> None:
        """Write the emphasis that is open; what is not plain text in it was written already."""
        mark, self.emphasis = self.emphasis, ""
        stressed, self.stressed = self.stressed, []
        text = " ".join(" ".join(content for content, _ in stressed).split())
        if text:
            plain = self.plain(text)
            self.parts.append((plain if self.tables else f"{mark}{plain}{mark}", stressed[0][1]))

    def plain(self, text: str) -> str:
        return escape(text) if self.tables else escaped(text)

    def end_block(self, line: int, *, gap: bool = False) -> None:
        """Write the open block down, a line for each line that it has."""
        self.badge = ""
        self.close_emphasis()
        self.close_link()
        indent = "" if self.tables else "  " * min(self.depth, _DEEPEST)
        mark, self.mark = self.mark, ""
        parts, self.parts = [*_without_empty_lines(self.parts)], []
        if mark[:1] == "#":
            self.outline.add(len(mark) - 1, "".join(text for text, _ in parts).strip())
        for number, content in groupby(parts, key=itemgetter(1)):
            text = "".join(piece for piece, _ in content).strip()
            if text:
                self.translation.add((mark or indent) + text, number)
                mark = ""
        if gap:
            self.translation.add("", line)


def _without_empty_lines(parts: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the pieces of a block, with a break between two lines that hold something."""
    is_break = is_begun = False
    for text, line in parts:
        if text == _BREAK:
            is_break = is_begun
        elif text.strip():
            if is_break:
                yield _BREAK, line
            yield text, line
            is_break, is_begun = False, True
        elif not is_break:
            yield text, line


def _address(url: str) -> str:
    return re.sub(r"[\s<>]", "", url)
