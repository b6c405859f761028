"""What `harvest status` reports of past runs, and when it raises the alarm."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from harvest import pipeline
from harvest.commands import status
from harvest.config import Settings
from harvest.dataset import lake
from harvest.dataset.run import Run
from harvest.dataset.run import read as read_run
from harvest.lookup.session import Scope
from tests.fakes import FakeServices, Fault
from tests.support.program import run as program
from tests.support.settings import make_settings

NIGHT = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices) -> Settings:
    text = "- [A](https://arxiv.org/abs/2006.11239) [C](https://github.com/batmanlab/HA-GAN)\n"
    path = tmp_path / "list.md"
    path.write_text(text, "utf-8")
    return make_settings(tmp_path, fakes, path, token="t", patience=0.1)


def text(report: status.Status, now: datetime) -> str:
    return "\n".join(status.lines(report, now))


def test_before_the_first_run(settings: Settings) -> None:
    report = status.read(settings, NIGHT)
    assert report.started_at is None
    assert report.is_late(timedelta(days=9999), NIGHT)
    assert "run `harvest refresh`" in text(report, NIGHT)
    assert report.due is not None
    assert report.due["arxiv"] == status.DueCount(1, 1, 1)


def test_before_the_first_run_of_no_list(tmp_path: Path, fakes: FakeServices) -> None:
    report = status.read(make_settings(tmp_path, fakes), NIGHT)
    assert text(report, NIGHT).endswith("due        unknown: set `seeds` in harvest.toml")


def test_a_run_of_one_source_is_no_good_run(settings: Settings, fakes: FakeServices) -> None:
    pipeline.refresh(settings, now=NIGHT)
    fakes.world.faults = [Fault("arxiv", "500")]
    pipeline.refresh(settings, now=NIGHT + 100 * DAY)
    pipeline.refresh(settings, now=NIGHT + 101 * DAY, scope=Scope(only="github"))
    report = status.read(settings, NIGHT + 101 * DAY)
    assert (report.degraded, report.good_at) == ([], NIGHT.isoformat(timespec="seconds"))


def test_a_lake_is_refused_with_its_day(tmp_path: Path) -> None:
    manifest = lake.Manifest(
        day="2026-11-20", shards=1, counts={}, inputs={}, settings={}, tables={}
    )
    (tmp_path / lake.FILE).write_bytes(msgspec.json.encode(manifest))
    done = program(tmp_path, "status", "--output", ".")
    assert done.returncode == 2
    assert "holds a lake of 2026-11-20" in done.stderr
    assert "run `harvest refresh`" not in done.stdout


def test_after_a_good_night(settings: Settings) -> None:
    pipeline.refresh(settings, now=NIGHT)
    report = status.read(settings, NIGHT + timedelta(hours=5))
    assert report.degraded == []
    assert report.good_at == report.started_at == NIGHT.isoformat(timespec="seconds")
    assert (report.works, report.repositories) == (1, 1)
    assert report.due is not None
    assert report.due["arxiv"] == status.DueCount(0, 0, 0)  # good for weeks
    assert report.due["github"] == status.DueCount(0, 0, 1)  # renewed every night
    assert "2026-11-20 03:17 UTC, 5 h ago" in text(report, NIGHT + timedelta(hours=5))


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (status.DueCount(1, 1, 1), "due        arxiv: 1 now (1 request), 1 within a day"),
        (status.DueCount(70, 2, 71), "due        arxiv: 70 now (2 requests), 71 within a day"),
        (status.DueCount(0, 0, 3), "due        arxiv: 0 now, 3 within a day"),
        (status.DueCount(0, 0, 0), "due        nothing within a day"),
    ],
)
def test_due_lines_name_sources_with_work(due: status.DueCount, expected: str) -> None:
    report = status.Status(output="output", due={"arxiv": due, "doi": status.DueCount(0, 0, 0)})
    assert [line for line in status.lines(report, NIGHT) if line.startswith("due")] == [expected]


def test_a_degraded_run_is_not_good(settings: Settings, fakes: FakeServices) -> None:
    pipeline.refresh(settings, now=NIGHT)
    fakes.world.faults = [Fault("github", "500")]
    for night in (1, 2):
        pipeline.refresh(settings, now=NIGHT + night * DAY)
    now = NIGHT + 2 * DAY + timedelta(hours=1)
    report = status.read(settings, now)
    assert report.started_at == (NIGHT + 2 * DAY).isoformat(timespec="seconds")
    assert report.good_at == NIGHT.isoformat(timespec="seconds")
    assert "degraded   github: 1 failed" in text(report, now)
    assert report.is_late(2 * DAY, now)
    assert not report.is_late(3 * DAY, now)
    fakes.world.faults = []
    pipeline.refresh(settings, now=NIGHT + 3 * DAY)
    assert status.read(settings, NIGHT + 3 * DAY).good_at == (NIGHT + 3 * DAY).isoformat(
        timespec="seconds"
    )


def test_a_first_degraded_run(settings: Settings, fakes: FakeServices) -> None:
    fakes.world.faults = [Fault("arxiv", "500")]
    pipeline.refresh(settings, now=NIGHT)
    report = status.read(settings, NIGHT)
    assert report.good_at is None
    assert report.is_late(DAY, NIGHT)
    assert "never: all were degraded" in text(report, NIGHT)


def test_a_run_in_the_future_proves_nothing(settings: Settings) -> None:
    pipeline.refresh(settings, now=NIGHT + 400 * DAY)
    report = status.read(settings, NIGHT)
    assert report.is_late(DAY, NIGHT)
    assert text(report, NIGHT).count("in the future: check the clock") == 2


def test_a_degraded_run_in_the_future(settings: Settings, fakes: FakeServices) -> None:
    pipeline.refresh(settings, now=NIGHT)
    fakes.world.faults = [Fault("github", "500")]
    pipeline.refresh(settings, now=NIGHT + 400 * DAY)
    report = status.read(settings, NIGHT + timedelta(hours=1))
    assert report.good_at == NIGHT.isoformat(timespec="seconds")
    assert report.is_late(DAY, NIGHT + timedelta(hours=1))


def test_a_clock_set_back_a_little(settings: Settings) -> None:
    pipeline.refresh(settings, now=NIGHT)
    now = NIGHT - timedelta(minutes=2)
    report = status.read(settings, now)
    assert not report.is_late(DAY, now)
    assert "0 min ago" in text(report, now)


def test_status_reads_the_lists_of_the_last_run(settings: Settings, fakes: FakeServices) -> None:
    pipeline.refresh(settings, now=NIGHT)
    requests = fakes.count()
    report = status.read(msgspec.structs.replace(settings, seeds=()), NIGHT + 400 * DAY)
    assert report.due is not None
    assert report.due["arxiv"].now == 1
    assert fakes.count() == requests


def test_missing_lists_leave_the_rest(settings: Settings) -> None:
    pipeline.refresh(settings, now=NIGHT)
    Path(settings.seeds[0]).unlink()
    report = status.read(settings, NIGHT)
    assert report.due is None
    assert "does not exist" in (report.unread or "")
    assert report.good_at is not None
    assert "due        unknown" in text(report, NIGHT)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"run_id": 3}', b"\xff"])
def test_a_broken_run_json(
    settings: Settings, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.refresh(settings, now=NIGHT)
    (Path(settings.output) / "run.json").write_bytes(content)
    assert read_run(Path(settings.output)) is None
    assert "run.json" in caplog.text
    assert pipeline.refresh(settings, now=NIGHT + DAY).good_at is not None


@pytest.mark.parametrize(
    ("age", "spelled"),
    [
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=30), "30 h"),
        (timedelta(days=20), "20 days"),
    ],
)
def test_ages(age: timedelta, spelled: str) -> None:
    assert status.rounded(age) == spelled


@pytest.mark.parametrize(
    ("good_at", "arguments", "code"),
    [
        (None, [], 3),
        (timedelta(hours=1), [], 0),
        (timedelta(hours=1), ["--max-age", "2h"], 0),
        (timedelta(hours=3), ["--max-age", "2h"], 3),
        (timedelta(hours=35), ["--max-age", "36h"], 0),
        (timedelta(days=3), ["--max-age", "2d"], 3),
        (timedelta(days=3), [], 0),
        (timedelta(hours=-3), ["--max-age", "2d"], 3),
        (timedelta(hours=1), ["--max-age", "soon"], 2),
    ],
)
def test_the_heartbeat(
    tmp_path: Path, good_at: timedelta | None, arguments: list[str], code: int
) -> None:
    if good_at is not None:
        moment = (datetime.now(UTC) - good_at).isoformat(timespec="seconds")
        (tmp_path / "output").mkdir()
        run = Run(run_id="r", version="0", started_at=moment, good_at=moment)
        (tmp_path / "output" / "run.json").write_bytes(msgspec.json.encode(run))
    done = program(tmp_path, "status", *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert ("harvest:" in done.stderr) == (code != 0)


def test_a_report_for_programs(tmp_path: Path) -> None:
    done = program(tmp_path, "status", "--format", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["started_at"] is None
