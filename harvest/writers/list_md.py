"""LIST.md: the works as a list again, which people read on GitHub and harvest reads back.

A work stands under the section where it is listed first, or under the first value of the facet
that the setting `publish.group` names. GitHub shows no more than 512,000 bytes of a file, so a
longer list is LIST.md with an index, and parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from harvest.dataset.publication import Publication
from harvest.models import Work
from harvest.text import markdown, one_line
from harvest.writers import citations
from harvest.writers.base import Writer

FILE = "LIST.md"
MAX_BYTES = 500_000  # of a file
REST = "Other"  # heading of works without a section or value
MAX_AUTHORS = 3  # that are named before "et al."
MAX_HEADING = 100  # letters of a heading: the index repeats each
TABLE = "| Title | Authors | Year | Published in | Links | Notes |\n|---|---|---|---|---|---|\n"
_NO_ANCHOR = re.compile(r"[^\w\- ]")  # what GitHub leaves out of the anchor of a heading

Section = tuple[str, list[str]]  # a heading, and the lines of its works
Sections = list[Section]


class ListWriter(Writer):
    """LIST.md, and where the list is long LIST-1.md and so on."""

    name = "list-md"
    published = True
    dialects = ("awesome", "table")

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return the list as one file, or as an index and parts."""
        settings = publication.settings
        top = f"# {markdown(settings.title)}\n"
        if settings.description:
            top += f"\n> {markdown(settings.description)}\n"
        head = TABLE if self.dialect == "table" else ""
        sections = self._sections(publication)
        text = top + _index([(FILE, sections)]) + _body(sections, head)
        if len(text.encode()) <= MAX_BYTES:
            return {FILE: text.encode()}
        room = MAX_BYTES - len(top.encode())
        parts = []
        for number, part in enumerate(_parts(sections, head, room), 1):
            parts.append((f"LIST-{number}.md", part))
        files = {FILE: (top + _index(parts)).encode()}
        for name, part in parts:
            files[name] = (top + _body(part, head)).encode()
        return files

    def _sections(self, publication: Publication) -> Sections:
        """Return the lines of the works under their headings, in the order of the lists."""
        line = _row if self.dialect == "table" else _bullet
        group = publication.settings.group
        sections: dict[str, list[str]] = {}
        for work in sorted(publication.works, key=_place):
            heading = _heading(work, group)
            sections.setdefault(heading, []).append(line(work))
        rest = sections.pop(REST, None)
        ordered = sorted(sections.items()) if group else [*sections.items()]
        return [*ordered, (REST, rest)] if rest else ordered


def _place(work: Work) -> tuple[str, int, str]:
    """Return where a work stands first in the lists; one that stands nowhere comes before all."""
    places = [(place.seed, place.line) for place in work.mentions]
    seed, line = min(places, default=("", 0))
    return seed, line, work.id


def _heading(work: Work, group: str | None) -> str:
    if group:
        names = work.facets.get(group, [])[:1]
    else:
        places = sorted(work.mentions, key=lambda place: (place.seed, place.line))
        names = [" / ".join(place.section) for place in places[:1]]
    return one_line("".join(names))[:MAX_HEADING].strip() or REST


def _bullet(work: Work) -> str:
    marks = [f"**{markdown(mark)}**" for mark in citations.marks(work)]
    names = _names(work)
    container = f"*{markdown(work.container)}*" if work.container else ""
    links = ", ".join(_links(work))
    parts = [*marks, str(work.year or ""), names, container, links]
    text = " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
    return f"- {_title(work)} - {text}\n" if text else f"- {_title(work)}\n"


def _row(work: Work) -> str:
    cells = (
        _title(work),
        _names(work),
        str(work.year or ""),
        markdown(work.container or ""),
        ", ".join(_links(work)),
        markdown(". ".join(citations.marks(work))),
    )
    return f"| {' | '.join(cells)} |\n"


def _title(work: Work) -> str:
    title = markdown(work.title or "") or markdown(work.id)
    address = citations.page(work.id)
    return f"[{title}]({address})" if address else title


def _names(work: Work) -> str:
    people = work.authors or work.editors
    names = ", ".join(markdown(author.name) for author in people[:MAX_AUTHORS])
    return f"{names} et al." if len(people) > MAX_AUTHORS else names


def _links(work: Work) -> Iterator[str]:
    """Yield links to the other forms of a work and to its code."""
    for name in work.curies:
        address = citations.page(name)
        if address and name != work.id:
            yield f"[{name.partition(':')[0]}]({address})"
    for repository in work.repositories:
        if repository.role == "code" and (address := citations.page(repository.id)):
            yield f"[code]({address})"


def _body(sections: Sections, head: str) -> str:
    parts = [f"\n## {markdown(heading)}\n\n{head}{''.join(lines)}" for heading, lines in sections]
    return "".join(parts)


def _index(files: list[tuple[str, Sections]]) -> str:
    """Return links to the sections, each where it begins and where it is continued."""
    lines: list[str] = []
    begun: set[str] = set()
    for name, sections in files:
        anchors: Counter[str] = Counter(["contents"] if name == FILE else [])
        for heading, _ in sections:
            anchor = _NO_ANCHOR.sub("", heading.lower()).replace(" ", "-")
            number = f"-{anchors[anchor]}" if anchors[anchor] else ""
            anchors[anchor] += 1
            target = f"#{anchor}{number}" if name == FILE else f"{name}#{anchor}{number}"
            more = " (continued)" if heading in begun else ""
            lines.append(f"- [{markdown(heading)}{more}]({target})\n")
            begun.add(heading)
    return f"\n## Contents\n\n{''.join(lines)}" if lines else ""


def _parts(sections: Sections, head: str, room: int) -> Iterator[Sections]:
    """Yield the sections in parts of at most `room` bytes; one that is too long is continued."""
    part: Sections = []
    size = 0
    for heading, lines in sections:
        chunk: list[str] = []  # its lines in this part
        frame = len(_body([(heading, [])], head).encode())
        for line in lines:
            more = len(line.encode()) + (0 if chunk else frame)
            if part and size + more > room:
                yield part
                part, size, chunk = [], 0, []
                more = len(line.encode()) + frame
            if not chunk:
                part.append((heading, chunk))
            chunk.append(line)
            size += more
    if part:
        yield part
