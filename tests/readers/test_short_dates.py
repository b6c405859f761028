"""Dates with a year of two digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.readers import read, short_dates

DAYS = [(20, 9, 30), (21, 2, 14), (21, 11, 2), (22, 6, 21), (22, 12, 11), (22, 5, 7)]
NAMES = ["September", "February", "November", "June", "December", "May"]


def listed(form: str) -> list[str | None]:
    """Return the dates that are read from a list in a form of year, month, day and month's name."""
    works = [
        form.format(y=year, m=month, d=day, name=name, short=name[:3], number=number)
        for number, ((year, month, day), name) in enumerate(zip(DAYS, NAMES, strict=True))
    ]
    head = "| Date | Title |\n|-|-|\n" if works[0].startswith("|") else "# A list\n\n"
    mentions = read((head + "\n".join(works) + "\n").encode(), "list.md").mentions
    assert [it.title for it in mentions] == [f"Slow ice of winter {it}" for it in range(len(DAYS))]
    return [it.date for it in mentions]


LINK = "[[paper]](https://doi.org/10.1000/{number})"


@pytest.mark.parametrize(
    "form", ["[{y}-{m:02}-{d:02}]", "`{y}.{m:02}.{d:02}`", "({d:02}/{m:02}/{y})"]
)
def test_days_of_items(form: str) -> None:
    days = [f"20{year}-{month:02}-{day:02}" for year, month, day in DAYS]
    assert listed(f"- {form} Slow ice of winter {{number}} {LINK}") == days
    assert listed(f"- Slow ice of winter {{number}} {form} {LINK}") == days


@pytest.mark.parametrize("form", ["{y}/{m:02}/{d:02},", "{y}{m:02}{d:02}", "{y}-{m:02}-{d:02}:"])
def test_days_before_titles(form: str) -> None:
    days = [f"20{year}-{month:02}-{day:02}" for year, month, day in DAYS]
    assert listed(f"- {form} Slow ice of winter {{number}} {LINK}") == days


def test_six_digits_of_no_day_belong_to_the_title() -> None:
    text = "- 100000 Winters of slow ice [[paper]](https://arxiv.org/abs/2301.00001)\n"
    [mention] = read(text.encode(), "list.md").mentions
    assert mention.title == "100000 Winters of slow ice"


def test_a_single_day_of_six_digits_is_cut_and_no_date() -> None:
    text = "- 240930 Slow ice of winter [[paper]](https://arxiv.org/abs/2301.00001)\n"
    [mention] = read(text.encode(), "list.md").mentions
    assert (mention.title, mention.date) == ("Slow ice of winter", None)


@pytest.mark.parametrize("form", ["{y}-{m:02}", "{y}.{m:02}", "{short}-{y}", "{short} {y}"])
def test_months_of_a_column(form: str) -> None:
    months = [f"20{year}-{month:02}" for year, month, _ in DAYS]
    cell = "[Slow ice of winter {number}](https://doi.org/10.1000/{number})"
    assert listed(f"| {form} | {cell} |") == months


@pytest.mark.parametrize("form", ["({name} {y})", "[{short} {y}]", "`{short}. {y}`"])
def test_months_of_items(form: str) -> None:
    months = [f"20{year}-{month:02}" for year, month, _ in DAYS]
    assert listed(f"- {form} Slow ice of winter {{number}} {LINK}") == months


def test_a_date_that_is_not_certain_is_none() -> None:
    text = "- Slow ice of winter (24-09-30) [[paper]](https://arxiv.org/abs/2301.00001)\n"
    [mention] = read(text.encode(), "list.md").mentions
    assert (mention.title, mention.date) == ("Slow ice of winter", None)


@pytest.mark.parametrize(
    "texts",
    [
        ["24-09-30"],  # too few
        ["20-09-21", "21-09-20", "22-10-23", "23-11-22"],  # either side may be the year
        ["10/02/21", "11/03/22", "10/05/23", "12/07/24"],  # nearly so
        ["15/03/18", "15/04/19", "16/05/20", "17/06/21"],
        ["01/02/12", "03/04/12", "05/06/12", "07/08/12"],
        ["09-24", "12-25", "01-13", "11-30"],  # a month and a day, or a year
        [f"June {day}" for day in range(11, 30)],  # days
        ["June 24", "May 24", "June 23"],
        ["24-13-30", "24-14-01", "24-15-07", "24-16-03"],
        ["1.2.3", "10.12.15.3", "24-9"],
    ],
)
def test_what_is_not_certain_is_no_date(texts: list[str]) -> None:
    assert short_dates.read(texts) == {}


def test_a_day_above_twelve_tells_which_number_is_the_month() -> None:
    texts = ["01/02/24", "03/04/24", "05/06/24", "07/08/24"]
    assert short_dates.read(texts) == dict.fromkeys(texts, "2024")
    assert short_dates.read([*texts, "09/13/24"])["01/02/24"] == "2024-01-02"
    assert short_dates.read([*texts, "13/09/24"])["01/02/24"] == "2024-02-01"
    assert short_dates.read([*texts, "13/09/24", "09/13/24"]) == {}


def test_days_of_a_column_are_no_years() -> None:
    days = ["Feb 12", "Feb 19", "Feb 26", "Mar 5", "Mar 12", "Mar 19", "Mar 26"]
    rows = [f"| {it} | [Slow ice of {it}](https://doi.org/10.1000/{it[-2:]}) |" for it in days]
    text = "| Date | Title |\n|-|-|\n" + "\n".join(rows)
    assert {it.date for it in read(text.encode(), "list.md").mentions} == {None}


@given(st.lists(st.from_regex(r"\d\d-\d\d(-\d\d)?|(May|Jun)[ -]\d\d", fullmatch=True), max_size=8))
def test_any_dates(texts: list[str]) -> None:
    assert all(text in texts for text in short_dates.read(texts))
    assert all(map(short_dates.is_short, texts))
