"""The http: one place that makes each request at its pace and decides what is retried, and when a source is left.

The three client libraries keep their interfaces and lose their transport for that of sessions.py. So a library raises
nothing but our `SourceError`s, and waits for nobody. The traps that this closes:

- habanero: a connection per call, a 5 s timeout, invisible rate headers, redirects that are not followed
- arxiv: no timeout at all; a "Rate exceeded." page, HTML or an empty body with status 200 read as "no such paper";
  its own retries at a fixed delay
- PyGithub: ten retries without a wait, an hour's sleep on a rate limit, HTML with status 200 read as a repository
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception

from harvest.config import Service, Settings
from harvest.errors import (
    SHAPE_ERRORS,
    BlockedError,
    GarbledError,
    MalformedError,
    NotAskedError,
    SourceError,
    TransientError,
)
from harvest.http.rate_limit import POLITE_RATES, RATES, Rate, RateLimiter
from harvest.http.responses import check_atom, check_json
from harvest.http.sessions import AGENT, WHOLE, HabaneroHttp, Rest, session

if TYPE_CHECKING:
    import arxiv
    import requests
    from github import Github

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  # an item, beside T for its result

log = logging.getLogger(__name__)

ATTEMPTS = 6  # tries of one request, waits included in `patience`
SILENT = 1.0  # seconds until we ask again, at first, where nothing refused us: no answer, or a broken connection
OFFLINE_PATIENCE = (
    10.0  # seconds of trying a service that never answered: without a network a run ends soon
)
USELESS_PATIENCE = (
    45.0  # the same for one that answers, but with nothing of use yet: it may be down all night
)
USEFUL_BY = 55.0  # seconds after the first request by which the last one to such a source has ended
FRUITLESS = 20  # answers in a row that are no JSON: then it is the service, and not a record
ERROR_SHARE = 10  # one request in so many failing, after twice as many requests, takes a source down for the run


class Budget(msgspec.Struct, frozen=True):
    """What a run may spend: requests over all sources, and seconds. None is no limit.

    A shared budget leaves each source something: one that asks daily would let those starve that come after it.
    """

    requests: int | None = None
    seconds: float | None = None
    shared: bool = True


class Http:
    """All that a run asks of the services. Make one per run and close it.

    `requests` counts HTTP requests by source, `down` says why a source is asked no more in this run, `headers` are
    those of its last answer.
    """

    def __init__(
        self,
        settings: Settings,
        sleep: Callable[[float], None] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.settings = settings
        self.requests: Counter[str] = Counter()
        self.down: dict[str, str] = {}
        self.headers: dict[str, Mapping[str, str]] = {}
        self._stopped = threading.Event()
        self._why = ""
        self._given_sleep = sleep
        self._budget = budget or Budget()
        self._began = time.monotonic()
        self._reached: set[str] = set()
        self._useful: set[str] = set()
        self._first: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._garbled: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        folder = Path(settings.cache) / "pace"
        self._paces = {
            route: RateLimiter(route, self._limit(route), self._sleep, folder) for route in RATES
        }
        self._on_close: list[Callable[[], None]] = []
        self._import = (
            threading.Lock()
        )  # libraries are imported one after the other: the first one asks sooner

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

    def limit(self, route: str) -> Rate:
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
            error.attempt = retrying.statistics["attempt_number"]
            self.down[source] = error.message
            raise
        except TransientError as error:
            error.attempt = retrying.statistics["attempt_number"]
            if unless and isinstance(error, unless):
                self._garbled[source] += isinstance(error, GarbledError)
                if self._garbled[source] >= FRUITLESS:
                    self.down[source] = error.message
                raise
            self._failures[source] += 1
            if self._failures[source] >= 2 or source not in self._useful:
                self.down[source] = error.message
            raise
        self._useful.add(source)
        self._failures[source] = self._garbled[source] = 0
        return answer

    def ask_all(
        self,
        route: str,
        items: Iterable[I],
        call: Callable[[I], T],
        unless: type[SourceError] | None = None,
    ) -> Iterator[tuple[I, T | SourceError]]:
        """Ask for each item, as many at once as the route allows; give each with its answer or error as they come.

        Nothing more is asked before what came is taken, so that a run which is killed has no more to repeat than that.
        """
        waiting, concurrency = iter(items), self.limit(route).concurrency
        running: dict[Future[T], I] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while True:
                for item in islice(waiting, concurrency - len(running)):
                    running[pool.submit(self.ask, route, lambda item=item: call(item), unless)] = (
                        item
                    )
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    error = future.exception()
                    if error is not None and not isinstance(error, SourceError):
                        raise error
                    yield running.pop(future), error or future.result()

    def _once(self, route: str, call: Callable[[], T]) -> T:
        source = route.partition(".")[0]
        self._may_ask(source)
        with self._paces[route].turn():
            self._may_ask(source)  # much can happen while one waits for a turn
            self._first.setdefault(source, time.monotonic())
            try:
                return call()
            except TransientError as error:
                if error.status == 429:
                    self._paces[route].slow_down()
                raise
            except SHAPE_ERRORS as error:  # habanero, for one, raises TypeError for an error message it does not expect
                raise MalformedError(source, f"an answer in an unknown shape: {error!r}") from error

    def _may_ask(self, source: str) -> None:
        spent = time.monotonic() - self._began
        if self._stopped.is_set():
            raise NotAskedError(source, self._why)
        if source not in self._useful and self._asked_for(source) > USELESS_PATIENCE:
            self.down.setdefault(source, f"nothing of use within {USELESS_PATIENCE:.0f} s")
        if source in self.down:
            raise NotAskedError(source, self.down[source])
        if self._budget.requests is not None and self._is_spent(self._budget.requests, source):
            raise NotAskedError(source, f"the budget of {self._budget.requests} requests is spent")
        if self._budget.seconds is not None and spent >= self._budget.seconds:
            raise NotAskedError(source, f"the budget of {self._budget.seconds:.0f} s is spent")

    def _is_spent(self, budget: int, source: str) -> bool:
        """Tell whether a budget of requests, or a source's share of it, is spent: none takes more than it leaves."""
        left = budget - self.requests.total()
        return left <= 0 or (self._budget.shared and self.requests[source] > left)

    def _asked_for(self, source: str) -> float:
        """Give the seconds since a source was first asked."""
        now = time.monotonic()
        return now - self._first.get(source, now)

    def _wait(self, source: str, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, SourceError) else None
        first = self._service(source).backoff
        if isinstance(error, SourceError) and error.status is None:
            first = min(first, SILENT)
        backoff = first * 2.0 ** (state.attempt_number - 1) * random.uniform(1.0, 1.25)  # noqa: S311  # jitter
        return max(asked, random.uniform(0.0, 0.1)) if asked is not None else backoff  # noqa: S311  # jitter

    def _impatient(self, source: str, state: RetryCallState) -> bool:
        """Tell whether another try, taken to last as long as those before, would end after our patience does.

        A source that was of no use yet may be tried as long as it has the time: `time_for` cuts that try short.
        """
        patience = self._service(source).patience
        passed, slept = state.seconds_since_start or 0.0, state.idle_for
        trying = max(passed - slept, 0.0) / state.attempt_number
        if source not in self._reached:
            patience = OFFLINE_PATIENCE
        elif source not in self._useful and patience > USELESS_PATIENCE:
            patience, trying = USELESS_PATIENCE, 0.0
            passed = max(passed, self._asked_for(source))
        if self._budget.seconds is not None:
            patience = min(patience, self._budget.seconds)
        return max(passed, slept) + state.upcoming_sleep + trying > patience

    def _service(self, source: str) -> Service:
        service: Service = getattr(self.settings, source)
        return service

    def _limit(self, route: str) -> Rate:
        service = self._service(route.partition(".")[0])
        documented = (POLITE_RATES if self.settings.mailto else RATES).get(route, RATES[route])
        return (
            documented
            if service.interval is None
            else Rate(service.interval, documented.concurrency)
        )

    # -- the seams into the client libraries -------------------------------------------------------------------------

    def crossref(self) -> Any:
        """Give a habanero.Crossref: `works(filter=)` on route crossref.list, `works(ids=)` on crossref.single."""
        with self._import:
            habanero, request, request_class = map(
                import_module, ("habanero", "habanero.request", "habanero.request_class")
            )
        shim, modules = HabaneroHttp(self), (request, request_class)

        def put_in(http: object) -> None:
            for module in modules:
                module.httpx2 = http  # type: ignore[attr-defined]  # a module, as seen from outside

        # habanero calls a module-level `httpx2.get`: this attribute is the only way to its connection and headers.
        put_in(shim)
        self._on_close += [shim.client.close, lambda: put_in(import_module("httpx2"))]
        service = self.settings.crossref
        return habanero.Crossref(
            base_url=service.url,
            mailto=self.settings.mailto,
            ua_string=AGENT,
            timeout=service.timeout,
        )

    def arxiv(self) -> arxiv.Client:
        """Give an arXiv client without pacing and retries of its own."""
        with self._import:
            import arxiv

        client = arxiv.Client(page_size=ARXIV_PAGE, delay_seconds=0, num_retries=0)
        client.query_url_format = self.settings.arxiv.url + "?{}"
        client._session = session(self, "arxiv", check_atom)  # noqa: SLF001  # the only way to a timeout
        self._on_close.append(client._session.close)  # noqa: SLF001  # the same
        return client

    def github(self) -> Github:
        """Give a GitHub client without pacing and retries of its own; it has the token where there is one."""
        with self._import:
            import github
            from github.Requester import (
                HTTPRequestsConnectionClass,
                HTTPSRequestsConnectionClass,
                Requester,
            )

        logging.getLogger("github.Requester").setLevel(
            logging.WARNING
        )  # it tells of each rename on stderr
        Requester.injectConnectionClasses(
            self._connection(HTTPRequestsConnectionClass),
            self._connection(HTTPSRequestsConnectionClass),
        )
        try:
            client = github.Github(
                base_url=self.settings.github.url,
                auth=github.Auth.Token(self.settings.github_token)
                if self.settings.github_token
                else None,
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
        own = session(self, source, check_json)
        own.headers["accept"] = accept
        self._on_close.append(own.close)
        return Rest(source, getattr(self.settings, source).url.rstrip("/"), own)

    def _connection(self, base: Any) -> Any:
        """Give PyGithub's connection class with a session of ours."""
        http = self

        class Connection(base):  # type: ignore[misc]  # one class for its two, http and https
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                own = vars(self)["session"]
                self.session: requests.Session = session(http, "github", check_json)
                self.session.auth = own.auth  # a function that keeps requests from reading ~/.netrc
                own.close()

        return Connection

    # -- what sessions.py tells and asks -----------------------------------------------------------------------------

    def time_for(self, source: str) -> float:
        """Give the seconds that a whole answer may take."""
        whole = WHOLE * self._service(source).timeout
        return whole if source in self._useful else min(whole, USEFUL_BY - self._asked_for(source))

    def sent(self, source: str) -> None:
        """Count a request."""
        self.requests[source] += 1

    def reached(self, source: str) -> None:
        """Note that a source is there, though it may not answer."""
        self._reached.add(source)

    def answered(self, source: str, status: int, headers: Mapping[str, str]) -> None:
        """Note that a source is there, slow down to what its headers say, and leave it when it fails too often.

        Crossref asks scripts to stop at one error in ten (its api_tips.md); 429 is a pace and no error, 404 an answer.
        """
        self.reached(source)
        self.headers[source] = headers
        self._errors[source] += status >= 400 and status not in {404, 410, 429, 451}
        asked = self.requests[source]
        if asked >= 2 * ERROR_SHARE and self._errors[source] * ERROR_SHARE >= asked:
            self.down.setdefault(
                source, f"{self._errors[source]} of {asked} requests failed, the last with {status}"
            )
        route = (
            "crossref.list"
            if headers.get("x-api-pool", "").endswith("-array")
            else "crossref.single"
        )
        if source == "crossref" and self.settings.crossref.interval is None:
            self._paces[route].tighten(headers)


ARXIV_PAGE = 100  # ids in one request: more made the address too long, https://github.com/nathangrigg/arxiv2bib/issues/12


def _log_retry(source: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning(
        "%s; asking again in %.0f s (try %d)",
        error or source,
        state.upcoming_sleep,
        state.attempt_number + 1,
    )
