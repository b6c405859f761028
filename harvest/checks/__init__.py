"""Rules on what a maintainer should know or fix; docs/rules.md is generated from here.

A rule yields nothing where its facts are missing: without a dataset, none on works and repositories
does. A line with the comment `<!-- harvest: ignore CODE -->` is spared the rules that it names.
"""

from __future__ import annotations

import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module, resources

import msgspec

from harvest.checks.base import CHECKS, RULES, Rule
from harvest.checks.checked_file import CheckedFile, RegistryIndex
from harvest.dataset.facets import Vocabulary
from harvest.errors import UsageError
from harvest.models import Dataset, Finding, ListFile, Mention

IGNORE = re.compile(r"<!--\s*harvest:\s*ignore\b(.*?)-->")
_CODE = re.compile(r"[\w-]+")
_OTHERS = resources.files("harvest") / "data" / "other_rules.toml"


@cache
def rules() -> dict[str, Rule]:
    """Return the documentation of every rule, by code."""
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    others = msgspec.toml.decode(_OTHERS.read_bytes(), type=dict[str, Rule])
    return dict(sorted((RULES | others).items()))


def check(
    files: Mapping[str, ListFile],
    mentions: Iterable[Mention],
    findings: Iterable[Finding],
    vocabulary: Vocabulary,
    dataset: Dataset | None = None,
) -> list[Finding]:
    """Apply every rule to every file of the lists.

    Returns all findings once, sorted, with those that were made before (`findings`).
    """
    codes = rules()
    registries = RegistryIndex(dataset)
    mentions_by_seed: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        mentions_by_seed[mention.seed].append(mention)
    everything = list(findings)
    exemptions = set()
    for seed, file in files.items():
        checked_file = CheckedFile(file, mentions_by_seed[seed], vocabulary, registries)
        for code, violations in CHECKS.items():
            for line, message, *fix in violations(checked_file):  # a fix, or none
                everything.append(Finding(seed, line, code, message, *fix))
        for line, code in ignore_comments(file):
            exemptions.add((seed, line, code))
            if code not in codes:
                message = f"there is no rule {code!r}{_suggestion(code)}"
                everything.append(Finding(seed, line, "unknown-code", message))
    remaining = (it for it in everything if (it.seed, it.line, it.code) not in exemptions)
    return sorted(dict.fromkeys(remaining))


def choose(
    findings: Iterable[Finding], select: Iterable[str], ignore: Iterable[str]
) -> list[Finding]:
    """Return the findings with a code in `select` (all if empty) and not in `ignore`.

    Raises UsageError for a code that no rule has.
    """
    chosen, others = set(select) or set(rules()), set(ignore)
    for code in sorted((chosen | others).difference(rules())):
        advice = _suggestion(code) or "; docs/rules.md has them all"
        raise UsageError(f"there is no rule {code!r}{advice}")
    return [finding for finding in findings if finding.code in chosen - others]


def ignore_comments(file: ListFile) -> Iterator[tuple[int, str]]:
    """Yield each line that a comment spares a rule, with the code of the rule."""
    for number, line in enumerate(file.text.split("\n"), 1):
        if "harvest:" in line:
            codes = " ".join(IGNORE.findall(line))
            for code in set(_CODE.findall(codes)):
                yield number, code


def _suggestion(code: str) -> str:
    near = get_close_matches(code, rules(), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
