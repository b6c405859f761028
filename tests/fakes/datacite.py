"""The DataCite REST API: the DOIs of one agency by list; what is not there is absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import JSONResponse, Response

from .world import Preprint, Request, ServiceName, Work, World

DEFAULT_SIZE = 25
MAX_SIZE = 1000


class DataCite:
    """The fake for api.datacite.org."""

    name: ServiceName = "datacite"

    def __init__(self, world: World) -> None:
        self.world = world

    def route(self, _: Request, /) -> str:
        return "list"

    def answer(self, request: Request, /) -> Response:
        if request.path != "/dois":
            return JSONResponse(
                {
                    "errors": [
                        {"status": "404", "title": "The resource you are looking for is gone."}
                    ]
                },
                404,
            )
        size = min(int(request.parameter("page[size]", str(DEFAULT_SIZE))), MAX_SIZE)
        dois = request.parameter("ids").lower().split(",")
        items = [item for doi in sorted(dois) if (item := self._item(doi))]
        return JSONResponse(
            {"data": items[:size], "meta": {"total": len(items), "totalPages": 1, "page": 1}}
        )

    def misuse(self, request: Request, /) -> Iterator[str]:
        if len(request.parameter("ids").split(",")) > int(
            request.parameter("page[size]", str(DEFAULT_SIZE))
        ):
            yield "page[size] is below the ids asked"

    def overload(self, request: Request, _: list[Request], /) -> Iterator[str]:
        if request.in_flight > 1:
            yield f"{request.in_flight} requests at once, more than 1"

    def refusal(self) -> Response:
        return JSONResponse({"errors": [{"status": "429", "title": "Too many requests"}]}, 429)

    def _item(self, doi: str) -> dict[str, Any] | None:
        preprint = self.world.preprints.get(doi.removeprefix("10.48550/arxiv."))
        if preprint and doi.startswith("10.48550/"):
            return _item(doi, _of_preprint(preprint))
        if self.world.agencies.get(doi) == "datacite" and doi in self.world.foreign:
            return _item(doi, _of_work(self.world.foreign[doi]))
        return None


def _item(doi: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": doi,
        "type": "dois",
        "attributes": {"doi": doi, "state": "findable", **attributes},
    }


def _of_work(work: Work) -> dict[str, Any]:
    creators = [
        {"name": person.name, "nameType": "Organizational"}
        if person.name
        else {
            "name": f"{person.family}, {person.given}",
            "nameType": "Personal",
            "givenName": person.given,
            "familyName": person.family,
            "nameIdentifiers": [
                {
                    "nameIdentifier": f"https://orcid.org/{person.orcid}",
                    "nameIdentifierScheme": "ORCID",
                }
            ]
            if person.orcid
            else [],
        }
        for person in work.authors
    ]
    return {
        "titles": [{"title": work.title}],
        "creators": creators,
        "publisher": work.publisher,
        "publicationYear": int(work.date[:4]),
        "dates": [{"date": work.date, "dateType": "Issued"}],
        "types": {"resourceTypeGeneral": work.type},
        "container": {"title": work.container} if work.container else {},
        "relatedIdentifiers": [],
        "citationCount": work.cited_by,
        **work.extra,
    }


def _of_preprint(preprint: Preprint) -> dict[str, Any]:
    published = [
        {
            "relationType": "IsVersionOf",
            "relatedIdentifierType": "DOI",
            "relatedIdentifier": preprint.doi,
        }
    ]
    return {
        "titles": [{"title": preprint.title}],
        "creators": [{"name": str(person), "nameType": "Personal"} for person in preprint.authors],
        "publisher": "arXiv",
        "publicationYear": int(preprint.versions[0].date[:4]),
        "dates": [{"date": preprint.versions[0].date, "dateType": "Submitted"}],
        "types": {"resourceTypeGeneral": "Preprint"},
        "relatedIdentifiers": published if preprint.doi else [],
    }
