"""Where the title stands in the label of a link that holds more: `[Doe. A title. ICLR 2020](...)`.

A title may begin or end so by itself (`2001: A Space Odyssey`), so most labels of a list do, and
what stands before titles has one form in most of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from harvest.readers import citations
from harvest.readers.labels import is_generic
from harvest.readers.looks import date_of, is_citation, is_fact, look, plain
from harvest.readers.signature import PRIOR_COUNT

_DIGIT = re.compile(r"\d")
_BRACKETS = re.compile(r"[\s*_]*(?:\([^()]{1,40}\)|\[[^\[\]]{1,40}\])")
_NAME = re.compile(r"\[[^\[\]]{1,30}\]\s+")
_PHRASE = re.compile(r"[^()\[\]\n]{2,60}?(?=\s[-\u2013\u2014|]\s|[:\uff1a]\s|\s-\w)")
_YEAR = re.compile(r"(?:19|20)\d\d\b(?!-\d)")
_BEHIND = re.compile(r"[\s*_.,:|/\uff1a\u2013\u2014-]+")
_LAST = re.compile(r"\A.*(?:[,.;:|]\s|\s[-\u2013\u2014/]\s|(?=[(\[]))", re.DOTALL)
_LAST_BRACKETS = re.compile(r"\A.*(?=[(\[][^()\[\]]+[)\]]\W*\Z)", re.DOTALL)
_KIND = re.compile(
    r"(?:[A-Z][\w&.-]* ){0,4}(?:Article|Blog|Journal|Magazine|Paper|Post|Report|Thesis)"
)
# What the title of a page has before and behind that of a work.
_OF_PAGE = re.compile(r"\[\d{4}\.\d{4,5}(?:v\d+)?\]\s+|[(\[](?i:pdf)[)\]]:?\s+")
_NAME_OF_PAGE = re.compile(r"\A.*\S(?=\s+[-\u2013\u2014|]\s+\S)")
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_OF_SITES = frozenset({"Abstract", "Full Text", "Full text", "PDF", "PNAS", "Request PDF"})
_FEW_WORDS = 5  # of the name of a site, at most
_DASH = re.compile("[\u2013\u2014]")
_BEFORE = " \t,.;:|/-\u2013\u2014"
_FEWEST_WORDS = 2  # of a title behind it
_SHORTEST = 4  # characters of one in a script without blanks
_LONGEST = 400  # characters of a label
_FACTS = 4  # behind a title, at most


@lru_cache(maxsize=4096)
def title_span(label: str, form: str | None = None) -> tuple[int, int]:
    """Return where the title of a label begins and ends; a label that is no more is all of it.

    `form` is that of what stands before the titles of a list, "" for nothing, None for any.
    """
    whole = 0, len(label)
    if len(label) > _LONGEST or is_citation(label):
        return whole
    reference = citations.read(label) if " " in label else None
    if reference:
        start = label.index(reference[1])
        return start, start + len(reference[1])
    start = _lead(label)
    if form not in {None, _form(label[:start])}:
        start = 0
    end = _tail(label, start)
    if end < len(label) and (name := _NAME.match(label, start)):  # [BERT] A title, ICLR 2020
        start = name.end()
    return (start, end) if _names_work(label[start:end]) else whole


def without_site(label: str, url: str) -> tuple[int, int]:
    """Return where the title of a work stands in that of a page, by the host of its address.

    `A title of it - ScienceDirect`, `A title of it | Ice Journal | Full Text`, `[2001.00001] Ice`
    """
    lead = _OF_PAGE.match(label)
    start, end = lead.end() if lead else 0, len(label)
    head = _NAME_OF_PAGE.match(label, start) if " - " in label or " | " in label else None
    host = url.split("/", 3)[2].lower() if head and url.count("/") > 1 else ""
    while head and _is_site(label[head.end() : end], host):
        end = head.end()
        head = _NAME_OF_PAGE.match(label, start, end)
    return (start, end) if _is_phrase(label[start:end]) else (0, len(label))


def _is_site(name: str, host: str) -> bool:
    """Return True for the name of a site: it is in its address, behind a bar its first word."""
    words = [word.lower() for word in _WORD.findall(name)]
    is_behind_bar = name.lstrip().startswith("|")
    name = name.strip(" -|\u2013\u2014")
    is_short = bool(words) and len(name.split()) <= _FEW_WORDS
    is_whole = "".join(words) in host.replace("-", "").split(".")
    return name in _OF_SITES or (is_short and (is_whole or (is_behind_bar and words[0] in host)))


def _lead(label: str) -> int:
    """Return how many characters stand before the title: a date, and what is with it."""
    if not _DIGIT.search(label):
        return 0
    phrase = _PHRASE.match(label)
    if phrase is None or not (is_fact(phrase[0]) and date_of(phrase[0])):
        phrase = _YEAR.match(label)
    end = phrase.end() if phrase else 0
    is_dated = phrase is not None
    while brackets := _BRACKETS.match(label, end):
        is_dated = is_dated or date_of(brackets[0].strip(" *_()[]")) is not None
        end = brackets.end()
    if separators := _BEHIND.match(label, end):
        end = separators.end()
    return end if is_dated else 0


def _form(lead: str) -> str:
    """Return the signs at the edges of what stands before a title: `[]` of `[ICLR 2020] `."""
    text = lead.rstrip(" \t*_")
    return "".join(_DASH.sub("-", sign) for sign in (text[:1], text[-1:]) if not sign.isalnum())


def _tail(label: str, start: int) -> int:
    """Return where the title ends, before venue and date."""
    end = len(label)
    for _ in range(_FACTS):
        text = label[start:end]
        before = _LAST_BRACKETS.match(text) or _LAST.match(text)
        last = start + before.end() if before else start
        text = plain(label[last:end].strip(_BEFORE))
        is_kind = end < len(label) and _KIND.fullmatch(text)
        if last == start or not (is_kind or is_fact(text)):
            break
        end = last
        end = start + len(label[start:end].rstrip(_BEFORE))
    return end


def _names_work(title: str) -> bool:
    """Return True for some words that are no names."""
    return _is_phrase(title) and look(plain(title)) != "names"


def _is_phrase(label: str) -> bool:
    is_long = not label.isascii() and len(label) >= _SHORTEST
    return is_long or label.count(" ") + 1 >= _FEWEST_WORDS


def form_of_leads(labels: Iterable[str]) -> str | None:
    """Return the form of what stands before most titles, "" if none does so before most.

    It is None unless most labels of a list that name a work hold more than their title.
    """
    names = [label for label in set(filter(_is_phrase, labels)) if not is_generic(label)]
    if len(names) <= PRIOR_COUNT:
        return None
    titles = filter(_is_title, names)  # no more are looked for than decide
    if next(islice(titles, (len(names) - 1) // 2, None), None) is not None:
        return None
    forms = Counter(_form(name[: title_span(name)[0]]) for name in names)
    return next((form for form, count in forms.items() if 2 * count > len(names)), "")


def _is_title(label: str) -> bool:
    return title_span(label) == (0, len(label))
