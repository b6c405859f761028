"""harvest.db and the metadata of Datasette."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harvest.dataset.publication import Publication
from harvest.errors import PublicationError
from harvest.writers.sqlite import QUERIES, SqliteWriter
from tests.support.exports import hostile, library
from tests.support.settings import ROOT
from tests.support.works import make_publication, make_work

TABLES = {
    "works", "authors", "identifiers", "facets", "repositories", "links", "manifestations",
    "mentions", "notices", "findings", "changes", "stars",
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(opened(library(), tmp_path)) as connection:
        yield connection


def opened(content: Publication, folder: Path) -> sqlite3.Connection:
    path = folder / "harvest.db"
    path.write_bytes(SqliteWriter().write(content)["harvest.db"])
    return sqlite3.connect(path)


@pytest.mark.parametrize("content", [library(), hostile(), make_publication()])
def test_the_database_is_sound(content: Publication, tmp_path: Path) -> None:
    with closing(opened(content, tmp_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute("SELECT id, title FROM works").fetchall()
        assert rows == [(work.id, work.title) for work in content.works]
        check = "INSERT INTO works_fts(works_fts, rank) VALUES ('integrity-check', 1)"
        connection.execute(check)


def test_tables_and_rows(database: sqlite3.Connection) -> None:
    for table in TABLES:
        [(count,)] = database.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # a name above
        assert count > 0, table


def test_the_index_finds_words(database: sqlite3.Connection) -> None:
    search = "SELECT works.id FROM works_fts JOIN works ON works.rowid = works_fts.rowid"
    search += " WHERE works_fts MATCH ?"
    assert database.execute(search, ["ecg synthesis"]).fetchall() == [("doi:10.1000/001",)]
    assert database.execute(search, ["goodfellow"]).fetchall() == [("arxiv:1406.2661",)]


def test_other_programs_detect_the_index(database: sqlite3.Connection) -> None:
    [(sql,)] = database.execute("SELECT sql FROM sqlite_master WHERE name = 'works_fts'")
    assert "content=[works]" in sql


def test_views(database: sqlite3.Connection) -> None:
    assert database.execute("SELECT work, kind FROM retracted").fetchall() == [
        ("doi:10.1000/004", "retraction")
    ]
    assert database.execute("SELECT repository FROM living_code").fetchall() == [
        ("github:o/alive",)
    ]
    assert database.execute("SELECT * FROM lag").fetchall() == [
        ("doi:10.1000/001", "2022-10-25", "2023-01-19")
    ]


def test_every_canned_query_runs(database: sqlite3.Connection) -> None:
    values = {"name": "method", "value": "GAN", "since": "2026-11-20"}
    results = {name: database.execute(sql, values).fetchall() for name, (_, sql) in QUERIES.items()}
    assert results["rising"] == [("github:o/alive", 2)]
    assert results["days_to_publication"][0][-1] == 86
    assert len(results["by_facet"]) == 2
    assert all(results.values())


def test_the_documented_tables_and_query(database: sqlite3.Connection) -> None:
    text = (ROOT / "docs" / "exports.md").read_text("utf-8").partition("## SQL")[2]
    names = set(re.findall(r"`(\w+)`", text.partition("```sql")[0])) - {"works_fts"}
    [*schema] = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    assert names == {name for (name,) in schema if not name.startswith("works_fts")}
    query = text.partition("```sql\n")[2].partition("```")[0]
    assert database.execute(query.replace("diffusion", "ecg")).fetchall() == [
        ("doi:10.1000/001", "GAN-based synthesis of the ECG in Zürich: 100% {new}")
    ]


def test_no_query_hides_a_table_or_view(database: sqlite3.Connection) -> None:
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    assert names.isdisjoint(QUERIES)


def test_a_value_that_stands_twice_has_one_row(tmp_path: Path) -> None:
    work = make_work(1, facets={"method": ["GAN", "GAN"]})
    with closing(opened(make_publication(work), tmp_path)) as connection:
        rows = connection.execute("SELECT name, value FROM facets").fetchall()
    assert rows == [("method", "GAN")]


def test_rows_of_the_index_are_those_of_the_works(database: sqlite3.Connection) -> None:
    """A VACUUM, or a table without row ids, would part them."""
    query = "SELECT works.title, works_fts.title FROM works, works_fts"
    rows = database.execute(f"{query} WHERE works.rowid = works_fts.rowid").fetchall()
    assert len(rows) == len(library().works)
    assert all(title == indexed for title, indexed in rows)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert SqliteWriter().write(library()) == SqliteWriter().write(library())


def test_metadata() -> None:
    metadata = json.loads(SqliteWriter().write(library())["datasette.json"])
    assert metadata["title"] == "Synthesis"
    assert metadata["license"] == "CC-BY-4.0"
    assert set(metadata["databases"]["harvest"]["queries"]) == set(QUERIES)
    assert "license" not in json.loads(SqliteWriter().write(make_publication())["datasette.json"])


def test_a_disk_without_room_stops_the_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvest.writers.sqlite.SCHEMA", "INSERT INTO nothing VALUES (1)")
    with pytest.raises(PublicationError, match="nothing"):
        SqliteWriter().write(library())
