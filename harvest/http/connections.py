"""Connections that obey one clock: from the first byte of a request to the last of its response.

A socket's timeout bounds one read, and a response that drips makes many. This module imports
urllib3, so import it only where a request will be made.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import time
from contextvars import ContextVar
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

# The time.monotonic() at which the request of this thread must have ended.
DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)


class _Reader(io.RawIOBase):
    """What a socket receives until the deadline; after it, a read raises TimeoutError."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        self._raw = raw
        self._socket = sock
        self._timeout = sock.gettimeout() or math.inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        remaining = DEADLINE.get() - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline has passed")
        if remaining < self._timeout:
            self._socket.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response, or a proxy's answer to CONNECT, whose head and body obey the deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class Adapter(HTTPAdapter):
    """What makes the connections of a session, also through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connections without a proxy."""
        super().init_poolmanager(*args, **kwargs)
        self._set_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the maker of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        self._set_pools(manager)
        return manager

    @staticmethod
    def _set_pools(manager: urllib3.PoolManager) -> None:
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
