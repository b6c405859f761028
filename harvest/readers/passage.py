"""The plain text of one block of a document, with the links, code and emphasis that stand in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from harvest.identifiers import find

Span = tuple[int, int]

# `[Code](Original method)` is no link in Markdown, since its target has a blank; its author meant one.
_BROKEN = re.compile(r"\[([^\[\]]*)\]+\(([^()]*)\)")


class Link:
    """A link or image; `start` and `end` are where its label stands in the text of its block."""

    __slots__ = ("column", "end", "image", "label", "line", "part", "start", "url")

    def __init__(self, url: str, line: int, part: int = 0, *, image: bool = False) -> None:
        self.url = url
        self.line = line
        self.part = part
        self.image = image
        self.label = ""
        self.column = -1
        self.start = self.end = 0


class Passage:
    """Collects a block in parts; a link is the one part that holds its label, so nothing is measured before the end."""

    __slots__ = ("bold", "code", "italic", "lines", "links", "marks", "open", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lines: list[int] = []  # the line of each part
        self.links: list[Link] = []
        self.open: list[Link] = []
        self.code: list[int] = []  # the parts that are code
        self.bold: list[Span] = []  # from part to part, and in characters once finished
        self.italic: list[Span] = []
        self.marks: list[int] = []

    def add(self, text: str, line: int) -> None:
        """Add plain text that stands on a line."""
        self.parts.append(text)
        self.lines.append(line)

    def begin(self, url: str, line: int, *, image: bool = False) -> None:
        """Open a link or image: what is added until `close` is its label."""
        self.open.append(Link(url, line, len(self.parts), image=image))

    def close(self) -> None:
        """Close the link opened last; its text is reduced to its label."""
        link = self.open.pop()
        link.label = plain_label("".join(self.parts[link.part :]))
        self.parts[link.part :] = [link.label]
        self.lines[link.part :] = [link.line]
        self.links.append(link)

    def finish(self) -> str:
        """Close what is open, add broken links and bare ids, turn parts into characters; gives the text."""
        while self.open:
            self.close()
        text = "".join(self.parts)
        if not (self.links or self.bold or self.italic or suspicious(text)):
            return text
        offsets = [0, *accumulate(map(len, self.parts))]
        for link in self.links:
            link.start, link.end = offsets[link.part], offsets[link.part + 1]
        self.bold, self.italic = ([_characters(span, offsets) for span in spans] for spans in (self.bold, self.italic))
        if suspicious(text):
            spans = [(link.start, link.end) for link in self.links] + [(offsets[i], offsets[i + 1]) for i in self.code]
            for start, end, url, label in strays(text, spans):
                link = Link(url, self.lines[bisect_right(offsets, start) - 1])
                link.start, link.end, link.label = start, end, label
                self.links.append(link)
            self.links.sort(key=_end)
        return text


def _end(link: Link) -> int:
    return link.end


def _characters(span: Span, offsets: list[int]) -> Span:
    last = len(offsets) - 1  # emphasis within a label ends with it
    return offsets[min(span[0], last)], offsets[min(span[1], last)]


def plain_label(text: str) -> str:
    """Give the plain label of a link: trimmed, without the brackets of `[[Code]](url)`."""
    text = text.strip()
    while text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1].strip()
    return text


def suspicious(text: str) -> bool:
    """Tell whether a text may hold a bare URL, a bare id or a broken link; cheap, and right when it says no."""
    return ":" in text or "](" in text


def strays(text: str, covered: Iterable[Span]) -> Iterator[tuple[int, int, str, str]]:
    """Find broken links, then bare URLs and ids, outside `covered`, as (start, end, url, label)."""
    text = _masked(text, sorted(covered))
    broken = list(_BROKEN.finditer(text)) if "](" in text else []
    for match in broken:
        yield match.start(), match.end(), match[2].strip(), plain_label(match[1])
    text = _masked(text, [match.span() for match in broken])
    if ":" in text:
        for start, end, raw in find(text):
            yield start, end, raw, raw


def without_broken(text: str) -> str:
    """Reduce each broken link to its label."""
    return _BROKEN.sub(lambda match: plain_label(match[1]), text) if "](" in text else text


def _masked(text: str, spans: list[Span]) -> str:
    kept, position = [], 0
    for start, end in spans:
        if end > position:
            kept += (text[position:start], " " * (end - max(start, position)))
            position = end
    return "".join([*kept, text[position:]])
