"""Bytes of a list file -> its text, with line feeds and without garbled characters.

Mojibake is UTF-8 that somebody read in another encoding and saved again. ftfy repairs the cp1252
kind and most others, but leaves emoji and Chinese that went through mac_roman. These are recognised
by their bytes (a three or four byte sequence, which no language writes by accident), and must
survive a strict round trip.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from typing import NamedTuple
from unicodedata import category

from harvest.errors import SeedError
from harvest.models import Finding

_UNWRITTEN = {"Cc", "Cn", "Co"}  # control, unassigned and private characters stand in no title
_AROUND = 60  # characters before and behind a repair, in its message
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Decoded(NamedTuple):
    """The text of a seed; `raw` holds each repaired line (1-based) as it was written."""

    text: str
    raw: dict[int, str]
    findings: list[Finding]


def decode(data: bytes, seed: str) -> Decoded:
    """Decode UTF-8 (with or without BOM) or UTF-16 (with BOM); other lines are read as cp1252.

    Raises SeedError for binary data.
    """
    text, findings = _text(data, seed)
    if "\0" in text:
        advice = "give a list as Markdown, BibTeX, CSV, JSON, RIS or plain text"
        raise SeedError(seed, f"is binary, not text: {advice}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    raw = {}
    for number, line in enumerate(lines, start=1):
        repaired = line if line.isascii() else repair(line)
        if repaired != line:
            raw[number] = line
            lines[number - 1] = repaired
            message = f"garbled characters were read as: {_excerpt(line, repaired)}"
            is_as_written = data.startswith(_UTF16) or line.encode() in data  # not guessed
            fix = (line, repaired) if is_as_written else None
            findings.append(Finding(seed, number, "mojibake", message, fix))
    return Decoded("\n".join(lines), raw, findings)


def _excerpt(line: str, repaired: str) -> str:
    """Return what stands around the first repair of a line, which may be a row of thousands."""
    pairs = enumerate(zip(line, repaired, strict=False))
    place = next((place for place, (one, other) in pairs if one != other), len(repaired))
    start, end = max(place - _AROUND, 0), place + _AROUND
    return f"{'...' * (start > 0)}{repaired[start:end].strip()}{'...' * (end < len(repaired))}"


def _text(data: bytes, seed: str) -> tuple[str, list[Finding]]:
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError as error:
            message = f"begins like UTF-16 but is not: {error.reason}; save it as UTF-8"
            raise SeedError(seed, message) from error
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "not UTF-8: read as Windows-1252, save the file as UTF-8"
        pieces = data.removeprefix(codecs.BOM_UTF8).splitlines(keepends=True)
        return "".join(map(_utf8_or_windows, pieces)), [Finding(seed, line, "encoding", message)]


def _utf8_or_windows(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _sequences(encoding: str, leads: range) -> str:
    """Return a pattern for UTF-8 sequences seen through an encoding, by their first bytes."""
    later = bytes(range(0x80, 0xC0)).decode(encoding, "ignore")
    first = bytes(leads).decode(encoding)
    return f"[{re.escape(first)}][{re.escape(later)}]{{{2 if leads.start < 0xF0 else 3}}}"


_FOUR_BYTES = range(0xF0, 0xF5)  # emoji
# Through cp1252 a French word before punctuation can look like any other three byte sequence. Only
# those of U+2000-U+2FFF (punctuation, arrows, symbols) are certain there; ftfy sees to the rest.
_THREE_BYTES = {"mac_roman": range(0xE1, 0xF0), "cp1252": range(0xE2, 0xE3)}
_GARBLED = {
    encoding: re.compile(f"(?:{_sequences(encoding, leads)}|{_sequences(encoding, _FOUR_BYTES)})+")
    for encoding, leads in _THREE_BYTES.items()
}


# Common punctuation, and what no encoding of one byte has: without more, nothing is garbled.
_CLEAN = re.compile(
    "[\\0-\x7f\u00b7\u2013\u2014\u2019\u2026\u3000-\u9fff\uac00-\ud7a3\U00010000-\U0010ffff]*+"
)


def repair(line: str) -> str:
    """Repair the garbled characters of one line; a clean line comes back as it is."""
    if _CLEAN.fullmatch(line):
        return line
    from ftfy import fix_encoding  # here: most seeds are plain ASCII

    for encoding, garbled in _GARBLED.items():
        line = garbled.sub(partial(_round_trip, encoding), line)
    return fix_encoding(line)


def _round_trip(encoding: str, match: re.Match[str]) -> str:
    """Return what a run of characters was before it was read in a wrong encoding."""
    run = match[0]
    try:
        repaired = run.encode(encoding).decode()
    except UnicodeDecodeError:
        return run
    return run if any(category(character) in _UNWRITTEN for character in repaired) else repaired
