"""Works and repositories that look like each other, from the list to the dataset, with the facts of
the real ones."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harvest import pipeline
from harvest.config import Settings
from harvest.models import Dataset
from tests.fakes import FakeServices, World
from tests.fakes.world import Person, Preprint, Version, Work
from tests.support.runs import published
from tests.support.settings import FILE, make_settings

DATA = Path(__file__).parents[1] / "data"
LOOK_ALIKES = (
    ("doi:10.1016/j.cmpb.2021.106018", "doi:10.1016/j.cmpb.2021.106019"),
    ("arxiv:2211.13352", "arxiv:2308.12453"),
    ("arxiv:2112.03268", "arxiv:2303.02475", "arxiv:2202.00569"),
    ("arxiv:2208.11702", "doi:10.1007/978-3-031-16452-1_42"),
)
NAMES = [name for group in LOOK_ALIKES for name in group]


class Fact(msgspec.Struct):
    """A line of labelled.jsonl."""

    identifier: str
    title: str
    authors: list[tuple[str, str]]
    year: int
    container: str | None = None


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    """Real works by identifier."""
    lines = (DATA / "labelled.jsonl").read_bytes().splitlines()
    return {
        fact.identifier: fact for fact in (msgspec.json.decode(line, type=Fact) for line in lines)
    }


@pytest.fixture
def world(world: World, facts: dict[str, Fact]) -> World:
    """The world of the default lists, with every look-alike as it really is."""
    for name in NAMES:
        scheme, _, value = name.partition(":")
        fact = facts[name]
        people = [Person(given, family) for given, family in fact.authors]
        if scheme == "arxiv":
            version = Version(f"{fact.year}-06-01T00:00:00Z")
            world.add(Preprint(id=value, title=fact.title, authors=people, versions=[version]))
        else:
            world.add(
                Work(
                    doi=value,
                    title=fact.title,
                    authors=people,
                    date=str(fact.year),
                    container=fact.container,
                )
            )
    return world


def home(dataset: Dataset) -> dict[str, str]:
    """The id of the work that has each identifier."""
    return {
        f"{s}:{v}": work.id
        for work in dataset.works
        for s, values in work.identifiers.items()
        for v in values
    }


def by_title(folder: Path, fakes: FakeServices, facts: dict[str, Fact]) -> Settings:
    """A list of the look-alikes by title, authors and year alone, in the order of NAMES."""
    rows = "".join(
        f"| {fact.title} | {', '.join(' '.join(names) for names in fact.authors)} | {fact.year} |\n"
        for fact in map(facts.__getitem__, NAMES)
    )
    (folder / "mine.md").write_text("| Title | Authors | Year |\n|---|---|---|\n" + rows, "utf-8")
    return make_settings(folder, fakes, folder / "mine.md", token="t")


def test_what_the_default_lists_link_stays_apart(tmp_path: Path, fakes: FakeServices) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    pipeline.refresh(settings)
    homes = home(published(settings))
    for group in LOOK_ALIKES:
        listed = [name for name in group if name in homes]
        assert len({homes[name] for name in listed}) == len(listed)
    assert sum(name in homes for name in NAMES) >= 8


def test_linked_side_by_side_they_stay_apart(tmp_path: Path, fakes: FakeServices) -> None:
    links = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}
    text = "".join(
        f"- [P]({links[scheme]}{value})\n"
        for scheme, _, value in (name.partition(":") for name in NAMES)
    )
    (tmp_path / "mine.md").write_text(text, "utf-8")
    settings = make_settings(tmp_path, fakes, tmp_path / "mine.md", token="t")
    pipeline.refresh(settings)
    homes = home(published(settings))
    assert len({homes[name] for name in NAMES}) == len(NAMES)


def test_by_title_each_finds_itself(
    tmp_path: Path, fakes: FakeServices, facts: dict[str, Fact]
) -> None:
    settings = by_title(tmp_path, fakes, facts)
    pipeline.refresh(settings)
    lines = {place.line: work for work in published(settings).works for place in work.mentions}
    assert len(lines) == len(NAMES)
    for line, name in enumerate(NAMES, 3):
        scheme, _, value = name.partition(":")
        assert value in lines[line].identifiers[scheme], name


def test_by_title_none_finds_its_look_alike(
    tmp_path: Path, fakes: FakeServices, world: World, facts: dict[str, Fact]
) -> None:
    """One of each group is all that the registries have: the others must find nothing."""
    there = {group[0] for group in LOOK_ALIKES}
    for name in NAMES:
        scheme, _, value = name.partition(":")
        if name not in there:
            (world.preprints if scheme == "arxiv" else world.works).pop(value)
    settings = by_title(tmp_path, fakes, facts)
    pipeline.refresh(settings)
    rows = {place.line: work.id for work in published(settings).works for place in work.mentions}
    right = {line: name for line, name in enumerate(NAMES, 3) if name in there}
    assert {line: name for line, name in rows.items() if line in right} == right
    others = {name for line, name in rows.items() if line not in right}
    assert others & set(NAMES) == set()


def test_two_repositories_of_one_name_are_two(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    pipeline.refresh(settings)
    names = ["github:aidotse/stylegan2-ada-pytorch", "github:thinkercache/stylegan2-ada-pytorch"]
    found = {
        repository.id: repository
        for repository in published(settings).repositories
        if repository.id in names
    }
    assert sorted(found) == names
    one, other = (found[name] for name in names)
    assert one.repository_id != other.repository_id
    assert set(one.works).isdisjoint(other.works)
    assert one.aliases == other.aliases == []
    assert world.repositories[names[0].partition(":")[2]].id == one.repository_id
