"""Makefile, lock and CI: what they promise to a fresh clone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import SLOW

ROOT = Path(__file__).parents[1]
LOCK = [
    line
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
LINT = ["-m ruff check", "-m ruff format --check", "-m mypy"]
TEST = "-m pytest --numprocesses=auto --dist=worksteal"
needs_make = pytest.mark.skipif(
    shutil.which("make") is None or sys.platform == "win32", reason="needs make on POSIX"
)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"MAKEFLAGS", "MAKELEVEL", "ARGS"}
    }
    command = ["make", "-C", str(folder), *arguments]
    return subprocess.run(
        command, cwd="/", env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout in a folder with a blank, whose python only writes down what it should run."""
    folder = tmp_path / "check out"
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    python = binaries / "python"
    python.write_text('#!/bin/sh\necho "$*" >> asked\nexit "${CODE:-0}"\n')
    python.chmod(0o755)
    for stamp in (".run", ".dev"):
        (folder / ".venv" / stamp).touch()
    return folder


def commands(house: Path) -> list[str]:
    return (house / "asked").read_text().splitlines()


def test_the_lock_pins_every_dependency() -> None:
    pins = {
        canonical(name): version for name, _, version in (line.partition("==") for line in LOCK)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["dev"], *extras["spark"]]
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(pins[canonical(requirement.name)]), requirement


def test_the_lock_holds_versions_only() -> None:
    assert [
        line for line in LOCK if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line)
    ] == []
    assert sorted(LOCK, key=str.upper) == LOCK
    assert "harvest" not in {line.partition("==")[0] for line in LOCK}


@needs_make
def test_make_alone_lists_the_targets(house: Path) -> None:
    done = make(house)
    assert done.returncode == 0
    for target in (
        "setup",
        "refresh",
        "check",
        "test",
        "live",
        "lint",
        "bench",
        "docs",
        "lock",
        "clean",
    ):
        assert re.search(rf"^  make {target} +\w", done.stdout, re.MULTILINE)
    assert not (house / "asked").exists()


@needs_make
def test_a_second_setup_does_nothing(house: Path) -> None:
    assert make(house, "setup").returncode == 0
    assert not (house / "asked").exists()


@needs_make
@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements.lock"])
def test_a_change_of_dependencies_installs_again(house: Path, changed: str) -> None:
    stamp = house / ".venv" / ".dev"
    later = stamp.stat().st_mtime + 10
    os.utime(house / changed, (later, later))
    assert make(house, "setup").returncode == 0
    [install] = commands(house)
    assert install.startswith("-m pip install ")
    assert install.endswith(" --constraint requirements.lock --editable .[dev]")


@needs_make
@pytest.mark.parametrize(
    ("code", "success"), [(0, True), (1, False), (2, False), (3, True), (4, False), (5, False)]
)
def test_refresh_takes_degraded_for_success(
    house: Path, monkeypatch: pytest.MonkeyPatch, code: int, success: bool
) -> None:
    monkeypatch.setenv("CODE", str(code))
    done = make(house, "refresh", "ARGS=--offline")
    assert (done.returncode == 0) == success
    assert commands(house) == ["-m harvest refresh --offline"]


@needs_make
def test_a_failed_install_leaves_no_stamp(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / ".venv" / ".run").unlink()
    monkeypatch.setenv("CODE", "1")
    done = make(house, "refresh")
    assert done.returncode != 0
    assert "needs a network" in done.stderr
    assert not (house / ".venv" / ".run").exists()
    assert len(commands(house)) == 1


@needs_make
@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_an_old_python_is_named(house: Path, python: str) -> None:
    shutil.rmtree(house / ".venv")
    done = make(house, "refresh", f"PYTHON={python}")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (house / ".venv").exists()


@needs_make
def test_lint_and_test_run_as_modules(house: Path) -> None:
    assert make(house, "lint").returncode == 0
    assert make(house, "test", "ARGS=-n0 -k one").returncode == 0
    assert commands(house) == [*LINT, f"{TEST} -n0 -k one"]


@needs_make
def test_check_lints_and_runs_the_fast_tests(house: Path) -> None:
    assert make(house, "check").returncode == 0
    assert commands(house) == [*LINT, f"{TEST} -m not slow"]


@needs_make
def test_live_asks_the_real_services(house: Path) -> None:
    python = house / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$HARVEST_LIVE $*" >> asked\n')
    assert make(house, "live", "ARGS=-k arxiv").returncode == 0
    assert commands(house)[-1] == "1 -m pytest tests/live -k arxiv"


@needs_make
def test_bench_stops_at_a_failure(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / "benchmarks").mkdir()
    for name in ("_common.py", "read.py", "whole line.py"):
        (house / "benchmarks" / name).touch()
    assert make(house, "bench").returncode == 0
    assert commands(house) == ["benchmarks/read.py", "benchmarks/whole line.py"]
    monkeypatch.setenv("CODE", "1")
    assert make(house, "bench").returncode != 0
    assert len(commands(house)) == 3


def test_ci_lints_then_tests() -> None:
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert re.findall(r"^make .*", path.read_text("utf-8"), re.MULTILINE) == [
        "make lint",
        "make test",
    ]


def test_every_slow_file_exists() -> None:
    missing = [name for name in SLOW if not list(ROOT.glob(f"tests/{name}*"))]
    assert missing == []
