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
