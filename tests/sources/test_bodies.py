"""Bodies of odd shapes through HTTP, `fetch` and `read`. Shapes are real, facts are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvest import sources
from harvest.errors import MalformedError
from harvest.http.clients import Http
from harvest.models import Anomaly, Author, Identifier, IntegrityNotice, Reply, RepositoryRecord
from tests.conftest import Serve
from tests.support.settings import make_settings

BODIES = Path(__file__).parents[1] / "data" / "bodies"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TYPES = {
    ".json": "application/json",
    ".xml": "application/atom+xml",
    ".html": "text/html",
    ".txt": "text/plain",
}
Expected = dict[str, Any] | str  # fields of the record, or what became of the request

CROSSREF: list[tuple[str, int, str, Expected]] = [
    ("authors-of-every-shape.json", 200, "10.5555/authors", {
        "authors": ["The Owl Consortium", "Ines Vogelsang III", "Suharto", "Ōkubo"],
        "cited_by": 3,
    }),
    ("markup-in-the-title.json", 200, "10.5555/markup", {
        "title": "Growth of Strix inventa at T0 & p < 0.05 if a <b and c> d: A 13C study",
        "container": "Ecology & Invention",
        "date": "2021-02",
    }),
    ("no-title-no-date.json", 200, "10.5555/figure.g001", {
        "title": None, "date": None, "container": None, "kind": "other", "type": "component",
    }),
    ("title-is-blank.json", 200, "10.5555/blank", {"title": None, "date": "1998", "authors": []}),
    ("preprint-of-an-article.json", 200, "10.5555/2020.05.08.000001", {
        "kind": "preprint",
        "container": "inventRxiv",
        "date": "2020-05-08",
        "same_work": ["arxiv:2005.00001", "doi:10.5555/published.1"],
    }),
    ("preprint-server-is-an-object.json", 200, "10.5555/000002", {
        "kind": "preprint", "container": "inventRxiv", "date": "2017-03-22",
    }),
    ("retracted-by-two-voices.json", 200, "10.5555/retracted", {
        "integrity": [
            "retraction doi:10.5555/notice 2023-06-01 crossref/publisher",
            "retraction doi:10.5555/notice 2023-06-02 crossref/retraction-watch",
            "expression_of_concern doi:10.5555/concern 2023-05-01 crossref/publisher",
            "retraction doi:10.5555/notice2 None crossref/publisher",
        ],
        "anomalies": ["unknown-notice"],
    }),
    ("notice-of-a-retraction.json", 200, "10.5555/notice", {
        "notices": [
            ["doi:10.5555/retracted", "retraction doi:10.5555/notice 2023-06-01 crossref/publisher"]
        ],
        "integrity": [],
        "anomalies": [],
    }),
    ("alias-of-another-doi.json", 200, "10.5555/old-home", {
        "same_work": ["doi:10.5555/new-home", "pii:S0000000021005802"],
    }),
    ("answer-of-2016.json", 200, "10.5555/0000(19990101)1:1<1::aid-inv1>3.0.co;2-v", {
        "title": "Of owls",
        "date": "1999-01",
        "same_work": [],
        "url": "https://doi.org/10.5555/0000(19990101)1:1%3C1::aid-inv1%3E3.0.co;2-v",
    }),
    ("grant-without-title.json", 200, "10.5555/grant", {
        "title": None, "kind": "other", "type": "grant", "publisher": "Invented Foundation",
    }),
    ("journal-as-a-work.json", 200, "10.5555/issn.0000-0019", {
        "title": "Journal of Invented Results", "kind": "other", "date": None,
    }),
    ("overwritten-by-its-retraction.json", 200, "10.5555/overwritten", {
        "integrity": ["retraction None 2023-06-01 crossref/retraction-watch"], "anomalies": [],
    }),
    ("odd-updates.json", 200, "10.5555/odd-updates", {
        "integrity": ["correction doi:10.5555/notice4 2023-06-01 crossref/publisher"],
        "anomalies": ["unknown-notice"] * 3,
    }),
    ("chapter-of-a-series.json", 200, "10.5555/978-0-00-000000-2_1", {"container": "Web Owls"}),
    ("paper-of-a-series.json", 200, "10.5555/978-0-00-000000-2_2", {
        "container": "Advances in Owl Networks – IOC 2019",
    }),
    ("formula-between-words.json", 200, "10.5555/formula", {
        "title": "Robust H∞ Control of the N=88 owl in YBa2Cu",
    }),
    ("subtitle-in-the-title.json", 200, "10.5555/subtitle", {
        "title": "INVENTED OWLS: Successful Counts of CO2 &amp; Others",
    }),
    ("original-title-only.json", 200, "10.5555/original", {"title": "発明されたフクロウ"}),
    ("blog-post.json", 200, "10.5555/blog", {"kind": "web", "type": "posted-content"}),
    ("other-posted-content.json", 200, "10.5555/posted", {"kind": "other"}),
    ("not-found.txt", 404, "10.5555/none", "not_found"),
    ("gateway-timeout.html", 504, "10.5555/slow", "HTTP 504"),
    ("server-error.json", 500, "10.5555/broken", "HTTP 500"),
]  # fmt: skip

ARXIV: list[tuple[str, int, str, Expected]] = [
    ("entry-of-2026.xml", 200, "2001.00001", {
        "title": "A diffusion model of invented owls",
        "authors": ["Ines Vogelsang", "Ḥasan al-Būm"],
        "date": "2020-01-02",
        "version": "v3",
        "url": "https://arxiv.org/abs/2001.00001",
        "integrity": [],
    }),
    ("entry-of-2017.xml", 200, "1001.0001", {
        "title": "Semigroups of invented owls and a title that is long enough to be wrapped",
        "date": "2010-01-02",
        "version": "v2",
    }),
    ("old-id-with-journal.xml", 200, "hep-ex/0406020", {
        "authors": ["H9 Collaboration"], "author_claims": ["doi:10.5555/s2005-1"], "date": "2004-06-10",
    }),
    ("several-dois.xml", 200, "2001.00002", {
        "author_claims": ["doi:10.5555/part.1", "doi:10.5555/part.2"],
    }),
    ("title-is-zero.xml", 200, "2001.00003", {"title": "0"}),
    ("withdrawn-by-its-comment.xml", 200, "2001.00004", {
        "integrity": ["withdrawal None 2020-09-09 arxiv"],
    }),
    ("withdrawn-by-its-summary.xml", 200, "2001.00005", {
        "integrity": ["withdrawal None 2020-09-09 arxiv"],
    }),
    ("one-of-two.xml", 200, "2001.00006", {"title": "The one that exists"}),
    ("one-of-two.xml", 200, "2001.99999", "an entry that was not requested"),
    ("no-entry.xml", 200, "2001.99999", "a page without 2006.11239, which exists"),
    ("malformed-id-of-2026.xml", 400, "owl", "not_found"),
    ("malformed-id-of-2026.xml", 400, "2001.00001", "incorrect id format for owl"),
    ("malformed-id-of-2007.xml", 200, "owl", "not_found"),
    ("another-paper.xml", 200, "2001.00007", "an entry that was not requested"),
    ("cut-off.xml", 200, "2001.00009", "failed"),
    ("rate-exceeded.txt", 429, "2001.00001", "HTTP 429"),
]  # fmt: skip

GITHUB: list[tuple[str, int, str, Expected]] = [
    ("rest-repository.json", 200, "Strix/owlnet", {
        "id": "github:Strix/owlnet",
        "stars": 42,
        "license": "MIT",
        "topics": ["diffusion", "owls"],
        "open_issues": None,  # those of REST count pull requests
        "as_of": "2026-11-21",
        "empty": False,
    }),
    ("rest-renamed.json", 200, "Strix/old-name", {"id": "github:Strix/new-name"}),
    ("rest-empty.json", 200, "Strix/owlnet", {
        "empty": True, "description": None, "language": None, "license": None, "pushed_at": None,
    }),
    ("rest-size-not-counted.json", 200, "Strix/owlnet", {"empty": False}),
    ("rest-created-and-left.json", 200, "Strix/owlnet", {"empty": True}),
    ("rest-fork-with-parent.json", 200, "Strix/owlnet", {
        "fork_of": "github:Bubo/owlnet", "archived": True, "license": None,
    }),
    ("rest-repository-of-2012.json", 200, "Strix/owlnet", "malformed"),
    ("rest-not-found.json", 404, "Strix/owlnet", "not_found"),
    ("rest-dmca.json", 451, "Strix/owlnet", {"status": "blocked", "stars": None}),
    ("rest-dmca.json", 403, "Strix/owlnet", {"status": "blocked"}),
    ("rest-no-longer-json.html", 200, "Strix/owlnet", "failed"),
    ("graphql-repository.json", 200, "Strix/owlnet", {
        "stars": 42, "open_issues": 4, "commits_last_year": 0, "latest_release": "v1.0",
    }),
    ("graphql-sparse.json", 200, "Strix/owlnet", {
        "empty": True, "default_branch": None, "topics": [], "license": None, "stars": 0,
    }),
    ("graphql-not-found.json", 200, "Strix/owlnet", "not_found"),
    ("graphql-saml.json", 200, "Strix/owlnet", "FORBIDDEN"),
    ("graphql-blocked.json", 200, "Strix/owlnet", {"status": "blocked"}),
    ("graphql-rate-limit-of-2026.json", 200, "Strix/owlnet", "rate limit"),
    ("graphql-data-is-a-string.json", 502, "Strix/owlnet", "HTTP 502"),
    ("graphql-data-is-a-string.json", 200, "Strix/owlnet", "Something went wrong"),
]  # fmt: skip

DATACITE: list[tuple[str, int, str, Expected]] = [
    ("zenodo-version.json", 200, "10.5281/zenodo.1000001", {
        "kind": "dataset", "same_work": ["doi:10.5281/zenodo.1000000"], "cited_by": 2,
    }),
    ("zenodo-series.json", 200, "10.5281/zenodo.1000000", {
        "same_work": [f"doi:10.5281/zenodo.10000{n:02}" for n in range(1, 13)],
        "skip_lookup": [f"doi:10.5281/zenodo.10000{n:02}" for n in range(2, 12)],
    }),
    ("arxiv-preprint.json", 200, "arxiv:2001.00001", {
        "kind": "preprint",
        "type": "posted-content",
        "date": "2020-01",
        "author_claims": ["doi:10.5555/published.1"],
        "secondhand": True,
    }),
    ("publisher-is-an-object.json", 200, "10.5555/dc.1", {
        "publisher": "Invented University",
        "type": "dissertation",
        "kind": "version_of_record",
        "title": "Invented owls: Sounds & silence",
    }),
    ("names-of-every-shape.json", 200, "10.5555/dc.2", {
        "authors": ["Ines Vogelsang", "Owl Survey, Inc.", "Suharto", "van der Uil, Jan, Jr."],
    }),
    ("date-is-a-range.json", 200, "10.5555/dc.3", {"date": "2019-05"}),
    ("hardly-anything.json", 200, "10.5555/dc.4", {
        "title": None, "date": None, "type": None, "kind": "other", "publisher": None,
    }),
    ("new-kind-of-resource.json", 200, "10.5555/dc.5", {
        "type": "study-registration",
        "kind": "other",
        "container": "Registry of invented trials",
    }),
    ("odd-relations.json", 200, "10.5555/dc.6", {
        "same_work": ["arxiv:2001.00001", "arxiv:2001.00002", "doi:10.5555/same"],
    }),
    ("one-of-two.json", 200, "10.5555/dc.7", {"title": "In capitals"}),
    ("one-of-two.json", 200, "10.5555/dc.8", "not_found"),
    ("title-of-type-other.json", 200, "10.5555/dc.9", {
        "title": "Owls, as told: Invented subtitle",
        "orcids": ["0000-0002-1825-0097"],
    }),
    ("service-unavailable.html", 503, "10.5555/dc.1", "HTTP 503"),
    ("refused.json", 400, "10.5555/dc.1", "HTTP 400"),
]  # fmt: skip

DOI: list[tuple[str, int, str, Expected]] = [
    ("article.json", 200, "10.5555/medra", {
        "title": "Owls of an invented island",
        "type": "journal-article",
        "kind": "version_of_record",
        "date": "2019-05-06",
        "container": "Atti inventati",
    }),
    ("lists-for-texts.json", 200, "10.5555/lists", {
        "title": "Owls", "container": "Atti inventati",
    }),
    ("names-of-every-shape.json", 200, "10.5555/names", {
        "authors": ["The Owl Group", "Ōkubo", "Suharto", "Ines Vogelsang"],
    }),
    ("people-of-crossref.json", 200, "10.5555/crossref-csl", {
        "type": "journal-article",
        "kind": "version_of_record",
        "date": "2019-05",
        "authors": [
            "Ines Vogelsang Jr.", "The Owl Consortium", "Jan van der Uil", "Alexander von Eule",
        ],
        "orcids": ["0000-0002-1825-0097", None, None, None],
    }),
    ("year-only.json", 200, "10.5555/year", {"date": "2018-12", "authors": []}),
    ("date-is-a-text.json", 200, "10.5555/text", {"date": None}),
    ("word-of-crossref.json", 200, "10.5555/word", {
        "type": "journal-article", "kind": "version_of_record",
    }),
    ("new-type.json", 200, "10.5555/type", {"type": "performance", "kind": "other"}),
    ("almost-nothing.json", 200, "10.5555/nothing", {"title": None, "kind": "version_of_record"}),
    ("author-is-an-object.json", 200, "10.5555/shape", "malformed"),
    ("page-of-the-publisher.html", 200, "10.5555/page", "failed"),
    ("not-found.html", 404, "10.5555/none", {"title": None}),  # its agency is known: it exists
]  # fmt: skip

TABLES = {"crossref": CROSSREF, "arxiv": ARXIV, "github": GITHUB, "datacite": DATACITE, "doi": DOI}
CASES = [(source, *case) for source, table in TABLES.items() for case in table]
LISTS = {  # read by a test of their own
    "crossref/list-in-another-order.json",
    "crossref/filter-is-refused.json",
    "doi/agencies.json",
}


def test_every_body_is_read() -> None:
    files = {path.relative_to(BODIES).as_posix() for path in BODIES.rglob("*") if path.is_file()}
    assert files == {f"{source}/{body}" for source, body, *_ in CASES} | LISTS


@pytest.mark.parametrize(("source", "body", "status", "question", "expected"), CASES)
def test_body(
    source: str,
    body: str,
    status: int,
    question: str,
    expected: Expected,
    tmp_path: Path,
    serve: Serve,
) -> None:
    path = BODIES / source / body
    headers = {"content-type": TYPES[path.suffix]}
    server = serve(lambda _: (status, headers, path.read_bytes()))
    addresses = {source: server.url}
    token = "t" if body.startswith("graphql") else None
    settings = make_settings(tmp_path, addresses, token=token, patience=0, timeout=20)
    http = Http(settings)
    answer = ask(http, source, identifier(source, question))
    http.close()
    if answer.outcome != "found":
        assert isinstance(expected, str)
        assert expected == answer.outcome or expected in str(answer.error)
    elif expected == "malformed":
        with pytest.raises(MalformedError):
            read(source, answer)
    else:
        record = read(source, answer)
        assert {key: value_of(record, key) for key in expected} == expected


def identifier(source: str, text: str) -> Identifier:
    scheme, colon, value = text.partition(":")
    if colon and scheme == "arxiv":
        return Identifier(scheme, value)
    return Identifier({"arxiv": "arxiv", "github": "github"}.get(source, "doi"), text)


def ask(http: Http, source: str, question: Identifier) -> Reply:
    """Return the last answer to a request that Crossref and doi.org are sent for one DOI."""
    begun = {"crossref": {}, "doi": {"agency": "mEDRA"}}.get(source)
    *_, answer = sources.discover()[source].fetch({question: begun}, http, NOW)
    return answer


def read(source: str, answer: Reply) -> Any:
    return sources.discover()[source].read(answer.identifier, answer.payload or {})


def value_of(record: Any, key: str) -> Any:
    if isinstance(record, RepositoryRecord) and key not in record.__struct_fields__:
        record = record.repository
    if key == "orcids":
        return [author.orcid for author in record.authors]
    return plain(getattr(record, key))


def plain(value: Any) -> Any:
    match value:
        case tuple() | list():
            return [plain(item) for item in value]
        case Identifier():
            return str(value)
        case Author():
            return value.name
        case IntegrityNotice():
            return f"{value.kind} {value.notice} {value.date} {value.source}"
        case Anomaly():
            return value.code
    return value


def outcomes(http: Http, source: str, *names: str) -> dict[str, str]:
    due = {identifier(source, name): None for name in names}
    answers = sources.discover()[source].fetch(due, http, NOW)
    return {answer.identifier.value: answer.outcome for answer in answers}


def test_a_list_is_joined_by_doi(tmp_path: Path, serve: Serve) -> None:
    listed, missing = (
        BODIES / "crossref" / name for name in ("list-in-another-order.json", "not-found.txt")
    )

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/works?"):
            return 200, {"content-type": "application/json"}, listed.read_bytes()
        # The text of a 404 is no JSON, whatever its type says.
        return 404, {"content-type": "application/json"}, missing.read_bytes()

    http = Http(make_settings(tmp_path, {"crossref": serve(answer).url}, patience=0))
    dois = ("10.5555/first", "10.5555/second", "10.5555/third")
    assert list(outcomes(http, "crossref", *dois).values()) == ["found", "not_found", "found"]
    http.close()


def test_a_refused_list_is_asked_one_by_one(tmp_path: Path, serve: Serve) -> None:
    refused, single = (
        BODIES / "crossref" / name
        for name in ("filter-is-refused.json", "alias-of-another-doi.json")
    )

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        is_list = path.startswith("/works?")
        body = refused if is_list else single
        return 400 if is_list else 200, {"content-type": "application/json"}, body.read_bytes()

    http = Http(make_settings(tmp_path, {"crossref": serve(answer).url}, patience=0))
    dois = ("10.5555/old-home", "10.5555/odd")
    assert set(outcomes(http, "crossref", *dois).values()) == {"found"}
    http.close()


def test_agencies_of_a_list(tmp_path: Path, serve: Serve) -> None:
    agencies, metadata = (BODIES / "doi" / name for name in ("agencies.json", "article.json"))

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        body = agencies if path.startswith("/ra/") else metadata
        return 200, {"content-type": "application/json"}, body.read_bytes()

    http = Http(make_settings(tmp_path, {"doi": serve(answer).url}, patience=0))
    dois = ("10.5555/medra", "10.5555/none", "10.5555/bad", "10.5555/odd", "10.5555/silent")
    expected = ["found", "not_found", "not_found", "found", "found"]
    assert [outcomes(http, "doi", *dois)[doi] for doi in dois] == expected
    http.close()


def test_one_preprint_of_two_is_absent(tmp_path: Path, serve: Serve) -> None:
    """The second request names the preprint that exists, and has its entry: the other is absent."""
    path = BODIES / "arxiv" / "one-of-two.xml"
    server = serve(lambda _: (200, {"content-type": TYPES[".xml"]}, path.read_bytes()))
    http = Http(make_settings(tmp_path, {"arxiv": server.url}, patience=0))
    answers = outcomes(http, "arxiv", "2001.00006", "2001.99999")
    assert answers == {"2001.00006": "found", "2001.99999": "not_found"}
    assert len(server.seen) == 2
    http.close()
