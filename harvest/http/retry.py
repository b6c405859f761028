"""The retry policy: which errors get another try, after which wait, and for how long."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception

from harvest.errors import Kinds, SourceError, TransientError
from harvest.http.breaker import MAX_TRIAL_WAIT, CircuitBreaker

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 6  # tries of one question; its waits are bounded by the service's patience
NETWORK_BACKOFF = 1.0  # seconds of the first wait where nothing refused us: the network failed


def retrying(
    breaker: CircuitBreaker,
    sleep: Callable[[float], None],
    unless: Kinds,
    max_seconds: float | None,
) -> Retrying:
    """Return the policy for one question: it retries a TransientError, but none of kind `unless`.

    `max_seconds` bounds the waiting beside the breaker's own limit.
    """

    def is_retried(error: BaseException) -> bool:
        return isinstance(error, TransientError) and not isinstance(error, unless)

    return Retrying(
        retry=retry_if_exception(is_retried),
        wait=lambda state: _wait(breaker, state),
        stop=lambda state: _is_over(breaker, state, max_seconds),
        before_sleep=_log_retry,
        sleep=sleep,
        reraise=True,
    )


def _wait(breaker: CircuitBreaker, state: RetryCallState) -> float:
    """Return the seconds until the next try: Retry-After, else an exponential backoff."""
    error = _error(state)
    if error.retry_after is not None:
        return max(error.retry_after, random.uniform(0.0, 0.1))  # noqa: S311  # jitter
    first = breaker.service.backoff
    if error.status is None:
        first = min(first, NETWORK_BACKOFF)
    backoff: float = first * 2.0 ** (state.attempt_number - 1)
    return backoff * random.uniform(1.0, 1.25)  # noqa: S311  # jitter


def _is_over(breaker: CircuitBreaker, state: RetryCallState, max_seconds: float | None) -> bool:
    """Return True if another try, as long as the mean of those before, would end too late.

    Of a source on trial the requests of all questions count together. The length of its next try
    does not count: `max_time` cuts that short.
    """
    max_attempts: float = MAX_ATTEMPTS
    if breaker.on_trial:  # a longer trial has more of them, and never more a minute
        max_attempts *= max(1.0, breaker.max_wait / MAX_TRIAL_WAIT)
    if state.attempt_number >= max_attempts:
        return True
    elapsed, idle = state.seconds_since_start or 0.0, state.idle_for
    attempt = max(elapsed - idle, 0.0) / state.attempt_number
    if breaker.on_trial:
        attempt = 0.0
        elapsed = max(elapsed, breaker.elapsed)
    max_wait = breaker.max_wait if max_seconds is None else min(breaker.max_wait, max_seconds)
    return max(elapsed, idle) + state.upcoming_sleep + attempt > max_wait


def _log_retry(state: RetryCallState) -> None:
    wait, attempt = state.upcoming_sleep, state.attempt_number + 1
    log.warning("%s; asking again in %.0f s (try %d)", _error(state), wait, attempt)


def _error(state: RetryCallState) -> SourceError:
    """Return the error of the last try, which `is_retried` let through."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, SourceError):
        raise TypeError(f"not an error of a source: {error!r}")
    return error
