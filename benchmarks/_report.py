"""Where benchmarks put what they measured: a section each, in a document of docs/."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def put(document: str, section: str, lines: Iterable[str]) -> None:
    """Replace a section of a document by these lines, or add it at the end."""
    path = DOCS / document
    text = path.read_text("utf-8")
    new = "\n".join([f"## {section}", "", *lines, ""])
    pattern = re.compile(rf"^## {re.escape(section)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(text):
        last = pattern.search(text).end() == len(text)
        text = pattern.sub(lambda _: new if last else new + "\n", text)
    else:
        text = f"{text.rstrip()}\n\n{new}"
    path.write_text(text, "utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines]


def wrapped(text: str) -> list[str]:
    """Break a paragraph into lines."""
    return textwrap.wrap(text, 120)


def measured(more: str = "services on loopback") -> str:
    """Return when and on what."""
    day = datetime.now(UTC).date().isoformat()
    return f"Measured on {day}, {os.cpu_count()} cores, {more}."
