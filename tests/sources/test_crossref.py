"""Crossref asked through the fake, and its records read."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import HTMLResponse

from harvest.errors import MalformedError
from harvest.http.breaker import MAX_GARBLED
from harvest.http.clients import Http
from harvest.models import Author, Identifier, Reply
from harvest.sources import crossref
from harvest.sources.base import Fields
from harvest.sources.crossref import Crossref
from tests.fakes import FakeServices, Fault, Request, World, nth
from tests.fakes.crossref import Crossref as FakeCrossref
from tests.fakes.world import BROKEN
from tests.support.replies import NOW, last_replies

KNOWN = "10.1038/s41598-022-05539-7"


def doi(value: str) -> Identifier:
    return Identifier("doi", value)


def fetch(http: Http, *dois: str) -> dict[str, Reply]:
    return last_replies(Crossref(), http, map(doi, dois))


def outcomes(http: Http, *dois: str) -> list[str]:
    answers = fetch(http, *dois)
    return [answers[value].outcome for value in dois]


def test_a_list_is_one_request(http: Http, fakes: FakeServices) -> None:
    assert outcomes(http, KNOWN, "10.3390/s23198328", "10.9999/none") == [
        "found",
        "found",
        "not_found",
    ]
    assert [request.route for request in fakes.log] == ["array", "single"]
    assert fakes.violations == []


def test_what_a_list_lacked_is_asked_singly(world: World, http: Http, fakes: FakeServices) -> None:
    known = next(iter(world.works))
    due = {doi(value): None for value in (known, "10.5555/absent")}
    coming = Crossref().fetch(due, http, NOW)
    first, begun = next(coming), next(coming)
    coming.close()
    assert (first.outcome, begun.outcome, begun.identifier.value) == (
        "found",
        "begun",
        "10.5555/absent",
    )
    (answer,) = Crossref().fetch({begun.identifier: begun.payload}, http, NOW)
    assert answer.outcome == "not_found"
    assert fakes.count("crossref") == 2


def test_a_hole_of_the_index_is_no_absence(world: World, http: Http) -> None:
    world.holes = {KNOWN}
    assert outcomes(http, KNOWN) == ["found"]


def test_an_alias_is_followed_and_joined(world: World, http: Http) -> None:
    world.aliases["10.9999/old"] = KNOWN
    answer = fetch(http, "10.9999/old")["10.9999/old"]
    record = Crossref().read(answer.identifier, answer.payload or {})
    assert doi(KNOWN) in record.same_work


def test_a_comma_does_not_spoil_the_list(world: World, http: Http, fakes: FakeServices) -> None:
    odd = "10.1001/jama.251.19.2504,2509"
    world.works[odd] = world.works[KNOWN]
    assert outcomes(http, KNOWN, odd) == ["found", "found"]
    assert odd.replace(",", "") not in str(
        [request.query for request in fakes.requests("crossref")]
    )


def test_a_refused_list_is_halved(world: World, http: Http, fakes: FakeServices) -> None:
    world.malformed = {"10.9999/odd"}
    assert outcomes(http, KNOWN, "10.9999/odd", "10.3390/s23198328") == [
        "found",
        "not_found",
        "found",
    ]
    statuses = [(request.route, request.status) for request in fakes.log]
    assert statuses == [
        ("array", 400), ("array", 400), ("array", 200), ("array", 200), ("array", 400),
        ("single", 404),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [400, 406, 414])
def test_refused_lists_are_no_failures_of_the_source(
    status: int, world: World, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three DOIs make Crossref refuse each list that names them."""
    known = list(world.works)
    odd, respond = [known[5], known[20], known[-5]], FakeCrossref.answer

    def refuse(fake: FakeCrossref, request: Request) -> Any:
        if request.route == "array" and any(name in str(request.query) for name in odd):
            return HTMLResponse("<html><body>Not for you</body></html>", status)
        return respond(fake, request)

    monkeypatch.setattr(FakeCrossref, "answer", refuse)
    assert set(outcomes(http, *known)) == {"found"}
    assert not http.down


@pytest.mark.parametrize(
    "odd",
    ["10.1000/a#b", "10.1000/a?b=c", "10.1000/a%2fb", "10.1000/<a>;1.0(b)::c", "10.1000/a+b c"],
)
def test_odd_characters_reach_the_registry_whole(odd: str, world: World, http: Http) -> None:
    world.works[odd] = world.works[KNOWN]
    world.works["10.1000/a"] = world.works["10.3390/s23198328"]
    for holes in (set(), {odd}):  # over the list, then over the single route
        world.holes = holes
        client = http.crossref()
        assert client
        answer = fetch(http, odd)[odd]
        if holes:
            assert answer.outcome == "found"
            assert (answer.payload or {})["DOI"] == KNOWN


def test_a_failed_list_fails_all_its_dois(world: World, http: Http) -> None:
    world.faults = [Fault("crossref", "500")]
    answers = fetch(http, KNOWN, "10.9999/none")
    assert {answer.outcome for answer in answers.values()} == {"failed"}
    assert "HTTP 500" in str(answers[KNOWN].error)


def test_a_failed_single_question_is_no_absence(world: World, http: Http) -> None:
    world.faults = [Fault("crossref", "503", lambda request: request.route == "single")]
    assert outcomes(http, KNOWN, "10.9999/none") == ["found", "failed"]


def test_one_unknown_shape_costs_no_list(world: World, http: Http) -> None:
    world.works["10.3390/s23198328"].extra["DOI"] = 5
    assert outcomes(http, KNOWN, "10.3390/s23198328")[0] == "found"


def test_one_broken_record_fails_alone(world: World, http: Http, fakes: FakeServices) -> None:
    odd = {"10.3390/s23198328", "10.1002/ima.22880"}
    for value in odd:
        world.works[value].title = f"A title {BROKEN}"
    dois = [work for work in world.works if "," not in work]
    answers = fetch(http, *dois)
    assert {value for value in dois if answers[value].outcome != "found"} == odd
    assert {answers[value].outcome for value in odd} == {"failed"}
    assert "broken JSON" in str(answers[min(odd)].error)
    assert "crossref" not in http.down
    assert fakes.count("crossref") < 30


def test_a_registry_without_json_is_left(world: World, http: Http, fakes: FakeServices) -> None:
    for work in world.works.values():
        work.title = BROKEN
    answers = fetch(http, *world.works)
    assert {answer.outcome for answer in answers.values()} == {"failed"}
    assert fakes.count("crossref") <= MAX_GARBLED + 2
    assert "broken JSON" in http.down["crossref"]


def test_broken_json_of_a_moment_is_asked_again(world: World, http: Http) -> None:
    world.works[KNOWN].title = BROKEN

    def heal(request: Request) -> bool:
        if request.number > 1:
            world.works[KNOWN].title = "Whole"
        return False

    world.faults = [Fault("crossref", "500", heal)]
    assert outcomes(http, KNOWN) == ["found"]


def test_one_broken_record_costs_no_search(world: World, http: Http) -> None:
    pii = "S0168169923001234"
    world.works[KNOWN].pii, world.works["10.3390/s23198328"].pii = pii, "S0168169923009999"
    world.works["10.3390/s23198328"].title = BROKEN
    piis = [Identifier("pii", pii), Identifier("pii", "S0168169923009999")]
    answers = {answer.identifier: answer.outcome for answer in Crossref().search(piis, http)}
    assert list(map(answers.get, piis)) == ["found", "failed"]


def test_thirty_percent_429_cost_nothing(world: World, http: Http) -> None:
    world.faults = [Fault("crossref", "429", nth(1, 3, 4), retry_after=0)]
    dois = [work for work in world.works if "," not in work]
    assert set(outcomes(http, *dois)) == {"found"}


def test_lists_stay_within_their_limits() -> None:
    dois = [f"10.1000/{'x' * (number % 80)}{number}" for number in range(400)]
    cut = list(Crossref().batches(map(doi, dois), "doi"))
    assert [name.value for batch in cut for name in batch] == dois
    assert max(map(len, cut)) <= Crossref.max_batch


@given(st.lists(st.text(min_size=1, max_size=300), max_size=120))
def test_no_list_is_too_long_unless_one_doi_is(dois: list[str]) -> None:
    from urllib.parse import quote

    cut = list(Crossref().batches(map(doi, dois), "doi"))
    assert [name.value for batch in cut for name in batch] == dois
    for batch in cut:
        assert 0 < len(batch) <= Crossref.max_batch
        size = sum(len(quote(f"doi:{name.value},", safe="")) for name in batch)
        assert size <= crossref.LIST_BYTES or len(batch) == 1


# -- reading --------------------------------------------------------------------------------


def read(**payload: Any) -> Any:
    return Crossref().read(doi("10.1000/a"), {"DOI": "10.1000/a", **payload})


def test_an_empty_record_is_a_record() -> None:
    record = read()
    assert (record.title, record.authors, record.date, record.container) == (None, (), None, None)
    assert record.kind == "version_of_record"
    assert record.same_work == ()


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"title": []}, None),
        ({"title": [""]}, None),
        ({"title": ["The <i>E. coli</i>\n   genome"]}, "The E. coli genome"),
        ({"title": ["A"], "subtitle": ["B"]}, "A: B"),
        ({"title": ["First", "Zweiter"]}, "First"),
        ({"title": "not a list"}, "not a list"),
    ],
)
def test_titles(payload: dict[str, Any], title: str | None) -> None:
    assert read(**payload).title == title


def test_authors() -> None:
    people = [
        {
            "given": "Ada",
            "family": "Lovelace",
            "suffix": "Jr.",
            "ORCID": "http://orcid.org/0000-0002-1825-0097",
        },
        {"family": "Plato"},
        {"given": "Madonna"},
        {"name": "The Consortium"},
        {"sequence": "additional", "affiliation": []},
    ]
    assert read(author=people).authors == (
        Author("Ada Lovelace Jr.", "Ada", "Lovelace Jr.", "0000-0002-1825-0097"),
        Author("Plato", None, "Plato"),
        Author("Madonna", "Madonna"),
        Author("The Consortium"),
    )


def parts(*numbers: int | None) -> dict[str, Any]:
    return {"date-parts": [list(numbers)]}


@pytest.mark.parametrize(
    ("payload", "date"),
    [
        ({"issued": parts(None)}, None),
        ({"issued": parts(2023), "published-online": parts(2022, 12, 30)}, "2022-12-30"),
        ({"issued": parts(2023), "published-print": parts(2023, 5)}, "2023-05"),
        ({"posted": parts(2020, 5, 8)}, "2020-05-08"),
        (
            {
                "created": parts(2001, 1, 1),
                "deposited": parts(2001),
                "indexed": parts(2001),
                "issued": parts(2003),
            },
            "2003",
        ),
    ],
)
def test_dates_are_the_earliest_public_ones(payload: dict[str, Any], date: str | None) -> None:
    assert read(**payload).date == date


@pytest.mark.parametrize(
    ("payload", "kind", "container"),
    [
        (
            {"type": "posted-content", "subtype": "preprint", "institution": [{"name": "bioRxiv"}]},
            "preprint",
            "bioRxiv",
        ),
        ({"type": "posted-content", "subtype": "other"}, "other", None),
        ({"type": "posted-content", "subtype": "blog"}, "web", None),
        ({"type": "posted-content", "subtype": "report"}, "version_of_record", None),
        ({"type": "posted-content", "subtype": "of tomorrow"}, "other", None),
        ({"type": "posted-content", "institution": {"name": "medRxiv"}}, "preprint", "medRxiv"),
        ({"type": "dataset"}, "dataset", None),
        ({"type": "peer-review"}, "other", None),
        (
            {"type": "journal-article", "container-title": ["J &amp; K", "LNCS"]},
            "version_of_record",
            "J & K",
        ),
    ],
)
def test_kinds_and_containers(payload: dict[str, Any], kind: str, container: str | None) -> None:
    record = read(**payload)
    assert (record.kind, record.container) == (kind, container)


TYPES = {  # https://api.crossref.org/types
    "version_of_record": "book book-chapter book-part book-section book-set book-track dissertation"
    " edited-book journal-article monograph proceedings proceedings-article reference-book"
    " reference-entry report report-component standard",
    "preprint": "posted-content",
    "dataset": "database dataset",
    "other": "book-series component grant journal journal-issue journal-volume other peer-review"
    " proceedings-series report-series",
}


@pytest.mark.parametrize(
    ("kind", "type_"), [(kind, name) for kind, names in TYPES.items() for name in names.split()]
)
def test_each_documented_type(kind: str, type_: str) -> None:
    assert read(type=type_).kind == kind


def test_a_new_type_is_no_guess() -> None:
    record = read(type="hologram")
    assert (record.type, record.kind) == ("hologram", "other")


@pytest.mark.parametrize(
    ("relation", "same"),
    [
        ({"has-preprint": [{"id-type": "arxiv", "id": "2501.04622"}]}, ["arxiv:2501.04622"]),
        ({"has-preprint": [{"id-type": "arxiv", "id": "2302.04668v2"}]}, ["arxiv:2302.04668"]),
        (
            {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2512.07923"}]},
            ["arxiv:2512.07923"],
        ),
        ({"is-preprint-of": [{"id-type": "doi", "id": "10.1000/B"}]}, ["doi:10.1000/b"]),
        (
            {
                "is-version-of": [
                    {"id-type": "doi", "id": "10.1000/v1"},
                    {"id-type": "doi", "id": "10.1000/a"},
                ]
            },
            ["doi:10.1000/v1"],
        ),
        (
            {
                "has-preprint": [
                    {"id-type": "pmid", "id": "123"},
                    {"id-type": "doi", "id": "nonsense"},
                    {"id": None},
                ]
            },
            [],
        ),
        ({"has-review": [{"id-type": "doi", "id": "10.1000/review"}], "cites": []}, []),
        ({}, []),
    ],
)
def test_relations_join_forms_of_one_work(relation: dict[str, Any], same: list[str]) -> None:
    assert list(map(str, read(relation=relation).same_work)) == same


@pytest.mark.parametrize(("count", "piis"), [(8, range(8)), (300, (0, 299))])
def test_first_and_last_of_many_versions(count: int, piis: Sequence[int]) -> None:
    versions = [f"10.12688/f1000research.1.{number}" for number in range(count)]
    related = [{"id-type": "doi", "id": value} for value in versions]
    published = {"id-type": "doi", "id": "10.1000/b"}
    record = read(
        relation={"has-version": related, "is-preprint-of": [published], "is-same-as": related[5:6]}
    )
    assert {identifier.value for identifier in record.same_work} == {*versions, "10.1000/b"}
    rest = {identifier.value for identifier in set(record.same_work) - set(record.skip_lookup)}
    assert rest == {*(versions[number] for number in piis), versions[5], "10.1000/b"}


def test_a_compact_pii_names_the_work() -> None:
    record = read(**{"alternative-id": ["S0010482523005802", "107115", "10.1000/a"]})
    assert list(map(str, record.same_work)) == ["pii:S0010482523005802"]


def test_special_characters_are_quoted_in_the_address() -> None:
    record = Crossref().read(doi("10.1000/<a>#1"), {"DOI": "10.1000/<a>#1"})
    assert record.url == "https://doi.org/10.1000/%3Ca%3E%231"


@pytest.mark.parametrize(
    "payload",
    [
        {"title": 5},
        {"title": [None]},
        {"type": ["x"]},
        {"author": {"family": "X"}},
        {"author": [{"family": 3}]},
        {"publisher": 1},
        {"is-referenced-by-count": "3"},
        {"relation": ["x"]},
        {"DOI": None},
    ],
)
def test_unknown_shapes_are_errors(payload: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        Crossref().read(doi("10.1000/a"), {"DOI": "10.1000/a", **payload})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"message": None},
        {"message": {}},
        {"message": {"items": {}}},
        {"message": {"items": [{}]}},
    ],
)
def test_a_list_in_an_unknown_shape_is_an_error(answer: Any) -> None:
    with pytest.raises(MalformedError):
        crossref._items(answer)


@pytest.mark.parametrize("answer", [None, {}, {"message": {}}])
def test_a_work_in_an_unknown_shape_is_an_error(answer: Any) -> None:
    with pytest.raises(MalformedError):
        crossref._request_one(SimpleNamespace(works=lambda **_: answer), doi("10.1/a"))


def test_references_are_dropped() -> None:
    work = {"DOI": "x", "reference": [1], "abstract": "a", "score": 1.0}
    assert crossref._payload(Fields("crossref", work)) == {"DOI": "x", "abstract": "a"}
