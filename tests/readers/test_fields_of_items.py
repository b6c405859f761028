"""Items whose parts are named: `Authors: Jane Doe`."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

PDF = "[pdf](https://arxiv.org/abs/2301.00001)"


@pytest.mark.parametrize(
    "item",
    [
        "**A title of it**. Authors: Jane Doe, John Roe. Venue: ICML 2021. {pdf}",
        "**A title of it** | Autoren: Jane Doe, John Roe | 2021 | {pdf}",
        "**A title of it**  \n  **Authors:** Jane Doe, John Roe  \n  **Year:** 2021  \n  {pdf}",
        "Title: A title of it  \n  Author(s): Jane Doe, John Roe  \n  Year: 2021  \n  {pdf}",
        "**Title**: A title of it. **Authors**: Jane Doe, John Roe. **Year**: 2021. {pdf}",
        "**Titel:** A title of it. **Autor:innen:** Jane Doe, John Roe. **Jahr:** 2021. {pdf}",
        "A title of it. \u4f5c\u8005\uff1aJane Doe, John Roe. 2021. {pdf}",
        "**A title of it**\n  - \u8457\u8005: Jane Doe, John Roe\n  - 2021, {pdf}",
    ],
)
def test_the_name_of_a_field_is_no_part_of_it(item: str) -> None:
    [it] = Markdown().read(f"- {item.format(pdf=PDF)}\n", "list.md").mentions
    assert (it.title, it.authors, it.date) == ("A title of it", "Jane Doe, John Roe", "2021")


@pytest.mark.parametrize("name", ["Jane Doe", "Doe et al.", "Doe, Roe and Low"])
def test_a_single_name_and_family_names_are_authors_behind_their_label(name: str) -> None:
    text = f"- **A title of it**, authors: {name} (ICML 2021) {PDF}\n"
    [it] = Markdown().read(text, "list.md").mentions
    assert (it.title, it.authors) == ("A title of it", name)


def test_a_title_with_a_colon_stays_whole() -> None:
    text = f"- **Year: a title of time**. Jane Doe, John Roe. 2021. {PDF}\n"
    [it] = Markdown().read(text, "list.md").mentions
    assert it.title == "Year: a title of time"


@pytest.mark.parametrize("title", ["Author: an agent that writes", "Date: a new format of days"])
def test_what_is_no_value_of_a_field_is_a_title(title: str) -> None:
    reading = Markdown().read(f"- {title} [[paper]](https://arxiv.org/abs/2301.00001)\n", "a.md")
    assert reading.mentions[0].title == title
