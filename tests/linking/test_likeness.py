"""Forms that no source joins: one work only with the same authors, a near title and no rival."""

from __future__ import annotations

from typing import Any

import pytest

from harvest.linking import likeness
from harvest.linking.identity import link
from harvest.linking.overrides import Overrides
from harvest.models import Author, Identifier, Mention, Record

TITLE = "Synthetic ECG Signal Generation using Probabilistic Diffusion Models"
AUTHORS = (Author("Edmond Adib", "Edmond", "Adib"), Author("John J. Prevost", "John J.", "Prevost"))


def published(name: str = "10.1000/a", **fields: Any) -> Record:
    base: dict[str, Any] = {"kind": "version_of_record", "title": TITLE, "authors": AUTHORS, "date": "2023-07"}
    return Record(source="crossref", identifier=Identifier("doi", name), **{**base, **fields})


def preprint(name: str = "2303.02475", **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "preprint",
        "title": TITLE,
        "authors": (Author("Edmond Adib"), Author("John Prevost")),
    }
    return Record(source="arxiv", identifier=Identifier("arxiv", name), date="2023-03", **{**base, **fields})


def groups(*records: Record, overrides: Overrides | None = None) -> int:
    return len(link([record.identifier for record in records], records, overrides or Overrides()).groups)


def test_a_preprint_and_its_published_form_are_one_work() -> None:
    records = [preprint(), published()]
    linked = link([record.identifier for record in records], records)
    assert len(linked.groups) == 1
    assert linked.verdicts[0].accepted == "doi:10.1000/a"
    assert groups(preprint(title=TITLE.lower().replace("-", " ")), published()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (preprint(), published(title="Another title by the same people altogether")),
        (preprint(), published(title=TITLE + " 2")),
        (preprint(), published(title="Correction to: " + TITLE)),
        (preprint(), published(authors=(Author("Someone Else"), Author("Nobody Known")))),
        (preprint(), published(authors=(AUTHORS[0],))),
        (preprint(), published(date="2029")),
        (preprint(), published(provisional=True)),
        (preprint(), published(authors=())),
        (preprint(), published(kind="dataset")),
        (published(), published("10.1000/b")),
        (preprint(), preprint("2303.99999")),
    ],
)
def test_look_alikes_stay_apart(one: Record, other: Record) -> None:
    assert groups(one, other) == 2
    assert groups(other, one) == 2


def test_two_candidates_are_none() -> None:
    """One of two journal papers is the preprint's published form, and nothing tells which."""
    records = [preprint(), published(), published("10.1000/b")]
    linked = link([record.identifier for record in records], records)
    assert len(linked.groups) == 3
    assert {verdict.why for verdict in linked.verdicts} == {"another form fits as well"}
    listed = {r.identifier: [Mention(seed="a.md", line=n, url="u", role="paper")] for n, r in enumerate(records, 1)}
    (told,) = likeness.doubts(linked.verdicts, listed)
    assert (told.line, told.code) == (1, "uncertain-match")
    assert told.message.startswith(
        "arxiv:2303.02475 looks like doi:10.1000/a and doi:10.1000/b, which are not one work"
    )
    assert list(likeness.doubts(linked.verdicts, {})) == []
    sure = link([preprint().identifier, published().identifier], [preprint(), published()])
    assert list(likeness.doubts(sure.verdicts, listed)) == []


def test_what_a_maintainer_parts_is_not_joined() -> None:
    one, other = preprint(), published()
    assert groups(one, other, overrides=Overrides(different=((one.identifier, other.identifier),))) == 2


def test_a_form_that_is_there_already_is_not_joined_a_second_time() -> None:
    """The preprint is asserted to be one paper, so it is not joined with another one that looks alike."""
    records = [preprint(same_work=(Identifier("doi", "10.1000/a"),)), published(title="The title it got in the end"),
               published("10.1000/b")]  # fmt: skip
    assert groups(*records) == 2


def test_titles_that_tell_nothing_join_nothing() -> None:
    crowd = [published(f"10.1000/{n}", title="Editorial") for n in range(likeness.CROWD)]
    assert groups(preprint(title="Editorial"), *crowd) == likeness.CROWD + 1


def test_two_sources_of_one_form_are_one_form() -> None:
    elsewhere = Record(source="aspen", identifier=Identifier("doi", "10.1000/a"), kind="version_of_record", title=TITLE,
                       authors=AUTHORS, date="2023-07")  # fmt: skip
    names = [preprint().identifier, published().identifier]
    for records in ([preprint(), elsewhere, published()], [preprint(), published(), elsewhere]):
        assert len(link(names, records).groups) == 1
