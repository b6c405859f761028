"""Made-up publications, as varied as real ones: titles, people, versions, code, stars, changes."""

from __future__ import annotations

import random
from datetime import date, timedelta

from harvest.config import Publish
from harvest.dataset.change_log import LoggedChange
from harvest.dataset.publication import Publication
from harvest.dataset.stars import StarCount
from harvest.models import (
    Author,
    Dataset,
    Finding,
    IntegrityNotice,
    Manifestation,
    Place,
    Provenance,
    Repository,
    Work,
    WorkRepository,
)

TODAY = date(2026, 11, 21)
METHODS = {
    "GAN": 34,
    "Diffusion model": 30,
    "Transformer": 12,
    "VAE": 9,
    "Language model": 7,
    "Normalizing flow": 4,
    "Autoregressive": 3,
    "Hybrid": 3,
    "Neural field": 2,
}
MODALITIES = {
    "MRI": 20,
    "CT": 15,
    "X-ray": 12,
    "Histopathology": 9,
    "ECG": 8,
    "Ultrasound": 7,
    "EEG": 6,
    "Dermoscopy": 6,
    "Retinal imaging": 5,
    "PET": 4,
    "Mammography": 3,
    "EHR": 3,
    "OCT": 2,
    "Endoscopy": 2,
}
APPLICATIONS = {
    "Segmentation": 5,
    "Classification": 4,
    "Denoising": 3,
    "Super-resolution": 3,
    "Anonymization": 2,
    "Augmentation": 6,
}
VENUES = (
    "IEEE Transactions on Medical Imaging",
    "Medical Image Analysis",
    "Radiology: Artificial Intelligence",
    "Scientific Reports",
    "Computers in Biology and Medicine",
    "Nature Machine Intelligence",
    "Lecture Notes in Computer Science",
    "npj Digital Medicine",
    "Physics in Medicine & Biology",
    "European Radiology",
    "Artificial Intelligence in Medicine",
    "PLOS ONE",
)
ADJECTIVES = (
    "Robust",
    "Controllable",
    "Physics-informed",
    "Self-supervised",
    "Federated",
    "Weakly supervised",
    "Anatomy-aware",
    "Efficient",
    "Privacy-preserving",
    "Hierarchical",
    "Uncertainty-guided",
    "Text-conditioned",
    "Three-dimensional",
    "Latent",
    "Semi-supervised",
    "Explainable",
    "Multi-centre",
    "Low-dose",
    "Equivariant",
    "Cycle-consistent",
    "Sparse",
    "Disentangled",
    "Score-based",
    "Real-time",
)
NOUNS = (
    "Synthesis",
    "Translation",
    "Reconstruction",
    "Generation",
    "Harmonization",
    "Augmentation",
    "Completion",
    "Inpainting",
    "Registration",
    "Counterfactuals",
    "Simulation",
    "Representation Learning",
    "Prior Learning",
    "Anomaly Detection",
    "Domain Adaptation",
    "Quality Assessment",
)
OBJECTS = (
    "Brain Tumours",
    "Cardiac Motion",
    "Chest Radiographs",
    "Retinal Vessels",
    "Liver Lesions",
    "Arrhythmias",
    "Sleep Stages",
    "Breast Cancer Screening",
    "Pathology Slides",
    "Knee Cartilage",
    "Fetal Anatomy",
    "Pulmonary Nodules",
    "Skin Lesions",
    "Alzheimer's Disease",
    "Prostate Biopsies",
    "Stroke Outcomes",
    "Paediatric Scans",
    "Intensive Care Records",
)
TAILS = (
    "",
    "",
    "",
    ": A Multi-Reader Study",
    ": Pitfalls and Remedies",
    " without Paired Data",
    " under Distribution Shift",
    " with Few Labels",
    ": A Benchmark",
    " at Scale",
    " across Scanners",
    " in Clinical Practice",
)
FAMILY = (
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Šubrtová",
    "Nguyen",
    "Rahman",
    "Fernández",
    "Ivanova",
    "Schäfer",
    "Tanaka",
    "O'Neill",
    "Haddad",
    "Kowalczyk",
    "Silva",
    "van den Berg",
    "Chen",
    "Park",
    "Mensah",
    "Rossi",
    "Yilmaz",
    "Gupta",
    "Andersson",
    "Dubois",
    "Kaya",
)
GIVEN = (
    "Amara",
    "Björn",
    "Chloé",
    "Dana",
    "Emil",
    "Fatima",
    "Gabriel",
    "Hana",
    "Ivo",
    "Jun",
    "Katarzyna",
    "Luis",
    "Mei",
    "Noor",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Thandi",
    "Uma",
    "Viktor",
    "Wen",
    "Yusuf",
    "Zoë",
)
SYLLABLES = (
    "ka",
    "ro",
    "mi",
    "ten",
    "sha",
    "lu",
    "ver",
    "dan",
    "ol",
    "pre",
    "zi",
    "gan",
    "bel",
    "tor",
    "ne",
    "qui",
    "fas",
    "hu",
)
LISTS = (
    "github:curators/medical-synthesis",
    "github:signal-lab/awesome-biosignals",
    "github:openradiology/generative-imaging:docs/papers.md",
    "seeds/reading-group.bib",
)


def publication(size: int, seed: int = 7) -> Publication:
    """Return a publication of so many works; equal arguments give equal ones."""
    chance = random.Random(seed)  # noqa: S311  # nothing is secret here
    people = _people(chance, max(50, size * 2))
    works, repositories = [], []
    for number in range(size):
        work = _work(chance, number, people)
        if chance.random() < 0.47:
            repository = _repository(chance, number, work)
            repositories.append(repository)
            work.repositories.append(WorkRepository(repository.id, "code"))
        works.append(work)
    works.sort(key=lambda work: work.id)
    repositories.sort(key=lambda repository: repository.id)
    return Publication(
        dataset=Dataset(works, repositories),
        findings=_findings(chance, works),
        changes=_changes(chance, works, repositories),
        stars=_stars(chance, repositories),
        settings=Publish(
            title="Medical image and signal synthesis",
            description="What is generated, by which method, and with which code.",
            license="CC0-1.0",
        ),
    )


def _people(chance: random.Random, size: int) -> list[Author]:
    people = []
    for _ in range(size):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        if chance.random() < 0.7:
            family = _word(chance).capitalize()
        people.append(Author(f"{given} {family}", given, family))
    return people


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))


def _title(chance: random.Random, method: str, modality: str) -> str:
    name = _word(chance).capitalize() + chance.choice(("Net", "GAN", "Diff", ""))
    start = f"{name}: " if chance.random() < 0.4 else ""
    topic = modality if chance.random() < 0.6 else method
    middle = f"{chance.choice(ADJECTIVES)} {topic} {chance.choice(NOUNS)}"
    more = f" and {_words(chance)} {chance.choice(NOUNS)}" if chance.random() < 0.6 else ""
    end = f" {chance.choice(('for', 'of', 'beyond', 'from'))} {chance.choice(OBJECTS)}"
    place = _words(chance)
    tails = (
        f" in {chance.randrange(20, 9_000)} Patients from {place}",
        f": The {place} Challenge of {chance.randrange(2013, 2027)}",
        f" after {place}",
        f" by {place} {chance.choice(NOUNS)}",
        chance.choice(TAILS),
    )
    return start + middle + more + end + chance.choice(tails)


def _words(chance: random.Random) -> str:
    """Return one or two invented names, which vary as the rare words of real titles do."""
    return " ".join(_word(chance).capitalize() for _ in range(chance.choice((1, 2))))


def _pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _work(chance: random.Random, number: int, people: list[Author]) -> Work:
    method, modality = _pick(chance, METHODS), _pick(chance, MODALITIES)
    age = int(min(12.5, chance.expovariate(0.34)) * 365)
    first = TODAY - timedelta(days=age + chance.randrange(200))
    is_preprint, is_published = chance.random() < 0.8, chance.random() < 0.66
    arxiv = f"{first:%y%m}.{number % 100000:05}"
    doi = f"10.{1000 + number % 90}/{_word(chance)}.{first.year}.{number}"
    venue = chance.choice(VENUES)
    forms = []
    if is_preprint:
        forms.append(
            Manifestation(
                f"arxiv:{arxiv}", "preprint", first.isoformat(), f"https://arxiv.org/abs/{arxiv}"
            )
        )
    later = first + timedelta(days=int(chance.gammavariate(2.4, 110)))
    if (is_published and later <= TODAY) or not is_preprint:
        day = later if is_preprint else first
        forms.append(
            Manifestation(
                f"doi:{doi}", "version_of_record", day.isoformat(), f"https://doi.org/{doi}"
            )
        )
    published = forms[-1].kind == "version_of_record"
    title = _title(chance, method, modality)
    source = "crossref" if published else "arxiv"
    own = forms[-1].identifier
    facets = {"method": [method], "modality": [modality]}
    if chance.random() < 0.5:
        facets["application"] = [_pick(chance, APPLICATIONS)]
    notices = []
    if chance.random() < 0.006:
        kind = chance.choice(("retraction", "correction", "expression_of_concern"))
        notices.append(
            IntegrityNotice(kind, f"doi:10.9999/notice.{number}", "2026-05-04", "crossref")
        )
    seed = chance.choices(LISTS, (5, 3, 3, 1))[0]
    place = Place(
        seed=seed,
        line=10 + number,
        section=("Papers", method),
        title=title,
        authors=None,
        date=str(first.year),
        url=forms[0].url,
        label="Paper",
    )
    fields = dict.fromkeys(
        ("title", "authors", "date", "type", "container"), Provenance(source, own)
    )
    authors = chance.sample(people, chance.choice((1, 2, 3, 4, 4, 5, 6, 9)))
    return Work(
        id=own,
        aliases=[forms[0].identifier] if len(forms) > 1 and chance.random() < 0.3 else [],
        status=chance.choices(("resolved", "provisional", "listed", "not_found"), (94, 3, 2, 1))[0],
        type="journal-article" if published else "posted-content",
        title=title,
        authors=authors,
        date=forms[0].date,
        year=first.year,
        container=venue if published else "arXiv",
        publisher="Publisher" if published else None,
        cited_by=int(chance.expovariate(1 / (2 + age / 60))) if published else None,
        identifiers={
            "doi": [doi] if published else [],
            "arxiv": [arxiv] if is_preprint else [],
            "openreview": [],
            "pii": [],
            "url": [],
        },
        manifestations=forms,
        integrity=notices,
        facets=facets,
        repositories=[],
        mentions=[place],
        provenance=fields
        | {"facets.method": Provenance("list"), "facets.modality": Provenance("list")},
        key=f"{(authors[0].family or 'anon').lower().replace(' ', '')[:8].encode('ascii', 'ignore').decode() or 'x'}{first.year}{number}",
        volume=str(chance.randrange(1, 90)) if published else None,
        pages=f"{number % 900}-{number % 900 + 12}" if published else None,
        stale_since="2026-11-20" if chance.random() < 0.004 else None,
    )


def _repository(chance: random.Random, number: int, work: Work) -> Repository:
    name = f"{_word(chance)}-lab/{_word(chance)}-{chance.choice(('synth', 'net', 'diffusion', 'gan', 'code'))}{number % 97}"
    created = max(
        date.fromisoformat(work.date or "2020-01-01") - timedelta(days=chance.randrange(90)),
        date(2013, 1, 1),
    )
    idle = min(int(chance.expovariate(1 / 420)), (TODAY - created).days)
    state = "active" if idle < 183 else "slow" if idle < 730 else "dormant"
    state = chance.choices((state, "archived", "empty", "gone", "unknown"), (86, 4, 2, 5, 3))[0]
    pushed = TODAY - timedelta(days=idle)
    return Repository(
        id=f"github:{name}",
        url=f"https://github.com/{name}",
        repository_id=number + 1,
        status="gone" if state == "gone" else "ok",
        description=f"Official code of {work.title}",
        language=chance.choices(("Python", "Jupyter Notebook", "MATLAB", "C++"), (14, 5, 1, 1))[0],
        license=chance.choice(("MIT", "Apache-2.0", "GPL-3.0", None)),
        stars=int(chance.lognormvariate(2.9, 1.5)) if state not in ("unknown", "gone") else None,
        forks=3,
        created_at=f"{created}T10:00:00Z",
        pushed_at=f"{pushed}T10:00:00Z",
        archived=state == "archived",
        activity=state,
        works=[work.id],
        source="github",
    )


def _stars(chance: random.Random, repositories: list[Repository]) -> list[StarCount]:
    counts = []
    for repository in repositories:
        stars = repository.stars
        if stars is None or chance.random() < 0.4:
            continue
        for step in range(10):
            day = TODAY - timedelta(days=9 * step)
            counts.append(
                StarCount(
                    day.isoformat(), repository.repository_id or 0, repository.id, max(0, stars), 3
                )
            )
            stars -= chance.randrange(1 + stars // 12) if stars > 0 else 0
    return sorted(counts, key=lambda count: (count.date, count.repository))


def _changes(
    chance: random.Random, works: list[Work], repositories: list[Repository]
) -> list[LoggedChange]:
    changes = []
    if not works:
        return []
    for step in range(40, -1, -1):
        day = (TODAY - timedelta(days=step)).isoformat()
        for _ in range(chance.randrange(1, 6)):
            work = chance.choice(works)
            kind = chance.choices(
                ("added", "published", "retitled", "corrected", "retracted"), (10, 6, 2, 1, 1)
            )[0]
            changes.append(
                LoggedChange(
                    date=day,
                    id=work.id,
                    kind=kind,
                    cause="list edited" if kind == "added" else "source changed",
                    title=work.title,
                )
            )
        for repository in chance.sample(repositories, min(3, len(repositories))):
            kind = chance.choices(("stars", "archived", "gone", "renamed"), (8, 1, 1, 1))[0]
            before, after = (10, 10 + chance.randrange(30)) if kind == "stars" else (None, None)
            changes.append(
                LoggedChange(
                    date=day,
                    id=repository.id,
                    kind=kind,
                    cause="source changed",
                    before=before,
                    after=after,
                )
            )
    return changes


def _findings(chance: random.Random, works: list[Work]) -> list[Finding]:
    codes = (
        "http",
        "retracted",
        "duplicate",
        "repository-gone",
        "mojibake",
        "title-mismatch",
        "published",
        "linked-file-missing",
    )
    findings = []
    for work in works:
        if chance.random() < 0.22:
            place = work.mentions[0]
            code = chance.choices(codes, (9, 1, 4, 3, 1, 6, 8, 1))[0]
            findings.append(
                Finding(
                    place.seed, place.line, code, f"{work.id}: see {work.manifestations[-1].url}"
                )
            )
    return sorted(findings)
