"""Carry over last known values: a failed request is never "not found", and nothing is lost.

When a source fails, or denies what it used to know, the old value stays and is marked stale. The
cache has the last payload of each answer, and the last dataset all that it published; each can be
lost, so either is enough. Nothing here makes a request or changes what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

import msgspec

from harvest.entries import ListedWorks
from harvest.linking.merge import WHOLE_NAMES
from harvest.lookup.answers import Answers
from harvest.lookup.last_known import carry_over_repositories
from harvest.models import (
    NO_REGISTRY,
    AnyDataset,
    AnyWork,
    Assertion,
    Author,
    Claim,
    Dataset,
    Identifier,
    LastDataset,
    Record,
    RepositoryRecord,
    Work,
)
from harvest.text import fold_title

NOTHING = Dataset([], [])
SHARED = frozenset({"title", "authors"})  # what each record of a work has
Titles = Mapping[Identifier, Sequence[Claim]]
WorksOf = Callable[[Sequence[int]], Sequence[Work]]
UnansweredWorks = Callable[[set[str]], Sequence[Work]]


class Records(msgspec.Struct, frozen=True):
    """Records of works and repositories, and the identifiers that certainly do not exist."""

    works: list[Record]
    repositories: list[RepositoryRecord]
    missing: set[Identifier]


def carry_over(
    answers: Answers,
    listing: ListedWorks,
    last: AnyDataset | None,
    today: str,
    former_titles: Titles | None = None,
    works_of: WorksOf | None = None,
) -> Records:
    """Return the records of a run: those of the answers and, without one, the last known.

    `last` is the last published dataset, `today` the day of the run, and `former_titles` those of
    earlier versions of a preprint. `works_of` reads the works at some places of a `LastDataset`.
    """
    last = last or NOTHING
    works = _current(answers)
    unanswered_works = partial(_unanswered_works, last, works_of, answers.lookups)
    works += _last_records(answers, works, unanswered_works, today)
    hosts, missing = carry_over_repositories(answers, listing, last, today)
    titles = former_titles or {}
    return Records(
        [_with_titles(record, titles) for record in works],
        hosts,
        {name for name in answers.missing if name.scheme != "github"} | missing,
    )


def _current(answers: Answers) -> list[Record]:
    """Return the record of each answer; where a source failed, its last one, marked as stale."""
    records = []
    for answer in answers:
        record = answer.current
        if isinstance(record, Record):
            stale = answer.day if answer.state == "failed" else None
            records.append(msgspec.structs.replace(record, stale_since=stale) if stale else record)
    return records


def _last_records(
    answers: Answers, current: Iterable[Record], unanswered_works: UnansweredWorks, today: str
) -> list[Record]:
    """Return a record for each source and identifier of a work of which all registries are silent.

    The cache comes before the last dataset. Only identifiers that were looked up, or that such a
    record names, are restored: what a maintainer takes out of a list goes with it, and so does what
    a DOI's former agency said once its new one answers. A secondhand record silences none: doi.org
    knows neither retractions nor preprints.
    """
    of_registries = [record for record in current if not record.provisional]
    current_names = {record.identifier for record in of_registries if not record.secondhand}
    records = [it for it in _denied_records(answers) if it.identifier not in current_names]
    current_names |= {record.identifier for record in records}
    sources = {(record.source, record.identifier) for record in of_registries}
    published = _published_records(unanswered_works, current_names, sources)
    pending = sorted(answers.lookups & published.keys())
    while pending:
        for record in published.pop(pending.pop(), ()):
            its_answers = answers.of(record.identifier)
            is_due = any(it.state == "failed" or it.denied_on for it in its_answers)
            stale = record.stale_since or (today if is_due else None)
            records.append(msgspec.structs.replace(record, stale_since=stale))
            names = {*record.same_work, *record.author_claims}
            pending.extend(sorted(published.keys() & names))
    return records


def _published_records(
    unanswered_works: UnansweredWorks,
    current_names: set[Identifier],
    sources: set[tuple[str, Identifier]],
) -> dict[Identifier, list[Record]]:
    """Return the records of the last dataset by identifier, without those of current names."""
    records: dict[Identifier, list[Record]] = {}
    for work in unanswered_works(set(map(str, current_names))):
        for record in _records(work):
            name = record.identifier
            if name not in current_names and (record.source, name) not in sources:
                records.setdefault(name, []).append(record)
    return records


def _unanswered_works(
    last: AnyDataset, works_of: WorksOf | None, lookups: Container[Identifier], names: set[str]
) -> Sequence[Work]:
    """Return the last works with an asserted identifier that is not among these names.

    There are none if no identifier of theirs was looked up.
    """
    works: Sequence[AnyWork] = last.works
    places = []
    for place, work in enumerate(works):
        asserted = {it.identifier for it in work.assertions}
        if not asserted or not asserted <= names:
            places.append(place)
    rest = [works[place] for place in places]
    curies = chain.from_iterable(work.curies for work in rest)
    if not any(Identifier.of(curie) in lookups for curie in curies):
        return []
    if works_of and isinstance(last, LastDataset):
        return works_of(places)
    return [work for work in rest if isinstance(work, Work)]


def _denied_records(answers: Answers) -> Iterator[Record]:
    """Yield what sources once had and deny now."""
    for answer in answers:
        if answer.missing_since and isinstance(answer.value, Record):
            yield msgspec.structs.replace(answer.value, stale_since=answer.missing_since)


def _with_titles(record: Record, titles: Titles) -> Record:
    """Return a record with each earlier title once, under the first version that has it."""
    claims = titles.get(record.identifier)
    if not claims or record.provisional:
        return record
    texts = {fold_title(record.title or "")}
    distinct = []
    for claim in sorted(claims, key=lambda claim: (len(claim.identifier), claim.identifier)):
        text = fold_title(str(claim.value))
        if text not in texts:
            texts.add(text)
            distinct.append(claim)
    return msgspec.structs.replace(record, former_titles=tuple(distinct))


def _records(work: Work) -> Iterator[Record]:
    """Yield the records of the registries from which a work was published, with their values.

    A record that gave the same title and authors as another has no place of its own in the
    provenance, but both are needed to compare look-alikes. What it calls another work is not
    published: the cache has it, and a lost cache is asked for anew.
    """
    forms = {form.identifier: form for form in work.manifestations}
    values, shared = _values(work)
    for assertion in _assertions(work, values):
        source, name = assertion.source, assertion.identifier
        form = forms.get(name)
        yield msgspec.convert(
            {
                **({"date": form.date, "kind": form.kind} if form else {}),
                **shared,
                **values.get((source, name), {}),
                "source": source,
                "identifier": Identifier.of(name),
                "same_work": tuple(map(Identifier.of, assertion.same_as)),
                "author_claims": tuple(map(Identifier.of, assertion.author_claims)),
                "integrity": tuple(
                    notice for notice in work.integrity if notice.source.partition("/")[0] == source
                ),
                "stale_since": work.stale_since,
            },
            Record,
        )


Values = dict[tuple[str, str], dict[str, object]]


def _values(work: Work) -> tuple[Values, dict[str, object]]:
    """Return the values of a work by source and identifier, and those of all its records."""
    values: Values = {}
    shared: dict[str, object] = {}
    for field, origin in work.provenance.items():
        if field not in Record.__struct_fields__:
            continue
        value = getattr(work, field)
        value = tuple(value) if isinstance(value, list) else value
        if field == "authors" and origin.source in WHOLE_NAMES:
            value = tuple(Author(author.name) for author in work.authors)
        values.setdefault((origin.source, origin.identifier or ""), {})[field] = value
        if field in SHARED and origin.source not in NO_REGISTRY:
            shared[field] = value
        for claim in origin.also:
            other = _authors(claim) if field == "authors" else claim.value
            values.setdefault((claim.source, claim.identifier), {})[field] = other
    return values, shared


def _assertions(work: Work, values: Values) -> list[Assertion]:
    """Return what each registry names as the same work.

    An old dataset without assertions has all members for each registry with a value. What others
    asserted, or likeness joined, is no word of a silent registry: it stays open to a better answer.
    """
    if work.assertions:
        return work.assertions
    assertions = []
    for source, name in values:
        if source not in NO_REGISTRY and name:  # a maintainer's own values have no identifier
            members = (member for member in work.curies if member != name)
            assertions.append(Assertion(source, name, tuple(members)))
    return assertions


def _authors(claim: Claim) -> tuple[Author, ...]:
    """Return the authors of a claim that lost, as linking writes them."""
    return tuple(Author(name) for name in str(claim.value).split("; "))
