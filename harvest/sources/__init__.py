"""The APIs that we ask, one file each. `discover` finds them; a new source is one new file."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from harvest.sources.base import Source


def discover() -> dict[str, Source]:
    """Give every source by name, the best-ranked first."""
    names = [info.name for info in pkgutil.iter_modules(__path__) if info.name != "base"]
    found = [cast("Source", import_module(f"{__name__}.{name}")) for name in names]
    return {source.NAME: source for source in sorted(found, key=lambda source: source.RANK)}
