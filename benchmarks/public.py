"""Pairs of public sets that no weight was counted on, judged as records and as citations.

    python benchmarks/public.py FOLDER

Aims: precision at least 0.999 and recall at least 0.93 over medRxiv preprints and their journal articles, and DBLP and
the ACM library without the works that were counted, each beside the works that a search would take for the right one
(benchmarks/_pairs.py names the sources).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _pairs
from benchmarks.calibrate import SAMPLE
from harvest.linking.look_alikes import SURE
from harvest.linking.score import GAP, compare

PRECISION, RECALL = 0.999, 0.93


def main() -> None:
    """Judge each set, print what is wrong, and tell whether the claims hold."""
    folder = Path(sys.argv[1])
    acm = _pairs.dblp_acm(folder / "dblp-acm")
    counted = _pairs.sample(acm, SAMPLE).left
    others = {name: work for name, work in acm.left.items() if name not in counted}
    acm = _pairs.sample(acm._replace(name="DBLP-ACM, works not counted", left=others), len(others))
    claims = [judge(pairs) for pairs in (_pairs.medrxiv_articles(folder / "medrxiv"), acm)]
    sys.exit(not all(claims))


def judge(pairs: _pairs.Pairs) -> bool:
    """Print the precision and recall of a set; return True if they are as claimed.

    A candidate is right for a work if it is ahead of the next by GAP, as in a search.
    """
    candidates = defaultdict(list)
    for name, other in _pairs.rivals(pairs):
        candidates[name].append(other)
    right = wrong = 0
    for name, partners in pairs.truth.items():
        names = (*partners, *candidates[name])
        ledgers = [compare(pairs.left[name], pairs.right[other], other) for other in names]
        best, *rest = sorted(ledgers, key=lambda it: -it.bits)
        is_ahead = not rest or best.bits - rest[0].bits >= GAP
        if not (best.author and best.bits >= SURE and is_ahead):
            continue
        if best.candidate in partners:
            right += 1
        else:
            wrong += 1
            print("wrong:", pairs.left[name], pairs.right[best.candidate], best.bits, sep="\n  ")
    precision, recall = right / max(right + wrong, 1), right / len(pairs.truth)
    print(
        f"{pairs.name}: {len(pairs.truth)} works, precision {precision:.4f}, recall {recall:.4f}, {wrong} wrong"
    )
    return precision >= PRECISION and recall >= RECALL


if __name__ == "__main__":
    main()
