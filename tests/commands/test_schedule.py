"""The output of `harvest schedule` is valid for cron, systemd and GitHub, and its scripts work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cronsim import CronSim

from harvest.commands import schedule
from harvest.commands.exits import Exit
from harvest.errors import UsageError
from tests.support.workflows import load as workflow
from tests.support.workflows import validator

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
ODD = [
    "plain",
    "with blanks",
    "q'uote",
    'double "quote"',
    "per%cent %n",
    "dollar $HOME `id` $(id)",
    "ümläut",
    "back\\slash",
]


pytestmark = pytest.mark.posix


def settings(folder: Path, text: str = 'seeds = ["list.md"]\n') -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "harvest.toml"
    file.write_text(text, "utf-8")
    (folder / "pyproject.toml").touch()
    return file


# -- what all have in common ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", [schedule.cron, schedule.systemd, schedule.github])
def test_no_placeholder_is_left(kind: Any, tmp_path: Path) -> None:
    text = kind(settings(tmp_path))
    assert "@@" not in text
    assert text.endswith("\n")


@pytest.mark.parametrize("kind", [schedule.cron, schedule.systemd, schedule.github])
def test_settings_that_cannot_be_scheduled(
    kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_SEEDS", "list.md")  # of this shell, which no scheduler has
    with pytest.raises(UsageError, match="names no `seeds`"):
        kind(settings(tmp_path / "a", ""))
    with pytest.raises(UsageError, match="control characters"):
        kind(settings(tmp_path / "a\n* * * * * root id"))
    with pytest.raises(UsageError, match=r"harvest\.toml"):
        kind(tmp_path / "harvest.toml")


def test_minutes_are_spread_over_the_hour() -> None:
    minutes = {schedule._minute(Path(f"/home/{number}/harvest.toml")) for number in range(200)}
    assert min(minutes) >= 5
    assert max(minutes) < 55
    assert len(minutes) > 30


# -- cron -----------------------------------------------------------------------------------------


def cron_reads(line: str) -> tuple[str, str]:
    """Return the time and the command of a line as crontab(5) reads it."""
    *fields, command = line.split(maxsplit=5)
    assert not re.search(r"(?<!\\)%", command), "cron ends the command at a bare per cent sign"
    return " ".join(fields), command.replace(r"\%", "%")


def run_by_cron(file: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the line as cron does: with /bin/sh, in another folder, with hardly a variable."""
    *comments, line = schedule.cron(file).splitlines()
    assert all(comment.startswith("#") for comment in comments)
    time, command = cron_reads(line)
    nights = CronSim(time, datetime(2026, 11, 20, tzinfo=UTC))
    assert [next(nights).hour for _ in range(3)] == [schedule.HOUR] * 3
    return subprocess.run(
        ["/bin/sh", "-c", command + " --offline"],
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ODD)
def test_cron_passes_odd_names_on(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings(tmp_path / name)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$@"\n', "utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(schedule.sys, "executable", str(python))
    done = run_by_cron(file, tmp_path)
    expected = [str(file.parent), *schedule._command(file)[1:], "--offline"]
    assert done.stdout.splitlines() == expected, done.stderr


def test_cron_runs_harvest_in_the_folder(tmp_path: Path) -> None:
    file = settings(tmp_path / " ".join(ODD))
    (file.parent / "list.md").write_text("- arXiv:2006.11239\n", "utf-8")
    done = run_by_cron(file, tmp_path)
    assert done.returncode == Exit.DEGRADED, done.stderr
    assert (file.parent / "output" / "dataset.json").is_file()


# -- systemd --------------------------------------------------------------------------------------


def units(text: str) -> dict[str, str]:
    parts = re.split(r"(?m)^# /etc/systemd/system/(\S+)\n", text)
    assert parts[0] == ""
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def options(unit: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for key, value in re.findall(r"(?m)^(\w+)=(.*)$", unit):
        values.setdefault(key, []).append(value)
    return values


@needs_systemd
@pytest.mark.parametrize("name", ODD)
def test_systemd_accepts_the_units(tmp_path: Path, name: str) -> None:
    written = units(schedule.systemd(settings(tmp_path / name)))
    assert sorted(written) == ["harvest.service", "harvest.timer"]
    for unit, text in written.items():
        (tmp_path / unit).write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit) for unit in written)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [
        line
        for line in done.stderr.splitlines()
        if str(tmp_path) in line or line.startswith("harvest")
    ]
    assert (done.returncode, ours) == (0, []), done.stderr


@needs_systemd
def test_the_service_is_hardened(tmp_path: Path) -> None:
    written = units(schedule.systemd(settings(tmp_path)))["harvest.service"]
    (tmp_path / "harvest.service").write_text(
        re.sub(r"(?m)^User=.*", "User=nobody", written), "utf-8"
    )
    command = [
        "systemd-analyze",
        "security",
        "--offline=yes",
        "--threshold=25",
        str(tmp_path / "harvest.service"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


@needs_systemd
def test_the_timer_runs_once_a_night(tmp_path: Path) -> None:
    timer = options(units(schedule.systemd(settings(tmp_path)))["harvest.timer"])
    [when] = timer["OnCalendar"]
    command = [
        "systemd-analyze",
        "calendar",
        "--iterations=2",
        "--base-time=2026-11-20 12:00:00 UTC",
        when,
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "TZ": "UTC"}
    )
    assert re.findall(r"\w{3} (2026-\d\d-\d\d) 03:\d\d:00", done.stdout)[:2] == [
        "2026-11-21",
        "2026-11-22",
    ]
    assert timer["Persistent"] == ["true"]
    assert timer["RandomizedDelaySec"] == ["30min"]


def test_systemd_knows_every_exit_code(tmp_path: Path) -> None:
    service = options(units(schedule.systemd(settings(tmp_path)))["harvest.service"])
    good = {0, *map(int, service["SuccessExitStatus"][0].split())}
    final = {*map(int, service["RestartPreventExitStatus"][0].split())}
    assert good == {Exit.PUBLISHED, Exit.DEGRADED, Exit.INTERRUPTED}
    assert final == {Exit.USAGE, Exit.NOT_PUBLISHED, Exit.LOCKED}
    assert good | final == set(Exit) - {1}  # a bug may pass, so a crash is tried again
    assert service["Restart"] == ["on-failure"]
    assert service["KillSignal"] == ["SIGINT"]


def test_the_service_may_write_above_output(tmp_path: Path) -> None:
    near = options(units(schedule.systemd(settings(tmp_path / "near")))["harvest.service"])
    assert near["ReadWritePaths"] == [str(tmp_path / "near")]
    text = f'seeds = ["a.md"]\noutput = "{tmp_path}/www/data"\ncache = "{tmp_path}/kept here"\n'
    far = options(units(schedule.systemd(settings(tmp_path / "far", text)))["harvest.service"])
    assert shlex.split(far["ReadWritePaths"][0]) == [f"{tmp_path}/www", f"{tmp_path}/kept here"]


# -- GitHub ---------------------------------------------------------------------------------------


def steps(text: str) -> dict[str, dict[str, Any]]:
    return {
        step.get("name", step.get("uses")): step
        for step in workflow(text)["jobs"]["refresh"]["steps"]
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "a list"
    (folder / ".git").mkdir(parents=True)
    return settings(folder)


@pytest.mark.parametrize("name", ODD)
def test_github_accepts_the_workflow(tmp_path: Path, name: str) -> None:
    (tmp_path / ".git").mkdir()
    text = schedule.github(settings(tmp_path / name))
    validator().validate(workflow(text))
    assert workflow(text)["jobs"]["refresh"]["defaults"]["run"]["working-directory"] == name


def test_the_schema_refuses_a_wrong_workflow(repository: Path) -> None:
    broken = workflow(schedule.github(repository))
    broken["jobs"]["refresh"]["permissions"]["contents"] = "scribble"
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(broken)


def test_the_workflow_has_least_rights(repository: Path) -> None:
    text = schedule.github(repository)
    loaded = workflow(text)
    assert loaded["permissions"] == {}
    assert loaded["jobs"]["refresh"]["permissions"] == {"contents": "write", "issues": "write"}
    assert loaded["concurrency"] == {"group": "harvest", "cancel-in-progress": False}
    assert set(loaded["on"]) == {
        "schedule",
        "workflow_dispatch",
    }  # no event brings code or text of strangers
    night = CronSim(loaded["on"]["schedule"][0]["cron"], datetime(2026, 11, 20, tzinfo=UTC))
    assert next(night).minute not in {0, 30}


def test_no_folder_asks_when_everyone_does() -> None:
    files = (Path(f"/lists/{number}/harvest.toml") for number in range(300))
    assert set(map(schedule._minute, files)) == {*range(5, 25), *range(35, 55)}


def test_pages_are_off_until_someone_wants_them(repository: Path) -> None:
    text = schedule.github(repository)
    pages = workflow(text)["jobs"]["pages"]
    assert pages["if"] == "vars.HARVEST_PAGES == 'true'"
    assert pages["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"] for step in pages["steps"]] == ["actions/deploy-pages@v4"]
    upload = steps(text)["Hand the folder to GitHub Pages"]
    assert upload["if"].startswith("vars.HARVEST_PAGES == 'true' && (")
    assert upload["with"] == {"path": "output"}


def test_no_script_holds_an_expression(repository: Path) -> None:
    """An expression is pasted into the script before a shell reads it; a variable is not."""
    scripts = [step["run"] for step in steps(schedule.github(repository)).values() if "run" in step]
    assert len(scripts) == 5
    assert not [script for script in scripts if "${{" in script]


def test_actions_are_pinned(repository: Path) -> None:
    used = [step["uses"] for step in steps(schedule.github(repository)).values() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z/-]+@(v\d+|[0-9a-f]{40})", action) for action in used)


def test_a_name_with_an_expression_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(UsageError, match=r"cannot hold `\$\{\{`"):
        schedule.github(settings(tmp_path / "${{ github.token }}"))


def test_output_outside_the_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="outside"):
        schedule.github(
            settings(tmp_path, f'seeds = ["a.md"]\noutput = "{tmp_path.parent}/public"\n')
        )


def test_the_package_must_be_named_elsewhere(tmp_path: Path) -> None:
    file = settings(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    with pytest.raises(UsageError, match="--package"):
        schedule.github(file)
    install = steps(schedule.github(file, "harvest @ https://example.org/h.zip; id"))["Install"]
    assert install["env"] == {"PACKAGE": "harvest @ https://example.org/h.zip; id"}
    assert install["run"].endswith(' "$PACKAGE"')


class Runner:
    """Runs the scripts of the workflow as GitHub does, with fakes for `harvest` and `gh`.

    The repository, its origin and git are real.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin, self.clone, self.bin = folder / "origin", folder / "clone", folder / "bin"
        self.bin.mkdir()
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin), cwd=folder)
        self.git("clone", "--quiet", str(self.origin), str(self.clone), cwd=folder)
        self.git("checkout", "--quiet", "-b", "main")
        settings(self.clone, 'seeds = ["list.md"]\noutput = "out put"\n')
        self.text = schedule.github(self.clone / "harvest.toml")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Start")
        self.git("push", "--quiet", "--set-upstream", "origin", "main")
        self.script(
            "gh",
            'echo "$*" >> "$CALLS"; case "$*" in *list*) cat "$OPEN" ;; *) cat >> "$CALLS" ;; esac',
        )
        (folder / "open").touch()

    def script(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (self.bin / name).chmod(0o755)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=cwd or self.clone, capture_output=True, text=True, check=True
        ).stdout

    def night(self, code: int, dataset: str = "1", message: str = "") -> int:
        """Run a night in which harvest publishes `dataset`, prints `message` and ends with `code`.

        Returns the exit code of the job.
        """
        publish = (
            'mkdir -p "out put"; cd "out put"; date +%N > index.html;'
            f" printf %s {shlex.quote(dataset)} > dataset.json; date +%N > run.json"
        )
        self.script(
            "harvest",
            f"{publish}; touch .lock; printf '%s\\n' {shlex.quote(message)} >&2; exit {code}",
        )
        outputs: dict[str, str] = {}
        end = 0
        for step in steps(self.text).values():
            if step.get("name") == "Install" or "run" not in step or end:
                continue
            if self.is_due(step.get("if"), outputs):
                end = self.run(step, outputs)
        return end

    @staticmethod
    def is_due(condition: str | None, outputs: dict[str, str]) -> bool:
        """Evaluate the few forms of condition that the workflow has."""
        if condition is None:
            return True
        terms = [
            re.fullmatch(r"steps\.refresh\.outputs\.(\w+) == '(\w+)'", term)
            for term in condition.split(" || ")
        ]
        assert all(terms), condition
        return any(outputs.get(term[1], "") == term[2] for term in terms if term)

    def run(self, step: dict[str, Any], outputs: dict[str, str]) -> int:
        written = self.folder / "outputs"
        written.touch()
        variables = {**workflow(self.text)["jobs"]["refresh"]["env"], **step.get("env", {})}
        if "CODE" in variables:
            variables["CODE"] = outputs["code"]
        foreign = ("GIT_", "HARVEST_")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(foreign)},
            **variables,
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(written),
            "RUNNER_TEMP": str(self.folder),
            "CALLS": str(self.folder / "calls"),
            "OPEN": str(self.folder / "open"),
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            shell, cwd=self.clone, env=environment, capture_output=True, text=True, check=False
        )
        for line in written.read_text("utf-8").splitlines():
            key, _, value = line.partition("=")
            outputs[key] = value
        written.unlink()
        return done.returncode

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "main", cwd=self.origin))

    def calls(self) -> str:
        path = self.folder / "calls"
        return path.read_text("utf-8") if path.exists() else ""


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@needs_git
def test_the_workflow_commits_only_changes(runner: Runner) -> None:
    assert runner.night(0, dataset="1") == 0
    assert runner.commits() == 2
    published = runner.git("ls-tree", "-r", "--name-only", "main", "out put", cwd=runner.origin)
    assert published == "out put/dataset.json\n"
    assert runner.night(0, dataset="1") == 0  # run.json differs every night
    assert runner.commits() == 2
    assert runner.night(3, dataset="2") == 0
    assert runner.commits() == 3


@needs_git
def test_the_workflow_keeps_other_commits(runner: Runner) -> None:
    other = runner.folder / "other"
    runner.git("clone", "--quiet", str(runner.origin), str(other), cwd=runner.folder)
    (other / "list.md").write_text("- new\n")
    runner.git("add", "list.md", cwd=other)
    runner.git("commit", "--quiet", "--message", "A line", cwd=other)
    runner.git("push", "--quiet", cwd=other)
    assert runner.night(0) == 0
    assert runner.commits() == 3


@needs_git
def test_two_degraded_nights_open_one_issue(runner: Runner) -> None:
    evil = "degraded: github: $(touch pwned) `touch pwned` @everyone ```"
    for code in (3, 0, 3):
        assert runner.night(code, message=evil) == 0
    assert runner.calls() == ""
    assert runner.night(3, message=evil) == 0
    assert runner.calls().count("issue create") == 1
    assert f"\n    {evil}\n" in runner.calls()
    assert not list(runner.folder.rglob("pwned"))
    (runner.folder / "open").write_text("7\n")
    assert runner.night(3, message=evil) == 0
    assert runner.calls().count("issue create") == 1


@needs_git
def test_the_workflow_fails_if_nothing_was_published(runner: Runner) -> None:
    for code in (1, 2, 4, 5, 130):
        assert runner.night(code) == code
        assert json.loads((runner.clone / "cache" / "exit-code").read_text()) == code
    assert runner.commits() == 1


@pytest.mark.parametrize("kind", [schedule.cron, schedule.systemd, schedule.github])
def test_a_night_has_patience(kind: Any, tmp_path: Path) -> None:
    assert kind(settings(tmp_path)).count(" --patience=20m ") == 1


def test_the_command_is_this_python(tmp_path: Path) -> None:
    assert schedule._command(tmp_path)[:3] == [sys.executable, "-m", "harvest"]
    assert Path(sys.executable).is_absolute()
