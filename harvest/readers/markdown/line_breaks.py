"""Ends of lines in the entries of a list, which Markdown shows as blanks.

Some lists have a line for each fact, others wrap their text at a width:

    - A title of it                        - A title of it that is too long for
      Jane Doe, John Roe. ICML 2020          one line. Jane Doe, John Roe. ICML
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harvest.readers import people
from harvest.readers.markdown.inline import InlineText

_FEWEST = 4  # ends of lines that tell
_SMALL = 10  # of so many lines one may begin with a small letter, as in the middle of a phrase
_END_OF_NAME = re.compile(r"[,;.&(\[\n]|\sand\s")
_LONGEST_NAME = 80  # characters: a person at the beginning of a line
_WIDTH = 0.9  # of the lines are no longer than the width at which text is wrapped


def are_facts(blocks: Iterable[InlineText], data: bytes) -> bool:
    """Return True if lines of blocks end behind a fact, and not where the next word has no room."""
    pairs = [pair for block in blocks if block.ends for pair in _around(block, data)]
    if len(pairs) < _FEWEST:
        return False
    small = [behind for _, behind in pairs if behind[:1].islower()]
    lengths = sorted(len(before) for before, _ in pairs)
    width = lengths[int(_WIDTH * (len(lengths) - 1))]
    full = [pair for pair in pairs if len(pair[0]) + 1 + len(pair[1].split(" ", 1)[0]) > width]
    return len(small) * _SMALL <= len(pairs) and 2 * len(full) <= len(pairs)


def _around(block: InlineText, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the lines of a document before and behind each end of a line in a block."""
    for part in block.ends:
        end = block.positions[part]
        next_end = data.find(b"\n", end + 1)
        before = data[data.rfind(b"\n", 0, end) + 1 : end]
        behind = data[end + 1 : next_end if next_end >= 0 else None]
        yield before.decode(), behind.decode().lstrip(" \t>")


def with_ends(block: InlineText, text: str) -> str:
    """Return the text of a block with the ends of its lines, but for those within a phrase."""
    emphasis = [*block.bold, *block.italic]
    ends = [part for part in block.ends if not any(one <= part < other for one, other in emphasis)]
    for start, _ in block.characters([(part, part) for part in ends]):
        before, behind = text[:start], text[start + 1 :]
        if _has_text(block, before) and not _goes_on(before, behind[:_LONGEST_NAME]):
            text = f"{before}\n{behind}"
    return text


def _has_text(block: InlineText, before: str) -> bool:
    """Return True if more than badges stands in the last line of a text."""
    first = end = before.rfind("\n") + 1
    for link in block.links:
        if link.image and link.start >= first:
            if any(map(str.isalnum, before[end : link.start])):
                return True
            end = max(end, link.end)
    return any(map(str.isalnum, before[end:]))


def _goes_on(before: str, behind: str) -> bool:
    """Return True for a line that begins within a phrase, or a list of names."""
    if behind[:1].islower():
        return True
    name = _END_OF_NAME.split(behind, maxsplit=1)[0]
    is_name = people.shape(name.strip()) in {"person", "family"}
    return is_name and _are_names(before[before.rfind("\n") + 1 :])


def _are_names(line: str) -> bool:
    """Return True for several names, of which the last may be cut in two."""
    shapes = [part.shape for part in people.parts(line)]
    return len(shapes) > 1 and "person" in shapes and {"person", "family"}.issuperset(shapes)
