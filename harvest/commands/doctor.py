"""`harvest doctor`: checks of the machine, the settings, the folders, the services and the clock.

Each is one line that says how things are and, unless all is well, what to do next. Each service
gets one cheap request; nothing is changed. The token is never shown.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from typer import Option

from harvest import __version__
from harvest.commands.exits import Exit
from harvest.commands.options import Cache, Config, Output, new_app
from harvest.commands.streams import echo
from harvest.config import Settings, load
from harvest.errors import BlockedError, HarvestError, SourceError, TransientError, UntrustedError
from harvest.http.clients import Http
from harvest.readers.walk import read_lists
from harvest.sources import discover
from harvest.sources.base import Health, ProbeResult, Source

LIBRARIES = ("arxiv", "habanero", "pygithub", "httpx2", "requests", "msgspec", "pandas")
# bytes; 10,000 answers are about 50 MB, and output/ exists twice for a while
MIN_SPACE = 200 * 2**20
MAX_SKEW = timedelta(minutes=1)  # beyond it, we wait too long or too short for a limit's reset
WRONG_DAY = timedelta(days=1)

app = new_app()


@app.command(epilog="Example: harvest doctor --deep")
def doctor(
    deep: Annotated[
        bool,
        Option("--deep", help="Ask for examples, and say how a run would end tonight."),
    ] = False,
    cache: Cache = None,
    output: Output = None,
    config: Config = None,
) -> None:
    """Check settings, folders, services, clock and token. Exits with 1 if any has a problem.

    Sends a small request to each service, and with --deep about fifteen more, within a minute.
    """
    flags = {"cache": cache, "output": output}
    settings, origins = load(config, flags, None, discover().values())
    problems = 0
    for check in examine(settings, origins, _now):
        problems += check.state == "problem"
        echo(f"{check.state:<8} {check.name}: {check.text}")
        if check.advice:
            echo(f"         -> {check.advice}")
    if deep:
        problems += _examine_deep(settings)
    if problems:
        raise typer.Exit(Exit.FINDINGS)


def _examine_deep(settings: Settings) -> int:
    """Print what would happen tonight; return the number of problems."""
    from harvest.commands import terminal  # which loads rich
    from harvest.commands.trials import examine  # which loads the pipeline

    return terminal.show_trials(examine(settings, _now()))


def _now() -> datetime:
    return datetime.now(UTC)


class Check(msgspec.Struct, frozen=True):
    """One line of the report: what was checked, how it is, and what to do about it."""

    name: str
    state: Health
    text: str
    advice: str = ""


def examine(
    settings: Settings, origins: Mapping[str, str], clock: Callable[[], datetime]
) -> Iterator[Check]:
    """Yield the result of each check, as it comes.

    `origins` says where each setting that is no default comes from; `clock` returns the time.
    """
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = f"Python {platform.python_version()}"
    yield Check("versions", "ok", f"harvest {__version__}, {python}, {libraries}")
    yield from _settings(settings, origins)
    yield from _lists(settings)
    cache, output = Path(settings.cache).absolute(), Path(settings.output).absolute()
    yield _folder("cache", settings.cache, (cache, *cache.parents))
    yield _folder("output", settings.output, output.parents)
    yield from _services(settings, clock)


def _settings(settings: Settings, origins: Mapping[str, str]) -> Iterator[Check]:
    values = msgspec.to_builtins(settings)
    values |= values["services"]
    for key, origin in origins.items():
        if key != "github_token":
            section, _, name = key.rpartition(".")
            value = (values[section] if section else values)[name]
            yield Check("setting", "ok", f"{key} = {value!r}, from {origin}")
    if settings.mailto is None:
        advice = "set HARVEST_MAILTO=you@example.org: Crossref answers three times as fast"
        yield Check("mailto", "warning", "not set", advice)
    if settings.github_token is None:
        advice = "set GITHUB_TOKEN (any token, without scopes): GitHub then allows 5,000"
        text = "not set: GitHub allows 60 requests an hour"
        yield Check("token", "warning", text, f"{advice} and answers in batches")


def _lists(settings: Settings) -> Iterator[Check]:
    if not settings.seeds:
        yield Check("seeds", "problem", "none", "name lists under `seeds` in harvest.toml")
    for seed in settings.seeds:
        if seed.startswith("github:"):
            yield Check("seeds", "ok", f"{seed} is read from GitHub at each run")
        else:
            yield _local_list(seed)


def _local_list(seed: str) -> Check:
    try:
        mentions = read_lists([seed]).mentions
    except HarvestError as error:
        return Check("seeds", "problem", str(error), "correct `seeds` in harvest.toml")
    identifiers = sum(mention.target.kind == "identifier" for mention in mentions)
    text = f"{seed}: {identifiers} identifiers in {len(mentions)} links"
    if identifiers:
        return Check("seeds", "ok", text)
    advice = "is this the right file? `harvest extract` shows what is read"
    return Check("seeds", "warning", text, advice)


def _folder(name: str, folder: str, places: Sequence[Path]) -> Check:
    """Check that files can be made in the first of some places that exists."""
    place = next(path for path in places if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            free = shutil.disk_usage(place).free
    except OSError as error:
        text = f"{folder}: {place} cannot be written: {error.strerror}"
        return Check(name, "problem", text, f"name a folder with --{name} that you may write to")
    if free < MIN_SPACE:
        text = f"{folder}: {free // 2**20} MB are free"
        return Check(name, "warning", text, "make room: a full disk ends a run")
    return Check(name, "ok", f"{folder}: can be written, {free // 2**20} MB are free")


def _services(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Check]:
    skews = {}
    with closing(Http(settings)) as http:
        for source in discover().values():
            result = _probe(source, http, clock())
            yield Check(source.name, *msgspec.structs.astuple(result))
            skew = _skew(http.headers[source.name], clock())
            if skew is not None:
                skews[source.name] = skew
    yield _clock(skews)


def _probe(source: Source, http: Http, now: datetime) -> ProbeResult:
    try:
        return source.probe(http, now)
    except UntrustedError as error:
        text = error.message
        advice = "does a proxy of your company read what is sent? Then name the file with its CA in"
        advice = f"{advice} SSL_CERT_FILE, or add it to the certificates of the system"
    except TransientError as error:
        text = error.message
        advice = "check the network, or try later; a run keeps the last good values and ends with 3"
    except BlockedError as error:
        text = error.message
        advice = "do not ask more often: it refuses this address or name. Set mailto, wait a day"
    except SourceError as error:
        text, advice = error.message, f"does [{source.name}] url lead to the right service?"
    return ProbeResult("problem", text, advice)


def _skew(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how far our clock is from that of a response, None if it has no complete date."""
    try:
        return now - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):  # no date, or one without a zone
        return None


def _clock(skews: Mapping[str, timedelta]) -> Check:
    """Compare our clock with the services'. The nearest is right: others may come from a cache."""
    if not skews:
        advice = "nothing, if the services above are out of reach"
        return Check("clock", "warning", "no service told the time", advice)
    skew, source = min((abs(skew), source) for source, skew in skews.items())
    text = f"differs by {skew.total_seconds():.0f} s from {source}'s"
    if skew <= MAX_SKEW:
        return Check("clock", "ok", text)
    advice = "set the clock, for example with `timedatectl set-ntp true`"
    return Check("clock", "problem" if skew > WRONG_DAY else "warning", text, advice)
