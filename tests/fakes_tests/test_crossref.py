"""The Crossref fake, asked with habanero and with a plain client."""

from __future__ import annotations

import habanero
import httpx2
import pytest
import requests

from tests.fakes import FakeServices, Person, Work, World, forged_copies

POLITE_RATES = {"User-Agent": "harvest-tests (mailto:tests@example.org)"}


def works(*names: str, **fields: object) -> World:
    return World.of(
        *(Work(doi=name, title=f"Title of {name}", date="2023-04-05", **fields) for name in names)
    )


def get(
    running: FakeServices, path: str, polite: bool = True, **parameters: str
) -> requests.Response:
    headers = POLITE_RATES if polite else {"User-Agent": "harvest-tests"}
    return requests.get(
        running.urls["crossref"] + path,
        params=parameters,
        headers=headers,
        timeout=5,
        allow_redirects=False,
    )


def test_lists_come_back_in_another_order():
    names = [f"10.5555/{letter}" for letter in "abcdef"]
    with FakeServices(works(*names)) as running:
        client = habanero.Crossref(base_url=running.urls["crossref"], mailto="tests@example.org")
        items = client.works(filter={"doi": [*names, "10.5555/unknown"]}, limit=50)["message"][
            "items"
        ]
        pairs = [names[:2], names[1::-1]]
        swapped = [
            client.works(filter={"doi": pair}, limit=2)["message"]["items"] for pair in pairs
        ]
    found = [item["DOI"] for item in items]
    assert sorted(found) == names
    assert found != names
    assert [[item["DOI"] for item in pair] for pair in swapped] == pairs[::-1]
    assert running.violations == []


def test_dois_are_answered_in_lower_case():
    with FakeServices(works("10.5555/MiXeD")) as running:
        listed = get(running, "/works", filter="doi:10.5555/mIxEd", rows="1").json()
        single = get(running, "/works/10.5555/MIXED").json()
    assert [item["DOI"] for item in listed["message"]["items"]] == ["10.5555/mixed"]
    assert single["message"]["DOI"] == "10.5555/mixed"


def test_rows_are_20_by_default_and_1000_at_most():
    names = [f"10.5555/{number}" for number in range(30)]
    filters = ",".join(f"doi:{name}" for name in names)
    with FakeServices(works(*names)) as running:
        silent = get(running, "/works", filter=filters)
        refused = get(running, "/works", filter=filters, rows="1001")
    assert len(silent.json()["message"]["items"]) == 20
    assert silent.json()["message"]["total-results"] == 30
    assert (refused.status_code, refused.headers["content-type"]) == (
        400,
        "application/json;charset=utf-8",
    )
    assert refused.json()["message"][0]["type"] == "integer-not-valid"
    assert running.violations == ["crossref request 1: rows is not set, so the answer stops at 20"]


def test_holes_are_found_by_the_single_route():
    world = works(*(f"10.5555/{number}" for number in range(50)))
    world.punch_holes(0.04)
    assert len(world.holes) == 2
    hole = min(world.holes)
    with FakeServices(world) as running:
        assert (
            get(running, "/works", filter=f"doi:{hole}", rows="1").json()["message"]["items"] == []
        )
        assert get(running, f"/works/{hole}").json()["message"]["DOI"] == hole


def test_a_comma_rejects_the_whole_filter():
    with FakeServices(works("10.1001/jama.251.19.2504,2509", "10.5555/a")) as running:
        listed = get(
            running, "/works", filter="doi:10.5555/a,doi:10.1001/jama.251.19.2504,2509", rows="2"
        )
        single = get(running, "/works/10.1001%2Fjama.251.19.2504%2C2509")
    assert listed.status_code == 400
    assert listed.json()["message"][0]["type"] == "pair-list-form-invalid"
    assert single.status_code == 200


def test_a_doi_encoded_twice():
    with FakeServices(works("10.1002/(sici)1<2>3:4")) as running:
        assert (
            get(running, "/works", filter="doi:10.1002/(sici)1%3C2%3E3:4", rows="1").json()[
                "message"
            ]["items"]
            == []
        )
        assert get(running, "/works/10.1002%252F(sici)1%253C2%253E3:4").status_code == 200
        assert get(running, "/works", filter="doi:10.1002/(sici)1<2>3:4", rows="1").json()[
            "message"
        ]["items"]


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/works/10.5555/unknown", "text/plain"),
        ("/works/blblbl", "application/json"),
        ("/works/5", "application/json"),
    ],
)
def test_an_unknown_doi_is_a_plain_404(path: str, content_type: str):
    with FakeServices(World()) as running:
        response = get(running, path)
    assert (response.status_code, response.text) == (404, "Resource not found.")
    assert response.headers["content-type"] == content_type


def test_a_doi_of_another_agency():
    world = World(agencies={"10.1430/8105": "medra"})
    with FakeServices(world) as running:
        client = habanero.Crossref(base_url=running.urls["crossref"], mailto="tests@example.org")
        with pytest.raises(httpx2.HTTPStatusError):
            client.works(ids="10.1430/8105")
        assert client.registration_agency("10.1430/8105") == ["mEDRA"]
        assert (
            get(running, "/works/10.48550/arXiv.2301.00001/agency").json()["message"]["agency"][
                "id"
            ]
            == "datacite"
        )
        assert get(running, "/works/10.5555/unknown/agency").status_code == 404


def test_an_alias_redirects_without_a_body():
    world = works("10.5555/new")
    world.aliases["10.5555/old"] = "10.5555/new"
    with FakeServices(world) as running:
        response = get(running, "/works/10.5555%2Fold")
        followed = requests.get(f"{running.urls['crossref']}/works/10.5555/old", timeout=5)
    assert (response.status_code, response.headers["location"], response.content) == (
        301,
        "/works/10.5555/new",
        b"",
    )
    assert followed.json()["message"]["DOI"] == "10.5555/new"


@pytest.mark.parametrize("name", ["select", "filter", "query", "rows"])
def test_the_single_route_takes_only_mailto(name: str):
    with FakeServices(works("10.5555/a")) as running:
        refused = get(running, "/works/10.5555/a", **{name: "DOI"})
        accepted = get(running, "/works/10.5555/a", mailto="tests@example.org")
    assert refused.status_code == 400
    assert refused.json()["message"] == [
        {
            "type": "parameter-not-allowed",
            "value": name,
            "message": f"This route does not support {name}",
        }
    ]
    assert accepted.status_code == 200


def test_unknown_parameters_are_refused_as_json():
    with FakeServices(World(pacing=False)) as running:
        unknown = get(running, "/works", wrong="1", rows="1").json()
        unavailable = get(running, "/works", filter="from-nowhere:1", rows="1").json()
        route = get(running, "/prefixes")
        posted = requests.post(f"{running.urls['crossref']}/works", timeout=5)
    assert unknown["message"][0]["type"] == "unknown-parameter"
    assert unavailable["message"][0]["type"] == "filter-not-available"
    assert (route.status_code, route.json()["message"]) == (404, "Route not found")
    assert posted.status_code == 405


def test_select_and_alternative_id():
    with FakeServices(works("10.1016/j.a.2023.1", pii="S0010482523005802")) as running:
        names = get(
            running,
            "/works",
            filter="alternative-id:S0010482523005802",
            rows="2",
            select="DOI,title",
        ).json()
    assert names["message"]["items"] == [
        {"DOI": "10.1016/j.a.2023.1", "title": ["Title of 10.1016/j.a.2023.1"]}
    ]


def test_a_query_scores_by_likeness():
    world = World.of(
        Work(doi="10.5555/1", title="Diffusion models for electrocardiograms", date="2023"),
        Work(doi="10.5555/2", title="Diffusion models for electrocardiograms", date="2023"),
        Work(doi="10.5555/3", title="Diffusion of gases", date="2001"),
        Work(doi="10.5555/4", title="Unrelated", date="2001"),
    )
    with FakeServices(world) as running:
        client = habanero.Crossref(base_url=running.urls["crossref"], mailto="tests@example.org")
        names = client.works(
            query_bibliographic="Diffusion models for electrocardiograms 2023", limit=4
        )["message"]
    scores = [(item["DOI"][-1], item["score"]) for item in names["items"]]
    assert {name for name, _ in scores[:2]} == {"1", "2"}
    assert scores[0][1] == scores[1][1] > scores[2][1] > 0
    assert names["total-results"] == 3


@pytest.mark.parametrize(
    ("polite", "path", "expected"),
    [
        (False, "/works/10.5555/a", ("5", "1", "public-single")),
        (False, "/works", ("1", "1", "public-array")),
        (True, "/works/10.5555/unknown", ("10", "3", "polite-single")),
        (True, "/works?rows=2000", ("3", "3", "polite-array")),
    ],
)
def test_every_answer_names_its_limits(polite: bool, path: str, expected: tuple[str, str, str]):
    with FakeServices(works("10.5555/a")) as running:
        headers = get(running, path, polite).headers
    named = (headers["x-rate-limit-limit"], headers["x-concurrency-limit"], headers["x-api-pool"])
    assert named == expected
    assert headers["x-rate-limit-interval"] == "1s"


def test_a_fourth_list_a_second_is_a_violation():
    world = works("10.5555/a")
    world.enforce = True
    with FakeServices(world) as running:
        answers = [get(running, "/works", filter="doi:10.5555/a", rows="1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].content, "x-rate-limit-limit" in answers[3].headers) == (b"", False)
    assert running.violations == [
        "crossref request 4: 4 array requests within a second, more than 3"
    ]


def test_too_long_lists_are_violations():
    with FakeServices(World(pacing=False)) as running:
        get(
            running,
            "/works",
            rows="60",
            filter=",".join(f"doi:10.5555/{number}" for number in range(51)),
        )
        get(
            running,
            "/works",
            rows="60",
            filter=",".join(f"doi:10.5555/{'x' * 90}{number}" for number in range(40)),
        )
    assert [violation.split(": ")[1].split(",")[0] for violation in running.violations] == [
        "51 DOIs in one list",
        f"a URL of {len(running.log[1].target)} bytes",
    ]


def test_extra_keys_replace_those_of_a_record():
    odd = Work(
        doi="10.5555/odd",
        title="Not used",
        date="2021-07",
        type="posted-content",
        container="bioRxiv",
        preprint="2302.04668v2",
        authors=[
            Person(name="The Consortium"),
            Person(family="Mononym"),
            Person(),
            Person("A.", "B", orcid="0000-1"),
        ],
        extra={"title": [], "issued": {"date-parts": [[None]]}, "publisher": None},
    )
    with FakeServices(World.of(odd)) as running:
        record = get(running, "/works/10.5555/odd").json()["message"]
    assert (record["title"], record["issued"]) == ([], {"date-parts": [[None]]})
    assert "publisher" not in record
    assert (record["posted"], record["subtype"]) == ({"date-parts": [[2021, 7]]}, "preprint")
    assert (record["container-title"], record["institution"]) == ([], [{"name": "bioRxiv"}])
    assert record["relation"]["has-preprint"][0]["id-type"] == "arxiv"
    names = [
        {key: author.get(key) for key in ("given", "family", "name", "ORCID")}
        for author in record["author"]
    ]
    assert names[0]["name"] == "The Consortium"
    assert names[2] == dict.fromkeys(("given", "family", "name", "ORCID"))
    assert names[3]["ORCID"] == "https://orcid.org/0000-1"


def test_records_are_created_after_publication():
    with FakeServices(works("10.5555/a")) as running:
        record = get(running, "/works/10.5555/a").json()["message"]
    moments = [
        record[key]["date-parts"][0]
        for key in ("published-online", "created", "deposited", "indexed")
    ]
    assert moments == sorted(moments)
    assert moments[0] == [2023, 4, 5]


def test_forged_copies_are_a_chain_of_equals():
    authors = [Person("Ann", "Adams"), Person("Bo", "Bell")]
    paper = Work(
        doi="10.5555/paper", title="A famous paper on attention", authors=authors, date="2017"
    )
    copies = forged_copies(paper)
    citation = "A famous paper on attention Adams Bell"
    with FakeServices(World.of(*copies)) as running:
        parameters = {"query.bibliographic": citation, "rows": "20"}
        items = get(running, "/works", **parameters).json()["message"]["items"]
    assert len(items) == len(copies) == 7
    assert {(item["type"], item["subtype"], item["prefix"]) for item in items} == {
        ("posted-content", "preprint", "10.65215")
    }
    assert {(item["title"][0], item["author"][1]["family"]) for item in items} == {
        (paper.title, "Bell")
    }
    chain = {
        item["DOI"]: [other["id"] for other in item["relation"].get("is-version-of", [])]
        for item in items
    }
    assert sorted(map(len, chain.values())) == [0, 1, 1, 1, 1, 1, 1]
    assert {other for others in chain.values() for other in others} < set(chain)
