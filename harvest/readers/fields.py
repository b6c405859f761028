"""One record of named fields (a CSV row, a JSON object, a BibTeX entry, a RIS record) -> its mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harvest.identifiers import find, identify
from harvest.models import Finding, Mention, Reading
from harvest.readers import labels

# Fields of prose or of other works: an id in them does not name this one.
_PROSE = re.compile(r"(?i)abstract|keyword|annote|references|citation|file|description|summary")
_CONTAINER = re.compile(r"(?i)container|journal|book|series|short")  # its title is not the work's
_NAMES_ID = re.compile(r"(?i)(?:^|[_ -])(?:ids?|identifiers?|urls?|uris?|links?|eprint)$")


def add_record(
    reading: Reading, seed: str, line: int, fields: Mapping[str, str], *, columns: bool = False
) -> None:
    """Add the mentions of a record; one that links to no work is mentioned by its title, which can be searched.

    A record that does not even name one is a finding.
    """
    meanings = {name: None if _CONTAINER.search(name) else labels.meaning(name) for name in fields}
    title, authors, date = (
        next(
            (
                fields[name].strip()
                for name in fields
                if meanings[name] == meaning and fields[name].strip()
            ),
            None,
        )
        for meaning in ("title", "authors", "date")
    )
    number = reading.mentions[-1].entry or 0 if reading.mentions else 0
    mentions = [
        Mention(
            seed=seed,
            line=line,
            url=url,
            role=labels.role_in_column(meanings[name], name, url),
            entry=number + 1,
            label=name,
            title=title,
            authors=authors,
            date=date,
            columns=dict(fields) if columns else {},
        )
        for name, url in _urls(fields, meanings)
    ]
    if title and labels.is_bare(title, authors, [mention.role for mention in mentions]):
        mentions.append(
            Mention(
                seed=seed,
                line=line,
                url="",
                role="paper",
                entry=number + 1,
                title=title,
                authors=authors,
                date=date,
                columns=dict(fields) if columns else {},
            )
        )
    reading.mentions += mentions
    if not mentions and any(value.strip() for value in fields.values()):
        what = title or ", ".join(value for value in fields.values() if value)
        reading.findings.append(
            Finding(seed, line, "no-identifier", f"has no identifier or link: {what[:80]}")
        )


def _urls(
    fields: Mapping[str, str], meanings: Mapping[str, labels.Meaning | None]
) -> Iterator[tuple[str, str]]:
    """Give each field that holds an id or URL with it, every id once."""
    seen = set()
    for name, text in fields.items():
        value, meaning = text.strip(), meanings[name]
        if meaning in {"authors", "date"} or _PROSE.search(name):
            continue
        whole = (
            meaning in {"paper", "code", "original"}
            or _NAMES_ID.search(name)
            or value.startswith("10.")
        )
        alone = whole and identify(value).kind == "identifier"
        for url in [value] if alone else [raw for _, _, raw in find(value)]:
            key = identify(url).identifier or url
            if key not in seen:
                seen.add(key)
                yield name, url
