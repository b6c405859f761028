"""The command line: parse, one call, an exit code. Nothing else in harvest prints."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from harvest import __version__
from harvest.errors import HarvestError, LockedError, PublicationError, UsageError
from harvest.text import printable

if TYPE_CHECKING:
    from harvest.linking.score import Verdict
    from harvest.models import Dataset


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


class ExtractFormat(StrEnum):
    """How `extract` prints mentions."""

    JSONL = "jsonl"
    TABLE = "table"


class LintFormat(StrEnum):
    """How `lint` prints findings."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"
    SARIF = "sarif"


class DiffFormat(StrEnum):
    """How `diff` prints changes."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """How `status` prints its report."""

    TEXT = "text"
    JSON = "json"


class Scheduler(StrEnum):
    """For whom `schedule` writes."""

    CRON = "cron"
    SYSTEMD = "systemd"
    GITHUB = "github"


app = typer.Typer(
    help="Turn curated paper lists into one enriched dataset that stays true by itself.",
    epilog="Example: harvest refresh my-list.md --output public/",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Config = Annotated[
    Path | None, typer.Option("--config", metavar="F", help="Settings file [default: harvest.toml]")
]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="Folder of kept answers [default: cache]"),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="DIR", help="Folder to publish in [default: output]"),
]
Seeds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SEED]...",
        help="A file, folder, glob, github:owner/repo[:path] or - [default: settings]",
    ),
]


def main() -> None:
    """Run the program: every expected error becomes one line on stderr and an exit code."""
    try:
        app()
    except UsageError as error:
        _die(error, Exit.USAGE)
    except PublicationError as error:
        _die(error, Exit.NOT_PUBLISHED)
    except LockedError as error:
        _die(error, Exit.LOCKED)
    except HarvestError as error:
        _die(error, Exit.INTERNAL_ERROR)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Turn curated paper lists into one enriched dataset that stays true by itself."""
    if version:
        typer.echo(f"harvest {__version__}")
        raise typer.Exit


@app.command(epilog="Example: harvest refresh README.md github:owner/awesome-list --output public/")
def refresh(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: Seeds = None,
    config: Config = None,
    cache: Cache = None,
    output: Output = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody; use what is kept.")
    ] = False,
    only: Annotated[
        str | None, typer.Option("--only", metavar="SOURCE", help="Ask this source alone.")
    ] = None,
    max_age: Annotated[
        str | None,
        typer.Option("--max-age", metavar="DUR", help="Renew what is older: 90m, 36h, 2d, 0."),
    ] = None,
    max_requests: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Make at most N requests.")
    ] = None,
    max_minutes: Annotated[
        float | None, typer.Option(min=0, metavar="N", help="Ask for at most N minutes.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be asked, and ask nobody.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for another run on the same output to end.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print problems only.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log JSON lines in place of the summary.")
    ] = False,
) -> None:
    """Read the lists, ask the sources, and publish the dataset."""
    from harvest import config as configuration
    from harvest import pipeline, sources
    from harvest.commands import logs, terminal
    from harvest.http.clients import Budget
    from harvest.lookup.lookup import Scope

    run_id = logs.start(as_json=log_json, quiet=quiet)
    flags = {"seeds": tuple(seeds or ()), "cache": _text(cache), "output": _text(output)}
    settings = configuration.load(config, flags)
    if only is not None and only not in sources.discover():
        raise UsageError(f"no source {only!r}: choose from {', '.join(sorted(sources.discover()))}")
    scope = Scope(offline, only, configuration.duration(max_age) if max_age is not None else None)
    if dry_run:
        terminal.show_plan(pipeline.plan(settings, scope))
        return
    budget = Budget(
        max_requests, None if max_minutes is None else 60 * max_minutes, shared=only is None
    )
    with _interruptible(), _progress(quiet or log_json) as progress:
        run = pipeline.refresh(
            settings, scope=scope, budget=budget, progress=progress, wait=wait, run_id=run_id
        )
    if log_json:
        logs.tell(run)
    elif not quiet:
        terminal.show(run, settings)
    if run.degraded:
        if not log_json:
            for line in run.degraded:
                _say(f"degraded: {line}")
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest extract README.md --format table")
def extract(
    seeds: Annotated[
        list[str], typer.Argument(metavar="SEED...", help="A file, folder, glob or -")
    ],
    output_format: Annotated[
        ExtractFormat, typer.Option("--format", help="How to print.")
    ] = ExtractFormat.JSONL,
) -> None:
    """Print the mentions of lists with what each is; asks nobody."""
    import msgspec

    from harvest import pipeline

    reading = pipeline.extract(seeds)
    for finding in reading.findings:
        _say(f"{finding.seed}:{finding.line}: {finding.code} {finding.message}")
    if output_format is ExtractFormat.JSONL:
        lines = (msgspec.json.encode(pipeline.row(mention)) + b"\n" for mention in reading.mentions)
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return
    from harvest.commands import terminal

    terminal.show_mentions(reading.mentions)


@app.command(epilog="Example: harvest lint README.md --format github --ignore date-lag,no-doi")
def lint(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SEED]...", help="A file, folder, glob or - [default: settings]"),
    ] = None,
    output_format: Annotated[
        LintFormat, typer.Option("--format", help="How to print.")
    ] = LintFormat.TEXT,
    select: Annotated[
        str, typer.Option("--select", metavar="CODES", help="Report these rules only.")
    ] = "",
    ignore: Annotated[
        str, typer.Option("--ignore", metavar="CODES", help="Leave these rules out.")
    ] = "",
    fix: Annotated[
        bool, typer.Option("--fix", help="Put right what is certain, then report the rest.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; change nothing.")
    ] = False,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", metavar="DIR", help="Folder of kept answers [default: cache]"),
    ] = None,
    config: Config = None,
) -> None:
    """Print what should be known or fixed of lists; asks nobody. Exits with 1 if there is anything."""
    from harvest import config as configuration
    from harvest.checks import report
    from harvest.commands import lint as linting

    settings = configuration.load(config, {"seeds": tuple(seeds or ()), "cache": _text(cache)})
    codes = ([code for code in text.replace(",", " ").split() if code] for text in (select, ignore))
    linter = linting.Linter(settings, *codes)
    if fix or diff:
        with _progress(quiet=not sys.stderr.isatty()) as progress:
            changed = linter.fixes(progress)
        for path, (old, new) in changed.items():
            if diff:
                sys.stdout.buffer.write(linting.difference(path, old, new))
            else:
                linting.write(path, new)
                _say(f"fixed: {path}")
        if diff:
            raise typer.Exit(Exit.FINDINGS if changed else Exit.PUBLISHED)
        linter = linting.Linter(settings, linter.select, linter.ignore)
    found = linter.findings()
    sys.stdout.buffer.write(report.FORMATS[output_format](found).encode())
    sys.stdout.buffer.flush()
    if linter.view is None and output_format is LintFormat.TEXT:
        _say(
            "No registry was asked yet: `harvest refresh` lets lint tell what was retracted or has moved."
        )
    raise typer.Exit(Exit.FINDINGS if found else Exit.PUBLISHED)


@app.command(epilog="Example: harvest diff last-night/dataset.json output/")
def diff(
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="A dataset.json, or the folder that holds it")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, of a later run")],
    output_format: Annotated[
        DiffFormat, typer.Option("--format", help="How to print.")
    ] = DiffFormat.TEXT,
) -> None:
    """Print what changed between two datasets, and why."""
    from harvest.dataset import changes, store

    found = changes.between(store.read(old), store.read(new))
    if output_format is DiffFormat.JSON:
        sys.stdout.buffer.write(changes.encode(found))
        return
    for line in changes.lines(found):
        typer.echo(printable(line))
    if not found:
        typer.echo("No changes.")


@app.command(epilog="Example: harvest show doi:10.1016/j.compbiomed.2023.107115")
def show(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="An id, web address, owner/name or title")
    ],
    why: Annotated[
        bool, typer.Option("--why", help="Show what was searched and compared instead.")
    ] = False,
    output: Output = None,
    cache: Cache = None,
    config: Config = None,
) -> None:
    """Show a work or repository: who said what, where it is listed."""
    from harvest.commands import terminal

    if why:
        terminal.show_verdicts(identifier, _verdicts(identifier, config, output, cache))
    else:
        from harvest.dataset import store

        terminal.show_record(store.find(_published(config, output), identifier))


@app.command(epilog="Example: harvest export csv > works.csv")
def export(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help="json, jsonl or csv")],
    to: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="F", help="A file, or a folder for all files of the format"
        ),
    ] = None,
    dataset: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Folder of the dataset [default: output]"),
    ] = None,
    config: Config = None,
) -> None:
    """Write the published dataset in one format. To standard output, or to a file with --output."""
    from harvest import writers

    found = writers.discover()
    if name not in found:
        raise UsageError(f"no format {name!r}: choose from {', '.join(sorted(found))}")
    files = found[name].write(_published(config, dataset))
    if to is None:
        sys.stdout.buffer.write(next(iter(files.values())))
        sys.stdout.buffer.flush()
        return
    try:
        targets = (
            {to / key: files[key] for key in files}
            if to.is_dir()
            else {to: next(iter(files.values()))}
        )
        for path, content in targets.items():
            path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{to}: {error.strerror}") from error


@app.command(
    epilog="Example: harvest status --max-age 36h || mail -s 'no good harvest' me@example.org"
)
def status(
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age", metavar="DUR", help="Exit with 3 if the last good run is older: 36h, 2d."
        ),
    ] = None,
    output_format: Annotated[
        ReportFormat, typer.Option("--format", help="How to print.")
    ] = ReportFormat.TEXT,
    cache: Cache = None,
    output: Output = None,
    config: Config = None,
) -> None:
    """Tell how the last run went and what is due; asks nobody."""
    import msgspec

    from harvest import config as configuration
    from harvest.commands import status as reports

    now = datetime.now(UTC)
    limit = configuration.duration(max_age) if max_age is not None else None
    settings = configuration.load(config, {"cache": _text(cache), "output": _text(output)})
    report = reports.read(settings, now)
    if output_format is ReportFormat.JSON:
        typer.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        for line in reports.lines(report, now):
            typer.echo(printable(line))
    if report.started_at is None or (limit is not None and report.is_late(limit, now)):
        _say(
            f"harvest: no good run within {max_age}"
            if max_age
            else "harvest: no run has published yet"
        )
        raise typer.Exit(Exit.DEGRADED)


@app.command(epilog="Example: harvest doctor --config harvest.toml")
def doctor(cache: Cache = None, output: Output = None, config: Config = None) -> None:
    """Check settings, folders, services, clock and token. Makes one cheap request to each service."""
    from harvest import config as configuration
    from harvest.commands import doctor as checks

    flags = {"cache": _text(cache), "output": _text(output)}
    settings = configuration.load(config, flags)
    problems = 0
    for check in checks.examine(
        settings, configuration.origins(config, flags), lambda: datetime.now(UTC)
    ):
        problems += check.state == "problem"
        typer.echo(printable(f"{check.state:<8} {check.name}: {check.found}"))
        if check.advice:
            typer.echo(printable(f"         -> {check.advice}"))
    if problems:
        raise typer.Exit(Exit.FINDINGS)


@app.command(epilog="Example: harvest schedule systemd")
def schedule(
    kind: Annotated[Scheduler, typer.Argument(metavar="KIND", help="cron, systemd or github")],
    config: Config = None,
    package: Annotated[
        str,
        typer.Option("--package", metavar="SPEC", help="What pip installs in a GitHub workflow."),
    ] = ".",
) -> None:
    """Print what runs harvest every night. That is a crontab line, systemd units or a GitHub workflow."""
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

    typer.echo(json.schema().decode(), nl=False)


def _published(config: Path | None, output: Path | None) -> Dataset:
    from harvest import config as configuration
    from harvest.dataset import store

    folder = Path(configuration.load(config, {"output": _text(output)}).output)
    found = store.load(folder)
    if found is None:
        raise UsageError(f"{folder / store.FILE}: not there; run `harvest refresh` first")
    return found


def _verdicts(
    text: str, config: Path | None, output: Path | None, cache: Path | None
) -> list[Verdict]:
    """Give what was searched for a work, or a title that is in no dataset yet, and its listed titles with their links.

    Raises UsageError for what is neither.
    """
    from harvest import config as configuration
    from harvest import pipeline
    from harvest.dataset import store
    from harvest.linking import listed_titles, score
    from harvest.models import Work

    told = pipeline.verdicts(
        configuration.load(config, {"cache": _text(cache), "output": _text(output)})
    )
    if own := [
        verdict for verdict in told if score.normalized(verdict.asked) == score.normalized(text)
    ]:
        return own
    record = store.find(_published(config, output), text)
    schemes = getattr(record, "identifiers", {})
    names = {
        record.id,
        *(f"{scheme}:{value}" for scheme, values in schemes.items() for value in values),
    }
    own = [verdict for verdict in told if names & {verdict.subject, verdict.accepted}]
    return (
        own + [found.verdict for found in listed_titles.judgements(record)]
        if isinstance(record, Work)
        else own
    )


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end a run in good order: requests in hand finish, and their answers are kept."""

    def terminate(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except KeyboardInterrupt:
        _say("harvest: interrupted; what was answered is kept, and the last output stands")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show bars on a terminal, and a line where a source is done elsewhere."""
    if quiet:
        yield lambda *_: None
        return
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def step(source: str, done: int, total: int) -> None:
            if source not in tasks:
                tasks[source] = bars.add_task(source)
            bars.update(tasks[source], completed=done, total=total)

        yield step


def _line(source: str, done: int, total: int) -> None:
    if done == total or done % 1000 == 0:
        _say(f"{source}: {done} of {total}")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _say(line: str) -> None:
    """Print a line to stderr; whatever is in it, a terminal obeys none of it."""
    typer.echo(printable(line), err=True)


def _die(error: object, code: Exit) -> NoReturn:
    _say(f"harvest: {error}")
    raise SystemExit(int(code))
