"""A standalone Spark cluster on loopback, from pip's pyspark and a Java alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "org.apache.spark.deploy"
LOOPBACK = "127.0.0.1"
PATIENCE = 300  # seconds for a process to say in its log that it is there


class Cluster:
    """A master and its workers, each with one core and 1 GB. `url` is the master's address."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        import pyspark

        self.folder = folder
        self._home = Path(pyspark.__file__).parent
        self._environment = {
            **os.environ,
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_DAEMON_MEMORY": "256m",
            "PYTHONPATH": str(ROOT),  # tests send functions of theirs
            **(environment or {}),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""
        self.workers: list[int] = []  # the ids of their processes

    def start(self, workers: int) -> None:
        """Start the master and some workers, and wait until they know each other."""
        log = self._start("master", "master.Master", "--port", "0")
        self.url = self._read(log, rf"spark://{re.escape(LOOPBACK)}:\d+")
        for _ in range(workers):
            self.add_worker()

    def add_worker(self) -> None:
        """Start a worker, and wait until the master knows it."""
        name = f"worker{len(self._processes)}"
        options = ("--cores", "1", "--memory", "1g", "--work-dir", str(self.folder / name))
        log = self._start(name, "worker.Worker", *options, self.url)
        self._read(log, "Successfully registered with master")
        self.workers.append(self._processes[-1].pid)

    def end(self) -> None:
        """End every process that was started here, and what it started."""
        for process in reversed(self._processes):
            end(process.pid)
        for process in self._processes:
            process.wait(PATIENCE)

    def _start(self, name: str, program: str, *arguments: str) -> Path:
        log = self.folder / f"{name}.log"
        spark_class = self._home / "bin" / "spark-class"
        options = ("--host", LOOPBACK, "--webui-port", "0", *arguments)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [spark_class, f"{PACKAGE}.{program}", *options],
                env=self._environment,
                stdout=file,
                stderr=file,
                start_new_session=True,  # so that one signal ends it with its executors
            )
        self._processes.append(process)
        return log

    def _read(self, log: Path, pattern: str) -> str:
        """Wait until a log says something."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._processes[-1].poll() is None:
            if match := re.search(pattern, log.read_text(errors="replace")):
                return match[0]
            time.sleep(0.1)
        raise RuntimeError(f"{log.name} does not say {pattern}:\n{log.read_text(errors='replace')}")


def end(process: int) -> None:
    """End a process and those that it started, at once."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def cluster(folder: Path, workers: int = 2, **environment: str) -> Iterator[Cluster]:
    """Run a cluster, and end it in any case."""
    folder.mkdir(parents=True, exist_ok=True)
    result = Cluster(folder, environment)
    try:
        result.start(workers)
        yield result
    finally:
        result.end()


@contextmanager
def only_here(folder: Path) -> Iterator[Path]:
    """Return a path of a folder that other processes do not have."""
    here, number = os.open(folder, os.O_RDONLY), 987
    os.dup2(here, number)
    try:
        yield Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)
        os.close(here)
