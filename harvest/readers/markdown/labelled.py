"""The list form of conference lists: a bold title, and under it only labels and links of that work.

**Title of the work**
- Paper: https://...
- Code: [link](https://...)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harvest.readers import labels
from harvest.readers.markdown.inline import InlineLink, InlineText

_EDGES = " \t\n,;|/\u00b7\u2022-\u2013\u2014"
_COLON = re.compile("[:\uff1a]")
_LONGEST = 40  # characters of a label before a colon


def is_title(block: InlineText) -> bool:
    """Return True if a paragraph may be the title of one work: bold to its end or a break, no link.

    A single word, a venue with its year and a text that ends with a colon head many works.
    """
    if block.links or not block.bold or block.bold[0][0] != 0:
        return False
    end = block.bold[0][1]
    text = "".join(block.parts[:end]).strip()
    if block.parts[end : end + 1] not in ([], [" "]):
        return False
    return " " in text and text[-1] not in ":\uff1a" and not labels.is_generic(text)


def links(items: Sequence[Sequence[InlineText]]) -> list[tuple[InlineLink, str]] | None:
    """Return the links of a list of one work, each with its label; None for any other list.

    Of one work is a list (blocks by item) of labels and links alone, of which exactly one is a
    paper, and says so.
    """
    labelled: list[tuple[InlineLink, str]] = []
    for blocks in items:
        names = _labels(blocks[0]) if len(blocks) == 1 else None
        if names is None:
            return None
        labelled += zip(blocks[0].links, names, strict=True)
    papers = []
    for link, label in labelled:
        if not link.image and labels.role(label, link.url) == "paper":
            papers.append(label)
    return labelled if len(papers) == 1 and labels.known_label(papers[0]) else None


def _labels(item: InlineText) -> list[str] | None:
    """Return the label of each link: its own, or the text before it.

    Returns None if anything else stands in the item.
    """
    names: list[str] = []
    label, end = "", 0
    for link in item.links:
        before = item.text[end : link.start].lstrip(_EDGES + ")]").rstrip(_EDGES + "([")
        name = _name(before)
        if name is None or not (link.image or labels.is_generic(link.label)):
            return None
        label = name or label
        is_label = "://" not in link.label and labels.known_label(link.label)
        names.append(link.label if link.image or is_label else label or link.label)
        end = max(end, link.end)
    after = item.text[end:].strip(_EDGES + ")].")
    name, *rest = _COLON.split(after)
    unfilled = not names and rest and labels.known_label(name)  # `Code: coming soon`
    return names if unfilled or not after else None


def _name(text: str) -> str | None:
    """Return the label that a text before a link is, None if it is more than that."""
    if labels.is_generic(text):
        return text
    name, *rest = _COLON.split(text)
    if rest != [""] or len(name) > _LONGEST:
        return None
    return labels.known_label(name) or name.strip()
