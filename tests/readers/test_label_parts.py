"""What stands in the labels of links around their titles."""

from __future__ import annotations

import pytest

from harvest.readers.label_parts import title_span, without_site
from harvest.readers.markdown import Markdown

TITLES = ["How ice melts in warm water", "Snow: A study of drifts", "Rivers that run dry", "What do glaciers know?"]  # fmt: skip
AUTHORS = [
    "Jane Doe, John Roe",
    "Ann B. Poe and Eve Sun",
    "Bob Low, Kim Oh, and Lea Wei",
    "Tom Fox, P. Q. Mo",
]
DATED = [
    "{year} - {title}", "{year}: {title}", "{year} -{title}", "[ICLR {year}] {title}", "[ICLR'{short}] {title}",
    "(ICLR {year}) {title}", "ICLR'{short}: {title}", "Doe et al. {year} - {title}", "{year} (A Lab) (ICLR) *[Net] {title}",
    "[ICLR {year}][Net] {title}", "{title}, ICLR {year}", "{title} - ICLR {year}", "{title}. ICLR {year}", "{title} | ICLR'{short}",
]  # fmt: skip
SIGNED = [
    "{title}, {authors}, ICLR {year}", "{title} by {authors} ({year})", "{title} - {authors} - {year}",
]  # fmt: skip


def read(label: str, years: list[int]) -> list[tuple[str | None, str | None, str | None]]:
    items = [
        "- ["
        + label.format(
            year=year,
            short=year % 100,
            title=f"{number} {TITLES[number % 4]}",
            authors=AUTHORS[number % 4],
        )
        + f"](https://arxiv.org/abs/2001.0000{number})"
        for number, year in enumerate(years)
    ]
    mentions = Markdown().read("\n".join(items), "list.md").mentions
    return [(mention.title, mention.authors, mention.date) for mention in mentions]


@pytest.mark.parametrize("label", [*DATED, *SIGNED])
def test_what_stands_around_most_titles_is_no_part_of_them(label: str) -> None:
    years = list(range(2015, 2023))
    entries = read(label, years)
    assert [title for title, _, _ in entries] == [f"{at} {TITLES[at % 4]}" for at in range(8)]
    assert [date for _, _, date in entries] == list(map(str, years))
    if label in SIGNED:
        assert [authors for _, authors, _ in entries] == AUTHORS * 2


def test_a_few_titles_may_begin_with_a_year() -> None:
    labels = [
        "2001: A winter in the north",
        "1984 - How it froze",
        *(f"{it} again" for it in TITLES),
    ]
    items = [f"- [{it}](https://arxiv.org/abs/2001.0000{at})" for at, it in enumerate(labels)]
    mentions = Markdown().read("\n".join(items), "list.md").mentions
    assert [mention.title for mention in mentions] == labels


@pytest.mark.parametrize("form", ["[ICLR 2020] {}", "2020 - {}", "{}, ICLR 2020"])
def test_a_lead_of_another_form_than_most_is_of_the_title(form: str) -> None:
    labels = ["2001: A Space Odyssey", *(form.format(it) for it in TITLES)]
    items = [f"- [{it}](https://arxiv.org/abs/2001.0000{at})" for at, it in enumerate(labels)]
    mentions = Markdown().read("\n".join(items), "list.md").mentions
    assert [mention.title for mention in mentions] == [labels[0], *TITLES]


@pytest.mark.parametrize(
    "label",
    ["2020", "[BERT] A title of it", "3D shapes of snow", "2001-2010: a decade", "2020 ice", "(2020)", "Winters: 2020 and after",
     "Snow, ice and water", "Ice (Doe et al., 2020)", "Nets by design", "Doe, Roe (2021)", "A b, c d", "x" * 500 + ", ICLR 2020"],
)  # fmt: skip
def test_a_label_that_is_all_title(label: str) -> None:
    assert title_span(label) == (0, len(label))


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("Ice in the north - ScienceDirect", "https://www.sciencedirect.com/science/article/pii/S0921889008001772"),
        ("Ice in the north | SpringerLink", "https://link.springer.com/article/10.1007/s11263-019-01247-4"),
        ("Ice in the north | Nature Methods", "https://www.nature.com/articles/s41592-019-0001-1"),
        ("Ice in the north | BMC Bioinformatics | Full Text", "https://bmcbioinformatics.biomedcentral.com/articles/10.1186/s12859-019-1"),
        ("[2001.00006] Ice in the north", "https://arxiv.org/abs/2001.00006"),
        ("(PDF) Ice in the north", "https://www.researchgate.net/publication/123456"),
    ],
)  # fmt: skip
def test_the_title_of_a_page_holds_that_of_a_work(label: str, url: str) -> None:
    assert label[slice(*without_site(label, url))] == "Ice in the north"
    assert {it.title for it in Markdown().read(f"- [{label}]({url})\n", "list.md").mentions} == {
        "Ice in the north"
    }


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("Seeing in the dark - The value of light", "https://openaccess.thecvf.com/x"),
        ("Detecting fakes - Nature of Images", "https://www.nature.com/articles/1"),
        ("Ice of the sea | ###", "https://www.nature.com/articles/1"),
    ],
)
def test_a_subtitle_is_no_site(label: str, url: str) -> None:
    assert label[slice(*without_site(label, url))] == label


@pytest.mark.parametrize(
    "label", ["Ice | Snow and Hail", "Ice - a study", "arXiv - a history of it"]
)
def test_a_part_that_is_no_site_stays(label: str) -> None:
    assert label[slice(*without_site(label, "https://arxiv.org/abs/2001.00006"))] == label
