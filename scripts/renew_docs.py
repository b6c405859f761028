"""Renew the generated parts of the documents: the help in README.md, and docs/rules.md."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from harvest.checks import report
from harvest.cli import app

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RULES = ROOT / "docs" / "rules.md"
HELP = re.compile(r"(<!-- help: [^>]*-->\n```text\n)(.*?)(```\n<!-- end of help -->)", re.DOTALL)
PLAIN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def program_help() -> str:
    """Return the help of the program and of `refresh`, as a plain terminal shows it."""
    texts = []
    for arguments in (["--help"], ["refresh", "--help"]):
        result = CliRunner(env=PLAIN).invoke(app, arguments, prog_name="harvest", color=False)
        if result.exception:
            raise result.exception
        lines = [line.rstrip() for line in result.output.strip().splitlines()]
        texts.append("\n".join([f"$ harvest {' '.join(arguments)}", *lines, ""]))
    return "\n".join(texts)


def readme() -> str:
    """Return README.md with the present help. Raises ValueError if its markers are missing."""
    text = README.read_text("utf-8")
    if not HELP.search(text):
        raise ValueError(f"{README}: the markers of the help are missing")
    return HELP.sub(lambda match: match[1] + program_help() + match[3], text)


if __name__ == "__main__":
    README.write_text(readme(), "utf-8")
    RULES.write_text(report.document(), "utf-8")
