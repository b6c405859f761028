"""What a person reads on the terminal: the summary of a run, mentions as a table, one record in full.

Text from outside is data: control and escape characters are stripped, and rich reads no markup in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvest.cleaning import printable

if TYPE_CHECKING:
    from harvest.config import Settings
    from harvest.linking.identity import Pair
    from harvest.linking.match import Verdict
    from harvest.models import Repository, Work
    from harvest.pipeline import Run

COLUMNS = (  # of Tally, with their headers
    ("asked", "asked"),
    ("found", "found"),
    ("not_found", "not found"),
    ("failed", "failed"),
    ("deferred", "not asked"),
    ("from_cache", "from cache"),
    ("requests", "requests"),
)


def plain(text: object) -> Text:
    """Give text from outside without anything that a terminal would obey."""
    return Text(printable(text))


def show(run: Run, settings: Settings, console: Console | None = None) -> None:
    """Print what a run did, what is degraded and why, and where to look next."""
    out = console or Console(soft_wrap=True)
    out.print(_sources(run))
    kinds, works, repositories = run.mentions, run.works, run.repositories
    out.print(
        f"mentions      {kinds['total']} = {kinds['identified']} identified + {kinds['placeholders']} placeholders"
        f" + {kinds['other']} other links"
    )
    out.print(f"works         {_counts(works)}")
    out.print(f"repositories  {_counts(repositories)}")
    out.print(f"findings      {run.findings.get('total', 0)} in the lists (findings.json names file and line)")
    if works.get("provisional"):
        out.print(
            f"{works['provisional']} works are provisional: their facts come from the starter snapshot, since no"
            " registry has answered for them yet. The next run with a network resolves them."
        )
    for hint in _hints(settings):
        out.print(f"hint: {hint}")
    out.print(
        plain(f"\nSee {Path(settings.output) / 'works.csv'} for the works; `harvest show ID` tells all about one.")
    )


def show_mentions(pairs: Iterable[Pair], console: Console | None = None) -> None:
    """Print mentions as a table."""
    out = console or Console(soft_wrap=True)
    table = Table("place", "role", "kind", "identifier", "label or url", box=None)
    for mention, found in pairs:
        shown = mention.label or mention.url or mention.title or ""
        place = f"{mention.seed}:{mention.line}"
        table.add_row(*map(plain, (place, mention.role, found.kind, found.identifier or "", shown)))
    out.print(table)


def show_record(record: Work | Repository, console: Console | None = None) -> None:
    """Print every field of a work or repository that has a value."""
    out = console or Console(soft_wrap=True)
    for field, value in msgspec.to_builtins(record).items():
        if value in (None, [], {}):
            continue
        out.print(f"[bold]{field}[/bold]" if out.is_terminal else field)
        for line in _lines(value):
            out.print(plain(f"  {line}"))


def show_verdicts(subject: str, verdicts: Iterable[Verdict], console: Console | None = None) -> None:
    """Print why a work is what it is: what was searched, what looks like it, its listed titles against their links.

    Each candidate has its ledger: 1 less its penalties.
    """
    out = console or Console(soft_wrap=True)
    shown = list(verdicts)
    if not shown:
        out.print(plain(f"{subject}: nothing was searched or compared; what the lists and the sources say is all"))
    for verdict in shown:
        out.print(plain(f"{verdict.subject}: {verdict.asked}"))
        out.print(plain(f"  {'accepted ' + verdict.accepted if verdict.accepted else 'not accepted'}: {verdict.why}"))
        for ledger in verdict.ledgers:
            out.print(plain(f"  {ledger.score:.4f} {ledger.candidate}: {ledger.title}"))
            for penalty in ledger.penalties:
                out.print(plain(f"    -{penalty.value:.4f} {penalty.name}: {penalty.why}"))


def show_plan(plan: dict[str, tuple[int, int, float]], console: Console | None = None) -> None:
    """Print what a run would ask, in how many requests, and how long that takes at the pace of each source."""
    from harvest.matching import SEARCH

    out = console or Console(soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    table.add_column("source")
    for column in ("identifiers", "requests", "seconds"):
        table.add_column(column, justify="right")
    for name, (count, requests, seconds) in plan.items():
        table.add_row(name, str(count), str(requests), f"{seconds:.0f}")
    out.print(table)
    searches = {name for name in plan if name.endswith(SEARCH)}
    longest = max((seconds for name, (_, _, seconds) in plan.items() if name not in searches), default=0.0)
    total = sum(requests for name, (_, requests, _) in plan.items() if name not in searches)
    out.print(f"at least {total} requests and {longest:.0f} s, sources side by side; nobody was asked")
    if most := sum(plan[name][1] for name in searches):
        out.print(f"and at most {most} for searches: what one settles needs no other")
    out.print(
        "Answers may lead on, to other forms of a work, other registries, or a search for what none of them knows."
    )


def _sources(run: Run) -> Table:
    table = Table(title=f"harvest {run.version}, {run.seconds:.1f} s", title_justify="left", box=None, pad_edge=False)
    table.add_column("source", min_width=max(map(len, run.sources), default=0))
    for _, header in COLUMNS:
        table.add_column(header, justify="right", no_wrap=True)
    for name, tally in run.sources.items():
        style = "yellow" if tally.degraded else None
        table.add_row(name, *(str(getattr(tally, column)) for column, _ in COLUMNS), style=style)
    return table


def _counts(counts: dict[str, int]) -> str:
    parts = [f"{number} {status.replace('_', ' ')}" for status, number in sorted(counts.items()) if status != "total"]
    return f"{counts['total']} = {' + '.join(parts)}" if parts else str(counts["total"])


def _hints(settings: Settings) -> list[str]:
    hints = []
    if settings.github_token is None:
        hints.append("GITHUB_TOKEN makes GitHub answer in batches (any classic token without scopes will do).")
    if settings.mailto is None:
        hints.append("HARVEST_MAILTO=you@example.org makes Crossref answer three times as fast.")
    return hints


def _lines(value: Any) -> Iterable[str]:
    match value:
        case dict():
            return (f"{key}: {_inline(item)}" for key, item in value.items() if item not in (None, [], {}))
        case list() | tuple():
            return map(_inline, value)
        case _:
            return (str(value),)


def _inline(value: Any) -> str:
    match value:
        case dict():
            return "  ".join(f"{key}={_inline(item)}" for key, item in value.items() if item not in (None, [], {}))
        case list() | tuple():
            return "; ".join(map(_inline, value))
        case _:
            return str(value)
