"""Plain text: one id or URL a line, `#` begins a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.identifiers import identify
from harvest.models import Finding, Mention, Reading
from harvest.readers import labels
from harvest.readers.base import Presets, Reader

_URL = re.compile(r"https?://\S+")


class Text(Reader):
    """Lines of ids and URLs."""

    suffixes = (".ids", ".list")

    def sniff(self, text: str) -> bool:
        """Return True if every line is a single id or URL, and there is one."""
        lines = list(_lines(text))
        return bool(lines) and all(_is_id(line) for _, line in lines)

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every line as one work; a line that is no id and no URL is a finding."""
        reading = Reading()
        for entry, (number, line) in enumerate(_lines(text), start=1):
            if _is_id(line):
                mention = Mention(
                    seed=name,
                    line=number,
                    url=line,
                    role=labels.role("", line),
                    entry=entry,
                    label=line,
                )
                reading.mentions.append(mention)
            else:
                message = f"is no identifier or URL: {line[:80]}"
                reading.findings.append(Finding(name, number, "not-an-identifier", message))
        return reading


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that holds something, with its number, without comments."""
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.split(" #", 1)[0].strip()
        if content and not content.startswith("#"):
            yield number, content


def _is_id(line: str) -> bool:
    if _URL.fullmatch(line):
        return True
    return line[0].isalnum() and identify(line).kind == "identifier"
