"""From what lists and sources say of identifiers to works and repositories."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch the collector of cycles off: nothing built here has any, but all would be searched.

    100,000 works take 11 s with it off and 15 s with it on (benchmarks/linking.py).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
