"""Last known values of repositories: renames, names that others took over, and denials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from harvest.entries import ListedWorks, fold_case
from harvest.identifiers import url
from harvest.lookup.answers import Answers
from harvest.models import AnyDataset, AnyWork, Identifier, Repository, RepositoryRecord

WITHOUT_COUNTS = ("commits_last_year",)  # GitHub cannot always count them
WITHOUT_TOKEN = ("commits_last_year", "open_issues", "latest_release")
Repositories = Mapping[Identifier, Repository]  # by folded name


def last_known(answers: Answers, last: AnyDataset | None) -> dict[Identifier, Repository]:
    """Return the repositories of the last dataset, or else of the cache, by every name they had.

    A name that one had and another has is that of the first: the list meant it.
    """
    repositories: dict[Identifier, Repository] = {}
    for answer in answers:
        if answer.missing_since and isinstance(answer.value, RepositoryRecord):
            day = answer.missing_since
            repositories[fold_case(answer.identifier)] = msgspec.structs.replace(
                answer.value.repository,
                source=answer.source,
                stale_since=day,
                missing_since=day,
            )
    published = list(last.repositories if last else ())
    published.sort(key=lambda repository: -(repository.repository_id or 0))  # the oldest at last
    names = [(repository.id, repository) for repository in published]
    for repository in published:
        names += [(alias, repository) for alias in repository.aliases]
    for name, repository in names:
        key = fold_case(Identifier.of(name))
        if repository.source == "github" or key not in repositories:
            repositories[key] = repository
    return repositories


def numbers_to_check(
    answers: Answers, listing: ListedWorks, last: AnyDataset | None
) -> list[Identifier]:
    """Return the numbers of repositories whose name leads nowhere now, or to another repository.

    A name can be taken over by somebody else and a redirect can end; the number stays.
    """
    repositories, hosts = last_known(answers, last), _hosts(answers, {})
    numbers = []
    for key, name in listing.repositories.items():
        number = repositories[key].repository_id if key in repositories else None
        if number is None:
            continue
        if answers.is_missing(name) or _is_other(hosts.get(key), number):
            numbers.append(_by_number(number))
    return numbers


def carry_over_repositories(
    answers: Answers, listing: ListedWorks, last: AnyDataset, today: str
) -> tuple[list[RepositoryRecord], set[Identifier]]:
    """Return a record for each listed repository that is known, and those that are gone.

    A repository is gone when its host denied it on two days.
    """
    repositories = last_known(answers, last)
    hosts = _hosts(answers, repositories)
    repositories |= _renamed_in_lists(listing, hosts, repositories, last)
    records: list[RepositoryRecord] = []
    gone: set[Identifier] = set()
    for key, name in listing.repositories.items():
        before = repositories.get(key)
        record = _current(key, name, hosts, before, today)
        if record is None:
            subject = _subject(name, hosts.get(key), before)
            is_missing = answers.is_missing(subject)
            if is_missing and _is_gone(answers, subject, before):
                gone.add(name)
            is_unanswered = key in hosts or any(it.state == "failed" for it in answers.of(name))
            record = _last_record(
                answers, name, before, today, is_missing=is_missing, is_unanswered=is_unanswered
            )
        if record:
            records.append(record)
    return records, gone


def _renamed_in_lists(
    listing: ListedWorks,
    hosts: Mapping[Identifier, RepositoryRecord],
    before: Repositories,
    last: AnyDataset,
) -> dict[Identifier, Repository]:
    """Return the repositories of names that lists have for another one than before.

    A list that follows a chain of renames has the one from before under its present name, and the
    name that is free now at other works.
    """
    numbers = {it.repository_id: it for it in before.values()}
    listed = {hosts[key].repository.repository_id for key in listing.repositories if key in hosts}
    linked = defaultdict(set)
    for link in listing.code_links:
        linked[link.repository].add(str(link.work))
    by_id = {work.id: work for work in last.works}
    renamed = {}
    for key in listing.repositories:
        former, record = before.get(key), hosts.get(key)
        number = former.repository_id if former else None
        if not (former and record and number) or not _is_other(record, number):
            continue
        works = linked[key]
        has_works = bool(works and former.works)
        if has_works and number in listed and works.isdisjoint(_names(former.works, by_id)):
            present = record.repository
            renamed[key] = numbers.get(present.repository_id, present)
    return renamed


def _names(works: Iterable[str], by_id: Mapping[str, AnyWork]) -> set[str]:
    """Return all identifiers of some works of the last dataset."""
    names = set(works)
    for name in names & by_id.keys():
        names.update(by_id[name].curies)
    return names


def _hosts(answers: Answers, before: Repositories) -> dict[Identifier, RepositoryRecord]:
    """Return the record of each repository by folded name; an old one is marked as stale."""
    hosts: dict[Identifier, RepositoryRecord] = {}
    for answer in answers:
        record, key = answer.current, fold_case(answer.identifier)
        if isinstance(record, RepositoryRecord) and not record.provisional:
            mark = before[key].stale_since if key in before else None
            stale = {"failed": answer.day, "not_asked": mark}.get(answer.state)
            hosts[key] = msgspec.structs.replace(record, stale_since=stale)
    return hosts


def _current(
    key: Identifier,
    name: Identifier,
    hosts: Mapping[Identifier, RepositoryRecord],
    before: Repository | None,
    today: str,
) -> RepositoryRecord | None:
    """Return the record that the host has of a repository, by its name or else by its number.

    What it withholds keeps the values from before, stale since it first did.
    """
    record = hosts.get(key)
    if before is None or before.repository_id is None:
        return _with_last_counts(record, before)
    if _is_other(record, before.repository_id):
        record = None
    if record and record.repository.status == "blocked":
        since = before.stale_since or today
        repository = msgspec.structs.replace(before, status="blocked", works=[])
        record = msgspec.structs.replace(
            record, repository=repository, as_of=since, stale_since=since
        )
    if by_number := hosts.get(_by_number(before.repository_id)):
        record = msgspec.structs.replace(by_number, identifier=name)
    if record is None:
        return None
    repository = record.repository
    former = {*repository.aliases, *before.aliases, before.id} - {repository.id}
    is_stale = record.stale_since and repository.status != "blocked"
    repository = msgspec.structs.replace(
        repository,
        aliases=sorted(former),
        missing_since=before.missing_since if is_stale else None,
    )
    record = msgspec.structs.replace(record, repository=repository)
    return _with_last_counts(record, before)


def _with_last_counts(
    record: RepositoryRecord | None, before: Repository | None
) -> RepositoryRecord | None:
    """Return a record with the last numbers that its host does not give tonight.

    Without a token, which shows in the open issues, nobody asks for the others.
    """
    if record is None or before is None:
        return record
    now = record.repository
    if now.repository_id != before.repository_id:
        return record
    fields = WITHOUT_TOKEN if now.open_issues is None else WITHOUT_COUNTS
    absent = {name: getattr(before, name) for name in fields if getattr(now, name) is None}
    repository = msgspec.structs.replace(now, **absent)
    return msgspec.structs.replace(record, repository=repository)


def _last_record(
    answers: Answers,
    name: Identifier,
    before: Repository | None,
    today: str,
    *,
    is_missing: bool,
    is_unanswered: bool,
) -> RepositoryRecord | None:
    """Return the last known values of a repository, or those of the snapshot.

    One that was never seen and is not found is unchecked since today: the next night decides.
    """
    if before and (before.source == "github" or before.stale_since):
        stale = before.stale_since or (today if is_missing or is_unanswered else None)
        return _record(name, before, today, stale, is_missing=is_missing)
    values = (answer.value for answer in answers.of(name))
    snapshot = next((value for value in values if isinstance(value, RepositoryRecord)), None)
    if not is_missing:
        return snapshot
    blank = Repository(id=str(name), url=url(name))
    repository = snapshot.repository if snapshot else blank
    return _record(name, repository, today, today, is_missing=True)


def _record(
    name: Identifier, repository: Repository, today: str, stale: str | None, *, is_missing: bool
) -> RepositoryRecord:
    """Return the record of last known values.

    `missing_since` outlives nights without an answer, which confirm nothing.
    """
    since = repository.missing_since
    if is_missing:
        since = min(since or today, today)  # a wrong clock may have dated it
    return RepositoryRecord(
        source="github",
        identifier=name,
        repository=msgspec.structs.replace(repository, works=[], missing_since=since),
        as_of=stale or today,
        empty=repository.activity == "empty",
        stale_since=stale,
    )


def _subject(
    name: Identifier, record: RepositoryRecord | None, before: Repository | None
) -> Identifier:
    """Return what to ask for a repository: its number, where its name is that of another now."""
    number = before.repository_id if before else None
    return _by_number(number) if number and _is_other(record, number) else name


def _is_gone(answers: Answers, name: Identifier, before: Repository | None) -> bool:
    """Return True if a repository that is denied today was denied on an earlier day, too."""
    if before is None:
        return False
    denials = [answer.denied_on for answer in answers.of(name) if answer.denied_on]
    since = before.missing_since
    return before.status == "gone" or (since is not None and since < max(denials))


def _is_other(record: RepositoryRecord | None, number: int) -> bool:
    return record is not None and record.repository.repository_id not in {None, number}


def _by_number(number: int) -> Identifier:
    return Identifier("github-id", str(number))
