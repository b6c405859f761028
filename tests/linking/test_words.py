"""Titles and names down to their words, at the edges."""

from __future__ import annotations

import pytest

from harvest.linking.score import Description, choose_candidate, compare
from harvest.linking.titles import is_misspelt
from harvest.models import Author, Identifier, Record


def test_names_without_a_letter_name_nobody() -> None:
    ledger = compare(
        Description("A title of some length", "???"),
        Description("A title of some length", "; ,"),
        "x",
    )
    assert ledger.author is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ciel", "ceil", True),  # two letters changed places
        ("synthesis", "synthesys", True),
        ("augmentation", "segmentation", False),
        ("mobilenetv2", "moiblenetv2", True),
        ("resnet18", "resnet34", False),
        ("viii", "vii", False),
        ("gan", "vae", False),
    ],
)
def test_a_misspelt_word_is_the_word(one: str, other: str, same: bool) -> None:
    assert is_misspelt(one, other) is same


def test_a_title_that_a_list_breaks_off_is_said_to_be_so() -> None:
    whole = Description(
        "Synthetic signal generation with diffusion models for hearts", "Adib, Edmond"
    )
    ledger = compare(
        Description("Synthetic signal generation with diffusion models for ...", "Edmond Adib"),
        whole,
        "x",
    )
    assert "shortened" in {penalty.name for penalty in ledger.penalties}
    assert ledger.score < 1


LONG = (
    "Generation of realistic synthetic electrocardiogram recordings by denoising diffusion probabilistic models for"
    " hospitals in"
)


def test_a_last_short_word_that_is_broken_off_counts_too() -> None:
    ledger = compare(
        Description(f"{LONG} ...", "Edmond Adib"), Description(f"{LONG} Ohio", "Adib, Edmond"), "x"
    )
    assert [penalty.name for penalty in ledger.penalties if penalty.name == "shortened"] == [
        "shortened"
    ]


def penalties(listed: str, candidate: str, authors: str | None = "Adib, Edmond") -> set[str]:
    ledger = compare(Description(listed, authors), Description(candidate, authors), "x")
    return {penalty.name for penalty in ledger.penalties}


@pytest.mark.parametrize(
    ("listed", "candidate", "names"),
    [
        ("Signals vai diffusion models", "Signals via diffusion models", {"title"}),
        (
            "Diffusion models for heart signals ...",
            "3D diffusion models for heart signals at rest",
            {"numbers"},
        ),
        (
            "Diffusion models for heart signals: Part II",
            "Diffusion models for heart signals",
            {"numbers"},
        ),
        (
            "Diffusion models for heart signals",
            "Diffusion models for heart signals: Part II",
            {"numbers"},
        ),
        (
            "Diffusion models for heart signals",
            "Diffusion models for heart signals: 12 leads from 2",
            {"shortened"},
        ),
        (
            "Diffusion models for heart signals ...",
            "Diffusion models for heart signals",
            {"shortened"},
        ),
    ],
)
def test_the_words_of_one_side_are_told(listed: str, candidate: str, names: set[str]) -> None:
    assert names <= penalties(listed, candidate)


def test_a_number_in_a_subtitle_that_is_left_out_tells_nothing() -> None:
    assert "numbers" not in penalties(
        "Diffusion models for heart signals", "Diffusion models for heart signals: from 2 leads"
    )


@pytest.mark.parametrize(
    ("listed", "agrees"),
    [
        ("Synthetic signal generation with diffusion models for many small hospitals", True),
        (
            "Synthetic signal generation with diffusion ...",
            False,
        ),  # so begin other works of the year too
        ("Synthetic signal generation with diffusion models for ...", False),
        ("Synthetic signal generation with diffusion models for many ...", True),
        ("for many small hospitals synthetic signal generation with diffusion models", True),
        ("for many small hospitals synthetic signal generation by diffusion models", False),
    ],
)
def test_a_year_vouches_for_what_is_told_at_length(listed: str, agrees: bool) -> None:
    whole = Description(
        "Synthetic signal generation with diffusion models for many small hospitals", None, 2023
    )
    assert compare(Description(listed, None, 2023), whole, "x").agrees is agrees


def record(name: str, title: str, family: str = "Adib") -> Record:
    author = Author(f"Edmond {family}", "Edmond", family)
    return Record(
        source="crossref",
        identifier=Identifier("doi", name),
        title=title,
        authors=(author,),
        date="2023",
    )


WHOLE = "Synthetic signal generation with diffusion models: evidence from three hospitals"


@pytest.mark.parametrize("other", [f"Correction to: {WHOLE}", f"3D {WHOLE}", f"{WHOLE}: Part II"])
def test_a_part_of_a_title_is_no_match_where_others_have_it_too(other: str) -> None:
    found = [record("10.1000/a", WHOLE), record("10.1000/b", other)]
    listed = Description("Synthetic signal generation with diffusion models", "Edmond Adib", 2023)
    verdict = choose_candidate(Identifier("pii", "S1"), listed, found, threshold=0.5)
    assert verdict.accepted is None
    assert "of doi:10.1000/b as well" in verdict.why
    assert choose_candidate(Identifier("pii", "S1"), listed, found[:1]).accepted == "doi:10.1000/a"


def test_what_others_wrote_does_not_stand_in_the_way_of_a_part_of_a_title() -> None:
    found = [record("10.1000/a", WHOLE), record("10.1000/b", WHOLE, "Somebody")]
    listed = Description("Synthetic signal generation with diffusion models", "Edmond Adib", 2023)
    assert choose_candidate(Identifier("pii", "S1"), listed, found).accepted == "doi:10.1000/a"


@pytest.mark.parametrize(
    ("listed", "agrees"),
    [("W. Zhang", False), ("W. Chang", True), ("Wang, Z.", False)],
)
def test_a_family_name_off_by_its_first_letter_is_another(listed: str, agrees: bool) -> None:
    title = "Synthetic signal generation with diffusion models"
    assert (
        compare(Description(title, listed), Description(title, "Chang, Wei"), "x").author is agrees
    )


def test_a_long_family_name_may_be_misspelt() -> None:
    title = "Synthetic signal generation with diffusion models"
    ledger = compare(
        Description(title, "A. Kazerooni"), Description(title, "Kazerouni, Amirhossein"), "x"
    )
    assert ledger.author is True
