"""How the program ends: its exit codes, and a clean end on Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

import typer

from harvest.commands.streams import note

ANSWERS_REMAIN = "answers so far are cached, and the last output stands"


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


@contextmanager
def interruptible(remains: str) -> Iterator[None]:
    """End a run cleanly on Ctrl-C or SIGTERM: open requests finish and their answers are cached.

    `remains` says in the message what is there afterwards.
    """

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        note(f"harvest: interrupted; {remains}")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)
