"""Facets: the columns and sections of a list in the terms of a vocabulary.

The vocabulary is data (data/vocabulary.toml, or another file by the setting `vocabulary`). A column
goes before a section, and a rule counts only for a facet that the list itself does not have. A term
outside the vocabulary is no value but a finding (see checks/terms.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from harvest.errors import UsageError
from harvest.models import Dataset, Mention, Place, Provenance
from harvest.text import fold

_NUMBER = re.compile(r"^\W*\d+[.)]\s+")
_PARENTHESIS = re.compile(r"\(([^()]*)\)")

FacetValues = dict[str, set[str]]  # the values of each facet


class Facet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One facet of a vocabulary file: its columns, separators and terms with their spellings.

    `any` is the value that contradicts no other (Multiple modalities), `rest` the one that no
    heading gives (Other).
    """

    columns: tuple[str, ...] = ()
    sections: bool = False
    split: tuple[str, ...] = ()
    open: bool = False
    defined: bool = False
    any: str | None = None
    rest: str | None = None
    terms: dict[str, tuple[str, ...]] = {}


class FacetRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that follows from a pattern in the folded text of the places that `where` names."""

    facet: str
    value: str
    where: tuple[str, ...]
    pattern: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    facets: dict[str, Facet] = {}
    rules: tuple[FacetRule, ...] = ()


class Term(NamedTuple):
    """One term as a list writes it, and its value; None if the vocabulary does not have it."""

    text: str
    value: str | None


class Vocabulary:
    """The facets and rules of a vocabulary, indexed."""

    def __init__(self, facets: dict[str, Facet], rules: Iterable[FacetRule] = ()) -> None:
        self.facets = facets
        self._rules: dict[str, list[tuple[re.Pattern[str], FacetRule]]] = defaultdict(list)
        for rule in rules:
            for place in rule.where:
                self._rules[place].append((re.compile(rule.pattern), rule))
        self.spellings: dict[str, dict[str, str]] = {}
        self._columns: dict[str, str] = {}
        self._sections: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self.rules = lru_cache(maxsize=1 << 14)(self._rules_of)  # sections repeat all over a list
        for name, facet in facets.items():
            spellings = self.spellings[name] = {}
            for value, others in facet.terms.items():
                spellings.update(dict.fromkeys(map(fold, (value, *others)), value))
            self._columns.update(dict.fromkeys(map(fold, facet.columns), name))

    def cell(self, name: str, text: str) -> list[Term]:
        """Parse a cell into its terms."""
        facet, spellings = self.facets[name], self.spellings[name]
        terms = []
        for part in _split(text, facet.split):
            default = part if facet.open else None
            terms.append(Term(part, spellings.get(fold(part), default)))
        return terms

    def heading(self, name: str, text: str) -> str | None:
        """Return the value of a heading: the whole, without its number, or in parentheses."""
        for key in _heading_keys(text):
            if value := self.spellings[name].get(key):
                return None if value == self.facets[name].rest else value
        return None

    def columns(self, mention: Mention) -> Iterator[tuple[str, list[Term]]]:
        """Yield each facet that a column of the entry holds, with its terms."""
        for header, text in mention.columns.items():
            name = self._columns.get(fold(header))
            if text and name:
                yield name, self.cell(name, text)

    def sections(self, mention: Mention) -> list[tuple[str, str]]:
        """Return each facet that a heading above the entry names, with its value."""
        if mention.section not in self._sections:
            self._sections[mention.section] = [*self._of_headings(mention.section)]
        return self._sections[mention.section]

    def _rules_of(self, place: str, text: str) -> list[FacetRule]:
        """Return the rules that hold for a text in a place."""
        key = fold(text)
        return [rule for pattern, rule in self._rules.get(place, ()) if pattern.search(key)]

    def _of_headings(self, section: Iterable[str]) -> Iterator[tuple[str, str]]:
        for name, facet in self.facets.items():
            for heading in section if facet.sections else ():
                if value := self.heading(name, heading):
                    yield name, value


def load(path: str | None = None) -> Vocabulary:
    """Read a vocabulary file, or the one of the package. Raises UsageError with what is wrong."""
    source = Path(path) if path else files("harvest") / "data" / "vocabulary.toml"
    try:
        content = msgspec.toml.decode(source.read_bytes(), type=_File)
        vocabulary = Vocabulary(content.facets, content.rules)
    except OSError as error:
        raise UsageError(f"vocabulary {source}: cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.DecodeError, re.error) as error:
        raise UsageError(f"vocabulary {source}: {error}") from error
    places = {*content.facets, "section", "seed", "title"}
    for rule in content.rules:
        unknown = ({rule.facet} - content.facets.keys()) | (set(rule.where) - places)
        if unknown:
            raise UsageError(
                f"vocabulary {source}: a rule names {min(unknown)!r}, which is no facet"
            )
    return vocabulary


def classify(dataset: Dataset, mentions: Iterable[Mention], vocabulary: Vocabulary) -> None:
    """Set the facets of every work, with their provenance as `facets.NAME`."""
    by_place: dict[object, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_place[_key(mention)].append(mention)
    for work in dataset.works:
        entries: list[Mention] = []
        for place in work.mentions:
            entries += by_place[_key(place)]
        work.facets, provenance = facets_of(entries, vocabulary, work.title)
        for name, source in provenance.items():
            work.provenance[f"facets.{name}"] = source


def _key(place: Place) -> object:
    return place.seed, place.line, place.url, place.title


def facets_of(
    mentions: Sequence[Mention], vocabulary: Vocabulary, title: str | None = None
) -> tuple[dict[str, list[str]], dict[str, Provenance]]:
    """Return the facets of a work and the source of each: the list, or a rule.

    `title` is the work's own. Values are sorted, and the order of the mentions does not matter.
    """
    from_lists = _listed_values(mentions, vocabulary)
    titles = [title, *(mention.title for mention in mentions)]
    texts: dict[str, Collection[str]] = {
        **from_lists,
        "section": set().union(*(mention.section for mention in mentions)),
        "seed": {mention.seed.rpartition("/")[2] for mention in mentions},
        "title": set(filter(None, titles)),  # most lists have the title of the work
    }
    values = _values_by_rule(texts, vocabulary) | from_lists
    facets = {name: sorted(values[name]) for name in sorted(values)}
    return facets, {name: Provenance("list" if name in from_lists else "rule") for name in facets}


def _values_by_rule(texts: Mapping[str, Collection[str]], vocabulary: Vocabulary) -> FacetValues:
    """Return the values of the rules that hold for texts, which are by place."""
    result: FacetValues = defaultdict(set)
    for place, values in texts.items():
        for text in values:
            for rule in vocabulary.rules(place, text):
                result[rule.facet].add(rule.value)
    return result


def _listed_values(mentions: Iterable[Mention], vocabulary: Vocabulary) -> FacetValues:
    """Return the values in the lists; of two spellings of an open term, the first in order."""
    result: FacetValues = defaultdict(set)
    for mention in mentions:
        for facet, values in _values(mention, vocabulary).items():
            result[facet] |= values
    for facet, values in result.items():
        by_key = {fold(value): value for value in sorted(values, reverse=True)}
        result[facet] = set(by_key.values())
    return result


def _values(mention: Mention, vocabulary: Vocabulary) -> FacetValues:
    in_columns, in_sections = defaultdict(set), defaultdict(set)
    for facet, terms in vocabulary.columns(mention):
        for term in terms:
            if term.value:
                in_columns[facet].add(term.value)
    for facet, value in vocabulary.sections(mention):
        in_sections[facet].add(value)
    return in_sections | in_columns


@lru_cache(maxsize=1 << 12)
def _heading_keys(text: str) -> list[str]:
    text = _NUMBER.sub("", text)
    forms = [text, _PARENTHESIS.sub(" ", text), *_PARENTHESIS.findall(text)]
    return [fold(form) for form in forms]


@lru_cache(maxsize=1 << 14)  # cells repeat all over a list
def _split(text: str, separators: tuple[str, ...]) -> list[str]:
    """Split at the separators, but not within parentheses."""
    parts, start, depth = [], 0, 0
    pattern = "|".join(map(re.escape, ("(", ")", *separators)))
    for match in re.finditer(pattern, text):
        if match[0] == "(":
            depth += 1
        elif match[0] == ")":
            depth = max(0, depth - 1)
        elif not depth:
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return list(filter(None, map(str.strip, parts)))
