"""works.ris, as reference managers read it."""

from __future__ import annotations

import re

import rispy

from harvest.models import Author
from harvest.writers.ris import RisWriter, record
from tests.support.exports import hostile, library
from tests.support.works import make_work


def test_lines_end_with_crlf_and_have_a_tag() -> None:
    for content in (library(), hostile()):
        text = RisWriter().write(content)["works.ris"].decode()
        assert text.count("\n") == text.count("\r\n")
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.split("\r\n")[:-1])
        assert text.count("\r\nER  - \r\n") == len(content.works)
        assert not any(it in text for it in "\x00\x07\x1b\u202e\u2066")


def test_another_reader_reads_every_record() -> None:
    for content in (library(), hostile()):
        records = rispy.loads(RisWriter().write(content)["works.ris"].decode())
        assert [it["id"] for it in records] == [work.key for work in content.works]


def test_a_comma_within_a_name_parts_nothing() -> None:
    people = [Author("Joe Smith, Jr.", "Joe", "Smith, Jr."), Author("Institute of A, B")]
    names = [it[6:] for it in record(make_work(1, authors=people)) if it.startswith("AU")]
    assert names == ["Smith Jr., Joe", "Institute of A B"]


def test_a_retraction_and_a_doubtful_status_are_named() -> None:
    text = RisWriter().write(library())["works.ris"].decode()
    assert "N1  - Retracted (doi:10.1000/notice)\r\n" in text
    assert "KW  - retracted\r\n" in text
    assert "N1  - Provisional record\r\n" in text
    assert "N1  - Unknown to the registries\r\n" in text
