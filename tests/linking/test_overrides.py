"""A maintainer's word beats every source and every likeness, and is missed when nothing answers to
it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest import pipeline
from harvest.commands.settings import load_settings
from harvest.config import Correction, Settings
from harvest.entries import CodeLink, ListedWorks
from harvest.errors import UsageError
from harvest.linking.cluster import cluster
from harvest.linking.overrides import Overrides, conflicts, read, unused
from harvest.linking.partition import Partition
from harvest.models import Author, Claim, Identifier, Mention, Provenance, Record
from tests.fakes import FakeServices
from tests.support.merging import merged
from tests.support.runs import published

A, B, C = (Identifier("doi", f"10.1000/{name}") for name in "abc")
REPOSITORY = Identifier("github", "o/n")


def test_decisions_are_read_in_every_spelling() -> None:
    settings = Settings(
        same=(("https://doi.org/10.1000/A", "arXiv:2301.00001v2"),),
        different=(("doi:10.1000/b", "10.1000/c"),),
        ignore=("https://github.com/O/N", "openreview:abc"),
        work={"doi:10.1000/A": Correction(title="Mine")},
    )
    overrides = read(settings)
    assert overrides.same == ((A, Identifier("arxiv", "2301.00001")),)
    assert overrides.different == ((B, C),)
    assert overrides.exclude == {REPOSITORY, Identifier("openreview", "abc")}
    assert overrides.corrections == {A: Correction(title="Mine")}
    assert overrides.companions([A]) == {A, Identifier("arxiv", "2301.00001")}
    assert overrides.companions([B]) == set()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(same=(("doi:10.1000/a",),)), "two different identifiers"),
        (Settings(different=(("doi:10.1000/a", "10.1000/A"),)), "two different identifiers"),
        (Settings(ignore=("nonsense words",)), "is not an identifier"),
        (
            Settings(work={"10.1000/a": Correction(), "doi:10.1000/A": Correction()}),
            'work."10.1000/a".* and .*work."doi:10.1000/A".* are both doi:10.1000/a',
        ),
        (
            Settings(same=(("10.1000/a", "10.1000/b"),), different=(("10.1000/b", "10.1000/a"),)),
            "to be different",
        ),
        (
            Settings(
                same=(("10.1000/a", "10.1000/b"), ("10.1000/b", "10.1000/c")),
                different=(("10.1000/a", "10.1000/c"),),
            ),
            "to be different",
        ),
    ],
)
def test_decisions_that_cannot_be_followed_are_refused(settings: Settings, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(settings)


def test_a_decision_that_matches_nothing_is_reported() -> None:
    overrides = Overrides(((A, B),), ((B, C),), frozenset({REPOSITORY}), {C: Correction(title="T")})
    codes = [finding.message for finding in unused(overrides, [])]
    assert [message.partition(" = ")[0] for message in codes[:3]] == ["same", "different", "ignore"]
    assert codes[3].startswith('[work."doi:10.1000/c"]')
    assert list(unused(overrides, [A, B, C, REPOSITORY])) == []
    assert len(list(unused(overrides, [B, REPOSITORY]))) == 2
    (denied,) = unused(Overrides(((A, B),)), [A], [B])
    assert denied.message.endswith("no registry knows doi:10.1000/b")
    assert (
        list(unused(Overrides(((A, B),)), [A, B], [B])) == []
    )  # the list names it too: that is told elsewhere


def record(identifier: Identifier, *same: Identifier, **fields: Any) -> Record:
    return Record(
        source="crossref",
        identifier=identifier,
        same_work=same,
        title=f"Title {identifier.value}",
        **fields,
    )


def listed(*identifiers: Identifier) -> ListedWorks:
    mentions = {
        i: [Mention(seed="a.md", line=n, url="u", role="paper", entry=n)]
        for n, i in enumerate(identifiers, 1)
    }
    listing = ListedWorks(works=mentions, repositories={REPOSITORY: REPOSITORY})
    listing.code_links = {CodeLink(identifier, REPOSITORY, "code") for identifier in identifiers}
    return listing


def test_same_joins_works_and_different_separates_them_against_the_sources() -> None:
    assert cluster([A, B], [], Overrides(same=((A, B, C),))).groups == [[A, B, C]]
    joined = [record(A, B), record(B, C)]
    assert cluster([A, B, C], joined).groups == [[A, B, C]]
    assert cluster([A, B, C], joined, Overrides(different=((A, B),))).groups == [[A], [B, C]]
    assert cluster([A, B], [], matched=[(A, B)]).groups == [[A, B]]


def test_different_holds_over_a_chain() -> None:
    joined = [record(A, C), record(B, C)]
    groups = cluster([A, B], joined, Overrides(different=((A, B),))).groups
    assert [group for group in groups if A in group and B in group] == []


names = st.sampled_from([Identifier("doi", f"10.1000/{n}") for n in range(7)])
pairs = st.lists(st.tuples(names, names), max_size=8)


@given(
    pairs,
    st.lists(st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), max_size=3),
    st.randoms(),
)
def test_different_works_are_never_joined_in_any_order(
    joins: Any, different: Any, order: Any
) -> None:
    records = [record(one, other) for one, other in joins]
    listing = sorted({name for pair in [*joins, *different] for name in pair})
    first = cluster(listing, records, Overrides(different=tuple(different))).groups
    for one, other in different:
        assert not any(one in group and other in group for group in first)
    order.shuffle(records)
    order.shuffle(listing)
    assert cluster(listing, records, Overrides(different=tuple(different))).groups == first


def test_a_partition_keeps_enemies_through_joins() -> None:
    partition = Partition([(A, C)])
    assert partition.join(A, B)
    assert partition.join(B, A)
    assert not partition.join(B, C)
    other = Partition([(A, C), (B, C)])
    assert other.join(A, B)
    assert not other.join(C, A)
    assert other.groups() == {A: [A, B], C: [C]}


def test_decisions_of_the_settings_file_hold_and_unused_ones_are_reported(
    tmp_path: Path, fakes: FakeServices
) -> None:
    (tmp_path / "mine.md").write_text(
        "- [P](https://arxiv.org/abs/2006.11239) [Code](https://github.com/batmanlab/HA-GAN)\n"
        "- [P](https://arxiv.org/abs/1406.2661)\n- [P](https://arxiv.org/abs/2112.03268)\n",
        "utf-8",
    )
    (tmp_path / "harvest.toml").write_text(
        'seeds = ["mine.md"]\ncache = "cache"\noutput = "output"\n'
        'same = [["arxiv:2006.11239", "https://arxiv.org/abs/1406.2661v1"], ["10.9999/gone", "10.9999/too"],'
        ' ["arxiv:2112.03268", "10.9999/mistyped"]]\n'
        'different = [["arxiv:2112.03268", "10.9999/gone"]]\n'
        'ignore = ["https://github.com/batmanlab/ha-gan", "openreview:gone"]\n'
        '[work."arXiv:2112.03268"]\ntitle = "As I call it"\ndate = "2021-12"\n'
        '[work."doi:10.9999/gone"]\ntitle = "Nothing"\n',
        "utf-8",
    )
    settings = load_settings(
        tmp_path / "harvest.toml", {}, {**fakes.env("t"), "HARVEST_ARXIV_INTERVAL": "0"}
    )
    pipeline.refresh(settings)
    found = published(settings)
    assert [work.identifiers["arxiv"] for work in found.works] == [
        ["1406.2661", "2006.11239"],
        ["2112.03268"],
    ]
    assert (found.works[1].title, found.works[1].date, found.repositories) == (
        "As I call it",
        "2021-12",
        [],
    )
    assert found.works[1].provenance["title"].source == "harvest.toml"
    assert found.works[1].provenance["title"].also[0].source == "arxiv"
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    told = [row["message"] for row in rows if row["code"] == "unused-override"]
    assert len(told) == 5
    assert {message.partition(" = ")[0].partition(":")[0] for message in told} == {
        "same", "different", "ignore", '[work."doi',
    }  # fmt: skip
    assert sum("10.9999/mistyped" in message for message in told) == 1


def test_what_is_ignored_is_left_out() -> None:
    linked = cluster([A, B], [record(A), record(B)], Overrides(exclude=frozenset({A, REPOSITORY})))
    dataset = merged(listed(A, B), record(A), record(B), clusters=linked)
    assert [work.id for work in dataset.works] == [str(B)]
    assert dataset.repositories == []
    assert dataset.works[0].repositories == []


def test_corrections_of_one_work_that_differ_are_a_finding() -> None:
    corrections = {
        A: Correction(title="One", date="2020", authors=("Ada",)),
        B: Correction(title="Other", date="2020", type="book"),
    }
    overrides = Overrides(corrections=corrections)
    (finding,) = conflicts(overrides, [[A, B], [C]])
    assert finding.code == "conflicting-override"
    assert finding.message == (
        '[work."doi:10.1000/a"] and [work."doi:10.1000/b"] are one work and differ in title: the'
        " second holds"
    )
    assert list(conflicts(overrides, [[A], [B]])) == []
    linked = cluster([A, B], [record(A, B), record(B)], overrides)
    (work,) = merged(listed(A, B), record(A, B), record(B), clusters=linked).works
    assert (work.title, work.type, work.authors) == ("Other", "book", [Author("Ada")])


def test_a_correction_wins_and_what_sources_say_is_kept() -> None:
    correction = Correction(title="Mine", authors=("Ada Lovelace",), date="2020-05")
    known = record(A, date="2021-01-01", authors=(Author("X Y"),))
    linked = cluster([A], [known], Overrides(corrections={A: correction}))
    (work,) = merged(listed(A), known, clusters=linked).works
    assert (work.title, work.authors, work.date, work.year) == (
        "Mine",
        [Author("Ada Lovelace")],
        "2020-05",
        2020,
    )
    assert work.provenance["title"] == Provenance(
        "harvest.toml", None, (Claim("crossref", str(A), "Title 10.1000/a"),)
    )
    assert work.provenance["authors"].also == (Claim("crossref", str(A), "X Y"),)
