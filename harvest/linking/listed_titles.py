"""Whether the title that a list gives is that of what it links to: a wrong link and a retitled paper look alike.

They are told apart by the history of the title (an earlier version, or another form of the work, bears it) and, where
that is silent, by the authors. A nickname of a few words (DDPM) says nothing for or against any title.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from harvest.identifiers import identify
from harvest.linking import score
from harvest.linking.score import Description, Ledger, Verdict
from harvest.models import NO_REGISTRY, Place, Work

CHANGED = frozenset(
    {"words", "numbers", "notice", "cut"}
)  # penalties of a title that says something else
UNLIKE = 0.6  # likeness below which two titles have little but the subject in common
LONGEST_INITIALS = 2  # letters
NEARER = 0.04  # by which another title of the work must fit better than the present one

Kind = Literal["same", "former", "retitled", "unlike", "unclear"]
WHY: dict[Kind, str] = {
    "same": "the title is right",
    "former": "retitled: the list has the title of {}",
    "retitled": "another title, but the authors agree: retitled, or another paper of theirs",
    "unlike": "neither the title nor the authors agree: a wrong link",
    "unclear": "another title, and no authors tell whether it is a wrong link or a retitled paper",
}


class Judgement(msgspec.Struct, frozen=True):
    """What became of a listed title: `title` is the present one of what is linked, `witness` who bears the listed one.

    `author` tells whether the authors agree, None where one side names nobody. There is a ledger for each title.
    """

    kind: Kind
    name: str
    listed: str
    title: str
    witness: str
    author: bool | None
    ledgers: tuple[Ledger, ...]

    @property
    def verdict(self) -> Verdict:
        """Give it as `harvest show --why` prints it."""
        accepted = self.name if self.kind in {"same", "former", "retitled"} else None
        return Verdict(
            self.name, self.listed, accepted, WHY[self.kind].format(self.witness), self.ledgers
        )


def judge(place: Place, name: str, work: Work) -> Judgement | None:
    """Hold a listed title against every title that registries give of the work; None where one side has none."""
    said = work.provenance.get("title")
    if not (place.title and work.title and said) or said.source in NO_REGISTRY:
        return None
    claims = [
        (claim.identifier, str(claim.value))
        for claim in said.also
        if claim.source not in NO_REGISTRY
    ]
    face = said.identifier or name
    titles = {
        face: work.title,
        **{under: title for under, title in reversed(claims) if under != face},
    }
    own = name if name in titles else face  # a form without a title of its own has the work's
    present = titles[own]
    authors = (
        "; ".join(
            f"{score.family(author)}, {author.given or author.name}" for author in work.authors
        )
        or None
    )
    listed, known = (
        Description(place.title, place.authors),
        {t: Description(t, authors) for t in titles.values()},
    )
    ledgers = {under: score.compare(listed, known[title], under) for under, title in titles.items()}
    ledger, best = ledgers[own], max(ledgers.values(), key=lambda ledger: ledger.score)
    kind: Kind = "same" if _is_nickname(place.title) else _kind(listed, known[present], ledger)
    nearer = (
        best.score - ledger.score > NEARER
        and _kind(listed, known[titles[best.candidate]], best) == "same"
    )
    if nearer and not _is_nickname(place.title):
        kind = "former"
    witness = best.candidate if kind == "former" else own
    return Judgement(
        kind, name, place.title, present, witness, ledger.author, tuple(ledgers.values())
    )


def _kind(listed: Description, known: Description, ledger: Ledger) -> Kind:
    """Judge by one title and the authors alone."""
    alike = score.likeness(
        score.normalized(listed.title or ""), score.normalized(known.title or "")
    )[0]
    changed = CHANGED & {penalty.name for penalty in ledger.penalties} - (
        {"cut"} if ledger.author else set()
    )
    if alike >= score.NEAR and (ledger.author is None or not changed):
        return "same"
    if ledger.author and alike < UNLIKE and not _vouch(listed.authors or "", known.authors or ""):
        return "unclear"
    return "unclear" if ledger.author is None else "retitled" if ledger.author else "unlike"


def _is_nickname(title: str) -> bool:
    return len(score.normalized(title).split()) < score.LEAST_SHORTENED


def _vouch(listed: str, known: str) -> bool:
    """Tell whether two words of names at least, and half of them, are on both sides: one Wang is found anywhere."""
    words = {word for word in score.normalized(listed).split() if len(word) > LONGEST_INITIALS}
    found = words.intersection(score.normalized(known).split())
    return len(found) > 1 and 2 * len(found) >= len(words)


def judgements(work: Work) -> Iterator[Judgement]:
    """Judge every title under which a work is listed."""
    found = work.provenance.get("identifiers")
    for place in work.mentions:
        name = identify(place.url).identifier or (found.identifier if found else None) or work.id
        if judgement := judge(place, str(name), work):
            yield judgement
