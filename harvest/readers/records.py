"""The records in a tree of values, whatever its shape: JSON, YAML, front matter.

An object with a title, or with a link, is a record. An object around records is a section, and so
is a key above them; a key may also be the identifier or the title of what it holds. What is nested
in a record (links, authors, dates) is part of it, but records in it are records of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from harvest import dates
from harvest.identifiers import find, identify
from harvest.models import Finding, Reading
from harvest.readers import columns, labels
from harvest.readers.fields import (
    EMPTY,
    PREFERRED,
    Field,
    add_record,
    field_meaning,
    holds_id,
    is_container,
    is_passed,
    is_prose,
    whole_identifier,
)
from harvest.readers.people import shape
from harvest.readers.values import Value

HOLDERS = frozenset({
    "articles", "bibliography", "collection", "contents", "data", "documents", "entries", "items",
    "list", "papers", "projects", "publications", "pubs", "records", "references", "results",
    "works",
})  # fmt: skip
_NAMES = ("name", "label", "category", "topic", "heading", "section", "text", "type")
_ADDRESSES = ("url", "link", "href", "uri", "value", "id")
_SAMPLE = 50  # children that tell what a list holds
_FEWEST = 2  # objects that tell what their members hold
_FEWEST_WORKS = 3  # objects with different DOIs that are no links of one work
_MOST_PARTS = 3  # of a name

Section = tuple[str, ...]
Meanings = Mapping[str, labels.Meaning]


def read_records(reading: Reading, name: str, document: Value) -> None:
    """Add the records of a document; one without any is a finding."""
    walk = _Walk(reading, name)
    walk.read(document, (), None)
    if not walk.count:
        reading.findings.append(Finding(name, 0, "no-records", "holds no works"))


class _Walk:
    """Adds the records below a value, and counts them."""

    def __init__(self, reading: Reading, name: str) -> None:
        self.reading = reading
        self.name = name
        self.count = 0

    def read(
        self, value: Value, section: Section, key: str | None, others: Meanings = EMPTY
    ) -> None:
        """Read a list, an object or a plain value, which stands under a key.

        `others` say what the members of an object hold by those of its neighbours.
        """
        if value.is_text:
            self.read_text(value, section)
        elif value.items is not None:
            learned = _learned(value.items)
            for item in value.items:
                is_list = key is None or key.lower() in HOLDERS
                if is_list or not item.is_text or identify(item.text).identifier:
                    self.read(item, section, key, learned)
        elif is_record(value) or _is_described(value, others):
            self.add(value, [*_fields(value, key, others)], section, others)
            self.read_nested(value, section)
        else:
            self.read_group(value, section)

    def read_text(self, value: Value, section: Section) -> None:
        """Read a plain value as an identifier."""
        if value.text.strip():
            self.add(value, [Field("id", value.text.strip(), value.line, "id")], section)

    def read_group(self, group: Value, section: Section) -> None:
        """Read an object that is no record itself: a section, or a table of records by key."""
        members = _held(group) or group.members or []
        heading = _heading(group)
        if heading and members is not group.members:
            section = (*section, heading)
        rows = _rows(members)
        learned = _learned([value for _, value in members])
        for key, value in members:
            if value.is_text:
                self.read_pair(key, value, rows, section)
            elif not is_passed(key) or key in HOLDERS:
                is_heading = value.members is None or not is_record(value)
                is_section = is_heading and key.lower() not in HOLDERS
                self.read(value, (*section, key) if is_section else section, key, learned)

    def read_pair(
        self, key: str, value: Value, names: Mapping[int, labels.Meaning], section: Section
    ) -> None:
        """Read a plain value whose key is an identifier or a title.

        `names` says what the cells of such values hold, if they are rows.
        """
        text, line = value.text.strip(), value.line
        if not text:
            return
        if identify(key).kind == "identifier":
            cells = _cells(text)
            is_title = len(cells) == 1
            meanings = {0: "title"} if is_title else names
            fields = [
                Field(meanings.get(number, "links"), cell, line, meanings.get(number, "link"))
                for number, cell in enumerate(cells)
            ]
            self.add(value, [*fields, Field("id", key, line, "id")], section)
        elif len(key.split()) > 2 and identify(text).identifier:
            fields = [Field("title", key, line, "title"), Field("url", text, line, "url")]
            self.add(value, fields, section)

    def read_nested(self, record: Value, section: Section) -> None:
        """Read the records in a record, but for the works that it cites."""
        for key, value in record.members or ():
            if value.is_text or is_passed(key):
                continue
            if _holds_records(key, value):
                self.read(value, section, key)
            elif value.members is not None:
                self.read_nested(value, section)

    def add(
        self, value: Value, fields: list[Field], section: Section, others: Meanings = EMPTY
    ) -> None:
        """Add one record."""
        self.count += 1
        add_record(self.reading, self.name, value.line, fields, section=section, others=others)


def is_record(value: Value) -> bool:
    """Return True for an object with a title or a link of its own, that holds no list of works."""
    return not _held(value) and _names_work(value)


def _is_described(value: Value, others: Meanings) -> bool:
    """Return True for an object with a title, by its neighbours, and authors or nested links."""
    members = {key: part for key, part in value.members or () if _text(part)}
    if "title" not in map(others.get, members) or _held(value):
        return False
    if any(_holds_records(key, part) for key, part in members.items()):  # a group of works
        return False
    has_authors = any("authors" in {others.get(key), field_meaning(key)} for key in members)
    links = chain.from_iterable(part.members or () for part in members.values())
    return has_authors or any(_is_link(key, part.text) for key, part in links)


def _learned(values: Sequence[Value]) -> Meanings:
    """Return what the members of objects hold whose names do not say it, by all of their values."""
    objects = [value.members for value in values[:_SAMPLE] if value.members]
    by_name: dict[str, list[Value]] = {}
    for name, part in chain.from_iterable(objects):
        by_name.setdefault(name, []).append(part)
    names = dict.fromkeys(filter(_may_be_learned, by_name))
    if len(objects) < _FEWEST or not names:
        return EMPTY
    result: dict[str, labels.Meaning] = {}
    rows = []
    for members in objects:
        texts = {name: _text(part) for name, part in members if not _holds_links(part)}
        rows.append([texts.get(name, "") for name in names])
    others = set(map(field_meaning, by_name))
    by_number = columns.meanings(rows, filter(None, others))
    for number, name in enumerate(names):
        is_named = by_number.get(number) != "title" or name == "name" or "name" not in names
        if number in by_number and is_named:
            result[name] = by_number[number]
        elif "authors" not in {*others, *by_number.values()} and _are_people(by_name[name]):
            result[name] = "authors"
    return result


def _may_be_learned(name: str) -> bool:
    others = (is_prose, is_passed, is_container, holds_id)
    return field_meaning(name) is None and not any(holds(name) for holds in others)


def _are_people(parts: Sequence[Value]) -> bool:
    """Return True for lists of which each item is the name of a person."""
    items = chain.from_iterable(part.items or () for part in parts)
    names = [item.text for item in items if item.text]
    return bool(names) and all(shape(name) == "person" for name in names)


def _names_work(value: Value) -> bool:
    """Return True for an object with a title or a link of its own."""
    members = value.members or []
    if _has_title(value):
        return True
    for key, part in members:  # {paper: {title: ..., url: ...}, code: ...}
        if part.members is not None and field_meaning(key) == "paper" and is_record(part):
            return True
    return any(part.is_text and _is_link(key, part.text) for key, part in members)


def _has_title(value: Value) -> bool:
    return any(field_meaning(key) == "title" and _text(part) for key, part in value.members or ())


def _held(value: Value) -> list[tuple[str, Value]]:
    """Return the members that hold a list of works by their name.

    The references of a work are not among them.
    """
    members = []
    for key, part in value.members or ():
        is_holder = key.lower() in HOLDERS and not (is_passed(key) and _has_title(value))
        if is_holder and not part.is_text and _are_records(part):
            members.append((key, part))
    return members


def _are_records(value: Value) -> bool:
    """Return True if the first children of a list or object look like records or identifiers."""
    for child in islice(value.children(), _SAMPLE):
        if child.is_text:
            if identify(child.text).identifier:
                return True
        elif child.members is not None and (_names_work(child) or _held(child)):
            return True
    return False


def _holds_records(key: str, value: Value) -> bool:
    """Return True for objects with a title and a link or authors, in a record."""
    if field_meaning(key) in {"authors", "date"}:
        return False
    if key == PREFERRED:
        return value.members is not None
    objects = [value] if value.members is not None else value.items or []
    for child in islice(objects, _SAMPLE):
        meanings = {field_meaning(name) for name, _ in child.members or ()}
        if "title" in meanings and len(child.members or ()) > 2 and value.items is not None:
            return True
    return value.items is not None and _have_dois(value.items)


def _have_dois(values: Sequence[Value]) -> bool:
    """Return True for three objects or more with DOIs of their own: one work has no such links."""
    dois = set()
    for key, part in chain.from_iterable(value.members or () for value in values[:_SAMPLE]):
        target = identify(part.text).identifier if part.is_text and not is_passed(key) else None
        if target and target.scheme == "doi":
            dois.add(target)
    return len(dois) >= _FEWEST_WORKS


def _is_link(key: str, text: str) -> bool:
    """Return True if the plain value of a key is an identifier or a web address."""
    if is_passed(key) or identify(key).kind == "identifier" or len(key.split()) > 2:
        return False
    return bool(whole_identifier(key, text.strip()) or identify(text.strip()).identifier)


def _heading(group: Value) -> str | None:
    """Return what the section of an object is called."""
    titles = (part for key, part in group.members or () if field_meaning(key) == "title")
    names = (group.get(name) for name in _NAMES)
    for part in (*titles, *names):
        if part and part.is_text and part.text.strip():
            return part.text.strip()
    return None


def _rows(members: Iterable[tuple[str, Value]]) -> dict[int, labels.Meaning]:
    """Return what the cells of plain values hold that are rows of Markdown: `|a|b|`."""
    texts = (value.text.strip() for _, value in members if value.is_text)
    return columns.meanings(_cells(text) for text in texts if text[:1] == "|")


def _cells(text: str) -> list[str]:
    """Return the cells of a row of Markdown; other text is one cell."""
    if text[:1] != "|":
        return [text]
    return [cell.strip() for cell in text.strip("| \n").split("|")]


def _fields(record: Value, key: str | None, others: Meanings = EMPTY) -> Iterator[Field]:
    """Yield the fields of a record, those of its own before what is nested in them.

    Its key is its identifier or its title if it has none.
    """
    fields: list[Field] = []
    for name, value in record.members or ():
        fields += _flat(name, value, 0, others.get(name))
    nested = [field for field in fields if field.label != field.name]
    yield from (field for field in fields if field.label == field.name)
    yield from nested
    meanings = {
        others.get(field.name) or field_meaning(field.name)
        for field in fields
        if field.value.strip()
    }
    if "title" not in meanings:
        titles = (field.value.strip() for field in fields if field_meaning(field.name) == "paper")
        title = (
            next(filter(_is_phrase, titles), None)
            or _heading(record)
            or (key if key and len(key.split()) > 2 else None)
        )
        if title:
            yield Field("title", title, record.line, "title")
    if key and identify(key).kind == "identifier":
        yield Field("id", key, record.line, "id")


def _is_phrase(text: str) -> bool:
    """Return True for the words of a title, in a field that says paper."""
    return len(text.split()) > 2 and not find(text)


def _flat(
    name: str, value: Value, depth: int, learned: labels.Meaning | None = None
) -> Iterator[Field]:
    """Yield a value as fields: names and dates as one text, each link with its own line."""
    if value.is_text:
        yield Field(name, value.text, value.line, name)
        return
    meaning = learned or field_meaning(name)
    is_date = meaning == "date" and not _has_link(value)  # `published: {doi: ..., year: ...}`
    if meaning == "authors" or is_date or depth > 5:
        text = _people(value) if meaning == "authors" else _text(value)
        yield Field(name, text, value.line, name)
    elif value.items is not None and all(item.is_text for item in value.items):
        for item in value.items:
            yield Field(name, item.text, item.line, name)
    elif value.items is not None:
        if not _holds_records(name, value):
            for item in value.items:
                yield from _flat(name, item, depth + 1)
    elif name != PREFERRED:
        yield from _flat_object(name, value, depth)


def _flat_object(name: str, value: Value, depth: int) -> Iterator[Field]:
    """Yield the members of an object in a record: `{Paper: ...}` or `{name: ..., url: ...}`."""
    heading = _heading(value)
    outer = "" if field_meaning(name) == "date" else f"{name} "  # a name that says no more
    for key, part in value.members or ():
        is_address = key.lower() in _ADDRESSES
        for field in _flat(key, part, depth + 1):
            label = heading or name if is_address else field.label
            inner = f"{outer}{heading}" if is_address and heading else f"{outer}{field.name}"
            yield Field(inner, field.value, field.line, label)


def _holds_links(value: Value) -> bool:
    """Return True for an object, and for a list of objects with links."""
    return value.members is not None or any(map(_has_link, value.items or ()))


def _has_link(value: Value) -> bool:
    """Return True for an object with an identifier or a web address among its plain values."""
    return any(part.is_text and _is_link(key, part.text) for key, part in value.members or ())


def _people(value: Value) -> str:
    """Return names as one line. Each may be a list of its parts: `[[Jane, Doe], [Max, Roe]]`."""
    people = [person.items or [] for person in value.items or ()]
    parts = [part.text for part in chain.from_iterable(people)]
    are_parts = all(1 < len(person) <= _MOST_PARTS for person in people) and all(parts)
    whole_names = sum(" " in part for part in parts)  # of which each list is a group
    if not parts or not are_parts or 2 * whole_names > len(parts):
        return _text(value)
    return ", ".join(" ".join(part.text for part in person) for person in people)


def _text(value: Value) -> str:
    """Return a value as one line: a name or date of CSL-JSON, a list of them, a plain value."""
    if value.items is not None:
        return ", ".join(filter(None, map(_text, value.items)))
    if value.members is not None:
        return _date(value) or _name(value)
    return " ".join(value.text.split())


def _name(value: Value) -> str:
    """Return the name of a person, who may stand in an authorship of OpenAlex."""
    person = value.get("author")
    if person and person.members is not None:
        return _name(person)
    for name in ("literal", "name", "full_name", "fullName", "display_name"):
        part = value.get(name)
        if part and part.is_text and part.text:
            return part.text
    names = (
        "given", "given-names", "first", "firstName", "dropping-particle", "non-dropping-particle",
        "name-particle", "family", "family-names", "last", "lastName", "suffix", "name-suffix",
        "raw",
    )  # fmt: skip
    parts = (value.get(name) for name in names)
    return " ".join(part.text for part in parts if part and part.is_text and part.text)


def _date(value: Value) -> str:
    """Return the date of CSL: `date-parts`, or year, month and day; numbers may be texts."""
    parts = value.get("date-parts")
    row: list[Value] = []
    if parts and parts.items:
        row = parts.items[0].items or []
    elif value.get("year"):
        row = [part for part in map(value.get, ("year", "month", "day")) if part]
    numbers: list[Any] = [_number(part.text) for part in row]
    return dates.from_parts({"date-parts": [numbers]}) or ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 4 else None
