"""Processes beside this one: whether they may be started, the work they share, and their end.

They import its main module, so it must be our own. A script that calls harvest without a guard
would be run again in each of them
(https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods).
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from itertools import islice
from typing import TypeVar

TASKS = 100  # of one process, whose memory only grows; a limit of the pool's own may hang it
T = TypeVar("T")
R = TypeVar("R")

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


def each(
    function: Callable[[T], R], items: Iterable[T], jobs: int, imports: Iterable[str]
) -> Iterator[R]:
    """Yield the results of a function of a module for each item, in any order, by some processes.

    These begin as copies of one that has imported some modules, where a system can do that. They
    end with the call, or after TASKS each, so that their memory is free again. With one job the
    function runs here. Raises ChildProcessError, which is an OSError, for one that was killed.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    if jobs == 1:
        yield from map(function, items)
        return
    can_copy = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if can_copy else "spawn")
    context.set_forkserver_preload(list(imports))
    rest = iter(items)
    while some := list(islice(rest, TASKS * jobs)):
        pool = ProcessPoolExecutor(jobs, context, initializer=prepare)
        try:
            for done in as_completed([pool.submit(function, item) for item in some]):
                yield done.result()
        except BrokenProcessPool as error:
            raise ChildProcessError("a process was killed") from error
        finally:
            pool.shutdown(cancel_futures=True)


def prepare() -> None:
    """Prepare a process: it has no use for the collector of cycles, and ends with its parent."""
    gc.disable()
    end_with_parent()
