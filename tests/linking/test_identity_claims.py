"""What authors and lists say to be one work, and when that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.entries import group, listed_works
from harvest.linking.cluster import Clusters, cluster
from harvest.linking.identity_claims import doubtful_claims
from harvest.linking.overrides import Overrides
from harvest.models import Author, Identifier, IntegrityNotice, Mention, Record
from harvest.readers.walk import read_lists
from tests.support.merging import listed, merged, only

DOI, OTHER, DEPOSIT, ARXIV, SECOND, PMID = (
    Identifier.of(text)
    for text in (
        "doi:10.1000/a", "doi:10.1000/b", "doi:10.5281/zenodo.1", "arxiv:2301.08227",
        "arxiv:2302.00001", "pubmed:1",
    )
)  # fmt: skip
TITLE = "Denoising diffusion models for the synthesis of cardiac images"
UNLIKE = "Flow matching as a tool of protein design"
PEOPLE = ("Ada Abara", "Bo Castro")


def record(
    identifier: Identifier, title: str | None = TITLE, *people: str, **fields: Any
) -> Record:
    is_preprint = identifier.scheme == "arxiv"
    return Record(
        source="arxiv" if is_preprint else "crossref",
        identifier=identifier,
        kind="preprint" if is_preprint else "version_of_record",
        title=title,
        authors=tuple(Author(name) for name in people or PEOPLE),
        date="2023",
        **fields,
    )


def claimant(*names: Identifier, title: str = TITLE, by: Identifier = ARXIV) -> Record:
    return record(by, title, author_claims=names)


def joined(clusters: Clusters, one: Identifier, other: Identifier) -> bool:
    return any({one, other} <= set(group) for group in clusters.groups)


@pytest.mark.parametrize(
    ("published", "is_joined"),
    [
        (record(DOI), True),
        (record(DOI, "Denoising diffusion probabilistic models synthesise cardiac images"), True),
        (record(DOI, UNLIKE), False),
        (record(DOI, TITLE, "Eve Ito", "Finn Okoro"), False),
        (record(DOI, f"Correction to: {TITLE}"), False),
        (record(DOI, f"{TITLE}: Part 2"), False),
        (record(DOI, type="dataset"), False),
    ],
    ids=["same", "retitled", "other title", "other people", "correction", "other part", "data"],
)
def test_a_typed_doi_counts_if_title_and_people_agree(
    published: Record, *, is_joined: bool
) -> None:
    clusters = cluster([ARXIV, DOI], [claimant(DOI), published])
    assert joined(clusters, ARXIV, DOI) == is_joined
    assert bool(clusters.doubtful) != is_joined


def test_a_denied_claim_changes_nothing_and_is_reported_with_both_titles() -> None:
    listing = listed(ARXIV)
    records = [claimant(DOI), record(DOI, UNLIKE, "Eve Ito")]
    work = only(merged(listing, *records))
    assert (work.title, work.identifiers["doi"]) == (TITLE, [])
    assert work.assertions[0].author_claims == (str(DOI),)
    clusters = cluster(listing.works, records)
    (finding,) = doubtful_claims(clusters.doubtful, listing.works)
    assert (finding.code, finding.line) == ("doubtful-claim", 1)
    assert TITLE in finding.message
    assert UNLIKE in finding.message


def test_an_author_claim_without_an_answer_waits() -> None:
    work = only(merged(listed(ARXIV), claimant(DOI)))
    assert (work.identifiers["doi"], work.assertions[0].author_claims) == ([], (str(DOI),))
    assert cluster([ARXIV, DOI], [claimant(DOI)]).doubtful == []


def test_a_registry_needs_no_likeness() -> None:
    records = [record(ARXIV), record(DOI, UNLIKE, "Eve Ito", same_work=(ARXIV,))]
    assert joined(cluster([ARXIV], records), ARXIV, DOI)


@pytest.mark.parametrize("type_", ["dataset", "software", "peer-review", "component"])
def test_a_registry_is_not_believed_that_a_paper_is_its_data(type_: str) -> None:
    records = [record(DEPOSIT, same_work=(DOI,), type=type_), record(DOI)]
    clusters = cluster([DEPOSIT, DOI], records)
    assert not joined(clusters, DEPOSIT, DOI)
    assert len(clusters.doubtful) == 1


@pytest.mark.parametrize("type_", ["book", "dissertation", "report"])
def test_a_registry_may_call_a_paper_a_book(type_: str) -> None:
    records = [record(DEPOSIT, same_work=(DOI,), type=type_), record(DOI, type="book-chapter")]
    assert joined(cluster([DEPOSIT, DOI], records), DEPOSIT, DOI)


@pytest.mark.parametrize(
    ("people", "is_joined"),
    [
        (PEOPLE, True),
        (PEOPLE[::-1], True),
        (PEOPLE[:1], True),
        ((*PEOPLE, "Eve Ito"), True),
        (("Eve Ito", "Finn Okoro"), False),
        (("Eve Ito", "Finn Okoro", "Gil Tamar", PEOPLE[0]), False),
    ],
)
@pytest.mark.parametrize("title", [TITLE, UNLIKE])
def test_a_deposit_is_a_version_if_people_agree(
    title: str, people: tuple[str, ...], *, is_joined: bool
) -> None:
    deposit = msgspec.structs.replace(
        record(DEPOSIT, title, *people, same_work=(DOI,)), source="datacite"
    )
    clusters = cluster([DEPOSIT, DOI], [deposit, record(DOI)])
    assert joined(clusters, DEPOSIT, DOI) is is_joined
    assert bool(clusters.doubtful) is not is_joined


def test_pubmed_knows_the_doi_of_an_erratum() -> None:
    notice = (OTHER, IntegrityNotice("correction", str(DOI), "2023", "crossref/publisher"))
    records = [record(PMID, same_work=(DOI,)), record(DOI, notices=(notice,))]
    assert joined(cluster([PMID, DOI], records), PMID, DOI)


def test_a_registrant_knows_the_versions_of_its_own_texts() -> None:
    records = [record(OTHER, same_work=(DOI,), type="dataset"), record(DOI)]
    assert joined(cluster([OTHER, DOI], records), OTHER, DOI)


def test_two_works_that_claim_one_doi_are_not_one() -> None:
    records = [claimant(DOI), claimant(DOI, by=SECOND), record(DOI)]
    clusters = cluster([ARXIV, SECOND, DOI], records)
    assert len(clusters.groups) == 3
    assert len(clusters.doubtful) == 2


def test_of_two_works_that_claim_one_doi_the_better_one_has_it() -> None:
    near = "Denoising diffusion models and the synthesis of retinal pictures"
    records = [claimant(DOI), claimant(DOI, title=near, by=SECOND), record(DOI)]
    clusters = cluster([ARXIV, SECOND, DOI], records)
    assert joined(clusters, ARXIV, DOI)
    assert [it.one for it in clusters.doubtful] == [SECOND]


def test_an_author_may_name_several_forms() -> None:
    records = [claimant(DOI, OTHER), record(DOI), record(OTHER, TITLE)]
    assert len(cluster([ARXIV, DOI, OTHER], records).groups) == 1


# -- lists -----------------------------------------------------------------------------------------


def test_a_list_is_believed_where_no_registry_has_a_record() -> None:
    clusters = cluster([DOI, ARXIV, PMID], [], twins=[(DOI, ARXIV, PMID)])
    assert clusters.groups == [sorted([DOI, ARXIV, PMID])]


def test_a_list_joins_what_no_source_reads() -> None:
    listing = listed(DOI, PMID)
    listing.twins.add((DOI, PMID))
    work = only(merged(listing, record(DOI)))
    assert work.identifiers["pubmed"] == ["1"]
    assert work.provenance["identifiers"].source == "list"


def test_what_registries_join_is_not_joined_by_the_list() -> None:
    listing = listed(DOI, ARXIV)
    listing.twins.add((DOI, ARXIV))
    work = only(merged(listing, record(DOI, same_work=(ARXIV,))))
    assert "identifiers" not in work.provenance


def test_a_registry_may_deny_what_a_list_says() -> None:
    records = [record(DOI), record(ARXIV, UNLIKE, "Eve Ito")]
    clusters = cluster([DOI, ARXIV], records, twins=[(DOI, ARXIV)])
    assert len(clusters.groups) == 2
    assert len(clusters.doubtful) == 1


def test_a_maintainer_beats_a_list() -> None:
    overrides = Overrides(different=((DOI, ARXIV),))
    clusters = cluster([DOI, ARXIV], [], overrides, twins=[(DOI, ARXIV)])
    assert len(clusters.groups) == 2
    assert clusters.doubtful == []


def test_a_page_that_two_records_share_joins_neither() -> None:
    page = Identifier("url", "https://journal.example")
    clusters = cluster([DOI, OTHER, page], [], twins=[(DOI, page), (OTHER, page)])
    assert len(clusters.groups) == 3


def test_what_is_denied_is_not_joined_over_a_third() -> None:
    records = [record(DOI), record(ARXIV, UNLIKE, "Eve Ito")]
    twins = [(DOI, PMID), (ARXIV, PMID)]
    clusters = cluster([DOI, ARXIV, PMID], records, twins=twins)
    assert not joined(clusters, DOI, ARXIV)


# -- other works -----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [DOI, ARXIV])
def test_what_is_about_a_work_is_never_the_work(side: Identifier) -> None:
    other = ARXIV if side == DOI else DOI
    notice = IntegrityNotice("correction", str(side), "2023", "crossref/publisher")
    for fields in ({"other_works": (other,)}, {"notices": ((other, notice),)}):
        records = [record(side, **fields), record(other)]
        clusters = cluster([DOI, ARXIV], records, twins=[(DOI, ARXIV)])
        assert len(clusters.groups) == 2
        assert len(clusters.doubtful) == 1
    told = record(other, integrity=(notice,))
    assert len(cluster([DOI, ARXIV], [record(side), told]).groups) == 2


# -- properties ------------------------------------------------------------------------------------

names = st.sampled_from(
    [Identifier("doi", f"10.1000/{n}") for n in range(4)]
    + [Identifier("arxiv", f"2301.0000{n}") for n in range(4)]
    + [Identifier("pubmed", str(n)) for n in range(3)]
)
claims = st.lists(st.lists(names, min_size=2, max_size=3, unique=True).map(tuple), max_size=6)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Record], list[tuple[Identifier, ...]]]:
    records = []
    for name in draw(st.lists(names, unique=True)):
        title = draw(st.sampled_from([TITLE, f"{TITLE} again", UNLIKE]))
        people = draw(st.sampled_from([PEOPLE, ("Eve Ito",)]))
        claimed = tuple(sorted(draw(st.sets(names, max_size=2)) - {name}))
        records.append(record(name, title, *people, author_claims=claimed))
    return records, draw(claims)


@given(worlds(), st.randoms())
def test_the_order_of_records_and_lists_does_not_matter(
    world: tuple[list[Record], list[tuple[Identifier, ...]]], order: Any
) -> None:
    records, twins = world
    listed_names = sorted({name for group in twins for name in group})
    first = cluster(listed_names, records, twins=twins)
    order.shuffle(records)
    order.shuffle(twins)
    order.shuffle(listed_names)
    second = cluster(listed_names, records, twins=[*twins, *twins])
    assert (second.groups, second.verdicts) == (first.groups, first.verdicts)
    assert second.doubtful == first.doubtful


@given(worlds())
def test_a_denied_claim_changes_no_title_and_no_author(
    world: tuple[list[Record], list[tuple[Identifier, ...]]],
) -> None:
    records, twins = world
    listing = listed(*sorted({name for group in twins for name in group}))
    listing.twins.update(twins)
    clusters = cluster(listing.works, records, twins=twins)
    dataset = merged(listing, *records, clusters=clusters)
    works = {name: work for work in dataset.works for name in work.curies}
    for one, other, _ in clusters.doubtful:
        if str(one) in works:
            work = works[str(one)]
            assert str(other) not in work.curies
            assert {it.identifier for it in work.provenance.values()} <= {*work.curies, None}


def test_mentions_of_both_sides_are_reported() -> None:
    listing = listed(DOI, ARXIV)
    clusters = cluster([DOI, ARXIV], [claimant(DOI), record(DOI, UNLIKE, "Eve Ito")])
    lines = [it.line for it in doubtful_claims(clusters.doubtful, listing.works)]
    assert lines == [1, 2]
    assert all(isinstance(it, Mention) for it in listing.works[DOI])


def test_records_with_several_identifiers_are_one_work_each(tmp_path: Path) -> None:
    rows = (
        f"@article{{k{n}, title = {{Paper number {n} of many}}, author = {{Ada Abara}},"
        f" doi = {{10.1000/{n}}}, eprint = {{2301.{n:05}}}, pmid = {{{n}}},"
        f" note = {{follows 10.1000/{n + 500}}} }}\n"
        for n in range(100, 300)
    )
    (tmp_path / "papers.bib").write_text("".join(rows), "utf-8")
    listing = listed_works(group(read_lists([str(tmp_path / "papers.bib")]).mentions))
    assert len(cluster(listing.works, [], twins=listing.twins).groups) == 200
