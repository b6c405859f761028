from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvest.config import Settings
from harvest.errors import MalformedError, UsageError
from harvest.http.clients import Http
from harvest.models import Answer, Author, Identifier, Record, Repository, RepositoryRecord
from harvest.sources import starter
from harvest.sources.starter import Starter

ROOT = Path(__file__).parents[2]
SNAPSHOT = ROOT / "cache" / "starter.jsonl"
FACTS = ROOT.parent / "shared" / "facts" / "works.jsonl"


def read(payload: dict[str, Any]) -> Record | RepositoryRecord:
    return Starter().read(Identifier.of(payload["identifier"]), payload)


def test_a_work_is_provisional_and_keeps_every_fact() -> None:
    record = read(
        {
            "identifier": "doi:10.1000/x",
            "title": "A Title",
            "authors": [{"given": "Ada", "family": "Lovelace"}, {"family": "Plato"}],
            "date": "2023-01",
            "container": "A Journal",
            "publisher": "A House",
            "type": "journal-article",
            "same_work": ["arxiv:2301.00001", "pii:S0000000000000001"],
            "confidence": "confirmed",
        }
    )
    assert record == Record(
        source="starter",
        identifier=Identifier("doi", "10.1000/x"),
        kind="version_of_record",
        type="journal-article",
        title="A Title",
        authors=(Author("Ada Lovelace", "Ada", "Lovelace"), Author("Plato", None, "Plato")),
        date="2023-01",
        container="A Journal",
        publisher="A House",
        same_work=(Identifier("arxiv", "2301.00001"), Identifier("pii", "S0000000000000001")),
        provisional=True,
    )


def test_a_repository_is_unchecked_and_keeps_every_fact() -> None:
    facts: dict[str, Any] = {
        "description": "What it is",
        "language": "Python",
        "license": "MIT",
        "created_at": "2020-01-01T00:00:00Z",
        "pushed_at": "2024-01-01T00:00:00Z",
        "default_branch": "main",
        "stars": 5,
        "forks": 0,
    }
    record = read(
        {"identifier": "github:o/n", **facts, "as_of": "2026-07-27", "confidence": "confirmed"}
    )
    assert record == RepositoryRecord(
        source="starter",
        identifier=Identifier("github", "o/n"),
        repository=Repository(
            id="github:o/n", status="unchecked", url="https://github.com/o/n", **facts
        ),
        as_of="2026-07-27",
        provisional=True,
    )


@pytest.mark.parametrize(
    ("identifier", "type_", "kind"),
    [
        ("arxiv:2301.00001", "posted-content", "preprint"),
        ("arxiv:2301.00001", None, "preprint"),
        ("doi:10.1101/x", "posted-content", "preprint"),
        ("doi:10.1000/x", "book-chapter", "version_of_record"),
        ("openreview:x", "proceedings-article", "version_of_record"),
        ("doi:10.5281/x", "dataset", "dataset"),
        ("url:https://blog.test/", "posted-content", "web"),
        ("doi:10.1000/x", "peer-review", "other"),
        ("doi:10.1000/x", None, "other"),
    ],
)
def test_kind(identifier: str, type_: str | None, kind: str) -> None:
    record = read({"identifier": identifier, "type": type_, "confidence": "confirmed"})
    assert isinstance(record, Record)
    assert record.kind == kind


@pytest.mark.parametrize(
    "wrong",
    [
        {"titel": "misspelt key"},
        {"stars": 5},
        {"date": "January 2023"},
        {"date": 2023},
        {"authors": ["A name"]},
        {"authors": [{"family": "X", "orcid": "0"}]},
        {"same_work": ["10.1000/y"]},
        {"confidence": "memory"},
    ],
)
def test_an_unknown_key_or_shape_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match=r"starter: doi:10\.1000/x: "):
        read({"identifier": "doi:10.1000/x", "confidence": "confirmed", **wrong})


@pytest.mark.parametrize(
    "wrong", [{"title": "a work's key"}, {"stars": "5"}, {"pushed_at": "yesterday"}]
)
def test_an_unknown_key_or_shape_of_a_repository_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="starter: github:o/n: "):
        read({"identifier": "github:o/n", "confidence": "confirmed", **wrong})


def test_fetch_answers_for_each_identifier_and_is_no_registry(tmp_path: Path) -> None:
    path = tmp_path / "starter.jsonl"
    path.write_text('{"identifier": "doi:10.1/a", "title": "A"}\n')
    here, elsewhere = Identifier("doi", "10.1/a"), Identifier("doi", "10.1/b")
    http = Http(Settings(starter=str(path)))
    assert list(Starter().fetch(dict.fromkeys([elsewhere, here]), http, datetime.now(UTC))) == [
        Answer(identifier=elsewhere, outcome="not_found"),
        Answer(
            identifier=here, outcome="found", payload={"identifier": "doi:10.1/a", "title": "A"}
        ),
    ]
    assert not Starter.registry


def test_load_without_a_snapshot(tmp_path: Path) -> None:
    assert starter.load(tmp_path / "starter.jsonl") == {}


def test_load_keys_payloads_by_identifier(tmp_path: Path) -> None:
    path = tmp_path / "starter.jsonl"
    path.write_text('{"identifier": "doi:10.1/a"}\n\n{"identifier": "url:https://a.test/b"}\n')
    assert starter.load(path) == {
        Identifier("doi", "10.1/a"): {"identifier": "doi:10.1/a"},
        Identifier("url", "https://a.test/b"): {"identifier": "url:https://a.test/b"},
    }


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '"identifier"',
        '{"title": "no identifier"}',
        '{"identifier": "10.1000/x"}',
        '{"identifier": 1}',
        '{"identifier": "doi:10.1/a"}',
    ],
)
def test_load_names_file_and_line_of_what_it_cannot_use(tmp_path: Path, line: str) -> None:
    path = tmp_path / "starter.jsonl"
    path.write_text(f'{{"identifier": "doi:10.1/a"}}\n{line}\n')
    with pytest.raises(UsageError, match=r"starter\.jsonl:2: "):
        starter.load(path)


def test_load_names_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "starter.jsonl"
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"starter\.jsonl: "):
        starter.load(path)


def test_the_snapshot_reads_and_asserts_no_identity_that_was_inferred() -> None:
    payloads = starter.load(SNAPSHOT)
    lines = SNAPSHOT.read_text("utf-8").splitlines()
    records = [Starter().read(identifier, payload) for identifier, payload in payloads.items()]
    works = [record for record in records if isinstance(record, Record)]
    assert [json.loads(line)["identifier"] for line in lines] == sorted(map(str, payloads))
    assert {identifier.scheme for identifier in payloads} <= Starter.schemes
    assert len(works) == 92
    assert sum(record.title is not None for record in works) == 91
    assert len(records) - len(works) == 30
    assert all(record.provisional for record in records)
    inferred = [payload for payload in payloads.values() if payload["confidence"] == "inferred"]
    assert len(inferred) == 8
    assert not any("same_work" in payload for payload in inferred)


def test_no_identity_is_asserted_of_two_works() -> None:
    payloads = starter.load(SNAPSHOT)
    asserted = [other for payload in payloads.values() for other in payload.get("same_work", ())]
    assert len(asserted) == len(set(asserted))
    assert not {*asserted} & {*map(str, payloads)}


@pytest.mark.skipif(
    not FACTS.exists(),
    reason="the facts that the snapshot was made from are not beside the checkout",
)
def test_nothing_in_the_snapshot_was_recalled_from_memory() -> None:
    text = SNAPSHOT.read_text("utf-8")
    facts = [json.loads(line) for line in FACTS.read_text("utf-8").splitlines()]
    recalled = [
        str(fact[key])
        for fact in facts
        for key in ("arxiv", "doi", "published_doi", "title")
        if fact.get(f"{key}_confidence") == "memory" or key in fact.get("memory_fields", ())
    ]
    assert len(recalled) > 5
    assert not [value for value in recalled if value.casefold() in text.casefold()]
    assert not [
        fact["id"] for fact in facts if fact["confidence"] == "unknown" and fact["id"] in text
    ]
