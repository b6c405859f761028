"""Settings: harvest.toml < environment < flags, and nothing that could hurt a service or leak a
token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harvest.commands.settings import load_settings
from harvest.config import Settings, is_loopback
from harvest.errors import UsageError
from harvest.sources import discover


def write(folder: Path, text: str) -> Path:
    path = folder / "harvest.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {}, {})
    services = {source.name: source.service for source in discover().values()}
    assert settings == Settings(services=services)
    assert settings.services["arxiv"].patience == 300.0


def test_flags_override_environment_and_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'mailto = "file@example.org"\noutput = "a"\nfloor = 0.5\n[arxiv]\ninterval = 4.0\n',
    )
    environ = {
        "HARVEST_MAILTO": "env@example.org",
        "HARVEST_OUTPUT": "b",
        "HARVEST_ARXIV_INTERVAL": "5",
    }
    settings = load_settings(path, {"output": "c", "cache": None, "seeds": ()}, environ)
    assert settings.mailto == "env@example.org"
    assert settings.output == "c"
    assert settings.floor == 0.5
    assert settings.services["arxiv"].interval == 5.0
    assert settings.services["arxiv"].url == "https://export.arxiv.org/api/query"
    assert settings.cache == "cache"


def test_paths_of_the_file_are_relative_to_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'seeds = ["seeds", "-", "github:o/n"]\ncache = "c"\noutput = "o"\nstarter = "s.jsonl"\n',
    )
    settings = load_settings(path, {}, {})
    assert settings.seeds == (str(tmp_path / "seeds"), "-", "github:o/n")
    assert [settings.cache, settings.output, settings.starter] == [
        str(tmp_path / n) for n in ("c", "o", "s.jsonl")
    ]


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
    settings = load_settings(write(tmp_path, ""), {}, environ)
    assert settings.services["crossref"].url == "http://127.0.0.1:1"
    assert settings.services["github"].timeout == 7.0
    assert settings.fresh.work == 2.0
    assert settings.activity.active == 3
    assert settings.seeds == ("a.md", "b.md")
    assert settings.github_token == "secret"
    assert settings.mailto is None


@pytest.mark.parametrize(
    ("text", "environ", "message"),
    [
        ("lists = []", {}, r"harvest\.toml: .*`lists`; there are seeds, cache.*, crossref"),
        ("sedes = []", {}, r"harvest\.toml: .*`sedes`; did you mean seeds"),
        ("services = {}", {}, r"harvest\.toml: services: name a service itself"),
        (
            "[arxiv]\nintervall = 3",
            {},
            r"harvest\.toml: arxiv: .*`intervall`; did you mean interval",
        ),
        ("arxiv = 3", {}, r"harvest\.toml: arxiv: "),
        (
            'floor = "much"',
            {},
            r"harvest\.toml: floor: 'much' is not allowed, a number from 0 to 1 is",
        ),
        ("seeds = 3", {}, r"harvest\.toml: seeds: Expected a list, got a number$"),
        ("fresh = 3", {}, r"harvest\.toml: fresh: Expected a section, got a number$"),
        ('same = [["x", 3]]', {}, r"harvest\.toml: same: Expected a text in quotes, got a number$"),
        (
            '[work."doi:10.1/a"]\ndate = "soon"',
            {},
            'work.date: a date such as "2023", .* is needed$',
        ),
        ('[work."doi:10.1/a"]\ndate = 2023-01-19', {}, "work.date: a date such as .* is needed$"),
        ('abstracts = "yes"', {}, "abstracts: 'yes' is not allowed, one of arxiv, all, none is$"),
        ('[[layout]]\nlist = "a.md"', {}, "layout: lacks `template`$"),
        (
            '[work."doi:10.1/a"]\nname = "x"',
            {},
            r"harvest\.toml: work: .*`name`; there are title, authors, .*, publisher$",
        ),
        (
            "floor = 0.5",
            {"HARVEST_FLOOR": "much"},
            "^HARVEST_FLOOR: 'much' is not allowed, a number from 0 to 1 is$",
        ),
        (
            "",
            {"HARVEST_ARXIV_TIMEOUT": "0"},
            "^HARVEST_ARXIV_TIMEOUT: '0' is not allowed, a number above 0 is$",
        ),
        ("", {"HARVEST_ARXIV_TIMEOUT": "inf"}, "^HARVEST_ARXIV_TIMEOUT: 'inf' is not"),
        (
            "",
            {"HARVEST_ARXIV_INTERVAL": "x"},
            "^HARVEST_ARXIV_INTERVAL: 'x' is not allowed, a number, 0 or more is$",
        ),
        (
            "",
            {"HARVEST_ACTIVITY_SLOW": "1.5"},
            "^HARVEST_ACTIVITY_SLOW: '1.5' is not allowed, a whole number",
        ),
        ("", {"HARVEST_SAME": "a=b"}, r"^HARVEST_SAME: this is set in harvest\.toml alone"),
        (
            "",
            {"HARVEST_GITHUB_TOKEN": "secret"},
            "^HARVEST_GITHUB_TOKEN: no such setting; did you mean GITHUB_TOKEN",
        ),
        (
            "",
            {"HARVEST_ARXIV_INTERVALL": "3"},
            "^HARVEST_ARXIV_INTERVALL: .* did you mean HARVEST_ARXIV_INTERVAL",
        ),
        ("not toml", {}, "harvest.toml"),
        ('github_token = "x"', {}, "GITHUB_TOKEN"),
        ('cache = ""', {}, r"harvest\.toml: cache: is empty: name a path, or leave it out$"),
        (
            "",
            {"HARVEST_ARXIV_INTERVAL": "1"},
            "^HARVEST_ARXIV_INTERVAL: 1.0 s is less than the 3.0 s that arxiv allows",
        ),
        ("[arxiv]\ninterval = 1", {}, r"harvest\.toml: arxiv\.interval: 1.0 s is less"),
        ("", {"HARVEST_CROSSREF_URL": "http://example.net"}, "^HARVEST_CROSSREF_URL: .* https"),
        ("", {"HARVEST_MAILTO": "nobody"}, "^HARVEST_MAILTO: 'nobody' is not an e-mail"),
        ("", {"HARVEST_NOSUCH": "1"}, "^HARVEST_NOSUCH: no such setting"),
        (
            "",
            {"HARVEST_ARXIV_INTERVAL": "-1", "HARVEST_ARXIV_URL": "http://127.0.0.1:1"},
            "^HARVEST_ARXIV_INTERVAL",
        ),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, text: str, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as error:
        load_settings(write(tmp_path, text), {}, environ)
    assert "secret" not in str(error.value)


def test_the_mark_of_a_windows_editor_is_no_setting(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, '\ufeffmailto = "a@b.org"'), {}, {}).mailto == "a@b.org"


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml", {}, {})


def test_pacing_may_be_off_on_loopback_alone(tmp_path: Path) -> None:
    local: dict[str, Any] = {
        "HARVEST_ARXIV_URL": "http://127.0.0.1:1/api/query",
        "HARVEST_ARXIV_INTERVAL": "0",
    }
    assert load_settings(write(tmp_path, ""), {}, local).services["arxiv"].interval == 0.0


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


@pytest.mark.parametrize(
    ("text", "seconds"), [("1200", 1200.0), ("20m", 1200.0), ("90s", 90.0), ("1h", 3600.0)]
)
def test_patience_is_seconds_or_a_duration(text: str, seconds: float, tmp_path: Path) -> None:
    assert load_settings(None, {}, {"HARVEST_PATIENCE": text}).patience == seconds
    file = tmp_path / "harvest.toml"
    file.write_text(f'patience = "{text}"\n', "utf-8")
    assert load_settings(file, {}, {}).patience == seconds
    assert load_settings(file, {"patience": 60.0}, {}).patience == 60.0
    assert load_settings(file, {"patience": 0.0}, {}).patience == 0.0


@pytest.mark.parametrize("text", ["soon", "20x", "-1", "inf"])
def test_other_patience_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="HARVEST_PATIENCE"):
        load_settings(None, {}, {"HARVEST_PATIENCE": text})


LINES = '[publish.lines]\n"seeds/" = "https://example.org/{path}?plain=1#L{line}"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('license = "free"', "not an SPDX expression"),
        ('license = "mit"', "write 'MIT'"),
        ('url = "ftp://example.org"', "must start with https"),
        ('lines = {"a" = "https://example.org/"}', "lacks {path}"),
        ('lines = {"a" = "javascript:{path}"}', "must start with https"),
        ("lines = 3", "publish"),
    ],
)
def test_what_cannot_be_published_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(f"[publish]\n{text}\n", "utf-8")
    with pytest.raises(UsageError, match=problem):
        load_settings(file, {}, {})


def test_addresses_of_lines(tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(f'[publish]\ntitle = "Mine"\nlicense = "CC0-1.0"\n{LINES}', "utf-8")
    publish = load_settings(file, {}, {}).publish
    assert (publish.title, publish.license) == ("Mine", "CC0-1.0")
    seed = f"{tmp_path}/seeds/a b.md"  # as the file's own seeds are named
    assert publish.line_pattern(seed) == "https://example.org/a%20b.md?plain=1#L{line}"
    assert publish.line_pattern("other.md") is None
    github, lines = "https://github.com/o/n/blob/HEAD", "?plain=1#L{line}"
    assert publish.line_pattern("github:o/n") == f"{github}/README.md{lines}"
    assert publish.line_pattern("github:o/n:docs/x.md") == f"{github}/docs/x.md{lines}"


@pytest.mark.parametrize("prefix", ["./seeds/", "seeds/", "./", "../"])
def test_addresses_of_lines_in_other_spellings(prefix: str, tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(LINES.replace("seeds/", prefix, 1), "utf-8")
    publish = load_settings(file, {}, {}).publish
    seed = (tmp_path / prefix / "a.md").as_posix()
    assert publish.line_pattern(seed) == "https://example.org/a.md?plain=1#L{line}"


def test_lines_have_no_variable() -> None:
    with pytest.raises(UsageError, match="alone"):
        load_settings(None, {}, {"HARVEST_PUBLISH_LINES": "x"})
