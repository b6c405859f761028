"""Classes of pairs, by what differs: those that are one work, and those that are two.

Each is judged twice: as a citation against a record, and end to end as a preprint and a published
record that no source joins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from harvest.linking.cluster import cluster
from harvest.linking.score import choose_candidate, of_record
from harvest.models import Author, Identifier, IntegrityNotice, Record

TITLE = "Qualitative assessment of retinal oxygen transport during pregnancy"
PEOPLE = ("Ada Lindqvist", "Bruno Okafor", "Chiara Demirel", "Daan Verhoeven")
GERMAN = "Qualitative Bewertung des Sauerstofftransports der Netzhaut"
SUBJECT = Identifier("pii", "S1")


@dataclass(frozen=True)
class Pair:
    """A preprint and a published record: what each has instead of the same as the other."""

    name: str
    title: str = TITLE
    other: str = TITLE
    preprint: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)

    def records(self) -> tuple[Record, Record]:
        return (
            record("arxiv", "2101.00001", "preprint", title=self.title, **self.preprint),
            record("doi", "10.5555/1", "version_of_record", title=self.other, **self.published),
        )


def record(scheme: str, value: str, kind: Any, **fields: Any) -> Record:
    people = fields.pop("people", PEOPLE)
    return Record(
        source="arxiv" if scheme == "arxiv" else "crossref",
        identifier=Identifier(scheme, value),
        kind=kind,
        authors=tuple(Author(name) for name in people),
        date=fields.pop("date", "2021"),
        **fields,
    )


NOTICE = IntegrityNotice("correction", "doi:10.5555/1", "2021", "crossref")
ONE_WORK = [
    Pair("equal"),
    Pair("letter case", other=TITLE.upper()),
    Pair("curly apostrophe", "A patient's view of oxygen in eyes", "A patient\u2019s view of oxygen in eyes"),
    Pair("prime as apostrophe", "A patient's view of oxygen in eyes", "A patient\u2032s view of oxygen in eyes"),
    Pair("accent as apostrophe", "A patient's view of oxygen in eyes", "A patient\u00b4s view of oxygen in eyes"),
    Pair("guillemets", "The \u201cblue\u201d window of oxygen in eyes", "The \u00abblue\u00bb window of oxygen in eyes"),
    Pair("spelling -ise", "Optimising oxygen transport for randomised trials", "Optimizing oxygen transport for randomized trials"),
    Pair("spelling -our", "Tumour behaviour under coloured light in eyes", "Tumor behavior under colored light in eyes"),
    Pair("spelling ae", "Anaemia and haemorrhage in paediatric centres", "Anemia and hemorrhage in pediatric centers"),
    Pair("spelling ll", "Modelling and labelling of channelled oxygen", "Modeling and labeling of channeled oxygen"),
    Pair("spelling of a word", "Grey artefacts of sulphate in retinal images", "Gray artifacts of sulfate in retinal images"),
    Pair("number words", "Oxygen transport in three retinas of two species", "Oxygen transport in 3 retinas of 2 species"),
    Pair("thousands", "Oxygen in the retina of 1,573 birds of prey", "Oxygen in the retina of 1573 birds of prey"),
    Pair("roman part", f"{TITLE}: Part II", f"{TITLE}: Part 2"),
    Pair("written part", f"{TITLE}: Part Two", f"{TITLE}: Part 2"),
    Pair("acronym before a colon", f"OxyMap: {TITLE}"),
    Pair("acronym behind a colon", other=f"{TITLE}: OxyMap"),
    Pair("original title", GERMAN, published={"original_titles": (GERMAN,)}),
    Pair("retracted", other=f"RETRACTED: {TITLE}"),
    Pair("retracted article", other=f"Retracted Article: {TITLE}"),
    Pair("withdrawn", f"WITHDRAWN: {TITLE}"),
    Pair("retracted in brackets", other=f"{TITLE} [Retracted]"),
    Pair("marked as a preprint", f"{TITLE} (Preprint)"),
    Pair("TeX", r"Search for $B^0 \to \mu^+\mu^-$ decays at $\sqrt{s}=13$ TeV", "Search for B\u2070 \u2192 \u03bc\u207a\u03bc\u207b decays at \u221as = 13 TeV"),
    Pair("MathML", r"The $\mathcal{N}=4$ theory and its $\alpha$ corrections in eyes", "The <mml:math><mml:mi>N</mml:mi><mml:mo>=</mml:mo><mml:mn>4</mml:mn></mml:math> theory and its <i>\u03b1</i> corrections in eyes"),
    Pair("TeX function", r"Bounds of order $O(n \log n)$ for sorting of retinas", "Bounds of order O(n log n) for sorting of retinas"),
    Pair("hyphens", "Pre-natal micro circulation of non-linear oxygen", "Prenatal microcirculation of nonlinear oxygen"),
    Pair("ampersand", "Oxygen and light in the retina of birds", "Oxygen & light in the retina of birds"),
    Pair("four years", published={"date": "2025"}),
    Pair("eight years", published={"date": "2029"}),
    Pair("one more author", published={"people": (*PEOPLE, "Emil Sato")}),
    Pair("another order of people", published={"people": PEOPLE[::-1]}),
    Pair("chapter of proceedings", published={"type": "book-chapter"}),
]  # fmt: skip
TWO_WORKS = [
    Pair("roman part", f"{TITLE}: Part II", f"{TITLE}: Part III"),
    Pair("roman letters in another order", f"{TITLE}: Part IV", f"{TITLE}: Part VI"),
    Pair("roman and arabic", f"{TITLE} II", f"{TITLE} 3"),
    Pair("written part", f"{TITLE}: Part One", f"{TITLE}: Part Two"),
    Pair("ordinals", f"First report: {TITLE}", f"Second report: {TITLE}"),
    Pair("digits in another order", f"{TITLE} 12", f"{TITLE} 21"),
    Pair("years", f"{TITLE} in 2012", f"{TITLE} in 2021"),
    Pair("years of a period", f"{TITLE}, 1998-2001", f"{TITLE}, 2001-2004"),
    Pair("numbers of other things", "Oxygen of 3 retinas in 12 birds of prey", "Oxygen of 12 retinas in 3 birds of prey"),
    Pair("number in the middle", "A 2D model of oxygen in retinal vessels", "A 3D model of oxygen in retinal vessels"),
    Pair("letters", f"{TITLE}: Part A", f"{TITLE}: Part B"),
    Pair("phases", f"{TITLE}: Phase 1", f"{TITLE}: Phase 2"),
    Pair("volumes", f"{TITLE}, Vol. 1", f"{TITLE}, Vol. 2"),
    Pair("chapters", f"Chapter 4: {TITLE}", f"Chapter 5: {TITLE}"),
    Pair("words for parts", f"{TITLE}: Part North", f"{TITLE}: Part South"),
    Pair("part on one side", TITLE, f"{TITLE}: Part II"),
    Pair("number on one side", TITLE, f"{TITLE} 2"),
    Pair("qualitative", TITLE, TITLE.replace("Qualitative", "Quantitative")),
    Pair("prenatal", "Prenatal oxygen transport in retinal vessels", "Postnatal oxygen transport in retinal vessels"),
    Pair("infinite", "Infinite groups of oxygen in retinal vessels", "Finite groups of oxygen in retinal vessels"),
    Pair("without", "Oxygen transport in vessels with stents", "Oxygen transport in vessels without stents"),
    Pair("unsupervised", "Supervised learning of oxygen in vessels", "Unsupervised learning of oxygen in vessels"),
    Pair("nonlinear", "Linear models of oxygen in retinal vessels", "Non-linear models of oxygen in retinal vessels"),
    Pair("not", "Oxygen does harm the retinal vessels of birds", "Oxygen does not harm the retinal vessels of birds"),
    Pair("hypo", "Hyperoxia of the retinal vessels of birds", "Hypoxia of the retinal vessels of birds"),
    Pair("male", "Oxygen in retinal vessels of male birds", "Oxygen in retinal vessels of female birds"),
    Pair("in vivo", "Oxygen of retinal vessels in vivo and lasers", "Oxygen of retinal vessels in vitro and lasers"),
    Pair("direction", "From oxygen to light in retinal vessels", "From light to oxygen in retinal vessels"),
    Pair("correction by its title", other=f"Correction to: {TITLE}"),
    Pair("correction by update-to", published={"notices": ((Identifier("doi", "10.5555/9"), NOTICE),)}),
    Pair("erratum behind", other=f"{TITLE}: Erratum"),
    Pair("retraction notice", other=f"Retraction Note: {TITLE}"),
    Pair("expression of concern", other=f"Expression of Concern: {TITLE}"),
    Pair("reply", other=f"Reply to: {TITLE}"),
    Pair("comment", other=f"Comment on \u201c{TITLE}\u201d"),
    Pair("editorial", other=f"Editorial: {TITLE}"),
    Pair("extended abstract", other=f"{TITLE} (Extended Abstract)"),
    Pair("abstract", other=f"{TITLE} [Abstract]"),
    Pair("supplement", other=f"Supplementary material for: {TITLE}"),
    Pair("data by its title", other=f"Data from: {TITLE}"),
    Pair("data by its type", published={"type": "dataset"}),
    Pair("book and chapter", preprint={"type": "book"}, published={"type": "book-chapter"}),
    Pair("review", published={"type": "peer-review"}),
    Pair("book review", other=f"Review of: {TITLE}"),
    Pair("other people", published={"people": ("Eva Nowak", "Farid Haddad", "Gil Tamar")}),
    Pair("another subject", "Oxygen transport in retinal vessels", "Glucose transport in retinal vessels"),
]  # fmt: skip
NAMES = [pair.name for pair in ONE_WORK], [pair.name for pair in TWO_WORKS]


def is_found(pair: Pair) -> bool:
    """Return True if a citation of the one is taken for the other."""
    preprint, published = pair.records()
    return choose_candidate(SUBJECT, of_record(preprint), [published]).accepted is not None


def is_joined(pair: Pair) -> bool:
    """Return True if the two become one work."""
    records = pair.records()
    return len(cluster([record.identifier for record in records], records).groups) == 1


@pytest.mark.parametrize("pair", ONE_WORK, ids=NAMES[0])
def test_a_citation_finds_its_work(pair: Pair) -> None:
    assert is_found(pair)


@pytest.mark.parametrize("pair", TWO_WORKS, ids=NAMES[1])
def test_a_citation_finds_no_other_work(pair: Pair) -> None:
    assert not is_found(pair)


@pytest.mark.parametrize("pair", ONE_WORK, ids=NAMES[0])
def test_two_forms_become_one_work(pair: Pair) -> None:
    assert is_joined(pair)


@pytest.mark.parametrize("pair", TWO_WORKS, ids=NAMES[1])
def test_two_works_stay_two(pair: Pair) -> None:
    assert not is_joined(pair)
