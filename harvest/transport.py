"""The wire: one place that paces each service, bounds each request, judges each answer and decides what is retried.

The three client libraries keep their interfaces and lose their transport: habanero gets a pooled `httpx2` client, arxiv
and PyGithub a `requests` session of ours. So every answer passes `_judge` before a library can misread it, and a
library raises nothing but our `SourceError`s. The traps that this closes:

- habanero: a connection per call, a 5 s timeout, invisible rate headers, redirects that are not followed
- arxiv: no timeout at all; a "Rate exceeded." page, HTML or an empty body with status 200 read as "no such paper";
  its own retries at a fixed delay
- PyGithub: ten retries without a wait, an hour's sleep on a rate limit, HTML with status 200 read as a repository
"""

from __future__ import annotations

import email.utils
import logging
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception

from harvest import __version__
from harvest.config import Service, Settings
from harvest.errors import (
    SHAPE_ERRORS,
    BlockedError,
    MalformedError,
    NotAskedError,
    NotFoundError,
    SourceError,
    TooSlowError,
    TransientError,
    UnservedError,
    WithheldError,
)

if TYPE_CHECKING:
    import arxiv
    import httpx2
    import requests
    from github import Github

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  # an item, beside T for its result

log = logging.getLogger(__name__)
_TAGS = re.compile(r"<[^>]*>")

AGENT = f"harvest/{__version__}"
ATTEMPTS = 6  # tries of one request, waits included in `patience`
LONGEST_BODY = 64 * 2**20  # bytes; a full list of 50 Crossref records is about 3 MB
OFFLINE_PATIENCE = 10.0  # seconds of trying a service that never answered: without a network a run ends soon
USELESS_PATIENCE = 45.0  # the same for one that answers, but with nothing of use yet: it will be down all night
ERROR_SHARE = 10  # one request in so many failing, after twice as many requests, takes a source down for the run
LONGEST_INTERVAL = 60.0  # seconds between two requests that a header can ask for: more would be an outage
SLOWEST = 16  # times the documented interval: as slow as refusals make us
WHOLE = 1.5  # times the timeout: how long a whole answer may take that comes in pieces
SHORTEST_TOKEN = 20  # characters; GitHub's have 40 and more, and less might be a part of any word
CONNECT_TIMEOUT = 20.0  # seconds; Crossref's handshakes were seen to take that long under load


class Limit(msgspec.Struct, frozen=True):
    """What a route accepts: a start each `interval` seconds, and so many requests at once."""

    interval: float
    concurrency: int


# Documented limits by route, as of 2026-11; sources and dates in docs/decisions.md, "Limits".
LIMITS = {
    "crossref.list": Limit(1.0, 1),
    "crossref.single": Limit(0.2, 1),
    "arxiv": Limit(3.0, 1),
    "github": Limit(0.25, 1),
    "datacite": Limit(0.6, 1),
    "doi": Limit(0.3, 1),
}
POLITE = {  # with an e-mail address
    "crossref.list": Limit(1 / 3, 3),
    "crossref.single": Limit(0.1, 3),
    "datacite": Limit(0.3, 1),
}


class Pace:
    """Starts requests of one route at least `interval` seconds apart, and at most `concurrency` at once.

    Processes that share `folder` share the pace: a lock file for each request at once, and a file with the time of the
    next start. Without a folder, or where it cannot be written, the pace holds for this process.
    """

    def __init__(self, route: str, limit: Limit, sleep: Callable[[float], None], folder: Path | None = None) -> None:
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
        requests_ = _number(headers.get("x-rate-limit-limit"))
        seconds = _number(headers.get("x-rate-limit-interval", "").removesuffix("s"))
        if requests_ and seconds:
            interval = max(interval, min(seconds / requests_, LONGEST_INTERVAL))
        at_once = _number(headers.get("x-concurrency-limit"))
        if at_once and at_once >= 1:
            concurrency = min(concurrency, int(at_once))
        self.limit = Limit(interval, concurrency)

    def slow_down(self) -> None:
        """Double the interval after a refusal, up to SLOWEST times the documented one."""
        if self.limit.interval < SLOWEST * LIMITS[self._route].interval:
            self.limit = Limit(2 * self.limit.interval, self.limit.concurrency)

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
                shared = _number((self._folder / f"{self._route}.next").read_text("ascii"))
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


class Budget(msgspec.Struct, frozen=True):
    """What a run may spend: requests over all sources, and seconds. None is no limit."""

    requests: int | None = None
    seconds: float | None = None


class Wire:
    """All that a run asks of the services. Make one per run and close it.

    `requests` counts HTTP requests by source, `down` says why a source is asked no more in this run.
    """

    def __init__(
        self, settings: Settings, sleep: Callable[[float], None] | None = None, budget: Budget | None = None
    ) -> None:
        self.settings = settings
        self.requests: Counter[str] = Counter()
        self.down: dict[str, str] = {}
        self._stopped = threading.Event()
        self._why = ""
        self._given_sleep = sleep
        self._budget = budget or Budget()
        self._began = time.monotonic()
        self._reached: set[str] = set()
        self._useful: set[str] = set()
        self._failures: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        folder = Path(settings.cache) / "pace"
        self._paces = {route: Pace(route, self._limit(route), self._sleep, folder) for route in LIMITS}
        self._on_close: list[Callable[[], None]] = []
        self._import = threading.Lock()  # libraries are imported one after the other: the first one asks sooner

    def close(self) -> None:
        """Close every connection."""
        while self._on_close:
            self._on_close.pop()()

    def stop(self, why: str) -> None:
        """Let requests in hand finish, wake what waits, and make no further request."""
        self._why = why
        self._stopped.set()

    def _sleep(self, seconds: float) -> None:
        if self._given_sleep:
            self._given_sleep(seconds)
        else:
            self._stopped.wait(seconds)

    def limit(self, route: str) -> Limit:
        """Tell the pace of a route as it is now."""
        return self._paces[route].limit

    # -- asking ------------------------------------------------------------------------------------------------------

    def ask(self, route: str, call: Callable[[], T], unless: type[SourceError] | None = None) -> T:
        """Make one request through a client library, paced and retried, unless it fails with an error of that kind.

        Raises the SourceError of the last try, NotAskedError when there was none. A source that refuses us, fails
        after all tries before it was of any use or twice in a row, or fails one request in ten, is down: it is not
        asked again in this run.
        """
        source = route.partition(".")[0]
        retrying = Retrying(
            retry=retry_if_exception(
                lambda e: isinstance(e, TransientError) and not (unless and isinstance(e, unless))
            ),
            wait=lambda state: self._wait(source, state),
            stop=lambda state: state.attempt_number >= ATTEMPTS or self._impatient(source, state),
            before_sleep=lambda state: _log_retry(source, state),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer: T = retrying(self._once, route, call)
        except BlockedError as error:
            self.down[source] = error.message
            raise
        except TransientError as error:
            if unless and isinstance(error, unless):
                raise
            self._failures[source] += 1
            if self._failures[source] >= 2 or source not in self._useful:
                self.down[source] = error.message
            raise
        self._useful.add(source)
        self._failures[source] = 0
        return answer

    def ask_all(self, route: str, items: Iterable[I], call: Callable[[I], T]) -> Iterator[tuple[I, T | SourceError]]:
        """Ask for each item, as many at once as the route allows; give each with its answer or error as they come."""
        with ThreadPoolExecutor(self.limit(route).concurrency) as pool:
            futures = {pool.submit(self.ask, route, lambda item=item: call(item)): item for item in items}
            try:
                for future in as_completed(futures):
                    error = future.exception()
                    if error is not None and not isinstance(error, SourceError):
                        raise error
                    yield futures[future], error or future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _once(self, route: str, call: Callable[[], T]) -> T:
        source = route.partition(".")[0]
        self._may_ask(source)
        with self._paces[route].turn():
            self._may_ask(source)  # much can happen while one waits for a turn
            try:
                return call()
            except TransientError as error:
                if error.message.startswith("HTTP 429"):
                    self._paces[route].slow_down()
                raise
            except SHAPE_ERRORS as error:  # habanero, for one, raises TypeError for an error message it does not expect
                raise MalformedError(source, f"an answer in an unknown shape: {error!r}") from error

    def _may_ask(self, source: str) -> None:
        spent = time.monotonic() - self._began
        if self._stopped.is_set():
            raise NotAskedError(source, self._why)
        if source in self.down:
            raise NotAskedError(source, self.down[source])
        if self._budget.requests is not None and self.requests.total() >= self._budget.requests:
            raise NotAskedError(source, f"the budget of {self._budget.requests} requests is spent")
        if self._budget.seconds is not None and spent >= self._budget.seconds:
            raise NotAskedError(source, f"the budget of {self._budget.seconds:.0f} s is spent")

    def _wait(self, source: str, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, SourceError) else None
        first = self._service(source).backoff if source in self._reached else 1.0
        backoff = first * 2.0 ** (state.attempt_number - 1) * random.uniform(1.0, 1.25)  # noqa: S311  # jitter
        return max(asked, random.uniform(0.0, 0.1)) if asked is not None else backoff  # noqa: S311  # jitter

    def _impatient(self, source: str, state: RetryCallState) -> bool:
        """Tell whether another try, taken to last as long as those before, would end after our patience does."""
        error = state.outcome.exception() if state.outcome else None
        asked_to_wait = isinstance(error, SourceError) and error.retry_after is not None
        patience = self._service(source).patience
        if source not in self._reached:
            patience = OFFLINE_PATIENCE
        elif source not in self._useful and not asked_to_wait:
            patience = min(patience, USELESS_PATIENCE)
        if self._budget.seconds is not None:
            patience = min(patience, self._budget.seconds)
        passed, slept = state.seconds_since_start or 0.0, state.idle_for
        trying = max(passed - slept, 0.0) / state.attempt_number
        return max(passed, slept) + state.upcoming_sleep + trying > patience

    def _service(self, source: str) -> Service:
        service: Service = getattr(self.settings, source)
        return service

    def _limit(self, route: str) -> Limit:
        service = self._service(route.partition(".")[0])
        documented = (POLITE if self.settings.mailto else LIMITS).get(route, LIMITS[route])
        return documented if service.interval is None else Limit(service.interval, documented.concurrency)

    # -- the seams into the client libraries -------------------------------------------------------------------------

    def crossref(self) -> Any:
        """Give a habanero.Crossref: `works(filter=)` on route crossref.list, `works(ids=)` on crossref.single."""
        with self._import:
            habanero, request, request_class = map(
                import_module, ("habanero", "habanero.request", "habanero.request_class")
            )
        shim, modules = _HabaneroHttp(self), (request, request_class)

        def put_in(http: object) -> None:
            for module in modules:
                module.httpx2 = http  # type: ignore[attr-defined]  # a module, as seen from outside

        # habanero calls a module-level `httpx2.get`: this attribute is the only way to its connection and headers.
        put_in(shim)
        self._on_close += [shim.client.close, lambda: put_in(import_module("httpx2"))]
        service = self.settings.crossref
        return habanero.Crossref(
            base_url=service.url, mailto=self.settings.mailto, ua_string=AGENT, timeout=service.timeout
        )

    def arxiv(self) -> arxiv.Client:
        """Give an arXiv client without pacing and retries of its own."""
        with self._import:
            import arxiv

        client = arxiv.Client(page_size=ARXIV_PAGE, delay_seconds=0, num_retries=0)
        client.query_url_format = self.settings.arxiv.url + "?{}"
        client._session = _session(self, "arxiv", _check_atom)  # noqa: SLF001  # the only way to a timeout
        self._on_close.append(client._session.close)  # noqa: SLF001  # the same
        return client

    def github(self) -> Github:
        """Give a GitHub client without pacing and retries of its own; it has the token where there is one."""
        with self._import:
            import github
            from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

        logging.getLogger("github.Requester").setLevel(logging.WARNING)  # it tells of each rename on stderr
        Requester.injectConnectionClasses(
            self._connection(HTTPRequestsConnectionClass), self._connection(HTTPSRequestsConnectionClass)
        )
        try:
            client = github.Github(
                base_url=self.settings.github.url,
                auth=github.Auth.Token(self.settings.github_token) if self.settings.github_token else None,
                user_agent=AGENT,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        finally:
            Requester.resetConnectionClasses()
        self._on_close.append(client.close)
        return client

    def rest(self, source: str, accept: str = "application/json") -> Rest:
        """Give a client for a service that has no library of its own here; the service may redirect to others."""
        session = _session(self, source, _check_json)
        session.headers["accept"] = accept
        session.max_redirects = 5
        self._on_close.append(session.close)
        return Rest(source, getattr(self.settings, source).url.rstrip("/"), session)

    def _connection(self, base: Any) -> Any:
        """Give PyGithub's connection class with a session of ours."""
        wire = self

        class Connection(base):  # type: ignore[misc]  # one class for its two, http and https
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                own = vars(self)["session"]
                self.session: requests.Session = _session(wire, "github", _check_json)
                self.session.auth = own.auth  # a function that keeps requests from reading ~/.netrc
                own.close()

        return Connection

    # -- every answer passes here ------------------------------------------------------------------------------------

    def sent(self, source: str) -> None:
        """Count a request."""
        self.requests[source] += 1

    def answered(self, source: str, status: int, headers: Mapping[str, str]) -> None:
        """Note that a source is there, slow down to what its headers say, and leave it when it fails too often.

        Crossref asks scripts to stop at one error in ten (its api_tips.md); 429 is a pace and no error, 404 an answer.
        """
        self._reached.add(source)
        self._errors[source] += status >= 400 and status not in {404, 410, 429, 451}
        asked = self.requests[source]
        if asked >= 2 * ERROR_SHARE and self._errors[source] * ERROR_SHARE >= asked:
            self.down.setdefault(source, f"{self._errors[source]} of {asked} requests failed, the last with {status}")
        route = "crossref.list" if headers.get("x-api-pool", "").endswith("-array") else "crossref.single"
        if source == "crossref" and self.settings.crossref.interval is None:
            self._paces[route].tighten(headers)


ARXIV_PAGE = (
    100  # ids in one request: more made the address too long, https://github.com/nathangrigg/arxiv2bib/issues/12
)


class Rest:
    """Asks one service for JSON."""

    def __init__(self, source: str, base: str, session: requests.Session) -> None:
        self._source = source
        self._base = base
        self._session = session

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Give the JSON at a path, which is percent-encoded already. Raises SourceError, as every request."""
        answer = self._session.get(self._base + path, params=params)
        if answer.status_code == 204:
            raise UnservedError(self._source, "HTTP 204: there is nothing in this form")
        return msgspec.json.decode(answer.content)


class _HabaneroHttp:
    """Stands in for the `httpx2` module inside habanero: `get` on one pooled client, errors already judged."""

    def __init__(self, wire: Wire) -> None:
        import httpx2

        self.wire = wire
        self.HTTPStatusError = httpx2.HTTPStatusError
        self.HTTPError = httpx2.HTTPError
        self.ConnectTimeout = httpx2.ConnectTimeout
        self._response = httpx2.Response
        timeout = httpx2.Timeout(wire.settings.crossref.timeout, connect=CONNECT_TIMEOUT)
        self.client = httpx2.Client(timeout=timeout, follow_redirects=False)

    def get(self, url: str, *, params: Any, headers: dict[str, str], timeout: float) -> httpx2.Response:
        """Do what `httpx2.get` does, or raise a SourceError. An alias DOI is a redirect, followed on the same host."""
        deadline = time.monotonic() + WHOLE * timeout
        request = self.client.build_request("GET", url, params=params, headers=headers)
        for _ in range(3):
            self.wire.sent("crossref")
            try:
                answer = self.client.send(request, stream=True)
                self.wire.answered("crossref", answer.status_code, answer.headers)
                with closing(answer):
                    body = _body("crossref", answer.iter_bytes(), deadline)
            except self.HTTPError as error:
                raise TransientError("crossref", _reason(error)) from error
            following = answer.next_request
            if following is None or not _same_host(str(following.url), str(request.url)):
                break
            request = following
        _judge("crossref", answer.status_code, answer.headers, body)
        _refuse_redirect("crossref", answer.status_code)
        _check_json("crossref", answer.headers, body)
        kept = [(k, v) for k, v in answer.headers.items() if k not in {"content-encoding", "content-length"}]
        return self._response(answer.status_code, headers=kept, content=body, request=request)


def _session(wire: Wire, source: str, check: Callable[[str, Mapping[str, str], bytes], None]) -> requests.Session:
    """Give a session whose answers are counted, bounded and judged; `check` looks at the body of a 200."""
    import requests
    import urllib3

    service: Service = getattr(wire.settings, source)
    timeout = (min(CONNECT_TIMEOUT, service.timeout), service.timeout)

    class Session(requests.Session):
        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
            if source != "github" and AGENT not in request.headers["user-agent"]:
                # shared names such as that of the arxiv package are throttled harder
                contact = f" (mailto:{wire.settings.mailto})" if wire.settings.mailto else ""
                request.headers["user-agent"] = f"{AGENT}{contact} {request.headers['user-agent']}"
            deadline = time.monotonic() + WHOLE * service.timeout
            wire.sent(source)
            try:
                answer = super().send(request, **{**kwargs, "timeout": timeout, "stream": True})
                if answer.history:  # each step of a redirect has passed here already
                    return answer
                wire.answered(source, answer.status_code, answer.headers)
                # read1 gives what has come; iter_content would wait for a whole chunk, however slowly it drips
                chunks = iter(lambda: answer.raw.read1(2**16, decode_content=True), b"")
                with closing(answer):
                    body = _body(source, chunks, deadline)
                token = (wire.settings.github_token or "").encode()
                if source == "github" and len(token) >= SHORTEST_TOKEN:
                    body = body.replace(token, b"[token]")  # a proxy's error page may mirror the request
                answer._content = body  # noqa: SLF001  # where .content looks
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                raise TransientError(source, _reason(error)) from error
            _judge(source, answer.status_code, answer.headers, answer.content)
            unchanged = answer.status_code == 304 and "If-None-Match" in request.headers
            if source == "github" and not unchanged and not _is_rename(answer):
                _refuse_redirect(source, answer.status_code)
            if answer.status_code == 200:
                check(source, answer.headers, answer.content)
            return answer

    return Session()


def _body(source: str, chunks: Iterable[bytes], deadline: float) -> bytes:
    """Read an answer that may be endless or drip; raises TransientError past the deadline or LONGEST_BODY."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LONGEST_BODY:
            raise TransientError(source, f"an answer of more than {LONGEST_BODY} bytes")
        if time.monotonic() > deadline:
            raise TransientError(source, "the answer came too slowly")
    return bytes(body)


def _judge(source: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise the SourceError that a status code stands for; 2xx and 3xx pass."""
    if status < 400:
        return
    said = _said(body)
    message = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if status in {404, 410}:
        raise NotFoundError(source, message)
    if status == 451 or (status == 403 and "access blocked" in said):
        raise WithheldError(source, message)
    if status in {403, 429} and (limited := _limited(headers, said.lower())) is not None:
        raise TransientError(source, message, limited)
    if status == 406:
        raise UnservedError(source, message)
    if status in {502, 504}:
        raise TooSlowError(source, message, _retry_after(headers))
    if status == 429 or status >= 500 or status in {408, 425}:
        raise TransientError(source, message, _retry_after(headers))
    if status in {401, 403}:
        raise BlockedError(source, message)
    raise SourceError(source, message)


def _refuse_redirect(source: str, status: int) -> None:
    """Raise SourceError for a redirect that is not followed: to another host, or of a kind that is not documented."""
    if 300 <= status < 400:
        raise SourceError(source, f"HTTP {status}: a redirect that is not followed")


def _number(text: str | None) -> float | None:
    """Read a positive number; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _is_rename(answer: requests.Response) -> bool:
    """Tell whether this is the redirect that PyGithub follows: 301, same scheme and host, so the token stays there."""
    return answer.status_code == 301 and _same_host(answer.headers.get("location", ""), answer.url)


def _same_host(one: str, other: str) -> bool:
    """Tell whether two addresses lead to the same host in the same way: http is not where https was."""
    there, here = urlsplit(one), urlsplit(other)
    return (there.scheme, there.hostname) == (here.scheme, here.hostname)


def _said(body: bytes) -> str:
    """Give the beginning of an error page as text, without its tags."""
    return " ".join(_TAGS.sub(" ", body[:4000].decode("utf-8", "replace")).split())[:300]


def _limited(headers: Mapping[str, str], said: str) -> float | None:
    """Tell how long GitHub's limits hold: the primary one until its reset, the secondary one at least a minute.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    after = _retry_after(headers)
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        try:
            reset = float(headers["x-ratelimit-reset"]) - time.time()
        except ValueError:
            reset = 60.0
        return max(after or 0.0, reset, 1.0)
    if "secondary rate limit" in said or "abuse detection" in said:
        return after if after is not None else 60.0
    return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After as seconds from now, from its two forms (RFC 9110, section 10.2.3); None when unusable."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _check_json(source: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raise TransientError for a 200 that is no JSON: HTML, an empty body, half an answer."""
    kind = headers.get("content-type", "")
    if "json" not in kind:
        raise TransientError(source, f"HTTP 200 with content type {kind or 'missing'!r} in place of JSON")
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise TransientError(source, f"HTTP 200 with broken JSON: {error}") from error
    except RecursionError as error:
        raise TransientError(source, "HTTP 200 with JSON nested beyond all reason") from error


def _check_atom(source: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raise TransientError for a 200 that is no whole Atom feed; arXiv's "Rate exceeded." comes that way too.

    Entries that the arxiv package would pass over in silence are errors here: the old backend's error entry
    (SourceError) and any entry without a date (MalformedError).
    """
    kind = headers.get("content-type", "")
    if not ("atom" in kind or "xml" in kind) or b"<feed" not in body or not body.rstrip().endswith(b"</feed>"):
        raise TransientError(source, f"HTTP 200 without a whole Atom feed: {_said(body)[:80]!r}")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise MalformedError(source, "an Atom feed with a document type: not arXiv's")
    if b"/api/errors#" in body:
        raise SourceError(source, _said(body))
    if body.count(b"<entry") != body.count(b"<published"):
        raise MalformedError(source, "an entry without a date")


def _reason(error: Exception) -> str:
    """Say what went wrong on the way, without the address (it may hold an e-mail address)."""
    kind = type(error).__name__
    cause = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__  # type: ignore[assignment]  # one of them is there
    text = str(cause) if isinstance(cause, OSError) and cause is not error else ""
    return f"{kind} ({text})" if text and "://" not in text else kind


def _log_retry(source: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("%s; asking again in %.0f s (try %d)", error or source, state.upcoming_sleep, state.attempt_number + 1)
