"""The page over made-up publications: its size, the time to build it, and how it feels.

`python benchmarks/page.py [WORKS ...]` measures 5,000 and 50,000 works by default, in fresh starts of
Chromium from disk, compares the medians with the bounds, and writes the section "The page" of
docs/benchmarks.md. With `npm install --no-save ag-grid-community datatables.net-dt` beforehand, it
asks the same of both over the same rows.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._publications import publication
from benchmarks._report import measured, put, table, wrapped
from harvest.dataset.publication import Publication
from harvest.writers.page import PageWriter
from tests.support.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Rows = list[tuple[str, str, dict[str, float]]]  # works, what was measured, its numbers

STARTS = 5
NODE_MODULES = Path(__file__).parents[1] / "node_modules"
QUERY = "diffusion mri synth"
BOUNDS: dict[int, dict[str, float]] = {
    5_000: {
        "file MB": 1.5,
        "first paint s": 0.5,
        "overview s": 1.0,
        "key ms": 50,
        "worst key ms": 150,
        "heap MB": 40,
        "build s": 2,
    },
    50_000: {
        "file MB": 12,
        "first paint s": 0.6,
        "overview s": 2.5,
        "key ms": 75,
        "worst key ms": 300,
        "heap MB": 200,
        "build s": 20,
    },
}
# The time from an input event to the second frame after it: what it changed has been painted.
TYPE = """async ([selector, text]) => {
  const input = document.querySelector(selector), times = [];
  const frame = () => new Promise(requestAnimationFrame);
  for (let size = 1; size <= text.length; size++) {
    const start = performance.now();
    input.value = text.slice(0, size);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    await frame();
    times.push(performance.now() - start - 1000 / 60);
    await new Promise((next) => setTimeout(next, 60));
  }
  return times;
}"""
AG_GRID = """const grid = agGrid.createGrid(document.querySelector("#grid"), {
  columnDefs: Object.keys(rows[0]).map((field) => ({ field })), rowData: rows });
document.querySelector("#query").addEventListener("input", (event) => grid.setGridOption("quickFilterText", event.target.value));"""
DATA_TABLES = """const table = new DataTable("#grid", {
  data: rows, deferRender: true, columns: Object.keys(rows[0]).map((data) => ({ data, title: data })) });
document.querySelector("#query").addEventListener("input", (event) => table.search(event.target.value).draw());"""
OTHERS = {
    "AG Grid": (
        ["ag-grid-community/dist/ag-grid-community.min.js"],
        '<div id="grid" style="height:800px"></div>',
        AG_GRID,
    ),
    "DataTables": (
        ["datatables.net/js/dataTables.min.js"],
        '<table id="grid"></table>',
        DATA_TABLES,
    ),
}


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or list(BOUNDS)
    rows: Rows = []
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            content = publication(size)
            page = Path(folder) / f"{size}.html"
            start = time.process_time()
            page.write_bytes(PageWriter().write(content)["index.html"])
            numbers = {"build s": time.process_time() - start}
            _measure(browser, page, "#/works", numbers)
            rows.append((f"{size:,}", "the page", numbers))
            if size in BOUNDS:
                rows.append((f"{size:,}", "bound", BOUNDS[size]))
            for name, parts in OTHERS.items():
                if (other := _other(Path(folder), parts, content)) is not None:
                    numbers = {}
                    _measure(browser, other, "", numbers)
                    rows.append((f"{size:,}", name, numbers))
    _report(rows)


def _measure(browser: Browser, page: Path, address: str, numbers: dict[str, float]) -> None:
    """Add what fresh starts of a page take."""
    runs = [_start(browser, page, "#query", "body[data-ready]", address) for _ in range(STARTS)]
    numbers |= {"file MB": page.stat().st_size / 1e6, **_medians(runs)}


def _start(
    browser: Browser, file: Path, field: str, ready: str, list_address: str
) -> dict[str, Any]:
    """Open a file in a fresh profile, and type into its search."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(file.as_uri())
    tab.wait_for_selector(ready, timeout=120_000, state="attached")
    complete = int(tab.get_attribute("body", "data-ready") or 0) / 1000
    paint = (
        tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        / 1000
    )
    if list_address:
        tab.evaluate(f"location.hash = '{list_address}'")
    tab.wait_for_timeout(1500)
    times = tab.evaluate(TYPE, [field, QUERY])
    session = context.new_cdp_session(tab)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    context.close()
    return {"first paint s": paint, "overview s": complete, "keys": times, "heap MB": heap}


def _medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    numbers = {
        name: statistics.median(run[name] for run in runs)
        for name in ("first paint s", "overview s", "heap MB")
    }
    return numbers | {
        "key ms": statistics.median(statistics.median(run["keys"]) for run in runs),
        "worst key ms": statistics.median(max(run["keys"]) for run in runs),
    }


def _other(folder: Path, parts: tuple[list[str], str, str], content: Publication) -> Path | None:
    """Return a page with a table of another library, None where it is not installed."""
    scripts, markup, code = parts
    paths = [NODE_MODULES / script for script in scripts]
    if not all(path.exists() for path in paths):
        return None
    rows = [
        {
            "title": work.title,
            "authors": ", ".join(author.name for author in work.authors),
            "date": work.date,
            "venue": work.container,
            "method": ", ".join(work.facets["method"]),
            "modality": ", ".join(work.facets["modality"]),
            "cited": work.cited_by,
            "id": work.id,
        }
        for work in content.works
    ]
    library = "".join(f"<script>{path.read_text('utf-8')}</script>" for path in paths)
    data = json.dumps(rows).replace("<", "\\u003c")
    head = f'<!doctype html><meta charset="utf-8"><input id="query">{markup}{library}'
    ready = "document.body.dataset.ready = Math.round(performance.now());"
    file = folder / "other.html"
    file.write_text(f"{head}<script>const rows = {data};\n{code}\n{ready}</script>", "utf-8")
    return file


def _report(rows: Rows) -> None:
    """Write the table, and end with an error where a bound does not hold."""
    names = [*next(iter(BOUNDS.values()))]
    lines = []
    missed = False
    for place, (size, subject, numbers) in enumerate(rows):
        bounds = rows[place + 1][2] if rows[place + 1 :] and rows[place + 1][1] == "bound" else {}
        cells = [f"{numbers[name]:.3g}" if name in numbers else "" for name in names]
        missed |= any(numbers[name] > bound for name, bound in bounds.items())
        lines.append([size, subject, *cells])
    text = table(["works", "", *names], lines)
    about = wrapped(
        f"Made-up works as varied as real ones, each page opened from disk in {STARTS} fresh profiles"
        " of Chromium, 1280 by 900; medians. A key is measured to the next painted frame, while"
        f" “{QUERY}” is typed; its worst is the median of the worst of each start. The page is built"
        " in so many seconds of the processor; the others hold eight columns of the same works, and"
        " have no figures."
    )
    print("\n".join(text))
    put("benchmarks.md", "The page", [*about, "", *text, "", measured("no GPU")])
    if missed:
        sys.exit("MISSED")


if __name__ == "__main__":
    main()
