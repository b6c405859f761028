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

from harvest import __version__, pipeline
from harvest.config import Settings
from harvest.errors import BlockedError, HarvestError, MalformedError, SourceError, TransientError
from harvest.http.clients import Http

State = Literal["ok", "warning", "problem"]
Clock = Callable[[], datetime]

LIBRARIES = ("arxiv", "habanero", "pygithub", "httpx2", "requests", "msgspec", "pandas")
LEAST_SPACE = (
    200 * 2**20
)  # bytes; a cache of 10,000 answers is about 50 MB, and output/ stands twice while it is swapped
SKEW = timedelta(minutes=1)  # beyond it, a limit's reset is waited for too long or not long enough
EXPIRES_SOON = timedelta(days=14)
# Asked for because they will not go away: a DOI of the default seeds, and the first paper on diffusion models.
DOI, ARXIV = "10.1038/s41598-022-05539-7", "2006.11239"


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
        for name, probe in PROBES.items():
            yield _service(name, probe, http)
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
    """A http that remembers the headers of each source's last answer, and how far its clock was from ours."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__(settings)
        self.headers: dict[str, Mapping[str, str]] = {}
        self.skews: dict[str, timedelta] = {}
        self.clock = clock

    def answered(self, source: str, status: int, headers: Mapping[str, str]) -> None:
        super().answered(source, status, headers)
        self.headers[source] = headers
        try:
            self.skews[source] = self.clock() - parsedate_to_datetime(headers.get("date", ""))
        except (ValueError, TypeError):  # no date, or one without a zone
            return


def _crossref(http: _Listening) -> Check:
    client = http.crossref()
    http.ask("crossref.single", lambda: client.registration_agency(ids=DOI), unless=SourceError)
    headers = http.headers["crossref"]
    limit, seconds = headers.get("x-rate-limit-limit"), headers.get("x-rate-limit-interval")
    allowed = f"allows {limit} requests in {seconds}" if limit and seconds else "names no limit"
    return Check(
        "crossref", "ok", f"answers and {allowed} ({headers.get('x-api-pool', 'unknown')} pool)"
    )


def _arxiv(http: _Listening) -> Check:
    import arxiv

    client = http.arxiv()
    search = arxiv.Search(id_list=[ARXIV], max_results=1)
    http.ask("arxiv", lambda: list(client.results(search)), unless=SourceError)
    return Check(
        "arxiv", "ok", "answers; it allows one request in 3 s and has no other limit to tell"
    )


def _github(http: _Listening) -> Check:
    client = http.github()
    try:
        _, body = http.ask(
            "github",
            lambda: client.requester.requestJsonAndCheck("GET", "/rate_limit"),
            unless=SourceError,
        )
    except BlockedError as error:
        if http.settings.github_token is None:
            raise
        advice = "it has expired or was revoked: make a new one (no scopes needed), or unset GITHUB_TOKEN"
        return Check("github", "problem", f"does not take the token ({error.message})", advice)
    try:
        resources = msgspec.convert(body, _RateLimit).resources
    except msgspec.ValidationError as error:
        raise MalformedError("github", f"/rate_limit: {error}") from error
    batches = http.settings.github_token is not None
    budget = resources.graphql if batches else resources.core
    found = f"answers; {budget.remaining} of {budget.limit} {'points' if batches else 'requests'} an hour are left"
    if not budget.remaining:
        minutes = max(1, round((budget.reset - http.clock().timestamp()) / 60))
        return Check("github", "warning", found, f"wait {minutes} min: until then GitHub refuses")
    state, advice = _token(http.headers["github"], http.clock())
    return Check("github", state, found, advice)


class _Budget(msgspec.Struct):
    limit: int
    remaining: int
    reset: int  # in seconds of the epoch


class _Resources(msgspec.Struct):
    core: _Budget
    graphql: _Budget


class _RateLimit(msgspec.Struct):
    """https://docs.github.com/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user ."""

    resources: _Resources


def _token(headers: Mapping[str, str], now: datetime) -> tuple[State, str]:
    """Judge a token by what GitHub says of it: when it expires, and whether it may do more than it needs to."""
    expires = headers.get("github-authentication-token-expiration")
    if expires:
        try:
            left = (
                datetime.fromisoformat(expires.replace(" UTC", "+00:00").replace(" +", "+")) - now
            )
        except (ValueError, TypeError):
            return "warning", f"the token expires at {expires!r}, a date in a new form"
        if left < EXPIRES_SOON:
            return "warning", f"the token expires in {left.days} days: make a new one in time"
    if scopes := headers.get("x-oauth-scopes"):
        return (
            "warning",
            f"the token may do more than harvest needs ({scopes}): one without scopes is enough",
        )
    return "ok", ""


def _datacite(http: _Listening) -> Check:
    client = http.rest("datacite")
    question = {"ids": f"10.48550/arxiv.{ARXIV}", "page[size]": "1"}
    http.ask("datacite", lambda: client.get("/dois", question), unless=SourceError)
    return Check("datacite", "ok", "answers; it has no limit to tell")


def _doi(http: _Listening) -> Check:
    client = http.rest("doi")
    http.ask("doi", lambda: client.get(f"/ra/{DOI}"), unless=SourceError)
    return Check("doi", "ok", "answers; it has no limit to tell")


PROBES: dict[str, Callable[[_Listening], Check]] = {
    "crossref": _crossref,
    "arxiv": _arxiv,
    "github": _github,
    "datacite": _datacite,
    "doi": _doi,
}


def _service(name: str, probe: Callable[[_Listening], Check], http: _Listening) -> Check:
    try:
        return probe(http)
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
