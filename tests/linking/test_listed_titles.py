"""A wrong link and a retitled paper are told apart by the history of the title, and then by the
authors."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from harvest import pipeline
from harvest.commands import terminal
from harvest.config import Settings
from harvest.http.clients import Http
from harvest.linking import listed_titles
from harvest.linking.titles import MIN_WORDS
from harvest.lookup.session import Scope
from harvest.models import Author, Claim, Finding, Identifier, Mention, Place, Provenance, Work
from harvest.sources.arxiv import Arxiv
from tests.fakes import FakeServices, Fault, World
from tests.fakes.world import Version
from tests.support.runs import published
from tests.support.settings import FILE, make_settings
from tests.support.works import make_work

DATA = Path(__file__).parents[1] / "data"

# Real papers that were retitled: what links to them, the former title, who bears it, and two of the
# authors.
RETITLED = [
    ("https://www.nature.com/articles/s41598-023-34341-2",
     "Medical Diffusion: Denoising Diffusion Probabilistic Models for 3D Medical Image Generation",
     "arxiv:2211.03364", "Firas Khader, Gustav Mueller-Franzes, et al."),
    ("https://arxiv.org/abs/2310.12868",
     "EMIT-Diff: Enhancing Medical Image Segmentation via Text-Guided Diffusion Model",
     "arxiv:2310.12868v1", "Zheyuan Zhang, Lanhong Yao, et al."),
    ("https://arxiv.org/abs/2305.18453", "Conditional Diffusion Models for Semantic 3D Medical Image Synthesis",
     "arxiv:2305.18453v1", "Zolnamar Dorjsembe, Hsing-Kuo Pao, Sodtavilan Odonchimed, Furen Xiao"),
    ("https://arxiv.org/abs/2301.06604",
     ("Conversion of the Mayo LDCT Data to Synthetic Equivalent through the Diffusion Model for Training Denoising "
      "Networks with a Theoretically Perfect Privacy"),
     "arxiv:2301.06604v1", "Yongyi Shi, Ge Wang"),
    ("https://arxiv.org/abs/2306.01875",
     "DiffECG: A Generalized Probabilistic Diffusion Model for ECG Signals Synthesis",
     "arxiv:2306.01875v1", "Nour Neifar, Achraf Ben-Hamadou, Afef Mdhaffar, Mohamed Jmaiel"),
    ("https://arxiv.org/abs/2103.00006",
     "ECGT2T: Electrocardiogram synthesis from Two asynchronous leads to Ten leads",
     "arxiv:2103.00006v1", "Yong-Yeon Jo, Young Sang Choi, Jong-Hwan Jang, Joon-Myoung Kwon"),
]  # fmt: skip
OURS = {"title-mismatch", "title-unclear", "retitled", "author-mismatch"}


@pytest.fixture
def retitled(world: World) -> World:
    """The world, where 2301.06604 was retitled in its second version; nobody recorded how."""
    world.preprints["2301.06604"].versions = [
        Version("2023-01-16T17:48:16Z", world.preprints["2301.06604"].title),
        Version(
            "2024-01-16T17:48:16Z",
            "Synthetic low-dose scans that keep every secret of their patients",
        ),
    ]
    return world


def listed(folder: Path, fakes: FakeServices, *rows: tuple[str, str, str]) -> Settings:
    """A list of links with a title and authors each."""
    mine = folder / "mine.md"
    head = "| Title | Authors | Paper |\n|---|---|---|\n"
    mine.write_text(
        head + "".join(f"| {title} | {who} | [P]({url}) |\n" for url, title, who in rows), "utf-8"
    )
    return make_settings(folder, fakes, mine, token="t")


def findings(settings: Settings) -> list[Finding]:
    rows = msgspec.json.decode((Path(settings.output) / "findings.json").read_bytes())
    return [msgspec.convert(row, Finding) for row in rows if row["code"] in OURS]


def ledger(work: Work) -> str:
    out = Console(record=True, width=300, soft_wrap=True)
    terminal.show_verdicts(
        work.id, [comparison.verdict for comparison in listed_titles.compare_places(work)], out
    )
    return out.export_text()


@pytest.mark.parametrize("has_authors", [True, False], ids=["with authors", "without authors"])
def test_a_former_title_is_known_by_its_history(
    tmp_path: Path, fakes: FakeServices, retitled: World, *, has_authors: bool
) -> None:
    settings = listed(
        tmp_path,
        fakes,
        *((url, title, who if has_authors else "") for url, title, _, who in RETITLED),
    )
    pipeline.refresh(settings)
    rows = findings(settings)
    assert [(finding.line, finding.code) for finding in rows] == [
        (n, "retitled") for n in range(3, 9)
    ]
    for finding, (_, _, witness, _) in zip(rows, RETITLED, strict=True):
        assert finding.message.endswith(f"the list has the title of {witness}")
    assert fakes.violations == []
    assert retitled.preprints["2301.06604"].versions[1].title in rows[3].message


def test_the_versions_are_asked_in_one_request_and_never_again(
    tmp_path: Path, fakes: FakeServices, retitled: World
) -> None:
    preprints = [row for row in RETITLED if "arxiv" in row[0]]
    settings = listed(tmp_path, fakes, *((url, title, who) for url, title, _, who in preprints))
    run = pipeline.refresh(settings)
    assert run.sources["arxiv.search"].asked == len(preprints) == run.sources["arxiv.search"].found
    assert run.sources["arxiv.search"].requests == 1
    assert run.sources["arxiv"].requests + 1 == fakes.count("arxiv")
    (Path(settings.output) / "dataset.json").unlink()
    pipeline.refresh(
        msgspec.structs.replace(
            settings, fresh=msgspec.structs.replace(settings.fresh, work=0, old=0)
        )
    )
    again = pipeline.refresh(settings)
    assert again.sources["arxiv.search"].asked == 0
    assert len(findings(settings)) == len(preprints)
    assert retitled.preprints["2310.12868"].title in findings(settings)[0].message


@pytest.mark.parametrize(
    ("url", "title", "who", "code"),
    [
        # the link of another row: neither title nor authors
        (RETITLED[1][0], RETITLED[2][1], RETITLED[2][3], "title-mismatch"),
        # the same without authors: nobody can tell
        (RETITLED[1][0], RETITLED[2][1], "", "title-unclear"),
        # authors who never bore this title: retitled, or another paper of theirs
        (RETITLED[1][0], "A title that no version of it ever had", RETITLED[1][3], "retitled"),
        # the right title, other authors
        (RETITLED[1][0], RETITLED[1][1], RETITLED[2][3], "author-mismatch"),
        # a look-alike: near titles, other authors
        ("https://arxiv.org/abs/2303.02475", "Synthetic ECG Signal Generation using Generative Neural Networks",
         "Jane Roe, Richard Miles, Ann Doe", "title-mismatch"),
    ],
)  # fmt: skip
def test_what_history_does_not_explain(
    tmp_path: Path, fakes: FakeServices, url: str, title: str, who: str, code: str
) -> None:
    settings = listed(tmp_path, fakes, (url, title, who))
    pipeline.refresh(settings)
    assert code in {finding.code for finding in findings(settings)}
    assert {"title-mismatch", "title-unclear"} & {f.code for f in findings(settings)} <= {code}


def test_the_present_title_in_any_spelling_gives_no_finding(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    preprint = world.preprints["2310.12868"]
    who = ", ".join(map(str, preprint.authors))
    dresses = (
        preprint.title.upper() + ".",
        preprint.title.replace("Text-Guided", "text guided"),
        "DiffBoost",
        "",
    )
    for number, title in enumerate(dresses):
        (folder := tmp_path / str(number)).mkdir()
        settings = listed(folder, fakes, ("https://arxiv.org/abs/2310.12868", title, who))
        pipeline.refresh(settings)
        assert findings(settings) == [], title


@pytest.mark.parametrize("title", ["Medical Diffusion", "DDPM 3D", "3D images"])
def test_a_nickname_is_nearer_to_no_title(tmp_path: Path, fakes: FakeServices, title: str) -> None:
    """The work has two titles, and one of them is always a little more like a few letters than the
    other."""
    settings = listed(tmp_path, fakes, (RETITLED[0][0], title, RETITLED[0][3]))
    pipeline.refresh(settings)
    assert len(published(settings).works[0].provenance["title"].also) == 1
    assert findings(settings) == []


def test_the_ledger_of_a_listed_title_is_shown(tmp_path: Path, fakes: FakeServices) -> None:
    url, title, _, who = RETITLED[1]
    settings = listed(tmp_path, fakes, (url, title, who))
    pipeline.refresh(settings)
    text = ledger(published(settings).works[0])
    assert f"arxiv:2310.12868: {title}" in text
    assert (
        "accepted arxiv:2310.12868: retitled: the list has the title of arxiv:2310.12868v1" in text
    )
    assert ": emit diff in place of diffboost" in text
    settings = listed(
        tmp_path,
        fakes,
        (url, "Quite another paper about something else", "Jane Roe, Richard Miles"),
    )
    pipeline.refresh(settings)
    text = ledger(published(settings).works[0])
    assert "not accepted: neither the title nor the authors agree: a wrong link" in text
    assert "authors (none): nobody in both" in text


def test_a_former_title_survives_a_night_without_arxiv_and_without_the_cache(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    settings = listed(tmp_path, fakes, *((url, title, who) for url, title, _, who in RETITLED[1:3]))
    pipeline.refresh(settings)
    before = published(settings)
    for file in Path(settings.cache).iterdir():
        if file.is_file():
            file.unlink()
    world.faults = [Fault("arxiv", "503"), Fault("datacite", "503")]
    assert pipeline.refresh(settings).degraded
    after = published(settings)
    assert [work.provenance["title"] for work in after.works] == [
        work.provenance["title"] for work in before.works
    ]
    assert [finding.code for finding in findings(settings)] == ["retitled", "retitled"]


def test_each_former_title_is_kept_once_under_its_first_version(
    tmp_path: Path, fakes: FakeServices, world: World
) -> None:
    url, title, _, who = RETITLED[1]
    preprint = world.preprints["2310.12868"]
    last = preprint.versions[1]
    preprint.versions = [
        preprint.versions[0],
        Version("2023-12-01T00:00:00Z", title.lower()),
        last,
        last,
    ]
    settings = listed(tmp_path, fakes, (url, title, who))
    pipeline.refresh(settings)
    (work,) = published(settings).works
    assert [
        (claim.identifier, claim.value)
        for claim in work.provenance["title"].also
        if claim.source == "arxiv"
    ] == [("arxiv:2310.12868v1", title)]


def test_versions_get_a_second_chance(tmp_path: Path, fakes: FakeServices, world: World) -> None:
    url, title, _, who = RETITLED[1]
    pipeline.refresh(listed(tmp_path, fakes, (url, world.preprints["2310.12868"].title, who)))
    settings = listed(tmp_path, fakes, (url, title, who))
    before = fakes.count("arxiv")
    world.faults = [Fault("arxiv", "500", lambda request: request.number <= before + 6)]
    run = pipeline.refresh(settings)
    assert run.degraded == []
    assert run.sources["arxiv.search"].found == 1
    assert [finding.code for finding in findings(settings)] == ["retitled"]


def test_versions_are_not_asked_offline_nor_for_titles_that_are_right(
    tmp_path: Path, fakes: FakeServices
) -> None:
    url, title, _, who = RETITLED[1]
    settings = listed(
        tmp_path, fakes, (url, title, who), ("https://arxiv.org/abs/2006.11239", "DDPM", "")
    )
    assert "arxiv.search" not in pipeline.refresh(settings, scope=Scope(offline=True)).sources
    pipeline.refresh(settings, scope=Scope(only="crossref"))
    assert fakes.count("arxiv") == 0
    assert pipeline.refresh(settings).sources["arxiv.search"].asked == 1


def test_a_version_that_nobody_has_is_not_found(fakes: FakeServices, tmp_path: Path) -> None:
    http = Http(make_settings(tmp_path, fakes, file=FILE))
    versions = [Identifier("arxiv", name) for name in ("2310.12868v1", "2310.12868v9")]
    answers = {answer.identifier.value: answer for answer in Arxiv().search(versions, http)}
    http.close()
    assert [answers[name.value].outcome for name in versions] == ["found", "not_found"]
    items = answers["2310.12868v1"].payload or {}
    assert items["items"]["2310.12868v1"]["title"].startswith("EMIT-Diff")


class Fact(msgspec.Struct):
    """A line of labelled.jsonl: a real work."""

    identifier: str
    title: str
    authors: list[tuple[str, str]]
    listed_as: str | None = None


FACTS = [
    msgspec.json.decode(line, type=Fact)
    for line in (DATA / "labelled.jsonl").read_bytes().splitlines()
]


def entry(fact: Fact, title: str, *, has_authors: bool = True) -> Mention:
    names = ", ".join(" ".join(names).strip() for names in fact.authors) if has_authors else None
    return Mention(seed="a.md", line=1, url="", role="paper", title=title, authors=names)


def known_as(fact: Fact) -> Work:
    people = [Author(" ".join(names).strip(), *names) for names in fact.authors]
    provenance = {"title": Provenance("crossref", fact.identifier)}
    return msgspec.structs.replace(
        make_work(1), title=fact.title, authors=people, provenance=provenance
    )


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.identifier)
def test_a_real_title_is_known_in_any_dress_and_taken_for_no_other(fact: Fact) -> None:
    dresses = {
        fact.title,
        fact.title.upper(),
        fact.title.replace("-", " ") + ".",
        fact.title.partition(": ")[0],
    }
    for has_authors in (True, False):
        for title in dresses:
            comparison = listed_titles.compare_listed_title(
                entry(fact, title, has_authors=has_authors), fact.identifier, known_as(fact)
            )
            assert comparison is not None
            assert (comparison.kind, comparison.author) == (
                "same",
                True if has_authors else None,
            ), title
        for other in FACTS if len(fact.title.split()) >= MIN_WORDS else ():
            comparison = listed_titles.compare_listed_title(
                entry(fact, fact.title, has_authors=has_authors), other.identifier, known_as(other)
            )
            assert comparison is not None
            expected = {"unlike", "unclear", "retitled"} if has_authors else {"unclear", "same"}
            assert other is fact or comparison.kind in expected, other.title


def test_a_place_without_a_title_is_not_judged() -> None:
    place = Place(
        seed="a.md",
        line=1,
        section=(),
        title=None,
        authors=None,
        date=None,
        url="https://doi.org/10.1000/001",
        label="P",
    )
    assert list(listed_titles.compare_places(make_work(1, mentions=[place]))) == []


PAPER = "Deep generative models for the synthesis of medical images"
PEOPLE = [
    Author("Li Sun", "Li", "Sun"),
    Author("Ann Abara", "Ann", "Abara"),
    Author("Bo Castro", "Bo", "Castro"),
]
NAMES = "Li Sun, Ann Abara, Bo Castro"
FACE, EARLIER = "doi:10.1000/001", "arxiv:2301.00001"


def judged(
    title: str, authors: str | None = NAMES, name: str = FACE, also: tuple[Claim, ...] = ()
) -> listed_titles.TitleComparison | None:
    provenance = {"title": Provenance("crossref", FACE, also)}
    work = msgspec.structs.replace(make_work(1), title=PAPER, authors=PEOPLE, provenance=provenance)
    return listed_titles.compare_listed_title(
        Mention(seed="a.md", line=1, url="", role="paper", title=title, authors=authors),
        name,
        work,
    )


@pytest.mark.parametrize(
    ("title", "authors", "kind"),
    [
        (f"{PAPER} at scale", NAMES, "slip"),  # cut, and the authors vouch
        (f"{PAPER} at scale", "Jane Roe, Richard Miles", "unlike"),
        (PAPER.replace("images", "scans"), None, "same"),  # a rule is silent rather than unsure
        (PAPER.replace("images", "scans"), NAMES, "retitled"),
        ("Quite another study about invented glass", NAMES, "retitled"),
        ("Quite another study about invented glass", "Sun", "unclear"),  # one Sun is found anywhere
        (
            "Quite another study about invented glass",
            "Sun, L., Abara, A., Castor, Roe, Miles, Doe",
            "unclear",
        ),
    ],
)
def test_a_title_is_judged_by_what_stands_beside_it(
    title: str, authors: str | None, kind: str
) -> None:
    comparison = judged(title, authors)
    assert comparison
    assert comparison.kind == kind


def test_a_title_is_held_against_that_of_the_form_that_is_linked() -> None:
    also = (Claim("arxiv", EARLIER, "How to make pictures of invented patients"),)
    for name, kind, witness in (
        (EARLIER, "same", EARLIER),
        (FACE, "former", EARLIER),
        ("pii:S1", "former", EARLIER),
    ):
        comparison = judged("How to make pictures of invented patients", name=name, also=also)
        assert comparison
        assert (comparison.kind, comparison.title_of) == (kind, witness)


def test_a_second_source_of_a_form_does_not_change_its_title() -> None:
    comparison = judged(
        PAPER, also=(Claim("datacite", FACE, "Quite another study about invented glass"),)
    )
    assert comparison
    assert (comparison.kind, comparison.title) == ("same", PAPER)


@pytest.mark.parametrize("source", ["list", "starter"])
def test_only_registries_bear_witness(source: str) -> None:
    comparison = judged(
        "How to make pictures of patients",
        also=(Claim(source, EARLIER, "How to make pictures of patients"),),
    )
    assert comparison
    assert comparison.kind == "retitled"


def test_a_title_that_is_hardly_nearer_is_no_former_one() -> None:
    comparison = judged(f"{PAPER}s", also=(Claim("arxiv", EARLIER, f"{PAPER}s"),))
    assert comparison
    assert comparison.kind == "slip"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        (PAPER.replace("for the", "with the"), "slip"),
        (PAPER.replace("for the", "for"), "slip"),
        (PAPER.replace("models", "model"), "slip"),
        (PAPER.replace("synthesis", "synthetis"), "slip"),
        (PAPER.upper(), "same"),
        (PAPER.replace("generative models", "generative-models"), "same"),
        (f"{PAPER} (Preprint)", "same"),
        (f"DGM: {PAPER}", "same"),
        (PAPER.removesuffix("images") + "...", "same"),
    ],
)
def test_a_title_that_is_nearly_right_is_a_slip(title: str, kind: str) -> None:
    comparison = judged(title)
    assert comparison
    assert comparison.kind == kind
