"""Rules on links as they are written."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urlsplit

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.entries import CODE_SCHEMES, counted, is_picture
from harvest.identifiers import identify, url
from harvest.identifiers.schemes import registered_doi
from harvest.identifiers.tables import TABLES
from harvest.models import Identifier, Mention
from harvest.readers.labels import is_generic, role

# Hosts that serve the same page over https: here the change is certain.
_SECURE = frozenset(
    {
        "aclanthology.org", "arxiv.org", "dl.acm.org", "doi.org", "dx.doi.org", "en.wikipedia.org",
        "export.arxiv.org", "frontiersin.org", "gist.github.com", "github.com", "huggingface.co",
        "ieeexplore.ieee.org", "jmlr.org", "link.springer.com", "mdpi.com", "nature.com",
        "openaccess.thecvf.com", "openreview.net", "proceedings.mlr.press",
        "pubmed.ncbi.nlm.nih.gov", "raw.githubusercontent.com", "sciencedirect.com",
    }
)  # fmt: skip
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_TAIL = ".,;:!'\"*`\u2019\u201d\u3002\uff0c"
_INITIALS = re.compile(r"(?:\b[A-Z]\.){2,}$")  # of a name, as in github.com/owner/E.T.
_TYPO = re.compile(r"(?!https?://[^/])h*t+p+s*(?::/|//|:(?=\w))|https?:/+https?:/", re.IGNORECASE)
_REGISTRY = re.compile(
    r"https?://(?:www\.)?(?:(?:dx\.)?doi\.org/.|arxiv\.org/(?:abs|pdf)/.)", re.IGNORECASE
)
_PDF = re.compile(r"(https?://(?:\w+\.)?arxiv\.org)/pdf/(.+?)(?:\.pdf)?/?(?:[?#].*)?")
_SAYS_PDF = re.compile(r"\W*pdf\W*", re.IGNORECASE)
# The front page by another address: a folder, a file or another branch is what is meant.
_BRANCH = re.compile(
    r"https?://(?:www\.)?github\.com/[^/]+/[^/]+/(?:tree/(main|master)/?"
    r"|blob/(main|master)/README(?:\.\w+)?)(?:\?[^#]*)?"
)
_DOUBLED = re.compile(r"https?:/+https?:/", re.IGNORECASE)
# What somebody wanted to write: `- TODO: GANs`, `TBD`, `[TODO] more on masks`.
_ANNOUNCED = re.compile(r"\s*(?:(?:[-+*]|\d+[.)])\s+)?[\[(*_]*(?:TODO|TBD|TBA|FIXME)(?![\w-])")
_NO_HOST = re.compile(r"https?://www[^./]*(?:[/?#]|$)", re.IGNORECASE)
_BADGE = re.compile(r"!\[[^\]]*\]\([^()]*\)\]\(\s*\)")
_BLANKS = re.compile(r"\]\((?:[ \t]+([^\s()<>]+)[ \t]*|([^\s()<>]+)[ \t]+)\)")
_NESTED = re.compile(r"\[\[[^\[\]]*\]\]\(")
_STYLE = 4  # lines that are written alike on purpose
_NOT_REGISTERED = "10.5555/"  # for examples: ACM numbers works with it that have no DOI
# Certainly no paper. Other web pages may be papers without an identifier, as in many proceedings.
_WEB_HOST = re.compile(
    r"(?:.*\.)?(?:wikipedia\.org|medium\.com|substack\.com|towardsdatascience\.com|youtube\.com)"
    r"|youtu\.be|twitter\.com|x\.com|reddit\.com|blogs?\..*"
)
_WEB_PATH = re.compile(r"/(?:blogs?|posts?)/", re.IGNORECASE)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_no_paper(address: str) -> bool:
    """Return True if an address certainly leads to something else than a paper."""
    if address.lower().endswith(".pdf"):
        return False
    return bool(_WEB_HOST.fullmatch(_host(address)) or _WEB_PATH.search(address))


def _is_pdf(address: str) -> bool:
    return "pdf" in address.lower()


def _is_address(text: str) -> bool:
    """Return True if a link's target could lead anywhere: a word is no address."""
    return bool(re.fullmatch(r"\S*[./#:]\S*", text))


@rule("placeholder", "Never filled in", level="error")
def placeholder(file: CheckedFile) -> Violations:
    """A link of a template that nobody filled in, or a line that is only announced.

    Why: Readers follow it to nothing, and the entry counts for no work.
    Example: `[Code](https://github.com/yourusername/repo)`, `https://example.com`, `- TODO: GANs`
    Fix: Give the address, or delete the row.
    """
    linked = {mention.line for mention in file.mentions if mention.identifier}
    for number, text in file.prose:
        if _ANNOUNCED.match(text) and number not in linked:
            yield number, f"never filled in: {text.strip()[:80]}"
    urls_by_line: dict[int, dict[str, None]] = defaultdict(dict)
    for mention in file.mentions:
        is_cut = _NO_HOST.match(mention.url)  # `malformed-link` has it
        is_exempt = is_cut or file.is_example(mention)
        if mention.target.kind == "placeholder" and _is_address(mention.url) and not is_exempt:
            urls_by_line[mention.line][mention.url] = None
    for line, urls in urls_by_line.items():
        yield line, f"never filled in: {', '.join(urls)}"


@rule("malformed-link", "Malformed link", level="error")
def malformed_link(file: CheckedFile) -> Violations:
    """The target of a link is no address, or a DOI or arXiv link holds no DOI or arXiv id.

    Why: The link leads nowhere.
    Example: `[Code](Original method)`, `https//doi.org/10.1000/x`, `https://arxiv.org/abs/2301`
    Fix: Write the address, or plain text where there is none.
    """
    for mention in file.mentions:
        target, identifier = mention.url, mention.identifier
        if _DOUBLED.match(target):
            yield mention.line, f"the scheme stands twice: {target}"
        elif _TYPO.match(target) or _NO_HOST.match(target):
            yield mention.line, f"no address: {target}"
        elif identifier is None and not _is_address(target):
            is_word = " " not in target and mention.role == "other"  # such as LICENSE
            is_file = target and (is_word or is_picture(target))
            is_decoration = not target and _BADGE.search(file.line(mention.line))
            is_blank = is_decoration or not (target or mention.label)  # an entry without a link
            if not (is_file or is_blank or file.is_example(mention)):
                yield mention.line, _without_address(mention)
        elif _REGISTRY.match(target) and identifier and identifier.scheme == "url":
            yield mention.line, f"holds no DOI or arXiv id that is valid: {target}"


def _without_address(mention: Mention) -> str:
    if mention.url:
        return f"no address: {mention.url}; write one, or plain text"
    return f"the link {mention.label!r} has no address; add one, or take the link out"


@rule("trailing-punctuation", "Punctuation at the end of a link", fixable=True)
def trailing_punctuation(file: CheckedFile) -> Violations:
    """A full stop, comma or quote that belongs to the sentence stands within the link.

    Why: Many hosts take it for a part of the address and answer with 404.
    Example: `(https://github.com/owner/name.)`
    Fix: `(https://github.com/owner/name)`
    """
    for mention in file.mentions:
        bare = mention.url.rstrip(_TAIL)
        is_part = _INITIALS.search(mention.url) or bare.endswith("#")  # `#!` is a fragment
        if "://" in bare and bare != mention.url and not is_part:
            is_same = mention.target.kind == "identifier" and identify(bare) == mention.target
            tail = mention.url[len(bare) :]
            message = f"the link ends in {tail!r}: {mention.url}"
            yield mention.line, message, (mention.url, bare) if is_same else None


@rule("blank-in-link", "Blank in a link", level="note", fixable=True)
def blank_in_link(file: CheckedFile) -> Violations:
    """Blanks stand between the parentheses and the address.

    Why: Some readers do not take it for a link, others take the blank along.
    Example: `[arXiv](http://arxiv.org/abs/2304.03941v1 )`
    Fix: `[arXiv](http://arxiv.org/abs/2304.03941v1)`
    """
    for number, line in file.prose:  # readers trim addresses
        for match in _BLANKS.finditer(line):
            target = match[1] or match[2]
            yield number, f"blanks around the address {target}", (match[0], f"]({target})")


@rule("http", "Unencrypted link", fixable=True)
def http(file: CheckedFile) -> Violations:
    """A link with http:// instead of https://.

    Why: Anybody on the way can read and change the page.
    Example: `http://arxiv.org/abs/2301.06574`
    Fix: `https://arxiv.org/abs/2301.06574`; `--fix` does so for hosts that are known to serve the
        same page.
    """
    for mention in file.mentions:
        if mention.url[:7].lower() != "http://" or mention.target.kind == "placeholder":
            continue
        host = _host(mention.url)
        if host not in _LOCAL:
            fix = (mention.url, f"https://{mention.url[7:]}") if host in _SECURE else None
            yield mention.line, f"http instead of https: {mention.url}", fix


@rule("pinned-version", "Pinned arXiv version", level="note")
def pinned_version(file: CheckedFile) -> Violations:
    """The link names one version of a preprint.

    Why: Readers miss later corrections, and a withdrawal.
    Example: `https://arxiv.org/abs/2301.06574v1`
    Fix: `https://arxiv.org/abs/2301.06574`, unless that version is meant.
    """
    for mention in file.mentions:
        version, identifier = mention.target.version, mention.identifier
        if version and identifier and identifier.scheme == "arxiv":
            version_of = f"links version {version} of {identifier}"
            yield mention.line, f"{version_of}; leave {version} out unless it is meant"


@rule("pdf-link", "Link to an arXiv PDF", level="note", fixable=True)
def pdf_link(file: CheckedFile) -> Violations:
    """The link opens the PDF instead of the abstract page.

    Why: The abstract page is small and shows versions, comments and withdrawal.
    Example: `https://arxiv.org/pdf/1801.03924.pdf`
    Fix: `https://arxiv.org/abs/1801.03924`
    """
    for mention in file.mentions:
        match = _PDF.fullmatch(mention.url)
        if match and not _SAYS_PDF.fullmatch(mention.label):  # a link that says PDF means it
            abstract = f"{match[1]}/abs/{match[2]}"
            fix = (mention.url, abstract) if identify(abstract) == mention.target else None
            yield mention.line, f"link {abstract} instead of the PDF {mention.url}", fix


@rule("publisher-url", "Publisher's address instead of the DOI", level="note")
def publisher_url(file: CheckedFile) -> Violations:
    """The link leads to a publisher's page of a work that has a DOI.

    Why: Publishers move their pages; a DOI is kept.
    Example: `https://www.nature.com/articles/s41598-023-34341-2`
    Fix: `https://doi.org/10.1038/s41598-023-34341-2`
    """
    for entry in file.works:
        for mention, identifier in entry.papers:
            if identifier.scheme in {"arxiv", "url"} or "://" not in mention.url:
                continue
            work = file.registries.work(identifier)
            dois = work.identifiers["doi"] if work else []
            doi = identifier.value if identifier.scheme == "doi" else next(iter(dois), None)
            is_registered = doi is not None and not doi.startswith(_NOT_REGISTERED)
            if is_registered and not _host(mention.url).endswith("doi.org"):
                yield mention.line, f"link https://doi.org/{doi} instead of {mention.url}"


@rule("no-doi", "No DOI known", level="note")
def no_doi(file: CheckedFile) -> Violations:
    """The link names a work by a number or page of its publisher, and neither it nor the dataset
    tells a DOI. Of publishers that give none (PMLR, NeurIPS, USENIX ...), or make it of the number
    (IJCAI), nothing is asked, and of web pages only PDFs.

    Why: Without a DOI or arXiv id no registry can be asked for facts, versions and retractions.
    Example: `https://www.sciencedirect.com/science/article/abs/pii/S0022073621001850`
    Fix: Link the DOI where the work has one.
    """
    paper_lines = {entry.line for entry in file.papers}
    for entry in file.works:
        mention, identifier = entry.papers[0]
        is_listed = entry.is_web_page and entry.line in paper_lines
        is_paper_page = is_listed and _is_pdf(mention.url) and not _REGISTRY.match(mention.url)
        schemes = {identifier.scheme for _, identifier in entry.papers}
        if "url" in schemes and not is_paper_page:
            continue
        if not any(_has_registered_id(file, link, name) for link, name in entry.papers):
            name = mention.url if is_paper_page else identifier
            yield mention.line, f"no DOI or arXiv id is known for {name}; link one if there is one"


def _has_registered_id(file: CheckedFile, mention: Mention, identifier: Identifier) -> bool:
    """Return True if a DOI or arXiv id of a work is known, or its publisher registers none."""
    if identifier.scheme in {"doi", "arxiv"} or registered_doi(identifier):
        return True
    work = file.registries.work(identifier)
    if work and (work.identifiers["doi"] or work.identifiers["arxiv"]):
        return True
    return _has_no_doi(identifier, mention.url)


def _has_no_doi(identifier: Identifier, address: str) -> bool:
    """Return True if the publisher of a work registers no DOIs."""
    host, without = _host(address), TABLES.without_doi
    domains = [host, ".".join(host.rsplit(".", 2)[-2:])]
    folder = urlsplit(address).path.split("/")[1:2] if host else []
    places = {*domains, *(f"{domain}/{name}" for domain in domains for name in folder)}
    return identifier.scheme in without.schemes or bool(places & without.hosts)


@rule("no-identifier", "Entry without identifier or link", level="note")
def no_identifier(file: CheckedFile) -> Violations:
    """An entry names a work and links to nothing. Where more than a tenth of a list does so, one
    finding counts them, and others only tell what a search found.

    Why: Only its title can tell what is meant, which is not certain.
    Example: A BibTeX entry without `doi`, `eprint` and `url`, a row of a table without a link
    Fix: Link the work; the finding names it where a search found one that is certain.
    """
    entries = {mention.entry for mention in file.mentions}
    unknown: list[tuple[int, str]] = []
    for mention in file.mentions:
        if mention.title and not mention.url and not mention.label:
            message = f"has no identifier or link: {mention.title[:80]}"
            if mention.identifier:  # of a search
                yield mention.line, f"{message}; its title is that of {url(mention.identifier)}"
            else:
                unknown.append((mention.line, message))
    yield from counted(unknown, len(entries), "entries")


@rule("not-a-paper", "Not a paper", level="note")
def not_a_paper(file: CheckedFile) -> Violations:
    """An entry among papers leads to a web page: an encyclopedia article, a blog post.

    Why: It has no registry entry, so nothing about it can be kept true, and its content changes.
    Example: `https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio`
    Fix: Cite the paper behind it, or leave it and ignore this rule on its line.
    """
    for entry in file.papers:
        mention = entry.papers[0][0]
        pages = {other.url for other in entry.mentions if other.role not in {"code", "original"}}
        is_material = is_generic(mention.label) and role(mention.label, "") == "other"
        is_only_link = entry.is_web_page and len(pages) == 1 and not is_material
        if is_only_link and _is_no_paper(mention.url):  # `no-doi` has the other pages
            page = f"a web page, not a paper: {mention.url}"
            yield mention.line, f"{page}; link the paper behind it if there is one"


@rule("branch-link", "Link into a branch", level="note")
def branch_link(file: CheckedFile) -> Violations:
    """The link leads to the front page of a repository by the name of its branch.

    Why: Branches are renamed and deleted; the front page of a repository stays.
    Example: `https://github.com/batmanlab/HA-GAN/tree/master`
    Fix: `https://github.com/batmanlab/HA-GAN`
    """
    for mention in file.mentions:
        match = _BRANCH.fullmatch(mention.url)
        if match and mention.identifier and mention.entry is not None:
            repository = url(mention.identifier)
            branch = match[1] or match[2]
            yield mention.line, f"link {repository} instead of its branch {branch}"


@rule("nested-brackets", "Brackets within brackets", level="note")
def nested_brackets(file: CheckedFile) -> Violations:
    """The label of a link is in brackets twice.

    Why: Readers of Markdown differ on what it is, and tools that split on brackets fail.
    Example: `[[**GitHub**]](https://github.com/batmanlab/HA-GAN)`
    Fix: `[**GitHub**](https://github.com/batmanlab/HA-GAN)`
    """
    matches = [(number, _NESTED.search(line)) for number, line in file.prose]
    labels = [(number, match[0][:-1]) for number, match in matches if match]
    for number, label in labels if len(labels) < _STYLE else ():
        yield number, f"brackets within brackets: {label}; leave one pair out"


@rule("original-link", "Code of the original method", level="note")
def original_link(file: CheckedFile) -> Violations:
    """The code link is the repository of the method that the work builds on.

    Why: It is not the authors' own code, so its stars and activity say nothing about this work.
    Example: `[Original](https://github.com/clovaai/stargan-v2)`
    Fix: Nothing, if the authors published none; else link theirs.
    """
    for mention in file.mentions:
        name = mention.identifier
        if mention.role == "original" and name and name.scheme in CODE_SCHEMES | {"url"}:
            method = f"{name} is the method that the work builds on"
            yield mention.line, f"{method}, not its own code"
