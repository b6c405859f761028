"""Records as columns: small, and without a loss."""

from __future__ import annotations

import zlib
from base64 import b64decode
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvest.dataset import columns

VALUES = st.one_of(
    st.none(),
    st.integers(0, 9),
    st.sampled_from(["", "a", "__proto__", "é"]),
    st.lists(st.text(max_size=2), max_size=2),
)


def expand(column: columns.Column, size: int) -> list[Any]:
    """Return the values of a column, as harvest/data/page/codec.js reads them."""
    if "all" in column:
        return list(column["all"])
    if "terms" in column:
        return [column["terms"][place] for place in column["at"]]
    return [column["except"].get(str(row), column["rest"]) for row in range(size)]


@given(st.lists(VALUES))
def test_a_column_gives_its_values_back(values: list[Any]) -> None:
    column = msgspec.json.decode(msgspec.json.encode(columns.column(values)))
    assert expand(column, len(values)) == values


def test_true_is_not_one() -> None:
    assert expand(columns.column([True, 1, True, 1, True, 1]), 6)[:2] == [True, 1]
    assert [type(value) for value in columns.column([True, 1, True, 1])["terms"]] == [bool, int]


def test_a_column_has_its_shortest_form() -> None:
    assert columns.column([]) == {"all": []}
    assert columns.column(["a", "b", "c"]) == {"all": ["a", "b", "c"]}
    assert columns.column(["a", "b"] * 3) == {"terms": ["a", "b"], "at": [0, 1] * 3}
    assert columns.column([None] * 9 + [1]) == {"rest": None, "except": {"9": 1}}


def test_a_table_has_null_for_what_is_missing() -> None:
    table = columns.table([{"a": 1}, {"a": 2, "b": 3}], ("a", "b"))
    assert expand(table["b"], 2) == [None, 3]


def test_a_packed_value_is_zlib_in_base64() -> None:
    packed = columns.pack({"b": "é", "a": [1, None]})
    assert zlib.decompress(b64decode(packed)).decode() == '{"a":[1,null],"b":"é"}'
    assert columns.pack({"a": [1, None], "b": "é"}) == packed
