"""What is certain is put right, every other byte stays, and a second run changes nothing."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest import checks
from harvest.checks.fix import apply_fixes
from harvest.dataset import facets
from harvest.models import Dataset, Finding, Repository
from harvest.readers import read
from tests.support.works import make_work

ROOT = Path(__file__).parents[2]
VOCABULARY = facets.load()
MOVED = Repository(
    id="github:New-Owner/tool",
    aliases=["github:roe/tool"],
    url="https://github.com/New-Owner/tool",
    status="ok",
    repository_id=7,
)
TITLED = make_work(7, title="Melt *of* [ice]_x")
DATASET = Dataset(works=[TITLED], repositories=[MOVED])


def check(data: bytes, name: str = "list.md") -> list[Finding]:
    reading = read(data, name)
    return checks.check(reading.files, reading.mentions, reading.findings, VOCABULARY, DATASET)


FIXES = [
    ("[a](https://github.com/a/b.)", "[a](https://github.com/a/b)"),
    ("[a](https://arxiv.org/abs/2301.00001 )", "[a](https://arxiv.org/abs/2301.00001)"),
    ("[a]( https://arxiv.org/abs/2301.00001)", "[a](https://arxiv.org/abs/2301.00001)"),
    ("[a](http://arxiv.org/abs/2301.00001)", "[a](https://arxiv.org/abs/2301.00001)"),
    ("[a](http://dx.doi.org/10.1000/x)", "[a](https://dx.doi.org/10.1000/x)"),
    ("[a](https://arxiv.org/pdf/2301.00001v2.pdf)", "[a](https://arxiv.org/abs/2301.00001v2)"),
    ("[a](http://www.arxiv.org/pdf/2301.00001. )", "[a](https://www.arxiv.org/abs/2301.00001)"),
    (
        '<a href="http://arxiv.org/abs/2301.00001">a</a>',
        '<a href="https://arxiv.org/abs/2301.00001">a</a>',
    ),
    ("see http://arxiv.org/abs/2301.00001.", "see https://arxiv.org/abs/2301.00001."),
    (
        "[http://arxiv.org/abs/2301.00001](http://arxiv.org/abs/2301.00001)",
        "[https://arxiv.org/abs/2301.00001](https://arxiv.org/abs/2301.00001)",
    ),
    (
        "[Code](https://github.com/roe/tool/tree/main)",
        "[Code](https://github.com/New-Owner/tool/tree/main)",
    ),
    ("a title â€“ repaired", "a title – repaired"),
    ("‚≠ê [a](http://arxiv.org/abs/2301.00001)", "⭐ [a](https://arxiv.org/abs/2301.00001)"),
]
UNCERTAIN = [
    "[a](http://some-museum.org/page)",  # nobody knows whether it answers over https
    "[a](https://some-museum.org/page.)",  # nobody knows whether the full stop belongs to it
    "[a](https://arxiv.org/abs/2301.00001v2)",  # perhaps that version is meant
    "[a](https://web.archive.org/web/2020/http://arxiv.org/abs/2301.00001)",
    "`http://arxiv.org/abs/2301.00001`",
    "[a](http://arxiv.org/abs/2301.00001) <!-- harvest: ignore http -->",
    "français, naïve café",
    "a blank at the end  ",
]


@pytest.mark.parametrize(("old", "new"), FIXES)
def test_fixes(old: str, new: str) -> None:
    assert apply_fixes(f"- Title {old}\n".encode(), check).decode() == f"- Title {new}\n"


@pytest.mark.parametrize(
    "address", ["https://doi.org/10.1000/007", "<https://doi.org/10.1000/007>"]
)
def test_a_bare_link_gets_the_title_of_its_registry(address: str) -> None:
    titled = b"- [Melt \\*of\\* \\[ice\\]\\_x](https://doi.org/10.1000/007)\n"
    fixed = apply_fixes(f"- {address}\n".encode(), check)
    assert fixed == titled
    assert [mention.title for mention in read(fixed, "a.md").mentions] == [TITLED.title]


def test_a_bare_link_without_a_known_title_stays() -> None:
    data = b"- https://arxiv.org/abs/2301.00001\n"
    assert apply_fixes(data, check) == data


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_is_not_certain_stays(text: str) -> None:
    data = f"- Title {text}\n".encode()
    assert apply_fixes(data, check) == data


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")],
)
def test_line_ends_marks_and_encodings_stay(
    end: str, last: str, mark: bytes, encoding: str
) -> None:
    old = end.join(["# Liste é", "", "- [a](http://arxiv.org/abs/2301.00001)\t ", "", last])
    data = mark + old.encode(encoding)
    assert apply_fixes(data, check) == mark + old.replace("http:", "https:").encode(encoding)


def test_bytes_that_are_no_utf8_stay() -> None:
    garbled = b"- \xc3\xa2\xe2\x82\xac\xe2\x80\x9c\n- \xff\xfe\n"
    data = b"- caf\xe9 [a](http://arxiv.org/abs/2301.00001)\n" + garbled
    assert (
        apply_fixes(data, check)
        == b"- caf\xe9 [a](https://arxiv.org/abs/2301.00001)\n- \xe2\x80\x93\n- \xff\xfe\n"
    )


def test_a_longer_address_is_another_one() -> None:
    longer = b"[b](http://arxiv.org/abs/2301.000012) http://arxiv.org/abs/2301.00001/x\n"
    data = b"- [a](http://arxiv.org/abs/2301.00001) " + longer
    new = apply_fixes(data, check)
    assert new == data.replace(b"http:", b"https:")


def test_an_uncertain_name_is_not_replaced() -> None:
    unsure = Repository(
        id="github:new/tool", aliases=["github:roe/tool"], url="", status="ok", repository_id=None
    )
    data = b"- Title [Code](https://github.com/roe/tool)\n"
    reading = read(data, "a.md")
    findings = checks.check(
        reading.files, reading.mentions, [], VOCABULARY, Dataset(works=[], repositories=[unsure])
    )
    assert [(r.code, r.fix) for r in findings if r.code == "repository-moved"] == [
        ("repository-moved", None)
    ]


def test_other_formats_are_put_right_too() -> None:
    bib = b"@misc{a,\r\n  title = {A Title},\r\n  url = {http://arxiv.org/abs/2301.00001}\r\n}\r\n"
    assert apply_fixes(bib, lambda data: check(data, "a.bib")) == bib.replace(b"http:", b"https:")


@pytest.mark.parametrize(("lines", "changes"), [(5, True), (1000, False)])
def test_an_address_is_looked_for_near_its_finding(lines: int, changes: bool) -> None:
    bib = (
        b"@misc{a,\n" + b"  x = {y},\n" * lines + b"  url = {http://arxiv.org/abs/2301.00001}\n}\n"
    )
    fix = ("http://arxiv.org/abs/2301.00001", "https://x.org")
    finding = Finding("a.bib", 1, "http", "http", fix)
    assert (apply_fixes(bib, lambda _: [finding]) != bib) is changes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "http://x.org/a http://x.org/ab (http://x.org/a) http://x.org/a.",
            "NEW http://x.org/ab (NEW) NEW.",
        ),
        (
            "https://y.org/?http://x.org/a=http://x.org/a",
            "https://y.org/?http://x.org/a=http://x.org/a",
        ),
        ("http://x.org/ahttp://x.org/a", "http://x.org/ahttp://x.org/a"),
        ("http://x.org/a.html http://x.org/a", "http://x.org/a.html NEW"),
    ],
)
def test_only_whole_addresses_are_replaced(line: str, expected: str) -> None:
    finding = Finding("a.md", 1, "http", "http", ("http://x.org/a", "NEW"))
    assert apply_fixes(line.encode(), lambda _: [finding]).decode() == expected


def test_a_line_of_a_record_that_is_spared_stays() -> None:
    comment = b"% <!-- harvest: ignore http -->"
    url = b" url = {http://arxiv.org/abs/2301.00001} " + comment
    bib = b"@misc{a,\n title = {A},\n" + url + b"\n}\n"
    assert apply_fixes(bib, lambda data: check(data, "a.bib")) == bib


pieces = st.sampled_from(
    [old for old, _ in FIXES]
    + UNCERTAIN
    + ["## Title", "| a | b |", "|---|---|", "", "```", "text"]
)


@given(st.lists(pieces, max_size=8), st.sampled_from(["\n", "\r\n"]), st.binary(max_size=6))
def test_a_second_run_changes_nothing(lines: list[str], end: str, junk: bytes) -> None:
    data = end.join(f"- {line}" for line in lines).encode() + junk.replace(b"\0", b"")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    once = apply_fixes(data, check)
    assert apply_fixes(once, check) == once
    if not any(r.code == "encoding" for r in check(once)):  # what was guessed is not written back
        assert [r for r in check(once) if r.fix] == []


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").iterdir()), ids=lambda path: path.name[:3])
def test_fixes_of_the_default_lists(path: Path) -> None:
    data = path.read_bytes()
    before = check(data, path.name)
    new = apply_fixes(data, lambda content: check(content, path.name))
    fixable = {r.line for r in before if r.fix}
    old_lines, new_lines = data.split(b"\n"), new.split(b"\n")
    assert {
        n for n, pair in enumerate(zip(old_lines, new_lines, strict=True), 1) if pair[0] != pair[1]
    } == fixable
    assert apply_fixes(new, lambda content: check(content, path.name)) == new
    remaining = {(r.line, r.code) for r in before if not r.fix}
    assert {(r.line, r.code) for r in check(new, path.name)} == remaining
