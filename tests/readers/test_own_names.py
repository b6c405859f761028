"""Lab pages and CVs: emphasised names in lists of names."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

PDF = "[pdf](https://arxiv.org/abs/2301.0000{n})"


def read(*items: str) -> list[tuple[str | None, str | None]]:
    """Return title and authors of the items of a list."""
    text = "".join(f"- {item} {PDF.format(n=n)}\n" for n, item in enumerate(items, 1))
    return [(it.title, it.authors) for it in Markdown().read(text, "list.md").mentions]


@pytest.mark.parametrize("mark", ["**", "*", "***"])
@pytest.mark.parametrize(
    "names",
    [
        "A. Low, B. Roe, {m}C. Doe{m}",
        "{m}C. Doe{m}, A. Low, B. Roe",
        "A. Low, {m}C. Doe{m}, B. Roe",
        "A. Low and {m}C. Doe{m}",
        "{m}C. Doe{m} and A. Low",
        "A. Low, {m}C. Doe,{m} B. Roe",
        "{m}C. Doe{m}\u2020, A. Low",
        "A. Low, {m}Cleo Doe{m}, B. Roe",
        "A. Low & {m}Cleo Doe{m}",
        "A. Low, {m}C. Doe{m}, B. Roe *et al.*",
    ],
)
@pytest.mark.parametrize("title", ["*A title of it with words*. ", "A title of it with words. "])
def test_an_emphasised_name_is_one_of_the_authors(mark: str, names: str, title: str) -> None:
    text = names.format(m=mark)
    expected = text.replace("*", "").replace("\u2020", "").removesuffix(" et al.")
    [(read_title, authors)] = read(f"{text}: {title}ICML 2023.")
    assert read_title == "A title of it with words"
    assert (authors or "").replace("\u2020", "").removesuffix(" et al.") == expected


def test_a_name_in_full_that_entries_repeat_is_an_author() -> None:
    readings = read(
        "**Cleo Doe**, Ann Low. *Ice without labels*. MICCAI 2022.",
        "Ann Low, **Cleo Doe**. *Snow without any names*. MICCAI 2021.",
    )
    assert readings == [
        ("Ice without labels", "Cleo Doe, Ann Low"),
        ("Snow without any names", "Ann Low, Cleo Doe"),
    ]


def test_a_title_like_a_name_stays_a_title() -> None:
    readings = read(
        "**Segment Ice**, Cleo Doe, Ann Low. ICCV 2023.",
        "**Melted Snow**, Ann Low, Cleo Doe. ICCV 2022.",
    )
    assert [title for title, _ in readings] == ["Segment Ice", "Melted Snow"]
