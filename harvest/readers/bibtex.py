"""BibTeX, with the line of each entry; a broken entry is a finding and does not stop the rest."""

from __future__ import annotations

import logging
import re

from harvest.models import Finding, Reading
from harvest.readers.fields import add_record

SUFFIXES = (".bib", ".bibtex")
_LONGEST = 5_000  # characters of a field: more is no title and no author list that a person wrote


def sniff(text: str) -> bool:
    """Tell whether the first line that is no comment begins an entry."""
    return re.match(r"(?:\s|%[^\n]*\n)*@\w+\s*[{(]", text) is not None


def read(text: str, seed: str) -> Reading:
    """Read every entry: its DOI, eprint, URLs and ids, with title, authors and date."""
    from bibtexparser.entrypoint import parse_string  # here: most commands read no BibTeX
    from bibtexparser.model import Block, DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(
        logging.CRITICAL
    )  # it prints what is a finding below
    reading = Reading()
    for block in parse_string(text).blocks:
        line = (block.start_line or 0) + 1
        entry: Block | None = block
        if isinstance(block, DuplicateBlockKeyBlock):  # it is an entry all the same
            entry = block.ignore_error_block
            reading.findings.append(
                Finding(seed, line, "duplicate-key", f"the key {block.key} stands twice")
            )
        if isinstance(entry, Entry):
            add_record(
                reading,
                seed,
                line,
                _fields({field.key: str(field.value) for field in entry.fields}),
            )
        elif isinstance(block, ParsingFailedBlock):
            reason = getattr(block.error, "abort_reason", block.error)
            reading.findings.append(
                Finding(seed, line, "malformed-bibtex", f"the entry cannot be read: {reason}")
            )
    return reading


def _fields(entry: dict[str, str]) -> dict[str, str]:
    """Give the fields of an entry as plain text; an eprint is one of arXiv unless the entry says otherwise."""
    fields = {name.lower(): _plain(value) for name, value in sorted(entry.items())}
    archive = fields.pop("archiveprefix", "") or fields.pop("eprinttype", "") or "arXiv"
    if fields.get("eprint") and ":" not in fields["eprint"]:
        fields["eprint"] = f"{archive}:{fields['eprint']}"
    return fields


def _plain(value: str) -> str:
    """Give a field without LaTeX; URLs and DOIs keep their escapes, which belong to their reader."""
    value = " ".join(value.split())
    while value[:1] == "{" and value[-1:] == "}":
        value = value[1:-1]
    if "\\" in value and "\\url" not in value and "/" not in value:
        from pylatexenc.latex2text import LatexNodes2Text  # what bibtexparser itself decodes with

        try:
            return str(LatexNodes2Text().latex_to_text(value[:_LONGEST])).strip()  # type: ignore[no-untyped-call]  # it ships no types
        except RecursionError:
            return value
    return value if "/" in value else value.replace("{", "").replace("}", "")
