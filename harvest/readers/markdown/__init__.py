"""Markdown lists: GitHub tables, list items, prose, and the HTML that people put between them."""

from __future__ import annotations

import re
from operator import attrgetter

from harvest.models import Finding, ListFile, Reading
from harvest.readers.base import Reader
from harvest.readers.markdown.document import Document, UnclosedError

_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?=[\w\"'-]+[ \t]*:\s|#)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)"
)


class Markdown(Reader):
    """Markdown as GitHub reads it."""

    suffixes = (".md", ".markdown", ".mdown", ".mkd")

    def read(self, text: str, name: str) -> Reading:
        """Read every link, image, bare URL and bare id of a text, with the entry around it.

        A fence or comment that is never closed is a finding, and what follows it is read all the
        same.
        """
        front_matter = _FRONT_MATTER.match(text)
        code: set[int] = set()
        if front_matter:
            code.update(range(1, front_matter[0].rstrip("\n").count("\n") + 2))
            text = "\n" * front_matter[0].count("\n") + text[front_matter.end() :]
        findings: list[Finding] = []
        while True:
            document = Document(text, name)
            try:
                document.read()
            except UnclosedError as unclosed:
                findings.append(unclosed.finding)
                text = unclosed.text
            else:
                break
        headings = document.outline.sections(text.count("\n") + 2)
        file = ListFile(markdown=True, headings=headings, code=code | document.code)
        mentions = sorted(document.mentions.all, key=attrgetter("line"))
        return Reading(mentions, findings, {name: file})
