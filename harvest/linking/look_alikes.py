"""Forms of one work that no source joins.

They have the same authors, a near title, and only one candidate. Only records of registries are
compared, so that a night without them joins nothing that the next one parts. Two published versions
are never joined, and neither are two preprints of one server: a second paper of the same authors
under nearly the same title is more common than a paper published twice.

Which records are compared is told by their keys: the title, and a family name with words of the
title. A key that many records share is common, and says nothing. Of records that share a key, only
those are compared whose titles have few words, and no numbers, that are not in both.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, combinations, groupby
from typing import NamedTuple
from zlib import crc32

from harvest.linking.author_lists import is_group
from harvest.linking.authors import compare_authors
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.names import parse_name, sound
from harvest.linking.partition import Edge, Partition
from harvest.linking.score import compare, of_record
from harvest.linking.tables import SMALL_WORDS
from harvest.linking.words import LOST, title_words
from harvest.models import Author, Finding, Identifier, Mention, Record

SURE = 6.4  # bits: nobody asked for this comparison, so it needs more than a search
COMMON_KEY_RECORDS = 50  # a key that more share is common: that of titles such as "Editorial"
STEM = 4  # letters of a word by which it is compared
WORDS = 3  # of a title in one key
MOST_BLANKS = 5  # of the head of a title that has few words but for small ones
MOST_UNMATCHED = 3  # words that both titles have alone: misspelt ones, parts of joined ones
MIN_SHARE = 0.5  # of the people of both
AMBIGUOUS = "another form fits as well"

FormKind = str
Kinds = dict[Identifier, set[FormKind]]  # of the forms of a work
Key = int
PLACE = 32  # bits
LAST_PLACE = (1 << PLACE) - 1
WORD_BITS = 64  # of an outline
LAST_WORD = (1 << WORD_BITS) - 1
DIGITS = frozenset("0123456789")
MOST_EQUAL = 6  # digits of one title that are counted
SLOTS = 4  # a key: keys that share a slot with no other are of one record
_VOWELS = str.maketrans("", "", f"aeiouy{LOST}")


class _Index(NamedTuple):
    """The keys of records with the places of these, and an outline of each record."""

    keys: array[int]
    places: array[int]
    outlines: list[int]


def join(
    partition: Partition, records: Iterable[Record], common: Collection[Key] | None = None
) -> list[Verdict]:
    """Join what looks like one work; return a verdict on each pair that looks so.

    Records that share no key may be joined apart, with the same result: `common` are then those of
    all of them.
    """
    texts = comparable(records)
    pairs = _candidates(list(texts.values()), common)
    kinds = _kinds(partition, texts, set(chain.from_iterable(pairs)))
    ledgers = _compare_pairs(partition, texts, kinds, pairs)
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


def keys(record: Record) -> frozenset[Key]:
    """Return the keys of a record, of which one form of a work shares at least one with another.

    These are the letters of the title, and each of three family names with the first words of
    the title, with the last, and with the two longest. The names are those of the first and the
    last author, and the first by the alphabet, which an exchanged order leaves.
    """
    names, all_keys = _family_names(record.authors), set()
    for title in _titles(record):
        words = title_words(title)
        all_keys.add(_digest("".join(words)))
        for phrase in (*_phrases(words), *_short_head(title)):
            all_keys.update([name ^ phrase for name in names])
    return frozenset(all_keys)


def _phrases(words: Sequence[str]) -> tuple[Key, ...]:
    """Return the keys of the first, the last and the longest words of a title."""
    subject = [word for word in words if word not in SMALL_WORDS] or words
    first, last = map(_stem, subject[:WORDS]), map(_stem, subject[-WORDS:])
    longest = sorted(sorted(words), key=len)[-2:]
    phrases = ("first", *first), ("last", *last), ("longest", *longest)
    return tuple([crc32(" ".join(phrase).encode()) for phrase in phrases])


def _short_head(title: str) -> Iterator[Key]:
    """Yield the key that a title of a few words has, where another has more behind its colon."""
    head, colon, _ = title.partition(":")
    may_be_short = colon and 1 <= head.count(" ") <= MOST_BLANKS
    words = [it for it in title_words(head) if it not in SMALL_WORDS] if may_be_short else []
    if 1 < len(words) < WORDS:
        yield crc32(" ".join(("first", *map(_stem, words))).encode())


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """Return the first consonants of a word: tumor and tumour, Dach and Daecher."""
    return (word[0] + word[1:].translate(_VOWELS))[:STEM]


def _digest(text: str) -> Key:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def _family_names(authors: Sequence[Author]) -> set[Key]:
    """Return keys of the family names of the first, the last and another author."""
    people = [it.family or it.name for it in authors if it.family or not is_group(it.name)]
    people = people or [it.name for it in authors]
    by_name = min(people, key=_last_word)
    return {_name_key(family) for family in (people[0], people[-1], by_name)}


@lru_cache(maxsize=1 << 16)
def _last_word(name: str) -> str:
    return name.rpartition(" ")[2].casefold()


@lru_cache(maxsize=1 << 16)
def _name_key(family: str) -> Key:
    """Return a key of a family name: the last word of several, the consonants of a long one."""
    name = parse_name(family)
    if name is None:
        return 0
    word = sound(name.words[max(name.family)][-1])
    return _digest(word if len(word) <= STEM else word[0] + word[1:].translate(_VOWELS))


def comparable(records: Iterable[Record]) -> dict[Identifier, Record]:
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
        return record.kind
    return record.identifier.scheme


def _kinds(
    partition: Partition, texts: Mapping[Identifier, Record], names: Collection[Identifier]
) -> Kinds:
    """Return the kinds of forms of the works that some records are of."""
    kinds: Kinds = {partition.root(name): set() for name in names}
    for name, record in texts.items():
        work = partition.root(name)
        if work in kinds:
            kinds[work].add(_form_kind(record))
    return kinds


def _compare_pairs(
    partition: Partition, texts: Mapping[Identifier, Record], kinds: Kinds, pairs: Iterable[Edge]
) -> dict[Edge, Ledger]:
    """Return the ledgers of pairs that look alike and are of two works that may be one."""
    ledgers = {}
    for one, other in sorted(pairs):
        work, double = partition.root(one), partition.root(other)
        if work != double and kinds[work].isdisjoint(kinds[double]):
            ledger = _compare(texts[one], texts[other])
            if ledger:
                ledgers[one, other] = ledger
    return ledgers


def _candidates(records: Sequence[Record], common: Collection[Key] | None) -> set[Edge]:
    """Return pairs of forms of two kinds that share a key and may have one title."""
    kinds, index = [_form_kind(record) for record in records], _index(records)
    outlines, numbers = index.outlines, set()
    for key, places in _shared_keys(index):
        is_common = len(places) > COMMON_KEY_RECORDS if common is None else key in common
        if len(places) > 1 and not is_common:
            for one, other in combinations(places, 2):
                if kinds[one] != kinds[other] and _may_be_one(outlines[one], outlines[other]):
                    numbers.add(one << PLACE | other)
    pairs = set()
    for number in numbers:
        names = [records[number >> PLACE].identifier, records[number & LAST_PLACE].identifier]
        pairs.add((min(names), max(names)))
    return pairs


def _may_be_one(one: int, other: int) -> bool:
    """Return False if outlines tell that titles have other numbers, or too many other words."""
    mine, yours = one & ~other, other & ~one
    if mine > LAST_WORD and yours > LAST_WORD:
        return False
    fewest = min((mine & LAST_WORD).bit_count(), (yours & LAST_WORD).bit_count())
    return fewest <= MOST_UNMATCHED


def _outline(record: Record) -> int:
    """Return the outline of a title: a bit for each word and, above them, for each of its digits.

    What an outline has alone, its title has alone. That of several titles is empty, and fits any.
    """
    if record.original_titles:
        return 0
    outline, numbers = 0, ""
    for word in title_words(record.title or ""):
        outline |= _word_bit(word)
        if not word.isalpha():
            numbers += word
    for digit in DIGITS.intersection(numbers):
        count = min(numbers.count(digit), MOST_EQUAL)
        outline |= ((1 << count) - 1) << WORD_BITS + MOST_EQUAL * int(digit)
    return outline


@lru_cache(maxsize=1 << 16)
def _word_bit(word: str) -> int:
    return 0 if word in SMALL_WORDS else 1 << crc32(word.encode()) % WORD_BITS


def _index(records: Iterable[Record]) -> _Index:
    index = _Index(array("Q"), array("L"), [])
    for place, record in enumerate(records):
        its_keys = keys(record)
        index.keys.extend(its_keys)
        index.places.extend([place] * len(its_keys))
        index.outlines.append(_outline(record))
    return index


def _shared_keys(index: _Index) -> Iterator[tuple[Key, list[int]]]:
    """Yield each key with the places of its records, but few that only one record has.

    Key and place are one number each, because millions of lists would not fit in memory.
    """
    last_slot = (1 << (SLOTS * len(index.keys)).bit_length()) - 1
    slots = bytearray(last_slot + 1)
    for key in index.keys:
        slot = key & last_slot
        slots[slot] = 2 if slots[slot] else 1
    numbers = [
        key << PLACE | place
        for key, place in zip(index.keys, index.places, strict=True)
        if slots[key & last_slot] == 2
    ]
    numbers.sort()
    for key, group in groupby(numbers, key=lambda number: number >> PLACE):
        yield key, [number & LAST_PLACE for number in group]


def _titles(record: Record) -> tuple[str, ...]:
    return (record.title or "", *record.original_titles)


def _compare(one: Record, other: Record) -> Ledger | None:
    """Return the ledger of two forms that look alike; the quickest test comes first."""
    agreement = compare_authors(one.authors, other.authors)
    if agreement is None or agreement.share < MIN_SHARE:
        return None
    ledger = compare(of_record(one), of_record(other), str(other.identifier))
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
