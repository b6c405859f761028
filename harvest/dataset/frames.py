"""The dataset as two pandas frames, for consumers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harvest.models import Dataset, Repository, Work

if TYPE_CHECKING:
    import pandas as pd

# Numbers that may be missing, which pandas would turn into floats.
_INTEGERS = [
    "year", "cited_by", "stars", "forks", "open_issues", "commits_last_year", "repository_id",
]  # fmt: skip


class Frames:
    """A published dataset: `works` and `repositories`, indexed by id, with a column per field."""

    def __init__(self, dataset: Dataset) -> None:
        self.schema_version = dataset.schema_version
        self.works = _frame(dataset.works)
        self.repositories = _frame(dataset.repositories)


def load(path: str | Path = "output/dataset.json") -> Frames:
    """Read a published dataset. Raises OSError, or msgspec.DecodeError for another format."""
    return Frames(msgspec.json.decode(Path(path).read_bytes(), type=Dataset))


def _frame(records: list[Work] | list[Repository]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(map(msgspec.to_builtins, records))
    for column in frame.columns.intersection(_INTEGERS):
        frame[column] = frame[column].astype("Int64")
    return frame.set_index("id") if "id" in frame else frame
