"""The same page in Firefox and WebKitGTK: it is drawn, searched, filtered and opened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks._publications import publication
from harvest.writers import discover
from tests.support import other_browsers
from tests.support.browser import need
from tests.support.other_browsers import RunScript

WORKS = 200
USUAL = publication(WORKS)


@pytest.fixture(params=["firefox", "webkit"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunScript]:
    if request.param == "firefox":
        need("firefox-esr", other_browsers.FIREFOX)
    else:
        need(
            "webkit2gtk-driver and xvfb",
            other_browsers.WEBKIT and other_browsers.XVFB and other_browsers.MINI_BROWSER,
        )
    page = tmp_path / "index.html"
    page.write_bytes(discover()["page"].write(USUAL)["index.html"])
    profile = tmp_path / "profile"
    profile.mkdir()
    start = getattr(other_browsers, request.param)
    with start(page.as_uri(), profile) as script:
        yield script


def wait_for(run: RunScript, condition: str) -> None:
    end = time.monotonic() + other_browsers.PATIENCE
    while not run(f"return Boolean({condition})"):
        assert time.monotonic() < end, f"{condition}: {run('return document.body.innerText')[:600]}"
        time.sleep(0.1)


def test_a_reader_gets_along(run: RunScript) -> None:
    wait_for(run, "document.body.dataset.ready")
    assert run("return document.querySelectorAll('#overview .chart').length") >= 3
    assert not run("return document.getElementById('failure').checkVisibility()")
    run("location.hash = '#/works?method=VAE'")
    size = sum(work.facets["method"] == ["VAE"] for work in USUAL.works)
    wait_for(run, f"document.querySelector('.total')?.textContent === '{size} works of {WORKS}'")
    title = run("return document.querySelector('#list h2').textContent")
    typed = "const query = document.getElementById('query'); query.value = 'zzzz'; query.dispatchEvent(new Event('input'))"
    run(typed)
    wait_for(run, "document.querySelector('#works .blank')")
    run(typed.replace("zzzz", ""))
    wait_for(run, "document.querySelector('#list h2 a')")
    run("document.querySelector('#list h2 a').click()")
    wait_for(run, "document.querySelector('dialog.side[open] h2')")
    assert run("return document.getElementById('work-title').textContent") == title
    assert run("return document.querySelector('dialog.side pre').textContent").startswith("@")
