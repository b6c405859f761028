"""The whole line over any number of lists. Read `run` from the top, then `Line`.

Tables are kept until the lake is published, so a run that was stopped goes on. The lake does not
depend on the engine, the order of the work or the number of shards.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
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
from harvest.bulk.rows import Row, number, row
from harvest.bulk.workspace import MERGED, Task, Workspace
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
from harvest.new_files import remove_unfinished
from harvest.readers.templates import Templates

JSON_LIMIT = 200_000  # works up to which there is a dataset.json
ROOM = 2_000_000_000  # bytes of all processes
SHARE = 0.6  # of it is for functions
PROCESS = 150_000_000  # bytes of one before it has done anything
PER_MENTION = 40_000  # bytes that a mention takes while its shard is merged, at most
LARGEST = 1_000_000  # rows of a part that is linked at once
RULES = ("cache", "starter", "vocabulary")  # inputs by which a part is merged, beside its facts
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
        remove_unfinished(work)
        shutil.rmtree(work / "scratch", ignore_errors=True)
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
                return Line(settings, options, now, folder, tables).run(names, every, jobs)
            except BrokenTableError:
                shutil.rmtree(work)
                raise
            except OSError as error:  # of the disk, while this process wrote
                raise PublicationError(f"{error}; {GO_ON}") from error


class Line:
    """A run that makes a lake in `folder`. `inputs` are digests of what it is made of."""

    def __init__(
        self, settings: Settings, options: Options, now: datetime, folder: Path, tables: Workspace
    ) -> None:
        self.settings = settings
        self.options = options
        self.now = now
        self.folder = folder
        self.tables = tables
        self.lists = Lists()
        self.inputs: dict[str, Any] = {}
        self.notes: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def run(self, names: Sequence[str], every: Lists, jobs: int) -> Manifest:
        """Do what is not done yet, and publish. A run in which nothing changed does nothing."""
        self._extract(names, every)
        last = lake.read(self.folder) if lake.is_lake(self.folder) else None
        if not last and not self.lists.counts.keys() & {"mention", "repository"}:
            raise UsageError(f"{', '.join(names)}: nothing is listed there")
        is_offline = self.options.budget is None  # or the cache will be another
        if last and is_offline and publication.is_marked(self.tables.folder, self.folder):
            if (last.inputs, last.settings) == (self.inputs, self._matter()):
                return last
        else:
            shutil.rmtree(self.tables.folder / MERGED, ignore_errors=True)
        self._begin(jobs)
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

    def _extract(self, names: Sequence[str], every: Lists) -> None:
        """Read the lists that are new, and take a digest of each input."""
        settings, tables = self.settings, self.tables
        templates = Templates(settings.layout)
        self.lists = lists.read_all(names, every, tables.engine, tables.folder / "lists", templates)
        tables.files["lists"] = self.lists.tables
        places = {
            "mirror": settings.mirror and Path(settings.mirror) / mirrors.FILE,
            "starter": settings.starter,
            "vocabulary": settings.vocabulary,
        }
        digests = {name: _digest(Path(path)) for name, path in places.items() if path}
        if not self.options.budget:  # which writes to the cache
            with closing(Cache(Path(settings.cache), readonly=True)) as cache:
                digests["cache"] = cache.state(without="")[0].hex()[:32]
        sorted_digests = dict(sorted(digests.items()))
        self.inputs = {"names": list(names), "lists": self.lists.digest, **sorted_digests}

    def _matter(self) -> dict[str, Any]:
        """Return the settings that decide what is published, as a manifest has them."""
        matter = {name: getattr(self.settings, name) for name in MATTER}
        content = msgspec.json.encode({**matter, "json_limit": self.options.json_limit})
        return msgspec.json.decode(content, type=dict[str, Any])

    def _begin(self, jobs: int) -> None:
        """Go on with the tables of a run that was stopped, or begin without any."""
        folder, shards = self.tables.folder / "run", self.options.shards or self._shards(jobs)
        inputs = [memo.version().hex(), self.inputs, self._matter(), shards]
        inputs += [self.now.date().isoformat(), _digest(self.folder / lake.FILE)]
        key = digest(msgspec.json.encode(inputs, order="deterministic"))
        if not (folder / "key").is_file() or (folder / "key").read_bytes() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "key").write_bytes(key)
        places = {name: getattr(self.settings, name) for name in ("cache", "starter", "vocabulary")}
        absolute = {name: path and str(Path(path).absolute()) for name, path in places.items()}
        settings = msgspec.structs.replace(
            self.settings, **absolute, mirror=None, record=None, github_token=None
        )
        rules = [self.inputs.get(name) for name in RULES] + [self._matter()]
        sign = digest(msgspec.json.encode(rules, order="deterministic"))
        self.tables.task = Task(folder, settings, self.now, shards, self.folder, sign)

    def _shards(self, jobs: int) -> int:
        """Return the number of shards of which each fits into the memory of a process.

        It is a power of two, so that it stays the same while lists grow a little.
        """
        room = max(PROCESS, SHARE * self.options.room / jobs - PROCESS)
        return 1 << int(self.lists.counts["mention"] * PER_MENTION / room).bit_length()

    def _read_last(self) -> None:
        """Read the names of the last works and repositories, and the log of changes."""
        names = (lake.WORKS, lake.REPOSITORIES, lake.CHANGES)
        parts = chain.from_iterable(lake.paths(self.folder, name) for name in names)
        places = {f"{it.parent.name}-{it.stem}": it for it in parts}
        self.tables.each("last", lookups.read_last, places)
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
                self._look_into(dumps, level)
            self._ask(level, shards)
            answers += tables.files[f"answers-{level}"]

    def _decide(self) -> None:
        """Put down which names a maintainer makes one, and which of them the lists lack."""
        tables, decisions = self.tables, overrides.read(self.settings)
        pairs = chain.from_iterable(map(star, decisions.same))
        tables.put("decided", (row("edge", one, other) for one, other in pairs))
        rows = tables.rows(statements.DECIDED) if decisions.same else ()
        listed = {Identifier.of(name) for (name,) in rows}
        names = sorted(decisions.companions(listed))
        tables.put("companions", (row("name", it, fold_case(it), body=str(it)) for it in names))

    def _dumps(self) -> list[Path]:
        """Return the tables of the mirror, and put down of which source and day their files are."""
        mirror = Path(self.settings.mirror or "")
        sources = mirrors.read(mirror) if self.settings.mirror else {}
        rows, paths = list[Row](), set[Path]()
        for source, files in sources.items():
            rows += (row("file", file.digest, source, body=file.day) for file in files)
            paths |= {mirror / source / file.table for file in files}
        self.tables.put("dump_files", rows)
        return sorted(paths)

    def _look_into(self, dumps: list[Path], level: int) -> None:
        """Bring the records of a level together. Raises UsageError for a broken mirror."""
        tables = self.tables
        try:
            names = tables.files[f"names-{level}"]
            tables.query(f"dumps-{level}", statements.DUMPS, names=names, dumps=dumps)
        except BrokenTableError as error:
            advice = "`harvest mirror add` with the same dumps mends it"
            raise UsageError(
                f"{self.settings.mirror}: cannot be read ({error}); {advice}"
            ) from error

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
        tables.each("restored", lookups.restore, tables.shards_of("unanswered"))
        tables.query("looks", statements.LOOKS)
        tables.query("common", statements.COMMON)
        partition = Partition()
        for one, other in tables.rows(statements.EDGES):
            partition.join(Identifier.of(one), Identifier.of(other))
        roots = ((str(name), str(root)) for name, root in partition.roots())
        tables.put("homes", (row("home", it, root, number(root)) for it, root in roots))
        tables.query("hosts", statements.HOSTS)
        tables.query("shards", statements.SHARDS)
        self._refuse_large_parts()

    def _refuse_large_parts(self) -> None:
        """Refuse what would be linked at once, and not fit. Raises PublicationError."""
        members = sorted(self.tables.rows(statements.large(LARGEST)))
        sizes = {name: size for part, name, size in members if part == members[0][0]}
        if sizes:
            raise PublicationError(
                f"{sum(sizes.values())} rows of lists and answers may be of one work, the most of"
                f" {max(sizes, key=lambda name: (sizes[name], name))}: keep works apart that are"
                f" joined with it by `different` in {FILE}"
            )

    def _merge(self) -> None:
        """Link and merge each shard, give keys, and unite repositories. Raises PublicationError."""
        tables = self.tables
        tables.run(MERGED, partial(merging.merge, tables.task))
        tables.query("pieces", statements.PIECES)
        tables.each("united", merging.unite)
        for kind, key, body in tables.rows(statements.NOTES):
            self.notes[kind].append((key, body))
        losses = (msgspec.json.decode(it, type=dict[str, Loss]) for _, it in self.notes["losses"])
        store.check_floor(merging.total(losses), self.settings.floor)

    # -- publishing ----------------------------------------------------------------------------

    def _write(self) -> None:
        """Write the tables of the lake, and its dataset.json if that is not large."""
        tables = self.tables
        current, missing = (
            {Identifier.of(name) for name, _ in self.notes[kind]} for kind in ("current", "missing")
        )
        unused = overrides.unused(overrides.read(self.settings), current, missing)
        tables.put("others", map(finding, [*self.lists.findings, *unused]))
        tables.query("news", statements.NEWS)
        places = publication.places(tables.task.shards)
        tables.run(publication.LAKE, partial(publication.write, tables.task), places)
        out = tables.task.folder / publication.LAKE
        if sum(publication.count(out, lake.WORKS, "status").values()) <= self.options.json_limit:
            publication.write_document(out)

    def _manifest(self) -> Manifest:
        """Return the manifest of the new lake."""
        out, lists_ = self.tables.task.folder / publication.LAKE, self.lists
        counts = {
            "lists": {"files": len(lists_.files), "mentions": lists_.counts["mention"]},
            "works": publication.count(out, lake.WORKS, "status"),
            "repositories": publication.count(out, lake.REPOSITORIES, "status"),
            "changes": dict(sorted(self.tables.rows(statements.CHANGES))),
            "findings": publication.count(out, lake.FINDINGS, "code"),
        }
        return Manifest(
            day=self.now.date().isoformat(),
            shards=self.tables.task.shards,
            counts=counts,
            inputs=self.inputs,
            degraded=self._degraded(),
            settings=self._matter(),
            tables=publication.parts(out),
        )

    def _degraded(self) -> list[str]:
        """Return a sentence for each source that owes answers, and for lists that lack entries.

        A run that asks nobody owes none.
        """
        tallies: dict[str, Tally] = {}
        for source, text in sorted(self.notes["tally"]):
            total, part = tallies.setdefault(source, Tally()), msgspec.json.decode(text, type=Tally)
            total.failed += part.failed
            total.deferred += part.deferred
            total.stale += part.stale
            total.error = total.error or part.error
        sentences = runs.degraded(tallies) if self.options.budget else []
        count = self.lists.counts["unread"] + len([*pipeline.unread(self.lists.findings, ())])
        if count:
            sentences.append(f"lists that cannot be read: {count} (the findings name them)")
        return sentences


def _digest(path: Path) -> str:
    """Return a digest of a file; that of none is empty."""
    return sha256_of(path)[:32] if path.is_file() else ""
