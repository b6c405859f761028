"""The whole line over any number of lists. Read `run` from the top, then `Line`.

Tables are kept until the lake is published, so a run that was stopped goes on. The lake does not
depend on the engine, the order of the work or the number of shards.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from harvest import needs, pipeline
from harvest.bulk import engines, lists, lookups, merging, publication, statements
from harvest.bulk.engines.base import GO_ON
from harvest.bulk.lists import Lists, finding
from harvest.bulk.refusals import refuse_addresses, refuse_folder, refuse_unseen
from harvest.bulk.rows import number, row
from harvest.bulk.workspace import Task, Workspace
from harvest.config import FILE, Settings
from harvest.dataset import lake, store
from harvest.dataset import run as runs
from harvest.dataset.lake import Manifest
from harvest.dataset.store import Loss
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
from harvest.readers.templates import Templates

JSON_LIMIT = 200_000  # works up to which there is a dataset.json
ROOM = 2_000_000_000  # bytes of all processes
SHARE = 0.6  # of it is for functions
PROCESS = 150_000_000  # bytes of one before it has done anything
PER_MENTION = 40_000  # bytes that a mention takes while its shard is merged, at most
LARGEST = 1_000_000  # rows of a part that is linked at once
OF_FACTS = {"names", "lists", "mirror"}  # inputs that are in the facts of parts
MATTER = ("floor", "abstracts", "activity", "same", "different", "ignore", "work", "layout")


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
    needs.packages("a lake")
    refuse_addresses(folder, settings.mirror, settings.cache)
    folder = folder.resolve()
    work = folder.with_name(f".{folder.name}.steps")
    with store.lock(folder, wait=options.wait, option="--lake"):
        store.recover(folder)
        if settings.mirror:
            Mirror(Path(settings.mirror)).close()  # which refuses what is none
        every = lists.find(names)
        refuse_folder(folder, map(Path, every.files))
        jobs = options.jobs or max(1, min(os.cpu_count() or 1, options.room // (4 * PROCESS)))
        with engines.start(options.on, options.room, jobs, work / "scratch") as engine:
            places = [settings.cache, settings.starter, settings.vocabulary, settings.mirror]
            folders = map(os.path.dirname, every.files)
            refuse_unseen(engine, work, [*filter(None, places), *folders])
            tables = Workspace(work, engine, progress)
            try:
                return Line(settings, options, now, folder, tables, every).run(names, jobs)
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
    lists: Lists
    inputs: dict[str, Any] = {}

    def run(self, names: Sequence[str], jobs: int) -> Manifest:
        """Do what is not done yet, and publish. A run in which nothing changed does nothing."""
        self._extract(names)
        last = lake.read(self.folder) if lake.is_lake(self.folder) else None
        if not last and not self._count(statements.ENTRIES):
            raise UsageError(f"{', '.join(names)}: nothing is listed there")
        others = self._others(last)
        if last and not others:
            return last
        self._begin(jobs, has_last=last is not None)
        if not others <= OF_FACTS:
            shutil.rmtree(self.tables.task.former, ignore_errors=True)
        self._read_last()
        self._look_up()
        self._part()
        self._merge()
        self._write()
        manifest = self._manifest()
        publication.publish(self.tables.task.folder / publication.LAKE, manifest, self.folder)
        publication.write_mark(self.tables.task, self.folder)
        return manifest

    # -- what is read --------------------------------------------------------------------------

    def _extract(self, names: Sequence[str]) -> None:
        """Read the lists that are new, and take a digest of each input."""
        settings, version = self.settings, memo.version().hex()
        folder, templates = self.tables.folder / "lists", Templates(settings.layout)
        self.lists = lists.read_all(
            names, self.lists, self.tables.engine, folder, version, templates
        )
        self.tables.files["lists"] = self.lists.tables
        places = {
            "mirror": settings.mirror and Path(settings.mirror) / mirrors.FILE,
            "starter": settings.starter,
            "vocabulary": settings.vocabulary,
        }
        digests = {name: _digest(Path(path)) for name, path in places.items() if path}
        if not self.options.budget:  # which writes to the cache
            with closing(Cache(Path(settings.cache), readonly=True)) as cache:
                digests["cache"] = cache.state(without="")[0].hex()[:32]
        self.inputs = {
            "names": list(names),
            "lists": self.lists.digest,
            **dict(sorted(digests.items())),
        }

    def _count(self, query: str) -> int:
        """Return a count of what the lists name."""
        [(count,)] = self.tables.rows(query)
        return int(count)

    def _matter(self) -> dict[str, Any]:
        """Return the settings that decide what is published."""
        matter = {name: getattr(self.settings, name) for name in MATTER}
        return {**matter, "json_limit": self.options.json_limit}

    def _others(self, last: Manifest | None) -> set[str]:
        """Return the names of what is not as it was for the last lake."""
        if last is None or not publication.is_marked(self.tables.folder, self.folder):
            return {"program"}
        before, now = last.inputs | last.settings, _plain(self.inputs | self._matter())
        others = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        return others | {"cache"} if self.options.budget else others

    def _begin(self, jobs: int, *, has_last: bool) -> None:
        """Go on with the tables of a run that was stopped, or begin without any."""
        folder, settings = self.tables.folder / "run", self.settings
        shards = self.options.shards or self._shards(jobs)
        inputs = [memo.version().hex(), self.inputs, self._matter(), shards]
        inputs += [self.now.date().isoformat(), _digest(self.folder / lake.FILE)]
        key = digest(msgspec.json.encode(inputs, order="deterministic")).hex()
        if not (folder / "key").is_file() or (folder / "key").read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "key").write_text(key)
        places = {name: getattr(settings, name) for name in ("cache", "starter", "vocabulary")}
        absolute = {name: path and str(Path(path).absolute()) for name, path in places.items()}
        settings = msgspec.structs.replace(
            settings, **absolute, mirror=None, record=None, github_token=None
        )
        former = self.tables.folder / publication.MERGED
        self.tables.task = Task(folder, settings, self.now, shards, self.folder, has_last, former)

    def _shards(self, jobs: int) -> int:
        """Return the number of shards of which each fits into the memory of a process.

        It is a power of two, so that it stays the same while lists grow a little.
        """
        room = max(PROCESS, SHARE * self.options.room / jobs - PROCESS)
        return 1 << int(self._count(statements.MENTIONS) * PER_MENTION / room).bit_length()

    def _read_last(self) -> None:
        """Read the names of the last works and repositories, and the log of changes."""
        names = (lake.WORKS, lake.REPOSITORIES, lake.CHANGES)
        parts = chain.from_iterable(lake.paths(self.folder, name) for name in names)
        self.tables.each(
            "last", lookups.read_last, {f"{it.parent.name}-{it.stem}": it for it in parts}
        )
        self.tables.query("last-hosts", statements.LAST_HOSTS)

    # -- looking up ----------------------------------------------------------------------------

    def _look_up(self) -> None:
        """Look up what the lists name, then what the answers name, and so on."""
        tables = self.tables
        self._decide()
        dumps = self._dumps()
        tables.put("answers", ())  # so that there is a table where nothing is looked up
        names, answers = list[Path](), tables.files["answers"]
        for level in range(lookups.LEVELS):
            name, query = f"names-{level}", statements.NAMED if level else statements.LISTED
            tables.query(name, query, answers=answers[-1:], names=names)
            shards = tables.shards_of(name)
            if not shards:
                break
            names += tables.files[name]
            if dumps:
                try:
                    names_ = tables.files[name]
                    tables.query(f"dumps-{level}", statements.DUMPS, names=names_, dumps=dumps)
                except BrokenTableError as error:
                    advice = "`harvest mirror add` with the same dumps mends it"
                    why = f"{self.settings.mirror}: cannot be read ({error})"
                    raise UsageError(f"{why}; {advice}") from error
            self._ask(level, shards)
            answers += tables.files[f"answers-{level}"]

    def _decide(self) -> None:
        """Put down which names a maintainer makes one, and which of them the lists lack."""
        decisions = overrides.read(self.settings)
        pairs = chain.from_iterable(map(star, decisions.same))
        self.tables.put("decided", (row("edge", one, other) for one, other in pairs))
        listed = {Identifier.of(name) for (name,) in self.tables.rows(statements.DECIDED)}
        names = sorted(decisions.companions(listed))
        self.tables.put(
            "companions", (row("name", it, fold_case(it), body=str(it)) for it in names)
        )

    def _dumps(self) -> list[Path]:
        """Return the tables of the mirror, and put down of which source and day their files are."""
        mirror = self.settings.mirror
        sources = mirrors.read(Path(mirror)) if mirror else {}
        files = []
        for source, its in sources.items():
            files += [(source, file) for file in its]
        rows = (row("file", file.digest, source, body=file.day) for source, file in files)
        self.tables.put("dump_files", rows)
        return sorted({Path(f"{mirror}") / source / file.table for source, file in files})

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
        tables.query("unanswered", statements.UNANSWERED)
        shards = tables.shards_of("unanswered")
        tables.each("restored", lookups.restore, shards)
        tables.query("looks", statements.LOOKS)
        tables.query("common", statements.COMMON)
        partition = Partition()
        for one, other in tables.rows(statements.EDGES):
            partition.join(Identifier.of(one), Identifier.of(other))
        roots = ((str(name), str(root)) for name, root in partition.roots())
        tables.put("homes", (row("home", it, root, number(root)) for it, root in roots))
        self._refuse_large_parts()
        tables.query("hosts", statements.HOSTS)
        tables.query("shards", statements.SHARDS)

    def _refuse_large_parts(self) -> None:
        """Refuse what would be linked at once, and not fit. Raises PublicationError."""
        members = sorted(self.tables.rows(statements.large(LARGEST)))
        if members:
            first, _, _ = members[0]
            sizes = {name: size for part, name, size in members if part == first}
            raise PublicationError(
                f"{sum(sizes.values())} rows of lists and answers may be of one work, the most of"
                f" {max(sizes, key=lambda name: (sizes[name], name))}: keep works apart that are"
                f" joined with it by `different` in {FILE}"
            )

    def _merge(self) -> None:
        """Link and merge each shard, give keys, and unite repositories. Raises PublicationError."""
        tables = self.tables
        tables.run("merged", partial(merging.merge, tables.task), tables.due("merged"))
        tables.query("pieces", statements.PIECES)
        tables.each("united", merging.unite)
        tables.query("keys", statements.KEYS)
        losses = (
            msgspec.json.decode(text, type=dict[str, Loss])
            for (text,) in tables.rows(statements.LOSSES)
        )
        store.check_floor(merging.total(losses), self.settings.floor)

    # -- publishing ----------------------------------------------------------------------------

    def _write(self) -> None:
        """Write the tables of the lake, and its dataset.json if that is not large."""
        tables = self.tables
        names: dict[str, set[Identifier]] = {"current": set(), "missing": set()}
        for kind, name in tables.rows(statements.DECISIONS):
            names[kind].add(Identifier.of(name))
        unused = overrides.unused(overrides.read(self.settings), **names)
        tables.put("others", map(finding, [*self.lists.findings, *unused]))
        tables.query("news", statements.NEWS)
        places = publication.places(tables.task)
        tables.run("lake", partial(publication.write, tables.task), places)
        if self._count(statements.WORKS) <= self.options.json_limit:
            publication.write_document(tables.task.folder / publication.LAKE)

    def _manifest(self) -> Manifest:
        """Return the manifest of the new lake."""
        out = self.tables.task.folder / publication.LAKE
        size = {"files": len(self.lists.files), "mentions": self._count(statements.MENTIONS)}
        changes = dict(self.tables.rows(statements.CHANGES))
        return Manifest(
            day=self.now.date().isoformat(),
            shards=self.tables.task.shards,
            counts={
                "lists": size,
                "works": publication.count(out, lake.WORKS, "status"),
                "repositories": publication.count(out, lake.REPOSITORIES, "status"),
                "changes": changes,
                "findings": publication.count(out, lake.FINDINGS, "code"),
            },
            inputs=self.inputs,
            degraded=self._degraded(),
            settings=_plain(self._matter()),
            tables=publication.parts(out),
        )

    def _degraded(self) -> list[str]:
        """Return a sentence for each source that owes answers, and for lists that lack entries.

        A run that asks nobody owes none.
        """
        tallies: dict[str, Tally] = {}
        for source, text in sorted(self.tables.rows(statements.TALLIES)):
            total = tallies.setdefault(source, Tally())
            part = msgspec.json.decode(text, type=Tally)
            for name in ("failed", "deferred", "stale"):
                setattr(total, name, getattr(total, name) + getattr(part, name))
            total.error = total.error or part.error
        sentences = runs.degraded(tallies) if self.options.budget else []
        count = self._count(statements.UNREAD)
        count += len(list(pipeline.unread(self.lists.findings, ())))
        if count:
            sentences.append(f"lists that cannot be read: {count} (the findings name them)")
        return sentences


def _digest(path: Path) -> str:
    """Return a digest of a file; that of none is empty."""
    return sha256_of(path)[:32] if path.is_file() else ""


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as they come back from a manifest."""
    return msgspec.json.decode(msgspec.json.encode(values), type=dict[str, Any])
