"""The fields of works."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from harvest.dataset.fields import MAIN, fields_of
from harvest.models import Dataset, Work
from tests.support.works import make_work


def structs(annotation: Any) -> set[type]:
    """Return the structs in an annotation."""
    arguments = get_args(annotation)
    own = (
        {annotation}
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)
        else set()
    )
    return own.union(*(structs(argument) for argument in arguments))


def test_every_struct_of_a_work_has_a_main_field() -> None:
    parts = set().union(*(structs(field.type) for field in msgspec.structs.fields(Work)))
    assert parts == set(MAIN)
    assert all(name in struct.__struct_fields__ for struct, name in MAIN.items())


def test_every_field_of_a_work_is_there() -> None:
    fields = fields_of(Dataset([make_work(1)], []))
    assert {*Work.__struct_fields__, "text.license", "text.language"} <= set(fields)
    for field in fields.values():
        assert isinstance(field.values(make_work(1)), list)


def test_kinds() -> None:
    fields = fields_of(Dataset([], []))
    kinds = {name: fields[name].kind for name in ("year", "date", "title", "archived", "pushed_at")}
    assert kinds == {
        "year": "number",
        "date": "date",
        "title": "text",
        "archived": "flag",
        "pushed_at": "date",
    }
