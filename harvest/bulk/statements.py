"""What is joined and counted, in the SQL that all engines share. `{shards}` is their number.

Every table is one of rows (`rows.Row`), but those of a mirror. No query knows a rule of linking or
merging: it brings together what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harvest.linking.look_alikes import COMMON_KEY_RECORDS


class Query(NamedTuple):
    """The text of a query, and the names of the tables in it."""

    tables: tuple[str, ...]
    text: str

    @property
    def is_by_shard(self) -> bool:
        """True if each row says in which shard it is."""
        return "AS shard" in self.text


COLUMNS = "kind, key, own, other, place, body, file"
REST = "'' AS body, '' AS file"


def _rows(**kinds: str) -> str:
    """Return the rows of some kinds, by the table that has them."""
    parts = []
    for table, names in kinds.items():
        quoted = ", ".join(f"'{name}'" for name in names.split())
        parts.append(f"SELECT {COLUMNS} FROM {table} WHERE kind IN ({quoted})")
    return " UNION ALL ".join(parts)


def _by_key(**kinds: str) -> Query:
    """Return the rows of some kinds, each in the shard of its key."""
    text = f"SELECT r.*, r.own % {{shards}} AS shard FROM ({_rows(**kinds)}) r"
    return Query(tuple(kinds), text)


def _by_part(**kinds: str) -> Query:
    """Return the rows of some kinds, each in the shard of its part, whose number is `own`."""
    text = f"""
        SELECT r.kind, r.key, coalesce(h.place, r.own) AS own, r.other, r.place, r.body, r.file,
            coalesce(h.place, r.own) % {{shards}} AS shard
        FROM ({_rows(**kinds)}) r LEFT JOIN homes h ON r.key = h.key
    """
    return Query((*kinds, "homes"), text)


# The number of each name of the last works: all names of one work have one.
OWNERS = Query(
    ("last",),
    f"""
    SELECT 'owner' AS kind, key, min(own) AS own, '' AS other, min(place) AS place, {REST}
    FROM last WHERE kind = 'alias' GROUP BY key
    """,
)
# The last records, in the shard of each of their names.
LAST_PLACES = Query(
    ("last", "owners"),
    f"""
    SELECT DISTINCT 'place' AS kind, a.other AS key, a.place AS own, '' AS other,
        o.place % {{shards}} AS place, {REST}
    FROM last a JOIN owners o ON a.key = o.key WHERE a.kind = 'alias'
    """,
)
LAST = Query(
    ("last", "last_places"),
    """
    SELECT l.*, p.place AS shard FROM last l JOIN last_places p ON l.key = p.key
    WHERE l.kind IN ('last', 'last-host')
    """,
)
# What the lists name, with one spelling of each repository (`body`).
LISTED = Query(
    ("lists", "companions", "owners"),
    """
    SELECT 'name' AS kind, n.key, n.own, n.other, coalesce(o.place, n.own) AS place, n.body,
        '' AS file, coalesce(o.place, n.own) % {shards} AS shard
    FROM (
        SELECT DISTINCT key, own, other, key AS body FROM lists WHERE kind = 'mention'
        UNION ALL
        SELECT key, own, key AS other, min(body) AS body FROM lists WHERE kind = 'repository'
        GROUP BY key, own
        UNION ALL
        SELECT key, own, other, body FROM companions
    ) n LEFT JOIN owners o ON n.key = o.key
    """,
)
# What answers name that nobody has looked up.
NAMED = Query(
    ("answers", "names", "owners"),
    """
    SELECT 'name' AS kind, n.key, n.own, n.other, coalesce(o.place, n.own) AS place, n.key AS body,
        '' AS file, coalesce(o.place, n.own) % {shards} AS shard
    FROM (SELECT DISTINCT key, own, other FROM answers WHERE kind = 'name') n
    LEFT JOIN owners o ON n.key = o.key
    WHERE NOT EXISTS (SELECT 1 FROM names s WHERE s.key = n.key)
    """,
)
# Keys of look-alikes that so many records share that they say nothing.
COMMON = Query(
    ("related",),
    f"""
    SELECT 'common' AS kind, '' AS key, 0 AS own, '' AS other, place, {REST}
    FROM related WHERE kind = 'look' GROUP BY place HAVING count(*) > {COMMON_KEY_RECORDS}
    """,
)
EDGES = Query(
    ("lists", "related", "last"),
    f"""
    SELECT DISTINCT key, other FROM (
        SELECT key, other FROM lists WHERE kind = 'edge'
        UNION ALL
        SELECT key, other FROM related WHERE kind = 'edge'
        UNION ALL
        SELECT key, other FROM last WHERE kind = 'alias'
        UNION ALL
        SELECT r.key, f.first AS other FROM related r JOIN (
            SELECT place, min(key) AS first FROM related WHERE kind = 'look'
            GROUP BY place HAVING count(*) BETWEEN 2 AND {COMMON_KEY_RECORDS}
        ) f ON r.place = f.place WHERE r.kind = 'look'
    ) e WHERE key <> other
    """,
)
ENTRIES = Query(("lists",), "SELECT count(*) FROM lists WHERE kind IN ('mention', 'repository')")
MENTIONS = Query(("lists",), "SELECT count(*) FROM lists WHERE kind = 'mention'")
# The names of repositories with the number of their part, and with one spelling.
HOSTS = Query(
    ("lists", "answers", "last", "homes"),
    f"""
    SELECT n.kind, n.key, coalesce(h.place, n.own) AS own, coalesce(h.other, n.key) AS other,
        n.place, n.body, n.file
    FROM (
        SELECT 'repository' AS kind, key, own, '' AS other, 0 AS place, min(body) AS body,
            '' AS file
        FROM lists WHERE kind = 'repository' GROUP BY key, own
        UNION ALL SELECT {COLUMNS} FROM answers WHERE kind = 'host'
        UNION ALL SELECT {COLUMNS} FROM last WHERE kind = 'last-host'
    ) n LEFT JOIN homes h ON n.key = h.key
    """,
)
# The shards of a part of repositories: that of its number, and those of the works that link it.
HOST_PLACES = Query(
    ("hosts", "lists", "homes"),
    f"""
    SELECT DISTINCT 'place' AS kind, p.part AS key, 0 AS own, '' AS other, p.place, {REST}
    FROM (
        SELECT other AS part, own % {{shards}} AS place FROM hosts
        UNION ALL
        SELECT coalesce(r.other, l.other) AS part, coalesce(w.place, l.own) % {{shards}} AS place
        FROM lists l LEFT JOIN homes r ON l.other = r.key LEFT JOIN homes w ON l.key = w.key
        WHERE l.kind = 'link'
    ) p
    """,
)
# Everything that a shard is linked and merged from.
_FACTS = _by_part(lists="mention twins link", answers="answer", last="last")
SHARDS = Query(
    (*_FACTS.tables, "hosts", "host_places", "related", "common"),
    f"""
    {_FACTS.text}
    UNION ALL
    SELECT h.kind, h.key, h.own, h.other, h.place, h.body, h.file, p.place AS shard
    FROM hosts h JOIN host_places p ON h.other = p.key
    UNION ALL
    SELECT DISTINCT 'common' AS kind, '' AS key, coalesce(h.place, r.own) AS own, '' AS other,
        r.place, {REST}, coalesce(h.place, r.own) % {{shards}} AS shard
    FROM related r JOIN common c ON r.place = c.place LEFT JOIN homes h ON r.key = h.key
    WHERE r.kind = 'look'
    """,
)
# The pieces of each repository, and the last ones.
REPOSITORIES = _by_part(merged="repository", last="last-host")
STEMS = _by_key(merged="stem reserved")
KEYS = Query(("assigned",), f"SELECT {COLUMNS}, place AS shard FROM assigned WHERE kind = 'key'")
FINDINGS = _by_key(lists="finding ignore", merged="finding", others="finding")
# The log of the last lake, and what this run changes.
LOG = _by_key(merged="change", united="change", last="logged")
REPORTS = Query(
    ("merged", "united"),
    f"SELECT body FROM ({_rows(merged='report', united='report')}) r",
)
NO_WORKS = Query(("lists",), "SELECT file, other, place, body FROM lists WHERE kind = 'no-works'")
TALLIES = Query(("related",), "SELECT key, body FROM related WHERE kind = 'tally'")
# The rows that are linked at once.
_LINKED = """
    SELECT w.key, coalesce(h.other, w.key) AS part FROM (
        SELECT key FROM lists WHERE kind = 'mention'
        UNION ALL SELECT key FROM answers WHERE kind = 'answer'
    ) w LEFT JOIN homes h ON w.key = h.key
"""


def in_lists(names: Iterable[str]) -> Query:
    """Return those of some names that are listed."""
    text = ", ".join(map(_quoted, sorted(names)))
    query = f"SELECT DISTINCT key FROM lists WHERE kind = 'mention' AND key IN ({text})"
    return Query(("lists",), query)


def sizes(most: int) -> Query:
    """Return the parts with more than so many rows, and their numbers."""
    query = f"SELECT part, count(*) FROM ({_LINKED}) p GROUP BY part HAVING count(*) > {most}"
    return Query(("lists", "answers", "homes"), query)


def members(part: str) -> Query:
    """Return the names in a part, and how many rows each has."""
    chosen = f"WHERE part = {_quoted(part)}"
    query = f"SELECT key, count(*) FROM ({_LINKED}) p {chosen} GROUP BY key"
    return Query(("lists", "answers", "homes"), query)


def dumps(groups: Sequence[tuple[str, str]]) -> Query:
    """Return the records in dumps (source and day; `d0`, `d1`, ...) of the names looked up."""
    records = " UNION ALL ".join(
        f"SELECT '{source}' AS source, '{day}' AS day, identifier, changed, payload FROM d{place}"
        for place, (source, day) in enumerate(groups)
    )
    text = f"""
        SELECT d.source AS kind, d.identifier AS key, 0 AS own, d.changed AS other, 0 AS place,
            d.payload AS body, d.day AS file, n.shard
        FROM ({records}) d
        JOIN (SELECT DISTINCT other, place % {{shards}} AS shard FROM names) n
        ON d.identifier = n.other
    """
    return Query(("names", *(f"d{place}" for place in range(len(groups)))), text)


def _quoted(text: str) -> str:
    """Return a text as all engines read it: a backslash escapes in some."""
    return "'" + text.replace("'", "''").replace("\\", "' || chr(92) || '") + "'"
