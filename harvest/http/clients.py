"""HTTP access to the sources: rate limits, retries, a circuit breaker, and one client a service.

The client libraries keep their interfaces and get a transport of sessions.py. So they raise only
SourceErrors and never wait. That closes these traps:

- habanero: a connection a call, a 5 s timeout, invisible rate headers, redirects not followed
- arxiv: no timeout at all; a "Rate exceeded." page, HTML or an empty body with status 200 is read
  as "no such paper"; its own retries at a fixed delay
- PyGithub: ten retries without a wait, an hour's sleep on a rate limit, HTML with status 200 read
  as a repository
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import msgspec

from harvest import __version__
from harvest.config import Service, Settings
from harvest.errors import (
    SHAPE_ERRORS,
    Kinds,
    MalformedError,
    NotAskedError,
    SourceError,
    TransientError,
)
from harvest.http.breaker import CircuitBreaker
from harvest.http.rate_limit import Rate, RateLimiter, Route
from harvest.http.recorder import Recorder, start_try
from harvest.http.responses import check_atom, check_json
from harvest.http.retry import retrying
from harvest.models import Identifier

if TYPE_CHECKING:
    import arxiv
    import github
    from tenacity import Retrying

    from harvest.http.connections import Adapter
    from harvest.http.sessions import Check, Session

T = TypeVar("T")
Item = TypeVar("Item")

log = logging.getLogger(__name__)

ADDRESS_CHARACTERS = "%/:?#[]@!$&'*+,=~"  # RFC 3986, without brackets and semicolons
JSON = "application/json"
# ids in one request: more made the address too long, see nathangrigg/arxiv2bib issue 12 on GitHub
ARXIV_PAGE = 100


class Budget(msgspec.Struct, frozen=True):
    """The requests over all sources, and the seconds, of a run. None is no limit.

    With `shared`, a source stops once it has used half of what remains: otherwise one that
    is asked daily would starve those after it.
    """

    requests: int | None = None
    seconds: float | None = None
    shared: bool = True


class Rest:
    """A client for one service that answers in JSON."""

    def __init__(self, service: Service, session: Session) -> None:
        self._url = service.url.rstrip("/")
        self._session = session

    def get(self, path: str, params: dict[str, str] | None = None) -> Any:
        """Return the JSON at a path, which is percent-encoded already. Raises SourceError."""
        response = self._session.get(self._url + path, params=params)
        return response.json()


class Http:
    """A run's access to all services. Make one per run and close it.

    `crossref()`, `arxiv()`, `github()` and `rest(source, accept)` return the client of a service,
    always the same one. The libraries' clients retry nothing and keep no rate of their own.
    `on_wait` is called before each request, so that what came before it is kept first.
    """

    def __init__(
        self,
        settings: Settings,
        budget: Budget | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.settings = settings
        self._budget = budget or Budget()
        self._budget_lock = threading.Lock()
        self._began = time.monotonic()
        self._stopped = threading.Event()
        self._stop_reason = ""
        self._sleep: Callable[[float], Any] = sleep or self._stopped.wait
        self._breakers = {source: self._make_breaker(source) for source in settings.services}
        self.recorder = Recorder(settings, Path(settings.record)) if settings.record else None
        self.on_wait: Callable[[], object] = lambda: None
        self._limiters: dict[str, RateLimiter] = {}
        self._resources = ExitStack()
        self._imports = threading.Lock()
        self.crossref = cache(partial(self._make, self._crossref))
        self.arxiv = cache(partial(self._make, self._arxiv))
        self.github = cache(partial(self._make, self._github))
        self.rest = cache(partial(self._make, self._rest))

    @property
    def requests(self) -> Counter[str]:
        """The number of HTTP requests by source."""
        breakers = self._breakers.items()
        return Counter({source: breaker.requests for source, breaker in breakers})

    @property
    def down(self) -> dict[str, str]:
        """The sources that are not asked any more in this run, each with the reason."""
        reasons = {}
        for source, breaker in self._breakers.items():
            if breaker.reason is not None:
                reasons[source] = breaker.reason
        return reasons

    @property
    def headers(self) -> dict[str, Mapping[str, str]]:
        """The headers of the last response by source, {} before its first."""
        return {source: breaker.headers for source, breaker in self._breakers.items()}

    @property
    def errors(self) -> dict[str, SourceError]:
        """The last failure of each source that has given no usable answer since."""
        failures = {}
        for source, breaker in self._breakers.items():
            if breaker.error is not None:
                failures[source] = breaker.error
        return failures

    def rate(self, route: Route) -> Rate:
        """Return the rate of a route as it is now."""
        return self._limiter(route).rate

    def second_chance(self, sources: Collection[str]) -> set[str]:
        """Let sources that are down be asked once more, and return which of them may be.

        Call it when all others are done. A run with patience waits for the end of their cooldown,
        another passes over those that need more time, and none waits past its budget. A source
        that refused us gets no second chance.
        """
        if self._stopped.is_set():
            return set()
        max_wait = min(self.settings.patience or 0.0, self._remaining_seconds)
        ready = {}
        for source in sources:
            cooldown = self._breakers[source].cooldown
            if cooldown is not None and cooldown <= max_wait:
                ready[source] = cooldown
        wait = max(ready.values(), default=0.0)
        if wait:
            log.info("waiting %.0f s to ask once more: %s", wait, ", ".join(sorted(ready)))
            self._sleep(wait)
        for source in ready:
            self._breakers[source].reset()
            if self.recorder:
                self.recorder.reset(source)
        return set(ready)

    @property
    def _remaining_seconds(self) -> float:
        """The seconds of the budget that are left, not below 0."""
        if self._budget.seconds is None:
            return float("inf")
        return max(0.0, self._budget.seconds - (time.monotonic() - self._began))

    def stop(self, reason: str) -> None:
        """Let running requests finish, wake what waits, and make no further request."""
        self._stop_reason = reason
        self._stopped.set()

    def close(self) -> None:
        """Close every connection."""
        self._resources.close()

    def ask(self, route: Route, call: Callable[[], T], unless: Kinds = ()) -> T:
        """Make one request through a client library at the route's rate, and retry what may pass.

        Raises the SourceError of the last try; one of kind `unless` is not retried. Raises
        NotAskedError when no request may be made.
        """
        self.on_wait()
        breaker = self._breakers[route.source]
        policy = self._policy(breaker, unless)
        try:
            answer: T = policy(self._attempt, route, call, itertools.count(1))
        except SourceError as error:
            error.attempt = policy.statistics["attempt_number"]
            breaker.fail(error, is_tolerated=isinstance(error, unless))
            if self.recorder and breaker.reason:
                self.recorder.give_up(route.source, breaker.reason, down=True)
            raise
        breaker.succeed()
        return answer

    def ask_all(
        self,
        route: Route,
        items: Iterable[Item],
        call: Callable[[Item], T],
        unless: Kinds = (),
    ) -> Iterator[tuple[Item, T | SourceError]]:
        """Ask for each item, as many at once as the route allows; yield answers as they come.

        Nothing more is asked until an answer is consumed, so that a killed run has to repeat
        only that much.
        """
        queue, concurrency = iter(items), self.rate(route).concurrency
        running: dict[Future[T], Item] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while True:
                self.on_wait()
                for item in islice(queue, concurrency - len(running)):
                    future = pool.submit(self.ask, route, partial(call, item), unless)
                    running[future] = item
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    item = running.pop(future)
                    try:
                        answer: T | SourceError = future.result()
                    except SourceError as error:
                        answer = error
                        if isinstance(item, Identifier):
                            error.identifier = str(item)
                        log.info("%s (%s, try %s)", error, error.identifier, error.attempt)
                    yield item, answer

    def _make_breaker(self, source: str) -> CircuitBreaker:
        return CircuitBreaker(source, self.settings.services[source], self.settings.patience)

    def _make_adapter(self, source: str) -> Adapter:
        from harvest.http.connections import Adapter

        return Adapter()

    def _policy(self, breaker: CircuitBreaker, unless: Kinds) -> Retrying:
        return retrying(breaker, self._sleep, unless, self._budget.seconds)

    def _attempt(self, route: Route, call: Callable[[], T], tries: Iterator[int]) -> T:
        start_try(next(tries))
        breaker, limiter = self._breakers[route.source], self._limiter(route)
        self._check(breaker)
        with limiter.slot():
            with self._budget_lock:
                self._check(breaker)  # much can happen while waiting for a slot
                breaker.reserve()
            breaker.start()
            headers = breaker.headers
            try:
                answer = call()
            except TransientError as error:
                if error.status == 429:
                    limiter.slow_down()
                raise
            # habanero raises TypeError for an unknown error message, PyGithub RuntimeError for a
            # redirect that it does not follow
            except (*SHAPE_ERRORS, RuntimeError) as error:
                message = f"an answer in an unknown shape: {error!r}"
                raise MalformedError(breaker.source, message) from error
            else:
                limiter.recover()
                return answer
            finally:
                if breaker.service.interval is None and breaker.headers is not headers:
                    limiter.apply_headers(breaker.headers)

    def _check(self, breaker: CircuitBreaker) -> None:
        budget = self._budget
        reason = self._stop_reason or breaker.check()
        if not reason and budget.requests is not None:
            remaining = budget.requests - self.requests.total()
            least = breaker.requests if budget.shared else 1
            if remaining < max(1, least):
                reason = f"the budget of {budget.requests} requests is spent"
        elapsed = time.monotonic() - self._began
        if not reason and budget.seconds is not None and elapsed >= budget.seconds:
            reason = f"the budget of {budget.seconds:.0f} s is spent"
        if reason:
            error = NotAskedError(breaker.source, reason)
            if self.recorder:
                self.recorder.skip(error, down=bool(breaker.reason))
            raise error

    def _limiter(self, route: Route) -> RateLimiter:
        if route.name in self._limiters:
            return self._limiters[route.name]
        rate = (self.settings.mailto and route.polite) or route.rate
        interval = self._breakers[route.source].service.interval
        if interval is not None:
            rate = Rate(interval, rate.concurrency)
        limiter = RateLimiter(route, rate, self._sleep, Path(self.settings.cache) / "pace")
        return self._limiters.setdefault(route.name, limiter)

    def _session(self, source: str, check: Check, **options: bool) -> Session:
        from harvest.http.sessions import Session

        agent = _user_agent(self.settings, self.settings.mailto)
        adapter, recorder = self._make_adapter(source), self.recorder
        session = Session(
            self._breakers[source], agent, check, adapter=adapter, recorder=recorder, **options
        )
        return self._resources.enter_context(session)

    def _make(self, make: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Return a client, made while no other is.

        Imports side by side all end late; one by one, the first source is asked meanwhile.
        """
        with self._imports:
            return make(*args, **kwargs)

    def _crossref(self) -> Any:
        import httpx2
        from habanero import request, request_class

        # An alias leads to the same host. The e-mail address of a request goes nowhere else.
        session = self._session("crossref", check_json, same_host_only=True)

        def get(url: str, *, params: Any, headers: dict[str, str], **_: Any) -> Any:
            return session.get(url, params=params, headers=headers)

        # habanero calls a module's `httpx2.get`: this name is the only way to its connection.
        for module in (request, request_class):
            names = vars(module)
            names.update(httpx2=SimpleNamespace(**{**vars(httpx2), "get": get}))
            self._resources.callback(names.update, httpx2=httpx2)
        habanero: Any = import_module("habanero")  # without types
        return habanero.Crossref(base_url=self.settings.services["crossref"].url)

    def _arxiv(self) -> arxiv.Client:
        import arxiv

        client = arxiv.Client(page_size=ARXIV_PAGE, delay_seconds=0, num_retries=0)
        client.query_url_format = self.settings.services["arxiv"].url + "?{}"
        session = self._session("arxiv", check_atom)
        client._session = session  # noqa: SLF001  # the only way to a timeout
        return client

    def _github(self) -> github.Github:
        import github
        from github.Requester import Requester

        # PyGithub logs each rename on stderr.
        logging.getLogger("github.Requester").setLevel(logging.WARNING)
        Requester.injectConnectionClasses(*self._github_connections())
        token = self.settings.github_token
        try:
            client = github.Github(
                base_url=self.settings.services["github"].url,
                auth=github.Auth.Token(token) if token else None,
                user_agent=_user_agent(self.settings),
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
        finally:
            Requester.resetConnectionClasses()
        self._resources.callback(client.close)
        return client

    def _github_connections(self) -> list[Any]:
        from github import Requester

        from harvest.http.sessions import GithubSession

        def connect(kind: Any, *args: Any, **kwargs: Any) -> Any:
            connection = kind(*args, **kwargs)
            adapter, token = self._make_adapter("github"), self.settings.github_token
            session = GithubSession(self._breakers["github"], token, adapter, self.recorder)
            connection.session.close()
            connection.session = session
            return connection

        kinds = (Requester.HTTPRequestsConnectionClass, Requester.HTTPSRequestsConnectionClass)
        return [partial(connect, kind) for kind in kinds]

    def _rest(self, source: str, accept: str = JSON) -> Rest:
        session = self._session(source, check_json, negotiates=accept != JSON)
        session.headers["accept"] = accept
        return Rest(self.settings.services[source], session)


def _user_agent(settings: Settings, mailto: str | None = None) -> str:
    """Return the name and version of the program, and where its user can be reached.

    That is the address of the published dataset and an e-mail address, as far as they are set.
    The form is that of crawlers: https://www.rfc-editor.org/rfc/rfc9110#field.user-agent
    """
    page = settings.publish.url
    # A bracket would end the comment, a semicolon the address, and a letter outside ASCII the run.
    contacts = [f"+{quote(page, safe=ADDRESS_CHARACTERS)}"] if page else []
    contacts += [f"mailto:{mailto}"] if mailto else []
    name = f"harvest/{__version__}"
    return f"{name} ({'; '.join(contacts)})" if contacts else name
