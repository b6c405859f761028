"""Records as columns, the form in which a web page holds thousands of works in little space.

All values of a field stand together, because alike values compress well. A column is an object with
the shortest of three forms: `all` has a value for each record; `terms` has each different value
once, and `at` its place for each record; `rest` is the value of every record but those that
`except` has by their number.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import compress

import msgspec

Column = dict[str, Any]
Table = dict[str, Column]

_DISTINCT = frozenset({str, int, type(None)})  # types of which no two have equal values
_RARE = 0.2  # a share of other values below which they are exceptions
_REPEATED = 0.5  # a share of different values up to which they are terms


def column(values: Sequence[Any]) -> Column:
    """Return a column of values, each of which JSON can hold."""
    keys: Sequence[object] = values
    if not _DISTINCT.issuperset(map(type, values)):  # True is equal to 1, and a list has no hash
        keys = [msgspec.json.encode(value, order="deterministic") for value in values]
    counts = Counter(keys)
    if not counts:
        return {"all": []}
    by_key = dict(zip(keys, values, strict=True))
    [(common, count)] = counts.most_common(1)
    if len(values) - count < _RARE * len(values):
        exceptions = {}
        for row, key in enumerate(keys):
            if key != common:
                exceptions[str(row)] = by_key[key]
        return {"rest": by_key[common], "except": exceptions}
    if len(counts) <= _REPEATED * len(values):
        places = {key: place for place, key in enumerate(by_key)}
        at = [places[key] for key in keys]
        return {"terms": [*by_key.values()], "at": at}
    return {"all": [*values]}


def table(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> Table:
    """Return a column for each of the named fields of the rows; a missing one is null."""
    columns = {}
    for name in names:
        columns[name] = column([row.get(name) for row in rows])
    return columns


def pack(value: object) -> str:
    """Return JSON as text for a page: UTF-8, zlib (RFC 1950), base64."""
    text = msgspec.json.encode(value, order="deterministic")
    return b64encode(compress(text, 6)).decode()
