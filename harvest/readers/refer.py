"""EndNote's tagged export (`.enw`), the format of refer: lines such as `%T A title`."""

from __future__ import annotations

import re

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record
from harvest.readers.tags import records, tagged_fields

# https://en.wikipedia.org/wiki/Refer_(software), in the order in which they are preferred.
_NAMES = {
    "T": "title", "A": "authors", "8": "date", "D": "year", "R": "doi", "U": "url",
    "X": "abstract", "Z": "notes", "J": "journal", "B": "book title",
}  # fmt: skip
_TAG = re.compile(r"%(\S) ")
_BEGIN = re.compile(r"%0 \S")


class Refer(Reader):
    """Records of tagged lines that begin with `%0`."""

    suffixes = (".enw",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins with a record."""
        return re.match(r"%0 [A-Z][A-Za-z ]+\n%", text.lstrip()) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record."""
        reading = Reading()
        content = records(text, _BEGIN, _TAG)
        for begin, record in content:
            add_record(reading, name, begin, tagged_fields(record, _NAMES))
        if not content:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record (%0)"))
        return reading
