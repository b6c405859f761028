"""`harvest export`: the published dataset in one format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, get_args

from typer import Argument, Option

from harvest import writers
from harvest.commands.options import Config, Where, new_app
from harvest.commands.settings import load_settings
from harvest.commands.streams import note, write
from harvest.config import Settings
from harvest.dataset import publication
from harvest.errors import UsageError
from harvest.models import NoticeKind, WorkStatus

FORMATS = ", ".join(sorted(writers.discover()))

app = new_app()


@app.command(
    epilog="Example: harvest export csv --without retracted --where 'year >= 2023' > works.csv"
)
def export(
    name: Annotated[str, Argument(metavar="FORMAT", help=f"One of {FORMATS}")],
    target: Annotated[
        Path | None,
        Option("--output", metavar="F", help="A file, or a folder for all files"),
    ] = None,
    folder: Annotated[
        str | None,
        Option("--from", metavar="DIR", help="Folder of the dataset [default: output]"),
    ] = None,
    where: Where = None,
    without: Annotated[
        list[str] | None,
        Option(metavar="WORD", help="Leave out works that are retracted, provisional, ..."),
    ] = None,
    dialect: Annotated[
        str | None, Option(metavar="NAME", help="Dialect of bib: biblatex or bibtex")
    ] = None,
    config: Config = None,
) -> None:
    """Write the published dataset in one format. Prints it unless there is an --output."""
    settings = load_settings(config, {"output": folder})
    contents = files(settings, name, expressions(where, without or []), dialect)
    main, *others = contents
    if target is None:
        write(contents[main])
    else:
        write_files(contents, target)
    if others and not (target and target.is_dir()):
        note(f"harvest: this is {main}; with --output FOLDER comes {', '.join(others)} too")


def files(
    settings: Settings, name: str, where: Sequence[str] = (), dialect: str | None = None
) -> dict[str, bytes]:
    """Return the files of a format, the main one first, of the works that match all of `where`.

    Raises UsageError for an unknown format or dialect, or a wrong expression.
    """
    formats = writers.discover()
    if name not in formats:
        raise UsageError(f"no format {name!r}: choose from {FORMATS}")
    writer = formats[name]
    if dialect is not None:
        if dialect not in writer.dialects:
            choice = ", ".join(writer.dialects) or "it has none"
            raise UsageError(f"no dialect {dialect!r} of {name}: choose from {choice}")
        writer = type(writer)(dialect)
    content = publication.read(Path(settings.output), settings.publish)
    if content is None:
        raise UsageError(f"{settings.output}: no dataset there; run `harvest refresh` first")
    if where:
        from harvest.dataset import query  # its parser takes time to load

        content = publication.select(content, query.select(content.dataset, where))
    return writer.write(content)


def expressions(where: str | None, without: Sequence[str]) -> list[str]:
    """Return the expressions that a work must match. Raises UsageError for an unknown word.

    A word is `retracted`, a notice that a work may have, or a status.
    """
    words = {"retracted": "not retracted"}
    words |= {kind: f"integrity != {kind}" for kind in get_args(NoticeKind)}
    words |= {status: f"status != {status}" for status in get_args(WorkStatus)}
    for word in without:
        if word not in words:
            raise UsageError(f"--without {word}: choose from {', '.join(words)}")
    chosen = [words[word] for word in without]
    return chosen if where is None else [where, *chosen]


def write_files(contents: Mapping[str, bytes], target: Path) -> None:
    """Write all files into a folder, or the main one to a path. Raises UsageError if that fails."""
    try:
        if not target.is_dir():
            target.write_bytes(next(iter(contents.values())))
            return
        for name, data in contents.items():
            (target / name).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
