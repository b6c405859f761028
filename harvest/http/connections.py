"""Connections that obey one clock, and trust whom the system trusts.

A socket's timeout bounds one read, and a response that drips makes many: the deadline bounds all
from the look-up of the host to the last byte of the response. This module imports urllib3, so
import it only where a request will be made.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

import truststore
import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError

from harvest.errors import UsageError

T = TypeVar("T")

ADDRESS_TIMEOUT = 5.0  # seconds to connect to one of a host's addresses: the next may be up

# The time.monotonic() at which the request of this thread must have ended.
DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)


def in_time(call: Callable[[], T], discard: Callable[[T], object] = lambda _: None) -> T:
    """Return the result of a call that no timeout bounds. Raises TimeoutError past the deadline.

    Nothing can stop the system's look-up of a host: its thread is left behind, and hinders no exit.
    What comes too late is discarded.
    """
    result: Future[T] = Future()

    def work() -> None:
        try:
            value = call()
        except Exception as error:  # noqa: BLE001  # raised again below, in the thread that waits
            with suppress(InvalidStateError):
                result.set_exception(error)
            return
        try:
            result.set_result(value)
        except InvalidStateError:  # cancelled: nobody waits any more
            discard(value)

    threading.Thread(target=work, daemon=True).start()
    remaining = DEADLINE.get() - time.monotonic()
    try:
        return result.result(None if math.isinf(remaining) else max(0.0, remaining))
    except TimeoutError:
        result.cancel()
        raise


class _Reader(io.RawIOBase):
    """The bytes of a socket until the deadline; after it, a read raises TimeoutError."""

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

    def _new_conn(self) -> socket.socket:
        """Connect to a host by the deadline."""
        try:
            return in_time(self._connect, socket.socket.close)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"{self.host}: no connection in time") from error

    def _connect(self) -> socket.socket:
        """Connect to the first address that takes it. The handshake may then take longer."""
        timeout = self.timeout
        self.timeout = min(ADDRESS_TIMEOUT, timeout or ADDRESS_TIMEOUT)
        try:
            connection = super()._new_conn()
        finally:
            self.timeout = timeout
        connection.settimeout(timeout)
        return connection


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class Adapter(HTTPAdapter):
    """Makes the connections of a session, also through a proxy.

    It trusts the certificates of the system's store, of SSL_CERT_FILE and of REQUESTS_CA_BUNDLE.
    Each session has a TLS context of its own, because a handshake locks it.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connections without a proxy."""
        self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        paths = ssl.get_default_verify_paths()
        file = paths.cafile  # that of SSL_CERT_FILE, if it is there
        if file and file != paths.openssl_cafile:
            try:
                self._context.load_verify_locations(file)
            except ssl.SSLError as error:
                raise UsageError(f"SSL_CERT_FILE: {file}: holds no certificate") from error
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the maker of connections through a proxy.

        Raises UsageError for a SOCKS proxy where PySocks is not installed.
        """
        contexts = {"ssl_context": self._context}
        if proxy.lower().startswith("https"):
            contexts["proxy_ssl_context"] = self._context
        try:
            manager = super().proxy_manager_for(proxy, **contexts, **kwargs)
        except InvalidSchema as error:
            scheme = proxy.partition(":")[0]
            raise UsageError(
                f"a proxy {scheme}://... needs one more package: pip install pysocks"
            ) from error
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def cert_verify(self, conn: Any, *_: Any, **__: Any) -> None:
        """Verify certificates. The file of REQUESTS_CA_BUNDLE is set already, if there is one."""
        conn.cert_reqs = "CERT_REQUIRED"

    def is_public(self, host: str) -> bool:
        """Return True if no address of a host is private. A proxy decides on names unknown here.

        Raises TimeoutError past the deadline.
        """
        look_up = partial(socket.getaddrinfo, host, 443, type=socket.SOCK_STREAM)
        try:
            infos = in_time(look_up)
        except TimeoutError:
            raise
        except OSError:
            return True
        addresses = {str(address[0]).partition("%")[0] for *_, address in infos}
        return all(ipaddress.ip_address(address).is_global for address in addresses)
