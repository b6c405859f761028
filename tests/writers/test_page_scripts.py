"""The JavaScript of the page without a browser: its own tests, and that nothing is lost or changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks._publications import publication
from harvest.dataset.publication import Publication
from harvest.writers import discover
from tests.support.hostile import hostile_publication
from tests.support.works import make_publication, make_work

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "page" / "take_away.js"
FORMATS = {"bib": "bib", "csl.json": "csl-json", "ris": "ris", "csv": "csv", "md": "list-md"}

NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(NODE is None and not os.environ.get("CI"), reason="needs node")


def node(*arguments: str | Path) -> bytes:
    done = subprocess.run([NODE or "node", *arguments], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    return done.stdout


def test_its_own_tests_pass() -> None:
    assert b"# fail 0" in node("--test", "--test-reporter=tap", "tests/page")


@pytest.mark.parametrize(
    "command",
    ["biome ci --error-on-warnings harvest/data/page tests/page", "tsc --project ."],
    ids=["linter", "types"],
)
def test_a_tool_has_nothing_to_say(command: str) -> None:
    tool, *arguments = command.split()
    path = ROOT / "node_modules" / ".bin" / tool
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip(f"needs {tool}: npm install")
    done = subprocess.run([path, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(
    scope="module",
    params=[
        hostile_publication(),
        publication(60),
        make_publication(),
        make_publication(make_work(1)),
    ],
    ids=["hostile", "usual", "empty", "one work"],
)
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Publication, Path]:
    content: Publication = request.param
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_bytes(discover()["page"].write(content)["index.html"])
    return content, path


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_taken_away_is_what_export_gives(
    page: tuple[Publication, Path], ending: str
) -> None:
    content, path = page
    expected = next(iter(discover()[FORMATS[ending]].write(content).values()))
    assert node(SCRIPT, path, ending) == expected


def test_the_page_holds_all_of_a_work(page: tuple[Publication, Path]) -> None:
    content, path = page
    works: list[dict[str, Any]] = json.loads(node(SCRIPT, path, "json"))
    expected = json.loads(msgspec.json.encode(content.works))
    for work, other in zip(works, expected, strict=True):
        other["facets"] = {name: terms for name, terms in other["facets"].items() if terms}
        other.setdefault("abstract", None)
        work.setdefault("abstract", None)
        del work["links"]
        assert work == other
