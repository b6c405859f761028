"""What a command writes: its result on stdout, notes for people on stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from harvest.errors import HarvestError
from harvest.text import printable

# What a stream that leads to a file may meet; a reader that has gone is no error of ours.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@contextmanager
def safe_streams() -> Iterator[None]:
    """Let standard streams take any text; a closed one leads nowhere.

    Raises HarvestError where the file that they lead to cannot be written.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            null = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, null)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno not in _NO_ROOM:
            raise
        raise HarvestError(f"cannot write what it prints: {error.strerror}") from error


def echo(line: str) -> None:
    """Print a line on stdout, without control characters."""
    typer.echo(printable(line))


def note(line: str) -> None:
    """Print a line on stderr, without control characters."""
    typer.echo(printable(line), err=True)


def is_terminal() -> bool:
    """Return True if stdout leads to a terminal."""
    return sys.stdout.isatty()


def write(content: bytes) -> None:
    """Write a file to stdout as it is."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
