"""How the last night went, whether the last good one is long ago, and what the next one has to ask. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from harvest import pipeline
from harvest.config import Settings
from harvest.errors import UsageError

DAY = timedelta(days=1)
SKEW = timedelta(
    minutes=5
)  # by which a run may lie in the future: clocks are set a little back at times


class Due(msgspec.Struct, frozen=True):
    """How many identifiers a source would be asked now, in how many requests, and how many in a run a day later."""

    now: int
    requests: int
    tomorrow: int


class Status(msgspec.Struct, kw_only=True):
    """What `harvest status` tells; times as run.json has them (ISO 8601, UTC), None where there was no such run.

    `started_at` is the last run that published, `good_at` the last one that was not degraded either. `due` is None
    where the lists cannot be read; `unread` says why.
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
        """Tell whether the last good run is older than `max_age` or was never, or a run lies in the future.

        The latter comes from a wrong clock, then or now: it proves nothing, and would keep the heartbeat still.
        """
        ages = [_age(moment, now) for moment in (self.good_at, self.started_at) if moment]
        return self.good_at is None or _age(self.good_at, now) > max_age or min(ages) < -SKEW


def read(settings: Settings, now: datetime) -> Status:
    """Read run.json and the cache; `now` is the present time (aware)."""
    status = Status(output=settings.output)
    run = pipeline.last_run(Path(settings.output))
    if run is not None:
        status.started_at, status.seconds, status.good_at = run.started_at, run.seconds, run.good_at
        status.degraded = run.degraded
        status.works, status.repositories = (
            run.works.get("total", 0),
            run.repositories.get("total", 0),
        )
        settings = msgspec.structs.replace(settings, seeds=settings.seeds or run.seeds)
    try:
        today, tomorrow = pipeline.plan(settings, now=now), pipeline.plan(settings, now=now + DAY)
    except UsageError as error:
        status.unread = str(error)
    else:
        status.due = {
            name: Due(count, requests, tomorrow[name][0])
            for name, (count, requests, _) in today.items()
        }
    return status


def lines(status: Status, now: datetime) -> Iterator[str]:
    """Give a status as lines of text."""
    if status.started_at is None:
        yield f"last run   none has published to {status.output}: run `harvest refresh`"
    else:
        yield f"last run   {_moment(status.started_at, now)}, in {status.seconds:.1f} s"
        yield from (f"degraded   {line}" for line in status.degraded)
        yield f"last good  {_moment(status.good_at, now) if status.good_at else 'never: every run was degraded'}"
        yield f"published  {status.output}: {status.works} works, {status.repositories} repositories"
    if status.due is None:
        yield f"due        unknown: {status.unread}"
        return
    waiting = {name: due for name, due in sorted(status.due.items()) if due.now or due.tomorrow}
    for name, due in waiting.items():
        requests = f" ({due.requests} request{'s' * (due.requests != 1)})" if due.now else ""
        yield f"due        {name}: {due.now} now{requests}, {due.tomorrow} within a day"
    if not waiting:
        yield "due        nothing within a day"


def _moment(moment: str, now: datetime) -> str:
    age = _age(moment, now)
    ago = (
        f"{_spelled(age)} ago"
        if age >= -SKEW
        else "in the future: the clock was wrong then, or is now"
    )
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC, {ago}"


def _age(moment: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(moment)


def _spelled(age: timedelta) -> str:
    minutes = max(age.total_seconds(), 0.0) / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
