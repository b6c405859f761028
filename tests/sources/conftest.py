"""What tests of several sources share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvest.http.clients import Http
from tests.fakes import FakeServices
from tests.support.settings import impatient_settings


@pytest.fixture
def http(fakes: FakeServices) -> Iterator[Http]:
    """Access to the fakes, without waits between tries."""
    http = Http(impatient_settings(fakes, timeout=20), sleep=lambda _: None)
    yield http
    http.close()
