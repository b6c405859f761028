"""Other markup than Markdown: reStructuredText, org, AsciiDoc, HTML and notebooks."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from harvest.models import Reading
from harvest.readers import read
from harvest.readers.walk import read_lists
from tests.support.growth import ends

RST = """\
A list
======

.. image:: https://x.org/badge.svg
   :target: https://x.org/badge

Papers
------

* `A study of things <https://doi.org/10.1000/a>`_, Jane Doe and
  Rob Roe, 2020. `[Code] <https://github.com/jdoe/net>`_
* Another study of
  many things. [`PDF
  <https://arxiv.org/abs/2301.00001>`__]

.. code:: python

   "https://x.org/code"

.. https://x.org/comment

=====================  ====  ======
Title                  Year  Links
=====================  ====  ======
A third study of all   2021  `[PDF] <https://arxiv.org/abs/2301.00002>`_
A fourth study,        2022  Named_
in two lines
=====================  ====  ======

.. _Named: https://arxiv.org/abs/2301.00003
"""
ORG = """\
#+TITLE: A list
* Papers                                                     :tag:
:PROPERTIES:
:ID: https://x.org/drawer
:END:
- [[https://doi.org/10.1000/a][A study of things]], Jane Doe and
  Rob Roe, 2020. [[https://github.com/jdoe/net][Code]]
** [[https://arxiv.org/abs/2301.00001][Another study of many things]]
# https://x.org/comment
#+BEGIN_SRC python
https://x.org/code
#+END_SRC
| Title                | Year | Links                                       |
|----------------------+------+---------------------------------------------|
| A third study of all | 2021 | [[https://arxiv.org/abs/2301.00002][Paper]] |
"""
ASCIIDOC = """\
= A list
:arxiv: https://arxiv.org/abs

== Papers

* https://doi.org/10.1000/a[A study of things], Jane Doe and
Rob Roe, 2020. link:https://github.com/jdoe/net[Code]
* *Another study of many things* {arxiv}/2301.00001[Paper]
// https://x.org/comment

----
https://x.org/code
----

[cols="2,1,1",options="header"]
|===
|Title |Year |Links

|A third study of all
|2021
|https://arxiv.org/abs/2301.00002[Paper]
|===
"""
HTML = """\
<!DOCTYPE html>
<html><head><title>https://x.org/title</title></head>
<body>
<h1>A list</h1>
<h2>Papers</h2>
<ul>
  <li><a href="https://doi.org/10.1000/a">A study of things</a>, Jane Doe and
    Rob Roe, 2020.
    <a href="https://github.com/jdoe/net">Code</a></li>
  <li><b>Another study of many things</b>

  <a href="https://arxiv.org/abs/2301.00001">Paper</a></li>
</ul>
<script>"https://x.org/code"</script><!-- https://x.org/comment -->
<table>
<tr><th>Title</th><th>Year</th><th>Links</th></tr>

<tr><td>A third study of all</td><td>2021</td>
<td><a href="https://arxiv.org/abs/2301.00002">Paper</a></td></tr>
</table>
</body></html>
"""
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# A list\n", "## Papers\n"]},
            {"cell_type": "code", "source": ["'https://x.org/code'\n"], "outputs": []},
            {
                "cell_type": "markdown",
                "source": [
                    "- [A study of things](https://doi.org/10.1000/a), Jane Doe and\n",
                    "  Rob Roe, 2020. [Code](https://github.com/jdoe/net)\n",
                    "- **Another study of many things** [Paper](https://arxiv.org/abs/2301.00001)\n",
                    "\n",
                    "| Title | Year | Links |\n",
                    "|-|-|-|\n",
                    "| A third study of all | 2021 | [Paper](https://arxiv.org/abs/2301.00002) |",
                ],
            },
        ],
        "nbformat": 4,
    },
    indent=1,
)
TEXTS = {"rst": RST, "org": ORG, "adoc": ASCIIDOC, "html": HTML, "ipynb": NOTEBOOK}
ADDRESSES = [
    "https://doi.org/10.1000/a", "https://github.com/jdoe/net", "https://arxiv.org/abs/2301.00001",
    "https://arxiv.org/abs/2301.00002",
]  # fmt: skip


def entries(reading: Reading) -> list[tuple[str, str, str | None]]:
    return [(m.url, m.role, m.title) for m in reading.mentions if m.entry is not None]


@pytest.mark.parametrize("suffix", TEXTS)
def test_entries_of_other_markup(suffix: str) -> None:
    reading = read(TEXTS[suffix].encode(), f"list.{suffix}")
    rows = entries(reading)
    study = "A study of things"
    assert rows[:4] == [
        (ADDRESSES[0], "paper", study), (ADDRESSES[1], "code", study),
        (ADDRESSES[2], "paper", rows[2][2]), (ADDRESSES[3], "paper", "A third study of all"),
    ]  # fmt: skip
    assert "Another study" in (rows[2][2] or "")
    first, third = (
        reading.mentions[-len(rows)],
        [m for m in reading.mentions if m.url == ADDRESSES[3]],
    )
    assert third[0].date == "2021"
    assert first.section == ("Papers",)
    assert not any("/code" in m.url or "/comment" in m.url for m in reading.mentions)
    assert not reading.findings


def test_a_title_may_be_underlined_in_org() -> None:
    text = (
        "* Papers\n- Jane Doe, John Roe.\n  _A study of things_. ITP 2025. "
        "[[https://x.org/a_b_c.pdf][pdf]]\n"
    )
    [study] = read(text.encode(), "list.org").mentions
    assert study.url == "https://x.org/a_b_c.pdf"
    assert (study.title, study.authors, study.date) == (
        "A study of things",
        "Jane Doe, John Roe",
        "2025",
    )


@pytest.mark.parametrize("suffix", TEXTS)
def test_a_url_of_other_markup_stands_on_its_line(suffix: str) -> None:
    lines = TEXTS[suffix].split("\n")
    for mention in read(TEXTS[suffix].encode(), f"list.{suffix}").mentions:
        written = mention.url.replace("https://arxiv.org/abs/2301.00001", "2301.00001")
        if not mention.url.endswith("2301.00003"):  # it stands where its name is used
            assert written in lines[mention.line - 1]


@pytest.mark.parametrize("suffix", TEXTS)
def test_other_markup_is_recognized_by_its_text(suffix: str) -> None:
    expected = entries(read(TEXTS[suffix].encode(), f"list.{suffix}"))
    for name in ("list", "list.txt"):
        assert entries(read(TEXTS[suffix].encode(), name)) == expected
    assert entries(read_lists(["-"], stdin=BytesIO(TEXTS[suffix].encode()))) == expected


HOSTILE = {
    "rst": ["`" * 20_000, "* " * 5_000, ".. include:: /etc/passwd\n", ".. raw:: html\n   :file: /etc/passwd\n", "=" * 200_000],
    "org": ["[[" * 50_000, "*" * 100_000, "|" * 50_000, "/a" * 50_000, "=" * 50_000],
    "adoc": ["|===\n" + "|" * 50_000, "[" * 50_000, "*a" * 50_000, "{a}" * 50_000, "https://x.org[" * 5_000],
    "html": ["<" * 50_000, "<ul><li>" * 5_000, "<table>" * 5_000, "<a href=x>" * 5_000, "<b>" * 50_000],
    "ipynb": ['{"cells": 3, "nbformat": 4}', '{"cells": [3, {"cell_type": "markdown"}], "nbformat": 4}', "{"],
}  # fmt: skip


@pytest.mark.parametrize(("suffix", "text"), [(s, t) for s, ts in HOSTILE.items() for t in ts])
def test_hostile_markup_is_read_in_time(suffix: str, text: str) -> None:
    with ends():
        reading = read(text.encode(), f"list.{suffix}")
    assert not any("root:" in mention.label for mention in reading.mentions)


def test_a_long_block_of_rst_keeps_directives_with_their_options() -> None:
    images = "".join(
        f".. image:: badge{number}.svg\n   :alt: A title\n   :target: https://doi.org/10.1000/{number}\n"
        for number in range(200)
    )
    urls = {mention.url for mention in read(images.encode(), "a.rst").mentions}
    assert {f"https://doi.org/10.1000/{number}" for number in range(200)} <= urls


def test_long_blocks_of_rst_keep_their_lines() -> None:
    items = "".join(
        f"* `Title {number} of a work <https://doi.org/10.1000/{number}>`__\n"
        for number in range(200)
    )
    reading = read(f"Head\n====\n\n{items}".encode(), "a.rst")
    assert [m.line for m in reading.mentions] == [*range(4, 204)]
    assert len({m.entry for m in reading.mentions}) == 200


def test_a_line_that_nobody_wrote_is_left_out_of_rst_with_a_finding() -> None:
    text = f"* {'``a` ' * 4000}\n\n* `A title <https://arxiv.org/abs/2301.00001>`_\n"
    reading = read(text.encode(), "a.rst")
    assert [(m.line, m.label) for m in reading.mentions] == [(3, "A title")]
    assert [(f.line, f.code) for f in reading.findings] == [(1, "malformed-rst")]


def test_what_is_indented_below_a_link_of_rst_is_of_its_entry() -> None:
    text = "".join(
        f"`A title of it number {number}\n<https://arxiv.org/abs/2101.0000{number}>`_\n"
        f"    | :authors:`Ann Roe, Bob Low`\n    | :venue:`ICML 201{number}`\n\n"
        for number in range(1, 6)
    )
    text = ".. role:: authors(emphasis)\n.. role:: venue(strong)\n\n" + text
    mentions = read(text.encode(), "a.rst").mentions
    assert [(m.title, m.authors, m.date) for m in mentions] == [
        (f"A title of it number {number}", "Ann Roe, Bob Low", f"201{number}")
        for number in range(1, 6)
    ]
    assert {m.role for m in mentions} == {"paper"}


def test_a_heading_of_org_with_a_drawer_is_a_work() -> None:
    text = """\
#+TITLE: A list
#+TODO: READING | FINISHED
* Generative models
:PROPERTIES:
:ID: 8c1f
:END:
** READING [#A] A study_of things                                :a:b:
CLOSED: [2021-02-02]
:PROPERTIES:
:CUSTOM_ID: doe2020
:AUTHOR: Doe, Jane and Roe, Rob
:YEAR: 2020
:DOI: 10.1000/a
:END:
[[https://github.com/jdoe/net][code]] [[https://arxiv.org/abs/2301.00001][arXiv]]
It goes on where [[https://doi.org/10.1000/aside][a first study]] of all these things had ended.
** FINISHED [[https://doi.org/10.1000/b][Another study of things]]
:PROPERTIES:
:Authors: Rob Roe
:Year: 2021
:END:
** TODO A third study of things
:PROPERTIES:
:AUTHOR: Jane Doe
:END:
* Talks
:PROPERTIES:
:URL: https://x.org/talks
:END:
** A talk
:PROPERTIES:
:YEAR: 2021
:END:
- [[https://doi.org/10.1000/c][A study that an item names]]
"""
    mentions = read(text.encode(), "list").mentions
    assert [
        (m.line, m.url, m.role, m.title, m.authors, m.date) for m in mentions if m.entry is not None
    ] == [
        (13, "10.1000/a", "paper", "A study_of things", "Doe, Jane and Roe, Rob", "2020"),
        (15, "https://github.com/jdoe/net", "code", "A study_of things", "Doe, Jane and Roe, Rob", "2020"),
        (15, "https://arxiv.org/abs/2301.00001", "paper", "A study_of things", "Doe, Jane and Roe, Rob", "2020"),
        (17, "https://doi.org/10.1000/b", "paper", "Another study of things", "Rob Roe", "2021"),
        (22, "", "paper", "A third study of things", "Jane Doe", None),
        (34, "https://doi.org/10.1000/c", "paper", "A study that an item names", None, None),
    ]  # fmt: skip
    assert [m.url for m in mentions if m.entry is None] == ["https://doi.org/10.1000/aside"]
    assert {m.section for m in mentions[:5]} == {("Generative models",)}


def test_citations_fields_and_definitions_of_rst_are_works() -> None:
    text = """\
Things
======

.. [Doe2020] Doe J, Roe A, Poe P (2020) A study of many things. Things 33:6840-6851.
   https://doi.org/10.1000/a

A note [#n]_ and a reference [1]_.

.. [#n] It is not a reference, see https://doi.org/10.1000/aside for all of it.
.. [1] Doe J, Roe A. Another study of things. Things. 2021;3:4-5. https://doi.org/10.1000/b

A third study of things
-----------------------

:Authors: Jane Doe, Ann Roe
:Year: 2022
:Paper: `PDF <https://doi.org/10.1000/c>`__
:Code: https://github.com/jdoe/net

A fourth study of things
   :Authors: Ann Roe
   :DOI: 10.1000/d

A fifth study of things
   Ann Roe, Paul Poe, 2023. `Paper <https://doi.org/10.1000/e>`__

Net
   A tool. See `its pages <https://x.org/net>`__.

.. csv-table::
   :header: Title, Authors, Link

   "A sixth study of things", "P. Poe, A. Roe", https://doi.org/10.1000/f
"""
    mentions = read(text.encode(), "list.rst").mentions
    works = [m for m in mentions if m.entry is not None]
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in works] == [
        (5, "https://doi.org/10.1000/a", "A study of many things", "Doe J, Roe A, Poe P", "2020"),
        (10, "https://doi.org/10.1000/b", "Another study of things", "Doe J, Roe A", "2021"),
        (17, "https://doi.org/10.1000/c", "A third study of things", "Jane Doe, Ann Roe", "2022"),
        (18, "https://github.com/jdoe/net", "A third study of things", "Jane Doe, Ann Roe", "2022"),
        (22, "10.1000/d", "A fourth study of things", "Ann Roe", None),
        (25, "https://doi.org/10.1000/e", "A fifth study of things", "Ann Roe, Paul Poe", "2023"),
        (33, "https://doi.org/10.1000/f", "A sixth study of things", "P. Poe, A. Roe", None),
    ]
    asides = [m.url for m in mentions if m.entry is None]
    assert asides == ["https://doi.org/10.1000/aside", "https://x.org/net"]


def test_an_anchor_in_a_bibliography_of_asciidoc_is_no_text() -> None:
    text = "= A list\n\n[bibliography]\n* [[[doe]]] Doe J, Roe A. A study of things. Things. 2021;3:4-5. doi:10.1000/a\n"
    [mention] = read(text.encode(), "list.adoc").mentions
    assert (mention.title, mention.authors) == ("A study of things", "Doe J, Roe A")


def test_lines_of_a_block_in_an_item_of_rst_are_of_its_entry() -> None:
    text = "\n\n".join(
        f"#. | **A study of snow {number}**\n   | Jane Doe, Rob Roe\n"
        f"   | `2001.0000{number} <https://arxiv.org/abs/2001.0000{number}>`_"
        for number in range(4)
    )
    mentions = read(text.encode(), "list.rst").mentions
    assert [(it.line, it.title, it.authors, it.entry) for it in mentions] == [
        (3 + 4 * number, f"A study of snow {number}", "Jane Doe, Rob Roe", number + 1)
        for number in range(4)
    ]


def test_links_of_one_name_in_rst_do_not_join_their_items() -> None:
    text = "\n".join(
        f"- Jane Doe, Rob Roe.\n  **A study of snow {number}**.\n  Ice 202{number}.\n"
        f"  `Preprint <https://x.org/{number}.pdf>`_."
        for number in range(3)
    )
    mentions = read(text.encode(), "list.rst").mentions
    assert [(it.title, it.date, it.entry) for it in mentions] == [
        (f"A study of snow {number}", f"202{number}", number + 1) for number in range(3)
    ]
