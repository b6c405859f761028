"""A recording of a run: every exchange with the services, without what is private.

A recording is a folder with a numbered folder for each run in it:

- `exchanges.jsonl`: a line for each request with its response or error, in the order in which they
  ended, and a line where the run gave a source up
- `run.json`, `cache/` and `output/`: what the run began with, if it was a refresh

Each line is written at once, so that a run that is killed leaves a recording that can be read.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harvest.config import Fresh, Settings
from harvest.errors import NotAskedError, SourceError, UsageError
from harvest.http.sanitize import Sanitizer

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

EXCHANGES, RECORDED_RUN = "exchanges.jsonl", "run.json"
MAX_RUN = 256 * 2**20  # bytes of one run: the first night of 10,000 works takes about 60 MB
MAX_FOLDER = 2**30  # bytes of all runs, after which none is added

RequestKey = tuple[str, str, str]  # method, address and body of a request, without what is private

# The number of the try that this thread makes, from 1, and the first request of the question.
ATTEMPT: ContextVar[int] = ContextVar("attempt", default=1)
FIRST: ContextVar[RequestKey | None] = ContextVar("first", default=None)

_RUN = re.compile(r"\d{4,}")
_MAC_FILES = frozenset({".DS_Store"})

log = logging.getLogger(__name__)


class Failure(msgspec.Struct, frozen=True):
    """An exchange without a whole response: the name of its error in harvest.errors, and why."""

    error: str
    message: str


class Exchange(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is", tag="exchange"
):
    """A request, and its response or failure.

    `began` is in seconds since the first request of the run. `attempt` counts the tries of one
    question, `chance` is 2 for a source that was down and asked once more. A `response` that is no
    UTF-8 is in base64.
    """

    source: str
    method: str
    url: str
    body: str = ""
    attempt: int = 1
    chance: int = 1
    began: float
    seconds: float
    status: int | None = None
    headers: dict[str, str] = {}
    response: str = ""
    base64: bool = False
    failure: Failure | None = None

    @property
    def content(self) -> bytes:
        """The body of the response."""
        return b64decode(self.response) if self.base64 else self.response.encode()


class End(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="end"):
    """The end of a run's requests to a source; `down` unless the run ended them for a budget."""

    source: str
    reason: str
    down: bool
    chance: int


class RecordedRun(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that a replay needs to send the same requests.

    The lists and decisions are the user's.
    """

    version: str
    started_at: str
    urls: dict[str, str]
    token: bool
    mailto: bool
    fresh: Fresh
    only: str | None = None
    max_age: float | None = None  # seconds


Line = Exchange | End


class Recorder:
    """Writes a recording below `settings.record`.

    Raises UsageError for a folder that holds something else. A folder that is full or cannot be
    written costs a warning, and never a run.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.sanitizer = Sanitizer([settings.mailto, settings.github_token])
        self._root = folder
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._size = 0
        self._chances: Counter[str] = Counter()
        self._ends: set[tuple[str, int]] = set()
        runs(folder)
        self._stopped = _size(folder) > MAX_FOLDER
        if self._stopped:
            log.warning("%s: more than %d MB; nothing more is recorded", folder, MAX_FOLDER >> 20)

    @cached_property
    def folder(self) -> Path:
        """The folder of this run, which is made when it is needed first. Raises OSError."""
        numbers = [int(run.name) for run in runs(self._root)]
        number = max(numbers, default=0)
        while True:
            number += 1
            folder = self._root / f"{number:04}"
            try:
                folder.mkdir(parents=True)
            except FileExistsError:  # of another process
                continue
            return folder

    def write(
        self, source: str, request: PreparedRequest, began: float, result: Response | SourceError
    ) -> None:
        """Add an exchange that began at a time by time.monotonic()."""
        key = request_key(request, self.sanitizer)
        FIRST.set(FIRST.get() or key)
        exchange = self._exchange(source, key, began)
        if isinstance(result, SourceError):
            exchange = self._with_failure(exchange, result)
        else:
            content = self.sanitizer.body(result.content, result.status_code)
            text, is_base64 = _text(content)
            headers = self.sanitizer.headers(result.headers)
            exchange = msgspec.structs.replace(
                exchange, status=result.status_code, headers=headers, response=text,
                base64=is_base64,
            )  # fmt: skip
        self._append(exchange)

    def _exchange(self, source: str, key: RequestKey, began: float) -> Exchange:
        method, url, body = key
        return Exchange(
            source=source,
            method=method,
            url=url,
            body=body,
            attempt=ATTEMPT.get(),
            chance=1 + self._chances[source],
            began=round(began - self._began, 3),
            seconds=round(time.monotonic() - began, 3),
        )

    def _with_failure(self, exchange: Exchange, error: SourceError) -> Exchange:
        failure = Failure(type(error).__name__, self.sanitizer.message(error.message))
        return msgspec.structs.replace(exchange, failure=failure)

    def skip(self, error: NotAskedError, *, down: bool) -> None:
        """Note a request that was not made, since the source is down or a budget is spent."""
        self.give_up(error.source, error.message, down=down)
        key = FIRST.get()
        if key and ATTEMPT.get() > 1:  # the source went down between the tries of a question
            exchange = self._exchange(error.source, key, time.monotonic())
            self._append(self._with_failure(exchange, error))

    def give_up(self, source: str, reason: str, *, down: bool) -> None:
        """Note that a source is not asked any more, once for each of its chances."""
        chance = 1 + self._chances[source]
        if (source, chance) not in self._ends:
            self._ends.add((source, chance))
            reason = self.sanitizer.message(reason)
            self._append(End(source=source, reason=reason, down=down, chance=chance))

    def reset(self, source: str) -> None:
        """Note that a source gets its second chance."""
        self._chances[source] += 1

    def stop(self, error: OSError) -> None:
        """Go on without a recording."""
        self._stopped = True
        log.warning("%s: %s; the run is not recorded", self._root, error)

    @property
    def is_stopped(self) -> bool:
        """True if nothing is recorded any more."""
        return self._stopped

    def _append(self, line: Line) -> None:
        data = msgspec.json.encode(line) + b"\n"
        with self._lock:
            if self._stopped:
                return
            self._size += len(data)
            if self._size > MAX_RUN:
                self._stopped = True
                log.warning("%s: a run of %d MB is recorded in part", self.folder, MAX_RUN >> 20)
                return
            try:
                with (self.folder / EXCHANGES).open("ab", buffering=0) as file:
                    file.write(data)
            except OSError as error:
                self.stop(error)


def start_try(number: int) -> None:
    """Note that this thread makes a try of a question, the first with 1."""
    ATTEMPT.set(number)
    if number == 1:
        FIRST.set(None)


def request_key(request: PreparedRequest, sanitizer: Sanitizer) -> RequestKey:
    """Return the method, address and body of a request, without what is private."""
    body = request.body or ""
    if not isinstance(body, str):
        body = bytes(body).decode("utf-8", "replace")
    return request.method or "", sanitizer.text(request.url or ""), sanitizer.text(body)


def runs(folder: Path) -> list[Path]:
    """Return the runs of a recording, the first one first.

    Raises UsageError for a folder that holds something else, or is none.
    """
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; name one for the recording")
    entries = [path for path in folder.iterdir() if path.name not in _MAC_FILES]
    for path in entries:
        if not _RUN.fullmatch(path.name) or not path.is_dir():
            advice = "name a folder of recordings, or an empty one for the next"
            raise UsageError(f"{folder}: holds {path.name}, which is no recording; {advice}")
    return sorted(entries, key=lambda path: int(path.name))


def read(run: Path) -> Iterator[Line]:
    """Yield the lines of a run's recording. A line that a kill has cut off is left out.

    Raises UsageError for a file that is none.
    """
    path = run / EXCHANGES
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines[:-1], 1):  # after the last line end is what was cut off
        try:
            yield msgspec.json.decode(line, type=Line)
        except msgspec.DecodeError as error:
            raise UsageError(f"{path}:{number}: is not a recorded exchange: {error}") from error


def _text(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        return b64encode(content).decode(), True


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
