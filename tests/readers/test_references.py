"""Plain text of references."""

from __future__ import annotations

import pytest

from harvest.readers import read

NUMBERED = """\
References

[1] J. Doe, A. Roe, and P. Poe, "A study of many things,"
    in Advances in Things, vol. 33, pp. 6840-6851, 2020.
[2] A. Roe and P. Poe, “Another study of things,”
    in ICML, 2021, pp. 8162–8171. arXiv:2301.00001
"""
LINES = """\
Things that I read

2020
Doe J, Roe A, Poe P. A study of many things. Adv Things. 2020;33:6840-51. doi:10.1000/a
2021
Roe A, Poe P. Another study of things. ICML. 2021;139:8162-71. arXiv:2301.00001
"""
PARAGRAPHS = """\
Doe, J., Roe, A., & Poe, P. (2020). A study of many things. Advances in Neural
Things, 33, 6840-6851. https://doi.org/10.1000/a

Roe, A., & Poe, P. (2021). Another study of things. ICML.
https://arxiv.org/abs/2301.00001
"""
BULLETS = """\
\u2022\tDoe J, Roe A, Poe P. A study of many things. Adv Things. 2020;33:6840-51.
\u2022\tRoe A, Poe P. Another study of things. ICML. 2021;139:8162-71. doi:10.1000/a
"""
OF_LINES = """\
A Study of Many Things
Jane Doe, Ann Roe, Paul Poe
ICML 2020
https://doi.org/10.1000/a

Another Study of Things
Ann Roe, Paul Poe
ICML 2021
https://arxiv.org/abs/2301.00001

A Third Study of All Things
Rob Roe, Paul Poe
ICML 2022
https://arxiv.org/abs/2301.00002
"""
FIRST, SECOND = "A study of many things", "Another study of things"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NUMBERED, [
            (3, "", FIRST, "J. Doe, A. Roe, and P. Poe", "2020"),
            (6, "arXiv:2301.00001", SECOND, "A. Roe and P. Poe", "2021"),
        ]),
        (LINES, [
            (4, "doi:10.1000/a", FIRST, "Doe J, Roe A, Poe P", "2020"),
            (6, "arXiv:2301.00001", SECOND, "Roe A, Poe P", "2021"),
        ]),
        (PARAGRAPHS, [
            (2, "https://doi.org/10.1000/a", FIRST, "Doe, J., Roe, A., & Poe, P.", "2020"),
            (5, "https://arxiv.org/abs/2301.00001", SECOND, "Roe, A., & Poe, P.", "2021"),
        ]),
        (BULLETS, [
            (1, "", FIRST, "Doe J, Roe A, Poe P", "2020"),
            (2, "doi:10.1000/a", SECOND, "Roe A, Poe P", "2021"),
        ]),
        (OF_LINES, [
            (4, "https://doi.org/10.1000/a", "A Study of Many Things", "Jane Doe, Ann Roe, Paul Poe", "2020"),
            (9, "https://arxiv.org/abs/2301.00001", "Another Study of Things", "Ann Roe, Paul Poe", "2021"),
            (14, "https://arxiv.org/abs/2301.00002", "A Third Study of All Things", "Rob Roe, Paul Poe", "2022"),
        ]),
    ],
)  # fmt: skip
def test_references(text: str, expected: list[tuple[int, str, str, str, str]]) -> None:
    mentions = read(text.encode(), "list.txt").mentions
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in mentions] == expected
    assert {m.role for m in mentions} == {"paper"}


def test_a_year_or_another_short_line_is_a_section() -> None:
    sections = [m.section for m in read(LINES.encode(), "-").mentions]
    assert sections == [("2020",), ("2021",)]


@pytest.mark.parametrize(
    "text",
    [
        "I read things on a train (see https://doi.org/10.1000/a).\nIn 2021 I read https://doi.org/10.1000/b again.\n",
        "I read, and of these\none is worth it: https://doi.org/10.1000/a\n\nOthers are\nworth a look: https://doi.org/10.1000/b\n",
    ],
)
def test_prose_is_no_text_of_references(text: str) -> None:
    reading = read(text.encode(), "notes.txt")
    assert [finding.code for finding in reading.findings] == ["unknown-format"]
