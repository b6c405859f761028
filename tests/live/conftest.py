"""The fixture of every probe."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes import FakeServices
from tests.live.services import Services
from tests.live.world import live_world

RECORDINGS = Path(__file__).parents[2] / "build" / "live"


def is_live() -> bool:
    return os.environ.get("HARVEST_LIVE") == "1"


@pytest.fixture(scope="session")
def pace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder through which all probes keep one pace."""
    return tmp_path_factory.mktemp("live")


@pytest.fixture
def services(
    pace: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Services]:
    """The fakes, or with HARVEST_LIVE=1 the real services."""
    with ExitStack() as stack:
        fakes = None if is_live() else stack.enter_context(FakeServices(live_world()))
        name = "".join(c if c.isalnum() else "-" for c in request.node.name)
        folder = Path(os.environ.get("HARVEST_RECORD") or RECORDINGS)
        services = Services(fakes, pace, folder / name if fakes is None else None)
        stack.callback(services.close)
        send = requests.Session.send

        def sending(session: requests.Session, *args: Any, **kwargs: Any) -> requests.Response:
            began = time.monotonic()
            response = send(session, *args, **kwargs)
            services.record(response, began)
            return response

        monkeypatch.setattr(requests.Session, "send", sending)
        yield services
        if fakes is not None:
            words = services.tolerated
            odd = [v for v in fakes.violations if not any(word in v for word in words)]
            assert not odd
