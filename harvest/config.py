"""Settings: what harvest.toml, the environment and the flags say, in that order, each overriding the one before.

This is the only reader of the environment. A key of harvest.toml is `HARVEST_KEY` there, a key of its section
`HARVEST_SECTION_KEY` (HARVEST_ARXIV_INTERVAL is `interval` of `[arxiv]`). Secrets come from the environment alone, a
maintainer's decisions (FILE_ONLY) from the file alone.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

import msgspec

from harvest.errors import UsageError
from harvest.models import ReducedDate

FILE = "harvest.toml"

MOST = 1e6  # seconds or days: nobody waits for infinity
# The descriptions tell a user what is allowed.
Amount = Annotated[float, msgspec.Meta(ge=0, le=MOST, description="a number, 0 or more")]
Span = Annotated[float, msgspec.Meta(gt=0, le=MOST, description="a number above 0")]
Months = Annotated[int, msgspec.Meta(ge=0, description="a whole number, 0 or more")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1, description="a number from 0 to 1")]


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service that we ask. All times are in seconds.

    `interval` is the least time between two requests (None: what the service documents, tightened by its answers);
    0 switches pacing off and is accepted for a loopback address only. `timeout` bounds one request, `backoff` is the
    first wait after a refusal without Retry-After, `patience` bounds all waiting for one answer.
    """

    url: str
    interval: Amount | None = None
    timeout: Span = 30.0
    backoff: Amount = 2.0
    patience: Amount = 120.0


class Fresh(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days a cached answer is good.

    A work published less than a year ago is looked at every `young` days, one of more than five years every `old`, the
    others every `work`; a repository daily; an answer "not found" lasts `not_found` days.
    """

    young: Amount = 7.0
    work: Amount = 30.0
    old: Amount = 90.0
    repository: Amount = (
        0.8  # a nightly run starts a little early or late: less than a day, more than half of one
    )
    not_found: Amount = 7.0


class ActivityMonths(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository is active up to `active` months after its last push, slow up to `slow` months, then dormant."""

    active: Months = 6
    slow: Months = 24


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a maintainer knows better of a work than every source; what is not named stays as it is."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: ReducedDate | None = None
    type: str | None = None
    container: str | None = None
    publisher: str | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. `floor` is the part of the last dataset's size below which nothing is published.

    `same`, `different`, `ignore` and `work` are a maintainer's decisions: they beat every source and every likeness.
    """

    seeds: tuple[str, ...] = ()
    cache: str = "cache"
    output: str = "output"
    starter: str = "cache/starter.jsonl"
    vocabulary: str | None = None
    mailto: str | None = None
    floor: Share = 0.95
    crossref: Service = Service(url="https://api.crossref.org")
    arxiv: Service = Service(url="https://export.arxiv.org/api/query", backoff=30.0, patience=300.0)
    github: Service = Service(url="https://api.github.com")
    datacite: Service = Service(url="https://api.datacite.org")
    doi: Service = Service(url="https://doi.org")
    fresh: Fresh = Fresh()
    activity: ActivityMonths = ActivityMonths()
    same: tuple[tuple[str, ...], ...] = ()
    different: tuple[tuple[str, ...], ...] = ()
    ignore: tuple[str, ...] = ()
    work: dict[str, Correction] = {}
    github_token: str | None = None

    def __repr__(self) -> str:
        """Show the settings without the token, so that no log or traceback can carry it."""
        shown = {k: v for k, v in msgspec.structs.asdict(self).items() if k != "github_token"}
        return f"Settings({shown}, github_token={'set' if self.github_token else 'not set'})"


SERVICES = ("crossref", "arxiv", "github", "datacite", "doi")
SECTIONS = (*SERVICES, "fresh", "activity")
FILE_ONLY = frozenset({"same", "different", "ignore", "work"})
# The least interval that a service accepts from one user; see the terms linked in docs/decisions.md.
LEAST_INTERVALS = {"crossref": 0.1, "arxiv": 3.0, "github": 0.0, "datacite": 0.3, "doi": 0.3}


def load(
    config: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings; `config` None means ./harvest.toml where there is one.

    Paths in the file are relative to the file, those in flags and the environment to the current folder.
    Raises UsageError that names the file or variable and what is wrong with it.
    """
    path = config or Path(FILE)
    data: dict[str, Any] = {}
    if config is not None or path.is_file():
        data = _read(path)
    _overlay(data, environ)
    data.update({key: value for key, value in flags.items() if value is not None and value != ()})

    def place(key: str) -> str:
        origin = origins(config, flags, environ).get(key)
        return f"{path}: {key}" if origin in {None, str(path)} else str(origin)

    try:
        settings = msgspec.convert(data, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(_explained(str(error), data, place)) from error
    _check(settings, place)
    return settings


def origins(
    config: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Tell where each setting comes from that is no default: a flag, a variable or the file (`crossref.url`: ...)."""
    path = config or Path(FILE)
    data = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    found = {}
    for key in (*_keys(), *FILE_ONLY):
        section, _, name = key.rpartition(".")
        table = data.get(section) if section else data
        if flags.get(key):
            found[key] = f"--{key}"
        elif key not in FILE_ONLY and environ.get(_variable(key)):
            found[key] = _variable(key)
        elif isinstance(table, dict) and name in table:
            found[key] = str(path)
    return found


def duration(text: str) -> timedelta:
    """Read a duration such as 90m, 36h, 2d or 0. Raises UsageError that shows the form."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", text.strip().lower())
    if match is None or (match[2] == "" and float(match[1])):
        raise UsageError(f"{text!r} is no duration: write 90m, 36h or 2d")
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "": 0}[match[2]]
    return timedelta(seconds=float(match[1]) * unit)


def is_loopback(url: str) -> bool:
    """Tell whether `url` leads to this machine, where pacing and TLS may be switched off."""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def _read(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: does not exist: check the path") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{path}: nested beyond all reason") from error
    if "github_token" in data:
        raise UsageError(f"{path}: a token does not belong into a file; set GITHUB_TOKEN instead")
    for key in ("cache", "output", "starter", "vocabulary"):
        if isinstance(data.get(key), str):
            data[key] = str(path.parent / data[key])
    if isinstance(data.get("seeds"), list):
        data["seeds"] = [str(path.parent / s) if _is_path(s) else s for s in data["seeds"]]
    _sections(data)
    return data


def _is_path(seed: object) -> bool:
    return isinstance(seed, str) and seed != "-" and not seed.startswith("github:")


def _sections(data: dict[str, Any]) -> None:
    """Let a section that names only some keys keep the defaults of the others."""
    defaults = Settings()
    for name in SERVICES:
        section = data.get(name, {})
        if isinstance(section, dict):
            data[name] = {**msgspec.structs.asdict(getattr(defaults, name)), **section}


def _keys() -> list[str]:
    """Name every setting that a variable can hold, those of a section as `section.key`."""
    defaults = Settings()
    inner = [
        f"{name}.{key}" for name in SECTIONS for key in getattr(defaults, name).__struct_fields__
    ]
    return [
        *(name for name in Settings.__struct_fields__ if name not in {*SECTIONS, *FILE_ONLY}),
        *inner,
    ]


def _variable(key: str) -> str:
    return "GITHUB_TOKEN" if key == "github_token" else f"HARVEST_{key.replace('.', '_').upper()}"


def _overlay(data: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Put variables over what the file says. Raises UsageError for one that stands for no setting."""
    _sections(data)
    known = {_variable(key): key for key in _keys()}
    for variable, value in environ.items():
        if not variable.startswith("HARVEST_") or not value:
            continue
        key = known.get(variable)
        if variable.removeprefix("HARVEST_").lower() in FILE_ONLY:
            raise UsageError(f"{variable}: this is set in {FILE} alone")
        if key is None:
            likely = (
                ["GITHUB_TOKEN"]
                if "TOKEN" in variable
                else difflib.get_close_matches(variable, known, 1)
            )
            hint = (
                f"did you mean {likely[0]}?"
                if likely
                else "the table of settings in README.md names all"
            )
            raise UsageError(f"{variable}: no such setting; {hint}")
        section, _, name = key.rpartition(".")
        if section:
            table = data.setdefault(section, {})
            if isinstance(table, dict):  # what is none is told by the conversion
                table[name] = value
        elif key == "seeds":
            data[key] = value.split(os.pathsep)
        else:
            data[key] = value
    if token := environ.get("GITHUB_TOKEN"):
        data["github_token"] = token.strip()  # `$(cat file)` brings a line end


def _explained(said: str, data: Mapping[str, Any], place: Callable[[str], str]) -> str:
    """Say where a value stands that cannot be used, what it is, and what is allowed there."""
    reason, _, where = said.partition(" - at `$")
    value: Any = data
    kind: Any = Settings
    names = re.match(r"(?:\.(\w+))?(?:\.(\w+))?", where)
    path = [name for name in (names.groups() if names else ()) if name]
    for name in path:
        value = value[name]
        kind = next(field.type for field in msgspec.structs.fields(kind) if field.name == name)
    struct = Correction if path == ["work"] else kind
    if "unknown field" in reason:
        reason = f"{reason}; there are {', '.join(struct.__struct_fields__)}"
    for part in (kind, *get_args(kind)):
        for meta in getattr(part, "__metadata__", ()):
            reason = f"{value!r} is not allowed, {meta.description} is"
    return f"{place('.'.join(path)).removesuffix(': ')}: {reason}"


def _check(settings: Settings, place: Callable[[str], str]) -> None:
    for name in SERVICES:
        service: Service = getattr(settings, name)
        if wrong := _wrong_address(service.url):
            raise UsageError(f"{place(f'{name}.url')}: {wrong}")
        if is_loopback(service.url):
            continue
        if service.interval is not None and service.interval < LEAST_INTERVALS.get(name, 0.0):
            told = f"{service.interval} s is less than the {LEAST_INTERVALS[name]} s that {name} allows"
            raise UsageError(f"{place(f'{name}.interval')}: {told}")
    if settings.mailto is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+", settings.mailto):
        raise UsageError(f"{place('mailto')}: {settings.mailto!r} is not an e-mail address")
    if settings.github_token is not None and not re.fullmatch(r"[!-~]+", settings.github_token):
        raise UsageError("GITHUB_TOKEN: holds a blank or a sign that no token has")


def _wrong_address(url: str) -> str | None:
    """Say what is wrong with an address that is none, that carries a secret, or that others could read along with."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if parts.username is not None:
        return "holds a user name or password, which addresses must not"
    if not host or parts.scheme not in ({"http", "https"} if is_loopback(url) else {"https"}):
        return f"{url!r} must start with https:// (http is for loopback only)"
    return None
