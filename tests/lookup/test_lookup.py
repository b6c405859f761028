"""What is asked, of whom, and what stands when there is no answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from harvest.config import Service, Settings
from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.lookup.cache import Cache
from harvest.lookup.lookup import Harvester, Scope, Tally, cost
from harvest.models import Answer, Identifier, Record
from harvest.sources.base import ProbeResult, Source
from harvest.sources.crossref import LIST
from harvest.sources.github import ROUTE

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
A, B, C = (Identifier("doi", f"10.1/{name}") for name in "abc")


class Registry(Source):
    """A source that knows payloads by identifier, and fails for what is in `broken`."""

    name, rank, registry, schemes = "crossref", 10, True, frozenset({"doi"})
    service = Service(url="https://api.example")
    route = LIST

    def __init__(self, known: dict[Identifier, dict[str, Any]]) -> None:
        self.known = known
        self.broken: set[Identifier] = set()
        self.budget = 1000
        self.killed = False
        self.asked: list[Identifier] = []

    def batch_size(self, settings: Settings) -> int:
        return 50

    def fetch(
        self, identifiers: Collection[Identifier], http: Http, now: datetime
    ) -> Iterator[Answer]:
        for identifier in identifiers:
            if self.budget == 0:
                yield Answer(
                    identifier=identifier,
                    outcome="failed",
                    error="the budget is spent",
                    asked=False,
                )
                continue
            self.budget -= 1
            self.asked.append(identifier)
            if identifier in self.broken:
                yield Answer(identifier=identifier, outcome="failed", error="HTTP 500")
            elif identifier in self.known:
                yield Answer(identifier=identifier, outcome="found", payload=self.known[identifier])
            else:
                yield Answer(identifier=identifier, outcome="not_found")

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record:
        if "title" not in payload:
            raise MalformedError("crossref", "no title")
        same = tuple(Identifier.of(text) for text in payload.get("same", ()))
        skip_lookup = tuple(Identifier.of(text) for text in payload.get("skip_lookup", ()))
        date = payload.get("date")
        return Record(
            source="crossref",
            identifier=identifier,
            title=payload["title"],
            same_work=same,
            skip_lookup=skip_lookup,
            date=date,
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        return ProbeResult("ok", "answers")


class Snapshot(Registry):
    name, rank, registry, schemes = "starter", 90, False, frozenset({"doi"})


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path)
    yield cache
    cache.close()


def harvester(
    cache: Cache, *sources: Any, now: datetime = NOW, progress: Any = lambda *_: None, **scope: Any
) -> Harvester:
    known = {source.name: source for source in sources}
    settings = Settings(services=dict.fromkeys(known, Registry.service))
    return Harvester(settings, known, cache, Http(settings), now, Scope(**scope), progress)


def owed(cache: Cache, source: Registry, *identifiers: Identifier, days: float) -> int:
    """Count what would have to be asked so many days later."""
    offline = harvester(cache, source, now=NOW + timedelta(days=days), offline=True)
    return offline.run(identifiers).tallies["crossref"].deferred


def titles(harvest: Any) -> list[str]:
    return sorted(record.title for record in harvest.records)


def test_answers_are_counted_once_and_add_up(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    registry.broken = {C}
    harvest = harvester(cache, registry).run([A, B, C])
    tally = harvest.tallies["crossref"]
    assert tally == Tally(asked=3, found=1, not_found=1, failed=1, error="HTTP 500")
    assert tally.degraded
    assert harvest.missing == {B}
    assert titles(harvest) == ["A"]


def test_the_source_with_the_most_requests_goes_first(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Inline:
        """Runs a job where it is submitted."""

        def __init__(self, _: int) -> None: ...

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def submit(self, job: Any, source: Any, own: Any) -> Future[None]:
            started.append(source.name)
            done: Future[None] = Future()
            done.set_result(job(source, own))
            return done

    class Single(Registry):
        name, route = "github", ROUTE

        def batch_size(self, settings: Settings) -> int:
            return 1

    monkeypatch.setattr("harvest.lookup.lookup.ThreadPoolExecutor", Inline)
    harvester(cache, Registry({}), Single({})).run([A, B, C])
    assert started[:2] == ["github", "crossref"]


def test_nothing_is_asked_twice(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvester(cache, registry).run([A, B])
    registry.asked.clear()
    again = harvester(cache, registry).run([A, B])
    assert registry.asked == []
    assert again.tallies["crossref"] == Tally(from_cache=2)
    assert titles(again) == ["A"]
    assert again.missing == {B}


def test_a_failure_is_asked_again(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    registry.broken = {A}
    harvester(cache, registry).run([A])
    registry.broken = set()
    assert titles(harvester(cache, registry).run([A])) == ["A"]


@pytest.mark.parametrize(
    ("date", "good_for"),
    [("2026-06", 7), ("2025-12-01", 7), ("2024", 30), ("2021-06", 30), ("2019", 90), (None, 30)],
)
def test_young_works_are_looked_at_sooner_and_old_ones_rarely(
    cache: Cache, date: str | None, good_for: int
) -> None:
    registry = Registry({A: {"title": "A", "date": date}})
    harvester(cache, registry).run([A])
    for days, due in ((0.84 * good_for, 0), (1.01 * good_for, 1)):
        assert owed(cache, registry, A, days=days) == due


def test_what_is_not_found_is_asked_again_after_a_week(cache: Cache) -> None:
    registry = Registry({})
    harvester(cache, registry).run([B])
    for days, due in ((5.9, 0), (7.1, 1)):
        assert owed(cache, registry, B, days=days) == due


def test_a_big_list_does_not_fall_due_in_one_night(cache: Cache) -> None:
    many = [Identifier("doi", f"10.1/{number}") for number in range(1000)]
    registry = Registry({identifier: {"title": "T", "date": "2023"} for identifier in many})
    harvester(cache, registry).run(many)
    due = [owed(cache, registry, *many, days=day) for day in range(20, 32)]
    new = [after - before for before, after in pairwise(due)]
    assert due[0] == 0
    assert due[-1] == 1000
    assert max(new) < 400
    assert owed(cache, registry, *many, days=28) == due[8]


def test_a_budget_asks_the_never_tried_and_the_stalest_first(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}, B: {"title": "B"}, C: {"title": "C"}})
    harvester(cache, registry).run([B])
    registry.asked.clear()
    registry.budget = 1
    late = NOW + timedelta(days=60)
    harvest = harvester(cache, registry, now=late).run([A, B, C])
    assert registry.asked == [A]
    assert harvest.tallies["crossref"] == Tally(
        asked=1, found=1, deferred=2, stale=1, error="the budget is spent"
    )
    assert harvest.tallies["crossref"].degraded


def test_no_identifier_starves_under_a_budget(cache: Cache) -> None:
    """One that always fails does not keep the others from their turn."""
    many = [Identifier("doi", f"10.1/{number}") for number in range(10)]
    registry = Registry({identifier: {"title": "T"} for identifier in many})
    registry.broken = {many[0], many[1]}
    for night in range(5):
        registry.budget = 2
        harvester(cache, registry, now=NOW + timedelta(days=night)).run(many)
    assert set(registry.asked) == set(many)


def test_what_a_wrong_clock_dated_waits_behind_nobody(cache: Cache) -> None:
    source = Registry({i: {"title": i.value} for i in (A, B, C)})
    harvester(cache, source, now=NOW + timedelta(days=3000)).run([B])
    harvester(cache, source, now=NOW - timedelta(days=100)).run([A, C])
    source.asked.clear()
    source.budget = 1
    harvester(cache, source).run([A, B, C])
    assert source.asked == [B]


def test_max_age_renews_what_is_older(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvester(cache, registry).run([A])
    for age, asked in ((timedelta(days=2), 0), (timedelta(hours=1), 1), (timedelta(0), 1)):
        registry.asked.clear()
        harvester(cache, registry, now=NOW + timedelta(days=1), max_age=age).run([A])
        cache.put("crossref", [Answer(identifier=A, outcome="found", payload={"title": "A"})], NOW)
        assert len(registry.asked) == asked


def test_only_one_source_is_asked_and_the_others_owe_nothing(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvest = harvester(cache, registry, only="arxiv").run([A])
    assert registry.asked == []
    assert harvest.tallies["crossref"] == Tally()


def test_what_identifiers_cost(cache: Cache) -> None:
    registry = Registry({})
    http = harvester(cache, registry).http
    assert cost(registry, 120, http) == (3, 2.0)
    assert cost(registry, 120, http, 1) == (120, 119.0)
    assert cost(registry, 0, http) == (0, 0)


def test_a_source_that_fails_leaves_the_last_answer_standing(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvester(cache, registry).run([A])
    registry.broken = {A}
    harvest = harvester(cache, registry, now=NOW + timedelta(days=60)).run([A])
    assert titles(harvest) == ["A"]
    assert harvest.tallies["crossref"] == Tally(asked=1, failed=1, stale=1, error="HTTP 500")
    assert harvest.records[0].stale_since == "2026-11-21"


def test_offline_asks_nobody_and_says_what_it_owes(cache: Cache) -> None:
    registry, snapshot = Registry({A: {"title": "A"}}), Snapshot({B: {"title": "B"}})
    harvester(cache, registry).run([A])
    registry.asked.clear()
    late = NOW + timedelta(days=60)
    harvest = harvester(cache, registry, snapshot, now=late, offline=True).run([A, B, C])
    assert registry.asked == []
    assert harvest.tallies["crossref"] == Tally(deferred=3, stale=1, error="offline")
    assert harvest.tallies["crossref"].degraded
    assert titles(harvest) == ["A", "B"]
    assert harvest.missing == set()


def test_a_snapshot_is_neither_kept_nor_believed_when_it_knows_nothing(cache: Cache) -> None:
    snapshot = Snapshot({A: {"title": "A"}})
    for _ in range(2):
        harvest = harvester(cache, snapshot).run([A, B])
        assert harvest.tallies["starter"] == Tally(asked=2, found=1, not_found=1)
        assert harvest.missing == set()
    assert cache.get("starter", [A, B]) == {}


def test_other_forms_are_asked_in_a_next_round_and_once(cache: Cache) -> None:
    registry = Registry(
        {A: {"title": "A", "same": [str(B)]}, B: {"title": "B", "same": [str(A), str(C)]}}
    )
    harvest = harvester(cache, registry).run([A])
    assert registry.asked == [A, B, C]
    assert titles(harvest) == ["A", "B"]


def test_a_version_that_adds_nothing_is_a_name_and_not_asked(cache: Cache) -> None:
    registry = Registry(
        {A: {"title": "A", "same": [str(B), str(C)], "skip_lookup": [str(C)]}, B: {"title": "B"}}
    )
    harvest = harvester(cache, registry).run([A])
    assert registry.asked == [A, B]
    assert harvest.records[0].same_work == (B, C)  # type: ignore[union-attr]  # a paper


def test_a_chain_without_end_is_left(cache: Cache) -> None:
    chain = {
        Identifier("doi", f"10.1/{n}"): {"title": str(n), "same": [f"doi:10.1/{n + 1}"]}
        for n in range(20)
    }
    registry = Registry(chain)
    harvester(cache, registry).run([Identifier("doi", "10.1/0")])
    assert len(registry.asked) == 3


def test_an_answer_in_an_unknown_shape_is_a_failure_and_not_kept(cache: Cache) -> None:
    registry = Registry({A: {"headline": "A"}})
    harvest = harvester(cache, registry).run([A])
    assert harvest.tallies["crossref"].failed == 1
    assert cache.get("crossref", [A])[A].outcome is None


@pytest.mark.parametrize("date", ["2023-02-31", "soon", "2023-01-19T00:00:00Z"])
def test_a_value_that_would_break_the_dataset_costs_its_identifier_alone(
    cache: Cache, date: str
) -> None:
    registry = Registry({A: {"title": "A", "date": date}, B: {"title": "B", "date": "2023-02-28"}})
    harvest = harvester(cache, registry).run([A, B])
    assert titles(harvest) == ["B"]
    assert harvest.tallies["crossref"].failed == 1
    assert cache.get("crossref", [A])[A].outcome is None


def test_a_reader_that_stumbles_costs_its_identifier_alone(cache: Cache) -> None:
    registry = Registry({A: {"title": "A", "same": 5}, B: {"title": "B"}})
    harvest = harvester(cache, registry).run([A, B])
    assert titles(harvest) == ["B"]
    assert harvest.tallies["crossref"].failed == 1


def test_a_kept_answer_that_can_no_longer_be_read_is_asked_anew(cache: Cache) -> None:
    cache.put("crossref", [Answer(identifier=A, outcome="found", payload={"headline": "A"})], NOW)
    registry = Registry({A: {"title": "A"}})
    harvest = harvester(cache, registry).run([A])
    assert titles(harvest) == ["A"]
    assert harvest.tallies["crossref"] == Tally(asked=1, found=1)


def test_a_kept_value_that_no_record_can_have_is_asked_anew(cache: Cache) -> None:
    cache.put(
        "crossref",
        [Answer(identifier=A, outcome="found", payload={"title": "A", "date": "soon"})],
        NOW,
    )
    harvest = harvester(cache, Registry({A: {"title": "B"}})).run([A])
    assert titles(harvest) == ["B"]


def test_answers_are_kept_as_they_come(cache: Cache) -> None:
    """A run that dies between two answers has kept the first."""

    class Dying(Registry):
        def fetch(
            self, identifiers: Collection[Identifier], http: Http, now: datetime
        ) -> Iterator[Answer]:
            yield from super().fetch(list(identifiers)[:1], http, now)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvester(cache, Dying({A: {"title": "A"}})).run([A, B])
    assert list(cache.get("crossref", [A, B])) == [A]


def test_a_killed_run_is_taken_up_where_it_was(cache: Cache) -> None:
    """Of an answer that takes two questions, the first is not asked again that night."""

    class Twofold(Registry):
        def fetch(
            self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
        ) -> Iterator[Answer]:
            for identifier, begun in due.items():
                if begun is None:
                    self.asked.append(identifier)
                    yield Answer(identifier=identifier, outcome="begun", payload={"first": 1})
                if self.killed:
                    raise KeyboardInterrupt
                yield Answer(identifier=identifier, outcome="found", payload=self.known[identifier])

    steps: list[tuple[str, int, int]] = []
    source = Twofold({A: {"title": "A"}, B: {"title": "B"}})
    source.killed = True
    with pytest.raises(KeyboardInterrupt):
        harvester(cache, source).run([A, B])
    source.killed = False
    harvest = harvester(cache, source, progress=lambda *step: steps.append(step)).run([A, B])
    assert source.asked == [A, B]
    assert harvest.tallies["crossref"] == Tally(asked=2, found=2)
    assert [step[1:] for step in steps] == [(1, 2), (2, 2)]
    harvester(cache, source, now=NOW + timedelta(days=60)).run([A])
    assert source.asked == [A, B, A]


def test_progress_is_told(cache: Cache) -> None:
    steps: list[tuple[str, int, int]] = []
    harvester(cache, Registry({}), progress=lambda *step: steps.append(step)).run([A, B])
    assert steps == [("crossref", 1, 2), ("crossref", 2, 2)]
