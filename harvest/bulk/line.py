"""The whole line over any number of lists. Read `run` from the top, then `Line`.

Tables are kept until the lake is published, so a run that was stopped goes on. The lake does not
depend on the engine, the order of the work or the number of shards.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from harvest.bulk import engines, lists, lookups, merging, publication, statements
from harvest.bulk.engines.base import GO_ON
from harvest.bulk.lists import Files, finding
from harvest.bulk.merging import Report
from harvest.bulk.refusals import (
    refuse_addresses,
    refuse_others,
    refuse_small_disk,
    refuse_unseen,
)
from harvest.bulk.rows import Row, number, row
from harvest.bulk.workspace import Task, Workspace
from harvest.config import FILE, Settings
from harvest.dataset import lake, store
from harvest.dataset import run as runs
from harvest.dataset.lake import Manifest
from harvest.digests import digest, sha256_of
from harvest.entries import fold_case
from harvest.errors import BrokenTableError, PublicationError, UsageError
from harvest.http.clients import Budget
from harvest.linking import overrides
from harvest.linking.partition import Partition
from harvest.linking.parts import star
from harvest.lookup import memo
from harvest.lookup.cache import Cache
from harvest.lookup.mirror import Mirror
from harvest.lookup.session import Progress, Scope, Session
from harvest.mirror import manifest as mirrors
from harvest.models import Identifier, Tally
from harvest.pipeline import UNREAD
from harvest.readers.templates import Templates

PACKAGES = ("duckdb", "isal", "pyarrow")  # of the extra `bulk`
JSON_LIMIT = 200_000  # works up to which there is a dataset.json
ROOM = 2_000_000_000  # bytes of all processes
SHARE = 0.6  # of it is for functions
PROCESS = 150_000_000  # bytes of one before it has done anything
PER_MENTION = 40_000  # bytes that a mention takes while its shard is merged, at most
LARGEST = 1_000_000  # rows of a part that is linked at once


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is told beside the settings. `room` is the memory of all processes, in bytes.

    With a `budget`, what is due is asked. `shards` is for tests, and follows from the memory.
    """

    on: str = engines.HERE
    room: int = ROOM
    jobs: int | None = None
    json_limit: int = JSON_LIMIT
    budget: Budget | None = None
    wait: bool = False
    shards: int | None = None


def run(
    settings: Settings,
    names: Sequence[str],
    folder: Path,
    now: datetime,
    options: Options | None = None,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Read lists, look up what they name in the mirror and the cache, and publish a lake.

    Raises UsageError for what cannot be used, PublicationError when the last lake must stand, and
    LockedError when another run works on it.
    """
    options = options or Options()
    lake.require_packages(*PACKAGES)
    refuse_addresses(folder, settings.mirror, settings.cache)
    folder = folder.resolve()
    work = folder.with_name(f".{folder.name}.steps")
    with store.lock(folder, wait=options.wait, option="--lake"):
        store.recover(folder)
        refuse_others(folder)
        if settings.mirror:
            Mirror(Path(settings.mirror)).close()  # which refuses what is none
        files = lists.expand_all(names)
        refuse_small_disk(folder, files.resolved)
        jobs = options.jobs or max(1, min(os.cpu_count() or 1, options.room // (4 * PROCESS)))
        with engines.start(options.on, options.room, jobs, work / "scratch") as engine:
            places = [settings.cache, settings.starter, settings.vocabulary, settings.mirror]
            refuse_unseen(engine, [*filter(None, places), *map(os.path.dirname, files.roots)])
            line = Line(settings, options, now, folder, Workspace(work, engine, progress))
            try:
                return line.run(names, files, jobs)
            except BrokenTableError:
                shutil.rmtree(work)
                raise
            except OSError as error:  # of the disk, while this process wrote
                raise PublicationError(f"{error}; {GO_ON}") from error


class Line(msgspec.Struct):
    """A run that makes a lake in `folder`. `inputs` are digests of what it is made of."""

    settings: Settings
    options: Options
    now: datetime
    folder: Path
    tables: Workspace
    inputs: dict[str, Any] = {}

    def run(self, names: Sequence[str], files: Files, jobs: int) -> Manifest:
        """Do what is not done yet, and publish. A run in which nothing changed does nothing."""
        tables = self._extract(names, files)
        last = lake.read(self.folder) if lake.is_lake(self.folder) else None
        if not last and not self._count(statements.ENTRIES, tables):
            raise UsageError(f"{', '.join(names)}: nothing is listed there")
        version = memo.version().hex()
        inputs = _digest_of([version, self.inputs, self._matter()])
        # Lists and dumps are in the facts of each part; the cache may have former titles.
        others = self.inputs.keys() - {"names", "lists", "mirror"}
        rules = _digest_of([version, {it: self.inputs[it] for it in others}, self._matter()])
        mark = publication.read_mark(self.tables.folder, self.folder)
        if last and mark.inputs == inputs and self.options.budget is None:
            return last
        self._begin(tables, inputs, last, jobs, is_former=mark.rules == rules)
        self._read_last()
        self._look_up()
        self._part()
        report = self._merge()
        self._write(files, report)
        manifest = self._manifest(files, report)
        task = self.tables.task
        publication.publish(task.folder / publication.LAKE, manifest, self.folder)
        publication.write_mark(self.tables.folder, inputs, rules, task, self.folder)
        return manifest

    # -- what is read --------------------------------------------------------------------------

    def _extract(self, names: Sequence[str], files: Files) -> list[Path]:
        """Read the lists that are new; return the tables of what all of them name."""
        version, templates = memo.version().hex(), Templates(self.settings.layout)
        folder = self.tables.folder / "lists"
        content, tables = lists.read_all(files, self.tables.engine, folder, version, templates)
        self.inputs = {"names": list(names), "lists": content, **self._digests()}
        return tables

    def _count(self, query: str, tables: list[Path]) -> int:
        """Return a count of what the lists name."""
        [(count,)] = self.tables.engine.rows(query, {"lists": tables})
        return int(count)

    def _digests(self) -> dict[str, str]:
        """Return a digest of each input beside the lists."""
        settings = self.settings
        files = {"starter": Path(settings.starter)}
        if settings.mirror:
            files["mirror"] = Path(settings.mirror) / mirrors.FILE
        if settings.vocabulary:
            files["vocabulary"] = Path(settings.vocabulary)
        digests = {name: _digest(path) for name, path in files.items()}
        if not self.options.budget:  # which writes to the cache
            with closing(Cache(Path(settings.cache), readonly=True)) as cache:
                digests["cache"] = cache.state(without="")[0].hex()[:32]
        return dict(sorted(digests.items()))

    def _matter(self) -> dict[str, Any]:
        """Return the settings that decide what is published."""
        names = ("floor", "abstracts", "activity", "same", "different", "ignore", "work", "layout")
        matter = {name: getattr(self.settings, name) for name in names}
        return {**matter, "json_limit": self.options.json_limit}

    def _begin(
        self, tables: list[Path], inputs: str, last: Manifest | None, jobs: int, *, is_former: bool
    ) -> None:
        """Go on with the tables of a run that was stopped, or begin without any."""
        folder, former = self.tables.folder / "run", self.tables.folder / publication.MERGED
        shards = self.options.shards or self._shards(tables, jobs)
        before = _digest(self.folder / lake.FILE)
        key = " ".join([inputs, str(shards), self.now.date().isoformat(), before])
        if not (folder / "key").is_file() or (folder / "key").read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "key").write_text(key)
        paths = {name: getattr(self.settings, name) for name in ("cache", "starter", "vocabulary")}
        settings = msgspec.structs.replace(
            self.settings,
            **{name: path and str(Path(path).absolute()) for name, path in paths.items()},
            mirror=None,
            record=None,
            github_token=None,
        )
        task = Task(folder, settings, self.now, shards, last is not None)
        if is_former and not self.options.budget:
            task = msgspec.structs.replace(task, former=former)
        self.tables.task = task
        self.tables.files["lists"] = tables

    def _shards(self, tables: list[Path], jobs: int) -> int:
        """Return the number of shards of which each fits into the memory of a process.

        It is a power of two, so that it stays the same while lists grow a little.
        """
        mentions = self._count(statements.MENTIONS, tables)
        room = max(PROCESS, SHARE * self.options.room / jobs - PROCESS)
        return 1 << int(mentions * PER_MENTION / room).bit_length()

    def _read_last(self) -> None:
        """Bring the last records to the shards of all their names."""
        parts = [path for name in lake.TABLES for path in lake.paths(self.folder, name)]
        items = {f"{it.parent.name}-{it.stem}": it for it in parts if it.parent.name != "findings"}
        self.tables.each("last", lookups.read_last, items)
        self.tables.query("owners", statements.OWNERS)
        self.tables.query("last-by-name", statements.LAST)

    # -- looking up ----------------------------------------------------------------------------

    def _look_up(self) -> None:
        """Look up what the lists name, then what the answers name, and so on."""
        tables = self.tables
        tables.put("companions", self._companions())
        tables.put("answers", ())  # so that there is a table where nothing is looked up
        names, answers = list[Path](), tables.files["answers"]
        for level in range(lookups.LEVELS):
            name, query = f"names-{level}", statements.NAMED if level else statements.LISTED
            tables.query(name, query, answers=answers[-1:], names=names)
            shards = tables.shards_of(name)
            if not shards:
                break
            names += tables.files[name]
            self._find_in_dumps(level)
            self._ask(level, shards)
            answers += tables.files[f"answers-{level}"]

    def _companions(self) -> list[Row]:
        """Return the names that a maintainer makes one with a listed one."""
        decisions = overrides.read(self.settings)
        self.tables.put("decided", map(partial(row, "name"), chain(*decisions.same)))
        listed = {Identifier.of(name) for (name,) in self.tables.rows(statements.DECIDED)}
        names = decisions.companions(listed)
        return [row("name", name, fold_case(name), body=str(name)) for name in sorted(names)]

    def _find_in_dumps(self, level: int) -> None:
        """Bring the records of dumps to the shards that look them up. Raises UsageError."""
        if not self.settings.mirror:
            return
        mirror = Path(self.settings.mirror)
        groups: dict[tuple[str, str], dict[Path, None]] = {}
        for source, files in sorted(mirrors.read(mirror).sources.items()):
            for file in files:
                groups.setdefault((source, file.day), {})[mirror / source / file.table] = None
        dumps = {f"d{place}": list(paths) for place, paths in enumerate(groups.values())}
        names = self.tables.files[f"names-{level}"]
        try:
            query = statements.dumps(list(groups))
            self.tables.query(f"dumps-{level}", query, names=names, **dumps)
        except BrokenTableError as error:
            advice = "`harvest mirror add` with the same dumps mends it"
            raise UsageError(f"{mirror}: cannot be read ({error}); {advice}") from error

    def _ask(self, level: int, shards: dict[str, int]) -> None:
        """Look up the names of shards: in processes, or where requests may be made here."""
        name, budget = f"answers-{level}", self.options.budget
        items = {stem: (level, shard) for stem, shard in shards.items()}
        if budget is None:
            self.tables.each(name, lookups.look_up, items)
            return
        settings = msgspec.structs.replace(self.settings, mirror=None)
        progress = self.tables.progress
        with Session(settings, Scope(), self.now, budget=budget, progress=progress) as session:
            self.tables.each(name, partial(lookups.answers_of, session), items, here=True)

    # -- linking and merging -------------------------------------------------------------------

    def _part(self) -> None:
        """Bring all rows of each part of works to one shard, with the repositories it links."""
        tables = self.tables
        tables.each("related", lookups.relate)
        tables.query("common", statements.COMMON)
        partition = Partition()
        for same in overrides.read(self.settings).same:
            for one, other in star(same):
                partition.join(one, other)
        for one, other in tables.rows(statements.EDGES):
            partition.join(Identifier.of(one), Identifier.of(other))
        roots = ((str(name), str(root)) for name, root in partition.roots())
        tables.put("homes", (row("home", it, root, number(root)) for it, root in roots))
        self._refuse_large_parts()
        tables.query("hosts", statements.HOSTS)
        tables.query("shards", statements.SHARDS)

    def _refuse_large_parts(self) -> None:
        """Refuse what would be linked at once, and not fit. Raises PublicationError."""
        parts = defaultdict[str, list[tuple[int, str]]](list)
        for part, name, size in self.tables.rows(statements.large(LARGEST)):
            parts[part].append((size, name))
        for members in parts.values():
            _, largest = max(members)
            raise PublicationError(
                f"{sum(size for size, _ in members)} rows of lists and answers may be of one work,"
                f" the most of {largest}: keep works apart that are joined with it by `different`"
                f" in {FILE}"
            )

    def _merge(self) -> Report:
        """Link and merge each shard, give keys, and unite repositories. Raises PublicationError."""
        tables = self.tables
        tables.each("merged", merging.merge)
        tables.query("stems", statements.STEMS)
        tables.each("assigned", merging.assign_keys, tables.shards_of("stems"))
        tables.query("keys", statements.KEYS)
        tables.query("repositories", statements.REPOSITORIES)
        tables.each("united", merging.unite)
        total = Report()
        for (text,) in tables.rows(statements.REPORTS):
            total.add(msgspec.json.decode(text, type=Report))
        store.check_floor(total.losses, self.settings.floor)
        return total

    # -- publishing ----------------------------------------------------------------------------

    def _write(self, files: Files, report: Report) -> None:
        """Write the tables of the lake, and its dataset.json if that is not large."""
        tables = self.tables
        decisions = overrides.read(self.settings)
        unused = overrides.unused(decisions, report.current, report.missing)
        tables.put("others", map(finding, [*files.findings, *unused]))
        tables.query("findings", statements.FINDINGS)
        tables.query("log", statements.LOG)
        places = publication.places(tables.task)
        tables.run("lake", partial(publication.write, tables.task), places)
        if sum(report.works.values()) <= self.options.json_limit:
            publication.write_document(tables.task.folder / publication.LAKE)

    def _manifest(self, files: Files, report: Report) -> Manifest:
        """Return the manifest of the new lake."""
        out = self.tables.task.folder / publication.LAKE
        codes = (lake.column(part, "code") for part in lake.paths(out, lake.FINDINGS))
        findings = Counter(chain.from_iterable(codes))
        mentions = self._count(statements.MENTIONS, self.tables.files["lists"])
        counts = {
            "works": report.works,
            "repositories": report.repositories,
            "changes": report.changes,
            "findings": findings,
        }
        sums = {name: dict(sorted(count.items())) for name, count in counts.items()}
        return Manifest(
            day=self.now.date().isoformat(),
            shards=self.tables.task.shards,
            counts={"lists": {"files": len(files.roots), "mentions": mentions}, **sums},
            inputs=self.inputs,
            degraded=[*self._owed(), *_unread(findings)],
            settings=msgspec.to_builtins(self._matter()),
            tables=publication.parts(out),
        )

    def _owed(self) -> list[str]:
        """Return a sentence for each source that owes answers; a run that asks nobody owes none."""
        tallies: dict[str, Tally] = {}
        for source, text in sorted(self.tables.rows(statements.TALLIES)):
            total = tallies.setdefault(source, Tally())
            part = msgspec.json.decode(text, type=Tally)
            total.failed += part.failed
            total.deferred += part.deferred
            total.stale += part.stale
            total.error = total.error or part.error
        return runs.degraded(tallies) if self.options.budget else []


def _unread(findings: Counter[str]) -> Iterator[str]:
    """Yield a sentence on lists whose entries are not in the lake, if there are any."""
    count = sum(findings[code] for code in UNREAD)
    if count:
        yield f"lists that cannot be read: {count} (the findings name them)"


def _digest(path: Path) -> str:
    """Return a digest of a file; that of none is empty."""
    return sha256_of(path)[:32] if path.is_file() else ""


def _digest_of(values: Any) -> str:
    return digest(msgspec.json.encode(values, order="deterministic")).hex()
