"""Identifiers and web addresses within running text."""

from __future__ import annotations

import re

from harvest.identifiers.schemes import NEW_STYLE, OLD_STYLE, PUNCTUATION, trim

_CHARACTER = r"[^\s<>\"`|{}\\^\]\u3000-\u3002\u300c-\u301f\uff01-\uff0f\uff1a-\uff1f]"
# `](` is Markdown, `][` org, `<493::AID-X>` a SICI
_RUN = rf"{_CHARACTER}*(?:(?:\](?![(\[])|<\d+:[^<>\s]+>){_CHARACTER}*)*"
_IDENTIFIER = re.compile(
    rf"(?<![^\W_])(?:[hH][tT][tT][pP][sS]?://(?=[\w\[]){_RUN}"
    rf"|[dD][oO][iI](?:\s?[:=]\s{{0,2}}|\s)10\.\d{{4,9}}(?:\.\d+)*/(?=[\w(]){_RUN}"
    rf"|(?<![.:-])10\.[1-9]\d{{3,8}}(?:\.\d+)*/(?!\d\d?(?![\w.(/-]))(?=[\w(]){_RUN}"  # no date
    rf"|[aA][rR](?:[xX]iv|XIV)(?:\s?:\s?|\s)(?i:{NEW_STYLE}|{OLD_STYLE})"
    rf"(?i:v[1-9]\d*)?(?![\w]|\.\d))"
)
# The label of a link in AsciiDoc stands in brackets behind its address.
_LABEL = re.compile(r"(?<=[\w/])\[[^\[\]]*\]?$")
_HINTS = ("://", "10.", "Xiv", "xiv", "XIV")  # every match has one
_ENDS = PUNCTUATION | {"_"}


def find(text: str) -> list[tuple[int, int, str]]:
    """Find URLs, DOIs (`doi:10...`, `DOI 10...`, `10...`) and `arXiv:2301.00001v2`.

    Returns start, end and text of each, in order, without the punctuation and brackets of the
    sentence.
    """
    if not any(hint in text for hint in _HINTS):
        return []
    matches = ((match.start(), _cut(match[0])) for match in _IDENTIFIER.finditer(text))
    return [(start, start + len(raw), raw) for start, raw in matches]


def _cut(raw: str) -> str:
    """Cut what follows an identifier or address: punctuation, and the label of AsciiDoc."""
    return trim(_LABEL.sub("", raw) if "://" in raw and "[" in raw else raw, _ENDS)
