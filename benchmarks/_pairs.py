"""Public sets of pairs of one work, and of works that are easily taken for each other.

Each is read from a folder that holds the files of its source:

- medrxiv: medrxiv-gold.tsv of https://github.com/gcabanac/preprint-publication-linker (folder 1-medrxiv_analysis): versions of
  preprints (lines with #), and 740 preprints with their journal articles
- dblp-acm: dblp.csv, acm.csv and gt.csv of https://github.com/AI-team-UoA/pyJedAI (folder data/ccer/D4)
- dblp-scholar: tableA.csv, and test.csv, valid.csv, train.csv of https://github.com/DataReconciliation/IER-DML
  (folders dataset_for_IER-DML/DS and DS_ER_static), and all timestep*_tableB.csv of DS_IER
- hallmark: dev_public.jsonl and test_public.jsonl of https://github.com/rpatrik96/hallmark (folder data/v1.0)
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from harvest.linking.score import Description
from harvest.linking.tables import SMALL_WORDS
from harvest.linking.words import title_words
from harvest.text import clean

ORIGINAL = re.compile(r"original: '(.*)'\)|from the real '(.*?)' \(")
ALTERATIONS = {"swapped_authors", "placeholder_authors", "chimeric_title", "partial_author_list"}
RIVALS = 5  # works that a search takes for the right one


class Pairs(NamedTuple):
    """Two sides of a set, with the names of what is one work: the left one's partners."""

    name: str
    left: dict[str, Description]
    right: dict[str, Description]
    truth: dict[str, frozenset[str]]

    @property
    def count(self) -> int:
        """The number of true pairs."""
        return sum(map(len, self.truth.values()))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the true pairs."""
        for name, partners in self.truth.items():
            for partner in sorted(partners):
                yield name, partner


def describe(title: str, authors: str, year: str, container: str = "") -> Description:
    """Return the description of a row."""
    digits = year.strip()[:4]
    return Description(
        clean(title),
        clean(authors) or None,
        int(digits) if digits.isdigit() else None,
        container or None,
    )


def medrxiv_versions(folder: Path) -> Pairs:
    """Return the first and the last version of preprints that are not in the pairs of articles."""
    published, versions = set(), defaultdict(list)
    for line in (folder / "medrxiv-gold.tsv").read_text("utf-8").splitlines():
        fields = line.split("\t")
        if fields[0] == "#" and len(fields) >= 7:
            versions[fields[1]].append(fields)
        elif not line.startswith("#"):
            published.add(fields[0])
    left, right = {}, {}
    for doi, rows in versions.items():
        if doi not in published:
            first, last = rows[0], rows[-1]
            left[doi] = describe(first[6], first[5], first[3])
            right[doi] = describe(last[6], last[5], last[3])
    return Pairs("medRxiv, versions", left, right, {doi: frozenset({doi}) for doi in left})


def medrxiv_articles(folder: Path) -> Pairs:
    """Return preprints and their journal articles."""
    left, right, truth = {}, {}, {}
    for line in (folder / "medrxiv-gold.tsv").read_text("utf-8").splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) == 14:
            left[fields[0]] = describe(fields[7], fields[8], fields[2])
            right[fields[1]] = describe(fields[11], fields[12], fields[10])
            truth[fields[0]] = frozenset({fields[1]})
    return Pairs("medRxiv, articles", left, right, truth)


def _rows(path: Path, delimiter: str) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def dblp_acm(folder: Path) -> Pairs:
    """Return DBLP and the ACM library."""
    sides = []
    for name in ("dblp", "acm"):
        rows = _rows(folder / f"{name}.csv", "%")
        sides.append(
            {
                r["id"]: describe(
                    r["title"] or "", r["authors"] or "", r["year"] or "", r["venue"] or ""
                )
                for r in rows
            }
        )
    truth = defaultdict(set)
    for row in _rows(folder / "gt.csv", "%"):
        truth[row["D1"]].add(row["D2"])
    return Pairs("DBLP-ACM", *sides, {key: frozenset(names) for key, names in truth.items()})


def dblp_scholar(folder: Path) -> Pairs:
    """Return DBLP and the labelled works of Google Scholar, whose rows repeat and lack much."""
    left = {r["id"]: _scholar(r) for r in _rows(folder / "tableA.csv", ",")}
    right = {}
    for path in sorted(folder.glob("timestep*_tableB.csv")):
        right |= {r["id"]: _scholar(r) for r in _rows(path, ",")}
    truth = defaultdict(set)
    for name in ("train", "valid", "test"):
        for row in _rows(folder / f"{name}.csv", ","):
            if row["label"] == "1" and row["rtable_id"] in right:
                truth[row["ltable_id"]].add(row["rtable_id"])
    return Pairs("DBLP-Scholar", left, right, {key: frozenset(it) for key, it in truth.items()})


def _scholar(row: dict[str, str]) -> Description:
    return describe(row["title"], row["authors"], row["year"] or "", row["venue"] or "")


def scholar_labels(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield pairs of DBLP and Google Scholar with what people said of them."""
    for name in ("train", "valid", "test"):
        for row in _rows(folder / f"{name}.csv", ","):
            yield row["ltable_id"], row["rtable_id"], row["label"] == "1"


class Citation(NamedTuple):
    """A citation as it is given, the work that it means, and how it was altered, if so."""

    given: Description
    meant: Description
    alteration: str | None


def hallmark(folder: Path) -> Iterator[Citation]:
    """Yield the citations whose work is in the set too: right ones, and altered ones."""
    rows = []
    for name in ("dev_public", "test_public"):
        text = (folder / f"{name}.jsonl").read_text("utf-8")
        rows += [json.loads(line) for line in text.splitlines()]
    right: dict[str, Description] = {}
    for row in rows:
        if row["label"] == "VALID":
            work = _citation(row["fields"])
            right[row["fields"].get("doi", "").lower()] = right[work.title or ""] = work
    del right[""]
    for row in rows:
        given, alteration = _citation(row["fields"]), row.get("hallucination_type")
        original = ORIGINAL.search(row.get("explanation") or "")
        if alteration is None:
            yield Citation(given, given, None)
        elif alteration == "near_miss_title" and original:
            yield Citation(
                given, msgspec.structs.replace(given, title=original[1] or original[2]), alteration
            )
        elif alteration in ALTERATIONS:
            doi = row["fields"].get("doi", "").lower()
            meant = right.get(doi) or right.get(given.title or "")
            if meant:
                yield Citation(given, meant, alteration)


def _citation(fields: dict[str, str]) -> Description:
    authors = fields.get("author", "").replace(" and ", "; ")
    return describe(fields["title"], authors, fields.get("year", ""), fields.get("booktitle", ""))


def sample(pairs: Pairs, size: int) -> Pairs:
    """Return a set with fewer of the left side, chosen by their digests."""
    names = sorted(pairs.left, key=lambda name: sha256(name.encode()).digest())[:size]
    truth = {name: pairs.truth[name] for name in names if name in pairs.truth}
    return pairs._replace(left={name: pairs.left[name] for name in names}, truth=truth)


def rivals(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """Yield pairs that are two works: for each left one those that share most rare words with it."""
    index = defaultdict(set)
    for name, work in pairs.right.items():
        for token in _tokens(work):
            index[token].add(name)
    for name, work in pairs.left.items():
        points: Counter[str] = Counter()
        for token in _tokens(work):
            holders = index.get(token, ())
            if len(holders) < 200:
                points.update(dict.fromkeys(holders, 1))
        ranking = sorted(points, key=lambda it: (-points[it], it))
        others = (it for it in ranking if it not in pairs.truth.get(name, ()))
        for other in islice(others, RIVALS):
            yield name, other


def _tokens(work: Description) -> set[str]:
    words = set(title_words(work.title or "")) - SMALL_WORDS
    return words | {f"@{word}" for word in title_words(str(work.authors or "")) if len(word) > 2}
