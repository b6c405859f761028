"""What `harvest doctor` finds wrong, and that it changes nothing and shows no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest

from harvest import sources
from harvest.commands import doctor
from harvest.commands.doctor import Check
from harvest.config import Settings, load
from harvest.errors import UntrustedError
from harvest.sources import doi_org
from harvest.sources.base import PROBE_DOI, ProbeResult
from tests.fakes import FakeServices, Fault
from tests.support.files import is_root
from tests.support.program import run as program
from tests.support.settings import SERVICE_NAMES, make_settings

TOKEN = "ghp_sesame0123456789"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REGISTRIES = list(sources.discover())
RATES = {"limit": 5000, "remaining": 4990, "used": 10, "reset": int(NOW.timestamp()) + 1800}
BODIES = {
    "/rate_limit": {"resources": {"core": RATES, "graphql": RATES}},
    "/dois": {"data": []},
    "/esummary": {"result": {"1": {"uid": "1", "title": "A title."}}},
    "/ra/": [{"DOI": PROBE_DOI, "RA": "Crossref"}],
    "/works": {
        "status": "ok",
        "message": {"DOI": PROBE_DOI, "agency": {"id": "crossref", "label": "Crossref"}},
    },
}
FEED = (
    b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'"
    b" xmlns:opensearch='http://a9.com/-/spec/opensearch/1.1/'><opensearch:totalResults>0</opensearch:totalResults></feed>"
)


class Services:
    """All services on one loopback port; `headers` go with each answer, `refuse` are paths that get a status."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.bodies: dict[str, Any] = dict(BODIES)
        self.refuse: dict[str, int] = {}
        self.paths: list[str] = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                services.paths.append(self.path)
                status = next(
                    (code for path, code in services.refuse.items() if self.path.startswith(path)),
                    200,
                )
                known = next(
                    (body for path, body in services.bodies.items() if self.path.startswith(path)),
                    None,
                )
                kind, body = (
                    ("application/json", json.dumps(known).encode())
                    if known
                    else ("application/atom+xml", FEED)
                )
                self.send_response_only(status)
                for name, value in {
                    "content-type": kind,
                    "content-length": str(len(body)),
                    **services.headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def services() -> Iterator[Services]:
    running = Services()
    yield running
    running.close()


@pytest.fixture
def settings(tmp_path: Path, services: Services) -> Settings:
    (tmp_path / "list.md").write_text("- arXiv:2006.11239\n", "utf-8")
    quick = {"timeout": 2, "backoff": 0.01, "patience": 0.1}
    urls = dict.fromkeys(SERVICE_NAMES, services.url)
    path, mailto = tmp_path / "list.md", "me@example.org"
    return make_settings(tmp_path, urls, path, token=TOKEN, mailto=mailto, **quick)


def examine(settings: Settings, clock: Callable[[], datetime] = lambda: NOW) -> dict[str, Check]:
    checks = {check.name: check for check in doctor.examine(settings, {}, clock)}
    assert TOKEN not in repr(checks)
    assert all(check.advice for check in checks.values() if check.state == "problem")
    return checks


def states(checks: dict[str, Check]) -> dict[str, str]:
    return {name: check.state for name, check in checks.items() if check.state != "ok"}


def test_all_is_well(settings: Settings, services: Services, tmp_path: Path) -> None:
    services.headers = {"date": format_datetime(NOW, usegmt=True), "x-rate-limit-limit": "10"}
    services.headers |= {"x-rate-limit-interval": "1s", "x-api-pool": "polite-single"}
    before = sorted(path.name for path in tmp_path.iterdir())
    checks = examine(settings)
    assert states(checks) == {}
    assert "4990 of 5000 points" in checks["github"].text
    assert "10 requests in 1s (polite-single pool)" in checks["crossref"].text
    assert "differs by 0 s" in checks["clock"].text
    assert "list.md: 1 identifiers in 1 links" in checks["seeds"].text
    assert len(services.paths) == len(REGISTRIES)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_every_registry_is_asked() -> None:
    assert set(REGISTRIES) == set(SERVICE_NAMES)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/works", "crossref"),
        ("/?", "arxiv"),
        ("/rate_limit", "github"),
        ("/dois", "datacite"),
        ("/ra/", "doi"),
        ("/esummary", "pubmed"),
    ],
)
@pytest.mark.parametrize(
    ("status", "message"), [(500, "try later"), (403, "refuses"), (400, "right service")]
)
def test_one_failing_service_is_one_problem(
    path: str, service: str, status: int, message: str, settings: Settings, services: Services
) -> None:
    services.refuse = {path: status}
    checks = examine(
        msgspec.structs.replace(settings, github_token=None) if status == 403 else settings
    )
    assert [name for name in REGISTRIES if checks[name].state == "problem"] == [service]
    assert f"HTTP {status}" in checks[service].text
    assert message in checks[service].advice
    assert len(services.paths) == len(REGISTRIES)  # one request each: nothing is tried again


@pytest.mark.usefixtures("services")
def test_an_unknown_authority_has_its_own_advice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(*_: object) -> ProbeResult:
        raise UntrustedError("doi", "SSLError (CERTIFICATE_VERIFY_FAILED)")

    monkeypatch.setattr(doi_org.DoiOrg, "probe", probe)
    check = examine(settings)["doi"]
    assert check.state == "problem"
    assert "SSL_CERT_FILE" in check.advice


def test_a_missing_network_is_reported_soon(tmp_path: Path) -> None:
    down = make_settings(tmp_path, {}, token=TOKEN)
    began = time.monotonic()
    checks = examine(down)
    assert time.monotonic() - began < 10
    assert {name for name in REGISTRIES if checks[name].state == "problem"} == set(REGISTRIES)
    assert checks["clock"].state == "warning"


def test_a_token_that_is_not_valid(settings: Settings, services: Services) -> None:
    services.refuse = {"/rate_limit": 401}
    checks = examine(settings)
    assert checks["github"].state == "problem"
    assert "does not take the token" in checks["github"].text
    assert "expired or was revoked" in checks["github"].advice


def test_no_token_and_no_address_are_warnings(settings: Settings, services: Services) -> None:
    core = {**RATES, "limit": 60, "remaining": 57}
    services.bodies["/rate_limit"] = {"resources": {"core": core, "graphql": RATES}}
    services.headers = {"date": format_datetime(NOW, usegmt=True)}
    checks = examine(msgspec.structs.replace(settings, github_token=None, mailto=None))
    assert states(checks) == {"mailto": "warning", "token": "warning"}
    assert "57 of 60 requests" in checks["github"].text


def test_a_limit_that_is_spent_says_how_long(settings: Settings, services: Services) -> None:
    services.bodies["/rate_limit"] = {
        "resources": {"core": RATES, "graphql": {**RATES, "remaining": 0}}
    }
    assert "wait 30 min" in examine(settings)["github"].advice


@pytest.mark.parametrize(
    "body", [{}, {"resources": {}}, {"resources": {"core": RATES, "graphql": {"limit": "many"}}}]
)
def test_limits_in_an_unknown_shape_are_a_problem(
    body: Any, settings: Settings, services: Services
) -> None:
    services.bodies["/rate_limit"] = body or {"message": "no"}
    assert examine(settings)["github"].state == "problem"


@pytest.mark.parametrize(
    ("headers", "state", "message"),
    [
        ({}, "ok", ""),
        ({"x-oauth-scopes": ""}, "ok", ""),
        (
            {"x-oauth-scopes": "repo, workflow"},
            "warning",
            "more than harvest needs (repo, workflow)",
        ),
        (
            {"github-authentication-token-expiration": "2026-11-25 12:00:00 UTC"},
            "warning",
            "expires in 5 days",
        ),
        (
            {"github-authentication-token-expiration": "2026-11-25 14:00:00 +0200"},
            "warning",
            "expires in 5 days",
        ),
        ({"github-authentication-token-expiration": "2027-11-25 12:00:00 UTC"}, "ok", ""),
        ({"github-authentication-token-expiration": "soon"}, "warning", "'soon'"),
        ({"github-authentication-token-expiration": "2026-11-25"}, "warning", "new form"),
    ],
)
def test_a_token_that_is_judged(
    headers: dict[str, str], state: str, message: str, settings: Settings, services: Services
) -> None:
    services.headers = headers
    check = examine(settings)["github"]
    assert check.state == state
    assert message in check.advice


@pytest.mark.parametrize(
    ("skew", "state"),
    [
        (timedelta(seconds=20), "ok"),
        (timedelta(minutes=-5), "warning"),
        (timedelta(minutes=5), "warning"),
        (timedelta(days=-2), "problem"),
    ],
)
def test_a_clock_that_is_wrong(
    skew: timedelta, state: str, settings: Settings, services: Services
) -> None:
    services.headers = {"date": format_datetime(NOW, usegmt=True)}
    check = examine(settings, lambda: NOW + skew)["clock"]
    assert check.state == state
    assert f"{abs(skew.total_seconds()):.0f} s" in check.text


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 20 Nov 2026 12:00:00"])
def test_a_service_without_a_date_header(date: str, settings: Settings, services: Services) -> None:
    services.headers = {"date": date}
    assert examine(settings)["clock"].state == "warning"


@pytest.mark.parametrize("kind", ["cache", "output"])
def test_a_folder_that_cannot_be_written(kind: str, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    check = examine(
        msgspec.structs.replace(settings, **{kind: str(tmp_path / "file" / "x" / "y")})
    )[kind]
    assert check.state == "problem"
    assert f"--{kind}" in check.advice


@pytest.mark.skipif(is_root(), reason="root writes everywhere")
def test_a_folder_of_another_user(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o500)
    check = examine(msgspec.structs.replace(settings, cache=str(tmp_path / "theirs" / "cache")))[
        "cache"
    ]
    assert check.state == "problem"


def test_a_disk_that_is_nearly_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_SPACE", 2**70)
    assert examine(settings)["cache"].state == "warning"


@pytest.mark.parametrize(
    ("seeds", "state"),
    [
        ((), "problem"),
        (("none.md",), "problem"),
        (("{}/empty.md",), "warning"),
        (("github:a/b",), "ok"),
    ],
)
def test_lists(seeds: tuple[str, ...], state: str, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("# Nothing\n", "utf-8")
    names = tuple(seed.format(tmp_path) for seed in seeds)
    assert examine(msgspec.structs.replace(settings, seeds=names))["seeds"].state == state


def test_where_settings_come_from(tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(
        'seeds = ["a.md"]\nfloor = 0.5\n[crossref]\ntimeout = 9.0\nbackoff = 1.0\n', "utf-8"
    )
    environ = {
        "GITHUB_TOKEN": TOKEN,
        "HARVEST_FLOOR": "0.7",
        "HARVEST_CROSSREF_BACKOFF": "3",
        "HARVEST_CACHE": "",
    }
    flags = {"output": "public", "cache": None}
    settings, origins = load(file, flags, environ, sources.discover().values())
    assert origins == {
        "seeds": str(file),
        "output": "--output",
        "floor": "HARVEST_FLOOR",
        "crossref.timeout": str(file),
        "crossref.backoff": "HARVEST_CROSSREF_BACKOFF",
        "github_token": "GITHUB_TOKEN",
    }
    shown = {c.text for c in doctor._settings(settings, origins) if c.name == "setting"}
    assert f"crossref.timeout = 9.0, from {file}" in shown
    assert "floor = 0.7, from HARVEST_FLOOR" in shown
    assert not [line for line in shown if TOKEN in line]


def test_a_problem_ends_the_command_with_1(tmp_path: Path, fakes: FakeServices) -> None:
    (tmp_path / "list.md").write_text("- arXiv:2006.11239\n", "utf-8")
    (tmp_path / "harvest.toml").write_text('seeds = ["list.md"]\n', "utf-8")
    nobody = {f"HARVEST_{name}_URL": "http://127.0.0.1:1" for name in ("DATACITE", "DOI")}
    fakes.world.faults = [Fault("github", "500")]
    done = program(tmp_path, "doctor", env={**fakes.env(TOKEN), **nobody})
    assert done.returncode == 1, done.stderr
    assert "problem  github: HTTP 500" in done.stdout
    assert "ok       crossref: answers" in done.stdout
    assert "ok       arxiv: answers" in done.stdout
    assert "setting: github.url" in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    assert fakes.violations == []


def test_settings_that_cannot_be_used_end_with_2(tmp_path: Path) -> None:
    (tmp_path / "harvest.toml").write_text("floor = 7\n", "utf-8")
    assert program(tmp_path, "doctor").returncode == 2
