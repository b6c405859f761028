"""Queries for works without an identifier that a registry resolves, and for bare titles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec

from harvest.entries import CODE_SCHEMES, ListedWorks
from harvest.identifiers import registered_doi
from harvest.linking import score
from harvest.linking.cluster import asserted_groups
from harvest.linking.overrides import Overrides
from harvest.linking.score import Description
from harvest.linking.titles import MIN_WORDS
from harvest.lookup.answers import Answers
from harvest.models import Identifier, Mention, Record, Target
from harvest.text import fold_title

RESOLVED = frozenset({"doi", "arxiv"})  # schemes that a registry answers for


class Query(msgspec.Struct, frozen=True):
    """A work to search for: its name so far, its description, and where it is listed.

    `index` is the position among all mentions of a row with nothing but a title. `is_unknown` is
    True if every registry denies its identifier. `numbers` are PIIs and the numbers of publishers
    that make DOIs of them, which Crossref may know.
    """

    name: Identifier
    description: Description
    mentions: tuple[Mention, ...]
    numbers: tuple[Identifier, ...] = ()
    index: int | None = None
    is_unknown: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Its name over the nights: its identifier, or the list and title of a bare row."""
        if self.index is None:
            return "", str(self.name)
        return self.mentions[0].seed, self.name.value


def queries(
    mentions: Sequence[Mention], listing: ListedWorks, answers: Answers, overrides: Overrides
) -> list[Query]:
    """Return the works with no registered identifier or unknown ones, and bare titles."""
    records: dict[Identifier, list[Record]] = defaultdict(list)
    for record in answers.papers:
        records[record.identifier].append(record)
    groups = asserted_groups(listing.works, answers.papers, overrides, listing.twins)
    works = (_query(names, listing, records, answers) for names in groups)
    return [*filter(None, works), *_bare_titles(mentions)]


def _query(
    names: Sequence[Identifier],
    listing: ListedWorks,
    records: Mapping[Identifier, list[Record]],
    answers: Answers,
) -> Query | None:
    """Return the query for one work; None where a registry has it or no paper link names it."""
    own_names = [name for name in names if name.scheme in RESOLVED]
    if any(not answers.is_missing(name) for name in own_names):
        return None
    papers = [mention for mention in listing.mentions_of(names) if mention.role == "paper"]
    if not papers:
        return None
    forms = list(chain.from_iterable(records.get(name, ()) for name in names))
    return Query(
        name=min(own_names or (name for name in names if name in listing.works)),
        description=_describe(papers, forms),
        mentions=tuple(papers),
        numbers=tuple(name for name in names if name.scheme == "pii" or registered_doi(name)),
        is_unknown=bool(own_names),
    )


def _describe(mentions: Iterable[Mention], records: Iterable[Record]) -> Description:
    """Describe a work by the lists and, where they say nothing, by the sources."""
    ordered = sorted(mentions, key=lambda mention: (mention.seed, mention.line, mention.url))
    descriptions = [score.of_mention(mention) for mention in ordered]
    forms = sorted(records, key=lambda record: (record.source, record.identifier))
    descriptions += [score.of_record(form) for form in forms]
    values: dict[str, Any] = {}
    for field in Description.__struct_fields__:
        candidates = (getattr(description, field) for description in descriptions)
        values[field] = next((value for value in candidates if value not in {None, ()}), None)
    values["other_titles"] = values["other_titles"] or ()
    return Description(**values)


def _bare_titles(mentions: Sequence[Mention]) -> Iterator[Query]:
    entries = set()
    for mention in mentions:
        name = mention.identifier
        if mention.role in {"paper", "other"} and name and name.scheme not in CODE_SCHEMES:
            entries.add((mention.seed, mention.entry))
    for index, mention in enumerate(mentions):
        entry = (mention.seed, mention.entry)
        if mention.entry is None or entry in entries or not _is_bare(mention):
            continue
        entries.add(entry)
        title = Identifier("title", fold_title(mention.title or ""))
        yield Query(title, score.of_mention(mention), (mention,), index=index)


def _is_bare(mention: Mention) -> bool:
    """Return True for a title without identifier; a short one needs an author to be found."""
    if mention.target != Target("link") or not mention.title:
        return False
    if mention.role != "paper" and mention.url:
        return False
    return bool(mention.authors) or len(mention.title.split()) >= MIN_WORDS
