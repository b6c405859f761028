"""`harvest schedule`: a crontab line, systemd units or a GitHub workflow for a run every night.

Nothing is installed. Paths are absolute (in the workflow: relative to the repository) and quoted by
the rules of their format. The environment of the caller is left out, because no scheduler has it.
The minute is computed from the folder's name, so that not every installation asks at the same time.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import string
import sys
import zlib
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from harvest import config
from harvest.commands.options import Config, new_app
from harvest.commands.settings import load_settings
from harvest.commands.streams import write
from harvest.config import Settings
from harvest.errors import UsageError
from harvest.lookup import database

HOUR = 3
PATIENCE = "20m"  # for a source that refuses at first: at night nobody waits
MINUTES: tuple[int, ...] = (*range(5, 25), *range(35, 55))
MAX_REQUEST_MINUTES = 120  # minutes; the next night starts with what was not asked by then
MAX_RUN_MINUTES = 180  # minutes; a run that takes longer hangs
CHECKOUT = "."  # what pip installs in a workflow: the repository itself

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BARE = re.compile(r"[\w./:@+=,-]+", re.ASCII)

Scheduler = StrEnum("Scheduler", ["CRON", "SYSTEMD", "GITHUB"])

app = new_app()


@app.command(epilog="Example: harvest schedule systemd")
def schedule(
    kind: Annotated[Scheduler, Argument(metavar="KIND", help="cron, systemd or github")],
    file: Config = None,
    package: Annotated[
        str, Option(metavar="SPEC", help="What pip installs in a GitHub workflow.")
    ] = CHECKOUT,
) -> None:
    """Print a nightly job for cron, systemd or GitHub."""
    match kind:
        case Scheduler.CRON:
            text = cron(file)
        case Scheduler.SYSTEMD:
            text = systemd(file)
        case Scheduler.GITHUB:
            text = github(file, package)
    write(os.fsencode(text))


class _Template(string.Template):
    """Text with `@@name` in it, because shell, units and workflows are full of dollar signs."""

    delimiter = "@@"


def cron(file: Path | None) -> str:
    """Return a line for crontab(5) that runs the settings file.

    Raises UsageError if it cannot be scheduled, as do `systemd` and `github`.
    """
    file, _ = _load(file)
    command = f"cd {shlex.quote(str(file.parent))} && {shlex.join(_command(file))}"
    escaped = command.replace("%", r"\%")  # cron ends the command at a bare per cent sign
    return _fill("crontab", minute=_minute(file), hour=HOUR, command=escaped)


def systemd(file: Path | None) -> str:
    """Return a service and its timer, each below a comment with its path; see systemd.exec(5)."""
    file, settings = _load(file)
    words = [_unit_word(word).replace("$", "$$") for word in _command(file)]
    service = _fill(
        "harvest.service",
        user=_owner(file),
        folder=str(file.parent).replace("%", "%%"),
        command=" ".join(words),
        writable=" ".join(map(_unit_word, _writable(file.parent, settings))),
        minutes=MAX_RUN_MINUTES,
    )
    return service + "\n" + _fill("harvest.timer", hour=f"{HOUR:02}", minute=f"{_minute(file):02}")


def github(file: Path | None, package: str = CHECKOUT) -> str:
    """Return a workflow for the repository of the settings file; pip installs `package` there."""
    file, settings = _load(file)
    folder = file.parent
    constraint = ""
    if package == CHECKOUT:
        if not (folder / "pyproject.toml").is_file():
            raise UsageError(f"{folder}: no checkout of harvest; name what to install: --package")
        if (folder / "requirements.lock").is_file():
            constraint = "--constraint requirements.lock "
    places = (folder, *folder.parents)
    root = next((place for place in places if (place / ".git").exists()), folder)
    answers, output = folder / settings.cache, folder / settings.output
    state = (answers / database.FILE, answers / "exit-code", output / "run.json")
    return _fill(
        "harvest.yml",
        minute=_minute(file),
        hour=HOUR,
        minutes=MAX_RUN_MINUTES,
        asking=MAX_REQUEST_MINUTES,
        patience=PATIENCE,
        folder=_yaml(_relative(folder, root)),
        config=_yaml(file.name),
        output=_yaml(_relative(output, folder)),
        published=_yaml(_relative(output, root)),
        cache=_yaml(_relative(answers, folder)),
        kept=_yaml("\n".join(_relative(path, root) for path in state)),
        package=_yaml(package),
        constraint=constraint,
    )


def _load(file: Path | None) -> tuple[Path, Settings]:
    """Load a settings file as a scheduler will: by its absolute path, in an empty environment."""
    file = (file or Path(config.FILE)).absolute()
    if _CONTROL.search(str(file)):
        raise UsageError(f"{str(file)!r}: schedulers cannot hold a name with control characters")
    advice = 'write seeds = ["my-list.md"] into it'
    if not file.exists():
        raise UsageError(f"{file}: does not exist, and a scheduled run needs it: {advice}")
    settings = load_settings(file, {}, {})
    if not settings.seeds:
        raise UsageError(f"{file}: names no `seeds`, which a scheduled run needs: {advice}")
    return file, settings


def _fill(name: str, **values: object) -> str:
    text = (resources.files("harvest") / "templates" / name).read_text("utf-8")
    return _Template(text).substitute(values)


def _command(file: Path) -> list[str]:
    options = ["--quiet", f"--max-minutes={MAX_REQUEST_MINUTES}", f"--patience={PATIENCE}"]
    return [sys.executable, "-m", "harvest", "refresh", *options, "--config", str(file)]


def _minute(file: Path) -> int:
    """Return a minute that is fixed for a folder; near the full and half hour everyone asks."""
    place = zlib.crc32(str(file.parent).encode()) % len(MINUTES)
    return MINUTES[place]


def _owner(file: Path) -> str:
    try:
        return file.owner()
    except KeyError:  # a user without a name, as in containers
        return str(file.stat().st_uid)


def _writable(folder: Path, settings: Settings) -> list[str]:
    """Return the folders that a run writes to: a run swaps output/ as a whole, so its parent."""
    parent, answers = (folder / settings.output).parent, folder / settings.cache
    if answers.is_relative_to(parent):
        return [str(parent)]
    return [str(parent), str(answers)]


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError as error:
        raise UsageError(f"{path}: outside of {root}, which is all that a workflow has") from error


def _unit_word(word: str) -> str:
    """Quote a word of a unit file; see systemd.syntax(7), and systemd.unit(5) for specifiers."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return word if _BARE.fullmatch(word) else f'"{escaped}"'


def _yaml(text: str) -> str:
    """Quote a string for YAML, which takes every JSON string; GitHub reads `${{` even there."""
    if "${{" in text:
        raise UsageError(f"{text!r}: a workflow cannot hold `${{{{`")
    return json.dumps(text, ensure_ascii=False)
