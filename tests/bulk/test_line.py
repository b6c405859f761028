"""A lake has, byte for byte, what `refresh --offline` publishes for the same lists and mirror."""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

import harvest
from benchmarks.bulk import world as made_up
from harvest import pipeline
from harvest.bulk import line, lists, lookups, merging, rows
from harvest.bulk.engines import duck
from harvest.bulk.line import Options
from harvest.checks.base import CHECKS
from harvest.config import SetLayout, Settings
from harvest.dataset import change_log, changes, lake, store
from harvest.dataset.lake import Manifest
from harvest.digests import sha256_of
from harvest.errors import PublicationError, SeedError
from harvest.http.clients import Budget
from harvest.lookup.cache import Cache
from harvest.lookup.database import FILE
from harvest.lookup.session import Scope
from harvest.mirror import keeping
from harvest.models import Identifier, Reply
from harvest.new_files import replacing
from harvest.readers.walk import read_lists
from tests.fakes import FakeServices, World
from tests.support.dumps import lines, write_dumps
from tests.support.runs import no_waits, write_whole_list
from tests.support.settings import ROOT, make_settings

DAY = "2026-11-20"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEXT = NOON + timedelta(days=1)
SEEDS = str(ROOT / "seeds")
SOURCES = ("crossref", "arxiv", "github")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for the default lists, with a mirror of their world."""
    folder = tmp_path_factory.mktemp("seeds")
    for source, path in write_dumps(World.of_seeds(), folder / "dumps", DAY).items():
        keeping.add(folder / "mirror", source, [path], NOON, day=DAY, jobs=1)
    return make_settings(folder, {}, SEEDS, mirror=str(folder / "mirror"))


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a mirror of made-up records."""
    folder = tmp_path_factory.mktemp("many")
    for source in SOURCES:
        paths = made_up.write_dump(source, 300, folder / source)
        keeping.add(folder / "mirror", source, paths, NOON, jobs=1)
    return folder / "mirror"


@pytest.fixture
def many(tmp_path: Path, mirror: Path) -> Settings:
    """Return settings for made-up lists, of which most works are in the mirror."""
    made_up.write_lists(30, 400, tmp_path / "lists")
    return make_settings(tmp_path, {}, tmp_path / "lists", mirror=str(mirror))


def refreshed(settings: Settings, now: datetime = NOON) -> bytes:
    with patch.dict(CHECKS, clear=True):  # the rules for lists, which take most of the time
        pipeline.refresh(settings, scope=Scope(offline=True), now=now)
    return dataset(Path(settings.output))


def bulk(settings: Settings, folder: Path, now: datetime = NOON, **options: Any) -> Manifest:
    return line.run(settings, settings.seeds, folder, now, Options(**{"jobs": 1, **options}))


def dataset(folder: Path) -> bytes:
    return (folder / "dataset.json").read_bytes()


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a lake."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- the same dataset ------------------------------------------------------------------------------


@pytest.mark.parametrize(("shards", "jobs"), [(1, 1), (3, 2), (17, 1)])
def test_the_default_lists_are_the_same(
    seeds: Settings, tmp_path: Path, shards: int, jobs: int
) -> None:
    bulk(seeds, tmp_path / "lake", shards=shards, jobs=jobs)
    assert dataset(tmp_path / "lake") == refreshed(seeds)


@pytest.mark.parametrize(("shards", "jobs"), [(1, 1), (3, 1), (17, 2)])
def test_made_up_lists_are_the_same(many: Settings, tmp_path: Path, shards: int, jobs: int) -> None:
    made = bulk(many, tmp_path / "lake", shards=shards, jobs=jobs)
    assert dataset(tmp_path / "lake") == refreshed(many)
    assert made.shards == shards
    assert made.counts["works"]["resolved"] > 150


def edit(folder: Path) -> None:
    """Take rows out of lists, and put others in."""
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        lines = path.read_text("utf-8").split("\n")
        if number % 3 == 0:
            lines = [it for at, it in enumerate(lines) if at % 5 or not it.startswith("-")]
        if number % 4 == 0:
            lines.append(f"- [Another](https://doi.org/{made_up.doi(number)})")
        path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize("shards", [1, 5])
def test_the_next_night_is_the_same(
    many: Settings, mirror: Path, tmp_path: Path, shards: int
) -> None:
    """Other rows, a silent registry, and what a maintainer decides, after a first night."""
    bulk(many, tmp_path / "lake", shards=2)
    refreshed(many)
    edit(tmp_path / "lists")
    shutil.copytree(mirror, tmp_path / "other")
    keeping.drop(tmp_path / "other", "arxiv")
    first = [work.id for work in store.read(tmp_path / "lake").works if work.id[:4] == "doi:"]
    settings = msgspec.structs.replace(
        many,
        mirror=str(tmp_path / "other"),
        floor=0.1,
        same=((first[0], first[1]),),
        different=((first[2], first[3]),),
        ignore=(first[4], "doi:10.5555/none"),
    )
    expected = refreshed(settings, NEXT)
    made = bulk(settings, tmp_path / "lake", NEXT, shards=shards)
    assert dataset(tmp_path / "lake") == expected
    news = msgspec.json.decode(
        (tmp_path / "output" / changes.FILE).read_bytes(), type=changes.Changes
    )
    expected_changes = [*news.works, *news.repositories]
    assert len(expected_changes) > 10
    assert sum(made.counts["changes"].values()) == len(expected_changes)
    frames = harvest.load(tmp_path / "lake")
    assert [*frames.changes["id"]] == [change.id for change in expected_changes]
    assert [*frames.changes["kind"]] == [change.kind for change in expected_changes]
    assert "unused-override" in set(frames.findings["code"])
    assert made.counts["works"]["resolved"] > 150  # arXiv's among them, from the last lake


def test_changes_are_a_log(many: Settings, tmp_path: Path) -> None:
    """Each run adds its own, none twice a day, and nothing is forgotten."""
    settings = msgspec.structs.replace(many, floor=0.1)
    log = tmp_path / "output" / change_log.FILE
    sizes = []
    for hours in (0, 24, 25, 48):
        refreshed(settings, NOON + timedelta(hours=hours))
        bulk(settings, tmp_path / "lake", NOON + timedelta(hours=hours), shards=2 + hours % 5)
        rows_ = lake.files(tmp_path / "lake")[change_log.FILE].splitlines()
        assert sorted(rows_) == sorted(log.read_bytes().splitlines())
        sizes.append(len(rows_))
        path = min((tmp_path / "lists").rglob("*.md"))
        text = path.read_text("utf-8")
        row_ = f"- [Another](https://doi.org/{made_up.doi(350 + hours)})\n"
        path.write_text(text if hours == 24 else text + row_, "utf-8")
        if hours == 24:
            edit(tmp_path / "lists")
    assert sizes[0] < sizes[1] < sizes[2] <= sizes[3]


def test_a_list_of_which_no_entry_became_a_work_is_reported(tmp_path: Path) -> None:
    """As `refresh` tells it: one that is named, of a folder from ten identifiers on."""
    rows_ = [f"See https://doi.org/10.5555/{n} there." for n in range(12)]
    write(tmp_path / "named.md", f"{rows_[0]}\n")
    for name, size in (("few", 3), ("many", 12)):
        write(tmp_path / "folder" / f"{name}.md", "\n\n".join(rows_[:size]))
    good = write(tmp_path / "good.md", "- [A](https://doi.org/10.5555/a)\n")
    write(tmp_path / "folder" / "b.md", "\n\n".join(rows_) + "\n\n[chapter](c.md)\n")
    write(tmp_path / "folder" / "c.md", "- [C](https://doi.org/10.5555/c)\n")
    write(tmp_path / "book" / "README.md", f"{rows_[0]}\n\n[chapter](d.md)\n")
    write(tmp_path / "book" / "d.md", f"{rows_[1]}\n")
    book = tmp_path / "book" / "README.md"
    settings = make_settings(tmp_path, {}, tmp_path / "named.md", tmp_path / "folder", good, book)
    bulk(settings, tmp_path / "lake")
    expected = {
        (Path(it.seed).name, it.code)
        for it in read_lists(settings.seeds).findings
        if it.code == "no-works"
    }
    assert codes(tmp_path / "lake") == expected
    assert {name for name, _ in expected} == {"named.md", "many.md", "README.md"}


def die_in_query(config: dict[str, Any], target: Path, *_: object) -> None:
    """End as a query whose process is killed while it writes and spills."""
    with replacing(target) as new:
        new.mkdir()
        (new / "0.parquet").write_bytes(b"half")
        Path(config["temp_directory"]).mkdir(exist_ok=True)
        Path(config["temp_directory"], "spill.tmp").write_bytes(b"rows")
        os._exit(9)


def test_a_killed_query_leaves_nothing_after_the_next_run(tmp_path: Path) -> None:
    good = write(tmp_path / "good.md", "- [A](https://doi.org/10.5555/a)\n")
    settings = make_settings(tmp_path, {}, good)
    steps = tmp_path / ".lake.steps"
    for _ in range(2):  # of which the second leaves nothing of the first
        with (
            patch.object(duck, "_write", die_in_query),
            pytest.raises(PublicationError, match=r"a process was killed; .*goes on"),
        ):
            bulk(settings, tmp_path / "lake", jobs=2)
    assert [it.read_bytes() for it in steps.glob("run/.*/0.parquet")] == [b"half"]
    assert (steps / "scratch" / "spill.tmp").exists()
    bulk(settings, tmp_path / "lake")
    assert not list(steps.glob("run/.*"))
    assert not (steps / "scratch" / "spill.tmp").exists()


def test_little_is_told_of_a_file_without_works(tmp_path: Path) -> None:
    """Its finding is that of `refresh`, however many identifiers and titles it has."""
    many = "\n\n".join(f"See https://doi.org/10.5555/{n} there." for n in range(3_000))
    write(tmp_path / "book" / "README.md", f"{many}\n\n[chapter](d.md)\n")
    write(tmp_path / "book" / "d.md", "See https://doi.org/10.5555/other there.\n")
    good = write(tmp_path / "good.md", "- [A](https://doi.org/10.5555/a)\n")
    settings = make_settings(tmp_path, {}, tmp_path / "book" / "README.md", good)
    bulk(settings, tmp_path / "lake")
    [expected] = read_lists(settings.seeds).findings
    assert expected.message.startswith("has 100 or more identifiers")
    assert [*harvest.load(tmp_path / "lake").findings["message"]].count(expected.message) == 1
    [table] = (tmp_path / ".lake.steps" / "lists").rglob("*.parquet")
    contents = rows.about(table, lists.Contents) or {}
    assert sorted(len(it.outline or ()) for it in contents.values()) == [0, 1, 101]


def test_a_lake_depends_on_nothing_else(many: Settings, tmp_path: Path) -> None:
    bulk(many, tmp_path / "one", shards=4)
    lists_ = [*map(str, sorted((tmp_path / "lists").iterdir(), reverse=True))]
    other = line.run(many, many.seeds, tmp_path / "two", NOON, Options(jobs=2, shards=4))
    assert other.shards == 4
    assert content(tmp_path / "one") == content(tmp_path / "two")
    line.run(many, lists_, tmp_path / "three", NOON, Options(jobs=1, shards=4))
    names = [name for name in content(tmp_path / "one") if name != lake.FILE]
    assert {name: content(tmp_path / "three")[name] for name in names} == {
        name: content(tmp_path / "one")[name] for name in names
    }


# -- what is done again ----------------------------------------------------------------------------


class Counting:
    """The functions that a run called, by name, with their number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        for name in ("look_up", "restore", "read_last"):
            self.watch(monkeypatch, lookups, name)
        self.watch(monkeypatch, merging, "unite")
        self.watch(monkeypatch, merging.Merger, "merge")
        self.watch(monkeypatch, lists, "_read")

    def watch(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        function = getattr(module, name)

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            return function(*args, **options)

        monkeypatch.setattr(module, name, call)


def test_where_nothing_changed_nothing_is_done(
    many: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bulk(many, tmp_path / "lake", shards=3)
    before = content(tmp_path / "lake")
    counting = Counting(monkeypatch)
    again = bulk(many, tmp_path / "lake", NEXT)
    assert msgspec.json.encode(again) == msgspec.json.encode(made)
    assert counting.calls == []
    assert content(tmp_path / "lake") == before


@pytest.mark.parametrize("lost", ["works/*.parquet", "dataset.json", "findings/0.parquet"])
def test_a_lake_that_lost_files_is_rebuilt(many: Settings, tmp_path: Path, lost: str) -> None:
    bulk(many, tmp_path / "lake", shards=3)
    before = content(tmp_path / "lake")
    for path in (tmp_path / "lake").glob(lost):
        path.unlink()
    bulk(many, tmp_path / "lake", shards=3)
    assert content(tmp_path / "lake").keys() == before.keys()
    (tmp_path / "lake" / "dataset.json").write_bytes(b"{")
    bulk(many, tmp_path / "lake", shards=3)
    assert dataset(tmp_path / "lake") == before["dataset.json"]


def test_an_answer_in_the_log_of_the_cache_counts(many: Settings, tmp_path: Path) -> None:
    """SQLite leaves the file itself as it is until a checkpoint."""
    bulk(many, tmp_path / "lake", shards=2)
    name = Identifier("doi", "10.5555/none")
    with closing(Cache(Path(many.cache))) as cache:
        cache.put("crossref", [Reply(identifier=name, outcome="not_found")], NOON)
        file = (Path(many.cache) / FILE).read_bytes()
        first = bulk(many, tmp_path / "lake", shards=2)
        cache.put("crossref", [Reply(identifier=name, outcome="not_found")], NEXT)
        assert (Path(many.cache) / FILE).read_bytes() == file
        second = bulk(many, tmp_path / "lake", shards=2)
    assert first.inputs["cache"] != second.inputs["cache"]


def test_only_changed_lists_are_read(
    many: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk(many, tmp_path / "lake", shards=3)
    path = min((tmp_path / "lists").rglob("*.md"))
    path.write_text(path.read_text("utf-8") + "- [A](https://doi.org/10.5555/new)\n", "utf-8")
    counting = Counting(monkeypatch)
    bulk(many, tmp_path / "lake", NEXT, shards=3)
    assert counting.calls.count("_read") == 1
    assert counting.calls.count("merge") in {1, 2, 3}  # some answers fell due since
    assert b"10.5555/new" in dataset(tmp_path / "lake")


def change(folder: Path, dice: random.Random) -> None:
    """Add, remove and move rows of some lists."""
    for path in dice.sample(sorted(folder.rglob("*.md")), 4):
        lines = path.read_text("utf-8").split("\n")
        rows = [at for at, it in enumerate(lines) if it.startswith("- ")]
        for at in dice.sample(rows, min(len(rows) - 1, dice.randrange(3))):
            lines[at] = ""
        if dice.random() < 0.7:
            lines.append(f"- [Another](https://doi.org/{made_up.doi(dice.randrange(400))})")
        path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_remembered_changes_no_byte(
    many: Settings, mirror: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nights after random edits, with records that are carried over, and a lake of no memory."""
    dice = random.Random(seed)  # noqa: S311  # the same edits each time
    many = msgspec.structs.replace(many, floor=0.1)
    bulk(many, tmp_path / "lake", shards=16)
    shutil.copytree(mirror, tmp_path / "other")
    keeping.drop(tmp_path / "other", "arxiv")
    settings = msgspec.structs.replace(many, mirror=str(tmp_path / "other"))
    counting = Counting(monkeypatch)
    for night in range(3):
        change(tmp_path / "lists", dice)
        shutil.copytree(tmp_path / "lake", tmp_path / "fresh")
        counting.calls.clear()
        now = NOON + timedelta(days=1 + night // 2)
        bulk(settings, tmp_path / "lake", now, shards=16)
        merged = counting.calls.count("merge")
        bulk(settings, tmp_path / "fresh", now, shards=16)
        every = counting.calls.count("merge") - merged
        assert 0 < merged < (every / 2 if night else every)  # at first arXiv has gone
        assert content(tmp_path / "lake") == content(tmp_path / "fresh")
        shutil.rmtree(tmp_path / "fresh")
        shutil.rmtree(tmp_path / ".fresh.steps")


def test_a_list_that_is_gone_is_forgotten(many: Settings, tmp_path: Path) -> None:
    path = tmp_path / "lists" / "more.md"
    path.write_text("- [A](https://doi.org/10.5555/new)\n", "utf-8")
    bulk(many, tmp_path / "lake")
    assert b"10.5555/new" in dataset(tmp_path / "lake")
    path.unlink()
    bulk(many, tmp_path / "lake", NEXT)
    assert b"10.5555/new" not in dataset(tmp_path / "lake")


def test_a_lost_table_is_rebuilt(many: Settings, tmp_path: Path) -> None:
    bulk(many, tmp_path / "lake")
    before = dataset(tmp_path / "lake")
    for path in (tmp_path / ".lake.steps" / "lists").rglob("*.parquet"):
        path.write_bytes(b"broken")
    edit(tmp_path / "lists")
    made = bulk(many, tmp_path / "lake", NEXT)
    assert made.counts["lists"]["files"] == 30
    assert dataset(tmp_path / "lake") != before
    bulk(many, tmp_path / "new", NEXT)
    assert harvest.read(tmp_path / "new").works != []


# -- lists -----------------------------------------------------------------------------------------


def codes(folder: Path) -> set[tuple[str, str]]:
    frame = harvest.load(folder).findings
    return {
        (Path(seed).name, code) for seed, code in zip(frame["seed"], frame["code"], strict=True)
    }


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return str(path)


def test_a_bad_list_is_a_finding(tmp_path: Path) -> None:
    good = write(tmp_path / "good.md", "- [A](https://doi.org/10.5555/a) [more](gone.md)\n")
    (tmp_path / "binary.md").write_bytes(b"\0\1\2" * 400)
    cut = write(tmp_path / "cut.ipynb", "{")
    others = [cut, f"{tmp_path}/b*.md", "", f"{tmp_path}/none.md", "github:owner/name", "empty/*"]
    more = write(tmp_path / "more.txt", "\n".join(others))
    settings = make_settings(tmp_path, {}, good, f"@{more}")
    made = bulk(settings, tmp_path / "lake")
    assert made.counts["lists"]["files"] == 3
    assert codes(tmp_path / "lake") == {
        ("good.md", "linked-file-missing"),
        ("cut.ipynb", "malformed-json"),
        ("binary.md", "unreadable"),
        ("none.md", "unreadable"),
        ("name", "unreadable"),
        ("*", "unreadable"),
    }
    sentence = "lists that cannot be read: 5 (the findings name them)"
    assert made.degraded == [sentence] == lake.read(tmp_path / "lake").degraded
    assert bulk(settings, tmp_path / "lake").degraded == [sentence]  # and nothing is done


@pytest.mark.parametrize("name", ["@nothing.txt", "nothing.md", "empty/*", "github:owner/name"])
def test_a_name_of_nothing_is_refused(tmp_path: Path, name: str) -> None:
    good = write(tmp_path / "good.md", "- [A](https://doi.org/10.5555/a)\n")
    with pytest.raises(SeedError, match=re.escape(name.strip("@"))):
        bulk(make_settings(tmp_path, {}, good, name), tmp_path / "lake")
    assert not (tmp_path / "lake").exists()


def test_chapters_are_read_once_and_from_within(tmp_path: Path) -> None:
    write(tmp_path / "book" / "README.md", "- [one](a.md)\n- [two](../secret.md)\n")
    write(tmp_path / "book" / "a.md", "- [A](https://doi.org/10.5555/a)\n- [up](README.md)\n")
    write(tmp_path / "secret.md", "- [B](https://doi.org/10.5555/b)\n")
    settings = make_settings(tmp_path, {}, tmp_path / "book" / "README.md")
    bulk(settings, tmp_path / "lake")
    assert dataset(tmp_path / "lake") == refreshed(settings)
    assert [work.id for work in harvest.read(tmp_path / "lake").works] == ["doi:10.5555/a"]
    assert ("README.md", "linked-file-outside") in codes(tmp_path / "lake")


def test_a_chapter_is_read_in_the_first_run_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "book" / "README.md", "- [one](a.md)\n")
    chapter = write(tmp_path / "book" / "a.md", "- [A](https://doi.org/10.5555/a)\n- [b](b.md)\n")
    write(tmp_path / "book" / "b.md", "- [B](https://doi.org/10.5555/b)\n")
    settings = make_settings(tmp_path, {}, tmp_path / "book" / "README.md", floor=0.0)
    bulk(settings, tmp_path / "lake")
    counting = Counting(monkeypatch)
    made = bulk(settings, tmp_path / "lake", NEXT)
    assert made.counts["lists"]["files"] == 3
    assert counting.calls == []
    write(Path(chapter), "- [C](https://doi.org/10.5555/c)\n")
    made = bulk(settings, tmp_path / "lake", NEXT)
    assert counting.calls.count("_read") == 1
    assert made.counts["lists"]["files"] == 2
    assert [work.id for work in harvest.read(tmp_path / "lake").works] == ["doi:10.5555/c"]


def test_a_layout_that_was_set_is_read_by(tmp_path: Path) -> None:
    text = "- *A long title of a paper on many hearts.* [Words](https://doi.org/10.5555/a)\n"
    settings = make_settings(tmp_path, {}, write(tmp_path / "lists" / "a.md", text))
    bulk(settings, tmp_path / "lake")
    plain = refreshed(settings)
    assert dataset(tmp_path / "lake") == plain
    layout = SetLayout(list=str(tmp_path / "lists"), template="- *TEXT* [TITLE](…)")
    settings = msgspec.structs.replace(settings, layout=(layout,))
    bulk(settings, tmp_path / "lake")
    assert dataset(tmp_path / "lake") == refreshed(settings) != plain
    assert lake.read(tmp_path / "lake").settings["layout"] == [msgspec.to_builtins(layout)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path / "lists" / "a.md", "- [A](https://doi.org/10.5555/a)\n")
    name = os.fsencode(tmp_path / "lists") + b"/caf\xe9.md"
    Path(os.fsdecode(name)).write_text("- [B](https://doi.org/10.5555/b)\n")
    made = bulk(make_settings(tmp_path, {}, tmp_path / "lists"), tmp_path / "lake")
    assert made.counts["lists"]["files"] == 1
    assert codes(tmp_path / "lake") == {("caf\\udce9.md", "unreadable")}


def test_a_line_may_be_spared_a_rule(tmp_path: Path) -> None:
    text = "- [A](https://doi.org/10.5555/a) [x](gone.md) <!-- harvest: ignore linked-file-missing -->\n"
    settings = make_settings(tmp_path, {}, write(tmp_path / "a.md", text))
    bulk(settings, tmp_path / "lake")
    assert codes(tmp_path / "lake") == set()


def test_without_a_mirror_works_are_listed(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path, {}, write(tmp_path / "a.md", "- [A](https://doi.org/10.5555/a)\n")
    )
    made = bulk(settings, tmp_path / "lake")
    assert made.counts["works"] == {"listed": 1}
    assert dataset(tmp_path / "lake") == refreshed(settings)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    some: Iterable[rows.Row] = [
        rows.row("a", "ключ", "b", -(2**63), {"x": [1]}, "f"),
        rows.row("b", ""),
    ]
    rows.write(tmp_path / "t.parquet", some, {"f": "0a"})
    assert list(rows.read(tmp_path)) == some
    assert rows.about(tmp_path / "t.parquet", dict[str, str]) == {"f": "0a"}
    assert rows.about(tmp_path / "none.parquet", dict[str, str]) is None
    assert list(rows.read(tmp_path / "none.parquet")) == []


# -- asking ----------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Settings]:
    """Return settings for a list of a small world, whose services answer."""
    world = World.random(12, 9, 6)
    write_whole_list(tmp_path / "list.md", world)
    with FakeServices(world) as fakes:
        yield make_settings(tmp_path, fakes, tmp_path / "list.md")


def test_what_is_due_is_asked_with_a_limit_only(small: Settings, tmp_path: Path) -> None:
    made = bulk(small, tmp_path / "lake")
    assert made.counts["works"].keys() == {"listed"}
    assert made.degraded == []
    made = bulk(small, tmp_path / "lake", budget=Budget(0))
    assert made.counts["works"].keys() == {"listed"}
    assert made.degraded[0].startswith("arxiv: ")
    assert all("not asked (the budget of 0 requests is spent)" in it for it in made.degraded)
    with no_waits():
        made = bulk(small, tmp_path / "lake", budget=Budget(500), shards=3)
    assert made.counts["works"].keys() == {"resolved"}
    assert made.degraded == []
    assert bulk(small, tmp_path / "other").counts["works"] == made.counts["works"]
    assert dataset(tmp_path / "other") == refreshed(small)


# -- what reaches across shards --------------------------------------------------------------------

TITLE = "Deep synthesis of cardiac images with many networks"


def paper(name: str, **more: Any) -> dict[str, Any]:
    author = {"given": "Ada", "family": "Novak"}
    return {
        "DOI": f"10.5555/{name}",
        "type": "journal-article",
        "title": [TITLE],
        "author": [author],
        "published": {"date-parts": [[2020]]},
        "indexed": {"date-time": "2026-11-01T01:02:03Z"},
        **more,
    }


def preprint(name: str, **more: Any) -> dict[str, Any]:
    return paper(name, type="posted-content", subtype="preprint", **more)


def body(name: str, number: int) -> dict[str, Any]:
    return made_up.github(0) | {"full_name": name, "id": number, "as_of": DAY}


def named(*others: str) -> dict[str, Any]:
    return {
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": f"10.5555/{it}"} for it in others]}
    }


WORLDS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "look-alikes": ([paper("a"), preprint("b")], [], "a b"),
    "a crowd of look-alikes": (
        [paper(f"a{n}") for n in range(30)] + [preprint(f"b{n}") for n in range(30)],
        [],
        " ".join(f"a{n} b{n}" for n in range(30)),
    ),
    "a long chain": (
        [preprint(f"c{n}", title=[f"{TITLE} {n}"], **named(f"c{n + 1}")) for n in range(14)],
        [],
        "c0",
    ),
    "a notice elsewhere": (
        [
            paper("d", title=["Another paper on hearts"]),
            paper(
                "e",
                title=["Retraction of a paper"],
                **{
                    "update-to": [{"DOI": "10.5555/d", "type": "retraction", "label": "Retraction"}]
                },
            ),
        ],
        [],
        "d e",
    ),
    "a repository of two names": (
        [],
        [body("one/x", 7), body("two/y", 7), body("three/z", 8)],
        "f+one/x g+two/y h+three/z i+One/X",
    ),
}


@pytest.mark.parametrize("kind", WORLDS)
def test_what_reaches_across_shards_is_the_same(kind: str, tmp_path: Path) -> None:
    papers, bodies, names = WORLDS[kind]
    for source, records in (("crossref", papers), ("github", bodies)):
        if records:
            (tmp_path / f"{source}.jsonl").write_bytes(lines(records))
            path = tmp_path / f"{source}.jsonl"
            keeping.add(tmp_path / "mirror", source, [path], NOON, day=DAY, jobs=1)
    for name in names.split():
        doi, _, code = name.partition("+")
        row = f"- [Paper](https://doi.org/10.5555/{doi})"
        row += f" [Code](https://github.com/{code})" if code else ""
        write(tmp_path / "lists" / f"{doi}.md", f"# L\n\n{row}\n")
    settings = make_settings(tmp_path, {}, tmp_path / "lists", mirror=str(tmp_path / "mirror"))
    bulk(settings, tmp_path / "lake", shards=23)
    assert dataset(tmp_path / "lake") == refreshed(settings)
    works = harvest.read(tmp_path / "lake").works
    expected = {"look-alikes": 1, "a crowd of look-alikes": 60, "a long chain": 1}
    assert len(works) == expected.get(kind, len(works))
    if kind == "a notice elsewhere":
        assert [len(work.integrity) for work in works] == [1, 0]
    if kind == "a long chain":
        assert len(works[0].curies) == lookups.LEVELS + 1  # the last answer names one more
    if kind == "a repository of two names":
        assert len(harvest.read(tmp_path / "lake").repositories) == 2


def test_the_manifest_names_every_file(many: Settings, tmp_path: Path) -> None:
    made = bulk(many, tmp_path / "lake", shards=3)
    assert msgspec.json.encode(lake.read(tmp_path / "lake")) == msgspec.json.encode(made)
    for table, files in made.tables.items():
        folder = tmp_path / "lake" / table
        assert [part.name for part in files] == [path.name for path in sorted(folder.iterdir())]
        for part in files:
            assert part.digest == sha256_of(folder / part.name)
            assert part.rows == lake.length(folder / part.name)
    assert made.inputs["names"] == list(many.seeds)
    assert {"lists", "mirror", "cache"} <= made.inputs.keys()
    assert sum(part.rows for part in made.tables["works"]) == sum(made.counts["works"].values())
    records = {bytes(it) for it in lake.records(tmp_path / "lake", lake.WORKS)}
    assert records <= {it.rstrip(b",") for it in dataset(tmp_path / "lake").split(b"\n")}
