"""Two titles compared word by word: what is spelling, and what makes it another title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from harvest.linking.ledger import Penalty
from harvest.text import fold_title

SAME_TITLE = 0.8  # likeness below which two titles are not those of one form of a work
MIN_WORDS = 4  # that a shortened title has left; shorter ones are nicknames
MAX_PART_WORDS = 2  # "II" or "Phase 2" at the end is no subtitle, but one paper of several

# What a difference costs.
REORDERED = 0.04
SHORTENED = 0.05
CUT = 0.12  # shortened within a phrase, with no ellipsis: as likely the authors' next paper
WORDS = 0.3  # a word in place of another: CT and MRI, denoising and segmentation
NUMBERS = 0.25  # "Part 1" and "Part 2", 2D and 3D
ABOUT_IT = 0.5  # a notice of a paper or a comment on it


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


SMALL_WORDS = word_set("a an and as at by for from in into of on or the to using via with")
DIRECTIONS = word_set("to from into")
NUMBERED = word_set("part volume vol chapter section no number paper")
DIGIT = re.compile(r"\d")
ROMAN = re.compile(r"(?=[ivx])(?:x{0,2})(?:ix|iv|v?i{0,3})")
OPPOSED = re.compile(  # prefixes that make two words of one
    "hyper|hypo|inter|intra|macro|micro|pre|peri|post|endo|exo|mono|multi|homo|hetero"
)
ELLIPSIS = re.compile(r"(?:\.\.|\u2026)\W*$")
PHRASE_END = re.compile(r"[:?!.;]\s|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|\(")
NOTICE = re.compile(  # how a title begins or ends that is about a paper
    r"^(?:(?:author|publisher|editorial|invited|guest)s? |notice of |letter to the )?"
    r"(?:correction|corrigend(?:um|a)|errat(?:um|a)|retraction|withdrawal|removal|addendum"
    r"|amendment|expression of concern|violation of ieee publication principles|comments?"
    r"|commentary|discussion|rejoinder|editorial|editor|foreword|reply|response|review|peer review"
    r"|referee report|data|dataset|code|supplement(?:ary|al)(?: (?:material|information|data))?)"
    r"(?: (?:note|notice))?(?: (?:to|on|of|for|from))? "
    r"| (?:correction|corrigend(?:um|a)|errat(?:um|a)|addendum"
    r"|supplement(?:ary|al)(?: material)?)$"
)
STATUS = re.compile(  # how publishers mark the paper itself
    r"(?:retracted|withdrawn)(?: article| chapter| paper)? "
)

Words = list[str]


def compare_titles(query: str, candidate: str) -> list[Penalty]:
    """Return what the difference of two titles costs; a list may break the first one off."""
    one = STATUS.sub("", fold_title(query), count=1)
    other = STATUS.sub("", fold_title(candidate), count=1)
    if not (one and other):
        return [Penalty("title", 1.0, "one side has none")]
    penalties = []
    if bool(NOTICE.search(one)) != bool(NOTICE.search(other)):
        penalties.append(Penalty("notice", ABOUT_IT, "a notice of a paper is not the paper"))
        one, other = NOTICE.sub("", one), NOTICE.sub("", other)
    is_cut = bool(ELLIPSIS.search(query))
    if is_cut:
        penalties.append(Penalty("shortened", SHORTENED, "the list breaks it off"))
    if one == other:
        return penalties
    alike, way = likeness(one, other)
    if alike < 1:
        penalties.append(Penalty("title", round(1 - alike, 4), f"{alike:.0%} alike"))
    if way and not (is_cut and way.name == "shortened"):
        penalties.append(way)
    words, others = one.split(), other.split()
    if is_cut or (words[-1] in SMALL_WORDS and not (way and way.name == "order")):
        starting = (word for word in others if word.startswith(words[-1]))
        whole = next(starting, words[-1])
        ours, theirs = unmatched([*words[:-1], whole], others[: len(words)])
        is_phrase = False
    else:
        ours, theirs = unmatched(words, others)
        extra = {*ours, *theirs}
        is_phrase = _adds_phrase(query, extra, other) or _adds_phrase(candidate, extra, one)
        if len(extra) <= MAX_PART_WORDS:  # those that number a title at its end are none
            ends = extra & {words[-1], others[-1]}
            is_phrase = is_phrase and not any(map(_counts, ends))
    penalties += _compare_unmatched(ours, theirs, is_phrase=is_phrase)
    if _is_reversed(words, others):
        penalties.append(Penalty("words", WORDS, "from one to the other, the other way round"))
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
    small = SMALL_WORDS
    if any(len(word) == 1 and word != "a" for word in mine + yours):  # Part A and Part B
        small = SMALL_WORDS - {"a"}
    mine = [word for word in mine if word not in small]
    yours = [word for word in yours if word not in small]
    one, other = "".join(mine), "".join(yours)
    if is_misspelt(one, other) or sorted(one) == sorted(other):
        return [], []
    return mine, yours


def is_misspelt(one: str, other: str) -> bool:
    """Return True if two words are one, off by a letter or two behind the first.

    (Un)supervised, VII and VIII, ResNet18 and ResNet34 are different words.
    """
    if DIGIT.findall(one) != DIGIT.findall(other) or ROMAN.fullmatch(one):
        return False
    if sorted(one) == sorted(other) and len(one) > 2:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) < 4 or one[:1] != other[:1]:  # a typist gets the first letter right
        return False
    most = 1 if len(short) < 6 else 2
    return OSA.distance(one, other, score_cutoff=most) <= most and not _is_another(short, long)


def _is_another(short: str, long: str) -> bool:
    """Return True if words are two though nearly alike: DDPM and DDIM, inter- and intrapatient.

    So is every sign of a script without capitals: a word may be a whole sentence there, and a sign
    a whole word.
    """
    if len(short) == len(long) < 6:  # a letter in place of another
        return True
    one, other = OPPOSED.match(short), OPPOSED.match(long)
    if one and other and one[0] != other[0]:
        return True
    if (short + long).isascii():
        return False
    return any(sign.isalpha() and not sign.islower() for sign in short + long)


def _counts(word: str) -> bool:
    """Return True if a word counts something (2, 3d, ii, b): one off is another work."""
    return len(word) == 1 or bool(DIGIT.search(word) or ROMAN.fullmatch(word))


def _adds_phrase(title: str, extra: set[str], rest: str) -> bool:
    """Return True if a title is the rest with the extra words before or behind a colon or like."""
    for mark in PHRASE_END.finditer(title):
        head, tail = title[: mark.start()], title[mark.end() :]
        for part, phrase in ((head, tail), (tail, head)):
            words = set(fold_title(phrase).split())
            if words - SMALL_WORDS == extra and fuzz.ratio(fold_title(part), rest) >= 90:
                return True
    return False


def _compare_unmatched(ours: Words, theirs: Words, *, is_phrase: bool) -> Iterator[Penalty]:
    if ours and theirs:
        yield Penalty("words", WORDS, f"{' '.join(ours)} in place of {' '.join(theirs)}")
    elif (ours or theirs) and not is_phrase:
        yield Penalty("cut", CUT, f"{' '.join(ours or theirs)} on one side only")
    numbers = {word for word in (*ours, *theirs) if word in NUMBERED or _counts(word)}
    if numbers and (not is_phrase or numbers & NUMBERED or numbers.intersection(ours)):
        yield Penalty("numbers", NUMBERS, f"not in both: {', '.join(sorted(numbers))}")


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
