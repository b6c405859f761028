"""Front matter of Jekyll and Hugo above a page of Markdown."""

from __future__ import annotations

import pytest

from harvest.readers import read

YAML = """---
layout: publication
title: "A study: of things"
authors: Jane Doe
year: 2022
image: https://x.org/a.png
additional_links:
  - {name: "ArXiV", url: "https://arxiv.org/abs/2206.15000"}
  - name: code
    url: https://github.com/jdoe/net
---
- [Another study](https://doi.org/10.1000/b)
"""
TOML = """+++
title = "A study: of things"
authors = ["Jane Doe"]
date = 2022-05-01
doi = "10.1000/a"
url_code = "https://github.com/jdoe/net"
+++
- [Another study](https://doi.org/10.1000/b)
"""


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (YAML, [
            (8, 2, "https://arxiv.org/abs/2206.15000", "paper"), (10, 2, "https://github.com/jdoe/net", "code"),
            (12, 1, "https://doi.org/10.1000/b", "paper"),
        ]),
        (TOML, [
            (5, 2, "10.1000/a", "paper"), (6, 2, "https://github.com/jdoe/net", "code"),
            (8, 1, "https://doi.org/10.1000/b", "paper"),
        ]),
    ],
    ids=["yaml", "toml"],
)  # fmt: skip
def test_links_of_front_matter_are_read(text: str, places: list[tuple[int, int, str, str]]) -> None:
    mentions = read(text.encode(), "page.md").mentions
    assert [(m.line, m.entry, m.url, m.role) for m in mentions] == places
    first = mentions[0]
    assert (first.title, first.authors) == ("A study: of things", "Jane Doe")
    assert (first.date or "").startswith("2022")


def test_equal_values_of_toml_stand_on_lines_of_their_own() -> None:
    work = '[[papers]]\ntitle = "A study"\nurl = "https://doi.org/10.1000/a"\n'
    mentions = read(f"+++\n{work}{work}+++\n".encode(), "page.md").mentions
    assert [m.line for m in mentions] == [4, 7]


@pytest.mark.parametrize(
    "matter",
    ["title: A page of many words\nlayout: page", "a: b: https://x.org"],
)
def test_a_page_without_links_in_its_front_matter_is_no_work(matter: str) -> None:
    reading = read(f"---\n{matter}\n---\n- [A](https://doi.org/10.1000/a)\n".encode(), "page.md")
    assert [m.url for m in reading.mentions if m.entry] == ["https://doi.org/10.1000/a"]


ESCAPED = r'''+++
title = "A \"study\" of things"
note = """
See \u0041, "here".
"""
draft = true
venue = "" # it's https://doi.org/10.1000/b
date = 2022-05-01T00:00:00Z
doi = "10.1000\u002fa"
url = "https://doi.org/10.1000/b"
+++
'''


def test_a_value_of_toml_with_escapes_stands_on_its_line() -> None:
    mentions = read(ESCAPED.encode(), "page.md").mentions
    assert [(m.line, m.url) for m in mentions] == [
        (9, "10.1000/a"),
        (10, "https://doi.org/10.1000/b"),
    ]
    assert mentions[0].title == 'A "study" of things'


def test_a_page_of_prose_below_front_matter_is_no_record() -> None:
    text = "---\ntitle: Publications\npapers:\n  - title: A study of things\n    doi: 10.1000/a\n---\nSome text.\n"
    reading = read(text.encode(), "page.md")
    assert [m.title for m in reading.mentions] == ["A study of things"]
    assert reading.findings == []
