"""The GitHub API: repositories by REST, and by GraphQL on graphql-core with a schema."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import graphql
from starlette.responses import HTMLResponse, JSONResponse, Response

from .world import Repository, Request, ServiceName, World

MAX_ALIASES = 50
MAX_HISTORIES = 20

_ANONYMOUS_LIMIT, _TOKEN_LIMIT, _HOUR = 60, 5000, 3600
_DOCUMENTATION = "https://docs.github.com/rest"
_REPOSITORY = re.compile(
    r"/(?:repos/(?P<owner>[^/]+)/(?P<name>[^/]+)|repositories/(?P<id>\d+))(?P<rest>(?:/.*)?)"
)
_BLOCKS = {
    "dmca": (451, "https://github.com/github/dmca"),
    "blocked": (403, "https://github.com/tos"),
}
_NOT_SPDX = "NOASSERTION"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class GitHub:
    """The fake for api.github.com; `url` is its own address, which redirects need."""

    name: ServiceName = "github"

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self._used = {"core": 0, "graphql": 0}
        self._reset = int(time.time()) + _HOUR

    def route(self, request: Request) -> str:
        return request.path.split("/")[1] or "root"

    def answer(self, request: Request) -> Response:
        authorization = request.headers.get("authorization", "")
        token = authorization.partition(" ")[2]
        resource = "graphql" if request.route == "graphql" else "core"
        if token and self.world.tokens is not None and token not in self.world.tokens:
            return _message(401, "Bad credentials")
        if request.route == "graphql":
            anonymous = _message(401, "This endpoint requires you to be authenticated.")
            response = self._graphql(request) if token else anonymous
        elif request.route == "rate_limit":
            response = self._rate_limit(authenticated=bool(token))
        else:
            response = self._rest(request)
            self._used["core"] += not (
                response.status_code == 304 and token
            )  # a 304 is free, but only with a token
        response.headers.update(self._budget_headers(resource, authenticated=bool(token)))
        return response

    def misuse(self, request: Request) -> Iterator[str]:
        if request.route != "graphql":
            return
        aliases = str(_sent(request).get("query", "")).count("repository(")
        if aliases > MAX_ALIASES:
            yield f"{aliases} repositories in one query, more than {MAX_ALIASES}"

    def overload(self, request: Request, earlier: list[Request]) -> Iterator[str]:
        if request.in_flight > 1:
            yield f"{request.in_flight} requests at once, not one after the other"
        anonymous = sum("authorization" not in other.headers for other in earlier)
        if (
            self.world.pacing
            and "authorization" not in request.headers
            and anonymous >= _ANONYMOUS_LIMIT
        ):
            yield f"more than {_ANONYMOUS_LIMIT} requests within an hour without a token"

    def refusal(self) -> Response:
        response = _message(403, "API rate limit exceeded for 127.0.0.1.")
        response.headers.update(self._budget_headers("core", authenticated=False))
        return response

    def _budget(self, resource: str, *, authenticated: bool) -> dict[str, int]:
        limit = _TOKEN_LIMIT if authenticated else _ANONYMOUS_LIMIT
        used = min(self._used[resource], limit)
        return {"limit": limit, "remaining": limit - used, "used": used, "reset": self._reset}

    def _budget_headers(self, resource: str, *, authenticated: bool) -> dict[str, str]:
        budget = {**self._budget(resource, authenticated=authenticated), "resource": resource}
        return {f"x-ratelimit-{name}": str(value) for name, value in budget.items()}

    def _rate_limit(self, *, authenticated: bool) -> Response:
        resources = {name: self._budget(name, authenticated=authenticated) for name in self._used}
        return _json({"resources": resources, "rate": resources["core"]})

    # REST

    def _rest(self, request: Request) -> Response:
        match = _REPOSITORY.fullmatch(request.path)
        if not match or request.method != "GET":
            return _message(404, "Not Found")
        repository = (
            self._by_id(int(match["id"]))
            if match["id"]
            else self._by_name(match["owner"], match["name"])
        )
        if repository is None or repository.state in {"gone", "private"}:
            return _message(404, "Not Found")
        if repository.state in _BLOCKS:
            code, address = _BLOCKS[repository.state]
            reason = "dmca" if code == 451 else "tos"
            block = {"reason": reason, "created_at": "2026-03-01T10:00:00Z", "html_url": address}
            return _json({"message": "Repository access blocked", "block": block}, code)
        if repository.state == "forbidden":
            return _message(403, "Resource protected by organization SAML enforcement.")
        if match["name"] and f"{match['owner']}/{match['name']}".lower() != repository.name.lower():
            address = f"{self.url}/repositories/{repository.id}{match['rest']}"
            content = {
                "message": "Moved Permanently",
                "url": address,
                "documentation_url": _DOCUMENTATION,
            }
            return _json(content, 301, {"location": address})
        return self._part(request, repository, match["rest"])

    def _part(self, request: Request, repository: Repository, rest: str) -> Response:
        """The repository itself or what hangs below it."""
        here = f"{self.url}/repos/{repository.name}"
        match rest.strip("/").split("/", 1):
            case [""]:
                return _conditional(request, self.rest_body(repository))
            case ["readme"]:
                names = [path for path in repository.files if path.lower().startswith("readme")]
                return (
                    _conditional(request, _file(repository, names[0], here))
                    if names
                    else _message(404, "Not Found")
                )
            case ["contents", *path]:
                return _contents(repository, "".join(path), here)
            case ["releases", "latest"]:
                return (
                    _json(_release(repository, here))
                    if repository.release
                    else _message(404, "Not Found")
                )
            case ["commits"]:
                return _commits(request, repository, here)
        return _message(404, "Not Found")

    def rest_body(self, repository: Repository) -> dict[str, Any]:
        """Return a repository in the shape of GET /repos/{owner}/{repo}, without URLs."""
        owner, name = repository.name.split("/")
        here, page = f"{self.url}/repos/{repository.name}", f"https://github.com/{repository.name}"
        body: dict[str, Any] = {
            "id": repository.id,
            "node_id": _node_id(repository),
            "name": name,
            "full_name": repository.name,
            "private": repository.state == "private",
            "owner": self._owner(owner),
            "html_url": page,
            "description": repository.description,
            "fork": repository.fork_of is not None,
            "url": here,
            "contents_url": here + "/contents/{+path}",
            "commits_url": here + "/commits{/sha}",
            "releases_url": here + "/releases{/id}",
            "created_at": repository.created_at,
            "updated_at": repository.updated_at,
            "pushed_at": repository.pushed_at,
            "clone_url": f"{page}.git",
            "homepage": repository.homepage,
            "size": 0 if repository.default_branch is None else repository.size,
            "stargazers_count": repository.stars,
            "watchers_count": repository.stars,
            "language": repository.language,
            "has_issues": True,
            "forks_count": repository.forks,
            "mirror_url": f"https://git.example/{name}.git" if repository.mirror else None,
            "archived": repository.archived,
            "disabled": repository.disabled,
            "open_issues_count": repository.issues + repository.pull_requests,  # REST counts both
            "license": _license(repository, self.url),
            "is_template": repository.template,
            "topics": repository.topics,
            "visibility": "public",
            "default_branch": repository.default_branch or "main",
            "network_count": repository.forks,
            "subscribers_count": 1,
        }
        if repository.fork_of and (
            parent := self.world.repositories.get(repository.fork_of.lower())
        ):
            body["parent"] = body["source"] = self.rest_body(parent)
        return body

    def _owner(self, login: str) -> dict[str, Any]:
        here = f"{self.url}/users/{login}"
        number = int(hashlib.sha256(login.encode()).hexdigest()[:7], 16)
        return {
            "login": login,
            "id": number,
            "html_url": f"https://github.com/{login}",
            "url": here,
            "type": "User",
        }

    def _by_id(self, number: int) -> Repository | None:
        return next((host for host in self.world.repositories.values() if host.id == number), None)

    def _by_name(self, owner: str, name: str) -> Repository | None:
        """By present name first: a new repository under an old name ends the redirect."""
        full_name = f"{owner}/{name}".lower()
        former = (
            host
            for host in self.world.repositories.values()
            if full_name in map(str.lower, host.former)
        )
        return self.world.repositories.get(full_name) or next(former, None)

    # GraphQL

    def _graphql(self, request: Request) -> Response:
        sent = _sent(request)
        try:
            document = _document(str(sent.get("query", "")))
        except graphql.GraphQLError as error:
            return _json({"errors": [{"message": error.message}]})
        if not _is_valid(_STRING.sub('""', str(sent.get("query", "")))):
            invalid = graphql.validate(_schema(), document)
            return _json({"errors": [_invalid(error) for error in invalid]})
        execution = _Execution(self)
        result = graphql.execute_sync(
            _schema(), document, execution, variable_values=sent.get("variables")
        )
        self._used["graphql"] += execution.cost
        if execution.histories > MAX_HISTORIES or execution.busy > self.world.busy_limit:
            return self._timeout()
        content: dict[str, Any] = {"data": result.data}
        if result.errors:
            content["errors"] = [_graphql_error(error) for error in result.errors]
        return _json(content)

    def _timeout(self) -> Response:
        """Return one of the two answers to a query of more than ten seconds."""
        if self.world.busy_answer == "null-data":
            return null_data()
        return HTMLResponse("<html><head><title>502 Bad Gateway</title></head></html>", 502)


def null_data() -> Response:
    """Return what GitHub sends, with status 200 and without a type, for a query that failed."""
    message = (
        "Something went wrong while executing your query. This may be the result of a timeout, or"
        " it could be a GitHub bug. Please include `0000:0000:0000000:0000000:00000000` when"
        " reporting this issue."
    )
    return _json({"data": None, "errors": [{"message": message}]})


class _Execution:
    """The root value of one query: graphql-core calls its methods for the fields of Query."""

    cost = 1

    def __init__(self, github: GitHub) -> None:
        self.github = github
        self.histories = 0
        self.busy = 0

    def repository(self, _: Any, owner: str, name: str, *, followRenames: bool) -> dict[str, Any]:  # noqa: N803  the schema's name
        host = self.github._by_name(owner, name)
        renamed = host is not None and host.name.lower() != f"{owner}/{name}".lower()
        if host is None or host.state in {"gone", "private"} or (renamed and not followRenames):
            raise _refused(
                "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
            )
        if host.state == "forbidden":
            raise _refused(
                "FORBIDDEN",
                "Resource protected by organization SAML enforcement.",
                saml_failure=True,
            )
        if host.state in _BLOCKS:
            raise _refused("FORBIDDEN", "Repository access blocked")
        return self.fields(host)

    def rateLimit(self, _: Any, **__: Any) -> dict[str, Any]:  # noqa: N802  the schema's name
        budget = self.github._budget("graphql", authenticated=True)
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(budget.pop("reset")))
        return {**budget, "cost": self.cost, "nodeCount": 0, "resetAt": reset}

    def viewer(self, _: Any) -> dict[str, str]:
        return {"login": "fake", "url": "https://github.com/fake"}

    def fields(self, repository: Repository) -> dict[str, Any]:
        """The fields of type Repository; those with arguments are functions."""
        owner, name = repository.name.split("/")
        page, others = f"https://github.com/{repository.name}", self.github.world.repositories
        parent = others.get(repository.fork_of.lower()) if repository.fork_of else None
        return {
            "archivedAt": repository.pushed_at if repository.archived else None,
            "createdAt": repository.created_at,
            "databaseId": repository.id,
            "defaultBranchRef": self._branch(repository),
            "description": repository.description,
            "diskUsage": 1024,
            "forkCount": repository.forks,
            "homepageUrl": repository.homepage,
            "id": _node_id(repository),
            "isArchived": repository.archived,
            "isDisabled": repository.disabled,
            "isEmpty": repository.default_branch is None,
            "isFork": repository.fork_of is not None,
            "isLocked": False,
            "isMirror": repository.mirror,
            "isPrivate": False,
            "isTemplate": repository.template,
            "issues": _total(repository.issues),
            "latestRelease": _graphql_release(repository),
            "licenseInfo": _graphql_license(repository),
            "name": name,
            "nameWithOwner": repository.name,
            "object": lambda _, expression="", **__: _blob(
                repository, expression.partition(":")[2]
            ),
            "owner": {"__typename": "User", "login": owner, "url": f"https://github.com/{owner}"},
            "parent": self.fields(parent) if parent else None,
            "primaryLanguage": {"name": repository.language} if repository.language else None,
            "pullRequests": _total(repository.pull_requests),
            "pushedAt": repository.pushed_at,
            "releases": _total(int(repository.release is not None)),
            "repositoryTopics": lambda _, first=None, **__: _topics(repository, first),
            "stargazerCount": repository.stars,
            "stargazers": _no_stargazers,
            "updatedAt": repository.updated_at,
            "url": page,
            "visibility": "PUBLIC",
        }

    def _branch(self, repository: Repository) -> dict[str, Any] | None:
        if repository.default_branch is None:
            return None

        def history(_: Any, since: str | None = None, **__: Any) -> dict[str, int]:
            self.histories += 1
            self.busy += repository.busy
            return {
                "totalCount": repository.commits_since(
                    datetime.fromisoformat(since) if since else None
                )
            }

        head = {
            "__typename": "Commit",
            "oid": _sha(repository.name),
            "committedDate": repository.pushed_at,
        }
        target = {**head, "messageHeadline": "Invented", "history": history}
        return {"name": repository.default_branch, "prefix": "refs/heads/", "target": target}


@functools.cache
def _schema() -> graphql.GraphQLSchema:
    return graphql.build_schema(Path(__file__).with_name("github.graphql").read_text("utf-8"))


@functools.lru_cache(maxsize=64)
def _document(query: str) -> graphql.DocumentNode:
    return graphql.parse(query)


@functools.lru_cache(maxsize=64)
def _is_valid(shape: str) -> bool:
    """Return True if a query is valid whatever its strings: most differ in nothing else."""
    return not graphql.validate(_schema(), graphql.parse(shape))


def _sent(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _refused(kind: str, message: str, **more: object) -> graphql.GraphQLError:
    return graphql.GraphQLError(message, extensions={"type": kind, **more})


def _graphql_error(error: graphql.GraphQLError) -> dict[str, Any]:
    """Return an error as GitHub does, with its type beside the message."""
    more = dict(error.extensions or {})
    places = [{"line": place.line, "column": place.column} for place in error.locations or []]
    fields = {
        "type": more.pop("type", "INTERNAL"),
        "path": error.path,
        "extensions": more,
        "locations": places,
    }
    return {key: value for key, value in fields.items() if value} | {"message": error.message}


def _invalid(error: graphql.GraphQLError) -> dict[str, Any]:
    places = [{"line": place.line, "column": place.column} for place in error.locations or []]
    return {
        "path": ["query"],
        "extensions": {"code": "invalid"},
        "locations": places,
        "message": error.message,
    }


def _no_stargazers(*_: Any, **__: Any) -> dict[str, Any]:
    raise _refused("FORBIDDEN", "Resource not accessible by personal access token")


def _total(count: int) -> Callable[..., dict[str, Any]]:
    return lambda *_, **__: {"totalCount": count, "nodes": []}


def _topics(repository: Repository, first: int | None) -> dict[str, Any]:
    if first is None:
        raise _refused(
            "MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value."
        )
    nodes = [{"topic": {"name": topic}} for topic in repository.topics[:first]]
    return {"nodes": nodes, "totalCount": len(repository.topics)}


def _blob(repository: Repository, path: str) -> dict[str, Any] | None:
    text = repository.files.get(path)
    if text is None:
        return None
    size = len(text.encode())
    blob = {"__typename": "Blob", "oid": _sha(text), "text": text, "byteSize": size}
    return {**blob, "isBinary": False, "isTruncated": False}


def _graphql_release(repository: Repository) -> dict[str, Any] | None:
    if repository.release is None:
        return None
    tag, day = repository.release
    address = f"https://github.com/{repository.name}/releases/tag/{tag}"
    return {
        "tagName": tag,
        "name": tag,
        "createdAt": day,
        "publishedAt": day,
        "isPrerelease": False,
        "url": address,
    }


def _graphql_license(repository: Repository) -> dict[str, Any] | None:
    if repository.license is None:
        return None
    other = repository.license == _NOT_SPDX
    key = "other" if other else repository.license.lower()
    return {"key": key, "name": repository.license, "spdxId": repository.license, "url": None}


def _license(repository: Repository, url: str) -> dict[str, Any] | None:
    if repository.license is None:
        return None
    key = "other" if repository.license == _NOT_SPDX else repository.license.lower()
    address = None if key == "other" else f"{url}/licenses/{key}"
    return {
        "key": key,
        "name": repository.license,
        "spdx_id": repository.license,
        "url": address,
        "node_id": key,
    }


def _release(repository: Repository, here: str) -> dict[str, Any]:
    tag, day = repository.release or ("", "")
    address = f"https://github.com/{repository.name}/releases/tag/{tag}"
    names = {
        "url": f"{here}/releases/1",
        "html_url": address,
        "id": 1,
        "tag_name": tag,
        "name": tag,
    }
    return {**names, "draft": False, "prerelease": False, "created_at": day, "published_at": day}


def _contents(repository: Repository, path: str, here: str) -> Response:
    """A file, or the list of what is in a folder (without the bytes)."""
    if path in repository.files:
        return _json(_file(repository, path, here))
    folder = f"{path}/" if path else ""
    below = {
        name.removeprefix(folder).split("/")[0]
        for name in repository.files
        if name.startswith(folder)
    }
    entries = [_entry(repository, folder + name, here) for name in sorted(below)]
    return _json(entries) if entries else _message(404, "Not Found")


def _file(repository: Repository, path: str, here: str) -> dict[str, Any]:
    """A file with its bytes in base64, in lines of 60 characters as GitHub breaks them."""
    encoded = base64.b64encode(repository.files[path].encode()).decode()
    lines = "".join(f"{encoded[start : start + 60]}\n" for start in range(0, len(encoded), 60))
    return {**_entry(repository, path, here), "content": lines, "encoding": "base64"}


def _entry(repository: Repository, path: str, here: str) -> dict[str, Any]:
    text = repository.files.get(path)
    branch = repository.default_branch or "main"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": _sha(text or path),
        "size": len((text or "").encode()),
        "url": f"{here}/contents/{path}?ref={branch}",
        "html_url": f"https://github.com/{repository.name}/blob/{branch}/{path}",
        "download_url": f"https://raw.githubusercontent.com/{repository.name}/{branch}/{path}",
        "type": "dir" if text is None else "file",
    }


def _commits(request: Request, repository: Repository, here: str) -> Response:
    """Return a page of commits, newest first; clients count them by the last page in Link."""
    if repository.default_branch is None:
        return _message(409, "Git Repository is empty.")
    since = request.parameter("since")
    count = repository.commits_since(datetime.fromisoformat(since) if since else None)
    size, page = int(request.parameter("per_page", "30")), int(request.parameter("page", "1"))
    numbers = range(count)[(page - 1) * size : page * size]
    person = {"name": "A. Nonymous", "email": "fake@example.org", "date": repository.pushed_at}
    commit = {"message": "Invented", "author": person, "committer": person}
    items = [
        {"sha": _sha(f"{repository.name} {number}"), "commit": commit, "url": here}
        for number in numbers
    ]
    last = -(-count // size)
    link = f'<{here}/commits?since={since}&per_page={size}&page={last}>; rel="last"'
    return _json(items, headers={"link": link} if page < last else None)


def _conditional(request: Request, body: dict[str, Any]) -> Response:
    etag = f'W/"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()}"'
    if request.headers.get("if-none-match") == etag:
        return Response(b"", 304, {"etag": etag})
    return _json(body, headers={"etag": etag})


def _json(content: Any, code: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        content, code, {"content-type": "application/json; charset=utf-8", **(headers or {})}
    )


def _message(code: int, text: str) -> Response:
    return _json({"message": text, "documentation_url": _DOCUMENTATION, "status": str(code)}, code)


def _node_id(repository: Repository) -> str:
    return "R_" + base64.urlsafe_b64encode(str(repository.id).encode()).decode()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
