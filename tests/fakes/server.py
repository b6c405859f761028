"""A uvicorn server in a thread, with a port for each service; it logs and judges requests."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self, get_args
from urllib.parse import parse_qs

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .arxiv import Arxiv
from .crossref import Crossref
from .datacite import DataCite
from .doi import DoiOrg
from .faults import faulty
from .github import GitHub
from .pubmed import PubMed
from .world import BROKEN, Request, ServiceName, World


class Service(Protocol):
    """A fake service: pure functions from requests to an answer and to the limits they break."""

    name: ServiceName
    world: World

    def route(self, request: Request) -> str:
        """Return a short name for the kind of request."""

    def answer(self, request: Request) -> Response:
        """Return what the service answers when all is well."""

    def misuse(self, request: Request) -> Iterator[str]:
        """Yield what is wrong with this request whenever it is sent."""

    def overload(self, request: Request, earlier: list[Request], /) -> Iterator[str]:
        """Yield the limits that this request breaks after the `earlier` ones of its service."""

    def refusal(self) -> Response:
        """Return the answer to a request over a limit."""


class FakeServices:
    """Crossref, arXiv, GitHub, DataCite, doi.org and PubMed on loopback, for as long as the context lasts.

    urls        the address of each service by its name
    log         every request in the order of arrival
    violations  each limit of a service that a request broke, in plain words
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.log: list[Request] = []
        self.violations: list[str] = []
        self._failures: list[BaseException] = []
        self._first: dict[str, float] = {}  # when each service got its first request
        self._in_flight = dict.fromkeys(get_args(ServiceName), 0)
        self._sockets = [_listening() for _ in self._in_flight]
        ports = [sock.getsockname()[1] for sock in self._sockets]
        hosts = (f"http://127.0.0.1:{port}" for port in ports)
        self.urls: dict[str, str] = dict(zip(self._in_flight, hosts, strict=True))
        github = GitHub(world, self.urls["github"])
        self.urls["arxiv"] += "/api/query"
        services: list[Service] = [
            Crossref(world), Arxiv(world), github, DataCite(world), DoiOrg(world),
            PubMed(world),
        ]  # fmt: skip
        self._services = dict(zip(ports, services, strict=True))
        self._server = _Server(_config(self._serve))
        self._thread = threading.Thread(
            target=self._server.run, args=[self._sockets], name="fakes", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._server.ready.wait(10):
            raise RuntimeError("the fakes did not start")
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join()
        if self._failures and error is None:
            raise RuntimeError("a fake is broken") from self._failures[0]

    def env(self, token: str | None = None) -> dict[str, str]:
        """Return the environment that points harvest at these services."""
        environment = {f"HARVEST_{name.upper()}_URL": url for name, url in self.urls.items()}
        return environment | ({"GITHUB_TOKEN": token} if token else {})

    def requests(self, service: str | None = None) -> list[Request]:
        """Return the requests to one service, or to all."""
        return [request for request in self.log if service in (None, request.service)]

    def count(self, service: str | None = None) -> int:
        """Return how many requests a service got, or all together."""
        return len(self.requests(service))

    def max_in_flight(self, service: str) -> int:
        """Return the most requests that a service had to answer at one time."""
        return max((request.in_flight for request in self.requests(service)), default=0)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = self._services[scope["server"][1]]
        self._in_flight[service.name] += 1
        with contextlib.ExitStack() as stack:
            stack.push(functools.partial(self._leave, service.name))
            request = self._arrive(service, scope)
            request.body = await _body(receive)
            request.route = service.route(request)
            refused = self._judge(service, request)
            fault = self.world.fault(request)
            if refused:
                app: ASGIApp = service.refusal()
            elif fault:
                app = faulty(fault, request, service.answer)
            else:
                app = _spoiled(service.answer(request))
            await asyncio.sleep(request.at + self.world.delay(request) - time.monotonic())
            await app(scope, receive, _noting_status(request, send, self.world))

    def _arrive(self, service: Service, scope: Scope) -> Request:
        target = scope["raw_path"].decode("ascii")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("ascii")
        request = Request(
            service=service.name,
            number=self.count(service.name) + 1,
            method=scope["method"],
            path=scope["path"],
            target=target,
            query=parse_qs(scope["query_string"].decode("ascii"), keep_blank_values=True),
            headers={
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in scope["headers"]
            },
            body=b"",
            at=time.monotonic(),
            in_flight=self._in_flight[service.name],
        )
        request.age = request.at - self._first.setdefault(service.name, request.at)
        self.log.append(request)
        return request

    def _leave(self, name: ServiceName, _: object, error: BaseException | None, __: object) -> None:
        self._in_flight[name] -= 1
        if isinstance(error, Exception):  # a task cancelled at the end is none
            self._failures.append(error)

    def _judge(self, service: Service, request: Request) -> bool:
        """Note every limit that the request breaks; True if the service is to refuse it."""
        earlier = [other for other in self.requests(service.name) if other.number < request.number]
        overload = list(service.overload(request, earlier))
        for broken in [*service.misuse(request), *overload]:
            self.violations.append(f"{service.name} request {request.number}: {broken}")
        return bool(overload) and self.world.enforce


class _Server(uvicorn.Server):
    """uvicorn that starts and stops at once, without ticks of 0.1 s: tests start hundreds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def stop(self) -> None:
        """End the server from another thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set()
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        for listener in sockets or []:
            listener.close()


def _spoiled(response: Response) -> Response:
    """Put half of a surrogate pair in place of BROKEN, which makes the answer no JSON."""
    body = bytes(response.body).replace(BROKEN.encode(), rb"\ud83d")
    if body != response.body:
        response.body = body
        response.headers["content-length"] = str(len(body))
    return response


def _listening() -> socket.socket:
    """Return a socket on a free port.

    asyncio sets TCP_NODELAY only where the protocol is named, which saves 40 ms an answer.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # an answer broken on purpose is no news
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
    )


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _noting_status(request: Request, send: Send, world: World) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
            if not world.keep_alive:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return noting
