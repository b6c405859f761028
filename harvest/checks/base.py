"""Rules: functions that check a list file for one problem.

A rule has its documentation in its docstring. It gets a `CheckedFile`, one file of
a list with everything known about it, and yields the line and message of each finding, and a fix
where one is certain. It reads no file and makes no request. Rules are found by discovery: a new one
is a function in a module of this package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import cleandoc
from typing import Literal

import msgspec

from harvest.checks.checked_file import CheckedFile
from harvest.models import Fix

Level = Literal["error", "warning", "note"]
Violations = Iterator[tuple[int, str] | tuple[int, str, Fix | None]]
RuleFunction = Callable[[CheckedFile], Violations]

_SECTION = re.compile(r"\n(?:Why|Example|Fix): ")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The documentation of a rule. `fixable` rules can be put right by `harvest lint --fix`."""

    name: str
    what: str
    why: str
    example: str
    fix: str
    level: Level = "warning"
    fixable: bool = False


RULES: dict[str, Rule] = {}
CHECKS: dict[str, RuleFunction] = {}


def rule(
    code: str, name: str, *, level: Level = "warning", fixable: bool = False
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as a rule, with its docstring as documentation.

    The docstring says what is wrong and has the sections Why, Example and Fix, in this order.
    Raises TypeError for another.
    """

    def register(check: RuleFunction) -> RuleFunction:
        text = cleandoc(check.__doc__ or "")
        sections = [" ".join(section.split()) for section in _SECTION.split(text)]
        if len(sections) != 4:
            raise TypeError(f"rule {code}: its docstring lacks one of Why, Example and Fix")
        fields = dict(zip(("what", "why", "example", "fix"), sections, strict=True))
        RULES[code] = Rule(name=name, **fields, level=level, fixable=fixable)
        CHECKS[code] = check
        return check

    return register
