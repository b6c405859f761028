"""Forms of one work that no source joins.

They have the same authors, a near title, few years between them, and only one candidate. Only
records of registries are compared, so that a night without them joins nothing that the next one
parts. Two published versions are never joined, and neither are two preprints of one server: a
second paper of the same authors under nearly the same title is more common than a paper published
twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from rapidfuzz import fuzz

from harvest.linking.authors import family_name
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.partition import Edge, Partition
from harvest.linking.score import Description, compare, of_record
from harvest.linking.words import title_words
from harvest.models import Finding, Identifier, Mention, Record
from harvest.text import fold_title

LOOKALIKE_TITLE = 0.93  # likeness
SAME_AUTHORS = 0.8  # share of the authors of both
MAX_YEARS_APART = 3  # between preprint and publication
BLOCK_KEY = 12  # characters at either end of a title, by which records are sorted into blocks
MAX_BLOCK = 50  # a block with more is of titles such as "Editorial", which say nothing
VETOES = frozenset({"numbers", "notice", "words", "cut", "order", "shortened", "type", "opposite"})
AMBIGUOUS = "another form fits as well"

FormKind = tuple[str, ...]
Kinds = dict[Identifier, set[FormKind]]  # of the forms of a work


class _Form(NamedTuple):
    """A record with what is compared of it, computed once: a collaboration has many authors."""

    identifier: Identifier
    work: Identifier
    kind: FormKind
    description: Description
    titles: tuple[str, ...]
    names: frozenset[str]


def join(partition: Partition, records: Iterable[Record]) -> list[Verdict]:
    """Join what looks like one work; return a verdict on each pair that looks so."""
    texts = _comparable(records)
    kinds: Kinds = defaultdict(set)
    for identifier, record in texts.items():
        kinds[partition.root(identifier)].add(_form_kind(record))
    ledgers = _compare_blocks(partition, texts, kinds)
    ambiguous = _find_ambiguous(partition, kinds, ledgers)
    verdicts = []
    for one, other in sorted(ledgers):
        work, double = partition.root(one), partition.root(other)
        has_both = work != double and kinds[work] & kinds[double]
        accepted = None
        if work in ambiguous or double in ambiguous:
            why = AMBIGUOUS
        elif has_both or not partition.join(one, other):
            why = "it has another form of this kind, or was told to be different"
        else:
            kinds[partition.root(one)] = kinds[work] | kinds[double]
            accepted, why = str(other), "the same authors, a near title"
        title = texts[one].title or ""
        ledger = ledgers[one, other]
        verdicts.append(Verdict(str(one), title, accepted, why, (ledger,)))
    return verdicts


def uncertain_matches(
    verdicts: Iterable[Verdict], mentions: Mapping[Identifier, Iterable[Mention]]
) -> Iterator[Finding]:
    """Yield a finding wherever a form is listed that looks like several others.

    They cannot all be it, and a maintainer may know.
    """
    alike = defaultdict(set)
    for verdict in verdicts:
        if verdict.why == AMBIGUOUS:
            candidate = verdict.ledgers[0].candidate
            alike[verdict.subject].add(candidate)
            alike[candidate].add(verdict.subject)
    for name, others in alike.items():
        if len(others) > 1:
            looks = f"{name} looks like {' and '.join(sorted(others))}"
            message = f"{looks}, which are not one work; say which with `same`"
            for mention in mentions.get(Identifier.of(name), ()):
                yield Finding(mention.seed, mention.line, "uncertain-match", message)


def _comparable(records: Iterable[Record]) -> dict[Identifier, Record]:
    """Return registries' records of texts with title and authors: of the first source by name."""
    texts: dict[Identifier, Record] = {}
    for record in records:
        is_text = record.kind in {"preprint", "version_of_record"}
        if is_text and not record.provisional and record.title and record.authors:
            other = texts.setdefault(record.identifier, record)
            if record.source < other.source:
                texts[record.identifier] = record
    return texts


def _form_kind(record: Record) -> FormKind:
    """Return what a work has once: a published version, or a preprint of each kind of server."""
    if record.kind == "version_of_record":
        return (record.kind,)
    return (record.kind, record.identifier.scheme)


def _compare_blocks(
    partition: Partition, texts: Mapping[Identifier, Record], kinds: Kinds
) -> dict[Edge, Ledger]:
    """Return the ledgers of pairs that look alike and are of two works that may be one."""
    ledgers = {}
    for block in _blocks(texts.values()):
        if len({partition.root(identifier) for identifier in block}) == 1:
            continue
        forms = [_form(texts[name], partition.root(name)) for name in sorted(set(block))]
        for one, other in combinations(forms, 2):
            if _is_near(one, other) and kinds[one.work].isdisjoint(kinds[other.work]):
                ledger = compare(one.description, other.description, str(other.identifier))
                if _has_no_veto(one, other, ledger):
                    ledgers[one.identifier, other.identifier] = ledger
    return ledgers


def _blocks(records: Iterable[Record]) -> Iterator[list[Identifier]]:
    """Yield records with the same first and last author, and the same beginning or end of title."""
    blocks: dict[tuple[str, ...], list[Identifier]] = defaultdict(list)
    for record in records:
        first = _surname(family_name(record.authors[0]))
        last = _surname(family_name(record.authors[-1]))
        for title in _keys(record):
            blocks[first, last, title[:BLOCK_KEY]].append(record.identifier)
            blocks[first, last, "", title[-BLOCK_KEY:]].append(record.identifier)
    return (block for block in blocks.values() if 1 < len(block) <= MAX_BLOCK)


@lru_cache(maxsize=1 << 15)
def _surname(name: str) -> str:
    """Return the last word of a family name: registries disagree on particles and double names."""
    return fold_title(name).rpartition(" ")[2]


def _form(record: Record, work: Identifier) -> _Form:
    names = frozenset(_surname(family_name(author)) for author in record.authors)
    description, titles = of_record(record), _keys(record)
    return _Form(record.identifier, work, _form_kind(record), description, titles, names)


def _keys(record: Record) -> tuple[str, ...]:
    """Return the words of each of its titles."""
    titles = (record.title or "", *record.original_titles)
    return tuple(" ".join(title_words(title)) for title in titles)


def _is_near(one: _Form, other: _Form) -> bool:
    """Return True if titles and authors are as good as the same; the quickest test comes first."""
    if one.work == other.work or one.kind == other.kind:
        return False
    pairs = product(one.titles, other.titles)
    if not any(fuzz.ratio(*pair, score_cutoff=100 * LOOKALIKE_TITLE) for pair in pairs):
        return False
    return len(one.names & other.names) >= SAME_AUTHORS * len(one.names | other.names)


def _has_no_veto(one: _Form, other: _Form, ledger: Ledger) -> bool:
    if any(penalty.name in VETOES for penalty in ledger.penalties):
        return False
    year, another = one.description.year, other.description.year
    return not (year and another) or abs(year - another) <= MAX_YEARS_APART


def _find_ambiguous(partition: Partition, kinds: Kinds, pairs: Iterable[Edge]) -> set[Identifier]:
    """Return the works that look like two others which cannot both be the same."""
    alike = defaultdict(set)
    for one, other in pairs:
        work, double = partition.root(one), partition.root(other)
        alike[work].add(double)
        alike[double].add(work)
    ambiguous = set()
    for work, others in alike.items():
        if any(kinds[one] & kinds[other] for one, other in combinations(others, 2)):
            ambiguous.add(work)
    return ambiguous
