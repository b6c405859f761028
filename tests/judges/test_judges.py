"""Other people's programs read what we export: names, titles and dates are the same.

Each has an environment of its own in build/judges, which scripts/judges.sh makes. Without it these
tests are skipped, but never where CI is set.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harvest.dataset.publication import Publication
from harvest.text import printable
from harvest.writers import discover
from harvest.writers.bibtex import BibWriter
from harvest.writers.list_md import ListWriter
from harvest.writers.sqlite import QUERIES
from tests.support.exports import HOSTILE, hostile, library, seeds

pytestmark = [pytest.mark.slow, pytest.mark.posix]
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "judges"
OURS = {"html", "page"}  # judged by browsers


def judge(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program by its path below build/judges, or of this machine by its name."""
    name = str(command[0])
    program = shutil.which(name) if "/" not in name else str(FOLDER / name)
    if program is None or not Path(program).exists():
        message = f"{name} is not there: run scripts/judges.sh"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    arguments = [program, *map(str, command[1:])]
    return subprocess.run(
        arguments, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module", params=[library, hostile, seeds])
def exports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A publication, and a folder with all its formats."""
    content = request.param()
    folder = tmp_path_factory.mktemp("exports")
    files = {"table.md": ListWriter("table").write(content)["LIST.md"]}
    files["bibtex.bib"] = BibWriter("bibtex").write(content)["works.bib"]
    for name, writer in discover().items():
        files |= {} if name in OURS else writer.write(content)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return content, folder


@pytest.fixture(scope="module")
def report(exports: tuple[Publication, Path]) -> dict[str, Any]:
    """What the readers read, all in one process."""
    done = judge("readers/bin/python", ROOT / "tests/judges/readers.py", ".", folder=exports[1])
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((exports[1] / "report.json").read_text("utf-8"))
    assert not {name: text for name, text in result.items() if isinstance(text, str)}
    return result


def folded(text: str | None) -> str:
    """Return a title without braces and case, which styles of BibTeX are free to change."""
    bare = re.sub(r"\\text\w+(?:\{\})?|[{}\\~^$]", "", printable(text or ""))
    return " ".join(bare.split()).casefold()


def test_citations(exports: tuple[Publication, Path], report: dict[str, Any]) -> None:
    works = {work.key: work for work in exports[0].works}
    assert report["pybtex"].keys() == report["rispy"].keys() == works.keys()
    for name, items in report["pandoc"].items():
        assert {item["id"] for item in items} == works.keys(), name
        for item in items:
            work = works[item["id"]]
            people = [*work.authors, *([] if work.authors else work.editors)]
            read = item.get("author") or item.get("editor") or []
            assert len(read) == len(people), name
            issued = item.get("issued", {}).get("date-parts", [[None]])[0]
            assert issued[0] == work.year, name
    for key, work in works.items():
        assert (report["rispy"][key] or "") == " ".join(printable(work.title or "").split())
        assert len(report["pybtex"][key]["people"]) == len(work.authors) + len(work.editors)
    for style, texts in report["citeproc"].items():
        assert len(texts) == len(works), style


def test_titles_survive_pandoc(exports: tuple[Publication, Path], report: dict[str, Any]) -> None:
    if exports[0].settings.title == HOSTILE[0]:
        pytest.skip("hostile titles hold markup of pandoc")
    works = {work.key: work for work in exports[0].works}
    for name, items in report["pandoc"].items():
        for item in items:
            assert folded(item.get("title")) == folded(works[item["id"]].title), name
    preprint = [text for text in report["citeproc"]["apa"] if "Goodfellow" in text]
    assert "In arXiv" not in preprint[0]


def test_sql(exports: tuple[Publication, Path], report: dict[str, Any]) -> None:
    assert report["sqlite_utils"]["fts"] == "works_fts"
    pages = report["datasette"]
    assert not {
        name: text for name, text in pages.items() if isinstance(text, str) and name != "row"
    }
    assert pages.keys() == {*QUERIES, "search", "facets", "row"}
    assert pages["facets"]["facet_results"]
    if exports[0].settings.title == "Synthesis":
        assert report["sqlite_utils"]["found"] == ["arxiv:1406.2661"]
        assert len(pages["search"]["rows"]) == len(pages["row"]) == 1
        assert all(pages[name] for name in QUERIES)


def test_datasette_as_documented(exports: tuple[Publication, Path]) -> None:
    folder = exports[1]
    text = (ROOT / "docs" / "exports.md").read_text("utf-8")
    [command] = re.findall(r"^datasette (.+)$", text, re.MULTILINE)
    arguments = command.replace("output/", "").split()
    page = judge("readers/bin/datasette", *arguments, "--get", "/harvest", folder=folder)
    assert page.returncode == 0, page.stderr
    assert all(f"/harvest/{name}" in page.stdout for name in QUERIES)


def test_tables(exports: tuple[Publication, Path], report: dict[str, Any]) -> None:
    works = exports[0].works
    counts = report["duckdb"]["counts"]
    assert counts["works.csv"] == counts["works.parquet"] == len(works)
    assert {name: counts[name] for name in report["pandas"]} == report["pandas"]
    assert counts["dataset.jsonl"] == sum(
        counts[f"{name}.csv"] for name in ("works", "repositories", "facets", "findings", "changes")
    )
    rows = {row[0]: row for row in report["duckdb"]["works"]}
    for work in works:
        _, title, year, first_day, facets = rows[work.id]
        assert (title, year) == (work.title, work.year)
        assert (first_day or "").startswith(work.date or "")
        assert {facet["name"]: facet["value"] for facet in facets} == work.facets


def test_feeds(exports: tuple[Publication, Path], report: dict[str, Any]) -> None:
    assert report["feedparser"]["bozo"] is False
    assert len(report["atoma"]) == len(report["feedparser"]["titles"]) == len(exports[0].changes)


def test_the_rendered_title_is_the_title(
    exports: tuple[Publication, Path], report: dict[str, Any]
) -> None:
    import html

    for name, page in report["cmarkgfm"].items():
        titles = {html.unescape(text) for text in re.findall(r">([^<>]*)</a>", page)}
        for work in exports[0].works:
            assert " ".join(printable(work.title or work.id).split()) in titles, name
        assert not re.search(r"<(?:script|svg|img)\b", page)


def test_biber(exports: tuple[Publication, Path]) -> None:
    command = ("biber", "--tool", "--validate-datamodel", "works.bib", "-O", "biber.out")
    done = judge(*command, folder=exports[1])
    assert done.returncode == 0, done.stdout[-2000:]
    problems = [line for line in done.stdout.splitlines() if re.match(r"WARN|ERROR", line)]
    unknown = "author|title|date, year|journaltitle|booktitle"  # while no registry has answered
    hostile_values = "Invalid ISSN|must be datatype 'integer'"
    allowed = re.compile(f"Missing mandatory field .*'(?:{unknown})'|{hostile_values}")
    assert [line for line in problems if not allowed.search(line)] == []
    entries = re.findall("^@", (exports[1] / "biber.out").read_text("utf-8"), re.MULTILINE)
    assert len(entries) == len(exports[0].works)


def test_bibutils(exports: tuple[Publication, Path]) -> None:
    done = judge("ris2xml", "works.ris", folder=exports[1])
    assert done.stdout.count("<mods ID=") == len(exports[0].works)


def test_packages(exports: tuple[Publication, Path]) -> None:
    done = judge("frictionless/bin/frictionless", "validate", "datapackage.json", folder=exports[1])
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" VALID ") == 5
    command = ("mlcroissant/bin/mlcroissant", "validate", "--jsonld", "croissant.json")
    done = judge(*command, folder=exports[1])
    assert done.returncode == 0, done.stderr[-2000:]
    assert "not standard" not in done.stderr


def test_awesome_lint(exports: tuple[Publication, Path]) -> None:
    (exports[1] / "readme.md").write_bytes((exports[1] / "LIST.md").read_bytes())
    command = ("awesome-lint/node_modules/.bin/awesome-lint", "readme.md")
    done = judge(*command, folder=exports[1])
    rules = set(re.findall(r"remark-lint:([\w-]+)", done.stdout + done.stderr))
    assert "awesome-badge" in rules  # it was run, and our list is no list of the master list
    about_lists = {"awesome-list-item", "awesome-heading", "double-link", "awesome-toc"}
    if exports[0].settings.title != HOSTILE[0]:
        assert rules.isdisjoint(about_lists), done.stdout
