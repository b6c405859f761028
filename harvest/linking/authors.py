"""The people of two lists of authors compared as sets, in which order counts little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import chain, product, starmap
from typing import NamedTuple

from harvest.linking.author_lists import Authors, People, readings
from harvest.linking.names import (
    GROUPS,
    Likeness,
    Name,
    Script,
    compare_names,
)
from harvest.linking.tables import SMALL_WORDS

MAX_RIVALS = 8  # of one name, that are compared with it: so time grows with the number of names
MAX_RESPELT = 16  # names without a partner that are compared each with each
IN_PART = 0.8  # the share of a list that leaves people out
MANY, IN_MANY = 8, 0.9  # people, of whom this share is as good as all


class Level(IntEnum):
    """How far the people of two lists agree."""

    NONE = 0  # nobody is in both
    ALTERED = 1  # family names agree and given names do not, or are exchanged
    FEW = 2  # less than half, which may be chance
    MOST = 3  # half or more, and each side names others
    PART = 4  # everybody of the shorter list is in the longer one
    SAME = 5  # the same people in whatever order


class Agreement(NamedTuple):
    """How far two lists of people agree: `people` are in both, of `total` in the longer list.

    `share` is 0 to 1, and what the list that is cut short leaves out lowers it little.
    """

    level: Level
    share: float
    people: int
    total: int
    why: str


@lru_cache(maxsize=1 << 10)
def compare_authors(one: Authors, other: Authors) -> Agreement | None:
    """Return how far authors agree, or None if one side names nobody.

    People are matched whatever their order, each with one at most. Groups and names in scripts that
    cannot be compared count for neither side. A text may be read in several ways; the best counts.
    """
    if not (one and other):
        return None
    agreements = starmap(_compare, product(readings(one), readings(other)))
    return max(filter(None, agreements), default=None, key=lambda it: (it.level, it.share))


def _compare(one: People, other: People) -> Agreement | None:
    """Return how far two readings agree, the same in both directions."""
    if not (one.names and other.names):
        return _compare_groups(one, other)
    if one.names == other.names and not (one.is_cut or other.is_cut):
        people = len(one.names)
        return Agreement(Level.SAME, 1.0, people, people, f"{people} of {people} in both")
    short, long = sorted((one, other), key=_sort_key)
    match = _MatchedAuthors(short.names, long.names)
    sizes = match.sizes()
    if not all(sizes):
        return None
    return _agreement(match, min(sizes), max(sizes), is_cut=short.is_cut or long.is_cut)


def _sort_key(people: People) -> tuple[int, bool, list[str]]:
    return len(people.names), people.is_cut, [name.raw for name in people.names]


def _compare_groups(one: People, other: People) -> Agreement | None:
    """Return whether the same group wrote it; a group and people cannot be compared."""
    if any(starmap(_is_one_group, product(one.groups, other.groups))):
        return Agreement(Level.SAME, 1.0, 1, 1, "the same group")
    if one.names or other.names:
        return None
    return Agreement(Level.NONE, 0.0, 0, 1, "other groups")


def _is_one_group(one: str, other: str) -> bool:
    """Return True if one name has all words of the other, of which one names no kind of group."""
    mine, yours = set(one.split()), set(other.split())
    both = mine & yours
    return both in (mine, yours) and bool(both - GROUPS - SMALL_WORDS)


def _agreement(match: _MatchedAuthors, short: int, long: int, *, is_cut: bool) -> Agreement:
    people, altered = len(match.alike), len(match.altered)
    why = f"{people} of {long} in both" if people else "nobody in both"
    level, share = _level(match, short, long, is_cut=is_cut), people / long
    if (altered >= people and 2 * altered >= long > 0) or match.is_exchanged():
        name, other = match.altered_names()
        level, share, why = Level.ALTERED, min(share, 0.4), f"{why}, but {name} for {other}"
    elif level is Level.PART:
        share, why = 1.0 if is_cut else max(share, IN_PART), f"{why}, all of the shorter list"
    elif level is Level.FEW:
        # One name of several is chance, since many share Wang and Li.
        share = 0.0 if people == 1 and long > 2 else min(share, 0.4)
    elif people and not match.is_led():
        why += ", another comes first"
    return Agreement(level, share, people, long, why)


def _level(match: _MatchedAuthors, short: int, long: int, *, is_cut: bool) -> Level:
    people = len(match.alike)
    if not people:
        return Level.NONE
    if people == short == long and not is_cut:
        return Level.SAME
    is_all = people == short or people >= max(MANY, IN_MANY * short)  # of many, one is misread
    if is_all and _may_be_cut_short(match, long, is_cut=is_cut):
        return Level.PART if people < long else Level.MOST
    if is_cut and people == short < long:
        return Level.FEW
    is_chance = people == 1 and long > 2
    return Level.FEW if is_chance or 2 * people < long else Level.MOST


def _may_be_cut_short(match: _MatchedAuthors, long: int, *, is_cut: bool) -> bool:
    """Return True if a list may be the other one cut short: it begins so, or has much of it."""
    people = len(match.alike)
    return match.is_led() or (people > 1 and (is_cut or people > 2 or 2 * people >= long))


class _MatchedAuthors:
    """The names of two lists matched, each with one at most.

    `alike` are places of one person in both, `altered` those of one family name with other given
    names. What is equal is matched before what is alike, so time grows with the number of names.
    """

    def __init__(self, short: tuple[Name, ...], long: tuple[Name, ...]) -> None:
        self.short, self.long = short, long
        self.alike: dict[int, int] = {}
        self.altered: dict[int, int] = {}
        self._mine, self._yours = dict.fromkeys(range(len(short))), dict.fromkeys(range(len(long)))
        self._match_equal()
        self._match(list(_with_rivals(short, long, self._mine, self._yours)))
        if self._mine and self._yours:
            mine, yours = list(self._mine)[:MAX_RESPELT], list(self._yours)[:MAX_RESPELT]
            pairs = product(mine, yours)
            self._match([it for it in pairs if short[it[0]].letters & long[it[1]].letters])

    def is_led(self) -> bool:
        """Return True if both lists begin with the same person."""
        return self.alike.get(0) == 0

    def sizes(self) -> tuple[int, int]:
        """Return how many names of both can be compared.

        Of several names in Chinese or Korean, most have a romanization that is known.
        """
        scripts = {name.script for name in (*self.short, *self.long)}
        if len(scripts) == 1 or not max(scripts).is_obscure:
            return len(self.short), len(self.long)
        mine = sum(self.short[place].script.is_obscure for place in self._mine)
        yours = sum(self.long[place].script.is_obscure for place in self._yours)
        lost = max(min(mine, len(self._yours)), min(yours, len(self._mine)))
        if Script.SYLLABLES in scripts and len(self.short) > 1:
            lost = min(lost, (len(self.short) - 1) // 2)
        return len(self.short) - lost, len(self.long) - lost

    def is_exchanged(self) -> bool:
        """Return True if two people or more have given names of others in the other list."""
        theirs = {partner: self.long[partner].given for partner in self.altered.values()}
        exchanged = 0
        for place, partner in self.altered.items():
            others = [words for other, words in theirs.items() if other != partner]
            exchanged += not self.short[place].given.isdisjoint(chain.from_iterable(others))
        return exchanged > 1

    def altered_names(self) -> tuple[str, str]:
        """Return the first name that was altered, on both sides."""
        place, partner = min(self.altered.items())
        return self.short[place].raw, self.long[partner].raw

    def _match_equal(self) -> None:
        places = defaultdict(list)
        for place in reversed(self._yours):
            places[frozenset(self.long[place].words)].append(place)
        for place in list(self._mine):
            name = self.short[place]
            partners = places.get(frozenset(name.words))
            if partners and compare_names(name, self.long[partners[-1]]) is Likeness.ALIKE:
                self._pair(self.alike, place, partners.pop())

    def _match(self, pairs: list[tuple[int, int]]) -> None:
        """Match pairs of places: whom they name is more than what they are called."""
        unequal = []
        for place, partner in pairs:
            if place in self._mine and partner in self._yours:
                likeness = compare_names(self.short[place], self.long[partner])
                if likeness is Likeness.ALIKE:
                    self._pair(self.alike, place, partner)
                elif likeness is Likeness.FAMILY:
                    unequal.append((place, partner))
        for place, partner in unequal:
            if place in self._mine and partner in self._yours:
                self._pair(self.altered, place, partner)

    def _pair(self, pairs: dict[int, int], place: int, partner: int) -> None:
        pairs[place] = partner
        del self._mine[place], self._yours[partner]


def _with_rivals(
    short: tuple[Name, ...], long: tuple[Name, ...], mine: Iterable[int], yours: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Yield the places of names that share the spelling of a word, some for each name."""
    places: dict[str, list[int]] = defaultdict(list)
    for partner in yours:
        for spelling in chain.from_iterable(long[partner].words):
            if len(spelling) > 1 and len(places[spelling]) < MAX_RIVALS:
                places[spelling].append(partner)
    for place in mine:
        for spelling in sorted(chain.from_iterable(short[place].words)):
            for partner in places.get(spelling, ()):
                yield place, partner
