"""Answers to all that the lists name or need: all requests of a run are made here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from harvest.entries import ListedWorks, group, listed_works
from harvest.linking.cluster import Clusters, cluster
from harvest.linking.look_alikes import Key
from harvest.lookup.answers import Answer, Answers, tally
from harvest.lookup.former_titles import Titles, are_needed, former_titles
from harvest.lookup.last_known import numbers_to_check
from harvest.lookup.lookup import lookup
from harvest.lookup.readings import Readings
from harvest.lookup.remote_lists import RemoteLists
from harvest.lookup.search import SUFFIX, Hits, Matches, search
from harvest.lookup.session import Session
from harvest.models import Mention, Reading, Tally
from harvest.readers.templates import Templates


class Lookups(msgspec.Struct, frozen=True):
    """All answers for the lists. `mentions` have the identifiers that searches found.

    `clusters` are the identifiers of each work, by the answers alone, where former titles are
    needed.
    """

    mentions: list[Mention]
    listing: ListedWorks
    answers: Answers
    matches: Matches
    clusters: Clusters | None
    former_titles: Titles
    searches: list[Answer[Hits]]
    tallies: dict[str, Tally]

    @property
    def all_answers(self) -> list[Answer[Any]]:
        """The answers for identifiers and those of searches."""
        return [*self.answers, *self.searches]


def read_seeds(lists: RemoteLists, session: Session) -> Reading:
    """Read the lists of the settings; what a run before has read comes from the memo."""
    readings = Readings(session.memo, Templates(session.settings.layout))
    return readings.read_lists(session.settings.seeds, lists)


def look_up(mentions: list[Mention], session: Session) -> Lookups:
    """Look up what lists name and search for the rest: all requests but those for remote lists."""
    listing = listed_works(group(mentions))
    companions = session.overrides.companions(listing.works)
    answers = lookup([*listing.works, *listing.repositories.values(), *companions], session)
    matches = search(mentions, listing, answers, session)
    if matches.rows:
        mentions = matches.resolve(mentions)
        listing = listed_works(group(mentions))
    answers = lookup(matches.identifiers, session, answers)
    answers = lookup(numbers_to_check(answers, listing, session.last), session, answers)
    return add_titles(mentions, listing, answers, matches, session)


def add_titles(
    mentions: list[Mention],
    listing: ListedWorks,
    answers: Answers,
    matches: Matches,
    session: Session,
    common: Collection[Key] | None = None,
) -> Lookups:
    """Add the former titles of what is listed under another, which completes the lookups.

    `common` are the keys of look-alikes that say nothing, where this is a part of all.
    """
    clusters = None
    if are_needed(listing, answers.papers):
        clusters = cluster(
            listing.works, answers.papers, session.overrides, matches.edges, listing.twins, common
        )
    titles, versions = former_titles(listing, answers, clusters.groups if clusters else (), session)
    searches = [*matches.answers, *versions]
    tallies = _tallies(answers, searches, session)
    return Lookups(mentions, listing, answers, matches, clusters, titles, searches, tallies)


def _tallies(
    answers: Answers, searches: Iterable[Answer[Hits]], session: Session
) -> dict[str, Tally]:
    by_name: dict[str, list[Answer[Hits]]] = defaultdict(list)
    for answer in searches:
        by_name[answer.source].append(answer)
    tallies = {}
    for name in session.sources:
        made = session.http.requests[name] - session.requests[name + SUFFIX]
        tallies[name] = tally(answers.by_source.get(name, {}).values(), made)
    for name, results in by_name.items():
        tallies[name] = tally(results, session.requests[name])
    return tallies
