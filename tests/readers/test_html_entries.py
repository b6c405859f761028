"""Entries of pages whose parts are named by classes, or whose blocks have one form."""

from __future__ import annotations

import pytest

from harvest.readers import read

Facts = tuple[int, str, str | None, str | None, str | None]

NAMED = """\
<!DOCTYPE html><html><body><nav><a class="title" href="/">Jane Doe</a></nav>
<h1 class="post-title">Papers</h1><h2>2021</h2>
<ol><li><div class="row"><div class="title">A study of many things</div>
<div class="author"><a href="https://x.org/doe">Jane Doe</a>, and <em>Rob Roe</em></div>
<div class="periodical"><em>In Conference on Things</em>, Jul 2021</div>
<div class="links"><a class="abstract">Abs</a>
<a href="https://arxiv.org/abs/2301.00001">arXiv</a> <a href="https://github.com/jdoe/net">Code</a></div>
<div class="abstract hidden"><p>Better than https://doi.org/10.1000/aside, by Ann Poe, in 2019.</p></div></div></li></ol>
<h2>2020</h2>
<ol><li><div class="row"><div class="title">Another study.</div>
<div class="author">Ann Poe</div><a href="https://doi.org/10.1000/b">DOI</a></div></li></ol>
</body></html>"""
HIGHLIGHTED = """\
<!DOCTYPE html><html><body><div class="item"><div class="section-subheading article-title">
<a href="/publication/a/">A study of many things</a></div>
<div class="meta"><div><span class="author-highlighted">Jane Doe</span>, <span>Rob Roe</span></div>
<span class="article-date">May 2020</span></div><a href="https://doi.org/10.1000/a">DOI</a></div>
<div class="item"><div class="section-subheading article-title"><a href="/publication/b/">Another study</a></div>
<div class="meta"><div><span>Rob Roe</span>, <span class="author-highlighted">Jane Doe</span></div></div>
<a href="https://doi.org/10.1000/b">DOI</a></div></body></html>"""
MICRODATA = """\
<!DOCTYPE html><html><body><ul><li>2020</li><li class="entry"><nav><ul><li>
<a href="https://doi.org/10.1000/a"><img src="x.png"></a></li></ul></nav>
<cite><span itemprop="author"><span itemprop="name">Jane Doe</span></span>, <span itemprop="author">Rob Roe</span>:
<span class="title" itemprop="name">A study of many things.</span> <span itemprop="datePublished">2020</span></cite></li>
</ul></body></html>"""
BLOCKS = """\
<!DOCTYPE html><html><body><p>I work on <a href="https://doi.org/10.1000/aside">things</a> of all kinds here.</p>
<h2>Papers</h2>
<div><div><b>A study of many things</b></div><div>Jane Doe, Rob Roe</div>
<div><i>Things</i>, 2020 <a href="https://doi.org/10.1000/a">[paper]</a></div></div>
<div><div><b>Another study of things</b></div><div>Rob Roe, Ann Poe</div>
<div><i>Things</i>, 2021 <a href="https://arxiv.org/abs/2301.00001">[paper]</a></div></div>
</body></html>"""
HEADED = """\
<!DOCTYPE html><html><body><h1>Papers</h1>
<div class="publication"><h3>A study of many things</h3><p>Jane Doe, Rob Roe</p><p>ICML 2020</p>
<p><a href="https://doi.org/10.1000/a">PDF</a></p></div>
<div class="publication"><h3>Another study of things</h3><p>Rob Roe, Ann Poe</p><p>ICML 2021</p>
<p><a href="https://doi.org/10.1000/b">PDF</a></p></div></body></html>"""
REFERENCES = """\
<!DOCTYPE html><html><body><div class="csl-bib-body">
<div class="csl-entry">Doe, J., Roe, R., &amp; Poe, A. (2020). A study of many things. <i>Things</i>, 4\u20135.
<a href="https://doi.org/10.1000/a">https://doi.org/10.1000/a</a></div>
<div class="csl-entry">Roe, R., &amp; Poe, A. (2021). <i>Another study of things</i>.
<a href="https://arxiv.org/abs/2301.00001">arXiv</a></div></div></body></html>"""
ROWS = """\
<!DOCTYPE html><html><body><table>
<tr><td>[<a name="a">1</a>]</td><td>Jane Doe, Rob Roe, and Ann Poe. A study of many things. In <em>Things</em>, 2020.
[<a href="https://doi.org/10.1000/a">DOI</a>]</td></tr>
<tr><td>[<a name="b">2</a>]</td><td>Rob Roe, Jane Doe and Ann Poe. Another study of things. In <em>Things</em>, 2021.
[<a href="https://doi.org/10.1000/b">DOI</a>]</td></tr>
<tr><td>[<a name="c">3</a>]</td><td>Ann Poe, Rob Roe and Jane Doe. A third study of things. In <em>Things</em>, 2022.
[<a href="https://doi.org/10.1000/c">DOI</a>]</td></tr></table></body></html>"""
DOI, FIRST, SECOND = "https://doi.org/10.1000/", "A study of many things", "Another study of things"
ARXIV = "https://arxiv.org/abs/2301.00001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAMED, [
            (7, ARXIV, FIRST, "Jane Doe, and Rob Roe", "Jul 2021"),
            (7, "https://github.com/jdoe/net", FIRST, "Jane Doe, and Rob Roe", "Jul 2021"),
            (11, f"{DOI}b", "Another study", "Ann Poe", None),
        ]),
        (HIGHLIGHTED, [
            (4, f"{DOI}a", FIRST, "Jane Doe, Rob Roe", "May 2020"),
            (7, f"{DOI}b", "Another study", "Rob Roe, Jane Doe", None),
        ]),
        (MICRODATA, [(2, f"{DOI}a", FIRST, "Jane Doe, Rob Roe", "2020")]),
        (BLOCKS, [
            (4, f"{DOI}a", FIRST, "Jane Doe, Rob Roe", "2020"),
            (6, ARXIV, SECOND, "Rob Roe, Ann Poe", "2021"),
        ]),
        (HEADED, [
            (3, f"{DOI}a", FIRST, "Jane Doe, Rob Roe", "2020"),
            (5, f"{DOI}b", SECOND, "Rob Roe, Ann Poe", "2021"),
        ]),
        (REFERENCES, [
            (3, f"{DOI}a", FIRST, "Doe, J., Roe, R., & Poe, A.", "2020"),
            (5, ARXIV, SECOND, "Roe, R., & Poe, A.", "2021"),
        ]),
        (ROWS, [
            (3, f"{DOI}a", FIRST, "Jane Doe, Rob Roe, and Ann Poe", "2020"),
            (5, f"{DOI}b", SECOND, "Rob Roe, Jane Doe and Ann Poe", "2021"),
            (7, f"{DOI}c", "A third study of things", "Ann Poe, Rob Roe and Jane Doe", "2022"),
        ]),
    ],
)  # fmt: skip
def test_entries_of_pages(text: str, expected: list[Facts]) -> None:
    mentions = read(text.encode(), "list.html").mentions
    works = [m for m in mentions if m.entry is not None and m.target.kind == "identifier"]
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in works] == expected


def test_entries_of_pages_have_the_headings_above_them() -> None:
    mentions = read(NAMED.encode(), "list.html").mentions
    assert [m.section for m in mentions if m.entry is not None] == [("2021",)] * 2 + [("2020",)]


def test_a_link_in_a_paragraph_of_prose_is_none() -> None:
    mentions = read(BLOCKS.encode(), "list.html").mentions
    assert [m.url for m in mentions if m.entry is None] == [f"{DOI}aside"]


def test_a_line_break_parts_what_an_item_says() -> None:
    text = (
        f"<html><ul><li><br><a href='{DOI}a'>A study of things</a><br>\n<br>Jane Doe, Rob Roe<br>"
        f"ICML 2020<br></li><li><a href='{DOI}b'>Another study of things</a><br>Ann Poe, Rob Roe<br>ICML 2021</li></ul></html>"
    )
    mentions = read(text.encode(), "list.html").mentions
    assert [(m.title, m.authors, m.date) for m in mentions] == [
        ("A study of things", "Jane Doe, Rob Roe", "2020"),
        ("Another study of things", "Ann Poe, Rob Roe", "2021"),
    ]


def test_an_address_behind_a_redirection_is_what_it_leads_to() -> None:
    url = "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F2301.00001&amp;sa=D"
    [mention] = read(
        f'<html><ul><li><a href="{url}">A study</a></li></ul></html>'.encode(), "a"
    ).mentions
    assert str(mention.identifier) == "arxiv:2301.00001"


def test_blocks_of_one_form_are_works_wherever_they_link_to() -> None:
    hosts = [f"{DOI}{number}" for number in range(4)] + ["https://x.org/p.pdf", "https://y.org/q"]
    kinds = ["Journal", "Conference", "ICML 2011", "Talk", "Journal", "Journal"]
    blocks = "".join(
        f'<div class="par"><p><span class="pub_label">{kind}</span> Jane Doe and Rob Q. Roe.'
        f' <a href="{url}">A study of ice, part {number}</a>. <em>Snow</em>. {2010 + number}.</p></div>\n'
        for number, (kind, url) in enumerate(zip(kinds, hosts, strict=True))
    )
    text = f'<html><div class="par"><p>See <a href="https://x.org">all the other pages</a> here.</p></div>{blocks}</html>'
    mentions = [it for it in read(text.encode(), "list.html").mentions if it.entry is not None]
    assert [(it.title, it.authors, it.date) for it in mentions] == [
        (f"A study of ice, part {number}", "Jane Doe and Rob Q. Roe", str(2010 + number))
        for number in range(6)
    ]


def test_an_abstract_in_the_cell_of_a_reference_is_no_title() -> None:
    works = [
        ("Jane Doe and Rob Roe", "Slow ice on cold lakes", "10.1000/a"),
        ("Carl Poe and Dan Moe", "Snow fields in the mountains", "10.1000/b"),
        ("Ann Lee and Bo Kim", "A river of sand", "10.1000/c"),
    ]
    row = """<tr><td>[<a name="k{0}">{0}</a>]</td><td>{1}.\n {2}.\n <em>A Journal</em>, 2017.
      [&nbsp;<a href="all.html#k">bib</a>&nbsp;| <a href="https://doi.org/{3}">DOI</a>&nbsp;]
      <blockquote>We study what nobody has studied, and find a lot.</blockquote></td></tr>"""
    rows = "".join(row.format(number, *work) for number, work in enumerate(works))
    page = f"<html><body><h1>Papers</h1><table>{rows}</table></body></html>"
    mentions = read(page.encode(), "papers.html").mentions
    papers = {m.url: (m.title, m.authors) for m in mentions if "doi.org" in m.url}
    assert papers == {f"https://doi.org/{doi}": (title, names) for names, title, doi in works}
