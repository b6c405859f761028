"""What a maintainer should know or fix, rule by rule; docs/rules.md is generated from here.

A rule is silent where its facts are missing: without a dataset, those on works and repositories say nothing. A line
with the comment `<!-- harvest: ignore CODE -->` is spared the rules that it names.
"""

from __future__ import annotations

import pkgutil
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module, resources

import msgspec

from harvest.checks.base import CHECKS, IGNORE, RULES, Known, Page, Reported, Rule
from harvest.dataset.facets import Vocabulary
from harvest.errors import UsageError
from harvest.models import Dataset, Finding, ListFile, Mention

_CODE = re.compile(r"[\w-]+")
_OTHERS = resources.files("harvest") / "data" / "other_rules.toml"


@cache
def rules() -> dict[str, Rule]:
    """Give the documentation of every rule, by code."""
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    others = msgspec.toml.decode(_OTHERS.read_bytes(), type=dict[str, Rule])
    return dict(sorted((RULES | others).items()))


def check(
    files: Mapping[str, ListFile],
    mentions: Iterable[Mention],
    said: Iterable[Finding],
    vocabulary: Vocabulary,
    dataset: Dataset | None = None,
) -> list[Reported]:
    """Apply every rule to every file of the lists; gives all findings, sorted, with those already `said` elsewhere."""
    codes = rules().keys()
    known = Known(dataset) if dataset else None
    on_page: dict[str, list[Mention]] = {seed: [] for seed in files}
    for mention in mentions:
        on_page[mention.seed].append(mention)
    found = {Reported(finding, _repair(files, finding)) for finding in said}
    ignored: dict[tuple[str, int], set[str]] = {}
    for seed, file in files.items():
        page = Page(seed, file, on_page[seed], vocabulary, known)
        for code, function in CHECKS.items():
            for line, message, replace in function(page):
                found.add(Reported(Finding(seed, line, code, message), replace))
        for line, spared in _comments(page):
            ignored[seed, line] = spared
            for code in sorted(spared - codes):
                found.add(
                    Reported(
                        Finding(
                            seed, line, "unknown-code", f"there is no rule {code!r}{_nearest(code)}"
                        )
                    )
                )
    return sorted(
        (
            r
            for r in found
            if r.finding.code not in ignored.get((r.finding.seed, r.finding.line), ())
        ),
        key=lambda r: (r.finding, r.replace or ("", "")),
    )


def _repair(files: Mapping[str, ListFile], finding: Finding) -> tuple[str, str] | None:
    """Give a garbled line and what it says, as the reader has read it; None where the file does not hold it as text."""
    if finding.code != "mojibake" or finding.seed not in files:
        return None
    file = files[finding.seed]
    raw = file.raw[finding.line]
    if raw.encode() in file.data or file.data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return raw, file.text.split("\n")[finding.line - 1]
    return None


def chosen(
    found: Iterable[Reported], select: Iterable[str], ignore: Iterable[str]
) -> list[Reported]:
    """Keep the findings of the codes `select` (none: all) that are not in `ignore`. Raises UsageError for no code."""
    wanted, unwanted = set(select) or set(rules()), set(ignore)
    for code in sorted((wanted | unwanted) - set(rules())):
        raise UsageError(f"there is no rule {code!r}{_nearest(code)}; docs/rules.md has them all")
    return [reported for reported in found if reported.finding.code in wanted - unwanted]


def _comments(page: Page) -> Iterable[tuple[int, set[str]]]:
    """Give the codes that a line ignores."""
    for number, line in enumerate(page.lines, 1):
        if "harvest:" in line and (match := IGNORE.search(line)):
            yield number, set(_CODE.findall(match[1]))


def _nearest(code: str) -> str:
    near = get_close_matches(code, rules(), 1)
    return f": {near[0]!r}?" if near else ""
