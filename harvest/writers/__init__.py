"""The formats of the dataset, one file each. A new format is one new file with a `Writer`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from harvest.writers.base import Writer


def discover() -> dict[str, Writer]:
    """Return every writer by name."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {writer.name: writer() for writer in Writer.__subclasses__()}
