"""The weights of the ledger, counted on public pairs.

    python benchmarks/calibrate.py FOLDER

FOLDER holds a folder for each set (benchmarks/_pairs.py names their sources). A weight is log2(m / u): m is the share of
a level among true pairs, u that among works which a search would take for each other. Writes the counted part of
harvest/data/weights.toml anew, and nothing of the sets themselves. The reasoned part stays as it is: the counts of its
levels are printed, so that a reader can tell whether they are still too few. Two runs write the same bytes.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from math import log2
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _pairs
from harvest.linking.ledger import WEIGHTS
from harvest.linking.score import Description, compare

TARGET = Path(__file__).parents[1] / "harvest" / "data" / "weights.toml"
COUNTED, REASONED = "# -- Counted", "# -- Reasoned"  # how the two parts of the file begin
FIELDS = (("title", "order", "shortened", "cut", "words"), ("authors",))  # of which a pair has one
VERSIONS, SAMPLE = 2_000, 500  # works of medRxiv and of DBLP that are counted
PSEUDO = 1.0  # added to each count, so that what was never seen is rare but not impossible

Level = tuple[str, str]


class Counts(NamedTuple):
    """The levels of pairs of one work and of two, and the numbers of these pairs."""

    one_work: Counter[Level]
    two_works: Counter[Level]
    pairs: int
    rivals: int


def main() -> None:
    """Count the levels, and write the counted part of the table."""
    counts = count(Path(sys.argv[1]))
    head, _, rest = TARGET.read_text("utf-8").partition(COUNTED)
    reasoned = rest[rest.index(REASONED) :]
    counted = "\n".join(counted_part(counts))
    TARGET.write_text(f"{head}{counted}\n\n{reasoned}", "utf-8")
    print(TARGET.read_text("utf-8"))
    for name, levels in WEIGHTS.reasoned.items():
        for level in levels:
            key = name, level
            print(f"reasoned {name}.{level}: {_numbers(counts, key)}")


def count(folder: Path) -> Counts:
    """Return the levels of the public sets."""
    one_work: Counter[Level] = Counter()
    two_works: Counter[Level] = Counter()
    pairs = rivals = 0
    versions = _pairs.sample(_pairs.medrxiv_versions(folder / "medrxiv"), VERSIONS)
    for works in (versions, _pairs.sample(_pairs.dblp_acm(folder / "dblp-acm"), SAMPLE)):
        for name, other in works.pairs():
            one_work.update(_levels(works.left[name], works.right[other]))
            pairs += 1
        for name, other in _pairs.rivals(works):
            two_works.update(_levels(works.left[name], works.right[other]))
            rivals += 1
    return Counts(one_work, two_works, pairs, rivals)


def _levels(one: Description, other: Description) -> list[Level]:
    return [(weight.name, weight.level) for weight in compare(one, other, "x").weights]


def counted_part(counts: Counts) -> Iterator[str]:
    """Yield the lines of the counted part."""
    yield (
        f"{COUNTED} by benchmarks/calibrate.py on {counts.pairs:,} pairs of one work and {counts.rivals:,} of two:"
        " change nothing by hand."
    )
    for names in FIELDS:
        keys = [(name, level) for name in names for level in WEIGHTS.counted.get(name, {})]
        sums = [sum(levels[key] + PSEUDO for key in keys) for levels in counts[:2]]
        for name in dict.fromkeys(name for name, _ in keys):
            yield f"\n[counted.{name}]"
            for key in keys:
                if key[0] == name:
                    m, u = (
                        (it[key] + PSEUDO) / all_ for it, all_ in zip(counts[:2], sums, strict=True)
                    )
                    yield f"{key[1]} = {log2(m / u):.1f}  # {_numbers(counts, key)}"
    yield "\n[counted.prior]"
    share = counts.rivals / counts.pairs
    yield f"any = {-log2(share):.1f}  # one candidate of a search in {share:.0f} is right"


def _numbers(counts: Counts, key: Level) -> str:
    return f"{counts.one_work[key]:,} of one work, {counts.two_works[key]:,} of two"


if __name__ == "__main__":
    main()
