"""The schemes of identifiers: which values each has, their canonical form and their web address.

A parser of a scheme returns the canonical identifier for a text, a placeholder for one that was
never filled in, and None for a text that is no value of the scheme.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, unquote

from harvest.identifiers import placeholders
from harvest.identifiers.tables import TABLES
from harvest.models import Identifier, Target

Parser = Callable[[str], Target | None]

PLACEHOLDER = Target("placeholder")
LINK = Target("link")

# Blanks that come with copied text; from \u200b on they have no width.
BLANKS = " \t\r\n\f\v\u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"
# What ends a sentence, a quotation or an emphasis, but never an id; from \u2019 on as typeset.
PUNCTUATION = frozenset(
    ".,;:!?'\"*`~\u2019\u201d\u00bb\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f" + BLANKS
)
_OPENERS = {")": "(", "]": "[", "}": "{", ">": "<"}


def trim(text: str, punctuation: frozenset[str] = PUNCTUATION) -> str:
    """Cut punctuation and closing brackets without an opener from the end, in linear time."""
    end = len(text)
    unopened: dict[str, int] = {}
    while end and not (last := text[end - 1]).isalnum():
        if last in _OPENERS:
            if last not in unopened:
                unopened[last] = text.count(last) - text.count(_OPENERS[last])
            if unopened[last] <= 0:
                break
            unopened[last] -= 1
        elif last not in punctuation:
            break
        end -= 1
    return text[:end]


def make_target(scheme: str, value: str, version: str | None = None) -> Target:
    """Build the target of a registered identifier."""
    return Target("identifier", Identifier(scheme, value), version)


_DOI = re.compile(r"10\.(?!0000)[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_DOI_PREFIX = re.compile(  # generators stack them
    r"(?:https?:/+(?:dx\.)?doi\.org/+|(?:info:|urn:)?doi[:/]\s*|/+)+"
)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_ESCAPED = re.compile(r"\\([_%&#$~<>])")  # BibTeX and Markdown escapes
_DOI_ENDS = PUNCTUATION | {"/"}
_ARXIV_DOI = "10.48550/arxiv."


def parse_doi(text: str) -> Target | None:
    """Parse a DOI (ISO 26324), bare or with prefixes. The arXiv's own DOIs are arXiv ids."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "%" in text:
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:  # no UTF-8, so the characters are unknown
            return None
    value = text.strip(BLANKS).lower()
    if not value.startswith("10."):
        value = _DOI_PREFIX.sub("", value, count=1)
    value = trim(value, _DOI_ENDS)
    if placeholders.DOI.fullmatch(value):
        return PLACEHOLDER
    if not _DOI.fullmatch(value):
        return None
    arxiv = parse_arxiv(value.removeprefix(_ARXIV_DOI)) if value.startswith(_ARXIV_DOI) else None
    return arxiv or make_target("doi", value)


_MONTH = "(?:0[1-9]|1[0-2])"
# From April 2007 on; five digits from 2015 on; numbers start at 1.
NEW_STYLE = (
    rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.(?!0000)\d{{4}}"
    rf"|(?:1[5-9]|[2-9]\d){_MONTH}\.(?!00000)\d{{5}}"
)
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
OLD_STYLE = (
    rf"({_ARCHIVES})(?:\.[a-z][a-z-]+)?"
    rf"/((?:(?:9[1-9]|0[0-6]){_MONTH}|070[1-3])(?!000)\d{{3}})"
)
_ARXIV = re.compile(
    rf"(?:arxiv:\s*)?(?:({NEW_STYLE})|{OLD_STYLE})(v[1-9]\d*)?(?:\s*\[[\w.-]+\])?",
    re.ASCII | re.IGNORECASE,
)


def parse_arxiv(text: str) -> Target | None:
    """Parse an arXiv id (info.arxiv.org/help/arxiv_identifier.html), without its subject class."""
    value = unquote(text) if "%" in text else text
    value = trim(value.strip(BLANKS).rstrip("/"))
    match = _ARXIV.fullmatch(value)
    if not match:
        return PLACEHOLDER if placeholders.ARXIV.fullmatch(value) else None
    new, archive, number, version = match.groups()
    return make_target("arxiv", new or f"{archive.lower()}/{number}", version and version.lower())


# Users have letters, digits and hyphens; `_` sets off the short code of a company.
_OWNER = re.compile(r"(?!.{40})[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9]+)?")
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")  # a name may end in a full stop
_NAME = re.compile(r"(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)


def parse_github(text: str) -> Target | None:
    """Parse `owner/name` by GitHub's rules. The letter case stays, since GitHub shows it."""
    owner, _, name = (unquote(text) if "%" in text else text).partition("/")
    name = name.partition("@")[0]  # pip writes name.git@branch
    name = name if _INITIALS.fullmatch(name) else trim(name)
    name = name.removesuffix(".git").removesuffix(".wiki")
    if placeholders.is_repository(f"{owner}/{name}"):
        return PLACEHOLDER
    if (
        owner.lower() in TABLES.github_pages
        or not _OWNER.fullmatch(owner)
        or not _NAME.fullmatch(name)
    ):
        return None
    return make_target("github", f"{owner}/{name}")


_PII = re.compile(r"S[0-9X]{16}|B[0-9X]{16,19}")
_OLD_PII = re.compile(r"[0-9]{7}[0-9X][0-9]{7}[0-9X]")
_PII_MARKS = str.maketrans("", "", "()-")


def parse_pii(text: str) -> Target | None:
    """Parse a Publisher Item Identifier: S and an ISSN or B and an ISBN, year, number and check.

    Before 1995 it had no letter; the check digit of its ISSN tells it from any other number.
    """
    value = unquote(text).strip(BLANKS).translate(_PII_MARKS).upper()
    is_old = _OLD_PII.fullmatch(value) is not None and _is_issn(value[:8])
    return make_target("pii", value) if is_old or _PII.fullmatch(value) else None


def _is_issn(digits: str) -> bool:
    """Return True if the last of eight digits is the check digit of an ISSN (ISO 3297)."""
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return (
        sum(weight * value for weight, value in zip(range(8, 0, -1), values, strict=True)) % 11 == 0
    )


_PMC = re.compile(r"(?:PMC)?([1-9][0-9]{0,9})(?:\.[0-9]+)?", re.IGNORECASE)


def parse_pmc(text: str) -> Target | None:
    """Parse a PubMed Central id, with or without its letters. A version after a dot is dropped."""
    match = _PMC.fullmatch(trim(text.strip(BLANKS)))
    return make_target("pmc", f"PMC{match[1]}") if match else None


def _parse_cvf(text: str) -> Target | None:
    """Parse the folder and file name of a paper of the CVF; blanks of a folder may be `_`."""
    value = unquote(text).strip(BLANKS).replace(" ", "_")
    return make_target("cvf", value) if _CVF.fullmatch(value) else None


_CVF = re.compile(  # conference, workshop, and First_Author's_Title_CONFERENCE_YEAR
    r"\w+/(?:[\w.-]+/)?[^\W_][^\s/?#%]*_(?:[A-Z]+W?_(?:19|20)\d\d|(?:19|20)\d\d_[A-Z]+)"
)


def _parse_value(scheme: str, pattern: re.Pattern[str], text: str) -> Target | None:
    match = pattern.fullmatch(trim(text.strip(BLANKS)))
    return make_target(scheme, match[1]) if match else None


PARSERS: dict[str, Parser] = {
    "doi": parse_doi,
    "arxiv": parse_arxiv,
    "github": parse_github,
    "cvf": _parse_cvf,
    "pii": parse_pii,
    "pmc": parse_pmc,
}
for _scheme, _pattern in TABLES.values.items():
    PARSERS[_scheme] = partial(_parse_value, _scheme, re.compile(_pattern, re.ASCII))


def url(identifier: Identifier) -> str:
    """Return the canonical web address, percent-encoded. Raises ValueError if there is none."""
    if identifier.scheme == "url":
        return identifier.value
    if identifier.scheme not in TABLES.pages:
        raise ValueError(f"no web address is known for {identifier}")
    page, value = TABLES.pages[identifier.scheme], quote(identifier.value, safe="/:;()")
    if isinstance(page, str):
        return page.format(value)
    for pattern, template in page.items():
        if match := re.fullmatch(pattern, value, re.ASCII):
            return template % match.groups()
    raise ValueError(f"no web address is known for {identifier}")


_VERSIONS = re.compile("|".join(TABLES.versions))


def without_version(identifier: Identifier) -> Identifier | None:
    """Return what the DOIs of the versions of one text have in common; None for any other."""
    match = _VERSIONS.fullmatch(identifier.value) if identifier.scheme == "doi" else None
    return Identifier("doi", match[match.lastindex or 0]) if match else None


def registered_doi(identifier: Identifier) -> Identifier | None:
    """Return the DOI that an identifier has by the rule of its publisher, if it was registered."""
    for row in TABLES.dois:
        match = (
            re.fullmatch(row.pattern, identifier.value) if row.scheme == identifier.scheme else None
        )
        target = parse_doi(row.doi % match.groups()) if match else None
        if target:
            return target.identifier
    return None
