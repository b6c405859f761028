"""Crossref, arXiv and GitHub on loopback, with the limits, errors and oddities of the real ones."""

from .server import Standins
from .world import Fault, Person, Preprint, Repository, Request, Version, Work, World, always, chance, every, first, nth

__all__ = [
    "Fault",
    "Person",
    "Preprint",
    "Repository",
    "Request",
    "Standins",
    "Version",
    "Work",
    "World",
    "always",
    "chance",
    "every",
    "first",
    "nth",
]
