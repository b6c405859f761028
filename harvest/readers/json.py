"""JSON: a list of ids, URLs or objects, alone or under `items`; CSL-JSON; JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from harvest import dates
from harvest.models import Finding, Reading
from harvest.readers.base import Reader
from harvest.readers.fields import add_record

_HOLDERS = ("items", "works", "papers", "entries", "records", "results", "data", "references")
# Numbers stay as they are written. NaN, which Python writes, is no value.
_DECODER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: None)
_GAP = re.compile(r"[\s,:]*")


class Json(Reader):
    """JSON and JSON Lines."""

    suffixes = (".json", ".jsonl", ".ndjson")

    def sniff(self, text: str) -> bool:
        """Return True if the text begins like JSON: `[![badge]` and `[text](url)` do not."""
        start = r'\s*(?:\{\s*["}]|\[\s*(?:[\{\]]|"(?:[^"\\\n]|\\.)*"\s*[,\]](?!\()))'
        return re.match(start, text) is not None

    def read(self, text: str, name: str) -> Reading:
        """Read one document, or one record a line. Every mention has the line of its value."""
        reading = Reading()
        try:
            starts = _starts(text)
        except (ValueError, RecursionError) as error:
            _read_lines(text, name, reading)
            if not reading.mentions and not reading.findings:
                reading.findings.append(_malformed(name, error))
            return reading
        line, last = 1, 0
        for start in starts:
            line += text.count("\n", last, start)
            last = start
            _read_record(reading, name, text, start, line)
        if not starts:
            message = "is JSON, but holds no works"
            reading.findings.append(Finding(name, 0, "no-records", message))
        return reading


def _read_lines(text: str, name: str, reading: Reading) -> None:
    """Read one record a line; nothing if the first line is none: it is a broken document then."""
    first = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            if first:
                return
            reading.findings.append(_malformed(name, error, number))
        else:
            _read_record(reading, name, line, _skip(line, 0), number)
        first = False


def _malformed(name: str, error: Exception, line: int | None = None) -> Finding:
    line = line or (error.lineno if isinstance(error, JSONDecodeError) else 1)
    return Finding(name, line, "malformed-json", f"cannot be read as JSON: {error}")


def _starts(text: str) -> list[int]:
    """Return where the records of a document begin. Raises ValueError and RecursionError."""
    document = _DECODER.decode(text)
    start = _skip(text, 0)
    if isinstance(document, dict):
        members = _members(text, start)
        lists = {key: place for key, place, value in members if isinstance(value, list)}
        holder = next((key for key in _HOLDERS if key in lists), None)
        if holder is None:
            return [start]
        start = lists[holder]
    elif not isinstance(document, list):
        return [start]
    return list(_elements(text, start))


def _elements(text: str, start: int) -> Iterator[int]:
    """Yield where the elements of the list at `start` begin."""
    position = _skip(text, start + 1)
    while text[position] != "]":
        yield position
        _, end = _DECODER.raw_decode(text, position)
        position = _skip(text, end)


def _members(text: str, start: int) -> Iterator[tuple[str, int, Any]]:
    """Yield the keys of the object at `start`, each with where its value begins, and the value."""
    position = _skip(text, start + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        position = _skip(text, end)
        value, end = _DECODER.raw_decode(text, position)
        yield key, position, value
        position = _skip(text, end)


def _skip(text: str, position: int) -> int:
    """Return where the next value, key or bracket stands."""
    gap = _GAP.match(text, position)
    return gap.end() if gap else position


def _read_record(reading: Reading, name: str, text: str, start: int, line: int) -> None:
    """Read the record at `start`, which stands on a line; a bare value is an id."""
    if text[start] != "{":
        value, _ = _DECODER.raw_decode(text, start)
        add_record(reading, name, line, {"id": _text(value)})
        return
    fields, lines = {}, {}
    number, last = line, start
    for key, place, value in _members(text, start):
        number += text.count("\n", last, place)
        last = place
        fields[key], lines[key] = _text(value), number
    filled = {key: value for key, value in fields.items() if value}
    add_record(reading, name, line, filled, lines=lines)


def _text(value: Any, depth: int = 0) -> str:
    """Return a value as one line: a name or date of CSL-JSON, a list of them, a plain value."""
    if isinstance(value, list) and depth < 10:
        return ", ".join(filter(None, (_text(item, depth + 1) for item in value)))
    if isinstance(value, dict):
        return _date(value["date-parts"]) if "date-parts" in value else _name(value)
    return value if isinstance(value, str) else ""


def _name(value: dict[str, Any]) -> str:
    names = [value.get("literal") or value.get("name")]
    names += [value.get(key) for key in ("given", "family", "raw")]
    return " ".join(name for name in names if isinstance(name, str))


def _date(parts: Any) -> str:
    """Return the date of CSL-JSON; its numbers may be written as strings."""
    row = parts[0] if isinstance(parts, list) and parts else None
    numbers = [_number(part) for part in row] if isinstance(row, list) else []
    return dates.from_parts({"date-parts": [numbers]}) or ""


def _number(part: object) -> int | None:
    if isinstance(part, str) and part.isdecimal() and len(part) <= 4:
        return int(part)
    return None
