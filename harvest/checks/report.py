"""Findings as text, GitHub annotations, JSON and SARIF, and the page that documents the rules.

What a list says is data: control characters never reach a terminal, and nothing in a message can
end a command of a workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import msgspec

from harvest import __version__
from harvest.checks import rules
from harvest.dataset import encoding
from harvest.models import Finding
from harvest.text import printable

_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
_HEAD = """# Rules

These are the problems that `harvest lint` and `harvest refresh` report. `--select CODE,...` reports
only some rules, `--ignore` leaves some out, and the comment `<!-- harvest: ignore CODE -->` turns a
rule off for its line. `--fix` corrects findings of rules marked with * where that is certain. Rules
on works and repositories need the answers of registries. `lint` takes these from the cache and
reports nothing without them.

| code | name | what | why | example | fix | level |
|---|---|---|---|---|---|---|
"""


def text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, `path:line: code message`, and totals; `[*]` is fixable."""
    if not findings:
        return "No findings.\n"
    lines = []
    for finding in findings:
        mark = "[*] " if finding.fix else ""
        lines.append(printable(f"{finding.place}: {finding.code} {mark}{finding.message}"))
    files = {finding.seed for finding in findings}
    lines.append(f"Found {_count(len(findings), 'finding')} in {_count(len(files), 'file')}.")
    if fixable := sum(finding.fix is not None for finding in findings):
        lines.append(f"[*] {fixable} can be put right with `--fix`.")
    return "\n".join(lines) + "\n"


def github(findings: Sequence[Finding]) -> str:
    """Return workflow commands, which GitHub shows beside the lines of a pull request.

    Escaping as in actions/toolkit, packages/core/src/command.ts.
    """
    commands = []
    for finding in findings:
        seed, code = _escape_property(finding.seed), _escape_property(finding.code)
        place = f"file={seed},line={max(1, finding.line)},title={code}"
        level = _GITHUB[rules()[finding.code].level]
        commands.append(f"::{level} {place}::{_escape(finding.message)}\n")
    return "".join(commands)


def json(findings: Sequence[Finding]) -> str:
    """Return a list of objects: seed, line, code, message, level, and whether `--fix` applies."""
    rows = [_row(finding) | {"fixable": finding.fix is not None} for finding in findings]
    return _encode(rows).decode()


def findings_json(findings: Sequence[Finding]) -> bytes:
    """Return findings.json: the findings of a run, one a line."""
    return _encode([_row(finding) for finding in findings])


def sarif(findings: Sequence[Finding]) -> str:
    """Return a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS)."""
    codes = sorted({finding.code for finding in findings})
    descriptors = [_descriptor(code) for code in codes]
    run = {
        "tool": {"driver": {"name": "harvest", "version": __version__, "rules": descriptors}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in findings],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    log = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    return encoding.indented(log).decode()


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": text,
    "github": github,
    "json": json,
    "sarif": sarif,
}


def document() -> str:
    """Return docs/rules.md."""
    rows = []
    for code, rule in rules().items():
        name = f"`{code}`{'*' if rule.fixable else ''}"
        cells = (name, rule.name, rule.what, rule.why, rule.example, rule.fix, rule.level)
        row = " | ".join(cell.replace("|", "\\|") for cell in cells)
        rows.append(f"| {row} |\n")
    return _HEAD + "".join(rows)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _encode(rows: Sequence[dict[str, Any]]) -> bytes:
    return (encoding.rows(rows) if rows else b"[]") + b"\n"


def _row(finding: Finding) -> dict[str, Any]:
    row = msgspec.to_builtins(finding)
    del row["fix"]
    return {**row, "level": rules()[finding.code].level}


def _escape(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


def _descriptor(code: str) -> dict[str, Any]:
    rule = rules()[code]
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": f"{rule.fix} Example: {rule.example}"},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    uri = quote(PurePath(finding.seed).as_posix())
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": rules()[finding.code].level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
