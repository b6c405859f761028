"""What the last lake, dumps and the cache say of the names in a shard: functions of one shard."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec.json import Decoder

from harvest.bulk.rows import Row, number, row
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
    Dataset,
    Identifier,
    LastDataset,
    LastWork,
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


def read_last(_: Task, part: Path) -> Iterator[Row]:
    """Yield the records of a part of the last lake, and all names of each; or its changes."""
    if part.parent.name == lake.CHANGES:
        for place, change in enumerate(lake.rows(part)):
            yield row("logged", change["id"], place=place, body=change)
        return
    of_record = _last_work if part.parent.name == lake.WORKS else _last_repository
    yield from chain.from_iterable(map(of_record, lake.column(part, "record")))


class Names(msgspec.Struct):
    """The names of a work, without the rest of it."""

    id: str
    aliases: list[str]
    identifiers: dict[str, list[str]]


def _last_work(record: str) -> Iterator[Row]:
    work = msgspec.json.decode(record, type=Names)
    yield row("last", work.id, body=record)
    names = {work.id, *work.aliases}
    for scheme, values in work.identifiers.items():
        names |= {f"{scheme}:{it}" for it in values}
    yield from _aliases(work.id, names)


def _last_repository(record: str) -> Iterator[Row]:
    repository = msgspec.json.decode(record, type=Repository)
    key, names = repository.id.lower(), set(map(str.lower, repository.aliases))
    yield row("last-host", key, body=record)
    if repository.repository_id:
        names.add(f"github-id:{repository.repository_id}")
    yield from _aliases(key, {key, *names})


def _aliases(key: str, names: Iterable[str]) -> Iterator[Row]:
    return (row("alias", name, key, number(key)) for name in sorted(names))


def last_dataset(records: Iterable[Row]) -> Dataset:
    """Return the last works and repositories in some rows."""
    last = Dataset([], [])
    for it in records:
        if it.kind == "last":
            last.works.append(msgspec.json.decode(it.body, type=Work))
        elif it.kind == "last-host":
            last.repositories.append(msgspec.json.decode(it.body, type=Repository))
    last.works.sort(key=lambda work: work.id)
    last.repositories.sort(key=lambda repository: repository.id)
    return last


def look_up(task: Task, place: tuple[int, int]) -> Iterator[Row]:
    """Yield the answers to the names of a level in a shard, and what else these name."""
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
    others = other_names(answers, names)
    if level == 0:
        hosts = (it for it in task.rows("last-by-name", shard) if it.kind == "last-host")
        listing = ListedWorks(repositories=repositories(of_names))
        numbers = numbers_to_check(answers, listing, last_dataset(hosts))
        checked = lookup(numbers, session, rounds=1)
        lookups = answers.lookups | checked.lookups
        answers = msgspec.structs.replace(answers | checked, lookups=lookups)
    session.save_tables()
    for name in sorted(answers.lookups):
        is_host = name.scheme.startswith("github")
        key = fold_case(name) if is_host else name
        yield row("host" if is_host else "answer", key, name, body=list(answers.of(name)))
    yield from (row("name", it, fold_case(it)) for it in sorted(others))


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


def relate(task: Task, shard: int) -> Iterator[Row]:
    """Yield which names matter to each other, keys of look-alikes, and what each source owes."""
    with offline(task) as session:
        session.memo = task.memo(f"related-{shard}")
        answers = answers_in(task.rows("answers-*", shard), session)
        listing = ListedWorks(repositories=repositories(task.rows("names-0", shard)))
        its_last = sorted(task.rows("last-by-name", shard))
        works = [it.body for it in its_last if it.kind == "last"]
        hosts = last_dataset(it for it in its_last if it.kind == "last-host").repositories
        last = LastDataset([msgspec.json.decode(it, type=LastWork) for it in works], hosts)
        works_of = partial(_works_of, works)
        records = carry_over(answers, listing, last, session.today, works_of=works_of)
        keys = dict(_keys(records.works, session))
        session.save_tables()
    edges = {*chain.from_iterable(map(parts.record_edges, records.works))}
    edges.update(*map(parts.repository_edges, records.repositories))
    yield from (row("edge", one, other) for one, other in sorted(edges))
    for name, its_keys in keys.items():
        yield from (row("look", name, place=key - SIGN) for key in its_keys)
    for source, some in sorted(answers.by_source.items()):
        yield row("tally", source, body=tally(some.values(), requests=0))


def _works_of(records: Sequence[str], places: Iterable[int]) -> list[Work]:
    """Return the works in some of these records."""
    return [msgspec.json.decode(records[place], type=Work) for place in places]


def _keys(records: Iterable[Record], session: Session) -> Iterator[tuple[Identifier, list[Key]]]:
    """Yield the keys of look-alikes of each record, which are remembered."""
    table = session.table("look-alikes", list[Key])
    for name, record in look_alikes.comparable(records).items():
        sign = digest(msgspec.msgpack.encode(record))
        keys = table.get(name, sign)
        if keys is None:
            keys = sorted(look_alikes.keys(record))
            table.put(name, sign, keys)
        yield name, keys
