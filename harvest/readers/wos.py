"""The Web of Science: records of tagged lines from PT to ER (`savedrecs.txt`, .ciw)."""

from __future__ import annotations

import re
from itertools import pairwise

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record
from harvest.readers.tags import WEB_OF_SCIENCE, tagged, tagged_fields

_TAG = re.compile(r"([A-Z][A-Z0-9])(?: |$)")
_BEGIN = re.compile(r"(?m)^PT [A-Z]$")


class WebOfScience(Reader):
    """Full records, as the Web of Science saves them."""

    suffixes = (".ciw",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins with the name of the service, or with a record."""
        return (
            re.match(r"\s*(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z]\n[A-Z]{2} )", text) is not None
        )

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record: what it is, not what it cites. One without an end is reported."""
        reading = Reading()
        lines = list(enumerate(text.split("\n"), start=1))
        begins = [number for number, line in lines if _BEGIN.match(line)]
        for begin, following in pairwise([*begins, len(lines) + 1]):
            record = list(tagged(lines[begin - 1 : following - 1], _TAG))
            if all(part.tag != "ER" for part in record):
                message = "the record has no end (ER)"
                reading.findings.append(Finding(name, begin, "malformed-record", message))
            add_record(reading, name, begin, tagged_fields(record, WEB_OF_SCIENCE))
        if not begins:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record (PT to ER)"))
        return reading
