"""harvest turns curated paper lists into one enriched, provenance-tracked dataset.

>>> import harvest
>>> dataset = harvest.load("output/dataset.json")
>>> dataset.works[["title", "year"]].head()  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harvest.dataset.frames import Frames

__version__ = "0.1.0"


def load(path: str | Path = "output/dataset.json") -> Frames:
    """Read a published dataset; `.works` and `.repositories` are pandas frames indexed by id.

    Raises OSError for a file that cannot be read, msgspec.DecodeError for one of another format.
    """
    from harvest.dataset import frames

    return frames.load(path)
