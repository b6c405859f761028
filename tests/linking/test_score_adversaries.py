"""Titles made to be taken for each other, and input that nobody would write: refused, and within
the second."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.linking.score import Description, choose_candidate, compare, of_record
from harvest.models import Author, Identifier, Record

TITLE = "Deep generative models for medical image synthesis"
AUTHORS = "Li Sun, Junxiang Chen, Yanwu Xu"
PEOPLE = (
    Author("Li Sun", "Li", "Sun"),
    Author("Junxiang Chen", "Junxiang", "Chen"),
    Author("Yanwu Xu", "Yanwu", "Xu"),
)
SUBJECT = Identifier("pii", "S1")


def record(
    title: str | None, doi: str = "10.5555/1", authors: tuple[Author, ...] = PEOPLE
) -> Record:
    return Record(
        source="crossref",
        identifier=Identifier("doi", doi),
        kind="version_of_record",
        type="journal-article",
        title=title,
        authors=authors,
        date="2022",
    )


def accepted(listed_title: str, title: str, authors: str | None = AUTHORS) -> bool:
    return (
        choose_candidate(
            SUBJECT, Description(listed_title, authors, 2022), [record(title)]
        ).accepted
        is not None
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{TITLE}: Part A", f"{TITLE}: Part B"),  # A is no article here
        (f"{TITLE} A", f"{TITLE} B"),
        (f"{TITLE}. A. Theory and applications", f"{TITLE}. B. Theory and applications"),
        (TITLE, f"{TITLE} B"),
        *(
            (TITLE, f"{TITLE}{mark}{part}")
            for mark, part in product((": ", " - "), ("II", "2", "B", "Phase 2", "v2"))
        ),
        (
            "MR to CT synthesis of the pelvis by networks",
            "CT to MR synthesis of the pelvis by networks",
        ),
        (
            "CT synthesis from MR of the pelvis by networks",
            "MR synthesis from CT of the pelvis by networks",
        ),
        ("Image-to-text synthesis for human hearts", "Text-to-image synthesis for human hearts"),
        (
            "Interpatient variability of images in clinics",
            "Intrapatient variability of images in clinics",
        ),
        ("Hypertension in children as seen in images", "Hypotension in children as seen in images"),
        ("DDPM for images of human hearts", "DDIM for images of human hearts"),
        ("DCGAN for images of human hearts", "DDGAN for images of human hearts"),
    ],
)
def test_a_small_difference_may_be_all_there_is(one: str, other: str) -> None:
    assert not accepted(one, other)
    assert not accepted(other, one)
    assert accepted(one, one)
    assert accepted(other, other)


@pytest.mark.parametrize(
    "title",
    [
        "Notice of Retraction: {}", "Notice of Violation of IEEE Publication Principles: {}", "Errata: {}",
        "Retraction notice to “{}” [Comput. Biol. Med. 150]", "Retraction Note: {}", "Invited commentary: {}",
        "Letter to the editor: {}", "Editorial: {}", "Guest editorial: {}", "Commentary on: {}", "Discussion on: {}",
        "Rejoinder: {}", "Data for: {}", "Supplemental Material: {}", "{} - Supplementary material", "{}: Corrigenda",
        "Editorial Expression of Concern: {}", "Authors’ Reply to “{}”", "Removal notice to {}", "Amendment: {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("authors", [AUTHORS, None])
def test_a_comment_on_a_paper_is_not_the_paper(title: str, authors: str | None) -> None:
    assert not accepted(TITLE, title.format(TITLE), authors)


@pytest.mark.parametrize("title", ["Data augmentation for images of human hearts",
                                   "Code generation by networks for human hearts",
                                   "Review of networks for images of human hearts",
                                   "Editorial images of human hearts in the press",
                                   "Translation of proteins in cells of human hearts",
                                   "Index of refraction in cells of human hearts",
                                   "PS1000: a network for images of human hearts"])  # fmt: skip
def test_a_paper_may_begin_like_a_notice(title: str) -> None:
    assert accepted(title.lower(), title)
    assert accepted(title.replace("human", "humann"), title)


def test_a_list_may_leave_out_that_a_paper_is_a_tutorial() -> None:
    assert accepted(TITLE, f"{TITLE}: a tutorial")


def test_words_moved_as_a_whole_keep_their_direction() -> None:
    one = "Synthesis of CT from MR: a network for the human pelvis"
    assert accepted(one, "A network for the human pelvis: synthesis of CT from MR")
    assert accepted(
        one, "MR: a network for the human pelvis synthesis of CT from"
    )  # cut behind the word itself
    assert accepted(
        "Synthesis from imges of the pelvis to hearts",
        "Synthesis from images of the pelvis to hearts",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("基于深度学习的医学图像分割方法研究", "基于深度学习的医学图像分类方法研究"),
        ("基于深度学习的ct图像分割方法研究(一)", "基于深度学习的ct图像分割方法研究(二)"),
        (
            "敵対的生成ネットワークによる医用画像の合成",
            "敵対的生成ネットワークによる医用画像の分類",
        ),
        ("딥러닝 기반 의료 영상 분할", "딥러닝 기반 의료 영상 분류"),
        ("تجزئة الصور الطبية", "تصنيف الصور الطبية"),
        ("Глубокое обучение для сегментации", "Глубокое обучение для классификации"),
    ],
)
def test_a_sign_is_a_word_where_words_have_no_spaces(one: str, other: str) -> None:
    assert not accepted(one, other)
    assert accepted(one, one)


ODD = [None, "", "-", "???", "$", "\\", "{}", "\u0301", "a", "(", ": :", "...", "of the", "II", "\u200b", "(:)",
       "Correction to", "Correction", "Retracted:", "part", "\x00", "\ud800", '\\"', "&amp;", "<i></i>",
       "to…"]  # fmt: skip


@given(
    st.sampled_from(ODD), st.sampled_from(ODD), st.sampled_from([None, "", ";", "et al.", "Sun"])
)
def test_odd_input_is_judged_like_any(
    listed_title: str | None, title: str | None, authors: str | None
) -> None:
    verdict = choose_candidate(
        SUBJECT,
        Description(listed_title, authors, 2022),
        [record(title), record(title, "10.5555/2", ())],
    )
    assert len(verdict.ledgers) == 2
    assert all(ledger.bits == ledger.bits for ledger in verdict.ledgers)


@pytest.mark.parametrize(
    "noise",
    ["." * 10_000 + "x", "a " * 5_000, "(" * 10_000, " -" * 5_000, "\\v " * 3_000, ": x" * 4_000],
)
def test_a_title_of_ten_thousand_characters_is_compared(noise: str) -> None:
    """By its beginning, or each word with each and each dot with all behind it would take minutes."""
    assert not accepted(noise, TITLE)
    assert not accepted(TITLE, noise)
    assert not accepted(noise, "b " * 5_000)


def test_thousands_of_authors_are_compared() -> None:
    people = tuple(Author(f"G{n} Fam{n:04}ily", f"G{n}", f"Fam{n:04}ily") for n in range(5_000))
    others = ", ".join(f"H{n} Other{n:04}name" for n in range(5_000))
    candidate = of_record(record(TITLE, authors=people))
    assert (
        compare(Description(TITLE, ", ".join(p.name for p in people)), candidate, "x").author
        is True
    )
    assert compare(Description(TITLE, others), candidate, "x").author is False
    assert compare(Description(TITLE, "G0 Fam0000ily et al."), candidate, "x").author is True


TIES = [
    record(TITLE),
    record(TITLE, "10.5555/2"),
    record(TITLE.upper(), "10.5555/3"),
    record(f"{TITLE} II", "10.5555/4"),
    record(f"{TITLE}: Part A", "10.5555/5"),
    record(TITLE, "10.5555/6", PEOPLE[:1]),
    Record(source="crossref", identifier=Identifier("doi", "10.5555/0"), kind="preprint", title=TITLE, authors=PEOPLE,
           date="2022", same_work=(Identifier("doi", "10.5555/2"),)),
]  # fmt: skip


@given(
    st.lists(st.sampled_from(TIES), min_size=1, unique_by=lambda r: r.identifier),
    st.booleans(),
    st.data(),
)
def test_what_ties_is_judged_alike_in_any_order(
    candidates: list[Record], tie: bool, data: st.DataObject
) -> None:
    description = Description(TITLE, AUTHORS, 2022)
    shuffled = data.draw(st.permutations(candidates))
    assert choose_candidate(SUBJECT, description, candidates, tie=tie) == choose_candidate(
        SUBJECT, description, shuffled, tie=tie
    )


@pytest.mark.parametrize(
    ("authors", "people", "agrees", "level"),
    [
        ("Li Sun, Yanwu Xu", PEOPLE, True, "part"),  # the rest left out, which is not nothing
        ("Xu et al.", PEOPLE[1:], False, "few"),  # another comes first
        ("Ann Xu, Bo Castro", PEOPLE, False, "none"),  # one name of three is chance
        (
            "Li Sun, Yanwu Xu, Ann Abara, Bo Castro",
            (*PEOPLE, Author("A Doe"), Author("B Roe")),
            False,
            "few",
        ),
        ("J. Silva Costa", (Author("J. S.", "J.", "Silva e Costa"),), True, "alone"),
        ("The ATLAS Collaboration", (Author("ATLAS Collaboration"),), True, "alone"),
        ("ATLAS Collaboration", (Author("The CMS Collaboration"),), False, "none"),
        ("NIH Working Group", (Author("WHO Working Group"),), False, "none"),
    ],
)
def test_how_far_authors_agree(
    authors: str, people: tuple[Author, ...], agrees: bool, level: str
) -> None:
    ledger = compare(Description(TITLE, authors), of_record(record(TITLE, authors=people)), "x")
    assert ledger.author is agrees
    assert ledger.has("authors", level)


def test_where_it_came_out_and_what_it_is_are_compared() -> None:
    def lost(description: Description, candidate: Description) -> set[str]:
        levels = {(line.name, line.level) for line in compare(description, candidate, "x").weights}
        return {name for name, level in levels if level in {"other", "veto"}}

    assert lost(
        Description(TITLE, container="Journal of Glass"),
        Description(TITLE, container="Physics Letters"),
    ) == {"container"}
    assert (
        lost(
            Description(TITLE, container="J. of Glass"),
            Description(TITLE, container="Journal of Glass"),
        )
        == set()
    )
    assert lost(Description(TITLE, type="dataset"), Description(TITLE, type="dataset")) == set()


def test_a_part_of_a_title_needs_the_exact_year_where_no_author_is_known() -> None:
    whole = f"{TITLE} from sparse views: a study of invented glass"
    part = f"{TITLE} from sparse views"
    assert choose_candidate(SUBJECT, Description(part, None, 2022), [record(whole)]).accepted
    assert not choose_candidate(SUBJECT, Description(part, None, 2021), [record(whole)]).accepted


def test_a_rival_that_has_other_words_is_not_in_the_way_of_a_part() -> None:
    whole, other = (
        record(f"{TITLE}: a study of invented glass"),
        record("An unlike study of glass", "10.5555/2"),
    )
    assert (
        choose_candidate(SUBJECT, Description(TITLE, AUTHORS, 2022), [whole, other]).accepted
        == "doi:10.5555/1"
    )
