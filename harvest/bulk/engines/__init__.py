"""What runs the pieces. A new engine is one new file here."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from harvest.bulk.engines.base import Engine
from harvest.errors import UsageError

HERE = "this machine"


def start(on: str, memory: int, jobs: int, scratch: Path) -> Engine:
    """Start the engine that runs on this machine (HERE), or at an address.

    `memory` are the bytes for all its processes, of which `jobs` run functions. It may put files
    into `scratch`. Raises UsageError for an address of none.
    """
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    for engine in Engine.__subclasses__():
        if engine.accepts(on):
            return engine(on, memory, jobs, scratch)
    raise UsageError(f"{on!r}: nothing runs there: leave --on out for this machine")
