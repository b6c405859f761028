"""A list item or a row of an HTML table, with the blocks and links in it."""

from __future__ import annotations

from harvest.models import Role
from harvest.readers import labels
from harvest.readers.items import Description, Label, describe
from harvest.readers.markdown.inline import InlineLink, InlineText, without_broken
from harvest.readers.markdown.tables import NO_HEADER


class HtmlTable:
    """An HTML table. Its first row without links is its head if it reads like one."""

    def __init__(self) -> None:
        self.header = NO_HEADER


class Entry:
    """A list item, or a row of an HTML table. `html` is True if HTML opened it."""

    __slots__ = ("adopted", "blocks", "cells", "html", "links", "number", "position", "table")

    def __init__(
        self, number: int, position: int, *, html: bool = False, table: HtmlTable | None = None
    ) -> None:
        self.number = number
        self.position = position  # in the bytes of the document
        self.html = html
        self.table = table
        self.blocks: list[InlineText] = []
        self.links: list[InlineLink] = []
        self.adopted: list[InlineLink] = []  # of nested items without a text of their own
        self.cells: list[str] = []

    def add(self, block: InlineText) -> None:
        """Add a finished block."""
        self.blocks.append(block)
        self.links += block.links
        if self.cells:
            for link in block.links:
                link.column = len(self.cells) - 1
            self.cells[-1] = f"{self.cells[-1]} {without_broken(block.text)}".strip()

    def has_text(self) -> bool:
        """Return True if anything stands in it."""
        return any(block.text.strip() for block in self.blocks)

    def is_nameless(self) -> bool:
        """Return True if an item only adds links to the item above: `- [Paper](url)`."""
        names = [link.label for link in self.links if not link.image]
        return bool(self.links) and all(map(labels.is_generic, names))

    def labels(self) -> list[Label]:
        """Return where the labels of the links stand in the text, and the roles of the links."""
        parts: list[Label] = []
        offset = 0
        for block in self.blocks:
            parts += [_label(link, offset + link.start, offset + link.end) for link in block.links]
            offset += len(block.text) + 1
        return parts + [_label(link, offset, offset) for link in self.adopted]

    def is_aside(self) -> bool:
        """Return True if all links are badges, licences and the like."""
        pictures = {(link.start, link.end) for link in self.links if link.image}
        for link in self.links + self.adopted:
            if (link.start, link.end) not in pictures and not labels.is_household(link.url):
                return False
        return True

    def describe(self, parts: list[Label]) -> Description:
        """Parse title, authors and date, given the labels of the links."""
        text, bold, italic = "", [], []
        for block in self.blocks:
            start = len(text)
            text += f"{block.text}\n"
            bold += [(start + a, start + b) for a, b in block.characters(block.bold)]
            italic += [(start + a, start + b) for a, b in block.characters(block.italic)]
        return describe(text, parts, bold, italic)


def _label(link: InlineLink, start: int, end: int) -> Label:
    text = "" if link.image else link.label
    return Label(start, end, text, role(link))


def role(link: InlineLink) -> Role:
    """Return the role of a link outside of tables."""
    return labels.role_of_image(link.url) if link.image else labels.role(link.label, link.url)
