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
    rf"(?i:v[1-9]\d*)?(?![\w]|\.\d)"
    rf"|(?<![./@-])(?i:(?:www\.)?(?:arxiv\.org/(?:abs|pdf)|github\.com/[\w-]+))/(?=[\w.-]){_RUN})"
)
# An id of arXiv without its name: a number with a month of 2007 to 2039 and, from 2015 on, five
# digits. A unit makes it a decimal number; so does nothing behind an id of four digits.
_BARE = re.compile(
    rf"(?![4-9])(?:{NEW_STYLE})(?:v[1-9]\d?)?(?![\w%\u20ac$/*+=<>]|[.,]\d)"
    r"(?!\s*(?:[a-z]{1,3}\b|[%\u20ac$\u00b0/*+=<>]|[A-Z]{3}\s*\Z|\d))"
)
_FIVE_DIGITS = re.compile(r"\d{4}\.\d{5}")
# The label of a link in AsciiDoc stands in brackets behind its address.
_LABEL = re.compile(r"(?<=[\w/])\[[^\[\]]*\]?$")
_HINTS = ("://", "10.", "Xiv", "xiv", "XIV", "hub.com/", "Hub.com/")  # every match has one
_ENDS = PUNCTUATION | {"_"}


def find(text: str) -> list[tuple[int, int, str]]:
    """Find URLs, DOIs (`doi:10...`, `DOI 10...`, `10...`) and `arXiv:2301.00001v2`.

    Addresses on arXiv and GitHub need no scheme: `arxiv.org/abs/2301.00001`.

    Returns start, end and text of each, in order, without the punctuation and brackets of the
    sentence.
    """
    if not any(hint in text for hint in _HINTS):
        return []
    matches = ((match.start(), _cut(match[0])) for match in _IDENTIFIER.finditer(text))
    return [(start, start + len(raw), raw) for start, raw in matches]


def find_leading(text: str, *, is_named: bool = False) -> tuple[int, int, str] | None:
    """Find the id of arXiv with which an item or cell begins: `2006.11239 A title`.

    `is_named` is True where a header says that ids stand there: four digits alone are one, too.
    """
    start = len(text) - len(text.lstrip())
    match = _BARE.match(text, start)
    if match is None:
        return None
    is_certain = is_named or text[match.end() :].strip() or _FIVE_DIGITS.match(match[0])
    return (start, match.end(), match[0]) if is_certain else None


def _cut(raw: str) -> str:
    """Cut what follows an identifier or address: punctuation, and the label of AsciiDoc."""
    return trim(_LABEL.sub("", raw) if "://" in raw and "[" in raw else raw, _ENDS)
