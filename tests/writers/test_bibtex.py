"""works.bib, as BibTeX and biblatex read it."""

from __future__ import annotations

import bibtexparser
import pytest

from harvest.models import Author
from harvest.writers.bibtex import BibWriter, entry
from tests.support.exports import hostile, library
from tests.support.growth import ends
from tests.support.works import make_work


def bib(dialect: str | None = None) -> str:
    return BibWriter(dialect).write(library())["works.bib"].decode()


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (Author("Ada Lovelace", "Ada", "Lovelace"), "Lovelace, Ada"),
        (Author("L. van der Berg", "L.", "van der Berg"), "van der Berg, L."),
        (Author("Joe Smith, Jr.", "Joe", "Smith, Jr."), "{Joe Smith, Jr.}"),
        (Author("Barnes and Noble"), "{Barnes and Noble}"),
        (Author("A B and C", "A", "B and C"), "{A B and C}"),
        (Author("A =B", "A", "=B"), "{=}B, A"),
        (Author("others"), "{others}"),
        (Author("A & B_2"), r"{A \& B\_2}"),
    ],
)
def test_a_name_has_one_meaning(author: Author, expected: str) -> None:
    assert f"  author = {{{expected}}},\n" in entry(make_work(1, authors=[author]))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("GAN for the ECG", "{GAN} for the {ECG}"),
        ("Of mRNA and X-ray", "Of {mRNA} and X-ray"),
        ("A Kernel Test", "A Kernel Test"),
        ("{X} 100%", r"{\textbraceleft{}X\textbraceright{}} 100\%"),
        ("a\x00b\u202ec\x1b", "a b c"),
        ("GANs -- a ``study''", "{GANs} -{}- a `{}`study'{}'"),
    ],
)
def test_only_words_whose_capitals_would_be_lost_are_braced(title: str, expected: str) -> None:
    assert f"  title = {{{expected}}},\n" in entry(make_work(1, title=title))


@pytest.mark.parametrize(
    ("pages", "expected"), [("107-115", "107--115"), ("1--5", "1--5"), ("S1-S9", "S1--S9")]
)
def test_pages_are_a_range(pages: str, expected: str) -> None:
    assert f"  pages = {{{expected}}},\n" in entry(make_work(1, pages=pages))


@pytest.mark.parametrize(("editors", "expected"), [(1, "incollection"), (0, "inbook")])
def test_a_chapter_is_one_of_a_collection_that_has_editors(editors: int, expected: str) -> None:
    people = [Author("Wei Ho", "Wei", "Ho")][:editors]
    chapter = make_work(1, type="book-chapter", editors=people)
    assert entry(chapter).startswith(f"@{expected}{{")
    assert entry(chapter, "bibtex").startswith("@incollection{")


def test_long_words_are_written() -> None:
    with ends():
        assert "x" * 100_000 in entry(make_work(1, title="x" * 100_000))


def test_a_comma_parts_keywords_only_where_it_stands_between_them() -> None:
    text = entry(make_work(1, facets={"method": ["GAN"]}, subjects=["Signal, processing"]))
    assert "  keywords = {GAN, Signal processing},\n" in text


def test_an_identifier_cannot_end_its_field() -> None:
    identifiers = {
        "doi": ["10.1000/a}b{c\\d_e"],
        "arxiv": [],
        "openreview": [],
        "pii": [],
        "url": [],
    }
    text = entry(make_work(1, identifiers=identifiers))
    assert "  doi = {10.1000/a%7Db%7Bc%5Cd_e},\n" in text


def test_a_retraction_and_a_doubtful_status_are_named() -> None:
    for dialect in BibWriter.dialects:
        assert "note = {Retracted (doi:10.1000/notice)}" in bib(dialect)
        assert "note = {Provisional record}" in bib(dialect)
        assert "note = {Unknown to the registries}" in bib(dialect)


def test_fields_of_each_dialect() -> None:
    assert "eprinttype = {arxiv}" in bib()
    assert "eprintclass = {stat.ML}" in bib()
    assert "eprintclass = {Signal" not in bib()
    assert "journaltitle = {Journal of Signals}" in bib()
    assert "date = {2023-01-19}" in bib()
    old = bib("bibtex")
    assert "journal = {Journal of Signals}" in old
    assert "year = {2023}" in old
    assert "archiveprefix = {arxiv}" in old
    assert "pages = {107115}" in old
    assert "date =" not in old


@pytest.mark.parametrize(
    ("type_", "field"),
    [("journal-article", "publisher"), ("dissertation", "booktitle"), ("posted-content", "volume")],
)
def test_an_entry_has_the_fields_of_its_type(type_: str, field: str) -> None:
    work = make_work(1, type=type_, container="C", publisher="P", volume="1")
    assert f"  {field} = " not in entry(work)
    assert " = {P}" in entry(work) or type_ != "dissertation"


def test_people_of_proceedings_are_editors() -> None:
    assert "  editor = {Lovelace, Ada}" in entry(make_work(1, type="proceedings"))


def test_another_reader_reads_every_hostile_entry() -> None:
    content = hostile()
    text = BibWriter().write(content)["works.bib"].decode()
    parsed = bibtexparser.parse_string(text)
    assert not parsed.failed_blocks
    assert [it.key for it in parsed.entries] == [work.key for work in content.works]
    assert text.count("{") == text.count("}")
    assert not any(it in text for it in "\x00\x07\x1b\u202e\u2066\ufffe")
