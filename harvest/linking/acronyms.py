"""Acronyms, and the words that they stand for: SBRT, SARS-CoV, COVID-19.

Each word gives its first letter, and perhaps more of them to an acronym of some length; small ones
may give none, and a number gives all or its last two digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from harvest.linking.tables import SMALL_WORDS

MIN_ACRONYM, MAX_ACRONYM = 2, 12  # letters
MIN_SYLLABLES = 4  # letters of an acronym that has more than the first ones
MAX_SPELLED = 8  # words that an acronym stands for


def is_acronym(letters: str, words: Sequence[str]) -> bool:
    """Return True if letters stand for words, all of them."""
    if not _may_be_acronym(letters) or len(words) < 2 or 2 * len(letters) > sum(map(len, words)):
        return False
    places = list(_reach(letters, words))
    return len(places) == len(words) and len(letters) in places[-1]


def find_spelled_out(letters: str, words: Sequence[str]) -> slice | None:
    """Return the place of the words that an acronym stands for, if they follow each other."""
    if not _may_be_acronym(letters):
        return None
    for start in range(len(words) - 1):
        longest, length = 0, 0
        following = words[start : start + MAX_SPELLED]
        for count, ends in enumerate(_reach(letters, following), 1):
            length += len(following[count - 1])
            if count > 1 and len(letters) in ends and 2 * len(letters) <= length:
                longest = count
        if longest:
            return slice(start, start + longest)
    return None


def _may_be_acronym(letters: str) -> bool:
    return MIN_ACRONYM <= len(letters) <= MAX_ACRONYM and not letters.isdigit()


def _reach(letters: str, words: Iterable[str]) -> Iterator[set[int]]:
    """Yield for each word how many letters of an acronym may be spelled out; end if none can."""
    ends = {0}
    for word in words:
        ends = set(chain.from_iterable(_ends(letters, end, word) for end in ends))
        if not ends:
            return
        yield ends


def _ends(letters: str, start: int, word: str) -> Iterator[int]:
    """Yield where in an acronym the letters of a word may end that begin at `start`."""
    if word in SMALL_WORDS:
        yield start
    if word.isdigit():
        yield from (start + len(it) for it in {word, word[-2:]} if letters.startswith(it, start))
    elif letters.startswith(word[0], start):
        longest = start + 1
        if len(letters) >= MIN_SYLLABLES:
            longest = _take_letters(letters, start + 1, word[1:])
        yield from range(start + 1, longest + 1)


@lru_cache(maxsize=1 << 14)
def _take_letters(letters: str, start: int, word: str) -> int:
    """Return how far a word goes on with the letters of an acronym, by letters in its order."""
    for letter in word:
        if letters[start : start + 1] == letter:
            start += 1
    return start
