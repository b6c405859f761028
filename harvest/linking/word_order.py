"""Whether two titles have the same words in an order that changes their meaning."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from harvest.linking.tables import SMALL_WORDS
from harvest.linking.words import Words, counts

ARTICLES = frozenset({"a", "an", "the"})
SYMMETRIC = frozenset({"and", "or", "versus", "vs", "with"})
PAIR = re.compile(r"\b([^\W\d_]+)[-\u2010-\u2014\u2192]([^\W\d_]+)\b")
DIRECTIONS = frozenset({"to", "from", "into"})


def is_reversed(words: Words, others: Words) -> bool:
    """Return True if what is led to or from is another: CT to MR, MR to CT.

    Words that are moved as a whole keep their direction.
    """
    ours, theirs = Counter(pairwise(words)), Counter(pairwise(others))
    goals = [pair for pair in theirs - ours if pair[0] in DIRECTIONS]
    for way, end in ours - theirs:
        if end in others and any(way == other and end != goal for other, goal in goals):
            return True
    return False


def are_exchanged(words: Words, others: Words) -> bool:
    """Return True if two parts changed places around a word that relates them (sleep on diet).

    Parts that a word such as "and" or "versus" joins may stand in any order, and so may the halves
    of a title.
    """
    ours, theirs = ([it for it in title if it not in ARTICLES] for title in (words, others))
    if len(ours) != len(theirs) or Counter(ours) != Counter(theirs):
        return False
    if " ".join(theirs) in " ".join(ours + ours):  # whole, or its halves
        return False
    same = [one == other for one, other in zip(ours, theirs, strict=True)]
    start, end = same.index(False), len(same) - same[::-1].index(False)
    ours, theirs = ours[start:end], theirs[start:end]
    for size in range(1, len(ours)):
        last, rest = ours[-size:], theirs[size:]
        if last != theirs[:size]:
            continue
        first = next((it for it in range(len(rest), 0, -1) if rest[-it:] == ours[:it]), 0)
        between = ours[first:-size]
        if first and between == rest[:-first]:
            is_number = all(map(str.isdigit, last)) or all(map(str.isdigit, ours[:first]))
            return not (is_number or SYMMETRIC.issuperset(between))
    return False


def has_reversed_pair(query: str, candidate: str) -> bool:
    """Return True if a hyphen joins two words the other way round (text-image, image-text)."""
    ours, theirs = (set(PAIR.findall(title.casefold())) for title in (query, candidate))
    return any((end, start) in theirs - ours for start, end in ours - theirs)


def are_numbers_moved(words: Words, others: Words) -> bool:
    """Return True if numbers changed their places: "Part 1 of 2" and "Part 2 of 1".

    Numbers that are moved with a phrase keep a neighbour.
    """
    numbers = {word for word in words if counts(word)} - SMALL_WORDS
    ours = [word for word in words if word in numbers]
    theirs = [word for word in others if word in numbers]
    if ours == theirs or Counter(ours) != Counter(theirs):
        return False
    pairs = set(pairwise(others))
    for before, number, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if number in numbers and not {(before, number), (number, after)} & pairs:
            return True
    return False
