"""changes.atom: the newest changes as a feed (RFC 4287).

An entry never changes once published: its id is a `tag:` URI (RFC 4151) of the day and the change.
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from harvest.dataset.change_log import LoggedChange
from harvest.dataset.publication import Publication
from harvest.text import one_line
from harvest.writers.base import Writer
from harvest.writers.citations import page

NEWEST = 100  # entries
NAMESPACE = "http://www.w3.org/2005/Atom"
EPOCH = "1970-01-01"  # of a feed without entries, which must have a day as well
HOST = "harvest.invalid"  # of ids, where nothing says who publishes (RFC 2606)


class AtomWriter(Writer):
    """changes.atom."""

    name = "atom"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return changes.atom."""
        newest = publication.changes[::-1][:NEWEST]
        settings = publication.settings
        host = (urlsplit(settings.url).hostname if settings.url else None) or HOST
        feed = ET.Element("feed", xmlns=NAMESPACE)
        _text(feed, "id", f"tag:{host},2026:harvest/changes")
        _text(feed, "title", settings.title)
        if settings.description:
            _text(feed, "subtitle", settings.description)
        _text(feed, "updated", _instant(newest[0].date if newest else EPOCH))
        _text(ET.SubElement(feed, "author"), "name", "harvest")
        if settings.url:
            address = settings.url.rstrip("/")
            ET.SubElement(feed, "link", rel="self", href=f"{address}/changes.atom")
            ET.SubElement(feed, "link", rel="alternate", href=f"{address}/")
        if settings.license:
            _text(feed, "rights", settings.license)
        for change in newest:
            feed.append(_entry(change, host))
        ET.indent(feed)
        data = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
        return {"changes.atom": data + b"\n"}


def _entry(change: LoggedChange, host: str) -> ET.Element:
    entry = ET.Element("entry")
    text = f"{change.id} {change.kind} {change.before} {change.after}"
    digest = sha256(text.encode()).hexdigest()[:12]
    _text(entry, "id", f"tag:{host},{change.date}:{change.kind}/{digest}")
    _text(entry, "title", f"{change.kind}: {change.title or change.id}")
    _text(entry, "updated", _instant(change.date))
    ET.SubElement(entry, "category", term=change.kind)
    address = page(change.id)
    if address:
        ET.SubElement(entry, "link", rel="alternate", href=address)
    news = change.difference or change.kind
    _text(entry, "content", f"{change.id}: {news} ({change.cause})")
    return entry


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = one_line(text)
