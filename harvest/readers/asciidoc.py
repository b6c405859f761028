"""AsciiDoc: titles, items, tables and links, translated line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.models import Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.translation import (
    Inline,
    Translation,
    marked,
    pieces,
    to_html,
    to_markdown,
)

_TITLE = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)$")
_ANCHOR = r"(?:\[{2,3}[^\[\]]+\]{2,3}\s*)?"  # of an entry in a bibliography: [[[doe]]]
_ITEM = re.compile(rf"\s*(\*{{1,5}}|-|\.{{1,5}}|\d+\.)\s+(?:\[[ x*]\]\s+)?{_ANCHOR}(\S.*)$")
_TERM = re.compile(r"(\S.*?):{2,4}(?:\s+(\S.*))?$")  # of a description list: what it is
_ATTRIBUTE = re.compile(r":([\w-]+):\s+(\S.*)$")
_USE = re.compile(r"\{([\w-]+)\}")
_CODE = re.compile(r"(-{4,}|\.{4,}|/{4,}|\+{4,}|`{3,}.*)\s*$")
_HIDDEN = re.compile(r"//(?!/)|\[.*\]\s*$|(?:={4,}|\*{4,}|_{4,}|--|\+|\|===)\s*$|\.\w|:!?[\w-]+!?:")
_COLUMNS = re.compile(r'cols="?([^"\]]+)')
_CELL = re.compile(r"(?:^|(?<=\s))(?:\d+(?:\.\d+)?[+*])?[<^>.]*[adehlmsv]?(?<!\\)\|")
_INLINE = re.compile(
    r"(?:link:|xref:)?(https?://[^\s\[\]<>\"]+|(?<=link:)[^\s\[\]]{1,2000}+)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"|(https?://[^\s\[\]<>\"]+)|image::?([^\s\[\]]{1,2000}+)\[([^\[\]]*)\]"
    r"|(?<![\w*])\*{1,2}(\S(?:[^*\n]*\S)?)\*{1,2}(?!\w)"
    r"|(?<![\w_])_{1,2}(\S(?:[^_\n]*\S)?)_{1,2}(?!\w)"
    r"|(?<!\w)`(\S(?:[^`\n]*\S)?)`(?!\w)"
)
_QUOTED = re.compile(
    r"(?<=link:)(\$\$|\+\+)(\S{1,2000}?)\1(?=\[)"
)  # an address in which no sign means anything
_LONGEST_ATTRIBUTE = 500  # characters: more is no address


class AsciiDoc(Reader):
    """AsciiDoc; nothing is included."""

    suffixes = (".adoc", ".asciidoc", ".asc")

    def sniff(self, text: str) -> bool:
        """Return True for a title or a table of AsciiDoc beside a link of it."""
        head = text[:20_000]
        link = re.search(r"https?://[^\s\[\]]+\[[^\[\]\n]+\]", head)
        return "](" not in head and bool(
            link and re.search(r"(?m)^(?:={1,5} \S|\|===|:[\w-]+: )", head)
        )

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read a translation; code, comments and attributes are passed over."""
        translation = Translation()
        table: _Table | None = None
        columns, is_below_term = 0, False
        for number, line in _visible(text):
            options = _COLUMNS.search(line) if line[:1] == "[" else None
            columns = _count(options[1]) if options else columns
            if line.strip() == "|===":
                if table:
                    table.write(translation, number)
                table = None if table else _Table(columns)
                columns = 0
            elif table:
                table.add_line(line, number)
            elif is_below_term and line.strip():
                translation.add(f": {_markdown(line.strip())}", number)
                is_below_term = False
            else:
                is_below_term = is_below_term or _is_bare_term(line)
                for content in _translated(line).split("\n"):
                    translation.add(content, number)
        if table:
            table.write(translation, number)
        return translation.read(name, templates)


class _Table:
    """The cells of a table, each with its line."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.cells: list[tuple[str, int]] = []

    def add_line(self, line: str, number: int) -> None:
        """Add the cells of a line, or a line to the last cell."""
        before, *cells = _CELL.split(line)
        if before.strip() and self.cells:
            text, start = self.cells[-1]
            gap = "\n" * max(1, number - start - text.count("\n"))
            self.cells[-1] = (text + gap + before.strip(), start)
        self.cells += [(cell.strip(), number) for cell in cells]
        self.columns = self.columns or len(cells)

    def write(self, translation: Translation, line: int) -> None:
        """Write the rows as HTML."""
        translation.add("", line)
        translation.add("<table>", line)
        width = max(self.columns, 1)
        for start in range(0, len(self.cells), width):
            row = self.cells[start : start + width]
            translation.add_row([(to_html(_inlines(cell)), number) for cell, number in row])
        translation.add("</table>", line)
        translation.add("", line)


def _count(columns: str) -> int:
    """Return how many columns `1,2a,3` or `3*` are."""
    repeated = re.match(r"(\d{1,2})\*", columns)
    return int(repeated[1]) if repeated else columns.count(",") + 1


def _visible(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are shown, with their numbers and with attributes replaced."""
    end: str | None = None
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        code = _CODE.match(line)
        attribute = _ATTRIBUTE.match(line)
        if end:
            end = None if line.strip() == end else end
            yield number, ""
        elif code:
            end = "```" if code[1][:1] == "`" else code[1]
            yield number, ""
        elif attribute:
            values[attribute[1]] = attribute[2][:_LONGEST_ATTRIBUTE]
            yield number, ""
        elif "{" in line and len(line) < 10_000:
            yield number, _USE.sub(lambda use: values.get(use[1], use[0]), line)
        else:
            yield number, line


def _translated(line: str) -> str:
    """Return a line as Markdown."""
    title, item = _TITLE.match(line), _ITEM.match(line)
    if title:
        return f"\n{'#' * len(title[1])} {_markdown(title[2])}\n"
    if item:
        depth = len(item[1]) - 1 if item[1][0] in "*." else 0
        return f"{'  ' * depth}- {_markdown(item[2])}"
    if _HIDDEN.match(line):
        return ""
    term = _TERM.match(line)
    if term is None:
        return _markdown(line.strip())
    definition = f": {_markdown(term[2])}" if term[2] else ""
    return f"\n{_markdown(term[1])}\n{definition}"


def _is_bare_term(line: str) -> bool:
    """Return True for a term of a description list whose definition stands on a line below."""
    term = _TERM.match(line)
    is_other = any(form.match(line) for form in (_TITLE, _ITEM, _HIDDEN))
    return term is not None and not term[2] and not is_other


def _markdown(text: str) -> str:
    return to_markdown(_inlines(text))


def _inlines(text: str) -> Iterator[Inline]:
    return pieces(_QUOTED.sub(r"\2", text), _INLINE, _read)


def _read(match: re.Match[str]) -> Iterator[Inline]:
    url, label, address, image, alternative, *others = match.groups()
    if url:
        label = re.sub(r",?\s*(?:window|role|opts)=.*|\^$", "", label or "").strip('"')
        yield Inline("link", label or url, url)
    elif address:
        yield Inline("text", address)
    elif image:
        yield Inline("image", (alternative or "").split(",")[0], image)
    yield from marked(*others)
