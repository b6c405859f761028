"""What any number of lists name. Each file is read once, for all runs, while it stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec

from harvest import checks
from harvest.bulk import rows
from harvest.bulk.engines.base import Engine
from harvest.bulk.rows import Row, row
from harvest.entries import ListedWorks, fold_case, group, listed_works
from harvest.errors import SHAPE_ERRORS, SeedError
from harvest.garbage import uncollected
from harvest.linking.parts import Facts, stated_edges
from harvest.models import Finding, Mention, Reading
from harvest.readers import read
from harvest.readers.walk import OUTSIDE, chapter_of, expand, load

PER_BUCKET = 250  # files that are read by one call, about
CHAPTERS = "SELECT key, body FROM lists WHERE kind = 'chapter'"
REMOTE = "is on GitHub, which is not asked for lists here: give a local copy"
MISSING = "does not exist: check the path"


class Files(msgspec.Struct):
    """The files of the lists, each with the folder that its chapters must be in."""

    roots: dict[str, Path] = {}
    resolved: set[Path] = set()
    findings: list[Finding] = []

    def add(self, name: str, root: Path) -> bool:
        """Add a file; return False if it is there already, under whatever name."""
        path = Path(name).resolve()
        if path in self.resolved:
            return False
        self.resolved.add(path)
        self.roots[name] = root
        return True


class Bucket(msgspec.Struct, frozen=True):
    """Some files, and the table of what they list.

    Names are relative to `base`; `version` is that of the program.
    """

    names: list[str]
    base: Path
    table: Path
    version: str


class Contents(msgspec.Struct):
    """What a table says of itself: the digest of each file."""

    version: str = ""
    digests: dict[str, str] = {}


def expand_all(names: Iterable[str]) -> Files:
    """Return the files of lists: files, folders, globs, and `@FILE` with one of these a line.

    What cannot be read is a finding.
    """
    files = Files()
    for name in _names(names, files):
        try:
            root, paths = expand(name)
        except SeedError as error:
            why = REMOTE if name.startswith("github:") else error.why
            files.findings.append(Finding(error.seed, 0, "unreadable", why))
            continue
        for file in paths:
            files.add(file, root.resolve())
    return files


def _names(names: Iterable[str], files: Files) -> Iterator[str]:
    for name in names:
        if not name.startswith("@"):
            yield name
            continue
        try:
            text = load(name[1:]).decode()
        except (SeedError, UnicodeDecodeError) as error:
            files.findings.append(Finding(name, 0, "unreadable", str(error)))
            continue
        yield from filter(None, map(str.strip, text.split("\n")))


def read_all(files: Files, engine: Engine, folder: Path, version: str) -> tuple[str, list[Path]]:
    """Read what is new, with the chapters that it links to; return a digest and the tables.

    `files` gets the chapters, and findings on those that cannot be read.
    """
    number = 1 << max(0, len(files.roots) // PER_BUCKET).bit_length()
    folder /= str(number)
    digests: dict[str, str] = {}
    names = list(files.roots)
    while names:
        buckets = _buckets(files.roots, {rows.number(name) % number for name in names}, number)
        base = Path.cwd()
        items = [
            Bucket(them, base, folder / f"{it}.parquet", version) for it, them in buckets.items()
        ]
        for own in engine.each(extract, items):
            digests |= own
        names = _add_chapters(files, engine, [folder])
    tables = [folder / f"{it}.parquet" for it in _buckets(files.roots, range(number), number)]
    for path in folder.parent.rglob("*"):  # of other lists, or left by a kill
        if path.is_file() and path not in tables:
            path.unlink()
    return digest(msgspec.json.encode(sorted(digests.items()))), tables


def _buckets(names: Iterable[str], numbers: Iterable[int], count: int) -> dict[int, list[str]]:
    buckets: dict[int, list[str]] = {number: [] for number in sorted(numbers)}
    for name in names:
        bucket = rows.number(name) % count
        if bucket in buckets:
            buckets[bucket].append(name)
    return {number: them for number, them in buckets.items() if them}


def _add_chapters(files: Files, engine: Engine, tables: list[Path]) -> list[str]:
    """Add the files that lists link to and nobody has read; return their names."""
    names = []
    for name, text in sorted(engine.rows(CHAPTERS, {"lists": tables})):
        link = msgspec.json.decode(text, type=Mention)
        root = files.roots.get(link.seed)
        if root is None or name in files.roots:
            continue
        path = Path(name).resolve()
        code = "outside" if not path.is_relative_to(root) else "" if path.is_file() else "missing"
        if code:
            message = f"{link.url} {OUTSIDE if code == 'outside' else MISSING}"
            problem = Finding(link.seed, link.line, f"linked-file-{code}", message)
            files.findings += [problem] if problem not in files.findings else []
        elif files.add(name, root):
            names.append(name)
    return names


def digest(data: bytes) -> str:
    """Return a digest."""
    return blake2b(data, digest_size=16).hexdigest()


@uncollected()
def extract(bucket: Bucket) -> dict[str, str]:
    """Read those files of a bucket that have changed; return the digest of each file."""
    contents = Contents()
    if text := rows.meta(bucket.table):
        contents = msgspec.json.decode(text, type=Contents)
    before = contents.digests if contents.version == bucket.version else {}
    digests, changed = dict[str, str](), dict[str, bytes | SeedError]()
    for name in sorted(bucket.names):
        data = _load(bucket.base / name)
        digests[name] = digest(data if isinstance(data, bytes) else str(data).encode())
        if digests[name] != before.get(name):
            changed[name] = data
    if changed or digests != before:
        same = digests.keys() - changed.keys()
        last = [it for it in rows.read(bucket.table) if it.file in same] if same else []
        new = (it for name, data in changed.items() for it in _rows(name, data))
        meta = msgspec.json.encode(Contents(bucket.version, digests))
        rows.write(bucket.table, sorted([*last, *new], key=lambda it: it.file), meta)
    return digests


def _load(path: Path) -> bytes | SeedError:
    try:
        return load(str(path))
    except SeedError as error:
        return error


def _rows(name: str, data: bytes | SeedError) -> Iterator[Row]:
    """Yield what a file lists. One that no reader can read is a finding."""
    try:
        if isinstance(data, SeedError):
            raise data
        yield from list(_listed(read(data, name), name))
    except SeedError as error:
        yield finding(Finding(name, 0, "unreadable", error.why), name)
    except (*SHAPE_ERRORS, RecursionError) as error:  # a list of many must not stop the others
        why = f"cannot be read ({type(error).__name__}: {error}): please report it"
        yield finding(Finding(name, 0, "unreadable", why), name)


def _listed(reading: Reading, name: str) -> Iterator[Row]:
    yield from _works(listed_works(group(reading.mentions)), name)
    for mention in reading.mentions:
        if chapter := chapter_of(mention):
            yield row("chapter", chapter, body=mention, file=name)
    for it in reading.findings:
        yield finding(it, name)
    for seed, file in reading.files.items():
        for line, code in checks.ignored(file):
            yield row("ignore", seed, code, line, file=name)


def _works(listing: ListedWorks, name: str) -> Iterator[Row]:
    for work, mentions in listing.works.items():
        folded = fold_case(work)
        for place, mention in enumerate(mentions):
            yield row("mention", work, folded, place, mention, name)
    for names in sorted(listing.twins):
        yield row("twins", names[0], body=names, file=name)
    for one, other in stated_edges(Facts(listing, ())):
        yield row("edge", one, other, file=name)
    for link in sorted(listing.code_links):
        yield row("link", link.work, link.repository, body=link.role, file=name)
    for key, repository in listing.repositories.items():
        yield row("repository", key, body=str(repository), file=name)


def finding(it: Finding, file: str = "") -> Row:
    """Return a finding as a row."""
    return row("finding", it.seed, it.code, it.line, it.message, file)
