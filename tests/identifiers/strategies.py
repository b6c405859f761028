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


def made_of(scheme: str, pattern: str) -> st.SearchStrategy[Identifier]:
    """Draw identifiers of a scheme whose values fit a pattern."""
    return st.from_regex(pattern, fullmatch=True).map(lambda value: Identifier(scheme, value))


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
    | made_of("acm", r"[1-9][0-9]{5}\.[1-9][0-9]{6}")
    | made_of("aaai", r"(AAAI|ICWSM)/[1-9][0-9]{0,5}")
    | made_of(
        "cvf",
        r"(CVPR2021|ICCV2019W/[A-Z]{3}|WACV_2020|CVPRW_2020/w[0-9])/[A-Z][a-z_']{1,30}_CVPR_20[12][0-9]",
    )
    | made_of("ecva", r"20(18|20|22|24)/[1-9][0-9]{2,10}")
    | made_of("hal", r"(hal|tel|inria|hal_x)-[0-9]{8}")
    | made_of("iacr", r"20[0-9]{2}/([1-9][0-9]{3}|0[0-9][1-9])")
    | made_of("ijcai", r"20(1[789]|2[0-9])/[1-9][0-9]{0,3}")
    | made_of("jair", r"[1-9][0-9]{4}")
    | made_of("jstor", r"[1-9][0-9]{3,8}")
    | made_of("mitpress", r"[a-z]{4}/[1-9]{2}/[1-9]/[0-9]{3}")
    | made_of("neurips", r"(datasets/2021|20(0[0-9]|19|2[0-9]))/[0-9a-f]{32}(-Conference)?")
    | made_of("neurips", r"[1-9][0-9]{3}-[a-z]{2,9}(-[a-z]{2,9}){0,9}").filter(
        lambda identifier: not identifier.value.endswith(("-supplemental", "-reviews"))
    )
    | made_of("ocs", r"AAAI/AAAI1[0-8]/[1-9][0-9]{3,4}")
    | made_of("osf", r"(psyarxiv/|osf/)?[a-z0-9]{5}(_v[1-9])?")
    | made_of("oup", r"[a-z]{3,12}/[1-9]{2}/(suppl_)?[1-9]/[A-Z]?[0-9]{3}")
    | made_of("pii", r"(00220000|08936080)[0-9]{7}[0-9X]")
    | made_of("pvldb", r"[1-9]{2}/p[0-9]{3,4}-[a-z]{3,9}")
    | made_of("semanticscholar", r"[0-9a-f]{40}|CorpusID:[1-9][0-9]{5,9}")
    | made_of("usenix", r"(osdi|nsdi|atc)(1[2-9]|2[0-9])/[a-z]{3,9}(-[a-z]{3,9})?")
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
