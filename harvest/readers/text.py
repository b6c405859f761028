"""Plain text: one id or URL a line, `#` begins a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.identifiers import identify
from harvest.models import Finding, Mention, Reading
from harvest.readers import labels

SUFFIXES = (".ids", ".list")
_URL = re.compile(r"https?://\S+")


def sniff(text: str) -> bool:
    """Tell whether every line is a single id or URL."""
    lines = _lines(text)
    first = next(lines, None)
    return first is not None and _is_id(first[1]) and all(_is_id(line) for _, line in lines)


def read(text: str, seed: str) -> Reading:
    """Read every line as one work; a line that is no id and no URL is a finding."""
    reading = Reading()
    for entry, (number, line) in enumerate(_lines(text), start=1):
        if _is_id(line):
            role = labels.role("", line)
            reading.mentions.append(
                Mention(seed=seed, line=number, url=line, role=role, entry=entry, label=line)
            )
        else:
            reading.findings.append(
                Finding(seed, number, "not-an-identifier", f"is no identifier or URL: {line[:80]}")
            )
    return reading


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.split(" #", 1)[0].strip()
        if content and not content.startswith("#"):
            yield number, content


def _is_id(line: str) -> bool:
    if _URL.fullmatch(line):
        return True
    return line[0].isalnum() and identify(line).kind == "identifier"
