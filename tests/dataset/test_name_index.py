"""A record is found by its line as it is found in the whole dataset."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harvest.dataset import name_index, store
from harvest.errors import UsageError
from harvest.models import Dataset, Work
from harvest.writers import json
from tests.support.works import make_repository, make_work

EXOTIC = '10.5555/a"b\\ü'
NAMES = (
    "doi:10.5555/one", "10.5555/TWO", "https://doi.org/10.5555/two", "2301.00001",
    "arXiv:2301.00001", "ito2020one", "acme/tool", "github:OLD/name",
    "https://github.com/Acme/Tool", EXOTIC,
)  # fmt: skip


def work(doi: str, **fields: object) -> Work:
    identifiers = {"doi": [doi], "arxiv": [], "openreview": [], "pii": [], "url": []}
    return make_work(1, id=f"doi:{doi}", identifiers=identifiers, **fields)


@pytest.fixture
def dataset() -> Dataset:
    one = work("10.5555/one", title="10.5555/two is in the title", key="ito2020one")
    two = work("10.5555/two", aliases=["arxiv:2301.00001"])
    odd = work(EXOTIC)
    works = sorted([one, two, odd], key=lambda it: it.id)
    return Dataset(works, [make_repository("Acme/Tool", aliases=["github:old/name"])])


@pytest.fixture
def path(tmp_path: Path, dataset: Dataset) -> Path:
    (tmp_path / store.FILE).write_bytes(json.encode(dataset))
    return tmp_path / store.FILE


@pytest.mark.parametrize("text", NAMES)
def test_a_name_leads_to_its_record(text: str, path: Path, dataset: Dataset) -> None:
    record = name_index.find(path, text)
    assert record is not None
    assert record == store.find(dataset, text)


@pytest.mark.parametrize("text", NAMES)
def test_an_index_leads_to_the_same_record(
    text: str, path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.with_name(name_index.INDEX).write_bytes(name_index.index(path, dataset))
    monkeypatch.delattr(name_index, "_find_by_text")
    assert name_index.find(path, text) == store.find(dataset, text)
    assert name_index.find(path, "10.5555/three") is None


def test_of_several_records_the_first_is_found(tmp_path: Path) -> None:
    works = [work("10.5555/a", aliases=["doi:10.5555/z"]), work("10.5555/z")]
    both, path = Dataset(works, []), tmp_path / store.FILE
    path.write_bytes(json.encode(both))
    path.with_name(name_index.INDEX).write_bytes(name_index.index(path, both))
    assert name_index.find(path, "10.5555/z") == store.find(both, "10.5555/z") == works[0]


@pytest.mark.parametrize("content", [b"", b"x", b"12\t3\n", b"\xff\n", b"1\t2\t3\n"])
def test_a_broken_index_is_passed_over(content: bytes, path: Path) -> None:
    path.with_name(name_index.INDEX).write_bytes(content)
    record = name_index.find(path, "10.5555/two")
    assert record is not None
    assert record.id == "doi:10.5555/two"


def test_an_index_of_another_dataset_is_passed_over(path: Path, dataset: Dataset) -> None:
    other = Dataset(dataset.works[::-1], dataset.repositories)
    (path.parent / "other.json").write_bytes(json.encode(other))
    index = name_index.index(path.parent / "other.json", other)
    path.with_name(name_index.INDEX).write_bytes(index)
    assert name_index.find(path, "10.5555/two") == store.find(dataset, "10.5555/two")


@pytest.mark.parametrize("place", [0, 2, 40])
def test_an_index_that_names_no_line_is_passed_over(
    place: int, path: Path, dataset: Dataset
) -> None:
    size = path.stat().st_size
    path.with_name(name_index.INDEX).write_text(f'{size}\t{size - 2}\n"doi:10.5555/two"\t{place}\n')
    assert name_index.find(path, "10.5555/two") == store.find(dataset, "10.5555/two")


def test_an_index_of_nothing_is_empty(tmp_path: Path) -> None:
    nothing, path = Dataset([], []), tmp_path / store.FILE
    path.write_bytes(json.encode(nothing))
    assert name_index.index(path, nothing).count(b"\n") == 1


@pytest.mark.parametrize("text", ["10.5555/three", "is in the title", "works", "", ":", "id"])
def test_what_is_no_name_is_left_to_the_whole_dataset(text: str, path: Path) -> None:
    assert name_index.find(path, text) is None


def test_a_text_of_every_line_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = [work(f"10.5555/{number:04}") for number in range(30)]
    (tmp_path / store.FILE).write_bytes(json.encode(Dataset(works, [])))
    monkeypatch.setattr(name_index, "MAX_MATCHES", 30)
    assert name_index.find(tmp_path / store.FILE, "10.5555/0001") == works[1]
    assert name_index.find(tmp_path / store.FILE, "10.5555/") is None


@pytest.mark.parametrize("harm", ["indented", "cut", "missing"])
def test_a_file_of_another_layout_is_left_to_the_whole_dataset(harm: str, path: Path) -> None:
    if harm == "missing":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(msgspec.json.format(data) if harm == "indented" else data[:300])
    assert name_index.find(path, "doi:10.5555/two") is None


def test_a_broken_dataset_is_still_an_error(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UsageError, match="not a dataset"):
        store.read(path)
