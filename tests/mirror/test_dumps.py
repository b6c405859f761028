"""The forms of dumps, and what is wrong with them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.errors import UsageError
from harvest.mirror import dumps
from harvest.mirror.dumps import BrokenError
from harvest.mirror.ingest import dumped
from tests.support.dumps import lines

ROWS = [{"DOI": f"10.5555/{n}", "title": ['A "}]," in the title'], "n": n} for n in range(60)]
ITEMS = json.dumps({"items": ROWS}).encode()


def tar(data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in {"a/README.md": b"no records", "a/0.jsonl.gz": data}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("snapshot.json", data)
    return stream.getvalue()


FORMS = {
    "plain.jsonl": lines(ROWS),
    "plain.json": lines(ROWS),
    "0.jsonl.gz": gzip.compress(lines(ROWS)),
    "two_members.jsonl.gz": gzip.compress(lines(ROWS[:7])) + gzip.compress(lines(ROWS[7:])),
    "no_last_line_end.jsonl": lines(ROWS)[:-1],
    "0.json.gz": gzip.compress(ITEMS),
    "indented.json.gz": gzip.compress(json.dumps({"items": ROWS}, indent=2).encode()),
    "all.tar": tar(gzip.compress(lines(ROWS))),
    "archive.zip": zipped(lines(ROWS)),
}


def read(path: Path) -> list[object]:
    return [json.loads(text) for part in dumps.parts([path]) for _, text in dumps.records(part)]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_each_form_gives_the_same_records(
    name: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "CHUNK", chunk)
    (tmp_path / name).write_bytes(FORMS[name])
    assert read(tmp_path / name) == ROWS
    assert read(tmp_path) == ROWS


def flipped(data: bytes) -> bytes:
    """Return compressed data with another checksum."""
    return data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]


DAMAGED = {
    "empty.jsonl.gz": b"",
    "empty.jsonl": b"",
    "no_lines.jsonl.gz": gzip.compress(b""),
    "no_items.json.gz": gzip.compress(b'{"items": []}'),
    "cut.jsonl.gz": FORMS["0.jsonl.gz"][:-30],
    "checksum.jsonl.gz": flipped(FORMS["0.jsonl.gz"]),
    "cut_cleanly.json.gz": gzip.compress(ITEMS[:-30]),
    "cut_between_items.json.gz": gzip.compress(ITEMS[: ITEMS.rindex(b", {")]),
    "cut.jsonl": lines(ROWS)[:-30],
    "other.jsonl.gz": b"<html>",
    "in_a.tar": tar(FORMS["0.jsonl.gz"][:-30]),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_reported(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DAMAGED[name])
    with pytest.raises(BrokenError):
        read(tmp_path / name)


def test_a_changed_byte_in_a_zip_is_reported(tmp_path: Path) -> None:
    data = bytearray(FORMS["archive.zip"])
    data[60] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(BrokenError):
        read(tmp_path / "a.zip")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@settings(max_examples=40)
@given(
    rows=st.lists(st.dictionaries(st.text(), JSON), min_size=1, max_size=5),
    indent=st.sampled_from([None, 1]),
    chunk=st.integers(16, 80),
)
def test_items_are_distinguished(rows: list[object], indent: int | None, chunk: int) -> None:
    text = json.dumps({"items": rows}, indent=indent, ensure_ascii=False).encode("utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dumps, "CHUNK", chunk)
        assert [json.loads(item) for item in dumps._items(io.BytesIO(text))] == rows


def test_a_line_has_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(ROWS[:2]))
    [part] = dumps.parts([tmp_path / "a.jsonl"])
    assert [number for number, _ in dumps.records(part)] == [1, 2]


@pytest.mark.parametrize("name", ["not_there", "a.txt", "a.tar", "a.zip", "folder"])
def test_what_is_no_dump_is_refused(name: str, tmp_path: Path) -> None:
    for file in ("a.txt", "a.tar", "a.zip"):
        (tmp_path / file).write_text("no dump")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=name):
        dumps.parts([tmp_path / name])


def check(*paths: Path, source: str = "crossref") -> None:
    own = dumped()
    dumps.check(dumps.parts(paths), own[source], own.values())


def test_the_dump_of_another_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(ROWS))
    with pytest.raises(UsageError, match="try `harvest mirror add crossref`"):
        check(tmp_path, source="arxiv")
    (tmp_path / "a.jsonl").write_bytes(lines([{"x": 1}]))
    with pytest.raises(UsageError, match="no dump of crossref: check the path"):
        check(tmp_path)


def test_two_formats_are_two_dumps(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(FORMS["0.jsonl.gz"])
    (tmp_path / "b.json.gz").write_bytes(FORMS["0.json.gz"])
    (tmp_path / "c.jsonl.gz").write_bytes(b"")  # refused later, by name
    with pytest.raises(UsageError, match=r"a\.jsonl\.gz and .*b\.json\.gz are of two formats"):
        check(tmp_path)
    check(tmp_path / "a.jsonl.gz", tmp_path / "c.jsonl.gz")
