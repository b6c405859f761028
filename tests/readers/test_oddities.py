"""What the specification of each format allows and few lists have."""

from __future__ import annotations

import json

import pytest

from harvest.identifiers import identify
from harvest.readers import read
from harvest.readers.markdown import Markdown

Row = tuple[int, str, str | None, str | None, str | None]

BIBTEX = """@string{nips = "Advances in Neural"}
@string{jane = {Doe, Jane}}
@inproceedings{a,
  author = jane # " and Roe, John",
  title = "A " # {title} # " of it", booktitle = nips,
  year = 2020, doi = {10.1000/a}
}
@article{b, crossref={p}, title={C # D}, author={Lee, Ann}, doi={10.1000/b}}
@proceedings{p, title={All}, year={2019}, doi={10.1000/p}}
"""
NESTED = """@string{of = "The {GAN} of " # unknown}
@string{it = of # "it"}
@Article{a, Crossref={P}, Title="A " # it # { and {more}}, Author={Lee, Ann}, DOI={10.1000/a}}
@proceedings{p, Year="20" # {19}, doi={10.1000/p}}
"""
RIS = """TY  - CONF
TI  - A title
AU  - Lee, Ann
PY  - 2019
M3  - 10.1000/a
L2  - https://resolver.example.org/x
ER  -
TY  - CHAP
AU  - Kim, Bo
CT  - A chapter
DA  - 2018/05//
L2  - https://arxiv.org/abs/1805.00001
ER  -
"""
PUBMED = """PMID- 31000002
DP  - 2020
TI  - [A translated title].
CN  - The Group
"""
SCIENCE = "PT\tAU\tAF\tTI\tSO\tPY\tDI\tCR\nJ\tDoe, J\tDoe, Jane\tA title of it\tJ\t2020\t10.1000/a\t10.1/c\n"
EXCEL = "sep=;\nTitle;Authors;Year;DOI\nA title, of it;Jane Doe;2020;10.1000/a\n"
NAMES = [{"given": "Bo", "family": "Berg", "non-dropping-particle": "van der"}]
CSL = json.dumps(
    [{"title": "A title", "DOI": "10.1000/a", "author": NAMES, "issued": {"raw": "2018"}}]
)
ORG = """* Papers
- [[https://doi.org/10.1000/a][A title of it]], Jane Doe, John Roe, 2019
[fn:1] A note: https://arxiv.org/abs/1901.00001
"""
RST = """* A title of it. Jane Doe. 2018. :doi:`10.1000/a`
* Another title of it. Jane Doe. 2019. :arxiv:`this <2001.00001>`
"""
CELLS = [
    {"cell_type": "heading", "level": 1, "source": ["Papers"]},
    {
        "cell_type": "markdown",
        "source": ["- [A title](https://doi.org/10.1000/a), Jane Doe, John Roe, 2020"],
    },
]
NOTEBOOK = json.dumps({"nbformat": 3, "worksheets": [{"cells": CELLS}]}, indent=1)
HUGO = '{\n "title": "A title of it",\n "date": "2020-01-02",\n "doi": "10.1000/a"\n}\n\n[Text](https://x.org)\n'
TOML = '+++\ntitle = "A title"\ndate = 2020-01-02T00:00:00Z\ndoi = "10.1000/a"\n+++\n'
DEFINITIONS = """<!doctype html><dl>
<dt>A title of it here</dt><dd>Jane Doe, John Roe, 2019 <a href="https://doi.org/10.1000/a">doi</a></dd>
</dl>"""
SPANS = """<table><tr><th>Group</th><th>Title</th><th>Link</th></tr>
<tr><td rowspan="2">one</td><td>A title of it</td><td><a href="https://doi.org/10.1000/a">paper</a></td></tr>
<tr><td>Another title of it</td><td><a href="https://doi.org/10.1000/b">paper</a></td></tr>
<tr><td>two</td><td>A third title of it</td><td><a href="https://doi.org/10.1000/c">paper</a></td></tr></table>
"""

ODDITIES: dict[str, tuple[str, str, list[Row]]] = {
    "strings and a book of BibTeX": ("a.bib", BIBTEX, [
        (3, "10.1000/a", "A title of it", "Doe, Jane and Roe, John", "2020"),
        (8, "10.1000/b", "C # D", "Lee, Ann", "2019"), (9, "10.1000/p", "All", None, "2019"),
    ]),
    "strings of strings in BibTeX": ("a.bib", NESTED, [
        (3, "10.1000/a", "A The GAN of it and more", "Lee, Ann", "2019"),
        (4, "10.1000/p", None, None, "2019"),
    ]),
    "old tags of RIS": ("a.ris", RIS, [
        (1, "10.1000/a", "A title", "Lee, Ann", "2019"),
        (8, "https://arxiv.org/abs/1805.00001", "A chapter", "Kim, Bo", "2018/05"),
    ]),
    "a translated title and a group": ("a.nbib", PUBMED, [
        (1, "pmid:31000002", "A translated title", "The Group", "2020"),
    ]),
    "one record of the Web of Science": ("-", SCIENCE, [
        (2, "10.1000/a", "A title of it", "Doe, J", "2020"),
    ]),
    "the first line of Excel": ("a.csv", EXCEL, [(3, "10.1000/a", "A title, of it", "Jane Doe", "2020")]),
    "particles of CSL": ("a.json", CSL, [(1, "10.1000/a", "A title", "Bo van der Berg", "2018")]),
    "a footnote below a list": ("a.org", ORG, [
        (2, "https://doi.org/10.1000/a", "A title of it", "Jane Doe, John Roe", "2019"),
        (3, "https://arxiv.org/abs/1901.00001", None, None, None),
    ]),
    "roles of Sphinx": ("a.rst", RST, [
        (1, "https://doi.org/10.1000/a", "A title of it", "Jane Doe", "2018"),
        (2, "https://arxiv.org/abs/2001.00001", "Another title of it", "Jane Doe", "2019"),
    ]),
    "a notebook of version 3": ("a.ipynb", NOTEBOOK, [
        (16, "https://doi.org/10.1000/a", "A title", "Jane Doe, John Roe", "2020"),
    ]),
    "front matter in JSON": ("a.md", HUGO, [
        (4, "10.1000/a", "A title of it", None, "2020-01-02"), (7, "https://x.org", None, None, None),
    ]),
    "a time in front matter": ("a.md", TOML, [(4, "10.1000/a", "A title", None, "2020-01-02")]),
    "definitions": ("a.html", DEFINITIONS, [
        (2, "https://doi.org/10.1000/a", "A title of it here", "Jane Doe, John Roe", "2019"),
    ]),
    "a cell in two rows": ("a.md", SPANS, [
        (2, "https://doi.org/10.1000/a", "A title of it", None, None),
        (3, "https://doi.org/10.1000/b", "Another title of it", None, None),
        (4, "https://doi.org/10.1000/c", "A third title of it", None, None),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("what", ODDITIES)
def test_an_oddity_of_a_format_is_read(what: str) -> None:
    name, text, rows = ODDITIES[what]
    mentions = read(text.encode(), name).mentions
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in mentions] == rows


def test_a_page_of_html_keeps_the_cells_that_stand_in_two_rows() -> None:
    mentions = read(f"<!doctype html>\n{SPANS}".encode(), "a.html").mentions
    assert [(m.line, m.title, m.columns["Group"]) for m in mentions] == [
        (3, "A title of it", "one"), (4, "Another title of it", "one"), (5, "A third title of it", "two"),
    ]  # fmt: skip


def test_strings_of_bibtex_that_double_each_other_stay_short() -> None:
    doubled = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(18))
    entry = '@article{a, title = "A " # s18, author = {Lee, Ann}, doi = {10.1000/a}}\n'
    [mention] = read(f'@string{{s0 = "words "}}\n{doubled}{entry}'.encode(), "a.bib").mentions
    assert len(mention.title or "") < 20_000


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("2006.11239", "2006.11239"),
        ("[ ] 2006.11239v2 MeltNet", "2006.11239"),
        ("1406.2661: melting of old ice", "1406.2661"),
        ("2006.11239 [code](https://github.com/a/b)", "2006.11239"),
        ("1406.2661", None),
        ("2006.11239 kg of ice", None),
        ("2006.11239 %", None),
        ("2006.11239 EUR", None),
        ("2006.11239.4", None),
        ("2013.11239 There is no such month", None),
        ("2006.1123 There are too few digits", None),
        ("9006.11239 There is no such year", None),
        ("It melts 2006.11239 times", None),
    ],
)
def test_an_item_may_begin_with_an_id_of_arxiv(item: str, value: str | None) -> None:
    reading = Markdown().read(f"- {item}\n", "list.md")
    targets = [identify(it.url).identifier for it in reading.mentions]
    values = [it.value for it in targets if it and it.scheme == "arxiv"]
    assert values == ([value] if value else [])


def test_a_cell_below_arxiv_may_be_an_id() -> None:
    text = "| arXiv | Score |\n|---|---|\n| 1406.2661 | 2006.11239 |\n| 2006.11239 |\n"
    mentions = Markdown().read(text, "list.md").mentions
    assert [(it.line, it.url) for it in mentions] == [(3, "1406.2661"), (4, "2006.11239")]
