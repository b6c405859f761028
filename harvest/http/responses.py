"""The meaning of a response: nothing, or a SourceError by its status, headers and body.

Every response is checked here before a client library can misread it. No request is made here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import msgspec

from harvest import errors
from harvest.errors import SourceError, TransientError

if TYPE_CHECKING:
    from requests import Response

GITHUB_WAIT = 60.0  # seconds that GitHub asks for at least after a limit, where it names no time
# Seconds over which DataCite's load balancer counts requests, see datacite/datacite issue 1491.
BALANCER_WAIT = 300.0
KINDS: dict[int, type[SourceError]] = {
    400: errors.RefusedError,
    401: errors.BlockedError,
    403: errors.BlockedError,
    404: errors.NotFoundError,
    406: errors.UnservedError,
    408: TransientError,
    410: errors.NotFoundError,
    413: errors.RefusedError,
    414: errors.RefusedError,
    425: TransientError,
    429: TransientError,
    451: errors.WithheldError,
    502: errors.TooSlowError,
    504: errors.TooSlowError,
}
# What GitHub says of a query that took more than its ten seconds, with any status.
TIMEOUT = "Something went wrong while executing your query"
_TAGS = re.compile(r"<[^>]*>")


def make_error(
    kind: type[SourceError], source: str, response: Response, message: str
) -> SourceError:
    """Return an error that carries the address and the status of a response."""
    return kind(source, message, url=response.url, status=response.status_code)


def raise_for_status(source: str, response: Response) -> None:
    """Raise the SourceError that the status stands for. 200, 204 and 3xx pass.

    No other 2xx is documented, so it comes from what stands between: a queue that asks to wait, a
    cache that sends a part.
    """
    status, headers, text = response.status_code, response.headers, excerpt(response.content)
    if status in {200, 204} or 300 <= status < 400:
        return
    client_error = 400 <= status < 500
    kind = KINDS.get(status, SourceError if client_error else TransientError)
    wait = retry_after(headers)
    if status >= 500 and TIMEOUT in text:
        kind = errors.TooSlowError
    elif status == 403 and "access blocked" in text:
        kind = errors.WithheldError
    elif _is_rate_limit(status, headers, text):
        kind, wait = TransientError, rate_limit_wait(headers)
    elif status == 403 and headers.get("server", "").startswith("awselb"):
        kind, wait = TransientError, BALANCER_WAIT
    error = make_error(kind, source, response, f"HTTP {status}: {text}".removesuffix(": "))
    error.retry_after = wait
    raise error


def rate_limit_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds until GitHub's limit ends: its reset or Retry-After, else GITHUB_WAIT.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    waits = [retry_after(headers)]
    reset = headers.get("x-ratelimit-reset", "")
    if _is_spent(headers) and reset.isdecimal():
        waits.append(float(reset) - time.time())
    longest = max((wait for wait in waits if wait is not None), default=GITHUB_WAIT)
    return max(1.0, longest)


def _is_spent(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers


def _is_rate_limit(status: int, headers: Mapping[str, str], text: str) -> bool:
    """Return True for a limit of GitHub. The text says so where a proxy drops headers."""
    if status not in {403, 429}:
        return False
    phrases = ["secondary rate limit", "abuse detection"]
    if status == 403:
        phrases.append("rate limit")
    return _is_spent(headers) or any(phrase in text.lower() for phrase in phrases)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds from now, None when unusable (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):  # a date or zone that cannot be
        return None


def check_json(source: str, response: Response) -> None:
    """Raise TransientError for a 200 that is no JSON: HTML, an empty body, half a document."""
    if not is_json(response.headers):
        content_type = response.headers.get("content-type") or "missing"
        message = f"HTTP 200 with content type {content_type!r} in place of JSON"
        raise make_error(TransientError, source, response, message)
    try:
        msgspec.json.decode(response.content)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"HTTP 200 with broken JSON: {error}"
        raise make_error(errors.GarbledError, source, response, message) from error


def is_json(headers: Mapping[str, str]) -> bool:
    """Return True if the content type is a JSON type."""
    return "json" in headers.get("content-type", "")


def check_atom(source: str, response: Response) -> None:
    """Raise TransientError for a 200 that is no complete Atom feed, as arXiv's "Rate exceeded.".

    Entries that the arxiv package would skip silently are errors here: the old backend's error
    entry (RefusedError) and any entry without a date (MalformedError).
    """
    content_type, body = response.headers.get("content-type", ""), response.content
    is_xml = "atom" in content_type or "xml" in content_type
    if not (is_xml and b"<feed" in body and body.rstrip().endswith(b"</feed>")):
        message = f"HTTP 200 without a whole Atom feed: {excerpt(body)[:80]!r}"
        raise make_error(TransientError, source, response, message)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        message = "an Atom feed with a document type: not arXiv's"
        raise make_error(errors.MalformedError, source, response, message)
    if b"/api/errors#" in body:
        raise make_error(errors.RefusedError, source, response, excerpt(body))
    _, _, entries = body.partition(b"<entry")  # the feed has a date of its own before them
    dates = {entries.count(b"<published"), entries.count(b"<updated")}
    if dates != {body.count(b"<entry")}:
        raise make_error(errors.MalformedError, source, response, "an entry without a date")


def excerpt(body: bytes) -> str:
    """Return the beginning of an error page as text, without its tags."""
    page = body[:4000].decode("utf-8", "replace")
    words = _TAGS.sub(" ", page).split()
    return " ".join(words)[:300]
