"""Rules for web addresses."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from harvest.identifiers import addresses, identify, url
from harvest.models import Identifier
from tests.identifiers.examples import CASES
from tests.identifiers.strategies import dois, pieces


def test_each_rule_has_an_example():
    read = [raw for raw, kind, *_ in CASES if kind != "link" and "://" in raw]
    pages = [page for raw in read if (page := addresses.split(raw))]
    unread = [
        (host, rule.source)
        for host, rules in addresses.RULES.items()
        for rule in rules
        if not any(
            other is rule and rule.pattern.match(page.path + page.query)
            for page in pages
            for other in (*page.rules, *addresses.RULES["*"])
        )
    ]
    assert unread == []


@given(st.lists(pieces, max_size=12).map("".join))
def test_any_torn_address_has_a_meaning(text: str):
    found = identify(text)
    if found.kind == "identifier":
        assert found.identifier is not None
        assert identify(url(found.identifier)).identifier == found.identifier
    else:
        assert found.kind == "link" or found.identifier is None


@given(dois)
def test_percent_encoding_is_decoded_once(doi: Identifier):
    for safe in ("", "/", "/:;()", "/:;()<>[]{}"):
        assert identify(f"https://doi.org/{quote(doi.value, safe=safe)}").identifier == doi
    assert identify(f"doi:{quote(doi.value, safe='')}").identifier == doi
