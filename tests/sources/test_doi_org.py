"""doi.org asked through the fake for what neither Crossref nor DataCite has."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from starlette.responses import HTMLResponse

from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.models import Author, Identifier, Reply
from harvest.sources import doi_org
from harvest.sources.base import Fields
from harvest.sources.doi_org import DoiOrg
from tests.fakes import FakeServices, Fault, Person, Request, Work, World
from tests.fakes.doi import DoiOrg as FakeDoiOrg
from tests.support.replies import NOW, last_replies

MEDRA = Work(
    doi="10.1393/ncc/1",
    title="A study",
    authors=[Person("Ada", "Lovelace"), Person(name="The Group")],
    date="2019-05",
    type="article-journal",
    container="Il Nuovo Cimento",
)


@pytest.fixture(autouse=True)
def register(world: World) -> None:
    world.foreign[MEDRA.doi] = MEDRA
    world.agencies[MEDRA.doi] = "medra"


def fetch(http: Http, *dois: str) -> dict[str, Reply]:
    return last_replies(DoiOrg(), http, [Identifier("doi", value) for value in dois])


def test_agencies_come_in_a_list(http: Http, fakes: FakeServices) -> None:
    answers = fetch(http, MEDRA.doi, "10.9999/none", "10.9999/nor-this")
    assert [answers[d].outcome for d in (MEDRA.doi, "10.9999/none", "10.9999/nor-this")] == [
        "found", "not_found", "not_found",
    ]  # fmt: skip
    assert fakes.count("doi") == 2
    assert fakes.violations == []


def test_each_form_is_asked_for_by_its_name(http: Http, fakes: FakeServices) -> None:
    """The list of agencies is JSON; only the metadata have a form of their own."""
    fetch(http, MEDRA.doi)
    accepted = {request.route: request.headers["accept"] for request in fakes.requests("doi")}
    assert accepted["agency"] == "application/json"
    assert set(accepted.values()) == {"application/json", doi_org.CSL}


@pytest.mark.parametrize("status", [400, 406, 414])
def test_a_refused_list_is_halved(status: int, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    respond = FakeDoiOrg.answer

    def refuse(fake: FakeDoiOrg, request: Request) -> Any:
        if "10.9999/odd" in request.target:
            return HTMLResponse("<html><body>Not for you</body></html>", status)
        return respond(fake, request)

    monkeypatch.setattr(FakeDoiOrg, "answer", refuse)
    answers = fetch(http, MEDRA.doi, "10.9999/odd", "10.9999/none")
    outcomes = {value: answer.outcome for value, answer in answers.items()}
    assert outcomes == {
        MEDRA.doi: "found", "10.9999/odd": "failed", "10.9999/none": "not_found",
    }  # fmt: skip


def test_a_known_agency_is_not_asked_again(http: Http, fakes: FakeServices) -> None:
    due = {Identifier("doi", MEDRA.doi): None}
    begun, whole = DoiOrg().fetch(due, http, NOW)
    assert (begun.outcome, begun.payload) == ("begun", {"agency": "mEDRA"})
    assert list(DoiOrg().fetch({begun.identifier: begun.payload}, http, NOW)) == [whole]
    assert [request.route for request in fakes.requests("doi")] == [
        "agency",
        "metadata",
        "metadata",
    ]


def test_a_record(http: Http) -> None:
    answer = fetch(http, MEDRA.doi)[MEDRA.doi]
    assert (answer.payload or {})["agency"] == "mEDRA"
    record = DoiOrg().read(answer.identifier, answer.payload or {})
    assert (record.title, record.type, record.kind) == (
        "A study",
        "journal-article",
        "version_of_record",
    )
    assert record.authors == (Author("Ada Lovelace", "Ada", "Lovelace"), Author("The Group"))
    assert (record.date, record.container) == ("2019-05", "Il Nuovo Cimento")


def test_an_agency_without_metadata(http: Http, world: World) -> None:
    world.foreign[MEDRA.doi] = msgspec.structs.replace(MEDRA, extra={"silent": True})
    answer = fetch(http, MEDRA.doi)[MEDRA.doi]
    assert answer.outcome == "found"
    assert DoiOrg().read(answer.identifier, answer.payload or {}).title is None


@pytest.mark.parametrize("cut", [True, False])
def test_a_doi_with_a_comma_is_asked_alone(
    cut: bool, http: Http, world: World, fakes: FakeServices
) -> None:
    world.cuts_encoded_commas = cut
    odd, moved = "10.1393/a,b", "10.1393/c,d"
    world.foreign[odd] = msgspec.structs.replace(MEDRA, doi=odd)
    world.agencies |= {odd: "medra", moved: "medra"}  # the page of the second one is missing
    answers = fetch(http, odd, "10.9999/a,b", moved, MEDRA.doi)
    agency = "unknown" if cut else "mEDRA"
    assert (answers[odd].payload or {})["agency"] == agency
    assert answers[MEDRA.doi].outcome == "found"
    assert answers["10.9999/a,b"].outcome == "not_found"
    assert answers[moved].outcome == ("not_found" if cut else "found")
    lists = [request for request in fakes.requests("doi") if request.route == "agency"]
    assert max(request.target.count(",") for request in lists) == 0
    assert len(lists) == 4


@pytest.mark.parametrize("route", ["agency", "metadata"])
def test_a_failure_is_no_absence(route: str, http: Http, world: World) -> None:
    world.faults = [Fault("doi", "503", lambda request: request.route == route)]
    assert fetch(http, MEDRA.doi)[MEDRA.doi].outcome == "failed"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"DOI": "10.1/A", "RA": "JaLC"}, ("10.1/a", "JaLC")),
        ({"DOI": "10.1/a", "status": "DOI does not exist"}, ("10.1/a", None)),
        ({"DOI": "x", "status": "Invalid DOI"}, ("x", None)),
        ({"DOI": "10.1/a", "status": "Unknown"}, ("10.1/a", "unknown")),
    ],
)
def test_agencies(entry: dict[str, str], expected: tuple[str, str | None]) -> None:
    assert doi_org._agency(Fields("doi", entry)) == expected


@pytest.mark.parametrize(
    "entry", [None, {}, {"DOI": 5}, {"DOI": "10.1/a"}, {"DOI": "10.1/a", "RA": 5}]
)
def test_an_agency_in_an_unknown_shape_is_an_error(entry: Any) -> None:
    with pytest.raises(MalformedError):
        doi_org._agency(Fields("doi", entry))


@pytest.mark.parametrize(
    "csl",
    [
        ["x"],
        {"type": 5},
        {"author": {"family": "x"}},
        {"author": ["x"]},
        {"title": [5]},
        {"publisher": ["x"]},
    ],
)
def test_unknown_shapes_are_errors(csl: Any) -> None:
    payload = {"agency": "x", "csl": csl}
    with pytest.raises(MalformedError):
        DoiOrg().read(Identifier("doi", "10.1/a"), payload)


def test_a_new_type_keeps_its_name() -> None:
    record = DoiOrg().read(Identifier("doi", "10.1/a"), {"csl": {"type": "song", "title": "A"}})
    assert (record.type, record.kind, record.title) == ("song", "other", "A")


def test_a_doi_outlives_its_page(http: Http, world: World) -> None:
    """The agency is known, so the 404 is its page's or the publisher's."""
    del world.foreign[MEDRA.doi]
    answer = fetch(http, MEDRA.doi)[MEDRA.doi]
    assert (answer.outcome, (answer.payload or {})["csl"]) == ("found", None)


@pytest.mark.parametrize(
    ("csl_type", "type_", "kind"),
    [
        ("article", "posted-content", "preprint"),
        ("article-journal", "journal-article", "version_of_record"),
        ("book", "book", "version_of_record"),
        ("chapter", "book-chapter", "version_of_record"),
        ("dataset", "dataset", "dataset"),
        ("entry-encyclopedia", "reference-entry", "version_of_record"),
        ("journal-article", "journal-article", "version_of_record"),  # the word of Crossref
        ("paper-conference", "proceedings-article", "version_of_record"),
        ("report", "report", "version_of_record"),
        ("standard", "standard", "version_of_record"),
        ("thesis", "dissertation", "version_of_record"),
        ("webpage", "webpage", "other"),
        (None, None, "other"),
    ],
)
def test_types(csl_type: str | None, type_: str | None, kind: str) -> None:
    record = DoiOrg().read(Identifier("doi", "10.1/a"), {"csl": {"type": csl_type}})
    assert (record.type, record.kind) == (type_, kind)
