"""Markdown lists: GitHub tables, list items, prose, and the HTML that people put between them.

pyromark gives events with byte ranges, several hundred thousand for a few megabytes of tables, so a table has a loop of
its own that does no more than it must. Everything else collects a `Passage` (one block) into the `_Entry` (list item or
HTML row) that it stands in. Bare URLs, bare ids and HTML are read here, because CommonMark leaves them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from operator import attrgetter
from typing import Any, NoReturn

from harvest.models import Finding, Heading, ListFile, Mention, Reading, Role
from harvest.readers import items, labels
from harvest.readers.base import Reader
from harvest.readers.markdown import labelled
from harvest.readers.markdown.html import tokens
from harvest.readers.markdown.inline import Link, Passage, without_broken
from harvest.readers.markdown.tables import NO_HEADER, Header, Row, RowLink, header_of

FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?=[\w\"'-]+[ \t]*:\s|#)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
_FENCE = re.compile(rb"`{3,}|~{3,}")
_VERBATIM = rb"(?:pre|script|style|textarea)\b"
# HTML that runs on over blank lines to its closing mark, and to the end of the file when there is none.
_RUNS_ON = (
    ("unclosed-comment", re.compile(rb"<!--"), re.compile(rb"-->")),
    ("unclosed-html", re.compile(rb"(?i)<" + _VERBATIM), re.compile(rb"(?i)</" + _VERBATIM)),
)
_HEADINGS = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6"}
)
_BLOCKS = _HEADINGS | {"table", "/table", "tr", "/tr", "td", "th", "li", "/li", "/ul", "/ol"}
_DEEPEST = 50  # entries that a row may hold one within the other


class Markdown(Reader):
    """Markdown as GitHub reads it."""

    suffixes = (".md", ".markdown", ".mdown", ".mkd")

    def read(self, text: str, name: str) -> Reading:
        """Read every link, image, bare URL and bare id of a Markdown text, with the entry around it. Never raises.

        A fence or comment that is never closed is a finding, and what follows it is read all the same.
        """
        findings: list[Finding] = []
        matter = FRONT_MATTER.match(text)
        front_matter = set(range(1, matter[0].rstrip("\n").count("\n") + 2)) if matter else set()
        text = _without_front_matter(text)
        while True:
            document = _Document(text, name)
            try:
                document.read()
            except _UnclosedError as unclosed:
                findings.append(unclosed.finding)
                text = unclosed.text
            else:
                document.mentions.sort(key=attrgetter("line"))
                file = ListFile(
                    markdown=True,
                    headings=_sections(document.outline, text.count("\n") + 2),
                    code=front_matter | document.code_lines,
                )
                return Reading(document.mentions, findings, {name: file})


def _sections(outline: list[tuple[int, int, str]], last: int) -> list[Heading]:
    """Return headings (line, level, text) with the line at which the section of each ends."""
    headings: list[Heading] = []
    open_until: dict[int, int] = {}  # by level: where the section of such a heading ends
    for line, level, text in reversed(outline):
        end = min((end for other, end in open_until.items() if other <= level), default=last)
        headings.append(Heading(line, level, text, end))
        open_until[level] = line
    return headings[::-1]


def _without_front_matter(text: str) -> str:
    matter = FRONT_MATTER.match(text)
    return "\n" * matter[0].count("\n") + text[matter.end() :] if matter else text


def _described(link: Link, start: int, end: int) -> items.Label:
    if link.image:
        return items.Label(start, end, "", labels.role_of_image(link.url))
    return items.Label(start, end, link.label, labels.role(link.label, link.url))


class _UnclosedError(Exception):
    """Something swallows the end of the file; `text` is the file without its opening mark."""

    def __init__(self, finding: Finding, text: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.text = text


class _HtmlTable:
    """An HTML table; its first row without links is its head if it reads like one."""

    __slots__ = ("header",)

    def __init__(self) -> None:
        self.header = NO_HEADER


class _Entry:
    """A list item, or a row of an HTML table. `html` says who will close it."""

    __slots__ = ("adopted", "blocks", "cells", "html", "links", "number", "table")

    def __init__(self, number: int, *, html: bool, table: _HtmlTable | None) -> None:
        self.number = number
        self.html = html
        self.table = table
        self.blocks: list[Passage] = []
        self.links: list[Link] = []
        self.adopted: list[Link] = []  # of nested items that have nothing of their own to say
        self.cells: list[str] = []

    def take(self, passage: Passage) -> None:
        """Add a block, which ends here."""
        passage.finish()
        self.blocks.append(passage)
        self.links += passage.links
        if self.cells:
            for link in passage.links:
                link.column = len(self.cells) - 1
            self.cells[-1] = f"{self.cells[-1]} {without_broken(passage.text)}".strip()

    def has_text(self) -> bool:
        """Tell whether anything stands in it."""
        return any(block.text.strip() for block in self.blocks)

    def is_nameless(self) -> bool:
        """Tell whether an item only adds links to the item above it: `- [Paper](url)` below a title."""
        return bool(self.links) and all(
            link.image or labels.is_generic(link.label) for link in self.links
        )


class _Document:
    """One pass over the events of a document."""

    def __init__(self, text: str, seed: str) -> None:
        from pyromark import Options, events_with_range  # here: `harvest --help` reads no Markdown

        options = (
            Options.ENABLE_TABLES
            | Options.ENABLE_FOOTNOTES
            | Options.ENABLE_STRIKETHROUGH
            | Options.ENABLE_TASKLISTS
        )
        self.data = text.encode()
        self.seed = seed
        self.events: Iterator[tuple[Any, Any]] = events_with_range(text, options=options)
        self.end = len(self.data.rstrip())
        self.mentions: list[Mention] = []
        self.section: tuple[str, ...] = ()
        self.headings: list[tuple[int, str]] = []
        self.outline: list[tuple[int, int, str]] = []  # line, level and plain text of each heading
        self.heading: int | None = None  # the line of the heading that is open
        self.code_lines: set[int] = set()
        self.titled = False
        self.number = 0  # of the last entry
        self.passage = Passage()
        self.entries: list[_Entry] = []  # those that are open, from the outermost in
        self.tables: list[_HtmlTable] = []  # those that are open
        self.paragraphs: list[
            tuple[tuple[str, ...], Passage]
        ] = []  # what reads like an entry, with its section
        self.title: Passage | None = None  # the last block, if a list under it may be of one work
        self.group: Passage | None = None  # the title of the list that is open
        self.held: list[_Entry] = []  # the items of that list
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
            if "Text" in event:
                passage = self.passage
                passage.parts.append(event["Text"])
                passage.positions.append(span["start"])
                continue
            if "Start" in event:
                handlers, tag = _START, event["Start"]
            elif "End" in event:
                handlers, tag = _END, event["End"]
            else:
                handlers, tag = _INLINE, event
            if tag.__class__ is str:
                name, value = tag, None
            else:
                ((name, value),) = tag.items()
            if handler := handlers.get(name):
                handler(self, value, span)
        self.flush()
        while self.entries:
            self.close_entry()
        for section, passage in self.paragraphs:
            self.section = section
            self.paragraph(passage, alone=len(self.paragraphs) == 1)

    def mention(self, link: Link, role: Role = "other") -> Mention:
        """Add a mention of a link, as prose has it."""
        found = Mention(
            seed=self.seed,
            line=self.line(link.position),
            url=link.url,
            role=role,
            section=self.section,
            label=link.label,
        )
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
            self.title = labelled.title(passage)
            if _is_titled(passage):
                self.paragraphs.append((self.section, passage))
                return
            for link in passage.links:
                self.mention(link)

    def paragraph(self, passage: Passage, *, alone: bool) -> None:
        """Add the mentions of a paragraph under a bold title: an entry, unless only the list's own paper stands so."""
        if alone:
            for link in passage.links:
                self.mention(link)
            return
        self.number += 1
        entry = _Entry(self.number, html=False, table=None)
        entry.blocks, entry.links = [passage], passage.links
        self.item(entry)

    def heading_start(self, value: Any, span: Any) -> None:
        self.open_heading(value, span["start"])

    def open_heading(self, value: Any, start: int, *, html: bool = False) -> None:
        self.flush()
        self.heading = self.line(start)
        self.ungroup()
        while (
            not html and self.entries and self.entries[-1].html
        ):  # a heading of Markdown ends what HTML left open
            self.close_entry()
        level = int(value["level"][1])
        self.headings = [heading for heading in self.headings if heading[0] < level]
        self.section = tuple([text for _, text in self.headings])

    def heading_end(self, value: Any, _span: Any) -> None:
        passage = self.passage
        text = "".join(passage.parts).strip()
        self.flush()
        self.title = None
        level = int(value["level"][1])
        if self.heading is not None:
            self.outline.append((self.heading, level, _without_images(passage)))
        self.heading = None
        if text and (
            self.titled or level > 1
        ):  # a first heading of level 1 is the title of the list
            self.headings.append((level, text))
            self.section += (text,)
        self.titled = True

    def code_block(self, value: Any, span: Any) -> None:
        self.flush()
        start, end = span["start"], span["end"]
        if value != "Indented" and end >= self.end and _is_open_fence(self.data[start:end]):
            self.unclosed("unclosed-fence", "this code fence", start, _FENCE)
        block = self.data[start:end].rstrip()
        first = self.line(start)
        self.code_lines.update(range(first, first + block.count(b"\n") + 1))
        self.skip_to("CodeBlock")

    def html_block(self, _value: Any, span: Any) -> None:
        self.flush()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        for code, mark, close in _RUNS_ON:
            if end >= self.end and mark.match(block.lstrip()) and not close.search(block):
                self.unclosed(code, "this HTML", start, mark)
        self.html(block.decode(), start)
        self.flush()
        self.skip_to("HtmlBlock")

    def skip_to(self, name: str) -> None:
        end = {"End": name}
        while next(self.events)[0] != end:
            pass

    def unclosed(self, code: str, what: str, start: int, mark: re.Pattern[bytes]) -> NoReturn:
        """Drop every such mark from here on: none of them is closed, so a next pass would stop there again."""
        rest = self.data[:start] + mark.sub(b"", self.data[start:])
        finding = Finding(
            self.seed,
            self.line(start),
            code,
            f"{what} is never closed; the rest was read as Markdown",
        )
        raise _UnclosedError(finding, rest.decode())

    # entries: list items and rows of HTML tables

    def open_entry(self, *, html: bool = True, table: _HtmlTable | None = None) -> None:
        self.flush()
        self.number += 1
        self.entries.append(_Entry(self.number, html=html, table=table))

    def close_entry(self) -> None:
        """Close the innermost entry."""
        self.flush()
        entry = self.entries.pop()
        if entry.table:
            self.html_row(entry, entry.table)
        elif self.entries and entry.is_nameless() and self.entries[-1].has_text():
            self.entries[-1].adopted += entry.links + entry.adopted
        elif self.group and not self.entries:
            self.held.append(entry)
        elif entry.links or entry.adopted:
            self.item(entry)

    def list_start(self, _value: Any, _span: Any) -> None:
        """Hold the items of a list right under a bold title: they may all be of that one work."""
        self.flush()
        if not self.entries:
            self.group, self.title = self.title, None

    def list_end(self, _value: Any, _span: Any) -> None:
        """Make the list one entry, named by the title above it, if it only labels the links of that work."""
        if self.entries or not self.group:
            return
        nested = self.number - self.held[0].number >= len(self.held)
        links = None if nested else labelled.links([entry.blocks for entry in self.held])
        if links:
            work = _Entry(self.held[0].number, html=False, table=None)
            work.blocks = [self.group]
            for link, label in links:
                link.label = label
                work.adopted.append(link)
            self.held = [work]
        self.ungroup()

    def ungroup(self) -> None:
        """Add the mentions of the items that were held."""
        for entry in self.held:
            if entry.links or entry.adopted:
                self.item(entry)
        self.group, self.held = None, []

    def item_start(self, _value: Any, _span: Any) -> None:
        self.open_entry(html=False)

    def item_end(self, _value: Any, _span: Any) -> None:
        """Close the item, and what HTML opened in it and left open."""
        while self.entries[-1].html:
            self.close_entry()
        self.close_entry()

    def item(self, entry: _Entry) -> None:
        """Add the mentions of a list item.

        A line of a table of contents describes nothing; one of badges, licences and the like is no entry.
        """
        links = entry.links + entry.adopted
        if not [link for link in links if link.url[:1] != "#"]:
            for link in links:
                self.mention(link).entry = entry.number
            return
        text, described, bold, italic = "", [], [], []
        for block in entry.blocks:
            start = len(text)
            text += f"{block.text}\n"
            described += [
                _described(link, start + link.start, start + link.end) for link in block.links
            ]
            bold += [(start + first, start + last) for first, last in block.characters(block.bold)]
            italic += [
                (start + first, start + last) for first, last in block.characters(block.italic)
            ]
        described += [_described(link, len(text), len(text)) for link in entry.adopted]
        pictures = {(link.start, link.end) for link in entry.links if link.image}
        aside = all(
            (link.start, link.end) in pictures or labels.is_household(link.url) for link in links
        )
        if aside and all(link.role == "other" for link in described):
            for link in links:
                self.mention(link)
            return
        title, authors, date = items.describe(text, described, bold, italic)
        for link, told in zip(links, described, strict=True):
            mention = self.mention(link, told.role)
            mention.entry, mention.title, mention.authors, mention.date = (
                entry.number,
                title,
                authors,
                date,
            )

    # tables

    def table(self, _value: Any, _span: Any) -> None:
        """Read a GitHub table to its end. The hot loop: most of a list of papers is cells."""
        self.flush()
        self.title = None
        header = NO_HEADER
        row = Row()
        cells, links, opened = row.cells, row.links, row.open
        text = ""
        for event, span in self.events:  # pragma: no branch - a table ends before its document does
            if "Text" in event:
                text += event["Text"]
            elif "End" in event:
                tag = event["End"]
                if tag == "TableCell":
                    if opened or (
                        len(text) > 3 and ("/" in text or "." in text or "](" in text)
                    ):  # as any bare id has
                        text = row.odd(text, span["start"])
                    cells.append(text)
                    text = ""
                elif tag == "Link" or tag == "Image":  # noqa: PLR1714 - twice as fast as a set
                    text = row.close(text, tag)
                elif tag == "TableRow":
                    self.number += 1
                    self.row(header, self.number, cells, links, span["start"])
                    row.clear()
                elif tag == "TableHead":
                    header = header_of(tuple(cells))
                    self.row(NO_HEADER, None, cells, links, span["start"])
                    row.clear()
                elif tag == "Table":
                    return
            elif "Start" in event:
                tag = event["Start"]
                if tag.__class__ is dict:  # a link or an image
                    ((_, value),) = tag.items()
                    opened.append((value["dest_url"], span["start"], len(text), False))
            else:
                text = row.inline(text, event, span["start"])

    def row(
        self,
        header: Header,
        number: int | None,
        cells: list[str],
        links: list[RowLink],
        start: int | None,
    ) -> None:
        """Add the mentions of a row, which share what the row says; the links of a head (no number) are prose.

        A row that links to no work is mentioned by its title, if a column has it.
        """
        if not links and header.title is None:
            return
        columns = dict(zip(header.names, cells))  # noqa: B905 - `strict` costs a quarter of it
        title, authors, date = header.describe(cells, links)
        meanings, section, add = header.meanings, self.section, self.mentions.append
        roles: set[Role] = set()
        for position, url, label, column, image, _, _ in links:
            if number is None:
                role: Role = "other"
            elif image:
                role = labels.role_of_image(url)
            else:
                role = labels.role_in_column(
                    meanings[column] if column < len(meanings) else None, label, url
                )
            add(
                Mention(
                    seed=self.seed,
                    line=self.line(position),
                    url=url,
                    role=role,
                    section=section,
                    entry=number,
                    label=label,
                    title=title,
                    authors=authors,
                    date=date,
                    columns=columns,
                )
            )
            roles.add(role)
        if (
            header.title is not None
            and title
            and start is not None
            and labels.is_bare(title, authors, roles)
        ):
            add(
                Mention(
                    seed=self.seed,
                    line=self.line(start),
                    url="",
                    role="paper",
                    section=section,
                    entry=number,
                    title=title,
                    authors=authors,
                    date=date,
                    columns=columns,
                )
            )

    def html_row(self, entry: _Entry, table: _HtmlTable) -> None:
        """Add the mentions of a row of an HTML table."""
        header = table.header
        if header is NO_HEADER and not entry.links and any(map(labels.meaning, entry.cells)):
            table.header = header_of(tuple(entry.cells))
            return
        links = [
            (link.position, link.url, link.label, link.column, link.image, 0, 0)
            for link in entry.links
        ]
        self.row(
            header,
            entry.number,
            entry.cells + [""] * (len(header.names) - len(entry.cells)),
            links,
            None,
        )

    # HTML

    def html(self, html: str, start: int, *, whole: bool = True) -> None:
        """Read HTML that begins at a byte of the document; `whole` if nothing else stands on its lines."""
        positions = list(
            accumulate((len(line.encode()) + 1 for line in html.split("\n")), initial=start)
        )
        first = self.line(start)
        visible = set() if whole else {0, html.count("\n")}
        code: set[int] = set()
        for token in tokens(html):
            if token.is_code:
                code.update(range(token.line, token.line + token.more + 1))
            elif token.name:
                visible.add(token.line)
            position = positions[token.line]
            if token.url:
                self.passage.begin(token.url, position, image=token.name == "img", html=True)
            for offset, text in enumerate(token.text.split("\n")):
                self.passage.add(f" {text}" if offset else text, positions[token.line + offset])
                if text.strip(" \t>"):
                    visible.add(token.line + offset)
            if token.name in {"/a", "img"}:
                self.passage.close(html=True)
            if token.name in _BLOCKS:
                self.block_tag(token.name, position)
        self.code_lines.update(first + line for line in code - visible)

    def inline_html(self, value: str, span: Any) -> None:
        self.html(value, span["start"], whole=False)

    def block_tag(self, name: str, position: int) -> None:
        """Follow the tables, lists and headings of HTML."""
        if name in _HEADINGS and name[0] == "/":
            self.heading_end({"level": name[-2:]}, None)
            return
        if name in _HEADINGS:
            self.open_heading({"level": name[-2:]}, position, html=True)
            return
        self.flush()
        top = self.entries[-1] if self.entries else None
        if name == "li":
            self.open_entry()
        elif name not in {"/li", "/ul", "/ol"}:
            self.table_tag(name)
        elif top and top.html and not top.table:
            self.close_entry()

    def table_tag(self, name: str) -> None:
        if name == "table":
            self.tables.append(_HtmlTable())
            return
        row = self.open_row()
        if row is not None:  # what was left open in a cell or row ends with it
            cell = name in {"td", "th"}
            while len(self.entries) > row + cell:
                self.close_entry()
            if cell:
                self.entries[row].cells.append("")
        if self.tables and name == "tr":
            self.open_entry(table=self.tables[-1])
        elif self.tables and name == "/table":
            self.tables.pop()

    def open_row(self) -> int | None:
        """Give which entry is the open row of the innermost HTML table; None for none, or if an item is open in it."""
        for depth in range(len(self.entries) - 1, max(-1, len(self.entries) - _DEEPEST), -1):
            entry = self.entries[depth]
            if not entry.html:
                return None
            if self.tables and entry.table is self.tables[-1]:
                return depth
        return None

    # inline

    def link_start(self, value: Any, span: Any) -> None:
        self.passage.begin(value["dest_url"].strip(), span["start"])

    def image_start(self, value: Any, span: Any) -> None:
        self.passage.begin(value["dest_url"].strip(), span["start"], image=True)

    def link_end(self, _value: Any, _span: Any) -> None:
        self.passage.close()

    def blank(self, _value: Any, span: Any) -> None:
        self.passage.add(" ", span["start"])

    def code(self, value: str, span: Any) -> None:
        self.passage.code.append(len(self.passage.parts))
        self.passage.add(value, span["start"])

    def emphasis_start(self, _value: Any, _span: Any) -> None:
        self.passage.marks.append(len(self.passage.parts))

    def strong_end(self, _value: Any, _span: Any) -> None:
        self.emphasis_end(None, None, strong=True)

    def emphasis_end(self, _value: Any, _span: Any, *, strong: bool = False) -> None:
        passage = self.passage
        if passage.marks:  # none when HTML ended the block in between
            (passage.bold if strong else passage.italic).append(
                (passage.marks.pop(), len(passage.parts))
            )


_Handler = Callable[[_Document, Any, Any], None]
_START: dict[str, _Handler] = {
    "BlockQuote": _Document.flush,
    "CodeBlock": _Document.code_block,
    "Emphasis": _Document.emphasis_start,
    "Heading": _Document.heading_start,
    "HtmlBlock": _Document.html_block,
    "Image": _Document.image_start,
    "Item": _Document.item_start,
    "Link": _Document.link_start,
    "List": _Document.list_start,
    "Strong": _Document.emphasis_start,
    "Table": _Document.table,
}
_END: dict[str, _Handler] = {
    "Emphasis": _Document.emphasis_end,
    "Heading": lambda document, value, span: document.heading_end({"level": value}, span),
    "Image": _Document.link_end,
    "Item": _Document.item_end,
    "Link": _Document.link_end,
    "List": _Document.list_end,
    "Paragraph": _Document.flush,
    "Strong": _Document.strong_end,
}
_INLINE: dict[str, _Handler] = {
    "Code": _Document.code,
    "HardBreak": _Document.blank,
    "InlineHtml": _Document.inline_html,
    "SoftBreak": _Document.blank,
}


def _without_images(passage: Passage) -> str:
    """Return the text of a heading of which GitHub makes its anchor; that of an image is no part of it."""
    text = passage.text
    for link in reversed([link for link in passage.links if link.image]):
        label = text[link.start : link.end].replace(link.label, "")
        text = text[: link.start] + label + text[link.end :]
    return without_broken(text).strip()


def _is_titled(passage: Passage) -> bool:
    """Tell whether a paragraph is a bold title, a break, and among other things a link that says paper."""
    if not (
        passage.bold
        and passage.bold[0][0] == 0
        and passage.parts[passage.bold[0][1] :][:1] == [" "]
    ):
        return False
    return any(
        labels.is_generic(link.label) and _described(link, 0, 0).role == "paper"
        for link in passage.links
    )


def _is_open_fence(block: bytes) -> bool:
    """Tell whether a fenced block that ends the file has no closing fence."""
    fence = _FENCE.search(block)
    last = block.rstrip().rsplit(b"\n", 1)[-1].strip(b" \t>")
    return not (
        fence
        and b"\n" in block.rstrip()
        and set(last) == set(fence[0])
        and len(last) >= len(fence[0])
    )
