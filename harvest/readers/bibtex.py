"""BibTeX, with the line of each entry. A broken entry is a finding and does not stop the rest."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import TYPE_CHECKING

from harvest import dates
from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record, field_meaning, fields_of

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_HEADING = 2_000  # characters before the first entry
_ENTRY = re.compile(r"(?m)^@\w+\s*[{(]\s*[^\s,{}()=]+\s*,")
_LONGEST_FIELD = 5_000  # characters: more is no title and no author list that a person wrote
# Parts that `#` joins: https://www.bibtex.org/Format/
_PART = re.compile(r"""\"([^"]*+)"|\{([^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+)\}|([A-Za-z][\w:.-]*+)""")
_CONCATENATION = re.compile(rf"\s*+(?:{_PART.pattern})(?:\s*+#\s*+(?:{_PART.pattern}))++\s*+")
_SEMICOLON = r"$\mathsemicolon$"
_DATES = frozenset({"year", "date"})
_BRACED = re.compile(r"\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")  # {a}, {a {b} c}, but not {a} and {b}


class Bibtex(Reader):
    """BibTeX and BibLaTeX."""

    suffixes = (".bib", ".bibtex")

    def is_certain(self, text: str) -> bool:
        """Return True if the first line that is no comment begins an entry."""
        return re.match(r"(?:\s|%[^\n]*\n)*+@\w+\s*[{(]\s*[^\s,{}()=]*\s*[,=]", text) is not None

    def sniff(self, text: str) -> bool:
        """Return True if an entry stands below a heading: BibTeX passes other text over."""
        start = _ENTRY.search(text[:_HEADING])
        before = text[: start.start()] if start else "`"
        return self.is_certain(text) or ("`" not in before and "](" not in before)

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every entry: its DOI, eprint, URLs and ids, with title, authors and date."""
        from bibtexparser.entrypoint import parse_string  # here: most commands read no BibTeX
        from bibtexparser.model import (
            Block,
            DuplicateBlockKeyBlock,
            DuplicateFieldKeyBlock,
            Entry,
            ParsingFailedBlock,
        )

        # It prints what becomes a finding.
        logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
        reading = Reading()
        library = parse_string(text)
        strings = dict(zip(dates.MONTHS, dates.MONTHS, strict=True))  # as all styles have them
        for string in library.strings:
            strings[string.key.lower()] = _joined(str(string.value), strings)
        parents = {key.lower(): parent for key, parent in library.entries_dict.items()}
        for block in library.blocks:
            line = (block.start_line or 0) + 1
            entry: Block | None = block
            if isinstance(block, DuplicateBlockKeyBlock):  # it is an entry all the same
                entry = block.ignore_error_block
                message = f"the key {block.key} stands twice"
                if block.key.strip():  # some programs write none
                    reading.findings.append(Finding(name, line, "duplicate-key", message))
            elif isinstance(block, DuplicateFieldKeyBlock):  # as Scopus writes who funded a work
                entry = block.ignore_error_block
            if isinstance(entry, Entry):
                fields = _values(entry, strings)
                parent = parents.get(fields.get("crossref", "").lower())
                if parent:  # a chapter appeared when its book did; BibTeX inherits once
                    theirs = _values(parent, strings)
                    fields = {key: theirs[key] for key in _DATES & theirs.keys()} | fields
                add_record(reading, name, line, fields_of(_fields(fields), line))
            elif isinstance(block, ParsingFailedBlock):
                reason = getattr(block.error, "abort_reason", block.error)
                message = f"the entry cannot be read: {reason}"
                reading.findings.append(Finding(name, line, "malformed-bibtex", message))
        return reading


def _values(entry: Entry, strings: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of an entry by their names in lower case; of one name, the first counts."""
    return {it.key.lower(): _joined(str(it.value), strings) for it in reversed(entry.fields)}


def _joined(value: str, strings: Mapping[str, str]) -> str:
    """Return a value of parts and names of strings, `"A " # title # {...}`, as one text.

    A name that no string has says nothing, as in BibTeX; names alone are words of a title, `C # D`.
    """
    if "#" not in value or not _CONCATENATION.fullmatch(value):
        return value
    parts = _PART.findall(value)
    if all(name and name.lower() not in strings for _, _, name in parts):
        return value
    text = ""
    for quoted, braced, name in parts:
        text += quoted or braced or strings.get(name.lower(), "")
        if len(text) > _LONGEST_FIELD:  # strings of strings grow fast
            break
    return text[: _LONGEST_FIELD + 1]


def _fields(entry: dict[str, str]) -> dict[str, str]:
    """Return the fields as plain text. An eprint is one of arXiv unless the entry says which."""
    fields = {name: _plain(name, value) for name, value in sorted(entry.items())}
    archive = fields.pop("archiveprefix", "") or fields.pop("eprinttype", "") or "arXiv"
    if fields.get("eprint") and ":" not in fields["eprint"]:
        fields["eprint"] = f"{archive}:{fields['eprint']}"
    return fields


def _plain(name: str, value: str) -> str:
    """Return a field without its outer braces, and one of prose without LaTeX.

    URLs and DOIs keep their escapes, which belong to their reader.
    """
    value = " ".join(value.split())
    while braced := _BRACED.fullmatch(value):
        value = braced[1]
    if name != "month" and field_meaning(name) not in {"title", "authors", "date"}:
        return value
    if "\\" in value:
        return _without_html(decode_latex(value)) if _SEMICOLON in value else decode_latex(value)
    return value.replace("{", "").replace("}", "").replace("~", " ")


def _without_html(value: str) -> str:
    """Return a title without the HTML that Crossref writes as LaTeX: `CO&lt;sub&gt;2`."""
    return re.sub(r"</?\w{1,6}>", "", unescape(value))


def decode_latex(value: str) -> str:
    """Return the plain text of LaTeX, itself if it is nested too deep."""
    from pylatexenc.latex2text import LatexNodes2Text  # what bibtexparser itself decodes with

    # It ships no types.
    decode: Callable[[str], str] = LatexNodes2Text().latex_to_text  # type: ignore[no-untyped-call]
    value = value.replace(_SEMICOLON, ";")
    try:
        return decode(value[:_LONGEST_FIELD]).strip()
    except RecursionError:
        return value
