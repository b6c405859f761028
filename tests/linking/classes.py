"""Classes of pairs, by what differs: those that are one work, and those that are two.

Each pair is a preprint and a published record that no source joins. `document` writes them and
their verdicts down as docs/linking.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from harvest.linking.cluster import cluster
from harvest.linking.score import choose_candidate, of_record
from harvest.models import Author, Identifier, IntegrityNotice, Record

TITLE = "Qualitative assessment of retinal oxygen transport during pregnancy"
PEOPLE = ("Ada Lindqvist", "Bruno Okafor", "Chiara Demirel", "Daan Verhoeven")
FAMILY_FIRST = tuple(" ".join(reversed(name.split())) for name in PEOPLE)
GERMAN = "Qualitative Bewertung des Sauerstofftransports der Netzhaut"
SUBJECT = Identifier("pii", "S1")
NOTICE = IntegrityNotice("correction", "doi:10.5555/1", "2021", "crossref")


@dataclass(frozen=True)
class Pair:
    """A preprint and a published record: what each has instead of the same as the other."""

    title: str = TITLE
    other: str = TITLE
    preprint: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)

    def records(self) -> tuple[Record, Record]:
        return (
            record("arxiv", "2101.00001", "preprint", title=self.title, **self.preprint),
            record("doi", "10.5555/1", "version_of_record", title=self.other, **self.published),
        )

    def is_found(self) -> bool:
        """Return True if a citation of the one is taken for the other."""
        preprint, published = self.records()
        return choose_candidate(SUBJECT, of_record(preprint), [published]).accepted is not None

    def is_joined(self) -> bool:
        """Return True if the two become one work."""
        records = self.records()
        return len(cluster([record.identifier for record in records], records).groups) == 1


def record(scheme: str, value: str, kind: Any, **fields: Any) -> Record:
    people = fields.pop("people", PEOPLE)
    return Record(
        source="arxiv" if scheme == "arxiv" else "crossref",
        identifier=Identifier(scheme, value),
        kind=kind,
        authors=tuple(person(it) for it in people),
        date=fields.pop("date", "2021"),
        **fields,
    )


def person(name: str) -> Author:
    """Return an author; a comma parts the family name from the given one."""
    family, comma, given = name.partition(", ")
    return Author(f"{given} {family}", given, family) if comma else Author(name)


def people(*names: str, others: tuple[str, ...] = ()) -> Pair:
    """Return a pair whose people differ. Each is "one form = other form", or both forms alike."""
    forms = [name.partition(" = ") for name in names]
    mine = tuple(one for one, _, _ in forms)
    yours = tuple(other or one for one, _, other in forms)
    return Pair(preprint={"people": mine}, published={"people": (*yours, *others)})


def published(**fields: Any) -> Pair:
    """Return a pair of which the published record has something else."""
    return Pair(published=fields)


ONE_WORK: dict[str, tuple[Pair, ...]] = {
    "letter case": (
        Pair(other=TITLE.upper()),
        Pair(TITLE.lower(), TITLE.title()),
        Pair("OxyMap reads eyes of birds in flight", "OXYMAP READS EYES OF BIRDS IN FLIGHT"),
    ),
    "apostrophes": tuple(
        Pair(f"A patient{one}s view of oxygen in eyes", f"A patient{other}s view of oxygen in eyes")
        for one, other in ("'\u2019", "'\u2032", "'\u00b4", "`\u02bc", "\u2019\uff07", "\u2018'")
    ),
    "quotes": tuple(
        Pair(f"The {one}blue{other} window of oxygen in eyes", 'The "blue" window of oxygen in eyes')
        for one, other in ("\u201c\u201d", "\u00ab\u00bb", "\u201e\u201c", "''", "\u300c\u300d", "\u2018\u2019", "  ")
    ),
    "dashes": tuple(
        Pair("Light-induced oxygen transport - a study of retinal vessels", f"Light{dash}induced oxygen transport {dash} a study of retinal vessels")
        for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"
    ),
    "hyphens": (
        Pair("Pre-natal micro circulation of non-linear oxygen", "Prenatal microcirculation of nonlinear oxygen"),
        Pair("Multi modal oxygen maps of retinal vessels", "Multimodal oxygen maps of retinal vessels"),
        Pair("Post-operative follow up of retinal vessels", "Postoperative followup of retinal vessels"),
        Pair("Data driven oxygen maps of the eye-ground", "Data-driven oxygen maps of the eyeground"),
    ),
    "British and American spelling": (
        Pair("Optimising oxygen transport for randomised trials", "Optimizing oxygen transport for randomized trials"),
        Pair("Tumour behaviour under coloured light in eyes", "Tumor behavior under colored light in eyes"),
        Pair("Anaemia and haemorrhage in paediatric centres", "Anemia and hemorrhage in pediatric centers"),
        Pair("Modelling and labelling of channelled oxygen", "Modeling and labeling of channeled oxygen"),
        Pair("Grey artefacts of sulphate in retinal images", "Gray artifacts of sulfate in retinal images"),
        Pair("Analysing the defence of oesophageal fibres", "Analyzing the defense of esophageal fibers"),
        Pair("A catalogue of programmes for foetal oedema", "A catalog of programs for fetal edema"),
        Pair("Ageing eyes and judgement among travellers", "Aging eyes and judgment among travelers"),
    ),
    "titles with words of notices": (
        *(Pair("OxyMap of retinal vessels", f"OxyMap of retinal vessels: {rest}") for rest in (
            "Design of a large map", "Point of care", "Missing data in trials", "Baseline data",
        )),
        Pair(f"{TITLE} (New Edition)", TITLE),
    ),
    "parts in any order around a word": (
        Pair("A comparison of oxygen versus light for vessels", "A comparison of light versus oxygen for vessels"),
        Pair("Correlation of light with oxygen in vessels", "Correlation of oxygen with light in vessels"),
    ),
    "proceedings by their number": (
        *(
            Pair(title, title, published={"date": "2022"})
            for title in ("Proceedings of the 34th workshop on retinal oxygen", "First annual review of retinal oxygen")
        ),
    ),
    "number words": (
        Pair("Oxygen transport in three retinas of two species", "Oxygen transport in 3 retinas of 2 species"),
        Pair("Sixty-eight birds with retinal oxygen maps", "68 birds with retinal oxygen maps"),
        Pair("Twenty one years of oxygen in retinal vessels", "21 years of oxygen in retinal vessels"),
        Pair("Second order models of oxygen in vessels", "2nd-order models of oxygen in vessels"),
        Pair("Three-dimensional maps of oxygen in vessels", "3D maps of oxygen in vessels"),
        Pair("The twelfth survey of oxygen in vessels", "The 12th survey of oxygen in vessels"),
    ),
    "thousands": (
        Pair("Oxygen in the retina of 1,573 birds of prey", "Oxygen in the retina of 1573 birds of prey"),
        Pair("Oxygen in the retina of 74\u202f501 birds of prey", "Oxygen in the retina of 74,501 birds of prey"),
        Pair("Oxygen in the retina of 1\u2009000\u2009000 birds", "Oxygen in the retina of 1,000,000 birds"),
    ),
    "a title twice": (
        Pair(other=f"{TITLE} {TITLE}"),
        Pair(f"{TITLE}. {TITLE.upper()}"),
        Pair(other=f"{TITLE}: {TITLE}"),
    ),
    "words that say nothing new": (
        Pair("Yoga for sleep: a randomised trial", "Yoga for sleep: a randomized controlled trial"),
        Pair("Randomised clinical trials of yoga", "Randomised trials of yoga"),
    ),
    "numbers that a name may lack": (
        Pair("Sleep of nurses during the COVID-19 pandemic", "Sleep of nurses during the COVID pandemic"),
        Pair("Sleep of nurses and covid19 in rural Finland", "Sleep of nurses and COVID in rural Finland"),
        Pair("COVID and 19 nurses of rural Finland", "COVID-19 and 19 nurses of rural Finland"),
    ),
    "numerals of a part": (
        Pair(f"{TITLE}: Part II", f"{TITLE}: Part 2"),
        Pair(f"{TITLE}: Part Two", f"{TITLE}: Part 2"),
        Pair(f"{TITLE}, Volume IX", f"{TITLE}, Volume 9"),
        Pair(f"{TITLE} III", f"{TITLE}, 3"),
        Pair(f"{TITLE}: Phase III", f"{TITLE}: phase three"),
        Pair(f"Part I. {TITLE}", f"Part 1: {TITLE}"),
        Pair(f"First part: {TITLE}", f"1st part: {TITLE}"),
    ),
    "acronym before or behind a colon": (
        Pair(f"OxyMap: {TITLE}"),
        Pair(other=f"{TITLE}: OxyMap"),
        Pair(other=f"OXY-NET - {TITLE}"),
        Pair(f"{TITLE} (OxyMap)"),
        Pair(other=f"{TITLE} \u2014 OxyMap"),
    ),
    "acronym beside its words": (
        Pair("Maps by optical coherence tomography (OCT) of eyes", "Maps by optical coherence tomography of eyes"),
        Pair("Eyes with acute respiratory syndrome (ARS) in birds", "Eyes with acute respiratory syndrome in birds"),
        Pair("Quality of life (QoL) with retinal implants", "Quality of life with retinal implants"),
    ),
    "acronym in place of its words": (
        Pair("Maps of the retinal oxygen by OCT in pregnant birds", "Maps of the retinal oxygen by optical coherence tomography in pregnant birds"),
        Pair("Symptoms of the retinal vessels in COVID-19 among birds of prey", "Symptoms of the retinal vessels in coronavirus disease 2019 among birds of prey"),
        Pair("Antibodies against SARS-CoV-2 in birds of prey", "Antibodies against severe acute respiratory syndrome coronavirus 2 in birds of prey"),
        Pair("Uptake of remote SBRT planning during winter", "Uptake of remote stereotactic body radiation therapy planning during winter"),
    ),
    "original title": (
        Pair(GERMAN, published={"original_titles": (GERMAN,)}),
        Pair(other=GERMAN, published={"original_titles": (TITLE,)}),
        Pair("Транспорт кислорода в сетчатке глаза птиц", published={"original_titles": ("Транспорт кислорода в сетчатке глаза птиц",)}),
    ),
    "status words": (
        Pair(other=f"RETRACTED: {TITLE}"),
        Pair(other=f"Retracted Article: {TITLE}"),
        Pair(f"WITHDRAWN: {TITLE}"),
        Pair(other=f"{TITLE} [Retracted]"),
        Pair(other=f"[RETRACTED] {TITLE}"),
        Pair(other=f"RETRACTED ARTICLE: {TITLE}"),
        Pair(f"{TITLE} (Preprint)"),
        Pair(f"{TITLE} (Extended Version)"),
        Pair(f"{TITLE} (Technical Report)"),
        Pair(other=f"TEMPORARY REMOVAL: {TITLE}"),
    ),
    "mathematics": (
        Pair(r"Search for $B^0 \to \mu^+\mu^-$ decays at $\sqrt{s}=13$ TeV", "Search for B\u2070 \u2192 \u03bc\u207a\u03bc\u207b decays at \u221as = 13 TeV"),
        Pair(r"Bounds of order $O(n \log n)$ for sorting of retinas", "Bounds of order O(n log n) for sorting of retinas"),
        Pair(r"Levels of $\alpha$-synuclein in retinal vessels", "Levels of \u03b1-synuclein in retinal vessels"),
        Pair(r"Effects of CO$_2$ on the vessels of the retina", "Effects of CO<sub>2</sub> on the vessels of the retina"),
        Pair(r"On the $L^p$ norm of oxygen in retinal vessels", "On the L<sup>p</sup> norm of oxygen in retinal vessels"),
    ),
    "entities and tags": (
        Pair("Oxygen and light in the retina of birds", "Oxygen & light in the retina of birds"),
        Pair("Oxygen & light in the retina of birds", "Oxygen &amp; light in the retina of birds"),
        Pair("Oxygen in the retina of Falco peregrinus", "Oxygen in the retina of <i>Falco peregrinus</i>"),
        Pair("Na\u00efve estimates of oxygen in retinal vessels", "Na&iuml;ve estimates of oxygen in retinal vessels"),
    ),
    "accents and ligatures": (
        Pair("M\u00fcller cells and oxygen \ufb02ow in the retina", "Muller cells and oxygen flow in the retina"),
        Pair("Schr\u00f6dinger bridges for oxygen in the retina", 'Schr\\"odinger bridges for oxygen in the retina'),
    ),
    "a slip of the pen": (
        Pair("A configrable model of oxygen in retinal vessels", "A configurable model of oxygen in retinal vessels"),
        Pair("Assessment of retinal oxgyen transport in birds", "Assessment of retinal oxygen transport in birds"),
    ),
    "years": tuple(published(date=str(year)) for year in (2020, 2022, 2023, 2025, 2027, 2029)),
    "people in another order": (
        published(people=PEOPLE[::-1]),
        published(people=(*PEOPLE[1:], PEOPLE[0])),
        published(people=(PEOPLE[1], PEOPLE[0], *PEOPLE[2:])),
        published(people=tuple(sorted(PEOPLE, key=lambda name: name.split()[-1]))),
    ),
    "people added or left out": (
        published(people=(*PEOPLE, "Emil Sato")),
        published(people=(*PEOPLE[:2], "Emil Sato", *PEOPLE[2:])),
        published(people=("Emil Sato", *PEOPLE)),
        published(people=PEOPLE[:-1]),
        published(people=PEOPLE[1:]),
        published(people=(*PEOPLE, "Emil Sato", "Femke Oduya")),
    ),
    "consortium": (
        published(people=(*PEOPLE, "The Retina Study Group")),
        published(people=("Oxygen Consortium", *PEOPLE)),
        published(people=(*PEOPLE, "the RETOX Collaboration")),
        published(people=(*PEOPLE, "RETOX Investigators")),
    ),
    "given and family name swapped": (
        people(*(f"{name} = {other}" for name, other in zip(PEOPLE, FAMILY_FIRST, strict=True))),
        people(f"{PEOPLE[0]} = {FAMILY_FIRST[0]}", *PEOPLE[1:]),
        people("Lindqvist, Ada = Ada, Lindqvist", "Okafor, Bruno = Bruno, Okafor"),
    ),
    "family name first": (
        people("Wei Zhang = Zhang Wei", "Xiaoming Li = Li Xiaoming", "Jing Wang = Wang Jing"),
        people("Xiao-Ming Li = Li Xiaoming", "Yu-Han Chen = Chen Yuhan", "Hao Wu = Wu Hao"),
        people("Van Minh Nguyen = Nguyen Van Minh", "Thi Lan Tran = Tran Thi Lan"),
        people("G\u00e1bor Szab\u00f3 = Szab\u00f3 G\u00e1bor", "Eszter Nagy = Nagy Eszter", "P\u00e9ter T\u00f3th = T\u00f3th P\u00e9ter"),
        people("Min-Jun Kim = Kim Min Jun", "Seo-Yeon Park = Park Seoyeon", "Ji-Woo Lee = Lee Ji Woo"),
        people("Kenji Tanaka = Tanaka Kenji", "Yuki Sato = Sato Yuki"),
    ),
    "double family names": (
        people("Mar\u00eda Garc\u00eda L\u00f3pez = Mar\u00eda Garc\u00eda", "Jos\u00e9 Silva Santos = Jos\u00e9 Santos", "Ana Ruiz Mora"),
        people("Garc\u00eda-L\u00f3pez, Mar\u00eda = Garc\u00eda L\u00f3pez, M.", "Silva-Santos, Jos\u00e9 = Silva Santos, J."),
        people("Emma Smith-Jones = Emma Jones", "Li Sun", "Tom Brown"),
    ),
    "particles": (
        people("Ludwig van Beek = Ludwig Beek", "Anna de la Cruz = Anna Cruz", "Karl von Hagen = Karl Hagen"),
        people("van Beek, Ludwig = Beek, L. van", "de la Cruz, Anna = Cruz, A. de la"),
        people("Omar Al-Khalil = Omar Alkhalil", "Sara el Amrani = Sara El-Amrani", "Li Sun"),
    ),
    "suffixes": (
        people("Robert Hall Jr. = Robert Hall", "Ada Lindqvist", "Bruno Okafor III = Bruno Okafor"),
        people("Hall Jr., Robert = Hall, Robert", "Lindqvist, Ada", "Okafor, Bruno"),
        people("Dr. Ada Lindqvist = Ada Lindqvist", "Bruno Okafor PhD = Bruno Okafor", "Chiara Demirel"),
    ),
    "initials": (
        people("Ada Lindqvist = A. Lindqvist", "Bruno Okafor = B Okafor", "Chiara Demirel = C. Demirel"),
        people("Ada Maria Lindqvist = A. M. Lindqvist", "Bruno C. Okafor = BC Okafor", "Chiara Demirel"),
        people("Lindqvist, Ada M. = Lindqvist, Ada", "Okafor, Bruno = Okafor, B.", "Demirel, Chiara"),
        people("Ada Lindqvist = Lindqvist A", "Bruno Okafor = Okafor B", "Chiara Demirel = Demirel C"),
    ),
    "short forms of given names": (
        people("Michael Carey = Mike Carey", "David Lomet = Dave Lomet", "Frederick Reiss = Fred Reiss"),
        people("Carey, William = Carey, Bill", "Lomet, Robert = Lomet, Bob"),
    ),
    "accents of people": (
        people("J\u00fcrgen M\u00fcller = Juergen Mueller", "S\u00f8ren \u00c5strand = Soeren Aastrand", "Zo\u00eb Gr\u00f6\u00df = Zoe Groess"),
        people("J\u00fcrgen M\u00fcller = Jurgen Muller", "S\u00f8ren \u00c5strand = Soren Astrand", "Zo\u00eb Gr\u00f6\u00df = Zoe Gross"),
        people("\u0141ukasz Wo\u017aniak = Lukasz Wozniak", "\u0130brahim \u00c7elik = Ibrahim Celik"),
        people("\u0110or\u0111e Petrovi\u0107 = Djordje Petrovic", "Ana Kova\u010d = Ana Kovac", "Ivo \u0160imi\u0107 = Ivo Simic"),
    ),
    "letters lost to an encoding": (
        people("Mendon\u00e7a, Nelson = Mendon?a, Nelson", "De\u00dfloch, Stefan = De?loch, Stefan"),
        people("Meral \u00d6zsoyoglu = Meral ?zsoyoglu", "Per-\u00c5ke Larson = Per-?ke Larson", "Li Sun"),
        people("Jos\u00e9 Blakeley = Jos\ufffd Blakeley", "Oliver G\u00fcnther = Oliver G\ufffdnther"),
    ),
    "another script": (
        people("\u0410\u043b\u0435\u043a\u0441\u0435\u0439 \u0418\u0432\u0430\u043d\u043e\u0432 = Alexey Ivanov", "\u041e\u043b\u044c\u0433\u0430 \u041f\u0435\u0442\u0440\u043e\u0432\u0430 = Olga Petrova"),
        people("\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2 \u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2 = Giorgos Papadopoulos", "\u039c\u03b1\u03c1\u03af\u03b1 \u039d\u03b9\u03ba\u03bf\u03bb\u03ac\u03bf\u03c5 = Maria Nikolaou"),
        people("\u5f20\u4f1f = Wei Zhang", "\u674e\u5a1c = Na Li", "\u738b\u82b3 = Fang Wang"),
        people("\uae40\ubbfc\uc900 = Min-Jun Kim", "\ubc15\uc11c\uc5f0 = Seo-Yeon Park", "\uc774\uc9c0\uc6b0 = Ji-Woo Lee"),
        people("\u0421\u0435\u0440\u0433\u0456\u0439 \u0428\u0435\u0432\u0447\u0435\u043d\u043a\u043e = Serhii Shevchenko", "\u042e\u0440\u0456\u0439 \u041a\u043e\u0432\u0430\u043b\u044c = Yurii Koval"),
    ),
    "chapter of proceedings": (
        published(type="book-chapter"),
        published(type="proceedings-article"),
    ),
}  # fmt: skip

TWO_WORKS: dict[str, tuple[Pair, ...]] = {
    "multiples of number words": (
        Pair("One hundred thousand genomes of birds and mice", "One hundred genomes of birds and mice"),
        Pair("Two hundred thousand cells of retinal vessels", "Two hundred million cells of retinal vessels"),
    ),
    "a number in a subtitle": (
        Pair(f"{TITLE}: outcomes at 10 years in three centres", TITLE),
        Pair(f"{TITLE}: the second survey of 400 households", TITLE),
    ),
    "a chapter of law": (
        Pair("Chapter 11 bankruptcy and the value of the firm", "Bankruptcy and the value of the firm"),
        Pair("Chapter 7 filings of firms in distress", "Filings of firms in distress"),
    ),
    "numerals of a part": (
        Pair(f"{TITLE}: Part II", f"{TITLE}: Part III"),
        Pair(f"{TITLE}: Part IV", f"{TITLE}: Part VI"),
        Pair(f"{TITLE} II", f"{TITLE} 3"),
        Pair(f"{TITLE}: Part One", f"{TITLE}: Part Two"),
        Pair(f"{TITLE}, Volume XI", f"{TITLE}, Volume IX"),
        Pair(f"Part I: {TITLE}", f"Part II: {TITLE}"),
        Pair(f"{TITLE}: Part A", f"{TITLE}: Part B"),
        Pair(f"{TITLE}: Parts I and II", f"{TITLE}: Part II"),
        Pair(f"{TITLE} I", f"{TITLE} II"),
        Pair(f"{TITLE}: Part 1 of 2", f"{TITLE}: Part 2 of 2"),
    ),
    "ordinals": (
        Pair(f"First report: {TITLE}", f"Second report: {TITLE}"),
        Pair("The 3rd survey of oxygen in retinal vessels", "The 4th survey of oxygen in retinal vessels"),
        Pair("The third survey of oxygen in retinal vessels", "The 13th survey of oxygen in retinal vessels"),
        Pair("Twenty-first survey of oxygen in retinal vessels", "Twenty-second survey of oxygen in retinal vessels"),
    ),
    "digits in another order": (
        Pair(f"{TITLE} 12", f"{TITLE} 21"),
        Pair(f"{TITLE} in 2012", f"{TITLE} in 2021"),
        Pair(f"{TITLE}, No. 123", f"{TITLE}, No. 132"),
        Pair("Oxygen transport in 102 retinas", "Oxygen transport in 120 retinas"),
        Pair("OxyMap 1, 2: maps of retinal vessels", "OxyMap 12: maps of retinal vessels"),
    ),
    "years": (
        Pair(f"{TITLE}, 1998-2001", f"{TITLE}, 2001-2004"),
        Pair(f"{TITLE} 2019", f"{TITLE} 2020"),
        Pair(f"Findings of the 2019 challenge: {TITLE}", f"Findings of the 2020 challenge: {TITLE}"),
        Pair("Oxygen statistics of the eye, 2020", "Oxygen statistics of the eye, 2021"),
        Pair("Oxygen statistics of the eye", "Oxygen statistics of the eye, 2021"),
        Pair(f"{TITLE} 2010/11", f"{TITLE} 2011/12"),
    ),
    "numbers of other things": (
        Pair("Oxygen of 3 retinas in 12 birds of prey", "Oxygen of 12 retinas in 3 birds of prey"),
        Pair("From 2D maps to 3D models of oxygen", "From 3D maps to 2D models of oxygen"),
    ),
    "numbers in the middle": (
        Pair("A 2D model of oxygen in retinal vessels", "A 3D model of oxygen in retinal vessels"),
        Pair("Oxygen in the retina of 12 birds of prey", "Oxygen in the retina of 13 birds of prey"),
        Pair("Two-stage models of oxygen in retinal vessels", "Three-stage models of oxygen in retinal vessels"),
        Pair("Type 1 diabetes and the oxygen of retinal vessels", "Type 2 diabetes and the oxygen of retinal vessels"),
        Pair("Sixty-eight birds with retinal oxygen maps", "Sixty-nine birds with retinal oxygen maps"),
        Pair("ResNet-18 for maps of oxygen in retinal vessels", "ResNet-34 for maps of oxygen in retinal vessels"),
        Pair("Decays at 7 TeV in the vessels of the retina", "Decays at 13 TeV in the vessels of the retina"),
        Pair("Decays at 1.5 TeV in the vessels of the retina", "Decays at 5.1 TeV in the vessels of the retina"),
    ),
    "parts by other nouns": (
        Pair(f"{TITLE}: Phase 1", f"{TITLE}: Phase 2"),
        Pair(f"{TITLE}, Vol. 1", f"{TITLE}, Vol. 2"),
        Pair(f"Chapter 4: {TITLE}", f"Chapter 5: {TITLE}"),
        Pair(f"{TITLE}: Episode IV", f"{TITLE}: Episode V"),
        Pair(f"{TITLE}: Study 1", f"{TITLE}: Study 2"),
        Pair(f"Lecture 3. {TITLE}", f"Lecture 4. {TITLE}"),
        Pair(f"{TITLE}: Third Edition", f"{TITLE}: Fourth Edition"),
    ),
    "parts by words": (
        Pair(f"{TITLE}: Part North", f"{TITLE}: Part South"),
        Pair(f"{TITLE}: Part Theory", f"{TITLE}: Part Practice"),
        Pair(f"{TITLE}: Book of Light", f"{TITLE}: Book of Night"),
        Pair(f"{TITLE}. I. Theory", f"{TITLE}. II. Experiments"),
    ),
    "a part on one side": (
        Pair(other=f"{TITLE}: Part II"),
        Pair(other=f"{TITLE} 2"),
        Pair(other=f"{TITLE} v2"),
        Pair(f"{TITLE}, Part 1"),
        Pair(other=f"{TITLE}: Phase 3"),
        Pair(f"{TITLE} (II)"),
    ),
    "opposite words": (
        Pair(other=TITLE.replace("Qualitative", "Quantitative")),
        Pair("Oxygen in retinal vessels of male birds", "Oxygen in retinal vessels of female birds"),
        Pair("Oxygen of retinal vessels in vivo and lasers", "Oxygen of retinal vessels in vitro and lasers"),
        Pair("Early oxygen loss in retinal vessels of birds", "Late oxygen loss in retinal vessels of birds"),
        Pair("Lower bounds of oxygen in retinal vessels", "Upper bounds of oxygen in retinal vessels"),
        Pair("Systolic oxygen pressure of retinal vessels", "Diastolic oxygen pressure of retinal vessels"),
        Pair("Forward models of oxygen in retinal vessels", "Inverse models of oxygen in retinal vessels"),
        Pair("Acute oxygen loss of the retina in birds", "Chronic oxygen loss of the retina in birds"),
        Pair("Oxygen maps of the left eye of pregnant birds", "Oxygen maps of the right eye of pregnant birds"),
        Pair("Benefits of oxygen for retinal vessels of birds", "Harms of oxygen for retinal vessels of birds"),
        Pair("Static models of oxygen in retinal vessels", "Dynamic models of oxygen in retinal vessels"),
        Pair("Oxygen in the retinas of children under light", "Oxygen in the retinas of adults under light"),
    ),
    "opposite beginnings": (
        Pair("Prenatal oxygen transport in retinal vessels", "Postnatal oxygen transport in retinal vessels"),
        Pair("Pre-operative oxygen of retinal vessels", "Post-operative oxygen of retinal vessels"),
        Pair("Infinite groups of oxygen in retinal vessels", "Finite groups of oxygen in retinal vessels"),
        Pair("Supervised learning of oxygen in vessels", "Unsupervised learning of oxygen in vessels"),
        Pair("Linear models of oxygen in retinal vessels", "Non-linear models of oxygen in retinal vessels"),
        Pair("Hyperoxia of the retinal vessels of birds", "Hypoxia of the retinal vessels of birds"),
        Pair("Intracellular oxygen of the retinal vessels", "Extracellular oxygen of the retinal vessels"),
        Pair("Interocular oxygen of the retinal vessels", "Intraocular oxygen of the retinal vessels"),
        Pair("Homogeneous oxygen of the retinal vessels", "Heterogeneous oxygen of the retinal vessels"),
        Pair("Monocular maps of oxygen in retinal vessels", "Binocular maps of oxygen in retinal vessels"),
        Pair("Microvascular oxygen of the retina of birds", "Macrovascular oxygen of the retina of birds"),
        Pair("Symmetric flow of oxygen in retinal vessels", "Asymmetric flow of oxygen in retinal vessels"),
        Pair("Reversible loss of oxygen in retinal vessels", "Irreversible loss of oxygen in retinal vessels"),
        Pair("Antemortem oxygen of the retinal vessels", "Postmortem oxygen of the retinal vessels"),
        Pair("Undersampling of oxygen in retinal vessels", "Oversampling of oxygen in retinal vessels"),
        Pair("Exogenous oxygen of the retinal vessels", "Endogenous oxygen of the retinal vessels"),
        Pair("Regular maps of oxygen in retinal vessels", "Irregular maps of oxygen in retinal vessels"),
    ),
    "denials": (
        Pair("Oxygen transport in vessels with stents", "Oxygen transport in vessels without stents"),
        Pair("Oxygen does harm the retinal vessels of birds", "Oxygen does not harm the retinal vessels of birds"),
        Pair("Evidence of oxygen in retinal vessels of birds", "No evidence of oxygen in retinal vessels of birds"),
        Pair("Smokers and the oxygen of retinal vessels", "Non-smokers and the oxygen of retinal vessels"),
        Pair("Inflammatory light in retinal vessels of birds", "Anti-inflammatory light in retinal vessels of birds"),
    ),
    "direction": (
        Pair("From oxygen to light in retinal vessels", "From light to oxygen in retinal vessels"),
        Pair("Mapping images to oxygen of retinal vessels", "Mapping oxygen to images of retinal vessels"),
        Pair("Text-to-image models for retinal vessels", "Image-to-text models for retinal vessels"),
    ),
    "correction": (
        Pair(other=f"Correction to: {TITLE}"),
        Pair(other=f"Correction: {TITLE}"),
        Pair(other=f"{TITLE}: Erratum"),
        Pair(other=f"Erratum to \u201c{TITLE}\u201d"),
        Pair(other=f"Corrigendum to \u201c{TITLE}\u201d [J. Eyes 12 (2020) 1-9]"),
        Pair(other=f"Author Correction: {TITLE}"),
        Pair(other=f"Publisher\u2019s Correction: {TITLE}"),
        Pair(other=f"{TITLE} (Corrigendum)"),
        Pair(other=f"Addendum: {TITLE}"),
        Pair(other=f"Errata for {TITLE}"),
        published(notices=((Identifier("doi", "10.5555/9"), NOTICE),)),
    ),
    "notices": (
        Pair(other=f"Retraction Note: {TITLE}"),
        Pair(other=f"Retraction notice to \u201c{TITLE}\u201d"),
        Pair(other=f"Notice of Retraction: {TITLE}"),
        Pair(other=f"Expression of Concern: {TITLE}"),
        Pair(other=f"Editorial Expression of Concern: {TITLE}"),
        Pair(other=f"Statement of retraction: {TITLE}"),
        Pair(other=f"Withdrawal notice: {TITLE}"),
    ),
    "replies and comments": (
        Pair(other=f"Reply to: {TITLE}"),
        Pair(other=f"Author response: {TITLE}"),
        Pair(other=f"Authors\u2019 reply to \u201c{TITLE}\u201d"),
        Pair(other=f"Response to \u201c{TITLE}\u201d"),
        Pair(other=f"Rejoinder: {TITLE}"),
        Pair(other=f"Comment on \u201c{TITLE}\u201d"),
        Pair(other=f"Comments on: {TITLE}"),
        Pair(other=f"Commentary: {TITLE}"),
        Pair(other=f"Discussion of \u201c{TITLE}\u201d"),
        Pair(other=f"Invited commentary on: {TITLE}"),
        Pair(other=f"Reply on RC1: {TITLE}"),
        Pair(other=f"{TITLE}: a reply"),
        Pair(other=f"{TITLE}: Reply"),
        Pair(other=f"{TITLE}: Comment"),
        Pair(other=f"{TITLE} \u2014 Authors\u2019 Reply"),
        Pair(other=f"A commentary on {TITLE}"),
        Pair(other=f"Letter to the editor: {TITLE}"),
        Pair(other=f"Re: {TITLE}"),
        Pair(other=f"In reply to \u201c{TITLE}\u201d"),
        Pair(other=f"Introduction to the special issue: {TITLE}"),
    ),
    "editorials and reviews": (
        Pair(other=f"Editorial: {TITLE}"),
        Pair(other=f"Guest editorial: {TITLE}"),
        Pair(other=f"{TITLE} (Editorial)"),
        Pair(other=f"{TITLE}: Editorial"),
        Pair(other=f"Review of: {TITLE}"),
        Pair(other=f"Book review: {TITLE}"),
        Pair(other=f"{TITLE} - Book Review"),
        Pair(other=f"Peer review of \u201c{TITLE}\u201d"),
        Pair(other=f"Decision letter: {TITLE}"),
        Pair(other=f"Preface to \u201c{TITLE}\u201d"),
        published(type="peer-review"),
    ),
    "abstracts": (
        Pair(other=f"{TITLE} (Extended Abstract)"),
        Pair(other=f"{TITLE} [Abstract]"),
        Pair(f"{TITLE}: Extended Abstract"),
        Pair(other=f"{TITLE} (Abstract)"),
        Pair(other=f"Abstract: {TITLE}"),
        Pair(other=f"Extended Abstract: {TITLE}"),
        Pair(other=f"Abstract 1234: {TITLE}"),
        Pair(other=f"{TITLE} (Conference Abstract)"),
        Pair(other=f"{TITLE} (Student Abstract)"),
    ),
    "supplements and data": (
        Pair(other=f"Supplementary material for: {TITLE}"),
        Pair(other=f"Supplement to \u201c{TITLE}\u201d"),
        Pair(other=f"{TITLE}: Supplementary Information"),
        Pair(other=f"Supporting information for: {TITLE}"),
        Pair(other=f"Additional file 1 of {TITLE}"),
        Pair(other=f"Data from: {TITLE}"),
        Pair(other=f"Dataset for \u201c{TITLE}\u201d"),
        Pair(other=f"Replication data for: {TITLE}"),
        Pair(other=f"Code for: {TITLE}"),
        Pair(other=f"{TITLE}: dataset"),
        Pair(other=f"Figure S1 from {TITLE}"),
        published(type="dataset"),
        published(type="software"),
        published(type="component"),
    ),
    "protocols": (
        Pair(other=f"{TITLE}: study protocol"),
        Pair(other=f"{TITLE}: a protocol for a systematic review"),
        Pair(other=f"{TITLE} (protocol)"),
        Pair(other=f"Protocol for: {TITLE}"),
        Pair(f"{TITLE}: Statistical Analysis Plan"),
    ),
    "book and chapter": (
        Pair(preprint={"type": "book"}, published={"type": "book-chapter"}),
        Pair(preprint={"type": "monograph"}, published={"type": "book-part"}),
        Pair(preprint={"type": "book-chapter"}, published={"type": "edited-book"}),
    ),
    "sequels": (
        Pair(other=f"{TITLE} revisited"),
        Pair(other=f"{TITLE}: an update"),
        Pair(other=f"A replication of {TITLE}"),
    ),
    "posters and talks": (
        Pair(other=f"Poster: {TITLE}"),
        Pair(other=f"Slides for \u201c{TITLE}\u201d"),
        Pair(f"{TITLE} (Demonstration)"),
        Pair(other=f"Poster presentation: {TITLE}"),
        Pair(other=f"Demo paper: {TITLE}"),
        Pair(other=f"Invited talk: {TITLE}"),
        Pair(other=f"Lightning talk: {TITLE}"),
    ),
    "numbers of posters": (
        Pair(other=f"P123: {TITLE}"),
        Pair(other=f"P-123: {TITLE}"),
        Pair(other=f"P1.23: {TITLE}"),
        Pair(other=f"PO-045: {TITLE}"),
        Pair(other=f"PS1-3 - {TITLE}"),
        Pair(other=f"Abstract P123: {TITLE}"),
        Pair(other=f"Abstract No. 123: {TITLE}"),
        Pair(f"Abstract PO-045: {TITLE}"),
    ),
    "lessons and theses": (
        Pair(other=f"Tutorial: {TITLE}"),
        Pair(other=f"{TITLE} [Tutorial]"),
        Pair(other=f"Lecture notes: {TITLE}"),
        Pair(other=f"Thesis: {TITLE}"),
        Pair(f"PhD thesis: {TITLE}"),
        Pair(other=f"Ph.D. thesis: {TITLE}"),
        Pair(other=f"{TITLE} (Master\u2019s thesis)"),
        Pair(other=f"Doctoral dissertation: {TITLE}"),
    ),
    "translations and indexes": (
        Pair(other=f"Translation of {TITLE}"),
        Pair(other=f"Translation of \u201c{TITLE}\u201d"),
        Pair(other=f"A German translation of {TITLE}"),
        Pair(f"{TITLE} (English translation)"),
        Pair(other=f"Index to {TITLE}"),
        Pair(other=f"Author index: {TITLE}"),
        Pair(other=f"Table of contents: {TITLE}"),
    ),
    "words that are nearly spelt alike": (
        Pair("Neutron images of oxygen in retinal vessels", "Neuron images of oxygen in retinal vessels"),
        Pair("Nitrate and oxygen in the vessels of the retina", "Nitrite and oxygen in the vessels of the retina"),
        Pair("Epidemic oxygen loss in the vessels of the retina", "Endemic oxygen loss in the vessels of the retina"),
        Pair("Oxygen use in developed countries under lockdown", "Oxygen use in developing countries under lockdown"),
        Pair("Neural images of oxygen in retinal vessels", "Unreal images of oxygen in retinal vessels"),
        Pair("Prenatal images of oxygen in retinal vessels", "Parental images of oxygen in retinal vessels"),
        Pair("Oxygen on Pt of the vessels of the retina", "Oxygen on part of the vessels of the retina"),
    ),
    "thesis of one author": (
        published(type="dissertation", people=PEOPLE[:1]),
        published(type="dissertation", people=PEOPLE[-1:]),
    ),
    "other people": (
        published(people=("Eva Nowak", "Farid Haddad", "Gil Tamar")),
        published(people=("Eva Lindqvist", "Farid Okafor", "Gil Demirel", "Hana Verhoeven")),
        published(people=(PEOPLE[0], "Eva Nowak", "Farid Haddad", "Gil Tamar", "Hana Ito")),
    ),
    "another subject": (
        Pair("Oxygen transport in retinal vessels", "Glucose transport in retinal vessels"),
        Pair("Oxygen maps of the retina from CT images", "Oxygen maps of the retina from MR images"),
        Pair("Deep maps of oxygen in mice under blue light", "Deep maps of oxygen in rats under blue light"),
        Pair("Segmentation of retinal vessels by transformers", "Registration of retinal vessels by transformers"),
        Pair("Oxygen use in France under lockdown", "Oxygen use in Spain under lockdown"),
        Pair("A survey of oxygen in retinal vessels", "A model of oxygen in retinal vessels"),
        Pair("Oxygen of retinal veins in pregnant birds", "Oxygen of retinal arteries in pregnant birds"),
    ),
}  # fmt: skip


def titles(*pairs: tuple[str, str]) -> tuple[Pair, ...]:
    """Return pairs that have these titles."""
    return tuple(Pair(one, other) for one, other in pairs)


def forms(*patterns: str) -> tuple[Pair, ...]:
    """Return pairs of which the published record has the title in another form."""
    return tuple(Pair(other=pattern.format(TITLE)) for pattern in patterns)


ONE_WORK |= {
    "parts in other words": titles(
        (f"{TITLE}: Part II", f"{TITLE}: Second Part"),
        (f"{TITLE}: Part Two", f"Second part: {TITLE}"),
        (f"{TITLE} (Part 2)", f"{TITLE}, Pt. 2"),
        (f"{TITLE}, Volume 2", f"{TITLE}, Vol. II"),
        (f"{TITLE} (part 2 of 3)", f"{TITLE}: Part 2 of 3"),
    ),
    "operators and exponents": titles(
        (r"Oxygen at $5\times 10^{3}$ Pa in retinal vessels", "Oxygen at 5 × 10³ Pa in retinal vessels"),
        (r"The $\mathbb{Z}_2$ index of retinal oxygen in birds", "The ℤ₂ index of retinal oxygen in birds"),
        (r"On $H_2O$ and $\mathrm{CO}_2$ in retinal vessels", "On H2O and CO2 in retinal vessels"),
        (r"Bounds for $\ell_1$ oxygen maps of vessels", "Bounds for ℓ1 oxygen maps of vessels"),
        (r"{\it Falco} oxygen: {A} study of vessels", "Falco oxygen: A study of vessels"),
    ),
    "signs that one side lost": titles(
        ("CD8+ T cells in the retinal vessels of birds", "CD8 T cells in the retinal vessels of birds"),
        ("Levels of Na+ in the retinal vessels of birds", "Levels of Na⁺ in the retinal vessels of birds"),
        (r"Jets in $e^+e^-$ collisions of retinal oxygen", "Jets in e⁺e⁻ collisions of retinal oxygen"),
        ("Short- and long-term oxygen of vessels", "Short and long term oxygen of vessels"),
    ),
    "units": titles(
        ("Oxygen at 5 µm in the retinal vessels", "Oxygen at 5 μm in the retinal vessels"),
        ("Oxygen at 37 °C in the retinal vessels", "Oxygen at 37°C in the retinal vessels"),
        ("Oxygen at 5mm depth of the vessels", "Oxygen at 5 mm depth of the vessels"),
        ("Oxygen at 10 percent in the vessels", "Oxygen at 10% in the vessels"),
    ),
    "a subtitle left out or added": (
        Pair(f"{TITLE}: a cohort study of birds"),
        *forms("{}: evidence from a large cohort", "{}. Results of the first survey of its kind"),
        Pair("Why do birds see so well? Oxygen maps of retinal vessels", "Why do birds see so well?"),
    ),
    "the title in two languages": (
        Pair(other=f"{GERMAN} [{TITLE}]"),
        Pair(f"{GERMAN} ({TITLE})"),
        Pair(other=f"{TITLE} = {GERMAN}", published={"original_titles": (GERMAN,)}),
    ),
    "capitals and names of systems": titles(
        (f"OXYMAP: {TITLE.upper()}", f"OxyMap: {TITLE}"),
        ("Wi-Fi sensing of the nightly flights of birds", "WiFi sensing of the nightly flights of birds"),
        ("E-learning for owners of birds of prey", "eLearning for owners of birds of prey"),
    ),
    "small words at the beginning": (
        Pair(other=f"A {TITLE.lower()}"),
        Pair(other=f"The {TITLE.lower()}"),
        Pair(f"On {TITLE.lower()}"),
        *forms("{}.", "{}*", "{}†"),
    ),
    "Chinese and Japanese names": (
        people("伟 张 = Wei Zhang", "李 娜 = Na Li", "王芳 = Fang Wang"),
        people("山田太郎 = Taro Yamada", "鈴木花子 = Hanako Suzuki", "Ada Lindqvist"),
        people("Zhang, Wei-Ming = Weiming Zhang", "Li, Xiao Hong = Xiaohong Li"),
        people("Wei-Ming Zhang = W.-M. Zhang", "Xiao-Hong Li = X.-H. Li", "Jing Wang"),
    ),
    "names of one word": (
        people("Suharto", "Ada Lindqvist", "Bruno Okafor"),
        people("Sukarno = Sukarno Sukarno", "Ada Lindqvist", "Bruno Okafor"),
        people("Madhu = Madhu S.", "Ada Lindqvist", "Bruno Okafor"),
        people("Joko Widodo Santoso = J. W. Santoso", "Siti Nurhaliza = S. Nurhaliza"),
    ),
    "Spanish and Portuguese names": (
        people("Pérez García, Juan = J. Pérez-García", "Ruiz Mora, Ana = Ana Ruiz"),
        people("Juan Carlos Pérez = Juan C. Pérez García", "Ana Ruiz = Ana Ruiz-Mora"),
        people("José Luis de la Fuente = J. L. Fuente", "Ana da Silva = Ana Silva"),
    ),
    "Dutch names": (
        people("van der Berg, Jan = Jan Vanderberg", "de Vries, Piet = P. DeVries"),
        people("Jan van der Berg = Berg, Jan van der", "Piet de Vries = Vries, P. de"),
        people("van den Heuvel, J. = Heuvel J", "Ada Lindqvist"),
    ),
    "apostrophes of people": (
        people("Sean O'Brien = Sean O\u2019Brien", "Niamh O'Neill = Niamh O\u02bcNeill"),
        people("Sean O'Brien = Sean OBrien", "Niamh O`Neill = Niamh O'Neill"),
        people("Sean O'Brien = Sean O Brien", "Gianni D'Angelo = Gianni Dangelo"),
    ),
    "Icelandic names": (
        people("Guðrún Þórsdóttir = Gudrun Thorsdottir", "Jón Þórðarson = Jon Thordarson"),
        people("Guðrún Þórsdóttir = G. Þórsdóttir", "Jón Sigurðsson = J. Sigurdsson"),
    ),
    "Arabic names": (
        people("Ahmed Al-Rashid = Ahmed Alrashid", "Omar El Sayed = Omar Elsayed"),
        people("Ahmed Al-Rashid = Ahmed Rashid", "Omar El-Sayed = Omar Sayed"),
        people("Mohammed Abd al-Rahman = Mohamed Abdulrahman", "Ali Hassan"),
    ),
    "numbered suffixes": (
        people("Robert Hall III = R. Hall", "Ada Lindqvist = A. Lindqvist"),
        people("Hall, Robert, III = Robert Hall", "Ada Lindqvist"),
        people("Robert Hall, 3rd = Robert Hall", "Ada Lindqvist"),
    ),
    "others, not named": (
        Pair(preprint={"people": (*PEOPLE[:2], "et al.")}),
        Pair(preprint={"people": ("Ada Lindqvist et al.",)}),
        Pair(preprint={"people": (PEOPLE[0], "others")}),
        published(people=(*PEOPLE[:3], "and Daan Verhoeven")),
    ),
    "a group alone on one side": (
        Pair(preprint={"people": ("RETOX Consortium",)}, published={"people": (*PEOPLE, "RETOX Consortium")}),
        Pair(preprint={"people": ("The RETOX Collaboration",)}, published={"people": ("RETOX Collaboration",)}),
        Pair(preprint={"people": (*PEOPLE, "on behalf of the RETOX Collaboration")}),
    ),
}  # fmt: skip

TWO_WORKS |= {
    "labels of one digit": titles(
        (f"P3: {TITLE}", f"P4: {TITLE}"),
        (f"P3: {TITLE}", TITLE),
        (f"1. {TITLE}", f"2. {TITLE}"),
        (f"{TITLE} [1]", f"{TITLE} [2]"),
        (f"{TITLE}¹", f"{TITLE}²"),
        (f"{TITLE} ①", f"{TITLE} ②"),
    ),
    "a tutorial on one side": forms(
        "{}: a tutorial", "A tutorial on {}", "{}: a primer", "Lecture notes on {}", "{}: short course"
    ),
    "parts in unlike words": titles(
        (f"{TITLE}: Part II", f"{TITLE}: Third Part"),
        (f"First part of {TITLE}", f"Second part of {TITLE}"),
        (f"{TITLE}, Pt. 1", f"{TITLE}, Part 2"),
        (f"{TITLE}: Part α", f"{TITLE}: Part β"),
        (f"{TITLE}. Teil 1", f"{TITLE}. Teil 2"),
    ),
    "editions": (
        Pair(f"{TITLE}, 2nd ed.", f"{TITLE}, 3rd ed."),
        Pair(f"{TITLE} (2nd edition)", f"{TITLE} (Third edition)"),
        *forms("{} (2nd edition)", "{}, second edition"),
    ),
    "years of challenges": titles(
        ("The 2019 retinal oxygen challenge: results", "The 2020 retinal oxygen challenge: results"),
        ("RETOX-19: a benchmark for maps of vessels", "RETOX-20: a benchmark for maps of vessels"),
        ("Overview of the RETOX'19 task on vessels", "Overview of the RETOX'20 task on vessels"),
    ),
    "signs": titles(
        ("C++ for maps of oxygen in retinal vessels", "C# for maps of oxygen in retinal vessels"),
        ("Oxygen of Na+ channels in the vessels", "Oxygen of Na\u2212 channels in the vessels"),
        ("HER2+ cells and the oxygen of vessels", "HER2- cells and the oxygen of vessels"),
        ("Oxygen > light in the retinal vessels", "Oxygen < light in the retinal vessels"),
    ),
    "degrees of supervision": titles(
        ("Self-supervised oxygen maps of vessels", "Supervised oxygen maps of vessels"),
        ("Semi-supervised oxygen maps of vessels", "Supervised oxygen maps of vessels"),
        ("Weakly supervised maps of vessels", "Fully supervised maps of vessels"),
        ("Label-free oxygen maps of retinal vessels", "Labelled oxygen maps of retinal vessels"),
    ),
    "Latin pairs": titles(
        ("In vivo oxygen maps of retinal vessels", "Ex vivo oxygen maps of retinal vessels"),
        ("In vivo oxygen maps of retinal vessels", "In silico oxygen maps of retinal vessels"),
        ("Invivo oxygen maps of retinal vessels", "Invitro oxygen maps of retinal vessels"),
        ("A priori bounds of oxygen in vessels", "A posteriori bounds of oxygen in vessels"),
    ),
    "letters of kinds": titles(
        ("Vitamin A and the oxygen of vessels", "Vitamin B and the oxygen of vessels"),
        ("Hepatitis B and the oxygen of vessels", "Hepatitis C and the oxygen of vessels"),
        ("α-particles and the oxygen of vessels", "β-particles and the oxygen of vessels"),
        ("GPT-3 models of the retinal vessels", "GPT-4 models of the retinal vessels"),
    ),
    "other languages": titles(
        (f"{TITLE} 一", f"{TITLE} 二"),
        ("网膜血管的氧气研究（一）", "网膜血管的氧气研究（二）"),
        ("Oxígeno de la retina con diabetes en aves", "Oxígeno de la retina sin diabetes en aves"),
        ("Sauerstoff mit Diabetes bei Vögeln der Nacht", "Sauerstoff ohne Diabetes bei Vögeln der Nacht"),
    ),
    "announcements": forms(
        "Press release: {}", "Podcast: {}", "News: {}", "Interview: {}", "Research highlight: {}",
        "In this issue: {}", "Frontispiece: {}", "Cover picture: {}", "In memoriam: {}",
    ),
    "appendices": forms(
        "Online appendix: {}", "{}: Internet Appendix", "Web appendix for {}", "S1 File - {}",
        "Appendix to {}", "Peer review file for {}",
    ),
    "replies by name": (
        *forms("{} \u2014 reply by the authors", "Reply to Lindqvist et al.: {}"),
        Pair(f"Comment on: {TITLE}", f"Reply to comment on: {TITLE}"),
    ),
    "namesakes": (
        published(people=("Adam Lindqvist", "Boris Okafor", "Carla Demirel", "Dirk Verhoeven")),
        people("J. Smith = K. Smith", "R. Jones = S. Jones"),
        people("Li Wang = Lei Wang", "Jun Chen = Jing Chen"),
    ),
}  # fmt: skip

LONG = "Maps of retinal oxygen in pregnant birds of prey under blue light during winter nights in northern forests"
EVERY_YEAR = "Annual report of the committee on birds of prey"

ONE_WORK |= {
    "an appendix by another": (
        *forms("{} (with an appendix by Emil Sato)", "{} [with appendix]"),
        Pair(f"[Preprint] {TITLE}"),
    ),
    "a numeral before a colon": titles(
        ("Oxygen of retinal vessels, I: theory", "Oxygen of retinal vessels. Part 1: Theory"),
        ("OxyMap V. Maps of retinal vessels of birds", "OxyMap 5: maps of retinal vessels of birds"),
        ("Oxygen of retinal vessels II", "Oxygen of retinal vessels, part two"),
    ),
    "halves and lists in another order": titles(
        ("Among pregnant birds: maps of oxygen in retinal vessels", "Maps of oxygen in retinal vessels among pregnant birds"),
        ("Light and oxygen in the retinal vessels of birds", "Oxygen and light in the retinal vessels of birds"),
    ),
    "one small word for another": titles(
        (LONG.replace("in pregnant", "among pregnant"), LONG),
    ),
    "two languages beside a slash": titles(
        ("Der Sauerstoff der Vögel / The oxygen of birds of prey", "The oxygen of birds of prey"),
    ),
    "a word more in a long title": titles(
        (LONG, LONG.replace("nights", "nights and days")),
        (LONG, LONG.replace("retinal oxygen", "novel retinal oxygen")),
    ),
    "half of the people of a long title": (
        Pair(LONG, LONG, published={"people": (*PEOPLE[:2], "Emil Sato", "Femke Oduya")}),
    ),
    "slips in two places of a word": titles(
        ("Hierraarchical maps of vessels in diabtic birds", "Hierarchical maps of vessels in diabetic birds"),
        ("A comprehenivve study of vessels in birds", "A comprehensive study of vessels in birds"),
    ),
    "abbreviated conjunctions": titles(
        ("Light vs. oxygen in retinal vessels of birds", "Light versus oxygen in retinal vessels of birds"),
    ),
}  # fmt: skip

TWO_WORKS |= {
    "a word that leads": titles(
        ("Learning to map the oxygen of retinal vessels", "Deep learning to map the oxygen of retinal vessels"),
        (LONG, f"Robust {LONG.lower()}"),
        (TITLE, f"Multi-agent {TITLE.lower()}"),
        (TITLE, f"Beyond {TITLE.lower()}"),
        (TITLE, f"Cost-effectiveness of {TITLE.lower()}"),
        (TITLE, f"Further results on {TITLE.lower()}"),
    ),
    "a word more in a short title": titles(
        ("Bounds for the flow of oxygen in vessels", "Bounds for the fractional flow of oxygen in vessels"),
        ("Retinal maps by reinforcement learning", "Retinal maps by deep reinforcement learning"),
        ("Flow of oxygen in vessels with walls", "Flow of oxygen in vessels with convex walls"),
        ("OxyMap: maps of vessels in birds", "OxyMap-Pro: maps of vessels in birds"),
    ),
    "parts exchanged around a word": titles(
        ("The effect of light on oxygen in vessels", "The effect of oxygen on light in vessels"),
        ("Does blue light cause loss of oxygen in birds", "Does loss of oxygen cause blue light in birds"),
        ("Owls eat mice: oxygen of prey in winter", "Mice eat owls: oxygen of prey in winter"),
    ),
    "hyphens the other way round": titles(
        ("English-Welsh translation of the names of birds", "Welsh-English translation of the names of birds"),
        ("Light\u2192oxygen conversion in the vessels of birds", "Oxygen\u2192light conversion in the vessels of birds"),
    ),
    "two letters off": titles(
        ("Sitagliptin and the oxygen of retinal vessels", "Saxagliptin and the oxygen of retinal vessels"),
        ("Prednisone for retinal vessels of birds of prey", "Prednisolone for retinal vessels of birds of prey"),
        ("Complexes of thorium in the vessels of birds", "Complexes of thulium in the vessels of birds"),
        ("Birds of Austrian forests and their oxygen", "Birds of Australian forests and their oxygen"),
        ("Glutamine in the retinal vessels of birds", "Glutamate in the retinal vessels of birds"),
    ),
    "one letter off": titles(
        ("Nucleosides of the retinal vessels of birds", "Nucleotides of the retinal vessels of birds"),
        ("Insulin in the retinal vessels of birds", "Inulin in the retinal vessels of birds"),
        ("Axions from the vessels of the sun", "Axinos from the vessels of the sun"),
        ("Generic models of the flight of birds", "Genetic models of the flight of birds"),
        ("Chlorine in the retinal vessels of birds", "Chloride in the retinal vessels of birds"),
    ),
    "titles that many texts have": (
        *(
            Pair(title, title, published={"date": "2022"})
            for title in (
                "Introduction", "From the editor", "Message from the program chairs", "Editors' notes",
                "Welcome message from the general chairs", "Acknowledgment of reviewers", "Conclusions",
            )
        ),
    ),
    "serials of two years": tuple(
        Pair(title, title, published={"date": "2022"})
        for title in (EVERY_YEAR, "Proceedings of the workshop on retinal oxygen", "Monthly report on the sight of birds")
    ),
    "series and proceedings": (
        published(type="report-series"),
        published(type="proceedings"),
    ),
    "notices in other languages": (
        *forms("Corrección a: {}", "Erratum zu: {}", "Rectificatif: {}", "Errata corrige: {}"),
        *forms("Erwiderung auf: {}", "Réponse à: {}", "Rezension: {}", "Compte rendu: {}", "Zusammenfassung: {}"),
    ),
    "columns of journals": forms(
        "Rebuttal: {}", "Journal club: {}", "A critique of {}", "Error in text: {}", "Incorrect data in: {}",
        "Notice of retraction and replacement: {}", "Visual abstract: {}", "Exercises for: {}", "Behind the paper: {}",
    ),
    "scripts and raw data": forms("R scripts for: {}", "Raw data: {}", "Source code for {}", "Simulation code: {}"),
    "editions in other languages": forms("{} (Japanese edition)", "{}: German edition"),
    "designs and baselines": forms("{}: design and rationale", "{}: baseline characteristics", "{}: design and methods"),
    "what came later": forms("{}: ten years later", "{} again", "{}: an updated review", "{}: a follow-up of ten years"),
    "signs of versions": titles(
        ("OxyMap: maps of oxygen in retinal vessels", "OxyMap+: maps of oxygen in retinal vessels"),
        ("OxyMap+: maps of oxygen in retinal vessels", "OxyMap++: maps of oxygen in retinal vessels"),
    ),
    "codes of sessions, talks and stores": forms(
        "S12-03: {}", "Webinar: {}", "Questionnaire for: {}", "Model weights for: {}", "GitHub repository for: {}",
        "Publisher\u2019s Note: {}", "Notice of duplicate publication: {}",
    ),
    "small and large": titles(
        ("Microeconomic effects of birds of prey in Nepal", "Macroeconomic effects of birds of prey in Nepal"),
    ),
    "a method within a long title": titles(
        (LONG, LONG.replace("of retinal", "of multimodal retinal")),
        (LONG, LONG.replace("blue light", "stochastic blue light")),
        (LONG, LONG.replace("pregnant", "elderly pregnant")),
        (LONG, LONG.replace("nights", "late nights")),
    ),
    "failures": titles(
        ("Blue light restores the oxygen of vessels", "Blue light fails to restore the oxygen of vessels"),
        ("Birds with light that have oxygen in vessels", "Birds with light that lack oxygen in vessels"),
    ),
}  # fmt: skip

NURSES = "Nurses in night shifts of rural hospitals"

ONE_WORK |= {
    "text read in a wrong encoding": (
        *titles(
            ("Nursesâ€™ views of night shifts in winter", "Nurses’ views of night shifts in winter"),
            ("Costâ€“benefit analysis of night shifts", "Cost–benefit analysis of night shifts"),
            ("ItÃ¢â‚¬â„¢s late: views of night shifts", "It’s late: views of night shifts"),
            ("KorrosionsverhÃ¤ltnisse in Rohren der FernwÃ¤rme", "Korrosionsverhältnisse in Rohren der Fernwärme"),
        ),
        people("JosÃ© GarcÃ\xada = José García", "FranÃ§ois MÃ¼ller = François Müller", "Ana NuÃ±ez = Ana Nuñez"),
        people("BjÃ¶rn Ã…kesson = Björn Åkesson", "SÃ¸ren KjÃ¦r = Søren Kjær"),
    ),
    "lost letters of a title": titles(
        ("Le r?le des for?ts dans le climat du Qu?bec", "Le rôle des forêts dans le climat du Québec"),
        ("Le r\ufffdle des for\ufffdts dans le climat du Qu\ufffdbec", "Le rôle des forêts dans le climat du Québec"),
    ),
    "letters that stand for others in all words": titles(
        ("Gruene Daecher und Voegel in Muenchen", "Grüne Dächer und Vögel in München"),
        ("Skaane og Aarhus i middelalderens handel", "Skåne og Århus i middelalderens handel"),
        ("Co-operation of co-workers in pre-industrial guilds", "Cooperation of coworkers in preindustrial guilds"),
    ),
    "markup escaped twice": titles(
        ("Soil &amp;amp; water under drip irrigation in Murcia", "Soil & water under drip irrigation in Murcia"),
        ("Nurses&amp;#8217; views of night shifts in winter", "Nurses' views of night shifts in winter"),
    ),
    "short forms of small words": titles(
        ("Living w/ dialysis in rural Alaska", "Living with dialysis in rural Alaska"),
        ("Man v. machine in the game of shogi", "Man versus machine in the game of shogi"),
        ("Wald & Wiese im Klimawandel der Alpen", "Wald und Wiese im Klimawandel der Alpen"),
    ),
    "fractions, degrees and grids": titles(
        (r"Spin-$\frac{1}{2}$ chains in a staggered field", "Spin-½ chains in a staggered field"),
        ("Sorption at 25 ℃ on clays of Namibia", "Sorption at 25 degrees C on clays of Namibia"),
        ("A 3x3 grid of pumps for microfluidic cells", "A 3×3 grid of pumps for microfluidic cells"),
        ("Sorting of 10 um beads in spiral channels", "Sorting of 10 μm beads in spiral channels"),
    ),
    "an acronym in brackets within": titles(
        (f"{NURSES}: a randomised trial", f"{NURSES} (NIGHTMOVE): a randomised trial"),
        ("Large ion beam array (LIBRA) for isotopes", "Large ion beam array for isotopes"),
    ),
    "what platforms add": tuple(
        Pair(NURSES, f"{NURSES} {tag}")
        for tag in (
            "[version 1; peer review: 2 approved]", "[version 2; referees: awaiting peer review]", "[discussion paper]",
            "(in press)", "(Panel)", "(working paper)", "(revised version)", "[in French]",
        )
    ),
    "what journals put before a title": tuple(
        Pair(NURSES, f"{label}: {NURSES}")
        for label in ("Original Article", "Short communication", "Research article", "Perspective")
    ),
    "Arabic, Hebrew and Persian names": (
        people("محمد علي = Mohammed Ali", "أحمد حسن = Ahmed Hassan", "فاطمة إبراهيم = Fatima Ibrahim"),
        people("خالد منصور = Khaled Mansour", "ليلى عمر = Layla Omar"),
        people("יוסף לוי = Yosef Levi", "שרה כהן = Sarah Cohen", "משה פרץ = Moshe Peretz"),
        people("رضا کریمی = Reza Karimi", "مریم احمدی = Maryam Ahmadi"),
    ),
    "other alphabets": (
        people("राजेश कुमार = Rajesh Kumar", "सुनीता शर्मा = Sunita Sharma"),
        people("გიორგი ბერიძე = Giorgi Beridze", "ნინო კაპანაძე = Nino Kapanadze"),
        people("Արամ Սարգսյան = Aram Sargsyan", "Անի Պետրոսյան = Ani Petrosyan"),
        people("Ђорђе Живковић = Djordje Zivkovic", "Милица Шћепановић = Milica Scepanovic"),
    ),
    "second names of people": (
        people('Robert "Bob" Stone = Robert Stone', "Ada Berg"),
        people("Xiaoming (Michael) Li = Michael Li", "Ada Berg", "Jo Kern"),
        people("Maria Rossi = Maria Rossi-Conti", "Jonas Lund", "Aiko Mori"),
    ),
    "degrees and marks of people": (
        people("Maria Rossi, MD, PhD = Maria Rossi", "Jonas Lund, MSc = Jonas Lund"),
        people("Maria Rossi 1 = Maria Rossi", "Jonas Lund 2,3 = Jonas Lund"),
        people("ROSSI Maria = Maria Rossi", "LUND Jonas = Jonas Lund"),
    ),
}  # fmt: skip

TWO_WORKS |= {
    "reproductions": (
        *forms("[Re] {}", "Reproducibility report: {}", "{}: a reproducibility study", "{}: a reanalysis"),
        *forms("A re-evaluation of {}", "Replication: {}"),
    ),
    "critics and interviews": forms(
        "{}: a précis", "{}: responses to critics", "Author interview: {}",
    ),
    "briefings, notes and summaries": forms(
        "Research briefing: {}", "Policy brief: {}", "Executive summary: {}", "{}: executive summary",
        "{}: teaching notes", "{}: a registered report protocol", "News & Views: {}",
    ),
    "data with code": forms("{}: dataset and code", "Data and scripts for: {}", "Extended data: {}", "Supplementary code for: {}"),
    "relations": titles(
        (r"Sharp inequalities in the case $p \leq 2$", r"Sharp inequalities in the case $p \geq 2$"),
        ("Sharp inequalities in the case p ≤ 2", r"Sharp inequalities in the case $p\ge 2$"),
    ),
    "guidelines and overviews of years": titles(
        ("2020 guidelines on night shifts of nurses", "2021 guidelines on night shifts of nurses"),
        ("Guidelines on night shifts of nurses", "Guidelines on night shifts of nurses: 2021 focused update"),
        ("Overview of NightEval-2019 Task 3", "Overview of NightEval-2020 Task 3"),
        ("NightSky 2015 results. XIII. Night shifts", "NightSky 2018 results. VI. Night shifts"),
        ("Burden of night shifts, 1990–2017: an analysis", "Burden of night shifts, 1990–2019: an analysis"),
    ),
    "waves, seasons and quarters": titles(
        ("Night shifts in the first wave of the pandemic", "Night shifts in the second wave of the pandemic"),
        ("Outlook of night shifts: Q1 2021", "Outlook of night shifts: Q2 2021"),
        ("Night shifts in the 2018/19 season", "Night shifts in the 2019/20 season"),
        (f"{NURSES}: 6-month results", f"{NURSES}: 12-month results"),
        (f"{NURSES}: interim results", f"{NURSES}: final results"),
    ),
    "species, organs and genes": titles(
        ("Chronic stress and new neurons: a study in mice", "Chronic stress and new neurons: a study in rats"),
        ("Loss of SOX9 in chondrocytes delays bones", "Loss of SOX5 in chondrocytes delays bones"),
        ("NRAS mutations and survival after surgery", "KRAS mutations and survival after surgery"),
        ("A single-cell atlas of the human bladder", "A single-cell atlas of the human ureter"),
    ),
    "systems and their versions": titles(
        ("YOLO v3 for road scenes at night", "YOLO v4 for road scenes at night"),
        ("Lynx Technical Report", "Lynx2 Technical Report"),
        ("Lynx2 Technical Report", "Lynx2.5 Technical Report"),
        ("Label noise in CIFAR-10 and its repair", "Label noise in CIFAR-100 and its repair"),
        ("T5 for the summaries of court rulings", "mT5 for the summaries of court rulings"),
        ("OxyNet: routing in mobile swarms", "OxyNet-Lite: routing in mobile swarms"),
    ),
    "chemical names": titles(
        ("Decay of 1,2-dichlorobenzene in wet soil", "Decay of 1,3-dichlorobenzene in wet soil"),
        ("Synthesis of (R)-ibuprofen in flow", "Synthesis of (S)-ibuprofen in flow"),
        ("Adsorption of Fe(II) on goethite in marshes", "Adsorption of Fe(III) on goethite in marshes"),
        ("Reduction of CO on copper steps in acid", "Reduction of CO2 on copper steps in acid"),
        ("Oxidation of propanol over silver wires", "Oxidation of propanal over silver wires"),
        ("Capture of neutrons by nickel-58 in stars", "Capture of neutrons by nickel-60 in stars"),
    ),
    "mathematical titles": titles(
        ("Minimal hypersurfaces in dimension three", "Minimal hypersurfaces in dimension four"),
        (r"Vanishing of $H^1$ for arithmetic lattices", r"Vanishing of $H^2$ for arithmetic lattices"),
        ("An upper bound for R(5,5) by programming", "An upper bound for R(4,6) by programming"),
        ("Subcritical branching with killing", "Supercritical branching with killing"),
        ("The sunflower conjecture for triples", "A note on the sunflower conjecture for triples"),
    ),
    "designs of trials": titles(
        (f"{NURSES}: a randomised trial", f"{NURSES}: a pilot trial"),
        (f"{NURSES}: a systematic review", f"{NURSES}: a scoping review"),
        (f"{NURSES}: a survey", f"{NURSES}: an interview study"),
        (f"{NURSES}: theory", f"{NURSES}: experiment"),
    ),
}  # fmt: skip

SEA = "Nocturnal foraging of harbour porpoises around offshore wind farms"
DIVERS = ("Marta Oyelaran", "Jiho Brandt", "Sigrid Petrov")


def at_sea(title: str, other: str, size: int, years: int) -> Pair:
    """Return a pair of some of the divers whose forms are years apart."""
    people = DIVERS[:size]
    date = str(2021 + years)
    return Pair(title, other, {"people": people}, {"people": people, "date": date})


def chapters(*pairs: tuple[str, str]) -> tuple[Pair, ...]:
    """Return pairs of which the published record is a chapter."""
    return tuple(Pair(one, other, published={"type": "book-chapter"}) for one, other in pairs)


ONE_WORK |= {
    "a long title with and without a subtitle": (
        at_sea(SEA, f"{SEA}: an acoustic study from the German Bight", 1, 1),
        at_sea(SEA, f"{SEA}: an acoustic study from the German Bight", 2, 1),
        at_sea(SEA, f"{SEA}: an acoustic study from the German Bight", 3, 3),
        at_sea(f"{SEA}: evidence from passive acoustic monitoring over decades", SEA, 2, 2),
        at_sea(f"{SEA} - evidence from passive acoustic monitoring", SEA, 2, 1),
        Pair("Porpoises of the night", "Porpoises of the night: foraging near offshore wind farms of the German Bight"),
    ),
    "the number of a chapter": chapters(
        (SEA, f"Chapter 3: {SEA}"), (SEA, f"3. {SEA}"), (f"Chapter 12. {SEA}", SEA), (SEA, f"Kapitel IV. {SEA}"),
    ),
    "what publishers put before what they took back": titles(
        *((SEA, pattern.format(SEA)) for pattern in (
            "REMOVED: {}", "WITHDRAWN ARTICLE: {}", "RETRACTED - {}", "{} (Withdrawn)", "{} (corrected version)",
        ))
    ),
    "Japanese names in kanji": (
        people("佐藤健 = Takeru Sato", "鈴木一郎 = Ichiro Suzuki", "髙橋美咲 = Misaki Takahashi"),
        people("山本 太郎 = Taro Yamamoto", "中村 花子 = Nakamura, Hanako"),
        people("大野, 健 = Ken Ohno", "齋藤, 花子 = H. Saito"),
    ),
}  # fmt: skip

TWO_WORKS |= {
    "numbered and paired titles that many texts have": (
        *chapters(
            *((title, title) for title in (
                "1. Introduction", "Chapter 1: Introduction", "I. Introduction", "Section 2: Methods", "Chapter One: Introduction",
                "Conclusions and Outlook", "Einleitung", "Avant-propos", "Введение", "Appendix A", "Chapter 3",
            ))
        ),
        *chapters(("Introduction", "Chapter 1 Introduction"), (f"Chapter 3: {SEA}", f"Chapter 4: {SEA}")),
    ),
    "notices of withdrawal and removal": titles(
        *((SEA, pattern.format(SEA)) for pattern in (
            "Withdrawal: {}", "WITHDRAWAL: {}", "Removal: {}", "REMOVAL NOTICE: {}", "Retraction: {}", "{}: Expression of Concern",
            "Retractación: {}", "Ретракция: {}",
        ))
    ),
    "corrections in more languages": titles(
        *((SEA, pattern.format(SEA)) for pattern in (
            "Errata: {}", "Correctif à: {}", "Исправление: {}", "Rectificatie: {}", "Sprostowanie: {}", "Rättelse: {}",
            "Düzeltme: {}", "Clarification: {}", "{} \u2013 Author Correction",
        )),
        ("海上风电场周围港湾鼠海豚的夜间觅食研究", "勘误：海上风电场周围港湾鼠海豚的夜间觅食研究"),
        ("洋上風力発電所周辺のネズミイルカの夜間採餌", "訂正：洋上風力発電所周辺のネズミイルカの夜間採餌"),
    ),
    "more about a paper": forms(
        "Data used in: {}", "{}: a preregistration", "{}: Stage 1 registered report protocol", "Response to reviewers: {}",
        "A note on \u201c{}\u201d", "Remarks on \u201c{}\u201d", "Update to: {}", "{} [P-2.14]", "{} (abstract only)",
    ),
    "one head with two subtitles": titles(
        ("Foraging around wind farms: harbour porpoises", "Foraging around wind farms: grey seals"),
        ("Foraging at night: the case of Denmark", "Foraging at night: the case of Norway"),
        (f"{SEA}: spring survey", f"{SEA}: summer survey"),
    ),
    "other people in Chinese and Korean": (
        people("王小明 = Xiaoyu Zhang", "李娜 = Lei Sun", "陈伟 = Hao Wu"),
        people("김민수 = Hyunwoo Choi", "이영희 = Soyeon Jung", "박지성 = Taehyung Kang"),
    ),
    "other people in kanji": (
        people("佐藤健 = Hiroshi Tanaka", "鈴木一郎 = Kenta Ito", "高橋美咲 = Yui Watanabe"),
        people("佐藤健 = Kenji Sato", "鈴木一郎 = Kenta Ito", "高橋美咲 = Yui Watanabe"),
    ),
}  # fmt: skip

KARST = "Groundwater recharge of karst aquifers under changing land use in Slovenia"
CLICKS = "Passive acoustic monitoring of harbour porpoises during the construction of offshore wind farms in the southern North Sea"


def karst(*patterns: str) -> tuple[Pair, ...]:
    """Return pairs of which the published record has the title in another form."""
    return tuple(Pair(KARST, pattern.format(KARST)) for pattern in patterns)


ONE_WORK |= {
    "dozens, hundreds and thousands": titles(
        ("Clicks of a dozen porpoises near wind farms", "Clicks of 12 porpoises near wind farms"),
        ("One hundred porpoises tagged in the Baltic Sea", "100 porpoises tagged in the Baltic Sea"),
        ("A dataset of 10k clicks of harbour porpoises", "A dataset of 10,000 clicks of harbour porpoises"),
        ("Two million clicks of harbour porpoises at night", "2,000,000 clicks of harbour porpoises at night"),
        ("مياه الكهوف في سلوفينيا الجزء ٢", "مياه الكهوف في سلوفينيا الجزء 2"),
    ),
    "units in words": titles(
        ("Eels at 15 °C in the Severn estuary", "Eels at 15 degrees Celsius in the Severn estuary"),
        ("Clicks at 10 kHz near offshore wind farms", "Clicks at 10 kilohertz near offshore wind farms"),
        ("Porpoises within 5 km of offshore wind farms", "Porpoises within 5 kilometres of offshore wind farms"),
        ("Porpoises dive 2,5 m deeper near wind farms", "Porpoises dive 2.5 m deeper near wind farms"),
    ),
    "parts in another language": titles((f"{KARST}. Part II", f"{KARST}. Teil 2"), (f"{KARST}. Partie 3", f"{KARST}. Part III")),
    "a word that says nothing": titles((CLICKS, f"A novel {CLICKS.lower()}")),
    "markup of registries": titles(
        (r"The $\Lambda_b^0$ lifetime in karst collisions",
         "The <mml:math><mml:msubsup><mml:mi>Λ</mml:mi><mml:mi>b</mml:mi><mml:mn>0</mml:mn></mml:msubsup></mml:math> lifetime in karst collisions"),
        ("Bounds on $k$-colourings of karst graphs",
         "Bounds on <jats:inline-formula><jats:tex-math>$k$</jats:tex-math></jats:inline-formula>-colourings of karst graphs"),
        (r"A \emph{de novo} model of recharge in \textit{Proteus} caves", "A de novo model of recharge in Proteus caves"),
        ("The ``dry decade'' of karst aquifers in Slovenia", "The “dry decade” of karst aquifers in Slovenia"),
        ("Recharge of karst aquifers: a review of models", "Recharge of karst aquifers<br/>A review of models"),
        (r"Flow in Pb-Pb collisions at $\sqrt{s_{\rm NN}}=5.02$ TeV", "Flow in Pb–Pb collisions at √sNN = 5.02 TeV"),
        (r"$^{14}$C dating of karst water in Slovenia", "<sup>14</sup>C dating of karst water in Slovenia"),
        ("E\ufb03cient de\u00adtection of clicks\u200b in\u00a0noise", "Efficient detection of clicks in noise"),
        ("Ｋａｒｓｔ　ａｑｕｉｆｅｒｓ of Slovenia under drought", "Karst aquifers of Slovenia under drought 🦇"),
    ),
    "labels of journals and workshops": karst(
        "Viewpoint: {}", "Research Note: {}", "Brief Report: {}", "Technical note: {}", "Topical Review: {}", "Data Descriptor: {}",
        "{} (work in progress)", "{} (arXiv preprint)", "{} (short paper)", "{} (Best Paper Award)", "{} (workshop version)",
    ),
    "transliterations of given names": (
        people("Muhammad Hussein Al-Zahrani = Mohamed Hussain Alzahrani", "Yousef Khalil = Youssef Khaleel"),
        people("Oleksandr Honcharenko = Alexander Honcharenko", "Yury Petrov = Iurii Petrov"),
        people("Md. Rahim Uddin = Mohammad Rahim Uddin", "Sk. Abdul Karim = Abdul Karim"),
    ),
    "beginnings of given names": (
        people("Jón Þór Ólafsson = J. Th. Olafsson", "Sigríður Jónsdóttir = S. Jonsdottir"),
        people("Yuri Efremov = Yu. Efremov", "Charlotte Dupont = Ch. Dupont", "Philipp Kern = Ph. Kern"),
    ),
    "Korean and Chinese names in several romanizations": (
        people("박지성 = Ji-Sung Park", "윤석열 = Suk-Yeol Yoon", "조영희 = Young-Hee Cho"),
        people("김수현 = Soo Hyun Kim", "백종원 = Jong-Won Paik", "류현진 = Hyun-Jin Ryu"),
        people("陳志明 = Chih-Ming Chen", "林志玲 = Chih-Ling Lin", "蔡英文 = Ing-Wen Tsai"),
        people("欧阳锋 = Feng Ouyang", "诸葛亮 = Liang Zhuge", "曾国藩 = Guofan Zeng"),
    ),
    "kanji in several readings and forms": (
        people("金子强 = Ziqiang Jin", "高山林 = Shanlin Gao"),
        people("渡辺健 = 渡邊 健", "齋藤花子 = 斎藤 花子"),
    ),
    "long vowels of Japanese names": (
        people("Yutaro Ohta = Yutaroh Ota", "Kohei Ono = Koohei Ohno", "Jun'ichi Sato = Junichi Satoh"),
    ),
    "a name of one word twice": (people("Suharyanto = Suharyanto Suharyanto", "Wahyudi = Wahyudi Wahyudi"),),
    "people on behalf of a group": (
        people("Ada Berg on behalf of the CMS Collaboration = Ada Berg"),
        people("Ada Berg, for the Karst Study Group = Ada Berg", "Jo Kern"),
    ),
}  # fmt: skip

TWO_WORKS |= {
    "manuals, cards and what frames a work": karst(
        "Afterword: {}", "Q&A: {}", "Critical comment on: {}", "Open Peer Commentary: {}", "{}: Technical Appendix", "{}. User guide",
        "{} - User Manual", "{} - release notes", "Model card: {}", "Metadata record for: {}", "{} (dissertation abstract)",
        "Objections to \u201c{}\u201d", "Introduction to the Special Issue on {}", "{} (vol 12, pg 34, 2021)", "{} (v2.1)",
    ),
    "signs of numbers": titles(
        ("Karst spin chains at filling +1", "Karst spin chains at filling -1"),
        (r"Decay as $1/r^2$ in karst conduits", r"Decay as $1/r^3$ in karst conduits"),
        ("Quantum Hall states at filling 1/3 in caves", "Quantum Hall states at filling 2/3 in caves"),
        (r"Strain at $10^{-3}$ in the jaws of porpoises", r"Strain at $10^{3}$ in the jaws of porpoises"),
    ),
    "other units": titles(
        ("Clicks at 10 kHz near offshore wind farms", "Clicks at 10 MHz near offshore wind farms"),
        ("Sensors of 5 nm thickness for clicks", "Sensors of 5 mm thickness for clicks"),
        ("A thousand porpoises tagged in the Baltic Sea", "A hundred porpoises tagged in the Baltic Sea"),
        ("A half of porpoises forage near wind farms", "A third of porpoises forage near wind farms"),
    ),
    "a place or kind within a long title": tuple(
        Pair(CLICKS, CLICKS.replace(word, f"{more} {word}"))
        for word, more in (("harbour", "juvenile"), ("harbour", "captive"), ("offshore", "floating"), ("southern", "Dutch"))
    ),
    "parts in other languages": titles(
        ("Die Karsthöhlen Sloweniens. Band 1", "Die Karsthöhlen Sloweniens. Band 2"),
        ("Die Karsthöhlen Sloweniens. Erster Teil", "Die Karsthöhlen Sloweniens. Zweiter Teil"),
        ("Les grottes de Slovénie : premier volet", "Les grottes de Slovénie : second volet"),
        ("Le grotte della Slovenia: prima parte", "Le grotte della Slovenia: seconda parte"),
        ("De grotten van Slovenië: deel een", "De grotten van Slovenië: deel twee"),
        ("Jaskinie Słowenii. Część pierwsza", "Jaskinie Słowenii. Część druga"),
        ("Пещеры Словении. Часть первая", "Пещеры Словении. Часть вторая"),
        ("スロベニアの洞窟 第1報", "スロベニアの洞窟 第2報"),
        ("斯洛文尼亚的洞穴研究（上）", "斯洛文尼亚的洞穴研究（下）"),
        ("مياه الكهوف في سلوفينيا ١", "مياه الكهوف في سلوفينيا ٢"),
    ),
    "groups whose names begin alike": (
        people("Foundation for the Stars Team = Foundation for the Moon Team"),
        people("Center for the Study of Language Group = Center for the Study of Speech Group"),
        people("Task Force for the Care of Sepsis Study = Task Force for the Care of Stroke Study"),
    ),
    "short family names before a full stop": (
        people("Jane Xu. = Jane Xavier", "Karl Wu. = Karl Wagner"),
        people("Bo Ma. = Bo Miller", "Jo Li. = Jo Lehmann"),
    ),
    "months, releases and outlooks": titles(
        (f"{KARST}, June 2020", f"{KARST}, July 2020"),
        ("Karst outlook H1 2021", "Karst outlook H2 2021"),
        ("Karst water in the 1980s and its users", "Karst water in the 1990s and its users"),
        ("The eighth data release of the karst survey", "The ninth data release of the karst survey"),
        ("KarstNet 1.5: recharge forecasts", "KarstNet 1.6: recharge forecasts"),
        ("Karst monitoring report 2019/2020", "Karst monitoring report 2020/2021"),
    ),
    "more opposites": titles(
        *(
            (f"{one} flow of water in karst conduits", f"{other} flow of water in karst conduits")
            for one, other in (
                ("Saturated", "Unsaturated"), ("Confined", "Unconfined"), ("Compressible", "Incompressible"), ("Laminar", "Turbulent"),
                ("Diurnal", "Nocturnal"), ("Ordered", "Disordered"), ("Subsurface", "Surface"), ("Ascending", "Descending"),
                ("Isotropic", "Anisotropic"), ("Exothermic", "Endothermic"), ("Typical", "Atypical"), ("Major", "Minor"),
            )
        ),
    ),
    "one common name among others": (people("王伟 = Wei Wang", "李娜 = Lei Sun", "陈伟 = Hao Wu"),),
    "a text of nine years later": (Pair(KARST, KARST, published={"date": "2034"}),),
}  # fmt: skip

TREMOR = "Volcanic tremor before the eruptions of Mount Aso recorded by a dense seismic array"
MASKS = "Masks against ash in villages of Japan"
CROWD = tuple(
    f"{first}{middle}{last}ic, {first}."
    for first in "KLMNPRST"
    for middle in ("ab", "ek", "um")
    for last in "vzltd"
)

ONE_WORK |= {
    "years up to eight": tuple(
        Pair(TREMOR, TREMOR, {"people": PEOPLE[:size]}, {"people": PEOPLE[:size], "date": str(2021 + years)})
        for size, years in ((2, 4), (2, 6), (2, 8), (1, 8), (1, -3))
    ),
    "a crowd of people": (
        Pair(TREMOR, TREMOR, {"people": CROWD}, {"people": CROWD[::-1]}),
        Pair(TREMOR, TREMOR, {"people": CROWD}, {"people": (CROWD[0], "et al.")}),
        Pair(TREMOR, TREMOR, {"people": (*CROWD, "ASO Collaboration")}, {"people": ("The ASO Collaboration",)}),
    ),
    "people as machines write them": (
        people("ada berg = Ada Berg", "jo kern = Jo Kern"),
        people("J&ouml;rg M&uuml;ller = Jörg Müller", "Jo Kern"),
        people('J{\\"o}rg M{\\"u}ller = Jörg Müller', "Fran\\c{c}ois Kern = François Kern"),
        people("Ada Bergstrom = Ada Bergstorm", "Jo Kernighan = Jo Kernigan"),
        people("J. Lee = Jane Lee", "J. Lee = John Lee", "S. Kim = Sue Kim"),
        people("Ada Berg = Ada Lund", "Jo Kern", "Lena Hansen", "Omar Aziz"),
    ),
    "a translation that the record tells": (
        Pair("Vulkanischer Tremor vor den Ausbrüchen", TREMOR, published={"original_titles": ("Vulkanischer Tremor vor den Ausbrüchen",)}),
        Pair(TREMOR, f"Вулканический тремор перед извержениями. {TREMOR}"),
    ),
    "the name of a trial that moves": titles((f"{MASKS} (ASH): a randomised trial", f"{MASKS}: the ASH randomised trial")),
}  # fmt: skip

TWO_WORKS |= {
    "sister papers of one group": titles(
        *((TREMOR, TREMOR.replace(one, other)) for one, other in (
            ("Aso", "Fuji"), ("before", "after"), ("before", "during"), ("seismic", "infrasound"),
        )),
        ("Effects of tremor alerts on mortality of villagers", "Effects of tremor alerts on income of villagers"),
        ("Detection of volcanic tremor by random forests", "Detection of volcanic tremor by convolutional networks"),
    ),
    "theorems and what follows from them": titles(
        ("The tremor conjecture for lattices", "A proof of the tremor conjecture for lattices"),
        ("The tremor theorem for lattices of rank", "A generalization of the tremor theorem for lattices of rank"),
        ("Bounds for the tremor problem on lattices", "Improved bounds for the tremor problem on lattices"),
        ("Algorithms for the tremor problem on lattices", "Faster algorithms for the tremor problem on lattices"),
        ("Proof of the tremor theorem on lattices", "Simple proof of the tremor theorem on lattices"),
        ("Alerts of volcanic tremor in Japan", "Towards alerts of volcanic tremor in Japan"),
    ),
    "systems and those built on them": titles(
        *(("TremorNet: alerts of volcanic tremor", f"{name}: alerts of volcanic tremor") for name in (
            "TremorNet XL", "TremorNetV2", "MultiTremorNet", "Fast TremorNet",
        )),
    ),
    "trials and other analyses of them": titles(
        *((MASKS, f"{MASKS}: {rest}") for rest in (
            "a cost-effectiveness analysis", "a secondary analysis of a randomised trial", "process evaluation", "a nested study of nurses",
        )),
        (f"{MASKS}: a randomised trial", f"{MASKS}: a secondary analysis of a randomised trial"),
        (f"{MASKS}: protocol of a randomised trial", f"{MASKS}: results of a randomised trial"),
        (f"{MASKS}: one-year outcomes", f"{MASKS}: five-year outcomes"),
        (f"{MASKS}: a living systematic review, version 1", f"{MASKS}: a living systematic review, version 3"),
    ),
    "opposites of maps, gases and methods": titles(
        *((f"{one} maps of volcanic tremor in Japan", f"{other} maps of volcanic tremor in Japan") for one, other in (
            ("Coseismic", "Postseismic"), ("Syn-eruptive", "Pre-eruptive"), ("Homoscedastic", "Heteroscedastic"),
            ("Single-station", "Multi-station"), ("Zero-shot", "Few-shot"), ("Convex", "Nonconvex"), ("Ex-ante", "Ex-post"),
            ("Top-down", "Bottom-up"), ("Black-box", "White-box"), ("Supraglacial", "Subglacial"), ("Northeast", "Northwest"),
        )),
        ("Sulfate in the plumes of Mount Aso", "Sulfite in the plumes of Mount Aso"),
        ("L-lactate of climbers at Mount Aso", "D-lactate of climbers at Mount Aso"),
        ("Plumes of 5 ppm sulfur over Mount Aso", "Plumes of 5 ppb sulfur over Mount Aso"),
        ("The Mw 6.2 earthquake of Aso and its tremor", "The Mw 7.0 earthquake of Aso and its tremor"),
    ),
    "kinds of texts in other languages": karst(
        "Korrektur zu: {}", "Fe de errores: {}", "정정: {}", "تصحيح: {}", "Kommentar zu „{}“", "Commentaire sur « {} »", "Комментарий: {}",
        "Réponse des auteurs : {}", "Respuesta de los autores: {}", "Antwort der Autoren: {}", "Ответ на: {}", "Рецензия: {}",
        "Besprechung von: {}", "Comptes rendus : {}", "Prólogo: {}", "Предисловие: {}", "Nachruf: {}", "Kurzfassung: {}",
        "Resumen extendido: {}", "Vortrag: {}", "Diapositives : {}", "Tesis doctoral: {}", "Inaugural-Dissertation: {}",
        "Traduction de : {}", "{} (Übersetzung)", "Datos de: {}", "Données de : {}", "Daten zu: {}", "Material suplementario: {}",
        "Anhang zu: {}", "Annexe : {}", "Studienprotokoll: {}", "{}: protocolo de estudio",
    ),
    "nobody in particular": (
        Pair("Letter from Aso", "Letter from Aso", {"people": ("Anonymous",)}, {"people": ("Anonymous",)}),
        Pair("Tremor of Aso", "Tremor of Aso", {"people": CROWD[:1]}, {"people": CROWD[20:40]}),
    ),
}  # fmt: skip

SHORT_FORMS = {
    "a tutorial on one side",
    "a text of nine years later",
    "one common name among others",
}  # classes of which a list may mean the one by the other
UNCERTAIN = {"a word more in a long title"}  # classes that a search leaves to a maintainer


def document() -> str:
    """Return docs/linking.md: each class with an example and the verdicts on all its pairs."""
    lines = [
        "# What is one work",
        "",
        "A preprint and a published record that no registry joins, by what differs. The verdicts are those of the",
        "program, renewed by `make docs`; `tests/linking/classes.py` has all pairs. \u2026 stands for",
        f"\u201c{TITLE}\u201d.",
    ]
    for heading, table, verdict in (("One work", ONE_WORK, True), ("Two works", TWO_WORKS, False)):
        lines += ["", f"## {heading}", "", "| class | one | the other | pairs | verdict |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += [_row(name, pairs, verdict) for name, pairs in table.items()]
    return "\n".join([*lines, ""])


def _row(name: str, pairs: tuple[Pair, ...], verdict: bool) -> str:
    one, other = map(_cell, _example(pairs[0]))
    right = sum(pair.is_joined() is verdict for pair in pairs)
    judged = "one" if verdict else "two"
    if right < len(pairs):
        judged = f"{judged}, but for {len(pairs) - right}"
    return f"| {name} | {one} | {other} | {len(pairs)} | {judged} |"


def _example(pair: Pair) -> Iterator[str]:
    """Yield what differs: titles, people, or what a registry says."""
    if pair.title != pair.other and not (pair.preprint or pair.published):
        yield from (pair.title, pair.other)
        return
    fields = sorted(pair.preprint.keys() | pair.published.keys())
    for form, title in ((pair.preprint, pair.title), (pair.published, pair.other)):
        values = [_value(name, form.get(name)) for name in fields]
        values = values if pair.title == pair.other == TITLE else [title, *values]
        yield "; ".join(filter(None, values)) or "nothing"


def _value(name: str, value: Any) -> str:
    if value is None:
        value = {"people": PEOPLE, "date": "2021"}.get(name, "")
    if name == "original_titles":
        return " and ".join(f"original: {title}" for title in value)
    if name == "notices":
        return ", ".join(notice.kind for _, notice in value)
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _cell(text: str) -> str:
    """Return a text as a cell of a table: nothing in it is markup."""
    return re.sub(r"([\\`*_<>|&\[\]$])", r"\\\1", text.replace(TITLE, "\u2026"))
