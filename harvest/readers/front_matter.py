"""Front matter of Jekyll and Hugo: fields above a page of Markdown, in YAML, TOML or JSON."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime
from json import JSONDecoder
from typing import Any

from harvest.models import Reading
from harvest.readers.json import tree
from harvest.readers.records import read_records
from harvest.readers.values import Value
from harvest.readers.yaml import load

_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\n((?:.*\n)*?)(?:\1|\.\.\.)[ \t]*(?:\n|$)")
_LONGEST_MATTER = 200_000  # characters
# A comment, or a value (or key): a string in one of its four forms, a day, or what else there is:
# https://toml.io/en/v1.0.0
_TOKEN = re.compile(
    r"""
    \#.* | (?P<value>
    "{3}(?s:\\.|(?!"{3}).)*+"{3} | '{3}(?s:(?!'{3}).)*+'{3} | "(?:\\.|[^"\\\n])*+" | '[^'\n]*+'
    | \d{4}-\d\d-\d\d | [^\s"'\#=,\[\]{}]++
    )""",
    re.VERBOSE,
)


def add_front_matter(reading: Reading, text: str, name: str) -> None:
    """Add the links in the front matter of a page to what was read of it.

    A page without links in it is a page, not a work. What cannot be read was written for others.
    """
    matter, document = _parse(text[:_LONGEST_MATTER])
    if not document or not document.members:
        return
    fields = Reading()
    read_records(fields, name, document)
    works = {mention.entry for mention in fields.mentions if mention.url and mention.entry}
    last = max((mention.entry or 0 for mention in reading.mentions), default=0)
    end = 1 + matter.rstrip("\n").count("\n")
    below = [mention for mention in reading.mentions if mention.line > end]
    for mention in fields.mentions:
        if mention.entry in works:
            mention.entry = (mention.entry or 0) + last
    linked = [mention for mention in fields.mentions if mention.url]
    reading.mentions = [*linked, *below]
    reading.files[name].code |= set(range(1, end + 1))


def _parse(text: str) -> tuple[str, Value | None]:
    """Return the front matter of a page as text and as a tree; no tree if it holds no link."""
    matter = _MATTER.match(text)
    content = matter[0] if matter else _object(text)
    if not re.search(r"://|10\.\d{4}|arxiv", content, re.IGNORECASE):
        return content, None
    if matter is None:
        return content, tree(content)
    return content, load(matter[2], 2)[0] if matter[1] == "---" else load_toml(matter[2], 2)[0]


def _object(text: str) -> str:
    """Return the JSON object at the beginning of a page of Hugo, an empty text if there is none."""
    try:
        end = JSONDecoder().raw_decode(text)[1] if text[:1] == "{" else 0
    except (ValueError, RecursionError):
        end = 0
    return text[:end] if text[end : end + 1] in {"", "\n"} else ""


def load_toml(text: str, line: int = 1) -> tuple[Value | None, str]:
    """Return TOML, whose first line has a number, as a tree, or what is wrong with it.

    Its lines are found by searching for each value.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, str(error)
    return _Lines(text, line).value(content), ""


class _Lines:
    """Finds the lines of values of TOML, in their order: tomllib gives no lines."""

    def __init__(self, text: str, first: int) -> None:
        self.first = first
        self.places: dict[str, list[int]] = defaultdict(list)  # of each value
        for token in _TOKEN.finditer(text):
            if token["value"]:
                self.places[_text_of(token["value"])].append(token.start())
        self.places.pop("", None)  # which says nothing
        self.starts = [0, *(match.end() for match in re.finditer(r"\n", text))]
        self.last = -1  # where the last value begins

    def value(self, content: Any) -> Value:
        """Return a value as a tree."""
        if isinstance(content, dict):
            members = [(key, self.value(part)) for key, part in content.items()]
            return Value(_first_line([part for _, part in members]), members=members)
        if isinstance(content, list):
            items = [self.value(part) for part in content]
            return Value(_first_line(items), items=items)
        if isinstance(content, datetime):
            content = content.date()
        text = "" if isinstance(content, bool) else str(content)
        return Value(self.line_of(text), text)

    def line_of(self, text: str) -> int:
        """Return the first line with a text behind the value before, else the first of all.

        A text that the file writes in another way (1.50) is on the line of the value before.
        """
        places = self.places.get(text)
        if places:
            place = bisect_right(places, self.last)
            self.last = places[place] if place < len(places) else places[0]
        return self.first - 1 + bisect_right(self.starts, max(self.last, 0))


def _text_of(token: str) -> str:
    """Return the text that a value of TOML stands for."""
    if token[0] not in "\"'":
        return token
    is_plain = "\\" not in token and token[:3] not in {'"""', "'''"}
    return token[1:-1] if is_plain else str(tomllib.loads(f"value = {token}")["value"])


def _first_line(values: list[Value]) -> int:
    return min((value.line for value in values), default=2)
