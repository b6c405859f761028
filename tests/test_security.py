"""What outsiders may try: the token is safe, addresses and paths keep to bounds, text is data."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import logging
import os
import pty
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import arxiv
import pytest

from harvest import config, pipeline
from harvest.commands.exits import Exit
from harvest.commands.settings import load_settings
from harvest.config import Settings
from harvest.errors import HarvestError, MalformedError, SourceError, TransientError, UsageError
from harvest.http import breaker, sessions
from harvest.http.clients import Http
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.session import Scope, Session
from harvest.models import Repository
from harvest.readers.walk import read_lists
from harvest.sources import crossref, github
from harvest.sources.arxiv import ROUTE as ARXIV_ROUTE
from harvest.writers.csv import CsvWriter
from tests.fakes import FakeServices, Fault, nth
from tests.fakes import Repository as KnownRepository
from tests.fakes.world import FaultKind
from tests.support.settings import SERVICE_NAMES, impatient_settings, make_settings
from tests.support.works import make_publication

ROOT = Path(__file__).parents[1]
TOKEN = "ghp_sesame0123456789"
DOI, ARXIV, REPOSITORY = "10.1038/s41598-022-05539-7", "2006.11239", "batmanlab/HA-GAN"
PAPERS = f"[A](https://arxiv.org/abs/{ARXIV}) [B](https://doi.org/{DOI})"
LIST = f"# L\n\n- {PAPERS} [Code](https://github.com/{REPOSITORY})\n"
PLAIN = config.Settings()


# -- the token ---------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices) -> Settings:
    path = tmp_path / "list.md"
    path.write_text(LIST, "utf-8")
    quick = {"timeout": 0.3, "backoff": 0.01, "patience": 0.5}
    return make_settings(tmp_path, fakes, path, token=TOKEN, **quick)


def files_with(folder: Path, secret: str) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["every request", "the first request"])
@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_no_failure_shows_the_token(
    kind: FaultKind,
    when: str,
    settings: Settings,
    fakes: FakeServices,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "MAX_OFFLINE_WAIT", 0.5)
    picked = {"when": nth(1)} if when == "the first request" else {}
    fakes.world.faults = [Fault("github", kind, retry_after=0, **picked)]
    output = ""
    with caplog.at_level(logging.DEBUG):
        try:
            run = pipeline.refresh(settings)
            output = repr(run) + str(run.degraded)
        except HarvestError as error:
            output = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert fakes.count("github")
    assert TOKEN not in output
    assert TOKEN not in caplog.text
    assert files_with(tmp_path, TOKEN) == []
    assert {r.service for r in fakes.log if TOKEN in f"{r.target} {r.headers} {r.body!r}"} == {
        "github"
    }


def test_the_search_for_the_token_would_find_it(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "leak").write_text(f"x{TOKEN}y")
    assert files_with(tmp_path, TOKEN) == [str(tmp_path / "leak")]
    assert TOKEN not in repr(settings)
    assert TOKEN not in f"{settings} {settings!s}"


def test_an_unknown_token_is_not_shown(settings: Settings, fakes: FakeServices) -> None:
    fakes.world.tokens = frozenset({"another"})
    run = pipeline.refresh(settings)
    assert any("401" in line for line in run.degraded)
    assert TOKEN not in repr(run)


def http_to(url: str, token: str | None = TOKEN) -> Http:
    urls = dict.fromkeys(("crossref", "arxiv", "github"), url)
    settings = impatient_settings(urls, token=token, timeout=1, patience=0.1)
    return Http(settings, sleep=lambda _: None)


def ask_crossref(http: Http) -> Any:
    client = http.crossref()
    return http.ask(crossref.SINGLE, lambda: client.works(ids=DOI))


def ask_arxiv(http: Http) -> Any:
    client = http.arxiv()
    return http.ask(
        ARXIV_ROUTE, lambda: list(client.results(arxiv.Search(id_list=[ARXIV], max_results=1)))
    )


def ask_rest(http: Http) -> Any:
    client = http.github()
    return http.ask(github.ROUTE, lambda: client.get_repo(REPOSITORY).full_name)


def ask_graphql(http: Http) -> Any:
    client = http.github()
    return http.ask(
        github.ROUTE, lambda: client.requester.graphql_query("query { viewer { login } }", {})
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("ask", [ask_rest, ask_graphql])
@pytest.mark.parametrize(
    "there", ["http://localhost:{port}/x", "//localhost:{port}/x", "http://127.0.0.1:{port}/x"]
)
def test_no_redirect_takes_the_token_along(
    status: int, ask: Callable[[Http], Any], there: str, serve: Any
) -> None:
    other = serve(lambda _: (200, {"content-type": "application/json"}, b"{}"))
    github = serve(lambda _: (status, {"location": there.format(port=other.port)}, b""))
    http = http_to(f"http://127.0.0.1:{github.port}")
    with pytest.raises((SourceError, RuntimeError)) as caught:
        ask(http)
    http.close()
    assert len(github.seen) >= 1
    assert TOKEN in github.seen[0]
    assert other.seen == []
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("ask", [ask_crossref, ask_arxiv])
def test_the_token_is_for_github_alone(ask: Callable[[Http], Any], serve: Any) -> None:
    service = serve(lambda _: (500, {}, b""))
    http = http_to(f"http://127.0.0.1:{service.port}")
    with pytest.raises(SourceError):
        ask(http)
    http.close()
    assert service.seen
    assert TOKEN not in "".join(service.seen)


def test_a_mirrored_request_shows_no_token(
    serve: Any,
) -> None:
    github = serve(lambda _: (500, {}, f"what you sent: Authorization: token {TOKEN}".encode()))
    http = http_to(f"http://127.0.0.1:{github.port}")
    with pytest.raises(TransientError) as caught:
        ask_rest(http)
    http.close()
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(http.down)


# -- addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize("section", SERVICE_NAMES)
@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org",
        "ftp://api.example.org",
        "ftp://localhost/x",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "api.example.org",
        "https://",
        "https:///path",
        "",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1@example.org",
        "http://example.org#@localhost",
        "https://user:secret@example.org",
        "http://user:secret@localhost",
        "https://example.org:port",
    ],
)
def test_unsafe_addresses_are_refused(section: str, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(None, {}, {f"HARVEST_{section.upper()}_URL": url or " "})
    assert str(caught.value).startswith(f"HARVEST_{section.upper()}_URL: ")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/api", "http://127.0.0.1:8000", "http://[::1]:1", "http://localhost"],
)
def test_good_addresses_are_taken(url: str) -> None:
    assert load_settings(None, {}, {"HARVEST_GITHUB_URL": url}).services["github"].url == url


# -- files -------------------------------------------------------------------------------

SECRET = "- [secret](https://arxiv.org/abs/1234.56789)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of lists, beside files that are none of its business."""
    (tmp_path / "secret.md").write_text(SECRET, "utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.md").write_text(SECRET, "utf-8")
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "folder").symlink_to(tmp_path / "elsewhere")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    return folder


def urls(reading: Any) -> set[str]:
    return {mention.url for mention in reading.mentions}


@pytest.mark.posix
@pytest.mark.parametrize(
    "target",
    [
        "../secret.md",
        "..%2fsecret.md",
        "%2e%2e/secret.md",
        "%2E%2E%2Fsecret.md",
        "./x/../../secret.md",
        "link.md",
        "folder/secret.md",
        "loop.md",
        "{above}/secret.md",
        "file://{above}/secret.md",
        "//{above}/secret.md",
        "..\\secret.md",
        "..%5csecret.md",
        "%252e%252e/secret.md",
        "secret.md%00.md",
    ],
)
def test_relative_links_stay_in_the_folder(root: Path, tmp_path: Path, target: str) -> None:
    written = target.format(above=tmp_path)
    (root / "list.md").write_text(
        f"# L\n\n- [chapter](<{written}>)\n- [A](https://arxiv.org/abs/{ARXIV})\n", "utf-8"
    )
    assert not any("1234.56789" in url for url in urls(read_lists([str(root / "list.md")])))
    assert any(ARXIV in url for url in urls(read_lists([str(root / "list.md")])))


@pytest.mark.posix
def test_links_that_stay_inside_are_followed(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "chapter.md").write_text(SECRET, "utf-8")
    (root / "list.md").write_text("# L\n\n- [chapter](x/%2e%2e/sub/chapter.md)\n", "utf-8")
    assert any("1234.56789" in url for url in urls(read_lists([str(root / "list.md")])))


@pytest.mark.posix
def test_a_folder_ends_at_symbolic_links(root: Path) -> None:
    (root / "list.md").write_text(f"- [A](https://arxiv.org/abs/{ARXIV})\n", "utf-8")
    reading = read_lists([str(root)])
    assert not any("1234.56789" in url for url in urls(reading))
    assert any(ARXIV in url for url in urls(reading))
    passed_over = {
        Path(f.seed).name
        for f in reading.findings
        if f.code == "unreadable" and "leads out of" in f.message
    }
    assert passed_over == {"link.md", "loop.md"}


@pytest.mark.posix
def test_a_named_symbolic_link_is_read(root: Path) -> None:
    assert any("1234.56789" in url for url in urls(read_lists([str(root / "link.md")])))
    with pytest.raises(UsageError, match=r"loop\.md"):
        read_lists([str(root / "loop.md")])


@pytest.fixture
def remote(settings: Settings) -> Iterator[RemoteLists]:
    with Session(settings, Scope(), datetime(2026, 11, 20, tzinfo=UTC)) as session:
        yield RemoteLists(session)


REMOTE = [
    "../../secret/repo/list.md",
    "%2e%2e/%2e%2e/secret/repo/list.md",
    "a/../../../secret/repo/list.md",
    "/etc/x.md",
    "..%2f..%2fsecret/repo/list.md",
    "%252e%252e/x.md",
    "https://api.github.com/x.md",
]


@pytest.mark.parametrize("target", REMOTE)
def test_remote_links_stay_in_the_repository(
    target: str, fakes: FakeServices, remote: RemoteLists
) -> None:
    host = KnownRepository(
        name="some/list", id=1, files={"README.md": f"# L\n\n- [chapter]({target})\n"}
    )
    fakes.world.add(
        host,
        KnownRepository(name="secret/repo", id=2, files={"list.md": SECRET, "README.md": SECRET}),
    )
    mentions = read_lists(["github:some/list"], remote).mentions
    assert mentions
    assert not any("1234.56789" in mention.url for mention in mentions)
    assert {tuple(request.path.split("/")[1:4]) for request in fakes.log} == {
        ("repos", "some", "list")
    }
    assert not any(
        part in {".", ".."} for request in fakes.log for part in unquote(request.target).split("/")
    )


REMOTE_SEEDS = [
    "github:some/list:../../secret/repo",
    "github:some/list:a/../../x.md",
    "github:some/list:/etc/passwd",
    "github:some/list/../../x",
    "github:some/list?ref=x",
    "github:../secret",
    "github:some/..",
    "github:./..:list.md",
    "github://evil.example.org/some/list",
    "github:a/b@evil.example.org",
    "github:some/list\nHost: evil",
]


@pytest.mark.parametrize("seed", REMOTE_SEEDS)
def test_a_remote_list_names_repository_and_file(
    seed: str, fakes: FakeServices, remote: RemoteLists
) -> None:
    with pytest.raises(UsageError):
        read_lists([seed], remote)
    assert fakes.log == []


# -- text is data ------------------------------------------------------------------------

EVIL = "\x1b[31mred\x1b[0m\x1b]0;owned\x07\x9b31m\u202eevil\u202c\u2066x\u2069\x08\x7f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def on_a_terminal(
    folder: Path, *arguments: str, env: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run the program on a terminal. Return its exit code and what it wrote."""
    controller, terminal = pty.openpty()
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HARVEST_", "GITHUB_", "COV_"))
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "harvest", *arguments],
        cwd=folder,
        env={**clean, **(env or {}), "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    written = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # the program has closed the terminal
            break
        if not part:
            break
        written += part
    os.close(controller)
    return process.wait(60), written.decode("utf-8", "replace").replace("\r\n", "\n")


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    for name in ("list.md", f"evil{EVIL.replace('/', '')}.md"):
        items = f"- [{EVIL}](https://arxiv.org/abs/{ARXIV})\n- [x](<missing{EVIL}.md>)\n"
        text = f"# {EVIL}\n\n{items}\n```\nnever closed {EVIL}\n"
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "evil.toml").write_text(
        f'seeds = ["list.md"]\n{json.dumps("k" + EVIL)} = 1\n', "utf-8"
    )
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", "list.md", "--format", "table"],
        ["extract", ".", "--format", "table"],
        ["refresh", "list.md", "--offline"],
        ["refresh", f"missing{EVIL}.md"],
        ["refresh", "list.md", "--config", "evil.toml"],
        ["refresh", f"github:a/{EVIL}"],
        ["show", EVIL],
        ["export", EVIL],
    ],
    ids=str,
)
def test_nothing_that_a_terminal_obeys_reaches_it(evil: Path, arguments: list[str]) -> None:
    code, written = on_a_terminal(evil, *[argument.replace("\x00", "") for argument in arguments])
    assert written.strip()
    assert code in {0, Exit.USAGE, Exit.DEGRADED}
    assert "Traceback" not in written
    assert not OBEYED.search(written), ascii(written)


def test_an_error_body_cannot_drive_a_terminal(evil: Path, serve: Any) -> None:
    service = serve(lambda _: (400, {"content-type": "text/plain"}, EVIL.encode()))
    urls = {
        f"HARVEST_{name}_URL": f"http://127.0.0.1:{service.port}"
        for name in ("CROSSREF", "ARXIV", "GITHUB")
    }
    code, written = on_a_terminal(evil, "refresh", "list.md", env=urls)
    assert code == Exit.DEGRADED
    assert "400" in written
    assert not OBEYED.search(written), ascii(written)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_table_is_a_formula(start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    repository = Repository(
        id="github:a/b", url=cell, description=cell, language=cell, topics=[cell], aliases=[cell]
    )
    tables = CsvWriter().write(make_publication(repositories=[repository]))
    [row] = csv.DictReader(io.StringIO(tables["repositories.csv"].decode(), newline=""))
    [shown] = {row[name] for name in ("url", "description", "language", "topics", "aliases")}
    assert shown.startswith("'")
    assert shown.endswith("HYPERLINK(1)")


def test_settings_are_data(tmp_path: Path) -> None:
    """TOML has no code, and nothing in harvest runs what it read, starts programs or unpickles."""
    runs = {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "pickle.loads",
        "pickle.load",
        "marshal.loads",
        "yaml.load",  # YAML is read as events, which name no class
        "yaml.load_all",
        "yaml.full_load",
        "yaml.unsafe_load",
    }
    imported = {"pickle", "subprocess", "shelve", "marshal", "code", "pty"}
    for path in (ROOT / "harvest").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        used = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        modules = {
            a.name.split(".")[0]
            for n in ast.walk(tree)
            if isinstance(n, ast.Import)
            for a in n.names
        }
        modules |= {
            (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)
        }
        assert not used & runs, path
        assert not modules & imported, path
    file = tmp_path / "harvest.toml"
    file.write_text(
        f'seeds = ["`touch {tmp_path}/a`", "$(touch {tmp_path}/a)", "|touch {tmp_path}/a"]\n',
        "utf-8",
    )
    with pytest.raises(UsageError):
        read_lists(load_settings(file, {}, {}).seeds)
    assert not (tmp_path / "a").exists()


# -- answers without bounds --------------------------------------------------------------

XML = b'<?xml version="1.0"?>'
BOMB = XML + b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><feed><title>&b;</title></feed>'
FILE = b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OUTSIDE = XML + FILE + b"<feed><title>&x;</title></feed>"


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16"), OUTSIDE.decode().encode("utf-16")]
)
def test_a_feed_with_entities_is_refused(body: bytes, serve: Any) -> None:
    service = serve(lambda _: (200, {"content-type": "application/atom+xml"}, body))
    http = http_to(f"http://127.0.0.1:{service.port}")
    with pytest.raises((MalformedError, TransientError)):
        ask_arxiv(http)
    http.close()


@pytest.mark.parametrize(
    "body", [b"[" * 10**6, b"[" * 10**5 + b"]" * 10**5, b'{"a":' * 10**5 + b"1" + b"}" * 10**5]
)
@pytest.mark.parametrize("ask", [ask_crossref, ask_rest])
def test_an_answer_nested_without_end_is_refused(
    body: bytes, ask: Callable[[Http], Any], serve: Any
) -> None:
    service = serve(lambda _: (200, {"content-type": "application/json"}, body))
    http = http_to(f"http://127.0.0.1:{service.port}")
    with pytest.raises(TransientError):
        ask(http)
    http.close()


@pytest.mark.parametrize("ask", [ask_crossref, ask_arxiv, ask_rest])
def test_a_compressed_bomb_is_cut(
    ask: Callable[[Http], Any], serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_BODY", 2**20)
    packed = gzip.compress(b" " * 2**24)
    service = serve(
        lambda _: (200, {"content-type": "application/json", "content-encoding": "gzip"}, packed)
    )
    http = http_to(f"http://127.0.0.1:{service.port}")
    with pytest.raises(TransientError, match="more than 1048576 bytes"):
        ask(http)
    http.close()


@pytest.mark.parametrize("section", [*SERVICE_NAMES, "fresh", "activity"])
def test_a_section_must_be_a_table(section: str, tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(f'{section} = "x"\n', "utf-8")
    with pytest.raises(UsageError, match=f"(?i){section}"):
        load_settings(file, {}, {f"HARVEST_{section.upper()}_URL": "https://example.org"})


@pytest.mark.parametrize("token", ["ghp_a b", "ghp_\x00", "ghp_\u202e", "ghp_a\r\nX-Evil: 1"])
def test_a_token_with_a_line_end_is_refused(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(None, {}, {"GITHUB_TOKEN": token})
    assert token not in str(caught.value)
    assert load_settings(None, {}, {"GITHUB_TOKEN": f"{TOKEN}\n"}).github_token == TOKEN


def test_an_address_with_a_line_end_is_refused() -> None:
    with pytest.raises(UsageError, match="HARVEST_MAILTO"):
        load_settings(None, {}, {"HARVEST_MAILTO": "me@example.org\r\nX-Evil: 1"})


def test_settings_are_bounded_too(tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text("seeds = " + "[" * 10**4 + "]" * 10**4, "utf-8")
    with pytest.raises(UsageError):
        load_settings(file, {}, {})
