"""What an entry says of its work: title, authors and date, by the roles of its segments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import filterfalse, pairwise
from typing import NamedTuple

from harvest import dates
from harvest.readers import people
from harvest.readers.looks import authors_of_citation, date_of, without_year
from harvest.readers.segments import LINES, Segment
from harvest.readers.short_dates import is_short
from harvest.readers.signature import PRIOR_COUNT, Keyed, Roles

_PROSE = 60  # words: more, below the first line, describe
_NAME_WORDS = 3  # of a name before a title, fewer
_WORDS_OF_NAME = 6  # of a name that is emphasised, fewer
_SHORT_WORD = 4  # characters of `with`, `from`
_RELEASE = re.compile(r"\b(?:[Uu]no|[Oo])fficial\b|\b[Rr]eleased?\b|\b[Rr]epo(?:sitory)?\b")
_GROUP = 4  # words of its name, fewer
# Who wrote the work, in what describes it: `Paper on it by Doe et al.`, `A way to do so, by Jane
# Doe.`, but not `inspired by Jane Doe`.
_BY = re.compile(
    r"(?i:,|\b(?:articles?|books?|notes|overview|papers?|primer|reports?|reviews?|surveys?|theses"
    r"|thesis|tutorials?|work|written))\s+by\s+(?=[^\W\d_a-z])([^:;]+?)(?=[:;]|\s[-\u2013\u2014]\s|\Z)"
)
_DASH = re.compile(r"\s[-\u2013\u2014]\s")
# A year of which a sentence tells: `a scheme that was proposed in 1997 by Doe`.
_TOLD = re.compile(
    r" (?<!ublished )(?<!ppeared )(?<!resented )(?<!ccepted )(?:in|since|until|before|after)"
    r" (?:[A-Z][a-z]+ )?(?:19|20)\d\d(?= [a-z])"
)
_HAS_DATE = re.compile(r"\d\d|[aA][gG][oO]")


class Description(NamedTuple):
    """What a list says of a work."""

    title: str | None = None
    authors: str | None = None
    date: str | None = None


def is_title(segment: Segment, layout: Roles) -> bool:
    """Return True if a segment may be a title. Plain words are one by their place alone."""
    if layout.is_set:
        return True
    if segment.look in {"fact", "label", "number", "none"}:
        return False
    if people.are_others(segment.text):  # `Doe et al.`
        return False
    if segment.kind != "text" or segment.look == "title" or layout.support > PRIOR_COUNT:
        return True
    return segment.words > 1 and layout.title == 0


def following(keyed: Keyed, index: int) -> Segment | None:
    """Return the title if it stands right behind what looks like one: names, or a short name.

    - Jane Doe and John Roe, [A title of it](...)
    - [BERT](...): [A title of it](...)
    - [BERT](...): A Title of It
    - **BERT**: A Title of It
    """
    title = keyed[index][1]
    after = keyed[index + 1][1] if index + 1 < len(keyed) else None
    if after is None or after.line != title.line or after.look != "title":
        return None
    if title.kind in {"strong", "emphasis"} and after.kind == "text" and after.before == ":":
        return after if title.words < _WORDS_OF_NAME and _is_headline(after.text) else None
    if title.link is None:
        is_behind = after.link is not None or (after.kind == "text" and after.before in {",", "."})
        return after if title.look == "names" and is_behind else None
    if title.link.role != "paper" and after.link is None:
        return None  # the description of a tool
    is_name = title.words < _NAME_WORDS and after.before == ":"
    return after if is_name and (after.link or _is_headline(after.text)) else None


def name_before(keyed: Keyed, title: Segment) -> str:
    """Return the emphasised name that a title begins with, and its colon: `**BERT**: A title`."""
    if title.kind != "text" or title.before != ":":
        return ""
    before = next(one for (_, one), (_, other) in pairwise([keyed[0], *keyed]) if other is title)
    if before is title or before.line != title.line:
        return ""
    is_name = before.kind in {"strong", "emphasis"} and before.words < _WORDS_OF_NAME
    return f"{before.title}: " if is_name and before.look in {"word", "title"} else ""


def without_names(text: str) -> tuple[str, str | None]:
    """Return a title without the names behind it, and these: `A Title of It, Jane Doe`."""
    pieces = people.parts(text)
    first = len(pieces)
    while first > 1 and pieces[first - 1].shape in {"person", "others"}:
        first -= 1
    if first == len(pieces):
        return text, None
    start = pieces[first].start
    return text[:start].rstrip(" ,.;"), text[start:].strip()


def _is_headline(text: str) -> bool:
    """Return True if over three quarters of the longer words begin with a capital.

    `Official Repository Released` says what the link is.
    """
    if _RELEASE.search(text):
        return False
    words = [word for word in text.split() if len(word) > _SHORT_WORD]
    return sum(word[0].isupper() for word in words) * 4 > len(words) * 3


def authors(keyed: Keyed, title: Segment, layout: Roles) -> str | None:
    """Return the authors of an entry: the names where its layout has them."""
    certain = layout.certain_authors
    if certain is not None:
        texts = [people.plain_names(segment.plain) for key, segment in keyed if key in certain]
        return ", ".join(texts) or None
    citation = None
    for index, (_, segment) in enumerate(keyed):
        if segment is title:
            continue
        if segment.link is not None:
            citation = citation or segment.citation
            continue
        names = _authors_at(keyed, index, title, layout)
        if names:
            return names
        names = authors_of_citation(segment.plain) if segment.line == title.line else None
        if names and _are_sure(keyed, index, title, names):
            citation = citation or names
    return citation or _authors_in_prose(keyed, title)


def _are_sure(keyed: Keyed, index: int, title: Segment, names: str) -> bool:
    """Return True for names with a year that are no venue: `Doe et al. 2020 - A title`."""
    is_near = index == 0 or keyed[index - 1][1] is title
    shapes = [part.shape for part in people.parts(names)]
    if keyed[index][1].kind == "brackets":
        has_venue = len(keyed[index][1].plain) > len(names) + len(", 2020")
        return is_near and (shapes == ["others"] or (has_venue and len(shapes) > 1))
    return "others" in shapes or (is_near and len(shapes) > 1)


def _authors_in_prose(keyed: Keyed, title: Segment) -> str | None:
    """Return the names behind `by` in what describes a work."""
    for _, segment in keyed:
        by = _BY.search(segment.raw) if segment.link is None and segment is not title else None
        if by:
            text = people.plain_names(by[1])
            run = people.find_run(text, least=1)
            if run and run[0] == 0:
                return text[: run[1]].strip(" .")
    return None


def _authors_at(keyed: Keyed, index: int, title: Segment, layout: Roles) -> str | None:
    """Return the authors in a segment: where the layout or `by` has them, or behind the title."""
    key, segment = keyed[index]
    sure, by = key in layout.authors, segment.before == "by"
    if sure or by or (key in layout.names and segment.look == "names"):
        names = _names(keyed, index, sure=sure, least=1 if sure or by else 2)
        if by and not names and len(people.parts(segment.plain)) > 1:  # by Doe, Jane and Roe, John
            names = _names(keyed, index, sure=True, least=1)
        return segment.plain if sure and not names and _is_group(segment) else names
    if key in layout.persons and people.shape(segment.plain) == "person":
        return _names(keyed, index, sure=False, least=1)
    is_behind_title = index > 0 and keyed[index - 1][1] is title
    if is_behind_title and _may_be_person(keyed, index, layout):
        return _names(keyed, index, sure=False, least=1)
    return None


def _may_be_person(keyed: Keyed, index: int, layout: Roles) -> bool:
    """Return True for emphasis, or a name alone before a venue or date.

    It stands between full stops (`A title. Jane Doe. ICML`), or on a line where others have names.
    """
    key, segment = keyed[index]
    if segment.kind == "emphasis":
        return True
    after = keyed[index + 1][1] if index + 1 < len(keyed) else None
    is_name = segment.kind == "text" and people.shape(segment.plain) == "person"
    if not is_name or after is None or after.look != "fact":
        return False
    is_line = keyed[index - 1][1].line < segment.line < after.line
    return (is_line and key in layout.names) or segment.before == after.before == "."


def _is_group(segment: Segment) -> bool:
    """Return True for a group of authors: `NLLB Team`."""
    is_short = segment.look == "word" and 0 < segment.words < _GROUP
    return is_short and segment.kind == "emphasis" and segment.text[:1].isupper()


def _names(keyed: Keyed, index: int, *, sure: bool, least: int) -> str | None:
    """Return the names in a segment, with those that go on in the next."""
    segment = keyed[index][1]
    text = people.plain_names(without_year(segment.plain))
    if segment.before == "by":
        text = _DASH.split(text, 1)[0]
    run = people.find_run(text, sure=sure, least=least)
    if run is None or (run[0] > 0 and not sure):
        return None
    names = " ".join(text[run[0] : run[1]].strip(' "\u201c\u201d').split())
    for _, other in keyed[index + 1 : index + 2]:
        if other.look == "names" and other.line == segment.line and other.before in {".", ","}:
            names = f"{names}, {other.plain}"
    return names


def _find_date(segments: Sequence[Segment]) -> str | None:
    """Return the most precise date in the text of segments; labels of links do not count."""
    texts = [one.gap if one.link else one.gap + one.raw for one in segments]
    whole = "".join(texts)
    if not _HAS_DATE.search(whole):  # as in most
        return None
    whole = _TOLD.sub("", whole)
    if not _HAS_DATE.search(whole):
        return None
    date = dates.find(whole) or next(filter(None, map(date_of, texts)), None)
    return date or next((one.plain for one in segments if is_short(one.plain)), None)


def date(segments: Sequence[Segment], title: Segment | None) -> str | None:
    """Return the date of an entry: behind its title or before it, else in the label of a link.

    That of a reference is the one between its names and its title. Short lines below count as
    well, unless a date stands before the title: they may describe.
    """
    at = next((index for index, segment in enumerate(segments) if segment is title), -1)
    line = segments[at].line if at >= 0 else 0
    before = _find_date(segments[:at]) if at > 0 else None
    if before and title is not None and title.kind == "cited":  # Doe, J. (2014). A title
        return before
    behind = [segment for segment in segments[at + 1 :] if segment.line == line]
    if not before:
        for below in range(line + 1, min(LINES, segments[-1].line + 1)):
            other = [segment for segment in segments if segment.line == below]
            if sum(segment.words for segment in other) <= _PROSE:
                behind += other
    date = _find_date(behind) or before
    if date:
        return date
    labels = [segment.text for segment in segments if segment.link and segment is not title]
    date = next(filter(None, map(date_of, filterfalse(_is_address, labels))), None)
    return date or (title.year if title else None)


def _is_address(label: str) -> bool:
    """Return True for a bare URL: a number in it is no date that the list states."""
    return "://" in label
