"""Firefox and WebKitGTK of Debian, driven without a library: one opens a socket, one speaks HTTP."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

PATIENCE = 90.0  # seconds for a start on a busy machine
RunScript = Callable[[str], Any]
FIREFOX = shutil.which("firefox-esr")
WEBKIT = shutil.which("WebKitWebDriver")
XVFB = shutil.which("Xvfb")
MINI_BROWSER = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))


@contextmanager
def firefox(url: str, folder: Path) -> Iterator[RunScript]:
    """Open a page in Firefox; yields a function that runs a script there and returns its value.

    https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
    """
    port = _free_port()
    (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n', "utf-8")
    command = [str(FIREFOX), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with (
        _process(command, {"HOME": str(folder), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}),
        _connect(port) as connection,
    ):
        stream = connection.makefile("rb")
        _receive(stream)

        def send(name: str, **parameters: Any) -> Any:
            text = json.dumps([0, 1, name, parameters]).encode()
            connection.sendall(b"%d:%s" % (len(text), text))
            _, _, error, result = _receive(stream)
            assert error is None, error
            return result.get("value") if isinstance(result, dict) else result

        send("WebDriver:NewSession")
        send("WebDriver:Navigate", url=url)
        yield lambda script: send("WebDriver:ExecuteScript", script=script, args=[])
        send("Marionette:Quit", flags=["eForceQuit"])


def _receive(stream: Any) -> Any:
    size = b""
    while (sign := stream.read(1)) != b":":
        size += sign
    return json.loads(stream.read(int(size)))


@contextmanager
def webkit(url: str, folder: Path) -> Iterator[RunScript]:
    """Open a page in WebKitGTK; yields as `firefox` does. https://www.w3.org/TR/webdriver2/"""
    port, display = _free_port(), f":{90 + os.getpid() % 900}"
    env = {
        "DISPLAY": display,
        "HOME": str(folder),
        "GDK_BACKEND": "x11",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    options = {"binary": str(MINI_BROWSER[-1]), "args": ["--automation"]}
    root = f"http://127.0.0.1:{port}"
    with (
        _process([str(XVFB), display, "-screen", "0", "1280x900x24"], {}),
        _process([str(WEBKIT), f"--port={port}"], env),
    ):
        _connect(port).close()
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = (
            f"{root}/session/{_post(f'{root}/session', capabilities=capabilities)['sessionId']}"
        )
        _post(f"{session}/url", url=url)
        yield lambda script: _post(f"{session}/execute/sync", script=script, args=[])
        requests.delete(session, timeout=PATIENCE)


def _post(address: str, **body: Any) -> Any:
    reply = requests.post(address, json=body, timeout=PATIENCE)
    assert reply.status_code == 200, reply.text
    return reply.json()["value"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _connect(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        time.sleep(0.2)
    raise TimeoutError(f"nothing answers at port {port}")


@contextmanager
def _process(command: list[str], env: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
