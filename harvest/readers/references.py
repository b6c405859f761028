"""Plain text of references, one a line or one a paragraph, numbered or not, as papers list them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from harvest import dates
from harvest.identifiers import find
from harvest.models import Reading
from harvest.readers import citations
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import add_record, fields_of
from harvest.readers.translation import Translation, add_records, escaped

_NUMBER = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)])\s+(?=\S)")
_BULLET = re.compile(r"^\s*[\u2022\u25cf\u25aa\u25e6\u00b7\uf0b7\u2013\u2014]\s+")
_MARKUP = re.compile(r"(?m)\]\(|^#{1,6} \S|^\s*[-*+] \S|^\|.*\|\s*$|<(?:a|p|div|li|td)\b|^@\w+\{")
# What stands before an identifier at the end of a reference, and behind one at its beginning.
_SEPARATED = re.compile(
    r"(?i)(?:[.,;:\-\u2013|\t]|\b(?:doi|url|link|arxiv|at|from|in))[\s(\[<:]*\Z"
)
_SEPARATORS = frozenset(".,;:-\u2013|")
_EDGES = " .,;)]>"
_SAMPLE = 50_000  # characters that tell what a text is
_MIN_SHARE = 0.6  # of a text, at least, is references
_MIN_REFERENCES = 2  # references
_MIN_WITHOUT_STYLE = 3  # where none is in a style of citation: prose may end with an address
_MIN_WORDS = 4  # of a reference
_MAX_HEADING_WORDS = 8  # of a heading, at most
_MAX_CHARACTERS = 2_000  # characters of a reference
_MAX_LINES = 6  # of a title, names, a venue, addresses


Lines = Sequence[tuple[int, str]]


class TextPart(NamedTuple):
    """A passage of a text, a reference or not, with its lines and their numbers."""

    lines: Lines

    @property
    def text(self) -> str:
        """The lines as one."""
        return " ".join(line for _, line in self.lines)

    @property
    def citation(self) -> tuple[str, str] | None:
        """The names and the title of a reference in a style of citation."""
        return citations.read(self.text)

    @property
    def is_reference(self) -> bool:
        """True for a reference in a style of citation, or words with an identifier at an end."""
        text = self.text
        if len(text) > _MAX_CHARACTERS or len(text.split()) < _MIN_WORDS:
            return False
        ids = find(text)
        if self.citation:
            return bool(ids) or dates.find(text) is not None
        if not ids:
            return False
        before, behind = text[: ids[0][0]], text[ids[-1][1] :]
        is_apart = _SEPARATED.search(before) is not None or self.is_of_lines
        is_last = not behind.strip(_EDGES) and is_apart
        return is_last or (not before and behind.lstrip()[:1] in _SEPARATORS)

    @property
    def is_of_lines(self) -> bool:
        """True for a title, names and so on that have a line each: none begins in lower case."""
        is_short = 1 < len(self.lines) <= _MAX_LINES
        *words, _ = (line for _, line in self.lines)
        return is_short and not any(line[:1].islower() for line in words)


class References(Reader):
    """References as text processors write them."""

    suffixes = ()

    def sniff(self, text: str) -> bool:
        """Return True if most parts of a text without markup are references."""
        sample = text if len(text) <= _SAMPLE else text[:_SAMPLE].rpartition("\n")[0]
        return _MARKUP.search(sample) is None and _parts(sample) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every reference; what is between them is a heading or prose."""
        return read_parts(_parts(text) or [*_by_paragraph(_lines(text))], name, templates)


def read_parts(parts: Iterable[TextPart], name: str, templates: Presets = ()) -> Reading:
    """Read references as the items of a list; one without an identifier is a record."""
    translation = Translation()
    records = Reading()
    for part in parts:
        line = part.lines[0][0]
        has_id = bool(find(part.text))
        if part.is_reference and part.citation and not has_id:
            authors, title = part.citation
            date = dates.find(part.text.replace(title, "")) or ""
            facts = {"title": title, "authors": authors, "date": date}
            add_record(records, name, line, fields_of(facts, line))
        elif part.is_reference:
            end = "" if part.citation else "<br>"
            for number, text in part.lines:
                translation.add(f"{'-' if number == line else ' '} {escaped(text)}{end}", number)
        else:
            is_heading = not has_id and len(part.text.split()) <= _MAX_HEADING_WORDS
            translation.add(f"\n{'## ' if is_heading else ''}{escaped(part.text)}\n", line - 1)
    reading = translation.read(name, templates)
    add_records(reading, records)
    return reading


def _parts(text: str) -> list[TextPart] | None:
    """Return the parts of a text of references, cut in the way in which most are such."""
    lines = _lines(text)
    best, highest = None, (_MIN_SHARE, 0)
    for cut in (_by_number, _by_line, _by_paragraph):
        parts = list(cut(lines))
        references = [part for part in parts if part.is_reference]
        fewest = (
            _MIN_REFERENCES if any(part.citation for part in references) else _MIN_WITHOUT_STYLE
        )
        length = sum(len(part.text) for part in references)
        share = length / max(1, sum(len(part.text) for part in parts))
        if len(references) >= fewest and (share, len(references)) > highest:
            best, highest = parts, (share, len(references))
    return best


def _lines(text: str) -> Lines:
    return list(enumerate(text.split("\n"), start=1))


def _by_number(lines: Lines) -> Iterator[TextPart]:
    """Yield numbered parts, each with the lines below it, and the lines before the first."""
    if sum(_NUMBER.match(line) is not None for _, line in lines) < _MIN_REFERENCES:
        return
    yield from _joined(lines, lambda line, _: _NUMBER.match(line) is not None)


def _by_line(lines: Lines) -> Iterator[TextPart]:
    """Yield lines, each with the indented ones below it."""
    yield from _joined(lines, lambda line, _: line[:1] not in {" ", "\t"})


def _by_paragraph(lines: Lines) -> Iterator[TextPart]:
    """Yield what stands between blank lines."""
    yield from _joined(lines, lambda _, before: not before.strip())


def _joined(lines: Lines, begins: Callable[[str, str], bool]) -> Iterator[TextPart]:
    """Yield parts; `begins` is asked of each line, and of the line before it."""
    part: list[tuple[int, str]] = []
    before = ""
    for number, line in lines:
        if line.strip():
            if begins(line, before) and part:
                yield TextPart(part)
                part = []
            part.append((number, _BULLET.sub("", _NUMBER.sub("", line)).strip()))
        before = line
    if part:
        yield TextPart(part)
