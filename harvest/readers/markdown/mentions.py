"""The mentions of a document: those of prose, of items and of rows."""

from __future__ import annotations

from collections.abc import Iterable

from harvest.models import Mention, Role
from harvest.readers import labels
from harvest.readers.items import Description
from harvest.readers.markdown.entry import Entry, HtmlTable
from harvest.readers.markdown.inline import InlineLink
from harvest.readers.markdown.tables import NO_HEADER, Header, RowLink, header_of

_NO_DESCRIPTION = Description()


class Mentions:
    """Collects mentions, in the order in which their entries end."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self.all: list[Mention] = []
        self._last = (0, 1)  # a byte and its line

    def line(self, position: int) -> int:
        """Return the line of a byte, counted from the byte before."""
        last, line = self._last
        if position >= last:
            line += self.data.count(b"\n", last, position)
        else:
            line -= self.data.count(b"\n", position, last)
        self._last = position, line
        return line

    def add(
        self,
        link: InlineLink,
        section: tuple[str, ...],
        role: Role = "other",
        entry: int | None = None,
        description: Description = _NO_DESCRIPTION,
    ) -> None:
        """Add the mention of a link; without an entry it stands in prose."""
        title, authors, date = description
        mention = Mention(
            seed=self.name,
            line=self.line(link.position),
            url=link.url,
            role=role,
            section=section,
            entry=entry,
            label=link.label,
            title=title,
            authors=authors,
            date=date,
        )
        self.all.append(mention)

    def add_prose(self, links: Iterable[InlineLink], section: tuple[str, ...]) -> None:
        """Add the links of a block that is no entry."""
        for link in links:
            self.add(link, section)

    def add_item(self, entry: Entry, section: tuple[str, ...]) -> None:
        """Add the links of a list item.

        A line of a table of contents describes nothing. One of badges, licences and the like is no
        entry.
        """
        links = entry.links + entry.adopted
        if entry.is_contents():
            for link in links:
                self.add(link, section, entry=entry.number)
            return
        parts = entry.labels()
        if entry.is_aside() and all(part.role == "other" for part in parts):
            self.add_prose(links, section)
            return
        description = entry.describe(parts)
        for link, part in zip(links, parts, strict=True):
            self.add(link, section, part.role, entry.number, description)

    def add_row(
        self,
        header: Header,
        entry: int | None,
        cells: list[str],
        links: list[RowLink],
        section: tuple[str, ...],
        line: int,
    ) -> None:
        """Add the links of a row, which share what the row says; those of a head have no entry.

        A row that links to no work is mentioned by its title, if a column has it.
        """
        if not links and header.title is None:
            return
        columns = dict(zip(header.names, cells))  # noqa: B905 - `strict` costs a quarter of it
        title, authors, date = header.describe(cells, links)
        meanings = header.meanings
        roles: set[Role] = set()
        for link_line, url, label, column, image, _, _ in links:
            role: Role = "other"
            if image and entry is not None:
                role = labels.role_of_image(url)
            elif entry is not None:
                meaning = meanings[column] if column < len(meanings) else None
                role = labels.role_in_column(meaning, label, url)
            roles.add(role)
            mention = Mention(
                seed=self.name,
                line=link_line,
                url=url,
                role=role,
                section=section,
                entry=entry,
                label=label,
                title=title,
                authors=authors,
                date=date,
                columns=columns,
            )
            self.all.append(mention)
        if header.title is not None and title and labels.is_bare(title, authors, roles):
            mention = Mention(
                seed=self.name,
                line=line,
                url="",
                role="paper",
                section=section,
                entry=entry,
                title=title,
                authors=authors,
                date=date,
                columns=columns,
            )
            self.all.append(mention)

    def add_html_row(self, entry: Entry, table: HtmlTable, section: tuple[str, ...]) -> None:
        """Add the links of a row of an HTML table, or take it for the head."""
        cells = entry.cells
        header = header_of(tuple(cells))
        if not entry.links and any(header.meanings):
            if table.header is NO_HEADER:
                table.header = header
            if table.header.names == header.names:  # it may be repeated
                return
        links = [
            (self.line(link.position), link.url, link.label, link.column, link.image, 0, 0)
            for link in entry.links
        ]
        line = self.line(entry.position)
        cells = cells + [""] * (len(table.header.names) - len(cells))
        self.add_row(table.header, entry.number, cells, links, section, line)
