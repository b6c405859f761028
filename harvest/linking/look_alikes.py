"""Forms of one work that no source joins.

They have the same authors, a near title, and only one candidate. Only records of registries are
compared, so that a night without them joins nothing that the next one parts. Two published versions
are never joined, and neither are two preprints of one server: a second paper of the same authors
under nearly the same title is more common than a paper published twice.

Which records are compared is told by their keys: the title, and a family name with words of the
title. A key that many records share is common, and says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, combinations, groupby, product
from typing import NamedTuple

from rapidfuzz import fuzz

from harvest.linking.authors import is_group
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.names import parse_name, sound
from harvest.linking.partition import Edge, Partition
from harvest.linking.score import Description, compare, of_record
from harvest.linking.words import SMALL_WORDS, title_words
from harvest.models import Author, Finding, Identifier, Mention, Record

NEAR_TITLE = 60  # likeness in percent from which records are compared at all
SURE = 7.0  # bits: nobody asked for this comparison, so it needs more than a search
MAX_BLOCK = 50  # a key that more records share is that of titles such as "Editorial"
STEM = 4  # letters of a word by which it is compared: model and models, tumor and tumour
WORDS = 3  # of a title in one key
AMBIGUOUS = "another form fits as well"

FormKind = tuple[str, ...]
Kinds = dict[Identifier, set[FormKind]]  # of the forms of a work
Key = int
PLACE = 32  # bits
LAST_PLACE = (1 << PLACE) - 1
_VOWELS = str.maketrans("", "", "aeiouy")


class _Form(NamedTuple):
    """A record with what is compared of it."""

    identifier: Identifier
    description: Description
    titles: tuple[str, ...]


def join(
    partition: Partition, records: Iterable[Record], common: Collection[Key] | None = None
) -> list[Verdict]:
    """Join what looks like one work; return a verdict on each pair that looks so.

    Records that share no key may be joined apart, with the same result: `common` are then those of
    all of them.
    """
    texts = _comparable(records)
    kinds: Kinds = defaultdict(set)
    for identifier, record in texts.items():
        kinds[partition.root(identifier)].add(_form_kind(record))
    ledgers = _compare_blocks(partition, texts, kinds, common)
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


def common_keys(records: Iterable[Record]) -> frozenset[Key]:
    """Return the keys that more than MAX_BLOCK comparable records share."""
    texts = list(_comparable(records).values())
    return frozenset(key for key, places in _sorted_keys(texts) if len(places) > MAX_BLOCK)


def keys(record: Record) -> frozenset[Key]:
    """Return the keys of a record, of which one form of a work shares at least one with another.

    These are the letters of the title, and each of three family names with the first words of
    the title, with the last, and with the two longest. The names are those of the first and the
    last author, and the first by the alphabet, which an exchanged order leaves.
    """
    names = _family_names(record.authors)
    keys_of_titles = (_title_keys(title, names) for title in _titles(record))
    return frozenset(chain.from_iterable(keys_of_titles))


def _title_keys(title: str, names: Iterable[Key]) -> Iterator[Key]:
    words = title_words(title)
    stems = [word[:STEM] for word in words if word not in SMALL_WORDS] or words
    longest = sorted(sorted(words, key=lambda word: (-len(word), word))[:2])
    yield _digest("".join(words))
    for phrase in (("first", *stems[:WORDS]), ("last", *stems[-WORDS:]), ("longest", *longest)):
        part = _digest(" ".join(phrase))
        yield from (name ^ part for name in names)


def _digest(text: str) -> Key:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def _family_names(authors: Sequence[Author]) -> set[Key]:
    """Return keys of the family names of the first, the last and another author."""
    people = [author for author in authors if not is_group(author.name)] or authors
    by_name = min(people, key=lambda it: (it.family or it.name.rpartition(" ")[2]).casefold())
    chosen = (people[0], people[-1], by_name)
    return {_name_key(author.family or author.name) for author in chosen}


@lru_cache(maxsize=1 << 16)
def _name_key(family: str) -> Key:
    """Return a key of a family name: the last word of several, the consonants of a long one."""
    name = parse_name(family)
    if name is None:
        return 0
    word = sound(name.words[max(name.family)][-1])
    return _digest(word if len(word) <= STEM else word[0] + word[1:].translate(_VOWELS))


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
    partition: Partition,
    texts: Mapping[Identifier, Record],
    kinds: Kinds,
    common: Collection[Key] | None,
) -> dict[Edge, Ledger]:
    """Return the ledgers of pairs that look alike and are of two works that may be one."""
    edges = sorted(_candidates(partition, texts, kinds, common))
    forms = {name: _form(texts[name]) for name in set(chain.from_iterable(edges))}
    ledgers = {}
    for edge in edges:
        ledger = _compare(forms[edge[0]], forms[edge[1]])
        if ledger:
            ledgers[edge] = ledger
    return ledgers


def _candidates(
    partition: Partition,
    texts: Mapping[Identifier, Record],
    kinds: Kinds,
    common: Collection[Key] | None,
) -> set[Edge]:
    """Return pairs of forms that share a key and are of two works that may be one."""
    records = list(texts.values())
    edges = set()
    for key, places in _sorted_keys(records):
        is_common = len(places) > MAX_BLOCK if common is None else key in common
        if len(places) == 1 or is_common:
            continue
        names = sorted(records[place].identifier for place in places)
        roots = [(name, partition.root(name)) for name in names]
        for (one, work), (other, double) in combinations(roots, 2):
            if work != double and kinds[work].isdisjoint(kinds[double]):
                edges.add((one, other))
    return edges


def _sorted_keys(records: Sequence[Record]) -> Iterator[tuple[Key, list[int]]]:
    """Yield each key with the places of its records.

    Key and place are one number each, because millions of lists would not fit in memory.
    """
    numbers = [key << PLACE | place for place, record in enumerate(records) for key in keys(record)]
    numbers.sort()
    for key, group in groupby(numbers, key=lambda number: number >> PLACE):
        yield key, [number & LAST_PLACE for number in group]


def _form(record: Record) -> _Form:
    titles = tuple(" ".join(title_words(title)) for title in _titles(record))
    return _Form(record.identifier, of_record(record), titles)


def _titles(record: Record) -> tuple[str, ...]:
    return (record.title or "", *record.original_titles)


def _compare(one: _Form, other: _Form) -> Ledger | None:
    """Return the ledger of two forms that look alike; the quickest test comes first."""
    pairs = product(one.titles, other.titles)
    if not any(fuzz.token_sort_ratio(*pair, score_cutoff=NEAR_TITLE) for pair in pairs):
        return None
    ledger = compare(one.description, other.description, str(other.identifier))
    return ledger if ledger.author and ledger.bits >= SURE else None


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
