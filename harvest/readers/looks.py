"""What a text looks like on its own: a date or venue, names, a number, words or a title."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from harvest import dates
from harvest.readers import people
from harvest.readers.labels import WORDS, is_generic
from harvest.readers.short_dates import is_short

Look = Literal["fact", "names", "number", "word", "title", "label", "none"]
EDGES = " \t\n,;:|/-\u2013\u2014\u00b7\u2022\uff0c\uff1a"
QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb\u300c-\u300f\u300a\u300b'  # double ones, in a set
_NUMBER = re.compile(r"[\s\W]*\d{1,4}[\s\W]*")
_MARK = r"\s?['\u2019\u2018`\u00b4]\s?"  # of a short year
_VENUES = "|".join(map(re.escape, WORDS.items["venues"]))
_VENUE = re.compile(rf"\b(?:{_VENUES})\b")
# A title may begin with one: `ACL injuries in sport`, `Nature: its end`, `Advances in Ice Melting`.
_BEGINS_TITLE = re.compile(
    rf"Advances in (?!Neural\b)|(?:{_VENUES})(?::| (?!(?:of|on|and|accepted|best|demo|findings"
    r"|highlight|in press|long|main|oral|paper|poster|preprint|short|spotlight|submission"
    r"|submitted|track|under|version|workshops?)\b)[a-z])"
)
# The year of CVPR'18, of a venue that is known (ICML-20, ICCV21), and of any that stands alone
# (MLSys' 26).
_TWO_DIGITS = r"([0-289]\d)"
_HAS_TWO_DIGITS = re.compile(r"[0-289](?<!\d\d)\d(?!\d)")
_SHORT_YEARS = (
    re.compile(rf"(?<=[A-Z]){_MARK}{_TWO_DIGITS}(?!\d)"),
    re.compile(
        rf"\b(?:{_VENUES})(?:-?W|\s?[Ww]orkshops?)?(?:{_MARK}|[-\s])?{_TWO_DIGITS}"
        r"(?![\d-]|\.\d|(?:st|nd|rd|th)\b)"
    ),
    re.compile(rf"\A\W*[^\W\d_][\w& -]{{1,60}}{_MARK}{_TWO_DIGITS}\W*\Z"),
    re.compile(rf"\A\W*(?:{_VENUES})\b[\w& -]{{1,60}} {_TWO_DIGITS}\W*\Z"),
)
_PUBLICATION = re.compile(
    r"(?:In:? )?(?:the )?(?:Proceedings|Proc\.|Journal of|Transactions on|Advances in Neural"
    r"|(?:\w+ )?(?:International|European|IEEE|ACM|IEEE/ACM) (?:\w+ ){0,9}?"
    r"(?:Journal|Conference|Transactions|Symposium|Workshop)\b)"
)
_VOLUME = re.compile(r"\d(?:\(\d+\))?[,:] ?[a-z]?\d+[-\u2013]\d")  # with pages: 42, 196-199
_CITATION = re.compile(
    rf"([^()\d]{{2,80}}?)(?:[,;.] (?:{_VENUES})\b[\w&/ -]{{0,30}}?)?"
    r",?\s*\(?((?:19|20)\d\d)[a-z]?\)?"
)
_YEAR_BEHIND = re.compile(r",?\s+(?:19|20)\d\d[a-z]?\s*\Z")
_WORDS = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
# How a venue accepted a work.
_HONOURS = frozenset({"oral", "spotlight", "highlight", "poster", "best", "outstanding"})
_HONOUR = re.compile(
    r"(?i)(?:oral|spotlight|highlight|poster)(?: presentation| paper)?"
    r"|(?:best|outstanding) (?:student )?paper(?: award| candidate| finalist| runner.up)?"
)
_INVERTED = re.compile(
    r"[^\W\d_a-z][\w'\u2019-]+, [^\W\d_a-z][\w-]+(?: [^\W\d_a-z]\.)+"
)  # Doe, Jane Q.
_HONOUR_WORDS = 5
_PUBLICATION_WORDS = 20  # of the name of a journal or conference, at most
_VENUE_WORDS = 5  # of a venue without a date, at most
_FACT_WORDS = 8  # at most, around the date of a venue
_PROSE = 400  # characters of prose, at least
_COMMA = 50  # characters of prose for each comma, at least: names have more of them


@lru_cache(maxsize=64)  # a text is looked at several times in a row
def words_of(text: str) -> list[str]:
    """Return the words of a text."""
    return _WORDS.findall(text)


def plain(text: str) -> str:
    """Return a text without separators, brackets and quotes around the whole of it."""
    text = text.strip(EDGES)
    while len(text) > 1 and text[0] + text[-1] in {"()", "[]", "\uff08\uff09", "\u3010\u3011"}:
        inner = text[1:-1]
        if text[0] in inner or text[-1] in inner:
            break
        text = inner.strip(EDGES)
    return text


@lru_cache(maxsize=4096)
def look(text: str) -> Look:
    """Return what a text looks like."""
    if not text or not any(map(str.isalnum, text)):
        return "none"
    if _NUMBER.fullmatch(text) and not dates.find(text):
        return "number"
    if is_short(text) or is_fact(text):
        return "fact"
    if is_generic(text):
        return "label"
    run = people.find_first_run(people.plain_names(text), within=4)
    is_run = run is not None and (run[1] - run[0]) * 2 > len(text)
    if is_run or _INVERTED.fullmatch(text):
        return "names"
    return "title" if len(words_of(text)) > 2 else "word"


@lru_cache(maxsize=4096)  # the venues and dates of a list are much the same
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


def is_edition(text: str) -> bool:
    """Return True for a venue that is known with its year, and little else."""
    return _VENUE.search(text) is not None and is_fact(text) and date_of(text) is not None


def is_fact(text: str) -> bool:
    """Return True if a text is a date, a venue or both, or how a venue accepted the work."""
    words = words_of(text)
    if words and words[0].lower() in _HONOURS and len(words) <= _HONOUR_WORDS:
        return _HONOUR.fullmatch(" ".join(words)) is not None
    if _PUBLICATION.match(text):
        return len(words) <= _PUBLICATION_WORDS
    if len(words) > _FACT_WORDS:
        return False
    date = date_of(text)
    if date is None:
        is_short = len(words) <= _VENUE_WORDS and _VENUE.match(text) is not None
        return is_short and _BEGINS_TITLE.match(text) is None
    venue = _VENUE.search(text)
    at_edge = text.startswith(date) or text.rstrip(".)] ").endswith(date) or date not in text
    return venue is not None or (at_edge and (len(words) <= 5 or has_pages(text)))


def has_pages(text: str) -> bool:
    """Return True for a text with the volume and the pages of a journal."""
    return _VOLUME.search(text) is not None


def is_citation(label: str) -> bool:
    """Return True for a label that names a work by authors and year: `Doe et al. 2004`.

    A single name may be that of a journal, unless the year stands in brackets: `Doe (2004)`.
    """
    citation = _cited(label)
    if citation is None or citation[1].islower():  # et al.
        return False
    shapes = [part.shape for part in people.parts(citation[1])]
    if not {"person", "family", "others"}.issuperset(shapes):
        return False
    return len(shapes) > 1 or shapes == ["others"] or (shapes != [] and label.rstrip()[-1:] == ")")


def authors_of_citation(label: str) -> str | None:
    """Return the authors in a label such as `Doe et al. (2004)`."""
    citation = _cited(label)
    return citation[1].strip(EDGES) if citation and is_citation(label) else None


def _cited(label: str) -> re.Match[str] | None:
    has_year = "19" in label or "20" in label  # as few have
    return _CITATION.fullmatch(label.strip()) if has_year else None


def without_year(text: str) -> str:
    """Return names without the year behind them: `Doe 2020`."""
    return _YEAR_BEHIND.sub("", text)


def is_prose(text: str) -> bool:
    """Return True for sentences that are too long for a title, and no list of names."""
    return len(text) > _PROSE and text.count(",") * _COMMA < len(text)
