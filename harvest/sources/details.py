"""Details of a citation beside title, authors and date, as Crossref and CSL-JSON write them.

A detail in a shape that is not documented is an anomaly, and spoils no other field of its record.
https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md#work and
https://docs.citationstyles.org/en/stable/specification.html#appendix-iv-variables
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from harvest.dates import from_parts
from harvest.errors import MalformedError
from harvest.models import Anomaly, Author, Event, Funder
from harvest.sources.base import Fields
from harvest.text import clean, make_author

VERSIONS = ("vor", "unspecified", "am")  # of a text whose licence is published, the best first
_CREATIVE = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)")
_ROR = re.compile(r"ror\.org/(0[a-z0-9]{6}\d{2})")
_FUNDER = re.compile(r"10\.13039/\d+")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]+\s*")
_NO_ISBN = re.compile(r"[^0-9X]")
_ISBN = re.compile(r"[0-9]{9}[0-9X]|[0-9]{13}")
_HEADING = re.compile(r"^\s*<(?:jats:)?title>[^<]*</(?:jats:)?title>", re.IGNORECASE)

Readers = Mapping[str, Callable[[Fields], Any]]


def read(work: Fields, readers: Readers) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the details of a work by the names of a Record's fields, and what cannot be read."""
    details: dict[str, Any] = {}
    anomalies = []
    for name, reader in readers.items():
        try:
            details[name] = reader(work)
        except MalformedError as error:
            anomalies.append(Anomaly("unreadable-detail", f"{name}: {error.message}"))
    return details, anomalies


def text(*names: str) -> Callable[[Fields], str | None]:
    """Return a reader of the first of some fields that has a text or number."""

    def read_first(work: Fields) -> str | None:
        values = (_text(work, name) for name in names)
        return next(filter(None, values), None)

    return read_first


def texts(name: str) -> Callable[[Fields], tuple[str, ...]]:
    """Return a reader of a list of texts, each once."""

    def read_all(work: Fields) -> tuple[str, ...]:
        values = filter(None, map(clean, work.texts(name)))
        return tuple(dict.fromkeys(values))

    return read_all


def people(name: str) -> Callable[[Fields], tuple[Author, ...]]:
    """Return a reader of people, such as editors."""
    return lambda work: tuple(filter(None, map(person, work.children(name))))


def person(fields: Fields) -> Author | None:
    """Return a person or group, with the RORs of where they work."""
    particles = ("dropping-particle", "non-dropping-particle", "family", "suffix")
    family = " ".join(filter(None, map(fields.text, particles)))
    name = fields.text("literal") or fields.text("name")
    return make_author(fields.text("given"), family, name, fields.text("ORCID"), rors(fields))


def pages(work: Fields) -> str | None:
    """Return a page or a range, with a hyphen."""
    value = _text(work, "page")
    return _DASHES.sub("-", value) if value else None


def isbns(work: Fields) -> tuple[str, ...]:
    """Return ISBNs; Crossref has them as addresses, too."""
    return tuple(dict.fromkeys(filter(None, map(isbn, work.texts("ISBN")))))


def isbn(text: str) -> str | None:
    """Return the ISBN in a text or at the end of an address, without hyphens."""
    digits = _NO_ISBN.sub("", text.rpartition("/")[2].upper())
    return digits if _ISBN.fullmatch(digits) else None


def event(work: Fields) -> Event | None:
    """Return the conference, with its place and days."""
    if isinstance(work.value.get("event"), str):  # as CSL-JSON has it
        csl_name = clean(work.need("event", str))
        return Event(csl_name) if csl_name else None
    fields = work.child("event")
    name = clean(fields.text("name") or "")
    start, end = (from_parts(fields.value.get(key)) for key in ("start", "end"))
    place = clean(fields.text("location") or "") or None
    return Event(name, place, start, end) if name else None


def license_(work: Fields) -> str | None:
    """Return the licence of the best version of a text that has one.

    It is an SPDX identifier if the address is that of Creative Commons, else the address.
    """
    licenses = work.children("license")
    for version in VERSIONS:
        for fields in licenses:
            address = fields.text("URL")
            if address and (fields.text("content-version") or "unspecified") == version:
                return spdx(address)
    return None


def spdx(address: str) -> str:
    """Return the SPDX identifier of a licence by its address; the address of any other."""
    match = _CREATIVE.search(address.lower())
    if match is None:
        return address
    if match[1] == "licenses":
        return f"CC-{match[2].upper()}-{match[3]}"
    return f"CC0-{match[3]}" if match[2] == "zero" else "CC-PDDC"


def funders(work: Fields) -> tuple[Funder, ...]:
    """Return who paid, each once, with all grants."""
    awards: dict[tuple[str, str | None], list[str]] = {}
    for fields in work.children("funder"):
        name = clean(fields.text("name") or "")
        if name:
            grants = awards.setdefault((name, funder_id(fields.text("DOI"))), [])
            grants += filter(None, map(clean, fields.texts("award")))
    return tuple(
        Funder(name, identifier, tuple(dict.fromkeys(grants)))
        for (name, identifier), grants in awards.items()
    )


def abstract(work: Fields) -> str | None:
    """Return the abstract as plain text, without the heading that says it is one."""
    return clean(_HEADING.sub("", work.text("abstract") or "")) or None


def ror(text: str | None) -> str | None:
    """Return the ROR in a text."""
    match = _ROR.search((text or "").lower())
    return match[1] if match else None


def funder_id(text: str | None) -> str | None:
    """Return the ROR or the DOI of a funder in a text."""
    match = _FUNDER.search(text or "")
    identifier = ror(text)
    if identifier:
        return f"ror:{identifier}"
    return f"doi:{match[0]}" if match else None


def rors(fields: Fields) -> tuple[str, ...]:
    """Return every ROR in the affiliations, whose shapes are many."""
    affiliation = fields.value.get("affiliation")
    if not affiliation:
        return ()
    places = msgspec.json.encode(affiliation).decode().lower()
    return tuple(dict.fromkeys(_ROR.findall(places)))


def _text(work: Fields, name: str) -> str | None:
    value = work.value.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean(work.need(name, str)) or None


CROSSREF: Readers = {
    "volume": text("volume"),
    "issue": text("issue"),
    "pages": pages,
    "article_number": text("article-number"),
    "issn": texts("ISSN"),
    "isbn": isbns,
    "editors": people("editor"),
    "event": event,
    "language": text("language"),
    "license": license_,
    "funders": funders,
    "subjects": texts("subject"),
    "abstract": abstract,
}
CSL: Readers = {
    **{name: CROSSREF[name] for name in ("volume", "issue", "pages", "issn", "isbn", "editors")},
    "article_number": text("number"),
    "event": event,
    "series": text("collection-title"),
    "language": text("language"),
    "abstract": abstract,
}
