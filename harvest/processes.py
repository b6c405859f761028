"""Whether this process may start others: they import its main module, so it must be our own.

A script that calls harvest without a guard would be run again in each of them
(https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods).
"""

from __future__ import annotations

from contextvars import ContextVar

ARE_ALLOWED = ContextVar("ARE_ALLOWED", default=False)
