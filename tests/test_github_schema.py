"""The part of GitHub's schema that the stand-in executes says nothing that the whole public schema does not say."""

from __future__ import annotations

from pathlib import Path

import graphql
import pytest

ROOT = Path(__file__).parents[1]
PART = ROOT / "tests" / "standins" / "github.graphql"
WHOLE = ROOT / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"


def statements(text: str) -> set[str]:
    """Cut a schema into statements such as `Repository.issues(states): [IssueState!]`."""
    found = set()
    for definition in graphql.parse(text, no_location=True).definitions:
        if not isinstance(definition, graphql.TypeDefinitionNode):
            continue
        name = definition.name.value
        found.add(f"{definition.kind} {name}")
        found |= {f"{name} is {graphql.print_ast(other)}" for other in getattr(definition, "interfaces", None) or ()}
        found |= {f"{name} may be {value.name.value}" for value in getattr(definition, "values", None) or ()}
        for field in getattr(definition, "fields", None) or ():
            found.add(f"{name}.{field.name.value}: {graphql.print_ast(field.type)}")
            for argument in getattr(field, "arguments", None) or ():
                found.add(f"{name}.{field.name.value}({argument.name.value}): {graphql.print_ast(argument.type)}")
    return found


@pytest.mark.skipif(not WHOLE.is_file(), reason="GitHub's public schema is not in node_modules; .ci/run fetches it")
def test_the_part_is_a_part_of_the_whole() -> None:
    part, whole = statements(PART.read_text("utf-8")), statements(WHOLE.read_text("utf-8"))
    assert len(part) > 100
    assert sorted(part - whole) == []


def test_statements() -> None:
    assert statements("type A implements B { f(x: [Int!]): A! } enum E { V } scalar S") == {
        "object_type_definition A",
        "A is B",
        "A.f: A!",
        "A.f(x): [Int!]",
        "enum_type_definition E",
        "E may be V",
        "scalar_type_definition S",
    }
