"""The typed segments of an entry: links, emphasis, quotations, brackets and the text between them.

An entry is one text with marks, in which a line break stands wherever a block, a line or an item
below it begins. Images are no text. Emphasis inside of a phrase is none of its own segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from harvest import dates
from harvest.models import Role
from harvest.readers import people
from harvest.readers.labels import WORDS, is_generic

Kind = Literal[
    "link", "strong", "emphasis", "code", "quotation", "brackets", "text", "people", "cited"
]
Look = Literal["fact", "names", "number", "word", "title", "label", "none"]

LONGEST_ENTRY = 20_000  # characters: more is not an entry
LINES = 4  # of an entry: what stands lower describes
_MARKS: dict[str, int] = {"text": 0, "emphasis": 1, "strong": 2, "code": 3, "link": 4, "image": 5}
_KINDS: dict[int, Kind] = {0: "text", 1: "emphasis", 2: "strong", 3: "code", 4: "link"}
_EDGES = " \t\n,;:|/-\u2013\u2014\u00b7\u2022\uff0c\uff1a"
_BEFORE, _BEHIND = _EDGES + ")]", _EDGES + "(["  # of a text, at its beginning and its end
_QUOTES = "\"'\u201c\u201d\u2018\u2019"
# Each token begins with one sign of a set, so that the search skips all others.
_TOKEN = re.compile(
    r"[\s|.\u3002(\[\uff08\"\u201c\u201d](?:"
    r"(?<=\n)(?P<line>\n*)"
    r"|(?P<dash>(?<=\s)[-\u2013\u2014|\u00b7\u2022]+(?:\s|$)|(?:(?<=\s)\||(?<=\|))\s?|(?<=\t))"
    r"|(?P<stop>(?:(?<=[^\W\d_][^\W\d_]\.)(?<!\bal\.)(?<!\bet\.)(?<!\bJr\.)(?<!\bSr\.)(?<!\bvs\.)"
    r"(?<!\bNo\.)(?<!\b[Vv]ol\.)(?<!\bpp\.)|(?<=[)\]\"\u201d]\.)|(?<=\b(?:19|20)\d\d\.)"
    r"|(?<=[?!]\.))(?=\s|$)|(?<=\u3002))"
    r"|(?P<brackets>(?<=\()[^()\n]{1,120}\)|(?<=\[)[^\[\]\n]{1,300}\]"
    r"|(?<=\uff08)[^\uff08\uff09\n]{1,120}\uff09)"
    r"|(?P<quotation>(?<=[\"\u201c\u201d])[^\"\u201c\u201d\n]{8,300}[\"\u201c\u201d](?:[,.])?)"
    r")"
)
_FIRST = re.compile(
    r"(?P<lead>\s*[\"\u201d]?[.,;:]+[\"\u201d]?(?=\s|$))"
    r"|(?P<by>[\s,;:.>)\]\"\u201d\u2013\u2014-]*[Bb]y\s+(?=[^\W\d_a-z]))"
)
_SEPARATORS = {"line": "", "dash": "-", "stop": ".", "lead": "", "by": "by"}
_NUMBER = re.compile(r"[\s\W]*\d{1,4}[\s\W]*")
_NUMBERING = re.compile(r"\s*(?:\d{1,3}(?:[.)]\s|\u3001)|\[\d{1,3}\])\s*(?=\S)")
# A Chinese, Japanese or Korean title in brackets behind an English one.
_TRANSLATION = re.compile(
    r"(?<=[A-Za-z?!])\s*[(\uff08][^()\uff08\uff09]*[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
    r"[^()\uff08\uff09]*[)\uff09].{0,40}$"
)
_BLANKS = re.compile(r"  +")
_MARK = r"\s?['\u2019\u2018`\u00b4]\s?"  # of a short year
_VENUES = "|".join(map(re.escape, WORDS.items["venues"]))
_VENUE = re.compile(rf"\b(?:{_VENUES})\b")
# The year of CVPR'18, of a venue that is known (ICML-20, ICCV21), and of any that stands alone
# (MLSys' 26).
_TWO_DIGITS = r"([0-289]\d)"
_HAS_TWO_DIGITS = re.compile(r"[0-289](?<!\d\d)\d(?!\d)")
_SHORT_YEARS = (
    re.compile(rf"(?<=[A-Z]){_MARK}{_TWO_DIGITS}(?!\d)"),
    re.compile(
        rf"\b(?:{_VENUES})(?:-?W|\s?[Ww]orkshops?)?(?:{_MARK}|[-\s])?{_TWO_DIGITS}(?![\d-]|\.\d)"
    ),
    re.compile(rf"\A\W*[^\W\d_][\w& -]{{1,60}}{_MARK}{_TWO_DIGITS}\W*\Z"),
    re.compile(rf"\A\W*(?:{_VENUES})\b[\w& -]{{1,60}} {_TWO_DIGITS}\W*\Z"),
)
# A place in a journal.
_PLACE = re.compile(
    r"(?i)(?:vol(?:ume)?|no|number|issue|pp?|pages?|art(?:icle)?)\b\.? ?\d[\w:\u2013-]*"
)
_PUBLICATION = re.compile(
    r"(?:In:? )?(?:the )?(?:Proceedings|Proc\.|Journal of|Transactions on|Advances in Neural"
    r"|(?:\w+ )?(?:International|European|IEEE|ACM) (?:\w+ ){0,9}?"
    r"(?:Journal|Conference|Transactions|Symposium|Workshop)\b)"
)
_CITATION = re.compile(r"([^()\d]{2,80}?),?\s*\(?((?:19|20)\d\d)[a-z]?\)?")
_WORDS = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
# How a venue accepted a work.
_HONOURS = frozenset({"oral", "spotlight", "highlight", "poster", "best", "outstanding"})
_HONOUR = re.compile(
    r"(?i)(?:oral|spotlight|highlight|poster)(?: presentation| paper)?"
    r"|(?:best|outstanding) (?:student )?paper(?: award| candidate| finalist| runner.up)?"
)
_HONOUR_WORDS = 5
_ACRONYM = 12  # characters of a venue
_FACTS = 4  # at the end of a phrase
_PUBLICATION_WORDS = 20  # of the name of a journal or conference, at most
_FACT_WORDS = 8  # at most, around the date of a venue
_PROSE = 400  # characters of prose, at least
_COMMA = 50  # characters of prose for each comma, at least: names have more of them


class Link(NamedTuple):
    """A link of an entry: where its label stands, and the role that it has."""

    start: int
    end: int
    text: str
    role: Role
    generic: bool


class Mark(NamedTuple):
    """Emphasis, code or an image, from one place of a text to another."""

    start: int
    end: int
    kind: Literal["strong", "emphasis", "code", "image"]


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
            return "title" if self.words > 2 else "word"
        if self.kind in {"people", "cited"}:  # by the style of a reference
            return "names" if self.kind == "people" else "title"
        return look(self.plain)

    @property
    def title(self) -> str:
        """The text as a title: without numbering, separators and brackets around it."""
        text = self.text if self.link else plain(_without_number(self.text))
        if not text.isascii():
            text = _TRANSLATION.sub("", text)
        text = _BLANKS.sub(" ", text) if "  " in text else text
        return text.strip(f"{_QUOTES} ").rstrip(",.") if self.kind == "quotation" else text

    @property
    def citation(self) -> str | None:
        """The authors in the label of a link such as `Doe et al. (2004)`."""
        match = _CITATION.fullmatch(self.text.strip())
        return match[1].strip(_EDGES) if match and is_citation(self.text) else None

    @property
    def words(self) -> int:
        """How many words it has."""
        if self._words < 0:
            self._words = len(_words(self.text))
        return self._words


@lru_cache(maxsize=64)  # a text is looked at several times in a row
def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _without_number(text: str) -> str:
    """Return a text without the number that it begins with."""
    number = _NUMBERING.match(text)
    return text[number.end() :] if number else text


def plain(text: str) -> str:
    """Return a text without separators, brackets and quotes around the whole of it."""
    text = text.strip(_EDGES)
    while len(text) > 1 and text[0] + text[-1] in {"()", "[]", "\uff08\uff09"}:
        inner = text[1:-1]
        if text[0] in inner or text[-1] in inner:
            break
        text = inner.strip(_EDGES)
    return text


@lru_cache(maxsize=4096)
def look(text: str) -> Look:
    """Return what a text looks like."""
    if not text or not any(map(str.isalnum, text)):
        return "none"
    if _NUMBER.fullmatch(text) and not dates.find(text):
        return "number"
    if is_fact(text):
        return "fact"
    if is_generic(text):
        return "label"
    run = people.find_run(people.plain_names(text))
    if run is not None and run[0] < 4 and (run[1] - run[0]) * 2 > len(text):
        return "names"
    return "title" if len(_words(text)) > 2 else "word"


def date_of(text: str) -> str | None:
    """Return the date in a text as it is written, and the year of `CVPR'18`."""
    date = dates.find(text)
    if date:
        return date
    if not _HAS_TWO_DIGITS.search(text):
        return None
    short = next(filter(None, (form.search(text) for form in _SHORT_YEARS)), None)
    if short is None:
        return None
    year = int(short[1])
    return str(1900 + year if year > 60 else 2000 + year)


def is_fact(text: str) -> bool:
    """Return True if a text is a date, a venue or both, or how a venue accepted the work."""
    words = _words(text)
    if words and words[0].lower() in _HONOURS and len(words) <= _HONOUR_WORDS:
        return _HONOUR.fullmatch(" ".join(words)) is not None
    if _PUBLICATION.match(text):
        return len(words) <= _PUBLICATION_WORDS
    if len(words) > _FACT_WORDS:
        return False
    date = date_of(text)
    if date is None:
        return len(words) <= 5 and _VENUE.match(text) is not None
    venue = _VENUE.search(text)
    at_edge = text.startswith(date) or text.rstrip(".)] ").endswith(date) or date not in text
    return venue is not None or (at_edge and len(words) <= 5)


def is_citation(label: str) -> bool:
    """Return True for a label that names a work by authors and year: `Doe et al. 2004`.

    A single name may be that of a journal, unless the year stands in brackets: `Doe (2004)`.
    """
    citation = _CITATION.fullmatch(label.strip())
    if citation is None:
        return False
    shapes = [part.shape for part in people.parts(citation[1])]
    if not {"person", "family", "others"}.issuperset(shapes):
        return False
    return len(shapes) > 1 or shapes == ["others"] or (shapes != [] and label.rstrip()[-1:] == ")")


def is_prose(text: str) -> bool:
    """Return True for sentences that are too long for a title, and no list of names."""
    return len(text) > _PROSE and text.count(",") * _COMMA < len(text)


def segments(text: str, links: Sequence[Link], marks: Iterable[Mark]) -> list[Segment]:
    """Take the text of an entry apart."""
    result: list[Segment] = []
    by_place = {(link.start, link.end): link for link in links}
    line, before, gap = 0, "", ""
    for kind, start, end in _runs(text, links, marks):
        if kind == "link":
            link = by_place[start, end]
            result.append(Segment("link", link.text, line, before, gap, link))
            before, gap = "", ""
            continue
        for piece, content in _pieces(kind, text[start:end]) if line < LINES else ():
            if piece in _SEPARATORS:
                gap += content
                before = _SEPARATORS[piece] or content.strip('"\u201d \t\n')[:1]
                if piece == "line" and result:  # what stands first, stands in line 0
                    line += content.count("\n")
            elif any(map(str.isalnum, content)):
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
    return sign if sign in _EDGES and not (sign == "-" and neighbour.isalnum()) else ""


def _runs(text: str, links: Sequence[Link], marks: Iterable[Mark]) -> list[tuple[Kind, int, int]]:
    """Return the parts of a text that are marked alike, in order, without images.

    Links win over what stands around or in them.
    """
    marks = sorted(marks, key=lambda mark: _MARKS[mark.kind])
    if not marks:
        return _between(text, links)
    paint = bytearray(len(text))
    bounds, edges = {0, len(text)}, set()
    for start, end, mark in marks:
        paint[start:end] = bytes([_MARKS[mark]]) * (end - start)
        bounds |= {start, end}
    for start, end, *_ in links:
        paint[start:end] = b"\4" * (end - start)
        edges |= {start, end}
    runs: list[tuple[Kind, int, int]] = []
    for start, end in pairwise(sorted(bounds | edges)):
        kind = _KINDS.get(paint[start])
        if kind and runs and runs[-1][::2] == (kind, start) and start not in edges:
            runs[-1] = (kind, runs[-1][1], end)
        elif kind:
            runs.append((kind, start, end))
    return _without_inline(text, runs)


def _between(text: str, links: Sequence[Link]) -> list[tuple[Kind, int, int]]:
    """Return the parts of a text without emphasis and code: links, and the text around them."""
    runs: list[tuple[Kind, int, int]] = []
    last = 0
    for link in links:
        if link.start > last:
            runs.append(("text", last, link.start))
        runs.append(("link", link.start, link.end))
        last = link.end
    if last < len(text):
        runs.append(("text", last, len(text)))
    return runs


def _without_inline(text: str, runs: list[tuple[Kind, int, int]]) -> list[tuple[Kind, int, int]]:
    """Return the runs, with emphasis and code inside of a phrase as part of its text."""
    result: list[tuple[Kind, int, int]] = []
    for index, (mark, start, end) in enumerate(runs):
        kind = mark
        if mark not in {"link", "text"}:
            before, after = _text_of(text, runs, index - 1), _text_of(text, runs, index + 1)
            kind = "text" if _is_inline(mark, before, text[start:end], after) else mark
        if result and kind == "text" and result[-1][0] == "text" and result[-1][2] == start:
            result[-1] = ("text", result[-1][1], end)
        else:
            result.append((kind, start, end))
    return result


def _text_of(text: str, runs: Sequence[tuple[Kind, int, int]], index: int) -> str:
    """Return the text of a run by its number, nothing for a link or none."""
    kind, start, end = runs[index] if 0 <= index < len(runs) else ("link", 0, 0)
    return "" if kind == "link" else text[start:end]


def _is_inline(kind: Kind, before: str, text: str, after: str) -> bool:
    """Return True if marked text stands within a word, or within a phrase."""
    if before[-1:].isalnum() or after[:1].isalnum():
        return True
    if before[-1:] + after[:1] in {"()", "[]"}:
        is_venue = kind == "strong" and text.isupper() and len(text) <= _ACRONYM
        return not is_venue or after[1:].lstrip()[:1].isalnum()
    words, following = len(text.split()), after.lstrip(" ")[:1]
    is_phrase = before.rstrip(" ")[-1:].isalnum()
    if not (is_phrase or following.islower()) or look(plain(text)) not in {"word", "title"}:
        return False
    if is_phrase and following.isalnum():
        return words < 4
    if is_phrase and following == "." and kind == "emphasis":  # the last words of a title
        return words < 4
    return words == 1 and (following.islower() or kind == "emphasis")


@lru_cache(maxsize=1024)  # what stands between the links of a list is much the same
def _pieces(kind: Kind, text: str) -> list[tuple[str, str]]:
    """Cut a run at the ends of lines; plain text also at separators, quotations and brackets."""
    if kind == "code":
        return [(kind, text)]
    result: list[tuple[str, str]] = []
    position = 0
    for token in _tokens(kind, text):
        name = token.lastgroup or ""
        if kind != "text" and name not in {"line", "brackets"}:
            continue
        if kind != "text" and name == "brackets" and not _is_tail(text, token):
            continue
        result += _names_apart(kind, text[position : token.start()])
        result.append((name, token[0]))
        position = token.end()
    result += _names_apart(kind, text[position:])
    return result


def _tokens(kind: Kind, text: str) -> Iterator[re.Match[str]]:
    first = _FIRST.match(text) if kind == "text" and text[:1] != "\n" else None
    if first:
        yield first
    yield from _TOKEN.finditer(text, first.end() if first else 0)


def _is_tail(text: str, token: re.Match[str]) -> bool:
    """Return True for a fact in brackets that ends or begins marked text, or is all of it."""
    inside = not text[: token.start()].strip(_EDGES) or not text[token.end() :].strip(_EDGES + ".")
    return inside and (is_fact(plain(token[0])) or not text.replace(token[0], "").strip(_EDGES))


def _names_apart(kind: Kind, text: str) -> list[tuple[str, str]]:
    """Cut names of people, and the venue at the end, out of the text around them.

    A title, Jane Doe, John Roe, NeurIPS 2020
    """
    if kind != "text" or "," not in text:
        return [("text", text)]
    run = people.find_run(text) or _behind_question(text)
    start, end = run or (0, 0)
    before = [text[:start], text[start:end]] if run else []
    text = text[end:]
    facts: list[str] = []
    while "," in text and len(facts) < _FACTS:
        head, _, tail = text.rpartition(",")
        if not (is_fact(tail.strip(_EDGES)) or _PLACE.fullmatch(tail.strip())):
            break
        facts.append(tail)
        text = head
    rest = text if not facts else f"{text},"
    return [("text", part) for part in (*before, rest, *reversed(facts))]


def _behind_question(text: str) -> tuple[int, int] | None:
    """Return where names stand behind a title that ends with a question mark."""
    start = text.rfind("? ") + 2
    run = people.find_run(text[start:]) if start > 1 else None
    return (start, start + run[1]) if run and run[0] == 0 else None


def _phrases(pieces: list[Segment]) -> list[Segment]:
    """Join brackets and quotations within a phrase to the text around them."""
    result: list[Segment] = []
    for piece in pieces:
        last = result[-1] if result else None
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
    if last.goes_on and piece.before == ",":
        return _are_people(last) and _are_people(piece)
    if piece.look == "names":
        return False
    if last.kind == "quotation":
        return piece.before in {"", ":"} and last.text.strip(_QUOTES)[-1:] not in {",", "."}
    return last.goes_on and piece.before in {"", ":", ";"}


def _are_people(segment: Segment) -> bool:
    """Return True if nothing but names stands between the commas of a segment."""
    parts = people.parts(segment.text)
    return all(part.shape in {"person", "others"} for part in parts)
