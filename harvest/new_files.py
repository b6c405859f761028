"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from uuid import uuid4

_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}")
Content = bytes | Iterable[bytes]  # in pieces, of which none is held longer than needed


def write_to_disk(path: Path, content: Content) -> None:
    """Write a file that a power cut leaves whole. Raises OSError."""
    with path.open("wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole, with the permissions that it has. Raises OSError."""
    target = path.resolve()
    mode = S_IMODE(target.stat().st_mode)
    with replacing(target) as new:
        new.touch(0o600)
        write_to_disk(new, content)
        new.chmod(mode)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield the path of a new file or folder, which is renamed to the target when it is whole.

    No two processes have one name for it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        yield new
        new.replace(target)
    finally:
        if new.is_dir():
            shutil.rmtree(new, ignore_errors=True)
        new.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what `replacing` began below a folder in processes that were killed."""
    for path in [it for it in folder.rglob(".*") if _UNFINISHED.fullmatch(it.name)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
