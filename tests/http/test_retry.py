"""The retry policy: what is asked again, when, and how often."""

from __future__ import annotations

import pytest

from harvest.config import Service
from harvest.errors import (
    BlockedError,
    GarbledError,
    Kinds,
    NotFoundError,
    SourceError,
    TransientError,
)
from harvest.http import retry
from harvest.http.breaker import CircuitBreaker


def ask(
    *errors: SourceError,
    unless: Kinds = (),
    max_seconds: float | None = None,
    patience: float = 300.0,
) -> tuple[list[float], bool]:
    """Return the waits of a question that fails with these errors, and whether it succeeds."""
    service = Service(url="https://api.example", backoff=8.0, patience=patience)
    breaker, waits, coming = CircuitBreaker("crossref", service), [], list(errors)
    breaker.connected = True
    breaker.succeed()

    def call() -> None:
        if coming:
            raise coming.pop(0)

    try:
        retry.retrying(breaker, waits.append, unless, max_seconds)(call)
    except SourceError:
        return waits, False
    return waits, True


def refusal(retry_after: float | None = None) -> TransientError:
    return TransientError("crossref", "busy", status=503, retry_after=retry_after)


@pytest.mark.parametrize("kind", [BlockedError, NotFoundError, SourceError])
def test_what_will_not_pass_is_not_retried(kind: type[SourceError]) -> None:
    assert ask(kind("crossref", "no")) == ([], False)


def test_an_excepted_kind_is_not_retried() -> None:
    error = GarbledError("crossref", "cut off", status=200)
    assert ask(error, unless=GarbledError) == ([], False)
    assert ask(error)[1]


def test_waits_double() -> None:
    waits, succeeded = ask(*(refusal() for _ in range(3)))
    assert succeeded
    for wait, expected in zip(waits, (8.0, 16.0, 32.0), strict=True):
        assert expected <= wait <= 1.25 * expected


def test_a_broken_connection_waits_less() -> None:
    """The status decides, not the message: an error without one came before any response."""
    (wait,), _ = ask(TransientError("crossref", "HTTP 503, says a library"))
    assert wait <= 1.25 * retry.NETWORK_BACKOFF
    (wait,), _ = ask(TransientError("crossref", "busy", status=503))
    assert wait >= 8.0


def test_retry_after_is_the_wait() -> None:
    (wait,), succeeded = ask(refusal(retry_after=7.0))
    assert succeeded
    assert wait == 7.0


def test_tries_are_counted() -> None:
    waits, succeeded = ask(*(refusal(retry_after=0.0) for _ in range(retry.MAX_ATTEMPTS)))
    assert len(waits) == retry.MAX_ATTEMPTS - 1
    assert not succeeded


@pytest.mark.parametrize("limit", [{"patience": 20.0}, {"max_seconds": 20.0}])
def test_waits_end_in_time(limit: dict[str, float]) -> None:
    waits, succeeded = ask(refusal(9.0), refusal(9.0), refusal(9.0), **limit)
    assert waits == [9.0, 9.0]
    assert not succeeded
