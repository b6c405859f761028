"""A maintainer's decisions in harvest.toml: they beat every source and every likeness."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

import msgspec

from harvest.config import FILE, Correction, Settings
from harvest.entries import fold_case
from harvest.errors import UsageError
from harvest.identifiers import identify
from harvest.linking.partition import Partition
from harvest.models import Finding, Identifier

Groups = tuple[tuple[Identifier, ...], ...]


class Overrides(msgspec.Struct, frozen=True):
    """The decisions, with canonical identifiers.

    Those of one tuple of `same` are one work, those of one tuple of `different` are all different
    works. Works and repositories in `exclude` are left out (`ignore` in harvest.toml).
    `corrections` are values of a work by any of its identifiers.
    """

    same: Groups = ()
    different: Groups = ()
    exclude: frozenset[Identifier] = frozenset()
    corrections: dict[Identifier, Correction] = {}

    def companions(self, identifiers: Collection[Identifier]) -> set[Identifier]:
        """Return the identifiers that are one work with these: they are looked up as well."""
        companions: set[Identifier] = set()
        for group in self.same:
            if any(name in identifiers for name in group):
                companions.update(group)
        return companions


NONE = Overrides()


def read(settings: Settings) -> Overrides:
    """Parse the decisions.

    Raises UsageError for what is no identifier, for a pair that is both same and different, and for
    two corrections of one identifier.
    """
    same = _groups("same", settings.same)
    different = _groups("different", settings.different)
    partition = Partition()
    for first, *others in same:
        for other in others:
            partition.join(first, other)
    for names in different:
        for one, other in combinations(sorted(set(names)), 2):
            if partition.root(one) == partition.root(other):
                raise UsageError(
                    f"{_format((one, other))}: said to be the same and to be different; one of the"
                    " two must go"
                )
    exclude = frozenset(map(_identifier, settings.ignore))
    return Overrides(same, different, exclude, _corrections(settings.work))


def _corrections(settings: Mapping[str, Correction]) -> dict[Identifier, Correction]:
    spellings: dict[Identifier, str] = {}
    corrections: dict[Identifier, Correction] = {}
    for text, correction in settings.items():
        name = _identifier(text)
        if name in spellings:
            raise UsageError(
                f'{FILE}: [work."{spellings[name]}"] and [work."{text}"] are both {name}: write'
                " their values in one section"
            )
        spellings[name], corrections[name] = text, correction
    return corrections


def conflicts(overrides: Overrides, groups: Iterable[Iterable[Identifier]]) -> Iterator[Finding]:
    """Yield a finding for each field of a work that two corrections set to different values.

    `groups` are the identifiers of each work, in the order in which corrections are applied.
    """
    for group in groups:
        names = [name for name in group if name in overrides.corrections]
        for one, other in combinations(names, 2):
            fields = _different_fields(overrides.corrections[one], overrides.corrections[other])
            if fields:
                why = (
                    f'[work."{one}"] and [work."{other}"] are one work and differ in'
                    f" {', '.join(fields)}: the second holds"
                )
                yield Finding(FILE, 0, "conflicting-override", why)


def _different_fields(one: Correction, other: Correction) -> list[str]:
    fields = []
    for field in Correction.__struct_fields__:
        values = {getattr(one, field), getattr(other, field)} - {None}
        if len(values) > 1:
            fields.append(field)
    return fields


def unused(
    overrides: Overrides,
    current: Collection[Identifier],
    missing: Collection[Identifier] = (),
) -> Iterator[Finding]:
    """Yield a finding for each decision that matches nothing any more.

    `current` are all identifiers of this run, `missing` those that the registries do not know.
    """
    return (
        Finding(FILE, 0, "unused-override", why) for why in _unused(overrides, current, missing)
    )


def _unused(
    overrides: Overrides, current: Collection[Identifier], missing: Collection[Identifier]
) -> Iterator[str]:
    for names in overrides.same:
        unknown = [str(name) for name in names if name in missing and name not in current]
        if not any(name in current for name in names):
            yield f"same = {_format(names)}: none of them is in a list or an answer any more"
        elif unknown:
            yield f"same = {_format(names)}: no registry knows {', '.join(unknown)}"
    for names in overrides.different:
        if sum(name in current for name in set(names)) < 2:
            yield f"different = {_format(names)}: fewer than two of them are in a list or an answer"
    for name in sorted(overrides.exclude.difference(current)):
        yield f"ignore = {name}: nothing has this identifier any more"
    for name in sorted(overrides.corrections.keys() - set(current)):
        yield f'[work."{name}"]: no work has this identifier any more'


def _groups(key: str, settings: Iterable[Iterable[str]]) -> Groups:
    groups = tuple(tuple(map(_identifier, names)) for names in settings)
    for names in groups:
        if len(set(names)) < 2:
            raise UsageError(f"{key}: {_format(names)}: two different identifiers are needed")
    return groups


def _identifier(text: str) -> Identifier:
    """Parse an identifier in any spelling, or as the dataset writes it."""
    try:
        identifier = identify(text).identifier or Identifier.of(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} in {FILE} is not an identifier: write it as the dataset does (doi:10...)"
        ) from error
    return fold_case(identifier) if identifier.scheme == "github" else identifier


def _format(names: Iterable[Identifier]) -> str:
    return f"[{', '.join(map(str, names))}]"
