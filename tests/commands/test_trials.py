"""What `harvest doctor --deep` says of services that are well, and of each way to be unwell."""

from __future__ import annotations

import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvest.commands import terminal
from harvest.commands.trials import Trial, examine
from harvest.errors import UntrustedError
from harvest.http.sessions import Session
from harvest.sources import discover
from tests.fakes import FakeServices, Fault
from tests.live.world import live_world
from tests.support.program import run as program
from tests.support.settings import TOKEN, make_settings

SOURCES = list(discover())


@pytest.fixture
def services() -> Iterator[FakeServices]:
    with FakeServices(live_world()) as running:
        running.world.pacing = False
        yield running


def trials_of(folder: Path, services: Any, token: str | None = TOKEN) -> list[Trial]:
    settings = make_settings(folder, services, token=token, timeout=0.5, patience=0.2)
    now = services.world.today if isinstance(services, FakeServices) else live_world().today
    trials = list(examine(settings, now))
    assert all(trial.tonight for trial in trials)
    assert all(trial.advice for trial in trials if trial.state == "problem")
    return trials


def problems(trials: list[Trial]) -> dict[str, Trial]:
    return {trial.source: trial for trial in trials if trial.state == "problem"}


@pytest.mark.parametrize("token", [TOKEN, None])
def test_all_is_well(tmp_path: Path, services: FakeServices, token: str | None) -> None:
    trials = trials_of(tmp_path, services, token)
    assert problems(trials) == {}
    assert {trial.source for trial in trials} == set(SOURCES)
    assert services.count() < 25
    assert services.violations == []
    assert not (tmp_path / "cache" / "harvest.sqlite").exists()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("kind", "text", "tonight", "advice"),
    [
        ("429", "429", "more slowly", "--patience"),
        ("502", "502", "asks again", "status page"),
        ("503", "503", "asks again", "status page"),
        ("denied", "403", "no more after the first refusal", "exit code 3"),
        ("html", "200", "asks again", "status page"),
        ("reset", "Connection", "asks again", "network"),
        ("hang", "Timeout", "asks again", "network"),
    ],
)
def test_a_fault_of_one_source(
    tmp_path: Path,
    services: FakeServices,
    source: str,
    kind: Any,
    text: str,
    tonight: str,
    advice: str,
) -> None:
    services.world.faults = [Fault(source, kind)]  # type: ignore[arg-type]  # its name
    began = time.monotonic()
    results = problems(trials_of(tmp_path, services))
    assert time.monotonic() - began < 20
    assert set(results) == {source}
    trial = results[source]
    assert text in trial.text
    assert tonight in trial.tonight
    assert "ends with 3" in trial.tonight
    assert advice in trial.advice


def test_no_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    results = problems(trials_of(tmp_path, {}))
    assert set(results) == set(SOURCES)
    assert all("DNS" in trial.advice for trial in results.values())


def test_an_unknown_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: Session, *_: object, **__: object) -> None:
        raise UntrustedError(session._source, "CERTIFICATE_VERIFY_FAILED") from ssl.SSLError()

    monkeypatch.setattr(Session, "_transfer", fail)
    results = problems(trials_of(tmp_path, {}))
    assert set(results) == set(SOURCES)
    assert all("SSL_CERT_FILE" in trial.advice for trial in results.values())


def test_a_bad_token(tmp_path: Path, services: FakeServices) -> None:
    services.world.tokens = {"another"}
    results = problems(trials_of(tmp_path, services))
    assert set(results) == {"github"}
    assert "401" in results["github"].text
    assert "token" in results["github"].advice


def test_an_odd_shape_differs(tmp_path: Path, services: FakeServices) -> None:
    world = services.world
    doi = next(e.identifier.value for e in discover()["crossref"].examples)
    world.works[doi].extra = {"author": "not a list", "issued": None}
    del world.preprints["2006.11239"]
    results = problems(trials_of(tmp_path, services))
    assert {"crossref", "arxiv"} <= set(results)
    assert "differs" in results["crossref"].text
    assert "report it" in results["arxiv"].advice


def test_lines_in_a_log_and_exit_code(tmp_path: Path, services: FakeServices) -> None:
    (tmp_path / "list.md").write_text("- arXiv:2006.11239\n", "utf-8")
    env = {**services.env(TOKEN), "HARVEST_SEEDS": "list.md"}
    done = program(tmp_path, "doctor", "--deep", env=env)
    assert done.returncode == 0, done.stdout
    assert "ok       crossref, journal article: found in" in done.stdout
    services.world.faults = [Fault("doi", "502")]
    done = program(tmp_path, "doctor", "--deep", env=env)
    assert done.returncode == 1
    assert "problem  doi, agency and metadata of a DOI: HTTP 502" in done.stdout
    assert "tonight a run asks again" in done.stdout


def test_a_table_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    terminal.show_trials([Trial("a", "b", "problem", "\x1b[31mred", "keeps", "wait")])
    out = capsys.readouterr().out
    assert "what to do" in out
    assert "\x1b[31m" not in out
