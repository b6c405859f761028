"""What stands in the labels of links before their titles."""

from __future__ import annotations

import pytest

from harvest.readers.leads import lead
from harvest.readers.markdown import Markdown

TITLES = ["How ice melts in warm water", "Snow: A study of drifts", "Rivers that run dry", "IceNet"]
LEADS = [
    "{year} - {title}", "{year}: {title}", "{year} -{title}", "[ICLR {year}] {title}", "[ICLR'{short}] {title}",
    "(ICLR {year}) {title}", "ICLR'{short}: {title}", "Doe et al. {year} - {title}", "{year} (A Lab) (ICLR) *[Net] {title}",
    "[ICLR {year}][Net] {title}",
]  # fmt: skip


def written(lead: str, years: list[int]) -> str:
    titles = [f"{title} {number}" for number, title in enumerate(TITLES * 2)]
    labels = [
        lead.format(year=year, short=year % 100, title=title)
        for year, title in zip(years, titles, strict=False)
    ]
    items = [f"- [{it}](https://arxiv.org/abs/2001.0000{at})" for at, it in enumerate(labels)]
    return "\n".join(items)


@pytest.mark.parametrize("lead", LEADS)
def test_a_date_before_most_titles_is_no_part_of_them(lead: str) -> None:
    years = list(range(2015, 2023))
    mentions = Markdown().read(written(lead, years), "list.md").mentions
    assert [mention.title for mention in mentions] == [
        f"{title} {number}" for number, title in enumerate(TITLES * 2)
    ]
    assert [mention.date for mention in mentions] == list(map(str, years))


def test_a_few_titles_may_begin_with_a_year() -> None:
    text = written("{year}: {title}", [2001, 2010])
    more = "".join(
        f"\n- [Works of winter {at}](https://arxiv.org/abs/2002.0000{at})" for at in range(6)
    )
    titles = [mention.title for mention in Markdown().read(text + more, "list.md").mentions]
    assert titles[:2] == [
        f"{year}: {title} {at}"
        for at, (year, title) in enumerate(zip([2001, 2010], TITLES, strict=False))
    ]


@pytest.mark.parametrize(
    "label",
    ["2020", "[BERT] A title of it", "3D shapes of snow", "2001-2010: a decade", "2020 ice", "(2020)", "Winters: 2020 and after"],
)  # fmt: skip
def test_a_label_without_a_lead(label: str) -> None:
    assert lead(label) == 0
