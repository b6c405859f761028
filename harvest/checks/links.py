"""Rules on links as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from harvest.checks.base import Page, Problem, rule
from harvest.identifiers import identify, url

# Hosts that serve the same page over https: here the change is certain.
_SECURE = frozenset(
    {
        "aclanthology.org", "arxiv.org", "dl.acm.org", "doi.org", "dx.doi.org", "en.wikipedia.org", "export.arxiv.org",
        "frontiersin.org", "gist.github.com", "github.com", "huggingface.co", "ieeexplore.ieee.org", "jmlr.org",
        "link.springer.com", "mdpi.com", "nature.com", "openaccess.thecvf.com", "openreview.net",
        "proceedings.mlr.press", "pubmed.ncbi.nlm.nih.gov", "raw.githubusercontent.com", "sciencedirect.com",
    }
)  # fmt: skip
_TAIL = ".,;:!?'\"*`\u2019\u201d\u3002\uff0c"
_TYPO = re.compile(r"(?!https?://[^/])h*t+p+s*(?::/|//|:(?=\w))|https?:/+https?:/", re.IGNORECASE)
_REGISTRY = re.compile(
    r"https?://(?:www\.)?(?:(?:dx\.)?doi\.org/.|arxiv\.org/(?:abs|pdf)/.)", re.IGNORECASE
)
_PDF = re.compile(r"(https?://(?:\w+\.)?arxiv\.org)/pdf/(.+?)(?:\.pdf)?/?(?:[?#].*)?")
_SAYS_PDF = re.compile(r"\W*pdf\W*", re.IGNORECASE)
_BRANCH = re.compile(r"https?://(?:www\.)?github\.com/[^/]+/[^/]+/(?:tree|blob)/([^/?#]+)")
_BLANKS = re.compile(r"\]\((?:[ \t]+([^\s()<>]+)[ \t]*|([^\s()<>]+)[ \t]+)\)")
_NESTED = re.compile(r"\[\[[^\[\]]*\]\]\(")
_STYLE = 4  # lines that are written alike on purpose
# What is surely no paper; a page elsewhere may be one without an identifier, as those of many proceedings are.
_WEB_HOST = re.compile(
    r"(?:.*\.)?(?:wikipedia\.org|medium\.com|substack\.com|towardsdatascience\.com|youtube\.com|github\.io)"
    r"|youtu\.be|twitter\.com|x\.com|reddit\.com|blogs?\..*"
)
_WEB_PATH = re.compile(r"/(?:blogs?|posts?)/", re.IGNORECASE)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_web_page(address: str) -> bool:
    if address.lower().endswith(".pdf"):
        return False
    return bool(_WEB_HOST.fullmatch(_host(address)) or _WEB_PATH.search(address))


def _is_address(text: str) -> bool:
    """Tell whether a link's target could lead anywhere: a word is no address."""
    return bool(re.fullmatch(r"\S*[./#:]\S*", text))


@rule("placeholder", level="error")
def placeholder(page: Page) -> Iterator[Problem]:
    """Never filled in.

    A link of a template that nobody filled in.
    Why: Readers follow it to nothing, and the entry counts for no work.
    Example: `[Code](https://github.com/yourusername/repo)`, `https://example.com`
    Fix: Give the address, or delete the row.
    """
    lines: dict[int, list[str]] = {}
    for mention in page.mentions:
        if (
            mention.target.kind == "placeholder"
            and _is_address(mention.url)
            and mention.url not in lines.get(mention.line, ())
        ):
            lines.setdefault(mention.line, []).append(mention.url)
    for line, urls in lines.items():
        yield Problem(line, f"never filled in: {', '.join(urls)}")


@rule("malformed-link", level="error")
def malformed_link(page: Page) -> Iterator[Problem]:
    """Malformed link.

    The target of a link is no address, or a DOI or arXiv link holds no DOI or arXiv id.
    Why: The link leads nowhere.
    Example: `[Code](Original method)`, `https//doi.org/10.1000/x`, `https://arxiv.org/abs/2301`
    Fix: Write the address, or plain text where there is none.
    """
    # Look at links whose target cannot be one; `LICENSE` and the like are files.
    for mention in page.mentions:
        target = mention.url
        if _TYPO.match(target):
            yield Problem(mention.line, f"no address: {target}")
        elif mention.identifier is None and not _is_address(target):
            is_file = target and " " not in target and mention.role == "other"
            if not is_file and (
                target or mention.label
            ):  # with neither, it is an entry without a link
                yield Problem(mention.line, f"no address: {target or '(empty)'}")
        elif _REGISTRY.match(target) and mention.identifier and mention.identifier.scheme == "url":
            yield Problem(mention.line, f"holds no valid identifier: {target}")


@rule("trailing-punctuation", fixable=True)
def trailing_punctuation(page: Page) -> Iterator[Problem]:
    """Punctuation at the end of a link.

    A full stop, comma or quote that belongs to the sentence stands within the link.
    Why: Many hosts take it for a part of the address and answer with 404.
    Example: `(https://github.com/owner/name.)`
    Fix: `(https://github.com/owner/name)`
    """
    for mention in page.mentions:
        bare = mention.url.rstrip(_TAIL)
        if "://" in bare and bare != mention.url:
            certain = mention.target.kind == "identifier" and identify(bare) == mention.target
            replace = (mention.url, bare) if certain else None
            yield Problem(
                mention.line,
                f"the link ends in {mention.url[len(bare) :]!r}: {mention.url}",
                replace,
            )


@rule("blank-in-link", level="note", fixable=True)
def blank_in_link(page: Page) -> Iterator[Problem]:
    """Blank in a link.

    Blanks stand between the parentheses and the address.
    Why: Some readers do not take it for a link, others take the blank along.
    Example: `[arXiv](http://arxiv.org/abs/2304.03941v1 )`
    Fix: `[arXiv](http://arxiv.org/abs/2304.03941v1)`
    """
    # Look at the lines themselves, since readers trim addresses.
    for number, line in page.prose:
        for match in _BLANKS.finditer(line):
            target = match[1] or match[2]
            yield Problem(number, f"blanks around the address {target}", (match[0], f"]({target})"))


@rule("http", fixable=True)
def http(page: Page) -> Iterator[Problem]:
    """Unencrypted link.

    A link with http:// instead of https://.
    Why: Anybody on the way can read and change the page.
    Example: `http://arxiv.org/abs/2301.06574`
    Fix: `https://arxiv.org/abs/2301.06574`; `--fix` does so for hosts that are known to serve the
        same page.
    """
    for mention in page.mentions:
        if mention.target.kind == "placeholder" or _host(mention.url) in {"localhost", "127.0.0.1"}:
            continue
        if mention.url[:7].lower() == "http://":
            secure = (
                (mention.url, f"https://{mention.url[7:]}")
                if _host(mention.url) in _SECURE
                else None
            )
            yield Problem(mention.line, f"http instead of https: {mention.url}", secure)


@rule("pinned-version", level="note")
def pinned_version(page: Page) -> Iterator[Problem]:
    """Pinned arXiv version.

    The link names one version of a preprint.
    Why: Readers miss later corrections, and a withdrawal.
    Example: `https://arxiv.org/abs/2301.06574v1`
    Fix: `https://arxiv.org/abs/2301.06574`, unless that version is meant.
    """
    for mention in page.mentions:
        if mention.target.version and mention.identifier and mention.identifier.scheme == "arxiv":
            yield Problem(
                mention.line, f"links version {mention.target.version} of {mention.identifier}"
            )


@rule("pdf-link", level="note", fixable=True)
def pdf_link(page: Page) -> Iterator[Problem]:
    """Link to an arXiv PDF.

    The link opens the PDF instead of the abstract page.
    Why: The abstract page is small and shows versions, comments and withdrawal.
    Example: `https://arxiv.org/pdf/1801.03924.pdf`
    Fix: `https://arxiv.org/abs/1801.03924`
    """
    # Offer the abstract page if it names the same; a link that says PDF means it.
    for mention in page.mentions:
        match = _PDF.fullmatch(mention.url)
        if match and not _SAYS_PDF.fullmatch(mention.label):
            abstract = f"{match[1]}/abs/{match[2]}"
            replace = (mention.url, abstract) if identify(abstract) == mention.target else None
            yield Problem(mention.line, f"links the PDF: {mention.url}", replace)


@rule("publisher-url", level="note")
def publisher_url(page: Page) -> Iterator[Problem]:
    """Publisher's address instead of the DOI.

    The link leads to a publisher's page of a work that has a DOI.
    Why: Publishers move their pages; a DOI is kept.
    Example: `https://www.nature.com/articles/s41598-023-34341-2`
    Fix: `https://doi.org/10.1038/s41598-023-34341-2`
    """
    for entry in page.works:
        for mention, name in entry.papers:
            found = name
            if found.scheme in {"arxiv", "url"} or _host(mention.url).endswith("doi.org"):
                continue
            work = page.known.work(found) if page.known else None
            dois = (
                [found.value] if found.scheme == "doi" else work.identifiers["doi"] if work else []
            )
            if dois and "://" in mention.url:
                yield Problem(
                    mention.line, f"link https://doi.org/{dois[0]} instead of {mention.url}"
                )


@rule("no-doi", level="note")
def no_doi(page: Page) -> Iterator[Problem]:
    """No DOI known.

    The link names a work by a number or page of its publisher, and neither it nor the dataset tells
    a DOI.
    Why: Without a DOI or arXiv id no registry can be asked for facts, versions and retractions.
    Example: `https://www.sciencedirect.com/science/article/abs/pii/S0022073621001850`
    Fix: Link the DOI where the work has one.
    """
    papers = {entry.line for entry in page.papers}
    for entry in page.works:
        schemes = {name.scheme for _, name in entry.papers}
        page_of_paper = (
            entry.is_page and entry.line in papers and not _is_web_page(entry.papers[0][0].url)
        )
        if schemes & {"doi", "arxiv"} or ("url" in schemes and not page_of_paper):
            continue
        works = [page.known.work(name) for _, name in entry.papers] if page.known else []
        if not any(
            work and (work.identifiers["doi"] or work.identifiers["arxiv"]) for work in works
        ):
            mention, paper = entry.papers[0]
            name = mention.url if page_of_paper else paper
            yield Problem(mention.line, f"no DOI or arXiv id is known for {name}")


@rule("no-identifier", level="note")
def no_identifier(page: Page) -> Iterator[Problem]:
    """Entry without identifier or link.

    An entry names a work and links to nothing.
    Why: Only its title can tell what is meant, which is not certain.
    Example: A BibTeX entry without `doi`, `eprint` and `url`, a row of a table without a link
    Fix: Link the work; the finding names it where a search found one that is certain.
    """
    # Report entries that are known by their title alone, with what a search made of it.
    for mention in page.mentions:
        if not mention.url and not mention.label and mention.title:
            found = mention.identifier
            known = f"; its title is that of {url(found)}" if found else ""
            yield Problem(mention.line, f"has no identifier or link: {mention.title[:80]}{known}")


@rule("not-a-paper", level="note")
def not_a_paper(page: Page) -> Iterator[Problem]:
    """Not a paper.

    An entry among papers leads to a web page: an encyclopedia article, a blog post.
    Why: It has no registry entry, so nothing about it can be kept true, and its content changes.
    Example: `https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio`
    Fix: Cite the paper behind it, or leave it and ignore this rule on its line.
    """
    # Report entries whose only name is the address of what is surely no paper; `no-doi` has the others.
    for entry in page.papers:
        mention = entry.papers[0][0]
        if entry.is_page and _is_web_page(mention.url):
            yield Problem(mention.line, f"a web page, not a paper: {mention.url}")


@rule("branch-link", level="note")
def branch_link(page: Page) -> Iterator[Problem]:
    """Link into a branch.

    The link leads to a branch or folder of a repository.
    Why: Branches are renamed and deleted; the front page of a repository stays.
    Example: `https://github.com/batmanlab/HA-GAN/tree/master`
    Fix: `https://github.com/batmanlab/HA-GAN`
    """
    for mention in page.mentions:
        match = _BRANCH.match(mention.url)
        if match and mention.identifier and mention.entry is not None:
            yield Problem(
                mention.line,
                f"links branch {match[1]}; the repository is {url(mention.identifier)}",
            )


@rule("nested-brackets", level="note")
def nested_brackets(page: Page) -> Iterator[Problem]:
    """Brackets within brackets.

    The label of a link is in brackets twice.
    Why: Readers of Markdown differ on what it is, and tools that split on brackets fail.
    Example: `[[**GitHub**]](https://github.com/batmanlab/HA-GAN)`
    Fix: `[**GitHub**](https://github.com/batmanlab/HA-GAN)`
    """
    # Look at the lines themselves; a list that writes its links so throughout means it.
    found = [(number, match) for number, line in page.prose if (match := _NESTED.search(line))]
    for number, match in found if len(found) < _STYLE else ():
        yield Problem(number, f"brackets within brackets: {match[0][:-1]}")


@rule("original-link", level="note")
def original_link(page: Page) -> Iterator[Problem]:
    """Code of the original method.

    The code link is the repository of the method that the work builds on.
    Why: It is not the authors' own code, so its stars and activity say nothing about this work.
    Example: `[Original](https://github.com/clovaai/stargan-v2)`
    Fix: Nothing, if the authors published none; else link theirs.
    """
    for mention in page.mentions:
        if mention.role == "original" and mention.identifier:
            yield Problem(
                mention.line,
                f"{mention.identifier} is the method that the work builds on, not its own code",
            )
