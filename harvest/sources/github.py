"""GitHub: stars and activity of repositories.

With a token they are asked in GraphQL batches, without one by one over REST. `stargazerCount` is
asked and never the `stargazers` connection, which GitHub closed in July 2026. An alias that comes
back null means what its entry in `errors` says: NOT_FOUND is gone or private, everything else is a
failure, because a token that may not see a repository proves nothing.
https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.config import Service, Settings
from harvest.errors import (
    LIST_ERRORS,
    BlockedError,
    Kinds,
    MalformedError,
    NotAskedError,
    NotFoundError,
    SourceError,
    TooSlowError,
    TransientError,
    WithheldError,
)
from harvest.http.clients import Http
from harvest.http.rate_limit import Rate, Route
from harvest.http.responses import TIMEOUT, rate_limit_wait
from harvest.models import Identifier, Reply, Repository, RepositoryRecord
from harvest.sources import base
from harvest.sources.base import (
    DuePayloads,
    DumpedSource,
    DumpRecord,
    Example,
    Fields,
    Payload,
    ProbeResult,
)

if TYPE_CHECKING:
    from github import Github

NAME = "github"
# The documented limit, as of 2026-11; see docs/decisions.md, "Limits".
ROUTE = Route("github", Rate(0.25))
TOO_MUCH = "RESOURCE_LIMITS_EXCEEDED"
TOO_BIG: tuple[type[SourceError], ...] = (TooSlowError, *LIST_ERRORS)
RATE_LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
EXPIRES_SOON = timedelta(days=14)

FIELDS = """databaseId nameWithOwner url description stargazerCount forkCount createdAt pushedAt
isArchived isEmpty parent { nameWithOwner } licenseInfo { spdxId } primaryLanguage { name }
defaultBranchRef { name } repositoryTopics(first: 20) { nodes { topic { name } } }
latestRelease { tagName } issues(states: OPEN) { totalCount }"""
COMMITS = 'defaultBranchRef { target { ... on Commit { history(since: "%s") { totalCount } } } }'
REST_KEYS = (
    "id", "full_name", "html_url", "description", "stargazers_count", "forks_count", "created_at",
    "pushed_at", "archived", "size", "license", "language", "default_branch", "topics", "parent",
)  # fmt: skip

OUR_KEYS = frozenset({"as_of", "commits_last_year"})  # in a dump, beside those of GitHub

MAX_COUNT_TIME = 900.0  # seconds for all commits: GitHub takes ten for each busy repository

log = logging.getLogger(__name__)


class GitHub(DumpedSource):
    """GitHub, asked in batches or one by one."""

    name = NAME
    rank = 5  # before others: it takes the most requests, one after the other
    service = Service(url="https://api.github.com")
    route = ROUTE
    schemes = frozenset({"github", "github-id"})  # owner/name, or the number that survives renames
    hosts_repositories = True
    max_batch = 50  # repositories in one query: about one point of the hourly budget
    max_commit_batch = 20  # GitHub counts commits slowly: more ran into its ten seconds
    examples = (
        Example(
            "repository with its commits",
            Identifier(NAME, "huggingface/diffusers"),
            fields=("stars", "forks", "pushed_at"),
            with_token=("commits_last_year",),
        ),
    )

    def batch_size(self, settings: Settings) -> int:
        """Return the number of repositories in one request, which is 1 without a token."""
        return self.max_batch if settings.github_token else 1

    def fetch(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Yield a reply for each repository.

        `now` gives the day of the answer and the year in which commits are counted.
        """
        token = http.settings.github_token
        by_name = {i: due[i] for i in due if token and i.scheme == "github"}
        yield from self._fetch_graphql(by_name, http, now)
        yield from _fetch_rest([i for i in due if i not in by_name], http, now)

    def from_dump(self, text: bytes) -> DumpRecord:
        """Return a body of REST, or a node of GraphQL, that someone kept with its day (`as_of`).

        A node may have the number of `commits_last_year`. GitHub itself publishes no dump.
        """
        body = Fields(NAME, msgspec.json.decode(text))
        day = body.need("as_of", str)[:10]
        payload: Payload
        if "nameWithOwner" in body.value:
            name = body.need("nameWithOwner", str)
            node = {key: it for key, it in body.value.items() if key not in OUR_KEYS}
            payload = {"graphql": node, **body.pick(["commits_last_year"]), "as_of": day}
        else:
            name = body.need("full_name", str)
            payload = {"rest": body.pick(REST_KEYS), "as_of": day}
        return DumpRecord(f"github:{name.lower()}", msgspec.json.encode(payload).decode(), day)

    def read(self, identifier: Identifier, payload: Payload) -> RepositoryRecord:
        """Return the record of a repository, from either interface or from a refusal."""
        fields = Fields(NAME, payload)
        node, body = fields.child("graphql"), fields.child("rest")
        if node.value:
            repository = _read_graphql(node, fields.get("commits_last_year", int))
        elif body.value:
            repository = _read_rest(body)
        elif "withheld" in payload:
            address = f"https://github.com/{identifier.value}"
            repository = Repository(id=str(identifier), url=address, status="blocked")
        else:
            raise MalformedError(NAME, f"neither GraphQL nor REST: {sorted(payload)}")
        return RepositoryRecord(
            source=NAME,
            identifier=identifier,
            repository=repository,
            as_of=fields.need("as_of", str),
            empty=bool(node.value.get("isEmpty")) or _is_empty(body),
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for the rest of the hourly limit, and read the rights and the end of the token."""
        token = http.settings.github_token is not None
        request = partial(http.github().requester.requestJsonAndCheck, "GET", "/rate_limit")
        try:
            headers, body = http.ask(ROUTE, request, unless=SourceError)
        except BlockedError as error:
            if not token:
                raise
            text = f"does not take the token ({error.message})"
            advice = "it has expired or was revoked: make a new one (no scopes needed)"
            return ProbeResult("problem", text, f"{advice}, or unset GITHUB_TOKEN")
        # https://docs.github.com/rest/rate-limit/rate-limit
        limits = Fields(NAME, body).child("resources").child("graphql" if token else "core")
        limit, remaining = limits.need("limit", int), limits.need("remaining", int)
        reset = limits.need("reset", int)
        unit = "points" if token else "requests"
        text = f"answers; {remaining} of {limit} {unit} an hour are left"
        if not remaining:
            minutes = max(1, round((reset - now.timestamp()) / 60))
            return ProbeResult("warning", text, f"wait {minutes} min: until then GitHub refuses")
        advice = _token_advice(headers, now)
        return ProbeResult("warning" if advice else "ok", text, advice)

    def _fetch_graphql(self, due: DuePayloads, http: Http, now: datetime) -> Iterator[Reply]:
        """Ask for all facts in batches, then for the number of commits where there can be any.

        Most repositories of a list have none. Those with a payload were begun in an earlier run.
        """
        year_ago = (now - timedelta(days=365)).strftime("%Y-%m-%dT00:00:00Z")
        active = {identifier: payload for identifier, payload in due.items() if payload}
        new = [identifier for identifier in due if identifier not in active]
        for batch in base.chunks(new, self.max_batch):
            for first in _fetch_facts(batch, year_ago, http, now):
                if first.outcome == "begun":
                    active[first.identifier] = first.payload or {}
                yield first
        yield from self._count_commits(active, year_ago, http)

    def _count_commits(
        self, facts: Mapping[Identifier, Payload], since: str, http: Http
    ) -> Iterator[Reply]:
        """Count the commits since a moment and yield the whole answers.

        A repository whose commits could not be counted has an answer without the number, so that
        the last number stands. If nobody asked, or a rate limit or the network was in the way,
        the answer is unfinished: the next run asks.
        """
        end = time.monotonic() + MAX_COUNT_TIME
        for batch in base.chunks(list(facts), self.max_commit_batch):
            nodes = _halving(batch, COMMITS % since, http, retry=False)
            if time.monotonic() > end:
                late = TooSlowError(NAME, f"counting took more than {MAX_COUNT_TIME:.0f} s")
                nodes = ((identifier, late) for identifier in batch)
            for identifier, node in nodes:
                count: int | None = None  # without a branch there is nothing to count
                match node:
                    case SourceError():
                        log.warning("commits of %s not counted: %s", identifier, node)
                    case {"defaultBranchRef": {"target": {"history": {"totalCount": int(number)}}}}:
                        count = number
                counted = base.reply(identifier, {**facts[identifier], "commits_last_year": count})
                yield msgspec.structs.replace(counted, asked=not _may_be_counted_later(node))


def _may_be_counted_later(node: Payload | SourceError) -> bool:
    """Return True for a failure that says nothing of the repository, as its being too busy does."""
    return isinstance(node, NotAskedError | TransientError) and not isinstance(node, TooSlowError)


def _token_advice(headers: Mapping[str, str], now: datetime) -> str:
    expires = headers.get("github-authentication-token-expiration")
    if expires:
        try:
            end = datetime.fromisoformat(expires.replace(" UTC", "+00:00").replace(" +", "+"))
            remaining = end - now
        except (ValueError, TypeError):
            return f"the token expires at {expires!r}, a date in a new form"
        if remaining < EXPIRES_SOON:
            return f"the token expires in {remaining.days} days: make a new one in time"
    scopes = headers.get("x-oauth-scopes")
    if scopes:
        return f"the token may do more than harvest needs ({scopes}): one without scopes is enough"
    return ""


def _refusal(identifier: Identifier, error: SourceError, day: str) -> Reply:
    if isinstance(error, WithheldError):
        return base.reply(identifier, {"withheld": error.message, "as_of": day})
    return base.single_reply(identifier, error)


# -- REST ------------------------------------------------------------------------------------------


def _fetch_rest(identifiers: Sequence[Identifier], http: Http, now: datetime) -> Iterator[Reply]:
    day = now.date().isoformat()
    for identifier, body in http.ask_all(ROUTE, identifiers, partial(_request_rest, http.github())):
        if isinstance(body, SourceError):
            yield _refusal(identifier, body, day)
        else:
            yield base.reply(identifier, {"rest": body, "as_of": day})


def _request_rest(client: Github, identifier: Identifier) -> Payload:
    from github import GithubException

    key = int(identifier.value) if identifier.scheme == "github-id" else identifier.value
    try:
        body = Fields(NAME, client.get_repo(key).raw_data)
    except GithubException as error:  # for a body that lacks what the package needs
        raise MalformedError(NAME, f"a repository that cannot be read: {error!r}") from error
    body.need("id", int)
    return body.pick(REST_KEYS)


def _read_rest(body: Fields) -> Repository:
    # `open_issues_count` is left out: it counts pull requests, GraphQL's number does not.
    return Repository(
        id=f"github:{body.need('full_name', str)}",
        status="ok",
        repository_id=body.need("id", int),
        url=body.need("html_url", str),
        description=body.text("description") or None,
        language=body.text("language"),
        license=_license(body.child("license").text("spdx_id")),
        topics=sorted(body.texts("topics")),
        stars=body.need("stargazers_count", int),
        forks=body.need("forks_count", int),
        created_at=body.text("created_at"),
        pushed_at=body.text("pushed_at"),
        archived=body.need("archived", bool),
        fork_of=_curie(body.child("parent").text("full_name")),
        default_branch=body.text("default_branch"),
    )


def _is_empty(body: Fields) -> bool:
    """Return True if nothing was ever pushed.

    `size` is in kB and counted now and then: small repositories and new ones have 0, too.
    """
    pushed_at = body.text("pushed_at")
    return body.value.get("size") == 0 and pushed_at in {None, body.text("created_at")}


# -- GraphQL ---------------------------------------------------------------------------------------


def _fetch_facts(
    batch: Sequence[Identifier], year_ago: str, http: Http, now: datetime
) -> Iterator[Reply]:
    """Yield a reply for each repository; one with a push since a year ago is begun."""
    day = now.date().isoformat()
    for identifier, node in _halving(batch, FIELDS, http, retry=True):
        match node:
            case SourceError():
                yield _refusal(identifier, node, day)
            case {"pushedAt": str(pushed_at)} if pushed_at >= year_ago:
                yield base.begun(identifier, {"graphql": node, "as_of": day})
            case _:
                payload = {"graphql": node, "commits_last_year": 0, "as_of": day}
                yield base.reply(identifier, payload)


def _halving(
    identifiers: Sequence[Identifier], fields: str, http: Http, *, retry: bool
) -> Iterator[tuple[Identifier, Payload | SourceError]]:
    """Ask for `fields` of a batch, and in smaller ones for what was too much for GitHub.

    A single repository that is too much is asked again like any failure, if `retry`, or given up.
    """
    unless: Kinds = () if retry else TooSlowError
    if len(identifiers) > 1:
        unless = TOO_BIG
    try:
        nodes = http.ask(ROUTE, partial(_query, http.github(), identifiers, fields), unless=unless)
    except SourceError as error:
        nodes = dict.fromkeys(identifiers, error)
    again: list[Identifier] = []
    for identifier, node in nodes.items():
        if len(identifiers) > 1 and isinstance(node, TOO_BIG):
            again.append(identifier)
        else:
            yield identifier, node
    for half in base.chunks(again, -(-len(identifiers) // 2)):
        yield from _halving(half, fields, http, retry=retry)


def _query(
    client: Github, identifiers: Sequence[Identifier], fields: str
) -> dict[Identifier, Payload | SourceError]:
    """Ask for `fields` of repositories; return the node of each, or the error in its place.

    Raises TransientError for a rate limit or a response without data, which come with status 200.
    """
    aliases = {f"r{index}": identifier for index, identifier in enumerate(identifiers)}
    parts = [_repository_query(alias, name) for alias, name in aliases.items()]
    fragment = f"fragment facts on Repository {{ {fields} }}"  # written once: it is nine tenths
    headers, response = _post(client, "\n".join(["query {", *parts, "}", fragment]))
    errors = Fields(NAME, response).children("errors")
    data = response.get("data")
    _raise_for_whole(errors, headers, data)
    by_alias: dict[str | None, list[SourceError]] = defaultdict(list)
    for entry in errors:
        path = entry.value.get("path") or [None]
        by_alias[path[0]].append(_error(entry))
    pathless = by_alias[None]
    if pathless and len(identifiers) > 1:  # about any of them: smaller queries tell which
        pathless = [TooSlowError(NAME, pathless[0].message)]
    return {
        identifier: _result(data.get(alias), by_alias[alias], pathless)
        for alias, identifier in aliases.items()
    }


def _repository_query(alias: str, identifier: Identifier) -> str:
    owner, name = map(json.dumps, identifier.value.split("/"))
    return f"{alias}: repository(owner: {owner}, name: {name}) {{ ...facts }}"


def _post(client: Github, query: str) -> tuple[Mapping[str, Any], Any]:
    """Return the headers and the body of a response, with partial data if there are errors."""
    from github import GithubException

    try:
        return client.requester.graphql_query(query, {})
    except GithubException as error:  # raised for any entry of `errors`; it keeps the body
        return error.headers or {}, error.data


def _raise_for_whole(errors: Sequence[Fields], headers: Mapping[str, Any], data: Any) -> None:
    for entry in errors:
        if entry.value.get("type") in RATE_LIMITED:
            message = str(entry.value.get("message", "rate limit"))
            raise TransientError(NAME, message, retry_after=rate_limit_wait(headers))
    if not isinstance(data, dict):
        too_much = any(map(_is_too_much, errors))
        messages = "; ".join(str(entry.value.get("message")) for entry in errors)
        kind = TooSlowError if too_much else TransientError
        raise kind(NAME, messages or "a response without data")


def _result(
    node: Payload | None, errors: Sequence[SourceError], pathless: Sequence[SourceError]
) -> Payload | SourceError:
    too_much = [error for error in errors if isinstance(error, TooSlowError)]
    if too_much:  # even with a node, whose fields may be missing
        return too_much[0]
    if node:
        return node
    return next(iter([*errors, *pathless]), SourceError(NAME, "null without an error"))


def _error(entry: Fields) -> SourceError:
    kind, message = entry.value.get("type"), str(entry.value.get("message"))
    if kind == "NOT_FOUND":
        return NotFoundError(NAME, message)
    if "access blocked" in message:  # the type is the FORBIDDEN of other refusals
        return WithheldError(NAME, message)
    if _is_too_much(entry):
        return TooSlowError(NAME, message)
    return SourceError(NAME, f"{kind}: {message}")


def _is_too_much(entry: Fields) -> bool:
    return entry.value.get("type") == TOO_MUCH or TIMEOUT in str(entry.value.get("message"))


def _read_graphql(node: Fields, commits: int | None) -> Repository:
    topics = node.child("repositoryTopics").children("nodes")
    return Repository(
        id=f"github:{node.need('nameWithOwner', str)}",
        status="ok",
        repository_id=node.need("databaseId", int),
        url=node.need("url", str),
        description=node.text("description") or None,
        language=node.child("primaryLanguage").text("name"),
        license=_license(node.child("licenseInfo").text("spdxId")),
        topics=sorted(topic.child("topic").need("name", str) for topic in topics),
        stars=node.need("stargazerCount", int),
        forks=node.need("forkCount", int),
        open_issues=node.child("issues").get("totalCount", int),
        created_at=node.text("createdAt"),
        pushed_at=node.text("pushedAt"),
        archived=node.need("isArchived", bool),
        fork_of=_curie(node.child("parent").text("nameWithOwner")),
        default_branch=node.child("defaultBranchRef").text("name"),
        latest_release=node.child("latestRelease").text("tagName"),
        commits_last_year=commits,
    )


def _license(spdx: str | None) -> str | None:
    return None if spdx == "NOASSERTION" else spdx  # a text that GitHub does not know


def _curie(full_name: str | None) -> str | None:
    return f"github:{full_name}" if full_name else None
