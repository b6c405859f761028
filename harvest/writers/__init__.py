"""The formats of the dataset, one file each. `discover` finds them; a new format is one new file."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from harvest.models import Dataset


class Writer(Protocol):
    """What a module of this package offers. `NAME` is what `harvest export` takes, `PUBLISHED` says whether every
    refresh writes it."""  # noqa: D209, D205  # one sentence

    NAME: str
    PUBLISHED: bool

    def write(self, dataset: Dataset) -> Mapping[str, bytes]:
        """Give the content of each file of the format by name, the main file first."""
        ...


def discover() -> dict[str, Writer]:
    """Give every writer by name."""
    modules = [
        cast("Writer", import_module(f"{__name__}.{info.name}"))
        for info in pkgutil.iter_modules(__path__)
    ]
    return {module.NAME: module for module in modules}
