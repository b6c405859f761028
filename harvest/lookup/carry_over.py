"""What is still known when a source has no answer tonight or denies what it had: a failure is never an absence.

The cache keeps the last payload of what a registry has dropped, and the last dataset everything that it published. Each
can be lost, so either is enough: values are read back from them, with the day since when they are stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harvest.entries import ListedWorks, fold_case
from harvest.lookup.lookup import Harvest
from harvest.models import (
    NO_REGISTRY,
    Author,
    Dataset,
    Identifier,
    Record,
    Repository,
    RepositoryRecord,
    Work,
)

ALWAYS = frozenset({"title", "authors"})  # what each record of a paper has


def works(last: Dataset | None, harvest: Harvest, today: str) -> list[Record]:
    """Give a record for each (source, identifier) that once spoke for a work, where all registries are silent now.

    The cache comes before the last dataset, which has the values without what lost. Only identifiers that are wanted
    tonight, or that such a record names, are remembered: what a maintainer has taken out of the list is forgotten
    with it, and so is what a DOI's former agency said once its new one has spoken. Who merely retells what another
    registers takes no word from it: doi.org knows neither retractions nor preprints.
    """
    papers = [
        record
        for record in harvest.records
        if isinstance(record, Record) and not record.provisional
    ]
    spoke = {record.identifier for record in papers if not record.secondhand}
    remembered = [r for r in harvest.former if isinstance(r, Record) and r.identifier not in spoke]
    known = spoke.union(record.identifier for record in remembered)
    told = {(record.source, record.identifier) for record in papers}
    by_identifier: dict[Identifier, list[Record]] = {}
    for work in last.works if last else ():
        for record in _records(work):
            if record.identifier not in known and (record.source, record.identifier) not in told:
                by_identifier.setdefault(record.identifier, []).append(record)
    waiting = sorted(harvest.wanted & by_identifier.keys())
    while waiting:
        for record in by_identifier.pop(waiting.pop(), ()):
            if record.identifier in harvest.silent or record.identifier in harvest.denied:
                record.stale_since = record.stale_since or today
            remembered.append(record)
            waiting.extend(sorted(set(record.same_work) & by_identifier.keys()))
    return remembered


def repositories(last: Dataset | None, harvest: Harvest, today: str) -> list[RepositoryRecord]:
    """Give a record for each repository that the host once told of and that it is silent about or denies now.

    One that was never seen and is not found is remembered too, as unchecked since today: the next night decides.
    """
    spoke = {
        fold_case(r.identifier)
        for r in harvest.records
        if isinstance(r, RepositoryRecord) and not r.provisional
    }
    known = names(last, harvest)
    remembered = []
    for identifier in sorted(
        i for i in harvest.wanted if i.scheme == "github" and fold_case(i) not in spoke
    ):
        repository = known.get(fold_case(identifier))
        missing = identifier in harvest.missing
        if repository is not None and (repository.source == "github" or repository.stale_since):
            stale = repository.stale_since or (
                today if missing or identifier in harvest.silent else None
            )
            remembered.append(_remember(identifier, repository, today, stale, missing=missing))
        elif missing:
            snapshot = (
                r
                for r in harvest.records
                if isinstance(r, RepositoryRecord) and r.identifier == identifier
            )
            blank = Repository(id=str(identifier), url=f"https://github.com/{identifier.value}")
            seen = next((record.repository for record in snapshot), blank)
            remembered.append(_remember(identifier, seen, today, today, missing=True))
    return remembered


def recount(last: Dataset | None, harvest: Harvest) -> None:
    """Put the last values where the host tells everything but them.

    GitHub cannot always count commits, and without a token, which shows in the open issues, nobody asks for the others.
    """
    known = names(last, harvest)
    for record in harvest.records:
        if isinstance(record, RepositoryRecord) and not record.provisional:
            now, before = record.repository, known.get(fold_case(record.identifier))
            untold = (
                "commits_last_year",
                *(("open_issues", "latest_release") if now.open_issues is None else ()),
            )
            if before and now.repository_id == before.repository_id:
                kept = {
                    field: getattr(before, field) for field in untold if getattr(now, field) is None
                }
                record.repository = msgspec.structs.replace(now, **kept)


def keep_marks(last: Dataset | None, harvest: Harvest) -> None:
    """Leave stale what was stale and is not renewed, because this run was not to ask for it; it marks nothing anew."""
    stale = {
        (said.source, said.identifier): work.stale_since
        for work in (last.works if last else ())
        for said in work.assertions
    }
    known = names(last, harvest)
    for record in harvest.overdue:
        if isinstance(record, Record):
            record.stale_since = stale.get((record.source, str(record.identifier)))
        elif repository := known.get(fold_case(record.identifier)):
            record.stale_since = repository.stale_since


def names(last: Dataset | None, harvest: Harvest) -> dict[Identifier, Repository]:
    """Give the repositories of the last dataset, or else of the cache, under every name they had, in lower case."""
    hosts = (record for record in harvest.former if isinstance(record, RepositoryRecord))
    known = {fold_case(record.identifier): record.repository for record in hosts}
    for repository in last.repositories if last else ():
        for key in (
            fold_case(Identifier.of(name)) for name in (*repository.aliases, repository.id)
        ):
            if repository.source == "github" or key not in known:
                known[key] = repository
    return known


def doubtful(harvest: Harvest, listed: ListedWorks, last: Dataset | None) -> list[Identifier]:
    """Give the numbers of repositories whose name now leads nowhere, or to a repository with another number.

    A name can be taken over by somebody else, and a redirect can end; the number stays with the repository.
    """
    known, said = names(last, harvest), _hosts(harvest)
    numbers = []
    for key, name in listed.repositories.items():
        number = known[key].repository_id if key in known else None
        if number is not None and (name in harvest.missing or _is_other(said.get(key), number)):
            numbers.append(Identifier("github-id", str(number)))
    return numbers


def settle(harvest: Harvest, listed: ListedWorks, last: Dataset | None, today: str) -> None:
    """Put the answers by number in the place of those by name, which are of another repository or of none.

    One that is withheld keeps what was known, stale since it first was.
    """
    known, said = names(last, harvest), _hosts(harvest)
    for key, name in listed.repositories.items():
        number = known[key].repository_id if key in known else None
        if number is None:
            continue
        by_name, by_number = said.get(key), said.get(Identifier("github-id", str(number)))
        if by_name and _is_other(by_name, number):
            harvest.records.remove(by_name)
            harvest.silent.add(name)
        if by_name and by_name.repository.status == "blocked":
            by_name.repository = msgspec.structs.replace(known[key], status="blocked", works=[])
            by_name.as_of = by_name.stale_since = known[key].stale_since or today
        if by_number:
            harvest.records.append(msgspec.structs.replace(by_number, identifier=name))
            harvest.missing.discard(name)
        if record := by_number or by_name:
            former = {*record.repository.aliases, *known[key].aliases, known[key].id} - {
                record.repository.id
            }
            record.repository.aliases = sorted(former)
            is_silent = record.stale_since and record.repository.status != "blocked"
            record.repository.missing_since = known[key].missing_since if is_silent else None


def _is_other(record: RepositoryRecord | None, number: int) -> bool:
    return record is not None and record.repository.repository_id not in (None, number)


def _hosts(harvest: Harvest) -> dict[Identifier, RepositoryRecord]:
    """Give what the host itself says, by the name in lower case that was asked."""
    records = (
        record
        for record in harvest.records
        if isinstance(record, RepositoryRecord) and not record.provisional
    )
    return {fold_case(record.identifier): record for record in records}


def confirmed(last: Dataset | None, harvest: Harvest) -> set[Identifier]:
    """Give what is missing for certain: of repositories only those that the host denied on two days."""
    known = names(last, harvest)

    def twice(identifier: Identifier) -> bool:
        repository = known.get(fold_case(identifier))
        if repository is None:
            return False
        since = repository.missing_since
        return repository.status == "gone" or (
            since is not None and since < harvest.denied[identifier]
        )

    return {
        identifier
        for identifier in harvest.missing
        if identifier.scheme != "github" or twice(identifier)
    }


def _records(work: Work) -> Iterator[Record]:
    """Take a work apart into the records of the registries that spoke for it, each with what it said itself.

    A record that gave the same title and authors as another has no place of its own in the provenance, but both are
    needed to tell what looks alike.
    """
    forms = {form.identifier: form for form in work.manifestations}
    fields: dict[tuple[str, str], dict[str, object]] = {}
    shared: dict[str, object] = {}
    for field, said in work.provenance.items():
        if field not in Record.__struct_fields__:
            continue
        value = getattr(work, field)
        won = tuple(value) if field == "authors" else value
        fields.setdefault((said.source, said.identifier or ""), {})[field] = won
        if field in ALWAYS and said.source not in NO_REGISTRY:
            shared[field] = won
        for claim in said.also:
            lost = _authors(claim.value) if field == "authors" else claim.value
            fields.setdefault((claim.source, claim.identifier), {})[field] = lost
    for (source, name), same_as in _assertions(work, fields).items():
        identifier = Identifier.of(name)
        form = forms.get(name)
        day = {"date": form.date, "kind": form.kind} if form else {}
        yield msgspec.convert(
            {
                **day,
                **shared,
                **fields.get((source, name), {}),
                "source": source,
                "identifier": identifier,
                "same_work": tuple(map(Identifier.of, same_as)),
                "integrity": tuple(
                    notice for notice in work.integrity if notice.source.partition("/")[0] == source
                ),
                "stale_since": work.stale_since,
            },
            Record,
        )


def _assertions(
    work: Work, said: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give what each registry named as the same work; in an old dataset all members, for each that `said` a value.

    What others asserted, or likeness joined, is no word of a silent registry: it must be open to a better answer.
    """
    if work.assertions:
        return {
            (assertion.source, assertion.identifier): assertion.same_as
            for assertion in work.assertions
        }
    members = tuple(work.curies)
    return {
        (source, name): tuple(member for member in members if member != name)
        for source, name in said
        if source not in NO_REGISTRY and name  # a maintainer's own values have no identifier
    }


def _authors(names: str | int) -> tuple[Author, ...]:
    """Read back the names of a list of authors that lost, as linking writes them."""
    return tuple(Author(name) for name in str(names).split("; "))


def _remember(
    identifier: Identifier, repository: Repository, today: str, stale: str | None, *, missing: bool
) -> RepositoryRecord:
    """Read a repository back; `missing_since` is kept through nights without an answer, which confirm nothing."""
    first = repository.missing_since
    gone = min(first or today, today) if missing else first  # a wrong clock may have dated it
    return RepositoryRecord(
        source="github",
        identifier=identifier,
        repository=msgspec.structs.replace(repository, works=[], missing_since=gone),
        as_of=stale or today,
        empty=repository.activity == "empty",
        stale_since=stale,
    )
