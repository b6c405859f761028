"""`harvest extract`: mentions as JSON lines, or as a table with reasons; or layouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from typer import Option

from harvest import config
from harvest.commands.options import FORMAT, Config, Names, new_app
from harvest.commands.streams import echo, note, write
from harvest.entries import group, is_picture
from harvest.identifiers import find, identify
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.models import Identifier, ListFile, Mention, Reading
from harvest.readers.labels import is_household
from harvest.readers.templates import Templates

_WIDTH = 120  # characters of an example

# The fields of a line, in their order; `raw` follows where the line was repaired.
FIELDS = (
    "seed", "line", "section", "entry", "label", "url", "role", "kind", "identifier", "version",
    "title", "authors", "date", "columns",
)  # fmt: skip

ExtractFormat = StrEnum("ExtractFormat", ["JSONL", "TABLE"])

app = new_app()


@app.command(epilog="Example: harvest extract README.md --format table")
def extract(
    seeds: Annotated[list[str], Names(metavar="LIST...", help="A file, folder, glob or -")],
    output_format: Annotated[ExtractFormat, FORMAT] = ExtractFormat.JSONL,
    layout: Annotated[bool, Option("--layout", help="Print the layouts of their items.")] = False,
    file: Config = None,
) -> None:
    """Print the links of lists with their identifiers, offline."""
    reading = read(seeds, file)
    for finding in reading.findings:
        note(f"{finding.place}: {finding.code} {finding.message}")
    if layout:
        for line in layouts(reading):
            echo(line)
    elif output_format is ExtractFormat.TABLE:
        from harvest.commands import terminal  # which loads rich

        terminal.show_mentions(links(reading))
    else:
        rows = (row(mention) for mention in reading.mentions)
        write(b"".join(msgspec.json.encode(line) + b"\n" for line in rows))


def read(seeds: Sequence[str], file: Path | None) -> Reading:
    """Read lists with the layouts that harvest.toml sets, those of the last run from the memo.

    Raises UsageError.
    """
    memo = Memo(config.cache_folder(file), readonly=True)
    return Readings(memo, Templates(config.layouts(file))).read_lists(seeds)


def row(mention: Mention) -> dict[str, Any]:
    """Return a mention as one line of `harvest extract`."""
    line = msgspec.to_builtins(mention)
    raw, target = line.pop("raw"), mention.target
    name = str(target.identifier) if target.identifier else None
    line |= {"kind": target.kind, "identifier": name, "version": target.version}
    ordered = {key: line[key] for key in FIELDS}
    return ordered if raw is None else {**ordered, "raw": raw}


class Link(NamedTuple):
    """A line of the table: a link of a list, and the reason, if it was passed over."""

    place: str
    role: str
    kind: str
    identifier: str
    label: str
    reason: str


def links(reading: Reading) -> Iterator[Link]:
    """Yield every link, then the identifiers that were not even read."""
    counted: set[int] = set()
    for entry in group(reading.mentions):
        counted.update(id(mention) for mention, _ in (*entry.papers, *entry.repositories))
    for mention in reading.mentions:
        label = mention.label or mention.url or mention.title or ""
        reason = "" if id(mention) in counted else _reason(mention)
        place, name = f"{mention.seed}:{mention.line}", str(mention.identifier or "")
        yield Link(place, mention.role, mention.target.kind, name, label, reason)
    for name, file in reading.files.items():
        yield from _unread(name, file, reading)


def _reason(mention: Mention) -> str:
    """Return why a mention names neither a work nor a repository."""
    reasons = {
        "never filled in": mention.target.kind == "placeholder",
        "a title alone: it can be searched": not mention.url,
        "a badge or picture": is_picture(mention.url),
        "about the list itself": is_household(mention.url),
        "a place on the page": mention.url[:1] == "#",
        "in running text or a note": mention.entry is None,
        "no address": mention.identifier is None,
        "beside the paper of its entry": mention.role == "other",
    }
    return next((reason for reason, holds in reasons.items() if holds), "no repository")


def _unread(name: str, file: ListFile, reading: Reading) -> Iterator[Link]:
    """Yield the identifiers that stand in a file and in none of its mentions."""
    names = {mention.identifier for mention in reading.mentions if mention.seed == name}
    for number, line in enumerate(file.text.split("\n"), start=1):
        reason = "in code or a field passed over"
        if number in file.code:
            reason = "in code, a comment or front matter"
        for _, _, raw in find(line):
            target = identify(raw)
            if target.kind == "identifier" and not _is_read(raw, names):
                place = f"{name}:{number}"
                yield Link(place, "", target.kind, str(target.identifier), raw, reason)


def _is_read(raw: str, names: set[Identifier | None]) -> bool:
    """Return True if an identifier was read, as it stands or without the next cell of a CSV."""
    first_cell = raw.partition(",")[0]
    return identify(raw).identifier in names or identify(first_cell).identifier in names


def layouts(reading: Reading) -> Iterator[str]:
    """Yield the layouts of the items of each file, with their support and examples."""
    for name, file in reading.files.items():
        yield name
        for layout in file.layouts:
            origin = ", set by hand" if layout.is_set else ""
            yield f"{layout.template} | {layout.support} of {layout.entries}{origin}"
            for example in layout.examples:
                yield "    " + " ".join(example.split())[:_WIDTH]
