"""What stands in the way of a good night, found out before an hour is spent: one cheap request a service, no change.

Every check is one line that says how things are and, unless all is well, what to do next. The token is never shown.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec

from harvest import __version__, pipeline, sources
from harvest.config import Settings
from harvest.errors import BlockedError, HarvestError, SourceError, TransientError
from harvest.http.clients import Http
from harvest.sources.base import Source

State = Literal["ok", "warning", "problem"]
Clock = Callable[[], datetime]

LIBRARIES = ("arxiv", "habanero", "pygithub", "httpx2", "requests", "msgspec", "pandas")
LEAST_SPACE = (
    200 * 2**20
)  # bytes; a cache of 10,000 answers is about 50 MB, and output/ stands twice while it is swapped
SKEW = timedelta(minutes=1)  # beyond it, a limit's reset is waited for too long or not long enough


class Check(msgspec.Struct, frozen=True):
    """One line of the report: what was looked at, how it is, and what to do about it."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine(settings: Settings, origins: Mapping[str, str], clock: Clock) -> Iterator[Check]:
    """Check the machine, the settings, the folders and the services, in this order, and give each result as it comes.

    `origins` says where each setting that is no default comes from; `clock` gives the present time (aware).
    """
    yield _versions()
    yield from _settings(settings, origins)
    yield from _seeds(settings)
    yield _folder("cache", Path(settings.cache), Path(settings.cache))
    yield _folder("output", Path(settings.output), Path(settings.output).absolute().parent)
    http = _Listening(settings, clock)
    try:
        for source in sources.discover().values():
            if source.registry:
                yield _service(source, http)
        yield _clock(http.skews)
    finally:
        http.close()


# -- the machine -------------------------------------------------------------------------------------------------------


def _versions() -> Check:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return Check(
        "versions", "ok", f"harvest {__version__}, Python {platform.python_version()}, {libraries}"
    )


def _settings(settings: Settings, origins: Mapping[str, str]) -> Iterator[Check]:
    for key, origin in origins.items():
        if key != "github_token":
            value: Any = settings
            for part in key.split("."):
                value = getattr(value, part)
            yield Check("setting", "ok", f"{key} = {value!r}, from {origin}")
    if settings.mailto is None:
        advice = "set HARVEST_MAILTO=you@example.org: Crossref answers three times as fast"
        yield Check("mailto", "warning", "not set", advice)
    if settings.github_token is None:
        advice = "set GITHUB_TOKEN (any token, without scopes): GitHub then allows 5,000 and answers in batches"
        yield Check("token", "warning", "not set: GitHub allows 60 requests an hour", advice)


def _seeds(settings: Settings) -> Iterator[Check]:
    if not settings.seeds:
        yield Check("seeds", "problem", "none", "name lists under `seeds` in harvest.toml")
    for seed in settings.seeds:
        if seed.startswith("github:"):
            yield Check("seeds", "ok", f"{seed} is read from GitHub at each run")
            continue
        try:
            mentions = pipeline.extract([seed]).mentions
        except HarvestError as error:
            yield Check("seeds", "problem", str(error), "correct `seeds` in harvest.toml")
            continue
        known = sum(mention.target.kind == "identifier" for mention in mentions)
        found = f"{seed}: {known} identifiers in {len(mentions)} links"
        advice = "" if known else "is this the right file? `harvest extract` shows what is read"
        yield Check("seeds", "ok" if known else "warning", found, advice)


def _folder(name: str, folder: Path, written: Path) -> Check:
    """Check that files can be made in `written` or, where that is not there yet, where it will be made."""
    place = next(
        path for path in (written.absolute(), *written.absolute().parents) if path.exists()
    )
    try:
        with tempfile.TemporaryFile(dir=place):
            free = shutil.disk_usage(place).free
    except OSError as error:
        advice = f"name a folder with --{name} that this user may write to"
        return Check(
            name, "problem", f"{folder}: {place} cannot be written: {error.strerror}", advice
        )
    if free < LEAST_SPACE:
        return Check(
            name,
            "warning",
            f"{folder}: {free // 2**20} MB are free",
            "make room: a full disk ends a run",
        )
    return Check(name, "ok", f"{folder}: can be written, {free // 2**20} MB are free")


# -- the services ------------------------------------------------------------------------------------------------------


class _Listening(Http):
    """HTTP access that remembers how far each source's clock was from ours."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings)
        self.skews: dict[str, timedelta] = {}
        self.clock = clock

    def answered(self, source: str, status: int, headers: Mapping[str, str]) -> None:
        super().answered(source, status, headers)
        try:
            self.skews[source] = self.clock() - parsedate_to_datetime(headers.get("date", ""))
        except (ValueError, TypeError):  # no date, or one without a zone
            return


def _service(source: Source, http: _Listening) -> Check:
    name = source.name
    try:
        result = source.probe(http, http.clock())
    except TransientError as error:
        advice = "check the network, or try later; a run keeps the last good values and ends with 3"
        return Check(name, "problem", error.message, advice)
    except BlockedError as error:
        advice = (
            "do not ask more often: it refuses this address or name. Set mailto, and wait a day"
        )
        return Check(name, "problem", error.message, advice)
    except SourceError as error:
        return Check(
            name, "problem", error.message, f"does [{name}] url lead to the right service?"
        )
    return Check(name, result.state, result.text, result.advice)


def _clock(skews: Mapping[str, timedelta]) -> Check:
    """Hold our clock against the services'; the one that differs least is right, as an answer may come from a cache."""
    if not skews:
        return Check(
            "clock",
            "warning",
            "no service told the time",
            "nothing, if the services above are out of reach",
        )
    source, skew = min(skews.items(), key=lambda item: abs(item[1]))
    found = f"differs by {abs(skew.total_seconds()):.0f} s from {source}'s"
    if abs(skew) <= SKEW:
        return Check("clock", "ok", found)
    state: State = "problem" if abs(skew) > timedelta(days=1) else "warning"
    return Check(
        "clock", state, found, "set the clock, for example with `timedatectl set-ntp true`"
    )
