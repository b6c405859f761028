"""Crossref, arXiv and GitHub on loopback, with the limits, errors and oddities of the real ones."""

from .server import FakeServices
from .world import (
    Fault,
    Person,
    Preprint,
    Repository,
    Request,
    Version,
    Work,
    World,
    always,
    chance,
    every,
    first,
    nth,
)

__all__ = [
    "FakeServices",
    "Fault",
    "Person",
    "Preprint",
    "Repository",
    "Request",
    "Version",
    "Work",
    "World",
    "always",
    "chance",
    "every",
    "first",
    "nth",
]
