"""The generated documents are up to date, and the examples of README.md run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harvest.cli import COMMANDS
from scripts import renew_docs
from scripts.renew_docs import ROOT
from tests.support import program

README = ROOT / "README.md"


def blocks(language: str, document: Path = README) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", document.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=program.environment(None),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seeds, snapshot and settings, harvested without a network."""
    folder = tmp_path_factory.mktemp("check out")  # with a blank, as on many desktops
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (folder / "cache").mkdir()
    shutil.copy(ROOT / "cache" / "starter.jsonl", folder / "cache")
    shutil.copy(ROOT / "harvest.toml", folder)
    done = program.run(folder, "refresh", "--offline")
    assert done.returncode == 3, done.stderr
    return folder


@pytest.mark.parametrize("path", renew_docs.documents(), ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    message = f"{path.name} is old; `make docs` renews it"
    assert path.read_text("utf-8") == renew_docs.documents()[path], message


def test_every_command_is_in_the_help() -> None:
    assert len(COMMANDS) > 3
    for name, summary in COMMANDS.items():
        assert re.search(rf"^  {name} +{summary}$", renew_docs.program_help(), re.MULTILINE)
        assert f"\n## {name}\n" in renew_docs.commands()


def test_the_record_of_the_first_example_is_published(checkout: Path) -> None:
    [example] = blocks("json")
    record = json.loads(example)
    dataset = json.loads((checkout / "output" / "dataset.json").read_text("utf-8"))
    [work] = [work for work in dataset["works"] if work["id"] == record["id"]]
    for field, value in record.items():
        if isinstance(value, dict):
            assert value.items() <= work[field].items()
        else:
            assert value == work[field]


def test_the_row_of_the_first_example_is_in_a_list() -> None:
    row = " ".join(blocks("text")[0].split())
    lists = [path.read_text("utf-8", "replace") for path in (ROOT / "seeds").iterdir()]
    assert any(row in " ".join(text.split()) for text in lists)


EXAMPLES = [*blocks("python"), *blocks("python", ROOT / "docs" / "exports.md")]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_python_examples_run(number: int, checkout: Path) -> None:
    done = run_python(EXAMPLES[number], checkout)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3


def test_the_example_list_goes_through_every_command(checkout: Path) -> None:
    [example] = blocks("markdown")
    (checkout / "my-list.md").write_text(example, "utf-8")
    commands = [
        shlex.split(line)
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("harvest")
    ]
    outputs = {}
    for _, *arguments in commands:
        offline = ["--offline"] if arguments[0] == "refresh" else []
        done = program.run(checkout, *arguments, *offline)
        assert done.returncode == (3 if offline else 0), done.stderr
        outputs[arguments[0]] = done.stdout
    assert {
        "arxiv:2006.11239",
        "doi:10.1007/978-3-031-09342-5_13",
        "github:imics-lab/tts-gan",
    } <= set(outputs["extract"].split())
    assert "Denoising Diffusion Probabilistic Models" in outputs["show"]
    assert len(outputs["export"].splitlines()) == 3  # a header and two works


def test_make_targets_of_the_readme_exist() -> None:
    targets = set(
        re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    names = set(
        re.findall(r"`make ([a-z]+)`|^make ([a-z]+)$", README.read_text("utf-8"), re.MULTILINE)
    )
    assert {a or b for a, b in names} <= targets
    assert {"help", "setup", "refresh", "test", "lint", "bench", "docs", "clean"} <= targets


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pictures_of_the_page_are_small(theme: str) -> None:
    picture = f"docs/page-{theme}.png"
    assert picture in (ROOT / "README.md").read_text("utf-8")
    data = (ROOT / picture).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) <= 200_000
