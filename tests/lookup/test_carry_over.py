"""Last known values, from answers and the last dataset alone: no server, no cache."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest.dataset import store
from harvest.entries import ListedWorks
from harvest.lookup.answers import Answer, Answers
from harvest.lookup.carry_over import carry_over
from harvest.lookup.last_known import numbers_to_check
from harvest.models import (
    Assertion,
    Author,
    Claim,
    Dataset,
    Identifier,
    LastDataset,
    Provenance,
    Record,
    Repository,
    RepositoryRecord,
    Work,
)

TODAY, YESTERDAY = "2026-11-21", "2026-11-20"
DOI, ARXIV = Identifier("doi", "10.1/a"), Identifier("arxiv", "2301.00001")
REPOSITORY, NUMBER = Identifier("github", "o/n"), Identifier("github-id", "7")
RESOLVERS = {
    "doi": frozenset({"crossref", "datacite"}),
    "arxiv": frozenset({"arxiv"}),
    "github": frozenset({"github"}),
    "github-id": frozenset({"github"}),
}


def record(source: str = "crossref", name: Identifier = DOI, **more: Any) -> Record:
    return Record(source=source, identifier=name, title="A", **more)


def answer(state: Any, value: Any = None, **more: Any) -> Answer[Any]:
    return Answer(state=state, value=value, **{"source": "crossref", "identifier": DOI, **more})


def answers(*current: Answer[Any]) -> Answers:
    names = frozenset(one.identifier for one in current)
    return Answers(RESOLVERS, lookups=names) | current


def work(**more: Any) -> Work:
    origin = Provenance("crossref", str(DOI), more.pop("also", ()))
    values: dict[str, Any] = {
        "id": str(DOI),
        "aliases": [],
        "status": "resolved",
        "type": None,
        "title": "A",
        "authors": [Author("Ada Abara")],
        "date": None,
        "year": None,
        "container": None,
        "publisher": None,
        "cited_by": None,
        "identifiers": {"doi": [DOI.value]},
        "manifestations": [],
        "integrity": [],
        "facets": {},
        "repositories": [],
        "mentions": [],
        "provenance": {"title": origin, "authors": origin},
        "assertions": [Assertion("crossref", str(DOI))],
    }
    return Work(**values | more)


def works(current: Answers, *published: Work) -> list[Record]:
    return carry_over(current, ListedWorks(), Dataset([*published], []), TODAY).works


@pytest.mark.parametrize(
    ("current", "stale_since"),
    [
        (answer("found", record(), day=TODAY), None),
        (answer("failed", record(), day=YESTERDAY), YESTERDAY),
        (answer("not_asked", record(), day=YESTERDAY), None),
        (answer("not_found", record(), denied_on=TODAY, missing_since=YESTERDAY), YESTERDAY),
    ],
    ids=lambda value: getattr(value, "state", value),
)
def test_a_record_is_stale_since_its_source_failed(
    current: Answer[Any], stale_since: str | None
) -> None:
    (only,) = works(answers(current))
    assert (only.title, only.stale_since) == ("A", stale_since)


@pytest.mark.parametrize(
    ("state", "stale_since"), [("failed", TODAY), ("not_asked", None), ("not_found", TODAY)]
)
def test_the_last_dataset_replaces_a_lost_cache(state: Any, stale_since: str | None) -> None:
    denied_on = TODAY if state == "not_found" else None
    current = answers(answer(state, denied_on=denied_on, missing_since=denied_on))
    (only,) = works(current, work())
    assert (only.source, only.title, only.stale_since) == ("crossref", "A", stale_since)
    assert only.authors == (Author("Ada Abara"),)


def test_a_new_answer_replaces_the_last_dataset() -> None:
    current = answers(answer("found", record(date="2024"), day=TODAY))
    assert works(current, work(date="2023")) == [record(date="2024")]


def test_a_secondhand_answer_silences_no_registry() -> None:
    secondhand = record("datacite", secondhand=True)
    current = answers(answer("failed"), answer("found", secondhand, source="datacite", day=TODAY))
    assert [one.source for one in works(current, work())] == ["datacite", "crossref"]


def test_what_was_not_looked_up_is_forgotten() -> None:
    assert works(answers(), work()) == []


def test_a_restored_record_restores_the_forms_that_it_names() -> None:
    forms = [
        Assertion("arxiv", str(ARXIV)),
        Assertion("crossref", str(DOI), (str(ARXIV),)),
    ]
    both = work(assertions=forms, identifiers={"doi": [DOI.value], "arxiv": [ARXIV.value]})
    assert {one.identifier for one in works(answers(answer("failed")), both)} == {DOI, ARXIV}


def test_each_source_gets_its_own_values_back() -> None:
    claim = Claim("datacite", str(DOI), "B")
    forms = [Assertion("crossref", str(DOI)), Assertion("datacite", str(DOI))]
    restored = works(answers(answer("failed")), work(also=(claim,), assertions=forms))
    assert {one.source: one.title for one in restored} == {"crossref": "A", "datacite": "B"}


def test_names_that_were_parted_for_the_dataset_are_whole_again() -> None:
    origin = Provenance("arxiv", str(ARXIV))
    [record] = works(
        answers(answer("failed", source="arxiv", identifier=ARXIV)),
        work(
            id=str(ARXIV),
            identifiers={"arxiv": [ARXIV.value]},
            authors=[Author("Ada Abara", "Ada", "Abara")],
            provenance={"title": origin, "authors": origin},
            assertions=[Assertion("arxiv", str(ARXIV))],
        ),
    )
    assert record.authors == (Author("Ada Abara"),)


def test_an_old_dataset_without_assertions_keeps_its_works_together() -> None:
    both = work(assertions=[], identifiers={"doi": [DOI.value], "arxiv": [ARXIV.value]})
    (only,) = works(answers(answer("failed")), both)
    assert only.same_work == (ARXIV,)


def test_earlier_titles_are_added_once() -> None:
    claims = [
        Claim("arxiv", f"{ARXIV}v2", "The old title"),
        Claim("arxiv", f"{ARXIV}v1", "The Old Title"),
        Claim("arxiv", f"{ARXIV}v3", "a"),
    ]
    current = answers(answer("found", record("arxiv", ARXIV), source="arxiv", identifier=ARXIV))
    records = carry_over(current, ListedWorks(), None, TODAY, {ARXIV: claims})
    assert records.works[0].former_titles == (Claim("arxiv", f"{ARXIV}v1", "The Old Title"),)


# -- repositories ------------------------------------------------------------------------------


def host(name: Identifier = REPOSITORY, number: int | None = 7, **more: Any) -> RepositoryRecord:
    values = {"id": str(REPOSITORY), "url": "https://github.com/o/n", "stars": 5, "status": "ok"}
    repository = Repository(repository_id=number, **values | more)
    return RepositoryRecord(source="github", identifier=name, repository=repository, as_of=TODAY)


def published(**more: Any) -> Repository:
    repository = host().repository
    values = {name: getattr(repository, name) for name in Repository.__struct_fields__}
    return Repository(**values | {"source": "github"} | more)


def of_host(state: Any, value: Any = None, **more: Any) -> Answer[Any]:
    return answer(state, value, **{"source": "github", "identifier": REPOSITORY, **more})


def repositories(current: Answers, *last: Repository) -> tuple[list[RepositoryRecord], bool]:
    """Return the records, and whether the repository is gone."""
    listing = ListedWorks(repositories={REPOSITORY: REPOSITORY})
    records = carry_over(current, listing, Dataset([], [*last]), TODAY)
    return records.repositories, REPOSITORY in records.missing


DENIED = of_host("not_found", denied_on=TODAY, missing_since=TODAY)


@pytest.mark.parametrize(
    ("before", "is_gone"),
    [
        (published(), False),
        (published(missing_since=YESTERDAY, stale_since=YESTERDAY), True),
        (published(missing_since=TODAY, stale_since=TODAY), False),
        (published(status="gone", missing_since="2026-11-01", stale_since="2026-11-01"), True),
    ],
    ids=["the first day", "the second day", "twice on one day", "gone before"],
)
def test_a_repository_is_gone_when_it_was_denied_on_two_days(
    before: Repository, is_gone: bool
) -> None:
    (only,), gone = repositories(answers(DENIED), before)
    assert gone == is_gone
    assert only.repository.stars == 5
    assert only.stale_since == (before.stale_since or TODAY)


def test_one_that_was_never_seen_is_unchecked_for_a_day() -> None:
    (only,), gone = repositories(answers(DENIED))
    assert (only.repository.status, only.repository.missing_since) == ("unchecked", TODAY)
    assert not gone


def test_a_failure_confirms_no_denial() -> None:
    before = published(missing_since=YESTERDAY, stale_since=YESTERDAY)
    (only,), gone = repositories(answers(of_host("failed")), before)
    assert (only.repository.missing_since, gone) == (YESTERDAY, False)


def test_a_name_that_another_took_is_not_followed() -> None:
    current = answers(of_host("found", host(number=8, stars=99), day=TODAY))
    last = Dataset([], [published()])
    listing = ListedWorks(repositories={REPOSITORY: REPOSITORY})
    assert numbers_to_check(current, listing, last) == [NUMBER]
    (only,), _ = repositories(current, published())
    assert (only.repository.repository_id, only.repository.stars) == (7, 5)
    assert only.stale_since == TODAY


def test_a_repository_is_followed_by_its_number() -> None:
    moved = host(NUMBER, id="github:new/name", stars=6)
    current = answers(DENIED, of_host("found", moved, identifier=NUMBER, day=TODAY))
    (only,), gone = repositories(current, published())
    assert only.identifier == REPOSITORY
    assert (only.repository.id, only.repository.aliases) == ("github:new/name", ["github:o/n"])
    assert not gone


def test_a_withheld_repository_keeps_its_values() -> None:
    blocked = host(number=None, status="blocked", stars=None)
    (only,), _ = repositories(answers(of_host("found", blocked, day=TODAY)), published())
    assert (only.repository.status, only.repository.stars) == ("blocked", 5)
    assert only.stale_since == TODAY


def test_numbers_that_the_host_does_not_give_stay() -> None:
    before = published(commits_last_year=12, open_issues=3)
    current = answers(of_host("found", host(open_issues=4), day=TODAY))
    (only,), _ = repositories(current, before)
    assert (only.repository.commits_last_year, only.repository.open_issues) == (12, 4)


def test_nothing_that_is_given_changes() -> None:
    before, blocked = published(), host(number=None, status="blocked")
    current = answers(of_host("found", blocked, day=TODAY), answer("failed", record(), day=TODAY))
    repositories(current, before)
    assert before == published()
    assert blocked == host(number=None, status="blocked")
    assert current == answers(*current)


@pytest.mark.parametrize("state", ["failed", "not_asked"])
def test_a_dataset_that_is_read_in_part_is_carried_over_as_the_whole(
    state: Any, tmp_path: Path
) -> None:
    other = record(name=ARXIV)
    first = work(id=str(ARXIV), assertions=[Assertion("crossref", str(ARXIV))])
    last = Dataset([first, work(abstract="Whole.")], [])
    path = tmp_path / "dataset.json"
    path.write_bytes(msgspec.json.encode(last))
    last_answers = answers(answer("found", other, identifier=ARXIV), answer(state))
    part = store.decode(path, LastDataset)
    whole = carry_over(last_answers, ListedWorks(), last, TODAY)
    assert (
        carry_over(last_answers, ListedWorks(), part, TODAY, None, partial(store.works_of, path))
        == whole
    )
    assert [it.identifier for it in whole.works] == [ARXIV, DOI]
