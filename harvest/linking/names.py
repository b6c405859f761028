"""The name of one person: its words as they may be spelt, and whether two names may be of one.

Lists and registries write a person in many ways: given or family name first, initials, double
family names cut short, particles, other alphabets. So the words of two names are matched, in
whatever order, and what is left over on both sides makes them two people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from itertools import chain, product, starmap
from typing import NamedTuple

import msgspec
from anyascii import anyascii
from rapidfuzz.distance import OSA

from harvest.linking.slips import is_damaged
from harvest.linking.tables import word_set
from harvest.linking.words import LOST
from harvest.text import fold_title, mend_encoding

MAX_WORDS = 12  # of a name that are compared: what is longer is none
MIN_RESPELT = 5  # letters of a word that may be misspelt
MIN_SOUND = 6  # letters of a word that is compared by its sound

Word = tuple[str, ...]  # the spellings of one word: müller is muller and mueller


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of data/names.toml, which says what each table means."""

    titles: str
    suffixes: str
    nobody: frozenset[str]
    particles: str
    groups: str
    bodies: str
    short_forms: tuple[str, ...]
    korean_families: tuple[str, ...]
    japanese_families: tuple[str, ...]


def _by_word(rows: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the other words of each row by its first."""
    words = map(str.split, rows)
    return {first: tuple(others) for first, *others in words}


TABLES = msgspec.toml.decode((files("harvest") / "data" / "names.toml").read_bytes(), type=Tables)
TITLES, SUFFIXES = word_set(TABLES.titles), word_set(TABLES.suffixes)
PARTICLES, GROUPS = word_set(TABLES.particles), word_set(TABLES.groups)
BODIES = word_set(TABLES.bodies)
_KOREAN_FAMILIES = _by_word(TABLES.korean_families)
_JAPANESE_FAMILIES = _by_word(TABLES.japanese_families)
_KANJI = "[\u3005\u3400-\u9fff\uf900-\ufaff]"
_JAPANESE = re.compile(
    rf"\s*({'|'.join(sorted(_JAPANESE_FAMILIES, key=len, reverse=True))})\s*({_KANJI}+)"
)
_SHORT_FORMS: dict[str, Word] = {}
for _whole, _forms in _by_word(TABLES.short_forms).items():
    for _form in _forms:
        _SHORT_FORMS[_form] = (*_SHORT_FORMS.get(_form, (_form,)), _whole)
_LOST_MARK = "0"  # for a lost letter until the name is in Latin letters: no name has a digit
_LOST_LETTER = re.compile(r"(?<=\w)[?\ufffd]|[?\ufffd](?=\w)")
_FOOTNOTES = re.compile(r"[\d*\u2020\u2021\u00a7\u00b6#^]+")
_INITIALS = re.compile(r"[A-Z]{2,3}")
_CAPITALS = re.compile(r"(?<!\w)[A-Z]{2,3}(?!\w)")
_BEGINNING = re.compile(r"\b(?!Dr|Jr|Md|Mr|Ms|Sr|St)([A-Z])[a-z]{1,2}\.")
_BEGINNING_OF_TWO = re.compile(rf"{_BEGINNING.pattern}(?=[\s-]*\w)")  # not a full stop (Jane Xu.)
_INITIAL = re.compile(r"\b[\u0370-\u052f](?=\.)")  # Greek and Cyrillic
_LATIN = re.compile(r"[\u0000-\u036f\u1d00-\u1dbf\u1e00-\u1eff\u2000-\u206f\W\d_]*")
_GREEK_OR_CYRILLIC = re.compile(r"[\u0370-\u052f\u1c80-\u1c88\u1f00-\u1fff]")
_SYLLABLE = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3\U00020000-\U000323af]")  # Chinese, Korean
_ABJAD = re.compile(r"[\u0590-\u07ff\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"})
_VOWELS = str.maketrans("", "", "aeiouyvw")  # v and w may stand for o and u
_TRANSLITERATED = str.maketrans("pckqg", "fhhhh")
_REPEATED = re.compile(r"(.)\1+")
_LONG_O = re.compile(r"o[ho]|(?<=...)ou$")  # Japanese: Ohta and Ota, Satou and Sato
_SOUNDS = (
    ("shch|sch|sh", "s"), ("tch|ch|cz|ts|tz", "c"), ("zh", "z"), ("kh", "h"), ("ph", "f"),
    ("th", "t"), ("ck", "k"), ("x", "ks"), ("w", "v"), ("ou", "u"), ("[iyj]+", "i"),
    (r"(.)\1", r"\1"),
)  # fmt: skip
# Chinese in pinyin and after Wade and Giles, Korean by the rules of 2000 and as people write it:
# sharp and soft consonants are one, and vowels are of five kinds.
_SYLLABLES = tuple(
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        ("(?<=[aeiou])h(?![aeiouwy])", ""), ("ien", "ian"), ("ong", "ung"), ("ui|ee", "i"),
        ("zh|ch|ts|tz|[jqz]", "c"), ("sh|hs|x", "s"),
        ("g", "k"), ("b", "p"), ("d", "t"), ("r", "l"),
        ("[aeiouwyv]*(?:ae|ai|e(?![aou]))[aeiouwyv]*", "E"), ("[eiouwyv]*a[aeiouwyv]*", "A"),
        ("[eiowyv]*(?:eo|oo|u)[eiouwyv]*", "U"), ("[iwyv]*o[iowy]*", "O"), ("[iyvw]+|e+", "I"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class Script(IntEnum):
    """How much a name tells once it is written in Latin letters."""

    LATIN = 0
    ALPHABET = 1  # Greek and Cyrillic: letter by letter
    KANJI = 2  # of Japanese: the family name alone is read
    ABJAD = 3  # Arabic and Hebrew, which leave out vowels: consonants alone are compared
    SYLLABLES = 4  # Chinese and Korean, which have several romanizations
    OTHER = 5

    @property
    def is_obscure(self) -> bool:
        """Whether that two names match tells something, and that they do not tells nothing."""
        return self >= Script.ABJAD


class Likeness(IntEnum):
    """Whether two names may be of one person."""

    UNLIKE = 0
    UNKNOWN = 1  # the scripts cannot be compared
    FAMILY = 2  # one family name, and other given names
    ALIKE = 3


class Name(NamedTuple):
    """The words of a name, given names first if somebody said which they are.

    `family` are the places of words that may be the family name, `particles` those that people
    leave out, `raw` is the folded text in its own script, and `letters` begin the sounds of its
    words. A name in kanji is read as Japanese, and `chinese` is its other reading.
    """

    words: tuple[Word, ...]
    family: frozenset[int]
    particles: frozenset[int]
    is_structured: bool
    script: Script
    raw: str
    letters: frozenset[str]
    chinese: Name | None = None

    @property
    def given(self) -> frozenset[Word]:
        """The words that cannot be the family name."""
        places = set(range(len(self.words))) - self.family - self.particles
        return frozenset(self.words[place] for place in places)


@lru_cache(maxsize=1 << 16)
def parse_name(family: str, forename: str = "") -> Name | None:
    """Parse a family and a given name, or a whole name in one piece; None if it has no letter."""
    family, forename = mend_encoding(family), mend_encoding(forename)
    name = _read_name(family, forename)
    return name if name is None or family.isascii() else _japanese_name(name, family, forename)


def _read_name(family: str, forename: str) -> Name | None:
    """Return a name by the letters that each of its signs stands for, in pinyin if Chinese."""
    script = script_of(forename + family)
    if _INITIALS.fullmatch(forename) and not family.isupper():
        forename = " ".join(forename)
    first = _split(forename, _BEGINNING)
    last = _split(family, None if first else _BEGINNING_OF_TWO)
    last = _drop_suffixes(last if first else _drop_titles(last))
    first = _drop_suffixes(_drop_titles(first))
    words = _once((first + last)[-MAX_WORDS:])
    if not words:
        return None
    start = max(0, len(words) - len(last)) if first else 0
    particles = _particles(words, start)
    places = frozenset(range(start, len(words))) - particles or frozenset({len(words) - 1})
    places = frozenset(place for place in places if len(words[place][-1]) > 1) or places
    if not first:
        places = _guess_family(places, script)
    raw = fold_title(unicodedata.normalize("NFKC", f"{forename} {family}"))
    letters = frozenset(sound(spelling)[0] for spelling in chain.from_iterable(words))
    return Name(tuple(words), places, particles, bool(first), script, raw, letters)


def _once(words: list[Word]) -> list[Word]:
    """Return a single long name once, which forms that want two have twice (Suharto Suharto)."""
    is_twice = len(words) == 2 and words[0] == words[1] and len(words[0][0]) >= MIN_RESPELT
    return words[:1] if is_twice else words


def _japanese_name(chinese: Name, family: str, forename: str) -> Name:
    """Return a name in kanji by the readings of its family name, since the given one has many.

    A Chinese name may begin with the same signs (金子强), so it keeps that reading too.
    """
    name = _JAPANESE.fullmatch(f"{family} {forename}".rstrip())
    if name is None:
        return chinese
    words = _JAPANESE_FAMILIES[name[1]]
    letters = chinese.letters.union(sound(word)[0] for word in words)
    raw = f"{name[1]} {name[2]}"
    return Name(
        (words,),
        family=frozenset({0}),
        particles=frozenset(),
        is_structured=True,
        script=Script.KANJI,
        raw=raw,
        letters=letters,
        chinese=chinese,
    )


def script_of(text: str) -> Script:
    """Return the script in which a name is written."""
    if text.isascii() or _LATIN.fullmatch(text):
        return Script.LATIN
    if _GREEK_OR_CYRILLIC.search(text):
        return Script.ALPHABET
    if _SYLLABLE.search(text):
        return Script.SYLLABLES
    return Script.ABJAD if _ABJAD.search(text) else Script.OTHER


def _drop_suffixes(words: list[Word]) -> list[Word]:
    """Return a name without what stands behind it: "Md" before it is a given name."""
    while len(words) > 1 and words[-1][0] in SUFFIXES:
        words = words[:-1]
    return words


def _drop_titles(words: list[Word]) -> list[Word]:
    while len(words) > 1 and words[0][0] in TITLES:
        words = words[1:]
    return words


def _particles(words: list[Word], start: int) -> frozenset[int]:
    """Return the places of particles: not the first given name (Bin Wang), nor the last word."""
    begin = start if start and words[0][0] in PARTICLES else min(1, start or 1)
    places = range(begin, len(words) - 1)
    return frozenset(place for place in places if words[place][0] in PARTICLES)


def _guess_family(places: frozenset[int], script: Script) -> frozenset[int]:
    """Return the words of a name in one piece that may be its family name.

    These are all but the first in Latin letters (Ana Silva Santos), and the first in Chinese.
    """
    if script >= Script.SYLLABLES:
        return frozenset({min(places)})
    return places - {0} or places


def _split(text: str, beginning: re.Pattern[str] | None) -> list[Word]:
    """Return the words of a name in Latin letters, each in its spellings.

    What matches `beginning` is an initial (Yu., Th.).
    """
    if not (text.isascii() and text.replace(" ", "").isalpha()):  # as most are
        text = _FOOTNOTES.sub(" ", unicodedata.normalize("NFC", text))
        text = _LOST_LETTER.sub(_LOST_MARK, text)
        text = _INITIAL.sub(lambda match: anyascii(match[0])[:1], text)
    if beginning and "." in text:
        text = beginning.sub(r"\1", text)
    if text.isascii():
        return [_SHORT_FORMS.get(word, (word,)) for word in _fold(text)]
    spaced = _SYLLABLE.sub(lambda match: f" {anyascii(match[0])} ", text)
    words: list[Word] = [(word,) for word in _fold(anyascii(spaced))]
    others = _fold(anyascii(spaced.lower().translate(_GERMAN)))
    if len(others) == len(words):
        pairs = zip(words, others, strict=True)
        words = [word if other in word else (*word, other) for word, other in pairs]
    if words and _HANGUL.search(text):
        plain = words[0][0]
        words[0] = (plain, *_KOREAN_FAMILIES.get(plain, ()))
    return words


def _fold(text: str) -> list[str]:
    """Return folded words; capitals beside words in small letters are initials (Mirza MB)."""
    if not text.istitle() and any(letter.islower() for letter in text):
        text = _CAPITALS.sub(lambda match: " ".join(match[0]), text)
    return fold_title(text).replace(_LOST_MARK, LOST).split()


def compare_names(one: Name, other: Name) -> Likeness:
    """Return whether two names may be of one person; the order of the two does not matter."""
    if one.script == other.script and one.script >= Script.KANJI:
        return Likeness.ALIKE if _is_same_text(one, other) else Likeness.UNLIKE
    likeness = _MatchedWords(*sorted((one, other), key=lambda name: name.raw)).likeness()
    if likeness is Likeness.ALIKE or _is_alike_in_chinese(one, other):
        return Likeness.ALIKE
    is_obscure = one.script.is_obscure or other.script.is_obscure
    return Likeness.UNKNOWN if is_obscure else likeness


def _is_same_text(one: Name, other: Name) -> bool:
    """Return True if two names are written alike; a Japanese family name has several forms."""
    if one.script is Script.KANJI and _is_equal(one.words[0], other.words[0]):
        return one.raw.split()[1:] == other.raw.split()[1:]
    return one.raw.replace(" ", "") == other.raw.replace(" ", "")


def _is_alike_in_chinese(one: Name, other: Name) -> bool:
    """Return True if a name in kanji is the other one once it is read as Chinese."""
    if one.chinese is None and other.chinese is None:
        return False
    return compare_names(one.chinese or one, other.chinese or other) is Likeness.ALIKE


class _MatchedWords:
    """The words of two names matched: equal ones first, initials at last.

    `pairs` are whole words that match, `mine` and `yours` the places of words without a partner.
    """

    def __init__(self, one: Name, other: Name) -> None:
        self.one, self.other = one, other
        self.mine, self.yours = list(range(len(one.words))), list(range(len(other.words)))
        self.pairs: list[tuple[int, int]] = []
        self._take(_is_equal)
        if self.mine and self.yours:
            self._take(self._likeness_of_words())
            self._join()
            self._take(_is_initial)
            self._join()

    def likeness(self) -> Likeness:
        """Return what the matched words say."""
        one, other = self.one, self.other
        is_parted = set(self.mine) - one.particles and set(self.yours) - other.particles
        is_family = any(mine in one.family and yours in other.family for mine, yours in self.pairs)
        if is_parted:
            return Likeness.FAMILY if is_family else Likeness.UNLIKE
        return Likeness.ALIKE if is_family or self._is_exchanged() else Likeness.UNLIKE

    def _likeness_of_words(self) -> Callable[[Word, Word], bool]:
        """Return how to tell whether two words may be one, which are not equal."""
        if self.one.script == self.other.script:
            return _is_respelt
        scripts = {self.one.script, self.other.script}
        if Script.ABJAD in scripts:
            return _has_same_consonants
        return _has_same_syllables if Script.SYLLABLES in scripts else _sounds_alike

    def _is_exchanged(self) -> bool:
        """Return True if one side has the family name where the other has the given name."""
        one, other = self.one, self.other
        if min(len(one.words), len(other.words)) == 1:  # one word alone is a family name
            return False
        if one.is_structured and other.is_structured and len(self.pairs) == 1:
            return False
        return any(mine in one.family or yours in other.family for mine, yours in self.pairs)

    def _take(self, is_match: Callable[[Word, Word], bool]) -> None:
        for place in list(self.mine):
            word = self.one.words[place]
            partners = (it for it in self.yours if is_match(word, self.other.words[it]))
            partner = next(partners, None)
            if partner is not None:
                self.mine.remove(place)
                self.yours.remove(partner)
                is_whole = len(word[-1]) > 1 and len(self.other.words[partner][-1]) > 1
                if is_whole or is_match is _is_equal:  # Weinan E has a family name of one letter
                    self.pairs.append((place, partner))

    def _join(self) -> None:
        """Match words that one side writes as one: Xiao-Ming and Xiaoming, al Khalil."""
        if len(self.mine) + len(self.yours) < 3 or not (self.mine and self.yours):
            return
        ours = "".join(self.one.words[place][0] for place in self.mine)
        theirs = "".join(self.other.words[place][0] for place in self.yours)
        if ours == theirs or self._likeness_of_words()((ours,), (theirs,)):
            self.pairs.append((self.mine[-1], self.yours[-1]))
            self.mine, self.yours = [], []


def _is_equal(one: Word, other: Word) -> bool:
    return one[0] == other[0] or not set(one).isdisjoint(other)


def _is_initial(one: Word, other: Word) -> bool:
    """Return True if one word is the first letter of the other."""
    short, long = sorted((one, other), key=lambda word: len(word[-1]))
    return len(short[-1]) == 1 and any(spelling.startswith(short[-1]) for spelling in long)


def _is_respelt(one: Word, other: Word) -> bool:
    """Return True if two words of some length are off by a letter or two, or sound alike.

    Short ones are others: Zhang and Zheng, Chen and Cheng.
    """
    mine, yours = one[0], other[0]
    if LOST in mine + yours:
        return is_damaged(mine, yours) or is_damaged(yours, mine)
    if _LONG_O.sub("o", mine) == _LONG_O.sub("o", yours):
        return True
    short = min(len(mine), len(yours))
    if short >= MIN_SOUND and sound(mine) == sound(yours):
        return True
    if short < MIN_RESPELT or mine[0] != yours[0]:  # a typist gets the first letter right
        return False
    if len(mine) == len(yours) == MIN_RESPELT:
        return sorted(mine) == sorted(yours)
    most = 1 if short < 8 else 2
    return OSA.distance(mine, yours, score_cutoff=most) <= most


def _sounds_alike(one: Word, other: Word) -> bool:
    """Return True if a word may be a transliteration of another."""
    return any(starmap(_is_transliterated, product(map(sound, one), map(sound, other))))


def _has_same_syllables(one: Word, other: Word) -> bool:
    """Return True if a word may be Chinese or Korean in one of its several romanizations."""
    mine, yours = set(map(_syllables, one)), set(map(_syllables, other))
    return any(len(it) > 1 for it in mine & yours)


@lru_cache(maxsize=1 << 14)
def _syllables(word: str) -> str:
    """Return what romanizations share: hyeonu and Hyunwoo, zhiming and Chih-Ming."""
    for pattern, sounds in _SYLLABLES:
        word = pattern.sub(sounds, word)
    return word


def _has_same_consonants(one: Word, other: Word) -> bool:
    """Return True if a word may be another that is written without vowels: mhmd, Mohammed."""
    return not {*map(_consonants, one)}.isdisjoint(map(_consonants, other))


@lru_cache(maxsize=1 << 14)
def _consonants(word: str) -> str:
    """Return the consonants by which an abjad writes a word, as its transliterations have them."""
    letters = sound(word).translate(_TRANSLITERATED).translate(_VOWELS)
    return _REPEATED.sub(r"\1", letters.removesuffix("h") or letters)


def _is_transliterated(one: str, other: str) -> bool:
    short = min(len(one), len(other))
    most = 0 if short < 4 else 1 if short < 7 else 2
    return short > 1 and OSA.distance(one, other, score_cutoff=most) <= most


@lru_cache(maxsize=1 << 14)
def sound(word: str) -> str:
    """Return a key that the usual transliterations of a word share: Yuriy and Iurii."""
    for pattern, letter in _SOUNDS:
        word = re.sub(pattern, letter, word)
    return word
