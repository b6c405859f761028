"""What holds for every text."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest.models import Mention
from harvest.readers import discover, read
from harvest.readers.decode import decode
from harvest.readers.markdown import Markdown

NAMES = [
    "a.md",
    "a.bib",
    "a.csv",
    "a.tsv",
    "a.json",
    "a.jsonl",
    "a.ris",
    "a.ids",
    "a.txt",
    "a.yaml",
]
SYNTAX = [
    "[", "]", "(", ")", "<", ">", "*", "**", "`", "```", "~~~", "#", "|", "-", "|-|-|", "\n", "\n\n", "  ", "\t", "!",
    "<!--", "-->", "<table>", "<tr>", "<td>", "</table>", "<li>", "</ul>", "<a href='https://x.org/1'>", "</a>",
    "<h2>", "</h2>", "<pre>", "https://x.org/2", "[x](https://x.org/3)", "![y](z.png)", "doi:10.1000/a", "1. ", "> ",
    "arXiv:2301.00001", "[^1]", "[^1]: ", "@misc{", "TY  - ", "ER  - ", "{", "}", '"', ",", ":", "\\", "é", "üåü", "a",
    "---\n", "a: b\n", "\n\n**a b**\n", "\n- Paper: https://x.org/4\n", "\n- Code: https://x.org/5\n", "\n- ",
]  # fmt: skip
WRAPPED = [
    "[{}](u)", "![{}](u)", "**{}**", "*{}*", "<a href='u'>{}</a>", "`{}`", "# {}\n", "- {}\n", "> {}\n", "<td>{}",
    "|{}|\n|-|\n|{}|\n", "<li>{}</li>", "<h2>{}</h2>", "<table><tr><td>{}</td></tr></table>",
]  # fmt: skip
soup = st.recursive(
    st.sampled_from(SYNTAX),
    lambda inner: st.one_of(
        st.lists(inner).map("".join),
        st.tuples(st.sampled_from(WRAPPED), inner).map(lambda pair: pair[0].replace("{}", pair[1])),
    ),
)


@given(st.one_of(st.text(), soup), st.sampled_from(NAMES))
@example("**<li>a**[<h2>x](u)![<td>x](u)*<table><tr><td>x*", "a.md")
@example("[</a>x](u)\n\n|a|\n|-|\n|[</a>x](u)![<img src=a>](b)[<a href=x>y](u)|", "a.md")
@example("[", "a.yaml")
def test_reading_never_raises_and_stays_within_the_text(text: str, name: str) -> None:
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    reading = read(text.replace("\0", "").encode(), name)
    assert all(1 <= mention.line <= lines for mention in reading.mentions)
    assert all(0 <= finding.line <= lines for finding in reading.findings)
    assert [m.line for m in reading.mentions] == sorted(m.line for m in reading.mentions)


@given(soup, st.sampled_from(sorted(discover())))
def test_a_reader_never_raises_whatever_it_is_given(text: str, name: str) -> None:
    assert discover()[name].read(text, "seed").mentions is not None


URLS = st.integers(1, 999).map(lambda number: f"https://doi.org/10.1000/{number}")
WORDS = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=8)
LINES = [
    "[{word}]({url})", "[[**{word}**]]({url})", "- [{word}]({url}) {word}", "  * {word} <{url}>", "1. {word} {url}",
    "## {word} ![{word}]({url})", '<a href="{url}">{word}</a>', "{word} {url} {word}", "", "{word}", "> {word} {url}",
    "| {word} | x |\n|---|---|\n| {word} | [{word}]({url}) |\n", "```\n{url}\n```\n", "<!-- {url} -->",
    "<table><tr><td>\n<a href='{url}'>{word}</a>\n</td></tr></table>\n",
]  # fmt: skip
documents = st.lists(
    st.builds(
        lambda line, word, url: line.format(word=word, url=url), st.sampled_from(LINES), WORDS, URLS
    )
).map("\n".join)


@given(documents)
def test_a_url_stands_on_its_line(text: str) -> None:
    lines = text.split("\n")
    for mention in Markdown().read(text, "a.md").mentions:
        assert mention.url in lines[mention.line - 1]


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), WORDS, URLS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)
records = st.lists(st.dictionaries(WORDS, values))


def with_dois(content: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**record, "DOI": f"10.1000/{number}"} for number, record in enumerate(content)]


@pytest.mark.slow
@given(records, st.sampled_from([None, 1, 3]), st.sampled_from([None, "items"]))
def test_a_value_of_json_stands_on_its_line(
    content: list[dict[str, object]], indent: int | None, holder: str | None
) -> None:
    document = {"first": 1, holder: with_dois(content)} if holder else with_dois(content)
    text = json.dumps(document, indent=indent)
    lines = text.split("\n")
    for mention in read(text.encode(), "a.json").mentions:
        if mention.url.startswith("10.1000/"):
            assert f'"{mention.url}"' in lines[mention.line - 1]


@pytest.mark.slow
@given(records)
def test_a_record_of_json_lines_stands_on_its_line(content: list[dict[str, object]]) -> None:
    lines = [json.dumps(record) for record in with_dois(content)]
    for mention in read("\n".join(lines).encode(), "a.jsonl").mentions:
        if mention.url.startswith("10.1000/"):
            assert f'"{mention.url}"' in lines[mention.line - 1]


@given(documents)
def test_every_url_that_shows_is_mentioned(text: str) -> None:
    shown = sum("https://" in line for line in text.split("\n"))
    hidden = text.count("<!--") + text.count("```\nhttps")
    assert len({m.line for m in Markdown().read(text, "a.md").mentions}) == shown - hidden


@given(documents)
def test_line_ends_make_no_difference(text: str) -> None:
    expected = read(text.encode(), "a.md")
    for end in ("\r\n", "\r"):
        reading = read(text.replace("\n", end).encode(), "a.md")
        reading.files["a.md"].data = text.encode()
        assert reading == expected


def place(mention: Mention) -> tuple[int, str, str]:
    """Without its number and its role: what a section is, all sections of a list say together."""
    return mention.line, mention.url, mention.label


@given(documents, documents)
def test_a_document_after_another_only_moves_its_lines(first: str, second: str) -> None:
    between = "\n\n# A heading ends whatever was open\n\n"
    moved = first.count("\n") + between.count("\n")
    both = Markdown().read(first + between + second, "a.md").mentions
    assert [place(m) for m in both] == [
        *(place(m) for m in Markdown().read(first, "a.md").mentions),
        *(
            (line + moved, *rest)
            for line, *rest in map(place, Markdown().read(second, "a.md").mentions)
        ),
    ]


ITEMS = [
    "[{word} {word}]({url})", "**{word} {word}**, {url}", "Paper: {url}", "Code: https://github.com/a/b",
    "{word}: {url}", "[Paper]({url})", "{word} {word} {word} [pdf]({url})", "Paper: {url}\n  - Code: https://github.com/a/b",
]  # fmt: skip
items = st.builds(
    lambda item, word, url: f"- {item.format(word=word, url=url)}\n",
    st.sampled_from(ITEMS),
    WORDS,
    URLS,
)


@given(st.lists(items, min_size=1, max_size=4), st.sampled_from(["", "\n"]))
def test_a_bold_line_changes_only_a_list_of_labels(found: list[str], gap: str) -> None:
    text = "Words in bold\n" + gap + gap.join(found)
    plain = Markdown().read(text, "a.md").mentions
    bold = Markdown().read(f"**{text.replace('bold', 'bold**', 1)}", "a.md").mentions
    assert [(m.line, m.url) for m in bold] == [(m.line, m.url) for m in plain]
    if not any("Paper" in item for item in found):
        assert bold == plain


@pytest.mark.parametrize("codec", ["mac_roman", "cp1252"])
@given(text=st.text(st.characters(codec="ascii"), max_size=20))
def test_text_that_was_never_garbled_is_not_repaired(codec: str, text: str) -> None:
    assert decode(text.replace("\0", "").encode(codec), "a").raw == {}
