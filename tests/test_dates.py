"""Dates as registries and lists write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.dates import earliest, find, from_parts, parse_date


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"date-parts": [[2023, 1, 19]]}, "2023-01-19"),
        ({"date-parts": [[2023, 1]]}, "2023-01"),
        ({"date-parts": [[2023]]}, "2023"),
        ({"date-parts": [["2019", "5"]]}, "2019-05"),
        ({"date-parts": [["2019", "05", 7]]}, "2019-05-07"),
        ({"date-parts": [["2019", "May"]]}, "2019"),
        ({"date-parts": [["c. 2019"]]}, None),
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
        ("2023/01/19", "2023-01-19"),
        ("2023/1/9", "2023-01-09"),
        ("2023.06", "2023-06"),
        ("2023.06.15 (v2)", "2023-06-15"),
        ("2023/06", "2023-06"),
        ("2023/13/01", "2023"),
        ("2023-2024", "2023"),
        ("2009.01234", "2009"),
        ("Data Augmentation 2023", "2023"),
        ("Sept. 2022", "2022-09"),
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


RUNNING_TEXT = [
    ("Submitted on 2 Sep 2023", "2 Sep 2023"),
    ("(v1) 30 Nov 2017 (v1), last revised 20 Aug 2018 (this version, v2).",
     "30 Nov 2017 (v1), last revised 20 Aug 2018 (this version, v2)"),
    ("29 May 2023, last revised 31 Jul 2023.", "29 May 2023, last revised 31 Jul 2023"),
    ("[14th Dec., 2022] [arXiv, 2022]", "14th Dec., 2022"),
    ("Dec 14, 2022", "Dec 14, 2022"),
    ("on 2022-12-14 or 2021", "2022-12-14"),
    ("2022/1/4", "2022/1/4"),
    ("Volume 56, Issue 4, November 2023, Article 1998", "November 2023"),
    ("[2023-05] and", "2023-05"),
    ("1999 pages (2022).", "2022"),
    ("(CVPR 2023), since 1999", "2023"),
    ("Bioengineering 2023, 10(11), 1258", "2023"),
    ("a year ago. 10 min read", "a year ago"),
    ("arXiv:2009.01234, pp. 1998-2004, 12:2020", None),
    ("nothing 3023", None),
    ("Data Augmentation 2023", "2023"),
    ("Junction 2021 and may 2021", "may 2021"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), RUNNING_TEXT)
def test_find(text: str, expected: str | None) -> None:
    assert find(text) == expected


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
@pytest.mark.parametrize(
    "style", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%B %d, %Y", "%b. %d %Y"]
)
def test_find_and_parse_agree(style: str, day: date) -> None:
    text = day.strftime(style)
    for written in (text, text.upper(), text.lower()):
        assert find(f"Doe, {written}.") == written
    assert parse_date(text) == day.isoformat()
