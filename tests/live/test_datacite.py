"""DataCite: lists of DOIs."""

from __future__ import annotations

from harvest.models import Identifier
from harvest.sources.datacite import DataCite
from tests.fakes import World
from tests.live import world as examples
from tests.live.services import Services

NAME = "datacite"
KIND = "application/json"
ITEM = {
    "data[].id": str,
    "data[].attributes.doi": str,
    "data[].attributes.titles[].title": str,
    "data[].attributes.creators[].name": str,
    "data[].attributes.publicationYear": int,
    "data[].attributes.types.resourceTypeGeneral": str,
    "data[].attributes.relatedIdentifiers": list,
    "meta.total": int,
}
PREPRINTS = sorted(World.of_seeds().preprints)


def test_a_list_of_50(services: Services) -> None:
    answers = services.fetch("arxiv", *PREPRINTS[:50], source=NAME)
    assert {answer.outcome for answer in answers.values()} == {"found"}
    [page] = services.exchanges
    page.check(KIND, ITEM)
    assert page.json()["meta"]["total"] == 50


def test_a_list_leaves_out_what_is_absent(services: Services) -> None:
    dois = [examples.DATACITE, examples.UNKNOWN]
    answers = services.fetch("doi", *dois, source=NAME)
    assert [answers[doi].outcome for doi in dois] == ["found", "not_found"]
    services.last.check(KIND, {"data[].attributes.doi": str})


def test_a_doi_of_crossref_is_absent(services: Services) -> None:
    answers = services.fetch("doi", "10.1038/s41598-022-05539-7", source=NAME)
    assert {answer.outcome for answer in answers.values()} == {"not_found"}
    services.last.check(KIND, {"data": list, "meta.total": int})


def test_a_zenodo_concept_has_versions(services: Services) -> None:
    answer = services.fetch("doi", examples.ZENODO, source=NAME)[examples.ZENODO]
    relations = "data[].attributes.relatedIdentifiers[]"
    shape = {f"{relations}.relationType": str, f"{relations}.relatedIdentifier": str}
    services.last.check(KIND, shape)
    record = DataCite().read(Identifier("doi", examples.ZENODO), answer.payload or {})
    assert record.same_work


def test_a_preprint_in_capitals(services: Services) -> None:
    client = services.http.rest(NAME)
    ids = {"ids": "10.48550/arXiv.2006.11239", "page[size]": "1"}
    services.http.ask(DataCite().route, lambda: client.get("/dois", ids))
    services.last.check(KIND, ITEM)
    assert services.last.json()["data"][0]["id"].lower() == "10.48550/arxiv.2006.11239"


def test_the_check_of_doctor(services: Services) -> None:
    assert services.probe(NAME)
    services.last.check(KIND)
