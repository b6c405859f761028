"""`harvest export`: the published dataset in one format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harvest import writers
from harvest.config import Settings
from harvest.dataset import publication
from harvest.errors import UsageError


def files(settings: Settings, name: str) -> dict[str, bytes]:
    """Return the files of a format, the main one first. Raises UsageError for an unknown format."""
    formats = writers.discover()
    if name not in formats:
        raise UsageError(f"no format {name!r}: choose from {', '.join(sorted(formats))}")
    content = publication.read(Path(settings.output), settings.publish)
    if content is None:
        raise UsageError(f"{settings.output}: no dataset there; run `harvest refresh` first")
    return formats[name].write(content)


def write(contents: Mapping[str, bytes], target: Path) -> None:
    """Write all files into a folder, or the main one to a path. Raises UsageError if that fails."""
    try:
        if not target.is_dir():
            target.write_bytes(next(iter(contents.values())))
            return
        for name, data in contents.items():
            (target / name).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror}") from error
