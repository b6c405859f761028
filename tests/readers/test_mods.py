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
