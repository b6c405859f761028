"""`harvest extract`: one line of JSON a mention."""

from __future__ import annotations

from typing import Any

import msgspec

from harvest.models import Mention

# The fields of a line, in their order; `raw` follows where the line was repaired.
FIELDS = (
    "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version",
    "title", "authors", "date", "columns",
)  # fmt: skip


def row(mention: Mention) -> dict[str, Any]:
    """Return a mention as one line of `harvest extract`."""
    line = msgspec.to_builtins(mention)
    raw, target = line.pop("raw"), mention.target
    name = str(target.identifier) if target.identifier else None
    line |= {"kind": target.kind, "identifier": name, "version": target.version}
    ordered = {key: line[key] for key in FIELDS}
    return ordered if raw is None else {**ordered, "raw": raw}
