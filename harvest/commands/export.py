"""`harvest export`: the published dataset in one format."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, get_args

from typer import Argument, Option

from harvest import writers
from harvest.commands.options import Config, Folder, Name, Where, new_app
from harvest.commands.settings import load_settings
from harvest.commands.streams import is_terminal, note, write
from harvest.config import Settings
from harvest.dataset import publication, run
from harvest.errors import UsageError
from harvest.models import NoticeKind, WorkStatus
from harvest.new_files import replace_file, replacing

FORMATS = ", ".join(sorted(writers.discover()))

app = new_app()


@app.command(
    epilog="Example: harvest export csv --without retracted --where 'year >= 2023' > works.csv"
)
def export(
    name: Annotated[str, Argument(metavar="FORMAT", help=f"One of {FORMATS}")],
    target: Annotated[
        str | None,
        Name("--output", metavar="F", help="A file, or a folder (new/) for all files"),
    ] = None,
    folder: Annotated[
        str | None,
        Folder("--from", help="Folder of the dataset [default: output]"),
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
    if target is None and is_terminal() and b"\0" in contents[main]:
        raise UsageError(
            f"{main} is not text, so a terminal cannot show it: write it with --output {main}"
        )
    if target is None:
        write(contents[main])
    else:
        write_files(contents, target, Path(settings.output))
    if others and not (target and Path(target).is_dir()):
        note(f"harvest: this is {main}; with --output FOLDER/ comes {', '.join(others)} too")


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
        if not writer.dialects:
            raise UsageError(f"{name} has no dialects: leave out --dialect")
        if dialect not in writer.dialects:
            choice = ", ".join(writer.dialects)
            raise UsageError(f"no dialect {dialect!r} of {name}: choose from {choice}")
        writer = type(writer)(dialect)
    content = publication.read(Path(settings.output), settings.publish)
    if content is None:
        advice = "run `harvest refresh` first, or name a folder with --from"
        raise UsageError(f"{settings.output}: holds no dataset; {advice}")
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


def write_files(contents: Mapping[str, bytes], target: str, published: Path) -> None:
    """Write all files into a folder, or the main one to a path.

    A name with a slash at its end is a folder, which is made where there is none. Raises UsageError
    if that fails, and for a file that a run published: the next run would leave it as it is.
    """
    path = Path(target)
    try:
        if target.endswith(("/", os.sep)):
            path.mkdir(parents=True, exist_ok=True)
        is_folder = path.is_dir()
        files = contents if is_folder else {path.name: next(iter(contents.values()))}
        folder = (path if is_folder else path.parent).resolve()
        last = run.read(published) if folder == published.resolve() else None
        reserved = files.keys() & chain.from_iterable(last.files.values() if last else ())
        if reserved:
            raise UsageError(
                f"{folder / min(reserved)}: is written by `harvest refresh` alone; name another"
            )
        for name, data in files.items():
            _write(folder / name, data)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all; links, devices and pipes are written to. Raises OSError."""
    file.parent.stat()  # no folder is made
    if file.is_symlink() or (file.exists() and not file.is_file()):
        file.write_bytes(data)
    elif file.exists():
        replace_file(file, data)
    else:
        with replacing(file) as new:
            new.write_bytes(data)
