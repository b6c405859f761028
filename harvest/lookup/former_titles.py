"""Earlier titles of preprints: a list may have that of a version which nobody reads any more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from harvest.entries import ListedWorks
from harvest.linking.titles import MIN_WORDS
from harvest.lookup.answers import Answer, Answers
from harvest.lookup.search import Hits, Searches, hits_of
from harvest.lookup.session import Session
from harvest.models import AnyDataset, Claim, Identifier, Record
from harvest.text import fold_title

VERSIONS = 9  # of a preprint that are looked up, from the first on: few have more
_VERSION = re.compile(r"(arxiv:.+)v\d+")

Titles = dict[Identifier, list[Claim]]


def former_titles(
    listing: ListedWorks,
    answers: Answers,
    works: Iterable[list[Identifier]],
    session: Session,
) -> tuple[Titles, list[Answer[Hits]]]:
    """Return the earlier titles of preprints that are listed under a title which no form has.

    `works` are the identifiers of each work. Where earlier versions got no answer tonight, the
    titles of the last dataset stand. The answers are for the counts of the run.
    """
    records: dict[Identifier, list[Record]] = defaultdict(list)
    for record in answers.papers:
        if not record.provisional:
            records[record.identifier].append(record)
    last_titles = _last_titles(session.last)
    titles = {name: claims for name, claims in last_titles.items() if name not in records}
    versions = {}
    for form in _preprints(listing, records, works):
        versions[form.identifier] = _earlier_versions(form)
    searches = Searches(session)
    questions = list(chain.from_iterable(versions.values()))
    results = _ask(questions, searches)
    if searches.second_chance():
        results |= _ask(questions, searches)
    for name, earlier in versions.items():
        titles[name] = list(_claims(results, earlier))
        if len(titles[name]) < len(earlier) or not earlier:
            titles[name] += last_titles.get(name, [])
    return titles, list(results.values())


def _preprints(
    listing: ListedWorks,
    records: Mapping[Identifier, list[Record]],
    works: Iterable[list[Identifier]],
) -> Iterator[Record]:
    """Yield the preprints of works that are listed under a title which no form has."""
    for names in works:
        forms = list(chain.from_iterable(records.get(name, ()) for name in names))
        if _has_other_title(names, forms, listing):
            yield from (form for form in forms if form.source == "arxiv")


def _ask(versions: list[Identifier], searches: Searches) -> dict[Identifier, Answer[Hits]]:
    """Return the answers for versions of preprints, from the sources that have them."""
    results: dict[Identifier, Answer[Hits]] = {}
    for source in searches.sources:
        if "arxiv" in source.searches:
            results |= searches.results_of(source, versions)
    return results


def are_needed(listing: ListedWorks, papers: Iterable[Record]) -> bool:
    """Return True if anything is listed under a title that its own records do not have."""
    forms: dict[Identifier, list[Record]] = defaultdict(list)
    for record in papers:
        forms[record.identifier].append(record)
    return any(_has_other_title([name], forms.get(name, ()), listing) for name in listing.works)


def _has_other_title(
    names: Iterable[Identifier], forms: Iterable[Record], listing: ListedWorks
) -> bool:
    """Return True if a work is listed under a whole title that none of its forms has."""
    titles = {fold_title(mention.title or "") for mention in listing.mentions_of(names)}
    others = titles - {fold_title(form.title or "") for form in forms}
    return any(len(title.split()) >= MIN_WORDS for title in others)


def _earlier_versions(record: Record) -> list[Identifier]:
    last = int((record.version or "v1")[1:])
    name = record.identifier.value
    numbers = range(1, min(last, VERSIONS + 1))
    return [Identifier("arxiv", f"{name}v{number}") for number in numbers]


def _claims(
    results: dict[Identifier, Answer[Hits]], versions: Iterable[Identifier]
) -> Iterator[Claim]:
    for version in versions:
        hits = hits_of(results.get(version)) or Hits()
        for record in hits.records:
            if record.title:
                yield Claim("arxiv", str(record.identifier), record.title)


def _last_titles(last: AnyDataset | None) -> Titles:
    """Return the titles of earlier versions in the last dataset, by the preprint."""
    titles: Titles = {}
    for work in last.works if last else ():
        origin = work.provenance.get("title")
        for claim in origin.also if origin else ():
            if version := _VERSION.fullmatch(claim.identifier):
                titles.setdefault(Identifier.of(version[1]), []).append(claim)
    return titles
