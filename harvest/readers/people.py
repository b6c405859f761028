"""Names of people in running text, such as `Jane Q. Doe, Doe, J., & John van Roe et al`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from harvest.readers.labels import WORDS

_EDGES = " \t\n,;:|-\u2013\u2014\u00b7\u2022"
_BLANKS = ' \t\n"\u201c\u201d'
# Each of these patterns begins with one sign of a set, so that the search skips all others.
_OPENERS = " \t\n[("  # of what follows the names
_SEPARATOR = re.compile(r"[,;&\uff0c\u3001a](?:(?<!a)|(?<=\ba)nd\b)\s*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[- ]?){1,4}|[^\W\d_](?:[- ]?[^\W\d_])?")
_AFFILIATION = re.compile(r"(?<=\S)\s*\([^()]*\)")
_OTHERS = re.compile(r"(?i)^(?:e[tl]\.? ?als?\b\.?|others|\.\.\.|\u2026)$|\be[tl]\.? ?als?\b\.?$")
_GROUP = re.compile(
    r"[^\W\d_a-z][\w-]*(?: [\w-]+)?"
)  # before others: `Google`, `Anonymous authors`
_LAST = re.compile(r"\bet\.? al\b\.?(?=,)")
_LAST_OF_OTHERS = frozenset("lLsS.\u2026")
# Stands in each list of two names: a separator, or what `others` has.
_SEVERAL = re.compile(
    r"[,;&\uff0c\u3001\u2026.dlLhH](?:(?<=[,;&\uff0c\u3001\u2026])|(?<=\band)\b|(?<=\.)\.\."
    r"|(?<=[tTlL. ][aA][lL])|(?<=[tT][hH])[eE][rR][sS])"
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u2018`.-][^\W\d_]*)*\.?")
# Digits, and more characters than a Chinese, Japanese or Korean name has.
_NO_NAME = re.compile(r"\d|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{6}")
# Marks of affiliations, as they are left of `Roe<sup>1,*</sup>`: signs anywhere, numbers right
# behind a name.
_SIGN = r"*\u2217\u2020\u2021\u00a7\u00b6#^\u2709\u00b9\u00b2\u00b3\u2070-\u2079"
_SIGNS = re.compile(rf",?(?:[{_SIGN}]|\$[^$]{{1,20}}\$)+(?:,(?=\d))?")
_NUMBERS = re.compile(r"(?<=[^\W\d_A-Z])\d{1,2}(?:,\s?\d{1,2})*(?!\w)|\s(?=[,;])")
_MARKED = re.compile(
    rf"[$\d{_SIGN}](?:(?<=\D)|(?<=[^\W\d_]\d))"
)  # begins with a set: 5 times as fast

# What may stand behind the last name without a separator.
_END = re.compile(
    rf"\s(?:\S*\d|[\[(*]|(?<=\bet al\.\s)|(?:{'|'.join(map(re.escape, WORDS.items['venues']))})\b)"
)

_ELIDED = re.compile(r"[dlnst]['\u2019][^\W\d_a-z]")  # d'Alembert

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}")
_SURNAMES = frozenset(WORDS.items["surnames"][0])

Shape = Literal["person", "family", "initials", "others", "odd", "none"]
_PARTICLES = frozenset(WORDS.items["particles"])
_COMMON = frozenset(WORDS.items["words"])
_NO_NAMES = frozenset({*WORDS.items["venues"], "A"})  # at the beginning
_AND = re.compile(r"(?:\band|&)\s*\Z")
_AND_LENGTH = 6  # characters, with blanks
_FELLOWS = frozenset({
    "co-authors", "co-workers", "coauthors", "collaborators", "colleagues", "coworkers", "many",
    "friends", "more", "others", "several", "students", "team",
})  # fmt: skip
_MOST_WORDS = 6  # of a name
_LONGEST_NAME = 100  # characters


class NamePart(NamedTuple):
    """A part of a list of names, where it stands, and what it looks like."""

    start: int
    end: int
    shape: Shape


def plain_names(text: str) -> str:
    """Return names without the marks of affiliations."""
    return _NUMBERS.sub("", _SIGNS.sub("", text)).strip() if _MARKED.search(text) else text


def parts(text: str) -> list[NamePart]:
    """Cut a text at its commas, and say what each part looks like."""
    return list(_parts(text))


def _parts(text: str) -> Iterator[NamePart]:
    start = 0
    for separator in [*_SEPARATOR.finditer(text), None]:
        piece = text[start : separator.start() if separator else len(text)]
        piece = piece.rstrip(_OPENERS)
        end = start + len(piece)
        content = piece.strip(_BLANKS)
        kind = shape(content) if content else "none"
        is_sentence = kind in {"none", "odd"} and content and _may_begin_name(content)
        cut = _END.search(text, start, min(end, start + _LONGEST_NAME)) if is_sentence else None
        before = shape(text[start : cut.start()].rstrip()) if cut else "none"
        if cut and cut.start() > start and before in {"person", "others"}:
            yield NamePart(start, start + len(text[start : cut.start()].rstrip()), before)
            start = cut.start()
        if content:
            yield NamePart(start, end, kind)
        start = separator.end() if separator else end


def _may_begin_name(text: str) -> bool:
    return not text[0].islower() or text.split(maxsplit=1)[0] in _PARTICLES


def are_others(text: str) -> bool:
    """Return True for a text that stands for further authors: `Doe et al.`, `and others`."""
    return _end_in_others(text) and shape(text) == "others"


def _end_in_others(text: str) -> bool:
    return text[-1:] in _LAST_OF_OTHERS and _OTHERS.search(text) is not None


@lru_cache(maxsize=8192)
def shape(text: str) -> Shape:
    """Return what a text between two commas looks like."""
    if _end_in_others(text):
        before = _OTHERS.sub("", text).strip(_EDGES)
        is_name = shape(before) in {"person", "family"} or _GROUP.fullmatch(before) is not None
        return "others" if not before or is_name else "none"
    text = plain_names(_AFFILIATION.sub(" ", text) if "(" in text else text).strip(_EDGES)
    if text.isupper() and _INITIALS.fullmatch(text):
        return "initials"
    words = text.split()
    are_names = 1 <= len(words) <= _MOST_WORDS and not _NO_NAME.search(text)
    if not are_names or words[0] in _NO_NAMES or _has_common_word(words):
        return "none"
    small = [word for word in words if word[0].islower() and not _ELIDED.match(word)]
    if not all(map(_WORD.fullmatch, words)) or not _PARTICLES.issuperset(small):
        return "odd" if text[0].isupper() and len(small) <= 1 else "none"
    acronyms = list(filter(_is_acronym, words))
    if acronyms and (len(words) == 1 or len(acronyms) < len(words) - len(small)):
        return "odd"
    is_han = text[0] in _SURNAMES and _HAN_NAME.fullmatch(text) is not None
    is_full = len(words) > 1 and len(small) < len(words)
    return "person" if is_full or is_han else "family"


def _has_common_word(words: Sequence[str]) -> bool:
    """Return True for a word of titles that is no family name behind a particle: `Di Via`."""
    if _COMMON.isdisjoint(map(str.lower, words)):  # as in most
        return False
    pairs = zip(["", *words], words, strict=False)
    names = [word for before, word in pairs if before.lower() in _PARTICLES and word[0].isupper()]
    return not _COMMON.isdisjoint(word.lower() for word in words if word not in names)


def _is_acronym(word: str) -> bool:
    """Return True for `BERT`; `J.R.R.` and `III` (as in `John Roe III`) are parts of names."""
    return len(word) > 2 and word.isupper() and "." not in word and word != "III"


def find_first_run(text: str, within: int) -> tuple[int, int] | None:
    """Return the longest list of names in a text if it begins within some characters, else None."""
    if not _SEVERAL.search(text):
        return None
    first = next(_parts(text), None)
    if first and first.shape == "none" and first.end >= within:  # as in prose
        return None
    run = find_run(text)
    return run if run and run[0] < within else None


def find_run(text: str, *, sure: bool = False, least: int = 2) -> tuple[int, int] | None:
    """Return where the longest list of names in a text begins and ends, None if there is none.

    `sure` is for a text of which the list says that names stand there: a family name may be alone.
    `least` is how many names there are at least.
    """
    if least > 1 and not _SEVERAL.search(text):
        return None
    pieces = parts(text)
    best: tuple[int, int, int] = (0, 0, 0)
    index = 0
    while index < len(pieces):
        first = pieces[index]
        last, score = _run(pieces, index, sure=sure)
        if not sure and last + 1 < len(pieces) and _is_joined(text, pieces[last + 1]):
            last, score = last - 1, score - 1  # of a title: Vitamin C, Vitamin D and mortality
        is_title = not sure and _is_title(text, pieces[index : last + 1] or [first])
        if score > best[0] and not is_title:
            best = (score, first.start, pieces[last].end)
        last = index if is_title and first.shape == "odd" else last
        index = max(last, index) + 1
    if best[0] < least:
        return None
    others = _LAST.search(text, best[1], best[2])  # the name of a journal may stand behind it
    return best[1], others.end() if others else best[2]


def _is_title(text: str, pieces: Sequence[NamePart]) -> bool:
    """Return True for words of a title that look like names: `Hepatitis B, Hepatitis C`."""
    first, *_ = pieces
    if first.shape == "odd" and ":" in text[first.start : first.end]:
        return True
    return _are_numbered([text[it.start : it.end] for it in pieces if it.shape == "person"])


def _is_joined(text: str, piece: NamePart) -> bool:
    """Return True for what `and` joins to names, and is none: `and Chicago: A Tale`."""
    is_last = piece.shape in {"none", "odd"} and _AND.search(
        text, max(0, piece.start - _AND_LENGTH), piece.start
    )
    return bool(is_last) and not _may_be_people(text[piece.start : piece.end])


def _are_numbered(names: Sequence[str]) -> bool:
    """Return True for several of a kind: `Hepatitis B, Hepatitis C`."""
    kinds = {name[:-2] for name in names if name[-2:-1] == " "}
    return len(names) > 1 and len(kinds) == 1 and all(name[:-2] in kinds for name in names)


def _may_be_people(text: str) -> bool:
    """Return True for the last of several names: `the ATLAS team`, `Jane Doe: A title`."""
    head, *rest = text.split(":", 1)
    word = text.removeprefix("the ").split(maxsplit=1)[0]
    return shape(head) == "person" if rest else not word[0].islower() or word in _FELLOWS


def _run(pieces: list[NamePart], first: int, *, sure: bool) -> tuple[int, int]:
    """Return the last part of the list of names that begins with a part, and how sure that is."""
    last, score, odd = first - 1, 0, 0
    for index in range(first, len(pieces)):
        kind = pieces[index].shape
        after = pieces[index + 1].shape if index + 1 < len(pieces) else "none"
        odd = odd + 1 if kind == "odd" else 0
        if kind == "none" or odd > 2:
            break
        if kind in {"person", "others"} or (kind == "initials" and index > first):
            score += 2 if kind == "others" else 1
        elif kind == "family" and (
            after in {"initials", "others"}
            or (sure and index == first and (after in {"family", "person"} or len(pieces) == 1))
        ):
            score += 1
        elif after == "none" and not (sure and index > first):
            break
        elif kind == "odd":
            last = index if sure else last
            continue
        last = index
    return last, score
