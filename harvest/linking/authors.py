"""Two lists of authors compared: lists write names in any order and style, and cut them short."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from harvest.linking.words import is_misspelt, word_set
from harvest.models import Author
from harvest.text import fold_title

MAX_AUTHORS = 60  # that are compared: a collaboration of thousands is known by its first
SEPARATOR = re.compile(r"[,;&]|\band\b")
ET_AL = re.compile(r"\bet\.?\s*al\b|\bothers\b|\.\.\.|…", re.IGNORECASE)
SUFFIXES = word_set("jr sr ii iii iv")
GROUPS = word_set(
    "collaboration collaborators committee consortium group initiative investigators network"
    " project society team"
)


class Agreement(NamedTuple):
    """The share of authors that agree (0 to 1), and what was compared."""

    share: float
    why: str


def family_name(author: Author) -> str:
    """Return the family name, or all of the name of a group.

    Of a name in one piece it is the last word that is no suffix.
    """
    if author.family:
        return author.family
    if author.name.rpartition(" ")[2].lower() in GROUPS:  # there are many collaborations
        return author.name.removeprefix("The ")
    words = reversed(author.name.split())
    names = (word for word in words if word.strip(".").lower() not in SUFFIXES)
    return next(names, author.name)


def join_names(authors: Iterable[Author]) -> str | None:
    """Return authors as `Family, Given; ...`, or None if there are none."""
    names = (f"{family_name(author)}, {author.given or author.name}" for author in authors)
    return "; ".join(names) or None


def compare_authors(query: str | None, candidate: str | None) -> Agreement | None:
    """Return how far authors agree, or None if one side names nobody.

    The family names of the candidate (`Family, Given; ...`) are looked up among the listed words.
    """
    if not (query and candidate):
        return None
    if query == candidate:
        return Agreement(1.0, "the same")
    families, words = _families(candidate), _words(query)
    if not (families and words):
        return None
    count = sum(_is_among(family, words) for family in families)
    share = count / len(families)
    is_led = _is_among(families[0], _words(SEPARATOR.split(query, maxsplit=1)[0]))
    is_cut = ET_AL.search(query) is not None
    if is_led and is_cut:
        share = 1.0
    elif is_led and _share_in(query, _words(candidate)) >= 0.75:  # the rest may be left out
        share = max(share, 0.8)
    elif is_cut and len(families) > 1:
        share = min(share, 0.4)
    elif count == 1 and len(families) > 2:
        share = 0.0  # one name of several in common is chance: many share Wang and Li
    order = "" if is_led else ", another comes first"
    return Agreement(share, f"{count} of {len(families)} found{order}")


def _share_in(query: str, words: frozenset[str]) -> float:
    """Return the share of listed names with a word of the candidate's; initials do not count."""
    hits = []
    for name in SEPARATOR.split(query, maxsplit=MAX_AUTHORS)[:MAX_AUTHORS]:
        parts = [part for part in _words(name) if len(part) > 2]
        if parts:
            hits.append(any(_is_among(part, words) for part in parts))
    return sum(hits) / len(hits) if hits else 0.0


@lru_cache(maxsize=1 << 14)
def _families(authors: str) -> tuple[str, ...]:
    names = (fold_title(name.partition(",")[0]) for name in authors.split(";"))
    return tuple(islice(filter(None, names), MAX_AUTHORS))


@lru_cache(maxsize=1 << 14)
def _words(authors: str) -> frozenset[str]:
    return frozenset(fold_title(authors).split())


def _is_among(family: str, words: Collection[str]) -> bool:
    """Return True if every word of a family name is there; long ones may be misspelt."""
    for part in family.split():
        if part in words or (len(part) == 1 and " " in family):
            continue
        if len(part) < 5 or not any(is_misspelt(part, word) for word in words):
            return False
    return True
