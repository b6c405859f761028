"""Org-mode: headings, items, tables and links, translated line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.models import Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.drawers import read_drawers
from harvest.readers.translation import (
    Inline,
    Translation,
    add_records,
    marked,
    pieces,
    to_markdown,
)

_HEADING = re.compile(
    r"(\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING|STARTED|HOLD|SOMEDAY|CANCELL?ED) )?(?:\[#[A-Z]\] )?"
    r"(?:COMMENT )?(.*?)(?:\s+:[\w@#%:]+:)?\s*$"
)
# States of the file's own: #+TODO: READ(r) | FINISHED(f)
_STATES = re.compile(r"(?im)^#\+(?:seq_|typ_)?todo:(.*)$")
_ITEM = re.compile(r"(\s*)([-+]|\d+[.)])\s+(?:\[[ xX-]\]\s+)?(.*)$")
_TAG = re.compile(r"(?<=[^\]\s])\s+::\s+")  # of a description list: Authors :: Jane Doe
_RULE = re.compile(r"\s*\|[-+|\s]*$")
_BLOCK = re.compile(r"(?i)\s*#\+begin_(src|example|comment|export)\b")
_DRAWER = re.compile(r"\s*:[\w-]+:\s*$")
_DRAWERS = re.compile(r"(?im)^\*+ \S.*\n(?:\s*(?:CLOSED|SCHEDULED|DEADLINE):.*\n)?\s*:PROPERTIES:$")
_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[((?:[^\[\]]|\[[^\[\]]*\])+)\])?\]")
_INLINE = re.compile(
    _LINK.pattern + r"|<(https?://[^<>\s]+)>"
    r"|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?!\w)|(?<![\w/:])/(\w(?:[^/\n]*\S)?)/(?![\w/])"
    r"|(?<![\w/])_(\w(?:[^_\n]*\S)?)_(?!\w)"  # underlined
    r"|(?<!\w)[=~](\S(?:[^=~\n]*\S)?)[=~](?!\w)"
)
_LINK_WITH_TEXT = re.compile(r"\[\[[^\s\[\]]++\]\[")
_NEAR = 20  # lines between a heading or item and its link
_IMAGE = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|webp)$")


class Org(Reader):
    """Org files."""

    suffixes = (".org",)

    def sniff(self, text: str) -> bool:
        """Return True if the text has a link of org, and a heading or item before it."""
        head = text[:20_000]
        if "](" in head:
            return False
        start = None
        for number, line in enumerate(head.split("\n")):
            if line.lstrip()[:1] in {"*", "+", "-"}:
                start = number
            if start is not None and number - start <= _NEAR and _LINK_WITH_TEXT.search(line):
                return True
        return re.search(_DRAWERS, head) is not None

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read a translation; code, drawers, keywords and comments are passed over."""
        translation = Translation()
        in_list = in_table = False
        records, read = read_drawers([*_visible(text, drawers=True)], name, _heading, _inlines)
        lines = [(number, "" if number in read else line) for number, line in _visible(text)]
        for (number, line), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=True):
            if line.lstrip()[:1] == "|":
                for content in _row_lines(line, following, is_first=not in_table):
                    translation.add(content, number)
                in_table = True
                continue
            item = _ITEM.match(line)
            was_in_list, in_list = in_list, bool(item) or (in_list and line[:1] in {"", " ", "\t"})
            content = _translated(line, item, in_list=in_list)
            if was_in_list and not in_list:  # what stands at the margin ends a list
                translation.add("", number)
            for part in (f"\n{content}" if in_table else content).split("\n"):
                translation.add(part, number)
            in_table = False
        reading = translation.read(name, templates)
        add_records(reading, records)
        return reading


def _visible(text: str, *, drawers: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the lines that are shown, with their numbers; an empty one for what is not."""
    end: str | None = None
    states = " ".join(_STATES.findall(text)).replace("|", " ").split()
    state = re.compile(rf"(?<=\* )(?:{'|'.join(re.escape(it.split('(')[0]) for it in states)}) ")
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip().lower()
        if end:
            yield number, ""
            end = None if bare == end else end
        elif block := _BLOCK.match(line):
            end = f"#+end_{block[1].lower()}"
            yield number, ""
        elif bare == ":properties:" and not drawers:
            end = ":end:"
            yield number, ""
        elif bare.startswith("#+title:"):
            yield number, f"* {line.split(':', 1)[1].strip()}"
        else:
            is_hidden = bare.startswith(("#+", "# ")) or bare == "#"
            is_hidden = is_hidden or (not drawers and _DRAWER.match(line) is not None)
            shown = state.sub("", line, count=1) if states and line[:1] == "*" else line
            yield number, "" if is_hidden else shown


def _heading(line: str) -> tuple[int, list[Inline]] | None:
    """Return the level and the pieces of a heading, None for another line."""
    heading = _HEADING.match(line)
    return (len(heading[1]), list(_inlines(heading[2]))) if heading else None


def _translated(line: str, item: re.Match[str] | None, *, in_list: bool) -> str:
    """Return a line as Markdown; a heading that is a link is an entry."""
    heading = _HEADING.match(line)
    if heading and _LINK.fullmatch(re.sub(r"\s*\(\d{4}\)$", "", heading[2])):
        return f"- {_inline(heading[2])}\n"
    if heading:
        return f"\n{'#' * min(len(heading[1]), 6)} {_inline(heading[2])}\n"
    if item:
        mark = "-" if item[2] in "-+" else item[2]
        return f"{item[1]}{mark} {_inline(_TAG.sub(': ', item[3], count=1))}"
    return _inline(line if in_list else line.strip())


def _row_lines(line: str, following: str, *, is_first: bool) -> list[str]:
    """Return a row as lines of Markdown; the first one is the head if a rule follows it."""
    if _RULE.match(line):
        return [""] if is_first else []
    cells = [
        _inline(cell.strip()).replace("|", "\\|") for cell in line.strip().strip("|").split("|")
    ]
    row, rule = f"| {' | '.join(cells)} |", "|" + "-|" * len(cells)
    if not is_first:
        return [row]
    if _RULE.match(following):
        return ["", row, rule]
    return ["", "|" + " |" * len(cells), rule, row]


def _inline(text: str) -> str:
    return to_markdown(_inlines(text))


def _inlines(text: str) -> Iterator[Inline]:
    return pieces(text, _INLINE, _read)


def _read(match: re.Match[str]) -> Iterator[Inline]:
    url, label, address, strong, italic, underlined, code = match.groups()
    if url and not label and _IMAGE.search(url):
        yield Inline("image", "", url)
    elif url:
        yield Inline("link", label or url, url)
    elif address:
        yield Inline("link", address, address)
    yield from marked(strong, italic or underlined, code)
