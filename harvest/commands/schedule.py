"""What runs harvest every night, as text to look at and to install: a crontab line, systemd units, a GitHub workflow.

Nothing is installed. Paths are absolute (in the workflow: below the repository) and quoted by the rules of their
format. The environment of whoever prints is left out, since no scheduler has it. The minute comes from the folder's
name, so that not everybody's harvest knocks at the same moment.
"""

from __future__ import annotations

import json
import re
import shlex
import string
import sys
import zlib
from importlib import resources
from pathlib import Path

from harvest import config
from harvest.config import Settings
from harvest.errors import UsageError
from harvest.lookup import cache

HOUR = 3
ASKING = 120  # minutes; what is not asked by then comes first in the next night
LONGEST_RUN = 180  # minutes; whatever still runs then hangs
CHECKOUT = "."  # what pip installs in a workflow: the repository itself

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BARE = re.compile(r"[\w./:@+=,-]+", re.ASCII)


class _Template(string.Template):
    """Text with `@@name` in it: shell, units and workflows are full of dollar signs."""

    delimiter = "@@"


def cron(file: Path | None) -> str:
    """Give a line for crontab(5) that runs the settings file. Raises UsageError, as do `systemd` and `github`."""
    file, _ = _scheduled(file)
    return _fill(
        "crontab",
        minute=_minute(file),
        hour=HOUR,
        folder=_crontab(shlex.quote(str(file.parent))),
        command=_crontab(shlex.join(_command(file))),
    )


def systemd(file: Path | None) -> str:
    """Give a service and its timer, each after a comment that names its file; see systemd.exec(5)."""
    file, settings = _scheduled(file)
    service = _fill(
        "harvest.service",
        user=_owner(file),
        folder=str(file.parent).replace("%", "%%"),
        command=" ".join(_unit(word).replace("$", "$$") for word in _command(file)),
        writable=" ".join(_unit(str(folder)) for folder in _writable(file.parent, settings)),
        minutes=LONGEST_RUN,
    )
    return service + "\n" + _fill("harvest.timer", hour=f"{HOUR:02}", minute=f"{_minute(file):02}")


def github(file: Path | None, package: str = CHECKOUT) -> str:
    """Give a workflow for the repository in which the settings file lies; `package` is what pip installs there."""
    file, settings = _scheduled(file)
    folder = file.parent
    if package == CHECKOUT and not (folder / "pyproject.toml").is_file():
        raise UsageError(
            f"{folder}: is no checkout of harvest; say what pip shall install with --package"
        )
    locked = package == CHECKOUT and (folder / "requirements.lock").is_file()
    root = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
    kept, output = folder / settings.cache, folder / settings.output
    return _fill(
        "harvest.yml",
        minute=_minute(file),
        hour=HOUR,
        minutes=LONGEST_RUN,
        asking=ASKING,
        folder=_yaml(_below(root, folder)),
        config=_yaml(file.name),
        output=_yaml(_below(folder, output)),
        cache=_yaml(_below(folder, kept)),
        kept=_yaml(
            "\n".join(
                _below(root, p)
                for p in (kept / cache.FILE, kept / "exit-code", output / "run.json")
            )
        ),
        package=_yaml(package),
        constraint="--constraint requirements.lock " if locked else "",
    )


def _scheduled(file: Path | None) -> tuple[Path, Settings]:
    """Read a settings file as a scheduler will: absolute, and with an empty environment."""
    file = (file or Path(config.FILE)).absolute()
    if _CONTROL.search(str(file)):
        raise UsageError(f"{str(file)!r}: no scheduler can hold a name with control characters")
    settings = config.load(file, {}, {})
    if not settings.seeds:
        raise UsageError(f"{file}: names no `seeds`, and a scheduled run knows no others")
    return file, settings


def _fill(name: str, **values: object) -> str:
    text = (resources.files("harvest") / "templates" / name).read_text("utf-8")
    return _Template(text).substitute(values)


def _command(file: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "harvest",
        "refresh",
        "--quiet",
        f"--max-minutes={ASKING}",
        "--config",
        str(file),
    ]


def _minute(file: Path) -> int:
    """Give a minute that is always the same for a folder and never near the full hour, when everybody asks."""
    return 5 + zlib.crc32(str(file.parent).encode()) % 50


def _owner(file: Path) -> str:
    try:
        return file.owner()
    except KeyError:  # a user without a name, as in containers
        return str(file.stat().st_uid)


def _writable(folder: Path, settings: Settings) -> list[Path]:
    """Give the folders that a run writes to: output/ is swapped as a whole, so the one above it."""
    above, kept = (folder / settings.output).parent, folder / settings.cache
    return [above] if kept.is_relative_to(above) else [above, kept]


def _below(root: Path, path: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError as error:
        raise UsageError(
            f"{path}: lies outside of {root}, which is all that a workflow has"
        ) from error


def _crontab(text: str) -> str:
    """Escape what cron itself reads: an unescaped `%` ends the command."""
    return text.replace("%", r"\%")


def _unit(word: str) -> str:
    """Quote a word of a unit file and escape its specifiers; see systemd.syntax(7) and systemd.unit(5)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return word if _BARE.fullmatch(word) else f'"{escaped}"'


def _yaml(text: str) -> str:
    """Quote a string for YAML, whose double-quoted form holds every JSON string; GitHub reads `${{` even there."""
    if "${{" in text:
        raise UsageError(f"{text!r}: a workflow cannot hold `${{{{`")
    return json.dumps(text, ensure_ascii=False)
