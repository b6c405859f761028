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
_ENDS = re.compile("(\r\n|\r|\n)")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

Checker = Callable[[bytes], Iterable[Reported]]


def fixed(data: bytes, check: Checker) -> bytes:
    """Give the bytes of a file with everything put right that `check` says how to."""
    for _ in range(_ROUNDS):
        new = _once(data, check(data))
        if new == data:
            break
        data = new
    return data


def _once(data: bytes, found: Iterable[Reported]) -> bytes:
    mark = next((mark for mark in (codecs.BOM_UTF8, *_UTF16) if data.startswith(mark)), b"")
    encoding = _UTF16.get(mark, "utf-8")
    parts = _ENDS.split(data[len(mark) :].decode(encoding, "surrogateescape"))  # text, line end, text, ...
    for finding, replace in found:
        if replace and finding.line:
            _replace(parts, 2 * (finding.line - 1), *replace)
    return mark + "".join(parts).encode(encoding, "surrogateescape")


def _replace(parts: list[str], start: int, old: str, new: str) -> None:
    """Replace an address wherever it stands as a whole in a line, and anything else literally.

    A link or record may begin on an earlier line than its address, so the paragraph is looked through to its end.
    """
    whole = re.escape(old)
    if old[:1].isalnum():
        whole = rf"(?<![\w/=%:.@-]){whole}(?![\w/?#=&%~+@-]|\.\w)"
    for at in range(start, len(parts), 2):
        if at > start and not parts[at].strip():
            return
        if at > start and IGNORE.search(parts[at]):
            continue
        parts[at], count = re.subn(whole, lambda _: new, parts[at])
        if count:
            return
