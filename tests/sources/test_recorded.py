"""Each real answer beside the checkout gives a record or a typed error, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import arxiv as arxiv_library
import msgspec
import pytest

from harvest.errors import (
    BlockedError,
    MalformedError,
    NotFoundError,
    SourceError,
    TransientError,
    WithheldError,
)
from harvest.http.clients import Http
from harvest.identifiers import identify
from harvest.models import Identifier
from harvest.sources import arxiv, crossref, github
from harvest.sources.arxiv import Arxiv
from harvest.sources.base import Fields
from harvest.sources.crossref import Crossref
from harvest.sources.github import GitHub
from tests.conftest import SHARED, Serve
from tests.support.settings import make_settings

RECORDED = SHARED / "recorded"
FILES = sorted(
    path.relative_to(RECORDED).as_posix()
    for path in RECORDED.rglob("*")
    if path.suffix in {".json", ".xml", ".txt"}
)
FILES = [name for name in FILES if not name.startswith("github/schema/")]
ERRORS = {
    400: SourceError,
    401: BlockedError,
    403: SourceError,
    404: NotFoundError,
    429: TransientError,
    451: WithheldError,
}


class Recording(msgspec.Struct):
    """One recorded answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def load(name: str) -> Recording:
    body = (RECORDED / name).read_bytes()
    exchanges = [
        json.loads(line) for line in (RECORDED / "HTTP.jsonl").read_text("utf-8").splitlines()
    ]
    entry = next((line for line in exchanges if line["file"] == name), None)
    if entry is not None:
        atom = "application/atom+xml" if name.startswith("arxiv/") else "application/json"
        return Recording(entry["status"], {"Content-Type": atom, **(entry["headers"] or {})}, body)
    answer = json.loads(body)
    text = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
    return Recording(
        answer["status"],
        {"Content-Type": "application/json", **(answer["headers"] or {})},
        text.encode(),
    )


@pytest.mark.skipif(not FILES, reason="needs ../shared/recorded beside the checkout")
def test_all_recordings_are_there() -> None:
    assert len(FILES) > 200


@pytest.mark.parametrize("name", FILES)
def test_recorded(name: str, tmp_path: Path, serve: Serve) -> None:
    recording = load(name)
    headers = {
        key: value
        for key, value in recording.headers.items()
        if key.lower() in {"content-type", "location", "retry-after"}
        or key.lower().startswith("x-rate")
    }
    url = serve(lambda _: (recording.status, headers, recording.body)).url
    addresses = {"crossref": url, "arxiv": f"{url}/api/query", "github": url}
    http = Http(make_settings(tmp_path, addresses, token="t", patience=0, timeout=20))
    ask = {"crossref": ask_crossref, "arxiv": ask_arxiv, "github": ask_github}[
        name.partition("/")[0]
    ]
    if recording.status >= 500:
        expected = TransientError
    elif recording.status >= 300:  # redirects lead back to this server, or to another host
        expected = ERRORS.get(recording.status, SourceError)
    else:
        expected = None
    error = failure(ask, name, http)
    http.close()
    if expected:
        assert isinstance(error, expected), f"{type(error).__name__}: {error}"
    elif error:  # a page, an empty body or an error entry under status 200
        assert isinstance(error, TransientError | MalformedError) or "api/errors" in str(error)


def failure(ask: Callable[[str, Http], None], name: str, http: Http) -> SourceError | None:
    try:
        ask(name, http)
    except SourceError as error:
        return error
    return None


def ask_crossref(_: str, http: Http) -> None:
    client = http.crossref()
    answer = http.ask(crossref.SINGLE, lambda: client.works(ids="10.1000%2Fx"))
    message = answer["message"]
    items = message.get("items", [message]) if isinstance(message, dict) else []
    works = [
        item for item in items if isinstance(item, dict) and "DOI" in item and "agency" not in item
    ]
    for item in works:
        record = Crossref().read(
            Identifier("doi", item["DOI"].lower()), crossref._payload(Fields("crossref", item))
        )
        if record.title:
            assert record.title == " ".join(record.title.split())
            assert "<" not in record.title or not record.title.startswith("<")
        if item.get("author"):
            assert record.authors
        if record.date:
            assert 1000 < int(record.date[:4]) < 2100


def ask_arxiv(_: str, http: Http) -> None:
    client = http.arxiv()
    search = arxiv_library.Search(id_list=["1707.08567"], max_results=1000)
    client.page_size = 1000
    results = http.ask(arxiv.ROUTE, lambda: list(client.results(search)))
    for result in results[:1000]:
        identifier = identify(result.entry_id).identifier
        assert identifier is not None
        assert identifier.scheme == "arxiv"
        record = Arxiv().read(identifier, arxiv._payload(result))
        assert record.title
        assert record.authors
        assert record.date


def ask_github(name: str, http: Http) -> None:
    client = http.github()
    asked = Identifier("github", "o/n")
    if "/graphql/" in name:
        nodes = http.ask(github.ROUTE, lambda: github._query(client, [asked], github.FIELDS))
        assert isinstance(
            nodes[asked], SourceError
        )  # recorded answers have other aliases than ours
        return
    body = http.ask(github.ROUTE, lambda: client.get_repo("o/n").raw_data)
    if name.startswith("github/rest/repo-") and "stargazers_count" in body and "archived" in body:
        record = GitHub().read(asked, {"as_of": "2026-11-21", "rest": body})
        assert record.repository.id == f"github:{body['full_name']}"
