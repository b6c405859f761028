"""Search for what has no identifier that a registry resolves: a PII, a publisher's page, a bare title.

A question is asked once and its answer cached like any other. A PII is looked up; a title is
searched at each source that can, until one has it. `linking.score` decides what is found. A DOI
that no registry has is searched by its title too, but never replaced: a likely slip is a finding,
and a maintainer decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from rapidfuzz.distance import DamerauLevenshtein

from harvest.entries import CODE_SCHEMES, ListedWorks, group, listed_works
from harvest.linking import score
from harvest.linking.cluster import Edge, asserted_groups
from harvest.linking.ledger import Verdict, format_ledgers
from harvest.linking.overrides import Overrides
from harvest.linking.score import Description
from harvest.linking.titles import MIN_WORDS
from harvest.lookup.answers import Answer, Answers
from harvest.lookup.ask import Channel, ask, jitter
from harvest.lookup.lookup import read_record
from harvest.lookup.session import Session
from harvest.models import Answer as Response
from harvest.models import Claim, Dataset, Finding, Identifier, Mention, Record, Target
from harvest.sources.base import SearchableSource
from harvest.text import fold_title

RESOLVED = frozenset({"doi", "arxiv"})  # schemes that a registry answers for
SUFFIX = ".search"  # behind the name of a source: its searches, in the cache and in run.json
SLIP = 2  # letters by which a mistyped DOI is off
VERSIONS = 9  # of a preprint that are looked up, from the first on: few have more
WORTH = 0.6  # score from which a candidate that was not accepted is worth a look
FOREVER = timedelta.max  # what a version of a preprint says never changes
_VERSION = re.compile(r"(arxiv:.+)v\d+")

Titles = dict[Identifier, list[Claim]]


class Query(msgspec.Struct, frozen=True):
    """A work to search for: its name so far, its description, and where it is listed.

    `place` is the position of the mention among all for a row with nothing but a title. `is_unknown`
    is True if every registry denies its identifier.
    """

    name: Identifier
    description: Description
    mentions: tuple[Mention, ...]
    piis: tuple[Identifier, ...] = ()
    place: int | None = None
    is_unknown: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Its name over the nights: its identifier, or the list and title of a bare row."""
        if self.place is None:
            return "", str(self.name)
        return self.mentions[0].seed, self.name.value


class Hits(msgspec.Struct, frozen=True):
    """What a search found: `offers` are all values found, `records` those that can be read.

    `tie` is True if the source could not rank the first two.
    """

    records: list[Record] = []
    offers: frozenset[str] = frozenset()
    tie: bool = False

    @property
    def are_all_read(self) -> bool:
        """Return True if no candidate is in an unknown shape."""
        return len(self.records) == len(self.offers)


class Case(msgspec.Struct):
    """A query with what the searches made of it."""

    query: Query
    accepted: list[Identifier] = []
    verdicts: list[Verdict] = []
    offers: set[str] = set()
    is_silent: bool = False
    is_settled: bool = False


class Matches(msgspec.Struct, frozen=True):
    """What searches found: identities, identifiers of rows by their place, verdicts and findings.

    `answers` are those of the searches, for the counts of the run.
    """

    edges: set[Edge]
    rows: dict[int, Identifier]
    verdicts: list[Verdict]
    findings: list[Finding]
    answers: list[Answer[Hits]]

    @property
    def identifiers(self) -> set[Identifier]:
        """The identifiers that were found."""
        return {*self.rows.values(), *(other for _, other in self.edges)}

    def resolve(
        self, mentions: list[Mention], listed: ListedWorks
    ) -> tuple[list[Mention], ListedWorks]:
        """Return the mentions and works of the lists, with the identifiers found for bare rows."""
        if not self.rows:
            return mentions, listed
        resolved = list(mentions)
        for place, identifier in self.rows.items():
            target = Target("identifier", identifier)
            resolved[place] = msgspec.structs.replace(resolved[place], target=target)
        return resolved, listed_works(group(resolved))


def search(
    mentions: Sequence[Mention],
    listed: ListedWorks,
    answers: Answers,
    last: Dataset | None,
    overrides: Overrides,
    session: Session,
) -> Matches:
    """Search for the listed works that no registry has by their identifiers.

    Where a search has no answer tonight, or does not offer a former match any more, what the `last`
    dataset made of it stays: that is no word against it.
    """
    cases = [Case(query) for query in queries(mentions, listed, answers, overrides)]
    sources = [s for s in session.sources.values() if isinstance(s, SearchableSource)]
    sources.sort(key=lambda source: source.search_rank)
    results = _look_up_piis(cases, sources[0], session)
    for source in sources:
        results += _search_titles(cases, source, session)
    _restore_matches(cases, last)
    verdicts = [verdict for case in cases for verdict in case.verdicts]
    rows: dict[int, Identifier] = {}
    edges: set[Edge] = set()
    for case in cases:
        for name in case.accepted:
            if case.query.place is None:
                edges.add((case.query.name, name))
            else:
                rows[case.query.place] = name
    edges |= {(name, name) for name in rows.values() if name not in listed.works}
    return Matches(
        edges=edges,
        rows=rows,
        verdicts=sorted(verdicts, key=lambda verdict: (verdict.subject, verdict.query)),
        findings=[finding for case in cases for finding in _findings(case)],
        answers=results,
    )


# -- what to search for ------------------------------------------------------------------------


def queries(
    mentions: Sequence[Mention], listed: ListedWorks, answers: Answers, overrides: Overrides
) -> list[Query]:
    """Return the works without a registered identifier, those with unknown ones, and bare titles."""
    papers = answers.papers
    records: dict[Identifier, list[Record]] = {}
    for record in papers:
        records.setdefault(record.identifier, []).append(record)
    found = []
    for names in asserted_groups(listed.works, papers, overrides):
        query = _query(names, listed, records, answers)
        if query:
            found.append(query)
    return [*found, *_bare_titles(mentions)]


def _query(
    names: Sequence[Identifier],
    listed: ListedWorks,
    records: Mapping[Identifier, list[Record]],
    answers: Answers,
) -> Query | None:
    """Return the query for one work; None where a registry has it or no paper link names it."""
    registered = [name for name in names if name.scheme in RESOLVED]
    if any(not answers.is_missing(name) for name in registered):
        return None
    links = [mention for name in names for mention in listed.works.get(name, ())]
    papers = [mention for mention in links if mention.role == "paper"]
    if not papers:
        return None
    return Query(
        name=min(registered or (name for name in names if name in listed.works)),
        description=_describe(papers, [r for name in names for r in records.get(name, ())]),
        mentions=tuple(papers),
        piis=tuple(name for name in names if name.scheme == "pii"),
        is_unknown=bool(registered),
    )


def _describe(mentions: Iterable[Mention], records: Iterable[Record]) -> Description:
    """Describe a work by what the lists say and, where they are silent, by what the sources do."""
    ordered = sorted(mentions, key=lambda mention: (mention.seed, mention.line, mention.url))
    described = [
        *map(score.of_mention, ordered),
        *map(score.of_record, sorted(records, key=lambda r: (r.source, r.identifier))),
    ]
    values = {}
    for field in Description.__struct_fields__:
        given = (getattr(description, field) for description in described)
        values[field] = next((value for value in given if value is not None), None)
    return Description(**values)


def _bare_titles(mentions: Sequence[Mention]) -> Iterator[Query]:
    """Yield the entries that have nothing but a title, the first title of each."""
    entries = {
        (mention.seed, mention.entry)
        for mention in mentions
        if mention.role in {"paper", "other"}
        and mention.identifier
        and mention.identifier.scheme not in CODE_SCHEMES
    }
    for place, mention in enumerate(mentions):
        entry = (mention.seed, mention.entry)
        if mention.entry is None or entry in entries or not _is_bare(mention):
            continue
        entries.add(entry)
        name = Identifier("title", fold_title(mention.title or ""))
        yield Query(name, score.of_mention(mention), (mention,), place=place)


def _is_bare(mention: Mention) -> bool:
    """Return True for a title without identifier; a short one needs an author to be found."""
    if mention.target != Target("link") or not mention.title:
        return False
    if mention.role != "paper" and mention.url:
        return False
    return bool(mention.authors) or len(mention.title.split()) >= MIN_WORDS


# -- searching ---------------------------------------------------------------------------------


class Searches(Channel[Hits]):
    """Questions that a source searches: PIIs, titles, and versions of preprints."""

    def __init__(self, source: SearchableSource) -> None:
        super().__init__(source.name + SUFFIX, source.name)
        self._source = source
        (self._scheme,) = source.schemes

    def fetch(self, due: Mapping[Identifier, Any], session: Session) -> Iterator[Response]:
        """Search."""
        return self._source.search(list(due), session.http)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Hits:
        """Return what was found."""
        items = payload.get("items") or {}
        records = [
            read_record(self._source, Identifier(self._scheme, value), item)
            for value, item in items.items()
        ]
        return Hits(
            [record for record in records if isinstance(record, Record)],
            frozenset(items),
            bool(payload.get("tie")),
        )

    def lifetime(self, identifier: Identifier, value: Hits | None, session: Session) -> timedelta:
        """Return how long a result is good."""
        if identifier.scheme == "arxiv" and value:
            return FOREVER
        max_age = session.scope.max_age_of(self.source)
        if max_age is not None:
            return max_age
        fresh = session.settings.fresh
        days = fresh.work if value else fresh.not_found
        return timedelta(days=days * jitter(identifier))


def _results(
    source: SearchableSource, questions: Collection[Identifier], session: Session
) -> dict[Identifier, Answer[Hits]]:
    """Return the results by question."""
    answers = ask(Searches(source), sorted(questions), session) if questions else []
    return {answer.identifier: answer for answer in answers}


def _hits(result: Answer[Hits] | None) -> Hits | None:
    """Return what a search found last, nothing for "not found", and None without any answer."""
    if result is None or (result.current is None and result.denied_on is None):
        return None
    return result.current or Hits()


def _look_up_piis(
    cases: Iterable[Case], source: SearchableSource, session: Session
) -> list[Answer[Hits]]:
    """Look PIIs up; the one work with a PII is it."""
    cases = [case for case in cases if case.query.piis and not case.query.is_unknown]
    results = _results(source, {pii for case in cases for pii in case.query.piis}, session)
    for case in cases:
        for pii in case.query.piis:
            hits = _hits(results.get(pii))
            if hits is None:
                case.is_silent = True
            elif hits.records:
                _judge_pii(case, pii, hits)
    return list(results.values())


def _judge_pii(case: Case, pii: Identifier, hits: Hits) -> None:
    description = case.query.description
    ledgers = [
        score.compare(description, score.of_record(record), str(record.identifier))
        for record in hits.records
    ]
    accepted, why = None, f"{len(hits.offers)} works have this PII"
    if len(hits.offers) == 1:
        accepted, why = hits.records[0].identifier, "the one work with this PII"
        case.accepted.append(accepted)
        case.is_settled = True
    name = str(accepted) if accepted else None
    case.verdicts.append(Verdict(str(pii), str(pii), name, why, tuple(ledgers)))


def _search_titles(
    cases: Iterable[Case], source: SearchableSource, session: Session
) -> list[Answer[Hits]]:
    """Search the titles of what is not settled yet."""
    questions: dict[int, Identifier | None] = {}
    waiting = [case for case in cases if case.query.description.title and not case.is_settled]
    for place, case in enumerate(waiting):
        description, name = case.query.description, case.query.name
        if not case.query.is_unknown or name.scheme in source.schemes:
            questions[place] = source.question(
                description.title or "", description.authors, description.year
            )
    results = _results(source, {question for question in questions.values() if question}, session)
    for place, case in enumerate(waiting):
        question = questions.get(place)
        hits = _hits(results.get(question)) if question else None
        if question and hits is None:
            case.is_silent = True
        _judge_title(case, hits or Hits())
    return list(results.values())


def _judge_title(case: Case, hits: Hits) -> None:
    query = case.query
    case.offers |= hits.offers
    verdict = score.choose_candidate(query.name, query.description, hits.records, tie=hits.tie)
    if verdict.accepted and not hits.are_all_read:
        why = "another candidate cannot be read"
        verdict = msgspec.structs.replace(verdict, accepted=None, why=why)
    if verdict.ledgers:
        case.verdicts.append(verdict)
    if verdict.accepted:
        case.is_settled = True
        if not query.is_unknown:
            case.accepted.append(Identifier.of(verdict.accepted))


def _restore_matches(cases: Iterable[Case], last: Dataset | None) -> None:
    """Accept the matches of the last dataset that got no answer, or that are not offered any more."""
    matches, titles = _last_matches(last)
    for case in cases:
        query = case.query
        match = matches.get(query.key)
        if match is None or query.is_unknown:
            continue
        title = fold_title(query.description.title or "")
        is_withdrawn = (match, title) in titles and match.value not in case.offers
        if case.is_silent or (title and not case.is_settled and is_withdrawn):
            case.accepted.append(match)


def _last_matches(
    last: Dataset | None,
) -> tuple[dict[tuple[str, str], Identifier], set[tuple[Identifier, str]]]:
    """Return the matches of the last dataset by the key of their query, with their listed titles."""
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
        if query.is_unknown:
            if verdict.accepted is None or not _is_slip(query.name, verdict.accepted):
                continue
            code = "mistyped-identifier"
            message = f"no registry knows {query.name}; this title is of {verdict.accepted}"
        elif verdict.accepted or verdict.ledgers[0].score < WORTH:
            continue
        else:
            code = "uncertain-match"
            message = f"{verdict.why}; candidates: {format_ledgers(verdict)}"
        for mention in query.mentions:
            yield Finding(mention.seed, mention.line, code, message)


def _is_slip(written: Identifier, name: str) -> bool:
    """Return True if an identifier is another, mistyped by a letter or two or with a tail."""
    right = Identifier.of(name).value
    off = DamerauLevenshtein.distance(written.value, right, score_cutoff=SLIP)
    return off <= SLIP or written.value.startswith(right)


# -- earlier titles ----------------------------------------------------------------------------


def former_titles(
    listed: ListedWorks,
    answers: Answers,
    edges: Iterable[Edge],
    last: Dataset | None,
    overrides: Overrides,
    session: Session,
) -> tuple[Titles, list[Answer[Hits]]]:
    """Return the earlier titles of preprints that are listed under a title which no form has.

    Where earlier versions got no answer tonight, the titles of the last dataset stand.
    """
    versions: dict[Identifier, list[Identifier]] = {}
    records: dict[Identifier, list[Record]] = {}
    for record in answers.papers:
        if not record.provisional:
            records.setdefault(record.identifier, []).append(record)
    for names in asserted_groups(listed.works, answers.papers, overrides, edges):
        forms = [record for name in names for record in records.get(name, ())]
        if _has_other_title(names, forms, listed):
            preprints = [form for form in forms if form.source == "arxiv"]
            versions |= {form.identifier: _earlier(form) for form in preprints}
    published = _published_titles(last)
    titles = {name: published.get(name, []) for name in answers.lookups - records.keys()}
    source = session.sources["arxiv"]
    if not versions or not isinstance(source, SearchableSource):
        return titles, []
    questions = {version for earlier in versions.values() for version in earlier}
    results = _results(source, questions, session)
    for name, earlier in versions.items():
        hits = [_hits(results.get(version)) for version in earlier]
        found = [record for hit in hits if hit for record in hit.records]
        titles[name] = [
            Claim("arxiv", str(record.identifier), record.title) for record in found if record.title
        ]
        if len(found) < len(earlier) or not earlier:
            titles[name] += published.get(name, [])
    return titles, list(results.values())


def _has_other_title(
    names: Iterable[Identifier], forms: Iterable[Record], listed: ListedWorks
) -> bool:
    """Return True if a work is listed under a whole title that none of its forms has."""
    own = {fold_title(form.title) for form in forms if form.title}
    mentions = [mention for name in names for mention in listed.works.get(name, ())]
    titles = {fold_title(mention.title) for mention in mentions if mention.title}
    return any(len(title.split()) >= MIN_WORDS for title in titles - own)


def _earlier(record: Record) -> list[Identifier]:
    """Return the versions before the one that was read, the oldest first."""
    number = int((record.version or "v1")[1:])
    name = record.identifier.value
    return [Identifier("arxiv", f"{name}v{n}") for n in range(1, min(number, VERSIONS + 1))]


def _published_titles(last: Dataset | None) -> Titles:
    """Return the titles of earlier versions in the last dataset, by the preprint."""
    titles: Titles = {}
    for work in last.works if last else ():
        origin = work.provenance.get("title")
        for claim in origin.also if origin else ():
            if version := _VERSION.fullmatch(claim.identifier):
                titles.setdefault(Identifier.of(version[1]), []).append(claim)
    return titles
