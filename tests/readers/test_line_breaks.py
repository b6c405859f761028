"""Ends of lines in the entries of a list: a line for each fact, or text wrapped at a width."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

PDF = "[pdf](https://arxiv.org/abs/2301.0000{n})"
WORKS = [
    ("Melting of Ice", "Ann Roe, Bob Low", "2021"),
    ("A Long Study of the Freezing of Lakes and Rivers in Winters Without Snow", "Jo Doe", "2019"),
    ("What Do Winters See? A Reading of Their Maps", "Max Mueller and Eve Sun", "2020"),
    ("Snow on the Roofs of Small Towns", "Li Wei, Zoe Ann Ray, Tom Fox", "2018"),
    ("Hail", "Kim Oh, Lea van der Berg, Tom Fox", "2022"),
]


def read(text: str) -> list[tuple[str | None, str | None, str | None]]:
    """Return title, authors and date of each mention."""
    return [(it.title, it.authors, it.date) for it in Markdown().read(text, "list.md").mentions]


@pytest.mark.parametrize(
    "layout",
    [
        "- {t}\n  {a}. ICML {y}. {pdf}",
        "- {t}\n{a}, {y} {pdf}",
        "1. **{t}** {pdf}\n   {a}\n   ICML {y}",
        "**{t}**\n{a}\nICML {y} {pdf}\n",
    ],
)
def test_a_line_of_its_own_is_a_fact(layout: str) -> None:
    text = "\n".join(
        layout.format(t=title, a=authors, y=year, pdf=PDF.format(n=number))
        for number, (title, authors, year) in enumerate(WORKS)
    )
    assert read(text) == WORKS


def test_lines_of_badges_are_no_lines_of_facts() -> None:
    badge = "![arXiv](https://img.shields.io/a.svg)"
    text = "\n".join(
        f"- {title}\n"
        f"  [{badge}](https://arxiv.org/abs/2301.0000{number})\n  {badge}\n  {badge}\n  {badge}\n"
        f"  {authors}. ICML {year}"
        for number, (title, authors, year) in enumerate(WORKS, 1)
    )
    assert set(read(text)) == set(WORKS)


def test_wrapped_text_is_one_line() -> None:
    words = "{t} in Winters of Small Towns and\n  their Roofs. {a}. ICML {y}.\n  {pdf}"
    text = "\n".join(
        f"- {words.format(t=title[:14].ljust(14, 'x'), a=authors, y=year, pdf=PDF.format(n=number))}"
        for number, (title, authors, year) in enumerate(WORKS)
    )
    for title, authors, _ in read(text):
        assert title is not None
        assert title.endswith("in Winters of Small Towns and their Roofs")
        assert authors in [it[1] for it in WORKS]


def test_names_go_on_over_the_end_of_a_line() -> None:
    text = "\n".join(
        f"- {title}\n  Ann Roe, Bob\n  Low, {authors}. ICML {year}. {PDF.format(n=number)}"
        for number, (title, authors, year) in enumerate(WORKS)
    )
    assert [authors for _, authors, _ in read(text)] == [
        f"Ann Roe, Bob Low, {it[1]}" for it in WORKS
    ]


def test_emphasis_of_html_is_emphasis() -> None:
    text = "\n\n".join(
        f"<p><b>{title} these days</b><br>\n<i>{authors}</i><br>\n"
        f'ICML {year} <a href="https://arxiv.org/abs/2301.0000{number}">paper</a></p>'
        for number, (title, authors, year) in enumerate(WORKS)
    )
    assert read(text) == [(f"{title} these days", authors, year) for title, authors, year in WORKS]
