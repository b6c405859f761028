"""The whole line over any number of lists. Read `Line.run` from the top.

Tables are kept until the lake is published, so a run that was stopped goes on. The rest of the line
does not depend on the engine, the order of the work or the number of shards.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from harvest.bulk import engines, lists, publication, rows, statements, steps
from harvest.bulk.engines.base import Engine, replacing
from harvest.bulk.lists import Files, finding
from harvest.bulk.rows import Row, row
from harvest.bulk.statements import Query
from harvest.bulk.steps import Report, Task
from harvest.config import FILE, Settings
from harvest.dataset import encoding, lake, store
from harvest.dataset import run as runs
from harvest.dataset.lake import Manifest
from harvest.dataset.store import MOST_NAMES, Loss
from harvest.entries import ListedWorks, fold_case
from harvest.errors import BrokenTableError, PublicationError, UsageError
from harvest.http.clients import Budget
from harvest.linking import overrides
from harvest.linking.partition import Partition
from harvest.linking.parts import Facts, stated_edges
from harvest.lookup import memo
from harvest.lookup.cache import Cache
from harvest.lookup.mirror import Mirror
from harvest.lookup.session import Progress, Scope, Session
from harvest.mirror import manifest as mirrors
from harvest.models import Identifier, Tally
from harvest.pipeline import UNREAD
from harvest.readers.templates import Templates

Step = Callable[[Task, int], None]
PACKAGES = ("duckdb", "isal", "pyarrow")  # of the extra `bulk`
JSON_LIMIT = 200_000  # works up to which there is a dataset.json
ROOM = 2_000_000_000  # bytes of all processes
SHARE = 0.6  # of it is for functions
PROCESS = 150_000_000  # bytes of one before it has done anything
PER_MENTION = 40_000  # bytes that a mention takes while its shard is merged, at most
LARGEST = 1_000_000  # rows of a part that is linked at once
DISK = 3  # bytes that are needed for each of the lists, about


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
    _refuse_addresses(folder, settings.mirror, settings.cache)
    folder = folder.resolve()
    with store.lock(folder, wait=options.wait, option="--lake"):
        store.recover(folder)
        _last(folder)
        if settings.mirror:
            Mirror(Path(settings.mirror)).close()  # which refuses what is none
        files = lists.expand_all(names)
        work = folder.with_name(f".{folder.name}.steps")
        _check_disk(folder, files)
        jobs = options.jobs or max(1, min(os.cpu_count() or 1, options.room // (4 * PROCESS)))
        with engines.start(options.on, options.room, jobs, work / "scratch") as engine:
            _refuse_unseen(engine, [settings.cache, settings.starter, *sorted(files.roots)[:1]])
            line = Line(settings, options, now, engine, work, progress)
            try:
                return line.run(names, files, folder, jobs)
            except BrokenTableError:
                shutil.rmtree(work)
                raise


def _last(folder: Path) -> Manifest | None:
    """Return the manifest of the last lake. Raises UsageError for a folder of anything else."""
    if lake.is_lake(folder):
        return lake.read(folder)
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: holds something else than a lake: name a folder of its own")
    return None


def _refuse_addresses(*places: Path | str | None) -> None:
    for place in places:
        if place and re.match(r"[a-z][a-z0-9+.-]+:/", str(place)):
            advice = "name a folder, which all machines see, and copy from or to the storage"
            raise UsageError(f"{place}: object storage is neither read nor written: {advice}")


def _refuse_unseen(engine: Engine, names: Iterable[str]) -> None:
    """Raise UsageError for what is there, but not where functions run."""
    for name in engine.each(_unseen, [name for name in names if Path(name).exists()]):
        if name:
            advice = "move it to where all machines see it under one path"
            raise UsageError(f"{name}: a worker cannot see it: {advice}")


def _unseen(name: str) -> str:
    return "" if Path(name).exists() else name


def _check_disk(folder: Path, files: Files) -> None:
    need = DISK * sum(path.stat().st_size for path in files.resolved)
    need += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if need > free:
        raise UsageError(
            f"{folder}: the lake may need {need / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free:"
            " name a folder on another disk with --lake"
        )


class Line:
    """A run: its settings, its engine, and the folder with its tables."""

    def __init__(
        self,
        settings: Settings,
        options: Options,
        now: datetime,
        engine: Engine,
        work: Path,
        progress: Progress,
    ) -> None:
        self.settings = settings
        self.options = options
        self.now = now
        self.engine = engine
        self.work = work
        self.progress = progress
        self.tables: dict[str, list[Path]] = {}
        self.task = Task(work, settings, now, shards=1, has_last=False)

    def run(self, names: Sequence[str], files: Files, folder: Path, jobs: int) -> Manifest:
        """Do what is not done yet, and publish. A run in which nothing changed does nothing."""
        version, last = memo.version().hex(), _last(folder)
        digest, self.tables["lists"] = lists.read_all(
            files, self.engine, self.work / "lists", version, Templates(self.settings.layout)
        )
        if not self.tables["lists"] and not last:
            raise UsageError(f"{', '.join(names)}: nothing is listed there")
        inputs = self._inputs(names, digest)
        key, before = _digest_of([version, inputs, self._matter()]), _digest(folder / lake.FILE)
        done = self.work / "done"
        is_asked = self.options.budget is not None
        if last and not is_asked and publication.is_current(done, f"{key} {before}", folder):
            return last
        shards = self.options.shards or self._shards(jobs)
        self._begin([key, str(shards), self.now.date().isoformat(), before], shards, last)
        self._read_last(folder)
        self._look_up()
        self._relate()
        reports = self._merge()
        self._write(files, reports)
        manifest = self._manifest(files, reports, inputs)
        publication.publish(self.task.folder / "lake", manifest, folder)
        publication.mark(done, f"{key} {_digest(folder / lake.FILE)}", folder)
        shutil.rmtree(self.task.folder, ignore_errors=True)
        return manifest

    def _inputs(self, names: Sequence[str], digest: str) -> dict[str, Any]:
        """Return what is read: the lists by name, and a digest of each input."""
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
        return {"names": list(names), "lists": digest, **dict(sorted(digests.items()))}

    def _matter(self) -> dict[str, Any]:
        """Return the settings that decide what is published."""
        names = ("floor", "abstracts", "activity", "same", "different", "ignore", "work", "layout")
        matter = {name: getattr(self.settings, name) for name in names}
        return {**matter, "json_limit": self.options.json_limit}

    def _shards(self, jobs: int) -> int:
        """Return the number of shards of which each fits into the memory of a process."""
        [(mentions,)] = self._rows(statements.MENTIONS)
        room = max(PROCESS, SHARE * self.options.room / jobs - PROCESS)
        return 1 + int(mentions * PER_MENTION / room)

    def _begin(self, key: list[str], shards: int, last: Manifest | None) -> None:
        """Go on with the tables of a run that was stopped, or begin without any."""
        folder, text = self.work / "run", " ".join(key)
        if _text(folder / "key") != text:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "key").write_text(text)
        settings = msgspec.structs.replace(
            self.settings,
            cache=str(Path(self.settings.cache).absolute()),
            starter=str(Path(self.settings.starter).absolute()),
            vocabulary=self.settings.vocabulary and str(Path(self.settings.vocabulary).absolute()),
            mirror=None,
            record=None,
            github_token=None,
        )
        self.task = Task(folder, settings, self.now, shards, has_last=last is not None)

    # -- the verbs -----------------------------------------------------------------------------

    def _sql(self, name: str, query: Query, by: str | None = "shard", **others: list[Path]) -> None:
        """Make a table of a query, unless it is there. `others` are tables under other names."""
        target = self.task.folder / name
        if not target.exists():
            sources = {it: others.get(it) or self.tables[it] for it in query.tables}
            text = query.text.replace("{shards}", str(self.task.shards))
            self.engine.sql(target, text, sources, by)
        self.tables[name] = [target]

    def _rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        tables = {name: self.tables[name] for name in query.tables}
        return self.engine.rows(query.text, tables)

    def _each(self, name: str, function: Step, shards: Iterable[int] | None = None) -> None:
        """Make a table by a function of each shard, but for those that are there."""
        folder = self.task.folder / name
        every = range(self.task.shards) if shards is None else shards
        due = [shard for shard in every if not (folder / f"{shard}.parquet").exists()]
        for count, _ in enumerate(self.engine.each(partial(function, self.task), due), 1):
            self.progress(name, count, len(due))
        self.tables[name] = [folder]

    # -- the steps -----------------------------------------------------------------------------

    def _read_last(self, folder: Path) -> None:
        """Bring the last records to the shards of all their names."""
        target = self.task.folder / "last"
        rows.write(target / "none.parquet", ())
        parts = [
            it for table in (lake.WORKS, lake.REPOSITORIES) for it in lake.paths(folder, table)
        ]
        due = [it for it in parts if not (target / f"{it.parent.name}-{it.name}").exists()]
        for _ in self.engine.each(partial(steps.read_last, self.task), due):
            pass
        self.tables["last"] = [target]
        self._sql("owners", statements.OWNERS, by=None)
        self._sql("last-places", statements.LAST_PLACES, by=None)
        self._sql("last-by-name", statements.LAST, places=self.tables["last-places"])

    def _look_up(self) -> None:
        """Look up what the lists name, then what the answers name, and so on."""
        companions = self.task.folder / "companions.parquet"
        rows.write(companions, self._companions())
        self.tables |= {"companions": [companions], "names": [], "answers": []}
        for level in range(steps.LEVELS):
            name, last = f"names-{level}", self.tables["answers"][-1:]
            self._sql(name, statements.NAMED if level else statements.LISTED, answers=last)
            shards = self._shards_of(name)
            if not shards:
                break
            self.tables["names"] += self.tables[name]
            self._find_in_dumps(level)
            self._ask(level, shards)
            self.tables["answers"] += self.tables[f"answers-{level}"]

    def _companions(self) -> list[Row]:
        """Return the names that a maintainer makes one with a listed one."""
        decisions = overrides.read(self.settings)
        same = {str(name) for names in decisions.same for name in names}
        listed = self._rows(statements.in_lists(same)) if same else ()
        names = decisions.companions({Identifier.of(name) for (name,) in listed})
        return [row("name", name, fold_case(name), body=str(name)) for name in sorted(names)]

    def _shards_of(self, name: str) -> list[int]:
        """Return the shards that have rows in a table."""
        places = (self.task.folder / name).glob("shard=*")
        return sorted(int(path.name.removeprefix("shard=")) for path in places)

    def _find_in_dumps(self, level: int) -> None:
        """Bring the records of dumps to the shards that look them up. Raises UsageError."""
        if not self.settings.mirror:
            return
        mirror = Path(self.settings.mirror)
        groups: dict[tuple[str, str], list[Path]] = {}
        for source, files in sorted(mirrors.read(mirror).sources.items()):
            for file in files:
                groups.setdefault((source, file.day), []).append(mirror / source / file.table)
        tables = {f"d{place}": paths for place, paths in enumerate(groups.values())}
        names = self.tables[f"names-{level}"]
        self.tables |= tables
        try:
            self._sql(f"dumps-{level}", statements.dumps(list(groups)), names=names)
        except BrokenTableError as error:
            advice = "`harvest mirror add` with the same dumps mends it"
            raise UsageError(f"{mirror}: cannot be read ({error}); {advice}") from error

    def _ask(self, level: int, shards: list[int]) -> None:
        """Look up the names of shards: in processes, or where requests may be made here."""
        name, budget = f"answers-{level}", self.options.budget
        if budget is None:
            self._each(name, partial(steps.look_up, level=level), shards)
            return
        settings = msgspec.structs.replace(self.settings, mirror=None)
        with Session(settings, Scope(), self.now, budget=budget, progress=self.progress) as session:
            for shard in shards:
                if not (self.task.folder / name / f"{shard}.parquet").exists():
                    steps.look_up(self.task, shard, level=level, session=session)
        self.tables[name] = [self.task.folder / name]

    def _relate(self) -> None:
        """Bring all rows of each part of works to one shard, with the repositories it links."""
        self._each("related", steps.relate)
        self._sql("common", statements.COMMON, by=None)
        partition = Partition()
        decisions = Facts(ListedWorks(), (), overrides.read(self.settings))
        pairs = (
            (Identifier.of(one), Identifier.of(other))
            for one, other in self._rows(statements.EDGES)
        )
        for one, other in chain(stated_edges(decisions), pairs):
            partition.join(one, other)
        homes = self.task.folder / "homes.parquet"
        roots = ((str(name), str(root)) for name, root in partition.roots())
        rows.write(homes, (row("home", it, root, rows.number(root)) for it, root in roots))
        self.tables["homes"] = [homes]
        self._refuse_large_parts()
        self._sql("hosts", statements.HOSTS, by=None)
        self._sql("host-places", statements.HOST_PLACES, by=None)
        self._sql("shards", statements.SHARDS, places=self.tables["host-places"])

    def _refuse_large_parts(self) -> None:
        for part, size in list(self._rows(statements.sizes(LARGEST))):
            members = self._rows(statements.members(part))
            largest, _ = max(members, key=lambda it: (it[1], it[0]))
            raise PublicationError(
                f"{size} rows of lists and answers may be of one work, the most of {largest}:"
                f" keep works apart that are joined with it by `different` in {FILE}"
            )

    def _merge(self) -> list[Report]:
        """Link and merge each shard, give keys, and unite repositories. Raises PublicationError."""
        self._each("merged", steps.merge)
        self._sql("stems", statements.STEMS)
        self._each("assigned", steps.assign_keys, self._shards_of("stems"))
        self._sql("keys", statements.KEYS)
        self._sql("repositories", statements.REPOSITORIES)
        self._each("united", steps.unite)
        self.tables["made"] = self.tables["merged"] + self.tables["united"]
        texts = self._rows(statements.REPORTS)
        reports = [msgspec.json.decode(text, type=Report) for (text,) in texts]
        losses: dict[str, Loss] = {}
        for report in reports:
            for kind, loss in report.losses.items():
                other = losses.get(kind, Loss(0, 0, []))
                names = sorted([*other.names, *loss.names])[:MOST_NAMES]
                losses[kind] = Loss(other.before + loss.before, other.lost + loss.lost, names)
        store.check_floor(losses, self.settings.floor)
        return reports

    def _write(self, files: Files, reports: list[Report]) -> None:
        """Write the tables of the lake."""
        decisions, current, missing = overrides.read(self.settings), set(), set()
        for report in reports:
            current |= report.current
            missing |= report.missing
        unused = overrides.unused(decisions, current, missing)
        others = self.task.folder / "others.parquet"
        rows.write(others, map(finding, [*files.findings, *unused]))
        self.tables["others"] = [others]
        self._sql("findings", statements.FINDINGS)
        for table, function in steps.WRITERS.items():
            self._each(f"lake/{table}", function)

    def _owed(self) -> list[str]:
        """Return a sentence for each source that owes answers; a run that asks nobody owes none."""
        tallies: dict[str, Tally] = {}
        for source, text in sorted(self._rows(statements.TALLIES)):
            total = tallies.setdefault(source, Tally())
            part = msgspec.json.decode(text, type=Tally)
            total.failed += part.failed
            total.deferred += part.deferred
            total.stale += part.stale
            total.error = total.error or part.error
        return runs.degraded(tallies) if self.options.budget else []

    def _manifest(
        self, files: Files, reports: Iterable[Report], inputs: dict[str, Any]
    ) -> Manifest:
        """Return the manifest of the new lake, and write its dataset.json if that is not large."""
        out = self.task.folder / "lake"
        counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("works", "repositories", "changes", "findings")
        }
        for report in reports:
            for name in ("works", "repositories", "changes"):
                counts[name].update(getattr(report, name))
        for part in lake.paths(out, lake.FINDINGS):
            counts["findings"].update(lake.column(part, "code"))
        [(mentions,)] = self._rows(statements.MENTIONS)
        if counts["works"].total() <= self.options.json_limit:
            records = (lake.records(out, table) for table in (lake.WORKS, lake.REPOSITORIES))
            with replacing(out / store.FILE) as new, new.open("wb") as file:
                file.writelines(encoding.document(*records))
        return Manifest(
            day=self.now.date().isoformat(),
            shards=self.task.shards,
            counts={
                "lists": {"files": len(files.roots), "mentions": mentions},
                **{name: dict(sorted(count.items())) for name, count in counts.items()},
            },
            inputs=inputs,
            degraded=[*self._owed(), *_unread(counts["findings"])],
            settings=msgspec.to_builtins(self._matter()),
            tables={table: list(publication.parts(out, table)) for table in lake.TABLES},
        )


def _unread(findings: Mapping[str, int]) -> list[str]:
    """Return a sentence on lists whose entries are not in the lake, if there are any."""
    count = sum(findings[code] for code in UNREAD if code in findings)
    return [f"lists that cannot be read: {count} (the findings name them)"] if count else []


def _digest(path: Path) -> str:
    """Return a digest of a file; that of none is empty."""
    return lake.digest(path)[:32] if path.is_file() else ""


def _digest_of(values: Any) -> str:
    return lists.digest(msgspec.json.encode(values, order="deterministic"))


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
