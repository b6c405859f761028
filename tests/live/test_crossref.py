"""Crossref: lists, single records, notices, and the headers of its pools."""

from __future__ import annotations

import pytest

from harvest.errors import NotFoundError, SourceError
from harvest.identifiers import identify
from harvest.models import Identifier
from harvest.sources import crossref
from harvest.sources.crossref import Crossref
from tests.fakes import World
from tests.live import world as examples
from tests.live.services import Services

NAME = "crossref"
RATES = ("x-rate-limit-limit", "x-concurrency-limit")
WORK = {
    "DOI": str,
    "type": str,
    "title[]": str,
    "publisher": str,
    "is-referenced-by-count": int,
    "issued.date-parts[]": list,
    "author[].sequence": str,
    "URL": str,
}
SINGLE = {"status": str, "message-type": str, **{f"message.{p}": k for p, k in WORK.items()}}
LISTED = ("DOI", "type", "title[]", "publisher", "is-referenced-by-count", "issued.date-parts[]")
LIST = {
    "status": str,
    "message-type": str,
    "message.total-results": int,
    **{f"message.items[].{path}": WORK[path] for path in LISTED},
}
DOIS = sorted(World.of_seeds().works)


def outcomes(services: Services, *dois: str) -> list[str]:
    answers = services.fetch("doi", *dois, source=NAME)
    return [answers[doi].outcome for doi in dois]


def test_a_list_of_50_dois(services: Services) -> None:
    assert outcomes(services, *DOIS[:50]) == ["found"] * 50
    services.exchanges[0].check("application/json", LIST)
    assert services.exchanges[0].json()["message"]["total-results"] >= 48  # the index has holes


def test_a_list_leaves_out_what_is_unknown(services: Services) -> None:
    dois = [DOIS[0], examples.UNKNOWN, examples.DATACITE]
    assert outcomes(services, *dois) == ["found", "not_found", "not_found"]
    services.exchanges[0].check("application/json", LIST)
    assert [exchange.status for exchange in services.exchanges] == [200, 404, 404]


def test_an_unknown_doi_is_a_plain_404(services: Services) -> None:
    client = services.http.crossref()
    with pytest.raises(NotFoundError):
        services.http.ask(crossref.SINGLE, lambda: client.works(ids=examples.UNKNOWN))
    services.last.check("text/plain", status=404)
    assert services.last.body.strip() == b"Resource not found."


def test_a_single_record(services: Services) -> None:
    client = services.http.crossref()
    services.http.ask(crossref.SINGLE, lambda: client.works(ids=DOIS[0]))
    services.last.check("application/json", SINGLE)


def test_a_sici_in_a_list(services: Services) -> None:
    assert outcomes(services, DOIS[0], examples.SICI) == ["found", "found"]


def test_an_alias_redirects(services: Services) -> None:
    answers = services.fetch("doi", examples.ALIAS, source=NAME)
    assert answers[examples.ALIAS].outcome == "found"
    moved, target = services.exchanges[-2:]
    assert (moved.status, target.status) == (301, 200)
    assert moved.headers["location"].startswith("/works/")
    payload = answers[examples.ALIAS].payload or {}
    assert identify(f"doi:{payload['DOI']}").identifier != Identifier("doi", examples.ALIAS)


def test_a_doi_with_a_comma_alone(services: Services) -> None:
    assert outcomes(services, examples.COMMA) == ["found"]
    services.last.check("application/json", {"message.DOI": str})


def test_a_comma_splits_a_filter(services: Services) -> None:
    client = services.http.crossref()
    with pytest.raises(SourceError):
        services.http.ask(
            Crossref().route, lambda: client.works(filter={"doi": [examples.COMMA]}, limit=1)
        )
    shape = {"status": str, "message-type": str, "message[].type": str, "message[].message": str}
    services.last.check("application/json", shape, status=400)


def test_an_unknown_filter_is_refused(services: Services) -> None:
    client = services.http.rest(NAME)
    with pytest.raises(SourceError):
        services.http.ask(
            Crossref().route, lambda: client.get("/works", {"filter": "x:y", "rows": "1"})
        )
    services.last.check("application/json", {"message[].type": str}, status=400)


@pytest.mark.parametrize("count", [1, 2])
def test_piis_through_alternative_id(services: Services, count: int) -> None:
    piis = list(examples.PIIS)[:count]
    answers = services.search(NAME, *(Identifier("pii", pii) for pii in piis))
    works = [set((answer.payload or {})["items"]) for answer in answers]
    assert works == [{examples.PIIS[pii]} for pii in piis]
    services.last.check("application/json", {"message.items[].alternative-id[]": str})
    assert len(services.exchanges) == 1


def test_a_retraction_is_an_update(services: Services) -> None:
    answer = services.fetch("doi", examples.RETRACTED, source=NAME)[examples.RETRACTED]
    updates = "message.items[].updated-by[]"
    shape = {f"{updates}.DOI": str, f"{updates}.type": str, f"{updates}.source": str}
    services.exchanges[0].check("application/json", shape)
    record = Crossref().read(answer.identifier, answer.payload or {})
    assert "retraction" in {notice.kind for notice in record.integrity}


def test_a_notice_may_point_at_itself(services: Services) -> None:
    services.fetch("doi", examples.SELF_CORRECTED, source=NAME)
    updates = "message.items[].update-to[]"
    services.exchanges[0].check("application/json", {f"{updates}.DOI": str, f"{updates}.type": str})
    [item] = services.exchanges[0].json()["message"]["items"]
    assert examples.SELF_CORRECTED in {update["DOI"].lower() for update in item["update-to"]}


def test_a_title_search_has_scores(services: Services) -> None:
    question = Crossref().question("Diffusion models in medical imaging survey", "Kazerouni", 2023)
    [answer] = services.search(NAME, question)
    assert answer.outcome == "found"
    services.last.check("application/json", {"message.items[].score": int | float})
    assert len(services.last.json()["message"]["items"]) == 2


def test_the_agency_of_a_doi(services: Services) -> None:
    assert "allows" in services.probe(NAME)
    services.last.check("application/json", {"message.DOI": str, "message.agency.id": str})


@pytest.mark.parametrize(("mailto", "pool"), [(True, "polite"), (False, "public")])
def test_the_pool_of_an_agent(services: Services, mailto: bool, pool: str) -> None:
    if mailto:
        services.need("mailto")
    else:
        services.become(mailto=None)
    services.fetch("doi", DOIS[0], source=NAME)
    array = services.last
    services.probe(NAME)
    single = services.last
    limits = {"polite": (3, 10), "public": (1, 5)}[pool]
    for exchange, route, limit in zip((array, single), ("array", "single"), limits, strict=True):
        exchange.check_numbers(*RATES)
        assert exchange.headers["x-api-pool"] == f"{pool}-{route}"
        assert int(exchange.headers["x-rate-limit-limit"]) >= limit
        assert exchange.headers["x-rate-limit-interval"] == "1s"


def test_the_pool_of_a_parameter(services: Services) -> None:
    services.need("mailto")
    mailto = str(services.http.settings.mailto)
    services.become(mailto=None)
    client = services.http.rest(NAME)
    services.http.ask(
        Crossref().route, lambda: client.get("/works", {"rows": "1", "mailto": mailto})
    )
    assert services.last.headers["x-api-pool"] == "polite-array"


def test_an_address_of_5_kb(services: Services) -> None:
    services.tolerated += ["DOIs in one list", "a URL of"]
    invented = [f"{examples.UNKNOWN}.{number:04}" for number in range(110)]
    dois = ",".join(f"doi:{doi}" for doi in [DOIS[0], *invented])
    client = services.http.rest(NAME)
    services.http.ask(Crossref().route, lambda: client.get("/works", {"filter": dois, "rows": "1"}))
    services.last.check("application/json", {"message.items[].DOI": str})
    assert 4_500 < len(services.last.url) < 6_000
