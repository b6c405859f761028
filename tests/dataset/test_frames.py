"""The dataset for programs."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import harvest
from harvest.dataset.publication import Publication
from harvest.models import Work
from harvest.writers.csv import CsvWriter
from harvest.writers.json import JsonWriter
from tests.conftest import Serve
from tests.fakes.scripted import Answer
from tests.support.exports import library
from tests.support.works import make_publication

STARS = b"date,repository_id,repository,stars,forks\n2026-11-20,7,github:o/alive,10,3\n"


def publish(content: Publication, folder: Path) -> Path:
    files = JsonWriter().write(content)
    files["changes.csv"] = CsvWriter().write(content)["changes.csv"]
    findings = [{**msgspec.to_builtins(it), "level": "note"} for it in content.findings]
    files["findings.json"] = json.dumps(findings).encode()
    files["stars.csv"] = STARS
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_types_are_those_that_people_expect(tmp_path: Path) -> None:
    frames = harvest.load(publish(library(), tmp_path))
    assert str(frames.works["year"].dtype) == "Int64"
    assert str(frames.works["status"].dtype) == "category"
    assert str(frames.repositories["archived"].dtype) == "boolean"
    for column in (frames.repositories["pushed_at"], frames.changes["date"], frames.stars["date"]):
        assert str(column.dtype).startswith("datetime64[")
        assert str(column.dtype).endswith(", UTC]")
    assert str(frames.findings["level"].dtype) == "category"


def test_frames_join(tmp_path: Path) -> None:
    frames = harvest.load(publish(library(), tmp_path) / "dataset.json")
    code = frames.links.join(frames.works["title"], on="work")
    code = code.join(frames.repositories["stars"], on="repository")
    assert code["stars"].tolist() == [12]
    assert frames.mentions.join(frames.works["year"], on="work")["line"].sum() == 103
    assert len(frames.manifestations) == 3
    assert frames.stars["stars"].tolist() == [10]
    assert frames.changes["kind"].tolist() == ["added", "retracted", "stars"]


def test_frames_have_the_values_of_typed_objects(tmp_path: Path) -> None:
    publish(library(), tmp_path)
    frames, dataset = harvest.load(tmp_path), harvest.read(tmp_path)
    rows = [msgspec.to_builtins(work) for work in dataset.works]
    assert list(frames.works.columns) == [name for name in rows[0] if name != "id"]
    for name, column in frames.works.items():
        if column.dtype == object:
            assert msgspec.json.encode([*column]) == msgspec.json.encode(
                [row[name] for row in rows]
            )
    for name in ("mentions", "manifestations"):
        parts = [{"work": row["id"], **part} for row in rows for part in row[name]]
        assert getattr(frames, name).to_dict("records") == parts


def test_nothing_has_columns_too(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_bytes(JsonWriter().write(make_publication())["dataset.json"])
    frames = harvest.load(tmp_path)
    assert list(frames.changes.columns)[:2] == ["date", "id"]
    assert "stars" in frames.stars
    assert frames.works.empty


def test_typed_objects(tmp_path: Path) -> None:
    dataset = harvest.read(publish(library(), tmp_path))
    assert isinstance(dataset.works[0], Work)
    assert dataset == library().dataset


def test_an_older_dataset_is_read(tmp_path: Path) -> None:
    data = json.loads(JsonWriter().write(library())["dataset.json"])
    for work in data["works"]:
        for field in msgspec.structs.fields(Work):
            if not field.required:
                del work[field.name]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(data), "utf-8")
    assert len(harvest.load(path).works) == len(harvest.read(path).works) == 6


def test_a_dataset_on_the_web(tmp_path: Path, serve: Serve) -> None:
    publish(library(), tmp_path)
    (tmp_path / "stars.csv").unlink()

    def answer(path: str) -> Answer:
        file = tmp_path / path.rpartition("/")[2]
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")

    server = serve(answer)
    frames = harvest.load(f"{server.url}/data/")
    assert (len(frames.works), len(frames.changes), len(frames.stars)) == (6, 3, 0)
    assert len(harvest.read(f"{server.url}/data/dataset.json").works) == 6


def test_what_is_not_there_is_an_error(tmp_path: Path, serve: Serve) -> None:
    with pytest.raises(OSError, match="dataset"):
        harvest.load(tmp_path)
    server = serve(lambda _: (500, {}, b""))
    with pytest.raises(OSError, match="500"):
        harvest.read(f"{server.url}/dataset.json")
    (tmp_path / "dataset.json").write_text("{}")
    with pytest.raises(msgspec.DecodeError):
        harvest.read(tmp_path)


def test_types_are_published() -> None:
    assert (Path(harvest.__file__).parent / "py.typed").is_file()
