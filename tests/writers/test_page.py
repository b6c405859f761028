"""index.html as text: what it holds without JavaScript, and what it may do."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harvest.config import Publish
from harvest.dataset import page_content
from harvest.models import Author, Finding, Manifestation
from harvest.writers import page
from tests.support.works import make_publication, make_work

SOURCES = Path(page.__file__).parents[1] / "data" / "page"
EVIL = "</script><script>alert(1)</script><img src=x onerror='alert(1)'>{{script}}\"'"


class Tags(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def write(*works: object, **fields: object) -> str:
    files = page.PageWriter().write(make_publication(*works, **fields))
    assert list(files) == ["index.html"]
    return files["index.html"].decode()


def test_it_says_what_there_is_without_javascript() -> None:
    form = Manifestation(
        "doi:10.1000/001", "version_of_record", "2023-01-19", "https://doi.org/10.1000/001"
    )
    html = write(
        make_work(1, title="The newest", manifestations=[form], container="A Journal"),
        make_work(2, title="An old one", date="2001"),
        settings=Publish(title="My field", description="All of it", license="CC0-1.0"),
    )
    assert html.index("The newest") < html.index("An old one")
    for text in (
        "<title>My field</title>",
        'content="All of it"',
        "2 works",
        "A Journal",
        "Data: CC0-1.0",
    ):
        assert text in html
    assert '<a href="https://doi.org/10.1000/001" rel="noopener noreferrer">The newest</a>' in html


def test_its_policy_names_its_script_and_style_alone() -> None:
    html = write(make_work(1))
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    rules = dict(part.strip().split(" ", 1) for part in policy.replace("&#x27;", "'").split(";"))
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    [script] = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    for name, code in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(sha256(code.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"] == "'none'"
    assert "unsafe" not in policy
    assert "blob:" not in policy


def test_outside_text_is_only_text() -> None:
    plain, hostile = (
        Tags(write(make_work(1))),
        Tags(
            write(
                make_work(1, title=EVIL, container=EVIL, authors=[Author(EVIL)]),
                findings=[Finding(EVIL, 1, EVIL, EVIL)],
                settings=Publish(title=EVIL, description=EVIL),
            )
        ),
    )
    assert [tag for tag, _ in plain.tags] == [tag for tag, _ in hostile.tags]
    assert hostile.text.count(EVIL) >= 4
    for _, attributes in hostile.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_control_and_direction_characters_are_blanks() -> None:
    html = write(make_work(1, title="a\u202eb\x00c\x1b[31m"), settings=Publish(title="x\u202ey"))
    assert "a b c [31m" in html
    assert "<title>x y</title>" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_are_links(url: str) -> None:
    form = Manifestation("url:x", "web", None, url)
    assert url not in write(make_work(1, manifestations=[form]))


def test_equal_publications_give_equal_bytes() -> None:
    assert write(make_work(1), make_work(2)) == write(make_work(1), make_work(2))


def test_it_never_has_too_many_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_WORKS", 2)
    monkeypatch.setattr(page_content, "MAX_WORKS", 2)
    html = write(*(make_work(n, date=f"200{n}") for n in range(4)))
    assert "This page holds the newest 2 of 4 works" in html
    assert 'href="harvest.db"' in html
    assert "Work 3" in html
    assert "Work 1<" not in html
    assert "This page holds" not in write(make_work(1))


def test_no_works_and_no_dates_are_no_failure() -> None:
    assert "0 works from 0 curated lists" in write()
    bare = make_work(1, date=None, year=None, authors=[], title=None, container=None)
    assert ">doi:10.1000/001<" in write(bare)


def test_each_value_of_the_template_is_filled_once() -> None:
    assert page.fill("{{a}} {{b}} {{a}}", {"a": "{{b}}", "b": "$1 {{a}}"}) == "{{b}} $1 {{a}} {{b}}"
    with pytest.raises(KeyError):
        page.fill("{{c}}", {})


def test_sources_are_small_and_complete() -> None:
    script = page.scripts()
    for path in sorted(SOURCES.iterdir()):
        text = path.read_text("utf-8")
        assert text.count("\n") <= 400, path.name
        if path.suffix == ".js":
            assert f"modules.{path.stem} = " in script, f"{path.name} is not used"
    assert "innerHTML" not in script
    assert not re.search(r"^(?:import|export) ", script, re.MULTILINE)
    assert "https://fonts" not in page.styles()
