"""The connections: pooled, counted, bounded in time and size, and with every answer judged before it is read.

habanero gets a pooled `httpx2` client, arxiv, PyGithub and the services without a library a `requests` session.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin, urlsplit

import msgspec

from harvest import __version__
from harvest.config import Service, Settings, is_loopback
from harvest.errors import BlockedError, SourceError, TransientError, UnservedError
from harvest.http.responses import Response, check_json, is_json, raise_for_status

if TYPE_CHECKING:
    import httpx2
    import requests

AGENT = f"harvest/{__version__}"
CONNECT_TIMEOUT = 20.0  # seconds; Crossref's handshakes were seen to take that long under load
LONGEST_BODY = 64 * 2**20  # bytes; a full list of 50 Crossref records is about 3 MB
MOST_STEPS = 5  # redirects that are followed for one answer
SHORTEST_TOKEN = 20  # characters; GitHub's have 40 and more, and less might be a part of any word
WHOLE = 1.5  # times the timeout: how long a whole answer may take that comes in pieces

Check = Callable[[Response], None]


class RequestObserver(Protocol):
    """Who is told of each request and of each answer."""

    settings: Settings

    def time_for(self, source: str) -> float:
        """Give the seconds that a whole answer may take."""
        ...

    def sent(self, source: str) -> None:
        """Count a request."""
        ...

    def reached(self, source: str) -> None:
        """Learn that a source is there: it took a connection and was silent."""
        ...

    def answered(self, source: str, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer of a source itself, not of a host that it redirects to."""
        ...


class Rest:
    """Asks one service for JSON."""

    def __init__(self, source: str, base: str, session: requests.Session) -> None:
        self._source = source
        self._base = base
        self._session = session

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Give the JSON at a path, which is percent-encoded already. Raises SourceError, as every request."""
        answer = self._session.get(self._base + path, params=params)
        if answer.status_code == 204:
            raise UnservedError(self._source, "HTTP 204: there is nothing in this form")
        return msgspec.json.decode(answer.content)


class HabaneroHttp:
    """Stands in for the `httpx2` module inside habanero: `get` on one pooled client, errors already judged."""

    def __init__(self, observer: RequestObserver) -> None:
        import httpx2

        self.observer = observer
        self.HTTPStatusError = httpx2.HTTPStatusError
        self.HTTPError = httpx2.HTTPError
        self.ConnectTimeout, self.ReadTimeout = httpx2.ConnectTimeout, httpx2.ReadTimeout
        self._response, self._timeout = httpx2.Response, httpx2.Timeout
        self.client = httpx2.Client(follow_redirects=False)

    def get(
        self, url: str, *, params: Any, headers: dict[str, str], timeout: float
    ) -> httpx2.Response:
        """Do what `httpx2.get` does, or raise a SourceError. An alias DOI is a redirect, followed on the same host."""
        whole = self.observer.time_for("crossref")
        deadline = time.monotonic() + whole
        patience = self._timeout(min(timeout, whole), connect=min(CONNECT_TIMEOUT, whole))
        request = self.client.build_request(
            "GET", url, params=params, headers=headers, timeout=patience
        )
        for _ in range(3):
            self.observer.sent("crossref")
            try:
                answer = self.client.send(request, stream=True)
                self.observer.answered("crossref", answer.status_code, answer.headers)
                with closing(answer):
                    body = _body("crossref", answer.iter_bytes(), deadline)
            except self.HTTPError as error:
                if isinstance(error, self.ReadTimeout):
                    self.observer.reached("crossref")
                raise TransientError("crossref", _reason(error)) from error
            following = answer.next_request
            if following is None or not _same_host(str(following.url), str(request.url)):
                break
            request = following
        response = Response("crossref", str(answer.url), answer.status_code, answer.headers, body)
        raise_for_status(response)
        _refuse_redirect(response)
        check_json(response)
        kept = [
            (k, v)
            for k, v in answer.headers.items()
            if k not in {"content-encoding", "content-length"}
        ]
        return self._response(answer.status_code, headers=kept, content=body, request=request)


def session(observer: RequestObserver, source: str, check: Check) -> requests.Session:
    """Give a session whose answers are counted, bounded and judged; `check` looks at the body of a 200.

    It follows redirects, but for GitHub's: PyGithub does that itself, where the token may go with it.
    """
    import requests
    import urllib3

    service: Service = getattr(observer.settings, source)
    token = (observer.settings.github_token or "").encode() if source == "github" else b""

    class Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  # requests' own
            return None  # requests would follow anywhere, and read without bounds what stands beside the address

        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
            if source != "github" and AGENT not in request.headers["user-agent"]:
                # shared names such as that of the arxiv package are throttled harder
                contact = (
                    f" (mailto:{observer.settings.mailto})" if observer.settings.mailto else ""
                )
                request.headers["user-agent"] = f"{AGENT}{contact} {request.headers['user-agent']}"
            home = request.url or ""
            for _ in range(1 + MOST_STEPS):
                answer = self._fetch(
                    request, away=not _same_host(request.url or "", home), **kwargs
                )
                if source == "github" or not answer.is_redirect:
                    return self._checked(answer, moved=request.url != home)
                request = request.copy()
                request.url = _following(source, answer.url, answer.headers["location"])
                for private in ("authorization", "cookie"):
                    request.headers.pop(private, None)
            raise UnservedError(source, f"more than {MOST_STEPS} redirects")

        def _fetch(
            self, request: requests.PreparedRequest, *, away: bool, **kwargs: Any
        ) -> requests.Response:
            """Make one request and judge its answer; what a host elsewhere refuses is not refused by the source."""
            whole = observer.time_for(source)
            deadline = time.monotonic() + whole
            timeout = (min(CONNECT_TIMEOUT, service.timeout, whole), min(service.timeout, whole))
            observer.sent(source)
            try:
                answer = super().send(request, **{**kwargs, "timeout": timeout, "stream": True})
                if not away:
                    observer.answered(source, answer.status_code, answer.headers)
                # read1 gives what has come; iter_content would wait for a whole chunk, however slowly it drips
                chunks = iter(lambda: answer.raw.read1(2**16, decode_content=True), b"")
                with closing(answer):
                    body = _body(source, chunks, deadline)
                if len(token) >= SHORTEST_TOKEN:
                    body = body.replace(
                        token, b"[token]"
                    )  # a proxy's error page may mirror the request
                answer._content = body  # noqa: SLF001  # where .content looks
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                if isinstance(error, requests.ReadTimeout) and not away:
                    observer.reached(source)
                raise TransientError(source, _reason(error)) from error
            try:
                raise_for_status(_response(source, answer))
            except BlockedError as error:
                if away:
                    raise UnservedError(
                        source, f"{error.message}, from a host that it led to"
                    ) from error
                raise
            return answer

        def _checked(self, answer: requests.Response, *, moved: bool) -> requests.Response:
            unchanged = answer.status_code == 304 and "If-None-Match" in answer.request.headers
            response = _response(source, answer)
            if not unchanged and not (source == "github" and _is_rename(answer)):
                _refuse_redirect(response)
            if (
                answer.status_code == 200
                and moved
                and check is check_json
                and not is_json(answer.headers)
            ):
                raise UnservedError(source, "a page for people, from where it led to")
            if answer.status_code == 200:
                check(response)
            return answer

    return Session()


def _body(source: str, chunks: Iterable[bytes], deadline: float) -> bytes:
    """Read an answer that may be endless or drip; raises TransientError past the deadline or LONGEST_BODY."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LONGEST_BODY:
            raise TransientError(source, f"an answer of more than {LONGEST_BODY} bytes")
        if time.monotonic() > deadline:
            raise TransientError(source, "the answer came too slowly")
    return bytes(body)


def _response(source: str, answer: requests.Response) -> Response:
    return Response(source, answer.url, answer.status_code, answer.headers, answer.content)


def _refuse_redirect(response: Response) -> None:
    """Raise SourceError for a redirect that is not followed: to another host, or undocumented."""
    if 300 <= response.status < 400:
        message = f"HTTP {response.status}: a redirect that is not followed"
        raise response.error(SourceError, message)


def _following(source: str, here: str, location: str) -> str:
    """Give where a redirect leads. Raises UnservedError for http and for any host that is not on the internet.

    Only what is on loopback itself may lead to loopback.
    """
    try:
        there = urljoin(here, location)
        parts = urlsplit(there)
        safe = parts.scheme == "https" or is_loopback(there)
        safe = (
            safe and bool(parts.hostname) and (is_loopback(here) or _is_public(str(parts.hostname)))
        )
    except ValueError:
        safe = False
    if not safe:
        raise UnservedError(
            source, "a redirect that is not followed: to http, or to no public host"
        )
    return there


def _is_public(host: str) -> bool:
    """Tell whether a host is one of the internet; where names are not resolved here, a proxy decides."""
    try:
        found = {
            str(address[0])
            for *_, address in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        }
    except OSError:
        found = set()
    return all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)


def _is_rename(answer: requests.Response) -> bool:
    """Tell whether this is the redirect that PyGithub follows: 301, same scheme and host, so the token stays there."""
    return answer.status_code == 301 and _same_host(answer.headers.get("location", ""), answer.url)


def _same_host(one: str, other: str) -> bool:
    """Tell whether two addresses lead to the same host in the same way: http is not where https was."""
    there, here = urlsplit(one), urlsplit(other)
    return (there.scheme, there.hostname) == (here.scheme, here.hostname)


def _reason(error: Exception) -> str:
    """Say what went wrong on the way, without the address (it may hold an e-mail address)."""
    kind = type(error).__name__
    cause = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__  # type: ignore[assignment]  # one of them is there
    text = str(cause) if isinstance(cause, OSError) and cause is not error else ""
    return f"{kind} ({text})" if text and "://" not in text else kind
