"""The files of lists: files, folders, globs, stdin and GitHub, with the chapters they link to."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from glob import glob, has_magic
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote

from harvest.entries import CODE_SCHEMES, group
from harvest.errors import NotFoundError, SeedError, UsageError
from harvest.models import Finding, Identifier, Mention, Reading
from harvest.readers import by_suffix, discover, read
from harvest.text import file_name

Remote = Callable[[str], tuple[str, bytes]]
Read = Callable[[bytes, str], Reading]  # a file, by its content and its name

_GITHUB = "github:"
OUTSIDE = "cannot be read: it leads out of the seed's folder, or nowhere"
# Identifiers of papers that make a list of papers of what lists code, and of a file of a folder;
# fewer may be those of their own papers, or of something else.
_FEWEST_BESIDE_CODE = 5
FEWEST_OF_MANY = 10
MOST_COUNTED = 100  # identifiers of a list without works, which are enough to tell it
_NO_PAPERS = CODE_SCHEMES | {"url"}
_ANY_FORMAT = ".txt"  # a README.txt is Markdown more often than not
# Files of a folder that set up programs.
_SETTINGS = re.compile(
    r"(?i)(?:_?config|mkdocs|environment|docker-compose|action|dependabot|codecov|pnpm-lock"
    r"|package|package-lock|tsconfig|composer|vercel|renovate|pom|sitemap|robots"
    r"|requirements[\w-]*)\.(?:ya?ml|json|xml|txt)"
)
# Files beside a list that are about the repository and hold no works.
_HOUSEHOLD = re.compile(
    r"(?i)(?:contribut|licen[cs]e|copying|code[_-]of[_-]conduct|changelog|changes|history|security"
    r"|support|authors|maintainers|governance|pull_request_template|issue_template)"
)


def read_lists(
    names: Sequence[str],
    remote: Remote | None = None,
    stdin: BinaryIO | None = None,
    read_file: Read = read,
    read_ahead: Callable[[Sequence[str]], None] | None = None,
) -> Reading:
    """Read lists in their order, each file once, with the Markdown files that they link to.

    A list is a file, a folder, a glob, `-` (stdin) or `github:owner/repo[:path]`. `remote` returns
    the path of a file of a repository, and its bytes; `read_file` reads one, and `read_ahead` is
    told of all files beforehand. Raises SeedError for a list that cannot be read, and UsageError
    where none is named.
    """
    if not names:
        advice = "write one after the command (my-list.md), or set `seeds` in harvest.toml"
        raise UsageError(f"no list is named: {advice}")
    if read_ahead:
        read_ahead(_local_files(names))
    walk = Walk(read_file)
    for name in names:
        if name == "-":
            walk.report_no_works(walk.add((stdin or sys.stdin.buffer).read(), "-"))
        elif not name.startswith(_GITHUB):
            walk.add_local(name)
        elif remote:
            walk.add_remote(name, remote)
        else:
            raise SeedError(name, "is on GitHub, which is not asked here: give a local copy")
    return walk.reading


def _local_files(names: Iterable[str]) -> list[str]:
    """Return the files of lists that are on this machine, each once.

    A pipe is none of them, since it can be read only once, nor what has no UTF-8 name.
    """
    files: dict[str, None] = {}
    for name in names:
        if name != "-" and not name.startswith(_GITHUB):
            try:
                in_utf8 = [it for it in expand(name)[1] if file_name(it) == it]
                files |= dict.fromkeys(filter(os.path.isfile, in_utf8))
            except SeedError:  # raised again in its turn
                continue
    return list(files)


class _FileAccess(NamedTuple):
    """Access to the files around a list, by name.

    `fetch` returns the bytes of a file. `identity` is equal for two names of one file, and None for
    a file that is out of reach.
    """

    fetch: Callable[[str], bytes]
    identity: Callable[[str], object]


def load(name: str) -> bytes:
    """Return the bytes of a file. Raises SeedError."""
    try:
        return Path(name).read_bytes()
    except FileNotFoundError as error:
        raise SeedError(name, "does not exist: check the path") from error
    except OSError as error:
        raise SeedError(name, f"cannot be read: {error.strerror}") from error


class Walk:
    """Reads each file once, and the Markdown files that it links to.

    `load` returns the bytes of a file of this machine.
    """

    def __init__(self, read_file: Read, load: Callable[[str], bytes] = load) -> None:
        self.read_file = read_file
        self.load = load
        self.reading = Reading()
        self.seen: set[object] = set()

    def add(self, data: bytes, name: str) -> list[Mention]:
        """Read one file and return its mentions. Raises SeedError."""
        reading = self.read_file(data, file_name(name))
        self.reading.mentions += reading.mentions
        self.reading.findings += reading.findings
        self.reading.files |= reading.files
        return reading.mentions

    def add_local(self, name: str) -> None:
        """Add a file, a folder or a glob. Raises SeedError if none of its files can be read."""
        root, files = expand(name)
        root, own = root.resolve(), Path(name)

        def identity(file: str) -> Path | None:
            try:
                path = Path(file).resolve()
            except (RuntimeError, ValueError):  # links in a circle (before Python 3.13), a NUL
                return None
            return path if path.is_relative_to(root) or Path(file) == own else None

        errors: list[SeedError] = []
        for file in files:
            try:
                fewest = 1 if len(files) == 1 else FEWEST_OF_MANY
                self.follow(file, _FileAccess(self.load, identity), fewest)
            except SeedError as error:
                errors.append(error)
        if len(errors) == len(files):
            raise errors[0]
        findings = [Finding(file_name(error.seed), 0, "unreadable", error.why) for error in errors]
        self.reading.findings += findings

    def add_remote(self, name: str, remote: Remote) -> None:
        """Add a file of a GitHub repository, by default its README. Raises SeedError."""
        repository = ":".join(name.split(":")[:2])
        path, data = remote(name)
        first = f"{repository}:{path}"

        def fetch(file: str) -> bytes:
            return data if file == first else remote(file)[1]

        def identity(file: str) -> str | None:
            return None if file.startswith(f"{repository}:../") else file

        self.follow(first, _FileAccess(fetch, identity))

    def follow(self, first: str, access: _FileAccess, fewest: int = 1) -> None:
        """Read a file and the chapters below it, depth first. Raises SeedError for the first."""
        pending: list[tuple[str, Mention | None]] = [(first, None)]
        start = len(self.reading.mentions)
        while pending:
            name, link = pending.pop()
            identity = access.identity(name)
            if identity in self.seen:
                continue
            try:
                if identity is None:
                    raise SeedError(name, OUTSIDE)  # noqa: TRY301 - reported like any other
                mentions = self.add(access.fetch(name), name)
            except SeedError as error:
                if link is None:
                    raise
                self.report(link, error, outside=identity is None)
                continue
            self.seen.add(identity)
            for mention in reversed(mentions):
                chapter = chapter_of(mention, name)
                if chapter:
                    pending.append((chapter, mention))
        self.report_no_works(self.reading.mentions[start:], fewest)

    def report_no_works(self, mentions: Sequence[Mention], fewest: int = 1) -> None:
        """Add the finding on a list of which no entry became a work."""
        self.reading.findings += no_works(mentions, fewest)

    def report(self, link: Mention, error: SeedError, *, outside: bool) -> None:
        """Add the finding on a link to a file that cannot be read."""
        missing = isinstance(error.__cause__, FileNotFoundError | NotFoundError)
        code = "outside" if outside else "missing" if missing else "unread"
        finding = Finding(link.seed, link.line, f"linked-file-{code}", f"{link.url} {error.why}")
        self.reading.findings.append(finding)


def no_works(mentions: Sequence[Mention], fewest: int = 1) -> Iterator[Finding]:
    """Yield a finding if a list has identifiers of papers, but no entry with a work.

    With fewer than `fewest` identifiers a file may be about something else. A list of code needs
    more of them, since it also names papers about that code, and so does a list of titles alone,
    since abstracts name other works.
    """
    if any(entry.papers for entry in group(mentions)):  # as in most lists, by their first entry
        return
    names = _named_papers(mentions)
    if any(entry.repositories for entry in group(mentions)):
        fewest = max(fewest, _FEWEST_BESIDE_CODE)
    titles = len([*islice(filter(_is_title, mentions), MOST_COUNTED)])
    if len(names) < max(fewest, titles):
        return
    first = next(iter(names.values()))
    count = f"{len(names)} or more" if len(names) == MOST_COUNTED else f"{len(names)}"
    message = f"has {count} identifiers of papers, and none of them became a work"
    yield Finding(first.seed, first.line, "no-works", message)


def evidence(mentions: Sequence[Mention]) -> list[Mention]:
    """Return those mentions of a file without works by which `no_works` decides as by all."""
    code = (mention for entry in group(mentions) for mention, _ in entry.repositories)
    titles = filter(_is_title, mentions)
    papers = _named_papers(mentions).values()
    return [*papers, *islice(code, 1), *islice(titles, MOST_COUNTED)]


def _named_papers(mentions: Iterable[Mention]) -> dict[Identifier, Mention]:
    """Return identifiers of papers with their first mentions, and no more than are counted."""
    names: dict[Identifier, Mention] = {}
    for mention in mentions:
        name = mention.identifier
        if name and name.scheme not in _NO_PAPERS:
            names.setdefault(name, mention)
        if len(names) == MOST_COUNTED:
            break
    return names


def _is_title(mention: Mention) -> bool:
    return mention.role == "paper" and not mention.url


def chapter_of(mention: Mention, file: str) -> str | None:
    """Return the name of the Markdown file that a relative link of a file points to, if it does."""
    if mention.url.startswith(("https://", "http://")):  # as most links do
        return None
    target = unquote(re.split("[?#]", mention.url, maxsplit=1)[0])
    if ":" in target:
        return None
    path = PurePosixPath(target)
    if path.suffix.lower() not in discover()["markdown"].suffixes or _HOUSEHOLD.match(path.name):
        return None
    if path.is_absolute() or "\0" in target:
        return None
    repository, colon = "", ""
    if file.startswith(_GITHUB):
        repository, colon, file = file.rpartition(":")
    return repository + colon + posixpath.normpath(posixpath.join(posixpath.dirname(file), target))


def expand(name: str) -> tuple[Path, list[str]]:
    """Return the root folder of a local list and its files, sorted. Raises SeedError.

    A file has one name, however it is written: `./list.md` is `list.md`.
    """
    path = Path(name)
    if os.path.isdir(name):  # noqa: PTH112 - unlike Path.is_dir it raises for no name
        try:
            files = [(path / file).as_posix() for file in sorted(_files(path))]
        except OSError as error:
            raise SeedError(name, f"cannot be read: {error.filename}: {error.strerror}") from error
        if not files:
            suffixes = ", ".join(sorted({*by_suffix(), _ANY_FORMAT}))
            raise SeedError(name, f"holds no list: looked for {suffixes}")
        return path, files
    if os.path.exists(name):  # noqa: PTH110 - as above
        return path.parent, [path.as_posix()]
    if "://" in name:
        raise SeedError(name, "is a web address: write github:owner/repo, or give a local copy")
    if not has_magic(name):
        raise SeedError(name, "does not exist: check the path")
    matches = glob(name, recursive=True)  # noqa: PTH207 - any pattern
    files = sorted(Path(file).as_posix() for file in matches if Path(file).is_file())
    if not files:
        advice = "check the pattern, and quote it so that the shell leaves it alone"
        raise SeedError(name, f"matches no file: {advice}")
    return Path(*takewhile(lambda part: not has_magic(part), path.parts)), files


def _files(folder: Path) -> Iterator[str]:
    """Yield the files below a folder that have a reader, relative, with `/`, without hidden ones.

    Raises OSError for a folder that cannot be listed.
    """

    def refuse(error: OSError) -> None:
        raise error

    suffixes = {*by_suffix(), _ANY_FORMAT}
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(parent, name)
            is_text = path.suffix.lower() == _ANY_FORMAT
            if _SETTINGS.fullmatch(name) or (is_text and _HOUSEHOLD.match(name)):
                continue
            if not name.startswith(".") and path.suffix.lower() in suffixes:
                yield path.relative_to(folder).as_posix()
