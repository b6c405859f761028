"""The list form of conference lists: a bold title, and under it a list of nothing but labels and links of that work.

**Title of the work**
- Paper: https://...
- Code: [link](https://...)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harvest.readers import labels
from harvest.readers.markdown.inline import Link, Passage

_EDGES = " \t\n,;|/\u00b7\u2022-\u2013\u2014"
_COLON = re.compile("[:\uff1a]")
_LONGEST = 40  # characters of a label before a colon


def title(passage: Passage) -> Passage | None:
    """Give a finished paragraph back if it may be the title of one work: bold to its end or to a break, no link.

    A single word, a venue with its year and what ends with a colon head many works.
    """
    if passage.links or not passage.bold or passage.bold[0][0] != 0:
        return None
    end = passage.bold[0][1]
    text = "".join(passage.parts[:end]).strip()
    ended = passage.parts[end : end + 1] in ([], [" "])
    return (
        passage
        if ended and " " in text and text[-1] not in ":\uff1a" and not labels.is_generic(text)
        else None
    )


def links(items: Sequence[Sequence[Passage]]) -> list[tuple[Link, str]] | None:
    """Give the links of a list (blocks by item) with what each is labelled as; None for a list that is not of one work.

    Of one work is a list of labels and links alone, of which exactly one is a paper, and says so.
    """
    found: list[tuple[Link, str]] = []
    for blocks in items:
        names = _labels(blocks[0]) if len(blocks) == 1 else None
        if names is None:
            return None
        found += zip(blocks[0].links, names, strict=True)
    papers = [
        label for link, label in found if not link.image and labels.role(label, link.url) == "paper"
    ]
    return found if len(papers) == 1 and labels.known_label(papers[0]) else None


def _labels(item: Passage) -> list[str] | None:
    """Give the label of each link: its own, or what stands before it. None if anything else stands in the item."""
    found: list[str] = []
    label, end = "", 0
    for link in item.links:
        before = item.text[end : link.start].lstrip(_EDGES + ")]").rstrip(_EDGES + "([")
        name = _name(before)
        if name is None or not (link.image or labels.is_generic(link.label)):
            return None
        label = name or label
        said = link.image or ("://" not in link.label and labels.known_label(link.label))
        found.append(link.label if said else label or link.label)
        end = max(end, link.end)
    after = item.text[end:].strip(_EDGES + ")].")
    name, *rest = _COLON.split(after)
    unfilled = not found and rest and labels.known_label(name)  # `Code: coming soon`
    return found if unfilled or not after else None


def _name(text: str) -> str | None:
    """Give what a text before a link names it, empty for nothing; None if the text does more than that."""
    if labels.is_generic(text):
        return text
    name, *rest = _COLON.split(text)
    return (
        labels.known_label(name) or name.strip() if rest == [""] and len(name) <= _LONGEST else None
    )
