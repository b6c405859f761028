"""The fakes held against real, recorded answers and against GitHub's published schemas."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import graphql
import pytest
import requests

from tests.fakes import FakeServices, Person, Preprint, Repository, Version, Work, World

FAKES = Path(__file__).parents[1] / "fakes"
PUBLISHED_SCHEMA = Path(__file__).parents[2] / "node_modules/@octokit/graphql-schema/schema.graphql"
TOKEN = {"Authorization": "bearer made-up"}


@pytest.fixture
def odd() -> World:
    """One record of each kind with everything that it can have."""
    people = [Person("Ann", "Adams", suffix="Jr.", orcid="0000-0001"), Person(name="Consortium")]
    versions = [
        Version("2023-01-01T00:00:00Z"),
        Version("2023-02-01T00:00:00Z", comment="withdrawn"),
    ]
    world = World.of(
        Work(
            doi="10.5555/all",
            title="All",
            authors=people,
            date="2023-01-02",
            container="Journal",
            volume="1",
            issue="2",
            page="3-4",
            article_number="5",
            issn="1234-5678",
            pii="S0010482523005802",
            preprint="2301.00001v2",
        ),
        Work(
            doi="10.5555/preprint",
            title="All",
            date="2023",
            type="posted-content",
            container="bioRxiv",
        ),
        Preprint(
            id="2301.00001",
            title="All",
            authors=people,
            versions=versions,
            doi="10.5555/all",
            journal_ref="J. 1",
        ),
        Repository(name="o/parent", id=1),
        Repository(
            name="o/n",
            id=2,
            license="MIT",
            fork_of="o/parent",
            former=["o/old"],
            release=("v1", "2023-01-01"),
        ),
        Repository(name="o/dmca", id=3, state="dmca"),
        Repository(name="o/gone", id=4, state="gone"),
    )
    world.aliases["10.5555/old"] = "10.5555/all"
    world.pacing = False
    return world


def answers(recorded: Path, folder: str) -> Iterator[dict[str, Any]]:
    """Yield each answer as status, headers in lower case, and body; HTTP.jsonl has some heads."""
    lines = (recorded / "HTTP.jsonl").read_text("utf-8").splitlines()
    heads = {head["file"]: head for head in map(json.loads, lines)}
    for path in sorted((recorded / folder).iterdir()):
        text = path.read_text("utf-8")
        head = heads.get(f"{folder}/{path.name}")
        recorded_answer = {**head, "body": text} if head else json.loads(text)
        headers = {name.lower(): value for name, value in recorded_answer["headers"].items()}
        yield {**recorded_answer, "headers": headers, "file": path.name}


def answer(recorded: Path, folder: str, start: str) -> dict[str, Any]:
    """The recorded answer whose file name starts so."""
    return next(
        recorded_answer
        for recorded_answer in answers(recorded, folder)
        if recorded_answer["file"].startswith(start)
    )


def get(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=5, allow_redirects=False)


# Crossref


def recorded_works(recorded: Path) -> Iterator[dict[str, Any]]:
    for recorded_answer in answers(recorded, "crossref"):
        if (
            recorded_answer["status"] == 200
            and recorded_answer["body"]
            and not recorded_answer["file"].startswith("error")
        ):
            message = json.loads(recorded_answer["body"])["message"]
            yield from message.get("items", [message] if "DOI" in message else [])


def keys(values: Iterable[dict[str, Any]]) -> set[str]:
    return {key for value in values for key in value}


def test_crossref_records_have_real_keys(odd: World, recorded: Path):
    with FakeServices(odd) as running:
        ours = [
            get(f"{running.urls['crossref']}/works/{doi}").json()["message"] for doi in odd.works
        ]
    real = list(recorded_works(recorded))
    assert len(real) > 300
    assert keys(ours) <= keys(real)
    for field in ("author", "institution", "issn-type"):
        members = [
            member
            for record in real
            for member in record.get(field, [])
            if isinstance(member, dict)
        ]
        assert keys(member for record in ours for member in record.get(field, [])) <= keys(members)
    relations = [
        related
        for record in real
        for group in record.get("relation", {}).values()
        for related in group
    ]
    assert keys(ours[0]["relation"]["has-preprint"]) <= keys(relations)
    assert {type(record["title"]) for record in ours} == {list}


def test_crossref_lists_are_wrapped_as_real(odd: World, recorded: Path):
    with FakeServices(odd) as running:
        ours = get(f"{running.urls['crossref']}/works?rows=5&filter=doi:10.5555/all").json()
    real = json.loads(answer(recorded, "crossref", "list-pool-polite-array")["body"])
    assert list(ours) == list(real)
    assert set(ours["message"]) == set(real["message"])
    assert set(ours["message"]["query"]) == set(real["message"]["query"])


@pytest.mark.parametrize(
    ("start", "path"),
    [
        ("error-404-text-n3", "/works/10.5555/unknown"),
        ("error-301-empty", "/works/10.5555%2Fold"),
        (
            "error-400-validation-failure-parameter-not-allowed-n9",
            "/works/10.5555%2Fall?select=DOI,title",
        ),
        ("error-400-validation-failure-integer-not-valid-n2", "/works?rows=things"),
        ("error-404-route-not-found", "/prefixes"),
    ],
)
def test_crossref_errors_are_the_real_ones(odd: World, recorded: Path, start: str, path: str):
    real = answer(recorded, "crossref", start)
    with FakeServices(odd) as running:
        ours = get(running.urls["crossref"] + path)
    assert (ours.status_code, ours.text) == (real["status"], real["body"])
    assert ours.headers.get("content-type") == real["headers"].get("content-type")
    assert ours.headers.get("location", "/")[0] == real["headers"].get("location", "/")[0]


@pytest.mark.parametrize("start", ["list-pool-polite-array", "work-10-7554-elife-01567"])
def test_crossref_headers_name_real_limits(odd: World, recorded: Path, start: str):
    path = "/works?rows=1" if start.startswith("list") else "/works/10.5555/all"
    with FakeServices(odd) as running:
        ours = get(
            running.urls["crossref"] + path,
            **{"User-Agent": "harvest-tests (mailto:tests@example.org)"},
        )
    real = answer(recorded, "crossref", start)["headers"]
    limits = {name: value for name, value in real.items() if name.startswith("x-")}
    assert {
        name.lower(): value for name, value in ours.headers.items() if name.lower().startswith("x-")
    } == limits
    assert ours.headers["content-type"] == real["content-type"]


# arXiv


def shape(feeds: Iterable[bytes]) -> dict[str, set[str]]:
    """Each element's path with the attributes it has been seen with."""
    recorded_answer: dict[str, set[str]] = defaultdict(set)

    def walk(element: ET.Element, above: str) -> None:
        path = f"{above}/{element.tag.rpartition('}')[2]}"
        recorded_answer[path] |= set(element.attrib)
        for child in element:
            walk(child, path)

    for feed in feeds:
        walk(ET.fromstring(feed), "")  # noqa: S314  recordings and our own server
    return recorded_answer


@pytest.mark.parametrize(("http", "files"), [("new", "arxivpy-*.xml"), ("old", "[xz]*.xml")])
def test_arxiv_feeds_have_real_elements(odd: World, recorded: Path, http: str, files: str):
    odd.arxiv_format = http
    with FakeServices(odd) as running:
        ours = shape(
            [get(f"{running.urls['arxiv']}?id_list=2301.00001,2301.00001v1&max_results=2").content]
        )
    real = shape(path.read_bytes() for path in (recorded / "arxiv").glob(files))
    assert set(ours) <= set(real)
    for path, attributes in ours.items():
        assert attributes <= real[path], path


@pytest.mark.parametrize(
    ("http", "start"), [("new", "arxivpy-id-abc"), ("old", "manual-error-2007")]
)
def test_arxiv_errors_have_real_texts(odd: World, recorded: Path, http: str, start: str):
    real = answer(recorded, "arxiv", start)
    atom = "{http://www.w3.org/2005/Atom}"
    entry = ET.fromstring(real["body"]).find(f"{atom}entry")  # noqa: S314  a recording
    assert entry is not None
    wanted = entry.findtext(f"{atom}summary", "").rpartition(" ")[2]
    odd.arxiv_format = http
    with FakeServices(odd) as running:
        # the old backend's example id is well-formed today, so one that is not stands for it
        response = get(f"{running.urls['arxiv']}?id_list={wanted if http == 'new' else 'abc'}")
    ours = ET.fromstring(response.content).find(f"{atom}entry")  # noqa: S314  our own server
    assert ours is not None
    assert response.status_code == real["status"]
    assert {child.tag for child in ours} == {child.tag for child in entry}
    for tag in ("id", "title", "summary"):
        assert ours.findtext(f"{atom}{tag}", "").replace("abc", wanted) == entry.findtext(
            f"{atom}{tag}"
        )


def test_arxiv_says_429_in_the_same_words(odd: World, recorded: Path):
    odd.pacing, odd.enforce = True, True
    with FakeServices(odd) as running:
        _, ours = get(running.urls["arxiv"]), get(running.urls["arxiv"])
    real = answer(recorded, "arxiv", "error-429")
    assert (ours.status_code, ours.text) == (real["status"], real["body"].rstrip("\n"))


# GitHub


def test_github_repositories_have_real_keys(odd: World, recorded: Path):
    published = json.loads(
        (recorded / "github/schema/get-a-repository.openapi.json").read_text("utf-8")
    )
    schemas = published["components"]["schemas"]
    with FakeServices(odd) as running:
        ours = get(f"{running.urls['github']}/repos/o/n").json()
    assert set(ours) <= set(schemas["full-repository"]["properties"])
    assert set(ours["parent"]) <= set(schemas["repository"]["properties"]) | {
        "network_count",
        "subscribers_count",
    }
    assert set(ours["owner"]) <= set(schemas["simple-user"]["properties"])
    assert set(ours["license"]) <= set(schemas["license-simple"]["properties"])


@pytest.mark.parametrize(
    ("start", "path"),
    [
        ("redirect-301-repos-octokit-fixture-org-tmp-scenario-rename-repo.json", "/repos/o/old"),
        ("error-404-not-found-n4", "/repos/o/gone"),
        ("issue-451-dmca-2021", "/repos/o/dmca"),
    ],
)
def test_github_errors_are_as_real(odd: World, recorded: Path, start: str, path: str):
    real = answer(recorded, "github/rest", start)
    with FakeServices(odd) as running:
        ours = get(running.urls["github"] + path)
    assert ours.status_code == real["status"]
    assert set(ours.json()) == set(real["body"])
    assert ours.json()["message"] == real["body"]["message"]
    assert set(ours.json().get("block", {})) == set(real["body"].get("block", {}))
    assert ("location" in ours.headers) == ("location" in real["headers"])
    if "content-type" in real["headers"]:
        assert ours.headers["content-type"] == real["headers"]["content-type"]


def test_github_names_its_budget_as_real(odd: World, recorded: Path):
    with FakeServices(odd) as running:
        ours = get(f"{running.urls['github']}/rate_limit")
    real = answer(recorded, "github/rest", "issue-403-primary-rate-limit-2024")["headers"]
    assert {name for name in real if name.startswith("x-ratelimit")} <= {
        name.lower() for name in ours.headers
    }
    body = answer(recorded, "github/rest", "rate-limit-hub4j")["body"]
    assert set(ours.json()) == set(body)
    assert set(ours.json()["resources"]) <= set(body["resources"])
    assert set(body["rate"]) <= set(ours.json()["rate"])


def test_graphql_not_found_is_as_real(odd: World, recorded: Path):
    real = answer(recorded, "github/graphql", "spi-repository-not-found")["body"]
    query = '{\n  repository(owner: "o", name: "gone") { name }\n  rateLimit { remaining }\n}'
    with FakeServices(odd) as running:
        body = {"query": query}
        ours = requests.post(
            f"{running.urls['github']}/graphql", json=body, headers=TOKEN, timeout=5
        ).json()
    (error,), (real_error,) = ours["errors"], real["errors"]
    assert set(ours["data"]) == set(real["data"])
    assert ours["data"]["repository"] is None
    assert {**error, "message": ""} == {**real_error, "message": ""}
    assert error["message"].partition("'")[0] == real_error["message"].partition("'")[0]


def fields(schema: str) -> dict[str, dict[str, graphql.FieldDefinitionNode]]:
    """The fields of each object type and interface of a schema file."""
    kinds = (graphql.ObjectTypeDefinitionNode, graphql.InterfaceTypeDefinitionNode)
    types = [node for node in graphql.parse(schema).definitions if isinstance(node, kinds)]
    return {node.name.value: {field.name.value: field for field in node.fields} for node in types}


def arguments(field: graphql.FieldDefinitionNode) -> dict[str, str]:
    return {
        argument.name.value: graphql.print_ast(argument.type) for argument in field.arguments or ()
    }


def compare(published: dict[str, dict[str, graphql.FieldDefinitionNode]]) -> int:
    """Hold our schema against a published one. Return how many fields were compared."""
    compared = 0
    for name, ours in fields((FAKES / "github.graphql").read_text("utf-8")).items():
        for field, node in ours.items() if name in published else ():
            real = published[name][field]
            assert graphql.print_ast(node.type) == graphql.print_ast(real.type), f"{name}.{field}"
            assert arguments(node).items() <= arguments(real).items(), f"{name}.{field}"
            compared += 1
    return compared


def test_our_schema_is_in_the_recorded_types(recorded: Path):
    assert (
        compare(fields((recorded / "github/schema/repository-types.graphql").read_text("utf-8")))
        > 50
    )


def test_our_schema_is_in_the_published_one():
    if not PUBLISHED_SCHEMA.is_file():
        pytest.skip("needs node_modules/@octokit/graphql-schema")
    published = fields(PUBLISHED_SCHEMA.read_text("utf-8"))
    assert set(fields((FAKES / "github.graphql").read_text("utf-8"))) <= set(published)
    assert compare(published) > 80
