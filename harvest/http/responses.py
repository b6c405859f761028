"""The meaning of a response: nothing, or the SourceError that its status, headers and body stand for.

Every response is checked here before a client library can misread it. No request is made here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import msgspec

from harvest.errors import (
    BlockedError,
    GarbledError,
    MalformedError,
    NotFoundError,
    SourceError,
    TooSlowError,
    TransientError,
    UnservedError,
    WithheldError,
)

GITHUB_WAIT = 60.0  # seconds that GitHub asks for at least after a limit, where it names no time
_TAGS = re.compile(r"<[^>]*>")


class Response(msgspec.Struct, frozen=True):
    """A response of a source, whichever library received it."""

    source: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def error(
        self, kind: type[SourceError], message: str, retry_after: float | None = None
    ) -> SourceError:
        """Return an error of a kind that carries the address and status of this response."""
        return kind(self.source, message, url=self.url, status=self.status, retry_after=retry_after)


def raise_for_status(response: Response) -> None:
    """Raise the SourceError that the status stands for. 2xx and 3xx pass."""
    if response.status < 400:
        return
    text = excerpt(response.body)
    kind = _kind(response, text)
    wait = None
    if kind is TransientError and _is_github_limit(response, text):
        wait = rate_limit_wait(response.headers)
    elif issubclass(kind, TransientError):
        wait = retry_after(response.headers)
    message = f"HTTP {response.status}: {text}" if text else f"HTTP {response.status}"
    raise response.error(kind, message, wait)


def _kind(response: Response, text: str) -> type[SourceError]:  # noqa: PLR0911  # a table
    match response.status:
        case 404 | 410:
            return NotFoundError
        case 451:
            return WithheldError
        case 403 if "access blocked" in text:
            return WithheldError
        case 403 if _is_github_limit(response, text):
            return TransientError
        case 401 | 403:
            return BlockedError
        case 406:
            return UnservedError
        case 502 | 504:
            return TooSlowError
        case 408 | 425 | 429:
            return TransientError
    return TransientError if response.status >= 500 else SourceError


def _is_github_limit(response: Response, text: str) -> bool:
    if response.status not in {403, 429}:
        return False
    lower = text.lower()
    secondary = "secondary rate limit" in lower or "abuse detection" in lower
    return secondary or _is_spent(response.headers)


def _is_spent(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers


def rate_limit_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds until GitHub's limit ends: its reset or Retry-After, else GITHUB_WAIT.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    waits = []
    if (seconds := retry_after(headers)) is not None:
        waits.append(max(1.0, seconds))
    reset = headers.get("x-ratelimit-reset", "")
    if _is_spent(headers) and reset.isdecimal():
        waits.append(max(1.0, float(reset) - time.time()))
    return max(waits, default=GITHUB_WAIT)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds from now, None when unusable (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def check_json(response: Response) -> None:
    """Raise TransientError for a 200 that is no JSON: HTML, an empty body, half a document."""
    if not is_json(response.headers):
        content_type = response.headers.get("content-type") or "missing"
        message = f"HTTP 200 with content type {content_type!r} in place of JSON"
        raise response.error(TransientError, message)
    try:
        msgspec.json.decode(response.body)
    except msgspec.DecodeError as error:
        raise response.error(GarbledError, f"HTTP 200 with broken JSON: {error}") from error
    except RecursionError as error:
        raise response.error(GarbledError, "HTTP 200 with JSON nested too deeply") from error


def is_json(headers: Mapping[str, str]) -> bool:
    """Return True if the content type is a JSON type."""
    return "json" in headers.get("content-type", "")


def check_atom(response: Response) -> None:
    """Raise TransientError for a 200 that is no complete Atom feed, as arXiv's "Rate exceeded.".

    Entries that the arxiv package would skip silently are errors here: the old backend's error
    entry (SourceError) and any entry without a date (MalformedError).
    """
    content_type, body = response.headers.get("content-type", ""), response.body
    is_atom = "atom" in content_type or "xml" in content_type
    if not (is_atom and b"<feed" in body and body.rstrip().endswith(b"</feed>")):
        message = f"HTTP 200 without a whole Atom feed: {excerpt(body)[:80]!r}"
        raise response.error(TransientError, message)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise response.error(MalformedError, "an Atom feed with a document type: not arXiv's")
    if b"/api/errors#" in body:
        raise response.error(SourceError, excerpt(body))
    if body.count(b"<entry") != body.count(b"<published"):
        raise response.error(MalformedError, "an entry without a date")


def excerpt(body: bytes) -> str:
    """Return the beginning of an error page as text, without its tags."""
    return " ".join(_TAGS.sub(" ", body[:4000].decode("utf-8", "replace")).split())[:300]
