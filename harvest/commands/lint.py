"""`harvest lint`: findings and fixes for lists, without a request.

Answers of registries come from the cache. Without it, the rules that need them are silent.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from typer import Option

from harvest import checks, new_files, pipeline
from harvest.checks.fix import ROUNDS, apply_fixes
from harvest.checks.report import FORMATS
from harvest.commands.exits import Exit
from harvest.commands.options import FORMAT, Cache, Config, Names, new_app
from harvest.commands.progress import is_watched, show_progress
from harvest.commands.settings import load_settings
from harvest.commands.streams import note, write
from harvest.config import Settings
from harvest.dataset import facets
from harvest.errors import UsageError
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.lookup.session import Progress
from harvest.models import Finding, Mention, Reading, Target
from harvest.readers import read
from harvest.readers.templates import Templates

_CONTEXT = 3  # unchanged lines around a change

LintFormat = StrEnum("LintFormat", ["TEXT", "GITHUB", "JSON", "SARIF"])
Lists = Annotated[
    list[str] | None,
    Names(metavar="[LIST]...", help="A file, folder, glob or - [default: settings]"),
]

app = new_app()


@app.command(epilog="Example: harvest lint README.md --format github --ignore date-lag,no-doi")
def lint(  # noqa: PLR0913, PLR0917  # one argument a flag
    seeds: Lists = None,
    output_format: Annotated[LintFormat, FORMAT] = LintFormat.TEXT,
    select: Annotated[str, Option(metavar="CODES", help="Report these rules only.")] = "",
    ignore: Annotated[str, Option(metavar="CODES", help="Do not report these rules.")] = "",
    fix: Annotated[bool, Option("--fix", help="Apply the safe corrections.")] = False,
    diff: Annotated[bool, Option("--diff", help="Preview the safe corrections.")] = False,
    cache: Cache = None,
    config: Config = None,
) -> None:
    """Check lists for problems, offline. Exits with 1 if any are found."""
    settings = load_settings(config, {"seeds": seeds, "cache": cache})
    linter = Linter(settings, _codes(select), _codes(ignore))
    if diff:
        corrections = _corrections(linter)
        for path, (before, after) in corrections.items():
            write(unified_diff(path, before, after))
        raise typer.Exit(Exit.FINDINGS if corrections else Exit.PUBLISHED)
    if fix:
        for path, (_, after) in _corrections(linter).items():
            replace_file(path, after)
            note(f"fixed: {path}")
        linter.read()
    findings = linter.findings()
    write(FORMATS[output_format](findings).encode())
    if linter.view is None and output_format is LintFormat.TEXT:
        note("No registry was asked yet: `harvest refresh` lets lint report retractions and moves.")
    raise typer.Exit(Exit.FINDINGS if findings else Exit.PUBLISHED)


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _corrections(linter: Linter) -> dict[Path, tuple[bytes, bytes]]:
    with show_progress(quiet=not is_watched()) as progress:
        return linter.fixes(progress)


class Linter:
    """Lists, and what registries have answered about them.

    `read` reads the lists once more, after a change. Raises UsageError for lists that cannot be
    read.
    """

    def __init__(
        self, settings: Settings, select: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> None:
        self.settings = settings
        self.select = select
        self.ignore = ignore
        self.vocabulary = facets.load(settings.vocabulary)
        self.templates = Templates(settings.layout)
        self.read()
        self.view = pipeline.preview(settings, self.reading)
        # What a search found for mentions without a DOI or arXiv id; fixes do not change it.
        self.matches: dict[MentionKey, Target] = {}
        mentions = self.reading.mentions
        linked = self.view.mentions if self.view else mentions
        for mention, match in zip(mentions, linked, strict=True):
            if mention.target != match.target:
                self.matches[_key(mention)] = match.target

    def read(self) -> None:
        """Read the lists."""
        memo = Memo(Path(self.settings.cache), readonly=True)
        self.reading = Readings(memo, self.templates).read_lists(self.settings.seeds)

    def findings(self) -> list[Finding]:
        """Return the findings of all lists, sorted. Raises UsageError for an unknown code."""
        return self._check(self.reading, self.view.findings if self.view else ())

    def fixes(self, progress: Progress = lambda *_: None) -> dict[Path, tuple[bytes, bytes]]:
        """Return each file that can be fixed, before and after; nothing is written.

        Raises UsageError for a list that is no local file.
        """
        changes = {}
        files = self.reading.files
        for number, (seed, file) in enumerate(files.items()):
            path = Path(seed)
            if not path.is_file():
                raise UsageError(
                    f"{seed}: is not a local file, so nothing can be fixed there: give a local copy"
                )
            report = partial(_report, progress, number, len(files))
            new = apply_fixes(file.data, partial(self._check_file, seed), report)
            if new != file.data:
                changes[path] = file.data, new
        return changes

    def _check_file(self, seed: str, data: bytes) -> list[Finding]:
        return self._check(read(data, seed, self.templates.of(seed)))

    def _check(self, reading: Reading, findings: Iterable[Finding] = ()) -> list[Finding]:
        mentions = []
        for mention in reading.mentions:
            target = self.matches.get(_key(mention), mention.target)
            mentions.append(msgspec.structs.replace(mention, target=target))
        findings = [*reading.findings, *findings]
        dataset = self.view.dataset if self.view else None
        findings = checks.check(reading.files, mentions, findings, self.vocabulary, dataset)
        return checks.choose(findings, self.select, self.ignore)


MentionKey = tuple[str, int, str | None, Target]


def _key(mention: Mention) -> MentionKey:
    return mention.seed, mention.line, mention.title, mention.target


def _report(progress: Progress, file: int, files: int, number: int) -> None:
    progress("fixing", file * ROUNDS + number, files * ROUNDS)


def unified_diff(path: Path, old: bytes, new: bytes) -> bytes:
    """Return a unified diff of a file before and after fixes, which move no lines.

    difflib would take time quadratic in the lines.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    name = os.fsencode(path)
    lines = [b"--- %s\n" % name, b"+++ %s\n" % name]
    for start, end in _hunks(before, after):
        lines.append(b"@@ -%d,%d +%d,%d @@\n" % (start + 1, end - start, start + 1, end - start))
        lines += _hunk_lines(before[start:end], after[start:end])
    no_end = b"\n\\ No newline at end of file\n"
    return b"".join(line if line.endswith(b"\n") else line + no_end for line in lines)


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return the first line of each hunk and the line after its last one, counted from 0.

    Changes whose context would touch are one hunk.
    """
    hunks: list[tuple[int, int]] = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            start = max(0, number - _CONTEXT)
            end = min(len(before), number + 1 + _CONTEXT)
            if hunks and start <= hunks[-1][1]:
                start, _ = hunks.pop()
            hunks.append((start, end))
    return hunks


def _hunk_lines(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the lines of a hunk; neighbouring changes come as all old lines, then all new ones."""
    pairs = zip(before, after, strict=True)
    for is_same, group in groupby(pairs, lambda pair: pair[0] == pair[1]):
        old, new = zip(*group, strict=True)
        if is_same:
            yield from (b" " + line for line in old)
        else:
            yield from (b"-" + line for line in old)
            yield from (b"+" + line for line in new)


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole and keep its permissions. Raises UsageError if it cannot."""
    try:
        new_files.replace_file(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
