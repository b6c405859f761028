"""The formats of lists, one file each. `discover` finds them; a new format is one new file."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath

from harvest.entries import counted
from harvest.garbage import without_gc
from harvest.identifiers import described, identify
from harvest.models import Finding, Identifier, ListFile, Mention, Reading
from harvest.readers import short_dates
from harvest.readers.base import Reader
from harvest.readers.decode import decode
from harvest.readers.labels import is_generic
from harvest.readers.shared_pages import set_apart
from harvest.readers.templates import Template

# A link, a heading, an item, the head of a table, or HTML.
_MARKDOWN = re.compile(
    r"(?m)\]\(|^#{1,6} \S|^ {0,3}(?:[-*+]|\d{1,3}[.)]) \S|^\|? ?:?-{3,}:? ?\|"
    r"|<(?:a|img|h\d|li)\b|<https?://"
)


@cache
def discover() -> dict[str, Reader]:
    """Return every reader by the name of its module."""
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    readers = {reader.__module__.split(".")[2]: reader() for reader in Reader.__subclasses__()}
    return dict(sorted(readers.items()))


@cache
def by_suffix() -> dict[str, Reader]:
    """Return the reader of each ending of file names."""
    readers: dict[str, Reader] = {}
    for reader in discover().values():
        readers |= dict.fromkeys(reader.suffixes, reader)
    return readers


@without_gc()
def read(data: bytes, name: str, templates: Sequence[Template] = ()) -> Reading:
    """Read one file by what its text is, else by its suffix. Raises SeedError for binary data.

    `templates` are the layouts that were set for its items.
    """
    text, raw, findings = decode(data, name)
    reading = _read(text, name, templates)
    if (
        text.startswith(("---", "+++", "{"))
        and name in reading.files
        and reading.files[name].markdown
    ):
        from harvest.readers.front_matter import add_front_matter  # here: most pages have none

        add_front_matter(reading, text, name)
    if not text.strip() and not reading.findings:
        findings.append(Finding(name, 0, "no-records", "is empty"))
    written = {it.date for it in reading.mentions if it.date and short_dates.may_be_short(it.date)}
    certain = short_dates.read(written)
    for mention in reading.mentions:
        mention.raw = raw.get(mention.line)
        if mention.date in written:
            mention.date = certain.get(mention.date)
        mention.target = identify(mention.url)
        if mention.role == "paper" and mention.entry is not None and mention.identifier:
            _describe(mention, mention.identifier)
    file = reading.files.get(name, ListFile())
    file.data, file.text, file.raw = data, text, raw
    findings = sorted(_folded([*findings, *reading.findings], reading.mentions, name))
    return Reading(set_apart(reading.mentions), findings, {name: file})


def _folded(findings: list[Finding], mentions: list[Mention], name: str) -> list[Finding]:
    """Return findings with one for all records that name nothing, if they are many."""
    empty = [(it.line, it.message) for it in findings if it.code == "no-identifier"]
    others = [finding for finding in findings if finding.code != "no-identifier"]
    total = len({it.entry for it in mentions if it.entry is not None}) + len(empty)
    lines = counted(empty, total, "records")
    return [*others, *(Finding(name, line, "no-identifier", message) for line, message in lines)]


def _describe(mention: Mention, identifier: Identifier) -> None:
    """Add the title and the year that an address tells, where the list has none.

    The label of a link (Paper, CVPR 2023) is no title.
    """
    if mention.title is None or is_generic(mention.title):
        mention.title = described.title(identifier) or mention.title
    mention.date = mention.date or described.year(identifier)


def _read(text: str, name: str, templates: Sequence[Template]) -> Reading:
    """Read a text by its signature, its suffix, or its looks.

    A suffix is wrong if its reader reads nothing in what looks like another format. What is of no
    format is read as Markdown, which loses no link, with a finding.
    """
    readers = discover()
    by_name = by_suffix().get(PurePosixPath(name).suffix.lower())
    certain = next((reader for reader in readers.values() if reader.is_certain(text)), None)
    if certain or by_name:
        reading = (certain or by_name or readers["markdown"]).read(text, name, templates)
        if certain or reading.mentions:
            return reading
    likely = next((reader for reader in readers.values() if reader.sniff(text)), None)
    if likely and likely is not by_name:
        return likely.read(text, name, templates)
    if by_name:
        return reading
    reading = readers["markdown"].read(text, name, templates)
    if text.strip() and not _MARKDOWN.search(text):
        message = "is of no format that harvest reads: its links were read as those of Markdown"
        reading.findings.append(Finding(name, 0, "unknown-format", message))
    return reading
