"""A library of 20,000 works with its look-alikes, and what lists make of titles and names.

The works that are there for real come from tests/data/labelled.jsonl; the others are made of their
words, by authors
who share a few family names, and half of them have a relative that is easily taken for them.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from harvest.text import fold_title
from tests.fakes import Person, Work

LABELLED = Path(__file__).parents[1] / "tests" / "data" / "labelled.jsonl"


def _items(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(";")]


FAMILIES = _items(
    """Wang; Li; Zhang; Liu; Chen; Yang; Huang; Zhao; Wu; Zhou; Kim; Lee; Park; Singh; Kumar; Patel; Müller; Schmidt;
    Rosén; Sjöblom; García; Fernández; Nguyen; Tran; Smith; Johnson; Brown; Rossi; Ferrari; Dubois;
    Moreau; Kowalski;
    Novák; Yilmaz; Öztürk; Haddad; Cohen; Mikołajczyk; Strodthoff; Pinaya; Tudosiu; Aghdam; Heidari;
    Kazerouni;
    Dorjsembe; Adib; Afghah; Prevost; Vetter; Macke; Hicks"""
)
GIVEN = _items(
    """Wei; Jing; Min; Yu; Hao; Lin; Xin; Rui; Anna; Maria; José; João; Sofia; Lars; Ingrid; Karl; Eva; Tomáš; Ayşe;
    Emre; Priya; Arjun; John; Mary; Paul; Laura; Pierre; Claire; Marco; Giulia; Omar; Leila; Noa;
    David; Ji-Woo;
    Min-Jun; Thi; Van; Kenji; Yuki"""
)
METHODS = _items(
    """generative adversarial networks; latent diffusion models; variational autoencoders; normalizing flows;
    score-based models; conditional GANs; transformers; masked autoencoders; vector-quantized
    models; consistency
    models; energy-based models; neural fields; contrastive learning; federated learning; graph
    networks;
    self-supervised pretraining"""
)
TASKS = _items(
    """synthesis; augmentation; segmentation; reconstruction; translation; denoising; classification; anonymization;
    registration; super-resolution; harmonization; completion; anomaly detection; report generation;
    simulation;
    quality assessment"""
)
OBJECTS = _items(
    """chest X-ray images; brain MRI; cardiac MRI; abdominal CT; low-dose CT; electrocardiograms; EEG recordings;
    mammograms; breast ultrasound; liver ultrasound; fetal ultrasound; dermoscopic images; skin
    lesions; retinal fundus
    images; OCT scans; histopathology slides; PET volumes; colonoscopy videos; tabular health
    records; clinical notes;
    sleep recordings; knee radiographs; dental images; lung nodules; glioma images; prostate MRI;
    spine CT; endoscopic
    videos"""
)
QUALITIES = _items(
    """realistic; controllable; privacy-preserving; robust; efficient; uncertainty-aware; anatomy-guided;
    text-conditioned; few-shot; high-resolution; multi-modal; fair; interpretable; lightweight;
    cross-domain;
    semi-supervised; weakly supervised; hierarchical; adaptive; physics-informed; domain-invariant; patient-specific"""
)
ADDED = _items(
    """with limited data; under distribution shift; for rare diseases; in clinical practice; from sparse views; without
    paired data; across scanners; with spatial constraints; at scale; on edge devices; by knowledge
    distillation; with
    human feedback"""
)
PATTERNS = (
    "{quality} {task} of {object} using {method}",
    "{method} for {quality} {object} {task}",
    "{acronym}: {quality} {method} for {object} {task} {added}",
    "Towards {quality} {task} of {object} {added}",
    "{object} {task} {added}: {quality} {method}",
    "Evaluating {method} for {task} of {object} {added}",
)
INVENTED = "10.5555/w"  # what the DOIs of made-up works begin with


class Search(NamedTuple):
    """What a list says of a work, the DOIs that would be right (none: it is not there), and what
    was done to it.
    """

    title: str
    authors: str | None
    year: int | None
    right: frozenset[str]
    noise: str


# -- the library
# -----------------------------------------------------------------------------------------------------


def library(size: int, rng: random.Random) -> tuple[dict[str, Work], list[Work], dict[str, str]]:
    """Return the works by DOI, those that may be searched for, and other titles that some of them
    are listed under.
    """
    works: dict[str, Work] = {}
    listed_as: dict[str, str] = {}
    wanted: list[Work] = []
    for line in LABELLED.read_text("utf-8").splitlines():
        for work in _labelled(fact := json.loads(line)):
            works[work.doi] = work
        wanted.append(work)
        if "listed_as" in fact:
            listed_as[work.doi] = fact["listed_as"]
    number, titles = 0, set[str]()
    while len(works) < size:
        work = invented(number, rng)
        if fold_title(work.title) in titles:
            continue
        titles.add(fold_title(work.title))
        family = [work, *_relatives(work, number, rng)]
        wanted.append(rng.choice([member for member in family if _is_paper(member)]))
        works |= {member.doi: member for member in family}
        number += 1
    return works, wanted, listed_as


def _is_paper(work: Work) -> bool:
    return not work.doi.endswith(("notice", "review"))


def _labelled(fact: dict[str, Any]) -> Iterator[Work]:
    """Return a work that is there for real, its preprint before it; what has no DOI gets one that
    is made up.
    """
    scheme, _, value = fact["identifier"].partition(":")
    doi = value if scheme == "doi" else f"10.5555/{re.sub(r'[^a-z0-9.]+', '-', value.lower())}"
    people = [Person(given or None, family) for given, family in fact["authors"]]
    day, kind = (
        f"{fact['year']}-06-15",
        "posted-content" if scheme == "arxiv" else "journal-article",
    )
    extra: dict[str, Any] = {}
    if "preprint" in fact:
        preprint = f"10.5555/preprint.{fact['preprint']}"
        extra = {
            "relation": {
                "has-preprint": [{"id-type": "doi", "id": preprint, "asserted-by": "subject"}]
            }
        }
        yield Work(
            doi=preprint,
            title=fact["title"],
            authors=people,
            date=f"{fact['year'] - 1}-10-01",
            type="posted-content",
        )
    yield Work(
        doi=doi,
        title=fact["title"],
        authors=people,
        date=day,
        type=kind,
        container=fact.get("container"),
        extra=extra,
    )


def invented(number: int, rng: random.Random) -> Work:
    """Make up a work with this number in its DOI."""
    title = rng.choice(PATTERNS).format(
        quality=rng.choice(QUALITIES), task=rng.choice(TASKS), object=rng.choice(OBJECTS), method=rng.choice(METHODS),
        added=rng.choice(ADDED), acronym="".join(rng.choice("ABCDEGLMNPRSTVX") for _ in range(rng.randint(3, 5))),
    )  # fmt: skip
    return Work(
        doi=f"{INVENTED}{number:05}",
        title=title[0].upper() + title[1:],
        authors=_authors(rng),
        date=f"{rng.randint(2016, 2025)}-{rng.randint(1, 12):02}-10",
        container=rng.choice(
            ["Journal of Invented Imaging", "Invented Transactions", "Letters of Invention"]
        ),
    )


def _authors(rng: random.Random) -> list[Person]:
    weights = [8 if place < 10 else 1 for place in range(len(FAMILIES))]
    families = rng.choices(FAMILIES, weights, k=rng.randint(1, 7))
    return [Person(" ".join(rng.sample(GIVEN, rng.randint(1, 2))), family) for family in families]


def _relatives(work: Work, number: int, rng: random.Random) -> Iterator[Work]:
    """Return works that look like one and are not it: most have one or two."""
    later = f"{min(int(work.date[:4]) + 1, 2025)}{work.date[4:]}"

    def relative(name: str, **changes: Any) -> Work:
        known = {
            "title": work.title,
            "authors": work.authors,
            "date": work.date,
            "container": work.container,
            **changes,
        }
        return Work(doi=f"{INVENTED}{number:05}.{name}", **known)

    if rng.random() < 0.35:  # the next paper of the same authors
        old, new = _swap(work.title, rng)
        yield relative("next", title=work.title.replace(old, new), date=later)
    if rng.random() < 0.1:  # what the same authors did next, and said at the end
        added = rng.choice([added for added in ADDED if added not in work.title])
        yield relative("more", title=f"{work.title} {added}", date=later)
    if rng.random() < 0.02:  # somebody else's paper under the same title
        yield relative("namesake", authors=_authors(rng), date=f"{rng.randint(2012, 2025)}-03-01")
    if rng.random() < 0.12:
        yield relative("part2", title=f"{work.title}: Part II", date=later)
    if rng.random() < 0.12:
        yield relative("3d", title=f"3D {work.title}")
    if rng.random() < 0.05:
        notice = rng.choice(
            ["Correction to: {}", "Erratum: {}", "Retraction: {}", "Comment on: {}"]
        )
        yield relative("notice", title=notice.format(work.title), date=later)
    if rng.random() < 0.05:
        yield relative("review", title=f"Peer review of: {work.title}", type="peer-review")


def _swap(title: str, rng: random.Random) -> tuple[str, str]:
    """Choose a phrase of a title and another one to stand in its place."""
    phrases = [
        (old, group)
        for group in (OBJECTS, TASKS, METHODS)
        for old in group
        if old.lower() in title.lower()
    ]
    old, group = rng.choice(phrases)
    start = title.lower().index(old.lower())
    return title[start : start + len(old)], rng.choice([other for other in group if other != old])


# -- what lists make of them
# -----------------------------------------------------------------------------------------


def searches(
    count: int,
    works: dict[str, Work],
    wanted: list[Work],
    listed_as: dict[str, str],
    rng: random.Random,
) -> list[Search]:
    """Return the questions: every labelled work under each noise, and made-up ones, a third of
    which are not there.
    """
    labelled = [work for work in wanted if not work.doi.startswith(INVENTED)]
    made_up = [work for work in wanted if work.doi.startswith(INVENTED)]
    found = [_search(work, [work], name, rng) for work in labelled for name in NOISES]
    found += [
        _search(work, [work], "retitled", rng, title=listed_as[work.doi])
        for work in labelled
        if work.doi in listed_as
    ]
    families: dict[str, list[Work]] = {}
    for work in works.values():
        if _is_paper(work) and not work.doi.endswith("namesake"):
            families.setdefault(_root(work), []).append(work)
    alone = Counter(fold_title(work.title) for family in families.values() for work in family)
    for place, work in enumerate(rng.sample(made_up, count - len(found))):
        if (
            place % 3 == 0 and alone[fold_title(work.title)] == 1
        ):  # taken out of the library, its relatives stay
            del works[work.doi]
            found.append(_search(work, [work], "absent", rng)._replace(right=frozenset()))
        else:
            family = [work] if work.doi.endswith("namesake") else families[_root(work)]
            found.append(_search(work, family, rng.choice(list(NOISES)), rng))
    return found


def _root(work: Work) -> str:
    return work.doi[: len("10.5555/w00000")]


def _search(
    work: Work, family: Sequence[Work], noise: str, rng: random.Random, title: str | None = None
) -> Search:
    written = title or NOISES.get(noise, _plain)(work.title, rng)
    authors = rng.choices([*STYLES, None], [4, 4, 3, 3, 1, 3])[0]
    year = (
        int(work.date[:4]) + rng.choice([0] * 8 + [-1, 1])
        if rng.random() < (0.85 if authors else 1.0)
        else None
    )
    meant = [other.doi for other in _meant(written, noise, family)] or [work.doi]
    right = frozenset(meant if len(meant) == 1 else ())
    return Search(
        written,
        authors(work.authors) if authors else None,
        year,
        right,
        noise if right else "ambiguous",
    )


def _meant(written: str, noise: str, family: Sequence[Work]) -> list[Work]:
    """Return the relatives that became the same words; where they are several, nobody could tell
    which is meant.
    """
    said, titles = fold_title(written), {work.doi: fold_title(work.title) for work in family}
    if not written.endswith(("..", "…")) and (
        whole := [work for work in family if titles[work.doi] == said]
    ):
        return whole
    if noise == "truncated":
        return [work for work in family if titles[work.doi].startswith(said)]
    return [
        work for work in family if said in {titles[work.doi], fold_title(_subtitle(work.title))}
    ]


def _plain(title: str, _: random.Random) -> str:
    return title


def _case(title: str, rng: random.Random) -> str:
    return rng.choice([str.upper, str.lower, str.title])(title)


def _truncated(title: str, rng: random.Random) -> str:
    words = title.split()
    kept = words[: max(5, round(len(words) * rng.uniform(0.6, 0.85)))]
    return (
        " ".join(kept)
        + rng.choice(["...", "…", " ...", "…", "..."] if rng.random() < 0.95 else [""])
        if len(kept) < len(words)
        else title
    )


def _misspelt(title: str, rng: random.Random) -> str:
    letters = list(title)
    for _ in range(rng.randint(1, 3)):
        place = rng.choice(
            [i for i in range(1, len(letters) - 1) if "".join(letters[i - 1 : i + 2]).isalpha()]
        )
        match rng.randint(0, 2):
            case 0:
                letters[place] = ""
            case 1:
                letters[place] = letters[place] * 2
            case _:
                letters[place], letters[place + 1] = letters[place + 1], letters[place]
        letters = list("".join(letters))
    return "".join(letters)


def _reordered(title: str, rng: random.Random) -> str:
    if ": " in title:
        head, _, tail = title.partition(": ")
        return f"{tail}: {head}"
    words = title.split()
    cut = rng.randint(1, len(words) - 1)
    return " ".join(words[cut:] + words[:cut])


def _latex(title: str, rng: random.Random) -> str:
    words = title.split()
    place = rng.randrange(len(words))
    words[place] = rng.choice([r"\textbf{{{}}}", r"\emph{{{}}}", "{{{}}}", "<i>{}</i>"]).format(
        words[place]
    )
    return " ".join(words).replace("ö", r"{\"o}").replace("é", r"\'{e}").replace("-", "--", 1) + "."


def _hyphens(title: str, rng: random.Random) -> str:
    return title.replace("-", rng.choice([" ", "\N{NON-BREAKING HYPHEN}", "\N{EN DASH}"])).replace(
        ": ", " - "
    )


def _subtitle(title: str, _: random.Random | None = None) -> str:
    whole, _, part = title.partition(
        ": Part "
    )  # who leaves a subtitle out says which part it is all the same
    longer = max(whole.partition(": ")[::2], key=len)
    return (f"{longer}: Part {part}" if part else longer) if len(longer.split()) >= 4 else title


NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "plain": _plain, "case": _case, "truncated": _truncated, "misspelt": _misspelt, "reordered": _reordered,
    "LaTeX": _latex, "hyphens": _hyphens, "subtitle": _subtitle,
}  # fmt: skip

STYLES: tuple[Callable[[list[Person]], str], ...] = (
    lambda people: ", ".join(f"{p.given} {p.family}" for p in people),
    lambda people: ", ".join(f"{p.family}, {(p.given or 'A')[0]}." for p in people),
    lambda people: f"{people[0].given} {people[0].family} et al.",
    lambda people: f"{people[0].family} et al.",
    lambda people: ", ".join(f"{p.given} {p.family}".upper() for p in people),
)
