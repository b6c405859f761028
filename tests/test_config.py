"""Settings: harvest.toml < environment < flags, and nothing that could hurt a service or leak a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harvest.config import Settings, is_loopback, load
from harvest.errors import UsageError


def write(folder: Path, text: str) -> Path:
    path = folder / "harvest.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}, {}) == Settings()


def test_flags_override_the_environment_and_it_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'mailto = "file@example.org"\noutput = "a"\nfloor = 0.5\n[arxiv]\ninterval = 4.0\n')
    environ = {"HARVEST_MAILTO": "env@example.org", "HARVEST_OUTPUT": "b", "HARVEST_ARXIV_INTERVAL": "5"}
    settings = load(path, {"output": "c", "cache": None, "seeds": ()}, environ)
    assert settings.mailto == "env@example.org"
    assert settings.output == "c"
    assert settings.floor == 0.5
    assert settings.arxiv.interval == 5.0
    assert settings.arxiv.url == "https://export.arxiv.org/api/query"
    assert settings.cache == "cache"


def test_paths_of_the_file_are_relative_to_it(tmp_path: Path) -> None:
    path = write(tmp_path, 'seeds = ["seeds", "-", "github:o/n"]\ncache = "c"\noutput = "o"\nstarter = "s.jsonl"\n')
    settings = load(path, {}, {})
    assert settings.seeds == (str(tmp_path / "seeds"), "-", "github:o/n")
    assert [settings.cache, settings.output, settings.starter] == [str(tmp_path / n) for n in ("c", "o", "s.jsonl")]


def test_the_environment_reaches_every_section(tmp_path: Path) -> None:
    environ = {
        "HARVEST_CROSSREF_URL": "http://127.0.0.1:1",
        "HARVEST_GITHUB_TIMEOUT": "7",
        "HARVEST_FRESH_WORK": "2",
        "HARVEST_ACTIVITY_ACTIVE": "3",
        "HARVEST_SEEDS": "a.md:b.md",
        "HARVEST_DATACITE_URL": "http://localhost:2",
        "GITHUB_TOKEN": "secret",
        "HARVEST_MAILTO": "",
        "HOME": "elsewhere",
    }
    settings = load(write(tmp_path, ""), {}, environ)
    assert settings.crossref.url == "http://127.0.0.1:1"
    assert settings.github.timeout == 7.0
    assert settings.fresh.work == 2.0
    assert settings.activity.active == 3
    assert settings.seeds == ("a.md", "b.md")
    assert settings.github_token == "secret"
    assert settings.mailto is None


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        ("sedes = []", {}, "sedes"),
        ("[arxiv]\nintervall = 3", {}, "intervall"),
        ("arxiv = 3", {}, "arxiv"),
        ('floor = "much"', {}, "floor"),
        ("not toml", {}, "harvest.toml"),
        ('github_token = "x"', {}, "GITHUB_TOKEN"),
        ("", {"HARVEST_ARXIV_INTERVAL": "1"}, "3.0 s that arxiv allows"),
        ("", {"HARVEST_CROSSREF_URL": "http://example.net"}, "https"),
        ("", {"HARVEST_MAILTO": "nobody"}, "e-mail"),
        ("", {"HARVEST_NOSUCH": "1"}, "nosuch"),
        ("", {"HARVEST_ARXIV_INTERVAL": "-1", "HARVEST_ARXIV_URL": "http://127.0.0.1:1"}, "interval"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, environ: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load(write(tmp_path, text), {}, environ)


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load(tmp_path / "none.toml", {}, {})


def test_pacing_may_be_off_on_loopback_alone(tmp_path: Path) -> None:
    local: dict[str, Any] = {"HARVEST_ARXIV_URL": "http://127.0.0.1:1/api/query", "HARVEST_ARXIV_INTERVAL": "0"}
    assert load(write(tmp_path, ""), {}, local).arxiv.interval == 0.0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://localhost", True),
        ("http://[::1]:5", True),
        ("http://127.0.0.1.example.org", False),
        ("https://api.crossref.org", False),
        ("nonsense", False),
    ],
)
def test_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_the_token_is_in_no_repr() -> None:
    assert "secret" not in repr(Settings(github_token="secret"))
    assert "not set" in repr(Settings())
