"""The command line: its commands, each in a file of its own, and an exit code for every error."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Annotated, Any

import typer.main
from typer import Option
from typer.core import TyperCommand, TyperGroup

from harvest import __version__, processes
from harvest.commands.exits import Exit
from harvest.commands.streams import note, safe_streams
from harvest.errors import HarvestError, LockedError, PublicationError, UsageError

# The commands in the order of the help, each with the first sentence of its own help.
COMMANDS = {
    "refresh": "Read the lists, ask the sources, and publish the dataset.",
    "extract": "Print the links of lists with their identifiers, offline.",
    "lint": "Check lists for problems, offline.",
    "diff": "Print what changed between two datasets, and why.",
    "show": "Print a work or repository with its sources, or matching works.",
    "export": "Write the published dataset in one format.",
    "status": "Print how the last run went and what is due, offline.",
    "doctor": "Check settings, folders, services, clock and token.",
    "replay": "Run a recorded refresh once more, without a network.",
    "bulk": "Publish any number of lists in bounded memory.",
    "schedule": "Print a nightly job for cron, systemd or GitHub.",
    "schema": "Print the JSON Schema of dataset.json.",
    "mirror": "Keep public dumps, which answer where no API is asked.",
}
ERRORS: dict[type[HarvestError], Exit] = {
    UsageError: Exit.USAGE,
    PublicationError: Exit.NOT_PUBLISHED,
    LockedError: Exit.LOCKED,
    HarvestError: Exit.INTERNAL_ERROR,
}
# New objects until the collector looks for cycles. A dataset has none and millions of objects.
COLLECT_AFTER = (100_000, 50, 50)


def load(name: str) -> Any:
    """Import the command of a name, as click has it."""
    return typer.main.get_command(import_module(f"harvest.commands.{name}").app)


class UnloadedCommand(TyperCommand):
    """The name and summary of a command, which is imported when it is called."""

    def make_context(self, info_name: str | None, *args: Any, **kwargs: Any) -> Any:
        """Import the command and return its context, in which click then runs it."""
        return load(str(info_name)).make_context(info_name, *args, **kwargs)


class Program(TyperGroup):
    """All commands. None is imported to show their names."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, summary in COMMANDS.items():
            self.add_command(UnloadedCommand(name, help=summary))


app = typer.Typer(
    cls=Program,
    epilog="Example: harvest refresh my-list.md --output public/",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Turn curated lists of papers into one enriched dataset, and keep it up to date."""
    if version:
        typer.echo(f"harvest {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the program. Every expected error becomes one line on stderr and an exit code."""
    gc.set_threshold(*COLLECT_AFTER)
    processes.ARE_ALLOWED.set(True)
    try:
        with safe_streams():
            app(prog_name="harvest")
    except HarvestError as error:
        note(f"harvest: {error}")
        for line in getattr(error, "__notes__", ()):
            note(line)
        codes = [code for kind, code in ERRORS.items() if isinstance(error, kind)]
        raise SystemExit(int(codes[0])) from None
