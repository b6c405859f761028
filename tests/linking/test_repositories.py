"""What a repository is called, and how active it is."""

from __future__ import annotations

from typing import Any

import pytest

from harvest.models import (
    Identifier,
)
from tests.support.merging import (
    DOI,
    code,
    host,
    merged,
    only,
)


def test_a_row_joins_work_and_repository() -> None:
    dataset = merged(code("owner/name"), host())
    assert [shown.id for shown in only(dataset).repositories] == ["github:Owner/Name"]
    (repository,) = dataset.repositories
    assert repository.works == [str(DOI)]
    assert repository.aliases == []
    assert repository.source == "github"


def test_a_renamed_repository_keeps_its_old_name_as_alias() -> None:
    (repository,) = merged(code("Old/Name"), host("New/Name", asked="Old/Name")).repositories
    assert (repository.id, repository.aliases) == ("github:New/Name", ["github:Old/Name"])


def test_two_names_of_one_repository_are_one_record() -> None:
    dataset = merged(
        code("Old/Name", "New/Name"), host("New/Name", asked="Old/Name"), host("New/Name")
    )
    (repository,) = dataset.repositories
    assert repository.aliases == ["github:Old/Name"]
    assert [shown.id for shown in only(dataset).repositories] == ["github:New/Name"]


def test_a_new_name_without_number_is_the_renamed_repository() -> None:
    """GitHub answered for the old name, and only the snapshot for the new one."""
    snapshot = host("New/Name", source="starter", status="unchecked", repository_id=None)
    renamed = host("New/Name", asked="Old/Name", stars=9)
    dataset = merged(code("Old/Name", "New/Name"), renamed, snapshot)
    (repository,) = dataset.repositories
    assert (repository.stars, repository.aliases) == (9, ["github:Old/Name"])
    assert [code.id for code in only(dataset).repositories] == ["github:New/Name"]


@pytest.mark.parametrize(
    ("fields", "activity"),
    [
        ({"pushed_at": "2026-11-20T00:00:00Z"}, "active"),
        ({"pushed_at": "2026-05-22T00:00:00Z"}, "active"),
        ({"pushed_at": "2026-05-21T00:00:00Z"}, "slow"),
        ({"pushed_at": "2024-11-22T00:00:00Z"}, "slow"),
        ({"pushed_at": "2024-11-21T00:00:00Z"}, "dormant"),
        ({"pushed_at": None}, "unknown"),
        ({"as_of": None}, "unknown"),
        ({"archived": True}, "archived"),
        ({"empty": True}, "empty"),
    ],
)
def test_activity_is_judged_by_the_day_of_the_answer(fields: dict[str, Any], activity: str) -> None:
    (repository,) = merged(code("Owner/Name"), host(**fields)).repositories
    assert repository.activity == activity


def test_a_repository_that_is_gone_keeps_what_was_known() -> None:
    known = host(source="starter", stars=5, status="unchecked", repository_id=None)
    (repository,) = merged(
        code("Owner/Name"), known, missing=[Identifier("github", "Owner/Name")]
    ).repositories
    assert (repository.status, repository.activity, repository.stars) == ("gone", "gone", 5)


def test_a_repository_of_which_nothing_is_known_is_unchecked() -> None:
    (repository,) = merged(code("Owner/Name", work=None)).repositories
    assert (repository.id, repository.status, repository.activity) == (
        "github:Owner/Name",
        "unchecked",
        "unknown",
    )
    assert repository.source is None


def test_the_host_itself_beats_the_snapshot() -> None:
    old = host(source="starter", stars=1, status="unchecked", repository_id=None)
    (repository,) = merged(code("Owner/Name"), old, host(stars=9)).repositories
    assert (repository.stars, repository.source) == (9, "github")
