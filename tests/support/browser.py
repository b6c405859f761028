"""One Chromium for a module of tests, and pages that watch what a page does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 60_000  # milliseconds: a busy machine is no reason to fail


def need(name: str, condition: object) -> None:
    """Skip a test without its tool, but not under CI, where everything is installed."""
    if not condition and not os.environ.get("CI"):
        pytest.skip(f"needs {name}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium. Skips the test where it or playwright is missing."""
    need("chromium", shutil.which(CHROMIUM))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        need("playwright", condition=False)
        raise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A reader with a page open. `problems` has each message, failure and request that it made."""

    def __init__(self, browser: Browser, file: Path, **context: Any) -> None:
        self.file = file
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}} | context)
        )
        self.context.set_default_timeout(WAIT)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", lambda request: self._note(request.url))
        return page

    def _note(self, url: str) -> None:
        address = self.file.as_uri()
        if url.partition("#")[0] != address and not url.startswith(
            ("data:", f"blob:{'null'}", "blob:file:")
        ):
            self.problems.append(f"request: {url}")

    def open(self, address: str = "", page: Page | None = None) -> Page:
        """Open the file at an address, and wait until it is drawn."""
        page = page or self.page
        page.goto("about:blank")
        page.goto(self.file.as_uri() + address)
        page.wait_for_selector("body[data-ready]")
        return page

    def close(self) -> None:
        self.context.close()
