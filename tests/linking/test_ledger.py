"""What a ledger says beside its score."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.linking.ledger import Ledger, Weight
from harvest.linking.score import GAP, Description, compare
from harvest.text import fold_title


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
def test_a_year_confirms_a_long_title(listed: str, agrees: bool) -> None:
    whole = Description(
        "Synthetic signal generation with diffusion models for many small hospitals", None, 2023
    )
    assert compare(Description(listed, None, 2023), whole, "x").agrees is agrees


WORDS = (
    *("oxygen", "retina", "vessels", "maps", "colour", "color", "behaviour", "networks", "network"),
    *("a", "the", "of", "with", "without", "not", "semi", "male", "female", "part", "pt", "phase"),
    *("tutorial", "survey", "reply", "correction", "retracted", "preprint", "poster", "revisited"),
    *("ii", "iii", "two", "2", "12", "21", "second", "2nd", "2019", "3d", "v2", "x", "oct", "и"),
    *("optical", "coherence", "tomography", "naïve", "μ", "眼睛", "c++", "na+", "h2o", "10%", "p<"),
)
MARKS = (" ", " ", " ", ": ", ", ", " - ", " \u2014 ", " (", ") ", " [", "] ", ". ", "? ", " ... ")
SIGNS = re.compile("[+<%]")
tokens = st.lists(
    st.tuples(st.sampled_from(WORDS) | st.from_regex("[a-z0-9]{1,6}", fullmatch=True),
              st.sampled_from(MARKS)),
    min_size=1, max_size=9,
)  # fmt: skip


def written(words: list[tuple[str, str]]) -> str:
    return "".join(word + mark for word, mark in words).strip()


@given(tokens, tokens, tokens, tokens)
@settings(max_examples=600, deadline=None)
def test_the_ledger_names_every_word_that_one_title_has_alone(
    start: list[tuple[str, str]],
    mine: list[tuple[str, str]],
    yours: list[tuple[str, str]],
    end: list[tuple[str, str]],
) -> None:
    titles = written(start + mine + end), written(start + yours + end)
    ledger = compare(Description(titles[0]), Description(titles[1]), "arxiv:1")
    words = {word for weight in ledger.weights[1:-1] for word in weight.why.split()}
    one, other = ({*fold_title(title).split(), *SIGNS.findall(title)} for title in titles)
    assert one ^ other <= words, titles


def test_a_lead_is_exact_to_a_tenth_of_a_bit() -> None:
    def ledger(bits: float) -> Ledger:
        weights = (Weight("title", "long", bits, ""),)
        return Ledger("x", None, 9, contains_all=True, weights=weights, author=True, year=True)

    assert GAP > 10.7 - 7.7  # as floats
    assert ledger(10.7).lead(ledger(7.7)) == GAP
