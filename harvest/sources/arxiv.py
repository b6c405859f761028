"""arXiv: metadata of preprints, a hundred ids a request.

Answers come in any order and with versions, so they are joined by id; ids in the answer that were not asked are an
error. An id that is not in an answer is begun, and asked once more before it is called not found, because arXiv now and
then answers with an empty page for papers that exist. The second question names one that was found, too: a page without
it is such a page, and no answer. One malformed id makes arXiv refuse the whole request and name the culprit, which is
then left out. https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from harvest.errors import MalformedError, SourceError, TransientError
from harvest.http.clients import ARXIV_PAGE, Http
from harvest.identifiers import identify
from harvest.models import Answer, Identifier, IntegrityNotice, Record
from harvest.sources.base import ProbeResult, SearchableSource, chunks, expect, failed, optional
from harvest.text import clean, join_title, make_author

if TYPE_CHECKING:
    import arxiv

NAME = "arxiv"

PROBE_ID = "2006.11239"  # the first paper on diffusion models: it will not go away
FEW = 5  # candidates of a search
WORDS = 6  # of a title that are searched for, the longest: each must be there, and lists misspell

# The API has no flag for it: the newest version says so in its comment, or in place of the summary.
# https://info.arxiv.org/help/withdraw.html
_PAPER = r"(?:paper|article|manuscript|submission|preprint|e-?print|work|report|note|thesis)"
_WITHDRAWN = re.compile(
    rf"\b(?:this|our|the\s+present)\s+{_PAPER}\b(?:\s+\([^)]*\))?\s+(?:has|have|had|is|was)(?:\s+(?:been|being|now|hereby))*"
    rf"\s+(?:temporarily\s+)?(?:withdrawn|retracted)\b"
    rf"|\b(?:authors?|we|I)\s+(?:have\s+|has\s+)?(?:withdraws?|withdrawn|withdrew|retract(?:ed)?)\s+(?:this|our)\s+{_PAPER}\b",
    re.IGNORECASE,
)
_BARELY = re.compile(  # how a comment says so, which speaks of nothing but the paper
    rf"\W*(?:this\s+|the\s+)?(?:{_PAPER}\s+)?(?:is\s+|was\s+|has\s+been\s+)?(?:withdrawn|retracted)\b"
    r"\s*(?:$|[.,;:()!]|(?:by|due|because|as|at|since|for|from|on)\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")

_CULPRIT = re.compile(r"incorrect[_ ]id[_ ]format[_ ]for[_ ]([\w./-]+)")


class Arxiv(SearchableSource):
    """arXiv, asked in lists of ids."""

    name = NAME
    rank = 20
    search_rank = 20
    route = NAME
    schemes = frozenset({"arxiv"})
    list_size = ARXIV_PAGE

    def fetch(
        self,
        due: Mapping[Identifier, dict[str, Any] | None],
        http: Http,
        now: datetime,
    ) -> Iterator[Answer]:
        """Ask for preprints, ARXIV_PAGE ids a request, and once more for the absent."""
        client = http.arxiv()
        absent = [identifier.value for identifier, begun in due.items() if begun is not None]
        witness: str | None = None
        for ids in chunks(
            [identifier.value for identifier, begun in due.items() if begun is None], ARXIV_PAGE
        ):
            for answer in _ask(ids, client, http):
                if answer.outcome == "not_found":
                    absent.append(answer.identifier.value)
                    yield msgspec.structs.replace(answer, outcome="begun", payload={})
                else:
                    witness = answer.identifier.value if answer.outcome == "found" else witness
                    yield answer
        for ids in chunks(absent, ARXIV_PAGE - 1):
            yield from _ask(ids, client, http, witness)

    def read(self, identifier: Identifier, payload: dict[str, Any]) -> Record:
        """Read one entry of the feed, as `_payload` keeps it."""
        withdrawn = payload.get("withdrawn") or _withdrawal(
            optional(NAME, payload.get("comment"), str, "comment"), ""
        )
        return Record(
            source=NAME,
            identifier=identifier,
            kind="preprint",
            type="posted-content",
            title=join_title([expect(NAME, payload.get("title"), str, "title")]),
            authors=tuple(
                author
                for name in expect(NAME, payload.get("authors"), list, "authors")
                if (author := make_author(None, None, expect(NAME, name, str, "author")))
            ),
            date=expect(NAME, payload.get("published"), str, "published")[:10],
            container="arXiv",
            publisher="arXiv",
            url=f"https://arxiv.org/abs/{identifier.value}",
            same_work=tuple(_published(optional(NAME, payload.get("doi"), str, "doi"))),
            version=identify(optional(NAME, payload.get("id"), str, "id") or "").version,
            integrity=(IntegrityNotice("withdrawal", None, str(payload["updated"])[:10], NAME),)
            if withdrawn
            else (),
        )

    def probe(self, http: Http, now: datetime) -> ProbeResult:
        """Ask for one preprint."""
        client = http.arxiv()
        http.ask(NAME, lambda: _entries(client, [PROBE_ID]), unless=SourceError)
        return ProbeResult(
            "ok", "answers; it allows one request in 3 s and has no other limit to tell"
        )

    def question(self, title: str, authors: str | None, year: int | None) -> Identifier | None:
        """Give what to search for: the longest words of the title; None for a title that is too short to find."""
        plain = _LATEX.sub(" ", clean(title))
        words = sorted(dict.fromkeys(_LONG.findall(plain.lower())), key=len, reverse=True)[:WORDS]
        return Identifier("title", " ".join(sorted(words))) if len(words) >= 3 else None

    def search(self, questions: Sequence[Identifier], http: Http) -> Iterator[Answer]:
        """Search titles, one a request, and look up versions (`2301.00001v1`) in lists.

        The payload of an answer has the preprints found by id (`items`).
        """
        yield from _versions([asked for asked in questions if asked.scheme == NAME], http)
        titles = [asked for asked in questions if asked.scheme == "title"]
        client = http.arxiv()
        client.page_size = FEW

        def by_title(asked: Identifier) -> dict[str, Any]:
            query = " AND ".join(f"ti:{word}" for word in asked.value.split())
            return {"items": _read(client, query=query, max_results=FEW), "tie": False}

        for asked, found in http.ask_all(NAME, titles, by_title):
            yield (
                failed(asked, found)
                if isinstance(found, SourceError)
                else _searched(asked, found["items"])
            )


def _versions(questions: Sequence[Identifier], http: Http) -> Iterator[Answer]:
    """Look up versions of preprints, ARXIV_PAGE a request."""
    client = http.arxiv()

    def by_id(batch: Sequence[Identifier]) -> dict[str, dict[str, Any]]:
        return _entries(client, [asked.value for asked in batch], versions=True)

    for batch, found in http.ask_all(NAME, list(chunks(questions, ARXIV_PAGE)), by_id):
        for asked in batch:
            if isinstance(found, SourceError):
                yield failed(asked, found)
            else:
                yield _searched(
                    asked, {asked.value: found[asked.value]} if asked.value in found else {}
                )


def _searched(asked: Identifier, items: dict[str, dict[str, Any]]) -> Answer:
    payload = {"items": items, "tie": False}
    return Answer(identifier=asked, outcome="found" if items else "not_found", payload=payload)


_LATEX = re.compile(r"\\[a-zA-Z]+|[${}]")
_LONG = re.compile(r"[^\W\d_]{4,}")


def _ask(
    ids: Sequence[str], client: arxiv.Client, http: Http, witness: str | None = None
) -> Iterator[Answer]:
    """Ask for one page of ids; without the culprit again when arXiv says that an id is malformed."""
    asked = [Identifier("arxiv", value) for value in ids]
    try:
        found = http.ask(NAME, lambda: _page(client, ids, witness))
    except SourceError as error:
        culprit = _CULPRIT.search(error.message)
        rest = [value for value in ids if culprit is None or value != culprit[1]]
        if len(rest) == len(ids):
            yield from (failed(identifier, error) for identifier in asked)
            return
        yield from (Answer(identifier=i, outcome="not_found") for i in asked if i.value not in rest)
        if rest:
            yield from _ask(rest, client, http, witness)
        return
    for identifier in asked:
        payload = found.get(identifier.value)
        yield Answer(
            identifier=identifier, outcome="found" if payload else "not_found", payload=payload
        )


def _page(
    client: arxiv.Client, ids: Sequence[str], witness: str | None
) -> dict[str, dict[str, Any]]:
    """Make the request; raises TransientError when the answer lacks the witness, which is known to exist."""
    found = _entries(client, [*ids, witness] if witness else ids)
    if witness and witness not in found:
        raise TransientError(NAME, f"a page without {witness}, which exists")
    return found


def _entries(
    client: arxiv.Client, ids: Sequence[str], *, versions: bool = False
) -> dict[str, dict[str, Any]]:
    """Make the request; raises MalformedError when the answer holds what was not asked."""
    return _read(client, frozenset(ids), versions=versions, id_list=list(ids), max_results=len(ids))


def _read(
    client: arxiv.Client,
    among: Collection[str] | None = None,
    *,
    versions: bool = False,
    **asked: Any,
) -> dict[str, dict[str, Any]]:
    """Give the entries of an answer by id, with or without version.

    Raises MalformedError for what is none `among` the ids.
    """
    import arxiv

    try:
        results = list(client.results(arxiv.Search(**asked)))
    except ValueError as error:  # a date that is none
        raise MalformedError(NAME, f"a feed that cannot be read: {error}") from error
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        if "/api/errors" in result.entry_id:
            raise SourceError(NAME, result.summary or result.entry_id)
        entry = identify(result.entry_id)
        name = (
            f"{entry.identifier.value}{(versions and entry.version) or ''}"
            if entry.identifier
            else ""
        )
        if (
            entry.identifier is None
            or entry.identifier.scheme != "arxiv"
            or (among and name not in among)
        ):
            raise MalformedError(NAME, f"an entry that was not asked: {result.entry_id}")
        found[name] = _payload(result)
    return found


def _payload(result: arxiv.Result) -> dict[str, Any]:
    return {
        "id": result.entry_id,
        "title": result.title,
        "authors": [author.name for author in result.authors],
        "published": result.published.isoformat(),
        "updated": result.updated.isoformat(),
        "doi": result.doi,
        "journal_ref": result.journal_ref,
        "comment": result.comment,
        "withdrawn": _withdrawal(result.comment, result.summary),
        "primary_category": result.primary_category,
        "categories": list(result.categories),
    }


def _published(dois: str | None) -> Iterator[Identifier]:
    """Give the DOIs of the published forms: authors type them, several at once and with any separator."""
    for raw in re.split(r"[\s,;]+", dois or ""):
        found = identify(raw).identifier
        if found and found.scheme == "doi":
            yield found


def _withdrawal(comment: str | None, summary: str) -> str | None:
    """Give the sentence by which the authors or arXiv withdraw the preprint."""
    if comment and _BARELY.match(comment):
        return " ".join(comment.split())
    sentences = _SENTENCE.split(" ".join(f"{comment or ''}. {summary}".split()))
    return next((sentence for sentence in sentences if _WITHDRAWN.search(sentence)), None)
