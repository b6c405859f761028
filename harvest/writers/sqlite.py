"""harvest.db: the publication as a SQLite database with full-text search, and its metadata.

`datasette harvest.db --metadata datasette.json` serves it. The search index is one that Datasette
and sqlite-utils detect: external content, its table named in square brackets.
https://www.sqlite.org/fts5.html#external_content_tables
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harvest.dataset import change_log, encoding, stars
from harvest.dataset.fields import is_retracted
from harvest.dataset.publication import FINDING_COLUMNS, Publication
from harvest.errors import PublicationError
from harvest.models import Repository, Work
from harvest.writers.base import Writer

Row = tuple[Any, ...]

_PIECE = 1 << 20  # bytes

# What a work or repository has once; lists have tables of their own or are joined by "; ".
WORK = (
    "id", "key", "status", "type", "title", "date", "year", "container", "series", "publisher",
    "volume", "issue", "pages", "article_number", "journal_ref", "language", "license", "cited_by",
    "abstract", "stale_since",
)  # fmt: skip
REPOSITORY = (
    "id", "status", "repository_id", "url", "description", "language", "license", "stars", "forks",
    "open_issues", "created_at", "pushed_at", "archived", "fork_of", "default_branch",
    "latest_release", "commits_last_year", "activity", "source", "stale_since", "missing_since",
)  # fmt: skip
_WORK, _REPOSITORY = attrgetter(*WORK), attrgetter(*REPOSITORY)
SCHEMA = """
CREATE TABLE works (
    id TEXT PRIMARY KEY, key TEXT UNIQUE, status TEXT NOT NULL, type TEXT, title TEXT, date TEXT,
    year INTEGER, container TEXT, series TEXT, publisher TEXT, volume TEXT, issue TEXT, pages TEXT,
    article_number TEXT, journal_ref TEXT, language TEXT, license TEXT, cited_by INTEGER,
    abstract TEXT, stale_since TEXT, authors TEXT NOT NULL, retracted INTEGER NOT NULL
);
CREATE TABLE authors (
    work TEXT NOT NULL REFERENCES works(id), position INTEGER NOT NULL, name TEXT NOT NULL,
    given TEXT, family TEXT, orcid TEXT, PRIMARY KEY (work, position)
);
CREATE TABLE identifiers (
    work TEXT NOT NULL REFERENCES works(id), scheme TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (work, scheme, value)
);
CREATE TABLE facets (
    work TEXT NOT NULL REFERENCES works(id), name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (work, name, value)
);
CREATE TABLE manifestations (
    work TEXT NOT NULL REFERENCES works(id), identifier TEXT NOT NULL, kind TEXT NOT NULL,
    date TEXT, url TEXT NOT NULL, PRIMARY KEY (work, identifier)
);
CREATE TABLE notices (
    work TEXT NOT NULL REFERENCES works(id), kind TEXT NOT NULL, notice TEXT, date TEXT,
    source TEXT NOT NULL
);
CREATE TABLE mentions (
    work TEXT NOT NULL REFERENCES works(id), list TEXT NOT NULL, line INTEGER NOT NULL,
    section TEXT NOT NULL, title TEXT, authors TEXT, date TEXT, url TEXT NOT NULL,
    label TEXT NOT NULL
);
CREATE TABLE repositories (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, repository_id INTEGER, url TEXT NOT NULL,
    description TEXT, language TEXT, license TEXT, stars INTEGER, forks INTEGER,
    open_issues INTEGER, created_at TEXT, pushed_at TEXT, archived INTEGER, fork_of TEXT,
    default_branch TEXT, latest_release TEXT, commits_last_year INTEGER, activity TEXT NOT NULL,
    source TEXT, stale_since TEXT, missing_since TEXT, topics TEXT NOT NULL
);
CREATE TABLE links (
    work TEXT NOT NULL REFERENCES works(id),
    repository TEXT NOT NULL REFERENCES repositories(id),
    role TEXT NOT NULL, PRIMARY KEY (work, repository, role)
);
CREATE TABLE findings (
    list TEXT NOT NULL, line INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
);
CREATE TABLE changes (
    date TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, cause TEXT NOT NULL, title TEXT,
    before, after
);
CREATE TABLE stars (
    date TEXT NOT NULL, repository_id INTEGER NOT NULL, repository TEXT NOT NULL,
    stars INTEGER NOT NULL, forks INTEGER NOT NULL
);
CREATE VIEW living_code AS
    SELECT works.id AS work, works.title, works.year, repositories.id AS repository,
           repositories.stars, repositories.activity, repositories.pushed_at
    FROM links JOIN works ON works.id = links.work
    JOIN repositories ON repositories.id = links.repository
    WHERE links.role = 'code' AND repositories.activity IN ('active', 'slow')
    ORDER BY repositories.stars DESC;
CREATE VIEW retracted AS
    SELECT works.id AS work, works.title, works.year, notices.kind, notices.notice, notices.date
    FROM notices JOIN works ON works.id = notices.work
    WHERE notices.kind IN ('retraction', 'withdrawal');
CREATE VIEW lag AS
    SELECT work, min(CASE kind WHEN 'preprint' THEN date END) AS preprint,
           min(CASE kind WHEN 'version_of_record' THEN date END) AS published
    FROM manifestations GROUP BY work HAVING preprint IS NOT NULL AND published IS NOT NULL;
CREATE VIRTUAL TABLE works_fts USING fts5(title, authors, container, abstract, content=[works]);
"""
INDEXES = """
CREATE INDEX works_year ON works(year);
CREATE INDEX authors_name ON authors(name);
CREATE INDEX identifiers_value ON identifiers(value);
CREATE INDEX facets_value ON facets(name, value);
CREATE INDEX mentions_work ON mentions(work);
CREATE INDEX mentions_list ON mentions(list, line);
CREATE INDEX notices_work ON notices(work);
CREATE INDEX links_repository ON links(repository);
CREATE INDEX findings_list ON findings(list, line);
CREATE INDEX changes_id ON changes(id);
CREATE INDEX stars_repository ON stars(repository_id, date);
"""
QUERIES = {
    "works_with_living_code": ("Works whose code is alive", "SELECT * FROM living_code"),
    "retracted_works": ("Retracted and withdrawn works", "SELECT * FROM retracted"),
    "days_to_publication": ("Days from preprint to publication, where both days are known", (
        "SELECT works.title, lag.*, julianday(published) - julianday(preprint) AS days FROM lag"
        " JOIN works ON works.id = lag.work WHERE length(preprint) = 10 AND length(published) = 10"
        " ORDER BY days"
    )),
    "by_facet": ("Works of a facet", (
        "SELECT works.id, works.title, works.year FROM facets JOIN works ON works.id = facets.work"
        " WHERE facets.name = :name AND facets.value = :value ORDER BY works.year DESC"
    )),
    "rising": ("Stars gained since a day", (
        "WITH days AS (SELECT repository_id AS id, min(date) AS first, max(date) AS last"
        " FROM stars WHERE date >= :since GROUP BY repository_id)"
        " SELECT new.repository, new.stars - old.stars AS gained FROM days"
        " JOIN stars AS old ON old.repository_id = days.id AND old.date = days.first"
        " JOIN stars AS new ON new.repository_id = days.id AND new.date = days.last"
        " WHERE gained > 0 ORDER BY gained DESC"
    )),
}  # fmt: skip
TABLES: dict[str, Callable[[Publication], Iterable[Row]]] = {
    "works": lambda it: map(_work, it.works),
    "authors": lambda it: _of_works(it, _authors),
    "identifiers": lambda it: _of_works(it, lambda work: _pairs(work.identifiers)),
    "facets": lambda it: _of_works(it, lambda work: _pairs(work.facets)),
    "manifestations": lambda it: _of_works(it, _manifestations),
    "notices": lambda it: _of_works(it, _notices),
    "mentions": lambda it: _of_works(it, _mentions),
    "repositories": lambda it: map(_repository, it.repositories),
    "links": lambda it: _of_works(it, _links),
    "findings": lambda it: map(attrgetter(*FINDING_COLUMNS), it.findings),
    "changes": lambda it: map(attrgetter(*change_log.COLUMNS), it.changes),
    "stars": lambda it: map(attrgetter(*stars.COLUMNS), it.stars),
}


class SqliteWriter(Writer):
    """harvest.db and datasette.json."""

    name = "db"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return both files."""
        return {name: b"".join(pieces) for name, pieces in self.pieces(publication).items()}

    def pieces(self, publication: Publication) -> dict[str, Iterable[bytes]]:
        """Return both files."""
        description = encoding.indented(metadata(publication))
        return {"harvest.db": _pieces_of_database(publication), "datasette.json": [description]}


def _pieces_of_database(publication: Publication) -> Iterator[bytes]:
    """Yield the database, made in a file, since in memory it would stand twice."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "harvest.db")
        _make_database(publication, path)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _make_database(publication: Publication, path: Path) -> None:
    """Write the database. Raises PublicationError where there is no room for it."""
    try:
        with closing(sqlite3.connect(path)) as database, database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            database.executescript(SCHEMA)
            for table, rows in TABLES.items():
                _fill(database, table, rows(publication))
            database.executescript(INDEXES)  # sorted at once, a tenth faster than row by row
            database.execute("INSERT INTO works_fts(works_fts) VALUES ('rebuild')")
            database.execute("INSERT INTO works_fts(works_fts) VALUES ('optimize')")
    except sqlite3.OperationalError as error:  # the disk is full, or cannot be written
        raise PublicationError(f"{path}: {error}") from error


def metadata(publication: Publication) -> dict[str, Any]:
    """Return the metadata of Datasette. https://docs.datasette.io/en/stable/metadata.html."""
    queries = {}
    for name, (title, sql) in QUERIES.items():
        queries[name] = {"title": title, "sql": sql}
    settings = publication.settings
    head = {
        "title": settings.title,
        "description": settings.description,
        "license": settings.license,
        "source_url": settings.url,
    }
    tables = {"works": {"facets": ["year", "status", "type"], "sort_desc": "year"}}
    databases = {"harvest": {"queries": queries, "tables": tables}}
    return {name: text for name, text in head.items() if text} | {"databases": databases}


def _fill(database: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    empty = database.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608  # a name of TABLES
    marks = ", ".join("?" * len(empty.description))
    database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # as above


def _of_works(publication: Publication, rows: Callable[[Work], Iterable[Row]]) -> Iterator[Row]:
    """Yield the rows of all works, each behind the id of its work."""
    for work in publication.works:
        for row in rows(work):
            yield work.id, *row


def _work(work: Work) -> Row:
    authors = "; ".join(author.name for author in work.authors)
    return *_WORK(work), authors, is_retracted(work)


def _repository(repository: Repository) -> Row:
    topics = "; ".join(repository.topics)
    return *_REPOSITORY(repository), topics


def _authors(work: Work) -> Iterator[Row]:
    for position, author in enumerate(work.authors, 1):
        yield position, author.name, author.given, author.family, author.orcid


def _pairs(values: dict[str, list[str]]) -> Iterator[Row]:
    for name, items in values.items():
        for value in dict.fromkeys(items):
            yield name, value


def _manifestations(work: Work) -> Iterator[Row]:
    for form in work.manifestations:
        yield form.identifier, form.kind, form.date, form.url


def _links(work: Work) -> Iterator[Row]:
    for repository in work.repositories:
        yield repository.id, repository.role


def _notices(work: Work) -> Iterator[Row]:
    for notice in work.integrity:
        yield notice.kind, notice.notice, notice.date, notice.source


def _mentions(work: Work) -> Iterator[Row]:
    for place in work.mentions:
        section = " > ".join(place.section)
        yield (
            place.seed, place.line, section, place.title, place.authors, place.date, place.url,
            place.label,
        )  # fmt: skip
