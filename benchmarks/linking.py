"""Titles found in a library of 20,000 works, and 100,000 works linked and merged.

    python benchmarks/linking.py

Claims: precision at least 0.999 and recall at least 0.96 over 2,400 searches of noisy titles in
each of three
libraries, a third of the made-up ones for works that are not there while their look-alikes are; no
known look-alike
merged; 100,000 works linked and merged in under 10 s and 600 MB on one core. Beside it: the first
hit of Crossref, and
the title alone.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from rapidfuzz import fuzz

from benchmarks import _report, _titles
from benchmarks._titles import Search
from harvest.commands.settings import load_settings
from harvest.config import ActivityMonths
from harvest.entries import CodeLink, ListedWorks
from harvest.http.clients import Http
from harvest.linking.cluster import cluster
from harvest.linking.ledger import Verdict, format_ledgers
from harvest.linking.merge import merge
from harvest.linking.score import THRESHOLD, Description, choose_candidate
from harvest.models import Author, Identifier, Mention, Record
from harvest.sources.crossref import Crossref
from harvest.text import fold_title
from tests.fakes import FakeServices, World

WORKS, SEARCHES, MERGED = 20_000, 2_400, 100_000
SEEDS = (4, 5, 6)
PRECISION, RECALL = 0.999, 0.96
SECONDS, MEGABYTES = 10.0, 600
THRESHOLDS = (-2.0, 0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0)
LOOK_ALIKES = (
    ("doi:10.1016/j.cmpb.2021.106018", "doi:10.1016/j.cmpb.2021.106019"),
    ("arxiv:2211.13352", "arxiv:2308.12453"),
    ("arxiv:2112.03268", "arxiv:2303.02475", "arxiv:2202.00569"),
    ("arxiv:2208.11702", "doi:10.1007/978-3-031-16452-1_42"),
)


class Judged(NamedTuple):
    """A search with what came back, and what would be made of it without a threshold."""

    search: Search
    records: list[Record]
    verdict: Verdict

    def is_right(self, found: str) -> bool:
        """Return True if this is the work that the list means."""
        return found.removeprefix("doi:") in self.search.right


class Score(NamedTuple):
    """How often an answer was given, was right, and how often there was one to be found."""

    right: int
    given: int
    there: int

    @property
    def precision(self) -> float:
        """The share of right answers among those given."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """The share of works found among those that are there."""
        return self.right / self.there

    def row(self, name: str) -> list[str]:
        """Return a row of the table."""
        return [name, f"{self.precision:.4f}", f"{self.recall:.4f}", str(self.given - self.right)]


def main() -> None:
    if sys.argv[1:] == ["--merge"]:
        _merge()
        return
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    judged = [judged for seed in SEEDS for judged in searched(seed)]
    ours = count_right(judged, answered)
    rows = [
        ours.row("harvest"),
        count_right(judged, lambda j: str(j.records[0].identifier) if j.records else None).row(
            "first hit of Crossref"
        ),
        count_right(judged, by_title).row("title alone, 90 % alike"),
    ]
    curve = [
        count_right(judged, lambda j, t=t: answered(j, t)).row(f"{t:.1f} bits") for t in THRESHOLDS
    ]  # type: ignore[misc]  # a lambda's default
    head = ["precision", "recall", "wrong"]
    lines = [*_report.table(["", *head], rows), "", *_report.table(["threshold", *head], curve)]
    print("\n".join(lines))
    tell(judged)
    kept = apart()
    merged = subprocess.run(
        [sys.executable, __file__, "--merge"], check=True, capture_output=True, text=True
    ).stdout
    seconds, megabytes = map(float, merged.split())
    ok = (
        ours.precision >= PRECISION
        and ours.recall >= RECALL
        and kept
        and seconds < SECONDS
        and megabytes < MEGABYTES
    )
    text = (
        f"{len(judged):,} searches in {len(SEEDS)} libraries of {WORKS:,} works each at a stand-in "
        f"of Crossref; the threshold in use is {THRESHOLD} bits. {MERGED:,} works are linked and merged in "
        f"{seconds:.1f} s and {megabytes:.0f} MB."
    )
    _report.put(
        "benchmarks.md", "Linking", [*_report.wrapped(text), "", *lines, "", _report.measured()]
    )
    print(
        f"{MERGED:,} works linked and merged in {seconds:.1f} s, {megabytes:.0f} MB: {'ok' if ok else 'MISSED'}"
    )
    sys.exit(not ok)


def tell(judged: list[Judged]) -> None:
    """Print the wrong answers with their ledgers, and what was missed, by what was done to the
    title.
    """
    for j in judged:
        if (found := answered(j)) and not j.is_right(found):
            print(f"wrong: {j.search}\n       {format_ledgers(j.verdict)}")
    missed = Counter(j.search.noise for j in judged if j.search.right and not answered(j))
    print("not found:", ", ".join(f"{count} {noise}" for noise, count in missed.most_common()))


# -- searching
# -------------------------------------------------------------------------------------------------------


def searched(seed: int) -> list[Judged]:
    """Make a library, search it for everything over HTTP as a run does, and judge what is found."""
    rng = random.Random(seed)  # noqa: S311  # repeatable is the point
    works, wanted, listed_as = _titles.library(WORKS, rng)
    searches = _titles.searches(SEARCHES, works, wanted, listed_as, rng)
    source = Crossref()
    questions = {s: source.question(s.title, s.authors, s.year) for s in searches}
    with FakeServices(World(works=works, pacing=False)) as fakes:
        http = Http(load_settings(None, {}, {**fakes.env(), "HARVEST_CROSSREF_INTERVAL": "0"}))
        answers = {
            answer.identifier: answer
            for answer in source.search(sorted(set(questions.values())), http)
        }
        http.close()
    judged = []
    for search, question in questions.items():
        payload = answers[question].payload or {}
        records = [
            source.read(Identifier("doi", doi), item) for doi, item in payload["items"].items()
        ]
        said = Description(search.title, search.authors, search.year)
        verdict = choose_candidate(question, said, records, tie=payload["tie"], threshold=-100.0)
        judged.append(Judged(search, records, verdict))
    return judged


def answered(judged: Judged, threshold: float = THRESHOLD) -> str | None:
    """Return what is accepted at a threshold."""
    accepted = judged.verdict.accepted
    return accepted if accepted and judged.verdict.ledgers[0].bits >= threshold else None


def by_title(judged: Judged) -> str | None:
    """Take the first hit whose title is 90 % alike, whoever wrote it."""
    listed = fold_title(judged.search.title)
    alike = (r for r in judged.records if fuzz.ratio(listed, fold_title(r.title or "")) >= 90)
    return next((str(record.identifier) for record in alike), None)


def count_right(judged: list[Judged], answer: Callable[[Judged], str | None]) -> Score:
    """Count what a way of answering gets right."""
    given = [(j, found) for j in judged if (found := answer(j))]
    right = sum(j.is_right(found) for j, found in given)
    return Score(right, len(given), sum(bool(j.search.right) for j in judged))


def apart() -> bool:
    """Return True if the look-alikes that lists really hold stay apart, under one listing and by
    all their records.
    """
    works = {
        fact["identifier"]: fact
        for fact in map(msgspec.json.decode, _titles.LABELLED.read_bytes().splitlines())
    }
    records = [
        Record(
            source="crossref",
            identifier=Identifier.of(name),
            kind="preprint" if name.startswith("arxiv:") else "version_of_record",
            title=fact["title"],
            authors=tuple(
                Author(f"{given} {family}", given, family) for given, family in fact["authors"]
            ),
            date=str(fact["year"]),
        )
        for name, fact in works.items()
    ]
    parted = cluster([record.identifier for record in records], records).groups
    home = {str(identifier): place for place, group in enumerate(parted) for identifier in group}
    joined = [
        pair
        for names in LOOK_ALIKES
        for pair in combinations(names, 2)
        if home[pair[0]] == home[pair[1]]
    ]
    print(
        f"look-alikes merged: {joined or 'none'}; works merged by likeness: {len(records) - len(parted)}"
    )
    return not joined


# -- merging
# ---------------------------------------------------------------------------------------------------------


def _merge() -> None:
    """Link and merge in a process of its own; prints seconds and megabytes at the peak."""
    import resource

    rng = random.Random(5)  # noqa: S311  # repeatable is the point
    listed, records = _listed(rng)
    began = time.process_time()
    clusters = cluster(listed.works, records)
    last = merge(listed, records, set(), ActivityMonths(), None, {}, clusters)
    seconds = time.process_time() - began
    assert len(last.works) == MERGED, len(last.works)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _listed(rng: random.Random) -> tuple[ListedWorks, list[Record]]:
    """Return a list of works: half have a preprint, joined by its registry or by likeness alone."""
    listed, records = ListedWorks(), []
    for number in range(MERGED):
        work = _titles.invented(number, rng)
        people = tuple(Author(str(p), p.given, p.family) for p in work.authors)
        published, preprint = (
            Identifier("doi", work.doi),
            Identifier("arxiv", f"{2000 + number // 90_000}.{number % 90_000:05}"),
        )
        title = f"{work.title} {number}"
        mention = Mention(
            seed="a.md", line=number, url=str(published), role="paper", entry=number, title=title
        )
        listed.works[published] = [mention]
        records.append(
            Record(
                source="crossref", identifier=published, kind="version_of_record", type="journal-article", title=title,
                authors=people, date=work.date, container=work.container,
            )
        )  # fmt: skip
        if number % 2:
            listed.works[preprint] = [msgspec.structs.replace(mention, url=str(preprint))]
            same = (published,) if number % 4 == 1 else ()
            records.append(
                Record(
                    source="arxiv", identifier=preprint, kind="preprint", title=title, authors=people, date=work.date,
                    same_work=same,
                )
            )  # fmt: skip
        if number % 3 == 0:
            repository = Identifier(
                "github", f"owner/name-{number // 30}"
            )  # some stand beside many works
            listed.repositories[repository] = repository
            listed.code_links.add(CodeLink(published, repository, "code"))
    return listed, records


if __name__ == "__main__":
    main()
