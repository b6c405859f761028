"""The program as people and cron jobs meet it: arguments, output, exit codes."""

from __future__ import annotations

import ast
import csv
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from harvest import cli
from tests.fakes import FakeServices, Fault, World, nth
from tests.support.program import environment, run, start

ROOT = Path(__file__).parents[1]
LIST = (
    "# L\n\n"
    "- [DDPM](https://arxiv.org/abs/2006.11239) [Code](https://github.com/batmanlab/HA-GAN)\n"
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "list.md").write_text(LIST, "utf-8")
    return tmp_path


def test_a_run_and_its_output(here: Path, fakes: FakeServices) -> None:
    env = fakes.env("t")
    done = run(here, "refresh", "list.md", env=env)
    assert done.returncode == 0
    assert sorted(done.stderr.splitlines()) == [
        "arxiv: 1 of 1",
        "github: 1 of 1",
    ]
    assert "works         1 = 1 resolved" in done.stdout
    assert "\x1b" not in done.stdout
    shown = run(here, "show", "https://arxiv.org/abs/2006.11239v1")
    assert "Denoising Diffusion Probabilistic Models" in shown.stdout
    assert "list.md" in shown.stdout
    assert "authors         Jonathan Ho\n                Ajay Jain\n" in shown.stdout
    assert (
        "mentions        seed=list.md  line=3  title=DDPM  url=" in shown.stdout
    )  # and nothing that is empty
    assert (
        run(here, "show", "batmanlab/ha-gan").stdout
        == run(here, "show", "github:batmanlab/ha-gan").stdout
    )
    assert "stars" in run(here, "show", "github:batmanlab/ha-gan").stdout
    for title in (
        "denoising diffusion  probabilistic models",
        "DDPM",
    ):  # the work's own, and the listed one
        assert run(here, "show", title).stdout == shown.stdout
    rows = list(csv.DictReader(io.StringIO(run(here, "export", "csv").stdout)))
    assert rows[0]["arxiv"] == "2006.11239"
    assert run(here, "export", "json").stdout == (here / "output" / "dataset.json").read_text(
        "utf-8"
    )
    assert len(run(here, "export", "jsonl").stdout.splitlines()) == 2
    assert run(here, "schema").stdout == (here / "output" / "dataset.schema.json").read_text(
        "utf-8"
    )


def test_works_are_chosen_by_an_expression(here: Path, fakes: FakeServices) -> None:
    assert run(here, "refresh", "list.md", env=fakes.env("t")).returncode == 0
    assert run(here, "export", "jsonl", "--where", "year = 1000").stdout == ""
    everything = run(here, "export", "csv").stdout
    assert run(here, "export", "csv", "--where", "status = resolved").stdout == everything
    assert run(here, "export", "csv", "--without", "resolved").stdout.count("\n") == 1
    assert run(here, "show", "--where", "status = resolved").stdout.endswith("1 work\n")
    wrong = run(here, "export", "csv", "--where", "stras > 3")
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[1:] == ["  stras > 3", "  ^^^^^"]
    assert "choose from retracted" in run(here, "export", "csv", "--without", "x").stderr
    assert run(here, "show").returncode == run(here, "show", "a", "--where", "b").returncode == 2


def test_a_narrow_terminal_hides_no_number(here: Path, fakes: FakeServices) -> None:
    done = run(here, "refresh", "list.md", env={**fakes.env("t"), "COLUMNS": "40"})
    assert "source    asked  found  not found  failed  not asked  cached  requests\n" in done.stdout
    assert "\u2026" not in done.stdout


def test_a_list_without_a_work_names_the_next_step(here: Path) -> None:
    (here / "links.md").write_text("# L\n\n- [a](https://a.example.org/b)\n", "utf-8")
    done = run(here, "refresh", "links.md")
    assert "works         0\n              `harvest extract LIST --format table`" in done.stdout
    assert "title ~ word" in run(here, "show", "Some title").stderr


def test_export_to_a_file_and_to_a_folder(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    assert run(here, "export", "csv", "--output", "w.csv").returncode == 0
    assert (here / "w.csv").read_text("utf-8").startswith("id,status")
    (here / "all").mkdir()
    assert run(here, "export", "csv", "--output", "all").returncode == 0
    names = {path.name for path in (here / "all").iterdir()}
    assert {"repositories.csv", "works.csv", "facets.csv"} <= names
    assert run(here, "export", "csv", "--output", "no/such/folder.csv").returncode == 2
    assert run(here, "export", "csv", "--output", "made/here/").stderr == ""
    assert {path.name for path in (here / "made" / "here").iterdir()} == names


def test_export_leaves_what_a_run_published(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    before = (here / "output" / "works.csv").read_bytes()
    for target in ("output", "output/works.csv"):
        done = run(here, "export", "csv", "--where", "year = 1000", "--output", target)
        assert done.returncode == 2
        assert "harvest refresh" in done.stderr
    assert (here / "output" / "works.csv").read_bytes() == before
    assert run(here, "export", "csv", "--output", "output/mine.csv").returncode == 0
    assert run(here, "export", "ris", "--output", "output/").returncode == 0


@pytest.mark.posix
def test_a_terminal_gets_text_alone(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    own, terminal = os.openpty()
    for name, code in (("db", 2), ("csv", 0)):
        command = [sys.executable, "-m", "harvest", "export", name]
        done = subprocess.run(
            command, cwd=here, env=environment({}), stdout=terminal, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
        assert done.returncode == code
        assert (b"write it with --output harvest.db" in done.stderr) == bool(code)
    assert os.read(own, 9) == b"id,status"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_an_export_keeps_the_permissions_of_a_file(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    file = here / "mine.csv"
    file.touch(0o600)
    assert run(here, "export", "csv", "--output", "mine.csv").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is full")
def test_a_full_disk_behind_an_export(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    assert "No space left" in run(here, "export", "csv", "--output", "/dev/full").stderr
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "harvest", "export", "csv"],
            cwd=here, stdout=full, stderr=subprocess.PIPE, env=environment({}), check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        b"harvest: cannot write what it prints: No space left on device"
    ]


def test_standard_streams_that_are_closed_or_take_no_letters(here: Path) -> None:
    env = environment({"PYTHONIOENCODING": "ascii"})
    (here / "é.md").write_text(LIST, "utf-8")
    extract = [sys.executable, "-m", "harvest", "extract"]
    done = subprocess.run(
        [*extract, "é.md", "--format", "table"], cwd=here, env=env, capture_output=True, check=True
    )
    assert b"\\xe9.md:3" in done.stdout
    command = shlex.join([*extract, "-"])
    closed = subprocess.run(
        ["/bin/sh", "-c", f"exec {command} <&- >&-"], cwd=here, capture_output=True, check=True
    )
    assert closed.stderr == b"-: no-records is empty\n"


def test_a_source_that_is_down_is_3(here: Path, fakes: FakeServices, world: World) -> None:
    world.faults = [Fault("github", "500")]
    done = run(here, "refresh", "list.md", env={**fakes.env("t"), "HARVEST_GITHUB_PATIENCE": "1"})
    assert done.returncode == 3
    assert "degraded: github: 1 failed (HTTP 500: 500)" in done.stderr
    assert (here / "output" / "dataset.json").is_file()


def test_offline_is_3(here: Path) -> None:
    done = run(here, "refresh", "list.md", "--offline")
    assert done.returncode == 3
    assert "not asked (offline)" in done.stderr


def test_quiet_prints_problems_only(here: Path, fakes: FakeServices, world: World) -> None:
    world.faults = [Fault("github", "500", nth(1))]  # asked again, and answered
    done = run(here, "refresh", "list.md", "--quiet", env=fakes.env("t"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_summary(here: Path, fakes: FakeServices, world: World) -> None:
    first = run(here, "refresh", "list.md", "--output", "out put", env=fakes.env())
    assert "changes" not in first.stdout
    assert (
        "\n\nOpen out put/index.html in a browser; works.csv and dataset.json are beside it."
        "\n`harvest show ID --output 'out put'` shows one work in full.\n" in first.stdout
    )
    assert "GITHUB_TOKEN" in first.stdout
    assert "HARVEST_MAILTO" not in first.stdout  # Crossref was not asked
    world.repositories["batmanlab/ha-gan"].stars += 1
    (here / "list.md").write_text(LIST + "- [Another](https://arxiv.org/abs/1801.03924)\n", "utf-8")
    again = run(
        here, "refresh", "list.md", "--output", "out put", "--max-age", "0", env=fakes.env()
    )
    assert "changes       2 = 1 added + 1 stars (see changes.json)" in again.stdout
    assert "hint" not in run(here, "refresh", "list.md", "--offline").stdout


def test_empty_lists_are_2(here: Path, fakes: FakeServices) -> None:
    (here / "empty.md").write_text("\n", "utf-8")
    done = run(here, "refresh", "empty.md", env=fakes.env("t"))
    assert (done.returncode, done.stderr) == (
        2,
        "harvest: empty.md: nothing is listed there; `harvest extract` shows what is read\n",
    )
    assert not (here / "output").exists()
    assert run(here, "lint", "empty.md").stdout.startswith("empty.md: no-records is empty\n")


def test_a_title_of_two_works_is_not_guessed(here: Path) -> None:
    rows = "".join(f"- [Same title of two](https://arxiv.org/abs/2301.0000{n})\n" for n in (1, 2))
    (here / "two.md").write_text(f"# L\n\n{rows}", "utf-8")
    run(here, "refresh", "two.md", "--offline")
    done = run(here, "show", "Same title of two")
    assert done.returncode == 2
    assert "arxiv:2301.00001, arxiv:2301.00002" in done.stderr


def test_a_diff_without_changes(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    assert run(here, "diff", "output", "output/dataset.json").stdout == "No changes.\n"
    same = msgspec.json.decode(run(here, "diff", "output", "output", "--format", "json").stdout)
    digest = sha256((here / "output" / "dataset.json").read_bytes()).hexdigest()
    assert (same["before"], same["after"]) == (digest, digest)


def test_why_reads_the_lists_of_the_last_run(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    done = run(here, "show", "--why", "arxiv:2006.11239")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_collapse_is_4(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    before = (here / "output" / "dataset.json").read_bytes()
    (here / "list.md").write_text("# Nothing\n\nleft\n", "utf-8")
    done = run(here, "refresh", "list.md", env=fakes.env("t"))
    assert done.returncode == 4
    assert "HARVEST_FLOOR=0" in done.stderr
    assert (here / "output" / "dataset.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["refresh"], "no list is named: write one after the command"),
        (["refresh", "none.md"], "none.md"),
        (
            ["refresh", "list.md", "--config", "none.toml"],
            "none.toml: does not exist: check the path",
        ),
        (["refresh", "list.md", "--config", "."], "cannot be read: Is a directory"),
        (["refresh", "list.md", "--output", "list.md"], "is a file"),
        (["refresh", "list.md", "--output", "/"], "name a folder of its own"),
        (["refresh", "https://github.com/owner/name"], "write github:owner/repo"),
        (["refresh", "github:owner/name", "--offline"], "cannot be read: offline, and no copy"),
        (["diff", "none", "none"], "none: does not exist"),
        (["refresh", "list.md", "--output", ""], "'--output': it is empty: name one, or leave"),
        (["refresh", "list.md", ""], "'[LIST]...': it is empty"),
        (["extract", ""], "'LIST...': it is empty"),
        (["export", "csv", "--from", ""], "'--from': it is empty"),
        (["show", ""], "'ID': it is empty"),
        (["refresh", "--nosuch"], "--nosuch"),
        (["extract"], "LIST"),
        (["show", "doi:10.1/x"], "harvest refresh"),
        (["export", "csv"], "harvest refresh"),
        (["nosuch"], "nosuch"),
    ],
)
def test_usage_errors_are_2(here: Path, arguments: list[str], message: str) -> None:
    done = run(here, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_export_says_which_files_are_left_out(here: Path, fakes: FakeServices) -> None:
    run(here, "refresh", "list.md", env=fakes.env("t"))
    for arguments in ((), ("--output", "w.csv")):
        done = run(here, "export", "csv", *arguments)
        assert "works.csv" in done.stderr
        assert "repositories.csv" in done.stderr
    assert run(here, "export", "csv", "--output", ".").stderr == ""
    assert run(here, "export", "jsonl").stderr == ""


def test_an_unknown_format(here: Path) -> None:
    done = run(here, "export", "nosuch")
    assert done.returncode == 2
    assert "csv, datapackage, db, json, jsonl" in done.stderr


def test_extract_prints_one_mention_a_line(here: Path) -> None:
    lines = [
        msgspec.json.decode(line) for line in run(here, "extract", "list.md").stdout.splitlines()
    ]
    assert list(lines[0]) == [
        "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version",
        "title", "authors", "date", "columns",
    ]  # fmt: skip
    assert [line["identifier"] for line in lines] == ["arxiv:2006.11239", "github:batmanlab/HA-GAN"]
    assert [line["line"] for line in lines] == [3, 3]


def test_extract_shows_the_layouts_of_a_list(here: Path) -> None:
    item = "- (CVPR 2021) A title of number {n} [[pdf]](https://arxiv.org/abs/2101.0000{n})\n"
    done = run(here, "extract", "--layout", "-", stdin="".join(item.format(n=n) for n in range(5)))
    assert done.stdout.splitlines() == [
        "-",
        "- (VENUE DATE) TITLE [[pdf]](\u2026) | 5 of 5",
        *(f"    (CVPR 2021) A title of number {n} pdf" for n in range(3)),
    ]


def test_extract_reads_standard_input_and_prints_tables(here: Path) -> None:
    done = run(here, "extract", "-", "--format", "table", stdin="arXiv:2301.00001\n")
    assert "arxiv:2301.00001" in done.stdout
    long = f"10.1000/{'long' * 40}"
    lines = run(
        here, "extract", "-", "--format", "table", stdin=f"{long}\narXiv:2301.00001\n"
    ).stdout.splitlines()
    assert len(lines) == 3
    assert f"doi:{long}" in lines[1]
    assert not any(line.endswith(" ") for line in lines)


def test_warnings_of_extract_go_to_stderr(here: Path) -> None:
    (here / "open.md").write_text("# A\n\n```\n- [x](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    done = run(here, "extract", "open.md")
    assert "open.md:3: unclosed-fence" in done.stderr
    assert "2006.11239" in done.stdout


def test_no_escape_sequence_reaches_the_terminal(here: Path) -> None:
    (here / "evil.md").write_text(
        "# A\n\n- [\x1b[31mred\x1b]0;title\x07](https://arxiv.org/abs/2006.11239)\n", "utf-8"
    )
    assert "\x1b" not in run(here, "extract", "evil.md", "--format", "table").stdout
    run(here, "refresh", "evil.md", "--offline")
    assert "\x1b" not in run(here, "show", "arxiv:2006.11239").stdout


def test_version_and_help(here: Path) -> None:
    assert run(here, "--version").stdout.startswith("harvest 0.")
    text = run(here, "--help", env={"COLUMNS": "80"}).stdout
    assert not re.search(r"^  \w.*\.\.\.$", text, re.MULTILINE)  # no command's line is cut off
    for command in ("refresh", "extract", "show", "export", "schema"):
        assert command in text
        assert f"Example: harvest {command}" in run(here, command, "--help").stdout


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_overview_has_the_first_sentence_of_each_help(name: str) -> None:
    assert cli.load(name).get_short_help_str(limit=100) == cli.COMMANDS[name]


def test_every_file_of_a_command_is_in_the_overview() -> None:
    folder = Path(cli.__file__).parent / "commands"
    files = {path.stem for path in folder.glob("*.py") if "\napp = " in path.read_text("utf-8")}
    assert files == cli.COMMANDS.keys()


def test_help_names_what_discovery_finds(here: Path) -> None:
    text = " ".join(run(here, "refresh", "--help").stdout.split())
    assert "source: arxiv, crossref, datacite, doi, github" in text
    assert "datapackage, db, json, jsonl" in " ".join(run(here, "export", "--help").stdout.split())


@pytest.mark.parametrize("command", ["lint", "refresh"])
def test_a_command_that_is_not_watched_loads_no_rich(here: Path, command: str) -> None:
    code = f"import harvest.commands.{command}, sys; print('rich' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_help_loads_no_package(here: Path) -> None:
    code = "import sys; from harvest.cli import app; app(['--help'], standalone_mode=False)"
    loaded = f"{code}; print(sorted(name for name in sys.modules if name.startswith('harvest')))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=here, capture_output=True, text=True, check=True
    )
    modules = set(ast.literal_eval(done.stdout.splitlines()[-1]))
    shared = {"commands", "commands.exits", "commands.streams"}
    light = {"cli", "errors", "models", "processes", "text", *shared}
    assert modules <= {"harvest", *(f"harvest.{name}" for name in light)}


def test_the_token_appears_nowhere(here: Path, fakes: FakeServices, world: World) -> None:
    world.faults = [Fault("github", "500")]
    env = {**fakes.env("sesame-token"), "HARVEST_GITHUB_PATIENCE": "1"}
    done = run(here, "refresh", "list.md", env=env)
    assert "sesame-token" not in done.stdout + done.stderr
    for path in here.rglob("*"):
        assert not path.is_file() or b"sesame-token" not in path.read_bytes()


@pytest.mark.parametrize("folder", ["with blanks in it", "ümläut", "q'uote"])
def test_folders_with_odd_names(here: Path, fakes: FakeServices, folder: str) -> None:
    (here / folder).mkdir()
    (here / folder / "my list.md").write_text(LIST, "utf-8")
    output = str(here / folder / "out put")
    done = run(here, "refresh", f"{folder}/my list.md", "--output", output, env=fakes.env("t"))
    assert done.returncode == 0
    assert (Path(output) / "dataset.json").is_file()


def test_a_dry_run_shows_the_plan(here: Path, fakes: FakeServices) -> None:
    done = run(here, "refresh", "list.md", "--dry-run", env=fakes.env("t"))
    assert done.returncode == 0
    assert "at least 2 requests" in done.stdout
    assert "for searches" not in done.stdout
    (here / "bare.md").write_text(
        "| Title | Paper |\n|---|---|\n| A study of things that nobody lists | |\n", "utf-8"
    )
    bare = run(here, "refresh", "bare.md", "--dry-run", env=fakes.env("t"))
    assert "at most 2 for searches" in bare.stdout
    assert fakes.count() == 0
    assert not (here / "output").exists()


def test_a_budget_defers_to_the_next_run(here: Path, fakes: FakeServices) -> None:
    env = fakes.env("t")
    done = run(here, "refresh", "list.md", "--max-requests", "1", env=env)
    assert done.returncode == 3
    assert "not asked" in done.stderr
    assert "the budget of 1 requests is spent" in done.stderr
    assert fakes.count() == 1
    assert run(here, "refresh", "list.md", env=env).returncode == 0
    assert fakes.count() == 2
    late = run(here, "refresh", "list.md", "--max-minutes", "0", "--max-age", "0", env=env)
    assert late.returncode == 3
    assert "the budget of 0 s is spent" in late.stderr
    assert fakes.count() == 2


def test_only_one_source_is_asked(here: Path, fakes: FakeServices) -> None:
    env = fakes.env("t")
    assert run(here, "refresh", "list.md", "--only", "github", env=env).returncode == 0
    assert {request.service for request in fakes.log} == {"github"}
    assert run(here, "refresh", "list.md", "--only", "nosuch").returncode == 2


def test_max_age_asks_again(here: Path, fakes: FakeServices) -> None:
    env = fakes.env("t")
    for arguments, requests in ((), 2), (("--max-age", "1d"), 2), (("--max-age", "0"), 4):
        assert run(here, "refresh", "list.md", *arguments, env=env).returncode == 0
        assert fakes.count() == requests
    assert run(here, "refresh", "list.md", "--max-age", "soon").returncode == 2


def test_streams_and_codes_of_a_process(here: Path) -> None:
    with start(here, "extract", "list.md", "--format", "table") as good:
        out, err = good.communicate(timeout=60)
    assert (good.returncode, err) == (0, "")
    assert "arxiv:2006.11239" in out
    with start(here, "refresh", "none.md") as bad:
        out, err = bad.communicate(timeout=60)
    assert (bad.returncode, out) == (2, "")
    assert err.startswith("harvest: none.md: ")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_run_is_5_or_waits(here: Path, fakes: FakeServices, world: World) -> None:
    world.latency = 3.0
    first = start(here, "refresh", "list.md", env=fakes.env("t"))
    until(lambda: fakes.count() > 0)
    second = run(here, "refresh", "list.md", env=fakes.env("t"))
    assert second.returncode == 5
    assert "--wait" in second.stderr
    third = run(here, "refresh", "list.md", "--wait", env=fakes.env("t"))
    assert third.returncode == 0
    assert first.wait() == 0
    first.communicate()


@pytest.mark.posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_130(
    here: Path, fakes: FakeServices, world: World, number: signal.Signals
) -> None:
    world.latency = 3.0
    process = start(here, "refresh", "list.md", env=fakes.env("t"))
    until(lambda: fakes.count() == 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert not (here / "output").exists()
    world.latency = 0.0
    assert run(here, "refresh", "list.md", env=fakes.env("t")).returncode == 0
    assert fakes.count() == 2


@pytest.mark.parametrize("amount", ["nan", "inf", "1e300", "-inf"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("refresh", "list.md", "--dry-run", "--max-minutes"),
        ("bulk", "list.md", "--lake", "lake", "--max-minutes"),
        ("bulk", "list.md", "--lake", "lake", "--memory"),
    ],
)
def test_an_amount_without_end_is_refused(
    here: Path, arguments: tuple[str, ...], amount: str
) -> None:
    done = run(here, *arguments, amount)
    assert done.returncode == 2
    assert arguments[-1] in done.stderr
    assert [path.name for path in here.iterdir()] == ["list.md"]


@pytest.mark.parametrize(
    ("command", "work", "remains"),
    [
        (("mirror", "add", "crossref", "list.md", "--mirror", "m"), "harvest.mirror.keeping.add",
         "the mirror is as before; the same line again goes on where this one stopped"),
        (("bulk", "list.md", "--lake", "lake"), "harvest.bulk.line.run", "lake is as before"),
        (("refresh", "list.md"), "harvest.pipeline.refresh", "the last output stands"),
    ],
)  # fmt: skip
def test_an_interruption_says_what_remains(
    here: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], work: str, remains: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(work, interrupt)
    done = run(here, *command)
    assert done.returncode == 130
    assert remains in done.stderr


def test_the_log_as_json_lines(here: Path, fakes: FakeServices, world: World) -> None:
    world.faults = [Fault("github", "500", nth(1))]
    done = run(here, "refresh", "list.md", "--log-json", env=fakes.env("t"))
    lines = [msgspec.json.decode(line) for line in done.stderr.splitlines()]
    run_json = msgspec.json.decode((here / "output" / "run.json").read_bytes())
    assert {line["run"] for line in lines} == {run_json["run_id"]}
    assert lines[0]["level"] == "warning"
    assert "HTTP 500" in lines[0]["message"]
    assert lines[-1]["message"] == "published"
    assert lines[-1]["data"]["works"] == {"total": 1, "resolved": 1}
    assert done.stdout == ""
