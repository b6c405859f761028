"""Seeds -> mentions. One module a format, found by discovery.

A reader is a module of this package with `SUFFIXES` and `read(text, seed) -> Reading`. It may also have
`sniff(text) -> bool`, asked for a seed whose name does not tell its format (`.txt`, stdin); Markdown is what is left.
A reader never raises: what it cannot read becomes a finding with its line.
"""

from __future__ import annotations

import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from glob import glob, has_magic
from importlib import import_module
from itertools import takewhile
from pathlib import Path, PurePosixPath
from pkgutil import iter_modules
from typing import BinaryIO, NamedTuple, Protocol, cast
from urllib.parse import unquote

from harvest.errors import NotFoundError, SeedError
from harvest.identifiers import identify
from harvest.models import Finding, ListFile, Mention, Reading
from harvest.readers import markdown
from harvest.readers.decode import decode

Remote = Callable[[str], tuple[str, bytes]]

_SNIFFED = ".txt"  # a README.txt is Markdown more often than not, so this name says nothing
# Files beside a list that are about the repository and hold no works.
_HOUSEHOLD = re.compile(
    r"(?i)(?:contribut|licen[cs]e|copying|code[_-]of[_-]conduct|changelog|changes|history|security|support|authors"
    r"|maintainers|governance|pull_request_template|issue_template)"
)


class Reader(Protocol):
    """What a module of this package has to be a reader."""

    SUFFIXES: tuple[str, ...]

    def read(self, text: str, seed: str) -> Reading:
        """Read a text into mentions and findings."""


def read_seeds(
    seeds: Sequence[str], *, remote: Remote | None = None, stdin: BinaryIO | None = None
) -> Reading:
    """Read seeds, in their order, each file once, with the Markdown files that they link to.

    A seed is a file, a folder, a glob, `-` (stdin) or `github:owner/repo[:path]`, which `remote` turns into the file's
    path in the repository and its bytes. Raises SeedError for a seed that cannot be read.
    """
    walk = _Walk()
    for seed in seeds:
        if seed == "-":
            walk.add((stdin or sys.stdin.buffer).read(), "-")
        elif seed.startswith("github:"):
            walk.add_remote(seed, remote)
        else:
            walk.add_local(seed)
    return Reading(walk.mentions, walk.findings, walk.files)


@cache
def readers() -> dict[str, Reader]:
    """Give every reader by its module name."""
    modules = {
        module.name: import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)
    }
    return {
        name: cast("Reader", module)
        for name, module in modules.items()
        if hasattr(module, "SUFFIXES")
    }


@cache
def _by_suffix() -> dict[str, Reader]:
    return {suffix: reader for reader in readers().values() for suffix in reader.SUFFIXES}


def read(data: bytes, seed: str) -> Reading:
    """Read the bytes of one seed by its suffix, or by what it looks like. Raises SeedError for binary data."""
    text, raw, findings = decode(data, seed)
    reading = _reader(text, seed).read(text, seed)
    if not text.strip() and not reading.findings:
        findings.append(Finding(seed, 0, "no-records", "is empty"))
    for mention in reading.mentions:
        mention.raw = raw.get(mention.line)
        mention.target = identify(mention.url)
    file = reading.files.get(seed, ListFile())
    file.data, file.text, file.raw = data, text, raw
    return Reading(reading.mentions, sorted(findings + reading.findings), {seed: file})


def _reader(text: str, seed: str) -> Reader:
    return _by_suffix().get(PurePosixPath(seed).suffix.lower()) or _sniffed(text)


def _sniffed(text: str) -> Reader:
    sniffers = ((reader, getattr(reader, "sniff", None)) for reader in readers().values())
    return next(
        (reader for reader, sniff in sniffers if sniff and sniff(text)), readers()["markdown"]
    )


class _Place(NamedTuple):
    """Where a seed lies: how to get a file by its name, and its identity there (None: outside of the place)."""

    fetch: Callable[[str], bytes]
    identity: Callable[[str], object]


class _Walk:
    """Reads files, and the Markdown files that they link to, each once."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []
        self.findings: list[Finding] = []
        self.files: dict[str, ListFile] = {}
        self.seen: set[object] = set()

    def add(self, data: bytes, name: str) -> list[Mention]:
        """Add one file; gives its mentions. Raises SeedError."""
        reading = read(data, name)
        self.mentions += reading.mentions
        self.findings += reading.findings
        self.files |= reading.files
        return reading.mentions

    def add_local(self, seed: str) -> None:
        """Add a file, the files of a folder or those of a glob. Raises SeedError when none of them can be read."""
        root, names = _local(seed)
        top = root.resolve()

        def identity(name: str) -> object:
            try:
                path = Path(name).resolve()
            except (
                RuntimeError,
                ValueError,
            ):  # symbolic links in a circle (before Python 3.13), a name with a NUL
                return None
            return path if name == seed or path.is_relative_to(top) else None

        errors = []
        for name in names:
            try:
                self.follow(name, _Place(_bytes, identity))
            except SeedError as error:
                errors.append(error)
        if len(errors) == len(names):
            raise errors[0]
        self.findings += [Finding(error.seed, 0, "unreadable", error.why) for error in errors]

    def add_remote(self, seed: str, remote: Remote | None) -> None:
        """Add a file of a GitHub repository, the README if the seed names none. Raises SeedError."""
        if remote is None:
            raise SeedError(seed, "is on GitHub, which is not asked here: give a local copy")
        repository = ":".join(seed.split(":")[:2])
        path, data = remote(seed)
        first = f"{repository}:{path}"

        def fetch(name: str) -> bytes:
            return data if name == first else remote(name)[1]

        self.follow(
            first,
            _Place(fetch, lambda name: None if name.startswith(f"{repository}:../") else name),
        )

    def follow(self, first: str, place: _Place) -> None:
        """Read a file and the chapters below it, depth first. Raises SeedError when the first cannot be read."""
        pending: list[tuple[str, Mention | None]] = [(first, None)]
        while pending:
            name, link = pending.pop()
            identity = place.identity(name)
            if identity in self.seen:
                continue
            try:
                mentions = self.load(name, identity, place)
            except SeedError as error:
                if link is None:
                    raise
                missing = isinstance(error.__cause__, FileNotFoundError | NotFoundError)
                code = "outside" if identity is None else "missing" if missing else "unread"
                self.findings.append(
                    Finding(link.seed, link.line, f"linked-file-{code}", f"{link.url} {error.why}")
                )
                continue
            self.seen.add(identity)
            pending += [
                (chapter, mention)
                for mention in reversed(mentions)
                if (chapter := _chapter(mention))
            ]

    def load(self, name: str, identity: object, place: _Place) -> list[Mention]:
        """Get a file and add it; gives its mentions. Raises SeedError."""
        if identity is None:
            raise SeedError(name, "cannot be read: it leads out of the seed's folder, or nowhere")
        return self.add(place.fetch(name), name)


def _chapter(mention: Mention) -> str | None:
    """Give the name of the Markdown file that a relative link points to, None if it points elsewhere."""
    target = unquote(re.split("[?#]", mention.url, maxsplit=1)[0])
    path = PurePosixPath(target)
    if (
        path.suffix.lower() not in markdown.SUFFIXES
        or path.is_absolute()
        or ":" in target
        or "\0" in target
    ):
        return None
    if _HOUSEHOLD.match(path.name):
        return None
    place, colon, file = (
        mention.seed.rpartition(":")
        if mention.seed.startswith("github:")
        else ("", "", mention.seed)
    )
    return place + colon + posixpath.normpath(posixpath.join(posixpath.dirname(file), target))


def _local(seed: str) -> tuple[Path, list[str]]:
    """Give the root folder of a local seed and the names of its files, sorted. Raises SeedError for none."""
    path = Path(seed)
    if os.path.isdir(seed):  # noqa: PTH112 - unlike Path.is_dir it raises for no name
        try:
            names = [f"{seed.rstrip('/')}/{name}" for name in sorted(_files(path))]
        except OSError as error:
            raise SeedError(seed, f"cannot be read: {error.filename}: {error.strerror}") from error
        if not names:
            raise SeedError(
                seed, f"holds no list: looked for {', '.join(sorted({*_by_suffix(), _SNIFFED}))}"
            )
        return path, names
    if os.path.exists(seed):  # noqa: PTH110 - as above
        return path.parent, [seed]
    if "://" in seed:
        raise SeedError(seed, "is a web address: write github:owner/repo, or give a local copy")
    if not has_magic(seed):
        raise SeedError(seed, "does not exist: check the path")
    names = sorted(name for name in glob(seed, recursive=True) if Path(name).is_file())  # noqa: PTH207 - any pattern
    if not names:
        raise SeedError(
            seed,
            "matches no file: check the pattern, and quote it so that the shell leaves it alone",
        )
    return Path(*takewhile(lambda part: not has_magic(part), Path(seed).parts)), names


def _files(folder: Path) -> Iterator[str]:
    """Give every file below a folder that has a reader, hidden ones left out, relative and with `/`.

    Raises OSError for a folder that cannot be listed.
    """

    def refuse(error: OSError) -> None:
        raise error

    known = {*_by_suffix(), _SNIFFED}
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() in known:
                yield path.relative_to(folder).as_posix()


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except FileNotFoundError as error:
        raise SeedError(name, "does not exist: check the path") from error
    except OSError as error:
        raise SeedError(name, f"cannot be read: {error.strerror}") from error
