"""Rules on code repositories: what their host says of them. They need a dataset."""

from __future__ import annotations

from collections.abc import Iterator

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.entries import CODE_SCHEMES
from harvest.models import Identifier, Mention, Repository


def _repositories(file: CheckedFile) -> Iterator[tuple[Mention, Identifier, Repository]]:
    for mention in file.mentions:
        identifier = mention.identifier if mention.entry is not None else None
        if identifier is None or identifier.scheme not in CODE_SCHEMES:
            continue
        repository = file.registries.repository(identifier)
        if repository:
            yield mention, identifier, repository


@rule("repository-gone", "Repository gone", level="error")
def repository_gone(file: CheckedFile) -> Violations:
    """The host says that there is no such repository, or withholds it.

    Why: Readers find nothing; it was deleted, made private, or blocked.
    Example: `https://github.com/owner/deleted`
    Fix: Look for a copy of the authors, or take the link out.
    """
    for mention, identifier, repository in _repositories(file):
        if repository.status in {"gone", "blocked"}:
            yield mention.line, f"{identifier} is {repository.status}"


@rule("repository-moved", "Repository renamed", fixable=True)
def repository_moved(file: CheckedFile) -> Violations:
    """A repository has another name or owner than the list says.

    Why: The redirect ends as soon as somebody takes the old name.
    Example: `https://github.com/old/name`, now `new/name`
    Fix: Link the present name.
    """
    for mention, identifier, repository in _repositories(file):
        if repository.status != "ok" or str(identifier).lower() == repository.id.lower():
            continue
        old, new = identifier.value, repository.id.partition(":")[2]
        # Without its number, the present repository may be somebody else's under the old name.
        is_certain = repository.repository_id is not None and mention.url.count(old) == 1
        fix = (mention.url, mention.url.replace(old, new)) if is_certain else None
        yield mention.line, f"{identifier} is now {repository.id}", fix


@rule("repository-archived", "Repository archived", level="note")
def repository_archived(file: CheckedFile) -> Violations:
    """The owner has made the repository read-only.

    Why: Nobody will answer questions or mend it.
    Example: A repository with the banner `This repository has been archived`
    Fix: Nothing, or link a maintained fork beside it.
    """
    for mention, identifier, repository in _repositories(file):
        if repository.archived:
            yield mention.line, f"{identifier} is archived"


@rule("repository-empty", "Repository empty")
def repository_empty(file: CheckedFile) -> Violations:
    """The repository has no commit.

    Why: The code was announced and never published.
    Example: `https://github.com/owner/coming-soon`
    Fix: Take the link out until there is code.
    """
    for mention, identifier, repository in _repositories(file):
        if repository.activity == "empty":
            yield mention.line, f"{identifier} is empty"


@rule("repository-fork", "Repository is a fork", level="note")
def repository_fork(file: CheckedFile) -> Violations:
    """The repository was forked from another one.

    Why: The code may be somebody else's, with few or no changes.
    Example: `thinkercache/stylegan2-ada-pytorch`, forked from `NVlabs/stylegan2-ada-pytorch`
    Fix: Nothing, if it holds the authors' changes.
    """
    for mention, identifier, repository in _repositories(file):
        if repository.fork_of:
            yield mention.line, f"{identifier} is a fork of {repository.fork_of}"
