"""doi.org: whose a DOI is, in lists, and its metadata as CSL-JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from starlette.responses import HTMLResponse, JSONResponse, Response

from .world import Request, ServiceName, Work, World

LONGEST_LIST = 200  # DOIs in one list that were answered; an address of 11 kB was refused
NAMES = {
    "crossref": "Crossref", "datacite": "DataCite", "medra": "mEDRA", "jalc": "JaLC",
    "kisti": "KISTI", "istic": "ISTIC", "cnki": "CNKI", "op": "OP",
}  # fmt: skip
CSL = "application/vnd.citationstyles.csl+json"


class DoiOrg:
    """The fake for doi.org."""

    name: ServiceName = "doi"

    def __init__(self, world: World) -> None:
        self.world = world

    def route(self, request: Request, /) -> str:
        return "agency" if request.path.startswith("/ra/") else "metadata"

    def answer(self, request: Request, /) -> Response:
        if request.route == "agency":
            path = request.path if self.world.cuts_encoded_commas else request.target
            return JSONResponse(
                [self._agency(unquote(doi)) for doi in path.removeprefix("/ra/").split(",")]
            )
        doi = request.path[1:].lower()
        work = self.world.works.get(doi) or self.world.foreign.get(doi)
        if CSL not in request.headers.get("accept", "") or work is None:
            return HTMLResponse("<html><body>DOI Not Found</body></html>", 404)
        if work.extra.get("silent"):
            return Response(b"", 204)
        return Response(JSONResponse(_csl(work)).body, headers={"content-type": CSL})

    def misuse(self, request: Request, /) -> Iterator[str]:
        if request.path.count(",") >= LONGEST_LIST:
            yield f"{request.path.count(',') + 1} DOIs in one list, more than {LONGEST_LIST}"

    def overload(self, request: Request, _: list[Request], /) -> Iterator[str]:
        if request.in_flight > 1:
            yield f"{request.in_flight} requests at once, more than 1"

    def refusal(self) -> Response:
        return HTMLResponse("<html><body>Too many requests</body></html>", 429)

    def _agency(self, doi: str) -> dict[str, str]:
        if not doi.startswith("10.") or "/" not in doi:
            return {"DOI": doi, "status": "Invalid DOI"}
        if doi.lower() in self.world.works:
            return {"DOI": doi, "RA": "Crossref"}
        agency = self.world.agencies.get(doi.lower())
        return (
            {"DOI": doi, "RA": NAMES[agency]}
            if agency
            else {"DOI": doi, "status": "DOI does not exist"}
        )


def _csl(work: Work) -> dict[str, Any]:
    people = [
        {"given": p.given, "family": p.family} if p.family else {"literal": str(p)}
        for p in work.authors
    ]
    return {
        "type": work.type,
        "DOI": work.doi,
        "title": work.title,
        "author": people,
        "issued": {"date-parts": [[int(part) for part in work.date.split("-")]]},
        "container-title": work.container,
        "publisher": work.publisher,
        **work.extra,
    }
