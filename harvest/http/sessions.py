"""Connections: pooled, counted, bounded in time and size, and with every response checked.

habanero gets an httpx2 client, all others a requests session. This module imports both libraries,
so import it only where a request will be made.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import requests
import urllib3

from harvest.config import is_loopback
from harvest.errors import BlockedError, SourceError, TransientError, UnservedError
from harvest.http.breaker import CircuitBreaker
from harvest.http.responses import Response, check_json, is_json, raise_for_status

CONNECT_TIMEOUT = 20.0  # seconds; Crossref's handshakes were seen to take that long under load
MAX_BODY = 64 * 2**20  # bytes; a full list of 50 Crossref records is about 3 MB
MAX_REDIRECTS = 5  # that are followed for one response
MAX_CROSSREF_REDIRECTS = 2  # an alias DOI has one
MIN_TOKEN = 20  # characters; GitHub's have 40 and more, and less might be a part of any word

Check = Callable[[Response], None]


class HabaneroHttp:
    """Replaces the module `httpx2` in habanero: `get` on one pooled client, responses checked."""

    HTTPStatusError = httpx2.HTTPStatusError
    HTTPError = httpx2.HTTPError
    ConnectTimeout = httpx2.ConnectTimeout

    def __init__(self, breaker: CircuitBreaker) -> None:
        self.client = httpx2.Client(follow_redirects=False)
        self._breaker = breaker

    def get(
        self, url: str, *, params: Any, headers: dict[str, str], timeout: float
    ) -> httpx2.Response:
        """Do as `httpx2.get` does, or raise SourceError. Redirects stay on the same host."""
        max_time = self._breaker.max_time
        deadline = time.monotonic() + max_time
        limits = httpx2.Timeout(min(timeout, max_time), connect=min(CONNECT_TIMEOUT, max_time))
        request = self.client.build_request(
            "GET", url, params=params, headers=headers, timeout=limits
        )
        for _ in range(1 + MAX_CROSSREF_REDIRECTS):
            received, response = self._send(request, deadline)
            target = received.next_request
            if target is None or not _same_host(str(target.url), str(request.url)):
                break
            request = target
        raise_for_status(response)
        _refuse_redirect(response)
        check_json(response)
        for name in ("content-encoding", "content-length"):  # of the body as it was sent
            received.headers.pop(name, None)
        return httpx2.Response(
            response.status, headers=received.headers, content=response.body, request=request
        )

    def _send(self, request: httpx2.Request, deadline: float) -> tuple[httpx2.Response, Response]:
        self._breaker.count_request()
        source = self._breaker.source
        try:
            received = self.client.send(request, stream=True)
            self._breaker.respond(received.status_code, received.headers)
            with closing(received):
                body = _read(source, received.iter_bytes(), deadline)
        except httpx2.HTTPError as error:
            if isinstance(error, httpx2.ReadTimeout):
                self._breaker.connect()
            raise TransientError(source, _reason(error), url=str(request.url)) from error
        url = str(received.url)
        return received, Response(source, url, received.status_code, received.headers, body)


class Session(requests.Session):
    """A session whose responses are counted, bounded and checked; `check` is for those with 200.

    It follows redirects itself: requests would follow them anywhere, and read their bodies
    without a bound. Names that many programs share, such as that of the arxiv package, are
    throttled harder, so `agent` comes first in the user agent.
    """

    def __init__(self, breaker: CircuitBreaker, agent: str, check: Check) -> None:
        super().__init__()
        self._breaker = breaker
        self._agent = agent
        self._check = check

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None, so that requests follows no redirect."""
        return None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and return the response that its redirects lead to."""
        home = request.url or ""
        request.headers["user-agent"] = f"{self._agent} {request.headers['user-agent']}"
        for _ in range(1 + MAX_REDIRECTS):
            received = self._fetch(request, home, **kwargs)
            if not received.is_redirect:
                self._check_response(received, moved=request.url != home)
                return received
            request = request.copy()
            request.url = redirect_target(
                self._breaker.source, received.url, received.headers["location"]
            )
            for private in ("authorization", "cookie"):
                request.headers.pop(private, None)
        raise UnservedError(self._breaker.source, f"more than {MAX_REDIRECTS} redirects", url=home)

    def _fetch(
        self, request: requests.PreparedRequest, home: str, **kwargs: Any
    ) -> requests.Response:
        """Send one request and check the status. Another host's refusal is not the source's."""
        source, url = self._breaker.source, request.url or ""
        is_home = _same_host(url, home)
        max_time, timeout = self._breaker.max_time, self._breaker.service.timeout
        deadline = time.monotonic() + max_time
        limits = (min(CONNECT_TIMEOUT, timeout, max_time), min(timeout, max_time))
        self._breaker.count_request()
        try:
            received = super().send(request, **{**kwargs, "timeout": limits, "stream": True})
            if is_home:
                self._breaker.respond(received.status_code, received.headers)
            with closing(received):
                received._content = self._body(received, deadline)  # noqa: SLF001  # for .content
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            if is_home and isinstance(error, requests.ReadTimeout):
                self._breaker.connect()
            raise TransientError(source, _reason(error), url=url) from error
        try:
            raise_for_status(_response(source, received))
        except BlockedError as error:
            if is_home:
                raise
            message = f"{error.message}, from a host that it redirects to"
            raise UnservedError(source, message, url=url, status=error.status) from error
        return received

    def _body(self, received: requests.Response, deadline: float) -> bytes:
        # read1 returns what has arrived; iter_content would wait for a whole chunk
        chunks = iter(lambda: received.raw.read1(2**16, decode_content=True), b"")
        return _read(self._breaker.source, chunks, deadline)

    def _check_response(self, received: requests.Response, *, moved: bool) -> None:
        response = _response(self._breaker.source, received)
        if response.status == 304 and "If-None-Match" in received.request.headers:
            return
        _refuse_redirect(response)
        if response.status != 200:
            return
        if moved and self._check is check_json and not is_json(response.headers):
            raise response.error(UnservedError, "no JSON, from where a redirect leads")
        self._check(response)


class GithubSession(Session):
    """A session for PyGithub, which follows a rename itself so that the token stays on its host.

    `token` is removed from bodies: the error page of a proxy may repeat the request.
    """

    def __init__(self, breaker: CircuitBreaker, token: str | None) -> None:
        super().__init__(breaker, "", check_json)
        self._token = (token or "").encode()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and return the response, which may be the redirect of a rename."""
        received = self._fetch(request, request.url or "", **kwargs)
        if not _is_rename(received):
            self._check_response(received, moved=False)
        return received

    def _body(self, received: requests.Response, deadline: float) -> bytes:
        body = super()._body(received, deadline)
        return body.replace(self._token, b"[token]") if len(self._token) >= MIN_TOKEN else body


def redirect_target(source: str, url: str, location: str) -> str:
    """Return the address that a redirect from `url` leads to.

    Raises UnservedError for http and for any host that is not on the internet. Only loopback
    itself may lead to loopback.
    """
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        safe = bool(parts.hostname) and (parts.scheme == "https" or is_loopback(target))
        if safe and not is_loopback(url):
            safe = _is_public(str(parts.hostname))
    except ValueError:
        safe = False
    if not safe:
        message = "a redirect that is not followed: to http, or to no public host"
        raise UnservedError(source, message, url=url)
    return target


def _response(source: str, received: requests.Response) -> Response:
    return Response(source, received.url, received.status_code, received.headers, received.content)


def _read(source: str, chunks: Iterable[bytes], deadline: float) -> bytes:
    """Read a body that may be endless or slow. Raises TransientError past a limit."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            raise TransientError(source, f"an answer of more than {MAX_BODY} bytes")
        if time.monotonic() > deadline:
            raise TransientError(source, "the answer came too slowly")
    return bytes(body)


def _refuse_redirect(response: Response) -> None:
    """Raise SourceError for a redirect that is not followed: to another host, or undocumented."""
    if 300 <= response.status < 400:
        message = f"HTTP {response.status}: a redirect that is not followed"
        raise response.error(SourceError, message)


def _is_public(host: str) -> bool:
    """Return True if no address of a host is private. An unresolved name is for a proxy to judge."""
    try:
        infos = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        return True
    addresses = {str(address[0]).partition("%")[0] for *_, address in infos}
    return all(ipaddress.ip_address(address).is_global for address in addresses)


def _is_rename(received: requests.Response) -> bool:
    """Return True for the redirect that PyGithub follows: 301 to the same scheme and host."""
    location = received.headers.get("location", "")
    return received.status_code == 301 and _same_host(location, received.url)


def _same_host(one: str, other: str) -> bool:
    """Return True if two addresses share scheme and host."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.hostname) == (second.scheme, second.hostname)


def _reason(error: Exception) -> str:
    """Return what went wrong, without the address: it may hold an e-mail address."""
    kind = type(error).__name__
    cause: BaseException = error
    while following := cause.__cause__ or cause.__context__:
        cause = following
    text = str(cause) if isinstance(cause, OSError) and cause is not error else ""
    return f"{kind} ({text})" if text and "://" not in text else kind
