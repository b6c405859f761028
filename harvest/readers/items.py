"""Title, authors and date of a list item, by the shapes that lists use.

[Title](url) Authors. Submitted on 2 Sep 2023.         [Title](url) *Authors* (CVPR 2023)
**Title** - Authors, Venue 2023. [[Paper]](url)        Title, Authors. [pdf](url) [code](url)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from harvest import dates
from harvest.models import Role
from harvest.readers.labels import WORDS, is_generic

Span = tuple[int, int]

_LONGEST = 20_000  # characters of an item: more is not an entry
_EDGES = " \t\n,;:|-\u2013\u2014\u00b7\u2022"
_QUOTED = re.compile(r'["“]([^"“”]{8,300})["”]')
# Authors end at a date, at the venue, or where the sentence does. The full stop of an initial ends
# nothing.
_VENUE = re.compile(rf"\b(?:{'|'.join(map(re.escape, WORDS.items['venues']))})\b")
_SENTENCE = re.compile(
    r"(?:(?<=[^\W\d_][^\W\d_])(?<! al)(?<! Jr)(?<! Sr)|(?<=\)))\.(?:\s|$)|\s[-\u2013\u2014|]\s"
)
_SEPARATOR = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[- ]?){1,4}")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
# Marks of affiliations, as they are left of `Roe<sup>1,*</sup>`: signs anywhere, numbers right
# behind a name.
_SIGN = r"*\u2217\u2020\u2021\u00a7\u00b6#^\u2709\u00b9\u00b2\u00b3\u2070-\u2079"
_SIGNS = re.compile(rf",?(?:[{_SIGN}]|\$[^$]{{1,20}}\$)+(?:,(?=\d))?")
_NUMBERS = re.compile(r"(?<=[^\W\d_A-Z])\d{1,2}(?:,\s?\d{1,2})*(?!\w)|\s(?=[,;])")
_MARKED = re.compile(
    rf"[$\d{_SIGN}](?:(?<=\D)|(?<=[^\W\d_]\d))"
)  # begins with a set: 5 times as fast


class Label(NamedTuple):
    """The label of a link, where it stands in the text of an item, and the role of the link."""

    start: int
    end: int
    text: str
    role: Role


class Description(NamedTuple):
    """What a list says of a work."""

    title: str | None = None
    authors: str | None = None
    date: str | None = None


def describe(
    text: str, labels: Sequence[Label], bold: Iterable[Span] = (), italic: Iterable[Span] = ()
) -> Description:
    """Parse title, authors and date out of the text of an item."""
    if len(text) > _LONGEST:
        return Description()
    title, start, end = _title(text, labels, bold)
    later = [label for label in labels if label.start >= end]
    next_label = min((label.start for label in later), default=len(text))
    emphasis = next((span for span in italic if end <= span[0] < next_label), None)
    rest = _without(text, end, later)
    date = dates.find(rest) or dates.find(text[:start])
    return Description(title or None, _authors(text, end, next_label, emphasis), date)


def _title(text: str, labels: Sequence[Label], bold: Iterable[Span]) -> tuple[str, int, int]:
    """Return the title and where it stands.

    It is the label of a paper, else bold or quoted text, else any label, else the first sentence.
    """
    titles = [label for label in labels if not is_generic(label.text)]
    for label in titles:
        if label.role == "paper":
            return label.text, label.start, label.end
    for start, end in _marked(text, labels, bold):
        title = text[start:end].strip(_EDGES)
        if not is_generic(title) and title[0] not in "([":
            return title, start, end + (text[end : end + 1] in ('"', "”"))
    if titles:
        return titles[0].text, titles[0].start, titles[0].end
    before = text[: min((label.start for label in labels), default=0)]
    return _first_sentence(before) if before.strip() else ("", 0, 0)


def _marked(text: str, labels: Sequence[Label], bold: Iterable[Span]) -> Iterator[Span]:
    """Yield where bold text outside of labels stands, then quoted text."""
    for start, end in bold:
        if not any(label.start <= start < label.end for label in labels):
            yield start, end
    for quotation in _QUOTED.finditer(text):
        yield quotation.span(1)


def _first_sentence(text: str) -> tuple[str, int, int]:
    sentence = _SENTENCE.search(text)
    end = sentence.start() if sentence else len(text)
    for comma in islice(re.finditer(",", text[:end]), 10):
        if _authors(text, comma.end(), end, None):
            end = comma.start()
            break
    title = text[:end].strip(_EDGES + "[(")
    return (title, 0, end) if " " in title else ("", 0, 0)


def _authors(text: str, start: int, end: int, emphasis: Span | None) -> str | None:
    """Return the authors between two places of a text, None if it does not read like names."""
    names, sure = text[start : emphasis[0] if emphasis else end], False
    if emphasis and not names.strip(_EDGES + "."):
        names, sure = text[emphasis[0] : min(emphasis[1], end)], True
    names = plain_names(names.strip(_EDGES).lstrip(_EDGES + "."))
    if names[:3].lower() == "by ":
        names, sure = names[3:], True
    matches = (_VENUE.search(names), _SENTENCE.search(names))
    ends = [match.start() for match in matches if match]
    names = names[: min([*ends, dates.find_start(names)])]
    names = re.sub(r"[(\[][^()\[\]]*$", "", names).strip(_EDGES)
    return names if _are_names(names, sure=sure) else None


def plain_names(text: str) -> str:
    """Return names without the marks of affiliations."""
    return _NUMBERS.sub("", _SIGNS.sub("", text)).strip() if _MARKED.search(text) else text


def _are_names(text: str, *, sure: bool) -> bool:
    """Return True if a text lists people; unless that is `sure`, one name is not enough."""
    parts = [part for part in _SEPARATOR.split(_AFFILIATION.sub("", text)) if part]
    others = [part for part in parts if part.rstrip(".") in {"et al", "others"}]
    if others or (parts and parts[-1].endswith(" et al.")):
        sure = True
    names = [part.removesuffix(" et al.") for part in parts if part not in others]
    if not names or not (sure or len(parts) > 1):
        return False
    initials = [_INITIALS.fullmatch(name) is not None for name in names]
    followed = [*initials[1:], False]  # `Doe, J.`: the first part is a family name
    shapes = zip(names, initials, followed, strict=True)
    return bool(others) or all(_is_name(name) or first or second for name, first, second in shapes)


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 6:
        return False
    return all(word[0].isupper() or word in WORDS.items["particles"] for word in words)


def _without(text: str, start: int, labels: Iterable[Label]) -> str:
    """Return a text from `start` on, with a blank for each label."""
    parts = []
    for label in labels:
        parts.append(text[start : label.start])
        start = max(start, label.end)
    return " ".join([*parts, text[start:]])
