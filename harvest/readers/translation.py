"""A document in another markup, written down as Markdown, for one reader that knows entries.

Each line of the translation remembers the line it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Literal, NamedTuple

from msgspec.structs import replace

from harvest.models import ListFile, Reading
from harvest.readers.markdown import Markdown
from harvest.readers.templates import Template

_SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
_LEADING = re.compile(r"^(\s*)([#>+-]|\d+[.)]|:?-+:?\s*\|)", re.MULTILINE)

_NO_BLANK = "<!-- -->"  # a blank line would end the HTML

Kind = Literal["text", "link", "image", "strong", "emphasis", "code"]


class Inline(NamedTuple):
    """A piece of a block: plain text, a link, an image, emphasis or code."""

    kind: Kind
    text: str
    url: str = ""


def pieces(
    text: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterator[Inline]]
) -> Iterator[Inline]:
    """Yield the pieces of a text: what `read` makes of each match, and the text between."""
    end = 0
    for match in pattern.finditer(text):
        yield Inline("text", text[end : match.start()])
        yield from read(match)
        end = match.end()
    yield Inline("text", text[end:])


def marked(strong: str | None, emphasis: str | None, code: str | None) -> Iterator[Inline]:
    """Yield the marked text of a match, of which one kind at most is there."""
    kinds: tuple[tuple[Kind, str | None], ...] = (
        ("strong", strong),
        ("emphasis", emphasis),
        ("code", code),
    )
    for kind, content in kinds:
        if content:
            yield Inline(kind, content)


class Translation:
    """Lines of Markdown with the lines that they stand for."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._origins: list[int] = []

    def add(self, text: str, line: int) -> None:
        """Add Markdown; its further lines stand for those that follow."""
        for offset, content in enumerate(text.split("\n")):
            self._lines.append(content)
            self._origins.append(line + offset)

    def add_row(self, cells: Iterable[tuple[str, int]]) -> None:
        """Add a row of an HTML table: each cell as HTML, with its line."""
        for number, (cell, line) in enumerate(cells):
            if not number:
                self.add("<tr>", line)
            lines = [content if content.strip() else _NO_BLANK for content in cell.split("\n")]
            self.add("<td>" + "\n".join(lines) + "</td>", line)

    def read(self, name: str, templates: Sequence[Template] = ()) -> Reading:
        """Read the translation, with the lines of the document and the layouts that were set."""
        reading = Markdown().read("\n".join(self._lines), name, templates)
        for mention in reading.mentions:
            mention.line = self._origins[mention.line - 1]
        findings = [
            replace(finding, line=self._origins[finding.line - 1], fix=None)
            for finding in reading.findings
            if finding.line
        ]
        mentions = sorted(reading.mentions, key=lambda mention: mention.line)
        file = ListFile(layouts=reading.files[name].layouts)
        return Reading(mentions, findings, {name: file})


class Outline:
    """The headings above a place; the first one, if of level 1, is the title of the list."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._is_first = True

    def add(self, level: int, text: str) -> None:
        """Go on below a heading."""
        self._path = [heading for heading in self._path if heading[0] < level]
        self._path.append((level, "" if self._is_first and level == 1 else text))
        self._is_first = False

    @property
    def path(self) -> tuple[str, ...]:
        """The headings, with the last one."""
        return tuple(text for _, text in self._path if text)

    @property
    def above(self) -> tuple[str, ...]:
        """The headings above the last one."""
        return tuple(text for _, text in self._path[:-1] if text)


def add_records(reading: Reading, records: Reading) -> None:
    """Add what was read as records, on lines of their own, to what was read of a translation."""
    last = max((mention.entry or 0 for mention in reading.mentions), default=0)
    for mention in records.mentions:
        if mention.entry is not None:
            mention.entry += last
    reading.mentions += records.mentions
    reading.mentions.sort(key=lambda mention: mention.line)
    reading.findings += records.findings


def to_markdown(inlines: Iterable[Inline]) -> str:
    """Return the text of a block as Markdown that means just this."""
    return "".join(map(_markdown, inlines))


def to_html(inlines: Iterable[Inline]) -> str:
    """Return the text of a cell as HTML."""
    return "".join(map(_html, inlines))


def escaped(text: str) -> str:
    """Return plain text as Markdown, in which nothing is markup."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def _markdown(inline: Inline) -> str:
    text = _SPECIAL.sub(r"\\\1", inline.text)
    content = text.strip()
    address = re.sub(r"[\s<>]", "", inline.url)
    match inline.kind:
        case "link":
            return f"[{content}](<{address}>)"
        case "image":
            return f"![{content}](<{address}>)"
        case "strong" | "emphasis" if content:
            mark = "**" if inline.kind == "strong" else "*"
            return text.replace(content, f"{mark}{content}{mark}", 1)
        case "code" if content:
            return f"`{inline.text.strip().replace('`', ' ')}`"
    return text


def _html(inline: Inline) -> str:
    text = escape(inline.text)
    match inline.kind:
        case "link":
            return f'<a href="{escape(inline.url)}">{text}</a>'
        case "image":
            return f'<img src="{escape(inline.url)}" alt="{text}">'
        case "code":
            return f"<code>{text}</code>"
    return text
