"""Records of tagged lines (`TI  - A title`, `TI A title`), which go on in indented lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from harvest.readers.fields import Field

# Tags of the Web of Science and what they hold (field tags of its help pages), in the order in
# which they are preferred. What it cites (CR) and who funded it are no part of a record.
WEB_OF_SCIENCE = {
    "TI": "title", "AF": "authors", "AU": "authors", "PY": "year", "EA": "date", "DI": "doi",
    "PM": "pmid", "AB": "abstract", "SO": "journal",
}  # fmt: skip


class Tagged(NamedTuple):
    """One tagged line with those that go on with it, and the line on which it begins."""

    tag: str
    values: list[str]
    line: int


def records(
    text: str, begin: re.Pattern[str], tag: re.Pattern[str]
) -> list[tuple[int, list[Tagged]]]:
    """Return the records of a text, each with the line on which it begins, by their first lines."""
    lines = list(enumerate(text.split("\n"), start=1))
    begins = [number for number, line in lines if begin.match(line)]
    return [
        (first, list(_tagged(lines[first - 1 : following - 1], tag)))
        for first, following in pairwise([*begins, len(lines) + 1])
    ]


def _tagged(lines: Iterable[tuple[int, str]], tag: re.Pattern[str]) -> Iterator[Tagged]:
    """Yield the tags of numbered lines. A line that begins with a blank goes on with the last."""
    current: Tagged | None = None
    for number, line in lines:
        match = tag.match(line)
        if match:
            if current:
                yield current
            current = Tagged(match[1], [line[match.end() :].strip()], number)
        elif current and line[:1] in {" ", "\t"}:
            current.values.append(line.strip())
    if current:
        yield current


def tagged_fields(record: Iterable[Tagged], names: Mapping[str, str]) -> list[Field]:
    """Return the fields of a record by their names; authors are apart, other lines one text."""
    content = list(record)
    fields: list[Field] = []
    for tag, name in names.items():
        values = [part for part in content if part.tag == tag]
        if not values:
            continue
        separator = "; " if name == "authors" else " "
        texts = (separator.join(part.values) for part in values)
        if name == "authors":
            fields.append(Field(name, "; ".join(texts), values[0].line, name))
        else:
            pairs = zip(texts, values, strict=True)
            fields += [Field(name, text, part.line, name) for text, part in pairs]
    return fields
