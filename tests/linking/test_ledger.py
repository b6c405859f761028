"""What a ledger says beside its score."""

from __future__ import annotations

import pytest

from harvest.linking.score import Description, compare


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
