"""The formats of lists, one file each. `discover` finds them; a new format is one new file."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath

from harvest.identifiers import identify
from harvest.models import Finding, ListFile, Reading
from harvest.readers.base import Reader
from harvest.readers.decode import decode


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


def read(data: bytes, name: str) -> Reading:
    """Read one file by its suffix, else by its text. Raises SeedError for binary data."""
    text, raw, findings = decode(data, name)
    reader = by_suffix().get(PurePosixPath(name).suffix.lower()) or _recognize(text)
    reading = reader.read(text, name)
    if not text.strip() and not reading.findings:
        findings.append(Finding(name, 0, "no-records", "is empty"))
    for mention in reading.mentions:
        mention.raw = raw.get(mention.line)
        mention.target = identify(mention.url)
    file = reading.files.get(name, ListFile())
    file.data, file.text, file.raw = data, text, raw
    return Reading(reading.mentions, sorted(findings + reading.findings), {name: file})


def _recognize(text: str) -> Reader:
    """Return the reader that claims a text; Markdown is what is left."""
    for reader in discover().values():
        if reader.sniff(text):
            return reader
    return discover()["markdown"]
