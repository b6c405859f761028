"""Names of people in running text."""

from __future__ import annotations

import pytest

from harvest.readers import people


@pytest.mark.parametrize(
    "names",
    [
        *(f"Jane Doe{sign} Ann Roe" for sign in (",", ";", " &", " and", "\uff0c", "\u3001")),
        *(
            f"Jane Doe {others}"
            for others in ("et al", "et al.", "Et Al.", "etal", "el al", "et als")
        ),
        *("others", "Others", "...", "\u2026"),
    ],
)
def test_whatever_makes_several_names_is_looked_for(names: str) -> None:
    assert people.find_run(names) == (0, len(names))


@pytest.mark.parametrize("title", ["Understanding digital maps", "A Survey.", "Jane Doe"])
def test_a_title_or_one_name_is_no_list_of_names(title: str) -> None:
    assert people.find_run(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Vitamin C, Vitamin D and mortality",
        "Vitamin A, Vitamin E, and the ice of today",
        "New York, Los Angeles and Chicago: Three Cities",
        "Hepatitis B, Hepatitis C and HIV",
    ],
)
def test_words_of_a_title_that_look_like_names(title: str) -> None:
    assert people.find_run(title) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Doe, John Roe and the ATLAS team", "Jane Doe, John Roe"),
        ("Jane Doe, John Roe and several others", "Jane Doe, John Roe"),
        (
            "Jane Doe, Ann Roe, and Bo Poe, Melting Snow and ice: A study",
            "Jane Doe, Ann Roe, and Bo Poe",
        ),
        ("Roberto Di Via, Jane Doe", "Roberto Di Via, Jane Doe"),
        ("Jane Doe, Xin (Alex)Wu, Ann Roe", "Jane Doe, Xin (Alex)Wu, Ann Roe"),
    ],
)
def test_where_names_end(text: str, names: str) -> None:
    run = people.find_run(text)
    assert run is not None
    assert text[slice(*run)] == names
