"""A publication in which every text of a work, list, repository and change is hostile."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

from harvest.config import Publish
from harvest.dataset.change_log import LoggedChange
from harvest.dataset.publication import Publication
from harvest.dataset.stars import StarCount
from harvest.models import (
    Assertion,
    Author,
    Claim,
    Event,
    Finding,
    Funder,
    IntegrityNotice,
    Manifestation,
    Place,
    Provenance,
    Work,
    WorkRepository,
)
from tests.support.works import make_publication, make_repository, make_work

RUN = "window.broken=1"
TEXTS = (
    f'<img src=x onerror="{RUN}">',
    f"</script><script>{RUN}</script>",
    f"{{{{script}}}} {{{{core}}}} ${{{RUN}}}",
    "\u202eevil\u202c gnp.exe \x00\x07\x1b[31m\x85\u2028\ufeff",
    "A" * 10_000,
    "😀 é́́́ مرحبا 你好 \u200f\xa0\u3000x  y",
    f"'\"><svg/onload={RUN}>",
    '=HYPERLINK("http://x.example","y")',
    "constructor",
    "__proto__",
    "\x01i0\x01t",
    "a, b and c {d} \\e %f & $g #h _i ~j ^k",
    "javascript:" + RUN,
)
EVIL_URL = f"javascript:{RUN}"


def hostile_publication(size: int = 40) -> Publication:
    """Return a publication with each of the texts in each of the fields."""
    texts = list(islice(cycle(TEXTS), size))
    works = [_work(number, text) for number, text in enumerate(texts)]
    repositories = [
        make_repository(
            f"o/n{number}",
            repository_id=number + 1,
            status="ok",
            activity="active",
            description=text,
            language=text,
            license=text,
            topics=[text],
            stars=number,
            created_at="2020-01-01T00:00:00Z",
            pushed_at="2026-01-01T00:00:00Z",
            works=[works[number].id],
        )
        for number, text in enumerate(texts)
    ]
    return make_publication(
        *works,
        repositories=repositories,
        findings=[
            Finding(f"github:o/r:{text}", 1, text if number % 9 == 0 else "http", text)
            for number, text in enumerate(texts)
        ],
        changes=[
            LoggedChange(
                date="2026-11-21",
                id=work.id,
                kind="retitled",
                cause="source changed",
                title=work.title,
                before=work.title,
                after=work.title,
            )
            for work in works
        ],
        stars=[
            StarCount(f"2026-11-{day}", number + 1, f"github:o/n{number}", day, 1)
            for number in range(size)
            for day in (10, 20)
        ],
        settings=Publish(
            title=TEXTS[1],
            description=TEXTS[0],
            license="MIT",
            lines={"x": "https://example.org/{path}#{line}"},
        ),
    )


def _work(number: int, text: str) -> Work:
    id_ = f"doi:10.1000/{number:03}"
    missing = number % 7 == 3
    form = Manifestation(f"url:{EVIL_URL}", "web", None, EVIL_URL)
    own = Manifestation(id_, "version_of_record", "2024-02-29", f"https://doi.org/{id_[4:]}")
    arxiv = Manifestation(
        "arxiv:2301.00001", "preprint", "2023", "https://arxiv.org/abs/2301.00001"
    )
    fields: dict[str, Any] = {
        "title": None if missing else "" if number % 11 == 5 else text,
        "authors": []
        if number % 5 == 4
        else [
            Author(text),
            Author(f"{text} B", text, "B"),
            Author("X, Y", None, "X"),
            Author("A and B", "A", "and B"),
        ],
        "date": None if missing else ("2023", "2023-01", "2024-02-29")[number % 3],
        "year": None if missing else 2023,
        "container": text,
        "publisher": text,
        "type": ("journal-article", "posted-content", "book-chapter", text, None)[number % 5],
        "status": ("resolved", "provisional", "listed", "not_found")[number % 4],
        "identifiers": {
            "doi": [id_[4:]],
            "arxiv": ["2301.00001"] if number % 2 else [],
            "openreview": [],
            "pii": [],
            "url": [EVIL_URL],
        },
        "manifestations": [form, own, arxiv],
        "integrity": [
            IntegrityNotice("retraction", f"url:{EVIL_URL}", None, text),
            IntegrityNotice("correction", None, "2024", text),
        ]
        if number % 3 == 0
        else [],
        "facets": {
            "method": [text, "GAN"],
            "modality": [text],
            "__proto__": [text],
            "code": [text],
            "q": ["x"],
        },
        "repositories": [
            WorkRepository(f"github:o/n{number}", "original" if number % 6 == 5 else "code")
        ],
        "mentions": [
            Place(
                seed=f'github:o/r:<b>"{number % 4}',
                line=number + 1,
                section=(text, "B"),
                title=text,
                authors=text,
                date=text,
                url=text,
                label=text,
            )
        ],
        "provenance": {
            "title": Provenance(text, id_, (Claim(text, id_, text), Claim("x", id_, 3))),
            text: Provenance("list"),
        },
        "assertions": [Assertion("crossref", id_, ("arxiv:2301.00001",))],
        "aliases": [f"arxiv:old/{number}"],
        "key": None if number % 2 else f"key{number}",
        "volume": text,
        "issue": "0",
        "pages": ("12-34", "e5", "1-2-3", "")[number % 4],
        "article_number": text,
        "issn": ["1234-5678"],
        "isbn": ["123456789X"],
        "editors": [Author(text, None, text)],
        "event": Event(text, text),
        "series": text,
        "language": "en",
        "license": text,
        "funders": [Funder(text)],
        "subjects": [text, "cs.CV"],
        "abstract": text[:300],
        "stale_since": "2026-11-01" if number % 8 == 0 else None,
    }
    return make_work(number, **{"id": id_, **fields})
