"""arXiv asked through the fake in both http formats, and its entries read."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import arxiv as arxiv_library
import msgspec
import pytest
from starlette.responses import HTMLResponse

from harvest.errors import MalformedError, SourceError, TransientError
from harvest.http.clients import Http
from harvest.models import Identifier, Reply
from harvest.sources import arxiv
from harvest.sources.arxiv import Arxiv
from tests.fakes import FakeServices, Fault, Request, World, nth
from tests.fakes import arxiv as fake_arxiv
from tests.fakes.arxiv import Arxiv as FakeArxiv
from tests.support.replies import NOW, last_replies
from tests.support.settings import impatient_settings

KNOWN = "2006.11239"


@pytest.fixture(params=["new", "old"])
def http(request: pytest.FixtureRequest, world: World, fakes: FakeServices) -> Iterator[Http]:
    world.arxiv_format = request.param
    http = Http(impatient_settings(fakes, timeout=20))
    yield http
    http.close()


def fetch(http: Http, *ids: str) -> dict[str, Reply]:
    return last_replies(Arxiv(), http, [Identifier("arxiv", value) for value in ids])


def outcomes(http: Http, *ids: str) -> list[str]:
    answers = fetch(http, *ids)
    return [answers[value].outcome for value in ids]


def test_a_hundred_ids_are_one_request(world: World, http: Http, fakes: FakeServices) -> None:
    ids = list(world.preprints)[:100]
    assert set(outcomes(http, *ids)) == {"found"}
    assert fakes.count("arxiv") == 1
    assert fakes.violations == []


def test_an_absent_id_is_asked_once_more(http: Http, fakes: FakeServices) -> None:
    assert outcomes(http, KNOWN, "2001.99999") == ["found", "not_found"]
    assert fakes.count("arxiv") == 2


def test_an_empty_page_is_no_absence(world: World, http: Http) -> None:
    world.faults = [Fault("arxiv", "empty-page", nth(1))]
    assert outcomes(http, KNOWN, "1406.2661") == ["found", "found"]


def test_a_first_absence_is_kept(http: Http, fakes: FakeServices) -> None:
    due = {Identifier("arxiv", value): None for value in (KNOWN, "2001.99999")}
    coming = Arxiv().fetch(due, http, NOW)
    first, begun = next(coming), next(coming)
    coming.close()
    assert (first.outcome, begun.outcome, begun.identifier.value) == (
        "found",
        "begun",
        "2001.99999",
    )
    (answer,) = Arxiv().fetch({begun.identifier: begun.payload}, http, NOW)
    assert answer.outcome == "not_found"
    assert fakes.count("arxiv") == 2


def test_an_empty_page_is_seen_by_what_else_it_lacks(
    world: World, http: Http, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second page and both questions for what it lacks come back empty."""
    monkeypatch.setattr(Arxiv, "max_batch", 3)
    ids = list(world.preprints)[:5]
    world.faults = [Fault("arxiv", "empty-page", nth(2, 3, 4))]
    assert outcomes(http, *ids) == ["found"] * 5
    assert fakes.count("arxiv") == 5
    world.faults = [Fault("arxiv", "empty-page", lambda request: request.number > 6)]
    assert outcomes(http, *ids) == ["found"] * 3 + ["failed"] * 2


def test_a_malformed_id_does_not_spoil_the_others(http: Http) -> None:
    assert outcomes(http, KNOWN, "abc", "1406.2661") == ["found", "not_found", "found"]


def test_one_malformed_id_alone(http: Http, fakes: FakeServices) -> None:
    assert outcomes(http, "abc") == ["not_found"]
    assert fakes.count("arxiv") == 2


def test_a_failed_page_fails_all_its_ids(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("arxiv", "503")]
    http = Http(impatient_settings(fakes, timeout=20), sleep=lambda _: None)
    assert outcomes(http, KNOWN, "1406.2661") == ["failed", "failed"]
    http.close()


def test_a_record(http: Http) -> None:
    answer = fetch(http, KNOWN)[KNOWN]
    record = Arxiv().read(answer.identifier, answer.payload or {})
    assert record.title == "Denoising Diffusion Probabilistic Models"
    assert [author.name for author in record.authors] == [
        "Jonathan Ho",
        "Ajay Jain",
        "Pieter Abbeel",
    ]
    assert record.date == "2020-06-19"
    assert (record.kind, record.container, record.url) == (
        "preprint",
        "arXiv",
        "https://arxiv.org/abs/2006.11239",
    )


def payload(**fields: Any) -> dict[str, Any]:
    return {
        "title": "T",
        "authors": ["A B"],
        "published": "2020-06-19T17:24:44+00:00",
        "doi": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("doi", "same"),
    [
        (None, []),
        ("10.1145/3422622", ["doi:10.1145/3422622"]),
        (
            "10.1000/a 10.1000/b,10.1000/c; 10.1000/D",
            ["doi:10.1000/a", "doi:10.1000/b", "doi:10.1000/c", "doi:10.1000/d"],
        ),
        ("https://doi.org/10.1000/a", ["doi:10.1000/a"]),
        ("none yet", []),
    ],
)
def test_authors_type_dois_in_many_ways(doi: str | None, same: list[str]) -> None:
    record = Arxiv().read(Identifier("arxiv", KNOWN), payload(doi=doi))
    assert list(map(str, record.author_claims)) == same


def test_a_title_may_be_0() -> None:
    assert Arxiv().read(Identifier("arxiv", KNOWN), payload(title="0")).title == "0"


@pytest.mark.parametrize(
    "broken",
    [{"title": None}, {"authors": None}, {"authors": [1]}, {"published": None}, {"doi": 5}],
)
def test_unknown_shapes_are_errors(broken: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        Arxiv().read(Identifier("arxiv", KNOWN), payload(**broken))


class Result:
    """What the arxiv package gives, as far as it is looked at before it is read."""

    def __init__(self, entry_id: str) -> None:
        self.entry_id = entry_id
        self.title = self.summary = "text"
        self.authors: list[Any] = []
        self.published = self.updated = NOW
        self.doi = self.comment = self.journal_ref = None
        self.categories: list[str] = []


class Client:
    def __init__(self, entry: str) -> None:
        self.entry = entry

    def _format_url(self, *_: object) -> str:
        return "https://api.example"

    def _parse_feed(self, url: str) -> Any:
        if self.entry == "bad date":
            raise ValueError(self.entry)
        if self.entry == "bad page":
            raise arxiv_library.ArxivError(url, 0, self.entry)
        if self.entry == "HTTP 202":
            raise arxiv_library.HTTPError(url, 0, 202)
        header = SimpleNamespace(total_results=1)
        return SimpleNamespace(header=header, results=[Result(self.entry)])


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("http://arxiv.org/abs/1406.2661v1", MalformedError),
        ("http://arxiv.org/abs/nonsense", MalformedError),
        ("bad date", MalformedError),
        ("bad page", MalformedError),
        ("HTTP 202", TransientError),
    ],
)
def test_an_unrequested_entry_is_an_error(entry: str, kind: type[SourceError]) -> None:
    client: Any = Client(entry)
    with pytest.raises(kind):
        arxiv._request(client, [KNOWN])


def test_a_short_page_is_asked_again(world: World, fakes: FakeServices) -> None:
    """The package would ask for the rest at once, and end the run at an empty page."""
    world.faults = [Fault("arxiv", "short-page", nth(1))]
    http = Http(impatient_settings(fakes, timeout=20), sleep=lambda _: None)
    assert outcomes(http, KNOWN, "1406.2661") == ["found", "found"]
    world.faults = [Fault("arxiv", "short-page")]
    assert outcomes(http, KNOWN, "1406.2661") == ["failed", "failed"]
    http.close()
    assert all(request.query["start"] == ["0"] for request in fakes.requests("arxiv"))


def test_a_lost_entry_fails_alone(world: World, http: Http, fakes: FakeServices) -> None:
    """Nor is arXiv left for it, though it is asked in vain for two in a row."""
    ids = sorted(world.preprints)[:20]
    world.lost = {ids[3], ids[4]}
    replies = fetch(http, *ids, "2001.99999")
    failed = {name for name, reply in replies.items() if reply.outcome == "failed"}
    assert failed == world.lost
    assert replies["2001.99999"].outcome == "not_found"
    assert "counts 1" in str(replies[ids[3]].error)
    assert http.down == {}
    assert fakes.count("arxiv") <= 15


def test_doctor_survives_a_short_page(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("arxiv", "short-page")]
    http = Http(impatient_settings(fakes, timeout=20))
    with pytest.raises(TransientError, match="a page of 0 entries that counts 1"):
        Arxiv().probe(http, NOW)
    http.close()


def test_a_search_takes_one_page(world: World, http: Http, fakes: FakeServices) -> None:
    for number in range(arxiv.MAX_CANDIDATES + 2):
        name = f"2001.1000{number}"
        world.preprints[name] = msgspec.structs.replace(
            world.preprints[KNOWN], id=name, title="Invented owls of invented islands"
        )
    question = Identifier("title", "invented islands owls")
    (answer,) = Arxiv().search([question], http)
    assert len((answer.payload or {})["items"]) == arxiv.MAX_CANDIDATES
    assert fakes.count("arxiv") == 1


@pytest.mark.parametrize("kind", ["406", "414", "undated"])
def test_a_refused_page_is_halved(
    kind: str, world: World, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One id makes arXiv refuse each page that names it, and nothing says which."""
    ids = list(world.preprints)[:40]
    respond, write = FakeArxiv.answer, fake_arxiv._entry_new

    def refuse(fake: FakeArxiv, request: Request) -> Any:
        if kind == "undated" or ids[17] not in str(request.query):
            return respond(fake, request)
        return HTMLResponse("<html><body>Not for you</body></html>", int(kind))

    def undate(entry: fake_arxiv.Entry) -> list[str]:
        is_undated = kind == "undated" and entry[0].id == ids[17]
        return [line for line in write(entry) if not (is_undated and "<updated>" in line)]

    monkeypatch.setattr(FakeArxiv, "answer", refuse)
    monkeypatch.setattr(fake_arxiv, "_entry_new", undate)
    http = Http(impatient_settings(fakes, timeout=20), sleep=lambda _: None)
    answers = fetch(http, *ids)
    versions = [Identifier("arxiv", f"{value}v1") for value in ids]
    earlier = {answer.identifier.value: answer for answer in Arxiv().search(versions, http)}
    assert not http.down
    http.close()
    assert [i for i in ids if answers[i].outcome != "found"] == [ids[17]]
    assert answers[ids[17]].outcome == "failed"
    assert [i for i in ids if earlier[f"{i}v1"].outcome != "found"] == [ids[17]]
