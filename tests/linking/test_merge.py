"""Which value wins, and what a work and a repository are called."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.config import ActivityMonths, Correction
from harvest.entries import CodeLink, ListedWorks
from harvest.linking.cluster import cluster
from harvest.linking.merge import merge
from harvest.linking.overrides import Overrides
from harvest.models import (
    Author,
    Claim,
    Dataset,
    Identifier,
    IntegrityNotice,
    Mention,
    Provenance,
    Record,
    Repository,
    RepositoryRecord,
)

DOI, ARXIV, PII = (
    Identifier.of(text) for text in ("doi:10.1000/a", "arxiv:2301.08227", "pii:S0010482523005802")
)
RANKS = {"crossref": 10, "arxiv": 20, "starter": 90}


def crossref(identifier: Identifier = DOI, **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "version_of_record",
        "type": "journal-article",
        "title": "Published title",
    }
    return Record(source="crossref", identifier=identifier, **{**base, **fields})


def arxiv(identifier: Identifier = ARXIV, **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "preprint",
        "type": "posted-content",
        "title": "Preprint title",
        "container": "arXiv",
    }
    return Record(source="arxiv", identifier=identifier, **{**base, **fields})


def starter(identifier: Identifier = DOI, **fields: Any) -> Record:
    return Record(
        source="starter",
        identifier=identifier,
        provisional=True,
        **{"title": "Remembered", **fields},
    )


def listed(*identifiers: Identifier, **mention: Any) -> ListedWorks:
    mentions = {
        identifier: [
            Mention(
                seed="a.md", line=number, url=str(identifier), role="paper", entry=number, **mention
            )
        ]
        for number, identifier in enumerate(identifiers, 1)
    }
    return ListedWorks(works=mentions)


def merged(listing: ListedWorks, *records: Record | RepositoryRecord, **arguments: Any) -> Dataset:
    missing = arguments.pop("missing", ())
    return merge(listing, records, missing, ActivityMonths(), ranks=RANKS, **arguments)


def only(dataset: Dataset) -> Any:
    (work,) = dataset.works
    return work


def test_the_published_form_is_the_face_and_the_earliest_date_wins() -> None:
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
    assert work.authors == [Author("A B")]
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


# -- ids -------------------------------------------------------------------------------------------------------------


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
    """B was published under its preprint's id before; A and B were one for a night, and are two again."""
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


def test_a_date_beats_the_year_that_contains_it() -> None:
    dated = [crossref(date="2023"), arxiv(date="2023-05", same_work=(DOI,))]
    assert only(merged(listed(DOI, ARXIV), *dated)).date == "2023-05"


# -- repositories ----------------------------------------------------------------------------------------------------


def host(name: str = "Owner/Name", asked: str | None = None, **fields: Any) -> RepositoryRecord:
    record = {key: fields.pop(key) for key in ("as_of", "empty", "source") if key in fields}
    base = {"status": "ok", "repository_id": 7, "pushed_at": "2026-06-01T00:00:00Z"}
    repository = Repository(
        id=f"github:{name}", url=f"https://github.com/{name}", **{**base, **fields}
    )
    identifier = Identifier("github", asked or name)
    known: dict[str, Any] = {"source": "github", "as_of": "2026-11-21", **record}
    return RepositoryRecord(identifier=identifier, repository=repository, **known)


def code(*names: str, work: Identifier | None = DOI) -> ListedWorks:
    listing = listed(*([work] if work else []))
    for name in names:
        key = Identifier("github", name.lower())
        listing.repositories[key] = Identifier("github", name)
        if work:
            listing.code_links.add(CodeLink(work, key, "code"))
    return listing


def test_a_row_joins_work_and_repository() -> None:
    dataset = merged(code("owner/name"), host())
    assert [shown.id for shown in only(dataset).repositories] == ["github:Owner/Name"]
    (repository,) = dataset.repositories
    assert repository.works == [str(DOI)]
    assert repository.aliases == []
    assert repository.source == "github"


def test_a_renamed_repository_keeps_its_old_name_as_alias() -> None:
    (repository,) = merged(code("Old/Name"), host("New/Name", asked="Old/Name")).repositories
    assert (repository.id, repository.aliases) == ("github:New/Name", ["github:Old/Name"])


def test_two_names_of_one_repository_are_one_record() -> None:
    dataset = merged(
        code("Old/Name", "New/Name"), host("New/Name", asked="Old/Name"), host("New/Name")
    )
    (repository,) = dataset.repositories
    assert repository.aliases == ["github:Old/Name"]
    assert [shown.id for shown in only(dataset).repositories] == ["github:New/Name"]


def test_a_new_name_without_number_is_the_renamed_repository() -> None:
    """GitHub answered for the old name, and only the snapshot for the new one."""
    snapshot = host("New/Name", source="starter", status="unchecked", repository_id=None)
    renamed = host("New/Name", asked="Old/Name", stars=9)
    dataset = merged(code("Old/Name", "New/Name"), renamed, snapshot)
    (repository,) = dataset.repositories
    assert (repository.stars, repository.aliases) == (9, ["github:Old/Name"])
    assert [code.id for code in only(dataset).repositories] == ["github:New/Name"]


@pytest.mark.parametrize(
    ("fields", "activity"),
    [
        ({"pushed_at": "2026-11-20T00:00:00Z"}, "active"),
        ({"pushed_at": "2026-05-22T00:00:00Z"}, "active"),
        ({"pushed_at": "2026-05-21T00:00:00Z"}, "slow"),
        ({"pushed_at": "2024-11-22T00:00:00Z"}, "slow"),
        ({"pushed_at": "2024-11-21T00:00:00Z"}, "dormant"),
        ({"pushed_at": None}, "unknown"),
        ({"as_of": None}, "unknown"),
        ({"archived": True}, "archived"),
        ({"empty": True}, "empty"),
    ],
)
def test_activity_is_judged_by_the_day_of_the_answer(fields: dict[str, Any], activity: str) -> None:
    (repository,) = merged(code("Owner/Name"), host(**fields)).repositories
    assert repository.activity == activity


def test_a_repository_that_is_gone_keeps_what_was_known() -> None:
    known = host(source="starter", stars=5, status="unchecked", repository_id=None)
    (repository,) = merged(
        code("Owner/Name"), known, missing=[Identifier("github", "Owner/Name")]
    ).repositories
    assert (repository.status, repository.activity, repository.stars) == ("gone", "gone", 5)


def test_a_repository_of_which_nothing_is_known_is_unchecked() -> None:
    (repository,) = merged(code("Owner/Name", work=None)).repositories
    assert (repository.id, repository.status, repository.activity) == (
        "github:Owner/Name",
        "unchecked",
        "unknown",
    )
    assert repository.source is None


def test_the_host_itself_beats_the_snapshot() -> None:
    old = host(source="starter", stars=1, status="unchecked", repository_id=None)
    (repository,) = merged(code("Owner/Name"), old, host(stars=9)).repositories
    assert (repository.stars, repository.source) == (9, "github")


# -- order -----------------------------------------------------------------------------------------------------------

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
    """Records, rows, decisions and matches in any order, with ids of an earlier night and works that look alike."""
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
