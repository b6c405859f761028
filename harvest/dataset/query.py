"""Expressions that choose works: `method = GAN and stars >= 100 and not retracted`.

    expression   a and b, a or b, not a, (a)
    comparison   FIELD = VALUE, == != < <= > >=, FIELD ~ TEXT (contains), FIELD in (VALUE, ...)
    FIELD alone  a flag is true, any other field has a value
    VALUE        a word or number, or any text in "..." or '...'; null is an unknown value

Text is compared without case, accents and punctuation, but C, C++ and C# are three. Of several
values any may match, and `!=` is the opposite of `=`. Dates are compared as far as both are known,
so `date = 2023` is the year.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NoReturn

import msgspec
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from harvest.dataset.fields import Field, Value, fields_of
from harvest.errors import UsageError
from harvest.models import Dataset, Work
from harvest.text import fold_title

NULL = "null"
MAX_LENGTH = 2000  # characters, which bounds how deep an expression is nested
GRAMMAR = r"""
?start: any
?any: all (_OR all)*
?all: not_ (_AND not_)*
?not_: _NOT not_ -> no
     | "(" any ")"
     | comparison
comparison: field OPERATOR value
          | field _IN "(" value ("," value)* ")" -> among
          | field -> present
field: WORD | QUOTED
value: WORD | QUOTED
_OR: /or(?![^\s()=!<>~,"'])/i
_AND: /and(?![^\s()=!<>~,"'])/i
_NOT: /not(?![^\s()=!<>~,"'])/i
_IN: /in(?![^\s()=!<>~,"'])/i
OPERATOR: "==" | "!=" | "<=" | ">=" | "=" | "<" | ">" | "~"
QUOTED: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/
WORD.-1: /[^\s()=!<>~,"']+/
%ignore /\s+/
"""

DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T\S*)?)?)?")
ORDERS: dict[str, frozenset[int]] = {  # of the field's value and the one it is compared with
    "=": frozenset({0}),
    "<": frozenset({-1}),
    ">": frozenset({1}),
    "<=": frozenset({-1, 0}),
    ">=": frozenset({0, 1}),
}

SYMBOLS = str.maketrans({"+": " plus ", "#": " sharp ", "*": " star "})  # which tell names apart
ESCAPES = {'\\"': '"', "\\'": "'", "\\\\": "\\"}  # in a text in quotes

Test = Callable[[Work], bool]


class Comparison(msgspec.Struct, frozen=True):
    """A field, an operator and its values; without an operator, that the field has a value."""

    field: Token
    operator: str | None = None
    values: tuple[Token, ...] = ()


class Combination(msgspec.Struct, frozen=True):
    """`and`, `or` or `not`, and what it joins."""

    operator: str
    parts: tuple[Expression, ...]


Expression = Comparison | Combination


class _Builder(Transformer[Token, Expression]):
    """Builds the expression while it is parsed."""

    def any(self, parts: list[Expression]) -> Expression:
        return Combination("or", tuple(parts))

    def all(self, parts: list[Expression]) -> Expression:
        return Combination("and", tuple(parts))

    def no(self, parts: list[Expression]) -> Expression:
        return Combination("not", tuple(parts))

    def comparison(self, parts: list[Token]) -> Expression:
        field, operator, value = parts
        return Comparison(field, str(operator).replace("==", "="), (value,))

    def among(self, parts: list[Token]) -> Expression:
        return Comparison(parts[0], "=", tuple(parts[1:]))

    def present(self, parts: list[Token]) -> Expression:
        return Comparison(parts[0])

    def field(self, parts: list[Token]) -> Token:
        return parts[0]

    def value(self, parts: list[Token]) -> Token:
        return parts[0]


def select(dataset: Dataset, expressions: Iterable[str]) -> list[Work]:
    """Return the works that match all expressions. Raises UsageError that shows a wrong place."""
    fields = fields_of(dataset)
    works = dataset.works
    for text in expressions:
        test = compile_query(text, fields)
        works = [work for work in works if test(work)]
    return works


def compile_query(text: str, fields: Mapping[str, Field]) -> Test:
    """Return the test of a work that an expression means. Raises UsageError for a wrong one."""
    return _compile(parse(text), text, fields)


def parse(text: str) -> Expression:
    """Parse an expression. Raises UsageError that shows where it is wrong."""
    if len(text) > MAX_LENGTH:
        raise UsageError(f"the expression has more than {MAX_LENGTH} characters")
    try:
        expression: Expression = _parser().parse(text)  # type: ignore[assignment]  # of _Builder
    except UnexpectedInput as error:
        at = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        token = getattr(error, "token", None)
        at = len(text) if token is not None and token.type == "$END" else at
        _refuse(text, at, 1, "FIELD = VALUE is expected here, as in: stars >= 100 and method = GAN")
    else:
        return expression


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder())


def _refuse(text: str, at: int, width: int, why: str) -> NoReturn:
    error = UsageError(why)
    error.add_note("  " + " ".join(text.split("\n")))
    error.add_note("  " + " " * at + "^" * max(1, width))
    raise error


# -- the meaning of an expression ------------------------------------------------------------------


def _compile(expression: Expression, text: str, fields: Mapping[str, Field]) -> Test:
    if isinstance(expression, Comparison):
        return _compile_comparison(expression, text, fields)
    tests = [_compile(part, text, fields) for part in expression.parts]
    if expression.operator == "and":
        return lambda work: all(test(work) for test in tests)
    if expression.operator == "or":
        return lambda work: any(test(work) for test in tests)
    return lambda work: not tests[0](work)


def _compile_comparison(expression: Comparison, text: str, fields: Mapping[str, Field]) -> Test:
    name = _unquote(expression.field)
    field = fields.get(name)
    if field is None:
        similar = difflib.get_close_matches(name, fields, 1)
        advice = f"did you mean {similar[0]}?" if similar else "docs/output.md has the fields"
        _refuse(text, _start(expression.field), len(expression.field), f"no field {name}; {advice}")
    values = field.values
    if expression.operator is None:
        return lambda work: any(value is not False for value in values(work))
    if expression.operator == "!=":
        opposite = msgspec.structs.replace(expression, operator="=")
        equal = _compile_comparison(opposite, text, fields)
        return lambda work: not equal(work)
    tests = [_compile_value(field, expression.operator, it, text) for it in expression.values]
    return lambda work: any(test(values(work)) for test in tests)


def _compile_value(
    field: Field, operator: str, token: Token, text: str
) -> Callable[[list[Value]], bool]:
    """Return the test of a field's values against one value of an expression."""
    literal = _unquote(token)
    if str(token) == NULL and operator == "=":
        return lambda values: not values
    if operator == "~":
        part = _key(literal)
        return lambda values: any(part in _key(str(value)) for value in values)
    orders = ORDERS[operator]
    if field.kind == "number":
        number = _number(token, text)
        return lambda values: any(_order(value, number) in orders for value in values)
    if field.kind == "date":
        date = _date(token, text)
        return lambda values: any(_date_order(str(value), date) in orders for value in values)
    if operator != "=":
        _refuse(
            text, _start(token), len(token), f"{operator} compares numbers and dates; use = or ~"
        )
    if field.kind == "flag":
        flag = _flag(token, text)
        return lambda values: flag in values
    key = _key(literal)
    return lambda values: any(_key(str(value)) == key for value in values)


def _key(text: str) -> str:
    """Return what two texts are compared by."""
    return fold_title(text.translate(SYMBOLS)) or text


def _order(one: Value, other: float) -> int:
    number = float(one)
    return (number > other) - (number < other)


def _date_order(date: str, literal: str) -> int | None:
    """Return the order of a date and one that may be less precise; None where it is not known."""
    start = date[: len(literal)]
    other = literal[: len(start)]
    if start != other:
        return 1 if start > other else -1
    return 0 if len(start) == len(literal) else None


def _number(token: Token, text: str) -> float:
    try:
        return float(_unquote(token))
    except ValueError:
        _refuse(text, _start(token), len(token), f"{_unquote(token)} is not a number")


def _date(token: Token, text: str) -> str:
    date = _unquote(token)
    if DATE.fullmatch(date) is None:
        message = f"{date} is not a date; write 2024, 2024-05 or 2024-05-31"
        _refuse(text, _start(token), len(token), message)
    return date


def _flag(token: Token, text: str) -> bool:
    word = _unquote(token).casefold()
    if word not in {"true", "false"}:
        _refuse(text, _start(token), len(token), f"{word} is neither true nor false")
    return word == "true"


def _unquote(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    text = str(token)[1:-1]
    for escaped, character in ESCAPES.items():
        text = text.replace(escaped, character)
    return text


def _start(token: Token) -> int:
    return token.start_pos or 0
