r"""Which identifier a web address names, by rules of its host.

The address is taken apart once. Its host finds the rules, the first rule that matches fills a
template, and the parser of the scheme checks the value. A rule that is not certain is not here: the
page stays a link.

In an address a raw `?` or `#` ends a DOI, since that is what the resolver sees (but `;2-#` is the
check character of a SICI). Percent-encoded they belong to the DOI.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from harvest.identifiers import placeholders
from harvest.identifiers.schemes import LINK, PARSERS, PLACEHOLDER, Parser, parse_doi
from harvest.models import Identifier, Target

_LONGEST = 2000  # characters of a path with an identifier; patterns may go over it more than once

_END = r"(?:[/?]|$)"
_FORMS = (  # what a publisher appends to the DOI of an article
    r"(?:/(?:abstract|abs|ampdf|citation|cited-by|epdf|epub|figures?|full|full-text|fulltext|html?"
    r"|meta|metrics|pdf|pdfdirect|references|summary|supplementary|tables?|xml)(?:/[^?]*)?"
    r"|/suppl_file/[^?]*)?(?:\.pdf)?/*(?:\?|$)"
)
_SLASH = "(?:/|%2f)"
_VERSION = r"(?:v\d+)?(?:\.[a-z][\w.-]*)?(?:[/?]|$)"
_SHIELDS = (  # shields.io/badges: the kinds before owner/name, each with its own words
    r"(?:all-contributors|checks-status|contributors|contributors-anon|created-at|deployments"
    r"|directory-file-count|discussions|downloads|downloads-pre|forks|issues|issues-closed"
    r"|issues-closed-raw|issues-pr|issues-pr-closed|issues-pr-closed-raw|issues-pr-raw|issues-raw"
    r"|labels|last-commit|license|package-json|release|release-date|release-date-pre|repo-size"
    r"|search|size|stars|status|tag|watchers|(?:commit-activity|languages|milestones|package-json"
    r"|manifest-json|go-mod|hacktoberfest|v|issues-search)/[\w-]+|(?:actions/)?workflow/status)"
)
_GITHUB = (
    "github.com ssh.github.com raw.githubusercontent.com raw.github.com codeload.github.com "
    "github1s.com"
)
_DOI_IN_PATH = (
    "onlinelibrary.wiley.com .onlinelibrary.wiley.com dl.acm.org tandfonline.com science.org "
    "pnas.org sagepub.com .sagepub.com pubs.acs.org pubs.aip.org annualreviews.org "
    "pubsonline.informs.org royalsocietypublishing.org ahajournals.org nejm.org ajronline.org "
    "pubs.rsna.org epubs.siam.org worldscientific.com liebertpub.com ascelibrary.org "
    "journals.asm.org journals.physiology.org link.aps.org"
)

# Hosts (a leading dot: every subdomain; `www.` is never written), template, and the pattern over
# path and query whose groups fill the template.
_RULES: tuple[tuple[str, str, str], ...] = (
    ("doi.org dx.doi.org doi.acm.org doi.ieeecomputersociety.org", "doi:%s", r"/+([^?]+)"),
    # arXiv and those who show its papers
    ("arxiv.org .arxiv.org xxx.lanl.gov ar5iv.org ar5iv.labs.arxiv.org alphaxiv.org", "arxiv:%s",
     (r"/+(?:abs|pdf|html|format|ps|src|e-print|overview)/+([^?]+?)"
      r"(?:\.pdf|\.ps\.gz)?[/.]*(?:\?|$)")),
    ("arxiv.org .arxiv.org", "arxiv:%s", r"/ftp/arxiv/papers/\d{4}/([^/?]+?)\.pdf"),
    ("huggingface.co arxiv-vanity.com", "arxiv:%s", r"/papers/([^/?]+)"),
    # GitHub and those who show its repositories
    (_GITHUB, "github:%s/%s", r"/+([^/?]+)/+([^/?]+)"),
    ("github.com", "github:%s", r"/+([^/?]+)/*(?:\?|$)"),
    ("api.github.com", "github:%s/%s", r"/repos/([^/?]+)/([^/?]+)"),
    ("img.shields.io", "github:%s/%s",
     rf"/github/{_SHIELDS}/([^/?]+)/([^/?]+?)(?:\.svg|\.png)?{_END}"),
    ("badgen.net flat.badgen.net", "github:%s/%s",
     rf"/github/[\w-]+/([^/?]+)/([^/?]+?)(?:\.svg)?{_END}"),
    ("colab.research.google.com nbviewer.jupyter.org nbviewer.org", "github:%s/%s",
     r"/github/([^/?]+)/([^/?]+)"),
    ("mybinder.org", "github:%s/%s", r"/v2/gh/([^/?]+)/([^/?]+)"),
    ("codecov.io app.codecov.io", "github:%s/%s", r"/(?:gh|github)/([^/?]+)/([^/?]+)"),
    ("gist.github.com gist.githubusercontent.com", "gist:%s",
     r"/+(?:[^/?]+/+)?([\da-f]{20,32})(?:[/?.]|$)"),
    # publishers that write the DOI into the address
    (_DOI_IN_PATH, "doi:%s",
     rf"/(?:[\w.-]+/)*doi/(?:[\w-]+/)*(10\.\d{{4,9}}{_SLASH}[^?]+?){_FORMS}"),
    ("link.springer.com .biomedcentral.com .springeropen.com", "doi:%s",
     rf"/(?:[\w-]+/)*(10\.\d{{4,9}}{_SLASH}[^/?]+?)(?:\.pdf|\.epub|\.html)?{_END}"),
    ("frontiersin.org .frontiersin.org", "doi:%s",
     rf"/(?:[\w-]+/)*(10\.3389/[a-z]+\.\d{{4}}\.\d+){_END}"),
    ("journals.aps.org", "doi:%s", rf"/(?:[a-z]+/)?[a-z-]+/(10\.1103/[^/?]+){_END}"),
    ("iopscience.iop.org", "doi:%s", rf"/article/(10\.\d{{4,9}}/[^?]+?){_FORMS}"),
    ("spiedigitallibrary.org", "doi:%s", rf"/(?:[^/?]+/)*(10\.1117/[\w.]*\d)(?:\.[a-z]+)?{_END}"),
    ("zenodo.org", "doi:%s", r"/(?:badge/)?doi/(10\.\d{4,9}/[^?]+?)(?:\.svg)?(?:\?|$)"),
    ("journals.plos.org", "doi:%s",
     (r"/\w+/article(?:/\w+)?\?(?:[^#]*&)?id=(?:info:doi/)?"
      rf"(10\.1371{_SLASH}journal\.p\w+\.\d{{7}})(?:&|$)")),
    ("plosone.org plosbiology.org plosmedicine.org ploscompbiol.org plosgenetics.org", "doi:%s",
     rf"/article/info(?::|%3a)doi{_SLASH}(10\.1371{_SLASH}journal\.p\w+\.\d{{7}}){_END}"),
    ("biorxiv.org medrxiv.org connect.biorxiv.org connect.medrxiv.org", "doi:%s",
     (r"/(?:content/(?:early/)?|cgi/content/(?:short|abstract|full)/|)"
      rf"(10\.\d{{4,5}}/\d[\d.]*\d){_VERSION}")),
    ("biorxiv.org medrxiv.org", "doi:10.1101/%s",
     rf"/content/(?:biorxiv/|medrxiv/)?early/\d{{4}}/\d\d/\d\d/(\d[\d.]*\d){_VERSION}"),
    # publishers whose own article number is the suffix of the DOI
    ("nature.com", "doi:10.1038/%s",  # a number alone may lack the journal, a word alone is a page
     (rf"/articles/(?=[^/?]*\d)(?!\d+(?:\.pdf)?{_END})([a-z\d]+(?:[.-][a-z\d]+)*?)"
      rf"(?:_reference)?(?:\.pdf)?{_END}")),
    ("nature.com", "doi:10.1038/%s",
     rf"/[a-z]+/journal/v\d+/n\w+/(?:full|abs|pdf)/([a-z]+[.\d]*\d)\.(?:html|pdf){_END}"),
    ("elifesciences.org", "doi:10.7554/elife.%s",
     rf"/(?:articles|reviewed-preprints)/(\d{{5,6}})(?:v\d+)?{_END}"),
    ("peerj.com", "doi:10.7717/peerj.%s", rf"/articles/(\d+)(?:\.pdf)?{_END}"),
    ("peerj.com", "doi:10.7717/peerj-%s.%s", rf"/articles/([a-z]+)-(\d+)(?:\.pdf)?{_END}"),
    ("peerj.com", "doi:10.7287/peerj.preprints.%s", rf"/preprints/(\d+)(?:\.pdf)?{_END}"),
    ("hindawi.com downloads.hindawi.com", "doi:10.1155/%s/%s",
     rf"/journals/[a-z]+/(\d{{4}})/(\d+)(?:\.pdf)?{_END}"),
    ("papers.ssrn.com ssrn.com", "doi:10.2139/ssrn.%s",
     r"/[^?]*\?(?:.*&)?abstract_?id=(\d+)(?:&|$)"),
    ("papers.ssrn.com ssrn.com", "doi:10.2139/ssrn.%s", rf"/abstract=(\d+){_END}"),
    ("zenodo.org", "doi:10.5281/zenodo.%s", rf"/records?/(\d+){_END}"),
    ("researchsquare.com", "doi:10.21203/rs.3.rs-%s/v%s",  # fewer digits may be 10.21203/rs.2
     rf"/article/rs-(\d{{6,}})/v(\d+)(?:\.pdf)?{_END}"),
    ("mdpi.com", "mdpi:%s/%s/%s/%s",
     rf"/(\d{{4}}-\d{{3}}[\dX])/(\d{{1,4}})/(\d{{1,2}})/(\d{{1,6}}){_END}"),
    # those with numbers of their own
    ("sciencedirect.com reader.elsevier.com linkinghub.elsevier.com", "pii:%s",
     r"/(?:[\w.-]+/)*pii/([^/?]+)"),
    ("cell.com", "pii:%s",
     r"/(?:[\w-]+/)?[\w-]+/(?:fulltext|abstract|pdf|pdfextended)/(S[^/?]+?)(?:\.pdf)?(?:[/?]|$)"),
    ("thelancet.com", "pii:%s", r"/(?:[\w-]+/)*PII(S[^/?]+)"),
    ("ieeexplore.ieee.org", "ieee:%s", rf"/(?:abstract/)?document/(\d+){_END}"),
    ("ieeexplore.ieee.org", "ieee:%s", r"/[^?]*\?(?:.*&)?arnumber=(\d+)(?:&|$)"),
    ("openreview.net", "openreview:%s", r"/(?:forum|pdf|attachment)\?(?:.*&)?id=([\w-]+)(?:&|$)"),
    ("pubmed.ncbi.nlm.nih.gov", "pubmed:%s", rf"/(\d+){_END}"),
    ("ncbi.nlm.nih.gov", "pubmed:%s", r"/(?:m/)?pubmed/(?:\?term=)?(\d+)(?:[/?&]|$)"),
    ("europepmc.org", "pubmed:%s", rf"/(?:article|abstract)/MED/(\d+){_END}"),
    ("pmc.ncbi.nlm.nih.gov ncbi.nlm.nih.gov europepmc.org", "pmc:%s",
     rf"/(?:(?:labs/)?pmc/)?(?:articles|article/PMC)/(PMC\d+){_END}"),
    ("jmlr.org jmlr.csail.mit.edu", "jmlr:v%s/%s",
     rf"/papers/v(?:olume)?(\d+)/([\w-]+?)(?:/\2)?(?:\.html|\.pdf)?{_END}"),
    ("proceedings.mlr.press", "pmlr:v%s/%s",
     rf"/v(\d+)/([\w-]+?)(?:/[\w.-]+)?(?:\.html|\.pdf)?{_END}"),
    ("jmlr.org", "pmlr:v%s/%s",
     rf"/proceedings/papers/v(\d+)/([\w-]+?)(?:/\2)?(?:\.html|\.pdf)?{_END}"),
    ("aclanthology.org aclweb.org aclanthology.info", "acl:%s",
     r"/(?:anthology/)?(?:papers/)?(?:[A-Z]/[A-Z]\d\d/)?([^/?]+?)(?:v\d+)?(?:\.pdf|\.bib)?(?:[/?]|$)"),
)  # fmt: skip

# ISSN: the journal's code in its DOIs, and the first volume that has such DOIs. Those of 7 and more
# had another publisher or another scheme before.
_MDPI = {
    "1099-4300": ("e", 11), "1420-3049": ("molecules", 14), "1422-0067": ("ijms", 10),
    "1424-8220": ("s", 8), "1660-4601": ("ijerph", 6), "1996-1073": ("en", 3),
    "1996-1944": ("ma", 2), "1999-4893": ("a", 2), "1999-5903": ("fi", 2), "2071-1050": ("su", 2),
    "2072-4292": ("rs", 2), "2072-6643": ("nu", 2), "2072-666X": ("mi", 2),
    "2072-6694": ("cancers", 2), "2073-431X": ("computers", 1), "2073-4360": ("polym", 3),
    "2073-4409": ("cells", 1), "2073-4425": ("genes", 2), "2073-8994": ("sym", 2),
    "2075-1702": ("machines", 1), "2075-1729": ("life", 2), "2075-4418": ("diagnostics", 1),
    "2075-4426": ("jpm", 1), "2076-3417": ("app", 1), "2076-3425": ("brainsci", 1),
    "2077-0383": ("jcm", 1), "2078-2489": ("info", 2), "2079-4991": ("nano", 1),
    "2079-6374": ("bios", 1), "2079-9292": ("electronics", 1), "2218-273X": ("biom", 1),
    "2218-6581": ("robotics", 1), "2227-7080": ("technologies", 1), "2227-7390": ("math", 1),
    "2227-9032": ("healthcare", 1), "2227-9059": ("biomedicines", 1), "2304-6732": ("photonics", 1),
    "2306-5354": ("bioengineering", 1), "2306-5729": ("data", 1), "2313-433X": ("jimaging", 1),
    "2379-139X": ("tomography", 7), "2504-2289": ("bdcc", 1), "2504-446X": ("drones", 1),
    "2504-4990": ("make", 1), "2673-2688": ("ai", 1),
}  # fmt: skip


def _parse_mdpi(text: str) -> Target | None:
    """Parse ISSN/volume/issue/article: the DOI is the journal's code and the numbers, padded."""
    issn, volume, issue, article = text.split("/")
    code, first = _MDPI.get(issn.upper(), ("", 0))
    if not code or int(volume) < first:
        return None
    return parse_doi(f"10.3390/{code}{volume}{issue:0>2}{article:0>4}")


class AddressRule(NamedTuple):
    """A pattern over path and query, and the parser that its filled template is given to."""

    pattern: re.Pattern[str]
    parse: Parser
    template: str


def _compile_rules() -> dict[str, list[AddressRule]]:
    """Return the rules by host."""
    parsers = PARSERS | {"mdpi": _parse_mdpi}  # no scheme of its own: it ends as a DOI
    rules: dict[str, list[AddressRule]] = {}
    for hosts, template, pattern in _RULES:
        scheme, _, value = template.partition(":")
        shape = re.compile(pattern, re.ASCII | re.IGNORECASE)
        for host in hosts.split():
            rules.setdefault(host, []).append(AddressRule(shape, parsers[scheme], value))
    return rules


RULES = _compile_rules()

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
_PORTS = {"http": "80", "https": "443"}


class Page(NamedTuple):
    """A web address in parts; missing parts are empty, and scheme and host are in lower case."""

    scheme: str
    user: str
    host: str
    port: str
    path: str
    query: str

    @property
    def rules(self) -> list[AddressRule]:
        """The rules of its host, or those of all its subdomains."""
        host = self.host.rstrip(".").removeprefix("www.")
        labels = host.rsplit(".", 3)
        parents = ["." + ".".join(labels[-count:]) for count in (3, 2) if len(labels) > count]
        return next((RULES[name] for name in (host, *parents) if name in RULES), [])


def split(text: str) -> Page | None:
    """Split a web address. Without a scheme, only an address on a host with rules is one."""
    if text.startswith("git@"):
        text = _SCP.sub(r"ssh://\1/", text, count=1)
    match = _WEB.fullmatch(text)
    if not match:
        return None
    scheme, user, host, port, path, query = match.groups("")
    page = Page(scheme.lower(), user, host.lower(), port, path, query)
    return page if scheme or page.rules else None


def parse(page: Page) -> Target:
    """Return the target of a page by the first rule that fits; without one it is a link."""
    page = page if page.rules else _unwrap_proxy(page)
    address = page.path + page.query
    for rule in page.rules if len(address) <= _LONGEST else ():
        match = rule.pattern.match(address)
        target = rule.parse(rule.template % match.groups()) if match else None
        if target:
            return target
    return _parse_link(page)


def _unwrap_proxy(page: Page) -> Page:
    """Return the page behind a library's proxy, or the page itself.

    Proxies write `?url=...`, `doi.org.proxy.edu` or `doi-org.proxy.edu`, where a hyphen of the host
    is doubled.
    """
    if not _PROXY.search(page.host):
        return page
    wrapped = _PROXIED.fullmatch(page.query)
    if wrapped:
        inner = split(wrapped[1] if "://" in wrapped[1][:8] else unquote(wrapped[1]))
        return inner if inner and inner.rules else page
    labels = page.host.removeprefix("0-").split(".", 4)
    hosts = [".".join(labels[:count]) for count in (4, 3, 2)]
    hosts.append(labels[0].replace("--", "_").replace("-", ".").replace("_", "-"))
    pages = (page._replace(host=host) for host in hosts)
    return next((inner for inner in pages if inner.rules), page)


def _parse_link(page: Page) -> Target:
    """Normalise a page without a rule; it is a placeholder if its host was never filled in."""
    if page.scheme not in _PORTS:
        return LINK
    if placeholders.is_host(page.host.rstrip(".")):
        return PLACEHOLDER
    port = f":{page.port}" if page.port and page.port != _PORTS[page.scheme] else ""
    query = page.query
    if "utm_" in query.lower():
        fields = query[1:].split("&")
        query = "&".join(field for field in fields if not field.lower().startswith("utm_"))
        query = query and f"?{query}"
    address = f"{page.scheme}://{page.user}{page.host}{port}{page.path}{query}"
    return Target("link", Identifier("url", address))
