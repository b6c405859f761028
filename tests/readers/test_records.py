"""JSON and YAML of any shape: what is a record, what is part of one, and where its values stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harvest.models import Mention
from harvest.readers import read
from tests.support.growth import ends

WORKS = """\
# settings of the page
title: A list of papers
papers:
  - title: "A first: study"
    authors: [Jane Doe (1), Rob Roe (1, 2)]
    year: 2020
    links:
      Paper: https://arxiv.org/abs/2301.00001
      Code: {url: https://github.com/jdoe/net}
    abstract: See also doi:10.1000/other
    references:
      - {title: Cited, doi: 10.1000/cited}
  - title: A second study
    pmid: 12345
    additional_links:
      - name: ArXiV
        url: https://arxiv.org/abs/2301.00002
    github: jdoe/second
    related:
      - title: A third study
        author: Poe
        link: https://doi.org/10.1000/third
tags: [{name: one, url: https://x.org/tag}]
"""


def facts(text: str, name: str) -> list[tuple[int, int | None, str, str, str, str | None]]:
    mentions = read(text.encode(), name).mentions
    return [(m.line, m.entry, m.label, m.url, m.role, m.title) for m in mentions]


def test_people_and_dates_in_parts() -> None:
    text = """
    - title: A first study
      authors: [[Jane, Doe], [Blaise A., de la Roe]]
      published: {doi: 10.1000/first, journal: A journal, year: 2026}
    - title: A second study
      authors: [[Jane Doe, Rob Roe], [Cy Poe]]
      published: {year: 2019, month: 4}
      doi: 10.1000/second
    """
    mentions = read(text.encode(), "papers.yaml").mentions
    assert [(m.url, m.authors, m.date) for m in mentions] == [
        ("10.1000/first", "Jane Doe, Blaise A. de la Roe", "2026"),
        ("10.1000/second", "Jane Doe, Rob Roe, Cy Poe", "2019-04"),
    ]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("""['Doe, Jane', "Pat O'Neil"]""", "Doe, Jane; Pat O'Neil"),
        ('["Jane Doe","Rob Roe"]', "Jane Doe; Rob Roe"),
        ("[{'id': '1', 'name': 'Jane Doe'}, {'id': '2', 'name': 'Rob Roe'}]", "Jane Doe; Rob Roe"),
        ("Jane Doe, Rob Roe", "Jane Doe, Rob Roe"),
        ("[1] Jane Doe", "[1] Jane Doe"),
    ],
)
def test_names_that_a_program_printed(cell: str, names: str) -> None:
    quoted = cell.replace('"', '""')
    [mention] = read(
        f'title,authors,doi\nA study,"{quoted}",10.1000/a\n'.encode(), "a.csv"
    ).mentions
    assert mention.authors == names


def test_named_links_are_no_people() -> None:
    models = [{"name": name, "link": f"https://x.org/{name}"} for name in ("Net-Small", "Net-Base")]
    records = [
        {"title": "A first study of nets", "doi": "10.1000/a", "weights": models},
        {"title": "A second study of nets", "doi": "10.1000/b", "weights": models},
    ]
    mentions = read(json.dumps(records).encode(), "a.json").mentions
    assert {mention.authors for mention in mentions} == {None}


def test_records_of_yaml() -> None:
    first, second = "A first: study", "A second study"
    assert facts(WORKS, "papers.yaml") == [
        (8, 1, "Paper", "https://arxiv.org/abs/2301.00001", "paper", first),
        (9, 1, "Code", "https://github.com/jdoe/net", "code", first),
        (10, None, "abstract", "doi:10.1000/other", "other", None),
        (14, 2, "pmid", "pmid:12345", "paper", second),
        (17, 2, "ArXiV", "https://arxiv.org/abs/2301.00002", "paper", second),
        (18, 2, "github", "https://github.com/jdoe/second", "code", second),
        (22, 3, "link", "https://doi.org/10.1000/third", "paper", "A third study"),
    ]  # fmt: skip
    mention = read(WORKS.encode(), "papers.yaml").mentions[0]
    assert (mention.authors, mention.date) == ("Jane Doe, Rob Roe", "2020")


def test_a_csl_bibliography_in_yaml() -> None:
    text = (
        "---\nreferences:\n- id: doe2020\n  DOI: 10.1000/a\n  title: On things\n"
        "  container-title: A Journal\n  author:\n  - family: Doe\n    given: Jane\n"
        "  issued:\n  - year: 2020\n    month: 5\n...\n"
    )
    [mention] = read(text.encode(), "a.yaml").mentions
    assert (mention.line, mention.title, mention.authors, mention.date) == (
        4, "On things", "Jane Doe", "2020-05",
    )  # fmt: skip


def test_projects_by_their_repository() -> None:
    text = (
        "categories:\n  - category: nets\n    title: Networks and all\n"
        "projects:\n  - name: Net\n    github_id: jdoe/net\n    labels: [nets, tools]\n"
        "  - name: Paper only\n    arxiv_id: '2301.00001'\n"
    )
    reading = read(text.encode(), "projects.yaml")
    assert facts(text, "projects.yaml") == [
        (6, 1, "github_id", "https://github.com/jdoe/net", "code", "Net"),
        (9, 2, "arxiv_id", "2301.00001", "paper", "Paper only"),
    ]
    assert not reading.findings


def test_objects_by_topic_and_identifier() -> None:
    rows = {
        f"2301.0000{number}": f"|**2023-01-0{number}**|**A study of things {number}**"
        f"|Jane Doe et.al.|[2301.0000{number}](http://arxiv.org/abs/2301.0000{number})"
        f"|**[link](https://github.com/jdoe/{number})**|\n"
        for number in range(1, 4)
    }
    text = json.dumps({"Topic": rows, "Other topic": {"2301.00009": {"title": "T"}}}, indent=1)
    mentions = read(text.encode(), "daily.json").mentions
    assert [(m.line, m.url, m.role) for m in mentions] == [
        (3, "http://arxiv.org/abs/2301.00001", "paper"), (3, "https://github.com/jdoe/1", "code"),
        (4, "http://arxiv.org/abs/2301.00002", "paper"), (4, "https://github.com/jdoe/2", "code"),
        (5, "http://arxiv.org/abs/2301.00003", "paper"), (5, "https://github.com/jdoe/3", "code"),
        (8, "2301.00009", "paper"),
    ]  # fmt: skip
    first, last = mentions[0], mentions[-1]
    assert (first.title, first.authors, first.date, first.section) == (
        "A study of things 1", "Jane Doe et.al.", "2023-01-01", ("Topic",),
    )  # fmt: skip
    assert (last.title, last.section) == ("T", ("Other topic",))


@pytest.mark.parametrize(
    ("content", "titles"),
    [
        ({"A study of things": "https://arxiv.org/abs/2301.00001"}, ["A study of things"]),
        ({"A study of things": {"Paper": "https://arxiv.org/abs/2301.00001"}}, ["A study of things"]),
        ([{"topic": "Nets", "works": [{"title": "A", "doi": "10.1000/a"}]}], ["A"]),
        ([{"paper": {"title": "A", "url": "https://doi.org/10.1000/a"}, "code": {"url": "https://github.com/a/b"}}], ["A", "A"]),
        ({"paperTitle": "A", "paperUrl": "https://doi.org/10.1000/a"}, ["A"]),
        ([{"journal": {"title": "J"}, "title": "A", "doi": "10.1000/a"}], ["A"]),
        ([{"title": "[A](https://doi.org/10.1000/a)"}], ["A"]),
    ],
)  # fmt: skip
def test_shapes_of_records(content: Any, titles: list[str]) -> None:
    for text, name in ((json.dumps(content), "a.json"), (yaml.safe_dump(content), "a.yaml")):
        assert [m.title for m in read(text.encode(), name).mentions] == titles


@pytest.mark.parametrize(
    ("note", "is_own"),
    [("arXiv:2301.00001", True), ("Available at arXiv:2301.00001.", True), ("Extends arXiv:2301.00001", False)],
)  # fmt: skip
def test_a_note_is_of_the_record_if_it_says_nothing_else(note: str, *, is_own: bool) -> None:
    text = f"@misc{{a, title = {{A study}}, note = {{{note}}}}}"
    roles = [(m.role, m.entry) for m in read(text.encode(), "a.bib").mentions if m.url]
    assert roles == ([("paper", 1)] if is_own else [("other", None)])


def test_the_date_of_a_work_is_not_that_of_its_record() -> None:
    record = {"Date Added To Xplore": "9 Oct 2006", "Publication Year": "1991", "DOI": "10.1000/a"}
    for names in (list(record), list(record)[::-1]):
        text = json.dumps([{name: record[name] for name in names}])
        assert [m.date for m in read(text.encode(), "a.json").mentions] == ["1991"]


# -- hostile input -------------------------------------------------------------------------------

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BOMB, 5), ("a: &a [*a]\n", 1), ("- title: A\n  doi: 10.1000/a\n- title: a: b\n", 3),
        ("a: *nowhere\n", 1), ("a: \x01\n", 1), ("{" * 50_000, 1), ("- " * 50_000, None),
    ],
    ids=["bomb", "circle", "colon", "no anchor", "control", "braces", "dashes"],
)  # fmt: skip
def test_hostile_yaml_is_a_finding(text: str, line: int | None) -> None:
    with ends():
        findings = read(text.encode(), "a.yaml").findings
    assert {f.code for f in findings} <= {"malformed-yaml", "no-records", "no-identifier"}
    assert line is None or ("malformed-yaml", line) in {(f.code, f.line) for f in findings}


def test_what_stands_before_an_error_of_yaml_is_read() -> None:
    text = "- title: A\n  doi: 10.1000/a\n- title: a: b\n"
    assert [m.url for m in read(text.encode(), "a.yaml").mentions] == ["10.1000/a"]


def test_tags_of_yaml_make_nothing() -> None:
    text = "- !!python/object/apply:os.system ['true']\n- doi: !x 10.1000/a\n"
    assert [m.url for m in read(text.encode(), "a.yaml").mentions] == ["10.1000/a"]


# -- properties ----------------------------------------------------------------------------------

words = st.text("abcXYZéß文字", min_size=1, max_size=8)
titles = st.lists(words, min_size=3, max_size=6).map(" ".join)
works = st.lists(
    st.fixed_dictionaries({
        "title": titles,
        "doi": st.integers(1, 999).map(lambda number: f"10.1000/{number}"),
        "year": st.integers(1950, 2026).map(str),
    }),
    min_size=1, max_size=5,
)  # fmt: skip


def said(mention: Mention) -> tuple[str | None, str, str | None]:
    return mention.title, mention.url, mention.date


@given(works)
def test_what_is_written_as_yaml_or_json_is_read_again(content: list[dict[str, str]]) -> None:
    expected = [(work["title"], work["doi"], work["year"]) for work in content]
    for text, name in (
        (yaml.safe_dump(content, allow_unicode=True), "a.yaml"),
        (json.dumps(content), "a.json"),
    ):
        mentions = read(text.encode(), name).mentions
        assert [said(m) for m in mentions] == expected
        lines = text.split("\n")
        assert all(m.url in lines[m.line - 1] for m in mentions)


@given(works, st.permutations(["title", "doi", "year"]))
def test_the_order_of_fields_does_not_matter(
    content: list[dict[str, str]], order: list[str]
) -> None:
    ordered = [{name: work[name] for name in order} for work in content]
    expected = read(json.dumps(content).encode(), "a.json").mentions
    mentions = read(json.dumps(ordered).encode(), "a.json").mentions
    assert [said(m) for m in mentions] == [said(m) for m in expected]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris",
         ("TY  - JOUR\nTI  - A study\nDO  - 10.1000/own\nN1  - Cites doi:10.1000/other\n"
         "AB  - We extend doi:10.1000/third here.\nER  - \n")),
        ("a.bib",
         ("@misc{a, title={A study}, doi={10.1000/own}, note={Comment on doi:10.1000/other},"
         " abstract={We extend doi:10.1000/third here.}}")),
        ("a.csv",
         ("Title,DOI,Notes,Abstract\n"
         "A study,10.1000/own,On doi:10.1000/other,We extend doi:10.1000/third here.\n")),
    ],
)  # fmt: skip
def test_identifiers_in_notes_and_abstracts_name_no_work(name: str, text: str) -> None:
    mentions = read(text.encode(), name).mentions
    assert {(str(m.identifier), m.entry, m.role) for m in mentions} == {
        ("doi:10.1000/own", 1, "paper"),
        ("doi:10.1000/other", None, "other"),
        ("doi:10.1000/third", None, "other"),
    }


def test_an_address_gives_what_a_list_lacks() -> None:
    page = "https://openaccess.thecvf.com/content/CVPR2023/html/Roe_Seeing_Far_CVPR_2023_paper.html"
    own = f"- [Nets and roads]({page}) Ann Roe, Bob Low (2022)\n"
    mentions = read(f"- [[Paper]]({page})\n{own}".encode(), "a.md").mentions
    assert [(m.title, m.date) for m in mentions] == [
        ("Seeing Far", "2023"),
        ("Nets and roads", "2022"),
    ]


def test_a_title_ends_where_its_publication_begins() -> None:
    text = """\
- title: "Firn, 2019, and what it holds: a study, 2021, Letters of Ice, 4(13), pp 73-80, doi:10.1000/firn"
  authors: Roe, A. (*), Low, B. (*)
- title: "Ice on the first of May, 2020, in the far north"
  url: https://doi.org/10.1000/ice
"""
    firn, ice = read(text.encode(), "publist.yml").mentions
    assert (firn.title, firn.authors, firn.date) == (
        "Firn, 2019, and what it holds: a study", "Roe, A., Low, B.", "2021",
    )  # fmt: skip
    assert (ice.title, ice.date) == ("Ice on the first of May, 2020, in the far north", None)


def test_objects_of_many_names_are_read_in_time() -> None:
    links = ({f"{part}{number}": "x" for number in range(40_000)} for part in "ab")
    with ends():  # more than linear time would be minutes
        assert facts(json.dumps(list(links)), "papers.json") == []


def test_a_title_of_many_years_ends_in_time() -> None:
    title = "Ice, 2020, " * 20_000  # more than linear time would be minutes
    with ends():
        assert len(facts(json.dumps([{"title": title, "doi": "10.1234/abc"}]), "papers.json")) == 1


def test_what_fields_hold_is_learned_from_all_records() -> None:
    text = """\
papers:
  - name: A study of many things
    by: [Jane Doe, Rob Roe]
    when: 2020-06
    where: International Conference on Things
    links: {paper: "https://doi.org/10.1000/a", code: jdoe/net}
  - name: Another study of all things
    by: [Ann Poe]
    when: 2021
    where: Advances in Things
    links: {paper: "https://doi.org/10.1000/b"}
  - name: A third study, of nothing
    by: [Rob Roe]
groups:
  - name: Things of the first kind
    links:
      - {title: A study of the first things, url: "https://doi.org/10.1000/c"}
  - name: Things of the second kind
    links:
      - {title: A study of the second things, url: "https://doi.org/10.1000/d"}
"""
    first, second, third = (
        "A study of many things",
        "Another study of all things",
        "A third study, of nothing",
    )
    assert [(m.url, m.title, m.authors, m.date) for m in read(text.encode(), "a.yaml").mentions] == [
        ("https://doi.org/10.1000/a", first, "Jane Doe, Rob Roe", "2020-06"),
        ("https://github.com/jdoe/net", first, "Jane Doe, Rob Roe", "2020-06"),
        ("https://doi.org/10.1000/b", second, "Ann Poe", "2021"),
        ("", third, "Rob Roe", None),
        ("https://doi.org/10.1000/c", "A study of the first things", None, None),
        ("https://doi.org/10.1000/d", "A study of the second things", None, None),
    ]  # fmt: skip


def test_a_name_goes_before_a_text_that_looks_like_a_title() -> None:
    records = [
        {"name": "Net", "gist": "A tool to study many things", "url": "https://doi.org/10.1000/a"},
        {"name": "Work", "gist": "Another tool for other things", "url": "https://doi.org/10.1000/b"},
    ]  # fmt: skip
    mentions = read(json.dumps(records).encode(), "a.json").mentions
    assert [m.title for m in mentions] == ["Net", "Work"]


def test_marks_of_authors_are_no_emphasis() -> None:
    text = "- title: A *first* study\n  author: Ann Roe\\*, Bob Low\\*, Eve Sun\n  doi: 10.1000/a\n"
    (mention,) = read(text.encode(), "papers.yaml").mentions
    assert (mention.title, mention.authors) == ("A first study", "Ann Roe*, Bob Low*, Eve Sun")


def test_titles_of_bibtex_are_text() -> None:
    """Crossref writes HTML as LaTeX, and a tie is a blank."""
    text = (
        r"@article{a, title={The {CO}{\&}lt$\mathsemicolon$sub{\&}gt$\mathsemicolon$2{\&}lt"
        r"$\mathsemicolon$/sub{\&}gt$\mathsemicolon$ of ice}, doi={10.1000/a}}"
        "\n@article{b, title={A Lightning~Mapper}, doi={10.1000/b}}\n"
    )
    titles = [mention.title for mention in read(text.encode(), "a.bib").mentions]
    assert titles == ["The CO2 of ice", "A Lightning Mapper"]


def test_records_of_toml() -> None:
    text = """\
[[paper]]
title = "A study of things"
authors = ["Jane Doe", "Rob Roe"]
year = 2020
doi = "10.1000/a"

[[paper]]
title = "Another study"
url = "https://arxiv.org/abs/2301.00001"
"""
    mentions = read(text.encode(), "papers.toml").mentions
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in mentions] == [
        (5, "10.1000/a", "A study of things", "Jane Doe, Rob Roe", "2020"),
        (9, "https://arxiv.org/abs/2301.00001", "Another study", None, None),
    ]


def test_broken_toml_is_a_finding() -> None:
    reading = read(b'[[paper]]\ntitle = "A study"\ndoi = 10.1000/a\n', "papers.toml")
    assert [finding.code for finding in reading.findings] == ["malformed-toml"]


def test_names_and_titles_are_plain() -> None:
    record = {
        "title": "A <i>study</i>",
        "authors": "Jane <strong>Doe</strong>|Rob Roe; ",
        "doi": "10.1000/a",
    }
    [mention] = read(json.dumps([record]).encode(), "a.json").mentions
    assert (mention.title, mention.authors) == ("A study", "Jane Doe; Rob Roe")


def test_an_object_with_a_heading_around_works_is_a_section() -> None:
    text = "groups:\n" + "".join(
        f"- heading: {heading}\n  {key}:\n"
        + "".join(
            f"  - title: A work {number} on {heading}\n    authors: [Jane Doe]\n    year: 202{number}\n"
            f"    url: https://arxiv.org/abs/200{number}.00001\n"
            for number in range(3)
        )
        for heading, key in (("Ice", "pubs"), ("Melting snow", "ours"))
    )
    mentions = read(text.encode(), "list.yml").mentions
    assert [mention.title for mention in mentions] == [
        f"A work {number} on {heading}"
        for heading in ("Ice", "Melting snow")
        for number in range(3)
    ]
    assert mentions[0].section == ("groups", "Ice")


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Response surfaces of ice doi:10.1000/xyz", "paper"),
        ("Response of ice to warming doi:10.1000/xyz", "paper"),
        ("Comments as data: see 10.1000/xyz", "paper"),
        ("Correctness of ice doi:10.1000/xyz", "paper"),
        ("Erratic ice doi:10.1000/xyz", "paper"),
        ("Commentary in films doi:10.1000/xyz", "paper"),
        ("Response to: A study (doi:10.1000/xyz)", "other"),
        ("Comment on A study (doi:10.1000/xyz)", "other"),
        ("Author Correction: A study (doi:10.1000/xyz)", "other"),
        ("Correction of A study (doi:10.1000/xyz)", "other"),
        ("Retraction notice to A study (doi:10.1000/xyz)", "other"),
        ("Errata for A study (doi:10.1000/xyz)", "other"),
    ],
)
def test_only_a_notice_has_the_identifier_of_another_work(title: str, role: str) -> None:
    mentions = read(json.dumps([{"title": title}]).encode(), "a.json").mentions
    assert [m.role for m in mentions if m.identifier] == [role]
