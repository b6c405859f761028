"""The command, which processes that a run starts need not import."""

from __future__ import annotations

import sys

from benchmarks.bulk.run import KILLS, SCALE, main

if __name__ == "__main__":
    scale, kills = [*sys.argv[1:], *[SCALE, KILLS][len(sys.argv) - 1 :]]
    main(float(scale), int(kills))
