"""The meaning of responses, whatever a client library would make of them."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from harvest.errors import (
    BlockedError,
    MalformedError,
    NotFoundError,
    RefusedError,
    SourceError,
    TransientError,
    WithheldError,
)
from harvest.http import responses


def response(status: int, headers: dict[str, str], body: bytes) -> requests.Response:
    response = requests.Response()
    response.url = "https://api.example/a"
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response._content = body
    return response


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<feed><entry></entry></feed>", MalformedError),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><feed></feed>', MalformedError),
        (b"<feed><entry>", TransientError),
        (b"", TransientError),
    ],
)
def test_trap_arxiv_skips_unreadable_entries(body: bytes, error: type[SourceError]) -> None:
    with pytest.raises(error):
        responses.check_atom("arxiv", response(200, {"content-type": "application/atom+xml"}, body))


def test_deeply_nested_json_is_refused() -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(TransientError, match="broken JSON"):
        responses.check_json("crossref", response(200, {"content-type": "application/json"}, body))


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "retry_after"),
    [
        (404, {}, b"Resource not found.", NotFoundError, None),
        (410, {}, b"", NotFoundError, None),
        (451, {}, b'{"message":"Repository access blocked"}', WithheldError, None),
        (403, {}, b'{"message":"Repository access blocked"}', WithheldError, None),
        (403, {}, b"<html>Access Denied</html>", BlockedError, None),
        (403, {}, b"API rate limit exceeded for 127.0.0.1.", TransientError, 60),
        (403, {"server": "awselb/2.0"}, b"<html>403 Forbidden</html>", TransientError, 300),
        (403, {"server": "cloudflare"}, b"<html>403 Forbidden</html>", BlockedError, None),
        (429, {}, b"Rate limit exceeded", TransientError, None),
        (401, {}, b'{"message":"Bad credentials"}', BlockedError, None),
        (429, {"retry-after": "7"}, b"", TransientError, 7),
        (429, {}, b"", TransientError, None),
        (503, {"retry-after": "120"}, b"", TransientError, 120),
        (403, {}, b"You have exceeded a secondary rate limit", TransientError, 60),
        (403, {"retry-after": "9"}, b"abuse detection mechanism", TransientError, 9),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "junk"}, b"", TransientError, 60),
        (429, {"retry-after": "soon"}, b"", TransientError, None),
        (
            429,
            {"retry-after": "Wed, 21 Oct 2015 07:28:00 +99999999999999"},
            b"",
            TransientError,
            None,
        ),
        (408, {}, b"", TransientError, None),
        (400, {}, b"bad filter", RefusedError, None),
    ],
)
def test_status_codes(
    status: int,
    headers: dict[str, str],
    body: bytes,
    error: type[SourceError],
    retry_after: float | None,
) -> None:
    with pytest.raises(SourceError) as caught:
        responses.raise_for_status("github", response(status, headers, body))
    assert type(caught.value) is error
    assert caught.value.retry_after == retry_after
    assert caught.value.status == status
    assert caught.value.url == "https://api.example/a"


def test_retry_after_is_a_number_or_a_date() -> None:
    assert (
        85
        < (responses.retry_after({"retry-after": formatdate(time.time() + 90, usegmt=True)}) or 0)
        <= 90
    )
    assert responses.retry_after({"retry-after": "7"}) == 7


@pytest.mark.parametrize(
    ("remaining", "reset", "after", "least", "most"),
    [
        ("0", 90, None, 85, 90),
        ("0", 90, "100", 100, 100),
        ("0", 90, "5", 85, 90),
        ("0", -90, None, 1, 1),
        ("4000", 90, None, 60, 60),  # the primary limit is not what holds us
        ("4000", 90, "0", 1, 1),
    ],
)
def test_how_long_a_github_limit_holds(
    remaining: str, reset: int, after: str | None, least: float, most: float
) -> None:
    headers = {
        "x-ratelimit-remaining": remaining,
        "x-ratelimit-reset": str(int(time.time()) + reset),
    }
    if after:
        headers["retry-after"] = after
    assert least <= responses.rate_limit_wait(headers) <= most
