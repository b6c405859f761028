"""`harvest diff`: what changed between two datasets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument

from harvest.commands.options import FORMAT, ReportFormat, new_app
from harvest.commands.streams import echo, write
from harvest.dataset import changes, store
from harvest.digests import sha256_of
from harvest.models import LastDataset

app = new_app()


@app.command(epilog="Example: harvest diff last-night/dataset.json output/")
def diff(
    old: Annotated[Path, Argument(metavar="OLD", help="A dataset.json or its folder")],
    new: Annotated[Path, Argument(metavar="NEW", help="The same from a later run")],
    output_format: Annotated[ReportFormat, FORMAT] = ReportFormat.TEXT,
) -> None:
    """Print what changed between two datasets, and why."""
    news = changes.between(store.decode(old, LastDataset), store.decode(new, LastDataset))
    if output_format is ReportFormat.JSON:
        news.before, news.after = map(_digest, (old, new))
        write(changes.encode(news))
        return
    for line in changes.lines(news):
        echo(line)
    if not news:
        echo("No changes.")


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a dataset.json; a lake has none."""
    file = path / store.FILE if path.is_dir() else path
    return sha256_of(file) if file.is_file() else None
