"""What the last lake, dumps and the cache say of the names in a shard: functions of one shard."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec.json import Decoder

from harvest.bulk.rows import Row, row
from harvest.bulk.statements import ANSWERED
from harvest.bulk.workspace import Task
from harvest.dataset import lake
from harvest.digests import digest
from harvest.entries import ListedWorks, fold_case
from harvest.linking import look_alikes, parts
from harvest.linking.look_alikes import Key
from harvest.lookup.answers import Answer, Answers, tally
from harvest.lookup.cache import Cache
from harvest.lookup.carry_over import carry_over
from harvest.lookup.last_known import numbers_to_check
from harvest.lookup.lookup import ROUNDS, lookup, other_names, resolvers
from harvest.lookup.memo import Memo
from harvest.lookup.mirror import Mirror
from harvest.lookup.session import Scope, Session
from harvest.models import (
    Assertion,
    Dataset,
    Identifier,
    Record,
    Repository,
    RepositoryRecord,
    Work,
)

LEVELS = 3 * ROUNDS  # of names that answers name: `pipeline.look_up` looks up three times
SIGN = 1 << 63  # between keys of look-alikes and the numbers of a table, which have a sign
KINDS: dict[str, Decoder[Any]] = {
    "answer": Decoder(list[Answer[Record]]),
    "host": Decoder(list[Answer[RepositoryRecord]]),
}


class Dumps(Mirror):
    """The records in dumps that a query brought together for a shard."""

    def __init__(self, records: Iterable[Row]) -> None:
        self._files = {}
        self._records: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for record in records:
            self._records[record.kind, record.key].append(record)
            self._files[record.kind] = []

    def _rows(self, source: str, names: Iterable[str]) -> list[tuple[str, str, str, str]]:
        records = chain.from_iterable(self._records.get((source, name), ()) for name in names)
        return [(it.key, it.other, it.file, it.body) for it in records]

    def close(self) -> None:
        """Close nothing."""


def offline(task: Task) -> Session:
    """Return a session that asks nobody, and remembers nothing."""
    session = Session(task.settings, Scope(offline=True), task.now, readonly=True)
    session.memo = Memo(Path(os.devnull), readonly=True)
    return session


# -- the last lake ---------------------------------------------------------------------------------


class LastNames(msgspec.Struct):
    """The names of a work of the last lake, without the rest of it."""

    id: str
    aliases: list[str]
    status: str
    identifiers: dict[str, list[str]]
    assertions: list[Assertion] = []
    key: str | None = None


def read_last(_: Task, part: Path) -> Iterator[Row]:
    """Yield the names of the works in a part of the last lake; its repositories, or its changes."""
    if part.parent.name == lake.CHANGES:
        for place, change in enumerate(lake.rows(part)):
            yield row("logged", change["id"], place=place, body=change)
    elif part.parent.name == lake.WORKS:
        for record in lake.column(part, "record"):
            yield from _last_work(msgspec.json.decode(record, type=LastNames), part.name)
    else:
        for record in lake.column(part, "record"):
            yield from _last_repository(record)


def _last_work(work: LastNames, part: str) -> Iterator[Row]:
    last = row("last", work.id, work.status, file=part)
    yield last
    if work.key:
        yield reserved(work.key)
    names = {work.id, *work.aliases}
    for scheme, values in work.identifiers.items():
        names |= {f"{scheme}:{it}" for it in values}
    yield from (row("alias", name, work.id, last.own) for name in sorted(names))
    for it in work.assertions:
        yield row("asserted", it.identifier, work.id, last.own)
        for name in (*it.same_as, *it.author_claims):
            yield row("edge", it.identifier, name)


def _last_repository(record: str) -> Iterator[Row]:
    repository = msgspec.json.decode(record, type=Repository)
    key, names = repository.id.lower(), set(map(str.lower, repository.aliases))
    yield row("last-host", key, body=record)
    if repository.repository_id:
        names.add(f"github-id:{repository.repository_id}")
    yield from (row("host-alias", name, key) for name in sorted({key, *names}))


def reserved(key: str, part: str = "") -> Row:
    """Return the row of a citation key that is taken, by what it begins with."""
    return row("reserved", key.partition("-")[0], key, file=part)


def last_works(task: Task, some: Iterable[Row]) -> dict[str, str]:
    """Return the records of works of the last lake by id, of rows that say where they are."""
    ids: dict[str, list[str]] = defaultdict(list)
    for it in some:
        ids[it.file].append(it.key)
    records: dict[str, str] = {}
    for part, its_ids in ids.items():
        for batch in lake.some(task.lake / lake.WORKS / part, its_ids, ("id", "record")):
            names, texts = (column.to_pylist() for column in batch.columns)
            records.update(zip(names, texts, strict=True))
    return records


def last_dataset(works: Iterable[str], hosts: Iterable[Row]) -> Dataset:
    """Return the last works of some records, and the last repositories in some rows."""
    return Dataset(
        sorted((msgspec.json.decode(it, type=Work) for it in works), key=lambda it: it.id),
        sorted(
            (msgspec.json.decode(it.body, type=Repository) for it in hosts), key=lambda it: it.id
        ),
    )


# -- answers ---------------------------------------------------------------------------------------


def look_up(task: Task, place: tuple[int, int]) -> Iterator[Row]:
    """Yield the answers to the names of a level in a shard, and what these say."""
    with offline(task) as session:
        yield from answers_of(session, task, place)


def answers_of(session: Session, task: Task, place: tuple[int, int]) -> Iterator[Row]:
    """Yield the rows of `look_up`, as a session may ask for them."""
    level, shard = place
    of_names = list(task.rows(f"names-{level}", shard))
    session.cache.close()
    dumps = Dumps(task.rows(f"dumps-{level}", shard))
    readonly = session.scope.offline
    session.cache = Cache(Path(task.settings.cache), readonly=readonly, mirror=dumps)
    session.memo = task.memo(f"answers-{level}-{shard}")
    session.http.on_wait = session.cache.commit
    names = {Identifier.of(it.body) for it in of_names}
    answers = lookup(names, session, rounds=1)
    records = carry_over(answers, ListedWorks(), None, session.today).works
    yield from _looks(records, session)
    session.save_tables()
    registered = (it for it in records if not (it.provisional or it.secondhand))
    answered = {it.identifier for it in registered}
    for name in sorted(answers.lookups):
        body = list(answers.of(name))
        if name.scheme.startswith("github"):
            yield row("host", fold_case(name), name, body=body)
        else:
            yield row("answer", name, name, ANSWERED * (name in answered), body)
    edges = {*chain.from_iterable(map(parts.record_edges, records))}
    hosts = (it.value for it in answers if isinstance(it.value, RepositoryRecord))
    edges.update(*map(parts.repository_edges, hosts))
    yield from (row("edge", one, other) for one, other in sorted(edges))
    for source, some in sorted(answers.by_source.items()):
        yield row("tally", source, body=tally(some.values(), requests=0))
    listing = ListedWorks(repositories=repositories(of_names))
    last = last_dataset((), task.rows("last-hosts", shard))
    others = {*other_names(answers, names), *numbers_to_check(answers, listing, last)}
    yield from (row("name", it, fold_case(it)) for it in sorted(others))


def _looks(records: Iterable[Record], session: Session) -> Iterator[Row]:
    """Yield the keys of look-alikes of each record, which are remembered."""
    table = session.table("look-alikes", list[Key])
    for name, record in look_alikes.comparable(records).items():
        sign = digest(msgspec.msgpack.encode(record))
        its_keys = table.get(name, sign)
        if its_keys is None:
            its_keys = sorted(look_alikes.keys(record))
            table.put(name, sign, its_keys)
        first = row("look", name)
        yield from (Row("look", first.key, first.own, place=key - SIGN) for key in its_keys)


def restore(task: Task, shard: int) -> Iterator[Row]:
    """Yield the keys of look-alikes where a record of the last lake stands in for an answer."""
    some = list(task.rows("unanswered", shard))
    with offline(task) as session:
        answers = answers_in(some, session)
        last = last_dataset(last_works(task, (it for it in some if it.kind == "last")).values(), ())
        records = carry_over(answers, ListedWorks(), last, session.today)
        yield from _looks(records.works, session)


def answers_in(records: Iterable[Row], session: Session) -> Answers:
    """Return the answers in some rows."""
    by_source: dict[str, dict[Identifier, Any]] = defaultdict(dict)
    lookups = set()
    for it in records:
        if it.kind in KINDS:
            lookups.add(Identifier.of(it.other))
            for answer in KINDS[it.kind].decode(it.body):
                by_source[answer.source][answer.identifier] = answer
    resolved = resolvers(session.sources.values())
    return Answers(resolved, dict(sorted(by_source.items())), frozenset(lookups))


def repositories(records: Iterable[Row]) -> dict[Identifier, Identifier]:
    """Return the listed repositories in some rows, each with its spelling."""
    return {
        Identifier.of(it.key): Identifier.of(it.body)
        for it in records
        if it.kind in {"name", "repository"} and it.key.startswith("github:")
    }
