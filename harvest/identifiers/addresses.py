r"""Which identifier a web address names, by rules of its host.

The address is taken apart once. Its host finds the rules (data/identifiers.toml), the first rule
that matches fills a template, and the parser of the scheme checks the value. A rule that is not
certain is not there: the address stays a link.

In an address a raw `?` or `#` ends a DOI, since that is what the resolver sees (but `;2-#` is the
check character of a SICI). Percent-encoded they belong to the DOI.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from harvest.identifiers import placeholders
from harvest.identifiers.schemes import LINK, PARSERS, PLACEHOLDER, Parser, parse_doi
from harvest.identifiers.tables import TABLES
from harvest.models import Identifier, Target

_MAX_PATH = 2000  # characters, with an identifier; patterns may go over it more than once


def _parse_mdpi(text: str) -> Target | None:
    """Parse ISSN/volume/issue/article: the DOI is the journal's code and the numbers, padded."""
    issn, volume, issue, article = text.split("/")
    code, first = TABLES.mdpi.get(issn.upper(), ("", 0))
    if not code or int(volume) < first:
        return None
    return parse_doi(f"10.3390/{code}{volume}{issue:0>2}{article:0>4}")


class AddressRule(msgspec.Struct, dict=True, eq=False):
    """A pattern over path and query, and the parser that its filled template is given to.

    The pattern is compiled when it is first used: a list links to a few of the hosts.
    """

    source: str
    parse: Parser
    template: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern with its parts filled in."""
        pattern = self.source
        for name, part in TABLES.parts.items():
            pattern = pattern.replace(f"<{name}>", part)
        return re.compile(pattern, re.ASCII | re.IGNORECASE | re.VERBOSE)


def _rules_by_host() -> dict[str, list[AddressRule]]:
    parsers = PARSERS | {"mdpi": _parse_mdpi}  # no scheme of its own: it ends as a DOI
    rules: dict[str, list[AddressRule]] = {}
    for row in TABLES.rules:
        scheme, _, template = row.identifier.partition(":")
        rule = AddressRule(row.pattern, parsers[scheme], template)
        for host in row.hosts:
            rules.setdefault(host, []).append(rule)
    return rules


RULES = _rules_by_host()

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
# What Google Sites and mail programs put around each address: www.google.com/url?q=...&sa=D
_REDIRECTED = re.compile(
    r".*[?&](?:q|url)=(https?(?::|%3a)[^&]+)(?:&.*)?", re.IGNORECASE | re.DOTALL
)
_ARCHIVED = re.compile(r"/web/\w+/(https?:/.+)", re.IGNORECASE | re.DOTALL)
_PORTS = {"http": "80", "https": "443"}


class WebAddress(NamedTuple):
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
        return _rules_of(self.host)


@lru_cache(maxsize=4096)  # a list links to a few hosts
def _rules_of(host: str) -> list[AddressRule]:
    host = host.rstrip(".").removeprefix("www.")
    labels = host.rsplit(".", 3)
    parents = ["." + ".".join(labels[-count:]) for count in (3, 2) if len(labels) > count]
    return next((RULES[name] for name in (host, *parents) if name in RULES), [])


def split(text: str) -> WebAddress | None:
    """Split a web address. Without a scheme, only an address on a host with rules is one."""
    if text.startswith("git@"):
        text = _SCP.sub(r"ssh://\1/", text, count=1)
    match = _WEB.fullmatch(text)
    if not match:
        return None
    scheme, user, host, port, path, query = match.groups("")
    address = WebAddress(scheme.lower(), user, host.lower(), port, path, query)
    return address if scheme or address.rules else None


def parse(address: WebAddress) -> Target:
    """Return the target of an address by the first rule that fits; without one it is a link.

    The rules of its host come first, then those of any host.
    """
    address = address if address.rules else _unwrap_proxy(address)
    text = address.path + address.query
    for rule in chain(address.rules, RULES["*"]) if len(text) <= _MAX_PATH else ():
        match = rule.pattern.match(text)
        target = rule.parse(rule.template % match.groups()) if match else None
        if target:
            return target
    return _parse_link(address)


def _unwrap_proxy(address: WebAddress) -> WebAddress:
    """Return the address behind a library's proxy, or the address itself.

    Proxies write `?url=...`, `doi.org.proxy.edu` or `doi-org.library.edu`, where a hyphen of the
    host is doubled. Only the last needs no word for a proxy in its name.
    Google's redirection is one of them, and so is the Web Archive.
    """
    is_proxy = _PROXY.search(address.host) is not None
    wrapped = _PROXIED.fullmatch(address.query) if is_proxy else None
    if address.path == "/url" and ".google." in address.host:
        wrapped = _REDIRECTED.fullmatch(address.query)
    if address.host == "web.archive.org":
        wrapped = _ARCHIVED.fullmatch(address.path + address.query)
    if wrapped:
        inner = split(wrapped[1] if "://" in wrapped[1][:8] else unquote(wrapped[1]))
        return inner if inner and inner.rules else address
    labels = address.host.removeprefix("0-").split(".", 4)
    hosts = [".".join(labels[:count]) for count in (4, 3, 2)] if is_proxy else []
    if len(labels) > 2:
        hosts.append(labels[0].replace("--", "_").replace("-", ".").replace("_", "-"))
    addresses = (address._replace(host=host) for host in hosts)
    return next((inner for inner in addresses if inner.rules), address)


def _parse_link(address: WebAddress) -> Target:
    """Normalise an address without a rule; it is a placeholder if its host was never filled in."""
    if address.scheme not in _PORTS:
        return LINK
    if placeholders.HOST.fullmatch(address.host.rstrip(".")):
        return PLACEHOLDER
    port = f":{address.port}" if address.port and address.port != _PORTS[address.scheme] else ""
    query = address.query
    if "utm_" in query.lower():
        fields = query[1:].split("&")
        query = "&".join(field for field in fields if not field.lower().startswith("utm_"))
        query = query and f"?{query}"
    text = f"{address.scheme}://{address.user}{address.host}{port}{address.path}{query}"
    return Target("link", Identifier("url", text))
