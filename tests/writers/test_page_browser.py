"""The page in Chromium, from disk, as readers use it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from benchmarks._publications import publication
from harvest.config import Publish
from harvest.dataset import page_detail, query
from harvest.dataset.publication import Publication, read
from harvest.models import IntegrityNotice
from harvest.writers import discover
from tests.support.browser import Visit, chromium, need
from tests.support.hostile import hostile_publication
from tests.support.works import make_publication, make_work

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("overview", "works", "compare", "code", "changes", "findings")
WORKS = 300
USUAL = publication(WORKS)
FIRST = max(USUAL.works, key=lambda work: (work.date or "", work.id))

RETRACTED = next(work for work in USUAL.works if work.repositories)
RETRACTED.integrity = [IntegrityNotice("retraction", "doi:10.9999/x", "2026-01-02", "crossref")]

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("pages")
    contents: dict[str, Callable[[], Publication]] = {
        "usual": lambda: USUAL,
        "hostile": hostile_publication,
        "empty": make_publication,
        "one": lambda: make_publication(make_work(1, date=None, year=None)),
    }

    def write(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_bytes(discover()["page"].write(contents[name]())["index.html"])
        return path

    return write


@pytest.fixture
def visit(browser: Browser, files: Callable[[str], Path]) -> Iterator[Open]:
    """Open pages; at the end none may have written a message or made a request."""
    visits = []

    def start(name: str = "usual", **context: Any) -> Visit:
        visits.append(Visit(browser, files(name), **context))
        return visits[-1]

    yield start
    for each in visits:
        each.close()
    assert [problem for each in visits for problem in each.problems] == []


def titles(page: Page) -> list[str]:
    return page.locator("#list h2").all_inner_texts()


def wait_for(page: Page, condition: str) -> None:
    """Wait until a condition holds; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def take(page: Page, place: str, label: str) -> None:
    page.click(f"{place} .take summary")
    page.locator(f"{place} .take button", has_text=re.compile(f"^{label}$")).click()


# -- the selection ---------------------------------------------------------------------------------


def test_a_search_leaves_the_works_that_match(visit: Open) -> None:
    page = visit().open("#/works")
    assert page.locator(".total").inner_text() == f"{WORKS} works"
    page.fill("#query", "diffusion mri")
    wait_for(page, "document.querySelector('.total').textContent.includes(' of ')")
    expected = [
        work
        for work in USUAL.works
        if {"Diffusion model", "MRI"} <= {*work.facets["method"], *work.facets["modality"]}
    ]
    assert int(page.locator(".total").inner_text().split()[0]) >= len(expected) > 0
    wait_for(page, "location.hash.includes('q=diffusion+mri')")
    page.fill("#query", "diffusion zzzz")
    page.wait_for_selector(".blank")
    page.get_by_role("link", name="Without zzzz").click()
    wait_for(page, "location.hash === '#/works?q=diffusion'")
    assert titles(page)


def test_a_work_is_found_by_the_identifier_of_any_of_its_forms(visit: Open) -> None:
    work = next(work for work in USUAL.works if len(work.manifestations) > 1)
    [other] = {form.identifier for form in work.manifestations} - {work.id}
    page = visit().open("#/works")
    page.fill("#query", other)
    wait_for(page, "document.querySelectorAll('#list .work').length === 1")
    assert titles(page) == [work.title]


def test_a_filter_gives_as_many_works_as_it_says(visit: Open) -> None:
    page = visit().open("#/works")
    button = page.locator(".value", has_text="GAN").first
    size = button.locator("b").inner_text()
    button.click()
    wait_for(page, "location.hash.includes('method=GAN')")
    page.wait_for_selector(".chip")
    assert page.locator(".total").inner_text().startswith(f"{size} works of")
    assert "GAN" in focused(page)
    page.select_option("[aria-label='From year']", label="2024")
    wait_for(page, "location.hash.includes('year=2024..')")
    page.locator(".clear").click()
    wait_for(page, "!document.querySelector('.chip')")


@pytest.mark.parametrize(
    ("address", "expression"),
    [
        ("method=GAN", "method = GAN"),
        ("method=GAN&method=VAE", "method in (GAN, VAE)"),
        ("method=GAN&modality=MRI", "method = GAN and modality = MRI"),
        ("year=2022..2024", "year >= 2022 and year <= 2024"),
        ("year=2024..&method=GAN", "method = GAN and year >= 2024"),
    ],
)
def test_filters_give_the_works_of_an_expression(
    visit: Open, address: str, expression: str
) -> None:
    page = visit().open(f"#/overview?{address}")
    expected = len(query.select(USUAL.dataset, [expression]))
    assert 0 < expected < WORKS
    assert page.locator("#overview h1").inner_text() == f"{expected} of {WORKS} works"


def test_filters_act_on_every_view(visit: Open) -> None:
    reader = visit()
    page = reader.open("#/overview?method=VAE")
    expected = sum(work.facets["method"] == ["VAE"] for work in USUAL.works)
    assert page.locator("#overview h1").inner_text() == f"{expected} of {WORKS} works"
    codes = {
        code.id
        for work in USUAL.works
        if work.facets["method"] == ["VAE"]
        for code in work.repositories
    }
    reader.open("#/code?method=VAE")
    assert page.locator("#code h1").inner_text().startswith(f"{len(codes)} repositor")
    reader.open("#/findings?method=VAE")
    assert "of the selected works" in page.locator("#findings .lead").inner_text()


def test_works_are_sorted(visit: Open) -> None:
    page = visit().open("#/works")
    assert titles(page)[0] == FIRST.title
    page.select_option("[aria-label='Order']", label="Title")
    wait_for(page, "location.hash.includes('sort=title')")
    shown = titles(page)
    assert shown == sorted(shown, key=str.lower)
    page.select_option("[aria-label='Order']", label="Most cited")
    wait_for(page, "location.hash.includes('sort=cited')")
    most = max(work.cited_by or 0 for work in USUAL.works)
    assert f"cited {most} times" in page.locator("#list .work").first.inner_text()


def test_all_works_come_as_one_scrolls(visit: Open) -> None:
    page = visit().open("#/works")
    for _ in range(WORKS):
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(50)
        if page.locator("#list .work").count() == WORKS:
            break
    assert page.locator("#list .work").count() == WORKS
    assert "That is all of them." in page.locator("#works .end").inner_text()


# -- the address -----------------------------------------------------------------------------------


def test_a_pasted_link_gives_the_same_view(visit: Open) -> None:
    reader = visit()
    page = reader.open("#/works?method=GAN&sort=stars&q=mri")
    page.locator("#list h2 a").first.click()
    page.wait_for_selector("dialog.side[open]")
    other = reader.open("#" + page.url.partition("#")[2], reader.new_tab())
    other.wait_for_selector("dialog.side[open]")
    assert titles(other) == titles(page)
    assert other.locator("#work-title").inner_text() == page.locator("#work-title").inner_text()
    page.reload()
    page.wait_for_selector("dialog.side[open]")
    assert page.input_value("#query") == "mri"


def test_back_takes_one_step_back(visit: Open) -> None:
    page = visit().open("#/works")
    page.locator(".value", has_text="GAN").first.click()
    wait_for(page, "location.hash.includes('method=GAN')")
    page.locator("#tabs a", has_text="Compare").click()
    page.wait_for_selector("#compare .matrix")
    page.go_back()
    wait_for(page, "!document.querySelector('#works').hidden && document.querySelector('.chip')")
    page.go_back()
    wait_for(page, "location.hash === '#/works' && !document.querySelector('.chip')")
    assert page.locator(".chip").count() == 0


def test_a_late_write_does_not_undo_a_link(visit: Open) -> None:
    page = visit().open("#/works")
    page.fill("#query", "gan")
    page.evaluate(f"location.hash = '#/works?work={FIRST.id}'")
    page.wait_for_selector("dialog.side[open]")
    page.wait_for_timeout(500)
    assert unquote(page.url).endswith(f"work={FIRST.id}")
    assert page.locator("dialog.side[open]").count() == 1


def test_a_former_identifier_opens_its_work(visit: Open) -> None:
    work = next(work for work in USUAL.works if work.aliases)
    page = visit().open(f"#/works?work={work.aliases[0]}")
    page.wait_for_selector("dialog.side[open]")
    assert page.locator("#work-title").inner_text() == work.title


# -- changes and findings --------------------------------------------------------------------------


def test_changes_of_one_kind_are_shown(visit: Open) -> None:
    reader = visit()
    page = reader.open("#/changes")
    kinds = [change.kind for change in USUAL.changes]
    link = page.locator("#changes .states a", has_text="archived")
    assert link.locator("b").inner_text() == str(kinds.count("archived"))
    link.click()
    wait_for(page, "location.hash === '#/changes?kind=archived'")
    wait_for(page, "document.querySelector('#changes [aria-current]')")
    assert set(page.locator("#changes .nights .tag").all_inner_texts()) == {"archived"}
    assert page.locator("#changes .lead a").get_attribute("href") == "changes.atom"
    days = reader.open("#/changes").locator("#changes .night h2").all_inner_texts()
    assert len(days) == len(set(days))


def test_findings_of_one_list_are_shown(visit: Open) -> None:
    page = visit().open("#/findings")
    seed = USUAL.findings[0].seed
    size = sum(finding.seed == seed for finding in USUAL.findings)
    page.select_option("#findings [aria-label='List']", value=seed)
    wait_for(page, "location.hash.startsWith('#/findings?in=')")
    wait_for(page, f"document.querySelector('#findings .total').textContent.startsWith('{size} ')")
    tiles = page.locator("#findings .tile .size").all_inner_texts()
    assert sum(map(int, tiles)) == size


def test_a_click_on_a_bar_gives_its_works(visit: Open) -> None:
    page = visit().open()
    bar = page.locator("figure", has_text="From preprint to publication").locator(".part").first
    bar.hover()
    size = page.locator(".hint").inner_text().split("\n")[1].split()[0]
    bar.click()
    wait_for(page, "location.hash.includes('lag=')")
    page.wait_for_selector("#list .work")
    assert page.locator(".total").inner_text().startswith(f"{size} works of")


def test_any_view_says_what_to_drop_where_nothing_is_found(visit: Open) -> None:
    reader = visit()
    for view in VIEWS:
        page = reader.open(f"#/{view}?q=gan+zzzz")
        assert page.locator(f"#{view}").get_by_role("link", name="Without zzzz").is_visible()


# -- a work ----------------------------------------------------------------------------------------


def test_an_opened_work_says_all_and_gives_focus_back(visit: Open) -> None:
    work = RETRACTED
    page = visit().open(f'#/works?q="{work.title}"')
    page.locator("#list h2 a").first.click()
    page.wait_for_selector("dialog.side[open]")
    text = page.locator("dialog.side").inner_text()
    for part in (
        "Cite",
        "Code",
        "Versions",
        "In the lists",
        "Who says so",
        work.repositories[0].id.partition(":")[2],
    ):
        assert part in text
    first = page.locator("dialog.side .alert").first
    assert "as crossref reports" in first.inner_text()
    page.locator("dialog.side .entry summary").click()
    assert page.locator("dialog.side pre").inner_text().startswith("@")
    assert page.locator(".doors a").first.get_attribute("href").startswith("https://")
    page.keyboard.press("Escape")
    wait_for(page, "!location.hash.includes('work=')")
    assert focused(page) == work.title


# -- take away -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("BibTeX", "bib"),
        ("CSL-JSON", "csl-json"),
        ("RIS", "ris"),
        ("CSV", "csv"),
        ("Markdown", "list-md"),
    ],
)
def test_the_selection_is_taken_away_as_export_writes_it(
    visit: Open, label: str, name: str
) -> None:
    page = visit().open("#/works?method=VAE")
    chosen = [work for work in USUAL.works if work.facets["method"] == ["VAE"]]
    with page.expect_download() as download:
        take(page, "#works", label)
    expected = discover()[name].write(make_publication(*chosen, settings=USUAL.settings))
    assert Path(download.value.path()).read_bytes() == next(iter(expected.values()))
    assert download.value.suggested_filename == next(iter(expected))


def test_what_the_page_cannot_write_as_export_does_is_refused(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_detail, "MAX_ABSTRACTS", 10)
    path = tmp_path / "index.html"
    content = make_publication(make_work(1, abstract="A long abstract."), make_work(2))
    path.write_bytes(discover()["page"].write(content)["index.html"])
    reader = Visit(browser, path)
    page = reader.open("#/works")
    take(page, "#works", "BibTeX")
    page.wait_for_selector("dialog#refusal[open]")
    text = page.locator("#refusal").inner_text()
    assert "BibTeX has the abstracts of works, for which this page has no room" in text
    assert "harvest export bib" in text
    page.locator("#refusal button", has_text="Close").click()
    page.locator("#list .work input").nth(1).check()
    with page.expect_download() as download:
        take(page, "#basket", "CSV")
    assert download.value.suggested_filename == "works.csv"
    reader.open(f"#/works?work={content.works[0].id}")
    page.wait_for_selector("dialog.side[open]")
    assert "dataset.json has it" in page.locator("dialog.side").inner_text()
    reader.close()
    assert reader.problems == []


def test_a_choice_keeps_the_focus(visit: Open) -> None:
    page = visit().open("#/compare")
    page.focus("#choose-rows")
    page.select_option("#choose-rows", value="modality")
    wait_for(page, "location.hash.includes('rows=modality')")
    wait_for(page, "document.activeElement.id === 'choose-rows'")
    page.evaluate("location.hash = '#/works'")
    page.wait_for_selector("#works .take")
    page.click("#works .take summary")
    page.keyboard.press("Tab")
    assert focused(page) == "BibTeX"
    page.keyboard.press("Escape")
    assert focused(page) == "Take away"
    assert not page.locator("#works .take button").first.is_visible()
    page.click("#works .take summary")
    page.click("#works .total")
    assert not page.locator("#works .take button").first.is_visible()


def test_chosen_works_stand_side_by_side(visit: Open) -> None:
    page = visit().open("#/works")
    for number in (0, 1):
        page.locator("#list .work input").nth(number).check()
    assert "2 works selected" in page.locator("#basket").inner_text()
    page.locator("#basket a", has_text="Compare").click()
    page.wait_for_selector(".sides")
    assert page.locator(".sides thead th").count() == 2
    page.reload()
    page.wait_for_selector(".sides")


# -- reading ---------------------------------------------------------------------------------------


def test_keys_work_until_they_are_switched_off(visit: Open) -> None:
    page = visit().open("#/works")
    page.keyboard.press("/")
    assert focused(page) == "query"
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert focused(page) == titles(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == titles(page)[0]
    page.keyboard.press("x")
    assert "1 work selected" in page.locator("#basket").inner_text()
    page.keyboard.press("?")
    page.uncheck("#keys")
    page.click("#help-close")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(page) != "query"


def test_the_theme_is_switched_and_kept(visit: Open) -> None:
    reader = visit(color_scheme="light")
    page = reader.open()
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.click("#theme")
    after = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert before != after
    reader.open()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == after


def test_on_paper_it_is_a_bibliography(visit: Open) -> None:
    page = visit().open("#/works?method=VAE")
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".top").is_visible()
    assert page.locator("#list h2").first.is_visible()
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["usual", "hostile", "empty"])
def test_nothing_is_wider_than_a_small_phone(visit: Open, view: str, name: str) -> None:
    page = visit(name, viewport={"width": 320, "height": 640}).open(f"#/{view}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_javascript_there_is_a_list(visit: Open) -> None:
    reader = visit(java_script_enabled=False)
    reader.page.goto(reader.file.as_uri())
    text = reader.page.locator("main").inner_text()
    assert f"{WORKS} works from 4 curated lists" in text
    assert FIRST.title in text
    assert "Without JavaScript" in text
    assert not reader.page.locator("#search").is_visible()


# -- any dataset -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["empty", "one", "hostile"])
@pytest.mark.parametrize("view", VIEWS)
def test_any_dataset_has_every_view(visit: Open, name: str, view: str) -> None:
    page = visit(name).open(f"#/{view}")
    assert page.locator(f"#{view}").is_visible()
    assert not page.locator("#failure").is_visible()
    assert page.evaluate("window.broken") is None
    assert not re.search(
        r"\b(?:NaN|undefined|Infinity|\[object)\b", page.locator("main").inner_text()
    )


def test_without_works_each_view_says_how_to_get_some(visit: Open) -> None:
    reader = visit("empty")
    for view in VIEWS[:-1]:
        page = reader.open(f"#/{view}")
        assert "run harvest refresh" in page.locator(f"#{view}").inner_text()
        assert page.locator(f"#{view} h1").count() == 1


def test_no_hostile_work_runs_anything(visit: Open) -> None:
    page = visit("hostile").open("#/works")
    for number in range(14):
        page.evaluate(f"location.hash = '#/works?work=doi:10.1000/{number:03}'")
        wait_for(
            page,
            f"document.querySelector('dialog.side[open]')?.textContent.includes('10.1000/{number:03}')",
        )
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.protocol)")
        assert set(links) <= {"https:", "http:", "file:"}
    assert page.evaluate("window.broken") is None
    assert (
        page.locator(
            "img, iframe, object, embed, [style*=expression], [onerror], [onload], [onclick]"
        ).count()
        == 0
    )


def test_the_offline_snapshot_is_honest(browser: Browser, tmp_path: Path) -> None:
    content = read(ROOT / "output", Publish())  # made offline
    assert content is not None
    path = tmp_path / "index.html"
    path.write_bytes(discover()["page"].write(content)["index.html"])
    reader = Visit(browser, path)
    page = reader.open()
    text = page.locator("#overview").inner_text()
    assert "Not known yet" in text
    assert "Not shown yet" in text
    assert re.search(r"With living code\s+–", text)
    assert re.search(r"Preprints published\s+–\s+Not known yet", text)
    reader.close()
    assert reader.problems == []


# -- accessibility ---------------------------------------------------------------------------------

STATES = (*VIEWS, "works?q=zzzzzzz", f"works?work={FIRST.id}", "compare?cells=share", "help")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_say(
    browser: Browser, files: Callable[[str], Path], state: str, theme: str, width: int
) -> None:
    need("axe-core (npm install)", AXE.exists())
    reader = Visit(
        browser,
        files("usual"),
        color_scheme=theme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    page = reader.open(f"#/{state}")
    if state == "help":
        page.click("#help-button")
    page.wait_for_timeout(150)
    page.evaluate(AXE.read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        "tags => axe.run({runOnly: tags}).then(result => result.violations)", tags
    )
    reader.close()
    problems = [
        f"{it['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for it in found
        for node in it["nodes"]
    ]
    assert problems == [], json.dumps(problems[:5], indent=1)
