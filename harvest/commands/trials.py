"""Trials of the sources: what would happen tonight, for `harvest doctor --deep`.

Each source is asked for its examples, one of each kind, at the rates and with the certificates and
retries of a run, but for a short time. Nothing is cached or changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import msgspec

from harvest.config import Settings
from harvest.errors import (
    BlockedError,
    MalformedError,
    SourceError,
    TransientError,
    UntrustedError,
)
from harvest.http.clients import Budget, Http
from harvest.lookup.lookup import read_record
from harvest.models import Identifier, Reply, RepositoryRecord
from harvest.sources import discover
from harvest.sources.base import Example, Health, SearchableSource, Source

MAX_REQUESTS = 60  # of all sources: twice what is needed when nothing fails
MAX_WAIT = 10.0  # seconds for a source that does not answer, with all retries

KEEPS = "keeps the last values, marks them as stale and ends with 3"


class Trial(msgspec.Struct, frozen=True):
    """One example: how the source answered, what a run makes of that, and what to do about it."""

    source: str
    example: str
    state: Health
    text: str
    tonight: str
    advice: str = ""


def examine(settings: Settings, now: datetime) -> Iterator[Trial]:
    """Yield a trial for each example of each source, as they come."""
    services = {
        name: msgspec.structs.replace(service, patience=min(MAX_WAIT, service.patience))
        for name, service in settings.services.items()
    }
    patience = min(MAX_WAIT, settings.patience or MAX_WAIT)
    settings = msgspec.structs.replace(settings, services=services, patience=patience)
    with closing(Http(settings, Budget(MAX_REQUESTS, shared=False))) as http:
        for source in discover().values():
            for example in source.examples:
                yield try_example(source, example, http, now)


def try_example(source: Source, example: Example, http: Http, now: datetime) -> Trial:
    """Ask a source for an example, and read what it answers."""
    began = time.monotonic()
    replies = list(_ask(source, example, http, now))
    seconds = time.monotonic() - began
    last = replies[-1]
    if last.outcome == "found":
        return _found(source, example, last, f"{seconds:.1f} s", http)
    if last.outcome == "not_found":
        return _differs(source, example, "says that it does not exist")
    error = http.errors.get(source.name) or SourceError(source.name, last.error or "")
    if isinstance(error, MalformedError):
        return _differs(source, example, error.message)
    tonight, advice = _outlook(error)
    text = last.error or error.message
    return Trial(source.name, example.name, "problem", text, tonight, advice)


def _ask(source: Source, example: Example, http: Http, now: datetime) -> Iterator[Reply]:
    """Yield the replies for an example, as a night asks for it."""
    if example.searched and isinstance(source, SearchableSource):
        question = example.identifier
        if question.scheme == "title":
            question = source.question(question.value, None, None) or question
        yield from source.search([question], http)
    else:
        yield from source.fetch({example.identifier: None}, http, now)


def _found(source: Source, example: Example, reply: Reply, text: str, http: Http) -> Trial:
    payload = reply.payload or {}
    payloads = {example.identifier: payload}
    if example.searched and isinstance(source, SearchableSource):
        scheme = source.search_scheme
        payloads = {Identifier(scheme, name): item for name, item in payload["items"].items()}
    needed = [*example.fields]
    if http.settings.github_token:
        needed += example.with_token
    for identifier, item in payloads.items():
        record = read_record(source, identifier, item)
        if record is None:
            return _differs(source, example, "an answer in an unknown shape")
        values = record.repository if isinstance(record, RepositoryRecord) else record
        missing = [name for name in needed if getattr(values, name) in (None, ())]
        if missing:
            return _differs(source, example, f"no {', no '.join(missing)}")
    return Trial(source.name, example.name, "ok", f"found in {text}", "looks it up")


def _differs(source: Source, example: Example, text: str) -> Trial:
    tonight = f"{KEEPS}, or publishes less where there are none"
    advice = "try again; if it stays, the service has changed: update harvest, or report it"
    return Trial(source.name, example.name, "problem", f"differs: {text}", tonight, advice)


def _outlook(error: SourceError) -> tuple[str, str]:
    """Return what a run makes of an error, and what to do next."""
    if isinstance(error, UntrustedError):
        return KEEPS, "name the file with your company's CA in SSL_CERT_FILE, see operations.md"
    if isinstance(error, BlockedError):
        advice = "a token that is no longer valid, or a refusal: see exit code 3 in operations.md"
        return f"asks no more after the first refusal, {KEEPS}", advice
    if isinstance(error, TransientError) and error.status == 429:
        advice = "wait some minutes; a schedule's --patience 20m waits at night"
        return f"asks again more slowly; if that does not help, {KEEPS}", advice
    if isinstance(error, TransientError) and error.status is None:
        return f"asks again; if that does not help, {KEEPS}", "check the network, proxy and DNS"
    if isinstance(error, TransientError):
        advice = "look at the status page of the service, and try later"
        return f"asks again; if that does not help, {KEEPS}", advice
    return KEEPS, "try later"
