"""PubMed: lists of numbers of both databases."""

from __future__ import annotations

from harvest.models import Identifier
from harvest.sources.pubmed import PubMed
from tests.live import world as examples
from tests.live.services import Services

NAME = "pubmed"
KIND = "application/json"


def summary(number: str) -> dict[str, type]:
    return {
        "result.uids": list,
        f"result.{number}.title": str,
        f"result.{number}.authors[].name": str,
        f"result.{number}.pubdate": str,
        f"result.{number}.articleids[].idtype": str,
        f"result.{number}.articleids[].value": str,
    }


def test_a_list_of_two_databases(services: Services) -> None:
    for scheme, name, number in (
        ("pubmed", examples.PMID, examples.PMID),
        ("pmc", examples.PMC, examples.PMC.removeprefix("PMC")),
    ):
        answer = services.fetch(scheme, name, source=NAME)[name]
        services.last.check(KIND, summary(number))
        record = PubMed().read(Identifier(scheme, name), answer.payload or {})
        assert record.title
        assert examples.PUBMED_DOI in {other.value for other in record.same_work}


def test_a_number_that_none_has(services: Services) -> None:
    answers = services.fetch("pubmed", examples.PMID, examples.NO_PMID, source=NAME)
    assert [answers[name].outcome for name in (examples.PMID, examples.NO_PMID)] == [
        "found",
        "not_found",
    ]
    services.last.check(KIND, {f"result.{examples.NO_PMID}.error": str})


def test_the_check_of_doctor(services: Services) -> None:
    assert services.probe(NAME)
    services.last.check(KIND)
