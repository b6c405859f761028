"""README.md shows the program's own help, and its examples run. As a script, this renews the help."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from harvest.cli import app

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
HELP = re.compile(r"(<!-- help: [^>]*-->\n```text\n)(.*?)(```\n<!-- end of help -->)", re.DOTALL)
TIDY = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def program_help() -> str:
    """Give the help of the program and of its main command, as a terminal of 100 columns without colour shows it."""
    texts = []
    for arguments in (["--help"], ["refresh", "--help"]):
        result = CliRunner(env=TIDY).invoke(app, arguments, prog_name="harvest", color=False)
        assert result.exit_code == 0, result.output
        lines = [line.rstrip() for line in result.output.strip().splitlines()]
        texts.append("\n".join([f"$ harvest {' '.join(arguments)}", *lines, ""]))
    return "\n".join(texts)


def renewed(readme: str) -> str:
    """Give the text of README.md with the present help in it."""
    assert HELP.search(readme), "README.md has lost the markers of the help"
    return HELP.sub(lambda match: match[1] + program_help() + match[3], readme)


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("HARVEST_")
    } | TIDY
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
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
    done = run(["-m", "harvest", "refresh", "--offline"], folder)
    assert done.returncode == 3, done.stderr
    return folder


def test_the_help_is_the_program_s() -> None:
    readme = README.read_text("utf-8")
    assert renewed(readme) == readme, "README.md shows an old help; `make docs` renews it"


def test_every_command_is_in_the_help() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, since it has commands
    assert len(commands) > 3
    for name in commands:
        assert re.search(rf"^  {name} ", program_help(), re.MULTILINE)


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_python_examples_run(number: int, checkout: Path) -> None:
    done = run(["-c", blocks("python")[number]], checkout)
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
        done = run(["-m", "harvest", *arguments, *offline], checkout)
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
    named = set(
        re.findall(r"`make ([a-z]+)`|^make ([a-z]+)$", README.read_text("utf-8"), re.MULTILINE)
    )
    assert {a or b for a, b in named} <= targets
    assert {"help", "setup", "refresh", "test", "lint", "bench", "docs", "clean"} <= targets


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
