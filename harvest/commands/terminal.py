"""What a person reads: the summary and the plan of a run, mentions, records, verdicts.

Text from outside is data: control and escape characters are stripped, and rich parses no markup.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvest.commands.streams import echo
from harvest.config import Settings
from harvest.text import printable

if TYPE_CHECKING:
    from harvest.commands.trials import Trial
    from harvest.dataset.run import Run
    from harvest.linking.ledger import Verdict
    from harvest.models import Repository, Work
    from harvest.pipeline import Plan

TALLY = {  # the fields of a Tally and their headers
    "asked": "asked",
    "found": "found",
    "not_found": "not found",
    "failed": "failed",
    "deferred": "not asked",
    "from_cache": "cached",
    "requests": "requests",
}
EMPTY: tuple[Any, ...] = (None, [], {}, ())
TABLE_WIDTH = 80  # cells that the tables of a run take at most
MAX_CELL_WIDTH = 40  # cells to which a column is padded; a longer cell moves the rest of its line


def show_summary(run: Run, settings: Settings) -> None:
    """Print what a run did, what helps the next one, and where to look."""
    out = _console()
    table = _table(f"harvest {run.version}, {run.seconds:.1f} s", list(TALLY.values()))
    for name, tally in run.sources.items():
        style = "yellow" if tally.degraded else None
        table.add_row(name, *(str(getattr(tally, field)) for field in TALLY), style=style)
    out.print(table)
    mentions = run.mentions
    out.print(
        f"mentions      {mentions['total']} = {mentions['identified']} identified"
        f" + {mentions['placeholders']} placeholders + {mentions['other']} other links"
    )
    out.print(f"works         {_counts(run.works)}")
    if not run.works["total"]:
        out.print("              `harvest extract LIST --format table` says why it holds none")
    out.print(f"repositories  {_counts(run.repositories)}")
    out.print(f"findings      {run.findings.get('total', 0)} in the lists (see findings.json)")
    for code in ("unknown-format", "no-works"):
        if lists := run.findings.get(code):
            out.print(f"[red]{code}[/red]: {lists} in the lists, whose works are missing here")
    if run.changes.get("total"):
        out.print(f"changes       {_counts(run.changes)} (see changes.json)")
    if provisional := run.works.get("provisional"):
        out.print(
            f"{provisional} provisional: no registry has answered yet, so the facts come from the"
            " starter snapshot. The next run with a network resolves them."
        )
    if settings.github_token is None and run.sources["github"].requests:
        out.print("hint: GITHUB_TOKEN lets GitHub answer in batches (a token without scopes).")
    if settings.mailto is None and run.sources["crossref"].requests:
        out.print("hint: HARVEST_MAILTO=you@example.org lets Crossref answer three times as fast.")
    is_default = settings.output == Settings().output
    option = "" if is_default else f" --output {shlex.quote(settings.output)}"
    page = Path(settings.output) / "index.html"
    out.print()
    out.print(_plain(f"Open {page} in a browser; works.csv and dataset.json are beside it."))
    out.print(_plain(f"`harvest show ID{option}` shows one work in full."))


def show_plan(plan: Mapping[str, Plan]) -> None:
    """Print how many identifiers, requests and seconds a run would need, by source."""
    from harvest.lookup.search import SUFFIX

    table = _table(None, ["identifiers", "requests", "seconds"])
    total = searches = 0
    longest = 0.0
    for name, (count, requests, seconds, _) in plan.items():
        table.add_row(name, str(count), str(requests), f"{seconds:.0f}")
        if name.endswith(SUFFIX):
            searches += requests
        else:
            total += requests
            longest = max(longest, seconds)
    out = _console()
    out.print(table)
    out.print(f"at least {total} requests and {longest:.0f} s (sources in parallel); none was made")
    if searches:
        out.print(f"and at most {searches} for searches: the first that succeeds ends the others")
    out.print(
        "This is a lower bound: answers can lead to further lookups (other versions, other"
        " registries, title searches)."
    )


def show_trials(trials: Iterable[Trial]) -> int:
    """Print what sources have answered to their examples; return the number of problems.

    A terminal gets one table at the end, a file a line for each answer as it comes.
    """
    shown = []
    for trial in trials:
        shown.append(trial)
        if not sys.stdout.isatty():
            line = f"{trial.state:<8} {trial.source}, {trial.example}: {trial.text}"
            echo(f"{line}; tonight a run {trial.tonight}")
            if trial.advice:
                echo(f"         -> {trial.advice}")
    if sys.stdout.isatty():
        _show_table(shown)
    return sum(trial.state == "problem" for trial in shown)


def _show_table(trials: Sequence[Trial]) -> None:
    table = Table(box=None, pad_edge=False)
    for header in ("source", "example", "state", "answer", "tonight a run", "what to do"):
        table.add_column(header, overflow="fold")
    for trial in trials:
        cells = map(_plain, msgspec.structs.astuple(trial))
        table.add_row(*cells, style=None if trial.state == "ok" else "yellow")
    Console(highlight=False).print(table)


def show_mentions(links: Iterable[Sequence[str]]) -> None:
    """Print links as a table, a line each. Nothing is cut off at the terminal's width."""
    heads = ("place", "role", "kind", "identifier", "label or url", "passed over")
    rows: list[tuple[str, ...]] = [heads]
    rows += [tuple(map(printable, link)) for link in links]
    widths = []
    for column in zip(*rows, strict=True):
        widest = max(map(cell_len, column))
        widths.append(min(MAX_CELL_WIDTH, widest))
    out = _console()
    for row in rows:
        line = ""
        for cell, width in zip(row, widths, strict=True):
            line += cell + " " * (width - cell_len(cell)) + "  "
        out.print(Text(line.rstrip()))


def show_record(record: Work | Repository) -> None:
    """Print every field of a work or repository that has a value."""
    values = msgspec.to_builtins(record)
    fields = [field for field in values if values[field] not in EMPTY]
    width = max(map(len, fields))
    out = _console()
    for field in fields:
        for number, line in enumerate(_lines(values[field])):
            name = "" if number else field
            out.print(Text(f"{name:<{width}}  ", "bold"), _plain(line), sep="")


def show_works(works: Sequence[Work]) -> None:
    """Print a line for each work: year, id, title and notices; then their number."""
    out = _console()
    for work in works:
        year = Text(str(work.year or "    "), "dim")
        notices = "".join(f" [{notice.kind}]" for notice in work.integrity)
        title = _plain((work.title or "-") + notices)
        out.print(year, Text(work.id, "cyan"), title)
    out.print(_plain(f"{len(works)} {'work' if len(works) == 1 else 'works'}"))


def show_verdicts(query: str, verdicts: Sequence[Verdict], console: Console | None = None) -> None:
    """Print the searches for a work, its look-alikes, and the comparison of its listed titles.

    Each candidate is shown with its ledger: the evidence in bits, and what it adds up.
    """
    out = console or _console()
    if not verdicts:
        out.print(_plain(f"{query}: not searched or compared; all comes from lists and registries"))
    for verdict in verdicts:
        result = f"accepted {verdict.accepted}" if verdict.accepted else "not accepted"
        out.print(_plain(f"{verdict.subject}: {verdict.query}"))
        out.print(_plain(f"  {result}: {verdict.why}"))
        for ledger in verdict.ledgers:
            out.print(_plain(f"  {ledger.bits:.1f} bits: {ledger.candidate}: {ledger.title}"))
            for weight in ledger.weights:
                line = f"    {weight.bits:+.1f} {weight.name} ({weight.level}): {weight.why}"
                out.print(_plain(line))


def _console() -> Console:
    """Return standard output, without the colours that rich gives to every number and name.

    A narrow terminal wraps the lines of a table, where rich would cut its cells off.
    """
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, TABLE_WIDTH)
    return console


def _plain(text: object) -> Text:
    return Text(printable(text))


def _table(title: str | None, headers: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    for header in headers:
        table.add_column(header, justify="right", no_wrap=True)
    return table


def _counts(counts: dict[str, int]) -> str:
    names = sorted(counts.keys() - {"total"})
    parts = [f"{counts[name]} {name.replace('_', ' ')}" for name in names]
    return f"{counts['total']} = {' + '.join(parts)}" if parts else str(counts["total"])


def _lines(value: Any) -> Iterable[str]:
    match value:
        case dict():
            return _pairs(value, ": ")
        case list() | tuple():
            return map(_inline, value)
        case _:
            return (str(value),)


def _pairs(value: dict[str, Any], separator: str) -> list[str]:
    return [f"{key}{separator}{_inline(item)}" for key, item in value.items() if item not in EMPTY]


def _inline(value: Any) -> str:
    match value:
        case {"name": name, **more}:  # an author, whose name parts add nothing
            return f"{name}  orcid={more['orcid']}" if "orcid" in more else str(name)
        case dict():
            return "  ".join(_pairs(value, "="))
        case [dict(), *_]:
            return "; ".join(f"[{_inline(item)}]" for item in value)
        case list() | tuple():
            return "; ".join(map(_inline, value))
        case _:
            return str(value)
