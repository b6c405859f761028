"""What two titles do not share, word by word, once all that is one word has found its twin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from harvest.linking.acronyms import find_spelled_out
from harvest.linking.slips import is_misspelt
from harvest.linking.tables import NUMBERED, SMALL_WORDS
from harvest.linking.words import Words, counts

THOUSANDS = 3  # digits of a group: 46 407 is 46407, and 1 2 is not 12
MOST_DIFFERENT = 24  # words of two titles in which acronyms are looked for


class Difference(NamedTuple):
    """The words of two titles that have no counterpart on the other side.

    `respelt` are pairs that are one word but for its spelling, `small` words that need no
    counterpart, `parts` words that tell parts apart.
    """

    mine: Words
    yours: Words
    respelt: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    parts: str = ""


def compare_words(ours: Words, theirs: Words) -> Difference:
    """Compare titles word by word; misspelt, joined (multi modal) and spelled out ones are one."""
    mine, yours = _extra_words(ours, theirs), _extra_words(theirs, ours)
    respelt = [*_take_joined(mine, yours), *_take_joined(yours, mine)]
    respelt += _take_misspelt(mine, yours)
    respelt += [*_take_spelled_out(mine, yours), *_take_spelled_out(yours, mine)]
    small = _small_words(mine + yours)
    extra = tuple(word for word in mine + yours if word in small)
    mine = [word for word in mine if word not in small]
    yours = [word for word in yours if word not in small]
    respelt += _take_rest(mine, yours)
    parts = _parts(ours, theirs, mine, yours)
    return Difference(mine, yours, tuple(respelt), extra, parts)


def _extra_words(words: Words, others: Words) -> Words:
    """Return the words that the others have not, or not as often, in the order of their title."""
    surplus = Counter(words) - Counter(others)
    extra = []
    for word in words:
        if surplus[word] > 0:
            surplus[word] -= 1
            extra.append(word)
    return extra


def _small_words(words: Words) -> frozenset[str]:
    """Return the words that say nothing, of those that only one title has."""
    if any(map(counts, words)):
        return SMALL_WORDS
    return SMALL_WORDS | {"part"}  # "part 2" and "2"


def _take_misspelt(mine: Words, yours: Words) -> Iterator[str]:
    """Take the words that have a misspelt twin out of both, and yield each pair."""
    for word in list(mine):
        twin = next((other for other in yours if is_misspelt(word, other)), None)
        if twin:
            mine.remove(word)
            yours.remove(twin)
            yield f"{word}/{twin}"


def _take_joined(mine: Words, yours: Words) -> Iterator[str]:
    """Take out words that are the same but for the blanks between them, and a letter or two."""
    for word in list(yours):
        for place, pair in enumerate(pairwise(mine)):
            is_number = word.isdigit() and len(pair[1]) != THOUSANDS
            if "".join(pair) == word and not is_number:
                del mine[place : place + 2]
                yours.remove(word)
                yield f"{' '.join(pair)}/{word}"
                break


def _take_rest(mine: Words, yours: Words) -> Iterator[str]:
    """Take out all that is left, if it is the same but for blanks and a letter or two."""
    one, other = "".join(mine), "".join(yours)
    if one and (one == other or is_misspelt(one, other)) and not (one + other).isdigit():
        yield f"{' '.join(mine)}/{' '.join(yours)}"
        mine.clear()
        yours.clear()


def _take_spelled_out(mine: Words, yours: Words) -> Iterator[str]:
    """Take acronyms out of one title, and what they stand for out of the other."""
    if len(mine) + len(yours) > MOST_DIFFERENT:
        return
    for start, length in product(range(len(mine)), (3, 2, 1)):  # "sars cov" is two words
        letters = mine[start : start + length]
        is_acronym_like = SMALL_WORDS.isdisjoint(letters) and len("".join(letters)) > len(letters)
        place = find_spelled_out("".join(letters), yours) if is_acronym_like else None
        if place:
            yield f"{' '.join(letters)}/{' '.join(yours[place])}"
            del mine[start : start + length]
            del yours[place]


def _parts(ours: Words, theirs: Words, mine: Words, yours: Words) -> str:
    """Return the words that tell two parts apart behind the same noun (Part North, Part South)."""
    one = {noun: word for noun, word in pairwise(ours) if noun in NUMBERED and word in mine}
    other = {noun: word for noun, word in pairwise(theirs) if noun in NUMBERED and word in yours}
    return ", ".join(f"{one[noun]}/{other[noun]}" for noun in sorted(one.keys() & other.keys()))
