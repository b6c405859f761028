"""Citation keys that stay."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvest.dataset import keys, store
from harvest.models import Author, Dataset, Work
from tests.support.works import make_work

GOODFELLOW = {"authors": [Author("Ian Goodfellow", "Ian", "Goodfellow")], "year": 2014}


def assign(*works: Work, last: Dataset | None = None) -> Dataset:
    dataset = Dataset([*works], [])
    keys.assign(dataset, last)
    return dataset


def keys_of(dataset: Dataset) -> list[str | None]:
    return [work.key for work in dataset.works]


def test_a_key_is_family_year_and_word() -> None:
    work = make_work(1, title="The Generative: adversarial", **GOODFELLOW)
    assert keys_of(assign(work)) == ["goodfellow2014generative"]


def test_what_is_unknown_is_left_out() -> None:
    work = make_work(1, title=None, authors=[], year=None)
    assert keys_of(assign(work)) == ["anonymous"]
    editor = make_work(1, title="É la!", authors=[], editors=[Author("Ñandú")], year=None)
    assert keys_of(assign(editor)) == ["nandue"]


def test_other_alphabets_are_written_in_latin_letters() -> None:
    people = [Author("王 小明", "小明", "王"), Author("Ivan Petrov")]
    assert keys_of(assign(make_work(1, title="数学", authors=people))) == ["wang2023shuxue"]
    greek = make_work(1, title="Ωmega", authors=[Author("Гагарин")], year=None)
    assert keys_of(assign(greek)) == ["gagarinomega"]


def test_a_rival_gets_a_suffix_of_its_own() -> None:
    first, second = (make_work(n, title="GANs", **GOODFELLOW) for n in (1, 2))
    one, other = keys_of(assign(first, second))
    assert one == "goodfellow2014gans"
    assert other is not None
    assert other.startswith("goodfellow2014gans-")
    assert len(other) == len("goodfellow2014gans-") + keys.DIGITS


def test_a_key_outlives_its_title_and_a_rival_with_a_smaller_id() -> None:
    last = assign(make_work(2, title="GANs", **GOODFELLOW))
    renamed = make_work(2, title="Networks", year=2020)
    rival = make_work(1, title="GANs", **GOODFELLOW)
    new = assign(rival, renamed, last=last)
    assert new.works[1].key == "goodfellow2014gans"
    assert new.works[0].key != "goodfellow2014gans"


def test_a_joined_work_has_the_keys_of_both() -> None:
    last = assign(make_work(1, title="One"), make_work(2, title="Two"))
    work = make_work(1, title="One", aliases=["doi:10.1000/002"])
    joined = assign(work, last=last)
    assert (work.key, work.former_keys) == ("lovelace2023one", ["lovelace2023two"])
    assert store.find(joined, "lovelace2023two") is work
    again = make_work(1, aliases=["doi:10.1000/002"])
    assert keys_of(assign(again, last=joined)) == ["lovelace2023one"]
    assert again.former_keys == ["lovelace2023two"]


def test_a_key_of_a_work_that_went_is_not_given_away_that_night() -> None:
    last = assign(make_work(1, title="One"))
    assert keys_of(assign(make_work(2, title="One"), last=last)) != keys_of(last)


TITLES = st.sampled_from(["One", "One more", "Two", "", "Ωmega", "数学"])
WORKS = st.dictionaries(st.integers(1, 9), TITLES, max_size=9)


@given(WORKS, WORKS)
def test_keys_are_unique_and_stay(before: Any, after: Any) -> None:
    last = assign(*(make_work(n, title=title) for n, title in sorted(before.items())))
    works = [make_work(n, title=title) for n, title in sorted(after.items())]
    new = assign(*works, last=last)
    assert len(set(keys_of(new))) == len(works)
    keys_before = {work.id: work.key for work in last.works}
    assert all(work.key == keys_before[work.id] for work in works if work.id in keys_before)
    msgspec.json.decode(msgspec.json.encode(new), type=Dataset)
