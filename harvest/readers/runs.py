"""The runs of an entry: the parts of its text that are marked alike.

Emphasis inside of a phrase is no run of its own, and images are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from harvest.models import Role
from harvest.readers import labels, people
from harvest.readers.looks import is_fact, look, plain

Kind = Literal[
    "link", "strong", "emphasis", "code", "quotation", "brackets", "text", "people", "cited"
]
Run = tuple[Kind, int, int]  # from one place of a text to another
_MARKS: dict[str, int] = {"text": 0, "emphasis": 1, "strong": 2, "code": 3, "link": 4, "image": 5}
_KINDS: dict[int, Kind] = {0: "text", 1: "emphasis", 2: "strong", 3: "code", 4: "link"}
_COLONS = frozenset(":\uff1a")
# What a phrase goes on with: `**A method** for it`.
_PREPOSITIONS = frozenset({
    "against", "for", "from", "in", "of", "on", "through", "to", "under", "using", "via", "with",
    "without",
})  # fmt: skip
_ACRONYM = 12  # characters of a venue


class Link(NamedTuple):
    """A link of an entry: where its label stands, and the role that it has."""

    start: int
    end: int
    text: str
    role: Role
    generic: bool


class Mark(NamedTuple):
    """Emphasis, code or an image, from one place of a text to another."""

    start: int
    end: int
    kind: Literal["strong", "emphasis", "code", "image"]


def runs(text: str, links: Sequence[Link], marks: Iterable[Mark]) -> list[Run]:
    """Return the parts of a text that are marked alike, in order, without images.

    Links win over what stands around or in them.
    """
    marks = sorted(marks, key=lambda mark: _MARKS[mark.kind])
    if not marks:
        return _between(text, links)
    paint = bytearray(len(text))
    bounds, edges = {0, len(text)}, set()
    for start, end, mark in marks:
        paint[start:end] = bytes([_MARKS[mark]]) * (end - start)
        bounds |= {start, end}
    for start, end, *_ in links:
        paint[start:end] = b"\4" * (end - start)
        edges |= {start, end}
    result: list[Run] = []
    for start, end in pairwise(sorted(bounds | edges)):
        kind = _KINDS.get(paint[start])
        if kind and result and result[-1][::2] == (kind, start) and start not in edges:
            result[-1] = (kind, result[-1][1], end)
        elif kind:
            result.append((kind, start, end))
    return _without_inline(text, result)


def _between(text: str, links: Sequence[Link]) -> list[Run]:
    """Return the parts of a text without emphasis and code: links, and the text around them."""
    result: list[Run] = []
    last = 0
    for link in links:
        if link.start > last:
            result.append(("text", last, link.start))
        result.append(("link", link.start, link.end))
        last = link.end
    if last < len(text):
        result.append(("text", last, len(text)))
    return result


def _without_inline(text: str, runs: list[Run]) -> list[Run]:
    """Return the runs, with emphasis and code inside of a phrase as part of its text."""
    result: list[Run] = []
    for index, (mark, start, end) in enumerate(runs):
        kind = mark
        if mark not in {"link", "text"}:
            before, after = _text_of(text, runs, index - 1), _text_of(text, runs, index + 1)
            kind = "text" if _is_inline(mark, before, text[start:end], after) else mark
        if result and kind == "text" and result[-1][0] == "text" and result[-1][2] == start:
            result[-1] = ("text", result[-1][1], end)
        else:
            result.append((kind, start, end))
    return result


def _text_of(text: str, runs: Sequence[Run], index: int) -> str:
    """Return the text of a run by its number, nothing for a link or none."""
    kind, start, end = runs[index] if 0 <= index < len(runs) else ("link", 0, 0)
    return "" if kind == "link" else text[start:end]


def _is_inline(kind: Kind, before: str, text: str, after: str) -> bool:
    """Return True if marked text stands within a word, or within a phrase."""
    if before[-1:].isalnum() or after[:1].isalnum() or _is_field(text, after):
        return True
    if before[-1:] + after[:1] in {"()", "[]"}:
        is_venue = kind == "strong" and text.isupper() and len(text) <= _ACRONYM
        return not is_venue or after[1:].lstrip()[:1].isalnum()
    following = after.lstrip(" ")[:1]
    is_phrase = before.rstrip(" ")[-1:].isalnum()
    if not (is_phrase or following.islower()) or look(plain(text)) not in {"word", "title"}:
        return False
    return len(text.split()) < _most_words(kind, after, is_phrase=is_phrase)


def _most_words(kind: Kind, after: str, *, is_phrase: bool) -> int:
    """Return how many words marked text has, and more, if it is no part of a phrase."""
    following = after.lstrip(" ")[:1]
    word, _, rest = after.lstrip(" ").partition(" ")
    if word == "by" and _begins_with_person(rest):
        return 0
    is_joined = kind == "strong" and word in _PREPOSITIONS and bool(rest.strip())
    if (is_phrase and following in _COLONS) or (is_joined and not is_fact(after)):
        return 6
    is_end = following == "." and kind == "emphasis"  # the last words of a title
    if is_phrase and (following.isalnum() or is_end):
        return 4
    return 2 if following.islower() or kind == "emphasis" else 0


def _begins_with_person(text: str) -> bool:
    """Return True for `Jane Doe and others`, and for `the Ice Group`."""
    words = text.split(maxsplit=2)[:2]
    return words[:1] == ["the"] or people.shape(" ".join(words).strip(",.;")) == "person"


def _is_field(text: str, after: str) -> bool:
    """Return True for the name of a field: `**Authors**: Jane Doe`."""
    has_colon = text.rstrip()[-1:] in _COLONS or after.lstrip()[:1] in _COLONS
    return has_colon and labels.field(text.rstrip(" :\uff1a")) is not None
