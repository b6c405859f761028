"""What any number of lists name. Each file is read once, for all runs, while it stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from itertools import chain
from pathlib import Path

import msgspec

from harvest import checks
from harvest.bulk import rows, statements
from harvest.bulk.engines.base import Engine
from harvest.bulk.rows import Row, row
from harvest.digests import digest
from harvest.entries import ListedWorks, fold_case, group, listed_works
from harvest.errors import SHAPE_ERRORS, SeedError
from harvest.garbage import without_gc
from harvest.linking.parts import star
from harvest.models import Finding, Mention, Reading
from harvest.readers import read
from harvest.readers.templates import NO_TEMPLATES, Template, Templates
from harvest.readers.walk import FEWEST_OF_MANY, OUTSIDE, chapter_of, expand, load, no_works
from harvest.text import file_name

PER_BUCKET = 250  # files that are read by one call, about
REMOTE = "is on GitHub, which is not asked for lists here: give a local copy"
MISSING = "does not exist: check the path"
NO_UTF_8 = "has a name that is no UTF-8: rename it"


class Files(msgspec.Struct):
    """The files of the lists (`roots`), each with the folder that its chapters must be in.

    `fewest` has those that have no chapters and are none: without a work they are a finding from so
    many identifiers on.
    """

    roots: dict[str, Path] = {}
    fewest: dict[str, int] = {}
    resolved: set[Path] = set()
    findings: dict[Finding, None] = {}  # in their order

    def add(self, name: str, root: Path) -> bool:
        """Add a file; return False if it is there already, under whatever name.

        A name that is no UTF-8 is a finding: no table can hold it.
        """
        readable = file_name(name)
        if readable != name:
            self.report(Finding(readable, 0, "unreadable", NO_UTF_8))
            return False
        path = Path(name).resolve()
        if path in self.resolved:
            return False
        self.resolved.add(path)
        self.roots[name] = root
        return True

    def report(self, problem: Finding) -> None:
        """Add a finding, once."""
        self.findings[problem] = None


class Bucket(msgspec.Struct, frozen=True):
    """Some files, and the table of what they list.

    Names are relative to `base`; `version` is that of the program. `templates` are the layouts that
    were set for files, which where functions run cannot be told from a name.
    """

    names: list[str]
    base: Path
    table: Path
    version: str
    templates: dict[str, tuple[Template, ...]] = {}


def expand_all(names: Iterable[str]) -> Files:
    """Return the files of lists: files, folders, globs, and `@FILE` with one of these a line.

    What cannot be read is a finding in a FILE. Raises SeedError for what is named itself.
    """
    files = Files()
    for name in names:
        if not name.startswith("@"):
            _add_all(name, files)
            continue
        for line in _lines(name):
            try:
                _add_all(line, files)
            except SeedError as error:
                files.report(Finding(error.seed, 0, "unreadable", error.why))
    return files


def _add_all(name: str, files: Files) -> None:
    """Add the files of a list. Raises SeedError."""
    if name.startswith("github:"):
        raise SeedError(name, REMOTE)
    if file_name(name) != name:
        raise SeedError(file_name(name), NO_UTF_8)
    root, paths = expand(name)
    for file in paths:
        if files.add(file, root.resolve()):
            files.fewest[file] = 1 if len(paths) == 1 else FEWEST_OF_MANY


def _lines(name: str) -> Iterator[str]:
    """Yield the lists in `@FILE`. Raises SeedError."""
    try:
        text = load(name[1:]).decode()
    except UnicodeDecodeError as error:
        raise SeedError(name, f"is no text in UTF-8 ({error})") from error
    yield from filter(None, map(str.strip, text.split("\n")))


def read_all(
    files: Files, engine: Engine, folder: Path, version: str, templates: Templates = NO_TEMPLATES
) -> tuple[str, list[Path]]:
    """Read what is new, with the chapters that it links to; return a digest and the tables.

    `files` gets the chapters, and findings on those that cannot be read.
    """
    number = 1 << max(0, len(files.roots) // PER_BUCKET).bit_length()
    folder /= str(number)

    def buckets(names: Iterable[str]) -> Iterator[Bucket]:
        for bucket, them in sorted(_buckets(names, number).items()):
            layouts = {name: templates.of(name) for name in them}
            some = {name: layout for name, layout in layouts.items() if layout}
            yield Bucket(them, Path.cwd(), folder / f"{bucket}.parquet", version, some)

    digests: dict[str, str] = {}
    names = list(files.roots)
    while names:
        for own in engine.each(extract, list(buckets(names))):
            digests |= own
        tables = [it.table for it in buckets(digests)]
        names = _add_chapters(files, digests, engine, tables)
    every = list(buckets(files.roots))
    for _ in engine.each(prune, every):
        pass
    tables = [it.table for it in every]
    if not tables:
        tables = [folder / "none.parquet"]
        rows.write(tables[0], ())
    _report_no_works(files, engine, tables)
    for path in folder.parent.rglob("*"):  # of other lists, or left by a kill
        if path.is_file() and path not in tables:
            path.unlink()
    return digest(msgspec.json.encode(sorted(digests.items()))).hex(), tables


def _buckets(names: Iterable[str], count: int) -> dict[int, list[str]]:
    buckets: dict[int, list[str]] = {}
    for name in names:
        buckets.setdefault(rows.number(name) % count, []).append(name)
    return buckets


def _add_chapters(
    files: Files, current: Container[str], engine: Engine, tables: list[Path]
) -> list[str]:
    """Add the files that lists link to and nobody has read; return their names.

    The tables may hold links of other runs: those of files that are `current` count.
    """
    names = []
    for name, text in sorted(engine.rows(statements.CHAPTERS, {"lists": tables})):
        link = msgspec.json.decode(text, type=Mention)
        root = files.roots.get(link.seed)
        if root is None or link.seed not in current:
            continue
        for file in (link.seed, name):  # which may have a work together
            files.fewest.pop(file, None)
        if name in files.roots:
            continue
        path = Path(name).resolve()
        code = "outside" if not path.is_relative_to(root) else "" if path.is_file() else "missing"
        if code:
            message = f"{link.url} {OUTSIDE if code == 'outside' else MISSING}"
            files.report(Finding(link.seed, link.line, f"linked-file-{code}", message))
        elif files.add(name, root):
            names.append(name)
    return names


def _report_no_works(files: Files, engine: Engine, tables: list[Path]) -> None:
    """Add the findings on lists of which no entry became a work."""
    for name, size, line, message in sorted(engine.rows(statements.NO_WORKS, {"lists": tables})):
        if int(size) == files.fewest.get(name):
            files.report(Finding(name, line, "no-works", message))


@without_gc()
def extract(bucket: Bucket) -> dict[str, str]:
    """Read those files of a bucket that have changed; return the digest of each file.

    What the table holds of other files stays: one of them may be a chapter.
    """
    before = _digests(bucket)
    digests, changed = dict[str, str](), dict[str, bytes | SeedError]()
    for name in sorted(bucket.names):
        data = _load(bucket.base / name)
        content = data if isinstance(data, bytes) else str(data).encode()
        layout = bucket.templates.get(name)
        version = f"{bucket.version} {layout}".encode()
        digests[name] = digest(version, content).hex()
        if digests[name] != before.get(name):
            changed[name] = data
    if changed:
        new = (_rows(name, data, bucket.templates.get(name, ())) for name, data in changed.items())
        same = before.keys() - changed.keys()
        _write(bucket, {**before, **digests}, same, chain.from_iterable(new))
    return digests


@without_gc()
def prune(bucket: Bucket) -> None:
    """Forget the files that a table holds beside those of its bucket."""
    before = _digests(bucket)
    digests = {name: before[name] for name in bucket.names}
    if digests != before:
        _write(bucket, digests, digests.keys())


def _digests(bucket: Bucket) -> dict[str, str]:
    """Return the digests of the files in a table; none for that of an older program."""
    try:
        return msgspec.json.decode(rows.meta(bucket.table), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _write(
    bucket: Bucket, digests: dict[str, str], same: Collection[str], new: Iterable[Row] = ()
) -> None:
    """Write a table anew: its rows of the same files, and new ones."""
    meta = msgspec.json.encode(digests)
    others = rows.of_files(bucket.table, same) if same else ()
    rows.write(bucket.table, new, meta, others)


def _load(path: Path) -> bytes | SeedError:
    try:
        return load(str(path))
    except SeedError as error:
        return error


def _rows(name: str, data: bytes | SeedError, templates: tuple[Template, ...]) -> Iterator[Row]:
    """Yield what a file lists. One that no reader can read is a finding."""
    try:
        if isinstance(data, SeedError):
            raise data
        yield from list(_listed(read(data, name, templates), name))
    except SeedError as error:
        yield finding(Finding(name, 0, "unreadable", error.why), name)
    except (*SHAPE_ERRORS, RecursionError) as error:  # a list of many must not stop the others
        why = f"cannot be read ({type(error).__name__}: {error}): please report it"
        yield finding(Finding(name, 0, "unreadable", why), name)


def _listed(reading: Reading, name: str) -> Iterator[Row]:
    yield from _works(listed_works(group(reading.mentions)), name)
    for mention in reading.mentions:
        if chapter := chapter_of(mention, mention.seed):
            yield row("chapter", chapter, body=mention, file=name)
    for size in (FEWEST_OF_MANY, 1):
        for it in no_works(reading.mentions, size):
            yield row("no-works", name, size, it.line, it.message, name)
    for it in reading.findings:
        yield finding(it, name)
    for seed, file in reading.files.items():
        for line, code in checks.ignore_comments(file):
            yield row("ignore", seed, code, line, file=name)


def _works(listing: ListedWorks, name: str) -> Iterator[Row]:
    for work, mentions in listing.works.items():
        folded = fold_case(work)
        for place, mention in enumerate(mentions):
            yield row("mention", work, folded, place, mention, name)
    for names in sorted(listing.twins):
        yield row("twins", names[0], body=names, file=name)
        for one, other in star(names):
            yield row("edge", one, other, file=name)
    for link in sorted(listing.code_links):
        yield row("link", link.work, link.repository, body=link.role, file=name)
    for key, repository in listing.repositories.items():
        yield row("repository", key, body=str(repository), file=name)


def finding(it: Finding, file: str = "") -> Row:
    """Return a finding as a row."""
    return row("finding", it.seed, it.code, it.line, it.message, file)
