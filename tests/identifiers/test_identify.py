"""What every spelling of a link means, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest.identifiers import identify, url
from harvest.models import Identifier
from tests.identifiers.examples import CASES
from tests.identifiers.strategies import arxivs, canonical, dois, githubs


@pytest.mark.parametrize(("raw", "kind", "identifier", "version"), CASES)
def test_identify(raw: str, kind: str, identifier: str | None, version: str | None):
    found = identify(raw)
    assert (found.kind, found.identifier and str(found.identifier), found.version) == (
        kind,
        identifier,
        version,
    )


def test_examples_are_distinct():
    assert len({raw for raw, *_ in CASES}) == len(CASES)


@given(st.text())
@example("\ud800")
@example("https://doi.org/10.1000/\udfff")
@example("https://www.mdpi.com/2313-433X/\u0669/\u0663/\u0666\u0669")
@example("https://[::1")
@example("http://" * 50)
def test_any_text_has_a_meaning(text: str):
    assert identify(text).kind in {"identifier", "placeholder", "link"}


@given(
    canonical.filter(lambda identifier: "%" not in identifier.value and "&" not in identifier.value)
)
def test_canonical_texts(identifier: Identifier):
    assert identify(str(identifier)).identifier == identifier


@given(dois | arxivs, st.data())
def test_letter_case_does_not_count(identifier: Identifier, data: st.DataObject):
    address = url(identifier)
    mixed = "".join(
        data.draw(st.sampled_from([char.lower(), char.upper()])) for char in address if char != "é"
    )
    assert identify(mixed).identifier == identify(mixed.lower()).identifier


@given(dois | arxivs | githubs, st.text(".,;:!?'\"*)]}> \u201d\u3002", max_size=5))
def test_punctuation_of_a_sentence_is_cut(identifier: Identifier, rest: str):
    assert identify(url(identifier) + rest).identifier == identifier or "?" in rest
    assert (
        identify(str(identifier).replace("%", "%25").replace("&", "%26") + rest).identifier
        == identifier
    )


@given(canonical, st.sampled_from(["", " ", "\n", "\u00a0", "\u200b"]))
def test_blanks_are_cut(identifier: Identifier, blank: str):
    assert identify(blank + url(identifier) + blank).identifier == identifier
