"""References in the styles of citation, in any number and mixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.readers import read as read_list
from harvest.readers.markdown import Markdown
from harvest.readers.templates import parse


class Person(NamedTuple):
    family: str
    given: str
    middle: str = ""

    @property
    def initials(self) -> list[str]:
        return [name[0] for name in (self.given, self.middle) if name]

    @property
    def full(self) -> str:
        middle = f"{self.middle} " if self.middle else ""
        return f"{self.given} {middle}{self.family}"

    @property
    def dotted(self) -> str:
        return " ".join(f"{letter}." for letter in self.initials)

    @property
    def inverted(self) -> str:
        return f"{self.family}, {self.given} {self.middle}".strip()


class Reference(NamedTuple):
    people: list[Person]
    title: str
    journal: str = "Journal of Invented Ice"
    year: int = 2018


def joined(names: list[str], last: str) -> str:
    """Return names with commas, and the last one behind a word of its own."""
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def last_first(reference: Reference, last: str = ", & ") -> str:
    return joined([f"{it.family}, {it.dotted}" for it in reference.people], last)


def tight(reference: Reference) -> str:
    return ", ".join(f"{it.family} {''.join(it.initials)}" for it in reference.people)


def apa(it: Reference) -> tuple[str, str]:
    names = last_first(it)
    return names, f"{names} ({it.year}). {it.title}. *{it.journal}*, *12*(3), 4-15."


def harvard(it: Reference) -> tuple[str, str]:
    names = last_first(it, " and ")
    return names, f"{names} ({it.year}) '{it.title}', *{it.journal}*, 12(3), pp. 4-15."


def vancouver(it: Reference) -> tuple[str, str]:
    return tight(it), f"{tight(it)}. {it.title}. {it.journal}. {it.year};12(3):4-15."


def vancouver_with_others(it: Reference) -> tuple[str, str]:
    names = f"{tight(it)}, et al."
    return names, f"{names} {it.title}. {it.journal} {it.year};12:4-15."


def springer(it: Reference) -> tuple[str, str]:
    names = ", ".join(f"{who.family}, {who.dotted}" for who in it.people)
    return names, f"{names}: {it.title}. {it.journal} 12(3), 4-15 ({it.year})"


def nature(it: Reference) -> tuple[str, str]:
    names = last_first(it, " & ")
    return names, f"{names} {it.title}. *{it.journal}* **12**, 4\u201315 ({it.year})."


def acm(it: Reference) -> tuple[str, str]:
    names = joined([who.full for who in it.people], " and ")
    return names, f"{names}. {it.year}. {it.title}. *{it.journal}* 12, 3 ({it.year}), 4-15."


def ieee(it: Reference) -> tuple[str, str]:
    names = joined([f"{who.dotted} {who.family}" for who in it.people], " and ")
    place = f"*{it.journal}*, vol. 12, no. 3, pp. 4-15, {it.year}."
    return names, f'{names}, "{it.title}," {place}'


def mla(it: Reference) -> tuple[str, str]:
    names = joined([it.people[0].inverted, *(who.full for who in it.people[1:])], ", and ")
    return names, f'{names}. "{it.title}." *{it.journal}* 12.3 ({it.year}): 4-15.'


def chicago(it: Reference) -> tuple[str, str]:
    names = joined([it.people[0].inverted, *(who.full for who in it.people[1:])], ", and ")
    return names, f'{names}. {it.year}. "{it.title}." *{it.journal}* 12 (3): 4-15.'


STYLES = [
    apa, harvard, vancouver, vancouver_with_others, springer, nature, acm, ieee, mla, chicago,
]  # fmt: skip
REFERENCES = [
    Reference([Person("Smith", "John", "A.")], "Radar of cold ice"),
    Reference([Person("Jones", "Beth"), Person("Doe", "Ann", "B.")], "Sliding over beds: a review"),
    Reference(
        [Person("van der Berg", "Karel", "P."), Person("García-Pérez", "Luis"),
         Person("O'Neil", "Sean")],
        "How fast does the ice of Greenland go",
    ),
]  # fmt: skip


def read(*rows: str) -> list[tuple[str | None, str | None, str | None]]:
    """Return title, authors and date of the items of a list."""
    items = [f"- {row} https://doi.org/10.1000/{n:03}\n" for n, row in enumerate(rows, 1)]
    reading = Markdown().read("# Ice\n\n" + "".join(items), "list.md")
    papers = {it.line: it for it in reversed(reading.mentions) if it.entry is not None}
    return [(it.title, it.authors, it.date) for _, it in sorted(papers.items())]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_alone(
    style: Callable[[Reference], tuple[str, str]], reference: Reference
) -> None:
    names, text = style(reference)
    assert read(text) == [(reference.title, names, "2018")]


@pytest.mark.parametrize("style", STYLES)
def test_a_list_of_one_style(style: Callable[[Reference], tuple[str, str]]) -> None:
    rows = [style(reference) for reference in REFERENCES * 3]
    expected = [
        (it.title, names, "2018") for it, (names, _) in zip(REFERENCES * 3, rows, strict=True)
    ]
    assert read(*(text for _, text in rows)) == expected


def test_a_list_of_all_styles() -> None:
    rows = [(style(it), it) for style in STYLES for it in REFERENCES]
    expected = [(it.title, names, "2018") for (names, _), it in rows]
    assert read(*(text for (_, text), _ in rows)) == expected


COLONS = [
    ("Ann Roe, Bo Doe, Cy Ito", "Slow ice of winters"),
    ("Di Fox, Eva Loe and Gus Moe", "Radar of cold ice"),
    ("Tim Noe, Uma Poe", "IceNet: sliding over beds"),
]


@pytest.mark.parametrize(
    "form", ["**2018** {}: {}.", "**2018:** {}: {}.", "[2018] {}: {} -", "{}: {}. 2018."]
)
def test_a_colon_ends_the_names_of_a_list(form: str) -> None:
    expected = [(title, names, "2018") for names, title in COLONS]
    assert read(*(form.format(*parts) for parts in COLONS)) == expected


def test_a_single_name_before_a_colon_is_an_author_where_names_recur() -> None:
    works = [("Ann Lee", "Ice in the north"), ("Bo Chen", "Snow"), ("Ann Lee", "Hail of the south")]
    works += [("Dora Ek, Emil Fox", "Rain in the west"), ("Ann Lee", "Sleet and rain")]
    rows = read(*(f"{names}: {title}. 2018." for names, title in works))
    assert rows[:1] + rows[2:] == [(it[1], it[0], "2018") for it in works[:1] + works[2:]]
    assert read("Segment Ice: A study of it. 2018.", "Melted Snow: What it is. 2019.") == [
        ("Segment Ice: A study of it", None, "2018"),
        ("Melted Snow: What it is", None, "2019"),
    ]


def test_two_names_before_a_colon_may_be_a_title() -> None:
    [(title, _, _)] = read("Moral Mazes, Hidden Doors: The world of managers, 2018.")
    assert title == "Moral Mazes, Hidden Doors: The world of managers"


WORDS = st.sampled_from(
    ["radar", "ice", "snow", "melt", "glacier", "thermal", "depth", "of", "on", "model", "survey"]
)
FAMILIES = st.sampled_from(["Smith", "Doe", "Ito", "van der Berg", "García", "O'Neil", "Le Roux"])
GIVEN = st.sampled_from(["Ann", "Beth", "Karel", "Jean-Luc", "Maria", "Li"])
PEOPLE = st.builds(Person, FAMILIES, GIVEN, st.sampled_from(["", "B.", "M."]))
ANY = st.tuples(st.lists(PEOPLE, min_size=1, max_size=5), st.deferred(lambda: TITLES)).map(
    lambda parts: Reference(*parts)
)
TITLES = st.lists(WORDS, min_size=3, max_size=9).map(lambda words: " ".join(words).capitalize())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(STYLES),
            ANY,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_references(
    choices: list[tuple[Callable[[Reference], tuple[str, str]], Reference]],
) -> None:
    rows = [(style(it), it) for style, it in choices]
    expected = [(it.title, names, "2018") for (names, _), it in rows]
    assert read(*(text for (_, text), _ in rows)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Stable Diffusion XL. Improving latent models. 2023.",
        "Neural Networks and Deep Learning (2015). Michael Nielsen.",
        "Graph Embeddings, Content Understanding, & Learning. Yann Roe (2020).",
        "Computer Power and Human Reason: From Judgment to Calculation (1976).",
        'The Pile: "An 800GB Dataset of Diverse Text" (2021).',
        "A. Datasets. Medical ones (2020).",
        "Vitamin D. Its role in ice (2019).",
        "Melting Ice, Falling Snow: What winters of today do (2019).",
        "Ice and Snow. Features of winters. ICML 2020.",
        "The Society of Ice (1986). Marvin Doe.",
        "Organization of Snow (1949). Donald O. Roe, Jane Doe.",
        "Office of the Future (1998). A unified approach to offices of snow.",
        "The Society of Mind (1986). A theory of natural intelligence.",
        "The Wisdom Institute. 2020. A tale of winters. It is worth a look.",
    ],
)
def test_a_title_is_not_taken_for_names(text: str) -> None:
    [(title, authors, _)] = read(text)
    start = text.split(".", maxsplit=1)[0].split(" (", maxsplit=1)[0]
    assert authors is None or not start.startswith(authors)
    assert title is None or title in text


@pytest.mark.parametrize(
    ("text", "title", "authors"),
    [
        ('[12] Le, Quoc V. "Ice features at scale." ICML (2013).', "Ice features at scale", "Le, Quoc V."),
        ('A. Doe, "Another look at "simple" ice," ICML, 2020.', 'Another look at "simple" ice',
         "A. Doe"),
        ('Kaiming, et al. "**Deep ice.**" (2015).', "Deep ice", "Kaiming, et al."),
        ('Oord, Aaron van den, et al. "Ice generation." arXiv (2016).', "Ice generation",
         "Oord, Aaron van den, et al."),
        ('Roe, Ann; Olah, Chris; Ito, Ken. "Going deeper into ice." Blog. 2015.',
         "Going deeper into ice", "Roe, Ann; Olah, Chris; Ito, Ken"),
        ("Doe, J. A., Jr. (2020, May 3). Is ice vs. water a question? *Ice*, 3(1), 1.",
         "Is ice vs. water a question?", "Doe, J. A., Jr."),
        ("Doe, J. (2020). *A book of ice*. Ice Press.", "A book of ice", "Doe, J."),
        ("Doe, J. (2020). [A linked title of ice](https://example.org/a). Ice 3(1).",
         "A linked title of ice", "Doe, J."),
        ("Roe, Ann. (2020, May 3). [A linked title of ice](https://example.org/a). Blog.",
         "A linked title of ice", "Roe, Ann"),
        ("Roe, Ann, Ito, Ken, & Le, Bo (Eds.). (2020). [*Ice*](https://example.org/a). In M. Fox (Ed.), *Cold*.",
         "Ice", "Roe, Ann, Ito, Ken, & Le, Bo"),
        ("Roe A, Doe B, Ito C. Slow ice of long winters. In: ICC 2022. p. 1-9.",
         "Slow ice of long winters", "Roe A, Doe B, Ito C"),
        ("Roe A., Doe B. Slow ice of long winters. ICC 2020.", "Slow ice of long winters",
         "Roe A., Doe B."),
        ("A. Roe, B. Doe: Slow ice. Preprint, 2022.", "Slow ice", "A. Roe, B. Doe"),
        ("A. Roe, B. Doe, On ice, slow and old, J. Glac. Res. 33 (2020) 4-15.",
         "On ice, slow and old", "A. Roe, B. Doe"),
        ("ROE, Ann, Bo DOERR und Cy ITOH, 2020. Slow ice of winters. In: ICC. S. 4-15.",
         "Slow ice of winters", "ROE, Ann, Bo DOERR und Cy ITOH"),
        ("ROE A, DOE B. Slow ice of winters[C]//Ice Conference. 2020: 4-15.",
         "Slow ice of winters", "ROE A, DOE B"),
        ("\u738b\u82b3, \u674e\u660e. \u57fa\u4e8e\u96f7\u8fbe\u7684\u51b0\u5ddd\u5206\u5272[J]. \u51b0\u5ddd, 2020, 43(3): 4-15.",
         "\u57fa\u4e8e\u96f7\u8fbe\u7684\u51b0\u5ddd\u5206\u5272", "\u738b\u82b3, \u674e\u660e"),
        ("Ann Roe, Bo Doe, and Cy Ito. 2020. Slow ice of winters. In ICC.",
         "Slow ice of winters", "Ann Roe, Bo Doe, and Cy Ito"),
        ("[RDI20] Ann Roe, Bo Doe, and Cy Ito. Slow ice of winters. ICC, 2020.",
         "Slow ice of winters", "Ann Roe, Bo Doe, and Cy Ito"),
        ("Ann Roe, Bo B. Doe, and Cy Ito: Slow ice of winters, J. Ice Research, 2003.",
         "Slow ice of winters", "Ann Roe, Bo B. Doe, and Cy Ito"),
        ("World Ice Organization. (2023). *Slow ice of winters*.", "Slow ice of winters",
         "World Ice Organization"),
        ("European Commission (2019). Annual report 2018. Publications Office of the Union.", "Annual report 2018",
         "European Commission"),
        ("Ministry of Ice. 2020. Slow ice of winters. Geneva: Ice Press.", "Slow ice of winters", "Ministry of Ice"),
        ("World Ice Organization. Global ice report 2023. Geneva: WIO; 2023.",
         "Global ice report 2023", "World Ice Organization"),
        ('Cold Ice Working Group II, "Slow ice, and snow," 2022.', "Slow ice, and snow",
         "Cold Ice Working Group II"),
        ("Roe & Doe (2014): Slow ice of winters.", "Slow ice of winters", "Roe & Doe"),
        ("Roe et al. (2014). Slow ice of winters. ICC.", "Slow ice of winters", "Roe et al."),
        ('Roe & Doe, "Slow ice of winters," ICC, 2021.', "Slow ice of winters", "Roe & Doe"),
        ("Roe A, Doe B. Slow ice. ICML 2020.", "Slow ice", "Roe A, Doe B"),
        ("Ann Roe, Bo Doe. Slow ice. ICML 2020.", "Slow ice", "Ann Roe, Bo Doe"),
        ("Roe A, Doe B, et al. IceNet. ICML 2020.", "IceNet", "Roe A, Doe B, et al."),
        ("Roe A. et al. Slow ice. ICML 2020.", "Slow ice", "Roe A. et al."),
        ("Roe et al. Slow ice of winters. ICML 2020.", "Slow ice of winters", "Roe et al."),
    ],
)  # fmt: skip
def test_what_people_write(text: str, title: str, authors: str) -> None:
    assert read(text)[0][:2] == (title, authors)


@pytest.mark.parametrize("quotes", ['""', "\u201c\u201d", "\u201e\u201c", "\xab\xbb", "\xbb\xab", "\u300c\u300d",
                                    "\u300e\u300f", "\u300a\u300b", "''", "\u2018\u2019", "\u201a\u2018"])  # fmt: skip
@pytest.mark.parametrize(
    "form",
    [
        "Roe A., Doe B. **2020**. {}. ICML 33.",
        "Ann Roe, Bo Doe (2020): {}, ICML.",
        "{}, Ann Roe, Bo Doe. ICML 2020.",
        "Roe A, Doe B. {}, ICML 2020.",
    ],
)
def test_quotation_marks_end_a_title(form: str, quotes: str) -> None:
    quoted = f"{quotes[0]}Slow ice of winters{quotes[1]}"
    title, authors, date = read(form.format(quoted))[0]
    assert (title, date) == ("Slow ice of winters", "2020")
    assert authors is not None
    assert "Roe" in authors
    assert "Slow" not in authors


def test_organisations_among_people_are_authors() -> None:
    people = [apa(it)[1] for it in REFERENCES[:2]]
    rows = read("European Commission (2019). Annual report 2018.", *people)
    assert rows[0] == ("Annual report 2018", "European Commission", "2019")


@pytest.mark.parametrize(
    "name", ["OpenAI", "Met Office", "Ministry of Health, Labour and Welfare", "Jane Doe"]
)
def test_any_name_before_a_year_is_an_author_where_others_are(name: str) -> None:
    people = [apa(it)[1] for it in REFERENCES[:2]]
    assert read(f"{name} (2019). A report on ice.", *people)[0] == ("A report on ice", name, "2019")
    assert read(f'{name} (2019) "Ice".', *people)[0] == ("Ice", name, "2019")


def test_a_year_before_a_colon_is_a_date() -> None:
    text = "- Roe et al., 2014: [IceNet](https://arxiv.org/abs/1406.2661)\n"
    [mention] = Markdown().read(text, "list.md").mentions
    assert (mention.title, mention.authors, mention.date) == ("IceNet", "Roe et al.", "2014")


def test_a_quotation_before_a_colon_is_not_the_whole_title() -> None:
    [(title, _, _)] = read('Ann Roe et al.: "Why should ice melt?": Winters of any kind, KDD 2016.')
    assert title != "Why should ice melt?"


def test_a_citation_in_brackets_before_a_title_has_its_authors() -> None:
    rows = read("(Roe et al., 2020) Slow ice of winters.", "(Long Beach, 2020) Old ice of winters.")
    assert rows[0] == ("Slow ice of winters", "Roe et al.", "2020")
    assert rows[1][1] is None


def test_names_with_others_are_no_title() -> None:
    [mention] = (
        Markdown().read("- Roe et al., 2014: [IceNet](https://ice.example)\n", "list.md").mentions
    )
    assert mention.title is None


def test_an_item_without_a_title_has_a_date() -> None:
    text = "- 2020-06 \xb7 IceNet \xb7 <https://arxiv.org/abs/1406.2661> \xb7 Roe\n"
    dates = [
        it.date
        for it in Markdown()
        .read(f"{text}- [Ice](https://arxiv.org/abs/2001.00001) of a b\n", "list.md")
        .mentions
    ]
    assert dates == ["2020-06", None]


@pytest.mark.parametrize("suffix", ["md", "rst"])
def test_references_in_paragraphs_are_works(suffix: str) -> None:
    rows = [
        apa(it)[1].replace(", 4-15.", f", 4-15,\n10.1000/{n}.")
        for n, it in enumerate(REFERENCES * 2)
    ]
    text = "Ice\n===\n\n" + "\n\n".join([*rows, "Doe, J. A., like others, uses 10.1000/x."])
    mentions = read_list(text.encode(), f"list.{suffix}").mentions
    assert [it.title for it in mentions] == [*(it.title for it in REFERENCES * 2), None]
    assert mentions[-1].entry is None


def test_a_few_references_in_paragraphs_are_prose() -> None:
    text = "# Ice\n\n" + "\n\n".join(f"{apa(it)[1]} doi:10.1000/1" for it in REFERENCES)
    assert [it.entry for it in Markdown().read(text, "list.md").mentions] == [None] * 3


def test_a_printed_layout_of_references_can_be_set() -> None:
    rows = [style(it)[1] for style in (vancouver, ieee) for it in REFERENCES]
    text = "".join(f"- {row} https://doi.org/10.1000/{n:03}\n" for n, row in enumerate(rows))
    reading = Markdown().read(text, "list.md")
    for layout in reading.files["list.md"].layouts:
        again = Markdown().read(text, "list.md", (parse(layout.template),))
        assert [it.title for it in again.mentions] == [it.title for it in reading.mentions]
        assert [it.authors for it in again.mentions] == [it.authors for it in reading.mentions]
