"""The meaning of a URL or an id text: one canonical `scheme:value` for every spelling in use.

Percent-encoding is decoded exactly once. Closing brackets belong to a DOI if their openers do.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harvest.identifiers.addresses import parse, split
from harvest.identifiers.placeholders import is_link
from harvest.identifiers.running_text import find, find_leading
from harvest.identifiers.schemes import (
    BLANKS,
    LINK,
    PARSERS,
    PLACEHOLDER,
    parse_arxiv,
    parse_doi,
    parse_pii,
    parse_pmc,
    registered_doi,
    url,
)
from harvest.models import Target

__all__ = ["find", "find_leading", "identify", "registered_doi", "url"]

_CLOSERS = {"<": ">", '"': '"', "'": "'", "(": ")", "[": "]", "{": "}"}
_PREFIXED = re.compile(
    r"(?:info:|urn:)?(doi|arxiv|pmid|pmcid)(?:\s*[:=]\s*|\s+|(?=\d))(.+)"
    r"|info:(doi|arxiv|pmid)/(.+)|([a-z]+):(.+)",
    re.IGNORECASE | re.DOTALL,
)
_DOUBLED = re.compile(r"(?:https?:/+)+(?=https?://)", re.IGNORECASE)
_ALIASES = {"pmid": "pubmed", "pmcid": "pmc"}


@lru_cache(maxsize=1 << 16)
def identify(text: str) -> Target:
    """Return what a URL or an id text means. Every string has a meaning; nothing is raised.

    It is a registered identifier, a placeholder that was never filled in, or a link: `url:...` for
    a web page, and no identifier for relative paths, anchors, mail addresses and the like.
    """
    text = _unwrap(text.strip(BLANKS))
    if "://" in text[len("http://") :]:  # as in few
        text = _DOUBLED.sub("", text, count=1)
    address = split(text.removeprefix("url:"))
    if address:
        return parse(address)
    return _parse_prefixed(text) or _parse_bare(text) or (PLACEHOLDER if is_link(text) else LINK)


def _unwrap(text: str) -> str:
    """Remove one pair of quotes or brackets; those of `<owner>/<repo>` are two pairs."""
    closer = _CLOSERS.get(text[:1])
    if closer and text.endswith(closer) and f"{closer}/" not in text:
        return text[1:-1].strip(BLANKS)
    return text


def _parse_prefixed(text: str) -> Target | None:
    match = _PREFIXED.fullmatch(text)
    if not match:
        return None
    scheme, value = (group for group in match.groups() if group is not None)
    parser = PARSERS.get(_ALIASES.get(scheme.lower(), scheme.lower()))
    return parser(value) if parser else None


def _parse_bare(text: str) -> Target | None:
    """Parse what is certain without a prefix: a DOI, an arXiv id, a PMC id, a PII."""
    if text.startswith("10."):
        return parse_doi(text)
    pmc = parse_pmc(text) if text[:3].upper() == "PMC" else None
    pii = parse_pii(text) if text[:1] in {"S", "s", "B", "b"} else None
    return parse_arxiv(text) or pmc or pii
