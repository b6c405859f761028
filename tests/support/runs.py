"""What a run reads and leaves: a list, the night it runs in, the dataset that it publishes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from harvest.config import Settings
from harvest.dataset import store
from harvest.models import Dataset
from harvest.sources import arxiv, crossref, datacite, doi_org, github


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


@contextmanager
def small_batches(size: int) -> Iterator[None]:
    """Let a request ask for so few identifiers that a small list takes many requests."""
    sizes = (
        (crossref, "LIST_SIZE"), (arxiv, "ARXIV_PAGE"), (github, "BATCH"),
        (github, "COMMIT_BATCH"), (datacite, "LIST_SIZE"), (doi_org, "LIST_SIZE"),
    )  # fmt: skip
    with ExitStack() as stack:
        for module, name in sizes:
            stack.enter_context(patch.object(module, name, size))
        yield
