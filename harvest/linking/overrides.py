"""What a maintainer decided in harvest.toml: it beats every source and every likeness."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

import msgspec

from harvest.config import FILE, Correction, Settings
from harvest.errors import UsageError
from harvest.identifiers import identify
from harvest.models import Finding, Identifier

Pairs = tuple[tuple[Identifier, ...], ...]


class Overrides(msgspec.Struct, frozen=True):
    """The decisions, with canonical identifiers.

    Those of one tuple of `same` are one work, those of one tuple of `different` are all different ones; works and
    repositories in `ignore` are left out; `corrections` hold values of a work by any of its identifiers.
    """

    same: Pairs = ()
    different: Pairs = ()
    ignore: frozenset[Identifier] = frozenset()
    corrections: dict[Identifier, Correction] = {}

    def companions(self, known: Collection[Identifier]) -> set[Identifier]:
        """Give the identifiers that a maintainer says to be one work with a known one: they are asked for as well."""
        return {name for names in self.same if any(i in known for i in names) for name in names}


NONE = Overrides()


def read(settings: Settings) -> Overrides:
    """Read the decisions. Raises UsageError for what is no identifier, and for a pair that is same and different."""
    same = tuple(tuple(map(_identifier, names)) for names in settings.same)
    different = tuple(tuple(map(_identifier, names)) for names in settings.different)
    for key, groups in (("same", same), ("different", different)):
        for names in groups:
            if len(set(names)) < 2:
                raise UsageError(f"{key}: {_shown(names)}: two different identifiers are needed")
    apart = {pair for names in different for pair in combinations(sorted(set(names)), 2)}
    for chain in _chained(same):
        for pair in combinations(sorted(chain), 2):
            if pair in apart:
                raise UsageError(
                    f"{_shown(pair)}: said to be the same and to be different; one of the two must go"
                )
    return Overrides(
        same,
        different,
        frozenset(map(_identifier, settings.ignore)),
        {_identifier(name): correction for name, correction in settings.work.items()},
    )


def unused(
    overrides: Overrides,
    known: Collection[Identifier],
    ignored: Collection[Identifier],
    missing: Collection[Identifier] = (),
) -> Iterator[Finding]:
    """Report decisions that nothing answers to any more.

    `known` names every identifier of this run, `missing` what the registries deny.
    """
    for names in overrides.same:
        if not any(name in known for name in names):
            yield _finding(
                f"same = {_shown(names)}: none of them is in a list or an answer any more"
            )
        elif denied := [name for name in names if name in missing and name not in known]:
            yield _finding(
                f"same = {_shown(names)}: no registry knows {', '.join(map(str, denied))}"
            )
    for names in overrides.different:
        if sum(name in known for name in set(names)) < 2:
            yield _finding(
                f"different = {_shown(names)}: fewer than two of them are in a list or an answer"
            )
    for name in sorted(overrides.ignore.difference(ignored)):
        yield _finding(f"ignore = {name}: nothing has this identifier any more")
    for name in sorted(name for name in overrides.corrections if name not in known):
        yield _finding(f'[work."{name}"]: no work has this identifier any more')


def _finding(message: str) -> Finding:
    return Finding(FILE, 0, "unused-override", message)


def _identifier(text: str) -> Identifier:
    found = identify(text).identifier
    if found is None:
        try:  # an id as the dataset writes it, of a scheme that needs no check
            found = Identifier.of(text)
        except ValueError as error:
            raise UsageError(
                f"{text!r} in {FILE} is no identifier: write it as the dataset does (doi:10...)"
            ) from error
    return Identifier(found.scheme, found.value.lower()) if found.scheme == "github" else found


def _shown(names: Iterable[Identifier]) -> str:
    return f"[{', '.join(map(str, names))}]"


def _chained(groups: Pairs) -> list[set[Identifier]]:
    """Join groups that share a member."""
    chained: list[set[Identifier]] = []
    for names in groups:
        joined = set(names)
        apart = [other for other in chained if not other & joined]
        chained = [*apart, joined.union(*(other for other in chained if other & joined))]
    return chained
