"""Ledgers and verdicts: what of a difference is noise, what is another work, and who may say so."""

from __future__ import annotations

import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.linking.cluster import cluster
from harvest.linking.ledger import format_ledgers
from harvest.linking.score import Description, choose_candidate, compare, of_record
from harvest.linking.titles import likeness
from harvest.models import Author, Identifier, Record

DATA = Path(__file__).parents[1] / "data"
SUBJECT = Identifier("ieee", "1")
TITLE = "Hierarchical Amortized GAN for 3D High Resolution Medical Image Synthesis"
AUTHORS = "Li Sun, Junxiang Chen, Yanwu Xu"
ALTERED = "Hao Sun, Wei Chen, Rui Xu"
PEOPLE = (("Li", "Sun"), ("Junxiang", "Chen"), ("Yanwu", "Xu"))


def record(
    doi: str = "10.5555/1",
    title: str = TITLE,
    people: tuple[tuple[str, str], ...] = PEOPLE,
    date: str = "2022",
    same_work: tuple[Identifier, ...] = (),
    work_type: str = "journal-article",
) -> Record:
    return Record(
        source="crossref",
        identifier=Identifier("doi", doi),
        kind="version_of_record",
        type=work_type,
        title=title,
        authors=tuple(Author(f"{first} {last}", first, last) for first, last in people),
        date=date,
        same_work=same_work,
    )


LISTED = Description(TITLE, AUTHORS, 2022)


@given(
    st.text(string.ascii_lowercase + " ", min_size=1),
    st.text(string.ascii_lowercase + " ", min_size=1),
)
def test_likeness_has_no_direction(one: str, other: str) -> None:
    assert likeness(one, other)[0] == pytest.approx(likeness(other, one)[0])
    assert 0 <= likeness(one, other)[0] <= 1
    assert likeness(one, one) == (1.0, None)


@pytest.mark.parametrize(
    "title",
    [
        TITLE.upper(),
        TITLE + ".",
        r"{H}ierarchical {A}mortized {GAN} for 3{D} {H}igh {R}esolution {M}edical {I}mage {S}ynthesis",
        "Hierachical Amortised GAN for 3D High Resolution Medical Image Synthesis",
        "Hierarchical Amortized GAN for 3D High Resolution Medic...",
        "Medical Image Synthesis: Hierarchical Amortized GAN for 3D High Resolution",
    ],
    ids=["case", "full stop", "latex", "misspelt", "cut short", "reordered"],
)
@pytest.mark.parametrize(
    "authors", [AUTHORS, "Sun, L., et al.", "Sun L, Chen J, Xu Y", "L. Sun and J. Chen and Y. Xu"]
)
def test_noise_is_seen_through(title: str, authors: str) -> None:
    assert (
        choose_candidate(SUBJECT, Description(title, authors, 2022), [record()]).accepted
        == "doi:10.5555/1"
    )


@pytest.mark.parametrize(
    ("description", "candidate", "penalty"),
    [
        (LISTED, record(title=TITLE.replace("3D", "2D")), "numbers"),
        (LISTED, record(title=TITLE + " II"), "numbers"),
        (LISTED, record(title="Retraction: " + TITLE), "notice"),
        (LISTED, record(people=(("Ann", "Abara"), ("Bo", "Castro"))), "authors"),
        (LISTED, record(work_type="component"), "type"),
        (LISTED, record(title="Image synthesis"), "cut"),
        (Description(None, AUTHORS, 2022), record(), "title"),
    ],
    ids=[
        "2D and 3D",
        "part two",
        "a notice",
        "other authors",
        "a figure",
        "another title",
        "no title",
    ],
)
def test_another_work_is_refused_by_name(
    description: Description, candidate: Record, penalty: str
) -> None:
    verdict = choose_candidate(SUBJECT, description, [candidate])
    assert verdict.accepted is None
    (ledger,) = verdict.ledgers
    assert penalty in {line.name for line in ledger.weights}
    assert penalty in format_ledgers(verdict)


def test_a_title_alone_is_not_believed() -> None:
    assert (
        choose_candidate(SUBJECT, Description(TITLE), [record()]).why
        == "neither an author nor the year agrees"
    )
    assert choose_candidate(SUBJECT, Description(TITLE, None, 2022), [record()]).accepted
    assert choose_candidate(
        SUBJECT, Description(TITLE, None, 2023), [record()]
    ).accepted  # publication lags behind
    assert not choose_candidate(SUBJECT, Description(TITLE, None, 2010), [record()]).accepted


def test_altered_people_are_named() -> None:
    verdict = choose_candidate(SUBJECT, Description(TITLE, ALTERED, 2022), [record()])
    assert verdict.accepted is None
    assert verdict.why.startswith("the authors are altered: nobody in both, but ")


def test_two_that_fit_are_one_too_many() -> None:
    two = [record(), record("10.5555/2")]
    assert choose_candidate(SUBJECT, LISTED, two).accepted is None
    assert (
        choose_candidate(
            SUBJECT, LISTED, [two[0], record("10.5555/2", "An unlike study of glass")]
        ).accepted
        == "doi:10.5555/1"
    )


def test_forms_of_one_work_do_not_compete() -> None:
    preprint = Record(
        source="crossref",
        identifier=Identifier("doi", "10.5555/0"),
        kind="preprint",
        title=TITLE,
        authors=record().authors,
        date="2022",
    )
    published = record(same_work=(preprint.identifier,))
    for order in ([preprint, published], [published, preprint]):
        assert choose_candidate(SUBJECT, LISTED, order).accepted == "doi:10.5555/1"


def test_a_tie_of_the_search_counts_only_between_rivals() -> None:
    rivals = [record(), record("10.5555/2", "An unlike study of glass")]
    assert (
        choose_candidate(SUBJECT, LISTED, rivals, tie=True).why
        == "the search found two equally good"
    )
    assert choose_candidate(SUBJECT, LISTED, rivals[:1], tie=True).accepted


def test_nothing_found_is_a_verdict_too() -> None:
    verdict = choose_candidate(SUBJECT, LISTED, [])
    assert (verdict.accepted, verdict.why, verdict.ledgers) == (None, "nothing was found", ())


@given(
    st.permutations(
        [record(), record("10.5555/2", TITLE + " of the heart"), record("10.5555/3", date="2011")]
    )
)
def test_the_order_of_the_candidates_plays_no_part(candidates: list[Record]) -> None:
    verdict = choose_candidate(SUBJECT, LISTED, candidates)
    assert verdict == choose_candidate(
        SUBJECT, LISTED, sorted(candidates, key=lambda r: r.identifier)
    )


@given(st.integers(1990, 2026), st.integers(1990, 2026))
def test_the_evidence_is_the_sum_of_its_weights(here: int, there: int) -> None:
    ledger = compare(Description(TITLE, AUTHORS, here), of_record(record(date=str(there))), "x")
    assert ledger.bits == pytest.approx(sum(line.bits for line in ledger.weights), abs=0.05)
    assert ledger.year == (abs(here - there) <= 1)


@pytest.mark.parametrize(
    ("title", "now"),
    [
        ("Medical Diffusion: Denoising Diffusion Probabilistic Models for 3D Medical Image Generation",
         "Denoising diffusion probabilistic models for 3D medical image generation"),
    ],
)  # fmt: skip
def test_a_retitled_paper_is_known_by_its_authors(title: str, now: str) -> None:
    people = (("Firas", "Khader"), ("Gustav", "Müller-Franzes"), ("Daniel", "Truhn"))
    names = "Firas Khader, Gustav Mueller-Franzes, Daniel Truhn"
    assert choose_candidate(
        SUBJECT, Description(title, names, 2022), [record(title=now, people=people, date="2023")]
    ).accepted
    others = (("Ann", "Abara"), ("Bo", "Castro"))
    assert not choose_candidate(
        SUBJECT, Description(title, names, 2022), [record(title=now, people=others)]
    ).accepted


LOOK_ALIKES = (
    ("doi:10.1016/j.cmpb.2021.106018", "doi:10.1016/j.cmpb.2021.106019"),
    ("arxiv:2211.13352", "arxiv:2308.12453"),
    ("arxiv:2112.03268", "arxiv:2303.02475"),
    ("arxiv:2112.03268", "arxiv:2202.00569"),
    ("arxiv:2303.02475", "arxiv:2202.00569"),
    ("arxiv:2208.11702", "doi:10.1007/978-3-031-16452-1_42"),
)


@pytest.fixture(scope="module")
def labelled() -> dict[str, Record]:
    """Real works by identifier."""
    lines = map(msgspec.json.decode, (DATA / "labelled.jsonl").read_bytes().splitlines())
    return {
        fact["identifier"]: Record(
            source="crossref",
            identifier=Identifier.of(fact["identifier"]),
            kind="preprint" if fact["identifier"].startswith("arxiv:") else "version_of_record",
            title=fact["title"],
            authors=tuple(
                Author(f"{first} {last}", first, last) for first, last in fact["authors"]
            ),
            date=str(fact["year"]),
        )
        for fact in lines
    }


@pytest.mark.parametrize(("one", "other"), [*LOOK_ALIKES, *((b, a) for a, b in LOOK_ALIKES)])
def test_look_alikes_are_not_taken_for_each_other(
    labelled: dict[str, Record], one: str, other: str
) -> None:
    description = of_record(labelled[one])
    assert choose_candidate(SUBJECT, description, [labelled[other]]).accepted is None
    assert choose_candidate(SUBJECT, description, [labelled[other], labelled[one]]).accepted == one


def test_look_alikes_are_not_joined_by_their_looks(labelled: dict[str, Record]) -> None:
    parted = cluster([record.identifier for record in labelled.values()], labelled.values()).groups
    home = {str(identifier): place for place, group in enumerate(parted) for identifier in group}
    assert all(home[one] != home[other] for one, other in LOOK_ALIKES)


def short_record(name: str, title: str, family: str = "Adib") -> Record:
    author = Author(f"Edmond {family}", "Edmond", family)
    return Record(
        source="crossref",
        identifier=Identifier("doi", name),
        title=title,
        authors=(author,),
        date="2023",
    )


WHOLE = "Synthetic signal generation with diffusion models: evidence from three hospitals"


@pytest.mark.parametrize("other", [f"Correction to: {WHOLE}", f"3D {WHOLE}", f"{WHOLE}: Part II"])
def test_a_part_of_a_title_is_no_match_where_others_have_it_too(other: str) -> None:
    candidates = [short_record("10.1000/a", WHOLE), short_record("10.1000/b", other)]
    description = Description(
        "Synthetic signal generation with diffusion models", "Edmond Adib", 2023
    )
    verdict = choose_candidate(Identifier("pii", "S1"), description, candidates, threshold=0.5)
    assert verdict.accepted is None
    assert "of doi:10.1000/b as well" in verdict.why
    assert (
        choose_candidate(Identifier("pii", "S1"), description, candidates[:1]).accepted
        == "doi:10.1000/a"
    )


def test_what_others_wrote_does_not_stand_in_the_way_of_a_part_of_a_title() -> None:
    candidates = [short_record("10.1000/a", WHOLE), short_record("10.1000/b", WHOLE, "Somebody")]
    description = Description(
        "Synthetic signal generation with diffusion models", "Edmond Adib", 2023
    )
    assert (
        choose_candidate(Identifier("pii", "S1"), description, candidates).accepted
        == "doi:10.1000/a"
    )
