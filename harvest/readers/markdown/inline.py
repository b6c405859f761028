"""The inline text of a block: its plain text, with the links, code and emphasis in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import attrgetter

from harvest.identifiers import find, find_leading
from harvest.models import Role

Span = tuple[int, int]

# `[Code](Original method)` is no link in Markdown, since its target has a blank; its author meant
# one.
_BROKEN = re.compile(r"\[?\[([^\[\]]*)\]+\(([^()]*)\)")


class InlineLink:
    """A link or image; its label stands from `start` to `end` in the text of its block."""

    __slots__ = (
        "bracketed", "column", "end", "html", "image", "label", "part", "position", "role", "start",
        "url",
    )  # fmt: skip

    def __init__(
        self, url: str, position: int, part: int = 0, *, image: bool = False, html: bool = False
    ) -> None:
        self.url = url
        self.position = position  # in the bytes of the document
        self.part = part
        self.image = image
        self.html = html
        self.label = ""
        self.bracketed = False  # in brackets of its own: [[Code]](url)
        self.column = 0
        self.start = self.end = 0
        self.role: Role | None = None  # once it was asked for

    def rename(self, label: str) -> None:
        """Replace the label, which may name another role."""
        self.label, self.role = label, None


class InlineText:
    """The text of one block, collected in parts.

    A link is the one part that holds its label, so nothing is measured before the block ends.
    """

    __slots__ = (
        "bold", "code", "ends", "italic", "links", "marks", "open", "parts", "positions", "text",
    )  # fmt: skip

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.positions: list[int] = []  # of each part in the bytes of the document
        self.links: list[InlineLink] = []
        self.open: list[InlineLink] = []
        self.code: list[int] = []  # the parts that are code
        self.ends: list[int] = []  # those that are ends of lines, shown as blanks
        self.bold: list[Span] = []  # from part to part
        self.italic: list[Span] = []
        self.marks: list[int] = []  # where emphasis that is open began
        self.text = ""  # once finished

    def add(self, text: str, position: int) -> None:
        """Add plain text."""
        self.parts.append(text)
        self.positions.append(position)

    def add_end(self, position: int) -> None:
        """Add the end of a line, which is a blank."""
        self.ends.append(len(self.parts))
        self.add(" ", position)

    def add_code(self, text: str, position: int) -> None:
        """Add code, in which nothing is a link."""
        self.code.append(len(self.parts))
        self.add(text, position)

    def open_link(
        self, url: str, position: int, *, image: bool = False, html: bool = False
    ) -> None:
        """Open a link or image: what is added until it is closed is its label."""
        self.open.append(InlineLink(url, position, len(self.parts), image=image, html=html))

    def close_link(self) -> None:
        """Close the link of Markdown that was opened last, and HTML that is open in it."""
        while self.open:
            link = self.open.pop()
            self._reduce(link)
            if not link.html:
                return

    def close_html_link(self) -> None:
        """Close the link opened last if it is one of HTML."""
        if self.open and self.open[-1].html:
            self._reduce(self.open.pop())

    def open_emphasis(self) -> None:
        """Begin bold or italic text."""
        self.marks.append(len(self.parts))

    def close_bold(self) -> None:
        """End the bold text begun last."""
        self._close_emphasis(self.bold)

    def close_italic(self) -> None:
        """End the italic text begun last."""
        self._close_emphasis(self.italic)

    def _close_emphasis(self, spans: list[Span]) -> None:
        if self.marks:  # none when HTML ended the block in between
            spans.append((self.marks.pop(), len(self.parts)))

    def _reduce(self, link: InlineLink) -> None:
        """Reduce the text of a link to its label; emphasis and code in it are forgotten."""
        text = "".join(self.parts[link.part :]).replace("\n", " ")
        link.label = plain_label(text)
        link.bracketed = len(link.label) < len(text.strip())
        self.parts[link.part :] = [link.label]
        self.positions[link.part :] = [link.position]
        for spans in (self.bold, self.italic):
            while spans and spans[-1][0] >= link.part:
                spans.pop()
        while self.code and self.code[-1] >= link.part:
            self.code.pop()
        while self.ends and self.ends[-1] >= link.part:
            self.ends.pop()
        self.links.append(link)

    def finish(self) -> None:
        """End the block: close its links, add its broken links and bare ids, and measure them."""
        while self.open:
            self._reduce(self.open.pop())
        self.text = "".join(self.parts)
        suspicious = is_suspicious(self.text)
        if not (suspicious or self.links):
            return
        offsets = self._offsets()
        part = len(self.parts)
        for link in reversed(self.links):
            part = min(part, link.part)  # one closed before an earlier one stands within it
            link.start, link.end = offsets[part], offsets[part + 1]
        if not suspicious:
            return
        spans = [(link.start, link.end) for link in self.links]
        spans += [(offsets[part], offsets[part + 1]) for part in self.code]
        for start, end, url, label in strays(self.text, spans):
            link = InlineLink(url, self.positions[bisect_right(offsets, start) - 1])
            link.start, link.end, link.label = start, end, label
            self.links.append(link)
        self.links.sort(key=attrgetter("end"))

    def add_leading_id(self) -> None:
        """Add the id of arXiv with which the text begins, unless it links to something there."""
        leading = find_leading(self.text)
        if leading and not any(link.start < leading[1] for link in self.links):
            start, end, raw = leading
            link = InlineLink(raw, self.positions[0])
            link.start, link.end, link.label = start, end, raw
            self.links.insert(0, link)

    def characters(self, spans: list[Span]) -> list[Span]:
        """Convert spans of parts to spans of characters.

        A part that badly nested HTML took into a label is the end of the text.
        """
        offsets = self._offsets()
        last = len(offsets) - 1
        return [(offsets[min(start, last)], offsets[min(end, last)]) for start, end in spans]

    def _offsets(self) -> list[int]:
        """Return where each part begins in the text, and where the last one ends."""
        return [0, *accumulate(map(len, self.parts))]


def plain_label(text: str) -> str:
    """Return a label without the brackets of `[[Code]](url)`."""
    text = text.strip()
    while text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1].strip()
    return text


def is_suspicious(text: str) -> bool:
    """Return True if a text may hold a bare URL or id or a broken link; False is certain."""
    if not ("/" in text or "." in text or "](" in text):  # as most rows: three times as fast
        return False
    return (
        "://" in text
        or "](" in text
        or "10." in text
        or "xiv" in text
        or "Xiv" in text
        or "XIV" in text
    )


def strays(text: str, covered: Iterable[Span]) -> Iterator[tuple[int, int, str, str]]:
    """Yield broken links, then bare URLs and ids, outside `covered`: start, end, URL, label."""
    text = _masked(text, sorted(covered))
    matches = _BROKEN.finditer(text) if "](" in text else ()
    broken = [match for match in matches if match[1].strip()]  # no brackets around a link
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
    """Return a text with blanks in place of the spans, which are sorted."""
    parts: list[str] = []
    position = 0
    for start, end in spans:
        if end > position:
            parts += (text[position:start], " " * (end - max(start, position)))
            position = end
    return "".join([*parts, text[position:]])
