"""Search for works without an identifier that a registry resolves: PIIs, pages, bare titles.

A question is asked once and its answer cached like any other. A PII is looked up; a title is
searched at each source that can, until one has it. `linking.score` decides what is found. Anybody
can post a copy of a famous paper under a new DOI, so what is only posted is believed when every
registry has said what it has, and nothing older is there. A DOI that no registry has is searched by
its title too, but never replaced: a likely slip is a finding, and a maintainer decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

import msgspec
from rapidfuzz.distance import DamerauLevenshtein

from harvest.entries import ListedWorks
from harvest.linking import score
from harvest.linking.author_lists import written
from harvest.linking.ledger import Ledger, Verdict, format_ledgers
from harvest.linking.partition import Edge
from harvest.lookup.answers import Answer, Answers
from harvest.lookup.ask import Endpoint, ask, jitter
from harvest.lookup.lookup import UNANSWERED, read_record
from harvest.lookup.queries import Query, queries
from harvest.lookup.session import Session
from harvest.models import AnyDataset, Finding, Identifier, Mention, Record, Reply, Target
from harvest.sources.base import SearchableSource
from harvest.text import fold_title

SUFFIX = ".search"  # behind the name of a source: its searches, in the cache and in run.json
MAX_TYPOS = 2  # letters by which a mistyped DOI differs from the right one
MIN_REPORTED_BITS = 0.0  # of evidence, from which a candidate that was not accepted is reported
FOREVER = timedelta.max  # what a version of a preprint says never changes


class Hits(msgspec.Struct, frozen=True):
    """The result of a search: `offers` are all values found, `records` those that can be read.

    `tie` is True if the source could not rank the first two.
    """

    records: list[Record] = []
    offers: frozenset[str] = frozenset()
    tie: bool = False


class Case(msgspec.Struct):
    """A query with what the searches made of it.

    `candidates` have its title, `posted` are those of them that were chosen and are no more than
    posted, by the index of their verdict. `gaps` are the sources that cannot say what they have,
    and `lacks_answer` is True if a question that was asked has no answer.
    """

    query: Query
    accepted: list[Identifier] = []
    verdicts: list[Verdict] = []
    offers: set[str] = set()
    candidates: list[Record] = []
    posted: dict[int, Record] = {}
    gaps: set[str] = set()
    lacks_answer: bool = False
    is_settled: bool = False


class Matches(msgspec.Struct):
    """The results of all searches: identities, and the identifiers of rows by their index.

    `answers` are those of the searches, for the counts of the run.
    """

    answers: list[Answer[Hits]] = []
    edges: set[Edge] = set()
    rows: dict[int, Identifier] = {}
    verdicts: list[Verdict] = []
    findings: list[Finding] = []

    @property
    def identifiers(self) -> set[Identifier]:
        """The identifiers that were found."""
        return {*self.rows.values(), *(other for _, other in self.edges)}

    def resolve(self, mentions: list[Mention]) -> list[Mention]:
        """Return the mentions of the lists, with the identifiers found for bare rows."""
        resolved = list(mentions)
        for index, identifier in self.rows.items():
            target = Target("identifier", identifier)
            resolved[index] = msgspec.structs.replace(resolved[index], target=target)
        return resolved


def search(
    mentions: Sequence[Mention],
    listing: ListedWorks,
    answers: Answers,
    session: Session,
) -> Matches:
    """Search for the listed works that no registry has by their identifiers.

    Where a search has no answer tonight, or does not offer a former match any more, what the last
    dataset made of it stays: that is no word against it.
    """
    all_queries = queries(mentions, listing, answers, session.overrides)
    searches = Searches(session)
    cases = _decide(all_queries, searches)
    if searches.second_chance():
        cases = _decide(all_queries, searches)
    matches = Matches(searches.answers)
    _restore_matches(cases, session.last)
    for case in cases:
        matches.verdicts.extend(case.verdicts)
        matches.findings.extend(_findings(case))
        for name in case.accepted:
            if case.query.index is None:
                matches.edges.add((case.query.name, name))
            else:
                matches.rows[case.query.index] = name
    new = {name for name in matches.rows.values() if name not in listing.works}
    matches.edges.update((name, name) for name in new)
    matches.verdicts.sort(key=lambda verdict: (verdict.subject, verdict.query))
    return matches


class SearchEndpoint(Endpoint[Hits]):
    """Questions that a source searches: PIIs, titles, and versions of preprints."""

    kind = Hits

    def __init__(self, source: SearchableSource) -> None:
        super().__init__(source.name + SUFFIX, source.name)
        self._source = source

    def fetch(self, due: Mapping[Identifier, Any], session: Session) -> Iterator[Reply]:
        """Search."""
        return self._source.search(list(due), session.http)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Hits:
        """Return what was found."""
        items = payload.get("items") or {}
        records = []
        for value, item in items.items():
            record = read_record(self._source, Identifier(self._source.search_scheme, value), item)
            if isinstance(record, Record):
                records.append(record)
        return Hits(records, frozenset(items), bool(payload.get("tie")))

    def lifetime(self, identifier: Identifier, value: Hits | None, session: Session) -> timedelta:
        """Return how long a result is good."""
        if identifier.scheme == "arxiv" and value:
            return FOREVER
        max_age = session.scope.max_age_of(self.source)
        if max_age is not None:
            return max_age
        fresh = session.settings.fresh
        return jitter(identifier) * timedelta(days=fresh.work if value else fresh.not_found)


class Searches:
    """The searches of a part of a run: what was answered is not asked again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._results: dict[str, dict[Identifier, Answer[Hits]]] = defaultdict(dict)
        sources = (it for it in session.sources.values() if isinstance(it, SearchableSource))
        self.sources = sorted(sources, key=lambda source: source.search_rank)

    @property
    def answers(self) -> list[Answer[Hits]]:
        """All answers, for the counts of the run."""
        return list(chain.from_iterable(results.values() for results in self._results.values()))

    def results_of(
        self, source: SearchableSource, questions: Collection[Identifier]
    ) -> Mapping[Identifier, Answer[Hits]]:
        """Return the results of a source by question."""
        results = self._results[source.name]
        due = {it for it in questions if it not in results or results[it].state in UNANSWERED}
        for answer in ask(SearchEndpoint(source), sorted(due), self._session) if due else []:
            first = results.get(answer.identifier)
            if first is None or answer.is_new or answer.state not in UNANSWERED:
                results[answer.identifier] = answer  # else the failure of a request stands
        return results

    def second_chance(self) -> bool:
        """Return True if a source that owes an answer, and is down, may be asked once more."""
        http, sources = self._session.http, set()
        for name, results in self._results.items():
            if any(answer.state in UNANSWERED for answer in results.values()):
                sources.add(name)
        return bool(http.second_chance(http.down.keys() & sources))


def hits_of(result: Answer[Hits] | None) -> Hits | None:
    """Return what a search found last, nothing for "not found", and None without any answer."""
    if result is None or (result.current is None and result.denied_on is None):
        return None
    return result.current or Hits()


def _decide(all_queries: Iterable[Query], searches: Searches) -> list[Case]:
    """Search for each query, and decide what is found."""
    cases = [Case(query) for query in all_queries]
    for source in searches.sources:
        if "pii" in source.searches:
            _look_up_numbers(cases, source, searches)
    for source in searches.sources:
        if "title" in source.searches:
            _search_titles(cases, source, searches)
    for case in cases:
        _decide_posted(case)
    return cases


def _look_up_numbers(cases: Iterable[Case], source: SearchableSource, searches: Searches) -> None:
    """Look PIIs and other numbers up; the one work with a number is it."""
    cases = [case for case in cases if case.query.numbers and not case.query.is_unknown]
    numbers = list(chain.from_iterable(case.query.numbers for case in cases))
    results = searches.results_of(source, numbers)
    for case in cases:
        for number in case.query.numbers:
            hits = hits_of(results.get(number))
            if hits is None:
                case.lacks_answer = True
            elif hits.records:
                _decide_number(case, number, hits)


def _decide_number(case: Case, number: Identifier, hits: Hits) -> None:
    """Accept the work with a number, if there is one alone."""
    description = case.query.description
    ledgers = []
    for record in hits.records:
        form = score.of_record(record)
        ledgers.append(score.compare(description, form, str(record.identifier)))
    kind = "PII" if number.scheme == "pii" else "number"
    accepted, why = None, f"{len(hits.offers)} works have this {kind}"
    if len(hits.offers) == 1:
        accepted, why = ledgers[0].candidate, f"the one work with this {kind}"
        case.accepted.append(hits.records[0].identifier)
        case.is_settled = True
    case.verdicts.append(Verdict(str(number), str(number), accepted, why, tuple(ledgers)))


def _search_titles(cases: Iterable[Case], source: SearchableSource, searches: Searches) -> None:
    questions: list[tuple[Case, Identifier | None]] = []
    for case in cases:
        query = case.query
        work = query.description
        if not work.title or case.is_settled:
            continue
        question = None
        if not query.is_unknown or query.name.scheme in source.schemes:
            question = source.question(work.title, written(work.authors), work.year)
        questions.append((case, question))
    results = searches.results_of(source, [question for _, question in questions if question])
    for case, question in questions:
        hits = hits_of(results.get(question)) if question else None
        if hits is None:
            case.gaps.add(source.name)
            case.lacks_answer |= question is not None
        _decide_title(case, hits or Hits())


def _decide_title(case: Case, hits: Hits) -> None:
    """Accept the candidate that fits; one that is only posted waits for the other sources."""
    query = case.query
    case.offers |= hits.offers
    verdict = score.choose_candidate(query.name, query.description, hits.records, tie=hits.tie)
    records = {str(record.identifier): record for record in hits.records}
    case.candidates += [records[it.candidate] for it in verdict.ledgers if _is_alike(it)]
    choice = records.get(verdict.accepted or "")
    if choice and len(hits.records) < len(hits.offers):
        verdict, choice = _decline(verdict, "another candidate cannot be read"), None
    if verdict.ledgers:
        case.verdicts.append(verdict)
    if choice and _is_posted(choice) and not query.is_unknown:
        case.posted[len(case.verdicts) - 1] = choice
    elif choice:
        _accept(case, choice)


def _decide_posted(case: Case) -> None:
    """Accept the form that was posted first, if every source has said what it has."""
    oldest = min(case.candidates, key=_last_day, default=None)
    for index, record in case.posted.items():
        verdict = case.verdicts[index]
        copy = _find_copy(verdict)
        if case.is_settled:
            why = "another source has the published form"
        elif case.gaps:
            why = f"it is only posted, and {', '.join(sorted(case.gaps))} may have an older form"
        elif copy:
            why = f"{copy} is an equal copy"
        elif oldest and oldest is not record:
            why = f"{oldest.identifier} is older"
        else:
            _accept(case, record)
            continue
        case.verdicts[index] = _decline(verdict, why)


def _accept(case: Case, record: Record) -> None:
    case.is_settled = True
    if not case.query.is_unknown:
        case.accepted.append(record.identifier)


def _decline(verdict: Verdict, why: str) -> Verdict:
    return msgspec.structs.replace(verdict, accepted=None, why=why)


def _is_alike(ledger: Ledger) -> bool:
    """Return True for what only its year may set apart: copies are younger than their original."""
    bits = sum(weight.bits for weight in ledger.weights if weight.name != "year")
    return bits >= score.THRESHOLD


def _is_posted(record: Record) -> bool:
    return record.kind == "preprint" or record.type == "posted-content"


def _last_day(record: Record) -> str:
    """Return a key by which a date without a day comes after all its days, and no date last."""
    return f"{record.date or ''}~"


def _find_copy(verdict: Verdict) -> str | None:
    """Return another candidate of the same DOI prefix that fits as well as the accepted one."""
    best, *others = verdict.ledgers
    prefix = best.candidate.partition("/")[0]
    for other in others:
        is_near = other.candidate.startswith(f"{prefix}/")
        if is_near and best.lead(other) < score.GAP:
            return other.candidate
    return None


def _restore_matches(cases: Iterable[Case], last: AnyDataset | None) -> None:
    """Accept the matches of the last dataset that got no answer or are not offered now."""
    matches, titles = _last_matches(last)
    for case in cases:
        query = case.query
        match = matches.get(query.key)
        if match is None or query.is_unknown:
            continue
        title = fold_title(query.description.title or "")
        is_withdrawn = (match, title) in titles and match.value not in case.offers
        if case.lacks_answer or (title and not case.is_settled and is_withdrawn):
            case.accepted.append(match)


def _last_matches(
    last: AnyDataset | None,
) -> tuple[dict[tuple[str, str], Identifier], set[tuple[Identifier, str]]]:
    """Return the matches of the last dataset by the key of their query, and their titles."""
    matches: dict[tuple[str, str], Identifier] = {}
    titles: set[tuple[Identifier, str]] = set()
    for work in last.works if last else ():
        origin = work.provenance.get("identifiers")
        if origin is None or origin.source != score.NAME or origin.identifier is None:
            continue
        match = Identifier.of(origin.identifier)
        for name in work.curies:
            matches["", name] = match
        for place in work.mentions:
            title = fold_title(place.title or "")
            if title:
                titles.add((match, title))
                if not place.url:
                    matches[place.seed, title] = match
    return matches, titles


def _findings(case: Case) -> Iterator[Finding]:
    """Report the verdicts that need a human, wherever the query is listed."""
    query = case.query
    for verdict in case.verdicts:
        accepted = verdict.accepted
        if query.is_unknown and accepted and _is_mistyped(query.name, accepted):
            code = "mistyped-identifier"
            message = f"no registry knows {query.name}; this title is of {accepted}"
        elif (
            not query.is_unknown
            and not accepted
            and verdict.ledgers[0].bits_without_vetoes >= MIN_REPORTED_BITS
        ):
            code = "uncertain-match"
            message = f"{verdict.why}; candidates: {format_ledgers(verdict)}"
        else:
            continue
        for mention in query.mentions:
            yield Finding(mention.seed, mention.line, code, message)


def _is_mistyped(identifier: Identifier, name: str) -> bool:
    """Return True if an identifier is another, mistyped by a letter or two or with a tail."""
    right = Identifier.of(name).value
    distance = DamerauLevenshtein.distance(identifier.value, right, score_cutoff=MAX_TYPOS)
    return distance <= MAX_TYPOS or identifier.value.startswith(right)
