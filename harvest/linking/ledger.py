"""The ledger of a comparison: named weights in bits that a person can read and dispute.

A weight is the logarithm of how much more often what was seen is seen between forms of one work
than between two works that a search takes for each other, so the sum is the evidence (Fellegi and
Sunter, https://doi.org/10.1080/01621459.1969.10501049). `benchmarks/calibrate.py` counts both.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec

MIN_WORDS_BY_YEAR = 5  # of a title that no author confirms, but the year
MIN_SHORTENED_BY_YEAR = 8  # the same for a shortened title: the same authors began others so
VETO = -30.0  # bits of what makes two works of any two: no other evidence outweighs it


class Reasoned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bits of a level that no public set can tell, and the reason for them."""

    bits: float
    why: str


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of data/weights.toml: bits by name and level."""

    counted: dict[str, dict[str, float]]
    reasoned: dict[str, dict[str, Reasoned]]

    def bits(self, name: str, level: str) -> float:
        """Return the bits of a level. Raises KeyError if it is neither counted nor reasoned."""
        counted = self.counted.get(name, {})
        return counted[level] if level in counted else self.reasoned[name][level].bits


WEIGHTS = msgspec.toml.decode(
    (files("harvest") / "data" / "weights.toml").read_bytes(), type=Weights
)


class Weight(msgspec.Struct, frozen=True):
    """One line of a ledger: what was compared, how far it agrees, the evidence in bits, and why."""

    name: str
    level: str
    bits: float
    why: str


@lru_cache(maxsize=1 << 12)
def weigh(name: str, level: str, why: str) -> Weight:
    """Return the weight of a level of agreement (data/weights.toml)."""
    return Weight(name, level, WEIGHTS.bits(name, level), why)


def veto(name: str, why: str) -> Weight:
    """Return the weight of a difference that parts two works, however alike the rest is."""
    return Weight(name, "veto", VETO, why)


class Ledger(msgspec.Struct, frozen=True):
    """How well one candidate fits.

    `author` and `year` say whether they agree, None if one side has none. `words` is the length of
    the shorter title. `contains_all` is True if the candidate has every word of the listed title.
    """

    candidate: str
    title: str | None
    words: int
    contains_all: bool
    weights: tuple[Weight, ...]
    author: bool | None
    year: bool | None

    @property
    def bits(self) -> float:
        """The evidence for one work: the odds of two equally likely answers, as a power of two."""
        return round(sum(weight.bits for weight in self.weights), 1)

    def lead(self, other: Ledger) -> float:
        """Return by how many bits it is ahead of another candidate."""
        return round(self.bits - other.bits, 1)

    @property
    def agrees(self) -> bool:
        """Return True if an author agrees or, where no authors are known, the year.

        Many works share a year. So it confirms long titles only, and words in another order only if
        all of them are there.
        """
        if self.author is not None or not self.year:
            return self.author is True
        if self.has("order", "loose"):
            return False
        return self.words >= (MIN_SHORTENED_BY_YEAR if self.has("shortened") else MIN_WORDS_BY_YEAR)

    def has(self, name: str, level: str | None = None) -> bool:
        """Return True if a weight of this name, and level if any, is in the ledger."""
        return any(it.name == name and level in {None, it.level} for it in self.weights)

    @property
    def altered(self) -> str | None:
        """Which people of the title are altered, if family names agree and given names do not."""
        whys = (it.why for it in self.weights if (it.name, it.level) == ("authors", "altered"))
        return next(whys, None)

    @property
    def names(self) -> frozenset[str]:
        """The names of its weights."""
        return frozenset(weight.name for weight in self.weights)

    @property
    def bits_without_vetoes(self) -> float:
        """The evidence but for what parts the two: a citation with one word altered has much."""
        return round(sum(weight.bits for weight in self.weights if weight.bits > VETO), 1)


class Verdict(msgspec.Struct, frozen=True):
    """The result of a search or comparison: the accepted candidate or None, why, and every ledger.

    `query` is the title or PII that was searched or compared.
    """

    subject: str
    query: str
    accepted: str | None
    why: str
    ledgers: tuple[Ledger, ...]


def format_ledgers(verdict: Verdict) -> str:
    """Return the candidates of a verdict in one line, each with its weights in bits."""
    candidates = []
    for ledger in verdict.ledgers:
        parts = [f"{ledger.candidate} {ledger.bits:.1f} bits"]
        parts += [f"{it.name} {it.bits:+.1f}" for it in ledger.weights if it.bits]
        candidates.append(", ".join(parts))
    return "; ".join(candidates)
