"""What runs the pieces. A new engine is one new file here."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from harvest.bulk.engines.base import Engine
from harvest.errors import UsageError

HERE = "this machine"


def start(on: str, room: int, jobs: int, scratch: Path) -> Engine:
    """Start the engine that runs on this machine (HERE), or at an address.

    `room` is the memory for all its processes, in bytes; `jobs` of them run functions. It may put
    files into `scratch`. Raises UsageError for an address of none.
    """
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    for engine in Engine.__subclasses__():
        if engine.accepts(on):
            return engine(on, room, jobs, scratch)
    raise UsageError(f"{on!r}: nothing runs there: leave --on out for this machine")
