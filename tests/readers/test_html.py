"""HTML -> tokens."""

from __future__ import annotations

import pytest

from harvest.readers.markdown.html import Token, tokens

CASES = [
    ("a &lt; b", [Token("", "", "a < b", 0)]),
    ("<B>x</b >", [Token("b", "", "", 0), Token("", "", "x", 0), Token("/b", "", "", 0)]),
    (
        "\n<a\n href='x?a=1&amp;b=2'\n>y",
        [Token("", "", "\n", 0), Token("a", "x?a=1&b=2", "", 1, 2), Token("", "", "y", 3)],
    ),
    ('<img SRC=" i.png " alt="A > b" width=3>', [Token("img", "i.png", "A > b", 0)]),
    ("<a data-href='no' name=x>", [Token("a", "", "", 0)]),
    ("a<br/>b", [Token("", "", "a", 0), Token("br", "", " ", 0), Token("", "", "b", 0)]),
    ("1 < 2 <3 </ <a <i>", [Token("", "", "1 < 2 <3 </ <a ", 0), Token("i", "", "", 0)]),
    (
        "a<!-- <b>\n -->c\n<!-- d",
        [Token("", "", "a", 0), Token("!--", "", "", 0, 1), Token("", "", "c\n<!-- d", 1)],
    ),
    ("<!--a--><!--", [Token("!--", "", "", 0), Token("", "", "<!--", 0)]),
    (
        "<script>\n'<a>'</script>x",
        [Token("script", "", "", 0, 1), Token("/script", "", "", 1), Token("", "", "x", 1)],
    ),
    ("<code><a", [Token("code", "", "", 0), Token("", "", "<a", 0)]),
    ("<<i>", [Token("", "", "<", 0), Token("i", "", "", 0)]),
    ("<![CDATA[x", [Token("", "", "<![CDATA[x", 0)]),
    ("<a href='x", [Token("", "", "<a href='x", 0)]),
    ("a&#10;b\n&amp;", [Token("", "", "a b\n&", 0)]),
    ("", []),
]


@pytest.mark.parametrize(("html", "expected"), CASES)
def test_tokens(html: str, expected: list[Token]) -> None:
    assert list(tokens(html)) == expected
