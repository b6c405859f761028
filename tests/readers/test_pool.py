"""Files that are read at once, in processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harvest import processes
from harvest.config import SetLayout
from harvest.errors import SeedError
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.readers import pool
from harvest.readers.pool import FileReader
from harvest.readers.templates import Templates
from harvest.readers.walk import read_lists

URL = "https://arxiv.org/abs/2301.0000"
TEMPLATES = Templates([SetLayout(list="*/b.md", template="- **TEXT** *TITLE* [[pdf]](…)")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(["b.md", "a.md", "c.md"]):
        item = f"- **A title {number}** *Other words of it* [pdf]({URL}{number})\n"
        (tmp_path / name).write_text(f"# A list\n\n[next](d.md)\n\n{item * 3}", "utf-8")
    (tmp_path / "d.md").write_text(f"- [A chapter]({URL}9)\n", "utf-8")
    return tmp_path


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the least text be enough for a pool, and count the files that it reads."""
    counts: list[int] = []
    original = pool._read_in_pool

    def count(files: Any, _cores: int) -> Any:
        counts.append(len(files))
        return original(files, 2)

    monkeypatch.setattr(pool, "ENOUGH", 1)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    monkeypatch.setattr(pool, "_read_in_pool", count)
    return counts


def test_a_pool_reads_what_one_process_reads(folder: Path, pooled: list[int]) -> None:
    alone, together = FileReader(TEMPLATES), FileReader(TEMPLATES)
    expected = read_lists([str(folder)], read_file=alone.read)
    reading = read_lists([str(folder)], read_file=together.read, read_ahead=together.read_ahead)
    assert reading == expected
    assert pooled == [4]
    assert not together._ahead


def test_a_file_that_changed_since_is_read_again(folder: Path, pooled: list[int]) -> None:
    reader = FileReader()
    name = str(folder / "a.md")
    reader.read_ahead([name, str(folder / "b.md")])
    assert reader.read(b"- [Changed](https://arxiv.org/abs/2301.00005)", name).mentions[
        0
    ].title == ("Changed")
    assert pooled == [2]


def test_what_cannot_be_read_is_reported_in_its_turn(folder: Path, pooled: list[int]) -> None:
    (folder / "e.md").write_bytes(b"\0\0\0")
    reader = FileReader()
    names = [str(folder / "a.md"), str(folder / "e.md"), str(folder / "none.md")]
    reader.read_ahead(names)
    assert pooled == [3]
    with pytest.raises(SeedError, match=r"e\.md"):
        reader.read(b"\0\0\0", names[1])


def test_little_text_or_one_core_needs_no_pool(
    folder: Path, pooled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(folder / name) for name in ("a.md", "b.md")]
    monkeypatch.setattr(pool, "ENOUGH", 1_000_000)
    FileReader().read_ahead(names)
    monkeypatch.setattr(pool, "ENOUGH", 1)
    FileReader().read_ahead(names[:1])
    monkeypatch.setattr(processes, "cores", lambda: 1)
    FileReader().read_ahead(names)
    assert not pooled


def test_what_an_earlier_run_read_is_not_read_again(
    folder: Path, pooled: list[int], tmp_path: Path
) -> None:
    memo = Memo(tmp_path / "cache")
    for _ in range(2):
        Readings(memo).read_lists([str(folder)])
    assert pooled == [4]


def test_files_are_digested_only_where_a_pool_would_start(
    folder: Path, pooled: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [str(folder / name) for name in ("a.md", "b.md")]
    digested: list[str] = []
    readings = Readings(Memo(tmp_path / "cache"))
    monkeypatch.setattr(readings, "_is_remembered", digested.append)
    monkeypatch.setattr(pool, "ENOUGH", 1_000_000)
    readings.read_ahead(names)
    assert not digested
    monkeypatch.setattr(pool, "ENOUGH", 1)
    readings.read_ahead(names)
    assert digested == names
    assert pooled == [2]


def die(_files: Sequence[pool.File]) -> None:
    os._exit(1)


def fail(_files: Sequence[pool.File]) -> None:
    raise RuntimeError("a worker failed")


def no_process(*_: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


@pytest.mark.parametrize("work", [die, fail])
def test_what_a_process_fails_at_is_read_in_its_turn(
    work: Any, folder: Path, pooled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_read_part", work)
    reader = FileReader()
    reading = read_lists([str(folder)], read_file=reader.read, read_ahead=reader.read_ahead)
    assert reading == read_lists([str(folder)])
    assert pooled == [4]


def test_a_machine_without_room_for_a_process_reads_in_one(
    folder: Path, pooled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", no_process)
    reader = FileReader()
    reading = read_lists([str(folder)], read_file=reader.read, read_ahead=reader.read_ahead)
    assert reading == read_lists([str(folder)])
    assert pooled == [4]


def test_a_script_without_a_guard_is_run_once(folder: Path) -> None:
    script = folder / "script.py"
    script.write_text(
        f"""
import os
from harvest.readers import pool
from harvest.readers.walk import read_lists
print("run")
pool.ENOUGH, os.sched_getaffinity, os.cpu_count = 1, lambda _: {{0, 1}}, lambda: 2
reader = pool.FileReader()
read_lists([{str(folder)!r}], read_file=reader.read, read_ahead=reader.read_ahead)
""",
        "utf-8",
    )
    done = subprocess.run(  # our own
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "run\n", "")
