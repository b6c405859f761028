"""Thirty nights over 5,000 works with a fake clock, while lists, works and services change.

    python benchmarks/nights.py

The script is in tests/scenarios/nights.py. Claims:
- no value is lost: what a source once answered of a listed work or repository is published every
  night since
- no limit is exceeded: lists, addresses, requests at once
- nothing starves: no answer gets older than it is good for and two nights, and nothing new waits
  for more than two
- forty times twenty nights over 60 works of which all is left to chance (tests/scenarios/random_nights.py:
  faults, `--only`, `--max-age`, offline, budgets, agencies) lose nothing, and an offline run after each
  changes no byte
- the cache holds no more than was asked in 400 days, and memory is flat from the fifth night on
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _report
from tests.scenarios import nights, random_nights

WORKS, NIGHTS = 5000, 30
RANDOM_WORKS, RANDOM_NIGHTS, SEEDS = 60, 20, 40
# Resident memory for each entry of the list after the last night, beside that after the fifth.
MEMORY_GROWTH = 1.10
INTRODUCTION = (
    "Thirty runs with a simulated clock. Every night, entries are added and removed, registries drop "
    "works, and repositories are renamed, deleted, blocked or restored. Some nights a service fails, "
    "and every seventh night has a small budget. Answers are fresh for 3 to 8 days, so that all of "
    "them become due several times."
)


def main() -> None:
    print((__doc__ or "").split("\n", maxsplit=1)[0])
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        report = nights.run(Path(name), WORKS, NIGHTS)
    for seed in range(SEEDS):
        with tempfile.TemporaryDirectory() as name:
            report.problems += random_nights.run(Path(name), RANDOM_WORKS, RANDOM_NIGHTS, seed)
    seconds = time.monotonic() - began
    growth = report.memory[NIGHTS - 1] / report.memory[4]
    growth *= report.entries[4] / report.entries[NIGHTS - 1]
    if growth > MEMORY_GROWTH:
        report.problems.append(f"memory grew by {growth:.2f}")
    for problem in report.problems[:20]:
        print("MISSED", problem, sep=" | ")
    lines = _report.table(["thirty nights", "measured"], rows(report, growth))
    print("\n".join(lines))
    _report.put("reliability.md", "Thirty nights", [*_report.wrapped(INTRODUCTION), "", *lines])
    verdict = "MISSED" if report.problems else "ok"
    print(f"{NIGHTS} nights, {len(report.problems)} missed, {seconds:.0f} s: {verdict}")
    sys.exit(bool(report.problems))


def rows(report: nights.Report, growth: float) -> list[list[object]]:
    first, *others = report.requests
    median = sorted(others)[len(others) // 2]
    cache = ", ".join(f"{report.cache_rows[n]:,}" for n in (0, -2, -1))
    megabytes = ", ".join(f"{report.cache_bytes[n] / 1e6:.1f}" for n in (0, -2, -1))
    times = f"{report.seconds[0]:.1f} s, {max(report.seconds[1:]):.1f} s"
    entries = f"{report.entries[0]:,}, {report.entries[-1]:,}"
    return [
        ["entries on the first and the last night", entries],
        ["nights with a failure or a spent budget (exit 3)", report.degraded],
        ["requests on the first night, and median of the others", f"{first}, {median}"],
        ["lost values, exceeded limits, works that were never asked for", len(report.problems)],
        ["longest delay of an answer that was due",
         f"{report.oldest:.1f} days"],
        ["answers in the cache after the first night, the last night, and 400 days later", cache],
        ["size of the cache at these times, in MB", megabytes],
        ["memory for each entry after the last night, relative to the fifth", f"{growth:.2f}"],
        ["time of the first and of the slowest other night, without waiting", times],
    ]  # fmt: skip


if __name__ == "__main__":
    main()
