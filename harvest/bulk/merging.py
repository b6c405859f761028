"""Works and repositories, linked and merged by the rules of any run: functions of one shard."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from harvest import pipeline
from harvest.bulk import rows
from harvest.bulk.lists import finding
from harvest.bulk.lookups import SIGN, answers_in, last_dataset, offline, repositories
from harvest.bulk.rows import Row, row
from harvest.bulk.workspace import Task
from harvest.dataset import changes, facets, keys, store
from harvest.dataset.changes import Changes
from harvest.dataset.store import MOST_NAMES, Loss
from harvest.digests import digest
from harvest.entries import CodeLink, CodeRole, ListedWorks
from harvest.linking import overrides, parts
from harvest.lookup.search import Matches
from harvest.lookup.session import Session
from harvest.models import Dataset, Identifier, Mention, Repository, Work

LAST = ("last", "last-host")  # kinds of rows with what the last lake has
HOSTS = ("repository", "host", "last-host")  # kinds of rows of repositories

Group = dict[str, list[Row]]  # rows by kind


class Report(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What some parts are counted with. `current` and `missing` are identifiers of decisions."""

    works: dict[str, int] = {}
    repositories: dict[str, int] = {}
    changes: dict[str, int] = {}
    losses: dict[str, Loss] = {}
    current: set[Identifier] = set()
    missing: set[Identifier] = set()

    def add(self, other: Report) -> None:
        """Add what other parts are counted with."""
        for name in ("works", "repositories", "changes"):
            counts = getattr(self, name)
            for kind, count in getattr(other, name).items():
                counts[kind] = counts.get(kind, 0) + count
        for kind, loss in other.losses.items():
            before, lost, names = self.losses.get(kind, Loss(0, 0, []))
            names = sorted([*names, *loss.names])[:MOST_NAMES]
            self.losses[kind] = Loss(before + loss.before, lost + loss.lost, names)
        self.current |= other.current
        self.missing |= other.missing


class Keys(msgspec.Struct, frozen=True):
    """The keys of a work, alone."""

    key: str
    former_keys: tuple[str, ...] = ()


def merge(task: Task, shard: int) -> Iterator[Row]:
    """Yield the works of a shard, the repositories that they link, and what is found on the way.

    A part of which nothing changed is as it was: what has been linked and merged stays so.
    """
    former: dict[str, list[Row]] = defaultdict(list)
    if task.former:
        for it in rows.read(task.former / f"{shard}.parquet"):
            former[it.file].append(it)
    total = Report()
    with offline(task) as session:
        merger = Merger(session, task, shard)
        for part, group in groups(task, shard).items():
            facts = _digest(group)
            if _is_same(former[part], facts, group):
                made, report = _again(former[part], group["last"])
            else:
                made, report = merger.merge(group, facts)
            total.add(report)
            yield from (it._replace(file=part) for it in made)
    yield row("report", shard, body=total)


def groups(task: Task, shard: int) -> dict[str, Group]:
    """Return the rows of each part by its number, with those of repositories that it links.

    Repositories that have their place in this shard are a group of their own, without a number.
    """
    result: dict[str, Group] = defaultdict(lambda: defaultdict(list))
    hosts: Group = defaultdict(list)
    for it in task.rows("shards", shard):
        if it.kind in HOSTS:
            hosts[it.other].append(it)
        else:
            result[str(it.own)][it.kind].append(it)
    part_of = {it.key: it.other for its in hosts.values() for it in its if it.kind == "repository"}
    for group in list(result.values()):
        for part in {part_of[it.other] for it in group["link"]}:
            for it in hosts[part]:
                group[it.kind].append(it)
    for it in chain.from_iterable(hosts.values()):
        if it.own % task.shards == shard:
            result[""][it.kind].append(it)
    return result


def _digest(group: Group) -> str:
    """Return a digest of what a part is merged from, but for what the last lake has."""
    facts = (it for kind, its in group.items() if kind not in LAST for it in its)
    return digest(msgspec.msgpack.encode(sorted(facts))).hex()


def _is_same(former: Iterable[Row], facts: str, group: Group) -> bool:
    """Return True if a part was merged from the same facts for the last lake.

    The records of the last lake must be those that were merged, and no others.
    """
    merged: dict[str, set[str]] = {"work": set(), "repository": set(), "part": set()}
    for it in former:
        if it.kind in merged:
            merged[it.kind].add(it.key)
    works, hosts = ({it.key for it in group[kind]} for kind in LAST)
    return [*merged.values()] == [works, hosts, {facts}]


def _again(former: Iterable[Row], last: Iterable[Row]) -> tuple[list[Row], Report]:
    """Return what was merged, with the works as they are in the last lake, and no changes."""
    made = [it for it in former if it.kind in {"repository", "finding", "part"}]
    for it in last:
        work = msgspec.json.decode(it.body, type=Keys)
        made.append(it._replace(kind="work"))
        made += map(_reserved, sorted({work.key, *work.former_keys}))
    [report] = (it.body for it in made if it.kind == "part")
    return made, msgspec.json.decode(report, type=Report)


class Merger:
    """Links and merges one part after the other."""

    def __init__(self, session: Session, task: Task, shard: int) -> None:
        self._session = session
        self._shard = shard
        self._has_last = task.has_last
        self._vocabulary = facets.load(task.settings.vocabulary)
        decisions = session.overrides
        self._names = {*chain.from_iterable((*decisions.same, *decisions.different))}
        self._names |= {*decisions.exclude, *decisions.corrections}

    def merge(self, group: Group, facts: str) -> tuple[list[Row], Report]:
        """Return the works and repositories of a part, what is found, and its report.

        `facts` is the digest of what they are merged from.
        """
        session = self._session
        listing = _listing(group)
        mentions = list(chain.from_iterable(listing.works.values()))
        common = frozenset(it.place + SIGN for it in group["common"])
        session.last = last = last_dataset([*group["last"], *group["last-host"]])
        answers = answers_in([*group["answer"], *group["host"]], session)
        lookups = pipeline.add_titles(mentions, listing, answers, Matches(), session, common)
        linked = pipeline.link(lookups, session, common)
        dataset = linked.dataset
        facets.classify(dataset, mentions, self._vocabulary)
        store.check_references(dataset)
        before = {work.id: work for work in last.works}
        for work in dataset.works:
            keys.carry_over(work, before)
        works, last_works = Dataset(dataset.works, []), Dataset(last.works, [])
        news = Changes()
        if self._has_last:
            news = changes.between(last_works, works, session.overrides)
        report = Report(
            works=Counter(work.status for work in dataset.works),
            losses=store.losses(works, works),
            current=self._names & pipeline.current_identifiers(lookups, linked),
            missing=self._names & linked.records.missing,
        )
        made = [
            *(row("work", work.id, body=work) for work in dataset.works),
            *_key_rows(dataset.works, last.works, self._shard),
            *(row("repository", it.id.lower(), it.id, body=it) for it in dataset.repositories),
            *map(finding, linked.findings),
            *(row("change", change.id, body=change) for change in news.works),
            row("part", facts, body=report),  # as the next run may have it again
        ]
        report.changes = Counter(change.kind for change in news.works)
        report.losses = store.losses(works, last_works, session.overrides.exclude)
        return made, report


def _listing(group: Group) -> ListedWorks:
    listing = ListedWorks(repositories=repositories(group["repository"]))
    for it in sorted(group["mention"], key=lambda it: (it.key, it.file, it.place)):
        mention = msgspec.json.decode(it.body, type=Mention)
        listing.works.setdefault(Identifier.of(it.key), []).append(mention)
    for it in group["twins"]:
        listing.twins.add(msgspec.json.decode(it.body, type=tuple[Identifier, ...]))
    for it in group["link"]:
        role = msgspec.convert(it.body, CodeRole)
        listing.code_links.add(CodeLink(Identifier.of(it.key), Identifier.of(it.other), role))
    return listing


def _key_rows(works: list[Work], last: list[Work], shard: int) -> Iterator[Row]:
    """Yield the keys that are taken, and the works that need one, by what keys begin with."""
    reserved = {work.key for work in (*works, *last)}.union(*(work.former_keys for work in works))
    yield from map(_reserved, sorted(filter(None, reserved)))
    for work in works:
        if work.key is None:
            yield row("stem", keys.stem(work), work.id, shard)


def _reserved(key: str) -> Row:
    return row("reserved", key.partition("-")[0], key)


def assign_keys(task: Task, shard: int) -> Iterator[Row]:
    """Yield a key for each work that needs one, where keys begin alike."""
    reserved, stems = set(), []
    for it in task.rows("stems", shard):
        if it.kind == "reserved":
            reserved.add(it.other)
        else:
            stems.append(it)
    for it in sorted(stems, key=lambda it: it.other):
        key = keys.new_key(it.other, it.key, reserved)
        reserved.add(key)
        yield row("key", it.other, key, it.place)


def unite(task: Task, shard: int) -> Iterator[Row]:
    """Yield one of the pieces of each repository, which works of several shards link."""
    pieces, old = list[Repository](), list[Repository]()
    for it in task.rows("repositories", shard):
        repository = msgspec.json.decode(it.body, type=Repository)
        (pieces if it.kind == "repository" else old).append(repository)
    new = parts.unite([Dataset([], [repository]) for repository in pieces])
    last = Dataset([], sorted(old, key=lambda repository: repository.id))
    decisions, news = overrides.read(task.settings), Changes()
    if task.has_last:
        news = changes.between(last, new, decisions)
    report = Report(
        repositories=Counter(it.status for it in new.repositories),
        changes=Counter(change.kind for change in news.repositories),
        losses=store.losses(new, last, decisions.exclude),
    )
    yield from (row("repository", it.id, body=it) for it in new.repositories)
    yield from (row("change", change.id, body=change) for change in news.repositories)
    yield row("report", shard, body=report)
