"""`harvest lint`: what a maintainer should know or fix of lists, without asking anybody.

What registries once answered is taken from the cache; where there is none, the rules that need it are silent.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from difflib import diff_bytes, unified_diff
from functools import partial
from itertools import groupby
from pathlib import Path

from harvest import checks, pipeline
from harvest.checks.base import Reported
from harvest.checks.fix import fixed
from harvest.config import Settings
from harvest.dataset import facets
from harvest.errors import UsageError
from harvest.lookup.lookup import Progress
from harvest.readers import read

_CONTEXT = 3  # lines around a change


class Linter:
    """Reads lists once, and tells what is to be fixed and how. Raises UsageError for a code that is none."""

    def __init__(
        self, settings: Settings, select: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.vocabulary = facets.load(settings.vocabulary)
        self.reading = pipeline.extract(settings.seeds)
        self.view = pipeline.remembered(settings, self.reading.mentions)

    def findings(self) -> list[Reported]:
        """Give the findings of all lists, sorted."""
        mentions, said, dataset = self.reading.mentions, self.reading.findings, None
        if self.view:
            mentions, dataset = self.view.mentions, self.view.dataset
            said = [*said, *self.view.findings]
        found = checks.check(self.reading.files, mentions, said, self.vocabulary, dataset)
        return checks.chosen(found, self.select, self.ignore)

    def fixes(self, progress: Progress = lambda *_: None) -> dict[Path, tuple[bytes, bytes]]:
        """Give each file that can be put right, before and after. Raises UsageError for a list that is no file."""
        changed, files = {}, self.reading.files
        for number, (seed, file) in enumerate(files.items()):
            path, data = Path(seed), file.data
            if not path.is_file():
                raise UsageError(
                    f"{seed}: is no file, so nothing can be fixed there: give a local copy"
                )
            new = fixed(
                data, partial(self._file, seed), partial(_step, progress, number, len(files))
            )
            if new != data:
                changed[path] = data, new
        return changed

    def _file(self, seed: str, data: bytes) -> list[Reported]:
        reading = read(data, seed)
        known = self.view.dataset if self.view else None
        found = checks.check(
            reading.files, reading.mentions, reading.findings, self.vocabulary, known
        )
        return checks.chosen(found, self.select, self.ignore)


def _step(progress: Progress, file: int, files: int, done: int, rounds: int) -> None:
    """Tell of one round of a file among all rounds of all files."""
    progress("fixing", file * rounds + done, files * rounds)


def difference(path: Path, old: bytes, new: bytes) -> bytes:
    """Give a unified diff of the two contents of a file."""
    before, after = (content.splitlines(keepends=True) for content in (old, new))
    name = os.fsencode(path)
    aligned = len(before) == len(
        after
    )  # difflib takes time quadratic in the lines, and fixes move none
    lines = (
        _hunks(before, after)
        if aligned
        else list(diff_bytes(unified_diff, before, after, name, name))[2:]
    )
    whole = [b"--- %s\n" % name, b"+++ %s\n" % name, *lines]
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in whole
    )


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[bytes]:
    """Give the hunks of a unified diff of two contents line by line."""
    spans: list[tuple[int, int]] = []  # from the first changed line of a hunk to its last
    for number in (
        number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new
    ):
        near = spans and number - spans[-1][1] <= 2 * _CONTEXT + 1
        spans.append((spans.pop()[0] if near else number, number))
    for start, last in spans:
        first, end = max(0, start - _CONTEXT), min(len(before), last + 1 + _CONTEXT)
        yield b"@@ -%d,%d +%d,%d @@\n" % (first + 1, end - first, first + 1, end - first)
        pairs = zip(before[first:end], after[first:end], strict=True)
        for differ, run in groupby(pairs, key=lambda pair: pair[0] != pair[1]):
            old, new = zip(*run, strict=True)
            yield from (b"-" + line if differ else b" " + line for line in old)
            yield from (b"+" + line for line in new if differ)


def write(path: Path, content: bytes) -> None:
    """Replace a file as a whole, with the permissions that it had. Raises UsageError when that is not allowed."""
    target = path.resolve()
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        shutil.copymode(target, name)
        Path(name).replace(target)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
