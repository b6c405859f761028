"""Kill a run with SIGKILL at random moments, start it again, and look at what it left.

    python benchmarks/kill.py [KILLS [SEED]]

Claims, held for 50 moments of tests/scenarios/kills.py (the same in every run of this script), a
third of them while the output is published:
- after the kill, the output folder holds the last output or the new one, whole: never a mixture,
  never half a file
- after the next run the dataset has the bytes of one that was never killed, and nothing else is
  left
- both runs together ask each source for no more than the whole run and one batch, one request
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.scenarios import kills

KILLS = 50
INTRODUCTION = (
    "A run is killed at a random moment, and a second run follows. After the kill, the output folder "
    "holds the last dataset or the new one, complete. After the second run, it holds the bytes of a "
    "run that was never killed, and nothing else is left. Both runs together send each source at "
    "most one request more than a single run."
)


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    arguments = [int(argument) for argument in sys.argv[1:]]
    defaults = (KILLS, kills.SEED)
    count, seed = (*arguments, *defaults[len(arguments) :])
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        expected = kills.prepare(Path(name))
        results = kills.kill_runs(Path(name), expected, count, os.cpu_count() or 1, seed)
        seconds = time.monotonic() - began
    missed = [problems for problems in results if problems]
    for problems in missed:
        print("MISSED", *problems, sep=" | ")
    requests = " + ".join(f"{count} {source}" for source, count in expected.requests.items())
    rows = [
        ["killed runs", len(results)],
        ["broken outputs, other bytes, remaining files, too many requests", len(missed)],
        ["requests of a run that is not killed", requests],
    ]
    lines = _report.table(["`kill -9` during a run over the five default lists", "number"], rows)
    print("\n".join(lines))
    if (count, seed) == defaults:
        _report.put("reliability.md", "Killed runs", [*_report.wrapped(INTRODUCTION), "", *lines])
    verdict = "MISSED" if missed else "ok"
    print(f"{len(results)} kills, {len(missed)} missed, {seconds:.0f} s: {verdict}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
