"""The whole line, from seeds to the published dataset."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harvest import __version__, dataset, writers
from harvest.cache import Cache
from harvest.config import Settings
from harvest.errors import SeedError, SourceError, UsageError
from harvest.harvester import Harvester, Progress, Tally
from harvest.identifiers import identify
from harvest.linking.identity import Pair, listing
from harvest.linking.merge import merge
from harvest.models import Dataset, Finding, Identified, Mention
from harvest.readers import read_seeds
from harvest.sources import discover
from harvest.transport import Wire

# The fields of one line of `harvest extract`, in their order; `raw` follows where the line was repaired.
EXTRACT = (
    "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version", "title", "authors",
    "date", "columns",
)  # fmt: skip


class Run(msgspec.Struct, kw_only=True):
    """What a run did: everything that has a time or depends on the day. run.json holds it.

    `mentions` adds up: total = identified + placeholders + other.
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
    findings: list[Finding] = []
    degraded: list[str] = []


def refresh(settings: Settings, *, offline: bool = False, progress: Progress = lambda *_: None) -> Run:
    """Read the seeds, ask the sources, link what they say and publish the dataset.

    Raises UsageError for seeds or settings that cannot be used, PublicationError when the last output must stand.
    """
    now = datetime.now(UTC)
    output = Path(settings.output)
    last = dataset.load(output)
    wire, cache = Wire(settings), Cache(Path(settings.cache))
    try:
        pairs, findings = extract(settings.seeds, wire)
        listed = listing(pairs)
        sources = discover()
        harvester = Harvester(settings, sources, cache, wire, now, offline, progress)
        harvest = harvester.run([*listed.works, *listed.repositories.values()])
    finally:
        wire.close()
        cache.close()
    ranks = {name: source.RANK for name, source in sources.items()}
    new = merge(listed, harvest.records, harvest.missing, settings.activity, last, ranks)
    dataset.check(new, last, settings.floor)
    run = _report(settings, now, pairs, findings, new, harvest.tallies)
    dataset.publish(_files(new, run), output)
    return run


def extract(seeds: Sequence[str], wire: Wire | None = None) -> tuple[list[Pair], list[Finding]]:
    """Read seeds into mentions with what each is; gives what could not be read beside them."""
    if not seeds:
        raise UsageError("no seeds: name a list (harvest refresh my-list.md) or set `seeds` in harvest.toml")
    reading = read_seeds(seeds, remote=_remote(wire) if wire else None)
    return [(mention, identify(mention.url)) for mention in reading.mentions], reading.findings


def row(mention: Mention, identified: Identified) -> dict[str, Any]:
    """Give a mention as one line of `harvest extract`."""
    line = msgspec.to_builtins(mention)
    raw = line.pop("raw")
    identifier = str(identified.identifier) if identified.identifier else None
    line |= {"kind": identified.kind, "identifier": identifier, "version": identified.version}
    ordered = {key: line[key] for key in EXTRACT}
    return ordered if raw is None else {**ordered, "raw": raw}


def _remote(wire: Wire) -> Callable[[str], tuple[str, bytes]]:
    def fetch(seed: str) -> tuple[str, bytes]:
        from harvest.readers import remote

        try:
            return wire.ask("github", lambda: remote.fetch(seed, wire.github()))
        except SourceError as error:
            raise SeedError(seed, error.message) from error

    return fetch


def _report(
    settings: Settings,
    now: datetime,
    pairs: list[Pair],
    findings: list[Finding],
    new: Dataset,
    tallies: dict[str, Tally],
) -> Run:
    kinds = Counter(identified.kind for _, identified in pairs)
    return Run(
        run_id=uuid.uuid4().hex,
        version=__version__,
        started_at=now.isoformat(timespec="seconds"),
        seconds=round((datetime.now(UTC) - now).total_seconds(), 3),
        seeds=settings.seeds,
        mentions={
            "total": len(pairs),
            "identified": kinds["identifier"],
            "placeholders": kinds["placeholder"],
            "other": kinds["link"],
        },
        works={"total": len(new.works), **Counter(work.status for work in new.works)},
        repositories={"total": len(new.repositories), **Counter(r.status for r in new.repositories)},
        sources=tallies,
        findings=sorted(findings),
        degraded=[_degraded(name, tally) for name, tally in tallies.items() if tally.degraded],
    )


def _degraded(name: str, tally: Tally) -> str:
    """Say in a sentence what a source owes."""
    parts = []
    if tally.deferred:
        parts.append(f"{tally.deferred} not asked (offline)")
    if tally.failed:
        parts.append(f"{tally.failed} failed ({tally.error})")
    if tally.stale:
        parts.append(f"{tally.stale} served by their last answer")
    return f"{name}: {', '.join(parts)}"


def _files(new: Dataset, run: Run) -> dict[str, bytes]:
    files = {"run.json": msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n"}
    for writer in writers.discover().values():
        if writer.PUBLISHED:
            files.update(writer.write(new))
    return files
