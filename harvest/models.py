"""The nouns of harvest, without I/O. The JSON Schema of the dataset is generated from here, with its patterns.

Read from the top they follow the line of the pipeline: a `Mention` is found in a seed, its URL is `Target`, a
source gives an `Answer` for the identifier, the answer is read into a `Record` or a `Repository`, and records are
linked into a `Work`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION: Literal["1"] = "1"

# Patterns in what JSON Schema (ECMA 262) and Python have in common; `(?!\n)` is for the `$` of Python alone.
_MONTH_AND_DAY = (  # but leap days
    "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
)
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = f"(?:[0-9]{{4}}-(?:{_MONTH_AND_DAY})|{_LEAP_YEAR}-02-29)"

Day = Annotated[str, Meta(pattern=rf"^{_DAY}$(?!\n)")]
ReducedDate = Annotated[str, Meta(pattern=rf"^(?:[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?|{_DAY})$(?!\n)")]
Instant = Annotated[
    str, Meta(pattern=rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$(?!\n)")
]
Curie = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9-]*:[^\s]")
]  # an identifier, as Identifier writes it
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]")]
Orcid = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$(?!\n)")]
NonNegativeInt = Annotated[int, Meta(ge=0)]
PositiveInt = Annotated[int, Meta(ge=1)]

Role = Literal["paper", "code", "original", "other"]
Kind = Literal["identifier", "placeholder", "link"]
Outcome = Literal["found", "not_found", "failed", "begun"]
WorkStatus = Literal["resolved", "provisional", "listed", "not_found"]
RepositoryStatus = Literal["ok", "gone", "blocked", "unchecked"]
Activity = Literal["active", "slow", "dormant", "archived", "empty", "gone", "unknown"]
ManifestationKind = Literal["preprint", "version_of_record", "dataset", "web", "other"]
NoticeKind = Literal["retraction", "withdrawal", "expression_of_concern", "correction"]


class Identifier(msgspec.Struct, frozen=True, order=True, gc=False):
    """One canonical identifier, written `scheme:value` (doi:10.1000/x, arxiv:2301.00001, github:owner/name)."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @classmethod
    def of(cls, text: str) -> Identifier:
        """Split canonical `scheme:value` text; the value is taken as it is. Raises ValueError without a colon."""
        scheme, colon, value = text.partition(":")
        if not (scheme and colon and value):
            raise ValueError(f"not scheme:value: {text!r}")
        return cls(scheme, value)


class Target(msgspec.Struct, frozen=True):
    """What a URL or id text means.

    `identifier`: a scheme that someone registers (doi, arxiv, github, pii, ...). `placeholder`: was never filled in, so
    it is never asked. `link`: anything else; the identifier is `url:...` for a web page and None for the rest
    (relative paths, anchors, mail addresses). `version` is an arXiv version such as `v2`.
    """

    kind: Kind
    identifier: Identifier | None = None
    version: str | None = None


class Place(msgspec.Struct, kw_only=True, gc=False):
    """A place in a list where a work stands."""  # this docstring is in the schema

    seed: str
    line: PositiveInt
    section: tuple[str, ...]
    title: str | None
    authors: str | None
    date: str | None
    url: str
    label: str


class Mention(Place, kw_only=True, gc=False):
    """One identifier or link of a list, with what the list says around it.

    `line` is 1-based, `section` the headings above it from the outermost in, `url` the link as
    written and `label` its plain text. `entry` is the running number (from 1) of its table row or
    list item, None in running prose. `columns` maps the header of each cell of the row to its plain
    text. `raw` is the source line as written where it had to be repaired (mojibake). `target` is
    what the link means. Of all this, what a `Place` has is published.
    """

    section: tuple[str, ...] = ()
    title: str | None = None
    authors: str | None = None
    date: str | None = None
    label: str = ""
    role: Role
    entry: int | None = None
    columns: dict[str, str] = {}
    raw: str | None = None
    target: Target = Target("link")

    @property
    def identifier(self) -> Identifier | None:
        """The identifier that the link means, if any."""
        return self.target.identifier

    @property
    def place(self) -> Place:
        """What is published of it."""
        return Place(
            seed=self.seed,
            line=self.line,
            section=self.section,
            title=self.title,
            authors=self.authors,
            date=self.date,
            url=self.url,
            label=self.label,
        )


Fix = tuple[str, str]  # a text of a line, and what should stand there


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something that a maintainer should know or fix, at a line of a seed.

    `line` is 1-based, 0 for the whole file. `fix` is set where the correction is certain; it is for
    `harvest lint --fix` alone and not part of findings.json.
    """

    seed: str
    line: int
    code: str
    message: str
    fix: Fix | None = None


class Heading(msgspec.Struct, frozen=True):
    """A heading of a list file. `text` is plain; its section ends before line `end`."""

    line: int
    level: int
    text: str
    end: int


class ListFile(msgspec.Struct, kw_only=True):
    """One file of a list, with what its reader saw of its layout. Lines count from 1.

    `data` holds its bytes; `text` is what they say, with a line feed at each line end and garbled
    characters repaired; `raw` holds each repaired line as it was written. Only a Markdown file has
    headings and code. `code` holds the lines within code blocks, `<pre>`, front matter and comments.
    """

    data: bytes = b""
    text: str = ""
    raw: dict[int, str] = {}
    markdown: bool = False
    headings: list[Heading] = []
    code: set[int] = set()


class Reading(msgspec.Struct):
    """The content of one or more lists: mentions in file order, problems, and the files by name."""

    mentions: list[Mention] = []
    findings: list[Finding] = []
    files: dict[str, ListFile] = {}


class Answer(msgspec.Struct, kw_only=True):
    """What one source said of one identifier: found with a payload, not found, or failed with a reason.

    An answer that takes two questions is `begun` when the first is answered, with what the second one needs.
    `asked` is False for a failure without a request: the source was down already, or a budget was spent.
    """

    identifier: Identifier
    outcome: Outcome
    payload: dict[str, Any] | None = None
    error: str | None = None
    asked: bool = True
    etag: str | None = None


class Author(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A person or consortium; `name` is the display form, `orcid` the bare identifier (0000-0002-1825-0097)."""

    name: str
    given: str | None = None
    family: str | None = None
    orcid: Orcid | None = None


class IntegrityNotice(msgspec.Struct, frozen=True, order=True, gc=False):
    """A retraction, withdrawal, expression of concern or correction that a source reports."""

    kind: NoticeKind
    notice: Curie | None
    date: ReducedDate | None
    source: str


class Anomaly(msgspec.Struct, frozen=True, order=True):
    """Something odd in an answer that a maintainer should know; it becomes a finding wherever the work is listed."""

    code: str
    message: str


class Claim(msgspec.Struct, frozen=True, order=True, gc=False):
    """A value that lost: what another source, or the same one under another identifier, said instead."""

    source: str
    identifier: Curie
    value: str | int


class Record(msgspec.Struct, kw_only=True, gc=False):
    """One payload read into our shape: one manifestation of a work, as one source describes it.

    `date` is the earliest public date the payload gives, in reduced-precision ISO 8601 (2023, 2023-01, 2023-01-19).
    `same_work` holds every identifier that the source asserts to name the same work (its preprint, its published
    form, its PII); `skip_lookup` are those of them whose own records would add nothing. `integrity` is what the source
    reports of this form; `notices` are what this form, being a notice itself, reports of others; `anomalies` is what
    nobody can make sense of. `version` is the one that was read (v2) where a source counts them, `former_titles` are
    those of earlier ones. `provisional` is set by a source that is no registry, `secondhand` by one that tells of what
    another registers, `stale_since` (a day) by an answer that should have been renewed and was not.
    """

    source: str
    identifier: Identifier
    kind: ManifestationKind = "other"
    type: str | None = None
    title: str | None = None
    authors: tuple[Author, ...] = ()
    date: ReducedDate | None = None
    container: str | None = None
    publisher: str | None = None
    cited_by: NonNegativeInt | None = None
    url: Url | None = None
    same_work: tuple[Identifier, ...] = ()
    skip_lookup: tuple[Identifier, ...] = ()
    integrity: tuple[IntegrityNotice, ...] = ()
    notices: tuple[tuple[Identifier, IntegrityNotice], ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    version: str | None = None
    former_titles: tuple[Claim, ...] = ()
    provisional: bool = False
    secondhand: bool = False
    stale_since: Day | None = None


NO_REGISTRY = frozenset({"list", "starter"})  # sources of a value that no registry stands for


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Who said a value: the source, the identifier under which it said so, and what others said instead."""

    source: str
    identifier: Curie | None = None
    also: tuple[Claim, ...] = ()


class Assertion(msgspec.Struct, frozen=True, order=True, gc=False):
    """What a registry says of identity: it knows the work under `identifier`, and the others name the same one."""

    source: str
    identifier: Curie
    same_as: tuple[Curie, ...] = ()


class Manifestation(msgspec.Struct, frozen=True, order=True, gc=False):
    """One published form of a work."""

    identifier: Curie
    kind: ManifestationKind
    date: ReducedDate | None
    url: Url


class WorkRepository(msgspec.Struct, frozen=True, order=True, gc=False):
    """A repository that stands in the same entry as a work: its own code, or the original method it builds on."""

    id: Curie
    role: Literal["code", "original"]


class Work(msgspec.Struct, kw_only=True, gc=False):
    """A work, however often it was published or listed. Every field is explained in docs/output.md."""

    id: Curie
    aliases: list[Curie]
    status: WorkStatus
    type: str | None
    title: str | None
    authors: list[Author]
    date: ReducedDate | None
    year: PositiveInt | None
    container: str | None
    publisher: str | None
    cited_by: NonNegativeInt | None
    identifiers: dict[str, list[str]]
    manifestations: list[Manifestation]
    integrity: list[IntegrityNotice]
    facets: dict[str, list[str]]
    repositories: list[WorkRepository]
    mentions: list[Place]
    provenance: dict[str, Provenance]
    assertions: list[Assertion] = []
    stale_since: Day | None = None

    @property
    def curies(self) -> list[str]:
        """All its identifiers, each as `scheme:value`."""
        curies = []
        for scheme, values in self.identifiers.items():
            curies += [f"{scheme}:{value}" for value in values]
        return curies


class Repository(msgspec.Struct, kw_only=True):
    """A code repository with what its host says of it. Every field is explained in docs/output.md."""

    id: Curie
    status: RepositoryStatus = "unchecked"
    aliases: list[Curie] = []
    repository_id: PositiveInt | None = None
    url: Url
    description: str | None = None
    language: str | None = None
    license: str | None = None
    topics: list[str] = []
    stars: NonNegativeInt | None = None
    forks: NonNegativeInt | None = None
    open_issues: NonNegativeInt | None = None
    created_at: Instant | None = None
    pushed_at: Instant | None = None
    archived: bool | None = None
    fork_of: Curie | None = None
    default_branch: str | None = None
    latest_release: str | None = None
    commits_last_year: NonNegativeInt | None = None
    activity: Activity = "unknown"
    works: list[Curie] = []
    source: str | None = None
    stale_since: Day | None = None
    missing_since: Day | None = None


class RepositoryRecord(msgspec.Struct, kw_only=True):
    """One payload of a code host read into our shape; `as_of` is the day it was asked, `empty` has no commit."""

    source: str
    identifier: Identifier
    repository: Repository
    as_of: Day | None = None
    empty: bool = False
    provisional: bool = False
    stale_since: Day | None = None


class Tally(msgspec.Struct, kw_only=True):
    """What became of the identifiers of one source in a run.

    Each is counted once: asked = found + not_found + failed, and beside it from_cache and deferred
    (not asked: offline, over the budget, or the source was down). `stale` of them keep an older answer.
    """

    asked: int = 0
    found: int = 0
    not_found: int = 0
    failed: int = 0
    from_cache: int = 0
    deferred: int = 0
    stale: int = 0
    requests: int = 0
    error: str | None = None

    @property
    def degraded(self) -> bool:
        """Return True if something that was due has no new answer."""
        return bool(self.failed or self.deferred)


class Dataset(msgspec.Struct):
    """What output/dataset.json holds: works and repositories, each sorted by id."""

    works: list[Work]
    repositories: list[Repository]
    schema_version: Literal["1"] = SCHEMA_VERSION
