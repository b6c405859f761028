"""`harvest status`: how the last run went, how old the last good one is, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from harvest import pipeline
from harvest.commands.exits import Exit
from harvest.commands.options import FORMAT, Cache, Config, Duration, Output, ReportFormat, new_app
from harvest.commands.settings import load_settings
from harvest.commands.streams import echo, note, write
from harvest.config import FILE, Settings
from harvest.dataset import encoding, lake
from harvest.dataset.run import read as last_run
from harvest.errors import UsageError

SKEW = timedelta(minutes=5)  # a run may lie so far in the future: clocks are sometimes set back

app = new_app()


@app.command(
    epilog="Example: harvest status --max-age 36h || mail -s 'no good harvest' me@example.org"
)
def status(
    max_age: Annotated[
        timedelta | None, Duration(help="Exit with 3 if the last good run is older: 36h, 2d.")
    ] = None,
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
    cache: Cache = None,
    output: Output = None,
    config: Config = None,
) -> None:
    """Print how the last run went and what is due, offline."""
    now = datetime.now(UTC)
    report = read(load_settings(config, {"cache": cache, "output": output}), now)
    if output_format is ReportFormat.JSON:
        write(encoding.indented(report))
    else:
        for line in lines(report, now):
            echo(line)
    if max_age is not None and report.is_late(max_age, now):
        note(f"harvest: no good run within {rounded(max_age)}")
        raise typer.Exit(Exit.DEGRADED)
    if report.started_at is None:
        note("harvest: no run has published yet")
        raise typer.Exit(Exit.DEGRADED)


class DueCount(msgspec.Struct, frozen=True):
    """How many identifiers a source would be asked for: now, in how many requests; and tomorrow."""

    now: int
    requests: int
    tomorrow: int


class Status(msgspec.Struct, kw_only=True):
    """The report of `harvest status`. Times are ISO 8601 in UTC as in run.json, None for no run.

    `started_at` is the last run that published, `good_at` the last one that was not degraded.
    `due` is None if the lists cannot be read; `unread` says why.
    """

    output: str
    started_at: str | None = None
    seconds: float | None = None
    degraded: list[str] = []
    good_at: str | None = None
    works: int = 0
    repositories: int = 0
    due: dict[str, DueCount] | None = None
    unread: str | None = None

    def is_late(self, max_age: timedelta, now: datetime) -> bool:
        """Return True if there is no good run, or none within `max_age`, or a run in the future.

        A run in the future means a wrong clock. It proves nothing and would mute the alarm.
        """
        ages = [_age(moment, now) for moment in (self.good_at, self.started_at) if moment]
        return self.good_at is None or _age(self.good_at, now) > max_age or min(ages) < -SKEW


def read(settings: Settings, now: datetime) -> Status:
    """Read run.json and the cache; `now` is the present time (aware).

    Raises UsageError for a lake, which no refresh renews.
    """
    report = Status(output=settings.output)
    folder = Path(settings.output)
    if lake.is_lake(folder):
        day = lake.read(folder).day
        raise UsageError(f"{folder}: holds a lake of {day}, and status is for runs of `refresh`")
    run = last_run(folder)
    if run is not None:
        report.started_at, report.seconds = run.started_at, run.seconds
        report.good_at, report.degraded = run.good_at, run.degraded
        report.works = run.works.get("total", 0)
        report.repositories = run.repositories.get("total", 0)
        settings = msgspec.structs.replace(settings, seeds=settings.seeds or run.seeds)
    if not settings.seeds:
        report.unread = f"set `seeds` in {FILE}"
        return report
    try:
        plan = pipeline.plan(settings, now=now)
    except UsageError as error:
        report.unread = str(error)
        return report
    report.due = {}
    for source, due in plan.items():
        report.due[source] = DueCount(due.identifiers, due.requests, due.tomorrow)
    return report


def lines(report: Status, now: datetime) -> Iterator[str]:
    """Yield a report as lines of text."""
    if report.started_at is None:
        yield f"last run   none has published to {report.output}: run `harvest refresh`"
    else:
        good_at = _moment(report.good_at, now) if report.good_at else "never: all were degraded"
        yield f"last run   {_moment(report.started_at, now)}, in {report.seconds:.1f} s"
        yield from (f"degraded   {line}" for line in report.degraded)
        yield f"last good  {good_at}"
        yield (
            f"published  {report.output}: {report.works} works, {report.repositories} repositories"
        )
    if report.due is None:
        yield f"due        unknown: {report.unread}"
        return
    waiting = {source: due for source, due in report.due.items() if due.now or due.tomorrow}
    for source, due in sorted(waiting.items()):
        requests = f" ({due.requests} request{'s' * (due.requests != 1)})" if due.now else ""
        yield f"due        {source}: {due.now} now{requests}, {due.tomorrow} within a day"
    if not waiting:
        yield "due        nothing within a day"


def _moment(moment: str, now: datetime) -> str:
    age = _age(moment, now)
    ago = f"{rounded(age)} ago" if age >= -SKEW else "in the future: check the clock"
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC, {ago}"


def _age(moment: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(moment)


def rounded(age: timedelta) -> str:
    """Return an age in minutes, hours or days."""
    minutes = max(age.total_seconds(), 0.0) / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
