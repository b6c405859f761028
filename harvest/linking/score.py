"""Whether two descriptions are of one work: a score is 1 less all penalties of a ledger.

What one side does not say costs nothing and proves nothing. A verdict accepts a candidate above
THRESHOLD that is GAP ahead of every other work, with an agreeing author or, where authors are not
known, an agreeing year. What falls short of that is reported with its ledgers and joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from rapidfuzz import fuzz

from harvest.dates import parse_date
from harvest.linking.authors import Authors, compare_authors
from harvest.linking.kinds import differ, kind_of_record
from harvest.linking.ledger import Ledger, Penalty, Verdict
from harvest.linking.titles import compare_titles, unmatched
from harvest.linking.words import title_words
from harvest.models import Identifier, Mention, Record
from harvest.text import fold_title

NAME = "match"  # in the provenance of what a search found
THRESHOLD = 0.86  # measured by benchmarks/linking.py, which draws the curve
GAP = 0.08
MAX_TITLE_LENGTH = 1000  # characters that are compared: what is longer is an abstract

# What a difference costs, beside that of titles.
AUTHORS = 0.5  # no author in common
YEARS_APART = (0.0, 0.0, 0.03, 0.06)  # a preprint comes out up to three years before its journal
MORE_YEARS_APART = 0.2
CONTAINER = 0.04
TYPE = 0.5


class Description(msgspec.Struct, frozen=True):
    """What a list or a source says of a work; `authors` as either writes them.

    `kind` is what its registry says that it is (a correction, a chapter), and `other_titles` are
    those in another language.
    """

    title: str | None
    authors: Authors = None
    year: int | None = None
    container: str | None = None
    type: str | None = None
    kind: str | None = None
    other_titles: tuple[str, ...] = ()


def of_mention(mention: Mention) -> Description:
    """Return what a list says of a work."""
    day = parse_date(mention.date) if mention.date else None
    return Description(mention.title, mention.authors, int(day[:4]) if day else None)


def of_record(record: Record) -> Description:
    """Return what a source says of a work."""
    year = int(record.date[:4]) if record.date else None
    authors = record.authors or None
    kind = kind_of_record(record)
    titles = record.original_titles
    return Description(record.title, authors, year, record.container, record.type, kind, titles)


def compare(query: Description, candidate: Description, name: str) -> Ledger:
    """Return the ledger of a candidate."""
    title, other, penalties = _compare_titles(query, candidate)
    authors = compare_authors(query.authors, candidate.authors)
    if authors and authors.share < 1:
        cost = round(AUTHORS * (1 - authors.share), 4)
        penalties.append(Penalty("authors", cost, authors.why))
    penalties += _compare_rest(query, candidate)
    mine, theirs = list(title_words(title)), list(title_words(other))
    return Ledger(
        candidate=name,
        title=candidate.title and other,
        words=min(len(mine), len(theirs)),
        contains_all=mine == theirs or not unmatched(mine, theirs)[0],
        penalties=tuple(penalties),
        author=None if authors is None else authors.share >= 0.5,
        year=_agree_in_year(query, candidate, penalties),
    )


def _compare_titles(query: Description, candidate: Description) -> tuple[str, str, list[Penalty]]:
    """Return the titles of both sides that fit best, with what their difference costs."""
    pairs = []
    for title in (query.title, *query.other_titles):
        for other in (candidate.title, *candidate.other_titles):
            one, another = (title or "")[:MAX_TITLE_LENGTH], (other or "")[:MAX_TITLE_LENGTH]
            pairs.append((one, another, compare_titles(one, another)))
    return min(pairs, key=lambda pair: sum(penalty.value for penalty in pair[2]))


def _compare_rest(query: Description, candidate: Description) -> Iterator[Penalty]:
    if query.year and candidate.year:
        years = abs(query.year - candidate.year)
        cost = YEARS_APART[years] if years < len(YEARS_APART) else MORE_YEARS_APART
        if cost:
            yield Penalty("year", cost, f"{query.year} and {candidate.year}")
    if query.container and candidate.container:
        one, other = fold_title(query.container), fold_title(candidate.container)
        if fuzz.token_set_ratio(one, other) < 60:
            why = f"{query.container!r} and {candidate.container!r}"
            yield Penalty("container", CONTAINER, why)
    if differ(query.kind, candidate.kind):
        yield Penalty("type", TYPE, f"{query.kind or 'paper'} and {candidate.kind or 'paper'}")


def _agree_in_year(
    query: Description, candidate: Description, penalties: Iterable[Penalty]
) -> bool | None:
    """Return True if years agree, or differ by one for a whole title; None if one is unknown."""
    if not (query.year and candidate.year):
        return None
    is_shortened = any(penalty.name == "shortened" for penalty in penalties)
    return abs(query.year - candidate.year) <= (0 if is_shortened else 1)


def choose_candidate(
    subject: Identifier,
    query: Description,
    candidates: Iterable[Record],
    *,
    tie: bool = False,
    threshold: float = THRESHOLD,
) -> Verdict:
    """Choose among candidates. `tie` says that the search could not tell the first two apart.

    Candidates that a source asserts to be forms of one work do not compete; the published one is
    taken.
    """
    records = {str(record.identifier): record for record in candidates}
    ledgers = [compare(query, of_record(record), name) for name, record in records.items()]
    published = {name for name, record in records.items() if record.kind == "version_of_record"}
    ledgers.sort(key=lambda it: (-it.score, it.candidate not in published, it.candidate))
    accepted, why = None, "nothing was found"
    if ledgers:
        best = ledgers[0]
        work = records[best.candidate]
        rivals = (it for it in ledgers if not _is_form(work, records[it.candidate]))
        objection = _find_objection(best, next(rivals, None), threshold, tie=tie)
        why = objection or f"{best.score}, the {'author' if best.author else 'year'} agrees"
        accepted = None if objection else best.candidate
    return Verdict(str(subject), query.title or "", accepted, why, tuple(ledgers))


def _find_objection(
    best: Ledger, rival: Ledger | None, threshold: float, *, tie: bool
) -> str | None:
    if best.score < threshold:
        return f"{best.score} is below {threshold}"
    if not best.agrees:
        return "neither an author nor the year agrees"
    if rival is None:
        return None
    if best.score - rival.score < GAP:
        return f"{rival.candidate} fits as well"
    if best.has("shortened") and rival.contains_all and rival.author is not False:
        return f"the title is a part of {rival.candidate} as well, and may be of others"
    return "the search found two equally good" if tie else None


def _is_form(one: Record, other: Record) -> bool:
    return other.identifier in {one.identifier, *one.same_work} or one.identifier in other.same_work
