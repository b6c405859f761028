"""The plain text of one block of a document, with the links, code and emphasis that stand in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import attrgetter

from harvest.identifiers import find

Span = tuple[int, int]

# `[Code](Original method)` is no link in Markdown, since its target has a blank; its author meant one.
_BROKEN = re.compile(r"\[?\[([^\[\]]*)\]+\(([^()]*)\)")


class Link:
    """A link or image; `start` and `end` are where its label stands in the text of its block."""

    __slots__ = ("column", "end", "html", "image", "label", "part", "position", "start", "url")

    def __init__(
        self, url: str, position: int, part: int = 0, *, image: bool = False, html: bool = False
    ) -> None:
        self.url = url
        self.position = position  # in the bytes of the document
        self.part = part
        self.image = image
        self.html = html
        self.label = ""
        self.column = 0
        self.start = self.end = 0


class Passage:
    """Collects a block in parts; a link is the one part that holds its label, so nothing is measured too early."""

    __slots__ = ("bold", "code", "italic", "links", "marks", "open", "parts", "positions", "text")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.positions: list[int] = []  # of each part in the bytes of the document
        self.links: list[Link] = []
        self.open: list[Link] = []
        self.code: list[int] = []  # the parts that are code
        self.bold: list[Span] = []  # from part to part
        self.italic: list[Span] = []
        self.marks: list[int] = []  # where emphasis that is open began
        self.text = ""  # once finished

    def add(self, text: str, position: int) -> None:
        """Add plain text."""
        self.parts.append(text)
        self.positions.append(position)

    def begin(self, url: str, position: int, *, image: bool = False, html: bool = False) -> None:
        """Open a link or image: what is added until it is closed is its label."""
        self.open.append(Link(url, position, len(self.parts), image=image, html=html))

    def close(self, *, html: bool = False) -> None:
        """Close the link opened last; Markdown and HTML close their own, and HTML open in Markdown ends with it."""
        if html and not (self.open and self.open[-1].html):
            return
        while self.open:
            link = self.open.pop()
            self.reduce(link)
            if html or not link.html:
                return

    def reduce(self, link: Link) -> None:
        """Reduce the text of a link to its label; what stands in the label is forgotten."""
        link.label = plain_label("".join(self.parts[link.part :]))
        self.parts[link.part :] = [link.label]
        self.positions[link.part :] = [link.position]
        for spans in (self.bold, self.italic):
            while spans and spans[-1][0] >= link.part:
                spans.pop()
        while self.code and self.code[-1] >= link.part:
            self.code.pop()
        self.links.append(link)

    def finish(self) -> None:
        """End the block: close what is open, add the broken links and bare ids of its text, measure its links."""
        while self.open:
            self.reduce(self.open.pop())
        self.text = text = "".join(self.parts)
        odd = suspicious(text)
        if not (odd or self.links):
            return
        offsets = self.offsets()
        places = covered(offsets, [link.part for link in self.links])
        for link, span in zip(self.links, places, strict=True):
            link.start, link.end = span
        if odd:
            for start, end, url, label in strays(text, places + covered(offsets, self.code)):
                link = Link(url, self.positions[bisect_right(offsets, start) - 1])
                link.start, link.end, link.label = start, end, label
                self.links.append(link)
            self.links.sort(key=attrgetter("end"))

    def characters(self, spans: list[Span]) -> list[Span]:
        """Turn parts into characters; a part that HTML, badly nested, took into a label is the end of the text."""
        offsets = self.offsets()
        last = len(offsets) - 1
        return [(offsets[min(start, last)], offsets[min(end, last)]) for start, end in spans]

    def offsets(self) -> list[int]:
        """Give where each part begins in the text, and where the last one ends."""
        return [0, *accumulate(map(len, self.parts))]


def covered(offsets: list[int], parts: list[int]) -> list[Span]:
    """Give the characters that parts cover; a part that was closed before an earlier one stands within it."""
    outer = list(accumulate(reversed(parts), min))
    return [(offsets[part], offsets[part + 1]) for part in reversed(outer)]


def plain_label(text: str) -> str:
    """Give the plain label of a link: trimmed, without the brackets of `[[Code]](url)`."""
    text = text.strip()
    while text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1].strip()
    return text


def suspicious(text: str) -> bool:
    """Tell whether a text may hold a bare URL, a bare id or a broken link; cheap, and right when it says no."""
    return (
        "://" in text
        or "](" in text
        or "10." in text
        or "xiv" in text
        or "Xiv" in text
        or "XIV" in text
    )


def strays(text: str, covered: Iterable[Span]) -> Iterator[tuple[int, int, str, str]]:
    """Find broken links, then bare URLs and ids, outside `covered`, as (start, end, url, label)."""
    text = _masked(text, sorted(covered))
    broken = list(_BROKEN.finditer(text)) if "](" in text else []
    for match in broken:
        yield match.start(), match.end(), match[2].strip(), plain_label(match[1])
    if broken:
        text = _masked(text, [match.span() for match in broken])
    for start, end, raw in find(text):
        yield start, end, raw, raw


def without_broken(text: str) -> str:
    """Reduce each broken link to its label."""
    return _BROKEN.sub(lambda match: plain_label(match[1]), text) if "](" in text else text


def _masked(text: str, spans: list[Span]) -> str:
    kept: list[str] = []
    position = 0
    for start, end in spans:
        if end > position:
            kept += (text[position:start], " " * (end - max(start, position)))
            position = end
    return "".join([*kept, text[position:]])
