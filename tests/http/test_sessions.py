"""Redirects: followed for what people publish under a DOI, and never into our own network or in the
clear."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvest.errors import SourceError, TransientError, UnservedError
from harvest.http import sessions
from harvest.http.clients import Http
from harvest.http.connections import Adapter
from harvest.sources.crossref import SINGLE
from harvest.sources.doi_org import ROUTE
from tests.fakes import ScriptedServer
from tests.support.settings import impatient_settings

JSON = {"content-type": "application/json"}


@pytest.fixture
def opened() -> Iterator[list[Http]]:
    made: list[Http] = []
    yield made
    for http in made:
        http.close()


def connect(server: ScriptedServer, opened: list[Http]) -> Http:
    settings = impatient_settings({"doi": server.url}, timeout=1, patience=120)
    opened.append(Http(settings, sleep=lambda _: None))
    return opened[-1]


def ask(server: ScriptedServer, opened: list[Http]) -> Any:
    client = connect(server, opened).rest("doi")
    return opened[-1].ask(ROUTE, lambda: client.get("/10.1/a"))


def to(server: ScriptedServer, host: str = "localhost") -> dict[str, str]:
    return {"location": f"http://{host}:{server.port}/there", "set-cookie": "who=you; Path=/"}


def test_another_host_gets_no_secrets(
    serve: Any, opened: list[Http], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    agency = serve(lambda _: (200, JSON, b'{"DOI": "10.1/a"}'))
    doi = serve(lambda _: (302, to(agency), b""))
    client = connect(doi, opened).rest("doi")
    for _ in range(2):
        assert opened[0].ask(ROUTE, lambda: client.get("/10.1/a")) == {"DOI": "10.1/a"}
    assert opened[0].requests["doi"] == 4
    assert "authorization" not in doi.seen[1].lower()  # nobody asked for what netrc has
    assert "cookie" in doi.seen[1].lower()
    assert not {"authorization", "cookie"} & {
        line.partition(":")[0].lower() for line in agency.seen[1].splitlines()
    }


def test_a_relative_redirect_is_followed(serve: Any, opened: list[Http]) -> None:
    doi = serve(
        lambda path: (200, JSON, b"{}") if path == "/b" else (301, {"location": "../b"}, b"")
    )
    assert ask(doi, opened) == {}


@pytest.mark.parametrize("status", [200, 401, 403, 406])
def test_html_of_another_host_is_unserved(status: int, serve: Any, opened: list[Http]) -> None:
    """It is neither an outage of doi.org, to be asked again, nor a refusal, after which nobody is
    asked."""
    publisher = serve(
        lambda _: (status, {"content-type": "text/html"}, b"<html>Are you a robot?</html>")
    )
    doi = serve(lambda _: (302, to(publisher), b""))
    with pytest.raises(UnservedError):
        ask(doi, opened)
    assert len(publisher.seen) == 1
    assert opened[0].down == {}


def test_html_of_doi_itself_is_an_outage(serve: Any, opened: list[Http]) -> None:
    doi = serve(lambda _: (200, {"content-type": "text/html"}, b"<html>Maintenance</html>"))
    with pytest.raises(TransientError):
        ask(doi, opened)
    assert len(doi.seen) > 1


def test_crossref_leads_to_its_own_host_alone(serve: Any, opened: list[Http]) -> None:
    """The e-mail address goes with each request."""
    body = b'{"status": "ok", "message": {}}'
    other = serve(lambda _: (200, JSON, body))
    pages = {
        "/there": (200, JSON, body),
        "/works/alias": (301, {"location": "/there"}, b""),
        "/works/elsewhere": (302, to(other), b""),
    }
    home = serve(lambda path: pages[path.partition("?")[0]])
    settings = impatient_settings({"crossref": home.url}, mailto="me@example.org")
    opened.append(Http(settings, sleep=lambda _: None))
    client = opened[0].crossref()
    assert opened[0].ask(SINGLE, lambda: client.works(ids="alias"))["message"] == {}
    with pytest.raises(SourceError, match="not followed"):
        opened[0].ask(SINGLE, lambda: client.works(ids="elsewhere"))
    assert other.seen == []


def test_a_circle_is_left(serve: Any, opened: list[Http]) -> None:
    doi = serve(lambda _: (302, {"location": "/10.1/a"}, b""))
    with pytest.raises(UnservedError, match="redirects"):
        ask(doi, opened)
    assert len(doi.seen) == 1 + sessions.MAX_REDIRECTS


def test_the_body_of_a_redirect_is_bounded(
    serve: Any, opened: list[Http], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_BODY", 2**20)
    doi = serve(lambda _: (302, {"location": "/there"}, b"x" * 2**21))
    with pytest.raises(TransientError, match="more than"):
        ask(doi, opened)


@pytest.mark.parametrize("status", [201, 202, 203, 205, 206, 207, 226])
def test_an_odd_success_is_an_outage(status: int, serve: Any, opened: list[Http]) -> None:
    doi = serve(lambda _: (status, JSON, b"{}"))
    with pytest.raises(TransientError, match=f"HTTP {status}"):
        ask(doi, opened)
    assert len(doi.seen) > 1


def test_nothing_in_a_form_needs_a_form(serve: Any, opened: list[Http]) -> None:
    doi = serve(lambda _: (204, {}, b""))
    with pytest.raises(TransientError, match="204"):
        ask(doi, opened)
    http = connect(doi, opened)
    client = http.rest("doi", "application/vnd.citationstyles.csl+json")
    with pytest.raises(UnservedError, match="204"):
        http.ask(ROUTE, lambda: client.get("/10.1/a"))
    assert http.down == {}


def test_the_clock_holds_at_a_proxy(opened: list[Http], monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers CONNECT with one byte now and then."""

    def drip() -> None:
        connection = proxy.accept()[0]
        with connection, contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nx-padding: " + b"x" * 100:
                connection.send(bytes([byte]))
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        settings = impatient_settings({"doi": "https://127.0.0.1:1"}, timeout=0.4, patience=0.1)
        opened.append(Http(settings, sleep=lambda _: None))
        client = opened[-1].rest("doi")
        began = time.monotonic()
        with pytest.raises(TransientError):
            opened[-1].ask(ROUTE, lambda: client.get("/10.1/a"))
        assert time.monotonic() - began < 8  # the drip alone takes ten
        thread.join()


def test_a_redirect_to_nowhere_is_an_error(serve: Any, opened: list[Http]) -> None:
    with pytest.raises(SourceError, match="not followed"):
        ask(serve(lambda _: (300, {}, b"")), opened)


@pytest.mark.parametrize(
    ("here", "location", "there"),
    [
        ("https://doi.example/a", "https://agency.example/b", "https://agency.example/b"),
        ("https://doi.example/a", "//agency.example/b", "https://agency.example/b"),
        ("https://doi.example/a", "/b", "https://doi.example/b"),
        ("https://doi.example/a", "https://unresolved.example/b", "https://unresolved.example/b"),
        ("http://127.0.0.1:1/a", "http://localhost:2/b", "http://localhost:2/b"),
        ("http://127.0.0.1:1/a", "https://agency.example/b", "https://agency.example/b"),
        ("http://127.0.0.1:1/a", "http://agency.example/b", None),
        ("https://doi.example/a", "http://agency.example/b", None),
        ("https://doi.example/a", "ftp://agency.example/b", None),
        ("https://doi.example/a", "file:///etc/passwd", None),
        ("https://doi.example/a", "https:///b", "https://doi.example/b"),
        ("https://doi.example/a", "https://[::1", None),
        ("https://doi.example/a", "http://127.0.0.1/b", None),
        ("https://doi.example/a", "https://127.0.0.1/b", None),
        ("https://doi.example/a", "https://localhost/b", None),
        ("https://doi.example/a", "https://[::1]/b", None),
        ("https://doi.example/a", "https://[::ffff:10.0.0.1]/b", None),
        ("https://doi.example/a", "https://10.0.0.1/b", None),
        ("https://doi.example/a", "https://192.168.1.1/b", None),
        ("https://doi.example/a", "https://169.254.169.254/latest/meta-data", None),
        ("https://doi.example/a", "https://100.64.0.1/b", None),
        ("https://doi.example/a", "https://0.0.0.0/b", None),
        ("https://doi.example/a", "https://2130706433/b", None),
        ("https://doi.example/a", "https://inside.example/b", None),
        ("https://doi.example/a", "https://both.example/b", None),
    ],
)
def test_where_a_redirect_may_lead(
    here: str, location: str, there: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {
        "doi.example": ["9.9.9.9"],
        "agency.example": ["8.8.8.8", "2001:4860:4860::8888"],
        "inside.example": ["10.1.2.3"],
        "both.example": ["8.8.8.8", "fe80::1%eth0"],
        "localhost": ["127.0.0.1"],
        "2130706433": ["127.0.0.1"],  # as the system reads it
    }

    def getaddrinfo(host: str, port: int, **_: object) -> list[Any]:
        if host.endswith(".example") and host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in names.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    if there is None:
        with pytest.raises(UnservedError):
            sessions.redirect_target("doi", here, location, Adapter().is_public)
    else:
        assert sessions.redirect_target("doi", here, location, Adapter().is_public) == there


def test_a_redirect_is_not_followed_to_a_host_that_is_not_looked_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
    before = sessions.DEADLINE.set(time.monotonic() + 0.05)
    here, there = "https://doi.example/a", "https://agency.example/b"
    with pytest.raises(TransientError, match="in time"):
        sessions.redirect_target("doi", here, there, Adapter().is_public)
    sessions.DEADLINE.reset(before)
