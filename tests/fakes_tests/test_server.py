"""What the fakes share: the world, the log, and everything that can go wrong on the http."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from tests.fakes import (
    FakeServices,
    Fault,
    Preprint,
    Repository,
    Request,
    Version,
    Work,
    World,
    always,
    chance,
    every,
    first,
    nth,
    within,
)
from tests.fakes.world import _random_preprint

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small() -> World:
    """One thing of each kind, and no pacing."""
    world = World.of(
        Work(doi="10.5555/a", title="A work", date="2023"),
        Preprint(id="2301.00001", title="A preprint", versions=[Version("2023-01-01T00:00:00Z")]),
        Repository(name="o/n", id=1),
        Repository(name="o/m", id=2),
    )
    world.pacing = False
    return world


@contextmanager
def faulty(world: World, fault: Fault) -> Iterator[FakeServices]:
    world.faults.append(fault)
    with FakeServices(world) as running:
        yield running


def ask(running: FakeServices, service: str, timeout: float = 10) -> requests.Response:
    match service:
        case "crossref":
            return requests.get(f"{running.urls['crossref']}/works/10.5555/a", timeout=timeout)
        case "arxiv":
            return requests.get(
                running.urls["arxiv"], params={"id_list": "2301.00001"}, timeout=timeout
            )
        case "github":
            return requests.get(f"{running.urls['github']}/repos/o/n", timeout=timeout)
    aliases = (
        'a: repository(owner: "o", name: "n") { id }',
        'b: repository(owner: "o", name: "m") { id }',
    )
    query = f"{{ {' '.join(aliases)} rateLimit {{ cost }} }}"
    headers = {"Authorization": "bearer made-up"}
    return requests.post(
        f"{running.urls['github']}/graphql", json={"query": query}, headers=headers, timeout=timeout
    )


# The world


def test_the_default_lists_exist(world: World):
    text = "\n".join(
        path.read_text("utf-8", "replace") for path in sorted((ROOT / "seeds").iterdir())
    )
    dois = {doi.rstrip(".").lower() for doi in re.findall(r"doi\.org/(10\.\d+/[^\s)\]>\"]+)", text)}
    arxiv = set(re.findall(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})", text, re.IGNORECASE))
    arxiv |= set(re.findall(r"10\.48550/arxiv\.(\d{4}\.\d{4,5})", text, re.IGNORECASE))
    registered = {doi for doi in dois if not doi.startswith("10.48550/")}
    assert len(registered) > 50
    assert len(arxiv) > 30
    assert registered - set(world.works) == set()
    assert arxiv - set(world.preprints) == set()


def test_preprints_are_joined_in_both_ways(world: World):
    published = {preprint.doi for preprint in world.preprints.values() if preprint.doi}
    assert published <= set(world.works)
    asserted = [work.preprint for work in world.works.values() if work.preprint]
    ids = {re.sub(r"10\.48550/arXiv\.|v\d+$", "", written) for written in asserted}
    assert ids <= set(world.preprints)
    assert {written.startswith("10.") for written in asserted} == {True, False}
    assert sum(bool(work.pii) for work in world.works.values()) >= 4
    assert len(world.repositories) == 31
    assert world.repositories["xfetus/midl2023"].former == ["budai4medtech/midl2023"]


def test_what_is_made_up_is_marked(world: World):
    marked = [work for work in world.works.values() if "title" in work.invented]
    assert len(marked) == 15
    assert all("authors" in work.invented for work in marked)


def test_a_random_world_is_always_the_same():
    world, again, other = (
        World.random(3, 4, 5),
        World.random(3, 4, 5),
        World.random(3, 4, 5, seed=2),
    )
    assert (len(world.works), len(world.preprints), len(world.repositories)) == (3, 4, 5)
    assert world == again
    assert world.works != other.works


def test_a_random_world_has_many_arxiv_ids():
    generator = random.Random(1)  # noqa: S311  repeatable is the point
    ids = [_random_preprint(number, generator).id for number in (0, 89_999, 90_000)]
    assert ids == ["2301.10000", "2301.99999", "2302.10000"]


def test_commits_are_spread_over_time():
    assert Repository(name="o/empty", id=2, default_branch=None).commits_since(None) == 0
    known = Repository(
        name="o/n",
        id=1,
        commits=11,
        created_at="2025-01-01T00:00:00Z",
        pushed_at="2025-01-11T00:00:00Z",
    )
    assert known.commits_since(None) == 11
    assert [known.commits_since(datetime(2025, 1, day, tzinfo=UTC)) for day in (1, 2, 11, 12)] == [
        11,
        10,
        1,
        0,
    ]


# The log


def test_the_environment_names_every_service(fakes: FakeServices):
    names = ("CROSSREF", "ARXIV", "GITHUB", "DATACITE", "DOI", "PUBMED")
    assert set(fakes.env()) == {f"HARVEST_{name}_URL" for name in names}
    assert fakes.env("made-up")["GITHUB_TOKEN"] == "made-up"
    assert fakes.env()["HARVEST_ARXIV_URL"].endswith("/api/query")


def test_every_request_is_logged_in_order(small: World):
    with FakeServices(small) as running:
        for service in ("crossref", "graphql", "arxiv", "github"):
            assert ask(running, service).ok
    assert [request.service for request in running.log] == ["crossref", "github", "arxiv", "github"]
    assert [request.route for request in running.log] == ["single", "graphql", "id_list", "repos"]
    assert [request.number for request in running.log] == [1, 1, 1, 2]
    assert [request.status for request in running.log] == [200, 200, 200, 200]
    assert (running.count(), running.count("github")) == (4, 2)
    assert running.log[0].target == "/works/10.5555/a"
    assert running.log[2].query == {"id_list": ["2301.00001"]}
    assert b"rateLimit" in running.log[1].body
    assert running.log[0].at <= running.log[3].at


def test_too_many_requests_at_once_are_violations(small: World):
    small.latency = 0.3
    with FakeServices(small) as running, ThreadPoolExecutor(9) as pool:
        list(pool.map(lambda service: ask(running, service), ["crossref", "arxiv", "github"] * 3))
    assert [running.max_in_flight(service) for service in ("crossref", "arxiv", "github")] == [
        3,
        3,
        3,
    ]
    assert sorted(violation.split(":")[1] for violation in running.violations) == [
        " 2 connections at once, more than 1",
        " 2 requests at once, more than 1",
        " 2 requests at once, not one after the other",
        " 3 connections at once, more than 1",
        " 3 requests at once, more than 1",
        " 3 requests at once, not one after the other",
    ]


def test_latency_delays_each_answer(small: World):
    small.latency = 0.2
    with FakeServices(small) as running:
        begin = time.monotonic()
        ask(running, "crossref")
        assert time.monotonic() - begin >= 0.2


def test_a_range_of_latency_is_used(small: World):
    small.latency = (0.05, 0.15)
    with FakeServices(small) as running:
        begin = time.monotonic()
        for _ in range(5):
            ask(running, "github")
        seconds = time.monotonic() - begin
        delays = [small.delay(request) for request in running.log]
    assert sum(delays) <= seconds < sum(delays) + 1
    assert len(set(delays)) == 5
    assert all(0.05 <= delay <= 0.15 for delay in delays)
    assert delays == [small.delay(request) for request in running.log]


def test_nothing_is_left_behind(small: World):
    with FakeServices(small) as running, requests.Session() as session:
        session.get(f"{running.urls['github']}/repos/o/n", timeout=5)
        port = int(running.urls["github"].rpartition(":")[2])
    assert "fakes" not in [thread.name for thread in threading.enumerate()]
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port), timeout=1),
    ):
        pass


def test_a_bug_in_a_fake_is_no_answer(small: World):
    def broken(_: Request) -> bool:
        raise ZeroDivisionError

    small.faults.append(Fault("github", "500", broken))
    with pytest.raises(RuntimeError, match="broken"), FakeServices(small) as running:
        ask(running, "github")


# Faults


def numbers(when: object) -> list[int]:
    asked = [
        Request("arxiv", number, "GET", "/", "/", {}, {}, b"", 0.0, 1) for number in range(1, 13)
    ]
    return [request.number for request in asked if when(request)]


def test_when_picks_requests():
    assert numbers(always) == list(range(1, 13))
    assert numbers(nth(2, 5)) == [2, 5]
    assert numbers(first(3)) == [1, 2, 3]
    assert numbers(every(4)) == [4, 8, 12]
    assert numbers(chance(0.5)) == numbers(chance(0.5))
    assert 0 < len(numbers(chance(0.5))) < 12
    assert numbers(chance(0.5, seed=2)) != numbers(chance(0.5))


def test_one_in_a_hundred_is_spread_over_a_run():
    picks = chance(0.01)
    picked = [
        number
        for number in range(1, 10_001)
        if picks(Request("crossref", number, "GET", "/", "/", {}, {}, b"", 0.0, 1))
    ]
    assert 80 <= len(picked) <= 120
    assert {number // 1000 for number in picked} >= set(range(10))


def test_a_fault_of_the_first_seconds():
    picks = within(60)
    picked = [
        age
        for age in (0.0, 59.9, 60.0, 61.0)
        if picks(Request("arxiv", 1, "GET", "/", "/", {}, {}, b"", 0.0, 1, age=age))
    ]
    assert picked == [0.0, 59.9]


def test_the_age_runs_from_the_first_request(small: World):
    with FakeServices(small) as running:
        time.sleep(0.1)
        ask(running, "crossref")
        time.sleep(0.1)
        ask(running, "github")
        ask(running, "crossref")
    first_one, other, second = running.log
    assert (first_one.age, other.age) == (0, 0)
    assert second.age == second.at - first_one.at >= 0.1


def test_a_fault_hits_only_picked_requests(small: World):
    with faulty(small, Fault("github", "503", nth(2))) as running:
        assert [ask(running, "github").status_code for _ in range(3)] == [200, 503, 200]
        assert ask(running, "crossref").status_code == 200
    assert [request.status for request in running.requests("github")] == [200, 503, 200]


@pytest.mark.parametrize("kind", ["500", "502", "503", "504"])
def test_server_errors_are_html(small: World, kind: str):
    with faulty(small, Fault("arxiv", kind)) as running:
        response = ask(running, "arxiv")
    assert (response.status_code, response.text[:6]) == (int(kind), "<html>")


@pytest.mark.parametrize(
    ("service", "body"),
    [("crossref", ""), ("arxiv", "Rate exceeded."), ("github", "Too many requests")],
)
def test_429_with_the_body_of_its_service(small: World, service: str, body: str):
    with faulty(small, Fault(service, "429")) as running:
        response = ask(running, service)
    assert response.status_code == 429
    assert body in response.text
    assert "retry-after" not in response.headers


@pytest.mark.parametrize("kind", ["429", "503", "secondary-limit"])
def test_retry_after_in_seconds_or_as_a_date(small: World, kind: str):
    with faulty(small, Fault("github", kind, nth(1), retry_after=7)) as running:
        small.faults.append(Fault("github", kind, nth(2), retry_after=7, as_date=True))
        assert ask(running, "github").headers["retry-after"] == "7"
        moment = parsedate_to_datetime(ask(running, "github").headers["retry-after"])
    assert 4 < moment.timestamp() - time.time() <= 7


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("html", 200, "text/html; charset=utf-8", "<html>"),
        ("empty", 200, None, ""),
        ("rate-exceeded", 200, "text/plain; charset=utf-8", "Rate exceeded."),
        ("empty-page", 200, "application/atom+xml", "<?xml"),
        ("denied", 403, "text/html; charset=utf-8", "<html><head><title>Access Denied"),
        ("content-type", 200, "text/html; charset=utf-8", "<?xml"),
    ],
)
def test_answers_that_are_none(
    small: World, kind: str, status: int, content_type: str | None, body: str
):
    with faulty(small, Fault("arxiv", kind)) as running:
        response = ask(running, "arxiv")
    assert (response.status_code, response.headers.get("content-type")) == (status, content_type)
    assert response.text.startswith(body)
    assert "<entry>" not in response.text or kind == "content-type"


SERVICES = ["crossref", "arxiv", "github", "datacite", "doi", "pubmed"]


def get_any(running: FakeServices, service: str) -> requests.Response:
    paths = {"datacite": "/dois?ids=10.5555/a", "doi": "/ra/10.5555/a"}
    paths["pubmed"] = "/esummary.fcgi?db=pubmed&id=1&tool=t"
    if service in paths:
        return requests.get(running.urls[service] + paths[service], timeout=5)
    return ask(running, service)


@pytest.mark.parametrize("service", SERVICES)
def test_odd_successes(small: World, service: str):
    with FakeServices(small) as running:
        whole = get_any(running, service)
        small.faults += [
            Fault(service, kind, nth(number))
            for number, kind in enumerate(("202", "203", "206"), 2)
        ]
        accepted, transformed, part = (get_any(running, service) for _ in range(3))
    assert (accepted.status_code, accepted.content != whole.content) == (202, True)
    assert ("json" in accepted.headers["content-type"]) == (service == "github")
    assert (transformed.status_code, transformed.text[:4]) == (203, whole.text[:4])
    assert part.status_code == 206
    assert whole.content.startswith(part.content[:10])
    assert len(part.content) == int(part.headers["content-length"]) < len(whole.content)
    assert part.headers["content-range"].startswith(f"bytes 0-{len(part.content) - 1}/")


def test_a_page_shorter_than_its_total(small: World):
    small.add(
        Preprint(id="2301.00002", title="Other", versions=[Version("2023-01-01T00:00:00Z")]),
    )
    with faulty(small, Fault("arxiv", "short-page")) as running:
        response = requests.get(
            running.urls["arxiv"], params={"id_list": "2301.00001,2301.00002"}, timeout=5
        )
    assert response.text.count("<entry>") == response.text.count("</entry>") == 1
    assert "<opensearch:totalResults>2<" in response.text
    assert response.text.endswith("</feed>")


def test_a_query_that_failed_for_no_named_reason(small: World):
    with faulty(small, Fault("github", "null-data")) as running:
        response = ask(running, "graphql")
    assert response.status_code == 200
    assert response.json()["data"] is None
    [error] = response.json()["errors"]
    assert "Something went wrong while executing your query" in error["message"]
    assert set(error) == {"message"}


@pytest.mark.parametrize("service", SERVICES)
def test_headers_that_drip(small: World, service: str):
    with faulty(small, Fault(service, "drip-headers", nth(1), seconds=0.001)) as running:
        begin = time.monotonic()
        slow = get_any(running, service)
        seconds = time.monotonic() - begin
        quick = get_any(running, service)
    assert (slow.status_code, slow.text[:4]) == (200, quick.text[:4])
    assert seconds > 0.1
    assert {name.lower() for name in slow.headers} - {"connection"} == set(quick.headers)
    assert [request.status for request in running.log] == [200, 200]


def test_dripping_headers_end_with_the_client(small: World):
    with faulty(small, Fault("crossref", "drip-headers", nth(1))) as running:
        port = int(running.urls["crossref"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall(b"GET /works/10.5555/a HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert client.recv(1) == b"H"
        while running._in_flight["crossref"]:
            time.sleep(0.001)
        assert ask(running, "crossref").ok


@pytest.mark.parametrize("service", ["crossref", "arxiv", "github"])
def test_connections_that_break(small: World, service: str):
    with faulty(small, Fault(service, "reset", nth(1))) as running:
        small.faults += [Fault(service, "truncated", nth(2)), Fault(service, "hang", nth(3))]
        with pytest.raises(requests.ConnectionError, match="reset"):
            ask(running, service)
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            ask(running, service)
        with pytest.raises(requests.ReadTimeout):
            ask(running, service, timeout=0.2)
        assert ask(running, service).ok
    assert running.max_in_flight(service) == 1
    assert [request.status for request in running.log] == [None, 200, None, 200]


def test_a_slow_drip_never_times_out_between_bytes(small: World):
    with faulty(small, Fault("crossref", "drip", seconds=0.001)) as running:
        begin = time.monotonic()
        response = ask(running, "crossref")
        assert response.json()["message"]["DOI"] == "10.5555/a"
        assert time.monotonic() - begin > len(response.content) * 0.001


def test_a_drip_ends_when_the_client_hangs_up(small: World):
    with faulty(small, Fault("crossref", "drip", nth(1), seconds=0.02)) as running:
        with requests.get(
            f"{running.urls['crossref']}/works/10.5555/a", stream=True, timeout=10
        ) as response:
            assert response.raw.read(1) == b"{"
        while running._in_flight["crossref"]:
            time.sleep(0.001)
        assert ask(running, "crossref").ok


def test_the_end_does_not_wait_for_what_hangs(small: World):
    small.latency = 60
    running = FakeServices(small)
    with running, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, running, "crossref", timeout=0.2)
        while not running.log:
            time.sleep(0.001)
        begin = time.monotonic()
        assert isinstance(asked.exception(), requests.ReadTimeout)
    assert time.monotonic() - begin < 5


def test_github_limits_under_200_and_403(small: World):
    kinds = ["rate-limited", "rate-limit", "primary-limit", "secondary-limit"]
    small.faults += [Fault("github", kind, nth(number)) for number, kind in enumerate(kinds, 1)]
    with FakeServices(small) as running:
        named, coded, primary, secondary = (ask(running, "graphql") for _ in kinds)
    assert [answer.status_code for answer in (named, coded, primary, secondary)] == [
        200,
        200,
        403,
        403,
    ]
    assert (named.json()["errors"][0]["type"], "data" in named.json()) == ("RATE_LIMITED", False)
    assert coded.json()["errors"][0]["code"] == "graphql_rate_limit"
    assert primary.headers["x-ratelimit-remaining"] == "0"
    assert 3500 < int(primary.headers["x-ratelimit-reset"]) - time.time() <= 3600
    assert int(secondary.headers["x-ratelimit-remaining"]) > 0


def test_partial_data_keeps_every_other_one(small: World):
    with faulty(small, Fault("github", "partial")) as running:
        answer = ask(running, "graphql").json()
    assert answer["data"]["a"]["id"]
    assert answer["data"]["b"] is None
    assert answer["data"]["rateLimit"] == {"cost": 1}
    assert answer["errors"][0]["path"] == ["b"]
