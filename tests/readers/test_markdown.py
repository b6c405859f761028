"""What each construct of Markdown means: (Markdown, mentions)."""

from __future__ import annotations

import pytest

from harvest.models import Mention
from harvest.readers.markdown import Markdown

ARXIV = "https://arxiv.org/abs/2301.00001"
DOI = "https://doi.org/10.1000/xyz"
CODE = "https://github.com/jdoe/net"


def mentions(text: str) -> list[Mention]:
    return Markdown().read(text, "list.md").mentions


def short(text: str) -> list[tuple[int, str, str, str]]:
    return [(m.line, m.label, m.url, m.role) for m in mentions(text)]


# Places in a text, without tables and entries.
PROSE = [
    ("see [the paper](https://doi.org/10.1000/xyz).", [(1, "the paper", DOI, "other")]),
    ("see\nmore [in\n**this** paper](https://doi.org/10.1000/xyz)", [(2, "in this paper", DOI, "other")]),
    (f"<{DOI}>", [(1, DOI, DOI, "other")]),
    (f"Bare {DOI}, and more", [(1, DOI, DOI, "other")]),
    (f"first\nbare {DOI}\nthen {ARXIV}", [(2, DOI, DOI, "other"), (3, ARXIV, ARXIV, "other")]),
    ("ids: doi:10.1000/xyz arXiv:2301.00001", [
        (1, "doi:10.1000/xyz", "doi:10.1000/xyz", "other"), (1, "arXiv:2301.00001", "arXiv:2301.00001", "other"),
    ]),
    (f"a_b [x]({ARXIV}) then {DOI}", [(1, "x", ARXIV, "other"), (1, DOI, DOI, "other")]),
    (f"{DOI} then [x]({ARXIV})", [(1, DOI, DOI, "other"), (1, "x", ARXIV, "other")]),
    ("ids: arxiv:2301.00001", [(1, "arxiv:2301.00001", "arxiv:2301.00001", "other")]),
    ("ids: ARXIV:2301.00001", [(1, "ARXIV:2301.00001", "ARXIV:2301.00001", "other")]),
    (f"[a](u){DOI}", [(1, "a", "u", "other"), (1, DOI, DOI, "other")]),
    (f"[[ Code ]]({CODE})", [(1, "Code", CODE, "other")]),
    (f"[a][b]\n\n[b]: {ARXIV}", [(1, "a", ARXIV, "other")]),
    (f"[b]\n\n[b]: <{ARXIV}>", [(1, "b", ARXIV, "other")]),
    (f"[[**Code**]]({CODE})", [(1, "Code", CODE, "other")]),
    (f"[Paper]({ARXIV} )", [(1, "Paper", ARXIV, "other")]),
    (f"[Paper](<{ARXIV}> 'title')", [(1, "Paper", ARXIV, "other")]),
    ("[Code](Original method)", [(1, "Code", "Original method", "other")]),
    ("[[**Code**]](Original method) or [Code](not yet)", [
        (1, "Code", "Original method", "other"), (1, "Code", "not yet", "other"),
    ]),
    ("[a](http://x.org/a b)", [(1, "a", "http://x.org/a b", "other")]),
    ("[![Awesome](https://awesome.re/badge.svg)](https://awesome.re)", [
        (1, "Awesome", "https://awesome.re/badge.svg", "other"), (1, "Awesome", "https://awesome.re", "other"),
    ]),
    (f"[see ![i](i.png) `f(x)` and **b**]({ARXIV}) `{DOI}` {CODE}", [
        (1, "i", "i.png", "other"), (1, "see i f(x) and b", ARXIV, "other"), (1, CODE, CODE, "other"),
    ]),
    (f"`{DOI}` and `[a](b c)`", []),
    (f"    {DOI}", []),
    (f"```\n{DOI}\n```\n{ARXIV}", [(4, ARXIV, ARXIV, "other")]),
    (f"~~~ bibtex\n```\n{DOI}\n~~~\n{ARXIV}", [(5, ARXIV, ARXIV, "other")]),
    (f"<!-- {DOI}\n\n[a]({ARXIV}) -->\n\n{CODE}", [(5, CODE, CODE, "other")]),
    (f"a <!-- {DOI} --> b", []),
    (f'see <a href="{DOI}?a=1&amp;b=2">the\npaper</a>', [(1, "the paper", f"{DOI}?a=1&b=2", "other")]),
    (f"see <a name='x'></a> <A HREF={DOI}>x</A>", [(1, "x", DOI, "other")]),
    (f"<p align='center'>\n  <a\n   href='{DOI}'>x</a>\n  <img src='i.png' alt='I'>\n  {ARXIV}\n</p>", [
        (2, "x", DOI, "other"), (4, "I", "i.png", "other"), (5, ARXIV, ARXIV, "other"),
    ]),
    (f"<div>\n<a href='{DOI}'>never closed\n</div>\n\n{ARXIV}", [
        (2, "never closed", DOI, "other"), (5, ARXIV, ARXIV, "other"),
    ]),
    (f"[a</a> b <a href='{DOI}'>c](u) d", [(1, "c", DOI, "other"), (1, "a b c", "u", "other")]),
    (f"<a href='{DOI}'>a [b](u) c</a></a> d", [(1, "b", "u", "other"), (1, "a b c", DOI, "other")]),
    (f"<a href='{DOI}'>a *b</a> c* **d** <a href='u'>e *f* g</a>", [
        (1, "a b", DOI, "other"), (1, "e f g", "u", "other"),
    ]),
    (f"**[a<td>b](u)** <{DOI}>", [(1, "a", "u", "other"), (1, DOI, DOI, "other")]),
    (f"<script>\nvar a = '{DOI}';\n</script>\n\n<pre>\n{DOI}\n</pre>\n", []),
    (f"---\nurl: {DOI}\n---\n{ARXIV}", [(4, ARXIV, ARXIV, "other")]),
    (f"text\n\n---\n{DOI}\n---\n", [(4, DOI, DOI, "other")]),
    (f"---\n{DOI}\n---\n", [(2, DOI, DOI, "other")]),
    (f"see[^1]\n\n[^1]: the [paper]({DOI})", [(3, "paper", DOI, "other")]),
    (f"> quoted [paper]({DOI})", [(1, "paper", DOI, "other")]),
    (f"~~[old]({DOI})~~", [(1, "old", DOI, "other")]),
    (f"# [Title]({DOI})", [(1, "Title", DOI, "other")]),
    ("<someone@example.org>", [(1, "someone@example.org", "someone@example.org", "other")]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROSE)
def test_prose(text: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert short(text) == expected
    assert {m.entry for m in mentions(text)} <= {None}


# Items: line, entry, role, label, title, authors, date.
ITEMS = [
    (f"- [A title]({ARXIV})", [(1, 1, "paper", "A title")]),
    (f"* [x] [A title]({ARXIV})", [(1, 1, "paper", "A title")]),
    (f"1. [A title]({ARXIV})\n2. [B title]({DOI})\n   [[Code]]({CODE})", [
        (1, 1, "paper", "A title"), (2, 2, "paper", "B title"), (3, 2, "code", "Code"),
    ]),
    (f"1. one\n\n   second paragraph\n   with [A title]({ARXIV})\n2. [B title]({DOI})", [
        (4, 1, "paper", "A title"), (5, 2, "paper", "B title"),
    ]),
    (f"- GANs\n  - [A title]({ARXIV})\n    - [B title]({DOI})\n- [C title]({DOI}2)", [
        (2, 2, "paper", "A title"), (3, 3, "paper", "B title"), (4, 4, "paper", "C title"),
    ]),
    (f"- **A title**\n  - [Paper]({ARXIV})\n  - [Code]({CODE})\n- next [T t]({DOI})", [
        (2, 1, "paper", "Paper"), (3, 1, "code", "Code"), (4, 4, "paper", "T t"),
    ]),
    (f"-\n  - [Paper]({ARXIV})", [(2, 2, "paper", "Paper")]),
    (f"- [A title]({ARXIV})\n\n  - nested\n\n  [Code]({CODE})", [(1, 1, "paper", "A title"), (5, 1, "code", "Code")]),
    (f"- [A]({ARXIV}) [Original]({CODE}) [Project](https://x.org) [Paper](https://y.org)", [
        (1, 1, "paper", "A"), (1, 1, "original", "Original"), (1, 1, "other", "Project"), (1, 1, "paper", "Paper"),
    ]),
    (f"- [A t]({ARXIV}) ![Stars](https://img.shields.io/github/stars/jdoe/net) ![x](https://x.org/i.png)", [
        (1, 1, "paper", "A t"), (1, 1, "code", "Stars"), (1, 1, "other", "x"),
    ]),
    ("- [Encyclopedia](https://en.wikipedia.org/wiki/PSNR)", [(1, 1, "other", "Encyclopedia")]),
    ("- [Signals](#signals)", [(1, 1, "other", "Signals")]),
    (f"- see {DOI}\n  [Code](not yet)", [(1, 1, "paper", DOI), (2, 1, "code", "Code")]),
    (f"- > quoted [A title]({ARXIV})\n\n{DOI}", [(1, 1, "paper", "A title"), (3, None, "other", DOI)]),
    ("- [![Awesome](https://awesome.re/badge.svg)](https://awesome.re) ![x](y.png)", [
        (1, None, "other", "Awesome"), (1, None, "other", "Awesome"), (1, None, "other", "x"),
    ]),
    ("- [CC BY](https://creativecommons.org/licenses/by/4.0/) [how](CONTRIBUTING.md)\n- [b](LICENSE)", [
        (1, None, "other", "CC BY"), (1, None, "other", "how"), (2, None, "other", "b"),
    ]),
    (f"- A tool [![Stars](https://img.shields.io/github/stars/jdoe/net)]({CODE})", [
        (1, 1, "code", "Stars"), (1, 1, "code", "Stars"),
    ]),
    ("- [Encyclopedia](https://x.org) [![i](i.png)](https://y.org)", [
        (1, 1, "other", "Encyclopedia"), (1, 1, "other", "i"), (1, 1, "other", "i"),
    ]),
    (f"- *a <a href='{ARXIV}'>b* c</a>", [(1, 1, "paper", "b c")]),
    (f"<ul>\n<li><a href='{ARXIV}'>A title</a>\n<li><a href='{DOI}'>B title</a></li>\n</ul>\n\n{CODE}", [
        (2, 1, "paper", "A title"), (3, 2, "paper", "B title"), (6, None, "other", CODE),
    ]),
    (f"- <ul><li><a href='{ARXIV}'>A title</a>\n\n- [B title]({DOI})", [
        (1, 2, "paper", "A title"), (3, 3, "paper", "B title"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ITEMS)
def test_items(text: str, expected: list[tuple[int, int, str, str]]) -> None:
    assert [(m.line, m.entry, m.role, m.label) for m in mentions(text)] == expected


def test_a_nameless_nested_item_joins_the_one_above() -> None:
    text = f"- **A title of a paper** - Jane Doe, John Roe, 2023\n  - [Paper]({ARXIV})\n  - [Code]({CODE})"
    assert [(m.title, m.authors, m.date) for m in mentions(text)] == [
        ("A title of a paper", "Jane Doe, John Roe", "2023")
    ] * 2


def paragraph(title: str, link: str) -> str:
    return f"**{title}** \\\n*Ann Roe, Bob Low* \\\nICLR 2022. {link} \\\n18 Aug 2022\n\n"


def test_paragraphs_under_bold_titles_are_entries() -> None:
    one = paragraph("A first title", f"[[Paper]({ARXIV})] [[Github]({CODE})]")
    two = paragraph("Second title", f"[[PDF]({DOI})]")
    page = paragraph("A page", "[[Website](https://a.example/x)]")
    found = mentions(f"# L\n\n{one}## S\n\n{two}{page}")
    assert [(m.role, m.title, m.authors, m.date, m.section) for m in found] == [
        ("paper", "A first title", "Ann Roe, Bob Low", "18 Aug 2022", ()),
        ("code", "A first title", "Ann Roe, Bob Low", "18 Aug 2022", ()),
        ("paper", "Second title", "Ann Roe, Bob Low", "18 Aug 2022", ("S",)),
        ("other", None, None, None, ("S",)),
    ]
    assert found[0].entry == found[1].entry
    assert len({m.entry for m in found}) == 3
    assert [(m.role, m.entry) for m in mentions(one)] == [
        ("other", None),
        ("other", None),
    ]  # a list's own paper
    prose = f"**News**: our [paper]({ARXIV}) is out.\n\n"
    assert {m.entry for m in mentions(prose * 3)} == {None}


TITLE = "**A title of a work**"
LABELLED = [
    f"{TITLE}\n\n- Paper: {ARXIV}\n- Code: {CODE}\n- Project: https://x.org\n",
    f"{TITLE}\n- Paper: <{ARXIV}>\n- Code: [link]({CODE})\n- Project: [https://x.org](https://x.org)\n",
    f"{TITLE}\n\n* \u8bba\u6587(Paper)\uff1a{ARXIV}\n* \u4ee3\u7801(Code)\uff1a{CODE}\n* \u4e3b\u9875: https://x.org\n",
    f"{TITLE}\n\n1. **Paper**: {ARXIV}\n\n2. Code (PyTorch): {CODE}\n\n3. Homepage: https://x.org\n",
    f"{TITLE}\n\n- [Paper]({ARXIV})\n- [[Code]]({CODE}) | [Project](https://x.org)\n",
    f"{TITLE}\n\n- Paper ([arXiv]({ARXIV})), Code: {CODE}.\n- Demo: coming soon\n- Video: https://x.org\n",
    f"{TITLE}  \nJane Doe, John Roe\n\n- Paper: {ARXIV}\n- Code: {CODE}\n- Slides: https://x.org\n",
    f"Some text\n\n{TITLE}\n- Paper: {ARXIV}\n- Code: {CODE}\n- Slides: https://x.org\n\n* And more\n",
]


@pytest.mark.parametrize("text", LABELLED)
def test_labels_below_a_title_are_one_entry(text: str) -> None:
    found = mentions(text)
    assert [(m.url, m.role) for m in found] == [
        (ARXIV, "paper"),
        (CODE, "code"),
        ("https://x.org", "other"),
    ]
    assert {m.title for m in found} == {"A title of a work"}
    assert len({m.entry for m in found}) == 1
    assert "://" not in "".join(m.label for m in found)


def test_a_title_with_its_authors_above_such_a_list() -> None:
    text = f"{TITLE}\\\n*Jane Doe, John Roe* (CVPR 2023)\n\n- Paper: {ARXIV}\n- Code: {CODE}\n"
    assert {(m.title, m.authors, m.date) for m in mentions(text)} == {
        ("A title of a work", "Jane Doe, John Roe", "2023")
    }


def test_one_such_work_after_the_other() -> None:
    text = "".join(
        f"**A title number {n}**\n\n- Paper: {ARXIV}{n}\n- Code: {CODE}{n}\n\n" for n in range(3)
    )
    assert [(m.title, m.line) for m in mentions(text)] == [
        (f"A title number {n}", 5 * n + line) for n in range(3) for line in (3, 4)
    ]


LABELS = f"- Paper: {ARXIV}\n- Code: {CODE}\n"
OF_MANY_WORKS = [
    f"{TITLE}\n\n- [One work]({ARXIV})\n- [Other work]({DOI})\n",
    f"{TITLE}\n\n- [One work]({ARXIV})\n- Code: {CODE}\n",
    f"{TITLE}\n\n- Paper: {ARXIV}\n- Follow-up: {DOI}\n- Code: {CODE}\n",
    f"{TITLE}\n\n- MNIST: {ARXIV}\n- Code: {CODE}\n",
    f"{TITLE}\n\n- Code: {CODE}\n- Project: https://x.org\n",
    f"{TITLE}\n\n{LABELS}- Jane Doe, *Her work*, 2023\n",
    f"{TITLE}\n\n{LABELS}- see also https://x.org for more\n",
    f"{TITLE}\n\n{LABELS}  - [Nested work]({DOI})\n",
    f"{TITLE}\n\n{LABELS}\n  second paragraph\n",
    f"{TITLE}\n\n# Section\n\n{LABELS}",
    f"{TITLE}\n\nSome text.\n\n{LABELS}",
    f"{TITLE}\n\n|a|\n|-|\n|b|\n\n{LABELS}",
    f"{TITLE}\n\n{LABELS}- # Section\n- Slides: https://x.org\n",
    f"## {TITLE}\n\n{LABELS}",
    f"**Papers of the year:**\n\n{LABELS}",
    f"**CVPR 2023**\n\n{LABELS}",
    f"**Surveys**\n\n{LABELS}",
    f"**Please note** that text goes on\n\n{LABELS}",
    f"A title of a work\n\n{LABELS}",
]


@pytest.mark.parametrize("text", OF_MANY_WORKS)
def test_other_lists_below_a_bold_line_stay_entries(text: str) -> None:
    assert mentions(text) == mentions(text.replace("**", ""))
    assert "A title of a work" not in {m.title for m in mentions(text)}


def test_links_of_a_table_of_contents_describe_nothing() -> None:
    assert [(m.title, m.entry) for m in mentions("1. [Signals](#signals)")] == [(None, 1)]


HEAD = "| **Type** | Title | Paper Link | Code Link | Year | Authors |\n|---|---|---|---|---|---|\n"


def test_headers_of_a_table_give_roles() -> None:
    text = (
        f"{HEAD}"
        f"| GAN | A title | [arXiv]({ARXIV}) | [Code ]({CODE}) | (2023) | J. Doe |\n"
        f"| VAE | | [DOI]({DOI}) [[**Code**]]({CODE}2) | [Original]({CODE}3) | | |\n"
    )
    first, second, third, fourth, fifth = mentions(text)
    columns = {
        "Type": "GAN", "Title": "A title", "Paper Link": "arXiv", "Code Link": "Code", "Year": "(2023)",
        "Authors": "J. Doe",
    }  # fmt: skip
    assert first == Mention(
        seed="list.md", line=3, url=ARXIV, role="paper", entry=1, label="arXiv", title="A title", authors="J. Doe",
        date="2023", columns=columns,
    )  # fmt: skip
    assert first.columns is second.columns
    assert (second.role, second.label) == ("code", "Code")
    assert [(m.line, m.entry, m.role, m.label) for m in (third, fourth, fifth)] == [
        (4, 2, "paper", "DOI"), (4, 2, "code", "Code"), (4, 2, "original", "Original"),
    ]  # fmt: skip
    assert third.columns["Paper Link"] == "DOI Code"
    assert (third.title, third.authors, third.date) == (None, None, None)


CELLS = [
    ("Paper", f"[A title of a paper]({ARXIV})", [("A title of a paper", ARXIV, "paper")], "A title of a paper"),
    ("Paper", f"[Some repository]({CODE})", [("Some repository", CODE, "code")], "Some repository"),
    ("Paper", "[Paper](https://example.com)", [("Paper", "https://example.com", "paper")], "Paper"),
    ("Code", "[Code](yES)", [("Code", "yES", "code")], "Code"),
    ("Code", "[Code](Original method)", [("Code", "Original method", "code")], "Code"),
    ("Code", "[[**Code**]](not yet)", [("Code", "not yet", "code")], "Code"),
    ("Original", f"[x]({CODE})", [("x", CODE, "original")], "x"),
    ("Dataset", f"[x]({DOI})", [("x", DOI, "other")], "x"),
    ("Links", f"[x]({DOI})", [("x", DOI, "paper")], "x"),
    ("Paper/Code", f"[x]({DOI}) [y]({CODE})", [("x", DOI, "paper"), ("y", CODE, "code")], "x y"),
    ("Links", f"![s](https://img.shields.io/github/stars/jdoe/net) {DOI}", [
        ("s", "https://img.shields.io/github/stars/jdoe/net", "code"), (DOI, DOI, "paper"),
    ], DOI),
    ("Links", f"{DOI} [x]({ARXIV})", [(DOI, DOI, "paper"), ("x", ARXIV, "paper")], f"{DOI} x"),
    ("DOI", "doi:10.1000/xyz", [("doi:10.1000/xyz", "doi:10.1000/xyz", "paper")], "doi:10.1000/xyz"),
    ("DOI", "`doi:10.1000/xyz`", [], "doi:10.1000/xyz"),
    ("Code", f'<a href="{CODE}">Code</a><br><img src="i.png" alt="I">', [
        ("Code", CODE, "code"), ("I", "i.png", "other"),
    ], "Code"),
    ("Code", f'[a</a> b <a href="{CODE}">c](u) d</a>', [("c", CODE, "code"), ("a b c", "u", "code")], "a b c d"),
    ("Code", f'<a href="{CODE}">Code', [("Code", CODE, "code")], "Code"),
    ("Type", "GAN/VAE, e.g. this", [], "GAN/VAE, e.g. this"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "cell", "expected", "text"), CELLS)
def test_cells(header: str, cell: str, expected: list[tuple[str, str, str]], text: str) -> None:
    document = f"| {header} | x |\n|---|---|\n| {cell} | [last]({DOI}) |\n"
    *found, last = mentions(document)
    assert [(m.label, m.url, m.role) for m in found] == expected
    assert last.columns == {header: text, "x": "last"}
    assert last.entry == 1


@pytest.mark.parametrize(
    "text",
    [
        "- **A title of x<sup>2</sup>**, Jane Doe<sup>1</sup>, John Roe<sup>1,2</sup>\\* (2023) [[Paper]]({url})",
        "- [A title of x<sup>2</sup>]({url}) *Jane Doe<sup>\u2020</sup>, John Roe\\** (CVPR 2023)",
        "|Title|Authors|Paper|\n|-|-|-|\n|A title of x<sup>2</sup>|Jane Doe<sup>1</sup>, John Roe\\*2|[p]({url})|",
    ],
)
def test_authors_are_listed_without_marks_of_affiliation(text: str) -> None:
    (found,) = mentions(text.format(url=ARXIV))
    assert (found.title, found.authors) == ("A title of x2", "Jane Doe, John Roe")


@pytest.mark.parametrize(
    ("row", "url"),
    [
        ("A title of several words | Ada Lovelace |", ""),
        ("A title of several words | |", ""),
        ("Some tool | |", None),  # two words may name anything
    ],
)
def test_a_row_without_links_is_mentioned_by_title(row: str, url: str | None) -> None:
    found = mentions(f"| Title | Authors |\n|---|---|\n| {row}\n")
    assert [(mention.line, mention.url, mention.role) for mention in found] == (
        [(3, url, "paper")] if url == "" else []
    )


def test_columns_of_one_name_are_both_kept() -> None:
    text = f"| Code | Code |\n|---|---|\n| [a]({CODE}) | [b]({CODE}2) |"
    assert mentions(text)[0].columns == {"Code": "a", "Code 2": "b"}


def html_rows(*rows: str) -> str:
    body = "".join(f"<tr><td>{row.replace('|', '<td>')}</tr>\n" for row in rows)
    return f"<table>\n{body}</table>\n"


def test_an_html_row_is_mentioned_by_its_title() -> None:
    text = html_rows("Title|Authors", "A title of several words|Ada Lovelace", "Some tool|")
    assert [(m.line, m.url, m.role, m.entry, m.title) for m in mentions(text)] == [
        (3, "", "paper", 2, "A title of several words")
    ]


def test_a_head_that_an_html_table_repeats_is_no_work() -> None:
    text = html_rows("Title|Authors", f"<a href='{ARXIV}'>A title</a>|Ann Roe", "Title|Authors")
    assert [m.url for m in mentions(text)] == [ARXIV]


def test_a_link_in_the_head_of_a_table_is_prose() -> None:
    (head, cell) = mentions(f"| [Paper]({DOI}) |\n|---|\n| [a]({ARXIV}) |")
    assert (head.role, head.entry, head.columns) == ("other", None, {})
    assert (cell.role, cell.entry, cell.columns) == ("paper", 1, {"Paper": "a"})


def test_a_table_in_an_item_is_a_table() -> None:
    text = f"- item\n\n  | Paper |\n  |---|\n  | [a]({ARXIV}) |\n"
    assert [(m.line, m.columns) for m in mentions(text)] == [(5, {"Paper": "a"})]


HTML_TABLE = f"""<table>
<tr><th>Title</th><th>Paper</th><th><b>Code</b></th></tr>
<tr>
  <td>A title</td>
  <td><a href="{ARXIV}">arXiv</a></td>
  <td>

[Code]({CODE}) [Code](not yet)

</td></tr>
<tr><td>B title<td><a href="{DOI}">DOI</a>
<table><tr><td><a href="{DOI}2">inner</a></td></tr></table>
</table>

after <a href="{DOI}3">x</a>
"""


def test_html_tables_read_like_markdown_tables() -> None:
    assert [
        (m.line, m.entry, m.role, m.label, m.title, m.columns) for m in mentions(HTML_TABLE)
    ] == [
        (
            5,
            2,
            "paper",
            "arXiv",
            "A title",
            {"Title": "A title", "Paper": "arXiv", "Code": "Code Code"},
        ),
        (
            8,
            2,
            "code",
            "Code",
            "A title",
            {"Title": "A title", "Paper": "arXiv", "Code": "Code Code"},
        ),
        (
            8,
            2,
            "code",
            "Code",
            "A title",
            {"Title": "A title", "Paper": "arXiv", "Code": "Code Code"},
        ),
        (11, 3, "paper", "DOI", "B title", {"Title": "B title", "Paper": "DOI", "Code": ""}),
        (12, 4, "paper", "inner", None, {}),
        (15, None, "other", "x", None, {}),
    ]


def test_an_html_table_without_a_known_head_is_layout() -> None:
    text = f"<table><tr><td>some words</td></tr><tr><td><a href='{CODE}'>x</a></td></tr></table>"
    assert [(m.entry, m.role, m.columns) for m in mentions(text)] == [(2, "code", {})]


def test_open_html_ends_with_its_block() -> None:
    text = (
        f"<table><tr><td><li><a href='{ARXIV}'>A title</a><td>x<tr>before<a href='{DOI}'>y</a></table>\n\n"
        f"<table><tr><td><li><a href='{CODE}'>z</a>\n\n# Heading\n\n{DOI}2\n\n</table></ul>\n\n"
        f"- item </table> <td> <a href='{CODE}2'>x</a>\n\n<table>\n\n- <tr><td><a href='{CODE}3'>x</a>"
    )
    assert [(m.line, m.entry, m.url) for m in mentions(text)] == [
        (1, 2, ARXIV), (1, 3, DOI), (3, 5, CODE), (7, None, f"{DOI}2"), (11, 6, f"{CODE}2"), (15, 8, f"{CODE}3"),
    ]  # fmt: skip


SECTIONS = [
    ("# Title\n\n## **A** b\n\n### C\n\n", ("A b", "C")),
    ("# Title\n\n## A\n\n### C\n\n## D\n\n", ("D",)),
    ("## A\n\n# B\n\n", ("B",)),
    ("# Title\n\n# A\n\n", ("A",)),
    ("Title\n=====\n\nA\n---\n\n", ("A",)),
    ("<h1 align='center'>Title</h1>\n\n<h2>A <b>b</b></h2>\n\n", ("A b",)),
    ("# Title\n\n## [A](#a)\n\n##\n\n", ()),
    ("#\n\n# A\n\n", ("A",)),
    ("# Title\n\n#### A\n\n## B\n\n#### C\n\n", ("B", "C")),
]


@pytest.mark.parametrize(("headings", "section"), SECTIONS)
def test_sections(headings: str, section: tuple[str, ...]) -> None:
    assert mentions(f"{headings}- [A title]({ARXIV})")[-1].section == section


def test_a_link_in_a_heading_has_the_section_above() -> None:
    assert [m.section for m in mentions(f"# T\n\n## A\n\n### [x]({DOI})\n\n[y]({DOI})")] == [
        ("A",),
        ("A", "x"),
    ]


UNCLOSED = [
    (f"a\n\n```bibtex\nurl = {DOI}\n", "unclosed-fence", 3, [4]),
    (f"- a\n\n~~~~\n[x]({ARXIV})\n~~~\n\n- [y]({DOI})\n", "unclosed-fence", 3, [4, 7]),
    (f"```a\n```b\n[x]({ARXIV})\n```c", "unclosed-fence", 1, [3]),
    ("```", "unclosed-fence", 1, []),
    (f"a\n\n<!-- [x]({ARXIV})\n\n[y]({DOI})\n", "unclosed-comment", 3, [3, 5]),
    (f"<pre>\n\n[y]({DOI})\n", "unclosed-html", 1, [3]),
]


@pytest.mark.parametrize(("text", "code", "line", "lines"), UNCLOSED)
def test_the_rest_after_an_unclosed_mark_is_read(
    text: str, code: str, line: int, lines: list[int]
) -> None:
    reading = Markdown().read(text, "list.md")
    assert [(finding.seed, finding.line, finding.code) for finding in reading.findings] == [
        ("list.md", line, code)
    ]
    assert [m.line for m in reading.mentions] == lines


def test_all_that_is_never_closed_is_reported() -> None:
    reading = Markdown().read(f"```\n\n<!--\n\n[x]({ARXIV})\n", "list.md")
    assert [finding.code for finding in reading.findings] == ["unclosed-fence", "unclosed-comment"]
    assert [m.line for m in reading.mentions] == [5]


def test_marks_around_a_mark_that_is_never_closed_are_none() -> None:
    nested = "\n\n".join("<!-" * depth + "<!--" + "-" * depth for depth in range(9))
    reading = Markdown().read(f"{nested}\n\n[x]({ARXIV})\n", "list.md")
    assert [finding.code for finding in reading.findings] == ["unclosed-comment"]
    assert [m.line for m in reading.mentions] == [19]


@pytest.mark.parametrize(
    "text", ["```\na\n```", "- ```\n  a\n  ```", "> ```\n> a\n> ```\n", "````\n```\n````\n\n"]
)
def test_a_closed_fence_is_no_finding(text: str) -> None:
    assert Markdown().read(text, "list.md").findings == []


HOSTILE = {
    "brackets": "[" * 50_000,
    "links": "[" * 20_000 + "a" + "](b)" * 20_000,
    "images": "![" * 20_000 + "a" + "](b)" * 20_000,
    "quotes": ">" * 50_000 + "a",
    "items": "- " * 20_000 + DOI,
    "nested items": "\n".join("  " * i + f"- [Paper]({DOI}{i})" for i in range(300)),
    "fences": "```a\n" * 20_000,
    "comments": "<!--\n\n" * 20_000,
    "tags": "<a " * 20_000,
    "attributes": f"<a {'a' * 50_000} {'b=' * 50_000}>",
    "broken": "[a](" * 20_000,
    "short links": "- " + "[a](u)" * 9_000,
    "links in images": "- " + "[![a](b)](c) " * 9_000,
    "emphasis and links": "- " + "**a** [b](u) *c* " * 2_000,
    "names": "- " + "Doe, J., (2020), " * 1_100 + f"[pdf]({DOI})",
    "brackets of items": "- " + "(a [" * 4_000 + f"[pdf]({DOI})",
    "years": "- " + "a, 2020" * 2_500 + f"[pdf]({DOI})",
    "bare": f"{DOI} <{DOI}> " * 3_000,
    "item": "- " + "Jane Doe, " * 20_000 + f"[pdf]({DOI})",
    "cell": f"|a|\n|-|\n|{DOI} {'[a](b c) ' * 5_000}|",
    "entities": "<td>" * 20_000 + "&lt;" * 20_000,
    "tables": "<table><tr><td>" * 5_000,
    "emphasis": "*a **b " * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read_to_its_end(name: str) -> None:
    assert Markdown().read(HOSTILE[name], "list.md").mentions is not None


@pytest.mark.parametrize(
    ("head", "cell", "date"),
    [
        ("Venue", "ICCV 2023", "2023"),
        ("Conference", "MLSys'24 (oral)", "2024"),
        ("Zeitschrift", "Kleine Hefte 2021", "2021"),
        ("Where", "ICCV'23", "2023"),
        ("Where", "Kleine Hefte 2021", None),
        ("Trained on", "ImageNet 2012", None),
        ("Dataset", "ICCV 2023", None),
    ],
)
def test_a_column_of_venues_has_the_year(head: str, cell: str, date: str | None) -> None:
    table = f"| Title | {head} | Link |\n|-|-|-|\n| A title of it | {cell} | [arXiv]({ARXIV}) |\n"
    assert [mention.date for mention in mentions(table)] == [date]


def test_a_name_alone_on_its_line_before_a_venue_is_the_author() -> None:
    works = {"Slow Ice of Winters": "Ann Roe, Bo Doe", "Fast Ice of Winters": "Cy Ito"}
    rows = [
        f"<tr><td><img src='a.png'></td><td><b>{title}</b><br>{names}<br>ICML 2020<br>"
        f"<a href='https://arxiv.org/abs/2006.1123{number}'>Paper</a></td></tr>\n"
        for number, (title, names) in enumerate(works.items())
    ]
    mentions = Markdown().read(f"<table>\n{''.join(rows)}</table>\n", "list.md").mentions
    papers = [it.authors for it in mentions if it.role == "paper"]
    assert papers == ["Ann Roe, Bo Doe", "Cy Ito"]


def test_footnotes_of_references_with_links_are_works() -> None:
    text = (
        "Ice[^1], snow[^2] and frost[^3] are everywhere.\n\n"
        "[^1]: Roe et al. Slow ice of winters. NeurIPS 2017. <https://arxiv.org/abs/1706.03762>\n"
        "[^2]: Doe A, Ito B. Snow of winters. ICML 2020. <https://arxiv.org/abs/2006.11239>\n"
        "[^3]: See also this [page on frost](https://frost.example).\n"
    )
    mentions = Markdown().read(text, "list.md").mentions
    assert [(it.title, it.authors, it.date) for it in mentions] == [
        ("Slow ice of winters", "Roe et al.", "2017"),
        ("Snow of winters", "Doe A, Ito B", "2020"),
        (None, None, None),
    ]
