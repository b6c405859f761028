"""The dataset as two pandas frames, for consumers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.models import Dataset

if TYPE_CHECKING:
    import pandas as pd


class Frames:
    """A published dataset: `works` and `repositories` are pandas frames indexed by id, a column for each field."""

    def __init__(self, dataset: Dataset) -> None:
        self.schema_version = dataset.schema_version
        self.works: pd.DataFrame = self._frame(dataset.works)
        self.repositories: pd.DataFrame = self._frame(dataset.repositories)

    @staticmethod
    def _frame(records: list[Any]) -> pd.DataFrame:
        import pandas as pd

        frame = pd.DataFrame([msgspec.to_builtins(record) for record in records])
        for column in (
            "year",
            "cited_by",
            "stars",
            "forks",
            "open_issues",
            "commits_last_year",
            "repository_id",
        ):
            if column in frame:
                frame[column] = frame[column].astype(
                    "Int64"
                )  # integers with gaps, where pandas would make floats
        return frame.set_index("id") if "id" in frame else frame


def load(path: str | Path = "output/dataset.json") -> Frames:
    """Read a published dataset. Raises OSError for an unreadable file, msgspec.DecodeError for another format."""
    return Frames(msgspec.json.decode(Path(path).read_bytes(), type=Dataset))
