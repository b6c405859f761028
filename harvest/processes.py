"""Whether this process may start others, when those end, and pools of them.

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
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

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


class Pool:
    """Processes that run functions of modules; a context manager that ends them.

    They begin as copies of one that has imported some modules, where a system can do that, and are
    renewed after TASKS each.
    """

    def __init__(self, size: int, imports: Iterable[str]) -> None:
        self._size = size
        self._imports = list(imports)
        self._pool: ProcessPoolExecutor | None = None
        self._tasks = 0

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield the results of a function of each item, in any order.

        It runs here if the pool is of one. Raises BrokenProcessPool for a process that was killed.
        """
        from concurrent.futures import as_completed

        if self._size == 1:
            yield from map(function, items)
            return
        rest = iter(items)
        while some := list(islice(rest, TASKS * self._size)):
            pool = self._ready(len(some))
            for done in as_completed([pool.submit(function, item) for item in some]):
                yield done.result()

    def _ready(self, tasks: int) -> ProcessPoolExecutor:
        """Return processes for some more tasks, new ones where the old have done enough."""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        self._tasks += tasks
        if self._pool is None or self._tasks > TASKS * self._size:
            self.close()
            can_copy = "forkserver" in multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("forkserver" if can_copy else "spawn")
            context.set_forkserver_preload(self._imports)
            self._pool = ProcessPoolExecutor(self._size, context, initializer=_prepare)
            self._tasks = tasks
        return self._pool

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _prepare() -> None:
    """Prepare a process: it has no use for the collector of cycles, and ends with its parent."""
    gc.disable()
    end_with_parent()
