"""Titles and names down to their words, at the edges."""

from __future__ import annotations

import pytest

from harvest.linking.match import Description, compare, normalized


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
