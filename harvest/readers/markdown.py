"""Markdown lists: GitHub tables, list items, prose, and the HTML that people put between them.

pyromark gives events with byte ranges, several hundred thousand for a few megabytes of tables, so a table has a loop of
its own that does no more than it must. Everything else collects a `Passage` (one block) into the `_Entry` (list item or
HTML row) that it stands in. Bare URLs, bare ids and HTML are read here, because CommonMark leaves them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NoReturn

from harvest.models import Finding, Mention, Reading, Role
from harvest.readers import entries
from harvest.readers.markup import Token, tokens
from harvest.readers.passage import Link, Passage, Span, suspicious, without_broken

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[\w\"'-]+[ \t]*:|#)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)")
_FENCE = re.compile(rb"`{3,}|~{3,}")
# HTML that runs on over blank lines to its closing mark, and to the end of the file when there is none.
_RUNS_ON = (
    ("unclosed-comment", re.compile(rb"\s*<!--"), re.compile(rb"-->")),
    (
        "unclosed-html",
        re.compile(rb"(?i)\s*<(?:pre|script|style|textarea)\b"),
        re.compile(rb"(?i)</(?:pre|script|style|textarea)>"),
    ),
)


def read(text: str, seed: str) -> Reading:
    """Read every link, image, bare URL and bare id of a Markdown text, with the entry around it. Never raises.

    A fence or comment that is never closed is a finding, and what follows it is read all the same.
    """
    findings: list[Finding] = []
    data = _without_front_matter(text).encode()
    while True:
        document = _Document(data, seed)
        try:
            document.read()
        except _UnclosedError as unclosed:
            findings.append(unclosed.finding)
            data = unclosed.rest
        else:
            document.mentions.sort(key=attrgetter("line"))
            return Reading(document.mentions, findings)


def _without_front_matter(text: str) -> str:
    matter = _FRONT_MATTER.match(text)
    return "\n" * matter[0].count("\n") + text[matter.end() :] if matter else text


class _UnclosedError(Exception):
    """Something swallows the rest of the file; `rest` is the file with the opening mark blanked."""

    def __init__(self, finding: Finding, rest: bytes) -> None:
        super().__init__(finding)
        self.finding = finding
        self.rest = rest


class _Header:
    """The head of a table: names made unique, what each column holds, and where the columns with a meaning are."""

    __slots__ = ("authors", "date", "meanings", "names", "paper", "title")

    def __init__(self, cells: Sequence[str]) -> None:
        names: list[str] = []
        for cell in cells:
            names.append(cell if cell not in names else f"{cell} {len(names) + 1}")
        self.names = tuple(names)
        self.meanings = entries.meanings(self.names)
        self.title, self.authors, self.date, self.paper = (
            self.meanings.index(name) if name in self.meanings else None
            for name in ("title", "authors", "date", "paper")
        )


_NO_HEADER = _Header(())


class _Entry:
    """A list item, or a row of the HTML table at depth `table` (0: a list item). `html` says who will close it."""

    __slots__ = ("bold", "cells", "html", "italic", "links", "number", "parts", "size", "table")

    def __init__(self, number: int, *, html: bool, table: int) -> None:
        self.number = number
        self.html = html
        self.table = table
        self.cells: list[str] = []
        self.parts: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.bold: list[Span] = []
        self.italic: list[Span] = []

    def take(self, passage: Passage) -> None:
        """Add a block, which ends here."""
        text = passage.finish()
        for link in passage.links:
            link.start += self.size
            link.end += self.size
            link.column = len(self.cells) - 1
        self.links += passage.links
        self.bold += [(start + self.size, end + self.size) for start, end in passage.bold]
        self.italic += [(start + self.size, end + self.size) for start, end in passage.italic]
        self.parts += (text, "\n")
        self.size += len(text) + 1
        if self.cells:
            self.cells[-1] = f"{self.cells[-1]} {without_broken(text)}".strip()

    def is_nameless(self) -> bool:
        """Tell whether an item only adds links to the item above it: `- [Paper](url)` below a title."""
        return bool(self.links) and all(link.image or entries.is_generic(link.label) for link in self.links)

    def adopt(self, entry: _Entry) -> None:
        """Take over the links of a nameless item."""
        for link in entry.links:
            link.start = link.end = self.size
        self.links += entry.links


class _Document:
    """One pass over the events of a document."""

    def __init__(self, data: bytes, seed: str) -> None:
        from pyromark import Options, events_with_range  # here: `harvest --help` reads no Markdown

        options = (
            Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_TASKLISTS
        )
        self.data = data
        self.seed = seed
        self.events: Iterator[tuple[Any, Any]] = events_with_range(data.decode(), options=options)
        self.end = len(data.rstrip())
        self.mentions: list[Mention] = []
        self.section: tuple[str, ...] = ()
        self.headings: list[tuple[int, str]] = []
        self.titled = False
        self.number = 0  # of the last entry
        self.passage = Passage()
        self.entries: list[_Entry] = []  # those that are open, from the outermost in
        self.headers: list[_Header] = []  # of the HTML tables that are open
        self.counted = (0, 1)  # a byte and its line

    def line(self, position: int) -> int:
        """Give the line of a byte, counted on from the byte asked for last."""
        last, line = self.counted
        if position >= last:
            line += self.data.count(b"\n", last, position)
        else:
            line -= self.data.count(b"\n", position, last)
        self.counted = position, line
        return line

    def read(self) -> None:
        """Read all events. Raises _UnclosedError."""
        for event, span in self.events:
            if event.__class__ is str:
                if event != "Rule":  # a soft or hard break
                    self.passage.add(" ", self.line(span["start"]))
            elif "Text" in event:
                self.passage.add(event["Text"], self.line(span["start"]))
            else:
                ((kind, value),) = event.items()
                name = kind
                if kind in _HANDLERS:
                    name, value = (value, None) if value.__class__ is str else next(iter(value.items()))
                handler = _HANDLERS.get(kind, _INLINE).get(name)
                if handler:
                    handler(self, value, span)
        self.flush()
        self.close_entries(0)

    def mention(self, link: Link, role: Role = "other") -> Mention:
        """Add a mention of a link, as prose has it."""
        found = Mention(seed=self.seed, line=link.line, url=link.url, role=role, section=self.section, label=link.label)
        self.mentions.append(found)
        return found

    # blocks

    def flush(self, _value: Any = None, _span: Any = None) -> None:
        """End the block that is being collected."""
        passage = self.passage
        if not (passage.parts or passage.open):
            return
        self.passage = Passage()
        if self.entries:
            self.entries[-1].take(passage)
        else:
            passage.finish()
            for link in passage.links:
                self.mention(link)

    def heading_start(self, value: Any, _span: Any) -> None:
        self.flush()
        level = int(value["level"][1])
        self.headings = [heading for heading in self.headings if heading[0] < level]
        self.section = tuple(text for _, text in self.headings)

    def heading_end(self, value: Any, _span: Any) -> None:
        text = "".join(self.passage.parts).strip()
        self.flush()
        level = int(value[1])
        if text and (self.titled or level > 1):  # a first heading of level 1 is the title of the list
            self.headings.append((level, text))
            self.section += (text,)
        self.titled = True

    def code_block(self, value: Any, span: Any) -> None:
        self.flush()
        start, end = span["start"], span["end"]
        if value != "Indented" and end >= self.end and _is_open_fence(self.data[start:end]):
            self.unclosed("unclosed-fence", "this code fence", start, _FENCE)
        self.skip_to("CodeBlock")

    def html_block(self, _value: Any, span: Any) -> None:
        self.flush()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        for code, mark, close in _RUNS_ON:
            if end >= self.end and mark.match(block) and not close.search(block):
                self.unclosed(code, "this HTML", start, mark)
        self.html(block.decode(), self.line(start))
        self.flush()
        self.skip_to("HtmlBlock")

    def skip_to(self, name: str) -> None:
        end = {"End": name}
        for event, _ in self.events:
            if event == end:
                return

    def unclosed(self, code: str, what: str, start: int, mark: re.Pattern[bytes]) -> NoReturn:
        """Blank every such mark from here on: none of them is closed, and a next pass would stop there again."""
        rest = mark.sub(lambda found: b" " * len(found[0]), self.data[start:])
        finding = Finding(self.seed, self.line(start), code, f"{what} is never closed; the rest was read as Markdown")
        raise _UnclosedError(finding, self.data[:start] + rest)

    # entries: list items and rows of HTML tables

    def open_entry(self, *, html: bool = True, table: int = 0) -> None:
        self.flush()
        self.number += 1
        self.entries.append(_Entry(self.number, html=html, table=table))

    def close_entries(self, depth: int) -> None:
        """Close the innermost entries until `depth` are left."""
        self.flush()
        while len(self.entries) > depth:
            entry = self.entries.pop()
            if entry.table:
                self.html_row(entry)
            elif self.entries and "".join(self.entries[-1].parts).strip() and entry.is_nameless():
                self.entries[-1].adopt(entry)
            else:
                self.item(entry)

    def item_start(self, _value: Any, _span: Any) -> None:
        self.open_entry(html=False)

    def item_end(self, _value: Any, _span: Any) -> None:
        """Close the item, and what HTML opened in it and left open."""
        self.close_entries(max(depth for depth, entry in enumerate(self.entries) if not entry.html))

    def item(self, entry: _Entry) -> None:
        """Add the mentions of a list item; a line of a table of contents describes nothing."""
        if all(link.url[:1] == "#" for link in entry.links):
            for link in entry.links:
                self.mention(link).entry = entry.number
            return
        links = [
            entries.Link(
                link.start, link.end, "" if link.image else link.label,
                entries.role_of_image(link.url) if link.image else entries.role(link.label, link.url),
            )
            for link in entry.links
        ]  # fmt: skip
        title, authors, date = entries.describe("".join(entry.parts), links, entry.bold, entry.italic)
        for link, described in zip(entry.links, links, strict=True):
            mention = self.mention(link, described.role)
            mention.entry, mention.title, mention.authors, mention.date = entry.number, title, authors, date

    # tables

    def table(self, _value: Any, _span: Any) -> None:
        """Read a GitHub table to its end: the hot loop."""
        self.flush()
        header = _NO_HEADER
        cells: list[str] = []
        links: list[Link] = []
        passage = Passage()
        parts = passage.parts
        for event, span in self.events:
            if "Text" in event:
                parts.append(event["Text"])
            elif "End" in event:
                tag = event["End"]
                if tag == "TableCell":
                    text = "".join(parts)
                    if passage.links or passage.open or ":" in text or "](" in text:
                        text = self.cell(passage, self.line(span["start"]), len(cells), links)
                        passage = Passage()
                        parts = passage.parts
                    else:
                        parts.clear()
                    cells.append(text)
                elif tag in ("Link", "Image"):
                    passage.close()
                elif tag == "TableRow":
                    self.number += 1
                    if links:
                        self.row(header, self.number, cells, links)
                        links = []
                    cells = []
                elif tag == "TableHead":
                    header = _Header(cells)
                    for link in links:
                        self.mention(link)
                    cells, links = [], []
                elif tag == "Table":
                    return
            elif "Start" in event:
                tag = event["Start"]
                if tag.__class__ is dict:
                    ((kind, value),) = tag.items()
                    passage.begin(value["dest_url"], self.line(span["start"]), image=kind == "Image")
            elif "InlineHtml" in event:
                passage_before, self.passage = self.passage, passage
                self.html(event["InlineHtml"], self.line(span["start"]))
                self.passage = passage_before
            elif "Code" in event:
                passage.code.append(len(parts))
                parts.append(event["Code"])

    def cell(self, passage: Passage, line: int, column: int, links: list[Link]) -> str:
        """Give the text of a cell that holds more than text, and add its links."""
        text = "".join(passage.parts)
        if passage.open or suspicious(text):
            passage.lines = [line] * len(passage.parts)
            text = without_broken(passage.finish()).strip()
        for link in passage.links:
            link.column = column
        links += passage.links
        return text

    def row(self, header: _Header, number: int, cells: list[str], links: list[Link]) -> None:
        """Add the mentions of a row; they share what the row says."""
        columns = dict(zip(header.names, cells, strict=False))
        title = cells[header.title] if header.title is not None else None
        authors = cells[header.authors] if header.authors is not None else None
        date = cells[header.date].strip("()[]") if header.date is not None else None
        meanings = header.meanings
        if title is None and header.paper is not None:
            named = (link.label for link in links if link.column == header.paper)
            title = next((name for name in named if not entries.is_generic(name)), None)
        for link in links:
            meaning = meanings[link.column] if link.column < len(meanings) else None
            self.mentions.append(
                Mention(
                    seed=self.seed,
                    line=link.line,
                    url=link.url,
                    role=(
                        entries.role_of_image(link.url)
                        if link.image
                        else entries.role_in_column(meaning, link.label, link.url)
                    ),
                    section=self.section,
                    entry=number,
                    label=link.label,
                    title=title or None,
                    authors=authors or None,
                    date=date or None,
                    columns=columns,
                )
            )

    def html_row(self, entry: _Entry) -> None:
        """Add the mentions of a row of an HTML table; its first row without links is its head if it reads like one."""
        header = self.headers[entry.table - 1]
        if header is _NO_HEADER and not entry.links and any(entries.meanings(tuple(entry.cells))):
            self.headers[entry.table - 1] = _Header(entry.cells)
        else:
            self.row(header, entry.number, entry.cells + [""] * (len(header.names) - len(entry.cells)), entry.links)

    # HTML

    def html(self, html: str, line: int) -> None:
        for token in tokens(html):
            if token.name:
                self.inline_tag(token, line + token.line)
                self.block_tag(token.name)
            for offset, text in enumerate(token.text.split("\n")):
                self.passage.add(f" {text}" if offset else text, line + token.line + offset)

    def inline_html(self, value: str, span: Any) -> None:
        self.html(value, self.line(span["start"]))

    def inline_tag(self, token: Token, line: int) -> None:
        passage, attributes = self.passage, token.attributes
        if token.name == "a" and "href" in attributes:
            passage.begin(attributes["href"], line)
        elif token.name == "/a" and passage.open and not passage.open[-1].image:
            passage.close()
        elif token.name == "img" and "src" in attributes:
            passage.begin(attributes["src"], line, image=True)
            passage.add(attributes.get("alt", ""), line)
            passage.close()
        elif token.name in {"br", "p", "div", "summary"}:
            passage.add(" ", line)

    def block_tag(self, name: str) -> None:
        depth = len(self.headers)
        top = self.entries[-1] if self.entries else None
        if name == "table":
            self.flush()
            self.headers.append(_NO_HEADER)
        elif name in {"tr", "/tr", "/table"} and depth:
            if top and top.table == depth:
                self.close_entries(len(self.entries) - 1)
            if name == "tr":
                self.open_entry(table=depth)
            elif name == "/table":
                self.headers.pop()
        elif name in {"td", "th"} and top and top.table == depth and depth:
            self.flush()
            top.cells.append("")
        elif name == "li":
            self.open_entry()
        elif name in {"/li", "/ul", "/ol"} and top and top.html and not top.table:
            self.close_entries(len(self.entries) - 1)
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self.heading_start({"level": name.upper()}, None)
        elif len(name) == 3 and name[:2] == "/h" and name[2] in "123456":
            self.heading_end(name[1:], None)

    # inline

    def link_start(self, value: Any, span: Any) -> None:
        self.passage.begin(value["dest_url"].strip(), self.line(span["start"]))

    def image_start(self, value: Any, span: Any) -> None:
        self.passage.begin(value["dest_url"].strip(), self.line(span["start"]), image=True)

    def link_end(self, _value: Any, _span: Any) -> None:
        self.passage.close()

    def code(self, value: str, span: Any) -> None:
        self.passage.code.append(len(self.passage.parts))
        self.passage.add(value, self.line(span["start"]))

    def emphasis_start(self, _value: Any, _span: Any) -> None:
        self.passage.marks.append(len(self.passage.parts))

    def strong_end(self, _value: Any, _span: Any) -> None:
        self.passage.bold.append((self.passage.marks.pop(), len(self.passage.parts)))

    def emphasis_end(self, _value: Any, _span: Any) -> None:
        self.passage.italic.append((self.passage.marks.pop(), len(self.passage.parts)))


_Handler = Callable[[_Document, Any, Any], None]
_HANDLERS: dict[str, dict[str, _Handler]] = {
    "Start": {
        "CodeBlock": _Document.code_block,
        "Emphasis": _Document.emphasis_start,
        "Heading": _Document.heading_start,
        "HtmlBlock": _Document.html_block,
        "Image": _Document.image_start,
        "Item": _Document.item_start,
        "Link": _Document.link_start,
        "List": _Document.flush,
        "Paragraph": _Document.flush,
        "Strong": _Document.emphasis_start,
        "Table": _Document.table,
    },
    "End": {
        "Emphasis": _Document.emphasis_end,
        "Heading": _Document.heading_end,
        "Image": _Document.link_end,
        "Item": _Document.item_end,
        "Link": _Document.link_end,
        "Paragraph": _Document.flush,
        "Strong": _Document.strong_end,
    },
}
_INLINE: dict[str, _Handler] = {"Code": _Document.code, "InlineHtml": _Document.inline_html}


def _is_open_fence(block: bytes) -> bool:
    """Tell whether a fenced block that ends the file has no closing fence."""
    fence = _FENCE.search(block)
    last = block.rstrip().rsplit(b"\n", 1)[-1].strip(b" \t>")
    return not (fence and b"\n" in block.rstrip() and set(last) == set(fence[0]) and len(last) >= len(fence[0]))
