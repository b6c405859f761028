"""Adding dumps to a mirror and dropping them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import needs
from harvest.errors import LockedError, PublicationError, UsageError
from harvest.lookup.mirror import DumpAnswer, Mirror
from harvest.mirror import ingest, keeping, manifest
from harvest.mirror.keeping import Addition
from harvest.models import Identifier
from tests.support.dumps import lines

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def row(name: object, title: str = "T", day: str = "2026-11-01") -> dict[str, Any]:
    indexed = {"date-time": f"{day}T01:02:03Z"}
    return {"DOI": f"10.5555/{name}", "title": [title], "indexed": indexed, "reference": [{}]}


def dump(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(lines(rows), mtime=0))
    return path


def add(folder: Path, *paths: Path, **options: Any) -> Addition:
    return keeping.add(folder / "mirror", "crossref", paths, NOW, **{"jobs": 1, **options})


def payload(answer: DumpAnswer) -> Any:
    return msgspec.json.decode(answer.text)


def titles(folder: Path, *names: str) -> list[str | None]:
    """Return the title that the mirror has under each name."""
    mirror = Mirror(folder / "mirror")
    wanted = [Identifier("doi", f"10.5555/{name}") for name in names]
    answers = mirror.get("crossref", wanted)
    mirror.close()
    return [payload(answers[name])["title"][0] if name in answers else None for name in wanted]


def test_payloads_are_those_of_the_api(tmp_path: Path) -> None:
    add(tmp_path, dump(tmp_path / "0.jsonl.gz", row("UPPER"), row("b")))
    mirror = Mirror(tmp_path / "mirror")
    name = Identifier("doi", "10.5555/upper")
    answer = mirror.get("crossref", [name, Identifier("doi", "10.5555/none")])[name]
    assert payload(answer) == {key: it for key, it in row("UPPER").items() if key != "reference"}
    assert answer.moment == datetime(2026, 11, 1, tzinfo=UTC)


def test_only_new_and_changed_files_are_read(tmp_path: Path) -> None:
    for name in "abc":
        dump(tmp_path / "dump" / f"{name}.jsonl.gz", row(name))
    first = add(tmp_path, tmp_path / "dump")
    tables = sorted((tmp_path / "mirror" / "crossref").glob("*.parquet"))
    times = [path.stat().st_mtime_ns for path in tables]
    assert len(first.new) == len(tables) == 3
    again = add(tmp_path, tmp_path / "dump")
    assert (again.new, len(again.same)) == ([], 3)
    assert [path.stat().st_mtime_ns for path in tables] == times
    dump(tmp_path / "dump" / "b.jsonl.gz", row("b", "new"), row("d"))
    changed = add(tmp_path, tmp_path / "dump")
    assert [file.name for file in changed.new] == ["dump/b.jsonl.gz"]
    assert changed.before["dump/b.jsonl.gz"] == 1
    assert titles(tmp_path, "a", "b", "d") == ["T", "new", "T"]
    assert len(list((tmp_path / "mirror" / "crossref").glob("*.parquet"))) == 3


def test_a_dump_that_moved_is_the_same(tmp_path: Path) -> None:
    add(tmp_path, dump(tmp_path / "one" / "a.jsonl.gz", row("a")))
    moved = shutil.copy(tmp_path / "one" / "a.jsonl.gz", tmp_path / "other.jsonl.gz")
    assert add(tmp_path, Path(moved)).new == []
    [file] = manifest.read(tmp_path / "mirror")["crossref"]
    assert file.name == "other.jsonl.gz"


@pytest.mark.parametrize("order", [1, -1])
def test_the_newer_of_two_records_stands(order: int, tmp_path: Path) -> None:
    old = dump(tmp_path / "2025.jsonl.gz", row("a", "old", "2025-01-01"), row("b", "only"))
    new = dump(tmp_path / "2026.jsonl.gz", row("a", "newer"), row("a", "older", "2025-06-01"))
    for path in (old, new)[::order]:
        add(tmp_path, path)
    assert titles(tmp_path, "a", "b") == ["newer", "only"]


def test_a_broken_table_is_rebuilt(tmp_path: Path) -> None:
    path = dump(tmp_path / "a.jsonl.gz", row("a"))
    add(tmp_path, path)
    [table] = (tmp_path / "mirror" / "crossref").glob("*.parquet")
    table.write_bytes(b"broken")
    with pytest.raises(UsageError, match="harvest mirror add crossref"):
        titles(tmp_path, "a")
    add(tmp_path, path)
    assert titles(tmp_path, "a") == ["T"]


def test_lines_that_cannot_be_read_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    bad = b'{"DOI": 7}\n' + b"\xff\n"
    path.write_bytes(lines(map(row, range(300))) + bad + lines([row("z")]))
    [file] = add(tmp_path, path).new
    assert (file.records, file.rejected) == (301, 2)
    text = (tmp_path / "mirror" / "crossref" / file.rejects).read_text("utf-8")
    first, second = map(json.loads, text.splitlines())
    assert (first["file"], first["line"], first["text"]) == ("a.jsonl", 301, '{"DOI": 7}\n')
    assert second["line"] == 302
    assert "str" in first["reason"]


def test_damaged_files_are_refused_and_the_others_go_in(tmp_path: Path) -> None:
    whole = dump(tmp_path / "dump" / "a.jsonl.gz", row("a"))
    (tmp_path / "dump" / "b.jsonl.gz").write_bytes(whole.read_bytes()[:-5])
    (tmp_path / "dump" / "c.jsonl.gz").write_bytes(b"")
    (tmp_path / "dump" / "d.jsonl").write_bytes(lines(map(row, range(98))) + b"{}\n{}\n")
    added = add(tmp_path, tmp_path / "dump")
    assert [file.name for file in added.new] == ["dump/a.jsonl.gz"]
    reasons = {file.name: file.error for file in added.refused}
    assert list(reasons) == ["dump/b.jsonl.gz", "dump/c.jsonl.gz", "dump/d.jsonl"]
    assert "cut" in reasons["dump/b.jsonl.gz"]
    assert reasons["dump/c.jsonl.gz"] == "is empty"
    assert reasons["dump/d.jsonl"] == "has 2 of 100 lines that cannot be read"
    files = {path.name for path in (tmp_path / "mirror" / "crossref").iterdir()}
    assert files == {added.new[0].table, added.new[0].rejects}


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a dump in files, of which every three become one table."""
    monkeypatch.setattr(ingest, "PACK", 3)
    for name in "abcdefgh":
        dump(tmp_path / "dump" / f"{name}.jsonl.gz", row(name), row(f"{name}2"))
    add(tmp_path, tmp_path / "dump")
    return tmp_path / "dump"


def table_names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "mirror" / "crossref").glob("*.parquet")}


def test_many_small_files_are_one_table(many: Path, tmp_path: Path) -> None:
    before = table_names(tmp_path)
    assert len(before) == 4
    assert titles(tmp_path, *"abcdefgh") == ["T"] * 8
    again = add(tmp_path, many)
    assert (again.new, len(again.same)) == ([], 8)
    assert table_names(tmp_path) == before
    dump(many / "i.jsonl.gz", row("i"))
    added = add(tmp_path, many / "i.jsonl.gz")
    assert [file.name for file in added.new] == ["i.jsonl.gz"]
    assert len(table_names(tmp_path)) == 3
    assert titles(tmp_path, *"abcdefghi") == ["T"] * 9


def test_a_file_among_many_is_replaced(many: Path, tmp_path: Path) -> None:
    """What its former content had alone is no answer any more; the others stay."""
    dump(many / "b.jsonl.gz", row("b", "new"))
    changed = add(tmp_path, many)
    assert [file.name for file in changed.new] == ["dump/b.jsonl.gz"]
    assert titles(tmp_path, "a", "a2", "b", "b2", "c") == ["T", "T", "new", None, "T"]
    assert len(table_names(tmp_path)) == 3  # two packs, and one of the new file with those left
    assert sum(it.records for it in manifest.read(tmp_path / "mirror")["crossref"]) == 15


def test_some_files_of_a_table_may_be_of_another_day(many: Path, tmp_path: Path) -> None:
    add(tmp_path, many / "a.jsonl.gz", day="2026-11-02")
    mirror = Mirror(tmp_path / "mirror")
    names = [Identifier("doi", f"10.5555/{name}") for name in ("a", "a2", "b")]
    days = [mirror.get("crossref", names)[name].moment.day for name in names]
    mirror.close()
    assert days == [2, 2, 1]
    assert titles(tmp_path, *"abcdefgh") == ["T"] * 8


def test_a_broken_table_of_many_is_rebuilt(many: Path, tmp_path: Path) -> None:
    for name in table_names(tmp_path):
        (tmp_path / "mirror" / "crossref" / name).write_bytes(b"broken")
    add(tmp_path, many)
    assert titles(tmp_path, *"abcdefgh") == ["T"] * 8


def test_a_damaged_file_replaces_nothing(tmp_path: Path) -> None:
    path = dump(tmp_path / "a.jsonl.gz", row("a"))
    add(tmp_path, path)
    path.write_bytes(path.read_bytes()[:-5])
    assert len(add(tmp_path, path).refused) == 1
    assert titles(tmp_path, "a") == ["T"]


def test_the_day_is_the_given_one_or_that_of_the_newest_record(tmp_path: Path) -> None:
    rows = [row("a", day="2026-10-01"), row("b", day="2026-10-07")]
    path = dump(tmp_path / "a.jsonl.gz", *rows)
    assert add(tmp_path, path).day == "2026-10-07"
    assert add(tmp_path, path, day="2026-10-09").day == "2026-10-09"
    with pytest.raises(UsageError, match="lies ahead"):
        add(tmp_path, path, day="2026-11-22")
    nameless = dump(tmp_path / "b.jsonl.gz", {"DOI": "10.5555/c"})
    with pytest.raises(UsageError, match="--date"):
        add(tmp_path, nameless)
    [file] = manifest.read(tmp_path / "mirror")["crossref"]
    assert file.name == "a.jsonl.gz"


def test_unknown_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="arxiv, crossref, datacite, github"):
        keeping.add(tmp_path / "mirror", "pubmed", [tmp_path], NOW)


def test_too_little_disk_is_reported_before_a_byte_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dump(tmp_path / "a.jsonl.gz", row("a"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="GB are free"):
        add(tmp_path, path)
    assert not (tmp_path / "mirror").exists()


def test_a_full_disk_leaves_the_mirror_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, dump(tmp_path / "a.jsonl.gz", row("a")))
    other = dump(tmp_path / "b.jsonl.gz", row("b"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "_batch", full)
        with pytest.raises(PublicationError, match=r"No space left.*goes on"):
            add(tmp_path, other)
    assert titles(tmp_path, "a", "b") == ["T", None]
    add(tmp_path, other)
    assert titles(tmp_path, "a", "b") == ["T", "T"]


def test_one_run_at_a_time(tmp_path: Path) -> None:
    path = dump(tmp_path / "a.jsonl.gz", row("a"))
    with keeping._lock(tmp_path / "mirror"), pytest.raises(LockedError):
        add(tmp_path, path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"schema": 3}', "a newer harvest made it: update this one"),
        (b'{"schema": 0}', "another schema"),
        (b"{}", "another schema"),
        (b"no json", "cannot be read"),
    ],
)
def test_other_manifests_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = dump(tmp_path / "a.jsonl.gz", row("a"))
    add(tmp_path, path)
    (tmp_path / "mirror" / manifest.FILE).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        add(tmp_path, path)
    with pytest.raises(UsageError, match=message):
        Mirror(tmp_path / "mirror")


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    add(tmp_path, dump(tmp_path / "a.jsonl.gz", row("a")))
    with pytest.raises(UsageError, match="it holds crossref"):
        keeping.drop(tmp_path / "mirror", "arxiv")
    assert keeping.drop(tmp_path / "mirror", "crossref") == 1
    assert not (tmp_path / "mirror" / "crossref").exists()
    with pytest.raises(UsageError, match="no mirror"):
        Mirror(tmp_path / "mirror")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "BULK", ("isal", "no_such_package"))
    with pytest.raises(UsageError, match=r"needs no_such_package: pip install 'harvest\[bulk\]'"):
        add(tmp_path, tmp_path)


PROGRAM = "import sys; from harvest.cli import main; sys.argv[0] = 'harvest'; main()"


@pytest.mark.slow
@pytest.mark.posix
def test_a_kill_costs_the_files_in_hand(tmp_path: Path) -> None:
    """Two processes read twelve files; all of them are killed after the first file."""
    rows = [row(number, "T" * 400) for number in range(4000)]
    for number in range(12):
        dump(tmp_path / "dump" / f"{number}.jsonl.gz", *rows, row(f"only-{number}"))
    tables = tmp_path / "mirror" / "crossref"
    command = [sys.executable, "-c", PROGRAM, "mirror", "add", "crossref", str(tmp_path / "dump")]
    options = ["--mirror", str(tmp_path / "mirror"), "--jobs", "2"]
    process = subprocess.Popen([*command, *options], cwd=ROOT, start_new_session=True)
    while process.poll() is None and not list(tables.glob("[!.]*.parquet")):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    times = {path: path.stat().st_mtime_ns for path in tables.glob("[!.]*.parquet")}
    assert 0 < len(times) < 12
    assert manifest.read(tmp_path / "mirror") == {}
    assert subprocess.run([*command, *options], cwd=ROOT, check=False).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert len(manifest.read(tmp_path / "mirror")["crossref"]) == 12
    assert titles(tmp_path, "7", "only-0", "only-11") == ["T" * 400, "T", "T"]
