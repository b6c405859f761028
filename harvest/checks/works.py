"""Rules on works: what registries say of what a list links to. They need a dataset, from a run or from the cache."""

from __future__ import annotations

from collections.abc import Iterator

from harvest.checks.base import Page, Problem, rule
from harvest.models import Mention, NoticeKind, Work


def _known(page: Page) -> Iterator[tuple[Mention, str, Work]]:
    """Give each link of a work with its identifier and what is known of it."""
    for entry in page.works if page.known else ():
        for mention, name in entry.papers:
            work = page.known.work(name) if page.known else None
            if work:
                yield mention, str(name), work


@rule("unresolved", level="error")
def unresolved(page: Page) -> Iterator[Problem]:
    """Unknown to the registries.

    The registry of an identifier says that there is no such thing.
    Why: The identifier is mistyped, or the work was never registered.
    Example: `https://doi.org/10.9999/no-such-thing`
    Fix: Look the work up by its title and link what is found.
    """
    # Report works of which every identifier was asked for in vain.
    for mention, name, work in _known(page):
        if work.status == "not_found":
            yield Problem(mention.line, f"no registry knows {name}")


@rule("published", level="note")
def published(page: Page) -> Iterator[Problem]:
    """Published since.

    A preprint is linked that has been published in a journal or in proceedings.
    Why: The published form is the one that was reviewed and is cited.
    Example: `arxiv:2203.10003`, published as `doi:10.1016/j.media.2022.102461`
    Fix: Link the published form, or both.
    """
    # Name the version of record, unless the entry links it too.
    for entry in page.works if page.known else ():
        own = {str(name) for _, name in entry.papers}
        for mention, name in entry.papers:
            work = page.known.work(name) if page.known else None
            forms = (
                [f.identifier for f in work.manifestations if f.kind == "version_of_record"]
                if work
                else []
            )
            preprint = name is not None and name.scheme == "arxiv"
            if preprint and forms and not own & set(forms):
                yield Problem(mention.line, f"{name} has been published as {forms[0]}")


@rule("same-work")
def same_work(page: Page) -> Iterator[Problem]:
    """One work under two identifiers.

    Two entries of a list link to two forms of one work.
    Why: It is counted twice, and each entry tells half of it.
    Example: `arxiv:2208.04949` in line 12 and its journal article in line 80
    Fix: Keep one entry with both links.
    """
    # Report every entry but the first; the same identifier twice is `duplicate`.
    first: dict[str, tuple[str, int]] = {}
    for mention, name, work in _known(page):
        other, line = first.setdefault(work.id, (name, mention.line))
        if name != other and mention.line != line:
            yield Problem(mention.line, f"{name} is the same work as {other} in line {line}")


@rule("title-mismatch", level="error")
def title_mismatch(page: Page) -> Iterator[Problem]:
    """Other title.

    The title of an entry is not that of what it links to, and the authors do not agree either.
    Why: The link leads to another work.
    Example: `[A survey of GANs](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`
    Fix: Correct the link.
    """
    # Report what no title of the work and no author vouches for.
    for mention, found in page.titled:
        if found.kind == "unlike":
            yield Problem(
                mention.line,
                f"{found.name} is {found.title!r} by others, the list says {found.listed!r}",
            )


@rule("title-unclear")
def title_unclear(page: Page) -> Iterator[Problem]:
    """Title unlike that of the link.

    The title of an entry is not that of what it links to, and the list names too few authors to
    tell why.
    Why: The link is wrong, the paper was retitled, or the text is no title; only a reader can tell.
    Example: `[A survey of GANs](https://arxiv.org/abs/1406.2661)`
    Fix: Correct the link or the title, or ignore this rule on its line.
    """
    # Report what neither history nor authors explain; a near title is silent here.
    for mention, found in page.titled:
        if found.kind == "unclear":
            yield Problem(
                mention.line, f"{found.name} is {found.title!r}, the list says {found.listed!r}"
            )


@rule("retitled", level="note")
def retitled(page: Page) -> Iterator[Problem]:
    """Listed under another title.

    An entry has a former title of what it links to, or another title by the same authors.
    Why: Papers are retitled, most often on their way from preprint to journal; readers search for
        the new title.
    Example: `10.1038/s41598-023-34341-2`, listed under the title of its preprint
    Fix: Write the present title.
    """
    # Say whether the history of the title or the authors vouch for it.
    for mention, found in page.titled:
        if found.kind == "former":
            message = (
                f"{found.name} is now {found.title!r}; the list has the title of {found.witness}"
            )
            yield Problem(mention.line, message)
        elif found.kind == "retitled":
            message = f"{found.name} is {found.title!r}, the list says {found.listed!r}; the authors agree"
            yield Problem(mention.line, message)


@rule("author-mismatch")
def author_mismatch(page: Page) -> Iterator[Problem]:
    """Other authors.

    The authors that a list names did not write what it links to, though the title is right.
    Why: The authors were copied from another entry, or two papers have the same title.
    Example: `[Generative Adversarial Networks](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`
    Fix: Correct the authors, or the link.
    """
    # Report authors that disagree; where one side names nobody, nothing is known.
    for mention, found in page.titled:
        if found.kind in {"same", "former"} and found.author is False:
            yield Problem(mention.line, f"{found.name} is by others than {mention.authors}")


def _notices(page: Page, kind: NoticeKind, verb: str) -> Iterator[Problem]:
    for mention, name, work in _known(page):
        found = [notice for notice in work.integrity if notice.kind == kind]
        if found:
            by = "; ".join(
                dict.fromkeys(f"{n.date or 'no date'}, {n.notice or n.source}" for n in found)
            )
            yield Problem(mention.line, f"{name} {verb} ({by})")


@rule("retracted", level="error")
def retracted(page: Page) -> Iterator[Problem]:
    """Retracted.

    A work was retracted by its publisher.
    Why: Its results are not to be relied on.
    Example: A DOI with a retraction notice at Crossref
    Fix: Remove the entry, or say beside it that the work was retracted.
    """
    yield from _notices(page, "retraction", "was retracted")


@rule("withdrawn", level="error")
def withdrawn(page: Page) -> Iterator[Problem]:
    """Withdrawn.

    A work was withdrawn by its authors or its host.
    Why: Its authors do not stand by it any more.
    Example: An arXiv preprint with the comment `This paper has been withdrawn`
    Fix: Remove the entry, or say beside it that the work was withdrawn.
    """
    yield from _notices(page, "withdrawal", "was withdrawn")


@rule("expression-of-concern")
def expression_of_concern(page: Page) -> Iterator[Problem]:
    """Expression of concern.

    An editor has published doubts about a work.
    Why: An inquiry may end in a retraction.
    Example: A DOI with an expression of concern at Crossref
    Fix: Say so beside the entry, or wait.
    """
    yield from _notices(page, "expression_of_concern", "is under an expression of concern")


@rule("corrected", level="note")
def corrected(page: Page) -> Iterator[Problem]:
    """Corrected.

    A correction of a work was published.
    Why: What the entry says may be what was corrected.
    Example: A DOI with a corrigendum at Crossref
    Fix: Nothing, if the correction does not touch the entry.
    """
    yield from _notices(page, "correction", "was corrected")
