"""Two titles compared word by word: what is spelling, and what makes it another title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz import fuzz

from harvest.linking.kinds import kind_of_title, strip_notice
from harvest.linking.ledger import Penalty
from harvest.linking.words import (
    DENIALS,
    NUMBERED,
    SMALL_WORDS,
    Words,
    are_opposite,
    counts,
    is_misspelt,
    title_words,
)

SAME_TITLE = 0.8  # likeness below which two titles are not those of one form of a work
MIN_WORDS = 4  # that a shortened title has left; shorter ones are nicknames
MAX_PART_WORDS = 2  # "II" or "Phase 2" at the end is no subtitle, but one paper of several

# What a difference costs.
REORDERED = 0.04
SHORTENED = 0.05
CUT = 0.12  # shortened within a phrase, with no ellipsis: as likely the authors' next paper
WORDS = 0.3  # a word in place of another: CT and MRI, denoising and segmentation
NUMBERS = 0.25  # "Part 1" and "Part 2", 2D and 3D
OPPOSITE = 0.5  # qualitative and quantitative, with and without
ABOUT_IT = 0.5  # a notice of a paper or a comment on it

DIRECTIONS = frozenset({"to", "from", "into"})
ELLIPSIS = re.compile(r"(?:\.\.|\u2026)\W*$")
PHRASE_END = re.compile(r"[:?!.;]\s|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|\(")


def compare_titles(query: str, candidate: str) -> list[Penalty]:
    """Return what the difference of two titles costs; a list may break the first one off."""
    penalties = []
    if kind_of_title(query) != kind_of_title(candidate):
        penalties.append(Penalty("notice", ABOUT_IT, "a notice of a paper is not the paper"))
        query_words, words = title_words(strip_notice(query)), title_words(strip_notice(candidate))
    else:
        query_words, words = title_words(query), title_words(candidate)
    ours, theirs = list(query_words), list(words)
    if not (ours and theirs):
        return [Penalty("title", 1.0, "one side has none")]
    is_cut = bool(ELLIPSIS.search(query))
    if is_cut:
        penalties.append(Penalty("shortened", SHORTENED, "the list breaks it off"))
    if ours == theirs:
        return penalties
    one, other = " ".join(ours), " ".join(theirs)
    alike, way = likeness(one, other)
    if alike < 1:
        penalties.append(Penalty("title", round(1 - alike, 4), f"{alike:.0%} alike"))
    if way and not (is_cut and way.name == "shortened"):
        penalties.append(way)
    if is_cut or (ours[-1] in SMALL_WORDS and not (way and way.name == "order")):
        starting = (word for word in theirs if word.startswith(ours[-1]))
        whole = next(starting, ours[-1])
        mine, yours = unmatched([*ours[:-1], whole], theirs[: len(ours)])
        is_phrase = False
    else:
        mine, yours = unmatched(ours, theirs)
        is_phrase = _is_phrase(query, candidate, {*mine, *yours}, {ours[-1], theirs[-1]})
    penalties += _compare_unmatched(mine, yours, is_phrase=is_phrase)
    penalties += _compare_order(ours, theirs)
    return penalties


def likeness(one: str, other: str) -> tuple[float, Penalty | None]:
    """Return how alike two folded titles are (0 to 1), with the penalty of a way in which they are.

    A title may be cut at its end, lose what stands before or behind its colon, or have its words in
    another order.
    """
    best, way = fuzz.ratio(one, other) / 100, None
    reordered = fuzz.token_sort_ratio(one, other) / 100
    if reordered - REORDERED > best:
        best, way = reordered, Penalty("order", REORDERED, "the same words in another order")
    short, long = sorted((one, other), key=len)
    if len(short.split()) >= MIN_WORDS and len(short) < 0.95 * len(long):
        ends = long[: len(short)], long[-len(short) :]
        part = max(fuzz.ratio(short, end) / 100 for end in ends)
        if part - SHORTENED > best - (REORDERED if way else 0.0):
            best, way = part, Penalty("shortened", SHORTENED, "one title is a part of the other")
    return best, way


def unmatched(ours: Words, theirs: Words) -> tuple[Words, Words]:
    """Return the words of two titles that have no counterpart on the other side.

    Misspelt and joined words (multi modal, multimodal) have one, small words need none.
    """
    mine = list((Counter(ours) - Counter(theirs)).elements())
    yours = list((Counter(theirs) - Counter(ours)).elements())
    for word in list(mine):
        twin = next((other for other in yours if is_misspelt(word, other)), None)
        if twin:
            mine.remove(word)
            yours.remove(twin)
    if _is_joined("".join(mine), "".join(yours)):
        return [], []
    small = SMALL_WORDS
    if any(len(word) == 1 and word != "a" for word in mine + yours):  # Part A and Part B
        small = SMALL_WORDS - {"a"}
    if DENIALS.intersection(mine + yours):  # with and without
        small = small - {"with"}
    mine = [word for word in mine if word not in small]
    yours = [word for word in yours if word not in small]
    return ([], []) if _is_joined("".join(mine), "".join(yours)) else (mine, yours)


def _is_joined(one: str, other: str) -> bool:
    """Return True if words are the same but for the blanks between them, and a letter or two."""
    return one == other or is_misspelt(one, other)


def _is_phrase(query: str, candidate: str, extra: set[str], ends: set[str]) -> bool:
    """Return True if what one title has more is a phrase; a number at its end is a part of it."""
    if len(extra) <= MAX_PART_WORDS and any(map(counts, extra & ends)):
        return False
    return _adds_phrase(query, extra, candidate) or _adds_phrase(candidate, extra, query)


def _adds_phrase(title: str, extra: set[str], rest: str) -> bool:
    """Return True if a title is the rest with the extra words before or behind a colon or like."""
    folded = " ".join(title_words(rest))
    for mark in PHRASE_END.finditer(title):
        head, tail = title[: mark.start()], title[mark.end() :]
        for part, phrase in ((head, tail), (tail, head)):
            words = {*title_words(phrase)} - SMALL_WORDS
            if words == extra and fuzz.ratio(" ".join(title_words(part)), folded) >= 90:
                return True
    return False


def _compare_unmatched(ours: Words, theirs: Words, *, is_phrase: bool) -> Iterator[Penalty]:
    if ours and theirs:
        yield Penalty("words", WORDS, f"{' '.join(ours)} in place of {' '.join(theirs)}")
    elif (ours or theirs) and not is_phrase:
        yield Penalty("cut", CUT, f"{' '.join(ours or theirs)} on one side only")
    numbers = {word for word in (*ours, *theirs) if counts(word)}
    is_part = bool(NUMBERED.intersection(ours + theirs))
    if numbers and (not is_phrase or is_part or numbers.intersection(ours)):
        yield Penalty("numbers", NUMBERS, f"not in both: {', '.join(sorted(numbers))}")
    denials = DENIALS.intersection(ours + theirs)
    pairs = [f"{one}/{other}" for one in ours for other in theirs if are_opposite(one, other)]
    if pairs or (denials and not is_phrase):
        why = ", ".join([*pairs, *sorted(denials)])
        yield Penalty("opposite", OPPOSITE, f"the opposite: {why}")


def _compare_order(words: Words, others: Words) -> Iterator[Penalty]:
    """Yield what costs more than an order of words usually does."""
    if _is_reversed(words, others):
        yield Penalty("words", WORDS, "from one to the other, the other way round")
    if _are_numbers_moved(words, others):
        yield Penalty("numbers", NUMBERS, "the same numbers of other things")


def _is_reversed(words: Words, others: Words) -> bool:
    """Return True if what is led to or from is another: CT to MR, MR to CT.

    Words that are moved as a whole keep their direction.
    """
    ours, theirs = Counter(pairwise(words)), Counter(pairwise(others))
    goals = [pair for pair in theirs - ours if pair[0] in DIRECTIONS]
    for way, end in ours - theirs:
        if end in others and any(way == other and end != goal for other, goal in goals):
            return True
    return False


def _are_numbers_moved(words: Words, others: Words) -> bool:
    """Return True if numbers changed their places: "Part 1 of 2" and "Part 2 of 1".

    Numbers that are moved with a phrase keep a neighbour.
    """
    ours, theirs = list(filter(counts, words)), list(filter(counts, others))
    if ours == theirs or Counter(ours) != Counter(theirs):
        return False
    pairs = set(pairwise(others))
    for before, number, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if counts(number) and not {(before, number), (number, after)} & pairs:
            return True
    return False
