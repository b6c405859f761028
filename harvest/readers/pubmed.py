"""PubMed: records of tagged lines that begin with PMID (`.nbib`, "PubMed format")."""

from __future__ import annotations

import re

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record
from harvest.readers.tags import records, tagged_fields

# https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format, in the order in which they are preferred.
_NAMES = {
    "TI": "title", "BTI": "title", "FAU": "authors", "AU": "authors", "CN": "authors", "DP": "date",
    "PMID": "pmid", "LID": "doi", "AID": "doi", "PMC": "pmc id", "AB": "abstract", "JT": "journal",
}  # fmt: skip
_TAG = re.compile(r"([A-Z]{2,4}) {0,2}- ?")
_BEGIN = re.compile(r"PMID *- *\d")
_TRANSLATED = re.compile(r"^\[(.*)\]\.?$")
_DATE = re.compile(r"(\d{4}) ([A-Z][a-z]{2})(?: (\d\d?))?\b.*")


class PubMed(Reader):
    """What PubMed saves for citation managers."""

    suffixes = (".nbib",)

    def is_certain(self, text: str) -> bool:
        """Return True if the text begins with a record."""
        return _BEGIN.match(text.lstrip()) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every record."""
        reading = Reading()
        content = records(text, _BEGIN, _TAG)
        for begin, record in content:
            fields = tagged_fields(record, _NAMES)
            add_record(reading, name, begin, [field for field in map(_plain, fields) if field])
        if not content:
            reading.findings.append(Finding(name, 0, "no-records", "holds no record (PMID)"))
        return reading


def _plain(field: Field) -> Field | None:
    """Return a field without the marks of PubMed, None for an article id that is no DOI."""
    value = field.value
    if field.name == "doi":
        return field._replace(value=value[:-5].strip()) if value.endswith("[doi]") else None
    if field.name == "date":  # 2021 Mar 5
        date = _DATE.fullmatch(value)
        value = " ".join(filter(None, (date[3], date[2], date[1]))) if date else value
    if field.name == "title":  # [A title that was translated].
        value = _TRANSLATED.sub(r"\1", value)
    return field._replace(value=value)
