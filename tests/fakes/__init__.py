"""Crossref, arXiv and GitHub on loopback, with the limits, errors and oddities of the real ones."""

from .scripted import ScriptedServer
from .server import FakeServices
from .world import (
    Article,
    Fault,
    Person,
    Preprint,
    Repository,
    Request,
    ServiceName,
    Version,
    Work,
    World,
    always,
    chance,
    every,
    first,
    forged_copies,
    nth,
    within,
)

__all__ = [
    "Article",
    "FakeServices",
    "Fault",
    "Person",
    "Preprint",
    "Repository",
    "Request",
    "ScriptedServer",
    "ServiceName",
    "Version",
    "Work",
    "World",
    "always",
    "chance",
    "every",
    "first",
    "forged_copies",
    "nth",
    "within",
]
