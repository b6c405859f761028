"""Rules on how a list is built: headings, anchors, tables, templates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from urllib.parse import unquote

from harvest.checks.base import Page, Problem, rule
from harvest.models import Heading
from harvest.text import fold

_ANCHOR = re.compile(r"""<[^<>]*\b(?:id|name)\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_EVERYWHERE = {"", "top", "readme"}  # anchors that a browser or GitHub provides
_ANNOUNCED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\*\*([^*]+):\*\*")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\s*$")
_EMPTY = re.compile(r"\s*(?:[-*_]\s*){3,}|\s*|\s*<!--.*?-->\s*")
_LATEX_LINK = re.compile(r"\\(?:url|href)\{\s*\[")
_LEAST_WORD = 8  # shorter words have too many neighbours
_NEAR = 0.88


def slug(text: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    kept = "".join(c for c in text.strip().lower() if c.isalnum() or c in "-_ ")
    return kept.replace(" ", "-")


def _anchors(page: Page) -> set[str]:
    """Give every anchor of a page; GitHub numbers those that are there already."""
    anchors = {
        found.removeprefix("user-content-").lower()
        for _, line in page.prose
        for found in _ANCHOR.findall(line)
    }
    seen: Counter[str] = Counter()
    for heading in page.headings:
        name = slug(heading.text)
        anchors.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return anchors


@rule("anchor-without-heading")
def anchor_without_heading(page: Page) -> Iterator[Problem]:
    """Anchor without a heading.

    A link within the page names a heading that is not there.
    Why: The reader clicks and nothing happens: somebody renamed the heading.
    Example: `[X-ray Images](#xray-images)` above `### X-ray Images`
    Fix: `[X-ray Images](#x-ray-images)`
    """
    # Suggest the heading with the text of the link, else the nearest one.
    if not page.markdown:
        return
    anchors = _anchors(page)
    for mention in page.mentions:
        wanted = unquote(mention.url[1:]).replace("\ufe0f", "").lower()
        if mention.url[:1] != "#" or wanted in anchors | _EVERYWHERE:
            continue
        label = re.sub("-+", "-", slug(mention.label))
        near = [label] if label in anchors else get_close_matches(wanted, sorted(anchors), 1, 0.7)
        hint = f"; #{near[0]} is" if near else ""
        yield Problem(mention.line, f"no heading has the anchor {mention.url}{hint}")


@rule("section-without-entries")
def section_without_entries(page: Page) -> Iterator[Problem]:
    """Section without entries.

    Nothing stands under a heading, or only rows of a template.
    Why: The list promises what it does not have.
    Example: `## Tutorials` directly above `## Contributing`
    Fix: Fill the section or take it out, also of the table of contents.
    """
    # Report the outermost heading of each empty part.
    reported = 0
    for heading in page.headings:
        if heading.line < reported:
            continue
        if why := _emptiness(page, heading):
            yield Problem(heading.line, f"the section {heading.text!r} {why}")
            reported = heading.end


def _emptiness(page: Page, heading: Heading) -> str | None:
    entries = [
        entry
        for entry in page.within(heading)
        if any(not m.url.startswith("#") for m in entry.mentions)
    ]
    if entries and all(entry.is_template for entry in entries):
        return "holds only rows of a template"
    headings = {other.line for other in page.headings}
    body = (
        page.line(number)
        for number in range(heading.line + 1, heading.end)
        if number not in headings
    )
    return None if any(not _EMPTY.fullmatch(line) for line in body) else "is empty"


@rule("announced-section")
def announced_section(page: Page) -> Iterator[Problem]:
    """Announced section that is not there.

    A list without any entry announces groups, and no heading has such a name.
    Why: Readers look for what is announced; the list may have been cut off.
    Example: `- **Surveys:** Overviews of the field.` in a list that has no heading `Surveys`
    Fix: Add the sections, or say where they are.
    """
    # Look at items that begin in bold, in pages that name no work.
    headings = {fold(heading.text) for heading in page.headings}
    for number, line in page.prose if not page.works else ():
        if (match := _ANNOUNCED.match(line)) and fold(match[1]) not in headings:
            yield Problem(
                number, f"{match[1].strip()!r} is announced, and no heading has this name"
            )


@rule("heading-typo", level="note")
def heading_typo(page: Page) -> Iterator[Problem]:
    """Misspelt heading.

    A word of a heading is nearly a word of the vocabulary.
    Why: Anchors and facets are made of headings.
    Example: `### Autorregresion (Transformers)`
    Fix: `### Autoregression (Transformers)`
    """
    # Compare long words only, and let inflections pass.
    spellings = page.vocabulary.spellings
    known = {
        word
        for terms in spellings.values()
        for term in terms
        for word in term.split()
        if len(word) >= _LEAST_WORD
    }
    for heading in page.headings:
        for word in fold(heading.text).split():
            near = (
                get_close_matches(word, known, 1, _NEAR)
                if len(word) >= _LEAST_WORD and word not in known
                else []
            )
            if near and not (word.startswith(near[0][:-1]) or near[0].startswith(word[:-1])):
                yield Problem(
                    heading.line, f"{word!r} in the heading {heading.text!r}: {near[0]!r}?"
                )


@rule("copied-row")
def copied_row(page: Page) -> Iterator[Problem]:
    """Copied row of a template.

    The same row without a work stands in several sections.
    Why: It was copied to show the columns, and says of each section what is true of none.
    Example: `| Lesion Segmentation | GAN | Dermoscopic | ...` under MRI, CT and OCT
    Fix: Delete it where it does not belong.
    """
    # Compare the text of rows that name no work.
    same: dict[str, list[int]] = {}
    for entry in page.entries:
        if entry.is_template:
            same.setdefault(page.line(entry.line).strip(), []).append(entry.line)
    for lines in same.values():
        for line in lines if len(lines) > 1 else ():
            others = ", ".join(str(other) for other in lines if other != line)
            yield Problem(line, f"the same row stands in line {others}")


@rule("table-without-blank-line", level="note")
def table_without_blank_line(page: Page) -> Iterator[Problem]:
    """Heading directly below a table.

    No blank line stands between a table and the heading after it.
    Why: Some readers of Markdown take the heading for a row.
    Example: `| GAN | ... |` directly above `### Electroencephalogram (EEG)`
    Fix: Put a blank line between them.
    """
    for heading in page.headings:
        if heading.line > 1 and _TABLE_ROW.fullmatch(page.line(heading.line - 1)):
            yield Problem(
                heading.line, f"no blank line between a table and the heading {heading.text!r}"
            )


@rule("broken-bibtex")
def broken_bibtex(page: Page) -> Iterator[Problem]:
    r"""Markdown within BibTeX.

    A Markdown link stands within \url{...} or \href{...}.
    Why: LaTeX prints brackets and parentheses, and the address does not work.
    Example: `howpublished = {\url{[https://a.example](https://a.example)}}`
    Fix: `howpublished = {\url{https://a.example}}`
    """
    # Look at all lines: BibTeX stands in code, and in files of its own.
    for number, line in enumerate(page.lines, 1):
        if _LATEX_LINK.search(line):
            yield Problem(number, "a Markdown link within a LaTeX command")


@rule("stray-backslash", level="note")
def stray_backslash(page: Page) -> Iterator[Problem]:
    r"""Stray backslash.

    A line ends in a backslash where no line break can follow.
    Why: The backslash is shown.
    Example: `Wikipedia, 22 Aug. 2022.\` at the end of an item
    Fix: Delete it.
    """
    # Look at what follows: a backslash breaks a line only within a paragraph.
    for number, line in page.prose:
        odd = (len(line) - len(line.rstrip("\\"))) % 2
        if odd and _ITEM.match(page.line(number + 1)):
            yield Problem(number, "a backslash at the end of a paragraph")
