"""Records of named fields (a row, an object, a BibTeX entry, a RIS record) -> mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec.structs import replace

from harvest import dates
from harvest.identifiers import find, identify
from harvest.models import Finding, Mention, Reading
from harvest.readers import labels

# What a field is by the words of its name. An identifier in prose is a mention and names no work of
# its own; works that are cited, files and pictures are passed over.
_PROSE = frozenset({
    "abstract", "abstracts", "annote", "annotation", "comment", "comments", "description",
    "keyword", "keywords", "message", "note", "notes", "remarks", "review", "summary", "tldr",
    "resumen", "resumo", "résumé", "zusammenfassung", "riassunto", "аннотация", "摘要",
    "notas", "comentarios", "commentaires", "notizen", "kommentar", "bemerkung", "备注",
})  # fmt: skip
_PASSED = frozenset({
    "affiliation", "affiliations", "attachment", "attachments", "avatar", "bibsource", "biburl",
    "citation", "citations",
    "cited", "cites", "figure", "figures", "file", "files", "funding", "icon", "image", "images",
    "licence", "license", "logo", "picture", "reference", "referenced", "references", "screenshot",
    "teaser", "thumbnail",
})  # fmt: skip
PREFERRED = "preferred-citation"  # of CITATION.cff: the article on the software that it describes
_CONTAINER = re.compile(
    r"(?i)container|venue|journal|book|series|short|conference|proceedings|event|publisher|collection"
    r"|\b(?:publication|source|host|issue|parent|secondary|abbreviated) (?:source )?title"
    r"|revista|revue|rivista|zeitschrift|czasopismo|журнал|期刊|会议|雑誌|학술지"
)
# A date on which somebody kept the record, not that of the work.
_KEPT = re.compile(
    r"(?i)\b(?:added|access(?:ed)?|updated?|modified|created?|retrieved|visited|crawled|last"
    r"|exported|extract(?:ed|ion)|imported|indexed"
    r"|meeting|early)\b"
)
_NAMES_ID = re.compile(r"(?i)(?:^|[_ -])(?:ids?|identifiers?|urls?|uris?|links?|eprint)$")
# What is told of authors beside their names.
_OF_AUTHORS = re.compile(
    r"(?i)(?:\b|_)(?:ids?|orcids?|positions?|counts?|number|affiliations?|affiliation_strings|address(?:es)?"
    r"|e-?mails?|countr(?:y|ies)|institutions?|corresponding)$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PUBMED = re.compile(r"(?i)\b(?:pmid|pubmed)\b")
_GITLAB = re.compile(r"(?i)gitlab")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[\w.-]{1,100}", re.ASCII)
_LINK = re.compile(
    r"\[{1,2}([^\[\]]*)\]{1,2}\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?[^()]*\)"
)
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3})([^\s)](?:[^*]*\S)?)\1")
# `Jane Doe (1, 2), John Roe (*)`
_EMPHASIZED = re.compile(r"(?i)</?(?:b|strong|i|em|u|sub|sup|span|a)\b[^<>]*>")
_AFFILIATIONS = re.compile(r"\s*\((?:\d{1,2}(?:,\s*\d{1,2})*|[*\u2020\u2021])\)")
_PRINTED = re.compile(r"(?:(?<=[\[,])|(?<=, ))(['\"])((?:(?!\1).)+)\1(?=[,\]])")
_NAMED = re.compile(r"['\"]name['\"]: ?(['\"])((?:(?!\1).)+)\1(?=[,}])")
# What a title begins with that names another work: `Correction to: A study (doi:10...)`.
_NOTICE = re.compile(
    r"(?i)(?:author |publisher )?"
    r"(?:(?:comments?|reply|response)(?:\s*:| (?:to|on|for)\b)"
    r"|(?:corrections?|errat(?:um|a)|corrigend(?:um|a)|retraction)(?: note| notice)?"
    r"(?:\s*:| (?:to|on|for|of)\b))"
)
# Where a title goes on with its publication: `A title of it, 2020, A Journal, 42(3), pp 4-5`.
_PUBLISHED = re.compile(
    r"(.+),\s+((?:19|20)\d\d),\s(?=.{0,300}?(?:\b10\.\d{4,9}/|\bpp?\b|\bvol\b|\d\s?\(\d))",
    re.DOTALL,
)
# What may stand beside an identifier in a note that only says what the record is.
_OWN = re.compile(
    r"(?i)(?:available|online|at|from|arxiv|preprint|e-?print|doi|url|pmid|in|press"
    r"|[\s:;,.()\[\]])*"
)
_LONGEST_TEXT = 200  # characters beside an address

# What a mention in prose does not have: it belongs to another work, or to none.
ASIDE: dict[str, Any] = {
    "role": "other", "entry": None, "is_record": False, "title": None, "authors": None,
    "date": None, "columns": {},
}  # fmt: skip

Meanings = dict[str, labels.Meaning | None]
EMPTY: Mapping[str, labels.Meaning] = {}


class Field(NamedTuple):
    """A field of a record: its name, its value as text, its line, and what the list calls it."""

    name: str
    value: str
    line: int
    label: str


def fields_of(values: Mapping[str, str], line: int) -> list[Field]:
    """Return fields that all stand on one line and are called by their names."""
    return [Field(name, value, line, name) for name, value in values.items()]


@lru_cache(maxsize=4096)
def field_meaning(name: str) -> labels.Meaning | None:
    """Return what a field holds. The title of a container is not that of the work.

    `published_url` is an address and no date, `author_id` and `Author Keywords` are no names.
    """
    meaning = None if is_container(name) else labels.meaning(field_words(name))
    if meaning == "authors" and (_OF_AUTHORS.search(name) or is_prose(name)):
        return "other"
    return None if meaning == "date" and holds_id(name) else meaning


@lru_cache(maxsize=4096)
def is_prose(name: str) -> bool:
    """Return True for a field of running text, whose identifiers are mentions."""
    return not _PROSE.isdisjoint(_words(name))


@lru_cache(maxsize=4096)
def is_passed(name: str) -> bool:
    """Return True for a field of other works, of files, of pictures and of what people have."""
    if field_meaning(name) == "other" and _OF_AUTHORS.search(name):
        return True
    return not _PASSED.isdisjoint(_words(name)) and name != PREFERRED


@lru_cache(maxsize=4096)
def is_container(name: str) -> bool:
    """Return True for a field of the journal, the book or the event in which a work appeared."""
    return _CONTAINER.search(field_words(name)) is not None


def holds_id(name: str) -> bool:
    """Return True for a field of identifiers or addresses by the last word of its name."""
    return _NAMES_ID.search(name) is not None


def field_words(name: str) -> str:
    """Return a name as words: `paperTitle` and `paper_title` are a paper title."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", name)


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", field_words(name).lower())


def add_record(
    reading: Reading,
    seed: str,
    line: int,
    fields: Sequence[Field],
    *,
    columns: bool = False,
    section: tuple[str, ...] = (),
    others: Mapping[str, labels.Meaning] = EMPTY,
) -> None:
    """Add the mentions of a record, which begins at a line.

    A record that links to no work is mentioned by its title, which can be searched; one that does
    not even name a work is a finding. `columns` keeps the fields as columns of a table. `others`
    say what fields hold whose names do not.
    """
    meanings: Meanings = {}
    for field in fields:
        meanings[field.name] = others.get(field.name) or field_meaning(field.name)
    title, year = _first(fields, meanings, "title"), None
    if title and (published := _PUBLISHED.match(title)):
        title, year = published.groups()
    work = Mention(
        seed=seed,
        line=line,
        url="",
        role="paper",
        section=section,
        entry=_last_entry(reading) + 1,
        is_record=True,
        title=title,
        authors=_authors(_first(fields, meanings, "authors") or "") or None,
        date=_date(fields, meanings) or year,
        columns={field.name: field.value for field in fields} if columns else {},
    )
    mentions: list[Mention] = []
    asides: list[Mention] = []
    for field, label, url in _urls(fields, meanings):
        role = labels.role_in_column(meanings[field.name], label, url)
        mention = replace(work, line=field.line, url=url, role=role, label=label)
        if _is_aside(field, url, meanings, is_named=bool(mentions)):
            asides.append(replace(mention, **ASIDE))
        else:
            mentions.append(mention)
    if work.title and labels.is_bare(work.title, work.authors, [m.role for m in mentions]):
        mentions.append(work)
    reading.mentions += sorted([*mentions, *asides], key=attrgetter("line"))
    if mentions:
        return
    values = [field.value for field in fields if field.value.strip()]
    if values:
        content = (work.title or ", ".join(values))[:80]
        message = f"has no identifier or link: {content}"
        reading.findings.append(Finding(seed, line, "no-identifier", message))


def _last_entry(reading: Reading) -> int:
    """Return the number of the last entry."""
    for mention in reversed(reading.mentions):
        if mention.entry is not None:
            return mention.entry
    return 0


def _first(fields: Sequence[Field], meanings: Meanings, meaning: labels.Meaning) -> str | None:
    """Return the first value of a meaning that is not blank, without Markdown."""
    values = (_plain(field.value) for field in fields if meanings[field.name] == meaning)
    return next(filter(None, values), None)


def _authors(names: str) -> str:
    """Return names without affiliations, with the separator that most lists have.

    A program may have printed them: `['Doe, Jane', "Pat O'Neil"]`, or `[{'name': 'Jane Doe'}]`.
    """
    if names[:1] == "[" and (printed := _NAMED.findall(names) or _PRINTED.findall(names)):
        names = "; ".join(name for _, name in printed)
    return "; ".join(map(str.strip, _AFFILIATIONS.sub("", names).split("|"))).strip("; ")


def _date(fields: Sequence[Field], meanings: Meanings) -> str | None:
    """Return the first date that reads like one, without those of who kept the record.

    A year goes with the month and the day that stand in fields of their own.
    """
    values = [
        _plain(field.value)
        for field in fields
        if meanings[field.name] == "date" and not _KEPT.search(field_words(field.name))
    ]
    values = [value for value in values if value]
    date = next(filter(dates.parse_date, values), values[0] if values else None)
    if date is None or not _YEAR.fullmatch(date):
        return date
    month, day = _named(fields, "month"), _named(fields, "day")
    return dates.from_month(date, month, day) or date if month else date


def _named(fields: Sequence[Field], word: str) -> str:
    """Return the value of the first field whose name ends with a word, an empty text for none."""
    ends = (_plain(field.value) for field in fields if _words(field.name)[-1:] == [word])
    return next(ends, "")


def _plain(value: str) -> str:
    """Return a value without the links and the emphasis of Markdown and HTML."""
    if "</" in value:
        value = _EMPHASIZED.sub("", value)
    if "](" in value:
        value = _LINK.sub(r"\1", value)
    if "*" in value:
        value = _EMPHASIS.sub(r"\2", value).replace("\\*", "*")
    return value.strip()


def describe_work(fields: Sequence[Field]) -> bool:
    """Return True for fields with authors or an address: a date alone may be that of a note."""
    names_authors = (field_meaning(field.name) == "authors" for field in fields)
    has_link = (whole_identifier(field.name, field.value) is not None for field in fields)
    return any(names_authors) or any(has_link)


def _urls(fields: Sequence[Field], meanings: Meanings) -> Iterator[tuple[Field, str, str]]:
    """Yield each identifier or URL once, with its field and its label, those in a title last."""
    keys = set()
    for field in sorted(fields, key=lambda field: _is_running_title(field, meanings)):
        if meanings[field.name] in {"authors", "date"} or is_passed(field.name):
            continue
        for label, url in _urls_in(field):
            key = identify(url).identifier or url
            if key not in keys:
                keys.add(key)
                yield field, label, url


def _is_aside(field: Field, url: str, meanings: Meanings, *, is_named: bool) -> bool:
    """Return True for an identifier in running text, which names another work.

    In a title it may name this one, if no other field does.
    """
    if _is_running_title(field, meanings):
        return is_named or _NOTICE.match(field.value) is not None
    return is_prose(field.name) and not _is_own(field.value, url)


def _is_running_title(field: Field, meanings: Meanings) -> bool:
    """Return True for a title of words alone: an identifier in it may be of another work."""
    return meanings[field.name] == "title" and "](" not in field.value and " " in field.value


def _urls_in(field: Field) -> Iterator[tuple[str, str]]:
    """Yield the value as a whole where its field holds identifiers, else what stands in it."""
    value = field.value.strip()
    if "](" in value:
        for label, url in _LINK.findall(value):
            yield label.strip(" *`") or field.label, url
        value = _LINK.sub(" ", value)
    whole = whole_identifier(field.name, value)
    if whole:
        yield field.label, whole
        return
    for _, _, raw in find(value):
        yield field.label, raw


def whole_identifier(name: str, value: str) -> str | None:
    """Return the identifier that a value as a whole is, by the name of its field."""
    meaning = field_meaning(name)
    if meaning in {"code", "original"} and _REPOSITORY.fullmatch(value):
        host = "gitlab.com" if _GITLAB.search(name) else "github.com"
        url = f"https://{host}/{value}"
        return url if identify(url).kind != "placeholder" else None
    if value.isdecimal() and value.strip("0") and _PUBMED.search(field_words(name)):
        return f"pmid:{value}"
    is_link = meaning in {"paper", "code", "original"} or holds_id(name)
    is_id = is_link or value.startswith("10.")
    return value if is_id and identify(value).kind == "identifier" else None


def _is_own(value: str, url: str) -> bool:
    """Return True if a note holds nothing but the identifier of the record itself."""
    if len(value) - len(url) > _LONGEST_TEXT:
        return False
    return _OWN.fullmatch(value.replace(url, " ")) is not None
