"""`harvest lint`: what a maintainer should know or fix of lists, without asking anybody.

What registries once answered is taken from the cache; where there is none, the rules that need it are silent.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from difflib import diff_bytes, unified_diff
from pathlib import Path

from harvest import checks, facets, pipeline
from harvest.checks.base import Reported
from harvest.checks.fix import fixed
from harvest.config import Settings
from harvest.errors import UsageError
from harvest.identifiers import identify
from harvest.readers import read


class Linter:
    """Reads lists once, and tells what is to be fixed and how. Raises UsageError for a code that is none."""

    def __init__(self, settings: Settings, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> None:
        self.select = select
        self.ignore = ignore
        self.vocabulary = facets.load(settings.vocabulary)
        self.pairs, self.reading = pipeline.extract(settings.seeds)
        self.view = pipeline.remembered(settings, self.pairs)

    def findings(self) -> list[Reported]:
        """Give the findings of all lists, sorted."""
        pairs, said, dataset = self.pairs, self.reading.findings, None
        if self.view:
            pairs, said, dataset = self.view.pairs, [*said, *self.view.findings], self.view.dataset
        found = checks.check(self.reading.files, pairs, said, self.vocabulary, dataset)
        return checks.chosen(found, self.select, self.ignore)

    def fixes(self) -> dict[Path, tuple[bytes, bytes]]:
        """Give each file that can be put right, before and after. Raises UsageError for a list that is no file."""
        changed = {}
        for seed, data in self.reading.files.items():
            path = Path(seed)
            if not path.is_file():
                raise UsageError(f"{seed}: is no file, so nothing can be fixed there: give a local copy")
            new = fixed(data, lambda content, seed=seed: self._file(content, seed))  # type: ignore[misc]  # mypy does not infer a lambda's default
            if new != data:
                changed[path] = data, new
        return changed

    def _file(self, data: bytes, seed: str) -> list[Reported]:
        reading = read(data, seed)
        pairs = [(mention, identify(mention.url)) for mention in reading.mentions]
        known = self.view.dataset if self.view else None
        found = checks.check({seed: data}, pairs, reading.findings, self.vocabulary, known)
        return checks.chosen(found, self.select, self.ignore)


def difference(path: Path, old: bytes, new: bytes) -> bytes:
    """Give a unified diff of the two contents of a file."""
    before, after = (content.splitlines(keepends=True) for content in (old, new))
    name = os.fsencode(path)
    lines = diff_bytes(unified_diff, before, after, name, name)
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


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
