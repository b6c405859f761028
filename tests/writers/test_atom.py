"""changes.atom, by RFC 4287."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec

from harvest.config import Publish
from harvest.dataset.change_log import LoggedChange
from harvest.writers.atom import NAMESPACE, NEWEST, AtomWriter
from tests.support.exports import change, hostile, library
from tests.support.works import make_publication

NAME = f"{{{NAMESPACE}}}"


def feed(*changes: LoggedChange, **settings: str) -> bytes:
    content = make_publication(changes=changes, settings=Publish(**settings))
    return AtomWriter().write(content)["changes.atom"]


def entries(data: bytes) -> list[bytes]:
    return data.split(b"  <entry>")[1:]


def test_required_elements() -> None:
    for content in (library(), hostile(), make_publication()):
        root = ET.fromstring(AtomWriter().write(content)["changes.atom"])  # noqa: S314  # ours
        assert root.tag == f"{NAME}feed"
        for element in (root, *root.iter(f"{NAME}entry")):
            for name in ("id", "title", "updated"):
                assert len(element.findall(NAME + name)) == 1, name
                assert element.findtext(NAME + name), name
        assert root.findtext(f"{NAME}author/{NAME}name")
        ids = [element.findtext(f"{NAME}id") for element in root.iter(f"{NAME}entry")]
        assert len(set(ids)) == len(ids) == len(content.changes)


def test_old_entries_stay_byte_for_byte() -> None:
    old = [change(id=f"doi:10.1000/{n:03}", after="X") for n in range(3)]
    before = entries(feed(*old))
    after = entries(feed(*old, change(date="2026-11-21", id="doi:10.1/new", after="Y")))
    assert len(after) == 4
    assert [it.removesuffix(b"</feed>\n") for it in after[1:]] == [
        it.removesuffix(b"</feed>\n") for it in before
    ]


def test_the_newest_changes_come_first() -> None:
    changes = [change(id=f"doi:10.1000/{n:03}") for n in range(NEWEST + 5)]
    items = entries(feed(*changes))
    assert len(items) == NEWEST
    assert b"doi:10.1000/104" in items[0]


def test_links_need_an_address() -> None:
    assert b'rel="self"' not in feed()
    linked = feed(url="https://example.org/x/")
    assert b'rel="self" href="https://example.org/x/changes.atom"' in linked
    assert b"tag:example.org,2026:harvest/changes" in linked


def test_an_id_without_a_web_page_has_no_link() -> None:
    data = feed(change(id="url:javascript:alert(1)"), change(id="unheard:1"))
    assert b"<link" not in data
    assert b"unheard:1" in data


def test_a_retraction_is_named() -> None:
    log = [change(kind="retracted", title="A study")]
    assert b"<title>retracted: A study</title>" in feed(*log)


def test_an_id_depends_on_what_happened_only() -> None:
    one = change(title="A", after="X")
    renamed = msgspec.structs.replace(one, title="B")
    other = msgspec.structs.replace(one, after="Y")
    ids = [entry.split(b"</id>")[0] for it in (one, renamed, other) for entry in entries(feed(it))]
    assert ids[0] == ids[1] != ids[2]
