"""What a person reads on the terminal: the summary of a run, mentions as a table, one record in full.

Text from outside is data: control and escape characters are stripped, and rich reads no markup in it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvest.config import Settings
from harvest.text import printable

if TYPE_CHECKING:
    from harvest.linking.score import Verdict
    from harvest.models import Mention, Repository, Work
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


EMPTY: tuple[Any, ...] = (None, [], {}, ())
WIDEST = 40  # cells to which a column is padded; what is longer moves the rest of its line


def plain(text: object) -> Text:
    """Give text from outside without anything that a terminal would obey."""
    return Text(printable(text))


def show(run: Run, settings: Settings, console: Console | None = None) -> None:
    """Print what a run did, what is degraded and why, and where to look next."""
    out = console or _console()
    out.print(_sources(run))
    kinds, works, repositories = run.mentions, run.works, run.repositories
    out.print(
        f"mentions      {kinds['total']} = {kinds['identified']} identified + {kinds['placeholders']} placeholders"
        f" + {kinds['other']} other links"
    )
    out.print(f"works         {_counts(works)}")
    out.print(f"repositories  {_counts(repositories)}")
    out.print(
        f"findings      {run.findings.get('total', 0)} in the lists (findings.json names file and line)"
    )
    if run.changes.get("total"):
        out.print(f"changes       {_counts(run.changes)} (changes.json names each and its cause)")
    if works.get("provisional"):
        out.print(
            f"{works['provisional']} provisional: the facts come from the starter snapshot, since no registry has"
            " answered yet. The next run with a network resolves them."
        )
    for hint in _hints(run, settings):
        out.print(f"hint: {hint}")
    elsewhere = (
        "" if settings.output == Settings().output else f" --output {shlex.quote(settings.output)}"
    )
    works_file = Path(settings.output) / "works.csv"
    out.print()
    out.print(
        plain(f"See {works_file} for the works; `harvest show ID{elsewhere}` tells all about one.")
    )


def show_mentions(mentions: Iterable[Mention], console: Console | None = None) -> None:
    """Print mentions as a table, a line each: nothing is cut off, also where it is wider than the terminal."""
    out = console or _console()
    rows: list[tuple[str, ...]] = [("place", "role", "kind", "identifier", "label or url")]
    for mention in mentions:
        shown = mention.label or mention.url or mention.title or ""
        cells = (
            f"{mention.seed}:{mention.line}",
            mention.role,
            mention.target.kind,
            mention.identifier or "",
            shown,
        )
        rows.append(tuple(map(printable, cells)))
    widths = [min(WIDEST, max(map(cell_len, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        )
        out.print(Text("  ".join(padded).rstrip()))


def show_record(record: Work | Repository, console: Console | None = None) -> None:
    """Print every field of a work or repository that has a value."""
    out = console or _console()
    fields = {
        field: value for field, value in msgspec.to_builtins(record).items() if value not in EMPTY
    }
    width = max(map(len, fields))
    for field, value in fields.items():
        for number, line in enumerate(_lines(value)):
            out.print(Text(f"{'' if number else field:<{width}}  ", "bold"), plain(line), sep="")


def show_verdicts(
    subject: str, verdicts: Iterable[Verdict], console: Console | None = None
) -> None:
    """Print why a work is what it is: what was searched, what looks like it, its listed titles against their links.

    Each candidate has its ledger: 1 less its penalties.
    """
    out = console or _console()
    shown = list(verdicts)
    if not shown:
        out.print(
            plain(
                f"{subject}: nothing was searched or compared; what the lists and the sources say is all"
            )
        )
    for verdict in shown:
        out.print(plain(f"{verdict.subject}: {verdict.asked}"))
        out.print(
            plain(
                f"  {'accepted ' + verdict.accepted if verdict.accepted else 'not accepted'}: {verdict.why}"
            )
        )
        for ledger in verdict.ledgers:
            out.print(plain(f"  {ledger.score:.4f} {ledger.candidate}: {ledger.title}"))
            for penalty in ledger.penalties:
                out.print(plain(f"    -{penalty.value:.4f} {penalty.name}: {penalty.why}"))


def show_plan(plan: dict[str, tuple[int, int, float]], console: Console | None = None) -> None:
    """Print what a run would ask, in how many requests, and how long that takes at the pace of each source."""
    from harvest.lookup.search import SEARCH

    out = console or _console()
    table = Table(box=None, pad_edge=False)
    table.add_column("source")
    for column in ("identifiers", "requests", "seconds"):
        table.add_column(column, justify="right")
    for name, (count, requests, seconds) in plan.items():
        table.add_row(name, str(count), str(requests), f"{seconds:.0f}")
    out.print(table)
    searches = {name for name in plan if name.endswith(SEARCH)}
    longest = max(
        (seconds for name, (_, _, seconds) in plan.items() if name not in searches), default=0.0
    )
    total = sum(requests for name, (_, requests, _) in plan.items() if name not in searches)
    out.print(
        f"at least {total} requests and {longest:.0f} s, sources side by side; nobody was asked"
    )
    if most := sum(plan[name][1] for name in searches):
        out.print(f"and at most {most} for searches: what one settles needs no other")
    out.print(
        "Answers may lead on, to other forms of a work, other registries, or a search for what none of them knows."
    )


def _console() -> Console:
    """Give standard output, without the colours that rich gives to every number and name."""
    return Console(soft_wrap=True, highlight=False)


def _sources(run: Run) -> Table:
    table = Table(
        title=f"harvest {run.version}, {run.seconds:.1f} s",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("source", min_width=max(map(len, run.sources), default=0))
    for _, header in COLUMNS:
        table.add_column(header, justify="right", no_wrap=True)
    for name, tally in run.sources.items():
        style = "yellow" if tally.degraded else None
        table.add_row(name, *(str(getattr(tally, column)) for column, _ in COLUMNS), style=style)
    return table


def _counts(counts: dict[str, int]) -> str:
    parts = [
        f"{number} {status.replace('_', ' ')}"
        for status, number in sorted(counts.items())
        if status != "total"
    ]
    return f"{counts['total']} = {' + '.join(parts)}" if parts else str(counts["total"])


def _hints(run: Run, settings: Settings) -> list[str]:
    """Give what would make the next run faster, of the services that this one asked."""
    hints = []
    if settings.github_token is None and run.sources["github"].requests:
        hints.append(
            "GITHUB_TOKEN makes GitHub answer in batches (any classic token without scopes will do)."
        )
    if settings.mailto is None and run.sources["crossref"].requests:
        hints.append("HARVEST_MAILTO=you@example.org makes Crossref answer three times as fast.")
    return hints


def _lines(value: Any) -> Iterable[str]:
    match value:
        case dict():
            return (f"{key}: {_inline(item)}" for key, item in value.items() if item not in EMPTY)
        case list() | tuple():
            return map(_inline, value)
        case _:
            return (str(value),)


def _inline(value: Any) -> str:
    match value:
        case {"name": name, **more}:  # of an author, whose parts say no more
            return f"{name}  orcid={more['orcid']}" if "orcid" in more else str(name)
        case dict():
            return "  ".join(
                f"{key}={_inline(item)}" for key, item in value.items() if item not in EMPTY
            )
        case [dict(), *_]:
            return "; ".join(f"[{_inline(item)}]" for item in value)
        case list() | tuple():
            return "; ".join(map(_inline, value))
        case _:
            return str(value)
