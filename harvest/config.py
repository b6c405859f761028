"""Settings: harvest.toml, the environment and the flags, each overriding the one before.

This is the only reader of the environment. A key of harvest.toml is `HARVEST_KEY` there, a key of
a section `HARVEST_SECTION_KEY`: HARVEST_ARXIV_INTERVAL is `interval` of `[arxiv]`. Secrets come
from the environment alone, a maintainer's decisions (FILE_ONLY) from the file alone.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar, get_args, get_origin
from urllib.parse import quote, urlsplit

import msgspec

from harvest.errors import UsageError
from harvest.models import ReducedDate

T = TypeVar("T")

FILE = "harvest.toml"
PATHS = ("cache", "output", "starter", "vocabulary", "mirror", "record")
FILE_ONLY = frozenset({"same", "different", "ignore", "work", "layout", "publish.lines"})

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "": 0}  # of a unit of time

_WILDCARD = "..."  # a key in a path of msgspec
_TYPES = {  # what a user knows the types of msgspec by
    "array": "a list",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a time",
    "float": "a number",
    "int": "a number",
    "object": "a section",
    "str": "a text in quotes",
}
MAX_AMOUNT = 1e6  # seconds or days, so that infinity is refused
# The descriptions tell a user what is allowed.
Amount = Annotated[float, msgspec.Meta(ge=0, le=MAX_AMOUNT, description="a number, 0 or more")]
Span = Annotated[float, msgspec.Meta(gt=0, le=MAX_AMOUNT, description="a number above 0")]
Months = Annotated[int, msgspec.Meta(ge=0, description="a whole number, 0 or more")]
Date = Annotated[
    ReducedDate, msgspec.Meta(description='a date such as "2023", "2023-01" or "2023-01-19"')
]
Share = Annotated[float, msgspec.Meta(ge=0, le=1, description="a number from 0 to 1")]


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address of a source, and how long to wait for it. All times are in seconds.

    `interval` is the least time between two requests. None is the documented rate, slowed down by
    the source's responses; 0 is no limit, which a loopback address alone may have. `timeout`
    bounds one request. `backoff` is the first wait after a refusal without Retry-After.
    `patience` bounds all waiting for one answer.
    """

    url: str
    interval: Amount | None = None
    timeout: Span = 30.0
    backoff: Amount = 2.0
    patience: Amount = 120.0


class Fresh(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days a cached answer is good.

    `young` is for works published within a year, `old` for those of more than five years, `work`
    for the others. `not_found` is for the answer "not found".
    """

    young: Amount = 7.0
    work: Amount = 30.0
    old: Amount = 90.0
    repository: Amount = 0.8  # a nightly run may start early: less than a day, more than half
    not_found: Amount = 7.0


class ActivityMonths(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The months after its last push until which a repository is active, or slow; then dormant."""

    active: Months = 6
    slow: Months = 24


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A maintainer's values for a work, which override every source. None keeps a value."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: Date | None = None
    type: str | None = None
    container: str | None = None
    publisher: str | None = None


class SetLayout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A layout that is set by hand for the items of a list.

    `list` is a file, folder, glob or `github:` name, `template` a line of `harvest extract
    --layout`. `section` is a heading above the items that have it; None is the whole list.
    """

    list: str
    template: str
    section: str | None = None


class Publish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Title, address and licence of the dataset, as the published files state them.

    `url` is where the output folder is published. `license` is an SPDX expression; without one no
    file claims any. `lines` maps the beginning of a list's name to the address of its lines, with
    `{path}` for the rest of the name and `{line}`; lists on GitHub need none. `group` is the facet
    by which LIST.md is grouped; without one it has the sections of the lists.
    """

    title: str = "Curated papers and their code"
    description: str | None = None
    url: str | None = None
    license: str | None = None
    lines: dict[str, str] = {}
    group: str | None = None

    def line_pattern(self, seed: str) -> str | None:
        """Return the address of the lines of a list, with `{line}`.

        `?plain=1` shows the source of a Markdown file at GitHub, so that lines can be named.
        """
        for prefix in sorted(self.lines, key=len, reverse=True):
            if seed.startswith(prefix):
                path = quote(seed.removeprefix(prefix).lstrip("/"))
                return self.lines[prefix].replace("{path}", path)
        match = re.fullmatch(r"github:([^/:]+/[^/:]+)(?::(.+))?", seed)
        if match is None:
            return None
        path = quote(match[2] or "README.md")
        return f"https://github.com/{match[1]}/blob/HEAD/{path}?plain=1#L{{line}}"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set.

    `services` has the sources by name; each is a section of the file. `mirror` is a folder of dumps
    that answer where the cache has nothing newer. `record` is a folder to which
    every exchange with them is written. `floor` is the part of the last records that must still be
    there, or nothing is published. `patience` is for how many seconds (or a duration such as "20m")
    a run waits for a source without a usable answer yet; None is as long as a person does.
    `abstracts` are published of arXiv alone, which gives them away (CC0), of all sources, or not at
    all. `same`, `different`, `ignore` and `work` are a maintainer's decisions: they override every
    source and every similarity. `layout` overrides the layouts that are learned.
    """

    seeds: tuple[str, ...] = ()
    cache: str = "cache"
    output: str = "output"
    starter: str = "cache/starter.jsonl"
    vocabulary: str | None = None
    mirror: str | None = None
    record: str | None = None
    mailto: str | None = None
    floor: Share = 0.95
    patience: Amount | None = None
    abstracts: Literal["arxiv", "all", "none"] = "arxiv"
    services: dict[str, Service] = {}
    fresh: Fresh = Fresh()
    activity: ActivityMonths = ActivityMonths()
    publish: Publish = Publish()
    same: tuple[tuple[str, ...], ...] = ()
    different: tuple[tuple[str, ...], ...] = ()
    ignore: tuple[str, ...] = ()
    work: dict[str, Correction] = {}
    layout: tuple[SetLayout, ...] = ()
    github_token: str | None = None

    def __repr__(self) -> str:
        """Return the settings without the token, so that no log or traceback can carry it."""
        values = msgspec.structs.asdict(self)
        token = "set" if values.pop("github_token") else "not set"
        return f"Settings({values}, github_token={token})"


class ServiceDefaults(Protocol):
    """The defaults of a source's service. `least_interval` is what its terms allow one user."""

    name: str
    service: Service
    least_interval: float


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "fresh": Fresh,
    "activity": ActivityMonths,
    "publish": Publish,
}


class RawSettings(msgspec.Struct):
    """The settings that are set. `origins` has file, variable or flag by key (`arxiv.url`)."""

    path: Path
    values: dict[str, Any]
    origins: dict[str, str] = {}

    def place(self, key: str) -> str:
        """Return where a value comes from, as the beginning of an error message."""
        origin = self.origins.get(key, str(self.path))
        return origin if origin != str(self.path) else f"{origin}: {key}" if key else origin


def load(
    file: Path | None,
    flags: Mapping[str, Any],
    environ: Mapping[str, str] | None,
    sources: Collection[ServiceDefaults],
) -> tuple[Settings, dict[str, str]]:
    """Read the settings, and where each that is no default comes from.

    `file` None means ./harvest.toml where there is one, `environ` None that of this process. Paths
    in the file are relative to the file, those in flags and the environment to the current folder.
    Raises UsageError that names the file or variable and what is wrong with it.
    """
    raw = RawSettings(*_read_if_any(file))
    _override(raw, flags, os.environ if environ is None else environ, sources)
    services = {}
    for source in sources:
        section = raw.values.pop(source.name, {})
        if isinstance(section, dict):
            section = {**msgspec.structs.asdict(source.service), **section}
        service = services[source.name] = _convert(section, Service, raw, source.name)
        _check_service(service, source, raw)
    patience = raw.values.get("patience")
    if isinstance(patience, str) and patience[-1:].isalpha():
        raw.values["patience"] = _seconds(patience, raw)
    settings = _convert(raw.values, Settings, raw, sections=tuple(services))
    _check(settings, raw)
    return msgspec.structs.replace(settings, services=services), raw.origins


def layouts(file: Path | None) -> tuple[SetLayout, ...]:
    """Read the layouts that are set by hand, without any other setting. Raises UsageError."""
    path, values = _read_if_any(file)
    rows = values.get("layout", [])
    return _convert(rows, tuple[SetLayout, ...], RawSettings(path, {}), "layout")


def cache_folder(file: Path | None, environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the cache, without any other setting. Raises UsageError."""
    _, values = _read_if_any(file)
    folder = (os.environ if environ is None else environ).get("HARVEST_CACHE")
    return Path(str(folder or values.get("cache", Settings().cache)))


def _override(
    raw: RawSettings,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    sources: Iterable[ServiceDefaults],
) -> None:
    """Override the values of the file by the environment, and both by the flags."""
    origins = raw.origins
    names = [source.name for source in sources]
    variables = {_variable(key): key for key in _keys(names)}
    _refuse_unknown(environ, list(variables))
    for variable, key in variables.items():
        section, _, name = key.rpartition(".")
        table = raw.values.setdefault(section, {}) if section else raw.values
        if not isinstance(table, dict):
            continue  # an error that the conversion reports
        flag = flags.get(key)
        if flag or flag == 0:  # an empty text or list is none
            table[name], origins[key] = flag, f"--{key}"
        elif environ.get(variable):
            table[name], origins[key] = _parse(key, environ[variable]), variable
        elif name in table:
            origins[key] = str(raw.path)
    origins |= dict.fromkeys(sorted(FILE_ONLY & raw.values.keys()), str(raw.path))


def duration(text: str) -> timedelta:
    """Parse a duration such as 90m, 36h, 2d or 0. Raises UsageError that shows the form."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", text.strip().lower())
    if match is None or (match[2] == "" and float(match[1])):
        raise UsageError(f"{text!r} is not a duration: write 90m, 36h or 2d")
    return timedelta(seconds=float(match[1]) * SECONDS[match[2]])


def _seconds(text: str, raw: RawSettings) -> float:
    try:
        return duration(text).total_seconds()
    except UsageError as error:
        raise UsageError(f"{raw.place('patience')}: {error}") from error


def is_loopback(url: str) -> bool:
    """Return True if `url` leads to this machine, where http and an interval of 0 are allowed."""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def _read_if_any(file: Path | None) -> tuple[Path, dict[str, Any]]:
    """Return the path of the settings file and its values: none where the default is not there."""
    path = file or Path(FILE)
    return path, _read(path) if file is not None or path.is_file() else {}


def _read(path: Path) -> dict[str, Any]:
    """Read the file. Its paths become relative to the current folder."""
    table = _parse_file(path)
    if "github_token" in table:
        raise UsageError(f"{path}: a token does not belong into a file; set GITHUB_TOKEN instead")
    if "services" in table:
        raise UsageError(f"{path}: services: name a service itself, as in [crossref]")
    for key in PATHS:
        if table.get(key) == "":
            raise UsageError(f"{path}: {key}: is empty: name a path, or leave it out")
    _place_paths(table, path.parent)
    return table


def _place_paths(table: dict[str, Any], folder: Path) -> None:
    """Make paths that are relative to `folder` relative to the current folder.

    What has another type is left for the conversion, which reports it.
    """
    for key in PATHS:
        if isinstance(table.get(key), str):
            table[key] = str(folder / table[key])
    if isinstance(table.get("seeds"), list):
        table["seeds"] = [_relative(seed, folder) for seed in table["seeds"]]
    if isinstance(table.get("layout"), list):
        for layout in table["layout"]:
            if isinstance(layout, dict) and "list" in layout:
                layout["list"] = _relative(layout["list"], folder)
    publish = table.get("publish")
    if isinstance(publish, dict) and isinstance(publish.get("lines"), dict):
        lines = publish["lines"].items()
        publish["lines"] = {_relative_prefix(key, folder): url for key, url in lines}


def _parse_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: does not exist: check the path") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is not valid TOML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{path}: is nested too deeply") from error


def _relative(seed: object, folder: Path) -> object:
    if isinstance(seed, str) and seed != "-" and not seed.startswith("github:"):
        return str(folder / seed)
    return seed


def _relative_prefix(prefix: str, folder: Path) -> str:
    """Return the beginning of a list's name as `_relative` writes it, with its last slash."""
    if prefix.startswith("github:"):
        return prefix
    path = (folder / prefix).as_posix()
    if path == ".":
        return ""
    return path if prefix and not prefix.endswith("/") else f"{path}/"


def _keys(services: Iterable[str]) -> list[str]:
    """Return every setting that a variable can hold, those of a section as `section.key`."""
    sections = dict.fromkeys(services, Service) | SECTIONS
    no_keys = {*sections, *FILE_ONLY, "services"}
    keys = [key for key in Settings.__struct_fields__ if key not in no_keys]
    for section, kind in sections.items():
        keys += [f"{section}.{key}" for key in kind.__struct_fields__]
    return [key for key in keys if key not in FILE_ONLY]


def _variable(key: str) -> str:
    return "GITHUB_TOKEN" if key == "github_token" else f"HARVEST_{key.replace('.', '_').upper()}"


def _parse(key: str, value: str) -> object:
    if key == "seeds":
        return value.split(os.pathsep)
    return value.strip() if key == "github_token" else value  # `$(cat file)` adds a line end


def _refuse_unknown(environ: Mapping[str, str], variables: list[str]) -> None:
    for name, value in environ.items():
        if not name.startswith("HARVEST_") or not value or name in variables:
            continue
        if name in map(_variable, FILE_ONLY):
            raise UsageError(f"{name}: this is set in {FILE} alone")
        similar = difflib.get_close_matches(name, variables, 1)
        if "TOKEN" in name:
            similar = ["GITHUB_TOKEN"]
        hint = f"did you mean {similar[0]}?" if similar else "docs/settings.md names them all"
        raise UsageError(f"{name}: no such setting; {hint}")


def _convert(
    values: object,
    kind: type[T],
    raw: RawSettings,
    section: str = "",
    sections: tuple[str, ...] = (),
) -> T:
    """Convert what is set. Raises UsageError with the place, the value and what is allowed there.

    `sections` are names that are allowed beside the fields of `kind`.
    """
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        path = re.findall(rf"\w+|{re.escape(_WILDCARD)}", where)
        names = [step for step in path if not step.isdigit() and step != _WILDCARD]
        reason = _explain(reason, path, values, kind, sections)
        key = ".".join([section, *names] if section else names)
        raise UsageError(f"{raw.place(key)}: {reason}") from error


def _explain(
    reason: str, path: Sequence[str], values: Any, kind: Any, sections: Collection[str]
) -> str:
    """Return why the value at a path is refused, and what is allowed there."""
    for step in path:
        kind = _type_of(step, kind)
    if "unknown field" in reason:
        fields = [*kind.__struct_fields__, *([] if path else sections)]
        names = [name for name in fields if name not in {"services", "github_token"}]
        return f"unknown setting `{reason.split('`')[1]}`; {_similar(reason, names)}"
    allowed = _allowed(kind)
    if allowed is None:
        reason = reason.replace("Object missing required field", "lacks")
        return re.sub(r"`(\w+)(?: \| null)?`", lambda it: _TYPES.get(it[1], it[0]), reason)
    if _WILDCARD in path:
        return f"{allowed} is needed"
    for step in path:
        values = values[int(step) if step.isdigit() else step]
    return f"{values!r} is not allowed, {allowed} is"


def _type_of(step: str, kind: Any) -> Any:
    """Return the type of a field, or of the items of a list or section."""
    if not step.isdigit() and step != _WILDCARD:
        return next(it.type for it in msgspec.structs.fields(kind) if it.name == step)
    return [part for part in get_args(kind) if part is not Ellipsis][-1]


def _allowed(kind: Any) -> str | None:
    """Return what a user may write for a type, if that is more than its name."""
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    for part in (kind, *get_args(kind)):
        for meta in getattr(part, "__metadata__", ()):
            if meta.description:
                return str(meta.description)
    return None


def _similar(reason: str, names: Collection[str]) -> str:
    """Return the name that was probably meant by the one in backquotes, or else all of them."""
    similar = difflib.get_close_matches(reason.split("`")[1], names, 1)
    return f"did you mean {similar[0]}?" if similar else f"there are {', '.join(names)}"


def _check(settings: Settings, raw: RawSettings) -> None:
    mailto, token = settings.mailto, settings.github_token
    if mailto is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+", mailto):
        raise UsageError(f"{raw.place('mailto')}: {mailto!r} is not an e-mail address")
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        raise UsageError("GITHUB_TOKEN: holds a blank or another character that no token has")
    _check_publish(settings.publish, raw)


def _check_publish(publish: Publish, raw: RawSettings) -> None:
    problem = _url_problem(publish.url) if publish.url else None
    if problem:
        raise UsageError(f"{raw.place('publish.url')}: {problem}")
    for pattern in publish.lines.values():
        problem = _url_problem(pattern)
        if "{path}" not in pattern:
            problem = f"{pattern!r} lacks {{path}}, the rest of a list's name"
        if problem:
            raise UsageError(f"{raw.place('publish.lines')}: {problem}")
    if publish.license is not None:
        _check_license(publish.license, raw)


def _check_license(license_: str, raw: RawSettings) -> None:
    """Raise UsageError unless a text is an SPDX expression in canonical spelling (SPDX 2.3)."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        canonical = canonicalize_license_expression(license_)
    except InvalidLicenseExpression as error:
        raise UsageError(
            f"{raw.place('publish.license')}: {license_!r} is not an SPDX expression like CC0-1.0"
        ) from error
    if canonical != license_:
        raise UsageError(f"{raw.place('publish.license')}: write {canonical!r}")


def _check_service(service: Service, source: ServiceDefaults, raw: RawSettings) -> None:
    if problem := _url_problem(service.url):
        raise UsageError(f"{raw.place(f'{source.name}.url')}: {problem}")
    least = 0.0 if is_loopback(service.url) else source.least_interval
    if service.interval is not None and service.interval < least:
        place, interval = raw.place(f"{source.name}.interval"), service.interval
        raise UsageError(
            f"{place}: {interval} s is less than the {least} s that {source.name} allows"
        )


def _url_problem(url: str) -> str | None:
    """Return what is wrong with an address that is none, holds a secret, or is not encrypted."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a web address"
    if parts.username is not None:
        return "holds a user name or password, which addresses must not"
    schemes = {"http", "https"} if is_loopback(url) else {"https"}
    if not host or parts.scheme not in schemes:
        return f"{url!r} must start with https:// (http is for loopback only)"
    return None
