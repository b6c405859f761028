"""The workflows in .github: valid by GitHub's schema, with least rights, and scripts that work.

They cannot run here: docs/live.md says so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cronsim import CronSim
from packaging.specifiers import SpecifierSet

import harvest
from tests.support.workflows import load, validator

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "workflows"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.iterdir())}
RIGHTS = {
    "tests": {"lint": {"contents": "read"}, "test": {"contents": "read"}},
    "live": {"probe": {"contents": "read", "issues": "write"}},
    "release": {
        "tests": {"contents": "read"},
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
    },
}
every_workflow = pytest.mark.parametrize("name", RIGHTS)
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in load(TEXTS[name])["jobs"].values():
        yield from job.get("steps", [])


def script(name: str, step: str) -> str:
    [text] = [other["run"] for other in steps(name) if other.get("name") == step]
    return str(text)


def test_there_are_three_workflows() -> None:
    assert set(TEXTS) == set(RIGHTS)


@every_workflow
def test_github_accepts_it(name: str) -> None:
    assert [*validator().iter_errors(load(TEXTS[name]))] == []


@every_workflow
def test_the_schema_refuses_a_wrong_one(name: str) -> None:
    broken = load(TEXTS[name])
    next(iter(broken["jobs"].values()))["permissions"] = {"contents": "scribble"}
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(broken)


@every_workflow
def test_it_has_least_rights(name: str) -> None:
    workflow = load(TEXTS[name])
    assert workflow["permissions"] == {}
    assert {key: job["permissions"] for key, job in workflow["jobs"].items()} == RIGHTS[name]
    checkouts = [s for s in steps(name) if s.get("uses", "").startswith("actions/checkout")]
    assert {step["with"]["persist-credentials"] for step in checkouts} == {False}
    assert "pull_request_target" not in workflow["on"]


@every_workflow
def test_it_ends(name: str) -> None:
    workflow = load(TEXTS[name])
    assert workflow["concurrency"]["group"].startswith(name)
    jobs = [job for job in workflow["jobs"].values() if "uses" not in job]
    assert all(5 <= job["timeout-minutes"] <= 60 for job in jobs)


@every_workflow
def test_actions_are_pinned_with_a_comment(name: str) -> None:
    actions = re.findall(r"(?m)uses: (?!\./)(\S+)(.*)$", TEXTS[name])
    assert actions
    for action, comment in actions:
        assert re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|release/v\d+)", action), action
        assert re.fullmatch(r" # .{10,}", comment), action


@every_workflow
def test_no_script_holds_an_expression(name: str) -> None:
    """An expression is pasted into the script before a shell reads it; a variable is not."""
    scripts = [step["run"] for step in steps(name) if "run" in step]
    assert scripts
    assert not [text for text in scripts if "${{" in text]


def test_tests_run_on_three_systems() -> None:
    job = load(TEXTS["tests"])["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert matrix["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    oldest, newest = matrix["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    major, minor = map(int, oldest.split("."))
    assert allowed.contains(oldest)
    assert not allowed.contains(f"{major}.{minor - 1}")
    assert newest == "3.x"


def test_spark_is_there_where_its_tests_must_run() -> None:
    """They fail with HARVEST_SPARK and skip without: it is set where pyspark and a Java are."""
    job = load(TEXTS["tests"])["jobs"]["test"]
    setup, java, spark, test = job["steps"][-4:]
    assert (setup["run"], test["run"]) == ("make setup PYTHON=python", "make test PYTHON=python")
    assert java["uses"].startswith("actions/setup-java@")
    assert java["if"] == spark["if"]
    system, python = re.findall(r"'(.+?)'", spark["if"])
    assert system in job["strategy"]["matrix"]["system"]
    assert python in job["strategy"]["matrix"]["python"]
    assert "'.[spark]'" in spark["run"]
    assert 'HARVEST_SPARK=1 >> "$GITHUB_ENV"' in spark["run"]
    conftest = (ROOT / "tests" / "bulk" / "conftest.py").read_text("utf-8")
    assert 'os.environ.get("HARVEST_SPARK")' in conftest


def test_make_has_the_targets() -> None:
    targets = set(re.findall(r"(?m)^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8")))
    scripts = [step.get("run", "") for name in RIGHTS for step in steps(name)]
    used = {target for text in scripts for target in re.findall(r"\bmake (\w+)", text)}
    assert used == {"lint", "test", "setup", "live"}
    assert used <= targets


def test_live_runs_weekly_and_by_hand() -> None:
    triggers = load(TEXTS["live"])["on"]
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    runs = CronSim(triggers["schedule"][0]["cron"], datetime(2026, 11, 20, tzinfo=UTC))
    first, second = next(runs), next(runs)
    assert (second - first).days == 7
    assert first.minute not in {0, 30}  # when everybody else asks


def test_only_a_tag_releases() -> None:
    workflow = load(TEXTS["release"])
    assert workflow["on"] == {"push": {"tags": ["v[0-9]*"]}}
    assert workflow["jobs"]["publish"]["environment"] == "pypi"
    assert workflow["jobs"]["publish"]["needs"] == "build"
    assert workflow["jobs"]["build"]["needs"] == "tests"
    assert workflow["jobs"]["publish"]["steps"][-1].keys() == {"uses"}  # no password


def run(
    text: str, folder: Path, programs: dict[str, str], **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub does, with stand-ins for some programs."""
    binaries = folder / "bin"
    binaries.mkdir(exist_ok=True)
    for name, content in programs.items():
        (binaries / name).write_text(f"#!/bin/sh\n{content}\n", "utf-8")
        (binaries / name).chmod(0o755)
    environment = {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        **variables,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@needs_bash
@pytest.mark.posix
@pytest.mark.parametrize("code", [0, 2])
def test_the_code_of_the_probes_is_noted(tmp_path: Path, code: int) -> None:
    make = f'echo "$*"; exit {code}'
    done = run(script("live", "Probe"), tmp_path, {"make": make})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs").read_text() == f"code={code}\n"
    assert (tmp_path / "printed").read_text().startswith("live ARGS=--quiet")
    assert (
        run(script("live", "Fail when something differs"), tmp_path, {}, CODE=str(code)).returncode
        == code
    )


@needs_bash
@pytest.mark.posix
@pytest.mark.parametrize(
    ("number", "command"), [("", "issue create --title"), ("7", "issue comment 7")]
)
def test_a_difference_opens_one_issue(tmp_path: Path, number: str, command: str) -> None:
    evil = "FAILED $(touch pwned) `touch pwned` @everyone ```"
    (tmp_path / "printed").write_text(f"{evil}\n", "utf-8")
    gh = f'echo "$*" >> calls; case "$*" in *list*) echo {number} ;; esac'
    text = script("live", "Open an issue, or comment on the open one")
    done = run(text, tmp_path, {"gh": gh}, RUN="https://github.example/run")
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == 2
    assert calls[1].startswith(command)
    assert f"\n    {evil}\n" in (tmp_path / "body").read_text("utf-8")
    assert not list(tmp_path.rglob("pwned"))


@needs_bash
@pytest.mark.posix
@pytest.mark.parametrize(("tag", "code"), [(f"v{harvest.__version__}", 0), ("v99.0.0", 1)])
def test_a_tag_must_be_the_version(tmp_path: Path, tag: str, code: int) -> None:
    (tmp_path / "harvest").symlink_to(ROOT / "harvest")
    text = script("release", "Compare the tag with the version")
    assert run(text, tmp_path, {}, GITHUB_REF_NAME=tag).returncode == code
