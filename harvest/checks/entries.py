"""Rules on entries: what a list says of a work, compared with the rest of the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.entries import Entry, counted
from harvest.models import Identifier, Mention
from harvest.text import fold, markdown

_MIN_ENTRIES = 4  # entries that a file needs before one of them can be unlike the others
_RELATIVE = re.compile(
    r"\bago\b|\byesterday\b|\b(?:last|this) (?:week|month|year)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = 4  # words before the name of a work
_MIN_CAPITALS = 4  # words: initials and acronyms are no names in capitals
_ABBREVIATED = re.compile(r"(?:\.\.|\b(?:al|etc|vs|vol|no|ed|Jr|Inc|U\.S))\.$")
_BOLD = ("**", "__")
# A year or a venue with one: 2022/05, EMNLP 18, CVPR'19.
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|['\u2019]\d\d\b|\b[A-Z]{2,}[A-Za-z]*[- ]?\d\d\b|arXiv:\s?\d{4}\."
)
_ITEM = re.compile(r"\s*(?:(?:[-+*]|\d+[.)])\s+)?")
_SENTENCES = re.compile(r"[.?!;] |\b(?:19|20)\d\d\b|\b[A-Z]\.|\b\w\.\w\.$")
_ADDRESS = re.compile(r"\(?https?://[^\s)>]*|\w+=\"[^\"]*\"")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_LINK = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)")
# What looks like people, though the layout of the list does not tell who they are: several names,
# initials, `et al`, a name in emphasis, names in capitals, and names that a copy ran together.
_NAME = r"[^\W\d_a-z][\w'\u2019.-]*(?:\s+[^\W\d_a-z][\w'\u2019.-]*){1,3}"
_PEOPLE = re.compile(
    rf"\bet al\b|{_NAME}\s*(?:,\s*(?:and\b|&)?|;|&|and\b)\s*{_NAME}"
    r"|\b[A-Z]\.\s?(?:[A-Z]\.\s?)*[A-Z]\w+|\b[A-Z][\w'\u2019-]+,\s*[A-Z]\."
    rf"|(?<![*_])[*_]{_NAME}[^*_]*[*_]|{_NAME},?\s\((?:19|20)\d\d[a-z]?\)"
    r"|\bby [A-Z]|\s-\s[A-Z][\w'\u2019-]+\s-\s"
    r"|\b[A-Z]{3,} [A-Z]{3,}(?:,|\.\.\.)|[a-z][A-Z][a-z]+ (?:[A-Z]\w* )*[A-Z]\w*[a-z][A-Z][a-z]"
)
# A line with the name of an organisation or team, which is given in place of authors.
_GROUP = re.compile(
    r"[A-Z][\w.&'\u2019-]*(?:,? [A-Z&][\w.&'\u2019-]*){0,6}(?:\s?(?:<br\s?/?>|\\))?"
)
_FRONT_PAGE = re.compile(r"https?://[^/]+/?")
_SEVERAL_NAMES = re.compile(rf"{_NAME}(?:,\s*{_NAME})+")
SUMMARY = re.compile(r"<(?:details|summary)\b|^\s*[-*+]\s+[\w ]{3,20}:")
_MEASURED = re.compile(r"\W*\d{1,3}\.\d+\W*(?:\d+\.\d+)?\W*")  # 81.5, **81.5** or 81.5 \u00b1 0.2
_LONGEST_NAME = 2  # words of the name of data or of a model
_BEHIND_NAME = re.compile(r"\s+(?:\||(?:19|20)\d\d\b)")  # `Ice 2023-5 | EN`
_ON_PURPOSE = 10  # works under several headings: so many stand there on purpose
_TAG = re.compile(
    r"https?://(?:[\w-]+\.)?(?:wikipedia\.org|opensource\.org|choosealicense\.com"
    r"|creativecommons\.org|spdx\.org|bit\.ly|gnu\.org/licenses|pypi\.org|anaconda\.org"
    r"|hub\.docker\.com|npmjs\.com|cran\.r-project\.org|shields\.io)(?:/|$)"
)


@rule("duplicate", "Listed twice")
def duplicate(file: CheckedFile) -> Violations:
    """The same work stands in two entries of a list. Where many works stand under several headings,
    or a quarter of a list twice, that is meant, and one finding counts them. Tags (a licence, an
    encyclopedia) are no works, and a paper may have several rows of results, and data sets or
    models with pages of their own.

    Why: Counts are wrong, and a correction reaches only one of them.
    Example: `https://arxiv.org/abs/2301.00001` in lines 12 and 80
    Fix: Keep one entry.
    """
    results = _tables_of_results(file.works)
    first: dict[object, Entry] = {}  # of a work, and of a work under a heading or item
    repeated: list[tuple[int, str]] = []
    under_others: list[tuple[int, str]] = []
    for entry in file.works:
        if entry.first.title is None and file.parent(entry):
            continue  # a citation in the summary of another work
        for mention, identifier in entry.papers:
            work = _work(entry, mention, identifier)
            anywhere = first.setdefault(work, entry)
            here = first.setdefault((work, entry.first.section, file.parent(entry)), entry)
            other = anywhere if here is entry else here
            is_aside = _TAG.match(mention.url) or file.is_within(entry, other)
            is_result = not results.isdisjoint({_place(entry), _place(other)})
            is_row = _is_row_of_another(entry, other, is_result=is_result)
            if other is entry or is_aside or is_row or _are_resources(entry, other):
                continue
            group = under_others if here is entry else repeated
            group.append((entry.line, f"{identifier} stands in line {other.line} already"))
    total = len(repeated) + len(under_others)
    if len(repeated) > _ON_PURPOSE and 4 * total > len(file.works):
        repeated, under_others = [], [*repeated, *under_others]
    yield from repeated
    if len(under_others) <= _ON_PURPOSE:
        yield from under_others
    else:
        line, message = min(under_others)
        yield line, f"{len(under_others)} works stand under several headings: {message}"


def _is_row_of_another(entry: Entry, other: Entry, *, is_result: bool) -> bool:
    """Return True for rows of results, or of data sets and models by name, that share a paper."""
    mine, theirs = entry.first.columns, other.first.columns
    if mine == theirs:
        return False
    names = {next(iter(mine.values()), None), next(iter(theirs.values()), None)}
    has_names = None not in names and entry.first.title is None and other.first.title is None
    return is_result or (has_names and len(names) > 1)


def _are_resources(entry: Entry, other: Entry) -> bool:
    """Return True for data sets or models of one paper: each has a name and a page of its own.

    Titles of studies that share a paper are a slip of the pen: a link was copied.
    """
    mine, theirs = _pages(entry), _pages(other)
    names = {_BEHIND_NAME.split(one.first.title or "", maxsplit=1)[0] for one in (entry, other)}
    are_short = all(0 < len(name.split()) <= _LONGEST_NAME for name in names)
    return len(names) > 1 and are_short and bool(mine - theirs) and bool(theirs - mine)


def _pages(entry: Entry) -> set[str]:
    """Return the pages of a work beside its paper and code."""
    return {mention.url for mention in entry.mentions if mention.role == "other"}


def _tables_of_results(entries: Iterable[Entry]) -> set[object]:
    """Return the tables of measurements: a paper has a row for each method or setting."""
    results: set[object] = set()
    for entry in entries:
        if any(map(_MEASURED.fullmatch, entry.first.columns.values())):
            results.add(_place(entry))
    return results


def _work(entry: Entry, mention: Mention, identifier: Identifier) -> object:
    """Return the key of a work: a web page may be of several, with other titles or pages."""
    is_web_page = identifier.scheme == "url" and not identifier.value.lower().endswith(".pdf")
    pages = frozenset(other.url for other in entry.mentions if other.role == "other")
    return (identifier, fold(mention.title or ""), pages) if is_web_page else identifier


@rule("no-date", "No date", level="note")
def no_date(file: CheckedFile) -> Violations:
    """An entry has no date in a list and section where most have one.

    Why: Readers cannot place it, and a wrong link cannot be told by its date.
    Example: `[Title](https://arxiv.org/abs/2112.13592) First Author, Second Author`
    Fix: Add the year.
    """
    for entry in _exceptions(file, lambda mention: mention.date):
        lines = [*file.passage(entry), *entry.first.section]
        texts = [_ADDRESS.sub(" ", line) for line in lines]
        if not any(map(_YEAR.search, texts)):
            yield entry.line, "no date, where most entries of the list have one; add the year"


@rule("no-authors", "No authors", level="note")
def no_authors(file: CheckedFile) -> Violations:
    """An entry has no authors in a list and section where most have them.

    Why: Authors tell a retitled paper from a wrong link.
    Example: `[Title](https://arxiv.org/abs/2112.13592) (2021)`
    Fix: Add the authors.
    """
    for entry in _exceptions(file, lambda mention: mention.authors):
        is_linked = any(_is_list_of_names(mention.label) for mention in entry.mentions)
        lines = list(map(_remainder, file.passage(entry)))
        is_by_group = any(_is_group(line, entry) for line in lines)
        if not (is_linked or is_by_group or any(map(_PEOPLE.search, lines))):
            yield entry.line, "no authors, where most entries of the list have some; add them"


def _is_group(line: str, entry: Entry) -> bool:
    is_title = fold(line) == fold(entry.first.title or "")
    return _GROUP.fullmatch(line.strip()) is not None and not is_title


def _is_list_of_names(label: str) -> bool:
    return _SEVERAL_NAMES.fullmatch(label) is not None


def _remainder(line: str) -> str:
    """Return a line without links and what sums up the work."""
    return "" if SUMMARY.search(line) else _ADDRESS.sub(" ", _LINK.sub(" ", line))


def _exceptions(file: CheckedFile, value: Callable[[Mention], str | None]) -> list[Entry]:
    """Return the entries without a value if they are few enough to be exceptions, else none.

    A section whose other entries have none either is made like that, and so is a table of which
    most have none.
    """
    entries = [entry for entry in file.papers if not any(map(value, entry.mentions))]
    if len(file.papers) < _MIN_ENTRIES or 2 * len(entries) >= len(file.papers):
        return []
    sizes = Counter(map(_place, file.papers))
    gaps = Counter(map(_place, entries))
    exceptions = []
    for entry in entries:
        place = _place(entry)
        if _is_unusual(entry, gaps[place], sizes[place]) and not _is_aside(file, entry):
            exceptions.append(entry)
    return exceptions


def _is_unusual(entry: Entry, gaps: int, size: int) -> bool:
    """Return True if half of its table, or of the other entries of its section, have a value."""
    return 2 * gaps < size if entry.first.columns else 2 * (gaps - 1) <= size - 1


def _is_aside(file: CheckedFile, entry: Entry) -> bool:
    """Return True if an item is none of a work: without a title, a page of another one, news.

    News begins with a sentence and names the work in it.
    """
    mention = entry.papers[0][0]
    if entry.first.columns or not file.is_markdown:
        return False
    if entry.is_web_page and (mention.title != mention.label or file.parent(entry)):
        return True
    if _FRONT_PAGE.fullmatch(entry.first.url):  # of a product
        return True
    before, label, _ = file.line(mention.line).partition(mention.label)
    words = _WORD.findall(_BRACKETS.sub(" ", before))
    is_news = mention.title == label != "" and len(words) >= _SENTENCE
    return mention.title is None or is_news


def _place(entry: Entry) -> tuple[object, ...]:
    """Return what entries of one section and table have in common."""
    return entry.first.section, tuple(entry.first.columns)


@rule("bare-link", "Bare link", level="note", fixable=True)
def bare_link(file: CheckedFile) -> Violations:
    """An item is the address of a work and nothing else.

    Why: Nobody can tell what it leads to, nor notice that the link is wrong.
    Example: `- https://arxiv.org/abs/2006.11239`
    Fix: `- [Denoising Diffusion Probabilistic Models](https://arxiv.org/abs/2006.11239)`; `--fix`
        writes the title that a registry has.
    """
    for entry in file.works:
        mention, identifier = entry.papers[0]
        address = _bare_address(file, entry)
        if address is None or identifier.scheme == "url":
            continue
        work = file.registries.work(identifier)
        if work and work.status == "resolved" and work.title:
            target = f"<{mention.url}>" if "(" in mention.url else mention.url
            link = f"[{markdown(work.title)}]({target})"
            yield entry.line, f"a bare link; its title is {work.title!r}", (address, link)
        else:
            yield entry.line, f"a bare link, {identifier}; write the title of the work", None


def _bare_address(file: CheckedFile, entry: Entry) -> str | None:
    """Return the address that an entry is made of, None for one with anything beside it."""
    line = file.line(entry.line)
    text = _ITEM.sub("", line, count=1).strip()
    if not file.is_markdown or len(entry.mentions) != 1 or text.strip("<>") != entry.first.url:
        return None
    is_alone = all(it == line or not it.strip() for it in file.passage(entry))
    return text if is_alone else None


@rule("relative-date", "Relative date")
def relative_date(file: CheckedFile) -> Violations:
    """A date that depends on the day of reading.

    Why: It is wrong tomorrow.
    Example: `By Tabitha Oanda, a year ago.`
    Fix: Write the year.
    """
    for entry in file.works:
        if entry.first.date and _RELATIVE.search(entry.first.date):
            yield entry.line, f"{entry.first.date!r} depends on the day of reading"


@rule("authors-in-capitals", "Authors in capitals", level="note")
def authors_in_capitals(file: CheckedFile) -> Violations:
    """The names of the authors are written in capitals. Where a program wrote more than a tenth of
    a list so, one finding counts them.

    Why: Their own spelling (McDonald, de Boer) is lost.
    Example: `SEMA ATASEVER, NUH AZGINOGLU`
    Fix: `Sema Atasever, Nuh Azginoglu`
    """
    violations = []
    for entry in file.works:
        words = _WORD.findall(entry.first.authors or "")
        capitals = [word for word in words if word.isupper()]
        if len(capitals) >= _MIN_CAPITALS and len(capitals) > 0.8 * len(words):
            violations.append((entry.line, f"authors in capitals: {entry.first.authors}"))
    yield from counted(violations, len(file.works), "entries")


@rule("title-full-stop", "Full stop in a title", level="note")
def title_full_stop(file: CheckedFile) -> Violations:
    """The text of a title's link ends in a full stop.

    Why: It is taken for a part of the title, also by whoever copies it.
    Example: `[**GANs for Medical Image Synthesis: An Empirical Study.**](...)`
    Fix: Put it behind the link, or leave it out.
    """
    for entry in file.works:
        label = entry.papers[0][0].label
        if entry.is_web_page or not _is_title(entry):
            continue
        ends_in_stop = label.endswith(".") and not _ABBREVIATED.search(label)
        is_citation = _SENTENCES.search(label) is not None
        if ends_in_stop and not is_citation:
            yield entry.line, f"the title ends in a full stop: {label}"


@rule("title-style", "Title in another style", level="note")
def title_style(file: CheckedFile) -> Violations:
    """A title is not bold in a list where most are.

    Why: Tools that read lists by their shape miss it.
    Example: `[Title](...)` among `[**Title**](...)`
    Fix: `[**Title**](...)`
    """
    bold, plain = 0, []
    for entry in file.works if file.is_markdown else ():
        if entry.first.columns or entry.is_web_page or not _is_title(entry):
            continue
        mention = entry.papers[0][0]
        before, label, _ = file.line(mention.line).partition(mention.label)
        if not label:
            continue
        if before.endswith(_BOLD) or before.rstrip("[ ").endswith(_BOLD):
            bold += 1
        else:
            plain.append(entry.line)
    if bold >= _MIN_ENTRIES and bold > 2 * len(plain):
        for line in plain:
            yield line, "the title is not bold, as the others are"


def _is_title(entry: Entry) -> bool:
    mention = entry.papers[0][0]
    label = mention.label.rstrip(".")
    return bool(mention.title and label and mention.title.startswith(label))
