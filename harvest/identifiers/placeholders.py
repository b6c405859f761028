"""What people write before they know a link: `10.xxxx/xxxx`, `user/repo`, `example.com`."""

from __future__ import annotations

import re

from harvest.identifiers.tables import TABLES

# DOIs in lower case, and arXiv ids.
DOI = re.compile(
    r"10\.(?:x{2,}[^/]*|0{4,})(?:/.*)?|10\.[\dx.]+/(?:x{2,}|n{2,})(?:[-._/](?:x+|n+))*", re.ASCII
)
ARXIV = re.compile(
    r"(?:arxiv:\s*)?(?:[\dxym]{4}\.[xn]{4,5}|0000\.0{4,5}|x{3,})(?:v[\dxn])?",
    re.ASCII | re.IGNORECASE,
)

# Owners and names of repositories without case, hyphens and underscores (your-username, user_name).
_TEMPLATE_OWNER = (
    "(?:example|x{3,}|(?:your|my)?github(?:user)?name"
    "|(?:your|my)(?:github)?(?:user|username|name|id|org|organization|account|handle))"
)
_TEMPLATE_NAME = "(?:your(?:repo|repository|project)(?:name)?)"
_ANY_OWNER = "(?:user|username|owner|ownername|org|organization|orgname)"
_ANY_NAME = "(?:repo|repos|repository|reponame|repositoryname|project|projectname|name)"
_VARIABLE = r"(?:[<{\[$]+\w+[>}\])]*)"
_REPOSITORY = re.compile(
    rf"{_TEMPLATE_OWNER}/.*|[^/]*/{_TEMPLATE_NAME}|{_ANY_OWNER}/{_ANY_NAME}?"
    rf"|{_VARIABLE}/.*|[^/]*/{_VARIABLE}",
    re.ASCII,
)
_SHORTHAND = re.compile(
    rf"(?:{_TEMPLATE_OWNER}|{_ANY_OWNER}|{_VARIABLE})/(?:{_TEMPLATE_NAME}|{_ANY_NAME}|{_VARIABLE})",
    re.ASCII,
)
_JOINTS = str.maketrans("", "", "-_")

# Hosts of an example, or of no page on the web, in lower case.
HOST = re.compile(
    r"(?:.+\.)?example(?:\.(?:com|org|net|edu))?|(?:.+\.)?(?:test|invalid|localhost)"
    r"|127\.0\.0\.1|[^.\[]*|\W*|.*[<>{}$].*"
    r"|(?:www\.)?(?:x{3,}|your-?(?:domain|site|website|url|link|project)(?:-?(?:name|page|here))?)"
    r"(?:\.\w+)+"
    r"|(?:your|my)[-_]?(?:github[-_]?)?(?:user|username|name|org)\.git(?:hub|lab)\.io"
)
_STOPGAP = re.compile(
    r"n/a|n\.a|t\.b\.[ad]|w/o|https?://|[^\w#./\\]+"
    r"|(?:[\w-]+\.)*example\.(?:com|org|net)(?:[/?#].*)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?![\d\s]*$)[^./\\:#?=@]+")


def is_repository(path: str) -> bool:
    """Return True if the `owner/name` of a GitHub address was never filled in."""
    return _REPOSITORY.fullmatch(path.lower().translate(_JOINTS)) is not None


def is_link(text: str) -> bool:
    """Return True if a text in the place of a link is a mere word, a dash, `user/repo` or `...`.

    The names of files without a suffix, such as LICENSE, are relative links.
    """
    words = text.rstrip(".!\u2026 ")
    if not words:
        return text not in {"", ".", ".."}
    if _SHORTHAND.fullmatch(text.lower().translate(_JOINTS)) or _STOPGAP.fullmatch(words):
        return True
    return _WORD.fullmatch(words) is not None and words.lower() not in TABLES.file_names
