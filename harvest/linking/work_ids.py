"""The ids of works, which stay the same over nights."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from harvest.models import Dataset, Identifier

# From the best identifier of a work to the last.
_SCHEMES = "doi arxiv pubmed pmc openreview jmlr pmlr acl ieee pii url"
_RANKS = {scheme: place for place, scheme in enumerate(_SCHEMES.split())}


def rank(identifier: Identifier) -> int:
    """Return the place of the scheme among those that name a work, from the best."""
    return _RANKS.get(identifier.scheme, len(_RANKS))


def assign_ids(
    groups: Iterable[list[Identifier]], eligible: Collection[Identifier], last: Dataset | None
) -> list[tuple[str, list[str]]]:
    """Return the id and aliases of each group: its id in the last dataset, or its best identifier.

    Only `eligible` identifiers, those in a list, become the id of a new work.
    An id of the last dataset goes to the group that holds it. If its identifier is in no list any
    more, it goes to the first group that shares another identifier with that work. Other ids that a
    group had before stay as its aliases, until a work of its own has them: what is split off gets
    its id back.
    """
    groups = list(groups)
    ids: dict[str, str] = {}  # of the last works by their identifiers
    aliases: dict[str, list[str]] = {}
    for work in last.works if last else ():
        aliases[work.id] = work.aliases
        ids.update(dict.fromkeys(work.curies, work.id))
    current = {str(identifier) for group in groups for identifier in group}
    assigned: set[str] = set()
    result = []
    for group in groups:
        names = {str(identifier) for identifier in group}
        former = {ids[name] for name in names if name in ids}
        free = {name for name in former - assigned if name in names or name not in current}
        if free:
            work_id = min(free, key=lambda name: (name not in names, *_preference(name)))
        else:
            returned = {alias for name in former for alias in aliases[name] if alias in names}
            work_id = min(returned or _names(group, eligible), key=_preference)
        assigned.add(work_id)
        others = free.union(*(aliases[name] for name in free)) - {work_id}
        result.append((work_id, sorted(o for o in others if o in names or o not in current)))
    return result


def _names(group: Iterable[Identifier], eligible: Collection[Identifier]) -> set[str]:
    return {str(identifier) for identifier in group if identifier in eligible}


def _preference(name: str) -> tuple[int, str]:
    return rank(Identifier.of(name)), name
