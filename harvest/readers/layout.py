"""The layouts of a list: which segments of its entries are title, authors and date.

A list has one style or a few, kept for many entries. Entries of one signature (their kinds of
segments, in order) are one layout. What its segments look like in all of its entries, and in all
entries of the list, says which of them is what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from harvest import dates, models
from harvest.readers import citations, people
from harvest.readers.segments import LINES, Segment, date_of, joined
from harvest.readers.templates import Template, shape_of

SegmentKey = tuple[str, int, int]  # kind, line, how many of its kind stand before it there
Signature = tuple[SegmentKey, ...]
_Keyed = list[tuple[SegmentKey, Segment]]

_SEGMENTS = 16
_PHRASE = 0.4  # of a title: what is too short for one
_PRIORS = {
    "paper": 0.6, "quotation": 0.4, "other": 0.45, "strong": 0.35, "text": 0.15, "emphasis": 0.1,
    "code": -0.5, "brackets": -0.3, "label": -9.0, "cited": 9.0, "people": -9.0,
}  # fmt: skip
_LATER = 0.12  # less for each segment before it
_BELOW = 0.25  # less on a line below the first one, behind names
_CITATION = 0.35  # more on such a line behind names, if it has the words of titles
_WORDS_OF_TITLE = 4  # on average, more, and more than what stands first
_DESCRIBES = 0.8  # less on such a line without names
_BEHIND = 0.8  # less behind the label of a link that names something
_FIRST_OF_NO_PAPER = 0.5  # more: what stands behind it describes
_LEAST = 0.5
_PRIOR_COUNT = 3  # entries that the evidence of the whole list counts for
_MOST = 0.5  # of the entries
_FEWEST = 20  # entries of which a tenth says something
_PROSE = 60  # words: more, below the first line, describe
_EXAMPLES = 3
_NAME_WORDS = 3  # of a name before a title, fewer
_SHORT_WORD = 4  # characters of `with`, `from`
_GROUP = 4  # words of its name, fewer
_LINKS = frozenset({"label", "paper", "other"})
_HAS_DATE = re.compile(r"\d\d|[aA][gG][oO]")


class Description(NamedTuple):
    """What a list says of a work."""

    title: str | None = None
    authors: str | None = None
    date: str | None = None


class Evidence:
    """What the segments at one place look like, over some entries."""

    __slots__ = ("count", "names", "phrases", "texts", "titles", "words")

    def __init__(self) -> None:
        self.count = 0
        self.titles = 0
        self.phrases = 0  # that may be titles: words
        self.names = 0
        self.words = 0
        self.texts: set[str] = set()

    def add(self, segment: Segment) -> None:
        """Count a segment."""
        look = segment.look
        self.count += 1
        self.titles += look == "title"
        self.phrases += look == "word"
        self.names += look == "names"
        self.words += segment.words
        self.texts.add(segment.text)

    def merge(self, other: Evidence) -> None:
        """Count the segments of another place."""
        self.count += other.count
        self.titles += other.titles
        self.phrases += other.phrases
        self.names += other.names
        self.words += other.words
        self.texts |= other.texts

    @property
    def title(self) -> float:
        """How many titles the segments are worth."""
        return self.titles + _PHRASE * self.phrases

    @property
    def repetition(self) -> float:
        """The part of the segments whose text stands elsewhere, too."""
        return 1 - len(self.texts) / self.count if self.count > _PRIOR_COUNT else 0.0


class Roles(NamedTuple):
    """Which keys of a signature are what; None where there is nothing of the kind."""

    title: int | None
    authors: frozenset[SegmentKey]
    names: frozenset[SegmentKey]  # where names are authors if nothing speaks against it
    support: int  # entries
    is_set: bool = False  # by hand

    @property
    def certain_authors(self) -> frozenset[SegmentKey] | None:
        """The keys of the authors if they were set, or are those of a reference."""
        if self.is_set:
            return self.authors
        return frozenset(key for key in self.authors if key[0] == "people") or None


class Layouts:
    """The layouts of a list, learned from all of its entries."""

    def __init__(self, entries: Sequence[list[Segment]]) -> None:
        entries = [citations.mark(segments) for segments in entries]
        self.has_dashes = 3 * sum(map(_has_dash, entries)) > len(entries) > _PRIOR_COUNT
        self.entries = [self._phrases(segments) for segments in entries]
        self.keyed = [keys(segments) for segments in self.entries]
        self.signatures = [tuple([key for key, _ in keyed]) for keyed in self.keyed]
        self.evidence: dict[SegmentKey, Evidence] = {}
        groups = self._group()
        self.layouts = {signature: self._layout(signature, g) for signature, g in groups.items()}
        self.own: dict[int, Roles] = {}  # by the number of the entry, where they were set

    def _group(self) -> dict[Signature, list[Evidence]]:
        """Return the evidence of each layout by segment, and gather that of each key."""
        groups: dict[Signature, list[Evidence]] = {}
        for signature, keyed in zip(self.signatures, self.keyed, strict=True):
            if signature not in groups:
                groups[signature] = [Evidence() for _ in keyed]
            for evidence, (_, segment) in zip(groups[signature], keyed, strict=True):
                evidence.add(segment)
        for signature, group in groups.items():
            is_reference = any(key[0] == "cited" for key in signature)
            for key, evidence in zip(signature, group, strict=True):
                pool = self.evidence.setdefault(key, Evidence())
                if not is_reference or key[0] in {"people", "cited"}:
                    pool.merge(evidence)  # what stands behind a title tells of no other entry
        return groups

    def set(self, templates: Sequence[Template], sections: Sequence[Sequence[str]]) -> None:
        """Set the layouts of the entries that fit a template; the first that fits counts."""
        for number, keyed in enumerate(self.keyed):
            shape = shape_of((kind, line) for (kind, line, _), _ in keyed)
            fitting = (one for one in templates if one.fits(shape, sections[number]))
            template = next(fitting, None)
            if template:
                authors = frozenset(keyed[index][0] for index in template.authors)
                self.own[number] = Roles(template.title, authors, frozenset(), 0, is_set=True)

    def _roles(self, number: int) -> Roles:
        """Return the layout of an entry by its number."""
        return self.own.get(number) or self.layouts[self.signatures[number]]

    def _phrases(self, segments: list[Segment]) -> list[Segment]:
        """Return segments with the phrases whole that hold a dash, if dashes separate nothing."""
        if self.has_dashes or not _has_dash(segments):
            return segments
        result = segments[:1]
        for segment in segments[1:]:
            if _is_dash(result[-1], segment):
                result[-1] = joined(result[-1], segment)
            else:
                result.append(segment)
        return result

    def _layout(self, signature: Signature, group: list[Evidence]) -> Roles:
        scores = [self._title_score(signature, index, group) for index in range(len(group))]
        best = max(range(len(scores)), key=lambda index: (scores[index], -index), default=None)
        title = best if best is not None and scores[best] >= _LEAST else None
        authors, names = set(), set()
        for index, key in enumerate(signature):
            if index == title or key[0] in _LINKS:
                continue
            pool = self.evidence[key]
            share = _blend(group[index].names, group[index].count, pool.names, pool.count)
            if key[0] == "people" or (share >= _MOST and pool.count > _PRIOR_COUNT):
                authors.add(key)
            if pool.names * 10 >= pool.count or pool.count < _FEWEST:
                names.add(key)
        return Roles(title, frozenset(authors), frozenset(names), group[0].count if group else 0)

    def _title_score(self, signature: Signature, index: int, layout: list[Evidence]) -> float:
        """Return how much speaks for a segment of a layout as its title."""
        key, group = signature[index], layout[index]
        kind, line, _ = key
        pool = self.evidence[key]
        score = _blend(group.title, group.count, pool.title, pool.count) + _PRIORS[kind]
        before = [other[0] for other in signature[:index] if other[1] == line]
        score -= _LATER * len([other for other in before if other != "label"])
        if line:
            has_names = self._has_names(signature[:index], line)
            is_long = group.words > max(layout[0].words, _WORDS_OF_TITLE * group.count)
            is_citation = has_names and is_long and pool.words > _WORDS_OF_TITLE * pool.count
            score += _CITATION if is_citation else -_BELOW if has_names else -_DESCRIBES
        if {"paper", "other"} & {other[0] for other in signature[:index]}:
            score -= _BEHIND
        papers = {other[0] for other in signature} & {"label", "paper"}
        if not papers and index == 0:
            score += _FIRST_OF_NO_PAPER
        return score - pool.repetition / 2

    def _has_names(self, keys_before: Signature, line: int) -> bool:
        """Return True if names stand in a line before a segment of it, in most entries."""
        pools = [self.evidence[key] for key in keys_before if key[1] == line]
        return any(pool.names >= _MOST * pool.count for pool in pools)

    def describe(self, number: int) -> Description:
        """Return title, authors and date of an entry by its number, from 0, by its layout."""
        segments, keyed, layout = self.entries[number], self.keyed[number], self._roles(number)
        if layout.title is None:
            return Description()
        title = keyed[layout.title][1]
        if not _is_title(title, layout):
            return Description(date=_date(segments, None))
        following = None if layout.is_set else _following(keyed, layout.title)
        if following is None:
            return Description(title.title, _authors(keyed, title, layout), _date(segments, title))
        date = _date(segments, following)
        if title.look == "names":
            return Description(following.title, title.plain, date)
        if following.link is not None:
            return Description(following.title, _authors(keyed, following, layout), date)
        rest, names = following.title, None
        if self._names_behind_subtitles:
            rest, names = _without_names(rest)
        whole = f"{title.title}: {rest}"
        return Description(whole, names or _authors(keyed, following, layout), date)

    @cached_property
    def _names_behind_subtitles(self) -> bool:
        """True if names stand behind most titles such as `[BERT](...): A Title of It, Jane Doe`."""
        subtitles = []
        for number, keyed in enumerate(self.keyed):
            title = self._roles(number).title
            following = None if title is None else _following(keyed, title)
            if following is not None and following.link is None and keyed[title or 0][1].link:
                subtitles.append(following.title)
        named = [text for text in subtitles if _without_names(text)[1]]
        return len(named) > max(_PRIOR_COUNT, _MOST * len(subtitles))

    def describe_bare(self, segments: list[Segment]) -> Description | None:
        """Return what an item without links says, if it begins like several items with links.

        It is None where no layout begins so, or where title, authors or date is missing.
        """
        keyed = keys(self._phrases(segments))
        signature = tuple([key for key, _ in keyed])
        lengths = range(len(signature), 0, -1)
        layout = next(filter(None, (self._bare.get(signature[:it]) for it in lengths)), None)
        if layout is None or layout.title is None:
            return None
        title = keyed[layout.title][1]
        authors, date = _authors(keyed, title, layout), _date(segments, title)
        if title.look != "title" or not (authors and date):
            return None
        return Description(title.title, authors, date)

    @cached_property
    def _bare(self) -> dict[Signature, Roles]:
        """The layouts of several entries by how they begin, up to title and authors, unlinked."""
        result: dict[Signature, Roles] = {}
        for signature, layout in self.layouts.items():
            bare = tuple(key for key in signature if key[0] not in _LINKS)
            title = None if layout.title is None else signature[layout.title]
            if title not in bare or layout.support <= _PRIOR_COUNT:
                continue
            index = bare.index(title)
            last = max([index, *(bare.index(key) for key in layout.authors)])
            roles = layout._replace(title=index)
            beginning = bare[: last + 1]
            result[beginning] = max(result.get(beginning, roles), roles, key=_support)
        return result

    def templates(self) -> list[models.Layout]:
        """Return the layouts as lines of template, the commonest first."""
        examples: dict[tuple[str, bool], list[str]] = {}
        support: dict[tuple[str, bool], int] = {}
        for number, keyed in enumerate(self.keyed):
            layout = self._roles(number)
            line = _template(keyed, layout), layout.is_set
            support[line] = support.get(line, 0) + 1
            shown = examples.setdefault(line, [])
            if len(shown) < _EXAMPLES:
                shown.append("".join(f"{one.gap}{one.raw}" for _, one in keyed).strip())
        order = sorted(support, key=lambda line: (-support[line], line))
        count = len(self.keyed)
        return [
            models.Layout(line[0], support[line], count, tuple(examples[line]), is_set=line[1])
            for line in order
        ]


def _support(layout: Roles) -> int:
    return layout.support


_FRAMES = {"strong": "**{}**", "emphasis": "*{}*", "code": "`{}`", "brackets": "({})"}


_SHOWN = frozenset(",.;:")  # separators


def _template(keyed: _Keyed, layout: Roles) -> str:
    """Return the segments of an entry as a line, each by what it is."""
    parts: list[str] = []
    line = 0
    for index, (key, segment) in enumerate(keyed):
        if segment.line > line:
            line = segment.line
            parts.append("/")
        if parts and segment.before in _SHOWN:
            parts[-1] += segment.before
        name = "TITLE" if index == layout.title else _role(key, segment, layout)
        if segment.link is not None:
            parts.append(
                f"[[{segment.text}]](\u2026)" if key[0] == "label" else f"[{name}](\u2026)"
            )
        else:
            parts.append(_FRAMES.get(segment.kind, "{}").format(name))
    return " ".join(["-", *parts])


def _role(key: SegmentKey, segment: Segment, layout: Roles) -> str:
    if key in layout.authors or (key in layout.names and segment.look == "names"):
        return "AUTHORS"
    if segment.look != "fact":
        return "TEXT"
    if date_of(segment.text) is None:
        return "VENUE"
    return "VENUE DATE" if any(map(str.isalpha, segment.text)) else "DATE"


def _has_dash(segments: Sequence[Segment]) -> bool:
    """Return True if a dash stands in the first line between two phrases that may be one."""
    pairs = pairwise(segments)
    return any(second.before == "-" and _is_dash(first, second) for first, second in pairs)


def _is_dash(first: Segment, second: Segment) -> bool:
    if first.line or second.line or second.before != "-" or "|" in second.gap:
        return False
    phrases = first.kind == second.kind == "text"
    return phrases and {first.look, second.look} <= {"title", "word"}


def _blend(total: float, count: int, pooled: float, pool: int) -> float:
    """Return a mean over a layout, smoothed by that over the list."""
    prior = pooled / pool if pool else 0.0
    return (total + _PRIOR_COUNT * prior) / (count + _PRIOR_COUNT)


def keys(segments: Sequence[Segment]) -> _Keyed:
    """Return the segments that make a layout, each with its key.

    Links that name only their kind are one, and numbers are none.
    """
    result: _Keyed = []
    counts: dict[tuple[int, str], int] = {}
    for segment in segments:
        if segment.line >= LINES or len(result) == _SEGMENTS:
            break
        look, kind = segment.look, str(segment.kind)
        if look == "number" or (look == "none" and segment.link is None):
            continue
        if segment.link is not None:
            kind = "label" if look == "label" else segment.link.role
            kind = kind if kind in {"label", "paper"} else "other"
        if kind == "label" and result and result[-1][0][0] == "label":
            continue
        nth = counts.get((segment.line, kind), 0)
        counts[segment.line, kind] = nth + 1
        result.append(((kind, segment.line, nth), segment))
    return result


def _is_title(segment: Segment, layout: Roles) -> bool:
    """Return True if a segment may be a title. Plain words are one by their place alone."""
    if layout.is_set:
        return True
    if segment.look in {"fact", "label", "number", "none"}:
        return False
    if segment.link is not None and people.shape(segment.text) == "others":  # `Doe et al.`
        return False
    if segment.kind != "text" or segment.look == "title" or layout.support > _PRIOR_COUNT:
        return True
    return segment.words > 1 and layout.title == 0


def _following(keyed: _Keyed, index: int) -> Segment | None:
    """Return the title if it stands right behind what looks like one: names, or a short name.

    - Jane Doe and John Roe, [A title of it](...)
    - [BERT](...): [A title of it](...)
    - [BERT](...): A Title of It
    """
    title = keyed[index][1]
    after = keyed[index + 1][1] if index + 1 < len(keyed) else None
    if after is None or after.line != title.line or after.look != "title":
        return None
    if title.link is None:
        is_behind = after.link is not None or (after.kind == "text" and after.before in {",", "."})
        return after if title.look == "names" and is_behind else None
    if title.link.role != "paper" and after.link is None:
        return None  # the description of a tool
    is_name = title.words < _NAME_WORDS and after.before == ":"
    return after if is_name and (after.link or _is_headline(after.text)) else None


def _without_names(text: str) -> tuple[str, str | None]:
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
    """Return True if over three quarters of the longer words begin with a capital."""
    words = [word for word in text.split() if len(word) > _SHORT_WORD]
    return sum(word[0].isupper() for word in words) * 4 > len(words) * 3


def _authors(keyed: _Keyed, title: Segment, layout: Roles) -> str | None:
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
    return citation


def _authors_at(keyed: _Keyed, index: int, title: Segment, layout: Roles) -> str | None:
    """Return the authors in a segment: where the layout or `by` has them, or behind the title."""
    key, segment = keyed[index]
    sure, by = key in layout.authors, segment.before == "by"
    if sure or by or (key in layout.names and segment.look == "names"):
        names = _names(keyed, index, sure=sure, least=1 if sure or by else 2)
        return segment.plain if sure and not names and _is_group(segment) else names
    is_behind_title = index > 0 and keyed[index - 1][1] is title
    if is_behind_title and _may_be_person(keyed, index):
        return _names(keyed, index, sure=False, least=1)
    return None


def _may_be_person(keyed: _Keyed, index: int) -> bool:
    """Return True for emphasis, or a name alone between full stops (`A title. Jane Doe. ICML`)."""
    segment = keyed[index][1]
    if segment.kind == "emphasis":
        return True
    after = keyed[index + 1][1] if index + 1 < len(keyed) else None
    is_sentence = (
        segment.kind == "text" and segment.before == "." and people.shape(segment.plain) == "person"
    )
    return is_sentence and after is not None and after.before == "." and after.look == "fact"


def _is_group(segment: Segment) -> bool:
    """Return True for a group of authors: `NLLB Team`."""
    is_short = segment.look == "word" and 0 < segment.words < _GROUP
    return is_short and segment.kind == "emphasis" and segment.text[:1].isupper()


def _names(keyed: _Keyed, index: int, *, sure: bool, least: int) -> str | None:
    """Return the names in a segment, with those that go on in the next."""
    segment = keyed[index][1]
    text = people.plain_names(segment.plain)
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
    return dates.find(whole) or next(filter(None, map(date_of, texts)), None)


def _date(segments: Sequence[Segment], title: Segment | None) -> str | None:
    """Return the date of an entry: behind its title or before it, else in the label of a link.

    Short lines below count as well, unless a date stands before the title: they may describe.
    """
    at = next((index for index, segment in enumerate(segments) if segment is title), -1)
    line = segments[at].line if at >= 0 else 0
    before = _find_date(segments[: max(at, 0)])
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
    return next(filter(None, map(date_of, labels)), None)
