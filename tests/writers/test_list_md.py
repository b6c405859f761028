"""LIST.md, as people and harvest read it."""

from __future__ import annotations

import re
from pathlib import Path

import pyromark
import pytest

from harvest.config import Publish
from harvest.dataset.publication import Publication
from harvest.entries import group
from harvest.readers.walk import read_lists
from harvest.text import markdown, printable
from harvest.writers.list_md import MAX_BYTES, ListWriter
from tests.support.exports import HOSTILE, hostile, library, place
from tests.support.works import make_publication, make_work


def text(content: Publication, dialect: str | None = None) -> str:
    return ListWriter(dialect).write(content)["LIST.md"].decode()


def read(content: Publication, folder: Path, dialect: str | None = None) -> dict[str, str | None]:
    """Return the first identifier of each entry that harvest reads, and its title."""
    for name, data in ListWriter(dialect).write(content).items():
        (folder / name).write_bytes(data)
    works: dict[str, str | None] = {}
    for entry in group(read_lists([str(folder / "LIST.md")]).mentions):
        if entry.papers and (first := entry.papers[0][0]).identifier:
            works[str(first.identifier)] = first.title or first.label
    return works


@pytest.mark.parametrize("dialect", ListWriter.dialects)
def test_harvest_reads_its_own_list(tmp_path: Path, dialect: str) -> None:
    content = library()
    assert read(content, tmp_path, dialect) == {work.id: work.title for work in content.works}


@pytest.mark.parametrize("dialect", ListWriter.dialects)
def test_hostile_titles_stay_in_their_entries(tmp_path: Path, dialect: str) -> None:
    content = hostile()
    assert read(content, tmp_path, dialect).keys() == {work.id for work in content.works}


def test_sections_of_the_lists_or_a_facet() -> None:
    assert re.findall("^## (.+)", text(library()), re.MULTILINE) == [
        "Contents", "Models", "Signals", "Text"
    ]  # fmt: skip
    content = library()
    by_facet = Publication(dataset=content.dataset, settings=Publish(group="method"))
    assert re.findall("^## (.+)", text(by_facet), re.MULTILINE) == ["Contents", "GAN", "Other"]


def test_a_retraction_and_a_doubtful_status_are_named() -> None:
    for dialect in ListWriter.dialects:
        assert "Retracted (doi:10.1000/notice)" in text(library(), dialect)
        assert "Provisional record" in text(library(), dialect)
        assert "Unknown to the registries" in text(library(), dialect)


def test_a_long_list_is_split(tmp_path: Path) -> None:
    works = [
        make_work(n, title=f"Work {n} " + "long " * 100, mentions=[place(n, f"Part {n // 1000}")])
        for n in range(2000)
    ]
    files = ListWriter().write(make_publication(*works))
    assert list(files) == ["LIST.md", "LIST-1.md", "LIST-2.md", "LIST-3.md"]
    assert all(len(data) <= MAX_BYTES for data in files.values())
    targets = re.findall(r"\]\((LIST-\d\.md)#([\w-]+)\)", files["LIST.md"].decode())
    assert targets == [
        ("LIST-1.md", "part-0"),
        ("LIST-2.md", "part-0"),
        ("LIST-2.md", "part-1"),
        ("LIST-3.md", "part-1"),
    ]
    assert set(read(make_publication(*works), tmp_path)) == {work.id for work in works}


def test_equal_headings_have_anchors_of_their_own() -> None:
    works = [
        make_work(n, mentions=[place(n, heading)]) for n, heading in enumerate(["A b", "A: b"])
    ]
    assert re.findall(r"\(#(.+)\)", text(make_publication(*works))) == ["a-b", "a-b-1"]


def test_without_works_there_is_a_title() -> None:
    assert text(make_publication()) == "# Curated papers and their code\n"


@pytest.mark.parametrize("raw", HOSTILE)
def test_escaped_text_is_rendered_as_it_is(raw: str) -> None:
    events = pyromark.events(f"a {markdown(raw)}")
    parts = [event["Text"] for event in events if isinstance(event, dict) and "Text" in event]
    assert "".join(parts) == "a " + " ".join(printable(raw).split())
