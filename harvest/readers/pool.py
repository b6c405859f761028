"""Many files at once: each core of the machine reads some of them, in a process of its own.

A process costs as much as reading a megabyte, so it is for much text alone.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence

import msgspec

from harvest import processes
from harvest.digests import digest
from harvest.errors import SeedError
from harvest.garbage import without_gc
from harvest.models import Reading
from harvest.readers import read
from harvest.readers.templates import NO_TEMPLATES, Template, Templates

ENOUGH = 4_000_000  # bytes
_PARTS = 64  # of the files for each core, since some take longer than others

log = logging.getLogger(__name__)

File = tuple[str, tuple[Template, ...]]  # a name, and the layouts that were set


class FileReader:
    """Reads files by the layouts that were set, and remembers those that were read ahead."""

    def __init__(self, templates: Templates = NO_TEMPLATES) -> None:
        self._templates = templates
        self._ahead: dict[str, tuple[bytes, Reading]] = {}  # digest of a file, and what it says

    @without_gc()
    def read(self, data: bytes, name: str) -> Reading:
        """Return the reading of a file. Raises SeedError for binary data."""
        sign, reading = self._ahead.pop(name, (b"", Reading()))
        if sign != digest(data):
            return read(data, name, self._templates.of(name))
        reading.files[name].data = data
        return reading

    @without_gc()
    def read_ahead(
        self, names: Sequence[str], is_kept: Callable[[str], bool] = lambda _: False
    ) -> None:
        """Read files at once, if they are much text and there is more than one core.

        Only the command line does: a script of somebody else reads in its own process. `is_kept`
        tells of a file that it need not be read; it costs a digest of the file.
        """
        if processes.cores() > 1 and _are_much(names):
            names = [name for name in names if not is_kept(name)]
            if _are_much(names):
                files = [(name, self._templates.of(name)) for name in names]
                for name, (sign, content) in _read_in_pool(files, processes.cores()):
                    self._ahead[name] = sign, msgspec.msgpack.decode(content, type=Reading)


def _are_much(names: Sequence[str]) -> bool:
    sizes = list(map(os.path.getsize, filter(os.path.isfile, names)))
    return len(sizes) > 1 and sum(sizes) >= ENOUGH


def _read_in_pool(files: Sequence[File], cores: int) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """Yield what each file says, but for those that cannot be read.

    What a process fails at, or dies of, is read in its turn.
    """
    import multiprocessing  # here: most runs read little
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

    if multiprocessing.parent_process() is not None:  # each core is at work already
        return
    context = multiprocessing.get_context("spawn")  # the same on every system
    size = 1 + len(files) // (_PARTS * cores)
    try:
        number, end = min(cores, len(files)), processes.end_with_parent
        with ProcessPoolExecutor(number, context, initializer=end) as pool:
            parts = [files[start : start + size] for start in range(0, len(files), size)]
            for future in [pool.submit(_read_part, part) for part in parts]:
                if future.exception() is None:
                    yield from future.result()
    except (BrokenExecutor, OSError) as error:  # no process can be started
        log.info("%s; files are read one after the other", error)


def _read_part(files: Sequence[File]) -> list[tuple[str, tuple[bytes, bytes]]]:
    results = ((file[0], _read(file)) for file in files)
    return [(name, result) for name, result in results if result]


def _read(file: File) -> tuple[bytes, bytes] | None:
    """Return the digest of a file and what it says; None for one that cannot be read."""
    name, templates = file
    try:
        with open(name, "rb") as stream:  # noqa: PTH123  # any name
            data = stream.read()
        reading = read(data, name, templates)
    except (OSError, SeedError):  # reported in its turn
        return None
    reading.files[name].data = b""
    return digest(data), msgspec.msgpack.encode(reading)
