"""Retractions, withdrawals, concerns and corrections of one work: each notice once, whoever reports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harvest.cleaning import earliest
from harvest.models import Finding, IntegrityNotice, NoticeKind, Work


def folded(notices: Iterable[IntegrityNotice]) -> list[IntegrityNotice]:
    """Make one of what several report: the same kind and the same notice, at the earliest date, with all who say so.

    A kind without a notice's identifier is taken up by one of the same kind that has it. Kinds that contradict each
    other stay, for only the notice itself can tell which is right.
    """
    told = set(notices)
    named = {notice.kind for notice in told if notice.notice}
    together: dict[tuple[NoticeKind, str | None], list[IntegrityNotice]] = {}
    for notice in told:
        if notice.notice or notice.kind not in named or notice.source == "arxiv":
            together.setdefault((notice.kind, notice.notice), []).append(notice)
    return sorted(
        (
            IntegrityNotice(kind, name, earliest(n.date for n in same), "+".join(sorted({n.source for n in same})))
            for (kind, name), same in together.items()
        ),
        key=lambda notice: (notice.kind, notice.notice or "", notice.date or ""),
    )


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
                yield from (Finding(place.seed, place.line, "integrity-conflict", message) for place in work.mentions)
