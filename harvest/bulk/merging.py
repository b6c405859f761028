"""Works and repositories, linked and merged by the rules of any run: functions of one shard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from harvest import pipeline
from harvest.bulk import rows
from harvest.bulk.lists import finding
from harvest.bulk.lookups import (
    SIGN,
    answers_in,
    last_dataset,
    last_works,
    offline,
    repositories,
    reserved,
)
from harvest.bulk.rows import Row, row
from harvest.bulk.workspace import Task
from harvest.dataset import changes, facets, keys, lake, store
from harvest.dataset.changes import Change
from harvest.dataset.store import MOST_NAMES, Loss
from harvest.digests import digest
from harvest.entries import CodeLink, CodeRole, ListedWorks
from harvest.garbage import without_gc
from harvest.linking import overrides, parts
from harvest.lookup.search import Matches
from harvest.lookup.session import Session
from harvest.models import Dataset, Identifier, Mention, Repository, Work

LAST = ("last", "last-host")  # kinds of rows with what the last lake has
HOSTS = ("repository", "host", "last-host")  # kinds of rows of repositories
MADE = ("member", "repository")  # kinds of rows with what was merged of a part

Group = dict[str, list[Row]]  # rows by kind
Losses = Mapping[str, Loss]


@without_gc()
def merge(task: Task, place: tuple[Path, int]) -> None:
    """Write the works of a shard, the repositories that they link, and what is found on the way.

    Rows with the name of a part as their `file` follow from its facts alone. They stay as they were
    while those are the same, and the last lake has what was merged of them.
    """
    target, shard = place
    former = task.former / target.name
    before = rows.about(former, dict[str, str]) or {}
    digests, changed = dict[str, str](), dict[str, tuple[bytes, Group]]()
    losses: list[Losses] = []
    for part, group in _groups(task, shard).items():
        facts = chain.from_iterable(group[kind] for kind in group if kind not in LAST)
        content = digest(task.rules, msgspec.msgpack.encode(sorted(facts)))
        sign = _sign(content, chain.from_iterable(group[kind] for kind in LAST))
        if before.get(part) == sign:
            digests[part] = sign
            losses.append(_no_loss(group["last"]))
        else:
            changed[part] = content, group
    same, made = list(digests), list[Row]()
    with offline(task) as session:
        last = chain.from_iterable(group["last"] for _, group in changed.values())
        merger = Merger(session, task, last_works(task, last))
        for part, (content, group) in changed.items():
            its_rows, its_losses = merger.merge(part, group)
            made += its_rows
            losses.append(its_losses)
            digests[part] = _sign(content, (it for it in its_rows if it.kind in MADE))
    made.append(row("losses", shard, body=total(losses)))
    rows.write(target, made, digests, rows.some(former, "file", same) if same else ())


def _groups(task: Task, shard: int) -> dict[str, Group]:
    """Return the rows of each part, by its name, with those of repositories that it links.

    Repositories that have their place in this shard are a group of their own.
    """
    result: dict[str, Group] = defaultdict(lambda: defaultdict(list))
    hosts: Group = defaultdict(list)
    for it in task.rows("shards", shard):
        if it.kind in HOSTS:
            hosts[it.other].append(it)
        else:
            result[str(it.own)][it.kind].append(it)
    of_hosts = chain.from_iterable(hosts.values())
    part_of = {it.key: it.other for it in of_hosts if it.kind == "repository"}
    for group in result.values():
        for part in {part_of[it.other] for it in group["link"]}:
            for it in hosts[part]:
                group[it.kind].append(it)
    for it in chain.from_iterable(hosts.values()):
        if it.own % task.shards == shard:
            result["repositories"][it.kind].append(it)
    return result


def _sign(facts: bytes, made: Iterable[Row]) -> str:
    """Return a digest of facts, and of the names of what is merged of them."""
    return digest(facts, msgspec.json.encode(sorted(it.key for it in made))).hex()


def _no_loss(last: list[Row]) -> Losses:
    """Return that no work is lost where all stay; `other` is their status."""
    resolved = sum(it.other == "resolved" for it in last)
    return {"works": Loss(len(last), 0, []), "resolved works": Loss(resolved, 0, [])}


def total(losses: Iterable[Losses]) -> dict[str, Loss]:
    """Return the losses of all by kind."""
    result: dict[str, Loss] = {}
    for kind, loss in chain.from_iterable(it.items() for it in losses):
        before, lost, names = result.get(kind, Loss(0, 0, []))
        names = sorted([*names, *loss.names])[:MOST_NAMES]
        result[kind] = Loss(before + loss.before, lost + loss.lost, names)
    return result


class Merger:
    """Links and merges one part after the other. `last` are the records of the last works by id."""

    def __init__(self, session: Session, task: Task, last: Mapping[str, str]) -> None:
        self._session = session
        self._has_last = lake.is_lake(task.lake)
        self._last = last
        self._vocabulary = facets.load(task.settings.vocabulary)
        decisions = session.overrides
        self._names = {*chain.from_iterable((*decisions.same, *decisions.different))}
        self._names |= {*decisions.exclude, *decisions.corrections}

    def merge(self, part: str, group: Group) -> tuple[list[Row], Losses]:
        """Return what is merged of a part, with what changed in it; and which works are lost."""
        session = self._session
        listing = _listing(group)
        mentions = list(chain.from_iterable(listing.works.values()))
        common = frozenset(it.place + SIGN for it in group["common"])
        bodies = (self._last[it.key] for it in group["last"])
        session.last = last = last_dataset(bodies, group["last-host"])
        answers = answers_in([*group["answer"], *group["host"]], session)
        lookups = pipeline.add_titles(mentions, listing, answers, Matches(), session, common)
        linked = pipeline.link(lookups, session, common)
        facets.classify(linked.dataset, mentions, self._vocabulary)
        store.check_references(linked.dataset)
        made = [*self._works(part, linked.dataset.works, last.works)]
        made += (finding(it, part) for it in linked.findings)
        for it in linked.dataset.repositories:
            made.append(row("repository", it.id.lower(), it.id, body=it, file=part))
        current = pipeline.current_identifiers(lookups, linked)
        for kind, names in (("current", current), ("missing", linked.records.missing)):
            made += (row(kind, name, file=part) for name in self._names & names)
        before, now = Dataset(last.works, []), Dataset(linked.dataset.works, [])
        if self._has_last:
            made += map(_change, changes.between(before, now, session.overrides).works)
        return made, store.losses(now, before, session.overrides.exclude)

    def _works(self, part: str, works: Iterable[Work], last: Iterable[Work]) -> Iterator[Row]:
        """Yield the works of a part, with their keys, or what a new one begins with."""
        before = {work.id: work for work in last}
        for work in works:
            keys.carry_over(work, before)
            yield row("work", work.id, body=work)
            yield row("member", work.id, file=part)
            yield from (reserved(key, part) for key in work.former_keys)
            if work.key is None:
                yield row("stem", keys.stem(work), work.id)


def _change(it: Change) -> Row:
    return row("change", it.id, it.kind, body=it)


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


def unite(task: Task, shard: int) -> Iterator[Row]:
    """Yield one of the pieces of each repository, which works of several shards link; and keys."""
    group: Group = defaultdict(list)
    for it in task.rows("pieces", shard):
        group[it.kind].append(it)
    yield from _assigned(group)
    pieces = (msgspec.json.decode(it.body, type=Repository) for it in group["repository"])
    new = parts.unite([Dataset([], [repository]) for repository in pieces])
    last, decisions = last_dataset((), group["last-host"]), overrides.read(task.settings)
    yield from (row("repository", it.id, body=it) for it in new.repositories)
    if lake.is_lake(task.lake):
        yield from map(_change, changes.between(last, new, decisions).repositories)
    yield row("losses", shard, body=store.losses(new, last, decisions.exclude))


def _assigned(group: Group) -> Iterator[Row]:
    """Yield a key for each work that needs one, where keys begin alike."""
    reserved_keys = {it.other for it in group["reserved"]}
    for it in sorted(group["stem"], key=lambda it: it.other):
        key = keys.new_key(it.other, it.key, reserved_keys)
        reserved_keys.add(key)
        yield row("key", it.other, key)
