"""The mentions of a document: those of prose, of items and of rows."""

from __future__ import annotations

from collections.abc import Iterable

from harvest.models import Mention, Role
from harvest.readers import labels
from harvest.readers.items import Description
from harvest.readers.markdown.entry import Entry, HtmlTable
from harvest.readers.markdown.inline import InlineLink
from harvest.readers.markdown.tables import NO_HEADER, Header, Row, header_of

_NO_DESCRIPTION = Description()


class Mentions:
    """Collects mentions, in the order in which their entries end."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self.all: list[Mention] = []
        self.section: tuple[str, ...] = ()
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
        role: Role = "other",
        entry: int | None = None,
        description: Description = _NO_DESCRIPTION,
    ) -> None:
        """Add the mention of a link; without an entry it stands in prose."""
        mention = Mention(
            seed=self.name,
            line=self.line(link.position),
            url=link.url,
            role=role,
            section=self.section,
            entry=entry,
            label=link.label,
            title=description.title,
            authors=description.authors,
            date=description.date,
        )
        self.all.append(mention)

    def add_prose(self, links: Iterable[InlineLink]) -> None:
        """Add the links of a block that is no entry."""
        for link in links:
            self.add(link)

    def add_item(self, entry: Entry) -> None:
        """Add the links of a list item.

        A line of a table of contents describes nothing. One of badges, licences and the like is no
        entry.
        """
        links = entry.links + entry.adopted
        if all(link.url[:1] == "#" for link in links):
            for link in links:
                self.add(link, entry=entry.number)
            return
        parts = entry.labels()
        if entry.is_aside() and all(part.role == "other" for part in parts):
            self.add_prose(links)
            return
        description = entry.describe(parts)
        for link, part in zip(links, parts, strict=True):
            self.add(link, part.role, entry.number, description)

    def add_row(self, row: Row, header: Header, entry: int | None) -> None:
        """Add the links of a row, which share what the row says; those of a head have no entry.

        A row that links to no work is mentioned by its title, if a column has it.
        """
        if not row.links and header.title is None:
            return
        columns = dict(zip(header.names, row.cells))  # noqa: B905 - `strict` costs a quarter of it
        title, authors, date = header.describe(row.cells, row.links)
        links, meanings = row.links, header.meanings
        roles: list[Role] = []
        for _, url, label, column, image, _, _ in links:
            role: Role = "other"
            if image and entry is not None:
                role = labels.role_of_image(url)
            elif entry is not None:
                meaning = meanings[column] if column < len(meanings) else None
                role = labels.role_in_column(meaning, label, url)
            roles.append(role)
        if header.title is not None and title and labels.is_bare(title, authors, roles):
            links = [*links, (row.line, "", "", 0, False, 0, 0)]
            roles.append("paper")
        for link, role in zip(links, roles, strict=True):
            mention = Mention(
                seed=self.name,
                line=link[0],
                url=link[1],
                role=role,
                section=self.section,
                entry=entry,
                label=link[2],
                title=title,
                authors=authors,
                date=date,
                columns=columns,
            )
            self.all.append(mention)

    def add_html_row(self, entry: Entry, table: HtmlTable) -> None:
        """Add the links of a row of an HTML table, or take it for the head."""
        cells = entry.cells
        header = header_of(tuple(cells))
        if not entry.links and any(header.meanings):
            if table.header is NO_HEADER:
                table.header = header
            if table.header.names == header.names:  # it may be repeated
                return
        row = Row(self.line(entry.position))
        for link in entry.links:
            line = self.line(link.position)
            row.links.append((line, link.url, link.label, link.column, link.image, 0, 0))
        row.cells = cells + [""] * (len(table.header.names) - len(cells))
        self.add_row(row, table.header, entry.number)
