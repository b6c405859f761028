"""Pages to which several works of a list link: a database, a search, an explanation of a label.

They name none of these works, which would all be one. A row or record that links to nothing else is
named by its title, which can be searched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from harvest.entries import Entry, group
from harvest.models import Identifier, Mention, Target
from harvest.readers import labels
from harvest.readers.fields import ASIDE
from harvest.text import fold

_FEWEST = 3  # unlike titles: two may be names of one work
_ALIKE = 0.5  # the share of the words of the shorter title

Titles = list[set[str]]  # the words of unlike titles


def set_apart(mentions: list[Mention]) -> list[Mention]:
    """Return mentions among which links to such pages are in no entry."""
    titles: dict[Identifier, Titles] = defaultdict(list)
    for mention in mentions:
        if (name := _page(mention)) and mention.title:
            _add(set(fold(mention.title).split()), titles[name])
    shared = {name for name, its in titles.items() if len(its) >= _FEWEST}
    if not shared:
        return mentions
    entries = {entry.first.entry: entry for entry in group(mentions) if entry.is_web_page}
    result: list[Mention] = []
    for mention in mentions:
        entry = entries.get(mention.entry)
        if entry is None:
            result.append(mention)
        elif mention is entry.first:
            result += _without(shared, entry)
    return result


def _page(mention: Mention) -> Identifier | None:
    """Return the page that an entry links to, which may be the only name of its work."""
    name = mention.identifier
    is_page = mention.entry is not None and mention.role == "other"
    return name if is_page and name and name.scheme == "url" else None


def _add(words: set[str], titles: Titles) -> None:
    """Add a title that is unlike the others. No more are counted than decide."""
    if len(titles) < _FEWEST:
        shares = (len(words & other) / (min(len(words), len(other)) or 1) for other in titles)
        if all(share < _ALIKE for share in shares):
            titles.append(words)


def _without(shared: set[Identifier], entry: Entry) -> Iterator[Mention]:
    """Yield the mentions of an entry, with its title alone if no page of its own is left."""
    roles = []
    for mention in entry.mentions:
        if _page(mention) in shared:
            yield replace(mention, **ASIDE)
        else:
            roles.append(mention.role)
            yield mention
    first = entry.first
    is_row = first.is_record or first.columns  # an item without a link is mostly prose
    if is_row and first.title and labels.is_bare(first.title, first.authors, roles):
        yield replace(first, url="", label="", role="paper", target=Target("link"))
