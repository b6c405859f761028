"""Rules on terms: what the columns of a list hold, compared with the vocabulary and each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from harvest.checks.base import Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.dataset.facets import Term
from harvest.entries import Entry
from harvest.text import fold

_NEAR = 0.8  # likeness of a misspelt term
_MIN_TYPO_LENGTH = 5  # letters


def _terms(file: CheckedFile) -> Iterator[tuple[Entry, str, Term]]:
    """Yield the terms of columns that are meant for the vocabulary: most of theirs are in it.

    A column `type` or `task` of another field has the name and other words. A slip of the pen
    counts as known.
    """
    terms = []
    for entry in file.works:
        for facet, cell in file.vocabulary.columns(entry.first):
            terms += [(entry, facet, term) for term in cell]
    words: dict[str, set[str]] = defaultdict(set)
    for _, facet, term in terms:
        words[facet].add(fold(term.text))
    relevant = set()
    for facet, texts in words.items():
        if _is_for_vocabulary(texts, file.vocabulary.spellings[facet]):
            relevant.add(facet)
    for entry, facet, term in terms:
        if facet in relevant or file.vocabulary.facets[facet].open:
            yield entry, facet, term


def _is_for_vocabulary(words: Collection[str], spellings: Collection[str]) -> bool:
    """Return True if most words are known; a short one has too many neighbours to be a slip."""
    in_vocabulary = 0
    for word in words:
        is_long = len(word) >= _MIN_TYPO_LENGTH
        if word in spellings or (is_long and get_close_matches(word, spellings, 1, _NEAR)):
            in_vocabulary += 1
    return 2 * in_vocabulary > len(words)


@rule("unknown-term", "Unknown term")
def unknown_term(file: CheckedFile) -> Violations:
    """A column holds a term that the vocabulary does not know.

    Why: The work gets no facet for it, so nobody finds it by that.
    Example: `| Difusion | ...` in the column Type
    Fix: Correct the term, or add it to the vocabulary (setting `vocabulary`).
    """
    first: dict[tuple[str, str], tuple[Entry, Term]] = {}
    for entry, facet, term in _terms(file):
        if term.value is None:
            first.setdefault((facet, fold(term.text)), (entry, term))
    for (facet, key), (entry, term) in first.items():
        spellings = file.vocabulary.spellings[facet]
        near = get_close_matches(key, spellings, 1, _NEAR)
        hint = f": {spellings[near[0]]!r}?" if near else ""
        yield entry.line, f"the vocabulary has no {facet} {term.text!r}{hint}"


@rule("inconsistent-term", "One term, several spellings", level="note")
def inconsistent_term(file: CheckedFile) -> Violations:
    """A list writes the same term in more than one way.

    Why: Readers who search for one spelling miss the others.
    Example: `GAN` and `gan`, `DM` and `Diffusion Model`, `Class conditional` and
        `Class-conditional`
    Fix: Keep one spelling, the vocabulary's where the list uses it.
    """
    uses: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    lines: dict[tuple[str, str], int] = {}
    for entry, facet, term in _terms(file):
        value = term.value
        if value and file.vocabulary.facets[facet].open and fold(term.text) != fold(value):
            value = term.text  # any term is a value there, and synonyms may be meant to differ
        if value:
            uses[facet, value][term.text] += 1
            lines.setdefault((facet, term.text), entry.line)
    for (facet, value), spellings in uses.items():
        usual = _usual(value, spellings)
        for spelling, number in spellings.items():
            if spelling != usual:
                share = f"{number} of {spellings.total()} times"
                line = lines[facet, spelling]
                yield line, f"{facet} {usual!r} is written {spelling!r} {share}"


def _usual(value: str, spellings: Counter[str]) -> str:
    """Return the spelling to keep: that of the vocabulary, or else the most frequent one."""
    by_fold = [spelling for spelling in spellings if fold(spelling) == fold(value)]
    if value in spellings:
        return value
    return max(by_fold or spellings, key=lambda spelling: (spellings[spelling], spelling))


@rule("undefined-term", "Undefined abbreviation")
def undefined_term(file: CheckedFile) -> Violations:
    """A list uses a letter and never says what it means.

    Why: Readers have to guess.
    Example: `| U, F |` in a list that defines only `Fidelity (F)`
    Fix: Define it in the text as `Utility (U)`, or whatever it stands for.
    """
    lines_by_letter: dict[str, list[int]] = defaultdict(list)
    for entry, facet, term in _terms(file):
        if file.vocabulary.facets[facet].defined and term.value == term.text:
            lines_by_letter[term.text].append(entry.line)
    text = "\n".join(file.lines)
    for letter, lines in lines_by_letter.items():
        if not re.search(rf"\w[*_]*[ \t]*\([ \t]*{re.escape(letter)}[ \t]*\)", text):
            yield lines[0], f"{letter!r} is used {len(lines)} times and never defined"


@rule("wrong-heading", "Under the wrong heading")
def wrong_heading(file: CheckedFile) -> Violations:
    """A column contradicts the heading above the entry.

    Why: One of them is wrong; the row was probably copied.
    Example: `| ... | Dermoscopic | ...` under `### MRI Images`
    Fix: Move the entry, or correct the column.
    """
    for entry in file.entries:  # rows of a template too
        headings: dict[str, set[str]] = defaultdict(set)
        for facet, value in file.vocabulary.sections(entry.first):
            headings[facet].add(value)
        for facet, terms in file.vocabulary.columns(entry.first):
            values = {term.value for term in terms if term.value}
            above = headings[facet]
            allows_any = file.vocabulary.facets[facet].any in above
            if values and above and not values & above and not allows_any:
                column, heading = ", ".join(sorted(values)), ", ".join(sorted(above))
                yield entry.line, f"{facet} {column} under {heading}"
