"""Whether two descriptions are of one work: the sum of the weights of a ledger, in bits.

What one side does not say weighs nothing. A verdict accepts a candidate above THRESHOLD that is GAP
ahead of every other work. What falls short of that is reported with its ledgers and joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rapidfuzz import fuzz

from harvest.dates import parse_date
from harvest.linking.acronyms import is_acronym
from harvest.linking.author_lists import Authors
from harvest.linking.authors import Agreement, Level, compare_authors
from harvest.linking.differences import compare_words
from harvest.linking.kinds import differ, is_serial, kind_of_record
from harvest.linking.ledger import Ledger, Verdict, Weight, veto, weigh
from harvest.linking.titles import compare_titles
from harvest.linking.words import MAX_TITLE_LENGTH, counts, title_words
from harvest.models import Identifier, Mention, Record
from harvest.text import fold_title

NAME = "match"  # in the provenance of what a search found
THRESHOLD = 1.0  # bits, measured by benchmarks/linking.py, which draws the curve
GAP = 3.0  # bits: more than two or three years between forms weigh
ALTERED = frozenset({"words", "cut"})  # weights of titles that no list means to quote
YEARS = {0: "same", 1: "next", 2: "near", 3: "near"}
GROUP = 4  # people who all agree: fewer may have written another paper
SEVERAL = 3  # people who are on both sides by no chance, whoever else is on one
MOST_PEOPLE = 0.66  # share of the longer list: fewer may have written another paper
NEARLY = 0.75  # share of the longer list that is nearly all
FAR_YEARS = 8  # that a preprint may wait for its journal


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
    title, other, weights = _compare_titles(query, candidate)
    authors = compare_authors(query.authors, candidate.authors)
    if authors:
        weights.append(weigh("authors", _level(authors), authors.why))
    is_of_same = authors is None or authors.level is Level.SAME
    weights += _compare_rest(query, candidate, is_of_same=is_of_same)
    weights.append(weigh("prior", "any", "of what a search finds, most is another work"))
    mine, theirs = list(title_words(title)), list(title_words(other))
    return Ledger(
        candidate=name,
        title=candidate.title and other,
        words=min(len(mine), len(theirs)),
        contains_all=mine == theirs or not compare_words(mine, theirs).mine,
        weights=tuple(weights),
        author=None if authors is None else authors.share >= 0.5,
        year=_agree_in_year(query, candidate, weights),
    )


def _compare_titles(query: Description, candidate: Description) -> tuple[str, str, list[Weight]]:
    """Return the titles of both sides that fit best, with the evidence in them."""
    pairs = []
    for title in (query.title, *query.other_titles):
        for other in (candidate.title, *candidate.other_titles):
            one, another = (title or "")[:MAX_TITLE_LENGTH], (other or "")[:MAX_TITLE_LENGTH]
            pairs.append((one, another, compare_titles(one, another)))
    return max(pairs, key=lambda pair: sum(weight.bits for weight in pair[2]))


def _level(authors: Agreement) -> str:
    """Return the level of agreement of people in the table of weights."""
    level = authors.level
    if level is Level.SAME or (level is Level.PART and authors.share == 1):
        return "alone" if authors.people == 1 else "same" if authors.people < GROUP else "group"
    is_large = authors.people >= SEVERAL and authors.people >= NEARLY * authors.total
    if level in {Level.PART, Level.MOST} and is_large:
        return "nearly"
    if level in {Level.PART, Level.MOST} and authors.people < MOST_PEOPLE * authors.total:
        if authors.people >= SEVERAL:
            return "several"
        return "portion" if level is Level.PART else "half"
    return level.name.lower()


def _compare_rest(
    query: Description, candidate: Description, *, is_of_same: bool
) -> Iterator[Weight]:
    """Yield the weights of years, containers and kinds; a thesis has one author, and no other."""
    if query.year and candidate.year:
        years = abs(query.year - candidate.year)
        level = YEARS.get(years, "far" if years <= FAR_YEARS else "apart")
        yield weigh("year", level, f"{query.year} and {candidate.year}")
        title = candidate.title or ""
        if years and is_serial(title) and not any(map(counts, title_words(title))):
            yield veto("numbers", "a serial of two years")
    if query.container and candidate.container:
        level = "alike" if _is_one_container(query.container, candidate.container) else "other"
        yield weigh("container", level, f"{query.container!r} and {candidate.container!r}")
    is_of_others = "thesis" in {query.kind, candidate.kind} and not is_of_same
    if is_of_others or differ(query.kind, candidate.kind):
        yield veto("type", f"{query.kind or 'paper'} and {candidate.kind or 'paper'}")


def _is_one_container(one: str, other: str) -> bool:
    """Return True if two names may be of one journal or conference: VLDB, Very Large Data Bases."""
    short, long = sorted((fold_title(one), fold_title(other)), key=len)
    return fuzz.token_set_ratio(short, long) >= 60 or is_acronym(short, long.split())


def _agree_in_year(
    query: Description, candidate: Description, weights: Iterable[Weight]
) -> bool | None:
    """Return True if years agree, or differ by one for a whole title; None if one is unknown."""
    if not (query.year and candidate.year):
        return None
    is_shortened = any(weight.name in {"shortened", "cut"} for weight in weights)
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
    ledgers.sort(
        key=lambda it: (
            -it.bits,
            bool(it.names & ALTERED),
            it.candidate not in published,
            it.candidate,
        )
    )
    accepted, why = None, "nothing was found"
    if ledgers:
        best = ledgers[0]
        work = records[best.candidate]
        rivals = [it for it in ledgers if not _is_form(work, records[it.candidate])]
        objection = _find_objection(best, rivals, threshold, tie=tie)
        why = objection or f"{best.bits} bits, the {'author' if best.author else 'year'} agrees"
        accepted = None if objection else best.candidate
    return Verdict(str(subject), query.title or "", accepted, why, tuple(ledgers))


def _find_objection(
    best: Ledger, rivals: Sequence[Ledger], threshold: float, *, tie: bool
) -> str | None:
    weakness = _find_weakness(best, threshold)
    if weakness or not rivals:
        return weakness
    is_part = any(best.has("shortened", level) for level in ("phrase", "long", "cut"))
    for rival in rivals:  # a title with other words is no rival of one with all of them
        is_near = best.lead(rival) < GAP
        if is_near and (is_part or not rival.names & ALTERED):
            return f"{rival.candidate} fits as well"
    rival = rivals[0]
    if is_part and rival.contains_all and rival.author is not False:
        return f"the title is a part of {rival.candidate} as well, and may be of others"
    return "the search found two equally good" if tie else None


def _find_weakness(best: Ledger, threshold: float) -> str | None:
    """Return why the best candidate is not good enough, whatever the others are."""
    if best.bits < threshold:
        return f"{best.bits} bits are below {threshold}"
    if best.names & ALTERED:
        return "the words of its title are others"
    if best.altered:
        return f"the authors are altered: {best.altered}"
    return None if best.agrees else "neither an author nor the year agrees"


def _is_form(one: Record, other: Record) -> bool:
    return other.identifier in {one.identifier, *one.same_work} or one.identifier in other.same_work
