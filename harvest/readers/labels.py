"""What headers, labels and addresses say of links, the same for every reader.

The role of a link comes from its column, then its label, then its identifier. The words that lists
use are data (data/labels.toml).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from harvest.entries import CODE_SCHEMES
from harvest.identifiers import identify
from harvest.models import Role

Meaning = Literal["paper", "title", "code", "original", "other", "authors", "date", "venue"]


class Words(msgspec.Struct):
    """What lists call things; see data/labels.toml."""

    headers: dict[Meaning, frozenset[str]]
    labels: dict[Role | Literal["any"], list[str]]
    items: dict[
        Literal[
            "days", "meetings", "organisations", "particles", "surnames", "venues", "words", "years"
        ],
        list[str],
    ]


WORDS = msgspec.toml.decode(
    files("harvest").joinpath("data", "labels.toml").read_bytes(), type=Words
)

_VENUES = frozenset(WORDS.items["venues"])
_LABELS: dict[str, Role | None] = {}
for _role, _names in WORDS.labels.items():
    _LABELS |= dict.fromkeys(_names, None if _role == "any" else _role)

# Code hosts without a scheme; a PDF on one of them, or on GitHub, is a paper.
_NO_PDF = r"(?![^?#]*\.pdf(?:[?#]|$))"
_FORGES = re.compile(rf"(?i)//(?:gitlab\.[\w.-]+|bitbucket\.org|codeberg\.org)/{_NO_PDF}")
_CODE_HOSTS = re.compile(rf"(?i)//(?:gist\.)?github\.com/{_NO_PDF}|{_FORGES.pattern[4:]}")
_HOUSEHOLD = re.compile(
    r"(?i)//(?:www\.)?(?:opensource\.org/licen[cs]e|creativecommons\.org|choosealicense\.com"
    r"|makeapullrequest\.com|awesome\.re\b)"
    r"|(?:^|/)(?:contributing|licen[cs]e|code[_-]of[_-]conduct)(?:\.\w+)?$"
)
_WORDS_OF_HEADERS = re.compile(r"[^\W\d_]+")
_IDENTIFIER = re.compile(r"(?i:https?://\S*|doi\b.*|arxiv(?:\b|\d).*)|10\.\d{4,9}/\S+|[\d./v-]+")
_ICON = re.compile(r"(?:\W|:\w+:)*")  # no word: `\U0001f4c4`, `:link:`
_EDITION = re.compile(  # a venue with its year
    r"(?:\w*[A-Z]\w*[A-Z]\w*|Nature|Science)[-\w ']{0,20}(?:(?:19|20)\d|[0-29])\d(?: \w+)?"
)
_LONGEST_EDITION = 80  # characters
_JOINT = re.compile(r"[&/+,d](?:(?<!d)|(?<=and))")
_SOURCE = re.compile(r" (?:[Ff]rom|[Bb]y) \S+(?: \S+)?\Z")  # `Code by Doe`
_JOINED = re.compile(r"\s*(?:[&/+,]|\band\b)\s*")
_FIELDS: tuple[Literal["authors", "title", "date"], ...] = ("authors", "title", "date")
_PARTS = re.compile(r"\s*[-_/&+ ]\s*")
# The first word of a text without a digit, and those of all labels, identifiers and joints.
_BEGINNING = re.compile(r"([^\W\d_]+)\D*+")
_FIRST_WORDS = {"and", "arxiv", "doi", "http", "https", "v"}
_FIRST_WORDS |= {words[1] for words in map(_BEGINNING.match, _LABELS) if words}


def meaning(header: str) -> Meaning | None:
    """Return what a column holds, None if its header names nothing, or paper and code at once."""
    words = set(_WORDS_OF_HEADERS.findall(header.lower()))
    meanings = [name for name, vocabulary in WORDS.headers.items() if words & vocabulary]
    if not meanings or (meanings[0] in {"original", "code"} and "paper" in meanings):
        return None
    return meanings[0]


def field(name: str) -> Literal["authors", "title", "date"] | None:
    """Return what a name before a colon says of the text behind it: `Authors`, `Title`, `Year`."""
    words = _WORDS_OF_HEADERS.findall(name.lower().replace("(s)", "").replace(":innen", ""))
    return next((it for it in _FIELDS if words and WORDS.headers[it].issuperset(words)), None)


def as_label(name: str) -> str | None:
    """Return a name before a link as the label of the link: in `X (Paper): url` it is paper.

    That of a venue is none: it says where a work was published, and not what the link is.
    """
    if _LABELS.get(name.strip().lower()):
        return name
    column = meaning(name)
    return None if column == "venue" else column


@lru_cache(maxsize=4096)
def is_generic(label: str) -> bool:
    """Return True if a label names a kind of link (Paper, Code, CVPR 2023) instead of a work."""
    words = _BEGINNING.fullmatch(label)
    if words and words[1].lower() not in _FIRST_WORDS:  # as most titles
        return False
    if _ICON.fullmatch(label) or _IDENTIFIER.fullmatch(label):
        return True
    if len(label) > _LONGEST_EDITION:
        return False
    label = _SOURCE.sub("", label)
    if _EDITION.fullmatch(label) is not None or label.lower() in _LABELS:
        return True
    joined = _JOINED.split(label) if _JOINT.search(label) else ()  # `Official code & data`
    if len(joined) > 1 and all(map(is_generic, joined)):
        return True
    first, *rest = _PARTS.split(label, 1)  # `Paper-CVPR14`
    others = _PARTS.split(rest[0]) if rest and is_generic(first) else []
    return bool(others) and all(part in _VENUES or is_generic(part) for part in others)


@lru_cache(maxsize=4096)
def _role_by_column(column: Meaning | None, label: str) -> Role | None:
    """Return the role that a column gives a link unless its label contradicts it."""
    role = _LABELS.get(label.lower())
    if column == "code":
        return "original" if role == "original" else "code"
    if column == "paper" or column == "title":  # noqa: PLR1714 - mypy narrows by it
        return role if role in {"code", "paper"} else None
    return column if column == "original" or column == "other" else None  # noqa: PLR1714 - as above


def role_in_column(column: Meaning | None, label: str, url: str) -> Role:
    """Return the role of a link in a table."""
    by_column = _role_by_column(column, label)
    if by_column:
        return by_column
    if column in {"paper", "title"}:
        return "code" if _CODE_HOSTS.search(url) else "paper"
    return role(label, url)


def role(label: str, url: str) -> Role:
    """Return the role of a link outside of tables."""
    by_label = _LABELS.get(label.lower())
    if by_label in {"original", "code"}:
        return by_label
    if _is_code(url):
        return "code"
    identifier = identify(url).identifier
    return by_label or ("paper" if identifier and identifier.scheme != "url" else "other")


def role_of_image(url: str) -> Role:
    """Return the role of an image: a badge that carries a repository is code."""
    return "code" if _is_code(url) else "other"


def is_bare(title: str, authors: str | None, roles: Collection[Role]) -> bool:
    """Return True if an entry names a work by its title alone: it links to none.

    A title of one or two words may be no title. Beside a link to code, a title without authors may
    be that of a tool.
    """
    if roles:
        return bool(authors) and not {"paper", "other"} & set(roles)
    return bool(authors) or len(title.split()) > 2


def is_household(url: str) -> bool:
    """Return True for a link about the list itself: its licence, how to contribute, a badge."""
    return _HOUSEHOLD.search(url) is not None


def _is_code(url: str) -> bool:
    """Return True for a repository, and for the place of one that was never filled in."""
    target = identify(url)
    if target.identifier and target.identifier.scheme in CODE_SCHEMES:
        return True
    hosts = _CODE_HOSTS if target.kind == "placeholder" else _FORGES
    return hosts.search(url) is not None
