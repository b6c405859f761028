"""PubMed and PubMed Central asked through the fake, and odd summaries read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvest import pipeline
from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.models import Author, Identifier, Record
from harvest.sources.pubmed import PubMed
from tests.conftest import Serve
from tests.fakes import Article, FakeServices, Fault, Person, Work, World, first
from tests.support.runs import published
from tests.support.settings import impatient_settings, make_settings

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ARTICLE = Article(
    pmid="31234567",
    title="A study of invented owls",
    authors=[Person("Ann Maria", "de Adams"), Person(name="The Owl Group")],
    date="2019-06-24",
    doi="10.1000/owls",
    pmc="PMC6600001",
)
PMID, PMC = Identifier("pubmed", "31234567"), Identifier("pmc", "PMC6600001")


@pytest.fixture
def http(world: World, fakes: FakeServices) -> Iterator[Http]:
    world.add(ARTICLE)
    http = Http(
        impatient_settings(fakes, timeout=20, mailto="me@example.org"), sleep=lambda _: None
    )
    yield http
    http.close()


def ask(http: Http, *names: Identifier) -> dict[Identifier, Any]:
    answers = PubMed().fetch(dict.fromkeys(names), http, NOW)
    return {answer.identifier: answer for answer in answers}


def test_a_list_a_database(http: Http, fakes: FakeServices) -> None:
    absent = Identifier("pubmed", "999999999"), Identifier("pmc", "PMC9")
    answers = ask(http, PMID, PMC, *absent)
    outcomes = [answers[name].outcome for name in (PMID, PMC, *absent)]
    assert outcomes == ["found", "found", "not_found", "not_found"]
    assert [request.parameter("db") for request in fakes.requests("pubmed")] == ["pubmed", "pmc"]
    assert {request.parameter("tool") for request in fakes.requests("pubmed")} == {"harvest"}
    assert {request.parameter("email") for request in fakes.requests("pubmed")} == {
        "me@example.org"
    }
    assert fakes.violations == []


def test_200_numbers_are_one_request(http: Http, fakes: FakeServices) -> None:
    answers = ask(http, *(Identifier("pubmed", str(number)) for number in range(1, 202)))
    assert {answer.outcome for answer in answers.values()} == {"not_found"}
    assert sorted(
        request.parameter("id").count(",") + 1 for request in fakes.requests("pubmed")
    ) == [1, 200]
    assert fakes.violations == []


def test_a_record(http: Http) -> None:
    record = PubMed().read(PMID, ask(http, PMID)[PMID].payload)
    assert (record.title, record.date) == ("A study of invented owls", "2019-06-24")
    assert record.authors == (
        Author("A M de Adams", "A M", "de Adams"),
        Author("The Owl Group"),
    )
    assert record.container == "Journal of Invented Results"
    assert (record.type, record.kind) == ("journal-article", "version_of_record")
    assert list(map(str, record.same_work)) == ["doi:10.1000/owls", "pmc:PMC6600001"]
    assert list(map(str, record.skip_lookup)) == ["pmc:PMC6600001"]


def test_both_databases_name_the_same_article(http: Http) -> None:
    record = PubMed().read(PMC, ask(http, PMC)[PMC].payload)
    assert list(map(str, record.same_work)) == ["doi:10.1000/owls", "pubmed:31234567"]


@pytest.mark.parametrize("extra", [{"articleids": 5}, {"error": "out of order"}])
def test_one_broken_summary_fails_alone(extra: dict[str, Any], http: Http, world: World) -> None:
    world.add(Article(pmid="7", title="Odd", date="2020-01-01", extra=extra))
    odd = Identifier("pubmed", "7")
    answers = ask(http, odd, PMID)
    assert answers[PMID].outcome == "found"
    if "error" in extra:
        assert answers[odd].outcome == "failed"
    else:
        with pytest.raises(MalformedError):
            PubMed().read(odd, answers[odd].payload)


@pytest.mark.parametrize("kind", ["429", "500", "html", "truncated"])
def test_a_failure_is_no_absence(kind: Any, http: Http, world: World) -> None:
    world.faults = [Fault("pubmed", kind)]
    assert ask(http, PMID)[PMID].outcome == "failed"


def test_a_refusal_that_passes_is_waited_for(http: Http, world: World) -> None:
    world.faults = [Fault("pubmed", "429", first(1))]
    assert ask(http, PMID)[PMID].outcome == "found"


@pytest.mark.parametrize(
    "body",
    [
        {"error": "API rate limit exceeded", "count": "4"},
        {"esummaryresult": ["Invalid uid 31234567 at position=0"]},
        {"result": {"uids": []}},
        {"result": {"uids": ["31234567"], "31234567": "x"}},
        {"result": []},
    ],
)
def test_another_shape_is_no_absence(body: Any, tmp_path: Path, serve: Serve) -> None:
    server = serve(lambda _: (200, {"content-type": "application/json"}, json.dumps(body).encode()))
    http = Http(make_settings(tmp_path, {"pubmed": server.url}, patience=0))
    assert ask(http, PMID)[PMID].outcome == "failed"
    http.close()


def read(**fields: Any) -> Record:
    return PubMed().read(PMID, fields)


@pytest.mark.parametrize(
    ("pubdate", "epubdate", "date"),
    [
        ("2017 Mar 7", "", "2017-03-07"),
        ("2017 Mar 7", "2017 Jan 31", "2017-01-31"),
        ("2007 May-Jun", "", "2007-05"),
        ("2019 Winter", "", "2019"),
        ("2008 Dec-2009 Jan", "", "2008-12"),
        ("2020", "2019 Dec", "2019-12"),
        ("2020 Feb 31", "", "2020-02"),
        ("soon", "", None),
        (None, None, None),
    ],
)
def test_dates(pubdate: str | None, epubdate: str | None, date: str | None) -> None:
    assert read(pubdate=pubdate, epubdate=epubdate).date == date


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Owls.", "Owls"),
        ("Are owls wise?", "Are owls wise?"),
        ("[Owls of the north].", "Owls of the north"),
        ("Growth of &lt;i&gt;Strix&lt;/i&gt;.", "Growth of Strix"),
        ("And so on...", "And so on..."),
        ("", None),
    ],
)
def test_titles(title: str, expected: str | None) -> None:
    assert read(title=title).title == expected


@pytest.mark.parametrize(
    ("person", "author"),
    [
        ({"name": "Briatore L", "authtype": "Author"}, Author("L Briatore", "L", "Briatore")),
        ({"name": "Ökubo ÉM Jr"}, Author("É M Ökubo Jr", "É M", "Ökubo Jr")),
        ({"name": "Suharto", "authtype": "Author"}, Author("Suharto")),
        ({"name": "WHO Group ABC", "authtype": "CollectiveName"}, Author("WHO Group ABC")),
        ({"name": "Roe R", "authtype": "Editor"}, None),
        ({"name": ""}, None),
    ],
)
def test_people(person: dict[str, str], author: Author | None) -> None:
    assert read(authors=[person]).authors == ((author,) if author else ())


def test_a_preprint_and_a_chapter() -> None:
    preprint = read(pubtype=["Preprint"], articleids=[{"idtype": "doi", "value": "10.1101/1234"}])
    assert (preprint.kind, preprint.type) == ("preprint", "posted-content")
    chapter = read(doctype="chapter", title="", booktitle="Owls.", articleids=[])
    assert (chapter.type, chapter.title) == ("book-chapter", "Owls")


def test_ids_that_name_nothing() -> None:
    ids = [
        {"idtype": "pmid", "value": "0"},
        {"idtype": "pmcid", "value": "pmc-id: PMC1;"},
        {"idtype": "doi", "value": "none"},
        {"idtype": "pii", "value": "S0140-6736(05)66550-9"},
        {"idtype": "doi", "value": None},
    ]
    assert read(articleids=ids).same_work == ()


def test_a_doi_of_pubmed_joins_two_entries(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(
        ARTICLE, Work(doi="10.1000/owls", title="A study of invented owls", date="2019-06-01")
    )
    path = tmp_path / "list.md"
    path.write_text(
        "- [A](https://pubmed.ncbi.nlm.nih.gov/31234567/)\n"
        "- [B](https://doi.org/10.1000/OWLS)\n"
        "- [C](https://pmc.ncbi.nlm.nih.gov/articles/PMC6600001/)\n"
        "- [D](https://pubmed.ncbi.nlm.nih.gov/7/)\n",
        "utf-8",
    )
    settings = make_settings(tmp_path, fakes, path)
    pipeline.refresh(settings)
    works = {work.id: work for work in published(settings).works}
    assert set(works) == {"doi:10.1000/owls", "pubmed:7"}
    joined = works["doi:10.1000/owls"]
    assert (joined.identifiers["pubmed"], joined.identifiers["pmc"]) == (
        ["31234567"],
        ["PMC6600001"],
    )
    assert len(joined.mentions) == 3
    assert any(assertion.source == "pubmed" for assertion in joined.assertions)
