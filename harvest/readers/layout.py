"""The layouts of a list: which segments of its entries are title, authors and date.

A list has one style or a few, kept for many entries. Entries of one signature (their kinds of
segments, in order) are one layout. What its segments look like in all of its entries, and in all
entries of the list, says which of them is what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from harvest import models
from harvest.readers import bylines, citations, description, people
from harvest.readers.description import Description
from harvest.readers.evidence import learn
from harvest.readers.looks import date_of
from harvest.readers.segments import Segment, joined, segments
from harvest.readers.signature import LINKS, PRIOR_COUNT, Keyed, Roles, SegmentKey, Signature, keys
from harvest.readers.templates import Template, shape_of

_MOST = 0.5  # of the entries
_EXAMPLES = 3
_FRAMES = {"strong": "**{}**", "emphasis": "*{}*", "code": "`{}`", "brackets": "({})"}
_SHOWN = frozenset(",.;:")  # separators
# What a label has that names people, and one that is sure to do so.
_MAY_NAME = re.compile(r"[,;&]|\b(?:and|by|al)\b")
_MAY_CITE = re.compile(r"\bal\b|\b(?:others|(?:19|20)\d\d)\b|[\"\u201c\u2026]|\.\s")


class Layouts:
    """The layouts of a list, learned from all of its entries."""

    def __init__(self, entries: Sequence[list[Segment]]) -> None:
        self._marked = citations.mark_all(entries)
        self.has_dashes = 3 * sum(map(_has_dash, self._marked)) > len(entries) > PRIOR_COUNT
        self.entries = [self._phrases(segments) for segments in self._marked]
        self.keyed = [keys(segments) for segments in self.entries]
        signatures = [tuple([key for key, _ in keyed]) for keyed in self.keyed]
        self.layouts = learn(signatures, self.keyed)
        self.roles = [self.layouts[signature] for signature in signatures]  # of each entry

    def set(self, templates: Sequence[Template], sections: Sequence[Sequence[str]]) -> None:
        """Set the layouts of the entries that fit a template; the first that fits counts."""
        for number, keyed in enumerate(self.keyed):
            shape = shape_of((kind, line) for (kind, line, _), _ in keyed)
            fitting = (one for one in templates if one.fits(shape, sections[number]))
            template = next(fitting, None)
            if template:
                authors = frozenset(keyed[index][0] for index in template.authors)
                self.roles[number] = Roles(template.title, authors, frozenset(), 0, is_set=True)

    def _phrases(self, segments: list[Segment]) -> list[Segment]:
        """Return segments with the phrases whole that hold a dash, if dashes separate nothing."""
        if self.has_dashes or not _has_dash(segments):
            return segments
        result = segments[:1]
        for segment in segments[1:]:
            if _is_dash(result[-1], segment) and not self._is_author(segment):
                result[-1] = joined(result[-1], segment)
            else:
                result.append(segment)
        return result

    def _is_author(self, segment: Segment) -> bool:
        """Return True for one person behind a dash, where other entries have several."""
        is_person = people.shape(segment.plain) == "person"
        return is_person and self._has_names_behind_dashes

    @cached_property
    def _has_names_behind_dashes(self) -> bool:
        return sum(map(_has_names_behind_dash, self._marked)) > PRIOR_COUNT

    def describe(self, number: int) -> Description:
        """Return title, authors and date of an entry by its number, from 0, by its layout."""
        segments, keyed, layout = self.entries[number], self.keyed[number], self.roles[number]
        if layout.title is None:
            names_paper = any(one.link and one.link.role == "paper" for one in segments)
            return Description(date=description.date(segments, None) if names_paper else None)
        title = keyed[layout.title][1]
        if not description.is_title(title, layout):
            return Description(date=description.date(segments, None))
        following = None if layout.is_set else description.following(keyed, layout.title)
        if following is None:
            return self._describe_title(number, title)
        date = description.date(segments, following)
        if title.look == "names":
            return Description(following.title, title.plain, date)
        if following.link is not None:
            return Description(following.title, description.authors(keyed, following, layout), date)
        rest, names = following.title, None
        if self._names_behind_subtitles:
            rest, names = description.without_names(rest)
        whole = f"{title.title}: {rest}"
        return Description(whole, names or description.authors(keyed, following, layout), date)

    def _describe_title(self, number: int, title: Segment) -> Description:
        """Return title, authors and date of an entry; the label of a link may hold all of them."""
        layout = self.roles[number]
        names = description.authors(self.keyed[number], title, layout)
        date = description.date(self.entries[number], title)
        is_read = title.link is not None and not (names or layout.is_set)
        label = self._references.get(title.text) if is_read else None
        if label:
            return label._replace(date=date or label.date)
        name = "" if layout.is_set else description.name_before(self.keyed[number], title)
        return Description(name + title.title, names, date)

    @cached_property
    def _names_behind_subtitles(self) -> bool:
        """True if names stand behind most titles such as `[BERT](...): A Title of It, Jane Doe`."""
        subtitles = []
        for keyed, layout in zip(self.keyed, self.roles, strict=True):
            title = layout.title
            following = None if title is None else description.following(keyed, title)
            if following is not None and following.link is None and keyed[title or 0][1].link:
                subtitles.append(following.title)
        named = [text for text in subtitles if description.without_names(text)[1]]
        return len(named) > max(PRIOR_COUNT, _MOST * len(subtitles))

    @cached_property
    def _references(self) -> Mapping[str, Description]:
        """What the labels of links say that hold more than a title: `[Doe et al., A title](...)`.

        Names may be words of a title, unless most labels have some or a style of citation does.
        """
        pairs = zip(self.keyed, self.roles, strict=True)
        titles = [keyed[it.title][1] for keyed, it in pairs if it.title is not None]
        labels = [segment.text for segment in titles if segment.link]
        contents = _without_lone_words(_contents(labels))
        if len(contents) > max(PRIOR_COUNT, _MOST * len(labels)):
            return contents
        return {label: it for label, it in contents.items() if _is_reference(label, it)}

    def describe_bare(self, items: Sequence[list[Segment]]) -> list[Description | None]:
        """Return what items without links say, if they begin like several items with links.

        So do references in a style of citation. It is None for others, and where title, authors or
        date is missing.
        """
        return list(map(self._describe_bare, citations.mark_all(items)))

    def _describe_bare(self, segments: list[Segment]) -> Description | None:
        keyed = keys(self._phrases(segments))
        signature = tuple([key for key, _ in keyed])
        lengths = range(len(signature), 0, -1)
        layout = next(filter(None, (self._bare.get(signature[:it]) for it in lengths)), None)
        layout = layout or _of_reference(signature)
        if layout is None or layout.title is None:
            return None
        title = keyed[layout.title][1]
        authors, date = description.authors(keyed, title, layout), description.date(segments, title)
        if title.look != "title" or not (authors and date):
            return None
        return Description(title.title, authors, date)

    @cached_property
    def _bare(self) -> dict[Signature, Roles]:
        """The layouts of several entries by how they begin, up to title and authors, unlinked."""
        result: dict[Signature, Roles] = {}
        for signature, layout in self.layouts.items():
            bare = tuple(key for key in signature if key[0] not in LINKS)
            title = None if layout.title is None else signature[layout.title]
            if title not in bare or layout.support <= PRIOR_COUNT:
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
        for keyed, layout in zip(self.keyed, self.roles, strict=True):
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


def _of_reference(signature: Signature) -> Roles | None:
    """Return the layout of a reference, None if the signature is that of something else."""
    kinds = [key[0] for key in signature]
    if "cited" not in kinds:
        return None
    people = frozenset(key for key in signature if key[0] == "people")
    return Roles(kinds.index("cited"), people, frozenset(), 0)


def _contents(labels: Sequence[str]) -> dict[str, Description]:
    """Return the title and the authors in each of the labels that may have both."""
    names = {label: bylines.split(label) for label in dict.fromkeys(labels)}
    several = [label for label, byline in names.items() if byline or _MAY_NAME.search(label)]
    if len(several) <= _MOST * len(labels):  # as in most lists
        several = [label for label in several if _MAY_CITE.search(label)]
    layouts = Layouts([segments(label, (), ()) for label in several])
    result: dict[str, Description] = {}
    for number, label in enumerate(several):
        content, byline = layouts.describe(number), names[label]
        if content.title and content.authors:
            result[label] = content
        elif byline:
            result[label] = Description(*byline)
    return result


def _without_lone_words(contents: Mapping[str, Description]) -> Mapping[str, Description]:
    """Return what labels say without single names, unless these are people in most of them."""
    lone = {label: it.authors or "" for label, it in contents.items() if _is_lone(label, it)}
    if bylines.are_people([*lone.values()]):
        return contents
    return {label: it for label, it in contents.items() if label not in lone}


def _is_reference(label: str, content: Description) -> bool:
    """Return True for the label of a link that is a reference, or names `Doe et al.`."""
    last = people.parts(content.authors or "")[-1]
    return last.shape == "others" or citations.read(label) is not None


def _is_lone(label: str, content: Description) -> bool:
    """Return True for two words in the form of a name, with no more than a sign before them."""
    names = content.authors or ""
    if people.shape(names) != "person" or f" by {names}" in label:
        return False
    return not _is_reference(label, content)


def _support(layout: Roles) -> int:
    return layout.support


def _template(keyed: Keyed, layout: Roles) -> str:
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


def _has_names_behind_dash(segments: Sequence[Segment]) -> bool:
    behind = (one for one in segments if one.before == "-" and not one.line)
    return any(one.kind == "text" and one.look == "names" for one in behind)


def _is_dash(first: Segment, second: Segment) -> bool:
    if first.line or second.line or second.before != "-" or "|" in second.gap:
        return False
    phrases = first.kind == second.kind == "text"
    return phrases and {first.look, second.look} <= {"title", "word"}
