"""Sessions of Spark: how they start and end, and what can go wrong."""

from __future__ import annotations

import os
import re
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from harvest.errors import UsageError

ACTIVE = "session"  # the address of the active session
WAIT = 30  # seconds for the answer of a master
SHARE = 0.4  # of the memory is the heap of the driver
LEAST = 512  # MB of heap: with less Spark does not start
OPTIONS = {
    "spark.app.name": "harvest",
    "spark.log.level": "OFF",  # a failure is told here, in a sentence
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def start(on: str, room: int) -> Any:
    """Start a session, or return the one that is active. Raises UsageError."""
    if find_spec("pyspark") is None:
        raise UsageError(f"--on {on} needs pyspark: pip install 'harvest[bulk,spark]'")
    return _active() if on == ACTIVE else _new(on, room)


def _active() -> Any:
    """Return the session that is active in this process."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        raise UsageError(f"--on {ACTIVE}: none is active in this process: name a spark:// address")
    return session


def _new(on: str, room: int) -> Any:
    """Start Java and a session. Raises UsageError."""
    import pyspark
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    if SparkContext._gateway:  # noqa: SLF001 - a process has one
        raise UsageError(f"Spark was started in this process already: use it by --on {ACTIVE}")
    address = _address(on)
    options = OPTIONS | {
        "spark.master": on,
        "spark.driver.memory": f"{max(LEAST, int(SHARE * room / 2**20))}m",
        "spark.driver.host": address,
        "spark.driver.bindAddress": address,
    }
    conf = SparkConf(loadDefaults=False).setAll(list(options.items()))
    try:
        with Path(os.devnull).open("wb") as nowhere:
            gateway = launch_gateway(conf, {"stderr": nowhere})
    except PySparkRuntimeError as error:
        advice = "apt install default-jre-headless, or set JAVA_HOME to one"
        raise UsageError(f"Spark needs Java 17 or newer: {advice}") from error
    late = f"{on}: no Spark {pyspark.__version__} answers within {WAIT} s: start one"
    try:
        with limit(WAIT, gateway.proc.kill, late, f"{on}: Spark does not start"):
            context = SparkContext(conf=conf, gateway=gateway)
    except UsageError:
        _end_java()
        raise
    if context.pythonExec == "python3":  # if PYSPARK_PYTHON does not say otherwise
        context.pythonExec = sys.executable
    return SparkSession(context)


def end(session: Any) -> None:
    """End a session that was started here, and its Java."""
    session.stop()
    _end_java()


def _end_java() -> None:
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway  # noqa: SLF001 - Spark keeps it until Python ends
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 - or the next session uses it
    gateway.shutdown()
    with gateway.proc:
        gateway.proc.terminate()


def _address(on: str) -> str:
    """Return the address by which the master, and so its workers, can reach this machine."""
    if on.startswith("local["):
        return "127.0.0.1"
    url = urlsplit(on)
    try:
        with socket.create_connection((f"{url.hostname}", url.port or 7077), WAIT) as connection:
            return str(connection.getsockname()[0])
    except (OSError, ValueError) as error:
        advice = "mend the address (spark://HOST:PORT), or start one"
        raise UsageError(f"{on}: no Spark master answers there ({error}): {advice}") from error


@contextmanager
def limit(seconds: float, stop: Callable[[], object], late: str, failed: str) -> Iterator[None]:
    """Stop what takes longer. Raises UsageError for that, and for what fails."""
    is_late = Event()

    def stop_late() -> None:
        is_late.set()
        stop()

    timer = Timer(seconds, stop_late)
    timer.start()
    try:
        yield
    except errors() as error:
        raise UsageError(late if is_late.is_set() else f"{failed} ({why(error)})") from error
    finally:
        timer.cancel()


def errors() -> tuple[type[Exception], ...]:
    """Return what pyspark raises, and a disk."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return OSError, Py4JError, PySparkException


def why(error: Exception) -> str:
    """Return the line of an error of Java or of a worker that tells the cause."""
    cause = re.search(r"(?m)^(?:.*: )?([\w.$]+(?:Error|Exception): .+)$", str(error))
    return cause[1] if cause else str(error).strip().partition("\n")[0]
