"""Titles, names and dates as registries and lists write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.dates import earliest, from_parts, parse_date
from harvest.models import Author
from harvest.text import clean, join_title, make_author


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Plain title", "Plain title"),
        ("  Lines\n      and   runs\tof blanks ", "Lines and runs of blanks"),
        ("The <i>E. coli</i> genome", "The E. coli genome"),
        ("H<sub>2</sub>O at 10<sup>5</sup> Pa", "H2O at 105 Pa"),
        ("<jats:italic>In vivo</jats:italic> imaging", "In vivo imaging"),
        ('Mass <mml:math xmlns:mml="http://x"><mml:mi>m</mml:mi></mml:math> of', "Mass m of"),
        ("<scp>CRISPR</scp> and <b>bold</b>", "CRISPR and bold"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&lt;i&gt;In vitro&lt;/i&gt; tests", "In vitro tests"),
        ("&amp;lt; stays as written", "&lt; stays as written"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("if a <b and c> d", "if a <b and c> d"),
        ("x<y, z>w", "x<y, z>w"),
        ("Über α-WGAN – a “study”", "Über α-WGAN – a “study”"),
        ("0", "0"),
        ("", ""),
    ],
)
def test_text(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize(
    ("titles", "subtitles", "expected"),
    [
        (["A"], [], "A"),
        (["A"], ["B"], "A: B"),
        (["A:"], ["B"], "A: B"),
        (["Why?"], ["Because"], "Why? Because"),
        (["A: the B"], ["The B"], "A: the B"),
        (["", "A"], [], "A"),
        ([""], ["B"], None),
        ([], [], None),
        (["A"], ["", "B"], "A: B"),
    ],
)
def test_title(titles: list[str], subtitles: list[str], expected: str | None) -> None:
    assert join_title(titles, subtitles) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Ada", "Lovelace"), Author("Ada Lovelace", "Ada", "Lovelace")),
        ((None, "Plato"), Author("Plato", None, "Plato")),
        (("Madonna", None), Author("Madonna", "Madonna")),
        ((None, None, "The ATLAS Collaboration"), Author("The ATLAS Collaboration")),
        (
            ("A", "B", None, "http://orcid.org/0000-0002-1825-009x"),
            Author("A B", "A", "B", "0000-0002-1825-009X"),
        ),
        (("A", "B", None, "no orcid"), Author("A B", "A", "B")),
        ((" ", ""), None),
        ((None, None, None), None),
    ],
)
def test_author(parts: tuple[str | None, ...], expected: Author | None) -> None:
    assert make_author(*parts) == expected


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
def test_date(parts: Any, expected: str | None) -> None:
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
def test_spelled_date(raw: str, expected: str | None) -> None:
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


@given(st.text())
def test_clean_text_stays_as_it_is(raw: str) -> None:
    once = clean(raw)
    assert once == " ".join(once.split())
    if "&" not in once and "<" not in once:
        assert clean(once) == once


@given(st.lists(st.dates(), min_size=1), st.randoms())
def test_the_earliest_date_does_not_depend_on_the_order(days: list[Any], order: Any) -> None:
    spelled = [
        day.isoformat()[:length] for day, length in zip(days, [4, 7, 10] * len(days), strict=False)
    ]
    first = earliest(spelled)
    order.shuffle(spelled)
    assert earliest(spelled) == first
