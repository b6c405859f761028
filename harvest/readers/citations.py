"""References as styles of citation write them: who wrote them, what they are called, and the rest.

    APA, Harvard    Doe, J. A., & Roe, B. (2020). A title. *Journal*, *12*(3), 4-5.
    Vancouver       Doe JA, Roe B. A title. Journal. 2020;12(3):4-5.
    Nature          Doe, J. A. & Roe, B. A title. *Journal* **12**, 4-5 (2020).
    ACM             Jane Doe and Bo Roe. 2020. A title. *Journal* 12, 3 (2020), 4-5.
    IEEE            J. Doe and B. Roe, "A title," *Journal*, vol. 12, no. 3, pp. 4-5, 2020.
    MLA, Chicago    Doe, Jane, and Bo Roe. "A title." *Journal* 12.3 (2020): 4-5.

A list that holds a few of them, or several styles, has no layout that could be learned. Here the
form of the names and of what stands behind them is the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from harvest.readers import bylines, people
from harvest.readers.labels import WORDS
from harvest.readers.looks import QUOTES, is_edition, is_fact
from harvest.readers.segments import Segment

_SMALL = "a-z\u00df-\u00f6\u00f8-\u00ff"
_CAPITAL = rf"(?![{_SMALL}])[^\W\d_]"
_PARTICLES = rf"(?i:{'|'.join(map(re.escape, WORDS.items['particles']))})"
_PARTICLE = rf"(?:{_PARTICLES}[ -])"
_FAMILY = rf"{_PARTICLE}{{0,3}}{_CAPITAL}[^\W\d_'\u2019-]*(?:['\u2019 -]{_CAPITAL}[^\W\d_]+){{0,2}}"
_DOTTED = rf"{_CAPITAL}\.(?:[ -]?{_CAPITAL}\.){{0,3}}"
_TIGHT = rf"(?:{_CAPITAL}){{1,3}}(?:-{_CAPITAL})?(?![\w'\u2019])"
_LAST = rf"(?!{_TIGHT}){_FAMILY}"
_GIVEN = rf"{_CAPITAL}[^\W\d_]+(?:-[^\W\d_]+)?(?: {_CAPITAL}\.)*"
_SUFFIX = r"(?:,? (?:Jr|Sr)\b\.?|,? I{2,3}\b)?"
_FULL = rf"(?:{_DOTTED} ?|(?:{_GIVEN} ){{1,2}}){_LAST}{_SUFFIX}"
_AND = r"(?:and|und|et(?!\.? al)|y|e)"
_MARKS = r"[*\u2217\u2020\u2021\u00a7]*"  # of affiliations
_BETWEEN = (
    rf"{_MARKS}(?:\s*[,;\uff0c\u3001]\s*(?:(?:&|{_AND})\s+)?|\s*&\s*|(?:\s+|(?<=\.)){_AND}\s+)"
)
_OTHERS = (
    r"(?:[,;]?\s+(?:and )?(?:et\.? al\b\.?|others\b)|[,;]?\s*(?:\.\.\.|\u2026)|[,\uff0c]?\s*\u7b49)"
)


Form = str  # the pattern of a list of names; long, so compiled only where it is needed
_compiled = cache(re.compile)


def _list_of(first: str, other: str | None = None) -> Form:
    return rf"{first}(?P<more>(?:{_BETWEEN}{other or first})*{_OTHERS}?)"


_ONE_INITIALS_LAST = rf"{_FAMILY}, ?{_DOTTED}{_SUFFIX}"
_ONE_INVERTED = rf"{_FAMILY}, {_GIVEN}(?: (?:{_PARTICLES})\b){{0,3}}"
# The forms of names.
_INITIALS_LAST = _list_of(_ONE_INITIALS_LAST)
_INITIALS_FIRST = _list_of(rf"{_DOTTED} ?{_FAMILY}{_SUFFIX}")
_INITIALS_TIGHT = _list_of(rf"{_FAMILY} {_TIGHT}")
_INVERTED = _list_of(_ONE_INVERTED, _FULL)
_EACH_INVERTED = _list_of(_ONE_INVERTED)
_LONE_INVERTED = rf"{_CAPITAL}[^\W\d_]+(?:-[^\W\d_]+)?, {_GIVEN} {_GIVEN}(?P<more>)"
_IN_FULL = _list_of(_FULL)
_ONE_DOTTED = rf"{_FAMILY} {_DOTTED}"
_INITIALS_DOTTED = rf"{_ONE_DOTTED}(?P<more>(?:{_BETWEEN}{_ONE_DOTTED})+{_OTHERS}?|{_OTHERS})"
_CHINESE = _list_of(r"[\u4e00-\u9fff]{2,4}")
_FAMILIES = rf"{_FAMILY}(?:, {_FAMILY})*(?P<more>{_OTHERS}|,?\s+(?:&|{_AND})\s+{_FAMILY})"
_ORGANISATIONS = rf"\b(?i:{'|'.join(map(re.escape, WORDS.items['organisations']))})\b"
_ORGANISATION_WORDS = frozenset(WORDS.items["organisations"])
_ANY_WORD = re.compile(r"\w+")
_LONGEST_ORGANISATION = 100  # characters in which the word for one stands
_JOINERS = "of|for|the|and|on|in|de|la|des|del|et|f\u00fcr|der|&"
# Its kind stands last, or before what it is of: World Ice Organization, Ministry of Ice
_ORGANISATION = (
    rf"(?=[^.,:(\n]{{0,80}}{_ORGANISATIONS}(?: (?:{_JOINERS}) | I{{1,3}}\b|[.,]|:? \())"
    rf"{_CAPITAL}[\w'\u2019-]*(?: (?:(?:{_JOINERS}) ){{0,2}}{_CAPITAL}[\w'\u2019-]*){{0,9}}"
    rf"(?:(?:, {_CAPITAL}\w*(?: {_CAPITAL}\w*)?){{1,3}},? (?:and|&) {_CAPITAL}\w*)?(?P<more>)"
)
# Before a year in brackets, where other entries have names: OpenAI (2023). Ann Lee (2019)
_LONE = rf"{_CAPITAL}[\w'\u2019&-]*(?: {_CAPITAL}[\w'\u2019&-]*){{0,3}}(?P<more>)"
_WITH_INITIALS = (_INITIALS_LAST, _INITIALS_FIRST, _INITIALS_TIGHT, _INITIALS_DOTTED)
_FORMS = (
    *_WITH_INITIALS, _INVERTED, _EACH_INVERTED, _LONE_INVERTED, _IN_FULL, _FAMILIES, _CHINESE,
)  # fmt: skip
_DISTINCT = frozenset({_INITIALS_LAST, _INITIALS_FIRST})  # which a single name is enough for
_LAST_FIRST = frozenset({_INVERTED, _EACH_INVERTED})
# Names before a colon, which the first words of a title may follow: Jane Doe, Ice Melt: A Study
_LAST_INITIALS = re.compile(
    rf"(?:^|[,&] |\b{_AND} ){_DOTTED} ?[^,;&.]+\Z|{_CAPITAL}\. .*(?:&|\b{_AND}) [^,;&]+\Z"
)
_MIDDLE = re.compile(rf"(?:^| ){_CAPITAL}\. ")

_YEAR = r"(?:19|20)\d\d[a-z]?"
# What names have in each form: a separator behind a capitalized word, or initials at the end.
_NAME = re.compile(
    rf"{_CAPITAL}[^\W\d_]*(?:[.,;\uff0c\uff0e]| and | ?&| et )"
    rf"| (?:{_CAPITAL}){{1,3}}(?:-{_CAPITAL})?\Z"
)
# A word with a small one behind it that stands in no name and joins none: `A title of it`.
_PHRASE = re.compile(rf"[^\W\d_]+ (?!(?:{_PARTICLES}|{_AND}|{_JOINERS}|others)\b)[{_SMALL}]")
_NO_NAME = re.compile(rf"(?:(?<!{_CAPITAL})(?<!\bal)\.)?[,\s]*\Z")
_NUMBERING = re.compile(
    r"[\s\W]*(?:\d{1,4}[\s.:)\]]+|(?<=\[)[^\W\d_][\w+-]{0,12}\d\d[a-z]?\]\s)?[\s\W]*"
)
# What stands between names and title.
_EDITORS = r"(?:,?\s*\([Ee]d(?:itor)?s?\.?\))?"
_DATE_IN_BRACKETS = re.compile(
    rf"{_EDITORS}[.,:]?\s*\([^()\n]{{0,30}}{_YEAR}[^()\n]{{0,20}}\)[.,:]?\s*"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_BARE_YEAR = re.compile(rf"{_EDITORS}[.,]?\s+{_YEAR}(?:, {_MONTH})?[.,:]\s+")
_QUOTE = re.compile(rf"[.,:]?\s*(?=[{QUOTES}])|[.,:]?\s+(?=['\u2018\u201a])")
_STOP = re.compile(
    r"(?:(?<=\.)|[.:])\s+|\uff0e\s*|:(?=[^\W\d_a-z])"
)  # Springer's style has a colon
_IN_QUOTES = rf"(?:[^{QUOTES}\n]|(?<=\s)[{QUOTES}][^{QUOTES}\n]{{1,80}}[{QUOTES}])"
_QUOTED = re.compile(
    rf"[{QUOTES}]{{1,2}}({_IN_QUOTES}{{3,300}}?)[.,]?[{QUOTES}]{{1,2}}"
    r"(?:(?=\W|\Z)|(?<=[\u300d\u300f\u300b]))(?!:)[.,]?"
)
_SINGLE_QUOTED = re.compile(r"['\u2018\u201a]([^\n]{3,300}?)[.,]?['\u2018\u2019](?=[,.]|\s*$)")
# Volume, issue and pages, which only a publication has.
_VOLUME = re.compile(
    rf"{_YEAR}(?: \w{{3,9}}\.?)?(?: \d{{1,2}})?; ?\d|\d ?\(\d+(?:[-\u2013]\d+)?\)"
    r"|\b(?:[Vv]ol|pp|no)\. ?\d|\d: ?[a-z]?\d|\d, \d+[-\u2013]\d"
)
_TYPE = re.compile(r"\[[A-Z](?:/[A-Z]{2})?\]")  # of a document, by GB/T 7714
_SENTENCE = re.compile(
    r"(?:[?!](?=[.\s]|$)|(?<=[^\W_][^\W_])(?<!\bvs)(?<!\bal)(?<!\bNo)\.(?=\s|$)"
    rf"|(?<=[)\]\"\u201d])\.|\s?{_TYPE.pattern}(?://)?\.?)"
)
# What Elsevier's style has: A title, with commas, Journal of Ice 12 (2020) 4-15
_JOURNAL = re.compile(
    rf",\s+([^\n]{{3,300}}?),\s+(?:[Ii]n:? )?[A-Z][^,\n]{{1,80}}?\s\d+\s\({_YEAR}\)"
)
# What stands behind a title: Ice Press. Geneva: World Ice Organization.
_PUBLISHER = re.compile(
    rf"{_CAPITAL}[\w'\u2019-]*(?:[:,]? (?:(?:{_JOINERS}) ){{0,2}}{_CAPITAL}[\w'\u2019-]*){{0,9}}"
    rf"(?:[,;]? \(?{_YEAR}\)?)?(?:\.|\Z)"
)
_DOI = re.compile(r"\b10\.\d{4,9}/")
_LONGEST_REFERENCE = 1500  # characters
_WORDS = 3  # of a title behind several names, at least
_WORDS_BEHIND_COLON = 2
_FEWEST_YEARS = 2  # behind the names of people, which tell how those of organisations stand
_TWO = 2  # names before a colon: the second may begin a title
_HAN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_QUOTED_WORDS = 3  # of a title in quotes behind a single name, at least


class _Reference(NamedTuple):
    """Where the names and the title of a reference stand, and where what follows begins."""

    names: tuple[int, int]
    title: tuple[int, int]
    end: int


class _Line(NamedTuple):
    """The first line of an entry: its segments, where each begins, and the text of all.

    `has_colon` says that a colon ends the names of other entries, `has_years` that a year in
    brackets does, and `has_lone` that a single name is enough before it, as most entries have one.
    """

    segments: list[Segment]
    starts: list[int]
    text: str
    has_colon: bool = False
    has_years: bool = False
    has_lone: bool = False


def mark_all(entries: Sequence[Sequence[Segment]]) -> list[list[Segment]]:
    """Mark the references of a list, in most of which a colon may end the names.

    Elsewhere what stands before it may be the beginning of a title: `Jane Doe, Ice Melt: A study`.
    """
    result = [mark(segments, has_colon=True) for segments in entries]
    lone = {number: name for number, one in enumerate(entries) if (name := _lone_name(one))}
    if not bylines.are_people([*lone.values()]):
        lone = {}
    colons = [number for number, segments in enumerate(result) if _has_colon(segments)]
    counts = [len(people.parts(result[number][0].raw)) for number in colons]
    named = len(colons) + len(lone)
    is_style = 2 * named > len(entries) and (named > 1 or max(counts) > _TWO)
    for number in () if is_style else colons:
        result[number] = mark(entries[number])
    for number in lone if is_style else ():
        result[number] = mark(entries[number], has_colon=True, has_lone=True)
    years = sum(map(_has_year, result))
    if years < _FEWEST_YEARS:
        return result
    has_lone = 3 * years > len(entries)
    return [
        one if _is_marked(one) else mark(entries[number], has_years=True, has_lone=has_lone)
        for number, one in enumerate(result)
    ]


def _lone_name(segments: Sequence[Segment]) -> str | None:
    """Return the name of one person before the colon of an entry: `Jane Doe: A title of it`."""
    text = segments[0].text if segments and segments[0].kind == "text" else ""
    name, colon, _ = text.partition(": ")
    return name if colon and people.shape(name) == "person" else None


def _is_marked(segments: Sequence[Segment]) -> bool:
    return any(segment.kind == "cited" for segment in segments[:3])


def _has_year(segments: Sequence[Segment]) -> bool:
    """Return True for a reference with a year in brackets between its names and its title."""
    if len(segments) < 2 or not _is_marked(segments):
        return False
    return _DATE_IN_BRACKETS.match(segments[1].raw) is not None


def _has_colon(segments: Sequence[Segment]) -> bool:
    """Return True for a reference with a colon between its names and its title."""
    return any(segment.kind == "cited" and segment.gap[:1] == ":" for segment in segments[:2])


def mark(
    segments: Sequence[Segment],
    *,
    has_colon: bool = False,
    has_years: bool = False,
    has_lone: bool = False,
) -> list[Segment]:
    """Return segments with the names and title of a reference as one each, if they are one."""
    head = segments[:3]  # a number, names, and what stands behind them
    if all(segment.kind != "text" for segment in head):
        return list(segments)
    text = "".join([f"{segment.gap}{segment.raw}" for segment in head])
    may_be_lone = has_lone or (" (" in text and _has_organisation(text))
    if not (may_be_lone or _NAME.search(text)):
        return list(segments)
    line = _Line(*_first_line(segments), has_colon, has_years, has_lone)
    reference = _find(line) if len(line.text) <= _LONGEST_REFERENCE else None
    if reference is None:
        return list(segments)
    (first, last), (begin, end) = reference.names, reference.title
    result = [Segment("people", line.text[first:last], 0, "", line.text[:first])]
    if any(map(str.isdigit, line.text[last:begin])):
        date = line.text[last:begin].rstrip(" .,:") + " "  # a number before a colon is no year
        result.append(Segment("brackets", date, 0, ""))
        last = begin
    result.append(Segment("cited", line.text[begin:end], 0, ".", line.text[last:begin]))
    below = (segment for segment in segments if segment.line)
    return [*result, *_rest(line, reference.end), *below]


def read(text: str) -> tuple[str, str] | None:
    """Return the names and the title of a text that is a reference as a whole, None for others."""
    if len(text) > _LONGEST_REFERENCE or not _NAME.search(text):
        return None
    reference = _find(_Line([], [], text))
    if reference is None:
        return None
    (first, last), (begin, end) = reference.names, reference.title
    return text[first:last], text[begin:end].strip()


def _first_line(segments: Iterable[Segment]) -> tuple[list[Segment], list[int], str]:
    """Return the segments of the first line, where each begins, and the text of all."""
    line, starts, text = [segment for segment in segments if segment.line == 0], [], ""
    for segment in line:
        text += segment.gap
        starts.append(len(text))
        text += segment.raw
    return line, starts, text


def _rest(line: _Line, end: int) -> Iterator[Segment]:
    """Yield the segments behind the title of a reference, without the part that is before `end`."""
    for segment, start in zip(line.segments, line.starts, strict=True):
        if start >= end:
            yield segment
        elif segment.link is None and start + len(segment.raw) > end:
            yield Segment("text", segment.raw[end - start :], 0, ".")


def _find(line: _Line) -> _Reference | None:
    """Return where names and title stand, None for no reference; the longest names come first."""
    text, first = line.text, 0
    if lead := _NUMBERING.match(text):
        first = lead.end()
    if _PHRASE.match(text, first):  # as most titles
        return _behind_others(text, first)
    is_of_organisation = _has_organisation(text[first : first + _LONGEST_ORGANISATION])
    forms = (*_FORMS, _ORGANISATION) if is_of_organisation else _FORMS
    forms = (*forms, _LONE) if line.has_lone and line.has_years else forms
    names = [(form, match) for form in forms if (match := _compiled(form).match(text, first))]
    for form, match in sorted(names, key=lambda pair: -pair[1].end()):
        text_of_names = match[0].title() if form in _LAST_FIRST else match[0]  # DOE, Jane
        are_odd = not _shapes(text_of_names).isdisjoint({"none", "odd"})
        is_organisation = form in {_ORGANISATION, _LONE}
        if is_organisation and line.segments and line.segments[0].link:
            continue
        if are_odd and not (is_organisation or _has_initials(form, match)):
            continue
        is_sure = (
            line.has_years or form in _DISTINCT or form in _LAST_FIRST or _is_surrounded(match)
        )
        title = _quoted(text, match.end(), 1 if is_sure else _QUOTED_WORDS)
        is_clear = _needs_no_quotes(line, form, match) or _has_marked_title(line, form, match)
        if title is None and is_clear:
            title = _unquoted(line, match, form)
        if title is not None:
            return _Reference(match.span(), title[:2], title[2])
    return _behind_others(text, first)


def _has_organisation(text: str) -> bool:
    """Return True for a text with the word for an organisation: the pattern takes much longer."""
    return not _ORGANISATION_WORDS.isdisjoint(_ANY_WORD.findall(text.lower()))


def _has_initials(form: Form, names: re.Match[str]) -> bool:
    return form in _WITH_INITIALS or _MIDDLE.search(names[0]) is not None


def _is_surrounded(names: re.Match[str]) -> bool:
    """Return True if names are several, or the volume and pages of a journal stand behind them."""
    return bool(names["more"]) or _VOLUME.search(names.string, names.end()) is not None


def _needs_no_quotes(line: _Line, form: Form, names: re.Match[str]) -> bool:
    """Return True if names are told from a title behind them without quotes."""
    if form in _DISTINCT or (line.has_lone and form is _IN_FULL):
        return True
    if form in _FURTHER_TESTS:
        return _FURTHER_TESTS[form](line, names)
    is_dated = _DATE_IN_BRACKETS.match(names.string, names.end()) is not None
    if form in _LAST_FIRST and is_dated:
        return True
    if _has_initials(form, names):
        return form is _IN_FULL or _is_surrounded(names)
    has_year = _BARE_YEAR.match(names.string, names.end()) is not None
    if names["more"]:
        may_be_sentence = form is _IN_FULL or _has_others(names)
        is_sentence = may_be_sentence and _STOP.match(names.string, names.end()) is not None
        return is_dated or has_year or is_sentence
    return has_year and _VOLUME.search(names.string, names.end()) is not None


def _has_marked_title(line: _Line, form: Form, names: re.Match[str]) -> bool:
    """Return True for a name and a year with a marked title behind it: `Doe, Jane. 2020. *Ice*`."""
    is_inverted = form in _LAST_FIRST or form is _LONE_INVERTED
    year = _BARE_YEAR.match(line.text, names.end()) if is_inverted else None
    starts = zip(line.segments, line.starts, strict=True)
    return year is not None and any(
        segment.kind in {"emphasis", "strong"} and start == year.end() for segment, start in starts
    )


def _is_author(line: _Line, organisation: re.Match[str]) -> bool:
    """Return True for an organisation, which may be the title: `The Society of Mind (1986). Doe.`.

    What is behind the year is a marked title, or a publisher or a venue is behind that, or years
    are behind the names of other entries.
    """
    text, end = organisation.string, organisation.end()
    between = _DATE_IN_BRACKETS.match(text, end) or _BARE_YEAR.match(text, end)
    if between and between[0].rstrip()[-1:] == ",":  # A Title (2015), Jane Doe
        return False
    if between is None:  # a publisher and a year are behind the title
        return re.search(rf"[,;:] ?{_YEAR}", text[end:]) is not None
    start = between.end()
    title = _SENTENCE.split(text[start:], 1)[0]
    if _shapes(title) <= {"person", "family", "initials", "others"}:
        return False
    marks = {"emphasis", "strong", "link"}
    pairs = [*zip(line.segments, line.starts, strict=True)]
    if line.has_years or any(one.kind in marks and at == start for one, at in pairs):
        return True
    links = (at for one, at in pairs if one.link is not None and at > start)
    behind = text[_end(line, start)[1] : next(links, None)].strip()
    return _PUBLISHER.match(behind) is not None or _VOLUME.search(behind) is not None


def _has_type(_: _Line, names: re.Match[str]) -> bool:
    """Return True if the type of a document stands behind its title, by GB/T 7714."""
    return _TYPE.search(names.string, names.end()) is not None


def _has_year_behind(line: _Line, name: re.Match[str]) -> bool:
    """Return True for an organisation with a year in brackets behind it."""
    is_dated = _DATE_IN_BRACKETS.match(name.string, name.end()) is not None
    return is_dated and _is_author(line, name)


_FURTHER_TESTS = {_ORGANISATION: _is_author, _LONE: _has_year_behind, _CHINESE: _has_type}


def _behind_others(text: str, first: int) -> _Reference | None:
    """Return where names of any form stand, if a title in quotes is all that is behind them."""
    quote = text.find('"', first)
    names = _NO_NAME.sub("", text[first : max(quote, first)])
    if "," not in names:
        return None
    shapes = _shapes(names)
    if "none" in shapes or shapes.isdisjoint({"person", "others"}):
        return None
    title = _quoted(text, first + len(names), _QUOTED_WORDS)
    return title and _Reference((first, first + len(names)), title[:2], title[2])


def _shapes(text: str) -> set[people.Shape]:
    """Return what stands between the commas of a text looks like."""
    return {part.shape for part in people.parts(text)}


def _quoted(text: str, at: int, words: int) -> tuple[int, int, int] | None:
    """Return where a title in quotes behind names begins and ends, and where what follows begins.

    It has so many words at least: a nickname has fewer.
    """
    for between in (_DATE_IN_BRACKETS, _BARE_YEAR, _QUOTE):
        match = between.match(text, at)
        start = match.end() if match else at
        quoted = match and (_QUOTED.match(text, start) or _SINGLE_QUOTED.match(text, start))
        if quoted and _count(quoted[1]) >= words:
            return quoted.start(1), quoted.end(1), quoted.end()
    return None


def _unquoted(line: _Line, names: re.Match[str], form: Form) -> tuple[int, int, int] | None:
    """Return where a title without quotes begins and ends, and where what follows begins."""
    for between in (_DATE_IN_BRACKETS, _BARE_YEAR, _STOP):
        if match := between.match(line.text, names.end()):
            break
    else:
        return _before_journal(line.text, names, form)
    end, rest = _end(line, match.end())
    title = line.text[match.end() : end]
    is_sure = between is not _STOP or (form is _ORGANISATION and not is_edition(title))
    if not any(map(str.isalpha, title)) or (is_fact(title) and not is_sure):
        return None
    is_published = _is_published(names, form, line.text[rest:])
    is_phrase = _is_phrase(match[0], title, 1 if is_published else _WORDS)
    if form is _FAMILIES and not is_phrase:
        return None
    is_certain = is_phrase and (is_published or _are_certain(names, form, line.text[rest:]))
    if form is _IN_FULL and ":" in match[0]:
        has_initials = _LAST_INITIALS.search(names[0]) is not None
        are_people = _shapes(names[0]) <= {"person", "others"}
        is_certain = is_phrase and (has_initials or (line.has_colon and are_people))
    if between is _STOP and not is_certain:
        is_lone = form is _INITIALS_FIRST and not names["more"]  # E. coli, A. Introduction
        has_doi = form is _INITIALS_LAST and _DOI.search(line.text, rest) is not None
        if is_lone or not (has_doi or _VOLUME.search(line.text, rest)):
            return None
    length = _length(title)
    return match.end(), match.end() + length, rest if length == len(title) else match.end() + length


def _length(title: str) -> int:
    """Return how long a title is without the venue and date behind its last commas."""
    head, _, tail = title.rpartition(", ")
    is_behind = head and (is_fact(tail) or tail.startswith("J. "))
    return _length(head) if is_behind else len(title)


def _before_journal(text: str, names: re.Match[str], form: Form) -> tuple[int, int, int] | None:
    """Return where a title between commas stands: `J. Doe, A. Roe, A title, Ice 12 (2020) 4-15`."""
    title = _JOURNAL.match(text, names.end()) if form is _INITIALS_FIRST else None
    return (title.start(1), title.end(1), title.end(1)) if title and names["more"] else None


def _are_certain(names: re.Match[str], form: Form, rest: str) -> bool:
    """Return True for names that need no volume behind their title.

    They are several with initials, or three in full with a date behind the title.
    """
    if form is _IN_FULL:  # Melting Ice and Falling Snow. What winters do (2020).
        has_middle = _MIDDLE.search(names[0]) is not None
        are_many = names["more"].count(",") > 1 and re.search(_YEAR, rest) is not None
        return has_middle or are_many
    return form is _ORGANISATION or (form in _WITH_INITIALS and bool(names["more"]))


def _has_others(names: re.Match[str]) -> bool:
    return _compiled(rf"{_OTHERS}\Z").search(names[0]) is not None


def _is_published(names: re.Match[str], form: Form, rest: str) -> bool:
    """Return True for names that are no title, if a venue and its year are behind the title."""
    is_list = form is _IN_FULL or form in _WITH_INITIALS
    are_names = _has_others(names) or (is_list and bool(names["more"]))
    return are_names and is_edition(_STOP.split(rest.strip(), 1)[0].rstrip("."))


def _is_phrase(stop: str, title: str, least: int) -> bool:
    """Return True for the words of a title behind a separator: two behind a colon, or `least`."""
    is_apart = stop.strip()[-1:] in {".", ",", ":"} or title[:1].isupper()
    return is_apart and _count(title) >= (_WORDS_BEHIND_COLON if ":" in stop else least)


def _count(title: str) -> int:
    """Return the number of words of a title; of characters in a script without blanks."""
    return len(title if _HAN.search(title) else title.split())


def _end(line: _Line, title: int) -> tuple[int, int]:
    """Return where a title ends that begins at a place, and where what follows begins.

    It is one whole mark, or a sentence before the next one. The label of a link is none.
    """
    last = len(line.text)
    for segment, start in zip(line.segments, line.starts, strict=True):
        end = start + len(segment.raw)
        is_marked = segment.kind in {"emphasis", "strong", "link", "code"}
        if is_marked and start <= title < end:
            is_label = segment.link is not None and segment.link.generic
            return (title, title) if is_label else (end, end)
        if is_marked and start > title:
            last = start
            break
    stop = _SENTENCE.search(line.text, title, last)
    if stop is None:
        return last, last
    return stop.start() + (line.text[stop.start()] in "?!"), stop.end()
