"""One record of a dataset.json by its line, so that a question does not decode 100,000 works.

Every record stands on a line of its own, and all its names are in it as they are. So those lines
alone are decoded that hold the text of a name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from harvest.dataset import store
from harvest.models import Repository, Work

MOST = 1000  # lines that are decoded: a text that is in more of them is no name
_REPOSITORIES = b'\n"repositories": ['  # no line within a record: JSON has no line feed in a text


def find(path: Path, text: str) -> Work | Repository | None:
    """Return the record that an id, identifier, web address or `owner/name` names.

    None means that only the whole dataset can tell: it may be a title.
    """
    names = store.names_of(text)
    try:
        data = path.read_bytes()
        lines = sorted(set(islice(_lines(data, names), MOST)))
        repositories = data.find(_REPOSITORIES)
        for start, end in lines if len(lines) < MOST else ():
            line = data[start:end].rstrip(b",")
            record: Work | Repository
            if -1 < repositories < start:
                record = msgspec.json.decode(line, type=Repository)
            else:
                record = msgspec.json.decode(line, type=Work)
            if store.is_named(record, names):
                return record
    except (OSError, msgspec.DecodeError):  # the whole is read, with its errors
        return None
    return None


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
