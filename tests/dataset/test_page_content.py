"""What a page holds of a publication, as the encoder writes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from harvest.dataset import page_content, page_detail
from harvest.dataset.page_content import content, newest
from harvest.dataset.publication import Publication
from harvest.dataset.stars import StarCount
from harvest.models import Author, Manifestation, Work, WorkRepository
from tests.support.works import make_publication, make_repository, make_work


def parts(publication: Publication) -> dict[str, Any]:
    return content(publication, publication.works, {})


def values(column: dict[str, Any], count: int) -> list[Any]:
    if "all" in column:
        return list(column["all"])
    if "terms" in column:
        return [column["terms"][place] for place in column["at"]]
    return [column["except"].get(str(row), column["rest"]) for row in range(count)]


def with_forms(number: int, *forms: tuple[str, str, str | None]) -> Work:
    return make_work(
        number, manifestations=[Manifestation(id_, kind, day, None) for id_, kind, day in forms]
    )


def test_the_newest_works_come_first_and_those_without_a_date_last() -> None:
    works = [make_work(1, date=None), make_work(2, date="2001"), make_work(3, date="2020-05")]
    assert [work.date for work in newest(works)] == ["2020-05", "2001", None]


def test_the_days_of_forms_are_the_first_ones() -> None:
    works = [
        with_forms(
            1,
            ("arxiv:1", "preprint", "2020-02"),
            ("arxiv:2", "preprint", "2020-01"),
            ("doi:10.1/a", "version_of_record", None),
        ),
        with_forms(2, ("doi:10.1/b", "version_of_record", "2021-03-04")),
    ]
    core = parts(make_publication(*works))["core"]["works"]
    assert values(core["preprint"], 2) == ["2020-01", None]
    assert values(core["published"], 2) == ["", "2021-03-04"]
    assert values(core["others"], 2)[1] == ["doi:10.1/b"]


def test_repositories_are_numbers_with_their_role() -> None:
    first, second = make_repository("o/a"), make_repository("o/b")
    work = make_work(
        1, repositories=[WorkRepository(second.id, "original"), WorkRepository(first.id, "code")]
    )
    other = make_repository("o/unused")
    core = parts(make_publication(work, repositories=[first, other, second]))["core"]
    assert values(core["repositories"]["id"], 2) == [first.id, second.id]
    assert values(core["works"]["repositories"], 1) == [[3, 0]]


@pytest.mark.parametrize("counts", [2, 24, 25, 400])
def test_a_long_history_keeps_its_ends(counts: int) -> None:
    repository = make_repository("o/a", repository_id=5)
    work = make_work(1, repositories=[WorkRepository(repository.id, "code")])
    start = date(2024, 1, 1)
    days = [(start + timedelta(days=day)).isoformat() for day in range(counts)]
    stars = [StarCount(day, 5, repository.id, number, 0) for number, day in enumerate(days)]
    history = parts(make_publication(work, repositories=[repository], stars=stars))["core"][
        "history"
    ]
    first, since, numbers = history["0"]
    assert first == days[0]
    assert since[0] == 0
    assert numbers[0] == 0
    assert numbers[-1] == len(days) - 1
    assert len(numbers) == len(since) == min(len(days), page_content.MAX_COUNTS)


def test_a_page_says_which_abstracts_it_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    publication = make_publication(make_work(1, abstract="Long"), make_work(2))
    assert parts(publication)["core"]["abstracts"] is None
    assert "abstract" in parts(publication)["detail"]["works"]
    monkeypatch.setattr(page_detail, "MAX_ABSTRACTS", 3)
    assert values(parts(publication)["core"]["abstracts"], 2) == [True, False]
    assert "abstract" not in parts(publication)["detail"]["works"]


def test_a_name_is_split_where_javascript_counts() -> None:
    people = [
        Author("𝒜da Byron", "𝒜da", "Byron"),
        Author("Byron, Ada", "Ada", "Byron"),
        Author("Group"),
    ]
    table = parts(make_publication(make_work(1, authors=people)))["detail"]["people"]
    assert values(table["split"], 3) == [4, ["Ada", "Byron"], [None, None]]


def test_what_a_work_repeats_is_a_marker() -> None:
    work = make_work(
        1,
        title="A title",
        subjects=["A title", "\x01 odd", "other"],
        manifestations=[
            Manifestation(
                "doi:10.1000/001", "version_of_record", None, "https://doi.org/10.1000/001"
            )
        ],
    )
    row = parts(make_publication(work))["detail"]["works"]
    assert values(row["subjects"], 1) == [["\x01t", "\x01\x01 odd", "other"]]
    [form] = values(row["manifestations"], 1)[0]
    assert (form["identifier"], form["url"]) == ("\x01i0", "\x01u0")
