"""What an answer means: from status, headers and body to the SourceError that it stands for, or to nothing.

Every answer passes here before a client library can misread it, and nothing here asks anybody.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping

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

MINUTE = (
    60.0  # seconds that GitHub wants to be left alone for, at least, where it does not say how long
)
_TAGS = re.compile(r"<[^>]*>")


def judge(source: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise the SourceError that a status code stands for; 2xx and 3xx pass."""
    if status < 400:
        return
    text = said(body)
    message = f"HTTP {status}: {text}" if text else f"HTTP {status}"
    if status in {404, 410}:
        raise NotFoundError(source, message)
    if status == 451 or (status == 403 and "access blocked" in text):
        raise WithheldError(source, message)
    if status in {403, 429} and _is_limit(headers, text.lower()):
        raise limited(source, message, headers)
    if status == 406:
        raise UnservedError(source, message)
    if status in {502, 504}:
        raise TooSlowError(source, message, retry_after(headers))
    if status == 429 or status >= 500 or status in {408, 425}:
        raise TransientError(source, message, retry_after(headers))
    if status in {401, 403}:
        raise BlockedError(source, message)
    raise SourceError(source, message)


def limited(source: str, message: str, headers: Mapping[str, str]) -> TransientError:
    """Give the error for a limit of GitHub: it holds until the reset or for Retry-After, and else at least a minute.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    reset = headers.get("x-ratelimit-reset", "") if _is_spent(headers) else ""
    waits = [retry_after(headers), float(reset) - time.time() if reset.isdecimal() else None]
    told = [max(1.0, wait) for wait in waits if wait is not None]
    return TransientError(source, message, max(told, default=MINUTE))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After as seconds from now, from its two forms (RFC 9110, section 10.2.3); None when unusable."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def check_json(source: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raise TransientError for a 200 that is no JSON: HTML, an empty body, half an answer."""
    if not is_json(headers):
        kind = headers.get("content-type") or "missing"
        raise TransientError(source, f"HTTP 200 with content type {kind!r} in place of JSON")
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise GarbledError(source, f"HTTP 200 with broken JSON: {error}") from error
    except RecursionError as error:
        raise GarbledError(source, "HTTP 200 with JSON nested beyond all reason") from error


def is_json(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says of itself that it is JSON, of whatever kind."""
    return "json" in headers.get("content-type", "")


def check_atom(source: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raise TransientError for a 200 that is no whole Atom feed; arXiv's "Rate exceeded." comes that way too.

    Entries that the arxiv package would pass over in silence are errors here: the old backend's error entry
    (SourceError) and any entry without a date (MalformedError).
    """
    kind = headers.get("content-type", "")
    if (
        not ("atom" in kind or "xml" in kind)
        or b"<feed" not in body
        or not body.rstrip().endswith(b"</feed>")
    ):
        raise TransientError(source, f"HTTP 200 without a whole Atom feed: {said(body)[:80]!r}")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise MalformedError(source, "an Atom feed with a document type: not arXiv's")
    if b"/api/errors#" in body:
        raise SourceError(source, said(body))
    if body.count(b"<entry") != body.count(b"<published"):
        raise MalformedError(source, "an entry without a date")


def said(body: bytes) -> str:
    """Give the beginning of an error page as text, without its tags."""
    return " ".join(_TAGS.sub(" ", body[:4000].decode("utf-8", "replace")).split())[:300]


def _is_limit(headers: Mapping[str, str], text: str) -> bool:
    return _is_spent(headers) or "secondary rate limit" in text or "abuse detection" in text


def _is_spent(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers
