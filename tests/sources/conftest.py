"""What tests of several sources share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from harvest import sources
from harvest.http.clients import Http
from harvest.lookup.answers import AnyRecord
from harvest.lookup.lookup import DECODERS
from tests.fakes import FakeServices
from tests.support.settings import impatient_settings


@pytest.fixture(autouse=True)
def accepted_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each record that a source reads here be one that a look-up accepts."""

    def checking(read: Callable[..., AnyRecord]) -> Callable[..., AnyRecord]:
        def read_and_check(*arguments: Any) -> AnyRecord:
            record = read(*arguments)
            DECODERS[type(record)].decode(msgspec.json.encode(record))
            return record

        return read_and_check

    for source in sources.discover().values():
        monkeypatch.setattr(type(source), "read", checking(type(source).read))


@pytest.fixture
def http(fakes: FakeServices) -> Iterator[Http]:
    """Access to the fakes, without waits between tries."""
    http = Http(impatient_settings(fakes, timeout=20), sleep=lambda _: None)
    yield http
    http.close()
