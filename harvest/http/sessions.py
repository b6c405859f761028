"""Connections: pooled, counted, bounded in time and size, and with every response checked.

This module imports requests, so import it only where a request will be made.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from harvest.config import is_loopback
from harvest.errors import BlockedError, SourceError, TransientError, UnservedError, UntrustedError
from harvest.http.breaker import CircuitBreaker
from harvest.http.connections import DEADLINE, Adapter
from harvest.http.recorder import Recorder
from harvest.http.responses import check_json, is_json, make_error, raise_for_status

CONNECT_TIMEOUT = 20.0  # seconds; Crossref's handshakes were seen to take that long under load
MAX_BODY = 64 * 2**20  # bytes; a full list of 50 Crossref records is about 3 MB
MAX_REDIRECTS = 5  # that are followed for one response
MIN_TOKEN = 20  # characters; GitHub's have 40 and more, and less might be a part of any word

Check = Callable[[str, requests.Response], None]


class Session(requests.Session):
    """A session whose responses are counted, bounded and checked; `check` is for those with 200.

    It follows redirects itself: requests would follow them anywhere, and read their bodies
    without a bound. Names that many programs share, such as that of the arxiv package, are
    throttled harder, so `agent` alone is the user agent. It reads no ~/.netrc. With
    `same_host_only` it follows no redirect to another host. Where it `negotiates` the content, 204
    means that there is none in the form that it asks for.
    """

    def __init__(
        self,
        breaker: CircuitBreaker,
        agent: str,
        check: Check,
        *,
        same_host_only: bool = False,
        negotiates: bool = False,
        adapter: Adapter | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        super().__init__()
        self._recorder = recorder
        self._adapter = adapter or Adapter()
        self._breaker = breaker
        self._source = breaker.source
        self._agent = agent
        self._check = check
        self._same_host_only = same_host_only
        self._negotiates = negotiates
        self.auth = lambda request: request  # with any, requests does not look into ~/.netrc
        for scheme in ("https://", "http://"):
            self.mount(scheme, self._adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None, so that requests follows no redirect."""
        return None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and return the response that its redirects lead to."""
        home = request.url or ""
        request.headers["user-agent"] = self._agent
        for _ in range(1 + MAX_REDIRECTS):
            response = self._fetch(request, home, **kwargs)
            if not response.is_redirect:
                self._check_response(response, is_moved=request.url != home)
                return response
            request = request.copy()
            location, is_public = response.headers["location"], self._adapter.is_public
            request.url = redirect_target(self._source, response.url, location, is_public)
            if self._same_host_only and not _same_host(request.url, home):
                message = "a redirect that is not followed: to another host"
                raise UnservedError(self._source, message, url=home)
            for private in ("authorization", "cookie"):
                request.headers.pop(private, None)
        raise UnservedError(self._source, f"more than {MAX_REDIRECTS} redirects", url=home)

    def _fetch(
        self, request: requests.PreparedRequest, home: str, **kwargs: Any
    ) -> requests.Response:
        """Send one request and check the status. Another host's refusal is not the source's."""
        is_home = _same_host(request.url or "", home)
        began = time.monotonic()
        try:
            response = self._transfer(request, is_home=is_home, **kwargs)
        except SourceError as error:
            self._record(request, began, error)
            raise
        self._record(request, began, response)
        try:
            raise_for_status(self._source, response)
        except BlockedError as error:
            if is_home:
                raise
            message = f"{error.message}, from a host that it redirects to"
            raise make_error(UnservedError, self._source, response, message) from error
        return response

    def _record(
        self,
        request: requests.PreparedRequest,
        began: float,
        result: requests.Response | SourceError,
    ) -> None:
        """Record an exchange. Every client's requests pass here."""
        if self._recorder:
            self._recorder.write(self._source, request, began, result)

    def _transfer(
        self, request: requests.PreparedRequest, *, is_home: bool, **kwargs: Any
    ) -> requests.Response:
        """Send one request and return the response with its body, whatever it says."""
        url, max_time = request.url or "", self._breaker.max_time
        deadline = time.monotonic() + max_time
        DEADLINE.set(deadline)
        timeout = min(self._breaker.service.timeout, max_time)
        kwargs |= {"timeout": (min(CONNECT_TIMEOUT, timeout), timeout), "stream": True}
        self._breaker.count()
        try:
            response = super().send(request, **kwargs)
            if is_home:
                self._breaker.respond(response.status_code, response.headers)
            with closing(response):
                response._content = self._body(response, deadline)  # noqa: SLF001  # for .content
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            if is_home and isinstance(error, requests.ReadTimeout):
                self._breaker.connected = True
            is_late = time.monotonic() >= deadline
            message = "the answer came too slowly" if is_late else _reason(error)
            causes = _causes(error)
            is_untrusted = any(isinstance(it, ssl.SSLCertVerificationError) for it in causes)
            kind = UntrustedError if is_untrusted else TransientError
            raise kind(self._source, message, url=url) from error
        return response

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        # read1 returns what has arrived; iter_content would wait for a whole chunk
        chunks = iter(lambda: response.raw.read1(2**16, decode_content=True), b"")
        return read_body(self._source, chunks, deadline)

    def _check_response(self, response: requests.Response, *, is_moved: bool) -> None:
        status = response.status_code
        if status == 204:
            kind = UnservedError if self._negotiates else TransientError
            raise make_error(kind, self._source, response, "HTTP 204: nothing in this form")
        if status == 304 and "If-None-Match" in response.request.headers:
            return
        if 300 <= status < 400:  # undocumented, or not to be followed
            message = f"HTTP {status}: a redirect that is not followed"
            raise make_error(SourceError, self._source, response, message)
        wants_json = self._check is check_json
        if status == 200 and is_moved and wants_json and not is_json(response.headers):
            message = "no JSON, from where a redirect leads"
            raise make_error(UnservedError, self._source, response, message)
        if status == 200:
            self._check(self._source, response)


class GithubSession(Session):
    """A session for PyGithub, which follows a rename itself so that the token stays on its host.

    `token` is removed from bodies: the error page of a proxy may repeat the request.
    """

    def __init__(
        self,
        breaker: CircuitBreaker,
        token: str | None,
        adapter: Adapter | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        super().__init__(breaker, "", check_json, adapter=adapter, recorder=recorder)
        self._token = (token or "").encode()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and return the response, which may be the redirect of a rename."""
        response = self._fetch(request, request.url or "", **kwargs)
        location = response.headers.get("location", "")
        if response.status_code != 301 or not _same_host(location, response.url):
            self._check_response(response, is_moved=False)
        return response

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        body = super()._body(response, deadline)
        return body.replace(self._token, b"[token]") if len(self._token) >= MIN_TOKEN else body


def redirect_target(source: str, url: str, location: str, is_public: Callable[[str], bool]) -> str:
    """Return the address that a redirect from `url` leads to.

    Raises UnservedError for http and for any host that is not on the internet, TransientError for
    one that is not looked up in time. Only loopback itself may lead to loopback.
    """
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        is_safe = bool(parts.hostname) and (parts.scheme == "https" or is_loopback(target))
        if is_safe and not is_loopback(url):
            is_safe = is_public(str(parts.hostname))
    except ValueError:
        is_safe = False
    except TimeoutError as error:
        message = "no address of where a redirect leads in time"
        raise TransientError(source, message, url=url) from error
    if not is_safe:
        message = "a redirect that is not followed: to http, or to no public host"
        raise UnservedError(source, message, url=url)
    return target


def read_body(source: str, chunks: Iterable[bytes], deadline: float) -> bytes:
    """Read a body that may be endless or slow. Raises TransientError past a limit."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            raise TransientError(source, f"an answer of more than {MAX_BODY} bytes")
        if time.monotonic() > deadline:
            raise TransientError(source, "the answer came too slowly")
    return bytes(body)


def _same_host(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.hostname) == (second.scheme, second.hostname)


def _reason(error: Exception) -> str:
    """Return what went wrong, without the address: it may hold an e-mail address."""
    kind = type(error).__name__
    *_, cause = _causes(error)
    text = str(cause) if isinstance(cause, OSError) and cause is not error else ""
    return f"{kind} ({text})" if text and "://" not in text else kind


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its cause, the cause of that, and so on."""
    cause: BaseException | None = error
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__
