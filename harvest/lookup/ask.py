"""Questions to a source through the cache: a fresh answer, a new one, or the last one.

Records, searches and remote lists are all asked for here. What was tried longest ago comes first:
a run with a budget goes on where the last one stopped, and nothing starves.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic

import msgspec

from harvest.digests import digest
from harvest.lookup.answers import Answer, AnswerState, T
from harvest.lookup.cache import CacheEntry
from harvest.lookup.session import Session
from harvest.models import Identifier, Reply
from harvest.sources.base import chunks

CACHE_BATCH = 2_000  # entries that are read at once: a query of a mirror
NEVER = datetime.min.replace(tzinfo=UTC)
Entries = Mapping[Identifier, CacheEntry]


class Endpoint(ABC, Generic[T]):
    """One kind of question that a source answers: records, searches, or files.

    `name` is the name under which its answers are cached and counted, `source` that of the source.
    `kind` is the type that payloads are read into; without it, each run reads them anew.
    """

    kind: type[T] | None = None

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def may_ask(self, session: Session) -> bool:
        """Return True if the scope of the run includes the source."""
        return session.scope.includes(self.source)

    @abstractmethod
    def fetch(self, due: Mapping[Identifier, Any], session: Session) -> Iterator[Reply]:
        """Yield a reply for each identifier.

        `due` maps each identifier to the payload of its `begun` reply, or to None.
        """

    @abstractmethod
    def read(self, identifier: Identifier, payload: dict[str, Any]) -> T | None:
        """Return the value of a payload; None for one in an unknown shape."""

    def read_cached(self, identifier: Identifier, payload: bytes, session: Session) -> T | None:
        """Return the value of a cached payload, which is read once for all runs."""
        if self.kind is None:
            return self.read(identifier, msgspec.json.decode(payload))
        table, fingerprint = session.table(self.name, self.kind), digest(payload)
        value = table.get(identifier, fingerprint)
        if value is None:
            value = self.read(identifier, msgspec.json.decode(payload))
            if value is not None:
                table.put(identifier, fingerprint, value)
        return value

    @abstractmethod
    def lifetime(self, identifier: Identifier, value: T | None, session: Session) -> timedelta:
        """Return how long an answer is good; `value` is None for "not found"."""

    def keeps_denials(self, identifier: Identifier) -> bool:  # for channels to decide
        """Return True if an old "not found" stands when no new answer comes."""
        return True


def ask(
    endpoint: Endpoint[T], identifiers: Sequence[Identifier], session: Session
) -> list[Answer[T]]:
    """Return an answer for each identifier: fresh from the cache, new, or the last one."""
    answers: list[Answer[T]] = []
    entries: dict[Identifier, CacheEntry] = {}  # of what is due: the others take much memory
    for names in chunks(identifiers, CACHE_BATCH):
        for name, entry in session.cache.get(endpoint.name, names).items():
            answer = _fresh_answer(endpoint, name, entry, session)
            if answer:
                answers.append(answer)
            else:
                entries[name] = entry
    fresh = {answer.identifier for answer in answers}
    due = [identifier for identifier in identifiers if identifier not in fresh]
    if due and endpoint.may_ask(session):
        answers += _request(endpoint, due, entries, session)
    else:
        error = "offline" if session.scope.offline else None
        for identifier in due:
            last = _last_answer(endpoint, identifier, entries.get(identifier), session)
            answers.append(msgspec.structs.replace(last, error=error))
    return answers


def _fresh_answer(
    endpoint: Endpoint[T], identifier: Identifier, entry: CacheEntry, session: Session
) -> Answer[T] | None:
    """Return the cached answer if it is recent, readable and whole and no later try failed."""
    age, last = entry.age(session.now), _last_answer(endpoint, identifier, entry, session)
    if entry.outcome is None or age is None:
        return None
    if entry.error is not None or entry.begun is not None:
        return None
    if entry.outcome == "found" and last.value is None:
        return None
    lifetime = endpoint.lifetime(identifier, last.current, session)
    if age >= lifetime:
        return None
    denied_on = last.day if entry.outcome == "not_found" else None
    good_until = _good_until(session.now - age, lifetime)
    return msgspec.structs.replace(
        last, state=entry.outcome, denied_on=denied_on, good_until=good_until
    )


def _last_answer(
    endpoint: Endpoint[T], identifier: Identifier, entry: CacheEntry | None, session: Session
) -> Answer[T]:
    """Return the last answer, which has failed if a later try did, whatever this run may ask."""
    state: AnswerState = "failed" if entry and entry.error is not None else "not_asked"
    answer: Answer[T] = Answer(source=endpoint.name, identifier=identifier, state=state)
    if entry is None or entry.outcome is None or entry.retrieved_at is None:
        return answer
    value = None
    if entry.text is not None:
        value = endpoint.read_cached(identifier, entry.text, session)
    day, from_mirror = _iso_day(entry.retrieved_at), entry.from_mirror
    answer = msgspec.structs.replace(answer, value=value, day=day, from_mirror=from_mirror)
    if entry.outcome == "found":
        return answer
    denied_on = answer.day if endpoint.keeps_denials(identifier) else None
    since = _iso_day(entry.missing_since or session.now)
    return msgspec.structs.replace(answer, denied_on=denied_on, missing_since=since)


def _request(
    endpoint: Endpoint[T], due: Sequence[Identifier], entries: Entries, session: Session
) -> Iterator[Answer[T]]:
    due = least_recently_tried(due, entries, session.now)
    payloads: dict[Identifier, Any] = dict.fromkeys(due)
    for identifier in entries.keys() & payloads:
        payloads[identifier] = entries[identifier].partial(session.now)
    before, count = session.http.requests[endpoint.source], 0
    try:
        for reply in endpoint.fetch(payloads, session):
            if reply.outcome == "begun":
                session.cache.add(endpoint.name, [reply], session.now)
                continue
            count += 1
            session.progress(endpoint.name, count, len(due))
            yield _answer(endpoint, reply, entries.get(reply.identifier), session)
    finally:  # the run may be interrupted
        session.cache.commit()
    session.requests[endpoint.name] += session.http.requests[endpoint.source] - before


def _answer(
    endpoint: Endpoint[T], reply: Reply, entry: CacheEntry | None, session: Session
) -> Answer[T]:
    """Return the answer of a reply, which is cached; one in an unknown shape is a failure."""
    name, today, value = reply.identifier, session.today, None
    if reply.outcome == "found":
        value = endpoint.read_cached(name, msgspec.json.encode(reply.payload or {}), session)
        if value is None:
            error = "an answer in an unknown shape"
            reply = msgspec.structs.replace(reply, outcome="failed", error=error)
    is_failure = reply.asked or endpoint.source in session.http.down
    if is_failure or reply.outcome == "found":
        session.cache.add(endpoint.name, [reply], session.now)
    lifetime = endpoint.lifetime(name, value, session)
    if reply.outcome == "found":
        return Answer(
            source=endpoint.name,
            identifier=name,
            state="found",
            value=value,
            day=today,
            is_new=True,
            good_until=_good_until(session.now, lifetime),
        )
    last = _last_answer(endpoint, name, entry, session)
    last = msgspec.structs.replace(last, is_new=reply.asked, error=reply.error)
    if reply.outcome == "not_found":
        since = last.missing_since or today
        return msgspec.structs.replace(
            last,
            state="not_found",
            denied_on=today,
            missing_since=since,
            is_new=True,
            from_mirror=False,
            good_until=_good_until(session.now, lifetime),
        )
    return msgspec.structs.replace(last, state="failed" if is_failure else last.state)


def least_recently_tried(
    identifiers: Sequence[Identifier], entries: Entries, now: datetime
) -> list[Identifier]:
    """Order by the last try, the never tried first; a try in the future (a wrong clock) is none."""
    tries = {name: entry.tried_at for name, entry in entries.items() if entry.tried_at <= now}
    return sorted(identifiers, key=lambda identifier: tries.get(identifier, NEVER))


def jitter(identifier: Identifier) -> float:
    """Return a factor of 0.85 to 1, constant for an identifier, so that lists fall due in parts."""
    number = hashlib.sha256(str(identifier).encode()).digest()[0]  # 0 to 255
    return 0.85 + 0.15 * number / 255


def _good_until(moment: datetime, lifetime: timedelta) -> float:
    return moment.timestamp() + lifetime.total_seconds()  # no date is late enough for "for ever"


def _iso_day(moment: datetime) -> str:
    return moment.date().isoformat()
