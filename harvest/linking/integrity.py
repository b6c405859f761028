"""Retractions, withdrawals, concerns and corrections of a work: each notice once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from harvest.dates import earliest
from harvest.models import Anomaly, Finding, IntegrityNotice, NoticeKind, Record, Work


def merge_notices(notices: Iterable[IntegrityNotice]) -> list[IntegrityNotice]:
    """Merge reports of the same notice and kind: at the earliest date, with all who report it.

    Kinds that contradict each other stay, because only the notice itself can tell which is right.
    """
    reports: dict[tuple[NoticeKind, str, str], list[IntegrityNotice]] = defaultdict(list)
    for notice in notices:
        source = notice.source.partition("/")[0]
        reports[notice.kind, notice.notice or "", source].append(notice)
    merged = []
    for (kind, name, source), same in sorted(reports.items()):
        day = earliest(notice.date for notice in same)
        merged.append(IntegrityNotice(kind, name or None, day, _join_reporters(source, same)))
    return merged


def _join_reporters(source: str, notices: Iterable[IntegrityNotice]) -> str:
    """Return `source/reporter+reporter`, or the source alone if it speaks for itself."""
    reporters: set[str] = set()
    for notice in notices:
        reporters.update(notice.source.replace("/", "+").split("+")[1:])
    names = "+".join(sorted(reporters))
    return f"{source}/{names}" if names else source


def conflicts(works: Iterable[Work]) -> Iterator[Finding]:
    """Yield a finding for each notice of which sources report two kinds."""
    for work in works:
        kinds: dict[str, set[str]] = defaultdict(set)
        for notice in work.integrity:
            if notice.notice:
                kinds[notice.notice].add(notice.kind)
        for name, several in sorted(kinds.items()):
            if len(several) > 1:
                reported = f"{name} is reported as {' and as '.join(sorted(several))}"
                message = f"{work.id}: {reported}; look at the notice"
                yield from _findings(work, "integrity-conflict", message)


def anomalies(works: Iterable[Work], records: Iterable[Record]) -> Iterator[Finding]:
    """Yield a finding for each anomaly in the records of a work, wherever it is listed."""
    by_name: dict[str, set[Anomaly]] = defaultdict(set)
    for record in records:
        if record.anomalies:
            by_name[str(record.identifier)].update(record.anomalies)
    for work in works:
        of_work = set(chain.from_iterable(by_name.get(name, ()) for name in work.curies))
        for anomaly in sorted(of_work):
            yield from _findings(work, anomaly.code, f"{work.id}: {anomaly.message}")


def _findings(work: Work, code: str, message: str) -> Iterator[Finding]:
    return (Finding(place.seed, place.line, code, message) for place in work.mentions)
