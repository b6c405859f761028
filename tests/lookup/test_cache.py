"""The cache keeps answers across runs, and never a failure."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from harvest.errors import PublicationError, UsageError
from harvest.lookup.cache import Cache
from harvest.lookup.database import FILE, MIGRATIONS
from harvest.models import Identifier, Reply
from tests.support.files import folder_of_all, locked, readonly

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
DOI = Identifier("doi", "10.1000/x")
GONE = Identifier("doi", "10.1000/gone")


def test_answers_survive_the_process(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new" / "folder")
    reply = Reply(identifier=DOI, outcome="found", payload={"title": ["Ü"]})
    cache.put("crossref", [reply, Reply(identifier=GONE, outcome="not_found")], NOW)
    cache.close()
    again = Cache(tmp_path / "new" / "folder")
    entry = again.get("crossref", [DOI, GONE, Identifier("doi", "10.1000/never")])
    again.close()
    assert entry[DOI].payload == {"title": ["Ü"]}
    assert entry[DOI].retrieved_at == NOW
    assert entry[GONE].outcome == "not_found"
    assert entry[GONE].payload is None
    assert len(entry) == 2


def test_sources_do_not_see_each_other(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("datacite", [DOI]) == {}
    cache.close()


def test_a_failure_leaves_the_last_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="found", payload={})], NOW)
    cache.put(
        "crossref",
        [Reply(identifier=DOI, outcome="failed", error="HTTP 500")],
        NOW + timedelta(days=1),
    )
    entry = cache.get("crossref", [DOI])[DOI]
    assert (entry.outcome, entry.retrieved_at, entry.tried_at) == (
        "found",
        NOW,
        NOW + timedelta(days=1),
    )
    assert (entry.attempts, entry.error) == (1, "HTTP 500")
    cache.put(
        "crossref", [Reply(identifier=DOI, outcome="found", payload={})], NOW + timedelta(days=2)
    )
    assert cache.get("crossref", [DOI])[DOI].attempts == 0
    cache.close()


def test_a_partial_answer_is_cached_beside_the_last_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    later, begun = NOW + timedelta(days=1), {"agency": "mEDRA"}
    cache.put("doi", [Reply(identifier=DOI, outcome="found", payload={"a": 1}, etag="e")], NOW)
    before = cache.get("doi", [DOI])[DOI]
    for identifier in (DOI, GONE):
        cache.put("doi", [Reply(identifier=identifier, outcome="begun", payload=begun)], later)
        cache.put("doi", [Reply(identifier=identifier, outcome="failed", error="HTTP 500")], later)
        entry = cache.get("doi", [identifier])[identifier]
        assert [entry.partial(later + timedelta(hours=h)) for h in (-13, -1, 0, 11, 12)] == [
            None, begun, begun, begun, None,
        ]  # fmt: skip
    entry = cache.get("doi", [DOI])[DOI]
    assert (entry.outcome, entry.payload, entry.retrieved_at, entry.etag) == (
        "found",
        {"a": 1},
        NOW,
        "e",
    )
    assert cache.get("doi", [GONE])[GONE].outcome is None
    cache.put("doi", [Reply(identifier=DOI, outcome="not_found")], later)
    assert cache.get("doi", [DOI])[DOI].partial(later) is None
    assert before.partial(NOW) is None
    cache.close()


def test_what_never_answered_is_known_to_have_been_tried(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for day in range(3):
        cache.put(
            "arxiv",
            [Reply(identifier=DOI, outcome="failed", error="HTTP 503")],
            NOW + timedelta(days=day),
        )
    entry = cache.get("arxiv", [DOI])[DOI]
    assert (entry.outcome, entry.attempts, entry.age(NOW)) == (None, 3, None)
    cache.close()


def test_an_older_schema_is_migrated(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / FILE)
    db.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
    db.execute(
        "INSERT INTO answer VALUES ('crossref', 'doi:10.1000/x', 'found', '{\"a\":1}', ?)",
        (NOW.isoformat(),),
    )
    db.commit()
    db.close()
    cache = Cache(tmp_path)
    entry = cache.get("crossref", [DOI])[DOI]
    assert (entry.payload, entry.retrieved_at, entry.tried_at) == ({"a": 1}, NOW, NOW)
    cache.close()
    db = sqlite3.connect(tmp_path / FILE)
    assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    db.close()


def test_the_second_schema_is_migrated(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / FILE)
    db.executescript("".join(MIGRATIONS[:2]) + "PRAGMA user_version = 2;")
    row = "INSERT INTO known VALUES ('crossref', ?, ?, ?, ?, NULL, 1, ?, 'HTTP 500')"
    db.execute(row, (str(DOI), "found", '{"a":1}', NOW.isoformat(), NOW.isoformat()))
    db.execute(row, (str(GONE), "not_found", None, NOW.isoformat(), NOW.isoformat()))
    db.commit()
    db.close()
    cache = Cache(tmp_path)
    entry = cache.get("crossref", [DOI, GONE])
    assert (entry[DOI].payload, entry[DOI].attempts, entry[DOI].missing_since) == (
        {"a": 1},
        1,
        None,
    )
    assert (entry[GONE].payload, entry[GONE].missing_since) == (None, NOW)
    cache.close()


def test_what_is_not_found_any_more_keeps_what_was_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="found", payload={"a": 1}, etag="x")], NOW)
    for day in (8, 15):
        cache.put(
            "crossref", [Reply(identifier=DOI, outcome="not_found")], NOW + timedelta(days=day)
        )
    entry = cache.get("crossref", [DOI])[DOI]
    assert (entry.outcome, entry.payload, entry.etag) == ("not_found", {"a": 1}, None)
    assert entry.age(NOW + timedelta(days=16)) == timedelta(days=1)
    assert entry.missing_since == NOW + timedelta(days=8)
    cache.put(
        "crossref",
        [Reply(identifier=DOI, outcome="found", payload={"a": 2})],
        NOW + timedelta(days=20),
    )
    back = cache.get("crossref", [DOI])[DOI]
    assert (back.outcome, back.payload, back.missing_since) == ("found", {"a": 2}, None)
    cache.close()


@pytest.mark.parametrize("damage", ["no database at all " * 100, ""])
def test_a_broken_file_is_set_aside_with_a_warning(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_text(damage)
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("crossref", [DOI])[DOI].outcome == "not_found"
    cache.close()
    if damage:
        assert "set aside as harvest.broken" in caplog.text
        assert (tmp_path / "harvest.broken").read_text() == damage


def test_a_broken_page_is_noticed_when_it_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = Cache(tmp_path)
    many = [Identifier("doi", f"10.1/{number}") for number in range(300)]
    cache.put(
        "crossref",
        [Reply(identifier=i, outcome="found", payload={"x": "y" * 500}) for i in many],
        NOW,
    )
    cache.close()
    data = bytearray((tmp_path / FILE).read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    (tmp_path / FILE).write_bytes(bytes(data))
    cache = Cache(tmp_path)
    assert cache.get("crossref", many) == {}
    assert "set aside" in caplog.text
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("crossref", [DOI])
    cache.close()


def test_a_page_that_breaks_only_when_it_is_written_is_noticed_too(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    wide = {"title": "x" * 1000}
    many = [
        Reply(identifier=Identifier("doi", f"10.1/{n}"), outcome="found", payload=wide)
        for n in range(50)
    ]
    cache.put("crossref", many, NOW)
    cache.put(
        "crossref", [Reply(identifier=DOI, outcome="found", payload={})], NOW + timedelta(days=9)
    )
    assert cache.prune(NOW + timedelta(days=1)) == 50
    cache.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    page_size, first_free = int.from_bytes(content[16:18]), int.from_bytes(content[32:36])
    content[(first_free - 1) * page_size : first_free * page_size] = b"\xff" * page_size
    (tmp_path / FILE).write_bytes(content)
    cache = Cache(tmp_path)
    assert cache.get("crossref", [DOI])
    cache.put("crossref", many, NOW)
    assert len(cache.get("crossref", [one.identifier for one in many])) == 50
    assert (tmp_path / "harvest.broken").exists()


def test_a_cache_of_a_newer_harvest_is_left_alone(tmp_path: Path) -> None:
    Cache(tmp_path).close()
    db = sqlite3.connect(tmp_path / FILE)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(UsageError, match="newer harvest"):
        Cache(tmp_path)


def test_answers_that_nobody_needs_are_pruned(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    cache.put("crossref", [Reply(identifier=GONE, outcome="not_found")], NOW + timedelta(days=9))
    assert len(cache.get("crossref", [DOI, GONE])) == 2
    assert cache.prune(NOW + timedelta(days=5)) == 1
    assert list(cache.get("crossref", [DOI, GONE])) == [GONE]
    cache.close()


def test_an_identifier_is_forgotten_as_a_whole(tmp_path: Path) -> None:
    """Without the denial of Crossref, nobody would ask for what DataCite has of it."""
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    later = NOW + timedelta(days=9)
    cache.put("datacite", [Reply(identifier=DOI, outcome="found", payload={})], later)
    assert cache.prune(NOW + timedelta(days=5)) == 0
    cache.put("datacite", [Reply(identifier=GONE, outcome="not_found")], NOW + timedelta(days=20))
    assert cache.prune(NOW + timedelta(days=15)) == 2
    cache.close()


def test_an_unfinished_answer_keeps_its_partial_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("github", [Reply(identifier=DOI, outcome="begun", payload={"a": 1})], NOW)
    whole = Reply(identifier=DOI, outcome="found", payload={"a": 1, "b": 2})
    cache.put("github", [msgspec.structs.replace(whole, asked=False)], NOW)
    entry = cache.get("github", [DOI])[DOI]
    assert (entry.payload, entry.partial(NOW)) == ({"a": 1, "b": 2}, {"a": 1})
    cache.put("github", [whole], NOW)
    assert cache.get("github", [DOI])[DOI].begun is None
    cache.close()


def test_a_source_that_is_down_is_noted_but_was_not_tried(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="found", payload={})], NOW)
    silence = [
        Reply(identifier=name, outcome="failed", error="down", asked=False) for name in (DOI, GONE)
    ]
    cache.put("crossref", silence, NOW + timedelta(days=1))
    (entry,) = cache.get("crossref", [DOI, GONE]).values()
    assert (entry.error, entry.attempts, entry.tried_at) == ("down", 0, NOW)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("crossref", [DOI])[DOI].error is None
    cache.close()


def test_needed_answers_are_never_pruned_and_a_wrong_clock_prunes_none(
    tmp_path: Path,
) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.prune(NOW + timedelta(days=4000)) == 0
    cache.put("crossref", [Reply(identifier=GONE, outcome="not_found")], NOW + timedelta(days=9))
    assert cache.prune(NOW + timedelta(days=5), [DOI]) == 0
    assert len(cache.get("crossref", [DOI, GONE])) == 2
    cache.close()


def test_a_locked_file_is_not_taken_for_a_broken_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    cache._db.execute("PRAGMA busy_timeout = 10")
    cache._db.execute("PRAGMA locking_mode = NORMAL")
    cache._db.execute("PRAGMA journal_mode = DELETE")
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(PublicationError, match="locked"):
        cache.get("crossref", [DOI])
    assert cache.prune(NOW) == 0
    other.rollback()
    other.close()
    assert cache.get("crossref", [DOI])
    assert not (tmp_path / "harvest.broken").exists()
    cache.close()


def test_a_full_disk_is_reported_and_nothing_is_published(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache._db.execute("PRAGMA max_page_count = 3")
    big = Reply(identifier=DOI, outcome="found", payload={"x": "y" * 100_000})
    with pytest.raises(PublicationError, match="full"):
        cache.put("crossref", [big], NOW)
    cache.close()


def test_a_newer_answer_replaces_the_older(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for day, outcome in enumerate(("found", "not_found")):
        cache.put("github", [Reply(identifier=DOI, outcome=outcome)], NOW + timedelta(days=day))
    assert cache.get("github", [DOI])[DOI].outcome == "not_found"
    cache.close()


def test_age_is_never_negative_and_none_for_an_answer_from_the_future(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    entry = cache.get("crossref", [DOI])[DOI]
    assert entry.age(NOW - timedelta(hours=9)) == timedelta(0)
    assert entry.age(NOW - timedelta(days=9)) is None
    assert entry.age(NOW + timedelta(days=9)) == timedelta(days=9)
    cache.close()


def test_readers_and_a_killed_writer_do_not_hurt_each_other(tmp_path: Path) -> None:
    """A journal of its own for writes, and half a minute of patience with whoever holds the file."""
    cache = Cache(tmp_path)
    assert cache._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert cache._db.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
    cache.close()


def test_nothing_is_pickled(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("crossref", [Reply(identifier=DOI, outcome="found", payload={"a": 1})], NOW)
    cache.close()
    db = sqlite3.connect(tmp_path / FILE)
    assert db.execute("SELECT payload FROM known").fetchone() == ('{"a":1}',)
    db.close()


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        cache = Cache(tmp_path / "file" / "cache")
    cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    assert cache.get("crossref", [DOI])
    assert "--cache" in caplog.text
    cache.close()


def answers_in(folder: Path) -> Path:
    """Fill the cache of a folder, and return its file."""
    cache = Cache(folder)
    cache.put("crossref", [Reply(identifier=DOI, outcome="found", payload={"a": 1})], NOW)
    cache.close()
    return folder / FILE


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    path = answers_in(tmp_path)
    before = path.read_bytes()
    cache = Cache(tmp_path, readonly=True)
    assert cache.get("crossref", [DOI])[DOI].payload == {"a": 1}
    with pytest.raises(PublicationError, match="readonly"):
        cache.put("crossref", [Reply(identifier=GONE, outcome="not_found")], NOW)
    cache.close()
    assert path.read_bytes() == before


def test_a_reader_makes_no_folder(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new", readonly=True)
    assert cache.get("crossref", [DOI]) == {}
    cache.close()
    assert not (tmp_path / "new").exists()


def test_a_reader_reads_what_a_run_has_just_written(tmp_path: Path) -> None:
    path = answers_in(tmp_path)
    run = Cache(tmp_path)
    run.put("crossref", [Reply(identifier=GONE, outcome="not_found")], NOW)
    cache = Cache(tmp_path, readonly=True)
    assert set(cache.get("crossref", [DOI, GONE])) == {DOI, GONE}
    cache.close()
    run.close()
    assert path.is_file()


def test_a_reader_reads_an_older_schema(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        row = ("crossref", str(DOI), "found", '{"a":1}', NOW.isoformat())
        db.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?)", row)
        db.commit()
    before = path.read_bytes()
    cache = Cache(tmp_path, readonly=True)
    assert cache.get("crossref", [DOI])[DOI].payload == {"a": 1}
    cache.close()
    assert path.read_bytes() == before


def test_a_reader_refuses_a_newer_schema(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(UsageError, match="newer harvest"):
        Cache(tmp_path, readonly=True)


def test_a_reader_does_not_wait_for_a_lock(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvest.lookup.database.READ_TIMEOUT", 0.01)
    path = answers_in(tmp_path)
    with locked(path):
        cache = Cache(tmp_path, readonly=True)
        assert cache.get("crossref", [DOI]) == {}
        cache.close()
    assert "database is locked; nothing is known" in caplog.text


def test_a_run_that_meets_a_lock_says_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvest.lookup.database.WRITE_TIMEOUT", 0.01)
    path = answers_in(tmp_path)
    with locked(path):
        Cache(tmp_path).close()
    assert "locked; answers of this run are not kept: another program uses it" in caplog.text
    cache = Cache(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(PublicationError, match="locked; another program uses it; run again"):
            cache.put("crossref", [Reply(identifier=DOI, outcome="not_found")], NOW)
    cache.close()


def test_a_reader_leaves_a_broken_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    cache = Cache(tmp_path, readonly=True)
    assert cache.get("crossref", [DOI]) == {}
    cache.close()
    assert "not a database; nothing is known" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_reader_meets_a_broken_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = answers_in(tmp_path)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    cache = Cache(tmp_path, readonly=True)
    assert cache.get("crossref", [DOI]) == {}
    assert cache.get("crossref", [DOI]) == {}
    cache.close()
    assert "malformed; nothing is known" in caplog.text


@pytest.mark.posix
def test_a_reader_needs_no_right_to_write() -> None:
    with folder_of_all() as folder:
        answers_in(folder)
        with readonly(folder):
            cache = Cache(folder, readonly=True)
            assert cache.get("crossref", [DOI])[DOI].payload == {"a": 1}
            cache.close()
