"""A run with nothing new publishes what the whole line would, and does none of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import pipeline
from harvest.commands.lint import Linter
from harvest.config import Fresh, Settings
from harvest.dataset import name_index
from harvest.lookup import memo
from harvest.lookup.session import Scope
from harvest.pipeline import last_run
from tests.fakes import FakeServices, Version, World
from tests.fakes.world import Fault, always
from tests.scenarios.random_nights import files, repeat
from tests.support.runs import night, write_whole_list
from tests.support.settings import FILE, make_settings

NOW = night(1)
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return World.random(9, 9, 6)


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices, world: World) -> Settings:
    write_whole_list(tmp_path / "list.md", world)
    (tmp_path / "words.toml").write_text('[facets.method]\ncolumns = ["Method"]\n', "utf-8")
    return make_settings(
        tmp_path, fakes, tmp_path / "list.md", token="t", vocabulary=str(tmp_path / "words.toml")
    )


def is_made(settings: Settings, now: datetime, scope: Scope | None = None) -> bool:
    """Return True if a run goes the whole line."""
    builds = []
    make = pipeline._build_draft

    def record(*arguments: object) -> object:
        builds.append(arguments)
        return make(*arguments)  # type: ignore[arg-type]  # as they come

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_build_draft", record)
        pipeline.refresh(settings, now=now, scope=scope)
    return bool(builds)


def test_a_run_with_nothing_new_publishes_the_same_and_makes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    pipeline.refresh(settings, now=NOW)
    anew = repeat(settings, SOON, tmp_path / "anew")
    assert not is_made(settings, SOON, Scope(offline=True))
    assert files(settings) == anew


def test_its_report_has_its_own_times(settings: Settings) -> None:
    first = pipeline.refresh(settings, now=NOW)
    second = pipeline.refresh(settings, now=SOON, run_id="x")
    assert (second.run_id, second.started_at) == ("x", SOON.isoformat())
    assert second.good_at == SOON.isoformat()
    assert second.sources["crossref"].from_cache == first.sources["crossref"].asked == 9
    assert second.changes == {"total": 0}


def test_a_third_run_makes_nothing_either(settings: Settings) -> None:
    pipeline.refresh(settings, now=NOW)
    pipeline.refresh(settings, now=SOON)
    assert not is_made(settings, SOON + timedelta(hours=1))


def make_look_alikes(world: World) -> None:
    """Let a work and a preprint have one title and the same authors."""
    work, preprint = next(iter(world.works.values())), next(iter(world.preprints.values()))
    preprint.title, preprint.authors = work.title, work.authors
    preprint.versions[:] = [Version(date=f"{work.date}T00:00:00Z")]


def edit_list(settings: Settings) -> None:
    path = Path(settings.seeds[0])
    path.write_text(path.read_text("utf-8") + "\n- [Paper](https://doi.org/10.5555/new)\n", "utf-8")


def edit_answer(settings: Settings) -> None:
    with sqlite3.connect(Path(settings.cache) / "harvest.sqlite") as db:
        db.execute("UPDATE known SET payload = replace(payload, '0', '1') WHERE source = 'github'")


def edit_dataset(settings: Settings) -> None:
    path = Path(settings.output) / "dataset.json"
    path.write_bytes(path.read_bytes() + b" ")


def lose_table(settings: Settings) -> None:
    (Path(settings.output) / "works.csv").unlink()


def lose_changes(settings: Settings) -> None:
    (Path(settings.output) / "changes.json").unlink()


def lose_index(settings: Settings) -> None:
    (Path(settings.output) / name_index.INDEX).unlink()


def edit_index(settings: Settings) -> None:
    (Path(settings.output) / name_index.INDEX).write_bytes(b"")


def lose_schema(settings: Settings) -> None:
    (Path(settings.output) / "dataset.schema.json").unlink()


def edit_schema(settings: Settings) -> None:
    (Path(settings.output) / "dataset.schema.json").write_bytes(b"{}")


def lose_report(settings: Settings) -> None:
    (Path(settings.output) / "run.json").unlink()


def edit_vocabulary(settings: Settings) -> None:
    path = Path(settings.vocabulary or "")
    path.write_text(path.read_text("utf-8").replace("Method", "Task"), "utf-8")


def add_snapshot(settings: Settings) -> None:
    Path(settings.starter).write_text("\n", "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        edit_list, edit_answer, edit_dataset, lose_table, lose_changes, lose_report,
        edit_vocabulary, add_snapshot, lose_index, edit_index, lose_schema, edit_schema,
    ],
)  # fmt: skip
def test_what_is_new_is_made(settings: Settings, change: Callable[[Settings], None]) -> None:
    pipeline.refresh(settings, now=NOW)
    change(settings)
    assert is_made(settings, SOON)


def test_another_setting_or_program_makes_everything(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.refresh(settings, now=NOW)
    other = msgspec.structs.replace(settings, floor=0.5)
    assert is_made(other, SOON)
    assert not is_made(other, SOON)
    monkeypatch.setattr(last_run, "version", lambda: b"another")
    assert is_made(other, SOON)


def test_time_alone_makes_what_falls_due(settings: Settings) -> None:
    pipeline.refresh(settings, now=NOW)
    day = timedelta(days=settings.fresh.repository)
    assert is_made(settings, NOW - timedelta(seconds=1))  # a clock was set back
    assert not is_made(settings, NOW - timedelta(seconds=1) + timedelta(minutes=1))
    assert not is_made(settings, NOW + day - timedelta(minutes=1))
    assert is_made(settings, NOW + day + timedelta(minutes=1))


def test_answers_that_are_asked_for_again_are_made(settings: Settings) -> None:
    pipeline.refresh(settings, now=NOW)
    assert is_made(settings, SOON, Scope(max_age=timedelta(0)))


def test_what_is_owed_or_denied_is_made_until_it_settles(settings: Settings, world: World) -> None:
    world.faults = [Fault("arxiv", "500", always)]
    pipeline.refresh(settings, now=NOW)
    assert is_made(settings, SOON)
    world.faults = []
    del world.works[next(iter(world.works))]
    pipeline.refresh(settings, now=NOW + timedelta(days=9))
    assert is_made(settings, NOW + timedelta(days=9, hours=1))
    assert not is_made(settings, NOW + timedelta(days=9, hours=2))


def test_freshness_that_shrinks_with_age_makes_everything(settings: Settings) -> None:
    settings = msgspec.structs.replace(settings, fresh=Fresh(young=30, work=7))
    pipeline.refresh(settings, now=NOW)
    assert is_made(settings, SOON)


def test_verdicts_are_the_same_without_an_answer_read(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_look_alikes(world)
    pipeline.refresh(settings)
    with monkeypatch.context() as patch:
        patch.setattr(last_run, "explanation", lambda *_: None)
        anew = pipeline.verdicts(settings)
    monkeypatch.delattr(pipeline, "link")
    assert pipeline.verdicts(settings) == anew
    assert anew


def test_lint_says_the_same_without_an_answer_read(
    tmp_path: Path, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.world = World.of_seeds()
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    for _ in range(3):  # until it settles
        pipeline.refresh(settings, now=datetime.now(UTC))
    with monkeypatch.context() as patch:
        patch.setattr(last_run, "explanation", lambda *_: None)
        anew = Linter(settings).findings()
    monkeypatch.delattr(pipeline, "link")
    assert Linter(settings).findings() == anew
    assert len(anew) > 20


def test_verdicts_on_another_list_are_computed_again(settings: Settings, world: World) -> None:
    make_look_alikes(world)
    whole = Path(settings.seeds[0]).read_text("utf-8")
    Path(settings.seeds[0]).write_text(f"- [A](https://doi.org/{next(iter(world.works))})\n")
    pipeline.refresh(settings)
    assert pipeline.verdicts(settings) == []
    Path(settings.seeds[0]).write_text(whole, "utf-8")
    pipeline.refresh(msgspec.structs.replace(settings, output=f"{settings.output}-2"))
    assert pipeline.verdicts(settings) != []


def test_a_plan_is_the_same_without_an_answer_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.refresh(settings, now=NOW)
    for hours in (1, 18, 19, 23):
        now = NOW + timedelta(hours=hours)
        with monkeypatch.context() as patch:
            patch.setattr(last_run, "read", lambda _: None)
            anew = pipeline.plan(settings, now=now)
        with monkeypatch.context() as patch:
            patch.delattr(pipeline, "look_up")
            assert pipeline.plan(settings, now=now) == anew
    assert anew["github"].identifiers == anew["github"].tomorrow == 6


def test_a_plan_knows_what_a_list_has_got(settings: Settings) -> None:
    pipeline.refresh(settings, now=NOW)
    edit_list(settings)
    assert pipeline.plan(settings, now=SOON)["crossref"].identifiers == 1


def test_two_outputs_of_one_cache_both_stay_up_to_date(settings: Settings) -> None:
    other = msgspec.structs.replace(settings, output=f"{settings.output}-2")
    for each in (settings, other, settings, other):
        pipeline.refresh(each, now=NOW)
    assert not is_made(settings, SOON)
    assert not is_made(other, SOON)


def refresh_while(settings: Settings, meanwhile: Callable[[], object]) -> None:
    """Run, while something happens at the time of linking."""
    link = pipeline.link

    def linked(*arguments: Any) -> Any:
        patch.undo()
        meanwhile()
        return link(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "link", linked)
        pipeline.refresh(settings, now=NOW)


def test_answers_of_another_run_meanwhile_are_published_by_the_next(
    settings: Settings, world: World, tmp_path: Path
) -> None:
    other = msgspec.structs.replace(settings, output=f"{settings.output}-2")

    def renew() -> None:
        next(iter(world.works.values())).title = "Another title of this work"
        pipeline.refresh(other, now=NOW, scope=Scope(max_age=timedelta(0)))

    refresh_while(settings, renew)
    anew = repeat(settings, SOON, tmp_path / "anew")
    assert is_made(settings, SOON)
    assert files(settings) == anew
    assert b"Another title of this work" in anew["dataset.json"]


def test_a_file_that_is_edited_meanwhile_holds_for_the_next_run(settings: Settings) -> None:
    refresh_while(settings, lambda: edit_vocabulary(settings))
    assert is_made(settings, SOON)
    refresh_while(settings, lambda: add_snapshot(settings))
    assert is_made(settings, SOON + timedelta(minutes=1))


def test_a_run_reads_the_snapshot_once_to_see_whether_it_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_snapshot(settings)
    read, paths = Path.read_bytes, list[str]()

    def record(path: Path) -> bytes:
        paths.append(str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", record)
    for now in (NOW, SOON):
        paths.clear()
        pipeline.refresh(settings, now=now)
        assert paths.count(settings.starter) == 1


@pytest.mark.parametrize("harm", [lose_index, edit_index, lose_schema, edit_schema])
def test_what_follows_from_the_dataset_is_healed(
    settings: Settings, harm: Callable[[Settings], None]
) -> None:
    pipeline.refresh(settings, now=NOW)
    names = (name_index.INDEX, "dataset.schema.json")
    before = [(Path(settings.output) / name).read_bytes() for name in names]
    harm(settings)
    pipeline.refresh(settings, now=SOON)
    assert [(Path(settings.output) / name).read_bytes() for name in names] == before


def test_names_that_are_not_utf_8_are_published(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("names of files are UTF-8 here")
    path = Path(shutil.copy(settings.seeds[0], folder / os.fsdecode(b"\xfe.md")))
    for seed in (path, folder):
        own = msgspec.structs.replace(
            settings, seeds=(str(seed),), output=f"{folder}-{path == seed}"
        )
        assert pipeline.refresh(own, now=NOW).seeds[0].startswith(f"{tmp_path}/\\udcff")
        assert not is_made(own, SOON)


def test_a_lost_memo_costs_time_alone(settings: Settings) -> None:
    pipeline.refresh(settings, now=NOW)
    for path in (Path(settings.cache) / memo.FOLDER).iterdir():
        path.write_bytes(b"")
    assert is_made(settings, SOON)
