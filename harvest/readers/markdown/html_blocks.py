"""HTML in Markdown, tag by tag: items, rows, headings, summaries and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from harvest.readers.markdown.blocks import Blocks
from harvest.readers.markdown.entry import PICTOGRAM, HtmlTable, role
from harvest.readers.markdown.html import Token, code_lines, tokens
from harvest.readers.markdown.inline import InlineLink

_HEADING = re.compile(r"(/?)h([1-6])")
_DETAILS = frozenset({"summary", "/summary", "/details"})
_BLOCKS = frozenset({"table", "/table", "tr", "/tr", "td", "th", "li", "/li", "/ul", "/ol"})
_PARAGRAPHS = frozenset({"p", "/p"})
_BOLD, _ITALIC = frozenset({"b", "strong"}), frozenset({"i", "em"})
_TERMS = frozenset({"dl", "/dl", "dt", "/dt", "dd", "/dd"})
_FEWEST_WORDS = 3  # of a summary that is a title
_DEEPEST = 50  # entries that a row may hold one within the other


class HtmlBlocks:
    """Opens and closes blocks as the tags of HTML say."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.tables: list[HtmlTable] = []  # those that are open
        self.in_summary = False
        self.summaries: set[str] = set()
        self.terms: list[int] = []  # of each definition list that is open, the entries around it

    def read(self, html: str, start: int, *, inline: bool = False) -> None:
        """Read HTML that begins at a byte of the document; inline, text may stand around it."""
        lengths = (len(line.encode()) + 1 for line in html.split("\n"))
        positions = list(accumulate(lengths, initial=start))
        parts = list(tokens(html))
        for token in parts:
            self.read_token(token, positions)
        if any(token.is_code for token in parts):
            partial = {0, html.count("\n")} if inline else set()
            first = self.blocks.mentions.line(start)
            self.blocks.code.update(first + line for line in code_lines(parts, partial))

    def read_token(self, token: Token, positions: Sequence[int]) -> None:
        """Read a tag or text; `positions` are the bytes at which the lines begin."""
        position = positions[token.line]
        text = self.blocks.inline
        if token.url:
            text.open_link(token.url, position, image=token.name == "img", html=True)
        if token.name == "br":
            text.add("\n", position)
            return
        for offset, line in enumerate(token.text.split("\n")):
            text.add(f" {line}" if offset else line, positions[token.line + offset])
        if token.name in {"/a", "img"}:
            text.close_html_link()
        self.emphasis_tag(token.name)
        self.block_tag(token, position)

    def emphasis_tag(self, name: str) -> None:
        """Begin or end the emphasis that a tag says."""
        kind = name.removeprefix("/")
        if kind not in _BOLD | _ITALIC:
            return
        if kind == name:
            self.blocks.inline.open_emphasis()
        elif kind in _BOLD:
            self.blocks.inline.close_bold()
        else:
            self.blocks.inline.close_italic()

    def block_tag(self, token: Token, start: int) -> None:
        """Open or close the block that a tag begins or ends, if it does."""
        name, blocks = token.name, self.blocks
        heading = _HEADING.fullmatch(name)
        if heading and heading[1]:
            blocks.close_heading(int(heading[2]))
        elif heading:
            blocks.open_heading(int(heading[2]), start)
        if name in _DETAILS and blocks.heading_line is None:
            self.details_tag(name, start)
        if name in _TERMS:
            self.term_tag(name, start)
        if name in _PARAGRAPHS and not (blocks.entries or self.in_summary or blocks.heading_line):
            blocks.end_block()
        if name not in _BLOCKS:
            return
        blocks.end_block()
        if name == "li":
            blocks.open_entry(start)
        elif name not in {"/li", "/ul", "/ol"}:
            self.table_tag(token, start)
        elif blocks.entries and blocks.entries[-1].html and not blocks.entries[-1].table:
            blocks.close_entry()

    def term_tag(self, name: str, start: int) -> None:
        """Make an item of each term of a definition list, with its definitions in it."""
        blocks = self.blocks
        blocks.end_block()
        if name == "dl":
            self.terms.append(len(blocks.entries))
        if not self.terms or name in {"dl", "/dt"}:
            return
        depth = self.terms[-1] + name.endswith("dd")  # of what stays open
        while len(blocks.entries) > depth and blocks.entries[-1].html:
            blocks.close_entry()
        if name in {"dt", "dd"}:
            blocks.open_entry(start)
        if name == "/dl":
            self.terms.pop()

    def details_tag(self, name: str, start: int) -> None:
        """Make an entry of a summary that links to a work or its code, with the items below it."""
        blocks = self.blocks
        if name == "summary":
            self.in_summary = not "".join(blocks.inline.parts).strip()
        elif blocks.entries:
            return
        elif name == "/details":
            blocks.end_block()
            blocks.close_details()
        elif name == "/summary" and self.in_summary:
            if any(map(_is_work, blocks.inline.links)):
                blocks.open_details(start)
            elif not blocks.inline.links and self.may_be_title("".join(blocks.inline.parts)):
                blocks.fold(start)

    def may_be_title(self, summary: str) -> bool:
        """Return True for a summary of some words that stands once."""
        is_new = summary not in self.summaries
        self.summaries.add(summary)
        return is_new and len(PICTOGRAM.sub(" ", summary).split()) >= _FEWEST_WORDS

    def table_tag(self, token: Token, start: int) -> None:
        """Open or close a table, a row or a cell; what was left open in one before ends there."""
        name = token.name
        if name == "table":
            self.tables.append(HtmlTable())
            return
        row = self.open_row()
        if row is not None:
            cell = name in {"td", "th"}
            while len(self.blocks.entries) > row + cell:
                self.blocks.close_entry()
            if cell:
                self.tables[-1].open_cell(self.blocks.entries[row], token.rows)
        if self.tables and name == "tr":
            self.blocks.open_entry(start, table=self.tables[-1])
        elif self.tables and name == "/table":
            self.tables.pop()

    def open_row(self) -> int | None:
        """Return which entry is the open row of the innermost HTML table.

        Returns None if there is none, or if an item of Markdown is open in it.
        """
        entries = self.blocks.entries
        for depth in range(len(entries) - 1, max(-1, len(entries) - _DEEPEST), -1):
            entry = entries[depth]
            if not entry.html:
                return None
            if self.tables and entry.table is self.tables[-1]:
                return depth
        return None


def _is_work(link: InlineLink) -> bool:
    """Return True for a link to a work or its code."""
    return not link.image and role(link) in {"paper", "code"}
