"""Forms of one work that no source joins: the same authors, a near title, a few years, and one candidate only.

Registries' records alone are compared, so that a night without them joins nothing that the next one parts. Two
published versions are never joined, and neither are two preprints of one server: a second paper of the same authors
under nearly the same title is more common than a paper published twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from harvest.linking.authors import family_name
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.partition import Partition
from harvest.linking.score import Description, compare, of_record
from harvest.models import Finding, Identifier, Mention, Record
from harvest.text import fold_title

NEAR = 0.93  # likeness of titles
SHARED = 0.8  # of the authors
YEARS = 3  # between preprint and publication
EDGE = 12  # characters at either end of a title, by which records are sorted into blocks
AGAINST = frozenset(
    {"numbers", "notice", "words", "cut", "order", "shortened", "type"}
)  # penalties that forbid it
CROWD = 50  # a block with more is of titles such as "Editorial", which tell nothing

RIVALS = "another form fits as well"

Slot = tuple[str, ...]


class _Form(NamedTuple):
    """A record with what is compared of it."""

    record: Record
    said: Description  # once for all pairs: a collaboration has thousands of authors
    title: str
    names: frozenset[str]
    slot: Slot


def joined(partition: Partition, records: Iterable[Record]) -> list[Verdict]:
    """Join in `partition` what is one work by its looks; gives the verdicts, accepted or not."""
    known = _known(records)
    slots: dict[Identifier, set[Slot]] = {}
    for identifier, record in known.items():
        slots.setdefault(partition.root(identifier), set()).add(_slot(record))
    pairs: dict[tuple[Identifier, Identifier], Ledger] = {}
    for block in _blocks(known.values()):
        tops = {partition.root(identifier) for identifier in block}
        forms = [_form(known[identifier]) for identifier in sorted(block)] if len(tops) > 1 else []
        for form, another in combinations(forms, 2):
            if (
                _near(form, another)
                and _may_join(partition, slots, form, another)
                and (told := _alike(form, another))
            ):
                pairs[form.record.identifier, another.record.identifier] = told
    rivals = _rivals(partition, slots, pairs)
    verdicts = []
    for (one, other), ledger in sorted(pairs.items(), key=lambda item: item[0]):
        top, under = partition.root(one), partition.root(other)
        accepted = None
        if top in rivals or under in rivals:
            why = RIVALS
        elif top != under and (slots[top] & slots[under] or not partition.join(one, other)):
            why = "it has another form of this kind, or was told to be different"
        else:
            slots[partition.root(one)] = slots[top] | slots[under]
            accepted, why = str(other), "the same authors, a near title"
        verdicts.append(Verdict(str(one), known[one].title or "", accepted, why, (ledger,)))
    return verdicts


def doubts(
    verdicts: Iterable[Verdict], listed: Mapping[Identifier, Iterable[Mention]]
) -> Iterator[Finding]:
    """Report what looks like several others that cannot all be it, wherever it is listed: a maintainer may know."""
    alike: dict[str, set[str]] = {}
    for verdict in verdicts:
        for ledger in verdict.ledgers if verdict.why == RIVALS else ():
            alike.setdefault(verdict.subject, set()).add(ledger.candidate)
            alike.setdefault(ledger.candidate, set()).add(verdict.subject)
    for name, others in alike.items():
        message = f"{name} looks like {' and '.join(sorted(others))}, which are not one work; say which with `same`"
        for mention in listed.get(Identifier.of(name), ()) if len(others) > 1 else ():
            yield Finding(mention.seed, mention.line, "uncertain-match", message)


def _known(records: Iterable[Record]) -> dict[Identifier, Record]:
    """Give the records that can be compared, one an identifier: texts of registries, with title and authors."""
    known: dict[Identifier, Record] = {}
    for record in records:
        is_text = record.kind in {"preprint", "version_of_record"}
        if is_text and not record.provisional and record.title and record.authors:
            other = known.setdefault(record.identifier, record)
            if record.source < other.source:  # not the first that comes: the order plays no part
                known[record.identifier] = record
    return known


def _slot(record: Record) -> Slot:
    """Give the place of a form in its work: one published version, and one preprint of each kind of server."""
    return (
        (record.kind,)
        if record.kind == "version_of_record"
        else (record.kind, record.identifier.scheme)
    )


def _blocks(records: Iterable[Record]) -> Iterable[list[Identifier]]:
    """Sort records by their first and last author with the beginning or the end of the title."""
    blocks: dict[tuple[str, ...], list[Identifier]] = {}
    for record in records:
        first, last = (
            _surname(family_name(record.authors[0])),
            _surname(family_name(record.authors[-1])),
        )
        title = fold_title(record.title or "")
        blocks.setdefault((first, last, title[:EDGE]), []).append(record.identifier)
        blocks.setdefault((first, last, "", title[-EDGE:]), []).append(record.identifier)
    return (block for block in blocks.values() if 1 < len(block) <= CROWD)


@lru_cache(maxsize=1 << 15)
def _surname(name: str) -> str:
    """Give the last word of a family name: registries disagree on particles and double names."""
    return fold_title(name).rpartition(" ")[2]


def _form(record: Record) -> _Form:
    names = frozenset(_surname(family_name(author)) for author in record.authors)
    return _Form(record, of_record(record), fold_title(record.title or ""), names, _slot(record))


def _near(one: _Form, other: _Form) -> bool:
    """Tell whether titles and authors are as good as the same; asked of many pairs, so the quick questions first."""
    if one.slot == other.slot or not fuzz.ratio(one.title, other.title, score_cutoff=100 * NEAR):
        return False
    return len(one.names & other.names) >= SHARED * len(one.names | other.names)


def _may_join(
    partition: Partition, slots: dict[Identifier, set[Slot]], one: _Form, other: _Form
) -> bool:
    """Tell whether two forms are of two works, and those have no form of the same kind."""
    tops = partition.root(one.record.identifier), partition.root(other.record.identifier)
    return tops[0] != tops[1] and slots[tops[0]].isdisjoint(slots[tops[1]])


def _alike(one: _Form, other: _Form) -> Ledger | None:
    """Give the ledger of two forms that nothing speaks against."""
    ledger = compare(one.said, other.said, str(other.record.identifier))
    years = [said.year for said in (one.said, other.said) if said.year]
    against = {penalty.name for penalty in ledger.penalties} & AGAINST
    return None if against or max(years, default=0) - min(years, default=0) > YEARS else ledger


def _rivals(
    partition: Partition,
    slots: dict[Identifier, set[Slot]],
    pairs: Iterable[tuple[Identifier, Identifier]],
) -> set[Identifier]:
    """Give the works that look like two others which cannot both be the same."""
    like: dict[Identifier, set[Identifier]] = {}
    for pair in pairs:
        one, other = map(partition.root, pair)
        like.setdefault(one, set()).add(other)
        like.setdefault(other, set()).add(one)
    return {
        top
        for top, others in like.items()
        if any(slots[one] & slots[other] for one, other in combinations(sorted(others), 2))
    }
