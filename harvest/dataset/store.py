"""The published dataset: load the last one, hold the new one against it, and put it in its place as a whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from harvest.errors import LockedError, PublicationError, UsageError
from harvest.identifiers import identify
from harvest.models import Dataset, Repository, Work
from harvest.text import fold_title

FILE = "dataset.json"


@contextmanager
def lock(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep other runs from the same folder. Raises LockedError when one is there already, unless it is waited for.

    Raises UsageError for a folder of which a run would take more along than an output, before anybody is asked.
    """
    from filelock import FileLock, Timeout

    folder = folder.resolve()
    held = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=-1 if wait else 0)
    try:
        _refuse(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
    except Timeout as error:
        raise LockedError(f"{folder}: another run works on it; --wait waits for its end") from error
    except OSError as error:
        raise PublicationError(
            f"{folder.parent}: {error.strerror}; name a folder with --output"
        ) from error
    try:
        yield
    finally:
        held.release()


def load(folder: Path) -> Dataset | None:
    """Read the dataset that a folder holds; None where there is none. Raises UsageError for a file that is broken."""
    try:
        recover(folder)
        there = (folder / FILE).exists()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from error
    return read(folder) if there else None


def read(path: Path) -> Dataset:
    """Read a dataset.json, or that of a folder. Raises UsageError for a file that is broken or not there."""
    path = path / FILE if path.is_dir() else path
    try:
        return msgspec.json.decode(path.read_bytes(), type=Dataset)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: does not exist: check the path") from error
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{path}: not a dataset of this version ({error}); move it away to start afresh"
        ) from error


def find(dataset: Dataset, text: str) -> Work | Repository:
    """Give the record that an id, identifier, web address, `owner/name` or title names.

    Raises UsageError when there is none, or when a title is that of several works.
    """
    wanted = {text.lower(), f"github:{text.lower()}", str(identify(text).identifier).lower()}
    for work in dataset.works:
        names = {
            work.id,
            *work.aliases,
            *(f"{s}:{v}" for s, values in work.identifiers.items() for v in values),
        }
        if wanted & {name.lower() for name in names}:
            return work
    for repository in dataset.repositories:
        if wanted & {name.lower() for name in (repository.id, *repository.aliases)}:
            return repository
    title = fold_title(text)
    titled = [work for work in dataset.works if title in map(fold_title, _titles(work))]
    if len(titled) > 1:
        raise UsageError(
            f"{text}: a title of {', '.join(work.id for work in titled)}; name one of them"
        )
    if titled:
        return titled[0]
    raise UsageError(f"{text}: not in the dataset; `harvest export csv` lists what is")


def check(new: Dataset, last: Dataset | None, floor: float) -> None:
    """Refuse a dataset that is far smaller than the last one, or that contradicts itself.

    `floor` is the least part of the last number of works, resolved works and repositories; that one of several is gone
    is no collapse of a short list. Raises PublicationError.
    """
    _check_references(new)
    if last is None:
        return
    for what, before, now in (
        ("works", len(last.works), len(new.works)),
        ("resolved works", _resolved(last), _resolved(new)),
        ("repositories", len(last.repositories), len(new.repositories)),
    ):
        if now < floor * before and (now == 0 or before - now > 1):
            raise PublicationError(
                f"{now} {what} would replace {before}, less than {floor:.0%}: nothing is published. If that is meant "
                "(another list, a long cut), set HARVEST_FLOOR=0 for one run or name another folder with --output."
            )


def publish(files: Mapping[str, bytes], folder: Path) -> None:
    """Replace the folder's files by these as a whole: a reader sees the last dataset or the new one, never a mixture.

    The new folder is built beside the old one, checked, synced and swapped in. Files of the folder that are not ours
    are carried over. Call it under `lock`. Raises PublicationError when the folder cannot be written, with the old one
    untouched.
    """
    folder = folder.resolve()
    new = folder.with_name(
        f".{folder.name}.new"
    )  # always the same, so that the remains of a killed run are found
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        recover(folder)
        for remains in (new, _old(folder)):
            shutil.rmtree(remains, ignore_errors=True)
        new.mkdir()
    except OSError as error:
        raise PublicationError(
            f"{folder.parent}: {error.strerror}; name a folder with --output"
        ) from error
    try:
        for name, content in files.items():
            _write(new / name, content)
        _check_schema(new / FILE)
        _carry_over(folder, new, set(files))
        if folder.is_dir():
            shutil.copystat(folder, new)
        _sync(new)
        _swap(new, folder)
    except OSError as error:
        raise PublicationError(
            f"{folder}: {error.strerror or error}; the last output stands"
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put the old folder back if a run was killed between the two renames of a system without an atomic swap."""
    folder = folder.resolve()
    old = _old(folder)
    if old.is_dir() and not folder.exists():
        old.rename(folder)


def _refuse(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file, which would be lost; name a folder with --output")
    if Path.cwd().is_relative_to(folder) or (folder / ".git").exists():
        raise UsageError(
            f"{folder}: is replaced as a whole by each run; name a folder of its own with --output"
        )


def _titles(work: Work) -> list[str]:
    return [title for title in (work.title, *(place.title for place in work.mentions)) if title]


def _check_references(dataset: Dataset) -> None:
    works = {work.id for work in dataset.works}
    repositories = {repository.id for repository in dataset.repositories}
    if len(works) != len(dataset.works) or len(repositories) != len(dataset.repositories):
        raise PublicationError("two records have the same id: a bug of harvest, please report it")
    named = {work for repository in dataset.repositories for work in repository.works} - works
    named |= {
        repository.id for work in dataset.works for repository in work.repositories
    } - repositories
    if named:
        raise PublicationError(
            f"{min(named)} is named but not there: a bug of harvest, please report it"
        )


def _resolved(dataset: Dataset) -> int:
    return sum(work.status == "resolved" for work in dataset.works)


def _check_schema(path: Path) -> None:
    """Read the file back as a consumer would: the models that decode it are those that generate the schema."""
    try:
        msgspec.json.decode(path.read_bytes(), type=Dataset)
    except msgspec.DecodeError as error:
        raise PublicationError(
            f"the new dataset breaks its schema ({error}): a bug of harvest, please report it"
        ) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _carry_over(old: Path, new: Path, ours: set[str]) -> None:
    for path in old.iterdir() if old.is_dir() else ():
        if path.name in ours:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
    elif not _exchange(new, folder):
        old = _old(folder)
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old)
    _sync(folder.parent)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step where the system can (Linux); tell whether it could. See renameat2(2)."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    at_cwd, exchange = -100, 2
    done: int = rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange)
    return done == 0
