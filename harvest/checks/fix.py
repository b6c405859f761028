"""Put right what is certain, and leave every other byte as it was: marks of order, line ends, what is no UTF-8.

A line is changed only where a finding says what stands there and what should. After a change the file is read and
checked again, since a link may need several; a file that needs nothing comes back as it is, so a second run changes
nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

from harvest.checks.base import IGNORE, Reported

_ROUNDS = 8  # a link that needs more than that is not what --fix is for
_REACH = 200  # lines of a paragraph that an address may stand below its finding: a table is one paragraph, however long
_ENDS = re.compile("(\r\n|\r|\n)")
# What an address must not stand beside: it would be a part of a longer one.
_BEFORE = re.compile(r"[\w/=%:.@-]")
_AFTER = re.compile(r"[\w/?#=&%~+@-]|\.\w")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

Checker = Callable[[bytes], Iterable[Reported]]


def fixed(
    data: bytes, check: Checker, progress: Callable[[int, int], None] = lambda *_: None
) -> bytes:
    """Give the bytes of a file with everything put right that `check` says how to; tells of every round."""
    for done in range(_ROUNDS):
        progress(done, _ROUNDS)
        new = _once(data, check(data))
        if new == data:
            break
        data = new
    return data


def _once(data: bytes, found: Iterable[Reported]) -> bytes:
    mark = next((mark for mark in (codecs.BOM_UTF8, *_UTF16) if data.startswith(mark)), b"")
    encoding = _UTF16.get(mark, "utf-8")
    parts = _ENDS.split(
        data[len(mark) :].decode(encoding, "surrogateescape")
    )  # text, line end, text, ...
    for finding, replace in found:
        if replace and finding.line:
            _replace(parts, 2 * (finding.line - 1), *replace)
    return mark + "".join(parts).encode(encoding, "surrogateescape")


def _replace(parts: list[str], start: int, old: str, new: str) -> None:
    """Replace a text in the line that a finding names, or in the first one below it in its paragraph.

    A link or record may begin on an earlier line than its address.
    """
    for at in range(start, min(start + 2 * _REACH, len(parts)), 2):
        if at > start and not parts[at].strip():
            return
        if old not in parts[at] or (at > start and IGNORE.search(parts[at])):
            continue
        line, parts[at] = parts[at], _replaced(parts[at], old, new)
        if parts[at] != line:
            return


def _replaced(line: str, old: str, new: str) -> str:
    """Replace an address wherever it stands as a whole, and anything else literally."""
    if not old[:1].isalnum():
        return line.replace(old, new)
    kept, done, at = [], 0, line.find(old)
    while at >= 0:
        end = at + len(old)
        if not (_BEFORE.match(line[at - 1 : at]) or _AFTER.match(line, end)):
            kept += [line[done:at], new]
            done = end
        at = line.find(old, max(done, at + 1))
    return "".join([*kept, line[done:]])
