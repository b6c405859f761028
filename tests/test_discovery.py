"""A new source, reader, rule or writer is one new file, which the program finds by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.settings import NOBODY, SERVICE_NAMES

ROOT = Path(__file__).parents[1]
DOI = "10.5555/new"
TITLE = "A study that only one source knows"

SOURCE = '''
"""OpenAlex."""

from harvest.config import Service
from harvest.errors import SourceError
from harvest.http.rate_limit import Rate, Route
from harvest.models import Record
from harvest.sources.base import ProbeResult, Source, single_reply


class OpenAlex(Source):
    """An open index of works."""

    name = "openalex"
    rank = 40
    route = Route("openalex", Rate(0.1))
    schemes = frozenset({"doi"})
    service = Service(url="https://api.openalex.org")

    def fetch(self, due, http, now):
        client = http.rest(self.name)

        def ask(identifier):
            return client.get(f"/works/{identifier.value}")

        for identifier, payload in http.ask_all(self.route, due, ask):
            yield single_reply(identifier, payload)

    def read(self, identifier, payload):
        return Record(
            source=self.name,
            identifier=identifier,
            kind="version_of_record",
            title=payload["title"],
        )

    def probe(self, http, now):
        client = http.rest(self.name)
        http.ask(self.route, lambda: client.get("/works/probe"), unless=SourceError)
        return ProbeResult("ok", "answers from an open index")
'''
READER = '''
"""Wiki files: each link `[[address][label]]` is an entry."""

import re

from harvest.models import Mention, Reading
from harvest.readers.base import Reader

LINK = re.compile(r"\\[\\[(\\S+?)\\]\\[(.+?)\\]\\]")


class Wiki(Reader):
    """Wiki files."""

    suffixes = (".wiki",)

    def read(self, text, seed, templates=()):
        reading = Reading()
        for number, line in enumerate(text.split("\\n"), 1):
            for url, label in LINK.findall(line):
                mention = Mention(
                    seed=seed, line=number, url=url, role="paper", entry=number, label=label
                )
                reading.mentions.append(mention)
        return reading
'''
RULE = '''
"""Rules on capitals."""

from harvest.checks.base import rule


@rule("all-capitals", "Label in capitals", level="note")
def all_capitals(file):
    """A label is written in capitals only.

    Why: Capitals are hard to read.
    Example: `[A TITLE IN CAPITALS](...)`
    Fix: Write it as the paper does.
    """
    for entry in file.entries:
        label = entry.first.label or ""
        if label.isupper():
            yield entry.line, f"{label!r} is in capitals only"
'''
WRITER = '''
"""works.bib: one entry a work."""

from harvest.writers.base import Writer


class BibTeX(Writer):
    """works.bib."""

    name = "bibtex"
    published = True

    def write(self, dataset):
        text = ""
        for work in dataset.works:
            text += f"@misc{{{work.id},\\n  title = {{{work.title}}}\\n}}\\n"
        return {"works.bib": text.encode()}
'''
FILES = {
    "sources/openalex.py": SOURCE,
    "readers/wiki.py": READER,
    "checks/capitals.py": RULE,
    "writers/bibtex.py": WRITER,
}


class Program:
    """A copy of the program with four more files, in a folder with a list for the new reader."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        shutil.copytree(
            ROOT / "harvest", folder / "harvest", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name, text in FILES.items():
            (folder / "harvest" / name).write_text(text.lstrip(), "utf-8")
        (folder / "list.wiki").write_text(f"* [[https://doi.org/{DOI}][A STUDY]]\n", "utf-8")
        (folder / "harvest.toml").write_text(
            f'seeds = ["list.wiki"]\n\n[openalex]\nurl = "{url}"\ninterval = 0\n', "utf-8"
        )

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        foreign = ("HARVEST_", "GITHUB_", "COV_")
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        nobody = {f"HARVEST_{name.upper()}_URL": NOBODY for name in SERVICE_NAMES}
        return subprocess.run(
            [sys.executable, "-m", "harvest", *arguments],
            cwd=self.folder,
            env={**inherited, **nobody, "PYTHONPATH": str(self.folder), "COLUMNS": "100", **env},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )


class OpenAlex(BaseHTTPRequestHandler):
    """Answers for every work."""

    def do_GET(self) -> None:
        body = json.dumps({"title": TITLE}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with ThreadingHTTPServer(("127.0.0.1", 0), OpenAlex) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield Program(tmp_path_factory.mktemp("program"), url)
        server.shutdown()


def test_the_source_is_asked_and_its_record_published(program: Program) -> None:
    done = program.run("refresh", "--only", "openalex")
    assert done.returncode == 0, done.stderr
    [work] = json.loads((program.folder / "output" / "dataset.json").read_text("utf-8"))["works"]
    assert (work["id"], work["title"], work["status"]) == (f"doi:{DOI}", TITLE, "resolved")
    assert '"openalex"' in json.dumps(work["provenance"])
    run = json.loads((program.folder / "output" / "run.json").read_text("utf-8"))
    assert run["sources"]["openalex"]["found"] == 1


def test_help_and_errors_name_the_source(program: Program) -> None:
    assert "openalex" in program.run("refresh", "--help").stdout
    done = program.run("refresh", "--only", "nosuch")
    assert done.returncode == 2
    assert "openalex" in done.stderr


def test_settings_and_doctor_know_the_source(program: Program) -> None:
    done = program.run("doctor", HARVEST_OPENALEX_TIMEOUT="7")
    assert "openalex: answers from an open index" in done.stdout
    assert "openalex.timeout = 7.0, from HARVEST_OPENALEX_TIMEOUT" in done.stdout
    assert "openalex.interval = 0" in done.stdout
    wrong = program.run("status", HARVEST_OPENALEX_URL="http://example.org")
    assert wrong.returncode == 2
    assert "HARVEST_OPENALEX_URL" in wrong.stderr


def test_the_reader_reads_its_suffix(program: Program) -> None:
    [line] = program.run("extract", "list.wiki").stdout.splitlines()
    mention = json.loads(line)
    assert (mention["identifier"], mention["label"]) == (f"doi:{DOI}", "A STUDY")


def test_the_rule_reports_and_is_documented(program: Program) -> None:
    done = program.run("lint", "--select", "all-capitals", "--format", "sarif")
    assert done.returncode == 1, done.stderr
    [run] = json.loads(done.stdout)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["all-capitals"]
    rules = {rule["id"]: json.dumps(rule) for rule in run["tool"]["driver"]["rules"]}
    assert "Capitals are hard to read." in rules["all-capitals"]


def test_the_writer_exports_and_publishes(program: Program) -> None:
    program.run("refresh", "--only", "openalex")
    done = program.run("export", "bibtex")
    assert done.returncode == 0, done.stderr
    assert f"title = {{{TITLE}}}" in done.stdout
    assert (program.folder / "output" / "works.bib").read_text("utf-8") == done.stdout
    assert "bibtex" in program.run("export", "--help").stdout
