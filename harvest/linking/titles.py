"""The evidence of two titles: how far they agree, and what makes one another title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product

from rapidfuzz import fuzz

from harvest.linking.differences import Difference, compare_words
from harvest.linking.kinds import Notice, is_standing, notice_of_title
from harvest.linking.ledger import Weight, veto, weigh
from harvest.linking.slips import are_opposite
from harvest.linking.tables import DENIALS, NUMBERED, SEQUELS, SMALL_WORDS, TEXTS
from harvest.linking.word_order import (
    are_exchanged,
    are_numbers_moved,
    has_reversed_pair,
    is_reversed,
)
from harvest.linking.words import QUALIFIERS, Words, counts, signs, title_words
from harvest.text import fold_title

SAME_TITLE = 0.8  # likeness below which two titles are not those of one form of a work
MIN_WORDS = 4  # that a shortened title has left; shorter ones are nicknames
MAX_PART_WORDS = 2  # "II" or "Phase 2" at the end is no subtitle, but one paper of several

REORDERED = 0.04  # by which the words must be more alike than the titles
SHORTENED = 0.05  # the same for a part of a title
FEW, SOME, MANY = 0.1, 0.25, 0.5  # shares of the words of both titles
SHORT, LONG, LONGEST = 4, 7, 12  # words of a title that many have, that few have, and one work
MANY_WORDS = 10  # of a title but for small ones, of which one more or less is no other subject

SIGNS = re.compile(r"[+#<>=%\u00b1\u2212\u2264\u2265]")
LABEL = re.compile(r"[\w+-]+(?=:)")
ELLIPSIS = re.compile(r"(?:\.\.|\u2026)\W*$")
ACRONYM = re.compile(r"[(\[]([^\W\d_][^\W_]+)[)\]]")  # one word in brackets
CHAPTER = re.compile(
    r"(?:chapter|chapitre|kapitel|capitulo|capítulo)\s(?:\d{1,3}|[IVXL]+)\s?[:.\u2013\u2014-]\s*",
    re.IGNORECASE,
)
PHRASE_END = re.compile(r"[:?!.;]\s|\s/\s|\s[-=\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|[(\[]")


def compare_titles(query: str, candidate: str) -> list[Weight]:
    """Return the evidence of two titles; a list may break the first one off.

    The first weight is how far they agree. The others are of what parts them, and of words that say
    nothing; the last one names every word that only one title has.
    """
    query, candidate = _without_chapter(query, candidate), _without_chapter(candidate, query)
    weights = [] if query == candidate else list(_weigh_signs(query, candidate))
    notices = _notices(query, candidate)
    one, other = query, candidate
    if notices:
        kinds = (notice.kind if notice else "paper" for notice in notices)
        weights.append(veto("notice", " and ".join(kinds)))
        one, other = (
            notice.title if notice else title
            for notice, title in zip(notices, (query, candidate), strict=True)
        )
    ours, theirs = list(title_words(one)), list(title_words(other))
    if not (ours and theirs):
        weights = [weigh("title", "none", "one side has none")]
    elif ours == theirs and not ELLIPSIS.search(one):
        weights.insert(0, _weigh_same(ours, is_standing=is_standing(one)))
    else:
        weights[:0] = _weigh_difference(one, other, ours, theirs)
    return weights if query == candidate else [*weights, *_weigh_tokens(query, candidate)]


def _without_chapter(title: str, other: str) -> str:
    """Return a title without the number of its chapter, which it has in its book alone."""
    chapter = CHAPTER.match(title)
    if chapter is None or CHAPTER.match(other):
        return title
    return title[chapter.end() :] or title


def _weigh_difference(query: str, candidate: str, ours: Words, theirs: Words) -> list[Weight]:
    """Return the evidence of two titles that differ; the first weight is how far they agree."""
    weights = []
    way = likeness(" ".join(ours), " ".join(theirs))[1]
    is_cut = ELLIPSIS.search(query) is not None
    is_cut = is_cut or (ours[-1] in SMALL_WORDS and way != "order" and len(ours) < len(theirs))
    rest: Words = []
    if is_cut:
        starting = (word for word in theirs if word.startswith(ours[-1]))
        ours[-1] = next(starting, ours[-1])
        theirs, rest = theirs[: len(ours)], theirs[len(ours) :]
    difference = compare_words(ours, theirs)
    extra = {*difference.mine, *difference.yours}
    is_phrase = not is_cut and _is_phrase(query, candidate, extra, {ours[-1], theirs[-1]})
    if is_cut:
        why = f"the list breaks it off, without: {' '.join(rest) or 'nothing'}"
        weights.append(Weight("broken off", "any", 0.0, why))
    share = (len(difference.mine) + len(difference.yours)) / (len(ours) + len(theirs))
    longer = ours if difference.mine else theirs
    weights.insert(0, _weigh(difference, share, way, longer, is_cut=is_cut, is_phrase=is_phrase))
    weights += _weigh_parts(difference, is_phrase=is_phrase)
    weights += _weigh_order(ours, theirs)
    if has_reversed_pair(query, candidate):
        weights.append(veto("direction", "two words that a hyphen joins, the other way round"))
    return weights


def _weigh_signs(query: str, candidate: str) -> Iterator[Weight]:
    """Yield a veto for each word that has other signs in the two titles (Na+, Na-).

    A sign in one title alone is no veto, for signs often get lost, but behind the name of a system.
    """
    ours, theirs = signs(query), signs(candidate)
    for word in sorted(ours.keys() & theirs.keys()):
        mine, yours = ours[word], theirs[word]
        if not (mine <= yours or yours <= mine):
            pair = "/".join(word + "".join(sorted(it.elements())) for it in (mine, yours))
            yield veto("opposite", pair)
    one, other = _label(query), _label(candidate)
    if one != other and one.replace("+", "") == other.replace("+", ""):
        yield veto("numbers", f"{one}/{other}")


def _label(title: str) -> str:
    """Return the name of a system before a colon, empty if there is none."""
    label = LABEL.match(title)
    return label[0] if label else ""


def _weigh_tokens(query: str, candidate: str) -> Iterator[Weight]:
    """Yield a weight of 0 bits that names all words and signs of one title alone."""
    ours, theirs = Counter(_tokens(query)), Counter(_tokens(candidate))
    if ours != theirs:
        mine, yours = (" ".join(extra) or "nothing" for extra in (ours - theirs, theirs - ours))
        yield Weight("alone", "any", 0.0, f"{mine} | {yours}")


def _tokens(title: str) -> list[str]:
    """Return the words of a title as they are, and its signs."""
    return [*fold_title(title).split(), *SIGNS.findall(title)]


def _weigh_same(words: Words, *, is_standing: bool) -> Weight:
    if is_standing:
        return weigh("title", "standing", "many texts are called so")
    level = "short" if len(words) < SHORT else "long" if len(words) >= LONG else "same"
    level = "longest" if len(words) >= LONGEST else level
    return weigh("title", level, f"the same {len(words)} words")


def _notices(query: str, candidate: str) -> tuple[Notice | None, Notice | None] | None:
    """Return what the titles say that their texts are, if that differs by words of one alone.

    "Data augmentation" and "Response of cells" are no notices where both titles have these words.
    """
    if query == candidate:
        return None
    notices = notice_of_title(query), notice_of_title(candidate)
    kinds = [notice.kind if notice else None for notice in notices]
    if kinds[0] == kinds[1]:
        return None
    texts = fold_title(candidate).split(), fold_title(query).split()
    pairs = zip(notices, texts, strict=True)
    is_told = any(notice and not notice.words.issubset(words) for notice, words in pairs)
    return notices if is_told else None


def likeness(one: str, other: str) -> tuple[float, str | None]:
    """Return how alike two folded titles are (0 to 1), and the way in which they are, if any.

    A title may be cut at its end or lose what stands before or behind its colon ("shortened"), or
    have its words in another "order".
    """
    best, way = fuzz.ratio(one, other) / 100, None
    reordered = fuzz.token_sort_ratio(one, other) / 100
    if reordered - REORDERED > best:
        best, way = reordered, "order"
    short, long = sorted((one, other), key=len)
    if len(short.split()) >= MIN_WORDS and len(short) < 0.95 * len(long):
        ends = long[: len(short)], long[-len(short) :]
        part = max(fuzz.ratio(short, end) / 100 for end in ends)
        if part - SHORTENED > best - (REORDERED if way else 0.0):
            best, way = part, "shortened"
    return best, way


def _is_phrase(query: str, candidate: str, extra: set[str], ends: set[str]) -> bool:
    """Return True if what one title has more is a phrase; a number at its end is a part of it."""
    if not extra or (len(extra) <= MAX_PART_WORDS and any(map(counts, extra & ends))):
        return False
    return _adds_phrase(query, extra, candidate) or _adds_phrase(candidate, extra, query)


def _adds_phrase(title: str, extra: set[str], rest: str) -> bool:
    """Return True if a title is the rest with the extra words before or behind a colon or like."""
    folded = " ".join(title_words(rest))
    for part, phrase in _phrases(title):
        words = {*title_words(phrase)} - SMALL_WORDS
        if words == extra and fuzz.ratio(" ".join(title_words(part)), folded) >= 90:
            return True
    return False


def _phrases(title: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of a title without a phrase, and the phrase: an end, or an acronym."""
    for mark in PHRASE_END.finditer(title):
        head, tail = title[: mark.start()], title[mark.end() :]
        yield from ((head, tail), (tail, head))
    for acronym in ACRONYM.finditer(title):
        yield title[: acronym.start()] + title[acronym.end() :], acronym[1]


def _weigh(
    difference: Difference,
    share: float,
    way: str | None,
    longer: Words,
    *,
    is_cut: bool,
    is_phrase: bool,
) -> Weight:
    """Return the weight of how far two titles agree that are not the same."""
    mine, yours = " ".join(difference.mine), " ".join(difference.yours)
    is_kind = bool(mine or yours) and TEXTS.issuperset(difference.mine + difference.yours)
    if mine and yours:
        return weigh("words", _amount(share), f"{mine} in place of {yours}")
    if is_cut and not (mine or yours):
        return weigh("shortened", "cut", "the list breaks it off")
    if is_phrase:
        is_long = len(longer) - len(difference.mine + difference.yours) >= LONG
        level = "acronym" if " " not in mine + yours else "long" if is_long else "phrase"
        level = "kind" if is_kind else level
        return weigh("shortened", level, f"{mine or yours} on one side only: {level}")
    if mine or yours:
        level = "kind" if is_kind else _amount(share)
        if level == "few" and _is_subject(difference, longer):
            level = "some"
        return weigh("cut", level, f"{mine or yours} on one side only")
    return _weigh_spelling(difference, way)


def _weigh_spelling(difference: Difference, way: str | None) -> Weight:
    """Return the weight of two titles whose words are the same but for their spelling and order."""
    respelt = ", ".join(difference.respelt)
    if way == "shortened":
        return weigh("shortened", "phrase", respelt or "small words on one side only")
    if way == "order":
        level = "loose" if difference.respelt or difference.small else "strict"
        return weigh("order", level, "the same words in another order")
    return weigh("title", "respelt", respelt or "the same words but for small ones")


def _is_subject(difference: Difference, longer: Words) -> bool:
    """Return True if the words that one title has more may make its subject another.

    They lead it, name a method or it is short: a long title says its subject in other words too.
    """
    words = [word for word in longer if word not in SMALL_WORDS]
    extra = {*difference.mine, *difference.yours}
    return len(words) < MANY_WORDS or words[0] in extra or not extra.isdisjoint(QUALIFIERS)


def _amount(share: float) -> str:
    """Return how much of two titles is not in both."""
    if share > MANY:
        return "most"
    if share > SOME:
        return "many"
    return "some" if share > FEW else "few"


def _weigh_parts(difference: Difference, *, is_phrase: bool) -> Iterator[Weight]:
    """Yield a veto for numbers, sequels and opposites in one title alone: these are two works."""
    ours, theirs = difference.mine, difference.yours
    numbers = {word for word in (*ours, *theirs) if counts(word)}
    is_part = _is_numbered(ours) or _is_numbered(theirs)
    if numbers and (not is_phrase or is_part or numbers.intersection(ours)):
        yield veto("numbers", f"not in both: {', '.join(sorted(numbers))}")
    denials = DENIALS.intersection(ours + theirs)
    sequel = ", ".join(sorted(SEQUELS.intersection(ours + theirs)))
    if difference.parts or sequel:
        yield veto("numbers", f"another part: {difference.parts or sequel}")
    pairs = ["/".join(pair) for pair in product(ours, theirs) if are_opposite(*pair)]
    if pairs or (denials and not is_phrase):
        yield veto("opposite", ", ".join([*pairs, *sorted(denials)]))


def _is_numbered(words: Words) -> bool:
    """Return True if a number stands beside a noun that it numbers: Part II, 10-year follow-up."""
    pairs = pairwise(words)
    return any({one, other} & NUMBERED and (counts(one) or counts(other)) for one, other in pairs)


def _weigh_order(words: Words, others: Words) -> Iterator[Weight]:
    """Yield a veto for the same words in an order that changes their meaning."""
    if is_reversed(words, others) or are_exchanged(words, others):
        yield veto("direction", "from one to the other, the other way round")
    if are_numbers_moved(words, others):
        yield veto("numbers", "the same numbers of other things")
