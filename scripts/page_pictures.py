"""Take the pictures of the page that README.md shows, of made-up works and at a fixed time."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks._publications import TODAY, publication
from harvest.writers.page import PageWriter

ROOT = Path(__file__).parents[1]
PICTURES = {theme: ROOT / "docs" / f"page-{theme}.png" for theme in ("light", "dark")}
CHROMIUM = Path("/usr/bin/chromium")
WORKS = 3_000
SIZE = {"width": 1280, "height": 860}


def renew() -> None:
    """Write the pictures; without playwright and Chromium they stay as they are."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if sync_playwright is None or not CHROMIUM.exists():
        sys.stderr.write("note: no playwright or no Chromium; the pictures of the page stay\n")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "index.html"
        file.write_bytes(PageWriter().write(publication(WORKS))["index.html"])
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for theme, path in PICTURES.items():
            page = browser.new_page(viewport=SIZE, color_scheme=theme)
            page.clock.set_fixed_time(TODAY.isoformat())
            page.goto(file.as_uri())
            page.wait_for_selector("body[data-ready]", state="attached")
            page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    renew()
