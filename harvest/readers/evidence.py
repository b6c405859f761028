"""The evidence of all entries of a list for what their segments are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import filterfalse, islice, pairwise

from harvest.readers import people
from harvest.readers.looks import plain, without_year
from harvest.readers.segments import Segment
from harvest.readers.signature import LINKS, PRIOR_COUNT, Keyed, Roles, SegmentKey, Signature

_PHRASE = 0.4  # of a title: what is too short for one
_PRIORS = {
    "paper": 0.6, "quotation": 0.4, "other": 0.45, "strong": 0.35, "text": 0.15, "emphasis": 0.1,
    "code": -0.5, "brackets": -0.3, "label": -9.0, "cited": 9.0, "people": -9.0,
}  # fmt: skip
_LATER = 0.12  # less for each segment before it
_BELOW = 0.25  # less on a line below the first one, behind names
_CITATION = 0.35  # more on such a line behind names, if it has the words of titles
_WORDS_OF_TITLE = 4  # on average, more, and more than what stands first
_WORDS_OF_NAMES = 7  # on average, with where people work
_DESCRIBES = 0.8  # less on such a line without names
_BEHIND = 0.8  # less behind the label of a link that names something
_FIRST_OF_NO_PAPER = 0.5  # more: what stands behind it describes
_DESCRIBING = re.compile(r"[a-z]+(?= )")  # but `idtracker.ai: ...`, `iNeRF`
_SMALL = 0.4  # less where most begin with a small word, and something stands before them
_LEAST = 0.5
_MOST = 0.5  # of the entries
_NEARLY_ALL = 0.8
_FEWEST = 20  # entries of which a tenth says something


class Evidence:
    """What the segments at one place look like, over some entries."""

    __slots__ = ("count", "dated", "descriptions", "names", "phrases", "texts", "titles", "words")

    def __init__(self) -> None:
        self.count = 0
        self.dated = 0  # with a date or a venue right behind them
        self.descriptions = 0  # that begin with a small word, as hardly a title does
        self.titles = 0
        self.phrases = 0  # that may be titles: words
        self.names = 0
        self.words = 0
        self.texts: set[str] = set()

    def add(self, segment: Segment) -> None:
        """Count a segment."""
        look = segment.look
        self.count += 1
        self.titles += look == "title"
        self.descriptions += look == "title" and _DESCRIBING.match(segment.text) is not None
        self.phrases += look == "word"
        self.names += look == "names"
        self.words += segment.words
        self.texts.add(segment.text)

    def merge(self, other: Evidence) -> None:
        """Count the segments of another place."""
        self.count += other.count
        self.dated += other.dated
        self.titles += other.titles
        self.descriptions += other.descriptions
        self.phrases += other.phrases
        self.names += other.names
        self.words += other.words
        self.texts |= other.texts

    @property
    def title(self) -> float:
        """How many titles the segments are worth."""
        return self.titles + _PHRASE * self.phrases

    @property
    def repetition(self) -> float:
        """The part of the segments whose text stands elsewhere, too."""
        return 1 - len(self.texts) / self.count if self.count > PRIOR_COUNT else 0.0


Pools = dict[SegmentKey, Evidence]  # of the whole list


def learn(signatures: Iterable[Signature], entries: Iterable[Keyed]) -> dict[Signature, Roles]:
    """Return what the segments of each layout are, by the evidence of all entries."""
    groups: dict[Signature, list[Evidence]] = {}
    for signature, keyed in zip(signatures, entries, strict=True):
        if signature not in groups:
            groups[signature] = [Evidence() for _ in keyed]
        for evidence, (_, segment) in zip(groups[signature], keyed, strict=True):
            evidence.add(segment)
        for evidence, pair in zip(groups[signature], pairwise(keyed), strict=False):
            evidence.dated += _is_dated(*pair)
    pools = _pools(groups)
    families, persons = (
        frozenset(key for key, pool in pools.items() if _holds(test, key, pool, fewest))
        for test, fewest in ((_are_families, _FEWEST), (_is_person, PRIOR_COUNT + 1))
    )
    return {
        signature: _roles(signature, group, pools, families)._replace(persons=persons)
        for signature, group in groups.items()
    }


def _is_dated(first: tuple[SegmentKey, Segment], second: tuple[SegmentKey, Segment]) -> bool:
    return first[0][1] == second[0][1] > 0 and second[1].look == "fact"


def _pools(groups: Mapping[Signature, Sequence[Evidence]]) -> Pools:
    """Return the evidence of all layouts by place."""
    pools: Pools = {}
    for signature, group in groups.items():
        is_reference = any(key[0] == "cited" for key in signature)
        for key, evidence in zip(signature, group, strict=True):
            pool = pools.setdefault(key, Evidence())
            if not is_reference or key[0] in {"people", "cited"}:
                pool.merge(evidence)  # what stands behind a title tells of no other entry
    return pools


def _holds(test: Callable[[str], bool], key: SegmentKey, pool: Evidence, fewest: int) -> bool:
    """Return True for a place at which most texts pass a test and differ: `Ann Roe:`, `Doe 2020 -`.

    Names differ from entry to entry; a venue may have several years.
    """
    least = max(fewest, _MOST * pool.count)
    is_long = pool.words > _WORDS_OF_NAMES * pool.count  # as most titles
    if key[0] in LINKS or is_long or len(pool.texts) < least:
        return False
    names = {without_year(plain(text)) for text in pool.texts}
    exceptions = filterfalse(test, names)  # no more are looked for than decide
    most = len(names) - int(_NEARLY_ALL * len(names)) - 1
    return len(names) >= least and next(islice(exceptions, most, None), None) is None


def _is_person(text: str) -> bool:
    return {part.shape for part in people.parts(text)} <= {"person", "others"}


def _are_families(text: str) -> bool:
    """Return True for nothing but names, some of them without given names: `Doe, van Roe`."""
    shapes = {part.shape for part in people.parts(text)}
    return "family" in shapes and shapes <= {"family", "person", "others"}


def _roles(
    signature: Signature,
    group: Sequence[Evidence],
    pools: Pools,
    families: frozenset[SegmentKey],
) -> Roles:
    """Return what the segments of a layout are; `families` are where family names stand."""
    scores = [_title_score(signature, index, group, pools) for index in range(len(group))]
    best = max(range(len(scores)), key=lambda index: (scores[index], -index), default=None)
    title = best if best is not None and scores[best] >= _LEAST else None
    authors, names = set(), set()
    for index, key in enumerate(signature):
        if index == title or key[0] in LINKS:
            continue
        pool = pools[key]
        share = _blend(group[index].names, group[index].count, pool.names, pool.count)
        has_names = share >= _MOST and pool.count > PRIOR_COUNT
        if key[0] == "people" or has_names or key in families:
            authors.add(key)
        if pool.names * 10 >= pool.count or pool.count < _FEWEST:
            names.add(key)
    return Roles(title, frozenset(authors), frozenset(names), group[0].count if group else 0)


def _title_score(
    signature: Signature, index: int, layout: Sequence[Evidence], pools: Pools
) -> float:
    """Return how much speaks for a segment of a layout as its title."""
    key, group = signature[index], layout[index]
    kind, line, _ = key
    pool = pools[key]
    score = _blend(group.title, group.count, pool.title, pool.count) + _PRIORS[kind]
    before = [other[0] for other in signature[:index] if other[1] == line]
    score -= _LATER * len([other for other in before if other != "label"])
    if line:
        has_names = _has_names(pools[key] for key in signature[:index] if key[1] == line)
        is_first = all(key[1] < line for key in signature[:index])
        has_names = has_names or (is_first and pool.dated > _MOST * pool.count)
        is_long = group.words > max(layout[0].words, _WORDS_OF_TITLE * group.count)
        is_citation = has_names and is_long and pool.words > _WORDS_OF_TITLE * pool.count
        if is_citation:
            score += _CITATION
        elif any(_may_be_titles(pools[key]) for key in signature[:index] if key[0] != "label"):
            score -= _BELOW if has_names else _DESCRIBES
    if {"paper", "other"} & {other[0] for other in signature[:index]}:
        score -= _BEHIND
    if index and 2 * group.descriptions > group.count:
        score -= _SMALL
    papers = {other[0] for other in signature} & {"label", "paper"}
    if not papers and index == 0:
        score += _FIRST_OF_NO_PAPER
    return score - pool.repetition / 2


def _may_be_titles(pool: Evidence) -> bool:
    """Return True unless most segments at a place are names, dates or venues."""
    return pool.titles + pool.phrases >= _MOST * pool.count


def _has_names(pools: Iterable[Evidence]) -> bool:
    """Return True if most segments at one of some places are names."""
    return any(pool.names >= _MOST * pool.count for pool in pools)


def _blend(total: float, count: int, pooled: float, pool: int) -> float:
    """Return a mean over a layout, smoothed by that over the list."""
    prior = pooled / pool if pool else 0.0
    return (total + PRIOR_COUNT * prior) / (count + PRIOR_COUNT)
