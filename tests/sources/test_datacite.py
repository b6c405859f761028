"""DataCite asked through the fake for what Crossref and arXiv deny, and its records read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.models import Author, Identifier
from harvest.sources import datacite
from harvest.sources.datacite import DataCite
from tests.fakes import FakeServices, Fault, Person, Work, World
from tests.fakes.world import BROKEN
from tests.support.replies import NOW

ZENODO = Work(
    doi="10.5281/zenodo.7551714",
    title="Trained models",
    authors=[Person("Ada", "Lovelace", orcid="0000-0002-1825-0097"), Person(name="The Consortium")],
    date="2023-01-20",
    type="Dataset",
    publisher="Zenodo",
    cited_by=4,
)


@pytest.fixture(autouse=True)
def register(world: World) -> None:
    world.foreign[ZENODO.doi] = ZENODO
    world.agencies[ZENODO.doi] = "datacite"


def outcomes(http: Http, *names: str) -> dict[str, str]:
    answers = DataCite().fetch(dict.fromkeys([Identifier.of(name) for name in names]), http, NOW)
    return {str(answer.identifier): answer.outcome for answer in answers}


def test_dois_and_arxiv_ids_are_one_list(http: Http, fakes: FakeServices) -> None:
    names = [f"doi:{ZENODO.doi}", "arxiv:2006.11239", "doi:10.9999/none", "arxiv:2001.99999"]
    assert list(outcomes(http, *names).values()) == ["found", "found", "not_found", "not_found"]
    assert fakes.count("datacite") == 1
    assert fakes.violations == []


def test_a_comma_does_not_spoil_the_list(http: Http, fakes: FakeServices) -> None:
    assert outcomes(http, "doi:10.1/a,b", f"doi:{ZENODO.doi}")[f"doi:{ZENODO.doi}"] == "found"
    assert fakes.count("datacite") == 2


@pytest.mark.parametrize("extra", [{"titles": [{"title": BROKEN}]}, {"doi": 5}])
def test_one_broken_record_fails_alone(
    extra: dict[str, Any], http: Http, world: World, fakes: FakeServices
) -> None:
    odd = msgspec.structs.replace(ZENODO, doi="10.5281/zenodo.1", extra=extra)
    world.foreign[odd.doi], world.agencies[odd.doi] = odd, "datacite"
    names = [f"doi:{odd.doi}", f"doi:{ZENODO.doi}", "doi:10.9999/none", "arxiv:2006.11239"]
    answers = outcomes(http, *names)
    assert [answers[name] for name in names] == ["failed", "found", "not_found", "found"]
    assert fakes.count("datacite") == 5
    assert http.down == {}


def test_a_failure_is_no_absence(http: Http, world: World) -> None:
    world.faults = [Fault("datacite", "500")]
    assert outcomes(http, f"doi:{ZENODO.doi}") == {f"doi:{ZENODO.doi}": "failed"}


def test_a_record(http: Http) -> None:
    (answer,) = DataCite().fetch(dict.fromkeys([Identifier("doi", ZENODO.doi)]), http, NOW)
    record = DataCite().read(answer.identifier, answer.payload or {})
    assert (record.title, record.type, record.kind) == ("Trained models", "dataset", "dataset")
    assert record.authors == (
        Author("Ada Lovelace", "Ada", "Lovelace", "0000-0002-1825-0097"),
        Author("The Consortium"),
    )
    assert (record.date, record.publisher, record.cited_by) == ("2023-01-20", "Zenodo", 4)


def test_a_preprint_names_its_published_form(http: Http, world: World) -> None:
    world.preprints["2006.11239"].doi = "10.1000/published"
    (answer,) = DataCite().fetch(dict.fromkeys([Identifier("arxiv", "2006.11239")]), http, NOW)
    record = DataCite().read(answer.identifier, answer.payload or {})
    assert record.kind == "preprint"
    assert list(map(str, record.author_claims)) == ["doi:10.1000/published"]


def read(**attributes: Any) -> Any:
    return DataCite().read(Identifier("doi", "10.5281/z"), {"doi": "10.5281/z", **attributes})


@pytest.mark.parametrize(
    ("attributes", "date"),
    [
        ({"publicationYear": 2020}, "2020"),
        (
            {
                "publicationYear": 2020,
                "dates": [{"date": "2020-05-06T01:02:03Z", "dateType": "Issued"}],
            },
            "2020-05-06",
        ),
        (
            {
                "dates": [
                    {"date": "2019-01", "dateType": "Available"},
                    {"date": "2018", "dateType": "Created"},
                ]
            },
            "2019-01",
        ),
        ({"dates": [{"date": "soon", "dateType": "Issued"}]}, None),
        ({}, None),
    ],
)
def test_dates(attributes: dict[str, Any], date: str | None) -> None:
    assert read(**attributes).date == date


@pytest.mark.parametrize(
    ("kind", "number", "issn", "isbn"),
    [
        ("ISBN", "978-3-16-148410-0", (), ("9783161484100",)),
        ("isbn", "316148410X", (), ("316148410X",)),
        ("ISBN", "978-3-16-148410-X", (), ()),
        ("ISSN", "1234-5678", ("1234-5678",), ()),
        ("DOI", "10.1000/a", (), ()),
    ],
)
def test_numbers_of_a_container(kind: str, number: str, issn: Any, isbn: Any) -> None:
    record = read(container={"identifierType": kind, "identifier": number})
    assert (record.issn, record.isbn) == (issn, isbn)


@pytest.mark.parametrize(
    ("relation", "kind", "value", "same"),
    [
        ("IsVersionOf", "DOI", "10.1000/A", ["doi:10.1000/a"]),
        ("IsPreprintOf", "arXiv", "arXiv:2301.00001", ["arxiv:2301.00001"]),
        ("Cites", "DOI", "10.1/a", []),
        ("IsVersionOf", "URL", "https://x.org", []),
        ("IsVersionOf", "DOI", "10.5281/z", []),
        ("IsVersionOf", "DOI", None, []),
    ],
)
def test_relations(relation: str, kind: str, value: str | None, same: list[str]) -> None:
    related = {
        "relationType": relation,
        "relatedIdentifierType": kind,
        "relatedIdentifier": value,
    }
    record = read(relatedIdentifiers=[related])
    assert list(map(str, record.same_work)) == same


def test_a_release_series_is_named_and_not_asked(http: Http, world: World) -> None:
    versions = [f"10.5281/zenodo.{number}" for number in range(900, 1200)]
    relation = {"relatedIdentifierType": "DOI", "relationType": "HasVersion"}
    related = [relation | {"relatedIdentifier": value} for value in versions]
    related.append(
        {**relation, "relationType": "IsVersionOf", "relatedIdentifier": "10.1000/paper"}
    )
    world.foreign[ZENODO.doi] = msgspec.structs.replace(
        ZENODO, extra={"relatedIdentifiers": related}
    )
    (answer,) = DataCite().fetch(dict.fromkeys([Identifier("doi", ZENODO.doi)]), http, NOW)
    record = DataCite().read(answer.identifier, answer.payload or {})
    assert {identifier.value for identifier in record.same_work} == {*versions, "10.1000/paper"}
    rest = {identifier.value for identifier in set(record.same_work) - set(record.skip_lookup)}
    assert rest == {versions[0], versions[-1], "10.1000/paper"}


def test_names_titles_and_containers() -> None:
    record = read(
        titles=[
            {"title": "Main"},
            {"title": "Sub", "titleType": "Subtitle"},
            {"title": "X", "titleType": "Other"},
        ],
        creators=[
            {"name": "Lovelace, Ada"},
            {"name": "A, B, C"},
            {"name": "Org, Inc", "nameType": "Organizational"},
            {},
        ],
        container={"title": "Series"},
        publisher={"name": "House"},
        types={"resourceTypeGeneral": "JournalArticle"},
    )
    assert record.title == "Main: Sub"
    assert [author.name for author in record.authors] == ["Ada Lovelace", "A, B, C", "Org, Inc"]
    assert (record.container, record.publisher, record.type) == (
        "Series",
        "House",
        "journal-article",
    )
    assert (
        read(types={"resourceTypeGeneral": "ComputationalNotebook"}).type
        == "computational-notebook"
    )


@pytest.mark.parametrize(
    "attributes",
    [
        {"titles": {"title": "x"}},
        {"titles": ["x"]},
        {"creators": [5]},
        {"publisher": 5},
        {"container": ["x"]},
        {"citationCount": "4"},
    ],
)
def test_unknown_shapes_are_errors(attributes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        read(**attributes)


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        {},
        {"data": {}},
        {"data": [None]},
        {"data": [{}]},
        {"data": [{"attributes": []}]},
        {"data": [{"attributes": {"doi": None}}]},
    ],
)
def test_a_list_in_an_unknown_shape_is_an_error(response: Any) -> None:
    with pytest.raises(MalformedError):
        datacite._items(response)


TYPES = {  # DataCite Metadata Schema 4.6, resourceTypeGeneral
    "version_of_record": "Book BookChapter ConferencePaper ConferenceProceeding DataPaper"
    " Dissertation JournalArticle Report Standard",
    "preprint": "Preprint",
    "dataset": "Dataset",
    "other": "Audiovisual Award Collection ComputationalNotebook Event Hologram Image Instrument"
    " InteractiveResource Journal Model Other OutputManagementPlan PeerReview PhysicalObject"
    " Project Service Software Sound StudyRegistration Text Workflow",
}


@pytest.mark.parametrize(
    ("kind", "type_"), [(kind, name) for kind, names in TYPES.items() for name in names.split()]
)
def test_each_documented_type(kind: str, type_: str) -> None:
    assert read(types={"resourceTypeGeneral": type_}).kind == kind


def test_a_part_or_a_supplement_is_another_work() -> None:
    relations = [
        {
            "relationType": name,
            "relatedIdentifierType": "DOI",
            "relatedIdentifier": f"10.1000/{name}",
        }
        for name in ("IsPartOf", "IsSupplementTo", "Reviews", "Cites")
    ]
    others = {it.value for it in read(relatedIdentifiers=relations).other_works}
    assert others == {"10.1000/ispartof", "10.1000/issupplementto", "10.1000/reviews"}
