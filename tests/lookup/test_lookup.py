"""What is asked, of whom, and what stands when there is no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from harvest.config import Service, Settings
from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.lookup.answers import Answers, tally
from harvest.lookup.cache import Cache
from harvest.lookup.lookup import lookup, requests, seconds
from harvest.lookup.session import Scope, Session
from harvest.models import Identifier, Record, Reply, Tally
from harvest.sources.base import ProbeResult, Source
from harvest.sources.crossref import LIST
from harvest.sources.github import ROUTE

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
A, B, C = (Identifier("doi", f"10.1/{name}") for name in "abc")


class Registry(Source):
    """A source that knows payloads by identifier, and fails for what is in `broken`."""

    name, rank, schemes = "crossref", 10, frozenset({"doi"})
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

    def fetch(self, due: Mapping[Identifier, Any], http: Http, now: datetime) -> Iterator[Reply]:
        for identifier in due:
            if self.budget == 0:
                yield Reply(
                    identifier=identifier,
                    outcome="failed",
                    error="the budget is spent",
                    asked=False,
                )
                continue
            self.budget -= 1
            self.asked.append(identifier)
            if identifier in self.broken:
                yield Reply(identifier=identifier, outcome="failed", error="HTTP 500")
            elif identifier in self.known:
                yield Reply(identifier=identifier, outcome="found", payload=self.known[identifier])
            else:
                yield Reply(identifier=identifier, outcome="not_found")

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


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path)
    yield cache
    cache.close()


class Result(NamedTuple):
    """What a lookup came to."""

    answers: Answers
    tally: Tally

    @property
    def titles(self) -> list[str]:
        return sorted(str(record.title) for record in self.answers.papers)


def run(folder: Path, source: Source, *identifiers: Identifier, **keys: Any) -> Result:
    """Look identifiers up at one source, through the cache in `folder`."""
    with session(folder, source, **keys) as opened:
        answers = lookup(identifiers, opened)
        return Result(answers, tally(answers.by_source.get(source.name, {}).values(), 0))


def session(
    folder: Path,
    *sources: Source,
    now: datetime = NOW,
    progress: Any = lambda *_: None,
    **scope: Any,
) -> Session:
    services = {source.name: source.service for source in sources}
    starter = str(folder / "starter.jsonl")
    settings = Settings(cache=str(folder), starter=starter, services=services)
    opened = Session(settings, Scope(**scope), now, progress=progress)
    opened.sources = {source.name: source for source in sources}
    return opened


def due_after(folder: Path, source: Registry, *identifiers: Identifier, days: float) -> int:
    """Count what is out of date so many days later."""
    later = NOW + timedelta(days=days)
    return run(folder, source, *identifiers, now=later, offline=True).tally.deferred


def test_answers_are_counted_once_and_add_up(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    registry.broken = {C}
    result = run(tmp_path, registry, A, B, C)
    assert result.tally == Tally(asked=3, found=1, not_found=1, failed=1, error="HTTP 500")
    assert result.tally.degraded
    assert result.answers.missing == {B}
    assert result.titles == ["A"]


def test_the_source_with_the_most_requests_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Inline:
        """Runs a job where it is submitted."""

        def __init__(self, _: int) -> None: ...

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def submit(self, job: Any, endpoint: Any, *arguments: Any) -> Future[None]:
            started.append(endpoint.name)
            done: Future[None] = Future()
            done.set_result(job(endpoint, *arguments))
            return done

    class Single(Registry):
        name, route = "github", ROUTE

        def batch_size(self, settings: Settings) -> int:
            return 1

    monkeypatch.setattr("harvest.lookup.lookup.ThreadPoolExecutor", Inline)
    with session(tmp_path, Registry({}), Single({})) as opened:
        lookup([A, B, C], opened)
    assert started[:2] == ["github", "crossref"]


@pytest.mark.parametrize("at_once", [1, 2, 2_000])
def test_nothing_is_asked_twice(
    tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvest.lookup.ask.CACHE_BATCH", at_once)
    registry = Registry({A: {"title": "A"}})
    run(tmp_path, registry, A, B)
    registry.asked.clear()
    again = run(tmp_path, registry, A, B)
    assert registry.asked == []
    assert again.tally == Tally(from_cache=2)
    assert again.titles == ["A"]
    assert again.answers.missing == {B}


def test_a_failure_is_asked_again(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    registry.broken = {A}
    run(tmp_path, registry, A)
    registry.broken = set()
    assert run(tmp_path, registry, A).titles == ["A"]


@pytest.mark.parametrize(
    ("date", "good_for"),
    [("2026-06", 7), ("2025-12-01", 7), ("2024", 30), ("2021-06", 30), ("2019", 90), (None, 30)],
)
def test_young_works_are_looked_at_sooner_and_old_ones_rarely(
    tmp_path: Path, date: str | None, good_for: int
) -> None:
    registry = Registry({A: {"title": "A", "date": date}})
    run(tmp_path, registry, A)
    for days, due in ((0.84 * good_for, 0), (1.01 * good_for, 1)):
        assert due_after(tmp_path, registry, A, days=days) == due


def test_what_is_not_found_is_asked_again_after_a_week(tmp_path: Path) -> None:
    registry = Registry({})
    run(tmp_path, registry, B)
    for days, due in ((5.9, 0), (7.1, 1)):
        assert due_after(tmp_path, registry, B, days=days) == due


def test_a_big_list_does_not_fall_due_in_one_night(tmp_path: Path) -> None:
    many = [Identifier("doi", f"10.1/{number}") for number in range(1000)]
    registry = Registry({identifier: {"title": "T", "date": "2023"} for identifier in many})
    run(tmp_path, registry, *many)
    due = [due_after(tmp_path, registry, *many, days=day) for day in range(20, 32)]
    new = [after - before for before, after in pairwise(due)]
    assert due[0] == 0
    assert due[-1] == 1000
    assert max(new) < 400
    assert due_after(tmp_path, registry, *many, days=28) == due[8]


def test_a_budget_asks_the_never_tried_and_the_stalest_first(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}, B: {"title": "B"}, C: {"title": "C"}})
    run(tmp_path, registry, B)
    registry.asked.clear()
    registry.budget = 1
    late = NOW + timedelta(days=60)
    result = run(tmp_path, registry, A, B, C, now=late)
    assert registry.asked == [A]
    assert result.tally == Tally(asked=1, found=1, deferred=2, stale=1, error="the budget is spent")
    assert result.tally.degraded


def test_no_identifier_starves_under_a_budget(tmp_path: Path) -> None:
    """One that always fails does not keep the others from their turn."""
    many = [Identifier("doi", f"10.1/{number}") for number in range(10)]
    registry = Registry({identifier: {"title": "T"} for identifier in many})
    registry.broken = {many[0], many[1]}
    for night in range(5):
        registry.budget = 2
        run(tmp_path, registry, *many, now=NOW + timedelta(days=night))
    assert set(registry.asked) == set(many)


def test_an_answer_dated_by_a_wrong_clock_is_due_first(tmp_path: Path) -> None:
    source = Registry({i: {"title": i.value} for i in (A, B, C)})
    run(tmp_path, source, B, now=NOW + timedelta(days=3000))
    run(tmp_path, source, A, C, now=NOW - timedelta(days=100))
    source.asked.clear()
    source.budget = 1
    run(tmp_path, source, A, B, C)
    assert source.asked == [B]


def test_max_age_renews_what_is_older(cache: Cache, tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    run(tmp_path, registry, A)
    for age, asked in ((timedelta(days=2), 0), (timedelta(hours=1), 1), (timedelta(0), 1)):
        registry.asked.clear()
        run(tmp_path, registry, A, now=NOW + timedelta(days=1), max_age=age)
        cache.put("crossref", [Reply(identifier=A, outcome="found", payload={"title": "A"})], NOW)
        assert len(registry.asked) == asked


def test_only_one_source_is_asked_and_the_others_owe_nothing(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    result = run(tmp_path, registry, A, only="arxiv")
    assert registry.asked == []
    assert result.tally == Tally()


def test_what_identifiers_cost(tmp_path: Path) -> None:
    registry = Registry({})
    with session(tmp_path, registry) as opened:
        assert requests(registry, 120, opened) == 3
        assert requests(registry, 120, opened, 1) == 120
        assert requests(registry, 0, opened) == 0
        assert seconds(registry, 3, opened) == 2.0
        assert seconds(registry, 0, opened) == 0


def test_a_source_that_fails_leaves_the_last_answer_standing(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    run(tmp_path, registry, A)
    registry.broken = {A}
    result = run(tmp_path, registry, A, now=NOW + timedelta(days=60))
    assert result.titles == ["A"]
    assert result.tally == Tally(asked=1, failed=1, stale=1, error="HTTP 500")
    (answer,) = result.answers
    assert (answer.state, answer.day) == ("failed", "2026-11-21")


def test_offline_makes_no_requests_and_leaves_answers_due(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A"}})
    line = '{"identifier": "doi:10.1/b", "confidence": "confirmed", "title": "B"}'
    (tmp_path / "starter.jsonl").write_text(line + "\n", "utf-8")
    run(tmp_path, registry, A)
    registry.asked.clear()
    late = NOW + timedelta(days=60)
    result = run(tmp_path, registry, A, B, C, now=late, offline=True)
    assert registry.asked == []
    assert result.tally == Tally(deferred=3, stale=1, error="offline")
    assert result.tally.degraded
    assert result.titles == ["A", "B"]
    assert result.answers.missing == set()


def test_the_snapshot_denies_nothing(cache: Cache, tmp_path: Path) -> None:
    line = '{"identifier": "doi:10.1/a", "confidence": "confirmed", "title": "A"}'
    (tmp_path / "starter.jsonl").write_text(line + "\n", "utf-8")
    with session(tmp_path) as opened:
        answers = lookup([A, B], opened)
    assert [record.title for record in answers.papers] == ["A"]
    assert answers.missing == set()
    assert cache.get("starter", [A, B]) == {}


def test_other_forms_are_asked_in_a_next_round_and_once(tmp_path: Path) -> None:
    registry = Registry(
        {A: {"title": "A", "same": [str(B)]}, B: {"title": "B", "same": [str(A), str(C)]}}
    )
    result = run(tmp_path, registry, A)
    assert registry.asked == [A, B, C]
    assert result.titles == ["A", "B"]


def test_a_version_that_adds_nothing_is_a_name_and_not_asked(tmp_path: Path) -> None:
    registry = Registry(
        {A: {"title": "A", "same": [str(B), str(C)], "skip_lookup": [str(C)]}, B: {"title": "B"}}
    )
    result = run(tmp_path, registry, A)
    assert registry.asked == [A, B]
    assert result.answers.papers[0].same_work == (B, C)


def test_what_one_record_skips_another_may_need(tmp_path: Path) -> None:
    registry = Registry(
        {
            A: {"title": "A", "same": [str(C)]},
            B: {"title": "B", "same": [str(C)], "skip_lookup": [str(C)]},
        }
    )
    for order in ((A, B), (B, A)):
        registry.asked.clear()
        run(tmp_path / order[0].value[-1], registry, *order)
        assert registry.asked == [A, B, C]


def test_a_chain_without_end_is_left(tmp_path: Path) -> None:
    chain = {
        Identifier("doi", f"10.1/{n}"): {"title": str(n), "same": [f"doi:10.1/{n + 1}"]}
        for n in range(20)
    }
    registry = Registry(chain)
    run(tmp_path, registry, Identifier("doi", "10.1/0"))
    assert len(registry.asked) == 3


def test_an_answer_in_an_unknown_shape_is_a_failure_and_not_kept(
    cache: Cache, tmp_path: Path
) -> None:
    registry = Registry({A: {"headline": "A"}})
    result = run(tmp_path, registry, A)
    assert result.tally.failed == 1
    assert cache.get("crossref", [A])[A].outcome is None


@pytest.mark.parametrize("date", ["2023-02-31", "soon", "2023-01-19T00:00:00Z"])
def test_a_value_out_of_range_fails_for_its_identifier_alone(
    cache: Cache, tmp_path: Path, date: str
) -> None:
    registry = Registry({A: {"title": "A", "date": date}, B: {"title": "B", "date": "2023-02-28"}})
    result = run(tmp_path, registry, A, B)
    assert result.titles == ["B"]
    assert result.tally.failed == 1
    assert cache.get("crossref", [A])[A].outcome is None


def test_a_reader_that_stumbles_costs_its_identifier_alone(tmp_path: Path) -> None:
    registry = Registry({A: {"title": "A", "same": 5}, B: {"title": "B"}})
    result = run(tmp_path, registry, A, B)
    assert result.titles == ["B"]
    assert result.tally.failed == 1


def test_a_cached_answer_that_cannot_be_read_is_asked_for_again(
    cache: Cache, tmp_path: Path
) -> None:
    cache.put("crossref", [Reply(identifier=A, outcome="found", payload={"headline": "A"})], NOW)
    registry = Registry({A: {"title": "A"}})
    result = run(tmp_path, registry, A)
    assert result.titles == ["A"]
    assert result.tally == Tally(asked=1, found=1)


def test_a_cached_value_out_of_range_is_asked_for_again(cache: Cache, tmp_path: Path) -> None:
    cache.put(
        "crossref",
        [Reply(identifier=A, outcome="found", payload={"title": "A", "date": "soon"})],
        NOW,
    )
    result = run(tmp_path, Registry({A: {"title": "B"}}), A)
    assert result.titles == ["B"]


def test_answers_are_kept_as_they_come(cache: Cache, tmp_path: Path) -> None:
    """A run that dies between two answers has kept the first."""

    class Dying(Registry):
        def fetch(
            self, due: Mapping[Identifier, Any], http: Http, now: datetime
        ) -> Iterator[Reply]:
            yield from super().fetch(dict.fromkeys(list(due)[:1]), http, now)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Dying({A: {"title": "A"}}), A, B)
    assert list(cache.get("crossref", [A, B])) == [A]


@pytest.mark.parametrize("asks_all", [False, True])
def test_answers_are_kept_before_the_next_question(
    cache: Cache, tmp_path: Path, *, asks_all: bool
) -> None:
    """A kill during a request costs nothing that came before it."""
    kept: list[list[Identifier]] = []

    class Watched(Registry):
        def fetch(
            self, due: Mapping[Identifier, Any], http: Http, now: datetime
        ) -> Iterator[Reply]:
            def look(*_: object) -> None:
                kept.append(list(cache.get("crossref", [A, B])))

            for identifier in due:
                if asks_all:
                    list(http.ask_all(LIST, [identifier], look))
                else:
                    http.ask(LIST, look)
                yield from super().fetch({identifier: None}, http, now)

    run(tmp_path, Watched({A: {"title": "A"}, B: {"title": "B"}}), A, B)
    assert kept == [[], [A]]


def test_a_killed_run_is_taken_up_where_it_was(tmp_path: Path) -> None:
    """Of an answer that takes two questions, the first is not asked again that night."""

    class Twofold(Registry):
        def fetch(
            self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
        ) -> Iterator[Reply]:
            for identifier, begun in due.items():
                if begun is None:
                    self.asked.append(identifier)
                    yield Reply(identifier=identifier, outcome="begun", payload={"first": 1})
                if self.killed:
                    raise KeyboardInterrupt
                yield Reply(identifier=identifier, outcome="found", payload=self.known[identifier])

    steps: list[tuple[str, int, int]] = []
    source = Twofold({A: {"title": "A"}, B: {"title": "B"}})
    source.killed = True
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, source, A, B)
    source.killed = False
    result = run(tmp_path, source, A, B, progress=lambda *step: steps.append(step))
    assert source.asked == [A, B]
    assert result.tally == Tally(asked=2, found=2)
    assert [step[1:] for step in steps] == [(1, 2), (2, 2)]
    run(tmp_path, source, A, now=NOW + timedelta(days=60))
    assert source.asked == [A, B, A]


def test_progress_is_reported(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    run(tmp_path, Registry({}), A, B, progress=lambda *step: steps.append(step))
    assert steps == [("crossref", 1, 2), ("crossref", 2, 2)]


def test_a_later_lookup_goes_on_with_a_chain(tmp_path: Path) -> None:
    names = [Identifier("doi", f"10.1/{n}") for n in range(7)]
    chain = {
        name: {"title": name.value, "same": [str(following)]} for name, following in pairwise(names)
    }
    registry = Registry(chain)
    with session(tmp_path, registry) as opened:
        answers = lookup(names[:1], opened)
        assert registry.asked == names[:3]
        lookup([], opened, answers)
    assert registry.asked == names[:6]
