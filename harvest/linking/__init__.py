"""From what lists and sources say of identifiers to works and repositories: which are one, and which value wins."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector of cycles rest: what is built here has none, and it would look at all of it again and again.

    A third of the time that a hundred thousand works take (benchmarks/linking.py).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
