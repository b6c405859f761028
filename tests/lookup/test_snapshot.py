from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest.errors import UsageError
from harvest.lookup import snapshot
from harvest.models import Author, Identifier, Record, Repository, RepositoryRecord

ROOT = Path(__file__).parents[2]
SNAPSHOT = ROOT / "cache" / "starter.jsonl"
FACTS = ROOT.parent / "shared" / "facts" / "works.jsonl"


def read(payload: dict[str, Any]) -> Record | RepositoryRecord:
    return snapshot.read(json.dumps(payload).encode())


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
def test_an_unknown_key_or_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read({"identifier": "doi:10.1000/x", "confidence": "confirmed", **wrong})


@pytest.mark.parametrize(
    "wrong", [{"title": "a work's key"}, {"stars": "5"}, {"pushed_at": "yesterday"}]
)
def test_an_unknown_key_or_shape_of_a_repository_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read({"identifier": "github:o/n", "confidence": "confirmed", **wrong})


def test_load_without_a_snapshot(tmp_path: Path) -> None:
    assert snapshot.load(tmp_path / "starter.jsonl") == {}


def test_load_keys_records_by_identifier(tmp_path: Path) -> None:
    path = tmp_path / "starter.jsonl"
    line = '{"identifier": "%s", "confidence": "confirmed"}\n'
    path.write_text(f"{line % 'doi:10.1/a'}\n{line % 'url:https://a.test/b'}")
    assert list(snapshot.load(path)) == [
        Identifier("doi", "10.1/a"),
        Identifier("url", "https://a.test/b"),
    ]


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
        '{"identifier": "doi:10.1/b"}',
        '{"identifier": "doi:10.1/a", "confidence": "confirmed"}',
    ],
)
def test_load_names_file_and_line_of_what_it_cannot_use(tmp_path: Path, line: str) -> None:
    path = tmp_path / "starter.jsonl"
    first = '{"identifier": "doi:10.1/a", "confidence": "confirmed"}'
    path.write_text(f"{first}\n{line}\n")
    with pytest.raises(UsageError, match=r"starter\.jsonl:2: "):
        snapshot.load(path)


def test_load_names_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "starter.jsonl"
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"starter\.jsonl: "):
        snapshot.load(path)


def test_no_inferred_line_asserts_an_identity() -> None:
    records = list(snapshot.load(SNAPSHOT).values())
    lines = [json.loads(line) for line in SNAPSHOT.read_text("utf-8").splitlines()]
    works = [record for record in records if isinstance(record, Record)]
    names = [line["identifier"] for line in lines]
    assert names == sorted(str(record.identifier) for record in records)
    assert len(works) == 92
    assert sum(record.title is not None for record in works) == 91
    assert len(records) - len(works) == 30
    assert all(record.provisional for record in records)
    inferred = [line for line in lines if line["confidence"] == "inferred"]
    assert len(inferred) == 8
    assert not any("same_work" in line for line in inferred)


def test_no_identity_is_asserted_of_two_works() -> None:
    works = [r for r in snapshot.load(SNAPSHOT).values() if isinstance(r, Record)]
    names = [name for record in works for name in record.same_work]
    assert len(names) == len(set(names))
    assert not {record.identifier for record in works} & set(names)


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
