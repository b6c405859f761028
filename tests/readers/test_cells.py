"""Cells of tables with more than one fact: references, and days of meetings beside years."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

URL = "https://arxiv.org/abs/2301.00001"


def read(head: str, *rows: str) -> list[tuple[str | None, str | None, str | None]]:
    """Return title, authors and date of the rows of a table."""
    lines = [head, "|".join("---" for _ in head.split("|")), *rows]
    text = "".join(f"| {line} |\n" for line in lines)
    by_line = {it.line: it for it in Markdown().read(text, "list.md").mentions if it.entry}
    return [(it.title, it.authors, it.date) for it in by_line.values()]


@pytest.mark.parametrize(
    ("before", "authors"),
    [
        ("Doe et al. 2016", "Doe et al."),
        ("Doe & Roe 2016:", "Doe & Roe"),
        ("Jane Doe and John Roe (2016),", "Jane Doe and John Roe"),
    ],
)
@pytest.mark.parametrize("title", ["Melting of old ice", "MeltNet"])
def test_names_and_a_year_before_a_link_are_no_part_of_the_title(
    before: str, authors: str, title: str
) -> None:
    rows = read("Date | Presenter | Paper", f"3 Mar | Ann | {before} [{title}]({URL})")
    assert rows == [(title, authors, "2016")]


@pytest.mark.parametrize("name", ["Ref", "Paper", "Title", "Literatur"])
@pytest.mark.parametrize(
    ("reference", "authors"),
    [
        ('Doe et al., "Melting of old ice," ICML, 2020.', "Doe et al."),
        ('Doe & Roe, "Melting of old ice," ICML, 2020.', "Doe & Roe"),
        ("Doe, J., & Roe, A. (2020). Melting of old ice. *Ice*, 3(1), 4-15.", "Doe, J., & Roe, A."),
    ],
)
def test_a_cell_of_a_whole_reference(name: str, reference: str, authors: str) -> None:
    rows = read(f"Year | Method | {name}", f" | Net | {reference} [arXiv]({URL})")
    assert rows == [("Melting of old ice", authors, "2020")]


@pytest.mark.parametrize("day", ["3 Mar", "Mon, 3 March", "March 3rd", "12.01.", "12/01"])
def test_a_day_without_a_year_is_no_date_of_a_work(day: str) -> None:
    assert read("Date | Title", f"{day} | [A title of it]({URL})") == [
        ("A title of it", None, None)
    ]


@pytest.mark.parametrize("head", ["Date | Title | Year", "Datum | Titel | Jahr"])
def test_a_year_of_its_own_column_wins_over_the_day_of_a_meeting(head: str) -> None:
    rows = read(head, f"12.01.2023 | [A title of it]({URL}) | 2017")
    assert rows == [("A title of it", None, "2017")]


def test_a_label_beside_code_is_no_title() -> None:
    code, board = "[code](https://github.com/a/b)", "[See the whole board](https://a.example.com/x)"
    titles = {title for title, _, _ in read("Model | Link | Note", f"GPT | {code} | {board}")}
    assert titles == {None}
