"""The nouns of harvest, without I/O, in the order of the pipeline.

A `Mention` stands in a list, and its link means a `Target`. A source has a `Reply` for an
`Identifier`. The answer is read into a `Record` or a `RepositoryRecord`, and records are linked
into a `Work`. The JSON Schema of the dataset is generated from here, with its patterns.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

SCHEMA_VERSION: Literal["1"] = "1"

# Patterns for both JSON Schema (ECMA 262) and Python, whose `$` alone needs the `(?!\n)`.
_MONTH_AND_DAY = (  # without leap days
    "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
)
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = f"(?:[0-9]{{4}}-(?:{_MONTH_AND_DAY})|{_LEAP_YEAR}-02-29)"

Day = Annotated[str, Meta(pattern=rf"^{_DAY}$(?!\n)")]
ReducedDate = Annotated[str, Meta(pattern=rf"^(?:[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?|{_DAY})$(?!\n)")]
Instant = Annotated[
    str, Meta(pattern=rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$(?!\n)")
]
Curie = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*:[^\s]")]  # an identifier as text
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]")]
Ror = Annotated[str, Meta(pattern=r"^0[a-z0-9]{6}[0-9]{2}$(?!\n)")]
Isbn = Annotated[str, Meta(pattern=r"^(?:[0-9]{9}[0-9X]|[0-9]{13})$(?!\n)")]
CitationKey = Annotated[str, Meta(pattern=r"^[a-z0-9]+(?:-[0-9a-f]+)?$(?!\n)")]
Orcid = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$(?!\n)")]
NonNegativeInt = Annotated[int, Meta(ge=0)]
PositiveInt = Annotated[int, Meta(ge=1)]

Role = Literal["paper", "code", "original", "other"]
TargetKind = Literal["identifier", "placeholder", "link"]
Outcome = Literal["found", "not_found", "failed", "begun"]
WorkStatus = Literal["resolved", "provisional", "listed", "not_found"]
RepositoryStatus = Literal["ok", "gone", "blocked", "unchecked"]
Activity = Literal["active", "slow", "dormant", "archived", "empty", "gone", "unknown"]
ManifestationKind = Literal["preprint", "version_of_record", "dataset", "web", "other"]
NoticeKind = Literal["retraction", "withdrawal", "expression_of_concern", "correction"]

NO_REGISTRY = frozenset({"list", "starter"})  # sources of values that no registry vouches for


class Identifier(msgspec.Struct, frozen=True, order=True, gc=False):
    """A canonical identifier, written `scheme:value` (doi:10.1000/x, github:owner/name)."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @classmethod
    def of(cls, text: str) -> Identifier:
        """Split `scheme:value`, which must be canonical. Raises ValueError if a part is missing."""
        scheme, colon, value = text.partition(":")
        if not (scheme and colon and value):
            raise ValueError(f"not scheme:value: {text!r}")
        return cls(scheme, value)


class Target(msgspec.Struct, frozen=True):
    """The meaning of a URL or id text.

    An `identifier` has a scheme that someone registers (doi, arxiv, github, pii, ...), and maybe an
    arXiv version such as `v2`. A `placeholder` was never filled in, so it is never looked up. A
    `link` is anything else: `url:...` for a web page, without an identifier for the rest (relative
    paths, anchors, mail addresses).
    """

    kind: TargetKind
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
    list item, None in running prose. `is_record` is True in the record of a bibliography, whose
    identifiers name one work. `columns` maps the header of each cell of the row to its plain text.
    `raw` is the source line as written where it had to be repaired (mojibake). `target` is
    what the link means. Of all this, what a `Place` has is published.
    """

    section: tuple[str, ...] = ()
    title: str | None = None
    authors: str | None = None
    date: str | None = None
    label: str = ""
    role: Role
    entry: int | None = None
    is_record: bool = False
    columns: dict[str, str] = {}
    raw: str | None = None
    target: Target = Target("link")

    @property
    def identifier(self) -> Identifier | None:
        """The identifier that the link means, if any."""
        return self.target.identifier

    @property
    def place(self) -> Place:
        """The part of it that is published."""
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


class Finding(msgspec.Struct, frozen=True):
    """Something that a maintainer should know or fix, at a line of a list.

    `line` is 1-based, 0 for the whole file. `fix` is set where the correction is certain. It is for
    `harvest lint --fix` alone, not part of findings.json, and takes no part in the order.
    """

    seed: str
    line: int
    code: str
    message: str
    fix: Fix | None = None

    @property
    def place(self) -> str:
        """The list with the line, `list.md:3`, or the list alone."""
        return f"{self.seed}:{self.line}" if self.line else self.seed

    def __lt__(self, other: Finding) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[str, int, str, str]:
        return self.seed, self.line, self.code, self.message


class Heading(msgspec.Struct, frozen=True):
    """A heading of a list file. `text` is plain; its section ends before line `end`."""

    line: int
    level: int
    text: str
    end: int


class Layout(msgspec.Struct, frozen=True):
    """A layout of the entries of a file: a template, and some of the entries that have it.

    `support` is how many of the `entries` of the file have it. One that `is_set` was set by hand.
    """

    template: str
    support: int
    entries: int
    examples: tuple[str, ...]
    is_set: bool = False


class ListFile(msgspec.Struct, kw_only=True):
    """One file of a list, with what its reader saw of its layout. Lines count from 1.

    `data` holds its bytes; `text` is what they say, with a line feed at each line end and garbled
    characters repaired; `raw` holds each repaired line as it was written. Only a Markdown file has
    headings and `code` (the lines of code blocks, `<pre>`, front matter and comments). `layouts`
    are those of its items, the commonest first.
    """

    data: bytes = b""
    text: str = ""
    raw: dict[int, str] = {}
    markdown: bool = False
    headings: list[Heading] = []
    code: set[int] = set()
    layouts: list[Layout] = []


class Reading(msgspec.Struct):
    """The content of one or more lists: mentions in file order, problems, and the files by name."""

    mentions: list[Mention] = []
    findings: list[Finding] = []
    files: dict[str, ListFile] = {}


class Reply(msgspec.Struct, kw_only=True):
    """The reply of one source for one identifier: found, not found, or failed with an error.

    What takes two requests is `begun` after the first, with what the second one needs.
    `asked` is False for a failure without a request, because a source was down or a budget spent.
    """

    identifier: Identifier
    outcome: Outcome
    payload: dict[str, Any] | None = None
    error: str | None = None
    asked: bool = True
    etag: str | None = None


class Author(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A person or consortium; `name` is the display form, `orcid` and `rors` have no URL."""

    name: str
    given: str | None = None
    family: str | None = None
    orcid: Orcid | None = None
    rors: tuple[Ror, ...] = ()


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A conference, its place and its days."""

    name: str
    place: str | None = None
    start: ReducedDate | None = None
    end: ReducedDate | None = None


class Funder(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A funder, by `ror:` or by its DOI in the registry of funders, and the numbers of grants."""

    name: str
    identifier: Curie | None = None
    awards: tuple[str, ...] = ()


class IntegrityNotice(msgspec.Struct, frozen=True, order=True, gc=False):
    """A retraction, withdrawal, expression of concern or correction that a source reports."""

    kind: NoticeKind
    notice: Curie | None
    date: ReducedDate | None
    source: str


class Anomaly(msgspec.Struct, frozen=True, order=True):
    """Something odd in an answer; it becomes a finding wherever the work is listed."""

    code: str
    message: str


class Claim(msgspec.Struct, frozen=True, order=True, gc=False):
    """A value that another source, or the same one for another identifier, has instead."""

    source: str
    identifier: Curie
    value: str | int


class Record(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """One payload in our shape: one manifestation of a work, as one source describes it.

    `date` is the earliest public date of the payload. `same_work` holds every identifier that the
    source asserts to name the same work (its preprint, its published form, its PII), and
    `skip_lookup` those of them whose own records would add nothing. `author_claims` are those that
    its author typed, which nobody checked, and `other_works` those that are another work for
    certain, such as the book of a chapter or what a comment is about. `integrity` is what the
    source reports of this form, and `notices` what this form, being a notice, reports of others.
    `version` is the one that was read (v2), if the source counts them, and `former_titles` are
    those of earlier ones. `original_titles` are in the language of the work, if `title` is not. A
    `provisional` record comes from a source that is no registry, a `secondhand` one repeats what
    another registry has. `stale_since` is set if the answer should have been renewed and was not.
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
    author_claims: tuple[Identifier, ...] = ()
    other_works: tuple[Identifier, ...] = ()
    integrity: tuple[IntegrityNotice, ...] = ()
    notices: tuple[tuple[Identifier, IntegrityNotice], ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    version: str | None = None
    former_titles: tuple[Claim, ...] = ()
    original_titles: tuple[str, ...] = ()
    provisional: bool = False
    secondhand: bool = False
    stale_since: Day | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    article_number: str | None = None
    issn: tuple[str, ...] = ()
    isbn: tuple[Isbn, ...] = ()
    editors: tuple[Author, ...] = ()
    event: Event | None = None
    series: str | None = None
    journal_ref: str | None = None
    language: str | None = None
    license: str | None = None
    funders: tuple[Funder, ...] = ()
    subjects: tuple[str, ...] = ()
    abstract: str | None = None


class RepositoryRecord(msgspec.Struct, kw_only=True):
    """One payload of a code host in our shape, of the day `as_of`; `empty` has no commit."""

    source: str
    identifier: Identifier
    repository: Repository
    as_of: Day | None = None
    empty: bool = False
    provisional: bool = False
    stale_since: Day | None = None


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The source of a value, its identifier there, and the values of other sources."""

    source: str
    identifier: Curie | None = None
    also: tuple[Claim, ...] = ()


class Assertion(msgspec.Struct, frozen=True, order=True, gc=False):
    """A registry's statement that a work has `identifier` and that others name the same work.

    `author_claims` are those that an author typed there: they may be another work's.
    """

    source: str
    identifier: Curie
    same_as: tuple[Curie, ...] = ()
    author_claims: tuple[Curie, ...] = ()


class Manifestation(msgspec.Struct, frozen=True, order=True, gc=False):
    """One published form of a work."""

    identifier: Curie
    kind: ManifestationKind
    date: ReducedDate | None
    url: Url


class WorkRepository(msgspec.Struct, frozen=True, order=True, gc=False):
    """A repository in the entry of a work: its code, or the original method it builds on."""

    id: Curie
    role: Literal["code", "original"]


class Work(msgspec.Struct, kw_only=True, gc=False):
    """A work, however often published or listed. docs/output.md explains every field."""

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
    key: CitationKey | None = None
    former_keys: list[CitationKey] = []
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    article_number: str | None = None
    issn: list[str] = []
    isbn: list[Isbn] = []
    editors: list[Author] = []
    event: Event | None = None
    series: str | None = None
    journal_ref: str | None = None
    language: str | None = None
    license: str | None = None
    funders: list[Funder] = []
    subjects: list[str] = []
    abstract: str | None = None

    @property
    def curies(self) -> list[str]:
        """All its identifiers, each as `scheme:value`."""
        return _curies(self.identifiers)


def _curies(identifiers: dict[str, list[str]]) -> list[str]:
    curies = []
    for scheme, values in identifiers.items():
        if values:
            curies += [f"{scheme}:{value}" for value in values]
    return curies


class Repository(msgspec.Struct, kw_only=True):
    """A code repository as its host describes it. docs/output.md explains every field."""

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


class Dataset(msgspec.Struct):
    """The content of output/dataset.json: works and repositories, each sorted by id."""

    works: list[Work]
    repositories: list[Repository]
    schema_version: Literal["1"] = SCHEMA_VERSION


class LastMention(msgspec.Struct, gc=False):
    """A mention in a `LastWork`, without its line."""

    seed: str
    url: str
    title: str | None


class LastAssertion(msgspec.Struct, gc=False):
    """The identifier in a registry of which a `LastWork` has an `Assertion`."""

    identifier: Curie


class Origins(TypedDict, total=False):
    """Where a `LastWork` has its title and its identifiers from."""

    title: Provenance
    identifiers: Provenance


class LastWork(msgspec.Struct, kw_only=True, gc=False):
    """The fields of a published work from which the next run goes on: a third of a `Work`."""

    id: Curie
    aliases: list[Curie]
    status: WorkStatus
    title: str | None
    identifiers: dict[str, list[str]]
    manifestations: list[Manifestation]
    integrity: list[IntegrityNotice]
    mentions: list[LastMention]
    provenance: Origins
    assertions: list[LastAssertion] = []
    key: CitationKey | None = None
    former_keys: list[CitationKey] = []

    @property
    def curies(self) -> list[str]:
        """All its identifiers, each as `scheme:value`."""
        return _curies(self.identifiers)


class LastDataset(msgspec.Struct):
    """A published dataset as the next run and a comparison read it."""

    works: list[LastWork]
    repositories: list[Repository]
    schema_version: Literal["1"] = SCHEMA_VERSION


AnyWork = Work | LastWork
AnyDataset = Dataset | LastDataset


class Tally(msgspec.Struct, kw_only=True):
    """The answers of one source in a run, each counted once.

    asked = found + not_found + failed. The rest is from_cache or deferred (not asked: offline, over
    the budget, or the source was down). `stale` of all keep an older answer; those of
    `from_mirror` have the answer of a dump.
    """

    asked: int = 0
    found: int = 0
    not_found: int = 0
    failed: int = 0
    from_cache: int = 0
    deferred: int = 0
    stale: int = 0
    from_mirror: int = 0
    requests: int = 0
    error: str | None = None

    @property
    def degraded(self) -> bool:
        """Return True if something that was due has no new answer."""
        return bool(self.failed or self.deferred)
