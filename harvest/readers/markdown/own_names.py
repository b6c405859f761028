"""Emphasis within lists of names: people set their own name apart, and students of theirs.

    A. Turing, **G. Hopper**, *E. Dijkstra*: A title of it

Such a name is one of the list, and neither a title nor all of the authors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from harvest.readers import people
from harvest.readers.markdown.inline import InlineText, Span

_LONGEST = 60  # characters of a name
_SEPARATORS = " ,:;&\u3001"
_AND = r"(?:and|et|und|y|e)\b"
_BEHIND = re.compile(rf"[*\u2020\u2021]*\s*(?:[,;&\u3001]|{_AND})\s*(?:{_AND}\s*|&\s*)?")
_BEFORE = re.compile(rf"\s*(?:[,;&\u3001]|\s{_AND})\s*(?:{_AND}\s*|&\s*)?\Z")
_LAST = re.compile(rf"(?:&|\s{_AND})\s*\Z")  # before the last name
_END = re.compile(r"[:(\[\n]|(?<=[^\W\d_]{2})\.\s|\s[-\u2013\u2014]\s")  # of all the names
_PIECE = re.compile(rf"[,;&\u3001]|\s{_AND}\s")
_INITIAL = re.compile(r"(?:^|[\s.-])[^\W\d_a-z]\.|\s[^\W\d_a-z]{1,2}$|, ?[^\W\d_a-z]\b")
_HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]{2,4}")
_NEXT = 80  # characters in which a name and its initials stand


def repeated(entries: Iterable[Sequence[InlineText]]) -> frozenset[str]:
    """Return the names that are emphasised in several entries, each the blocks of one."""
    names = (set(chain.from_iterable(map(_names, entry))) for entry in entries)
    counts = Counter(chain.from_iterable(names))
    return frozenset(name for name, count in counts.items() if count > 1)


def _names(block: InlineText) -> Iterator[str]:
    for start, end in chain(block.bold, block.italic):
        name = "".join(block.parts[start:end]).strip(_SEPARATORS)
        if _are_names(name):
            yield name


def is_among_names(text: str, span: Span, repeated: Collection[str]) -> bool:
    """Return True if emphasised text is a name in a list of them.

    What stands at an edge of the list may be a title of two words as well (`Segment Anything`),
    unless it has initials, or is repeated in other entries.
    """
    start, end = span
    name = text[start:end].strip(_SEPARATORS)
    if not _are_names(name):
        return False
    end = start + len(text[start:end].rstrip(_SEPARATORS))
    is_behind, is_before = _ends_in_name(text[:start]), _begins_with_name(text[end:])
    if is_behind and (is_before or _LAST.search(text[:start])):
        return True
    is_sure = name in repeated or _INITIAL.search(name) is not None
    return is_sure and (is_behind or is_before)


def _are_names(text: str) -> bool:
    """Return True for nothing but names: `J. Doe`, `Doe, J.`, `Jane Doe, John Roe`, `et al.`."""
    if not text or len(text) > _LONGEST:
        return False
    names = people.parts(text)
    if all(part.shape in {"person", "others", "family", "initials"} for part in names):
        shapes = {part.shape for part in names}
        return shapes != {"family"} or _HAN.fullmatch(text) is not None
    return False


def _begins_with_name(text: str) -> bool:
    """Return True for what follows a name in a list of names: a separator and another name."""
    between = _BEHIND.match(text)
    if between is None:
        return False
    following = _END.split(text[between.end() :][:_NEXT], maxsplit=1)[0]
    shapes = [part.shape for part in people.parts(following)[:2]]
    if shapes[:1] in (["person"], ["others"]) or shapes == ["family", "initials"]:
        return True
    return _HAN.fullmatch(_PIECE.split(following, maxsplit=1)[0].strip()) is not None


def _ends_in_name(text: str) -> bool:
    """Return True for what stands before a name in a list of names: a name and a separator."""
    between = _BEFORE.search(text[-_NEXT:])
    if between is None:
        return False
    *_, piece = _PIECE.split(text[-_NEXT:][: between.start()])
    words = piece.strip(_SEPARATORS).split()
    return (
        _HAN.fullmatch(piece.strip()) is not None
        or _is_person(" ".join(words[-3:]))
        or _is_person(" ".join(words[-2:]))
    )


def _is_person(text: str) -> bool:
    return bool(text.strip()) and people.shape(text.strip()) in {"person", "initials"}
