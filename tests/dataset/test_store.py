"""Publication is all or nothing, and a collapsed dataset never replaces a good one."""

from __future__ import annotations

import calendar
import errno
import itertools
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.dataset import store
from harvest.dataset.publication import Publication
from harvest.errors import PublicationError, UsageError
from harvest.models import (
    Author,
    Dataset,
    Day,
    Manifestation,
    Provenance,
    WorkRepository,
)
from harvest.writers import json
from harvest.writers.json import JsonWriter
from tests.support.files import is_root
from tests.support.works import make_dataset, make_publication, make_repository, make_work


def test_a_published_folder_reads_back(tmp_path: Path) -> None:
    new = make_dataset(2, 1)
    folder = tmp_path / "a" / "output"
    store.publish(JsonWriter().write(Publication(dataset=new)), folder)
    assert store.load(folder) == new
    assert sorted(path.name for path in folder.iterdir()) == ["dataset.json", "dataset.schema.json"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["output"]


@pytest.mark.posix
def test_publishing_keeps_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    (folder / "charts").mkdir(parents=True)
    (folder / "charts" / "a.txt").write_text("mine")
    (folder / "NOTES.md").write_text("mine")
    (folder / "link").symlink_to("NOTES.md")
    for size in (1, 2):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(size))), folder)
    assert (folder / "charts" / "a.txt").read_text() == "mine"
    assert (folder / "link").is_symlink()
    assert (folder / "NOTES.md").read_text() == "mine"
    loaded = store.load(folder)
    assert loaded is not None
    assert len(loaded.works) == 2


@pytest.mark.parametrize("atomic", [True, False])
def test_a_failed_write_keeps_the_last_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, atomic: bool
) -> None:
    folder = tmp_path / "output"
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(3))), folder)
    before = (folder / "dataset.json").read_bytes()
    if not atomic:
        monkeypatch.setattr(store, "_exchange", lambda *_: False)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_to_disk", full)
    with pytest.raises(PublicationError, match="No space left"):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(4))), folder)
    assert (folder / "dataset.json").read_bytes() == before
    assert list(tmp_path.iterdir()) == [folder]


def failing(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full at that of all calls to the file system."""
    made = itertools.count(1)

    def wrapped(function: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object, **options: object) -> object:
            if next(made) == call:
                raise OSError(28, "No space left on device")
            return function(*arguments, **options)

        return called

    for place, name in (
        (Path, "open"),
        (Path, "mkdir"),
        (Path, "rename"),
        (os, "fsync"),
        (shutil, "copy2"),
    ):
        monkeypatch.setattr(place, name, wrapped(getattr(place, name)))


@pytest.mark.parametrize("atomic", [True, False])
def test_a_full_disk_leaves_a_whole_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, atomic: bool
) -> None:
    folder = tmp_path / "output"
    store.publish(
        {**JsonWriter().write(Publication(dataset=make_dataset(3))), "run.json": b"3"}, folder
    )
    (folder / "mine.txt").write_text("mine")
    refused = 0
    for call in itertools.count(1):
        with monkeypatch.context() as patch:
            if not atomic:
                patch.setattr(store, "_exchange", lambda *_: False)
            failing(call, patch)
            try:
                store.publish(
                    {**JsonWriter().write(Publication(dataset=make_dataset(4))), "run.json": b"4"},
                    folder,
                )
            except PublicationError:
                refused += 1
            else:
                break
        loaded = store.load(folder)
        assert loaded is not None
        assert (folder / "run.json").read_text() == str(
            len(loaded.works)
        )  # the one or the other, no mixture
        assert (folder / "mine.txt").read_text() == "mine"
    assert refused >= 9
    assert (folder / "run.json").read_text() == "4"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_without_rights_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root sees it too, for whom no folder is without rights."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(PublicationError, match="Permission denied; name a folder with --output"):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), tmp_path / "output")
    with pytest.raises(PublicationError, match="--output"), store.lock(tmp_path / "output"):
        pass


@pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="no /proc tells which file a descriptor is of"
)
def test_files_and_folders_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose folder was not written is lost when the power fails."""
    folder, done = tmp_path / "output", []
    real, rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append(f"{path.name} becomes {target.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", renamed)
    files = JsonWriter().write(Publication(dataset=make_dataset(1)))
    store.publish(files, folder)
    assert done == [*files, ".output.new", ".output.new becomes output", tmp_path.name]


@pytest.mark.parametrize("atomic", [True, False])
def test_an_unconfirmed_swap_is_published(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    atomic: bool,
) -> None:
    folder = tmp_path / "output"
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), folder)
    sync = store._sync

    def fail(path: Path) -> None:
        if path == tmp_path:
            raise OSError(errno.EIO, "Input/output error")
        sync(path)

    monkeypatch.setattr(store, "_sync", fail)
    if not atomic:
        monkeypatch.setattr(store, "_exchange", lambda *_: False)
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(2))), folder)
    assert len(store.read(folder).works) == 2
    assert list(tmp_path.iterdir()) == [folder]
    assert "Input/output error; the new output stands" in caplog.text


def test_windows_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder can be opened there: https://docs.python.org/3/library/os.html#os.open"""
    real = os.open

    def refuse_folders(path: Path, flags: int, *options: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *options)

    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(os, "open", refuse_folders)
    monkeypatch.setattr(shutil, "_use_fd_functions", False)
    for size in (1, 2):
        store.publish(
            JsonWriter().write(Publication(dataset=make_dataset(size))), tmp_path / "output"
        )
        assert len(store.read(tmp_path / "output").works) == size
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def test_without_an_atomic_swap_two_renames_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_exchange", lambda *_: False)
    folder = tmp_path / "output"
    for size in (1, 2):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(size))), folder)
    loaded = store.load(folder)
    assert loaded is not None
    assert len(loaded.works) == 2
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failed_second_rename_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "output"
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), folder)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == ".output.new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(store, "_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PublicationError):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(2))), folder)
    assert len(store.read(folder).works) == 1


def test_a_kill_between_renames_is_mended(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(3))), folder)
    folder.rename(store._old(folder))
    loaded = store.load(folder)
    assert loaded is not None
    assert len(loaded.works) == 3


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    for remains in (tmp_path / ".output.new", tmp_path / ".output.old"):
        remains.mkdir()
        (remains / "dataset.json").write_text("half a data")
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), folder)
    assert list(tmp_path.iterdir()) == [folder]
    assert sorted(path.name for path in folder.iterdir()) == ["dataset.json", "dataset.schema.json"]


def test_a_broken_schema_is_not_published(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    broken = json.encode(make_dataset(1)).replace(b'"resolved"', b'"guessed"')
    with pytest.raises(PublicationError, match="schema"):
        store.publish({"dataset.json": broken}, folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    "broken",
    [
        Dataset([make_work(1, date="2023-02-30")], []),
        Dataset([make_work(1, date="2023-02-29")], []),
        Dataset([make_work(1, date="2023-13")], []),
        Dataset([make_work(1, date="2023-1-9")], []),
        Dataset([make_work(1, date="2023-01-19\n")], []),
        Dataset([make_work(1, date="\u0662\u0660\u0662\u0663")], []),
        Dataset([make_work(1, year=0)], []),
        Dataset([make_work(1, cited_by=-1)], []),
        Dataset([make_work(1, stale_since="2026-11")], []),
        Dataset([make_work(1, id="10.1000/1")], []),
        Dataset([make_work(1, aliases=["arxiv:"])], []),
        Dataset([make_work(1, authors=[Author("A", orcid="0000")])], []),
        Dataset([make_work(1, provenance={"title": Provenance("crossref", "nothing")})], []),
        Dataset(
            [
                make_work(
                    1,
                    manifestations=[
                        Manifestation("doi:10.1/a", "other", None, "javascript:alert(1)")
                    ],
                )
            ],
            [],
        ),
        Dataset([], [make_repository("o/n", stars=-1)]),
        Dataset([], [make_repository("o/n", pushed_at="2023-01-19 12:00")]),
        Dataset([], [make_repository("o/n", created_at="2023-01-19T25:00:00Z")]),
        Dataset([], [make_repository("o/n", repository_id=0)]),
        Dataset([], [make_repository("o/n", fork_of="o/n")]),
    ],
)
def test_a_value_that_cannot_be_is_not_published(tmp_path: Path, broken: Dataset) -> None:
    """And a consumer's validator says the same as ours."""
    with pytest.raises(PublicationError, match="schema"):
        store.publish(JsonWriter().write(Publication(dataset=broken)), tmp_path / "output")
    assert list(tmp_path.iterdir()) == []
    validator = jsonschema.Draft202012Validator(msgspec.json.decode(json.schema()))
    assert not validator.is_valid(msgspec.json.decode(json.encode(broken)))


@pytest.mark.parametrize(
    "day", ["2023", "2023-12", "2023-12-31", "2024-02-29", "2000-02-29", "1999-04-30"]
)
def test_days_that_can_be_are_published(tmp_path: Path, day: str) -> None:
    store.publish(JsonWriter().write(make_publication(make_work(1, date=day))), tmp_path / "output")
    dataset = store.load(tmp_path / "output")
    assert dataset
    assert [one.date for one in dataset.works] == [day]


@given(st.dates())
def test_days_are_those_of_the_calendar(day: date) -> None:
    assert msgspec.convert(day.isoformat(), Day) == day.isoformat()
    wrong = f"{day.year:04}-{day.month:02}-{calendar.monthrange(day.year, day.month)[1] + 1:02}"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Day)


@pytest.mark.posix
@pytest.mark.skipif(is_root(), reason="root may write anywhere")
def test_an_unwritable_place_says_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PublicationError, match="--output"):
        store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), tmp_path / "output")


def test_a_file_in_the_way_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PublicationError, match="--output"):
        store.publish(
            JsonWriter().write(Publication(dataset=make_dataset(1))), tmp_path / "file" / "output"
        )


def test_a_folder_with_more_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    for folder in (tmp_path, tmp_path / "work", tmp_path / "clone"):
        with pytest.raises(UsageError, match="of its own"), store.lock(folder):
            pass


def test_a_file_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "list.md").write_text("# L")
    with pytest.raises(UsageError, match="is a file"), store.lock(tmp_path / "list.md"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["list.md"]


@pytest.mark.posix
def test_the_mode_of_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir(mode=0o750)
    (tmp_path / "output").chmod(0o750)
    store.publish(JsonWriter().write(Publication(dataset=make_dataset(1))), tmp_path / "output")
    assert (tmp_path / "output").stat().st_mode & 0o777 == 0o750


def test_a_broken_dataset_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text('{"works": [')
    with pytest.raises(UsageError, match="move it away"):
        store.load(tmp_path)
    assert store.load(tmp_path / "none") is None
    (tmp_path / "dataset.json").write_text('{"schema_version": "2",\n"works": []}')
    with pytest.raises(UsageError, match="a newer harvest wrote it: update this one"):
        store.load(tmp_path)


def test_a_missing_dataset_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "dataset.json", tmp_path / "none"):
        with pytest.raises(UsageError, match="does not exist"):
            store.read(path)


def test_an_unreadable_output_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refuse)
    with pytest.raises(UsageError, match="cannot be read: Permission denied"):
        store.load(tmp_path / "output")


@pytest.mark.parametrize(
    "new",
    [
        Dataset([make_work(1), make_work(1)], []),
        Dataset([make_work(1, repositories=[WorkRepository("github:o/n", "code")])], []),
        Dataset([], [make_repository("o/n", works=["doi:10.1000/none"])]),
        Dataset([], [make_repository("o/n"), make_repository("o/n")]),
    ],
)
def test_contradictions_are_refused(new: Dataset) -> None:
    with pytest.raises(PublicationError, match="bug"):
        store.check(new, None, 0.95)


def test_files_are_compared_to_their_last_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PIECE", 3)
    path = tmp_path / "file"
    path.write_bytes(b"abcdefg")
    assert store.is_same(path, b"abcdefg")
    assert not store.is_same(path, b"abcdefx")
    assert not store.is_same(path, b"abxdefg")
    assert not store.is_same(path, b"abcdefgh")
    assert not store.is_same(tmp_path / "none", b"")
