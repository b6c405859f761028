"""`harvest bulk`: any number of lists, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from harvest.bulk import line
from harvest.bulk.engines import HERE
from harvest.commands.exits import Exit, interruptible
from harvest.commands.options import Amount, Cache, Config, Jobs, Mirror, Quiet, Wait, new_app
from harvest.commands.progress import show_progress
from harvest.commands.settings import load_settings
from harvest.commands.streams import echo, note
from harvest.dataset.lake import Manifest
from harvest.http.clients import Budget

app = new_app()


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
        float, Amount("--memory", min=0.5, metavar="GB", help="Memory of all processes together.")
    ] = 2.0,
    jobs: Annotated[int | None, Jobs(help="Processes at a time.")] = None,
    json_limit: Annotated[
        int, Option(min=0, metavar="N", help="Write dataset.json too, up to N works.")
    ] = 200_000,
    max_requests: Annotated[
        int | None, Option(min=0, metavar="N", help="Ask what is due, in at most N requests.")
    ] = None,
    max_minutes: Annotated[
        float | None, Amount(min=0, metavar="N", help="Ask what is due, for at most N minutes.")
    ] = None,
    on: Annotated[
        str | None, Option(metavar="ADDRESS", help="Run on spark://HOST:PORT or local[N].")
    ] = None,
    mirror: Mirror = None,
    cache: Cache = None,
    config: Config = None,
    wait: Wait = False,
    quiet: Quiet = False,
) -> None:
    """Publish any number of lists in bounded memory.

    Answers come from a mirror and the cache.
    """
    settings = load_settings(config, {"mirror": mirror, "cache": cache})
    options = line.Options(
        on=on or HERE,
        room=int(1e9 * max_memory),
        jobs=jobs,
        json_limit=json_limit,
        budget=_budget(max_requests, max_minutes),
        wait=wait,
    )
    remains = f"{lake} is as before; the same line again goes on where this one stopped"
    with interruptible(remains), show_progress(quiet=quiet) as progress:
        manifest = line.run(settings, names, lake, datetime.now(UTC), options, progress)
    if not quiet:
        for text in lines(manifest, lake):
            echo(text)
    for text in manifest.degraded:
        note(f"degraded: {text}")
    if manifest.degraded:
        raise typer.Exit(Exit.DEGRADED)


def _budget(max_requests: int | None, max_minutes: float | None) -> Budget | None:
    """Return what a run may ask; without a limit it asks nothing."""
    if max_requests is None and max_minutes is None:
        return None
    return Budget(max_requests, None if max_minutes is None else 60 * max_minutes)


def lines(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what a lake holds."""
    for name, counts in manifest.counts.items():
        parts = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        yield f"{name:<13} {parts or 'none'}"
    yield f"See {folder / 'works'} for the works; `harvest show ID --output {folder}` shows one."
