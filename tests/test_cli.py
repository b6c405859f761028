"""The program as people and cron jobs meet it: arguments, output, exit codes."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.standins import Fault, Standins, World

ROOT = Path(__file__).parents[1]
LIST = "# L\n\n- [DDPM](https://arxiv.org/abs/2006.11239) [Code](https://github.com/batmanlab/HA-GAN)\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "list.md").write_text(LIST, "utf-8")
    return tmp_path


def run(
    folder: Path, *arguments: str, env: dict[str, str] | None = None, **options: str
) -> subprocess.CompletedProcess[str]:
    quick = {
        f"HARVEST_{name}_{key}": "0" for name in ("CROSSREF", "ARXIV", "GITHUB") for key in ("INTERVAL", "BACKOFF")
    }
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HARVEST_", "GITHUB_", "COV_"))}
    return subprocess.run(
        [sys.executable, "-m", "harvest", *arguments],
        cwd=folder,
        env={**clean, **((env and quick) or {}), **(env or {}), "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        input=options.get("input"),
    )


def test_a_run_and_what_can_be_asked_of_it(here: Path, standins: Standins) -> None:
    env = standins.env("t")
    done = run(here, "refresh", "list.md", env=env)
    assert done.returncode == 0
    assert sorted(done.stderr.splitlines()) == ["arxiv: 1 of 1", "github: 1 of 1", "starter: 2 of 2"]
    assert "works         1 = 1 resolved" in done.stdout
    assert "\x1b" not in done.stdout
    shown = run(here, "show", "https://arxiv.org/abs/2006.11239v1")
    assert "Denoising Diffusion Probabilistic Models" in shown.stdout
    assert "list.md" in shown.stdout
    assert "stars" in run(here, "show", "github:batmanlab/ha-gan").stdout
    rows = list(csv.DictReader(io.StringIO(run(here, "export", "csv").stdout)))
    assert rows[0]["arxiv"] == "2006.11239"
    assert run(here, "export", "json").stdout == (here / "output" / "dataset.json").read_text("utf-8")
    assert len(run(here, "export", "jsonl").stdout.splitlines()) == 2
    assert run(here, "schema").stdout == (here / "output" / "dataset.schema.json").read_text("utf-8")


def test_export_to_a_file_and_to_a_folder(here: Path, standins: Standins) -> None:
    run(here, "refresh", "list.md", env=standins.env("t"))
    assert run(here, "export", "csv", "--output", "w.csv").returncode == 0
    assert (here / "w.csv").read_text("utf-8").startswith("id,status")
    (here / "all").mkdir()
    assert run(here, "export", "csv", "--output", "all").returncode == 0
    assert sorted(path.name for path in (here / "all").iterdir()) == ["repositories.csv", "works.csv"]
    assert run(here, "export", "csv", "--output", "no/such/folder.csv").returncode == 2


def test_a_source_that_is_down_is_3_and_published(here: Path, standins: Standins, world: World) -> None:
    world.faults = [Fault("github", "500")]
    done = run(here, "refresh", "list.md", env={**standins.env("t"), "HARVEST_GITHUB_PATIENCE": "1"})
    assert done.returncode == 3
    assert "degraded: github: 1 failed (HTTP 500: 500)" in done.stderr
    assert (here / "output" / "dataset.json").is_file()


def test_offline_is_3_because_something_is_owed(here: Path) -> None:
    done = run(here, "refresh", "list.md", "--offline")
    assert done.returncode == 3
    assert "not asked (offline)" in done.stderr


def test_quiet_prints_problems_only(here: Path, standins: Standins) -> None:
    done = run(here, "refresh", "list.md", "--quiet", env=standins.env("t"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_collapse_is_4_and_the_output_stands(here: Path, standins: Standins) -> None:
    run(here, "refresh", "list.md", env=standins.env("t"))
    before = (here / "output" / "dataset.json").read_bytes()
    (here / "list.md").write_text("# Nothing\n\nleft\n", "utf-8")
    done = run(here, "refresh", "list.md", env=standins.env("t"))
    assert done.returncode == 4
    assert "HARVEST_FLOOR=0" in done.stderr
    assert (here / "output" / "dataset.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["refresh"], "no seeds"),
        (["refresh", "none.md"], "none.md"),
        (["refresh", "list.md", "--config", "none.toml"], "none.toml"),
        (["refresh", "--nosuch"], "--nosuch"),
        (["extract"], "SEED"),
        (["show", "doi:10.1/x"], "harvest refresh"),
        (["export", "csv"], "harvest refresh"),
        (["nosuch"], "nosuch"),
    ],
)
def test_usage_errors_are_2_and_say_what_to_do(here: Path, arguments: list[str], said: str) -> None:
    done = run(here, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_format_names_the_known_ones(here: Path) -> None:
    done = run(here, "export", "nosuch")
    assert done.returncode == 2
    assert "csv, json, jsonl" in done.stderr


def test_extract_prints_one_mention_a_line(here: Path) -> None:
    lines = [msgspec.json.decode(line) for line in run(here, "extract", "list.md").stdout.splitlines()]
    assert list(lines[0]) == [
        "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version", "title", "authors",
        "date", "columns",
    ]  # fmt: skip
    assert [line["identifier"] for line in lines] == ["arxiv:2006.11239", "github:batmanlab/HA-GAN"]
    assert [line["line"] for line in lines] == [3, 3]


def test_extract_reads_standard_input_and_prints_tables(here: Path) -> None:
    done = run(here, "extract", "-", "--format", "table", input="arXiv:2301.00001\n")
    assert "arxiv:2301.00001" in done.stdout


def test_warnings_of_extract_go_to_stderr(here: Path) -> None:
    (here / "open.md").write_text("# A\n\n```\n- [x](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    done = run(here, "extract", "open.md")
    assert "open.md:3: unclosed-fence" in done.stderr
    assert "2006.11239" in done.stdout


def test_escape_sequences_of_a_list_do_not_reach_the_terminal(here: Path) -> None:
    (here / "evil.md").write_text("# A\n\n- [\x1b[31mred\x1b]0;title\x07](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    assert "\x1b" not in run(here, "extract", "evil.md", "--format", "table").stdout
    run(here, "refresh", "evil.md", "--offline")
    assert "\x1b" not in run(here, "show", "arxiv:2006.11239").stdout


def test_version_and_help(here: Path) -> None:
    assert run(here, "--version").stdout.startswith("harvest 0.")
    text = run(here, "--help").stdout
    for command in ("refresh", "extract", "show", "export", "schema"):
        assert command in text
        own = run(here, command, "--help").stdout
        assert f"Example: harvest {command}" in own


def test_the_token_appears_nowhere(here: Path, standins: Standins, world: World) -> None:
    world.faults = [Fault("github", "500")]
    env = {**standins.env("sesame-token"), "HARVEST_GITHUB_PATIENCE": "1"}
    done = run(here, "refresh", "list.md", env=env)
    assert "sesame-token" not in done.stdout + done.stderr
    for path in here.rglob("*"):
        assert not path.is_file() or b"sesame-token" not in path.read_bytes()


@pytest.mark.parametrize("folder", ["with blanks in it", "ümläut", "q'uote"])
def test_folders_with_odd_names(here: Path, standins: Standins, folder: str) -> None:
    (here / folder).mkdir()
    (here / folder / "my list.md").write_text(LIST, "utf-8")
    output = str(here / folder / "out put")
    done = run(here, "refresh", f"{folder}/my list.md", "--output", output, env=standins.env("t"))
    assert done.returncode == 0
    assert (Path(output) / "dataset.json").is_file()
