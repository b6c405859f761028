"""The ledger of a comparison: named penalties that a person can read and dispute."""

from __future__ import annotations

import msgspec

MIN_WORDS_BY_YEAR = 5  # of a title that no author confirms, but the year
MIN_SHORTENED_BY_YEAR = 8  # the same for a shortened title: the same authors began others so


class Penalty(msgspec.Struct, frozen=True):
    """One line of a ledger: what differs, by how much, and what was compared."""

    name: str
    value: float
    why: str


class Ledger(msgspec.Struct, frozen=True):
    """How well one candidate fits.

    `author` and `year` say whether they agree, None if one side has none. `words` is the length of
    the shorter title. `contains_all` is True if the candidate has every word of the listed title.
    """

    candidate: str
    title: str | None
    words: int
    contains_all: bool
    penalties: tuple[Penalty, ...]
    author: bool | None
    year: bool | None

    @property
    def score(self) -> float:
        """One less the penalties, not below 0."""
        return round(max(0.0, 1.0 - sum(penalty.value for penalty in self.penalties)), 4)

    @property
    def agrees(self) -> bool:
        """Return True if an author agrees or, where no authors are known, the year.

        Many works share a year. So it confirms long titles only, and words in another order only if
        all of them are there.
        """
        if self.author is not None or not self.year:
            return self.author is True
        if self.has("order") and self.has("title"):
            return False
        return self.words >= (MIN_SHORTENED_BY_YEAR if self.has("shortened") else MIN_WORDS_BY_YEAR)

    def has(self, name: str) -> bool:
        """Return True if a penalty of this name is in the ledger."""
        return any(penalty.name == name for penalty in self.penalties)


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
    """Return the candidates of a verdict in one line, each with its penalties."""
    candidates = []
    for ledger in verdict.ledgers:
        parts = [f"{ledger.candidate} {ledger.score:.2f}"]
        parts += [f"{it.name} -{it.value:.2f}" for it in ledger.penalties if it.value >= 0.005]
        candidates.append(", ".join(parts))
    return "; ".join(candidates)
