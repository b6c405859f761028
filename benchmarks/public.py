"""Pairs of public sets that no weight was counted on, judged as records and as citations.

    python benchmarks/public.py FOLDER

Claims: precision at least 0.999 and recall at least 0.93 over medRxiv preprints and their journal articles, each beside
the works that a search would take for its article (benchmarks/_pairs.py names the sources).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _pairs
from harvest.linking.look_alikes import SURE
from harvest.linking.score import ALTERED, THRESHOLD, compare

PRECISION, RECALL = 0.999, 0.93


def main() -> None:
    """Judge each set, print what is wrong, and tell whether the claims hold."""
    folder = Path(sys.argv[1])
    sets = [_pairs.medrxiv_articles(folder / "medrxiv")]
    if (folder / "dblp-scholar").exists():
        sets.append(_pairs.sample(_pairs.dblp_scholar(folder / "dblp-scholar"), 700))
    claims = [judge(pairs) for pairs in sets]
    sys.exit(not claims[0])


def judge(pairs: _pairs.Pairs) -> bool:
    """Print the precision and recall of a set; return True if they are as claimed."""
    candidates = defaultdict(list)
    for name, other in _pairs.rivals(pairs):
        candidates[name].append(other)
    for way in ("records", "citations"):
        right = wrong = 0
        for name, partners in pairs.truth.items():
            for other in (*partners, *candidates[name]):
                ledger = compare(pairs.left[name], pairs.right[other], other)
                if way == "records":
                    accepted = ledger.author and ledger.bits >= SURE
                else:
                    accepted = (
                        ledger.agrees and ledger.bits >= THRESHOLD and not ledger.names & ALTERED
                    )
                right += bool(accepted) and other in partners
                if accepted and other not in partners:
                    wrong += 1
                    print("wrong:", pairs.left[name], pairs.right[other], ledger.bits, sep="\n  ")
        precision, recall = right / max(right + wrong, 1), right / pairs.count
        print(
            f"{pairs.name}, as {way}: {pairs.count} pairs, precision {precision:.4f}, recall {recall:.4f}, {wrong} wrong"
        )
    return precision >= PRECISION and recall >= RECALL


if __name__ == "__main__":
    main()
