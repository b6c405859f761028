"""Lists of authors as somebody writes them, read as the names of people and groups."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec

from harvest.linking.names import (
    BODIES,
    GROUPS,
    PARTICLES,
    SUFFIXES,
    TABLES,
    Name,
    Script,
    parse_name,
    script_of,
)
from harvest.linking.tables import word_set
from harvest.models import Author
from harvest.text import fold_title

MAX_TEXT = 20_000  # characters of a list that are read
_PREFIXES = word_set("van von der de la del della da di dem ter")  # of a family name, in any case
ET_AL = re.compile(
    r"\bet\.?\s*al\b\.?|\bet\s+coll\b\.?|\b(?:and\s+)?(?:\d+\s+)?others\b|\.\.\.|\u2026"
    r"|\bи\s+др\b\.?|等",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:(on behalf of|representing)(?: the)?|for the)\b", re.IGNORECASE)
_MARKS = str.maketrans(
    {"\uff0c": ",", "\u3001": ",", "\uff1b": ";", "\xb7": " ", "\u30fb": " ", "\n": " "}
)
_AND = re.compile(r"\s*(?:[,;]\s*)?(?:&|\band\b|\bund\b)\s*", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.|\b)[\s-]*)+|(?:Jr|Sr|II|III|IV)\.?|[A-Z]{2,3}")
Authors = str | tuple[Author, ...] | None  # as a list writes them, or as a registry parts them
Parts = tuple[str, str]  # family and given name, or a whole name and nothing


class People(NamedTuple):
    """A list of authors parted into names and groups, which may be cut short."""

    names: tuple[Name, ...]
    groups: frozenset[str]
    is_cut: bool = False


@lru_cache(maxsize=1 << 14)
def readings(authors: str | tuple[Author, ...]) -> tuple[People, ...]:
    """Return the ways in which authors can be read, without those that name nobody."""
    if isinstance(authors, str):
        people = _read_text(authors[:MAX_TEXT])
    else:
        parts = [_parts(author) for author in authors]
        is_cut = any(not it.family and ET_AL.search(it.name) for it in authors)
        people = (_people(parts, is_cut=is_cut),)
    return tuple(it for it in people if it.names or it.groups)


def written(authors: Authors) -> str | None:
    """Return authors as a search for them has it: `Family, Given; ...`; None if there are none."""
    if authors is None or isinstance(authors, str):
        return authors
    names = (f"{a.family or a.name.split()[-1]}, {a.given or a.name}" for a in authors)
    return "; ".join(names) or None


def name_words(authors: Authors) -> frozenset[str]:
    """Return every spelling of a word in the names of people."""
    names = chain.from_iterable(people.names for people in readings(authors or ""))
    words = chain.from_iterable(name.words for name in names)
    return frozenset(chain.from_iterable(words))


def _parts(author: Author) -> Parts:
    """Return the parts of a name; "et al." is none of them."""
    if author.family:
        return author.family, author.given or ""
    return ET_AL.sub(" ", author.name), ""


def _people(parts: Iterable[Parts], *, is_cut: bool = False) -> People:
    names, groups = [], []
    for family, first in parts:
        person, group = (family, "") if first else _part_group(family)
        if group:
            groups.append(fold_title(group).removeprefix("the "))
        name = parse_name(person, first)
        if name and name.raw not in TABLES.nobody:
            names.append(name)
    return People(tuple(names), frozenset(groups), is_cut)


def _part_group(name: str) -> tuple[str, str]:
    """Return the person and the group of a name, of which one may be empty."""
    if not is_group(name):
        return name, ""
    name = " ".join(name.split())
    match = _FOR.search(name)
    if match is None:
        return "", name
    person, group = name[: match.start()].rstrip(" ,|"), name[match.end() :].lstrip()
    is_apart = not is_group(person) if match[1] else _may_be_person(person)
    return (person, group) if group and is_apart else ("", name)


def _may_be_person(name: str) -> bool:
    """Return True if what stands before "for the" is no institution (Center for the Arts)."""
    words = fold_title(name).split()
    return len(words) > 1 and (GROUPS | BODIES).isdisjoint(words)


@lru_cache(maxsize=1 << 16)
def is_group(name: str) -> bool:
    """Return True if a name is of a group of people."""
    return not GROUPS.isdisjoint(fold_title(name).split())


@lru_cache(maxsize=1 << 16)
def part_name(author: Author) -> Author:
    """Return an author with given and family name, parted as arXiv parts names for its snapshot.

    The family name is the last word, with a suffix behind it and small words before it
    (arxiv-base, arxiv/util/authors.py). One word, a group, a name with a comma and other alphabets
    stay whole.
    """
    words = author.name.split()
    is_latin = script_of(author.name) is Script.LATIN
    if author.family or "," in author.name or not is_latin or is_group(author.name):
        return author
    start = len(words) - 1
    while start > 0 and words[start].rstrip(".").lower() in SUFFIXES:
        start -= 1
    while start > 1 and (words[start - 1] in PARTICLES or words[start - 1].lower() in _PREFIXES):
        start -= 1
    if start < 1:
        return author
    given, family = " ".join(words[:start]), " ".join(words[start:])
    return msgspec.structs.replace(author, given=given, family=family)


def _read_text(text: str) -> tuple[People, ...]:
    """Return the readings of a list as written; "Wang, Li" is one person or two."""
    is_cut = ET_AL.search(text) is not None
    text = ET_AL.sub(" ", text).translate(_MARKS).strip(" ,;&")
    if ";" in text:
        parts = [_split_name(part) for part in _AND.sub(";", text).split(";")]
        return (_people(parts, is_cut=is_cut),)
    groups = list(map(_split_list, _AND.split(text)))
    pieces = list(filter(None, chain.from_iterable(groups)))
    pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
    if len(groups) > 1 and all(len(group) == 2 for group in groups):  # as BibTeX has them
        return (_people(pairs, is_cut=is_cut),)
    apart = _people(_attach_initials(pieces), is_cut=is_cut)
    is_one = len(pieces) == 2 and " " not in pieces[0]  # Carcione, José M.
    if len(pieces) % 2 or (any(" " in piece for piece in pieces) and not is_one):
        return (apart,)
    return apart, _people(pairs, is_cut=is_cut)


def _split_list(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(",")]


def _split_name(text: str) -> Parts:
    family, _, first = text.partition(",")
    return family.strip(), first.strip()


def _attach_initials(pieces: Iterable[str]) -> list[Parts]:
    """Return names, initials and suffixes with the family name before them."""
    parts: list[Parts] = []
    for piece in pieces:
        if parts and not parts[-1][1] and _INITIALS.fullmatch(piece):
            parts[-1] = parts[-1][0], piece
        else:
            parts.append((piece, ""))
    return parts
