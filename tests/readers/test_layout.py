"""Title, authors and date of list items."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown
from harvest.readers.people import plain_names

A = "https://arxiv.org/abs/2301.00001"
ENTRIES = [
    (f"[A title]({A}) Jane Doe, John Roe (2023)", ("A title", "Jane Doe, John Roe", "2023")),
    (f"[A title.]({A}) by Jane Q. Doe, and John Roe. Submitted on 2 Sep 2023", (
        "A title.", "Jane Q. Doe, and John Roe", "2 Sep 2023")),
    (f"[A title]({A}) By Jane Doe, a year ago.", ("A title", "Jane Doe", "a year ago")),
    (f"[A title]({A}) *Jane Doe* (CVPR 2023)", ("A title", "Jane Doe", "2023")),
    (f"[A title]({A}) - *Jane Doe, John Roe*, CVPR 2023", ("A title", "Jane Doe, John Roe", "2023")),
    (f"[A title]({A}) Jane Doe, John Roe *IEEE Journal, Issue: 8* Publisher: IEEE", (
        "A title", "Jane Doe, John Roe", None)),
    (f"[A title]({A}) Jane Doe, John-Paul Roe ACM Surveys, November 2023", (
        "A title", "Jane Doe, John-Paul Roe", "November 2023")),
    (f"[A title]({A}) Doe, J., Roe, P.-M., & van Poe, L. (2023). *J. Imaging*", (
        "A title", "Doe, J., Roe, P.-M., & van Poe, L.", "2023")),
    (f"[A title]({A}) Doe, Jane, et al. (2004). Journal", ("A title", "Doe, Jane, et al.", "2004")),
    (f"[A title]({A}) Jane Doe et al., CVPR 2020", ("A title", "Jane Doe et al.", "2020")),
    (f"[A title]({A}) Jane Doe (Some Lab), John Roe (Other Lab).", (
        "A title", "Jane Doe (Some Lab), John Roe (Other Lab)", None)),
    (f"[A title]({A}) Jane Doe, John Roe [14th Dec., 2022]", ("A title", "Jane Doe, John Roe", "14th Dec., 2022")),
    (f"[A title]({A}) Encyclopedia, Some Foundation, 22 Aug. 2022.", ("A title", None, "22 Aug. 2022")),
    (f"[A title]({A}) - a tool, useful and fast", ("A title", None, None)),
    (f"[A title]({A}) - Official Implementation", ("A title", None, None)),
    (f"[A title]({A})", ("A title", None, None)),
    (f"[**FID**]: [A title]({A}) Jane Doe, John Roe", ("A title", "Jane Doe, John Roe", None)),
    (f"(CVPR 2023) [A title]({A})", ("A title", None, "2023")),
    (f"**A title** - Jane Doe, John Roe, NeurIPS 2023. [[Paper]]({A}) [[Code]](https://github.com/jdoe/net)", (
        "A title", "Jane Doe, John Roe", "2023")),
    (f"[A title of it]({A}) | Words on it | Roogle et al, 2017", ("A title of it", "Roogle et al", "2017")),
    (f"[A title of it]({A}) | \u8bba\u6587\u5bf9\u4e8e\u6a21\u578b\u8fdb\u884c, \u6548\u679c\u663e\u8457\u5730\u63d0\u5347 | Jane Doe et al, 2007", (
        "A title of it", "Jane Doe et al", "2007")),
    (f"**A title of it**<br>Jane Doe, John Roe, Ann Low.[[pdf]({A})]", ("A title of it", "Jane Doe, John Roe, Ann Low.", None)),
    (f"[A title of it]({A}). Jin Sub Lee, John Roe. 2020", ("A title of it", "Jin Sub Lee, John Roe", "2020")),
    (f"**[CVPR 2023]** **A title:** [Paper]({A})", ("A title", None, "2023")),
    (f'"A quoted title of it," Jane Doe, John Roe, 2020. [pdf]({A})', (
        "A quoted title of it", "Jane Doe, John Roe", "2020")),
    (f"A title, with commas, Jane Doe, John Roe. [pdf]({A})", ("A title, with commas", "Jane Doe, John Roe", None)),
    (f"A title. Jane Doe, John Roe. 2020. [pdf]({A})", ("A title", "Jane Doe, John Roe", "2020")),
    (f"A title of it [pdf]({A})", ("A title of it", None, None)),
    (f"[Paper]({A}) **A title of it**", ("A title of it", None, None)),
    (f"Word [pdf]({A})", (None, None, None)),
    (f"[pdf]({A})", (None, None, None)),
    ("**A title** of [Some tool](https://x.org)", ("A title", None, None)),
    ("[Some tool](https://x.org) does it", ("Some tool", None, None)),
    (f"[CVPR 2023]({A}) Some words", (None, None, "2023")),
    ("![A picture](https://x.org/i.png)", (None, None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("item", "expected"), ENTRIES)
def test_title_authors_and_date_of_an_item(
    item: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    first = Markdown().read(f"- {item}", "list.md").mentions[0]
    assert (first.title, first.authors, first.date) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Jane Doe1, John Roe1,2, Ann Low", "Jane Doe, John Roe, Ann Low"),
        ("Jane Doe1, 2, John Roe*", "Jane Doe, John Roe"),
        ("Jane Doe1,*, John Roe*,2, Ann Low*2", "Jane Doe, John Roe, Ann Low"),
        ("Jane Doe\u2020, John Roe \u2021, Ann Low\u00b9\u00b2", "Jane Doe, John Roe, Ann Low"),
        ("Jane Doe$^{1,2}$, John Roe^2, *Ann Low", "Jane Doe, John Roe, Ann Low"),
        ("J. Doe, J. R. Roe Jr., Z. \u0141uk", "J. Doe, J. R. Roe Jr., Z. \u0141uk"),
        ("X A-12, 3D Group, R2D2, Doe et al. 2023", "X A-12, 3D Group, R2D2, Doe et al. 2023"),
        ("", ""),
    ],
)
def test_names_without_marks_of_affiliation(names: str, expected: str) -> None:
    assert plain_names(names) == expected


def test_an_item_of_absurd_length_describes_nothing() -> None:
    first = Markdown().read(f"- [A title]({A}) " + "A title " * 10_000, "list.md").mentions[0]
    assert (first.title, first.authors, first.date) == (None, None, None)
