"""Identifiers and pieces of addresses for property tests."""

from __future__ import annotations

import re
from string import ascii_letters, digits

from hypothesis import strategies as st

from harvest.models import Identifier

WORD = ascii_letters.lower() + digits


SUFFIX = WORD + "#?<>;()%&+:._-/[]=@!'\"\\^`{|}~ é"


MONTHS = st.integers(1, 12)


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "<>", "{}"))


ESCAPED = re.compile(r"\\[_%&#$~<>]")

dois = st.builds(
    lambda prefix, head, middle, tail: Identifier(
        "doi", f"10.{prefix}/{head}{middle.replace(' ', '')}{tail}"
    ),
    st.integers(1000, 99999),
    st.sampled_from(digits),  # so that no suffix is the x of a placeholder
    st.text(SUFFIX, max_size=20).filter(_balanced),
    st.sampled_from(digits),
).filter(lambda doi: not ESCAPED.search(doi.value))  # an escape is never canonical


arxivs = st.builds(
    lambda year, month, number: Identifier(
        "arxiv",
        f"{year:02}{month:02}.{number:05}"
        if year > 14
        else f"{year:02}{month:02}.{number % 9999 + 1:04}",
    ),
    st.integers(8, 99),
    MONTHS,
    st.integers(1, 99999),
) | st.builds(
    lambda archive, year, month, number: Identifier(
        "arxiv", f"{archive}/{year:02}{month:02}{number:03}"
    ),
    st.sampled_from(["hep-th", "math", "cs", "astro-ph", "q-bio", "math-ph"]),
    st.integers(92, 99) | st.integers(0, 6),
    MONTHS,
    st.integers(1, 999),
)


githubs = st.builds(
    lambda owner, name: Identifier("github", f"q{owner}/{name}q"),
    st.text(ascii_letters + digits + "-", max_size=38),
    st.text(ascii_letters + digits + "-_.", max_size=99),
)


NUMBERS = st.integers(1, 10**9 - 1).map(str)


canonical = (
    dois
    | arxivs
    | githubs
    | st.from_regex(r"S[0-9]{15}[0-9X]", fullmatch=True).map(lambda value: Identifier("pii", value))
    | NUMBERS.map(lambda value: Identifier("ieee", value))
    | NUMBERS.map(lambda value: Identifier("pubmed", value))
    | NUMBERS.map(lambda value: Identifier("pmc", f"PMC{value}"))
    | st.from_regex(r"[A-Za-z0-9_-]{8,12}", fullmatch=True).map(
        lambda value: Identifier("openreview", value)
    )
    | st.from_regex(r"v[1-9][0-9]{0,2}/[a-z]{3,9}[0-9]{2}[a-d]", fullmatch=True).flatmap(
        lambda value: st.sampled_from([Identifier("jmlr", value), Identifier("pmlr", value)])
    )
    | st.from_regex(
        r"[A-Z][0-9]{2}-[0-9]{4}|20[0-9]{2}\.[a-z]{3,9}-[a-z]{3,9}\.[1-9][0-9]{0,3}", fullmatch=True
    ).map(lambda value: Identifier("acl", value))
    | st.from_regex(r"[0-9a-f]{20}|[0-9a-f]{32}", fullmatch=True).map(
        lambda value: Identifier("gist", value)
    )
    | st.from_regex(
        r"https?://[a-z]{3,9}\.(?:org|de)(?::8[0-9]{3})?(?:/[A-Za-z0-9.%~-]{0,9}){0,3}",
        fullmatch=True,
    ).map(lambda value: Identifier("url", value))
)


PIECES = """
    https:// http:// doi.org/ doi: 10.1000/ arXiv: arxiv.org/abs/ 2301.00001 v2 github.com/ git@ : /
    ?url= ?id= %3A % #
    ( ) [ ] < > ezproxy. pii/ www.mdpi.com/ 2313-433X/ 9/ PMC x . \\ @ utm_a=1& \ud800 \x00 \u0660
"""


pieces = st.sampled_from(PIECES.split()) | st.just(" ")
