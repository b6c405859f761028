"""BibTeX, CSV, JSON, RIS and plain text: records -> mentions, and what cannot be read -> findings."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from harvest.readers import by_suffix, read, records
from harvest.readers.values import Value
from harvest.readers.walk import read_lists
from tests.support.growth import ends

Row = tuple[int, int | None, str, str, str]

BIBTEX = r"""% a comment
@string{j = "A Journal"}
@article{a,
  title = {{Deep} Learn{\'e}ing \& co}, author = {Doe, J. and Roe, P.}, year = 2020,
  doi = {10.1000/xyz}, url = {https://doi.org/10.1000/xyz}, journal = {Some Journal},
  abstract = {Code at https://github.com/jdoe/abstract}
}
@misc{b, title = "B title", howpublished = {\url{https://github.com/jdoe/net}}, eprint = {2301.00001},
  archivePrefix = {arXiv}, date = {2023-01-05}}
@misc{c, title = {C}, eprint = {arXiv:2301.00002}}
@misc{d, title = {D}, eprint = {2301.00003}}
@article{e, title = {E}, journal = {arXiv preprint arXiv:2301.00004}}
@article{a, title = {{Again}}, doi = {10.1000/again}}
@misc{broken, title = {never closed
@article{f, doi = {10.1000/f}}
@article{g title = {no comma}}
@article{h, title = {Nothing to ask for}}
@article{i, title = {}}
"""


def test_bibtex() -> None:
    reading = read(BIBTEX.encode(), "list.bib")
    assert [
        (m.line, m.entry, m.label, m.url, m.role, m.title, m.authors, m.date)
        for m in reading.mentions
    ] == [
        (3, 1, "doi", "10.1000/xyz", "paper", "Deep Learnéing & co", "Doe, J. and Roe, P.", "2020"),
        (3, None, "abstract", "https://github.com/jdoe/abstract", "other", None, None, None),
        (8, 2, "eprint", "arXiv:2301.00001", "paper", "B title", None, "2023-01-05"),
        (
            8,
            2,
            "howpublished",
            "https://github.com/jdoe/net",
            "code",
            "B title",
            None,
            "2023-01-05",
        ),
        (10, 3, "eprint", "arXiv:2301.00002", "paper", "C", None, None),
        (11, 4, "eprint", "arXiv:2301.00003", "paper", "D", None, None),
        (12, 5, "journal", "arXiv:2301.00004", "paper", "E", None, None),
        (13, 6, "doi", "10.1000/again", "paper", "Again", None, None),
        (15, 7, "doi", "10.1000/f", "paper", None, None, None),
        (
            17,
            8,
            "",
            "",
            "paper",
            "Nothing to ask for",
            None,
            None,
        ),  # but its title, which can be searched
    ]
    assert [(f.line, f.code) for f in reading.findings] == [
        (13, "duplicate-key"), (14, "malformed-bibtex"), (16, "malformed-bibtex"),
    ]  # fmt: skip


def test_a_problem_may_stand_twice_on_a_line() -> None:
    findings = read(b"@misc{@misc{@misc{@misc{", "a.bib").findings
    assert len(findings) > len(set(findings))


def test_bibtex_of_absurd_depth_is_read() -> None:
    reading = read(
        ("@article{a, title = {\\x" + "{" * 5_000 + "}" * 5_000 + "}, doi = {10.1000/x}}").encode(),
        "a.bib",
    )
    assert [m.url for m in reading.mentions] == ["10.1000/x"]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ('{GAN}/{VAE} hybrids for M{\\"u}ller\'s input/output maps', "GAN/VAE hybrids for Müller's input/output maps"),
        ("{A} and {B}", "A and B"),
        ("{{A} and {B}}", "A and B"),
        ("{Deep} 1/2", "Deep 1/2"),
    ],
)  # fmt: skip
def test_titles_of_bibtex_are_plain(written: str, plain: str) -> None:
    text = f"@misc{{a, title = {{{written}}}, doi = {{10.1000/a}}}}"
    assert [m.title for m in read(text.encode(), "a.bib").mentions] == [plain]


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("url = {{https://x.org/a_b}}", "https://x.org/a_b"),
        (r"howpublished = {\url{https://x.org/a}}", "https://x.org/a"),
        ("doi = {{10.1000/a}}", "10.1000/a"),
    ],
)
def test_links_of_bibtex_keep_their_escapes(field: str, url: str) -> None:
    mentions = read(f"@misc{{a, title = {{A}}, {field}}}".encode(), "a.bib").mentions
    assert [m.url for m in mentions] == [url]


def test_csv() -> None:
    text = (
        "\n Title ,DOI,Code,Year,Notes,\n"
        '"A, title",10.1000/xyz,https://github.com/jdoe/net,2020,,x\n'
        '"B\ntitle",,https://example.com,,see arXiv:2301.00001,\n'
        ",,,,,\n"
        "C title,TBD,,2021\n"
    )
    reading = read(text.encode(), "list.csv")
    assert [
        (m.line, m.entry, m.label, m.url, m.role, m.title, m.date) for m in reading.mentions
    ] == [
        (3, 1, "DOI", "10.1000/xyz", "paper", "A, title", "2020"),
        (3, 1, "Code", "https://github.com/jdoe/net", "code", "A, title", "2020"),
        (4, 2, "Code", "https://example.com", "code", "B title", None),
        (4, None, "Notes", "arXiv:2301.00001", "other", None, None),
    ]
    assert reading.mentions[0].columns == {
        "Title": "A, title", "DOI": "10.1000/xyz", "Code": "https://github.com/jdoe/net", "Year": "2020", "Notes": "",
        "6": "x",
    }  # fmt: skip
    assert [(f.line, f.code, f.message) for f in reading.findings] == [
        (7, "no-identifier", "has no identifier or link: C title")
    ]


def test_csv_without_a_head() -> None:
    reading = read(b"GAN;see https://x.org/a\nVAE;https://doi.org/10.1000/b\n", "list.csv")
    assert [(m.line, m.label, m.url, m.columns) for m in reading.mentions] == [
        (1, "2", "https://x.org/a", {"1": "GAN", "2": "see https://x.org/a"}),
        (2, "2", "https://doi.org/10.1000/b", {"1": "VAE", "2": "https://doi.org/10.1000/b"}),
    ]


def test_a_csv_field_that_never_ends_is_a_finding() -> None:
    reading = read(b"doi\n10.1000/xyz\n" + b"a" * 200_000 + b"\n10.1000/b\n", "list.csv")
    assert [m.url for m in reading.mentions] == ["10.1000/xyz"]
    assert [(f.line, f.code) for f in reading.findings] == [(3, "malformed-csv")]


def test_csl_json() -> None:
    text = """{"items": [
  {"id": "a", "DOI": "10.1000/xyz", "title": "A title", "container-title": "J",
   "author": [{"family": "Doe", "given": "J."}, {"literal": "The Consortium"}, {}],
   "issued": {"date-parts": [[2020, 1, 5]]}, "open": true, "volume": 3, "note": null},
  "arXiv:2301.00001",
  {"title": "C", "issued": {"date-parts": []}},
  3,
  {"URL": "https://doi.org/10.1000/d", "links": ["https://github.com/jdoe/net"], "issued": {"date-parts": [[null]]}}
]}"""
    reading = read(text.encode(), "list.json")
    assert [
        (m.line, m.entry, m.label, m.url, m.role, m.title, m.authors, m.date)
        for m in reading.mentions
    ] == [
        (2, 1, "DOI", "10.1000/xyz", "paper", "A title", "J. Doe, The Consortium", "2020-01-05"),
        (5, 2, "id", "arXiv:2301.00001", "paper", None, None, None),
        (8, 3, "URL", "https://doi.org/10.1000/d", "paper", None, None, None),
        (8, 3, "links", "https://github.com/jdoe/net", "code", None, None, None),
    ]
    assert [(f.line, f.code) for f in reading.findings] == [
        (6, "no-identifier"),
        (7, "no-identifier"),
    ]
    assert reading.findings[1].message.endswith(": 3")


def test_mentions_of_json_have_the_line_of_their_value() -> None:
    record = '  {{\n    "type": "article",\n    "id": "key",\n    "DOI": "10.1000/{0}"\n  }}'
    text = "[\n" + ",\n".join(record.format(number) for number in range(4)) + "\n]\n"
    assert [(m.line, m.url) for m in read(text.encode(), "list.json").mentions] == [
        (5, "10.1000/0"), (10, "10.1000/1"), (15, "10.1000/2"), (20, "10.1000/3"),
    ]  # fmt: skip


def test_each_list_within_lists_is_looked_at_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    held = records._held
    seen = Counter[int]()

    def count(value: Value) -> list[tuple[str, Value]]:
        seen[value.line] += 1
        return held(value)

    monkeypatch.setattr(records, "_held", count)
    depth = 25
    text = '{"items": [\n' * depth + "{}" + "]}" * depth
    read(text.encode(), "a.json")
    assert len(seen) >= depth
    assert max(seen.values()) <= 4 * depth  # twice as many for each level would be 2 ** 25


@pytest.mark.parametrize(("sign", "name"), [("A", "a.json"), ("X", "a.csv"), ("[", "a.yaml")])
def test_a_title_of_one_sign_again_and_again_is_a_title(sign: str, name: str) -> None:
    title = sign * 50_000  # more than quadratic time would be hours
    texts = {
        "a.json": f'[{{"title": "{title}", "doi": "10.1000/a"}}]',
        "a.csv": f"title,doi\n{title},10.1000/a\n",
        "a.yaml": f"- title: {title}\n  doi: 10.1000/a\n",
    }
    reading = read(texts[name].encode(), name)
    assert [mention.title for mention in reading.mentions] in ([title], [])


def test_long_json_is_read_in_linear_time() -> None:
    filler = "words of an abstract " * 40
    records = [
        {"type": "article", "abstract": filler, "DOI": f"10.1000/{number}", "title": "The same"}
        for number in range(12_000)
    ]
    text = json.dumps(records, indent=1).encode()
    with ends():  # more than linear time would be minutes
        mentions = read(text, "list.json").mentions
    assert [m.line for m in mentions] == [5 + 6 * number for number in range(12_000)]


@pytest.mark.parametrize(
    "value",
    [
        '{"date-parts": [[[1]]]}', '{"date-parts": {"a": 1}}', '{"date-parts": 3}', '{"date-parts": [3]}',
        '{"literal": 3, "given": []}', "NaN", "[" * 200 + "]" * 200, "9" * 5_000, '{"date-parts": [["0", null]]}',
    ],
)  # fmt: skip
def test_json_of_any_shape_is_read(value: str) -> None:
    text = f'[{{"issued": {value}, "author": {value}, "title": {value}, "DOI": "10.1000/a"}}]'
    mentions = read(text.encode(), "list.json").mentions
    assert [(m.url, m.date) for m in mentions if m.url.startswith("10.1000/")][-1][0] == "10.1000/a"


def test_a_date_of_json_may_be_written_as_strings() -> None:
    text = '[{"DOI": "10.1000/a", "issued": {"date-parts": [["2020", "1"]]}}]'
    assert read(text.encode(), "list.json").mentions[0].date == "2020-01"


JSON: list[tuple[str, list[tuple[int, str]], list[tuple[int, str]]]] = [
    ('["10.1000/xyz",\n "2301.00001"]', [(1, "10.1000/xyz"), (2, "2301.00001")], []),
    ('{"doi": "10.1000/xyz"}', [(1, "10.1000/xyz")], []),
    (
        '{"doi": "10.1000/xyz"}\n\n"10.1000/b"\n{broken\n',
        [(1, "10.1000/xyz"), (3, "10.1000/b")],
        [(4, "malformed-json")],
    ),
    ('[\n{"doi": "10.1000/xyz"},\n{"doi" 3}\n]', [], [(3, "malformed-json")]),
    ("[1, 2", [], [(1, "malformed-json")]),
    ("[" * 100_000, [], [(1, "malformed-json")]),
    ("[]", [], [(0, "no-records")]),
    ("7", [], [(1, "no-identifier")]),
    ("", [], [(1, "malformed-json")]),
]


@pytest.mark.parametrize(("text", "mentions", "findings"), JSON)
def test_json(text: str, mentions: list[tuple[int, str]], findings: list[tuple[int, str]]) -> None:
    reading = read(text.encode(), "list.json")
    assert [(m.line, m.url) for m in reading.mentions] == mentions
    assert [(f.line, f.code) for f in reading.findings] == findings


def test_ris() -> None:
    text = (
        "\nnot RIS\nTY  - JOUR\nT2  - Journal\nTI  - A title\nAU  - Doe, J.\nAU  - Roe, P.\nPY  - 2020/\n"
        "DO  - 10.1000/xyz\nUR  - https://github.com/jdoe/net\nUR  - https://x.org\nER  - \n\nstray\n"
        "TY  - JOUR\nT1  - B title\nA1  - Poe, E.\nDO  - 10.1000/b\n"
        "TY  - JOUR\nTI  - Nothing\nER -\n"
    )
    reading = read(text.encode(), "list.ris")
    assert [
        (m.line, m.entry, m.label, m.url, m.role, m.title, m.authors, m.date)
        for m in reading.mentions
    ] == [
        (3, 1, "doi", "10.1000/xyz", "paper", "A title", "Doe, J.; Roe, P.", "2020"),
        (3, 1, "url", "https://github.com/jdoe/net", "code", "A title", "Doe, J.; Roe, P.", "2020"),
        (3, 1, "url", "https://x.org", "other", "A title", "Doe, J.; Roe, P.", "2020"),
        (15, 2, "doi", "10.1000/b", "paper", "B title", "Poe, E.", None),
    ]
    assert [(f.line, f.code) for f in reading.findings] == [
        (2, "malformed-ris"), (14, "malformed-ris"), (15, "malformed-ris"), (19, "no-identifier"),
    ]  # fmt: skip


def test_ris_with_one_blank_behind_a_tag_and_with_lines_that_go_on() -> None:
    text = "TY - JOUR\nT1 - A title\n  of a work\n\nAU - Doe, Jane\n\nAU - Roe, John\nDO - 10.1000/a\nER -\n"
    reading = read(text.encode(), "list.ris")
    assert [(m.line, m.url, m.title, m.authors) for m in reading.mentions] == [
        (1, "10.1000/a", "A title of a work", "Doe, Jane; Roe, John")
    ]
    assert reading.findings == []


def test_ris_without_a_record() -> None:
    assert [(f.line, f.code) for f in read(b"nothing\n", "a.ris").findings] == [
        (1, "malformed-ris")
    ]


def test_text() -> None:
    text = (
        "# ids\n10.1000/xyz\n\narXiv:2301.00001 # a comment\n"
        "https://github.com/jdoe/net\nhttps://x.org\nsome words\n"
    )
    reading = read(text.encode(), "list.ids")
    assert [(m.line, m.entry, m.url, m.role) for m in reading.mentions] == [
        (2, 1, "10.1000/xyz", "paper"), (4, 2, "arXiv:2301.00001", "paper"),
        (5, 3, "https://github.com/jdoe/net", "code"), (6, 4, "https://x.org", "other"),
    ]  # fmt: skip
    assert [(f.line, f.code) for f in reading.findings] == [(7, "not-an-identifier")]


# What a seed without a telling name is taken for: its text, (line, entry, role) of its mentions.
SNIFFED = [
    ("# ids\n10.1000/xyz\nhttps://x.org\n", [(2, 1, "paper"), (3, 2, "other")]),
    (
        "10.1000/xyz\nhttps://doi.org/10.1000/b and more\n",
        [(1, None, "other"), (2, None, "other")],
    ),
    ("[a](https://doi.org/10.1000/xyz)", [(1, None, "other")]),
    ('["A title"](https://doi.org/10.1000/xyz)', [(1, None, "other")]),
    ("- https://doi.org/10.1000/xyz", [(1, 1, "paper")]),
    ("<https://doi.org/10.1000/xyz>", [(1, None, "other")]),
    ('["10.1000/xyz"]', [(1, 1, "paper")]),
    ('\n{"doi": "10.1000/xyz"}\n{"doi": "10.1000/b"}', [(2, 1, "paper"), (3, 2, "paper")]),
    ('[{"doi": "10.1000/xyz"}]', [(1, 1, "paper")]),
    ("% c\n\n@article{a, doi = {10.1000/xyz}}", [(3, 1, "paper")]),
    ("TY  - JOUR\nDO  - 10.1000/xyz\nER  - ", [(1, 1, "paper")]),
    ("title\tdoi\n \nA\t10.1000/xyz\n", [(3, 1, "paper")]),
    ("A doi in a sentence, see\nhttps://doi.org/10.1000/xyz, for more", [(2, None, "other")]),
    ("A paper, [with code](https://doi.org/10.1000/xyz)", [(1, None, "other")]),
    ("A paper, without links\n", []),
    ("Paper,code\n\nsee https://doi.org/10.1000/xyz", [(3, None, "other")]),
    ("Words\n", []),
    ("# only a comment\n", []),
]


@pytest.mark.parametrize(("text", "expected"), SNIFFED)
def test_a_format_is_recognized_by_the_text(
    text: str, expected: list[tuple[int, int, str]]
) -> None:
    for name in ("list.txt", "list.unknown"):
        assert [(m.line, m.entry, m.role) for m in read(text.encode(), name).mentions] == expected
    reading = read_lists(["-"], stdin=BytesIO(text.encode()))
    assert [(m.seed, m.line, m.entry, m.role) for m in reading.mentions] == [
        ("-", *row) for row in expected
    ]


def test_the_documents_name_every_suffix() -> None:
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| ((?:`\.\w+` ?)+) \|", text, re.MULTILINE)
    named = re.findall(r"`(\.\w+)`", " ".join(rows))
    assert sorted(named) == sorted(by_suffix())


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year = 2020, month = dec", "2020-12"),
        ("month = {December}, year = {2020}", "2020-12"),
        ('year = 2020, month = dec # "~6"', "2020-12-06"),
        ("year = 2020, month = 3, day = 9", "2020-03-09"),
        ("year = 2020, month = {Jun-Jul}", "2020-06"),
        ("year = 2020, month = {Spring}", "2020"),
        ("date = {2021-03}, year = 2020, month = dec", "2021-03"),
        ("month = dec", None),
    ],
)
def test_a_month_of_its_own_goes_with_the_year(fields: str, date: str | None) -> None:
    text = f"@misc{{a, title = {{A study of things}}, doi = {{10.1000/a}}, {fields}}}"
    assert read(text.encode(), "list.bib").mentions[0].date == date


def test_a_head_may_be_of_another_language() -> None:
    rows = [
        "Título;Autores;Revista;Año;Mes;Enlace;Código",
        'Redes profundas;"García, M.; López, P.";Anales;2021;5;https://doi.org/10.1000/a;https://github.com/a/b',
    ]
    mentions = read("\n".join(rows).encode(), "list.csv").mentions
    assert [(m.url, m.role) for m in mentions] == [
        ("https://doi.org/10.1000/a", "paper"), ("https://github.com/a/b", "code"),
    ]  # fmt: skip
    assert {(m.title, m.authors, m.date) for m in mentions} == {
        ("Redes profundas", "García, M.; López, P.", "2021")
    }


def works(text: str, name: str) -> list[tuple[int, str | None, str | None, str | None]]:
    """Return line, title, authors and date of the works of a text."""
    mentions = read(text.encode(), name).mentions
    return [(it.line, it.title, it.authors, it.date) for it in mentions if it.entry is not None]


def test_a_description_list_of_asciidoc() -> None:
    text = (
        "= Ice\n\nSlow ice of winters:: Ann Roe, Bo Doe. ICC 2020. https://doi.org/10.1000/1[paper]\n"
        "Radar of ice::\n\n  Cy Ito, Di Fox. ICC 2021. https://doi.org/10.1000/2[paper]\n"
        "https://doi.org/10.1000/3[Snow of today]:: Eva Loe, Gus Moe (2022)\n"
    )
    assert works(text, "ice.adoc") == [
        (3, "Slow ice of winters", "Ann Roe, Bo Doe", "2020"),
        (6, "Radar of ice", "Cy Ito, Di Fox", "2021"),
        (7, "Snow of today", "Eva Loe, Gus Moe", "2022"),
    ]


def test_a_description_list_of_org() -> None:
    text = "* Ice\n" + "".join(
        f"** Slow ice of winter {number}\n- Authors :: Ann Roe, Bo Doe\n- Year :: 2020\n"
        f"- Link :: https://doi.org/10.1000/{number}\n"
        for number in "ab"
    )
    assert works(text, "ice.org") == [
        (5, "Slow ice of winter a", "Ann Roe, Bo Doe", "2020"),
        (9, "Slow ice of winter b", "Ann Roe, Bo Doe", "2020"),
    ]


@pytest.mark.parametrize("more", ["", "  name: IceNet\n"])
def test_a_field_named_paper_may_hold_the_title(more: str) -> None:
    text = "".join(
        f"- paper: Slow ice of winter {number}\n{more}  url: https://doi.org/10.1000/{number}\n"
        for number in "ab"
    )
    titles = [title for _, title, _, _ in works(text, "ice.yaml")]
    assert titles == ["Slow ice of winter a", "Slow ice of winter b"]
