"""What a command writes: its result on stdout, notes for people on stderr."""

from __future__ import annotations

import sys

import typer

from harvest.text import printable


def echo(line: str) -> None:
    """Print a line on stdout, without control characters."""
    typer.echo(printable(line))


def note(line: str) -> None:
    """Print a line on stderr, without control characters."""
    typer.echo(printable(line), err=True)


def write(content: bytes) -> None:
    """Write a file to stdout as it is."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
