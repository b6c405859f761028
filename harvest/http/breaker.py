"""The circuit breaker: it ends a run's requests to a source that refuses them or keeps failing."""

from __future__ import annotations

import time
from collections.abc import Mapping

from harvest.config import Service
from harvest.errors import LIST_ERRORS, BlockedError, NotAskedError, SourceError, TransientError

MAX_OFFLINE_WAIT = 10.0  # seconds; without a network a run should end soon
MAX_TRIAL_WAIT = 45.0  # seconds for a source without a usable answer: it may be down all night
MAX_TRIAL_TIME = 50.0  # seconds from its first request to the end of its last one
# seconds of a second chance; in a run with more patience it has MAX_TRIAL_WAIT
SECOND_TRIAL_WAIT = 10.0
COOLDOWN = 2  # times its backoff, before a source that is down is asked once more
MAX_FAILURES = 2  # questions in a row that failed after all their tries
MAX_GARBLED = 20  # unreadable or refused lists in a row: then it is the source, not a record
# Crossref asks scripts to stop at one error in ten (its api_tips.md), here after 20 requests.
ERROR_SHARE = 10
MIN_REQUESTS = 20
NO_ERRORS = frozenset({404, 410, 429, 451})  # statuses that are answers, or limits of a rate
TOTAL_TIMEOUT = 1.5  # times the timeout: the time for a whole response that arrives in pieces


class CircuitBreaker:
    """The state of one source in a run, and whether it may still be asked.

    `reason` says why it is down, None while it is not. `requests` counts HTTP requests. `connected`
    is True once it took a connection, though it may not respond. `headers` are those of its last
    response, `error` is the failure since the last usable answer. A source is useful from its first
    usable answer on. Until then it is on trial, for as long as the `patience` of the run; None is
    that of a person who waits.
    """

    def __init__(self, source: str, service: Service, patience: float | None = None) -> None:
        self.source = source
        self.service = service
        self.patience = patience
        self._second_wait: float | None = None
        self._cool_at: float | None = 0.0  # by time.monotonic(); None if it refused us for good
        self.reason: str | None = None
        self.error: SourceError | None = None
        self.requests = 0
        self._reserved = 0
        self.headers: Mapping[str, str] = {}
        self._first_request: float | None = None
        self.connected = False
        self._has_answered = False
        self._failures = 0
        self._garbled = 0
        self._errors = 0
        self._last_error = 0

    @property
    def elapsed(self) -> float:
        """The seconds since the first request."""
        return 0.0 if self._first_request is None else time.monotonic() - self._first_request

    @property
    def on_trial(self) -> bool:
        """True if its requests together must give a usable answer within the wait of a trial."""
        trial = self.connected and not self._has_answered
        has_own_wait = self.patience is not None or self._second_wait is not None
        return trial and (has_own_wait or self.service.patience > MAX_TRIAL_WAIT)

    @property
    def _trial_wait(self) -> float:
        waits = (self._second_wait, self.patience, MAX_TRIAL_WAIT)
        return next(wait for wait in waits if wait is not None)

    @property
    def max_wait(self) -> float:
        """The seconds after which a question gets no further try."""
        if not self.connected:
            return MAX_OFFLINE_WAIT
        return self._trial_wait if self.on_trial else self.service.patience

    @property
    def max_time(self) -> float:
        """The seconds that a whole response may take."""
        seconds = TOTAL_TIMEOUT * self.service.timeout
        if self._has_answered:
            return seconds
        trial_time = self._trial_wait + MAX_TRIAL_TIME - MAX_TRIAL_WAIT
        return min(seconds, trial_time - self.elapsed)

    def check(self) -> str | None:
        """Return the reason why the source is down, None if it may be asked."""
        self._count_errors()
        if not self.reason and not self._has_answered and self.elapsed > self._trial_wait:
            self._open(f"no usable answer within {self._trial_wait:.0f} s")
        return self.reason

    def start(self) -> None:
        """Start the clock at the first request."""
        if self._first_request is None:
            self._first_request = time.monotonic()

    def reserve(self) -> None:
        """Count a request before it is made, so that no other thread spends its budget."""
        self.requests += 1
        self._reserved += 1

    def count(self) -> None:
        """Count a request that is made, unless it was reserved."""
        if self._reserved:
            self._reserved -= 1
        else:
            self.requests += 1

    def respond(self, status: int, headers: Mapping[str, str]) -> None:
        """Note a response of the source itself, not of a host that it redirects to."""
        self.connected = True
        self.headers = headers
        if _is_error(status):
            self._errors += 1
            self._last_error = status

    def succeed(self) -> None:
        """Note a usable answer. The errors before the first were those of its trial."""
        if not self._has_answered:
            self._errors = 0
        self._has_answered = True
        self._failures = self._garbled = 0
        self.error = None

    def fail(self, error: SourceError, *, is_tolerated: bool) -> None:
        """Note a question that failed after all tries.

        With `is_tolerated` the caller handles the error: it is no failure of the source, unless
        MAX_GARBLED in a row are about a whole list.
        """
        if not isinstance(error, NotAskedError):
            self.error = error
        if isinstance(error, BlockedError):
            self._open(error.message)
            self._cool_at = None
        elif is_tolerated:
            self._errors -= error.status is not None and _is_error(error.status)
            self._garbled += isinstance(error, LIST_ERRORS)
            if self._garbled >= MAX_GARBLED:
                self._open(error.message)
        elif isinstance(error, TransientError):
            self._failures += 1
            if self._failures >= MAX_FAILURES or not self._has_answered:
                self._open(error.message, error.retry_after)

    @property
    def cooldown(self) -> float | None:
        """The seconds until it may get a second chance; None if it may get none."""
        if not self.reason or self._second_wait is not None or self._cool_at is None:
            return None
        return max(0.0, self._cool_at - time.monotonic())

    def reset(self) -> None:
        """Let a source that is down be asked again, on a short trial. It gets one such chance."""
        patient = self.patience is not None and self.patience > MAX_TRIAL_WAIT
        self._second_wait = MAX_TRIAL_WAIT if patient else SECOND_TRIAL_WAIT
        self.reason = self._first_request = None
        self._has_answered = False
        self._failures = self._garbled = self._errors = 0

    def _open(self, reason: str, retry_after: float | None = None) -> None:
        if self.reason and self._cool_at is None:
            return  # it refused us, which no other failure undoes
        self.reason = reason
        cooldown = max(COOLDOWN * self.service.backoff, retry_after or 0.0)
        self._cool_at = time.monotonic() + cooldown
        self._count_errors()

    def _count_errors(self) -> None:
        are_many = self.requests >= MIN_REQUESTS and self._errors * ERROR_SHARE >= self.requests
        if are_many and not self.reason:
            share = f"{self._errors} of {self.requests} requests failed"
            self._open(f"{share}, the last with {self._last_error}")


def _is_error(status: int) -> bool:
    return status >= 400 and status not in NO_ERRORS
