"""The command, which processes that a run starts need not import."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from benchmarks.bulk.run import KILLS, SCALE, main

    scale, kills = [*sys.argv[1:], *[SCALE, KILLS][len(sys.argv) - 1 :]]
    main(float(scale), int(kills))
