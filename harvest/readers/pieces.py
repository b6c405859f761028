"""The pieces of a run: what separators, brackets, quotations and names cut out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from harvest.readers import labels, people, short_dates
from harvest.readers.looks import EDGES, QUOTES, is_edition, is_fact, plain
from harvest.readers.runs import Kind

# Each token begins with one sign of a set, so that the search skips all others.
_TOKEN = re.compile(
    rf"[\s|.\u3002(\[\uff08\u3010'\u2018\u201a{QUOTES}](?:"
    r"(?<=\n)(?P<line>\n*)"
    r"|(?P<dash>(?<=\s)[-\u2013\u2014|\u00b7\u2022/]+(?:\s|$|(?<=\s-)(?=[^\W\d_a-z]))"
    r"|(?:(?<=\s)\||(?<=\|))\s?|(?<=\t))"
    r"|(?P<stop>(?:(?<=[^\W\d_][^\W\d_]\.)(?<!\bal\.)(?<!\bet\.)(?<!\bJr\.)(?<!\bSr\.)"
    r"(?<!\bvs\.)(?<!\bM[dr]\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bProf\.)(?<!-Ing\.)"
    r"(?<!\bNo\.)(?<!\b[Vv]ol\.)(?<!\bpp\.)|(?<=[)\]\"\u201d]\.)|(?<=\b(?:19|20)\d\d\.)"
    r"|(?<=[?!]\.)|(?<=\dD\.)|(?<=[^\W\d_][*\u2020\u2021]\.))(?=\s|$)|(?<=\u3002))"
    r"|(?P<brackets>(?<=\()[^()\n]{1,120}\)|(?<=\[)[^\[\]\n]{1,300}\]"
    r"|(?<=\uff08)[^\uff08\uff09\n]{1,120}\uff09|(?<=\u3010)[^\u3010\u3011\n]{1,120}\u3011)"
    rf"|(?P<quotation>(?<=[{QUOTES}])[^{QUOTES}\n]{{8,300}}[{QUOTES}](?:[,.])?"
    r"|(?<=['\u2018\u201a])(?<!\w.)(?=[^\W_a-z])[^\n]{8,300}?"
    r"(?:['\u2018\u2019](?=[,.;)]|\s*\Z)|[,.]['\u2018\u2019](?=\s))[,.]?)"
    r")"
)
_FIRST = re.compile(
    r"(?P<lead>\s*[\"\u201d]?[.,;:]+[\"\u201d]?(?=\s|$))"
    r"|(?P<by>[\s,;:.>)\]\"\u201d\u2013\u2014-]*[Bb]y\s+(?=[^\W\d_a-z]))"
)
_BY = re.compile(r"\s*[Bb]y:?\s+(?=[^\W\d_a-z])")  # names behind it, on a line of their own
# `Doe et al. A title of it`: what stands there is the end of a sentence.
_OTHERS = re.compile(
    r"(\s*(?:[^\W\d_a-z][\w.'\u2019-]*[ ,]+){1,4}et al\.)(\s+)(?=[^\W_a-z]\S* \S+ [^\W\d_])"
)
SEPARATORS = {"line": "", "dash": "-", "stop": ".", "lead": "", "by": "by", "field": ""}
# The name of a field before its text: `Authors: Jane Doe`, `| Year: 2020`.
_FIELD = re.compile(
    r"[\s,;.|\u2013\u2014-]*([^\W\d_]{1,12}(?:\(s\)|:innen)?)\s?(?:\uff1a|:(?=\s|\Z|[^\W\da-zA-Z]))\s*"
)
_LEAD = re.compile(r"\s*([^\W\d_][^,:\n]{1,40}[0-3]\d(?: [a-z ]{1,20})?)([,:])\s+(?=\S)")
_ACRONYM = re.compile(r"[A-Z]\w*[A-Z]\w* (?:19|20)\d\d(?: [a-z ]+)?")
_WITH = re.compile(r"\s*(?:joint(?:ly| work) )?with\s+(?=[^\W\d_a-z])")  # "A title" with Jane Doe
# A place in a journal.
_PLACE = re.compile(
    r"(?i)(?:vol(?:ume)?|no|number|issue|pp?|pages?|art(?:icle)?)\b\.? ?\d[\w:\u2013-]*"
)
_VERB = re.compile(r"\b[a-z]+ed\Z")  # `proposed by Jane Doe, John Roe`
_FACTS = 4  # at the end of a phrase


@lru_cache(maxsize=1024)  # what stands between the links of a list is much the same
def pieces(kind: Kind, text: str) -> list[tuple[str, str]]:
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
        is_quoted = bool(result) and result[-1][0] == "quotation"
        result += _parts(kind, text[position : token.start()], is_quoted=is_quoted)
        result.append((name, token[0]))
        position = token.end()
    is_quoted = bool(result) and result[-1][0] == "quotation"
    result += _parts(kind, text[position:], is_quoted=is_quoted)
    return result


def _parts(kind: Kind, text: str, *, is_quoted: bool = False) -> list[tuple[str, str]]:
    """Cut the name of a field, and names, out of the text around them."""
    if is_quoted and (coauthors := _WITH.match(text)):
        return [("by", coauthors[0]), *_names_apart(kind, text[coauthors.end() :])]
    if kind == "text" and (by := _BY.match(text)):
        return [("by", by[0]), *_names_apart(kind, text[by.end() :])]
    if kind == "text" and " al. " in text and (others := _OTHERS.match(text)):
        return [("text", others[1]), ("stop", others[2]), *_names_apart(kind, text[others.end() :])]
    if kind == "text" and (start := short_dates.lead(text) or _edition(text)):
        return [("text", text[:start]), *_names_apart(kind, text[start:])]
    field = _FIELD.match(text) if ":" in text or "\uff1a" in text else None
    name = labels.field(field[1]) if field else None
    if field is None or name is None or not _is_field(kind, name, text[field.end() :]):
        return _names_apart(kind, text)
    separator = "by" if name == "authors" else "field"
    return [(separator, field[0]), *_names_apart(kind, text[field.end() :])]


def _edition(text: str) -> int:
    """Return where a text begins behind a venue and its year: `ICML 2020, A title of it`."""
    lead = _LEAD.match(text)
    if lead is None:
        return 0
    is_venue = is_edition(lead[1]) and (lead[2] == "," or text[lead.end()].isupper())
    is_title = lead[2] == "," and text[lead.end()].isupper()
    is_acronym = is_title and _ACRONYM.fullmatch(lead[1]) is not None
    return lead.end() if is_venue or is_acronym else 0


def _is_field(kind: Kind, name: str, value: str) -> bool:
    """Return True for a value such as a field has: `Authors: an agent` is the title of a work."""
    if name == "date":
        return kind == "text" and (not value.strip() or any(map(str.isdigit, value)))
    return name != "authors" or not value[:1].islower()


def _tokens(kind: Kind, text: str) -> Iterator[re.Match[str]]:
    first = _FIRST.match(text) if kind == "text" and text[:1] != "\n" else None
    if first:
        yield first
    yield from _TOKEN.finditer(text, first.end() if first else 0)


def _is_tail(text: str, token: re.Match[str]) -> bool:
    """Return True for a fact in brackets that ends or begins marked text, or is all of it."""
    inside = not text[: token.start()].strip(EDGES) or not text[token.end() :].strip(EDGES + ".")
    return inside and (is_fact(plain(token[0])) or not text.replace(token[0], "").strip(EDGES))


def _names_apart(kind: Kind, text: str) -> list[tuple[str, str]]:
    """Cut names of people, and the venue at the end, out of the text around them.

    A title, Jane Doe, John Roe, NeurIPS 2020
    """
    if kind == "text" and " by " in text and (parts := _before_by(text)):
        return [("text", parts[0]), ("by", " by "), ("text", parts[1])]
    if kind != "text" or not ("," in text or ";" in text):
        return [("text", text)]
    run = people.find_run(text) or _behind_question(text)
    start, end = run or (0, 0)
    before = [text[:start], text[start:end]] if run else []
    text = text[end:]
    facts: list[str] = []
    while "," in text and len(facts) < _FACTS:
        head, _, tail = text.rpartition(",")
        is_empty = not any(map(str.isalnum, tail))  # `A title, ICML 2020, ([paper](...))`
        if not (is_empty or is_fact(tail.strip(EDGES)) or _PLACE.fullmatch(tail.strip())):
            break
        facts.append(tail)
        text = head
    rest = text if not facts else f"{text},"
    return [("text", part) for part in (*before, rest, *reversed(facts))]


def _before_by(text: str) -> tuple[str, str] | None:
    """Return a title and the names behind it: `A title by Jane Doe, John Roe`."""
    title, _, names = text.rpartition(" by ")
    run = None if _VERB.search(title) else people.find_run(names)
    is_whole = run is not None and run[0] == 0 and run[1] >= len(names.rstrip(" ."))
    return (title, names) if is_whole else None


def _behind_question(text: str) -> tuple[int, int] | None:
    """Return where names stand behind a title that ends with a question mark."""
    start = text.rfind("? ") + 2
    run = people.find_run(text[start:]) if start > 1 else None
    return (start, start + run[1]) if run and run[0] == 0 else None
