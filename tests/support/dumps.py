"""The dumps that the registries of a world would publish on a day, each in its own format."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.fakes import World
from tests.fakes.crossref import record
from tests.fakes.datacite import DataCite
from tests.fakes.github import GitHub
from tests.fakes.world import Person, Preprint


def lines(rows: Iterable[Any]) -> bytes:
    """Return rows as JSON lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def write_dumps(world: World, folder: Path, day: str) -> dict[str, Path]:
    """Write what every registry has in a world; return the path of each dump by source.

    Crossref's is a .tar of compressed lines, arXiv's a .zip, GitHub's are plain lines, DataCite's a
    folder with a table beside the records.
    """
    folder.mkdir(parents=True)
    return {
        "crossref": _tar(folder / "crossref.tar", list(crossref(world))),
        "arxiv": _zip(folder / "archive.zip", map(snapshot, world.preprints.values())),
        "github": _plain(folder / "github.jsonl", github(world, day)),
        "datacite": _folder(folder / "dois", datacite(world, day)),
    }


def crossref(world: World) -> Iterable[dict[str, Any]]:
    """Yield the records of Crossref's public data file."""
    return (record(work, world) for work in world.works.values())


def snapshot(preprint: Preprint) -> dict[str, Any]:
    """Return a preprint in the shape of arXiv's snapshot."""
    versions = [
        {"version": f"v{number}", "created": _created(version.date)}
        for number, version in enumerate(preprint.versions, 1)
    ]
    newest = preprint.versions[-1]
    return {
        "id": preprint.id,
        "submitter": "A. Nobody",
        "authors": ", ".join(map(str, preprint.authors)),
        "title": (newest.title or preprint.title).replace(" ", "\n  ", 1),
        "comments": newest.comment or preprint.comment,
        "journal-ref": preprint.journal_ref,
        "doi": preprint.doi,
        "report-no": None,
        "categories": " ".join(preprint.categories),
        "license": None,
        "abstract": f"  {preprint.summary}\n",
        "versions": versions,
        "update_date": newest.date[:10],
        "authors_parsed": [_parsed(person) for person in preprint.authors],
    }


def github(world: World, day: str) -> Iterable[dict[str, Any]]:
    """Yield bodies of REST as someone kept them on a day."""
    service = GitHub(world, "https://api.github.com")
    return ({**service.rest_body(it), "as_of": day} for it in world.repositories.values())


def datacite(world: World, day: str) -> Iterable[dict[str, Any]]:
    """Yield the records of DataCite's public data file."""
    service = DataCite(world)
    dois = [*world.foreign, *(f"10.48550/arxiv.{name}" for name in world.preprints)]
    for item in filter(None, map(service._item, dois)):
        item["attributes"]["updated"] = f"{day}T01:02:03Z"
        yield item


def _created(date: str) -> str:
    return format_datetime(datetime.fromisoformat(date)).replace("+0000", "GMT")


def _parsed(person: Person) -> list[str]:
    if person.name:
        return [person.name, "", ""]
    return [person.family or "", person.given or "", person.suffix or "", "An affiliation"]


def _tar(path: Path, rows: list[Any]) -> Path:
    half = len(rows) // 2 or 1
    with tarfile.open(path, "w") as archive:
        for number, some in enumerate((rows[:half], rows[half:])):
            data = gzip.compress(lines(some))
            info = tarfile.TarInfo(f"public/{number}.jsonl.gz")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def _zip(path: Path, rows: Iterable[Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("arxiv-metadata-oai-snapshot.json", lines(rows))
    return path


def _plain(path: Path, rows: Iterable[Any]) -> Path:
    path.write_bytes(lines(rows))
    return path


def _folder(path: Path, rows: Iterable[Any]) -> Path:
    month = path / "updated_2026-11"
    month.mkdir(parents=True)
    (month / "2026-11.csv.gz").write_bytes(gzip.compress(b"doi,state\n"))
    (month / "part_0000.jsonl.gz").write_bytes(gzip.compress(lines(rows)))
    return path
