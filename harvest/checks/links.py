"""Rules on links as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from harvest.checks.base import Page, Problem, Rule, rule
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


@rule(
    Rule(
        code="placeholder",
        name="Never filled in",
        what="A link of a template that nobody filled in.",
        why="Readers follow it to nothing, and the entry counts for no work.",
        example="`[Code](https://github.com/yourusername/repo)`, `https://example.com`",
        fix="Give the address, or delete the row.",
        level="error",
    )
)
def placeholder(page: Page) -> Iterator[Problem]:
    """Name all placeholders of a line at once."""
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


@rule(
    Rule(
        code="malformed-link",
        name="Malformed link",
        what="The target of a link is no address, or a DOI or arXiv link holds no DOI or arXiv id.",
        why="The link leads nowhere.",
        example="`[Code](Original method)`, `https//doi.org/10.1000/x`, `https://arxiv.org/abs/2301`",
        fix="Write the address, or plain text where there is none.",
        level="error",
    )
)
def malformed_link(page: Page) -> Iterator[Problem]:
    """Look at links whose target cannot be one; `LICENSE` and the like are files."""
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


@rule(
    Rule(
        code="trailing-punctuation",
        name="Punctuation at the end of a link",
        what="A full stop, comma or quote that belongs to the sentence stands within the link.",
        why="Many hosts take it for a part of the address and answer with 404.",
        example="`(https://github.com/owner/name.)`",
        fix="`(https://github.com/owner/name)`",
        fixable=True,
    )
)
def trailing_punctuation(page: Page) -> Iterator[Problem]:
    """Offer the address without its tail if that names the same."""
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


@rule(
    Rule(
        code="blank-in-link",
        name="Blank in a link",
        what="Blanks stand between the parentheses and the address.",
        why="Some readers do not take it for a link, others take the blank along.",
        example="`[arXiv](http://arxiv.org/abs/2304.03941v1 )`",
        fix="`[arXiv](http://arxiv.org/abs/2304.03941v1)`",
        level="note",
        fixable=True,
    )
)
def blank_in_link(page: Page) -> Iterator[Problem]:
    """Look at the lines themselves, since readers trim addresses."""
    for number, line in page.prose:
        for match in _BLANKS.finditer(line):
            target = match[1] or match[2]
            yield Problem(number, f"blanks around the address {target}", (match[0], f"]({target})"))


@rule(
    Rule(
        code="http",
        name="Unencrypted link",
        what="A link with http:// instead of https://.",
        why="Anybody on the way can read and change the page.",
        example="`http://arxiv.org/abs/2301.06574`",
        fix="`https://arxiv.org/abs/2301.06574`; `--fix` does so for hosts that are known to serve the same page.",
        fixable=True,
    )
)
def http(page: Page) -> Iterator[Problem]:
    """Offer https for hosts of the table."""
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


@rule(
    Rule(
        code="pinned-version",
        name="Pinned arXiv version",
        what="The link names one version of a preprint.",
        why="Readers miss later corrections, and a withdrawal.",
        example="`https://arxiv.org/abs/2301.06574v1`",
        fix="`https://arxiv.org/abs/2301.06574`, unless that version is meant.",
        level="note",
    )
)
def pinned_version(page: Page) -> Iterator[Problem]:
    """Name the version."""
    for mention in page.mentions:
        if mention.target.version and mention.identifier and mention.identifier.scheme == "arxiv":
            yield Problem(
                mention.line, f"links version {mention.target.version} of {mention.identifier}"
            )


@rule(
    Rule(
        code="pdf-link",
        name="Link to an arXiv PDF",
        what="The link opens the PDF instead of the abstract page.",
        why="The abstract page is small and shows versions, comments and withdrawal.",
        example="`https://arxiv.org/pdf/1801.03924.pdf`",
        fix="`https://arxiv.org/abs/1801.03924`",
        level="note",
        fixable=True,
    )
)
def pdf_link(page: Page) -> Iterator[Problem]:
    """Offer the abstract page if it names the same; a link that says PDF means it."""
    for mention in page.mentions:
        match = _PDF.fullmatch(mention.url)
        if match and not _SAYS_PDF.fullmatch(mention.label):
            abstract = f"{match[1]}/abs/{match[2]}"
            replace = (mention.url, abstract) if identify(abstract) == mention.target else None
            yield Problem(mention.line, f"links the PDF: {mention.url}", replace)


@rule(
    Rule(
        code="publisher-url",
        name="Publisher's address instead of the DOI",
        what="The link leads to a publisher's page of a work that has a DOI.",
        why="Publishers move their pages; a DOI is kept.",
        example="`https://www.nature.com/articles/s41598-023-34341-2`",
        fix="`https://doi.org/10.1038/s41598-023-34341-2`",
        level="note",
    )
)
def publisher_url(page: Page) -> Iterator[Problem]:
    """Tell the DOI, as the address itself or the dataset has it."""
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


@rule(
    Rule(
        code="no-doi",
        name="No DOI known",
        what="The link names a work by a number or page of its publisher, and neither it nor the dataset tells a DOI.",
        why="Without a DOI or arXiv id no registry can be asked for facts, versions and retractions.",
        example="`https://www.sciencedirect.com/science/article/abs/pii/S0022073621001850`",
        fix="Link the DOI where the work has one.",
        level="note",
    )
)
def no_doi(page: Page) -> Iterator[Problem]:
    """Report identifiers that no registry of ours resolves."""
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


@rule(
    Rule(
        code="no-identifier",
        name="Entry without identifier or link",
        what="An entry names a work and links to nothing.",
        why="Only its title can tell what is meant, which is not certain.",
        example="A BibTeX entry without `doi`, `eprint` and `url`, a row of a table without a link",
        fix="Link the work; the finding names it where a search found one that is certain.",
        level="note",
    )
)
def no_identifier(page: Page) -> Iterator[Problem]:
    """Report entries that are known by their title alone, with what a search made of it."""
    for mention in page.mentions:
        if not mention.url and not mention.label and mention.title:
            found = mention.identifier
            known = f"; its title is that of {url(found)}" if found else ""
            yield Problem(mention.line, f"has no identifier or link: {mention.title[:80]}{known}")


@rule(
    Rule(
        code="not-a-paper",
        name="Not a paper",
        what="An entry among papers leads to a web page: an encyclopedia article, a blog post.",
        why="It has no registry entry, so nothing about it can be kept true, and its content changes.",
        example="`https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio`",
        fix="Cite the paper behind it, or leave it and ignore this rule on its line.",
        level="note",
    )
)
def not_a_paper(page: Page) -> Iterator[Problem]:
    """Report entries whose only name is the address of what is surely no paper; `no-doi` has the others."""
    for entry in page.papers:
        mention = entry.papers[0][0]
        if entry.is_page and _is_web_page(mention.url):
            yield Problem(mention.line, f"a web page, not a paper: {mention.url}")


@rule(
    Rule(
        code="branch-link",
        name="Link into a branch",
        what="The link leads to a branch or folder of a repository.",
        why="Branches are renamed and deleted; the front page of a repository stays.",
        example="`https://github.com/batmanlab/HA-GAN/tree/master`",
        fix="`https://github.com/batmanlab/HA-GAN`",
        level="note",
    )
)
def branch_link(page: Page) -> Iterator[Problem]:
    """Name the branch, and the repository's own address."""
    for mention in page.mentions:
        match = _BRANCH.match(mention.url)
        if match and mention.identifier and mention.entry is not None:
            yield Problem(
                mention.line,
                f"links branch {match[1]}; the repository is {url(mention.identifier)}",
            )


@rule(
    Rule(
        code="nested-brackets",
        name="Brackets within brackets",
        what="The label of a link is in brackets twice.",
        why="Readers of Markdown differ on what it is, and tools that split on brackets fail.",
        example="`[[**GitHub**]](https://github.com/batmanlab/HA-GAN)`",
        fix="`[**GitHub**](https://github.com/batmanlab/HA-GAN)`",
        level="note",
    )
)
def nested_brackets(page: Page) -> Iterator[Problem]:
    """Look at the lines themselves; a list that writes its links so throughout means it."""
    found = [(number, match) for number, line in page.prose if (match := _NESTED.search(line))]
    for number, match in found if len(found) < _STYLE else ():
        yield Problem(number, f"brackets within brackets: {match[0][:-1]}")


@rule(
    Rule(
        code="original-link",
        name="Code of the original method",
        what="The code link is the repository of the method that the work builds on.",
        why="It is not the authors' own code, so its stars and activity say nothing about this work.",
        example="`[Original](https://github.com/clovaai/stargan-v2)`",
        fix="Nothing, if the authors published none; else link theirs.",
        level="note",
    )
)
def original_link(page: Page) -> Iterator[Problem]:
    """Report links of the role `original`."""
    for mention in page.mentions:
        if mention.role == "original" and mention.identifier:
            yield Problem(
                mention.line,
                f"{mention.identifier} is the method that the work builds on, not its own code",
            )
