"""The options and arguments that several commands have."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, BadParameter, Option, Typer

from harvest import config

ReportFormat = StrEnum("ReportFormat", ["TEXT", "JSON"])


def _checked(amount: float | None) -> float | None:
    """Return an amount. Raises BadParameter for one without end; nan is below no limit."""
    if amount is not None and not amount <= config.MAX_AMOUNT:
        raise BadParameter(f"{amount} is no number up to {config.MAX_AMOUNT:.0f}.")
    return amount


Config = Annotated[
    Path | None, Option("--config", metavar="F", help="Settings file [default: harvest.toml]")
]
Cache = Annotated[str | None, Option(metavar="DIR", help="Cache folder [default: cache]")]
Output = Annotated[str | None, Option(metavar="DIR", help="Output folder [default: output]")]
Mirror = Annotated[
    str | None, Option("--mirror", metavar="DIR", help="Folder of the mirror [default: settings]")
]
Seeds = Annotated[
    list[str] | None,
    Argument(
        metavar="[LIST]...",
        help="A file, folder, glob, github:owner/repo[:path] or - [default: settings]",
    ),
]
Where = Annotated[
    str | None,
    Option(metavar="EXPR", help="Only works that match: stars >= 100 and method = GAN"),
]
Wait = Annotated[bool, Option("--wait", help="Wait for another run to end.")]
Quiet = Annotated[bool, Option("--quiet", help="Print problems only.")]
Jobs = partial(Option, min=1, metavar="N")
Amount = partial(Option, callback=_checked)
Duration = partial(Option, metavar="DUR", parser=config.duration)
FORMAT = Option("--format", help="Output format.")


def new_app(**settings: Any) -> Typer:
    """Return an app of Typer with plain help, and without options for the completion of a shell."""
    return Typer(add_completion=False, rich_markup_mode=None, **settings)
