"""What is asked, of whom, and what stands when there is no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvest.cache import Cache
from harvest.config import Settings
from harvest.errors import MalformedError
from harvest.harvester import Harvester, Tally
from harvest.models import Answer, Identifier, Record
from harvest.transport import Wire

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
A, B, C = (Identifier("doi", f"10.1/{name}") for name in "abc")


class Registry:
    """A source that knows payloads by identifier, and fails for what is in `broken`."""

    NAME, RANK, REGISTRY, SCHEMES = "crossref", 10, True, frozenset({"doi"})

    def __init__(self, known: dict[Identifier, dict[str, Any]]) -> None:
        self.known = known
        self.broken: set[Identifier] = set()
        self.asked: list[Identifier] = []

    def fetch(self, identifiers: Sequence[Identifier], wire: Wire, now: datetime) -> Iterator[Answer]:
        for identifier in identifiers:
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
        return Record(source="crossref", identifier=identifier, title=payload["title"], same_work=same)


class Snapshot(Registry):
    NAME, RANK, REGISTRY, SCHEMES = "starter", 90, False, frozenset({"doi"})


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path)
    yield cache
    cache.close()


def harvester(cache: Cache, *sources: Any, now: datetime = NOW, **options: Any) -> Harvester:
    settings = Settings()
    return Harvester(settings, {s.NAME: s for s in sources}, cache, Wire(settings), now, **options)


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


def test_old_answers_are_renewed_and_each_outcome_has_its_age(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvester(cache, registry).run([A, B])
    for days, due in ((6, []), (8, [B]), (31, [A, B])):
        registry.asked.clear()
        probe = harvester(cache, registry, now=NOW + timedelta(days=days))
        kept = cache.get("crossref", [A, B])
        assert [i for i in (A, B) if not probe._fresh(i, kept[i])] == due


def test_a_source_that_fails_leaves_the_last_answer_standing(cache: Cache) -> None:
    registry = Registry({A: {"title": "A"}})
    harvester(cache, registry).run([A])
    registry.broken = {A}
    harvest = harvester(cache, registry, now=NOW + timedelta(days=60)).run([A])
    assert titles(harvest) == ["A"]
    assert harvest.tallies["crossref"] == Tally(asked=1, failed=1, stale=1, error="HTTP 500")


def test_offline_asks_nobody_and_says_what_it_owes(cache: Cache) -> None:
    registry, snapshot = Registry({A: {"title": "A"}}), Snapshot({B: {"title": "B"}})
    harvester(cache, registry).run([A])
    registry.asked.clear()
    late = NOW + timedelta(days=60)
    harvest = harvester(cache, registry, snapshot, now=late, offline=True).run([A, B, C])
    assert registry.asked == []
    assert harvest.tallies["crossref"] == Tally(deferred=3, stale=1)
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
    registry = Registry({A: {"title": "A", "same": [str(B)]}, B: {"title": "B", "same": [str(A), str(C)]}})
    harvest = harvester(cache, registry).run([A])
    assert registry.asked == [A, B, C]
    assert titles(harvest) == ["A", "B"]


def test_a_chain_without_end_is_left(cache: Cache) -> None:
    chain = {Identifier("doi", f"10.1/{n}"): {"title": str(n), "same": [f"doi:10.1/{n + 1}"]} for n in range(20)}
    registry = Registry(chain)
    harvester(cache, registry).run([Identifier("doi", "10.1/0")])
    assert len(registry.asked) == 3


def test_an_answer_in_an_unknown_shape_is_a_failure_and_not_kept(cache: Cache) -> None:
    registry = Registry({A: {"headline": "A"}})
    harvest = harvester(cache, registry).run([A])
    assert harvest.tallies["crossref"].failed == 1
    assert cache.get("crossref", [A]) == {}


def test_a_kept_answer_that_can_no_longer_be_read_is_asked_anew(cache: Cache) -> None:
    cache.put("crossref", [Answer(identifier=A, outcome="found", payload={"headline": "A"})], NOW)
    registry = Registry({A: {"title": "A"}})
    harvest = harvester(cache, registry).run([A])
    assert titles(harvest) == ["A"]
    assert harvest.tallies["crossref"] == Tally(asked=1, found=1)


def test_answers_are_kept_as_they_come(cache: Cache) -> None:
    """A run that dies between two answers has kept the first."""

    class Dying(Registry):
        def fetch(self, identifiers: Sequence[Identifier], wire: Wire, now: datetime) -> Iterator[Answer]:
            yield from super().fetch(identifiers[:1], wire, now)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvester(cache, Dying({A: {"title": "A"}})).run([A, B])
    assert list(cache.get("crossref", [A, B])) == [A]


def test_progress_is_told(cache: Cache) -> None:
    steps: list[tuple[str, int, int]] = []
    harvester(cache, Registry({}), progress=lambda *step: steps.append(step)).run([A, B])
    assert steps == [("crossref", 1, 2), ("crossref", 2, 2)]
