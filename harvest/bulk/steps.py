"""The steps of one shard: each reads tables and writes one. The rules are those of any run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from harvest import checks, pipeline
from harvest.bulk import rows, tables
from harvest.bulk.lists import finding
from harvest.bulk.rows import Row, row
from harvest.config import Settings
from harvest.dataset import changes, facets, keys, lake, store
from harvest.dataset.store import Loss
from harvest.entries import CodeLink, CodeRole, ListedWorks, fold_case
from harvest.garbage import uncollected
from harvest.linking import look_alikes, parts
from harvest.lookup.answers import Answer, Answers, tally
from harvest.lookup.cache import Cache
from harvest.lookup.carry_over import carry_over
from harvest.lookup.last_known import numbers_to_check
from harvest.lookup.lookup import ROUNDS, lookup, named, resolvers
from harvest.lookup.mirror import Mirror
from harvest.lookup.search import Matches
from harvest.lookup.session import Scope, Session
from harvest.models import (
    Dataset,
    Finding,
    Identifier,
    Mention,
    Record,
    Repository,
    RepositoryRecord,
    Work,
)
from harvest.writers import csv

LEVELS = 3 * ROUNDS  # of names that answers name: `pipeline.look_up` looks up three times
SIGN = 1 << 63  # between keys of look-alikes and the numbers of a table, which have a sign
KINDS: dict[str, Any] = {"answer": list[Answer[Record]], "host": list[Answer[RepositoryRecord]]}


class Task(msgspec.Struct, frozen=True):
    """What every step is told. The tables are in `folder`; `settings` have no token."""

    folder: Path
    settings: Settings
    now: datetime
    shards: int
    has_last: bool

    def tables(self, name: str, shard: int) -> list[Path]:
        """Return the rows of a shard in a table that a query or a step made, and its levels."""
        places = (f"{name}/shard={shard}", f"{name}/{shard}.parquet")
        return [path for place in places for path in self.folder.glob(place)]

    def rows(self, name: str, shard: int) -> Iterator[Row]:
        """Yield the rows of a shard."""
        return rows.read(*self.tables(name, shard))


class Report(msgspec.Struct):
    """What a shard is counted with. `current` and `missing` are identifiers of decisions."""

    works: dict[str, int] = {}
    repositories: dict[str, int] = {}
    changes: dict[str, int] = {}
    losses: dict[str, Loss] = {}
    current: set[Identifier] = set()
    missing: set[Identifier] = set()


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


@contextmanager
def offline(task: Task, dumps: Mirror | None = None) -> Iterator[Session]:
    """Yield a session that asks nobody, and remembers nothing."""
    with Session(task.settings, Scope(offline=True), task.now, readonly=True) as session:
        with_dumps(session, task, dumps)
        yield session


def with_dumps(session: Session, task: Task, dumps: Mirror | None) -> None:
    """Let a session see some records of dumps, and forget what it read."""
    session.cache.close()
    readonly = session.scope.offline
    session.cache = Cache(Path(task.settings.cache), readonly=readonly, mirror=dumps)
    session.forget()


# -- the last lake ---------------------------------------------------------------------------------


def read_last(task: Task, part: Path) -> None:
    """Write the records of a part of the last lake, and all names of each."""
    of_part = _last_work if part.parent.name == lake.WORKS else _last_repository
    made = chain.from_iterable(map(of_part, lake.column(part, "record")))
    rows.write(task.folder / "last" / f"{part.parent.name}-{part.name}", made)


def _last_work(record: str) -> Iterator[Row]:
    work = msgspec.json.decode(record, type=Work)
    yield row("last", work.id, body=record)
    for name in sorted({work.id, *work.aliases, *work.curies}):
        yield row("alias", name, work.id, rows.number(work.id))


def _last_repository(record: str) -> Iterator[Row]:
    repository = msgspec.json.decode(record, type=Repository)
    key = repository.id.lower()
    yield row("last-host", key, body=record)
    names = {key, *map(str.lower, repository.aliases)}
    if repository.repository_id:
        names.add(f"github-id:{repository.repository_id}")
    for name in sorted(names):
        yield row("alias", name, key, rows.number(key))


def _last(records: Iterable[Row]) -> Dataset:
    last = Dataset([], [])
    for it in records:
        if it.kind == "last":
            last.works.append(msgspec.json.decode(it.body, type=Work))
        elif it.kind == "last-host":
            last.repositories.append(msgspec.json.decode(it.body, type=Repository))
    last.works.sort(key=lambda work: work.id)
    last.repositories.sort(key=lambda repository: repository.id)
    return last


# -- looking up ------------------------------------------------------------------------------------


@uncollected()
def look_up(task: Task, shard: int, level: int, session: Session | None = None) -> None:
    """Look up the names of a shard; write the answers, and what else these name."""
    if session is None:
        with offline(task) as own:
            look_up(task, shard, level, own)
        return
    of_names = list(task.rows(f"names-{level}", shard))
    with_dumps(session, task, Dumps(task.rows(f"dumps-{level}", shard)))
    names = {Identifier.of(it.body) for it in of_names}
    answers = lookup(names, session, rounds=1)
    others = named(answers, names)
    if level == 0:
        last = _last(task.rows("last-by-name", shard))
        numbers = numbers_to_check(answers, ListedWorks(repositories=_repositories(of_names)), last)
        checked = lookup(numbers, session, rounds=1)
        lookups = answers.lookups | checked.lookups
        answers = msgspec.structs.replace(answers | checked, lookups=lookups)
    rows.write(
        task.folder / f"answers-{level}" / f"{shard}.parquet",
        chain(_answer_rows(answers), (row("name", it, fold_case(it)) for it in sorted(others))),
    )


def _answer_rows(answers: Answers) -> Iterator[Row]:
    for name in sorted(answers.lookups):
        is_host = name.scheme.startswith("github")
        key = fold_case(name) if is_host else name
        yield row("host" if is_host else "answer", key, name, body=list(answers.of(name)))


def _answers(records: Iterable[Row], session: Session) -> Answers:
    """Return the answers in some rows."""
    by_source: dict[str, dict[Identifier, Any]] = defaultdict(dict)
    lookups = set()
    for it in records:
        if it.kind in KINDS:
            lookups.add(Identifier.of(it.other))
            for answer in msgspec.json.decode(it.body, type=KINDS[it.kind]):
                by_source[answer.source][answer.identifier] = answer
    resolved = resolvers(session.sources.values())
    order = {name: by_source[name] for name in sorted(by_source)}
    return Answers(resolved, order, frozenset(lookups))


def _repositories(records: Iterable[Row]) -> dict[Identifier, Identifier]:
    """Return the listed repositories, each with its spelling."""
    return {
        Identifier.of(it.key): Identifier.of(it.body)
        for it in records
        if it.kind in {"name", "repository"} and it.key.startswith("github:")
    }


@uncollected()
def relate(task: Task, shard: int) -> None:
    """Write which names matter to each other, keys of look-alikes, and what each source owes."""
    with offline(task) as session:
        answers = _answers(task.rows("answers-*", shard), session)
        listing = ListedWorks(repositories=_repositories(task.rows("names-0", shard)))
        last = _last(task.rows("last-by-name", shard))
        records = carry_over(answers, listing, last, session.today)
    edges = parts.stated_edges(parts.Facts(ListedWorks(), records.works))
    hosts = chain.from_iterable(map(parts.repository_edges, records.repositories))
    looks = (
        row("look", name, place=key - SIGN)
        for name, record in look_alikes.comparable(records.works).items()
        for key in sorted(look_alikes.keys(record))
    )
    pairs = (row("edge", one, other) for one, other in sorted({*edges, *hosts}))
    tallies = (
        row("tally", source, body=tally(some.values(), requests=0))
        for source, some in sorted(answers.by_source.items())
    )
    rows.write(task.folder / "related" / f"{shard}.parquet", chain(pairs, looks, tallies))


# -- linking and merging ---------------------------------------------------------------------------


@uncollected()
def merge(task: Task, shard: int) -> None:
    """Link and merge the works of a shard, and the repositories that they link."""
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for it in task.rows("shards", shard):
        by_kind[it.kind].append(it)
    listing = _listing(by_kind)
    mentions = list(chain.from_iterable(listing.works.values()))
    common = frozenset(it.place + SIGN for it in by_kind["common"])
    last = _last([*by_kind["last"], *by_kind["last-host"]])
    with offline(task) as session:
        session.last = last
        answers = _answers([*by_kind["answer"], *by_kind["host"]], session)
        lookups = pipeline.add_titles(mentions, listing, answers, Matches(), session, common)
        linked = pipeline.link(lookups, session, common)
        decisions = session.overrides
    dataset = linked.dataset
    facets.classify(dataset, mentions, facets.load(task.settings.vocabulary))
    store.check_references(dataset)
    before = {work.id: work for work in last.works}
    for work in dataset.works:
        keys.carry_over(work, before)
    works, last_works = Dataset(dataset.works, []), Dataset(last.works, [])
    news = changes.between(last_works, works).works if task.has_last else []
    names = {*chain.from_iterable((*decisions.same, *decisions.different))}
    names |= {*decisions.exclude, *decisions.corrections}
    report = Report(
        works=_count(work.status for work in dataset.works),
        changes=_count(change.kind for change in news),
        losses=store.losses(works, last_works),
        current=names & pipeline.current(lookups, linked),
        missing=names & linked.records.missing,
    )
    made = chain(
        (row("work", work.id, body=work) for work in dataset.works),
        _key_rows(dataset.works, last.works, shard),
        (row("repository", it.id.lower(), it.id, body=it) for it in dataset.repositories),
        map(finding, linked.findings),
        (row("change", change.id, body=change) for change in news),
        [row("report", shard, body=report)],
    )
    rows.write(task.folder / "merged" / f"{shard}.parquet", made)


def _listing(by_kind: dict[str, list[Row]]) -> ListedWorks:
    listing = ListedWorks(repositories=_repositories(by_kind["repository"]))
    for it in sorted(by_kind["mention"], key=lambda it: (it.key, it.file, it.place)):
        mention = msgspec.json.decode(it.body, type=Mention)
        listing.works.setdefault(Identifier.of(it.key), []).append(mention)
    for it in by_kind["twins"]:
        listing.twins.add(msgspec.json.decode(it.body, type=tuple[Identifier, ...]))
    for it in by_kind["link"]:
        role = msgspec.convert(it.body, CodeRole)
        link = CodeLink(Identifier.of(it.key), Identifier.of(it.other), role)
        listing.code_links.add(link)
    return listing


def _key_rows(works: list[Work], last: list[Work], shard: int) -> Iterator[Row]:
    """Yield the works that need a key, and the keys that are taken, by what they begin with."""
    reserved = {work.key for work in (*works, *last)}.union(*(work.former_keys for work in works))
    for key in sorted(filter(None, reserved)):
        yield row("reserved", key.partition("-")[0], key)
    for work in works:
        if work.key is None:
            yield row("stem", keys.stem(work), work.id, shard)


def assign_keys(task: Task, shard: int) -> None:
    """Assign keys to works whose keys begin alike."""
    reserved, stems = set(), []
    for it in task.rows("stems", shard):
        if it.kind == "reserved":
            reserved.add(it.other)
        else:
            stems.append(it)
    assigned = []
    for it in sorted(stems, key=lambda it: it.other):
        key = keys.new_key(it.other, it.key, reserved)
        reserved.add(key)
        assigned.append(row("key", it.other, key, it.place))
    rows.write(task.folder / "assigned" / f"{shard}.parquet", assigned)


@uncollected()
def unite(task: Task, shard: int) -> None:
    """Make one of the pieces of each repository, which works of several shards link."""
    pieces, old = list[Repository](), list[Repository]()
    for it in task.rows("repositories", shard):
        repository = msgspec.json.decode(it.body, type=Repository)
        (pieces if it.kind == "repository" else old).append(repository)
    new = parts.unite([Dataset([], [repository]) for repository in pieces])
    last = Dataset([], sorted(old, key=lambda repository: repository.id))
    news = changes.between(last, new).repositories if task.has_last else []
    report = Report(
        repositories=_count(it.status for it in new.repositories),
        changes=_count(change.kind for change in news),
        losses=store.losses(new, last),
    )
    made = chain(
        (row("repository", it.id, body=it) for it in new.repositories),
        (row("change", change.id, body=change) for change in news),
        [row("report", shard, body=report)],
    )
    rows.write(task.folder / "united" / f"{shard}.parquet", made)


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return counts


# -- the lake --------------------------------------------------------------------------------------


@uncollected()
def write_works(task: Task, shard: int) -> None:
    """Write the works of a shard, each with its key."""
    assigned = {it.key: it.other for it in task.rows("keys", shard)}
    works = []
    for it in task.rows("merged", shard):
        if it.kind == "work":
            work = msgspec.json.decode(it.body, type=Work)
            work.key = assigned.get(work.id, work.key)
            works.append(csv.work_row(work) | {"record": msgspec.json.encode(work).decode()})
    tables.write(task.folder / "lake", lake.WORKS, shard, works)


def write_repositories(task: Task, shard: int) -> None:
    """Write the repositories of a shard."""
    table = []
    for it in task.rows("united", shard):
        if it.kind == "repository":
            repository = msgspec.json.decode(it.body, type=Repository)
            table.append(csv.repository_row(repository) | {"record": it.body})
    tables.write(task.folder / "lake", lake.REPOSITORIES, shard, table)


def write_findings(task: Task, shard: int) -> None:
    """Write the findings of some lists, but for those that a line is spared."""
    spared, findings = set(), set()
    for it in task.rows("findings", shard):
        if it.kind == "ignore":
            spared.add((it.key, it.place, it.other))
        else:
            findings.add(Finding(it.key, it.place, it.other, it.body))
    table = [
        {**msgspec.structs.asdict(it), "level": checks.rules()[it.code].level}
        for it in sorted(findings)
        if (it.seed, it.line, it.code) not in spared
    ]
    tables.write(task.folder / "lake", lake.FINDINGS, shard, table)


def write_changes(task: Task, shard: int) -> None:
    """Write the changes of the works and repositories of a shard."""
    table = []
    for it in chain(task.rows("merged", shard), task.rows("united", shard)):
        if it.kind == "change":
            change = msgspec.json.decode(it.body)
            both = {name: _text(change[name]) for name in ("before", "after")}
            table.append(change | both | {"date": task.now.date().isoformat()})
    tables.write(task.folder / "lake", lake.CHANGES, shard, table)


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


WRITERS: dict[str, Callable[[Task, int], None]] = {
    lake.WORKS: write_works,
    lake.REPOSITORIES: write_repositories,
    lake.FINDINGS: write_findings,
    lake.CHANGES: write_changes,
}
