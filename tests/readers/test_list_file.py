"""What a list file says of its layout: headings and code."""

from __future__ import annotations

import pytest

from harvest.models import Heading, ListFile
from harvest.readers import read

Headings = list[tuple[int, int, str]]


def list_file(text: str, name: str = "list.md") -> ListFile:
    return read(text.encode(), name).files[name]


HEADINGS: list[tuple[str, Headings]] = [
    ("# A\n\n## **B** [c](d) `e` <!-- x -->\n", [(1, 1, "A"), (3, 2, "B c e")]),
    ("A\n===\n\nB\n---\n", [(1, 1, "A"), (4, 2, "B")]),
    ("- item\n---\n\n---\n\n| a |\n|---|\n", []),
    ("```\n# code\n```\n# A #\n", [(4, 1, "A")]),
    ("```\n# never closed\n", [(2, 1, "never closed")]),
    ('<h2 align="center">A &amp; B</h2>\n', [(1, 2, "A & B")]),
    ("#hashtag\n", []),
    ("# A ![badge](x) [![b](c)](d) e\n", [(1, 1, "A   e")]),
    ("# ![logo](x)\n", [(1, 1, "")]),
    ("# [Code](Original method)\n", [(1, 1, "Code")]),
    ("# a_b_c &lt; \\* _d_\n", [(1, 1, "a_b_c < * d")]),
    # what a comment or code says is no heading
    ("<!--\n# A\n<h2>B</h2>\n-->\n\n# C\n", [(6, 1, "C")]),
    ("<pre>\n# A\n\n## B\n</pre>\n\n# C\n", [(7, 1, "C")]),
    ("    # A\n\n# B\n", [(3, 1, "B")]),
    ("---\ntitle: a\n# A\n---\n# B\n", [(5, 1, "B")]),
    # quoted, and HTML over several lines
    ("> # A\n>\n> <h2>B</h2>\n", [(1, 1, "A"), (3, 2, "B")]),
    ("a\n\n<h2\n  align='center'>\n  <b>A</b>\n  b\n</h2>\n", [(3, 2, "A   b")]),
    ("<h2>A</h2>\n<h3>B</h3>\n", [(1, 2, "A"), (2, 3, "B")]),
    ("<h2>never closed\n\n# A\n", [(3, 1, "A")]),
    ("</h2>\n\n# A\n", [(3, 1, "A")]),
    # a lazy continuation is a paragraph, and the line below it a rule
    ("> A\nB\n---\n", []),
    ("- A\nB\n---\n", []),
    ("A\nB\n---\n", [(1, 2, "A B")]),
]


@pytest.mark.parametrize(("text", "expected"), HEADINGS)
def test_headings(text: str, expected: Headings) -> None:
    headings = list_file(text).headings
    assert [(heading.line, heading.level, heading.text) for heading in headings] == expected


def test_a_section_ends_at_the_next_heading_of_its_level() -> None:
    assert list_file("# A\n### B\n## C\n### D\n# E\n").headings == [
        Heading(1, 1, "A", 5),
        Heading(2, 3, "B", 3),
        Heading(3, 2, "C", 5),
        Heading(4, 3, "D", 5),
        Heading(5, 1, "E", 7),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n\n```\nb\n```\nc\n", {3, 4, 5}),
        ("> ~~~\n> b\n> ~~~\nc\n", {1, 2, 3}),
        ("```\nnever closed\n", set()),
        ("a\n\n    b\n    c\n\nd\n", {3, 4}),
        ("- a\n\n      b\n\n  c\n", {3}),
        ("    b\n\n    c\n", {1, 2, 3}),
        ("<pre>\na\n\nb\n</pre>\nc\n", {1, 2, 3, 4, 5}),
        ("<!-- a -->\nb\n", {1}),
        ("<!--\na\n\n-->\n\nb\n", {1, 2, 3, 4}),
        ("> <!--\n> a\n> -->\n", {1, 2, 3}),
        ("a <!-- b\nc\nd --> e\n", {2}),
        ("<p>a <!-- b\nc\nd --></p>\n", {2}),
        ("<td id=a><code>b</code></td>\n", set()),
        ("---\na: b\n---\nc\n", {1, 2, 3}),
        ("a `b` c\n", set()),
    ],
)
def test_code(text: str, code: set[int]) -> None:
    assert list_file(text).code == code


def test_a_file_holds_its_bytes_text_and_repairs() -> None:
    data = "a\r\ncafÃ©\r\n".encode()
    file = read(data, "a.txt").files["a.txt"]
    assert (file.data, file.text, file.raw) == (data, "a\ncafé\n", {2: "cafÃ©"})
    assert file.markdown


def test_other_formats_have_no_layout() -> None:
    file = list_file("@misc{a,\n# b\n```\n}\n", "a.bib")
    assert (file.markdown, file.headings, file.code) == (False, [], set())
