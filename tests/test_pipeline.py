"""The whole line over the default seeds, against the fakes and offline."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import harvest
from harvest import config, pipeline
from harvest.config import Settings
from harvest.dataset.publication import Publication
from harvest.dataset.run import Run
from harvest.errors import PublicationError, SeedError, UsageError
from harvest.http.clients import Budget
from harvest.lookup.session import Scope
from harvest.models import Dataset
from harvest.pipeline import Plan
from harvest.writers.csv import CsvWriter
from tests.fakes import FakeServices, Fault, World, first
from tests.support.runs import published, small_batches, write_whole_list
from tests.support.settings import FILE, make_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices) -> Settings:
    return make_settings(tmp_path, fakes, file=FILE, token="t")


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def fresh(dataset: Dataset) -> Dataset:
    """The dataset as it would be if nothing in it were stale."""
    for record in (*dataset.works, *dataset.repositories):
        record.stale_since = None
    return dataset


def adds_up(run: Run) -> None:
    kinds = run.mentions
    assert kinds["total"] == kinds["identified"] + kinds["placeholders"] + kinds["other"]
    for counts in (run.works, run.repositories):
        assert counts["total"] == sum(
            number for status, number in counts.items() if status != "total"
        )
    for tally in run.sources.values():
        assert tally.asked == tally.found + tally.not_found + tally.failed


@pytest.mark.parametrize("source", ["arxiv", "crossref", "github"])
def test_a_source_that_was_left_is_asked_once_more(
    source: Any, settings: Settings, fakes: FakeServices
) -> None:
    """All six tries of its first question fail, and it is back when the others are done."""
    fakes.world.faults = [Fault(source, "503", first(6))]
    run = pipeline.refresh(settings)
    adds_up(run)
    assert run.degraded == []
    assert run.works["resolved"] == 103
    assert run.repositories == {"total": 31, "ok": 31}


def test_no_source_gets_a_third_chance(settings: Settings, fakes: FakeServices) -> None:
    fakes.world.faults = [Fault("arxiv", "503", first(12))]
    run = pipeline.refresh(settings)
    adds_up(run)
    assert fakes.count("arxiv") == 12
    assert any("arxiv" in line for line in run.degraded)


def test_a_source_that_refuses_us_is_left_alone(settings: Settings, fakes: FakeServices) -> None:
    fakes.world.faults = [Fault("arxiv", "denied")]
    assert pipeline.refresh(settings).degraded
    assert fakes.count("arxiv") == 1


def test_the_five_lists_resolved(settings: Settings, fakes: FakeServices) -> None:
    run = pipeline.refresh(settings)
    adds_up(run)
    assert run.works["total"] == 107
    assert run.repositories == {"total": 31, "ok": 31}
    assert run.degraded == []
    assert fakes.violations == []
    assert fakes.count() <= 60
    for name in ("crossref", "arxiv", "github"):
        sent = [
            tally.requests
            for source, tally in run.sources.items()
            if source.partition(".")[0] == name
        ]
        assert sum(sent) == fakes.count(name)


@pytest.mark.slow
def test_with_real_pacing_no_limit_is_broken(tmp_path: Path) -> None:
    world = World.random(7, 5, 7)
    write_whole_list(tmp_path / "list.md", world)
    with FakeServices(world) as fakes, small_batches(2):
        paced = make_settings(tmp_path, fakes, tmp_path / "list.md", token="t", interval=None)
        run = pipeline.refresh(paced)
    assert run.works == {"total": 12, "resolved": 12}
    assert run.degraded == []
    assert min(fakes.count(name) for name in ("crossref", "arxiv", "github")) >= 3
    assert fakes.violations == []


def test_what_has_a_doi_or_an_arxiv_id_is_resolved(settings: Settings) -> None:
    pipeline.refresh(settings)
    for work in published(settings).works:
        registered = work.identifiers["doi"] or work.identifiers["arxiv"]
        assert (work.status == "resolved") == bool(registered), work.id
        assert work.title
        assert work.mentions


def test_a_second_run_makes_no_request_and_changes_no_byte(
    settings: Settings, fakes: FakeServices
) -> None:
    pipeline.refresh(settings)
    tracked = {
        path.name: path.read_bytes()
        for path in Path(settings.output).iterdir()
        if path.name != "run.json"
    }
    requests = fakes.count()
    run = pipeline.refresh(settings)
    assert fakes.count() == requests
    assert {
        path.name: path.read_bytes()
        for path in Path(settings.output).iterdir()
        if path.name != "run.json"
    } == tracked
    assert (
        run.sources["crossref"].asked
        == run.sources["arxiv"].asked
        == run.sources["github"].asked
        == 0
    )


def test_without_a_token_each_repository_costs_one_request(
    tmp_path: Path, fakes: FakeServices
) -> None:
    run = pipeline.refresh(make_settings(tmp_path, fakes, file=FILE))
    assert run.repositories == {"total": 31, "ok": 31}
    assert fakes.count("github") <= 60
    assert fakes.violations == []


def test_offline_the_snapshot_is_used(tmp_path: Path, fakes: FakeServices) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE)
    run = pipeline.refresh(settings, scope=Scope(offline=True))
    adds_up(run)
    assert fakes.count() == 0
    assert run.works["total"] == 107
    assert "resolved" not in run.works
    assert sum(work.title is not None for work in published(settings).works) >= 90
    assert run.sources["crossref"].deferred
    assert any("offline" in line for line in run.degraded)


def test_the_first_answers_are_no_news(tmp_path: Path, fakes: FakeServices) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    pipeline.refresh(settings, scope=Scope(offline=True))
    assert pipeline.refresh(settings).changes == {"total": 0}


def test_a_source_that_is_down_takes_nothing_away(settings: Settings, world: World) -> None:
    pipeline.refresh(settings)
    before = published(settings)
    old = msgspec.structs.replace(
        settings, fresh=config.Fresh(young=0, work=0, old=0, repository=0)
    )
    world.faults = [Fault("crossref", "500"), Fault("arxiv", "429"), Fault("github", "503")]
    run = pipeline.refresh(old)
    assert fresh(published(settings)) == before
    assert {
        work.stale_since for work in published(settings).works if work.status == "resolved"
    } == {today()}
    assert len(run.degraded) == 4  # the searches at Crossref among them
    assert all("last answer" in line for line in run.degraded)


def test_a_collapse_publishes_nothing(settings: Settings) -> None:
    pipeline.refresh(settings)
    before = published(settings)
    one = msgspec.structs.replace(
        settings, seeds=(str(ROOT / "seeds" / "001_0d3108ccd5e9ad60.txt"),)
    )
    with pytest.raises(PublicationError, match="70 of 107 works would be lost"):
        pipeline.refresh(one)
    assert published(settings) == before
    assert pipeline.refresh(msgspec.structs.replace(one, floor=0.0)).works["total"] == 37


def test_what_stands_in_many_places_is_asked_once(tmp_path: Path, fakes: FakeServices) -> None:
    doi = "10.1016/j.compbiomed.2023.107115"
    rows = [
        f"- [A](https://doi.org/{doi}) [Code](https://github.com/BATMANLAB/ha-gan)",
        f"- [B](https://dx.doi.org/{doi.upper()}) [Code](https://github.com/batmanlab/HA-GAN/tree/main)",
        "- [C](https://arxiv.org/abs/2006.11239v2) [D](https://arxiv.org/pdf/2006.11239)",
        "- [E](https://doi.org/10.48550/arXiv.2006.11239) [Code](https://github.com/batmanlab/ha-gan.git)",
    ]
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# L\n\n" + "\n".join(rows) + "\n", "utf-8")
    run = pipeline.refresh(make_settings(tmp_path, fakes, tmp_path / "*.md", token="t"))
    assert {name: run.sources[name].asked for name in ("crossref", "arxiv", "github")} == {
        "crossref": 1, "arxiv": 2, "github": 1,
    }  # fmt: skip  # the DOI's own preprint is the second
    (lists,) = [request for request in fakes.requests("crossref") if request.route == "array"]
    assert lists.target.lower().count("107115") == 1
    ids = [
        value
        for request in fakes.requests("arxiv")
        for value in request.parameter("id_list").split(",")
    ]
    assert sorted(ids) == ["2006.11239", "2301.08227"]
    assert (
        sum(request.body.count(b"repository(") for request in fakes.requests("github")) <= 2
    )  # facts, commits


def counts(plan: dict[str, Plan]) -> dict[str, int]:
    return {name: it.identifiers for name, it in plan.items() if it.identifiers}


@pytest.mark.slow
def test_a_plan_is_what_the_night_then_asks(settings: Settings, fakes: FakeServices) -> None:
    first = pipeline.plan(settings)
    assert counts(first) == {
        "crossref": 65,
        "arxiv": 51,
        "github": 31,
        "crossref.search": 8,
        "arxiv.search": 6,
    }
    assert first["crossref"].requests == 2
    assert first["arxiv.search"].requests == 6
    assert fakes.count() == 0
    night = datetime(2026, 11, 1, 3, tzinfo=UTC)
    pipeline.refresh(settings, now=night)
    assert counts(pipeline.plan(settings, now=night)) == {}
    requests = fakes.count()
    for days in (1, 6, 25, 200):
        now = night + timedelta(days=days)
        planned = counts(pipeline.plan(settings, now=now))
        assert fakes.count() == requests
        run = pipeline.refresh(settings, now=now)
        assert {
            name: tally.asked
            for name, tally in run.sources.items()
            if tally.asked and name != "starter"
        } == planned
        requests = fakes.count()


def test_a_plan_keeps_to_what_a_run_may_ask(settings: Settings) -> None:
    assert set(counts(pipeline.plan(settings, Scope(only="crossref")))) == {
        "crossref",
        "crossref.search",
    }
    assert counts(pipeline.plan(settings, Scope(offline=True))) == {}
    pipeline.refresh(settings)
    again = counts(pipeline.plan(settings, Scope(max_age=timedelta(0))))
    assert set(again) >= {"crossref", "arxiv", "github", "crossref.search"}


def test_a_list_of_ones_own(tmp_path: Path, fakes: FakeServices) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text(
        "# Mine\n\n## Things\n\n"
        "- **DDPM** [Paper](https://arxiv.org/abs/2006.11239v2) [Code](https://github.com/BATMANLAB/ha-gan)\n"
        "- [Typo](https://doi.org/10.9999/no-such-thing)\n"
        "- [Template](https://arxiv.org/abs/XXXX.XXXXX) [Code](https://github.com/username/repo)\n",
        "utf-8",
    )
    settings = make_settings(tmp_path, fakes, mine, token="t")
    run = pipeline.refresh(settings)
    assert run.works == {"total": 2, "resolved": 1, "not_found": 1}
    assert run.mentions["placeholders"] == 2
    new = published(settings)
    ddpm = next(work for work in new.works if work.status == "resolved")
    assert ddpm.title == "Denoising Diffusion Probabilistic Models"
    assert ddpm.date == "2020-06-19"
    assert [repository.id for repository in ddpm.repositories] == ["github:batmanlab/HA-GAN"]
    assert ddpm.mentions[0].section == ("Things",)
    assert ddpm.mentions[0].line == 5


def test_a_remote_list(tmp_path: Path, fakes: FakeServices, world: World) -> None:
    repository = next(r for r in world.repositories.values() if r.name == "batmanlab/HA-GAN")
    repository.files["README.md"] = "# Remote\n\n- [DDPM](https://arxiv.org/abs/2006.11239)\n"
    settings = make_settings(tmp_path, fakes, "github:batmanlab/HA-GAN", token="t")
    run = pipeline.refresh(settings)
    assert run.works == {"total": 1, "resolved": 1}
    assert published(settings).works[0].mentions[0].seed.startswith("github:batmanlab/HA-GAN")


def test_a_remote_list_that_is_not_there(tmp_path: Path, fakes: FakeServices) -> None:
    with pytest.raises(SeedError, match="no/such"):
        pipeline.refresh(make_settings(tmp_path, fakes, "github:no/such", token="t"))


def test_one_unreadable_list_among_others_is_reported(tmp_path: Path, fakes: FakeServices) -> None:
    (tmp_path / "a.md").write_text("- [DDPM](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    (tmp_path / "b.md").write_bytes(b"\x00\x01" * 100)
    run = pipeline.refresh(make_settings(tmp_path, fakes, tmp_path / "*.md", token="t"))
    assert run.works["total"] == 1
    assert any("b.md" in line for line in run.degraded)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b.json", '{"doi": "10.1000/a"'),
        ("b.ipynb", '{"cells": [], "nbformat": 4'),
        ("b.yaml", "a: b: c\n"),
    ],
)
def test_a_list_that_is_broken_as_a_whole_degrades_the_run(
    name: str, text: str, tmp_path: Path, fakes: FakeServices
) -> None:
    (tmp_path / "a.md").write_text("- [DDPM](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    run = pipeline.refresh(make_settings(tmp_path, fakes, tmp_path / "a.md", tmp_path / name))
    assert [line for line in run.degraded if f"{name}:1: cannot be read" in line]


def test_no_seeds_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"write one after the command \(my-list\.md\)"):
        pipeline.refresh(Settings(output=str(tmp_path / "o"), cache=str(tmp_path / "c")))


@pytest.mark.slow
def test_frames_for_consumers(settings: Settings) -> None:
    pipeline.refresh(settings)
    frames = harvest.load(Path(settings.output) / "dataset.json")
    assert len(frames.works) == 107
    assert len(frames.repositories) == 31
    assert (
        frames.works.loc["arxiv:2006.11239", "title"] == "Denoising Diffusion Probabilistic Models"
    )
    assert str(frames.works["year"].dtype) == "Int64"
    assert str(frames.repositories["stars"].dtype) == "Int64"
    assert frames.schema_version == "1"


def test_frames_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text(
        '{"schema_version": "1", "works": [], "repositories": []}'
    )
    assert harvest.load(tmp_path / "dataset.json").works.empty


def test_run_json_holds_what_changes_every_night(settings: Settings) -> None:
    run = pipeline.refresh(settings)
    kept = msgspec.json.decode((Path(settings.output) / "run.json").read_bytes())
    assert kept["run_id"] == run.run_id
    assert kept["mentions"] == run.mentions
    assert kept["started_at"] not in (Path(settings.output) / "dataset.json").read_text("utf-8")


@pytest.mark.slow
def test_daily_questions_leave_a_part_of_the_budget_to_others(
    tmp_path: Path, fakes: FakeServices
) -> None:
    """Without a token the repositories alone take more requests than the budget has, every night
    anew."""
    settings = msgspec.structs.replace(make_settings(tmp_path, fakes, file=FILE), floor=0.0)
    runs = [
        pipeline.refresh(
            settings, now=datetime(2026, 11, day, 2, 30, tzinfo=UTC), budget=Budget(requests=20)
        )
        for day in range(1, 6)
    ]
    assert all(run.sources["github"].deferred for run in runs)
    assert not any(
        runs[-1].sources[name].deferred for name in ("crossref", "arxiv", "crossref.search")
    )


def write_count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the formats that are written from now on."""
    names: list[str] = []
    original = CsvWriter.write

    def write(self: CsvWriter, content: Publication) -> dict[str, bytes]:
        names.append(self.name)
        return original(self, content)

    monkeypatch.setattr(CsvWriter, "write", write)
    return names


def test_formats_are_written_only_when_something_has_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.refresh(settings)
    names = write_count(monkeypatch)
    pipeline.refresh(settings)
    assert names == []
    (Path(settings.output) / "works.csv").unlink()
    pipeline.refresh(settings)
    assert names == ["csv"]
    other = msgspec.structs.replace(settings.publish, title="Mine")
    pipeline.refresh(msgspec.structs.replace(settings, publish=other))
    assert names == ["csv", "csv"]


def test_a_file_that_a_format_no_longer_has_is_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Path(settings.output)
    original = CsvWriter.write
    monkeypatch.setattr(
        CsvWriter, "write", lambda self, it: {**original(self, it), "part-2.csv": b""}
    )
    pipeline.refresh(settings)
    (output / "notes.txt").write_text("mine")
    monkeypatch.setattr(CsvWriter, "write", original)
    other = msgspec.structs.replace(settings.publish, title="Mine")
    pipeline.refresh(msgspec.structs.replace(settings, publish=other))
    assert not (output / "part-2.csv").exists()
    assert (output / "notes.txt").exists()


def test_the_log_outlives_a_lost_output_folder(settings: Settings, world: World) -> None:
    output = Path(settings.output)
    pipeline.refresh(settings)
    log = (output / "changes.csv").read_bytes()
    assert log.count(b"\n") == 1
    for name, repository in world.repositories.items():
        stars = repository.stars + 1
        world.repositories[name] = msgspec.structs.replace(repository, stars=stars)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    pipeline.refresh(settings, now=tomorrow)
    log = (output / "changes.csv").read_bytes()
    assert log.count(b",stars,source changed,") == 31
    shutil.rmtree(output)
    pipeline.refresh(settings, now=tomorrow)
    assert (output / "changes.csv").read_bytes() == log
