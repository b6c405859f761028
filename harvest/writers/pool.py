"""The published formats of a dataset. Those of a large one are made on two cores.

A second process reads the dataset from its file, as anyone could. It is given the formats from the
first on, while this one makes them from the last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor
from functools import lru_cache
from pathlib import Path

import msgspec

from harvest import processes, writers
from harvest.config import Publish
from harvest.dataset import publication
from harvest.dataset.publication import Publication
from harvest.new_files import Content
from harvest.writers.json import JsonWriter

ENOUGH = 5_000  # works: to start a process and read them costs as much as writing 2,000

Files = Mapping[str, Content]

log = logging.getLogger(__name__)


def names() -> list[str]:
    """Return the names of the formats that each refresh writes."""
    return [name for name, writer in writers.discover().items() if writer.published]


def write(content: Publication, folder: Path) -> Iterator[tuple[str, Files]]:
    """Yield the files of each published format but JSON, which `folder` holds already."""
    waiting = [name for name in names() if name != JsonWriter.name]
    if len(content.works) >= ENOUGH and processes.cores() > 1:
        try:
            yield from _write_in_two(waiting, content, folder)
        except (BrokenExecutor, OSError) as error:  # no process can be started
            log.info("%s; formats are made one after the other", error)
    for name in waiting:
        yield name, writers.discover()[name].pieces(content)


def _write_in_two(
    waiting: list[str], content: Publication, folder: Path
) -> Iterator[tuple[str, Files]]:
    """Yield the files of each format, which is taken off those that wait."""
    import multiprocessing  # here: most datasets are small
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # the same on every system
    pool = ProcessPoolExecutor(1, context, initializer=processes.prepare)
    try:
        futures = {name: pool.submit(_write, name, folder, content.settings) for name in waiting}
        while waiting:
            name = next((it for it in waiting if futures[it].done()), waiting[-1])
            future = futures.pop(name)
            is_free = future.cancel()
            files = writers.discover()[name].pieces(content) if is_free else future.result()
            waiting.remove(name)
            yield name, files
    finally:
        pool.shutdown(cancel_futures=True)


def _write(name: str, folder: Path, settings: Publish) -> dict[str, bytes]:
    content = msgspec.structs.replace(_read(folder), settings=settings)
    return writers.discover()[name].write(content)


@lru_cache(maxsize=1)
def _read(folder: Path) -> Publication:
    """Return what a folder holds, which is read once. Raises OSError for one without a dataset."""
    content = publication.read(folder, Publish())
    if content is None:
        raise FileNotFoundError(folder)
    return content
