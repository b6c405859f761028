"""A Markdown document: the events of its parser open and close blocks.

pyromark gives events with byte ranges. Each block is collected as InlineText into the Item that it
stands in. HTML is read tag by tag, because CommonMark leaves it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, NoReturn

from harvest.models import Finding, ListFile, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.markdown.blocks import Blocks
from harvest.readers.markdown.headings import with_ends
from harvest.readers.markdown.html_blocks import HtmlBlocks
from harvest.readers.markdown.mentions import Mentions
from harvest.readers.markdown.rows import rows
from harvest.readers.markdown.tables import NO_HEADER, header_of
from harvest.readers.templates import Template

_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?=[\w\"'-]+[ \t]*:\s|#)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
# Items without the blank that makes them such; to find them takes a third of str.count.
_TIGHT_ITEMS = re.compile(r"\n-\[")
_TIGHT_ITEM = re.compile(r"(?m)^-(?=\[[^\]\n]+\]\()")
_DEFINITION = re.compile(r"\n:[ \t]+\S")
_PICTOGRAM = re.compile(r"(?:\A|\n) {0,3}:\S")
_FENCE = re.compile(rb"`{3,}|~{3,}")
_VERBATIM = rb"(?:pre|script|style|textarea)\b"
# HTML that runs on over blank lines to its closing mark, and to the end of the file when there is
# none.
_RUNS_ON = (
    ("unclosed-comment", re.compile(rb"<!--"), re.compile(rb"-->")),
    ("unclosed-html", re.compile(rb"(?i)<" + _VERBATIM), re.compile(rb"(?i)</" + _VERBATIM)),
)
_FEWEST_ALIKE = 4  # items: fewer may be text that only looks like one


class Markdown(Reader):
    """Markdown as GitHub reads it."""

    suffixes = (".md", ".markdown", ".mdown", ".mkd")

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read every link, image, bare URL and bare id of a text, with the entry around it.

        A fence or comment that is never closed is a finding, and what follows it is read all the
        same.
        """
        front_matter = _FRONT_MATTER.match(text)
        code: set[int] = set()
        if front_matter:
            code.update(range(1, front_matter[0].rstrip("\n").count("\n") + 2))
            text = "\n" * front_matter[0].count("\n") + text[front_matter.end() :]
        if len(_TIGHT_ITEMS.findall(text)) >= _FEWEST_ALIKE:
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
        headings = with_ends(document.blocks.headings, last)
        layouts = document.mentions.layouts
        code |= document.blocks.code
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
        if _DEFINITION.search(text) and not _PICTOGRAM.search(text):  # taken for a definition
            options |= Options.ENABLE_DEFINITION_LIST  # of kramdown, Hugo and Pandoc
        self.events: Iterator[tuple[Any, Any]] = events_with_range(text, options=options)
        self.data = text.encode()  # a copy of what the parser had encoded
        self.mentions = Mentions(name, self.data, templates)
        self.blocks = Blocks(self.mentions)
        self.html = HtmlBlocks(self.blocks)
        self.terms: list[bool] = []  # of each definition list that is open, if it has one

    @cached_property
    def end(self) -> int:
        """The end of what it holds."""
        return len(self.data.rstrip())

    def read(self) -> None:
        """Read all events; raises _UnclosedError at a mark that swallows the rest."""
        blocks = self.blocks
        for event, span in self.events:
            if "Text" in event:  # no event that is a string contains these names
                blocks.inline.add(event["Text"], span["start"])
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
        blocks.finish()

    def open_heading(self, level: int, start: int) -> None:
        """Begin a heading of Markdown, which ends what HTML left open."""
        self.close_html()
        self.blocks.open_heading(level, start)

    def close_item(self) -> None:
        """Close an item, and what HTML opened in it and left open."""
        self.close_html()
        self.blocks.close_entry()

    def open_term(self, start: int) -> None:
        """Begin a term of a definition list, which is an item with its definitions in it."""
        if self.terms[-1]:
            self.close_item()
        self.terms[-1] = True
        self.blocks.open_entry(start, html=False)

    def open_terms(self) -> None:
        """Begin a definition list."""
        self.blocks.end_block()
        self.terms.append(False)

    def close_terms(self) -> None:
        """End a definition list."""
        if self.terms.pop():
            self.close_item()

    def close_html(self) -> None:
        """Close the entries that HTML opened in the innermost item of Markdown."""
        blocks = self.blocks
        while blocks.entries and blocks.entries[-1].html:
            blocks.close_entry()

    def code_block(self, value: Any, span: Any) -> None:
        """Pass over code, but keep its line numbers."""
        self.blocks.end_block()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        if value != "Indented" and end >= self.end and _is_open_fence(block):
            self.drop("unclosed-fence", "this code fence", start, _FENCE)
        first = self.mentions.line(start)
        self.blocks.code.update(range(first, first + block.rstrip().count(b"\n") + 1))
        self.skip_to("CodeBlock")

    def html_block(self, span: Any) -> None:
        """Read a block of HTML."""
        self.blocks.end_block()
        start, end = span["start"], span["end"]
        block = self.data[start:end]
        for code, mark, close in _RUNS_ON if end >= self.end else ():
            if mark.match(block.lstrip()) and not close.search(block):
                self.drop(code, "this HTML", start, mark)
        self.html.read(block.decode(), start)
        self.blocks.end_block()
        self.skip_to("HtmlBlock")

    def skip_to(self, name: str) -> None:
        """Pass over the events up to the end of a block."""
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

    def table(self, span: Any) -> None:
        """Read a GitHub table; the links of its head are prose."""
        blocks = self.blocks
        blocks.end_block()
        blocks.unfold()
        blocks.mark_section()
        blocks.last_block = None
        table = rows(self.events, self.mentions.line(span["start"]))
        head = next(table)
        header = header_of(tuple(head.cells))
        self.mentions.add_row(head, NO_HEADER, None)
        for row in table:
            self.mentions.add_row(row, header, next(blocks.numbers))


# Of an event: its value, and its span in bytes.
_Handler = Callable[[_Document, Any, Any], None]
_START: dict[str, _Handler] = {
    "BlockQuote": lambda document, *_: document.blocks.end_block(),
    "CodeBlock": _Document.code_block,
    "DefinitionList": lambda document, *_: document.open_terms(),
    "DefinitionListDefinition": lambda document, _, span: document.blocks.open_entry(
        span["start"], html=False
    ),
    "DefinitionListTitle": lambda document, _, span: document.open_term(span["start"]),
    "Emphasis": lambda document, *_: document.blocks.inline.open_emphasis(),
    "FootnoteDefinition": lambda document, *_: document.blocks.open_footnote(),
    "Heading": lambda document, value, span: document.open_heading(
        int(value["level"][1]), span["start"]
    ),
    "HtmlBlock": lambda document, _, span: document.html_block(span),
    "Image": lambda document, value, span: document.blocks.inline.open_link(
        value["dest_url"].strip(), span["start"], image=True
    ),
    "Item": lambda document, _, span: document.blocks.open_entry(span["start"], html=False),
    "Link": lambda document, value, span: document.blocks.inline.open_link(
        value["dest_url"].strip(), span["start"]
    ),
    "List": lambda document, *_: document.blocks.open_list(),
    "Strong": lambda document, *_: document.blocks.inline.open_emphasis(),
    "Table": lambda document, _, span: document.table(span),
}
_END: dict[str, _Handler] = {
    "DefinitionList": lambda document, *_: document.close_terms(),
    "DefinitionListDefinition": lambda document, *_: document.close_item(),
    "DefinitionListTitle": lambda document, *_: document.blocks.end_block(),
    "Emphasis": lambda document, *_: document.blocks.inline.close_italic(),
    "FootnoteDefinition": lambda document, *_: document.blocks.close_footnote(),
    "Heading": lambda document, value, _: document.blocks.close_heading(int(value[1])),
    "Image": lambda document, *_: document.blocks.inline.close_link(),
    "Item": lambda document, *_: document.close_item(),
    "Link": lambda document, *_: document.blocks.inline.close_link(),
    "List": lambda document, *_: document.blocks.close_list(),
    "Paragraph": lambda document, *_: document.blocks.end_block(),
    "Strong": lambda document, *_: document.blocks.inline.close_bold(),
}
_INLINE: dict[str, _Handler] = {
    "Code": lambda document, value, span: document.blocks.inline.add_code(value, span["start"]),
    "HardBreak": lambda document, _, span: document.blocks.inline.add("\n", span["start"]),
    "InlineHtml": lambda document, value, span: document.html.read(
        value, span["start"], inline=True
    ),
    "SoftBreak": lambda document, _, span: document.blocks.inline.add_end(span["start"]),
}


def _is_open_fence(block: bytes) -> bool:
    """Return True if a fenced block that ends the file has no closing fence."""
    fence = _FENCE.search(block)
    lines = block.rstrip().rsplit(b"\n", 1)
    if fence is None or len(lines) == 1:
        return True
    last = lines[1].strip(b" \t>")
    return set(last) != set(fence[0]) or len(last) < len(fence[0])
