"""Words and marks that mean more in a title or a name than their letters."""

from __future__ import annotations

import re


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


SMALL_WORDS = _split("a an and as at by for from in into of on or the to using via with")
DIRECTIONS = _split("to from into")
NUMBERED = _split("part volume vol chapter section no number paper")
ROMAN = re.compile(r"(?=[ivx])(?:x{0,2})(?:ix|iv|v?i{0,3})")
OPPOSED = re.compile(  # prefixes that make two words of one
    "hyper|hypo|inter|intra|macro|micro|pre|peri|post|endo|exo|mono|multi|homo|hetero"
)
ELLIPSIS = re.compile(r"(?:\.\.|\u2026)\W*$")
PHRASE_END = re.compile(r"[:?!.;]\s|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|\(")
NOTICE = re.compile(  # how a title begins or ends that is about a paper
    r"^(?:(?:author|publisher|editorial|invited|guest)s? |notice of |letter to the )?"
    r"(?:correction|corrigend(?:um|a)|errat(?:um|a)|retraction|withdrawal|removal|addendum"
    r"|amendment|expression of concern|violation of ieee publication principles|comments?"
    r"|commentary|discussion|rejoinder|editorial|editor|foreword|reply|response|review|peer review"
    r"|referee report|data|dataset|code|supplement(?:ary|al)(?: (?:material|information|data))?)"
    r"(?: (?:note|notice))?(?: (?:to|on|of|for|from))? "
    r"| (?:correction|corrigend(?:um|a)|errat(?:um|a)|addendum"
    r"|supplement(?:ary|al)(?: material)?)$"
)
STATUS = re.compile(  # how publishers mark the paper itself
    r"(?:retracted|withdrawn)(?: article| chapter| paper)? "
)
NO_PAPER = _split(  # types of Crossref
    "component peer-review journal journal-issue journal-volume grant database dataset standard"
)

NAME_SEPARATOR = re.compile(r"[,;&]|\band\b")
ET_AL = re.compile(r"\bet\.?\s*al\b|\bothers\b|\.\.\.|…", re.IGNORECASE)
NAME_SUFFIXES = _split("jr sr ii iii iv")
GROUPS = _split(
    "collaboration collaborators committee consortium group initiative investigators network"
    " project society team"
)
