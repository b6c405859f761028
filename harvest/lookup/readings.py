"""Lists as they were read: each file once for all runs, and many files at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harvest.digests import digest
from harvest.lookup import memo
from harvest.lookup.memo import Memo
from harvest.models import Reading
from harvest.readers import walk
from harvest.readers.pool import FileReader
from harvest.readers.templates import NO_TEMPLATES, Templates


class Readings:
    """Reads lists; what any run has read comes from the memo."""

    def __init__(self, results: Memo, templates: Templates = NO_TEMPLATES) -> None:
        self._results = results
        self._templates = templates
        self._reader = FileReader(templates)

    def read_lists(self, names: Sequence[str], remote: walk.Remote | None = None) -> Reading:
        """Read lists as `readers.walk.read_lists` does."""
        return walk.read_lists(names, remote, read_file=self.read, read_ahead=self.read_ahead)

    def read(self, data: bytes, name: str) -> Reading:
        """Return the reading of a file. Raises SeedError for binary data."""
        key = self._key(data, name)
        reading = self._results.get(key, Reading)
        if reading is None:
            reading = self._reader.read(data, name)
            reading.files[name].data = b""
            self._results.put(key, reading)
        reading.files[name].data = data
        return reading

    def read_ahead(self, names: Sequence[str]) -> None:
        """Read files that no run has read before, if they are many."""
        self._reader.read_ahead(names, self._is_remembered)

    def _is_remembered(self, name: str) -> bool:
        try:
            return self._results.holds(self._key(Path(name).read_bytes(), name))
        except OSError:  # reported in its turn
            return False

    def _key(self, data: bytes, name: str) -> str:
        templates = repr(self._templates.of(name)).encode()
        return f"reading-{digest(memo.version(), name.encode(), data, templates).hex()}"
