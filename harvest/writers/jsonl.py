"""One JSON object a line, each with `kind`: work or repository. For streams and line tools."""

from __future__ import annotations

import msgspec

from harvest.models import Dataset

NAME = "jsonl"
PUBLISHED = False


def write(dataset: Dataset) -> dict[str, bytes]:
    """Give dataset.jsonl: the works, then the repositories."""
    lines = [{"kind": "work", **msgspec.to_builtins(work)} for work in dataset.works]
    lines += [
        {"kind": "repository", **msgspec.to_builtins(repository)}
        for repository in dataset.repositories
    ]
    return {"dataset.jsonl": b"".join(msgspec.json.encode(line) + b"\n" for line in lines)}
