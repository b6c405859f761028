"""The headings of a document: the section of what follows, and the length of each section."""

from __future__ import annotations

from harvest.models import Heading
from harvest.readers.markdown.inline import InlineText, without_broken


class Outline:
    """Follows the headings. A first heading of level 1 is the title of the list and no section."""

    def __init__(self) -> None:
        self.section: tuple[str, ...] = ()
        self.headings: list[tuple[int, int, str]] = []  # line, level, text
        self._path: list[tuple[int, str]] = []  # levels and texts of the headings above
        self._line: int | None = None  # of the heading that is open
        self._titled = False

    def start(self, level: int, line: int) -> None:
        """Begin a heading."""
        self._line = line
        self._path = [heading for heading in self._path if heading[0] < level]
        self.section = tuple([text for _, text in self._path])

    def end(self, level: int, text: str, inline: InlineText) -> None:
        """End a heading with its text, also as a finished block."""
        if self._line is not None:
            self.headings.append((self._line, level, _without_images(inline)))
        self._line = None
        if text and (self._titled or level > 1):
            self._path.append((level, text))
            self.section += (text,)
        self._titled = True

    def sections(self, last: int) -> list[Heading]:
        """Return all headings with the line at which their section ends, at the latest the last."""
        headings: list[Heading] = []
        ends: dict[int, int] = {}  # by level, the line of the next heading
        for line, level, text in reversed(self.headings):
            end = min((end for other, end in ends.items() if other <= level), default=last)
            headings.append(Heading(line, level, text, end))
            ends[level] = line
        return headings[::-1]


def _without_images(inline: InlineText) -> str:
    """Return the text of which GitHub makes the anchor of a heading: that of images is not part."""
    text = inline.text
    for link in reversed(inline.links):
        if link.image:
            label = text[link.start : link.end].replace(link.label, "")
            text = text[: link.start] + label + text[link.end :]
    return without_broken(text).strip()
