"""Renew the generated parts of the documents.

These are the sources in docs/settings.md, all of docs/commands.md, docs/rules.md and
docs/linking.md, and the pictures of the page.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from harvest import cli, sources
from harvest.checks import report
from harvest.config import Service
from scripts import page_pictures
from tests.linking import classes

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "docs" / "settings.md"
COMMANDS = ROOT / "docs" / "commands.md"
RULES = ROOT / "docs" / "rules.md"
LINKING = ROOT / "docs" / "linking.md"
PLAIN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
BEGIN, END = "<!-- renewed by `make docs` -->\n", "<!-- end -->"


def documents() -> dict[Path, str]:
    """Return each document that has generated parts, as it should be."""
    return {
        SETTINGS: with_part(SETTINGS, services()),
        COMMANDS: commands(),
        RULES: report.document(),
        LINKING: classes.document(),
    }


def with_part(path: Path, part: str) -> str:
    """Return a document with a new generated part. Raises ValueError if its marks are missing."""
    text = path.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path}: the marks of the generated part are missing")
    return before + begin + part + end + after


def program_help(*command: str) -> str:
    """Return the help of the program or of one command, as a plain terminal shows it."""
    result = CliRunner(env=PLAIN).invoke(cli.app, [*command, "--help"], prog_name="harvest")
    if result.exception:
        raise result.exception
    lines = [line.rstrip() for line in result.output.strip().splitlines()]
    return "\n".join([f"$ {' '.join(('harvest', *command))} --help", *lines, ""])


def commands() -> str:
    """Return docs/commands.md: the help of every command."""
    text = "# Commands\n\nThe help of the program and of every command, renewed by `make docs`.\n"
    text += f"\n```text\n{program_help()}```\n"
    for name in cli.COMMANDS:
        text += f"\n## {name}\n\n```text\n{program_help(name)}```\n"
        for part in getattr(cli.load(name), "commands", ()):
            text += f"\n### {name} {part}\n\n```text\n{program_help(name, part)}```\n"
    return text


def services() -> str:
    """Return the table of all sources with the defaults of their settings."""
    keys = Service.__struct_fields__
    header = ["section", *(f"`{key}`" for key in keys), "least interval"]
    lines = [header, ["---"] * len(header)]
    for name, source in sources.discover().items():
        defaults = msgspec.structs.asdict(source.service)
        values = [defaults[key] for key in keys]
        lines.append([code(name), *map(code, values), code(source.least_interval or None)])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def code(value: object) -> str:
    """Return a cell with a value, or with a dash for none."""
    return "-" if value is None else f"`{value}`"


if __name__ == "__main__":
    for document, content in documents().items():
        document.write_text(content, "utf-8")
    page_pictures.renew()
