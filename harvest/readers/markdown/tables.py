"""The rows of a GitHub table in Markdown, and what the head of a table says of their cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from harvest.readers import items, labels
from harvest.readers.markdown.html import tokens
from harvest.readers.markdown.inline import plain_label, strays, suspicious, without_broken

RowLink = tuple[
    int, str, str, int, bool, int, int
]  # position, url, label, column, is it an image, start, end


class Header:
    """The head of a table: names made unique, what each column holds, and where the columns with a meaning are."""

    __slots__ = ("authors", "date", "meanings", "names", "paper", "title")

    def __init__(self, cells: Sequence[str]) -> None:
        names: list[str] = []
        for cell in cells:
            names.append(cell if cell not in names else f"{cell} {len(names) + 1}")
        self.names = tuple(names)
        self.meanings = tuple(map(labels.meaning, self.names))
        self.title, self.authors, self.date, self.paper = (
            self.meanings.index(meaning) if meaning in self.meanings else None
            for meaning in ("title", "authors", "date", "paper")
        )

    def describe(
        self, cells: list[str], links: list[RowLink]
    ) -> tuple[str | None, str | None, str | None]:
        """Read title, authors and date out of a row; a paper whose label is no generic word is named by it."""
        title = authors = date = None
        if self.title is not None:
            title = cells[self.title]
        elif self.paper is not None:
            for link in links:
                if link[3] == self.paper and not labels.is_generic(link[2]):
                    title = link[2]
                    break
        if self.authors is not None:
            authors = items.plain_names(cells[self.authors])
        if self.date is not None:
            date = cells[self.date].strip("()[]")
        return title or None, authors or None, date or None


header_of = lru_cache(maxsize=256)(Header)  # a list has the same head in every section
NO_HEADER = Header(())


class Row:
    """The row of a GitHub table that is being read: a `Passage` stripped down to what cells need."""

    __slots__ = ("cells", "code", "links", "open")

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.links: list[RowLink] = []
        self.open: list[
            tuple[str, int, int, bool]
        ] = []  # url, position, start of the label, is it HTML
        self.code: list[tuple[int, int, int]] = []  # column, start, end

    def close(self, text: str, tag: str) -> str:
        """Reduce the text of the link or image opened last to its label; HTML open in one of Markdown ends with it."""
        html = True
        while html:
            url, position, start, html = self.open.pop()
            label = plain_label(text[start:])
            text = text[:start] + label
            image = tag == ("img" if html else "Image")
            self.links.append(
                (position, url.strip(), label, len(self.cells), image, start, len(text))
            )
            html = html and tag[0] in "LI"  # of Link and Image
        return text

    def inline(self, text: str, event: Any, position: int) -> str:
        """Add code or HTML to the cell."""
        if "Code" in event:
            self.code.append((len(self.cells), len(text), len(text) + len(event["Code"])))
            return f"{text}{event['Code']}"
        for token in tokens(event.get("InlineHtml", "")):
            if token.url:
                self.open.append((token.url, position, len(text), True))
            text += token.text
            if token.name in {"/a", "img"} and self.open and self.open[-1][3]:
                text = self.close(text, token.name)
        return text

    def odd(self, text: str, position: int) -> str:
        """Add the broken links and bare ids of a whole cell."""
        while self.open:
            text = self.close(text, "/a")
        if not suspicious(text):
            return text
        column = len(self.cells)
        own = [link for link in self.links if link[3] == column]
        code = [(start, end) for cell, start, end in self.code if cell == column]
        found = [
            (position, url, label, column, False, start, end)
            for start, end, url, label in strays(text, [*code, *(link[5:] for link in own)])
        ]
        self.links[len(self.links) - len(own) :] = sorted(own + found, key=itemgetter(6))
        return without_broken(text).strip()

    def clear(self) -> None:
        """Begin the next row."""
        self.cells.clear()
        self.links.clear()
        self.code.clear()
