"""What any number of lists name. Each file is read once, for all runs, while it stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import msgspec

from harvest import checks, pipeline
from harvest.bulk import rows
from harvest.bulk.engines.base import Engine
from harvest.bulk.rows import Row, row
from harvest.digests import digest
from harvest.entries import ListedWorks, fold_case, group, listed_works
from harvest.errors import SHAPE_ERRORS, SeedError
from harvest.garbage import without_gc
from harvest.linking.parts import star
from harvest.lookup import memo
from harvest.models import Finding, Mention, Reading
from harvest.readers import read
from harvest.readers.templates import NO_TEMPLATES, Template, Templates
from harvest.readers.walk import Walk, chapter_of, evidence, load
from harvest.text import file_name

PER_BUCKET = 50  # files that are read by one call, about, and whose table is renewed at once
REMOTE = "is on GitHub, which is not asked for lists here: give a local copy"
MISSING = "does not exist: check the path"
NO_UTF_8 = "has a name that is no UTF-8: rename it"

NOTHING: Mapping[str, list[Mention]] = {}


class Lists(msgspec.Struct, kw_only=True):
    """The files of lists, what is wrong with lists as a whole, and the tables of what they name.

    `counts` are those of the rows of the tables, by kind.
    """

    files: list[str] = []
    findings: list[Finding] = []
    digest: str = ""
    tables: list[Path] = []
    counts: Counter[str] = msgspec.field(default_factory=Counter)


class Content(msgspec.Struct, frozen=True):
    """What is told of a file: a digest of it and of what reads it, and its number of rows by kind.

    `outline` has its links to chapters, and mentions that tell whether it has works; it is None for
    a list of works without chapters.
    """

    digest: str
    counts: dict[str, int]
    outline: list[Mention] | None


Contents = dict[str, Content]  # by the name of the file


class Bucket(msgspec.Struct, frozen=True):
    """Some files, and the table of what they list.

    Names are relative to `base`; `version` is that of the program. `files` have the layouts that
    were set for each, which where functions run cannot be told from a name.
    """

    base: Path
    table: Path
    version: str
    files: dict[str, tuple[Template, ...]]


def find(names: Iterable[str], mentions: Mapping[str, list[Mention]] = NOTHING) -> Lists:
    """Return the files of lists: files, folders, globs, and `@FILE` with one of these a line.

    `mentions` are the outlines of files, by which chapters and lists without works are found. What
    cannot be read is a finding in a FILE. Raises SeedError for what is named itself.
    """
    files = list[str]()

    def outline(_: bytes, name: str) -> Reading:
        files.append(name)
        return Reading(mentions=mentions.get(name, _of_works()))

    walk = Walk(outline, _look)
    for name in names:
        if not name.startswith("@"):
            _walk(walk, name)
            continue
        for line in _lines(name):
            try:
                _walk(walk, line)
            except SeedError as error:
                problem = Finding(file_name(error.seed), 0, "unreadable", error.why)
                walk.reading.findings.append(problem)
    return Lists(files=files, findings=list(dict.fromkeys(walk.reading.findings)))


def _walk(walk: Walk, name: str) -> None:
    if name.startswith("github:"):
        raise SeedError(name, REMOTE)
    if file_name(name) != name:
        raise SeedError(file_name(name), NO_UTF_8)
    walk.add_local(name)


def _look(name: str) -> bytes:
    """Return nothing of a file that is there. Raises SeedError for what no table can hold."""
    if file_name(name) != name:
        raise SeedError(name, NO_UTF_8)
    if not Path(name).is_file():
        raise SeedError(name, MISSING) from FileNotFoundError()
    return b""


@cache
def _of_works() -> list[Mention]:
    """Return the mentions of any list that has works."""
    return read(b"- [A work](https://doi.org/10.5555/12345678)", "list.md").mentions


def _lines(name: str) -> Iterator[str]:
    """Yield the lists in `@FILE`. Raises SeedError."""
    try:
        text = load(name[1:]).decode()
    except UnicodeDecodeError as error:
        raise SeedError(name, f"is no text in UTF-8 ({error})") from error
    yield from filter(None, map(str.strip, text.split("\n")))


def read_all(
    names: Sequence[str],
    lists: Lists,
    engine: Engine,
    folder: Path,
    templates: Templates = NO_TEMPLATES,
) -> Lists:
    """Read what is new, with the chapters that it links to: those of the run before, then others.

    `lists` are those that are found by the names alone. Raises SeedError.
    """
    count = 1 << (len(lists.files) // PER_BUCKET).bit_length()  # the same while lists grow little
    outlines, version, folder = NOTHING, memo.version().hex(), folder / str(count)
    tables = [folder / f"{number}.parquet" for number in range(count)]
    last = {table: rows.about(table, Contents) or {} for table in tables}
    contents: dict[Path, Contents] = {}
    while True:
        before, outlines = outlines, _outlines(last | contents)
        if outlines != before:
            lists = find(names, outlines)
        files: dict[Path, list[str]] = {table: [] for table in tables}
        for name in lists.files:
            files[tables[rows.number(name) % count]].append(name)
        due = [it for it in tables if it not in contents or files[it] != [*contents[it]]]
        if not due:
            break
        buckets = list[Bucket]()
        for it in due:
            layouts = {name: templates.of(name) for name in files[it]}
            buckets.append(Bucket(Path.cwd(), it, version, layouts))
        contents |= engine.each(extract, buckets)
    for path in folder.parent.rglob("*"):  # of other lists, or left by a kill
        if path.is_file() and path not in tables:
            path.unlink()
    every = sorted(chain.from_iterable(own.items() for own in contents.values()))
    signs = [(name, content.digest) for name, content in every]
    lists.digest, lists.tables = digest(msgspec.json.encode(signs)).hex(), tables
    for _, content in every:
        lists.counts.update(content.counts)
    return lists


def _outlines(contents: Mapping[Path, Contents]) -> dict[str, list[Mention]]:
    """Return the outlines of files that have one."""
    every = chain.from_iterable(own.items() for own in contents.values())
    return {name: content.outline for name, content in every if content.outline is not None}


@without_gc()
def extract(bucket: Bucket) -> tuple[Path, Contents]:
    """Read those files of a bucket that have changed; return its table, and what is told of each.

    The table forgets what it holds of other files.
    """
    before = rows.about(bucket.table, Contents)
    contents, news, same = Contents(), dict[str, bytes | SeedError](), list[str]()
    for name, templates in bucket.files.items():
        try:
            data: bytes | SeedError = load(str(bucket.base / name))
        except SeedError as error:
            data = error
        bytes_ = data if isinstance(data, bytes) else str(data).encode()
        sign = digest(f"{bucket.version} {templates}".encode(), bytes_).hex()
        last = (before or {}).get(name)
        if last and last.digest == sign:
            contents[name] = last
            same.append(name)
        else:
            contents[name] = Content(sign, {}, None)  # until its rows are written
            news[name] = data
    if contents != before:
        others = rows.some(bucket.table, "file", same) if same else ()
        rows.write(bucket.table, _rows(bucket, news, contents), contents, others)
    return bucket.table, contents


def _rows(
    bucket: Bucket, news: Mapping[str, bytes | SeedError], contents: Contents
) -> Iterator[Row]:
    """Yield the rows of files, one after the other, and put down what is told of each."""
    for name, data in news.items():
        reading = _read(name, data, bucket.files[name])
        listing = listed_works(group(reading.mentions))
        counts = Counter[str]()
        for it in _of_file(name, reading, listing):
            counts[it.kind] += 1
            yield it
        outline = _outline(reading, listing)
        contents[name] = Content(contents[name].digest, counts, outline)


def _read(name: str, data: bytes | SeedError, templates: tuple[Template, ...]) -> Reading:
    """Read a file. One that no reader can read is a finding."""
    try:
        if isinstance(data, SeedError):
            raise data
        return read(data, name, templates)
    except SeedError as error:
        why = error.why
    except (*SHAPE_ERRORS, RecursionError) as error:  # a list of many must not stop the others
        why = f"cannot be read ({type(error).__name__}: {error}): please report it"
    return Reading(findings=[Finding(name, 0, "unreadable", why)])


def _of_file(name: str, reading: Reading, listing: ListedWorks) -> Iterator[Row]:
    """Yield the rows of a file."""
    yield from _works(listing, name)
    for problem in reading.findings:
        yield finding(problem, name)
    seeds = {mention.seed for mention in reading.mentions}
    for problem in pipeline.unread(reading.findings, seeds):
        yield row("unread", problem.seed, file=name)
    for seed, file in reading.files.items():
        for line, code in checks.ignore_comments(file):
            yield row("ignore", seed, code, line, file=name)


def _outline(reading: Reading, listing: ListedWorks) -> list[Mention] | None:
    """Return what `Content` holds of the mentions of a file, which must stay small."""
    chapters = [it for it in reading.mentions if chapter_of(it, it.seed)]
    if listing.works and not chapters:
        return None
    return [*chapters, *(_of_works() if listing.works else evidence(reading.mentions))]


def _works(listing: ListedWorks, name: str) -> Iterator[Row]:
    """Yield the works and repositories of a file, with the links between them."""
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
