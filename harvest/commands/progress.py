"""What a person reads of a run: its progress, and its summary at the end.

Only a terminal and a summary need rich, which takes as long to load as a list to read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harvest.commands.streams import note

if TYPE_CHECKING:
    from harvest.config import Settings
    from harvest.dataset.run import Run


def is_watched() -> bool:
    """Return True if a person sees stderr."""
    return sys.stderr.isatty()


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show bars on a terminal, and elsewhere a line for each 1000 identifiers of a source."""
    if quiet:
        yield lambda *_: None
    elif not is_watched():
        yield _progress_line
    else:
        from rich.console import Console
        from rich.progress import Progress, TaskID

        with Progress(console=Console(stderr=True), transient=True) as bars:
            tasks: dict[str, TaskID] = {}

            def update(source: str, done: int, total: int) -> None:
                if source not in tasks:
                    tasks[source] = bars.add_task(source)
                bars.update(tasks[source], completed=done, total=total)

            yield update


def _progress_line(source: str, done: int, total: int) -> None:
    if done == total or done % 1000 == 0:
        note(f"{source}: {done} of {total}")


def show_run(run: Run, settings: Settings, *, quiet: bool) -> None:
    """Print what a run did, what helps the next one, where to look, and what is degraded.

    `quiet` leaves the last of these only.
    """
    if not quiet:
        from harvest.commands import terminal

        terminal.show_summary(run, settings)
    for line in run.degraded:
        note(f"degraded: {line}")
