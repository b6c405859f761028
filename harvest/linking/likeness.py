"""Forms of one work that no source joins: the same authors, a near title, a few years, and one candidate only.

Registries' records alone are compared, so that a night without them joins nothing that the next one parts. Two
published versions are never joined, and neither are two preprints of one server: a second paper of the same authors
under nearly the same title is more common than a paper published twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from harvest.linking.match import Ledger, Verdict, compare, family, normalized, of_record
from harvest.linking.partition import Partition
from harvest.models import Identifier, Record

NEAR = 0.93  # likeness of titles
SHARED = 0.8  # of the authors
YEARS = 3  # between preprint and publication
EDGE = 8  # characters at either end of a title, by which records are sorted into blocks
CROWD = 50  # a block with more is of titles such as "Editorial", which tell nothing

Slot = tuple[str, ...]


def joined(partition: Partition, records: Iterable[Record]) -> list[Verdict]:
    """Join in `partition` what is one work by its looks; gives the verdicts, accepted or not."""
    known = {record.identifier: record for record in sorted(filter(_telling, records), key=_order, reverse=True)}
    slots: dict[Identifier, set[Slot]] = {}
    for identifier, record in known.items():
        slots.setdefault(partition.root(identifier), set()).add(_slot(record))
    pairs = {
        pair: ledger
        for block in _blocks(known.values())
        for pair in combinations(block, 2)
        if (ledger := _alike(partition, slots, known, *pair))
    }
    rivals = _rivals(partition, slots, pairs)
    verdicts = []
    for (one, other), ledger in sorted(pairs.items(), key=lambda item: item[0]):
        tops = partition.root(one), partition.root(other)
        if tops[0] in rivals or tops[1] in rivals:
            why = "another form fits as well"
        elif tops[0] != tops[1] and (slots[tops[0]] & slots[tops[1]] or not partition.join(one, other)):
            why = "it has another form of this kind, or was told to be different"
        else:
            slots[partition.root(one)] = slots[tops[0]] | slots[tops[1]]
            verdicts.append(
                Verdict(str(one), known[one].title or "", str(other), "same authors, near title", (ledger,))
            )
            continue
        verdicts.append(Verdict(str(one), known[one].title or "", None, why, (ledger,)))
    return verdicts


def _telling(record: Record) -> bool:
    """Tell whether a record can be compared: a text of a registry, with title and authors."""
    is_text = record.kind in {"preprint", "version_of_record"}
    return is_text and not record.provisional and bool(record.title and record.authors)


def _order(record: Record) -> tuple[str, Identifier]:
    return record.source, record.identifier


def _slot(record: Record) -> Slot:
    """Give the place of a form in its work: one published version, and one preprint of each kind of server."""
    return (record.kind,) if record.kind == "version_of_record" else (record.kind, record.identifier.scheme)


def _blocks(records: Iterable[Record]) -> Iterable[list[Identifier]]:
    """Sort records by their first and last author with the beginning or the end of the title."""
    blocks: dict[tuple[str, ...], list[Identifier]] = {}
    for record in records:
        ends = _surname(record, 0), _surname(record, -1)
        title = normalized(record.title or "")
        blocks.setdefault((*ends, "head", title[:EDGE]), []).append(record.identifier)
        blocks.setdefault((*ends, "tail", title[-EDGE:]), []).append(record.identifier)
    return (sorted(block) for block in blocks.values() if 1 < len(block) <= CROWD)


def _surname(record: Record, place: int) -> str:
    """Give the last word of a family name: registries disagree on particles and double names."""
    return normalized(family(record.authors[place])).rpartition(" ")[2]


def _alike(
    partition: Partition,
    slots: dict[Identifier, set[Slot]],
    known: dict[Identifier, Record],
    one: Identifier,
    other: Identifier,
) -> Ledger | None:
    tops = partition.root(one), partition.root(other)
    if tops[0] == tops[1] or slots[tops[0]] & slots[tops[1]] or not _same_authors(known[one], known[other]):
        return None
    descriptions = of_record(known[one]), of_record(known[other])
    ledger = compare(*descriptions, str(other))
    cost = {penalty.name: penalty.value for penalty in ledger.penalties}
    years = [description.year for description in descriptions if description.year]
    near = cost.get("title", 0.0) <= 1 - NEAR and cost.keys().isdisjoint(
        {"numbers", "notice", "order", "shortened", "type"}
    )
    return ledger if near and max(years, default=0) - min(years, default=0) <= YEARS else None


def _same_authors(one: Record, other: Record) -> bool:
    here = {_surname(one, place) for place in range(len(one.authors))}
    there = {_surname(other, place) for place in range(len(other.authors))}
    return len(here & there) >= SHARED * len(here | there)


def _rivals(
    partition: Partition, slots: dict[Identifier, set[Slot]], pairs: Iterable[tuple[Identifier, Identifier]]
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
