"""The words of titles, as keys that spelling does not change.

British and American spelling are one, and so are numbers in words, in Roman and in Arabic numerals.
What says how a publisher marked a title is none of its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

from harvest.linking.acronyms import MAX_SPELLED, is_acronym
from harvest.linking.tables import NUMBERED, TABLES
from harvest.text import fold_title

Words = list[str]


SPELLING = tuple((re.compile(pattern), key) for pattern, key in TABLES.spelling)
SIGNS = tuple((re.compile(pattern), words) for pattern, words in TABLES.signs)
STATUS = re.compile("|".join(TABLES.status), re.IGNORECASE)
STATUS_IN_BRACKETS = re.compile("|".join(TABLES.status_in_brackets), re.IGNORECASE)
DIGIT = re.compile(r"\d")
SIGN = re.compile(
    r"\b(\w++)(\+\+?|#|[-\u2212](?!\w))|(?<=\s)[<>\u2264\u2265](?=\s)|(?<=\s)[-+\u2212](?=\d)"
)
LATEX_RELATION = re.compile(r"\\(l|g)(?:e|eq|t)(?![a-z])")
ALIKE_SIGNS = str.maketrans("\u2212\u2264\u2265", "-<>")
RELATIONS = {"l": " < ", "g": " > "}
MATH_MARKS = str.maketrans("", "", "\\{}$^_")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
ROMAN = re.compile(r"(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})")
NUMERAL = re.compile(r"(?<=[\w,.:;] )([IVX])(?=[.:] )")  # "Trees, I: roots"
ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
GLOSS = re.compile(r"\s*[(\[]([^()\[\]]{2,20})[)\]]")  # a few words in brackets
MARKED = re.compile(r"[^\w :;.(),-]|\d(?:,\d| ?x|k\b)")  # what a title may have that is no word
LOST = "\u0294"  # a letter that a wrong encoding made a question mark: no title has this one
LOST_LETTER = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_A-Z])|\ufffd")
MAX_TITLE_LENGTH = 1000  # characters that are compared: what is longer is an abstract
MIN_SPELLING, MAX_SPELLING = 4, 40  # letters of a word that has more than one spelling
NUMBER_WORDS = {word: str(value) for value, word in enumerate(TABLES.cardinals.split())}
NUMBER_WORDS |= {word: str(value) for value, word in enumerate(TABLES.ordinals.split())}
TENS = {word: str(10 * value) for value, word in enumerate(TABLES.tens.split(), 2)}
MULTIPLES = TABLES.multiples
NUMBER_WORDS |= TENS | {word: str(value) for word, value in MULTIPLES.items()}
COMPOSED = frozenset((*TENS, *MULTIPLES))
ONES = frozenset((*TABLES.cardinals.split()[1:10], *TABLES.ordinals.split()[1:10]))
SHORT_NOUNS = TABLES.short_nouns
TRIAL, OMITTED = "randomi", re.compile(TABLES.omitted)  # few titles need the pattern
NAMED_NUMBERS = TABLES.named_numbers
MIN_REPEATED = 3  # words of a title that stands twice
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
    folded = fold_title(title)
    if TRIAL in folded:
        folded = OMITTED.sub(r"\1 ", folded)
    words = _drop_repetition(folded.split())
    if not NAMED_NUMBERS.keys().isdisjoint(words):
        words = _add_numbers(words)
    keys = list(map(_key, words))
    for place, word in enumerate(words):
        if len(word) == 1 and _is_numeral(words, place):
            keys[place] = _number(word)
    if not SHORT_NOUNS.keys().isdisjoint(words):
        _spell_nouns(words, keys)
    return tuple(keys if COMPOSED.isdisjoint(words) else _compose_numbers(words, keys))


def _drop_repetition(words: Words) -> Words:
    """Return a title once that stands twice."""
    half = len(words) // 2
    is_twice = half >= MIN_REPEATED and words[0] == words[half] and words[:half] == words[half:]
    return words[:half] if is_twice else words


def _add_numbers(words: Words) -> Words:
    """Return the words with the numbers that some leave out behind a name."""
    result = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        result.append(word)
        number = NAMED_NUMBERS.get(word, following)
        if number != following:
            result.append(number)
    return result


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


def _compose_numbers(words: Words, keys: Words) -> Words:
    """Return the keys with sixty and eight, or two and hundred and thousand, as one number."""
    result: Words = []
    for place, word in enumerate(words):
        last = result[-1] if place else ""
        if last.isdecimal() and word in MULTIPLES:
            result[-1] = str(int(last) * MULTIPLES[word])
        elif place and words[place - 1] in TENS and word in ONES:
            result[-1] = str(int(last) + int(keys[place]))
        else:
            result.append(keys[place])
    return result


def _drop_acronym(gloss: re.Match[str]) -> str:
    """Return what is in brackets, or nothing if it is the acronym of the words before it."""
    letters = "".join(fold_title(gloss[1]).split())
    words = fold_title(gloss.string[: gloss.start()]).split()[-MAX_SPELLED:]
    starts = range(len(words) - 1)
    return "" if any(is_acronym(letters, words[start:]) for start in starts) else gloss[0]


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> str:
    """Return the key of a word, wherever it stands."""
    if word.isdecimal():
        return word if word.isascii() else str(int(word))
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
    digits = ordinal[1] if ordinal else word
    return str(int(digits)) if digits.isdecimal() else word


@lru_cache(maxsize=1 << 15)
def spell(word: str) -> str:
    """Return a key that the spellings of a word share."""
    word = VARIANTS.get(word, word)
    if word.isascii() and word.isalpha() and MIN_SPELLING <= len(word) <= MAX_SPELLING:
        for pattern, key in SPELLING:
            word = pattern.sub(key, word)
    return word


QUALIFIERS = frozenset(map(spell, TABLES.qualifiers.split()))


def signs(title: str) -> dict[str, Counter[str]]:
    """Return the signs of a title (C++, Na+, HER2-) by the word that they end.

    The word of a relation (<) and of the sign of a number (-1) is empty. A hyphen is a minus where
    nothing follows it.
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
