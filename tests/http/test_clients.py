"""HTTP access: each trap of the client libraries is closed, and each response checked."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import arxiv
import msgspec
import pytest
import urllib3
from github import Github

from harvest import __version__, pipeline
from harvest.config import Publish
from harvest.errors import (
    BlockedError,
    MalformedError,
    NotAskedError,
    NotFoundError,
    SourceError,
    TooSlowError,
    TransientError,
)
from harvest.http import breaker, rate_limit, retry, sessions
from harvest.http.clients import Budget, Http
from harvest.http.rate_limit import Rate
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.session import Scope, Session
from harvest.models import Identifier
from harvest.readers.walk import read_lists
from harvest.sources import crossref, github
from harvest.sources.arxiv import ROUTE as ARXIV_ROUTE
from tests.conftest import Serve
from tests.fakes import FakeServices, Fault, Repository, World, chance, every, nth
from tests.support.settings import FILE, impatient_settings, make_settings

DOI = "10.1038/s41598-022-05539-7"
ARXIV = "2006.11239"
REPOSITORY = "batmanlab/HA-GAN"


@pytest.fixture
def http(fakes: FakeServices) -> Iterator[Http]:
    http = Http(impatient_settings(fakes))
    yield http
    http.close()


def ask_crossref(http: Http) -> Any:
    client = http.crossref()
    return http.ask(crossref.SINGLE, lambda: client.works(ids=DOI)["message"]["DOI"])


def ask_arxiv(http: Http) -> Any:
    client = http.arxiv()
    search = arxiv.Search(id_list=[ARXIV], max_results=1)
    return http.ask(
        ARXIV_ROUTE, lambda: [result.get_short_id() for result in client.results(search)]
    )


def ask_github(http: Http) -> Any:
    client = http.github()
    return http.ask(github.ROUTE, lambda: client.get_repo(REPOSITORY).full_name)


ASK: dict[str, Callable[[Http], Any]] = {
    "crossref": ask_crossref,
    "arxiv": ask_arxiv,
    "github": ask_github,
}
ANSWER = {"crossref": DOI, "arxiv": ["2006.11239v2"], "github": REPOSITORY}
FLEETING = [
    "429",
    "500",
    "502",
    "503",
    "504",
    "html",
    "empty",
    "truncated",
    "reset",
    "hang",
    "drip",
    "content-type",
    "202",
    "203",
    "206",
]


def test_clients_are_made_one_after_the_other(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    making, most = 0, 0
    make_session = Http._session

    def slow_session(self: Http, *args: Any, **options: Any) -> Any:
        nonlocal making, most
        making += 1
        most = max(most, making)
        time.sleep(0.02)
        making -= 1
        return make_session(self, *args, **options)

    monkeypatch.setattr(Http, "_session", slow_session)
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(http.crossref), pool.submit(http.arxiv), pool.submit(http.rest, "doi")]
    assert [job.exception() for job in jobs] == [None] * 3
    assert most == 1


@pytest.mark.parametrize("source", ASK)
@pytest.mark.parametrize("kind", FLEETING)
def test_a_passing_fault_is_retried(
    source: Any, kind: Any, world: World, http: Http, fakes: FakeServices
) -> None:
    world.faults = [Fault(source, kind, nth(1), seconds=0.02)]
    if source == "arxiv":
        assert ASK[source](http)[0].startswith(ARXIV)
    else:
        assert ASK[source](http) == ANSWER[source]
    assert fakes.count(source) == 2
    assert http.requests[source] == 2


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (
            "arxiv",
            "rate-exceeded",
        ),  # trap: arxiv reads this page, sent with status 200, as no result
        ("github", "primary-limit"),  # trap: PyGithub sleeps until the reset
        ("github", "secondary-limit"),  # trap: PyGithub sleeps a minute
    ],
)
def test_limits_are_waited_for(source: Any, kind: Any, world: World, http: Http) -> None:
    world.faults = [Fault(source, kind, nth(1), retry_after=1)]
    assert ASK[source](http)


def test_trap_habanero_needs_quoted_dois(world: World, http: Http) -> None:
    """`#` and `?` would end the path: /works/10.1000/a is another record."""
    world.works["10.1000/a#b?c"] = world.works[DOI]
    world.works["10.1000/a"] = world.works["10.3390/s23198328"]
    client = http.crossref()
    quoted = "10.1000%2Fa%23b%3Fc"
    assert http.ask(crossref.SINGLE, lambda: client.works(ids=quoted)["message"]["DOI"]) == DOI


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the connections that are opened, by address."""
    opened: Counter[str] = Counter()
    connect = urllib3.HTTPConnectionPool._new_conn

    def count(pool: urllib3.HTTPConnectionPool) -> Any:
        opened[f"http://{pool.host}:{pool.port}"] += 1
        return connect(pool)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "_new_conn", count)
    return opened


def test_trap_habanero_opens_many_connections(
    http: Http, fakes: FakeServices, connections: Counter[str]
) -> None:
    client = http.crossref()
    for _ in range(3):
        http.ask(crossref.SINGLE, lambda: client.works(ids=DOI))
    assert connections == {fakes.urls["crossref"]: 1}


def test_ten_chapters_need_one_connection(
    tmp_path: Path, connections: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one client, though each file is asked for, and asked again."""
    made: list[Github] = []
    monkeypatch.setattr(Github, "__init__", counting(Github.__init__, made))
    names = [f"chapter-{number}.md" for number in range(10)]
    links = "".join(f"- [Chapter]({name})\n" for name in names)
    files = {"README.md": f"# List\n\n{links}"} | dict.fromkeys(names, "# Chapter\n")
    world = World.of(Repository(name="some/list", id=1, files=files))
    world.faults = [Fault("github", "500", nth(3))]
    with FakeServices(world) as fakes:
        settings = impatient_settings(fakes, tmp_path)
        with Session(settings, Scope(), datetime.now(UTC)) as session:
            reading = read_lists(["github:some/list"], remote=RemoteLists(session))
        assert len(reading.files) == 11
        assert fakes.count("github") == 12
        assert connections == {fakes.urls["github"]: 1}
    assert len(made) == 1


def counting(function: Callable[..., Any], calls: list[Any]) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(self)
        return function(self, *args, **kwargs)

    return call


def test_a_run_opens_one_connection_a_service(
    fakes: FakeServices, tmp_path: Path, connections: Counter[str]
) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    pipeline.refresh(settings)
    addresses = {name: "/".join(url.split("/")[:3]) for name, url in fakes.urls.items()}
    asked = {addresses[name] for name in addresses if fakes.requests(name)}
    assert len(asked) >= 3
    assert connections == dict.fromkeys(asked, 1)


def test_a_client_is_made_once(http: Http) -> None:
    assert http.crossref() is http.crossref()
    assert http.arxiv() is http.arxiv()
    assert http.github() is http.github()
    assert http.rest("doi") is http.rest("doi")
    assert http.rest("doi", "text/plain") is not http.rest("doi")


def test_habanero_is_left_as_it_was(fakes: FakeServices) -> None:
    import habanero
    import httpx2

    http = Http(impatient_settings(fakes))
    ask_crossref(http)
    http.close()
    assert habanero.request.httpx2 is httpx2
    assert (
        habanero.Crossref(base_url=fakes.urls["crossref"]).works(ids=DOI)["message"]["DOI"] == DOI
    )


def test_trap_habanero_follows_no_alias(world: World, http: Http) -> None:
    world.aliases["10.9999/old"] = DOI
    client = http.crossref()
    message = http.ask(crossref.SINGLE, lambda: client.works(ids="10.9999%2Fold")["message"])
    assert message["DOI"] == DOI


def test_trap_arxiv_skips_an_error_entry(world: World, http: Http) -> None:
    world.arxiv_format = "old"
    client = http.arxiv()
    with pytest.raises(SourceError, match="incorrect id format for abc"):
        http.ask(
            ARXIV_ROUTE, lambda: list(client.results(arxiv.Search(id_list=["abc"], max_results=1)))
        )


def test_trap_arxiv_drops_the_body_of_an_error(http: Http) -> None:
    client = http.arxiv()
    with pytest.raises(SourceError, match="incorrect_id_format_for_abc"):
        http.ask(
            ARXIV_ROUTE, lambda: list(client.results(arxiv.Search(id_list=["abc"], max_results=1)))
        )


def test_a_wait_beyond_the_patience_is_an_error(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "429", retry_after=400)]
    waits: list[float] = []
    http = Http(impatient_settings(fakes), sleep=waits.append)
    with pytest.raises(TransientError, match="429"):
        ask_crossref(http)
    assert fakes.count("crossref") == 1
    assert waits == []
    http.close()


def test_two_failures_take_a_source_down(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "500", when=lambda request: request.number > 1)]
    http = Http(impatient_settings(fakes), sleep=lambda _: None)
    ask_crossref(http)
    for _ in range(2):
        with pytest.raises(TransientError) as caught:
            ask_crossref(http)
        assert caught.value.attempt == retry.MAX_ATTEMPTS
        assert caught.value.status == 500
        assert (caught.value.url or "").startswith(fakes.urls["crossref"])
    with pytest.raises(NotAskedError):
        ask_crossref(http)
    assert "HTTP 500" in http.down["crossref"]
    assert fakes.count("crossref") == 1 + 2 * retry.MAX_ATTEMPTS
    http.close()


@pytest.mark.parametrize("service", [{}, {"backoff": 30.0, "patience": 300.0}])
@pytest.mark.parametrize("kind", ["503", "html"])
def test_a_useless_source_is_given_up_in_a_minute(
    world: World, fakes: FakeServices, kind: str, service: dict[str, float]
) -> None:
    world.faults = [Fault("crossref", kind)]  # type: ignore[arg-type]  # a kind of fault
    waits: list[float] = []
    http = Http(
        impatient_settings(fakes, **{"backoff": 2.0, "patience": 120.0, **service}),
        sleep=waits.append,
    )
    with pytest.raises(TransientError):
        ask_crossref(http)
    with pytest.raises(NotAskedError):
        ask_crossref(http)
    assert waits
    assert sum(waits) <= breaker.MAX_TRIAL_WAIT
    http.close()


@pytest.mark.parametrize("retry_after", [None, 1])
@pytest.mark.parametrize("source", ASK)
def test_with_patience_a_minute_of_429_costs_time(
    source: Any, retry_after: int | None, world: World, fakes: FakeServices
) -> None:
    slept = 0.0

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds

    def early(_: object) -> bool:
        return slept < 60

    services = {"backoff": None, "patience": None, "timeout": 5.0}
    settings = impatient_settings(fakes, **services)
    world.faults = [Fault(source, "429", early, retry_after=retry_after)]
    impatient = Http(settings, sleep=sleep)
    with pytest.raises(TransientError):
        ASK[source](impatient)
    impatient.close()
    slept = 0.0
    patient = Http(msgspec.structs.replace(settings, patience=1200.0), sleep=sleep)
    assert ASK[source](patient)
    assert 60 <= slept < 150
    assert patient.down == {}
    patient.close()


@pytest.mark.parametrize("kind", ["secondary-limit", "rate-limited"])
@pytest.mark.parametrize("of_use", [False, True])
def test_only_a_useful_github_is_waited_for(
    world: World, fakes: FakeServices, kind: str, of_use: bool
) -> None:
    seconds = (
        59 if kind == "rate-limited" else None
    )  # until its reset; a secondary limit does not say
    world.faults = [
        Fault("github", kind, lambda request: request.number > of_use, retry_after=seconds)
    ]  # type: ignore[arg-type]  # a kind of fault
    waits: list[float] = []
    http = Http(impatient_settings(fakes, token="t", patience=100.0), sleep=waits.append)
    client = http.github()

    def ask() -> Any:
        return http.ask(
            github.ROUTE, lambda: github._query(client, [Identifier("github", REPOSITORY)], "name")
        )

    if of_use:
        ask()
    with pytest.raises(TransientError, match="limit"):
        ask()
    assert [round(wait, -1) for wait in waits] == [60] * of_use
    assert ("github" in http.down) is not of_use
    http.close()


def test_halved_questions_share_the_patience(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub takes its ten seconds to say that a question was too much, and each half of it may be,
    too."""
    clock = [0.0]
    monkeypatch.setattr(breaker, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(breaker, "MAX_TRIAL_WAIT", 25.0)

    def slow() -> None:
        clock[0] += 10
        raise TooSlowError("github", "HTTP 504")

    for kind in (TooSlowError, TooSlowError, TooSlowError, NotAskedError):
        with pytest.raises(kind):
            http.ask(github.ROUTE, slow, unless=TooSlowError)
    assert "no usable answer" in http.down["github"]


@pytest.mark.parametrize("source", ASK)
@pytest.mark.parametrize("kind", ["hang", "drip", "drip-headers"])
def test_a_useless_response_must_end_in_time(
    source: Any, kind: Any, world: World, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "MAX_TRIAL_WAIT", 0.2)
    monkeypatch.setattr(breaker, "MAX_TRIAL_TIME", 0.4)
    http = Http(impatient_settings(fakes, timeout=20.0))
    world.faults = [Fault(source, kind)]
    began = time.monotonic()
    with pytest.raises(SourceError):
        ASK[source](http)
    assert time.monotonic() - began < 15
    http.close()


@pytest.mark.parametrize("source", ASK)
@pytest.mark.parametrize("kind", ["drip", "drip-headers"])
def test_one_clock_bounds_a_request(
    source: Any, kind: Any, world: World, fakes: FakeServices
) -> None:
    """No pause is longer than the timeout, yet the whole would take half a minute."""
    world.faults = [Fault(source, kind, when=lambda request: request.number > 1, seconds=0.1)]
    http = Http(impatient_settings(fakes, timeout=0.4, patience=0.1))
    ASK[source](http)  # the connection stays open: the next request comes on it
    began = time.monotonic()
    with pytest.raises(TransientError, match="too slowly"):
        ASK[source](http)
    assert 0.5 < time.monotonic() - began < 15
    http.close()


@pytest.mark.parametrize("source", ASK)
def test_a_source_that_hangs_once_is_asked_again(
    source: Any, world: World, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, and no network that is down: a second try fits into what a source of no use yet
    is given."""
    monkeypatch.setattr(breaker, "MAX_OFFLINE_WAIT", 0.01)
    monkeypatch.setattr(breaker, "MAX_TRIAL_WAIT", 5.0)
    http = Http(impatient_settings(fakes, timeout=1.0, patience=100.0))
    world.faults = [Fault(source, "hang", nth(1))]
    ASK[source](http)
    assert fakes.count(source) == 2
    http.close()


@pytest.mark.parametrize(("kind", "wait"), [("hang", 1), ("reset", 1), ("503", 30)])
def test_only_a_refusal_asks_for_a_long_wait(
    kind: Any, wait: float, world: World, fakes: FakeServices
) -> None:
    waits: list[float] = []
    http = Http(impatient_settings(fakes, backoff=30.0, patience=300.0), sleep=waits.append)
    world.faults = [Fault("arxiv", kind, nth(1))]
    ask_arxiv(http)
    assert len(waits) == 1
    assert wait <= waits[0] <= 1.25 * wait
    http.close()


def test_slow_tries_use_up_the_patience(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "drip")]
    waits: list[float] = []
    http = Http(impatient_settings(fakes, timeout=0.3, patience=0.6), sleep=waits.append)
    with pytest.raises(TransientError, match="slowly"):
        ask_crossref(http)
    assert fakes.count("crossref") == 1
    assert waits == []
    http.close()


def test_a_refusal_takes_a_source_down(world: World, http: Http, fakes: FakeServices) -> None:
    world.faults = [Fault("arxiv", "denied")]
    with pytest.raises(BlockedError):
        ask_arxiv(http)
    with pytest.raises(NotAskedError, match="403"):
        ask_arxiv(http)
    assert fakes.count("arxiv") == 1


def test_a_missing_service_is_given_up_soon(tmp_path: Path) -> None:
    """Nobody listens on the port: no patience of minutes for a machine without a network."""
    waits: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    http = Http(
        make_settings(tmp_path, {"crossref": f"http://127.0.0.1:{port}"}, backoff=2, patience=300),
        sleep=waits.append,
    )
    with pytest.raises(TransientError, match="Connect"):
        ask_crossref(http)
    assert sum(waits) <= breaker.MAX_OFFLINE_WAIT
    assert http.down
    http.close()


def test_the_token_goes_to_github_alone(world: World, fakes: FakeServices) -> None:
    http = Http(impatient_settings(fakes, token="secret-token"))
    world.faults = [Fault("github", "500", nth(1))]
    ask_github(http)
    ask_crossref(http)
    ask_arxiv(http)
    carrying = {request.service for request in fakes.log if "secret-token" in str(request.headers)}
    assert carrying == {"github"}
    assert "secret-token" not in repr(http.settings)
    http.close()


def test_the_mail_address_is_sent(fakes: FakeServices) -> None:
    http = Http(impatient_settings(fakes, mailto="me@example.org"))
    ask_crossref(http)
    ask_arxiv(http)
    assert all("mailto:me@example.org" in request.headers["user-agent"] for request in fakes.log)
    agents = {request.headers["user-agent"] for request in fakes.log}
    assert agents == {f"harvest/{__version__} (mailto:me@example.org)"}
    http.close()


def test_the_address_of_the_dataset_is_sent(fakes: FakeServices) -> None:
    publish = Publish(url="https://lists.example.org/a;b(1)/ä/")
    settings = impatient_settings(fakes, mailto="me@example.org")
    http = Http(msgspec.structs.replace(settings, publish=publish))
    ask_crossref(http)
    ask_github(http)
    agents = {request.service: request.headers["user-agent"] for request in fakes.log}
    address = "+https://lists.example.org/a%3Bb%281%29/%C3%A4/"
    assert agents == {
        "crossref": f"harvest/{__version__} ({address}; mailto:me@example.org)",
        "github": f"harvest/{__version__} ({address})",
    }
    http.close()


def test_an_endless_answer_is_cut() -> None:
    with pytest.raises(TransientError, match="more than"):
        sessions.read_body("crossref", iter(lambda: b"x" * 2**20, b""), time.monotonic() + 60)


def test_rate_headers_slow_their_route_down(serve: Serve, tmp_path: Path) -> None:
    """With an address we start at the polite rate. A service may still count us as public."""
    headers = {"x-rate-limit-limit": "1", "x-rate-limit-interval": "1s"}
    body = b'{"status": "ok", "message": {"total-results": 0, "items": []}}'
    service = serve(lambda _: (200, {"content-type": "application/json", **headers}, body))
    urls = {"crossref": service.url}
    http = Http(impatient_settings(urls, tmp_path, interval=None, mailto="me@example.org"))
    assert http.rate(crossref.LIST) == Rate(1 / 3, 3)
    client = http.crossref()
    http.ask(crossref.LIST, lambda: client.works(filter={"doi": [DOI]}))
    assert http.rate(crossref.LIST) == Rate(1.0, 3)
    assert http.rate(crossref.SINGLE) == Rate(0.1, 3)
    http.close()


def test_a_429_slows_the_route_down(world: World, fakes: FakeServices, tmp_path: Path) -> None:
    world.faults = [Fault("arxiv", "429", nth(1))]
    waits: list[float] = []
    http = Http(impatient_settings(fakes, tmp_path, interval=1.0), sleep=waits.append)
    ask_arxiv(http)
    assert http.rate(ARXIV_ROUTE).interval == 2.0
    assert http.rate(crossref.SINGLE).interval == 1.0
    for _ in range(12):
        http._limiter(ARXIV_ROUTE).slow_down()
    assert http.rate(ARXIV_ROUTE).interval == rate_limit.MAX_SLOWDOWN
    for _ in range(4 * rate_limit.RECOVERY):
        ask_arxiv(http)
    assert http.rate(ARXIV_ROUTE).interval == 1.0
    http.close()


def test_one_error_in_ten_takes_a_source_down(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "500", every(8))]
    http = Http(impatient_settings(fakes), sleep=lambda _: None)
    with pytest.raises(NotAskedError, match=r"of 2\d requests failed"):
        assert [ask_crossref(http) for _ in range(40)] == "never"
    assert 20 <= fakes.count("crossref") <= 24
    http.close()


def test_many_429_are_no_errors(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "429", chance(0.3))]
    http = Http(impatient_settings(fakes), sleep=lambda _: None)
    assert [ask_crossref(http) for _ in range(40)] == [DOI] * 40
    http.close()


def test_a_budget_of_requests_is_kept(fakes: FakeServices) -> None:
    http = Http(impatient_settings(fakes), budget=Budget(requests=3))
    ask_crossref(http)
    ask_arxiv(http)
    ask_github(http)
    with pytest.raises(NotAskedError, match="3 requests"):
        ask_crossref(http)
    assert fakes.count() == 3
    http.close()


@pytest.mark.parametrize(("shared", "most"), [(True, 6), (False, 10)])
def test_a_shared_budget_is_left_to_others(fakes: FakeServices, *, shared: bool, most: int) -> None:
    http = Http(impatient_settings(fakes), budget=Budget(requests=10, shared=shared))
    for _ in range(most):
        ask_crossref(http)
    with pytest.raises(NotAskedError, match="10 requests"):
        ask_crossref(http)
    assert fakes.count("crossref") == most
    if shared:
        ask_arxiv(http)
    http.close()


def test_two_sources_cannot_spend_one_request(fakes: FakeServices) -> None:
    http = Http(impatient_settings(fakes), budget=Budget(requests=1))

    def call() -> Any:
        with pytest.raises(NotAskedError, match="1 requests"):
            ask_arxiv(http)  # as another thread would, before this one has sent its request
        return http.crossref().works(ids=DOI)

    assert http.ask(crossref.SINGLE, call)
    assert fakes.count() == 1
    http.close()


def test_a_budget_of_time_is_kept(fakes: FakeServices) -> None:
    http = Http(impatient_settings(fakes), budget=Budget(seconds=0.0))
    with pytest.raises(NotAskedError, match="0 s"):
        ask_crossref(http)
    assert fakes.count() == 0
    http.close()


def test_stop_wakes_what_waits(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("crossref", "429", retry_after=40)]
    http = Http(impatient_settings(fakes, patience=300.0))
    threading.Timer(0.2, http.stop, ["interrupted"]).start()
    start = time.monotonic()
    with pytest.raises(NotAskedError, match="interrupted"):
        ask_crossref(http)
    assert time.monotonic() - start < 30
    http.close()


def test_ask_all_yields_errors_and_raises_bugs(http: Http) -> None:
    def call(item: int) -> int:
        if item == 1:
            raise NotFoundError("crossref", "no such thing")
        return item

    answers = dict(http.ask_all(crossref.SINGLE, [0, 1, 2], call))
    assert answers[0] == 0
    assert isinstance(answers[1], NotFoundError)
    assert answers[2] == 2

    doi = Identifier("doi", DOI)
    ((_, error),) = http.ask_all(crossref.SINGLE, [doi], lambda _: call(1))
    assert isinstance(error, NotFoundError)
    assert (error.identifier, error.attempt) == (str(doi), 1)

    def bug(_: int) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(http.ask_all(crossref.SINGLE, [0], bug))


@pytest.mark.parametrize("at_once", [1, 2])
def test_nothing_is_asked_ahead_of_the_caller(http: Http, at_once: int) -> None:
    """A killed run would have to ask it again, and what comes next too."""
    http._limiter(crossref.SINGLE)._documented = Rate(0, at_once)
    asked: list[int] = []
    coming = http.ask_all(crossref.SINGLE, range(9), lambda item: asked.append(item) or item)
    taken = {next(coming)[0]}
    time.sleep(0.05)  # the next one would be asked by now
    assert len(asked) == at_once
    taken |= {item for item, _ in coming}
    assert taken == set(asked) == set(range(9))


def test_an_unexpected_shape_is_malformed(http: Http) -> None:
    with pytest.raises(MalformedError, match="unknown shape"):
        http.ask(crossref.SINGLE, lambda: {}["message"])


def test_no_second_chance_waits_past_the_budget(fakes: FakeServices) -> None:
    waits: list[float] = []
    patient = msgspec.structs.replace(impatient_settings(fakes), patience=600.0)
    http = Http(patient, Budget(seconds=60.0), sleep=waits.append)
    http._breakers["crossref"]._open("HTTP 503", 500.0)
    assert http.second_chance({"crossref"}) == set()
    assert waits == []
    http.stop("interrupted")
    http._breakers["arxiv"]._open("HTTP 503", 0.0)
    assert http.second_chance({"arxiv"}) == set()
    http.close()
