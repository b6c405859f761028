"""GitHub asked through the fake, in batches and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import HTMLResponse

from harvest.errors import MalformedError, SourceError, TooSlowError, TransientError
from harvest.http.clients import Budget, Http
from harvest.models import Identifier, Reply, RepositoryRecord
from harvest.sources import github
from harvest.sources.github import GitHub
from tests.fakes import FakeServices, Fault, Repository, Request, World, nth
from tests.fakes.github import GitHub as FakeGitHub
from tests.support.replies import NOW, last_replies
from tests.support.settings import impatient_settings

KNOWN = "FirasGit/medicaldiffusion"
Fetch = Callable[..., dict[str, Reply]]


@pytest.fixture(params=["graphql", "rest"])
def http(request: pytest.FixtureRequest, fakes: FakeServices) -> Iterator[Http]:
    http = Http(
        impatient_settings(fakes, timeout=20, token="t" if request.param == "graphql" else None)
    )
    yield http
    http.close()


@pytest.fixture
def graphql(fakes: FakeServices) -> Iterator[Http]:
    http = Http(impatient_settings(fakes, timeout=20, token="t"))
    yield http
    http.close()


def fetch(http: Http, *names: str) -> dict[str, Reply]:
    return last_replies(GitHub(), http, [Identifier("github", name) for name in names])


def read(answer: Reply) -> RepositoryRecord:
    return GitHub().read(answer.identifier, answer.payload or {})


def test_a_repository(world: World, http: Http) -> None:
    host = (
        world.repositories[KNOWN.lower()]
        if KNOWN.lower() in world.repositories
        else world.repositories[KNOWN]
    )
    record = read(fetch(http, KNOWN)[KNOWN])
    repository = record.repository
    assert repository.id == f"github:{KNOWN}"
    assert repository.status == "ok"
    assert repository.repository_id == host.id
    assert (repository.stars, repository.forks) == (host.stars, host.forks)
    assert repository.language == host.language
    assert repository.pushed_at == host.pushed_at
    assert repository.default_branch == host.default_branch
    assert repository.archived is False
    assert record.as_of == "2026-11-21"


def test_a_batch_is_one_question(world: World, graphql: Http, fakes: FakeServices) -> None:
    names = [repository.name for repository in list(world.repositories.values())[:20]]
    answers = fetch(graphql, *names)
    assert {answer.outcome for answer in answers.values()} == {"found"}
    assert fakes.count("github") == 1
    assert all("stargazers" not in str(request.body) for request in fakes.log)
    counted = [read(answer).repository.commits_last_year for answer in answers.values()]
    assert all(isinstance(count, int) for count in counted)
    assert fakes.violations == []


def test_what_is_gone_is_not_found(http: Http) -> None:
    names = (KNOWN, "no/such", "batmanlab/HA-GAN")
    answers = fetch(http, *names)
    assert [answers[name].outcome for name in names] == ["found", "not_found", "found"]


def test_a_renamed_repository_has_its_new_name(world: World, http: Http) -> None:
    repository = next(r for r in world.repositories.values() if r.name == KNOWN)
    repository.former.append("Old/Name")
    record = read(fetch(http, "Old/Name")["Old/Name"])
    assert record.identifier == Identifier("github", "Old/Name")
    assert record.repository.id == f"github:{KNOWN}"


@pytest.mark.parametrize("state", ["dmca", "blocked"])
def test_a_withheld_repository_is_blocked(world: World, fakes: FakeServices, state: Any) -> None:
    next(r for r in world.repositories.values() if r.name == KNOWN).state = state
    http = Http(impatient_settings(fakes, timeout=20))
    record = read(fetch(http, KNOWN)[KNOWN])
    http.close()
    assert record.repository.status == "blocked"
    assert record.repository.stars is None


def test_forbidden_is_a_failure_and_no_absence(world: World, graphql: Http) -> None:
    next(r for r in world.repositories.values() if r.name == KNOWN).state = "forbidden"
    answers = fetch(graphql, KNOWN, "batmanlab/HA-GAN")
    assert answers[KNOWN].outcome == "failed"
    assert "FORBIDDEN" in str(answers[KNOWN].error)
    assert answers["batmanlab/HA-GAN"].outcome == "found"


@pytest.mark.parametrize("kind", ["partial", "partial-unsaid"])
def test_a_query_that_was_too_much_is_halved(
    kind: Any, world: World, graphql: Http, fakes: FakeServices
) -> None:
    """Every second repository of a query is missing: of 5 two, then one of these."""
    world.faults = [Fault("github", kind)]
    active = list(world.repositories.values())[:5]
    for host in active:
        host.pushed_at = "2026-11-01T00:00:00Z"
    answers = fetch(graphql, *(host.name for host in active))
    assert {answer.outcome for answer in answers.values()} == {"found"}
    assert all(read(answer).repository.commits_last_year for answer in answers.values())
    sizes = [request.body.count(b"repository(") for request in fakes.requests("github")]
    assert sizes == [5, 2, 1, 5, 2, 1]


@pytest.mark.parametrize(
    ("count", "data", "errors", "outcome"),
    [
        (1, {"r0": {"pushedAt": None}}, [{"type": "FORBIDDEN", "path": ["r0", "parent"]}], dict),
        (
            1,
            {"r0": {"pushedAt": None}},
            [{"type": github.TOO_MUCH, "path": ["r0", "issues"]}],
            TooSlowError,
        ),
        (1, {"r0": None}, [{"type": github.TOO_MUCH}], TooSlowError),
        (1, {"r0": None}, [{"type": "FORBIDDEN", "path": ["r0"]}], SourceError),
        (1, {"r0": None}, [{"type": "SOMETHING_ELSE"}], SourceError),
        (2, {"r0": None}, [{"type": "SOMETHING_ELSE"}], TooSlowError),
        (
            2,
            {"r0": None},
            [{"type": "FORBIDDEN", "path": ["r0"]}, {"type": "SOMETHING_ELSE"}],
            SourceError,
        ),
        (2, {"r0": None}, [], SourceError),
        (2, {}, [], SourceError),
    ],
)
def test_what_stands_in_place_of_a_repository(
    count: int, data: Any, errors: Any, outcome: type
) -> None:
    client = SimpleNamespace(
        requester=SimpleNamespace(graphql_query=lambda *_: ({}, {"data": data, "errors": errors}))
    )
    names = [Identifier("github", f"o/{number}") for number in range(count)]
    nodes = github._query(client, names, "name")  # type: ignore[arg-type]  # all that is used
    assert type(nodes[names[0]]) is outcome


@pytest.mark.parametrize(
    ("kind", "error"), [(github.TOO_MUCH, TooSlowError), ("SOMETHING_ELSE", TransientError)]
)
def test_an_answer_without_data(kind: str, error: type) -> None:
    answer = {"data": None, "errors": [{"type": kind, "message": "why"}]}
    client = SimpleNamespace(requester=SimpleNamespace(graphql_query=lambda *_: ({}, answer)))
    with pytest.raises(TransientError, match="why") as caught:
        github._query(client, [Identifier("github", KNOWN)], "name")  # type: ignore[arg-type]  # all that is used
    assert caught.type is error


@pytest.mark.parametrize(
    "kind", ["rate-limited", "rate-limit", "429", "502", "html", "secondary-limit"]
)
def test_a_limit_is_waited_for(kind: Any, world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("github", kind, nth(1), retry_after=1)]
    http = Http(impatient_settings(fakes, timeout=20, token="t"), sleep=lambda _: None)
    assert fetch(http, KNOWN)[KNOWN].outcome == "found"
    http.close()


def test_a_spent_budget_is_not_waited_out(world: World, fakes: FakeServices) -> None:
    world.faults = [Fault("github", "primary-limit", retry_after=3000)]
    http = Http(impatient_settings(fakes, timeout=20))
    answers = fetch(http, KNOWN, "batmanlab/HA-GAN", "clovaai/stargan-v2")
    http.close()
    assert {answer.outcome for answer in answers.values()} == {"failed"}
    assert fakes.count("github") == 1


def test_a_bad_token_is_not_tried_again(world: World, fakes: FakeServices) -> None:
    world.tokens = {"good"}
    http = Http(impatient_settings(fakes, timeout=20, token="bad"))
    answers = fetch(http, *[repository.name for repository in world.repositories.values()])
    http.close()
    assert {answer.outcome for answer in answers.values()} == {"failed"}
    assert fakes.count("github") == 1
    assert "401" in str(answers[KNOWN].error)


def test_uncounted_commits_cost_the_count_only(
    world: World, graphql: Http, fakes: FakeServices
) -> None:
    world.faults = [
        Fault(
            "github",
            "502",
            lambda request: b"history" in request.body and request.body.count(b"repository(") > 1,
        )
    ]
    active = list(world.repositories.values())[:4]
    for repository in active:
        repository.pushed_at = "2026-11-01T00:00:00Z"
    names = [repository.name for repository in active]
    answers = fetch(graphql, *names)
    assert all(
        isinstance(read(answer).repository.commits_last_year, int) for answer in answers.values()
    )
    assert fakes.count("github") == 1 + 1 + 2 + 4
    world.faults = [Fault("github", "502", lambda request: b"history" in request.body)]
    answers = fetch(graphql, *names)
    assert {answer.outcome for answer in answers.values()} == {"found"}
    assert {read(answer).repository.commits_last_year for answer in answers.values()} == {None}


def test_commits_that_fail_cost_no_facts(world: World, graphql: Http) -> None:
    active, quiet = list(world.repositories.values())[:2]
    active.pushed_at, quiet.pushed_at = "2026-11-01T00:00:00Z", "2020-11-01T00:00:00Z"
    world.faults = [Fault("github", "500", lambda request: b"history" in request.body)]
    answers = fetch(graphql, active.name, quiet.name)
    counts = [read(answers[host.name]).repository.commits_last_year for host in (active, quiet)]
    assert counts == [None, 0]


def test_commits_that_nobody_asked_for_are_due(world: World, fakes: FakeServices) -> None:
    """The facts are there tonight, and the next run asks for the rest of the answer."""
    active, quiet = list(world.repositories.values())[:2]
    active.pushed_at, quiet.pushed_at = "2026-11-01T00:00:00Z", "2020-11-01T00:00:00Z"
    http = Http(impatient_settings(fakes, timeout=20, token="t"), Budget(requests=1, shared=False))
    answers = fetch(http, active.name, quiet.name)
    http.close()
    assert {answer.outcome for answer in answers.values()} == {"found"}
    assert [answers[host.name].asked for host in (active, quiet)] == [False, True]


@pytest.mark.parametrize(("kind", "is_final"), [("502", True), ("secondary-limit", False)])
def test_only_a_busy_repository_stays_uncounted(
    kind: Any, is_final: bool, world: World, graphql: Http
) -> None:
    """A rate limit says nothing of a repository, so that the next run asks for the rest."""
    active = next(iter(world.repositories.values()))
    active.pushed_at = "2026-11-01T00:00:00Z"
    world.faults = [Fault("github", kind, lambda request: b"history" in request.body)]
    reply = fetch(graphql, active.name)[active.name]
    assert (reply.outcome, read(reply).repository.commits_last_year) == ("found", None)
    assert reply.asked is is_final


@pytest.mark.parametrize("form", ["502", "null-data"])
@pytest.mark.parametrize("limit", [0, 1])
def test_busy_histories_cost_no_facts(
    form: Any, limit: int, world: World, fakes: FakeServices
) -> None:
    """One repository in five is busy; with `limit` 0 even alone it is too much for GitHub."""
    world.busy_answer, world.busy_limit = form, limit
    pushed = "2026-11-01T00:00:00Z"
    for number in range(120):
        name, busy = f"strix/owl{number}", number % 5 == 0
        world.repositories[name] = Repository(
            name=name, id=9000 + number, pushed_at=pushed, commits=3, busy=busy
        )
    names = [f"strix/owl{number}" for number in range(120)]
    http = Http(impatient_settings(fakes, timeout=20, token="t"), sleep=lambda _: None)
    answers = fetch(http, *names)
    assert http.down == {}
    http.close()
    records = [read(answers[name]).repository for name in names]
    assert {record.status for record in records} == {"ok"}
    uncounted = [r.id for r in records if r.commits_last_year is None]
    assert len(uncounted) == (24 if limit == 0 else 0)
    queries = [b"history" in request.body for request in fakes.requests("github")]
    assert queries == sorted(queries)  # all facts come first


def test_counting_commits_has_an_end(
    world: World, graphql: Http, fakes: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github, "MAX_COUNT_TIME", -1.0)
    active = next(iter(world.repositories.values()))
    active.pushed_at = "2026-11-01T00:00:00Z"
    reply = fetch(graphql, active.name)[active.name]
    assert (reply.outcome, read(reply).repository.commits_last_year) == ("found", None)
    assert not any(b"history" in request.body for request in fakes.requests("github"))


def test_facts_are_kept_before_commits(world: World, graphql: Http, fakes: FakeServices) -> None:
    active, quiet = list(world.repositories.values())[:2]
    active.pushed_at, quiet.pushed_at = "2026-11-01T00:00:00Z", "2020-11-01T00:00:00Z"
    due = {Identifier("github", host.name): None for host in (active, quiet)}
    whole = list(GitHub().fetch(due, graphql, NOW))
    assert [answer.outcome for answer in whole] == ["begun", "found", "found"]
    coming = GitHub().fetch(due, graphql, NOW)
    begun, _ = next(coming), next(coming)
    coming.close()
    assert fakes.count("github") == 2 + 1
    (rest,) = GitHub().fetch({begun.identifier: begun.payload}, graphql, NOW)
    assert rest == whole[-1]
    assert fakes.count("github") == 2 + 1 + 1


@pytest.mark.parametrize("status", [400, 406, 414])
def test_a_refused_query_is_halved(
    status: int, world: World, graphql: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [repository.name for repository in world.repositories.values()][:16]
    owner, respond = names[7].partition("/")[0], FakeGitHub.answer

    def refuse(fake: FakeGitHub, request: Request) -> Any:
        if owner.encode() in request.body:
            return HTMLResponse("<html><body>Not for you</body></html>", status)
        return respond(fake, request)

    monkeypatch.setattr(FakeGitHub, "answer", refuse)
    answers = fetch(graphql, *names)
    expected = {name: "failed" if name.startswith(f"{owner}/") else "found" for name in names}
    assert {name: answer.outcome for name, answer in answers.items()} == expected


def test_begun_answers_join_the_first_count(
    world: World, graphql: Http, fakes: FakeServices
) -> None:
    hosts = list(world.repositories.values())[:2]
    for host in hosts:
        host.pushed_at = "2026-11-01T00:00:00Z"
    due = {Identifier("github", host.name): None for host in hosts}
    coming = GitHub().fetch(due, graphql, NOW)
    begun = next(coming)
    coming.close()
    assert fakes.count("github") == 1
    answers = list(GitHub().fetch({**due, begun.identifier: begun.payload}, graphql, NOW))
    assert [answer.outcome for answer in answers] == ["begun", "found", "found"]
    assert fakes.count("github") == 1 + 2


def test_commits_are_counted_after_a_push(world: World, graphql: Http, fakes: FakeServices) -> None:
    quiet, active = list(world.repositories.values())[:2]
    quiet.pushed_at, active.pushed_at = "2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z"
    answers = fetch(graphql, quiet.name, active.name)
    assert read(answers[quiet.name]).repository.commits_last_year == 0
    assert (read(answers[active.name]).repository.commits_last_year or 0) >= 1
    names = [request.body for request in fakes.requests("github") if b"history" in request.body]
    assert len(names) == 1
    assert quiet.name.partition("/")[2].encode() not in names[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"license": "MIT"}, ("license", "MIT")),
        ({"license": "NOASSERTION"}, ("license", None)),
        (
            {"fork_of": "NVlabs/stylegan2-ada-pytorch"},
            ("fork_of", "github:NVlabs/stylegan2-ada-pytorch"),
        ),
        ({"archived": True}, ("archived", True)),
        ({"topics": ["b", "a"]}, ("topics", ["a", "b"])),
        ({"description": ""}, ("description", None)),
    ],
)
def test_fields(
    fields: dict[str, Any], expected: tuple[str, Any], world: World, http: Http
) -> None:
    world.repositories["nvlabs/stylegan2-ada-pytorch"] = Repository(
        name="NVlabs/stylegan2-ada-pytorch", id=98
    )
    world.repositories["o/n"] = Repository(
        name="o/n", id=99, pushed_at="2026-01-01T00:00:00Z", **fields
    )
    record = read(fetch(http, "o/n")["o/n"])
    assert getattr(record.repository, expected[0]) == expected[1]


def test_an_empty_repository(world: World, http: Http) -> None:
    world.repositories["o/n"] = Repository(name="o/n", id=99, default_branch=None)
    record = read(fetch(http, "o/n")["o/n"])
    assert record.empty
    assert record.repository.status == "ok"


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"as_of": "2026-11-21"},
        {"as_of": "2026-11-21", "graphql": {}},
        {"as_of": "2026-11-21", "rest": {"full_name": "o/n"}},
        {"as_of": "2026-11-21", "graphql": {"nameWithOwner": "o/n", "databaseId": "7"}},
        {"as_of": None, "withheld": "HTTP 451"},
    ],
)
def test_unknown_shapes_are_errors(payload: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        GitHub().read(Identifier("github", "o/n"), payload)
