"""What writers get."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.config import Publish
from harvest.dataset import change_log, publication
from harvest.dataset.changes import Change, Changes
from harvest.errors import UsageError
from harvest.writers import json
from tests.support.works import make_dataset

FINDINGS = b'[{"seed": "a.md", "line": 3, "code": "http", "message": "m", "level": "warning"}]'
LOG = ",".join(change_log.COLUMNS).encode() + b"\n"
STARS = b"date,repository_id,repository,stars,forks\n2026-11-20,7,github:o/n,5,1\n"


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir()
    (folder / "dataset.json").write_bytes(json.encode(make_dataset(2, 1)))
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def test_everything_in_the_folder_is_read(tmp_path: Path) -> None:
    news = Changes(works=[Change("doi:10.1/a", "added", "list edited", "T")])
    log = change_log.extend(None, news, "2026-11-20")
    folder = write(tmp_path / "output", findings__json=FINDINGS, stars__csv=STARS, changes__csv=log)
    content = publication.read(folder, Publish(title="Mine"))
    assert content is not None
    assert len(content.works) == 2
    assert len(content.repositories) == 1
    assert content.findings[0].line == 3
    assert content.stars[0].stars == 5
    assert content.changes[0].date == "2026-11-20"
    assert content.settings.title == "Mine"


def test_a_dataset_alone_is_enough(tmp_path: Path) -> None:
    content = publication.read(write(tmp_path / "output"), Publish())
    assert content is not None
    assert (len(content.findings), len(content.changes), len(content.stars)) == (0, 0, 0)


def test_no_dataset_is_no_publication(tmp_path: Path) -> None:
    assert publication.read(tmp_path, Publish()) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("findings.json", b"{}"),
        ("changes.csv", b"date,id\n1,2\n"),
        ("changes.csv", LOG + b"<<<<<<< HEAD\n"),
        ("changes.csv", LOG + b"=======,,,,,,,,\n"),
        ("stars.csv", STARS + b">>>>>>> theirs\n"),
        ("stars.csv", STARS + b'2026-11-21,7,"' + b"x" * 200_000),
        ("stars.csv", STARS.replace(b",5,", b",many,")),
        ("stars.csv", b"\xff"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    folder = write(tmp_path / "output", **{name.replace(".", "__"): data})
    with pytest.raises(UsageError, match=name):
        publication.read(folder, Publish())


def test_the_digest_follows_files_and_settings() -> None:
    digest = publication.digest({"a": b"1", "b": b"2"}, Publish())
    assert digest == publication.digest({"b": b"2", "a": b"1"}, Publish())
    assert digest != publication.digest({"a": b"2", "b": b"1"}, Publish())
    assert digest != publication.digest({"a": b"1", "b": b"2"}, Publish(title="Mine"))
