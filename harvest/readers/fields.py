"""Records of named fields (a CSV row, a JSON object, a BibTeX entry, a RIS record) -> mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import attrgetter

from msgspec.structs import replace

from harvest.identifiers import find, identify
from harvest.models import Finding, Mention, Reading
from harvest.readers import labels

# Fields of prose or of other works: an identifier in them does not name this one.
_PROSE = re.compile(r"(?i)abstract|keyword|annote|references|citation|file|description|summary")
_CONTAINER = re.compile(r"(?i)container|journal|book|series|short")
_NAMES_ID = re.compile(r"(?i)(?:^|[_ -])(?:ids?|identifiers?|urls?|uris?|links?|eprint)$")

Meanings = dict[str, labels.Meaning | None]


def field_meaning(name: str) -> labels.Meaning | None:
    """Return what a field holds. The title of a container is not that of the work."""
    return None if _CONTAINER.search(name) else labels.meaning(name)


def add_record(
    reading: Reading,
    seed: str,
    line: int,
    fields: Mapping[str, str],
    *,
    columns: bool = False,
    lines: Mapping[str, int] | None = None,
) -> None:
    """Add the mentions of a record, which begins at a line.

    A record that links to no work is mentioned by its title, which can be searched; one that does
    not even name a work is a finding. `columns` keeps the fields as columns of a table. `lines`
    holds the line of each field where a record has several.
    """
    meanings = {name: field_meaning(name) for name in fields}
    lines = lines or {}
    last = reading.mentions[-1].entry if reading.mentions else None
    work = Mention(
        seed=seed,
        line=line,
        url="",
        role="paper",
        entry=(last or 0) + 1,
        title=_first(fields, meanings, "title"),
        authors=_first(fields, meanings, "authors"),
        date=_first(fields, meanings, "date"),
        columns=dict(fields) if columns else {},
    )
    mentions = []
    for name, url in _urls(fields, meanings):
        role = labels.role_in_column(meanings[name], name, url)
        mention = replace(work, line=lines.get(name, line), url=url, role=role, label=name)
        mentions.append(mention)
    if work.title and labels.is_bare(work.title, work.authors, [m.role for m in mentions]):
        mentions.append(work)
    reading.mentions += sorted(mentions, key=attrgetter("line"))
    values = [value for value in fields.values() if value.strip()]
    if values and not mentions:
        content = (work.title or ", ".join(values))[:80]
        message = f"has no identifier or link: {content}"
        reading.findings.append(Finding(seed, line, "no-identifier", message))


def _first(fields: Mapping[str, str], meanings: Meanings, meaning: labels.Meaning) -> str | None:
    """Return the first value of a meaning that is not blank."""
    values = (fields[name].strip() for name in fields if meanings[name] == meaning)
    return next(filter(None, values), None)


def _urls(fields: Mapping[str, str], meanings: Meanings) -> Iterator[tuple[str, str]]:
    """Yield each identifier or URL once, after the name of its field."""
    seen = set()
    for name, text in fields.items():
        if meanings[name] in {"authors", "date"} or _PROSE.search(name):
            continue
        for url in _urls_in(name, text.strip(), meanings[name]):
            key = identify(url).identifier or url
            if key not in seen:
                seen.add(key)
                yield name, url


def _urls_in(name: str, value: str, meaning: labels.Meaning | None) -> list[str]:
    """Return the value as a whole where its field holds identifiers, else what stands in it."""
    is_link = meaning in {"paper", "code", "original"} or _NAMES_ID.search(name)
    if (is_link or value.startswith("10.")) and identify(value).kind == "identifier":
        return [value]
    return [raw for _, _, raw in find(value)]
