"""Looking for what has no identifier that a registry resolves: a PII, an IEEE or JMLR page, or only a title.

A question is asked once and its answer kept like any other, under the name of the source with `.search` behind it. A
PII is looked up, a title searched at Crossref and, if that settles nothing, at arXiv; `linking.match` judges what is
found. A DOI that nobody knows is searched by its title too, but never replaced: a likely slip is told, and a maintainer
decides.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from rapidfuzz.distance import DamerauLevenshtein

from harvest.entries import CODE_SCHEMES, ListedWorks
from harvest.errors import SHAPE_ERRORS, MalformedError
from harvest.linking import score
from harvest.linking.cluster import Edge, cluster
from harvest.linking.ledger import Verdict, format_ledgers
from harvest.linking.overrides import NONE, Overrides
from harvest.linking.score import Description
from harvest.linking.titles import MIN_WORDS
from harvest.lookup.cache import CacheEntry
from harvest.lookup.lookup import Harvester, Tally, count, spread, stalest_first
from harvest.models import Claim, Dataset, Finding, Identifier, Mention, Record, RepositoryRecord
from harvest.sources.base import SearchableSource
from harvest.text import fold_title

log = logging.getLogger(__name__)

RESOLVED = frozenset({"doi", "arxiv"})  # schemes that a registry answers for
SEARCH = ".search"  # behind the name of a source: its searches, in the cache and in the tallies
SLIP = 2  # letters that a mistyped DOI is off by
VERSIONS = 9  # of a preprint that are looked up, from the first on: few have more
_VERSION = re.compile(r"(arxiv:.+)v\d+")
WORTH = 0.6  # score from which a candidate that was not accepted is worth a look


class Subject(msgspec.Struct, frozen=True):
    """A work to look for: what names it so far, what is said of it, and where it is listed.

    `pair` is the place of its mention among all for a row with nothing but a title. `unknown` has an identifier that
    every registry denies.
    """

    name: Identifier
    description: Description
    mentions: tuple[Mention, ...]
    piis: tuple[Identifier, ...] = ()
    pair: int | None = None
    unknown: bool = False


class Matches(msgspec.Struct):
    """What was found: identities, mentions (by their place) that got an identifier, every verdict, and findings."""

    edges: set[Edge] = set()
    pairs: dict[int, Identifier] = {}
    verdicts: list[Verdict] = []
    findings: list[Finding] = []
    tallies: dict[str, Tally] = {}


def subjects(
    mentions: Sequence[Mention],
    listed: ListedWorks,
    records: Iterable[Record | RepositoryRecord],
    missing: Collection[Identifier],
    overrides: Overrides = NONE,
) -> list[Subject]:
    """Give what is to be looked for: groups without a registered identifier or with unknown ones, and bare titles."""
    said: dict[Identifier, list[Record]] = {}
    papers = [record for record in records if isinstance(record, Record)]
    for record in papers:
        said.setdefault(record.identifier, []).append(record)
    found = []
    for group in cluster(listed.works, papers, overrides).groups:
        registered = [identifier for identifier in group if identifier.scheme in RESOLVED]
        unknown = bool(registered) and all(identifier in missing for identifier in registered)
        listings = [
            mention
            for identifier in group
            for mention in listed.works.get(identifier, ())
            if mention.role == "paper"
        ]
        if listings and (unknown or not registered):
            known = [record for identifier in group for record in said.get(identifier, ())]
            name = min(
                registered or (identifier for identifier in group if identifier in listed.works)
            )
            piis = tuple(identifier for identifier in group if identifier.scheme == "pii")
            found.append(
                Subject(name, _described(listings, known), tuple(listings), piis, unknown=unknown)
            )
    named = {
        (mention.seed, mention.entry)
        for mention in mentions
        if mention.role in {"paper", "other"}
        and mention.identifier
        and mention.identifier.scheme not in CODE_SCHEMES
    }
    for number, mention in enumerate(mentions):
        entry, title = (mention.seed, mention.entry), mention.title
        bare = (
            mention.target.kind == "link"
            and mention.identifier is None
            and (mention.role == "paper" or not mention.url)
        )
        if (
            bare
            and title
            and mention.entry is not None
            and entry not in named
            and _can_be_found(mention)
        ):
            named.add(entry)
            name = Identifier("title", fold_title(title))
            found.append(Subject(name, score.of_mention(mention), (mention,), pair=number))
    return found


def _can_be_found(mention: Mention) -> bool:
    """Tell whether a title says enough: of a short one only an author tells whose it is."""
    return bool(mention.authors) or len((mention.title or "").split()) >= MIN_WORDS


def _described(mentions: Iterable[Mention], records: Iterable[Record]) -> Description:
    """Say of a work what the lists say and, where they are silent, what the sources do."""
    ordered = sorted(mentions, key=lambda mention: (mention.seed, mention.line, mention.url))
    told = [
        *map(score.of_mention, ordered),
        *map(score.of_record, sorted(records, key=lambda r: (r.source, r.identifier))),
    ]
    return Description(
        **{
            field: next(
                (value for said in told if (value := getattr(said, field)) is not None), None
            )
            for field in Description.__struct_fields__
        }
    )


class Matcher:
    """Asks the sources that can search, through the cache, and judges what they find."""

    def __init__(self, harvester: Harvester) -> None:
        searchable = [s for s in harvester.sources.values() if isinstance(s, SearchableSource)]
        searchable.sort(key=lambda source: source.search_rank)
        self.sources = {source.name: source for source in searchable}
        self.fresh = harvester.settings.fresh
        self.cache = harvester.cache
        self.http = harvester.http
        self.now = harvester.now
        self.scope = harvester.scope
        self.matches = Matches()
        self._offered: dict[Identifier, set[str]] = {}

    def run(self, wanted: Sequence[Subject], last: Dataset | None = None) -> Matches:
        """Look for the subjects; what is not answered tonight stays what the `last` dataset made of it.

        So does what a search found for this title once and does not offer any more: that is no word against it.
        """
        settled, silent = self._by_pii(
            [subject for subject in wanted if subject.piis and not subject.unknown]
        )
        waiting = [
            subject
            for subject in wanted
            if subject.name not in settled and subject.description.title
        ]
        for name in self.sources:
            waiting, unanswered = self._by_title(name, waiting)
            silent += unanswered
        self._remember(silent, waiting, last)
        self.matches.verdicts.sort(key=lambda verdict: (verdict.subject, verdict.query))
        return self.matches

    def _by_pii(self, wanted: Sequence[Subject]) -> tuple[set[Identifier], list[Subject]]:
        """Look PIIs up at Crossref; gives the names that are settled (one work has the PII), and who has no answer."""
        answers = self._answers("crossref", {pii for subject in wanted for pii in subject.piis})
        settled = set()
        for subject in wanted:
            for pii in subject.piis:
                records = self._records("crossref", answers.get(pii))
                ledgers = tuple(
                    score.compare(subject.description, score.of_record(r), str(r.identifier))
                    for r in records
                )
                hits = _items(answers.get(pii))
                accepted = records[0].identifier if len(records) == len(hits) == 1 else None
                if accepted:
                    self._accept(subject, accepted)
                    settled.add(subject.name)
                if ledgers:
                    why = (
                        "the one work with this PII"
                        if accepted
                        else f"{len(hits)} works have this PII"
                    )
                    self._decide(
                        subject,
                        Verdict(
                            str(pii), str(pii), str(accepted) if accepted else None, why, ledgers
                        ),
                    )
        return settled, [
            subject for subject in wanted if not all(pii in answers for pii in subject.piis)
        ]

    def _by_title(
        self, name: str, wanted: Sequence[Subject]
    ) -> tuple[list[Subject], list[Subject]]:
        """Search titles at one source; gives the subjects that are not settled, and those of them without an answer."""
        source = self.sources[name]
        asked = {
            subject.name: source.question(d.title, d.authors, d.year)
            for subject in wanted
            if (d := subject.description).title
            and (not subject.unknown or subject.name.scheme in source.schemes)
        }
        answers = self._answers(name, {question for question in asked.values() if question})
        open_, silent = [], []
        for subject in wanted:
            question = asked.get(subject.name)
            kept = answers.get(question) if question else None
            if question and kept is None:
                silent.append(subject)
            records = self._records(name, kept)
            self._offered.setdefault(subject.name, set()).update(_items(kept))
            tie = bool(kept and kept.payload and kept.payload.get("tie"))
            verdict = score.choose_candidate(subject.name, subject.description, records, tie=tie)
            if verdict.accepted and len(records) < len(_items(kept)):
                verdict = msgspec.structs.replace(
                    verdict, accepted=None, why="another candidate cannot be read"
                )
            if verdict.ledgers:
                self._decide(subject, verdict)
            if verdict.accepted and not subject.unknown:
                self._accept(subject, Identifier.of(verdict.accepted))
            elif not verdict.accepted:
                open_.append(subject)
        return open_, silent

    def _accept(self, subject: Subject, found: Identifier) -> None:
        if subject.pair is None:
            self.matches.edges.add((subject.name, found))
        else:
            self.matches.pairs[subject.pair] = found

    def _decide(self, subject: Subject, verdict: Verdict) -> None:
        """Keep a verdict; one that needs a human becomes a finding wherever the subject is listed."""
        self.matches.verdicts.append(verdict)
        code, message = "uncertain-match", f"{verdict.why}; candidates: {format_ledgers(verdict)}"
        if subject.unknown:
            if verdict.accepted is None or not _is_slip(
                subject.name, Identifier.of(verdict.accepted)
            ):
                return
            code, message = (
                "mistyped-identifier",
                f"no registry knows {subject.name}; this title is of {verdict.accepted}",
            )
        elif verdict.accepted or verdict.ledgers[0].score < WORTH:
            return
        self.matches.findings += [
            Finding(mention.seed, mention.line, code, message) for mention in subject.mentions
        ]

    def _remember(
        self, silent: Iterable[Subject], unsettled: Iterable[Subject], last: Dataset | None
    ) -> None:
        """Keep what the last dataset joined to subjects that nobody answered for, or whose match is not offered now."""
        found, titles = _matched(last)
        for subject in silent:
            if (one := found.get(_key(subject))) and not subject.unknown:
                self._accept(subject, one)
        for subject in unsettled:
            one, title = found.get(_key(subject)), fold_title(subject.description.title or "")
            if (
                one
                and not subject.unknown
                and (one, title) in titles
                and one.value not in self._offered[subject.name]
            ):
                self._accept(subject, one)

    # -- titles ------------------------------------------------------------------------------------------------------

    def add_former_titles(
        self,
        groups: Iterable[Iterable[Identifier]],
        listed: ListedWorks,
        records: Iterable[Record],
        last: Dataset | None,
    ) -> None:
        """Look up earlier versions of the preprints that are listed under a title which no form of the work bears.

        Their titles go into `Record.former_titles`; those that nobody answers for tonight are taken from `last`.
        """
        said: dict[Identifier, list[Record]] = {}
        for record in records:
            if not record.provisional:
                said.setdefault(record.identifier, []).append(record)
        wanted: dict[Identifier, list[Identifier]] = {}
        for group in groups:
            known = {
                record.title
                for identifier in group
                for record in said.get(identifier, ())
                if record.title
            }
            names = {
                m.title for identifier in group for m in listed.works.get(identifier, ()) if m.title
            } - known
            unexplained = (
                set(map(fold_title, names)) - set(map(fold_title, known))
                if names
                else ()
            )
            if any(len(name.split()) >= MIN_WORDS for name in unexplained):
                wanted |= {
                    i: _earlier(record)
                    for i in group
                    for record in said.get(i, ())
                    if record.source == "arxiv"
                }
        answers = self._answers(
            "arxiv", {version for versions in wanted.values() for version in versions}
        )
        remembered = _former_titles(last) if wanted else {}
        for identifier, versions in wanted.items():
            told = [r for version in versions for r in self._records("arxiv", answers.get(version))]
            claims = [
                Claim("arxiv", str(version.identifier), version.title)
                for version in told
                if version.title
            ]
            claims += (
                remembered.get(str(identifier), ())
                if len(told) < len(versions) or not versions
                else ()
            )
            for record in said[identifier]:
                record.former_titles = _distinct(claims, record.title)

    # -- asking ------------------------------------------------------------------------------------------------------

    def _answers(self, name: str, questions: Iterable[Identifier]) -> dict[Identifier, CacheEntry]:
        """Give an answer for each question that has one: fresh from the cache, new, or the last one, however old."""
        asked = sorted(questions)
        if not asked:
            return {}
        key = name + SEARCH
        tally = self.matches.tallies.setdefault(key, Tally())
        kept = self.cache.get(key, asked)
        answers = {question: k for question, k in kept.items() if k.outcome is not None}
        due = [
            question for question in asked if not self._is_fresh(name, question, kept.get(question))
        ]
        due = stalest_first(due, kept, self.now)
        tally.from_cache += len(asked) - len(due)
        if self.scope.offline:
            tally.put_off(len(due))
        elif due and self.scope.may_ask(name):
            answers |= self._ask(name, due, tally)
        tally.stale += sum(
            question in answers and answers[question] is kept.get(question) for question in due
        )
        return answers

    def _ask(
        self, name: str, due: Sequence[Identifier], tally: Tally
    ) -> dict[Identifier, CacheEntry]:
        answers = {}
        before = self.http.requests[name]
        for answer in self.sources[name].search(due, self.http):
            if answer.asked:
                self.cache.put(name + SEARCH, [answer], self.now)
            count(tally, answer)
            if answer.outcome != "failed":
                answers[answer.identifier] = CacheEntry(
                    answer.outcome, answer.payload, self.now, self.now
                )
        tally.requests += self.http.requests[name] - before
        return answers

    def _records(self, name: str, kept: CacheEntry | None) -> list[Record]:
        """Read what a search found; an item in an unknown shape is none."""
        records = []
        for value, item in _items(kept).items():
            scheme = "doi" if name == "crossref" else name
            try:
                record = self.sources[name].read(Identifier(scheme, value), item)
            except (MalformedError, *SHAPE_ERRORS) as error:
                log.warning("%s: found %s in an unknown shape: %r", name, value, error)
                continue
            if isinstance(record, Record):
                records.append(record)
        return records

    def _is_fresh(self, name: str, question: Identifier, kept: CacheEntry | None) -> bool:
        age = kept.age(self.now) if kept else None
        if kept is None or age is None:
            return False
        if question.scheme == "arxiv" and kept.outcome == "found":
            return True  # what a version says never changes
        if (oldest := self.scope.oldest(name)) is not None:
            return age < oldest
        days = self.fresh.work if kept.outcome == "found" else self.fresh.not_found
        return age < timedelta(days=days * spread(question))


def _items(kept: CacheEntry | None) -> dict[str, dict[str, Any]]:
    """Give what a search found, as it came."""
    return ((kept.payload or {}).get("items") or {}) if kept else {}


def _key(subject: Subject) -> tuple[str, str]:
    """Tell how a subject is known from one night to the next: by its name, or by where a bare title stands."""
    return (
        ("", str(subject.name))
        if subject.pair is None
        else (subject.mentions[0].seed, subject.name.value)
    )


def _matched(
    last: Dataset | None,
) -> tuple[dict[tuple[str, str], Identifier], set[tuple[Identifier, str]]]:
    """Give what the last dataset joined by a match, by the key of each subject, and the titles listed for it."""
    found: dict[tuple[str, str], Identifier] = {}
    titles: set[tuple[Identifier, str]] = set()
    for work in last.works if last else ():
        said = work.provenance.get("identifiers")
        if said and said.source == score.NAME and said.identifier:
            one = Identifier.of(said.identifier)
            listed = [
                (place, fold_title(place.title)) for place in work.mentions if place.title
            ]
            found |= {("", name): one for name in work.curies}
            found |= {(place.seed, title): one for place, title in listed if not place.url}
            titles |= {(one, title) for _, title in listed}
    return found, titles


def _earlier(record: Record) -> list[Identifier]:
    """Name the versions before the one that was read, the oldest first."""
    number = int((record.version or "v1")[1:])
    return [
        Identifier("arxiv", f"{record.identifier.value}v{n}")
        for n in range(1, min(number, VERSIONS + 1))
    ]


def _former_titles(last: Dataset | None) -> dict[str, list[Claim]]:
    """Give the titles of earlier versions that the last dataset knows, by the preprint."""
    former: dict[str, list[Claim]] = {}
    for work in last.works if last else ():
        said = work.provenance.get("title")
        for claim in said.also if said else ():
            if versioned := _VERSION.fullmatch(claim.identifier):
                former.setdefault(versioned[1], []).append(claim)
    return former


def _distinct(claims: Iterable[Claim], present: str | None) -> tuple[Claim, ...]:
    """Keep each title that is not the present one once, under the earliest version that bears it."""
    titles = {fold_title(present or "")}
    kept = []
    for claim in sorted(claims, key=lambda claim: (len(claim.identifier), claim.identifier)):
        if (title := fold_title(str(claim.value))) not in titles:
            titles.add(title)
            kept.append(claim)
    return tuple(kept)


def _is_slip(written: Identifier, right: Identifier) -> bool:
    """Tell whether one identifier is the other, mistyped by a letter or two or with something behind it."""
    off = DamerauLevenshtein.distance(written.value, right.value, score_cutoff=SLIP)
    return off <= SLIP or written.value.startswith(right.value)
