"""The nouns of harvest."""

from __future__ import annotations

from itertools import permutations

from harvest.checks import check
from harvest.dataset.facets import Vocabulary
from harvest.models import Finding


def test_findings_sort_without_their_fix() -> None:
    plain = Finding("a.md", 1, "http", "x")
    fixable = Finding("a.md", 1, "http", "x", ("http://a", "https://a"))
    other = Finding("a.md", 1, "http", "x", ("http://b", "https://b"))
    for findings in permutations([plain, fixable, other]):
        assert sorted(findings) == list(findings)
    later = [
        Finding("a.md", 1, "http", "y"),
        Finding("a.md", 1, "no-doi", "x"),
        Finding("a.md", 2, "a", "a"),
    ]
    expected = [fixable, *later, Finding("b.md", 0, "a", "a")]
    assert all(sorted(findings) == expected for findings in permutations(expected))


def test_equal_findings_collapse() -> None:
    plain = Finding("a.md", 1, "http", "x")
    fixable = Finding("a.md", 1, "http", "x", ("http://a", "https://a"))
    assert check({}, [], [plain, fixable, plain, fixable], Vocabulary({})) == [plain, fixable]
