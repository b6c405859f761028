"""The list form of conference lists: a bold title, and under it only labels and links of that work.

**Title of the work**
- Paper: https://...
- Code: [link](https://...)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harvest import dates
from harvest.readers import labels, people
from harvest.readers.looks import is_edition, plain
from harvest.readers.markdown.entry import PICTOGRAM
from harvest.readers.markdown.inline import InlineLink, InlineText

_EDGES = " \t\n,;|/\u00b7\u2022-\u2013\u2014"
_COLON = re.compile("[:\uff1a]")
_BRACKETS = re.compile(r"\([^()]*\)")
_FIELDS = frozenset({"authors", "date", "venue"})
_LONGEST_LABEL = 40  # characters before a colon
_SHORTEST = 6  # characters of a title in a script without blanks
_ENDS = frozenset({"", ":", "\uff1a", ".", ","})  # of a text that is no title
_FEWEST, _MOST = 3, 40  # words of a title that is not bold
_PAPERS = 3  # of one work, at most: a preprint, a version of record


def is_title(block: InlineText) -> bool:
    """Return True if a paragraph may be the title of one work: bold to its end or a break, no link.

    A single word, a venue with its year and a text that ends with a colon head many works.
    """
    if block.links or not block.bold or block.bold[0][0] != 0:
        return False
    end = block.bold[0][1]
    text = "".join(block.parts[:end]).strip()
    if block.parts[end : end + 1] and not block.parts[end].isspace():
        return False
    is_phrase = " " in text or (not text.isascii() and len(text) > _SHORTEST)
    return is_phrase and text[-1] not in ":\uff1a" and not labels.is_generic(text)


def may_be_title(block: InlineText) -> bool:
    """Return True if a paragraph without a link may be a title that nothing marks.

    A list below it must be of labels alone, and a document have several of them.
    """
    text = block.text.strip()
    if block.links or text[-1:] in _ENDS:
        return False
    return _FEWEST <= len(PICTOGRAM.sub(" ", text).split()) <= _MOST


def links(items: Sequence[Sequence[InlineText]]) -> list[tuple[InlineLink, str]] | None:
    """Return the links of a list of one work, each with its label; None for any other list.

    Of one work is a list (blocks by item) of labels, links and values alone. One of them says
    paper, and so does each link to one.
    """
    labelled: list[tuple[InlineLink, str]] = []
    names: list[str] = []
    for blocks in items:
        fields = _fields(blocks[0]) if len(blocks) == 1 else None
        if fields is None:
            return None
        labelled += fields
        names += [label for _, label in fields] or [_COLON.split(blocks[0].text)[0].strip(_EDGES)]
    for link, label in labelled:
        is_paper = not link.image and labels.role(label, link.url) == "paper"
        if is_paper and not (labels.as_label(label) or labels.is_generic(label)):
            return None
    papers = [name for name in names if _says_paper(name)]
    papers = papers or [label for link, label in labelled if labels.role("", link.url) == "paper"]
    return labelled if labelled and 1 <= len(papers) <= _PAPERS else None


def facts(items: Sequence[Sequence[InlineText]]) -> list[InlineText]:
    """Return what a list of one work says of it: its authors, date and venue."""
    return [blocks[0] for blocks in items if len(blocks) == 1 and _says_fact(blocks[0])]


def are_facts(items: Sequence[Sequence[InlineText]]) -> bool:
    """Return True for a list that says no more than authors, date and venue of one work."""
    return bool(items) and len(facts(items)) == len(items)


def is_field(block: InlineText) -> bool:
    """Return True for a paragraph of one field of a work: `**Authors:** Jane Doe`."""
    return _COLON.search(block.text, 0, _LONGEST_LABEL) is not None and _meaning(block) in _FIELDS


def _says_fact(item: InlineText) -> bool:
    """Return True for an item without a link: `Authors: Jane Doe`, `ICML 2020`, `Doe et al.`."""
    if item.links:
        return False
    meaning = _meaning(item)
    text = plain(item.text)
    if meaning in _FIELDS or is_edition(text) or dates.find(text) == text:
        return True
    names = item.text.strip(" .").removeprefix("by ")
    return {part.shape for part in people.parts(names)} <= {"person", "others"}


def _meaning(item: InlineText) -> labels.Meaning | None:
    """Return what the name before the colon of an item says."""
    name, *rest = _COLON.split(item.text.strip(), maxsplit=1)
    return labels.meaning(name) if rest and len(name) <= _LONGEST_LABEL else None


def names_authors(items: Sequence[Sequence[InlineText]]) -> bool:
    """Return True for a list that can be of one work only: `- Authors: Jane Doe`."""
    return any(_meaning(blocks[0]) == "authors" for blocks in items if blocks)


def _says_paper(name: str) -> bool:
    return labels.as_label(name) is not None and labels.role(name, "") == "paper"


def _fields(item: InlineText) -> list[tuple[InlineLink, str]] | None:
    """Return the links of an item, each with its own label or the text before it.

    Returns None if anything else stands in the item.
    """
    fields: list[tuple[InlineLink, str]] = []
    label, end = "", 0
    for link in item.links:
        before = item.text[end : link.start].lstrip(_EDGES + ")]").rstrip(_EDGES + "([")
        name = _name(before)
        if name is None or not (link.image or name or label or labels.is_generic(link.label)):
            return None
        label = name or label
        is_label = "://" not in link.label and labels.as_label(link.label)
        field_label = link.label if link.image or is_label else label or link.label
        fields.append((link, field_label))
        end = max(end, link.end)
    after = item.text[end:].strip(_EDGES + ")].")
    name, *rest = _COLON.split(after, maxsplit=1)
    is_mark = " " not in after and "://" not in after  # `Oral`
    is_short = len(name) <= _LONGEST_LABEL
    is_field = not fields and is_short and (rest or is_mark)  # `Code: coming soon`
    is_field = is_field or _says_fact(item)
    return fields if is_field or len(after) <= (_LONGEST_LABEL if fields else 0) else None


def _name(text: str) -> str | None:
    """Return the label that a text before a link is, None if it is more than that."""
    name = text.rstrip(":\uff1a")
    if name != text and not _COLON.search(name) and len(_BRACKETS.sub("", name)) <= _LONGEST_LABEL:
        return labels.as_label(name) or name.strip()
    return text if labels.is_generic(text) else None
