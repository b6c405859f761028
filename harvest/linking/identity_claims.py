"""What authors and lists say to be one work: it is believed where nothing speaks against it.

Authors type the DOI under which their preprint was published, and a few type that of another paper.
A registry asserts what those who deposit software or data typed of their paper: between texts of
two kinds, that is a claim as well.
A record of a list names one work by several identifiers, and a few are copied from another record.
Such a claim counts where title and people of both agree. Where no record tells, that of a list
counts all the same, for a maintainer checked it, and that of an author waits. Two works that claim
one identifier are never one for that: the one that fits best has it, or none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, combinations, permutations, product
from typing import NamedTuple

from harvest.linking.authors import compare_authors
from harvest.linking.kinds import HOLDERS, differ, kind_of_record
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.partition import Edge, Partition
from harvest.linking.score import GAP, compare, of_record
from harvest.linking.titles import SAME_TITLE, likeness
from harvest.linking.words import title_words
from harvest.models import Finding, Identifier, Mention, Record

RETITLED_LIKENESS = 0.7  # of titles, from which a claim and the people of both make them one work
ANOTHER_WORK = frozenset({"notice", "numbers", "type", "opposite", "direction"})
MOST_CLAIMS = 50  # of one identifier: more share the page of a journal, which says nothing
# Bits beside those of the ledger where records agree, so that such a claim, however few bits its
# ledger has, comes before one without records, whose fit is 0.
AGREEMENT = 1_000.0
EQUAL = 14.0  # bits of the same title and people
DEPOSITS = "datacite"  # the source of texts that anybody may register
MIN_SHARE = 0.5  # of the people of a deposit and of what it is said to be
MOST_FORMS = 8  # of a work that are compared

Names = tuple[Identifier, ...]  # of one work, as an author or a list says; the main one comes first


class Judgement(NamedTuple):
    """What was made of a claim that two identifiers name one work."""

    one: Identifier
    other: Identifier
    verdict: Verdict


class _Pair(NamedTuple):
    """Two identifiers that a claim makes one; `fit` is 0 if a side has no record."""

    one: Identifier
    other: Identifier
    fit: float
    ledger: Ledger | None = None


class _Works:
    """The works that registries make, each by its root, before claims join any of them."""

    def __init__(
        self, partition: Partition, claims: Collection[Names], records: Iterable[Record]
    ) -> None:
        self._roots = {name: partition.root(name) for name in chain.from_iterable(claims)}
        roots = set(self._roots.values())
        self._schemes: dict[Identifier, set[str]] = defaultdict(set)
        for name, root in partition.roots():
            if root in roots:
                self._schemes[root].add(name.scheme)
        self._records: dict[Identifier, list[Record]] = defaultdict(list)
        for record in records:
            root = partition.root(record.identifier)
            if record.title and root in roots:
                self._records[root].append(record)
        for forms in self._records.values():
            forms.sort(key=lambda it: (it.provisional, it.secondhand, it.identifier, it.source))
            del forms[MOST_FORMS:]
        self._together: set[Edge] = set()
        for names in claims:
            self._together.update(permutations({self.root(name) for name in names}, 2))

    def root(self, name: Identifier) -> Identifier:
        """Return the work that registries make of a claimed identifier."""
        return self._roots[name]

    def title(self, root: Identifier) -> str:
        """Return a title of a work, empty if it has no record."""
        return next((record.title or "" for record in self._records[root]), "")

    def compete(self, one: Identifier, other: Identifier) -> bool:
        """Return True if two works have identifiers of one scheme and no claim names them both."""
        both = self._schemes[one] & self._schemes[other]
        return bool(both) and (one, other) not in self._together

    def compare(self, one: Identifier, other: Identifier) -> tuple[bool, Ledger | None]:
        """Return whether two works agree, with the best ledger.

        There is none where a work has no record, or two are the same in title and people.
        """
        results = []
        forms = list(product(self._records[one], self._records[other]))
        if any(_is_same(form, another) for form, another in forms):  # as most are
            return True, None
        for form, another in forms:
            ledger = compare(of_record(form), of_record(another), str(another.identifier))
            results.append((_agrees(form, another, ledger), ledger))
        return max(results, key=lambda it: (it[0], it[1].bits), default=(False, None))


def denied_assertions(records: Collection[Record]) -> set[Edge]:
    """Return what is asserted of texts of two registrants that are of two kinds, or of strangers.

    Publishers register their own texts. A deposit of DataCite is of anybody with an account, who
    may deposit a text and call it a version of an article of other people.
    """
    assertions: list[tuple[Record, Identifier]] = []
    for record in records:
        if record.same_work and record.identifier.scheme == "doi":
            own = _registrant(record.identifier)  # which knows its versions
            assertions += [(record, name) for name in record.same_work if _registrant(name) != own]
    others: dict[Identifier, list[Record]] = {name: [] for _, name in assertions}
    for record in records:
        if record.identifier in others:
            others[record.identifier].append(record)
    denied = set()
    for one, name in assertions:
        if others[name] and all(_speak_against(one, other) for other in others[name]):
            denied.add((one.identifier, name))
    return denied


def _speak_against(one: Record, other: Record) -> bool:
    """Return True if two records are of two kinds, or the one is a deposit of other people."""
    if _are_of_two_kinds(one, other):
        return True
    agreement = compare_authors(one.authors, other.authors) if one.source == DEPOSITS else None
    return agreement is not None and agreement.share < MIN_SHARE


def _registrant(name: Identifier) -> tuple[str, str]:
    return name.scheme, name.value.partition("/")[0] if name.scheme == "doi" else ""


def _are_of_two_kinds(one: Record, other: Record) -> bool:
    """Return True for a paper and its data; a book may be a chapter or thesis elsewhere."""
    kinds = {kind_of_record(one), kind_of_record(other)} - {None}
    return not kinds <= HOLDERS and differ(kind_of_record(one), kind_of_record(other))


def join(
    partition: Partition,
    by_lists: Collection[Names],
    by_authors: Collection[Names],
    records: Iterable[Record],
) -> list[Judgement]:
    """Join what claims name together; return what was made of each."""
    works = _Works(partition, {*by_lists, *by_authors}, records)
    pairs, judgements = _check(works, by_lists, by_authors)
    contested = _find_contested(works, pairs)
    names = chain.from_iterable((pair.one, pair.other) for pair in pairs)
    members = {root: [root] for root in map(works.root, names)}
    for pair in sorted(pairs, key=lambda it: (-it.fit, it.one, it.other)):
        one, other = partition.root(pair.one), partition.root(pair.other)
        if one == other:
            continue
        objection = _find_objection(works, pair, contested, product(members[one], members[other]))
        if not objection and not partition.join(one, other):
            objection = f"it is said to be another work than {pair.other}"
        if not objection:
            members[partition.root(one)] = members[one] + members[other]
        judgements.append(_judgement(works, pair, objection))
    return judgements


def doubtful_claims(
    judgements: Iterable[Judgement], mentions: Mapping[Identifier, Iterable[Mention]]
) -> Iterator[Finding]:
    """Yield a finding wherever a work is listed that a doubtful claim speaks of."""
    for one, other, verdict in judgements:
        message = f"{one} ({verdict.query!r}): {verdict.why}; decide with `same` or `different`"
        places = chain(mentions.get(one, ()), mentions.get(other, ()))
        for seed, line in sorted({(place.seed, place.line) for place in places}):
            yield Finding(seed, line, "doubtful-claim", message)


def _check(
    works: _Works, by_lists: Collection[Names], by_authors: Collection[Names]
) -> tuple[list[_Pair], list[Judgement]]:
    """Return the claims that may count, and a judgement on each of the others."""
    lists, authors = set(_claims(by_lists)), set(_claims(by_authors))
    authors -= {(other, one) for one, other in lists}
    pairs, judgements = [], []
    for one, other in sorted(lists | authors):
        if works.root(one) == works.root(other):
            continue
        agree, ledger = works.compare(works.root(one), works.root(other))
        if agree:
            bits = ledger.bits if ledger else EQUAL
            pairs.append(_Pair(one, other, AGREEMENT + bits, ledger))
        elif ledger:
            why = f"title or people do not agree with those of {other}"
            judgements.append(_judgement(works, _Pair(one, other, 0, ledger), why))
        elif (one, other) in lists:
            pairs.append(_Pair(one, other, 0))
    return pairs, judgements


def _claims(works: Iterable[Names]) -> Iterator[Edge]:
    """Yield the main name of each work with each other one."""
    for main, *others in works:
        yield from product([main], others)


def _is_same(form: Record, another: Record) -> bool:
    """Return True if two records of one kind have the same words and people."""
    if (form.title or "").casefold() != (another.title or "").casefold():
        return False
    if differ(kind_of_record(form), kind_of_record(another)) or not form.authors:
        return False
    return _folded_names(form) == _folded_names(another)


def _folded_names(record: Record) -> list[str]:
    return [author.name.casefold() for author in record.authors]


def _agrees(form: Record, another: Record, ledger: Ledger) -> bool:
    """Return True if a claim counts: few authors type a wrong DOI, and many change a title."""
    if ledger.author is False or not ledger.names.isdisjoint(ANOTHER_WORK):
        return False
    titles = product(_titles(form), _titles(another))
    alike = max(likeness(title, other)[0] for title, other in titles)
    return alike >= (RETITLED_LIKENESS if ledger.author else SAME_TITLE)


def _titles(record: Record) -> list[str]:
    titles = (record.title or "", *record.original_titles)
    return [" ".join(title_words(title)) for title in titles]


def _find_contested(works: _Works, pairs: Iterable[_Pair]) -> set[Edge]:
    """Return the claims of works that want one identifier, but for one that is clearly ahead."""
    claims: dict[Identifier, list[tuple[Identifier, _Pair]]] = defaultdict(list)
    for pair in pairs:
        one, other = works.root(pair.one), works.root(pair.other)
        claims[one].append((other, pair))
        claims[other].append((one, pair))
    contested: set[Edge] = set()
    for rivals in claims.values():
        if len({root for root, _ in rivals}) > MOST_CLAIMS:
            contested.update((pair.one, pair.other) for _, pair in rivals)
            continue
        for (work, pair), (rival, another) in combinations(rivals, 2):
            if work != rival and works.compete(work, rival):
                lead = round(pair.fit - another.fit, 1)
                if lead < GAP:
                    contested.add((pair.one, pair.other))
                if lead > -GAP:
                    contested.add((another.one, another.other))
    return contested


def _find_objection(
    works: _Works, pair: _Pair, contested: Collection[Edge], forms: Iterable[Edge]
) -> str | None:
    """Return why a claim does not count. `forms` are the works of either side, each with each."""
    if (pair.one, pair.other) in contested:
        return f"another work claims {pair.other} as well"
    for one, other in forms:
        if works.compete(one, other):
            return f"with {pair.other}, it would be one work with {other}"
        agree, ledger = works.compare(one, other) if not pair.fit else (True, None)
        if ledger and not agree:
            return f"with {pair.other}, it would be one work with {other}"
    return None


def _judgement(works: _Works, pair: _Pair, objection: str | None) -> Judgement:
    title, another = works.title(works.root(pair.one)), works.title(works.root(pair.other))
    why = objection or "said to be one work, and nothing speaks against it"
    if objection and another:
        why += f" ({another!r})"
    ledgers = (pair.ledger,) if pair.ledger else ()
    accepted = None if objection else str(pair.other)
    return Judgement(pair.one, pair.other, Verdict(str(pair.one), title, accepted, why, ledgers))
