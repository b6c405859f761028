"""Whether this process may start others, and when those end.

They import its main module, so it must be our own. A script that calls harvest without a guard
would be run again in each of them
(https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods).
"""

from __future__ import annotations

import os
import threading
from contextvars import ContextVar

ARE_ALLOWED = ContextVar("ARE_ALLOWED", default=False)


def cores() -> int:
    """Return how many cores may work for this process: 1 where it may start no other."""
    if not ARE_ALLOWED.get():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with_parent() -> None:
    """Let a process that another started end with it, even where that is killed."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    import multiprocessing  # here: most runs start no process

    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
