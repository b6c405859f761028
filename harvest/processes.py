"""Whether this process may start others: they import its main module, so it must be our own.

A script that calls harvest without a guard would be run again in each of them
(https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods).
"""

from __future__ import annotations

import os
from contextvars import ContextVar

ARE_ALLOWED = ContextVar("ARE_ALLOWED", default=False)


def cores() -> int:
    """Return how many cores may work for this process: 1 where it may start no other."""
    if not ARE_ALLOWED.get():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
