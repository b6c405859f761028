"""reStructuredText, parsed by docutils, with the line of each piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from harvest.identifiers import find
from harvest.models import Finding, Reading
from harvest.readers import labels
from harvest.readers.base import Presets, Reader
from harvest.readers.fields import Field, add_record, describe_work
from harvest.readers.references import TextPart
from harvest.readers.translation import (
    Inline,
    Kind,
    Outline,
    Translation,
    add_records,
    to_html,
    to_markdown,
)

_SETTINGS = {
    "_disable_config": True, "file_insertion_enabled": False, "raw_enabled": False,
    "report_level": 5, "halt_level": 5, "warning_stream": False, "line_length_limit": 100_000,
    "doctitle_xform": False, "smart_quotes": False,
}  # fmt: skip
_LONGEST_LINE = 10_000  # characters: docutils refuses a document with more, and slows down before
_LONG, _TOO_LONG = 4_000, 16_000  # characters of a block: where it may end, and where it must
_GRID = re.compile(r"\s*\+-")  # begins a table
_SIGNS = re.compile(r"[\s=~^\"'#*+.:_`-]+")  # below a heading, around a table
# Roles of Sphinx's extlinks and its like, which docutils does not know.
_ROLES = {
    "doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/", "github": "https://github.com/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
}  # fmt: skip
_ROLE = re.compile(rf"(?i):({'|'.join(_ROLES)}):`(?:([^`<>\n]{{1,300}})<)?([^`<>\s]{{1,300}})>?`")
_WINDOW = 400  # lines in which a block is looked for behind the one before it
_LONGEST_BLOCK = 30  # lines
_KINDS: dict[str, Kind] = {"strong": "strong", "emphasis": "emphasis", "literal": "code"}
_BLOCKS = frozenset({"paragraph", "rubric", "term", "image", "reference", "line_block"})
_INDENTED = frozenset({"block_quote", "definition"})
_HIDDEN = frozenset({
    "comment", "literal_block", "math_block", "raw", "substitution_definition", "system_message",
    "target", "topic", "docinfo", "meta", "pending",
})  # fmt: skip


class Rst(Reader):
    """What docutils understands; nothing is included, and no raw text passes."""

    suffixes = (".rst", ".rest")

    def sniff(self, text: str) -> bool:
        """Return True for a link of reStructuredText, a directive, and no link of Markdown."""
        head = text[:20_000]
        marks = r"(?m)`[^`\n]+<[^<>\s]+>`__?|^\.\. [\w-]+::|^\.\. _[^:\n]+: \S"
        return "](" not in head and re.search(marks, head) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read the document. What docutils refuses altogether is a finding."""
        from docutils.core import publish_doctree  # here: most commands read no rst
        from docutils.utils import SystemMessage

        lines = _ROLE.sub(_link_of_role, text).split("\n")
        findings = [*_drop_long_lines(lines, name)]
        parts = list(_in_short_blocks(lines))
        source = "\n".join(line for _, line in parts)
        try:
            document = publish_doctree(source, settings_overrides=_SETTINGS)
        except (SystemMessage, RecursionError, ValueError) as error:
            message = f"cannot be read as reStructuredText: {error}"
            return Reading([], [Finding(name, 1, "malformed-rst", message)])
        writer = _Writer(name, lines, [number for number, _ in parts])
        writer.write(document, 0)
        reading = writer.translation.read(name, templates)
        for mention in reading.mentions:
            mention.line = writer.line_of(mention.url, mention.line)
        add_records(reading, writer.records)
        reading.findings += findings
        return reading


def _link_of_role(role: re.Match[str]) -> str:
    name, label, value = role.groups()
    return f"`{(label or value).strip()} <{_ROLES[name.lower()]}{value.strip()}>`__"


def _drop_long_lines(lines: list[str], name: str) -> Iterator[Finding]:
    """Empty the lines that are too long to be written by hand, and yield a finding on each."""
    for number, line in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            lines[number] = ""
            message = (
                f"has {len(line):,} characters, and was not read: {_LONGEST_LINE:,} are allowed"
            )
            yield Finding(name, number + 1, "malformed-rst", message)


def _is_term(node: Any, following: Any) -> bool:
    """Return True for a paragraph with a link, if an indented block follows it.

    So is the term of a definition that links to a paper, and holds no list.
    """
    if following is None or following.tagname not in {"block_quote", "definition"}:
        return False
    if any(True for _ in node.findall(_is_link)):
        return True
    holds_list = any(child.tagname.endswith("_list") for child in following.children)
    return not holds_list and any(
        labels.role(link.astext(), link["refuri"]) == "paper"
        for link in following.findall(_is_link)
    )


def _is_link(node: Any) -> bool:
    return bool(node.tagname == "reference" and node.get("refuri"))


def _mark(node: Any, following: Any, level: int) -> str | None:
    """Return what a line of text begins with in Markdown, None for what holds other blocks."""
    if _is_term(node, following):
        return "- "
    if node.tagname == "title":
        return f"{'#' * min(max(level, 1), 6)} "
    return "" if node.tagname in _BLOCKS else None


def _is_paragraph(node: Any) -> bool:
    return bool(node.tagname == "paragraph" and node.parent.tagname != "system_message")


def _initial(cell: Any) -> str:
    """Return the initial that docutils takes for the number of an item: `P. Poe` in a cell."""
    item = cell.children[0] if cell.children else cell
    is_letter = item.tagname == "enumerated_list" and item["enumtype"] == "upperalpha"
    return f"{chr(ord('A') + item.get('start', 1) - 1)}. " if is_letter else ""


def _is_reference(note: Any) -> bool:
    """Return True for a citation, or a footnote with a reference and a link."""
    paragraphs = [node for node in note.children[1:] if node.tagname == "paragraph"]
    if len(paragraphs) != 1 or len(note.children) != 2:
        return False
    text = " ".join(paragraphs[0].astext().split())
    has_link = any(note.findall(lambda node: node.tagname == "reference")) or bool(find(text))
    return note.tagname == "citation" or (has_link and TextPart([(0, text)]).is_reference)


def _in_short_blocks(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers, and a blank line where a block is too long for docutils.

    The time of docutils is quadratic: for each mark it searches the rest of a paragraph. Grid
    tables, links, and directives with their options stay whole, and a line of signs belongs to the
    lines around it.
    """
    size = marks = indent = 0
    before, is_grid = "", False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            size = marks = 0
        elif not size:
            is_grid, indent = _GRID.match(line) is not None, _indent(line)
        is_whole = marks % 2 == 0 and _indent(line) <= indent
        may_end = is_whole and not any(map(_SIGNS.fullmatch, (before, line)))
        if not is_grid and size > (_LONG if may_end else _TOO_LONG):
            yield number, ""
            size = marks = 0
        yield number, line
        size, marks, before = size + len(line), marks + line.count("`"), line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class _Writer:
    """Writes the nodes of docutils down; blocks are located by their source, in their order."""

    def __init__(self, name: str, lines: list[str], numbers: list[int]) -> None:
        self.name = name
        self.outline = Outline()
        self.records = Reading()
        self.lines = lines
        self.numbers = numbers  # of these lines, by those that docutils has
        self.line = 1  # of the last block
        self.translation = Translation()

    def write(self, parent: Any, level: int, indent: str = "") -> None:
        """Write the blocks of a node; a section has a level, an item is indented."""
        nodes = [node for node in parent.children if node.tagname not in _HIDDEN]
        fields = None  # those of a work, which were read with its title
        for node, following in zip_longest(nodes, nodes[1:]):
            name = node.tagname
            mark = _mark(node, following, level)
            if name == "title":
                self.outline.add(level, node.astext())
            if node is fields:
                continue
            if mark is not None and self.add_record(node, following):
                fields = following
            elif mark is not None:
                self.put(indent + mark, node, f"{indent}  " if mark == "- " else indent)
            elif name in {"bullet_list", "enumerated_list"}:
                self.write_items(node, level, indent)
            elif name == "table":
                self.write_table(node)
            elif name in {"citation", "footnote"} and _is_reference(node):
                self.put(f"{indent}- ", node.children[1], f"{indent}  ", gap=False)
            else:
                self.write(
                    node,
                    level + (name == "section"),
                    f"{indent}  " if name in _INDENTED else indent,
                )

    def add_record(self, title: Any, below: Any) -> bool:
        """Add the work of a title with a list of fields below it; return False for no such list."""
        if below is not None and below.tagname == "definition" and below.children:
            below = below.children[0]
        if below is None or below.tagname != "field_list":
            return False
        start = self.line
        self.line = line = self.locate(title)
        fields = [Field("title", title.astext(), line, "title")]
        for field in below.children:
            name, body = field.children
            self.line = self.locate(name)
            links = [piece.url for piece in self.inlines(field) if piece.kind == "link"]
            value = " ".join([body.astext(), *links])
            fields.append(Field(name.astext(), " ".join(value.split()), self.line, name.astext()))
        if not describe_work(fields[1:]):
            self.line = start
            return False
        is_heading = title.tagname == "title"
        section = self.outline.above if is_heading else self.outline.path
        add_record(self.records, self.name, line, fields, section=section)
        return True

    def write_items(self, parent: Any, level: int, indent: str) -> None:
        for item in parent.children:
            nodes = (node for node in item.children if node.tagname not in _HIDDEN)
            for number, node in enumerate(nodes):
                if number == 0 and node.tagname in {"paragraph", "line_block"}:
                    self.put(f"{indent}- ", node, f"{indent}  ", gap=False)
                else:
                    holder = type(item)()
                    holder.children = [node]
                    self.write(holder, level, f"{indent}  ")
        self.translation.add("", self.line)

    def write_table(self, table: Any) -> None:
        """Write a table as HTML, in which a row may have several lines."""
        self.translation.add("\n<table>", self.line)
        for row in table.findall(lambda node: node.tagname == "row"):
            start = self.line
            cells = []
            for cell in row.children:
                self.line = start
                blocks = [node for node in cell.findall() if _is_paragraph(node)]
                line = self.locate(blocks[0]) if blocks else start
                texts = [to_html(self.inlines(block)) for block in blocks]
                cells.append((_initial(cell) + "\n".join(texts), line))
            self.translation.add_row(cells)
            self.line = max([start, *(line for _, line in cells)])
        self.translation.add("</table>\n", self.line)

    def put(self, first: str, node: Any, indent: str, *, gap: bool = True) -> None:
        """Write a block: its first line after a mark, the others indented."""
        self.line = self.locate(node)
        nodes = [node] if node.tagname in {"image", "reference"} else node.children
        text = to_markdown(self.pieces(nodes)).replace("\n", f"\n{indent}")
        if gap:
            self.translation.add("", self.line)
        self.translation.add(first + text, self.line)
        if gap:
            self.translation.add("", self.line)

    def locate(self, node: Any) -> int:
        """Return the line of a block: the first one from the last block on that has its source."""
        while node.tagname == "line_block" and node.children:
            node = node.children[0]
        source = (node.rawsource or node.astext()).strip().split("\n")[0].strip()
        if source:
            for number in range(self.line - 1, min(len(self.lines), self.line + _WINDOW)):
                if source in self.lines[number]:
                    return number + 1
        return max(self.line, self.numbers[min(node.line or 1, len(self.numbers)) - 1])

    def inlines(self, block: Any) -> Iterator[Inline]:
        yield from self.pieces(block.children)

    def line_of(self, url: str, line: int) -> int:
        """Return the line on which a URL is written: that of its block, below, or right above.

        That of a target which is named elsewhere stays where it is used.
        """
        block = [*range(line - 1, min(len(self.lines), line + _LONGEST_BLOCK))]
        block += range(max(0, line - 4), line - 1)  # docutils counts a directive from its end
        return next((number + 1 for number in block if url in self.lines[number]), line)

    def pieces(self, nodes: Any) -> Iterator[Inline]:
        """Yield the pieces of a block; what is lost of a link's line ends follows it."""
        for node in nodes:
            name, text = node.tagname, node.astext()
            if name == "#text":
                yield Inline("text", text)
            elif name == "reference" and node.children and node.children[0].tagname == "image":
                yield Inline("link", node.children[0].get("alt", ""), node.get("refuri", ""))
            elif name == "reference" and node.get("refuri"):
                yield Inline("link", text.replace("\n", " "), node["refuri"])
                yield Inline("text", "\n" * node.rawsource.count("\n"))
            elif name == "image":
                yield Inline("image", node.get("alt", ""), node.get("uri", ""))
            elif name in _KINDS:
                yield Inline(_KINDS[name], text)
            elif name not in _HIDDEN:
                yield from self.pieces(node.children)
                if name == "line":
                    yield Inline("text", "  \n")
