"""The signature of an entry, its kinds of segments in order, and which of them are what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from harvest.readers.segments import LINES, Segment

SegmentKey = tuple[str, int, int]  # kind, line, how many of its kind stand before it there
Signature = tuple[SegmentKey, ...]
Keyed = list[tuple[SegmentKey, Segment]]
_SEGMENTS = 16
PRIOR_COUNT = 3  # entries that the evidence of the whole list counts for
LINKS = frozenset({"label", "paper", "other"})


class Roles(NamedTuple):
    """Which keys of a signature are what; None where there is nothing of the kind."""

    title: int | None
    authors: frozenset[SegmentKey]
    names: frozenset[SegmentKey]  # where names are authors if nothing speaks against it
    support: int  # entries
    is_set: bool = False  # by hand
    persons: frozenset[SegmentKey] = frozenset()  # where the list has a single name

    @property
    def certain_authors(self) -> frozenset[SegmentKey] | None:
        """The keys of the authors if they were set, or are those of a reference."""
        if self.is_set:
            return self.authors
        return frozenset(key for key in self.authors if key[0] == "people") or None


def keys(segments: Sequence[Segment]) -> Keyed:
    """Return the segments that make a layout, each with its key.

    Links that name only their kind are one, and numbers are none.
    """
    result: Keyed = []
    counts: dict[tuple[int, str], int] = {}
    for segment in segments:
        if segment.line >= LINES or len(result) == _SEGMENTS:
            break
        look, kind = segment.look, str(segment.kind)
        if look == "number" or (look == "none" and segment.link is None):
            continue
        if segment.link is not None:
            kind = "label" if look == "label" else segment.link.role
            kind = kind if kind in {"label", "paper"} else "other"
        if kind == "label" and result and result[-1][0][0] == "label":
            continue
        nth = counts.get((segment.line, kind), 0)
        counts[segment.line, kind] = nth + 1
        result.append(((kind, segment.line, nth), segment))
    return result
