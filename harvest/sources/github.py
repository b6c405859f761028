"""GitHub: stars and activity of repositories; with a token in GraphQL batches, without one by one over REST.

`stargazerCount` is asked and never the `stargazers` connection, which GitHub closed in July 2026. An alias that comes
back null means what its entry in `errors` says: NOT_FOUND is gone or private, everything else is a failure, because a
token that may not see a repository proves nothing. https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.config import Settings
from harvest.errors import (
    BlockedError,
    MalformedError,
    NotFoundError,
    SourceError,
    TooSlowError,
    TransientError,
    WithheldError,
)
from harvest.http.clients import Http
from harvest.http.responses import rate_limit_wait
from harvest.models import Answer, Identifier, Repository, RepositoryRecord
from harvest.sources.base import ProbeResult, Source, chunks, expect, failed, optional

if TYPE_CHECKING:
    from github import Github

NAME = "github"

BATCH = 50  # repositories in one query: about one point of the hourly budget
TOO_MUCH = "RESOURCE_LIMITS_EXCEEDED"
COMMIT_BATCH = 20  # counting commits is slow on GitHub's side: more ran into its ten seconds
FIELDS = """databaseId nameWithOwner url description stargazerCount forkCount createdAt pushedAt isArchived isEmpty
parent { nameWithOwner } licenseInfo { spdxId } primaryLanguage { name } defaultBranchRef { name }
repositoryTopics(first: 20) { nodes { topic { name } } } latestRelease { tagName }
issues(states: OPEN) { totalCount }"""
COMMITS = 'defaultBranchRef { target { ... on Commit { history(since: "%s") { totalCount } } } }'
REST_KEYS = (
    "id", "full_name", "html_url", "description", "stargazers_count", "forks_count", "created_at", "pushed_at",
    "archived", "size", "license", "language", "default_branch", "topics", "parent",
)  # fmt: skip

EXPIRES_SOON = timedelta(days=14)

log = logging.getLogger(__name__)


class GitHub(Source):
    """GitHub, asked in batches or one by one."""

    name = NAME
    rank = 5
    route = NAME
    schemes = frozenset({"github", "github-id"})
    list_size = BATCH

    def fetch(
        self, due: Mapping[Identifier, dict[str, Any] | None], http: Http, now: datetime
    ) -> Iterator[Answer]:
        """Ask for repositories; `now` gives the day of the answer and the year in which commits are counted."""
        client = http.github()
        by_name = {
            i: facts
            for i, facts in due.items()
            if i.scheme == "github" and http.settings.github_token
        }
        yield from _fetch_graphql(by_name, client, http, now)
        yield from _fetch_rest(
            [identifier for identifier in due if identifier not in by_name], client, http, now
        )

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> RepositoryRecord:
        """Read what either interface says of a repository."""
        as_of = expect(NAME, payload.get("as_of"), str, "as_of")
        match payload:
            case {"graphql": dict(node)}:
                repository = _read_graphql(node, payload.get("commits_last_year"))
                empty = bool(node.get("isEmpty"))
            case {"rest": dict(body)}:
                repository = _read_rest(body)
                empty = body.get("size") == 0
            case {"withheld": str()}:
                address = f"https://github.com/{identifier.value}"
                repository, empty = (
                    Repository(id=str(identifier), url=address, status="blocked"),
                    False,
                )
            case _:
                raise MalformedError(
                    NAME, f"a payload that is neither GraphQL nor REST: {sorted(payload)}"
                )
        return RepositoryRecord(
            source=NAME, identifier=identifier, repository=repository, as_of=as_of, empty=empty
        )

    def batch_size(self, settings: Settings) -> int:
        """Tell how many identifiers go into one request."""
        return BATCH if settings.github_token else 1

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the rest of the hourly limit, and read what GitHub says of the token."""
        client = http.github()
        try:
            headers, body = http.ask(
                NAME,
                lambda: client.requester.requestJsonAndCheck("GET", "/rate_limit"),
                unless=SourceError,
            )
        except BlockedError as error:
            if http.settings.github_token is None:
                raise
            text = f"does not take the token ({error.message})"
            advice = "it has expired or was revoked: make a new one (no scopes needed)"
            return ProbeResult("problem", text, f"{advice}, or unset GITHUB_TOKEN")
        try:
            resources = msgspec.convert(body, _RateLimit).resources
        except msgspec.ValidationError as error:
            raise MalformedError(NAME, f"/rate_limit: {error}") from error
        return _judge_limit(resources, headers, now, token=bool(http.settings.github_token))


class _Limit(msgspec.Struct):
    limit: int
    remaining: int
    reset: int  # in seconds of the epoch


class _Resources(msgspec.Struct):
    core: _Limit
    graphql: _Limit


class _RateLimit(msgspec.Struct):
    """https://docs.github.com/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user ."""

    resources: _Resources


def _judge_limit(
    resources: _Resources, headers: Mapping[str, str], now: datetime, *, token: bool
) -> ProbeResult:
    limit, unit = (resources.graphql, "points") if token else (resources.core, "requests")
    text = f"answers; {limit.remaining} of {limit.limit} {unit} an hour are left"
    if not limit.remaining:
        minutes = max(1, round((limit.reset - now.timestamp()) / 60))
        return ProbeResult("warning", text, f"wait {minutes} min: until then GitHub refuses")
    advice = _token_advice(headers, now)
    return ProbeResult("warning" if advice else "ok", text, advice)


def _token_advice(headers: Mapping[str, str], now: datetime) -> str:
    """Return what to do about a token that ends soon or may do too much, "" for any other."""
    expires = headers.get("github-authentication-token-expiration")
    if expires:
        try:
            end = datetime.fromisoformat(expires.replace(" UTC", "+00:00").replace(" +", "+"))
            remaining = end - now
        except (ValueError, TypeError):
            return f"the token expires at {expires!r}, a date in a new form"
        if remaining < EXPIRES_SOON:
            return f"the token expires in {remaining.days} days: make a new one in time"
    if scopes := headers.get("x-oauth-scopes"):
        return f"the token may do more than harvest needs ({scopes}): one without scopes is enough"
    return ""


def _fetch_rest(
    identifiers: Sequence[Identifier], client: Github, http: Http, now: datetime
) -> Iterator[Answer]:
    def ask(identifier: Identifier) -> dict[str, Any]:
        key = int(identifier.value) if identifier.scheme == "github-id" else identifier.value
        body = client.get_repo(key).raw_data
        expect(NAME, body.get("id"), int, "id")
        return {key: body.get(key) for key in REST_KEYS}

    for identifier, body in http.ask_all(NAME, identifiers, ask):
        match body:
            case NotFoundError():
                yield Answer(identifier=identifier, outcome="not_found")
            case WithheldError():
                yield _found(identifier, now, withheld=body.message)
            case SourceError():
                yield failed(identifier, body)
            case _:
                yield _found(identifier, now, rest=body)


def _fetch_graphql(
    due: Mapping[Identifier, dict[str, Any] | None], client: Github, http: Http, now: datetime
) -> Iterator[Answer]:
    """Ask for facts in batches, and for the number of commits where there can be any: most of a list is at rest."""
    year_ago = (now - timedelta(days=365)).strftime("%Y-%m-%dT00:00:00Z")
    pushed = {
        identifier: facts for identifier, facts in due.items() if facts
    }  # begun in a run that was killed
    for batch in list(
        chunks([identifier for identifier in due if identifier not in pushed], BATCH)
    ) or [()]:
        for identifier, node in _halving(batch, FIELDS, client, http, retried=True):
            match node:
                case NotFoundError():
                    yield Answer(identifier=identifier, outcome="not_found")
                case WithheldError():
                    yield _found(identifier, now, withheld=node.message)
                case SourceError():
                    yield failed(identifier, node)
                case {"pushedAt": str(day)} if day >= year_ago:
                    answer = _found(identifier, now, graphql=node)
                    pushed[identifier] = answer.payload or {}
                    yield msgspec.structs.replace(answer, outcome="begun")
                case _:
                    yield _found(identifier, now, graphql=node, commits_last_year=0)
        yield from _count_commits(pushed, year_ago, client, http)
        pushed = {}


def _count_commits(
    facts: Mapping[Identifier, dict[str, Any]], since: str, client: Github, http: Http
) -> Iterator[Answer]:
    """Count the commits since a moment and complete the answers.

    A repository whose commits could not be counted tonight has no answer, so that its last one stands; one that has
    too many for GitHub to count has an answer without the number.
    """
    for batch in chunks(list(facts), COMMIT_BATCH):
        for identifier, node in _halving(batch, COMMITS % since, client, http, retried=False):
            match node:
                case TooSlowError():
                    log.warning("commits of %s not counted: %s", identifier, node)
                    count = None
                case NotFoundError():
                    yield failed(
                        identifier, SourceError(NAME, f"gone between two questions: {node.message}")
                    )
                    continue
                case SourceError():
                    yield failed(identifier, node)
                    continue
                case {"defaultBranchRef": {"target": {"history": {"totalCount": int(number)}}}}:
                    count = number
                case _:
                    count = None  # without a branch there is nothing to count
            payload = {**facts[identifier], "commits_last_year": count}
            yield Answer(identifier=identifier, outcome="found", payload=payload)


def _halving(  # what to ask, of whom
    identifiers: Sequence[Identifier], fields: str, client: Github, http: Http, *, retried: bool
) -> Iterator[tuple[Identifier, dict[str, Any] | SourceError]]:
    """Ask for `fields` of a batch, and in smaller ones for what was too much for GitHub.

    A single repository that is too much is asked again like any failure, if `retried`, or given up.
    """
    waiting = [identifiers] if identifiers else []
    while waiting:
        batch = waiting.pop(0)
        unless = TooSlowError if len(batch) > 1 or not retried else None
        try:
            nodes = http.ask(NAME, lambda batch=batch: _query(client, batch, fields), unless=unless)  # type: ignore[misc]  # mypy#9975
        except SourceError as error:
            nodes = dict.fromkeys(batch, error)
        again = [i for i in batch if isinstance(nodes[i], TooSlowError)] if len(batch) > 1 else []
        yield from (
            (identifier, nodes[identifier]) for identifier in batch if identifier not in again
        )
        waiting[:0] = chunks(again, -(-len(batch) // 2))


def _found(identifier: Identifier, now: datetime, **payload: Any) -> Answer:
    return Answer(
        identifier=identifier, outcome="found", payload={**payload, "as_of": now.date().isoformat()}
    )


def _query(client: Github, identifiers: Sequence[Identifier], fields: str) -> dict[Identifier, Any]:
    """Ask for `fields` of each repository; gives for each its node or the SourceError that stands in its place.

    That is a TooSlowError where the query ran out of what GitHub grants it, which it says of a repository, of a part of
    one, or of none; of several, smaller queries tell which it was. Raises TransientError for a rate limit or an answer
    without data, which come with status 200.
    """
    from github import GithubException

    aliases = {f"r{index}": identifier for index, identifier in enumerate(identifiers)}
    parts = []
    for alias, identifier in aliases.items():
        owner, name = identifier.value.split("/")
        parts.append(
            f"{alias}: repository(owner: {json.dumps(owner)}, name: {json.dumps(name)}) {{ {fields} }}"
        )
    try:
        headers, answer = client.requester.graphql_query("query {\n%s\n}" % "\n".join(parts), {})  # noqa: UP031  # braces
    except (
        GithubException
    ) as error:  # PyGithub raises on any entry of `errors` and keeps the partial data
        headers, answer = error.headers or {}, error.data
    errors = expect(NAME, answer.get("errors") or [], list, "errors")
    for entry in errors:
        if entry.get("type") in {"RATE_LIMITED", "RATE_LIMIT"}:
            wait = rate_limit_wait(headers)
            raise TransientError(NAME, entry.get("message", "rate limit"), retry_after=wait)
    data = answer.get("data")
    if not isinstance(data, dict):
        kind = TooSlowError if any(e.get("type") == TOO_MUCH for e in errors) else TransientError
        raise kind(
            NAME, "; ".join(str(e.get("message")) for e in errors) or "an answer without data"
        )
    said = {entry["path"][0]: _error(entry) for entry in errors if entry.get("path")}
    cut = {alias: error for alias, error in said.items() if isinstance(error, TooSlowError)}
    unsaid = next((_error(entry) for entry in errors if not entry.get("path")), None)
    if unsaid and len(identifiers) > 1:
        unsaid = TooSlowError(NAME, unsaid.message)
    return {
        identifier: cut.get(alias)
        or data.get(alias)
        or said.get(alias)
        or unsaid
        or SourceError(NAME, "null without an error")
        for alias, identifier in aliases.items()
    }


def _error(error: dict[str, Any]) -> SourceError:
    message = str(error.get("message"))
    if error.get("type") == "NOT_FOUND":
        return NotFoundError(NAME, message)
    if "access blocked" in message:
        return WithheldError(NAME, message)
    if error.get("type") == TOO_MUCH:
        return TooSlowError(NAME, message)
    return SourceError(NAME, f"{error.get('type')}: {message}")


def _read_graphql(node: dict[str, Any], commits: int | None) -> Repository:
    topics = expect(NAME, (node.get("repositoryTopics") or {}).get("nodes") or [], list, "topics")
    return Repository(
        id=f"github:{expect(NAME, node.get('nameWithOwner'), str, 'nameWithOwner')}",
        status="ok",
        repository_id=expect(NAME, node.get("databaseId"), int, "databaseId"),
        url=expect(NAME, node.get("url"), str, "url"),
        description=node.get("description") or None,
        language=(node.get("primaryLanguage") or {}).get("name"),
        license=_spdx((node.get("licenseInfo") or {}).get("spdxId")),
        topics=sorted(topic["topic"]["name"] for topic in topics),
        stars=expect(NAME, node.get("stargazerCount"), int, "stargazerCount"),
        forks=expect(NAME, node.get("forkCount"), int, "forkCount"),
        open_issues=(node.get("issues") or {}).get("totalCount"),
        created_at=optional(NAME, node.get("createdAt"), str, "createdAt"),
        pushed_at=optional(NAME, node.get("pushedAt"), str, "pushedAt"),
        archived=expect(NAME, node.get("isArchived"), bool, "isArchived"),
        fork_of=_github((node.get("parent") or {}).get("nameWithOwner")),
        default_branch=(node.get("defaultBranchRef") or {}).get("name"),
        latest_release=(node.get("latestRelease") or {}).get("tagName"),
        commits_last_year=commits,
    )


def _read_rest(body: dict[str, Any]) -> Repository:
    """Read a REST body. Its open_issues_count is left out: it counts pull requests, GraphQL's number does not."""
    return Repository(
        id=f"github:{expect(NAME, body.get('full_name'), str, 'full_name')}",
        status="ok",
        repository_id=expect(NAME, body.get("id"), int, "id"),
        url=expect(NAME, body.get("html_url"), str, "html_url"),
        description=body.get("description") or None,
        language=body.get("language"),
        license=_spdx((body.get("license") or {}).get("spdx_id")),
        topics=sorted(body.get("topics") or []),
        stars=expect(NAME, body.get("stargazers_count"), int, "stargazers_count"),
        forks=expect(NAME, body.get("forks_count"), int, "forks_count"),
        created_at=optional(NAME, body.get("created_at"), str, "created_at"),
        pushed_at=optional(NAME, body.get("pushed_at"), str, "pushed_at"),
        archived=expect(NAME, body.get("archived"), bool, "archived"),
        fork_of=_github((body.get("parent") or {}).get("full_name")),
        default_branch=body.get("default_branch"),
    )


def _spdx(value: str | None) -> str | None:
    """Give an SPDX id; NOASSERTION says that there is a licence text which GitHub does not know."""
    return None if value in {None, "NOASSERTION"} else value


def _github(full_name: str | None) -> str | None:
    return f"github:{full_name}" if full_name else None
