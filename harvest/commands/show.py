"""`harvest show`: the published dataset, and how a record of it was matched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from harvest.commands import terminal
from harvest.commands.options import Cache, Config, Names, Output, Where, new_app
from harvest.commands.settings import load_settings
from harvest.config import Settings
from harvest.dataset import name_index, store
from harvest.errors import UsageError
from harvest.linking import listed_titles
from harvest.linking.ledger import Verdict
from harvest.models import Dataset, Repository, Work
from harvest.text import fold_title

app = new_app()


@app.command(epilog="Example: harvest show --where 'method = GAN and stars >= 100'")
def show(
    identifier: Annotated[
        str | None, Names(metavar="ID", help="An id, web address, owner/name or title")
    ] = None,
    where: Where = None,
    why: Annotated[bool, Option("--why", help="Print how it was matched.")] = False,
    output: Output = None,
    cache: Cache = None,
    config: Config = None,
) -> None:
    """Print a work or repository with its sources, or matching works."""
    settings = load_settings(config, {"cache": cache, "output": output})
    if (identifier is None) == (where is None):
        example = "harvest show arxiv:2006.11239"
        raise UsageError(f"name one work or repository ({example}), or choose works with --where")
    if identifier is None:
        terminal.show_works(select_works(settings, where or ""))
    elif why:
        terminal.show_verdicts(identifier, verdicts(settings, identifier))
    else:
        terminal.show_record(record(settings, identifier))


def published(settings: Settings) -> Dataset:
    """Return the published dataset. Raises UsageError if there is none."""
    folder = Path(settings.output)
    dataset = store.load(folder)
    if dataset is None:
        advice = "run `harvest refresh` first, or name a folder with --output"
        raise UsageError(f"{folder}: holds no dataset; {advice}")
    return dataset


def record(settings: Settings, text: str) -> Work | Repository:
    """Return the published record that a text names. Raises UsageError if there is none."""
    path = Path(settings.output) / store.FILE
    return name_index.find(path, text) or store.find(published(settings), text)


def select_works(settings: Settings, where: str) -> list[Work]:
    """Return the published works that an expression chooses. Raises UsageError for a wrong one."""
    from harvest.dataset import query  # its parser takes time to load

    return query.select(published(settings), [where])


def verdicts(settings: Settings, text: str) -> list[Verdict]:
    """Return the searches and comparisons of a record, or of a listed title that has no record yet.

    Those of a work include how its listed titles compare. Raises UsageError for an unknown record.
    """
    from harvest import pipeline  # which loads every source

    everything = pipeline.verdicts(settings)
    title = fold_title(text)
    searches = [verdict for verdict in everything if fold_title(verdict.query) == title]
    if searches:
        return searches
    subject = record(settings, text)
    names = {subject.id}
    if isinstance(subject, Work):
        names.update(subject.curies)
    matches = [verdict for verdict in everything if names & {verdict.subject, verdict.accepted}]
    if isinstance(subject, Work):
        matches += [comparison.verdict for comparison in listed_titles.compare_places(subject)]
    return matches
