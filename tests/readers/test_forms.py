"""Forms of items that people write, each with the same works."""

from __future__ import annotations

import pytest

from harvest.readers import read

WORKS = [
    ("Melting of the northern ice", "Ann Roe, Bob Low", "2021"),
    ("A song of the cold rivers", "Eva Tall, Ann Roe, Jo Park", "2020"),
    ("Rivers under the deep snow", "Bob Low, Max Stone", "2019"),
    ("How the glaciers move south", "Jo Park, Eva Tall", "2022"),
    ("Learning to count the seals", "Max Stone, Bob Low", "2018"),
]
FORMS = {
    "icon first": "- [\U0001f4c4]({url}) **{title}**",
    "name of an icon first": "- [:link:]({url}): *{title}*",
    "icon, title, names": "- [\U0001f4c4]({url}); _{title}_\\\n  {names}  \n  {year}",
    "date above": "- ({year})\\\n  _{title}_ [link]({url})",
    "names above": "- {names} <br> *{title}* <br> [[Paper]({url})]",
    "names, venue, title": "- {names}  \n  **ICML {year}**  \n  {title}  \n  ([pdf]({url}))",
    "date, title, names": "- {year} <br> {title} <br> {names} <br> [link]({url})",
    "others and a title": "- {first} et al. {title}. ({year}). [arXiv]({url})",
    "by below": "- [{title}]({url})\n  * by {names}\n  * *{year}*",
    "address above": "- <{url}>\n  _{title}_\n  {names}\n  **ICLR {year}**",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_titles_of_forms(form: str) -> None:
    lines = []
    for number, (title, names, year) in enumerate(WORKS, 1):
        url = f"https://arxiv.org/abs/{year[2:]}03.0000{number}"
        first = names.split(",")[0].split()[1]
        lines.append(form.format(title=title, names=names, first=first, year=year, url=url))
    mentions = read("\n".join(["# Papers", "", *lines, ""]).encode(), "list.md").mentions
    assert [mention.title for mention in mentions] == [title for title, _, _ in WORKS]
    if "{names}" in form:
        assert [mention.authors for mention in mentions] == [names for _, names, _ in WORKS]
    if "{first}" in form:
        assert mentions[0].authors == "Roe et al."
    if "{year}" in form:
        assert all(year in (it.date or "") for it, (*_, year) in zip(mentions, WORKS, strict=True))


PARAGRAPHS = {
    "venue first": "ICML {year}, [{title}]({url}), {names}",
    "bold venue": "**ACL {year}** [**{title}**]({url}). {names}",
    "link first": "[PDF]({url}): **{title}**: {names}: `Nature {year}`",
    "link last": "`ICLR {year}` - _{title}_ - [paper]({url})",
    "quotation": '{names}; "{title}"; KDD {year}; [link]({url})',
    "lines": "{title} <br> [[Paper]({url})] <br> *MICCAI {year}*",
    "icon": "**{title}**; {names}; {year}; [\U0001f4c4]({url})",
}


@pytest.mark.parametrize("form", PARAGRAPHS.values(), ids=PARAGRAPHS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_paragraphs_like_items(form: str, mark: str) -> None:
    blocks = []
    for number, (title, names, year) in enumerate(WORKS, 1):
        url = f"https://arxiv.org/abs/{year[2:]}03.0000{number}"
        blocks.append(mark + form.format(title=title, names=names, year=year, url=url))
    mentions = read("\n\n".join(["# Papers", *blocks, ""]).encode(), "list.md").mentions
    assert [mention.role for mention in mentions] == ["paper"] * len(WORKS)
    assert [mention.title for mention in mentions] == [title for title, _, _ in WORKS]


def test_a_field_belongs_to_the_paragraph_above_it() -> None:
    rows = [f"[{it[0]}](https://arxiv.org/abs/2301.0000{at})" for at, it in enumerate(WORKS)]
    rows[1:1] = ["**A title in bold of it** [[Paper]](https://arxiv.org/abs/2301.00009)"]
    rows[2:2] = ["**Authors:** Jane Doe, John Roe"]
    mentions = read("\n\n".join(["# Papers", *rows, ""]).encode(), "list.md").mentions
    assert [it.title for it in mentions if it.authors] == ["A title in bold of it"]


def test_headings_alone_that_link_their_works() -> None:
    lines = [
        f"### [{title}](https://arxiv.org/abs/{year[2:]}03.0000{number})\n"
        for number, (title, _, year) in enumerate(WORKS, 1)
    ]
    mentions = read("\n".join(["# Papers\n", *lines]).encode(), "list.md").mentions
    assert [mention.role for mention in mentions] == ["paper"] * len(WORKS)
    assert [mention.title for mention in mentions] == [title for title, _, _ in WORKS]


PROSE = [
    "It builds on our [paper](https://arxiv.org/abs/2301.0000{number}) and more.",
    "As [shown](https://arxiv.org/abs/2301.0000{number}) by them, ice melts when it is warm.",
    "**Figure {number}.** The ice melts, after [this source](https://arxiv.org/abs/2301.0000{number}).",
]


@pytest.mark.parametrize("form", PROSE)
def test_sentences_are_no_works(form: str) -> None:
    text = "\n\n".join(form.format(number=number) for number in range(1, 7))
    assert {mention.role for mention in read(text.encode(), "list.md").mentions} == {"other"}


TABLES = {
    "names below a linked title": ("Paper | Year", "[{title}]({url})<br>{names} | {year}"),
    "by": ("Title | By | Year", "{title} | {names} | [{year}]({url})"),
    "work": ("Work | Author | Conference | URL", "**{title}** | {names} | ICML'{yy} | [x]({url})"),
    "short year": ("Title | Authors | Venue & Year | PDF", "{title} | {names} | KDD'{yy} | {url}"),
    "month": (
        "Title | Author | Publication | Links",
        "{title} | {names} | {year}-03 | [a]({url})",
    ),
}


@pytest.mark.parametrize(("head", "row"), TABLES.values(), ids=TABLES)
def test_tables(head: str, row: str) -> None:
    lines = [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]
    for number, (title, names, year) in enumerate(WORKS, 1):
        url = f"https://arxiv.org/abs/{year[2:]}03.0000{number}"
        cells = row.format(title=title, names=names, year=year, yy=year[2:], url=url)
        lines.append(f"| {cells} |")
    mentions = read("\n".join([*lines, ""]).encode(), "list.md").mentions
    rows = [(it.title, it.authors, (it.date or "")[:4]) for it in mentions]
    assert rows == WORKS
