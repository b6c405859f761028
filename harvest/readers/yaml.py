"""YAML of any shape. Every mention has the line of its value."""

from __future__ import annotations

import re
from typing import Any

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.records import read_records
from harvest.readers.values import Value, ValueBuilder

_NOTHING = frozenset({"", "~", "null", "Null", "NULL", "true", "True", "false", "False"})
_HEAD = re.compile(
    r"(?:[ \t]*(?:#.*)?\n)*+(?:%YAML.*\n)?(?:---[^\S\n]*\n)?(?:[ \t]*(?:#.*)?\n)*+"
    r"(?:-[ \t]+)?[\"']?[A-Za-z_][\w -]{0,40}[\"']?:(?:[ \t]+\S.*)?(?:\n|$)"
)
# Front matter, and below it a page of prose.
_PAGE = re.compile(r"---[ \t]*\n(?:(?!---).*\n)*+---[ \t]*\n\s*+(?!-?[ \t]*[\w\"'-]+:(?:\s|$))\S")
_MEMBER = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?[\w\"'-]+:(?:[ \t]|$)")


class Yaml(Reader):
    """YAML; of several documents, each."""

    suffixes = (".yaml", ".yml")

    def sniff(self, text: str) -> bool:
        """Return True if the text begins with a member, and most of its lines are members."""
        head = text[:10_000]
        if _HEAD.match(head) is None or _PAGE.match(head):
            return False
        lines = [line for line in head.split("\n") if line.strip() and line.strip()[0] != "#"]
        return 3 * len(_MEMBER.findall(head)) > len(lines)

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read the records. What stands before an error is read all the same."""
        reading = Reading()
        document, problem = load(text)
        if problem:
            line, message = problem
            message = f"cannot be read as YAML: {message}"
            reading.findings.append(Finding(name, line, "malformed-yaml", message))
        if document:
            read_records(reading, name, document)
        return reading


def load(text: str, line: int = 1) -> tuple[Value | None, tuple[int, str] | None]:
    """Return YAML, whose first line has a number, as a tree, and its first error with its line.

    Several documents are a list. Nothing of YAML but texts, lists and objects is made: a tag is
    passed over, and an alias that repeats too much is an error.
    """
    import yaml  # here: most commands read no YAML

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where that is built
    builders: list[ValueBuilder] = []
    problem = None
    position = line
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentStartEvent):
                builders.append(ValueBuilder())
                anchors: dict[str, Value] = {}
            elif builders:
                position = line + event.start_mark.line
                _add(builders[-1], anchors, event, position)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        message = str(getattr(error, "problem", None) or error)
        if mark:  # which libyaml puts a line behind a text that ends too early
            position = line + min(mark.line, text.count("\n"))
        problem = (position, message)
    documents = [builder.root for builder in builders if builder.root]
    return (documents[0] if len(documents) == 1 else Value(line, items=documents)), problem


def _add(builder: ValueBuilder, anchors: dict[str, Value], event: Any, line: int) -> None:
    """Add what an event of the parser says. Raises ValueError for an alias without an anchor."""
    kind = type(event).__name__
    value: Value | None = None
    if kind == "ScalarEvent":  # as most are
        is_nothing = event.implicit[0] and event.value in _NOTHING
        value = Value(line, "" if is_nothing else event.value)
        builder.add(value)
    elif kind == "AliasEvent":
        if event.anchor not in anchors:
            raise ValueError(f"the alias {event.anchor} has no anchor")
        builder.repeat(anchors[event.anchor])
    elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
        value = builder.begin(line, is_object=kind[0] == "M")
    elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
        builder.end()
    if value and event.anchor:
        anchors[event.anchor] = value
