"""Every error that harvest raises.

HarvestError
├── UsageError            settings or seeds that cannot be used           exit code 2
│   └── SeedError         a seed that cannot be read (its name, why)
├── PublicationError      a floor or the schema failed                    exit code 4
├── LockedError           another run holds the lock                      exit code 5
└── SourceError           one request to a source (source, message)
    ├── TransientError    worth another try, after `retry_after` seconds if the source said so
    ├── NotFoundError     the source says that there is no such thing
    ├── BlockedError      the source refuses us: stop asking it for this run
    └── MalformedError    an answer that is not what the source documents
"""

from __future__ import annotations

# What Python raises for data in a shape that nobody thought of: caught where outside data is read, and nowhere else.
SHAPE_ERRORS = (AttributeError, LookupError, TypeError, ValueError)


class HarvestError(Exception):
    """The root: `except HarvestError` catches everything that harvest raises on purpose."""


class UsageError(HarvestError):
    """Settings or seeds that cannot be used; the message says what to do next."""


class SeedError(UsageError):
    """A seed that cannot be read."""

    def __init__(self, seed: str, why: str) -> None:
        super().__init__(seed, why)
        self.seed = seed
        self.why = why

    def __str__(self) -> str:
        return f"{self.seed}: {self.why}"


class PublicationError(HarvestError):
    """The new dataset must not replace the last one; the last one stands untouched."""


class LockedError(HarvestError):
    """Another run works on the same output folder."""


class SourceError(HarvestError):
    """A request to a source did not give an answer that can be used."""

    def __init__(self, source: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(source, message, retry_after)
        self.source = source
        self.message = message
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


class TransientError(SourceError):
    """Worth another try; `retry_after` is in seconds, None when the source gave no hint."""


class TooSlowError(TransientError):
    """The source's gateway gave up on the question (HTTP 502, 504): perhaps a smaller one is answered."""


class GarbledError(TransientError):
    """The answer is no JSON: cut off, or one record in it is broken and spoils all of it."""


class NotAskedError(SourceError):
    """No request was made: the source is down for this run, a budget is spent, or the run was interrupted."""


class NotFoundError(SourceError):
    """The source answered, and says that there is no such thing."""


class WithheldError(SourceError):
    """There is such a thing, but the source may not show it (HTTP 451, GitHub's "Repository access blocked")."""


class UnservedError(SourceError):
    """There is such a thing, but not in the form that was asked for (HTTP 204, 406)."""


class BlockedError(SourceError):
    """The source refuses us (403, bad token): more requests would make it worse."""


class MalformedError(SourceError):
    """An answer in a shape that the source does not document (HTML with status 200, truncated XML)."""
