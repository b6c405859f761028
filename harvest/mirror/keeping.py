"""Add dumps to a mirror, and drop them: all that writes there, under a lock."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from harvest import locks
from harvest.errors import LockedError, PublicationError, UsageError
from harvest.mirror import dumps, manifest, tables
from harvest.mirror.dumps import DumpPart
from harvest.mirror.ingest import dumped, ingest
from harvest.mirror.manifest import DumpFile
from harvest.processes import end_with_parent

Progress = Callable[[str, int, int], None]
Job = tuple[DumpPart, DumpFile | None]  # a part, and what the mirror has under its name
SHARE = 0.6  # of a compressed dump is the most that its mirror was seen to need
PLAIN_SHARE = 0.2  # of one that is not compressed


class Addition(msgspec.Struct, frozen=True):
    """What became of the files of a dump of one day.

    `new` were read and `same` were there, `refused` are damaged. `before` has the former records of
    files that were replaced.
    """

    day: str
    new: list[DumpFile]
    same: list[DumpFile]
    refused: list[DumpFile]
    before: dict[str, int]


def add(
    folder: Path,
    source: str,
    paths: Iterable[Path],
    now: datetime,
    *,
    day: str | None = None,
    jobs: int | None = None,
    progress: Progress = lambda *_: None,
) -> Addition:
    """Read the new and changed files of a dump into a mirror.

    `day` is the day of the dump; without one it is that of its newest record. Raises UsageError for
    what is no dump of the source or of no day, or needs more disk than there is; PublicationError
    for a folder that cannot be written; LockedError.
    """
    manifest.require_packages()
    manifest.read(folder)
    own = dumped()
    if source not in own:
        raise UsageError(f"no dumps of {source!r} are read: choose from {', '.join(sorted(own))}")
    if day and day > now.date().isoformat():
        raise UsageError(f"{day} lies ahead: name the day on which the dump was made")
    parts = dumps.parts(paths)
    dumps.check(parts, own[source], own.values())
    _check_disk(folder, parts)
    with _lock(folder):
        all_files = manifest.read(folder).sources
        before = {file.name: file for file in all_files.get(source, [])}
        jobs = min(jobs or os.cpu_count() or 1, len(parts))
        work = [(part, before.get(part.name)) for part in parts]
        files = _ingest_all(work, source, folder / source, jobs, progress)
        added = _dated(files, day, source)
        names = before | {file.name: file for file in added}
        # A file that has moved is there under its new name.
        entries = {file.digest: file for file in (*names.values(), *added)}
        by_name = sorted(entries.values(), key=lambda file: file.name)
        with _failures(folder):
            packed = tables.pack(folder / source, by_name)
            manifest.write(folder, all_files | {source: packed})
    digests = {file.digest for file in before.values()}
    return Addition(
        day=added[0].day if added else "",
        new=[file for file in added if file.digest not in digests],
        same=[file for file in added if file.digest in digests],
        refused=[file for file in files if file.error],
        before={name: file.records for name, file in before.items()},
    )


def _dated(files: Iterable[DumpFile], day: str | None, source: str) -> list[DumpFile]:
    """Return the files that were read, with the day of their dump."""
    whole = [file for file in files if not file.error]
    day = day or max((file.newest for file in whole), default="")
    if whole and not day:
        raise UsageError(f"the {source} dump tells no date: name its day with --date")
    return [msgspec.structs.replace(file, day=day) for file in whole]


def _ingest_all(
    work: Sequence[Job], source: str, folder: Path, jobs: int, progress: Progress
) -> list[DumpFile]:
    """Ingest parts in processes of their own; return the results by name.

    Raises PublicationError if the disk is full or a process was killed.
    """
    read, files = partial(ingest, source=source, folder=folder), list[DumpFile]()
    with _failures(folder):
        folder.mkdir(exist_ok=True)
        for file in map(read, work) if jobs == 1 else _in_processes(read, work, jobs):
            files.append(file)
            progress(source, len(files), len(work))
    return sorted(files, key=lambda file: file.name)


@contextmanager
def _failures(folder: Path) -> Iterator[None]:
    """Turn what a full disk or a killed process raises into one error."""
    try:
        yield
    except (OSError, BrokenProcessPool) as error:
        why = getattr(error, "strerror", None) or "a process was killed"
        advice = "the mirror is as before; the same line again goes on where this one stopped"
        raise PublicationError(f"{folder}: {why}; {advice}") from error


def _in_processes(
    read: Callable[[Job], DumpFile], work: Sequence[Job], jobs: int
) -> Iterator[DumpFile]:
    context = multiprocessing.get_context("spawn")  # the same on every system
    with ProcessPoolExecutor(jobs, context, initializer=end_with_parent) as pool:
        try:
            # The largest first, so that none is read alone at the end.
            largest = sorted(work, key=lambda job: job[0].size, reverse=True)
            for done in as_completed([pool.submit(read, job) for job in largest]):
                yield done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _check_disk(folder: Path, parts: Iterable[DumpPart]) -> None:
    need = sum(part.size * (SHARE if _is_compressed(part) else PLAIN_SHARE) for part in parts)
    place = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if need > free:
        raise UsageError(
            f"{folder}: the mirror may need {need / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free:"
            " name a folder on another disk with --mirror"
        )


def _is_compressed(part: DumpPart) -> bool:
    return part.member is not None or part.name.endswith(".gz")


def drop(folder: Path, source: str) -> int:
    """Remove the dumps of a source; return the number of their records.

    Raises UsageError if there are none.
    """
    with _lock(folder):
        files = dict(manifest.read(folder).sources)
        if source not in files:
            others = ", ".join(sorted(files)) or "nothing"
            raise UsageError(f"{folder}: no mirror of {source!r}; it holds {others}")
        records = sum(file.records for file in files.pop(source))
        manifest.write(folder, files)
        shutil.rmtree(folder / source, ignore_errors=True)
    return records


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    from filelock import Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = locks.acquire(folder / ".lock", timeout=0)
    except Timeout as error:
        raise LockedError(
            f"{folder}: another run works on this mirror: wait for its end"
        ) from error
    except OSError as error:
        raise PublicationError(
            f"{folder}: {error.strerror}; name a folder with --mirror"
        ) from error
    try:
        yield
    finally:
        file.release()
