"""Made-up dumps and lists, the same for the same numbers.

A record is a function of its number, so any part can be made alone. The shape is that of the real
files: a Crossref record has 6 to 6.5 kB, of it most are references, log-normal to 2,500; authors go
to 3,000, chains of versions to a hundred. Relations are stated by both sides or by one. DOIs are
upper case or SICIs now and then, and authors type several into one field. An article has the title
and the authors of its preprint, and most lists have that title.
"""

from __future__ import annotations

import gzip
import json
import random
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

SEED = 14
PER_FILE = 5_000  # records of a file, as in the public data file
MAX_REFERENCES, MAX_AUTHORS, MAX_VERSIONS, MAX_ROWS = 2_500, 3_000, 100, 5_000
DAY = "2026-11-15"
SYLLABLES = [consonant + vowel for consonant in "bdfgjklmnprstvwxz" for vowel in "aeiou"]
TEXT = (
    "deep learning of medical images with generative networks segmentation synthesis a survey robust"
    " efficient transformer diffusion model for clinical data tumour cardiac brain lesion detection in"
    " multi centre studies under domain shift and noise attention self supervised"
)
WORDS = TEXT.split()


def chance(kind: str, number: int) -> random.Random:
    """Return the dice of one record."""
    return random.Random(f"{SEED} {kind} {number}")  # noqa: S311  # repeatable is the point


def words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(count))


def name(dice: random.Random) -> str:
    return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(2, 4))).capitalize()


def people(dice: random.Random) -> list[tuple[str, str]]:
    count = min(MAX_AUTHORS, 1 + int(dice.lognormvariate(1.1, 0.9)))
    return [(name(dice), name(dice)) for _ in range(count)]


@lru_cache(maxsize=1 << 16)  # of the works that stand in most lists
def title(kind: str, number: int) -> str:
    """Return the title of a record: a preprint that was published has that of the article."""
    kind = "crossref" if is_published(number) else kind
    return f"{words(chance(f'title {kind}', number), 9).capitalize()} {number}"


def authors(kind: str, number: int) -> list[tuple[str, str]]:
    """Return the authors of a record, as `title` does."""
    kind = "crossref" if is_published(number) else kind
    return people(chance(f"authors {kind}", number))


def is_published(number: int) -> bool:
    """Return True for three preprints in five, whose article has the same number."""
    return number % 5 < 3


def sici(number: int) -> str:
    return f"10.1002/(SICI)1097-0258({19800000 + number % 90000})17:{number}<1:AID-SIM1>3.0.CO;2-{number % 10}"


def doi(number: int) -> str:
    """Return the DOI of a work, as Crossref writes it."""
    if number % 500 == 7:
        return sici(number)
    text = f"10.{1000 + number % 8999}/j.{number:08}.x"
    return text.upper() if number % 25 == 3 else text


def arxiv_id(number: int) -> str:
    """Return the id of a preprint: of five digits, which there are since 2015."""
    year, month = 15 + number // 1_000_000 % 11, 1 + number // 80_000 % 12
    return f"{year:02}{month:02}.{number % 80_000 + 1:05}"


def repository(number: int) -> str:
    dice = chance("repository", number)
    return f"{name(dice)}-{number % 977}/{name(dice).lower()}_{number}"


def crossref(number: int) -> dict[str, Any]:
    """Return a record of the public data file."""
    dice = chance("crossref", number)
    count = min(MAX_REFERENCES, int(dice.lognormvariate(2.6, 0.95)))
    year = dice.randint(1990, 2026)
    record: dict[str, Any] = {
        "DOI": doi(number),
        "URL": f"https://doi.org/{doi(number)}",
        "type": "journal-article",
        "title": [title("crossref", number)],
        "author": [
            {"given": given, "family": family, "sequence": "additional", "affiliation": []}
            for given, family in authors("crossref", number)
        ],
        "container-title": [f"Journal of {words(dice, 2).title()}"],
        "publisher": name(dice),
        "issued": {"date-parts": [[year, dice.randint(1, 12)]]},
        "published": {"date-parts": [[year]]},
        "volume": str(dice.randint(1, 90)),
        "is-referenced-by-count": int(dice.lognormvariate(1.5, 1.4)),
        "indexed": {"date-time": f"{DAY}T{dice.randint(10, 23)}:00:00Z", "timestamp": number},
        "license": [{"URL": "https://creativecommons.org/licenses/by/4.0", "delay-in-days": 0}],
        "reference-count": count,
        "reference": [reference(dice, at) for at in range(count)],
        "relation": relations(number, dice),
    }
    if dice.random() < 0.25:
        record["abstract"] = f"<jats:p>{words(dice, 180)}</jats:p>"
    return record


def reference(dice: random.Random, at: int) -> dict[str, Any]:
    entry = {"key": f"{dice.randint(10**16, 10**17)}_ref{at}", "doi-asserted-by": "publisher"}
    entry |= {"DOI": doi(dice.randint(0, 10**6)), "year": str(dice.randint(1950, 2025))}
    entry |= {"author": name(dice), "article-title": words(dice, 9), "volume": str(at % 90)}
    return entry


def relations(number: int, dice: random.Random) -> dict[str, Any]:
    """Return the relations of a record: a tenth names a preprint, a few have versions."""
    result: dict[str, Any] = {}
    if is_published(number) and dice.random() < 0.2:
        preprint = {"id-type": "arxiv", "id": arxiv_id(number), "asserted-by": "subject"}
        result["has-preprint"] = [preprint]
    if number % 2_000 == 0:
        chain = range(number + 1, number + 1 + dice.randint(1, MAX_VERSIONS))
        result["has-version"] = [{"id-type": "doi", "id": doi(it)} for it in chain]
    return result


def snapshot(number: int) -> dict[str, Any]:
    """Return a line of arXiv's snapshot. Some authors tell the DOI, or several."""
    dice = chance("arxiv", number)
    first = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(hours=number % 90_000)
    count = min(MAX_VERSIONS, 1 + int(dice.lognormvariate(0, 0.7)))
    versions = [first + timedelta(days=30 * at) for at in range(count)]
    dois = [doi(number)] if is_published(number) and dice.random() < 0.7 else []
    dois += [doi(number + 1)] if dois and dice.random() < 0.03 else []
    return {
        "id": arxiv_id(number),
        "title": title("arxiv", number).replace(" of ", "\n  of "),
        "comments": "12 pages" if dice.random() < 0.6 else None,
        "journal-ref": None,
        "doi": " ".join(dois) or None,
        "categories": "eess.IV cs.CV",
        "abstract": f"  {words(dice, 150)}\n",
        "versions": [
            {"version": f"v{at}", "created": format_datetime(day, usegmt=True)}
            for at, day in enumerate(versions, 1)
        ],
        "update_date": DAY,
        "authors_parsed": [[family, given, ""] for given, family in authors("arxiv", number)],
    }


def github(number: int) -> dict[str, Any]:
    """Return a body of REST, as someone kept it."""
    dice, full_name = chance("github", number), repository(number)
    return {
        "id": number + 1,
        "full_name": full_name,
        "html_url": f"https://github.com/{full_name}",
        "description": words(dice, 8),
        "stargazers_count": int(dice.lognormvariate(3, 1.5)),
        "forks_count": int(dice.lognormvariate(1, 1)),
        "created_at": "2020-01-01T00:00:00Z",
        "pushed_at": "2026-01-01T00:00:00Z",
        "archived": False,
        "size": 9,
        "language": "Python",
        "default_branch": "main",
        "topics": [],
        "as_of": DAY,
    }


def datacite(number: int) -> dict[str, Any]:
    """Return a line of the public data file."""
    dice = chance("datacite", number)
    attributes = {
        "doi": f"10.5281/ZENODO.{number}",
        "titles": [{"title": words(dice, 8)}],
        "creators": [{"name": f"{last}, {first}"} for first, last in people(dice)],
        "publisher": "Zenodo",
        "publicationYear": 2024,
        "types": {"resourceTypeGeneral": "Dataset"},
        "updated": f"{DAY}T01:00:00Z",
    }
    return {"id": str(number), "type": "dois", "attributes": attributes}


MAKERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "crossref": crossref, "arxiv": snapshot, "github": github, "datacite": datacite,
}  # fmt: skip


def write_dump(source: str, count: int, folder: Path) -> list[Path]:
    """Write the first records of a source as files of compressed lines; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for start in range(0, count, PER_FILE):
        path = folder / f"{start // PER_FILE:05}.jsonl.gz"
        rows = map(MAKERS[source], range(start, min(count, start + PER_FILE)))
        path.write_bytes(
            gzip.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows), 6, mtime=0)
        )
        paths.append(path)
    return paths


def pack(paths: list[Path], target: Path) -> Path:
    """Pack files into a .tar, as Crossref publishes them."""
    with tarfile.open(target, "w") as archive:
        for path in paths:
            archive.add(path, path.name)
    return target


def write_lists(count: int, works: int, folder: Path) -> None:
    """Write lists of log-normal length, over works of which few stand in many lists."""
    for number in range(count):
        dice = chance("list", number)
        size = min(MAX_ROWS, 1 + int(dice.lognormvariate(2.6, 1.4)))
        rows = "".join(f"- {row}\n" for row in list_rows(dice, size, works))
        path = folder / f"{number % 100:02}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# List {number}\n\n## {words(dice, 2).title()}\n\n{rows}", "utf-8")


def list_rows(dice: random.Random, size: int, works: int) -> Iterator[str]:
    for _ in range(size):
        number = min(works - 1, int(works ** dice.random()) - 1)  # about as Zipf has it
        at = number * 7_919 % works
        preprint = dice.random() < 0.4
        address = (
            f"https://arxiv.org/abs/{arxiv_id(at)}" if preprint else f"https://doi.org/{doi(at)}"
        )
        code = f" [Code](https://github.com/{repository(at)})" if dice.random() < 0.2 else ""
        text = title("arxiv" if preprint else "crossref", at)
        if dice.random() < 0.05:  # another one, as of a former version
            text = words(dice, 6).capitalize()
        yield f"[{text}]({address}){code}"
