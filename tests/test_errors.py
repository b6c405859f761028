"""Errors: their fields, their tree, and that they can be sent to another process."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from harvest import errors
from harvest.errors import HarvestError, SeedError, SourceError


def kinds(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def test_the_docstring_shows_every_error() -> None:
    tree = [line for line in (errors.__doc__ or "").splitlines() if "──" in line]
    shown = ["HarvestError", *(line.split("── ")[1].split()[0] for line in tree)]
    assert shown == [kind.__name__ for kind in kinds(HarvestError)]


@pytest.mark.parametrize("kind", list(kinds(SourceError)))
def test_source_errors_survive_pickling(kind: type[SourceError]) -> None:
    fields = {
        "identifier": "doi:10.1/a",
        "url": "https://api.example/a",
        "status": 503,
        "attempt": 2,
        "retry_after": 7.0,
    }
    error = kind("crossref", "HTTP 503", **fields)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(copy) is kind
    assert str(copy) == "crossref: HTTP 503"
    assert vars(copy) == vars(error)
    assert vars(copy) == {"source": "crossref", "message": "HTTP 503", **fields}


def test_seed_errors_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(SeedError("a.md", "is a folder")))  # noqa: S301  # our own bytes
    assert (copy.seed, copy.why) == ("a.md", "is a folder")
