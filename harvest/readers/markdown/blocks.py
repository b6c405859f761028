"""The blocks of a document, gathered into the entries and sections that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from harvest.readers.labels import is_generic
from harvest.readers.markdown import labelled
from harvest.readers.markdown.entry import HtmlTable, Item
from harvest.readers.markdown.headings import anchor_text
from harvest.readers.markdown.inline import InlineLink, InlineText
from harvest.readers.markdown.mentions import Mentions
from harvest.readers.markdown.paragraphs import (
    is_bare,
    is_entry,
    is_of_meeting,
    is_reference,
    names_work,
)
from harvest.readers.markdown.sections import Section, of_paragraphs, works
from harvest.readers.markdown.tables import NO_HEADER

_FEWEST_ALIKE = 4  # paragraphs or lists of one form: fewer of them are prose
_FEWEST_WORDS = 4  # of a row that is one text
_NOTHING = InlineText()


class Blocks:
    """The blocks that are open, and those that wait for the end of the document.

    Markdown and HTML both open and close blocks here. Whether headings, paragraphs and lists of
    labels name works depends on how many of them there are, so `finish` decides.
    """

    def __init__(self, mentions: Mentions) -> None:
        self.mentions = mentions
        self.inline = InlineText()  # of the block that is open
        self.last_block: InlineText | None = None  # if it is no heading or table
        self.code: set[int] = set()  # lines
        self.numbers = count(1)  # of the entries
        self.entries: list[Item] = []  # those that are open, from the outermost in
        self.details: Item | None = None  # that of the summary above
        self.folded: Item | None = None  # the same, if the summary links to nothing
        self.folded_works: list[Item] = []

        self.headings: list[tuple[int, int, str]] = []  # line, level, text
        self.heading_line: int | None = None  # of the heading that is open
        self.path: list[tuple[int, str]] = []  # levels and texts of the headings above
        self.in_footnote = False
        self.has_heading = False  # the first heading, if of level 1, is the title of the list
        self.sections: list[Section] = []  # one for each heading

        self.titles: dict[InlineText, InlineText] = {}  # of bare addresses: the paragraphs above
        # Paragraphs that may be entries, with their section.
        self.paragraphs: list[tuple[tuple[str, ...], InlineText]] = []
        self.linked: list[tuple[tuple[str, ...], InlineText]] = []  # those that begin with a link
        self.of_meetings: list[tuple[tuple[str, ...], InlineText]] = []

        self.facts: dict[InlineText, list[InlineText]] = {}  # in lists below paragraphs

        self.list_title: InlineText | None = None  # of the list that is open
        self.items: list[Item] = []  # of that list
        self.unmarked: list[tuple[InlineText, list[Item], list[tuple[InlineLink, str]]]] = []

    def finish(self) -> None:
        """Close what is open, and add what waits for the end."""
        self.end_block()
        while self.entries:
            self.close_entry()
        self.close_details()
        self.add_folded()
        self.add_unmarked()
        self.add_sections()
        self.add_paragraphs()
        self.mentions.add_items()

    def end_block(self) -> None:
        """Close the open block, which is part of the open entry, or else a paragraph."""
        block = self.inline
        if not (block.parts or block.open):
            return
        self.inline = InlineText()
        block.finish()
        if self.entries:
            if block.text[:5].lstrip()[:1].isdigit():
                block.add_leading_id()
            self.entries[-1].add(block)
            return
        details = self.details or self.folded
        if details and self.heading_line is None and _is_more(block):
            details.add(block)
            return
        self.unfold()
        above, self.last_block = self.last_block, block
        if above and is_bare(block) and labelled.may_be_title(above):
            self.titles[block] = above
        if self.heading_line is None:  # a heading waits for what stands below it
            self.add_paragraph(block)

    def add_paragraph(self, block: InlineText) -> None:
        """Add a paragraph, or keep it for the end of the document if it may be an entry."""
        if not block.links and labelled.is_field(block):
            work = max(self.works_above(), key=_place, default=None)
            if work is not None:
                self.facts.setdefault(work, []).append(block)
        if self._is_of_meeting(block):
            self.of_meetings.append((self.mentions.section, block))
            self.mark_section()
        elif is_entry(block) or self._is_cited(block):
            self.paragraphs.append((self.mentions.section, block))
            self.mark_section()
        elif self.may_be_work(block) and names_work(block):
            self.add_linked(block)
        elif self.sections and not self.sections[-1].has_entries:
            self.sections[-1].blocks.append(block)
        else:
            self.mentions.add_prose(block.links)

    def may_be_work(self, block: InlineText) -> bool:
        """Return True for a paragraph with links, or where it is no note on a work elsewhere."""
        return bool(block.links) or not self.in_footnote

    def open_footnote(self) -> None:
        """Begin a footnote."""
        self.end_block()
        self.in_footnote = True

    def close_footnote(self) -> None:
        """End a footnote."""
        self.end_block()
        self.in_footnote = False

    def _is_cited(self, block: InlineText) -> bool:
        """Return True for a footnote of a reference that links to its work."""
        return self.in_footnote and bool(block.links) and is_reference(block)

    def _is_of_meeting(self, block: InlineText) -> bool:
        if not block.links:
            return False
        is_below = bool(self.sections) and self.sections[-1].is_meeting
        return is_of_meeting(block, is_below=is_below)

    def open_heading(self, level: int, start: int) -> None:
        """Begin a heading, which ends the list above it."""
        self.end_block()
        self.close_details()
        self.keep_items()
        self.heading_line = self.mentions.line(start)
        self.path = [heading for heading in self.path if heading[0] < level]
        self.mentions.section = tuple([text for _, text in self.path])

    def close_heading(self, level: int) -> None:
        """End a heading and begin its section."""
        block = self.inline
        text = "".join(block.parts).replace("\n", " ").strip()
        above = self.mentions.section
        self.end_block()
        self.last_block = block if self.has_heading else None
        if self.heading_line is not None:
            self.headings.append((self.heading_line, level, anchor_text(block)))
        self.heading_line = None
        if text and (self.has_heading or level > 1):
            self.path.append((level, text))
            self.mentions.section += (text,)
        self.has_heading = True
        self.sections.append(Section(level, block, above, self.mentions.section))

    def mark_section(self) -> None:
        """Mark the section as one of entries: its heading and what stands around them is prose."""
        if not self.sections or self.sections[-1].has_entries:
            return
        current = self.mentions.section
        self.add_as_prose(self.sections[-1])
        self.mentions.section = current

    def add_as_prose(self, section: Section) -> None:
        """Add the links of a heading and of the blocks below it as prose.

        A heading that reads like an entry may be one. Paragraphs that begin with the link to a work
        wait for the end of the document.
        """
        section.has_entries = True
        if not (section.blocks or section.heading.links):  # as most
            return
        self.mentions.section = section.above
        if is_entry(section.heading):
            self.paragraphs.append((section.above, section.heading))
        else:
            self.mentions.add_prose(section.heading.links)
        self.mentions.section = section.path
        linked = set(section.linked)
        for block in section.blocks:
            if block not in linked:
                self.mentions.add_prose(block.links)
        self.linked += [(section.path, block) for block in section.linked]
        section.heading, section.blocks, section.linked = _NOTHING, [], []  # a long list has many

    def add_linked(self, block: InlineText) -> None:
        """Add a paragraph that begins with the link to a work, perhaps that of its heading."""
        section = self.sections[-1] if self.sections else None
        if section is None or section.has_entries:
            self.linked.append((self.mentions.section, block))
        else:
            section.blocks.append(block)
            section.linked.append(block)

    def open_entry(self, start: int, *, html: bool = True, table: HtmlTable | None = None) -> None:
        """Begin a list item, or a row of an HTML table, within those that are open."""
        self.end_block()
        self.unfold()
        parent = self.entries[-1] if self.entries else self.details
        parent = None if parent and parent.table else parent
        if parent:
            parent.has_items = True
        section = self.mentions.section
        number = next(self.numbers)
        entry = Item(number, start, html=html, table=table, section=section, parent=parent)
        self.entries.append(entry)

    def close_entry(self) -> None:
        """End the innermost entry."""
        self.end_block()
        entry = self.entries.pop()
        if entry.links:
            self.mark_section()
        if entry.table and not _is_item(entry, entry.table):
            self.mentions.add_html_row(entry, entry.table)
            return
        cells = entry.works_of_cells() if entry.table else []
        if cells:
            self.add_cells(entry, cells)
        elif self.list_title and not self.entries:
            self.items.append(entry)
        else:
            self.mentions.keep(entry)

    def add_cells(self, row: Item, cells: Sequence[Sequence[InlineText]]) -> None:
        """Make an entry of each cell of a row."""
        for blocks in cells:
            cell = Item(next(self.numbers), row.position, section=row.section, parent=row.parent)
            for block in blocks:
                cell.add(block)
            self.mentions.keep(cell)

    def open_details(self, start: int) -> None:
        """Make an entry of the block that is open, a summary, with the items below it."""
        self.close_details()
        block, self.inline, self.last_block = self.inline, InlineText(), None
        block.finish()
        self.details = Item(next(self.numbers), start, html=True, section=self.mentions.section)
        self.details.add(block)
        self.mark_section()

    def fold(self, start: int) -> None:
        """Begin what may be a work: a summary without a link, and paragraphs that have one."""
        self.close_details()
        block, self.inline = self.inline, InlineText()
        block.finish()
        self.folded = Item(next(self.numbers), start, html=True, section=self.mentions.section)
        self.folded.add(block)

    def unfold(self) -> None:
        """Add what is folded as blocks of their own: it holds more than a work."""
        if self.folded is None:  # as mostly
            return
        folded, self.folded = self.folded, None
        for block in folded.blocks:
            self.last_block = block
            self.add_paragraph(block)

    def add_folded(self) -> None:
        """Add the works that are folded, if they are several."""
        are_works = len(self.folded_works) >= _FEWEST_ALIKE
        for work in self.folded_works:
            if are_works:
                self.mentions.keep(work)
            else:
                self.mentions.section = work.section
                self.mentions.add_prose(work.links)

    def close_details(self) -> None:
        """End the entry of a summary."""
        if self.folded and self.folded.has_paper():
            self.folded_works.append(self.folded)
            self.folded = None
        self.unfold()
        if self.details:
            self.mentions.keep(self.details)
            self.details = None

    def open_list(self) -> None:
        """Begin a list. The items of one under a title wait: they may be of that one work.

        They are not if one of them holds a list.
        """
        self.end_block()
        self.unfold()
        if self.entries:
            self.keep_items()
            return
        title, self.last_block = self.last_block, None
        self.list_title = None
        is_work = title is not None and title in self.works_above()
        if title and (is_work or labelled.is_title(title) or labelled.may_be_title(title)):
            self.list_title = title

    def works_above(self) -> list[InlineText]:
        """Return the last paragraphs of the section that may be entries."""
        last = [paragraphs[-1] for paragraphs in (self.paragraphs, self.linked) if paragraphs]
        works = [block for section, block in last if section == self.mentions.section]
        return works + (self.sections[-1].linked[-1:] if self.sections else [])

    def close_list(self) -> None:
        """End a list: one entry if it only labels the links of the work in the title above it."""
        if self.entries or not self.list_title:
            return
        blocks = [entry.blocks for entry in self.items]
        if self.list_title.links and labelled.are_facts(blocks):
            self.facts[self.list_title] = labelled.facts(blocks)
            self.items = []
        links = labelled.links(blocks)
        if links and (labelled.is_title(self.list_title) or labelled.names_authors(blocks)):
            self.items = [_labelled_work(self.list_title, self.items, links)]
        elif links:
            self.unmarked.append((self.list_title, self.items, links))
            self.items = []
        self.keep_items()

    def add_unmarked(self) -> None:
        """Add the lists of labels below titles that nothing marks, as works if they are several."""
        are_works = len(self.unmarked) >= _FEWEST_ALIKE
        for title, items, links in self.unmarked:
            entries = [_labelled_work(title, items, links)] if are_works else items
            for entry in entries:
                self.mentions.keep(entry)

    def keep_items(self) -> None:
        """Add the items that wait for the end of their list."""
        for entry in self.items:
            self.mentions.keep(entry)
        self.list_title, self.items = None, []

    def add_sections(self) -> None:
        """Make entries of the headings that name a work each; what is below others is prose."""
        alike = len(self.linked) + sum(len(section.linked) for section in self.sections)
        if alike >= _FEWEST_ALIKE:
            for section in of_paragraphs(self.sections):
                self.add_as_prose(section)
        of_works = set(works(self.sections))
        for section in self.sections:
            if section.has_entries:  # its prose was added before them
                continue
            if section not in of_works:
                self.add_as_prose(section)
                continue
            entry = Item(next(self.numbers), 0, section=section.above)
            for block in section.facts():
                entry.add(block)
            self.mentions.keep(entry)
            self.mentions.section = section.path
            for block in section.blocks:
                if block not in entry.blocks:
                    self.mentions.add_prose(block.links)

    def add_paragraphs(self) -> None:
        """Make entries of the paragraphs that read like one; prose links to a few works, too."""
        are_alike = len(self.linked) >= _FEWEST_ALIKE
        for section, block in self.linked:
            if are_alike or is_bare(block):
                self.paragraphs.append((section, block))
            else:
                self.mentions.section = section
                self.mentions.add_prose(block.links)
        if len(self.paragraphs) == 1:
            [(self.mentions.section, block)] = self.paragraphs
            if len(block.links) == 1 or not is_bare(block):  # only the list's own paper is so
                self.mentions.add_prose(block.links)
                self.paragraphs = []
        for section, block in [*self.paragraphs, *self.of_meetings]:
            self.mentions.section = section
            title = self.title_of(block)
            first = title or block
            start = first.positions[0] if first.positions else 0
            entry = Item(next(self.numbers), start, section=section)
            if title:
                entry.add(title)
            for part in [block, *self.facts.get(block, [])]:
                entry.add(part)
            self.mentions.keep(entry)

    def title_of(self, block: InlineText) -> InlineText | None:
        """Return the paragraph above a bare address, if it is bold or several have one."""
        title = self.titles.get(block)
        is_sure = title is not None and labelled.is_title(title)
        return title if is_sure or len(self.titles) >= _FEWEST_ALIKE else None


def _place(block: InlineText) -> list[int]:
    """Return where a block stands in the document."""
    return block.positions[:1]


def _is_more(block: InlineText) -> bool:
    """Return True for a paragraph that says more of a work: it links by labels alone."""
    names_other = any(not link.image and not is_generic(link.label) for link in block.links)
    return not names_other and not is_entry(block)


def _is_item(row: Item, table: HtmlTable) -> bool:
    """Return True for a row of lines, or of one text, below no head: one work, laid out as a table.

    Below several that link to a paper, it need not do so.
    """
    if table.header is not NO_HEADER:
        return False
    texts = [cell for cell in row.cells if any(map(str.isalpha, cell))]
    is_of_one_text = len(texts) == 1 and len(texts[0].split()) >= _FEWEST_WORDS
    if not is_of_one_text and not any("\n" in block.text.strip() for block in row.blocks):
        return False
    table.works += row.has_paper()
    return row.has_paper() or table.works >= _FEWEST_ALIKE


def _labelled_work(
    title: InlineText, items: Sequence[Item], links: Sequence[tuple[InlineLink, str]]
) -> Item:
    """Return the work of a title with the links that the list below it labels, and its facts."""
    first = items[0]
    is_heading = first.section[-1:] == ("".join(title.parts).replace("\n", " ").strip(),)
    work = Item(first.number, 0, section=first.section[:-1] if is_heading else first.section)
    work.add(title)
    for block in labelled.facts([item.blocks for item in items]):
        work.add(block)
    for link, label in links:
        link.rename(label)
    work.adopted = [link for link, _ in links]
    return work
