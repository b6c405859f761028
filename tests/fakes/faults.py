"""How an answer goes wrong: a function for each kind of fault, which returns an ASGI app."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
import time
from collections.abc import Callable
from email.utils import formatdate

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .github import null_data
from .world import Fault, FaultKind, Request

Answer = Callable[[Request], Response]

_EMPTY_FEED = b"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/fake</id>
  <opensearch:totalResults>0</opensearch:totalResults>
</feed>
"""


def faulty(fault: Fault, request: Request, answer: Answer) -> ASGIApp:
    """Return the answer to `request` as `fault` spoils it."""
    return _KINDS[fault.kind](fault, request, answer)


def _truncated(_: Fault, request: Request, answer: Answer) -> ASGIApp:
    """Send half of the body under the length of the whole, then close the connection."""
    response = answer(request)

    async def send_half(_: Scope, __: Receive, send: Send) -> None:
        await send(_start(response))
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})

    return send_half


async def _reset(_: Scope, receive: Receive, __: Send) -> None:
    """Reset the connection before a byte is sent."""
    transport = _transport(receive)
    # Closing without lingering sends RST in place of FIN; Windows has short numbers there.
    linger_not = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    transport.abort()


async def _hang(_: Scope, receive: Receive, __: Send) -> None:
    """Send nothing until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _drip(fault: Fault, request: Request, answer: Answer) -> ASGIApp:
    """Send the right answer, one byte at a time."""
    response = answer(request)

    async def drip(_: Scope, receive: Receive, send: Send) -> None:
        await send(_start(response))
        gone = asyncio.ensure_future(_hang(_, receive, send))
        for byte in bytes(response.body):
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            if (await asyncio.wait([gone], timeout=fault.seconds))[0]:
                return
        gone.cancel()
        await send({"type": "http.response.body"})

    return drip


def _drip_headers(fault: Fault, request: Request, answer: Answer) -> ASGIApp:
    """Send the right answer, its status line and headers one byte at a time."""
    response = answer(request)
    lines = [f"HTTP/1.1 {response.status_code} OK".encode(), b"connection: close"]
    lines += [b": ".join(header) for header in response.raw_headers]

    async def drip(_: Scope, receive: Receive, __: Send) -> None:
        transport = _transport(receive)
        gone = asyncio.ensure_future(_hang(_, receive, __))
        request.status = response.status_code
        for byte in b"\r\n".join([*lines, b"\r\n"]):
            transport.write(bytes([byte]))
            if (await asyncio.wait([gone], timeout=fault.seconds))[0]:
                return
        transport.write(bytes(response.body))
        transport.close()
        await gone

    return drip


def _start(response: Response) -> Message:
    return {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": response.raw_headers,
    }


def _transport(receive: Receive) -> asyncio.Transport:
    """Return the connection of a request, from uvicorn's cycle: ASGI cannot break one."""
    return receive.__self__.transport  # `receive` is a bound method of the cycle


def _retry_after(fault: Fault) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    moment = formatdate(time.time() + fault.retry_after, usegmt=True)
    return {"retry-after": moment if fault.as_date else str(fault.retry_after)}


def _too_many(fault: Fault, request: Request, _: Answer) -> Response:
    headers = _retry_after(fault)
    match request.service:
        case "crossref":
            return Response(b"", 429, headers)
        case "arxiv":
            return PlainTextResponse("Rate exceeded.", 429, headers)
        case "datacite" | "doi" | "pubmed":
            return PlainTextResponse("Too many requests", 429, headers)
        case "github":  # what guards it; its documented limits are below
            return JSONResponse({"message": "Too many requests"}, 429, headers)


def _server_error(fault: Fault, _: Request, __: Answer) -> Response:
    return HTMLResponse(
        f"<html><body><h1>{fault.kind}</h1></body></html>", int(fault.kind), _retry_after(fault)
    )


def _accepted(_: Fault, request: Request, __: Answer) -> Response:
    """Ask for patience: GitHub counts behind the scenes, a content network lets clients queue."""
    if request.service == "github":
        return JSONResponse({}, 202)
    return HTMLResponse("<html><body>Please wait</body></html>", 202)


def _transformed(_: Fault, request: Request, answer: Answer) -> Response:
    """Send the right body under 203, as a middle box does that changed something."""
    response = answer(request)
    response.status_code = 203
    return response


def _part(_: Fault, request: Request, answer: Answer) -> Response:
    """Send the first half of the body, for which nobody asked."""
    response = answer(request)
    body = bytes(response.body)
    half = body[: len(body) // 2]
    headers = {
        "content-type": response.headers.get("content-type", ""),
        "content-range": f"bytes 0-{max(len(half) - 1, 0)}/{len(body)}",
    }
    return Response(half, 206, headers)


def _short_page(_: Fault, request: Request, answer: Answer) -> Response:
    """Leave out the last entry of a feed, but count it."""
    response = answer(request)
    body = bytes(response.body)
    start, end = body.rfind(b"<entry>"), body.rfind(b"</entry>") + len(b"</entry>")
    if start < 0:
        return response
    return Response(body[:start] + body[end:], headers={"content-type": "application/atom+xml"})


def _content_type(_: Fault, request: Request, answer: Answer) -> Response:
    response = answer(request)
    response.headers["content-type"] = "text/html; charset=utf-8"
    return response


def _partial(fault: Fault, request: Request, answer: Answer) -> Response:
    """Answer null for every second repository, as when a query runs out of its resources.

    Errors name what is missing, but not those of `partial-unsaid`.
    """
    payload = json.loads(bytes(answer(request).body))
    errors = payload.setdefault("errors", [])
    aliases = [alias for alias in payload["data"] if alias != "rateLimit"]
    for alias in aliases[1::2]:
        payload["data"][alias] = None
        message = "Resource limits for this query exceeded."
        path = {"path": [alias]} if fault.kind == "partial" else {}
        errors.append({"type": "RESOURCE_LIMITS_EXCEEDED", **path, "message": message})
    return JSONResponse(payload)


def _graphql_limit(fault: Fault, _: Request, __: Answer) -> Response:
    """Return one of the two spellings that GitHub uses under status 200."""
    kind = (
        {"type": "RATE_LIMITED"}
        if fault.kind == "rate-limited"
        else {"type": "RATE_LIMIT", "code": "graphql_rate_limit"}
    )
    error = {**kind, "message": "API rate limit exceeded for user ID 1."}
    return JSONResponse({"errors": [error]}, headers=_spent(fault, "graphql"))


def _primary_limit(fault: Fault, _: Request, __: Answer) -> Response:
    return JSONResponse(
        {"message": "API rate limit exceeded for 127.0.0.1."}, 403, _spent(fault, "core")
    )


def _secondary_limit(fault: Fault, _: Request, __: Answer) -> Response:
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    headers = {
        "x-ratelimit-remaining": "4000",
        "x-ratelimit-resource": "core",
        **_retry_after(fault),
    }
    return JSONResponse({"message": message}, 403, headers)


def _spent(fault: Fault, resource: str) -> dict[str, str]:
    """Return headers of a spent budget, full again after `retry_after` seconds or an hour."""
    seconds = 3600 if fault.retry_after is None else fault.retry_after
    budget = {
        "limit": 60,
        "remaining": 0,
        "used": 60,
        "reset": int(time.time()) + seconds,
        "resource": resource,
    }
    return {f"x-ratelimit-{name}": str(value) for name, value in budget.items()}


_KINDS: dict[FaultKind, Callable[[Fault, Request, Answer], ASGIApp]] = {
    "202": _accepted,
    "203": _transformed,
    "206": _part,
    "429": _too_many,
    "500": _server_error,
    "502": _server_error,
    "503": _server_error,
    "504": _server_error,
    "html": lambda *_: HTMLResponse("<html><body>Down for maintenance</body></html>"),
    "empty": lambda *_: Response(b""),
    "truncated": _truncated,
    "reset": lambda *_: _reset,
    "hang": lambda *_: _hang,
    "drip": _drip,
    "drip-headers": _drip_headers,
    "content-type": _content_type,
    "partial": _partial,
    "partial-unsaid": _partial,
    "null-data": lambda *_: null_data(),
    "rate-limited": _graphql_limit,
    "rate-limit": _graphql_limit,
    "primary-limit": _primary_limit,
    "secondary-limit": _secondary_limit,
    "rate-exceeded": lambda *_: PlainTextResponse("Rate exceeded."),
    "empty-page": lambda *_: Response(
        _EMPTY_FEED, headers={"content-type": "application/atom+xml"}
    ),
    "short-page": _short_page,
    "denied": lambda *_: HTMLResponse(
        "<html><head><title>Access Denied</title></head></html>", 403
    ),
}
