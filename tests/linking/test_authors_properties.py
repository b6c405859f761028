"""What holds for the people of any two lists."""

from __future__ import annotations

from functools import partial

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from harvest.linking.authors import Level, compare_authors
from harvest.linking.names import parse_name
from harvest.models import Author
from tests.support.growth import steps

GIVEN = ("Anna", "Bo", "Chidi", "Dagmar", "Emre", "Femke", "Giulia", "Hugo")
FAMILIES = (
    "Abara",
    "Castro",
    "Dubois",
    "Eriksen",
    "Fiala",
    "Gruber",
    "Horvat",
    "Ivanova",
    "Jansen",
)
OTHERS = ("Kowal", "Lindgren", "Moreau", "Novotny", "Okafor", "Petrov", "Quintero", "Rahimi")
person = st.builds(
    lambda given, family: Author(f"{given} {family}", given, family),
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILIES),
)
people = st.lists(person, min_size=1, max_size=8, unique_by=lambda author: author.family).map(tuple)
strangers = st.lists(
    st.builds(
        lambda given, family: Author(f"{given} {family}", given, family),
        st.sampled_from(GIVEN),
        st.sampled_from(OTHERS),
    ),
    min_size=1,
    max_size=8,
).map(tuple)
name = st.text(min_size=1, max_size=30)


@given(st.text(max_size=120), st.text(max_size=120))
def test_no_text_crashes_and_the_order_of_the_two_says_nothing(one: str, other: str) -> None:
    assert compare_authors(one, other) == compare_authors(other, one)


@given(st.lists(name, min_size=1, max_size=6), st.lists(name, min_size=1, max_size=6))
def test_no_record_crashes(ours: list[str], theirs: list[str]) -> None:
    one, other = (
        tuple(Author(it, it[:3] or None, it[3:] or None) for it in names)
        for names in (ours, theirs)
    )
    assert compare_authors(one, other) == compare_authors(other, one)
    own = compare_authors(one, one)
    assert own is None or own.level is Level.SAME


@given(people, st.data())
def test_another_order_is_the_same_people(authors: tuple[Author, ...], data: st.DataObject) -> None:
    shuffled = tuple(data.draw(st.permutations(authors)))
    agreement = compare_authors(authors, shuffled)
    assert agreement
    assert (agreement.level, agreement.share) == (Level.SAME, 1.0)


@given(people, strangers)
def test_a_group_never_disagrees(authors: tuple[Author, ...], other: tuple[Author, ...]) -> None:
    group = Author("The Example Study Group")
    assert compare_authors((*authors, group), authors) == compare_authors(authors, authors)
    assert compare_authors((*authors, group), other) == compare_authors(authors, other)


@given(people, strangers)
def test_other_people_never_agree(authors: tuple[Author, ...], other: tuple[Author, ...]) -> None:
    agreement = compare_authors(authors, other)
    assert agreement
    assert (agreement.level, agreement.people) == (Level.NONE, 0)


@pytest.mark.parametrize(
    "script",
    ["\u0391\u03b2\u03b3\u03b4\u03b5\u03b6", "\u0410\u0431\u0432\u0433\u0434\u0435", "\u4e00\u4e8c", "\uac00\ub098", "\u3042\u304b", "\u0627\u0628\u062a", "\u05d0\u05d1\u05d2", "\u0915\u0916", "\u0e01\u0e02", "\u10d0\u10d1", "\u0531\u0532"],
)  # fmt: skip
@given(data=st.data())
def test_a_name_in_any_script_agrees_with_itself_in_latin(script: str, data: st.DataObject) -> None:
    letters = st.text(script, min_size=2, max_size=6)
    family, given_name = data.draw(letters), data.draw(letters)
    own = Author(f"{given_name} {family}", given_name, family)
    agreement = compare_authors((own,), (own,))
    assert agreement is None or agreement.level is Level.SAME
    assert agreement or parse_name(family, given_name) is None  # of silent letters alone
    latin = anyascii(family), anyascii(given_name)
    written = compare_authors((own,), (Author(" ".join(reversed(latin)), latin[1], latin[0]),))
    assert written is None or written.level is not Level.NONE


def many(size: int, spelling: str) -> tuple[Author, ...]:
    """Return many people of a few family names, as collaborations have them."""
    families = (f"Wang{spelling}", f"Zhang{spelling}", f"Mueller{spelling}", f"Li{spelling}")
    return tuple(
        Author(f"{n:x} {families[n % 4]}", f"{'abcdefghij'[n % 10]}{n:x}", families[n % 4])
        for n in range(size)
    )


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "x"), ("son", "sson")])
def test_work_grows_with_the_number_of_people(one: str, other: str) -> None:
    counts = []
    for size in (200, 1_600):
        ours, theirs = many(size, one), tuple(reversed(many(size, other)))
        counts.append(steps(partial(compare_authors, ours, theirs)))
    assert counts[1] < 12 * counts[0]  # eight times as many; squared, it would be 64
