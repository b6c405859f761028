"""`harvest refresh`: the whole line, from the lists to the published dataset."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from typer import Option

from harvest import pipeline
from harvest.commands import logs
from harvest.commands.exits import ANSWERS_REMAIN, Exit, interruptible
from harvest.commands.options import (
    Amount,
    Cache,
    Config,
    Duration,
    Output,
    Quiet,
    Seeds,
    Wait,
    new_app,
)
from harvest.commands.progress import show_progress, show_run
from harvest.commands.settings import load_settings
from harvest.errors import UsageError
from harvest.http.clients import Budget
from harvest.lookup.session import Scope
from harvest.sources import discover

SOURCES = ", ".join(sorted(discover()))

app = new_app()


def _source(name: str) -> str:
    if name not in discover():
        raise UsageError(f"no source {name!r}: choose from {SOURCES}")
    return name


@app.command(epilog="Example: harvest refresh README.md github:owner/awesome-list --output public/")
def refresh(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: Seeds = None,
    config: Config = None,
    cache: Cache = None,
    output: Output = None,
    offline: Annotated[bool, Option("--offline", help="Use cached answers only.")] = False,
    only: Annotated[
        str | None,
        Option(metavar="SOURCE", parser=_source, help=f"Ask only this source: {SOURCES}."),
    ] = None,
    max_age: Annotated[
        timedelta | None, Duration(help="Ask again for answers older than this: 90m, 36h, 2d, 0.")
    ] = None,
    max_requests: Annotated[
        int | None, Option(min=0, metavar="N", help="Send at most N requests.")
    ] = None,
    max_minutes: Annotated[
        float | None, Amount(min=0, metavar="N", help="Send requests for at most N minutes.")
    ] = None,
    patience: Annotated[
        timedelta | None, Duration(help="Wait so long for a source that refuses at first: 20m.")
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Print the plan and stop.")] = False,
    wait: Wait = False,
    quiet: Quiet = False,
    log_json: Annotated[bool, Option("--log-json", help="Print a log in JSON.")] = False,
) -> None:
    """Read the lists, ask the sources, and publish the dataset."""
    run_id = logs.start(as_json=log_json, quiet=quiet)
    max_wait = patience and patience.total_seconds()
    flags = {"seeds": seeds, "cache": cache, "output": output, "patience": max_wait}
    settings = load_settings(config, flags)
    scope = Scope(offline, only, max_age)
    if dry_run:
        from harvest.commands import terminal  # which loads rich

        terminal.show_plan(pipeline.plan(settings, scope))
        return
    seconds = None if max_minutes is None else 60 * max_minutes
    budget = Budget(max_requests, seconds, shared=only is None)
    with interruptible(ANSWERS_REMAIN), show_progress(quiet=quiet or log_json) as progress:
        run = pipeline.refresh(
            settings, scope=scope, budget=budget, progress=progress, wait=wait, run_id=run_id
        )
    if log_json:
        logs.write(run)
    else:
        show_run(run, settings, quiet=quiet)
    if run.degraded:
        raise typer.Exit(Exit.DEGRADED)
