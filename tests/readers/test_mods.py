"""MODS, the XML of libraries."""

from __future__ import annotations

import pytest

from harvest.readers import read

RECORD = """<mods ID="roe-2020">
  <titleInfo><title>Slow ice</title><subTitle>of long winters</subTitle></titleInfo>
  <name type="personal">
    <namePart type="family">Roe</namePart>
    <namePart type="given">Ann</namePart>
    <role><roleTerm type="text">author</roleTerm></role>
  </name>
  <name><namePart>Ice Group</namePart></name>
  <name><namePart>Bo Doe</namePart><role><roleTerm>editor</roleTerm></role></name>
  <relatedItem type="host">
    <titleInfo><title>Proceedings of Ice</title></titleInfo>
    <name><namePart>Di Fox</namePart></name>
    <originInfo><dateIssued>2020-12</dateIssued></originInfo>
    <identifier type="isbn">978-1</identifier>
  </relatedItem>
  <identifier type="doi">10.1000/ice.1</identifier>
  <identifier type="citekey">roe-2020</identifier>
  <abstract>Builds on 10.1000/other.</abstract>
  <location><url>https://aclanthology.org/2020.acl-main.1</url></location>
</mods>
"""
HEAD = '<?xml version="1.0"?>\n<modsCollection xmlns="http://www.loc.gov/mods/v3">\n'


@pytest.mark.parametrize("name", ["works.xml", "works.mods", "works.txt"])
@pytest.mark.parametrize("prefix", ["", "mods:"])
def test_a_record(name: str, prefix: str) -> None:
    text = f"{HEAD}{RECORD}</modsCollection>\n".replace("</", f"</{prefix}")
    text = (
        text.replace("<m", f"<{prefix}m").replace("<t", f"<{prefix}t").replace("<n", f"<{prefix}n")
    )
    for letter in "ridoalsu":
        text = text.replace(f"<{letter}", f"<{prefix}{letter}")
    reading = read(text.encode(), name)
    works = [it for it in reading.mentions if it.entry is not None]
    assert {(it.title, it.authors, it.date) for it in works} == {
        ("Slow ice: of long winters", "Ann Roe; Ice Group", "2020-12")
    }
    assert {(str(it.identifier), it.line) for it in works} == {
        ("doi:10.1000/ice.1", 18),
        ("acl:2020.acl-main.1", 21),
    }
    assert {str(it.identifier) for it in reading.mentions if it.entry is None} == {
        "doi:10.1000/other"
    }


def test_what_stands_before_an_error_is_read() -> None:
    reading = read(f"{HEAD}{RECORD}<mods><titleInfo>".encode(), "works.xml")
    assert "Slow ice: of long winters" in {it.title for it in reading.mentions}
    assert [it.code for it in reading.findings if it.code == "malformed-xml"]


def test_an_entity_is_refused() -> None:
    text = f'<!DOCTYPE mods [<!ENTITY a "aaaa">]>{RECORD}'
    reading = read(text.encode(), "works.mods")
    assert {it.code for it in reading.findings} == {"malformed-xml"}


def works(record: str) -> set[tuple[str, str | None, str | None]]:
    mentions = read(f"{HEAD}<mods>{record}</mods></modsCollection>".encode(), "a.mods").mentions
    return {(str(it.identifier), it.title, it.date) for it in mentions}


PLAIN = "<titleInfo><title>Art of Ice</title></titleInfo>"
ID = '<identifier type="doi">10.1000/ice.1</identifier>'


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        ("<titleInfo><nonSort>The </nonSort><title>Art of Ice</title></titleInfo>", "The Art of Ice"),
        ("<titleInfo><nonSort>L'</nonSort><title>art du froid</title></titleInfo>", "L'art du froid"),
        (
            f'<titleInfo type="abbreviated"><title>A</title><subTitle>x</subTitle></titleInfo>{PLAIN}',
            "Art of Ice",
        ),
        ('<titleInfo type="uniform"><title>Art of Ice</title></titleInfo>', "Art of Ice"),
        (f"<titleInfo><title> </title></titleInfo>{PLAIN}", "Art of Ice"),
    ],
)  # fmt: skip
def test_the_title_is_the_plain_one_with_its_article(titles: str, title: str) -> None:
    assert works(ID + titles) == {("doi:10.1000/ice.1", title, None)}


@pytest.mark.parametrize(
    ("kind", "own", "date"),
    [
        ("references", "", None),
        ("references", "2020", "2020"),
        ("host", "2020", "2020"),
        ("host", "", "1995"),
    ],
)
def test_the_date_is_its_own_or_that_of_what_holds_it(
    kind: str, own: str, date: str | None
) -> None:
    issued = "<originInfo><dateIssued>{}</dateIssued></originInfo>"
    other = f'<relatedItem type="{kind}">{issued.format(1995)}</relatedItem>'
    record = f"{ID}{PLAIN}{other}{issued.format(own)}"
    assert works(record) == {("doi:10.1000/ice.1", "Art of Ice", date)}


def test_an_invalid_identifier_is_none() -> None:
    wrong = '<identifier type="doi" invalid="yes">10.1000/wrong</identifier>'
    assert {work[0] for work in works(wrong + ID)} == {"doi:10.1000/ice.1"}


def test_a_text_is_decoded_once() -> None:
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    record = f"{head}<mods>{ID}<titleInfo><title>Größe</title></titleInfo></mods>"
    for encoding in ("utf-8", "latin-1"):
        assert {it.title for it in read(record.encode(encoding), "a.mods").mentions} == {"Größe"}
