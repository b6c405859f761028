"""The blocks of a Markdown document: headings, items, rows, code and HTML.

pyromark gives events with byte ranges. Each block is collected as InlineText into the Entry that it
stands in. Bare URLs, bare ids and HTML are read here, because CommonMark leaves them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any, NoReturn

from harvest import dates
from harvest.models import Finding, Heading, ListFile, Reading
from harvest.readers import labels
from harvest.readers.base import HasItems, Reader
from harvest.readers.markdown import labelled
from harvest.readers.markdown.entry import PICTOGRAM, Entry, HtmlTable, role
from harvest.readers.markdown.html import Token, code_lines, tokens
from harvest.readers.markdown.inline import InlineLink, InlineText, without_broken
from harvest.readers.markdown.mentions import Mentions
from harvest.readers.markdown.sections import Section, of_paragraphs, works
from harvest.readers.markdown.tables import NO_HEADER, header_of, rows
from harvest.readers.templates import Template

_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?=[\w\"'-]+[ \t]*:\s|#)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
_TIGHT_ITEM = re.compile(r"(?m)^-(?=\[[^\]\n]+\]\()")
_FENCE = re.compile(rb"`{3,}|~{3,}")
_VERBATIM = rb"(?:pre|script|style|textarea)\b"
# HTML that runs on over blank lines to its closing mark, and to the end of the file when there is
# none.
_RUNS_ON = (
    ("unclosed-comment", re.compile(rb"<!--"), re.compile(rb"-->")),
    ("unclosed-html", re.compile(rb"(?i)<" + _VERBATIM), re.compile(rb"(?i)</" + _VERBATIM)),
)
_HEADING = re.compile(r"(/?)h([1-6])")
_DETAILS = frozenset({"summary", "/summary", "/details"})
_BLOCKS = frozenset({"table", "/table", "tr", "/tr", "td", "th", "li", "/li", "/ul", "/ol"})
_NUMBER = re.compile(r"\s*\[\d{1,3}\]\s*")
_SEPARATORS = frozenset(".,;:|([-\u2013\u2014\n")  # behind a title
_FEWEST_ALIKE = 4  # paragraphs of a form that is that of works only where there are several
_FEWEST_WORDS, _MOST_WORDS = 3, 40  # of a paragraph that names a work
_DEEPEST = 50  # entries that a row may hold one within the other
_LEVELS = 6  # of headings
_NOTHING = InlineText()


class Markdown(HasItems, Reader):
    """Markdown as GitHub reads it."""

    suffixes = (".md", ".markdown", ".mdown", ".mkd")

    def read_with(self, text: str, name: str, templates: Sequence[Template]) -> Reading:
        """Read every link, image, bare URL and bare id of a text, with the entry around it.

        A fence or comment that is never closed is a finding, and what follows it is read all the
        same.
        """
        front_matter = _FRONT_MATTER.match(text)
        code: set[int] = set()
        if front_matter:
            code.update(range(1, front_matter[0].rstrip("\n").count("\n") + 2))
            text = "\n" * front_matter[0].count("\n") + text[front_matter.end() :]
        if text.count("\n-[") >= _FEWEST_ALIKE:  # items without the blank that makes them such
            text = _TIGHT_ITEM.sub("- ", text)
        findings: list[Finding] = []
        while True:
            document = _Document(text, name, templates)
            try:
                document.read()
            except _UnclosedError as unclosed:
                findings.append(unclosed.finding)
                text = unclosed.text
            else:
                break
        last = document.mentions.line(len(document.data)) + 1
        headings = _with_ends(document.headings, last)
        layouts = document.mentions.layouts
        code |= document.code
        file = ListFile(markdown=True, headings=headings, code=code, layouts=layouts)
        mentions = sorted(document.mentions.all, key=attrgetter("line"))
        return Reading(mentions, findings, {name: file})


class _UnclosedError(Exception):
    """A mark that swallows the end of the file; `text` is the file without it."""

    def __init__(self, finding: Finding, text: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.text = text


class _Document:
    """One pass over the events of a document."""

    def __init__(self, text: str, name: str, templates: Sequence[Template]) -> None:
        from pyromark import Options, events_with_range  # here: `harvest --help` reads no Markdown

        options = (
            Options.ENABLE_TABLES
            | Options.ENABLE_FOOTNOTES
            | Options.ENABLE_STRIKETHROUGH
            | Options.ENABLE_TASKLISTS
        )
        self.events: Iterator[tuple[Any, Any]] = events_with_range(text, options=options)
        self.data = text.encode()  # a copy of what the parser had encoded
        self.end = len(self.data.rstrip())  # of what it holds
        self.mentions = Mentions(name, self.data, templates)
        self.headings: list[tuple[int, int, str]] = []  # line, level, text
        self.path: list[tuple[int, str]] = []  # levels and texts of the headings above
        self.heading_line: int | None = None  # of the heading that is open
        self.titled = False  # the first heading, if of level 1, is the title of the list
        self.code: set[int] = set()  # lines
        self.number = 0  # of the last entry
        self.inline = InlineText()  # of the block that is open
        self.entries: list[Entry] = []  # those that are open, from the outermost in
        self.details: Entry | None = None  # that of the summary above
        self.in_summary = False
        self.tables: list[HtmlTable] = []  # those that are open
        self.sections: list[Section] = []  # one for each heading
        # Paragraphs that read like an entry, with their section.
        self.paragraphs: list[tuple[tuple[str, ...], InlineText]] = []
        self.linked: list[tuple[tuple[str, ...], InlineText]] = []  # those that begin with a link
        self.title: InlineText | None = None  # the last block, if it is no heading or table
        self.group: InlineText | None = None  # the title of the list that is open
        self.items: list[Entry] = []  # the items of that list
        self.unmarked: list[tuple[InlineText, list[Entry], list[tuple[InlineLink, str]]]] = []

    def read(self) -> None:
        for event, span in self.events:
            if "Text" in event:  # no event that is a string contains these names
                self.inline.add(event["Text"], span["start"])
                continue
            if "Start" in event:
                handlers, tag = _START, event["Start"]
            elif "End" in event:
                handlers, tag = _END, event["End"]
            else:
                handlers, tag = _INLINE, event
            value = None
            if tag.__class__ is dict:
                tag, value = tag.popitem()
            handler = handlers.get(tag)
            if handler:
                handler(self, value, span)
        self.end_block()
        while self.entries:
            self.close_entry()
        self.close_details()
        self.add_unmarked()
        self.add_sections()
        self.add_paragraphs()
        self.mentions.add_items()

    def add_sections(self) -> None:
        """Make entries of the headings that name a work each; what is below others is prose."""
        alike = len(self.linked) + sum(len(section.linked) for section in self.sections)
        if alike >= _FEWEST_ALIKE:
            for section in of_paragraphs(self.sections):
                self.hold_entries(section)
        own = {id(section) for section in works(self.sections)}
        for section in self.sections:
            if id(section) not in own:
                self.hold_entries(section)
                continue
            self.number += 1
            entry = Entry(self.number, 0, section=section.above)
            for block in section.facts():
                entry.add(block)
            self.mentions.keep(entry)
            self.mentions.section = section.path
            for block in section.blocks:
                if block not in entry.blocks:
                    self.mentions.add_prose(block.links)

    def add_paragraphs(self) -> None:
        """Make entries of the paragraphs that read like one; prose links to a few works, too."""
        if len(self.linked) >= _FEWEST_ALIKE:
            self.paragraphs += self.linked
        else:
            for section, block in self.linked:
                self.mentions.section = section
                self.mentions.add_prose(block.links)
        for section, block in self.paragraphs:
            self.mentions.section = section
            if len(self.paragraphs) == 1:  # only the list's own paper is so
                self.mentions.add_prose(block.links)
                return
            self.number += 1
            entry = Entry(self.number, 0, section=section)
            entry.add(block)
            self.mentions.keep(entry)

    # blocks

    def end_block(self, *_: object) -> None:
        block = self.inline
        if not (block.parts or block.open):
            return
        self.inline = InlineText()
        block.finish()
        if self.entries:
            self.entries[-1].add(block)
            return
        self.title = block
        if _is_entry(block):
            self.paragraphs.append((self.mentions.section, block))
            self.mark_section()
        elif self.heading_line is None and _begins_with_work(block):
            self.add_linked(block)
        elif self.heading_line is None and self.sections and not self.sections[-1].has_entries:
            self.sections[-1].blocks.append(block)
        elif self.heading_line is None:
            self.mentions.add_prose(block.links)

    def heading_start(self, value: Any, span: Any) -> None:
        """Begin a heading of Markdown, which ends what HTML left open."""
        while self.entries and self.entries[-1].html:
            self.close_entry()
        self.open_heading(int(value["level"][1]), span["start"])

    def open_heading(self, level: int, start: int) -> None:
        """Begin a heading, which ends the list above it."""
        self.end_block()
        self.close_details()
        self.end_group()
        self.heading_line = self.mentions.line(start)
        self.path = [heading for heading in self.path if heading[0] < level]
        self.mentions.section = tuple([text for _, text in self.path])

    def close_heading(self, level: int) -> None:
        block = self.inline
        text = "".join(block.parts).replace("\n", " ").strip()
        above = self.mentions.section
        self.end_block()
        self.title = None
        if self.heading_line is not None:
            self.headings.append((self.heading_line, level, _without_images(block)))
        self.heading_line = None
        if text and (self.titled or level > 1):
            self.path.append((level, text))
            self.mentions.section += (text,)
        self.titled = True
        self.sections.append(Section(level, block, above, self.mentions.section))

    def mark_section(self) -> None:
        """Say of the section that it holds entries, so that what is below it is prose."""
        if not self.sections or self.sections[-1].has_entries:
            return
        current = self.mentions.section
        self.hold_entries(self.sections[-1])
        self.mentions.section = current

    def hold_entries(self, section: Section) -> None:
        """Add the links of a heading and of the blocks below it as prose.

        Paragraphs that begin with the link to a work wait for the end of the document.
        """
        section.has_entries = True
        self.mentions.section = section.above
        self.mentions.add_prose(section.heading.links)
        self.mentions.section = section.path
        linked = set(section.linked)
        for block in section.blocks:
            if block not in linked:
                self.mentions.add_prose(block.links)
        self.linked += [(section.path, block) for block in section.linked]
        section.heading, section.blocks, section.linked = _NOTHING, [], []  # a long list has many

    def add_linked(self, block: InlineText) -> None:
        """Add a paragraph that begins with the link to a work, perhaps that of its heading."""
        section = self.sections[-1] if self.sections else None
        if section is None or section.has_entries:
            self.linked.append((self.mentions.section, block))
        else:
            section.blocks.append(block)
            section.linked.append(block)

    def code_block(self, value: Any, span: Any) -> None:
        self.end_block()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        if value != "Indented" and end >= self.end and _is_open_fence(block):
            self.drop("unclosed-fence", "this code fence", start, _FENCE)
        first = self.mentions.line(start)
        self.code.update(range(first, first + block.rstrip().count(b"\n") + 1))
        self.skip_to("CodeBlock")

    def html_block(self, _value: Any, span: Any) -> None:
        self.end_block()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        for code, mark, close in _RUNS_ON if end >= self.end else ():
            if mark.match(block.lstrip()) and not close.search(block):
                self.drop(code, "this HTML", start, mark)
        self.html(block.decode(), start)
        self.end_block()
        self.skip_to("HtmlBlock")

    def skip_to(self, name: str) -> None:
        end = {"End": name}
        while next(self.events)[0] != end:
            pass

    def drop(self, code: str, what: str, start: int, mark: re.Pattern[bytes]) -> NoReturn:
        """Put a blank in place of every such mark from here on.

        None of them is closed, so a next pass would stop there again. Without the blank, what
        stands around a mark could be one, and each of them would cost a pass.
        """
        rest = self.data[:start] + mark.sub(b" ", self.data[start:])
        message = f"{what} is never closed; the rest was read as Markdown"
        finding = Finding(self.mentions.name, self.mentions.line(start), code, message)
        raise _UnclosedError(finding, rest.decode())

    # entries: list items and rows

    def open_entry(self, start: int, *, html: bool = True, table: HtmlTable | None = None) -> None:
        self.end_block()
        self.number += 1
        parent = self.entries[-1] if self.entries else self.details
        parent = None if parent and parent.table else parent
        if parent:
            parent.has_items = True
        section = self.mentions.section
        entry = Entry(self.number, start, html=html, table=table, section=section, parent=parent)
        self.entries.append(entry)

    def close_entry(self) -> None:
        self.end_block()
        entry = self.entries.pop()
        if entry.links:
            self.mark_section()
        if entry.table and not self.is_item(entry, entry.table):
            self.mentions.add_html_row(entry, entry.table)
        elif self.group and not self.entries:
            self.items.append(entry)
        else:
            self.mentions.keep(entry)

    def is_item(self, row: Entry, table: HtmlTable) -> bool:
        """Return True for a row of lines below no head: one work, laid out as a table."""
        if table.header is not NO_HEADER:
            return False
        has_paper = any(not link.image and role(link) == "paper" for link in row.links)
        return has_paper and any("\n" in block.text.strip() for block in row.blocks)

    def list_start(self, *_: object) -> None:
        """Keep back the items of a list right under a bold title: they may be of that one work."""
        self.end_block()
        if self.entries:
            return
        title, self.title = self.title, None
        self.group = None
        if title and (labelled.is_title(title) or labelled.may_be_title(title)):
            self.group = title

    def list_end(self, *_: object) -> None:
        """Make the list one entry if it only labels the links of the work in the title above it."""
        if self.entries or not self.group:
            return
        nested = self.number - self.items[0].number >= len(self.items)
        links = None if nested else labelled.links([entry.blocks for entry in self.items])
        if links and labelled.is_title(self.group):
            self.items = [self.labelled_work(self.group, self.items[0], links)]
        elif links:
            self.unmarked.append((self.group, self.items, links))
            self.items = []
        self.end_group()

    def labelled_work(
        self, title: InlineText, first: Entry, links: Sequence[tuple[InlineLink, str]]
    ) -> Entry:
        """Return the work of a title with the links that the list below it labels."""
        work = Entry(first.number, 0, section=first.section)
        work.add(title)
        for link, label in links:
            link.rename(label)
        work.adopted = [link for link, _ in links]
        return work

    def add_unmarked(self) -> None:
        """Add the lists of labels below titles that nothing marks, as works if they are several."""
        are_works = len(self.unmarked) >= _FEWEST_ALIKE
        for title, items, links in self.unmarked:
            entries = [self.labelled_work(title, items[0], links)] if are_works else items
            for entry in entries:
                self.mentions.keep(entry)

    def end_group(self) -> None:
        """Add the items that were kept back."""
        for entry in self.items:
            self.mentions.keep(entry)
        self.group, self.items = None, []

    def item_end(self, *_: object) -> None:
        """Close the item, and what HTML opened in it and left open."""
        while self.entries[-1].html:
            self.close_entry()
        self.close_entry()

    def table(self, _value: Any, span: Any) -> None:
        """Read a GitHub table; the links of its head are prose."""
        self.end_block()
        self.mark_section()
        self.title = None
        table = rows(self.events, self.mentions.line(span["start"]))
        head = next(table)  # the same row as those below, and at the end the line behind them
        header = header_of(tuple(head.cells))
        self.mentions.add_row(head, NO_HEADER, None)
        for row in table:
            self.number += 1
            self.mentions.add_row(row, header, self.number)
        if self.data.endswith(b"\n", 0, span["end"]):
            self.mentions.pass_table(span["end"], head.line)

    # HTML

    def html(self, html: str, start: int, *, inline: bool = False) -> None:
        """Read HTML that begins at a byte of the document; inline, text may stand around it."""
        lengths = (len(line.encode()) + 1 for line in html.split("\n"))
        positions = list(accumulate(lengths, initial=start))
        parts = list(tokens(html))
        for token in parts:
            position = positions[token.line]
            if token.url:
                self.inline.open_link(token.url, position, image=token.name == "img", html=True)
            if token.name == "br":
                self.inline.add("\n", position)
                continue
            for offset, text in enumerate(token.text.split("\n")):
                self.inline.add(f" {text}" if offset else text, positions[token.line + offset])
            if token.name in {"/a", "img"}:
                self.inline.close_html_link()
            self.block_tag(token, position)
        if any(token.is_code for token in parts):
            partial = {0, html.count("\n")} if inline else set()
            first = self.mentions.line(start)
            self.code.update(first + line for line in code_lines(parts, partial))

    def block_tag(self, token: Token, start: int) -> None:
        name = token.name
        heading = _HEADING.fullmatch(name)
        if heading and heading[1]:
            self.close_heading(int(heading[2]))
        elif heading:
            self.open_heading(int(heading[2]), start)
        if name in _DETAILS and self.heading_line is None:
            self.details_tag(name, start)
        if name not in _BLOCKS:
            return
        self.end_block()
        if name == "li":
            self.open_entry(start)
        elif name not in {"/li", "/ul", "/ol"}:
            self.table_tag(token, start)
        elif self.entries and self.entries[-1].html and not self.entries[-1].table:
            self.close_entry()

    def details_tag(self, name: str, start: int) -> None:
        """Make an entry of a summary that links to a work or its code, with the items below it."""
        if name == "summary":
            self.in_summary = not "".join(self.inline.parts).strip()
        elif name == "/details" and self.details and not self.entries:
            self.end_block()
            self.close_details()
        elif (
            name == "/summary"
            and self.in_summary
            and not self.entries
            and any(map(_is_work, self.inline.links))
        ):
            self.close_details()
            block, self.inline, self.title = self.inline, InlineText(), None
            block.finish()
            self.number += 1
            self.details = Entry(self.number, start, html=True, section=self.mentions.section)
            self.details.add(block)
            self.mark_section()

    def close_details(self) -> None:
        """End the entry of a summary."""
        if self.details:
            self.mentions.keep(self.details)
            self.details = None

    def table_tag(self, token: Token, start: int) -> None:
        name = token.name
        if name == "table":
            self.tables.append(HtmlTable())
            return
        row = self.open_row()
        if row is not None:  # what was left open in a cell or row ends with it
            cell = name in {"td", "th"}
            while len(self.entries) > row + cell:
                self.close_entry()
            if cell:
                self.tables[-1].open_cell(self.entries[row], token.rows)
        if self.tables and name == "tr":
            self.open_entry(start, table=self.tables[-1])
        elif self.tables and name == "/table":
            self.tables.pop()

    def open_row(self) -> int | None:
        """Return which entry is the open row of the innermost HTML table.

        Returns None if there is none, or if an item of Markdown is open in it.
        """
        for depth in range(len(self.entries) - 1, max(-1, len(self.entries) - _DEEPEST), -1):
            entry = self.entries[depth]
            if not entry.html:
                return None
            if self.tables and entry.table is self.tables[-1]:
                return depth
        return None


# Of an event: its value, and its span in bytes.
_Handler = Callable[[_Document, Any, Any], None]
_START: dict[str, _Handler] = {
    "BlockQuote": _Document.end_block,
    "CodeBlock": _Document.code_block,
    "Emphasis": lambda document, *_: document.inline.open_emphasis(),
    "Heading": _Document.heading_start,
    "HtmlBlock": _Document.html_block,
    "Image": lambda document, value, span: document.inline.open_link(
        value["dest_url"].strip(), span["start"], image=True
    ),
    "Item": lambda document, _, span: document.open_entry(span["start"], html=False),
    "Link": lambda document, value, span: document.inline.open_link(
        value["dest_url"].strip(), span["start"]
    ),
    "List": _Document.list_start,
    "Strong": lambda document, *_: document.inline.open_emphasis(),
    "Table": _Document.table,
}
_END: dict[str, _Handler] = {
    "Emphasis": lambda document, *_: document.inline.close_emphasis(document.inline.italic),
    "Heading": lambda document, value, _: document.close_heading(int(value[1])),
    "Image": lambda document, *_: document.inline.close_link(),
    "Item": _Document.item_end,
    "Link": lambda document, *_: document.inline.close_link(),
    "List": _Document.list_end,
    "Paragraph": _Document.end_block,
    "Strong": lambda document, *_: document.inline.close_emphasis(document.inline.bold),
}
_INLINE: dict[str, _Handler] = {
    "Code": lambda document, value, span: document.inline.add_code(value, span["start"]),
    "HardBreak": lambda document, _, span: document.inline.add("\n", span["start"]),
    "InlineHtml": lambda document, value, span: document.html(value, span["start"], inline=True),
    "SoftBreak": lambda document, _, span: document.inline.add(" ", span["start"]),
}


def _with_ends(headings: list[tuple[int, int, str]], last: int) -> list[Heading]:
    """Return headings with the line at which their section ends, at the latest the last."""
    result: list[Heading] = []
    ends = [last] * (_LEVELS + 1)  # by level, the line of the next heading that ends its section
    for line, level, text in reversed(headings):
        result.append(Heading(line, level, text, ends[level]))
        ends[level:] = [line] * (_LEVELS + 1 - level)
    return result[::-1]


def _without_images(inline: InlineText) -> str:
    """Return the text of which GitHub makes the anchor of a heading: that of images is not part."""
    text = inline.text.replace("\n", " ")
    for link in reversed(inline.links):
        if link.image:
            label = text[link.start : link.end].replace(link.label, "")
            text = text[: link.start] + label + text[link.end :]
    return without_broken(text).strip()


def _is_work(link: InlineLink) -> bool:
    """Return True for a link to a work or its code."""
    return not link.image and role(link) in {"paper", "code"}


def _is_entry(block: InlineText) -> bool:
    """Return True for a paragraph like an entry, among other things with a link that says paper.

    It begins with a bold title and a break, or with a number in brackets.
    """
    if not block.links:
        return False
    generic = [link for link in block.links if labels.is_generic(link.label)]
    if not generic or _NUMBER.match(block.text):
        return bool(generic)
    if _is_phrase_with_labels(block):
        return True
    if not block.bold or block.bold[0][0] != 0:
        return False
    end = block.bold[0][1]
    rest = block.parts[end : end + 1]
    is_alone = bool(rest) and not rest[0].strip(" \\\n")
    return is_alone and any(role(link) == "paper" for link in generic)


def _begins_with_work(block: InlineText) -> bool:
    """Return True for a title that links to its work, and what is said of it behind a separator.

    [A title of it](...). Jane Doe and John Roe. ICML 2020.
    """
    link = block.links[0] if block.links else None
    if link is None or link.image or PICTOGRAM.sub("", block.text[: link.start]).strip():
        return False
    rest = block.text[link.end :].strip()
    words = len(link.label.split())
    if not _FEWEST_WORDS <= words <= _MOST_WORDS or len(rest.split()) > _MOST_WORDS:
        return False
    if rest and rest[0] not in _SEPARATORS:
        return False
    return role(link) == "paper" or (role(link) == "other" and dates.find(rest) is not None)


def _is_phrase_with_labels(block: InlineText) -> bool:
    """Return True for a few words and then nothing but links in brackets, one of them a paper.

    **A title of it (2016)** [[Paper]](...) [[Code]](...)
    """
    links = [link for link in block.links if not link.image]
    for link in links:
        inside = block.text[: link.start].rstrip(" ")[-1:]
        is_bracketed = link.bracketed or inside in {"[", "("}
        if not (is_bracketed and labels.is_generic(link.label)):
            return False
    words = len(block.text[: links[0].start].split()) if links else 0
    rest = block.text[links[-1].end :].strip(" ])\n") if links else ""
    is_work = _FEWEST_WORDS <= words <= _MOST_WORDS and not rest
    return is_work and any(role(link) == "paper" for link in links)


def _is_open_fence(block: bytes) -> bool:
    """Return True if a fenced block that ends the file has no closing fence."""
    fence = _FENCE.search(block)
    lines = block.rstrip().rsplit(b"\n", 1)
    if fence is None or len(lines) == 1:
        return True
    last = lines[1].strip(b" \t>")
    return set(last) != set(fence[0]) or len(last) < len(fence[0])
