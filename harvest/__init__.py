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
    from harvest.models import Dataset

__version__ = "0.1.0"


def load(path: str | Path = "output/dataset.json") -> Frames:
    """Read a published dataset, by path, folder or address, as pandas frames.

    Findings, changes and stars come from the files beside it, as far as they are there.

    Raises OSError for a file that cannot be read, msgspec.DecodeError for one of another format.
    The lists within records, such as mentions, are checked when their frame is asked for.
    """
    from harvest.dataset import consumers, frames

    return frames.load(consumers.files(path, frames.DATASET, frames.BESIDE))


def read(path: str | Path = "output/dataset.json") -> Dataset:
    """Read a published dataset, by path, folder or address, as typed objects, without pandas.

    Raises OSError for a file that cannot be read, msgspec.DecodeError for one of another format.
    """
    import msgspec

    from harvest.dataset import consumers
    from harvest.models import Dataset

    return msgspec.json.decode(consumers.files(path, "dataset.json")["dataset.json"], type=Dataset)
