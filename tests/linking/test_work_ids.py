"""What a work is called, over the nights."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvest.models import Dataset, Identifier
from tests.support.merging import (
    ARXIV,
    DOI,
    PII,
    arxiv,
    crossref,
    listed,
    merged,
    only,
    starter,
)


def test_the_id_is_the_best_listed_identifier() -> None:
    joined = arxiv(same_work=(DOI,))
    assert only(merged(listed(ARXIV), joined)).id == str(ARXIV)
    assert only(merged(listed(ARXIV, DOI), joined)).id == str(DOI)


def test_an_id_survives_the_publication_of_its_preprint() -> None:
    night1 = merged(listed(ARXIV), arxiv())
    night2 = merged(listed(ARXIV, DOI), arxiv(same_work=(DOI,)), crossref(), last=night1)
    assert only(night2).id == str(ARXIV)
    assert only(night2).aliases == []


def test_two_works_that_become_one_keep_the_better_id_and_the_other_as_alias() -> None:
    night1 = merged(listed(ARXIV, DOI), arxiv(), crossref())
    assert len(night1.works) == 2
    night2 = merged(listed(ARXIV, DOI), arxiv(same_work=(DOI,)), crossref(), last=night1)
    assert only(night2).id == str(DOI)
    assert only(night2).aliases == [str(ARXIV)]
    night3 = merged(listed(ARXIV, DOI), arxiv(same_work=(DOI,)), crossref(), last=night2)
    assert night3 == night2


def test_a_work_that_is_split_leaves_its_id_to_the_part_that_holds_it() -> None:
    night1 = merged(listed(ARXIV, DOI), arxiv(same_work=(DOI,)), crossref())
    night2 = merged(listed(ARXIV, DOI), arxiv(), crossref(), last=night1)
    assert [work.id for work in night2.works] == [str(ARXIV), str(DOI)]


def test_a_merge_that_is_split_again_gives_every_part_its_id_back() -> None:
    """B was published under its preprint's id before; A and B were one for a night, and are two
    again."""
    other = Identifier("doi", "10.1000/b")
    both = listed(DOI, ARXIV, other)
    published = (crossref(), arxiv(same_work=(other,)), crossref(other))
    night0 = merged(listed(DOI, ARXIV), crossref(), arxiv())
    night1 = merged(both, *published, last=night0)
    assert [(work.id, work.aliases) for work in night1.works] == [(str(ARXIV), []), (str(DOI), [])]
    night2 = merged(both, *published[:2], crossref(other, same_work=(DOI,)), last=night1)
    assert [(work.id, work.aliases) for work in night2.works] == [(str(DOI), [str(ARXIV)])]
    night3 = merged(both, *published, last=night2)
    assert [(work.id, work.aliases) for work in night3.works] == [(str(ARXIV), []), (str(DOI), [])]
    assert msgspec.json.encode(night3) == msgspec.json.encode(night1)


def test_the_id_stays_when_a_preprint_is_published_and_the_list_follows() -> None:
    night1 = merged(listed(ARXIV), arxiv())
    night2 = merged(listed(DOI), arxiv(same_work=(DOI,)), crossref(same_work=(ARXIV,)), last=night1)
    assert (only(night2).id, only(night2).identifiers["doi"]) == (str(ARXIV), [DOI.value])
    night3 = merged(listed(DOI), crossref(), last=night2)  # and the registry forgets the preprint
    assert (only(night3).id, only(night3).aliases) == (str(ARXIV), [])


def test_a_corrected_identifier_does_not_change_the_id() -> None:
    wrong = Identifier("doi", "10.1000/typo")
    night1 = merged(listed(wrong, ARXIV), starter(wrong, same_work=(ARXIV,)))
    night2 = merged(listed(ARXIV), arxiv(), last=night1)
    assert only(night2).id == str(wrong)


def test_an_id_that_no_list_has_any_more_goes_to_one_of_two_parts() -> None:
    night1 = merged(listed(DOI, ARXIV, PII), arxiv(same_work=(DOI, PII)))
    night2 = merged(listed(ARXIV, PII), last=night1)
    assert sorted(work.id for work in night2.works) == sorted([str(DOI), str(PII)])


def test_an_id_that_is_still_there_beats_one_that_is_gone() -> None:
    review = Identifier("openreview", "abc")
    night1 = merged(listed(DOI, ARXIV, review), arxiv(same_work=(DOI,)))
    night2 = merged(listed(ARXIV, review), arxiv(same_work=(review,)), last=night1)
    assert only(night2).id == str(review)
    assert str(DOI) in only(night2).aliases


def test_former_names_stay_with_the_part_that_keeps_the_id() -> None:
    night1 = merged(listed(DOI, PII), crossref(same_work=(PII,)))
    only(night1).aliases = ["doi:10.1000/former"]
    night2 = merged(listed(DOI, PII), crossref(), last=night1)
    assert {work.id: work.aliases for work in night2.works} == {
        str(DOI): ["doi:10.1000/former"],
        str(PII): [],
    }


def test_a_former_id_is_an_alias_of_one_part_alone() -> None:
    """Its identifier is in no list any more, and both parts were of its work."""
    review = Identifier("openreview", "abc")
    night1 = merged(listed(DOI, ARXIV, PII, review), arxiv(same_work=(DOI, PII)))
    night2 = merged(listed(ARXIV, PII, review), arxiv(same_work=(review,)), last=night1)
    names = [name for work in night2.works for name in (work.id, *work.aliases)]
    assert str(DOI) in names
    assert len(names) == len(set(names))


def test_an_id_that_comes_back_to_a_list_keeps_its_aliases() -> None:
    night1 = merged(listed(DOI, ARXIV), arxiv(same_work=(DOI,)))
    only(night1).aliases = ["doi:10.1000/former"]
    night2 = merged(listed(ARXIV), arxiv(), last=night1)
    assert (only(night2).id, str(DOI) in only(night2).curies) == (str(DOI), False)
    night3 = merged(listed(DOI), crossref(), last=night2)
    assert (only(night3).id, only(night3).aliases) == (str(DOI), ["doi:10.1000/former"])


NAMES = [
    *(Identifier("doi", f"10.1/{c}") for c in "abc"),
    ARXIV,
    PII,
    Identifier("openreview", "a"),
]


@given(st.lists(
    st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True), max_size=3),
    ),
    min_size=2, max_size=5,
))  # fmt: skip
def test_a_name_leads_to_one_work_and_none_is_lost(nights: list[Any]) -> None:
    last: Dataset | None = None
    for names, pairs in nights:
        records = [crossref(one, same_work=(other,)) for one, other in pairs]
        dataset = merged(listed(*names), *records, last=last)
        known = [name for work in dataset.works for name in (work.id, *work.aliases)]
        assert len(known) == len(set(known))
        current = {name for work in dataset.works for name in work.curies}
        for work in last.works if last else ():
            if current.intersection(work.curies):
                assert {work.id, *work.aliases} <= current.union(known)
        last = dataset
