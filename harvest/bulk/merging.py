"""Works and repositories, linked and merged by the rules of any run: functions of one shard."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import msgspec

from harvest import pipeline
from harvest.bulk import rows
from harvest.bulk.lists import finding
from harvest.bulk.lookups import SIGN, answers_in, last_dataset, offline, repositories
from harvest.bulk.rows import Row, row
from harvest.bulk.workspace import Task
from harvest.dataset import changes, facets, keys, store
from harvest.dataset.changes import Change
from harvest.dataset.store import MOST_NAMES, Loss
from harvest.digests import digest
from harvest.entries import CodeLink, CodeRole, ListedWorks
from harvest.linking import overrides, parts
from harvest.lookup.search import Matches
from harvest.lookup.session import Session
from harvest.models import Dataset, Finding, Identifier, Mention, Repository, Work

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
            setattr(self, name, Counter(getattr(self, name)) + Counter(getattr(other, name)))
        for kind, loss in other.losses.items():
            before, lost, names = self.losses.get(kind, Loss(0, 0, []))
            names = sorted([*names, *loss.names])[:MOST_NAMES]
            self.losses[kind] = Loss(before + loss.before, lost + loss.lost, names)
        self.current |= other.current
        self.missing |= other.missing


class Part(msgspec.Struct, frozen=True):
    """What was merged of a part, but for its works, which the lake has."""

    report: Report
    findings: list[Finding]
    repositories: list[Repository]

    @property
    def rows(self) -> Iterator[Row]:
        """The findings and repositories as rows."""
        yield from map(finding, self.findings)
        for it in self.repositories:
            yield row("repository", it.id.lower(), it.id, body=it)


class Keys(msgspec.Struct, frozen=True):
    """The keys of a work, alone."""

    key: str
    former_keys: tuple[str, ...] = ()


def merge(task: Task, shard: int) -> Iterator[Row]:
    """Yield the works of a shard, the repositories that they link, and what is found on the way.

    A part that was merged of the same facts, and is in the last lake as it was merged, stays so.
    """
    former = dict[str, str]()
    if task.former:
        path = task.former / f"{shard}.parquet"
        former = {it.key: it.body for it in rows.read_some(path, "kind", ["part"])}
    total = Report()
    with offline(task) as session:
        merger = Merger(session, task, shard)
        for group in groups(task, shard):
            kinds = [kind for kind in group if kind not in LAST]
            facts = list(chain.from_iterable(map(group.__getitem__, kinds)))
            last = chain.from_iterable(map(group.__getitem__, LAST))
            content = digest(msgspec.msgpack.encode(sorted(facts)))
            sign = _sign(content, [it.key for it in last])
            if sign in former:
                part = msgspec.json.decode(former[sign], type=Part)
                report, made = part.report, list(_again(group["last"]))
            else:
                part, report, made = merger.merge(group)
                names = [it.id for it in part.repositories]
                names = [it.key for it in made if it.kind == "work"] + list(map(str.lower, names))
                sign = _sign(content, names)
            total.add(report)
            yield row("part", sign, body=part)
            yield from made
            yield from part.rows
    yield row("report", shard, body=total)


def groups(task: Task, shard: int) -> list[Group]:
    """Return the rows of each part, with those of repositories that it links.

    Repositories that have their place in this shard are a group of their own.
    """
    result: dict[int, Group] = defaultdict(lambda: defaultdict(list))
    hosts: Group = defaultdict(list)
    for it in task.rows("shards", shard):
        if it.kind in HOSTS:
            hosts[it.other].append(it)
        else:
            result[it.own][it.kind].append(it)
    of_hosts = chain.from_iterable(hosts.values())
    part_of = {it.key: it.other for it in of_hosts if it.kind == "repository"}
    for group in result.values():
        for part in {part_of[it.other] for it in group["link"]}:
            for it in hosts[part]:
                group[it.kind].append(it)
    alone: Group = defaultdict(list)
    for it in chain.from_iterable(hosts.values()):
        if it.own % task.shards == shard:
            alone[it.kind].append(it)
    return [*result.values(), alone]


def _sign(facts: bytes, names: Collection[str]) -> str:
    """Return a digest of facts, and of the names of what is merged of them."""
    return digest(facts, msgspec.json.encode(sorted(names))).hex()


def _again(works: Iterable[Row]) -> Iterator[Row]:
    """Yield the works of the last lake as those of this one, with their keys."""
    for it in works:
        yield it._replace(kind="work")
        work = msgspec.json.decode(it.body, type=Keys)
        yield from map(_reserved, sorted({work.key, *work.former_keys}))


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

    def merge(self, group: Group) -> tuple[Part, Report, list[Row]]:
        """Return what is merged of a part, its report, and its works with what changed in them."""
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
        news = list[Change]()
        if self._has_last:
            news = changes.between(last_works, works, session.overrides).works
        report = Report(
            works=Counter(work.status for work in dataset.works),
            losses=store.losses(works, works),
            current=self._names & pipeline.current_identifiers(lookups, linked),
            missing=self._names & linked.records.missing,
        )
        part = Part(report, linked.findings, dataset.repositories)
        report = msgspec.structs.replace(
            report,
            changes=Counter(change.kind for change in news),
            losses=store.losses(works, last_works, session.overrides.exclude),
        )
        made = [row("work", work.id, body=work) for work in dataset.works]
        made += _key_rows(dataset.works, last.works, self._shard)
        made += (row("change", change.id, body=change) for change in news)
        return part, report, made


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


def unite(task: Task, shard: int) -> Iterator[Row]:
    """Yield one of the pieces of each repository, which works of several shards link; and keys."""
    group: Group = defaultdict(list)
    for it in task.rows("pieces", shard):
        group[it.kind].append(it)
    yield from _assigned(group)
    pieces = (msgspec.json.decode(it.body, type=Repository) for it in group["repository"])
    new = parts.unite([Dataset([], [repository]) for repository in pieces])
    last, decisions = last_dataset(group["last-host"]), overrides.read(task.settings)
    news = list[Change]()
    if task.has_last:
        news = changes.between(last, new, decisions).repositories
    report = Report(
        repositories=Counter(it.status for it in new.repositories),
        changes=Counter(change.kind for change in news),
        losses=store.losses(new, last, decisions.exclude),
    )
    yield from (row("repository", it.id, body=it) for it in new.repositories)
    yield from (row("change", change.id, body=change) for change in news)
    yield row("report", shard, body=report)


def _assigned(group: Group) -> Iterator[Row]:
    """Yield a key for each work that needs one, where keys begin alike."""
    reserved = {it.other for it in group["reserved"]}
    for it in sorted(group["stem"], key=lambda it: it.other):
        key = keys.new_key(it.other, it.key, reserved)
        reserved.add(key)
        yield row("key", it.other, key, it.place)
