"""Rules on how a list is built: headings, anchors, tables, templates."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain
from operator import attrgetter
from urllib.parse import unquote

from rapidfuzz.distance import DamerauLevenshtein

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.entries import CODE_SCHEMES, Entry
from harvest.models import Heading, Identifier
from harvest.text import fold

_ANCHOR = re.compile(r"""<[^<>]*\b(?:id|name)\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_EVERYWHERE = {"", "top", "readme"}  # anchors that a browser or GitHub provides
_ANNOUNCED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\*\*([^*]+):\*\*")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\s*$")
_EMPTY = re.compile(r"\s*(?:[-*_]\s*){3,}|\s*|\s*<!--.*?-->\s*")
_LATEX_LINK = re.compile(r"\\(?:url|href)\{\s*\[")
_MIN_WORD_LENGTH = 8  # shorter words have too many neighbours
_DOUBLE = re.compile(r"(.)\1")
_IMAGE = re.compile(r"!\[|<img\b")
_LINK = re.compile(r"\]\(|https?://")
_TO_LAST_LINK = re.compile(
    r".*(?:\]\([^()]*\)|</a>|(?:https?://|arxiv:|10\.\d{4,9}/)\S+)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_MAX_REST = 3  # words behind the links of a line
_MIN_PAPERS = 3  # of a section: fewer are those that an introduction names
_CLAUSE = re.compile(r"\uff0c|[\u3002\uff01\uff1f]$")  # what ends a clause or sentence in Chinese
_MAX_HEADING_WORDS = 12  # words: what is longer is a sentence


def slug(text: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    characters = text.strip().lower()
    letters = [character for character in characters if character.isalnum() or character in "-_ "]
    return "".join(letters).replace(" ", "-")


def _anchors(file: CheckedFile) -> set[str]:
    """Return every anchor of a file. GitHub numbers the second and later ones of a name."""
    anchors = set()
    for _, line in file.prose:
        for name in _ANCHOR.findall(line):
            anchors.add(name.removeprefix("user-content-").lower())
    for heading in file.headings:
        badges = len(_IMAGE.findall(file.line(heading.line)))
        for number in range(1, badges + 1):  # the blank before each is a hyphen
            anchors.add(f"{slug(heading.text)}{'-' * number}")
    uses = Counter(slug(heading.text) for heading in file.headings)
    for name, total in uses.items():
        anchors.update(f"{name}-{number}" for number in range(1, total))
    return anchors.union(uses)


@rule("anchor-without-heading", "Anchor without a heading")
def anchor_without_heading(file: CheckedFile) -> Violations:
    """A link within the page names a heading that is not there.

    Why: The reader clicks and nothing happens: somebody renamed the heading.
    Example: `[X-ray Images](#xray-images)` above `### X-ray Images`
    Fix: `[X-ray Images](#x-ray-images)`
    """
    anchors = _anchors(file)
    for mention in file.mentions if file.is_markdown else ():
        anchor = unquote(mention.url[1:]).replace("\ufe0f", "").lower()
        if mention.url[:1] != "#" or anchor in anchors | _EVERYWHERE:
            continue
        label = re.sub("-+", "-", slug(mention.label))
        own, numbers = _own_anchors(file, mention.line), _NUMBER.findall(anchor)
        others = [it for it in sorted(anchors - own) if _NUMBER.findall(it) == numbers]
        near = [label] if label in others else get_close_matches(anchor, others, 1, 0.7)
        hint = f"; did you mean #{near[0]}?" if near else ""
        yield mention.line, f"no heading has the anchor {mention.url}{hint}"


def _own_anchors(file: CheckedFile, line: int) -> set[str]:
    """Return the anchor of the heading in a line: a link in it leads elsewhere."""
    return {slug(heading.text) for heading in file.headings if heading.line == line}


_NUMBER = re.compile(r"\d+")
_CHAPTER = re.compile(r"(\d+(?:\.\d+)*)\.?\s")


@rule("section-without-entries", "Section without entries")
def section_without_entries(file: CheckedFile) -> Violations:
    """Nothing stands under a heading, or only rows of a template. A heading that is a link, a
    sentence or without words is none of a section.

    Why: The list promises what it does not have.
    Example: `## Tutorials` directly above `## Contributing`
    Fix: Fill the section or take it out, also of the table of contents.
    """
    end = 0
    for heading in file.headings:
        problem = None
        if heading.line >= end and _is_title_of_section(file, heading):
            problem = _emptiness(file, heading)
        if problem:
            yield heading.line, f"the section {heading.text!r} {problem}"
            end = heading.end  # the sections within it are not reported


@rule("section-without-works", "Section whose papers are no works")
def section_without_works(file: CheckedFile) -> Violations:
    """Three papers or more stand in a section, each on a line of its own, and none is a work.

    Why: They are missing from the dataset, although other sections were read.
    Example: `**A title** [[Paper]](https://arxiv.org/abs/2103.00006)` in paragraphs among rows
    Fix: Write them like the entries of the other sections.
    """
    with_works = {entry.first.section for entry in file.entries if entry.papers}
    papers = chain.from_iterable(map(attrgetter("papers"), file.entries))
    works = {name for _, name in papers}
    lines: dict[tuple[str, ...], dict[Identifier, int]] = defaultdict(dict)
    for mention in file.mentions if with_works else ():  # else it is the whole list: no-works
        name = mention.identifier
        is_paper = name is not None and name.scheme not in CODE_SCHEMES | {"url"}
        is_aside = mention.entry is None and mention.section not in with_works
        if name and is_paper and is_aside and name not in works and _ends_line(file, mention.line):
            lines[mention.section].setdefault(name, mention.line)
    for names in lines.values():
        if len(set(names.values())) >= _MIN_PAPERS:
            message = f"{len(names)} papers of this section are mentioned, and no works of the list"
            yield min(names.values()), message


def _ends_line(file: CheckedFile, number: int) -> bool:
    """Return True for a line that ends with its links, as sentences seldom do."""
    line = file.line(number)
    match = _TO_LAST_LINK.match(line)
    rest = line[match.end() :] if match else line
    next_line = file.line(number + 1).lstrip()
    return len(_WORD.findall(rest)) <= _MAX_REST and not next_line[:1].islower()


def _is_title_of_section(file: CheckedFile, heading: Heading) -> bool:
    """Return False for a heading that says what it has to say itself: a link, a sentence."""
    words = fold(heading.text).split()
    is_sentence = len(words) > _MAX_HEADING_WORDS or _CLAUSE.search(heading.text)
    return bool(words) and not is_sentence and not _LINK.search(file.line(heading.line))


def _emptiness(file: CheckedFile, heading: Heading) -> str | None:
    entries = [entry for entry in file.within(heading) if not _is_content_link(entry)]
    headings = {other.line for other in file.headings}
    body = set(range(heading.line + 1, heading.end)) - headings
    if entries and all(entry.is_template for entry in entries):
        says_more = any(_is_prose(file.line(number)) for number in body)
        return None if says_more else "holds only rows of a template"
    if _is_divided(file, heading) or _is_subtitle(file, heading):
        return None
    return (
        "is empty; fill it or take it out"
        if all(_EMPTY.fullmatch(file.line(number)) for number in body)
        else None
    )


def _is_prose(line: str) -> bool:
    return len(line.split()) > _MAX_HEADING_WORDS and not _TABLE_ROW.fullmatch(line)


def _is_divided(file: CheckedFile, heading: Heading) -> bool:
    """Return True if a heading below it is an entry (a link), or the next one a part of it.

    A part is a year, has its number (2.1.1 of 2.1), or stands right below, whatever its level.
    """
    below = [other for other in file.headings if heading.line < other.line < heading.end]
    next_heading = next((other for other in file.headings if other.line >= heading.end), None)
    if any(_LINK.search(file.line(other.line)) for other in [*below, next_heading] if other):
        return True
    if next_heading is None:
        return False
    number = _CHAPTER.match(heading.text)
    is_numbered = number is not None and next_heading.text.startswith(f"{number[1]}.")
    is_below = next_heading.line == heading.line + 1
    return is_below or is_numbered or fold(next_heading.text).isdecimal()


def _is_subtitle(file: CheckedFile, heading: Heading) -> bool:
    """Return True for the title, or a heading right below it, that the next one goes on with."""
    title, *others = file.headings
    if heading == title:
        return bool(others) and title.level == others[0].level == 1
    lines = range(title.line + 1, heading.line)
    is_below = all(_EMPTY.fullmatch(file.line(number)) for number in lines)
    return is_below and heading.level > title.level + 1


def _is_content_link(entry: Entry) -> bool:
    """Return True if an item only links to places of its file, as in a table of contents."""
    return all(mention.url.startswith("#") for mention in entry.mentions)


@rule("announced-section", "Announced section that is not there")
def announced_section(file: CheckedFile) -> Violations:
    """A list without any entry announces groups, and no heading has such a name.

    Why: Readers look for what is announced; the list may have been cut off.
    Example: `- **Surveys:** Overviews of the field.` in a list that has no heading `Surveys`
    Fix: Add the sections, or say where they are.
    """
    if file.works:
        return
    headings = {fold(heading.text) for heading in file.headings}
    for number, line in file.prose:
        if (match := _ANNOUNCED.match(line)) and fold(match[1]) not in headings:
            yield number, f"{match[1].strip()!r} is announced, and no heading has this name"


@rule("heading-typo", "Misspelt heading", level="note")
def heading_typo(file: CheckedFile) -> Violations:
    """A word of a heading is a word of the vocabulary but for a letter or double letters, and no
    title of the list has it.

    Why: Anchors and facets are made of headings.
    Example: `### Autorregresion (Transformers)`
    Fix: `### Autoregression (Transformers)`
    """
    vocabulary = set()
    for spellings in file.vocabulary.spellings.values():
        vocabulary.update(_long_words(" ".join(spellings)))
    titles = set()
    for mention in file.mentions:
        titles.update(fold(mention.title or "").split())
    for heading in file.headings:
        for word in _long_words(fold(heading.text)):
            if word in vocabulary or word in titles:
                continue
            if near := _misspelt(word, vocabulary):
                yield heading.line, f"{word!r} in the heading {heading.text!r}: {near!r}?"


def _misspelt(word: str, vocabulary: Iterable[str]) -> str | None:
    """Return the word of a vocabulary that a word is but for a letter, double letters aside."""
    single = _DOUBLE.sub(r"\1", word)
    for right in sorted(vocabulary):
        distance = DamerauLevenshtein.distance(single, _DOUBLE.sub(r"\1", right), score_cutoff=1)
        if word[0] == right[0] and distance <= 1 and not _is_inflection(word, right):
            return right
    return None


def _long_words(text: str) -> list[str]:
    return [word for word in text.split() if len(word) >= _MIN_WORD_LENGTH]


def _is_inflection(one: str, other: str) -> bool:
    """Return True if one word begins with the other, except for its last letter."""
    return one.startswith(other[:-1]) or other.startswith(one[:-1])


@rule("copied-row", "Copied row of a template")
def copied_row(file: CheckedFile) -> Violations:
    """The same row without a work stands in several sections.

    Why: It was copied to show the columns, and says of each section what is true of none.
    Example: `| Lesion Segmentation | GAN | Dermoscopic | ...` under MRI, CT and OCT
    Fix: Delete it where it does not belong.
    """
    lines_by_text: dict[str, list[int]] = defaultdict(list)
    for entry in file.entries:
        if entry.is_template:
            text = file.line(entry.line).strip()
            lines_by_text[text].append(entry.line)
    for lines in lines_by_text.values():
        for line in lines if len(lines) > 1 else ():
            others = ", ".join(str(other) for other in lines if other != line)
            yield line, f"the same row stands in line {others}"


@rule("table-without-blank-line", "Heading directly below a table", level="note")
def table_without_blank_line(file: CheckedFile) -> Violations:
    """No blank line stands between a table and the heading after it.

    Why: Some readers of Markdown take the heading for a row.
    Example: `| GAN | ... |` directly above `### Electroencephalogram (EEG)`
    Fix: Put a blank line between them.
    """
    for heading in file.headings:
        if heading.line > 1 and _TABLE_ROW.fullmatch(file.line(heading.line - 1)):
            title = repr(heading.text)
            yield heading.line, f"no blank line between a table and the heading {title}"


@rule("broken-bibtex", "Markdown within BibTeX")
def broken_bibtex(file: CheckedFile) -> Violations:
    r"""A Markdown link stands within \url{...} or \href{...}.

    Why: LaTeX prints brackets and parentheses, and the address does not work.
    Example: `howpublished = {\url{[https://a.example](https://a.example)}}`
    Fix: `howpublished = {\url{https://a.example}}`
    """
    for number, line in enumerate(file.lines, 1):  # BibTeX stands in code, and in files of its own
        if _LATEX_LINK.search(line):
            yield number, "a Markdown link within a LaTeX command"


@rule("stray-backslash", "Stray backslash", level="note")
def stray_backslash(file: CheckedFile) -> Violations:
    r"""A line ends in a backslash where no line break can follow.

    Why: The backslash is shown.
    Example: `Wikipedia, 22 Aug. 2022.\` at the end of an item
    Fix: Delete it.
    """
    for number, line in file.prose:
        backslashes = len(line) - len(line.rstrip("\\"))  # two are an escaped one
        if backslashes % 2 and _ITEM.match(file.line(number + 1)):  # no line of the same paragraph
            yield number, "a backslash at the end of a paragraph"
