"""The GitHub fake, asked with PyGithub and with a plain client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from github import Auth, Github, GithubException, UnknownObjectException

from tests.fakes import FakeServices, Repository, World

TOKEN = {"Authorization": "bearer made-up"}


def repository(name: str, number: int = 1, **fields: object) -> Repository:
    defaults: dict[str, object] = {
        "created_at": "2025-01-01T00:00:00Z",
        "pushed_at": "2025-01-11T00:00:00Z",
        **fields,
    }
    return Repository(name=name, id=number, **defaults)


@contextmanager
def client(running: FakeServices) -> Iterator[Github]:
    with Github(
        base_url=running.urls["github"],
        auth=Auth.Token("made-up"),
        retry=None,
        seconds_between_requests=None,
    ) as g:
        yield g


def get(running: FakeServices, path: str, **headers: str) -> requests.Response:
    return requests.get(
        running.urls["github"] + path, headers=headers, timeout=5, allow_redirects=False
    )


def graphql(running: FakeServices, query: str, **variables: object) -> requests.Response:
    body = {"query": query, "variables": variables}
    return requests.post(f"{running.urls['github']}/graphql", json=body, headers=TOKEN, timeout=5)


def test_pygithub_reads_with_one_request():
    parent = repository("up/stream", 1)
    known = repository(
        "Some-Owner/a.name",
        2,
        description="Described",
        language="Python",
        license="MIT",
        topics=["one", "two"],
        stars=12,
        forks=3,
        issues=4,
        pull_requests=5,
        archived=True,
        fork_of="up/stream",
        release=("v1.0", "2025-01-05T00:00:00Z"),
    )
    with FakeServices(World.of(parent, known)) as running, client(running) as g:
        answer_of_client = g.get_repo("some-owner/A.NAME")
        assert running.count("github") == 1
        assert (answer_of_client.id, answer_of_client.full_name, answer_of_client.description) == (
            2,
            "Some-Owner/a.name",
            "Described",
        )
        assert (
            answer_of_client.stargazers_count,
            answer_of_client.forks_count,
            answer_of_client.open_issues_count,
        ) == (12, 3, 9)
        assert (
            answer_of_client.language,
            answer_of_client.license.spdx_id,
            answer_of_client.topics,
        ) == (
            "Python",
            "MIT",
            ["one", "two"],
        )
        assert (
            answer_of_client.archived,
            answer_of_client.default_branch,
            answer_of_client.parent.full_name,
        ) == (
            True,
            "main",
            "up/stream",
        )
        assert answer_of_client.pushed_at == datetime(2025, 1, 11, tzinfo=UTC)
        assert answer_of_client.get_latest_release().tag_name == "v1.0"
        with pytest.raises(UnknownObjectException):
            g.get_repo("up/stream").get_latest_release()


def test_a_renamed_repository_redirects():
    known = repository("new/name", 77, former=["old/name"], files={"README.md": "Hello"})
    with FakeServices(World.of(known)) as running, client(running) as g:
        response = get(running, "/repos/old/name")
        assert (response.status_code, response.json()["message"]) == (301, "Moved Permanently")
        assert (
            response.headers["location"]
            == response.json()["url"]
            == f"{running.urls['github']}/repositories/77"
        )
        assert (
            get(running, "/repos/old/name/readme")
            .headers["location"]
            .endswith("/repositories/77/readme")
        )
        assert g.get_repo("old/name").full_name == "new/name"
        assert g.get_repo("old/name").get_readme().decoded_content == b"Hello"


def test_a_reused_name_ends_the_redirect():
    renamed, squatter = repository("new/name", 1, former=["old/name"]), repository("old/name", 2)
    with FakeServices(World.of(renamed, squatter)) as running:
        assert get(running, "/repos/old/name").json()["id"] == 2


@pytest.mark.parametrize(
    ("state", "status", "message", "reason"),
    [
        ("gone", 404, "Not Found", None),
        ("private", 404, "Not Found", None),
        ("dmca", 451, "Repository access blocked", "dmca"),
        ("blocked", 403, "Repository access blocked", "tos"),
        ("forbidden", 403, "Resource protected by organization SAML enforcement.", None),
    ],
)
def test_what_cannot_be_read_says_why(state: str, status: int, message: str, reason: str | None):
    with FakeServices(World.of(repository("o/n", state=state))) as running:
        response = get(running, "/repos/o/n")
    assert (response.status_code, response.json()["message"]) == (status, message)
    assert response.json().get("block", {}).get("reason") == reason
    assert int(response.headers["x-ratelimit-remaining"]) == 59


def test_an_empty_repository_has_no_commits():
    with FakeServices(World.of(repository("o/n", default_branch=None, pushed_at=None))) as running:
        commits = get(running, "/repos/o/n/commits")
        assert (commits.status_code, commits.json()["message"]) == (409, "Git Repository is empty.")
        assert get(running, "/repos/o/n/readme").status_code == 404
        query = '{ repository(owner: "o", name: "n") { isEmpty defaultBranchRef { name } } }'
        assert graphql(running, query).json()["data"]["repository"] == {
            "isEmpty": True,
            "defaultBranchRef": None,
        }


def test_an_etag_saves_body_and_budget():
    with FakeServices(World.of(repository("o/n"))) as running, client(running) as g:
        etag = get(running, "/repos/o/n").headers["etag"]
        free = get(running, "/repos/o/n", **TOKEN, **{"If-None-Match": etag})
        paid = get(running, "/repos/o/n", **{"If-None-Match": etag})
        assert g.get_repo("o/n").etag == etag
        running.world.repositories["o/n"].stars += 1
        changed = get(running, "/repos/o/n", **{"If-None-Match": etag})
    assert (free.status_code, free.content, free.headers["etag"]) == (304, b"", etag)
    assert free.headers["x-ratelimit-used"] == "1"
    assert (paid.status_code, paid.headers["x-ratelimit-used"]) == (304, "2")
    assert changed.status_code == 200


def test_files_come_as_base64_and_folders_as_lists():
    files = {"README.md": "# Ünïcode\n" * 20, "lists/a.md": "a", "lists/deep/b.md": "b"}
    with FakeServices(World.of(repository("o/n", files=files))) as running, client(running) as g:
        answer_of_client = g.get_repo("o/n")
        assert answer_of_client.get_readme().decoded_content.decode() == files["README.md"]
        single = answer_of_client.get_contents("lists/a.md")
        assert not isinstance(single, list)
        assert single.decoded_content == b"a"
        folder = answer_of_client.get_contents("lists")
        assert isinstance(folder, list)
        assert [(entry.path, entry.type) for entry in folder] == [
            ("lists/a.md", "file"),
            ("lists/deep", "dir"),
        ]
        with pytest.raises(UnknownObjectException):
            answer_of_client.get_contents("missing.md")


@pytest.mark.parametrize(
    "path", ["/", "/users/o", "/repos/o", "/repos/o/n/teams", "/repositories/99"]
)
def test_other_paths_are_not_found(path: str):
    with FakeServices(World.of(repository("o/n"))) as running:
        assert get(running, path).status_code == 404


def test_commits_are_counted_by_the_last_page():
    with FakeServices(World.of(repository("o/n", commits=11))) as running, client(running) as g:
        answer_of_client = g.get_repo("o/n")
        assert answer_of_client.get_commits().totalCount == 11
        assert answer_of_client.get_commits(since=datetime(2025, 1, 8, tzinfo=UTC)).totalCount == 4
        assert answer_of_client.get_commits(since=datetime(2026, 1, 1, tzinfo=UTC)).totalCount == 0


def test_the_61st_anonymous_request_is_a_violation():
    world = World.of(repository("o/n"))
    world.enforce = True
    with FakeServices(world) as running, requests.Session() as session:
        answers = [session.get(f"{running.urls['github']}/repos/o/n", timeout=5) for _ in range(61)]
        named = get(running, "/repos/o/n", **TOKEN)
        budget = get(running, "/rate_limit", **TOKEN).json()
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert (answers[60].status_code, answers[60].headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit exceeded" in answers[60].json()["message"]
    assert int(answers[60].headers["x-ratelimit-reset"]) > 1_700_000_000
    assert (named.status_code, named.headers["x-ratelimit-limit"]) == (200, "5000")
    assert running.violations == [
        "github request 61: more than 60 requests within an hour without a token"
    ]
    assert budget["rate"] == budget["resources"]["core"]
    assert budget["rate"]["used"] == 61


@pytest.mark.parametrize(("path", "status"), [("/graphql", 401), ("/repos/o/n", 200)])
def test_graphql_needs_a_good_token(path: str, status: int):
    world = World.of(repository("o/n"))
    world.tokens = frozenset({"good"})
    with FakeServices(world) as running:
        assert get(running, path).status_code == status
        bad = get(running, path, Authorization="bearer bad")
        assert (bad.status_code, bad.json()["message"]) == (401, "Bad credentials")


QUERY = """
query($since: GitTimestamp) {
  a: repository(owner: "o", name: "a") { ...facts }
  b: repository(owner: "old", name: "b") { ...facts }
  rateLimit { cost remaining resetAt }
}
fragment facts on Repository {
  databaseId nameWithOwner url description stargazerCount forkCount pushedAt createdAt updatedAt
  isArchived isDisabled isFork isTemplate isMirror isEmpty isPrivate
  parent { nameWithOwner } licenseInfo { spdxId } primaryLanguage { name }
  repositoryTopics(first: 1) { nodes { topic { name } } } latestRelease { tagName publishedAt }
  issues(states: OPEN) { totalCount }
  defaultBranchRef { name target { ... on Commit { history(since: $since) { totalCount } } } }
}
"""


def test_aliases_fragments_and_variables():
    a = repository(
        "o/a",
        1,
        topics=["x", "y"],
        stars=7,
        issues=2,
        pull_requests=9,
        license="NOASSERTION",
        commits=11,
    )
    b = repository(
        "o/b", 2, former=["old/b"], fork_of="o/a", release=("v2", "2025-01-02T00:00:00Z")
    )
    with FakeServices(World.of(a, b)) as running:
        response = graphql(running, QUERY, since="2025-01-08T00:00:00Z")
    data: dict[str, Any] = response.json()["data"]
    assert "errors" not in response.json()
    assert (data["a"]["stargazerCount"], data["a"]["issues"]) == (7, {"totalCount": 2})
    assert data["a"]["repositoryTopics"] == {"nodes": [{"topic": {"name": "x"}}]}
    assert data["a"]["licenseInfo"] == {"spdxId": "NOASSERTION"}
    assert data["a"]["defaultBranchRef"]["target"] == {"history": {"totalCount": 4}}
    assert (data["b"]["nameWithOwner"], data["b"]["parent"]) == ("o/b", {"nameWithOwner": "o/a"})
    assert data["b"]["latestRelease"] == {"tagName": "v2", "publishedAt": "2025-01-02T00:00:00Z"}
    assert data["rateLimit"]["cost"] == 1
    assert response.headers["x-ratelimit-resource"] == "graphql"
    assert response.headers["x-ratelimit-remaining"] == "4999"


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("gone", "NOT_FOUND"),
        ("private", "NOT_FOUND"),
        ("forbidden", "FORBIDDEN"),
        ("dmca", "FORBIDDEN"),
    ],
)
def test_an_error_comes_beside_other_data(state: str, kind: str):
    one = '{ a: repository(owner: "o", name: "a") { id }'
    query = one + ' b: repository(owner: "o", name: "b") { name } }'
    with (
        FakeServices(World.of(repository("o/a", 1, state=state), repository("o/b", 2))) as running,
        client(running) as g,
    ):
        response = graphql(running, query)
        with pytest.raises(GithubException) as caught:
            g.requester.graphql_query(query, {})
    assert response.status_code == 200
    assert response.json()["data"] == {"a": None, "b": {"name": "b"}}
    (error,) = response.json()["errors"]
    assert (error["type"], error["path"]) == (kind, ["a"])
    assert set(error["locations"][0]) == {"line", "column"}
    assert caught.value.data["data"]["b"] == {"name": "b"}


def test_a_rename_that_is_not_followed_is_an_error():
    query = '{ repository(owner: "old", name: "n", followRenames: false) { id } }'
    with FakeServices(World.of(repository("o/n", former=["old/n"]))) as running:
        answer = graphql(running, query).json()
    assert answer["data"] == {"repository": None}
    assert (
        answer["errors"][0]["message"] == "Could not resolve to a Repository with the name 'old/n'."
    )


def test_files_by_expression_and_sized_lists():
    fields = (
        'readme: object(expression: "HEAD:README.md") { ... on Blob { text byteSize isTruncated } }'
    )
    missing = 'missing: object(expression: "HEAD:none") { oid }'
    with FakeServices(World.of(repository("o/n", files={"README.md": "é"}))) as running:
        answer = graphql(
            running,
            f'{{ repository(owner: "o", name: "n") {{ {fields} {missing} }} viewer {{ login }} }}',
        )
        unsized = graphql(
            running, '{ repository(owner: "o", name: "n") { repositoryTopics { totalCount } } }'
        )
    answer_of_client = answer.json()["data"]["repository"]
    assert answer_of_client == {
        "readme": {"text": "é", "byteSize": 2, "isTruncated": False},
        "missing": None,
    }
    assert unsized.json()["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_no_query_is_an_error_under_status_200():
    with FakeServices(World()) as running:
        responses = [
            requests.post(f"{running.urls['github']}/graphql", data=data, headers=TOKEN, timeout=5)
            for data in ("[]", "{")
        ]
    assert [response.status_code for response in responses] == [200, 200]
    assert all(response.json()["errors"] for response in responses)


def test_stargazers_cost_the_whole_repository():
    query = '{ repository(owner: "o", name: "n") { name stargazers { totalCount } } }'
    with FakeServices(World.of(repository("o/n"))) as running:
        answer = graphql(running, query).json()
    assert answer["data"] == {"repository": None}
    assert (answer["errors"][0]["type"], answer["errors"][0]["path"]) == (
        "FORBIDDEN",
        ["repository", "stargazers"],
    )


@pytest.mark.parametrize(
    "query",
    [
        '{ repository(owner: "o", name: "n") { starCount } }',
        '{ repository(owner: "o", name: "n") { issues(state: OPEN) { totalCount } } }',
        '{ repository(owner: "o") { id } }',
        "{ repository(",
    ],
)
def test_an_unknown_field_fails_under_status_200(query: str):
    with FakeServices(World.of(repository("o/n"))) as running:
        response = graphql(running, query)
    assert response.status_code == 200
    assert response.json()["errors"][0]["message"]
    assert "data" not in response.json()


@pytest.mark.parametrize(("count", "status"), [(20, 200), (21, 502)])
def test_more_than_20_histories_are_too_much(count: int, status: int):
    history = "defaultBranchRef { target { ... on Commit { history { totalCount } } } }"
    aliases = " ".join(
        f'r{number}: repository(owner: "o", name: "n") {{ {history} }}' for number in range(count)
    )
    with FakeServices(World.of(repository("o/n"))) as running:
        response = graphql(running, f"{{ {aliases} }}")
    assert response.status_code == status
    assert ("html" in response.headers["content-type"]) == (status == 502)


@pytest.mark.parametrize(
    ("limit", "statuses"), [(0, [200, 502, 502]), (1, [200, 200, 502]), (2, [200, 200, 200])]
)
def test_busy_histories_take_too_long(limit: int, statuses: list[int]):
    world = World.of(
        repository("o/calm"), repository("o/one", 2, busy=True), repository("o/two", 3, busy=True)
    )
    world.busy_limit = limit
    history = "defaultBranchRef { target { ... on Commit { history { totalCount } } } }"
    parts = [
        f'{name}: repository(owner: "o", name: "{name}") {{ {history} }}'
        for name in ("calm", "one", "two")
    ]
    with FakeServices(world) as running:
        queries = [f"{{ {' '.join(parts[:count])} }}" for count in (1, 2, 3)]
        assert [graphql(running, query).status_code for query in queries] == statuses
        facts = graphql(running, '{ repository(owner: "o", name: "one") { id } }')
        assert facts.json()["data"]["repository"]["id"]
        world.busy_answer = "null-data"
        failed = [graphql(running, query).json()["data"] is None for query in queries]
    assert failed == [status == 502 for status in statuses]


def test_a_small_repository_has_size_0():
    with FakeServices(World.of(repository("o/n", size=0, commits=3))) as running:
        body = get(running, "/repos/o/n").json()
        commits = get(running, "/repos/o/n/commits").json()
        node = graphql(running, '{ repository(owner: "o", name: "n") { isEmpty } }').json()
    assert (body["size"], len(commits)) == (0, 3)
    assert body["pushed_at"] > body["created_at"]
    assert node["data"]["repository"]["isEmpty"] is False


def test_51_repositories_are_a_violation():
    aliases = " ".join(
        f'r{number}: repository(owner: "o", name: "n") {{ id }}' for number in range(51)
    )
    with FakeServices(World.of(repository("o/n"))) as running:
        assert graphql(running, f"{{ {aliases} }}").status_code == 200
    assert running.violations == ["github request 1: 51 repositories in one query, more than 50"]
