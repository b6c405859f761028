"""Findings as text, GitHub annotations, JSON and SARIF, and the page that documents the rules.

What a list says is data: control characters never reach a terminal, and nothing in a message can end a command of a
workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import msgspec

from harvest import __version__
from harvest.checks import rules
from harvest.checks.base import Reported
from harvest.models import Finding
from harvest.text import printable

_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}


def text(found: Sequence[Reported]) -> str:
    """Give one line a finding as `path:line: code message`, and lines that count them; `[*]` is fixable."""
    lines = [
        printable(f"{_place(f)}: {f.code} {'[*] ' if replace else ''}{f.message}")
        for f, replace in found
    ]
    if not found:
        return "No findings.\n"
    files = len({r.finding.seed for r in found})
    lines.append(
        f"Found {len(found)} finding{'s'[: len(found) > 1]} in {files} file{'s'[: files > 1]}."
    )
    if fixable := sum(r.replace is not None for r in found):
        lines.append(f"[*] {fixable} can be put right with `--fix`.")
    return "\n".join(lines) + "\n"


def github(found: Sequence[Reported]) -> str:
    """Give workflow commands, which GitHub shows beside the lines of a pull request.

    Escaping as in actions/toolkit, packages/core/src/command.ts.
    """
    return "".join(
        f"::{_GITHUB[_level(f.code)]} file={_property(f.seed)},line={max(1, f.line)},title={_property(f.code)}"
        f"::{_data(f.message)}\n"
        for f, _ in found
    )


def json(found: Sequence[Reported]) -> str:
    """Give a list of objects with seed, line, code, message, level, and whether `--fix` can put it right."""
    return encode([{**_plain(r.finding), "fixable": r.replace is not None} for r in found]).decode()


def findings(found: Sequence[Finding]) -> bytes:
    """Give findings.json: the findings of a run, sorted, one a line."""
    return encode([_plain(finding) for finding in sorted(found)])


def encode(rows: Sequence[dict[str, Any]]) -> bytes:
    """Give a JSON list with one object a line."""
    return b"[\n" + b",\n".join(map(msgspec.json.encode, rows)) + b"\n]\n" if rows else b"[]\n"


def sarif(found: Sequence[Reported]) -> str:
    """Give a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS)."""
    codes = sorted({f.code for f, _ in found})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "harvest",
                        "version": __version__,
                        "rules": [_descriptor(c) for c in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, codes) for f, _ in found],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


FORMATS: dict[str, Callable[[Sequence[Reported]], str]] = {
    "text": text,
    "github": github,
    "json": json,
    "sarif": sarif,
}


def document() -> str:
    """Give docs/rules.md."""
    head = """# Rules

What `harvest lint` and `harvest refresh` report, and why. `harvest lint --select CODE,...` keeps some rules, `--ignore`
leaves some out, and the comment `<!-- harvest: ignore CODE -->` spares a line. Rules marked with * are put right by
`--fix` where that is certain. Rules on works and repositories need answers of registries: `lint` takes them from the
cache, and says nothing of what is not there.

| code | name | what | why | example | fix | level |
|---|---|---|---|---|---|---|
"""
    rows = ""
    for code, row in rules().items():
        cells = (
            f"`{code}`{'*' * row.fixable}",
            row.name,
            row.what,
            row.why,
            row.example,
            row.fix,
            row.level,
        )
        rows += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return head + rows


def _place(finding: Finding) -> str:
    return f"{finding.seed}:{finding.line}" if finding.line else finding.seed


def _level(code: str) -> str:
    return rules()[code].level


def _plain(finding: Finding) -> dict[str, Any]:
    return {**msgspec.to_builtins(finding), "level": _level(finding.code)}


def _data(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _descriptor(code: str) -> dict[str, Any]:
    row = rules()[code]
    return {
        "id": code,
        "name": row.name,
        "shortDescription": {"text": row.what},
        "fullDescription": {"text": f"{row.what} {row.why}"},
        "help": {"text": f"{row.fix} Example: {row.example}"},
        "defaultConfiguration": {"level": row.level},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(PurePath(finding.seed).as_posix())}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _level(finding.code),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
