"""Expressions that choose works, held against an oracle that reads them in the simplest way."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.dataset import query
from harvest.errors import UsageError
from harvest.models import (
    Author,
    Dataset,
    IntegrityNotice,
    Place,
    Work,
    WorkRepository,
)
from tests.support.works import make_publication, make_repository, make_work

PLACE = Place(
    seed="lists/a.md",
    line=1,
    section=("Signals", "ECG"),
    title=None,
    authors=None,
    date=None,
    url="u",
    label="l",
)
NOTICE = IntegrityNotice("retraction", None, None, "crossref")
WORKS = [
    make_work(1, date="2023-05-02", year=2023, facets={"method": ["GAN", "VAE"]}, cited_by=3),
    make_work(2, date="2023", year=2023, title="Été: a “study”", authors=[Author("Zoë Ñu")]),
    make_work(3, date=None, year=None, title=None, integrity=[NOTICE], mentions=[PLACE]),
    make_work(4, repositories=[WorkRepository("github:o/a", "code")], container="J. of X"),
    make_work(5, repositories=[WorkRepository("github:o/b", "original")]),
]
CODE = [
    make_repository("o/a", stars=120, license="MIT", activity="active", archived=False),
    make_repository("o/b", stars=999, license="MIT"),
]
DATASET = Dataset(WORKS, CODE)


def numbers(text: str) -> list[int]:
    """Return the numbers of the works that an expression chooses."""
    return [int(work.id[-3:]) for work in query.select(DATASET, [text])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("method = gan", [1]),
        ("method = VAE and method = GAN", [1]),
        ("method != GAN", [2, 3, 4, 5]),
        ("facets.method in (GAN, Flow)", [1]),
        ("year >= 2023", [1, 2, 4, 5]),
        ("year = null", [3]),
        ("year != null", [1, 2, 4, 5]),
        ("date = 2023-05", [1]),
        ("date < 2023-05-02", [4, 5]),
        ("date <= 2023", [1, 2, 4, 5]),
        ("date > 2023-01", [1]),
        ("title ~ ete", [2]),
        ("title = 'été: A \"Study\"'", [2]),
        ("authors ~ 'zoe nu'", [2]),
        ("retracted", [3]),
        ("not retracted and year = 2023", [1, 2, 4, 5]),
        ("retracted = false and method", [1]),
        ("integrity = retraction", [3]),
        ("list ~ lists/ or cited_by = 3", [1, 3]),
        ("section = ecg", [3]),
        ("stars > 100", [4]),
        ("license = MIT and activity = active and archived = false", [4]),
        ("repositories = github:o/b", [5]),
        ("doi ~ 10.1000/00", [1, 2, 3, 4, 5]),
        ("identifiers = doi:10.1000/004", [4]),
        ("id in (doi:10.1000/001, 'doi:10.1000/002')", [1, 2]),
        ("not (year = 2023 or retracted)", []),
        ("NOT year=2023 AND retracted", [3]),
        ("cited_by == 3", [1]),
        ("status = resolved and container = 'j of x'", [4]),
    ],
)
def test_works_are_chosen(text: str, expected: list[int]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("method = C", ["C"]),
        ("method = c++", ["C++"]),
        ("method = 'C#'", ["C#"]),
        ("method ~ c", ["C", "C++", "C#"]),
        ("method ~ '++'", ["C++"]),
        ("method ~ '\u2014'", []),
    ],
)
def test_symbols_distinguish_names(text: str, expected: list[str]) -> None:
    names = ["C", "C++", "C#"]
    works = [make_work(n, facets={"method": [name]}) for n, name in enumerate(names, 1)]
    chosen = query.select(make_publication(*works).dataset, [text])
    assert [work.facets["method"][0] for work in chosen] == expected


@pytest.mark.parametrize(
    ("text", "why", "mark"),
    [
        ("stras > 3", "did you mean stars", "^^^^^"),
        ("year = 2023 and", "is expected here", " " * 15 + "^"),
        ("(year = 2023", "is expected here", " " * 12 + "^"),
        ("year = = 3", "is expected here", " " * 7 + "^"),
        ("year > soon", "soon is not a number", " " * 7 + "^^^^"),
        ("date > soon", "soon is not a date", " " * 7 + "^^^^"),
        ("date = 2023-1", "2023-1 is not a date", " " * 7 + "^^^^^^"),
        ("title < x", "use = or ~", " " * 8 + "^"),
        ("retracted = maybe", "neither true nor false", " " * 12 + "^^^^^"),
        ("", "is expected here", "^"),
        ("order = 1", "no field order", "^^^^^"),
    ],
)
def test_a_wrong_expression_is_marked(text: str, why: str, mark: str) -> None:
    with pytest.raises(UsageError, match=why) as info:
        query.select(DATASET, [text])
    assert info.value.__notes__ == [f"  {text}", f"  {mark}"]


def test_a_very_long_expression_is_refused() -> None:
    with pytest.raises(UsageError, match="2000 characters"):
        query.parse("not " * 1000 + "retracted")


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    try:
        works = query.select(DATASET, [text])
    except UsageError:
        works = []
    assert all(work in WORKS for work in works)


# -- against an oracle -----------------------------------------------------------------------------

FIELDS: dict[str, Any] = {
    "year": lambda work: [] if work.year is None else [work.year],
    "cited_by": lambda work: [] if work.cited_by is None else [work.cited_by],
    "method": lambda work: work.facets.get("method", []),
    "status": lambda work: [work.status],
}
OPERATORS = {
    "=": operator.eq,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Node = tuple[str, ...] | tuple[str, "Node"] | tuple[str, "Node", "Node"]
COMPARISONS = st.one_of(
    st.tuples(
        st.sampled_from(["year", "cited_by"]),
        st.sampled_from(sorted([*OPERATORS, "!="])),
        st.sampled_from(["0", "3", "2022", "2023"]),
    ),
    st.tuples(
        st.sampled_from(["method", "status"]),
        st.sampled_from(["=", "==", "!=", "~"]),
        st.sampled_from(["gan", "vae", "resolved", "listed"]),
    ),
)
NODES = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    ),
    max_leaves=8,
)
MADE = st.builds(
    make_work,
    st.integers(1, 9),
    year=st.sampled_from([None, 2022, 2023, 2024]),
    cited_by=st.sampled_from([None, 0, 3, 5]),
    status=st.sampled_from(["resolved", "listed"]),
    facets=st.sampled_from([{}, {"method": ["GAN"]}, {"method": ["GAN", "VAE"]}]),
)


def text_of(node: Any) -> str:
    match node:
        case ("not", part):
            return f"not ({text_of(part)})"
        case ("and" | "or" as word, one, other):
            return f"(({text_of(one)}) {word} ({text_of(other)}))"
        case (field, symbol, value):
            return f"{field} {symbol} {value}"
    raise AssertionError(node)


def holds(node: Any, work: Work) -> bool:
    match node:
        case ("not", part):
            return not holds(part, work)
        case ("and", one, other):
            return holds(one, work) and holds(other, work)
        case ("or", one, other):
            return holds(one, work) or holds(other, work)
        case (field, symbol, value):
            return compares(FIELDS[field](work), symbol, value)
    raise AssertionError(node)


def compares(values: list[Any], symbol: str, value: str) -> bool:
    if symbol == "!=":
        return not compares(values, "=", value)
    if symbol == "~":
        return any(value in item.lower() for item in values)
    literal: Any = int(value) if value.isdigit() else value
    return any(
        OPERATORS[symbol](getattr(it, "lower", lambda it=it: it)(), literal) for it in values
    )


@given(NODES, MADE)
def test_an_expression_means_what_the_oracle_says(node: Any, work: Work) -> None:
    fields = query.fields_of(Dataset([work, WORKS[0]], []))
    assert query.compile_query(text_of(node), fields)(work) is holds(node, work)
