"""Small lists as different people write them: reading notes, course pages, CVs, survey tables."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

URL = "https://arxiv.org/abs/2301.00001"
TITLE, AUTHORS = "Melting of old ice", "Jane Doe, John Roe"


def read(text: str) -> tuple[str | None, str | None, str | None]:
    """Return title, authors and date of the only work of a list."""
    entries = {it.entry: it for it in Markdown().read(text, "list.md").mentions if it.entry}
    [it] = entries.values()
    return it.title, it.authors, it.date


@pytest.mark.parametrize(
    "item",
    [
        '"{t}" with {a}. ICML 2020. [link]({u})',
        '"{t}" joint work with {a}. ICML 2020. [link]({u})',
        "{t} / {a} / ICML 2020 / {u}",
        "\u3010ICML 2020\u3011{t} | [\u8bba\u6587]({u}) | {a}",
        "Doe2020 - {t}. {a}. 2020. [pdf]({u})",
        "\u3010ICML 2020\u3011**{t}** | [\u8bba\u6587]({u}) | {a}",
        "**{t}**. {a}. ICML 2020. [Artikel]({u}) [Quellcode](https://github.com/a/b)",
        "`2020` `ICML` **{t}** [Paper]({u}) \u2014 _{a}_",
    ],
)
def test_an_item_of_one_work(item: str) -> None:
    assert read(f"# List\n\n- {item.format(t=TITLE, a=AUTHORS, u=URL)}\n") == (
        TITLE, AUTHORS, "2020",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "row", "authors"),
    [
        ("Week | Topic | Reading", "1 | Ice | [{t}]({u}) (Doe et al., 2020)", "Doe et al."),
        ("Week | Topic | Reading", "1 | Ice | Doe et al., [{t}]({u}), ICML 2020", "Doe et al."),
        ("Name | Authors | Tags | URL | Year", "{t} | {a} | ice | {u} | 2020", AUTHORS),
    ],
)
def test_a_row_of_one_work(head: str, row: str, authors: str) -> None:
    line = row.format(t=TITLE, a=AUTHORS, u=URL)
    rule = "|".join("---" for _ in head.split("|"))
    assert read(f"| {head} |\n| {rule} |\n| {line} |\n") == (TITLE, authors, "2020")


def test_the_key_of_a_reference_is_no_part_of_its_title() -> None:
    assert read(f"- [[Doe2020 - {TITLE}]] [arXiv]({URL})\n")[0] == TITLE


def test_the_year_before_a_colon_is_a_date() -> None:
    assert read(f"- [Doe et al. 2020]({URL}): {TITLE}\n") == (TITLE, "Doe et al.", "2020")
