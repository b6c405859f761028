"""Definition lists: each term is an item, with its definitions below it."""

from __future__ import annotations

import pytest

from harvest.readers.markdown import Markdown

WORKS = [
    ("Slow ice of long winters", "Ann Roe, Bo Doe", "2018"),
    ("Snow is all you need", "Di Fox, Eva Loe", "2020"),
]
Row = tuple[int, str | None, str | None, str | None]
FORMS = [
    "[{title}](URL)\n: {names}. ICML {year}\n",
    "{title}\n: {names}\n: ICML {year}. [paper](URL)\n",
    "**{title}** ({year})\n:   {names}, [arXiv](URL)\n",
    "IceNet\n: [{title}](URL), {names}, ICML {year}\n",
    '<dt><a href="URL">{title}</a></dt>\n<dd>{names}. ICML {year}</dd>',
    "<dt>{title}\n<dd>{names}. ICML {year}\n<dd><a href='URL'>paper</a>",
]


def rows(text: str) -> list[Row]:
    mentions = Markdown().read(text, "list.md").mentions
    return [(it.entry or 0, it.title, it.authors, it.date) for it in mentions]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_term_is_an_entry(form: str, count: int) -> None:
    items = [
        form.format(title=title, names=names, year=year).replace(
            "URL", f"https://arxiv.org/abs/2001.0000{number}"
        )
        for number, (title, names, year) in enumerate(WORKS[:count])
    ]
    start, end = ("<dl>\n", "\n</dl>\n") if form.startswith("<") else ("", "")
    entries = rows("# A list\n\n" + start + "\n".join(items) + end)
    assert [row[1:] for row in entries] == WORKS[:count]
    assert len({row[0] for row in entries}) == count


def test_a_term_above_several_works_is_a_topic() -> None:
    text = "Ice\n" + "".join(
        f": [{title}](https://doi.org/10.1000/{year})\n" for title, _, year in WORKS
    )
    assert [row[1] for row in rows(text)] == [title for title, _, _ in WORKS]


def test_a_pictogram_at_a_line_begins_no_definition() -> None:
    text = "Works\n:fire: on ice :fire:\n\nTerm\n: [A title of it](https://doi.org/10.1000/1)\n"
    assert {row[1] for row in rows(text)} <= {None, "A title of it"}
