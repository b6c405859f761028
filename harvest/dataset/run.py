"""run.json: what a run did, and everything of it that has a time or depends on the day."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from harvest.models import Mention, Tally

FILE = "run.json"

log = logging.getLogger(__name__)


class Run(msgspec.Struct, kw_only=True):
    """The report of a run.

    `mentions` adds up: total = identified + placeholders + other. `findings` and `changes` are
    counted, in total and by code or kind. `good_at` is the start of the last run that asked every
    source and was not degraded: this one, or one before it; None if there was none. `files` are
    those of each format, and `inputs` is the SHA-256 of what they were made of.
    """

    run_id: str
    version: str
    started_at: str
    seconds: float = 0.0
    seeds: tuple[str, ...] = ()
    mentions: dict[str, int] = {}
    works: dict[str, int] = {}
    repositories: dict[str, int] = {}
    sources: dict[str, Tally] = {}
    findings: dict[str, int] = {}
    changes: dict[str, int] = {}
    degraded: list[str] = []
    good_at: str | None = None
    files: dict[str, list[str]] = {}
    inputs: str | None = None


def read(folder: Path) -> Run | None:
    """Read the report of the last run, if there is one. A broken file is ignored with a warning."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Run)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s: %s; ignored", path, error)
        return None


def count_mentions(mentions: Iterable[Mention]) -> dict[str, int]:
    """Count mentions by what they are."""
    kinds = Counter(mention.target.kind for mention in mentions)
    return {
        "total": kinds.total(),
        "identified": kinds["identifier"],
        "placeholders": kinds["placeholder"],
        "other": kinds["link"],
    }


def count(names: Iterable[str]) -> dict[str, int]:
    """Count names: all of them as `total`, then each."""
    counts = Counter(names)
    return {"total": counts.total(), **counts}


def degraded(tallies: Mapping[str, Tally]) -> list[str]:
    """Return a sentence for each source that owes answers."""
    sentences = []
    for name, tally in tallies.items():
        counts = {
            "failed": tally.failed,
            "not asked": tally.deferred,
            "of them keep their last answer": tally.stale,
        }
        parts = [f"{number} {text}" for text, number in counts.items() if number]
        if tally.degraded:
            sentences.append(f"{name}: {', '.join(parts)} ({tally.error})")
    return sentences
