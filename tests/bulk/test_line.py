"""A lake has, byte for byte, what `refresh --offline` publishes for the same lists and mirror."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bulk import world as made_up
from harvest import pipeline
from harvest.bulk import line
from harvest.bulk.line import Options
from harvest.config import Settings
from harvest.dataset.lake import Manifest
from harvest.lookup.session import Scope
from harvest.mirror import keeping
from tests.fakes import World
from tests.support.dumps import write_dumps
from tests.support.settings import ROOT, make_settings

DAY = "2026-11-20"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEEDS = str(ROOT / "seeds")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for the default lists, with a mirror of their world."""
    folder = tmp_path_factory.mktemp("seeds")
    for source, path in write_dumps(World.of_seeds(), folder / "dumps", DAY).items():
        keeping.add(folder / "mirror", source, [path], NOON, day=DAY, jobs=1)
    return make_settings(folder, {}, SEEDS, mirror=str(folder / "mirror"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for made-up lists, with a mirror of most of what they name."""
    folder = tmp_path_factory.mktemp("many")
    for source in ("crossref", "arxiv", "github"):
        paths = made_up.write_dump(source, 300, folder / source)
        keeping.add(folder / "mirror", source, paths, NOON, jobs=1)
    made_up.write_lists(30, 400, folder / "lists")
    return make_settings(folder, {}, folder / "lists", mirror=str(folder / "mirror"))


def refreshed(settings: Settings, now: datetime = NOON) -> bytes:
    pipeline.refresh(settings, scope=Scope(offline=True), now=now)
    return (Path(settings.output) / "dataset.json").read_bytes()


def bulk(settings: Settings, folder: Path, now: datetime = NOON, **options: Any) -> Manifest:
    return line.run(settings, settings.seeds, folder, now, Options(**{"jobs": 1, **options}))


def dataset(folder: Path) -> bytes:
    return (folder / "dataset.json").read_bytes()


@pytest.mark.parametrize(("shards", "jobs"), [(1, 1), (3, 2), (17, 1)])
def test_the_default_lists_are_the_same(
    seeds: Settings, tmp_path: Path, shards: int, jobs: int
) -> None:
    bulk(seeds, tmp_path / "lake", shards=shards, jobs=jobs)
    assert dataset(tmp_path / "lake") == refreshed(seeds)


@pytest.mark.parametrize(("shards", "jobs"), [(1, 1), (3, 1), (17, 2)])
def test_made_up_lists_are_the_same(many: Settings, tmp_path: Path, shards: int, jobs: int) -> None:
    bulk(many, tmp_path / "lake", shards=shards, jobs=jobs)
    assert dataset(tmp_path / "lake") == refreshed(many)
