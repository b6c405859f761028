"""Apply the fixes of findings and change no other byte: marks of order, line ends, other encodings.

After a change the file is read and checked again, since a link may need several fixes. A second run
changes nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable

from harvest.checks import IGNORE
from harvest.models import Finding

ROUNDS = 8  # a link that needs more is not what --fix is for
_REACH = 200  # lines of a paragraph below a finding: a table is one paragraph, however long
_LINE_END = re.compile("(\r\n|\r|\n)")
_ENCODINGS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

Checker = Callable[[bytes], Iterable[Finding]]


def apply_fixes(
    data: bytes, check: Checker, progress: Callable[[int], None] = lambda _: None
) -> bytes:
    """Return the bytes of a file after all fixes; `progress` gets the number of each round."""
    for number in range(ROUNDS):
        progress(number)
        new = _apply(data, check(data))
        if new == data:
            break
        data = new
    return data


def _apply(data: bytes, findings: Iterable[Finding]) -> bytes:
    mark = next((mark for mark in _ENCODINGS if data.startswith(mark)), b"")
    encoding = _ENCODINGS.get(mark, "utf-8")
    text = data.removeprefix(mark).decode(encoding, "surrogateescape")
    parts = _LINE_END.split(text)  # line, line end, line, ...
    for finding in findings:
        if finding.fix and finding.line:
            _replace(parts, 2 * (finding.line - 1), *finding.fix)
    return mark + "".join(parts).encode(encoding, "surrogateescape")


def _replace(parts: list[str], start: int, old: str, new: str) -> None:
    """Replace a text in the line of a finding, or in the first one below it in its paragraph.

    A link or record may begin on an earlier line than its address.
    """
    for at in range(start, min(start + 2 * _REACH, len(parts)), 2):
        line = parts[at]
        if at > start and not line.strip():
            return
        if at == start or not IGNORE.search(line):
            parts[at] = _replace_whole(line, old, new)
        if parts[at] != line:
            return


def _replace_whole(line: str, old: str, new: str) -> str:
    """Replace an address wherever it stands as a whole, and anything else literally."""
    if not old[:1].isalnum():
        return line.replace(old, new)
    # Beside these characters it would be a part of a longer address.
    whole = rf"(?<![\w/=%:.@-]){re.escape(old)}(?![\w/?#=&%~+@-]|\.\w)"
    return re.sub(whole, lambda _: new, line)
