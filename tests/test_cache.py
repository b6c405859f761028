"""The cache keeps answers across runs, and never a failure."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvest.cache import FILE, Cache
from harvest.models import Answer, Identifier

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DOI = Identifier("doi", "10.1000/x")
GONE = Identifier("doi", "10.1000/gone")


def test_answers_survive_the_process(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new" / "folder")
    found = Answer(identifier=DOI, outcome="found", payload={"title": ["Ü"]})
    cache.put("crossref", [found, Answer(identifier=GONE, outcome="not_found")], NOW)
    cache.close()
    again = Cache(tmp_path / "new" / "folder")
    kept = again.get("crossref", [DOI, GONE, Identifier("doi", "10.1000/never")])
    again.close()
    assert kept[DOI].payload == {"title": ["Ü"]}
    assert kept[DOI].retrieved_at == NOW
    assert kept[GONE].outcome == "not_found"
    assert kept[GONE].payload is None
    assert len(kept) == 2


def test_sources_do_not_see_each_other(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Answer(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("datacite", [DOI]) == {}
    cache.close()


def test_a_failure_leaves_the_last_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Answer(identifier=DOI, outcome="found", payload={})], NOW)
    cache.put("crossref", [Answer(identifier=DOI, outcome="failed", error="HTTP 500")], NOW + timedelta(days=1))
    kept = cache.get("crossref", [DOI])[DOI]
    assert (kept.outcome, kept.retrieved_at) == ("found", NOW)
    cache.close()


def test_a_newer_answer_replaces_the_older(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for day, outcome in enumerate(("found", "not_found")):
        cache.put("github", [Answer(identifier=DOI, outcome=outcome)], NOW + timedelta(days=day))
    assert cache.get("github", [DOI])[DOI].outcome == "not_found"
    cache.close()


def test_age_is_never_negative(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Answer(identifier=DOI, outcome="not_found")], NOW)
    kept = cache.get("crossref", [DOI])[DOI]
    assert kept.age(NOW - timedelta(days=9)) == timedelta(0)
    assert kept.age(NOW + timedelta(days=9)) == timedelta(days=9)
    cache.close()


def test_nothing_is_pickled(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Answer(identifier=DOI, outcome="found", payload={"a": 1})], NOW)
    cache.close()
    db = sqlite3.connect(tmp_path / FILE)
    assert db.execute("SELECT payload FROM answer").fetchone() == ('{"a":1}',)
    db.close()


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        cache = Cache(tmp_path / "file" / "cache")
    cache.put("crossref", [Answer(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("crossref", [DOI])
    assert "--cache" in caplog.text
    cache.close()
