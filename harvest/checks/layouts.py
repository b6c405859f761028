"""Rules on the layout of entries: what a reader can tell apart in them."""

from __future__ import annotations

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile

_MIN_ITEMS = 4  # items that a file needs before they can have a layout


@rule("layout-unclear", "Layout not understood")
def layout_unclear(file: CheckedFile) -> Violations:
    """Most items of a list that name a work have no title that can be told from the rest.

    Why: Without a title a work cannot be searched, nor a wrong link be noticed.
    Example: `- 2021, [pdf](https://arxiv.org/abs/2112.13592), see above` again and again
    Fix: Write each item as `[Title](link) Authors (year)`; `harvest extract --layout` shows what is
    understood.
    """
    items = [entry for entry in file.works if file.is_markdown and not entry.first.columns]
    nameless = [entry for entry in items if entry.first.title is None]
    if len(items) >= _MIN_ITEMS and 2 * len(nameless) > len(items):
        yield nameless[0].line, f"{len(nameless)} of {len(items)} items have no title"
