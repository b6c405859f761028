"""Tables of works and repositories."""

from __future__ import annotations

import csv
import io

from harvest.dataset import change_log, tables
from harvest.models import Place
from harvest.writers.csv import CsvWriter
from tests.support.exports import hostile, library
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


def rows(name: str) -> list[dict[str, str]]:
    return list(tables.decode(CsvWriter().write(library())[name]))


def test_a_retraction_and_a_doubtful_status_are_named() -> None:
    assert [row["integrity"] for row in rows("works.csv") if row["integrity"]] == ["retraction"]
    assert {"provisional", "not_found"} < {row["status"] for row in rows("works.csv")}


def test_what_a_work_has_many_of_is_long() -> None:
    assert rows("facets.csv")[0] == {"work": "doi:10.1000/001", "name": "method", "value": "GAN"}
    assert [row["code"] for row in rows("findings.csv")] == ["no-doi"]


def test_the_log_is_written_as_it_was() -> None:
    data = CsvWriter().write(library())["changes.csv"]
    content = make_publication(changes=change_log.read(data))
    assert CsvWriter().write(content)["changes.csv"] == data
    assert data.startswith(",".join(change_log.COLUMNS).encode())


def test_hostile_text_stays_in_its_cell() -> None:
    for name, data in CsvWriter().write(hostile()).items():
        table = list(csv.reader(io.StringIO(data.decode(), newline="")))
        assert len({len(row) for row in table}) == 1, name
        assert not [cell for row in table[1:] for cell in row if cell[:1] in set("=@\t")], name
