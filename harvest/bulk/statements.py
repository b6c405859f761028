"""What is joined and counted, in the SQL that all engines share. `{shards}` is their number.

Every table is one of rows (`rows.Row`), but those of a mirror. A column `shard` says where a row of
a result belongs. No query knows a rule of linking or merging: it brings together what belongs
together.
"""

from __future__ import annotations

import re

from harvest.linking.look_alikes import COMMON_KEY_RECORDS

_COLUMNS = "kind, key, own, other, place, body, file"
_REST = "'' AS body, '' AS file"
ANSWERED = 1  # the place of an answer that has the record of a registry


def tables(query: str) -> set[str]:
    """Return the names of the tables in a query."""
    return set(re.findall(r"\b(?:FROM|JOIN) (\w+)", query))


def _rows(**kinds: str) -> str:
    """Return the rows of some kinds, by the table that has them."""
    parts = []
    for table, names in kinds.items():
        quoted = ", ".join(f"'{name}'" for name in names.split())
        parts.append(f"SELECT {_COLUMNS} FROM {table} WHERE kind IN ({quoted})")
    return " UNION ALL ".join(parts)


def _by_part(**kinds: str) -> str:
    """Return the rows of some kinds, each in the shard of its part, whose number is `own`."""
    return f"""
        SELECT r.kind, r.key, coalesce(h.place, r.own) AS own, r.other, r.place, r.body, r.file,
            coalesce(h.place, r.own) % {{shards}} AS shard
        FROM ({_rows(**kinds)}) r LEFT JOIN homes h ON r.key = h.key
    """


def _names(query: str) -> str:
    """Return names that are looked up, in the shard of their number."""
    return f"""
        SELECT 'name' AS kind, n.key, n.own, n.other, 0 AS place, n.body, '' AS file,
            n.own % {{shards}} AS shard
        FROM ({query}) n
    """


# The last repositories, in the shard of each of their names.
LAST_HOSTS = """
    SELECT DISTINCT h.*, n.own % {shards} AS shard
    FROM last h JOIN last n ON h.key = n.other
    WHERE h.kind = 'last-host' AND n.kind = 'host-alias'
"""
# What the lists name, with one spelling of each repository (`body`).
LISTED = _names("""
    SELECT DISTINCT key, own, other, key AS body FROM lists WHERE kind = 'mention'
    UNION ALL
    SELECT key, own, key AS other, min(body) AS body FROM lists WHERE kind = 'repository'
    GROUP BY key, own
    UNION ALL
    SELECT key, own, other, body FROM companions
""")
# What answers name that nobody has looked up.
NAMED = _names("""
    SELECT DISTINCT key, own, other, key AS body FROM answers a WHERE kind = 'name'
        AND NOT EXISTS (SELECT 1 FROM names s WHERE s.key = a.key)
""")
# Names in decisions that the lists have too.
DECIDED = """
    SELECT DISTINCT l.key FROM lists l
    JOIN (SELECT key FROM decided UNION SELECT other AS key FROM decided) d ON l.key = d.key
    WHERE l.kind = 'mention'
"""
# The records in the dumps of a source of the names looked up, with the day of the dump.
DUMPS = """
    SELECT f.other AS kind, d.identifier AS key, 0 AS own, d.changed AS other, 0 AS place,
        d.payload AS body, f.body AS file, n.shard
    FROM dumps d JOIN dump_files f ON d.file = f.key
    JOIN (SELECT DISTINCT other, own % {shards} AS shard FROM names) n ON d.identifier = n.other
"""
# The last works of which some registry is silent now, and the answers to their names.
UNANSWERED = f"""
    SELECT r.*, u.own % {{shards}} AS shard FROM (
        {_rows(last="last", answers="answer")}
    ) r JOIN (
        SELECT n.key, w.other, w.place AS own FROM last n JOIN (
            SELECT DISTINCT s.other, s.place FROM last s WHERE s.kind = 'asserted' AND NOT EXISTS (
                SELECT 1 FROM answers a
                WHERE a.key = s.key AND a.kind = 'answer' AND a.place = {ANSWERED}
            )
        ) w ON n.other = w.other WHERE n.kind = 'alias'
    ) u ON r.key = u.key AND (r.kind = 'answer' OR r.key = u.other)
"""
# The keys of look-alikes. Those of what was restored are of the answers, too.
LOOKS = f"""
    SELECT DISTINCT {_COLUMNS} FROM restored WHERE kind = 'look'
    UNION ALL
    SELECT {_COLUMNS} FROM answers a WHERE kind = 'look' AND NOT EXISTS (
        SELECT 1 FROM restored r WHERE r.key = a.key AND r.kind = 'look'
    )
"""
# Keys of look-alikes that so many records share that they say nothing.
COMMON = f"""
    SELECT 'common' AS kind, '' AS key, 0 AS own, '' AS other, place, {_REST}
    FROM looks GROUP BY place HAVING count(*) > {COMMON_KEY_RECORDS}
"""
EDGES = f"""
    SELECT DISTINCT key, other FROM (
        SELECT key, other FROM lists WHERE kind = 'edge'
        UNION ALL
        SELECT key, other FROM answers WHERE kind = 'edge'
        UNION ALL
        SELECT key, other FROM last WHERE kind IN ('alias', 'host-alias', 'edge')
        UNION ALL
        SELECT key, other FROM decided
        UNION ALL
        SELECT l.key, f.first AS other FROM looks l JOIN (
            SELECT place, min(key) AS first FROM looks
            GROUP BY place HAVING count(*) BETWEEN 2 AND {COMMON_KEY_RECORDS}
        ) f ON l.place = f.place
    ) e WHERE key <> other
"""
# The names of repositories with the number of their part, and with one spelling.
HOSTS = f"""
    SELECT n.kind, n.key, coalesce(h.place, n.own) AS own, coalesce(h.other, n.key) AS other,
        n.place, n.body, n.file
    FROM (
        SELECT 'repository' AS kind, key, own, '' AS other, 0 AS place, min(body) AS body,
            '' AS file
        FROM lists WHERE kind = 'repository' GROUP BY key, own
        UNION ALL
        {_rows(answers="host", last="last-host")}
    ) n LEFT JOIN homes h ON n.key = h.key
"""
# Everything that a shard is linked and merged from. The shards of a part of repositories are that
# of its number, and those of the works that link it.
SHARDS = f"""
    {_by_part(lists="mention twins link", answers="answer", last="last")}
    UNION ALL
    SELECT h.kind, h.key, h.own, h.other, h.place, h.body, h.file, p.shard
    FROM hosts h JOIN (
        SELECT other AS part, own % {{shards}} AS shard FROM hosts
        UNION
        SELECT coalesce(r.other, l.other) AS part, coalesce(w.place, l.own) % {{shards}} AS shard
        FROM lists l LEFT JOIN homes r ON l.other = r.key LEFT JOIN homes w ON l.key = w.key
        WHERE l.kind = 'link'
    ) p ON h.other = p.part
    UNION ALL
    SELECT DISTINCT 'common' AS kind, '' AS key, coalesce(h.place, r.own) AS own, '' AS other,
        r.place, {_REST}, coalesce(h.place, r.own) % {{shards}} AS shard
    FROM looks r JOIN common c ON r.place = c.place LEFT JOIN homes h ON r.key = h.key
"""
# The pieces of each repository and the last ones, and keys by what they begin with.
PIECES = _by_part(merged="repository stem reserved", last="last-host reserved")
# Findings, what this run changes, the log of the last lake, and new keys.
NEWS = _by_part(
    lists="finding ignore", merged="finding change", united="change key", others="finding",
    last="logged",
)  # fmt: skip
# What is told of the whole.
NOTES = f"""
    SELECT kind, key, body FROM (
        {_rows(answers="tally", merged="losses current missing", united="losses")}
    ) r
"""
CHANGES = f"""
    SELECT other, count(*) FROM ({_rows(merged="change", united="change")}) r GROUP BY other
"""


def large(most: int) -> str:
    """Return the names in parts with more than so many rows, and how many each has."""
    linked = "FROM shards WHERE kind IN ('mention', 'answer')"
    return f"""
        SELECT own, key, count(*) {linked} AND own IN (
            SELECT own {linked} GROUP BY own HAVING count(*) > {most}
        ) GROUP BY own, key
    """
