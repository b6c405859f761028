"""What the probes ask for: identifiers that really exist, with the facts that the probes need.

The titles and people of what stands here are made up: a probe reads their types, not their words.
"""

from __future__ import annotations

from tests.fakes import Article, Person, Preprint, Repository, Version, Work, World

# -- Crossref --------------------------------------------------------------------------------------

SICI = "10.1002/1096-9861(20010212)430:3<283::aid-cne1031>3.0.co;2-v"
COMMA = "10.1001/jama.251.19.2504,2509"
ALIAS, ALIASED = "10.26434/chemrxiv.5406907", "10.26434/chemrxiv.5406907.v5"
UNKNOWN = "10.5555/harvest.no.such.doi"
RETRACTED = "10.1016/s0140-6736(97)11096-0"
RETRACTION = "10.1016/s0140-6736(10)60175-4"
SELF_CORRECTED = "10.1103/physrevb.98.104436"
PIIS = {
    "S0010482523005802": "10.1016/j.compbiomed.2023.107115",
    "S1361841523001068": "10.1016/j.media.2023.102846",
}

# -- DataCite and doi.org --------------------------------------------------------------------------

ZENODO = "10.5281/zenodo.3509134"  # all versions of pandas
DATACITE = "10.5284/1011335"
OTHERS = {
    "10.1430/8105": "medra",
    "10.1241/johokanri.39.979": "jalc",
    "10.5012/bkcs.2013.34.10.2889": "kisti",
    "10.2903/j.efsa.2018.5239": "op",
}

# -- arXiv -----------------------------------------------------------------------------------------

SEVEN_VERSIONS = "1706.03762"
OLD_STYLE = "hep-th/9711200"
WITHDRAWN = ("2212.05167", "1301.4231", "1707.09421")
NO_PREPRINT = "2001.99999"

# -- PubMed ----------------------------------------------------------------------------------------

PMID, PMC, PUBMED_DOI = "23193287", "PMC3531190", "10.1093/nar/gks1195"
NO_PMID = "999999999"

# -- GitHub ----------------------------------------------------------------------------------------

RENAMED, PRESENT = "budai4medtech/midl2023", "xfetus/midl2023"
GONE = "octocat/harvest-no-such-repository"
ARCHIVED = "atom/atom"
SMALL = "octokit-fixture-org/hello-world"  # size 0, though it has a commit
BUSY = (
    "DefinitelyTyped/DefinitelyTyped", "NixOS/nixpkgs", "apache/spark", "django/django",
    "elastic/elasticsearch", "golang/go", "home-assistant/core", "huggingface/diffusers",
    "huggingface/transformers", "kubernetes/kubernetes", "llvm/llvm-project", "microsoft/vscode",
    "nodejs/node", "odoo/odoo", "python/cpython", "pytorch/pytorch", "rust-lang/rust",
    "scikit-learn/scikit-learn", "tensorflow/tensorflow", "torvalds/linux",
)  # fmt: skip

_UPDATED = {"date-parts": [[2010, 2, 6]], "date-time": "2010-02-06T00:00:00Z"}
_PEOPLE = [Person("Ann", "Adams", orcid="0000-0001-0000-0009"), Person("Bo", "Bell")]


def live_world() -> World:
    """Return the world of the default lists and of the identifiers above."""
    world = World.of_seeds()
    world.add(
        *map(_work, (SICI, COMMA)),
        _work(ALIASED, type="posted-content", subtype="preprint"),
        _work(RETRACTED, **{"updated-by": [_update(RETRACTION, "retraction")]}),
        _work(SELF_CORRECTED, **{"update-to": [_update(SELF_CORRECTED, "correction")]}),
        _preprint(SEVEN_VERSIONS, versions=7),
        _preprint(OLD_STYLE),
        *(_preprint(name, summary="This paper has been withdrawn.") for name in WITHDRAWN),
        Repository(name=ARCHIVED, id=3228505, archived=True, pushed_at="2023-01-01T00:00:00Z"),
        Repository(name=SMALL, id=2, size=0, pushed_at="2021-01-01T00:00:00Z"),
        *(_busy(number, name) for number, name in enumerate(BUSY, 100)),
    )
    world.add(
        Article(
            pmid=PMID, pmc=PMC, doi=PUBMED_DOI, title="A probe", authors=_PEOPLE, date="2012-11-26"
        )
    )
    world.aliases[ALIAS] = ALIASED
    versions = [
        {
            "relationType": "HasVersion",
            "relatedIdentifierType": "DOI",
            "relatedIdentifier": "10.5281/zenodo.3509135",
        }
    ]
    world.foreign[ZENODO] = _work(ZENODO, type="Software", relatedIdentifiers=versions)
    world.foreign[DATACITE] = _work(DATACITE, type="Dataset")
    world.agencies |= {ZENODO: "datacite", DATACITE: "datacite", **OTHERS}
    world.foreign |= {doi: _work(doi, type="article-journal") for doi in OTHERS}
    return world


def _work(doi: str, type: str = "journal-article", **extra: object) -> Work:  # noqa: A002  # its name
    return Work(
        doi=doi, title="A probe", authors=_PEOPLE, date="2018-05-04", type=type,
        container="A Journal", extra=extra,
    )  # fmt: skip


def _update(doi: str, kind: str) -> dict[str, object]:
    return {"DOI": doi, "type": kind, "source": "publisher", "label": kind, "updated": _UPDATED}


def _preprint(name: str, versions: int = 1, summary: str = "A probe.") -> Preprint:
    return Preprint(
        id=name,
        title=f"The title of {name}",
        authors=_PEOPLE,
        versions=[Version(f"2017-06-{day:02}T00:00:00Z") for day in range(1, versions + 1)],
        summary=summary,
    )


def _busy(number: int, name: str) -> Repository:
    return Repository(
        name=name, id=number, commits=2000, busy=True, pushed_at="2026-11-19T00:00:00Z"
    )
