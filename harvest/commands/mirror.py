"""What a mirror holds, and what became of the files of a dump, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harvest.config import Settings
from harvest.errors import UsageError
from harvest.mirror import manifest
from harvest.mirror.keeping import Addition


class Holding(msgspec.Struct, frozen=True):
    """What a mirror holds of one source. `days` are those of its dumps, `bytes` of the mirror."""

    source: str
    days: list[str]
    files: int
    records: int
    rejected: int
    bytes: int


def folder(settings: Settings) -> Path:
    """Return the folder of the mirror. Raises UsageError where no setting names one."""
    if settings.mirror is None:
        raise UsageError("no mirror is set: name its folder with --mirror DIR or HARVEST_MIRROR")
    return Path(settings.mirror)


def holdings(folder: Path) -> list[Holding]:
    """Return what a mirror holds, by source. Raises UsageError for one that cannot be read."""
    result = []
    for source, files in sorted(manifest.read(folder).sources.items()):
        tables = [folder / source / file.table for file in files]
        missing = [path for path in tables if not path.is_file()]
        if missing:
            advice = f"`harvest mirror add {source}` with the same dump mends it"
            raise UsageError(f"{missing[0]}: is not there; {advice}")
        holding = Holding(
            source=source,
            days=sorted({file.day for file in files}),
            files=len(files),
            records=sum(file.records for file in files),
            rejected=sum(file.rejected for file in files),
            bytes=sum(path.stat().st_size for path in tables),
        )
        result.append(holding)
    return result


def lines(holdings: list[Holding]) -> Iterator[str]:
    """Yield a line for each source."""
    for it in holdings:
        files = f"{it.files} file{'s' * (it.files != 1)}"
        line = f"{it.source:<9} {', '.join(it.days)}  {it.records} records, {files}"
        rejected = f", {it.rejected} lines rejected" if it.rejected else ""
        yield f"{line}, {it.bytes / 1e6:.1f} MB{rejected}"


def report(added: Addition, folder: Path, source: str) -> Iterator[str]:
    """Yield what was added, what it replaces and what was rejected or refused."""
    records = sum(file.records for file in added.new)
    day = f", of {added.day}" if added.day else ""
    yield f"{source}: {records} records of {len(added.new)} new files{day}; {len(added.same)} same"
    for file in added.new:
        if file.name in added.before:
            yield f"{file.name}: {file.records} records replace {added.before[file.name]}"
        if file.rejected:
            path = folder / source / file.rejects
            yield f"{file.name}: {file.rejected} lines cannot be read, see {path}"
    for file in added.refused:
        yield f"{file.name}: refused: it {file.error}; get it again and add it"
