"""Answers of the sources in one run: one for each source and identifier, with its state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, Literal, TypeVar

import msgspec

from harvest.models import Identifier, Record, RepositoryRecord, Tally

AnswerState = Literal["found", "not_found", "failed", "not_asked"]
AnyRecord = Record | RepositoryRecord
T = TypeVar("T")


class Answer(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """The answer of one source for one identifier in this run.

    `failed` was asked in vain, in this run or in the last that asked; `not_asked` is out of date,
    but the scope or a budget of the run did not allow to ask. In both states the last answer
    stands: `value` with the `day` it was given, or `denied_on`. `value` is also kept where the
    source denies what it once had; then `missing_since` is the day of its first denial. `is_new` is
    True for the answer to a request of this run, `from_mirror` for that of a dump. `good_until` is
    when a new answer falls due (Unix time), None for one that is due.
    """

    source: str
    identifier: Identifier
    state: AnswerState
    value: T | None = None
    day: str | None = None
    denied_on: str | None = None
    missing_since: str | None = None
    is_new: bool = False
    from_mirror: bool = False
    good_until: float | None = None
    error: str | None = None

    @property
    def current(self) -> T | None:
        """The value now, or the last one; None where the source denies that there is any."""
        return self.value if self.missing_since is None else None


class Answers(msgspec.Struct, frozen=True):
    """All answers of a run.

    `lookups` are the identifiers that were looked up, also those that no source resolves.
    `resolvers` names, by scheme, the sources that resolve it: what all of them deny is missing.
    """

    resolvers: Mapping[str, frozenset[str]]
    by_source: Mapping[str, Mapping[Identifier, Answer[AnyRecord]]] = {}
    lookups: frozenset[Identifier] = frozenset()

    def __or__(self, other: Iterable[Answer[AnyRecord]]) -> Answers:
        """Return these answers and others."""
        merged = {source: dict(answers) for source, answers in self.by_source.items()}
        for answer in other:
            merged.setdefault(answer.source, {})[answer.identifier] = answer
        return msgspec.structs.replace(self, by_source=merged)

    def __iter__(self) -> Iterator[Answer[AnyRecord]]:
        for answers in self.by_source.values():
            yield from answers.values()

    def of(self, identifier: Identifier) -> Iterator[Answer[AnyRecord]]:
        """Yield the answers for an identifier, a source each."""
        for answers in self.by_source.values():
            if answer := answers.get(identifier):
                yield answer

    @property
    def records(self) -> Iterator[AnyRecord]:
        """The values of all answers: those of now, or the last ones where there are none."""
        return (answer.current for answer in self if answer.current is not None)

    @property
    def papers(self) -> list[Record]:
        """The records of works."""
        return [record for record in self.records if isinstance(record, Record)]

    @property
    def missing(self) -> set[Identifier]:
        """The identifiers that every source which resolves them denies."""
        return {identifier for identifier in self.lookups if self.is_missing(identifier)}

    def is_missing(self, identifier: Identifier, sources: frozenset[str] | None = None) -> bool:
        """Return True if all resolvers of an identifier (and among `sources`) deny it."""
        resolvers = self.resolvers.get(identifier.scheme, frozenset())
        if sources is not None:
            resolvers &= sources
        denials = {answer.source for answer in self.of(identifier) if answer.denied_on}
        return bool(resolvers) and resolvers <= denials


def tally(answers: Iterable[Answer[T]], requests: int) -> Tally:
    """Count the answers of one source, and the requests that they took."""
    counts = Tally(requests=requests)
    for answer in answers:
        counts.asked += answer.is_new
        counts.from_mirror += answer.from_mirror
        if answer.state in {"failed", "not_asked"}:  # a new one was due and did not come
            counts.failed += answer.is_new
            counts.deferred += not answer.is_new and answer.error is not None
            counts.stale += answer.current is not None or answer.denied_on is not None
            counts.error = counts.error or answer.error
        elif not answer.is_new:
            counts.from_cache += 1
        elif answer.state == "found":
            counts.found += 1
        else:
            counts.not_found += 1
    return counts
