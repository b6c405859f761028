"""What a list means by its headers, labels and words: the heuristics of every reader, in one place.

A role comes from the column, then the label, then the identifier. Title, authors and date of a list item come from
the shapes that lists use, and stay None when the text has none of them:

    [Title](url) Authors. Submitted on 2 Sep 2023.         [Title](url) *Authors* (CVPR 2023)
    **Title** - Authors, Venue 2023. [[Paper]](url)        Title, Authors. [pdf](url) [code](url)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from harvest import dates
from harvest.identifiers import identify
from harvest.models import Role

Meaning = Literal["paper", "title", "code", "original", "other", "authors", "date"]
Span = tuple[int, int]

CODE_SCHEMES = frozenset({"github", "gist"})
_FORGES = ("//gitlab.com/", "//bitbucket.org/", "//codeberg.org/")  # code hosts that have no scheme
_CODE_HOSTS = ("//github.com/", "//gist.github.com/", *_FORGES)

_HOUSEHOLD = re.compile(
    r"(?i)//(?:www\.)?(?:opensource\.org/licen[cs]e|creativecommons\.org|choosealicense\.com|makeapullrequest\.com"
    r"|awesome\.re\b)|(?:^|/)(?:contributing|licen[cs]e|code[_-]of[_-]conduct)(?:\.\w+)?$"
)

# Words of a header, strongest first: "Publication Date" is a date, "Paper Title" a title, "Official Code" code.
_HEADERS: tuple[tuple[Meaning, frozenset[str]], ...] = (
    ("authors", frozenset({"author", "authors"})),
    ("date", frozenset({"date", "year", "published", "issued"})),
    ("other", frozenset({"data", "dataset", "datasets"})),
    ("title", frozenset({"title", "titles"})),
    ("original", frozenset({"original"})),
    (
        "code",
        frozenset(
            {"code", "codes", "github", "gitlab", "repo", "repos", "repository", "implementation"}
        ),
    ),
    (
        "paper",
        frozenset(
            {
                "paper",
                "papers",
                "arxiv",
                "doi",
                "pdf",
                "article",
                "articles",
                "publication",
                "preprint",
            }
        ),
    ),
)

# Labels that name what a link is, instead of the work itself.
_LABELS: dict[str, Role | None] = {
    **dict.fromkeys(("original", "original code", "original method", "original implementation"), "original"),
    **dict.fromkeys(
        (
            "code", "codes", "github", "gitlab", "repo", "repository", "source", "source code", "implementation",
            "official code", "official implementation", "unofficial code", "code link", "pytorch", "tensorflow",
            "keras", "jax", "torch", "star", "stars",
        ),
        "code",
    ),
    **dict.fromkeys(
        (
            "paper", "papers", "pdf", "arxiv", "doi", "abs", "abstract", "article", "preprint", "openreview", "biorxiv",
            "medrxiv", "publication", "journal", "paper link", "full text", "pubmed", "ieee", "acm", "springer",
        ),
        "paper",
    ),
    **dict.fromkeys(
        (
            "project", "project page", "page", "webpage", "website", "homepage", "web", "demo", "dataset", "data",
            "video", "slides", "poster", "blog", "supplementary", "supp", "bibtex", "bib", "colab", "model", "models",
            "weights", "youtube", "talk", "license", "licence",
        ),
        "other",
    ),
    **dict.fromkeys(("link", "links", "url", "here", "site", "html", "more", "read more"), None),
}  # fmt: skip


def meaning(header: str) -> Meaning | None:
    """Tell what a column holds by its header; None when the header says nothing, or names paper and code at once."""
    words = set(re.findall(r"[a-z]+", header.lower()))
    found = [name for name, vocabulary in _HEADERS if words & vocabulary]
    if not found or (found[0] in {"original", "code"} and "paper" in found):
        return None
    return found[0]


def known_label(name: str) -> str | None:
    """Give the label that a name before a link stands for, None for no known one: in `X (Paper): url` it is paper."""
    return name if _LABELS.get(name.strip().lower()) else meaning(name)


def meanings(headers: tuple[str, ...]) -> tuple[Meaning | None, ...]:
    """Tell what each column of a table holds."""
    return tuple(map(meaning, headers))


@lru_cache(maxsize=4096)
def _role_in_column(column: Meaning | None, label: str) -> Role | None:
    """Tell what a link in a table is by its column, unless its label contradicts it; None: the URL has to tell."""
    said = _LABELS.get(label.lower())
    if column == "code":
        return "original" if said == "original" else "code"
    if column in {"paper", "title"}:
        return said if said in {"code", "paper"} else None
    return column if column in {"original", "other"} else None


def role_in_column(column: Meaning | None, label: str, url: str) -> Role:
    """Tell what a link in a table is."""
    told = _role_in_column(column, label)
    if told:
        return told
    if column in {"paper", "title"}:
        return "code" if any(host in url for host in _CODE_HOSTS) else "paper"
    return role(label, url)


def role(label: str, url: str) -> Role:
    """Tell what a link of an entry is when only its label and its URL can say."""
    said = _LABELS.get(label.lower())
    if said in {"original", "code"}:
        return said
    if _is_code(url):
        return "code"
    identifier = identify(url).identifier
    return said or ("paper" if identifier and identifier.scheme != "url" else "other")


def role_of_image(url: str) -> Role:
    """Tell what an image of an entry is: a badge that carries a repository is code, any other is decoration."""
    return "code" if _is_code(url) else "other"


def is_bare(title: str, authors: str | None, roles: Collection[Role]) -> bool:
    """Tell whether an entry names a work by its title alone: it links to none, and the title is no mere word.

    Beside a link to code, a title without authors may be that of a tool.
    """
    if roles:
        return bool(authors) and not {"paper", "other"} & set(roles)
    return bool(authors) or len(title.split()) > 2


def is_household(url: str) -> bool:
    """Tell whether a link is about the list itself: its licence, how to contribute, that it is an awesome list."""
    return _HOUSEHOLD.search(url) is not None


def _is_code(url: str) -> bool:
    """Tell whether a URL names a repository, or the place of one that was never filled in."""
    identified = identify(url)
    if identified.identifier and identified.identifier.scheme in CODE_SCHEMES:
        return True
    hosts = _CODE_HOSTS if identified.kind == "placeholder" else _FORGES
    return any(host in url for host in hosts)


_GENERIC = re.compile(
    r"(?i:https?://\S*|doi\b.*|arxiv\b.*)|[\d./v-]+"  # an identifier
    r"|(?:\w*[A-Z]\w*[A-Z]\w*|Nature|Science)[-\w ']{0,20}\d\d(?: \w+)?"  # a venue with its year
)
# Where the authors end: at a date, at the venue, or where the sentence does (an initial's full stop ends nothing).
_VENUE = re.compile(
    r"\b(?:Submitted on|Publisher|(?:In )?Proc(?:eedings)?\b|Journal|Transactions|International|Conference|Advances in"
    r"|IEEE|ACM|Springer|Elsevier|arXiv|bioRxiv|medRxiv|Nature|CVPR|ICCV|ECCV|WACV|BMVC|NeurIPS|NIPS|ICML|ICLR|AAAI"
    r"|IJCAI|MICCAI|ISBI|MIDL|ACL|EMNLP|NAACL|KDD|SIGIR|ICASSP|Interspeech)\b"
)
_SENTENCE = re.compile(
    r"(?:(?<=[^\W\d_][^\W\d_])(?<! al)(?<! Jr)(?<! Sr)|(?<=\)))\.(?:\s|$)|\s[-\u2013\u2014|]\s"
)
_LISTED = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_PARTICLES = frozenset(
    ("al", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "le",
     "van", "von", "y", "zu")
)  # fmt: skip
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[- ]?){1,4}")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
# Marks of affiliations, as they are left of `Roe<sup>1,*</sup>`: signs anywhere, numbers right behind a name.
_SIGN = r"[*\u2217\u2020\u2021\u00a7\u00b6#^\u2709\u00b9\u00b2\u00b3\u2070-\u2079]"
_SIGNS = re.compile(rf",?(?:{_SIGN}|\$[^$]{{1,20}}\$)+(?:,(?=\d))?")
_NUMBERS = re.compile(r"(?<=[^\W\d_A-Z])\d{1,2}(?:,\s?\d{1,2})*(?!\w)|\s(?=[,;])")
_MARKED = re.compile(rf"{_SIGN}|\$|[^\W\d_]\d")
_QUOTED = re.compile(r'["“]([^"“”]{8,300})["”]')
_EDGES = " \t\n,;:|-\u2013\u2014\u00b7\u2022"
_LONGEST = (
    20_000  # characters of an item: more is not an entry, and the shapes below need not look at it
)


class Link(NamedTuple):
    """A link within the text of an item: where it stands, its label, its role."""

    start: int
    end: int
    label: str
    role: Role


class Description(NamedTuple):
    """What a list says of a work."""

    title: str | None = None
    authors: str | None = None
    date: str | None = None


@lru_cache(maxsize=4096)
def is_generic(label: str) -> bool:
    """Tell whether a label names a kind of link (Paper, Code, CVPR 2023) instead of a work."""
    return not label or label.lower() in _LABELS or _GENERIC.fullmatch(label) is not None


def describe(
    text: str, links: Sequence[Link], bold: Iterable[Span] = (), italic: Iterable[Span] = ()
) -> Description:
    """Read title, authors and date out of the text of a list item; what it does not say is None."""
    if len(text) > _LONGEST:
        return Description()
    title, start, end = _title(text, links, bold)
    after = min((link.start for link in links if link.start >= end), default=len(text))
    tail = text[end:after]
    emphasised = next(((a - end, b - end) for a, b in italic if end <= a < after), None)
    rest = _without(
        text[end:], [(link.start - end, link.end - end) for link in links if link.start >= end]
    )
    return Description(
        title or None, _authors(tail, emphasised), dates.find(rest) or dates.find(text[:start])
    )


def _title(text: str, links: Sequence[Link], bold: Iterable[Span]) -> tuple[str, int, int]:
    """Give the title and where it stands: the label of a paper, else bold or quoted text, else the first sentence."""
    named = [link for link in links if not is_generic(link.label)]
    for link in named:
        if link.role == "paper":
            return link.label, link.start, link.end
    loose = [(a, b) for a, b in bold if not any(link.start <= a < link.end for link in links)]
    for start, end in (*loose, *(match.span(1) for match in _QUOTED.finditer(text))):
        title = text[start:end].strip(_EDGES)
        if not is_generic(title) and title[0] not in "([":
            return title, start, end + (text[end : end + 1] in ('"', "”"))
    if named:
        return named[0].label, named[0].start, named[0].end
    before = text[: min((link.start for link in links), default=0)]
    if not before.strip():
        before = ""
    return _first_sentence(before)


def _first_sentence(text: str) -> tuple[str, int, int]:
    sentence = _SENTENCE.search(text)
    end = sentence.start() if sentence else len(text)
    for comma in islice(re.finditer(",", text[:end]), 10):
        if _authors(text[comma.end() : end], None):
            end = comma.start()
            break
    title = text[:end].strip(_EDGES + "[(")
    return (title, 0, end) if " " in title else ("", 0, 0)


def _authors(tail: str, emphasised: Span | None) -> str | None:
    """Give the authors that follow a title, None when what follows does not read like names."""
    if emphasised and not tail[: emphasised[0]].strip(_EDGES + "."):
        text, sure = tail[slice(*emphasised)], True
    else:
        text, sure = tail[: emphasised[0]] if emphasised else tail, False
    text = plain_names(text.strip(_EDGES).lstrip(_EDGES + "."))
    if text[:3].lower() == "by ":
        text, sure = text[3:], True
    ends = [match.start() for match in (_VENUE.search(text), _SENTENCE.search(text)) if match]
    text = text[: min([*ends, dates.find_start(text)])]
    text = re.sub(r"[(\[][^()\[\]]*$", "", text).strip(_EDGES)
    return text if _are_names(text, sure=sure) else None


def plain_names(text: str) -> str:
    """Give names without the marks of affiliations."""
    return _NUMBERS.sub("", _SIGNS.sub("", text)).strip() if _MARKED.search(text) else text


def _are_names(text: str, *, sure: bool) -> bool:
    names = [name for name in _LISTED.split(_AFFILIATION.sub("", text)) if name]
    others = [name for name in names if name.rstrip(".") in {"et al", "others"}]
    if others or (names and names[-1].endswith(" et al.")):
        sure = True
    people = [name.removesuffix(" et al.") for name in names if name not in others]
    full = [_is_name(name) for name in people]
    initials = [_INITIALS.fullmatch(name) is not None for name in people]
    pairs = [
        full[i] or initials[i] or others or any(initials[i + 1 : i + 2]) for i in range(len(people))
    ]
    return bool(people) and all(pairs) and (sure or len(names) > 1)


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 6 and all(word[0].isupper() or word in _PARTICLES for word in words)


def _without(text: str, spans: Iterable[Span]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = max(position, end)
    return " ".join([*kept, text[position:]])
