"""A night is recorded with its faults, and replayed without a network: the same comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harvest import pipeline
from harvest.commands import replay as replays
from harvest.errors import UsageError
from harvest.http import recorder
from harvest.http.clients import Budget
from harvest.http.recorder import EXCHANGES
from tests.fakes import FakeServices, Fault, Repository, chance, every, first, nth
from tests.scenarios.faults import Setup
from tests.support.program import run as program
from tests.support.runs import night, no_waits, small_batches
from tests.support.settings import NIGHTLY, TOKEN, make_settings

MAILTO = "curator@lists.example.com"
FAULTS: dict[str, list[Fault]] = {
    "none": [],
    "429 first": [Fault(name, "429", when=first(2)) for name in ("crossref", "arxiv", "github")],
    "502": [Fault(name, "502", when=nth(2)) for name in ("crossref", "github")],
    "busy": [Fault("github", "502", when=every(2))],
    "hangs": [Fault("arxiv", "hang", when=first(1)), Fault("crossref", "hang", when=nth(3))],
    "malformed": [Fault("crossref", "truncated", when=nth(2)), Fault("arxiv", "html", when=nth(1))],
    "odd 2xx": [Fault("github", "202", when=first(1)), Fault("crossref", "206", when=nth(1))],
    "short pages": [Fault("arxiv", "short-page", when=first(2))],
    "null data": [Fault("github", "null-data", when=first(1))],
    "drops": [Fault(name, "reset", when=first(1)) for name in ("crossref", "arxiv", "github")],
    "refused": [Fault("github", "denied"), Fault("crossref", "denied", when=nth(3))],
    "down all night": [Fault("arxiv", "503"), Fault("crossref", "500")],
    "down, then up": [Fault("arxiv", "503", when=first(8))],
    "one in five": [Fault(name, "503", when=chance(0.2)) for name in ("crossref", "github")],
}
SETUPS = {
    "agencies": Setup(agencies=True, token=TOKEN),
    "token": Setup(agencies=False, token=TOKEN),
    "anonymous": Setup(agencies=False, token=None),
}


def recorded(
    folder: Path, setup: Setup, faults: list[Fault], budget: Budget | None = None, **values: Any
) -> tuple[list[str], bytes]:
    """Record a night in `folder`; return how it was degraded, and the dataset."""
    path = folder / "list.md"
    setup.write_list(path)
    with FakeServices(setup.world()) as fakes, small_batches(5), no_waits():
        values = {
            "fresh": NIGHTLY, "timeout": 0.5, "patience": 5.0, "abstracts": "none", **values
        }  # fmt: skip
        settings = make_settings(
            folder, fakes, path, token=setup.token, mailto=MAILTO,
            record=str(folder / "recording"), **values,
        )  # fmt: skip
        fakes.world.faults = faults
        run = pipeline.refresh(settings, now=night(2), budget=budget)
    return counts(run.degraded), (folder / "output" / "dataset.json").read_bytes()


def counts(degraded: list[str]) -> list[str]:
    """Leave out the reason: of several, threads decide which comes first."""
    return [line.partition(" (")[0] for line in degraded]


def replayed(folder: Path, name: str = "again") -> tuple[list[str], bytes, int]:
    """Replay the recording; return the same, and how many answers were not asked for."""
    settings = make_settings(folder, {}, folder / "list.md")
    with small_batches(5):
        result = replays.replay_run(replays.find(folder / "recording"), settings, folder / name)
    return counts(result.run.degraded), (folder / name / "dataset.json").read_bytes(), result.unused


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize("faults", FAULTS)
def test_a_night_comes_back(tmp_path: Path, setup: str, faults: str) -> None:
    degraded, dataset = recorded(tmp_path, SETUPS[setup], FAULTS[faults])
    assert replayed(tmp_path) == (degraded, dataset, 0)


def test_all_but_abstracts_comes_back(tmp_path: Path) -> None:
    _, dataset = recorded(tmp_path, SETUPS["token"], [], abstracts="all")
    assert b'"abstract"' in dataset
    _, same, _ = replayed(tmp_path)
    assert without_abstracts(same) == without_abstracts(dataset)


def without_abstracts(dataset: bytes) -> Any:
    works = json.loads(dataset)["works"]
    for work in works:
        work.pop("abstract", None)
        work["provenance"].pop("abstract", None)
    return works


def test_a_spent_budget_comes_back(tmp_path: Path) -> None:
    degraded, dataset = recorded(tmp_path, SETUPS["token"], [], Budget(requests=9))
    assert any("not asked" in line for line in degraded)
    assert replayed(tmp_path) == (degraded, dataset, 0)


def test_a_second_night_begins_where_it_began(tmp_path: Path) -> None:
    recorded(tmp_path, SETUPS["token"], FAULTS["down all night"])
    degraded, dataset = recorded(tmp_path, SETUPS["token"], FAULTS["429 first"])
    run = tmp_path / "recording" / "0002"
    assert (run / "cache" / "harvest.sqlite").is_file()
    assert (run / "output" / "dataset.json").is_file()
    assert replayed(tmp_path) == (degraded, dataset, 0)


@pytest.fixture
def here(tmp_path: Path, fakes: FakeServices) -> Path:
    """A folder with a recorded run: a list on GitHub, a renamed repository, an alias, a fault."""
    world = fakes.world
    world.pacing = False
    doi, other = list(world.works)[:2]
    world.aliases["10.5555/alias"] = doi
    renamed = next(host for host in world.repositories.values() if host.former)
    text = f"- https://doi.org/10.5555/alias\n- https://doi.org/{other}\n"
    host = Repository(name="a/list", id=77, files={"README.md": text})
    world.add(host)
    (tmp_path / "list.md").write_text(
        f"- https://doi.org/{doi}\n- https://github.com/{renamed.former[0]}\n", "utf-8"
    )
    world.faults = [Fault("arxiv", "503"), Fault("crossref", "429", when=first(1))]
    done = program(
        tmp_path, "refresh", "list.md", "github:a/list", "--max-age=0",
        env={**fakes.env(), "HARVEST_RECORD": "night", "HARVEST_MAILTO": MAILTO,
             "HARVEST_ABSTRACTS": "none"},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    return tmp_path


@pytest.mark.parametrize("folder", ["night", "night/0001"])
def test_the_command_needs_no_service(here: Path, fakes: FakeServices, folder: str) -> None:
    requests = fakes.count()
    cache = (here / "cache" / "harvest.sqlite").read_bytes()
    done = program(here, "replay", folder, "list.md", "github:a/list", "--output", "again")
    assert done.returncode == 3, done.stderr
    assert "not asked for" not in done.stderr
    same = (here / "again" / "dataset.json").read_bytes()
    assert same == (here / "output" / "dataset.json").read_bytes()
    assert fakes.count() == requests
    assert (here / "cache" / "harvest.sqlite").read_bytes() == cache


def test_a_degraded_night_has_its_exit_code(tmp_path: Path, fakes: FakeServices) -> None:
    fakes.world.faults = [Fault("crossref", "denied")]
    doi = next(iter(fakes.world.works))
    (tmp_path / "list.md").write_text(f"- https://doi.org/{doi}\n", "utf-8")
    env = {**fakes.env(), "HARVEST_RECORD": "night"}
    done = program(tmp_path, "refresh", "list.md", env=env)
    again = program(tmp_path, "replay", "night", "list.md")
    assert (again.returncode, done.returncode) == (3, 3)
    degraded = [line for line in done.stderr.splitlines() if line.startswith("degraded")]
    assert [line for line in again.stderr.splitlines() if line.startswith("degraded")] == degraded


def test_what_was_not_recorded_is_named(here: Path) -> None:
    (here / "list.md").write_text("- https://doi.org/10.1234/other\n", "utf-8")
    done = program(here, "replay", "night", "list.md")
    assert done.returncode == 2
    assert "no answer of crossref to GET http://127.0.0.1" in done.stderr
    assert "needs the lists and harvest.toml of its night" in done.stderr
    assert "10.1234" in done.stderr


@pytest.mark.parametrize("arguments", [["nowhere"], ["list.md"], ["cache"], ["night", "-o"]])
def test_what_is_no_recording_is_refused(here: Path, arguments: list[str]) -> None:
    if arguments[-1] == "-o":
        arguments = ["night", "list.md", "--output", "output"]
    done = program(here, "replay", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_with_something_else_is_not_recorded_into(here: Path, fakes: FakeServices) -> None:
    done = program(here, "refresh", "list.md", env={**fakes.env(), "HARVEST_RECORD": "cache"})
    assert done.returncode == 2
    assert "is no recording" in done.stderr
    assert not list((here / "cache").glob("0*"))


def test_nothing_private_is_in_the_folder(here: Path) -> None:
    files = [path for path in (here / "night").rglob("*") if path.is_file()]
    assert {path.name for path in files} == {EXCHANGES, "run.json", "harvest.sqlite"}
    text = b"".join(path.read_bytes() for path in files)
    for private in (MAILTO, "curator", TOKEN, "user-agent", "authorization", str(here)):
        assert private.lower().encode() not in text.lower(), private
    abstracts = [line for line in text.splitlines() if b"An invented summary" in line]
    assert not abstracts


def test_a_killed_run_leaves_what_came_before(here: Path) -> None:
    file = here / "night" / "0001" / EXCHANGES
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]) + lines[-1][:-20])
    assert len(list(recorder.read(file.parent))) == len(lines) - 1
    file.write_bytes(b"{}\n" + lines[0])
    with pytest.raises(UsageError, match=r"exchanges\.jsonl:1"):
        list(recorder.read(file.parent))


def test_a_full_disk_costs_no_run(
    tmp_path: Path, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_RUN", 2_000)
    dois = [f"- https://doi.org/{doi}\n" for doi in list(fakes.world.works)[:5]]
    (tmp_path / "list.md").write_text("".join(dois), "utf-8")
    env = {**fakes.env(), "HARVEST_RECORD": "night"}
    done = program(tmp_path, "refresh", "list.md", env=env)
    assert done.returncode == 0, done.stderr
    assert "recorded in part" in done.stderr
    monkeypatch.setattr(recorder, "MAX_FOLDER", 100)
    done = program(tmp_path, "refresh", "list.md", "--max-age=0", env=env)
    assert done.returncode == 0, done.stderr
    assert "nothing more is recorded" in done.stderr
    assert [path.name for path in (tmp_path / "night").iterdir()] == ["0001"]
