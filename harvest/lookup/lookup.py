"""Look up identifiers: fresh answers from the cache, the rest from the sources, each at most once.

Sources are asked in parallel, a stage after the other where one waits for the denials of another.
Records name further identifiers of the same work (the DOI under which a preprint was published),
which are looked up in a next round.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec

from harvest.config import Fresh
from harvest.errors import SHAPE_ERRORS, MalformedError
from harvest.lookup import snapshot
from harvest.lookup.answers import Answer, Answers, AnyRecord
from harvest.lookup.ask import Endpoint, ask, jitter
from harvest.lookup.session import Session
from harvest.models import Identifier, Record, Reply, RepositoryRecord
from harvest.sources.base import Source

log = logging.getLogger(__name__)

ROUNDS = 3  # listed identifiers, their other forms, and the forms of those: longer chains are rare
UNANSWERED = frozenset({"failed", "not_asked"})  # states of an answer that may still come
DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Record, RepositoryRecord)
}


def lookup(
    identifiers: Iterable[Identifier],
    session: Session,
    answers: Answers | None = None,
    rounds: int = ROUNDS,
) -> Answers:
    """Add the answers for identifiers, and for those that their records name, to `answers`.

    With one of the `rounds`, what records name is left for another call. A source that is down is
    asked once more when all others are done.
    """
    answers = answers or Answers(resolvers(session.sources.values()))
    names = {*identifiers, *other_names(answers, answers.lookups)}  # an earlier chain may go on
    answers = _look_up_in_rounds(names - answers.lookups, answers, session, rounds)
    open_answers = [answer for answer in answers if answer.state in UNANSWERED]
    sources = {answer.source for answer in open_answers}
    again = session.http.second_chance(session.http.down.keys() & sources)
    if again:
        names = {answer.identifier for answer in open_answers if answer.source in again}
        answers = _look_up_in_rounds(names, answers, session, rounds)
        answers |= _first_failures(open_answers, answers)
    return answers


def _first_failures(
    open_answers: Iterable[Answer[AnyRecord]], answers: Answers
) -> Iterator[Answer[AnyRecord]]:
    """Yield the first failures again where the second chance made no request."""
    for first in open_answers:
        second = answers.by_source[first.source][first.identifier]
        if first.is_new and second.state in UNANSWERED and not second.is_new:
            yield first


def _look_up_in_rounds(
    names: set[Identifier], answers: Answers, session: Session, rounds: int
) -> Answers:
    """Add the answers for identifiers, and for those that their records name."""
    for _ in range(rounds):
        answers = msgspec.structs.replace(answers, lookups=answers.lookups | names)
        answers |= _provisional(names, session)
        ordered = sorted(names)
        for stage in stages(session.sources.values()):
            answers |= _ask_stage(stage, ordered, answers, session)
        names = other_names(answers, names) - answers.lookups
        if not names:
            break
    return answers


def resolvers(sources: Iterable[Source]) -> dict[str, frozenset[str]]:
    """Return the names of the sources that resolve each scheme."""
    names: dict[str, frozenset[str]] = defaultdict(frozenset)
    for source in sources:
        for scheme in source.schemes:
            names[scheme] |= {source.name}
    return names


def _provisional(names: Iterable[Identifier], session: Session) -> Iterator[Answer[AnyRecord]]:
    for name in names:
        if record := session.snapshot.get(name):
            yield Answer(
                source=snapshot.NAME,
                identifier=name,
                state="found",
                value=record,
                good_until=math.inf,
            )


def other_names(answers: Answers, identifiers: Iterable[Identifier]) -> set[Identifier]:
    """Return the other identifiers of the works whose records were just looked up."""
    subjects, names = set(identifiers), set[Identifier]()
    for answer in answers:
        record = answer.value
        if isinstance(record, Record) and answer.identifier in subjects:
            others = {*record.same_work, *record.author_claims}
            names |= others.difference(record.skip_lookup)
    return names


def stages(sources: Iterable[Source]) -> list[list[Source]]:
    """Order sources in stages, so that each comes after those that it waits for.

    Raises ValueError for sources that wait for each other.
    """
    result: list[list[Source]] = []
    pending = {source.name: source for source in sources}
    while pending:
        stage = [source for source in pending.values() if source.after.isdisjoint(pending)]
        if not stage:
            raise ValueError(f"sources wait for each other: {', '.join(sorted(pending))}")
        result.append(stage)
        for source in stage:
            del pending[source.name]
    return result


def _ask_stage(
    sources: list[Source], identifiers: list[Identifier], answers: Answers, session: Session
) -> list[Answer[AnyRecord]]:
    """Ask sources in parallel. An unexpected error of any of them ends the run, and so does Ctrl-C.

    The one with the most requests goes first, since client libraries are imported one by one.
    """
    shares = [(source, _identifiers_for(source, identifiers, answers)) for source in sources]
    shares.sort(key=lambda share: requests(share[0], len(share[1]), session), reverse=True)
    with ThreadPoolExecutor(len(sources)) as pool:
        jobs = [
            pool.submit(ask, RecordEndpoint(source), share, session) for source, share in shares
        ]
        try:
            return list(chain.from_iterable(job.result() for job in jobs))
        except BaseException:
            session.http.stop("the run was interrupted")
            raise


def _identifiers_for(
    source: Source, identifiers: list[Identifier], answers: Answers
) -> list[Identifier]:
    """Return the identifiers for a source: those of its schemes that all sources before it deny.

    What it answered in this run is not asked again.
    """
    last = answers.by_source.get(source.name, {})
    share = [
        name
        for name in identifiers
        if name.scheme in source.schemes and (name not in last or last[name].state in UNANSWERED)
    ]
    if source.after:
        share = [name for name in share if answers.is_missing(name, source.after)]
    return share


class RecordEndpoint(Endpoint[AnyRecord]):
    """Identifiers that a source resolves."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.name, source.name)
        self.kind = RepositoryRecord if source.hosts_repositories else Record
        self._source = source

    def fetch(self, due: Mapping[Identifier, Any], session: Session) -> Iterator[Reply]:
        """Ask the source."""
        return self._source.fetch(due, session.http, session.now)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> AnyRecord | None:
        """Return the record; None, with a warning, for a wrong shape or value."""
        return read_record(self._source, identifier, payload)

    def lifetime(
        self, identifier: Identifier, value: AnyRecord | None, session: Session
    ) -> timedelta:
        """Return the age from which an answer is renewed: by what it is and how old the work is."""
        max_age = session.scope.max_age_of(self.source)
        if max_age is not None:
            return max_age
        fresh = session.settings.fresh
        if self._source.hosts_repositories:
            return timedelta(days=fresh.repository)
        days = _days(fresh, value, session.now) if value else fresh.not_found
        return timedelta(days=days * jitter(identifier))

    def keeps_denials(self, identifier: Identifier) -> bool:
        """Return False for repositories: only a new answer confirms that one is gone."""
        return not self._source.hosts_repositories


def read_record(
    source: Source, identifier: Identifier, payload: dict[str, Any]
) -> AnyRecord | None:
    """Read a payload; None, with a warning, for a shape or a value that no record can have."""
    try:
        record = source.read(identifier, payload)
        DECODERS[type(record)].decode(msgspec.json.encode(record))
    except MalformedError as error:
        log.warning("%s: %s", identifier, error)
    except msgspec.ValidationError as error:  # a date or number that would break the dataset
        log.warning("%s: %s: a value out of range: %s", identifier, source.name, error)
    except SHAPE_ERRORS as error:
        log.warning("%s: %s: a payload in an unknown shape: %r", identifier, source.name, error)
    else:
        return record
    return None


def _days(fresh: Fresh, record: AnyRecord, now: datetime) -> float:
    """Return for how many days a record is good: new works change most."""
    if not isinstance(record, Record) or record.date is None:
        return fresh.work
    years = now.year - int(record.date[:4])
    last_year = now - timedelta(days=365)
    if years < 1 or record.date > last_year.date().isoformat():
        return fresh.young
    return fresh.old if years > 5 else fresh.work


def requests(source: Source, count: int, session: Session, size: int | None = None) -> int:
    """Return the least number of requests for `count` identifiers, `size` a request."""
    return -(-count // (size or source.batch_size(session.settings)))


def seconds(source: Source, requests: int, session: Session) -> float:
    """Return the least time for a number of requests, at the rate of the source."""
    return max(0, requests - 1) * session.http.rate(source.route).interval
