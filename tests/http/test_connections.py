"""Connections: whose certificates are trusted, and how long an address may take."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harvest.errors import SourceError, TransientError, UntrustedError, UsageError
from harvest.http import connections
from harvest.http.clients import Http
from harvest.sources import arxiv, crossref, datacite, doi_org, github, pubmed
from tests.support.settings import impatient_settings

ROUTES = {
    "arxiv": arxiv.ROUTE,
    "crossref": crossref.SINGLE,
    "datacite": datacite.ROUTE,
    "doi": doi_org.ROUTE,
    "github": github.ROUTE,
    "pubmed": pubmed.ROUTE,
}


PATHS = {"arxiv": "/query"}


def ask(http: Http, source: str) -> None:
    clients = {
        "arxiv": lambda: http.arxiv()._session.get(http.arxiv().query_url_format),
        "crossref": lambda: http.crossref().works(ids="10.1/a"),
        "github": lambda: http.github().get_repo("a/b"),
    }
    call = clients.get(source, lambda: http.rest(source).get("/a"))
    http.ask(ROUTES[source], call, unless=SourceError)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        atom = "query" in self.path
        body = b"<feed></feed>" if atom else json.dumps({"id": 1, "message": {}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/atom+xml" if atom else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a service with a certificate of a private authority, and that authority."""
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(public)
    both = file.with_name("both.pem")
    both.write_bytes(private + public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}", file
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("source", ROUTES)
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", None])
def test_one_setting_adds_a_private_authority(
    source: str,
    variable: str | None,
    company: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, file = company
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    http = Http(
        impatient_settings({source: f"{url}{PATHS.get(source, '')}"}, timeout=5),
        sleep=lambda _: None,
    )
    if variable:
        monkeypatch.setenv(variable, str(file))
        ask(http, source)
    else:
        with pytest.raises(UntrustedError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(http, source)
    http.close()


def test_a_file_without_certificates_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.pem").write_text("no certificate\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        Http(impatient_settings({})).rest("doi")


@pytest.mark.skipif(find_spec("socks") is not None, reason="PySocks is installed")
def test_a_socks_proxy_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:secret@127.0.0.1:9")
    http = Http(impatient_settings({"doi": "https://doi.example"}, interval=1))
    with pytest.raises(UsageError, match=r"^a proxy socks5://... needs .* pip install pysocks$"):
        ask(http, "doi")
    http.close()


def test_a_bundle_that_is_missing_is_a_failure(
    company: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    http = Http(impatient_settings({"doi": company[0]}, timeout=5))
    with pytest.raises(TransientError):
        ask(http, "doi")
    http.close()


def test_a_dead_address_leaves_time_for_the_next(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full backlog takes no connection and refuses none, as an address without a route."""
    service = serve(lambda _: (200, {"content-type": "application/json"}, b"{}"))
    monkeypatch.setattr(connections, "ADDRESS_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as dead:
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.settimeout(0)
            client.connect_ex(dead.getsockname())
        ports = [dead.getsockname()[1], service.port]
        infos = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", p)) for p in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: infos)
        http = Http(impatient_settings({"doi": service.url}, timeout=5))
        began = time.monotonic()
        ask(http, "doi")
        assert 0.2 <= time.monotonic() - began < 4.5
        http.close()
        for client in waiting:
            client.close()


@pytest.mark.parametrize("source", ROUTES)
def test_a_look_up_that_hangs_ends_with_the_clock(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def hang(*_: object, **__: object) -> list[Any]:
        answered.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    url = f"https://service.example{PATHS.get(source, '')}"
    settings = impatient_settings({source: url}, interval=3, timeout=0.2)
    http = Http(settings)
    began = time.monotonic()
    with pytest.raises(TransientError, match="too slowly"):
        ask(http, source)
    assert time.monotonic() - began < 5
    answered.set()
    http.close()


def test_a_connection_that_comes_too_late_is_closed() -> None:
    begin, closed = threading.Event(), threading.Event()
    connections.DEADLINE.set(time.monotonic() + 0.05)
    with pytest.raises(TimeoutError):
        connections.in_time(lambda: begin.wait(5), lambda _: closed.set())
    begin.set()
    assert closed.wait(5)


def test_what_fails_too_late_is_no_error(recwarn: pytest.WarningsRecorder) -> None:
    begin, ended = threading.Event(), threading.Event()

    def fail() -> None:
        begin.wait(5)
        ended.set()
        raise OSError("too late")

    connections.DEADLINE.set(time.monotonic() + 0.05)
    with pytest.raises(TimeoutError):
        connections.in_time(fail)
    begin.set()
    assert ended.wait(5)
    time.sleep(0.05)
    assert not recwarn.list
