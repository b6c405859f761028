"""What a run is refused for before it writes a byte, by UsageErrors that tell what to do next."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from harvest import needs
from harvest.bulk.engines.base import Engine
from harvest.dataset import lake
from harvest.errors import UsageError

DISK = 3  # bytes that are needed for each of the lists, about
TRIES = 8  # tasks, so that each of some workers has one


def refuse_addresses(*places: Path | str | None) -> None:
    """Refuse object storage, where no file can be renamed."""
    for place in places:
        if place and re.match(r"[a-z][a-z0-9+.-]+:/", str(place)):
            advice = "name a folder, which all machines see, and copy from or to the storage"
            raise UsageError(f"{place}: object storage is neither read nor written: {advice}")


def refuse_folder(folder: Path, lists: Iterable[Path]) -> None:
    """Refuse what is no lake of this schema, and a disk that may not hold one more."""
    if lake.is_lake(folder):
        lake.read(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: holds something else than a lake: name a folder of its own")
    files = (path for path in folder.rglob("*") if path.is_file())
    need = DISK * sum(path.stat().st_size for path in lists)
    needs.room(folder, need + sum(path.stat().st_size for path in files), "the lake", "--lake")


def refuse_unseen(engine: Engine, work: Path, places: Iterable[str]) -> None:
    """Refuse what is there, but not where functions run, and a folder that these cannot write."""
    names = sorted({place for place in places if Path(place).exists()})
    work.mkdir(parents=True, exist_ok=True)
    for unseen in engine.each(partial(_unseen, work, names), range(TRIES)):
        if unseen:
            advice = "move it to where all machines see it under one path"
            raise UsageError(f"{unseen}: a worker cannot see it: {advice}")


def _unseen(work: Path, names: Iterable[str], number: int) -> str:
    """Return the first of some paths that is not there, or the folder that takes no file."""
    time.sleep(0.01)  # long enough for each worker to have a task
    try:
        (work / f".tried-{number}").touch()
    except OSError:
        return str(work)
    return next((name for name in names if not Path(name).exists()), "")
