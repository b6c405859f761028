"""`harvest bulk`: its options, and what it published as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harvest.bulk.engines import HERE
from harvest.bulk.line import Options
from harvest.dataset.lake import Manifest
from harvest.http.clients import Budget


def options(
    gigabytes: float,
    jobs: int | None,
    json_limit: int,
    max_requests: int | None,
    max_minutes: float | None,
    on: str | None,
    *,
    wait: bool,
) -> Options:
    """Return the options of a run with so many gigabytes of memory; it asks only with a limit."""
    budget = None
    if max_requests is not None or max_minutes is not None:
        budget = Budget(max_requests, None if max_minutes is None else 60 * max_minutes)
    return Options(
        on=on or HERE,
        room=int(1e9 * gigabytes),
        jobs=jobs,
        json_limit=json_limit,
        budget=budget,
        wait=wait,
    )


def lines(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what a lake holds."""
    for name, counts in manifest.counts.items():
        parts = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        yield f"{name:<13} {parts or 'none'}"
    yield f"See {folder / 'works'} for the works; `harvest show ID --output {folder}` shows one."
