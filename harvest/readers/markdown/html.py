"""HTML inside Markdown -> a flat stream of tokens.

Markdown says where HTML stands, so tags, text and lines are all that is needed. The parser of the
standard library takes time quadratic in hostile input (python/cpython#135462) and raises on `<![`.
Here no pattern looks past the next `<`, and no search for a closing mark runs if there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

_TAG = re.compile(r"""<(/?[A-Za-z][A-Za-z0-9-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([A-Za-z_:][\w:.-]*+)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
)
_MARKS = re.compile(r"""(?i)\b(?:class|itemprop)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_ROWS = re.compile(r"(?i)\browspan\s*+=\s*+[\"']?(\d{1,4})")
_CODE = {
    "script",
    "style",
    "pre",
    "code",
    "textarea",
    "svg",
    "video",
    "audio",
    "iframe",
}  # not read
_BREAKS = {"br", "p", "div", "summary"}


class Token(NamedTuple):
    """A tag (`name`, such as `a` or `/a`), a comment (`!--`) or text (no name).

    `line` counts from 0. `url` is the target of a link or image. `text` is also the alternative
    text of an image and the blank of a break. `more` is the number of further lines that a tag with
    its code or a comment has, and `rows` that of the rows of a table which a cell stands in.
    `marks` are the classes of a tag, and what microdata says that it is.
    """

    name: str
    url: str
    text: str
    line: int
    more: int = 0
    rows: int = 1
    marks: str = ""

    @property
    def is_code(self) -> bool:
        """Return True for a comment and for a tag around code."""
        return self.name == "!--" or self.name.removeprefix("/") in _CODE


def code_lines(tokens: Iterable[Token], partial: Iterable[int]) -> set[int]:
    """Return the lines that hold nothing but code and comments.

    Other text stands on the `partial` lines.
    """
    code: set[int] = set()
    visible = set(partial)
    for token in tokens:
        if token.is_code:
            code.update(range(token.line, token.line + token.more + 1))
        elif token.name:
            visible.add(token.line)
        for offset, line in enumerate(token.text.split("\n")):
            if line.strip(" \t>"):  # what is quoted begins with >
                visible.add(token.line + offset)
    return code - visible


def tokens(html: str) -> Iterator[Token]:
    """Split HTML into tags, comments and unescaped text, without the content of code."""
    marks = _ClosingMarks(html)
    start = text = line = 0
    while (start := html.find("<", start)) >= 0:
        end, tag = _end(html, start, marks)
        if end < 0:
            start += 1
            continue
        if start > text:
            yield Token("", "", _text(html[text:start]), line)
        line += html.count("\n", text, start)
        more = html.count("\n", start, end)
        yield _tag(tag, line, more) if tag else Token("!--", "", "", line, more)
        line += more
        start = text = end
    if text < len(html):
        yield Token("", "", _text(html[text:]), line)


class _ClosingMarks:
    """Finds the marks that close comments and code; no search runs behind the last mark."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._last: dict[str, int] = {}

    def find(self, mark: str, start: int) -> int:
        """Return where a mark stands next, -1 if it does not."""
        if mark not in self._last:
            self._last[mark] = self._html.rfind(mark)
        return self._html.find(mark, start) if start <= self._last[mark] else -1


def _end(html: str, start: int, marks: _ClosingMarks) -> tuple[int, re.Match[str] | None]:
    """Return where a comment or tag ends, -1 if it is text after all, and the tag."""
    if html.startswith("<!--", start):
        close = marks.find("-->", start + 4)
        return (close + 3 if close >= 0 else -1), None
    tag = _TAG.match(html, start)
    if tag is None:
        return -1, None
    close = marks.find(f"</{tag[1]}", tag.end()) if tag[1].lower() in _CODE else -1
    return max(close, tag.end()), tag


def _text(html: str) -> str:
    """Return the text of HTML; a line break that is written as a reference is a blank."""
    if "&" not in html:
        return html
    return "\n".join(unescape(line).replace("\n", " ") for line in html.split("\n"))


def _tag(tag: re.Match[str], line: int, more: int) -> Token:
    name, attributes = tag[1].lower(), tag[2]
    marks = " ".join(map("".join, _MARKS.findall(attributes))) if "=" in attributes else ""
    if name in {"td", "th"}:
        rows = _ROWS.search(attributes)
        return Token(name, "", "", line, more, int(rows[1]) if rows else 1, marks)
    if name not in {"a", "img"}:
        text = " " if name in _BREAKS else ""
        return Token(name, "", text, line, more, marks=marks)
    values = {key.lower(): value.strip("\"'") for key, value in _ATTRIBUTE.findall(attributes)}
    url = unescape(values.get("href" if name == "a" else "src", "")).strip()
    return Token(name, url, _text(values.get("alt", "")).strip(), line, more, marks=marks)
