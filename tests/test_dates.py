"""Dates as registries and lists write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.dates import earliest, from_parts, parse_date


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"date-parts": [[2023, 1, 19]]}, "2023-01-19"),
        ({"date-parts": [[2023, 1]]}, "2023-01"),
        ({"date-parts": [[2023]]}, "2023"),
        ({"date-parts": [[None]]}, None),
        ({"date-parts": [[]]}, None),
        ({"date-parts": []}, None),
        ({"date-parts": [None]}, None),
        ({"date-parts": "2023"}, None),
        ({"date-parts": [[2023, None, 4]]}, "2023"),
        ({"date-parts": [[2023, 13, 4]]}, "2023"),
        ({"date-parts": [[2023, 2, 0]]}, "2023-02"),
        ({"date-parts": [[2023, 2, 29]]}, "2023-02"),
        ({"date-parts": [[2024, 2, 29]]}, "2024-02-29"),
        ({"date-parts": [[23, 2]]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_from_parts(parts: Any, expected: str | None) -> None:
    assert from_parts(parts) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2023", "2023"),
        ("2023-09", "2023-09"),
        ("2023-09-30", "2023-09-30"),
        ("2023-09-31", "2023-09"),
        ("2 Sep 2023", "2023-09-02"),
        ("30 Nov 2017 (v1), last revised 20 Aug 2018 (this version, v2)", "2017-11-30"),
        ("14th Dec., 2022", "2022-12-14"),
        ("22 Aug. 2022", "2022-08-22"),
        ("November 2023", "2023-11"),
        ("March 5, 2021", "2021-03-05"),
        ("ICCV 2019", "2019"),
        ("a year ago", None),
        ("pp. 600-612", None),
        ("2313-433", None),
        ("", None),
    ],
)
def test_parse_date(raw: str, expected: str | None) -> None:
    assert parse_date(raw) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2023-05", "2023"], "2023-05"),
        (["2023-05-19", "2023-05", "2023"], "2023-05-19"),
        (["2022", "2023-01-01"], "2022"),
        (["2023-06", None, "2023-05-31"], "2023-05-31"),
        ([None], None),
        ([], None),
    ],
)
def test_earliest(dates: list[str | None], expected: str | None) -> None:
    assert earliest(dates) == expected


@given(st.lists(st.dates(), min_size=1), st.randoms())
def test_earliest_in_any_order(days: list[Any], order: Any) -> None:
    spelled = [
        day.isoformat()[:length] for day, length in zip(days, [4, 7, 10] * len(days), strict=False)
    ]
    first = earliest(spelled)
    order.shuffle(spelled)
    assert earliest(spelled) == first
