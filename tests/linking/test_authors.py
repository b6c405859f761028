"""Names of authors: how far two lists of them agree."""

from __future__ import annotations

import pytest

from harvest.linking.score import Description, compare


def test_names_without_a_letter_name_nobody() -> None:
    ledger = compare(
        Description("A title of some length", "???"),
        Description("A title of some length", "; ,"),
        "x",
    )
    assert ledger.author is None


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
