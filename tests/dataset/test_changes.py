"""What changed between two datasets, with its cause."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest.dataset import changes, store
from harvest.linking.overrides import Overrides
from harvest.models import (
    Dataset,
    Identifier,
    IntegrityNotice,
    LastDataset,
    Manifestation,
    ManifestationKind,
    NoticeKind,
    Place,
    Provenance,
    Repository,
    Work,
)


def work(identity: str, *names: str, urls: tuple[str, ...] | None = None, **values: Any) -> Work:
    identifiers: dict[str, list[str]] = {"doi": [], "arxiv": []}
    for name in (identity, *names):
        scheme, _, value = name.partition(":")
        identifiers[scheme].append(value)
    empty: dict[str, Any] = {
        "id": identity,
        "aliases": [],
        "status": "resolved",
        "type": None,
        "title": "Title",
        "authors": [],
        "date": None,
        "year": None,
        "container": None,
        "publisher": None,
        "cited_by": None,
        "identifiers": identifiers,
        "manifestations": [],
        "integrity": [],
        "facets": {},
        "repositories": [],
        "mentions": [place(url) for url in ((identity,) if urls is None else urls)],
        "provenance": {"title": Provenance("crossref", identity)},
    }
    return Work(**empty | values)


def place(url: str, line: int = 1, title: str | None = None) -> Place:
    return Place(
        seed="a.md", line=line, section=(), title=title, authors=None, date=None, url=url, label=""
    )


def form(identifier: str, kind: ManifestationKind = "version_of_record") -> Manifestation:
    return Manifestation(identifier, kind, None, "")


def repository(name: str = "a/b", **values: Any) -> Repository:
    return Repository(
        **{
            "id": f"github:{name}",
            "url": "",
            "status": "ok",
            "repository_id": 7,
            "source": "github",
            **values,
        }
    )


def seen(old: list[Work], new: list[Work]) -> list[tuple[str, str, Any, Any, str]]:
    news = changes.between(Dataset(old, []), Dataset(new, []))
    return [
        (change.kind, change.id, change.before, change.after, change.cause) for change in news.works
    ]


def moved(old: list[Repository], new: list[Repository]) -> list[tuple[str, Any, Any, str]]:
    news = changes.between(Dataset([], old), Dataset([], new))
    return [
        (change.kind, change.before, change.after, change.cause) for change in news.repositories
    ]


A, B, X = "arxiv:2301.00001", "arxiv:2301.00002", "doi:10.1000/x"


def test_nothing() -> None:
    one = Dataset([work(A)], [repository()])
    news = changes.between(one, one)
    assert not news
    assert list(changes.lines(news)) == []


def test_listed_and_taken_out() -> None:
    assert seen([work(A)], [work(A), work(B)]) == [("added", B, None, None, "list edited")]
    assert seen([work(A), work(B)], [work(B)]) == [("gone", A, None, None, "list edited")]


def decided(old: list[Work], new: list[Work], **decisions: Any) -> list[tuple[str, str]]:
    news = changes.between(Dataset(old, []), Dataset(new, []), Overrides(**decisions))
    return [(change.kind, change.cause) for change in news.works]


def test_a_decision_of_a_maintainer_is_an_edit_of_the_settings() -> None:
    one, other, both = work(A), work(B), work(A, B, urls=(A, B))
    names = Identifier.of(A), Identifier.of(B)
    exclude = frozenset({Identifier.of(A), Identifier("github", "a/b")})
    assert decided([one, other], [other], exclude=exclude) == [("gone", "settings edited")]
    assert decided([one, other], [both], same=(names,)) == [("merged", "settings edited")]
    assert decided([both], [one, other], different=(names,)) == [("split", "settings edited")]
    news = changes.between(
        Dataset([], [repository("A/b")]), Dataset([], []), Overrides(exclude=exclude)
    )
    assert [change.cause for change in news.repositories] == ["settings edited"]


def test_a_decision_on_other_works_explains_nothing() -> None:
    one, other, both = work(A), work(B), work(A, B, urls=(A, B))
    names = Identifier.of(A), Identifier.of(X)
    exclude = frozenset({Identifier.of(X)})
    assert decided([one, other], [other], exclude=exclude) == [("gone", "list edited")]
    assert decided([one, other], [both], same=(names,)) == [("merged", "source changed")]
    assert decided([both], [one, other], different=(names,)) == [("split", "source changed")]


def test_rows_without_links_differ_by_title() -> None:
    one, other = (work(name, mentions=[place("", title=name)]) for name in (A, B))
    assert seen([one], [one, other]) == [("added", B, None, None, "list edited")]
    assert seen([one, other], [one]) == [("gone", B, None, None, "list edited")]


def test_another_link_is_another_work() -> None:
    assert [row[:2] for row in seen([work(A)], [work(B)])] == [("gone", A), ("added", B)]


def test_the_same_link_with_another_title_is_no_edit() -> None:
    news = seen([work(A, urls=("u",))], [work(B, urls=("u",))])
    assert {row[-1] for row in news} == {"source changed"}


def test_a_registry_joins_two_works() -> None:
    old, new = [work(A), work(X)], [work(X, A, urls=(A, X))]
    assert seen(old, new) == [("merged", X, f"{A}; {X}", None, "source changed")]


def test_a_list_brings_two_works_together() -> None:
    old, new = [work(A), work(X)], [work(X, A, urls=(A, X, "new"))]
    assert seen(old, new) == [("merged", X, f"{A}; {X}", None, "list edited")]


def test_a_registry_withdraws_an_assertion() -> None:
    old, new = [work(X, A, urls=(A, X))], [work(A), work(X)]
    assert seen(old, new) == [("split", X, None, f"{A}; {X}", "source changed")]


def test_a_preprint_is_published() -> None:
    old = [work(A, manifestations=[form(A, "preprint")])]
    new = [work(A, X, urls=(A,), manifestations=[form(A, "preprint"), form(X)])]
    assert seen(old, new) == [("published", A, None, X, "source changed")]
    new = [work(A, X, urls=(A, X), manifestations=[form(A, "preprint"), form(X)])]
    assert seen(old, new) == [("published", A, None, X, "list edited")]
    assert seen(new, new) == []


def test_what_was_published_all_along_is_no_news() -> None:
    """Nobody had told of the journal's DOI, or of the work at all, until a registry answered."""
    new = [work(A, X, urls=(A,), manifestations=[form(A, "preprint"), form(X)])]
    assert (
        seen([work(A, X, urls=(A,), manifestations=[form(A, "preprint"), form(X, "other")])], new)
        == []
    )
    assert seen([work(A, status="provisional", manifestations=[form(A, "preprint")])], new) == []


def test_a_work_keeps_its_id() -> None:
    assert seen([work(A)], [work(A, X, urls=(A,))]) == []


def titled(title: str | None, source: str = "crossref") -> list[Work]:
    return [work(A, title=title, provenance={"title": Provenance(source, A)} if title else {})]


@pytest.mark.parametrize(
    ("old", "new", "causes"),
    [
        (titled("Old"), titled("New"), ["source changed"]),
        (titled("Old", "list"), titled("New", "list"), ["list edited"]),
        (titled("Old", "arxiv"), titled("New", "crossref"), ["source changed"]),
        (titled("A title: it is"), titled("A Title - It is."), []),
        (titled(None), titled("New"), []),
        (titled("Old", "starter"), titled("New"), []),
        (titled("Old"), titled("New", "harvest.toml"), []),
        (titled("Old", "harvest.toml"), titled("New", "harvest.toml"), ["settings edited"]),
        (titled("Old", "list"), titled("New"), []),
    ],
)
def test_titles(old: list[Work], new: list[Work], causes: list[str]) -> None:
    assert seen(old, new) == [("retitled", A, "Old", "New", cause) for cause in causes]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("retraction", "retracted"),
        ("withdrawal", "withdrawn"),
        ("expression_of_concern", "questioned"),
        ("correction", "corrected"),
    ],
)
def test_notices(kind: NoticeKind, word: str) -> None:
    noticed = [work(A, integrity=[IntegrityNotice(kind, X, "2024", "crossref")])]
    assert seen([work(A)], noticed) == [(word, A, None, X, "source changed")]
    assert seen(noticed, noticed) == []
    assert seen([work(A, status="provisional")], noticed) == []
    second = IntegrityNotice(kind, "doi:10.1000/second", "2025", "crossref")
    twice = [work(A, integrity=[*noticed[0].integrity, second])]
    assert seen(noticed, twice) == [(word, A, None, "doi:10.1000/second", "source changed")]


def test_a_notice_that_gets_its_name_is_no_news() -> None:
    nameless = [work(A, integrity=[IntegrityNotice("correction", None, "2024", "crossref")])]
    named = [work(A, integrity=[IntegrityNotice("correction", X, "2024", "crossref")])]
    assert seen(nameless, named) == seen(named, nameless) == []


def test_repositories_listed_and_taken_out() -> None:
    assert moved([], [repository()]) == [("added", None, None, "list edited")]
    assert moved([repository()], []) == [("unlisted", None, None, "list edited")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"name": "c/d"}, ("renamed", "github:a/b", "github:c/d", "repository moved")),
        ({}, {"name": "A/B"}, None),
        ({}, {"status": "gone"}, ("gone", None, None, "source changed")),
        ({}, {"status": "blocked"}, ("blocked", None, None, "source changed")),
        ({"status": "gone"}, {}, ("back", None, None, "source changed")),
        ({"status": "unchecked"}, {}, None),
        ({"status": "unchecked"}, {"name": "c/d"}, None),
        ({"status": "unchecked"}, {"status": "gone"}, None),
        ({"archived": False}, {"archived": True}, ("archived", None, None, "source changed")),
        ({"archived": True}, {"archived": False}, ("unarchived", None, None, "source changed")),
        ({"archived": None}, {"archived": True}, None),
        ({"stars": 494}, {"stars": 501}, ("stars", 494, 501, "source changed")),
        ({"stars": None}, {"stars": 501}, None),
        ({"stars": 1, "source": "starter"}, {"stars": 501}, None),
    ],
)
def test_repositories(old: dict[str, Any], new: dict[str, Any], expected: Any) -> None:
    assert moved([repository(**old)], [repository(**new)]) == ([expected] if expected else [])


def test_a_repository_has_former_names() -> None:
    old = repository(repository_id=None, stars=1)
    new = repository("c/d", repository_id=9, aliases=["github:a/b"], stars=1)
    assert moved([old], [new]) == [("renamed", "github:a/b", "github:c/d", "repository moved")]


def test_encoded_one_a_line_and_decodable() -> None:
    news = changes.between(
        Dataset([work(A)], [repository()]), Dataset([work(B)], [repository(stars=3)])
    )
    news.before, news.after = sha256(b"old").hexdigest(), sha256(b"new").hexdigest()
    written = changes.encode(news)
    assert msgspec.json.decode(written, type=changes.Changes) == news
    assert len([line for line in written.splitlines() if b'"kind"' in line]) == 2
    assert json.loads(changes.encode(changes.Changes())) == {
        "before": None,
        "after": None,
        "works": [],
        "repositories": [],
    }


def test_lines_say_what_why_and_from_what_to_what() -> None:
    news = changes.between(
        Dataset([*titled("Old")], [repository(stars=1)]),
        Dataset([*titled("New")], [repository(stars=2)]),
    )
    assert list(changes.lines(news)) == [
        f"retitled  {A}  Old -> New  (source changed)",
        "stars  github:a/b  1 -> 2  (source changed)",
    ]


def test_the_facts_read_for_a_diff_give_the_same_changes(tmp_path: Path) -> None:
    before = Dataset([work("doi:10.1000/a", title="One"), work("doi:10.1000/b")], [])
    after = Dataset([work("doi:10.1000/a", title="Two")], [])
    facts = []
    for number, dataset in enumerate((before, after)):
        path = tmp_path / f"{number}.json"
        path.write_bytes(msgspec.json.encode(dataset))
        facts.append(store.decode(path, LastDataset))
    news = changes.between(*facts)
    assert [change.kind for change in news.works] == ["retitled", "gone"]
    assert news == changes.between(before, after)
