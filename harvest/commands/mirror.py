"""`harvest mirror`: keep public dumps, and say what a mirror holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from typer import Argument, Option

from harvest.commands.exits import Exit, interruptible
from harvest.commands.options import FORMAT, Config, Jobs, Mirror, Quiet, ReportFormat, new_app
from harvest.commands.progress import show_progress
from harvest.commands.settings import load_settings
from harvest.commands.streams import echo, note, write
from harvest.config import Settings
from harvest.dataset import encoding
from harvest.errors import UsageError
from harvest.mirror import keeping, manifest
from harvest.mirror.keeping import Addition

SourceName = Annotated[str, Argument(metavar="SOURCE", help="crossref, arxiv, github or datacite")]

app = new_app(no_args_is_help=True, help="Keep public dumps, which answer where no API is asked.")


@app.command(epilog="Example: harvest mirror add crossref crossref-2026/ --mirror dumps/")
def add(
    source: SourceName,
    paths: Annotated[list[Path], Argument(metavar="PATH...", help="A dump: files or folders")],
    date: Annotated[
        datetime | None,
        Option(metavar="DAY", formats=["%Y-%m-%d"], help="Day of the dump [default: its newest]"),
    ] = None,
    jobs: Annotated[int | None, Jobs(help="Files read at a time.")] = None,
    mirror: Mirror = None,
    config: Config = None,
    quiet: Quiet = False,
) -> None:
    """Read the new and changed files of a dump. Exits with 3 if some are damaged."""
    target, now = _folder(config, mirror), datetime.now(UTC)
    day = date.date().isoformat() if date else None
    remains = "the mirror is as before; the same line again goes on where this one stopped"
    with interruptible(remains), show_progress(quiet=quiet) as progress:
        addition = keeping.add(target, source, paths, now, day=day, jobs=jobs, progress=progress)
    for line in report(addition, target, source):
        if not quiet or addition.refused:
            note(line)
    if addition.refused:
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest mirror status")
def status(
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
    mirror: Mirror = None,
    config: Config = None,
) -> None:
    """Print which dumps a mirror holds, of which day and size."""
    target = _folder(config, mirror)
    content = holdings(target)
    if output_format is ReportFormat.JSON:
        write(encoding.indented(content))
        return
    for line in lines(content):
        echo(line)
    if not content:
        echo(f"{target} holds nothing: `harvest mirror add` reads a dump.")


@app.command(epilog="Example: harvest mirror drop arxiv")
def drop(source: SourceName, mirror: Mirror = None, config: Config = None) -> None:
    """Remove the dumps of a source from a mirror."""
    records = keeping.drop(_folder(config, mirror), source)
    note(f"{source}: {records} records removed")


def _folder(config: Path | None, mirror: str | None) -> Path:
    return folder(load_settings(config, {"mirror": mirror}))


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
    for source, files in sorted(manifest.read(folder).items()):
        names = sorted({file.table for file in files})
        tables = [folder / source / name for name in names]
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
