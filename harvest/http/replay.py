"""A run whose answers come from a recording: no connection is made, and nothing waits.

What depended on time in the recorded run is taken from the recording: how often a question was
asked, when a source went down, and whether it was asked once more.
"""

from __future__ import annotations

import io
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from tenacity import RetryCallState, Retrying

from harvest import errors
from harvest.config import Settings
from harvest.errors import Kinds, NotAskedError, SourceError, UsageError
from harvest.http.breaker import CircuitBreaker
from harvest.http.clients import Http
from harvest.http.connections import Adapter
from harvest.http.recorder import FIRST, End, Exchange, Line, request_key
from harvest.http.sanitize import Sanitizer

ExchangeKey = tuple[str, int, str, str, str]  # source, chance, method, address, body
MAX_REQUEST = 300  # characters of a request in an error
RESPONSE_TIME = 60.0  # seconds: nothing is waited for


class Recording:
    """The answers of a recorded run, each served once, in the order in which they came."""

    def __init__(self, run: Path, lines: Iterable[Line]) -> None:
        self.run = run
        self._exchanges: dict[ExchangeKey, deque[Exchange]] = defaultdict(deque)
        self._ends: dict[tuple[str, int], End] = {}
        self._hosts: set[str | None] = set()
        self._chances: set[tuple[str, int]] = set()
        self._lock = threading.Lock()
        for line in lines:
            self._chances.add((line.source, line.chance))
            if isinstance(line, End):
                self._ends.setdefault((line.source, line.chance), line)
            else:
                key = line.source, line.chance, line.method, line.url, line.body
                self._exchanges[key].append(line)
                self._hosts.add(urlsplit(line.url).hostname)

    @property
    def unused(self) -> int:
        """The number of answers that were not asked for."""
        return sum(map(len, self._exchanges.values()))

    def take(self, key: ExchangeKey) -> Exchange:
        """Return the next answer to a request.

        Raises NotAskedError where the source was down in the recorded run, UsageError for a request
        that it did not make.
        """
        source, chance, method, url, body = key
        with self._lock:
            exchanges = self._exchanges[key]
            if exchanges:
                return exchanges.popleft()
        end = self._ends.get((source, chance))
        if end:
            raise NotAskedError(source, end.reason)
        request = f"{method} {url} {body}".strip()[:MAX_REQUEST]
        needs = "a replay needs the lists and harvest.toml of its night"
        raise UsageError(f"{self.run}: has no answer of {source} to {request}; {needs}")

    def has_try(self, key: ExchangeKey | None, attempt: int) -> bool:
        """Return True if the next answer to a request came at a certain try."""
        exchanges = self._exchanges[key] if key else None
        return exchanges[0].attempt == attempt if exchanges else False

    def down(self, source: str, chance: int) -> str | None:
        """Return why a source went down in one of its chances, or None."""
        end = self._ends.get((source, chance))
        return end.reason if end and end.down else None

    def has_chance(self, source: str, chance: int) -> bool:
        """Return True if a source was asked in a further chance."""
        return (source, chance) in self._chances

    def has_host(self, host: str) -> bool:
        """Return True if the run has asked a host."""
        return host in self._hosts


class RecordedBreaker(CircuitBreaker):
    """The state of a source as it was recorded."""

    def __init__(self, source: str, settings: Settings, recording: Recording) -> None:
        super().__init__(source, settings.services[source], settings.patience)
        self._recording = recording
        self.chance = 1
        self.reason = recording.down(source, self.chance)

    @property
    def max_time(self) -> float:
        """The seconds that a response may take, however long the replay has lasted."""
        return RESPONSE_TIME

    def check(self) -> str | None:
        """Return None: the recording decides at each request."""
        return None

    def fail(self, error: SourceError, *, is_tolerated: bool) -> None:
        """Do nothing: the recording says when a source went down."""

    @property
    def cooldown(self) -> float | None:
        """No time for a source that was asked once more, None for others."""
        return 0.0 if self._recording.has_chance(self.source, self.chance + 1) else None

    def reset(self) -> None:
        """Go on with the answers of the next chance."""
        self.chance += 1
        self.reason = self._recording.down(self.source, self.chance)


class ReplayAdapter(Adapter):
    """Answers a session from a recording, in place of a service."""

    def __init__(self, breaker: RecordedBreaker, recording: Recording) -> None:
        super().__init__()
        self._breaker = breaker
        self._recording = recording
        self._sanitizer = Sanitizer()

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Prepare no connections."""

    def close(self) -> None:
        """Close nothing."""

    def is_public(self, host: str) -> bool:
        """Return True for a host that the recorded run has asked; no name is looked up."""
        return self._recording.has_host(host)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return the recorded response. Raises the recorded error."""
        breaker = self._breaker
        key = request_key(request, self._sanitizer)
        FIRST.set(FIRST.get() or key)
        try:
            exchange = self._recording.take((breaker.source, breaker.chance, *key))
            if exchange.failure:
                kind = getattr(errors, exchange.failure.error)
                raise kind(breaker.source, exchange.failure.message, url=request.url)
        except NotAskedError:
            breaker.requests -= 1
            raise
        body, status = io.BytesIO(exchange.content), exchange.status or 0
        raw = urllib3.HTTPResponse(body, exchange.headers, status, preload_content=False)
        return self.build_response(request, raw)


class ReplayHttp(Http):
    """A run's access to a recording in place of the services."""

    def __init__(self, settings: Settings, recording: Recording) -> None:
        self._recording = recording
        self._recorded_breakers = {
            source: RecordedBreaker(source, settings, recording) for source in settings.services
        }
        super().__init__(settings, sleep=lambda _: None)

    def _make_breaker(self, source: str) -> CircuitBreaker:
        return self._recorded_breakers[source]

    def _make_adapter(self, source: str) -> Adapter:
        return ReplayAdapter(self._recorded_breakers[source], self._recording)

    def _policy(self, breaker: CircuitBreaker, unless: Kinds) -> Retrying:
        """Try a question as often as it was tried."""
        recorded_breaker = self._recorded_breakers[breaker.source]

        def is_over(state: RetryCallState) -> bool:
            first = FIRST.get()
            key = first and (recorded_breaker.source, recorded_breaker.chance, *first)
            return not self._recording.has_try(key, state.attempt_number + 1)

        return super()._policy(breaker, unless).copy(stop=is_over)
