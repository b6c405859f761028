"""The publication as pandas frames, for consumers. docs/exports.md shows how they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, get_origin

import msgspec

from harvest.dataset import change_log, stars
from harvest.garbage import without_gc
from harvest.models import (
    SCHEMA_VERSION,
    Finding,
    Manifestation,
    Place,
    Repository,
    Work,
    WorkRepository,
)

if TYPE_CHECKING:
    import pandas as pd

DATASET = "dataset.json"
BESIDE = ("findings.json", change_log.FILE, stars.FILE)  # empty frames where they are not there
# Types that pandas would not choose: numbers that may be missing, instants, words of few values.
TYPES = {
    "Int64": (
        "year", "cited_by", "stars", "forks", "open_issues", "commits_last_year", "repository_id",
        "line",
    ),
    "datetime64[ns, UTC]": ("created_at", "pushed_at", "stale_since", "missing_since"),
    "boolean": ("archived",),
    "category": ("status", "type", "kind", "role", "activity", "cause", "code", "level"),
}  # fmt: skip
_PLAIN = frozenset({str, int, bool, list, dict, type(None)})  # types of values as frames have them


class Frames:
    """A published dataset as frames, with a column per field.

    `works` and `repositories` are indexed by id. `mentions` and `manifestations` name their `work`,
    and `links` a work and its `repository`. Those are made when they are asked for. `findings`,
    `changes` and `stars` come from the files beside the dataset. In the last two `date` is the day
    of a run, in UTC.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        findings = msgspec.json.decode(files.get("findings.json", b"[]"), type=list[dict[str, Any]])
        log, history = files.get(change_log.FILE), files.get(stars.FILE)
        self._dataset = _decode(files[DATASET])
        self.schema_version = self._dataset.schema_version
        columns = (*Finding.__struct_fields__[:-1], "level")
        names = dict.fromkeys(chain.from_iterable(findings))
        values = {}
        for name in names:
            values[name] = [row.get(name) for row in findings]
        self.findings = _frame(values, *columns)
        self.changes = _dated(change_log.read(log) if log else [], change_log.COLUMNS)
        self.stars = _dated(stars.read(history) if history else [], stars.COLUMNS)

    @cached_property
    def works(self) -> pd.DataFrame:
        """A row for each work."""
        return _indexed(self._dataset.works)

    @cached_property
    def repositories(self) -> pd.DataFrame:
        """A row for each repository."""
        return _indexed(self._dataset.repositories)

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """A row for each place in a list."""
        return _parts(self._dataset.works, "mentions", Place)

    @cached_property
    def manifestations(self) -> pd.DataFrame:
        """A row for each published form."""
        return _parts(self._dataset.works, "manifestations", Manifestation)

    @cached_property
    def links(self) -> pd.DataFrame:
        """A row for each repository of a work."""
        links = _parts(self._dataset.works, "repositories", WorkRepository)
        return links.rename(columns={"id": "repository"})


def load(files: dict[str, bytes]) -> Frames:
    """Return the frames of the files of an output folder. Raises msgspec.DecodeError."""
    with without_gc():
        return Frames(files)


def _decode(data: bytes) -> Any:
    """Decode a dataset whose records have lists and objects as JSON, as frames have them.

    It takes half the time of making objects of them. Raises msgspec.DecodeError.
    """
    tables = [("works", list[_kind(Work)]), ("repositories", list[_kind(Repository)])]  # type: ignore[misc]  # made at run time
    version = ("schema_version", Literal[SCHEMA_VERSION], SCHEMA_VERSION)
    return msgspec.json.decode(data, type=msgspec.defstruct("Dataset", [*tables, version]))


def _kind(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return a kind of record with the same fields, whose lists and objects stay JSON."""
    fields: list[Any] = []
    for it in msgspec.structs.fields(kind):
        origin = get_origin(it.type)
        type_ = origin if origin in {list, dict} else it.type
        default = it.default if it.default_factory is msgspec.NODEFAULT else it.default_factory()
        fields.append((it.name, type_) if it.required else (it.name, type_, default))
    return msgspec.defstruct(kind.__name__, fields, kw_only=True, gc=False)


@without_gc()
def _parts(rows: Sequence[Any], name: str, kind: type[msgspec.Struct]) -> pd.DataFrame:
    """Return a field that is a list of records, a row for each, behind the id of its work."""
    works: list[str] = []
    parts: list[dict[str, Any]] = []
    for work in rows:
        its_parts = getattr(work, name)
        parts += its_parts
        works += [work.id] * len(its_parts)
    columns = _columns(msgspec.convert(parts, Sequence[kind]))  # type: ignore[valid-type]  # a type made at run time
    return _frame({"work": works, **columns}, "work")


@without_gc()
def _indexed(records: Sequence[msgspec.Struct]) -> pd.DataFrame:
    return _frame(_columns(records), "id").set_index("id")


def _dated(rows: Sequence[msgspec.Struct], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    frame = _frame(_columns(rows), *columns)
    frame["date"] = pd.to_datetime(frame["date"], utc=True)
    return frame


def _columns(records: Sequence[msgspec.Struct]) -> dict[str, list[Any]]:
    """Return the values of records of one kind by field."""
    columns = {}
    for name in records[0].__struct_fields__ if records else ():
        values = list(map(attrgetter(name), records))
        is_plain = _PLAIN.issuperset(map(type, values))
        columns[name] = values if is_plain else msgspec.to_builtins(values)
    return columns


def _frame(values: Mapping[str, list[Any]], *columns: str) -> pd.DataFrame:
    """Return a frame of values by column, typed; without rows it has the `columns` alone."""
    import pandas as pd

    frame = pd.DataFrame(values)
    if frame.empty:
        frame = pd.DataFrame(columns=[*columns])
    for type_, names in TYPES.items():
        for column in frame.columns.intersection(list(names)):
            frame[column] = frame[column].astype(type_)  # type: ignore[call-overload]  # by name
    return frame
