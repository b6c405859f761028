"""HTML pages: headings, items, paragraphs and tables, translated."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from operator import itemgetter

from harvest.models import Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.markdown.html import Token, tokens
from harvest.readers.translation import Translation, escaped

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*"}
_PARAGRAPHS = frozenset({
    "p", "div", "section", "article", "main", "blockquote", "header", "footer", "nav", "center",
    "dd", "figure", "body", "hr", "form", "aside", "address", "details",
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "dl"})
_ITEMS = frozenset({"li", "dt"})
_TABLE = frozenset({"tr", "td", "th", "thead", "tbody"})
_BREAKS = frozenset({"br", "p"})  # in a cell
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
        writer = _Writer(1 + text.count("\n", 0, start))
        for token in tokens(text[start:]):
            writer.write(token)
        writer.end_block(writer.first)
        return writer.translation.read(name, templates)


class _Writer:
    """Writes tokens down as Markdown; a table as HTML."""

    def __init__(self, first: int) -> None:
        self.translation = Translation()
        self.first = first  # line
        self.mark = ""  # of the heading or item that is open
        self.parts: list[tuple[str, int]] = []  # of the block that is open, each with its line
        self.depth = 0  # of lists
        self.tables = 0
        self.link: tuple[str, int] | None = None  # the address and line of the link that is open
        self.label: list[str] = []
        self.emphasis = ""  # that is open
        self.stressed: list[tuple[str, int]] = []

    def write(self, token: Token) -> None:
        """Write one token down."""
        line = self.first + token.line
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
        elif bare == "table":
            self.begin_table(name, line)
        elif self.tables:
            self.add_table_tag(token, line)
        elif name == "br":
            self.parts.append((" ", line))
        else:
            self.begin_block(name, bare, line)

    def begin_block(self, name: str, bare: str, line: int) -> None:
        """Begin or end a heading, an item or a paragraph; one in an item is part of it."""
        if re.fullmatch(r"h[1-6]", bare):
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
            self.parts.append(("<br>" if name == "dd" else " ", line))
        elif bare in _PARAGRAPHS:
            self.end_block(line, gap=True)

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
        self.close_emphasis()
        self.close_link()
        indent = "" if self.tables else "  " * min(self.depth, _DEEPEST)
        mark, self.mark = self.mark, ""
        parts, self.parts = self.parts, []
        for number, content in groupby(parts, key=itemgetter(1)):
            text = "".join(piece for piece, _ in content).strip()
            if text:
                self.translation.add((mark or indent) + text, number)
                mark = ""
        if gap:
            self.translation.add("", line)


def _address(url: str) -> str:
    return re.sub(r"[\s<>]", "", url)
