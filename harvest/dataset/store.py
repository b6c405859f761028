"""The published dataset: lock its folder, load the last one, and replace it as a whole."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec

from harvest import needs
from harvest.dataset import lake
from harvest.errors import PublicationError, UsageError
from harvest.garbage import without_gc
from harvest.identifiers import identify
from harvest.models import (
    SCHEMA_VERSION,
    AnyDataset,
    Dataset,
    Identifier,
    LastDataset,
    Repository,
    Work,
)
from harvest.new_files import Content, write_to_disk
from harvest.text import fold_title

FILE = "dataset.json"
RECORD = b'{"id":'  # how the line of a record begins there
_PIECE = 1 << 20  # bytes
MOST_NAMES = 3  # of lost records that are told

T = TypeVar("T")
log = logging.getLogger(__name__)


class Pieces(msgspec.Struct):
    """A dataset.json whose records are text still, each a piece of it."""

    works: list[msgspec.Raw]
    repositories: list[msgspec.Raw]
    schema_version: Literal["1"] = SCHEMA_VERSION


class _Frame(msgspec.Struct):
    """A dataset.json with a number in place of each record."""

    works: list[int]
    repositories: list[int]
    schema_version: Literal["1"] = SCHEMA_VERSION


@contextmanager
def lock(folder: Path, *, wait: bool = False, option: str = "--output") -> Iterator[None]:
    """Keep other runs from the same output folder.

    Raises LockedError if another run holds the lock, unless `wait` is set, and UsageError for a
    folder that holds more than an output.
    """
    folder = folder.resolve()
    # Those of pathlib raise for a name that is too long.
    if os.path.exists(folder) and not os.path.isdir(folder):  # noqa: PTH110, PTH112 - see above
        raise UsageError(f"{folder}: is a file, which would be lost; name a folder with {option}")
    if Path.cwd().is_relative_to(folder) or os.path.exists(folder / ".git"):  # noqa: PTH110 - see above
        advice = f"name a folder of its own with {option}"
        raise UsageError(f"{folder}: is replaced as a whole by each run; {advice}")
    path, busy = folder.with_name(f".{folder.name}.lock"), f"{folder}: another run works on it"
    with needs.lock(
        path, f"{busy}; --wait waits for its end", f"name a folder with {option}", wait=wait
    ):
        yield


def load(folder: Path) -> Dataset | None:
    """Read the dataset of an output folder, if any. Raises UsageError for a broken one."""
    return read(folder) if restore(folder) or lake.is_lake(folder) else None


def load_last(folder: Path) -> LastDataset | None:
    """Read what the next run goes on from, if anything. Raises UsageError as `load` does."""
    return decode(folder, LastDataset) if restore(folder) else None


def works_of(path: Path, places: Collection[int]) -> list[Work]:
    """Read the works at some places of a dataset.json, or that of a folder.

    Raises UsageError if it is missing or broken.
    """
    if not places:
        return []
    pieces, decoder = decode(path, Pieces), msgspec.json.Decoder(Work)
    with _readable(path):
        return [decoder.decode(pieces.works[place]) for place in places]


def restore(folder: Path) -> bool:
    """Put an output folder back after a kill; return True if it has a dataset.

    Raises UsageError for one that cannot be read.
    """
    try:
        recover(folder)
        return (folder / FILE).exists()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from error


def is_same(path: Path, content: bytes) -> bool:
    """Return True if a file has this content. It is read in pieces, which take no memory."""
    if not path.is_file() or path.stat().st_size != len(content):
        return False
    with path.open("rb") as file:
        starts = range(0, len(content), _PIECE)
        return all(file.read(_PIECE) == content[start : start + _PIECE] for start in starts)


def read(path: Path) -> Dataset:
    """Read a dataset.json, or that of a folder. Raises UsageError if it is missing or broken."""
    return decode(path, Dataset)


def decode(path: Path, kind: type[T]) -> T:
    """Decode a dataset.json, or that of a folder, as a kind of record.

    Raises UsageError if it is missing or broken.
    """
    if lake.is_lake(path):
        return msgspec.json.decode(lake.files(path)[FILE], type=kind)
    path = path / FILE if path.is_dir() else path
    with _readable(path), without_gc():
        return msgspec.json.decode(path.read_bytes(), type=kind)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what a missing or broken file raises into UsageError."""
    try:
        yield
    except FileNotFoundError as error:
        raise UsageError(f"{path}: does not exist: check the path") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        if _is_newer(path):
            raise UsageError(f"{path}: a newer harvest wrote it: update this one") from error
        raise UsageError(
            f"{path}: not a dataset ({error}); put the last one back, or move it away to start"
            " afresh"
        ) from error


def _is_newer(path: Path) -> bool:
    """Return True if a dataset is of another version of the schema."""
    with path.open("rb") as file:
        match = re.match(rb'\s*\{\s*"schema_version":\s*"([^"]*)"', file.read(100))
    return match is not None and match[1] != SCHEMA_VERSION.encode()


def find(dataset: Dataset, text: str) -> Work | Repository:
    """Return the record that an id, identifier, web address, `owner/name` or title names.

    Raises UsageError if there is none, or if several works have the title.
    """
    names = names_of(text)
    records: list[Work | Repository] = [*dataset.works, *dataset.repositories]
    for record in records:
        if is_named(record, names):
            return record
    works = []
    for work in dataset.works:
        titles = [work.title, *(place.title for place in work.mentions)]
        if fold_title(text) in map(fold_title, filter(None, titles)):
            works.append(work)
    if not works:
        search = "`harvest show --where 'title ~ word'` searches the titles"
        raise UsageError(f"{text}: not in the dataset; {search}")
    if len(works) > 1:
        ids = ", ".join(work.id for work in works)
        raise UsageError(f"{text}: a title of {ids}; name one of them")
    return works[0]


def names_of(text: str) -> set[str]:
    """Return what an id, identifier, web address or `owner/name` may name, in lower case."""
    return {text.lower(), f"github:{text.lower()}", str(identify(text).identifier).lower()}


def is_named(record: Work | Repository, names: set[str]) -> bool:
    """Return True if a record has one of these names."""
    return not names.isdisjoint(own_names(record))


def own_names(record: Work | Repository) -> list[str]:
    """Return all names of a record, in lower case."""
    names = [record.id, *record.aliases]
    if isinstance(record, Work):
        names += [*record.curies, record.key or "", *record.former_keys]
    return list(map(str.lower, names))


def check(
    new: Dataset, last: AnyDataset | None, min_ratio: float, exclude: Iterable[Identifier] = ()
) -> None:
    """Raise PublicationError for a dataset that contradicts itself or has lost much of the last.

    `min_ratio` is as in `check_floor`, `exclude` as in `losses`.
    """
    check_references(new)
    check_floor(losses(new, last, exclude), min_ratio)


class Loss(NamedTuple):
    """The number of records of a kind before, and of those that are lost, with their names."""

    before: int
    lost: int
    names: list[str]  # the first few


def losses(
    new: Dataset, last: AnyDataset | None, exclude: Iterable[Identifier] = ()
) -> dict[str, Loss]:
    """Return what is lost of the last dataset, by kind; works that are joined are not.

    What a maintainer left out, by an identifier of `exclude`, is no loss.
    """
    result = {}
    current, exclusions = _names(new), set(map(str, exclude))
    for kind, everything in _names(last).items() if last else ():
        before = {it: names for it, names in everything.items() if exclusions.isdisjoint(names)}
        present = set().union(*current[kind].values())
        lost = [record for record, names in before.items() if names.isdisjoint(present)]
        result[kind] = Loss(len(before), len(lost), lost[:MOST_NAMES])
    return result


def check_floor(losses: Mapping[str, Loss], min_ratio: float) -> None:
    """Raise PublicationError where too much is lost.

    `min_ratio` is the smallest share of the last works, resolved works and repositories that must
    still be there by one of their names. The loss of one is always allowed, unless it was the only
    one.
    """
    for kind, (before, lost, names) in losses.items():
        rest = before - lost
        if rest < min_ratio * before and (rest == 0 or lost > 1):
            first = ", ".join(names if lost <= MOST_NAMES else [*names[:MOST_NAMES], "..."])
            raise PublicationError(
                f"{lost} of {before} {kind} would be lost ({first}), and less than"
                f" {min_ratio:.0%} are left: nothing is published. If that is meant (another list,"
                " a long cut), set HARVEST_FLOOR=0 for one run or name another folder with"
                " --output."
            )


def _names(dataset: AnyDataset) -> dict[str, dict[str, set[str]]]:
    """Return the names of the records by kind and id; GitHub ignores case in names."""
    works, resolved = {}, {}
    for work in dataset.works:
        works[work.id] = {work.id, *work.aliases, *work.curies}
        if work.status == "resolved":
            resolved[work.id] = works[work.id]
    repositories = {}
    for repository in dataset.repositories:
        names = {name.lower() for name in (repository.id, *repository.aliases)}
        if repository.repository_id is not None:
            names.add(f"github-id:{repository.repository_id}")
        repositories[repository.id] = names
    return {
        "works": works,
        "resolved works": resolved,
        "repositories": repositories,
    }


def check_references(dataset: Dataset) -> None:
    """Raise PublicationError for two records of one id, or a name of none."""
    works = [work.id for work in dataset.works]
    ids = [*works, *(repository.id for repository in dataset.repositories)]
    if len(set(ids)) < len(ids):
        raise PublicationError("two records have the same id: a bug of harvest, please report it")
    references: set[str] = set()
    for work in dataset.works:
        references.update(repository.id for repository in work.repositories)
    for repository in dataset.repositories:
        references.update(repository.works)
    absent = references.difference(ids)
    if absent:
        raise PublicationError(
            f"{min(absent)} is named but not there: a bug of harvest, please report it"
        )


def publish(
    files: Mapping[str, Content] | Iterable[tuple[str, Content]],
    folder: Path,
    obsolete: Collection[str] = frozenset(),
) -> None:
    """Replace the files of an output folder as a whole, so that readers never see a mixture.

    The new folder is built beside the old one, checked, synced and swapped in. `files` are names
    and contents; each is written before the next is made. Other files of the folder stay, but for
    the `obsolete`. Call it under `lock`. Raises PublicationError, with the old folder untouched.
    """
    folder, new = folder.resolve(), new_folder(folder)
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
        contents = files.items() if isinstance(files, Mapping) else files
        _build(new, contents, folder, obsolete)
        swap(new, folder)
        confirm(folder)
    except OSError as error:
        raise PublicationError(
            f"{folder}: {error.strerror or error}; the last output stands"
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def new_folder(folder: Path) -> Path:
    """Return where the next output is built: under one name, so that a killed run's is removed."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.new")


def recover(folder: Path) -> None:
    """Put the old folder back if a run was killed between the two renames of `swap`."""
    folder = folder.resolve()
    old = _old(folder)
    if old.is_dir() and not folder.exists():
        old.rename(folder)


def _build(
    new: Path, files: Iterable[tuple[str, Content]], folder: Path, obsolete: Collection[str]
) -> None:
    """Write the files into a new folder, with what else the old one holds, and sync it."""
    names = set()
    for name, content in files:
        write_to_disk(new / name, content)
        names.add(name)
        if name == FILE:
            _validate(new / name)
    if folder.is_dir():
        gone = names.union(obsolete)
        for path in [path for path in folder.iterdir() if path.name not in gone]:
            _keep(path, new / path.name)
        shutil.copystat(folder, new)
    _sync(new)


def _validate(path: Path) -> None:
    """Read a dataset as a consumer would, line by line, which takes no memory.

    The schema is generated from the same models.
    """
    work, repository = msgspec.json.Decoder(Work), msgspec.json.Decoder(Repository)
    sections = {b'"works": [\n': work.decode, b'"repositories": [\n': repository.decode}
    decode: Callable[[bytes], object] = msgspec.json.decode
    frame = []
    try:
        with path.open("rb") as file:
            for line in file:
                decode = sections.get(line, decode)
                if line.startswith(RECORD):
                    decode(line.rstrip(b",\n"))
                    frame.append(b"0," if line.endswith(b",\n") else b"0")
                else:
                    frame.append(line)
        msgspec.json.decode(b"".join(frame), type=_Frame)
    except msgspec.DecodeError as error:
        raise PublicationError(
            f"the new dataset breaks its schema ({error}): a bug of harvest, please report it"
        ) from error


def _keep(path: Path, target: Path) -> None:
    """Link a file of the old folder into the new one; copy what cannot be linked."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, target, symlinks=True)
        return
    if not path.is_symlink():
        with suppress(OSError):  # not every file system has hard links
            os.link(path, target)
            return
    shutil.copy2(path, target, follow_symlinks=False)


def _sync(folder: Path) -> None:
    """Write a folder's names to the disk, where the system can open a folder (Windows cannot)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def swap(new: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one, which is moved aside or left at `new`."""
    if not folder.exists():
        new.rename(folder)
    elif not _exchange(new, folder):
        old = _old(folder)
        folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise


def confirm(folder: Path) -> None:
    """Write the swap to the disk and remove the old folder; the new output stands either way."""
    try:
        _sync(folder.parent)
    except OSError as error:
        log.warning(
            "%s: %s; the new output stands, but a power cut may undo it", folder, error.strerror
        )
    shutil.rmtree(_old(folder), ignore_errors=True)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; return False where the system cannot. See renameat2(2)."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    at_cwd, exchange = -100, 2
    status: int = rename(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange)
    return status == 0
