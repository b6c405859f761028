"""What a bulk run refuses, and what becomes of one that is stopped: the last lake stands."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from typer.testing import CliRunner

from benchmarks.bulk import world as made_up
from harvest import cli, needs, pipeline
from harvest.bulk import line, lookups, merging, publication, workspace
from harvest.bulk.engines.duck import Duck
from harvest.bulk.line import Options
from harvest.config import Settings
from harvest.dataset import encoding, lake, store
from harvest.errors import LockedError, PublicationError, UsageError
from harvest.lookup.session import Scope
from harvest.mirror import keeping
from tests.support.disks import largest_file
from tests.support.settings import ROOT, make_settings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Place(NamedTuple):
    """A folder with lists, a mirror, and the settings that name both."""

    folder: Path
    settings: Settings

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    def run(self, **options: Any) -> lake.Manifest:
        given = Options(**{"jobs": 1, "shards": 3, **options})
        return line.run(self.settings, self.settings.seeds, self.lake, NOW, given)

    def edit(self) -> None:
        for path in (self.folder / "lists").rglob("*.md"):
            path.write_text(path.read_text("utf-8") + "- [X](https://doi.org/10.5555/x)\n", "utf-8")

    def content(self) -> dict[str, bytes]:
        files = (path for path in sorted(self.lake.rglob("*")) if path.is_file())
        return {path.relative_to(self.lake).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for source in ("crossref", "arxiv"):
        paths = made_up.write_dump(source, 30, tmp_path / source)
        keeping.add(tmp_path / "mirror", source, paths, NOW, jobs=1)
    made_up.write_lists(4, 30, tmp_path / "lists")
    settings = make_settings(tmp_path, {}, tmp_path / "lists", mirror=str(tmp_path / "mirror"))
    return Place(tmp_path, settings)


@contextmanager
def standing(place: Place) -> Iterator[None]:
    """Prove that the last lake stands, and that the next run goes on to the right end."""
    place.run()
    place.edit()
    before = place.content()
    yield
    assert place.content() == before
    place.run()
    after = place.content()
    assert b"10.5555/x" in after["dataset.json"]
    shutil.rmtree(place.folder / ".lake.steps")
    shutil.rmtree(place.lake)
    for name, data in before.items():
        (place.lake / name).parent.mkdir(parents=True, exist_ok=True)
        (place.lake / name).write_bytes(data)
    place.run()
    assert place.content() == after


def test_a_missing_extra_is_reported_with_its_install_command(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name == "duckdb" else name)
    with pytest.raises(UsageError, match=r"duckdb: pip install 'harvest\[bulk\]'"):
        place.run()
    assert not place.lake.exists()


@pytest.mark.parametrize(("schema", "words"), [(2, "newer harvest"), (0, "another schema")])
def test_a_lake_of_another_schema_is_refused(place: Place, schema: int, words: str) -> None:
    place.lake.mkdir()
    (place.lake / lake.FILE).write_text(json.dumps({"lake": schema}))
    for act in (place.run, lambda: store.read(place.lake)):
        with pytest.raises(UsageError, match=words):
            act()


def test_a_folder_of_something_else_is_refused(place: Place) -> None:
    place.lake.mkdir()
    (place.lake / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="something else than a lake"):
        place.run()
    assert (place.lake / "mine.txt").read_text() == "mine"


def test_another_run_on_the_lake_is_waited_for_by_none(place: Place) -> None:
    with store.lock(place.lake), pytest.raises(LockedError, match="another run"):
        place.run()


def test_too_little_disk_is_reported_before_a_byte_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
    before = sorted(place.folder.iterdir())
    with pytest.raises(UsageError, match=r"0\.0 GB are free"):
        place.run()
    assert [it for it in sorted(place.folder.iterdir()) if it.name != ".lake.lock"] == before


def test_a_part_that_is_too_large_names_its_largest_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = "[A](https://arxiv.org/abs/2001.00001) [B](https://doi.org/10.5555/large)"
    rows = [f"- {both}", *["- [B](https://doi.org/10.5555/large)"] * 40]
    (tmp_path / "a.md").write_text("\n".join(rows), "utf-8")
    same = (("arxiv:2001.00001", "doi:10.5555/large"),)
    settings = make_settings(tmp_path, {}, tmp_path / "a.md", same=same)
    monkeypatch.setattr(line, "LARGEST", 41)
    with pytest.raises(PublicationError, match=r"most of doi:10\.5555/large: .*`different`"):
        line.run(settings, settings.seeds, tmp_path / "lake", NOW, Options(jobs=1))
    assert not (tmp_path / "lake").exists()


def test_a_lake_that_shrank_is_refused(place: Place) -> None:
    place.run()
    before = place.content()
    for path in list((place.folder / "lists").rglob("*.md"))[1:]:
        path.write_text("", "utf-8")
    with pytest.raises(PublicationError, match=r"works would be lost \(.*less than 95%"):
        place.run()
    assert place.content() == before


def test_a_folder_without_a_mirror_is_refused(place: Place) -> None:
    other = Place(
        place.folder, msgspec.structs.replace(place.settings, mirror=str(place.folder / "no"))
    )
    with pytest.raises(UsageError, match="no mirror"):
        other.run()


def test_a_broken_mirror_is_reported(place: Place) -> None:
    for path in (place.folder / "mirror").rglob("*.parquet"):
        path.write_bytes(b"broken")
    with pytest.raises(UsageError, match="`harvest mirror add` with the same dumps mends it"):
        place.run()


def test_a_lake_is_no_output_of_refresh(place: Place) -> None:
    place.run()
    settings = msgspec.structs.replace(place.settings, output=str(place.lake))
    before = place.content()
    with pytest.raises(UsageError, match="holds a lake; name another folder"):
        pipeline.refresh(settings, scope=Scope(offline=True), now=NOW)
    assert place.content() == before


@pytest.mark.parametrize("name", ["@more.txt", "empty.md", "chapters.md", "binary"])
def test_nothing_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "more.txt").write_text("none.md\n", "utf-8")
    (tmp_path / "empty.md").write_text("# L\n\nNothing here yet.\n", "utf-8")
    (tmp_path / "chapters.md").write_text("[The first](empty.md)\n", "utf-8")
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / "a.md").write_bytes(b"\0\1\2" * 400)
    for _ in range(2):
        with pytest.raises(UsageError, match=f"{name}: nothing is listed there"):
            line.run(make_settings(tmp_path, {}), [name], tmp_path / "lake", NOW, Options(jobs=1))
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("name", ["lists", "@more.txt"])
def test_lists_that_became_empty_empty_the_lake(place: Place, name: str) -> None:
    """Where the floor allows it, whether their files are left or not."""
    place.run()
    (place.folder / "more.txt").write_text("none.md\n", "utf-8")
    for path in (place.folder / "lists").rglob("*.md"):
        path.write_text("", "utf-8")
    settings = msgspec.structs.replace(place.settings, floor=0.0)
    names = [name.replace("@", f"@{place.folder}/") if "@" in name else str(place.folder / name)]
    for _ in range(2):
        made = line.run(settings, names, place.lake, NOW, Options(jobs=1, shards=3))
        assert made.counts["works"] == {}
        assert store.read(place.lake).works == []


def test_a_full_disk_leaves_the_last_lake(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: workspace.Task, shard: int) -> list[publication.Cells]:
        raise OSError(28, f"No space left on device for {shard}")

    with standing(place), monkeypatch.context() as context:
        _, *others = publication.TABLES[lake.REPOSITORIES]
        context.setitem(publication.TABLES, lake.REPOSITORIES, (fail, *others))
        with pytest.raises(PublicationError, match="No space left"):
            place.run()


def test_a_disk_that_is_full_at_the_last_file_leaves_the_last_lake(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[bytes]:
        yield b"{"
        raise OSError(28, "No space left on device")

    with standing(place), monkeypatch.context() as context:
        context.setattr(encoding, "document", fail)
        with pytest.raises(PublicationError, match=r"No space left.*goes on"):
            place.run()


def test_the_manifest_is_of_what_is_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """To make it changes nothing."""
    make, folder = line.Line._manifest, place.folder / ".lake.steps" / "run"

    def compare(*arguments: Any) -> lake.Manifest:
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        manifest = make(*arguments)
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
        return manifest

    monkeypatch.setattr(line.Line, "_manifest", compare)
    place.run()
    assert (place.lake / "dataset.json").is_file()


@pytest.mark.posix
def test_a_disk_that_a_query_fills_leaves_the_tables(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Duck.sql

    def fill(engine: Duck, target: Path, *others: Any) -> None:
        with largest_file(100 if target.name == "shards" else 10**9):
            write(engine, target, *others)

    with standing(place), monkeypatch.context() as context:
        context.setattr(Duck, "sql", fill)
        with pytest.raises(PublicationError, match=r"File too large.*goes on"):
            place.run()
        assert {"looks", "hosts"} <= {it.name for it in place.folder.glob(".lake.steps/run/*")}


def test_an_unreadable_table_leaves_the_last_lake(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is broken in the middle is told, and made anew where it is removed."""
    write = workspace.write

    def spoil(task: workspace.Task, make: workspace.Make, target: tuple[Path, Any]) -> None:
        write(task, make, target)
        if target[0].parent.name == "answers-0":
            target[0].write_bytes(b"PAR1 broken")

    with standing(place), monkeypatch.context() as context:
        context.setattr(workspace, "write", spoil)
        with pytest.raises(PublicationError, match="the last lake stands"):
            place.run()


@pytest.mark.posix
def test_a_killed_process_leaves_the_last_lake(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing(place), monkeypatch.context() as context:
        context.setattr(lookups, "look_up", die)
        with pytest.raises(PublicationError, match="a process was killed"):
            place.run(jobs=2)


def die(*_: Any) -> None:
    """Die as a process does that the system kills for its memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_is_finished_is_not_done_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, int]] = []

    functions = {name: getattr(merging, name) for name in ("_groups", "unite")}

    def count(name: str, stop_at: int | None) -> None:
        function = functions[name]

        def call(task: workspace.Task, shard: int) -> Any:
            if shard == stop_at:
                raise OSError(28, "No space left on device")
            calls.append((name, shard))
            return function(task, shard)

        monkeypatch.setattr(merging, name, call)

    count("_groups", None)
    count("unite", 1)
    with pytest.raises(PublicationError, match="goes on where this one stopped"):
        place.run()
    count("unite", None)
    place.run()
    assert sorted(calls) == [(name, shard) for name in functions for shard in range(3)]


@pytest.mark.posix
def test_a_run_that_is_killed_anywhere_ends_the_same(place: Place, tmp_path: Path) -> None:
    """Three kills at random moments; what was finished is not done again."""
    command = [sys.executable, "-m", "harvest", "bulk", str(tmp_path / "lists"), "--lake"]
    options = ["--mirror", str(tmp_path / "mirror"), "--cache", str(tmp_path / "cache"), "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(name: str) -> subprocess.Popen[bytes]:
        arguments = [*command, str(tmp_path / name), "--jobs", "2", *options]
        return subprocess.Popen(arguments, env=environment, start_new_session=True, cwd=tmp_path)

    began = time.monotonic()
    assert start("whole").wait() == 0
    seconds = time.monotonic() - began
    dice = random.Random(5)  # noqa: S311  # the same moments each time
    for _ in range(3):
        process = start("lake")
        time.sleep(dice.uniform(0.3, 0.9) * seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert start("lake").wait() == 0
    whole = Place(tmp_path, place.settings).content()
    for name, data in whole.items():
        assert (tmp_path / "whole" / name).read_bytes() == data


# -- the command -----------------------------------------------------------------------------------


def invoke(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, [*map(str, arguments)])


def test_the_command_publishes_and_prints_a_summary(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    arguments = ["bulk", "lists", "--lake", "lake", "--mirror", "mirror", "--jobs", 1]
    done = invoke(*arguments, "--quiet")
    assert (done.exit_code, done.stdout) == (0, "")
    done = invoke(*arguments, "--memory", 1)
    assert done.exit_code == 0
    assert "resolved" in done.stdout
    shown = invoke("show", "--output", "lake", "--where", "status = resolved")
    assert "10.10" in shown.stdout
    (place.lake / "dataset.json").unlink()
    [name, *_] = lake.records(place.lake, lake.WORKS)
    identifier = json.loads(name)["id"]
    assert identifier in invoke("show", "--output", "lake", identifier).stdout
    assert identifier in invoke("export", "csv", "--from", "lake").stdout
    assert invoke("diff", "lake", "lake").stdout == "No changes.\n"


def test_the_command_reports_a_lake_that_lacks_lists(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    (place.folder / "lists" / "binary.md").write_bytes(b"\0\1\2" * 400)
    done = invoke("bulk", "lists", "--lake", "lake", "--jobs", 1, "--quiet")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == "degraded: lists that cannot be read: 1 (the findings name them)\n"
    done = invoke("bulk", "lists", "@more.txt", "--lake", "lake", "--jobs", 1)
    assert isinstance(done.exception, UsageError)
    assert cli.ERRORS[UsageError] == 2
    assert "more.txt: does not exist" in str(done.exception)


def test_no_dataset_json_beyond_the_limit(place: Place) -> None:
    made = place.run(json_limit=3)
    assert sum(made.counts["works"].values()) > 3
    assert not (place.lake / "dataset.json").exists()
    ids = [json.loads(record)["id"] for record in lake.records(place.lake, lake.WORKS)]
    assert ids == sorted(ids) == [work.id for work in store.read(place.lake).works]
