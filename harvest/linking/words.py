"""The words of titles, as keys that spelling does not change.

British and American spelling are one, and so are numbers in words, in Roman and in Arabic numerals.
The tables are in data/titles.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import chain, product, starmap
from operator import add

import msgspec
from rapidfuzz.distance import OSA, Postfix, Prefix

from harvest.text import fold_title

Words = list[str]


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of data/titles.toml, which says what each table means."""

    small: str
    numbered: str
    cardinals: str
    ordinals: str
    tens: str
    denials: str
    opposites: tuple[str, ...]
    confusable: tuple[str, ...]
    endings: tuple[str, ...]
    sequels: str
    qualifiers: str
    texts: str
    prefixes: tuple[str, ...]
    denying: str
    signs: tuple[tuple[str, str], ...]
    spelling: tuple[tuple[str, str], ...]
    variants: tuple[str, ...]
    abbreviations: tuple[str, ...]
    short_nouns: dict[str, str]
    inflections: str
    status: tuple[str, ...]
    status_in_brackets: tuple[str, ...]
    standing: str
    serials: str
    notices: dict[str, str]
    types: dict[str, tuple[str, ...]]


TABLES = msgspec.toml.decode((files("harvest") / "data" / "titles.toml").read_bytes(), type=Tables)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def _singulars(one: str, other: str) -> frozenset[str]:
    """Return a key of two words that their plurals share."""
    return frozenset((one.removesuffix("s"), other.removesuffix("s")))


SMALL_WORDS = word_set(TABLES.small)
NUMBERED = word_set(TABLES.numbered)
DENIALS = word_set(TABLES.denials)
OPPOSITES = frozenset(_singulars(*pair.split()) for pair in TABLES.opposites)
CONFUSABLE = frozenset(_singulars(*pair.split()) for pair in TABLES.confusable)
ABBREVIATIONS = frozenset(frozenset(pair.split()) for pair in TABLES.abbreviations)
ENDINGS = tuple(tuple(group.split()) for group in TABLES.endings)
SEQUELS = word_set(TABLES.sequels)
TEXTS = word_set(TABLES.texts)
DENYING = tuple(TABLES.denying.split())
PREFIXES = tuple(tuple(group.split()) for group in TABLES.prefixes)
SPELLING = tuple((re.compile(pattern), key) for pattern, key in TABLES.spelling)
SIGNS = tuple((re.compile(pattern), words) for pattern, words in TABLES.signs)
STATUS = re.compile("|".join(TABLES.status), re.IGNORECASE)
STATUS_IN_BRACKETS = re.compile("|".join(TABLES.status_in_brackets), re.IGNORECASE)
INFLECTIONS = word_set(TABLES.inflections) | {""}
DOUBLED = re.compile(r"(\w)\1+")
DIGIT = re.compile(r"\d")
SIGN = re.compile(r"\b(\w++)(\+\+?|#|[-\u2212](?!\w))|(?<=\s)[<>\u2264\u2265](?=\s)")
LATEX_RELATION = re.compile(r"\\(l|g)(?:e|eq|t)(?![a-z])")
ALIKE_SIGNS = str.maketrans("\u2212\u2264\u2265", "-<>")
RELATIONS = {"l": " < ", "g": " > "}
MATH_MARKS = str.maketrans("", "", "\\{}$^_")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
ROMAN = re.compile(r"(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})")
NUMERAL = re.compile(r"(?<=[\w,.:;] )([IVX])(?=[.:] )")  # "Trees, I: roots"
ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
GLOSS = re.compile(r"\s*[(\[]([^()\[\]]{2,20})[)\]]")  # a few words in brackets
MARKED = re.compile(r"[^\w :;.(),-]|\d(?:,\d| ?x)")  # what a title may have that is no word
LOST = "\u0294"  # a letter that a wrong encoding made a question mark: no title has this one
LOST_LETTER = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_A-Z])|\ufffd")
MAX_LOST = 2  # letters that one mark stands for: ß is ss
MAX_DAMAGED = 40  # letters of a word that is compared with one that lost some
MAX_TITLE_LENGTH = 1000  # characters that are compared: what is longer is an abstract
MAX_SPELLING = 40  # letters of a word that has more than one spelling
MIN_ACRONYM, MAX_ACRONYM = 2, 12  # letters
MIN_SYLLABLES = 4  # letters of an acronym that has more than the first ones
MAX_SPELLED = 8  # words that an acronym stands for
MIN_ROOT = 5  # letters that the forms of a word share
MIN_LONG = 6  # letters of a word in which there may be two slips
MIN_STEM = 3  # letters of a word without its beginning
NUMBER_WORDS = {word: str(value) for value, word in enumerate(TABLES.cardinals.split())}
NUMBER_WORDS |= {word: str(value) for value, word in enumerate(TABLES.ordinals.split())}
TENS = {word: str(10 * value) for value, word in enumerate(TABLES.tens.split(), 2)}
NUMBER_WORDS |= TENS
ONES = frozenset((*TABLES.cardinals.split()[1:10], *TABLES.ordinals.split()[1:10]))
SHORT_NOUNS = TABLES.short_nouns
VARIANTS: dict[str, str] = {}
for _key_word, *_variants in map(str.split, TABLES.variants):
    VARIANTS |= dict.fromkeys(_variants, _key_word)


@lru_cache(maxsize=1 << 14)
def title_words(title: str) -> tuple[str, ...]:
    """Return the words of a title as keys, without what says how its publisher marked it."""
    title = title[:MAX_TITLE_LENGTH]
    title = drop_status(title) or title
    if "(" in title or "[" in title:
        title = GLOSS.sub(_drop_acronym, title)
    title = NUMERAL.sub(_spell_numeral, title)
    if MARKED.search(title):
        title = _spell_signs(title)
    words = fold_title(title).split()
    keys = list(map(_key, words))
    for place, word in enumerate(words):
        if len(word) == 1 and _is_numeral(words, place):
            keys[place] = _number(word)
    if not SHORT_NOUNS.keys().isdisjoint(words):
        _spell_nouns(words, keys)
    return tuple(keys if TENS.keys().isdisjoint(words) else _add_tens(words, keys))


def _spell_signs(title: str) -> str:
    """Return a title with words for signs, and a mark for each lost letter."""
    title = LOST_LETTER.sub(LOST, title)
    for sign, words in SIGNS:
        title = sign.sub(words, title)
    return title


def _spell_numeral(numeral: re.Match[str]) -> str:
    return f" {_number(numeral[1].casefold())} "


def _spell_nouns(words: Words, keys: Words) -> None:
    """Set the nouns as keys of their short forms before a number (pt 2 is part 2)."""
    for place, number in enumerate(keys[1:]):
        if number.isdigit() and words[place] in SHORT_NOUNS:
            keys[place] = SHORT_NOUNS[words[place]]


def drop_status(title: str) -> str:
    """Return a title without a mark of its publisher (RETRACTED:), in front or in brackets."""
    mark = STATUS.match(title)
    if mark:
        title = title[mark.end() :]
    return STATUS_IN_BRACKETS.sub("", title) if "(" in title or "[" in title else title


def _add_tens(words: Words, keys: Words) -> Words:
    """Return the keys with sixty and eight as one number."""
    for place in reversed(range(len(words) - 1)):
        if words[place] in TENS and words[place + 1] in ONES:
            keys[place : place + 2] = [str(int(keys[place]) + int(keys[place + 1]))]
    return keys


def _drop_acronym(gloss: re.Match[str]) -> str:
    """Return what is in brackets, or nothing if it is the acronym of the words before it."""
    letters = "".join(fold_title(gloss[1]).split())
    words = fold_title(gloss.string[: gloss.start()]).split()[-MAX_SPELLED:]
    starts = range(len(words) - 1)
    return "" if any(is_acronym(letters, words[start:]) for start in starts) else gloss[0]


@lru_cache(maxsize=1 << 14)
def _take_letters(letters: str, start: int, word: str) -> int:
    """Return how far a word goes on with the letters of an acronym, by letters in its order."""
    for letter in word:
        if letters[start : start + 1] == letter:
            start += 1
    return start


def is_acronym(letters: str, words: Sequence[str]) -> bool:
    """Return True if letters stand for words: SBRT, SARS-CoV, and COVID-19 with its year.

    Each word gives its first letter, and perhaps more of them to an acronym of some length; small
    ones may give none, and a number gives all or its last two digits.
    """
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


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> str:
    """Return the key of a word, wherever it stands."""
    if word.isdigit():
        return word
    is_number = word in NUMBER_WORDS or ORDINAL.fullmatch(word) or ROMAN.fullmatch(word)
    return _number(word) if is_number and len(word) > 1 else spell(word)


def _is_numeral(words: Words, place: int) -> bool:
    """Return True if one sign is a number: a Roman letter is one behind a noun, or at the end.

    "Vitamin X" and "I, robot" are no numbers, "Part V" and "Rocky V" are.
    """
    word = words[place]
    if word.isdigit():
        return True
    if not ROMAN.fullmatch(word) or not place:
        return False
    return words[place - 1] in NUMBERED or place == len(words) - 1


def _number(word: str) -> str:
    """Return the digits of a number."""
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    ordinal, roman = ORDINAL.fullmatch(word), ROMAN.fullmatch(word)
    if roman:
        return str(10 * len(roman[1]) + ROMAN_ONES.index(roman[2]))
    return str(int(ordinal[1])) if ordinal else word


@lru_cache(maxsize=1 << 15)
def spell(word: str) -> str:
    """Return a key that the spellings of a word share."""
    word = VARIANTS.get(word, word)
    if word.isascii() and word.isalpha() and MIN_STEM < len(word) <= MAX_SPELLING:
        for pattern, key in SPELLING:
            word = pattern.sub(key, word)
    return word


QUALIFIERS = frozenset(map(spell, TABLES.qualifiers.split()))


def signs(title: str) -> dict[str, Counter[str]]:
    """Return the signs of a title (C++, Na+, HER2-) by the word that they end.

    The word of a relation (<) is empty. A hyphen is a minus where nothing follows it.
    """
    by_word: dict[str, Counter[str]] = defaultdict(Counter)
    text = LATEX_RELATION.sub(lambda match: RELATIONS[match[1]], title)
    text = unicodedata.normalize("NFKC", text).casefold().translate(MATH_MARKS)
    for sign in SIGN.finditer(text):
        by_word[sign[1] or ""][(sign[2] or sign[0]).translate(ALIKE_SIGNS)] += 1
    return by_word


def counts(word: str) -> bool:
    """Return True if a word counts something (2, 3d, b): one off is another work."""
    return len(word) == 1 or bool(DIGIT.search(word))


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
