"""Rules on code repositories: what their host says of them. They need a dataset, from a run or from the cache."""

from __future__ import annotations

from collections.abc import Iterator

from harvest.checks.base import Page, Problem, Rule, rule
from harvest.models import Identifier, Mention, Repository


def _known(page: Page) -> Iterator[tuple[Mention, Identifier, Repository]]:
    """Give each link to a repository with what is known of it."""
    for mention in page.mentions if page.known else ():
        found = page.known.repository(mention.identifier) if page.known else None
        if found and mention.identifier and mention.entry is not None:
            yield mention, mention.identifier, found


@rule(
    Rule(
        code="repository-gone",
        name="Repository gone",
        what="The host says that there is no such repository, or withholds it.",
        why="Readers find nothing; it was deleted, made private, or blocked.",
        example="`https://github.com/owner/deleted`",
        fix="Look for a copy of the authors, or take the link out.",
        level="error",
    )
)
def repository_gone(page: Page) -> Iterator[Problem]:
    """Report what is gone or blocked; a host that did not answer says neither."""
    for mention, name, repository in _known(page):
        if repository.status in {"gone", "blocked"}:
            yield Problem(mention.line, f"{name} is {repository.status}")


@rule(
    Rule(
        code="repository-moved",
        name="Repository renamed",
        what="A repository has another name or owner than the list says.",
        why="The redirect ends as soon as somebody takes the old name.",
        example="`https://github.com/old/name`, now `new/name`",
        fix="Link the present name.",
        fixable=True,
    )
)
def repository_moved(page: Page) -> Iterator[Problem]:
    """Offer the present name where the host knows it by the number of the repository."""
    for mention, name, repository in _known(page):
        if repository.status != "ok" or str(name).lower() == repository.id.lower():
            continue
        present = repository.id.partition(":")[2]
        certain = repository.repository_id is not None and mention.url.count(name.value) == 1
        replace = (mention.url, mention.url.replace(name.value, present)) if certain else None
        yield Problem(mention.line, f"{name} is now {repository.id}", replace)


@rule(
    Rule(
        code="repository-archived",
        name="Repository archived",
        what="The owner has made the repository read-only.",
        why="Nobody will answer questions or mend it.",
        example="A repository with the banner `This repository has been archived`",
        fix="Nothing, or link a maintained fork beside it.",
        level="note",
    )
)
def repository_archived(page: Page) -> Iterator[Problem]:
    """Report what its owner has closed."""
    for mention, name, repository in _known(page):
        if repository.archived:
            yield Problem(mention.line, f"{name} is archived")


@rule(
    Rule(
        code="repository-empty",
        name="Repository empty",
        what="The repository has no commit.",
        why="The code was announced and never published.",
        example="`https://github.com/owner/coming-soon`",
        fix="Take the link out until there is code.",
    )
)
def repository_empty(page: Page) -> Iterator[Problem]:
    """Report what has nothing in it."""
    for mention, name, repository in _known(page):
        if repository.activity == "empty":
            yield Problem(mention.line, f"{name} is empty")


@rule(
    Rule(
        code="repository-fork",
        name="Repository is a fork",
        what="The repository was forked from another one.",
        why="The code may be somebody else's, with few or no changes.",
        example="`thinkercache/stylegan2-ada-pytorch`, forked from `NVlabs/stylegan2-ada-pytorch`",
        fix="Nothing, if it holds the authors' changes.",
        level="note",
    )
)
def repository_fork(page: Page) -> Iterator[Problem]:
    """Name the repository that it was forked from."""
    for mention, name, repository in _known(page):
        if repository.fork_of:
            yield Problem(mention.line, f"{name} is a fork of {repository.fork_of}")
