"""The mentions of a document: those of prose, of items and of rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import accumulate, chain

from harvest.models import Layout, Mention, Role
from harvest.readers import labels
from harvest.readers.description import Description
from harvest.readers.layout import Layouts
from harvest.readers.markdown.entry import (
    Habits,
    HtmlTable,
    Item,
    habits,
    kinds_of_links,
    role,
    works,
)
from harvest.readers.markdown.inline import InlineLink
from harvest.readers.markdown.rows import Row
from harvest.readers.markdown.tables import NO_HEADER, Header, header_of
from harvest.readers.templates import Template

_NO_DESCRIPTION = Description()


class Mentions:
    """Collects mentions, in the order in which their entries end."""

    def __init__(self, name: str, data: bytes, templates: Sequence[Template]) -> None:
        self.name = name
        self.data = data
        self.templates = templates
        self.parts: list[list[Mention]] = [[]]  # those of items are filled at the end
        self.section: tuple[str, ...] = ()
        self.items: list[Item] = []  # an item before the one that it is in
        self.bare: list[Item] = []  # items without links
        self.family: list[Item] = []  # the items in one that is open
        self.layouts: list[Layout] = []
        lines = BytesIO(data if data.endswith(b"\n") else data + b"\n")
        self.starts = [0, *accumulate(map(len, lines))]  # of lines, in bytes

    @property
    def all(self) -> list[Mention]:
        """All mentions, in the order in which their entries end."""
        return list(chain.from_iterable(self.parts))

    def keep(self, entry: Item) -> None:
        """Keep an item, of which the layouts of the whole list decide.

        A line of a table of contents describes nothing, and items without any link name no work,
        unless they are like those with links (`add_bare`).
        """
        if entry.links and all(link.url[:1] == "#" for link in entry.links):
            for link in entry.links:
                self.add(link, entry=entry.number)
        else:
            self.family.append(entry)
            if entry.links or entry.adopted or entry.has_items:
                self.parts += [entry.mentions, []]
        if entry.parent is None:
            if entry.may_be_bare():
                self.bare.append(entry)
                self.parts += [entry.mentions, []]
            if any(item.links or item.adopted for item in self.family):
                self.items += self.family
            self.family = []

    def line(self, position: int) -> int:
        """Return the line of a byte."""
        return bisect_right(self.starts, position)

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
        self.parts[-1].append(mention)

    def add_prose(self, links: Iterable[InlineLink]) -> None:
        """Add the links of a block that is no entry."""
        for link in links:
            self.add(link)

    def add_items(self) -> None:
        """Add the links of all items, with what the layouts of the list say of them."""
        kinds = kinds_of_links(self.items)
        entries = [entry for entry in works(self.items, kinds) if self._is_work(entry)]
        common = habits(entries, kinds, self.data)
        layouts = Layouts([entry.segments(common) for entry in entries])
        if self.templates:
            layouts.set(self.templates, [entry.section for entry in entries])
        self.layouts = layouts.templates()
        for number, entry in enumerate(entries):
            self.parts.append(entry.mentions)
            self.section = entry.section
            description = layouts.describe(number)
            if month := entry.arxiv_month(description.date):
                description = description._replace(date=month)
            further = entry.further_works(kinds)
            for link in chain(entry.links, entry.adopted):
                of_link = Description(link.label) if link in further else description
                self.add(link, role(link), entry.number, of_link)
            self.parts.pop()
        self.add_bare(layouts, common)

    def add_bare(self, layouts: Layouts, common: Habits) -> None:
        """Add the items without links that are works: those of a layout of items with links."""
        bare = [entry.segments(common) for entry in self.bare]
        for entry, description in zip(self.bare, layouts.describe_bare(bare), strict=True):
            if description:
                self.parts.append(entry.mentions)
                self.section = entry.section
                link = InlineLink("", entry.position)
                self.add(link, "paper", entry.number, description)
                self.parts.pop()

    def _is_work(self, entry: Item) -> bool:
        """Return True for an item that is an entry, and add the links of one that is none.

        One of badges, licences and the like is no entry.
        """
        links = [*entry.links, *entry.adopted]
        if any(role(link) != "other" for link in links) or not entry.is_aside():
            return True
        self.section = entry.section
        self.parts.append(entry.mentions)
        self.add_prose(links)
        self.parts.pop()
        return False

    def add_row(self, row: Row, header: Header, entry: int | None) -> None:
        """Add the links of a row, which share what the row says; those of a head have no entry.

        A row that links to no work is mentioned by its title, if a column has it.
        """
        if header.paper is not None and header.paper < len(row.cells):
            row.add_leading_id(header.paper)
        if not row.links and header.title is None:
            return
        cells = row.cells
        title, authors, date = header.describe(cells, row.links)
        if row.breaks:
            cells = [cell.replace("\n", " ").strip() for cell in cells]
        columns = dict(zip(header.names, cells))  # noqa: B905 - `strict` costs a quarter of it
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
        part = self.parts[-1]
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
            part.append(mention)

    def add_html_row(self, entry: Item, table: HtmlTable) -> None:
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
