"""Reading groups and courses: days, weeks and sessions are neither titles nor dates of works."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown
from harvest.readers.meetings import is_meeting, lead

WORK = "*Melting of old ice* \u2014 Doe et al., ICML 2017. https://arxiv.org/abs/2301.0000{n}"
EXPECTED = ("Melting of old ice", "Doe et al.", "2017")


def read(text: str) -> list[tuple[str | None, str | None, str | None]]:
    mentions = Markdown().read(text, "list.md").mentions
    return [(it.title, it.authors, it.date) for it in mentions if it.entry is not None]


@pytest.mark.parametrize(
    "heading",
    [
        "12 January", "January 12th", "Mon, 12 January", "12 January 2024", "2024-01-12", "12.01.2024",
        "Week 3", "Session #4", "Lecture IV", "3rd meeting", "Woche 3", "12. Januar", "\u7b2c3\u5468",
        "Week 3 (12 January)", "26 January (moved to February!)", "Montag, 3. M\u00e4rz",
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 5])
def test_a_heading_that_is_a_day_is_no_title(heading: str, count: int) -> None:
    assert is_meeting(heading)
    works = [f"## {heading}\n\n{WORK.format(n=n)}\n\n" for n in range(1, count + 1)]
    assert read("# Group\n\n" + "".join(works)) == [EXPECTED] * count


@pytest.mark.parametrize(
    "heading",
    [
        "Week by week",
        "May",
        "One day in March",
        "Ice of 2019",
        "Class struggles",
        "DALL-E 2",
        "3D",
        "Mars",
    ],
)
def test_a_heading_of_words_is_no_day(heading: str) -> None:
    assert not is_meeting(heading)


@pytest.mark.parametrize(
    "before",
    ["**Week 1 (Ann)**: ", "Session 2 - ", "12 Jan: ", "**Woche 3:** ", "\u7b2c3\u5468\uff1a"],
)
@pytest.mark.parametrize(
    "work",
    ['Doe et al. (2017), "Melting of old ice", https://arxiv.org/abs/2301.00001',
     WORK.format(n=1)],
)  # fmt: skip
@pytest.mark.parametrize("item", ["", "- "])
def test_a_week_before_a_work_is_no_part_of_it(before: str, work: str, item: str) -> None:
    assert read(f"# Group\n\n{item}{before}{work}\n") == [EXPECTED]


@pytest.mark.parametrize(
    "title",
    ["EXAONE 4.5: native ice", "Habitat 2.0: homes of ice", "Day: a unit of ice", "2024: ice"],
)
def test_a_title_with_a_number_before_its_colon_stays_whole(title: str) -> None:
    assert lead(title) == 0


def test_prose_below_a_day_is_no_work() -> None:
    text = "## 12 January\n\nWe met and read https://arxiv.org/abs/2301.00001 together.\n"
    assert read("# Group\n\n" + text) == []


def test_a_sentence_that_begins_in_bold_names_no_work() -> None:
    text = "## Lecture 3\n\n**Lecture notes** are at [arXiv](https://arxiv.org/abs/2301.00001).\n"
    assert read(text) == []
