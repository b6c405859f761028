"""The APIs that we ask, one file each. `discover` finds them; a new source is one new file."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

from harvest.sources.base import Source


def discover() -> dict[str, Source]:
    """Return every source by name, the best-ranked first."""
    sources: dict[str, Source] = {}
    for info in pkgutil.iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{info.name}")).values():
            is_source = inspect.isclass(value) and issubclass(value, Source)
            if is_source and not inspect.isabstract(value):
                sources[value.name] = value()
    return dict(sorted(sources.items(), key=lambda item: item[1].rank))
