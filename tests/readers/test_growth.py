"""Twice the text takes twice as long: shapes that readers searched again and again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harvest.readers import read
from tests.support.growth import ends, steps

TOML = "+++\ntitle = 'A page'\n{}+++\n"
CELL = "| Paper | Year |\n|-|-|\n| A title of slow ice. 2020. Ice Research {} | 2020 |\n"
LONG_NOTE = "@misc{{a, title = {{A title}}, note = {{{}}}}}"


def repeated(pattern: str, count: int) -> str:
    return "".join(pattern.format(number) for number in range(count))


GROWTH: dict[str, Callable[[int], str]] = {
    "a.md": lambda n: TOML.format(repeated("link{0} = 'https://x.org/{0}'\n", n)),
    "cell.md": lambda n: CELL.format(repeated("[pdf](https://x.org/{}) ", n)),
    "lines.md": lambda n: "- [A title](https://x.org/a)\n" + repeated("  Word is here {}\n", n),
    "a.ris": lambda n: f"TY  - JOUR\nTI  - A title\nAB  - a\n{repeated('words {}', n)}\nER  -",
    "a.bib": lambda n: LONG_NOTE.format(repeated("https://x.org/{} ", n)),
    "a.yaml": lambda n: repeated("- title: A title\n  url: https://x.org/{}\n", n),
    "a.html": lambda n: repeated("<p>a <a href='https://x.org/{}'>b</a></p>\n", n),
}


@pytest.mark.parametrize("name", GROWTH)
def test_twice_the_text_takes_twice_the_steps(name: str) -> None:
    write = GROWTH[name]
    read(write(10).encode(), name)  # what is read first imports the parser
    once, twice = (steps(lambda n=n: read(write(n).encode(), name)) for n in (500, 1000))
    assert twice < 2.4 * once


SLOW = {
    "a.bib": LONG_NOTE.format(repeated("https://x.org/{} ", 100_000)),
    "a.ris": "TY  - JOUR\nDO  - 10.1000/a\nAB  - a\n" + "a\n" * 800_000 + "ER  -\n",
    "link.adoc": "= A\n\nhttps://x.org[X]\n\n" + "link:$$" * 16_000,
    "image.adoc": "= A\n\nhttps://x.org[X]\n\n" + "image:a" * 16_000,
    "a.rst": repeated("|{0} a `b <https://x.org/{0}>`__\n", 5_000),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_one_built_in_searches_again_ends_in_time(name: str) -> None:
    with ends():
        reading = read(SLOW[name].encode(), name)
    assert reading.mentions


def test_titles_within_titles_end_in_time() -> None:
    nested = ("<div class=t>" * 3 + "<div class=title>x") * 15_000
    with ends():  # more than linear time would be minutes
        assert not read(f"<html><body>{nested}{'</div>' * 60_000}".encode(), "a.html").mentions
