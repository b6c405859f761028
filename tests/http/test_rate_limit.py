"""Rate limits: how fast a source is asked, by one process and by several."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from harvest.http.rate_limit import RECOVERY, Rate, RateLimiter, Route

HOLDER = """
import sys, time
from pathlib import Path
from harvest.http.rate_limit import Rate, RateLimiter, Route

rate = Rate(0.001, 1)
with RateLimiter(Route("arxiv", rate), rate, time.sleep, Path(sys.argv[1])).slot():
    print("holds the slot", flush=True)
    sys.stdin.readline()
"""


def route(name: str) -> Route:
    return Route(name, Rate(1.0))


def test_starts_are_spaced_and_slots_bounded() -> None:
    waits: list[float] = []
    pace = RateLimiter(route("github"), Rate(0.5, 2), waits.append)
    running, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with pace.slot():
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            with lock:
                running -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    assert sorted(round(wait * 2) / 2 for wait in waits) == [0.5, 1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize(
    ("headers", "interval"),
    [
        ({"x-rate-limit-limit": "2", "x-rate-limit-interval": "1s"}, 0.5),
        ({"x-rate-limit-limit": "1", "x-rate-limit-interval": "4s"}, 4.0),
        ({"x-rate-limit-limit": "1", "x-rate-limit-interval": "3600s"}, 60.0),
        ({"x-rate-limit-limit": "500", "x-rate-limit-interval": "1s"}, 0.2),
        ({"x-rate-limit-limit": "0", "x-rate-limit-interval": "1s"}, 0.2),
        ({"x-rate-limit-limit": "5", "x-rate-limit-interval": "-1s"}, 0.2),
        ({"x-rate-limit-limit": "many", "x-rate-limit-interval": "1s"}, 0.2),
        ({"x-rate-limit-limit": "5"}, 0.2),
        ({}, 0.2),
    ],
)
def test_headers_only_slow_down(headers: dict[str, str], interval: float) -> None:
    pace = RateLimiter(route("crossref.single"), Rate(0.2, 3), time.sleep)
    pace.apply_headers(headers)
    assert pace.rate == Rate(interval, 3)


@pytest.mark.parametrize(
    ("header", "concurrency"),
    [("1", 1), ("2", 2), ("9", 3), ("0", 3), ("-1", 3), ("nan", 3), ("", 3)],
)
def test_the_concurrency_header_holds(header: str, concurrency: int) -> None:
    pace = RateLimiter(route("crossref.single"), Rate(0.2, 3), time.sleep)
    pace.apply_headers({"x-concurrency-limit": header})
    assert pace.rate == Rate(0.2, concurrency)


def test_the_pace_recovers() -> None:
    pace = RateLimiter(route("crossref.list"), Rate(1.0, 3), time.sleep)
    intervals = []
    for _ in range(3):
        pace.slow_down()
    for _ in range(4 * RECOVERY):
        intervals.append(pace.rate.interval)
        pace.recover()
    assert intervals == [8.0] * RECOVERY + [4.0] * RECOVERY + [2.0] * RECOVERY + [1.0] * RECOVERY
    assert pace.rate == Rate(1.0, 3)


def test_only_answers_in_order_count() -> None:
    pace = RateLimiter(route("arxiv"), Rate(3.0), time.sleep)
    for _ in range(3):
        pace.slow_down()
        for _ in range(RECOVERY - 1):
            pace.recover()
    assert pace.rate.interval == 24.0
    pace.apply_headers({"x-rate-limit-limit": "1", "x-rate-limit-interval": "5s"})
    assert pace.rate.interval == 40.0
    for _ in range(9 * RECOVERY):
        pace.recover()
    assert pace.rate.interval == 5.0


def test_one_refusal_in_a_hundred_costs_little() -> None:
    """Of a long run: 0.33 s turned into 21 s when it only ever slowed down."""
    pace = RateLimiter(route("crossref.list"), Rate(1.0, 3), time.sleep)
    seconds = 0.0
    for number in range(2_000):
        seconds += pace.rate.interval
        pace.slow_down() if number % 100 == 50 else pace.recover()
    assert seconds < 1.3 * 2_000


def test_limiters_of_one_folder_share_the_rate(tmp_path: Path) -> None:
    waits: list[list[float]] = [[], []]
    one, two = (
        RateLimiter(route("arxiv"), Rate(3.0, 1), waits[n].append, tmp_path) for n in (0, 1)
    )
    for pace in (one, two, one):
        with pace.slot():
            pass
    assert [[round(wait) for wait in each] for each in waits] == [[6], [3]]


def test_one_connection_across_processes(tmp_path: Path) -> None:
    """While another process holds the only slot, this one waits."""
    pace = RateLimiter(route("arxiv"), Rate(0.001, 1), time.sleep, tmp_path)
    started = threading.Event()

    def work() -> None:
        with pace.slot():
            started.set()

    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "holds the slot\n"
        thread = threading.Thread(target=work)
        thread.start()
        assert not started.wait(0.2)
        holder.communicate("let go\n")
    assert started.wait(10.0)
    thread.join()


@pytest.mark.parametrize("text", ["junk", "\xff", "99999999999999", ""])
def test_a_broken_pace_file_is_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / "arxiv.next").write_text(text, "latin-1")
    waits: list[float] = []
    with RateLimiter(route("arxiv"), Rate(3.0, 1), waits.append, tmp_path).slot():
        pass
    assert waits == []
    assert float((tmp_path / "arxiv.next").read_text()) > time.time()


def test_a_pace_that_cannot_be_shared_still_holds(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    waits: list[float] = []
    pace = RateLimiter(route("arxiv"), Rate(3.0, 1), waits.append, tmp_path / "file" / "pace")
    for _ in range(2):
        with pace.slot():
            pass
    assert [round(wait) for wait in waits] == [3]
