"""CSV that no spreadsheet runs, and that is read back as it was."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from harvest.dataset import tables

CELLS = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]))


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS})))
def test_what_is_written_is_read_back(rows: list[dict[str, str]]) -> None:
    assert list(tables.decode(tables.encode(("a", "b"), rows))) == rows


@given(CELLS.filter(bool))
def test_no_cell_is_a_formula(cell: str) -> None:
    data = tables.encode(("a",), [{"a": cell}]).decode()
    [_, [value]] = csv.reader(io.StringIO(data, newline=""))
    assert not value.startswith(("=", "+", "-", "@", "\t"))
