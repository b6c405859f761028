"""Classes of pairs, judged twice: as a citation against a record, and end to end."""

from __future__ import annotations

import pytest

from tests.linking import classes
from tests.linking.classes import ONE_WORK, SHORT_FORMS, TWO_WORKS, UNCERTAIN, Pair


def named(table: dict[str, tuple[Pair, ...]]) -> list[object]:
    params: list[object] = []
    for name, pairs in table.items():
        params += [pytest.param(pair, id=f"{name} {n}") for n, pair in enumerate(pairs)]
    return params


CERTAIN_WORKS = {name: pairs for name, pairs in ONE_WORK.items() if name not in UNCERTAIN}


@pytest.mark.parametrize("pair", named(CERTAIN_WORKS))
def test_a_citation_finds_its_work(pair: Pair) -> None:
    assert pair.is_found()


OTHER_WORKS = {name: pairs for name, pairs in TWO_WORKS.items() if name not in SHORT_FORMS}


@pytest.mark.parametrize("pair", named(OTHER_WORKS))
def test_a_citation_finds_no_other_work(pair: Pair) -> None:
    assert not pair.is_found()


@pytest.mark.parametrize("pair", named(ONE_WORK))
def test_two_forms_become_one_work(pair: Pair) -> None:
    assert pair.is_joined()


@pytest.mark.parametrize("pair", named(TWO_WORKS))
def test_two_works_stay_two(pair: Pair) -> None:
    assert not pair.is_joined()


def test_the_same_is_one_work_and_nothing_of_it_is_another() -> None:
    assert Pair().is_joined()
    assert not Pair(other="The singing of pregnant birds in winter").is_joined()


def test_the_document_has_a_row_for_each_class() -> None:
    rows = [line for line in classes.document().splitlines() if line.endswith((" one |", " two |"))]
    assert len(rows) == len(ONE_WORK) + len(TWO_WORKS)
