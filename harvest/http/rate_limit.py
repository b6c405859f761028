"""How fast a service may be asked: its documented limits, shared by processes, slowed by what its answers say."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

LONGEST_INTERVAL = (
    60.0  # seconds between two requests that a header can ask for: more would be an outage
)
SLOWEST = 16  # times the documented interval: as slow as refusals make us


class Rate(msgspec.Struct, frozen=True):
    """What a route accepts: a start each `interval` seconds, and so many requests at once."""

    interval: float
    concurrency: int


# Documented limits by route, as of 2026-11; sources and dates in docs/decisions.md, "Limits".
RATES = {
    "crossref.list": Rate(1.0, 1),
    "crossref.single": Rate(0.2, 1),
    "arxiv": Rate(3.0, 1),
    "github": Rate(0.25, 1),
    "datacite": Rate(0.6, 1),
    "doi": Rate(0.3, 1),
}
POLITE_RATES = {  # with an e-mail address
    "crossref.list": Rate(1 / 3, 3),
    "crossref.single": Rate(0.1, 3),
    "datacite": Rate(0.3, 1),
}


class RateLimiter:
    """Starts requests of one route at least `interval` seconds apart, and at most `concurrency` at once.

    Processes that share `folder` share the pace: a lock file for each request at once, and a file with the time of the
    next start. Without a folder, or where it cannot be written, the pace holds for this process.
    """

    def __init__(
        self, route: str, limit: Rate, sleep: Callable[[float], None], folder: Path | None = None
    ) -> None:
        self.limit = limit
        self._route = route
        self._sleep = sleep
        self._folder = folder if limit.interval else None  # pacing that is off has nothing to share
        self._free = threading.Condition()
        self._running: set[int] = set()
        self._start = threading.Lock()
        self._next = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a free slot and for the next start."""
        with self._free:
            self._free.wait_for(lambda: len(self._running) < self.limit.concurrency)
            slot = min(set(range(self.limit.concurrency)) - self._running)
            self._running.add(slot)
        try:
            with self._lock(f"{self._route}.{slot}.lock"):
                if wait := self._reserve():
                    self._sleep(wait)
                try:
                    yield
                finally:
                    self._postpone()
        finally:
            with self._free:
                self._running.discard(slot)
                self._free.notify_all()

    def tighten(self, headers: Mapping[str, str]) -> None:
        """Slow down to what Crossref's headers say; a missing, absurd or looser value changes nothing."""
        interval, concurrency = self.limit.interval, self.limit.concurrency
        requests_ = positive(headers.get("x-rate-limit-limit"))
        seconds = positive(headers.get("x-rate-limit-interval", "").removesuffix("s"))
        if requests_ and seconds:
            interval = max(interval, min(seconds / requests_, LONGEST_INTERVAL))
        at_once = positive(headers.get("x-concurrency-limit"))
        if at_once and at_once >= 1:
            concurrency = min(concurrency, int(at_once))
        self.limit = Rate(interval, concurrency)

    def slow_down(self) -> None:
        """Double the interval after a refusal, up to SLOWEST times the documented one."""
        if self.limit.interval < SLOWEST * RATES[self._route].interval:
            self.limit = Rate(2 * self.limit.interval, self.limit.concurrency)

    def _reserve(self) -> float:
        """Take the next start and give the seconds until then."""
        with self._start, self._lock(f"{self._route}.lock"):
            now = time.time()
            start = max(now, self._read_next(now))
            self._write_next(start + self.limit.interval)
            return start - now

    def _postpone(self) -> None:
        """Where requests follow each other, count the interval from the end of one: who knows when it arrived."""
        if self.limit.interval and self.limit.concurrency == 1:
            with self._start, self._lock(f"{self._route}.lock"):
                now = time.time()
                self._write_next(max(self._read_next(now), now + self.limit.interval))

    def _read_next(self, now: float) -> float:
        shared = None
        if self._folder:
            try:
                shared = positive((self._folder / f"{self._route}.next").read_text("ascii"))
            except (OSError, UnicodeDecodeError):
                shared = None
        # a start in the far future was written under another clock
        return max(self._next, shared if shared and shared < now + 3600 else 0.0)

    def _write_next(self, start: float) -> None:
        self._next = start
        if self._folder:
            try:
                (self._folder / f"{self._route}.next").write_text(f"{start:.3f}", "ascii")
            except OSError:
                self._folder = None

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        if self._folder is None:
            yield
            return
        from filelock import FileLock

        lock = FileLock(self._folder / name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            log.warning("%s: %s; the pace of %s is not shared", self._folder, error, self._route)
            self._folder = None
        try:
            yield
        finally:
            lock.release()


def positive(text: str | None) -> float | None:
    """Read a positive number; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
