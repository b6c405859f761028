"""Rows without a registered identifier: what is searched, what is believed, and what is asked once
only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from harvest import config, pipeline
from harvest.cli import app
from harvest.commands import terminal
from harvest.config import Settings
from harvest.entries import group, listed_works
from harvest.http.clients import Budget
from harvest.linking.overrides import NONE
from harvest.lookup.answers import Answer, Answers
from harvest.lookup.queries import queries
from harvest.lookup.search import MIN_REPORTED_BITS
from harvest.lookup.session import Scope
from harvest.models import Finding, Identifier, Work
from harvest.readers.walk import read_lists
from tests.fakes import FakeServices, Fault, World
from tests.fakes.world import Person, Preprint, Version, first, forged_copies
from tests.fakes.world import Work as Published
from tests.support.runs import night, published
from tests.support.settings import FILE, NIGHTLY, make_settings

TITLE = "A sparse transform for the invented tomography of glass"
FOUND = {
    "pii:S0022073621001850": "10.1016/j.jelectrocard.2021.08.019",
    "pii:S0899707122002856": "10.1016/j.clinimag.2022.11.003",
    "pii:S1361841523001068": "10.1016/j.media.2023.102846",
    "ieee:1284395": "10.1109/tip.2003.819861",
    "ieee:8363653": "10.1109/isbi.2018.8363653",
    "ieee:9770375": "10.1109/jbhi.2022.3172976",
}


def paper(
    doi: str,
    title: str = TITLE,
    family: str = "Abara",
    date: str = "2023-04-01",
    pii: str | None = None,
) -> Published:
    return Published(
        doi=doi,
        title=title,
        authors=[Person("Ada", family), Person("Bo", "Castro")],
        date=date,
        pii=pii,
    )


@pytest.fixture
def row(tmp_path: Path, fakes: FakeServices) -> Settings:
    """A list of one row: a page that no registry resolves, with title, authors and year."""
    return listed(tmp_path, fakes, "https://ieeexplore.ieee.org/document/9999999")


def listed(folder: Path, fakes: FakeServices, address: str, title: str = TITLE) -> Settings:
    mine = folder / "mine.md"
    mine.write_text(
        "| Title | Authors | Date | Paper |\n|---|---|---|---|\n"
        f"| {title} | Ada Abara, Bo Castro | 2023 | [link]({address}) |\n",
        "utf-8",
    )
    return make_settings(folder, fakes, mine, token="t")


def add(world: World, *works: Published) -> None:
    world.works |= {work.doi: work for work in works}


def only(settings: Settings) -> Work:
    (work,) = published(settings).works
    return work


def findings(settings: Settings) -> list[Finding]:
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    return [
        msgspec.convert(f, Finding)
        for f in rows
        if f["code"] in {"uncertain-match", "mistyped-identifier"}
    ]


def test_the_rows_of_the_five_lists_get_their_doi_and_the_others_none(
    tmp_path: Path, fakes: FakeServices
) -> None:
    settings = make_settings(tmp_path, fakes, file=FILE, token="t")
    run = pipeline.refresh(settings)
    works = {work.id: work for work in published(settings).works}
    assert {name: works[name].identifiers["doi"] for name in FOUND} == {
        name: [doi] for name, doi in FOUND.items()
    }
    assert {works[name].status for name in FOUND} == {"resolved"}
    assert sum(len(works[name].mentions) for name in FOUND) == 7  # rows
    others = [
        work
        for name, work in works.items()
        if name.partition(":")[0] in {"jmlr", "openreview", "url"}
    ]
    assert len(others) == 4
    assert not any(work.identifiers["doi"] or work.identifiers["arxiv"] for work in others)
    assert findings(settings) == []
    assert run.sources["crossref.search"].asked == run.sources["crossref.search"].found == 6


def test_a_title_finds_its_doi_and_says_that_it_was_a_match(
    row: Settings, world: World, fakes: FakeServices
) -> None:
    add(world, paper("10.5555/right"), paper("10.5555/wrong", "An unlike study of glass"))
    pipeline.refresh(row)
    work = only(row)
    assert (work.id, work.identifiers["doi"], work.status) == (
        "ieee:9999999",
        ["10.5555/right"],
        "resolved",
    )
    assert work.provenance["identifiers"].source == "match"
    assert work.provenance["identifiers"].identifier == "doi:10.5555/right"
    assert work.title == TITLE
    before, count = (Path(row.output) / "dataset.json").read_bytes(), fakes.count()
    again = pipeline.refresh(row)
    assert fakes.count() == count
    assert again.sources["crossref.search"].from_cache == 1
    assert (Path(row.output) / "dataset.json").read_bytes() == before


@pytest.mark.parametrize(
    ("works", "why"),
    [
        ([paper("10.5555/other", family="Dufour", date="2011")], "below"),
        ([paper("10.5555/one"), paper("10.5555/two")], "fits as well"),
        ([paper("10.5555/part", TITLE + " 2")], "below"),
        ([paper("10.5555/notice", "Correction to: " + TITLE)], "below"),
    ],
    ids=["other authors", "a tie", "another part", "a notice"],
)
def test_an_uncertain_match_is_reported_and_joins_nothing(
    row: Settings, world: World, works: list[Published], why: str
) -> None:
    if works[0].doi == "10.5555/other":
        works = [msgspec.structs.replace(works[0], authors=[Person("Di", "Dufour")])]
    add(world, *works)
    pipeline.refresh(row)
    work = only(row)
    assert work.identifiers["doi"] == []
    assert "identifiers" not in work.provenance
    rows = findings(row)
    assert all(finding.line == 3 and why in finding.message for finding in rows)
    assert bool(rows) == any(
        v.ledgers[0].bits_without_vetoes >= MIN_REPORTED_BITS for v in pipeline.verdicts(row)
    )


def test_an_equal_citation_with_altered_authors_is_reported(row: Settings, world: World) -> None:
    altered = [Person("Eva", "Abara"), Person("Otto", "Castro")]
    add(world, msgspec.structs.replace(paper("10.5555/one"), authors=altered))
    pipeline.refresh(row)
    assert only(row).identifiers["doi"] == []
    (finding,) = findings(row)
    assert finding.code == "uncertain-match"
    assert "the authors are altered: nobody in both, but ada abara for eva abara" in finding.message


def test_a_tie_names_both_candidates(row: Settings, world: World) -> None:
    add(world, paper("10.5555/one"), paper("10.5555/two"))
    pipeline.refresh(row)
    (finding,) = findings(row)
    assert finding.code == "uncertain-match"
    assert "doi:10.5555/one 1" in finding.message
    assert "; doi:10.5555/two 1" in finding.message


def test_a_pii_is_believed_when_one_work_has_it(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    pii = "S0168169923001234"
    settings = listed(
        tmp_path,
        fakes,
        f"https://www.sciencedirect.com/science/article/pii/{pii}",
        "Its short name",
    )
    add(world, paper("10.5555/one", pii=pii))
    pipeline.refresh(settings)
    assert only(settings).identifiers["doi"] == ["10.5555/one"]
    assert fakes.count("crossref") == 2  # the PII and the DOI


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://aclanthology.org/D14-1162.pdf", "10.3115/v1/d14-1162"),
        ("https://www.ijcai.org/proceedings/2019/0366.pdf", "10.24963/ijcai.2019/366"),
        ("https://dl.acm.org/citation.cfm?id=2463676.2463710", "10.1145/2463676.2463710"),
        (
            "https://www.sciencedirect.com/science/article/pii/0022000078900144",
            "10.1016/0022-0000(78)90014-4",
        ),
    ],
)
def test_the_doi_of_a_rule_counts_if_crossref_has_it(
    address: str, doi: str, tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    settings = listed(tmp_path, fakes, address, "Its short name")
    pipeline.refresh(settings)
    assert only(settings).identifiers["doi"] == []  # it was never registered
    add(world, paper(doi))
    settings = msgspec.structs.replace(settings, fresh=NIGHTLY)
    pipeline.refresh(settings, now=night(4))
    assert only(settings).identifiers["doi"] == [doi]
    assert fakes.violations == []


def test_a_pii_of_two_works_is_reported(tmp_path: Path, fakes: FakeServices, world: World) -> None:
    pii = "S0168169923001234"
    settings = listed(tmp_path, fakes, f"https://www.sciencedirect.com/science/article/pii/{pii}")
    add(world, paper("10.5555/one", pii=pii), paper("10.5555/two", pii=pii))
    pipeline.refresh(settings)
    assert only(settings).identifiers["doi"] == []
    assert any("2 works have this PII" in finding.message for finding in findings(settings))


def test_a_pii_of_two_works_is_none_of_the_one_that_can_be_read(
    tmp_path: Path, fakes: FakeServices, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    pii = "S0168169923001234"
    settings = listed(tmp_path, fakes, f"https://www.sciencedirect.com/science/article/pii/{pii}")
    odd = msgspec.structs.replace(paper("10.5555/two", pii=pii), extra={"title": 7})
    add(world, paper("10.5555/one", pii=pii), odd)
    pipeline.refresh(settings)
    assert only(settings).identifiers["doi"] == []
    assert "doi:10.5555/two" in caplog.text
    assert any(
        "another candidate cannot be read" in finding.message for finding in findings(settings)
    )


def test_arxiv_is_searched_for_what_crossref_does_not_have(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    preprint = next(p for p in world.preprints.values() if p.id == "2006.11239")
    mine = tmp_path / "mine.md"
    names = ", ".join(map(str, preprint.authors))
    mine.write_text(
        "| Title | Authors | Paper |\n|---|---|---|\n"
        f"| {preprint.title} | {names} | [link](https://openreview.net/forum?id=abcdefgh) |\n",
        "utf-8",
    )
    settings = make_settings(tmp_path, fakes, mine, token="t")
    pipeline.refresh(settings)
    assert only(settings).identifiers["arxiv"] == ["2006.11239"]
    assert only(settings).provenance["identifiers"].identifier == "arxiv:2006.11239"


BARE = {
    "mine.md": "| Title | Authors | Date | Paper |\n|---|---|---|---|\n| {title} | Ada Abara, Bo Castro | 2023 | |\n",
    "items.md": "- [{title}]() Ada Abara, Bo Castro (2023).\n",
    "code.md": "| Title | Authors | Year | Code |\n|---|---|---|---|\n"
    "| {title} | Ada Abara, Bo Castro | 2023 | [Code](https://github.com/batmanlab/HA-GAN) |\n",
    "mine.bib": "@article{{a, title = {{{title}}}, author = {{Abara, Ada and Castro, Bo}}, year = 2023}}\n",
    "mine.csv": 'title,authors,year\n{title},"Ada Abara, Bo Castro",2023\n',
    "mine.json": '[{{"title": "{title}", "authors": ["Ada Abara", "Bo Castro"], "year": 2023}}]\n',
    "mine.ris": "TY  - JOUR\nTI  - {title}\nAU  - Abara, Ada\nAU  - Castro, Bo\nPY  - 2023\nER  - \n",
}


def bare(folder: Path, fakes: FakeServices, name: str = "mine.md", title: str = TITLE) -> Settings:
    """A list whose one row has nothing but a title, authors and a year."""
    (folder / name).write_text(BARE[name].format(title=title), "utf-8")
    return make_settings(folder, fakes, folder / name, token="t")


def codes(settings: Settings) -> dict[str, str]:
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    return {f["code"]: f["message"] for f in rows}


@pytest.mark.parametrize("name", BARE)
def test_a_row_with_only_a_title_gets_its_doi(
    tmp_path: Path, fakes: FakeServices, world: World, name: str
) -> None:
    add(world, paper("10.5555/right"), paper("10.5555/wrong", "An unlike study of glass"))
    settings = bare(tmp_path, fakes, name)
    run = pipeline.refresh(settings)
    work = only(settings)
    assert (work.id, work.status, work.title) == ("doi:10.5555/right", "resolved", TITLE)
    assert (work.provenance["identifiers"].source, len(work.mentions)) == ("match", 1)
    assert [repository.role for repository in work.repositories] == ["code"] * (name == "code.md")
    assert run.mentions["other"] == 1
    if name != "items.md":  # there it is a link without an address
        assert codes(settings)["no-identifier"].endswith(
            "its title is that of https://doi.org/10.5555/right"
        )
    shown = shown_why(TITLE, settings)
    assert "accepted doi:10.5555/right" in shown
    count = fakes.count()
    pipeline.refresh(settings)
    assert fakes.count() == count
    assert only(settings) == work


def shown_why(text: str, settings: Settings) -> str:
    """What `harvest show --why` prints."""
    config = Path(settings.output).parent / "harvest.toml"
    seeds = ", ".join(f'"{seed}"' for seed in settings.seeds)
    config.write_text(
        f'seeds = [{seeds}]\ncache = "{settings.cache}"\noutput = "{settings.output}"\n', "utf-8"
    )
    done = CliRunner().invoke(app, ["show", "--why", text, "--config", str(config)])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_title_of_two_works_is_reported_with_both_ledgers(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/one"), paper("10.5555/two", date="2021"))
    settings = bare(tmp_path, fakes)
    pipeline.refresh(settings)
    assert published(settings).works == []
    (finding,) = findings(settings)
    assert (finding.line, finding.code) == (3, "uncertain-match")
    assert "doi:10.5555/two" in finding.message
    assert "year -1.0" in finding.message
    shown = shown_why(TITLE, settings)
    assert "not accepted: doi:10.5555/two fits as well" in shown
    assert "year (near): 2023 and 2021" in shown
    assert "its title is that of" not in codes(settings)["no-identifier"]


def test_a_title_without_a_match_is_declined_without_naming_candidates(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/other", "Sparse glass", family="Dufour"))
    settings = bare(tmp_path, fakes)
    pipeline.refresh(settings)
    assert published(settings).works == []
    assert findings(settings) == []
    assert codes(settings).keys() == {"no-identifier"}


def test_a_bare_title_is_found_at_arxiv(tmp_path: Path, fakes: FakeServices, world: World) -> None:
    preprint = world.preprints["2006.11239"]
    names = ", ".join(map(str, preprint.authors))
    row = f"| Title | Authors |\n|---|---|\n| {preprint.title} | {names} |\n"
    (tmp_path / "mine.md").write_text(row, "utf-8")
    settings = make_settings(tmp_path, fakes, tmp_path / "mine.md", token="t")
    pipeline.refresh(settings)
    assert only(settings).id == "arxiv:2006.11239"
    assert only(settings).provenance["identifiers"].identifier == "arxiv:2006.11239"


def test_a_bare_title_beside_its_own_link_is_no_match(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/right"))
    settings = bare(tmp_path, fakes)
    with Path(settings.seeds[0]).open("a", encoding="utf-8") as file:
        file.write(
            f"| {TITLE} | Ada Abara, Bo Castro | 2023 | [P](https://doi.org/10.5555/right) |\n"
        )
    pipeline.refresh(settings)
    assert len(only(settings).mentions) == 2
    assert "identifiers" not in only(settings).provenance
    assert codes(settings)["duplicate"] == "doi:10.5555/right stands in line 3 already"


def test_a_bare_title_keeps_its_doi_when_every_source_fails(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/right"))
    settings = bare(tmp_path, fakes)
    pipeline.refresh(settings)
    before = only(settings)
    for file in Path(settings.cache).iterdir():
        if file.is_file():
            file.unlink()
    world.faults = [
        Fault("crossref", "500"),
        Fault("arxiv", "500"),
        Fault("doi", "500"),
        Fault("datacite", "500"),
    ]
    assert pipeline.refresh(settings).degraded
    after = only(settings)
    assert (after.id, after.title, after.provenance["identifiers"]) == (
        before.id,
        before.title,
        before.provenance["identifiers"],
    )


def test_a_short_title_without_authors_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "title,authors\nA certain method,\nA certain method,Ada Abara\n", "utf-8"
    )
    mentions = read_lists((str(tmp_path / "mine.csv"),)).mentions
    listing = listed_works(group(mentions))
    result = queries(mentions, listing, Answers({}), NONE)
    assert [query.mentions[0].line for query in result] == [3]


@pytest.mark.parametrize(
    "address",
    [
        "https://ieeexplore.ieee.org/document/9999999",
        "https://www.jmlr.org/papers/v13/gretton12a.html",
        "https://openreview.net/forum?id=abcdefgh",
        "https://www.sciencedirect.com/science/article/pii/S0168169923001234",
        "https://www.invented-society-press.org/article/77",
    ],
)
def test_a_page_of_any_publisher_is_searched_by_its_title(
    tmp_path: Path, fakes: FakeServices, world: World, address: str
) -> None:
    add(world, paper("10.5555/right"))
    settings = listed(tmp_path, fakes, address)
    pipeline.refresh(settings)
    work = only(settings)
    assert (work.identifiers["doi"], work.provenance["identifiers"].source) == (
        ["10.5555/right"],
        "match",
    )
    assert not work.id.startswith("doi:")


def test_offline_and_over_the_budget_searches_are_counted_as_not_asked(
    row: Settings, fakes: FakeServices
) -> None:
    run = pipeline.refresh(row, scope=Scope(offline=True))
    assert run.sources["crossref.search"].deferred == 1
    assert fakes.count() == 0
    run = pipeline.refresh(row, budget=Budget(0, None))
    assert run.sources["crossref.search"].deferred == 1
    assert run.sources["crossref.search"].asked == 0
    assert fakes.count() == 0


def test_no_search_starves_under_a_budget(tmp_path: Path, fakes: FakeServices) -> None:
    rows = (
        f"- [{TITLE} {word}](https://ieeexplore.ieee.org/document/{n})"
        for n, word in enumerate("abcdef", 90001)
    )
    (tmp_path / "mine.md").write_text("# L\n\n" + "\n".join(rows) + "\n", "utf-8")
    settings = make_settings(tmp_path, fakes, tmp_path / "mine.md", token="t")
    settings = msgspec.structs.replace(settings, fresh=config.Fresh(work=2, not_found=2))
    for day in range(1, 7):  # two a night, of which those of the last night are fresh
        pipeline.refresh(
            settings, budget=Budget(requests=2), now=datetime(2026, 11, day, 2, tzinfo=UTC)
        )
    targets = [request.target for request in fakes.requests("crossref")]
    assert {targets.count(target) for target in targets} == {2}
    assert len(set(targets)) == 6


def test_only_one_source_searches_there_only(
    row: Settings, world: World, fakes: FakeServices
) -> None:
    add(world, paper("10.5555/right"))
    run = pipeline.refresh(row, scope=Scope(only="arxiv"))
    assert fakes.count("crossref") == 0
    assert run.sources["crossref.search"].deferred == 0
    assert run.sources["arxiv.search"].requests == fakes.count("arxiv")


def test_a_failing_search_parts_nothing(row: Settings, world: World) -> None:
    add(world, paper("10.5555/right"))
    pipeline.refresh(row)
    before = only(row)
    for file in Path(row.cache).iterdir():
        if file.is_file():
            file.unlink()
    world.faults = [Fault("crossref", "500"), Fault("arxiv", "500")]
    run = pipeline.refresh(row)
    after = only(row)
    assert run.degraded
    assert (after.id, after.identifiers, after.title) == (
        before.id,
        before.identifiers,
        before.title,
    )
    assert after.provenance["identifiers"] == before.provenance["identifiers"]


def test_a_match_that_a_search_no_longer_offers_stands_until_the_title_changes(
    row: Settings, world: World
) -> None:
    add(world, paper("10.5555/right"))
    pipeline.refresh(row, now=datetime(2026, 11, 1, tzinfo=UTC))
    del world.works["10.5555/right"]
    for month in (1, 3):
        pipeline.refresh(row, now=datetime(2027, month, 1, tzinfo=UTC))
        assert (only(row).identifiers["doi"], only(row).status) == (["10.5555/right"], "resolved")
    mine = Path(row.seeds[0])
    mine.write_text(
        mine.read_text("utf-8").replace(TITLE, "Another study, of the harps of the north"), "utf-8"
    )
    pipeline.refresh(msgspec.structs.replace(row, floor=0.0), now=datetime(2027, 3, 2, tzinfo=UTC))
    assert only(row).identifiers["doi"] == []


def test_a_mistyped_doi_is_reported_and_not_replaced(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/harvest.2023.106018"))
    settings = listed(tmp_path, fakes, "https://doi.org/10.5555/harvest.2023.10618")
    pipeline.refresh(settings)
    assert only(settings).status == "not_found"
    (finding,) = findings(settings)
    assert finding.code == "mistyped-identifier"
    assert "doi:10.5555/harvest.2023.106018" in finding.message


@pytest.mark.parametrize(
    ("written", "work_at_registry"),
    [
        (
            "10.5555/harvest.2023.10618",
            paper("10.5555/quite.another.name"),
        ),  # the title is right, the DOI is not near
        (
            "10.5555/harvest.2023.106019",
            paper("10.5555/harvest.2023.106018", "Transforms of an unlike kind"),
        ),
        (
            "10.5555/harvest.2023.106019",
            paper("10.5555/harvest.2023.106018", family="Dufour", date="2011"),
        ),
    ],
    ids=["another DOI", "another title", "another year"],
)
def test_a_mistyped_doi_is_not_guessed(
    tmp_path: Path, fakes: FakeServices, world: World, written: str, work_at_registry: Published
) -> None:
    add(world, work_at_registry)
    settings = listed(tmp_path, fakes, f"https://doi.org/{written}")
    pipeline.refresh(settings)
    assert only(settings).status == "not_found"
    assert findings(settings) == []
    message = f"no registry knows doi:{written}; look the work up by its title"
    assert codes(settings)["unresolved"] == message


def test_a_mistyped_doi_is_not_guessed_of_two(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    add(world, paper("10.5555/harvest.2023.106018"), paper("10.5555/harvest.2023.106017"))
    settings = listed(tmp_path, fakes, "https://doi.org/10.5555/harvest.2023.106019")
    pipeline.refresh(settings)
    assert findings(settings) == []


def test_a_maintainer_decides_a_tie(row: Settings, world: World) -> None:
    add(world, paper("10.5555/one"), paper("10.5555/two"))
    decided = msgspec.structs.replace(row, same=(("ieee:9999999", "doi:10.5555/two"),))
    run = pipeline.refresh(decided)
    assert only(decided).identifiers["doi"] == ["10.5555/two"]
    assert only(decided).status == "resolved"
    assert "crossref.search" not in run.sources
    assert findings(decided) == []


def test_a_maintainer_parts_what_was_matched(row: Settings, world: World) -> None:
    add(world, paper("10.5555/right"))
    decided = msgspec.structs.replace(row, different=(("ieee:9999999", "doi:10.5555/right"),))
    pipeline.refresh(decided)
    assert only(decided).identifiers["doi"] == []


def test_a_decision_that_fits_nothing_is_reported(row: Settings) -> None:
    pipeline.refresh(msgspec.structs.replace(row, ignore=("doi:10.5555/gone",)))
    rows = msgspec.json.decode((Path(row.output) / "findings.json").read_bytes())
    assert [f["seed"] for f in rows if f["code"] == "unused-override"] == ["harvest.toml"]


def test_why_prints_the_ledger(row: Settings, world: World) -> None:
    add(world, paper("10.5555/right", date="2021"))
    pipeline.refresh(row)
    out = Console(record=True, width=200, soft_wrap=True)
    terminal.show_verdicts(only(row).id, pipeline.verdicts(row), out)
    text = out.export_text()
    assert "accepted doi:10.5555/right" in text
    assert "year (near): 2023 and 2021" in text


def test_a_work_with_a_registered_identifier_is_not_searched(tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("- **DDPM** [Paper](https://arxiv.org/abs/2006.11239)\n", "utf-8")
    mentions = read_lists((str(mine),)).mentions
    listing, arxiv = listed_works(group(mentions)), Identifier("arxiv", "2006.11239")
    answers = Answers({"arxiv": frozenset({"arxiv"})}, lookups=frozenset({arxiv}))
    assert queries(mentions, listing, answers, NONE) == []
    answers |= [Answer(source="arxiv", identifier=arxiv, state="not_found", denied_on="2026-11-21")]
    (unknown,) = queries(mentions, listing, answers, NONE)
    assert unknown.is_unknown


def preprint(year: int = 2017) -> Preprint:
    """The preprint of the listed paper."""
    return Preprint(
        id="2001.10001",
        title=TITLE,
        authors=[Person("Ada", "Abara"), Person("Bo", "Castro")],
        versions=[Version(f"{year}-06-12T09:00:00Z")],
    )


def posted(
    doi: str = "10.5555/posted", year: int = 2023, container: str | None = None
) -> Published:
    """The paper as it was posted at an archive."""
    kind = "journal-article" if container else "posted-content"
    one = paper(doi, date=f"{year}-06-01")
    return msgspec.structs.replace(one, type=kind, container=container)


@pytest.mark.parametrize("year", ["2017", ""])
def test_a_forged_copy_is_not_taken_for_the_preprint(
    tmp_path: Path, fakes: FakeServices, world: World, year: str
) -> None:
    """Prefix 10.65215 has seven copies of a famous paper, each a version of the next."""
    world.add(preprint(), *forged_copies(preprint()))
    settings = bare(tmp_path, fakes)
    mine = Path(settings.seeds[0])
    mine.write_text(mine.read_text("utf-8").replace("2023", year), "utf-8")
    pipeline.refresh(settings)
    work = only(settings)
    assert (work.id, work.identifiers["doi"], work.date) == ("arxiv:2001.10001", [], "2017-06-12")


def test_a_forged_copy_is_not_taken_for_a_year_of_its_own(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    world.add(preprint(2017), posted(year=2023))
    settings = bare(tmp_path, fakes)
    pipeline.refresh(settings)
    work = only(settings)
    assert (work.id, work.identifiers["doi"]) == ("arxiv:2001.10001", [])


def test_no_posted_copy_is_accepted_while_a_registry_fails(row: Settings, world: World) -> None:
    world.add(preprint(2022), posted())
    world.faults = [Fault("arxiv", "500")]
    pipeline.refresh(row, now=datetime(2026, 11, 1, tzinfo=UTC))
    assert only(row).identifiers["doi"] == []
    (finding,) = findings(row)
    assert "it is only posted, and arxiv may have an older form" in finding.message
    world.faults = []
    pipeline.refresh(row, now=datetime(2026, 11, 2, tzinfo=UTC))
    assert only(row).identifiers["arxiv"] == ["2001.10001"]
    assert only(row).identifiers["doi"] == []


def test_a_preprint_waits_until_crossref_has_answered(row: Settings, world: World) -> None:
    world.add(preprint(2022), posted(year=2021))
    world.faults = [Fault("crossref", "500")]
    pipeline.refresh(row, now=datetime(2026, 11, 1, tzinfo=UTC))
    assert only(row).identifiers["arxiv"] == []
    world.faults = []
    pipeline.refresh(row, now=datetime(2026, 11, 2, tzinfo=UTC))
    assert only(row).identifiers["doi"] == ["10.5555/posted"]
    assert only(row).identifiers["arxiv"] == []


def test_what_was_posted_once_is_found_by_its_title(row: Settings, world: World) -> None:
    world.add(posted())
    pipeline.refresh(row)
    assert only(row).identifiers["doi"] == ["10.5555/posted"]
    assert findings(row) == []


def test_of_equal_copies_of_one_prefix_none_is_taken(row: Settings, world: World) -> None:
    world.add(*forged_copies(preprint(), 2))
    pipeline.refresh(row)
    assert only(row).identifiers["doi"] == []
    (finding,) = findings(row)
    assert "is an equal copy" in finding.message


def test_a_copy_is_not_taken_where_a_title_is_too_short_for_arxiv(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    title = "Glass is all you see"
    copy = msgspec.structs.replace(posted(), title=title)
    world.add(copy, msgspec.structs.replace(preprint(), title=title))
    settings = bare(tmp_path, fakes, title=title)
    pipeline.refresh(settings)
    assert published(settings).works == []
    (finding,) = findings(settings)
    assert "arxiv may have an older form" in finding.message


@pytest.mark.parametrize("container", [None, "SSRN Electronic Journal"])
def test_of_two_posted_forms_the_older_is_taken(
    row: Settings, world: World, container: str | None
) -> None:
    world.add(preprint(2022), posted(year=2023, container=container))
    pipeline.refresh(row)
    assert only(row).identifiers["doi"] == []
    assert only(row).identifiers["arxiv"] == ["2001.10001"]


def test_a_published_form_is_taken_at_once(
    row: Settings, world: World, fakes: FakeServices
) -> None:
    world.add(preprint(2022), posted(year=2023, container="Journal of Glass"))
    pipeline.refresh(row)
    assert only(row).identifiers["doi"] == ["10.5555/posted"]
    assert not any("ti%3A" in request.target for request in fakes.requests("arxiv"))


def test_a_search_that_failed_gets_a_second_chance(row: Settings, world: World) -> None:
    add(world, paper("10.5555/right"))
    world.faults = [Fault("crossref", "500", first(6))]
    run = pipeline.refresh(row)
    assert only(row).identifiers["doi"] == ["10.5555/right"]
    assert run.degraded == []
    assert run.sources["crossref.search"].found == 1


def test_the_second_chance_repeats_no_answered_search(row: Settings, world: World) -> None:
    world.add(preprint(2022))
    world.faults = [Fault("crossref", "500", first(6))]
    run = pipeline.refresh(row, scope=Scope(max_age=timedelta(0)))
    assert only(row).identifiers["arxiv"] == ["2001.10001"]
    assert run.sources["arxiv.search"].requests == 1
    assert run.sources["crossref.search"].requests == 7
