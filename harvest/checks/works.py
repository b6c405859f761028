"""Rules on works: what registries say of what a list links to. They need a dataset."""

from __future__ import annotations

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.models import Identifier, NoticeKind


@rule("unresolved", "Unknown to the registries", level="error")
def unresolved(file: CheckedFile) -> Violations:
    """The registry of an identifier says that there is no such thing.

    Why: The identifier is mistyped, or the work was never registered.
    Example: `https://doi.org/10.9999/no-such-thing`
    Fix: Look the work up by its title and link what is found.
    """
    for mention, identifier, work in file.links:
        if work.status == "not_found":
            yield mention.line, f"no registry knows {identifier}; look the work up by its title"


@rule("published", "Published since", level="note")
def published(file: CheckedFile) -> Violations:
    """A preprint is linked that has been published in a journal or in proceedings.

    Why: The published form is the one that was reviewed and is cited.
    Example: `arxiv:2203.10003`, published as `doi:10.1016/j.media.2022.102461`
    Fix: Link the published form, or both.
    """
    for entry in file.works:
        names = {str(identifier) for _, identifier in entry.papers}
        for mention, identifier in entry.papers:
            work = file.registries.work(identifier)
            if work is None or identifier.scheme != "arxiv":
                continue
            forms = [it.identifier for it in work.manifestations if it.kind == "version_of_record"]
            if forms and names.isdisjoint(forms):
                yield mention.line, f"{identifier} has been published as {forms[0]}"


@rule("same-work", "One work under two identifiers")
def same_work(file: CheckedFile) -> Violations:
    """Two entries of a list link to two forms of one work.

    Why: It is counted twice, and each entry tells half of it.
    Example: `arxiv:2208.04949` in line 12 and its journal article in line 80
    Fix: Keep one entry with both links.
    """
    first: dict[str, tuple[Identifier, int]] = {}
    for mention, identifier, work in file.links:
        other, line = first.setdefault(work.id, (identifier, mention.line))
        if identifier != other and mention.line != line:  # `duplicate` has equal identifiers
            same = f"{identifier} is the same work as {other} in line {line}"
            yield mention.line, f"{same}; keep one entry with both links"


@rule("title-mismatch", "Other title", level="error")
def title_mismatch(file: CheckedFile) -> Violations:
    """The title of an entry is not that of what it links to, and the authors do not agree either.

    Why: The link leads to another work.
    Example: `[A survey of GANs](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`
    Fix: Correct the link.
    """
    for mention, title in file.titles:
        if title.kind == "unlike":
            link = f"{title.name} is {title.title!r} by others"
            yield mention.line, f"{link}, the list says {title.listed_title!r}; correct the link"


@rule("title-unclear", "Title unlike that of the link")
def title_unclear(file: CheckedFile) -> Violations:
    """The title of an entry is not that of what it links to, and the list names too few authors to
    tell why.

    Why: The link is wrong, the paper was retitled, or the text is no title; only a reader can tell.
    Example: `[A survey of GANs](https://arxiv.org/abs/1406.2661)`
    Fix: Correct the link or the title, or ignore this rule on its line.
    """
    for mention, title in file.titles:
        if title.kind == "unclear":
            yield (
                mention.line,
                f"{title.name} is {title.title!r}, the list says {title.listed_title!r}",
            )


@rule("title-slip", "Title nearly right", level="note")
def title_slip(file: CheckedFile) -> Violations:
    """The title of an entry has another small word, ending or letter than that of what it links to.

    Why: Citations that were altered or made up differ so, and readers search for the right title.
    Example: `[Learning to summarize with human feedback](https://arxiv.org/abs/2009.01325)`
    Fix: Write the title as it is.
    """
    for mention, title in file.titles:
        if title.kind == "slip":
            other = f"the list says {title.listed_title!r}"
            yield mention.line, f"{title.name} is {title.title!r}, {other}"


@rule("retitled", "Listed under another title", level="note")
def retitled(file: CheckedFile) -> Violations:
    """An entry has a former title of what it links to, or another title by the same authors.

    Why: Papers are retitled, most often on their way from preprint to journal; readers search for
        the new title.
    Example: `10.1038/s41598-023-34341-2`, listed under the title of its preprint
    Fix: Write the present title.
    """
    for mention, title in file.titles:
        if title.kind == "former":
            former = f"the list has the title of {title.title_of}"
            yield mention.line, f"{title.name} is now {title.title!r}; {former}"
        elif title.kind == "retitled":
            other = f"the list says {title.listed_title!r}; the authors agree"
            yield mention.line, f"{title.name} is {title.title!r}, {other}"


@rule("author-mismatch", "Other authors")
def author_mismatch(file: CheckedFile) -> Violations:
    """The authors that a list names did not write what it links to, though the title is right.

    Why: The authors were copied from another entry, or two papers have the same title.
    Example: `[Generative Adversarial Networks](https://arxiv.org/abs/1406.2661) Jane Doe, John Roe`
    Fix: Correct the authors, or the link.
    """
    for mention, title in file.titles:
        if title.kind in {"same", "slip", "former"} and title.author is False:
            altered = f": {title.altered}" if title.altered else ""
            yield mention.line, f"{title.name} is by others than {mention.authors}{altered}"


def _notices(file: CheckedFile, kind: NoticeKind, verb: str) -> Violations:
    for mention, identifier, work in file.links:
        notices = [notice for notice in work.integrity if notice.kind == kind]
        texts = [f"{it.date or 'no date'}, {it.notice or it.source}" for it in notices]
        if texts:
            yield mention.line, f"{identifier} {verb} ({'; '.join(dict.fromkeys(texts))})"


@rule("retracted", "Retracted", level="error")
def retracted(file: CheckedFile) -> Violations:
    """A work was retracted by its publisher.

    Why: Its results are not to be relied on.
    Example: A DOI with a retraction notice at Crossref
    Fix: Remove the entry, or say beside it that the work was retracted.
    """
    yield from _notices(file, "retraction", "was retracted")


@rule("withdrawn", "Withdrawn", level="error")
def withdrawn(file: CheckedFile) -> Violations:
    """A work was withdrawn by its authors or its host.

    Why: Its authors do not stand by it any more.
    Example: An arXiv preprint with the comment `This paper has been withdrawn`
    Fix: Remove the entry, or say beside it that the work was withdrawn.
    """
    yield from _notices(file, "withdrawal", "was withdrawn")


@rule("expression-of-concern", "Expression of concern")
def expression_of_concern(file: CheckedFile) -> Violations:
    """An editor has published doubts about a work.

    Why: An inquiry may end in a retraction.
    Example: A DOI with an expression of concern at Crossref
    Fix: Say so beside the entry, or wait.
    """
    yield from _notices(file, "expression_of_concern", "is under an expression of concern")


@rule("corrected", "Corrected", level="note")
def corrected(file: CheckedFile) -> Violations:
    """A correction of a work was published.

    Why: What the entry says may be what was corrected.
    Example: A DOI with a corrigendum at Crossref
    Fix: Nothing, if the correction does not touch the entry.
    """
    yield from _notices(file, "correction", "was corrected")
