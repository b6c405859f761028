"""The Web of Science: records of tagged lines from PT to ER (`savedrecs.txt`, .ciw)."""

from __future__ import annotations

import re

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record
from harvest.readers.tags import WEB_OF_SCIENCE, records, tagged_fields

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
        content = records(text, _BEGIN, _TAG)
        for begin, record in content:
            if all(part.tag != "ER" for part in record):
                message = "the record has no end (ER)"
                reading.findings.append(Finding(name, begin, "malformed-record", message))
            add_record(reading, name, begin, tagged_fields(record, WEB_OF_SCIENCE))
        if not content:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record (PT to ER)"))
        return reading
