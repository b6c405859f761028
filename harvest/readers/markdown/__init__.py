"""Markdown lists: GitHub tables, list items, prose, and the HTML that people put between them."""

from harvest.readers.markdown.document import Markdown

__all__ = ["Markdown"]
