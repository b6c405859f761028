"""Lines of dumps become the payloads that answers of the API have."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from harvest.errors import SHAPE_ERRORS, MalformedError
from harvest.mirror.ingest import dumped
from harvest.models import Identifier, Record, RepositoryRecord

SNAPSHOT: dict[str, Any] = {
    "id": "math/0309136",
    "title": "A title\n  of two lines",
    "doi": "10.5555/A 10.5555/b",
    "comments": "Withdrawn by the author",
    "journal-ref": "J. Inv. 3 (2004)",
    "categories": "math.GT cs.LG",
    "abstract": "  We prove.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 8 Sep 2003 10:00:00 GMT"},
        {"version": "v2", "created": "Tue, 2 Mar 2004 23:30:00 GMT"},
    ],
    "update_date": "2007-05-23",
    "authors_parsed": [["Balázs", "C.", ""], ["Berger", "E. L.", "Jr.", "MIT"], ["A Group"]],
}
NODE = {
    "nameWithOwner": "Owner/Name",
    "databaseId": 7,
    "url": "https://github.com/o/n",
    "stargazerCount": 3,
}
NODE |= {"forkCount": 0, "isArchived": False, "as_of": "2026-11-20", "commits_last_year": 5}
BODY = {
    "full_name": "Owner/Name",
    "id": 7,
    "html_url": "https://github.com/o/n",
    "stargazers_count": 3,
}
BODY |= {"forks_count": 0, "archived": False, "as_of": "2026-11-20", "node_id": "not read"}
DATACITE = {"doi": "10.48550/ARXIV.2301.00001", "titles": [{"title": "T"}], "creators": []}


def from_dump(source: str, line: object) -> tuple[str, dict[str, Any], str, Any]:
    """Return what a line gives: identifier, payload, day, and the record that is read of it."""
    own = dumped()[source]
    name, text, day = own.from_dump(json.dumps(line).encode())
    payload = json.loads(text)
    return name, payload, day, own.read(Identifier.of(name), payload)


def test_a_line_of_the_snapshot_is_an_entry_of_the_feed() -> None:
    name, payload, day, record = from_dump("arxiv", SNAPSHOT)
    assert (name, day) == ("arxiv:math/0309136", "2007-05-23")
    assert payload["updated"] == "2004-03-02T23:30:00+00:00"
    assert isinstance(record, Record)
    assert (record.title, record.date, record.version) == (
        "A title of two lines",
        "2003-09-08",
        "v2",
    )
    assert [it.name for it in record.authors] == ["C. Balázs", "E. L. Berger Jr.", "A Group"]
    assert [it.value for it in record.author_claims] == ["10.5555/a", "10.5555/b"]
    assert [notice.date for notice in record.integrity] == ["2004-03-02"]
    assert (record.journal_ref, record.abstract) == ("J. Inv. 3 (2004)", "We prove.")
    assert record.subjects == ("math.GT", "cs.LG")


@pytest.mark.parametrize(("line", "commits"), [(NODE, 5), (BODY, None)])
def test_a_repository_has_the_day_on_which_it_was_seen(line: object, commits: int | None) -> None:
    name, payload, day, record = from_dump("github", line)
    assert (name, day, payload["as_of"]) == ("github:owner/name", "2026-11-20", "2026-11-20")
    assert "not read" not in str(payload)
    assert isinstance(record, RepositoryRecord)
    repository = record.repository
    assert (repository.id, repository.stars) == ("github:Owner/Name", 3)
    assert repository.commits_last_year == commits


def test_a_preprint_at_datacite_has_its_own_id() -> None:
    line = {"id": "x", "attributes": {**DATACITE, "updated": "2025-02-03T04:05:06Z", "xml": "PD8="}}
    name, payload, day, record = from_dump("datacite", line)
    assert (name, day) == ("arxiv:2301.00001", "2025-02-03")
    assert payload == DATACITE
    assert (record.title, record.kind) == ("T", "preprint")
    line["attributes"]["doi"] = "10.5281/Zenodo.1"  # type: ignore[index]
    assert from_dump("datacite", line)[0] == "doi:10.5281/zenodo.1"


@pytest.mark.parametrize("source", sorted(dumped()))
@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"7", b"{}", b'{"id": 7}', b'{"DOI": null}'])
def test_anything_else_is_reported(source: str, line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, MalformedError, *SHAPE_ERRORS)):
        dumped()[source].from_dump(line)
