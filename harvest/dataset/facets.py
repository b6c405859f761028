"""Facets: what the columns and sections of a list say of a work, in the words of a vocabulary.

The vocabulary is data (data/vocabulary.toml; another field names its own with the setting `vocabulary`). A column
speaks before a section, and a rule only for a facet of which the list itself says nothing. What the vocabulary does
not know is no value: it is a finding (see checks/terms.py).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from harvest.errors import UsageError
from harvest.models import Dataset, Mention, Provenance
from harvest.text import fold

_NUMBER = re.compile(r"^\W*\d+[.)]\s+")
_PARENTHESIS = re.compile(r"\(([^()]*)\)")


class Facet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One facet of a vocabulary file: where it is said, how its terms are separated, and what each is called.

    `any` is the value that contradicts no other (Multiple modalities), `rest` the one that no heading gives (Other).
    """

    columns: tuple[str, ...] = ()
    sections: bool = False
    split: tuple[str, ...] = ()
    open: bool = False
    defined: bool = False
    any: str | None = None
    rest: str | None = None
    terms: dict[str, tuple[str, ...]] = {}


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that follows from something else: `pattern` is searched in what `where` names, as `fold` gives it."""

    facet: str
    value: str
    where: tuple[str, ...]
    pattern: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    facets: dict[str, Facet] = {}
    rules: tuple[Rule, ...] = ()


class Term(NamedTuple):
    """One term as a list writes it, and its value; None when the vocabulary does not know it."""

    written: str
    value: str | None


class Vocabulary:
    """A vocabulary, ready to be asked. Cells repeat all over a list, so each is taken apart once."""

    def __init__(self, facets: dict[str, Facet], rules: Iterable[Rule] = ()) -> None:
        self.facets = facets
        self.rules = [(rule, re.compile(rule.pattern)) for rule in rules]
        self.spellings = {
            name: {
                fold(s): value for value, others in facet.terms.items() for s in (value, *others)
            }
            for name, facet in facets.items()
        }
        self._columns = {
            fold(header): name for name, facet in facets.items() for header in facet.columns
        }
        self._headers: dict[str, str | None] = {}
        self._cells: dict[tuple[str, str], tuple[Term, ...]] = {}
        self._headings: dict[tuple[str, str], str | None] = {}

    def facet(self, header: str) -> str | None:
        """Tell which facet a column holds."""
        if header not in self._headers:
            self._headers[header] = self._columns.get(fold(header))
        return self._headers[header]

    def cell(self, facet: str, text: str) -> tuple[Term, ...]:
        """Take a cell apart into its terms."""
        if (facet, text) not in self._cells:
            parts = _split(text, self.facets[facet].split)
            self._cells[facet, text] = tuple(Term(part, self._value(facet, part)) for part in parts)
        return self._cells[facet, text]

    def heading(self, facet: str, text: str) -> str | None:
        """Give the value that a heading names: as a whole, without its number, or what its parentheses hold."""
        if (facet, text) not in self._headings:
            plain = _NUMBER.sub("", text)
            forms = (plain, _PARENTHESIS.sub(" ", plain), *_PARENTHESIS.findall(plain))
            known = self.spellings[facet]
            value = next((known[key] for form in forms if (key := fold(form)) in known), None)
            self._headings[facet, text] = None if value == self.facets[facet].rest else value
        return self._headings[facet, text]

    def columns(self, mention: Mention) -> Iterator[tuple[str, tuple[Term, ...]]]:
        """Give each facet that a column of the entry holds, with its terms."""
        for header, text in mention.columns.items():
            if text and (name := self.facet(header)):
                yield name, self.cell(name, text)

    def sections(self, mention: Mention) -> Iterator[tuple[str, str]]:
        """Give each facet that a heading above the entry names, with its value."""
        for name, facet in self.facets.items():
            for heading in mention.section if facet.sections else ():
                if value := self.heading(name, heading):
                    yield name, value

    def _value(self, facet: str, term: str) -> str | None:
        found = self.spellings[facet].get(fold(term))
        return term if found is None and self.facets[facet].open else found


def load(path: str | None = None) -> Vocabulary:
    """Read a vocabulary file; None for the one that ships with harvest. Raises UsageError that names what is wrong."""
    source = Path(path) if path else files("harvest").joinpath("data", "vocabulary.toml")
    try:
        read = msgspec.convert(tomllib.loads(source.read_text("utf-8")), _File)
        vocabulary = Vocabulary(read.facets, read.rules)
    except (
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        msgspec.ValidationError,
        re.error,
    ) as error:
        raise UsageError(f"vocabulary {source}: {error}") from error
    for rule in read.rules:
        unknown = {rule.facet, *rule.where} - {*read.facets, "section", "seed", "title"}
        if unknown:
            raise UsageError(
                f"vocabulary {source}: a rule names {min(unknown)!r}, which is no facet"
            )
    return vocabulary


def of(
    mentions: Iterable[Mention], vocabulary: Vocabulary, title: str | None = None
) -> tuple[dict[str, list[str]], dict[str, Provenance]]:
    """Give the facets of a work from its mentions, and who said each (the list, or a rule); `title` is the work's own.

    Values are sorted, and the order of the mentions plays no part.
    """
    mentions = list(mentions)
    said = _said(mentions, vocabulary)
    ruled: dict[str, set[str]] = {}
    for rule, pattern in vocabulary.rules:
        if rule.facet not in said and any(map(pattern.search, _texts(rule, mentions, said, title))):
            ruled.setdefault(rule.facet, set()).add(rule.value)
    values = {name: sorted(found) for name, found in sorted({**said, **ruled}.items())}
    return values, {name: Provenance("list" if name in said else "rule") for name in values}


def classify(dataset: Dataset, mentions: Iterable[Mention], vocabulary: Vocabulary) -> None:
    """Fill in the facets of every work, with their provenance as `facets.NAME`."""
    found: dict[tuple[str, int, str, str | None], list[Mention]] = {}
    for mention in mentions:
        found.setdefault((mention.seed, mention.line, mention.url, mention.title), []).append(
            mention
        )
    for work in dataset.works:
        own = [
            m
            for place in work.mentions
            for m in found.get((place.seed, place.line, place.url, place.title), ())
        ]
        work.facets, provenance = of(own, vocabulary, work.title)
        work.provenance |= {f"facets.{name}": who for name, who in provenance.items()}


def _said(mentions: list[Mention], vocabulary: Vocabulary) -> dict[str, set[str]]:
    """Give what the lists themselves say; of two spellings of an unlisted term the first in order stands."""
    said: dict[str, dict[str, str]] = {}
    for mention in mentions:
        columns = [
            (name, term.value)
            for name, terms in vocabulary.columns(mention)
            for term in terms
            if term.value
        ]
        spoken = {name for name, _ in columns}
        columns += [
            (name, value) for name, value in vocabulary.sections(mention) if name not in spoken
        ]
        for name, value in columns:
            spellings = said.setdefault(name, {})
            spellings[fold(value)] = min(value, spellings.get(fold(value), value))
    return {name: set(values.values()) for name, values in said.items()}


def _texts(
    rule: Rule, mentions: list[Mention], said: dict[str, set[str]], title: str | None
) -> Iterator[str]:
    """Give what a rule looks at, folded."""
    for where in rule.where:
        match where:
            case "section":
                yield from (fold(heading) for mention in mentions for heading in mention.section)
            case "seed":
                yield from (fold(mention.seed.rsplit("/", 1)[-1]) for mention in mentions)
            case "title":
                yield from (
                    fold(text) for text in (title, *(mention.title for mention in mentions)) if text
                )
            case facet:
                yield from map(fold, said.get(facet, ()))


def _split(text: str, separators: tuple[str, ...]) -> list[str]:
    """Split at the separators, but not within parentheses."""
    if not separators:
        return [text.strip()] if text.strip() else []
    parts, start, depth = [], 0, 0
    for match in re.finditer("|".join(["[()]", *map(re.escape, separators)]), text):
        if match[0] in {"(", ")"}:
            depth = max(0, depth + (1 if match[0] == "(" else -1))
        elif not depth:
            parts.append(text[start : match.start()])
            start = match.end()
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]
