"""What the services know, how they behave, and what goes wrong with them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

DATA = Path(__file__).parents[1] / "data" / "world.jsonl"

# Stands for half of a surrogate pair, which services were seen to send and strict readers refuse.
BROKEN = "\ue000"

Item = TypeVar("Item")
ServiceName = Literal["crossref", "arxiv", "github", "datacite", "doi", "pubmed"]


class Person(msgspec.Struct, omit_defaults=True):
    """An author; a consortium has only `name`, and some records have nothing at all."""

    given: str | None = None
    family: str | None = None
    name: str | None = None
    suffix: str | None = None
    orcid: str | None = None

    def __str__(self) -> str:
        return self.name or " ".join(filter(None, [self.given, self.family, self.suffix]))


class Work(msgspec.Struct, tag_field="kind", tag="work", kw_only=True, omit_defaults=True):
    """What Crossref knows under one DOI.

    `preprint` is written as publishers do: an arXiv id with or without version, or its 10.48550
    DOI. `extra` is laid over the finished record, where None removes a key: the way to build an odd
    one. `invented` names made-up fields.
    """

    doi: str
    title: str
    authors: list[Person] = []
    date: str
    type: str = "journal-article"
    container: str | None = None
    publisher: str = "Invented Press"
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    article_number: str | None = None
    issn: str | None = None
    pii: str | None = None
    preprint: str | None = None
    landing_page: str | None = None
    cited_by: int = 0
    extra: dict[str, Any] = {}
    invented: list[str] = []


class Version(msgspec.Struct, omit_defaults=True):
    """A submission to arXiv; `title` and `comment` are the preprint's unless they changed."""

    date: str
    title: str | None = None
    comment: str | None = None


class Preprint(msgspec.Struct, tag_field="kind", tag="preprint", kw_only=True, omit_defaults=True):
    """What arXiv knows under one id, oldest version first; `doi` may hold several."""

    id: str
    title: str
    authors: list[Person] = []
    versions: list[Version]
    categories: tuple[str, ...] = ("eess.IV", "cs.CV", "cs.LG")
    summary: str = "An invented summary."
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    affiliation: str | None = None
    invented: list[str] = []


class Article(msgspec.Struct, tag_field="kind", tag="article", kw_only=True, omit_defaults=True):
    """What PubMed knows under a number; `extra` is laid over the finished summary."""

    pmid: str
    title: str
    authors: list[Person] = []
    date: str
    doi: str | None = None
    pmc: str | None = None
    extra: dict[str, Any] = {}


class Repository(
    msgspec.Struct, tag_field="kind", tag="repository", kw_only=True, omit_defaults=True
):
    """What GitHub knows of one repository; `former` are the names it was renamed from.

    A repository without `default_branch` is empty. `state`: `gone` and `private` answer 404,
    `dmca` 451, `blocked` 403, `forbidden` is behind an organisation's single sign-on. `size` is
    that of REST, in kB: 0 for small repositories too. `busy` ones have a history that GitHub counts
    slowly.
    """

    name: str
    id: int
    state: Literal["ok", "gone", "private", "dmca", "blocked", "forbidden"] = "ok"
    former: list[str] = []
    description: str | None = None
    homepage: str | None = None
    language: str | None = None
    license: str | None = None
    topics: list[str] = []
    stars: int = 0
    forks: int = 0
    issues: int = 0
    pull_requests: int = 0
    created_at: str = "2020-01-01T00:00:00Z"
    updated_at: str = "2026-11-01T00:00:00Z"
    pushed_at: str | None = None
    archived: bool = False
    disabled: bool = False
    template: bool = False
    mirror: bool = False
    fork_of: str | None = None
    default_branch: str | None = "main"
    release: tuple[str, str] | None = None
    commits: int = 1
    size: int = 1024
    busy: bool = False
    files: dict[str, str] = {}
    invented: list[str] = []

    def commits_since(self, since: datetime | None) -> int:
        """Return how many commits are not older than `since`.

        They are spread evenly from creation to the last push.
        """
        if self.default_branch is None or self.pushed_at is None:
            return 0
        if since is None:
            return self.commits
        first = datetime.fromisoformat(self.created_at)
        last = datetime.fromisoformat(self.pushed_at)
        step = (last - first) / max(self.commits - 1, 1)
        return sum(last - step * age >= since for age in range(self.commits))


@dataclass
class Request:
    """A request; `number` counts from 1 within its service, `at` is in monotonic seconds.

    `age` is in seconds since the first request to its service.
    """

    service: ServiceName
    number: int
    method: str
    path: str
    target: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    at: float
    in_flight: int
    route: str = ""
    status: int | None = None
    age: float = 0.0

    def parameter(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        return self.query.get(name, [default])[-1]


When = Callable[[Request], bool]
FaultKind = Literal[
    "202", "203", "206", "429", "500", "502", "503", "504", "html", "empty", "truncated", "reset",
    "hang", "drip", "drip-headers", "content-type", "partial", "partial-unsaid", "null-data",
    "rate-limited", "rate-limit", "primary-limit", "secondary-limit", "rate-exceeded", "empty-page",
    "short-page", "denied",
]  # fmt: skip


def always(_: Request) -> bool:
    """Pick every request."""
    return True


def nth(*numbers: int) -> When:
    """Pick the requests of a service with these running numbers, from 1."""
    return lambda request: request.number in numbers


def first(count: int) -> When:
    """Pick the first `count` requests of a service."""
    return lambda request: request.number <= count


def every(step: int) -> When:
    """Pick each `step`th request of a service."""
    return lambda request: request.number % step == 0


def within(seconds: float) -> When:
    """Pick the requests of a service in the first seconds after its first one."""
    return lambda request: request.age < seconds


def chance(probability: float, seed: int = 1) -> When:
    """Pick a request with this probability, and in each run the same ones of a service."""

    def picks(request: Request) -> bool:
        name = f"{seed} {request.service} {request.number}"
        return random.Random(name).random() < probability  # noqa: S311  # repeatable is the point

    return picks


@dataclass
class Fault:
    """Something that goes wrong with the requests of a service that `when` picks.

    `retry_after` is in seconds, sent as an HTTP date if `as_date`; `seconds` is the time between
    two bytes of a drip. The kinds are the functions of faults.py.
    """

    service: ServiceName
    kind: FaultKind
    when: When = always
    retry_after: int | None = None
    as_date: bool = False
    seconds: float = 0.05


@dataclass
class World:
    """Everything behind the services. Change it while they run: the next request sees it.

    works           by lower-case DOI
    preprints       by arXiv id without version
    repositories    by lower-case present name
    aliases         old DOI -> the DOI that replaced it
    agencies        DOI -> agency, for those of others
    foreign         the works of other agencies, by lower-case DOI
    articles        the articles of PubMed, by number
    holes           DOIs that Crossref's filter misses
    lost            arXiv ids that it counts in a feed without their entries
    malformed       ids for which Crossref and arXiv refuse the whole list that holds one
    latency         seconds to each answer, or the least and the most of them
    busy_limit      busy repositories whose commits GitHub still counts in one query
    busy_answer     what it answers to a query with more of them
    pacing          judge rates and spacing
    enforce         refuse what is over a limit
    keep_alive      let a connection serve many requests; without, each request makes its own
    arxiv_interval  seconds from one arXiv request to the next; `tolerance` seconds are forgiven
    tokens          the tokens that GitHub knows; None: any
    cuts_encoded_commas  whether doi.org takes %2C for a comma between two DOIs (undocumented)
    """

    works: dict[str, Work] = field(default_factory=dict)
    preprints: dict[str, Preprint] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, Work] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    holes: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    malformed: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    latency: float | tuple[float, float] = 0.0
    busy_limit: int = 3
    busy_answer: Literal["502", "null-data"] = "502"
    pacing: bool = True
    enforce: bool = False
    keep_alive: bool = True
    arxiv_interval: float = 3.0
    arxiv_format: Literal["new", "old"] = "new"
    tolerance: float = 0.05
    cuts_encoded_commas: bool = False
    tokens: frozenset[str] | None = None
    today: datetime = datetime(2026, 11, 20, tzinfo=UTC)

    @classmethod
    def of(cls, *items: Work | Preprint | Repository) -> World:
        """Return a world that knows these."""
        world = cls()
        world.add(*items)
        return world

    @classmethod
    def of_seeds(cls) -> World:
        """Return the world of the default lists: every identifier that they hold exists."""
        return cls.of(
            *msgspec.json.Decoder(Work | Preprint | Repository).decode_lines(DATA.read_bytes())
        )

    @classmethod
    def random(
        cls, dois: int = 200, arxiv: int = 200, repositories: int = 200, seed: int = 1
    ) -> World:
        """Return a made-up world, always the same; DOIs have Crossref's test prefix 10.5555."""
        generator = random.Random(seed)  # noqa: S311  repeatable is the point
        works = (_random_work(number, generator) for number in range(dois))
        preprints = (_random_preprint(number, generator) for number in range(arxiv))
        return cls.of(
            *works,
            *preprints,
            *(_random_repository(number, generator) for number in range(repositories)),
        )

    def add(self, *items: Work | Preprint | Repository | Article) -> None:
        """Add these, in place of others with the same identifier."""
        for item in items:
            match item:
                case Work():
                    self.works[item.doi.lower()] = item
                case Preprint():
                    self.preprints[item.id] = item
                case Repository():
                    self.repositories[item.name.lower()] = item
                case Article():
                    self.articles[item.pmid] = item

    def punch_holes(self, fraction: float, seed: int = 1) -> None:
        """Let Crossref's filter miss this fraction of the works, as its index does."""
        count = round(fraction * len(self.works))
        self.holes = set(random.Random(seed).sample(sorted(self.works), count))  # noqa: S311  repeatable is the point

    def delay(self, request: Request) -> float:
        """Return the seconds to the answer, in each run the same ones."""
        if isinstance(self.latency, tuple):
            name = f"{request.service} {request.number}"
            return random.Random(name).uniform(*self.latency)  # noqa: S311  repeatable is the point
        return self.latency

    def fault(self, request: Request) -> Fault | None:
        """Return the first fault that picks this request."""
        picked = (
            fault
            for fault in self.faults
            if fault.service == request.service and fault.when(request)
        )
        return next(picked, None)


def forged_copies(work: Work | Preprint, count: int = 7, prefix: str = "10.65215") -> list[Work]:
    """Return copies of a paper that somebody posted under DOIs of one prefix.

    Each is called a version of the next: so registrants made famous papers their own.
    """
    dois = [f"{prefix}/forged{number:02}" for number in range(count)]
    copies = []
    for doi, original in zip(dois, [*dois[1:], None], strict=True):
        chain = [{"id-type": "doi", "id": original, "asserted-by": "subject"}]
        copies.append(
            Work(
                doi=doi,
                title=work.title,
                authors=work.authors,
                date="2025-06-01",
                type="posted-content",
                extra={"relation": {"is-version-of": chain}} if original else {},
                invented=["doi"],
            )
        )
    return copies


def shuffled(items: Sequence[Item], key: Callable[[Item], str]) -> list[Item]:
    """Return the items in an order that is always the same and, from two on, another one."""
    mixed = sorted(items, key=lambda item: hashlib.sha256(key(item).encode()).digest())
    return mixed[::-1] if mixed == list(items) else mixed


_WORDS = (
    "adversarial", "attention", "cardiac", "diffusion", "latent", "medical", "networks", "signals",
    "synthesis",
)  # fmt: skip
_FAMILIES = (
    "Abara", "Bellini", "Castro", "Dufour", "Eriksen", "Görlitz", "Haddad", "Ito", "Jansen",
    "Kowalski",
)  # fmt: skip


def _random_title(number: int, generator: random.Random) -> str:
    return f"{' '.join(generator.sample(_WORDS, 6)).capitalize()} {number}"


def _random_authors(generator: random.Random) -> list[Person]:
    return [
        Person(generator.choice("ABCDEFG") + ".", family)
        for family in generator.sample(_FAMILIES, 3)
    ]


def _random_day(generator: random.Random) -> str:
    year, month = generator.randint(2018, 2025), generator.randint(1, 12)
    return f"{year}-{month:02}-{generator.randint(1, 28):02}"


def _random_work(number: int, generator: random.Random) -> Work:
    return Work(
        doi=f"10.5555/harvest.{number:06}",
        title=_random_title(number, generator),
        authors=_random_authors(generator),
        date=_random_day(generator),
        container="Journal of Invented Results",
        cited_by=generator.randint(0, 300),
        invented=["doi"],
    )


def _random_preprint(number: int, generator: random.Random) -> Preprint:
    return Preprint(
        id=f"{2301 + number // 90_000:04}.{number % 90_000 + 10_000:05}",
        title=_random_title(number, generator),
        authors=_random_authors(generator),
        versions=[Version(f"2023-01-{generator.randint(1, 28):02}T09:00:00Z")],
        invented=["id"],
    )


def _random_repository(number: int, generator: random.Random) -> Repository:
    return Repository(
        name=f"fake-{number % 17}/project-{number}",
        id=700_000_000 + number,
        description=_random_title(number, generator),
        language=generator.choice(["Python", "Jupyter Notebook", None]),
        license=generator.choice(["MIT", "Apache-2.0", "NOASSERTION", None]),
        stars=generator.randint(0, 5000),
        forks=generator.randint(0, 500),
        issues=generator.randint(0, 60),
        created_at="2021-03-01T08:00:00Z",
        pushed_at=f"{_random_day(generator)}T12:00:00Z",
        commits=generator.randint(1, 300),
        invented=["name"],
    )
