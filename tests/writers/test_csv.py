"""Tables of works and repositories."""

from __future__ import annotations

from harvest.models import Place
from harvest.writers.csv import CsvWriter
from tests.support.works import make_publication, make_repository, make_work


def test_empty_tables_have_a_head() -> None:
    files = CsvWriter().write(make_publication())
    assert files["works.csv"].startswith(b"id,status,")
    assert files["repositories.csv"].startswith(b"id,status,")


def test_cells_are_no_formulas() -> None:
    evil = make_work(1, title='=HYPERLINK("http://x")', container="-cmd", publisher="a;b")
    files = CsvWriter().write(
        make_publication(
            evil,
            repositories=[
                make_repository("o/n", description="@SUM(1)", archived=True, topics=["a", "b"])
            ],
        )
    )
    assert b"'=HYPERLINK" in files["works.csv"]
    assert b",'-cmd," in files["works.csv"]
    assert b"'@SUM(1)" in files["repositories.csv"]
    assert b",true," in files["repositories.csv"]
    assert b"a; b" in files["repositories.csv"]


def test_mentions_name_their_lines() -> None:
    place = Place(
        seed="a.md", line=3, section=("S",), title=None, authors=None, date=None, url="u", label="l"
    )
    row = (
        CsvWriter()
        .write(make_publication(make_work(1, mentions=[place])))["works.csv"]
        .decode()
        .splitlines()[1]
    )
    assert ",a.md:3," in row
