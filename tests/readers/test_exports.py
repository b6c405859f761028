"""Exports of reference managers and databases, and formats that no suffix tells."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest

from harvest.models import Reading
from harvest.readers import read
from harvest.readers.walk import read_lists

Facts = tuple[int, int | None, str, str | None, str | None, str | None]


def facts(reading: Reading) -> list[Facts]:
    return [(m.line, m.entry, m.url, m.title, m.authors, m.date) for m in reading.mentions]


WOS = """\ufeffFN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Doe, J
   Roe, R
AF Doe, Jane
   Roe, Rob
TI A study of
   many things
SO JOURNAL OF THINGS
AB See doi:10.1000/other.
CR Poe E, 1999, J THINGS, DOI 10.1000/cited
   Moe M, 1998, J THINGS, DOI 10.1000/cited2
PY 2020
DI 10.1000/a
ER

PT J
AU Poe, E
TI Another study
PY 2021
EF
"""
PUBMED = """
PMID- 12345678
OWN - NLM
DP  - 2021 Mar 5
TI  - A study of
      many things.
LID - 10.1000/a [doi]
LID - S0000-0000(21)00001-1 [pii]
CIN - J Things. 2021;1:1. doi: 10.1000/comment
FAU - Doe, Jane
AU  - Doe J
PMC - PMC1234567
AID - 10.1000/a [doi]

PMID- 23456789
TI  - Another study.
"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records>
<record><contributors><authors>
<author><style face="normal">Doe, Jane</style></author><author>Roe, R.</author></authors></contributors>
<titles><title><style face="normal">A study </style><style face="italic">of things</style></title>
<secondary-title>Journal</secondary-title></titles>
<dates><year>2020</year></dates>
<electronic-resource-num>
10.1000/a</electronic-resource-num>
<urls><related-urls><url>https://x.org/a</url></related-urls></urls>
</record></records></xml>
"""
SCOPUS = """Authors,Author(s) ID,Title,Year,Source title,Volume,DOI,Link
"Doe J., Roe R.",123;456,A study of things,2020,Journal of Things,1,10.1000/a,https://www.scopus.com/inward/record.uri?eid=1
"Poe E.",789,Another study,2021,Journal of Things,2,10.1000/b,
"""
IEEE = """"Document Title",Authors,"Author Affiliations","Publication Title",Date Added To Xplore,"Publication Year","DOI"
"A study of things","J. Doe; R. Roe","Dept. of Things","2019 Conf. on Things",9 Oct 2006,"1991","10.1000/a"
"Another study","E. Poe","Dept. of Things","2019 Conf. on Things",9 Oct 2006,"1992","10.1000/b"
"""
NUMBERED = "#,Title,Authors,DOI\n1,A study of things,Jane Doe,10.1000/a\n2,Another study,E. Poe,10.1000/b\n"
CHINESE = (
    "编号,标题,作者,年份,链接\n"
    '1,关于深度学习方法的研究,"张三, 李四",2020,https://doi.org/10.1000/a\n'
    '2,图像识别的另一项研究,"王五, 赵六",2021,https://doi.org/10.1000/b\n'
    '3,第三项有趣的相关研究,"孙七, 周八",2022,https://doi.org/10.1000/c\n'
)  # fmt: skip
WOS_TABLE = (
    "PT\tAU\tAF\tTI\tSO\tCR\tPY\tDI\n"
    "J\tDoe, J\tDoe, Jane\tA study of things\tJ THINGS\tPoe, 1999, DOI 10.1000/cited\t2020\t10.1000/a\n"
    "J\tPoe, E\tPoe, Edgar\tAnother study\tJ THINGS\t\t2021\t10.1000/b\n"
)
BIBTEX = "Exported on a day\n\n@article{a,\n  title = {A study}, doi = {10.1000/a}}\n"
CASES: list[tuple[str, str, list[Facts]]] = [
    (WOS, ".ciw", [
        (11, None, "doi:10.1000/other", None, None, None),
        (15, 1, "10.1000/a", "A study of many things", "Doe, Jane; Roe, Rob", "2020"),
        (18, 2, "", "Another study", "Poe, E", "2021"),
    ]),
    (WOS_TABLE, ".tsv", [
        (2, 1, "10.1000/a", "A study of things", "Doe, J", "2020"),
        (3, 2, "10.1000/b", "Another study", "Poe, E", "2021"),
    ]),
    (PUBMED, ".nbib", [
        (2, 1, "pmid:12345678", "A study of many things.", "Doe, Jane", "5 Mar 2021"),
        (7, 1, "10.1000/a", "A study of many things.", "Doe, Jane", "5 Mar 2021"),
        (12, 1, "PMC1234567", "A study of many things.", "Doe, Jane", "5 Mar 2021"),
        (15, 2, "pmid:23456789", "Another study.", None, None),
    ]),
    (ENDNOTE, ".xml", [
        (7, 1, "10.1000/a", "A study of things", "Doe, Jane; Roe, R.", "2020"),
        (9, 1, "https://x.org/a", "A study of things", "Doe, Jane; Roe, R.", "2020"),
    ]),
    (SCOPUS, ".csv", [
        (2, 1, "10.1000/a", "A study of things", "Doe J., Roe R.", "2020"),
        (2, 1, "https://www.scopus.com/inward/record.uri?eid=1", "A study of things", "Doe J., Roe R.", "2020"),
        (3, 2, "10.1000/b", "Another study", "Poe E.", "2021"),
    ]),
    (IEEE, ".csv", [
        (2, 1, "10.1000/a", "A study of things", "J. Doe; R. Roe", "1991"),
        (3, 2, "10.1000/b", "Another study", "E. Poe", "1992"),
    ]),
    (NUMBERED, ".csv", [
        (2, 1, "10.1000/a", "A study of things", "Jane Doe", None),
        (3, 2, "10.1000/b", "Another study", "E. Poe", None),
    ]),
    (CHINESE, ".csv", [
        (2, 1, "https://doi.org/10.1000/a", "关于深度学习方法的研究", "张三, 李四", "2020"),
        (3, 2, "https://doi.org/10.1000/b", "图像识别的另一项研究", "王五, 赵六", "2021"),
        (4, 3, "https://doi.org/10.1000/c", "第三项有趣的相关研究", "孙七, 周八", "2022"),
    ]),
    (BIBTEX, ".bib", [(3, 1, "10.1000/a", "A study", None, None)]),
]  # fmt: skip
IDS = ["wos", "wos table", "pubmed", "endnote", "scopus", "ieee", "numbered", "chinese", "bibtex"]


@pytest.mark.parametrize(("text", "suffix", "expected"), CASES, ids=IDS)
def test_an_export_is_read_by_any_name(text: str, suffix: str, expected: list[Facts]) -> None:
    for name in (f"list{suffix}", "list", "list.txt", "list.ids"):
        assert facts(read(text.encode(), name)) == expected, name
    assert facts(read_lists(["-"], stdin=BytesIO(text.encode()))) == expected


def test_the_order_of_columns_does_not_matter() -> None:
    rows = [line.split(",") for line in NUMBERED.splitlines()]
    turned = "\n".join(",".join(row[::-1]) for row in rows)
    assert facts(read(turned.encode(), "a.csv")) == facts(read(NUMBERED.encode(), "a.csv"))


def test_an_entity_of_xml_is_refused() -> None:
    text = ENDNOTE.replace("<xml>", '<!DOCTYPE x [<!ENTITY a "b">]><xml>', 1)
    assert [f.code for f in read(text.encode(), "a.xml").findings] == ["malformed-xml"]


def test_what_stands_before_an_error_of_xml_is_read() -> None:
    reading = read(ENDNOTE.replace("</records>", "<record>&").encode(), "a.xml")
    assert [m.url for m in reading.mentions] == ["10.1000/a", "https://x.org/a"]
    assert [(f.line, f.code) for f in reading.findings] == [(10, "malformed-xml")]


def test_a_text_of_xml_is_decoded_once() -> None:
    text = ENDNOTE.replace("UTF-8", "ISO-8859-1").replace("A study ", "Größe ")
    assert {m.title for m in read(text.encode(), "a.xml").mentions} == {"Größe of things"}


# -- what is of no format, and what names no work ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "codes"),
    [
        (r"\item \url{https://doi.org/10.1000/a}", "a.tex", ["unknown-format"]),
        ("Some words, and a few more.", "a", ["unknown-format"]),
        ("<catalog><book/></catalog>", "a.xml", ["unknown-format"]),
        ("- [A](https://doi.org/10.1000/a)", "a.tex", []),
        ("# A list", "README", []),
    ],
)
def test_a_format_that_is_none_is_a_finding(text: str, name: str, codes: list[str]) -> None:
    assert [f.code for f in read(text.encode(), name).findings] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Everything is in arXiv:2301.00001.", ["no-works"]),
        ("See " + " and ".join(f"arXiv:2301.0000{n}" for n in range(1, 6)), ["no-works"]),
        (
            "See "
            + " and ".join(f"arXiv:2301.0000{n}" for n in range(1, 6))
            + "\n\n- [A](https://arxiv.org/abs/2301.00002)\n",
            [],
        ),
        ("Our paper is arXiv:2301.00001.\n\n- [A tool](https://github.com/a/b)\n", []),
        (  # works by their titles, of which one names another
            "| Title | Authors | Notes |\n|---|---|---|\n| A study of things | Doe, Jane | |\n"
            + "| Another study of things | Roe, Rob | As arXiv:2301.00001. |\n" * 2,
            [],
        ),
    ],
)
def test_identifiers_without_a_work_are_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, codes: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.md").write_text(text, "utf-8")
    assert [f.code for f in read_lists(["list.md"]).findings] == codes


def test_what_an_export_says_of_itself_is_no_head() -> None:
    text = (
        '"About the data: exported on Nov 20, 2024"\n'
        "DOI,Title,Source title,PubYear,Authors\n"
        '10.1000/a,A study,Journal of All Things,2023,"Doe, Jane; Roe, Rob"\n'
        '10.1000/b,Another study,Journal of Few Things,2024,"Roe, Rob; Poe, Ann"\n'
    )
    mentions = read(text.encode(), "export.csv").mentions
    assert [(m.line, m.title, m.authors) for m in mentions] == [
        (3, "A study", "Doe, Jane; Roe, Rob"),
        (4, "Another study", "Roe, Rob; Poe, Ann"),
    ]


def test_works_that_a_record_cites_or_that_are_related_are_passed_over() -> None:
    person = {
        "author_position": "first",
        "author": {"id": "https://x.org/A1", "display_name": "Jane Doe"},
    }
    record = {
        "title": "A study", "doi": "https://doi.org/10.1000/a", "authorships": [person],
        "reference": [{"DOI": "10.1000/b"}], "referenced_works": ["https://doi.org/10.1000/c"],
    }  # fmt: skip
    mentions = read(json.dumps([record]).encode(), "works.json").mentions
    assert [(m.url, m.authors) for m in mentions] == [("https://doi.org/10.1000/a", "Jane Doe")]


def test_the_tagged_export_of_endnote() -> None:
    text = (
        "%0 Journal Article\n%T A study of things\n%A Doe, Jane\n%A Roe, Rob\n%D 2020\n%U https://doi.org/10.1000/a\n\n"
        "%0 Book\n%T Another study\n%A Poe, Ann\n%8 March 2021\n%R 10.1000/b\n"
    )
    mentions = read(text.encode(), "export").mentions
    assert [(m.line, m.url, m.title, m.authors, m.date) for m in mentions] == [
        (6, "https://doi.org/10.1000/a", "A study of things", "Doe, Jane; Roe, Rob", "2020"),
        (12, "10.1000/b", "Another study", "Poe, Ann", "March 2021"),
    ]


def test_oddities_of_ris_exports() -> None:
    text = (
        "1.\nTY  - JOUR\nTI  - A study\nL3  - 10.1000/a\nUR  - https://host.example/login?AN=1\n"
        "DA  - SEP 22\nPY  - 2010\nER  - \n\nProvider: A house\nRecord #2 of 2\n"
        "2. \nTY  - JOUR\nTI  - Correction: A study (doi: 10.1000/a)\nDO  - 10.1000/b\n"
        "L2  - https://library.example/b.pdf\nL2  - https://arxiv.org/abs/2301.00001\n"
        "DA  - JUL-DEC\nPY  - 1911//\nER  - \n"
    )
    reading = read(text.encode(), "list.ris")
    assert [(m.line, m.url, m.role, m.date) for m in reading.mentions] == [
        (2, "10.1000/a", "paper", "2010-09-22"),
        (2, "https://host.example/login?AN=1", "other", "2010-09-22"),
        (13, "10.1000/b", "paper", "1911-07"),
        (13, "https://arxiv.org/abs/2301.00001", "paper", "1911-07"),
        (13, "doi: 10.1000/a", "other", None),
    ]
    assert reading.findings == []


def test_a_wide_head_below_what_a_search_says() -> None:
    text = (
        '"SEARCH QUERY","study:ti"\n------\n\n'
        "Title,Author Names,Author Keywords,Publication Year,Volume,Issue,DOI,author_ids\n"
        '"A study, in full","Doe J., Roe R.",things,2024,1,2,10.1000/a,7\n'
        '"Another study, in full","Roe R., Poe A.",things,2023,1,2,10.1000/b,8\n'
    )
    for name in ("export.csv", "export"):
        reading = read(text.encode(), name)
        assert [(m.line, m.title, m.authors, m.date) for m in reading.mentions] == [
            (5, "A study, in full", "Doe J., Roe R.", "2024"),
            (6, "Another study, in full", "Roe R., Poe A.", "2023"),
        ]
        assert reading.findings == []


def test_names_are_not_what_is_told_of_authors() -> None:
    text = (
        "id,title,authorships.author_position,authorships.author.id,authorships.author.display_name,doi\n"
        "1,A study,first|last,https://x.org/A1|https://x.org/A2,Jane Doe|Rob Roe,10.1000/a\n"
    )
    [mention] = read(text.encode(), "works.csv").mentions
    assert (mention.url, mention.authors) == ("10.1000/a", "Jane Doe; Rob Roe")


def test_tags_of_the_web_of_science_without_a_type() -> None:
    text = (
        '"AU";"AF";"TI";"PY";"SO";"DI"\n'
        '"DOE J";"DOE, JANE (572)";"A STUDY OF ALL THINGS";2021;"A JOURNAL";"10.1000/a"\n'
        '"ROE R";"ROE, ROB (573)";"ANOTHER STUDY OF THINGS";2022;"A JOURNAL";"10.1000/b"\n'
        '"POE A";"POE, ANN (574)";"A THIRD STUDY OF THINGS";2023;"A JOURNAL";"10.1000/c"\n'
    )
    mentions = read(text.encode(), "export.csv").mentions
    assert [(m.title, m.authors, m.date) for m in mentions] == [
        ("A STUDY OF ALL THINGS", "DOE J", "2021"),
        ("ANOTHER STUDY OF THINGS", "ROE R", "2022"),
        ("A THIRD STUDY OF THINGS", "POE A", "2023"),
    ]


def test_a_field_of_bibtex_may_stand_twice() -> None:
    text = (
        "@article{a, title={A study}, doi={10.1000/a}, funding={x}, funding={y}, doi={10.1000/b}}"
    )
    reading = read(text.encode(), "list.bib")
    assert [(m.url, m.title) for m in reading.mentions] == [("10.1000/a", "A study")]
    assert reading.findings == []


def test_works_below_their_author_are_works_of_their_own() -> None:
    works = [
        {"@id": f"https://doi.org/10.1000/{number}", "name": f"A study of {number} things"}
        for number in (1, 2, 3)
    ]
    person = {"@id": "https://x.org/jane", "name": "Jane Doe", "@reverse": {"creator": works}}
    mentions = read(json.dumps(person, indent=1).encode(), "jane.json").mentions
    papers = [(m.entry, m.url, m.title) for m in mentions if m.role == "paper"]
    assert papers == [
        (number + 1, f"https://doi.org/10.1000/{number}", f"A study of {number} things")
        for number in (1, 2, 3)
    ]


def test_an_address_may_be_called_after_a_date() -> None:
    text = "- title: A study\n  published_url: https://doi.org/10.1000/a\n  published: 2020\n"
    assert [(m.url, m.date) for m in read(text.encode(), "papers.yaml").mentions] == [
        ("https://doi.org/10.1000/a", "2020")
    ]


@pytest.mark.parametrize("sign", ["$$", "++"])
def test_a_quoted_address_of_asciidoc(sign: str) -> None:
    text = f"= Works\n\n- [[[D]]] link:{sign}https://doi.org/10.1000/a{sign}[A study of things]. Jane Doe, 2020.\n"
    [mention] = read(text.encode(), "works.adoc").mentions
    assert (str(mention.identifier), mention.title) == ("doi:10.1000/a", "A study of things")


def test_many_records_that_name_nothing_are_one_finding() -> None:
    text = "Year,Journal\n" + "2020,A journal\n" * 11
    [finding] = read(text.encode(), "list.csv").findings
    assert (finding.line, finding.code) == (2, "no-identifier")
    assert finding.message.endswith("and so 10 other records")


def test_records_that_name_nothing_are_findings_of_their_own_where_they_are_few() -> None:
    works = "".join(f"2020,A journal,10.1000/{number}\n" for number in range(400))
    text = "Year,Journal,DOI\n" + "2020,A journal,\n" * 12 + works
    findings = read(text.encode(), "list.csv").findings
    assert [(f.line, f.code) for f in findings] == [(n, "no-identifier") for n in range(2, 14)]


@pytest.mark.parametrize("head", ["Title", "Title - Authors"])
def test_a_column_may_hold_title_and_authors(head: str) -> None:
    text = (
        f"{head},Link\n"
        '"A study of things - in full - Jane Doe, Rob Roe, ...",https://doi.org/10.1000/a\n'
        '"Another study - Ann J. Poe",https://doi.org/10.1000/b\n'
        '"A third study - of things",https://doi.org/10.1000/c\n'
    )
    assert [(m.title, m.authors) for m in read(text.encode(), "list.csv").mentions] == [
        ("A study of things - in full", "Jane Doe, Rob Roe"),
        ("Another study", "Ann J. Poe"),
        ("A third study - of things", None),
    ]


@pytest.mark.parametrize(
    ("others", "last"),
    [
        (["Jane Doe, Rob Roe", "Ann Poe, Cy Low"], ("Sea level rise - Arctic Ocean", None)),
        (["Jane J. Doe", "Rob Roe"], ("Sea level rise", "Arctic Ocean")),
    ],
)
def test_one_name_behind_a_dash_is_an_author_only_among_people(
    others: list[str], last: tuple[str, str | None]
) -> None:
    cells = [f"A study of things - {names}" for names in others] + ["Sea level rise - Arctic Ocean"]
    rows = [f'"{cell}",https://doi.org/10.1000/{number}\n' for number, cell in enumerate(cells)]
    mentions = read(f"Title,Link\n{''.join(rows)}".encode(), "list.csv").mentions
    assert [(m.title, m.authors) for m in mentions] == [
        *[("A study of things", names) for names in others],
        last,
    ]


def test_a_correction_without_an_identifier_has_none_of_what_it_corrects() -> None:
    text = "title,authors,pmid\nErratum: A study (DOI: 10.1000/a),Jane Doe,0\n"
    assert [(m.url, m.role) for m in read(text.encode(), "list.csv").mentions] == [
        ("", "paper"), ("DOI: 10.1000/a", "other"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["export", "export.txt", "export.csv", "export.md"])
def test_ris_below_what_an_exporter_says(name: str) -> None:
    text = (
        "Record #1 of 1\nProvider: A house\n\nTY  - JOUR\nTI  - A study\nDO  - 10.1000/a\nER  - \n"
    )
    assert [(m.line, m.url, m.title) for m in read(text.encode(), name).mentions] == [
        (4, "10.1000/a", "A study")
    ]


def test_entries_of_bibtex_without_keys() -> None:
    text = "@article{,\n title={A study},\n doi={10.1000/a}\n}\n" * 2
    reading = read(text.encode(), "export")
    assert [m.title for m in reading.mentions] == ["A study", "A study"]
    assert reading.findings == []


def test_the_preferred_citation_of_software_is_a_work_of_its_own() -> None:
    text = (
        "cff-version: 1.2.0\nmessage: Cite https://doi.org/10.1000/z.\ntitle: A tool for things\n"
        "authors:\n  - family-names: Doe\n    given-names: Jane\ndoi: 10.1000/tool\ndate-released: 2021-05-06\n"
        "preferred-citation:\n  type: article\n  title: A study of the tool\n  doi: 10.1000/study\n  year: 2020\n"
        "  authors:\n    - family-names: Roe\n      name-particle: van\n      given-names: Rob\n"
        "references:\n  - title: Another study\n    doi: 10.1000/other\n"
    )
    mentions = [m for m in read(text.encode(), "CITATION.cff").mentions if m.role == "paper"]
    assert [(m.entry, m.url, m.title, m.authors, m.date) for m in mentions] == [
        (1, "10.1000/tool", "A tool for things", "Jane Doe", "2021-05-06"),
        (2, "10.1000/study", "A study of the tool", "Rob van Roe", "2020"),
    ]


def test_a_page_that_quotes_ris_is_not_ris() -> None:
    text = (
        "Intro\n\n```\nTY  - JOUR\nDO  - 10.1000/own\nER  - \n```\n\n"
        "- [A title](https://arxiv.org/abs/2001.00011)\n"
    )
    for name in ("list.md", "list"):
        mentions = read(text.encode(), name).mentions
        assert [(m.line, m.url, m.title) for m in mentions if m.title] == [
            (9, "https://arxiv.org/abs/2001.00011", "A title")
        ]


def test_ris_below_prose() -> None:
    text = "What we read\n\nTY  - JOUR\nTI  - A study\nDO  - 10.1000/a\nER  - \n"
    reading = read(text.encode(), "export")
    assert [(m.line, m.url, m.title) for m in reading.mentions] == [(3, "10.1000/a", "A study")]
    assert [(f.line, f.code) for f in reading.findings] == [(1, "malformed-ris")]


@pytest.mark.parametrize(
    "line", ["Doi: 10.1000/lost: a work", "See also: a work by Doe", "Provider: 10.1000/lost"]
)
def test_works_between_records_of_ris_are_reported(line: str) -> None:
    record = "TY  - JOUR\nTI  - A study\nDO  - 10.1000/a\nER  - \n"
    for text in (f"{record}{line}\n{record}", f"{record}{line}"):
        [finding] = read(text.encode(), "list.ris").findings
        assert (finding.line, finding.code) == (5, "malformed-ris")


@pytest.mark.parametrize(
    "remark",
    ['Content: text/plain; charset="UTF-8"', "Database: Things", "Provider: https://a.example"],
)
def test_what_exporters_say_between_records_of_ris_is_no_finding(remark: str) -> None:
    text = f"{remark}\n\nTY  - JOUR\nTI  - A study\nDO  - 10.1000/a\nER  - \n{remark}\n"
    reading = read(text.encode(), "export")
    assert [(m.line, m.title) for m in reading.mentions] == [(3, "A study")]
    assert reading.findings == []
