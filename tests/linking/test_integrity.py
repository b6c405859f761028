"""Notices of one work: each once, whoever reports it, and contradictions told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.linking.integrity import anomalies, conflicts, merge_notices
from harvest.models import Anomaly, Identifier, IntegrityNotice, Place, Record
from tests.support.works import make_work


def notice(
    kind: Any = "retraction",
    name: str | None = "doi:10.1/n",
    date: str | None = None,
    source: str = "arxiv",
) -> Any:
    return IntegrityNotice(kind, name, date, source)


def place(line: int) -> Place:
    return Place(
        seed="a.md",
        line=line,
        section=(),
        title=None,
        authors=None,
        date=None,
        url="u",
        label="",
    )


@pytest.mark.parametrize(
    ("notices", "expected"),
    [
        ([], []),
        # publisher and Retraction Watch report one notice: it stands once, at the earlier date,
        # with both names
        (
            [
                notice(date="2021-05", source="crossref/publisher"),
                notice(date="2021-05-03", source="crossref/retraction-watch"),
            ],
            [notice(date="2021-05-03", source="crossref/publisher+retraction-watch")],
        ),
        # folding what is folded changes nothing
        (
            [
                notice(source="crossref/publisher+retraction-watch"),
                notice(source="crossref/publisher"),
            ],
            [notice(source="crossref/publisher+retraction-watch")],
        ),
        # two kinds under one notice contradict each other, and both stay
        (
            [notice("retraction"), notice("correction")],
            [notice("correction"), notice("retraction")],
        ),
        # two sources speak for themselves, and so do two notices
        ([notice(source="arxiv"), notice(source="crossref/publisher")], None),
        ([notice(name="doi:10.1/m"), notice(name="doi:10.1/n")], None),
        ([notice("withdrawal", None), notice("withdrawal", None)], [notice("withdrawal", None)]),
    ],
)
def test_each_notice_stands_once(
    notices: list[IntegrityNotice], expected: list[IntegrityNotice] | None
) -> None:
    assert merge_notices(notices) == (notices if expected is None else expected)


notices = st.builds(
    IntegrityNotice,
    st.sampled_from(["retraction", "correction"]),
    st.sampled_from(["doi:10.1/a", "doi:10.1/b", None]),
    st.sampled_from(["2020", "2020-05-01", None]),
    st.sampled_from(["arxiv", "crossref/publisher", "crossref/retraction-watch"]),
)


@given(st.lists(notices, max_size=8), st.randoms())
def test_the_order_of_reports_plays_no_part(drawn: list[IntegrityNotice], order: Any) -> None:
    first = merge_notices(drawn)
    order.shuffle(drawn)
    assert merge_notices(drawn) == first
    assert merge_notices(first) == first


def test_a_contradiction_is_reported_wherever_the_work_is_listed() -> None:
    places = [place(line) for line in (3, 9)]
    both = [notice("correction"), notice("retraction")]
    found = list(
        conflicts(
            [
                make_work(1, integrity=both, mentions=places),
                make_work(2, integrity=both[:1], mentions=places),
            ]
        )
    )
    assert [(finding.line, finding.code) for finding in found] == [
        (3, "integrity-conflict"),
        (9, "integrity-conflict"),
    ]
    assert "as correction and as retraction" in found[0].message
    nameless = [notice("correction", None), notice("retraction", None)]
    assert list(conflicts([make_work(3, integrity=nameless, mentions=places)])) == []


def test_anomalies_of_two_records_of_an_identifier_are_both_findings() -> None:
    records = [
        Record(
            source=source,
            identifier=Identifier("doi", "10.1000/a"),
            anomalies=(Anomaly("odd-date", source),),
        )
        for source in ("crossref", "starter")
    ]
    name = str(records[0].identifier)
    work = make_work(1, identifiers={"doi": [name[4:]]}, mentions=[place(3)])
    messages = [finding.message for finding in anomalies([work], records)]
    assert messages == [f"{work.id}: crossref", f"{work.id}: starter"]
