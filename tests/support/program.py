"""Run the program in this process, or in one of its own where the process is the point."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

from harvest import cli

ROOT = Path(__file__).parents[2]
FIXED = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
QUICK = {
    f"HARVEST_{source}_{key}": "0"
    for source in ("CROSSREF", "ARXIV", "GITHUB")
    for key in ("INTERVAL", "BACKOFF")
}
LOGGERS = ("", "harvest.run", "harvest.http.retry")  # whose levels `logs.start` sets


def environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """Return the variables of this process without those that set harvest, and `env` over them."""
    foreign = ("HARVEST_", "GITHUB_", "COV_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return clean | FIXED | (QUICK if env else {}) | dict(env or {})


def start(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start the program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "harvest", *arguments],
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def run(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program in this process; an exception that it does not catch reaches the test."""
    out, err = _stream(), _stream()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, environment(env), clear=True),
        mock.patch.multiple(
            sys, argv=["harvest", *arguments], stdin=_stream(stdin), stdout=out, stderr=err
        ),
        _logging(),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(["harvest", *arguments], code, _text(out), _text(err))


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    """Put the handlers and levels back that the program sets for its process."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
