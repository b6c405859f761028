"""Settings: what harvest.toml, the environment and the flags say, in that order, each overriding the one before.

This is the only reader of the environment. A key of harvest.toml is `HARVEST_KEY` there, a key of its section
`HARVEST_SECTION_KEY` (HARVEST_ARXIV_INTERVAL is `interval` of `[arxiv]`). Secrets come from the environment alone.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from harvest.errors import UsageError

FILE = "harvest.toml"

Amount = Annotated[float, msgspec.Meta(ge=0)]
Months = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service that we ask. All times are in seconds.

    `interval` is the least time between two requests (None: what the service documents, tightened by its answers);
    0 switches pacing off and is accepted for a loopback address only. `timeout` bounds one request, `backoff` is the
    first wait after a refusal without Retry-After, `patience` bounds all waiting for one answer.
    """

    url: str
    interval: Amount | None = None
    timeout: Annotated[float, msgspec.Meta(gt=0)] = 30.0
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
    repository: Amount = 0.8  # a nightly run starts a little early or late: less than a day, more than half of one
    not_found: Amount = 7.0


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository is active up to `active` months after its last push, slow up to `slow` months, then dormant."""

    active: Months = 6
    slow: Months = 24


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a maintainer knows better of a work than every source; what is not named stays as it is."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = None
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
    activity: Limits = Limits()
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
# The least interval that a service accepts from one user; see the terms linked in docs/decisions.md.
FLOORS = {"crossref": 0.1, "arxiv": 3.0, "github": 0.0, "datacite": 0.3, "doi": 0.3}


def load(config: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
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
    try:
        settings = msgspec.convert(data, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"settings: {error} (see the table of settings in README.md)") from error
    _check(settings)
    return settings


def origins(config: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Tell where each setting comes from that is no default: a flag, a variable or the file (`crossref.url`: ...)."""
    path = config or Path(FILE)
    data = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    found = {}
    for field in msgspec.structs.fields(Settings):
        section = isinstance(field.default, msgspec.Struct)
        keys = [f"{field.name}.{key}" for key in field.default.__struct_fields__] if section else [field.name]
        for key in keys:
            variable = "GITHUB_TOKEN" if key == "github_token" else f"HARVEST_{key.replace('.', '_').upper()}"
            written = data.get(field.name, {}) if section else data
            if flags.get(key) is not None:
                found[key] = f"--{key}"
            elif environ.get(variable):
                found[key] = variable
            elif key.rpartition(".")[2] in written:
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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
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


def _overlay(data: dict[str, Any], environ: Mapping[str, str]) -> None:
    _sections(data)
    sections = [*SERVICES, "fresh", "activity"]
    for variable, value in environ.items():
        if not variable.startswith("HARVEST_") or not value:
            continue
        key = variable.removeprefix("HARVEST_").lower()
        section = next((s for s in sections if key.startswith(s + "_")), None)
        if section:
            table = data.setdefault(section, {})
            if isinstance(table, dict):  # what is none is told by the conversion
                table[key.removeprefix(section + "_")] = value
        elif key == "seeds":
            data[key] = value.split(os.pathsep)
        else:
            data[key] = value
    if token := environ.get("GITHUB_TOKEN"):
        data["github_token"] = token.strip()  # `$(cat file)` brings a line end


def _check(settings: Settings) -> None:
    for name in SERVICES:
        service: Service = getattr(settings, name)
        _check_url(name, service.url)
        if is_loopback(service.url):
            continue
        if service.interval is not None and service.interval < FLOORS.get(name, 0.0):
            least = FLOORS[name]
            raise UsageError(f"[{name}] interval: {service.interval} s is less than the {least} s that {name} allows")
    if settings.mailto is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+", settings.mailto):
        raise UsageError(f"mailto: {settings.mailto!r} is not an e-mail address")
    if settings.github_token is not None and not re.fullmatch(r"[!-~]+", settings.github_token):
        raise UsageError("GITHUB_TOKEN: holds a blank or a sign that no token has")


def _check_url(name: str, url: str) -> None:
    """Raise UsageError for an address that is none, that carries a secret, or that others could read along with."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"[{name}] url: is no web address") from error
    if parts.username is not None:
        raise UsageError(f"[{name}] url: holds a user name or password, which addresses must not")
    if not host or parts.scheme not in ({"http", "https"} if is_loopback(url) else {"https"}):
        raise UsageError(f"[{name}] url: {url!r} must start with https:// (http is for loopback only)")
