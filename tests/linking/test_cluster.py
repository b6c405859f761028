"""Which mentions stand for works and repositories, and which identifiers are one work."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.entries import CodeLink, group, listed_works
from harvest.linking.cluster import cluster
from harvest.models import Identifier, Mention, Record, Role, Target


def mention_of(
    entry: int | None, role: Role, identifier: str | None, seed: str = "a.md"
) -> Mention:
    found = Identifier.of(identifier) if identifier else None
    kind = "placeholder" if found is None else "link" if found.scheme == "url" else "identifier"
    target = Target(kind, found)
    return Mention(
        seed=seed, line=entry or 1, url=identifier or "x", role=role, entry=entry, target=target
    )


def ids(*texts: str) -> list[Identifier]:
    return [Identifier.of(text) for text in texts]


@pytest.mark.parametrize(
    ("mentions", "works", "repositories"),
    [
        ([mention_of(1, "paper", "doi:10.1/a")], ["doi:10.1/a"], []),
        # two forms of a paper in one entry are two identifiers, which may be joined
        (
            [mention_of(1, "paper", "doi:10.1/a"), mention_of(1, "paper", "arxiv:2301.00001")],
            ["arxiv:2301.00001", "doi:10.1/a"],
            [],
        ),
        # running prose names no work, whatever its role
        ([mention_of(None, "other", "arxiv:2407.00116")], [], []),
        ([mention_of(None, "paper", "doi:10.1/a"), mention_of(None, "code", "github:o/n")], [], []),
        # an entry without a paper stands for the first page it links to
        (
            [
                mention_of(1, "other", "url:https://w.org"),
                mention_of(1, "other", "url:https://x.org"),
            ],
            ["url:https://w.org"],
            [],
        ),
        (
            [mention_of(1, "paper", "doi:10.1/a"), mention_of(1, "other", "url:https://w.org")],
            ["doi:10.1/a"],
            [],
        ),
        # a repository is no work, not even as the paper link of an entry
        ([mention_of(1, "code", "github:O/N")], [], ["github:o/n"]),
        ([mention_of(1, "paper", "github:o/n"), mention_of(1, "other", "gist:abc")], [], []),
        ([mention_of(1, "other", "github:o/n")], [], []),
        (
            [mention_of(1, "code", "gist:abc"), mention_of(1, "code", "doi:10.5281/zenodo.1")],
            [],
            [],
        ),
        # placeholders and links without identifier count for nothing
        ([mention_of(1, "paper", None), mention_of(1, "code", None)], [], []),
    ],
)
def test_what_an_entry_stands_for(
    mentions: list[Mention], works: list[str], repositories: list[str]
) -> None:
    listing = listed_works(group(mentions))
    assert sorted(map(str, listing.works)) == works
    assert sorted(map(str, listing.repositories)) == repositories


def test_a_row_links_its_paper_and_its_code() -> None:
    listing = listed_works(
        group(
            [
                mention_of(1, "paper", "doi:10.1/a"),
                mention_of(1, "code", "github:O/N"),
                mention_of(2, "original", "github:p/q"),
            ]
        )
    )
    assert listing.code_links == {CodeLink(*ids("doi:10.1/a", "github:o/n"), "code")}


def test_entries_with_one_number_in_two_lists_do_not_mix() -> None:
    listing = listed_works(
        group(
            [
                mention_of(1, "paper", "doi:10.1/a", "a.md"),
                mention_of(1, "code", "github:o/n", "b.md"),
            ]
        )
    )
    assert listing.code_links == set()
    assert len(listing.works) == len(listing.repositories) == 1


def test_every_place_of_a_work_is_kept() -> None:
    listing = listed_works(
        group(
            [
                mention_of(1, "paper", "doi:10.1/a"),
                mention_of(7, "paper", "doi:10.1/a"),
                mention_of(2, "paper", "doi:10.1/b"),
            ]
        )
    )
    assert [mention.line for mention in listing.works[Identifier.of("doi:10.1/a")]] == [1, 7]


def test_the_name_of_a_repository_does_not_depend_on_the_order() -> None:
    spellings = [
        mention_of(1, "code", "github:Owner/Name"),
        mention_of(2, "code", "github:owner/name"),
    ]
    names = [listed_works(group(order)).repositories for order in (spellings, spellings[::-1])]
    assert (
        names[0]
        == names[1]
        == {Identifier.of("github:owner/name"): Identifier.of("github:Owner/Name")}
    )


def record(identifier: str, *same: str, source: str = "crossref") -> Record:
    return Record(source=source, identifier=Identifier.of(identifier), same_work=tuple(ids(*same)))


@pytest.mark.parametrize(
    ("listing", "records", "expected"),
    [
        (["doi:10.1/a", "doi:10.1/b"], [], [["doi:10.1/a"], ["doi:10.1/b"]]),
        (
            ["doi:10.1/a"],
            [record("doi:10.1/a", "arxiv:2301.00001")],
            [["arxiv:2301.00001", "doi:10.1/a"]],
        ),
        # joined over a form that no list names
        (
            ["doi:10.1/a", "doi:10.1/c"],
            [record("doi:10.1/a", "arxiv:2301.00001"), record("arxiv:2301.00001", "doi:10.1/c")],
            [["arxiv:2301.00001", "doi:10.1/a", "doi:10.1/c"]],
        ),
        # versions of a text, with one that has none, and without
        (
            ["doi:10.26434/chemrxiv-2021-a", "doi:10.26434/chemrxiv-2021-a-v2"],
            [record("doi:10.26434/chemrxiv-2021-a"), record("doi:10.26434/chemrxiv-2021-a-v2")],
            [["doi:10.26434/chemrxiv-2021-a", "doi:10.26434/chemrxiv-2021-a-v2"]],
        ),
        (
            ["doi:10.21203/rs.3.rs-1/v1", "doi:10.21203/rs.3.rs-1/v2", "doi:10.21203/rs.3.rs-2/v1"],
            [
                record("doi:10.21203/rs.3.rs-1/v1"),
                record("doi:10.21203/rs.3.rs-1/v2"),
                record("doi:10.21203/rs.3.rs-2/v1"),
            ],
            [
                ["doi:10.21203/rs.3.rs-1/v1", "doi:10.21203/rs.3.rs-1/v2"],
                ["doi:10.21203/rs.3.rs-2/v1"],
            ],
        ),
        # what no list names is no work of ours
        (["doi:10.1/a"], [record("doi:10.1/x", "doi:10.1/y")], [["doi:10.1/a"]]),
        ([], [record("doi:10.1/x", "doi:10.1/y")], []),
    ],
)
def test_groups(listing: list[str], records: list[Record], expected: list[list[str]]) -> None:
    assert [list(map(str, group)) for group in cluster(ids(*listing), records).groups] == expected


numbers = st.integers(0, 12)


@given(st.sets(numbers), st.lists(st.tuples(numbers, numbers), max_size=12), st.randoms())
def test_groups_do_not_depend_on_the_order_and_part_the_listed(
    listing: set[int], joins: list[tuple[int, int]], order: Any
) -> None:
    names = [Identifier("doi", f"10.1/{number}") for number in sorted(listing)]
    records = [record(f"doi:10.1/{one}", f"doi:10.1/{other}") for one, other in joins]
    first = cluster(names, records).groups
    flat = [identifier for group in first for identifier in group]
    assert len(flat) == len(set(flat))
    assert set(names) <= set(flat)
    joined = {identifier: index for index, group in enumerate(first) for identifier in group}
    for entry in records:
        assert joined.get(entry.identifier) == joined.get(entry.same_work[0])
    order.shuffle(names)
    order.shuffle(records)
    assert cluster(names, records).groups == first


def twins_of(*mentions: Mention) -> list[list[str]]:
    return [list(map(str, names)) for names in listed_works(group(mentions)).twins]


def twin(identifier: str, *, label: str = "", title: str | None = "T", record: bool = False) -> Any:
    mention = mention_of(1, "paper", identifier)
    return msgspec.structs.replace(mention, label=label, title=title, is_record=record)


def test_the_identifiers_of_a_record_are_one_work() -> None:
    record = [("pubmed:1", "pmid"), ("arxiv:2301.00001", "eprint"), ("doi:10.1/a", "doi")]
    names = [twin(name, label=label, record=True) for name, label in record]
    assert twins_of(*names) == [["doi:10.1/a", "arxiv:2301.00001", "pubmed:1"]]


def test_a_field_with_several_identifiers_of_a_scheme_names_several_works() -> None:
    fields = [("doi:10.1/a", "papers"), ("doi:10.1/b", "papers"), ("pubmed:1", "pmid")]
    assert twins_of(*(twin(name, label=label, record=True) for name, label in fields)) == []


@pytest.mark.parametrize(
    ("mentions", "are_twins"),
    [
        ([twin("doi:10.1/a"), twin("arxiv:2301.00001")], True),
        ([twin("doi:10.1/a"), twin("doi:10.1/b")], False),
        ([twin("doi:10.1/a"), twin("doi:10.1/b"), twin("arxiv:2301.00001")], False),
        ([twin("arxiv:2301.00001", title="BPE"), twin("doi:10.1/a", title="Unigram LM")], False),
        ([twin("arxiv:2301.00001", title=None), twin("doi:10.1/a", title=None)], False),
        ([twin("doi:10.1/a"), twin("pubmed:1")], False),
    ],
)
def test_an_arxiv_id_and_a_doi_under_one_title(mentions: list[Mention], *, are_twins: bool) -> None:
    assert bool(twins_of(*mentions)) == are_twins
