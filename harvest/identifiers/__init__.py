"""What a URL or an id text means: one canonical `scheme:value` from every spelling people use.

Everything is a table. A web address is taken apart once, its host finds the rules, the first rule that matches fills
a template, and the reader of the scheme checks the value. A rule that is not certain is not here: the page stays a
link.

What `#?<>;()` mean in a DOI: in a web address a raw `?` or `#` ends the DOI, since that is what the resolver sees (but
`;2-#` is the check character of a SICI); percent-encoded, or in text that is no web address, they belong to it.
Percent-encoding is decoded exactly once. Closing brackets belong to the DOI when their openers do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import quote, unquote

from harvest.models import Identifier, Target

Reader = Callable[[str], Target | None]  # the value of one scheme, checked and made canonical

_PLACEHOLDER = Target("placeholder")
_LINK = Target("link")
_LONGEST = (
    2000  # characters of a path that may hold an identifier; patterns may go over it more than once
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- text around identifiers -----------------------------------------------------------------------------------------

_BLANKS = " \t\r\n\f\v\u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"  # zero-width ones come with copied text
_CLOSERS = {"<": ">", '"': '"', "'": "'", "(": ")", "[": "]", "{": "}"}
_OPENERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_PUNCTUATION = frozenset(  # ends a sentence, a quotation or an emphasis, never an id; from \u2019 on as typeset
    ".,;:!?'\"*`~\u2019\u201d\u00bb\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f" + _BLANKS
)


def _trimmed(text: str, punctuation: frozenset[str] = _PUNCTUATION) -> str:
    """Cut punctuation and closing brackets without an opener from the end, in linear time."""
    end = len(text)
    excess: dict[str, int] = {}
    while end and not (last := text[end - 1]).isalnum():
        if last in _OPENERS:
            if last not in excess:
                excess[last] = text.count(last) - text.count(_OPENERS[last])
            if excess[last] <= 0:
                break
            excess[last] -= 1
        elif last not in punctuation:
            break
        end -= 1
    return text[:end]


# --- readers: the value of one scheme, checked and made canonical ----------------------------------------------------

_BLANK_SUFFIX = r"(?:x{2,}|n{2,})(?:[-._/](?:x+|n+))*"
_DOI = re.compile(
    rf"10\.(?!0000)[0-9]{{4,9}}(?:\.[0-9]+)*/(?!{_BLANK_SUFFIX}$)[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
)
_DOI_PREFIX = re.compile(
    r"(?:https?:/+(?:dx\.)?doi\.org/+|(?:info:|urn:)?doi[:/]\s*|/+)+"
)  # stacked by generators
_UNFILLED_DOI = re.compile(
    rf"10\.(?:x{{2,}}[^/]*|0{{4,}})(?:/.*)?|10\.[\dx]+/{_BLANK_SUFFIX}", re.ASCII
)
_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_ESCAPED = re.compile(r"\\([_%&#$~<>])")  # BibTeX and Markdown escapes
_DOI_ENDS = _PUNCTUATION | {"/"}
_ARXIV_DOI = "10.48550/arxiv."

_MONTH = "(?:0[1-9]|1[0-2])"
_NEW_STYLE = (  # from April 2007; five digits from 2015; numbers start at 1
    rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.(?!0000)\d{{4}}|(?:1[5-9]|[2-9]\d){_MONTH}\.(?!00000)\d{{5}}"
)
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD_STYLE = (
    rf"({_ARCHIVES})(?:\.[a-z][a-z-]+)?/((?:(?:9[1-9]|0[0-6]){_MONTH}|070[1-3])(?!000)\d{{3}})"
)
_ARXIV = re.compile(
    rf"(?:arxiv:\s*)?(?:({_NEW_STYLE})|{_OLD_STYLE})(v[1-9]\d*)?(?:\s*\[[\w.-]+\])?",
    re.ASCII | re.IGNORECASE,
)
_UNFILLED_ARXIV = re.compile(
    r"(?:arxiv:\s*)?(?:[\dxym]{4}\.[xn]{4,5}|0000\.0{4,5}|x{3,})(?:v[\dxn])?",
    re.ASCII | re.IGNORECASE,
)


def _of(scheme: str, value: str, version: str | None = None) -> Target:
    return Target("identifier", Identifier(scheme, value), version)


def _doi(text: str) -> Target | None:
    """Read a DOI (ISO 26324), bare or with prefixes; the arXiv's own DOIs are arXiv ids."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: _ENTITIES[entity[1]], text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "%" in text:
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:  # no UTF-8, so nobody knows which characters are meant
            return None
    value = text.strip(_BLANKS).lower()
    if not value.startswith("10."):
        value = _DOI_PREFIX.sub("", value, count=1)
    value = _trimmed(value, _DOI_ENDS)
    if not _DOI.fullmatch(value):
        return _PLACEHOLDER if _UNFILLED_DOI.fullmatch(value) else None
    if value.startswith(_ARXIV_DOI) and (found := _arxiv(value[len(_ARXIV_DOI) :])):
        return found
    return _of("doi", value)


def _arxiv(text: str) -> Target | None:
    """Read an arXiv id (info.arxiv.org/help/arxiv_identifier.html); the subject class is no part of it."""
    value = unquote(text) if "%" in text else text
    value = _trimmed(value.strip(_BLANKS).rstrip("/"))
    found = _ARXIV.fullmatch(value)
    if not found:
        return _PLACEHOLDER if _UNFILLED_ARXIV.fullmatch(value) else None
    new, archive, number, version = found.groups()
    return _of("arxiv", new or f"{archive.lower()}/{number}", version and version.lower())


_OWNER = re.compile(
    r"(?!.{40})[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9]+)?"
)  # `_` sets off a company's short code
_NAME = re.compile(r"(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
_RESERVED = _words("""
    about account advisories apps architecture blog business codespaces collections contact copilot customer-stories
    customers dashboard discussions downloads edu education enterprise enterprises events explore features files
    github-copilot gist gists git-guides globalcampus help home import inbox issues join login logout market
    marketplace mcp mobile models new newsletter nonprofit notifications oauth open-source organizations orgs packages
    partners plans premium-support pricing pulls readme redeem resources search security sessions settings setup shop
    showcases signup site site-policy sitemap solutions sponsors stars startups status stories styleguide support team
    teams terms token tour topics trending trust-center user-attachments users watching why-github wiki
    """)
_TEMPLATE_OWNER = (
    "(?:example|x{3,}|(?:your|my)?github(?:user)?name|"
    "(?:your|my)(?:github)?(?:user|username|name|id|org|organization|account|handle))"
)
_TEMPLATE_NAME = "(?:your(?:repo|repository|project)(?:name)?)"
_ANY_OWNER = "(?:user|username|owner|ownername|org|organization|orgname)"
_ANY_NAME = "(?:repo|repos|repository|reponame|repositoryname|project|projectname|name)"
_VARIABLE = r"(?:[<{\[$]+\w+[>}\])]*)"
_UNFILLED_REPOSITORY = re.compile(
    rf"{_TEMPLATE_OWNER}/.*|[^/]*/{_TEMPLATE_NAME}|{_ANY_OWNER}/{_ANY_NAME}?|{_VARIABLE}/.*|[^/]*/{_VARIABLE}",
    re.ASCII,
)
_UNFILLED_SHORTHAND = re.compile(
    rf"(?:{_TEMPLATE_OWNER}|{_ANY_OWNER}|{_VARIABLE})/(?:{_TEMPLATE_NAME}|{_ANY_NAME}|{_VARIABLE})",
    re.ASCII,
)


def _plain(text: str) -> str:
    return text.lower().replace("-", "").replace("_", "")  # your-username, your_username


def _github(text: str) -> Target | None:
    """Read `owner/name` by GitHub's rules; the letter case stays, since GitHub shows it."""
    owner, _, name = (unquote(text) if "%" in text else text).partition("/")
    name = (
        _trimmed(name.partition("@")[0]).removesuffix(".git").removesuffix(".wiki")
    )  # pip writes name.git@branch
    if _UNFILLED_REPOSITORY.fullmatch(_plain(f"{owner}/{name}")):
        return _PLACEHOLDER
    if owner.lower() in _RESERVED or not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name):
        return None
    return _of("github", f"{owner}/{name}")


_PII_MARKS = str.maketrans("", "", "()-")


def _pii(text: str) -> Target | None:
    """Read a Publisher Item Identifier: S and an ISSN, or B and an ISBN, then year, number and check digit."""
    value = unquote(text).strip(_BLANKS).translate(_PII_MARKS).upper()
    return _of("pii", value) if re.fullmatch(r"S[0-9X]{16}|B[0-9X]{16,19}", value) else None


def _shaped(scheme: str, shape: re.Pattern[str], text: str) -> Target | None:
    """Read the value of a scheme that needs nothing but the right shape; its group is the value."""
    found = shape.fullmatch(_trimmed(text.strip(_BLANKS)))
    return _of(scheme, found[1]) if found else None


_MDPI = {  # ISSN: the journal's code in its DOIs, and the first volume from which the rule holds
    "1099-4300": ("e", 11),
    "1420-3049": ("molecules", 14),
    "1422-0067": ("ijms", 10),
    "1424-8220": ("s", 8),
    "1660-4601": ("ijerph", 6),
    "1996-1073": ("en", 3),
    "1996-1944": ("ma", 2),
    "1999-4893": ("a", 2),
    "1999-5903": ("fi", 2),
    "2071-1050": ("su", 2),
    "2072-4292": ("rs", 2),
    "2072-6643": ("nu", 2),
    "2072-666X": ("mi", 2),
    "2072-6694": ("cancers", 2),
    "2073-431X": ("computers", 1),
    "2073-4360": ("polym", 3),
    "2073-4409": ("cells", 1),
    "2073-4425": ("genes", 2),
    "2073-8994": ("sym", 2),
    "2075-1702": ("machines", 1),
    "2075-1729": ("life", 2),
    "2075-4418": ("diagnostics", 1),
    "2075-4426": ("jpm", 1),
    "2076-3417": ("app", 1),
    "2076-3425": ("brainsci", 1),
    "2077-0383": ("jcm", 1),
    "2078-2489": ("info", 2),
    "2079-4991": ("nano", 1),
    "2079-6374": ("bios", 1),
    "2079-9292": ("electronics", 1),
    "2218-273X": ("biom", 1),
    "2218-6581": ("robotics", 1),
    "2227-7080": ("technologies", 1),
    "2227-7390": ("math", 1),
    "2227-9032": ("healthcare", 1),
    "2227-9059": ("biomedicines", 1),
    "2304-6732": ("photonics", 1),
    "2306-5354": ("bioengineering", 1),
    "2306-5729": ("data", 1),
    "2313-433X": ("jimaging", 1),
    "2379-139X": ("tomography", 7),  # at another publisher before
    "2504-2289": ("bdcc", 1),
    "2504-446X": ("drones", 1),
    "2504-4990": ("make", 1),
    "2673-2688": ("ai", 1),
}


def _mdpi(text: str) -> Target | None:
    """Read ISSN/volume/issue/article: the DOI is the journal's code and the numbers, two digits and four at least."""
    issn, volume, issue, article = text.split("/")
    code, first = _MDPI.get(issn.upper(), (None, 0))
    return (
        _doi(f"10.3390/{code}{volume}{issue:0>2}{article:0>4}")
        if code and int(volume) >= first
        else None
    )


_PMC = re.compile(
    r"(?:PMC)?([1-9][0-9]{0,9})(?:\.[0-9]+)?", re.IGNORECASE
)  # a version follows a dot


def _pmc(text: str) -> Target | None:
    """Read a PubMed Central id; the number alone does as well."""
    found = _PMC.fullmatch(_trimmed(text.strip(_BLANKS)))
    return _of("pmc", f"PMC{found[1]}") if found else None


_READERS: dict[str, Reader] = {
    "doi": _doi,
    "arxiv": _arxiv,
    "github": _github,
    "pii": _pii,
    "pmc": _pmc,
    **{
        scheme: partial(_shaped, scheme, re.compile(shape, re.ASCII))
        for scheme, shape in {
            "acl": r"([A-Z]\d{2}-\d{4,5}|\d{4}\.[a-z\d_]+-[a-z\d_]+\.\d+)",
            "gist": r"([\da-f]{20,32})",
            "ieee": r"0*([1-9]\d{0,9})",
            "jmlr": r"(v\d+/[\w-]+)",
            "openreview": r"([\w-]+)",
            "pmlr": r"(v\d+/[\w-]+)",
            "pubmed": r"([1-9]\d{0,8})",
        }.items()
    },
}

_ADDRESSES = {
    "acl": "https://aclanthology.org/{}/",
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "gist": "https://gist.github.com/{}",
    "github": "https://github.com/{}",
    "ieee": "https://ieeexplore.ieee.org/document/{}",
    "jmlr": "https://www.jmlr.org/papers/{}.html",
    "openreview": "https://openreview.net/forum?id={}",
    "pii": "https://www.sciencedirect.com/science/article/pii/{}",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "pmlr": "https://proceedings.mlr.press/{}.html",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/{}/",
}


def url(identifier: Identifier) -> str:
    """Give the canonical web address; what is special in a URL is percent-encoded. Raises ValueError without one."""
    if identifier.scheme == "url":
        return identifier.value
    if identifier.scheme not in _ADDRESSES:
        raise ValueError(f"no web address is known for {identifier}")
    return _ADDRESSES[identifier.scheme].format(quote(identifier.value, safe="/:;()"))


# --- web addresses ---------------------------------------------------------------------------------------------------

_END = r"(?:[/?]|$)"
_FORMS = (  # what a publisher appends to the DOI of an article
    r"(?:/(?:abstract|abs|ampdf|citation|cited-by|epdf|epub|figures?|full|full-text|fulltext|html?|meta|metrics|pdf|"
    r"pdfdirect|references|summary|supplementary|tables?|xml)(?:/[^?]*)?|/suppl_file/[^?]*)?(?:\.pdf)?/*(?:\?|$)"
)
_SLASH = "(?:/|%2f)"
_SHIELDS = (  # shields.io/badges: which kinds are followed by owner/name, after how many words of their own
    r"(?:all-contributors|checks-status|contributors|contributors-anon|created-at|deployments|directory-file-count|"
    r"discussions|downloads|downloads-pre|forks|issues|issues-closed|issues-closed-raw|issues-pr|issues-pr-closed|"
    r"issues-pr-closed-raw|issues-pr-raw|issues-raw|labels|last-commit|license|package-json|release|release-date|"
    r"release-date-pre|repo-size|search|size|stars|status|tag|watchers|"
    r"(?:commit-activity|languages|milestones|package-json|manifest-json|go-mod|hacktoberfest|v|issues-search)/[\w-]+|"
    r"(?:actions/)?workflow/status)"
)

_DOI_IN_PATH = (
    "onlinelibrary.wiley.com .onlinelibrary.wiley.com dl.acm.org tandfonline.com science.org pnas.org sagepub.com "
    ".sagepub.com pubs.acs.org pubs.aip.org annualreviews.org pubsonline.informs.org royalsocietypublishing.org "
    "ahajournals.org nejm.org ajronline.org pubs.rsna.org epubs.siam.org worldscientific.com liebertpub.com "
    "ascelibrary.org journals.asm.org journals.physiology.org link.aps.org"
)

# Hosts (a leading dot: every subdomain, `www.` is never written), pattern over path and query, template.
_RULES: tuple[tuple[str, str, str], ...] = (
    ("doi.org dx.doi.org doi.acm.org doi.ieeecomputersociety.org", r"/+([^?]+)", "doi:%s"),
    # arXiv and those who show its papers
    (
        "arxiv.org .arxiv.org xxx.lanl.gov ar5iv.org ar5iv.labs.arxiv.org alphaxiv.org",
        r"/+(?:abs|pdf|html|format|ps|src|e-print|overview)/+([^?]+?)(?:\.pdf|\.ps\.gz)?[/.]*(?:\?|$)",
        "arxiv:%s",
    ),
    ("arxiv.org .arxiv.org", r"/ftp/arxiv/papers/\d{4}/([^/?]+?)\.pdf", "arxiv:%s"),
    ("huggingface.co arxiv-vanity.com", r"/papers/([^/?]+)", "arxiv:%s"),
    # GitHub and those who show its repositories
    (
        "github.com ssh.github.com raw.githubusercontent.com raw.github.com codeload.github.com github1s.com",
        r"/+([^/?]+)/+([^/?]+)",
        "github:%s/%s",
    ),
    ("github.com", r"/+([^/?]+)/*(?:\?|$)", "github:%s"),
    ("api.github.com", r"/repos/([^/?]+)/([^/?]+)", "github:%s/%s"),
    (
        "img.shields.io",
        rf"/github/{_SHIELDS}/([^/?]+)/([^/?]+?)(?:\.svg|\.png)?{_END}",
        "github:%s/%s",
    ),
    (
        "badgen.net flat.badgen.net",
        rf"/github/[\w-]+/([^/?]+)/([^/?]+?)(?:\.svg)?{_END}",
        "github:%s/%s",
    ),
    (
        "colab.research.google.com nbviewer.jupyter.org nbviewer.org",
        r"/github/([^/?]+)/([^/?]+)",
        "github:%s/%s",
    ),
    ("mybinder.org", r"/v2/gh/([^/?]+)/([^/?]+)", "github:%s/%s"),
    ("codecov.io app.codecov.io", r"/(?:gh|github)/([^/?]+)/([^/?]+)", "github:%s/%s"),
    (
        "gist.github.com gist.githubusercontent.com",
        r"/+(?:[^/?]+/+)?([\da-f]{20,32})(?:[/?.]|$)",
        "gist:%s",
    ),
    # publishers that write the DOI into the address
    (
        _DOI_IN_PATH,
        rf"/(?:[\w.-]+/)*doi/(?:[\w-]+/)*(10\.\d{{4,9}}{_SLASH}[^?]+?){_FORMS}",
        "doi:%s",
    ),
    (
        "link.springer.com .biomedcentral.com .springeropen.com",
        rf"/(?:[\w-]+/)*(10\.\d{{4,9}}{_SLASH}[^/?]+?)(?:\.pdf|\.epub|\.html)?{_END}",
        "doi:%s",
    ),
    (
        "frontiersin.org .frontiersin.org",
        rf"/(?:[\w-]+/)*(10\.3389/[a-z]+\.\d{{4}}\.\d+){_END}",
        "doi:%s",
    ),
    ("journals.aps.org", rf"/(?:[a-z]+/)?[a-z-]+/(10\.1103/[^/?]+){_END}", "doi:%s"),
    ("iopscience.iop.org", rf"/article/(10\.\d{{4,9}}/[^?]+?){_FORMS}", "doi:%s"),
    ("spiedigitallibrary.org", rf"/(?:[^/?]+/)*(10\.1117/[\w.]*\d)(?:\.[a-z]+)?{_END}", "doi:%s"),
    ("zenodo.org", r"/(?:badge/)?doi/(10\.\d{4,9}/[^?]+?)(?:\.svg)?(?:\?|$)", "doi:%s"),
    (
        "journals.plos.org",
        rf"/\w+/article(?:/\w+)?\?(?:[^#]*&)?id=(?:info:doi/)?(10\.1371{_SLASH}journal\.p\w+\.\d{{7}})(?:&|$)",
        "doi:%s",
    ),
    (
        "plosone.org plosbiology.org plosmedicine.org ploscompbiol.org plosgenetics.org",
        rf"/article/info(?::|%3a)doi{_SLASH}(10\.1371{_SLASH}journal\.p\w+\.\d{{7}}){_END}",
        "doi:%s",
    ),
    (
        "biorxiv.org medrxiv.org connect.biorxiv.org connect.medrxiv.org",
        (
            r"/(?:content/(?:early/)?|cgi/content/(?:short|abstract|full)/|)"
            r"(10\.\d{4,5}/\d[\d.]*\d)(?:v\d+)?(?:\.[a-z][\w.-]*)?(?:[/?]|$)"
        ),
        "doi:%s",
    ),
    (
        "biorxiv.org medrxiv.org",
        r"/content/(?:biorxiv/|medrxiv/)?early/\d{4}/\d\d/\d\d/(\d[\d.]*\d)(?:v\d+)?(?:\.[a-z][\w.-]*)?(?:[/?]|$)",
        "doi:10.1101/%s",
    ),
    # publishers whose own article number is the suffix of the DOI
    (
        "nature.com",  # a mere number may belong to a journal with more in its DOIs, a mere word is a page
        rf"/articles/(?=[^/?]*\d)(?!\d+(?:\.pdf)?{_END})([a-z\d]+(?:[.-][a-z\d]+)*?)(?:_reference)?(?:\.pdf)?{_END}",
        "doi:10.1038/%s",
    ),
    (
        "nature.com",
        rf"/[a-z]+/journal/v\d+/n\w+/(?:full|abs|pdf)/([a-z]+[.\d]*\d)\.(?:html|pdf){_END}",
        "doi:10.1038/%s",
    ),
    (
        "elifesciences.org",
        rf"/(?:articles|reviewed-preprints)/(\d{{5,6}})(?:v\d+)?{_END}",
        "doi:10.7554/elife.%s",
    ),
    ("peerj.com", rf"/articles/(\d+)(?:\.pdf)?{_END}", "doi:10.7717/peerj.%s"),
    ("peerj.com", rf"/articles/([a-z]+)-(\d+)(?:\.pdf)?{_END}", "doi:10.7717/peerj-%s.%s"),
    ("peerj.com", rf"/preprints/(\d+)(?:\.pdf)?{_END}", "doi:10.7287/peerj.preprints.%s"),
    (
        "hindawi.com downloads.hindawi.com",
        rf"/journals/[a-z]+/(\d{{4}})/(\d+)(?:\.pdf)?{_END}",
        "doi:10.1155/%s/%s",
    ),
    (
        "papers.ssrn.com ssrn.com",
        r"/[^?]*\?(?:.*&)?abstract_?id=(\d+)(?:&|$)",
        "doi:10.2139/ssrn.%s",
    ),
    ("papers.ssrn.com ssrn.com", rf"/abstract=(\d+){_END}", "doi:10.2139/ssrn.%s"),
    ("zenodo.org", rf"/records?/(\d+){_END}", "doi:10.5281/zenodo.%s"),
    (
        "researchsquare.com",  # shorter numbers may be of the older 10.21203/rs.2, without a version none is the DOI
        rf"/article/rs-(\d{{6,}})/v(\d+)(?:\.pdf)?{_END}",
        "doi:10.21203/rs.3.rs-%s/v%s",
    ),
    (
        "mdpi.com",
        rf"/(\d{{4}}-\d{{3}}[\dX])/(\d{{1,4}})/(\d{{1,2}})/(\d{{1,6}}){_END}",
        "mdpi:%s/%s/%s/%s",
    ),
    # those with numbers of their own
    (
        "sciencedirect.com reader.elsevier.com linkinghub.elsevier.com",
        r"/(?:[\w.-]+/)*pii/([^/?]+)",
        "pii:%s",
    ),
    (
        "cell.com",
        r"/(?:[\w-]+/)?[\w-]+/(?:fulltext|abstract|pdf|pdfextended)/(S[^/?]+?)(?:\.pdf)?(?:[/?]|$)",
        "pii:%s",
    ),
    ("thelancet.com", r"/(?:[\w-]+/)*PII(S[^/?]+)", "pii:%s"),
    ("ieeexplore.ieee.org", rf"/(?:abstract/)?document/(\d+){_END}", "ieee:%s"),
    ("ieeexplore.ieee.org", r"/[^?]*\?(?:.*&)?arnumber=(\d+)(?:&|$)", "ieee:%s"),
    ("openreview.net", r"/(?:forum|pdf|attachment)\?(?:.*&)?id=([\w-]+)(?:&|$)", "openreview:%s"),
    ("pubmed.ncbi.nlm.nih.gov", rf"/(\d+){_END}", "pubmed:%s"),
    ("ncbi.nlm.nih.gov", r"/(?:m/)?pubmed/(?:\?term=)?(\d+)(?:[/?&]|$)", "pubmed:%s"),
    ("europepmc.org", rf"/(?:article|abstract)/MED/(\d+){_END}", "pubmed:%s"),
    (
        "pmc.ncbi.nlm.nih.gov ncbi.nlm.nih.gov europepmc.org",
        rf"/(?:(?:labs/)?pmc/)?(?:articles|article/PMC)/(PMC\d+){_END}",
        "pmc:%s",
    ),
    (
        "jmlr.org jmlr.csail.mit.edu",
        rf"/papers/v(?:olume)?(\d+)/([\w-]+?)(?:/\2)?(?:\.html|\.pdf)?{_END}",
        "jmlr:v%s/%s",
    ),
    (
        "proceedings.mlr.press",
        rf"/v(\d+)/([\w-]+?)(?:/[\w.-]+)?(?:\.html|\.pdf)?{_END}",
        "pmlr:v%s/%s",
    ),
    (
        "jmlr.org",
        rf"/proceedings/papers/v(\d+)/([\w-]+?)(?:/\2)?(?:\.html|\.pdf)?{_END}",
        "pmlr:v%s/%s",
    ),
    (
        "aclanthology.org aclweb.org aclanthology.info",
        r"/(?:anthology/)?(?:papers/)?(?:[A-Z]/[A-Z]\d\d/)?([^/?]+?)(?:v\d+)?(?:\.pdf|\.bib)?(?:[/?]|$)",
        "acl:%s",
    ),
)
Rule = tuple[re.Pattern[str], Reader, str]


def _compiled() -> dict[str, list[Rule]]:
    readers = _READERS | {"mdpi": _mdpi}  # no scheme of its own: it ends as a DOI
    rules: dict[str, list[Rule]] = {}
    for hosts, pattern, template in _RULES:
        scheme, _, value = template.partition(":")
        for host in hosts.split():
            rules.setdefault(host, []).append(
                (re.compile(pattern, re.ASCII | re.IGNORECASE), readers[scheme], value)
            )
    return rules


_BY_HOST = _compiled()

_WEB = re.compile(
    r"(?:(?:(?:git\+)?(https?|git|ssh):)?//)?"
    r"([^/?#@\s]*@)?(\[[^\]/?#]*\]|[^/?#:@\s\[\]]+)(?::(\d*))?"  # user, host, port
    r"((?:/[^?#]*(?:(?<=;2-)#)?)?)"  # `;2-#` ends a SICI
    r"(\?[^#]*)?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_SCP = re.compile(r"git@([\w.-]+):/*")  # git@github.com:owner/name
_PROXY = re.compile(r"^0-|proxy|ezp|\.oclc\.org$|vpn|remotexs|\.translate\.goog$")
_PROXIED = re.compile(r".*[?&]q?url=(https?(?::|%3a).+)", re.IGNORECASE | re.DOTALL)
_UNFILLED_HOST = re.compile(
    r"(?:.+\.)?example(?:\.(?:com|org|net|edu))?|(?:.+\.)?(?:test|invalid|localhost)|127\.0\.0\.1|[^.\[]*|\W*|"
    r".*[<>{}$].*|(?:www\.)?(?:x{3,}|your-?(?:domain|site|website|url|link|project)(?:-?(?:name|page|here))?)(?:\.\w+)+|"
    r"(?:your|my)[-_]?(?:github[-_]?)?(?:user|username|name|org)\.git(?:hub|lab)\.io"
)
_PORTS = {"http": "80", "https": "443"}


class _Page(NamedTuple):
    """A web address taken apart, host in lower case; what the text leaves out is empty."""

    scheme: str
    user: str
    host: str
    port: str
    path: str
    query: str
    rules: list[Rule]


def _page(text: str) -> _Page | None:
    """Take a web address apart; without a scheme, only one of a host that we know is certain to be one."""
    if text.startswith("git@"):
        text = _SCP.sub(r"ssh://\1/", text, count=1)
    found = _WEB.fullmatch(text)
    if not found:
        return None
    scheme, user, host, port, path, query = found.groups("")
    rules = _rules(host := host.lower())
    return _Page(scheme, user, host, port, path, query, rules) if scheme or rules else None


def _rules(host: str) -> list[Rule]:
    host = host.rstrip(".").removeprefix("www.")
    if rules := _BY_HOST.get(host):
        return rules
    labels = host.rsplit(".", 3)
    for count in (3, 2):
        if len(labels) > count and (rules := _BY_HOST.get("." + ".".join(labels[-count:]))):
            return rules
    return []


def _unproxied(page: _Page) -> _Page:
    """Undo a library's proxy: `?url=`, `doi-org.proxy.edu` (a hyphen itself is doubled) or `doi.org.proxy.edu`."""
    if not _PROXY.search(page.host):
        return page
    if wrapped := _PROXIED.fullmatch(page.query):
        inner = _page(wrapped[1] if "://" in wrapped[1][:8] else unquote(wrapped[1]))
        return inner if inner and inner.rules else page
    labels = page.host.removeprefix("0-").split(".", 4)
    hosts = [".".join(labels[:count]) for count in (4, 3, 2)]
    hosts.append(labels[0].replace("--", "_").replace("-", ".").replace("_", "-"))
    return next(
        (page._replace(host=host, rules=rules) for host in hosts if (rules := _rules(host))), page
    )


def _web(page: _Page) -> Target:
    """Read a page by the first rule of its host that fits; a page without one stays a link."""
    if not page.rules:
        page = _unproxied(page)
    address = page.path + page.query
    for pattern, reader, template in page.rules if len(address) <= _LONGEST else ():
        if (groups := pattern.match(address)) and (found := reader(template % groups.groups())):
            return found
    return _linked(page)


def _linked(page: _Page) -> Target:
    """Normalise a page that no rule knows; a host that nobody filled in makes it a placeholder."""
    scheme = page.scheme.lower()
    if scheme not in _PORTS:
        return _LINK
    if _UNFILLED_HOST.fullmatch(page.host.rstrip(".")):
        return _PLACEHOLDER
    port = f":{page.port}" if page.port and page.port != _PORTS[scheme] else ""
    query = page.query
    if "utm_" in query.lower():
        kept = [field for field in query[1:].split("&") if not field.lower().startswith("utm_")]
        query = "?" + "&".join(kept) if kept else ""
    return Target(
        "link", Identifier("url", f"{scheme}://{page.user}{page.host}{port}{page.path}{query}")
    )


# --- everything else -------------------------------------------------------------------------------------------------

_PREFIXED = re.compile(
    r"(?:info:|urn:)?(doi|arxiv|pmid|pmcid)(?:\s*[:=]\s*|\s+|(?=\d))(.+)|info:(doi|arxiv|pmid)/(.+)|([a-z]+):(.+)",
    re.IGNORECASE | re.DOTALL,
)
_ALIASES = {"pmid": "pubmed", "pmcid": "pmc"}
_FILES = _words("""
    authors changelog changes citation code_of_conduct codeowners contributing contributors copying credits dockerfile
    gemfile governance history install jenkinsfile licence license maintainers makefile manifest news notice pipfile
    procfile rakefile readme roadmap security support unlicense version
    """)
_WORDS = re.compile(r"(?![\d\s]*$)[^./\\:#?=@]+")
_STOPGAP = re.compile(
    r"n/a|n\.a|t\.b\.[ad]|w/o|https?://|[^\w#./\\]+|(?:[\w-]+\.)*example\.(?:com|org|net)(?:[/?#].*)?",
    re.IGNORECASE,
)


def _prefixed(text: str) -> Target | None:
    found = _PREFIXED.fullmatch(text)
    if not found:
        return None
    scheme, value = (part for part in found.groups() if part is not None)
    reader = _READERS.get(_ALIASES.get(scheme.lower(), scheme.lower()))
    return reader(value) if reader else None


def _bare(text: str) -> Target | None:
    """Read what is certain without a prefix: DOI, arXiv id, PMC id, PII."""
    if text.startswith("10."):
        return _doi(text)
    return _arxiv(text) or (_pmc(text) if text[:3].upper() == "PMC" else None) or _pii(text)


def _never_filled_in(text: str) -> bool:
    """Say whether a link target is what people write before they know it: a word, a dash, `user/repo`, `...`."""
    words = text.rstrip(".!\u2026 ")
    if not words:
        return text not in {"", ".", ".."}
    if _UNFILLED_SHORTHAND.fullmatch(_plain(text)) or _STOPGAP.fullmatch(words):
        return True
    return bool(_WORDS.fullmatch(words)) and words.lower() not in _FILES


@lru_cache(maxsize=1 << 16)
def identify(text: str) -> Target:
    """Say what a URL or an id text means; gives an answer for every string and raises nothing.

    A registered identifier, a placeholder that was never filled in, or a link: `url:...` for a web page, no identifier
    for relative paths, anchors, mail addresses and the like.
    """
    text = text.strip(_BLANKS)
    closer = _CLOSERS.get(text[:1])
    if (
        closer and text.endswith(closer) and f"{closer}/" not in text
    ):  # `<owner>/<repo>` is not wrapped
        text = text[1:-1].strip(_BLANKS)
    if page := _page(text.removeprefix("url:")):
        return _web(page)
    return _prefixed(text) or _bare(text) or (_PLACEHOLDER if _never_filled_in(text) else _LINK)


# --- running text ----------------------------------------------------------------------------------------------------

_CHARACTER = r"[^\s<>\"`|{}\\^\]\u3000-\u3002\u300c-\u301f\uff01-\uff0f\uff1a-\uff1f]"
_RUN = rf"{_CHARACTER}*(?:(?:\](?!\()|<\d+:[^<>\s]+>){_CHARACTER}*)*"  # `](` is Markdown, `<493::AID-X>` a SICI
_FOUND = re.compile(
    rf"(?<![^\W_])(?:[hH][tT][tT][pP][sS]?://(?=[\w\[]){_RUN}"
    rf"|[dD][oO][iI](?:\s?[:=]\s{{0,2}}|\s)10\.\d{{4,9}}(?:\.\d+)*/(?=[\w(]){_RUN}"
    rf"|[aA][rR](?:[xX]iv|XIV)(?:\s?:\s?|\s)(?i:{_NEW_STYLE}|{_OLD_STYLE})(?i:v[1-9]\d*)?(?![\w]|\.\d))"
)
_ENDS = _PUNCTUATION | {"_"}


def find(text: str) -> list[tuple[int, int, str]]:
    """Find the URLs and prefixed ids (`doi:10...`, `DOI 10...`, `arXiv:2301.00001v2`) of running text.

    Gives start, end and the text between, in order; the sentence's own punctuation and brackets stay outside.
    """
    if not (
        "://" in text or "10." in text or "Xiv" in text or "xiv" in text or "XIV" in text
    ):  # as every hit has
        return []
    hits = ((match.start(), _trimmed(match[0], _ENDS)) for match in _FOUND.finditer(text))
    return [(start, start + len(raw), raw) for start, raw in hits]
