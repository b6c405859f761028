"""Which value wins."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.config import Correction
from harvest.entries import CodeLink, ListedWorks
from harvest.linking.cluster import cluster
from harvest.linking.overrides import Overrides
from harvest.models import (
    Author,
    Claim,
    Identifier,
    IntegrityNotice,
    Mention,
    Provenance,
    Record,
)
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


def test_values_come_from_the_published_form_and_the_date_is_the_earliest() -> None:
    work = only(
        merged(
            listed(DOI),
            arxiv(date="2023-01-19", same_work=(DOI,), authors=(Author("A B"),)),
            crossref(
                date="2023-08", container="Computers in Biology", cited_by=3, same_work=(PII,)
            ),
        )
    )
    assert work.id == "doi:10.1000/a"
    assert work.status == "resolved"
    assert (work.title, work.type, work.container) == (
        "Published title",
        "journal-article",
        "Computers in Biology",
    )
    assert (work.date, work.year) == ("2023-01-19", 2023)
    assert work.authors == [Author("A B", "A", "B")]
    assert work.identifiers["doi"] == ["10.1000/a"]
    assert work.identifiers["arxiv"] == ["2301.08227"]
    assert work.identifiers["pii"] == ["S0010482523005802"]
    assert work.identifiers["openreview"] == work.identifiers["url"] == []
    assert [(form.identifier, form.kind, form.date) for form in work.manifestations] == [
        ("arxiv:2301.08227", "preprint", "2023-01-19"),
        ("doi:10.1000/a", "version_of_record", "2023-08"),
    ]
    assert work.provenance["date"].source == "arxiv"
    assert work.provenance["authors"] == Provenance("arxiv", "arxiv:2301.08227")
    assert work.provenance["title"] == Provenance(
        "crossref", "doi:10.1000/a", (Claim("arxiv", "arxiv:2301.08227", "Preprint title"),)
    )


def test_an_empty_value_does_not_win() -> None:
    work = only(
        merged(listed(DOI, ARXIV), crossref(title=None, authors=()), arxiv(same_work=(DOI,)))
    )
    assert work.title == "Preprint title"
    assert "cited_by" not in work.provenance
    assert work.cited_by is None


def test_the_snapshot_gives_way_to_any_registry() -> None:
    early = starter(date="1999", title="Remembered", publisher="Remembered Press")
    alone = only(merged(listed(DOI), early))
    assert (alone.status, alone.title, alone.date) == ("provisional", "Remembered", "1999")
    both = only(merged(listed(DOI), early, crossref(date="2023-08")))
    assert (both.status, both.title, both.date) == ("resolved", "Published title", "2023-08")
    assert both.publisher == "Remembered Press"
    assert both.provenance["publisher"].source == "starter"
    assert Claim("starter", "doi:10.1000/a", "Remembered") in both.provenance["title"].also


def test_what_the_list_says_comes_last() -> None:
    mention = {"title": "Listed title", "date": "Submitted on 2 Sep 2023"}
    alone = only(merged(listed(DOI, **mention)))
    assert (alone.status, alone.title, alone.date, alone.year) == (
        "listed",
        "Listed title",
        "2023-09-02",
        2023,
    )
    assert alone.provenance == {"title": Provenance("list"), "date": Provenance("list")}
    resolved = only(merged(listed(DOI, **mention), crossref(date=None)))
    assert (resolved.title, resolved.date) == ("Published title", "2023-09-02")
    assert resolved.mentions[0].title == "Listed title"


@pytest.mark.parametrize(
    ("missing", "records", "status"),
    [
        ([DOI], [], "not_found"),
        ([DOI], [starter()], "not_found"),
        ([], [], "listed"),
        ([], [starter()], "provisional"),
        ([DOI], [arxiv(same_work=(DOI,))], "resolved"),
    ],
)
def test_status(missing: list[Identifier], records: list[Record], status: str) -> None:
    assert only(merged(listed(DOI), *records, missing=missing)).status == status


def test_a_work_is_not_found_only_when_no_registry_knows_any_of_its_identifiers() -> None:
    joined = starter(same_work=(ARXIV,))
    assert only(merged(listed(DOI), joined, missing=[DOI])).status == "provisional"
    assert only(merged(listed(DOI), joined, missing=[DOI, ARXIV])).status == "not_found"


def test_a_page_without_registry_is_listed_under_its_address() -> None:
    page = Identifier("url", "https://blog.example.net/post")
    work = only(merged(listed(page, title="A post")))
    assert (work.id, work.status) == ("url:https://blog.example.net/post", "listed")
    assert work.manifestations[0].kind == "web"
    assert work.manifestations[0].url == "https://blog.example.net/post"


def test_a_pii_is_a_name_and_no_form_where_there_is_a_doi() -> None:
    forms = only(merged(listed(PII), crossref(same_work=(PII,)))).manifestations
    assert [form.identifier for form in forms] == ["doi:10.1000/a"]
    alone = only(merged(listed(PII))).manifestations
    assert [form.identifier for form in alone] == [str(PII)]


def test_a_notice_reaches_the_work_that_it_is_about() -> None:
    about = IntegrityNotice("retraction", "doi:10.1000/notice", "2024-02", "crossref/publisher")
    other = Identifier("doi", "10.1000/notice")
    dataset = merged(listed(DOI, other), crossref(), crossref(other, notices=((DOI, about),)))
    assert {work.id: work.integrity for work in dataset.works} == {
        str(DOI): [about],
        str(other): [],
    }


def test_a_correction_without_a_date_leaves_the_date() -> None:
    linked = cluster(
        [DOI], [crossref(date="2023-08")], Overrides(corrections={DOI: Correction(title="Mine")})
    )
    work = only(merged(listed(DOI), crossref(date="2023-08"), clusters=linked))
    assert (work.title, work.date, work.year) == ("Mine", "2023-08", 2023)


def test_a_match_that_a_maintainer_parted_is_no_provenance() -> None:
    records = [crossref(), arxiv()]
    apart = Overrides(different=((DOI, ARXIV),))
    for overrides, found in ((Overrides(), str(DOI)), (apart, None)):
        linked = cluster([ARXIV], records, overrides, [(ARXIV, DOI)])
        said = only(merged(listed(ARXIV), *records, clusters=linked)).provenance.get("identifiers")
        assert (said.identifier if said else None) == found


def test_a_form_is_described_by_the_best_source_that_knows_it() -> None:
    known = [crossref(date="2022"), starter(date="2019", kind="other")]
    for records in (known, known[::-1]):
        (form,) = only(merged(listed(DOI), *records)).manifestations
        assert (form.kind, form.date) == ("version_of_record", "2022")


def test_a_date_beats_the_year_that_contains_it() -> None:
    dated = [crossref(date="2023"), arxiv(date="2023-05", same_work=(DOI,))]
    assert only(merged(listed(DOI, ARXIV), *dated)).date == "2023-05"


# -- order
# -----------------------------------------------------------------------------------------------------------

titles = st.sampled_from(["One", "Two", None])
names = st.sampled_from([DOI, ARXIV, PII, Identifier("doi", "10.1000/b")])
records = st.builds(
    Record,
    source=st.sampled_from(["crossref", "arxiv"]),
    identifier=names,
    kind=st.sampled_from(["preprint", "version_of_record", "other"]),
    title=titles,
    date=st.sampled_from(["2023", "2023-01", "2022-12-31", None]),
    same_work=st.lists(names, max_size=2).map(tuple),
    provisional=st.booleans(),
)


PEOPLE = (Author("Ann Roe", "Ann", "Roe"), Author("Bob Low", "Bob", "Low"))
ALIKE = "Synthesis of invented signals by denoising diffusion models"
everything = [DOI, ARXIV, PII, Identifier("doi", "10.1000/b"), Identifier("openreview", "abc")]
any_of = st.sampled_from(everything)
pairs = st.tuples(any_of, any_of).filter(lambda pair: pair[0] != pair[1])


def shuffled(order: Any, items: Any) -> list[Any]:
    drawn = list(items)
    order.shuffle(drawn)
    return drawn


@given(
    st.lists(records, max_size=8, unique_by=lambda r: (r.source, r.identifier)),
    st.lists(pairs, max_size=2),
    st.lists(pairs, max_size=2),
    st.sets(any_of, max_size=1),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_any_permutation_of_the_input_gives_the_same_dataset(
    drawn: list[Record], different: Any, matched: Any, ignored: Any, alike: bool, order: Any
) -> None:
    """Records, rows, decisions and matches in any order, with ids of an earlier night and works
    that look alike."""
    if alike:  # likeness has a say too
        drawn = [msgspec.structs.replace(r, title=ALIKE, authors=PEOPLE) for r in drawn]
    rows = [
        (
            i,
            Mention(
                seed=seed,
                line=line,
                url=str(i),
                role="paper",
                entry=line,
                title=f"Title {line} of {seed}",
            ),
        )
        for line, i in enumerate(everything, 1)
        for seed in ("a.md", "b.md")
    ]
    overrides = Overrides(different=tuple(different), exclude=frozenset(ignored))
    last = merged(listed(*everything[:3]), *drawn[:3])

    def build(mix: Any) -> bytes:
        listing = ListedWorks(code_links={CodeLink(DOI, Identifier("github", "o/n"), "code")})
        for identifier, mention in mix(rows):
            listing.works.setdefault(identifier, []).append(mention)
        decided = msgspec.structs.replace(overrides, different=tuple(mix(overrides.different)))
        said = mix(drawn)
        linked = cluster(mix(listing.works), said, decided, mix(matched))
        return msgspec.json.encode(merged(listing, *said, last=last, clusters=linked))

    first = build(list)
    for _ in range(3):
        assert build(lambda items: shuffled(order, items)) == first
