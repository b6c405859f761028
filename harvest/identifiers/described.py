"""What can be read from the identifier of a work: the title and year that stand in its address."""

from __future__ import annotations

import re

from harvest.models import Identifier

# Wyatt_AnoDDPM_..._CVPRW_2022: the first author's family name, the title, conference and year.
_CVF = re.compile(r".*/([^_/]+)_([^/]+)_[A-Z]+_((?:19|20)\d\d)")
_CVF_YEAR = re.compile(r".*_(?:[A-Z]+_((?:19|20)\d\d)|((?:19|20)\d\d)_[A-Z]+)")
_WHOLE_SINCE = 2019  # before, the CVF wrote only three words or so of each title
_MAX_WORDS = 9  # and since then no more than ten
# Family names of several words begin like this; where they end cannot be told.
_PARTICLES = frozenset({
    "al", "ben", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la", "le",
    "mac", "san", "st", "ten", "ter", "van", "von", "zu",
})  # fmt: skip
_NEURIPS = re.compile(r"\d+-(.+)")
_NEURIPS_YEAR = re.compile(r"(?:datasets/)?((?:19|20)\d\d)/.+")


def title(identifier: Identifier) -> str | None:
    """Return the title in the address of a paper of CVF or NeurIPS, None unless it is whole.

    Punctuation is missing from it, and capitals too at NeurIPS.
    """
    if identifier.scheme == "neurips":
        match = _NEURIPS.fullmatch(identifier.value)
        if match is None:
            return None
        words = match[1].replace("-", " ")
        return words[:1].upper() + words[1:]
    match = _CVF.fullmatch(identifier.value) if identifier.scheme == "cvf" else None
    if match is None or int(match[3]) < _WHOLE_SINCE or match[1].lower() in _PARTICLES:
        return None
    words = match[2].split("_")
    return " ".join(filter(None, words)) if len(words) <= _MAX_WORDS else None


def year(identifier: Identifier) -> str | None:
    """Return the year of the conference in the address of a paper of CVF or NeurIPS."""
    pattern = {"cvf": _CVF_YEAR, "neurips": _NEURIPS_YEAR}.get(identifier.scheme)
    match = pattern.fullmatch(identifier.value) if pattern else None
    return next(filter(None, match.groups())) if match else None
