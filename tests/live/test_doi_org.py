"""doi.org: agencies in lists, and metadata by content negotiation."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from harvest.errors import NotFoundError
from harvest.sources.doi_org import CSL, DoiOrg
from tests.fakes import World
from tests.live import world as examples
from tests.live.services import Services

NAME = "doi"
DOIS = sorted(World.of_seeds().works)


def agencies(services: Services, dois: str, accept: str = CSL) -> list[dict[str, str]]:
    client = services.http.rest(NAME, accept)
    entries: list[dict[str, str]] = services.http.ask(
        DoiOrg().route, lambda: client.get(f"/ra/{dois}")
    )
    services.last.check("application/json")
    return entries


@pytest.mark.parametrize("accept", [CSL, "application/json"])
def test_agencies_by_either_accept(services: Services, accept: str) -> None:
    [entry] = agencies(services, quote(DOIS[0]), accept)
    assert entry == {"DOI": entry["DOI"], "RA": "Crossref"}


def test_50_agencies_in_order(services: Services) -> None:
    entries = agencies(services, ",".join(map(quote, DOIS[:50])))
    assert [entry["DOI"].lower() for entry in entries] == DOIS[:50]
    assert {entry["RA"] for entry in entries} == {"Crossref"}


def test_an_unknown_doi_has_a_status(services: Services) -> None:
    [entry] = agencies(services, "10.99999/harvest.none")
    assert entry["status"] == "DOI does not exist"


def test_the_agency_of_a_comma(services: Services) -> None:
    entries = agencies(services, quote(examples.COMMA))
    assert [entry["DOI"].lower() for entry in entries] == [examples.COMMA]


def test_agencies_of_other_agencies(services: Services) -> None:
    labels = {"medra": "mEDRA", "jalc": "JaLC", "kisti": "KISTI", "op": "OP"}
    entries = agencies(services, ",".join(examples.OTHERS))
    expected = [labels[agency] for agency in examples.OTHERS.values()]
    assert [entry.get("RA") for entry in entries] == expected


@pytest.mark.parametrize("doi", examples.OTHERS)
def test_metadata_of_other_agencies(services: Services, doi: str) -> None:
    answer = services.fetch("doi", doi, source=NAME)[doi]
    assert answer.outcome == "found"
    csl = (answer.payload or {})["csl"]
    assert csl, f"no metadata: HTTP {services.last.status}"
    services.last.check(CSL, {"type": str, "title": str | list, "issued": dict})
    assert DoiOrg().read(answer.identifier, answer.payload or {}).title


def test_metadata_of_an_unknown_doi(services: Services) -> None:
    client = services.http.rest(NAME, CSL)
    with pytest.raises(NotFoundError):
        services.http.ask(DoiOrg().route, lambda: client.get("/10.99999/harvest.none"))
    services.last.check("text/html", status=404)
