"""Repositories as lists name them and hosts describe them; names of one repository are merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from harvest.config import ActivityMonths
from harvest.entries import fold_case
from harvest.identifiers import url
from harvest.models import Activity, Identifier, Repository, RepositoryRecord


def merge_repositories(
    names: Mapping[Identifier, Identifier],
    records: Iterable[RepositoryRecord],
    missing: Collection[Identifier],
    limits: ActivityMonths,
) -> dict[Identifier, Repository]:
    """Return the repository that each listed name means; one with several names is there for each.

    `names` has the names to show by the names in lower case. The best-ranked source of `records`
    comes first, `missing` are those that the host does not know.
    """
    by_name: dict[Identifier, RepositoryRecord] = {}
    for record in records:
        by_name.setdefault(fold_case(record.identifier), record)
    gone = {fold_case(identifier) for identifier in missing}
    repositories: dict[Identifier, Repository] = {}
    for key, name in sorted(names.items()):
        repositories[key] = repository = _describe(name, by_name.get(key))
        if key in gone:
            repository.status = "gone"
        repository.activity = _activity(repository, by_name.get(key), limits)
    _unite(repositories)
    _rename_newcomers(repositories, names)
    for key, repository in repositories.items():
        if str(key) != repository.id.lower():
            repository.aliases = sorted({*repository.aliases, str(names[key])})
    _drop_names_of_others(repositories)
    return repositories


def _drop_names_of_others(repositories: Mapping[Identifier, Repository]) -> None:
    """Drop the aliases by which lists mean another repository: it had the name before, or after.

    So each listed name leads to one repository in the next night, too.
    """
    by_name = {str(key): repository for key, repository in repositories.items()}
    for repository in repositories.values():
        aliases = repository.aliases
        repository.aliases = [
            it for it in aliases if by_name.get(it.lower(), repository) is repository
        ]


def _unite(repositories: dict[Identifier, Repository]) -> None:
    """Make one of the names of one repository: by its number or, without one, by its address."""
    numbers: dict[str, int] = {}
    for it in sorted(repositories.values(), key=lambda it: it.status != "gone"):
        if it.repository_id:
            numbers[it.id.lower()] = it.repository_id
    merged: dict[int | str, Repository] = {}
    for key in sorted(repositories, key=lambda key: repositories[key].repository_id is None):
        repository = repositories[key]
        address = repository.id.lower()
        number = repository.repository_id or numbers.get(address)  # the snapshot knows no numbers
        repositories[key] = merged.setdefault(number or address, repository)


def _rename_newcomers(
    repositories: Mapping[Identifier, Repository], names: Mapping[Identifier, Identifier]
) -> None:
    """Call what took over the name of another repository by the name that a list has for it.

    The repository that is listed by that name keeps it: it had it before. So a newcomer may in turn
    take its own name back from another one; each is renamed once at most.
    """
    keys: dict[int, list[Identifier]] = defaultdict(list)
    for key, repository in repositories.items():
        keys[id(repository)].append(key)
    while newcomers := _newcomers(repositories.values(), keys):
        for newcomer in newcomers:
            newcomer.id = str(names[keys[id(newcomer)][0]])
            newcomer.aliases = sorted({*newcomer.aliases} - {newcomer.id})


def _newcomers(
    repositories: Iterable[Repository], keys: Mapping[int, Sequence[Identifier]]
) -> list[Repository]:
    """Return the repositories that are called as another one is, which has the better claim."""
    addresses: dict[str, dict[int, Repository]] = defaultdict(dict)
    for repository in repositories:
        addresses[repository.id.lower()][id(repository)] = repository
    newcomers = []
    for address, holders in addresses.items():
        if len(holders) > 1:
            is_new = {number: address not in map(str, keys[number]) for number in holders}
            holder = min(holders, key=lambda it: (is_new[it], holders[it].repository_id or 0))
            newcomers += [it for number, it in holders.items() if number != holder]
    return newcomers


def _describe(name: Identifier, record: RepositoryRecord | None) -> Repository:
    if record is None:
        return Repository(id=str(name), url=url(name))
    return msgspec.structs.replace(
        record.repository,
        aliases=sorted(set(record.repository.aliases)),
        source=record.source,
        stale_since=record.stale_since,
    )


def _activity(
    repository: Repository, record: RepositoryRecord | None, limits: ActivityMonths
) -> Activity:
    """Return how active a repository was when its host was asked.

    It never depends on today: the same cache gives the same dataset.
    """
    if repository.status == "gone":
        return "gone"
    if repository.archived:
        return "archived"
    if record and record.empty:
        return "empty"
    if record is None or record.as_of is None or repository.pushed_at is None:
        return "unknown"
    day, pushed = date.fromisoformat(record.as_of), date.fromisoformat(repository.pushed_at[:10])
    months = (day.year - pushed.year) * 12 + day.month - pushed.month - (day.day < pushed.day)
    if months < limits.active:
        return "active"
    return "slow" if months < limits.slow else "dormant"
