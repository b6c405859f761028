"""Add dumps to a mirror, and drop them: all that writes there, under a lock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

import msgspec

from harvest import needs, processes
from harvest.errors import PublicationError, UsageError
from harvest.mirror import dumps, ingest, manifest
from harvest.mirror.dumps import DumpPart
from harvest.mirror.manifest import DumpFile

Progress = Callable[[str, int, int], None]
Job = tuple[DumpPart, DumpFile | None]  # a part, and what the mirror has under its name
IMPORTED = ("harvest.mirror.ingest", "pyarrow.parquet", "pandas")  # pyarrow imports the last
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
    needs.packages("a mirror")
    manifest.read(folder)
    if day and day > now.date().isoformat():
        raise UsageError(f"{day} lies ahead: name the day on which the dump was made")
    parts = _parts(source, paths)
    size = sum(part.size * (SHARE if part.is_compressed else PLAIN_SHARE) for part in parts)
    needs.room(folder, size, "the mirror", "--mirror")
    with _lock(folder), _failures(folder):
        sources = manifest.read(folder)
        before = {file.name: file for file in sources.get(source, [])}
        jobs = min(jobs or os.cpu_count() or 1, len(parts))
        files = list[DumpFile]()
        for file in _ingest([(it, before.get(it.name)) for it in parts], source, folder, jobs):
            files.append(file)
            progress(source, len(files), len(parts))
        added = _dated(files, day, source)
        names = before | {file.name: file for file in added}
        # A file that has moved is there under its new name.
        by_digest = {file.digest: file for file in (*names.values(), *added)}
        by_name = sorted(by_digest.values(), key=lambda file: file.name)
        packed = ingest.pack(folder / source, by_name)
        manifest.write(folder, sources | {source: packed})
        _clean(folder / source, packed)
    digests = {file.digest for file in before.values()}
    return Addition(
        day=added[0].day if added else "",
        new=[file for file in added if file.digest not in digests],
        same=[file for file in added if file.digest in digests],
        refused=sorted((file for file in files if file.error), key=lambda file: file.name),
        before={name: file.records for name, file in before.items()},
    )


def _parts(source: str, paths: Iterable[Path]) -> list[DumpPart]:
    """Return the files of a dump of a source. Raises UsageError for anything else."""
    sources = ingest.dumped()
    if source not in sources:
        names = ", ".join(sorted(sources))
        raise UsageError(f"no dumps of {source!r} are read: choose from {names}")
    parts = dumps.parts(paths)
    dumps.check(parts, sources[source], sources.values())
    return parts


def _dated(files: Iterable[DumpFile], day: str | None, source: str) -> list[DumpFile]:
    """Return the files that were read, by name, with the day of their dump."""
    whole = sorted((file for file in files if not file.error), key=lambda file: file.name)
    day = day or max((file.newest for file in whole), default="")
    if whole and not day:
        raise UsageError(f"the {source} dump tells no date: name its day with --date")
    return [msgspec.structs.replace(file, day=day) for file in whole]


def _ingest(work: Sequence[Job], source: str, folder: Path, jobs: int) -> Iterator[DumpFile]:
    """Ingest parts in processes, the largest first, so that none is read alone at the end."""
    read = partial(ingest.ingest, source=source, folder=folder / source)
    (folder / source).mkdir(exist_ok=True)
    largest = sorted(work, key=lambda job: job[0].size, reverse=True)
    return processes.each(read, largest, jobs, IMPORTED)


def _clean(folder: Path, files: Iterable[DumpFile]) -> None:
    """Remove what was made of other files."""
    current = set(chain.from_iterable((file.table, file.rejects) for file in files))
    for path in folder.iterdir():
        if path.name not in current:
            path.unlink()


@contextmanager
def _failures(folder: Path) -> Iterator[None]:
    """Turn what a full disk or a killed process raises into one error."""
    try:
        yield
    except OSError as error:
        advice = "the mirror is as before; the same line again goes on where this one stopped"
        raise PublicationError(f"{folder}: {error.strerror or error}; {advice}") from error


def drop(folder: Path, source: str) -> int:
    """Remove the dumps of a source; return the number of their records.

    Raises UsageError if there are none.
    """
    with _lock(folder):
        sources = manifest.read(folder)
        if source not in sources:
            others = ", ".join(sorted(sources)) or "nothing"
            raise UsageError(f"{folder}: no mirror of {source!r}; it holds {others}")
        records = sum(file.records for file in sources.pop(source))
        manifest.write(folder, sources)
        shutil.rmtree(folder / source, ignore_errors=True)
    return records


def _lock(folder: Path) -> AbstractContextManager[None]:
    busy = f"{folder}: another run works on this mirror: wait for its end"
    return needs.lock(folder / ".lock", busy, "name a folder with --mirror")
