"""Retractions, withdrawals, concerns and corrections of one work: each notice once, whoever reports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harvest.dates import earliest
from harvest.models import Finding, IntegrityNotice, NoticeKind, Record, Work

Key = tuple[NoticeKind, str | None, str]  # what it is, the notice, and the source that tells of it


def folded(notices: Iterable[IntegrityNotice]) -> list[IntegrityNotice]:
    """Make one of what several report: the same kind and the same notice, at the earliest date, with all who say so.

    Kinds that contradict each other stay, for only the notice itself can tell which is right.
    """
    together: dict[Key, set[IntegrityNotice]] = {}
    for notice in notices:
        source = notice.source.partition("/")[0]
        together.setdefault((notice.kind, notice.notice, source), set()).add(notice)
    return sorted(
        (
            IntegrityNotice(
                kind, name, earliest(notice.date for notice in same), _said(source, same)
            )
            for (kind, name, source), same in together.items()
        ),
        key=lambda notice: (notice.kind, notice.notice or "", notice.source),
    )


def _said(source: str, notices: Iterable[IntegrityNotice]) -> str:
    """Give `source/who+who`, or the source alone where it speaks for itself."""
    who = {
        name for notice in notices for name in notice.source.partition("/")[2].split("+") if name
    }
    return f"{source}/{'+'.join(sorted(who))}" if who else source


def conflicts(works: Iterable[Work]) -> Iterator[Finding]:
    """Report notices of which sources say two different things."""
    for work in works:
        kinds: dict[str, set[str]] = {}
        for notice in work.integrity:
            if notice.notice:
                kinds.setdefault(notice.notice, set()).add(notice.kind)
        for name, several in sorted(kinds.items()):
            if len(several) > 1:
                message = f"{work.id}: {name} is reported as {' and as '.join(sorted(several))}; look at the notice"
                yield from (
                    Finding(place.seed, place.line, "integrity-conflict", message)
                    for place in work.mentions
                )


def doubts(works: Iterable[Work], records: Iterable[Record]) -> Iterator[Finding]:
    """Report what nobody can make sense of in the answers for a work, wherever it is listed."""
    odd = {str(record.identifier): record.doubts for record in records if record.doubts}
    for work in works if odd else ():
        own = {doubt for name in work.curies for doubt in odd.get(name, ())}
        for doubt in sorted(own):
            message = f"{work.id}: {doubt.message}"
            yield from (
                Finding(place.seed, place.line, doubt.code, message) for place in work.mentions
            )
