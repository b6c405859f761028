"""Identifiers within running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.identifiers import find, identify, url
from harvest.models import Identifier
from tests.identifiers.examples import SICI
from tests.identifiers.strategies import arxivs, dois, githubs, pieces


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("", []),
        ("No identifier in here, at 10.30 in the archive: nothing.", []),
        ("https://a.org/x", ["https://a.org/x"]),
        ("See https://a.org/x.", ["https://a.org/x"]),
        ("See HTTP://a.org/x, and https://b.org/y; done", ["HTTP://a.org/x", "https://b.org/y"]),
        ("(see https://a.org/x)", ["https://a.org/x"]),
        ("(see https://en.wikipedia.org/wiki/A_(b))", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("[https://a.org/x]", ["https://a.org/x"]),
        ("<https://a.org/x>", ["https://a.org/x"]),
        ('"https://a.org/x".', ["https://a.org/x"]),
        ("**https://a.org/x**", ["https://a.org/x"]),
        ("_https://a.org/x_", ["https://a.org/x"]),
        ("`https://a.org/x`", ["https://a.org/x"]),
        ("| https://a.org/x|", ["https://a.org/x"]),
        ("https://a.org/x?!", ["https://a.org/x"]),
        ("https://a.org/?q=a&b=c#d!", ["https://a.org/?q=a&b=c#d"]),
        ("https://a.org/x/", ["https://a.org/x/"]),
        ("https://[2001:db8::1]/x", ["https://[2001:db8::1]/x"]),
        (r"\url{https://a.org/x}.", ["https://a.org/x"]),
        (r"\href{https://a.org/x}{here}", ["https://a.org/x"]),
        ("[https://a.org/x](https://a.org/y)", ["https://a.org/x", "https://a.org/y"]),
        ("见https://a.org/x。", []),
        ("见 https://a.org/x。", ["https://a.org/x"]),
        ("(https://a.org/x)）", ["https://a.org/x"]),
        ("[[https://doi.org/10.1007/bf02476395][On it]]", ["https://doi.org/10.1007/bf02476395"]),
        ("https://doi.org/10.1000/xyz[A title]", ["https://doi.org/10.1000/xyz"]),
        ("link:https://arxiv.org/abs/2006.11239[A]", ["https://arxiv.org/abs/2006.11239"]),
        ("https://", []),
        ("https://...", []),
        ("xhttps://a.org", []),
        ("ftp://a.org/x", []),
        ("doi:10.1000/a.", ["doi:10.1000/a"]),
        ("DOI:10.1000/A", ["DOI:10.1000/A"]),
        ("DOI: 10.1000/a)", ["DOI: 10.1000/a"]),
        ("DOI 10.1000/a(b), next", ["DOI 10.1000/a(b)"]),
        ("doi = 10.1000/a", ["doi = 10.1000/a"]),
        ("doi=10.1000/a", ["doi=10.1000/a"]),
        ("DOI:\n10.1000/a", ["DOI:\n10.1000/a"]),
        ("mydoi:10.1000/a", []),
        ("doi:10.1000/", []),
        ("doi:10.10/a", []),
        ("*Ice* 12:3, 10.1000/a, 2020.", ["10.1000/a"]),
        ("(10.1000/a)", ["10.1000/a"]),
        ("1.10.1000/a and key:10.1000/a", []),
        ("since 10.2023/11, and 10.2020/21 or 10.0000/a", []),
        ("10.1000/182 and 10.1000/5.77", ["10.1000/182", "10.1000/5.77"]),
        ("doi:10.1000/5", ["doi:10.1000/5"]),
        (f"In doi:{SICI}, too", [f"doi:{SICI}"]),
        (f"In https://doi.org/{SICI}.", [f"https://doi.org/{SICI}"]),
        ("doi:10.1000/a<br>", ["doi:10.1000/a"]),
        (
            "doi:10.1890/0012-9658(2006)87[2614:x]2.0.co;2]",
            ["doi:10.1890/0012-9658(2006)87[2614:x]2.0.co;2"],
        ),
        ("arXiv:2301.00001v2, 2023", ["arXiv:2301.00001v2"]),
        ("arXiv 2301.00001.", ["arXiv 2301.00001"]),
        ("ArXiv: 2301.00001", ["ArXiv: 2301.00001"]),
        ("arxiv:math.GT/0309136v1", ["arxiv:math.GT/0309136v1"]),
        ("ARXIV:2301.00001V1", ["ARXIV:2301.00001V1"]),
        ("arXiv preprint arXiv:2301.00001 (2023)", ["arXiv:2301.00001"]),
        ("arXiv:2301.00001,arXiv:2301.00002", ["arXiv:2301.00001", "arXiv:2301.00002"]),
        ("arXiv:2301.000012", []),
        ("arXiv:2313.00001", []),
        ("arXiv:2301.00001.5", []),
        ("xarXiv:2301.00001", []),
        ("arXiv:XXXX.XXXXX", []),
        ("see arxiv.org/abs/2301.00001v2, too", ["arxiv.org/abs/2301.00001v2"]),
        ("(www.arxiv.org/pdf/2301.00001.pdf)", ["www.arxiv.org/pdf/2301.00001.pdf"]),
        ("its code: github.com/jdoe/net.", ["github.com/jdoe/net"]),
        (
            "GitHub.com/jdoe/net, arXiv.org/abs/2301.00001",
            ["GitHub.com/jdoe/net", "arXiv.org/abs/2301.00001"],
        ),
        ("a.github.com/jdoe/net, github.com/jdoe, notarxiv.org/abs/2301.00001", []),
        (
            "https://a.org/x (arXiv:2301.00001, doi:10.1000/a)",
            ["https://a.org/x", "arXiv:2301.00001", "doi:10.1000/a"],
        ),
    ],
)
def test_find(text: str, raws: list[str]):
    hits = find(text)
    assert [raw for _, _, raw in hits] == raws
    assert [text[start:end] for start, end, _ in hits] == raws


@given(st.lists(pieces | st.text(max_size=5), max_size=30).map("".join))
def test_matches_are_in_order(text: str):
    last = 0
    for start, end, raw in find(text):
        assert last <= start < end
        assert text[start:end] == raw
        last = end


@given(
    st.text("ab (,.;", max_size=9),
    dois | arxivs | githubs,
    st.sampled_from([".", ",", ")", ").", "; ", " and", '"', ""]),
)
def test_identify_reads_what_find_returns(before: str, identifier: Identifier, after: str):
    [(_, _, raw)] = find(f"{before} {url(identifier)}{after}")
    assert identify(raw).identifier == identifier
