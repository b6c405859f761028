"""Whether two words are one but for a slip of the pen, or nearly alike and of another meaning."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import product, starmap
from operator import add

from rapidfuzz.distance import OSA, Postfix, Prefix

from harvest.linking.tables import SMALL_WORDS, TABLES, word_set
from harvest.linking.words import DIGIT, LOST, ROMAN


def _singulars(one: str, other: str) -> frozenset[str]:
    """Return a key of two words that their plurals share."""
    return frozenset((one.removesuffix("s"), other.removesuffix("s")))


OPPOSITES = frozenset(_singulars(*pair.split()) for pair in TABLES.opposites)
CONFUSABLE = frozenset(_singulars(*pair.split()) for pair in TABLES.confusable)
ABBREVIATIONS = frozenset(
    frozenset((short, long))
    for short, *words in map(str.split, TABLES.abbreviations)
    for long in words
)
ENDINGS = tuple(tuple(group.split()) for group in TABLES.endings)
DENYING = tuple(TABLES.denying.split())
PREFIXES = tuple(tuple(group.split()) for group in TABLES.prefixes)
INFLECTIONS = word_set(TABLES.inflections) | {""}
DOUBLED = re.compile(r"(\w)\1+")
MAX_LOST = 2  # letters that one mark stands for: ß is ss
MAX_DAMAGED = 40  # letters of a word that is compared with one that lost some
MIN_ROOT = 5  # letters that the forms of a word share
MIN_LONG = 6  # letters of a word in which there may be two slips
MIN_STEM = 3  # letters of a word without its beginning


@lru_cache(maxsize=1 << 15)
def is_misspelt(one: str, other: str) -> bool:
    """Return True if two words are one: off by a letter behind the first, or inflected.

    (Un)supervised, prenatal and postnatal, ResNet18 and ResNet34 are different words.
    """
    if frozenset((one, other)) in ABBREVIATIONS:
        return True
    if LOST in one + other:
        return is_damaged(one, other) or is_damaged(other, one)
    if DIGIT.findall(one) != DIGIT.findall(other) or ROMAN.fullmatch(one):
        return False
    if are_opposite(one, other) or _are_confusable(one, other):
        return False
    if sorted(one) == sorted(other) and _has_swapped_letters(one, other):
        return True
    return _are_inflected(one, other) or _is_misspelt(*sorted((one, other), key=len))


def _are_inflected(one: str, other: str) -> bool:
    """Return True if two words are forms of one: estimates and estimating."""
    pairs = enumerate(zip(one, other, strict=False))
    length = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    return length >= MIN_ROOT and {one[length:], other[length:]} <= INFLECTIONS


def _has_swapped_letters(one: str, other: str) -> bool:
    """Return True if letters changed places behind the first one (via, vai): two, or more if long.

    Neural and unreal have the same letters and are different words.
    """
    most = 1 if len(one) < MIN_LONG else 2
    return one[:1] == other[:1] and len(one) > 2 and OSA.distance(one, other) <= most


def _is_misspelt(short: str, long: str) -> bool:
    """Return True if a typist may have meant the one by the other; the first letter is right."""
    if short[:1] != long[:1]:
        return False
    if len(long) < 4:
        return len(short) == 2 and long in SMALL_WORDS and OSA.distance(short, long) == 1
    one, other = short.replace("z", "s"), long.replace("z", "s")  # a slip hides -ize from `spell`
    words = (one, other), (DOUBLED.sub(r"\1", one), DOUBLED.sub(r"\1", other))
    is_near = any(starmap(_are_near, words))
    return is_near and not _is_another(short, long)


def _are_near(short: str, long: str) -> bool:
    most = 2 if len(short) >= MIN_LONG and _has_slips_apart(short, long) else 1
    return OSA.distance(short, long, score_cutoff=most) <= most


def _has_slips_apart(short: str, long: str) -> bool:
    """Return True if a word lost letters in more than one place, or has one of them doubled.

    Two letters in one place, or in place of others, make another drug or country (Austrian,
    Australian; thorium, thulium).
    """
    if any(2 * letter not in short for letter in Counter(short) - Counter(long)):
        return False
    return Prefix.similarity(short, long) + Postfix.similarity(short, long) < len(short)


def _is_another(short: str, long: str) -> bool:
    """Return True if words are two though nearly alike: DDPM and DDIM.

    So is every sign of a script without capitals: a word may be a whole sentence there, and a sign
    a whole word.
    """
    if len(short) == len(long) < 6:  # a letter in place of another
        return True
    if (short + long).isascii():
        return False
    return any(sign.isalpha() and not sign.islower() for sign in short + long)


@lru_cache(maxsize=1 << 16)
def are_opposite(one: str, other: str) -> bool:
    """Return True if two words say the opposite of each other (finite, infinite)."""
    if _singulars(one, other) in OPPOSITES:
        return True
    if one[-MIN_STEM:] != other[-MIN_STEM:]:  # what follows a beginning is the same
        return False
    short, long = sorted((one, other), key=len)
    denying = (prefix + short for prefix in DENYING if not prefix[-1] == short[0] == "a")
    if len(short) >= MIN_STEM and long in denying:
        return True
    return any(_begin_apart(one, other, group) for group in PREFIXES)


def _begin_apart(one: str, other: str, group: tuple[str, ...]) -> bool:
    """Return True if two words end alike behind two beginnings of a group (hyperoxia, hypoxia)."""
    beginnings = [prefix for prefix in group if one.startswith(prefix)]
    others = [prefix for prefix in group if other.startswith(prefix)]
    for beginning, another in product(beginnings, others):
        stem, rest = one.removeprefix(beginning), other.removeprefix(another)
        short, long = sorted((stem, rest), key=len)
        if beginning != another and len(short) >= MIN_STEM and long.endswith(short):
            return True
    return False


def _are_confusable(one: str, other: str) -> bool:
    """Return True if two words are spelt nearly alike and mean something else."""
    if _singulars(one, other) in CONFUSABLE:
        return True
    for group in ENDINGS:
        common = _stems(one, group) & _stems(other, group)
        if any(len(stem) >= MIN_STEM for stem in common):
            return True
    return False


def _stems(word: str, endings: tuple[str, ...]) -> set[str]:
    return {word.removesuffix(ending) for ending in endings if word.endswith(ending)}


def is_damaged(word: str, whole: str) -> bool:
    """Return True if a word is another one but for lost letters, each of which may stand for two.

    What is left of it is longer than an initial.
    """
    if LOST not in word or LOST in whole or max(len(word), len(whole)) > MAX_DAMAGED:
        return False
    ends = {0}  # of what the letters up to here may be in the whole word
    for letter in word:
        if letter == LOST:
            ends = set(starmap(add, product(ends, range(MAX_LOST + 1))))
        else:
            ends = {end + 1 for end in ends if whole[end : end + 1] == letter}
    return len(word) - word.count(LOST) > 1 and len(whole) in ends
