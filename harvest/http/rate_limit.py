"""Rate limits: how often a source may be asked, shared by processes, slowed by its responses."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from harvest import locks

log = logging.getLogger(__name__)

MAX_INTERVAL = 60.0  # seconds that a header can put between two requests: more is an outage
MAX_SLOWDOWN = 16  # times the documented interval that refusals (429) can slow us down to
RECOVERY = 20  # answers in order after which half of a slowdown is taken back
MAX_AHEAD = 3600.0  # seconds; a later start in a shared file was written under a wrong clock


class Rate(msgspec.Struct, frozen=True):
    """A start every `interval` seconds at most, and at most `concurrency` requests at once."""

    interval: float
    concurrency: int = 1


class Route(msgspec.Struct, frozen=True):
    """One way to ask a source, with the rate that the source documents for it.

    `name` is the source, or `source.part` where a source has several. `polite` is the rate for
    runs that send an e-mail address.
    """

    name: str
    rate: Rate
    polite: Rate | None = None

    @property
    def source(self) -> str:
        """Return the name of the source."""
        return self.name.partition(".")[0]


class RateLimiter:
    """Starts the requests of one route at its `rate`: the documented one, slowed by refusals.

    Processes that share `folder` share the rate: through a lock file for each slot, and a file
    with the time of the next start. Without a folder, or where it cannot be written, the rate
    holds for this process.
    """

    def __init__(
        self, route: Route, rate: Rate, sleep: Callable[[float], None], folder: Path | None = None
    ) -> None:
        self._documented = rate
        self._slowdown = 1
        self._answers = 0  # in order, since the last refusal
        self._route = route
        self._sleep = sleep
        self._folder = folder if rate.interval else None  # an interval of 0 needs no sharing
        self._next_file = (folder or Path()) / f"{route.name}.next"
        self._free = threading.Condition()
        self._used: set[int] = set()
        self._start = threading.Lock()
        self._next = 0.0

    @property
    def rate(self) -> Rate:
        """The rate as it is now."""
        documented = self._documented
        return Rate(self._slowdown * documented.interval, documented.concurrency)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a free slot and for the next start."""
        with self._free:
            self._free.wait_for(lambda: len(self._used) < self.rate.concurrency)
            slot = min(set(range(self.rate.concurrency)) - self._used)
            self._used.add(slot)
        try:
            with self._lock(f"{self._route.name}.{slot}.lock"):
                if wait := self._reserve():
                    self._sleep(wait)
                try:
                    yield
                finally:
                    self._postpone()
        finally:
            with self._free:
                self._used.discard(slot)
                self._free.notify_all()

    def apply_headers(self, headers: Mapping[str, str]) -> None:
        """Slow down to the rate in a response's headers. Unusable or looser values are ignored.

        The header names are those of Crossref.
        """
        interval, concurrency = self._documented.interval, self._documented.concurrency
        limit = positive(headers.get("x-rate-limit-limit"))
        seconds = positive(headers.get("x-rate-limit-interval", "").removesuffix("s"))
        if limit and seconds:
            interval = max(interval, min(seconds / limit, MAX_INTERVAL))
        max_concurrency = positive(headers.get("x-concurrency-limit"))
        if max_concurrency and max_concurrency >= 1:
            concurrency = min(concurrency, int(max_concurrency))
        self._documented = Rate(interval, concurrency)

    def slow_down(self) -> None:
        """Double the interval after a 429, up to MAX_SLOWDOWN times the documented one."""
        self._slowdown = min(2 * self._slowdown, MAX_SLOWDOWN)
        self._answers = 0

    def recover(self) -> None:
        """Note an answer. After each RECOVERY of them in order, halve what refusals have doubled.

        A pace that never recovered made long runs many times slower for a refusal in a hundred.
        """
        self._answers += 1
        if self._answers >= RECOVERY:
            self._slowdown = max(1, self._slowdown // 2)
            self._answers = 0

    def _reserve(self) -> float:
        with self._start, self._lock(f"{self._route.name}.lock"):
            now = time.time()
            start = max(now, self._read_next(now))
            self._write_next(start + self.rate.interval)
            return start - now

    def _postpone(self) -> None:
        """Count the interval from the end of a request, where requests follow each other.

        We cannot know when during the request it arrived.
        """
        if self.rate.interval and self.rate.concurrency == 1:
            with self._start, self._lock(f"{self._route.name}.lock"):
                now = time.time()
                self._write_next(max(self._read_next(now), now + self.rate.interval))

    def _read_next(self, now: float) -> float:
        try:
            text = self._next_file.read_text("ascii") if self._folder else ""
        except (OSError, UnicodeDecodeError):
            text = ""
        shared = positive(text) or 0.0
        return max(self._next, shared if shared < now + MAX_AHEAD else 0.0)

    def _write_next(self, start: float) -> None:
        self._next = start
        try:
            if self._folder:
                self._next_file.write_text(f"{start:.3f}", "ascii")
        except OSError:
            self._folder = None

    def _lock(self, name: str) -> ExitStack:
        lock = ExitStack()
        if self._folder is None:
            return lock
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.callback(locks.acquire(self._folder / name).release)
        except OSError as error:
            route = self._route.name
            log.warning("%s: %s; the pace of %s is not shared", self._folder, error, route)
            self._folder = None
        return lock


def positive(text: str | None) -> float | None:
    """Parse a positive, finite number. Return None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
