"""Six lists of our own making, in shapes that lists have, against what they say by line."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from harvest.models import Mention
from harvest.readers import read

DATA = Path(__file__).parents[1] / "data" / "lists"
LEAST = {"title": 0.98, "authors": 0.96, "year": 0.98}  # of the entries that say it


def truth(path: Path) -> dict[int, dict[str, str]]:
    """Return what each entry says, by the line of its first link."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {int(line): dict(zip(LEAST, fields, strict=True)) for line, *fields in rows}


def plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip(" .,").lower()


def part(mention: Mention, name: str, value: str) -> bool:
    """Return True if a mention says what the list says."""
    if name == "year":
        return value in (mention.date or "")
    return plain(mention.title if name == "title" else mention.authors) == plain(value)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.tsv")), ids=lambda path: path.stem)
def test_a_list_is_read_as_it_was_written(path: Path) -> None:
    text = next(file for file in DATA.glob(f"{path.stem}.*") if file != path)
    by_line: dict[int, list[Mention]] = {}
    for mention in read(text.read_bytes(), text.name).mentions:
        by_line.setdefault(mention.line, []).append(mention)
    total, right = Counter[str](), Counter[str]()
    entries = truth(path)
    numbers = [by_line[line][0].entry for line in entries]
    assert len(set(numbers)) == len(entries) == 30  # none torn or glued
    assert None not in numbers
    for line, parts in entries.items():
        for name, value in parts.items():
            total[name] += bool(value)
            right[name] += bool(value) and part(by_line[line][0], name, value)
    missing = {
        name: (right[name], total[name])
        for name in LEAST
        if right[name] < LEAST[name] * total[name]
    }
    assert missing == {}
