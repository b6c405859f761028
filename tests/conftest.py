"""Fixtures for every test: a world, and the services that answer from it on loopback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import hypothesis
import pytest

from tests.fakes import FakeServices, ScriptedServer, World
from tests.fakes.scripted import Answer

Serve = Callable[[Callable[[str], Answer]], ScriptedServer]
SHARED = Path(__file__).parents[2] / "shared"

# A busy machine is no reason to fail: tests run side by side.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests run at once: one more than cores, because some wait for answers."""
    return (os.cpu_count() or 1) + 1


# What `make check` leaves to `make test`: extras, tests of the tests, and real waits or processes.
SLOW = (
    "bulk/test_line", "bulk/test_refusals", "bulk/test_spark", "commands/test_trials", "fakes_tests",
    "http/test_clients", "linking/test_authors_properties",
    "linking/test_parts", "live", "readers/test_growth", "readers/test_pool",
    "sources/test_recorded", "test_cli", "test_discovery", "test_locks", "test_replay", "test_security", "writers/test_page_browser",
    "writers/test_page_other_browsers", "writers/test_page_scripts",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow files, and leave out on Windows what only POSIX has."""
    slow = tuple(str(Path(__file__).parent / name) for name in SLOW)
    for item in items:
        if str(item.path).startswith(slow):
            item.add_marker(pytest.mark.slow)
        if sys.platform == "win32" and item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason="needs POSIX"))


@pytest.fixture(scope="session", autouse=True)
def no_fsync() -> Iterator[None]:
    """Wait for no disk: no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def world() -> World:
    """A fresh world of the default lists; change it before or while the fakes run."""
    return World.of_seeds()


@pytest.fixture
def fakes(world: World) -> Iterator[FakeServices]:
    """Every service on loopback, answering from `world`."""
    with FakeServices(world) as running:
        yield running


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start loopback services, each with a function from a path to its answer."""
    with ExitStack() as stack:

        def start(answer: Callable[[str], Answer]) -> ScriptedServer:
            return stack.enter_context(closing(ScriptedServer(answer)))

        yield start


@pytest.fixture
def recorded() -> Path:
    """Real answers of the services, kept beside the checkout; without them the test is skipped."""
    folder = SHARED / "recorded"
    if not folder.is_dir():
        pytest.skip("needs ../shared/recorded beside the checkout")
    return folder
