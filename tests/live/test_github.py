"""GitHub: queries over many repositories, REST, limits, and what is no longer there."""

from __future__ import annotations

from functools import partial

import pytest

from harvest.errors import NotFoundError
from harvest.sources.github import ROUTE, GitHub
from tests.fakes import World
from tests.live import world as examples
from tests.live.services import Services

NAME = "github"
NAMES = sorted(repository.name for repository in World.of_seeds().repositories.values())
LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
JSON = "application/json; charset=utf-8"
REST = {
    "id": int, "full_name": str, "html_url": str, "description": str | None,
    "stargazers_count": int, "forks_count": int, "created_at": str, "pushed_at": str,
    "archived": bool, "size": int, "license": dict | None, "language": str | None,
    "default_branch": str, "topics": list,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _token(services: Services) -> None:
    services.need("github_token")


def outcomes(services: Services, *names: str) -> dict[str, str]:
    answers = services.fetch(NAME, *names, source=NAME)
    return {name: answers[name].outcome for name in names}


def get(services: Services, path: str) -> None:
    """Ask as PyGithub does for a path."""
    request = services.http.github().requester.requestJsonAndCheck
    services.http.ask(ROUTE, partial(request, "GET", path))


def test_50_repositories_in_a_query(services: Services) -> None:
    names = [*NAMES, *examples.BUSY][:50]
    answers = outcomes(services, *names)
    assert set(answers.values()) <= {"found", "not_found"}
    facts = services.exchanges[0]
    facts.check(JSON, {"data.r0.databaseId": int, "data.r0.stargazerCount": int})
    facts.check_numbers(*LIMITS)
    assert sum(node is not None for node in facts.json()["data"].values()) >= 45


def test_a_renamed_repository_in_a_query(services: Services) -> None:
    assert outcomes(services, examples.RENAMED) == {examples.RENAMED: "found"}
    shape = {"data.r0.nameWithOwner": str, "data.r0.databaseId": int, "data.r0.isArchived": bool}
    services.exchanges[0].check(JSON, shape)
    assert services.exchanges[0].json()["data"]["r0"]["nameWithOwner"] == examples.PRESENT


def test_a_missing_repository_in_a_query(services: Services) -> None:
    expected = {examples.GONE: "not_found", examples.PRESENT: "found"}
    assert outcomes(services, *expected) == expected
    facts = services.exchanges[0]
    errors = {"errors[].type": str, "errors[].path[]": str, "errors[].message": str}
    facts.check(JSON, {**errors, "data.r0": type(None), "data.r1.databaseId": int})
    assert facts.json()["errors"][0]["type"] == "NOT_FOUND"


def test_an_archived_repository(services: Services) -> None:
    answer = services.fetch(NAME, examples.ARCHIVED, source=NAME)[examples.ARCHIVED]
    record = GitHub().read(answer.identifier, answer.payload or {})
    assert record.repository.archived


def test_busy_histories(services: Services) -> None:
    """Time-outs are expected; what they may not cost is an answer."""
    answers = outcomes(services, *examples.BUSY)
    assert set(answers.values()) <= {"found"}
    assert {exchange.status for exchange in services.exchanges} <= {200, 502, 504}


def test_one_busy_history(services: Services) -> None:
    answer = services.fetch(NAME, "pytorch/pytorch", source=NAME)["pytorch/pytorch"]
    services.last.check(JSON, {"data.r0.defaultBranchRef.target.history.totalCount": int})
    assert answer.outcome == "found"


def test_a_repository_by_rest(services: Services) -> None:
    get(services, f"/repos/{examples.PRESENT}")
    services.last.check(JSON, REST)
    services.last.check_numbers(*LIMITS)
    assert services.last.headers["x-ratelimit-resource"] == "core"
    assert "etag" in services.last.headers


def test_a_small_repository_by_rest(services: Services) -> None:
    """`size` says nothing of whether there are commits."""
    get(services, f"/repos/{examples.SMALL}")
    services.last.check(JSON, REST)
    assert services.last.json()["size"] < 50
    get(services, f"/repos/{examples.SMALL}/commits")
    assert services.last.json()


def test_a_rename_by_rest(services: Services) -> None:
    get(services, f"/repos/{examples.RENAMED}")
    moved, target = services.exchanges
    moved.check(JSON, {"message": str, "url": str}, status=301)
    assert "/repositories/" in moved.headers["location"]
    target.check(JSON, REST)
    assert target.json()["full_name"] == examples.PRESENT


def test_a_repository_by_its_number(services: Services) -> None:
    get(services, f"/repos/{examples.PRESENT}")
    number = str(services.last.json()["id"])
    answers = services.fetch("github-id", number, source=NAME)
    assert answers[number].outcome == "found"
    services.last.check(JSON, REST)


def test_a_missing_repository_by_rest(services: Services) -> None:
    with pytest.raises(NotFoundError):
        get(services, f"/repos/{examples.GONE}")
    services.last.check(JSON, {"message": str, "documentation_url": str}, status=404)


def test_the_limits_of_a_token(services: Services) -> None:
    assert "points an hour" in services.probe(NAME)
    numbers = ("limit", "remaining", "reset", "used")
    resources = ("core", "graphql")
    paths = [f"resources.{name}.{number}" for name in resources for number in numbers]
    services.last.check(JSON, dict.fromkeys(paths, int))


def test_the_limits_without_a_token(services: Services) -> None:
    services.become(github_token=None)
    services.probe(NAME)
    services.last.check(JSON, {"resources.core.limit": int})
    assert services.last.json()["resources"]["core"]["limit"] == 60
