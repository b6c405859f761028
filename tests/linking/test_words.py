"""Titles and names down to their words, at the edges."""

from __future__ import annotations

import pytest

from harvest.linking import match
from harvest.linking.match import Description, compare, normalized
from harvest.models import Author, Identifier, Record


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Parkinson's disease", normalized("Parkinson’s disease")),
        ("", ""),
        ("---", ""),
    ],
)
def test_apostrophes_are_alike(raw: str, words: str) -> None:
    assert normalized(raw) == words


def test_names_without_a_letter_name_nobody() -> None:
    ledger = compare(Description("A title of some length", "???"), Description("A title of some length", "; ,"), "x")
    assert ledger.author is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ciel", "ceil", True),  # two letters changed places
        ("synthesis", "synthesys", True),
        ("augmentation", "segmentation", False),
        ("gan", "vae", False),
    ],
)
def test_a_misspelt_word_is_the_word(one: str, other: str, same: bool) -> None:
    assert match._is_misspelt(one, other) is same


def test_a_title_that_a_list_breaks_off_is_said_to_be_so() -> None:
    whole = Description("Synthetic signal generation with diffusion models for hearts", "Adib, Edmond")
    ledger = compare(
        Description("Synthetic signal generation with diffusion models for ...", "Edmond Adib"), whole, "x"
    )
    assert "shortened" in {penalty.name for penalty in ledger.penalties}
    assert ledger.score < 1


LONG = (
    "Generation of realistic synthetic electrocardiogram recordings by denoising diffusion probabilistic models for"
    " hospitals in"
)


def test_a_last_short_word_that_is_broken_off_counts_too() -> None:
    ledger = compare(Description(f"{LONG} ...", "Edmond Adib"), Description(f"{LONG} Ohio", "Adib, Edmond"), "x")
    assert [penalty.name for penalty in ledger.penalties if penalty.name == "shortened"] == ["shortened"]


def test_a_part_of_a_title_is_no_match_beside_a_notice_of_it() -> None:
    def record(name: str, title: str) -> Record:
        author = Author("Edmond Adib", "Edmond", "Adib")
        return Record(
            source="crossref", identifier=Identifier("doi", name), title=title, authors=(author,), date="2023"
        )

    whole = "Synthetic signal generation with diffusion models: evidence from three hospitals"
    found = [record("10.1000/a", whole), record("10.1000/b", f"Correction to: {whole}")]
    listed = Description("Synthetic signal generation with diffusion models", "Edmond Adib", 2023)
    verdict = match.judge(Identifier("pii", "S1"), listed, found, threshold=0.5)
    assert verdict.accepted is None
    assert "notices" in verdict.why
