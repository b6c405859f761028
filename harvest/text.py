"""What comes from outside, made readable: titles, names, dates, lines for a terminal. Pure functions, one rule each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from harvest.models import Author

# Tags that Crossref members deposit in titles: JATS, MathML, HTML. Inequalities (`a <b and c> d`) are no tags.
_TAG = re.compile(
    r"</?(?:(?:jats|mml|xhtml|xml):[a-z-]+|a|b|bold|br|em|emph|font|i|inline-formula|inf|italic|m[a-z]+|p|roman|sans-serif"
    r"|sc|scp|small|smallcap|span|strong|sub|sup|tex-math|title|tt|u|underline)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>",
    re.IGNORECASE,
)
# What a terminal obeys: C0 and C1 control characters, and Unicode's marks of direction (https://trojansource.codes/).
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def clean(raw: str) -> str:
    """Strip markup, decode entities once, and fold white space.

    Entities are decoded once and not to a fixpoint, so that `&amp;lt;` stays the `&lt;` that an author wrote; tags
    that were deposited as entities (`&lt;i&gt;`) go too.
    """
    plain = _TAG.sub("", html.unescape(_TAG.sub("", raw)))
    return " ".join(plain.split())


def printable(raw: object) -> str:
    """Give text as one line with a blank for everything that a terminal would obey and not show."""
    return _CONTROL.sub(" ", str(raw))


def join_title(titles: Iterable[str], subtitles: Iterable[str] = ()) -> str | None:
    """Give the first title that is not blank, with the subtitle behind a colon unless the title already has it."""
    main = next(filter(None, map(clean, titles)), None)
    sub = next(filter(None, map(clean, subtitles)), None)
    if main is None or sub is None or sub.casefold() in main.casefold():
        return main
    return f"{main}{'' if main.endswith((':', '?', '!')) else ':'} {sub}"


def make_author(
    given: str | None, family: str | None, name: str | None = None, orcid: str | None = None
) -> Author | None:
    """Build an author from what there is; None when there is no name at all. `name` is a consortium or a mononym."""
    given, family, name = (clean(part) or None if part else None for part in (given, family, name))
    display = name or " ".join(filter(None, (given, family)))
    if not display:
        return None
    match = _ORCID.search(orcid.upper()) if orcid else None
    return Author(name=display, given=given, family=family, orcid=match[0] if match else None)
