"""Names in the labels of links, and single names at one place of most entries."""

from __future__ import annotations

import pytest

from harvest.readers import bylines
from harvest.readers.markdown import Markdown

WORKS = [
    ("Slow ice of long winters", "Ann Roe, Bo Doe, Cy Ito", "2018"),
    ("IceNet: sliding over beds", "Tim Noe, Uma Poe", "2019"),
    ("Snow Is All You Need", "Di Fox, Eva Loe", "2020"),
    ("How fast does the ice of Greenland go", "Gus Moe, Kim Hay", "2021"),
    ("Radar of cold ice", "Lea Kay, Max Bay, Ned Day", "2022"),
]
Row = tuple[str | None, str | None, str | None]


def read(text: str) -> list[Row]:
    mentions = Markdown().read(f"# A list\n\n{text}", "list.md").mentions
    return [(it.title, it.authors, it.date) for it in mentions if it.entry is not None]


def written(form: str, works: list[tuple[str, str, str]] = WORKS) -> str:
    """Return a list in a form of title, authors, year, first author and family name."""
    items = []
    for number, (title, names, year) in enumerate(works):
        first = names.split(",", maxsplit=1)[0]
        content = form.format(
            title=title, names=names, year=year, first=first, family=first.split()[-1]
        )
        items.append(f"- {content.replace('URL', f'https://arxiv.org/abs/2001.0000{number}')}\n")
    return "".join(items)


@pytest.mark.parametrize(
    "form",
    [
        "[{names}: {title}](URL), {year}",
        "[{names}. {title}. ICML {year}](URL)",
        "[{title}, {names}](URL) ({year})",
        "[{title} - {names}](URL), {year}",
        "[{title} by {names}](URL), {year}",
        '["{title}", {names}, ICML {year}](URL)',
        "{title} by {names} (ICML {year}) [paper](URL)",
        "{title}; {names}; ICML {year}; URL",
    ],
)
def test_the_label_of_a_link_is_a_reference(form: str) -> None:
    assert read(written(form)) == WORKS


@pytest.mark.parametrize(
    "form",
    [
        "[{family} et al., {title}](URL), {year}",
        "[{family} et al. ({year}). {title}](URL)",
        "[{family} et al. {year}: {title}](URL)",
        "[{title} ({family} et al., {year})](URL)",
        "[{title}](URL) ({family} et al., {year})",
        "{family} et al. {year} - {title} [pdf](URL)",
        "{title} by {family} et al. ({year}) [paper](URL)",
    ],
)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_others_are_sure_in_a_single_label(form: str, count: int) -> None:
    expected = [
        (title, f"{names.split(',')[0].split()[-1]} et al.", year) for title, names, year in WORKS
    ]
    assert read(written(form, WORKS[:count])) == expected[:count]


@pytest.mark.parametrize("form", ["[{first}: {title}](URL)", "[{title} - {first}](URL)"])
@pytest.mark.parametrize("names", [["J. Roe", "Ann B. Doe", "Cy Ito"], ["Ann Roe", "Bo Doe"]])
def test_one_name_in_most_labels(form: str, names: list[str]) -> None:
    works = [(title, names[n % len(names)], year) for n, (title, _, year) in enumerate(WORKS)]
    assert read(written(form, works)) == [(title, name, None) for title, name, _ in works]


def test_one_name_behind_by() -> None:
    expected = [(title, names.split(",")[0], None) for title, names, _ in WORKS]
    assert read(written("[{title} by {first}](URL)")) == expected


@pytest.mark.parametrize("form", ["[{title} - {first}](URL)", "[{first}: {title}](URL)"])
def test_two_words_with_capitals_are_no_person(form: str) -> None:
    words = ["Jazz Age", "Winter Season", "Summer Night", "River Bank", "Desert Storm"]
    works = [(title, phrase, year) for (title, _, year), phrase in zip(WORKS, words, strict=True)]
    labels = [
        form[1:-6].format(title=title, names="", year="", first=phrase, family="")
        for title, phrase, _ in works
    ]
    assert read(written(form, works)) == [(label, None, None) for label in labels]


@pytest.mark.parametrize(
    "title", ["Moral Mazes, Hidden Doors", "Salt, Fat, Acid, Heat", "Hidden Doors: A tale of ice"]
)
def test_a_few_labels_that_may_hold_names_are_titles(title: str) -> None:
    plain = written("[{title}](URL)")
    rows = read(f"{plain}- [{title}](https://arxiv.org/abs/2001.00009)\n")
    assert rows[-1] == (title, None, None)


FAMILIES = ["Smith", "Jones", "Brown", "Taylor", "Wilson", "Evans", "Roberts", "Walker", "Wright", "Robinson",
            "Thompson", "Hughes", "Edwards", "Green", "Wood", "Harris", "Martin", "Jackson", "Clarke", "Lewis"]  # fmt: skip


@pytest.mark.parametrize(
    "form", ["{} {} - [{}](URL)", "{} {} - {} [pdf](URL)", "[{} {}] {} [pdf](URL)"]
)
@pytest.mark.parametrize("venues", [["CVPR"], ["Cell", "Brain", "Neuron"]])
def test_family_names_before_a_year(form: str, venues: list[str]) -> None:
    rows = [
        (f"Slow ice of {name} in winter", name, str(2000 + n)) for n, name in enumerate(FAMILIES)
    ]
    lines = [f"- {form.format(name, year, title)}\n" for title, name, year in rows]
    text = "".join(
        line.replace("URL", f"https://arxiv.org/abs/2001.{n:05}") for n, line in enumerate(lines)
    )
    assert read(text) == rows
    for number, (_, name, year) in enumerate(rows):  # venues have several years
        text = text.replace(f"{name} {year}", f"{venues[number % len(venues)]} {year}")
    assert {authors for _, authors, _ in read(text)} == {None}


def test_a_title_of_words_that_are_no_names_has_no_byline() -> None:
    assert bylines.split("Learning to learn: by gradient descent") is None
    assert bylines.split("Slow ice by Ann Roe") == ("Slow ice", "Ann Roe")


def test_names_between_semicolons() -> None:
    works = [(title, names.replace(", ", " & "), year) for title, names, year in WORKS]
    assert read(written("{title}; {names}; ICML {year}; URL", works[1:])) == works[1:]
