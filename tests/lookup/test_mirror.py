"""Answers of dumps behind the cache, and in a run that knows nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import pipeline
from harvest.dataset.run import Run
from harvest.errors import UsageError
from harvest.lookup.cache import Cache
from harvest.lookup.mirror import Mirror
from harvest.lookup.session import Scope
from harvest.mirror import keeping
from harvest.models import Dataset, Identifier, Reply
from tests.fakes import FakeServices, World
from tests.support.dumps import lines, write_dumps
from tests.support.runs import published, write_whole_list
from tests.support.settings import FILE, NOBODY, make_settings

DAY = "2026-11-20"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DOI = Identifier("doi", "10.5555/a")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines([{"DOI": DOI.value, "title": ["dump"]}]))
    keeping.add(tmp_path / "mirror", "crossref", [path], NOON, day=DAY, jobs=1)
    cache = Cache(tmp_path / "cache", mirror=Mirror(tmp_path / "mirror"))
    yield cache
    cache.close()


def found(title: str) -> Reply:
    return Reply(identifier=DOI, outcome="found", payload={"title": [title]})


FAILED = Reply(identifier=DOI, outcome="failed", error="down")
DENIED = Reply(identifier=DOI, outcome="not_found")
BEFORE, AFTER = NOON - timedelta(days=2), NOON + timedelta(days=2)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([], ("found", "dump", DAY, True, None)),
        ([(found("old"), BEFORE)], ("found", "dump", DAY, True, None)),
        ([(found("new"), AFTER)], ("found", "new", "2026-11-22", False, None)),
        ([(DENIED, BEFORE)], ("found", "dump", DAY, True, None)),
        ([(DENIED, AFTER)], ("not_found", "dump", "2026-11-22", False, None)),
        ([(FAILED, BEFORE)], ("found", "dump", DAY, True, None)),
        ([(FAILED, AFTER)], ("found", "dump", DAY, True, "down")),
        ([(found("old"), BEFORE), (FAILED, AFTER)], ("found", "dump", DAY, True, "down")),
    ],
)
def test_the_newer_answer_stands(
    replies: list[Any], expected: tuple[Any, ...], cache: Cache
) -> None:
    for reply, moment in replies:
        cache.put("crossref", [reply], moment)
    entry = cache.get("crossref", [DOI])[DOI]
    assert entry.payload is not None
    assert entry.retrieved_at is not None
    day = entry.retrieved_at.date().isoformat()
    title = entry.payload["title"][0]
    assert (entry.outcome, title, day, entry.from_mirror, entry.error) == expected
    assert (entry.missing_since is None) == (entry.outcome == "found")


def test_what_a_dump_lacks_has_no_answer(cache: Cache) -> None:
    other = Identifier("doi", "10.5555/b")
    assert cache.get("crossref", [other]) == {}
    assert cache.get("datacite", [DOI]) == {}
    assert cache.get("crossref.search", [DOI]) == {}


def test_a_spelling_of_a_repository_is_found(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(lines([{"full_name": "Owner/Name", "id": 1, "as_of": DAY}]))
    keeping.add(tmp_path / "mirror", "github", [path], NOON, jobs=1)
    one, other = Identifier("github", "owner/NAME"), Identifier("github", "OWNER/name")
    mirror = Mirror(tmp_path / "mirror")
    assert mirror.get("github", [one, other]).keys() == {one, other}
    mirror.close()


def test_a_folder_without_a_mirror_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="harvest mirror add"):
        Mirror(tmp_path)


# -- runs ------------------------------------------------------------------------------------------


def mirrored(world: World, folder: Path) -> str:
    for source, path in write_dumps(world, folder / "dumps", DAY).items():
        keeping.add(folder / "mirror", source, [path], NOON, day=DAY, jobs=1)
    return str(folder / "mirror")


def as_published(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Return the works by id, without what a mirror cannot know (docs/scale.md)."""
    works = {}
    for work in msgspec.to_builtins(dataset.works):
        if work["identifiers"]["doi"] or work["identifiers"]["arxiv"]:
            work["provenance"].get("title", {}).pop("also", None)
            works[work["id"]] = work
    return works


@pytest.mark.slow
def test_a_mirror_publishes_what_the_apis_do(tmp_path: Path, world: World) -> None:
    """The default lists over the APIs, and offline over the dumps of the same world."""
    for host in [host for host in world.repositories.values() if host.former]:
        del world.repositories[host.name.lower()]  # a former name is in no dump: it is the present
        world.add(msgspec.structs.replace(host, name=host.former[0], former=[]))
    with FakeServices(world) as fakes:
        online = make_settings(tmp_path / "online", fakes, file=FILE, starter="none")
        pipeline.refresh(online, now=NOON)
    mirror = mirrored(world, tmp_path)
    offline = make_settings(tmp_path / "offline", fakes, file=FILE, starter="none", mirror=mirror)
    run = pipeline.refresh(offline, scope=Scope(offline=True), now=NOON)
    one, other = published(online), published(offline)
    works, same = as_published(one), as_published(other)
    searched = {work.id for work in one.works if not work.id.startswith(("doi:", "arxiv:"))}
    assert len(works.keys() - searched) > 90
    for name in works.keys() - searched:
        assert same[name] == works[name]
    assert other.repositories == one.repositories
    assert run.sources["crossref"].from_mirror > 60
    assert sum(tally.requests for tally in run.sources.values()) == 0


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Any]:
    """Return a function that runs over a small world, whose dumps are in a mirror, on some day."""
    world = World.random(6, 5, 4)
    write_whole_list(tmp_path / "list.md", world)
    mirror = mirrored(world, tmp_path)
    with FakeServices(world) as fakes:
        settings = make_settings(tmp_path, fakes, tmp_path / "list.md", mirror=mirror)

        def run(now: datetime, **options: Any) -> tuple[Run, Dataset]:
            done = pipeline.refresh(settings, now=now, **options)
            return done, published(settings)

        yield run


def test_a_fresh_dump_saves_all_requests(night: Any) -> None:
    run, dataset = night(NOON)
    assert sum(tally.requests for tally in run.sources.values()) == 0
    counts = {name: tally.from_mirror for name, tally in run.sources.items() if tally.from_mirror}
    assert counts == {"crossref": 6, "arxiv": 5, "github": 4}
    assert run.degraded == []
    assert all(work.stale_since is None for work in dataset.works)


def test_an_old_dump_is_renewed(night: Any) -> None:
    run, _ = night(NOON + timedelta(days=2), scope=Scope(only="github"))
    assert (run.sources["github"].asked, run.sources["github"].from_mirror) == (4, 0)
    assert run.sources["crossref"].from_mirror == 6
    run, _ = night(NOON + timedelta(days=200))
    assert (run.sources["crossref"].asked, run.sources["crossref"].from_mirror) == (6, 0)


@pytest.mark.usefixtures("night")
def test_an_old_dump_is_stale_where_a_registry_fails(tmp_path: Path) -> None:
    mirror, nobody = str(tmp_path / "mirror"), {"github": NOBODY}
    settings = make_settings(
        tmp_path / "down", nobody, tmp_path / "list.md", mirror=mirror, patience=0.01
    )
    run = pipeline.refresh(settings, now=NOON + timedelta(days=200))
    assert run.sources["crossref"].stale == run.sources["crossref"].from_mirror == 6
    assert {work.stale_since for work in published(settings).works} == {DAY}


@pytest.mark.usefixtures("night")
def test_an_offline_run_reads_the_mirror(tmp_path: Path) -> None:
    """The plan owes nothing, and what `lint` and `show --why` link has the facts of the dumps."""
    list_, mirror = tmp_path / "list.md", str(tmp_path / "mirror")
    settings = make_settings(tmp_path / "new", {}, list_, mirror=mirror)
    plan = pipeline.plan(settings, now=NOON)
    assert not any(it.identifiers for it in plan.values())
    linked = pipeline.preview(settings)
    assert linked is not None
    assert {work.status for work in linked.dataset.works} == {"resolved"}
    nothing = make_settings(tmp_path / "new", {}, list_)
    assert pipeline.preview(nothing) is None
    assert sum(it.identifiers for it in pipeline.plan(nothing, now=NOON).values()) > 10
