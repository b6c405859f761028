"""The options and arguments that several commands have."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from typer import Argument, BadParameter, Option, Typer

from harvest import config

T = TypeVar("T")

ReportFormat = StrEnum("ReportFormat", ["TEXT", "JSON"])


def _finite(amount: float | None) -> float | None:
    """Return an amount. Raises BadParameter for one without end; nan is below no limit."""
    if amount is not None and not amount <= config.MAX_AMOUNT:
        raise BadParameter(f"{amount} is not a number up to {config.MAX_AMOUNT:.0f}.")
    return amount


def _not_empty(value: T) -> T:
    """Return what a user names. Raises BadParameter for an empty text: a variable is not set."""
    if value == "" or (isinstance(value, list) and "" in value):
        raise BadParameter("it is empty: name one, or leave it out.")
    return value


Folder = partial(Option, metavar="DIR", callback=_not_empty)
Name = partial(Option, callback=_not_empty)
Names = partial(Argument, callback=_not_empty)
Config = Annotated[
    Path | None, Option("--config", metavar="F", help="Settings file [default: harvest.toml]")
]
Cache = Annotated[str | None, Folder(help="Cache folder [default: cache]")]
Output = Annotated[str | None, Folder(help="Output folder [default: output]")]
Mirror = Annotated[str | None, Folder("--mirror", help="Folder of the mirror [default: settings]")]
Seeds = Annotated[
    list[str] | None,
    Names(
        metavar="[LIST]...",
        help="A file, folder, glob, github:owner/repo[:path] or - [default: settings]",
    ),
]
Where = Annotated[
    str | None,
    Name(metavar="EXPR", help="Only works that match: stars >= 100 and method = GAN"),
]
Wait = Annotated[bool, Option("--wait", help="Wait for another run to end.")]
Quiet = Annotated[bool, Option("--quiet", help="Print problems only.")]
Jobs = partial(Option, min=1, metavar="N")
Amount = partial(Option, callback=_finite)
Duration = partial(Option, metavar="DUR", parser=config.duration)
FORMAT = Option("--format", help="Output format.")


def new_app(**settings: Any) -> Typer:
    """Return an app of Typer with plain help, and without options for the completion of a shell."""
    return Typer(add_completion=False, rich_markup_mode=None, **settings)
