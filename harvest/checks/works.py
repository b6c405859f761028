"""Rules on works: what registries say of what a list links to. They need a dataset, from a run or from the cache."""

from __future__ import annotations

from collections.abc import Iterator

from harvest.checks.base import Page, Problem, Rule, rule
from harvest.models import Mention, NoticeKind, Work


def _known(page: Page) -> Iterator[tuple[Mention, str, Work]]:
    """Give each link of a work with its identifier and what is known of it."""
    for entry in page.works if page.known else ():
        for mention, name in entry.papers:
            work = page.known.work(name) if page.known else None
            if work:
                yield mention, str(name), work


@rule(
    Rule(
        code="unresolved",
        name="Unknown to the registries",
        what="The registry of an identifier says that there is no such thing.",
        why="The identifier is mistyped, or the work was never registered.",
        example="`https://doi.org/10.9999/no-such-thing`",
        fix="Look the work up by its title and link what is found.",
        level="error",
    )
)
def unresolved(page: Page) -> Iterator[Problem]:
    """Report works of which every identifier was asked for in vain."""
    for mention, name, work in _known(page):
        if work.status == "not_found":
            yield Problem(mention.line, f"no registry knows {name}")


@rule(
    Rule(
        code="published",
        name="Published since",
        what="A preprint is linked that has been published in a journal or in proceedings.",
        why="The published form is the one that was reviewed and is cited.",
        example="`arxiv:2203.10003`, published as `doi:10.1016/j.media.2022.102461`",
        fix="Link the published form, or both.",
        level="note",
    )
)
def published(page: Page) -> Iterator[Problem]:
    """Name the version of record, unless the entry links it too."""
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


@rule(
    Rule(
        code="same-work",
        name="One work under two identifiers",
        what="Two entries of a list link to two forms of one work.",
        why="It is counted twice, and each entry tells half of it.",
        example="`arxiv:2208.04949` in line 12 and its journal article in line 80",
        fix="Keep one entry with both links.",
    )
)
def same_work(page: Page) -> Iterator[Problem]:
    """Report every entry but the first; the same identifier twice is `duplicate`."""
    first: dict[str, tuple[str, int]] = {}
    for mention, name, work in _known(page):
        other, line = first.setdefault(work.id, (name, mention.line))
        if name != other and mention.line != line:
            yield Problem(mention.line, f"{name} is the same work as {other} in line {line}")


@rule(
    Rule(
        code="title-mismatch",
        name="Other title",
        what="The title of an entry is not that of what it links to, and the authors do not agree either.",
        why="The link leads to another work.",
        example="`[A survey of GANs](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`",
        fix="Correct the link.",
        level="error",
    )
)
def title_mismatch(page: Page) -> Iterator[Problem]:
    """Report what no title of the work and no author vouches for."""
    for mention, found in page.titled:
        if found.kind == "unlike":
            yield Problem(
                mention.line,
                f"{found.name} is {found.title!r} by others, the list says {found.listed!r}",
            )


@rule(
    Rule(
        code="title-unclear",
        name="Title unlike that of the link",
        what="The title of an entry is not that of what it links to, and the list names too few authors to tell why.",
        why="The link is wrong, the paper was retitled, or the text is no title; only a reader can tell.",
        example="`[A survey of GANs](https://arxiv.org/abs/1406.2661)`",
        fix="Correct the link or the title, or ignore this rule on its line.",
    )
)
def title_unclear(page: Page) -> Iterator[Problem]:
    """Report what neither history nor authors explain; a near title is silent here."""
    for mention, found in page.titled:
        if found.kind == "unclear":
            yield Problem(
                mention.line, f"{found.name} is {found.title!r}, the list says {found.listed!r}"
            )


@rule(
    Rule(
        code="retitled",
        name="Listed under another title",
        what="An entry has a former title of what it links to, or another title by the same authors.",
        why="Papers are retitled, most often on their way from preprint to journal; readers search for the new title.",
        example="`10.1038/s41598-023-34341-2`, listed under the title of its preprint",
        fix="Write the present title.",
        level="note",
    )
)
def retitled(page: Page) -> Iterator[Problem]:
    """Say whether the history of the title or the authors vouch for it."""
    for mention, found in page.titled:
        if found.kind == "former":
            message = (
                f"{found.name} is now {found.title!r}; the list has the title of {found.witness}"
            )
            yield Problem(mention.line, message)
        elif found.kind == "retitled":
            message = f"{found.name} is {found.title!r}, the list says {found.listed!r}; the authors agree"
            yield Problem(mention.line, message)


@rule(
    Rule(
        code="author-mismatch",
        name="Other authors",
        what="The authors that a list names did not write what it links to, though the title is right.",
        why="The authors were copied from another entry, or two papers have the same title.",
        example="`[Generative Adversarial Networks](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`",
        fix="Correct the authors, or the link.",
    )
)
def author_mismatch(page: Page) -> Iterator[Problem]:
    """Report authors that disagree; where one side names nobody, nothing is known."""
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


@rule(
    Rule(
        code="retracted",
        name="Retracted",
        what="A work was retracted by its publisher.",
        why="Its results are not to be relied on.",
        example="A DOI with a retraction notice at Crossref",
        fix="Remove the entry, or say beside it that the work was retracted.",
        level="error",
    )
)
def retracted(page: Page) -> Iterator[Problem]:
    """Name the notice and its date."""
    yield from _notices(page, "retraction", "was retracted")


@rule(
    Rule(
        code="withdrawn",
        name="Withdrawn",
        what="A work was withdrawn by its authors or its host.",
        why="Its authors do not stand by it any more.",
        example="An arXiv preprint with the comment `This paper has been withdrawn`",
        fix="Remove the entry, or say beside it that the work was withdrawn.",
        level="error",
    )
)
def withdrawn(page: Page) -> Iterator[Problem]:
    """Name the notice and its date."""
    yield from _notices(page, "withdrawal", "was withdrawn")


@rule(
    Rule(
        code="expression-of-concern",
        name="Expression of concern",
        what="An editor has published doubts about a work.",
        why="An inquiry may end in a retraction.",
        example="A DOI with an expression of concern at Crossref",
        fix="Say so beside the entry, or wait.",
    )
)
def expression_of_concern(page: Page) -> Iterator[Problem]:
    """Name the notice and its date."""
    yield from _notices(page, "expression_of_concern", "is under an expression of concern")


@rule(
    Rule(
        code="corrected",
        name="Corrected",
        what="A correction of a work was published.",
        why="What the entry says may be what was corrected.",
        example="A DOI with a corrigendum at Crossref",
        fix="Nothing, if the correction does not touch the entry.",
        level="note",
    )
)
def corrected(page: Page) -> Iterator[Problem]:
    """Name the notice and its date."""
    yield from _notices(page, "correction", "was corrected")
