"""The id of each work: the one it had, or the best identifier by which a list names it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from harvest.models import AnyDataset, Identifier

# From the best identifier of a work to the last.
_SCHEMES = (
    "doi arxiv pubmed pmc openreview jmlr pmlr acl neurips cvf ecva usenix iacr ijcai aaai ocs "
    "pvldb jair hal osf jstor oup mitpress acm ieee semanticscholar pii url"
)
_RANKS = {scheme: place for place, scheme in enumerate(_SCHEMES.split())}


def assign_ids(
    groups: Sequence[list[Identifier]], eligible: Collection[Identifier], last: AnyDataset | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield the id and aliases of each group: its id in the last dataset, or its best identifier.

    Only `eligible` identifiers, those in a list, become the id of a new work.
    An id of the last dataset goes to the group that holds it. If its identifier is in no list any
    more, it goes to the first group that shares another identifier with that work. Other ids that a
    group had before stay as its aliases, until a work of its own has them: what is split off gets
    its id back.
    """
    ids, aliases = _last_ids(last)
    current = set(map(str, chain.from_iterable(groups)))
    assigned: set[str] = set()
    for group in groups:
        names = set(map(str, group))
        former = {ids[name] for name in names if name in ids}
        if len(names) == 1 and former <= names and not any(map(aliases.get, former)):  # as most
            assigned |= names
            yield next(iter(names)), []
            continue
        free = {name for name in former - assigned if name in names or name not in current}
        if free:
            work_id = min(free, key=lambda name: (name not in names, *_preference(name)))
        else:
            before = chain.from_iterable(aliases[name] for name in former)
            new = (str(identifier) for identifier in group if identifier in eligible)
            work_id = min(names.intersection(before) or new, key=_preference)
        assigned |= {work_id, *free}
        others = free.union(*(aliases[name] for name in free)) - {work_id}
        yield work_id, sorted(o for o in others if o in names or o not in current)


def _last_ids(last: AnyDataset | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the ids of the last works by their identifiers, and their aliases by their ids."""
    ids: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    for work in last.works if last else ():
        aliases[work.id] = work.aliases
        ids.update(dict.fromkeys(work.curies, work.id))
    for name in aliases:  # an id whose identifier no list had last night, and one may have again
        ids.setdefault(name, name)
    return ids, aliases


def _preference(name: str) -> tuple[int, str]:
    return scheme_rank(Identifier.of(name)), name


def scheme_rank(identifier: Identifier) -> int:
    """Return the place of the scheme among those that name a work, from the best."""
    return _RANKS.get(identifier.scheme, len(_RANKS))
