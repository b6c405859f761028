"""Many files at once: each core of the machine reads some of them, this process among them.

A process costs as much as reading a megabyte, so it is for much text alone.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from harvest import processes
from harvest.digests import digest
from harvest.errors import SeedError
from harvest.garbage import without_gc
from harvest.models import Reading
from harvest.readers import read
from harvest.readers.templates import NO_TEMPLATES, Template, Templates

ENOUGH = 4_000_000  # bytes
_AHEAD = 2  # parts handed over for each core, so that none of them waits
_PARTS = 64  # of the files for each core, since some take longer than others

log = logging.getLogger(__name__)

File = tuple[str, tuple[Template, ...]]  # a name, and the layouts that were set
Ahead = tuple[bytes, Reading]  # the digest of a file, and what it says


class FileReader:
    """Reads files by the layouts that were set, and remembers those that were read ahead."""

    def __init__(self, templates: Templates = NO_TEMPLATES) -> None:
        self._templates = templates
        self._ahead: dict[str, Ahead] = {}

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
                self._ahead |= _read_in_pool(files, processes.cores())


def _are_much(names: Sequence[str]) -> bool:
    sizes = list(map(os.path.getsize, filter(os.path.isfile, names)))
    return len(sizes) > 1 and sum(sizes) >= ENOUGH


def _read_in_pool(files: Sequence[File], cores: int) -> Iterator[tuple[str, Ahead]]:
    """Yield what each file says, but for those that cannot be read.

    Other processes read from the first file on, and this one from the last. What one of them fails
    at, or dies of, is read in its turn.
    """
    import multiprocessing  # here: most runs read little
    from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor

    if multiprocessing.parent_process() is not None:  # each core is at work already
        return
    context = multiprocessing.get_context("spawn")  # the same on every system
    size = 1 + len(files) // (_PARTS * cores)
    try:
        with ProcessPoolExecutor(cores - 1, context, initializer=processes.end_with_parent) as pool:
            parts = deque(files[start : start + size] for start in range(0, len(files), size))
            handed: deque[Future[list[tuple[str, bytes, bytes]]]] = deque()
            while parts or handed:
                while parts and len(handed) < _AHEAD * cores:
                    handed.append(pool.submit(_read_part, parts.popleft()))
                if parts and not handed[0].done():
                    yield from _read_each(parts.pop())
                    continue
                future = handed.popleft()
                if future.exception() is None:
                    for name, sign, content in future.result():
                        yield name, (sign, msgspec.msgpack.decode(content, type=Reading))
    except (BrokenExecutor, OSError) as error:  # no process can be started
        log.info("%s; files are read one after the other", error)


def _read_part(files: Sequence[File]) -> list[tuple[str, bytes, bytes]]:
    """Return what files say in the bytes in which processes hand it to another."""
    ahead = _read_each(files)
    return [(name, sign, msgspec.msgpack.encode(reading)) for name, (sign, reading) in ahead]


def _read_each(files: Iterable[File]) -> Iterator[tuple[str, Ahead]]:
    """Yield the digest of each file that can be read, and what it says."""
    for name, templates in files:
        try:
            with open(name, "rb") as stream:  # noqa: PTH123  # any name
                data = stream.read()
            reading = read(data, name, templates)
        except (OSError, SeedError):  # reported in its turn
            continue
        reading.files[name].data = b""
        yield name, (digest(data), reading)
