"""Removal of what is private from texts that are recorded.

Replacements are constant and valid where they stand, so that a request that is made again later
has the same form, and a replayed body can be read. Addresses come from RFC 5737 and RFC 3849.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

MAIL, TOKEN, ID, CUT = "someone@example.org", "[token]", "[id]", "[cut]"
IPV4, IPV6 = "192.0.2.1", "2001:db8::1"
MIN_SECRET = 8  # characters; less might be a part of any word

# Headers that say how a service works. What is not here may name a client, a request or a session.
PUBLIC = re.compile(
    r"content-type|date|etag|age|server|location|vary|retry-after"
    r"|x-(rate-?limit|concurrency-limit|api-pool|cache|oauth|accepted-oauth)(-.*)?"
    r"|github-authentication-token-expiration",
    re.IGNORECASE,
)

_AT = r"(?:@|%40|\\u0040|&#0*64;|&#x40;)"
_MAIL = re.compile(
    rf"[\w.+%-]*[\w+%-]{_AT}[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]+", re.IGNORECASE | re.ASCII
)
_TOKENS = re.compile(
    r"\b(?:gh[a-z]_\w{8,}|github_pat_\w{8,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+)", re.ASCII
)
_USER = re.compile(r"(?<=://)[^/\s\"'@]+@")
_PARAMETER = re.compile(
    r"([?&](?:[\w-]*token|[\w-]*key|secret|password|auth\w*|sig(?:nature)?|session\w*)=)[^&#\s\"]+",
    re.IGNORECASE,
)
_IPV4_HOST = re.compile(r"(?<=://)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
# Not in a DOI or a name, where such numbers are data.
_IPV4_WORD = re.compile(r"(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3}(?![\w/-]|\.\d)")
_IPV4_ANYWHERE = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")
_IPV6_TEXT = re.compile(
    r"(?:(?<=://)|(?<![\w.:<>/-]))[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:<>-])", re.IGNORECASE
)
# In what is no data: error pages repeat requests, and name them.
_CREDENTIAL = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie|bearer|basic)\b"
    r"([\"']?\s*[:=]?\s*[\"']?)[^\s\"'<>,;]+(?:\s+[^\s\"'<>,;]+)?",
    re.IGNORECASE,
)
_REQUEST_ID = re.compile(
    r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}(?![0-9a-z]))", re.IGNORECASE
)
_NAMED_ID = re.compile(
    r"((?:request|trace|correlation|ray)[ _-]?id[\"']?\s*[:=>]?\s*[\"'`]?)[\w:.+/=-]+",
    re.IGNORECASE,
)
_GITHUB_ID = re.compile(r"\b[0-9A-F]{4}(?::[0-9A-F]{4,}){2,}\b")

# Their numbers and tags are data, and may be as long as an id.
_DATA_HEADERS = frozenset({"etag", "location", "date"})

_ABSTRACT = re.compile(r'("(?:abstract|summary)"\s*:\s*")(?:[^"\\]|\\.)*+')
_DESCRIPTIONS = re.compile(r'("descriptions"\s*:\s*\[)(?:[^"\]]|"(?:[^"\\]|\\.)*+")*+')
_SUMMARY = re.compile(r"(<summary[^>]*>)(.*?)(</summary>|\Z)", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_GONE = re.compile(r"withdr|retract|removed", re.IGNORECASE)


class Sanitizer:
    """Removes tokens, e-mail and IP addresses, and the `secrets` of a run, from text."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if secret and len(secret) >= MIN_SECRET:
                forms |= {secret, quote(secret, safe="")}
        self._secrets = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return data, such as a body with status 200, without what is private."""
        text = _MAIL.sub(MAIL, text)
        for secret in self._secrets:
            text = text.replace(secret, TOKEN)
        text = _USER.sub("", _TOKENS.sub(TOKEN, text))
        text = _GITHUB_ID.sub(ID, _PARAMETER.sub(rf"\1{TOKEN}", text))
        return _IPV6_TEXT.sub(_address, _IPV4_WORD.sub(_address, _IPV4_HOST.sub(_address, text)))

    def message(self, text: str) -> str:
        """Return an error page or other text without private parts."""
        text = _CREDENTIAL.sub(rf"\1\2{TOKEN}", self.text(text))
        text = _REQUEST_ID.sub(ID, _NAMED_ID.sub(rf"\1{ID}", text))
        return _IPV4_ANYWHERE.sub(_address, text)

    def stored(self, text: str) -> str:
        """Return JSON that harvest wrote, without what is private and without abstracts."""
        return cut_abstracts(self.text(text))

    def body(self, body: bytes, status: int) -> bytes:
        """Return the body of a response without what is private and without abstracts."""
        text = body.decode("utf-8", "surrogateescape")
        text = cut_abstracts(self.text(text) if status == 200 else self.message(text))
        return text.encode("utf-8", "surrogateescape")

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that say how a service works, by their names in lower case."""
        result = {}
        for name, value in headers.items():
            if not PUBLIC.fullmatch(name):
                continue
            text = self.text(value)
            if name.lower() not in _DATA_HEADERS:
                text = _IPV4_ANYWHERE.sub(_address, text)
            result[name.lower()] = text
        return result


def cut_abstracts(text: str) -> str:
    """Cut abstracts out of JSON or an Atom feed, whole or cut off.

    A sentence that may say that a paper was withdrawn stays: arXiv says it nowhere else.
    """
    text = _DESCRIPTIONS.sub(r"\1", _ABSTRACT.sub(rf"\1{CUT}", text))
    return _SUMMARY.sub(lambda match: match[1] + _cut(match[2]) + match[3], text)


def _cut(summary: str) -> str:
    parts: list[str] = []
    for sentence in _SENTENCE.split(summary.strip()):
        if _GONE.search(sentence):
            parts.append(sentence)
        elif parts[-1:] != [f"{CUT}."]:
            parts.append(f"{CUT}.")
    return " ".join(parts)


def _address(match: re.Match[str]) -> str:
    """Return what stands for an IP address; loopback is nobody's, and other text stays."""
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    is_name = not any(character.isdigit() for character in match[0])  # `Ada::Bed`, in a title
    if address.is_loopback or address.is_unspecified or is_name:
        return match[0]
    return IPV4 if address.version == 4 else IPV6
