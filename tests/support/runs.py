"""What a run reads and leaves: a list, the night it runs in, the dataset that it publishes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partialmethod
from pathlib import Path
from unittest.mock import patch

from harvest import sources
from harvest.config import Settings
from harvest.dataset import store
from harvest.http.clients import Http
from harvest.models import Dataset
from harvest.sources.github import GitHub
from tests.fakes import World


def published(output: Settings | Path | str) -> Dataset:
    """Return the dataset that a run published."""
    folder = output.output if isinstance(output, Settings) else output
    dataset = store.load(Path(folder))
    assert dataset is not None, f"nothing was published in {folder}"
    return dataset


def night(number: int) -> datetime:
    """Return the time of a night's run, counted from 1; the second night is today's."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=number - 2)


def write_list(
    path: Path, dois: object = (), arxiv_ids: object = (), repositories: object = ()
) -> None:
    """Write a Markdown list: a row for each work, each with its repository while there are any."""
    works = [f"[Paper](https://doi.org/{doi})" for doi in dois]
    works += [f"[Preprint](https://arxiv.org/abs/{value})" for value in arxiv_ids]
    code = [f"[Code](https://github.com/{name})" for name in repositories]
    rows = [f"- {' '.join(filter(None, row))}" for row in itertools.zip_longest(works, code)]
    path.write_text("\n".join(["# List", "", "## Works", "", *rows, ""]), "utf-8")


def write_whole_list(path: Path, world: World) -> None:
    """Write a list of everything in a world."""
    hosts = (host.name for host in world.repositories.values())
    write_list(path, world.works, world.preprints, hosts)


@contextmanager
def no_waits() -> Iterator[None]:
    """Let waits between requests cost no time; they still count as time that has passed."""
    init = partialmethod(Http.__init__, sleep=lambda _: None)
    with patch.object(Http, "__init__", init):
        yield


@contextmanager
def small_batches(size: int) -> Iterator[None]:
    """Let a request ask for so few identifiers that a small list takes many requests."""
    with ExitStack() as stack:
        for source in sources.discover().values():
            stack.enter_context(patch.object(type(source), "max_batch", size))
        stack.enter_context(patch.object(GitHub, "max_commit_batch", size))
        yield
