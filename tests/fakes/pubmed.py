"""ESummary of NCBI's E-utilities: articles of PubMed and PubMed Central by their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import JSONResponse, Response

from .world import Article, Request, ServiceName, World

MAX_IDS = 200
MAX_A_SECOND = 3
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class PubMed:
    """The fake for eutils.ncbi.nlm.nih.gov."""

    name: ServiceName = "pubmed"

    def __init__(self, world: World) -> None:
        self.world = world

    def route(self, _: Request, /) -> str:
        return "list"

    def answer(self, request: Request, /) -> Response:
        if request.path != "/esummary.fcgi":
            return Response(b"<html><body>404 Not Found</body></html>", 404)
        database, uids = request.parameter("db"), request.parameter("id").split(",")
        if not all(uid.isdecimal() for uid in uids):
            return JSONResponse({"header": _header(), "esummaryresult": ["Invalid uid"]})
        entries = {uid: self._entry(database, uid) for uid in uids}
        return JSONResponse({"header": _header(), "result": {"uids": uids, **entries}})

    def misuse(self, request: Request, /) -> Iterator[str]:
        if not request.parameter("tool"):
            yield "no tool is named"
        ids = request.parameter("id").split(",")
        if len(ids) > MAX_IDS:
            yield f"{len(ids)} ids in one list, more than {MAX_IDS}"

    def overload(self, request: Request, earlier: list[Request], /) -> Iterator[str]:
        recent = [other for other in earlier if request.at - other.at < 0.98]
        if self.world.pacing and len(recent) >= MAX_A_SECOND:
            yield f"{len(recent) + 1} requests within a second, more than {MAX_A_SECOND}"

    def refusal(self) -> Response:
        return JSONResponse({"error": "API rate limit exceeded", "limit": "3", "count": "4"}, 429)

    def _entry(self, database: str, uid: str) -> dict[str, Any]:
        articles = self.world.articles.values()
        numbers = {
            (a.pmc or "").removeprefix("PMC") if database == "pmc" else a.pmid: a for a in articles
        }
        article = numbers.get(uid)
        if article is None:
            return {"uid": uid, "error": "cannot get document summary"}
        return {"uid": uid, **_summary(article, database), **article.extra}


def _header() -> dict[str, str]:
    return {"type": "esummary", "version": "0.3"}


def _summary(article: Article, database: str) -> dict[str, Any]:
    year, month, day = article.date.split("-")
    people = [
        {"name": person.name, "authtype": "CollectiveName", "clusterid": ""}
        if person.name
        else {
            "name": f"{person.family} {''.join(part[0] for part in (person.given or '').split())}",
            "authtype": "Author",
            "clusterid": "",
        }
        for person in article.authors
    ]
    return {
        "pubdate": f"{year} {MONTHS[int(month) - 1]} {int(day)}",
        "epubdate": "",
        "source": "J Invented",
        "authors": people,
        "title": f"{article.title}.",
        "pubtype": ["Journal Article"],
        "doctype": "citation",
        "articleids": list(_ids(article, database)),
        "fulljournalname": "Journal of Invented Results",
        "booktitle": "",
        "publishername": "",
        "sortpubdate": f"{year}/{month}/{day} 00:00",
        "vernaculartitle": "",
    }


def _ids(article: Article, database: str) -> Iterator[dict[str, object]]:
    is_pmc = database == "pmc"
    yield {"idtype": "pmid" if is_pmc else "pubmed", "idtypen": 1, "value": article.pmid or "0"}
    if article.pmc:
        yield {"idtype": "pmcid" if is_pmc else "pmc", "idtypen": 8, "value": article.pmc}
        if not is_pmc:
            yield {"idtype": "pmcid", "idtypen": 5, "value": f"pmc-id: {article.pmc};"}
    if article.doi:
        yield {"idtype": "doi", "idtypen": 3, "value": article.doi}
    yield {"idtype": "pii", "idtypen": 4, "value": "INV-1"}
