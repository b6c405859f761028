"""The index of names beside a dataset.json, which leads to one record without decoding all.

Every record stands on a line of its own, with all its names as they are. Where the index does not
fit the file, the lines that hold the text of a name are decoded.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from itertools import chain, islice
from pathlib import Path

import msgspec

from harvest.dataset import lake, store
from harvest.models import Dataset, Repository, Work

INDEX = ".dataset.index"  # made anew by each run, so neither git nor a reader should see it
MAX_MATCHES = 1000  # lines that are decoded: a text that is in more of them is no name
_REPOSITORIES = b'\n"repositories": ['  # no line within a record: JSON has no line feed in a text


def index(path: Path, dataset: Dataset) -> bytes:
    """Return the index of a dataset that is written to a file.

    It begins with the length of the file and the place of its repositories. On the lines after it
    each name in lower case has the place of its record.
    """
    places: dict[str, int] = {}
    start = repositories = 0
    records = chain[Work | Repository](dataset.works, dataset.repositories)
    with path.open("rb") as file:
        for line in file:
            if line.startswith(store.RECORD):
                for name in store.own_names(next(records)):
                    places.setdefault(name, start)
            elif line.startswith(_REPOSITORIES[1:]):
                repositories = start - 1
            start += len(line)
    rows = [b"%s\t%d\n" % (msgspec.json.encode(name), place) for name, place in places.items()]
    return b"%d\t%d\n" % (start, repositories) + b"".join(rows)


def find(path: Path, text: str) -> Work | Repository | None:
    """Return the record that an id, identifier, web address or `owner/name` names.

    None means that only the whole dataset can tell: it may be a title.
    """
    names = store.names_of(text)
    if not path.exists() and lake.is_lake(path.parent):
        return _find_in_lake(path.parent, names)
    try:
        return _find_by_index(path, names)
    except (OSError, ValueError):  # there is none, or it is of another file
        pass
    try:
        return _find_by_text(path.read_bytes(), names)
    except (OSError, msgspec.DecodeError):  # the whole is read, with its errors
        return None


def _find_by_index(path: Path, names: set[str]) -> Work | Repository | None:
    """Look names up in the index. Raises OSError or ValueError where it does not fit the file."""
    content = path.with_name(INDEX).read_bytes()
    head, _, _ = content.partition(b"\n")
    length, repositories = map(int, head.split(b"\t"))
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) != length:
            raise ValueError("the index is of another file")
        rows = (b"\n%s\t" % msgspec.json.encode(name) for name in names)
        ends = [content.find(row) + len(row) for row in rows if row in content]
        places = [int(content[end : content.index(b"\n", end)]) for end in ends]
        if not places:
            return None
        file.seek(min(places))
        record = _decode(file.readline().rstrip(b"\n"), is_work=min(places) < repositories)
    if not store.is_named(record, names):
        raise ValueError("the index is of another file")
    return record


def _find_by_text(data: bytes, names: set[str]) -> Work | Repository | None:
    lines = sorted(set(islice(_lines(data, names), MAX_MATCHES)))
    repositories = data.find(_REPOSITORIES)
    for start, end in lines if len(lines) < MAX_MATCHES else ():
        record = _decode(data[start:end], is_work=not -1 < repositories < start)
        if store.is_named(record, names):
            return record
    return None


def _find_in_lake(folder: Path, names: set[str]) -> Work | Repository | None:
    for table in (lake.WORKS, lake.REPOSITORIES):
        records = lake.records(folder, table)
        while some := list(islice(records, MAX_MATCHES)):
            chunk = b"\n".join([*some, b""])
            for start, end in sorted(set(_lines(chunk, names))):
                record = _decode(chunk[start:end], is_work=table == lake.WORKS)
                if store.is_named(record, names):
                    return record
    return None


def _decode(line: bytes, *, is_work: bool) -> Work | Repository:
    line = line.rstrip(b",")
    if is_work:
        return msgspec.json.decode(line, type=Work)
    return msgspec.json.decode(line, type=Repository)


def _lines(data: bytes, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the beginning and the end of each line that has the value of a name in any case."""
    lower = data.lower()
    values = {name.partition(":")[2] or name for name in names}
    for value in sorted(values):
        needle = msgspec.json.encode(value)[1:-1].lower()
        place = lower.find(needle)
        while place >= 0:
            start, end = data.rfind(b"\n", 0, place) + 1, data.find(b"\n", place)
            yield start, end
            place = lower.find(needle, end) if end >= 0 else -1
