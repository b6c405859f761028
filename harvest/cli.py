"""The command line: parse, one call, an exit code."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer import Argument, Option
from typer.core import TyperArgument, TyperCommand, TyperOption

from harvest import __version__, processes
from harvest.errors import HarvestError, LockedError, PublicationError, UsageError
from harvest.text import printable

if TYPE_CHECKING:
    from harvest.config import Settings
    from harvest.dataset.run import Run


# New objects until the collector looks for cycles. A dataset has none and millions of objects.
COLLECT_AFTER = (100_000, 50, 50)


class Exit(IntEnum):
    """Exit codes. 130 is an interruption."""

    PUBLISHED = 0
    FINDINGS = 1
    INTERNAL_ERROR = 1  # Python's own code for an unexpected error
    USAGE = 2
    DEGRADED = 3
    NOT_PUBLISHED = 4
    LOCKED = 5
    INTERRUPTED = 130


ERRORS: dict[type[HarvestError], Exit] = {
    UsageError: Exit.USAGE,
    PublicationError: Exit.NOT_PUBLISHED,
    LockedError: Exit.LOCKED,
    HarvestError: Exit.INTERNAL_ERROR,
}
ExtractFormat = StrEnum("ExtractFormat", ["JSONL", "TABLE"])
LintFormat = StrEnum("LintFormat", ["TEXT", "GITHUB", "JSON", "SARIF"])
ReportFormat = StrEnum("ReportFormat", ["TEXT", "JSON"])
Scheduler = StrEnum("Scheduler", ["CRON", "SYSTEMD", "GITHUB"])


class DiscoveringCommand(TyperCommand):
    """A command whose help names {sources} or {formats}; they load only when it is shown."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from harvest import sources, writers

        names = {
            "sources": ", ".join(sorted(sources.discover())),
            "formats": ", ".join(sorted(writers.discover())),
        }
        for parameter in self.params:
            if isinstance(parameter, TyperArgument | TyperOption) and parameter.help:
                parameter.help = parameter.help.format(**names)
        super().format_help(ctx, formatter)


def _source(name: str) -> str:
    from harvest import sources

    names = sorted(sources.discover())
    if name not in names:
        raise UsageError(f"no source {name!r}: choose from {', '.join(names)}")
    return name


def _duration(text: str) -> timedelta:
    from harvest import config

    return config.duration(text)


Config = Annotated[
    Path | None, Option("--config", metavar="F", help="Settings file [default: harvest.toml]")
]
Cache = Annotated[str | None, Option(metavar="DIR", help="Cache folder [default: cache]")]
Output = Annotated[str | None, Option(metavar="DIR", help="Output folder [default: output]")]
Seeds = Annotated[
    list[str] | None,
    Argument(
        metavar="[LIST]...",
        help="A file, folder, glob, github:owner/repo[:path] or - [default: settings]",
    ),
]
LocalSeeds = Annotated[
    list[str] | None,
    Argument(metavar="[LIST]...", help="A file, folder, glob or - [default: settings]"),
]
Folder = Annotated[
    str | None, Option("--mirror", metavar="DIR", help="Folder of the mirror [default: settings]")
]
Where = Annotated[
    str | None,
    Option(metavar="EXPR", help="Only works that match: stars >= 100 and method = GAN"),
]
Without = Annotated[
    list[str] | None,
    Option(metavar="WORD", help="Leave out works that are retracted, provisional, ..."),
]
Age = partial(Option, metavar="DUR", parser=_duration)
FORMAT = Option("--format", help="Output format.")
app = typer.Typer(
    epilog="Example: harvest refresh my-list.md --output public/",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the program. Every expected error becomes one line on stderr and an exit code."""
    gc.set_threshold(*COLLECT_AFTER)
    processes.ARE_ALLOWED.set(True)
    try:
        app(prog_name="harvest")
    except HarvestError as error:
        _say(f"harvest: {error}")
        for note in getattr(error, "__notes__", ()):
            _say(note)
        codes = [code for kind, code in ERRORS.items() if isinstance(error, kind)]
        raise SystemExit(int(codes[0])) from None


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Turn curated lists of papers into one enriched dataset, and keep it up to date."""
    if version:
        typer.echo(f"harvest {__version__}")
        raise typer.Exit


@app.command(
    cls=DiscoveringCommand,
    epilog="Example: harvest refresh README.md github:owner/awesome-list --output public/",
)
def refresh(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: Seeds = None,
    config: Config = None,
    cache: Cache = None,
    output: Output = None,
    offline: Annotated[bool, Option("--offline", help="Use cached answers only.")] = False,
    only: Annotated[
        str | None,
        Option(metavar="SOURCE", parser=_source, help="Ask only this source: {sources}."),
    ] = None,
    max_age: Annotated[
        timedelta | None, Age(help="Ask again for answers older than this: 90m, 36h, 2d, 0.")
    ] = None,
    max_requests: Annotated[
        int | None, Option(min=0, metavar="N", help="Send at most N requests.")
    ] = None,
    max_minutes: Annotated[
        float | None, Option(min=0, metavar="N", help="Send requests for at most N minutes.")
    ] = None,
    patience: Annotated[
        timedelta | None, Age(help="Wait so long for a source that refuses at first: 20m.")
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Print the plan and stop.")] = False,
    wait: Annotated[bool, Option("--wait", help="Wait for another run to end.")] = False,
    quiet: Annotated[bool, Option("--quiet", help="Print problems only.")] = False,
    log_json: Annotated[bool, Option("--log-json", help="Print a log in JSON.")] = False,
) -> None:
    """Read the lists, ask the sources, and publish the dataset."""
    from harvest import pipeline
    from harvest.commands import logs, terminal
    from harvest.http.clients import Budget
    from harvest.lookup.session import Scope

    run_id = logs.start(as_json=log_json, quiet=quiet)
    max_wait = patience and patience.total_seconds()
    settings = _settings(config, seeds=seeds, cache=cache, output=output, patience=max_wait)
    scope = Scope(offline, only, max_age)
    if dry_run:
        terminal.show_plan(pipeline.plan(settings, scope))
        return
    seconds = None if max_minutes is None else 60 * max_minutes
    budget = Budget(max_requests, seconds, shared=only is None)
    with _interruptible(), terminal.progress(quiet=quiet or log_json) as progress:
        run = pipeline.refresh(
            settings, scope=scope, budget=budget, progress=progress, wait=wait, run_id=run_id
        )
    if log_json:
        logs.write(run)
    else:
        _show(run, settings, quiet=quiet)
    if run.degraded:
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest extract README.md --format table")
def extract(
    seeds: Annotated[list[str], Argument(metavar="LIST...", help="A file, folder, glob or -")],
    output_format: Annotated[ExtractFormat, FORMAT] = ExtractFormat.JSONL,
    layout: Annotated[bool, Option("--layout", help="Print the layouts of their items.")] = False,
    config: Config = None,
) -> None:
    """Print the links of lists with their identifiers, offline."""
    import msgspec

    from harvest.commands.extract import layouts, links, read, row

    reading = read(seeds, config)
    for finding in reading.findings:
        _say(f"{finding.seed}:{finding.line}: {finding.code} {finding.message}")
    if layout:
        for line in layouts(reading):
            typer.echo(line)
        return
    if output_format is ExtractFormat.TABLE:
        from harvest.commands import terminal

        terminal.show_mentions(links(reading))
        return
    for mention in reading.mentions:
        sys.stdout.buffer.write(msgspec.json.encode(row(mention)) + b"\n")
    sys.stdout.buffer.flush()


@app.command(epilog="Example: harvest lint README.md --format github --ignore date-lag,no-doi")
def lint(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: LocalSeeds = None,
    output_format: Annotated[LintFormat, FORMAT] = LintFormat.TEXT,
    select: Annotated[str, Option(metavar="CODES", help="Report these rules only.")] = "",
    ignore: Annotated[str, Option(metavar="CODES", help="Do not report these rules.")] = "",
    fix: Annotated[bool, Option("--fix", help="Apply the safe corrections.")] = False,
    diff: Annotated[bool, Option("--diff", help="Preview the safe corrections.")] = False,
    cache: Cache = None,
    config: Config = None,
) -> None:
    """Check lists for problems, offline. Exits with 1 if any are found."""
    from harvest.checks import report
    from harvest.commands import lint as linting
    from harvest.commands import terminal

    settings = _settings(config, seeds=seeds, cache=cache)
    codes = [text.replace(",", " ").split() for text in (select, ignore)]
    linter = linting.Linter(settings, *codes)
    if fix or diff:
        with terminal.progress(quiet=not sys.stderr.isatty()) as progress:
            corrections = linter.fixes(progress)
        for path, (before, after) in corrections.items():
            if diff:
                _write(linting.unified_diff(path, before, after))
            else:
                linting.write(path, after)
                _say(f"fixed: {path}")
        if diff:
            raise typer.Exit(Exit.FINDINGS if corrections else Exit.PUBLISHED)
        linter.read()
    findings = linter.findings()
    _write(report.FORMATS[output_format](findings).encode())
    if linter.view is None and output_format is LintFormat.TEXT:
        _say("No registry was asked yet: `harvest refresh` lets lint report retractions and moves.")
    raise typer.Exit(Exit.FINDINGS if findings else Exit.PUBLISHED)


@app.command(epilog="Example: harvest diff last-night/dataset.json output/")
def diff(
    old: Annotated[Path, Argument(metavar="OLD", help="A dataset.json or its folder")],
    new: Annotated[Path, Argument(metavar="NEW", help="The same from a later run")],
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
) -> None:
    """Print what changed between two datasets, and why."""
    from harvest.dataset import changes, store

    news = changes.between(store.read(old), store.read(new))
    if output_format is ReportFormat.JSON:
        _write(changes.encode(news))
        return
    for line in changes.lines(news):
        typer.echo(printable(line))
    if not news:
        typer.echo("No changes.")


@app.command(epilog="Example: harvest show --where 'method = GAN and stars >= 100'")
def show(
    identifier: Annotated[
        str | None, Argument(metavar="ID", help="An id, web address, owner/name or title")
    ] = None,
    where: Where = None,
    why: Annotated[bool, Option("--why", help="Print how it was matched.")] = False,
    output: Output = None,
    cache: Cache = None,
    config: Config = None,
) -> None:
    """Print a work or repository with its sources, or matching works."""
    from harvest.commands import show as records
    from harvest.commands import terminal

    settings = _settings(config, cache=cache, output=output)
    if (identifier is None) == (where is None):
        raise UsageError("name one work or repository, or choose works with --where")
    if identifier is None or where is not None:
        terminal.show_works(records.chosen(settings, where or ""))
    elif why:
        terminal.show_verdicts(identifier, records.verdicts(settings, identifier))
    else:
        terminal.show_record(records.record(settings, identifier))


@app.command(
    cls=DiscoveringCommand,
    epilog="Example: harvest export csv --without retracted --where 'year >= 2023' > works.csv",
)
def export(
    name: Annotated[str, Argument(metavar="FORMAT", help="One of {formats}")],
    target: Annotated[
        Path | None,
        Option("--output", metavar="F", help="A file, or a folder for all files"),
    ] = None,
    folder: Annotated[
        str | None,
        Option("--from", metavar="DIR", help="Folder of the dataset [default: output]"),
    ] = None,
    where: Where = None,
    without: Without = None,
    dialect: Annotated[
        str | None, Option(metavar="NAME", help="Dialect of bib: biblatex or bibtex")
    ] = None,
    config: Config = None,
) -> None:
    """Write the published dataset in one format. Prints it unless there is an --output."""
    from harvest.commands import export as exports

    expressions = exports.expressions(where, without or [])
    files = exports.files(_settings(config, output=folder), name, expressions, dialect)
    main, *others = files
    if target is None:
        _write(files[main])
    else:
        exports.write(files, target)
    if others and not (target and target.is_dir()):
        _say(f"harvest: this is {main}; with --output FOLDER comes {', '.join(others)} too")


@app.command(
    epilog="Example: harvest status --max-age 36h || mail -s 'no good harvest' me@example.org"
)
def status(
    max_age: Annotated[
        timedelta | None, Age(help="Exit with 3 if the last good run is older: 36h, 2d.")
    ] = None,
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
    cache: Cache = None,
    output: Output = None,
    config: Config = None,
) -> None:
    """Print how the last run went and what is due, offline."""
    from harvest.commands import status as reports
    from harvest.dataset import encoding

    now = datetime.now(UTC)
    report = reports.read(_settings(config, cache=cache, output=output), now)
    if output_format is ReportFormat.JSON:
        _write(encoding.indented(report))
    else:
        for line in reports.lines(report, now):
            typer.echo(printable(line))
    if max_age is not None and report.is_late(max_age, now):
        _say(f"harvest: no good run within {reports.rounded(max_age)}")
        raise typer.Exit(Exit.DEGRADED)
    if report.started_at is None:
        _say("harvest: no run has published yet")
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest doctor --deep")
def doctor(
    deep: Annotated[
        bool, Option("--deep", help="Ask for one of each kind, and say how a night would end.")
    ] = False,
    cache: Cache = None,
    output: Output = None,
    config: Config = None,
) -> None:
    """Check settings, folders, services, clock and token. Exits with 1 if any has a problem.

    Sends a small request to each service, and with --deep about fifteen more, within a minute.
    """
    from harvest.commands import doctor as checks
    from harvest.commands import settings as configuration

    settings = _settings(config, cache=cache, output=output)
    origins = configuration.origins(config, {"cache": cache, "output": output})
    problems = 0
    for check in checks.examine(settings, origins, lambda: datetime.now(UTC)):
        problems += check.state == "problem"
        typer.echo(printable(f"{check.state:<8} {check.name}: {check.text}"))
        if check.advice:
            typer.echo(printable(f"         -> {check.advice}"))
    if deep:
        problems += _examine_deep(settings)
    if problems:
        raise typer.Exit(Exit.FINDINGS)


@app.command(epilog="Example: harvest replay bad-night/ my-list.md --output /tmp/replayed")
def replay(
    recording: Annotated[Path, Argument(metavar="DIR", help="A folder that HARVEST_RECORD made")],
    seeds: Seeds = None,
    config: Config = None,
    output: Annotated[
        Path | None, Option(metavar="DIR", help="New folder for the dataset [default: temporary]")
    ] = None,
    quiet: Annotated[bool, Option("--quiet", help="Print problems only.")] = False,
) -> None:
    """Run a recorded refresh once more, without a network.

    Ends with the exit code of a refresh.
    """
    import tempfile

    from harvest.commands import logs, terminal
    from harvest.commands import replay as replays

    logs.start(as_json=False, quiet=quiet)
    run = replays.find(recording)
    settings = _settings(config, seeds=seeds)
    output = output or Path(tempfile.mkdtemp(prefix="harvest-replayed-"))
    with _interruptible(), terminal.progress(quiet=quiet) as progress:
        result = replays.replay(run, settings, output, progress)
    _show(result.run, result.settings, quiet=quiet)
    if result.unused:
        _say(f"harvest: {result.unused} recorded answers of {run} were not asked for")
    if result.run.degraded:
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest bulk lists/ '@more.txt' --lake public --mirror dumps")
def bulk(  # noqa: PLR0913, PLR0917  # one argument a flag
    names: Annotated[
        list[str],
        Argument(
            metavar="LISTS...", help="Folders, globs, files, or @FILE with one of them a line"
        ),
    ],
    lake: Annotated[Path, Option(metavar="DIR", help="Folder of the dataset, as Parquet.")],
    max_memory: Annotated[
        float, Option("--memory", min=0.5, metavar="GB", help="Memory of all processes together.")
    ] = 2.0,
    jobs: Annotated[int | None, Option(min=1, metavar="N", help="Processes at a time.")] = None,
    json_limit: Annotated[
        int, Option(min=0, metavar="N", help="Write dataset.json too, up to N works.")
    ] = 200_000,
    max_requests: Annotated[
        int | None, Option(min=0, metavar="N", help="Ask what is due, in at most N requests.")
    ] = None,
    max_minutes: Annotated[
        float | None, Option(min=0, metavar="N", help="Ask what is due, for at most N minutes.")
    ] = None,
    on: Annotated[
        str | None, Option(metavar="ADDRESS", help="Run on spark://HOST:PORT or local[N].")
    ] = None,
    mirror: Folder = None,
    cache: Cache = None,
    config: Config = None,
    wait: Annotated[bool, Option("--wait", help="Wait for another run to end.")] = False,
    quiet: Annotated[bool, Option("--quiet", help="Print problems only.")] = False,
) -> None:
    """Publish any number of lists in bounded memory.

    Answers come from a mirror and the cache.
    """
    from harvest.bulk import line
    from harvest.commands import bulk as lakes
    from harvest.commands import terminal

    settings = _settings(config, mirror=mirror, cache=cache)
    options = lakes.options(max_memory, jobs, json_limit, max_requests, max_minutes, on, wait=wait)
    with _interruptible(), terminal.progress(quiet=quiet) as progress:
        made = line.run(settings, names, lake, datetime.now(UTC), options, progress)
    for text in () if quiet else lakes.lines(made, lake):
        typer.echo(printable(text))
    for text in made.degraded:
        _say(f"degraded: {text}")
    if made.degraded:
        raise typer.Exit(Exit.DEGRADED)


mirror = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(mirror, name="mirror", help="Keep public dumps, which answer where no API is asked.")


@mirror.command(epilog="Example: harvest mirror add crossref crossref-2026/ --mirror dumps/")
def add(
    source: Annotated[str, Argument(metavar="SOURCE", help="crossref, arxiv, github or datacite")],
    paths: Annotated[list[Path], Argument(metavar="PATH...", help="A dump: files or folders")],
    date: Annotated[
        datetime | None,
        Option(metavar="DAY", formats=["%Y-%m-%d"], help="Day of the dump [default: its newest]"),
    ] = None,
    jobs: Annotated[int | None, Option(min=1, metavar="N", help="Files read at a time.")] = None,
    folder: Folder = None,
    config: Config = None,
    quiet: Annotated[bool, Option("--quiet", help="Print problems only.")] = False,
) -> None:
    """Read the new and changed files of a dump. Exits with 3 if some are damaged."""
    from harvest.commands import mirror as mirrors
    from harvest.commands import terminal
    from harvest.mirror import keeping

    target, now = mirrors.folder(_settings(config, mirror=folder)), datetime.now(UTC)
    day = date.date().isoformat() if date else None
    with _interruptible(), terminal.progress(quiet=quiet) as progress:
        added = keeping.add(target, source, paths, now, day=day, jobs=jobs, progress=progress)
    for line in mirrors.report(added, target, source):
        if not quiet or added.refused:
            _say(line)
    if added.refused:
        raise typer.Exit(Exit.DEGRADED)


@mirror.command("status", epilog="Example: harvest mirror status")
def mirror_status(
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Print which dumps a mirror holds, of which day and size."""
    from harvest.commands import mirror as mirrors
    from harvest.dataset import encoding

    target = mirrors.folder(_settings(config, mirror=folder))
    holdings = mirrors.holdings(target)
    if output_format is ReportFormat.JSON:
        _write(encoding.indented(holdings))
        return
    for line in mirrors.lines(holdings):
        typer.echo(printable(line))
    if not holdings:
        typer.echo(printable(f"{target} holds nothing: `harvest mirror add` reads a dump."))


@mirror.command(epilog="Example: harvest mirror drop arxiv")
def drop(
    source: Annotated[str, Argument(metavar="SOURCE", help="crossref, arxiv, github or datacite")],
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Remove the dumps of a source from a mirror."""
    from harvest.commands import mirror as mirrors
    from harvest.mirror import keeping

    records = keeping.drop(mirrors.folder(_settings(config, mirror=folder)), source)
    _say(f"{source}: {records} records removed")


@app.command(epilog="Example: harvest schedule systemd")
def schedule(
    kind: Annotated[Scheduler, Argument(metavar="KIND", help="cron, systemd or github")],
    config: Config = None,
    package: Annotated[
        str, Option(metavar="SPEC", help="What pip installs in a GitHub workflow.")
    ] = ".",
) -> None:
    """Print a nightly job for cron, systemd or GitHub."""
    from harvest.commands import schedule as schedules

    match kind:
        case Scheduler.CRON:
            text = schedules.cron(config)
        case Scheduler.SYSTEMD:
            text = schedules.systemd(config)
        case Scheduler.GITHUB:
            text = schedules.github(config, package)
    typer.echo(text, nl=False)


@app.command(epilog="Example: harvest schema > dataset.schema.json")
def schema() -> None:
    """Print the JSON Schema of dataset.json."""
    from harvest.writers import json

    _write(json.schema())


def _settings(config: Path | None, **flags: Any) -> Settings:
    from harvest.commands import settings as configuration

    return configuration.load(config, {**flags, "seeds": tuple(flags.get("seeds") or ())})


@contextmanager
def _interruptible() -> Iterator[None]:
    """End a run cleanly on Ctrl-C or SIGTERM: open requests finish and their answers are cached."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        _say("harvest: interrupted; answers so far are cached, and the last output stands")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _examine_deep(settings: Settings) -> int:
    """Print what would happen tonight, as a table on a terminal; return the number of problems."""
    from harvest.commands import deep, terminal

    trials = []
    for trial in deep.examine(settings, datetime.now(UTC)):
        trials.append(trial)
        if not sys.stdout.isatty():
            line = f"{trial.state:<8} {trial.source}, {trial.example}: {trial.text}"
            typer.echo(printable(f"{line}; tonight a run {trial.tonight}"))
            if trial.advice:
                typer.echo(printable(f"         -> {trial.advice}"))
    if sys.stdout.isatty():
        terminal.show_trials(trials)
    return sum(trial.state == "problem" for trial in trials)


def _show(run: Run, settings: Settings, *, quiet: bool) -> None:
    from harvest.commands import terminal

    if not quiet:
        terminal.show_run(run, settings)
    for line in run.degraded:
        _say(f"degraded: {line}")


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _say(line: str) -> None:
    typer.echo(printable(line), err=True)
