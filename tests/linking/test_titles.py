"""Titles and names down to their words, at the edges."""

from __future__ import annotations

import pytest

from harvest.linking.score import Description, compare
from harvest.linking.words import is_misspelt


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
