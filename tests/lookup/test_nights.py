"""Nights on which sources fail, lie or change: nothing that was known is lost, and nothing is
believed too soon."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import config, pipeline
from harvest.config import Settings
from harvest.dataset import store
from harvest.dataset.run import Run
from harvest.http.clients import Budget
from harvest.lookup.session import Scope
from harvest.models import Dataset, Repository, Work
from tests.fakes import FakeServices, Fault, World
from tests.fakes import Repository as Host
from tests.fakes import Work as Published
from tests.support.runs import published
from tests.support.settings import NIGHTLY, make_settings

pytestmark = pytest.mark.slow
DOI, ARXIV, NAME = "10.1016/j.compbiomed.2023.107115", "2006.11239", "FirasGit/medicaldiffusion"
Night = Callable[..., Dataset]


@pytest.fixture
def list_path(tmp_path: Path) -> Path:
    path = tmp_path / "list.md"
    write(path, DOI, NAME)
    return path


def write(path: Path, doi: str, name: str) -> None:
    rows = [
        f"- [Paper](https://doi.org/{doi}) [Code](https://github.com/{name})",
        f"- [DDPM](https://arxiv.org/abs/{ARXIV})",
    ]
    path.write_text("# L\n\n" + "\n".join(rows) + "\n", "utf-8")


@pytest.fixture
def settings(tmp_path: Path, list_path: Path, fakes: FakeServices) -> Settings:
    return make_settings(tmp_path, fakes, list_path, token="t", floor=0.0, fresh=NIGHTLY)


@pytest.fixture
def night(settings: Settings) -> Night:
    """Run the job of night N (from 1) and give the dataset."""
    return lambda number: run(settings, later(number))


def later(night: int) -> datetime:
    return datetime(2026, 11, 1, 2, 30, tzinfo=UTC) + timedelta(days=night - 1)


def run(settings: Settings, now: datetime, **limits: Any) -> Dataset:
    pipeline.refresh(settings, now=now, **limits)
    return published(settings)


def repository(dataset: Dataset) -> Repository:
    (only,) = dataset.repositories
    return only


def work(dataset: Dataset, identifier: str = f"doi:{DOI}") -> Work:
    return next(w for w in dataset.works if w.id == identifier)


def host(world: World) -> Host:
    return world.repositories[NAME.lower()]


def test_a_repository_is_gone_after_two_nights_and_keeps_its_last_values(
    night: Night, world: World
) -> None:
    before = repository(night(1))
    host(world).state = "gone"
    first = repository(night(2))
    assert (first.status, first.stars, first.stale_since) == ("ok", before.stars, "2026-11-02")
    second = repository(night(3))
    assert (second.status, second.activity) == ("gone", "gone")
    assert (second.stars, second.description, second.stale_since) == (
        before.stars,
        before.description,
        "2026-11-02",
    )
    assert repository(night(4)) == second
    host(world).state = "ok"
    assert repository(night(5)) == before


def test_two_runs_in_one_night_are_one_night(night: Night, world: World) -> None:
    night(1)
    host(world).state = "gone"
    for _ in range(3):
        assert repository(night(2)).status == "ok"
    assert repository(night(3)).status == "gone"


def test_one_answer_read_again_after_midnight_confirms_nothing(
    night: Night, world: World, settings: Settings
) -> None:
    night(1)
    host(world).state = "gone"
    nightly = msgspec.structs.replace(settings, fresh=config.Fresh())
    evening, morning, next_morning = (
        run(nightly, datetime(2026, 11, day, hour, tzinfo=UTC))
        for day, hour in ((2, 22), (3, 2), (4, 2))
    )
    assert [repository(dataset).status for dataset in (evening, morning, next_morning)] == [
        "ok",
        "ok",
        "gone",
    ]


LIMITED: list[dict[str, Any]] = [
    {"scope": Scope(offline=True)},
    {"scope": Scope(only="datacite")},
    {"budget": Budget(requests=0)},
]


@pytest.mark.parametrize("limit", LIMITED, ids=["offline", "only", "budget"])
@pytest.mark.parametrize("lost", [False, True], ids=["", "without the cache"])
def test_a_run_that_may_not_ask_marks_nothing_and_unmarks_nothing(
    limit: dict[str, Any], lost: bool, night: Night, world: World, settings: Settings
) -> None:
    night(1)
    if lost:
        shutil.rmtree(settings.cache)
    limited = run(settings, datetime(2026, 11, 2, 1, tzinfo=UTC), **limit)
    assert {record.stale_since for record in (*limited.works, *limited.repositories)} == {None}
    world.faults = [Fault("crossref", "500"), Fault("github", "500")]
    down = night(2)
    assert all((work(down).stale_since, repository(down).stale_since))
    assert work(down, f"arxiv:{ARXIV}").stale_since is None
    world.faults = []
    if lost:
        shutil.rmtree(settings.cache)
    limited = run(settings, datetime(2026, 11, 3, 1, tzinfo=UTC), **limit)
    assert limited == down
    assert work(night(3)).stale_since is None


def test_facts_without_commits_are_not_taken_back(
    night: Night, world: World, settings: Settings
) -> None:
    """The budget ends between the facts of a repository and its commits."""
    host(world).pushed_at = "2026-10-30T00:00:00Z"
    night(1)
    host(world).stars += 1
    limit = {"scope": Scope(only="github"), "budget": Budget(requests=1)}
    short = run(settings, later(2), **limit)
    assert repository(short).stars == host(world).stars
    assert run(settings, later(2), scope=Scope(offline=True)) == short


def test_a_work_stays_stale_while_one_source_owes_it(world: World, settings: Settings) -> None:
    """Its answers are good for weeks, but a renewal that was asked for has failed."""
    world.works[DOI].preprint = ARXIV
    settings = msgspec.structs.replace(settings, fresh=config.Fresh())
    run(settings, later(1))
    world.faults = [Fault("crossref", "500")]
    stale = run(settings, later(2), scope=Scope(only="crossref", max_age=timedelta(0)))
    assert work(stale).stale_since == "2026-11-01"
    world.faults = []
    only = run(settings, later(3), scope=Scope(only="arxiv", max_age=timedelta(0)))
    assert only == stale
    assert run(settings, later(3), scope=Scope(offline=True)) == only
    assert work(run(settings, later(4))).stale_since is None


@pytest.mark.parametrize("limit", [*LIMITED, {"scope": Scope(only="crossref")}])
def test_a_doi_of_another_agency_comes_back_with_its_values(
    limit: dict[str, Any], night: Night, world: World, settings: Settings, list_path: Path
) -> None:
    """It was out of the list for a night, so that the cache alone knows it."""
    doi = "10.5281/zenodo.5555"
    world.foreign[doi] = Published(doi=doi, title="Data", date="2020-01-02", type="Dataset")
    world.agencies[doi] = "datacite"
    write(list_path, doi, NAME)
    before = work(night(1), f"doi:{doi}")
    assert (before.date, before.type) == ("2020-01-02", "dataset")
    write(list_path, DOI, NAME)
    night(2)
    write(list_path, doi, NAME)
    world.faults = [Fault("crossref", "500")]
    for number in (3, 4):
        after = work(run(settings, later(number), **limit), f"doi:{doi}")
        assert msgspec.structs.replace(after, stale_since=None) == before


def test_a_failure_on_the_second_night_confirms_nothing(night: Night, world: World) -> None:
    night(1)
    host(world).state = "gone"
    night(2)
    world.faults = [Fault("github", "500")]
    assert repository(night(3)).status == "ok"
    world.faults = []
    assert repository(night(4)).status == "gone"


def test_an_outage_before_a_404_confirms_nothing(night: Night, world: World) -> None:
    night(1)
    world.faults = [Fault("github", "500")]
    night(2)
    world.faults = []
    host(world).state = "gone"
    first = repository(night(3))
    assert (first.status, first.missing_since) == ("ok", "2026-11-03")
    world.faults = [Fault("github", "500")]
    assert repository(night(4)).missing_since == "2026-11-03"
    world.faults = []
    assert repository(night(5)).status == "gone"


def test_a_repository_that_was_never_seen_is_unchecked_for_a_night(
    night: Night, world: World
) -> None:
    host(world).state = "private"
    first = repository(night(1))
    assert (first.status, first.activity, first.stale_since) == (
        "unchecked",
        "unknown",
        "2026-11-01",
    )
    assert repository(night(2)).status == "gone"


def test_a_withheld_repository_is_blocked_at_once_and_keeps_its_last_values(
    night: Night, world: World
) -> None:
    before = repository(night(1))
    host(world).state = "dmca"
    blocked = repository(night(2))
    assert (blocked.status, blocked.stars, blocked.stale_since) == (
        "blocked",
        before.stars,
        "2026-11-02",
    )
    world.faults = [Fault("github", "500")]
    assert repository(night(3)) == blocked
    world.faults = []
    host(world).state = "gone"
    assert (repository(night(4)).stars, repository(night(5)).status) == (before.stars, "gone")
    host(world).state = "ok"
    assert repository(night(6)) == before


def test_without_a_token_what_only_a_token_shows_is_kept(
    night: Night, world: World, settings: Settings
) -> None:
    host(world).issues, host(world).release = 7, ("v1", "2026-01-01T00:00:00Z")
    before = repository(night(1))
    assert (before.open_issues, before.latest_release) == (7, "v1")
    assert repository(run(msgspec.structs.replace(settings, github_token=None), later(2))) == before
    host(world).release = None
    assert repository(night(3)).latest_release is None


def test_a_doi_that_is_suddenly_gone_keeps_its_values(night: Night, world: World) -> None:
    before = work(night(1))
    del world.works[DOI]
    for number in (2, 3, 9):
        after = work(night(number))
        assert (after.title, after.container, after.status) == (
            before.title,
            before.container,
            "resolved",
        )
        assert after.stale_since == "2026-11-02"
        assert after.provenance["title"].source == "crossref"


@pytest.mark.parametrize("silent", ["datacite", "doi"])
def test_one_denial_does_not_count_while_another_registry_fails(
    silent: str, night: Night, world: World
) -> None:
    del world.works[DOI]
    world.faults = [Fault(silent, "500")]  # type: ignore[arg-type]  # the name of a service
    assert work(night(1)).status == "listed"
    world.faults = []
    assert work(night(2)).status == "not_found"


def test_a_doi_that_was_never_there_is_not_found(night: Night, world: World) -> None:
    del world.works[DOI]
    assert work(night(1)).status == "not_found"
    assert work(night(2)).status == "not_found"


@pytest.mark.parametrize("lost", ["output", "cache"])
def test_a_deleted_doi_keeps_its_values_without_the_cache_or_the_dataset(
    lost: str, night: Night, world: World, settings: Settings
) -> None:
    before = work(night(1))
    gone = world.works.pop(DOI)
    for number in (2, 3, 9):
        shutil.rmtree(getattr(settings, lost))
        after = work(night(number))
        assert after.stale_since == "2026-11-02"
        assert msgspec.structs.replace(after, stale_since=None) == before
    world.works[DOI] = gone
    shutil.rmtree(getattr(settings, lost))
    assert work(night(10)) == before


def test_a_repository_is_gone_after_two_nights_without_the_last_dataset(
    night: Night, world: World, settings: Settings
) -> None:
    before = repository(night(1))
    host(world).state = "gone"
    statuses = []
    for number in (2, 2, 3, 4):
        shutil.rmtree(settings.output)
        after = repository(night(number))
        assert (after.stars, after.description, after.missing_since) == (
            before.stars,
            before.description,
            "2026-11-02",
        )
        statuses.append(after.status)
    assert statuses == ["ok", "ok", "gone", "gone"]


def test_a_lost_output_and_a_failure_confirm_nothing(
    night: Night, world: World, settings: Settings
) -> None:
    before = repository(night(1))
    host(world).state = "gone"
    night(2)
    world.faults = [Fault("github", "500")]
    shutil.rmtree(settings.output)
    after = repository(night(3))
    assert (after.status, after.stars, after.missing_since) == ("ok", before.stars, "2026-11-02")


def test_a_rename_is_followed_without_the_last_dataset(
    night: Night, world: World, settings: Settings
) -> None:
    before = repository(night(1))
    world.repositories["new/home"] = world.repositories.pop(NAME.lower())
    world.repositories["new/home"].name = "New/Home"  # the redirect from the old name has ended
    shutil.rmtree(settings.output)
    moved = repository(night(2))
    assert (moved.id, moved.repository_id, moved.status) == (
        "github:New/Home",
        before.repository_id,
        "ok",
    )
    assert moved.aliases == [f"github:{NAME}"]


def test_the_preprint_of_a_doi_that_is_gone_is_still_asked_for(night: Night, world: World) -> None:
    world.works[DOI].preprint = "2210.14267"
    assert "2210.14267" in world.preprints
    night(1)
    del world.works[DOI]
    world.preprints["2210.14267"].title = "A new title"
    night(2)
    after = work(night(3))
    assert after.identifiers["arxiv"] == ["2210.14267"]
    assert "A new title" in str(msgspec.to_builtins(after.provenance["title"]))


def test_a_doi_that_moves_to_another_agency_has_the_values_of_the_new_one(
    night: Night, world: World
) -> None:
    night(1)
    moved = msgspec.structs.replace(
        world.works.pop(DOI), title="Its title at DataCite", type="JournalArticle"
    )
    world.foreign[DOI], world.agencies[DOI] = moved, "datacite"
    for number in (2, 3):
        dataset = work(night(number))
        assert (dataset.title, dataset.provenance["title"].source) == (
            "Its title at DataCite",
            "datacite",
        )
        assert dataset.stale_since is None


@pytest.mark.parametrize("lost", ["nothing", "cache", "output"])
def test_a_work_that_only_doi_org_answers_for_keeps_the_values_of_its_registry(
    lost: str, night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI] = msgspec.structs.replace(world.works[DOI], preprint=ARXIV, cited_by=12)
    before = work(night(1))
    world.foreign[DOI], world.agencies[DOI] = world.works.pop(DOI), "crossref"
    for number in (2, 3):
        after = work(night(number))
        assert (after.title, after.cited_by, after.identifiers) == (
            before.title,
            12,
            before.identifiers,
        )
        assert after.stale_since == "2026-11-02"
        if lost != "nothing":
            shutil.rmtree(getattr(settings, lost))
    world.works[DOI] = world.foreign.pop(DOI)
    del world.agencies[DOI]
    assert work(night(4)) == before


def test_a_preprint_that_only_datacite_answers_for_keeps_its_published_form(
    night: Night, world: World, settings: Settings
) -> None:
    published = world.works[DOI]
    world.preprints[ARXIV].doi = DOI
    world.preprints[ARXIV].title, world.preprints[ARXIV].authors = (
        published.title,
        published.authors,
    )
    before = work(night(1))
    name, preprint = f"10.48550/arxiv.{ARXIV}", world.preprints.pop(ARXIV)
    world.foreign[name] = Published(doi=name, title=preprint.title, date="2020", type="Preprint")
    world.agencies[name] = "datacite"
    for number in (2, 3):
        world.foreign[name].title = f"Its title at DataCite on day {number}"
        after = work(night(number))
        assert (after.identifiers, after.stale_since) == (before.identifiers, "2026-11-02")
        titles = [
            claim.value for claim in after.provenance["title"].also if claim.source == "datacite"
        ]
        assert titles == [world.foreign[name].title]
        shutil.rmtree(settings.cache)


def lose(settings: Settings, world: World, *sources: str) -> None:
    """Leave the last dataset alone to speak for these sources."""
    shutil.rmtree(settings.cache)
    world.faults = [Fault(source, "500") for source in sources]  # type: ignore[arg-type]  # names of services


def test_a_withdrawn_relation_joins_nothing_while_the_other_source_fails(
    night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI].preprint = ARXIV
    joined = work(night(1))
    assert joined.identifiers["arxiv"] == [ARXIV]
    world.works[DOI].preprint = None
    lose(settings, world, "arxiv", "datacite")
    parted = night(2)
    assert work(parted).identifiers["arxiv"] == []
    preprint = work(parted, f"arxiv:{ARXIV}")
    assert (preprint.title, preprint.stale_since) == (world.preprints[ARXIV].title, "2026-11-02")
    assert preprint.manifestations[0].date == "2020-06-19"


def test_a_relation_stands_while_the_source_that_asserts_it_fails(
    night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI].preprint = ARXIV
    before = work(night(1))
    assert [(a.source, a.identifier, a.same_as) for a in before.assertions] == [
        ("arxiv", f"arxiv:{ARXIV}", ()),
        ("crossref", f"doi:{DOI}", (f"arxiv:{ARXIV}", "pii:S0010482523005802")),
    ]
    lose(settings, world, "crossref", "datacite", "doi")
    assert msgspec.structs.replace(work(night(2)), stale_since=None) == before


@pytest.mark.parametrize(
    "silent", [("crossref", "datacite", "doi", "arxiv"), ("arxiv", "datacite")]
)
def test_a_maintainer_parts_what_is_only_remembered(
    silent: tuple[str, ...], night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI].preprint = ARXIV
    night(1)
    lose(settings, world, *silent)
    mine = msgspec.structs.replace(settings, different=((f"doi:{DOI}", f"arxiv:{ARXIV}"),))
    pipeline.refresh(mine, now=datetime(2026, 11, 2, 2, 30, tzinfo=UTC))
    dataset = store.load(Path(settings.output))
    assert dataset is not None
    assert work(dataset).identifiers["arxiv"] == []
    assert work(dataset, f"arxiv:{ARXIV}").title == world.preprints[ARXIV].title


@pytest.mark.parametrize("silent", [("crossref", "datacite", "doi"), ("arxiv", "datacite")])
def test_look_alikes_stay_joined_while_one_source_fails(
    silent: tuple[str, ...], night: Night, world: World, settings: Settings
) -> None:
    preprint = world.preprints[ARXIV]
    world.works[DOI].title, world.works[DOI].date = preprint.title, "2020-12-01"
    world.works[DOI].authors, world.works[DOI].preprint = preprint.authors, None
    before = work(night(1))
    assert before.identifiers["arxiv"] == [ARXIV]
    assert f"arxiv:{ARXIV}" not in str([a.same_as for a in before.assertions])
    lose(settings, world, *silent)
    assert msgspec.structs.replace(work(night(2)), stale_since=None) == before


def test_a_dataset_without_assertions_by_source_keeps_its_works_together(
    night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI].preprint = ARXIV
    before = work(night(1))
    path = Path(settings.output) / store.FILE
    older = msgspec.json.decode(path.read_bytes())
    for entry in older["works"]:
        del entry["assertions"]
    path.write_bytes(msgspec.json.encode(older))
    lose(settings, world, "crossref", "arxiv", "datacite", "doi")
    assert work(night(2)).identifiers == before.identifiers


@pytest.mark.parametrize("source", ["crossref", "arxiv", "github"])
def test_a_lost_cache_and_a_source_that_is_down_cost_nothing(
    source: str, night: Night, world: World, settings: Settings
) -> None:
    before = night(1)
    shutil.rmtree(settings.cache)
    world.faults = [Fault(source, "500")]  # type: ignore[arg-type]  # one of the three
    after = night(2)
    for record in (*after.works, *after.repositories):
        assert record.stale_since in {None, "2026-11-02"}
        record.stale_since = None
    assert after == before
    world.faults = []
    assert night(3) == before


def test_a_corrected_identifier_leaves_nothing_of_the_wrong_one(
    night: Night, world: World, list_path: Path
) -> None:
    wrong = "10.3390/s23198328"
    write(list_path, wrong, NAME)
    assert work(night(1), f"doi:{wrong}").title == world.works[wrong].title
    write(list_path, DOI, NAME)
    corrected = night(2)
    assert wrong not in str(msgspec.to_builtins(corrected))
    assert work(corrected).title


def test_an_old_name_stays_an_alias_when_the_list_is_corrected(
    night: Night, world: World, list_path: Path
) -> None:
    night(1)
    moved = host(world)
    moved.former.append(moved.name)
    moved.name = "Moved/Home"
    world.repositories["moved/home"] = world.repositories.pop(NAME.lower())
    night(2)
    write(list_path, DOI, "Moved/Home")
    for number in (3, 4):
        assert repository(night(number)).aliases == [f"github:{NAME}"]


@pytest.mark.parametrize("lost", ["doi", "cache"])
def test_a_retraction_survives_a_failure_of_its_registry(
    lost: str, night: Night, world: World, settings: Settings
) -> None:
    update = {
        "DOI": "10.1000/notice",
        "type": "retraction",
        "source": "retraction-watch",
        "updated": {"date-parts": [[2024]]},
    }
    world.works[DOI].extra["updated-by"] = [update]
    before = work(night(1)).integrity
    assert [notice.kind for notice in before] == ["retraction"]
    if lost == "doi":
        del world.works[DOI]
    else:
        shutil.rmtree(settings.cache)
        world.faults = [Fault("crossref", "500")]
    assert work(night(2)).integrity == before


def test_a_withdrawn_notice_is_not_taken_for_that_of_another_registry(
    night: Night, world: World, settings: Settings
) -> None:
    world.works[DOI].preprint = ARXIV
    world.works[DOI].extra["updated-by"] = [{"DOI": "10.1000/notice", "type": "retraction"}]
    assert work(night(1)).integrity
    del world.works[DOI].extra["updated-by"]
    lose(settings, world, "arxiv", "datacite")
    after = work(night(2))
    assert after.stale_since
    assert after.integrity == []


def test_a_correction_of_the_maintainer_survives_every_night(
    settings: Settings, world: World
) -> None:
    mine = msgspec.structs.replace(settings, work={f"doi:{DOI}": config.Correction(title="Mine")})
    for number in range(2):
        pipeline.refresh(mine, now=datetime(2026, 11, 1 + number, 2, 30, tzinfo=UTC))
    world.faults = [Fault("crossref", "500")]
    shutil.rmtree(settings.cache)
    pipeline.refresh(mine, now=datetime(2026, 11, 3, 2, 30, tzinfo=UTC))
    dataset = store.load(Path(settings.output))
    assert dataset is not None
    assert work(dataset).title == "Mine"
    assert work(dataset).container == world.works[DOI].container


def test_a_clock_that_was_wrong_for_a_night_freezes_nothing(
    night: Night, fakes: FakeServices
) -> None:
    night(4000)
    before = fakes.count()
    night(1)
    assert fakes.count() > before


def test_a_denial_dated_by_a_wrong_clock_is_confirmed(night: Night, world: World) -> None:
    night(1)
    host(world).state = "gone"
    assert repository(night(4000)).status == "ok"
    assert repository(night(2)).missing_since == "2026-11-02"
    assert repository(night(3)).status == "gone"


def test_commits_that_cannot_be_counted_tonight_keep_their_last_number(
    night: Night, world: World
) -> None:
    host(world).pushed_at = "2026-10-30T00:00:00Z"
    before = repository(night(1))
    assert before.commits_last_year
    host(world).stars += 1
    world.faults = [Fault("github", "502", lambda request: b"history" in request.body)]
    slow = repository(night(2))
    assert (slow.commits_last_year, slow.stars) == (
        before.commits_last_year,
        (before.stars or 0) + 1,
    )
    world.faults = [Fault("github", "500", lambda request: b"history" in request.body)]
    failing = repository(night(3))
    assert (failing.commits_last_year, failing.stale_since) == (
        before.commits_last_year,
        None,
    )
    world.faults = []
    assert repository(night(4)).commits_last_year == before.commits_last_year


def test_a_rename_is_followed_and_the_old_name_is_an_alias(night: Night, world: World) -> None:
    night(1)
    moved = host(world)
    moved.former.append(moved.name)
    moved.name = "New/Home"
    world.repositories["new/home"] = world.repositories.pop(NAME.lower())
    renamed = repository(night(2))
    assert (renamed.id, renamed.aliases, renamed.status) == (
        "github:New/Home",
        [f"github:{NAME}"],
        "ok",
    )
    assert repository(night(3)) == renamed


def test_another_repository_under_the_old_name_is_another_one(night: Night, world: World) -> None:
    before = repository(night(1))
    moved = world.repositories.pop(NAME.lower())
    moved.name = "New/Home"
    world.repositories["new/home"] = moved
    world.repositories[NAME.lower()] = Host(
        name=NAME, id=999_999, stars=1, pushed_at="2026-01-01T00:00:00Z"
    )
    for number in (2, 3):
        followed = repository(night(number))
        assert followed.id == "github:New/Home"
        assert (followed.repository_id, followed.stars) == (before.repository_id, before.stars)
        assert followed.aliases == [f"github:{NAME}"]


def test_another_repository_under_the_name_of_one_that_is_gone(night: Night, world: World) -> None:
    before = repository(night(1))
    world.repositories[NAME.lower()] = Host(
        name=NAME, id=999_999, stars=1, pushed_at="2026-01-01T00:00:00Z"
    )
    first = repository(night(2))
    assert (first.repository_id, first.stars, first.stale_since) == (
        before.repository_id,
        before.stars,
        "2026-11-02",
    )


def test_the_history_has_one_row_a_day(night: Night, world: World, settings: Settings) -> None:
    night(1)
    history = (Path(settings.output) / "stars.csv").read_bytes()
    host(world).stars += 5
    assert repository(run(settings, later(1) + timedelta(hours=20))).stars == host(world).stars
    assert (Path(settings.output) / "stars.csv").read_bytes() == history


def test_an_older_cache_adds_nothing_to_the_history(
    night: Night, world: World, settings: Settings
) -> None:
    night(1)
    older = msgspec.structs.replace(settings, cache=settings.cache + "-older")
    shutil.copytree(settings.cache, older.cache)
    host(world).stars += 5
    night(9)
    history = (Path(settings.output) / "stars.csv").read_bytes()
    run(older, later(9), scope=Scope(offline=True))
    assert (Path(settings.output) / "stars.csv").read_bytes() == history


def test_a_repository_that_answers_to_its_number_alone_is_not_gone(
    night: Night, world: World
) -> None:
    before = repository(night(1))
    host(world).state = "gone"
    night(2)
    moved = world.repositories.pop(NAME.lower())
    moved.name, moved.state = "elsewhere/medicaldiffusion", "ok"
    world.repositories[moved.name] = moved
    dataset = repository(night(3))
    assert (dataset.id, dataset.status, dataset.stars) == (
        "github:elsewhere/medicaldiffusion",
        "ok",
        before.stars,
    )
    assert (dataset.stale_since, dataset.missing_since) == (None, None)


def test_an_empty_repository_stays_empty_while_its_host_fails(
    night: Night, world: World, settings: Settings
) -> None:
    host(world).default_branch = host(world).pushed_at = None
    assert repository(night(1)).activity == "empty"
    lose(settings, world, "github")
    assert repository(night(2)).activity == "empty"


def test_the_history_grows_by_changes_and_survives_renames(
    night: Night, world: World, settings: Settings
) -> None:
    night(1)
    night(2)
    host(world).stars += 5
    night(3)
    moved = host(world)
    moved.former.append(moved.name)
    moved.name = "New/Home"
    moved.forks += 1
    world.repositories["new/home"] = world.repositories.pop(NAME.lower())
    night(4)
    night(4)
    rows = (Path(settings.output) / "stars.csv").read_text("utf-8").splitlines()
    assert rows[0] == "date,repository_id,repository,stars,forks"
    assert [row.split(",")[0] for row in rows[1:]] == ["2026-11-01", "2026-11-03", "2026-11-04"]
    assert {row.split(",")[1] for row in rows[1:]} == {str(moved.id)}
    assert rows[-1].split(",")[2] == "github:New/Home"


@pytest.fixture
def remote(settings: Settings, world: World) -> Night:
    """Run night N with a list on GitHub."""
    world.repositories[NAME.lower()].files["README.md"] = (
        f"# R\n\n- [DDPM](https://arxiv.org/abs/{ARXIV})\n"
    )
    away = msgspec.structs.replace(settings, seeds=(f"github:{NAME}",))

    def run(number: int, **options: object) -> Run:
        now = datetime(2026, 11, 1, 2, 30, tzinfo=UTC) + timedelta(days=number - 1)
        return pipeline.refresh(away, now=now, **options)  # type: ignore[arg-type]  # what one test needs

    return run  # type: ignore[return-value]  # it gives the run instead


def test_a_list_on_github_is_asked_with_its_tag(remote: Night, fakes: FakeServices) -> None:
    assert remote(1).works == remote(2).works == {"total": 1, "resolved": 1}
    requests = [request for request in fakes.requests("github") if request.path.endswith("/readme")]
    assert [request.status for request in requests] == [200, 304]


@pytest.mark.parametrize("kind", ["500", "reset", "html", "denied"])
def test_a_list_that_cannot_be_fetched_is_read_as_it_was(
    kind: str, remote: Night, world: World
) -> None:
    remote(1)
    world.faults = [Fault("github", kind)]  # type: ignore[arg-type]  # one of the kinds
    run = remote(2)
    assert run.works["total"] == 1
    assert any("the copy of 2026-11-01 was read" in line for line in run.degraded)


def test_a_list_that_vanishes_is_read_as_it_was(remote: Night, world: World) -> None:
    remote(1)
    world.repositories[NAME.lower()].state = "gone"
    for night in (2, 3):
        (line,) = [line for line in remote(night).degraded if "404" in line]
        assert "the copy of 2026-11-01" in line


def test_offline_a_remote_list_is_read_from_its_copy(remote: Night, fakes: FakeServices) -> None:
    remote(1)
    before = fakes.count()
    assert remote(2, scope=Scope(offline=True)).works["total"] == 1
    assert fakes.count() == before
