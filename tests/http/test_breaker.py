"""The circuit breaker: when a source is asked no more in a run, and why."""

from __future__ import annotations

import pytest

from harvest.config import Service
from harvest.errors import BlockedError, GarbledError, NotFoundError, SourceError, TransientError
from harvest.http import breaker as breakers
from harvest.http.breaker import CircuitBreaker
from harvest.http.responses import KINDS


@pytest.fixture
def breaker() -> CircuitBreaker:
    return CircuitBreaker("crossref", Service(url="https://api.example", patience=120.0))


def fail(breaker: CircuitBreaker, kind: type[SourceError], *, is_tolerated: bool = False) -> None:
    breaker.fail(kind("crossref", "HTTP 500"), is_tolerated=is_tolerated)


def test_a_refusal_trips_it_at_once(breaker: CircuitBreaker) -> None:
    breaker.succeed()
    fail(breaker, BlockedError)
    assert breaker.check() == "HTTP 500"


def test_a_first_failure_trips_it(breaker: CircuitBreaker) -> None:
    fail(breaker, TransientError)
    assert breaker.check() == "HTTP 500"


def test_later_it_takes_two_failures_in_a_row(breaker: CircuitBreaker) -> None:
    for _ in range(3):
        breaker.succeed()
        fail(breaker, TransientError)
        assert breaker.check() is None
    fail(breaker, TransientError)
    assert breaker.check() == "HTTP 500"


def test_an_answer_is_no_failure(breaker: CircuitBreaker) -> None:
    for _ in range(9):
        fail(breaker, NotFoundError)
    assert breaker.check() is None


def test_many_broken_responses_in_a_row_trip_it(breaker: CircuitBreaker) -> None:
    for _ in range(breakers.MAX_GARBLED - 1):
        fail(breaker, GarbledError, is_tolerated=True)
    assert breaker.check() is None
    fail(breaker, GarbledError, is_tolerated=True)
    assert breaker.check() == "HTTP 500"


@pytest.mark.parametrize(
    ("status", "trips"), [(500, True), (400, True), (404, False), (429, False)]
)
def test_one_error_in_ten_trips_it(breaker: CircuitBreaker, status: int, *, trips: bool) -> None:
    for number in range(1, 21):
        assert breaker.check() is None
        breaker.requests += 1
        breaker.respond(status if number % 10 == 0 else 200, {})
    expected = "2 of 20 requests failed, the last with 500".replace("500", str(status))
    assert breaker.check() == (expected if trips else None)


@pytest.mark.parametrize("status", [400, 406, 414, 502, 504])
def test_a_handled_error_is_no_failure(breaker: CircuitBreaker, status: int) -> None:
    kind = KINDS[status]
    for _ in range(3 * breakers.MIN_REQUESTS):
        assert breaker.check() is None
        breaker.requests += 1
        breaker.respond(status, {})
        breaker.fail(kind("crossref", "no", status=status), is_tolerated=True)
        breaker.succeed()
    assert breaker.check() is None


def test_the_first_reason_stays(breaker: CircuitBreaker) -> None:
    fail(breaker, TransientError)
    for _ in range(breakers.MIN_REQUESTS):
        breaker.requests += 1
        breaker.respond(500, {})
    assert breaker.check() == "HTTP 500"


def test_waits_grow_with_what_is_known_of_a_source(breaker: CircuitBreaker) -> None:
    assert breaker.max_wait == breakers.MAX_OFFLINE_WAIT
    breaker.connected = True
    assert breaker.on_trial
    assert breaker.max_wait == breakers.MAX_TRIAL_WAIT
    breaker.succeed()
    assert not breaker.on_trial
    assert breaker.max_wait == 120.0


def test_a_useless_source_is_given_up(
    breaker: CircuitBreaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "MAX_TRIAL_WAIT", -1.0)
    breaker.start()
    assert "no usable answer" in (breaker.check() or "")


def test_a_useful_source_has_all_the_time(
    breaker: CircuitBreaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakers, "MAX_TRIAL_WAIT", -1.0)
    monkeypatch.setattr(breakers, "MAX_TRIAL_TIME", 1.0)
    assert breaker.max_time <= 1.0
    breaker.start()
    breaker.succeed()
    assert breaker.check() is None
    assert breaker.max_time == 45.0


def test_errors_of_the_trial_are_forgiven(breaker: CircuitBreaker) -> None:
    """Two 503s at the start would be one error in ten at the twentieth request."""
    for number in range(30):
        breaker.requests += 1
        breaker.respond(503 if number < 2 else 200, {})
        if number >= 2:
            breaker.succeed()
        assert breaker.check() is None


def patient() -> CircuitBreaker:
    return CircuitBreaker("crossref", Service(url="https://api.example"), patience=1200.0)


def test_patience_lengthens_the_trial_alone() -> None:
    breaker = patient()
    breaker.connected = True
    assert breaker.max_wait == 1200.0
    breaker.succeed()
    assert breaker.max_wait == 120.0


def test_a_second_chance_comes_after_a_rest(breaker: CircuitBreaker) -> None:
    assert breaker.cooldown is None
    fail(breaker, TransientError)
    assert 3.0 < (breaker.cooldown or 0.0) <= 4.0  # twice its backoff
    breaker.reset()
    breaker.connected = True
    assert breaker.check() is None
    assert breaker.max_wait == breakers.SECOND_TRIAL_WAIT
    fail(breaker, TransientError)
    assert breaker.check() == "HTTP 500"
    assert breaker.cooldown is None


def test_the_rest_is_as_long_as_asked_for() -> None:
    breaker = patient()
    breaker.fail(TransientError("crossref", "busy", retry_after=300.0), is_tolerated=False)
    assert 299.0 < (breaker.cooldown or 0.0) <= 300.0
    breaker.reset()
    breaker.connected = True
    assert breaker.max_wait == breakers.MAX_TRIAL_WAIT


def test_a_refusal_is_final(breaker: CircuitBreaker) -> None:
    fail(breaker, BlockedError)
    assert breaker.cooldown is None


def test_no_later_failure_undoes_a_refusal(breaker: CircuitBreaker) -> None:
    fail(breaker, BlockedError)
    reason = breaker.reason
    fail(breaker, SourceError)
    breaker.fail(TransientError("crossref", "HTTP 503", retry_after=4.0), is_tolerated=False)
    assert breaker.cooldown is None
    assert breaker.reason == reason
