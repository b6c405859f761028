"""One work, many forms: every way in which sources assert it joins what lists name apart, and
nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import pipeline
from harvest.config import Fresh, Settings
from harvest.models import Work
from tests.fakes import FakeServices, World
from tests.fakes import world as known
from tests.fakes.world import Person, Preprint, Version
from tests.support.runs import published
from tests.support.settings import make_settings

JOURNAL, PREPRINT = "https://doi.org/10.5555/journal", "https://arxiv.org/abs/2301.55555"
OTHER = "https://doi.org/10.5555/other"
PEOPLE = [Person("Ada", "Abara"), Person("Bo", "Castro")]


def journal(
    doi: str = "10.5555/journal", title: str = "The title it has in the journal", **extra: Any
) -> known.Work:
    return known.Work(
        doi=doi,
        title=title,
        authors=PEOPLE,
        date="2024-05",
        container="Journal of Glass",
        extra=extra,
    )


def preprint(title: str = "The title it had in the archive", doi: str | None = None) -> Preprint:
    return Preprint(
        id="2301.55555",
        title=title,
        authors=PEOPLE,
        versions=[Version("2023-01-20T00:00:00Z")],
        doi=doi,
    )


def listed(folder: Path, fakes: FakeServices, *links: str) -> Settings:
    (folder / "mine.md").write_text("".join(f"- [Paper]({link})\n" for link in links), "utf-8")
    settings = make_settings(folder, fakes, folder / "mine.md", token="t")
    return msgspec.structs.replace(
        settings, floor=0.0, fresh=Fresh(young=0, work=0, old=0, repository=0)
    )


def works(settings: Settings) -> dict[str, Work]:
    pipeline.refresh(settings)
    return {work.id: work for work in published(settings).works}


def uncertain(settings: Settings) -> list[int]:
    """The lines of uncertain matches."""
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    return [row["line"] for row in rows if row["code"] == "uncertain-match"]


def relation(name: str, kind: str, value: str) -> dict[str, Any]:
    return {"relation": {name: [{"id-type": kind, "id": value, "asserted-by": "subject"}]}}


def foreign(world: World, doi: str, relation_type: str, kind: str, value: str) -> None:
    """A DOI of DataCite with a relation."""
    related = [
        {"relationType": relation_type, "relatedIdentifierType": kind, "relatedIdentifier": value}
    ]
    world.foreign[doi] = known.Work(
        doi=doi,
        title="A deposit of it",
        date="2023",
        type="Preprint",
        extra={"relatedIdentifiers": related},
    )
    world.agencies[doi] = "datacite"


ASSERTED = {
    "arXiv tells its DOI": [journal(), preprint(doi="10.5555/journal")],
    "arXiv tells several": [journal(), preprint(doi="10.5555/chapter; 10.5555/JOURNAL")],
    "Crossref tells the arXiv id": [
        journal(**relation("has-preprint", "arxiv", "2301.55555")),
        preprint(),
    ],
    "with a version": [journal(**relation("has-preprint", "arxiv", "2301.55555v2")), preprint()],
    "or as a DOI": [
        journal(**relation("has-preprint", "doi", "10.48550/arXiv.2301.55555")),
        preprint(),
    ],
}


@pytest.mark.parametrize("things", ASSERTED.values(), ids=ASSERTED)
def test_a_source_says_that_two_forms_are_one(
    tmp_path: Path, fakes: FakeServices, world: World, things: list[known.Work | Preprint]
) -> None:
    world.add(*things)
    (work,) = works(listed(tmp_path, fakes, PREPRINT, JOURNAL)).values()
    assert (work.id, work.title, work.date) == (
        "doi:10.5555/journal",
        "The title it has in the journal",
        "2023-01-20",
    )
    assert {
        form.identifier: form.kind
        for form in work.manifestations
        if "chapter" not in form.identifier
    } == {
        "arxiv:2301.55555": "preprint",
        "doi:10.5555/journal": "version_of_record",
    }
    assert [(claim.source, claim.value) for claim in work.provenance["title"].also] == [
        ("arxiv", "The title it had in the archive")
    ]


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("IsVersionOf", "DOI", "10.5555/journal"),
        ("IsPreprintOf", "DOI", "https://doi.org/10.5555/JOURNAL"),
        ("IsIdenticalTo", "DOI", "10.5555/journal"),
    ],
)
def test_datacite_says_so(
    tmp_path: Path, fakes: FakeServices, world: World, name: str, kind: str, value: str
) -> None:
    world.add(journal())
    foreign(world, "10.5281/zenodo.5555", name, kind, value)
    (work,) = works(
        listed(tmp_path, fakes, "https://doi.org/10.5281/zenodo.5555", JOURNAL)
    ).values()
    assert work.identifiers["doi"] == ["10.5281/zenodo.5555", "10.5555/journal"]
    assert work.title == "The title it has in the journal"


def test_datacite_may_cite_without_joining(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(journal())
    foreign(world, "10.5281/zenodo.5555", "IsSupplementTo", "DOI", "10.5555/journal")
    assert len(works(listed(tmp_path, fakes, "https://doi.org/10.5281/zenodo.5555", JOURNAL))) == 2


def test_each_version_of_an_article_has_a_doi(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    update = {"DOI": "10.5555/journal", "type": "new_version", "label": "New version"}
    world.add(journal(title="Tomography of glass [version 1]"))
    title = "Tomography of glass [version 2; peer review: 2 approved]"
    world.add(journal("10.5555/other", title, **{"update-to": [update]}))
    (work,) = works(listed(tmp_path, fakes, JOURNAL, OTHER)).values()
    assert work.identifiers["doi"] == ["10.5555/journal", "10.5555/other"]


def test_an_old_doi_is_the_one_that_replaced_it(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(journal())
    world.aliases["10.5555/former"] = "10.5555/journal"
    (work,) = works(listed(tmp_path, fakes, "https://doi.org/10.5555/former", JOURNAL)).values()
    assert work.identifiers["doi"] == ["10.5555/former", "10.5555/journal"]
    assert len(work.mentions) == 2


def test_likeness_joins_a_preprint_with_one_published_form_and_never_two(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    title = "A sparse transform for the invented tomography of glass"
    world.add(journal(title=title), preprint(title.upper()))
    assert list(works(listed(tmp_path, fakes, PREPRINT, JOURNAL))) == ["doi:10.5555/journal"]
    world.add(journal("10.5555/other", title))
    split = works(listed(tmp_path, fakes, PREPRINT, JOURNAL, OTHER))
    assert list(split) == ["arxiv:2301.55555", "doi:10.5555/journal", "doi:10.5555/other"]
    assert [work.aliases for work in split.values()] == [[], [], []]
    settings = listed(tmp_path, fakes, PREPRINT, JOURNAL, OTHER)
    assert uncertain(settings) == [1]
    decided = msgspec.structs.replace(settings, same=((PREPRINT, OTHER),))
    assert list(works(decided)) == ["doi:10.5555/journal", "doi:10.5555/other"]
    assert uncertain(decided) == []


def test_a_maintainer_undoes_a_merge_and_does_it_again(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    """Ids and changes over five nights: listed apart, merged by a source, parted, joined, and
    corrected."""
    world.add(journal(), preprint())
    settings = listed(tmp_path, fakes, PREPRINT, JOURNAL)
    assert len(works(settings)) == 2
    world.add(preprint(doi="10.5555/journal"))
    run = pipeline.refresh(settings)
    assert run.changes == {"total": 1, "merged": 1}
    (work,) = published(settings).works
    assert (work.id, work.aliases) == ("doi:10.5555/journal", ["arxiv:2301.55555"])
    pair = (("arxiv:2301.55555", "10.5555/journal"),)
    parted = msgspec.structs.replace(settings, different=pair)
    assert pipeline.refresh(parted).changes == {"total": 1, "split": 1}
    apart = {work.id: work.aliases for work in published(settings).works}
    assert apart == {"arxiv:2301.55555": [], "doi:10.5555/journal": []}
    world.add(preprint())
    joined = msgspec.structs.replace(settings, same=pair)
    assert pipeline.refresh(joined).changes == {"total": 1, "merged": 1}
    assert pipeline.refresh(joined).changes == {"total": 0}
    assert pipeline.refresh(settings).changes == {"total": 1, "split": 1}


def test_a_preprint_that_is_published_keeps_its_id_and_is_news(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(preprint())
    settings = listed(tmp_path, fakes, PREPRINT)
    assert list(works(settings)) == ["arxiv:2301.55555"]
    world.add(journal(), preprint(doi="10.5555/journal"))
    run = pipeline.refresh(settings)
    assert run.changes == {"total": 2, "published": 1, "retitled": 1}
    (work,) = published(settings).works
    assert (work.id, work.type, work.container) == (
        "arxiv:2301.55555",
        "journal-article",
        "Journal of Glass",
    )
    assert work.identifiers["doi"] == ["10.5555/journal"]
    (tmp_path / "mine.md").write_text(f"- [Paper]({JOURNAL})\n", "utf-8")  # the list follows
    pipeline.refresh(settings)
    assert [work.id for work in published(settings).works] == ["arxiv:2301.55555"]
