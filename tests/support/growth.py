"""How the work of a call grows, and a guard against calls that hang: no test measures speed."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 60
"""Seconds of the processor that no right answer in a test comes near, on any machine."""


def steps(call: Callable[[], object]) -> int:
    """Return how many lines of Python a call runs: the same on a quiet machine and on a busy one.

    Work inside of one built-in (a regular expression, a sort) counts as the line that calls it.
    """
    count = 0

    def trace(_: FrameType, event: str, __: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@contextmanager
def ends() -> Iterator[None]:
    """Fail where the block takes more than PATIENCE: what is slower than linear takes hours."""
    start = time.process_time()
    yield
    assert time.process_time() - start < PATIENCE
