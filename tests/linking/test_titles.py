"""Titles and names down to their words, at the edges."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.linking.differences import compare_words
from harvest.linking.ledger import weigh
from harvest.linking.score import Description, compare
from harvest.linking.slips import is_misspelt
from harvest.linking.titles import compare_titles
from harvest.linking.words import (
    MAX_SPELLING,
    MAX_TITLE_LENGTH,
    spell,
    title_words,
)
from tests.support.growth import ends


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ciel", "ceil", True),  # two letters changed places
        ("synthesis", "synthesys", True),
        ("vai", "via", True),
        ("neural", "unreal", False),  # the same letters are not the same word
        ("triangle", "integral", False),
        ("nuclear", "unclear", False),
        ("trial", "trail", False),
        ("reserve", "reverse", False),
        ("prenatal", "parental", False),
        ("teh", "eth", False),
        ("augmentation", "segmentation", False),
        ("mobilenetv2", "moiblenetv2", True),
        ("resnet18", "resnet34", False),
        ("viii", "vii", False),
        ("gan", "vae", False),
    ],
)
def test_a_misspelt_word_is_the_word(one: str, other: str, same: bool) -> None:
    assert is_misspelt(one, other) is same


def test_a_title_that_a_list_cuts_off_is_marked() -> None:
    whole = Description(
        "Synthetic signal generation with diffusion models for hearts", "Adib, Edmond"
    )
    ledger = compare(
        Description("Synthetic signal generation with diffusion models for ...", "Edmond Adib"),
        whole,
        "x",
    )
    assert "shortened" in {weight.name for weight in ledger.weights}


LONG = (
    "Generation of realistic synthetic electrocardiogram recordings by denoising diffusion probabilistic models for"
    " hospitals in"
)


def test_a_last_short_word_that_is_broken_off_counts_too() -> None:
    ledger = compare(
        Description(f"{LONG} ...", "Edmond Adib"), Description(f"{LONG} Ohio", "Adib, Edmond"), "x"
    )
    assert [weight.name for weight in ledger.weights if weight.name == "shortened"] == ["shortened"]


def penalties(listed: str, candidate: str, authors: str | None = "Adib, Edmond") -> set[str]:
    ledger = compare(Description(listed, authors), Description(candidate, authors), "x")
    return {weight.name for weight in ledger.weights}


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
def test_the_words_of_one_side_are_named(listed: str, candidate: str, names: set[str]) -> None:
    assert names <= penalties(listed, candidate)


def test_a_number_in_an_omitted_subtitle_does_not_count() -> None:
    assert "numbers" not in penalties(
        "Diffusion models for heart signals", "Diffusion models for heart signals: from 2 leads"
    )


WORDS = st.lists(
    st.sampled_from(["oxygen", "retina", "of", "birds", "2", "ii", "without", "part", "b", "male"]),
    min_size=1,
    max_size=8,
)


@given(WORDS, WORDS)
def test_no_word_of_one_title_alone_is_passed_over(ours: list[str], theirs: list[str]) -> None:
    weights = compare_titles(" ".join(ours), " ".join(theirs))
    lines = " ".join(weight.why for weight in weights)
    mine, yours = title_words(" ".join(ours)), title_words(" ".join(theirs))
    if Counter(mine) != Counter(yours):
        words = (Counter(mine) - Counter(yours)) + (Counter(yours) - Counter(mine))
        assert set(words) <= set(re.findall(r"\w+", lines))
        assert sum(weight.bits for weight in weights) < weigh("title", "long", "").bits


@pytest.mark.parametrize(
    ("ours", "theirs", "mine", "yours"),
    [
        ("wave net wave", "wavenet", "wave", ""),
        ("part net 2 part models", "partnet models", "2 part", ""),
        ("net wave net", "wavenet", "net", ""),
        ("ct lung", "tomography scans computed tomography", "lung", "tomography scans"),
    ],
)
def test_words_are_joined_where_they_stand(ours: str, theirs: str, mine: str, yours: str) -> None:
    difference = compare_words(ours.split(), theirs.split())
    assert (difference.mine, difference.yours) == (mine.split(), yours.split())
    turned = compare_words(theirs.split(), ours.split())
    assert (turned.mine, turned.yours) == (yours.split(), mine.split())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Oxidation on Pt of methane", "Oxidation on part of methane", False),
        ("Oxidation of methane, Pt. 2", "Oxidation of methane, part II", True),
        ("Oxidation of methane, Pt V", "Oxidation of methane, part 5", True),
    ],
)
def test_a_short_noun_is_one_before_a_number(one: str, other: str, same: bool) -> None:
    assert (title_words(one) == title_words(other)) is same


@pytest.mark.parametrize(
    "title", ["(retracted " * 200_000, "[full version " * 200_000, "a" * 500_000]
)
def test_the_words_of_an_endless_title_are_there_in_time(title: str) -> None:
    with ends():
        words = title_words(title)
        compare_titles(title, title + "x")
    assert sum(map(len, words)) <= MAX_TITLE_LENGTH
    assert spell("colour") != "colour"
    assert spell("x" * MAX_SPELLING + "colour") == "x" * MAX_SPELLING + "colour"
