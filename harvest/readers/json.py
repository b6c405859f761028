"""JSON: a list of ids, URLs or objects, alone or under `items` and the like; CSL-JSON; JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from harvest.models import Finding, Reading
from harvest.readers.fields import add_record

SUFFIXES = (".json", ".jsonl", ".ndjson")
_HOLDERS = ("items", "works", "papers", "entries", "records", "results", "data", "references")


def sniff(text: str) -> bool:
    """Tell whether the text begins like JSON: `[![badge]` and `[text](url)` do not."""
    return (
        re.match(r'\s*(?:\{\s*["}]|\[\s*(?:[\{\]]|"(?:[^"\\\n]|\\.)*"\s*[,\]](?!\()))', text)
        is not None
    )


def read(text: str, seed: str) -> Reading:
    """Read one JSON document, or one record a line; what is no JSON is a finding."""
    reading = Reading()
    try:
        records = list(_in_document(msgspec.json.decode(text), text))
    except (msgspec.DecodeError, RecursionError) as error:
        records = list(_by_line(text, seed, reading))
        if not records:
            reading.findings = [_malformed(seed, _line_of(error, text), error)]
    for line, record in records:
        add_record(reading, seed, line, _fields(record))
    if not records and not reading.findings:
        reading.findings.append(Finding(seed, 0, "no-records", "is JSON, but holds no works"))
    return reading


def _malformed(seed: str, line: int, error: Exception) -> Finding:
    return Finding(seed, line, "malformed-json", f"cannot be read as JSON: {error}")


def _line_of(error: Exception, text: str) -> int:
    position = re.search(r"byte (\d+)", str(error))
    return text.encode()[: int(position[1])].count(b"\n") + 1 if position else 1


def _by_line(text: str, seed: str, reading: Reading) -> Iterator[tuple[int, Any]]:
    """Give the record of each line; nothing when the first line is not one, since then it is a broken document."""
    lines = [
        (number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()
    ]
    for number, line in lines:
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            if number == lines[0][0]:
                return
            reading.findings.append(_malformed(seed, number, error))
        else:
            yield number, record


def _in_document(document: Any, text: str) -> Iterator[tuple[int, Any]]:
    """Give each record with the line of its first text that can be found, from the record before on."""
    if isinstance(document, dict):
        held = next(
            (document[name] for name in _HOLDERS if isinstance(document.get(name), list)), None
        )
        document = [document] if held is None else held
    position, line = 0, 1
    for record in document if isinstance(document, list) else [document]:
        texts = record.values() if isinstance(record, dict) else [record]
        starts = [
            text.find(f'"{value}"', position) for value in texts if isinstance(value, str) and value
        ]
        start = min((start for start in starts if start >= 0), default=position)
        line += text.count("\n", position, start)
        position = start
        yield line, record


def _fields(record: Any) -> dict[str, str]:
    """Give a record as named texts; a bare value is an id."""
    if not isinstance(record, dict):
        return {"id": str(record)}
    return {name: text for name, value in record.items() if (text := _text(value))}


def _text(value: Any) -> str:
    """Give a value as one line: names and dates of CSL-JSON, lists of either, everything plain."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        if "date-parts" in value:
            parts = value["date-parts"][0] if value["date-parts"] else []
            return "-".join(f"{part:0>2}" for part in parts if part)
        names = (
            value.get("literal") or value.get("name"),
            value.get("given"),
            value.get("family"),
            value.get("raw"),
        )
        return " ".join(name for name in names if isinstance(name, str))
    return "" if value is None or isinstance(value, bool) else str(value)
