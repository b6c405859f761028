"""Fixtures for every test: a world, and the three services that answer from it on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeServices, World

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def world() -> World:
    """A fresh world of the default seeds; change it before or while the stand-ins run."""
    return World.of_seeds()


@pytest.fixture
def fakes(world: World) -> Iterator[FakeServices]:
    """Crossref, arXiv and GitHub on loopback, answering from `world`."""
    with FakeServices(world) as running:
        yield running


@pytest.fixture
def recorded() -> Path:
    """Real answers of the services, kept beside the checkout; without them the test is skipped."""
    folder = SHARED / "recorded"
    if not folder.is_dir():
        pytest.skip("needs ../shared/recorded beside the checkout")
    return folder
