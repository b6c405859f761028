"""The weights of the ledger, counted on public pairs.

    python benchmarks/calibrate.py FOLDER

FOLDER holds a folder for each set (benchmarks/_pairs.py names their sources). A weight is log2(m / u): m is the share of
a level among true pairs, u that among works which a search would take for each other. Writes harvest/data/weights.toml,
and nothing of the sets themselves. What no set can tell is a rule, and says so.
"""

from __future__ import annotations

import sys
from collections import Counter
from math import log2
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _pairs
from harvest.linking.ledger import VETO, WEIGHTS
from harvest.linking.score import Description, compare

TARGET = Path(__file__).parents[1] / "harvest" / "data" / "weights.toml"
FIELDS = {  # the weights of a field exclude each other
    "title": ("title", "order", "shortened", "cut", "words"),
    "authors": ("authors",),
    "year": ("year",),
    "container": ("container",),
}
RULES = {  # what the sets do not hold, in bits, with the reason
    ("title", "none"): (VETO, "without a title nothing is known"),
    ("shortened", "cut"): (3.5, "no set has titles that a list breaks off; as a phrase left out"),
    ("shortened", "acronym"): (3.5, "no less than a phrase that is left out"),
    ("order", "strict"): (3.0, "no set has words in another order"),
    ("order", "loose"): (2.0, "the same"),
    ("cut", "few"): (3.0, "too few are in the sets, and the next paper may add a word"),
    ("cut", "many"): (-4.0, "no pair of one work"),
    ("cut", "most"): (-6.0, "no pair of one work"),
    ("words", "few"): (1.5, "too few are in the sets, and the next paper may replace a word"),
    ("authors", "part"): (2.0, "works that a search confuses are those of the same people"),
    ("authors", "most"): (1.5, "the same"),
    ("authors", "portion"): (-3.5, "people who share one paper write others"),
    ("authors", "several"): (
        0.5,
        "three people or more who share one paper seldom share its title with another",
    ),
    ("year", "same"): (1.0, "the versions and rivals of the sets are of few years"),
    ("year", "next"): (1.0, "the same, and a preprint of last year is one of this year"),
    ("year", "near"): (-1.0, "the same, and a preprint waits up to eight years"),
    ("year", "far"): (-2.0, "the same"),
    ("year", "apart"): (-6.0, "nine years or more"),
    ("container", "alike"): (1.0, "the sets name one journal in many ways"),
    ("container", "other"): (
        0.0,
        "a preprint has none, and sets name one journal in many ways",
    ),
}
SAMPLE = 500  # works of each set
PSEUDO = 1.0  # added to each count, so that what was never seen is rare but not impossible

Level = tuple[str, str]


def main() -> None:
    """Count the levels, and write the table."""
    folder = Path(sys.argv[1])
    true: Counter[Level] = Counter()
    false: Counter[Level] = Counter()
    sizes = [0, 0]
    sets = _pairs.medrxiv_versions(folder / "medrxiv"), _pairs.dblp_acm(folder / "dblp-acm")
    for pairs in (_pairs.sample(it, SAMPLE) for it in sets):
        for name, names in pairs.truth.items():
            for other in names:
                true.update(levels(pairs.left[name], pairs.right[other]))
                sizes[0] += 1
        for name, other in _pairs.rivals(pairs):
            false.update(levels(pairs.left[name], pairs.right[other]))
            sizes[1] += 1
    TARGET.write_text("\n".join(table(true, false, sizes)) + "\n", "utf-8")
    print(TARGET.read_text("utf-8"))


def levels(one: Description, other: Description) -> list[Level]:
    """Return the levels of a comparison."""
    return [(weight.name, weight.level) for weight in compare(one, other, "x").weights]


def table(true: Counter[Level], false: Counter[Level], sizes: list[int]) -> list[str]:
    """Return the lines of the table of weights."""
    lines = [
        "# Bits of evidence for each level of agreement, written by benchmarks/calibrate.py: log2(m / u), where m is",
        f"# its share of {sizes[0]:,} pairs of one work, and u that of {sizes[1]:,} pairs which a search may confuse.",
    ]
    for names in FIELDS.values():
        keys = [(name, level) for name in names for level in WEIGHTS[name]]
        sums = [
            sum(counts[key] + PSEUDO for key in keys if key not in RULES)
            for counts in (true, false)
        ]
        for name in names:
            lines += ["", f"[{name}]"]
            for level in WEIGHTS[name]:
                key = name, level
                if key in RULES:
                    bits, why = RULES[key]
                    lines.append(f"{level} = {bits}  # a rule: {why}")
                else:
                    bits = log2((true[key] + PSEUDO) / sums[0] / ((false[key] + PSEUDO) / sums[1]))
                    lines.append(
                        f"{level} = {bits:.1f}  # {true[key]:,} of one work, {false[key]:,} of two"
                    )
    bits = log2(sizes[0] / sizes[1])
    return [
        *lines,
        "",
        "[prior]",
        f"any = {bits:.1f}  # one candidate of a search in {sizes[1] / sizes[0]:.0f} is right",
    ]


if __name__ == "__main__":
    main()
