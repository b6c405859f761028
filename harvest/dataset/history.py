"""The files that nobody can give back, stars.csv and changes.csv, with a copy beside the cache."""

from __future__ import annotations

import logging
import os
from hashlib import sha256
from pathlib import Path

from harvest.dataset import change_log, stars
from harvest.new_files import replacing, write_to_disk

FILES = (stars.FILE, change_log.FILE)

log = logging.getLogger(__name__)


def read(name: str, output: Path, cache: Path) -> bytes | None:
    """Return a history of the output folder; its copy where the folder was lost."""
    for path in (output / name, _folder(output, cache) / name):
        if path.is_file():
            return path.read_bytes()
    return None


def save(output: Path, cache: Path) -> None:
    """Copy what was published. A copy that cannot be written is a warning, as nothing is lost."""
    folder = _folder(output, cache)
    try:
        for name in FILES:
            data, copy = (output / name).read_bytes(), folder / name
            if not (copy.is_file() and copy.read_bytes() == data):
                with replacing(copy) as new:
                    write_to_disk(new, data)
    except OSError as error:
        log.warning("%s: %s; the histories have no copy of this run", folder, error.strerror)


def _folder(output: Path, cache: Path) -> Path:
    """Return the folder of the copies; several outputs may share a cache."""
    name = sha256(os.fsencode(output.resolve())).hexdigest()[:12]
    return cache / "history" / name
