"""The typed segments of an entry: links, emphasis, quotations, brackets and the text between them.

An entry is one text with marks, in which a line break stands wherever a block, a line or an item
below it begins. Images are no text. Emphasis inside of a phrase is none of its own segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harvest.readers import people
from harvest.readers.labels import is_generic
from harvest.readers.looks import (
    EDGES,
    QUOTES,
    Look,
    authors_of_citation,
    has_pages,
    is_citation,
    is_fact,
    look,
    plain,
    words_of,
)
from harvest.readers.pieces import SEPARATORS, pieces
from harvest.readers.runs import Kind, Link, Mark, runs

LONGEST_ENTRY = 20_000  # characters: more is not an entry
LINES = 4  # of an entry: what stands lower describes
_READ = LINES + 3  # as lines of names may become one
_BEFORE, _BEHIND = EDGES + ")]", EDGES + "(["  # of a text, at its beginning and its end
_QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u300c\u300d\u300e\u300f\u300a\u300b"
_NUMBERING = re.compile(
    r"\s*(?:\d{1,3}(?:[.)]\s|\u3001)|\[\d{1,3}\]"
    r"|@?[A-Z][a-z]{1,20}(?:19|20)\d\d[a-z]?\s[-\u2013\u2014]\s)\s*(?=\S)"  # key of a reference
)
# A Chinese, Japanese or Korean title in brackets behind an English one.
_TRANSLATION = re.compile(
    r"(?<=[A-Za-z?!])\s*[(\uff08][^()\uff08\uff09]*[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
    r"[^()\uff08\uff09]*[)\uff09].{0,40}$"
)
_BEHIND_LABEL = re.compile(r"(?<=[\w)?!])(?:\s+[(\[]|\s*\uff08)([\w ,'&-]{2,30})[)\]\uff09]\Z")
_CLOSING = frozenset(")]\uff09")
_QUOTED = re.compile(rf"[{QUOTES}][^{QUOTES}]+[{QUOTES}][,.]?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\Z")
_NAME = re.compile(r"\A\[[^\[\]]{1,30}\]\s+(?=\S+\s+\S)")
_BLANKS = re.compile(r"  +")


class Segment:
    """A segment of an entry. `line` counts breaks, `before` is what separates it from the last."""

    __slots__ = (
        "_look", "_words", "before", "gap", "goes_on", "kind", "line", "link", "raw", "text",
    )  # fmt: skip

    def __init__(
        self,
        kind: Kind,
        raw: str,
        line: int,
        before: str,
        gap: str = "",
        link: Link | None = None,
    ) -> None:
        self.kind = kind
        self.raw = raw
        self.line = line
        self.before = before
        self.gap = gap  # all that stands before it and is of no segment
        self.link = link
        self.goes_on = False  # what follows belongs to the same phrase
        # The text without blanks, separators and halves of brackets around it.
        self.text = raw.rstrip(_BEHIND).lstrip(_BEFORE)
        self._look: Look | None = None
        self._words = -1

    def __repr__(self) -> str:
        return f"{self.line}:{self.before!r}{self.kind}({self.text!r}, {self.look})"

    @property
    def plain(self) -> str:
        """The text without brackets, quotes and separators around it."""
        return plain(self.text)

    @property
    def look(self) -> Look:
        """What the segment looks like on its own."""
        if self._look is None:
            self._look = self._own_look()
        return self._look

    def _own_look(self) -> Look:
        if self.link is not None:
            if self.link.generic or is_citation(self.text):
                return "label"
            if (self.line or has_pages(self.text)) and is_fact(self.text):  # a publication
                return "label"
            return "title" if self.words > 2 else "word"
        if self.kind in {"people", "cited"}:  # by the style of a reference
            return "names" if self.kind == "people" else "title"
        if self.before == "by" and people.find_run(self.plain, sure=True, least=1):
            return "names"
        return look(self.plain)

    @property
    def title(self) -> str:
        """The text as a title: without numbering, separators and brackets around it."""
        if self.link is not None:
            text = self._label
        elif self.kind == "brackets":  # of a wiki: [[Doe2020 - A title of it]]
            text = _without_number(self.plain)
        else:
            text = plain(_without_number(self.text))
        if not text.isascii():
            text = _TRANSLATION.sub("", text)
        text = _BLANKS.sub(" ", text) if "  " in text else text
        is_quoted = self.kind == "quotation" or _QUOTED.fullmatch(text) is not None
        return text.rstrip(",.").strip(f"{_QUOTES} ").rstrip(",.") if is_quoted else text

    @property
    def _label(self) -> str:
        """The label of a link without what stands in brackets around its title.

        `A title of it (paper)`, `[BERT] A Title of It (Google 2018)`
        """
        text = self.text
        behind = _BEHIND_LABEL.search(text) if text[-1:] in _CLOSING else None
        is_kind = behind and is_generic(behind[1]) and not behind[1].isupper()  # `(PDF)`
        if behind and (is_kind or _YEAR.search(behind[1])):
            text = text[: behind.start()]
            return _NAME.sub("", text) if behind[1][-1:].isdigit() else text
        return text

    @property
    def year(self) -> str | None:
        """The year at the end of the label of a link, which is no part of its title."""
        label = self.text if self.link else ""
        year = _YEAR.search(label[:-1]) if label[-1:] in _CLOSING else None
        return year[0] if year and self._label != label else None

    @property
    def citation(self) -> str | None:
        """The authors in the label of a link such as `Doe et al. (2004)`."""
        return authors_of_citation(self.text)

    @property
    def words(self) -> int:
        """How many words it has."""
        if self._words < 0:
            self._words = len(words_of(self.text))
        return self._words


def _without_number(text: str) -> str:
    """Return a text without the number that it begins with."""
    number = _NUMBERING.match(text)
    return text[number.end() :] if number else text


def segments(text: str, links: Sequence[Link], marks: Iterable[Mark]) -> list[Segment]:
    """Take the text of an entry apart."""
    result: list[Segment] = []
    by_place = {(link.start, link.end): link for link in links}
    line, before, gap = 0, "", ""
    for kind, start, end in runs(text, links, marks):
        if kind == "link":
            link = by_place[start, end]
            result.append(Segment("link", link.text, line, before, gap, link))
            before, gap = "", ""
            continue
        for piece, content in pieces(kind, text[start:end]) if line < _READ else ():
            if piece in SEPARATORS:
                gap += content
                if before != "by":
                    before = SEPARATORS[piece] or content.strip('"\u201d \t\n')[:1]
                if piece == "line" and result:  # what stands first, stands in line 0
                    line += content.count("\n")
            elif any(map(str.isalnum, content)):
                if before != "by":
                    before = _separator(content, 1) or before
                form: Kind = kind if piece == "text" else piece  # type: ignore[assignment]
                result.append(Segment(form, content, line, before, gap))
                before, gap = _separator(content, -1), ""
            else:
                gap += content
                before = content.strip()[-1:] or before
    return _phrases(result)


def _separator(text: str, side: int) -> str:
    """Return the separator that a text begins with (`side` 1) or ends in (-1), a blank for none."""
    edge = text.lstrip() if side > 0 else text.rstrip()
    sign, neighbour = (edge[:1], edge[1:2]) if side > 0 else (edge[-1:], edge[-2:-1])
    return sign if sign in EDGES and not (sign == "-" and neighbour.isalnum()) else ""


def _phrases(pieces: list[Segment]) -> list[Segment]:
    """Join brackets and quotations within a phrase to the text around them, and lines of names."""
    result: list[Segment] = []
    lines = 0  # that go on with the names above
    for piece in pieces:
        last = result[-1] if result else None
        piece.line -= lines
        if last is not None and piece.line == last.line + 1 and _names_go_on(last, piece):
            result[-1] = joined(last, piece)
            lines += 1
            continue
        if last is None or last.line != piece.line or not _continues(last, piece):
            result.append(piece)
            continue
        result[-1] = joined(last, piece)
        result[-1].goes_on = piece.kind != "text"
    return result


def joined(first: Segment, second: Segment) -> Segment:
    """Return two segments as one phrase."""
    raw = first.raw + second.gap + second.raw
    return Segment("text", raw, first.line, first.before, first.gap)


def _continues(last: Segment, piece: Segment) -> bool:
    """Return True if a segment goes on with the phrase of the last one."""
    if last.kind == "text" and piece.kind in {"brackets", "quotation"}:
        return not piece.before and piece.look not in {"fact", "names"}
    if piece.kind != "text" or piece.look == "fact":
        return False
    if last.goes_on and _are_people(joined(last, piece)):  # Jane (Jay) Doe, John Roe
        return True
    if piece.look == "names" or (last.goes_on and piece.before == ","):
        return False
    if last.kind == "quotation":
        return piece.before in {"", ":"} and last.text.strip(_QUOTES)[-1:] not in {",", "."}
    return last.goes_on and piece.before in {"", ":", ";"}


def _names_go_on(last: Segment, piece: Segment) -> bool:
    """Return True for names below names that end with a comma."""
    if not f"{last.raw}{piece.gap}".rstrip().endswith(",") or last.kind != "text":
        return False
    is_text = piece.kind == "text" and piece.look != "fact"  # `In Proc.`
    return is_text and _are_people(last) and _are_people(piece)


def _are_people(segment: Segment) -> bool:
    """Return True if nothing but names stands between the commas of a segment."""
    parts = people.parts(segment.text)
    return all(part.shape in {"person", "others"} for part in parts)
