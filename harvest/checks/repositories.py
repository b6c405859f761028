"""Rules on code repositories: what their host says of them. They need a dataset, from a run or from the cache."""

from __future__ import annotations

from collections.abc import Iterator

from harvest.checks.base import Page, Problem, rule
from harvest.models import Identifier, Mention, Repository


def _known(page: Page) -> Iterator[tuple[Mention, Identifier, Repository]]:
    """Give each link to a repository with what is known of it."""
    for mention in page.mentions if page.known else ():
        found = page.known.repository(mention.identifier) if page.known else None
        if found and mention.identifier and mention.entry is not None:
            yield mention, mention.identifier, found


@rule("repository-gone", level="error")
def repository_gone(page: Page) -> Iterator[Problem]:
    """Repository gone.

    The host says that there is no such repository, or withholds it.
    Why: Readers find nothing; it was deleted, made private, or blocked.
    Example: `https://github.com/owner/deleted`
    Fix: Look for a copy of the authors, or take the link out.
    """
    # Report what is gone or blocked; a host that did not answer says neither.
    for mention, name, repository in _known(page):
        if repository.status in {"gone", "blocked"}:
            yield Problem(mention.line, f"{name} is {repository.status}")


@rule("repository-moved", fixable=True)
def repository_moved(page: Page) -> Iterator[Problem]:
    """Repository renamed.

    A repository has another name or owner than the list says.
    Why: The redirect ends as soon as somebody takes the old name.
    Example: `https://github.com/old/name`, now `new/name`
    Fix: Link the present name.
    """
    # Offer the present name where the host knows it by the number of the repository.
    for mention, name, repository in _known(page):
        if repository.status != "ok" or str(name).lower() == repository.id.lower():
            continue
        present = repository.id.partition(":")[2]
        certain = repository.repository_id is not None and mention.url.count(name.value) == 1
        replace = (mention.url, mention.url.replace(name.value, present)) if certain else None
        yield Problem(mention.line, f"{name} is now {repository.id}", replace)


@rule("repository-archived", level="note")
def repository_archived(page: Page) -> Iterator[Problem]:
    """Repository archived.

    The owner has made the repository read-only.
    Why: Nobody will answer questions or mend it.
    Example: A repository with the banner `This repository has been archived`
    Fix: Nothing, or link a maintained fork beside it.
    """
    for mention, name, repository in _known(page):
        if repository.archived:
            yield Problem(mention.line, f"{name} is archived")


@rule("repository-empty")
def repository_empty(page: Page) -> Iterator[Problem]:
    """Repository empty.

    The repository has no commit.
    Why: The code was announced and never published.
    Example: `https://github.com/owner/coming-soon`
    Fix: Take the link out until there is code.
    """
    for mention, name, repository in _known(page):
        if repository.activity == "empty":
            yield Problem(mention.line, f"{name} is empty")


@rule("repository-fork", level="note")
def repository_fork(page: Page) -> Iterator[Problem]:
    """Repository is a fork.

    The repository was forked from another one.
    Why: The code may be somebody else's, with few or no changes.
    Example: `thinkercache/stylegan2-ada-pytorch`, forked from `NVlabs/stylegan2-ada-pytorch`
    Fix: Nothing, if it holds the authors' changes.
    """
    for mention, name, repository in _known(page):
        if repository.fork_of:
            yield Problem(mention.line, f"{name} is a fork of {repository.fork_of}")
