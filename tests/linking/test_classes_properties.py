"""Pairs that nobody wrote: changes without meaning keep a work one, one of meaning makes it two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harvest.linking.tables import TABLES
from tests.linking.classes import Pair

GIVEN = ("Ada", "Bruno", "Chiara", "Daan", "Emre", "Farah", "Goran", "Hana", "Ivo", "Jun")
FAMILIES = ("Lindqvist", "Okafor", "Demirel", "Verhoeven", "Müller", "García", "Šimić", "Nowak",
            "Haddad", "Tanaka", "Øster", "Petrović")  # fmt: skip
SUBJECTS = (
    "oxygen transport",
    "blood flow",
    "light scattering",
    "protein folding",
    "heat exchange",
)
PLACES = ("retinal vessels", "pregnant mammals", "river sediments", "solar panels", "lung tissue")
WAYS = ("graph networks", "Raman spectroscopy", "Bayesian inference", "field surveys", "wavelets")
STARTS = (
    "Assessment of",
    "Towards robust models of",
    "Mapping",
    "A unified theory of",
    "Limits of",
)


@st.composite
def titles(draw: st.DrawFn) -> str:
    start, subject = draw(st.sampled_from(STARTS)), draw(st.sampled_from(SUBJECTS))
    place, way = draw(st.sampled_from(PLACES)), draw(st.sampled_from(WAYS))
    return f"{start} {subject} in {place} with {way}"


@st.composite
def teams(draw: st.DrawFn) -> tuple[str, ...]:
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=3, max_size=8, unique=True))
    given_names = draw(st.permutations(GIVEN))
    return tuple(f"{first} {last}" for first, last in zip(given_names, families, strict=False))


NUMBERS = TABLES.cardinals.split()

Change = Callable[[st.DrawFn, str], str]
People = tuple[str, ...]


def _capitals(draw: st.DrawFn, title: str) -> str:
    return draw(st.sampled_from((title.upper(), title.lower(), title.title())))


def _dashes(draw: st.DrawFn, title: str) -> str:
    return title.replace(" in ", draw(st.sampled_from((" \u2014 in ", " in\u00a0", "  in "))))


def _acronym(draw: st.DrawFn, title: str) -> str:
    name = draw(st.sampled_from(("OxyNet", "BRAID", "FlowNet", "T-Rex", "MAGIC")))
    return draw(st.sampled_from((f"{name}: {title}", f"{title}: {name}", f"{name} - {title}")))


def _status(draw: st.DrawFn, title: str) -> str:
    marks = ("RETRACTED: {}", "{} (Preprint)", "WITHDRAWN: {}", "{} [Retracted]", "{}.")
    return draw(st.sampled_from(marks)).format(title)


def _slip(draw: st.DrawFn, title: str) -> str:
    words = title.split()
    places = [place for place, word in enumerate(words) if len(word) > 5]
    place = draw(st.sampled_from(places))
    word = words[place]
    letter = draw(st.integers(2, len(word) - 3))
    words[place] = word[:letter] + word[letter + 1 :]
    return " ".join(words)


EQUAL: tuple[Change, ...] = (_capitals, _dashes, _status)
NEAR: tuple[Change, ...] = (_acronym, _slip)
FORMS = ("{0} {1}", "{1}, {0}", "{1}, {2}.", "{2}. {1}", "{0} {1} Jr.")
FAMILY_FIRST = ("{1} {0}", "{1} {2}")  # which share no key with the others, if the title has none


@st.composite
def same_people(draw: st.DrawFn, people: People, forms: tuple[str, ...]) -> People:
    """Return people as another registry has them."""
    order = draw(st.sampled_from(("same", "reversed", "by family", "last first")))
    if order == "reversed":
        people = people[::-1]
    elif order == "by family":
        people = tuple(sorted(people, key=lambda name: name.split()[-1]))
    elif order == "last first":
        people = (people[-1], *people[:-1])
    form = draw(st.sampled_from(forms))
    names = []
    for name in people:
        first, last = name.split()
        names.append(form.format(first, last, first[0]))
    if draw(st.booleans()):
        names.insert(draw(st.integers(0, len(names))), "The Open Science Consortium")
    if len(names) > 3 and draw(st.booleans()):
        names.insert(draw(st.integers(0, len(names))), "Zdena Quist")
    return tuple(names)


@given(titles(), teams(), st.data())
@settings(max_examples=150, deadline=None)
def test_changes_without_meaning_keep_a_work_one(
    title: str, people: People, data: st.DataObject
) -> None:
    change = data.draw(st.sampled_from((*EQUAL, *NEAR)))
    other = change(data.draw, title)
    forms = FORMS if change in NEAR else (*FORMS, *FAMILY_FIRST)
    others = data.draw(same_people(people, forms))
    year = data.draw(st.integers(2020, 2022))
    pair = Pair(title, other, {"people": people}, {"people": others, "date": str(year)})
    assert pair.is_joined()


def _number(draw: st.DrawFn, title: str) -> tuple[str, str]:
    one, other = draw(st.permutations(range(1, 40)))[:2]
    noun = draw(
        st.sampled_from(("Part", "Volume", "Phase", "Chapter", "Study", "No.", "Version", ""))
    )
    mark = draw(st.sampled_from((": ", ", ", " ", " - ")))
    form = draw(st.sampled_from((str, roman, written)))
    another = draw(st.sampled_from((str, roman, written)))
    return f"{title}{mark}{noun} {form(one)}", f"{title}{mark}{noun} {another(other)}"


def _year(draw: st.DrawFn, title: str) -> tuple[str, str]:
    one, other = draw(st.lists(st.integers(1980, 2025), min_size=2, max_size=2, unique=True))
    form = draw(
        st.sampled_from(("{0} in {1}", "{0}, {1}", "{1}: {0}", "{0} ({1})", "{0}: the {1} survey"))
    )
    return form.format(title, one), form.format(title, other)


def _count(draw: st.DrawFn, title: str) -> tuple[str, str]:
    one, other = draw(st.lists(st.integers(2, 5_000), min_size=2, max_size=2, unique=True))
    return f"{title} of {one:,} animals", f"{title} of {other} animals"


def _one_sided(draw: st.DrawFn, title: str) -> tuple[str, str]:
    parts = ("Part II", "2", "Part 1", "III", "Phase 2", "Part B", "Volume 3", "Part Two", "v2")
    mark = draw(st.sampled_from((": ", " ", ", ", " - ")))
    return title, f"{title}{mark}{draw(st.sampled_from(parts))}"


OPPOSITES = (("Early", "Late"), ("Prenatal", "Postnatal"), ("Qualitative", "Quantitative"), ("Linear", "Nonlinear"),
             ("Upper", "Lower"), ("Supervised", "Unsupervised"), ("Male", "Female"), ("Symmetric", "Asymmetric"),
             ("Indoor", "Outdoor"), ("Finite", "Infinite"), ("Positive", "Negative"), ("Invasive", "Noninvasive"),
             ("Hyperthermic", "Hypothermic"), ("Active", "Passive"), ("Dependent", "Independent"), ("Stable", "Unstable"),
             ("Coherent", "Incoherent"), ("Ordered", "Disordered"), ("Typical", "Atypical"), ("Winter", "Summer"),
             ("Complete", "Incomplete"), ("Centralized", "Decentralized"), ("Preclinical", "Clinical"),
             ("Thermal", "Nonthermal"), ("Intracellular", "Extracellular"), ("Urban", "Rural"))  # fmt: skip


def _opposite(draw: st.DrawFn, title: str) -> tuple[str, str]:
    one, other = draw(st.permutations(draw(st.sampled_from(OPPOSITES))))
    form = draw(
        st.sampled_from(
            ("{1} states: {0}", "{0} under {1} conditions", "{1} {0}", "{0} of {1} systems")
        )
    )
    return form.format(title, one), form.format(title, other)


def _denial(draw: st.DrawFn, title: str) -> tuple[str, str]:
    form = draw(
        st.sampled_from(("{} without drugs", "{}: not a disease", "No {}", "{} and neither harm"))
    )
    plain = {"{} without drugs": "{} with drugs", "{}: not a disease": "{}: a disease"}.get(
        form, "{}"
    )
    return plain.format(title), form.format(title)


KINDS = ("Correction to: {}", "{}: Corrigendum", "Erratum for {}", "Reply to {}", "{} - Reply", "Comment on {}",
         "Editorial: {}", "{} (Extended Abstract)", "{}: Supplementary Material", "Data from: {}", "Protocol for {}",
         "Author response to {}", "Retraction notice to {}", "Commentary on: {}", "Book review: {}", "{} (Dataset)",
         "{} \u2014 Erratum", "{}: Study Protocol", "Response to: {}", "{}. Discussion", "{} [Correction]",
         "Poster abstract: {}", "Peer review report for {}", "Addendum to \u201c{}\u201d")  # fmt: skip


def _kind(draw: st.DrawFn, title: str) -> tuple[str, str]:
    return title, draw(st.sampled_from(KINDS)).format(title)


MEANING = (_number, _year, _count, _one_sided, _opposite, _denial, _kind)


@pytest.mark.parametrize("change", MEANING, ids=lambda it: it.__name__.strip("_"))
@given(title=titles(), people=teams(), data=st.data())
@settings(max_examples=50, deadline=None)
def test_one_change_of_meaning_makes_two_works(
    change: Callable[[st.DrawFn, str], tuple[str, str]],
    title: str,
    people: People,
    data: st.DataObject,
) -> None:
    one, other = change(data.draw, title)
    assume(one != other)
    pair = Pair(one, other, {"people": people}, {"people": people})
    if data.draw(st.booleans()):
        pair = Pair(other, one, {"people": people}, {"people": people})
    assert not pair.is_joined()
    assert not pair.is_found()


def roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def written(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number < 20:
        return NUMBERS[number]
    return "-".join([("twenty", "thirty")[tens - 2], *([NUMBERS[ones]] if ones else [])])
