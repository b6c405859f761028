"""Publications for tests of formats: what is odd in real records, and what is hostile."""

from __future__ import annotations

from typing import Any

from harvest.config import Publish
from harvest.dataset import publication
from harvest.dataset.change_log import LoggedChange
from harvest.dataset.publication import Publication
from harvest.dataset.stars import StarCount
from harvest.models import (
    Author,
    Event,
    Finding,
    Funder,
    IntegrityNotice,
    Manifestation,
    Place,
    Work,
    WorkRepository,
)
from tests.support.settings import ROOT
from tests.support.works import make_publication, make_repository, make_work

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "'\"><svg/onload=alert(1)>",
    "{{js}} {{core}} ${x} }{ \\end{document} \\input{x}",
    "a\u202eb\u2066c\x00d\x07e\x1b[31mf\ufffeg",
    "x" * 10_000,
    "\U0001f600 e\u0301\u0302\u0303 \u0645\u0631\u062d\u0628\u0627 \u4e2d\u6587",
    '=HYPERLINK("http://x.example")',
    "constructor",
    "__proto__",
    "null",
    "line\r\nER  - \r\nTY  - JOUR\n\tend",
    "a, b, c, d and e, f and others",
    "100% of $5 & #1_2 ~x^2 @article{x,",
    "family=Evil, given=Very",
    "| a | [b](http://c) `d` *e* <!-- f --> \\",
    "a -- b --- c ''d'' ``e ?` ,,f << g",
)
NOTICE = IntegrityNotice("retraction", "doi:10.1000/notice", "2024-05", "crossref")


def hostile_work(number: int, text: str) -> Work:
    """Return a work that has a text in every field that comes from outside."""
    people = [Author(text), Author(text, text, text), Author(f"Ada {text}", text, "Lovelace")]
    place = Place(
        seed=text, line=3, section=(text, text), title=text, authors=text, date=text,
        url=text, label=text,
    )  # fmt: skip
    form = Manifestation(f"doi:10.1000/{number:03}", "version_of_record", None, "https://x.example")
    return make_work(
        number, key=f"hostile{number}", title=text, authors=people, editors=people[1:],
        container=text, publisher=text, series=text, volume=text, issue=text, pages=text,
        article_number=text, issn=[text], event=Event(text, text), journal_ref=text,
        language=text, license=text, funders=[Funder(text, None, (text,))], subjects=[text],
        abstract=text, facets={text: [text], "method": [text]}, mentions=[place],
        manifestations=[form], repositories=[WorkRepository(f"github:o/h{number}", "code")],
        integrity=[NOTICE] if number == 1 else [],
    )  # fmt: skip


def hostile() -> Publication:
    """Return a publication with the hostile set in every field."""
    works = [hostile_work(number, text) for number, text in enumerate(HOSTILE, 1)]
    repositories = [
        make_repository(
            f"o/h{number}", description=text, language=text, license=text, topics=[text],
            default_branch=text, latest_release=text, works=[f"doi:10.1000/{number:03}"],
        )
        for number, text in enumerate(HOSTILE, 1)
    ]  # fmt: skip
    return make_publication(
        *works,
        repositories=repositories,
        findings=[Finding(text, 1, "no-doi", text) for text in HOSTILE],
        changes=[change(title=text, before=text, after=text) for text in HOSTILE],
        settings=Publish(title=HOSTILE[0], description=HOSTILE[4], license="CC0-1.0"),
    )


def change(**fields: Any) -> LoggedChange:
    """Return a change of the log."""
    base = {"date": "2026-11-20", "id": "doi:10.1000/001", "kind": "retitled"}
    return LoggedChange(**{**base, "cause": "source changed", **fields})


def seeds() -> Publication:
    """Return what this repository publishes of its five lists."""
    settings = Publish(title="Five Lists", license="CC0-1.0")
    content = publication.read(ROOT / "output", settings)
    assert content is not None
    return content


def library() -> Publication:
    """Return a small library in which each kind of work and each oddity stands once."""
    settings = Publish(
        title="Synthesis", description="A list & its code", url="https://data.example.org/s/",
        license="CC-BY-4.0",
    )  # fmt: skip
    repository = make_repository(
        "o/alive", status="ok", stars=12, forks=3, repository_id=7, activity="active",
        language="Python", license="MIT", pushed_at="2026-11-01T10:00:00Z", archived=False,
        topics=["gan", "ecg"], works=["doi:10.1000/001"],
    )  # fmt: skip
    return make_publication(
        *_works(),
        repositories=[repository],
        findings=[Finding("a.md", 9, "no-doi", "an arXiv preprint, published since")],
        changes=[
            change(kind="added", title="Work 1", cause="list edited"),
            change(kind="retracted", id="doi:10.1000/004", after="doi:10.1000/notice"),
            change(kind="stars", id="github:o/alive", before=10, after=12, date="2026-11-21"),
        ],
        stars=[
            StarCount("2026-11-20", 7, "github:o/alive", 10, 3),
            StarCount("2026-11-21", 7, "github:o/alive", 12, 3),
            StarCount("2026-11-20", 8, "github:o/falling", 9, 3),
            StarCount("2026-11-21", 8, "github:o/falling", 2, 3),
        ],
        settings=settings,
    )


def _works() -> list[Work]:
    return [
        make_work(
            1, key="lovelace2023gan", title="GAN-based synthesis of the ECG in Zürich: 100% {new}",
            authors=[
                Author("Ludwig van der Berg", "Ludwig", "van der Berg", "0000-0002-1825-0097"),
                Author("Joe Smith, Jr.", "Joe", "Smith, Jr."),
                Author("Barnes and Noble"),
                Author("José Ñuñez", "José", "Ñuñez"),
            ],
            container="Journal of Signals", volume="12", issue="3", pages="107-115",
            issn=["0010-4825"], publisher="MDPI", language="en", facets={"method": ["GAN"]},
            subjects=["Signal, processing"], mentions=[place(9, "Signals")],
            repositories=[WorkRepository("github:o/alive", "code")],
            manifestations=[
                Manifestation("arxiv:2210.14267", "preprint", "2022-10-25", "https://arxiv.org/abs/2210.14267"),
                Manifestation("doi:10.1000/001", "version_of_record", "2023-01-19", "https://doi.org/10.1000/001"),
            ],
            identifiers={"doi": ["10.1000/001"], "arxiv": ["2210.14267"], "openreview": [], "pii": [], "url": []},
        ),
        preprint(),
        make_work(
            3, key="ho2021chapter", type="book-chapter", title="Of mRNA", date="2021", year=2021,
            authors=[], editors=[Author("Wei Ho", "Wei", "Ho")], container="Handbook", series="LNCS",
            isbn=["9783319245744"], status="provisional", mentions=[place(20, "Text")],
        ),
        make_work(
            4, key="lovelace2022study", title="A study", date="2022-05", year=2022, integrity=[NOTICE],
            container="Nature", article_number="107115", mentions=[place(21, "Text")],
        ),
        make_work(
            5, id="doi:10.1000/005", key="lovelace5", type=None, title="No date", date=None, year=None,
            status="not_found", mentions=[place(22, "Text")],
        ),
        make_work(
            6, key="lovelace2023paper", type="proceedings-article", title="Diffusion", container="CVPR",
            event=Event("CVPR 2023", "Vancouver"), mentions=[place(23, "Text")],
        ),
    ]  # fmt: skip


def preprint() -> Work:
    """Return a work that only arXiv has."""
    form = Manifestation(
        "arxiv:1406.2661", "preprint", "2014-06-10", "https://arxiv.org/abs/1406.2661"
    )
    return make_work(
        2, id="arxiv:1406.2661", key="goodfellow2014generative", type="posted-content",
        title="Generative Adversarial Networks", authors=[Author("Ian J. Goodfellow", "Ian J.", "Goodfellow")],
        date="2014-06-10", year=2014, container="arXiv", subjects=["stat.ML", "cs.LG"],
        identifiers={"doi": [], "arxiv": ["1406.2661"], "openreview": [], "pii": [], "url": []},
        manifestations=[form], mentions=[place(8, "Models")], facets={"method": ["GAN"]},
    )  # fmt: skip


def place(line: int, *section: str) -> Place:
    """Return a place in a list."""
    return Place(
        seed="a.md",
        line=line,
        section=section,
        title=None,
        authors=None,
        date=None,
        url="",
        label="",
    )
