"""The arXiv fake, asked with the arxiv package and with a plain client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import arxiv
import pytest
import requests

from tests.fakes import FakeServices, Person, Preprint, Version, World

ATOM = "{http://www.w3.org/2005/Atom}"
LONG = "A title so long that the old backend has to break it into more than a single line of text"


def preprint(name: str, **fields: object) -> Preprint:
    defaults: dict[str, object] = {
        "title": f"Title of {name}",
        "versions": [Version("2023-01-02T03:04:05Z")],
        **fields,
    }
    return Preprint(id=name, **defaults)


def world_of(*known: Preprint) -> World:
    world = World.of(*known)
    world.arxiv_interval = 0
    return world


@contextmanager
def client(running: FakeServices) -> Iterator[arxiv.Client]:
    asking = arxiv.Client(page_size=100, delay_seconds=0, num_retries=0)
    asking.query_url_format = f"{running.urls['arxiv']}?{{}}"
    with asking._session:
        yield asking


def ask(running: FakeServices, **parameters: str) -> requests.Response:
    return requests.get(running.urls["arxiv"], params=parameters, timeout=5)


def ids(response: requests.Response) -> list[str]:
    entries = ET.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314  our own server
    return [
        entry.findtext(f"{ATOM}id", "").removeprefix("http://arxiv.org/abs/") for entry in entries
    ]


@pytest.mark.parametrize("http", ["new", "old"])
def test_both_wire_formats_read_the_same(http: str):
    known = preprint(
        "2301.00001",
        title=LONG,
        authors=[Person("Ann", "Ädams"), Person(name="H1 Collaboration")],
        versions=[
            Version("2023-01-02T03:04:05Z"),
            Version("2023-06-07T08:09:10Z", comment="This one & that"),
        ],
        doi="10.1000/a; 10.1000/b",
        journal_ref="J. Invented 1 (2023)",
        affiliation="An Institute",
    )
    world = world_of(known)
    world.arxiv_format = http
    with FakeServices(world) as running, client(running) as asking:
        (result,) = asking.results(arxiv.Search(id_list=["2301.00001"], max_results=1))
    assert result.entry_id == "http://arxiv.org/abs/2301.00001v2"
    assert result.title == LONG
    assert [author.name for author in result.authors] == ["Ann Ädams", "H1 Collaboration"]
    assert (result.published.isoformat(), result.updated.isoformat()) == (
        "2023-01-02T03:04:05+00:00",
        "2023-06-07T08:09:10+00:00",
    )
    assert (result.doi, result.journal_ref) == ("10.1000/a; 10.1000/b", "J. Invented 1 (2023)")
    assert result.comment == "This one & that"
    assert result.primary_category == "eess.IV"
    assert result.summary.startswith("An invented") or result.summary.startswith("  An invented")


def test_the_two_feed_formats_differ():
    world = world_of(preprint("2301.00001", title=LONG))
    with FakeServices(world) as running:
        new = ask(running, id_list="2301.00001").content
        world.arxiv_format = "old"
        old = ask(running, id_list="2301.00001").content
    assert new.startswith(b"<?xml version='1.0'")
    assert b"arXiv Query:" in new
    assert b"68T07" not in new
    assert LONG.encode() in new
    assert old.startswith(b'<?xml version="1.0"')
    assert b"ArXiv Query:" in old
    assert b'term="68T07, 92C55"' in old
    assert LONG.encode() not in old


def test_content_type_and_summaries():
    with FakeServices(world_of(preprint("2301.00001"))) as running:
        response = ask(running, id_list="2301.00001")
    assert response.headers["content-type"] == "application/atom+xml"
    assert b"<summary>  " in response.content


def test_ids_come_once_and_in_another_order():
    names = [f"2301.0000{number}" for number in range(1, 7)]
    with FakeServices(world_of(*map(preprint, names))) as running:
        response = ask(
            running, id_list=",".join([*names, names[0], "2301.99999"]), max_results="10"
        )
    found = [name.removesuffix("v1") for name in ids(response)]
    assert sorted(found) == names
    assert found != names
    assert b"<opensearch:totalResults>6<" in response.content


def test_ten_results_by_default_are_a_violation():
    names = [f"2301.000{number}" for number in range(10, 30)]
    with FakeServices(world_of(*map(preprint, names))) as running:
        assert len(ids(ask(running, id_list=",".join(names)))) == 10
        assert len(ids(ask(running, id_list=",".join(names), max_results="20", start="10"))) == 10
    assert running.violations == [
        "arxiv request 1: max_results is below the 20 ids asked",
        "arxiv request 2: an id_list is paged, though its order is not stable",
    ]


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("2301.00001", ["2301.00001v3"]),
        ("2301.00001v1", ["2301.00001v1"]),
        ("2301.00001v1,2301.00001", ["2301.00001v1", "2301.00001v3"]),
        ("2301.00001v4", []),
        ("math/0309136", ["math/0309136v1"]),
        ("math.GT/0309136", []),
        ("arXiv:2301.00001", []),
        ("2301.00001V1", []),
    ],
)
def test_odd_versions_match_nothing(version: str, names: list[str]):
    three = [Version(f"2023-0{month}-01T00:00:00Z") for month in (1, 2, 3)]
    with FakeServices(
        world_of(preprint("2301.00001", versions=three), preprint("math/0309136"))
    ) as running:
        response = ask(running, id_list=version, max_results="5")
    assert (response.status_code, sorted(ids(response))) == (200, names)


@pytest.mark.parametrize(("http", "status"), [("new", 400), ("old", 200)])
def test_one_malformed_id_spoils_the_whole_batch(http: str, status: int):
    world = world_of(preprint("2301.00001"))
    world.arxiv_format = http
    with FakeServices(world) as running:
        response = ask(running, id_list="2301.00001,abc", max_results="2")
    (entry,) = ET.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314  our own server
    assert response.status_code == status
    assert entry.findtext(f"{ATOM}title") == "Error"
    assert entry.findtext(f"{ATOM}id", "").endswith(
        "arxiv.org/api/errors#incorrect_id_format_for_abc"
    )
    assert entry.find(f"{ATOM}published") is None


def test_odd_entries_come_through():
    zero = preprint("2104.12255", title="0")
    withdrawn = preprint(
        "2301.00002",
        title="Older title",
        versions=[
            Version("2023-01-01T00:00:00Z", title="Oldest title"),
            Version("2023-02-01T00:00:00Z", comment="withdrawn"),
        ],
    )
    with FakeServices(world_of(zero, withdrawn)) as running, client(running) as asking:
        query = arxiv.Search(id_list=["2104.12255", "2301.00002", "2301.00002v1"], max_results=3)
        names = {result.get_short_id(): result for result in asking.results(query)}
    assert names["2104.12255v1"].title == "0"
    assert (names["2301.00002v1"].title, names["2301.00002v2"].title) == (
        "Oldest title",
        "Older title",
    )
    assert names["2301.00002v2"].comment == "withdrawn"
    assert names["2301.00002v2"].published == names["2301.00002v1"].published


def test_search_by_title_and_long_lists_by_post():
    known = [
        preprint("2301.00001", title="Synthetic hearts"),
        preprint("2301.00002", title="Synthetic livers"),
    ]
    with FakeServices(world_of(*known)) as running:
        assert ids(ask(running, search_query='ti:"synthetic hearts"')) == ["2301.00001v1"]
        form = {"id_list": "2301.00001,2301.00002", "max_results": "2"}
        assert len(ids(requests.post(running.urls["arxiv"], data=form, timeout=5))) == 2
    assert [request.route for request in running.log] == ["search", "id_list"]
    assert running.violations == []


def test_it_breaks_on_what_breaks_arxiv():
    with FakeServices(world_of()) as running:
        assert ask(running, id_list="2301.00001", max_results="0").status_code == 500
        assert ask(running, id_list="2301.00001", max_results="many").status_code == 400
        assert (
            requests.get(running.urls["arxiv"].replace("query", "other"), timeout=5).status_code
            == 404
        )


def test_asking_too_soon_is_a_violation():
    world = world_of(preprint("2301.00001"))
    world.arxiv_interval, world.enforce = 3, True
    with FakeServices(world) as running:
        answers = [ask(running, id_list="2301.00001") for _ in range(2)]
        world.pacing = False
        answers.append(ask(running, id_list="2301.00001"))
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].content == b"Rate exceeded."
    assert len(running.violations) == 1
    assert running.violations[0].endswith("s after the last request, less than 3")
