"""The headings of a document: where their sections end, and the text of their anchors."""

from __future__ import annotations

from collections.abc import Sequence

from harvest.models import Heading
from harvest.readers.markdown.inline import InlineText, without_broken

_LEVELS = 6  # of headings


def with_ends(headings: Sequence[tuple[int, int, str]], last: int) -> list[Heading]:
    """Return headings with the line at which their section ends, at the latest the last."""
    result: list[Heading] = []
    ends = [last] * (_LEVELS + 1)  # by level, the line of the next heading that ends its section
    for line, level, text in reversed(headings):
        result.append(Heading(line, level, text, ends[level]))
        ends[level:] = [line] * (_LEVELS + 1 - level)
    return result[::-1]


def anchor_text(inline: InlineText) -> str:
    """Return the text of which GitHub makes the anchor of a heading, without that of images."""
    text = inline.text.replace("\n", " ")
    for link in reversed(inline.links):
        if link.image:
            label = text[link.start : link.end].replace(link.label, "")
            text = text[: link.start] + label + text[link.end :]
    return without_broken(text).strip()
