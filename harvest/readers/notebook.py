"""Jupyter notebooks: the text cells, each line with its line in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvest.models import Finding, Reading
from harvest.readers.base import Presets, Reader
from harvest.readers.json import tree
from harvest.readers.translation import Translation
from harvest.readers.values import Value

_MARKS = {str(level): "#" * level for level in range(1, 7)}


class Notebook(Reader):
    """Notebooks of version 4 and 3, and their Markdown."""

    suffixes = (".ipynb",)

    def is_certain(self, text: str) -> bool:
        """Return True for an object with cells and a version."""
        return text.lstrip()[:1] == "{" and '"cells"' in text and '"nbformat"' in text

    def read(self, text: str, name: str, templates: Presets = ()) -> Reading:
        """Read the cells of Markdown; code and its output list nothing."""
        try:
            cells = [*_cells(tree(text))]
        except (ValueError, RecursionError) as error:
            message = f"cannot be read as JSON: {error}"
            return Reading([], [Finding(name, 1, "malformed-json", message)])
        translation = Translation()
        for cell in cells:
            kind, source, level = map(cell.get, ("cell_type", "source", "level"))
            if not (kind and source and kind.text in {"markdown", "heading"}):
                continue
            if kind.text == "heading":  # of version 3
                text = " ".join(value.text for value in source.texts())
                translation.add(
                    f"{_MARKS.get(level.text if level else '', '#')} {text}", source.line
                )
                translation.add("", source.line)
                continue
            for value in source.texts() if source.is_text else source.items or []:
                for line in re.sub(r"\n$", "", value.text).split("\n"):
                    translation.add(line, value.line)
            translation.add("", source.line)
        return translation.read(name, templates)


def _cells(notebook: Value) -> Iterator[Value]:
    """Yield the cells of a notebook; those of version 3 stand in worksheets."""
    sheets = notebook.get("worksheets")
    for holder in (notebook, *((sheets.items or ()) if sheets else ())):
        cells = holder.get("cells")
        yield from (cells.items or ()) if cells else ()
