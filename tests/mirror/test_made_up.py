"""The made-up dumps of the benchmark are such as harvest and the registries have them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.bulk import world
from harvest.identifiers import identify
from harvest.mirror import dumps, keeping

COUNT = 300


def test_every_identifier_is_one() -> None:
    for number in range(0, 40_000, 37):
        addresses = {
            "doi": f"https://doi.org/{world.doi(number)}",
            "arxiv": f"https://arxiv.org/abs/{world.arxiv_id(number * 91)}",
            "github": f"https://github.com/{world.repository(number)}",
        }
        for scheme, address in addresses.items():
            identifier = identify(address).identifier
            assert identifier is not None, address
            assert identifier.scheme == scheme
            assert address.lower().endswith(identifier.value.lower())


def test_a_record_has_the_size_of_a_real_one() -> None:
    data = b"".join(json.dumps(world.crossref(number)).encode() for number in range(COUNT))
    assert 5_500 < len(data) / COUNT < 7_500
    assert 1_000 < len(gzip.compress(data)) / COUNT < 1_700


@pytest.mark.parametrize("source", sorted(world.MAKERS))
def test_every_record_goes_into_a_mirror(source: str, tmp_path: Path) -> None:
    paths = world.write_dump(source, 40, tmp_path / "dump")
    assert world.write_dump(source, 40, tmp_path / "again")[0].read_bytes() == paths[0].read_bytes()
    target = world.pack(paths, tmp_path / "dump.tar")
    now = datetime(2026, 11, 21, tzinfo=UTC)
    added = keeping.add(tmp_path / "mirror", source, [target], now, jobs=1)
    assert added.day == world.DAY
    assert [file.records for file in added.new] == [40]
    assert len(dumps.parts([target])) == 1
