"""Integrity from the payload to the work, the findings and the changes, on every side of every
source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import pipeline
from harvest.config import Fresh, Settings
from harvest.models import Finding, IntegrityNotice
from tests.fakes import FakeServices, World
from tests.fakes.world import Person, Preprint, Version, Work
from tests.support.runs import published
from tests.support.settings import make_settings

PAPER, NOTICE = "10.5555/paper", "10.5555/notice"
CODES = {
    "retracted",
    "withdrawn",
    "corrected",
    "expression-of-concern",
    "integrity-conflict",
    "unknown-notice",
}


def update(
    kind: str, doi: str = NOTICE, source: str | None = None, day: tuple[int, ...] = (2024, 5)
) -> dict[str, Any]:
    """One entry of `updated-by` or `update-to`."""
    told = {"DOI": doi, "type": kind, "label": kind.title(), "updated": {"date-parts": [list(day)]}}
    return told | ({"source": source} if source else {})


def paper(doi: str = PAPER, **extra: Any) -> Work:
    title = "A notice" if doi == NOTICE else "A study of invented results"
    return Work(doi=doi, title=title, authors=[Person("Ada", "Abara")], date="2023", extra=extra)


def listed(folder: Path, fakes: FakeServices, *links: str) -> Settings:
    (folder / "mine.md").write_text("".join(f"- [Paper]({link})\n" for link in links), "utf-8")
    settings = make_settings(folder, fakes, folder / "mine.md", token="t")
    return msgspec.structs.replace(settings, fresh=Fresh(young=0, work=0, old=0, repository=0))


def told(settings: Settings) -> list[Finding]:
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    return [msgspec.convert(row, Finding) for row in rows if row["code"] in CODES]


def notices(settings: Settings) -> list[IntegrityNotice]:
    return next(work for work in published(settings).works if work.id == f"doi:{PAPER}").integrity


BY = f"doi:{NOTICE}"
BOTH = [
    update("retraction", source="publisher"),
    update("retraction", source="retraction-watch", day=(2024, 4, 30)),
]


@pytest.mark.parametrize(
    ("known", "expected", "codes"),
    [
        # publisher and Retraction Watch tell of one notice: it stands once, at the earlier day,
        # with both names
        (
            [paper(**{"updated-by": BOTH})],
            [
                IntegrityNotice(
                    "retraction", BY, "2024-04-30", "crossref/publisher+retraction-watch"
                )
            ],
            ["retracted"],
        ),
        # both verdicts of a notice stay, and are told to contradict each other
        (
            [
                paper(
                    **{
                        "updated-by": [
                            update("retraction"),
                            update("correction", source="retraction-watch"),
                        ]
                    }
                )
            ],
            [
                IntegrityNotice("correction", BY, "2024-05", "crossref/retraction-watch"),
                IntegrityNotice("retraction", BY, "2024-05", "crossref/publisher"),
            ],
            ["corrected", "integrity-conflict", "retracted"],
        ),
        # a notice that points at itself says nothing, under its own DOI or an older one
        (
            [
                paper(
                    **{
                        "update-to": [update("retraction", PAPER)],
                        "updated-by": [update("erratum", PAPER)],
                    }
                )
            ],
            [],
            [],
        ),
        # what a new version or edition is called is no notice
        ([paper(**{"updated-by": [update("new_version"), update("new_edition")]})], [], []),
        # a name that nobody has documented may be a retraction
        ([paper(**{"updated-by": [update("takedown")]})], [], ["unknown-notice"]),
        (
            [
                paper(
                    **{
                        "updated-by": [
                            update("expression_of_concern"),
                            update("erratum", "10.5555/other"),
                        ]
                    }
                )
            ],
            [
                IntegrityNotice("correction", "doi:10.5555/other", "2024-05", "crossref/publisher"),
                IntegrityNotice("expression_of_concern", BY, "2024-05", "crossref/publisher"),
            ],
            ["corrected", "expression-of-concern"],
        ),
        (
            [
                paper(
                    relation={
                        "is-retracted-by": [
                            {"id-type": "doi", "id": NOTICE, "asserted-by": "subject"}
                        ]
                    }
                )
            ],
            [IntegrityNotice("retraction", BY, None, "crossref/publisher")],
            ["retracted"],
        ),
    ],
)
def test_what_crossref_says_of_a_work(
    tmp_path: Path,
    fakes: FakeServices,
    world: World,
    known: list[Work],
    expected: list[IntegrityNotice],
    codes: list[str],
) -> None:
    world.add(*known)
    settings = listed(tmp_path, fakes, f"https://doi.org/{PAPER}")
    pipeline.refresh(settings)
    assert notices(settings) == expected
    assert [(finding.line, finding.code) for finding in told(settings)] == [
        (1, code) for code in codes
    ]


def test_what_a_listed_notice_says_reaches_the_work(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(paper(), paper(NOTICE, **{"update-to": [update("retraction", PAPER)]}))
    settings = listed(tmp_path, fakes, f"https://doi.org/{PAPER}", f"https://doi.org/{NOTICE}")
    pipeline.refresh(settings)
    assert notices(settings) == [IntegrityNotice("retraction", BY, "2024-05", "crossref/publisher")]
    assert [(finding.line, finding.code) for finding in told(settings)] == [(1, "retracted")]


def test_a_notice_of_the_preprint_is_one_of_the_work(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    """The published form is listed; what is withdrawn is its preprint."""
    gone = Version("2024-02-01T00:00:00Z", comment="This paper has been withdrawn by the authors")
    versions = [Version("2023-01-01T00:00:00Z"), gone]
    world.add(
        paper(),
        Preprint(
            id="2301.55555", title="A study of invented results", versions=versions, doi=PAPER
        ),
    )
    work = paper(
        relation={
            "has-preprint": [{"id-type": "arxiv", "id": "2301.55555", "asserted-by": "subject"}]
        }
    )
    world.add(work)
    settings = listed(tmp_path, fakes, f"https://doi.org/{PAPER}")
    pipeline.refresh(settings)
    assert notices(settings) == [IntegrityNotice("withdrawal", None, "2024-02-01", "arxiv")]
    assert [finding.code for finding in told(settings)] == ["withdrawn"]


@pytest.mark.parametrize(
    ("comment", "summary", "code"),
    [
        ("This paper has been withdrawn due to an error in Theorem 2", "We prove.", "withdrawn"),
        (None, "This paper has been withdrawn by the author.", "withdrawn"),
        ("Withdrawn", "We prove.", "withdrawn"),
        ("12 pages", "We study articles that were withdrawn by their authors.", None),
        ("An earlier claim is withdrawn in section 4", "We prove.", None),
    ],
)
def test_what_arxiv_says_only_in_words(
    tmp_path: Path,
    fakes: FakeServices,
    world: World,
    comment: str | None,
    summary: str,
    code: str | None,
) -> None:
    versions = [Version("2023-01-01T00:00:00Z"), Version("2024-02-01T00:00:00Z", comment=comment)]
    world.add(
        Preprint(
            id="2301.55555", title="A study of invented results", versions=versions, summary=summary
        )
    )
    settings = listed(tmp_path, fakes, "https://arxiv.org/abs/2301.55555")
    pipeline.refresh(settings)
    assert [finding.code for finding in told(settings)] == ([code] if code else [])


def test_a_retraction_is_news_once(tmp_path: Path, fakes: FakeServices, world: World) -> None:
    world.add(paper())
    settings = listed(tmp_path, fakes, f"https://doi.org/{PAPER}")
    pipeline.refresh(settings)
    world.add(paper(**{"updated-by": BOTH}))
    assert pipeline.refresh(settings).changes == {"total": 1, "retracted": 1}
    news = (Path(settings.output) / "changes.json").read_bytes()
    assert pipeline.refresh(settings).changes == {"total": 0}
    assert (Path(settings.output) / "changes.json").read_bytes() == news
