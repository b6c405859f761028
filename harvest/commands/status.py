"""How the last run went, how old the last good one is, and what is due. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from harvest import pipeline
from harvest.config import Settings
from harvest.dataset.run import read as last_run
from harvest.errors import UsageError

SKEW = timedelta(minutes=5)  # a run may lie so far in the future: clocks are sometimes set back


class Due(msgspec.Struct, frozen=True):
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
    due: dict[str, Due] | None = None
    unread: str | None = None

    def is_late(self, max_age: timedelta, now: datetime) -> bool:
        """Return True if there is no good run, or none within `max_age`, or a run in the future.

        A run in the future means a wrong clock. It proves nothing and would mute the alarm.
        """
        ages = [_age(moment, now) for moment in (self.good_at, self.started_at) if moment]
        return self.good_at is None or _age(self.good_at, now) > max_age or min(ages) < -SKEW


def read(settings: Settings, now: datetime) -> Status:
    """Read run.json and the cache; `now` is the present time (aware)."""
    status = Status(output=settings.output)
    run = last_run(Path(settings.output))
    if run is not None:
        status.started_at, status.seconds = run.started_at, run.seconds
        status.good_at, status.degraded = run.good_at, run.degraded
        status.works = run.works.get("total", 0)
        status.repositories = run.repositories.get("total", 0)
        settings = msgspec.structs.replace(settings, seeds=settings.seeds or run.seeds)
    try:
        plan = pipeline.plan(settings, now=now)
    except UsageError as error:
        status.unread = str(error)
        return status
    status.due = {name: Due(it.identifiers, it.requests, it.tomorrow) for name, it in plan.items()}
    return status


def lines(status: Status, now: datetime) -> Iterator[str]:
    """Yield a status as lines of text."""
    if status.started_at is None:
        yield f"last run   none has published to {status.output}: run `harvest refresh`"
    else:
        good_at = _moment(status.good_at, now) if status.good_at else "never: all were degraded"
        yield f"last run   {_moment(status.started_at, now)}, in {status.seconds:.1f} s"
        yield from (f"degraded   {line}" for line in status.degraded)
        yield f"last good  {good_at}"
        yield (
            f"published  {status.output}: {status.works} works, {status.repositories} repositories"
        )
    if status.due is None:
        yield f"due        unknown: {status.unread}"
        return
    waiting = {source: due for source, due in status.due.items() if due.now or due.tomorrow}
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
