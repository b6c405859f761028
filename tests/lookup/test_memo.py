"""What depends on nothing new is not made anew, and nobody can tell."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from threading import Thread

import pytest

from harvest import pipeline
from harvest.config import Settings
from harvest.lookup import memo
from harvest.lookup.lookup import RecordEndpoint
from harvest.lookup.memo import Memo, Table
from harvest.lookup.readings import Readings
from harvest.models import Identifier, Record
from harvest.readers import pool, read
from tests.fakes import FakeServices, World
from tests.support.runs import night, write_whole_list
from tests.support.settings import make_settings

DOI = Identifier("doi", "10.5555/x")
LIST = b"# L\n\n- **A title of words**. [Paper](https://doi.org/10.5555/x) [Code](https://github.com/a/b)\n"


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices, world: World) -> Settings:
    write_whole_list(tmp_path / "list.md", world)
    return make_settings(tmp_path, fakes, tmp_path / "list.md", token="t")


def outputs(settings: Settings) -> dict[str, bytes]:
    files = Path(settings.output).iterdir()
    return {path.name: path.read_bytes() for path in files if path.name != "run.json"}


def refuse(*_: object) -> None:
    raise AssertionError("made anew")


def break_files(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"!")


def make_all_empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize("harm", [shutil.rmtree, break_files, make_all_empty])
def test_a_run_gives_the_same_bytes_without_the_memo(
    harm: Callable[[Path], None], settings: Settings
) -> None:
    pipeline.refresh(settings, now=night(1))
    pipeline.refresh(settings, now=night(1))
    first = outputs(settings)
    harm(Path(settings.cache) / memo.FOLDER)
    pipeline.refresh(settings, now=night(1))
    assert outputs(settings) == first


def test_a_second_run_reads_no_list_and_no_answer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.refresh(settings, now=night(1))
    first = outputs(settings)
    monkeypatch.setattr(pool, "read", refuse)
    monkeypatch.setattr(RecordEndpoint, "read", refuse)
    pipeline.refresh(settings, now=night(1))
    assert outputs(settings) == first


def test_a_new_program_version_rebuilds_everything(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.refresh(settings, now=night(1))
    monkeypatch.setattr(memo, "version", lambda: b"another")
    monkeypatch.setattr(pool, "read", refuse)
    with pytest.raises(AssertionError, match="made anew"):
        pipeline.refresh(settings, now=night(1))


def test_a_reading_is_the_same_from_the_memo(tmp_path: Path) -> None:
    for _ in range(2):
        assert Readings(Memo(tmp_path)).read(LIST, "a.md") == read(LIST, "a.md")
    assert Readings(Memo(tmp_path)).read(LIST, "b.md") == read(LIST, "b.md")


def test_a_result_counts_while_its_digest_is_the_same(tmp_path: Path) -> None:
    table = Table(Memo(tmp_path), "crossref", Record)
    record = Record(source="crossref", identifier=DOI, title="A title")
    table.put(DOI, b"1", record)
    table.save()
    again = Table(Memo(tmp_path), "crossref", Record)
    assert again.get(DOI, b"1") == record
    assert again.get(DOI, b"2") is None


def make_old(folder: Path) -> list[Path]:
    """Return the files of a memo, whose last use was long ago."""
    files = list((folder / memo.FOLDER).iterdir())
    for path in files:
        os.utime(path, (0, 0))
    return files


def test_what_no_run_uses_for_long_is_deleted(tmp_path: Path) -> None:
    Readings(Memo(tmp_path)).read(LIST, "a.md")
    last = Memo(tmp_path)
    Readings(last).read(LIST, "b.md")
    last.prune(time.time())
    assert len(make_old(tmp_path)) == 2
    last.prune(time.time())
    (path,) = (tmp_path / memo.FOLDER).iterdir()
    assert path.stat().st_mtime > time.time() - memo.DAY


def test_what_cannot_be_deleted_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Readings(Memo(tmp_path)).read(LIST, "a.md")
    make_old(tmp_path)

    def refuse_to_delete(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refuse_to_delete)
    Memo(tmp_path).prune(time.time())
    assert len(list((tmp_path / memo.FOLDER).iterdir())) == 1


def test_another_version_of_a_package_is_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "lark-1.3.1.dist-info").mkdir()
    before = memo.version.__wrapped__()
    (tmp_path / "lark-1.3.1.dist-info").rename(tmp_path / "lark-1.4.dist-info")
    assert memo.version.__wrapped__() != before


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=[LIST], daemon=True)
    writer.start()
    reading = Readings(Memo(tmp_path)).read_lists([str(pipe)])
    assert [mention.title for mention in reading.mentions][:1] == ["A title of words"]


def test_a_reader_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    Readings(Memo(tmp_path, readonly=True)).read(LIST, "a.md")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / memo.FOLDER).write_text("a file")
    reading = Readings(Memo(tmp_path)).read(LIST, "a.md")
    assert reading == read(LIST, "a.md")


def test_two_processes_write_one_result_by_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []

    def refuse_to_rename(new: Path, _: Path) -> None:
        names.append(new.name)
        raise OSError(ENOSPC, "full")

    monkeypatch.setattr(Path, "replace", refuse_to_rename)
    for _ in range(2):
        Memo(tmp_path).put("key", 1)
    assert len(set(names)) == 2
    assert list((tmp_path / memo.FOLDER).iterdir()) == []
