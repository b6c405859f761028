"""What benchmarks and the tests of whole nights share: a list, the settings of a run, and what it published."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import msgspec

from harvest import config, sources
from harvest.config import Fresh, Settings
from harvest.dataset import store
from harvest.models import Dataset
from harvest.sources.github import GitHub
from tests.fakes import FakeServices

ROOT = Path(__file__).parents[1]
TOKEN = "github_pat_standin"  # noqa: S105  # made up
DAILY = Fresh(
    young=0.5, work=0.5, old=0.5, repository=0.5, not_found=0.5
)  # everything falls due every night


def night(number: int) -> datetime:
    """Give the time of a night's run, counted from 1; the second night is today's."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        days=number - 2
    )


def write_list(
    path: Path, dois: object = (), arxiv_ids: object = (), repositories: object = ()
) -> None:
    """Write a Markdown list: a row for each work, each with its repository while there are any."""
    works = [f"[Paper](https://doi.org/{doi})" for doi in dois]
    works += [f"[Preprint](https://arxiv.org/abs/{value})" for value in arxiv_ids]
    code = [f"[Code](https://github.com/{name})" for name in repositories]
    rows = [f"- {' '.join(filter(None, row))}" for row in itertools.zip_longest(works, code)]
    path.write_text("\n".join(["# List", "", "## Works", "", *rows, ""]), "utf-8")


def everywhere(fakes: FakeServices, **keys: float) -> dict[str, str]:
    """Give the environment that sets a key of every service's section, as in `interval=0`."""
    services = [name.removesuffix("_URL") for name in fakes.env() if name.endswith("_URL")]
    return {
        f"{service}_{key.upper()}": str(value)
        for service in services
        for key, value in keys.items()
    }


def settings(
    folder: Path,
    fakes: FakeServices,
    *seeds: Path,
    token: str | None = TOKEN,
    fresh: Fresh = DAILY,
    **keys: float,
) -> Settings:
    """Give settings for runs in this process: cache and output below `folder`, no waits, `keys` for every service."""
    flags = {
        "cache": str(folder / "cache"),
        "output": str(folder / "output"),
        "seeds": tuple(map(str, seeds)),
    }
    quick = everywhere(fakes, **{"interval": 0, "backoff": 0, **keys})
    loaded = config.load(None, flags, {**fakes.env(token), **quick})
    return msgspec.structs.replace(loaded, fresh=fresh, starter=str(folder / "no-starter.jsonl"))


def environment(fakes: FakeServices, token: str | None = TOKEN, **more: str) -> dict[str, str]:
    """Give the environment of a run in another process, with nothing of ours but what is named."""
    ours = {
        "GITHUB_TOKEN",
        "PYTHONDONTWRITEBYTECODE",
    }  # compiled modules are kept, as they are for a user
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HARVEST_") and k not in ours}
    return {**clean, "PYTHONPATH": str(ROOT), **fakes.env(token), **more}


def published(output: Path | str) -> Dataset:
    """Read what a run published."""
    found = store.load(Path(output))
    assert found is not None, f"nothing was published in {output}"
    return found


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    """Let a request ask for so few identifiers that a small list takes many requests."""
    with ExitStack() as stack:
        for source in sources.discover().values():
            stack.enter_context(patch.object(type(source), "list_size", size))
        stack.enter_context(patch.object(GitHub, "commit_list_size", size))
        yield
