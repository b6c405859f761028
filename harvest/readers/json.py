"""JSON of any shape, and JSON Lines. Every mention has the line of its value."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.records import read_records
from harvest.readers.values import Value, ValueBuilder

_DECODER = JSONDecoder(parse_int=str, parse_float=str)  # a number may be longer than int() takes
# Begins with one sign of a set, so that the search skips all others. No text holds a line feed.
_TOKEN = re.compile(
    r'[^ \t\r,:](?:(?<=[\n{}\[\]])|(?<=")[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s{}\[\],:"]*+)'
)
_NOTHING = frozenset({"null", "true", "false", "NaN", "Infinity", "-Infinity"})


class Json(Reader):
    """JSON and JSON Lines."""

    suffixes = (".json", ".jsonl", ".ndjson")

    def sniff(self, text: str) -> bool:
        """Return True if the text begins like JSON: `[![badge]` and `[text](url)` do not."""
        start = r'\s*(?:\{\s*["}]|\[\s*(?:[\{\]]|"(?:[^"\\\n]|\\.)*+"\s*[,\]](?!\()))'
        return re.match(start, text) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read one document, or one record a line."""
        reading = Reading()
        try:
            document = tree(text)
        except (ValueError, RecursionError) as error:
            _read_lines(text, name, reading)
            if not reading.mentions and not reading.findings:
                reading.findings.append(_malformed(name, error))
            return reading
        read_records(reading, name, document)
        return reading


def _read_lines(text: str, name: str, reading: Reading) -> None:
    """Read one record a line; nothing if the first line is none: it is a broken document then."""
    records: list[Value] = []
    first = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(tree(line, number))
        except (ValueError, RecursionError) as error:
            if first:
                return
            reading.findings.append(_malformed(name, error, number))
        first = False
    if records:
        read_records(reading, name, Value(1, items=records))


def _malformed(name: str, error: Exception, line: int | None = None) -> Finding:
    line = line or (error.lineno if isinstance(error, JSONDecodeError) else 1)
    return Finding(name, line, "malformed-json", f"cannot be read as JSON: {error}")


def tree(text: str, line: int = 1) -> Value:
    """Return JSON, whose first line has a number, as a tree.

    Raises ValueError and RecursionError.
    """
    _DECODER.decode(text)
    builder = ValueBuilder()
    for content in _TOKEN.findall(text):
        if content[0] == '"':
            builder.add(
                Value(line, content[1:-1] if "\\" not in content else _DECODER.decode(content))
            )
        elif content == "\n":
            line += 1
        elif content in "{[":
            builder.begin(line, is_object=content == "{")
        elif content in "}]":
            builder.end()
        else:
            builder.add(Value(line, "" if content in _NOTHING else content))
    if builder.root is None:
        raise ValueError("holds no value")
    return builder.root
