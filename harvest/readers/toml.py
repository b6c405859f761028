"""TOML: records in any shape, https://toml.io/en/v1.0.0."""

from __future__ import annotations

import re

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.front_matter import load_toml
from harvest.readers.records import read_records

_TABLE = re.compile(r"(?m)^\[{1,2}[\w.\"'-]+\]{1,2}\s*$")
_MEMBER = re.compile(r"(?m)^[\w\"'-]+\s*=\s*[\"'\[\d]")


class Toml(Reader):
    """Records of TOML, known by their text: most `.toml` files of a folder set up programs."""

    suffixes = ()

    def sniff(self, text: str) -> bool:
        """Return True for the head of a table with members."""
        head = text[:10_000]
        return _TABLE.search(head) is not None and _MEMBER.search(head) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read the records."""
        reading = Reading()
        document, problem = load_toml(text)
        if document:
            read_records(reading, name, document)
        else:
            message = f"cannot be read as TOML: {problem}"
            reading.findings.append(Finding(name, 0, "malformed-toml", message))
        return reading
