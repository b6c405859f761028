"""Whether the title that a list gives is that of what it links to.

A wrong link and a retitled paper look alike. They are told apart by the history of the title (an
earlier version, or another form of the work, has it) and, where that is silent, by the authors. A
nickname of a few words (DDPM) says nothing for or against any title.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from harvest.identifiers import identify
from harvest.linking.author_lists import Authors, name_words
from harvest.linking.ledger import Ledger, Verdict
from harvest.linking.score import Description, compare
from harvest.linking.titles import MIN_WORDS, SAME_TITLE, likeness
from harvest.linking.words import title_words
from harvest.models import NO_REGISTRY, Place, Provenance, Work
from harvest.text import fold_title

OTHER_TITLE = frozenset(  # weights of what says otherwise
    {"words", "numbers", "notice", "cut", "opposite", "direction"}
)
UNRELATED_LIKENESS = 0.6  # below which two titles have little but the subject in common
MIN_LEAD = 2.5  # bits by which another title of the work must fit better than the present one
MAX_INITIALS = 2  # letters

Kind = Literal["same", "slip", "former", "retitled", "unlike", "unclear"]
REASONS: dict[Kind, str] = {
    "same": "the title is right",
    "slip": "the title is right but for a small word, an ending or a slip of the pen",
    "former": "retitled: the list has the title of {}",
    "retitled": "another title, but the authors agree: retitled, or another paper of theirs",
    "unlike": "neither the title nor the authors agree: a wrong link",
    "unclear": "another title, and no authors tell whether it is a wrong link or a retitled paper",
}


class TitleComparison(msgspec.Struct, frozen=True):
    """A listed title beside the present `title` of what is linked (`name`).

    `title_of` is the form or version that has the listed title. `author` says whether the authors
    agree, None if one side names nobody. There is a ledger for each title of the work.
    """

    kind: Kind
    name: str
    listed_title: str
    title: str
    title_of: str
    author: bool | None
    ledgers: tuple[Ledger, ...]

    @property
    def altered(self) -> str | None:
        """Which authors the list altered: family names agree and given names do not."""
        return next((ledger.altered for ledger in self.ledgers if ledger.altered), None)

    @property
    def verdict(self) -> Verdict:
        """The verdict that `harvest show --why` prints."""
        accepted = self.name if self.kind in {"same", "slip", "former", "retitled"} else None
        why = REASONS[self.kind].format(self.title_of)
        return Verdict(self.name, self.listed_title, accepted, why, self.ledgers)


def compare_places(work: Work) -> Iterator[TitleComparison]:
    """Compare every title under which a work is listed."""
    provenance = work.provenance.get("identifiers")
    match = provenance.identifier if provenance else None
    for place in work.mentions:
        name = identify(place.url).identifier or match or work.id
        comparison = compare_listed_title(place, str(name), work)
        if comparison:
            yield comparison


def compare_listed_title(place: Place, name: str, work: Work) -> TitleComparison | None:
    """Compare a listed title with every title of the work; None if one side has none.

    Only registries say what the titles of a work are.
    """
    provenance = work.provenance.get("title")
    if not (place.title and work.title and provenance) or provenance.source in NO_REGISTRY:
        return None
    titles = _titles(name, work.title, provenance)
    present = name if name in titles else next(iter(titles))
    query = Description(place.title, place.authors)
    forms = {key: Description(title, tuple(work.authors)) for key, title in titles.items()}
    ledgers = {key: compare(query, form, key) for key, form in forms.items()}
    ledger = ledgers[present]
    best = max(ledgers.values(), key=lambda ledger: ledger.bits)
    is_better = best.bits - ledger.bits > MIN_LEAD
    kind, title_of = _kind(query, forms[present], ledger), present
    if len(fold_title(place.title).split()) < MIN_WORDS:
        kind = "same"
    elif is_better and _kind(query, forms[best.candidate], best) == "same":
        kind, title_of = "former", best.candidate
    elif kind == "same" and is_nearly_right(place.title, titles[present], ledger):
        kind = "slip"
    return TitleComparison(
        kind, name, place.title, titles[present], title_of, ledger.author, tuple(ledgers.values())
    )


def _titles(name: str, title: str, provenance: Provenance) -> dict[str, str]:
    """Return the titles that registries give a work, by form, the present one first."""
    first = provenance.identifier or name
    titles = {first: title}
    for claim in reversed(provenance.also):
        if claim.identifier != first and claim.source not in NO_REGISTRY:
            titles[claim.identifier] = str(claim.value)
    return titles


def _kind(query: Description, form: Description, ledger: Ledger) -> Kind:
    alike, _ = likeness(fold_title(query.title or ""), fold_title(form.title or ""))
    names = set(ledger.names)
    if ledger.author:
        names.discard("cut")
    if alike >= SAME_TITLE and (ledger.author is None or names.isdisjoint(OTHER_TITLE)):
        return "same"
    if ledger.author is None:
        return "unclear"
    if not ledger.author:
        return "unlike"
    if alike < UNRELATED_LIKENESS and not _shares_names(query.authors, form.authors):
        return "unclear"
    return "retitled"


def is_nearly_right(listed_title: str, title: str, ledger: Ledger) -> bool:
    """Return True if a title is right but for what a list most likely wrote wrongly.

    Other hyphens or spelling and a subtitle left out are no slip. Nor is a word more or in place
    of another without authors, since it may be in the title of another paper.
    """
    is_other = ledger.has("words") or (ledger.has("cut") and not ledger.author)
    if is_other or ledger.has("shortened") or ledger.has("broken off"):
        return False
    texts = (title_words(it.replace("&", " and ")) for it in (listed_title, title))
    one, other = ("".join(words) for words in texts)
    return one != other


def _shares_names(query: Authors, registered: Authors) -> bool:
    """Return True if at least two words of names, and half of them, are on both sides.

    One Wang is found anywhere.
    """
    words = {word for word in name_words(query) if len(word) > MAX_INITIALS}
    common = words.intersection(name_words(registered))
    return len(common) > 1 and 2 * len(common) >= len(words)
