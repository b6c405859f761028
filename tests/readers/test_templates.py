"""Layouts that are set by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest import config
from harvest.commands.extract import layouts
from harvest.config import SetLayout
from harvest.errors import UsageError
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.readers import read
from harvest.readers.markdown import Markdown
from harvest.readers.templates import Templates, parse

A = "https://arxiv.org/abs/2301.0000"
LIST = "# A list\n\n## First\n\n{}\n\n## Second\n\n{}\n"
ITEMS = "\n".join(
    f"- **Jane Doe {number}**. *A title of it number {number}*. 2020. [pdf]({A}{number})"
    for number in range(1, 6)
)
TEXT = LIST.format(ITEMS, ITEMS.replace("0000", "0001"))
SWAPPED = "- **AUTHORS**. *TITLE*. DATE. [[pdf]](…)"


def titles(text: str, *templates: str, section: str | None = None) -> list[str | None]:
    made = [parse(template, section) for template in templates]
    return [mention.title for mention in Markdown().read(text, "a.md", made).mentions]


def test_a_printed_line_sets_what_was_learned() -> None:
    reading = read(TEXT.encode(), "a.md")
    (line,) = reading.files["a.md"].layouts
    again = read(TEXT.encode(), "a.md", [parse(line.template)])
    assert [(m.title, m.date) for m in again.mentions] == [
        (m.title, m.date) for m in reading.mentions
    ]
    assert again.files["a.md"].layouts[0].is_set


def written(item: str) -> str:
    return "\n".join(item.format(n=number) for number in range(1, 6)) + "\n"


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("a.rst", "- **Jane Doe {n}**. *A title of it number {n}*. 2020. `pdf <https://arxiv.org/abs/2301.0000{n}>`__"),
        ("a.org", "- *Jane Doe {n}*. /A title of it number {n}/. 2020. [[https://arxiv.org/abs/2301.0000{n}][pdf]]"),
        ("a.adoc", "* *Jane Doe {n}*. _A title of it number {n}_. 2020. https://arxiv.org/abs/2301.0000{n}[pdf]"),
        ("a.html", "<li><b>Jane Doe {n}</b>. <i>A title of it number {n}</i>. 2020. <a href='https://arxiv.org/abs/2301.0000{n}'>pdf</a></li>"),
    ],
)  # fmt: skip
def test_layouts_of_other_markup_are_printed_and_set(name: str, item: str) -> None:
    text = written(item).encode()
    (line,) = read(text, name).files[name].layouts
    assert line.support == 5
    roles = {"TITLE": "AUTHORS", "AUTHORS": "TITLE", "TEXT": "TITLE"}
    swapped = re.sub("TITLE|AUTHORS|TEXT", lambda match: roles[match[0]], line.template)
    learned, by_hand = (
        [(m.title, m.authors) for m in read(text, name, made).mentions]
        for made in ([], [parse(swapped)])
    )
    assert learned != by_hand
    assert {title for title, _ in by_hand} & {title for title, _ in learned} == set()


def test_a_template_moves_title_and_authors() -> None:
    template = parse("- **TITLE**. *AUTHORS*. DATE [[pdf]](…) | 10 of 10")
    first = Markdown().read(TEXT, "a.md", [template]).mentions[0]
    assert (first.title, first.date) == ("Jane Doe 1", "2020")
    first = Markdown().read(TEXT, "a.md", [parse(SWAPPED)]).mentions[0]
    assert (first.title, first.authors) == ("A title of it number 1", "Jane Doe 1")


def test_a_template_is_for_its_section_and_shape_alone() -> None:
    by_section = titles(TEXT, SWAPPED, section="Second")
    assert by_section == [*titles(TEXT)[:5], *titles(TEXT, SWAPPED)[5:]]
    assert by_section[0] != by_section[5] == "A title of it number 1"
    assert titles(TEXT, "- **TITLE** *TEXT* *TEXT* [[pdf]](…)") == titles(TEXT)


def test_the_first_template_that_fits_counts() -> None:
    first, second = "- **TITLE**. *TEXT*. DATE [[pdf]](…)", "- **TEXT**. *TITLE*. DATE [[pdf]](…)"
    assert titles(TEXT, first, second) == titles(TEXT, first) != titles(TEXT, second)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("- TITEL, [[pdf]](…)", "'TITEL,' is no part of one"),
        ("- TITLE [pdf](…)", r"'\[pdf\]\(…\)' is no part of one"),
        ("- AUTHORS [[pdf]](…)", "TITLE stands in it 0 times"),
        ("- TITLE *TITLE*", "TITLE stands in it 2 times"),
    ],
)
def test_an_error_names_the_place(template: str, message: str) -> None:
    right = SetLayout(list="a.md", template=SWAPPED)
    wrong = SetLayout(list="a.md", template=template)
    with pytest.raises(UsageError, match=rf"^harvest\.toml: layout 2: template: {message}"):
        Templates([right, wrong])


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("lists/a.md", "lists/a.md", True),
        ("./lists/a.md", "lists/a.md", True),
        ("lists", "lists/deep/a.md", True),
        ("lists/*.md", "lists/a.md", True),
        ("lists/*.md", "other/a.md", False),
        ("list", "lists/a.md", False),
        ("github:jdoe/list", "github:jdoe/list:README.md", True),
        ("github:jdoe/list", "github:jdoe/list2:README.md", False),
    ],
)
def test_a_layout_is_for_the_list_that_it_names(pattern: str, name: str, fits: bool) -> None:
    templates = Templates([SetLayout(list=pattern, template=SWAPPED)])
    assert bool(templates.of(name)) == fits


def test_the_file_names_lists_relative_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "harvest.toml"
    file.write_text(f'[[layout]]\nlist = "a.md"\ntemplate = "{SWAPPED}"\n', "utf-8")
    (layout,) = config.layouts(file)
    assert layout.list == str(tmp_path / "a.md")
    file.write_text('[[layout]]\nlist = "a.md"\n', "utf-8")
    with pytest.raises(UsageError, match=r"harvest\.toml: layout: lacks `template`"):
        config.layouts(file)


def test_a_reading_that_was_kept_is_that_of_its_layouts(tmp_path: Path) -> None:
    templates = Templates([SetLayout(list="a.md", template=SWAPPED)])
    learned = Readings(Memo(tmp_path)).read(TEXT.encode(), "a.md")
    by_hand = Readings(Memo(tmp_path), templates).read(TEXT.encode(), "a.md")
    assert learned.mentions[0].title != by_hand.mentions[0].title == "A title of it number 1"


def test_a_layout_set_by_hand_is_marked() -> None:
    reading = read(TEXT.encode(), "a.md", [parse(SWAPPED)])
    lines = [*layouts(reading)]
    assert lines[1] == f"{SWAPPED} | 10 of 10, set by hand"
    assert parse(lines[1]).shape == parse(SWAPPED).shape


@given(st.text("-*`[](){}|/ ,.…TITLEAUHORSDXVN\n", max_size=60))
def test_a_template_is_read_or_refused(text: str) -> None:
    try:
        template = parse(text)
    except ValueError:
        return
    assert template.title is not None
    assert parse(template.line) == template
