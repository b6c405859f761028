"""Every error that harvest raises.

HarvestError
├── UsageError            settings or lists that cannot be used           exit code 2
│   └── SeedError         a list that cannot be read (seed, why)
├── PublicationError      the floor, the schema or a disk failed        exit code 4
│   └── BrokenTableError  a table of a bulk run cannot be read
├── LockedError           another run holds the lock                      exit code 5
└── SourceError           a request to a source failed (source, message, status, ...)
    ├── TransientError    worth another try, after `retry_after` seconds if the source says so
    │   ├── TooSlowError  the gateway gave up: a smaller request may succeed
    │   ├── GarbledError  the response is no JSON
    │   ├── ShortPageError  the response lacks entries that it counts
    │   └── UntrustedError  the certificate of the source cannot be verified
    ├── NotAskedError     no request was made
    ├── NotFoundError     the source says that there is no such thing
    ├── WithheldError     there is such a thing, but the source may not show it
    ├── UnservedError     there is such a thing, but not in the requested form
    ├── RefusedError      the source refuses the request as it is: a smaller one may do
    ├── BlockedError      the source refuses us: stop asking it for this run
    └── MalformedError    a response in a shape that the source does not document

Exit code 1 is for all others.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

# What Python raises for data in an unexpected shape. Catch it where outside data is read only.
SHAPE_ERRORS = (AttributeError, LookupError, TypeError, ValueError)


class HarvestError(Exception):
    """The root: `except HarvestError` catches everything that harvest raises on purpose."""


class UsageError(HarvestError):
    """Settings or lists that cannot be used. The message says what to do next."""


@dataclass(eq=False, repr=False)
class SeedError(UsageError):
    """A list that cannot be read."""

    seed: str
    why: str

    def __str__(self) -> str:
        return f"{self.seed}: {self.why}"


class PublicationError(HarvestError):
    """The new dataset must not replace the last one. The last one stands untouched."""


class BrokenTableError(PublicationError):
    """A table between two steps of a bulk run cannot be read."""


class LockedError(HarvestError):
    """Another run works on the same output folder."""


@dataclass(eq=False, repr=False)
class SourceError(HarvestError):
    """A request to a source gave no usable response.

    `identifier` is what a request for one was about, None for a list. `status` is the HTTP status,
    None when no response came. `attempt` counts the requests, from 1. `retry_after` is in seconds,
    None when the source named no time. Messages hold no `url`: it may carry an e-mail address.
    """

    source: str
    message: str
    _: KW_ONLY
    identifier: str | None = None
    url: str | None = None
    status: int | None = None
    attempt: int | None = None
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class TransientError(SourceError):
    """A failure that is worth another try."""


class TooSlowError(TransientError):
    """The source's gateway gave up on the request (HTTP 502, 504). A smaller one may succeed."""


class GarbledError(TransientError):
    """The response is no JSON: cut off, or spoiled by one broken record."""


class ShortPageError(TransientError):
    """The response has fewer entries than it counts."""


class UntrustedError(TransientError):
    """No certificate authority that this machine trusts has signed the certificate."""


class NotAskedError(SourceError):
    """No request was made: the source is down, a budget is spent, or the run was interrupted."""


class NotFoundError(SourceError):
    """The source answered that there is no such thing."""


class WithheldError(SourceError):
    """The source may not show it (HTTP 451, or GitHub's "Repository access blocked")."""


class UnservedError(SourceError):
    """There is such a thing, but not in the requested form (HTTP 204, 406)."""


class RefusedError(SourceError):
    """The source refuses a request (HTTP 400, 413, 414) for its size, or for a part of a list."""


class BlockedError(SourceError):
    """The source refuses us (HTTP 403, a bad token). More requests would make it worse."""


class MalformedError(SourceError):
    """A response in an undocumented shape (HTML with status 200, truncated XML)."""


Kinds = type[SourceError] | tuple[type[SourceError], ...]
# Errors of a whole list, of which a part may be answered.
LIST_ERRORS: tuple[type[SourceError], ...] = (
    GarbledError,
    MalformedError,
    RefusedError,
    ShortPageError,
    UnservedError,
)
