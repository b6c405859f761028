"""The heads of tables, and what they say of the cells below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from harvest import dates
from harvest.readers import citations, labels
from harvest.readers.labels import WORDS
from harvest.readers.looks import authors_of_citation, date_of, is_citation, is_edition
from harvest.readers.markdown.rows import RowLink
from harvest.readers.people import find_run, plain_names
from harvest.readers.people import shape as people_shape
from harvest.readers.short_dates import may_be_short

_NUMBERING = re.compile(r"^\s*\d{1,3}[.)]\s+")
_DESCRIPTION = re.compile(r"\s+[-\u2013\u2014]\s+|\s{2,}|:\s{2,}")  # what stands before it
_SHORTEST = 12  # characters of a cell that may be a title
_MOST_TITLE_WORDS = 25
_WORDS = 3  # of a label that is a title, at least
_WORDS_OF_TITLE = 4  # of a cell below `Work`, at least
_WHOLE_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.]\d\d?){0,2}")
_MOST_OF_CELL = 0.8  # what is no label
_CITES = re.compile(r"[\"\u201c]|(?:19|20)\d\d")  # what a reference has
_REFERENCE = 40  # characters of a whole reference in place of a title, at least
_SENTENCES = re.compile(r"\. |[\"\u201c]")
_REMARK = re.compile(r"(?:\s*[(\[\uff08][^()\[\]\uff08\uff09]{1,60}[)\]\uff09])+\s*")
_YEARS = frozenset(WORDS.items["years"])
_OPEN, _CLOSED, _BETWEEN = " [(", " ])", " ,;|"  # around links
_DIGIT = re.compile(r"\d")
_LONGEST_EDITION = 80  # characters of a venue and its year

_Citation = tuple[str, str, str | None]  # title, authors, date


class Header:
    """The head of a table: unique names, what each column holds, and the main columns."""

    __slots__ = ("authors", "date", "editions", "meanings", "names", "paper", "title", "work")

    def __init__(self, cells: Sequence[str]) -> None:
        names: list[str] = []
        for cell in cells:
            names.append(cell if cell not in names else f"{cell} {len(names) + 1}")
        self.names = tuple(names)
        self.meanings = tuple(map(labels.meaning, names))
        self.title = self._column("title")
        if self.title is None:  # `Title & Authors` is a column of both
            both = [index for index, name in enumerate(names) if "title" in name.lower()]
            self.title = both[0] if both else None
        lower = [name.lower() for name in names]
        self.authors = self._column("authors")
        if self.authors is None and "by" in lower:
            self.authors = lower.index("by")
        if self.title is None and self.authors is not None and "name" in lower:
            self.title = lower.index("name")
        self.work = lower.index("work") if "work" in lower else None
        self.date = self._column("date")
        if self.meanings.count("date") > 1:  # the other may be the day of a meeting
            years = [index for index, name in enumerate(names) if name.lower() in _YEARS]
            self.date = years[0] if years else self.date
        self.paper = self._column("paper")
        # Columns that may name a venue with its year
        editions = {"venue": _date_of_venue, "paper": _date_of_paper, None: _date_of_edition}
        self.editions = [
            (index, editions[it]) for index, it in enumerate(self.meanings) if it in editions
        ]

    def _column(self, meaning: labels.Meaning) -> int | None:
        return self.meanings.index(meaning) if meaning in self.meanings else None

    def describe(
        self, cells: list[str], links: list[RowLink]
    ) -> tuple[str | None, str | None, str | None]:
        """Read title, authors and date out of a row.

        Without a column of titles, a paper is named by its label unless that is a generic word;
        without one of papers, too, by a label of some words in a column that names nothing.
        """
        title, authors = self._title_and_names(cells, links)
        date = None
        main = self.title if self.title is not None else self.paper
        cited = _cited(cells, links, main) if main is None or _is_more(cells[main], title) else None
        if cited:
            title, authors, date = cited
        if self.authors is not None and self.authors != self.title:
            authors = plain_names(cells[self.authors])
        if self.date is not None:
            date = _date(cells[self.date]) or date
        if date is None:
            for index, look in self.editions:
                date = date or look(cells[index])
        return title or None, authors or None, date or None

    def _title_and_names(
        self, cells: list[str], links: list[RowLink]
    ) -> tuple[str | None, str | None]:
        """Return the title of a row, and the names that stand below it in its cell."""
        title = authors = None
        if self.title is not None:
            title = _without_labels(cells[self.title], self.title, links)
            if "\n" in title:
                title, authors = _title_cell(title)
        elif self.paper is not None:
            title = _paper(cells[self.paper], self.paper, links)
            if title and "\n" in cells[self.paper]:
                authors = _names_below(cells[self.paper])
        else:
            title = self._linked_title(cells, links)
        if title is None and self.work is not None and _is_title(cells[self.work]):
            title = _without_labels(cells[self.work], self.work, links)
        return title, authors

    def _linked_title(self, cells: list[str], links: list[RowLink]) -> str | None:
        """Return the label of a link to a paper, if that is some words and all of a cell.

        In a row without a paper it may be that of any link, but of none beside one named `code`.
        """
        papers = [link for link in links if labels.role(link[2], link[1]) == "paper"]
        has_code = any(labels.role(link[2], "") == "code" for link in links)
        others = [] if has_code else links
        for _, _, label, column, image, _, _ in papers or others:
            is_named = image or column >= len(self.meanings) or self.meanings[column] is not None
            if is_named or not _is_phrase(label) or labels.is_generic(label):
                continue
            text = _without_labels(cells[column], column, links).strip()
            line = text.partition("\n")[0]
            return label if len(label) > _MOST_OF_CELL * len(line) else None
        return None


@lru_cache(maxsize=4096)  # the works of a list are of a few hundred months
def _date(cell: str) -> str | None:
    """Return the date in a cell, None for words and for a day without a year.

    Whether `Jun 24` is one is told by all dates of the list.
    """
    date = cell.strip("()[]")
    if "'" in date or "\u2019" in date:  # KDD'22
        return date_of(date)
    is_day = dates.is_day(date) and not (date[:1].isalpha() and may_be_short(date))
    return date if _DIGIT.search(date) and not is_day else None


@lru_cache(maxsize=4096)
def _date_of_venue(cell: str) -> str | None:
    """Return the year in a cell of a column of venues: `ICCV 2023`, `NeurIPS'24 (oral)`."""
    if not _DIGIT.search(cell):
        return None
    return date_of(cell) or date_of(cell.partition("(")[0])


@lru_cache(maxsize=4096)
def _date_of_edition(cell: str) -> str | None:
    """Return the year in a cell that is nothing but a venue that is known and its year."""
    is_short = len(cell) <= _LONGEST_EDITION
    return _date_of_venue(cell) if is_short and is_edition(cell) else None


@lru_cache(maxsize=4096)
def _date_of_paper(cell: str) -> str | None:
    """Return the year in a cell of a column of publications that is a date or an edition."""
    return _date_of_edition(cell) or (cell if _WHOLE_DATE.fullmatch(cell) else None)


def _is_title(cell: str) -> bool:
    """Return True for a cell of more words than most names of methods and data have."""
    return len(cell.partition("\n")[0].split()) >= _WORDS_OF_TITLE


def _is_more(cell: str, title: str | None) -> bool:
    """Return True for a cell that may hold more than a title, or than `Paper`."""
    if title is None:
        return not labels.is_generic(cell)
    return _CITES.search(cell) is not None


def _cited(cells: list[str], links: Sequence[RowLink], main: int | None) -> _Citation | None:
    """Return title, authors and date of a reference in the main cell, or in one with a paper."""
    references: dict[int, _Citation | None] = {}  # by column: a cell may have many links
    is_main = main is not None
    for link in links:
        _, url, label, column, image, _, _ = link
        if image or column >= len(cells) or (is_main and column != main):
            continue
        citation = _named(link, cells[column], is_main=is_main)
        if citation is None and (is_main or labels.role(label, url) == "paper"):
            if column not in references:
                references[column] = _referenced(cells[column], column, links)
            citation = references[column]
        if citation:
            return citation
    return None


def _named(link: RowLink, cell: str, *, is_main: bool) -> _Citation | None:
    """Return what a cell says around the title that it links.

    | Jane Doe et al. 2016 [A title](url) |     | [A title](url) (Doe et al., 2020) |
    """
    _, url, label, _, _, start, end = link
    if labels.is_generic(label):
        return None
    before = cell[:start].strip(_BETWEEN + ":")
    if is_citation(before.rstrip(".")):
        return label, authors_of_citation(before.rstrip(".")) or "", date_of(before)
    if is_main or not _is_phrase(label):
        return None
    names = _citation_around(before, cell[end:].strip(_BETWEEN + "().:"))
    if not names or labels.role(label, url) != "paper":
        return None
    return label, names, date_of(f"{cell[:start]} {cell[end:]}")


def _referenced(cell: str, column: int, links: Sequence[RowLink]) -> _Citation | None:
    """Return what a cell says that is a reference: `J. Doe, "A title of it," ICML, 2016. [pdf]`."""
    if len(cell) <= _REFERENCE:
        return None
    text = _without_labels(cell, column, links)
    reference = citations.read(text) if len(text) > _REFERENCE and _SENTENCES.search(text) else None
    if reference is None:
        return None
    names, title = reference
    return title, names, date_of(text.replace(title, ""))


def _citation_around(before: str, behind: str) -> str | None:
    """Return the authors around the title of a cell: `[A title](url) (Doe et al., 2020)`."""
    if not before and is_citation(behind):
        return authors_of_citation(behind)
    return before if before and people_shape(before) == "others" else None


def _without_labels(cell: str, column: int, links: Sequence[RowLink]) -> str:
    """Return the text of a cell without links that name only their kind: `A title [(paper)](u)`.

    A remark behind the link to the work is left out as well: `[A title](u) (best paper)`.
    """
    for link in links:
        if link[3] == column and link[6] - link[5] != len(cell):
            break
    else:  # as in most rows: the link is the cell
        return cell
    for _, _, label, place, image, start, end in reversed(links):
        if place != column or image or not 0 < end - start < len(cell):
            continue
        if labels.is_generic(label.strip("()")):
            cell = f"{cell[:start].rstrip(_OPEN)} {cell[end:].lstrip(_CLOSED)}"
        elif start == 0 and _is_phrase(label) and _REMARK.fullmatch(cell, end):
            cell = label
    return cell.strip(_BETWEEN)


def _paper(cell: str, column: int, links: Sequence[RowLink]) -> str | None:
    """Return the title in a cell that links to a paper: a label at its start, or the text."""
    if 0 < len(cell) < _SHORTEST and labels.is_generic(cell):  # `Paper`, as in most
        return None
    name = None
    count = size = 0
    for link in links:
        if link[3] == column:
            count += 1
            size = link[6] - link[5]
            if not labels.is_generic(link[2]):
                if link[5] < _SHORTEST and link[2].count(" ") + 1 >= _WORDS:
                    return link[2]
                name = name or link[2]
    if not count or (count == 1 and size == len(cell)):  # as most cells: they are one label
        return _phrase(cell) or name
    text = _without_labels(cell, column, links)
    words = text.split()
    if len(text) < len(cell.strip(_BETWEEN)) and _WORDS <= len(words) <= _MOST_TITLE_WORDS:
        return " ".join(words)
    return _phrase(text) or name


def _is_phrase(label: str) -> bool:
    """Return True for some words, or some characters of a script without blanks."""
    return label.count(" ") + 1 >= _WORDS or (not label.isascii() and len(label) > _SHORTEST)


def _phrase(cell: str) -> str | None:
    """Return the title in a cell that describes a paper: `1) A title - what it says`."""
    if len(cell) < _SHORTEST:
        return None
    line = _NUMBERING.sub("", cell.partition("\n")[0]).strip()
    title, *description = _DESCRIPTION.split(line, maxsplit=1)
    words = len(title.split())
    return title.rstrip(":") if (1 if description else 2) <= words <= _MOST_TITLE_WORDS else None


def _title_cell(cell: str) -> tuple[str, str | None]:
    """Return the title in a cell, its first line, and the authors that may stand below it."""
    return next(filter(None, map(str.strip, cell.split("\n"))), ""), _names_below(cell)


def _names_below(cell: str) -> str | None:
    """Return the names on the second line of a cell, None for anything else."""
    lines = [line for line in map(str.strip, cell.split("\n")) if line]
    names = [line for line in lines[1:2] if find_run(line) is not None]
    return plain_names(names[0]) if names else None


header_of = lru_cache(maxsize=256)(Header)  # a list has the same head in every section
NO_HEADER = Header(())
